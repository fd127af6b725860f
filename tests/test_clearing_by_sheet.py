"""Sheets of passages as they come back from people: nothing is taken that nobody can have meant.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from small_study import SmallStudy

from foran_research.clearing import Wish, listed, record, standing
from foran_research.cli import main
from foran_research.exchange.clearance_sheets import COLUMNS, mark_of
from foran_research.registers.vocab import PSEUDONYMISED
from foran_research.study import load_study

NEED, DIALOGUE, STRATEGY, OTHER = "FJO-I01.K1.s01", "FJO-I01.K1.s02", "FJO-I01.K1.s05", "HEI-I01.K1.s02"
DAY = "2021-09-01"
EDIT = "Vi spurte […] hva de trengte 😀"
Sheet = list[dict[str, str]]


def invoke(small: SmallStudy, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--study", str(small.path)])


def take(small: SmallStudy, *wishes: Wish, by: str = "K1") -> None:
    record(load_study(small.path), wishes, by=by, on=DAY)


@pytest.fixture
def path(small_study: SmallStudy, tmp_path: Path) -> Path:
    """A sheet that was just made, as a workbook."""
    path = tmp_path / "ark" / "sitat.xlsx"
    made = invoke(small_study, "quote", "sheet", "--all", "--output", str(path))
    assert made.exit_code == 0, made.output
    return path


def change(path: Path, work: Callable[[Sheet], Any]) -> None:
    """What a person does in Excel: each row by the ids of its columns."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    lines = list(sheet.iter_rows())
    at = next(number for number, line in enumerate(lines) if line[0].value == COLUMNS["segment"][0])
    names = {told[0]: column for column, told in COLUMNS.items()}
    head = [names[str(cell.value)] for cell in lines[at]]
    rows = [dict(zip(head, (str(cell.value or "") for cell in line), strict=True)) for line in lines[at + 1 :]]
    rows = work(rows) or rows
    sheet.delete_rows(at + 2, len(lines))
    for number, row in enumerate(rows, at + 2):
        for place, column in enumerate(head, 1):
            cell = sheet.cell(row=number, column=place)
            cell.value = row.get(column) or None
            if cell.value:
                cell.data_type = "s"
    book.save(path)


def of(rows: Sheet, segment: str) -> dict[str, str]:
    return next(row for row in rows if row["segment"] == segment)


def read(small: SmallStudy, path: Path, by: str = "K1", *more: str) -> Result:
    return invoke(small, "quote", "read", str(path), "--by", by, "--on", DAY, *more)


def refused(small: SmallStudy, path: Path, by: str = "K1") -> str:
    """What a refusal says; nothing of the sheet is taken, and nothing anybody said is repeated."""
    before = small.fingerprint()
    tried, told = read(small, path, by, "--dry-run"), read(small, path, by)
    assert (told.exit_code, tried.output) == (1, told.output), told.output
    assert small.fingerprint() == before
    assert not any(word in told.output for word in ("nattevaktene", "Gunnhild", "leverandørene"))
    return told.output


def mend_words(rows: Sheet) -> None:
    of(rows, NEED).update(step="pseudonymisert", words=of(rows, NEED)["words"].replace("nattevaktene", "[noen]"))


def mend_words_without_a_step(rows: Sheet) -> None:
    of(rows, NEED)["words"] = EDIT


def edit_without_step(rows: Sheet) -> None:
    of(rows, NEED)["shown_as"] = EDIT


def sort_one_column(rows: Sheet) -> None:
    names = sorted((row["segment"] for row in rows), reverse=True)
    for row, name in zip(rows, names, strict=True):
        row.update(segment=name, step="utkast")


def drag_down(rows: Sheet) -> None:
    for name in (NEED, STRATEGY):
        of(rows, name).update(step="pseudonymisert", shown_as="[parafrase] Hun ba dem om hjelp å 😀")


def empty_marks(rows: Sheet) -> None:
    for row in rows:
        row.update(step="utkast", mark="")


def mark_as_number(rows: Sheet) -> None:
    of(rows, NEED).update(step="utkast", mark="1.2E+15")


def add_row(rows: Sheet) -> None:
    rows.append({"segment": "FJO-I09.K1.s01", "step": "utkast", "mark": mark_of("0" * 64, "")})


def double(rows: Sheet) -> None:
    rows += [of(rows, NEED) | {"step": "utkast"}]
    of(rows, NEED)["step"] = "pseudonymisert"


def own_edit_of_another(rows: Sheet) -> None:
    of(rows, NEED).update(step="pseudonymisert", shown_as="[…] leverandørene 😀")


WAYS = {
    mend_words: "words-mended",
    mend_words_without_a_step: "words-mended",
    edit_without_step: "edit-without-step",
    sort_one_column: "words-changed",
    drag_down: "same-edit",
    empty_marks: "missing-mark",
    mark_as_number: "missing-mark",
    add_row: "unknown-segment",
    double: "duplicate-row",
    own_edit_of_another: "other-words",
}


@pytest.mark.parametrize("work", WAYS)
def test_what_nobody_can_have_meant_is_refused_whole(
    small_study: SmallStudy, path: Path, work: Callable[[Sheet], None]
) -> None:
    change(path, lambda rows: of(rows, OTHER).update(step="utkast"))
    change(path, work)
    assert WAYS[work] in refused(small_study, path)


@pytest.mark.parametrize("column", ["segment", "words", "step", "shown_as", "mark"])
def test_a_sheet_without_a_column_that_is_needed_is_refused(small_study: SmallStudy, path: Path, column: str) -> None:
    change(path, lambda rows: of(rows, NEED).update(step="utkast"))
    book = load_workbook(path)
    (head,) = (line for line in book.worksheets[0].iter_rows() if line[0].value == COLUMNS["segment"][0])
    book.worksheets[0].delete_cols(next(cell.column for cell in head if cell.value == COLUMNS[column][0]))
    book.save(path)
    # The first column has the mark of the study as well.
    missing = "no-clearance-sheet" if column == "segment" else f"missing-column: no column {COLUMNS[column][0]}"
    assert missing in refused(small_study, path)


def test_rows_may_be_sorted_taken_out_and_left_empty(small_study: SmallStudy, path: Path) -> None:
    def work(rows: Sheet) -> Sheet:
        of(rows, NEED).update(step=" Pseudonymisert\u00a0", shown_as="Vi spurte [...]  hva de trengte 😀")
        return [row for row in rows[::-1] if row["segment"] in (NEED, DIALOGUE)]

    change(path, work)
    assert "1 step added" in read(small_study, path).output
    assert {name: one.shown_as for name, one in standing(load_study(small_study.path)).items()} == {NEED: EDIT}


def test_who_reads_the_same_sheet_again_with_more_in_it_goes_on_from_there(small_study: SmallStudy, path: Path) -> None:
    change(path, lambda rows: of(rows, NEED).update(step="pseudonymisert"))
    assert "1 step added" in read(small_study, path).output
    # Her own words anew, and another row.
    change(path, lambda rows: [of(rows, NEED).update(shown_as=EDIT), of(rows, OTHER).update(step="utkast"), rows][-1])
    assert "2 steps added" in read(small_study, path).output
    assert standing(load_study(small_study.path))[NEED].shown_as == EDIT


@pytest.mark.parametrize("theirs", ["draft", PSEUDONYMISED])
def test_what_another_has_done_since_the_sheet_was_made_is_not_passed_over(
    small_study: SmallStudy, path: Path, theirs: str
) -> None:
    take(small_study, Wish(NEED, theirs, shown_as=EDIT if theirs == PSEUDONYMISED else None), by="K2")
    change(path, lambda rows: of(rows, NEED).update(step="pseudonymisert"))
    assert "overtaken" in refused(small_study, path)
    # What is taken back is taken back.
    change(path, lambda rows: of(rows, NEED).update(step="trukket tilbake"))
    assert "1 step added" in read(small_study, path).output


def test_nobody_checks_by_a_sheet_that_is_from_before_the_words_were_chosen(
    small_study: SmallStudy, path: Path
) -> None:
    change(path, lambda rows: of(rows, NEED).update(step="pseudonymisert", shown_as=EDIT))
    assert read(small_study, path).exit_code == 0
    # The same file goes on to the other, who ticks her own step; and to herself under the other's name in the cell.
    change(path, lambda rows: of(rows, NEED).update(step="kontrollert"))
    assert "overtaken" in refused(small_study, path, by="K2")
    assert "checked-by-the-same" in refused(small_study, path, by="K1")
    # With a sheet of her own she sees the words, and checks these and no others.
    invoke(small_study, "quote", "sheet", "--output", str(path))
    change(path, lambda rows: of(rows, NEED).update(step="kontrollert", shown_as="Vi spurte […]"))
    assert "other-words" in refused(small_study, path, by="K2")
    change(path, lambda rows: of(rows, NEED).update(shown_as=EDIT))
    assert "1 step added" in read(small_study, path, "K2").output


def test_a_sheet_as_csv_comes_back_as_norwegian_excel_saves_it(small_study: SmallStudy, tmp_path: Path) -> None:
    path = tmp_path / "sitat.csv"
    invoke(small_study, "quote", "sheet", "--all", "--output", str(path))
    lines = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    # No cell is one that a spreadsheet takes for a number, a day or a formula.
    for line in lines[1:-1]:
        assert line[list(COLUMNS).index("mark")].startswith("m")
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line)
    for line in lines:
        if line[0] == NEED:
            line[list(COLUMNS).index("step")] = "Pseudonymisert"
            line[list(COLUMNS).index("shown_as")] = EDIT

    def saved(encoding: str, lines: list[list[str]]) -> bytes:
        out = io.StringIO()
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(lines)
        return out.getvalue().encode(encoding, "replace")

    # "CSV (semikolondelt)" loses letters and the emoji: it is refused, and says how to save it.
    path.write_bytes(saved("cp1252", lines))
    assert "CSV UTF-8" in refused(small_study, path)
    # Where letters were lost on the way, the words are not those that were coded.
    path.write_bytes(saved("utf-8-sig", [[cell.replace("😀", "?") for cell in line] for line in lines]))
    assert "words-mended" in refused(small_study, path)
    path.write_bytes(saved("utf-8-sig", lines))
    assert "1 step added" in read(small_study, path).output
    assert standing(load_study(small_study.path))[NEED].shown_as == EDIT


def test_words_that_look_like_a_formula_go_out_and_come_back_as_they_are(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    from foran_research.clearing_by_sheet import _seen
    from foran_research.errors import Faults
    from foran_research.exchange.clearance_sheets import read_sheet, sheet_bytes

    said = ("=2+3 å 😀", '- ja, "a\u030a"; nei', "@alle\n– og så", "'sitat'", "1.2.2020", "007")
    rows = [{"segment": f"S{at}", "words": one, "mark": mark_of("0" * 64, "")} for at, one in enumerate(said)]
    for as_csv, name in ((True, "a.csv"), (False, "a.xlsx")):
        (tmp_path / name).write_bytes(sheet_bytes(rows, study="small", language="nb", as_csv=as_csv))
        faults = Faults()
        back = read_sheet(tmp_path / name, study="small", faults=faults)
        assert [*faults] == []
        assert [_seen(one.words) for one in back] == [_seen(one) for one in said]


def test_the_passages_of_a_whole_review_go_out_and_come_back_in_one_sheet(demo_path: Path, tmp_path: Path) -> None:
    """Seventy-two passages of the demo study, dry."""
    study, path = load_study(demo_path), tmp_path / "alle.xlsx"
    command = ["quote", "sheet", "M5", "--all", "--output", str(path), "--study", str(demo_path)]
    assert CliRunner().invoke(main, command).exit_code == 0
    fresh = set(listed(study, milestone="M5", takes_all=True).query("state == ''")["segment"])

    def work(rows: Sheet) -> None:
        for row in [row for row in rows if row["segment"] in fresh][:72]:
            row["step"] = "utkast"

    change(path, work)
    told = CliRunner().invoke(main, ["quote", "read", str(path), "--by", "K1", "--dry-run", "--study", str(demo_path)])
    assert told.exit_code == 0, told.output
    assert "72 steps would be written" in told.output
