"""What the registers speak of: the rest of the study, and the passages that a row can rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ..codebook.changes import Lineage
from ..coding.coders import IMPORTER
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
        return None if logs is None else _Passages(logs, documents, actor_types, transcripts, settings.interviewers)

    return Known(
        settings,
        lineage,
        None if processes is None else _column(processes, "case"),
        None if participants is None else _column(participants, "withdrawn_at"),
        None if logs is None else frozenset(log.name.split("/")[-2] for log in logs) - {IMPORTER},
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
    return dict(_Passages(logs, documents, actor_types, transcripts, interviewers))


class _Passages(Mapping[str, Passage]):
    """Passages worked out when they are asked for: of a hundred thousand a register names a few hundred."""

    def __init__(
        self,
        logs: Iterable[Log],
        documents: pd.DataFrame,
        actor_types: Mapping[str, str],
        transcripts: Mapping[str, Transcript],
        interviewers: frozenset[str],
    ) -> None:
        self._process = _column(documents, "process")
        took_part = zip(documents.index, documents["participants"], strict=True)
        self._everybody = {str(key): _types(people, actor_types) for key, people in took_part}
        self._speakers = {
            name: _Speakers(transcripts[name], actor_types, interviewers)
            for name in self._everybody
            if name in transcripts
        }
        newest = {event.segment: event for log in logs for event in log.events}
        self._events = {name: event for name, event in newest.items() if _is_coded(event)}
        self._made: dict[str, Passage] = {}

    def __getitem__(self, name: str) -> Passage:
        if name not in self._made:
            self._made[name] = self._passage(self._events[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)

    def _passage(self, event: Event) -> Passage:
        document, after = event.document, event.after
        process = self._process.get(document, "")
        if document not in self._everybody or is_tombstoned(after or event.before or {}):
            return Passage(document, (), process, "withdrawn")
        speakers = self._speakers.get(document)
        own = speakers.of(event) if speakers is not None and after is not None else ()
        return Passage(document, own or self._everybody[document], process, "removed" if after is None else "standing")


def _is_coded(event: Event) -> bool:
    about = event.after if event.after is not None else event.before
    return about is not None and "kind" not in about


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
