"""How often codes were used, as every codebook version sees it: nothing that was coded is uncountable under its own version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from ..codebook.changes import Lineage, migration_rows
from ..codebook.code import Change, Codebook, version_key
from .events import Log, Record, cut, is_segment, is_tombstoned
from .migrate import follow
from .recoding import given_of
from .segments import first_read_under

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
    kept: list[_Life] = []
    read: set[tuple[str, str]] = set()
    for log in logs:
        events = list(cut(log.events, until))
        if not events or (coders and events[0].coder not in coders):
            continue
        records: dict[str, list[Record]] = {}
        removed: set[str] = set()
        for event in events:
            if event.after is None:
                removed.add(event.segment)
            elif "kind" not in event.after:
                removed.discard(event.segment)
                records.setdefault(event.segment, []).append(event.after)
        first = first_read_under(events)
        for name, states in records.items():
            if name in removed or not is_segment(states[-1]) or is_tombstoned(states[-1]):
                continue
            read.add((events[0].document, first[name]))
            if any(state["code"] in relatives for state in states):
                kept.append(_Life(events[0].document, events[0].coder, tuple(states)))
    chapters = []
    before: Codebook | None = None
    for book in lineage.codebooks:
        chapters.append(_chapter(code, book, before, lineage, kept, read))
        before = book
    return tuple(chapters)


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


def _chapter(
    code: str,
    book: Codebook,
    before: Codebook | None,
    lineage: Lineage,
    kept: Iterable[_Life],
    read: Collection[tuple[str, str]],
) -> Chapter:
    limit = version_key(book.codebook_version)
    known = [(life, state) for life in kept if (state := life.under(limit)) is not None]
    outcomes = follow(
        [given_of(state, life.document, life.coder) for life, state in known], lineage, book.codebook_version
    )
    statuses: Counter[str] = Counter()
    waiting = 0
    passages = set()
    for (life, state), outcome in zip(known, outcomes, strict=True):
        if outcome.code == code:
            statuses[outcome.status] += 1
        if outcome.status == "review" and code in {outcome.code, *outcome.candidates}:
            waiting += 1
        if outcome.status == "ok" and code in line_of(outcome.code, book):
            passages.add((life.document, life.coder, state["start"], state["end"]))
    now, was = book.by_id.get(code), before.by_id.get(code) if before else None
    shown = now or next(found.by_id[code] for found in lineage.codebooks if code in found.by_id)
    under = _read_under(read, limit)
    assessed = {d for d, version in under.items() if now is not None and _had(code, book, lineage, version)}
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
        segments=statuses["ok"],
        passages=len(passages),
        waiting=waiting,
        duplicates=statuses["duplicate"],
        ended=sum(statuses[status] for status in ("retired", "relation", "tag")),
        documents=tuple(sorted({str(document) for document, *_ in passages})),
        assessed=tuple(sorted(assessed)),
        not_assessed=tuple(sorted(set(under) - assessed)),
    )


def _read_under(read: Iterable[tuple[str, str]], limit: tuple[int, int, int]) -> dict[str, str]:
    """The latest version up to a limit that each document was read under."""
    latest: dict[str, str] = {}
    for document, version in read:
        if version_key(version) <= limit and (
            document not in latest or version_key(version) > version_key(latest[document])
        ):
            latest[document] = version
    return latest


def _had(code: str, book: Codebook, lineage: Lineage, version: str) -> bool:
    """Whether readers under `version` could have told what became `code`."""
    family = lineage.ancestors(code, book.codebook_version)
    return version in lineage.versions and any(c.id in family for c in lineage[version].active)
