"""Tables as people get them: CSV from a portal or a survey, or Excel, read within bounds and never guessed at.

What a file says of itself cannot be trusted: the signs between cells, the letters and the names of columns vary with who
exported it. This module finds the header, tells how it read the bytes, and hands on texts with their line numbers.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from ..corpus.readers.safe import check_size, is_ole2, note_ole2, open_zip
from ..errors import Faults, ForanError, shown

#: Letters that one cell may hold, and the rows and columns of a table: beyond them a file is no list of notices.
LONGEST_CELL = 20_000
MOST_ROWS = 200_000
MOST_COLUMNS = 400
#: The header is looked for among the first lines: exports have titles above their tables.
HEADER_WITHIN = 20
_DELIMITERS = (";", ",", "\t", "|")
#: What Norwegian letters become when UTF-8 is read as Windows-1252 and saved again.
_TWICE_DECODED = ("Ã¦", "Ã¸", "Ã¥", "Ã†", "Ã˜", "Ã…")
_BARE = re.compile(r"[\W_]+")
_ISO_DAY = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?:[T ].*)?")
_NORWEGIAN_DAY = re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?: .*)?")


def folded(text: str) -> str:
    """A word as it is compared: composed letters, no capitals, runs of other signs as one space.

    >>> folded("Før-kommersiell  ANSKAFFELSE:"), folded("a\u030apen")
    ('før kommersiell anskaffelse', 'åpen')
    """
    return _BARE.sub(" ", unicodedata.normalize("NFC", text).casefold()).strip()


def day_of(text: str) -> str:
    """A day written as ``YYYY-MM-DD`` or ``DD.MM.YYYY``, perhaps with a time, as ISO; "" for anything else.

    >>> day_of("3.11.2021"), day_of("2021-11-03T10:00:00Z"), day_of("11/03/21"), day_of("31.2.2021")
    ('2021-11-03', '2021-11-03', '', '')
    """
    found = _ISO_DAY.fullmatch(text.strip()) or _NORWEGIAN_DAY.fullmatch(text.strip())
    if found is None:
        return ""
    try:
        return dt.date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        return ""


def number_of(text: str) -> float | None:
    """A number as Norwegians or programs write it; None for anything else, for infinity and for "not a number".

    >>> number_of("3,5"), number_of("1 200 000"), number_of("3.5"), number_of("=1+1"), number_of("nan")
    (3.5, 1200000.0, 3.5, None, None)
    """
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    if not re.fullmatch(r"[-+]?\d{1,15}(?:[.,]\d{1,9})?", bare):
        return None
    return float(bare.replace(",", "."))


@dataclass(frozen=True)
class Words:
    """What the words of a file mean: by role (a kind of column or of value) and folded word.

    `told` are the rows as people wrote them: role, word, meaning.
    """

    told: tuple[tuple[str, str, str], ...]
    means: Mapping[tuple[str, str], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "means", {(role, folded(word)): means for role, word, means in self.told})

    def of(self, role: str, word: str) -> str | None:
        """What `word` means in this role; None when nobody has said."""
        return self.means.get((role, folded(word)))

    def words(self, role: str) -> dict[str, str]:
        """The folded words of a role, and what they mean."""
        return {word: means for (own, word), means in self.means.items() if own == role}

    def with_rows(self, rows: Iterable[tuple[str, str, str]]) -> Words:
        """The mapping with further rows; a later word takes the place of the same one before."""
        return Words((*self.told, *rows))


def read_mapping(text: str, name: str, roles: Mapping[str, Sequence[str]], faults: Faults) -> tuple[Any, ...]:
    r"""The rows of a mapping file, a CSV with the columns ``role,word,means``; unknown roles and meanings are faults.

    `roles` gives the meanings that each role allows; an empty sequence allows any.

    >>> faults = Faults()
    >>> text = "role,word,means\nprocedure,Designkonkurranse,innovation\n"
    >>> read_mapping(text, "m.csv", {"procedure": ["innovation"]}, faults)
    (('procedure', 'Designkonkurranse', 'innovation'),)
    """
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    if not lines or [cell.strip() for cell in lines[0]] != ["role", "word", "means"]:
        faults.note("missing-column", name, 1, "another first line", "role,word,means", "Write the three columns.")
        return ()
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        role, word, means = (cell.strip() for cell in (*cells, "", "", "")[:3])
        if len(cells) != 3 or not folded(word):
            faults.note(
                "broken-csv", name, number, f"{len(cells)} cells", "a role, a word and a meaning", "Mend the row."
            )
        elif role not in roles:
            faults.note(
                "unknown-role", name, number, f"role {shown(role)}", f"one of: {', '.join(roles)}", "Correct it."
            )
        elif roles[role] and means not in roles[role]:
            faults.note("unknown-meaning", name, number, f"meaning {shown(means)} of role {role}",
                        f"one of: {', '.join(roles[role])}", "Correct it.")  # fmt: skip
        else:
            rows.append((role, word, means))
    return tuple(rows)


@dataclass(frozen=True)
class Received:
    """A table: the names in its header as they stand, and its rows as texts by folded column name.

    `how` tells in which letters and with which sign between cells it was read; `sheet` is "" for CSV.
    """

    name: str
    sha256: str
    how: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    sheet: str = ""


@dataclass(frozen=True)
class Measured:
    """One value that a file gives: of an indicator, in a municipality ("" for the whole country) and a period."""

    indicator: str
    case: str
    period: str
    value: float
    note: str


@dataclass(frozen=True)
class Reading:
    """What was understood of a file, to be looked at before anything is written.

    `columns` says which column was taken for what. `words` are the words that decided something: role, word, meaning and
    how many rows; the meaning "" is "nobody has said". `left_out` are reasons and how many rows; nothing is left out
    without one.
    """

    name: str
    sha256: str
    how: str
    columns: tuple[tuple[str, str], ...]
    words: tuple[tuple[str, str, str, int], ...]
    left_out: tuple[tuple[str, int], ...]
    values: tuple[Measured, ...]
    rows: int = 0


def read_received(data: bytes, name: str, known: Iterable[str], faults: Faults) -> Received | None:
    """The table in `data`, a CSV or an Excel workbook (told by its bytes); None with faults when it cannot be used.

    Parameters
    ----------
    known
        Names of columns, any writing: the header is the line, among the first, with most of them.

    Notes
    -----
    Formulas are refused: what they show is worked out elsewhere and is in no file that can be checked again.
    """
    if not check_size(data, name, faults):
        return None
    names = frozenset(map(folded, known))
    if data.startswith(b"PK"):
        return _workbook(data, name, names, faults)
    if is_ole2(data):
        note_ole2(data, name, faults)
        return None
    return _csv(data, name, names, faults)


def _decoded(data: bytes, name: str, faults: Faults) -> tuple[str, str] | None:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(encoding), {"utf-8-sig": "UTF-8 (BOM)", "utf-16": "UTF-16"}[encoding]
            except UnicodeDecodeError:
                faults.note("wrong-encoding", name, None, "bytes that do not fit their own mark", "one encoding throughout",
                            "Export the file anew, as UTF-8.")  # fmt: skip
                return None
    if b"\0" in data:
        faults.note("not-text", name, None, "bytes that no table has", "CSV or .xlsx", "Export the file anew as CSV.")
        return None
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows-1252 (Latin-1)"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "Latin-1"


def _csv(data: bytes, name: str, known: frozenset[str], faults: Faults) -> Received | None:
    decoded = _decoded(data, name, faults)
    if decoded is None:
        return None
    text, encoding = decoded
    _warn_of_letters(text, name, faults)
    best: tuple[int, int, str, list[tuple[int, list[str]]]] | None = None
    broken = ""
    for delimiter in _DELIMITERS:
        try:
            records = _records(text, delimiter)
        except (csv.Error, ForanError) as error:
            broken = broken or str(error)
            continue
        place, score = _header_place([cells for _, cells in records], known)
        if score and (best is None or score > best[0]):
            best = (score, place, delimiter, records)
    if best is None:
        if broken:
            faults.note("broken-csv", name, None, "rows that do not hold together, or a cell too long to be one",
                        f"CSV with cells of at most {LONGEST_CELL} letters", "Export the file anew as CSV.")  # fmt: skip
        else:
            _note_no_header(name, faults)
        return None
    _, place, delimiter, records = best
    how = f"{encoding}, «{ {chr(9): 'tab'}.get(delimiter, delimiter) }»"
    return _table(name, data, how, records[place:], faults)


def _records(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        records, begun = [], 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((begun, cells))
            begun = reader.line_num + 1
            if len(records) > MOST_ROWS or len(cells) > MOST_COLUMNS:
                raise ForanError("too many rows or columns")
        return records
    finally:
        csv.field_size_limit(before)


def _header_place(records: Sequence[Sequence[str]], known: frozenset[str]) -> tuple[int, int]:
    """Which of the first records is the header, and how many of its cells are known names."""
    scores = [
        (len({folded(cell) for cell in cells} & known), -place) for place, cells in enumerate(records[:HEADER_WITHIN])
    ]
    if not scores:
        return 0, 0
    score, minus = max(scores)
    return -minus, score


def _warn_of_letters(text: str, name: str, faults: Faults) -> None:
    if any(sign in text for sign in _TWICE_DECODED) or "\ufffd" in text:
        line = next(
            n for n, one in enumerate(text.splitlines(), 1) if any(s in one for s in (*_TWICE_DECODED, "\ufffd"))
        )
        faults.note("wrong-encoding", name, line, "letters as æ, ø and å become when they are read wrongly", "æ, ø and å",
                    "Export the file anew, as UTF-8; words with such letters are not understood.", is_warning=True)  # fmt: skip


def _note_no_header(name: str, faults: Faults) -> None:
    faults.note("missing-column", name, None, f"no known column among the first {HEADER_WITHIN} lines",
                "a header with the names of columns", "Name the columns in a mapping file (role column).")  # fmt: skip


def _workbook(data: bytes, name: str, known: frozenset[str], faults: Faults) -> Received | None:
    archive = open_zip(data, name, faults)
    if archive is None or not _is_plain(data, name, faults):
        return None
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        best: tuple[int, int, str, list[tuple[int, list[Any]]]] | None = None
        for sheet in book.worksheets:
            records = _cells(sheet)
            texts = [[_text(value) for value in cells] for _, cells in records[:HEADER_WITHIN]]
            place, score = _header_place(texts, known)
            if score and (best is None or score > best[0]):
                best = (score, place, str(sheet.title), records)
    except ForanError as error:
        faults.note(
            "too-big", name, None, str(error), f"at most {MOST_ROWS} rows and {MOST_COLUMNS} columns", "Split it."
        )
        return None
    # The library raises whatever it meets in a broken workbook.
    except Exception:
        faults.note("broken-file", name, None, "a workbook that cannot be read", "an .xlsx workbook",
                    "Open it in a spreadsheet and save it again as .xlsx.")  # fmt: skip
        return None
    if best is None:
        _note_no_header(name, faults)
        return None
    _, place, title, records = best
    if _note_formulas(records, name, title, faults):
        return None
    told = [(line, [_text(value) for value in cells]) for line, cells in records[place:]]
    return _table(name, data, f"Excel, «{title}»", told, faults, sheet=title)


def _is_plain(data: bytes, name: str, faults: Faults) -> bool:
    """Whether no part of the workbook declares a document type, which spreadsheets never do and attacks do."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.namelist():
            if member.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    start = part.read(4096).replace(b"\0", b"")
                if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                    faults.note("xml-entities", name, None, "XML that declares entities, as attacks do",
                                "a workbook as spreadsheets save it", "Do not use this file; ask for it anew.")  # fmt: skip
                    return False
    return True


def _cells(sheet: Any) -> list[tuple[int, list[Any]]]:
    sheet.reset_dimensions()
    records = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise ForanError("a sheet with too many rows or columns")
        if any(value is not None and str(value).strip() for value in cells):
            records.append((number, list(cells)))
    return records


def _note_formulas(records: Iterable[tuple[int, Sequence[Any]]], name: str, title: str, faults: Faults) -> bool:
    found = [
        f"{get_column_letter(column)}{line}"
        for line, cells in records
        for column, value in enumerate(cells, 1)
        if (isinstance(value, str) and value.startswith("="))
        or type(value).__name__ in ("ArrayFormula", "DataTableFormula")
    ]
    if found:
        faults.note("formula", name, int(re.sub(r"\D", "", found[0])),
                    f"{len(found)} formula{'s' if len(found) != 1 else ''} (first in {found[0]} of {shown(title)})", "values",
                    "Copy the sheet and paste it as values, then save that.")  # fmt: skip
    return bool(found)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _table(
    name: str, data: bytes, how: str, records: Sequence[tuple[int, Sequence[str]]], faults: Faults, *, sheet: str = ""
) -> Received | None:
    (first, header), *rest = records
    names = [folded(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    twice = sorted({one for one in names if one and names.count(one) > 1})
    if twice:
        faults.note("duplicate-column", name, first, f"{len(twice)} column{'s' if len(twice) != 1 else ''} named twice",
                    "names that differ", "Rename one of each two.")  # fmt: skip
        return None
    rows = []
    is_whole = True
    for line, cells in rest:
        if any(len(cell) > LONGEST_CELL for cell in cells):
            faults.note("too-big", name, line, "a cell too long to be one", f"at most {LONGEST_CELL} letters",
                        "Look for a quotation mark that is not closed.")  # fmt: skip
            is_whole = False
        elif (not sheet and 1 < len(cells) < len(names)) or any(cell.strip() for cell in cells[len(names) :]):
            faults.note("broken-csv", name, line, f"{len(cells)} cells", f"{len(names)} cells",
                        "Check the signs between cells and the quotation marks of this row.")  # fmt: skip
            is_whole = False
        else:
            padded = [*cells, *[""] * len(names)][: len(names)]
            texts = (unicodedata.normalize("NFC", cell.strip()) for cell in padded)
            rows.append((line, {key: text for key, text in zip(names, texts, strict=True) if key}))
    if not is_whole:
        return None
    sha256 = hashlib.sha256(data).hexdigest()
    return Received(name, sha256, how, tuple(cell.strip() for cell in header), tuple(rows), sheet)


def columns_for(
    table: Received, mapping: Words, role: str, needed: Sequence[str], faults: Faults
) -> dict[str, str] | None:
    """Which column stands for what: folded names of the table's columns by what they mean; None when some are lacking.

    Two columns that mean the same are a fault: which of them counts is for a person to say.
    """
    words = mapping.words(role)
    found: dict[str, str] = {}
    is_clear = True
    for name in table.header:
        means = words.get(folded(name))
        if not means or means == "ignore":
            continue
        if means in found:
            faults.note("duplicate-column", table.name, None, f"two columns that mean {means}", "one of them",
                        f'Add a line to the mapping file: {role},NAME,ignore.')  # fmt: skip
            is_clear = False
        found[means] = folded(name)
    if lacking := [one for one in needed if one not in found]:
        faults.note("missing-column", table.name, None, f"no column for {', '.join(lacking)}",
                    f"columns for {', '.join(needed)}",
                    f"Say in a mapping file which column it is: {role},NAME,{lacking[0]}.")  # fmt: skip
        is_clear = False
    return found if is_clear else None


def case_by(mapping: Words, *names: str) -> str:
    """The municipality that one of the names (an organisation number, an authority) means; "" when nobody has said."""
    for name in names:
        if name and (case := mapping.of("authority", name) or mapping.of("authority", re.sub(r"\s", "", name))):
            return case
    return ""


def authorities(cases: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """The rows of a mapping for municipalities by name: as they are called, alone and with «kommune».

    >>> authorities({"FJO": "Fjordvik"})
    (('authority', 'Fjordvik', 'FJO'), ('authority', 'Fjordvik kommune', 'FJO'), ('authority', 'FJO', 'FJO'))
    """
    return tuple(
        ("authority", word, case) for case, label in cases.items() for word in (label, f"{label} kommune", case)
    )
