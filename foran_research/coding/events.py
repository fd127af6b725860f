"""Coding as events: the state of a document's coding is the fold of its log, and nothing is ever edited in place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby, takewhile
from typing import Any

from ..errors import ForanError

#: What a coder can do. `undo` and `redo` carry the state they lead to, like any other event.
ACTIONS = (
    "apply",
    "remove",
    "recode",
    "adjust",
    "polarity",
    "facet",
    "memo",
    "split",
    "merge",
    "accept",
    "dismiss",
    "propose",
    "note",
    "complete",
    "reopen",
    "resolve",
    "reanchor",
    "withdraw",
    "confirm",
    "set_aside",
    "undo",
    "redo",
)

#: What an event is about: a coded segment, or a record of one of KINDS.
Record = Mapping[str, Any]
Segment = Record

#: The keys of a segment in an event's `before` and `after`; the first six are required.
SEGMENT_KEYS = (
    "start",
    "end",
    "quote",
    "code",
    "polarity",
    "codebook_version",
    "prefix",
    "suffix",
    "phase",
    "facets",
    "memo",
    "source",
    "set_aside",
)
REQUIRED_SEGMENT_KEYS = SEGMENT_KEYS[:6]

#: Records that are no coded segments name their kind; by kind, the keys they must have.
#: dismissal: a suggestion the coder does not want to see again. proposal: a passage that asks for a code that the
#: codebook lacks. memo: on a document, a code or the study; `about` is one pair such as {"code": "C0006"}; `replaces`
#: names the memo it takes the place of. status: whether the coder is done with the document. resolution: which of
#: two coders' segments (as they stood) are accepted and which rejected, and why. text: the text that the log speaks of
#: from here on, after one that was edited. tombstone: a participant has withdrawn; how many events lost their words and
#: how many coded segments no longer stand, and how the log ended before.
KINDS: Mapping[str, tuple[str, ...]] = {
    "dismissal": ("start", "end", "quote", "code", "suggested_by"),
    "proposal": ("start", "end", "quote", "label"),
    "memo": ("about", "text"),
    "status": ("is_complete",),
    "resolution": ("start", "end", "quote", "accepted", "rejected", "added", "reason"),
    "text": ("text_sha256", "former_sha256"),
    "tombstone": ("events", "segments", "former_head_sha256"),
}
CONTEXT = 32
#: Characters of a day in ISO form.
_DAY = 10
_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
#: What the first line of a log gives as the hash of the line before it.
NO_PREVIOUS = "0" * 64


@dataclass(frozen=True)
class Event:
    """One line of a coding log. `before` and `after` hold the whole segment or record, or None when it does not exist.

    `segment` is the id of what the event is about. `gesture` is the id of the first event of one act of the coder that
    took several events (a split, a merge), and empty for an act of one event; `to_follow` says how many events of that
    act come after this one, so that an act of which only a beginning reached the disk is known as such. `wish` is the
    screen's own id of what it asked for, so that the same wish, sent again after a crash, is not done twice. `sha256` is
    the hash of the event's own line without that key, and "" in logs from before lines had it.
    """

    seq: int
    id: str
    at: str
    coder: str
    document: str
    text_sha256: str
    action: str
    segment: str
    codebook_version: str
    before: Segment | None
    after: Segment | None
    prev_sha256: str
    gesture: str = ""
    to_follow: int = 0
    wish: str = ""
    sha256: str = ""

    @property
    def date(self) -> str:
        """The day of the event, as ISO text."""
        return self.at[:10]


@dataclass(frozen=True)
class Step:
    """One event to be: what is done to which record."""

    action: str
    record: str
    before: Record | None
    after: Record | None


@dataclass(frozen=True)
class Log:
    """The events of one file, each with its line number, and the torn tail if there is one."""

    name: str
    events: tuple[Event, ...]
    lines: tuple[int, ...]
    torn: bytes | None = None
    head_sha256: str = NO_PREVIOUS

    def until(self, moment: str) -> Log:
        """The log as it stood at the end of a day or at a UTC second: cut as :func:`cut` does, with the head it had then."""
        count = sum(1 for _ in cut(self.events, moment))
        if count == len(self.events):
            return self
        return replace(
            self,
            events=self.events[:count],
            lines=self.lines[:count],
            torn=None,
            head_sha256=self.events[count].prev_sha256,
        )


class InconsistentLog(ValueError):
    """An event whose `before` is not the state that the events before it lead to."""

    def __init__(self, event: Event) -> None:
        self.event = event
        super().__init__(f"event {event.id} does not continue the log: its `before` is not the state it meets")


def cut(events: Iterable[Event], until: str | None) -> Iterator[Event]:
    """The events before the first one later than a day (YYYY-MM-DD) or a UTC second (YYYY-MM-DDTHH:MM:SSZ); all for None.

    A log is cut, never sifted: after a clock set back, later lines still build on the ones before them.
    """
    if until is None:
        return iter(events)
    if len(until) <= _DAY:
        return takewhile(lambda event: event.date <= until, events)
    # Our tools write every moment as `until` is written; only other hands write fractions and offsets.
    return takewhile(lambda event: not _is_after(event.at, until), events)


def _is_after(at: str, second: str) -> bool:
    if len(at) == len(second):
        return at > second
    return dt.datetime.fromisoformat(at) > dt.datetime.fromisoformat(second)


def end_of(moment: str) -> str:
    """The last UTC second of a moment: that of a day, or the second itself; texts that sort as the moments follow.

    Raises
    ------
    ForanError
        When it is neither a day nor a UTC second.

    >>> end_of("2021-06-30"), end_of("2021-06-30T09:17:39Z")
    ('2021-06-30T23:59:59Z', '2021-06-30T09:17:39Z')
    """
    second = f"{moment}T23:59:59Z" if len(moment) == _DAY else moment
    try:
        is_moment = _SECOND.fullmatch(second) is not None and dt.datetime.fromisoformat(second) is not None
    except ValueError:
        is_moment = False
    if not is_moment:
        raise ForanError(
            f"{moment!r} is no moment: write a day as YYYY-MM-DD, or a second of universal time (UTC) as "
            "YYYY-MM-DDTHH:MM:SSZ"
        )
    return second


def is_segment(record: Record) -> bool:
    """Whether a record is a coded segment (and not a memo, a dismissal, …) with a place in the text in force.

    >>> is_segment({"kind": "status", "is_complete": True}), is_segment({"start": 0, "end": 3, "code": "C0001"})
    (False, True)
    """
    return "kind" not in record and "waiting" not in record


def is_waiting(record: Record) -> bool:
    """Whether a record has lost its place when the text was edited, and waits for somebody to say where it belongs.

    Its place and quote are those in the text that ``record["waiting"]["text_sha256"]`` names.
    """
    return "waiting" in record


def facets_of(segment: Segment) -> dict[str, str]:
    """The facets of a segment by facet id. Old logs name the phase beside the other keys.

    >>> facets_of({"phase": "etter", "facets": {"claim_type": "plan"}})
    {'phase': 'etter', 'claim_type': 'plan'}
    """
    old = {"phase": segment["phase"]} if segment.get("phase") else {}
    return {**old, **segment.get("facets", {})}


def fold(events: Iterable[Event], *, until: str | None = None) -> dict[str, Record]:
    """The segments and other records that stand after `events`, by id, in order of their first appearance.

    Parameters
    ----------
    events
        The events of one log, in order.
    until
        An ISO date or a UTC second; the log is cut before the first later event, so that any state of the past can be
        had again.

    Raises
    ------
    InconsistentLog
        When an event's `before` differs from the state it meets.
    """
    state: dict[str, Record | None] = {}
    for event in cut(events, until):
        if state.get(event.segment) != event.before:
            raise InconsistentLog(event)
        # A removed segment keeps its place, so that undoing the removal puts it back where it was.
        state[event.segment] = event.after
    return {segment: stands for segment, stands in state.items() if stands is not None}


def segments_of(state: Mapping[str, Record]) -> dict[str, Segment]:
    """The coded segments of a folded state; memos, dismissals, what waits for a place and other records left out.

    So are those of which only the place is left, after the participant withdrew.
    """
    # is_segment and not is_tombstoned, spelt out: there may be a hundred thousand of them.
    return {
        name: record
        for name, record in state.items()
        if "kind" not in record and "waiting" not in record and record.get("quote") != ""
    }


def is_tombstoned(record: Record) -> bool:
    """Whether the words of a record were taken away when a participant withdrew: nobody codes no words.

    >>> is_tombstoned({"start": 3, "end": 9, "quote": ""}), is_tombstoned({"kind": "status", "is_complete": True})
    (True, False)
    """
    return record.get("quote") == ""


def waiting_in(state: Mapping[str, Record]) -> dict[str, Record]:
    """The records of a folded state that have lost their place in an edited text."""
    return {name: record for name, record in state.items() if is_waiting(record)}


def is_new_text(event: Event) -> bool:
    """Whether an event begins the re-anchoring of a log in an edited text."""
    return event.action == "reanchor" and event.after is not None and event.after.get("kind") == "text"


def gestures(events: Iterable[Event]) -> Iterator[tuple[Event, ...]]:
    """The acts of a coder: the events of a log, those of one gesture together."""
    for _, act in groupby(events, key=lambda event: event.gesture or event.id):
        yield tuple(act)


@dataclass
class UndoStacks:
    """What can be undone and redone after the events seen so far, newest last.

    Undoing and redoing are events like any other, so the stacks are a function of the log and outlive every restart.
    A new act empties what could be redone. A new text empties both: what was done before it speaks of other places.
    """

    undoable: list[tuple[Event, ...]] = field(default_factory=list)
    redoable: list[tuple[Event, ...]] = field(default_factory=list)

    def see(self, act: tuple[Event, ...]) -> None:
        """Take in the next act of the log."""
        # What was withdrawn is not brought back by an undo.
        if is_new_text(act[0]) or act[0].action == "withdraw":
            self.undoable.clear()
            self.redoable.clear()
        elif act[0].action == "undo":
            self._move(act, self.undoable, self.redoable)
        elif act[0].action == "redo":
            self._move(act, self.redoable, self.undoable)
        else:
            self.undoable.append(act)
            self.redoable.clear()

    @staticmethod
    def _move(act: tuple[Event, ...], source: list[tuple[Event, ...]], target: list[tuple[Event, ...]]) -> None:
        touched = {event.segment for event in act}
        # The newest act that touched the same: a log written by other hands may have undone out of order.
        for place in range(len(source) - 1, -1, -1):
            if {event.segment for event in source[place]} == touched:
                target.append(source.pop(place))
                return


def undo_stacks(events: Iterable[Event]) -> UndoStacks:
    """The stacks after a whole log."""
    stacks = UndoStacks()
    for act in gestures(events):
        stacks.see(act)
    return stacks


def segment_at(
    text: str, start: int, end: int, code: str, polarity: str, codebook_version: str, **more: Any
) -> dict[str, Any]:
    """A segment over ``text[start:end]`` with its quote and the context that lets it be found again.

    >>> segment_at("Vi hadde god dialog.", 9, 19, "C0006", "fremmer", "1.0.0")["quote"]
    'god dialog'
    """
    return {
        "start": start,
        "end": end,
        "quote": text[start:end],
        "code": code,
        "polarity": polarity,
        "codebook_version": codebook_version,
        "prefix": text[max(0, start - CONTEXT) : start],
        "suffix": text[end : end + CONTEXT],
        **{key: value for key, value in more.items() if value is not None},
    }
