"""Tables of results as CSV and as Excel workbooks; the same table gives the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from ..fixed_zip import fixed_bytes, xml_safe

#: What spreadsheets take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: What a cell of Excel can hold.
LONGEST_CELL = 32_767
_CUT = " … [avkortet · cut]"
_WIDEST = 80


def csv_bytes(frame: pd.DataFrame, *, notice: str = "") -> bytes:
    r"""`frame` as CSV: commas, UTF-8 with a byte-order mark, `notice` on a line of its own above the header.

    Without the mark Excel on Windows reads æ, ø and å as other letters; pandas, R and LibreOffice know it. A text that a
    spreadsheet would take for a formula gets an apostrophe before it.

    >>> print(csv_bytes(pd.DataFrame({"words": ["=1+1", "å"]})).decode("utf-8-sig"))
    words
    '=1+1
    å
    <BLANKLINE>
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if notice:
        writer.writerow([_guarded(notice)])
    writer.writerow([_guarded(str(name)) for name in frame.columns])
    for row in frame.itertuples(index=False):
        writer.writerow([_guarded(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _guarded(value: object) -> object:
    if not isinstance(value, str):
        return value
    # A carriage return alone would end the row for many readers.
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if value.startswith(FORMULA) else text


def xlsx_bytes(
    frame: pd.DataFrame, *, title: str, notice: str = "", about: Sequence[tuple[str, str]] = (), about_title: str = "Om"
) -> bytes:
    """`frame` as a workbook: a sheet `title` with the table, and a sheet `about_title` with what it is.

    The header stays in sight and can be filtered. `notice` stands above it. Texts are written as texts, also those that
    look like formulas; one longer than a cell can hold is cut, and says so.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = title
    if notice:
        _write(sheet, 1, [notice], is_bold=True)
    header = 2 if notice else 1
    _write(sheet, header, [str(name) for name in frame.columns], is_bold=True)
    for number, row in enumerate(frame.itertuples(index=False), header + 1):
        _write(sheet, number, list(row))
    sheet.freeze_panes = f"A{header + 1}"
    last = get_column_letter(max(len(frame.columns), 1))
    sheet.auto_filter.ref = f"A{header}:{last}{header + len(frame)}"
    for number, name in enumerate(frame.columns, 1):
        longest = max([len(str(name)), *(len(str(value)) for value in frame.iloc[:, number - 1])])
        sheet.column_dimensions[get_column_letter(number)].width = min(longest, _WIDEST) + 2
    if about:
        second = book.create_sheet(about_title)
        for number, pair in enumerate(about, 1):
            _write(second, number, list(pair))
        for letter, width in (("A", 30), ("B", _WIDEST)):
            second.column_dimensions[letter].width = width
    return fixed_bytes(book)


def _write(sheet: Any, row: int, values: Sequence[Any], *, is_bold: bool = False) -> None:
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row=row, column=column)
        if isinstance(value, str):
            text = xml_safe(value)
            cell.value = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(_CUT)] + _CUT
            # Text for good: also when somebody edits the cell.
            cell.data_type, cell.quotePrefix = "s", value.startswith(FORMULA)
            cell.alignment = Alignment(wrap_text=len(text) > _WIDEST and not is_bold, vertical="top")
        else:
            cell.value = value if value is None or isinstance(value, (bool, int, float)) else int(value)
            cell.alignment = Alignment(vertical="top")
        if is_bold:
            cell.font = Font(bold=True)
