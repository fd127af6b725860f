"""Tables as CSV and Excel: what a spreadsheet shows is what stood in the table, and no formula runs."""

from __future__ import annotations

import csv
import io
import time
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.exchange.sheets import FORMULA, LONGEST_CELL, csv_bytes, xlsx_bytes
from foran_research.fixed_zip import xml_safe

TABLE = pd.DataFrame(
    {
        "dokument · document": ["FJO-I01", "HEI-I02"],
        "fra · from": [3, 12],
        "ordene · words": ["Vi spurte nattevaktene 😀 i A\u030as", '=HYPERLINK("http://invalid.example";"klikk")'],
        "polaritet": ["fremmer", "-"],
    }
)
#: Texts whose first character a spreadsheet acts on.
ATTACKS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


def sheet_of(content: bytes, name: str = "Treff") -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


def test_csv_is_utf8_that_excel_knows_and_other_readers_too() -> None:
    content = csv_bytes(TABLE)
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    read = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", keep_default_na=False)
    assert list(read.columns) == list(TABLE.columns)
    assert read["ordene · words"][0] == "Vi spurte nattevaktene 😀 i A\u030as"
    assert list(read["fra · from"]) == [3, 12]


def test_a_notice_stands_above_the_header() -> None:
    rows = list(csv.reader(io.StringIO(csv_bytes(TABLE, notice="Ord, altså").decode("utf-8-sig"))))
    assert rows[0] == ["Ord, altså"]
    assert rows[1] == list(TABLE.columns)
    assert len(rows) == 4
    sheet = sheet_of(xlsx_bytes(TABLE, title="Treff", notice="Ord, altså"))
    assert sheet[0][0] == "Ord, altså"
    assert sheet[1] == list(TABLE.columns)
    assert sheet_of(xlsx_bytes(TABLE, title="Treff"))[0] == list(TABLE.columns)


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_is_taken_for_a_formula(text: str) -> None:
    frame = pd.DataFrame({text: [text]})
    for row in csv.reader(io.StringIO(csv_bytes(frame, notice=text).decode("utf-8-sig"), newline="")):
        assert row == ["'" + text.replace("\r", "\n")]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(frame, title="Treff", notice=text, about=[(text, text)])))
    cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert len(cells) == 5
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    # Spreadsheets' own readers normalise line ends.
    assert {str(cell.value).strip() for cell in cells} == {text.strip()}


def test_numbers_stay_numbers_so_that_a_minus_is_no_attack() -> None:
    frame = pd.DataFrame({"tall": [-3]})
    assert csv_bytes(frame).decode("utf-8-sig") == "tall\n-3\n"
    assert sheet_of(xlsx_bytes(frame, title="Treff"))[1] == [-3]


def with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=4))
def test_any_text_comes_back_from_both(texts: list[str]) -> None:
    frame = pd.DataFrame({"ord": pd.Series(texts, dtype=object)})
    rows = list(csv.reader(io.StringIO(csv_bytes(frame).decode("utf-8-sig"), newline="")))
    expected = ["'" * text.startswith(FORMULA) + with_line_feeds(text) for text in texts]
    assert [row[0] if row else "" for row in rows[1:]] == expected
    cells = [row[0] or "" for row in sheet_of(xlsx_bytes(frame, title="Treff"))[1:]]
    # XML itself makes line feeds of carriage returns.
    assert [with_line_feeds(str(cell)) for cell in cells] == [with_line_feeds(xml_safe(text)) for text in texts]


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    (_, (cell,)) = sheet_of(xlsx_bytes(pd.DataFrame({"ord": ["å" * (LONGEST_CELL + 1)]}), title="Treff"))
    assert len(str(cell)) == LONGEST_CELL
    assert str(cell).endswith("… [avkortet · cut]")
    (_, (whole,)) = sheet_of(xlsx_bytes(pd.DataFrame({"ord": ["å" * LONGEST_CELL]}), title="Treff"))
    assert whole == "å" * LONGEST_CELL


def test_the_header_stays_in_sight_and_can_be_filtered_and_a_second_sheet_tells_what_it_is() -> None:
    content = xlsx_bytes(TABLE, title="Treff", notice="x", about=[("Søk", "P2 AND P3")], about_title="Om · About")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Treff", "Om · About"]
    assert book["Treff"].freeze_panes == "A3"
    assert book["Treff"].auto_filter.ref == "A2:D4"
    assert sheet_of(content, "Om · About") == [["Søk", "P2 AND P3"]]


def test_the_same_table_gives_the_same_bytes_on_any_day() -> None:
    first = xlsx_bytes(TABLE, title="Treff", about=[("a", "b")])
    time.sleep(2.1)  # zip archives tell time in steps of two seconds
    assert xlsx_bytes(TABLE, title="Treff", about=[("a", "b")]) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_an_empty_table_is_a_header() -> None:
    empty = TABLE.iloc[:0]
    assert csv_bytes(empty).decode("utf-8-sig").count("\n") == 1
    assert sheet_of(xlsx_bytes(empty, title="Treff")) == [list(TABLE.columns)]
