"""The command line: help that cannot rot, exit codes, quick starts, and errors that say what to do."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from small_study import SmallStudy

from foran_research.cli import main
from foran_research.milestone import capability_model, model_text
from foran_research.study import load_study

COMMANDS = sorted(main.commands)
HEAVY = ("pandas", "numpy", "matplotlib", "spacy", "papermill", "networkx", "scipy", "jupyter_client", "nbformat")


def foran(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def in_shell(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from foran_research.cli import main; main()", *words],
        capture_output=True, text=True, check=False, **more,
    )  # fmt: skip


# Help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = foran(name, "--help")
    assert result.exit_code == 0
    command = main.commands[name]
    assert (command.help or "").strip().endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.name} has no help"
    assert foran(name, "-h").output == result.output


def test_the_group_lists_every_command_and_its_version() -> None:
    listed = foran("--help").output
    assert all(re.search(rf"^  {name}\s", listed, re.MULTILINE) for name in COMMANDS)
    assert foran("--version").output == "foran, version 0.1.0\n"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EROFS])
def test_a_disk_that_refuses_is_told_of_in_words(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number), "corpus/hemmelig.md")

    monkeypatch.setattr(main.commands["status"], "callback", refuse)
    result = foran("status")
    assert result.exit_code == 1
    assert f"{os.strerror(number)}: corpus/hemmelig.md" in result.output
    assert "Traceback" not in result.output


def test_a_fault_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOTDIR, "ours")

    monkeypatch.setattr(main.commands["status"], "callback", fail)
    assert isinstance(foran("status").exception, OSError)


@pytest.fixture(scope="module")
def readme() -> str:
    return (Path(__file__).resolve().parent.parent / "README.md").read_text("utf-8")


def calls_in(readme: str) -> list[list[str]]:
    """Every `foran …` in the README's code, in words."""
    code = re.findall(r"```\n(.*?)```", readme, re.DOTALL)
    lines = [line for block in code for line in block.splitlines()] + re.findall(r"`(foran [^`]+)`", readme)
    found = [re.split(r"\s+", line.strip()) for line in lines]
    return [words[1:] for words in found if re.fullmatch(r"(?:.*[/\\])?foran", words[0]) and len(words) > 1]


def test_every_command_in_the_readme_exists_and_every_command_is_in_it(readme: str) -> None:
    calls = calls_in(readme)
    named = {words[0] for words in calls if words[0] != "COMMAND"}
    assert named == set(COMMANDS)


def test_every_option_in_the_readme_and_the_docs_exists(readme: str) -> None:
    docs = Path(__file__).resolve().parent.parent / "docs"
    pages = [readme, *((docs / f"{name}.md").read_text("utf-8") for name in ("codebook", "memos", "audit"))]
    for words in (call for page in pages for call in calls_in(page)):
        command: click.Command | None = main.commands.get(words[0])
        if isinstance(command, click.Group) and words[1:] and not words[1].startswith("-"):
            assert words[1] in command.commands, words
            command = command.commands[words[1]]
        known = {"--help", *(o for p in getattr(command, "params", ()) for o in p.opts)}
        assert {word for word in words[1:] if word.startswith("--")} <= known, words
    alone = set(re.findall(r"`(--[a-z-]+)", readme))
    assert alone <= {option for command in main.commands.values() for p in command.params for option in p.opts}


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys\nfrom foran_research.cli import main\n"
        f"try: main({words!r})\nexcept SystemExit: pass\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("LOADED []")


def test_help_comes_at_once() -> None:
    # Time of the processor, so that a busy machine is no fault; where the system does not tell it, that on the clock.
    def spent() -> float:
        told = os.times()
        return told.children_user + told.children_system or time.perf_counter()

    def once() -> float:
        begun = spent()
        assert in_shell("--help").returncode == 0
        return spent() - begun

    once()
    assert min(once() for _ in range(5)) < 0.3


def test_planning_a_run_loads_nothing_heavy(small_study: SmallStudy) -> None:
    code = (
        "import sys, pathlib\nfrom foran_research import runs\n"
        f"study = pathlib.Path({str(small_study.path)!r})\n"
        "jobs = runs.plan(study, ['M1'])\nassert not runs.is_fresh(study, jobs[0])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# check


def test_a_study_without_faults_is_counted_and_exits_with_0(small_study: SmallStudy) -> None:
    before = small_study.fingerprint()
    result = foran("check", "--study", str(small_study.path))
    assert result.exit_code == 0
    study = load_study(small_study.path)
    words = sum(text.word_count() for text in study.transcripts.values())
    assert result.output == (
        f"6 documents, {words} words, {len(study.segments())} coded segments, 2 coders, 2 codebook versions, "
        f"{len(study.lineage.codebooks[-1].active)} codes in the newest\n0 faults, 0 warnings\n"
    )
    assert small_study.fingerprint() == before


def test_faults_are_listed_and_exit_with_1(small_study: SmallStudy) -> None:
    small_study.add("corpus/texts/FJO-I01.md", "Mer.\n")
    small_study.replace("corpus/documents.csv", "2020-06-11", "11.6.2020")
    result = foran("check", "--study", str(small_study.path))
    assert result.exit_code == 1
    assert "corpus/texts/FJO-I01.md: text-changed" in result.output
    assert re.search(r"corpus/documents.csv:\d+: bad-date", result.output)
    assert result.output.rstrip().endswith("2 faults, 0 warnings")


def test_warnings_are_listed_and_do_not_fail(small_study: SmallStudy) -> None:
    small_study.add("corpus/coding/K2/STR-N01.jsonl", '{"seq": 3')
    result = foran("check", "--study", str(small_study.path))
    assert result.exit_code == 0
    assert "warning: corpus/coding/K2/STR-N01.jsonl" in result.output
    assert result.output.rstrip().endswith("0 faults, 1 warning")


def test_a_folder_without_a_study_is_named(tmp_path: Path) -> None:
    result = foran("check", "--study", str(tmp_path))
    assert result.exit_code == 1
    assert "foran init" in result.output
    assert "1 fault," in result.output


@pytest.mark.parametrize("words", [["run", "M1"], ["suggest", "M1"], ["trace", "x.json", "P1"],
                                   ["add", "x.txt", "--kind", "interview", "--date", "2020-01-01"]])  # fmt: skip
def test_commands_outside_a_study_say_so_without_a_traceback(tmp_path: Path, words: list[str]) -> None:
    done = in_shell(*words, cwd=tmp_path, env={**os.environ, "FORAN_STUDY": ""})
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("foran: ")
    assert "Traceback" not in done.stderr


def test_the_study_is_found_from_inside_it_and_by_name(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("FORAN_STUDY", raising=False)
    monkeypatch.chdir(small_study.path / "corpus/texts")
    assert foran("check").exit_code == 0
    monkeypatch.chdir(tmp_path)
    assert foran("check").exit_code == 1
    monkeypatch.setenv("FORAN_STUDY", str(small_study.path))
    assert foran("check").exit_code == 0
    assert foran("check", "--study", str(tmp_path / "borte")).exit_code == 1


# suggest


def test_suggestions_are_printed_with_place_and_code(small_study: SmallStudy) -> None:
    result = foran("suggest", "M1", "--code", "P1", "--study", str(small_study.path))
    assert result.exit_code == 0, result.output
    header, *rows = [line.split("\t") for line in result.output.splitlines()]
    assert header == ["document", "turn", "place", "code", "hint"]
    assert rows
    assert {row[3] for row in rows} == {"P1"}
    shown = foran("suggest", "M1", "--code", "P1", "--show", "--study", str(small_study.path))
    assert "behov" in shown.output.lower()
    assert "behov" not in result.output.lower()
    for document, _turn, place, _code, hint in rows:
        start, end = map(int, place.split("–"))
        assert "behov" in small_study.text(document)[start:end].lower()
        assert hint in ("-", "fremmer", "hemmer", "begge", "nøytral")


@pytest.mark.parametrize(
    ("words", "said"), [(["M9"], "unknown milestone 'M9'"), (["M1", "--code", "P99"], "unknown code 'P99'")]
)
def test_suggesting_for_what_does_not_exist_is_refused(small_study: SmallStudy, words: list[str], said: str) -> None:
    result = foran("suggest", *words, "--study", str(small_study.path))
    assert result.exit_code == 1
    assert said in result.output


# trace


@pytest.fixture
def model(small_study: SmallStudy, tmp_path: Path) -> Path:
    study = load_study(small_study.path)
    path = tmp_path / "model.json"
    path.write_text(model_text(capability_model(study, study.milestone("M1"))), "utf-8")
    return path


@pytest.mark.parametrize("name", ["P1", "C0001"])
def test_every_passage_behind_an_element_is_printed(small_study: SmallStudy, model: Path, name: str) -> None:
    result = foran("trace", str(model), name, "--study", str(small_study.path))
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "P1 behov / behov"
    assert lines[1] == "3 segments, 3 turns, 3 documents, 2 informants, 2 of 3 municipalities"
    for words in (
        "Vi spurte nattevaktene hva de trengte 😀",
        "behovsbeskrivelsen var tynn",
        "behovet må beskrives før noen ringer",
    ):
        assert f"  {words}" in lines
    assert "FJO-I01.K1.s01 · FJO-I01, turn 2 · FJO-PL-01 · fremmer · coded by K1 under 1.0.0" in lines
    assert any(line.startswith("STR-N01.K1.s02 · STR-N01, turn 3 · note · begge") for line in lines)


def test_an_element_that_the_model_lacks_is_refused_with_those_it_has(small_study: SmallStudy, model: Path) -> None:
    result = foran("trace", str(model), "P9", "--study", str(small_study.path))
    assert result.exit_code == 1
    assert "unknown element 'P9'; known: P1, P2" in result.output


def test_a_text_that_has_changed_since_is_refused(small_study: SmallStudy, model: Path) -> None:
    small_study.edit_text("HEI-I02", "firmaa kjem etterpå", "firmaa kjem no")
    small_study.edit_text("FJO-I01", "Og ledelsen?", "Og leiinga?")
    for coder in ("K1", "K2"):
        small_study.log_path(coder, "FJO-I01").unlink()
    small_study.log_path("K1", "HEI-I02").unlink()
    result = foran("trace", str(model), "P1", "--study", str(small_study.path))
    assert result.exit_code == 1
    assert "the texts of FJO-I01 are not those the model was made from" in result.output


def test_a_segment_that_is_gone_since_is_refused(small_study: SmallStudy, model: Path) -> None:
    small_study.log_path("K1", "FJO-I02").unlink()
    result = foran("trace", str(model), "P1", "--study", str(small_study.path))
    assert result.exit_code == 1
    assert "1 segments of P1 are no longer in the study (first: FJO-I02.K1.s02)" in result.output


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: {**data, "schema_version": 99}, "schema_version 99; this package reads up to 1"),
        (lambda data: {key: value for key, value in data.items() if key != "schema_version"}, "without schema_version"),
        (lambda data: {**data, "schema_version": "1"}, "without schema_version"),
        (lambda data: {**data, "model": "maturity"}, "not a model"),
        (lambda data: [data], "not a model"),
        (lambda data: {**data, "milestone": "M7"}, "unknown milestone 'M7'"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_model_is_refused(small_study: SmallStudy, model: Path, spoil: Any, said: str) -> None:
    model.write_text(json.dumps(spoil(json.loads(model.read_text("utf-8")))), "utf-8")
    result = foran("trace", str(model), "P1", "--study", str(small_study.path))
    assert (result.exit_code, said in result.output) == (1, True), result.output


@pytest.mark.parametrize(
    ("data", "said"), [(b"{", "not a model"), (b"\xff\xfe", "not a model"), (None, "no such file")]
)
def test_a_file_that_cannot_be_read_is_refused(
    small_study: SmallStudy, tmp_path: Path, data: bytes | None, said: str
) -> None:
    path = tmp_path / "x.json"
    if data is not None:
        path.write_bytes(data)
    result = foran("trace", str(path), "P1", "--study", str(small_study.path))
    assert (result.exit_code, said in result.output) == (1, True), result.output


def test_a_folder_is_no_model(small_study: SmallStudy, tmp_path: Path) -> None:
    result = foran("trace", str(tmp_path), "P1", "--study", str(small_study.path))
    assert result.exit_code == 1
    assert "cannot be read" in result.output


# assign and agreement


def test_a_draw_is_written_and_told_with_what_it_was_drawn_from(small_study: SmallStudy) -> None:
    where = ("--study", str(small_study.path))
    before = small_study.fingerprint()
    planned = foran("assign", "K3", "--documents", "2", "--case", "HEI", "--dry-run", *where)
    assert (planned.exit_code, small_study.fingerprint()) == (0, before)
    assert planned.output == (
        "seed 7, K3 beside K1\nA01\tHEI-I01\tall turns\nA02\tHEI-I02\tall turns\n"
        "case\tkind\tdocuments\tturns\t(drawn of those there were)\nHEI\tinterview\t2 of 2\t4 of 4\n"
        "note: K3 has coded nothing in this study before; check the id if that is a surprise\n"
        "nothing written (--dry-run)\n"
    )
    made = foran("assign", "K3", "--documents", "2", "--case", "HEI", *where)
    assert made.exit_code == 0
    assert made.output.startswith(planned.output.removesuffix("nothing written (--dry-run)\n"))
    assert "2 assignments added to corpus/assignments.csv" in made.output
    assert made.output.endswith("Then: foran agreement K1 K3\n")
    written = (small_study.path / "corpus/assignments.csv").read_text("utf-8")
    assert re.fullmatch(
        r"id,coder,with,document,turns,seed,drawn\nA01,K3,K1,HEI-I01,,7,(20\d\d-\d\d-\d\d)\nA02,K3,K1,HEI-I02,,7,\1\n",
        written,
    )
    assert foran("check", *where).exit_code == 0


def test_turns_are_drawn_with_the_seed_given(small_study: SmallStudy) -> None:
    where = ("--study", str(small_study.path))
    lines = foran(
        "assign", "K2", "--with", "K1", "--turns", "3", "--seed", "11", "--dry-run", *where
    ).output.splitlines()
    assert lines[0] == "seed 11, K2 beside K1"
    assert sum(len(line.split("turns ")[1].split()) for line in lines if line.startswith("A0")) == 3
    assert "not drawn from: 2 documents coded by K2 already" in lines


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["assign", "K3"], "how much is to be drawn"),
        (["assign", "K3", "--documents", "7"], "7 documents asked for, and there are 6"),
        (["assign", "K3", "--document", "FJO-I99"], "unknown document 'FJO-I99'"),
        (["assign", "K1", "--documents", "1"], "--with"),
        (["assign", "K1", "--with", "K1", "--documents", "1"], "must differ"),
        (["agreement", "K1", "K9"], "unknown coder 'K9'"),
        (["agreement", "K1", "K2", "--document", "HEI-I01"], "unknown document of both coders"),
    ],
)
def test_a_draw_or_a_comparison_that_cannot_be_made_writes_nothing(
    small_study: SmallStudy, words: list[str], said: str
) -> None:
    before = small_study.fingerprint()
    result = foran(*words, "--study", str(small_study.path))
    assert result.exit_code == 1
    assert result.stderr.startswith("foran: ")
    assert said in result.stderr
    assert result.stdout == ""
    assert small_study.fingerprint() == before


def test_a_document_is_drawn_once_and_compared_when_both_are_done(small_study: SmallStudy) -> None:
    where = ("--study", str(small_study.path))
    assert foran("assign", "K2", "--document", "FJO-I01", *where).exit_code == 0
    again = foran("assign", "K2", "--document", "FJO-I01", *where)
    assert (again.exit_code, "FJO-I01: drawn already for K2 and K1" in again.stderr) == (1, True)
    blind = foran("agreement", "K1", "K2", *where)
    assert (blind.exit_code, blind.stdout) == (1, "")
    assert "Not done: FJO-I01 (K1 and K2)" in blind.stderr


def test_agreement_is_printed_by_document_by_code_and_pooled(small_study: SmallStudy) -> None:
    result = foran("agreement", "K1", "K2", "--study", str(small_study.path))
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert "FJO-I01\t12\t2\t4\t0\t0.667\t0.281\t0.333\t0.500\t0.333\t1\t0\t0\t1\t4\t0" in lines
    assert "2 documents read under 1.0, in the codes of 1.0.0" in lines
    # X1: one unit, both coders; K1: one unit, the first coder only.
    assert "X1\t6\t1\t0\t0\t1.000\t1.000\t1.000\t1.000\t0.167" in lines
    assert "K1\t6\t0\t1\t0\t0.833\t0.000\t0.000\t0.000\t0.083" in lines
    assert any(line.startswith("pooled\t36\t2\t7\t1\t") for line in lines)
    assert "3 codes that nobody used: undefined, and not in the pool" in lines
    assert lines[-1] == "not assigned, so nothing vouches that they were coded blind: FJO-I01, STR-N01"
    for event in (*small_study.events("K1", "FJO-I01"), *small_study.events("K2", "STR-N01")):
        assert not event["after"] or event["after"]["quote"] not in result.output


# init


def test_a_new_study_is_whole_and_without_faults(tmp_path: Path) -> None:
    folder = tmp_path / "ny studie"
    result = foran("init", str(folder))
    assert result.exit_code == 0, result.output
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"foran.toml", "codebooks/1.0.0.yaml", "corpus/documents.csv", "notebooks/08_model.ipynb"} <= made
    assert f"{len(made)} files" in result.output
    checked = foran("check", "--study", str(folder))
    assert checked.exit_code == 0
    assert "0 documents" in checked.output


@pytest.mark.parametrize("inside", ["fil.txt", ".skjult", "mappe/"])
def test_init_refuses_a_folder_that_holds_anything(tmp_path: Path, inside: str) -> None:
    folder = tmp_path / "studie"
    (folder / inside).parent.mkdir(parents=True)
    (folder / inside).mkdir() if inside.endswith("/") else (folder / inside).write_text("mitt", "utf-8")
    before = sorted(folder.rglob("*"))
    result = foran("init", str(folder))
    assert result.exit_code == 1
    assert "not an empty folder" in result.output
    assert sorted(folder.rglob("*")) == before


def test_init_refuses_a_file_and_takes_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("mitt", "utf-8")
    assert foran("init", str(tmp_path / "fil")).exit_code == 1
    assert (tmp_path / "fil").read_text("utf-8") == "mitt"
    (tmp_path / "tom").mkdir()
    assert foran("init", str(tmp_path / "tom")).exit_code == 0


# Errors


def test_an_error_nobody_foresaw_keeps_its_traceback(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    from foran_research import study

    def broken(_: Path) -> None:
        raise ZeroDivisionError("en feil hos oss")

    monkeypatch.setattr(study, "read_study", broken)
    with pytest.raises(ZeroDivisionError, match="en feil hos oss"):
        CliRunner().invoke(main, ["check", "--study", str(small_study.path)], catch_exceptions=False)


def test_our_own_errors_go_to_stderr_as_one_message(small_study: SmallStudy) -> None:
    done = in_shell("run", "M9", "--study", str(small_study.path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "foran: unknown milestone 'M9'; known: M1, M2\n"


def test_a_console_that_lacks_letters_is_no_reason_to_die(small_study: SmallStudy) -> None:
    done = in_shell(
        "suggest", "M1", "--study", str(small_study.path), env={**os.environ, "PYTHONIOENCODING": "latin-1"}
    )
    assert done.returncode == 0, done.stderr
    assert "?" in done.stdout
