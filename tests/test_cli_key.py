"""The commands `foran key`: what they ask, what they say, and that they never say a name."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from small_study import SmallStudy

from foran_research import cli_key
from foran_research.cli import main
from foran_research.cli_key import asked_passphrase, key, key_path
from foran_research.corpus import key as keys
from foran_research.corpus.key import Cost, open_key
from foran_research.errors import ForanError

PASSPHRASE = "fire grønne båter sover"  # noqa: S105
NAME = "Åsmundine Kanariøy"


@pytest.fixture
def study(small_study: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small study, with a key elsewhere that is cheap to open."""
    monkeypatch.setattr(keys, "COST", Cost(16))
    for function in (keys.create, keys.rotate):
        monkeypatch.setitem(function.__kwdefaults__, "cost", Cost(16))
    monkeypatch.setenv("FORAN_KEY", str(tmp_path / "elsewhere" / "k.forankey"))
    monkeypatch.setenv("FORAN_KEY_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("FORAN_STUDY", str(small_study.path))
    return small_study.path


def run(*words: str, typed: str = "") -> Result:
    result = CliRunner().invoke(main, ["key", *words], input=typed, catch_exceptions=False)
    assert "kanari" not in result.output.casefold()
    return result


def key_file() -> Path:
    import os

    return Path(os.environ["FORAN_KEY"])


@pytest.fixture
def filled(study: Path) -> Path:
    assert run("init").exit_code == 0
    assert run("add", "FJO-PL-01", typed=f"{NAME}\nKanarine\n\n").exit_code == 0
    return study


def test_every_command_and_option_explains_itself() -> None:
    for name, command in key.commands.items():
        assert (command.help or "").strip().endswith("."), name
        assert all(one.help for one in command.params if isinstance(one, click.Option)), name
    assert sorted(key.commands) == ["add", "init", "list", "remove", "rotate", "scan", "where"]


def test_a_key_is_made_filled_and_listed_without_a_name_on_the_screen(filled: Path) -> None:
    listed = run("list")
    assert listed.output.splitlines() == [
        "pseudonym\tkind\tnames\treplaced by",
        "FJO-PL-01\tperson\t2\tFJO-PL-01",
        "1 entries; 0 decisions on words of texts, 0 of them to keep",
    ]
    assert open_key(key_file(), PASSPHRASE).names == {"FJO-PL-01": (NAME, "Kanarine")}
    assert open_key(key_file(), PASSPHRASE).study_id == "small"


def test_names_are_shown_after_a_yes_only(filled: Path) -> None:
    assert run("list", "--show", typed="n\n").exit_code == 1
    assert run("list", "--show").exit_code == 1
    result = CliRunner().invoke(main, ["key", "list", "--show"], input="y\n")
    assert result.exit_code == 0
    assert f"  {NAME}\n  Kanarine\n" in result.output


def test_nothing_of_the_key_reaches_the_study(filled: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        run("add", "HEI-PL-02", "--name", "Gro Kanarihaug")
        run("add", "HEI-PL-03", "--name", "Gro Kanarihaug")
        run("scan")
    assert "kanari" not in caplog.text.casefold()
    for path in filled.rglob("*"):
        assert path.suffix != ".forankey"
        assert not path.is_file() or b"anari" not in path.read_bytes().lower()


def test_a_key_in_the_study_is_refused_by_every_command(study: Path) -> None:
    for words in (["init"], ["add", "P1", "--name", "x"], ["list"], ["rotate"], ["scan"], ["where"]):
        result = run(*words, "--key", str(study / "outputs" / "k"))
        assert (result.exit_code, "may not lie in the study's folder" in result.output) == (1, True), words
    assert not (study / "outputs" / "k").exists()


def test_a_list_of_names_comes_in_from_a_file_outside_of_the_study_only(filled: Path, tmp_path: Path) -> None:
    rows = "pseudonym;name;kind;replacement\nHEI-PL-02;Gro Kanarihaug;;\nHEI-PL-02;Gro;;\nVIK;Kanarivik;place;[bygda]\n"
    inside, outside = filled / "corpus" / "names.csv", tmp_path / "names.csv"
    inside.write_text(rows, "utf-8")
    outside.write_bytes(rows.encode("cp1252"))
    assert "may not lie in" in run("add", "--from", str(inside)).output
    inside.unlink()
    result = run("add", "--from", str(outside))
    assert "HEI-PL-02: 2 names, replaced by HEI-PL-02\nVIK: 1 name, replaced by [bygda]\n" in result.output
    assert "delete it" in result.output


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("navn,alias\nKanarine,x\n", "columns pseudonym and name"),
        ("pseudonym,name\nP1,\n,Kanarine\n", "row 2, 3: pseudonym or name is empty"),
        ("pseudonym,name\n", "no rows"),
        ("pseudonym,name\nP1,Ny\nP2,Kanarine\n", "row 3: name 1 of P2 is a name of FJO-PL-01 already"),
        ("pseudonym,name,kind\nP1,Ny,robot\n", "kind"),
        ("pseudonym,name\nKanarihaug,Gro Kanarihaug\n", "row 2: the pseudonym or replacement"),
    ],
)
def test_a_list_that_does_not_fit_changes_nothing(filled: Path, tmp_path: Path, content: str, told: str) -> None:
    before = key_file().read_bytes()
    (tmp_path / "names.csv").write_text(content, "utf-8")
    result = run("add", "--from", str(tmp_path / "names.csv"))
    assert (result.exit_code, told in result.output) == (1, True)
    assert key_file().read_bytes() == before


def test_add_asks_for_a_pseudonym_or_a_file_and_for_a_name(filled: Path) -> None:
    assert "either a PSEUDONYM or --from" in run("add").output
    assert "no name was given" in run("add", "P1", typed="\n").output
    assert "no name was given" in run("add", "P1").output


def test_a_passphrase_is_typed_twice_when_new_and_once_after(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORAN_KEY_PASSPHRASE")
    short = run("init", typed="kort\nkort\n")
    assert (short.exit_code, "at least 12 characters" in short.output) == (1, True)
    assert not key_file().exists()
    made = run("init", typed=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert made.exit_code == 0
    assert PASSPHRASE not in made.output
    assert run("list", typed=f"{PASSPHRASE}\n").exit_code == 0
    wrong = run("list", typed="noe helt annet her\n")
    assert (wrong.exit_code, "passphrase does not open" in wrong.output) == (1, True)
    assert "no passphrase was given" in run("list").output


def test_init_writes_over_nothing(filled: Path) -> None:
    before = key_file().read_bytes()
    assert "there is a key already" in run("init").output
    assert key_file().read_bytes() == before


def test_rotating_changes_the_passphrase(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("rotate", typed="ny og lang setning\nny og lang setning\n").exit_code == 0
    assert run("list").exit_code == 1
    monkeypatch.setenv("FORAN_KEY_PASSPHRASE", "ny og lang setning")
    monkeypatch.setenv("FORAN_KEY_NEW_PASSPHRASE", PASSPHRASE)
    assert run("rotate").exit_code == 0
    assert not key_file().with_name("k.forankey.previous").exists()


def test_the_key_of_another_study_is_refused(filled: Path) -> None:
    settings = filled / "foran.toml"
    settings.write_text(settings.read_text("utf-8").replace('id = "small"', 'id = "other"'), "utf-8")
    result = run("list")
    assert (result.exit_code, "is the key of the study 'small'" in result.output) == (1, True)


def test_scanning_exits_with_1_when_a_name_stands_somewhere(filled: Path) -> None:
    clean = run("scan", "--no-history")
    assert (clean.exit_code, clean.output.splitlines()[-1]) == (0, "0 places with names")
    (filled / "outputs").mkdir(exist_ok=True)
    (filled / "outputs" / "Kanarine.md").write_text(f"å\n{NAME}s rapport\n", "utf-8")
    found = run("scan", "--no-history")
    assert found.exit_code == 1
    assert found.output.splitlines()[:2] == [
        "outputs/⟨FJO-PL-01⟩.md: FJO-PL-01, 1 time",
        "outputs/⟨FJO-PL-01⟩.md:2: FJO-PL-01, 1 time",
    ]
    assert "history not searched" in found.output


def test_where_says_where_and_whether_it_is_there(study: Path) -> None:
    assert "foran key init makes it" in run("where").output
    run("init")
    assert run("where").output == f"{key_file()}\n"


def test_the_place_is_the_given_one_then_the_variable_then_the_usual(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert key_path(tmp_path / "given", study) == tmp_path / "given"
    assert key_path(None, study) == key_file()
    monkeypatch.delenv("FORAN_KEY")
    assert key_path(None, study) == keys.default_path("small")


def test_a_short_passphrase_in_the_variable_is_refused_for_a_new_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cli_key.PASSPHRASE_VARIABLE, "kort")
    with pytest.raises(ForanError, match="at least 12"):
        asked_passphrase(is_new=True)
    assert asked_passphrase() == "kort"


def test_help_needs_no_heavy_import() -> None:
    import subprocess
    import sys

    program = (
        "import sys, foran_research.cli_key; print(sorted(set(sys.modules) & {'pandas', 'cryptography', 'openpyxl'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\[\]\n", done.stdout)
