"""What differs between two versions of a codebook, code by code, with the decisions behind it: pure values.

Any two versions can be compared. Codes are followed by their ids and by the migration rows of the versions between, so
that a code split in one version, whose part was merged in a later one, is told as one way from first to last.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any, Literal

from .changes import Lineage, migration_rows
from .code import Bilingual, Change, Code, Codebook, Cue, Migration, display_key, version_key

#: What can have happened to a code, in the order in which a reader wants to hear of it.
KINDS = (
    "new",
    "split",
    "merged",
    "retired",
    "converted",
    "promoted",
    "moved",
    "redefined",
    "narrowed",
    "renamed",
    "reworded",
    "cues",
    "display",
)
#: Texts in both languages, in the order of a code's record.
TEXTS = ("label", "brief", "definition", "when_to_use", "when_not_to_use", "example")
#: The rest of the record that is compared; a list is told as one line per entry.
_PLAIN = ("display", "level", "parent", "source", "polarity_in_source", "maturity")
#: These follow from a code's coming or going, and differ with it.
_LIFE = ("status", "introduced_in", "deprecated_in", "successors")

#: What a type of change says of a code that goes whole to one new id.
_BY_TYPE = {
    "split": "split",
    "move": "moved",
    "promote": "promoted",
    "redefine": "redefined",
    "narrow": "narrowed",
    "rename": "renamed",
    "to_facet": "converted",
    "to_relation": "converted",
    "to_tag": "converted",
}
_BY_RULE = {"review": "split", "facet": "converted", "relation": "converted", "tag": "converted", "retire": "retired"}

Op = Literal["equal", "delete", "insert"]

# A word keeps its combining accents, and what joins it inside (P13.1, nullpunkts-plan); signs and spaces stand alone.
_WORD = re.compile(r"\s+|\w(?:[\w\u0300-\u036f]|[-.’'](?=\w))*|[^\w\s]+")


@dataclass(frozen=True)
class FieldChange:
    """One field of a code's record in one language ("" where it has none; of cues the written form), before and after.

    A list, such as the sources or the cues, is a text with one line per entry.
    """

    field: str
    language: str
    before: str
    after: str


@dataclass(frozen=True)
class CodeDiff:
    """What became of one code, or where it came from.

    `display_before` and `display_after` are "" where coders could not apply it. `kinds` are among `KINDS`. `changes` are
    the ids of the accepted changes that name the code, or that it came by. `became` are the codes to which its segments
    can go (itself included when it keeps some), and `came_from` the other codes whose segments can arrive at it.
    """

    code: str
    display_before: str
    display_after: str
    label: Bilingual
    kinds: tuple[str, ...]
    fields: tuple[FieldChange, ...]
    changes: tuple[str, ...]
    became: tuple[str, ...]
    came_from: tuple[str, ...]


@dataclass(frozen=True)
class CodebookDiff:
    """Two versions side by side: the codes that differ, what was accepted and rejected in between.

    `unexplained` are the ids of codes that differ though no accepted change names them.
    """

    before: str
    after: str
    codes: tuple[CodeDiff, ...]
    changes: tuple[Change, ...]
    rejected: tuple[Change, ...]
    unexplained: tuple[str, ...]

    @property
    def is_backwards(self) -> bool:
        """Whether the later version comes first: fields are told backwards, kinds still name what was decided."""
        return version_key(self.before) > version_key(self.after)


@dataclass(frozen=True)
class _Way:
    """How segments of a code can have come to where they are: what happened, by which changes."""

    kinds: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()

    def on(self, kind: str, change: str) -> _Way:
        return _Way(self.kinds | {kind}, self.changes | {change})

    def beside(self, other: _Way | None) -> _Way:
        return self if other is None else _Way(self.kinds | other.kinds, self.changes | other.changes)


@dataclass
class _Ways:
    """Where the codes of the first version went: by code, by the code that they started from ("" for one born since)."""

    at: dict[str, dict[str, _Way]]
    ended: dict[str, list[_Way]] = field(default_factory=dict)

    def arrive(self, code: str, origin: str, way: _Way) -> None:
        there = self.at.setdefault(code, {})
        there[origin] = way.beside(there.get(origin))


def diff(lineage: Lineage, before: str, after: str) -> CodebookDiff:
    """What differs between two versions of the codebook, adjacent or not, in either direction.

    A code that came and went in between is not told, since neither version has it; its changes are among `changes`. What
    a code is called follows its record (renamed, moved, reworded …) and the migration rows (split, merged, converted,
    retired); only a redefinition and a narrowing are what somebody decided, because no text shows them. Texts that differ
    without such a decision are reworded. `new` has no predecessor: the parts of a split are `split`, not new.

    Backwards (`before` later than `after`) it is the same comparison with each pair of values turned round; kinds,
    changes and reasons go on naming what was decided.

    Raises
    ------
    UnknownName
        When the lineage has no such version.

    Examples
    --------
    >>> from foran_research.codebook.code import Codebook
    >>> book = Codebook("1.0.0", "2020-02-01", {}, {}, (), ())
    >>> diff(Lineage((book,)), "1.0.0", "1.0.0").codes
    ()
    """
    old, new = lineage[before], lineage[after]
    if version_key(before) > version_key(after):
        return _turned(diff(lineage, after, before))
    steps = lineage.after(before, after)
    decided = [change for book in steps for change in book.changes]
    accepted = tuple(change for change in decided if change.is_accepted)
    ways = _follow(old, steps)
    codes = tuple(_code_diffs(old, new, accepted, ways))
    return CodebookDiff(
        before,
        after,
        codes,
        accepted,
        tuple(change for change in decided if not change.is_accepted),
        tuple(entry.code for entry in codes if not entry.changes),
    )


def families(d: CodebookDiff) -> tuple[tuple[CodeDiff, ...], ...]:
    """The codes in groups that are told together: those of one descent, in the order they came in.

    Codes that came or went by the same change belong together too, such as three sub-codes from one decision.

    >>> families(CodebookDiff("1.0.0", "2.0.0", (), (), (), ()))
    ()
    """
    # A rewording may name half the codebook; only what makes or ends codes ties them together.
    makes_or_ends = {change.id for change in d.changes if change.type in _RESHAPING}
    leader: dict[str, str] = {}

    def first(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for entry in d.codes:
        ties = [*entry.became, *entry.came_from]
        if _RESHAPED.intersection(entry.kinds):
            # A space begins no code id.
            ties += [f" {change}" for change in entry.changes if change in makes_or_ends]
        for tie in ties:
            leader[first(tie)] = first(entry.code)
    groups: dict[str, list[CodeDiff]] = {}
    for entry in d.codes:
        groups.setdefault(first(entry.code), []).append(entry)
    return tuple(tuple(group) for group in groups.values())


_RESHAPING = frozenset(("new", "split", "merge", "retire", "to_facet", "to_relation", "to_tag"))
_RESHAPED = frozenset(("new", "split", "merged", "retired", "converted"))


def counts(d: CodebookDiff) -> dict[str, int]:
    """How many codes each kind holds, in the order of `KINDS`; kinds that hold none are left out.

    Of a split, a merge or a conversion the codes are counted that it happened to, not those that it led to.

    >>> counts(CodebookDiff("1.0.0", "2.0.0", (), (), (), ()))
    {}
    """
    found: Counter[str] = Counter()
    for entry in d.codes:
        born_of, went_to = (entry.became, entry.came_from) if d.is_backwards else (entry.came_from, entry.became)
        is_led_to = bool(born_of) and not went_to
        is_lasting = bool(entry.display_before and entry.display_after)
        led_to = frozenset(KINDS if not is_lasting else ("split", "merged", "converted")) if is_led_to else frozenset()
        found.update(kind for kind in entry.kinds if kind not in led_to)
    return {kind: found[kind] for kind in KINDS if found[kind]}


def word_changes(before: str, after: str) -> tuple[tuple[Op, str], ...]:
    """Two texts as runs of words that are equal, deleted or inserted.

    The equal and deleted runs joined are `before`, the equal and inserted ones `after`, spaces and line ends included. A
    deletion comes before the insertion that takes its place, and a phrase that was rewritten is marked as one.

    >>> word_changes("Ikke når P4 gjelder.", "Ikke når P12 gjelder.")
    (('equal', 'Ikke når '), ('delete', 'P4'), ('insert', 'P12'), ('equal', ' gjelder.'))
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    hunks = [_Hunk("".join(old[:head]))]
    for op, i, j, k, m in SequenceMatcher(str.isspace, middle_old, middle_new, autojunk=False).get_opcodes():
        removed, added = "".join(middle_old[i:j]), "".join(middle_new[k:m])
        if op == "equal":
            hunks.append(_Hunk(removed))
        else:
            hunks[-1] = replace(hunks[-1], gone=hunks[-1].gone + removed, come=hunks[-1].come + added)
    told = [*_coarser(hunks), _Hunk("".join(old[len(old) - tail :]))]
    runs: list[tuple[Op, str]] = []
    for hunk in told:
        runs += [("equal", hunk.same), ("delete", hunk.gone), ("insert", hunk.come)]
    return _joined(run for run in runs if run[1])


@dataclass(frozen=True)
class _Hunk:
    """What is the same, and what was then taken out and put in."""

    same: str
    gone: str = ""
    come: str = ""

    @property
    def size(self) -> int:
        return max(len(self.gone), len(self.come))


def _coarser(hunks: Iterable[_Hunk]) -> list[_Hunk]:
    """Hunks without islands: what is the same but no longer than the changes on both sides of it joins them.

    A rewritten sentence shares its small words with the old one by chance; marked around them it cannot be read.
    """
    kept: list[_Hunk] = []
    for coming in hunks:
        hunk = coming
        while kept and kept[-1].size and len(hunk.same) <= min(kept[-1].size, hunk.size):
            last = kept.pop()
            hunk = _Hunk(last.same, last.gone + hunk.same + hunk.gone, last.come + hunk.same + hunk.come)
        kept.append(hunk)
    return kept


def _joined(runs: Iterable[tuple[Op, str]]) -> tuple[tuple[Op, str], ...]:
    whole: list[tuple[Op, str]] = []
    for op, text in runs:
        if whole and whole[-1][0] == op:
            whole[-1] = (op, whole[-1][1] + text)
        else:
            whole.append((op, text))
    return tuple(whole)


def _turned(forward: CodebookDiff) -> CodebookDiff:
    codes = tuple(
        replace(
            entry,
            display_before=entry.display_after,
            display_after=entry.display_before,
            fields=tuple(replace(item, before=item.after, after=item.before) for item in entry.fields),
            became=entry.came_from,
            came_from=entry.became,
        )
        for entry in forward.codes
    )
    return replace(forward, before=forward.after, after=forward.before, codes=codes)


def _follow(old: Codebook, steps: Iterable[Codebook]) -> _Ways:
    ways = _Ways({code.id: {code.id: _Way()} for code in old.codes if code.is_active})
    previous = old
    for book in steps:
        rows = {source: row for source, row in migration_rows(book.changes).items() if row.rule != "keep"}
        change_of = {row.source: change for change in book.changes if change.is_accepted for row in change.migration}
        sources = Counter(target for row in rows.values() for target in row.to)
        # All are taken up before any is put down: rows of the same version do not follow one another.
        taken = {source: ways.at.pop(source) for source in rows if source in ways.at}
        for source, there in taken.items():
            row, change = rows[source], change_of[source]
            for origin, so_far in there.items():
                way = so_far.on(_kind_of_row(row, change, sources, previous), change.id)
                for target in row.to:
                    ways.arrive(target, origin, way)
                if not row.to and origin:
                    ways.ended.setdefault(origin, []).append(way)
        born: dict[str, set[str]] = {}
        for change in book.changes:
            if change.is_accepted:
                for target in change.to:
                    born.setdefault(target, set()).add(change.id)
        for code in book.codes:
            if code.is_active and code.id not in ways.at:
                ways.arrive(code.id, "", _Way(changes=frozenset(born.get(code.id, ()))))
        previous = book
    _go_on_to_successors(ways, previous)
    return ways


def _go_on_to_successors(ways: _Ways, last: Codebook) -> None:
    """Codes that went without a row (a version between cannot be read, or lacks it) go where their record says."""
    for code in [code for code in ways.at if code not in last.by_id or not last.by_id[code].is_active]:
        there = ways.at.pop(code)
        heirs = list(_active_heirs(code, last, {code}))
        for origin, way in there.items():
            kind = "retired" if not heirs else "split" if len(heirs) > 1 else "merged"
            further = replace(way, kinds=way.kinds | {kind})
            for heir in heirs:
                ways.arrive(heir, origin, further)
            if not heirs and origin:
                ways.ended.setdefault(origin, []).append(further)


def _active_heirs(code: str, book: Codebook, seen: set[str]) -> Iterator[str]:
    record = book.by_id.get(code)
    for heir in record.successors if record is not None else ():
        if heir in seen or heir not in book.by_id:
            continue
        seen.add(heir)
        if book.by_id[heir].is_active:
            yield heir
        else:
            yield from _active_heirs(heir, book, seen)


def _kind_of_row(row: Migration, change: Change, sources: Mapping[str, int], previous: Codebook) -> str:
    if change.type == "split" and row.to:
        # Its sub-codes go to the parts one by one; that several meet in a part merges nothing.
        return "split"
    if row.rule != "map":
        return _BY_RULE[row.rule]
    (target, *_) = row.to
    is_joined = sources[target] > 1 or (target in previous.by_id and previous.by_id[target].is_active)
    return "merged" if is_joined else _BY_TYPE.get(change.type, "merged")


def _code_diffs(old: Codebook, new: Codebook, accepted: tuple[Change, ...], ways: _Ways) -> Iterator[CodeDiff]:
    order = {change.id: place for place, change in enumerate(accepted)}
    named: dict[str, set[str]] = {}
    decided: dict[str, set[str]] = {}
    for change in accepted:
        rows = (code for row in change.migration for code in (row.source, *row.to))
        for code in (*change.source, *change.to, *rows):
            named.setdefault(code, set()).add(change.id)
            if change.type in ("redefine", "narrow") and code in (*change.source, *change.to):
                decided.setdefault(code, set()).add(_BY_TYPE[change.type])
    became: dict[str, list[str]] = {}
    for target, there in ways.at.items():
        for origin in there:
            became.setdefault(origin, []).append(target)
    found = []
    for code_id in dict.fromkeys((*old.by_id, *new.by_id)):
        a, b = old.by_id.get(code_id), new.by_id.get(code_id)
        fields = () if a is None or b is None or a == b else tuple(_field_changes(a, b))
        was, is_ = a is not None and a.is_active, b is not None and b.is_active
        arrivals = ways.at.get(code_id, {}) if is_ else {}
        heirs = became.get(code_id, []) if was else []
        origins = [origin for origin in arrivals if origin not in ("", code_id)]
        own = [ways.at[heir][code_id] for heir in heirs if heir != code_id or len(heirs) > 1]
        own += ways.ended.get(code_id, [])
        if not (fields or was != is_ or own or origins or ((was or is_) and code_id in decided)):
            continue
        kinds = {kind for way in own for kind in way.kinds}
        if heirs:
            kinds.discard("retired")
        kinds |= {kind for origin in origins for kind in arrivals[origin].kinds}
        if is_ and not was and not origins:
            kinds.add("new")
        if was or is_:
            kinds |= decided.get(code_id, set())
        kinds |= set(_kinds_of_fields(fields, kinds, has_turned=was != is_))
        changes = named.get(code_id, set()).union(
            *(way.changes for way in own), *(way.changes for way in arrivals.values())
        )
        records = (b, a) if is_ or not was else (a, b)
        found.append(
            CodeDiff(
                code_id,
                a.display if a is not None and (was or not is_) else "",
                b.display if b is not None and (is_ or not was) else "",
                next(record.label for record in records if record is not None),
                tuple(kind for kind in KINDS if kind in kinds),
                fields,
                tuple(sorted(changes, key=lambda name: order[name])),
                tuple(sorted(heirs, key=lambda heir: display_key(new.by_id[heir].display)))
                if heirs != [code_id]
                else (),
                tuple(sorted(origins, key=lambda origin: display_key(old.by_id[origin].display))),
            )
        )
    yield from sorted(found, key=lambda entry: (display_key(entry.display_after or entry.display_before), entry.code))


def _kinds_of_fields(fields: Iterable[FieldChange], told: set[str], *, has_turned: bool) -> Iterator[str]:
    changed = {item.field: item for item in fields}
    for name, item in changed.items():
        if name in ("display", "cues"):
            yield name
        elif name == "label":
            yield "renamed"
        elif name == "level":
            yield "moved"
        elif name == "parent":
            yield "promoted" if item.before and not item.after else "moved"
        elif name in _LIFE and has_turned:
            continue
        elif not (name in TEXTS and told & {"redefined", "narrowed"}):
            yield "reworded"


def _field_changes(a: Code, b: Code) -> Iterator[FieldChange]:
    for name in TEXTS:
        texts = getattr(a, name), getattr(b, name)
        if texts[0] != texts[1]:
            for language in dict.fromkeys((*texts[0], *texts[1])):
                yield from _changed(name, language, *(text.get(language, "") for text in texts))
    for name in (*_PLAIN, *_LIFE):
        values = getattr(a, name), getattr(b, name)
        if values[0] != values[1]:
            yield from _changed(name, "", *map(_lines, values))
    if a.cues != b.cues:
        for form in dict.fromkeys((*a.cues, *b.cues)):
            yield from _changed("cues", form, *("\n".join(map(_cue_line, code.cues.get(form, ()))) for code in (a, b)))


def _changed(name: str, language: str, before: str, after: str) -> Iterator[FieldChange]:
    if before != after:
        yield FieldChange(name, language, before, after)


def _lines(value: Any) -> str:
    if isinstance(value, tuple):
        return "\n".join(item if isinstance(item, str) else _written(item) for item in value)
    return "" if value is None else str(value)


def _cue_line(cue: Cue) -> str:
    said = cue.phrase if cue.phrase is not None else _written(cue.pattern)
    marks = [mark for mark in (cue.polarity, "" if cue.negated == "keep" else f"negated: {cue.negated}") if mark]
    return f"{said} ({', '.join(marks)})" if marks else said


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
