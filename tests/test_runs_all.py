"""`foran run --all`: the order, what is refused, what a failing or a killed run leaves, and forked kernels."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_study import SmallStudy, write_small_study

from foran_research import runs
from foran_research.cli import main
from foran_research.errors import Faults, ForanError, RunFailed
from foran_research.kernels import KernelServer, can_fork, kernel_environment, kernels, kind_of, socket_address
from foran_research.locking import only_writer
from foran_research.run_record import git_state, manifest_sha256
from foran_research.settings import read_settings

MORE = """
[[milestones]]
id = "M10"
title = "Tiende"
cut_off = 2021-10-31
template = "model_version"
model_version = 3
codebook_version = "2.0.0"
[[milestones]]
id = "M3"
title = "Status først"
cut_off = 2021-10-31
template = "status"
model_version = 1
codebook_version = "2.0.0"
after = ["M10"]
[templates.status]
model = "status"
notebooks = ["lett.ipynb"]
"""
SETUP = 'study: str = ""\nmilestone: str = ""\noutput: str = ""\nlanguage: str = "nb"\ncoding: str = "human"'
forks = pytest.mark.skipif(not can_fork(), reason="no kernels are forked here")


def notebook(study: SmallStudy, name: str, *cells: str) -> None:
    """A notebook of the study's own, so light that its kernel is what takes time."""
    sources = (SETUP, *cells)
    book: dict[str, Any] = {
        "cells": [
            {"cell_type": "code", "execution_count": None, "id": f"c{n}", "outputs": [], "source": text,
             "metadata": {"tags": ["parameters"]} if n == 0 else {}}
            for n, text in enumerate(sources)
        ],
        "nbformat": 4, "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    }  # fmt: skip
    (study.path / "notebooks").mkdir(exist_ok=True)
    (study.path / "notebooks" / name).write_text(json.dumps(book), "utf-8")


SAVED = (
    "import pathlib\npathlib.Path(output, 'a.txt').write_text(f'{milestone} på Ålgård 😀 a\\u030a', encoding='utf-8')"
)


@pytest.fixture
def light(small_study: SmallStudy) -> SmallStudy:
    """The small study with four milestones, each made by one light notebook."""
    small_study.replace("foran.toml", '"01_corpus.ipynb", "08_model.ipynb"', '"lett.ipynb"')
    small_study.add("foran.toml", MORE)
    notebook(small_study, "lett.ipynb", SAVED)
    return small_study


def foran(*words: str) -> Any:
    return CliRunner().invoke(main, list(words))


# The order, and what is refused before anything runs


def test_all_milestones_come_after_what_they_build_on_and_else_by_date(light: SmallStudy) -> None:
    assert [job.milestone.id for job in runs.plan(light.path, is_all=True)] == ["M1", "M2", "M10", "M3"]
    # M2 before M10 where dates are the same and nothing is built on anything.
    light.replace("foran.toml", 'after = ["M10"]\n', "")
    settings = read_settings(light.path, Faults())
    assert settings is not None
    assert [one.id for one in runs.in_order(settings, settings.milestones)] == ["M1", "M2", "M3", "M10"]


def test_a_milestone_of_a_municipality_waits_for_a_document_of_its_own() -> None:
    demo = runs.planner(Path(__file__).parent.parent)
    of_bergen = next(one for one in demo.settings.milestones if one.id == "M5")
    assert demo.obstacles(of_bergen) == []
    # Trondheim has documents of February.
    early = replace(of_bergen, cut_off=dt.date(2020, 3, 3))
    assert demo.obstacles(early) == ["its cut-off 2020-03-03 is before the first document of BGO, of 2020-03-04"]
    assert demo.obstacles(replace(early, case="TRD")) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"2.0.0"\nafter', '"4.0.0"\nafter', "M3: no codebook 4.0.0; known: 1.0.0, 2.0.0"),
        ("cut_off = 2020-09-30", "cut_off = 2019-12-31", "its cut-off 2019-12-31 is before the first document, of 2020-03-04"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused_before_anything_runs(light: SmallStudy, old: str, new: str, said: str) -> None:
    light.replace("foran.toml", old, new)
    before = light.fingerprint()
    result = foran("run", "--all", "--study", str(light.path))
    assert result.exit_code == 1
    assert said in result.output
    assert light.fingerprint() == before


def test_a_study_without_documents_is_refused(light: SmallStudy) -> None:
    header = (light.path / "corpus/documents.csv").read_text("utf-8").splitlines()[0]
    (light.path / "corpus/documents.csv").write_text(header + "\n", "utf-8")
    with pytest.raises(ForanError, match=r"M1: no document in corpus/documents\.csv"):
        runs.plan(light.path, ["M1"])


@pytest.mark.parametrize("words", [(), ("M1", "--all")])
def test_either_milestones_are_named_or_all_are_meant(light: SmallStudy, words: tuple[str, ...]) -> None:
    result = foran("run", *words, "--study", str(light.path))
    assert result.exit_code == 2
    assert "name milestones (M1 M2 …), or say --all" in result.output


# One that fails


def test_a_failing_milestone_stops_no_other_and_is_told_at_the_end(light: SmallStudy) -> None:
    notebook(light, "lett.ipynb", "assert milestone not in ('M1', 'M10'), 'Uten meg hadde det stoppet'", SAVED)
    result = foran("run", "--all", "--study", str(light.path))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert sum(line.startswith("[") for line in lines) == 4
    assert {line.split()[0] for line in lines if line.startswith("[")} == {f"[{n}/4]" for n in (1, 2, 3, 4)}
    told = "\n".join(lines[-4:])
    assert "M1: lett.ipynb, cell 3 failed with AssertionError: see the failed notebook" in told
    assert "M10: lett.ipynb, cell 3 failed" in told
    # None were ever made.
    assert told.count("no outputs were made") == 2
    assert "last good" not in told
    assert "stoppet" not in result.output
    # M3 is said to build on M10, and is made all the same: nothing is read from outputs.
    assert (light.path / "outputs/M3/a.txt").read_text("utf-8") == "M3 på Ålgård 😀 a\u030a"
    assert sorted(path.name for path in (light.path / "outputs").iterdir()) == [
        ".lock",
        "M1.failed",
        "M10.failed",
        "M2",
        "M3",
    ]
    failure = json.loads((light.path / "outputs/M1.failed" / runs.FAILURE).read_text("utf-8"))
    assert failure["problems"] == ["M1: lett.ipynb, cell 3 failed with AssertionError: see the failed notebook"]


# Killed and broken off

WAITS = (
    "import os, pathlib, time\npathlib.Path(study, f'{milestone}.pid').write_text(str(os.getpid()))\ntime.sleep(120)"
)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def waited_for(check: Any, seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while not check() and time.monotonic() < until:
        time.sleep(0.05)
    return bool(check())


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("kind", "blow"), [
    pytest.param("forked", "SIGKILL", marks=forks), pytest.param("forked", "SIGINT", marks=forks), ("fresh", "SIGINT"),
    pytest.param("forked", "SIGTERM", marks=forks), ("fresh", "SIGHUP"),
])  # fmt: skip
def test_a_run_that_is_killed_or_broken_off_leaves_the_last_good_outputs(
    light: SmallStudy, kind: str, blow: str
) -> None:
    for name in ("M1", "M2"):
        (light.path / "outputs" / name).mkdir(parents=True)
        (light.path / "outputs" / name / "a.txt").write_text("gammelt", "utf-8")
    good = {path: path.read_bytes() for path in (light.path / "outputs").rglob("*") if path.is_file()}
    notebook(light, "lett.ipynb", WAITS)
    command = [sys.executable, "-c", "from foran_research.cli import main; main()", "run", "M1", "M2", "--kernels", kind,
               "--study", str(light.path)]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    pids = [light.path / f"{name}.pid" for name in ("M1", "M2")]
    assert waited_for(lambda: all(path.is_file() and path.read_text() for path in pids))
    kernel_pids = [int(path.read_text()) for path in pids]
    assert all(is_alive(pid) for pid in kernel_pids)
    process.send_signal(getattr(signal, blow))
    output, _ = process.communicate(timeout=30)
    assert process.returncode == {"SIGKILL": -9, "SIGINT": 1, "SIGTERM": 143, "SIGHUP": 129}[blow], output
    assert waited_for(lambda: not any(is_alive(pid) for pid in kernel_pids), 20)
    kept = {path: path.read_bytes() for path in good}
    assert kept == good
    if blow != "SIGKILL":
        assert b"Traceback" not in output
        assert not list((light.path / "outputs").glob(".M*.new"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("blow", ["SIGTERM", "SIGHUP", "SIGINT", "SIGKILL"])
def test_a_verification_that_is_ended_leaves_no_process_and_no_words(
    light: SmallStudy, blow: str, tmp_path: Path
) -> None:
    runs.run(light.path, runs.plan(light.path, ["M1"]), say=lambda _: None, kernels="fresh")
    before = {path for path in (light.path / "outputs").rglob("*") if path.is_file()}
    notebook(light, "lett.ipynb", "from pathlib import Path\nPath(output, 'ord.txt').write_text('Åse sa ja 😀')", WAITS)
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", "from foran_research.cli import main; main()", "verify", "M1", "--study", str(light.path)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    )  # fmt: skip
    pid = light.path / "M1.pid"
    assert waited_for(lambda: pid.is_file() and pid.read_text())
    kernel = int(pid.read_text())
    made = list((light.path / "outputs").glob(f"{runs.VERIFYING}*/made/M1/ord.txt"))
    assert len(made) == 1
    process.send_signal(getattr(signal, blow))
    process.communicate(timeout=30)
    assert waited_for(lambda: not is_alive(kernel), 20)
    assert waited_for(lambda: not list((light.path / "outputs").glob(f"{runs.VERIFYING}*")), 20)
    assert {path for path in (light.path / "outputs").rglob("*") if path.is_file()} == before
    assert not [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()]


def test_a_run_clears_away_what_killed_ones_have_left_and_nothing_else(light: SmallStudy) -> None:
    home = light.path / "outputs"
    left = [".M1.new", ".M2.new", f"{runs.VERIFYING}abc", ".M10.old", ".M3.old"]
    for name in (*left, f"{runs.VERIFYING}i-bruk", "M10", "notater"):
        (home / name).mkdir(parents=True)
        (home / name / "ord.txt").write_text("Åse sa ja 😀", "utf-8")
    with only_writer(home / f"{runs.VERIFYING}i-bruk", "foran verify"):
        runs.run(light.path, runs.plan(light.path, ["M1"]), say=lambda _: None, kernels="fresh")
    # Old outputs that nothing stands beside are all there is of them.
    assert {path.name for path in home.iterdir()} == {
        ".lock",
        ".M3.old",
        f"{runs.VERIFYING}i-bruk",
        "M1",
        "M10",
        "notater",
    }


# Kernels


@forks
def test_forked_kernels_give_what_fresh_ones_give_and_know_nothing_of_each_other(light: SmallStudy) -> None:
    told = (
        "import sys, os, pandas, json\n"
        "assert 'seen_before' not in dir(pandas)\npandas.seen_before = True\n"
        "print('ipykernel_launcher' in sys.argv[0], [p for p in sys.path if not p or 'foran-' in p])\n"
        "print(hash('å'), os.environ['MPLBACKEND'], os.getcwd().endswith('notebooks'), __name__, sys.flags.hash_randomization)\n"
        "print(sorted(name for name in os.environ if name.startswith(('MPL', 'OMP', 'PYTHONH', 'MATPLOTLIBRC'))))\n"
        "pandas.DataFrame({f'k{n}': [n] for n in range(25)})"
    )
    notebook(light, "lett.ipynb", told, SAVED)
    made = {}
    for kind in ("forked", "fresh"):
        jobs = runs.plan(light.path, ["M1", "M2"])
        runs.run(light.path, jobs, is_forced=True, say=lambda _: None, kernels=kind)
        made[kind] = [(light.path / f"outputs/{name}/notebooks/lett.ipynb").read_bytes() for name in ("M1", "M2")]
    assert made["forked"] == made["fresh"]


@forks
def test_forked_kernels_do_not_draw_the_same_numbers(light: SmallStudy) -> None:
    """Else what two notebooks draw without a seed would vary together."""
    draws = "import os, numpy, random\nfrom pathlib import Path\n"
    draws += "Path(output, 'a.txt').write_text(f'{numpy.random.rand()} {random.random()}')"
    notebook(light, "lett.ipynb", draws)
    runs.run(light.path, runs.plan(light.path, ["M1", "M2"]), say=lambda _: None, kernels="forked")
    drawn = [(light.path / f"outputs/{name}/a.txt").read_text().split() for name in ("M1", "M2")]
    assert drawn[0][0] != drawn[1][0]
    assert drawn[0][1] != drawn[1][1]


@forks
def test_a_server_of_kernels_that_dies_takes_its_kernels_with_it_and_is_told(tmp_path: Path) -> None:
    server = KernelServer(tmp_path)
    try:
        kernel = server.start(["-f", str(tmp_path / "k.json")], str(tmp_path), {})
        assert kernel.poll() is None
        assert is_alive(kernel.pid)
        os.kill(server.pid, signal.SIGKILL)
        assert waited_for(lambda: not is_alive(kernel.pid), 20)
        assert waited_for(lambda: kernel.poll() is not None, 20)
        with pytest.raises(OSError, match="ended"):
            server.start(["-f", str(tmp_path / "k.json")], str(tmp_path), {})
    finally:
        server.close()


def test_where_nothing_can_be_forked_kernels_are_ordinary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert kind_of("auto") == "fresh"
    assert socket_address(tmp_path) is None
    monkeypatch.setattr(sys, "platform", "darwin")
    assert kind_of("auto") == "fresh"
    assert kind_of("forked") == "forked"
    monkeypatch.setattr(sys, "platform", "linux")
    assert kind_of("auto") == "forked"
    # An address longer than systems take is no address.
    assert socket_address(tmp_path / ("x" * 90)) is None


def test_the_folder_of_connections_is_private_and_gone_afterwards() -> None:
    with kernels("fresh") as source:
        folder = source.folder
        assert folder.is_dir()
        if sys.platform != "win32":
            assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()
    assert source.is_stopped


def test_every_kernel_has_the_same_seed_of_hashes_and_the_style_figures_came_with() -> None:
    found = kernel_environment()
    assert found["PYTHONHASHSEED"] == "0"
    assert (Path(found["MATPLOTLIBRC"]) / "matplotlibrc").is_file()


# The record


def test_the_record_says_at_which_commit_the_study_was_and_whether_it_was_changed(tmp_path: Path) -> None:
    study = write_small_study(tmp_path / "studie")
    assert git_state(study.path) is None

    def git(*words: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, "-C", str(study.path), *words], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "x")
    state = git_state(study.path)
    assert state is not None
    assert len(state["commit"]) == 40
    assert state["is_dirty"] is False
    (study.path / "outputs/M1").mkdir(parents=True)
    (study.path / "outputs/M1/a.txt").write_text("x", "utf-8")
    assert git_state(study.path) == state
    study.add("corpus/plan.csv", "x\n")
    assert git_state(study.path) == state | {"is_dirty": True}


def test_the_manifest_is_of_the_corpus_alone() -> None:
    one = {"corpus/b.csv": "2", "corpus/a.csv": "1", "foran.toml": "3"}
    assert manifest_sha256(one) == manifest_sha256(dict(reversed(one.items())) | {"foran.toml": "4"})
    assert manifest_sha256(one) != manifest_sha256(one | {"corpus/a.csv": "2"})


def test_a_record_holds_no_name_of_the_machine_or_its_user(light: SmallStudy) -> None:
    runs.run(light.path, runs.plan(light.path, ["M1"]), say=lambda _: None, kernels="fresh")
    text = (light.path / "outputs/M1/run.json").read_text("utf-8")
    home, host = str(Path.home()), os.uname().nodename if hasattr(os, "uname") else "\0"
    assert home + "/" not in text
    assert host not in text
    assert str(light.path) not in text


def test_circumstances_never_make_outputs_stale(light: SmallStudy) -> None:
    runs.run(light.path, runs.plan(light.path, ["M1"]), say=lambda _: None, kernels="fresh")
    (job,) = runs.plan(light.path, ["M1"])
    path = light.path / "outputs/M1/run.json"
    record = json.loads(path.read_text("utf-8"))
    record |= {"started_at": "", "ended_at": "", "timezone": "+09:00", "git": None, "logs": {}, "inputs": {}}
    path.write_text(json.dumps(record), "utf-8")
    assert runs.is_fresh(light.path, job)


def test_workers_that_cannot_write_fail_clearly(light: SmallStudy) -> None:
    notebook(light, "lett.ipynb", "raise OSError(28, 'No space left on device')")
    with pytest.raises(RunFailed, match=r"M1: lett\.ipynb, cell 3 failed with OSError"):
        runs.run(light.path, runs.plan(light.path, ["M1"]), say=lambda _: None, kernels="fresh")
