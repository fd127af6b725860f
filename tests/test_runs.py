"""Milestone runs: refused before anything starts, the same bytes everywhere, and the last good output never lost."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from small_study import SmallStudy, write_small_study

from foran_research import runs
from foran_research.cli import main
from foran_research.errors import ForanError, RunFailed, StudyError, UnknownName
from foran_research.exchange.crate import CRATE_FILE
from foran_research.execution import without_clocks
from foran_research.run_record import CIRCUMSTANCES
from foran_research.starting import shipped


def bytes_of(folder: Path) -> dict[str, str]:
    """The hash of every file in a folder, by name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def made_in(folder: Path) -> dict[str, str]:
    """As `bytes_of`, and of the record what two runs of the same inputs agree in; the crate tells of times too."""
    record = json.loads((folder / runs.RECORD).read_text("utf-8"))
    same = {name: value for name, value in record.items() if name not in CIRCUMSTANCES}
    found = bytes_of(folder) | {runs.RECORD: json.dumps(same)}
    return {name: digest for name, digest in found.items() if name != CRATE_FILE}


def silent(_: str) -> None:
    pass


def quick_run(study: SmallStudy, *names: str, **more: Any) -> None:
    runs.run(study.path, runs.plan(study.path, names), say=silent, **more)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two copies of the small study in two folders: in one M1 and then M2 was run, in the other M2 and then M1."""
    first = write_small_study(tmp_path_factory.mktemp("en") / "studie")
    second = write_small_study(tmp_path_factory.mktemp("to") / "mappe med mellomrom og ø")
    quick_run(first, "M1", is_forced=True)
    alone = made_in(first.path / "outputs/M1")
    quick_run(first, "M2", is_forced=True, workers=1)
    # The one's kernels are forked where that can be done, the other's start from nothing.
    quick_run(second, "M2", is_forced=True, kernels="fresh")
    quick_run(second, "M1", is_forced=True, kernels="fresh")
    return {"first": first, "second": second, "alone": alone}


@pytest.fixture
def ran(made: dict[str, Any], tmp_path: Path) -> SmallStudy:
    """A copy, to be spoiled, of a small study whose milestones have been run."""
    shutil.copytree(made["first"].path, tmp_path / "ran")
    return SmallStudy(tmp_path / "ran")


# Refused before anything runs


def own_notebook(study: SmallStudy, name: str, *cells: str, parameters: str = "") -> Path:
    """A notebook of the study's own."""
    path = study.path / "notebooks" / name
    path.parent.mkdir(exist_ok=True)
    source: list[dict[str, Any]] = [
        {"cell_type": "code", "execution_count": None, "id": f"c{n}", "outputs": [], "source": text,
         "metadata": {"tags": ["parameters"]} if n == 0 else {}}
        for n, text in enumerate((parameters or 'study: str = ""\noutput: str = ""', *cells))
    ]  # fmt: skip
    book = {"cells": source, "nbformat": 4, "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}}  # fmt: skip
    path.write_text(json.dumps(book), "utf-8")
    return path


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["M9"], "unknown milestone 'M9'; known: M1, M2"),
        (["M1", "m2"], "unknown milestone 'm2'"),
        (["M1", "--language", "sv"], "unknown language 'sv'; known: nb, en"),
        (["M1", "-p", "language=sv"], "unknown language 'sv'"),
        (["M1", "-p", "coding=begge"], "unknown coding 'begge'; known: human, suggestions"),
        (["M1", "-p", "kommune=TRD"], "unknown parameter 'kommune'; known: coding, language"),
        (["M1", "-p", "study=/tmp"], "unknown parameter 'study'"),
        (["M1", "-p", "language"], "expected NAME=VALUE"),
        (["M1", "-p", "=nb"], "expected NAME=VALUE"),
    ],
)
def test_what_does_not_exist_is_refused_before_anything_runs(
    small_study: SmallStudy, call: list[str], said: str
) -> None:
    before = small_study.fingerprint()
    result = CliRunner().invoke(main, ["run", *call, "--study", str(small_study.path)])
    assert result.exit_code == 1
    assert said in result.output
    assert small_study.fingerprint() == before
    assert not (small_study.path / "outputs").exists()


def test_a_coding_nobody_knows_is_refused(small_study: SmallStudy) -> None:
    with pytest.raises(UnknownName, match="unknown coding"):
        runs.plan(small_study.path, ["M1"], coding="both")


def test_a_missing_notebook_is_refused_before_anything_runs(small_study: SmallStudy) -> None:
    small_study.replace("foran.toml", "08_model.ipynb", "09_modell.ipynb")
    with pytest.raises(UnknownName, match=r"unknown notebook '09_modell\.ipynb'; known: .*08_model\.ipynb"):
        runs.plan(small_study.path, ["M1"])
    assert not (small_study.path / "outputs").exists()


def test_a_broken_notebook_is_refused_before_anything_runs(small_study: SmallStudy) -> None:
    for name in ("01_corpus.ipynb", "08_model.ipynb"):
        own_notebook(small_study, name).write_text("{", "utf-8")
    with pytest.raises(ForanError, match=r"01_corpus\.ipynb: not a notebook"):
        runs.plan(small_study.path, ["M1"])


def test_a_study_with_faults_is_refused_before_anything_runs(small_study: SmallStudy) -> None:
    small_study.add("corpus/texts/FJO-I01.md", "Mer.\n")
    with pytest.raises(StudyError, match="text-changed"):
        quick_run(small_study, "M1")
    assert not (small_study.path / "outputs").exists()


def test_milestones_run_in_the_order_of_their_dates_and_once(small_study: SmallStudy) -> None:
    jobs = runs.plan(small_study.path, ["M2", "M1", "M2"])
    assert [job.milestone.id for job in jobs] == ["M1", "M2"]
    assert jobs[0].parameters == {"language": "nb", "coding": "human"}


# Parameters


def test_the_parameters_of_the_shipped_notebooks_are_found() -> None:
    found = runs.notebook_parameters(shipped("notebooks") / "08_model.ipynb")
    assert found == {"study": '""', "milestone": '"M1"', "output": '""', "language": '"nb"', "coding": '"human"'}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a = 1", {"a": "1"}),
        ("a: int = 1  # hjelp = 2", {"a": "1"}),
        ("a: dict[str, int] = {}", {"a": "{}"}),
        ('a = "x=y"\nb=2', {"a": '"x=y"', "b": "2"}),
        ('a: str = "nr. #1"  # merk', {"a": '"nr. #1"'}),
        ("a = 'nr. #1'", {"a": "'nr. #1'"}),
        ("# a = 1\nb = 2", {"b": "2"}),
        ("if a:\n    b = 2", {}),
        ("", {}),
    ],
)
def test_parameters_are_read_with_their_defaults(small_study: SmallStudy, source: str, found: dict[str, str]) -> None:
    path = own_notebook(small_study, "x.ipynb", parameters=source or "# ingen")
    assert runs.notebook_parameters(path) == found
    listed = json.loads(path.read_text("utf-8"))
    listed["cells"][0]["source"] = listed["cells"][0]["source"].splitlines(keepends=True)
    path.write_text(json.dumps(listed), "utf-8")
    assert runs.notebook_parameters(path) == found


def test_a_notebook_without_a_parameters_cell_has_none(small_study: SmallStudy) -> None:
    path = own_notebook(small_study, "x.ipynb")
    book = json.loads(path.read_text("utf-8"))
    book["cells"][0]["metadata"] = {}
    path.write_text(json.dumps(book), "utf-8")
    assert runs.notebook_parameters(path) == {}


# Fresh or stale


def is_fresh(study: SmallStudy, name: str = "M2", **more: Any) -> bool:
    (job,) = runs.plan(study.path, [name], **more)
    return runs.is_fresh(study.path, job)


def test_outputs_are_fresh_after_a_run_and_not_before(ran: SmallStudy, small_study: SmallStudy) -> None:
    assert is_fresh(ran, "M1")
    assert is_fresh(ran, "M2")
    assert not is_fresh(small_study)


def test_copying_a_study_keeps_its_outputs_fresh(ran: SmallStudy) -> None:
    # Other times of change, another folder: only what is in the files counts.
    for path in ran.path.rglob("*"):
        os.utime(path, (1, 1))
    assert is_fresh(ran)


@pytest.mark.parametrize("more", [{"language": "en"}, {"coding": "suggestions"}, {"parameters": {"language": "en"}}])
def test_other_parameters_are_another_run(ran: SmallStudy, more: dict[str, Any]) -> None:
    assert not is_fresh(ran, **more)


def touch_notebook(study: SmallStudy) -> None:
    shutil.copytree(shipped("notebooks"), study.path / "notebooks")
    study.add("notebooks/08_model.ipynb", "\n")


TOUCHED: dict[str, Callable[[SmallStudy], object]] = {
    "text": lambda s: s.add("corpus/texts/FJO-I01.md", "\n"),
    "text of a later document": lambda s: s.add("corpus/texts/STR-I01.md", "\n"),
    "log": lambda s: s.add("corpus/coding/K2/STR-N01.jsonl", "\n"),
    "documents": lambda s: s.replace("corpus/documents.csv", "FJO-I01,Oppdiktet intervju", "FJO-I01,Oppdikta intervju"),
    "participants": lambda s: s.replace("corpus/participants.csv", "bruker,STR,nb,analysis", "bruker,STR,nb,"),
    "processes": lambda s: s.replace("corpus/processes.csv", "Dry cellars", "Wet cellars"),
    "codebook": lambda s: s.add("codebooks/1.0.0.yaml", "\n"),
    "settings": lambda s: s.replace("foran.toml", "seed = 7", "seed = 8"),
    "notebook": touch_notebook,
    "lost text": lambda s: (s.path / "corpus/texts/FJO-I01.md").unlink(),
}


@pytest.mark.parametrize("touch", TOUCHED.values(), ids=TOUCHED.keys())
def test_outputs_are_stale_when_an_input_has_changed(ran: SmallStudy, touch: Callable[[SmallStudy], object]) -> None:
    touch(ran)
    assert not is_fresh(ran)


def test_the_studys_own_notebooks_are_the_same_input_when_they_are_the_same(ran: SmallStudy) -> None:
    shutil.copytree(shipped("notebooks"), ran.path / "notebooks")
    assert is_fresh(ran)


def test_outputs_are_stale_when_the_package_or_its_surroundings_have_changed(
    ran: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "packages", lambda: {"python": "3.99"})
    assert not is_fresh(ran)


def test_outputs_are_stale_when_any_of_them_is_edited_or_gone(ran: SmallStudy) -> None:
    folder = ran.path / "outputs/M2"
    names = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert {path.suffix for path in names} == {".html", ".json", ".csv", ".svg", ".png", ".ipynb"}
    for path in names:
        data = path.read_bytes()
        if path.name == CRATE_FILE:
            # It follows from the rest, and is written anew without a run.
            continue
        if path.name != runs.RECORD:
            path.write_bytes(data + b" ")
            assert not is_fresh(ran), f"{path.name} edited"
        path.unlink()
        assert not is_fresh(ran), f"{path.name} deleted"
        path.write_bytes(data)
        assert is_fresh(ran)


@pytest.mark.parametrize("crate", [None, b"", b"{}", b"\xff"])
def test_a_crate_that_was_edited_and_a_failure_told_beside_good_outputs_are_put_right(
    ran: SmallStudy, monkeypatch: pytest.MonkeyPatch, crate: bytes | None
) -> None:
    monkeypatch.setattr(runs, "_execute", lambda *_: pytest.fail("a kernel was started"))
    path = ran.path / "outputs/M2" / CRATE_FILE

    def standing() -> dict[str, str]:
        return {name: digest for name, digest in bytes_of(ran.path).items() if not name.endswith(".lock")}

    before = standing()
    path.unlink() if crate is None else path.write_bytes(crate)
    (ran.path / "outputs/M2.failed").mkdir()
    said: list[str] = []
    runs.run(ran.path, runs.plan(ran.path, ["M1", "M2"]), say=said.append)
    assert said == [
        "M1: nothing changed, outputs kept",
        f"M2: nothing changed, outputs kept; {CRATE_FILE} was written anew",
    ]
    assert standing() == before
    assert not (ran.path / "outputs/M2.failed").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema_version": 1}', '{"schema_version": 99}', "{}"])
def test_a_record_that_cannot_be_read_is_stale(ran: SmallStudy, text: str) -> None:
    (ran.path / "outputs/M2" / runs.RECORD).write_text(text, "utf-8")
    assert not is_fresh(ran)


def test_a_fresh_run_starts_no_kernel_and_says_so(ran: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_execute", lambda *_: pytest.fail("a kernel was started"))
    before = bytes_of(ran.path)
    result = CliRunner().invoke(main, ["run", "M1", "M2", "--study", str(ran.path)])
    assert result.exit_code == 0, result.output
    assert result.output.count("nothing changed") == 2
    assert str(ran.path / "outputs/M2/report.html") in result.output
    assert bytes_of(ran.path) == before


# The same bytes


def test_two_runs_in_two_folders_give_the_same_bytes(made: dict[str, Any]) -> None:
    for name in ("M1", "M2"):
        one, two = (made_in(made[study].path / "outputs" / name) for study in ("first", "second"))
        kinds = {Path(file).suffix for file in one}
        assert kinds == {".html", ".json", ".csv", ".svg", ".png", ".ipynb"}
        assert one == two


def test_the_first_milestone_is_the_same_before_and_after_the_second(made: dict[str, Any]) -> None:
    assert made_in(made["first"].path / "outputs/M1") == made["alone"]
    assert made_in(made["second"].path / "outputs/M1") == made["alone"]


def test_no_output_names_the_folder_it_was_made_in(made: dict[str, Any]) -> None:
    study = made["first"].path
    written = {path: path.read_bytes() for path in (study / "outputs").rglob("*") if path.is_file()}
    assert len(written) > 30
    assert [path.name for path, data in written.items() if str(study).encode() in data] == []
    assert [path.name for path, data in written.items() if str(Path.home()).encode() + b"/" in data] == []


def test_the_record_tells_what_went_in_and_what_came_out(made: dict[str, Any]) -> None:
    study = made["first"].path
    folder = study / "outputs/M2"
    record = json.loads((folder / runs.RECORD).read_text("utf-8"))
    assert record["versions"] == {
        "package_version": "0.1.0", "schema_version": 1, "codebook_version": "2.0.0", "model_version": 2,
    }  # fmt: skip
    described = {name: digest for name, digest in bytes_of(folder).items() if name not in (runs.RECORD, CRATE_FILE)}
    assert record["outputs"] == described
    files = {
        name: digest for name, digest in record["inputs"].items() if not name.startswith(("package:", "notebooks/"))
    }
    mine = {
        name: digest
        for name, digest in bytes_of(study).items()
        if not name.startswith("outputs/") and not name.endswith(".lock")
    }
    assert files == mine
    assert record["study"] == "small"
    assert record["seeds"] == {"analysis.seed": 7}
    assert record["disclosure"] == {"documents": 6, "withheld": 0}
    assert record["started_at"] <= record["ended_at"]
    assert re.fullmatch(r"[+-]\d\d:\d\d", record["timezone"])
    assert record["git"] is None
    lines = [f"{digest}  {name}\n" for name, digest in sorted(mine.items()) if name.startswith("corpus/")]
    assert record["corpus_manifest_sha256"] == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_nothing_but_the_outputs_is_left(made: dict[str, Any]) -> None:
    assert sorted(path.name for path in (made["first"].path / "outputs").iterdir()) == [".lock", "M1", "M2"]


# A run that fails

SAID = "Uten meg hadde det stoppet"


@pytest.fixture(scope="module")
def failed(made: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A study that was run well, then with one notebook that raises and one whose kernel dies."""
    study = SmallStudy(tmp_path_factory.mktemp("feil") / "study")
    shutil.copytree(made["first"].path, study.path)
    good = bytes_of(study.path / "outputs/M1")
    own_notebook(study, "01_corpus.ipynb", "import os", "os._exit(3)")
    own_notebook(study, "08_model.ipynb", "1 + 1", f"print({SAID!r})\nraise ValueError({SAID!r})", "2 + 2")
    result = CliRunner().invoke(main, ["run", "M1", "--study", str(study.path)])
    return {"study": study, "good": good, "result": result}


def test_a_failing_run_exits_with_1_and_names_notebook_and_cell(failed: dict[str, Any]) -> None:
    result = failed["result"]
    assert result.exit_code == 1
    assert "M1: 08_model.ipynb, cell 4 failed with ValueError: see the failed notebook" in result.output
    assert "M1: 01_corpus.ipynb: its kernel died" in result.output
    assert "Traceback" not in result.output


def test_a_failing_run_quotes_no_informant(failed: dict[str, Any]) -> None:
    assert SAID not in failed["result"].output
    assert SAID in failed["study"].text("FJO-I01")


def test_a_failing_run_leaves_the_last_good_output_as_it_was(failed: dict[str, Any]) -> None:
    assert bytes_of(failed["study"].path / "outputs/M1") == failed["good"]


def test_a_failing_run_keeps_the_failed_notebooks(failed: dict[str, Any]) -> None:
    folder = failed["study"].path / "outputs/M1.failed/notebooks"
    assert sorted(path.name for path in folder.iterdir()) == ["01_corpus.ipynb", "08_model.ipynb"]
    book = json.loads((folder / "08_model.ipynb").read_text("utf-8"))
    assert any(output.get("ename") == "ValueError" for cell in book["cells"] for output in cell.get("outputs", ()))
    assert not (failed["study"].path / "outputs/.M1.new").exists()


# Swapping in


@pytest.fixture
def swap(tmp_path: Path) -> tuple[Path, Path]:
    staging, target = tmp_path / ".M1.new", tmp_path / "M1"
    for folder, text in ((staging, "new"), (target, "old")):
        folder.mkdir()
        (folder / "model.json").write_text(text, "utf-8")
    return staging, target


def test_new_outputs_take_the_old_ones_place(swap: tuple[Path, Path]) -> None:
    staging, target = swap
    runs._swap_in(staging, target)
    assert [path.name for path in target.parent.iterdir()] == ["M1"]
    assert (target / "model.json").read_text("utf-8") == "new"


def test_new_outputs_come_in_where_none_were(swap: tuple[Path, Path]) -> None:
    staging, target = swap
    shutil.rmtree(target)
    runs._swap_in(staging, target)
    assert (target / "model.json").read_text("utf-8") == "new"


class Killed(BaseException):
    pass


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("blow", [Killed, PermissionError])
def test_a_blow_at_any_rename_leaves_whole_outputs_old_or_new(
    swap: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, step: int, blow: type[BaseException]
) -> None:
    staging, target = swap
    rename, count = Path.rename, 0

    def hit(self: Path, other: Path) -> Path:
        nonlocal count
        count += 1
        if count == step:
            raise blow
        return rename(self, other)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", hit)
        if step <= 2:
            with pytest.raises(blow):
                runs._swap_in(staging, target)
        else:
            runs._swap_in(staging, target)
    assert (target / "model.json").read_text("utf-8") == ("new" if step == 3 else "old")


def test_a_kill_between_the_renames_is_mended_by_the_next_run(ran: SmallStudy) -> None:
    good = bytes_of(ran.path / "outputs/M1")
    # As a kill leaves it: the old outputs set aside, the new ones not yet in their place.
    (ran.path / "outputs/M1").rename(ran.path / "outputs/.M1.old")
    (ran.path / "outputs/.M1.new").mkdir()
    (job,) = runs.plan(ran.path, ["M1"])
    runs.run(ran.path, [job], say=silent)
    assert bytes_of(ran.path / "outputs/M1") == good


def test_outputs_set_aside_are_not_lost_when_the_next_swap_fails(
    swap: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    staging, target = swap
    target.rename(target.with_name(".M1.old"))
    rename = Path.rename

    def refuse(self: Path, other: Path) -> Path:
        if self == staging:
            raise PermissionError
        return rename(self, other)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        with pytest.raises(PermissionError):
            runs._swap_in(staging, target)
    assert (target / "model.json").read_text("utf-8") == "old"


# Outputs that cannot be written


def test_outputs_that_cannot_be_written_give_one_clear_error(small_study: SmallStudy) -> None:
    (small_study.path / "outputs").write_text("en fil", "utf-8")
    result = CliRunner().invoke(main, ["run", "M1", "--study", str(small_study.path)])
    assert result.exit_code == 1
    assert result.output.startswith("foran: ")
    assert "outputs: cannot be written to" in result.output
    assert result.output.count("\n") == 1


def test_a_read_only_folder_gives_one_clear_error(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs, mkdir = small_study.path / "outputs", Path.mkdir
    outputs.mkdir()

    def read_only(self: Path, *args: Any, **more: Any) -> None:
        if outputs in self.parents:
            raise PermissionError(13, "Permission denied")
        mkdir(self, *args, **more)

    monkeypatch.setattr(Path, "mkdir", read_only)
    with pytest.raises(RunFailed, match=r"outputs cannot be written \(Permission denied\)"):
        quick_run(small_study, "M1")


def test_outputs_that_cannot_be_swapped_in_give_one_clear_error(
    ran: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    from foran_research import execution

    good = bytes_of(ran.path / "outputs/M1")
    monkeypatch.setattr(execution, "execute_notebook", lambda *_: None)

    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(runs, "_swap_in", refuse)
    with pytest.raises(RunFailed, match="M1 cannot be written"):
        quick_run(ran, "M1", is_forced=True)
    assert bytes_of(ran.path / "outputs/M1") == good


def test_what_a_cell_prints_is_one_output_however_it_came_in_pieces() -> None:
    def printed(*pieces: tuple[str, str]) -> Any:
        outputs = [nbformat.v4.new_output("stream", name=name, text=text) for name, text in pieces]
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=outputs)])

    whole = without_clocks(printed(("stdout", "å\nø\n"), ("stderr", "!"), ("stdout", "æ")))
    pieces = without_clocks(printed(("stdout", "å\n"), ("stdout", "ø\n"), ("stderr", "!"), ("stdout", "æ")))
    assert pieces == whole
    assert [output["text"] for output in whole.cells[0].outputs] == ["å\nø\n", "!", "æ"]
