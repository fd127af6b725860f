"""The commands that look after people and data, as somebody at the keyboard meets them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_study import SmallStudy

from foran_research import cli_care
from foran_research.cli import main

SAID = ("nattevaktene", "erfaringsnotatet", "skuffen", "personen")


def foran(command: str, *arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [command, *(str(argument) for argument in arguments)])


def test_a_dry_run_lists_everything_and_changes_nothing(small_study: SmallStudy) -> None:
    (small_study.path / "outputs/M1").mkdir(parents=True)
    (small_study.path / "outputs/M1/tabell.csv").write_text("FJO-I01\n", "utf-8")
    before = small_study.fingerprint()
    result = foran("withdraw", "FJO-PL-01", "--dry-run", "--study", small_study.path)
    assert result.exit_code == 0, result.output
    assert small_study.fingerprint() == before
    for name in ("FJO-I01", "corpus/coding/K1/FJO-I01.jsonl", "corpus/coding/K2/FJO-I01.jsonl", "corpus/texts/FJO-I01.md",
                 "outputs/M1", "corpus/withdrawals.csv", "STR-N01", "nothing changed"):  # fmt: skip
        assert name in result.output
    assert not [word for word in SAID if word in result.output]


def test_a_withdrawal_tells_what_it_did_and_what_it_cannot_reach(small_study: SmallStudy) -> None:
    CliRunner().invoke(main, ["backup", "--study", str(small_study.path)])
    (small_study.path / ".git").mkdir()
    result = foran("withdraw", "FJO-PL-01", "--reason", "bedt om det", "--study", small_study.path)
    assert result.exit_code == 0, result.output
    assert "1 document removed, 0 documents without her turns, 12 events of the logs without words" in result.output
    assert "8 coded segments no longer standing" in result.output
    for told in ("git history", "small-backup-", "the key, the review tables", "STR-N01"):
        assert told in result.output
    assert not [word for word in SAID if word in result.output]
    again = foran("withdraw", "FJO-PL-01", "--reason", "igjen", "--study", small_study.path)
    assert again.exit_code == 0
    at = re.search(r"the withdrawal of (\S+) stands", again.output)
    assert at is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", at[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("FJO-PL-99", "--reason", "x"), "unknown participant"), (("FJO-PL-01",), "needs a reason")],
)
def test_what_is_wrong_is_one_message(small_study: SmallStudy, arguments: tuple[str, ...], message: str) -> None:
    result = foran("withdraw", *arguments, "--study", small_study.path)
    assert result.exit_code == 1
    assert message in result.output
    assert "Traceback" not in result.output


def test_a_study_is_saved_and_had_back(small_study: SmallStudy, tmp_path: Path) -> None:
    (small_study.path / "nøkkel").write_bytes(b"FORAN-KEY\n")
    saved = foran("backup", "--study", small_study.path, "--to", tmp_path / "b.zip")
    assert saved.exit_code == 0, saved.output
    assert "written and read back" in saved.output
    assert "left out: nøkkel (a key: move it out of the study)" in saved.output
    assert "not encrypted" in saved.output
    assert "nothing has changed" in foran("backup", "--study", small_study.path, "--to", tmp_path / "b.zip").output
    restored = foran("restore", tmp_path / "b.zip", tmp_path / "ny")
    assert restored.exit_code == 0, restored.output
    assert "check: 0 faults, 0 warnings, as when it was saved" in restored.output
    assert "foran withdraw" in restored.output
    again = foran("restore", tmp_path / "b.zip", tmp_path / "ny")
    assert again.exit_code == 1
    assert "not an empty folder" in again.output


def test_faults_at_the_time_are_mentioned(small_study: SmallStudy, tmp_path: Path) -> None:
    (small_study.path / "corpus/texts/FJO-I02.md").unlink()
    result = foran("backup", "--study", small_study.path)
    assert result.exit_code == 0
    assert "1 fault; see" in result.output


def test_large_studies_tell_of_every_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    tell = cli_care._progress("saved")
    for done in range(0, 101):
        tell(done * 1_000_000, 100_000_000)
    assert capsys.readouterr().err.split("\n")[:-1] == [f"{n} % saved" for n in range(10, 101, 10)]
    tell(10, 10)
    assert capsys.readouterr().err == ""
