"""What somebody changed in the tables of a codebook, as proposals: never an overwrite.

Three are compared cell by cell: the version that was exported, the tables as they came back, and the newest version. What
only the tables changed becomes proposals; what both changed to different values is a conflict; what both changed alike is
done already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..errors import Faults
from ..vocabulary import LANGUAGES, WRITTEN_FORMS
from .changes import Lineage
from .code import Bilingual, Change, Code, Codebook, Migration
from .reading import CODE_ID
from .tables import (
    CHANGES,
    CODE_COLUMNS,
    CODES,
    MIGRATION,
    TEXTS,
    DraftRow,
    Tables,
    change_cells,
    code_cells,
    cue_cells,
    fingerprint,
    in_ring,
    is_new_id,
    list_of,
    row_cells,
)
from .writing import code_record, proposal_text

#: Whose value stands where the tables and the newest version differ from the exported one and from each other.
OnConflict = Literal["stop", "tables", "newest"]

_MOVING = ("parent", "level", "display")
_DEFINING = ("definition", "when_to_use", "when_not_to_use")
_ENDING = ("split", "merge", "retire", "to_facet", "to_relation", "to_tag")
#: Which fields a proposal written in the table of changes takes with it; of the other types it takes all.
_TAKES: Mapping[str, tuple[str, ...]] = {
    "rename": ("display", "label"),
    "move": _MOVING,
    "promote": _MOVING,
    "redefine": (*TEXTS[1:], "source", "maturity", "polarity_in_source", "cues"),
    "narrow": (*TEXTS, "source", "maturity", "polarity_in_source", "cues"),
    "reword": (*TEXTS, "source", "maturity", "polarity_in_source", "cues"),
}
#: These are set when a version is released.
_COMPUTED = ("introduced_in", "deprecated_in")
_RELEASED = ("status", "successors", *_COMPUTED)
_FREE_TEXT = ("display", "maturity", *(f"{name}_{language}" for name in TEXTS for language in LANGUAGES))
_BY_RULE = {"facet": "to_facet", "relation": "to_relation", "tag": "to_tag"}

#: Fields in both languages, for the summaries.
_FIELD_WORDS: Mapping[str, tuple[str, str]] = {
    "label": ("navnet", "the label"),
    "display": ("visningskoden", "the display code"),
    "brief": ("kortdefinisjonen", "the brief definition"),
    "definition": ("definisjonen", "the definition"),
    "when_to_use": ("når koden brukes", "when to use it"),
    "when_not_to_use": ("når koden ikke brukes", "when not to use it"),
    "example": ("eksempelet", "the example"),
    "source": ("kildene", "the sources"),
    "maturity": ("modenheten", "the maturity"),
    "polarity_in_source": ("polariteten i kilden", "the polarity in the source"),
    "cues": ("stikkordene", "the cues"),
}


@dataclass(frozen=True)
class Conflict:
    """One value that the tables and the newest version changed differently; `cell` is where it stands in the tables."""

    cell: str
    code: str
    column: str
    exported: str
    tables: str
    newest: str


@dataclass(frozen=True)
class Draft:
    """A proposal as the tables tell it: a change that nobody has decided, and the codes as they are to become."""

    change: Change
    codes: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        """A short name for its file, without a number."""
        about = self.change.source or self.change.to
        return "-".join((self.change.type, *about[:3]))

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still to be filled in before it can be proposed."""
        texts = ("summary", "reason_empirical", "reason_theoretical")
        empty = [name for name in texts if not all(getattr(self.change, name).get(lang) for lang in LANGUAGES)]
        return (*empty, *(name for name in ("evidence", "proposed_by_role") if not getattr(self.change, name)))

    @property
    def text(self) -> str:
        """The text of its file, as `foran codebook propose` takes it."""
        lacking = f"# Fyll ut / fill in: {', '.join(self.missing)}\n" if self.missing else ""
        arena = f"# arena: {' '.join(self.change.arena.split())}\n" if self.change.arena else ""
        return lacking + arena + proposal_text(self.change, self.codes)


@dataclass(frozen=True)
class Comparison:
    """What became of the tables: proposals in the order of the tables, and the conflicts that stand in their way."""

    version: str
    newest: str
    drafts: tuple[Draft, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def proposals(
    tables: Tables, lineage: Lineage, faults: Faults, *, taken: Iterable[str] = (), on_conflict: OnConflict = "stop"
) -> Comparison:
    """The proposals in tables that came back.

    New codes called NY1, NY2 … get the next ids that no version has and that are not `taken` (by proposals that wait).
    What is wrong is in `faults`, by cell, and then there are no proposals; nor are there while there are conflicts, unless
    `on_conflict` says whose value is to stand.
    """
    before, version = len(faults.errors), tables.book.codebook_version
    if version not in lineage.versions:
        faults.note("unknown-version", tables.place("", "codebook_version"), None, "a version that the study does not have",
                    f"one of: {', '.join(lineage.versions) or 'none'}", "Take the tables to the study they are of.")  # fmt: skip
        return Comparison(version, lineage.versions[-1] if lineage.versions else "")
    base, newest = lineage[version], lineage.codebooks[-1]
    if tables.fingerprint != fingerprint(base):
        faults.note("other-codebook", tables.place("", "fingerprint"), None,
                    f"tables of another codebook than the study's {version}", "the codebook that was exported",
                    "Export the codebook again, and take your changes over.")  # fmt: skip
        return Comparison(version, newest.codebook_version)
    used = {code.id for book in lineage.codebooks for code in book.codes} | set(taken)
    _check_history(tables, base, faults)
    named = _named(tables, _new_ids(tables, base, used, faults))
    comparer = _Comparer(named, base, newest, faults, on_conflict)
    drafts = comparer.drafts()
    if len(faults.errors) > before:
        return Comparison(version, newest.codebook_version)
    conflicts = tuple(comparer.conflicts)
    return Comparison(version, newest.codebook_version, () if conflicts else drafts, conflicts)


def _new_ids(tables: Tables, base: Codebook, used: set[str], faults: Faults) -> dict[str, str]:
    """The id that every placeholder gets; notes ids that nobody marked as new, and rows that are gone."""
    numbers = [int(code[1:]) for code in used if CODE_ID.fullmatch(code)]
    own = {code.id for code in tables.book.codes}
    next_number = max([*numbers, *(int(code[1:]) for code in own if CODE_ID.fullmatch(code))], default=0) + 1
    given: dict[str, str] = {}
    for code in tables.book.codes:
        place = tables.place(code.id, "id")
        if is_new_id(code.id):
            given[code.id] = f"C{next_number:04d}"
            next_number += 1
        elif code.id in base.by_id:
            if tables.notes[code.id]["change_type"] == "new":
                faults.note("not-new", tables.place(code.id, "change_type"), None, f"{code.id} was in the exported version",
                            "new for codes that nobody had", "Empty the cell, or call the code NY1.")  # fmt: skip
        elif code.id in used:
            faults.note("used-id", place, None, f"{code.id} belongs to another version, or to a proposal",
                        "an id that was never used", "Call the code NY1.")  # fmt: skip
        elif tables.notes[code.id]["change_type"] != "new":
            faults.note("unknown-code", place, None, f"{code.id} was never there", "NY1, NY2 … for new codes",
                        "Call the code NY1, or write new under change_type.")  # fmt: skip
    for code_id in base.by_id:
        if code_id not in own:
            faults.note("missing-row", f"{tables.file} {CODES}", None, f"no row for {code_id}", "a row for every code",
                        "Put the row back; a code goes out of use with status deprecated.")  # fmt: skip
    return given


def _named(tables: Tables, given: Mapping[str, str]) -> Tables:
    """The tables with ids in place of placeholders."""
    if not given:
        return tables

    def of(code_id: str) -> str:
        return given.get(code_id, code_id)

    def every(ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(map(of, ids))

    codes = tuple(
        replace(code, id=of(code.id), parent=code.parent and of(code.parent), successors=every(code.successors))
        for code in tables.book.codes
    )
    return replace(
        tables,
        book=replace(tables.book, codes=codes),
        drafts=tuple(replace(row, source=every(row.source), to=every(row.to)) for row in tables.drafts),
        notes={of(code_id): notes for code_id, notes in tables.notes.items()},
        rows=tuple((name, replace(row, source=of(row.source), to=every(row.to))) for name, row in tables.rows),
        places={(_renamed(key, given), column): cell for (key, column), cell in tables.places.items()},
    )


def _renamed(key: str, given: Mapping[str, str]) -> str:
    head, slash, tail = key.partition("/")
    return f"{head}/{given.get(tail, tail)}" if slash else given.get(key, key)


def _check_history(tables: Tables, base: Codebook, faults: Faults) -> None:
    """Note every cell of released changes, and of what the tables are of, that is not as it was."""
    known = {change.id: change for change in base.changes}
    remedy = "Put it back: what was released is never edited. A new proposal is a row without a decision."
    told = {change.id: change for change in tables.book.changes}
    for change_id, change in known.items():
        now = told.get(change_id)
        if now is None:
            faults.note("missing-row", f"{tables.file} {CHANGES}", None, f"no decided row {change_id}", "the row as it was",
                        remedy)  # fmt: skip
            continue
        before, after = change_cells(change), change_cells(now)
        for column in before:
            if before[column].strip() != after[column].strip():
                faults.note("changed-history", tables.place(change_id, column), None, f"{column} of {change_id}",
                            "the cell as it was", remedy)  # fmt: skip
        if [row_cells(row) for row in change.migration] != [row_cells(row) for row in now.migration]:
            faults.note("changed-history", f"{tables.file} {MIGRATION}", None, f"the rows of {change_id}",
                        "the rows as they were", remedy)  # fmt: skip
    for change_id in told.keys() - known.keys():
        faults.note("decided-here", tables.place(change_id, "decision"), None, "a decision on a change that is new",
                    "an empty cell", "Empty it: proposals are decided by `foran codebook decide`.")  # fmt: skip
    for column in ("released", *(f"{name}_{language}" for name in ("title", "notice") for language in LANGUAGES)):
        name, _, language = column.rpartition("_")
        was = base.released if column == "released" else getattr(base, name).get(language, "")
        now_is = tables.book.released if column == "released" else getattr(tables.book, name).get(language, "")
        if was.strip() != now_is.strip():
            faults.note("changed-history", tables.place("", column), None, f"{column} is another",
                        "the cell as it was", "Put it back: only codes are proposed here.")  # fmt: skip


def _values(code: Code) -> dict[str, str]:
    """A code as comparable texts by column, cues and polarities of the source included."""
    cells = code_cells(code)
    for form in WRITTEN_FORMS:
        cells[f"cues_{form}"] = "\n".join(
            " · ".join(filter(None, cue_cells(cue).values())) for cue in code.cues.get(form, ())
        )
    cells["polarity_in_source"] = "\n".join(str(code_record(code)["polarity_in_source"][n])
                                            for n in range(len(code.polarity_in_source)))  # fmt: skip
    return cells


_COLUMNS = (*CODE_COLUMNS[1:], *(f"cues_{form}" for form in WRITTEN_FORMS), "polarity_in_source")


def _field_of(column: str) -> str:
    """The field of a record that a column belongs to."""
    head, _, tail = column.rpartition("_")
    return head if tail in (*LANGUAGES, *WRITTEN_FORMS) and head in (*TEXTS, "cues") else column


@dataclass
class _Edit:
    """What the tables change in one code: the code as it is to become, and the columns that differ."""

    code: Code
    columns: set[str] = field(default_factory=set)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_field_of(column) for column in _COLUMNS if column in self.columns))


class _Comparer:
    def __init__(
        self, tables: Tables, base: Codebook, newest: Codebook, faults: Faults, on_conflict: OnConflict
    ) -> None:
        self.tables, self.base, self.newest, self.faults = tables, base, newest, faults
        self.on_conflict = on_conflict
        self.conflicts: list[Conflict] = []
        self.edits: dict[str, _Edit] = {}
        self.new: dict[str, Code] = {}
        self.merged: dict[str, Code] = {}
        self.rows = list(tables.rows)

    def note(self, kind: str, code: str, column: str, found: str, expected: str, remedy: str) -> None:
        self.faults.note(kind, self.tables.place(code, column), None, found, expected, remedy)

    def drafts(self) -> tuple[Draft, ...]:
        for code in self.tables.book.codes:
            was = self.base.by_id.get(code.id)
            if was is None:
                self.new[code.id] = self.trimmed(code)
            else:
                self.compare(was, code, self.newest.by_id.get(code.id, was))
        self.merged = {
            **self.newest.by_id, **{code_id: edit.code for code_id, edit in self.edits.items()}, **self.new,
        }  # fmt: skip
        self.check_merged()
        found = [self.written(row) for row in self.tables.drafts]
        found += self.endings()
        for code in self.tables.book.codes:
            if code.id in self.new and code.parent not in self.new:
                found.append(self.born(code.id))
            elif code.id in self.edits:
                found += self.inferred(code.id, self.edits[code.id])
        self.check_rows()
        self.check_notes(found)
        return tuple(found)

    # Comparing
    def trimmed(self, code: Code) -> Code:
        """A new code without blanks around its texts."""
        texts: dict[str, Any] = {
            name: {language: self.trim(code.id, f"{name}_{language}", text) for language, text in getattr(code, name).items()}
            for name in TEXTS
        }  # fmt: skip
        return replace(code, display=code.display.strip(), maturity=code.maturity.strip(), status=code.status, **texts)

    def trim(self, code_id: str, column: str, text: str) -> str:
        if text != text.strip():
            self.faults.note("blanks", self.tables.place(code_id, column), None, "blanks or empty lines around the text",
                             "none", "They are left out.", is_warning=True)  # fmt: skip
        return text.strip()

    def compare(self, was: Code, now: Code, newest: Code) -> None:
        exported, given, current = _values(was), _values(now), _values(newest)
        edit = _Edit(newest)
        for column in _COLUMNS:
            value = given[column]
            if column in _FREE_TEXT and value != exported[column]:
                value = self.trim(was.id, column, value)
                # Blanks alone are nobody's proposal.
                value = exported[column] if value == exported[column].strip() else value
            if value == exported[column] or value == current[column]:
                continue
            if column in _COMPUTED and not (column == "deprecated_in" and not now.is_active and was.is_active):
                self.note("computed-cell", was.id, column, f"another {column} of {was.id}", "the cell as it was",
                          "Put it back: it is set when a version is released.")  # fmt: skip
                continue
            if column == "deprecated_in":
                continue
            if current[column] != exported[column]:
                self.conflict(was.id, column, exported[column], value, current[column])
                if self.on_conflict != "tables":
                    continue
            edit.columns.add(column)
        if "status" in edit.columns and now.is_active:
            self.note("revived-code", was.id, "status", f"{was.id} was deprecated and is active again", "a new id",
                      "Ids are never reused: add a row NY1.")  # fmt: skip
            return
        if "successors" in edit.columns and (now.is_active or not was.is_active):
            self.note("computed-cell", was.id, "successors", f"successors of {was.id}, which does not go out of use here",
                      "successors where status becomes deprecated", "Put the cell back, or deprecate the code.")  # fmt: skip
            return
        if edit.columns and was.is_active and not newest.is_active:
            # What went out of use since is not changed any more.
            if now.is_active and self.on_conflict != "newest":
                self.conflicts.append(
                    Conflict(
                        self.tables.place(was.id, "status"), was.id, "status", was.status, now.status, newest.status
                    )
                )
            return
        if edit.columns:
            edit.code = self.patched(newest, now, edit.columns)
            self.edits[was.id] = edit

    def conflict(self, code: str, column: str, exported: str, given: str, newest: str) -> None:
        if self.on_conflict == "stop":
            self.conflicts.append(Conflict(self.tables.place(code, column), code, column, exported, given, newest))

    def patched(self, newest: Code, now: Code, columns: set[str]) -> Code:
        """The newest code with what the tables changed in it."""
        more: dict[str, Any] = {}
        for column in columns:
            name, language = _field_of(column), column.rpartition("_")[2]
            if name in TEXTS:
                before: Bilingual = more.get(name, getattr(newest, name))
                more[name] = {**before, language: getattr(now, name)[language].strip()}
            elif name == "cues":
                more[name] = {**newest.cues, **more.get(name, {}), language: now.cues[language]}
            else:
                value = getattr(now, name)
                more[name] = value.strip() if name in ("display", "maturity") else value
        return replace(newest, **more)

    def check_merged(self) -> None:
        """Note as conflicts what holds in the tables and in the newest version, but not in both together."""
        shown: dict[str, list[str]] = {}
        for one in self.merged.values():
            if one.is_active:
                shown.setdefault(one.display, []).append(one.id)
        for code_id, edit in [*self.edits.items(), *((code_id, _Edit(code)) for code_id, code in self.new.items())]:
            code = self.merged[code_id]
            parent = self.merged.get(code.parent or "")
            newest = self.newest.by_id.get(code_id)
            is_moved = newest is None or "parent" in edit.columns
            if (
                is_moved
                and parent is not None
                and (in_ring(code_id, self.merged) or (code.is_active and not parent.is_active))
            ):
                self.clash(code_id, "parent", parent.id, parent.id)
            others = [other for other in shown.get(code.display, ()) if other != code_id]
            if code.is_active and others:
                self.clash(code_id, "display", code.display, others[0])
            below = next((one.id for one in self.merged.values() if one.parent == code_id and one.is_active), "")
            if below and not code.is_active:
                self.clash(code_id, "status", code.status, f"{below} is below it")

    def clash(self, code_id: str, column: str, given: str, newest: str) -> None:
        was = self.base.by_id.get(code_id)
        exported = code_cells(was)[column] if was is not None else ""
        self.conflicts.append(Conflict(self.tables.place(code_id, column), code_id, column, exported, given, newest))

    # Proposals
    def written(self, row: DraftRow) -> Draft:
        """A proposal that stands in the table of changes, with all of its kind that the codes it names change in."""
        own = tuple(moved for name, moved in self.rows if name == row.id)
        self.rows = [pair for pair in self.rows if pair[0] != row.id]
        takes = _TAKES.get(row.type)
        patches: dict[str, set[str] | None] = {}
        for code_id in dict.fromkeys((*row.source, *row.to)):
            if takes is None and code_id in self.new:
                patches[code_id] = None
                self.merged[code_id] = self.new.pop(code_id)
            elif code_id in self.edits:
                patches[code_id] = self.take(code_id, takes)
        cells = row.cells
        given = {name: {lang: cells[f"{name}_{lang}"] for lang in LANGUAGES} for name in _REASONED}
        return self.draft(row.type, row.source, row.to, patches, own, given=given, notes=cells)

    def take(self, code_id: str, takes: Sequence[str] | None) -> set[str]:
        """Take columns out of an edit, so that they are proposed once."""
        edit = self.edits[code_id]
        mine = {column for column in edit.columns if takes is None or _field_of(column) in takes}
        edit.columns -= mine
        if not edit.columns:
            del self.edits[code_id]
        return mine

    def endings(self) -> list[Draft]:
        """Codes that go out of use, together with the new codes that take their place."""
        ending = [code.id for code in self.tables.book.codes if self.is_ending(code.id)]
        found = []
        while ending:
            group = [ending.pop(0)]
            targets = set(self.merged[group[0]].successors)
            # Those that share their only successor, or a code that is new, are one decision.
            for other in list(ending):
                theirs = set(self.merged[other].successors)
                if theirs == targets or theirs & targets & self.new.keys():
                    group.append(other)
                    targets |= theirs
                    ending.remove(other)
            found.append(self.ending(group, targets))
        return found

    def is_ending(self, code_id: str) -> bool:
        return code_id in self.edits and "status" in self.edits[code_id].columns

    def ending(self, group: Sequence[str], targets: set[str]) -> Draft:
        rows = []
        for code_id in group:
            own = [row for name, row in self.rows if not name and row.source == code_id]
            self.rows = [(name, row) for name, row in self.rows if name or row.source != code_id]
            successors = self.merged[code_id].successors
            rule: Any = "retire" if not successors else "map" if len(successors) == 1 else "review"
            rows += own or [Migration(code_id, rule, successors)]
        kinds = {_BY_RULE.get(row.rule, "") for row in rows} - {""}
        several = any(len(self.merged[code_id].successors) > 1 for code_id in group)
        type_ = min(kinds) if kinds else "split" if several else "merge" if targets else "retire"
        patches: dict[str, set[str] | None] = {code_id: self.take(code_id, None) | {"successors"} for code_id in group}
        to = [code.id for code in self.tables.book.codes if code.id in targets]
        for code_id in to:
            if code_id in self.new:
                patches[code_id] = None
                del self.new[code_id]
        source = tuple(group)
        if type_ == "merge" and len(to) == 1 and to[0] not in patches:
            # A merge into a code that goes on is a decision about that code too.
            source, rows = (*source, to[0]), [*rows, Migration(to[0], "keep")]
        return self.draft(type_, source, tuple(to), patches, tuple(rows))

    def born(self, code_id: str) -> Draft:
        """A new code, together with the new codes below it: they cannot be without it."""
        family = [code_id]
        for above in family:
            family += [code.id for code in self.tables.book.codes if code.parent == above and code.id in self.new]
        for one in family:
            del self.new[one]
        return self.draft("new", (), tuple(family), dict.fromkeys(family))

    def inferred(self, code_id: str, edit: _Edit) -> list[Draft]:
        """The proposals that lie in what was changed in one code: one for each kind."""
        newest, fields = self.newest.by_id[code_id], edit.fields
        is_moved = "parent" in fields or "level" in fields
        said = self.tables.notes[code_id]["change_type"]
        kinds: dict[str, set[str]] = {}
        for name in fields:
            if name in _MOVING and (is_moved or name != "display"):
                has_risen = "parent" in fields and newest.parent is not None and edit.code.parent is None
                kind = "promote" if has_risen else "move"
            elif name in ("label", "display"):
                kind = "rename"
            elif name in _DEFINING or (said in ("redefine", "narrow") and name == "brief"):
                kind = said if said in _CODE_KINDS else "redefine"
            else:
                kind = "reword"
            kinds.setdefault(kind, set()).update(c for c in edit.columns if _field_of(c) == name)
        keep = Migration(code_id, "keep")
        return [
            self.draft(kind, (code_id,), (code_id,), {code_id: columns}, (keep,) if kind != "reword" else ())
            for kind, columns in kinds.items()
        ]

    def draft(
        self,
        type_: str,
        source: tuple[str, ...],
        to: tuple[str, ...],
        patches: Mapping[str, set[str] | None],
        rows: tuple[Migration, ...] = (),
        *,
        given: Mapping[str, Bilingual] | None = None,
        notes: Mapping[str, str] | None = None,
    ) -> Draft:
        """A proposal; `patches` tells the columns of each code that it changes, None for a code that is new."""
        if notes is None:
            notes = self.notes_of(patches)
        texts = dict(given or {name: {lang: notes[f"{name}_{lang}"] for lang in LANGUAGES} for name in _REASONED[1:]})
        if not any(texts.get("summary", {}).values()):
            texts["summary"] = self.summary(type_, source, to, patches)
        change = Change(
            "", type_, source, to, texts["summary"], texts["reason_empirical"], texts["reason_theoretical"],
            list_of(notes["evidence"]) or (), notes["proposed_by_role"], "", notes["arena"], False, rows,
        )  # fmt: skip
        records = (self.record(code_id, columns) for code_id, columns in patches.items())
        return Draft(change, tuple(record for record in records if len(record) > 1))

    def notes_of(self, codes: Iterable[str]) -> dict[str, str]:
        """The filled-in cells of the first code that has them."""
        found: dict[str, str] = {}
        for code_id in codes:
            for column, text in self.tables.notes.get(code_id, {}).items():
                found[column] = found.get(column) or text
        return found

    def record(self, code_id: str, columns: set[str] | None) -> dict[str, Any]:
        """What of a code's record becomes other; status, successors and versions follow when a version is released."""
        whole = {key: value for key, value in code_record(self.merged[code_id]).items() if key not in _RELEASED}
        if columns is None:
            return whole
        changed: dict[str, Any] = {"id": code_id}
        for key, value in whole.items():
            languages = [lang for lang in LANGUAGES if f"{key}_{lang}" in columns]
            if key in TEXTS and languages:
                changed[key] = {language: value[language] for language in languages}
            elif key in {_field_of(column) for column in columns}:
                changed[key] = value
        return changed

    def check_rows(self) -> None:
        """Note rows of migration that belong to no proposal."""
        for name, row in self.rows:
            self.note("lonely-row", f"{name}/{row.source}", "from", f"a row for {row.source}, which does not go out of use",
                      f"the id of a row of {CHANGES}, or a code with status deprecated",
                      "Write what change it belongs to.")  # fmt: skip

    def check_notes(self, drafts: Sequence[Draft]) -> None:
        """Tell of reasons that go with no change: what they were to explain may have been forgotten."""
        named = {code for draft in drafts for code in (*draft.change.source, *draft.change.to)}
        for code_id, notes in self.tables.notes.items():
            filled = next((column for column, text in notes.items() if text and column != "change_type"), "")
            if filled and code_id not in named:
                self.faults.note(
                    "needless-reason", self.tables.place(code_id, filled), None, f"a reason for {code_id}, which is not changed",
                    "reasons beside changes", "Nothing is proposed about this code.", is_warning=True,
                )  # fmt: skip

    # Summaries
    def summary(
        self, type_: str, source: Sequence[str], to: Sequence[str], patches: Mapping[str, set[str] | None]
    ) -> dict[str, str]:
        return dict(zip(LANGUAGES, self._summaries(type_, source, to, patches), strict=True))

    def _summaries(
        self, type_: str, source: Sequence[str], to: Sequence[str], patches: Mapping[str, set[str] | None]
    ) -> tuple[str, str]:
        old = _listed([self.shown(code, self.newest.by_id) for code in source])
        new = _listed([self.shown(code, self.merged) for code in to])
        fields = dict.fromkeys(_field_of(c) for columns in patches.values() for c in sorted(columns or ()))
        words = [_FIELD_WORDS[name] for name in _FIELD_WORDS if name in fields]
        told = tuple(_joined([pair[at] for pair in words], ("og", "and")[at]) for at in range(2))
        if type_ == "new":
            noun = ("Ny kode", "New code") if len(to) == 1 else ("Nye koder", "New codes")
            return f"{noun[0]}: {new[0]}.", f"{noun[1]}: {new[1]}."
        if type_ == "retire":
            return f"{old[0]} utgår.", f"{old[1]} is retired."
        if type_ == "split":
            return f"{old[0]} deles i {new[0]}.", f"{old[1]} is split into {new[1]}."
        if type_ == "merge" and set(to) <= set(source):
            rest = _listed([self.shown(code, self.newest.by_id) for code in source if code not in to])
            return f"{rest[0]} går inn i {new[0]}.", f"{rest[1]} goes into {new[1]}."
        if type_ == "merge":
            return f"{old[0]} slås sammen til {new[0]}.", f"{old[1]} are merged into {new[1]}."
        if type_ in _KIND_WORDS:
            word = _KIND_WORDS[type_]
            return f"{old[0]} {word[0]}.", f"{old[1]} {word[1]}."
        if type_ in ("move", "promote"):
            above = self.merged.get(self.merged[to[0]].parent or "") if to else None
            place = self.shown(above.id, self.merged) if above is not None else None
            below = (
                (f"under {place[0]}", f"below {place[1]}")
                if place
                else ("som eget element", "as an element of its own")
            )
            return f"{old[0]} flyttes ({below[0]}).", f"{old[1]} is moved ({below[1]})."
        if type_ == "rename":
            names = [f"{old[0]} heter nå {new[0]}.", f"{old[1]} is now called {new[1]}."]
            # The name may be another in one language only.
            only = f"{old[0]}: det engelske navnet er endret.", f"{old[1]}: the Norwegian label is changed."
            return (only[0] if old[0] == new[0] else names[0]), (only[1] if old[1] == new[1] else names[1])
        if type_ == "narrow":
            return f"{new[0]} snevres inn: {told[0]}.", f"{new[1]} is narrowed: {told[1]}."
        return f"Endringer i {new[0]}: {told[0]}.", f"Changes in {new[1]}: {told[1]}."

    def shown(self, code_id: str, codes: Mapping[str, Code]) -> tuple[str, str]:
        code = codes.get(code_id) or self.merged[code_id]
        return f"{code.display} {code.label['nb']}", f"{code.display} {code.label['en']}"


_KIND_WORDS: Mapping[str, tuple[str, str]] = {
    "to_facet": ("blir et svar på en annen kode", "becomes an answer on another code"),
    "to_relation": ("blir en relasjon mellom koder", "becomes a relation between codes"),
    "to_tag": ("blir en merkelapp", "becomes a tag"),
}
_REASONED = ("summary", "reason_empirical", "reason_theoretical")
_CODE_KINDS = ("redefine", "narrow", "reword")


def _listed(pairs: Sequence[tuple[str, str]]) -> tuple[str, str]:
    return _joined([pair[0] for pair in pairs], "og"), _joined([pair[1] for pair in pairs], "and")


def _joined(texts: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(texts[:-1]), texts[-1]))) if texts else ""
