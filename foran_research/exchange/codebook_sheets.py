"""A codebook as an Excel workbook or a folder of CSV files, to be changed by people and read back by cell.

The tables themselves are told in codebook/tables.py. Here they become files whose bytes follow from their contents, and
files that anybody may have saved become tables again, or faults.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ..codebook.code import CHANGE_TYPES, RULES, Codebook
from ..codebook.table_proposals import Comparison
from ..codebook.tables import (
    ABOUT,
    CHANGES,
    CODE_CHANGE_TYPES,
    CODES,
    COLUMNS,
    CUES,
    FILL_IN,
    MIGRATION,
    NEGATED,
    POLARITY,
    STATUSES,
    Cell,
    Grid,
    Tables,
    read_grids,
    tables_of,
)
from ..corpus.readers.safe import check_size, open_zip
from ..errors import Fault, Faults, ForanError
from ..fixed_zip import fixed_bytes, xml_safe
from ..vocabulary import POLARITIES, WRITTEN_FORMS
from .sheets import FORMULA, LONGEST_CELL

#: Rows and columns of a sheet that are looked at; a codebook never comes near.
MOST_ROWS, MOST_COLUMNS = 100_000, 100
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LIKE_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_PLACE = re.compile(r" (\w+)(?:!([A-Z]+)(\d+))?$")

_GREY, _YELLOW = PatternFill("solid", "FFE4E4E4"), PatternFill("solid", "FFFFF9DB")
_HEAD = PatternFill("solid", "FFD5E3F0")
#: What identifies a row, or is set by a release: shown in grey.
_FIXED = {
    CODES: ("id", "introduced_in", "deprecated_in"),
    CUES: ("code",),
    POLARITY: ("code",),
    CHANGES: ("id",),
    MIGRATION: ("change",),
    ABOUT: ("field",),
}
_WIDTHS = {
    "id": 14, "display": 9, "level": 7, "parent": 9, "maturity": 9, "status": 12, "introduced_in": 12, "deprecated_in": 12,
    "successors": 16, "source": 20, "code": 9, "written_form": 11, "polarity": 11, "negated": 9, "from": 16, "to": 16,
    "type": 12, "change_type": 13, "decision": 11, "decided_at": 12, "proposed_at": 12, "rule": 10, "change": 14,
    "proposed_by_role": 16, "decided_by_role": 16, "arena": 26, "evidence": 24, "field": 20, "value": 110, "phrase": 48,
    "pattern": 48, "more": 20, "facets": 18, "name": 20, "label_nb": 26, "label_en": 26,
}  # fmt: skip
_WIDE = 44
#: Rows below the last one that get the same lists to choose from.
_SPARE_ROWS = 300

_GUIDE = (
    (
        "Slik fylles tabellene ut",
        "Endre cellene direkte i arket Koder. Hver endring blir et forslag; ingenting i kodeboka overskrives.",
        "Ny kode: en ny rad med id NY1, NY2 og så videre. Andre rader viser til den med samme navn.",
        "Kode som utgår: sett status til deprecated og skriv eventuelle etterfølgere under successors. Slett aldri en rad.",
        "Flere id-er i samme celle skilles med semikolon.",
        "De gule kolonnene er til begrunnelser: empirisk, teoretisk, belegg (id-er, aldri sitater), rolle og arena.",
        "change_type kan stå tom; skriv narrow når en definisjon snevres inn, reword når bare ordlyden er endret.",
        "Sammenslåing og deling kan også skrives som en rad uten avgjørelse (decision) i Endringer, med rader i Migrering.",
        "Grå kolonner og rader som alt er avgjort, skal stå som de er.",
        "Når arket er ferdig: foran codebook import FIL --output MAPPE",
    ),
    (
        "How to fill in the tables",
        "Change the cells in the sheet Koder. Every change becomes a proposal; nothing in the codebook is overwritten.",
        "A new code: a new row with id NY1, NY2 and so on. Other rows refer to it by that name.",
        "A code that goes out of use: status deprecated, and its successors if any. Never delete a row.",
        "Several ids in one cell are separated by semicolons.",
        "The yellow columns are for reasons: empirical, theoretical, evidence (ids, never quotes), role and arena.",
        "change_type may stay empty; write narrow when a definition is narrowed, reword when only the wording changed.",
        "A merge or a split may also be a row without a decision in Endringer, with rows in Migrering.",
        "Grey columns, and rows that are decided already, are to stay as they are.",
        "When it is done: foran codebook import FILE --output FOLDER",
    ),
)


# Writing


def _filled(book: Codebook, notices: Iterable[str]) -> dict[str, Grid]:
    tables = tables_of(book)
    guide = [("", line) for lines in _GUIDE for line in ("", *lines)]
    tables[ABOUT] = [*tables[ABOUT], *(("", notice) for notice in notices), *guide]
    return tables


def check_cells(tables: Mapping[str, Grid], file: str, faults: Faults) -> None:
    """Note every cell that a spreadsheet would cut or lose something of."""
    for sheet, grid in tables.items():
        for number, line in enumerate(grid, 1):
            for column, text in enumerate(line, 1):
                place = f"{file} {Cell(sheet, number, column)}"
                if (size := _excel_length(text)) > LONGEST_CELL:
                    faults.note("long-cell", place, None, f"{size} characters", f"at most {LONGEST_CELL}, as Excel holds",
                                "Shorten the text in the codebook.")  # fmt: skip
                if "\r" in text or xml_safe(text) != text:
                    faults.note("control-character", place, None, "a control character", "letters, tabs and line breaks",
                                "Remove it in the codebook.")  # fmt: skip


def _excel_length(text: str) -> int:
    # One more for an apostrophe before it; Excel counts UTF-16 units.
    return len(_LIKE_ESCAPED.sub("_x005F_", text).encode("utf-16-le", "surrogatepass")) // 2 + text.startswith(
        (*FORMULA, "'")
    )


def codebook_xlsx(book: Codebook, levels: Sequence[str], *, notices: Iterable[str] = (), file: str = "xlsx") -> bytes:
    """The codebook as a workbook: one sheet per table, with lists to choose from; the same codebook gives the same bytes.

    Raises
    ------
    ForanError
        When a cell holds more than Excel can, or control characters; all such cells are named.
    """
    tables = _checked(book, notices, file)
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, grid in tables.items():
        sheet = workbook.create_sheet(name)
        _write_sheet(sheet, name, grid)
        _offer(sheet, name, len(grid), levels)
    return fixed_bytes(workbook)


def codebook_csv(book: Codebook, *, notices: Iterable[str] = (), file: str = "csv") -> dict[str, bytes]:
    r"""The codebook as CSV files by name: UTF-8 with a byte-order mark, commas, and an apostrophe before formulas.

    Raises
    ------
    ForanError
        As :func:`codebook_xlsx`, since Excel opens these files too.

    Examples
    --------
    >>> both = {"nb": "Kodebok", "en": "Codebook"}
    >>> files = codebook_csv(Codebook("1.0.0", "2020-02-01", both, both, (), ()))
    >>> files["Cues.csv"].decode("utf-8-sig")
    'code,written_form,phrase,pattern,polarity,negated\r\n'
    """
    files = {}
    for name, grid in _checked(book, notices, file).items():
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows([_guarded(cell) for cell in line] for line in grid)
        files[f"{name}.csv"] = out.getvalue().encode("utf-8-sig")
    return files


def write_tables(book: Codebook, path: Path, levels: Sequence[str], *, notices: Iterable[str] = ()) -> tuple[Path, ...]:
    """Write the codebook to `path`: a workbook when it ends in .xlsx, else a folder of CSV files. Returns what was written.

    Raises
    ------
    ForanError
        When a cell cannot be kept whole, or a file cannot be written.
    """
    if path.suffix.lower() == ".xlsx":
        files = {path: codebook_xlsx(book, levels, notices=notices, file=path.name)}
    elif path.suffix.lower() in (".csv", ".xls", ".xlsm", ".ods", ".docx", ".html", ".yaml"):
        raise ForanError(f"{path.name}: a codebook is exported to an .xlsx file or to a folder of CSV files")
    else:
        made = codebook_csv(book, notices=notices, file=path.name)
        files = {path / name: data for name, data in made.items()}
    for target, data in files.items():
        _write(target, data)
    return tuple(files)


def _write(path: Path, data: bytes) -> None:
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".tables-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise ForanError(f"{path}: cannot be written ({error.strerror}); is it open in a spreadsheet?") from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _checked(book: Codebook, notices: Iterable[str], file: str) -> dict[str, Grid]:
    tables, faults = _filled(book, notices), Faults()
    check_cells(tables, file, faults)
    if faults:
        raise TableFaults(faults, "nothing was written")
    return tables


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith((*FORMULA, "'")) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith((*FORMULA, "'")) else text


def _write_sheet(sheet: Any, name: str, grid: Grid) -> None:
    columns = COLUMNS[name]
    top, wrapped = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
    bold = Font(bold=True)
    for number, line in enumerate(grid, 1):
        for place, (column, text) in enumerate(zip(columns, line, strict=True), 1):
            is_yellow = name == CODES and column in FILL_IN
            if not text and not is_yellow:
                continue
            cell = sheet.cell(row=number, column=place)
            if text:
                # What looks like an escape of Excel's own is written as one, so that it comes back as it was.
                cell.value = _LIKE_ESCAPED.sub("_x005F_", text)
                cell.data_type, cell.quotePrefix, cell.number_format = "s", text.startswith(FORMULA), "@"
            cell.alignment = wrapped if _WIDTHS.get(column, _WIDE) > 20 or len(text) > 20 else top
            if number == 1:
                cell.font, cell.fill = bold, _YELLOW if is_yellow else _HEAD
            elif is_yellow:
                cell.fill = _YELLOW
            elif column in _FIXED[name]:
                cell.fill = _GREY
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(column, _WIDE)
    sheet.freeze_panes = {CODES: "C2", ABOUT: "A2"}.get(name, "B2")
    if name != ABOUT:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(grid)}"


def _offer(sheet: Any, name: str, rows: int, levels: Sequence[str]) -> None:
    """Lists to choose from, in the columns that take only certain words."""
    offered: Mapping[str, Mapping[str, Sequence[str]]] = {
        CODES: {"level": levels, "status": STATUSES, "change_type": CODE_CHANGE_TYPES},
        CUES: {"written_form": WRITTEN_FORMS, "polarity": POLARITIES[:2], "negated": NEGATED},
        POLARITY: {"polarity": POLARITIES},
        CHANGES: {"type": CHANGE_TYPES},
        MIGRATION: {"rule": RULES, "polarity": POLARITIES},
    }
    for column, words in offered.get(name, {}).items():
        formula = f'"{",".join(words)}"'
        # Excel takes no longer list, and commas cut it.
        if len(formula) > 255 or any("," in word or '"' in word for word in words):
            continue
        letter = get_column_letter(COLUMNS[name].index(column) + 1)
        choice = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
        choice.add(f"{letter}2:{letter}{rows + _SPARE_ROWS}")
        sheet.add_data_validation(choice)


# Reading


class TableFaults(ForanError, ValueError):
    """Tables that do not hold together; carries every fault found, in order of sheet, row and column."""

    def __init__(self, faults: Iterable[Fault], outcome: str) -> None:
        self.faults = tuple(sorted(faults, key=_by_place))
        count = len(self.faults)
        listing = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{count} fault{'s' if count != 1 else ''} in the tables, {outcome}:\n{listing}")


def _by_place(fault: Fault) -> tuple[int, int, int, str, str]:
    found = _PLACE.search(fault.file)
    names = list(COLUMNS)
    if found is None or found[1] not in names:
        return -1, 0, 0, fault.file, fault.kind
    return names.index(found[1]), int(found[3] or 0), len(found[2] or ""), found[2] or "", fault.kind


def read_tables(path: Path, levels: Sequence[str], faults: Faults) -> Tables | None:
    """The tables in a workbook or in a folder of CSV files; None when something is wrong, and all of it is in `faults`.

    Understands what spreadsheets save: columns in another order, empty rows, CSV with commas or semicolons, with or without
    a byte-order mark. Changes nothing.
    """
    before = len(faults.errors)
    grids = _csv_grids(path, faults) if path.is_dir() else _xlsx_grids(path, faults)
    if grids is None:
        return None
    # A sheet or a column may be wrong where a cell is broken as well: people hear of all.
    tables = read_grids(grids, levels, faults, file=path.name)
    return tables if len(faults.errors) == before else None


def _xlsx_grids(path: Path, faults: Faults) -> dict[str, Grid] | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        faults.note("missing-file", path.name, None, f"cannot be read ({error.strerror})", "an .xlsx file or a folder",
                    "Check the name, and close the file in other programs.")  # fmt: skip
        return None
    if open_zip(data, path.name, faults) is None:
        return None
    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
        grids = {sheet.title: _sheet_grid(sheet, path.name, faults) for sheet in book.worksheets}
        book.close()
    except Exception:  # openpyxl raises many kinds for a damaged workbook, and says what stands in cells
        faults.note("broken-file", path.name, None, "no workbook that can be read", "an .xlsx file as it was exported",
                    "Save it again from the spreadsheet, or export the codebook again.")  # fmt: skip
        return None
    return grids


def _sheet_grid(sheet: Any, file: str, faults: Faults) -> Grid:
    # Spreadsheets tell a size that need not be true.
    sheet.reset_dimensions()
    grid: list[list[str]] = []
    for number, line in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
        if number > MOST_ROWS:
            faults.note("too-big", f"{file} {sheet.title}", None, f"more than {MOST_ROWS} rows", "the rows of a codebook",
                        "Remove the rest.")  # fmt: skip
            break
        cells = []
        for column, cell in enumerate(line, 1):
            if cell.data_type in ("f", "e"):
                faults.note("formula", f"{file} {Cell(sheet.title, number, column)}", None,
                            "a formula" if cell.data_type == "f" else "an error of a formula", "a text",
                            "Write the text itself; an apostrophe before it keeps Excel from calculating.")  # fmt: skip
                cells.append("")
            else:
                cells.append(_text_of(cell.value))
        grid.append(cells)
    return grid


def _text_of(value: object) -> str:
    """A cell as text; numbers, days and truth values as people read them."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value).replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def _csv_grids(folder: Path, faults: Faults) -> dict[str, Grid] | None:
    grids: dict[str, Grid] = {}
    before = len(faults.errors)
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~")) or path.is_dir():
            continue
        place = f"{folder.name} {path.stem}"
        if path.suffix.lower() != ".csv":
            faults.note("unknown-file", f"{folder.name} {path.name}", None, "a file that is no CSV",
                        f"the files {', '.join(f'{name}.csv' for name in COLUMNS)}", "Move it away.")  # fmt: skip
            continue
        try:
            data = path.read_bytes()
            text = data.decode("utf-8-sig")
        except OSError as error:
            faults.note(
                "missing-file", place, None, f"cannot be read ({error.strerror})", "a CSV file",
                "Close the file in other programs.",
            )  # fmt: skip
            continue
        except UnicodeDecodeError as error:
            faults.note("not-utf8", place, None, f"bytes that are not UTF-8, from byte {error.start}", "UTF-8",
                        'Save it as "CSV UTF-8" from the spreadsheet.')  # fmt: skip
            continue
        if not check_size(data, place, faults):
            continue
        heading = text.split("\n", 1)[0]
        delimiter = ";" if heading.count(";") > heading.count(",") else ","
        try:
            lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            faults.note("broken-file", place, None, "quotation marks that do not close", "CSV as it was exported",
                        "Save it again from the spreadsheet.")  # fmt: skip
            continue
        # Ends of lines inside a cell are those of the machine that saved it.
        grids[path.stem] = [
            [_unguarded(cell.replace("\r\n", "\n").replace("\r", "\n")) for cell in line] for line in lines
        ]
    return grids if len(faults.errors) == before or grids else None


# Proposals


def write_drafts(comparison: Comparison, folder: Path) -> tuple[Path, ...]:
    """Write every proposal to a file of its own in `folder`, which must be empty or not there yet.

    Raises
    ------
    ForanError
        When there is something in the folder already: it may be a draft that somebody has filled in.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ForanError(f"{folder}: not empty; name a new folder, so that no draft there is written over")
    paths = []
    for number, draft in enumerate(comparison.drafts, 1):
        path = folder / f"{number:02d}-{draft.name}.yaml"
        _write(path, draft.text.encode("utf-8"))
        paths.append(path)
    return tuple(paths)


def write_conflicts(comparison: Comparison, path: Path) -> None:
    """Write the conflicts as a table with all three values, since errors tell the places only."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["cell", "code", "column", "exported", "tables", "newest"])
    for one in comparison.conflicts:
        line = (one.cell, one.code, one.column, one.exported, one.tables, one.newest)
        writer.writerow([_guarded(text) for text in line])
    _write(path, out.getvalue().encode("utf-8-sig"))
