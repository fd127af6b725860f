"""Coding as events: the state of a document's coding is the fold of its log, and nothing is ever edited in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

#: What a coder can do to one segment. `undo` and `redo` carry the state they lead to, like any other event.
ACTIONS = ("apply", "remove", "recode", "adjust", "polarity", "memo", "undo", "redo")

Segment = Mapping[str, Any]

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
    "memo",
    "source",
)
REQUIRED_SEGMENT_KEYS = SEGMENT_KEYS[:6]
CONTEXT = 32
#: What the first line of a log gives as the hash of the line before it.
NO_PREVIOUS = "0" * 64


@dataclass(frozen=True)
class Event:
    """One line of a coding log. `before` and `after` hold the whole segment, or None when it does not exist."""

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

    @property
    def date(self) -> str:
        """The day of the event, as ISO text."""
        return self.at[:10]


@dataclass(frozen=True)
class Log:
    """The events of one file, each with its line number, and the torn tail if there is one."""

    name: str
    events: tuple[Event, ...]
    lines: tuple[int, ...]
    torn: bytes | None = None
    head_sha256: str = NO_PREVIOUS


class InconsistentLog(ValueError):
    """An event whose `before` is not the state that the events before it lead to."""

    def __init__(self, event: Event) -> None:
        self.event = event
        super().__init__(f"event {event.id} does not continue the log: its `before` is not the state it meets")


def cut(events: Iterable[Event], until: str | None) -> Iterator[Event]:
    """The events before the first one later than a day; all of them for None.

    A log is cut, never sifted: after a clock set back, later lines still build on the ones before them.
    """
    return takewhile(lambda event: until is None or event.date <= until, events)


def fold(events: Iterable[Event], *, until: str | None = None) -> dict[str, Segment]:
    """The segments that stand after `events`, by segment id, in order of their first appearance.

    Parameters
    ----------
    events
        The events of one log, in order.
    until
        An ISO date; the log is cut before the first later event, so that any state of the past can be had again.

    Raises
    ------
    InconsistentLog
        When an event's `before` differs from the state it meets.
    """
    state: dict[str, Segment | None] = {}
    for event in cut(events, until):
        if state.get(event.segment) != event.before:
            raise InconsistentLog(event)
        # A removed segment keeps its place, so that undoing the removal puts it back where it was.
        state[event.segment] = event.after
    return {segment: stands for segment, stands in state.items() if stands is not None}


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
