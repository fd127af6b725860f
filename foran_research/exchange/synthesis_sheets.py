"""The cross-case synthesis as an Excel workbook: a sheet per matrix, states by word and shade; the same bytes again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from ..fixed_zip import fixed_bytes, xml_safe
from .sheets import FORMULA, LONGEST_CELL

#: What a cell is filled with, by its shade; the words in the cell say the same.
FILLS: Mapping[str, tuple[str, str]] = {
    "promoting": ("solid", "DCEBF6"),
    "inhibiting": ("lightUp", "FCE6C0"),
    "even": ("solid", "EDEDED"),
    "suppressed": ("gray125", "FFFFFF"),
    "stale": ("solid", "FFD98A"),
    "head": ("solid", "F2F2F2"),
}
_CUT = " …"
_THIN = Border(*(Side("thin", color="D5D5D5") for _ in range(4)))
_LINE_POINTS, _LONGEST_ROW = 14.5, 400.0


@dataclass(frozen=True)
class SheetCell:
    """A cell: its text or number, what it is filled with, and the cell of another sheet that it leads to."""

    value: str | int | float | None
    shade: str = ""
    to: tuple[str, int] | None = None
    is_bold: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet: a name, a line of what it is, heads, rows, widths of columns, and how many columns stay in sight."""

    name: str
    about: str
    heads: Sequence[str]
    rows: Sequence[Sequence[SheetCell]]
    widths: Sequence[float]
    frozen: int = 1
    has_filter: bool = True


def workbook_bytes(
    sheets: Sequence[Sheet],
    *,
    notices: Sequence[str],
    facts: Sequence[tuple[str, str]],
    about: str,
    colours: tuple[str, Sequence[tuple[str, str]]] = ("", ()),
) -> bytes:
    """The workbook. The first sheet, `about`, says what it is; notices stand at its top.

    `colours` is the key of colours: what it is called, and shades (of `FILLS`) with their words.
    """
    book = Workbook()
    first = book.active
    first.title = about
    first.column_dimensions["A"].width, first.column_dimensions["B"].width = 34, 90
    styles: dict[Any, Any] = {}
    number = 1
    for notice in notices:
        _put(first, number, 1, SheetCell(notice, is_bold=number == 1), styles)
        first.merge_cells(start_row=number, start_column=1, end_row=number, end_column=2)
        first.row_dimensions[number].height = _height([(notice, 124)])
        number += 1
    for name, value in facts:
        _put(first, number, 1, SheetCell(name, is_bold=True), styles)
        _put(first, number, 2, SheetCell(value), styles)
        number += 1
    title, shades = colours
    for nth, (shade, words) in enumerate(shades):
        _put(first, number, 1, SheetCell("" if nth else title, is_bold=True), styles)
        _put(first, number, 2, SheetCell(words, shade), styles)
        number += 1
    number += 1
    for sheet in sheets:
        _put(first, number, 1, SheetCell(sheet.name, to=(sheet.name, 1)), styles)
        _put(first, number, 2, SheetCell(sheet.about), styles)
        first.row_dimensions[number].height = _height([(sheet.about, 90)])
        number += 1
    for sheet in sheets:
        _write(book.create_sheet(sheet.name), sheet, styles)
    return fixed_bytes(book)


def _write(page: Any, sheet: Sheet, styles: dict[Any, Any]) -> None:
    width = max(len(sheet.heads), 1)
    _put(page, 1, 1, SheetCell(sheet.about), styles)
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=min(width, 6))
    page.row_dimensions[1].height = _height([(sheet.about, sum(sheet.widths[: min(width, 6)]) or 60)])
    for column, head in enumerate(sheet.heads, 1):
        _put(page, 2, column, SheetCell(head, shade="head", is_bold=True), styles)
    for number, row in enumerate(sheet.rows, 3):
        for column, cell in enumerate(row, 1):
            _put(page, number, column, cell, styles)
        texts = [(str(cell.value or ""), width) for cell, width in zip(row, sheet.widths, strict=False)]
        page.row_dimensions[number].height = _height(texts)
    for column, wide in enumerate(sheet.widths, 1):
        page.column_dimensions[get_column_letter(column)].width = wide
    page.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}3"
    if sheet.has_filter and sheet.rows:
        page.auto_filter.ref = f"A2:{get_column_letter(width)}{len(sheet.rows) + 2}"
    page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight = "landscape", 9, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:2"


def _put(page: Any, row: int, column: int, told: SheetCell, styles: dict[Any, Any]) -> None:
    cell = page.cell(row=row, column=column)
    value = told.value
    if isinstance(value, str):
        text = xml_safe(value)
        cell.value = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(_CUT)] + _CUT
        cell.data_type, cell.quotePrefix = "s", value.startswith(FORMULA)
    else:
        cell.value = value
    if told.to is not None:
        name, line = told.to
        quoted = name.replace("'", "''")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!A{line}")
    # Giving a cell its style anew costs more than all else: cells that look alike share one.
    key = (told.shade if told.shade in FILLS else "", told.is_bold, told.to is not None, cell.quotePrefix)
    if key in styles:
        cell._style = copy(styles[key])
    else:
        _dress(cell, told)
        styles[key] = copy(cell._style)


def _dress(cell: Any, told: SheetCell) -> None:
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.border = _THIN
    if told.shade in FILLS:
        pattern, colour = FILLS[told.shade]
        first, second = {"solid": (colour, colour), "lightUp": ("E0A030", colour)}.get(pattern, ("999999", colour))
        cell.fill = PatternFill(pattern, start_color=first, end_color=second)
    if told.to is not None:
        cell.font = Font(color="00508C", underline="single", bold=told.is_bold)
    elif told.is_bold:
        cell.font = Font(bold=True)


def _height(texts: Sequence[tuple[str, float]]) -> float:
    """Points that the longest text needs in its column, for spreadsheets do not grow rows by themselves."""
    lines = max(
        (sum(max(-(-len(line) // max(int(width * 1.05), 1)), 1) for line in text.split("\n")) for text, width in texts),
        default=1,
    )
    return min(lines * _LINE_POINTS, _LONGEST_ROW)
