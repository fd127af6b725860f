"""What the registers speak of: the rest of the study, and the passages that a row can rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ..codebook.changes import Lineage
from ..coding.events import Event, Log, is_tombstoned
from ..corpus.transcript import Span, Transcript
from ..settings import Settings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Passage:
    """A coded segment as evidence: its document, who speaks in it (types of actors), and the process it is about.

    `state`: a coder has removed it, or a participant has withdrawn its words.
    """

    document: str
    actor_types: tuple[str, ...] = ()
    process: str = ""
    state: Literal["standing", "removed", "withdrawn"] = "standing"


@dataclass(frozen=True)
class Breadth:
    """How broad evidence is: how many documents, types of actors and procurement processes it comes from."""

    documents: int = 0
    actor_types: int = 0
    processes: int = 0


def breadth(evidence: Iterable[str], passages: Mapping[str, Passage]) -> Breadth:
    """How broad the evidence is that still stands.

    >>> breadth(["a", "b", "c"], {"a": Passage("D1", ("jurist",), "P1"), "b": Passage("D1", ("leder",), "P1")})
    Breadth(documents=1, actor_types=2, processes=1)
    """
    found = [passages[name] for name in evidence if name in passages and passages[name].state == "standing"]
    return Breadth(
        len({one.document for one in found}),
        len({actor for one in found for actor in one.actor_types if actor}),
        len({one.process for one in found if one.process}),
    )


def _no_passages() -> Mapping[str, Passage] | None:
    return {}


@dataclass(frozen=True)
class Known:
    """What a register can name. Where a file could not be read it is None, and what refers to it is not judged.

    `processes` holds the case of each process, `participants` the day each withdrew or "".
    """

    settings: Settings
    lineage: Lineage
    processes: Mapping[str, str] | None = field(default_factory=dict)
    participants: Mapping[str, str] | None = field(default_factory=dict)
    coders: frozenset[str] | None = frozenset()
    #: Asked only when some row names a segment: gathering them reads every log.
    gather: Callable[[], Mapping[str, Passage] | None] = field(default=_no_passages, compare=False)

    @cached_property
    def passages(self) -> Mapping[str, Passage] | None:
        """The coded segments of all logs by id, None when some log cannot be read."""
        return self.gather()

    @cached_property
    def elements(self) -> Mapping[str, frozenset[str]]:
        """The elements of each codebook version: active codes without a parent."""
        return {book.codebook_version: frozenset(code.id for code in book.elements) for book in self.lineage.codebooks}

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of all versions."""
        return frozenset(code.id for book in self.lineage.codebooks for code in book.codes)


def known_from(
    settings: Settings,
    lineage: Lineage,
    documents: pd.DataFrame,
    participants: pd.DataFrame | None,
    processes: pd.DataFrame | None,
    transcripts: Mapping[str, Transcript],
    logs: Iterable[Log] | None,
) -> Known:
    """What a loaded study has that registers can name; None stands for what could not be read.

    `documents` are those in force: evidence in others is withdrawn and not unknown.
    """
    logs = None if logs is None else tuple(logs)
    actor_types = {} if participants is None else _column(participants, "actor_type")

    def gather() -> Mapping[str, Passage] | None:
        return None if logs is None else passages_in(logs, documents, actor_types, transcripts, settings.interviewers)

    return Known(
        settings,
        lineage,
        None if processes is None else _column(processes, "case"),
        None if participants is None else _column(participants, "withdrawn_at"),
        None if logs is None else frozenset(log.name.split("/")[-2] for log in logs),
        gather,
    )


def _column(frame: pd.DataFrame, name: str) -> dict[str, str]:
    return {str(key): str(value) for key, value in zip(frame.index, frame[name], strict=True)}


def passages_in(
    logs: Iterable[Log],
    documents: pd.DataFrame,
    actor_types: Mapping[str, str],
    transcripts: Mapping[str, Transcript],
    interviewers: frozenset[str] = frozenset(),
) -> dict[str, Passage]:
    """Every coded segment that the logs have ever had, by id.

    Parameters
    ----------
    logs
        Coding logs.
    documents
        The documents in force, indexed by id, with `process` and `participants`; what was coded in others is withdrawn.
    actor_types
        The type of actor of each participant.
    transcripts
        The texts in force.
    interviewers
        Speakers who are no informants.

    Returns
    -------
    dict
        Whoever speaks in the passage gives its `actor_types`; where no label tells, everybody who took part.
    """
    process = _column(documents, "process")
    present = {str(key): tuple(value) for key, value in zip(documents.index, documents["participants"], strict=True)}
    found: dict[str, Passage] = {}
    for log in logs:
        if not log.events:
            continue
        document = log.events[0].document
        transcript = transcripts.get(document)
        speakers = _Speakers(transcript, actor_types, interviewers) if transcript is not None else None
        everybody = _types(present.get(document, ()), actor_types)
        for name, event in _newest(log.events).items():
            after = event.after
            about = after if after is not None else event.before
            if about is None or "kind" in about:
                continue
            if document not in present or is_tombstoned(about):
                found[name] = Passage(document, (), process.get(document, ""), "withdrawn")
                continue
            own = speakers.of(event) if speakers is not None and after is not None else ()
            state: Literal["standing", "removed"] = "removed" if after is None else "standing"
            found[name] = Passage(document, own or everybody, process[document], state)
    return found


def _newest(events: Iterable[Event]) -> dict[str, Event]:
    return {event.segment: event for event in events}


def _types(people: Iterable[str], actor_types: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted({actor_types.get(one, "") for one in people} - {""}))


class _Speakers:
    """Who speaks in a passage of a transcript, as types of actors."""

    def __init__(self, transcript: Transcript, actor_types: Mapping[str, str], interviewers: frozenset[str]) -> None:
        self.transcript, self.actor_types, self.interviewers = transcript, actor_types, interviewers

    def of(self, event: Event) -> tuple[str, ...]:
        record = event.after or {}
        start, end = record.get("start"), record.get("end")
        # Offsets of a text that was edited since point elsewhere.
        if event.text_sha256 != self.transcript.text_sha256 or not (isinstance(start, int) and isinstance(end, int)):
            return ()
        if not 0 <= start < end:
            return ()
        touched = self.transcript.turns_touching(Span(start, end))
        return _types({turn.speaker for turn in touched if turn.speaker} - self.interviewers, self.actor_types)
