"""Agreement with its uncertainty: coefficients, and intervals by resampling whole documents.

Turns of one document are alike, so documents are drawn, with replacement, as many as there are; every coefficient is
computed anew from what was drawn, expected disagreement included; the interval is from the 2.5th to the 97.5th percentile
(Efron & Tibshirani 1993, *An Introduction to the Bootstrap*; whole clusters as in Davison & Hinkley 1997, *Bootstrap Methods
and their Application*; resampling with everything recomputed as in Zapf et al. 2016, *BMC Medical Research Methodology* 16).

Only documents with a unit that two or more judged are drawn; the others do not speak of agreement and stay as they are.
Replicates in which a coefficient is undefined are counted; above 5 % there is no interval, because what is left are the
replicates in which the code happened to turn up. With fewer than 8 documents an interval by single units stands beside it.
That one takes the turns of a document to be independent; of few documents it can be the wider one all the same.

What the intervals must not be used for: they speak of which documents were coded twice, not of other coders, other
codebooks or other municipalities. All codes are computed from the same draws.

Nothing is counted again in a replicate: every coefficient is made of sums over units, so one row of sums per document and
code is kept, and a replicate is documents drawn × sums.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from .agreement import (
    COEFFICIENTS,
    MISSING,
    Floats,
    Metric,
    Values,
    coder_pairs,
    expected_difference,
    judges_of,
    kinds_of,
    krippendorff_alpha,
    least_multiple,
    percent_agreement,
    squared_differences,
    whole_numbers,
)
from .chance import generator
from .set_agreement import (
    CodedSets,
    Distance,
    Flags,
    check_shapes,
    coded_sets,
    expected_of_groups,
    expected_of_resamples,
    holsti_codes,
    judged_sets,
    set_alpha_of,
)
from .stated import Stated, undefined

By = Literal["document", "unit"]
BOTH: tuple[By, ...] = ("document", "unit")
LOW, HIGH = 0.025, 0.975
#: Krippendorff's lower bound for tentative conclusions; told, never a gate.
TENTATIVE = 0.667
MOST_FAILURES = 0.05
FEW_DOCUMENTS = 8
#: Replicates computed at a time, and fewer where that would be more draws than this.
CHUNK, MOST_DRAWS = 250, 2_000_000


@dataclass(frozen=True)
class Interval:
    """From the 2.5th to the 97.5th percentile of a coefficient over `replicates` resamples; None, with a reason, if none.

    `failures` are the replicates in which the coefficient was undefined. `below_667` is the share of the others in which
    it was below .667, told of α only. `by` says what was resampled; "unit" is optimistic.
    """

    low: float | None
    high: float | None
    replicates: int
    failures: int
    below_667: float | None
    by: By
    reason: str = ""


@dataclass(frozen=True)
class Figures:
    """Agreement on one question: counts, coefficients and their intervals by name.

    `units` were judged by two or more coders, `judgements` how often in all, `documents` are where they stand. `positive`
    counts yes, or sets that are not empty; `prevalence` is its share. Both are None for scores.
    """

    units: int
    judgements: int
    positive: int | None
    prevalence: float | None
    coefficients: Mapping[str, Stated]
    intervals: Mapping[str, Interval]
    #: By single units, when there are fewer than 8 documents: optimistic.
    unit_intervals: Mapping[str, Interval]
    documents: int = 0


# Resampling


def document_draws(documents: int, *, replicates: int, seed: int, by: By = "document") -> Floats:
    """How often each of `documents` was drawn in each replicate; shape (replicates, documents), rows add up to documents.

    >>> document_draws(3, replicates=2, seed=1).sum(axis=1)
    array([3., 3.])
    """
    drawn = list(_chunks_of_draws(documents, replicates, seed, by))
    return np.concatenate(drawn) if drawn else np.zeros((0, documents))


def _chunks_of_draws(many: int, replicates: int, seed: int, by: By) -> Iterator[Floats]:
    """The draws, some replicates at a time."""
    chance = generator(seed, "agreement", by)
    chunk = max(1, min(CHUNK, MOST_DRAWS // max(many, 1)))
    for done in range(0, replicates, chunk):
        rows = min(chunk, replicates - done)
        drawn = chance.integers(many, size=(rows, many)) if many else np.zeros((rows, 0), np.int64)
        drawn += np.arange(rows)[:, None] * many
        yield np.bincount(drawn.ravel(), minlength=rows * many).reshape(rows, many).astype(np.float64)


def percentile_interval(replicates: Floats, *, by: By = "document", is_alpha: bool = True) -> Interval:
    """The interval of one coefficient from its replicates, NaN where it was undefined.

    >>> percentile_interval(np.linspace(0, 1, 101)).low, percentile_interval(np.array([np.nan, 1.0])).reason
    (0.025, 'failed-replicates')
    """
    return _intervals(replicates[:, None], by=by, is_alpha=is_alpha)[0]


def no_interval(reason: str, by: By = "document") -> Interval:
    """No interval was sought, and why."""
    return Interval(None, None, 0, 0, None, by, reason)


def _intervals(replicates: Floats, *, by: By, is_alpha: bool) -> list[Interval]:
    """One interval per column of replicates."""
    count = len(replicates)
    if count == 0:
        return [no_interval("no-replicates", by)] * replicates.shape[1]
    in_order = np.sort(replicates, axis=0)  # NaN last
    defined = count - np.isnan(replicates).sum(axis=0)
    low, high = (_percentile(in_order, defined, share) for share in (LOW, HIGH))
    below = (replicates < TENTATIVE).sum(axis=0)
    told = []
    for at, many in enumerate(defined.tolist()):
        if count - many > MOST_FAILURES * count:
            told.append(Interval(None, None, count, count - many, None, by, "failed-replicates"))
            continue
        share = int(below[at]) / many if is_alpha else None
        told.append(Interval(float(low[at]), float(high[at]), count, count - many, share, by))
    return told


def _percentile(in_order: Floats, defined: npt.NDArray[Any], share: float) -> Floats:
    """The percentile of the defined values of each column, between two neighbours in proportion."""
    place = share * (np.maximum(defined, 1) - 1)
    under = np.floor(place).astype(np.int64)
    over = np.minimum(under + 1, np.maximum(defined, 1) - 1)
    columns = np.arange(in_order.shape[1])
    floor, ceiling = in_order[under, columns], in_order[over, columns]
    return np.asarray(floor + (ceiling - floor) * (place - under))


@dataclass(frozen=True)
class _Groups:
    """What is resampled: `of` has the group of each unit; the last group, `many`, is never drawn and always there."""

    of: Values
    many: int

    def summed(self, columns: npt.NDArray[Any], units: npt.NDArray[Any]) -> Floats:
        """Sums over those `units` of each group, whose rows `columns` has; shape (groups + 1, columns)."""
        adding = sparse.csr_array(
            (np.ones(len(units)), (self.of[units], np.arange(len(units)))), shape=(self.many + 1, len(units))
        )
        return np.asarray(adding @ np.asarray(columns, np.float64))

    def total(self, column: npt.NDArray[Any]) -> Floats:
        """One sum over the units of each group, shape (groups + 1,)."""
        return np.bincount(self.of, column, self.many + 1).astype(np.float64)

    def table(
        self, rows: npt.NDArray[Any], columns: npt.NDArray[Any], weights: npt.NDArray[Any], many: int
    ) -> sparse.csr_array:
        """Sums of weights by group and column, shape (groups + 1, many)."""
        return sparse.csr_array((np.asarray(weights, np.float64), (rows, columns)), shape=(self.many + 1, many))

    def draws(self, replicates: int, seed: int, by: By) -> Iterator[Floats]:
        """How often each group counts in each replicate, some replicates at a time."""
        for drawn in _chunks_of_draws(self.many, replicates, seed, by):
            yield np.hstack([drawn, np.ones((len(drawn), 1))])


def _grouped(documents: npt.NDArray[Any], is_shared: Flags, by: By) -> _Groups:
    """Documents, or units, that two coders judged."""
    of = np.zeros(len(is_shared), np.int64)
    if by == "unit":
        many = int(is_shared.sum())
        of[is_shared] = np.arange(many)
    else:
        named, of = _numbered(documents)
        drawn = np.zeros(named, bool)
        drawn[of[is_shared]] = True
        many = int(drawn.sum())
        of = np.where(drawn, np.cumsum(drawn) - 1, many)[of] if named else of
    if by == "unit":
        of[~is_shared] = many
    return _Groups(of, many)


def _numbered(documents: npt.NDArray[Any]) -> tuple[int, Values]:
    """How many documents there are, and the number of each unit's, in the order of their names."""
    if not len(documents):
        return 0, np.zeros(0, np.int64)
    names, of = np.unique(documents, return_inverse=True)
    return len(names), of.astype(np.int64)


def _check_documents(documents: npt.NDArray[Any], units: int) -> npt.NDArray[Any]:
    documents = np.asarray(documents)
    if documents.shape != (units,):
        raise ValueError(f"documents is of shape (units,), here ({units},), not {documents.shape}")
    return documents


def _bootstrapped(
    groups: _Groups, of_draws: Callable[[Floats], dict[str, Floats]], replicates: int, seed: int, by: By
) -> dict[str, list[Interval]]:
    """Intervals by name, one per column; `of_draws` makes coefficients (replicates, columns) from draws."""
    made: dict[str, list[Floats]] = {}
    for drawn in groups.draws(replicates, seed, by):
        for name, values in of_draws(drawn).items():
            made.setdefault(name, []).append(values)
    return {name: _intervals(np.concatenate(parts), by=by, is_alpha=name == "alpha") for name, parts in made.items()}


def _ratio(above: Floats, below: Floats) -> Floats:
    """The one ÷ the other, NaN where that is 0."""
    above, below = np.broadcast_arrays(above, below)
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0))


# One code at a time: yes or no


@dataclass(frozen=True)
class _Counts:
    """Of units that a certain number of coders judged, by group.

    How many units, how often yes, and how many pairs of coders differ; shapes (groups + 1, 1) and (groups + 1, codes).
    """

    units: Floats
    yes: Floats
    split: Floats


@dataclass(frozen=True)
class _YesNo:
    """What the coefficients of yes-or-no questions are made of: counts by the number of coders who judged the unit."""

    codes: int
    by_judges: Mapping[int, _Counts]
    #: How often the first of two coders said yes, where both judged.
    first: Floats | None

    def of(self, drawn: Floats) -> dict[str, Floats]:
        """The coefficients of each code in each replicate, shape (replicates, codes), NaN where undefined."""
        counts = {
            m: _Counts(drawn @ one.units, drawn @ one.yes, drawn @ one.split) for m, one in self.by_judges.items()
        }
        shared = {m: one for m, one in counts.items() if m >= 2}
        # Weights 1 ÷ m are made whole by a common multiple, so that sums are exact in any order.
        pairs, less, any_judge = (
            math.lcm(*of) for of in ([m * (m - 1) // 2 for m in shared], [m - 1 for m in shared], counts)
        )
        nothing = np.zeros((len(drawn), self.codes))
        units = sum((one.units for one in shared.values()), nothing)
        yes = sum((one.yes for one in shared.values()), nothing)
        n = sum((m * one.units for m, one in shared.items()), nothing)
        split = sum((one.split for one in shared.values()), nothing)
        possible = sum(((m - 1) * one.yes for m, one in shared.items()), nothing)
        unlike = sum((one.split * (pairs // (m * (m - 1) // 2)) for m, one in shared.items()), nothing)
        observed = sum((2 * one.split * (less // (m - 1)) for m, one in shared.items()), nothing)
        judged = sum((one.units for one in counts.values()), nothing)
        share = _ratio(sum((one.yes * (any_judge // m) for m, one in counts.items()), nothing), any_judge * judged)
        varied = np.where((share > 0) & (share < 1) & (units > 0), 1.0, np.nan)
        mixed = 2 * share * (1 - share)
        percent = 1 - _ratio(unlike, pairs * units)
        made = {
            "percent": percent,
            "alpha": 1 - _ratio((n - 1) * observed, less * 2 * yes * (n - yes)),
            "positive": _ratio(possible - split, possible),
            "fleiss": _ratio(varied * (percent - (1 - mixed)), mixed),
            "ac1": _ratio(varied * (percent - mixed), 1 - mixed),
        }
        if self.first is not None:
            first = drawn @ self.first
            by_chance = first * (yes - first) + (units - first) * (units - (yes - first))
            made["kappa"] = _ratio(units * (units - split) - by_chance, units * units - by_chance)
            judgements = sum((m * one.units for m, one in counts.items()), nothing)
            made["holsti"] = _ratio(np.where(units > 0, 2 * (units - split), np.nan), judgements)
        return made


def _yes_no(present: Flags, judged: Flags, groups: _Groups) -> _YesNo:
    coders, units, codes = present.shape
    judges = judged.sum(axis=0)
    yes = np.zeros((units, codes), np.int64 if coders > 127 else np.int16)
    for one, own in zip(present, judged, strict=True):
        yes += one & own[:, None]
    by_judges = {}
    for m in range(1, coders + 1):
        of = np.flatnonzero(judges == m)
        if len(of):
            said = yes[of]
            ones = np.ones((len(of), 1))
            by_judges[m] = _Counts(*(groups.summed(part, of) for part in (ones, said, said * (m - said))))
    both = np.flatnonzero(judges == 2)
    return _YesNo(codes, by_judges, groups.summed(present[0, both], both) if coders == 2 else None)


def code_figures(
    present: Flags, judged: Flags, documents: npt.NDArray[Any], *, replicates: int = 2000, seed: int
) -> tuple[Figures, ...]:
    """The agreement on each code with intervals, in the order of the codes; every one of `COEFFICIENTS`.

    Parameters
    ----------
    present
        Which coder gave which unit which code, shape (coders, units, codes).
    judged
        Which coder judged which unit, shape (coders, units). What `present` has elsewhere does not count.
    documents
        The number (or id) of each unit's document, shape (units,).
    replicates
        Resamples; 0 for no intervals.
    seed
        The same seed gives the same intervals.

    Raises
    ------
    ValueError
        When the shapes do not fit.

    >>> present = np.array([[[1], [1], [0], [0], [1], [0]], [[1], [0], [0], [0], [1], [0]]], bool)
    >>> one, = code_figures(present, np.ones((2, 6), bool), np.array([1, 1, 2, 2, 3, 3]), replicates=2000, seed=7)
    >>> one.units, one.documents, one.positive, one.coefficients["alpha"].told("en")
    (6, 3, 5, '0.686')
    >>> one.intervals["alpha"].reason, one.intervals["percent"].low, one.unit_intervals["percent"].by
    ('', 0.5, 'unit')
    """
    present, judged = np.asarray(present, bool), np.asarray(judged, bool)
    check_shapes(present, judged)
    _, units, codes = present.shape
    documents = _check_documents(documents, units)
    is_shared = judged.sum(axis=0) >= 2
    groups = _grouped(documents, is_shared, "document")
    counted = _yes_no(present, judged, groups)
    everything = np.ones((1, groups.many + 1))
    points = {name: values[0] for name, values in counted.of(everything).items()}
    number, n = int(is_shared.sum()), int(judged[:, is_shared].sum())
    yes = np.zeros(codes, np.int64)
    for one, own in zip(present, judged, strict=True):
        yes += one[own & is_shared].sum(axis=0)
    stated = [
        {
            name: _stated(points[name][at], name, number, int(yes[at])) if name in points else undefined("not-two")
            for name in COEFFICIENTS
        }
        for at in range(codes)
    ]
    by_document = _intervals_of(counted.of, groups, stated, replicates, seed, "document")
    by_unit: list[dict[str, Interval]] = [{} for _ in range(codes)]
    if groups.many < FEW_DOCUMENTS:
        single = _grouped(documents, is_shared, "unit")
        by_unit = _intervals_of(_yes_no(present, judged, single).of, single, stated, replicates, seed, "unit")
    return tuple(
        Figures(number, n, int(yes[at]), int(yes[at]) / n if n else None, stated[at], by_document[at], by_unit[at],
                groups.many)
        for at in range(codes)
    )  # fmt: skip


def _stated(value: float, name: str, units: int, yes: int) -> Stated:
    """A coefficient of a yes-or-no question, or why it is undefined."""
    if not np.isnan(value):
        return Stated(float(value))
    if units == 0:
        return undefined("no-unit")
    return undefined("all-positive" if yes and name != "positive" else "no-positive")


def _intervals_of(
    of_draws: Callable[[Floats], dict[str, Floats]],
    groups: _Groups,
    stated: list[dict[str, Stated]],
    replicates: int,
    seed: int,
    by: By,
) -> list[dict[str, Interval]]:
    """The intervals by name, a mapping per column of what `of_draws` makes."""
    is_drawn = groups.many >= 2 and replicates > 0 and bool(stated)
    made = _bootstrapped(groups, of_draws, replicates, seed, by) if is_drawn else {}
    told = []
    for at, own in enumerate(stated):
        row = {}
        for name, one in own.items():
            if one.value is None:
                row[name] = no_interval(one.reason, by)
            elif groups.many < 2:
                row[name] = no_interval(f"one-{by}", by)
            else:
                row[name] = made[name][at] if made else no_interval("no-replicates", by)
        told.append(row)
    return told


# Scores, sets and other values: one question


@dataclass(frozen=True)
class _Pairs:
    """What percent agreement and Holsti's coefficient are made of, by group; pairs are of two coders on one unit."""

    units: Floats
    judgements: Floats
    split: Floats
    split_percent: Floats
    scale: int

    def percent(self, drawn: Floats) -> Floats:
        return 1 - _ratio(drawn @ self.split_percent, self.scale * (drawn @ self.units))


def _pairs(values: Values, groups: _Groups) -> _Pairs:
    judges = judges_of(values)
    shared = judges >= 2
    pairs = np.where(shared, judges * (judges - 1) // 2, 1)
    scale = least_multiple(pairs) if len(pairs) else 1
    split = np.zeros(values.shape[1])
    for one, other, both in coder_pairs(values):
        split += (one != other) & both
    return _Pairs(
        groups.total(shared), groups.total(judges), groups.total(split), groups.total(split * (scale // pairs)), scale
    )


@dataclass(frozen=True)
class _Scored:
    """What the coefficients of values are made of, by group."""

    pairs: _Pairs
    #: How many units were judged at all, and each kind's share of their judgements, times a scale.
    judged: Floats
    shares: sparse.csr_array
    share_scale: int
    #: Judgements by kind, of units that two judged; the same of each of two coders.
    totals: sparse.csr_array
    of_coders: tuple[sparse.csr_array, ...]
    #: Values of two coders that differ: their places among the kinds, and how often by group, ÷ (judges − 1), times a scale.
    first: Values
    second: Values
    apart: sparse.csr_array
    alpha_scale: int
    kinds: Values
    metric: Metric

    def of(self, drawn: Floats) -> dict[str, Floats]:
        """The coefficients in each replicate, shape (replicates, 1)."""
        percent = self.pairs.percent(drawn)
        share = _ratio(drawn @ self.shares, (self.share_scale * (drawn @ self.judged))[:, None])
        alike = (share * share).sum(axis=1)
        # Not 1 − alike == 0: sums of shares are not exact.
        in_use = (share > 0).sum(axis=1)
        varied = np.where(in_use > 1, 1.0, np.nan)
        mixed = (share * (1 - share)).sum(axis=1) / np.maximum(in_use - 1, 1)
        made = {
            "percent": percent,
            "alpha": self._alpha(drawn),
            "fleiss": _ratio(varied * (percent - alike), 1 - alike),
            "ac1": _ratio(varied * (percent - mixed), 1 - mixed),
        }
        if len(self.of_coders) == 2:
            units = drawn @ self.pairs.units
            first, second = (drawn @ one for one in self.of_coders)
            by_chance = (first * second).sum(axis=1)
            agreeing = units - drawn @ self.pairs.split
            made["kappa"] = _ratio(units * agreeing - by_chance, units * units - by_chance)
            made["holsti"] = _ratio(np.where(units > 0, 2 * agreeing, np.nan), drawn @ self.pairs.judgements)
        return {name: values[:, None] for name, values in made.items()}

    def _alpha(self, drawn: Floats) -> Floats:
        totals = drawn @ self.totals
        squared = squared_differences(self.metric, self.kinds, totals)(self.first, self.second)
        # Ranks, and with them ordinal differences, are other ones in every replicate.
        is_ordinal = self.metric == "ordinal"
        observed = ((drawn @ self.apart) * squared).sum(axis=1) if is_ordinal else drawn @ (self.apart @ squared)
        expected = np.where((totals > 0).sum(axis=1) > 1, expected_difference(self.metric, self.kinds, totals), 0.0)
        return 1 - _ratio((totals.sum(axis=1) - 1) * observed, self.alpha_scale * expected)


def _scored(values: Values, groups: _Groups, metric: Metric) -> _Scored:
    judges = judges_of(values)
    shared, given = judges >= 2, values != MISSING
    kinds = kinds_of(values)
    places = np.searchsorted(kinds, values)
    of = np.broadcast_to(groups.of, values.shape)

    def counted(which: Flags, weights: npt.NDArray[Any] | None = None) -> sparse.csr_array:
        data = np.ones(values.shape) if weights is None else np.broadcast_to(weights, values.shape)
        return groups.table(of[which], places[which], data[which], len(kinds))

    less, any_judge = np.where(shared, judges - 1, 1), np.maximum(judges, 1)
    alpha_scale, share_scale = (least_multiple(one) if len(judges) else 1 for one in (less, any_judge))
    found: list[tuple[Values, Values, Values]] = []
    for one, other in combinations(range(len(values)), 2):
        differ = given[one] & given[other] & (values[one] != values[other])
        lower, upper = np.sort(places[[one, other]][:, differ], axis=0)
        found.append((lower * len(kinds) + upper, groups.of[differ], 2 * (alpha_scale // less)[differ]))
    none = np.zeros(0, np.int64)
    names, rows, weights = (np.concatenate([none, *(one[at] for one in found)]) for at in range(3))
    distinct = kinds_of(names)
    return _Scored(
        pairs=_pairs(values, groups),
        judged=groups.total(judges >= 1),
        shares=counted(given, share_scale // any_judge),
        share_scale=share_scale,
        totals=counted(given & shared),
        of_coders=tuple(
            counted(given & shared & (np.arange(2) == coder)[:, None]) for coder in range(2) if len(values) == 2
        ),
        first=distinct // max(len(kinds), 1),
        second=distinct % max(len(kinds), 1),
        apart=groups.table(rows, np.searchsorted(distinct, names), weights, len(distinct)),
        alpha_scale=alpha_scale,
        kinds=kinds,
        metric=metric,
    )


def value_figures(
    values: Values, documents: npt.NDArray[Any], *, metric: Metric = "nominal", replicates: int = 2000, seed: int
) -> Figures:
    """The agreement on values (polarity, maturity scores) with intervals: `COEFFICIENTS` but positive agreement.

    Parameters
    ----------
    values
        Whole numbers, shape (coders, units); MISSING where a coder did not judge.
    documents
        The number (or id) of each unit's document, shape (units,).
    metric
        Of α; the other coefficients take values as equal or not.
    replicates
        Resamples; 0 for no intervals.
    seed
        The same seed gives the same intervals.

    Raises
    ------
    ValueError
        When the shapes do not fit, or values are not whole numbers.

    >>> scores = np.array([[0, 1, 2, 3, 4, 4], [0, 1, 2, 2, 4, MISSING]])
    >>> told = value_figures(scores, np.array([1, 1, 1, 2, 2, 2]), metric="ordinal", replicates=100, seed=7)
    >>> told.units, told.judgements, told.documents, told.coefficients["alpha"].told("en")
    (5, 10, 2, '0.954')
    """
    values = whole_numbers(np.asarray(values))
    documents = _check_documents(documents, values.shape[1])
    judges = judges_of(values)
    stated = {name: of(values) for name, of in COEFFICIENTS.items() if name != "positive"}
    stated["alpha"] = krippendorff_alpha(values, metric=metric)
    groups = {by: _grouped(documents, judges >= 2, by) for by in BOTH}
    intervals = {
        by: _intervals_of(_scored(values, own, metric).of, own, [stated], replicates, seed, by)[0]
        for by, own in _wanted(groups).items()
    }
    n = int(judges[judges >= 2].sum())
    return Figures(
        units=int((judges >= 2).sum()),
        judgements=n,
        positive=None,
        prevalence=None,
        coefficients=stated,
        intervals=intervals["document"],
        unit_intervals=intervals.get("unit", {}),
        documents=groups["document"].many,
    )


def _wanted(groups: Mapping[By, _Groups]) -> dict[By, _Groups]:
    """By document always, by unit too where documents are few."""
    return {by: own for by, own in groups.items() if by == "document" or groups["document"].many < FEW_DOCUMENTS}


def set_figures(
    present: Flags,
    judged: Flags,
    documents: npt.NDArray[Any],
    *,
    distance: Distance = "masi",
    replicates: int = 2000,
    seed: int,
) -> Figures:
    """The agreement on the whole set of codes of a unit, with intervals: α, percent (equal sets) and Holsti (by codes).

    Parameters are those of :func:`code_figures`, and `distance` between two sets, for α. `positive` and `prevalence` are
    of sets that are not empty.

    Raises
    ------
    ValueError
        When the shapes do not fit.

    >>> present = np.array([[[1, 0], [1, 1], [0, 0]], [[1, 0], [1, 0], [0, 0]]], bool)  # A/A, AB/A, none/none
    >>> told = set_figures(present, np.ones((2, 3), bool), np.array([1, 2, 2]), replicates=100, seed=7)
    >>> {name: one.told("en") for name, one in told.coefficients.items()}
    {'percent': '0.667', 'alpha': '0.667', 'holsti': '0.800'}
    """
    present, judged = np.asarray(present, bool), np.asarray(judged, bool)
    sets = coded_sets(present, judged)
    documents = _check_documents(documents, judged.shape[1])
    judges = judges_of(sets.values)
    shared = judges >= 2
    groups = {by: _grouped(documents, shared, by) for by in BOTH}
    decisions = _decisions(present, judged)
    stated = {
        "percent": percent_agreement(sets.values),
        "alpha": set_alpha_of(sets, distance),
        "holsti": holsti_codes(present, judged),
    }
    intervals = {
        by: _intervals_of(_replicates_of_sets(sets, own, decisions, distance, by), own, [stated], replicates, seed, by)[
            0
        ]
        for by, own in _wanted(groups).items()
    }
    n = int(judges[shared].sum())
    kept = sets.values[:, shared]
    positive = int((sets.sizes[kept[kept != MISSING]] > 0).sum())
    return Figures(
        units=int(shared.sum()),
        judgements=n,
        positive=positive,
        prevalence=positive / n if n else None,
        coefficients=stated,
        intervals=intervals["document"],
        unit_intervals=intervals.get("unit", {}),
        documents=groups["document"].many,
    )


def _decisions(present: Flags, judged: Flags) -> Values:
    """Of two coders, by unit: codes that both put, and codes that each put, where both judged. Shape (2, units)."""
    if len(present) != 2:
        return np.zeros((2, present.shape[1]), np.int64)
    both = judged.all(axis=0)
    one, other = present
    return np.where(both, np.array([(one & other).sum(axis=1), one.sum(axis=1) + other.sum(axis=1)]), 0)


def _replicates_of_sets(
    sets: CodedSets, groups: _Groups, decisions: Values, distance: Distance, by: By
) -> Callable[[Floats], dict[str, Floats]]:
    """What makes the coefficients of each replicate from the draws."""
    pairs = _pairs(sets.values, groups)
    observed, scale, counts = judged_sets(sets, groups.of, groups.many + 1, distance)
    totals = np.asarray(counts.sum(axis=1), np.float64).ravel()
    agreed, made = (groups.total(one) for one in decisions)
    apart = expected_of_groups(sets, counts, distance) if by == "document" else None

    def of(drawn: Floats) -> dict[str, Floats]:
        expected = (
            ((drawn @ apart) * drawn).sum(axis=1)
            if apart is not None
            else expected_of_resamples(sets, drawn @ counts, distance)
        )
        n = drawn @ totals
        told = {
            "percent": pairs.percent(drawn),
            "alpha": 1 - _ratio((n - 1) * (drawn @ observed), scale * expected),
            "holsti": _ratio(2 * (drawn @ agreed), drawn @ made),
        }
        return {name: values[:, None] for name, values in told.items()}

    return of
