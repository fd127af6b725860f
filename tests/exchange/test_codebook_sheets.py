"""The codebook as a workbook and as CSV: what a spreadsheet may do to them, and what comes back."""

from __future__ import annotations

import csv
import datetime as dt
import io
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lineages import plain_book, plain_code
from small_study import SmallStudy, codebook_of

from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Codebook, Cue
from foran_research.codebook.store import read_lineage
from foran_research.codebook.table_proposals import Comparison, Conflict, proposals
from foran_research.codebook.tables import COLUMNS
from foran_research.errors import Faults, ForanError
from foran_research.exchange.codebook_sheets import (
    TableFaults,
    codebook_csv,
    codebook_xlsx,
    read_tables,
    write_conflicts,
    write_drafts,
    write_tables,
)

LEVELS = ("P", "K", "E", "X")
AWKWARD = ("=1+1", "-x", "+1", "@her", "'quoted", "'=x", "''", '"sitat"', "a; b, c", " foran og bak ", "to\nlinjer\n",
           "\tinnrykk", "A\u030apent 😀 æøå", "_x0041_", "_x005F_x0041_", "_x000D_", "\u00a0", "1.0", "TRUE", "2020-01-01",
           "#N/A")  # fmt: skip
words = st.sampled_from(AWKWARD) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("æ;,='\"\n_x0 "),
    max_size=12,
)


def book_with(*texts: str) -> Codebook:
    """A codebook whose labels, sources and cue hold these texts."""
    codes = [
        replace(plain_code(f"C{number:04d}"), label={"nb": f"{text}.", "en": f"{text}!"}, source=(text,),
                example={"nb": text if text.strip() else "-", "en": "-"}, cues={"nb": (Cue("behov*"),), "nn": ()})
        for number, text in enumerate(texts, 1)
    ]  # fmt: skip
    return plain_book("1.0.0", codes)


def read(path: Path) -> tuple[Codebook | None, list[tuple[str, str]]]:
    faults = Faults()
    tables = read_tables(path, LEVELS, faults)
    return tables and tables.book, [(fault.file, fault.kind) for fault in faults]


@settings(max_examples=15)
@given(st.lists(words, min_size=1, max_size=4))
def test_awkward_texts_come_back_from_a_workbook(tmp_path: Path, texts: list[str]) -> None:
    write_tables(book_with(*texts), tmp_path / "bok.xlsx", LEVELS)
    assert read(tmp_path / "bok.xlsx") == (book_with(*texts), [])


@settings(max_examples=40)
@given(st.lists(words, min_size=1, max_size=4))
def test_awkward_texts_come_back_from_csv(tmp_path: Path, texts: list[str]) -> None:
    write_tables(book_with(*texts), tmp_path / "bok", LEVELS)
    assert read(tmp_path / "bok") == (book_with(*texts), [])


def test_every_awkward_text_comes_back_from_both(tmp_path: Path) -> None:
    for name in ("bok.xlsx", "bok"):
        write_tables(book_with(*AWKWARD), tmp_path / name, LEVELS)
        assert read(tmp_path / name) == (book_with(*AWKWARD), [])


@pytest.fixture(scope="module")
def demo_books(demo_path: Path) -> Lineage:
    return read_lineage(demo_path, LEVELS, Faults())


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0", "3.0.0"])
@pytest.mark.parametrize("name", ["bok.xlsx", "bok"])
def test_the_codebooks_of_the_demo_come_back_as_they_were(
    demo_books: Lineage, tmp_path: Path, version: str, name: str
) -> None:
    write_tables(demo_books[version], tmp_path / name, LEVELS, notices=("Oppdiktet.",))
    assert read(tmp_path / name) == (demo_books[version], [])


def test_the_same_codebook_gives_the_same_bytes() -> None:
    book = book_with(*AWKWARD)
    one, files = codebook_xlsx(book, LEVELS), codebook_csv(book)
    time.sleep(1.1)
    assert codebook_xlsx(book, LEVELS) == one
    assert codebook_csv(book) == files
    assert list(files) == [f"{name}.csv" for name in COLUMNS]


@pytest.fixture
def workbook(small_study: SmallStudy) -> Any:
    """The second codebook as an opened workbook, saved again as bok.xlsx when the test asks for it."""
    return openpyxl.load_workbook(io.BytesIO(codebook_xlsx(codebook_of(small_study, "2.0.0"), LEVELS)))


def test_people_see_a_heading_that_stays_grey_ids_and_lists_to_choose_from(workbook: Any) -> None:
    assert workbook.sheetnames == list(COLUMNS)
    sheet = workbook["Koder"]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS["Koder"])
    assert sheet.freeze_panes == "C2"
    assert sheet["A2"].fill.fgColor.rgb != sheet["B2"].fill.fgColor.rgb
    assert sheet["I2"].alignment.wrap_text
    chosen = {str(choice.sqref).split("2:")[0]: choice.formula1 for choice in sheet.data_validations.dataValidation}
    assert chosen["C"] == '"P,K,E,X"'
    assert chosen[openpyxl.utils.get_column_letter(COLUMNS["Koder"].index("status") + 1)] == '"active,deprecated"'
    about = {row[0].value: row[1].value for row in workbook["Om"].iter_rows(min_row=2) if row[0].value}
    assert about["codebook_version"] == "2.0.0"
    assert "NY1" in "".join(str(row[1].value) for row in workbook["Om"].iter_rows())


def test_what_a_spreadsheet_makes_of_cells_is_read_as_people_see_it(workbook: Any, tmp_path: Path) -> None:
    sheet = workbook["Koder"]
    columns = {name: place for place, name in enumerate(COLUMNS["Koder"], 1)}
    sheet.cell(2, columns["maturity"]).value = 3.0
    sheet.cell(3, columns["maturity"]).value = dt.datetime(2020, 3, 4)
    sheet.cell(4, columns["maturity"]).value = 2.5
    sheet.cell(5, columns["example_nb"]).value = "en_x000D_\nto"
    sheet.move_range("A1:AD30", rows=0, cols=2)
    workbook.save(tmp_path / "bok.xlsx")
    book, faults = read(tmp_path / "bok.xlsx")
    assert faults == []
    assert book is not None
    assert [code.maturity for code in book.codes[:3]] == ["3", "2020-03-04", "2.5"]
    assert book.codes[3].example["nb"] == "en\nto"


def test_formulas_and_their_errors_are_told_by_cell(workbook: Any, tmp_path: Path) -> None:
    workbook["Koder"]["E2"].value = '="hemmelig"'
    workbook["Koder"]["F3"].value = "#REF!"
    workbook["Koder"]["F3"].data_type = "e"
    workbook.create_sheet("Ark1")
    workbook.save(tmp_path / "bok.xlsx")
    faults = Faults()
    assert read_tables(tmp_path / "bok.xlsx", LEVELS, faults) is None
    assert {(fault.file, fault.kind) for fault in faults} == {
        ("bok.xlsx Koder!E2", "formula"), ("bok.xlsx Koder!F3", "formula"), ("bok.xlsx Ark1", "unknown-sheet"),
    }  # fmt: skip
    assert "hemmelig" not in "".join(map(str, faults))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nothing", b"id,display\n", b"PK" + bytes(200)])
def test_files_that_are_no_workbook_are_one_fault(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bok.xlsx").write_bytes(data)
    book, faults = read(tmp_path / "bok.xlsx")
    assert book is None
    assert [file for file, _ in faults] == ["bok.xlsx"]


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("utf-8", ";")])
def test_csv_is_read_as_spreadsheets_save_it(tmp_path: Path, encoding: str, delimiter: str) -> None:
    book = book_with(*AWKWARD)
    (tmp_path / "bok").mkdir()
    for name, data in codebook_csv(book).items():
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(
            [cell.replace("\n", "\r\n") for cell in line] for line in lines
        )
        (tmp_path / "bok" / name).write_bytes(out.getvalue().encode(encoding))
    assert read(tmp_path / "bok") == (book, [])


def test_csv_in_another_encoding_or_broken_is_told(tmp_path: Path) -> None:
    write_tables(book_with("æøå"), tmp_path / "bok", LEVELS)
    (tmp_path / "bok/Koder.csv").write_bytes("id;æ\n".encode("cp1252"))
    (tmp_path / "bok/Cues.csv").write_bytes(b'code,"open\n')
    (tmp_path / "bok/notat.txt").write_bytes(b"x")
    faults = read(tmp_path / "bok")[1]
    assert {("bok Koder", "not-utf8"), ("bok Cues", "broken-file"), ("bok notat.txt", "unknown-file")} <= set(faults)


LONG = "x" * 32_768


def test_what_excel_would_cut_or_lose_is_refused_by_cell(tmp_path: Path) -> None:
    book = plain_book("1.0.0", [
        replace(plain_code("C0001"), label={"nb": LONG, "en": "x" * 32_767}),
        replace(plain_code("C0002"), label={"nb": "a\rb", "en": "bell\x07"},
                example={"nb": "😀" * 16_384, "en": "=" + "x" * 32_766}),
        replace(plain_code("C0003"), label={"nb": "\ud800", "en": "\ufffe"}),
    ])  # fmt: skip
    for name in ("bok.xlsx", "bok"):
        with pytest.raises(TableFaults) as raised:
            write_tables(book, tmp_path / name, LEVELS)
        told = [(fault.file, fault.kind) for fault in raised.value.faults]
        assert told == [
            (f"{name} Koder!E2", "long-cell"), (f"{name} Koder!E3", "control-character"),
            (f"{name} Koder!F3", "control-character"), (f"{name} Koder!O3", "long-cell"), (f"{name} Koder!P3", "long-cell"),
            (f"{name} Koder!E4", "control-character"), (f"{name} Koder!F4", "control-character"),
        ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_goes_only_where_it_can_be_read_again(tmp_path: Path) -> None:
    with pytest.raises(ForanError, match="xlsx file or to a folder"):
        write_tables(book_with("a"), tmp_path / "bok.csv", LEVELS)
    (tmp_path / "fil").write_text("x", "utf-8")
    with pytest.raises(ForanError, match="cannot be written"):
        write_tables(book_with("a"), tmp_path / "fil/bok.xlsx", LEVELS)


def test_drafts_are_files_and_never_written_over(tmp_path: Path) -> None:
    book = book_with("a", "b")
    data = openpyxl.load_workbook(io.BytesIO(codebook_xlsx(book, LEVELS)))
    data["Koder"]["O2"].value = "nytt eksempel æøå"
    data.save(tmp_path / "bok.xlsx")
    tables = read_tables(tmp_path / "bok.xlsx", LEVELS, Faults())
    assert tables is not None
    found = proposals(tables, Lineage((book,)), Faults())
    (path,) = write_drafts(found, tmp_path / "utkast")
    assert path.name == "01-reword-C0001.yaml"
    text = path.read_text("utf-8")
    assert text.startswith("# Fyll ut / fill in: reason_empirical")
    assert "nytt eksempel æøå" in text
    with pytest.raises(ForanError, match="not empty"):
        write_drafts(found, tmp_path / "utkast")


def test_conflicts_are_a_table_that_no_spreadsheet_calculates(tmp_path: Path) -> None:
    conflict = Conflict("bok.xlsx Koder!E2", "C0001", "label_nb", "=1+1", "mitt", "deres")
    write_conflicts(Comparison("1.0.0", "1.1.0", (), (conflict,)), tmp_path / "k.csv")
    assert (tmp_path / "k.csv").read_bytes().decode("utf-8-sig").splitlines()[1] == (
        "bok.xlsx Koder!E2,C0001,label_nb,'=1+1,mitt,deres"
    )
