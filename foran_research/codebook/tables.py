"""A codebook as tables that people fill in, and back again without loss; every fault names its sheet and cell.

Six tables: the codes, their cues, the polarities that their sources tell, the changes, the rows of migration, and what
the tables are of. Every cell is a text. Which file the tables stand in is told elsewhere (exchange/codebook_sheets.py),
and what somebody changed in them is told in table_proposals.py.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import Faults
from ..vocabulary import LANGUAGES, POLARITIES, WRITTEN_FORMS
from .code import CHANGE_TYPES, RULES, Bilingual, Change, Code, Codebook, Cue, Migration, Rule
from .cue_language import CueSyntaxError, parse_phrase, token_pattern
from .reading import CODE_ID

#: A table as cells, the heading first.
Grid = Sequence[Sequence[str]]

#: The shape of the tables; a table of a later shape is refused.
TABLES_VERSION = "1"
TEXTS = ("label", "brief", "definition", "when_to_use", "when_not_to_use", "example")
STATUSES = ("active", "deprecated")
DECISIONS = ("accepted", "rejected")
NEGATED: tuple[Literal["keep", "flip", "drop"], ...] = ("keep", "flip", "drop")
#: What a person may write under change_type of a code; empty means that the kind is seen from what was changed.
CODE_CHANGE_TYPES = ("new", "redefine", "narrow", "reword")

CODES, CUES, POLARITY, CHANGES, MIGRATION, ABOUT = "Koder", "Cues", "Kildepolaritet", "Endringer", "Migrering", "Om"


def _both(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{language}" for name in names for language in LANGUAGES)


_REASONS = _both("reason_empirical", "reason_theoretical")
#: Columns of the codes that are empty when written: why the row was changed.
FILL_IN = ("change_type", *_REASONS, "evidence", "proposed_by_role", "arena")
CODE_COLUMNS = (
    "id", "display", "level", "parent", *_both(*TEXTS), "source", "maturity", "status", "introduced_in", "deprecated_in",
    "successors",
)  # fmt: skip
#: The columns of each table, in the order they are written in; any order is read.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    CODES: (*CODE_COLUMNS, *FILL_IN),
    CUES: ("code", "written_form", "phrase", "pattern", "polarity", "negated"),
    POLARITY: ("code", "polarity", "source", *_both("note"), "more"),
    CHANGES: (
        "id", "type", "from", "to", *_both("summary"), *_REASONS, "evidence", "proposed_by_role", "proposed_at",
        "decision", "decided_at", "decided_by_role", "arena", *_both("decision_reason"),
    ),
    MIGRATION: ("change", "from", "rule", "to", "polarity", "facets", "name"),
    ABOUT: ("field", "value"),
}  # fmt: skip
_ABOUT_FIELDS = ("tables_version", "codebook_version", "released", *_both("title", "notice"), "fingerprint")

_NEW_ID = re.compile(r"(?:NY|NEW)[ -]?[0-9]{0,4}", re.IGNORECASE)
#: The rules that name codes to go to, with the fewest and the most.
_TARGETS = {"map": (1, 1), "facet": (1, 1), "review": (2, 10_000)}


@dataclass(frozen=True)
class Cell:
    """A place in a table, as spreadsheets name it; rows and columns count from 1.

    >>> str(Cell("Koder", 12, 28))
    'Koder!AB12'
    """

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        letters, rest = "", self.column
        while rest:
            rest, place = divmod(rest - 1, 26)
            letters = chr(ord("A") + place) + letters
        return f"{self.sheet}!{letters}{self.row}"


@dataclass(frozen=True)
class DraftRow:
    """A row of the changes without a decision: a proposal as somebody wrote it, its lists as ids."""

    id: str
    type: str
    source: tuple[str, ...]
    to: tuple[str, ...]
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Tables:
    """What stood in the tables: a codebook, what is proposed in words, and where every value stood.

    `notes` are the filled-in columns of the codes by code id, `rows` the migration of proposals as (change id or "", row).
    `places` names the cell of (id, column); of cues and polarities the first row of the code.
    """

    file: str
    fingerprint: str
    book: Codebook
    drafts: tuple[DraftRow, ...] = ()
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rows: tuple[tuple[str, Migration], ...] = ()
    places: Mapping[tuple[str, str], Cell] = field(default_factory=dict)

    def place(self, key: str, column: str) -> str:
        """The file and the cell of a value, as faults name it."""
        cell = self.places.get((key, column))
        return f"{self.file} {cell}" if cell is not None else self.file


def is_new_id(code_id: str) -> bool:
    """Whether an id is a placeholder for a code that has none yet.

    >>> is_new_id("NY1"), is_new_id("new-2"), is_new_id("C0001")
    (True, True, False)
    """
    return _NEW_ID.fullmatch(code_id) is not None


# Cells


def list_text(values: Sequence[str]) -> str:
    """A list of texts as one cell: with semicolons, or as JSON where a text would not survive that.

    >>> list_text(("S0:1", "S2:117")), list_text(("a; b",))
    ('S0:1; S2:117', '["a; b"]')
    """
    is_plain = all(value and value == value.strip() and not re.search(r"[;\n]", value) for value in values)
    if is_plain and not (values and values[0].startswith("[")):
        return "; ".join(values)
    return json.dumps(list(values), ensure_ascii=False)


def list_of(text: str) -> tuple[str, ...] | None:
    """The texts of such a cell; semicolons or line breaks between them. None when it is JSON that is no list of texts."""
    if text.lstrip().startswith("["):
        values = _json(text)
        return tuple(values) if isinstance(values, list) and all(isinstance(v, str) for v in values) else None
    return tuple(part.strip() for part in re.split(r"[;\n]", text) if part.strip())


def pairs_text(pairs: Mapping[str, str]) -> str:
    """Facets and their answers as one cell.

    >>> pairs_text({"phase": "pilot"})
    'phase=pilot'
    """
    is_plain = all(
        part and part == part.strip() and not re.search(r"[;=\n]", part) for pair in pairs.items() for part in pair
    )
    if is_plain and not next(iter(pairs), "").startswith("{"):
        return "; ".join(f"{name}={answer}" for name, answer in pairs.items())
    return json.dumps(dict(pairs), ensure_ascii=False)


def pairs_of(text: str) -> dict[str, str] | None:
    """The facets and answers of such a cell, or None when it cannot be understood."""
    if text.lstrip().startswith("{"):
        found = _json(text)
        is_whole = isinstance(found, dict) and all(isinstance(answer, str) for answer in found.values())
        return found if is_whole else None
    parts = [part.partition("=") for part in re.split(r"[;\n]", text) if part.strip()]
    pairs = {name.strip(): answer.strip() for name, _, answer in parts}
    return pairs if len(pairs) == len(parts) and all(name and answer for name, answer in pairs.items()) else None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _plain(value: Any) -> Any:
    """`value` as JSON holds it: the mappings of a reader become plain ones."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value


# From a codebook to tables


def tables_of(book: Codebook) -> dict[str, Grid]:
    """The tables of a codebook, by name, each with its heading; the columns to fill in are empty.

    >>> book = Codebook("1.0.0", "2020-02-01", {"nb": "Kodebok", "en": "Codebook"}, {"nb": "", "en": ""}, (), ())
    >>> tables_of(book)["Om"][2]
    ('codebook_version', '1.0.0')
    """
    tables = {sheet: _grid(sheet, rows) for sheet, rows in _rows(book).items()}
    tables[ABOUT] = [*tables[ABOUT], ("fingerprint", fingerprint(book))]
    return tables


def fingerprint(book: Codebook) -> str:
    """The SHA-256 of everything that a codebook says, so that tables know which one they are of."""
    told = json.dumps(_plain(_rows(book)), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _grid(sheet: str, rows: Iterable[Mapping[str, str]]) -> Grid:
    columns = COLUMNS[sheet]
    return [columns, *(tuple(row.get(name, "") for name in columns) for row in rows)]


def _rows(book: Codebook) -> dict[str, list[dict[str, str]]]:
    about = {
        "tables_version": TABLES_VERSION, "codebook_version": book.codebook_version, "released": book.released,
        **_spread("title", book.title), **_spread("notice", book.notice),
    }  # fmt: skip
    return {
        CODES: [code_cells(code) for code in book.codes],
        CUES: [
            {"code": code.id, "written_form": form, **cue_cells(cue)}
            for code in book.codes
            for form in WRITTEN_FORMS
            for cue in code.cues.get(form, ())
        ],
        POLARITY: [
            {"code": code.id, **_polarity_cells(told)} for code in book.codes for told in code.polarity_in_source
        ],
        CHANGES: [change_cells(change) for change in book.changes],
        MIGRATION: [{"change": change.id, **row_cells(row)} for change in book.changes for row in change.migration],
        ABOUT: [{"field": name, "value": value} for name, value in about.items()],
    }


def _spread(name: str, text: Bilingual) -> dict[str, str]:
    return {f"{name}_{language}": text.get(language, "") for language in LANGUAGES}


def code_cells(code: Code) -> dict[str, str]:
    """The cells of a code in its own table, by column; cues and polarities of the source have tables of theirs."""
    cells = {
        "id": code.id, "display": code.display, "level": code.level, "parent": code.parent or "",
        "source": list_text(code.source), "maturity": code.maturity, "status": code.status,
        "introduced_in": code.introduced_in, "deprecated_in": code.deprecated_in or "",
        "successors": list_text(code.successors),
    }  # fmt: skip
    for name in TEXTS:
        cells |= _spread(name, getattr(code, name))
    return cells


def cue_cells(cue: Cue) -> dict[str, str]:
    """The cells of a cue: its phrase, or its pattern as JSON, and what it says of polarity and negation."""
    return {
        "phrase": cue.phrase or "",
        "pattern": "" if cue.pattern is None else json.dumps(_plain(cue.pattern), ensure_ascii=False),
        "polarity": cue.polarity or "",
        "negated": cue.negated,
    }


def _polarity_cells(told: Mapping[str, Any]) -> dict[str, str]:
    """The cells of one polarity told by a source; what has no column of its own is kept as JSON."""
    cells, more = {}, {}
    for name, value in told.items():
        if (name == "polarity" and value in POLARITIES) or (name == "source" and isinstance(value, str) and value):
            cells[name] = value
        elif name == "note" and _is_bilingual(value):
            cells |= _spread("note", value)
        else:
            more[str(name)] = _plain(value)
    return {**cells, "more": json.dumps(more, ensure_ascii=False) if more else ""}


def _is_bilingual(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) == set(LANGUAGES)
        and all(isinstance(text, str) and text for text in value.values())
    )


def change_cells(change: Change) -> dict[str, str]:
    """The cells of a change; its rows of migration have a table of their own."""
    return {
        "id": change.id, "type": change.type, "from": list_text(change.source), "to": list_text(change.to),
        **_spread("summary", change.summary), **_spread("reason_empirical", change.reason_empirical),
        **_spread("reason_theoretical", change.reason_theoretical), "evidence": list_text(change.evidence),
        "proposed_by_role": change.proposed_by_role, "proposed_at": change.proposed_at,
        "decision": DECISIONS[not change.is_accepted], "decided_at": change.decided_at,
        "decided_by_role": change.decided_by_role, "arena": change.arena,
        **_spread("decision_reason", change.decision_reason),
    }  # fmt: skip


def row_cells(row: Migration) -> dict[str, str]:
    """The cells of a row of migration."""
    return {
        "from": row.source, "rule": row.rule, "to": list_text(row.to), "polarity": row.polarity or "",
        "facets": pairs_text(row.facets), "name": row.name or "",
    }  # fmt: skip


# From tables to a codebook


def read_grids(grids: Mapping[str, Grid], levels: Sequence[str], faults: Faults, *, file: str) -> Tables | None:
    """What the tables say; None when something is wrong, and then all of it is in `faults`, by sheet and cell.

    `levels` are those of the study. Columns may stand in any order, and empty rows are passed over.
    """
    before = len(faults.errors)
    for name in sorted(set(grids) - set(COLUMNS)):
        faults.note("unknown-sheet", f"{file} {_shown_sheet(name)}", None, "a sheet that is not of a codebook",
                    f"the sheets {', '.join(COLUMNS)}", "Move it to a file of its own.")  # fmt: skip
    for name in COLUMNS:
        if name not in grids:
            faults.note("missing-sheet", f"{file} {name}", None, "no such sheet", f"the sheets {', '.join(COLUMNS)}",
                        "Put the sheet back, or export the codebook again.")  # fmt: skip
    reader = _Reader(file, tuple(levels), faults)
    tables = {name: reader.table(name, grids[name]) for name in COLUMNS if name in grids}
    if len(faults.errors) > before:
        return None
    read = reader.read(tables)
    return read if len(faults.errors) == before else None


def _shown_sheet(name: str) -> str:
    # A sheet that a person made may be called anything; only short names are told.
    return name if len(name) <= 31 else f"{name[:30]}…"


@dataclass(frozen=True)
class _Row:
    """A row that holds something: its number, and its cells by column."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    columns: Mapping[str, int]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def at(self, column: str) -> Cell:
        return Cell(self.sheet, self.number, self.columns[column])


class _Reader:
    def __init__(self, file: str, levels: tuple[str, ...], faults: Faults) -> None:
        self.file, self.levels, self.faults = file, levels, faults
        self.places: dict[tuple[str, str], Cell] = {}
        self.ids: dict[str, Cell] = {}
        self.draft_rows: list[tuple[str, Migration]] = []

    def note(self, kind: str, cell: Cell, found: str, expected: str, remedy: str) -> None:
        self.faults.note(kind, f"{self.file} {cell}", None, found, expected, remedy)

    # Columns and rows
    def table(self, sheet: str, grid: Grid) -> list[_Row]:
        header = [cell.strip().casefold() for cell in grid[0]] if grid else []
        columns: dict[str, int] = {}
        for place, name in enumerate(header, 1):
            at = Cell(sheet, 1, place)
            if name in columns:
                self.note("duplicate-column", at, f"the column {name} again", "each column once", "Remove one of them.")
            elif name in COLUMNS[sheet]:
                columns[name] = place
            elif name or any(len(line) >= place and line[place - 1].strip() for line in grid[1:]):
                self.note("unknown-column", at, "a column that no codebook has", "the columns as they were written",
                          "Remove the column, or put its heading back.")  # fmt: skip
        for name in COLUMNS[sheet]:
            if name not in columns:
                self.note("missing-column", Cell(sheet, 1, 1), f"no column {name}", "the columns as they were written",
                          "Put the heading back, or export the codebook again.")  # fmt: skip
        if set(columns) != set(COLUMNS[sheet]):
            return []
        rows = []
        for number, line in enumerate(grid[1:], 2):
            if any(cell.strip() for cell in line):
                cells = {name: line[at - 1] if at <= len(line) else "" for name, at in columns.items()}
                rows.append(_Row(sheet, number, cells, columns))
        return rows

    def keep_places(self, key: str, row: _Row) -> None:
        for name in row.columns:
            self.places.setdefault((key, name), row.at(name))

    def one_of(self, row: _Row, column: str, allowed: Sequence[str], kind: str, *, may_be_empty: bool = False) -> str:
        value = row[column].strip()
        if value not in allowed and not (may_be_empty and not value):
            self.note(kind, row.at(column), "a word that is not among them" if value else "nothing",
                      f"one of: {', '.join(allowed)}", "Choose one of them.")  # fmt: skip
        return value

    def required(self, row: _Row, *columns: str) -> None:
        for column in columns:
            if not row[column].strip():
                self.note("empty-cell", row.at(column), "nothing", "a text", "Fill in the cell.")

    def texts(self, row: _Row, column: str) -> tuple[str, ...]:
        values = list_of(row[column])
        if values is None:
            self.note("broken-cell", row.at(column), "brackets that hold no list of texts",
                      "texts with semicolons between them", "Write them with semicolons.")  # fmt: skip
        return values or ()

    def known(self, row: _Row, column: str, ids: Iterable[str]) -> None:
        for code in ids:
            if code not in self.ids:
                self.note("unknown-code", row.at(column), "an id that no row of the codes has",
                          f"ids of the sheet {CODES}", "Correct the id, or add the code.")  # fmt: skip

    # Tables
    def read(self, tables: Mapping[str, Sequence[_Row]]) -> Tables:
        about = self.about(tables[ABOUT])
        for row in tables[CODES]:
            self.code_id(row)
        cues, told = self.cues(tables[CUES]), self.polarities(tables[POLARITY])
        own = [row for row in tables[CODES] if self.ids.get(_id(row)) == row.at("id")]
        codes = tuple(self.code(row, cues, told) for row in own)
        self.family(codes)
        self.displays(codes)
        changes, drafts = self.changes(tables[CHANGES], tables[MIGRATION])
        book = Codebook(
            about["codebook_version"], about["released"], _bilingual(about, "title"), _bilingual(about, "notice"),
            codes, changes,
        )  # fmt: skip
        notes = {_id(row): {name: row[name].strip() for name in FILL_IN} for row in own}
        return Tables(self.file, about["fingerprint"], book, drafts, notes, tuple(self.draft_rows), self.places)

    def about(self, rows: Sequence[_Row]) -> dict[str, str]:
        found: dict[str, str] = {}
        for row in rows:
            name = row["field"].strip()
            # What is not a field is guidance for whoever fills the tables in.
            if name in _ABOUT_FIELDS and name not in found:
                is_free = name.startswith(("title", "notice"))
                found[name] = row["value"] if is_free else row["value"].strip()
                self.places["", name] = row.at("value")
        for name in _ABOUT_FIELDS:
            if name not in found:
                self.note("missing-field", Cell(ABOUT, 1, 1), f"no row {name}", "the rows as they were written",
                          "Export the codebook again and take this sheet from there.")  # fmt: skip
                found[name] = ""
        if found["tables_version"] not in ("", TABLES_VERSION):
            self.note("future-file", self.places["", "tables_version"], "tables of another shape",
                      f"tables_version {TABLES_VERSION}", "Export the codebook again with this package.")  # fmt: skip
        return found

    def code_id(self, row: _Row) -> None:
        name = _id(row)
        if not (CODE_ID.fullmatch(name) or is_new_id(name)):
            self.note("bad-id", row.at("id"), "no code id" if name else "nothing",
                      "C and at least four digits, or NY1, NY2 … for a new code", "Correct the id.")  # fmt: skip
        elif name in self.ids:
            self.note("duplicate-id", row.at("id"), f"{name} again (first in {self.ids[name]})", "each id once",
                      "Remove one of the two rows, or call a new code NY1.")  # fmt: skip
        else:
            self.ids[name] = row.at("id")
            self.keep_places(name, row)

    def code(
        self,
        row: _Row,
        cues: Mapping[str, Mapping[str, list[Cue]]],
        told: Mapping[str, list[Mapping[str, Any]]],
    ) -> Code:
        name, is_new = _id(row), is_new_id(_id(row))
        self.required(row, "display", *_both(*TEXTS))
        change_type = self.one_of(row, "change_type", CODE_CHANGE_TYPES, "unknown-change", may_be_empty=True)
        status = self.one_of(row, "status", STATUSES, "unknown-status", may_be_empty=is_new)
        if not is_new and change_type != "new":
            self.required(row, "introduced_in")
        parent, successors = row["parent"].strip().upper(), _upper(self.texts(row, "successors"))
        self.known(row, "parent", [parent] if parent else [])
        self.known(row, "successors", successors)
        self.texts(row, "evidence")
        return Code(
            id=name,
            display=row["display"],
            level=self.one_of(row, "level", self.levels, "unknown-level"),
            parent=parent or None,
            source=self.texts(row, "source"),
            polarity_in_source=tuple(told.get(name, ())),
            maturity=row["maturity"],
            status="deprecated" if status == "deprecated" else "active",
            introduced_in=row["introduced_in"].strip(),
            deprecated_in=row["deprecated_in"].strip() or None,
            successors=successors,
            cues={form: tuple(cues.get(name, {}).get(form, ())) for form in WRITTEN_FORMS},
            **{text: _bilingual(row.cells, text) for text in TEXTS},
        )

    def owner(self, row: _Row, prefix: str) -> str:
        name = row["code"].strip().upper()
        self.known(row, "code", [name])
        self.places.setdefault((name, prefix), row.at("code"))
        return name

    def cues(self, rows: Sequence[_Row]) -> dict[str, dict[str, list[Cue]]]:
        found: dict[str, dict[str, list[Cue]]] = {}
        for row in rows:
            form = self.one_of(row, "written_form", WRITTEN_FORMS, "unknown-form")
            owner = self.owner(row, f"cues_{form}")
            polarity = self.one_of(row, "polarity", POLARITIES[:2], "unknown-polarity", may_be_empty=True)
            said = self.one_of(row, "negated", NEGATED, "unknown-word", may_be_empty=True)
            negated = next((word for word in NEGATED if word == said), NEGATED[0])
            phrase, pattern = row["phrase"], row["pattern"].strip()
            tokens: tuple[Mapping[str, Any], ...] | None = None
            if bool(phrase.strip()) == bool(pattern):
                self.note("bad-cue", row.at("phrase"), "both a phrase and a pattern" if pattern else "nothing",
                          "a phrase or a pattern", "Fill in one of the two.")  # fmt: skip
                continue
            try:
                if pattern:
                    tokens = tuple(token_pattern(_json(pattern)))
                else:
                    parse_phrase(phrase)
            except CueSyntaxError as error:
                self.note("bad-cue", row.at("pattern" if pattern else "phrase"), f"a cue with {error}",
                          "the cue language of docs/cues.md", "Correct the cue.")  # fmt: skip
                continue
            cue = Cue(None if pattern else phrase, tokens, polarity or None, negated)
            found.setdefault(owner, {}).setdefault(form, []).append(cue)
        return found

    def polarities(self, rows: Sequence[_Row]) -> dict[str, list[Mapping[str, Any]]]:
        found: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            owner = self.owner(row, "polarity_in_source")
            told: dict[str, Any] = {name: row[name] for name in ("polarity", "source") if row[name]}
            if "polarity" in told:
                told["polarity"] = self.one_of(row, "polarity", POLARITIES, "unknown-polarity")
            note = _bilingual(row.cells, "note")
            if any(note.values()):
                self.required(row, *_both("note"))
                told["note"] = note
            more = _json(row["more"]) if row["more"].strip() else {}
            if not isinstance(more, dict):
                self.note("broken-cell", row.at("more"), "no JSON object", "the cell as it was written",
                          "Put it back, or empty it.")  # fmt: skip
                more = {}
            found.setdefault(owner, []).append(told | more)
        return found

    def family(self, codes: Sequence[Code]) -> None:
        by_id = {code.id: code for code in codes}
        for code in codes:
            parent = by_id.get(code.parent or "")
            if parent is None:
                continue
            if code.is_active and not parent.is_active:
                self.note("deprecated-parent", self.places[code.id, "parent"], f"{code.id} below a deprecated code",
                          "an active parent", "Give it another parent, or deprecate it too.")  # fmt: skip
            if in_ring(code.id, by_id):
                self.note("parent-ring", self.places[code.id, "parent"], f"{code.id} is below itself",
                          "a tree of codes", "Correct the parent.")  # fmt: skip

    def displays(self, codes: Sequence[Code]) -> None:
        seen: dict[str, str] = {}
        for code in codes:
            if code.is_active and seen.setdefault(code.display.strip(), code.id) != code.id:
                self.note("duplicate-display", self.places[code.id, "display"],
                          f"the display code of {code.id} is that of {seen[code.display.strip()]} too",
                          "display codes that differ", "Change one of the two.")  # fmt: skip

    def changes(
        self, rows: Sequence[_Row], migration: Sequence[_Row]
    ) -> tuple[tuple[Change, ...], tuple[DraftRow, ...]]:
        decided: dict[str, _Row] = {}
        proposed: dict[str, _Row] = {}
        for row in rows:
            name = row["id"].strip()
            self.required(row, "id")
            decision = self.one_of(row, "decision", DECISIONS, "unknown-decision", may_be_empty=True)
            self.one_of(row, "type", CHANGE_TYPES, "unknown-change")
            if name in decided or name in proposed:
                self.note("duplicate-id", row.at("id"), "an id again", "each id once", "Give one of the two a new id.")
                continue
            (decided if decision else proposed)[name] = row
            self.keep_places(name, row)
            if decision:
                self.required(row, *_both("summary"), *_REASONS)
            for column in ("from", "to"):
                self.known(row, column, _upper(self.texts(row, column)))
            self.texts(row, "evidence")
        by_change: dict[str, list[Migration]] = {}
        for row in migration:
            name, moved = row["change"].strip(), self.migration(row)
            self.places.setdefault((f"{name}/{moved.source}", "from"), row.at("from"))
            if name in decided:
                by_change.setdefault(name, []).append(moved)
            elif not name or name in proposed:
                self.draft_rows.append((name, moved))
            else:
                self.note("unknown-change", row.at("change"), "an id that no change has", f"an id of {CHANGES}, or nothing",
                          "Correct the id.")  # fmt: skip
        history = tuple(self.change(name, row, by_change.get(name, ())) for name, row in decided.items())
        drafts = tuple(
            DraftRow(name, row["type"].strip(), _upper(list_of(row["from"]) or ()), _upper(list_of(row["to"]) or ()),
                     {column: cell.strip() for column, cell in row.cells.items()})
            for name, row in proposed.items()
        )  # fmt: skip
        return history, drafts

    def change(self, name: str, row: _Row, rows: Sequence[Migration]) -> Change:
        reason = _bilingual(row.cells, "decision_reason")
        return Change(
            name, row["type"].strip(), list_of(row["from"]) or (), list_of(row["to"]) or (),
            _bilingual(row.cells, "summary"), _bilingual(row.cells, "reason_empirical"),
            _bilingual(row.cells, "reason_theoretical"), list_of(row["evidence"]) or (), row["proposed_by_role"],
            row["decided_at"], row["arena"], row["decision"].strip() == DECISIONS[0], tuple(rows), row["proposed_at"],
            row["decided_by_role"], reason if any(reason.values()) else {},
        )  # fmt: skip

    def migration(self, row: _Row) -> Migration:
        source, targets = row["from"].strip().upper(), _upper(self.texts(row, "to"))
        said = self.one_of(row, "rule", RULES, "bad-migration")
        rule: Rule = next((known for known in RULES if known == said), "keep")
        self.known(row, "from", [source])
        self.known(row, "to", targets)
        low, high = _TARGETS.get(rule, (0, 0))
        if not low <= len(targets) <= high:
            self.note("bad-migration", row.at("to"), f"{len(targets)} codes to go to under rule {rule}",
                      "one for map and facet, two or more for review, none for others", "Correct the row.")  # fmt: skip
        polarity = self.one_of(row, "polarity", POLARITIES, "unknown-polarity", may_be_empty=True)
        facets = pairs_of(row["facets"])
        if facets is None:
            self.note("broken-cell", row.at("facets"), "no facets with answers", "facet=answer; facet=answer",
                      "Correct the cell.")  # fmt: skip
        elif (rule == "facet") != bool(polarity or facets):
            self.note("bad-migration", row.at("polarity"), f"polarity and facets that do not go with rule {rule}",
                      "a polarity or facets for rule facet, neither for others", "Correct the row.")  # fmt: skip
        return Migration(source, rule, targets, polarity or None, row["name"] or None, facets or {})


def _id(row: _Row) -> str:
    return row["id"].strip().upper()


def _upper(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(code.strip().upper() for code in ids)


def _bilingual(cells: Mapping[str, str], name: str) -> dict[str, str]:
    return {language: cells[f"{name}_{language}"] for language in LANGUAGES}


def in_ring(code_id: str, codes: Mapping[str, Code]) -> bool:
    """Whether a code is below itself."""
    above: set[str] = set()
    parent = codes[code_id].parent
    while parent is not None and parent in codes and parent not in above:
        above.add(parent)
        parent = codes[parent].parent
    return code_id in above
