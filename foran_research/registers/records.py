"""Rows of the registers as values, and what stood on a day.

Rows are only ever added. A later row with the same key takes the place of the earlier one from its `on` day on, so that a
register read up to a day is exactly what was known then.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, TypeVar

from ..errors import ForanError
from ..vocabulary import is_iso_date
from .vocab import number_in

FOLDER = "corpus"
WITHDRAWN = "withdrawn"
#: Columns whose names Python keeps for itself, by the names of their fields.
_COLUMN = {"from_": "from"}


class Row:
    """What all rows of registers have in common.

    `KEY` are the columns that say which record a row is about, `FILE` the file it stands in. `LATER` are the last columns
    of those that files from before do not have: they count as empty there.
    """

    FILE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    LATER: ClassVar[tuple[str, ...]] = ()
    on: str
    action: str

    @property
    def key(self) -> tuple[str, ...]:
        """Which record the row is about: later rows with this key take its place."""
        return tuple(getattr(self, name) for name in self.KEY)

    @property
    def is_withdrawn(self) -> bool:
        """Whether the row takes its record out."""
        return self.action == WITHDRAWN


@dataclass(frozen=True)
class Assessment(Row):
    """One assessor's level for one element of a municipality at a milestone.

    `level` is 0 (not assessed) to 5; `evidence` are segment ids; `assessor` is a pseudonym, a coder's id or the id of a
    group; `override` is the reason why a level stands though its evidence is not as broad as the study asks for.
    """

    FILE: ClassVar[str] = "corpus/assessments.csv"
    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    on: str
    action: str = ""
    milestone: str = ""
    case: str = ""
    element: str = ""
    codebook_version: str = ""
    assessor: str = ""
    side: str = ""
    arena: str = ""
    level: int = 0
    confidence: str = ""
    evidence: tuple[str, ...] = ()
    rationale: str = ""
    override: str = ""


@dataclass(frozen=True)
class Target(Row):
    """The level that a municipality wants to reach for an element; `by` is who set it (an id, never a name)."""

    FILE: ClassVar[str] = "corpus/targets.csv"
    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    on: str
    action: str = ""
    case: str = ""
    element: str = ""
    codebook_version: str = ""
    level: int = 0
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Measure(Row):
    """A measure: which element and which factor it addresses, on what evidence, and whose it is.

    `priority` is 1 (first) to 3, None where not told; `depends_on` are ids of measures of the same municipality.
    """

    FILE: ClassVar[str] = "corpus/measures.csv"
    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    on: str
    action: str = ""
    case: str = ""
    element: str = ""
    codebook_version: str = ""
    title_nb: str = ""
    title_en: str = ""
    addresses: str = ""
    factor: str = ""
    evidence: tuple[str, ...] = ()
    owner: str = ""
    priority: int | None = None
    grounds: str = ""
    depends_on: tuple[str, ...] = ()
    arena: str = ""
    kind: str = ""
    stage: str = ""


@dataclass(frozen=True)
class MeasureStep(Row):
    """One step of a measure; `from_` and `to` (columns from, to) are its first and last day, or "" where not set."""

    FILE: ClassVar[str] = "corpus/measure_steps.csv"
    KEY: ClassVar[tuple[str, ...]] = ("measure", "step")

    measure: str
    step: str
    on: str
    action: str = ""
    text_nb: str = ""
    text_en: str = ""
    from_: str = ""
    to: str = ""


@dataclass(frozen=True)
class MeasureStatus(Row):
    """A report on how a measure goes, or one of its steps (`step` is "" for the measure as a whole).

    Each report has an id of its own: the newest by `on` says how things stand, the others are its history.
    """

    FILE: ClassVar[str] = "corpus/measure_status.csv"
    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    on: str
    action: str = ""
    measure: str = ""
    step: str = ""
    status: str = ""
    effect: str = ""
    evidence: tuple[str, ...] = ()
    why: str = ""
    next: str = ""


@dataclass(frozen=True)
class Actor(Row):
    """The part that a type of actor has in a procurement process."""

    FILE: ClassVar[str] = "corpus/actors.csv"
    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    on: str
    action: str = ""
    process: str = ""
    actor_type: str = ""
    part_nb: str = ""
    part_en: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProcessFact(Row):
    """What is known of a procurement process: its days, whether the innovation was intended, and to whom it was new.

    `innovation_height` is 1 to 5, None where not told.
    """

    FILE: ClassVar[str] = "corpus/process_facts.csv"
    KEY: ClassVar[tuple[str, ...]] = ("process",)

    process: str
    on: str
    action: str = ""
    from_: str = ""
    to: str = ""
    intended: str = ""
    new_to: str = ""
    innovation_height: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Event(Row):
    """Something that came of the study: a publication, a talk, a workshop, a tool in use. `case` "" is national."""

    FILE: ClassVar[str] = "corpus/events.csv"
    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    on: str
    action: str = ""
    date: str = ""
    kind: str = ""
    milestone: str = ""
    case: str = ""
    what_nb: str = ""
    what_en: str = ""
    by: tuple[str, ...] = ()
    arena: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Indicator(Row):
    """An indicator: what is counted, towards which target, and how far its source defines it.

    `target_printed` is the target as the source prints it; `target_assumed` is a number that stands in where the source
    gives none or contradicts itself. `elements` are code ids of any codebook version; `seed_rows` name the source.
    """

    FILE: ClassVar[str] = "corpus/indicators.csv"
    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    on: str
    action: str = ""
    seed_rows: tuple[str, ...] = ()
    group: str = ""
    stage: str = ""
    label_nb: str = ""
    label_en: str = ""
    unit: str = ""
    direction: str = ""
    aggregation: str = ""
    target_printed: str = ""
    target_assumed: str = ""
    target_by: str = ""
    source: str = ""
    owner: str = ""
    status: str = ""
    same_as: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    column_inferred: str = ""
    note: str = ""

    @property
    def target(self) -> float | None:
        """The target as a number: the one assumed, else the one printed if that is a plain number, else None.

        >>> Indicator("I1", "2023-01-02", target_printed="60").target
        60.0
        >>> Indicator("I1", "2023-01-02", target_printed="≥60 %", target_assumed="60").target
        60.0
        """
        return number_in(self.target_assumed or self.target_printed)


@dataclass(frozen=True)
class IndicatorValue(Row):
    """A value of an indicator for a municipality ("" is national) and a period (YYYY, YYYY-H1, YYYY-H2 or YYYY-MM).

    `value` is written as a number with a full stop; of reference figures as the source prints it (``<2``, ``3–7``).
    """

    FILE: ClassVar[str] = "corpus/indicator_values.csv"
    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    on: str
    action: str = ""
    indicator: str = ""
    case: str = ""
    period: str = ""
    value: str = ""
    source: str = ""
    source_date: str = ""
    file_sha256: str = ""
    note: str = ""

    @property
    def number(self) -> float | None:
        """The value as a number, or None for what a source prints otherwise.

        >>> IndicatorValue("V1", "2023-01-02", value="4.5").number, IndicatorValue("V2", "2023-01-02", value="<2").number
        (4.5, None)
        """
        return number_in(self.value)


@dataclass(frozen=True)
class Clearance(Row):
    """One step on the way of a passage to being shown to others: who took it, and the words that may stand.

    `segment` is a coded segment, `state` what the step leads to, `audience` who it is cleared for (of a revocation "" is
    everybody). `shown_as` are the words as edited, "" where they stand as they were coded; `text_sha256` is the fingerprint
    of the passage's own words on that day (``cleared.words_sha256``): when these change, the clearing counts no longer.
    """

    FILE: ClassVar[str] = "corpus/clearances.csv"
    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    on: str
    action: str = ""
    segment: str = ""
    state: str = ""
    audience: str = ""
    by: str = ""
    shown_as: str = ""
    text_sha256: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Question(Row):
    """A question to those who read a milestone's review pack; `about` is "" or ``kind:id``, such as ``element:C0006``."""

    FILE: ClassVar[str] = "corpus/questions.csv"
    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    on: str
    action: str = ""
    milestone: str = ""
    about: str = ""
    text_nb: str = ""
    text_nn: str = ""
    text_en: str = ""
    arena: str = ""
    by: str = ""


@dataclass(frozen=True)
class PackMade(Row):
    """A review pack, or another file with quotes, that was made: for whom, its fingerprints, and the passages in it.

    `file_sha256` is that of the file, `content_sha256` that of what it says; `segments` are ids of coded segments. `kind` is
    what it is, "" for a pack; `told` are the fingerprints of what was shown of each passage and its speaker, in the order
    of `segments` (``recalling.fingerprint``): none in rows from before these were kept.
    """

    FILE: ClassVar[str] = "corpus/packs.csv"
    KEY: ClassVar[tuple[str, ...]] = ("id",)
    LATER: ClassVar[tuple[str, ...]] = ("kind", "told")

    id: str
    on: str
    action: str = ""
    milestone: str = ""
    audience: str = ""
    arena: str = ""
    language: str = ""
    file_sha256: str = ""
    content_sha256: str = ""
    segments: tuple[str, ...] = ()
    by: str = ""
    kind: str = ""
    told: tuple[str, ...] = ()


Record = (
    Assessment
    | Target
    | Measure
    | MeasureStep
    | MeasureStatus
    | Actor
    | ProcessFact
    | Event
    | Indicator
    | IndicatorValue
    | Clearance
    | Question
    | PackMade
)
R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Registers:
    """The registers of a study: every row of each, in the order of its file. An absent file has no rows."""

    assessments: tuple[Assessment, ...] = ()
    targets: tuple[Target, ...] = ()
    measures: tuple[Measure, ...] = ()
    steps: tuple[MeasureStep, ...] = ()
    statuses: tuple[MeasureStatus, ...] = ()
    actors: tuple[Actor, ...] = ()
    process_facts: tuple[ProcessFact, ...] = ()
    events: tuple[Event, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    values: tuple[IndicatorValue, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    questions: tuple[Question, ...] = ()
    packs: tuple[PackMade, ...] = ()

    def until(self, day: dt.date | str) -> Registers:
        """What stood at the end of a day: of each record its newest row up to then, without those withdrawn.

        Parameters
        ----------
        day
            A date, or an ISO day; of a UTC second the day is taken.

        Returns
        -------
        Registers
            One row per record, ordered by key (numbers within ids as numbers: T2 before T10).

        Raises
        ------
        ForanError
            When `day` is no ISO day.

        Examples
        --------
        >>> rows = (Target("T1", "2021-01-02", level=3), Target("T1", "2022-01-02", level=4))
        >>> [row.level for row in Registers(targets=rows).until("2021-12-31").targets]
        [3]
        >>> Registers(targets=rows).until("2020-12-31").targets
        ()
        """
        last = _iso(day)
        return Registers(**{name: standing(getattr(self, name), last) for name in KINDS})

    def rows_until(self, day: dt.date | str) -> Registers:
        """Every row recorded up to a day, those replaced or withdrawn as well, in the order of the files.

        Raises
        ------
        ForanError
            When `day` is no ISO day.
        """
        last = _iso(day)
        return Registers(**{name: tuple(row for row in getattr(self, name) if row.on <= last) for name in KINDS})

    def __len__(self) -> int:
        """How many rows all registers have."""
        return sum(len(getattr(self, name)) for name in KINDS)

    def __bool__(self) -> bool:
        """Whether there is any row."""
        return any(getattr(self, name) for name in KINDS)


#: The fields of :class:`Registers` and what their rows are, in an order in which nothing names what comes later.
KINDS: Mapping[str, type[Record]] = {
    "assessments": Assessment,
    "targets": Target,
    "measures": Measure,
    "steps": MeasureStep,
    "statuses": MeasureStatus,
    "actors": Actor,
    "process_facts": ProcessFact,
    "events": Event,
    "indicators": Indicator,
    "values": IndicatorValue,
    "clearances": Clearance,
    "questions": Question,
    "packs": PackMade,
}
#: The columns of each register, as the first line of its file has them.
COLUMNS: Mapping[type[Record], tuple[str, ...]] = {
    kind: tuple(_COLUMN.get(field.name, field.name) for field in fields(kind)) for kind in KINDS.values()
}


def standing(rows: Iterable[R], day: str) -> tuple[R, ...]:
    """The newest row of each record up to an ISO day, without those withdrawn, ordered by key.

    Of rows with the same key and day the one further down in the file counts.
    """
    newest: dict[tuple[str, ...], R] = {}
    for row in rows:
        if row.on <= day:
            newest[row.key] = row
    return tuple(newest[key] for key in sorted(newest, key=_natural) if not newest[key].is_withdrawn)


def replaced(registers: Registers, row: Record) -> Record | None:
    """The row whose place a new row takes: the newest with its key; None for a new record and one that was withdrawn.

    >>> rows = (Target("T1", "2021-01-02", level=3), Target("T1", "2022-01-02", level=4))
    >>> replaced(Registers(targets=rows), Target("T1", "2023-01-02", level=5)).on
    '2022-01-02'
    """
    field = next(name for name, kind in KINDS.items() if isinstance(row, kind))
    before = next((one for one in reversed(getattr(registers, field)) if one.key == row.key), None)
    return None if before is None or before.is_withdrawn else before


def next_id(rows: Iterable[Row], prefix: str, *, width: int = 4) -> str:
    """An id that no row has: `prefix` and the number after the highest one in use.

    >>> next_id([Target("T0007", "2021-01-02"), Target("X9", "2021-01-02")], "T")
    'T0008'
    """
    pattern = re.compile(rf"{re.escape(prefix)}(\d{{1,12}})")
    found = (pattern.fullmatch(row.key[0]) for row in rows)
    return f"{prefix}{max((int(match[1]) for match in found if match), default=0) + 1:0{width}d}"


def _iso(day: dt.date | str) -> str:
    text = day.isoformat()[:10] if isinstance(day, dt.date) else day[:10]
    if not is_iso_date(text):
        raise ForanError("a day is expected as YYYY-MM-DD")
    return text


def _natural(key: tuple[str, ...]) -> tuple[tuple[tuple[int, int, str], ...], ...]:
    """A sort key that puts T2 before T10; keys that differ never compare as equal."""
    return tuple(_parts(part) for part in key) + tuple(((0, 0, part),) for part in key)


def _parts(text: str) -> tuple[tuple[int, int, str], ...]:
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"([0-9]+)", text) if part
    )
