"""Filled-in forms as files: workbooks, JSON and CSV, written with bytes that follow from their contents and read with care.

What a form asks is told in report/maturity_form.py. Here sheets become files, and files that anybody may have saved become
sheets again, or faults. No fault quotes what somebody wrote.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ..corpus.readers.safe import check_size, open_zip
from ..errors import Faults
from ..fixed_zip import fixed_bytes, xml_safe
from .sheets import FORMULA

Grid = list[list[str]]
#: A form never comes near to this.
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 2_000, 40, 12
_MEND = "Ask for the form to be filled in anew, or correct the cell in the file."
_YELLOW, _GREY = PatternFill("solid", "FFFFF9DB"), PatternFill("solid", "FFE8E8E8")


def workbook_bytes(
    sheets: Mapping[str, Sequence[Sequence[str]]],
    *,
    header: str,
    fields: Sequence[int],
    choices: Mapping[int, Sequence[str]],
    widths: Sequence[int],
) -> bytes:
    """Sheets as a workbook to fill in.

    Parameters
    ----------
    sheets
        Rows of texts by title; the first sheet holds the answers.
    header
        What stands in the first cell of its header; rows below it are asked.
    fields, choices
        Columns of it (from 1) to fill in, and what may be chosen in some of them.
    widths
        Of its columns, in characters.
    """
    book = Workbook()
    book.remove(book.active)
    for number, (title, rows) in enumerate(sheets.items()):
        sheet = book.create_sheet(title)
        for at, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                cell = sheet.cell(row=at, column=column)
                cell.value = xml_safe(text)
                cell.data_type, cell.quotePrefix = "s", text.startswith(FORMULA)
                cell.alignment = Alignment(wrap_text=len(row) > 1, vertical="top")
        head = next((at for at, row in enumerate(rows, 1) if row and row[0] == header), 0)
        for column, width in enumerate(widths if number == 0 else (22, 60, 40), 1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        if number:
            if number == 1:
                for at in (1, 2):
                    sheet.cell(row=at, column=2).fill = _YELLOW
            continue
        sheet.cell(row=1, column=1).font = Font(bold=True, size=14)
        for column in range(1, len(rows[head - 1]) + 1):
            sheet.cell(row=head, column=column).font = Font(bold=True)
            sheet.cell(row=head, column=column).fill = _GREY
        sheet.freeze_panes = f"C{head + 1}"
        for column in fields:
            letter = get_column_letter(column)
            for at in range(head + 1, len(rows) + 1):
                sheet.cell(row=at, column=column).fill = _YELLOW
            if column in choices and len(rows) > head:
                rule = DataValidation(type="list", formula1=f'"{",".join(choices[column])}"', allow_blank=True)
                rule.add(f"{letter}{head + 1}:{letter}{len(rows)}")
                sheet.add_data_validation(rule)
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return fixed_bytes(book)


def read_workbook(path: Path, faults: Faults) -> list[tuple[str, Grid]] | None:
    """The sheets of a workbook as texts, with their titles; None with a fault when it is none that can be read."""
    data = read_bytes(path, faults)
    if data is None or open_zip(data, path.name, faults) is None:
        return None
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        sheets = []
        for sheet in book.worksheets[:MOST_SHEETS]:
            sheet.reset_dimensions()
            grid: Grid = []
            for number, line in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, max_row=MOST_ROWS), 1):
                cells = []
                for cell in line:
                    if cell.data_type in ("f", "e"):
                        place = f"{path.name} {sheet.title}"
                        faults.note("formula", place, number, "a formula", "a text or a number", _MEND)
                    cells.append("" if cell.data_type in ("f", "e") else text_of(cell.value))
                grid.append(cells)
            sheets.append((sheet.title, grid))
        book.close()
    except Exception:  # openpyxl raises many kinds for a damaged workbook, and says what stands in cells
        faults.note(
            "broken-file",
            path.name,
            None,
            "no workbook that can be read",
            "an .xlsx file",
            "Save it again from the spreadsheet, or fill in the form anew.",
        )
        return None
    return sheets


def read_csv(path: Path, faults: Faults) -> Grid | None:
    """The lines of a CSV file, with commas or semicolons; None with a fault when it cannot be read."""
    data = read_bytes(path, faults)
    if data is None:
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        faults.note("not-utf8", path.name, line, "bytes that are not UTF-8", "UTF-8", 'Save it as "CSV UTF-8".')
        return None
    heading = text.split("\n", 1)[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    try:
        return [
            [text_of(cell) for cell in line]
            for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        ]
    except csv.Error:
        faults.note("broken-csv", path.name, None, "quotation marks that do not close", "CSV", "Save it again.")
        return None


def read_json(path: Path, faults: Faults) -> dict[str, Any] | None:
    """The object in a JSON file; None with a fault when there is none."""
    data = read_bytes(path, faults)
    if data is None:
        return None
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        faults.note("broken-json", path.name, None, "no JSON object", "a file that the form saved", "Save it again.")
        return None
    return found


def read_bytes(path: Path, faults: Faults) -> bytes | None:
    """What is in a file; None with a fault when it cannot be read, is empty or too big."""
    try:
        data = path.read_bytes()
    except OSError as error:
        faults.note(
            "missing-file",
            path.name,
            None,
            f"cannot be read ({error.strerror})",
            "a filled-in form",
            "Check the name, and close the file in other programs.",
        )
        return None
    return data if check_size(data, path.name, faults) else None


def csv_text(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as CSV that Excel opens with its letters right."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def text_of(value: object) -> str:
    """A cell as text: whole numbers without a decimal point, days as YYYY-MM-DD, blanks around it gone.

    >>> text_of(3.0), text_of(dt.datetime(2023, 10, 25)), text_of("  å "), text_of(None)
    ('3', '2023-10-25', 'å', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    # What a guarded export put before a text that looks like a formula.
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
