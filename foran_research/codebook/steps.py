"""Whether a codebook version adds up with the one before: every difference is explained, and every change happened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from ..vocabulary import is_iso_date
from .changes import BUMP, Lineage, migration_rows, next_version
from .code import Change, Code, Codebook, Rule

#: What a code means: no difference here without a change that names the code.
MEANING = ("definition", "when_to_use", "when_not_to_use")
TEXTS = ("label", "brief", *MEANING)
#: What may be mended in passing; a difference that no change names is told, and does not stop a run.
WORDING = ("example", "cues", "source", "polarity_in_source", "display", "maturity")
#: What a change of each type may do with the segments of its codes.
RULES_OF: Mapping[str, tuple[Rule, ...]] = {
    "new": (),
    "rename": ("keep",),
    "reword": ("keep",),
    # A code that became smaller may send its old segments to a person.
    "redefine": ("keep", "review"),
    "narrow": ("keep", "review"),
    "move": ("keep",),
    "promote": ("keep",),
    "merge": ("map", "facet", "review", "keep"),
    "split": ("review", "map", "facet", "keep"),
    "retire": ("retire",),
    "to_facet": ("facet", "map", "review", "keep"),
    "to_relation": ("relation",),
    "to_tag": ("tag",),
}
#: The codes that a change of these types names go out of use, but for those that it also leads to.
ENDING = ("split", "merge", "retire", "to_facet", "to_relation", "to_tag")
#: How many codes a change comes from and leads to, at least and at most; the others lead to the codes they come from.
_COUNTS: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "new": ((0, 0), (1, 999)),
    "split": ((1, 999), (2, 999)),
    "merge": ((2, 999), (1, 1)),
    "retire": ((1, 999), (0, 0)),
    "to_facet": ((1, 999), (1, 999)),
    "to_relation": ((1, 999), (0, 0)),
    "to_tag": ((1, 999), (0, 0)),
}
#: What follows from another fault more often than not: told only of a version whose file is sound in itself.
SUBTLE = frozenset(
    {
        "contradiction", "wrong-change", "wrong-row", "unexplained-difference", "unnamed-wording", "old-decision",
        "stale-reference",
    }
)  # fmt: skip
_WORD = re.compile(r"[\w.]*\w")
#: An id of a code that nothing says the display of yet.
_BARE_ID = re.compile(r"\bC[0-9]{4,}\b(?! \()")
#: What can be told from a common word or a number where it stands in a text: a display such as P4 or K6.4.
_TELLING = re.compile(r"(?=.*[^\W\d])(?=.*\d).+")


@dataclass(frozen=True)
class StepFault:
    """One way in which a version does not follow from the one before.

    `place` is what it is about: a code id, the id of a change, or a key of the codebook; "" for the file as a whole.
    """

    kind: str
    place: str
    found: str
    expected: str
    remedy: str
    is_warning: bool = False


def step_faults(earlier: Codebook, later: Codebook) -> tuple[StepFault, ...]:
    """Every way in which `later` does not add up with `earlier`, the version before it.

    >>> from dataclasses import replace
    >>> book = Codebook("1.0.0", "2020-02-01", {}, {}, (), ())
    >>> step_faults(book, replace(book, codebook_version="1.0.1"))
    ()
    >>> [fault.kind for fault in step_faults(book, replace(book, codebook_version="1.2.0", released="2020-01-31"))]
    ['wrong-version', 'bad-date']
    """
    parts = (_number, _days, _codes, _rows, _changes, _differences)
    found = [fault for part in parts for fault in part(earlier, later)]
    # What is told of a code or change is told once: the rest would only follow from it.
    told = {fault.place for fault in found if fault.kind not in SUBTLE}
    kept = (fault for fault in found if fault.kind not in SUBTLE or fault.place not in told)
    return with_displays(kept, displays_of(earlier, later))


def displays_of(*books: Codebook) -> dict[str, str]:
    """By code id, its display in the last of the books that has it."""
    return {code.id: code.display for book in books for code in book.codes if code.display}


def displayed(text: str, displays: Mapping[str, str]) -> str:
    """A text with the display beside each code id that stands alone.

    >>> displayed("C0001 goes to C0002 (P2) and C0009", {"C0001": "P1", "C0002": "P2"})
    'C0001 (P1) goes to C0002 (P2) and C0009'
    """
    return _BARE_ID.sub(lambda found: f"{found[0]} ({displays[found[0]]})" if found[0] in displays else found[0], text)


def with_displays(faults: Iterable[StepFault], displays: Mapping[str, str]) -> tuple[StepFault, ...]:
    """The faults with the display beside each code id they name."""
    return tuple(
        replace(
            fault,
            found=displayed(fault.found, displays),
            expected=displayed(fault.expected, displays),
            remedy=displayed(fault.remedy, displays),
        )
        for fault in faults
    )


def stale_references(book: Codebook) -> tuple[StepFault, ...]:
    """Codes in use whose texts on what they mean name displays that only codes out of use bear: a warning for each.

    A display without a letter and a digit is passed over: it cannot be told from a word of the text.

    >>> stale_references(Codebook("1.0.0", "2020-02-01", {}, {}, (), ()))
    ()
    """
    current = {code.display for code in book.active}
    gone = {code.display: code for code in book.codes if not code.is_active and _TELLING.fullmatch(code.display)}
    found = []
    for code in book.active:
        fields = [field for field in MEANING if _words(getattr(code, field).values()) & gone.keys() - current]
        if not fields:
            continue
        named = [display for display in gone if display not in current and display in _named_in(code, code)]
        followed = (_followed(gone[display], book) for display in sorted(named))
        found.append(
            StepFault(
                "stale-reference",
                code.id,
                f"{code.id} ({code.display}) names {', '.join(sorted(named))} under {', '.join(fields)}",
                f"displays of codes in use ({'; '.join(followed)})",
                f"Propose a reword of it: foran codebook template reword {code.display}",
                is_warning=True,
            )
        )
    return tuple(found)


def _followed(code: Code, book: Codebook) -> str:
    names = " and ".join(book.by_id[name].display if name in book.by_id else name for name in code.successors)
    return f"{code.display} became {names}" if names else f"{code.display} has no successor"


def lineage_faults(lineage: Lineage) -> dict[str, tuple[StepFault, ...]]:
    """By version, how it fails to follow from the one before; versions beside an unreadable one are not judged.

    Of the newest version also what :func:`stale_references` finds.
    """
    unreadable = {version: _key(version) for version in lineage.unreadable}
    found = {}
    for earlier, later in pairwise(lineage.codebooks):
        low, high = _key(earlier.codebook_version), _key(later.codebook_version)
        if not any(low < between < high for between in unreadable.values()):
            found[later.codebook_version] = step_faults(earlier, later)
    newest = lineage.codebooks[-1] if lineage.codebooks else None
    # Texts of earlier versions are past mending.
    is_last = newest is not None and all(one < _key(newest.codebook_version) for one in unreadable.values())
    if newest is not None and is_last and (stale := stale_references(newest)):
        found[newest.codebook_version] = (*found.get(newest.codebook_version, ()), *stale)
    return found


def _key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _accepted(book: Codebook) -> list[Change]:
    return [change for change in book.changes if change.is_accepted]


def _number(earlier: Codebook, later: Codebook) -> Iterator[StepFault]:
    due = next_version(earlier.codebook_version, later.changes)
    if later.codebook_version != due:
        heaviest = min((c.type for c in _accepted(later)), key=lambda kind: BUMP.get(kind, 2), default="")
        why = f"its heaviest change is {heaviest}" if heaviest else "it has no accepted change"
        yield StepFault(
            "wrong-version",
            "codebook_version",
            f"{later.codebook_version} after {earlier.codebook_version}",
            f"{due}: {why}",
            "Split, merge, retire, move, promote and to_* raise MAJOR; new, redefine and narrow MINOR; others PATCH.",
        )


def _days(earlier: Codebook, later: Codebook) -> Iterator[StepFault]:
    if later.released < earlier.released:
        yield StepFault(
            "bad-date",
            "released",
            f"released {later.released}, before {earlier.codebook_version}",
            f"{earlier.released} or later",
            "Correct the day of release.",
        )
    former = {change.id for change in earlier.changes}
    for change in later.changes:
        if change.id in former:
            yield StepFault(
                "duplicate-id",
                change.id,
                f"change {change.id}, which {earlier.codebook_version} has too",
                "ids that differ",
                "Give one of the two a new id.",
            )
        day = change.decided_at
        if day and not is_iso_date(day):
            yield StepFault(
                "bad-date",
                change.id,
                f"decided_at {day!r} of {change.id}",
                "YYYY-MM-DD",
                "Write the day it was decided.",
            )
        elif day > later.released:
            yield StepFault(
                "bad-date",
                change.id,
                f"{change.id} was decided on {day}, after the release on {later.released}",
                "a decision of that day or before",
                "Correct the day of the decision, or that of the release.",
            )
        elif day and day < earlier.released:
            # A decision may lie while a smaller release goes before it: odd, and no contradiction.
            yield StepFault(
                "old-decision",
                change.id,
                f"{change.id} was decided on {day}, before {earlier.codebook_version} was released",
                f"{earlier.released} or later",
                "Correct the day if it is wrong.",
                is_warning=True,
            )


def _codes(earlier: Codebook, later: Codebook) -> Iterator[StepFault]:
    """No id vanishes or comes back; what a code says of when it came, when it went and what followed is so."""
    rows, version = migration_rows(later.changes), later.codebook_version
    for code in earlier.codes:
        now = later.by_id.get(code.id)
        if now is None:
            yield StepFault(
                "vanished-code",
                "",
                f"{code.id} of {earlier.codebook_version} is gone",
                "the record, with status deprecated",
                "Put it back and say what became of it.",
            )
        elif code.is_active and not now.is_active and (code.id not in rows or rows[code.id].rule == "keep"):
            yield StepFault(
                "no-migration",
                code.id,
                f"{code.id} is deprecated without a migration row",
                "a row that says where its segments go",
                "Add the row to a change record.",
            )
        elif not code.is_active and now.is_active:
            yield StepFault(
                "revived-code",
                code.id,
                f"{code.id} was deprecated and is active again",
                "a new id",
                "Ids are never reused: give the new code a new id.",
            )
    announced = {code for change in _accepted(later) for code in change.to}
    for code in later.codes:
        before = earlier.by_id.get(code.id)
        if before is None and code.id not in announced:
            yield StepFault(
                "unannounced-code",
                code.id,
                f"{code.id} is new",
                "a change record that names it",
                "Add the change with its reasons.",
            )
        introduced = version if before is None else before.introduced_in
        if code.introduced_in != introduced:
            yield _contradiction(code, "introduced_in", code.introduced_in, introduced)
        if before is not None and not before.is_active:
            # What is past stays as it was told.
            deprecated, successors = before.deprecated_in, before.successors
        elif code.is_active:
            deprecated, successors = None, ()
        else:
            row = rows.get(code.id)
            # A row to a code that is deprecated or unknown is told of as such.
            is_whole = row is not None and all(to in later.by_id and later.by_id[to].is_active for to in row.to)
            deprecated, successors = version, row.to if row is not None and is_whole else code.successors
        if code.deprecated_in != deprecated:
            yield _contradiction(code, "deprecated_in", str(code.deprecated_in), str(deprecated))
        if set(code.successors) != set(successors):
            yield _contradiction(code, "successors", _listed(code.successors), _listed(successors))


def _contradiction(code: Code, key: str, found: str, expected: str) -> StepFault:
    return StepFault(
        "contradiction",
        code.id,
        f"{key} {found} of {code.id}",
        expected,
        "Make the record say what the changes and the version before it say.",
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def _rows(earlier: Codebook, later: Codebook) -> Iterator[StepFault]:
    for change in _accepted(later):
        for row in change.migration:
            now = later.by_id.get(row.source)
            if row.rule not in RULES_OF.get(change.type, (row.rule,)):
                yield _wrong_row(
                    row.source,
                    f"{row.source} by rule {row.rule} in {change.id}, which is {change.type}",
                    f"one of: {_listed(RULES_OF[change.type])}",
                    "Correct the rule, or the type of the change.",
                )
            if row.source not in change.source:
                yield _wrong_row(
                    row.source,
                    f"{row.source}, which {change.id} does not come from",
                    f"one of: {_listed(change.source)}",
                    "Correct the row, or name the code under `from`.",
                )
            if now is not None and now.is_active and row.rule not in ("keep", "review") and row.to != (row.source,):
                yield _wrong_row(
                    row.source,
                    f"{row.source} is active, and {change.id} sends its segments away by rule {row.rule}",
                    "keep, review, or a code that is deprecated",
                    "Deprecate the code, or let it keep its segments.",
                )
            for target in row.to:
                is_deprecated = target in later.by_id and not later.by_id[target].is_active
                if target not in change.to and not is_deprecated:
                    yield _wrong_row(
                        row.source,
                        f"{row.source} goes to {target}, which {change.id} does not lead to",
                        f"one of: {_listed(change.to)}",
                        "Correct the row, or name the code under `to`.",
                    )
                if is_deprecated:
                    yield StepFault(
                        "bad-migration",
                        target,
                        f"{row.source} goes to {target}, which is deprecated",
                        "an active code",
                        "Correct the row.",
                    )


def _wrong_row(place: str, found: str, expected: str, remedy: str) -> StepFault:
    return StepFault("wrong-row", place, found, expected, remedy)


def _changes(earlier: Codebook, later: Codebook) -> Iterator[StepFault]:
    """Whether what each accepted change says has happened."""
    announced = {name for change in _accepted(later) for name in change.to}
    is_told = any(code.id not in announced and code.id not in earlier.by_id for code in later.codes)
    for change in _accepted(later):
        # A new code that no change names is told of: most often it is the one that this change should name.
        yield from () if is_told and change.type == "new" and not change.to else shape_faults(change)
        happened = _HAPPENED.get(change.type)
        for name in change.source:
            before, now = earlier.by_id.get(name), later.by_id.get(name)
            if before is None or now is None:
                continue
            if not before.is_active:
                yield _empty(change, f"{name} of {change.id} was deprecated before", "codes that were active")
            elif change.type in ENDING and name not in change.to and now.is_active:
                yield _empty(change, f"{name} is active after {change.id}, which is {change.type}", "status deprecated")
            elif happened is not None and not happened[0](before, now):
                yield _empty(change, f"{name} after {change.id}, which is {change.type}, as before", happened[1])
        for name in change.to:
            if change.type == "new" and name in earlier.by_id:
                yield _empty(change, f"{name} of {change.id} is not new", "an id that no version has had")
            if change.type in ("merge", "split") and name in later.by_id and not later.by_id[name].is_active:
                yield _empty(change, f"{change.id} leads to {name}, which is deprecated", "active codes")
        if change.type == "to_facet" and not any(row.rule == "facet" for row in change.migration):
            yield _empty(
                change, f"{change.id} without a row of rule facet", "a row that says which answer the code became"
            )


def shape_faults(change: Change) -> Iterator[StepFault]:
    """Whether a change comes from and leads to as many codes as one of its type does."""
    if change.type not in _COUNTS:
        source, to = set(change.source), set(change.to)
        # What a code no longer covers may go to another one.
        if not source or (source != to and not (change.type in ("redefine", "narrow") and source < to)):
            yield _empty(
                change,
                f"{change.id}, which is {change.type}, from {_listed(change.source)} to {_listed(change.to)}",
                "the same codes under `from` and `to`",
            )
        return
    for key, names, (least, most) in zip(("from", "to"), (change.source, change.to), _COUNTS[change.type], strict=True):
        if not least <= len(set(names)) <= most:
            number = "none" if most == 0 else "exactly one" if least == most else f"at least {least}"
            yield _empty(
                change, f"{len(set(names))} codes under `{key}` of {change.id}, which is {change.type}", number
            )


def _empty(change: Change, found: str, expected: str) -> StepFault:
    return StepFault(
        "wrong-change", change.id, found, expected, "Correct the change's type or its codes, or the codes."
    )


def _differs(*fields: str) -> Callable[[Code, Code], bool]:
    return lambda before, now: any(_value(before, field) != _value(now, field) for field in fields)


def _value(code: Code, field: str) -> object:
    # A written form without cues and one that is not there are the same.
    return {form: cues for form, cues in code.cues.items() if cues} if field == "cues" else getattr(code, field)


#: By type, whether it has happened to a code, and what would have.
_HAPPENED: Mapping[str, tuple[Callable[[Code, Code], bool], str]] = {
    "rename": (_differs("label"), "another label"),
    "reword": (_differs(*TEXTS, *WORDING), "other wording, examples, cues or sources"),
    "redefine": (_differs(*MEANING), "another definition, when_to_use or when_not_to_use"),
    "narrow": (_differs(*MEANING), "another definition, when_to_use or when_not_to_use"),
    "move": (_differs("level", "parent"), "another level or parent"),
    "promote": (
        lambda before, now: before.parent is not None and now.parent is None,
        "a code that had a parent and has none",
    ),
}


def _differences(earlier: Codebook, later: Codebook) -> Iterator[StepFault]:
    """Differences between the records of a code that no accepted change names."""
    named: dict[str, set[str]] = {}
    for change in _accepted(later):
        for name in (*change.source, *change.to):
            named.setdefault(name, set()).add(change.type)
    touched = {
        book.by_id[name].display for name in named for book in (earlier, later) if name in book.by_id
    }  # a split's successors are in the later book only
    for now in later.codes:
        before = earlier.by_id.get(now.id)
        if before is None:
            continue
        is_orphan = before.parent is not None and before.parent not in later.by_id
        if (
            _differs("level", "parent")(before, now)
            and not is_orphan
            and not named.get(now.id, set()) & {"move", "promote"}
        ):
            yield StepFault(
                "unexplained-difference",
                now.id,
                f"{now.id} has another level or parent",
                "a change of type move or promote that names it",
                "Add the change with its reasons, or put the record back.",
            )
        if named.get(now.id) == {"rename"} and _differs(*MEANING)(before, now) and not touched & _named_in(before, now):
            yield StepFault(
                "unexplained-difference",
                now.id,
                f"{now.id}, which only got another name, has another definition, when_to_use or when_not_to_use",
                "a change of type redefine, narrow or reword that names it",
                "Say which it is: after a redefinition old segments are checked again.",
            )
        if now.id in named:
            continue
        meant: list[str] = []
        translated: list[str] = []
        for field in TEXTS:
            old, new = getattr(before, field), getattr(now, field)
            if old != new:
                (translated if any(old.get(key) == new.get(key) for key in new) else meant).append(field)
        # Where a neighbour was split, merged or moved, what a code says of its borders names the new ones.
        if touched & _named_in(before, now):
            meant = [field for field in meant if field not in MEANING]
            translated = [field for field in translated if field not in MEANING]
        if meant:
            yield StepFault(
                "unexplained-difference",
                now.id,
                f"{now.id} has another {', '.join(meant)}",
                "a change that names it",
                "Add the change with its reasons, or put the record back.",
            )
        passing = translated + [field for field in WORDING if _differs(field)(before, now)]
        if passing:
            yield StepFault(
                "unnamed-wording",
                now.id,
                f"{now.id} has another {', '.join(passing)}",
                "a change of type reword that names it",
                "Add the change, so that readers of the report see it.",
                is_warning=True,
            )


def _named_in(before: Code, now: Code) -> set[str]:
    """Whatever in the texts on what a code means could be the display of another one."""
    return _words(text for code in (before, now) for field in MEANING for text in getattr(code, field).values())


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}
