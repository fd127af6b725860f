"""`foran synthesis` from the command line. Everybody and everything is invented (oppdiktet)."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from small_study import SmallStudy, write_small_study

from foran_research import cli_synthesis
from foran_research.analysis.replication import VERDICTS
from foran_research.cli import main


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    monkeypatch.setenv("FORAN_CODER", "K1")
    made = write_small_study(tmp_path / "study")
    monkeypatch.chdir(made.path)
    return made


def run(*asked: str) -> Result:
    return CliRunner().invoke(main, ["synthesis", *asked])


def test_from_a_proposition_to_the_report_on_the_command_line(small: SmallStudy, tmp_path: Path) -> None:
    expected = [part for case in ("FJO", "HEI", "STR") for part in ("--expect", f"{case}:same")]
    done = run("propose", *expected, "--element", "P1", "--stated-on", "2020-02-01", "--text", "Behov før marked å 😀")
    assert (done.exit_code, done.output) == (0, "memo.K1.m0001: written\n")
    verdict = run("verdict", "memo.K1.m0001", "FJO", "supports", "--evidence", "FJO-I01.K1.s01", "--text", "Ja")
    assert (verdict.exit_code, verdict.output) == (0, "memo.K1.m0002: written\n")
    summary = run("summarise", "P1", "--case", "FJO", "--milestone", "M2", "--text", "Spurt om natta a\u030a")
    assert (summary.exit_code, summary.output) == (0, "memo.K1.m0003: written\n")
    listed = run("list", "M2")
    first, *_, last = listed.output.splitlines()[1:]
    assert first.startswith("memo.K1.m0001\tincomplete\t2020-02-01 (told)\t1 of 3\ta case has no verdict\t")
    assert (len(first.split("\t")), last) == (6, "1 proposition")
    made = run("report", "M2", "-o", str(tmp_path / "ut"), "--language", "en")
    assert made.exit_code == 0, made.output
    names = {path.relative_to(tmp_path / "ut").as_posix() for path in (tmp_path / "ut").rglob("*") if path.is_file()}
    assert {"synthesis.html", "synthesis.xlsx", "synthesis.docx", "tables/synthesis_framework_case.csv"} <= names
    assert "review them before you share them" in made.output
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "ut/synthesis.xlsx").read_bytes()))
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert len(set(book.sheetnames)) == len(book.sheetnames)
    sheet = book["Element × municipality"]
    assert sheet.freeze_panes == "D3"
    cells = [cell for row in sheet.iter_rows() for cell in row if "Spurt om natta" in str(cell.value)]
    assert len(cells) == 1
    assert cells[0].alignment.wrap_text
    name, line = cells[0].hyperlink.location.replace("'", "").split("!A")
    assert book[name].cell(int(line), 1).value == "P1 × Fjordvik"
    assert book[name].cell(int(line), 2).value.startswith("FJO-I0")


def test_what_cannot_be_written_is_refused_in_one_line_and_nothing_is_written(
    small: SmallStudy, tmp_path: Path
) -> None:
    before = small.fingerprint()
    for asked, told in (
        (("propose", "--expect", "FJO", "--text", "å"), "expected CASE:same"),
        (("propose", "--expect", "FJO:same", "--expect", "FJO:same", "--text", "å"), "once for each case"),
        (("propose", "--expect", "FJO:ulik", "--text", "å"), "an expectation that is none"),
        (("summarise", "P1", "--text", "å"), "exactly one of"),
        (("summarise", "P9", "--case", "FJO", "--text", "å"), "P9"),
        (("verdict", "memo.K1.m0009", "FJO", "no_evidence", "--text", "å"), "memo.K1.m0009"),
        (("report", "M9", "-o", str(tmp_path / "ut")), "M9"),
    ):
        done = run(*asked)
        assert done.exit_code == 1, asked
        assert told in done.output, (asked, done.output)
        assert "Traceback" not in done.output
    assert small.fingerprint() == before
    assert not (tmp_path / "ut").exists()


def test_without_a_coder_nobody_writes(small: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORAN_CODER")
    assert "Name the coder" in run("summarise", "P1", "--case", "FJO", "--text", "å").output


def test_the_verdicts_of_the_command_are_those_of_the_library() -> None:
    assert cli_synthesis._VERDICTS == VERDICTS
