"""The review table: every surface that nobody has decided yet, for a person to decide, outside of the study.

One row per surface, not per hit. The person fills in a decision, and where it is to be another one a replacement and a
scope; rows may be sorted and columns moved, for every row has a mark of its own. What comes back is checked whole, and
all that is wrong is told at once by row and column, never by what stands there.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ..errors import Faults, ForanError
from .hits import Hit
from .key import check_outside
from .names import is_variant
from .pseudonyms import (
    FIGURE_KINDS,
    NAME_KINDS,
    Action,
    Decision,
    base_forms,
    contains_name,
    general_text,
    is_rare,
    normal_form,
    numbered,
)

_CONTEXT = 40
_MOST_PLACES = 12
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LARGEST_FILE = 64 * 1024 * 1024
_CERTAINTIES = ("certain", "likely", "possible")

#: What a person may write under "decision"; "ja" takes the suggestion.
DECISION_WORDS: dict[str, Action | None] = {
    "erstatt": "replace",
    "erstatte": "replace",
    "replace": "replace",
    "generaliser": "generalise",
    "generalisere": "generalise",
    "generalise": "generalise",
    "generalize": "generalise",
    "behold": "keep",
    "beholde": "keep",
    "keep": "keep",
    "ja": None,
    "yes": None,
}
SCOPE_WORDS = {
    "": "everywhere",
    "overalt": "everywhere",
    "everywhere": "everywhere",
    "dokument": "document",
    "document": "document",
}
_WORDS = {
    "nb": {"replace": "erstatt", "generalise": "generaliser", "keep": "behold", "everywhere": "overalt"},
    "en": {"replace": "replace", "generalise": "generalise", "keep": "keep", "everywhere": "everywhere"},
}
#: Headings in Norwegian and English; either is understood when the table comes back.
HEADINGS = {
    "number": ("nr", "no"),
    "kind": ("slag", "kind"),
    "surface": ("ord", "words"),
    "count": ("antall", "count"),
    "places": ("hvor", "where"),
    "context": ("sammenheng", "context"),
    "suggestion": ("forslag", "suggestion"),
    "decision": ("avgjørelse", "decision"),
    "replacement": ("erstatning", "replacement"),
    "scope": ("gjelder", "scope"),
    "mark": ("merke", "mark"),
}
_NEEDED = ("number", "surface", "decision", "replacement", "scope", "mark")


@dataclass(frozen=True, repr=False)
class Undecided:
    """One hit that waits for a decision: in which document and turn, and the words of that turn."""

    document: str
    turn: int
    text: str
    hit: Hit

    def __repr__(self) -> str:
        return f"<Undecided: {self.hit.kind} in {self.document}, turn {self.turn}>"


@dataclass(frozen=True, repr=False)
class ReviewRow:
    """One row of the review table; `mark` ties a filled-in row to the surface it was written for.

    `suggestion` and `suggested` are an action and what would stand in the text; `documents` are those the surface is in.
    """

    number: int
    kind: str
    surface: str
    count: int
    places: str
    context: str
    suggestion: str
    suggested: str
    documents: tuple[str, ...]
    mark: str

    def __repr__(self) -> str:
        return f"<ReviewRow {self.number}: {self.kind}, {len(self.surface)} characters, {self.count} times>"


def review_rows(
    found: Sequence[Undecided],
    *,
    known: Mapping[str, str] | None = None,
    by_pseudonym: Mapping[str, str] | None = None,
    taken: Iterable[str] = (),
    language: str = "nb",
) -> tuple[ReviewRow, ...]:
    """One row per surface that waits, in order of first appearance.

    `known` maps names of the key to what stands for them: a surface that is a part of one name, or has one of two words as
    its part, is suggested that replacement. `by_pseudonym` maps pseudonyms to the same, for hits whose detector tells whom
    they name, such as a misspelt one. `taken` are the labels in use. Kinds that only a capital tells get no suggestion.
    """
    groups: dict[tuple[bool, str], list[Undecided]] = {}
    forms = {normal_form(_surface(one), one.hit.kind) for one in found}
    for one in found:
        kind = one.hit.kind
        base = base_forms(_surface(one), kind)
        # "Karis" goes with "Kari" where both are met; alone it may be a name that ends so.
        form = next((form for form in reversed(base) if form in forms), base[0])
        groups.setdefault((kind in NAME_KINDS, form), []).append(one)
    waiting = [_weightiest(group) for group in groups.values()]
    new = numbered([Decision(hit_kind, surface, "replace") for hit_kind, surface, _ in waiting], taken, language)
    rows: list[ReviewRow] = []
    for number, ((hit_kind, surface, certainty), group, label) in enumerate(
        zip(waiting, groups.values(), new, strict=True), 1
    ):
        told = {(by_pseudonym or {}).get(one.hit.pseudonym, "") for one in group}
        own = dict(known or {})
        if len(told) == 1 and "" not in told:
            own[surface] = told.pop()
        action, text = _suggested(hit_kind, surface, certainty, label.replacement, own, rows, language)
        rows.append(
            ReviewRow(
                number,
                hit_kind,
                surface,
                len(group),
                _places(group),
                _context(group[0]),
                action,
                text,
                tuple(dict.fromkeys(one.document for one in group)),
                _mark(number, hit_kind, surface),
            )
        )
    return tuple(rows)


def _surface(one: Undecided) -> str:
    return " ".join(unicodedata.normalize("NFC", one.text[one.hit.start : one.hit.end]).split())


def _weightiest(group: Sequence[Undecided]) -> tuple[str, str, str]:
    """The kind the group is asked about, how it is written, and how sure a detector was."""
    kinds = [one.hit.kind for one in group]
    kind = min(kinds, key=lambda kind: NAME_KINDS.index(kind) if kind in NAME_KINDS else len(NAME_KINDS))
    # The shortest is the one without an ending; of the same length the one that does not shout.
    surface = min((_surface(one) for one in group), key=lambda text: (len(text), text.isupper()))
    certainty = min((one.hit.certainty for one in group), key=_CERTAINTIES.index)
    return kind, surface, certainty


def _suggested(
    kind: str,
    surface: str,
    certainty: str,
    label: str,
    known: Mapping[str, str],
    above: Sequence[ReviewRow],
    language: str,
) -> tuple[str, str]:
    if kind == "capitalised":
        return "", ""
    if kind == "person" and certainty == "possible" and " " not in surface and not is_rare(surface.lower()):
        # "Noe", "Ville": a name to somebody, an ordinary word to most. Replaced unseen it would harm every later text.
        return "", ""
    if kind == "sensitive":
        return "keep", ""
    if kind == "person":
        mine = set(normal_form(surface).split())
        same = {text for name, text in known.items() if _is_part(mine, set(normal_form(name).split()))}
        same |= {
            row.suggested
            for row in above
            if row.kind == "person" and row.suggested and _is_part(mine, set(normal_form(row.surface).split()))
        }
        if len(same) == 1:
            return "replace", same.pop()
        if not same and (own := _spelt_otherwise(surface, known, above)):
            return "replace", own
        # Among capitals a name runs on into the words around it: that is for a person to cut.
        return ("", "") if surface.isupper() and " " in surface else ("replace", label)
    if certainty == "possible" and kind in NAME_KINDS:
        return "", ""
    return "generalise", general_text(kind, surface, language)


def _spelt_otherwise(surface: str, known: Mapping[str, str], above: Sequence[ReviewRow]) -> str:
    """What stands for the one person whose every full name met so far may be `surface` in another spelling, or ""."""
    names: dict[str, list[str]] = {}
    for name, text in known.items():
        names.setdefault(text, []).append(name)
    for row in above:
        if row.kind == "person" and row.suggestion == "replace":
            names.setdefault(row.suggested, []).append(row.surface)
    full = {text: [name for name in spellings if len(name.split()) > 1] for text, spellings in names.items()}
    # "G. Berg" is one who is met; where Gunn and Guri Berg are, it may be either, and gets a number of its own.
    found = [text for text, spellings in full.items() if any(is_variant(surface, name) for name in spellings)]
    if len(found) != 1 or not all(is_variant(surface, name) for name in full[found[0]]):
        return ""
    return found[0]


def _is_part(one: set[str], other: set[str]) -> bool:
    """Whether the words of one name are among those of the other; a first name alone does not say whose it is."""
    return bool(one and other) and (one <= other or (other < one and len(other) > 1))


def _places(group: Sequence[Undecided]) -> str:
    by_document: dict[str, list[int]] = {}
    for one in group:
        turns = by_document.setdefault(one.document, [])
        if one.turn not in turns:
            turns.append(one.turn)
    shown = [f"{document}: {_some(turns)}" for document, turns in list(by_document.items())[:_MOST_PLACES]]
    return "; ".join(shown) + (" …" if len(by_document) > _MOST_PLACES else "")


def _some(turns: Sequence[int]) -> str:
    return ", ".join(map(str, turns[:_MOST_PLACES])) + (" …" if len(turns) > _MOST_PLACES else "")


def _context(one: Undecided) -> str:
    start, end = one.hit.start, one.hit.end
    left, right = one.text[max(0, start - _CONTEXT) : start], one.text[end : end + _CONTEXT]
    opening, closing = "…" if start > _CONTEXT else "", "…" if end + _CONTEXT < len(one.text) else ""
    return " ".join(f"{opening}{left}[{one.text[start:end]}]{right}{closing}".split())


def _mark(number: int | str, kind: str, surface: str) -> str:
    # Letters first and only: a spreadsheet makes numbers of marks such as 1e10.
    digest = hashlib.sha256(f"{number}\n{kind}\n{normal_form(surface, kind)}".encode()).hexdigest()[:8]
    return "m" + digest.translate(str.maketrans("0123456789", "ghijklmnop"))


# Writing


def write_review(rows: Sequence[ReviewRow], path: Path, study: Path, *, language: str = "nb") -> Path:
    """Write the table to `path` (.csv or .xlsx), for its owner's eyes alone; a table there is replaced whole.

    Raises
    ------
    ForanError
        When the path lies where the study goes, has another ending, or cannot be written.
    """
    check_outside(path, study, what="the review table")
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise ForanError(f"{path.name}: the review table is a .csv or an .xlsx file")
    lines = table_of(rows, language)
    data = _csv(lines) if path.suffix.lower() == ".csv" else _xlsx(lines)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".review-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is its owner's alone, and stays so when it takes the name.
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise ForanError(f"{path}: cannot be written ({error.strerror}); is it open in a spreadsheet?") from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
    return path


def table_of(rows: Sequence[ReviewRow], language: str = "nb") -> list[list[str]]:
    """The table as cells: the heading, then one line per row, with the decision, replacement and scope left empty."""
    return [
        [headings[language == "en"] for headings in HEADINGS.values()],
        *([str(row[name]) for name in HEADINGS] for row in rows_for_widget(rows, language)),
    ]


def rows_for_widget(rows: Sequence[ReviewRow], language: str = "nb") -> list[dict[str, Any]]:
    """The rows as plain dicts, keys those of ``HEADINGS``, for a screen that lets a person decide."""
    words = _WORDS["en" if language == "en" else "nb"]
    plain = []
    for row in rows:
        cells: dict[str, Any] = {name.name: getattr(row, name.name) for name in fields(row) if name.name in HEADINGS}
        suggestion = " ".join(filter(None, (words.get(row.suggestion, ""), row.suggested)))
        plain.append(
            {
                **{name: cells.get(name, "") for name in HEADINGS},
                "suggestion": suggestion,
                "scope": words["everywhere"],
            }
        )
    return plain


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith((*_FORMULA, "'")) else text


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_guarded(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig", "replace")


def _xlsx(lines: Sequence[Sequence[str]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    from ..fixed_zip import fixed_bytes, xml_safe

    book = Workbook()
    sheet = book.active
    sheet.title = "review"
    for number, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            cell = sheet.cell(row=number, column=column)
            cell.value = xml_safe(text)
            # Text for good: neither a formula nor a number of eleven figures written as 1,3E+10.
            cell.data_type, cell.quotePrefix, cell.number_format = "s", text.startswith(_FORMULA), "@"
            cell.alignment = Alignment(wrap_text=number > 1, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    for column, width in enumerate((6, 14, 28, 8, 24, 60, 28, 14, 24, 12, 12), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    return fixed_bytes(book)


# Reading back


def read_review(
    path: Path,
    rows: Sequence[ReviewRow],
    faults: Faults,
    *,
    names: Iterable[str] = (),
    remembered: Iterable[Decision] = (),
    by: str = "",
    at: str = "",
) -> tuple[Decision, ...]:
    """The decisions that a person has filled in; rows without one give none and wait on.

    `rows` are those that wait, `names` all names of the key: no replacement may hold one. The table may be an earlier one,
    with rows whose decisions are `remembered` since: they are passed over. Understands
    .xlsx, and .csv with commas, semicolons or tabs in UTF-8, UTF-16 or Windows-1252, as spreadsheets save it. Notes all
    that is wrong, by row of the file; with an error among it, the result is empty.
    """
    before = len(faults.errors)
    lines, is_narrow = _lines(path, faults)
    if not lines:
        return ()
    header = [unicodedata.normalize("NFC", cell).strip().casefold() for cell in lines[0]]
    columns: dict[str, int] = {}
    for name, headings in HEADINGS.items():
        found = [at for at, cell in enumerate(header) if cell in headings or cell == name]
        if len(found) == 1:
            columns[name] = found[0]
        elif name in _NEEDED:
            problem = "missing" if not found else "there twice"
            faults.note(
                "missing-column" if not found else "duplicate-column",
                path.name,
                1,
                f"the column {headings[0]} / {headings[1]} is {problem}",
                "the columns as they were written",
                "Put the heading back, or write the table again.",
            )
    if len(faults.errors) > before:
        return ()
    given = [
        (number, {name: line[at] if at < len(line) else "" for name, at in columns.items()})
        for number, line in enumerate(lines[1:], 2)
        if any(cell.strip() for cell in line)
    ]
    return decisions_from_rows(
        [{**cells, "line": number} for number, cells in given],
        rows,
        faults,
        names=names,
        remembered=remembered,
        file=path.name,
        by=by,
        at=at,
        is_narrow=is_narrow,
    )


def decisions_from_rows(
    given: Sequence[Mapping[str, Any]],
    rows: Sequence[ReviewRow],
    faults: Faults,
    *,
    names: Iterable[str] = (),
    remembered: Iterable[Decision] = (),
    file: str = "review",
    by: str = "",
    at: str = "",
    is_narrow: bool = False,
) -> tuple[Decision, ...]:
    """The decisions in rows as :func:`rows_for_widget` gives them, filled in; checked as :func:`read_review` says.

    `line` of a row is what faults name; `is_narrow` says that letters outside of Windows-1252 were lost on the way.
    """
    before = len(faults.errors)
    by_mark = {row.mark: row for row in rows}
    earlier = tuple(remembered)
    seen: dict[str, int] = {}
    decisions: list[Decision] = []
    hidden: list[tuple[int, Decision]] = []

    def note(kind: str, line: int, found: str, expected: str, remedy: str) -> None:
        faults.note(kind, file, line, found, expected, remedy)

    for position, cells in enumerate(given, 1):
        line = int(cells.get("line", position))
        text = {name: _cell(cells.get(name, "")) for name in HEADINGS}
        number = text["number"].removesuffix(".0").removesuffix(",0")
        row = by_mark.get(text["mark"])
        if row is None:
            # In an earlier table of the same texts the row had another number, and its mark is of that one.
            row = next((one for one in rows if _mark(number, one.kind, one.surface) == text["mark"]), None)
            number = str(row.number) if row else number
        if row is None and (done := _remembered(text, number, earlier)):
            word = text["decision"].casefold()
            if word and DECISION_WORDS.get(word, done[0].action) not in (None, *(one.action for one in done)):
                note("decided-before", line, "another decision than the one that is kept in the key", "the decision it had",
                     "Put it back; the importer's screen changes decisions until the texts are in.")  # fmt: skip
            continue
        if row is None and _is_given_out(text, number):
            continue
        if row is None:
            note("unknown-row", line, "a row with a mark that was not given out", "the rows as they were written",
                 "Remove the row, or write the table again if the sources have changed.")  # fmt: skip
            continue
        if row.mark in seen:
            note("duplicate-row", line, f"number {row.number} again (first in row {seen[row.mark]})", "each row once",
                 "Remove one of the two.")  # fmt: skip
            continue
        seen[row.mark] = line
        if number != str(row.number) or not _is_same(text, row, is_narrow):
            note("moved-cells", line, f"number or words that are not those of row {row.number}", "rows moved whole",
                 "Sort with all columns marked, or write the table again.")  # fmt: skip
            continue
        word = text["decision"].casefold()
        scope = SCOPE_WORDS.get(text["scope"].casefold())
        if scope is None:
            note("unknown-scope", line, f"a word of {len(text['scope'])} characters", "overalt, dokument, everywhere or document",
                 "Correct the word.")  # fmt: skip
        if not word:
            if text["replacement"]:
                note("missing-decision", line, "a replacement without a decision", "erstatt, generaliser or behold",
                     "Write what is to be done.")  # fmt: skip
            continue
        if word not in DECISION_WORDS:
            note("unknown-decision", line, f"a word of {len(word)} characters",
                 "erstatt, generaliser, behold or ja (replace, generalise, keep, yes)", "Correct the word.")  # fmt: skip
            continue
        action, replacement = DECISION_WORDS[word], text["replacement"]
        if action is None:
            if not row.suggestion:
                note("no-suggestion", line, "ja / yes on a row without a suggestion", "erstatt, generaliser or behold",
                     "Write what is to be done.")  # fmt: skip
                continue
            action = next(one for one in DECISION_WORDS.values() if one == row.suggestion)
        if action is None or scope is None:
            continue
        if action == "keep" and replacement:
            note("needless-replacement", line, "a replacement for what is kept", "no replacement, or another decision",
                 "Empty the cell, or write erstatt.")  # fmt: skip
            continue
        if not replacement and action == row.suggestion:
            replacement = row.suggested
        if action == "replace" and not replacement and row.kind not in NAME_KINDS:
            action = "generalise"
        for document in row.documents if scope == "document" else ("",):
            one = Decision(row.kind, row.surface, action, replacement, document, by, at)
            decisions.append(one)
        if action != "keep":
            hidden.append((line, decisions[-1]))
    missing = [row.number for row in rows if row.mark not in seen]
    if missing:
        faults.note("missing-row", file, None, f"no row for number {_some(missing)}", f"{len(rows)} rows",
                    "Put the rows back; leave the decision empty where it is not made yet.")  # fmt: skip
    everybody = [(name, "person") for name in names]
    everybody += [(one.surface, one.kind) for _, one in hidden if one.kind in NAME_KINDS and one.action == "replace"]
    for line, one in hidden:
        if any(contains_name(one.replacement, name, kind) for name, kind in (*everybody, (one.surface, one.kind))):
            note("name-in-replacement", line, "a replacement that holds a name which is replaced", "a text that names nobody",
                 "Write another, or leave it empty for the next number.")  # fmt: skip
    return tuple(decisions) if len(faults.errors) == before else ()


def _remembered(text: Mapping[str, str], number: str, earlier: Sequence[Decision]) -> list[Decision]:
    """The decisions that a row of an earlier table has led to."""
    return [one for one in earlier if _mark(number, one.kind, one.surface) == text["mark"]]


def _is_given_out(text: Mapping[str, str], number: str) -> bool:
    """Whether a row was written by this program: its mark is that of its own number, kind and words."""
    kinds = dict.fromkeys((text["kind"], *NAME_KINDS, *sorted(FIGURE_KINDS)))
    return any(_mark(number, kind, text["surface"]) == text["mark"] for kind in kinds)


def _cell(value: object) -> str:
    return _unguarded(unicodedata.normalize("NFC", "" if value is None else str(value)).strip())


def _is_same(text: Mapping[str, str], row: ReviewRow, is_narrow: bool) -> bool:
    # Spreadsheets write figures and dates their own way; the mark tells the row.
    if row.kind in FIGURE_KINDS or row.kind not in NAME_KINDS:
        return True
    own, there = row.surface, text["surface"]
    if is_narrow:
        own = own.encode("cp1252", "replace").decode("cp1252")
    return normal_form(own) == normal_form(there)


def _lines(path: Path, faults: Faults) -> tuple[list[list[str]], bool]:
    """The cells of the file, and whether its letters are only those of Windows-1252."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            faults.note("too-big", path.name, None, "more than 64 MB", "a review table", "Check the name of the file.")
            return [], False
        data = path.read_bytes()
    except OSError as error:
        faults.note("missing-file", path.name, None, f"cannot be read ({error.strerror})", "a review table",
                    "Check the name, and close the file in other programs.")  # fmt: skip
        return [], False
    lines = _sheet(data) if data.startswith(b"PK") else None
    is_narrow = False
    if lines is None and not data.startswith(b"PK"):
        text, is_narrow = _decoded(data)
        lines = _cells(text)
    if not lines:
        faults.note("broken-file", path.name, None, "no table that can be read", ".csv or .xlsx as it was written",
                    "Save it again from the spreadsheet, or write the table again.")  # fmt: skip
    return lines or [], is_narrow


def _decoded(data: bytes) -> tuple[str, bool]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), False
    try:
        return data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), True


def _cells(text: str) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    # Excel may begin with a line that names the delimiter.
    if first.strip().casefold().startswith("sep=") and len(first.strip()) == 5:
        text, delimiter = text.split("\n", 1)[-1], first.strip()[4]
    else:
        delimiter = max(";,\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return []


def _sheet(data: bytes) -> list[list[str]] | None:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = [
            ["" if cell is None else str(cell) for cell in line]
            for line in book.worksheets[0].iter_rows(values_only=True)
        ]
        book.close()
    except Exception:  # openpyxl raises many kinds for a damaged workbook, and says what stands in cells
        return None
    return rows
