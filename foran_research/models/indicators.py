"""Indicators beside what people say: series by municipality, and joint displays of numbers and coded passages.

Descriptive only. A value stands beside its target, its source and the national figure; nothing is tested for a trend, no
municipality is ranked, and a missing year is a gap. Whether numbers and passages agree is a researcher's word, written in
a memo and quoted here, never worked out (Guetterman, Fetters & Creswell 2015 on joint displays; Fetters 2020 on
convergence, complementarity and divergence).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

from ..codebook.changes import Lineage
from ..codebook.code import Codebook, display_key
from ..registers.records import Indicator, IndicatorValue, Registers
from .capability import CellState

SCHEMA_VERSION = 1
#: What a researcher can say of numbers beside passages, and the words for it in memos.
FITS = ("convergent", "complementary", "divergent")
_WORD_OF: Mapping[str, str] = {
    "konvergent": "convergent", "komplementær": "complementary", "divergent": "divergent",
    "convergent": "convergent", "complementary": "complementary",
}  # fmt: skip
_FIT_LINE = re.compile(r"\s*(?:indikator|indicator)\s+(?P<id>\w[\w.-]*)\s*:\s*(?P<word>\w+)\W*", re.IGNORECASE)
#: Groups in the order in which they are told: the programme's goals, DFØ's chain, then figures to compare with.
GROUPS = ("process_goal", "effect_goal", "outcome", "framework", "practice", "gains", "spread", "effects", "reference")
#: Units of what people answer once in a period: such a value is whole before the period is over.
ANSWERED = ("scale_1_5", "ordinal")
#: Shares of notices, and what stands behind each: how many have it, how many there are, how many are uncertain.
BEHIND: Mapping[str, tuple[str, str, str]] = {
    "LUP-03": ("LUP-04", "DOF-01", "DOF-02"),
    "LUP-05": ("LUP-06", "DOF-01", "DOF-03"),
}
#: DFØ's chain from framework conditions to effects in society.
CHAIN = ("framework", "practice", "gains", "spread", "effects")


@dataclass(frozen=True)
class Point:
    """One value: of a period, as a number or (reference figures) as its source prints it.

    `is_early`: the period was not over when the source was made, so that what is counted may still grow.
    """

    id: str
    period: str
    value: float | None
    printed: str
    source: str
    source_date: str
    file_sha256: str
    note: str
    is_early: bool


@dataclass(frozen=True)
class Series:
    """The values of an indicator in one municipality ("" is the whole country), in order of period.

    `gaps` are periods between the first and the last without a value; `breaks` are periods from which on the source is
    another: the figures before and after are not measured alike.
    """

    case: str
    points: tuple[Point, ...]
    gaps: tuple[str, ...]
    breaks: tuple[str, ...]

    @property
    def newest(self) -> Point | None:
        """The last value, None without any."""
        return self.points[-1] if self.points else None

    @property
    def newest_whole(self) -> Point | None:
        """The last value of a period that was over; the last one where there is none."""
        return next((point for point in reversed(self.points) if not point.is_early), self.newest)

    def at(self, period: str) -> float | None:
        """The value of a period, None without one."""
        return next((point.value for point in self.points if point.period == period), None)


@dataclass(frozen=True)
class ElementRef:
    """An element of the codebook that an indicator belongs to."""

    id: str
    display: str
    level: str
    label: Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    """One indicator with all that is known of it: its definition, target, source, elements, and a series per case.

    `target` is the number that stands for the printed one; `lost` are its elements that this codebook does not have.
    """

    id: str
    seed_rows: tuple[str, ...]
    group: str
    stage: str
    label: Mapping[str, str]
    unit: str
    direction: str
    aggregation: str
    target_printed: str
    target: float | None
    target_by: str
    source: str
    owner: str
    status: str
    same_as: tuple[str, ...]
    elements: tuple[ElementRef, ...]
    lost: tuple[str, ...]
    column_inferred: bool
    note: str
    series: Mapping[str, Series]

    @property
    def has_values(self) -> bool:
        """Whether any value is known."""
        return any(one.points for one in self.series.values())


@dataclass(frozen=True)
class Found:
    """What coding shows of an element in one municipality: one of the five states, counts, and the segments behind them."""

    state: CellState
    promoting: int
    inhibiting: int
    documents: int
    informants: int
    segments: tuple[str, ...]


@dataclass(frozen=True)
class Fit:
    """What somebody wrote of an indicator beside the passages of a municipality: a word, whose, when, and in which memo."""

    indicator: str
    case: str
    word: str
    coder: str
    on: str
    memo: str


@dataclass(frozen=True)
class JointElement:
    """An element beside an indicator: what coding shows of it, and the levels (lower median) people have given it, by side."""

    element: str
    found: Found
    levels: Mapping[str, int | None]


@dataclass(frozen=True)
class Joint:
    """An indicator beside the coded passages on its elements, in one municipality, up to the same day."""

    indicator: str
    case: str
    elements: tuple[JointElement, ...]
    fits: tuple[Fit, ...]


@dataclass(frozen=True)
class IndicatorModel:
    """All indicators that stood at a milestone, their series up to its day, and the joint displays."""

    milestone: str
    cut_off: str
    codebook_version: str
    coding: str
    study: Mapping[str, Any]
    cases: tuple[str, ...]
    indicators: tuple[Shown, ...]
    joint: tuple[Joint, ...]

    def indicator(self, name: str) -> Shown | None:
        """The indicator with this id, or None."""
        return next((one for one in self.indicators if one.id == name), None)


@dataclass(frozen=True)
class Counted:
    """What stands behind a share: how many have it, of how many, how many are uncertain, and how high it can be at most."""

    count: int
    of: int
    unsure: int

    @property
    def most(self) -> float:
        """The share in percent if all that are uncertain had it."""
        return 100 * (self.count + self.unsure) / self.of


def counted(model: IndicatorModel, name: str, case: str, period: str) -> Counted | None:
    """What stands behind a share of notices; None for other indicators, and where the counts are not known."""
    behind = [model.indicator(one) for one in BEHIND.get(name, ())]
    values = [one.series[case].at(period) if one is not None and case in one.series else None for one in behind]
    if not values or any(value is None for value in values):
        return None
    count, of, unsure = (round(value) for value in values if value is not None)
    return Counted(count, of, unsure) if of > 0 else None


def build(
    registers: Registers,
    *,
    milestone: str,
    cut_off: str,
    codebook: Codebook,
    lineage: Lineage,
    cases: Sequence[str],
    coding: str,
    study: Mapping[str, Any],
    found: Mapping[str, Mapping[str, Found]],
    levels: Mapping[str, Mapping[str, Mapping[str, int | None]]],
    fits: Iterable[Fit] = (),
) -> IndicatorModel:
    """The indicators at a milestone.

    Parameters
    ----------
    registers
        All rows; they are cut at `cut_off` here.
    cases
        The municipalities to tell of; national figures always stand beside them.
    found
        By element and case what coding shows (of what may be shown).
    levels
        By case, element and side the maturity levels.
    fits
        What was written in memos, already cut at the day until which coding counts.
    """
    standing = registers.until(cut_off)
    values = [one for one in standing.values if _was_made(one.source_date, cut_off)]
    by_place: dict[tuple[str, str], list[IndicatorValue]] = {}
    for one in values:
        by_place.setdefault((one.indicator, one.case), []).append(one)
    wanted = (*cases, "")
    shown = tuple(
        _shown(
            row,
            {case: _series(row, case, by_place.get((row.id, case), ())) for case in wanted},
            codebook,
            lineage,
        )
        for row in sorted(standing.indicators, key=_place)
    )
    written = tuple(fits)
    joint = tuple(_joint(one, case, found, levels, written) for one in shown for case in cases if _is_joint(one, case))
    return IndicatorModel(
        milestone=milestone,
        cut_off=cut_off,
        codebook_version=codebook.codebook_version,
        coding=coding,
        study=study,
        cases=tuple(cases),
        indicators=shown,
        joint=joint,
    )


def to_dict(model: IndicatorModel) -> dict[str, Any]:
    """The model in the shape that ``indicators.schema.json`` describes; six decimals."""
    return {"schema_version": SCHEMA_VERSION, "model": "indicators", **_plain(asdict(model))}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return round(value, 6) if isinstance(value, float) else value


def _place(row: Indicator) -> tuple[int, bool]:
    """Where an indicator stands: in its group, those that a source itself names before those that stand behind them."""
    return GROUPS.index(row.group), row.id.rstrip("abcdefgh") not in row.seed_rows


def _was_made(source_date: str, day: str) -> bool:
    """Whether a source was made by a day; of one that tells only its month or year, that is asked."""
    return source_date <= day[: len(source_date)]


def _series(row: Indicator, case: str, values: Iterable[IndicatorValue]) -> Series:
    """A series; what sources say side by side (reference figures) has neither gaps nor breaks."""
    found = series_of(case, values, unit=row.unit)
    return replace(found, gaps=(), breaks=()) if row.group == "reference" else found


def series_of(case: str, values: Iterable[IndicatorValue], *, unit: str = "") -> Series:
    """The values of one indicator and case in order of period, with their gaps and breaks.

    >>> rows = [IndicatorValue(f"V{y}", "2023-01-02", period=str(y), value="4", source=s, source_date="2023-01-01")
    ...         for y, s in ((2019, "a"), (2021, "a"), (2022, "b"))]
    >>> found = series_of("TRD", rows)
    >>> found.gaps, found.breaks
    (('2020',), ('2022',))
    """
    points = tuple(_point(one, unit) for one in sorted(values, key=lambda one: (middle(one.period), one.id)))
    gaps: list[str] = []
    breaks: list[str] = []
    for kind in dict.fromkeys(_kind(one.period) for one in points):
        own = [one for one in points if _kind(one.period) == kind]
        have = {one.period for one in own}
        gaps += [period for period in _periods(own[0].period, own[-1].period) if period not in have]
        breaks += [
            after.period for before, after in pairwise(own)
            if before.source != after.source and before.period != after.period
        ]  # fmt: skip
    return Series(case, points, tuple(sorted(gaps)), tuple(sorted(breaks)))


def _point(one: IndicatorValue, unit: str) -> Point:
    made = one.source_date
    return Point(
        id=one.id,
        period=one.period,
        value=one.number,
        printed=one.value,
        source=one.source,
        source_date=made,
        file_sha256=one.file_sha256,
        note=one.note,
        is_early=unit not in ANSWERED and bool(made) and made < last_day(one.period)[: len(made)],
    )


def middle(period: str) -> float:
    """Where a period lies on an axis of years: the middle of it.

    >>> middle("2021"), middle("2021-H1"), middle("2021-H2"), round(middle("2021-03"), 3)
    (2021.5, 2021.25, 2021.75, 2021.208)
    """
    year, part = int(period[:4]), period[5:]
    if not part:
        return year + 0.5
    return year + (0.25 if part == "H1" else 0.75 if part == "H2" else (int(part) - 0.5) / 12)


def last_day(period: str) -> str:
    """The last day of a period, as ISO.

    >>> last_day("2020"), last_day("2020-H1"), last_day("2020-02")
    ('2020-12-31', '2020-06-30', '2020-02-29')
    """
    year, part = int(period[:4]), period[5:]
    month = {"": 12, "H1": 6, "H2": 12}.get(part) or int(part)
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1)).isoformat()


def _kind(period: str) -> str:
    return "year" if len(period) == 4 else "half" if "H" in period else "month"


def _periods(first: str, last: str) -> list[str]:
    """All periods of one kind from the first to the last."""
    found = [first]
    while found[-1] != last:
        year, part = int(found[-1][:4]), found[-1][5:]
        if not part:
            found.append(f"{year + 1:04d}")
        elif part == "H1":
            found.append(f"{year:04d}-H2")
        elif part == "H2":
            found.append(f"{year + 1:04d}-H1")
        else:
            found.append(f"{year:04d}-{int(part) + 1:02d}" if part != "12" else f"{year + 1:04d}-01")
    return found


def _shown(row: Indicator, series: Mapping[str, Series], codebook: Codebook, lineage: Lineage) -> Shown:
    elements, lost = elements_under(row.elements, codebook, lineage)
    return Shown(
        id=row.id,
        seed_rows=row.seed_rows,
        group=row.group,
        stage=row.stage,
        label={"nb": row.label_nb, "en": row.label_en},
        unit=row.unit,
        direction=row.direction,
        aggregation=row.aggregation,
        target_printed=row.target_printed,
        target=row.target,
        target_by=row.target_by,
        source=row.source,
        owner=row.owner,
        status=row.status,
        same_as=row.same_as,
        elements=elements,
        lost=lost,
        column_inferred=row.column_inferred == "yes",
        note=row.note,
        series=series,
    )


def elements_under(
    ids: Iterable[str], codebook: Codebook, lineage: Lineage
) -> tuple[tuple[ElementRef, ...], tuple[str, ...]]:
    """The elements of a codebook that code ids of any version stand for, in display order, and the ids that are none.

    An id that lives on is itself; one that was merged is what it was merged into; a part is its element. One that was
    split is nobody: which of its successors an indicator belongs to is for a person to say.
    """
    elements = {code.id: code for code in codebook.elements}
    found: dict[str, Any] = {}
    lost = []
    for name in ids:
        code = codebook.by_id.get(name)
        if code is not None and code.is_active:
            own = elements.get(code.parent or code.id)
        else:
            heirs = [one for one in elements.values() if name in lineage.ancestors(one.id, codebook.codebook_version)]
            own = heirs[0] if len(heirs) == 1 else None
        if own is None:
            lost.append(name)
        else:
            found[own.id] = own
    ordered = sorted(found.values(), key=lambda code: display_key(code.display))
    return tuple(ElementRef(code.id, code.display, code.level, dict(code.label)) for code in ordered), tuple(lost)


def _is_joint(one: Shown, case: str) -> bool:
    """Whether an indicator has anything to put beside passages: elements, and a value of this municipality."""
    return bool(one.elements) and one.group != "reference" and bool(one.series[case].points)


def _joint(
    one: Shown,
    case: str,
    found: Mapping[str, Mapping[str, Found]],
    levels: Mapping[str, Mapping[str, Mapping[str, int | None]]],
    fits: Sequence[Fit],
) -> Joint:
    nothing = Found("not_asked", 0, 0, 0, 0, ())
    return Joint(
        indicator=one.id,
        case=case,
        elements=tuple(
            JointElement(
                element=element.id,
                found=found.get(element.id, {}).get(case, nothing),
                levels=dict(levels.get(case, {}).get(element.id, {})),
            )
            for element in one.elements
        ),
        fits=tuple(fit for fit in fits if (fit.indicator, fit.case) == (one.id, case)),
    )


def fits_in(text: str) -> tuple[tuple[str, str], ...]:
    r"""What a memo says of indicators: lines as ``Indikator LUP-03: konvergent``, as (indicator, word).

    A line with another word says nothing; the last line on an indicator stands.

    >>> fits_in("Indikator LUP-03: divergent\nAndelen øker, men de forteller om nei-saker.")
    (('LUP-03', 'divergent'),)
    >>> fits_in("indicator DFO-31: complementary."), fits_in("Indikator LUP-03: kanskje")
    ((('DFO-31', 'complementary'),), ())
    """
    found = {}
    for line in text.splitlines():
        if (match := _FIT_LINE.fullmatch(line)) and (word := _WORD_OF.get(match["word"].casefold())):
            found[match["id"]] = word
    return tuple(found.items())


def newest_fits(fits: Iterable[Fit]) -> tuple[Fit, ...]:
    """Of each coder's words on an indicator and a case the newest; coders who disagree all stand."""
    newest: dict[tuple[str, str, str], Fit] = {}
    for fit in sorted(fits, key=lambda fit: (fit.on, fit.memo)):
        newest[fit.indicator, fit.case, fit.coder] = fit
    return tuple(newest[key] for key in sorted(newest))
