"""How often codes were used, as every codebook version sees it: nothing that was coded is uncountable under its own version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ..codebook.changes import Lineage, migration_rows
from ..codebook.code import Change, Codebook, version_key
from ..no_garbage import no_garbage
from .assignment import done_under
from .events import Event, Log, Record, cut, segments_of
from .migrate import Given, Outcome, follow
from .recoding import given_of
from .segments import first_read_under, read_through_under

COUNT_COLUMNS = ("code", "display", "status", "segments", "passages", "waiting", "documents")


def code_counts(migrated: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """How often each code of a codebook was used: a frame with `COUNT_COLUMNS`, deprecated codes at the end.

    `segments` counts the coded segments that bear the code; `passages` the passages (one span by one coder) that bear it
    or a code below it, each once; `waiting` the segments that wait for a person and may become it, or bore it last;
    `documents` those with a passage.

    Parameters
    ----------
    migrated
        Segments as :func:`foran_research.coding.migrate.migrate` gives them under this codebook.
    codebook
        The codebook they were migrated to.
    """
    ok = migrated[migrated["status"] == "ok"]
    own = Counter(ok["code"])
    spans: dict[str, set[tuple[object, ...]]] = {}
    documents: dict[str, set[str]] = {}
    for document, coder, start, end, code in zip(
        ok["document"], ok["coder"], ok["start"], ok["end"], ok["code"], strict=True
    ):
        for above in line_of(code, codebook):
            spans.setdefault(above, set()).add((document, coder, start, end))
            documents.setdefault(above, set()).add(document)
    queue = migrated[migrated["status"] == "review"]
    waiting = Counter(
        code
        for last, candidates in zip(queue["code"], queue["candidates"], strict=True)
        for code in {last, *candidates}
    )
    codes = (*codebook.active, *(code for code in codebook.codes if not code.is_active))
    rows = [
        (code.id, code.display, code.status, own[code.id], len(spans.get(code.id, ())), waiting[code.id],
         len(documents.get(code.id, ())))
        for code in codes
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COUNT_COLUMNS))


def line_of(code: str, codebook: Codebook) -> list[str]:
    """A code and all codes above it in the tree, from itself upwards."""
    line = [code]
    while (here := codebook.by_id.get(line[-1])) is not None and here.parent is not None and here.parent not in line:
        line.append(here.parent)
    return line


@dataclass(frozen=True)
class Chapter:
    """The life of a code under one codebook version.

    `status` is absent, active or deprecated. `segments` bear the code itself; `passages` bear it or a code below it, each
    span by each coder once; `waiting` may become the code, or bore it last, once a person has decided; `duplicates` were
    put together with an equal one; `ended` bore it last and are a code no longer (retired, relation, tag). `assessed` are
    the documents read under a version that had the code or what it came from, `not_assessed` the other documents with
    codings: not zero, but not known.
    """

    version: str
    released: str
    status: str
    display: str
    label: Mapping[str, str]
    changes: tuple[Change, ...]
    fields: tuple[str, ...]
    came_from: tuple[str, ...]
    became: tuple[str, ...]
    segments: int
    passages: int
    waiting: int
    duplicates: int
    ended: int
    documents: tuple[str, ...]
    assessed: tuple[str, ...]
    not_assessed: tuple[str, ...]


#: The fields of a code that a chapter tells when they differ from the version before.
_FIELDS = ("display", "level", "parent", "label", "brief", "definition", "when_to_use", "when_not_to_use", "example",
           "cues", "maturity")  # fmt: skip


@no_garbage()
def code_history(
    logs: Iterable[Log],
    lineage: Lineage,
    code: str,
    *,
    coders: Collection[str] = (),
    until: str | None = None,
) -> tuple[Chapter, ...]:
    """The life of a code, one chapter per codebook version, with what was counted under each.

    Parameters
    ----------
    logs
        Coding logs; of these the events up to `until` (a day), if given.
    lineage
        All versions.
    code
        A code id that some version has.
    coders
        Whose coding is counted; everybody's when empty.

    Segments that have lost their place in an edited text are left out, as everywhere.
    """
    relatives = _relatives(code, lineage)
    lives: list[_Life] = []
    read: list[tuple[str, frozenset[str], frozenset[str]]] = []
    for log in logs:
        events = log.events if until is None else tuple(cut(log.events, until))
        if not events or (coders and events[0].coder not in coders):
            continue
        newest = {event.segment: event.after for event in events}
        standing = segments_of({name: record for name, record in newest.items() if record is not None})
        first = first_read_under(events)
        done = frozenset(version for _, _, version in done_under([log], until=until))
        read.append((events[0].document, frozenset(first[name] for name in standing), done))
        kin = {e.segment for e in events if e.after is not None and e.after.get("code") in relatives}
        states = _states(events, kin)
        lives += [_Life(events[0].document, events[0].coder, states[name]) for name in standing if name in states]
    crowd = _crowd(lives)
    chapters = []
    before: Codebook | None = None
    for book in lineage.codebooks:
        chapters.append(_chapter(code, book, before, lineage, crowd, read))
        before = book
    return tuple(chapters)


def _states(events: Sequence[Event], wanted: Collection[str]) -> dict[str, tuple[Record, ...]]:
    """All states of some segments and of what was split off them, oldest first; a half begins with those of the whole."""
    found: dict[str, tuple[Record, ...]] = {}
    about: dict[str, str] = {}
    for event in events:
        if event.gesture:
            about[event.id] = event.segment
        whole = about.get(event.gesture, "") if event.action == "split" and event.before is None else ""
        if event.after is None or not (event.segment in wanted or whole in found):
            continue
        found[event.segment] = (*found.get(event.segment, found.get(whole, ())), event.after)
    return found


@dataclass(frozen=True)
class _Life:
    """All states of a coded segment that stands, oldest first."""

    document: str
    coder: str
    states: tuple[Record, ...]

    def under(self, limit: tuple[int, int, int]) -> Record | None:
        """The newest state that a version knows (see segments.known_under), at today's place."""
        for state in reversed(self.states):
            if version_key(state["codebook_version"]) <= limit:
                newest = self.states[-1]
                return {**state, "start": newest["start"], "end": newest["end"]}
        return None


@dataclass(frozen=True)
class _Crowd:
    """Segments to be counted: those that stand alone and always did are told by how many are alike, and the others singly.

    Alone: no other of them on the same passage, so that no codebook version can make two of them one.
    """

    #: By what they are, how many in each document.
    alike: Mapping[Given, Counter[str]]
    singly: tuple[_Life, ...]


def _crowd(lives: Iterable[_Life]) -> _Crowd:
    alike: dict[Given, Counter[str]] = {}
    by_place: dict[tuple[object, ...], list[_Life]] = {}
    for life in lives:
        record = life.states[-1]
        by_place.setdefault((life.document, life.coder, record["start"], record["end"]), []).append(life)
    singly = []
    for here in by_place.values():
        states = here[0].states
        if len(here) == 1 and (len(states) == 1 or len({state["codebook_version"] for state in states}) == 1):
            alike.setdefault(given_of(states[-1]), Counter())[here[0].document] += 1
        else:
            singly += here
    return _Crowd(alike, tuple(singly))


def _relatives(code: str, lineage: Lineage) -> frozenset[str]:
    """Every code whose segments may be counted with `code` under some version: its kin along lineage and tree."""
    pairs = {
        (source, other)
        for book in lineage.codebooks
        for source, row in migration_rows(book.changes).items()
        for other in row.to
    } | {(c.id, c.parent) for book in lineage.codebooks for c in book.codes if c.parent}
    family = {code}
    while more := {other for pair in pairs if family.intersection(pair) for other in pair} - family:
        family |= more
    return frozenset(family)


@dataclass
class _Counted:
    """What has been counted of a code under one version so far."""

    code: str
    book: Codebook
    statuses: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    passages: int = 0
    places: set[tuple[object, ...]] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)

    def take(self, outcome: Outcome, documents: Counter[str], place: tuple[object, ...] = ()) -> None:
        """Count assignments with this outcome: so many in each document, or one on a `place` shared with others."""
        number = documents.total()
        if outcome.code == self.code:
            self.statuses[outcome.status] += number
        if outcome.status == "review" and self.code in {outcome.code, *outcome.candidates}:
            self.waiting += number
        if outcome.status == "ok" and self.code in line_of(outcome.code, self.book):
            self.documents.update(documents)
            if place:
                self.places.add(place)
            else:
                self.passages += number


def _chapter(
    code: str,
    book: Codebook,
    before: Codebook | None,
    lineage: Lineage,
    crowd: _Crowd,
    read: Sequence[tuple[str, frozenset[str], frozenset[str]]],
) -> Chapter:
    limit = version_key(book.codebook_version)
    counted = _Counted(code, book)
    # Equal assignments become equal, in whatever document: each kind is followed once, on a passage of its own.
    kinds = [given for given in crowd.alike if version_key(given.version) <= limit]
    numbered = [given._replace(place=(number,)) for number, given in enumerate(kinds)]
    for kind, outcome in zip(kinds, follow(numbered, lineage, book.codebook_version), strict=True):
        counted.take(outcome, crowd.alike[kind])
    known = [(life, state) for life in crowd.singly if (state := life.under(limit)) is not None]
    given = [given_of(state, life.document, life.coder) for life, state in known]
    for one, outcome in zip(given, follow(given, lineage, book.codebook_version), strict=True):
        counted.take(outcome, Counter({str(one.place[0]): 1}), one.place)
    now, was = book.by_id.get(code), before.by_id.get(code) if before else None
    shown = now or next(found.by_id[code] for found in lineage.codebooks if code in found.by_id)
    under = _read_under(read, limit)
    could = {v: now is not None and _had(code, book, lineage, v) for v in set(under.values())}
    assessed = {document for document, version in under.items() if could[version]}
    rows = migration_rows(book.changes)
    return Chapter(
        version=book.codebook_version,
        released=book.released,
        status=now.status if now else "absent",
        display=shown.display,
        label=shown.label,
        changes=tuple(
            change
            for change in book.changes
            if code in (*change.source, *change.to) or any(code in (r.source, *r.to) for r in change.migration)
        ),
        fields=tuple(f for f in _FIELDS if now and was and getattr(now, f) != getattr(was, f)),
        came_from=tuple(sorted(source for source, row in rows.items() if code in row.to and source != code)),
        became=rows[code].to if code in rows else (),
        segments=counted.statuses["ok"],
        passages=counted.passages + len(counted.places),
        waiting=counted.waiting,
        duplicates=counted.statuses["duplicate"],
        ended=sum(counted.statuses[status] for status in ("retired", "relation", "tag")),
        documents=tuple(sorted(counted.documents)),
        assessed=tuple(sorted(assessed)),
        not_assessed=tuple(sorted(set(under) - assessed)),
    )


def _read_under(
    read: Iterable[tuple[str, frozenset[str], frozenset[str]]], limit: tuple[int, int, int]
) -> dict[str, str]:
    """The version up to a limit that each document was read through under."""
    known: dict[str, tuple[list[str], list[str]]] = {}
    for document, *versions in read:
        applied, done = ([version for version in own if version_key(version) <= limit] for own in versions)
        if applied:
            together = known.setdefault(document, ([], []))
            together[0].extend(applied)
            together[1].extend(done)
    return {document: read_through_under(*versions) for document, versions in known.items()}


def _had(code: str, book: Codebook, lineage: Lineage, version: str) -> bool:
    """Whether readers under `version` could have told what became `code`."""
    family = lineage.ancestors(code, book.codebook_version)
    return version in lineage.versions and any(c.id in family for c in lineage[version].active)
