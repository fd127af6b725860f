"""What waits for a coder under the codebook in force: passages to recode, and passages to read again.

The open document is judged by the desk's own state, so that the queue is right after every act; the coder's other
documents by their logs, each judged anew only when its file changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..codebook.code import Change, Code, Codebook, version_key
from ..coding.events import Event, Log, Record, fold, is_segment
from ..coding.rechecking import DEFINING, Redefinition, drawn, outcome_of, redefinitions, tasks_in
from ..coding.recoding import Pending, pending_in
from ..study import Study
from .session import Session
from .snapshot import log_files, log_of

#: One passage in the queue as a screen receives it, and how much waits in another document.
Entry = Mapping[str, Any]
#: By change of a definition, the segments that a sample may be drawn from.
Candidates = Mapping[Redefinition, frozenset[str]]
_LANGUAGES = ("nb", "en")
_ALL = 1_000_000_000


@dataclass(frozen=True)
class _Elsewhere:
    """What a log of another document says: segments to recode, and what stands of those that a sample is drawn from."""

    recode: int
    state: Mapping[str, Record]
    candidates: Candidates


class RecodeQueue:
    """The recode queue of one coder, told to a screen as a whole once and by what has changed after that.

    Parameters
    ----------
    study
        The study; its logs are read from the disk as they are now.
    session
        The coder at the open document, under the codebook in force.
    former
        The queue of the document that was open before: what it knows of the coder's logs is not found out again.

    Notes
    -----
    Nothing here decides anything: what waits is said by :mod:`foran_research.coding.recoding`, what is to be read again
    by :mod:`foran_research.coding.rechecking`.
    """

    def __init__(self, study: Study, session: Session, former: RecodeQueue | None = None) -> None:
        self._study, self._session = study, session
        self._version = session.codebook.codebook_version
        self._changes = redefinitions(study.lineage, self._version)
        is_same = former is not None and former._about == (study.path, session.desk.coder, self._version)
        self._others: dict[str, tuple[object, _Elsewhere]] = dict(former._others) if former and is_same else {}
        #: What waits in the open document by itself, and what a sample may be drawn from; both follow from its log.
        self._pending: dict[str, Entry] = {}
        self._candidates: Candidates = {}
        #: What was drawn, in the whole study.
        self._drawn: Mapping[Redefinition, frozenset[str]] = {}
        self._items: dict[str, Entry] = {}
        self._elsewhere: list[dict[str, Any]] = []
        self._is_fresh = False
        #: Counts the news, so that a screen that has missed some notices.
        self.number = 0

    def is_of(self, session: Session) -> bool:
        """Whether this is the queue of a session, and not of one that was open before."""
        return self._session is session

    def whole(self) -> dict[str, Any]:
        """All that waits: `items` are (segment, entry) in order of the text, `elsewhere` one entry for a document."""
        before, is_first = (self._items, self._elsewhere), not self._is_fresh
        self._update(None)
        # Another screen has not been told of what was found just now, and is to notice.
        self.number += not is_first and before != (self._items, self._elsewhere)
        return self._told(list(self._items.items()), is_whole=True)

    def news(self, events: Sequence[Event], *, others: bool = False) -> dict[str, Any] | None:
        """What has come (an entry) and gone (None) since the screen was told last; None when nothing has.

        Parameters
        ----------
        events
            What the coder has just done; nothing for a heartbeat.
        others
            Whether another window has written to the open document's log.
        """
        before, told = self._items, self._elsewhere
        self._update(None if others else events)
        items: list[tuple[str, Entry | None]] = [(name, None) for name in before if name not in self._items]
        items += [(name, entry) for name, entry in self._items.items() if before.get(name) != entry]
        if not items and told == self._elsewhere:
            return None
        self.number += 1
        return self._told(items, is_whole=False)

    @property
    def _about(self) -> tuple[Path, str, str]:
        return self._study.path, self._session.desk.coder, self._version

    def _told(self, items: Sequence[tuple[str, Entry | None]], *, is_whole: bool) -> dict[str, Any]:
        return {"number": self.number, "is_whole": is_whole, "items": items, "elsewhere": self._elsewhere}

    def _update(self, events: Sequence[Event] | None) -> None:
        """Bring everything up to date after some events of the open document, or from the ground up for None."""
        is_new = events is None or not self._is_fresh
        has_other_changed = self._read_others()
        is_draw_new = is_new or has_other_changed
        if is_new:
            self._pending = self._pending_of(self._session.desk.state)
            self._candidates = self._candidates_of(self._session.events)
        elif events:
            self._weigh_anew(events)
            # An undo may take back what was coded under an earlier version, and so what a sample was drawn from.
            if self._changes and any(event.action in ("undo", "redo") for event in events):
                is_draw_new = self._trace_anew({event.segment for event in events}) or is_draw_new
        if is_draw_new:
            self._drawn = self._draw()
        if is_draw_new or events:
            readings = self._readings(self._session.desk.state, self._candidates)
            self._items = {**readings, **self._pending}
        if is_draw_new:
            self._elsewhere = self._count_elsewhere()
        self._is_fresh = True

    def _weigh_anew(self, events: Sequence[Event]) -> None:
        """Judge what some events touched, and what else stands in the same places: nothing else can have become other."""
        touched = {event.segment for event in events}
        records = [record for event in events for record in (event.before, event.after) if record is not None]
        places = {(record.get("start"), record.get("end")) for record in records}
        state = self._session.desk.state
        near = {name: r for name, r in state.items() if (r.get("start"), r.get("end")) in places}
        kept = {name: entry for name, entry in self._pending.items() if name not in touched and name not in near}
        self._pending = kept | self._pending_of(near)

    def _trace_anew(self, names: set[str]) -> bool:
        """Find out anew whether some segments may be drawn; whether that has become other."""
        before = self._candidates
        found = self._candidates_of([event for event in self._session.events if event.segment in names])
        self._candidates = {
            change: (before.get(change, frozenset()) - names) | found.get(change, frozenset())
            for change in self._changes
        }
        return any(self._candidates[change] != before.get(change, frozenset()) for change in self._changes)

    def _read_others(self) -> bool:
        """Judge anew what has changed on the disk; whether anything has."""
        found: dict[str, tuple[object, _Elsewhere]] = {}
        has_changed = False
        for document, path, stamp in log_files(self._study, self._session.desk.coder):
            if document == self._session.desk.document:
                continue
            known = self._others.get(document)
            if known is None or known[0] != stamp:
                has_changed = True
                known = stamp, self._judged(document, log_of(self._study, path, stamp))
            found[document] = known
        has_changed = has_changed or found.keys() != self._others.keys()
        self._others = found
        return has_changed

    def _judged(self, document: str, log: Log | None) -> _Elsewhere:
        lineage, version = self._study.lineage, self._version
        events = log.events if log is not None and document in self._study.transcripts else ()
        try:
            state = fold(events)
            candidates = self._candidates_of(events)
            waiting = pending_in(state, document, self._session.desk.coder, lineage, version)
        except (KeyError, TypeError, ValueError):  # a damaged log is told of when its document is opened
            return _Elsewhere(0, {}, {})
        wanted = {name for names in candidates.values() for name in names}
        # Of the records only those are kept that may be drawn and do not wait for recoding first.
        kept = {name: record for name, record in state.items() if name in wanted and name not in waiting}
        return _Elsewhere(len(waiting), kept, candidates)

    def _draw(self) -> Mapping[Redefinition, frozenset[str]]:
        """The sample of each change of a definition, from everything this coder had coded in the study."""
        sources = [self._candidates, *(found.candidates for _, found in self._others.values())]
        found = {}
        for change in self._changes:
            names = [name for source in sources for name in source.get(change, ())]
            settings = self._study.settings
            found[change] = frozenset(drawn(names, change, seed=settings.seed, size=settings.recheck_sample))
        return found

    def _pending_of(self, state: Mapping[str, Record]) -> dict[str, Entry]:
        desk, lineage = self._session.desk, self._study.lineage
        pending = pending_in(state, desk.document, desk.coder, lineage, self._version)
        return {name: _recoding(one, lineage[one.version]) for name, one in pending.items()}

    def _candidates_of(self, events: Sequence[Event]) -> Candidates:
        """By change of a definition, the segments of a log that had been coded under the one before."""
        if not self._changes:
            return {}
        tasks = tasks_in(events, self._study.lineage, self._version, seed=0, size=_ALL)
        by_change = {(change.version, change.code): change for change in self._changes}
        found: dict[Redefinition, set[str]] = {}
        for version, code, name in zip(tasks["version"], tasks["code"], tasks["segment"], strict=True):
            found.setdefault(by_change[version, code], set()).add(name)
        return {change: frozenset(names) for change, names in found.items()}

    def _readings(self, state: Mapping[str, Record], candidates: Candidates) -> dict[str, Entry]:
        """What of a log was drawn to be read again and has not been; the newest change of its code tells why."""
        found: dict[str, Entry] = {}
        for change in self._changes:
            for name in sorted(self._drawn[change] & candidates.get(change, frozenset())):
                record = state.get(name)
                if record is not None and self._is_unread(record, change):
                    found[name] = _rereading(record, change)
        return found

    def _is_unread(self, record: Record, change: Redefinition) -> bool:
        # A code that was split or retired since asks for more than a second reading; other lists tell of it.
        code = self._session.codebook.by_id.get(record.get("code", ""))
        is_active = code is not None and code.is_active and is_segment(record)
        return is_active and outcome_of(record, change) == ""

    def _count_elsewhere(self) -> list[dict[str, Any]]:
        """The other documents where something waits: from the one after the open document on, and round."""
        order = list(self._study.documents.index)
        here = order.index(self._session.desk.document)
        rows = []
        for document in (*order[here + 1 :], *order[:here]):
            found = self._others.get(document)
            if found is None:
                continue
            reread = len(self._readings(found[1].state, found[1].candidates))
            if found[1].recode or reread:
                title = str(self._study.documents.at[document, "title"])
                rows.append({"id": document, "title": title, "recode": found[1].recode, "reread": reread})
        return rows


def _recoding(pending: Pending, book: Codebook) -> Entry:
    row = next((row for c in book.changes if c.is_accepted for row in c.migration if row.source == pending.code), None)
    why: str = pending.why
    says = ""
    if why == "polarity" and row is not None:
        # Either the polarity says otherwise than the code did, or the answer to another facet does.
        is_polarity = bool(row.polarity) and pending.polarity not in ("", row.polarity)
        why, says = ("polarity", row.polarity or "") if is_polarity else ("facet", "")
    return {
        "why": why,
        "code": pending.code,
        "polarity": pending.polarity,
        "facets": dict(pending.facets),
        "says": says,
        "candidates": list(pending.candidates),
        "change": pending.change,
        "version": pending.version,
        "others": list(pending.others),
    }


def _rereading(record: Record, change: Redefinition) -> Entry:
    return {
        "why": "reread",
        "code": change.code,
        "polarity": record["polarity"],
        "says": "",
        "candidates": [change.code],
        "change": change.change,
        "version": change.version,
        "others": [],
    }


def changes_for_screen(study: Study, book: Codebook) -> dict[str, dict[str, Any]]:
    """What has been decided about codes up to a codebook version, by ``VERSION ID``: kind, summary, reasons.

    `codes` has the definition before and the one in force, of codes that lived on with another one; `is_polarity` says
    that a code became the polarity of another one.
    """
    lineage, limit = study.lineage, version_key(book.codebook_version)
    told = {
        f"{one.codebook_version} {change.id}": _change(change)
        for one in lineage.codebooks
        if version_key(one.codebook_version) <= limit
        for change in one.changes
        if change.is_accepted
    }
    for change in redefinitions(lineage, book.codebook_version):
        place = lineage.versions.index(change.version)
        before = lineage.codebooks[place - 1]
        # Held against what is in force: a later version may have changed the definition once more.
        after = book if change.code in book.by_id else lineage.codebooks[place]
        told[f"{change.version} {change.change}"]["codes"][change.code] = {
            "old": _definition(before.by_id[change.code], before.codebook_version),
            "new": _definition(after.by_id[change.code], after.codebook_version),
        }
    return told


def _change(change: Change) -> dict[str, Any]:
    texts = ("summary", "reason_empirical", "reason_theoretical")
    told = {name: {lang: getattr(change, name).get(lang, "") for lang in _LANGUAGES} for name in texts}
    is_polarity = change.type == "to_facet" and any(row.polarity for row in change.migration)
    return {"type": change.type, "is_polarity": is_polarity, **told, "codes": {}}


def _definition(code: Code, version: str) -> dict[str, Any]:
    texts = {name: {lang: getattr(code, name).get(lang, "") for lang in _LANGUAGES} for name in DEFINING}
    return {"version": version, **texts}
