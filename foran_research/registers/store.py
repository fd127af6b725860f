"""Registers on disk: read whole, every fault told, and only ever added to."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..corpus.store import UNFINISHED_WITHDRAWAL, write_atomically
from ..errors import Fault, Faults, ForanError, StudyError, shown
from ..locking import only_writer
from ..no_garbage import no_garbage
from .cells import CELLS, LONGEST, NotUnderstood, cells_of, iso_day
from .checks import check
from .known import Known
from .records import COLUMNS, FOLDER, KINDS, WITHDRAWN, PackMade, Record, Registers
from .withdrawing import Emptied, emptied

#: Seconds that an addition waits for whoever else writes in ``corpus/``.
PATIENCE = 10.0
#: What spreadsheets put between cells; ours are commas.
_SEPARATORS = (",", ";", "\t")
_NOT_UTF8 = "Save it as UTF-8; in Excel as “CSV UTF-8”."


@dataclass(frozen=True)
class Appended:
    """What an addition led to: the registers as they are now, and what the rows added are warned of."""

    registers: Registers
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class _File:
    """A register as its file has it: rows with their lines, and whether a spreadsheet has saved it in its own form."""

    rows: tuple[tuple[int, Record], ...] = ()
    #: How many lines the file has.
    lines: int = 0
    is_there: bool = False
    is_spreadsheet: bool = False
    #: Whether it is from before the last columns were kept: it gets them with its next row.
    is_older: bool = False


@no_garbage()
def read_registers(study: Path, known: Known, faults: Faults) -> Registers:
    """The registers of a study; those without a file are empty.

    Parameters
    ----------
    study
        The study's folder.
    known
        What the rest of the study has, see ``known.known_from``.
    faults
        Takes every fault of every register. Rows that cannot be read are left out.
    """
    rows = {kind: _read(study, kind, faults).rows for kind in KINDS.values()}
    if any(rows.values()):
        check(rows, known, faults)
    return _registers(rows)


def only_writer_here(study: Path) -> AbstractContextManager[None]:
    """Hold the registers of a study, for what is to be seen and done together with :func:`append_here`.

    Raises
    ------
    ForanError
        When somebody else writes in ``corpus/`` and does not end soon.
    """
    return only_writer(study / FOLDER, "foran add, assign or withdraw", wait=PATIENCE)


def append(
    study: Path, records: Iterable[Record], known: Known, *, seen: Registers | None = None, is_dry: bool = False
) -> Appended:
    """Add rows to the registers, all or none; what stands in the files is not touched.

    Parameters
    ----------
    study
        The study's folder.
    records
        Rows of any registers, written in this order at the end of their files. Their texts are stored as NFC, without
        blanks around them.
    known
        What the rest of the study has; ``Study.known_to_registers()``.
    seen
        The registers that the rows were made from, as ``Study.registers``. A row with the key of one that somebody else
        has written since is refused then: it would take the place of what its writer never saw.
    is_dry
        Whether to check everything, with what stands in the files now, and write nothing.

    Returns
    -------
    Appended
        The registers with the new rows, and warnings about these.

    Raises
    ------
    StudyError
        With every fault at once, those of the files as they are and those of the new rows (with the lines that they
        would have got); nothing is written then.
    ForanError
        When somebody else is writing or has written a row of the same key since `seen`, the folder cannot be written to,
        or a file was saved by a spreadsheet.
    """
    if is_dry:
        return append_here(study, records, known, seen=seen, is_dry=True)
    with only_writer_here(study):
        return append_here(study, records, known, seen=seen)


def append_here(
    study: Path, records: Iterable[Record], known: Known, *, seen: Registers | None = None, is_dry: bool = False
) -> Appended:
    """As :func:`append`, for whoever holds the registers (:func:`only_writer_here`) or writes nothing."""
    new = [_tidied(record) for record in records]
    if (study / UNFINISHED_WITHDRAWAL).exists():
        raise ForanError("a withdrawal was begun and not finished: run `foran withdraw` first; nothing was written")
    faults = Faults()
    files = {kind: _read(study, kind, faults) for kind in KINDS.values()}
    _refuse_spreadsheets(files, {type(record) for record in new})
    if seen is not None:
        _refuse_overtaken(files, new, seen)
    rows = {kind: list(file.rows) for kind, file in files.items()}
    texts: dict[type[Record], list[str]] = {}
    lines = {kind: max(file.lines, 1) for kind, file in files.items()}
    made: set[tuple[str, int | None]] = set()
    for record in new:
        kind, text = type(record), _line_of(cells_of(record))
        texts.setdefault(kind, []).append(text)
        line = lines[kind] + 1
        made.add((kind.FILE, line))
        lines[kind] += text.count("\n")
        understood = _understood(record, line, faults)
        if understood is not None:
            rows[kind].append((line, understood))
    added = {(kind.FILE, line) for kind, lines in rows.items() for line, _ in lines[len(files[kind].rows) :]}
    if any(rows.values()):
        check(rows, known, faults)
    if faults.errors:
        raise StudyError(_told_new(one) if (one.file, one.line) in made else one for one in faults.errors)
    if not is_dry:
        before = {kind: _text_of(kind, file) for kind, file in files.items() if file.is_older}
        _write(study, {kind: "".join(texts[kind]) for kind in KINDS.values() if kind in texts}, before)
    return Appended(
        _registers(rows),
        tuple(fault for fault in faults.warnings if (fault.file, fault.line) in added),
    )


def _told_new(fault: Fault) -> Fault:
    """A fault of a row that is not in its file: nobody is to look for it there."""
    return replace(fault, found=f"{fault.found} in a new row, which was not written")


def tidy(study: Path, kind: type[Record]) -> int:
    """Write a register that a spreadsheet has saved in the house's own form again: how many rows it has.

    Commas, UTF-8 without a mark, line feeds, days as YYYY-MM-DD and numbers with a full stop; what the rows say stays.

    Raises
    ------
    StudyError
        When some row is not understood; nothing is written then.
    ForanError
        When somebody else is writing, or there is no such file.
    """
    with only_writer(study / FOLDER, "foran add, assign or withdraw", wait=PATIENCE):
        faults = Faults()
        file = _read(study, kind, faults)
        if faults.errors:
            raise StudyError(faults.errors)
        if not file.is_there:
            raise ForanError(f"{kind.FILE} is not there: there is nothing to tidy")
        text = _text_of(kind, file)
        if (study / kind.FILE).read_bytes() != text.encode("utf-8"):
            write_atomically(study / kind.FILE, text)
    return len(file.rows)


def without(
    study: Path, kind: type[Record], participant: str, gone: frozenset[str], says: Callable[[str], bool], faults: Faults
) -> Emptied | None:
    """A register as it will be when a participant has withdrawn; None when it does not tell of her.

    Parameters
    ----------
    participant, gone, says
        As for :func:`withdrawing.emptied`.
    faults
        Takes what keeps the file from being read as rows: then nobody can say what of it is hers.
    """
    found = Faults()
    raw = _raw(study, kind, found)
    if raw is not None and raw.header:
        _order(raw.header, COLUMNS[kind], kind.FILE, raw.head, found, later=kind.LATER)
    if raw is None or found.errors:
        faults.extend(found)
        return None
    rows = [(first - 1, last, cells) for first, last, cells in raw.rows]
    made = emptied(kind, raw.text, rows, raw.header, raw.separator, participant=participant, gone=gone, says=says)
    return replace(made, text=raw.mark + made.text) if made.rows else None


def packs_with(study: Path, segments: Collection[str]) -> tuple[str, ...]:
    """The ids of the review packs that were ever made with the words of any of the segments; a broken row has none.

    >>> from pathlib import Path
    >>> packs_with(Path("no-such-study"), {"TRD-I01.K1.s0001"})
    ()
    """
    found = _read(study, PackMade, Faults()).rows
    held = (row.id for _, row in found if isinstance(row, PackMade) and not set(segments).isdisjoint(row.segments))
    return tuple(dict.fromkeys(held))


def _registers(rows: Any) -> Registers:
    return Registers(**{name: tuple(row for _, row in rows[kind]) for name, kind in KINDS.items()})


# Writing


def _line_of(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _tidied(record: Record) -> Record:
    """A record as it will be read back: NFC, no blanks around a text, line feeds only."""
    changed: dict[str, Any] = {}
    for name, value in vars(record).items():
        if isinstance(value, str):
            text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n").strip())
            if text != value:
                changed[name] = text
    return replace(record, **changed) if changed else record


def _understood(record: Record, line: int, faults: Faults) -> Record | None:
    """A new row as it would be read back; None, with its faults, when nobody could tell which record it is about."""
    kind, values = type(record), []
    is_whole = True
    for (column, cell), text, given in zip(CELLS[kind].items(), cells_of(record), vars(record).values(), strict=True):
        is_needed = column in (*kind.KEY, "on")
        try:
            value = cell.value(text)
            if value != given or isinstance(given, bool):
                raise NotUnderstood
        except NotUnderstood:
            _not_understood(kind.FILE, line, column, cell, text, faults)
            is_whole, value = is_whole and not is_needed, cell.empty
        else:
            if len(text) > LONGEST:
                _too_long(kind.FILE, line, column, text, faults)
            if not text and not cell.may_be_empty and (is_needed or record.action != WITHDRAWN):
                _missing(kind.FILE, line, column, cell, faults)
                is_whole = is_whole and not is_needed
            elif cell.is_hostile(text):
                _hostile(kind.FILE, line, column, text, faults, is_warning=False)
        values.append(value)
    return kind(*values) if is_whole else None


def _text_of(kind: type[Record], file: _File) -> str:
    """A register as the house writes it."""
    return _line_of(COLUMNS[kind]) + "".join(_line_of(cells_of(row)) for _, row in file.rows)


def _write(study: Path, added: Mapping[type[Record], str], instead: Mapping[type[Record], str]) -> None:
    """Add lines to files, or make them; whoever reads meanwhile sees each old or new. All are written or none.

    `instead` are texts that take the place of what stands in a file, when lines are added to it.
    """
    before: dict[Path, bytes | None] = {}
    for kind, text in added.items():
        path = study / kind.FILE
        try:
            old = path.read_bytes() if path.exists() else None
            there = instead[kind].encode("utf-8") if kind in instead else old or b""
            write_atomically(path, _followed_by(there, kind, text.encode("utf-8")))
        except OSError as error:
            for written, data in before.items():
                if data is None:
                    written.unlink()
                else:
                    write_atomically(written, data)
            raise ForanError(f"{path}: cannot be written to ({error.strerror}); nothing was changed") from error
        before[path] = old


def _followed_by(old: bytes, kind: type[Record], new: bytes) -> bytes:
    if not old.removeprefix(b"\xef\xbb\xbf").strip():
        return _line_of(COLUMNS[kind]).encode("utf-8") + new
    return old + (b"" if old.endswith(b"\n") else b"\n") + new


def _refuse_spreadsheets(files: dict[type[Record], _File], touched: set[type[Record]]) -> None:
    for kind, file in files.items():
        if kind in touched and file.is_spreadsheet:
            raise ForanError(
                f"{kind.FILE} was saved by a spreadsheet: run `foran register tidy {Path(kind.FILE).stem}` first, so that "
                "rows can be added to it; nothing was written"
            )


def _refuse_overtaken(files: dict[type[Record], _File], new: Iterable[Record], seen: Registers) -> None:
    """Refuse rows about a record that is another than whoever made them has seen: an id drawn twice, or a change lost."""
    names = {kind: name for name, kind in KINDS.items()}
    for kind in dict.fromkeys(type(record) for record in new):
        keys = {record.key for record in new if type(record) is kind}
        there = {row.key: row for _, row in files[kind].rows if row.key in keys}
        known = {row.key: row for row in getattr(seen, names[kind]) if row.key in keys}
        if others := sorted(" ".join(key) for key in keys if there.get(key) != known.get(key)):
            raise ForanError(
                f"{kind.FILE}: somebody else has written about {', '.join(others)} in the meantime; give the command again, "
                "so that it rests on what stands there now; nothing was written"
            )


# Reading


@dataclass(frozen=True)
class _Raw:
    """A register as text: its header, and its rows with their first and last line, counted from 1."""

    text: str = ""
    lines: int = 0
    header: tuple[str, ...] = ()
    #: The line of the header; a spreadsheet may have put one above it.
    head: int = 1
    separator: str = ","
    rows: tuple[tuple[int, int, list[str]], ...] = ()
    #: The byte-order mark that stood before the text, or "".
    mark: str = ""


def _raw(study: Path, kind: type[Record], faults: Faults) -> _Raw | None:
    """A register as its file has it; None without a file that can be read."""
    path, name = study / kind.FILE, kind.FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        faults.note("unreadable", name, None, f"{error.strerror}", "a file", "Make it readable, or move it away.")
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        faults.note("not-utf8", name, line, "bytes that are not UTF-8", "UTF-8 text", _NOT_UTF8)
        return None
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    if not text.strip():
        return _Raw()
    lines = io.StringIO(text, newline="").readlines()
    # Excel writes this line above the header when it is asked for a separator of its own.
    above = 1 if re.fullmatch(r'"?sep=."?\s*', lines[0]) else 0
    separator = _separator(lines[above] if len(lines) > above else "", COLUMNS[kind])
    records = _records(lines, above, separator, name, faults)
    head, _, header = next(records, (above + 1, 0, []))
    return _Raw(text, len(lines), tuple(cell.strip() for cell in header), head, separator, tuple(records), mark)


def _read(study: Path, kind: type[Record], faults: Faults) -> _File:
    """The rows of a register; every fault of its form and of single cells is noted."""
    name = kind.FILE
    raw = _raw(study, kind, faults)
    if raw is None:
        return _File(is_there=(study / name).exists())
    if not raw.header:
        return _File(is_there=True)
    later = [column for column in kind.LATER if column not in raw.header]
    if later:
        width = len(raw.header)
        missing = [""] * len(later)
        wider = ((first, last, cells + missing if len(cells) == width else cells) for first, last, cells in raw.rows)
        raw = replace(raw, header=(*raw.header, *later), rows=tuple(wider))
    order = _order(raw.header, COLUMNS[kind], name, raw.head, faults)
    is_spreadsheet = raw.separator != "," or raw.head > 1 or raw.header != COLUMNS[kind]
    found = _File(lines=raw.lines, is_there=True, is_spreadsheet=is_spreadsheet, is_older=bool(later))
    if order is None:
        return found
    if is_spreadsheet:
        faults.note(
            "spreadsheet-form",
            name,
            raw.head,
            "a file that was saved by a spreadsheet",
            "commas between cells, and the columns in their order",
            f"Run `foran register tidy {Path(name).stem}`; until then it is read, and nothing is added to it.",
            is_warning=True,
        )
    rows = [
        (line, cells) for line, _, cells in raw.rows if any(cells) and _is_whole(line, cells, raw.header, name, faults)
    ]
    return replace(found, rows=_typed(kind, order, rows, is_spreadsheet, faults))


def _separator(header: str, columns: Sequence[str]) -> str:
    """What stands between the cells of the first line: what gives the most of the columns."""
    found = {one: {cell.strip(' "\r\n') for cell in header.split(one)} for one in _SEPARATORS}
    return max(_SEPARATORS, key=lambda one: (len(found[one] & set(columns)), one == ","))


def _records(
    lines: Sequence[str], begin: int, separator: str, name: str, faults: Faults
) -> Iterator[tuple[int, int, list[str]]]:
    """The records of a CSV text, each with its first and last line; after a broken one, reading goes on a line below."""
    done = begin
    while done < len(lines):
        reader = csv.reader(lines[done:], strict=True, delimiter=separator)
        begun = done
        try:
            for cells in reader:
                first, done = done + 1, begun + reader.line_num
                if cells:
                    yield first, done, cells
        except csv.Error as error:
            faults.note(
                "broken-csv",
                name,
                done + 1,
                str(error),
                "CSV with commas and double quotes",
                "Check the quotes of this row.",
            )
            done += 1


def _order(
    header: Sequence[str], columns: Sequence[str], name: str, line: int, faults: Faults, *, later: Sequence[str] = ()
) -> list[int] | None:
    """Where each column stands in the file; None, with a fault, when they are not the register's columns."""
    expected = ",".join(columns)
    if missing := [column for column in columns if column not in header and column not in later]:
        faults.note(
            "missing-column",
            name,
            line,
            f"no column {', '.join(missing)}",
            expected,
            "Add the column to the first line and to every row.",
        )
    if unknown := sum(column not in columns for column in header):
        faults.note(
            "unknown-column",
            name,
            line,
            f"{unknown} columns that the register does not have",
            expected,
            "Correct their names, or take them out: they would not be read.",
        )
    if len(set(header)) < len(header):
        faults.note("duplicate-column", name, line, "a column named twice", expected, "Remove one of the two.")
    is_whole = not missing and not unknown and len(header) == len(columns)
    return [header.index(column) for column in columns] if is_whole else None


def _is_whole(line: int, cells: Sequence[str], header: Sequence[str], name: str, faults: Faults) -> bool:
    if len(cells) == len(header):
        return True
    faults.note(
        "broken-csv",
        name,
        line,
        f"{len(cells)} cells",
        f"{len(header)} cells",
        "Check the commas and quotes of this row.",
    )
    return False


def _typed(
    kind: type[Record],
    order: Sequence[int],
    rows: Sequence[tuple[int, list[str]]],
    is_spreadsheet: bool,
    faults: Faults,
) -> tuple[tuple[int, Record], ...]:
    """The rows as records. Column by column, each different cell once: most of them repeat."""
    columns = COLUMNS[kind]
    by_place = list(zip(*(cells for _, cells in rows), strict=True)) if rows else [()] * len(columns)
    texts = {column: by_place[place] for column, place in zip(columns, order, strict=True)}
    actions = [text.strip() for text in texts["action"]]
    bad: set[int] = set()
    made: list[list[Any]] = []
    for column in columns:
        cell, found = CELLS[kind][column], texts[column]
        empty = cell.empty
        values: dict[str, Any] = {}
        for text in set(found):
            clean = _clean(text)
            try:
                values[text] = cell.value(clean, is_spreadsheet=is_spreadsheet)
            except NotUnderstood:
                for place in (place for place, one in enumerate(found) if one == text):
                    if column in (*kind.KEY, "on"):
                        bad.add(place)
                    _not_understood(kind.FILE, rows[place][0], column, cell, clean, faults)
                continue
            if not clean and not cell.may_be_empty:
                is_needed = column in (*kind.KEY, "on")
                for place, one in enumerate(found):
                    if one == text and (is_needed or actions[place] != WITHDRAWN):
                        if is_needed:
                            bad.add(place)
                        _missing(kind.FILE, rows[place][0], column, cell, faults)
            elif cell.is_hostile(clean):
                for place in (place for place, one in enumerate(found) if one == text):
                    _hostile(kind.FILE, rows[place][0], column, clean, faults, is_warning=True)
        # A cell that is not understood counts as empty, so that the rest of its row is judged as well.
        made.append([values.get(text, empty) for text in found])
    return tuple(
        (rows[place][0], kind(*cells)) for place, cells in enumerate(zip(*made, strict=True)) if place not in bad
    )


def _clean(text: str) -> str:
    text = text.strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _not_understood(name: str, line: int, column: str, cell: Any, text: str, faults: Faults) -> None:
    meant = iso_day(text) if cell.holds == "day" else ""
    faults.note(
        _fault_of(column, cell),
        name,
        line,
        f"{column} {shown(text)}",
        cell.expected,
        f"Write {meant}." if meant else "Correct the cell.",
    )


def _fault_of(column: str, cell: Any) -> str:
    if cell.holds == "day":
        return "bad-date"
    if cell.holds in ("word", "whole"):
        return f"unknown-{column.replace('_', '-')}"
    return "bad-id" if column in ("id", "measure", "step", "process") else f"bad-{column.replace('_', '-')}"


def _missing(name: str, line: int, column: str, cell: Any, faults: Faults) -> None:
    faults.note(
        "missing-id" if column == "id" else "missing-cell",
        name,
        line,
        f"an empty {column}",
        cell.expected,
        "Fill the cell; only rows that take a record out may leave it empty.",
    )


def _too_long(name: str, line: int, column: str, text: str, faults: Faults) -> None:
    faults.note(
        "too-long",
        name,
        line,
        f"{column}, a text of {len(text)} characters",
        f"no more than {LONGEST}",
        "Shorten it: spreadsheets and readers of CSV cut it off.",
    )


def _hostile(name: str, line: int, column: str, text: str, faults: Faults, *, is_warning: bool) -> None:
    is_formula = text[0] in "=+-@"
    faults.note(
        "formula-cell" if is_formula else "control-character",
        name,
        line,
        f"{column}, a text of {len(text)} characters that "
        + (f"begins with {text[0]!r}" if is_formula else "holds a control character"),
        "a text that no spreadsheet takes for a formula" if is_formula else "letters, digits and line feeds",
        "Begin it with a word." if is_formula else "Take the character out.",
        is_warning=is_warning,
    )
