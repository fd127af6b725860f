"""How far coders agree on which units hold a code: counts first, and coefficients beside them.

What is judged is one question per unit and code: does this coder's coding touch this turn with this code, yes or no.
Units are informant turns (paragraphs in notes), marked or not; a unit that nobody marked is agreement on absence. Scores
(polarity, maturity) are judged likewise, one whole number per unit. A coder who did not judge a unit is missing there,
which is neither agreement nor disagreement.

What the figures must not be used for. Nothing is gated on a coefficient: no model, milestone or export waits for one, and
they say nothing about municipalities. They describe some coders' use of one codebook MAJOR.MINOR on these units and hold
for no other version: a change of meaning begins anew. Coding that was not blind, or was mended after the coders saw
each other's, tells nothing of agreement. Rare codes give low or undefined coefficients at high percent agreement, and
common ones the other way round: read them beside `both`, the two kinds of disagreement and the prevalence, never alone.

Sources: Krippendorff (2011), *Computing Krippendorff's alpha-reliability*; Cohen (1960), *Educational and Psychological
Measurement* 20; Fleiss (1971), *Psychological Bulletin* 76; Gwet (2008), *British Journal of Mathematical and Statistical
Psychology* 61; Holsti (1969), *Content Analysis for the Social Sciences and Humanities*; Dice (1945), *Ecology* 26, as the
proportion of positive agreement.

Every coefficient takes memory and time linear in units: pairs of coders are compared, never units × values × values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from .incidence import incidence, segment_units
from .stated import Stated, undefined

#: Values of units by coder: whole numbers, shape (coders, units); MISSING where a coder did not judge a unit.
Values = npt.NDArray[np.int64]
MISSING = -1
#: How far apart two values are: all alike, by rank, by difference, by proportion.
Metric = Literal["nominal", "ordinal", "interval", "ratio"]
Floats = npt.NDArray[np.float64]


def whole_numbers(values: npt.NDArray[Any]) -> Values:
    """`values` as every coefficient takes them; never a copy when they are so already.

    Raises
    ------
    ValueError
        Unless they are whole numbers (or yes and no) of shape (coders, units).
    """
    if values.ndim != 2:
        raise ValueError(f"values are of shape (coders, units), not of {values.ndim} dimensions")
    if values.size and values.dtype.kind not in "iub":
        raise ValueError(f"values are whole numbers, {MISSING} where a coder did not judge; not {values.dtype}")
    return np.asarray(values, np.int64)


def judges_of(values: Values) -> Values:
    """How many coders judged each unit."""
    return np.asarray((values != MISSING).sum(axis=0), np.int64)


def coder_pairs(values: Values) -> Iterator[tuple[Values, Values, npt.NDArray[np.bool_]]]:
    """For each pair of coders their values, and which units both judged."""
    for one, other in combinations(values, 2):
        yield one, other, (one != MISSING) & (other != MISSING)


def kinds_of(values: Values) -> Values:
    """The values that were given, in order, without `MISSING`."""
    given = np.sort(values, axis=None)
    given = given[given != MISSING]
    is_new = np.ones(len(given), bool)
    is_new[1:] = given[1:] != given[:-1]
    return np.asarray(given[is_new], np.int64)


def least_multiple(numbers: Values) -> int:
    """The least common multiple: weights 1 ÷ number become whole ones by it, and sums of them exact in any order."""
    return math.lcm(*(int(one) for one in kinds_of(numbers)))


def percent_agreement(values: Values) -> Stated:
    """The mean over units of agreeing pairs of coders ÷ pairs, from 0 to 1. Not corrected for chance.

    Not to be compared between codes: a rare code has much agreement on its absence.

    >>> percent_agreement(np.array([[0, 1, 1, 0], [0, 1, 0, 0]])).value
    0.75
    """
    values = whole_numbers(values)
    values = values[:, judges_of(values) >= 2]
    if values.shape[1] == 0:
        return undefined("no-unit")
    return Stated(_mean_agreement(values))


def _mean_agreement(values: Values) -> float:
    """Percent agreement of units that two or more judged."""
    judges = judges_of(values)
    pairs = judges * (judges - 1) // 2
    scale = least_multiple(pairs)
    agreeing = sum(((one == other) & both).astype(np.int64) for one, other, both in coder_pairs(values))
    return float((agreeing * (scale // pairs)).sum() / (scale * values.shape[1]))


def holsti(values: Values) -> Stated:
    """Holsti's coefficient of two coders: 2·A ÷ (N₁ + N₂), from 0 to 1. Not corrected for chance.

    A decision is a value given to a unit: N₁ and N₂ count the units that each coder judged, A those that both judged
    alike. A unit that only one of them judged stays in the count and lowers it; without such units it is percent
    agreement. For units with several codes see ``set_agreement.holsti_codes``.

    >>> holsti(np.array([[0, 1, 1, 0], [0, 1, 0, MISSING]])).value == 2 * 2 / (4 + 3)
    True
    """
    values = whole_numbers(values)
    if len(values) != 2:
        return undefined("not-two")
    ((one, other, both),) = coder_pairs(values)
    if not both.any():
        return undefined("no-unit")
    return Stated(2 * int(((one == other) & both).sum()) / int((values != MISSING).sum()))


def squared_differences(
    metric: Metric, kinds: Values, totals: npt.NDArray[Any]
) -> Callable[[npt.NDArray[Any], npt.NDArray[Any]], Floats]:
    """δ² of two values, told by their places in `kinds`, of which `totals` were given; ordinal ranks count double.

    The ordinal difference, the sum of all totals from the one value to the other less half of both, is the difference of
    the values' mean ranks, so ordinal α is interval α of mean ranks. `totals` may be of shape (…, kinds).
    """
    if metric == "nominal":
        return lambda one, other: np.asarray(one != other, np.float64)
    if metric == "ratio":
        size = kinds.astype(np.float64)

        def proportion(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> Floats:
            both = size[one] + size[other]
            return np.asarray(((size[one] - size[other]) / np.where(both == 0, 1, both)) ** 2)

        return proportion
    scores = scores_of(metric, kinds, totals)
    return lambda one, other: np.asarray((scores[..., one] - scores[..., other]) ** 2, np.float64)


def scores_of(metric: Metric, kinds: Values, totals: npt.NDArray[Any]) -> Floats:
    """Where the values lie on a line: their distance from the least, or twice their mean rank."""
    if metric == "interval":
        return (kinds - kinds[:1]).astype(np.float64)
    return np.asarray(2 * np.cumsum(totals, axis=-1) - totals, np.float64)


def expected_difference(metric: Metric, kinds: Values, totals: npt.NDArray[Any]) -> Floats:
    """Σ_c Σ_k n_c·n_k·δ²_ck, for `totals` of shape (…, kinds)."""
    counts = np.asarray(totals, np.float64)
    n = counts.sum(axis=-1)
    if metric == "nominal":
        return np.asarray(n * n - (counts * counts).sum(axis=-1))
    if metric == "ratio":
        apart = squared_differences(metric, kinds, counts)
        places = np.arange(len(kinds))
        # A row at a time, so that many different values take no table of their square.
        return np.asarray(sum(counts[..., at] * (counts @ apart(np.array([at]), places)) for at in places) + 0.0 * n)
    scores = scores_of(metric, kinds, counts)
    first, second = (counts * scores).sum(axis=-1), (counts * scores * scores).sum(axis=-1)
    return np.asarray(2 * (n * second - first * first))


def krippendorff_alpha(values: Values, *, metric: Metric = "nominal") -> Stated:
    """Krippendorff's α, two or more coders, missing values allowed: 1 − observed ÷ expected.

    With o_ck the coincidences of values c and k within units (each pair ÷ (judges − 1)), n_c = Σ_k o_ck and n = Σ n_c:
    α = 1 − (n − 1)·Σ o_ck·δ²_ck ÷ Σ n_c·n_k·δ²_ck. Units that fewer than two coders judged do not count. Undefined when
    only one value was given. Not a threshold to pass, and not comparable between codebook versions.

    Parameters
    ----------
    values
        Shape (coders, units). For other metrics than nominal the numbers are the scores themselves.
    metric
        What δ² is: nominal 1; ordinal (Σ_{g=c..k} n_g − (n_c + n_k)/2)²; interval (c − k)²; ratio ((c − k)/(c + k))².

    >>> ten = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]])  # Krippendorff 2011
    >>> round(krippendorff_alpha(ten).value, 6)
    0.095238
    >>> maturity = np.array([[0, 1, 2, 3, 3, 4], [0, 1, 2, 2, 3, 4]])  # one step apart once
    >>> round(krippendorff_alpha(maturity, metric="ordinal").value, 3)
    0.94
    """
    values = whole_numbers(values)
    values = values[:, judges_of(values) >= 2]
    if values.shape[1] == 0:
        return undefined("no-unit")
    kinds = kinds_of(values)
    if len(kinds) < 2:
        return undefined("no-variation")
    if metric == "ratio" and kinds[0] < 0:
        return undefined("below-zero")
    places = np.searchsorted(kinds, values)
    totals = np.bincount(places[values != MISSING], minlength=len(kinds))
    less = judges_of(values) - 1
    scale = least_multiple(less)
    weights = scale // less
    apart = squared_differences(metric, kinds, totals)
    observed = 0.0
    for one, other in combinations(range(len(values)), 2):
        both = (values[one] != MISSING) & (values[other] != MISSING)
        observed += 2 * float((apart(places[one, both], places[other, both]) * weights[both]).sum())
    n = int(totals.sum())
    return Stated(float(1 - (n - 1) * observed / (scale * expected_difference(metric, kinds, totals))))


def cohen_kappa(values: Values) -> Stated:
    """Cohen's κ for two coders: (Po − Pe) ÷ (1 − Pe), Pe from each coder's own totals. For readers who expect it.

    Not to be preferred to α: it rewards coders who differ in how often they use a code.

    >>> round(cohen_kappa(np.array([[0, 1, 1, 0], [0, 1, 0, 0]])).value, 3)
    0.5
    """
    values = whole_numbers(values)
    if len(values) != 2:
        return undefined("not-two")
    n, agreeing, by_chance, _ = _crossed(values)
    if n == 0:
        return undefined("no-unit")
    if by_chance == n * n:
        return undefined("no-variation")
    return Stated((n * agreeing - by_chance) / (n * n - by_chance))


def greatest_kappa(values: Values) -> Stated:
    """The greatest κ that two coders with these totals could have had (Cohen's κ_M): Po as high as the totals allow.

    >>> round(greatest_kappa(np.array([[0, 1, 1, 0], [0, 1, 0, 0]])).value, 3)
    0.5
    """
    values = whole_numbers(values)
    if len(values) != 2:
        return undefined("not-two")
    n, _, by_chance, shared = _crossed(values)
    if n == 0:
        return undefined("no-unit")
    if by_chance == n * n:
        return undefined("no-variation")
    return Stated((n * shared - by_chance) / (n * n - by_chance))


def _crossed(values: Values) -> tuple[int, int, int, int]:
    """Of two coders: the units both judged, those judged alike, Σ n₁k·n₂k and Σ min(n₁k, n₂k)."""
    both = values[:, (values != MISSING).all(axis=0)]
    kinds = kinds_of(both)
    first, second = (np.bincount(places, minlength=len(kinds)).tolist() for places in np.searchsorted(kinds, both))
    return (
        both.shape[1],
        int((both[0] == both[1]).sum()),
        sum(one * other for one, other in zip(first, second, strict=True)),
        sum(map(min, first, second)),
    )


def fleiss_kappa(values: Values) -> Stated:
    """Fleiss' κ for two or more coders: (Pa − Pe) ÷ (1 − Pe), Pe = Σ π_k² from what all coders gave together.

    Pa is percent agreement over units that two or more judged; π_k the mean over all judged units of the share of its
    coders who gave k. With complete data this is Fleiss (1971); with missing judgements it is the generalised form in
    Gwet (2014, *Handbook of Inter-Rater Reliability*), where units judged by one coder count in π alone.

    >>> fleiss_kappa(np.array([[0, 1, 1, 0], [0, 1, 0, 0]])).value == (0.75 - 34 / 64) / (1 - 34 / 64)
    True
    """
    return _by_shares(values, lambda shares: float((shares * shares).sum()))


def gwet_ac1(values: Values) -> Stated:
    """Gwet's AC1 for two or more coders: (Pa − Pe) ÷ (1 − Pe), Pe = Σ π_k·(1 − π_k) ÷ (q − 1), q values in use.

    Pa and π as in `fleiss_kappa`. Steadier than α where a code is rare or everywhere, because it takes chance to be rare
    there. Undefined when only one value was given: the formula has then no q or would say 1 of any coders.

    >>> round(gwet_ac1(np.array([[0, 1, 1, 0], [0, 1, 0, 0]])).value, 6)
    0.529412
    """
    return _by_shares(values, lambda shares: float((shares * (1 - shares)).sum() / (len(shares) - 1)))


def _by_shares(values: Values, chance: Callable[[Floats], float]) -> Stated:
    """(Pa − Pe) ÷ (1 − Pe) with Pe made of the shares of the values."""
    values = whole_numbers(values)
    judges = judges_of(values)
    if not (judges >= 2).any():
        return undefined("no-unit")
    kinds = kinds_of(values)
    if len(kinds) < 2:
        return undefined("no-variation")
    values, judges = values[:, judges >= 1], judges[judges >= 1]
    scale = least_multiple(judges)
    given = values != MISSING
    weights = np.broadcast_to(scale // judges, values.shape)[given]
    shares = np.bincount(np.searchsorted(kinds, values[given]), weights, len(kinds)) / (scale * len(judges))
    by_chance = chance(shares)
    return Stated((_mean_agreement(values[:, judges >= 2]) - by_chance) / (1 - by_chance))


def positive_agreement(values: Values) -> Stated:
    """How often another coder said yes (1) too where one did, of yes (1) and no (0), from 0 to 1.

    Of two coders this is Dice's coefficient, 2·both ÷ (2·both + one + the other); of more, over all ordered pairs of
    coders who judged the unit (specific agreement, de Vet, Dikmans & Eekhout 2017). Agreement on absence does not enter.

    >>> positive_agreement(np.array([[0, 1, 1, 0], [0, 1, 0, 0]])).value == 2 / 3
    True
    """
    values = whole_numbers(values)
    judges = judges_of(values)
    if not (judges >= 2).any():
        return undefined("no-unit")
    yes = (values == 1).sum(axis=0)
    possible = int((yes * (judges - 1)).sum())
    return Stated(int((yes * (yes - 1)).sum()) / possible) if possible else undefined("no-positive")


#: Every coefficient that is told of a code, by name. A new one is a function of `Values` and a line here.
COEFFICIENTS: Mapping[str, Callable[[Values], Stated]] = {
    "percent": percent_agreement,
    "alpha": krippendorff_alpha,
    "kappa": cohen_kappa,
    "positive": positive_agreement,
    "fleiss": fleiss_kappa,
    "ac1": gwet_ac1,
    "holsti": holsti,
}


@dataclass(frozen=True)
class Ratings:
    """Which coder found which code in which unit: `present` is of shape (coders, units, codes), True where touched."""

    coders: tuple[str, ...]
    units: pd.DataFrame
    codes: tuple[str, ...]
    present: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Agreement:
    """Two coders' agreement on one code (`code` is "" for several codes pooled).

    `units` counts what was judged: units, or for the pool units × codes. `both`, `only_first`, `only_second` and
    `neither` add up to it. `prevalence` is the share of all judgements that are yes; None without units.
    """

    code: str
    units: int
    both: int
    only_first: int
    only_second: int
    neither: int
    coefficients: Mapping[str, Stated]

    @property
    def prevalence(self) -> float | None:
        """How often a coder said yes, from 0 to 1, over both coders."""
        return (2 * self.both + self.only_first + self.only_second) / (2 * self.units) if self.units else None


def ratings(segments: pd.DataFrame, units: pd.DataFrame, coders: Sequence[str], codes: Sequence[str]) -> Ratings:
    """What each of `coders` has in each of `units`, from a segments table.

    `units` are those that every coder was to judge, coded or not, of documents that every coder is done with: a unit
    without a segment counts as judged and found empty.
    """
    long = segment_units(segments, units)
    shape = (len(units), len(codes))
    present = [incidence(long[long["coder"] == one], units, tuple(codes), column="code").matrix for one in coders]
    return Ratings(
        tuple(coders),
        units,
        tuple(codes),
        np.array([matrix.toarray().astype(bool).reshape(shape) for matrix in present], bool).reshape(
            len(coders), *shape
        ),
    )


def agreement_by_code(rated: Ratings) -> tuple[Agreement, ...]:
    """The agreement of two coders on each code, in the order of the codes.

    Raises
    ------
    ValueError
        Unless there are two coders.
    """
    return tuple(_agreement(code, rated, rated.present[:, :, place]) for place, code in enumerate(rated.codes))


def pooled_agreement(rated: Ratings) -> Agreement:
    """The agreement over all codes that at least one coder used, each unit × code taken as one judgement.

    Codes that nobody used are left out, or their absence everywhere would pass for agreement. Judgements on one unit are
    not independent of one another, and common codes weigh most: it sums up, it does not stand for the codes.
    """
    used = rated.present.any(axis=(0, 1)) if rated.present.size else np.zeros(len(rated.codes), bool)
    return _agreement("", rated, rated.present[:, :, used].reshape(len(rated.coders), -1))


def _agreement(code: str, rated: Ratings, present: npt.NDArray[np.bool_]) -> Agreement:
    if len(rated.coders) != 2:
        raise ValueError(f"agreement is told of two coders, not of {len(rated.coders)}")
    first, second = present
    both, neither = int((first & second).sum()), int((~first & ~second).sum())
    values = present.astype(np.int64)
    return Agreement(
        code=code,
        units=present.shape[1],
        both=both,
        only_first=int((first & ~second).sum()),
        only_second=int((~first & second).sum()),
        neither=neither,
        coefficients={name: _said(of(values), both, neither) for name, of in COEFFICIENTS.items()},
    )


def _said(one: Stated, both: int, neither: int) -> Stated:
    """The reason in the words of a yes-or-no question."""
    if one.reason == "no-variation":
        return undefined("no-positive" if neither and not both else "all-positive")
    return one
