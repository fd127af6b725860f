"""How far coders agree on which units hold a code: counts first, and coefficients beside them.

What is judged is one question per unit and code: does this coder's coding touch this turn with this code, yes or no.
Units are informant turns (paragraphs in notes), marked or not; a unit that nobody marked is agreement on absence.

What the figures must not be used for. Nothing is gated on a coefficient: no model, milestone or export waits for one, and
they say nothing about municipalities. They describe two coders' use of one codebook MAJOR.MINOR on these units and hold
for no other version: a change of meaning begins anew. Coding that was not blind, or was mended after the coders saw
each other's, tells nothing of agreement. Rare codes give low or undefined coefficients at high percent agreement, and
common ones the other way round: read them beside `both`, the two kinds of disagreement and the prevalence, never alone.

Sources: Krippendorff (2011), *Computing Krippendorff's alpha-reliability* (nominal data); Cohen (1960), *Educational and
Psychological Measurement* 20; Dice (1945), *Ecology* 26, as the proportion of positive agreement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from .incidence import incidence, segment_units
from .stated import Stated, undefined

#: Values of units by coder: whole numbers, shape (coders, units); MISSING where a coder did not judge a unit.
Values = npt.NDArray[np.int64]
MISSING = -1


def _counts(values: Values) -> npt.NDArray[np.int64]:
    """How many coders gave each value to each unit that two or more of them judged; shape (values, units)."""
    judged = values[:, (values != MISSING).sum(axis=0) >= 2]
    kinds = np.unique(judged[judged != MISSING])
    return np.array([(judged == kind).sum(axis=0) for kind in kinds], np.int64).reshape(len(kinds), judged.shape[1])


def percent_agreement(values: Values) -> Stated:
    """The mean over units of agreeing pairs of coders ÷ pairs, from 0 to 1. Not corrected for chance.

    Not to be compared between codes: a rare code has much agreement on its absence.

    >>> percent_agreement(np.array([[0, 1, 1, 0], [0, 1, 0, 0]])).value
    0.75
    """
    counts = _counts(values)
    if counts.shape[1] == 0:
        return undefined("no-unit")
    judges = counts.sum(axis=0)
    return Stated(float(((counts * (counts - 1)).sum(axis=0) / (judges * (judges - 1))).mean()))


def krippendorff_alpha(values: Values) -> Stated:
    """Krippendorff's α for nominal values, two or more coders, missing values allowed: 1 − observed ÷ expected.

    With o_ck the coincidences of values c and k within units (each pair ÷ (judges − 1)), n_c = Σ_k o_ck and n = Σ n_c:
    α = 1 − (n − 1)·Σ_{c≠k} o_ck ÷ Σ_{c≠k} n_c·n_k. Units that fewer than two coders judged do not count. Undefined when
    only one value was given. Not a threshold to pass, and not comparable between codebook versions.

    >>> ten = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]])  # Krippendorff 2011
    >>> round(krippendorff_alpha(ten).value, 6)
    0.095238
    """
    counts = _counts(values)
    if counts.shape[1] == 0:
        return undefined("no-unit")
    if len(counts) < 2:
        return undefined("no-variation")
    agreeing = float((counts * (counts - 1) / (counts.sum(axis=0) - 1)).sum())
    totals = [int(total) for total in counts.sum(axis=1)]
    n = sum(totals)
    expected = n * n - sum(total * total for total in totals)
    return Stated(1 - (n - 1) * (n - agreeing) / expected)


def cohen_kappa(values: Values) -> Stated:
    """Cohen's κ for two coders: (Po − Pe) ÷ (1 − Pe), Pe from each coder's own totals. For readers who expect it.

    Not to be preferred to α: it rewards coders who differ in how often they use a code.

    >>> round(cohen_kappa(np.array([[0, 1, 1, 0], [0, 1, 0, 0]])).value, 3)
    0.5
    """
    if len(values) != 2:
        return undefined("not-two")
    both = values[:, (values != MISSING).all(axis=0)]
    n = both.shape[1]
    if n == 0:
        return undefined("no-unit")
    agreeing = int((both[0] == both[1]).sum())
    by_chance = sum(int((both[0] == kind).sum()) * int((both[1] == kind).sum()) for kind in np.unique(both))
    if by_chance == n * n:
        return undefined("no-variation")
    return Stated((n * agreeing - by_chance) / (n * n - by_chance))


def positive_agreement(values: Values) -> Stated:
    """Dice's coefficient of two coders' yes (1) and no (0): 2·both ÷ (2·both + one + the other), from 0 to 1.

    Of the times either said yes, how often the other did too; agreement on absence does not enter.

    >>> positive_agreement(np.array([[0, 1, 1, 0], [0, 1, 0, 0]])).value == 2 / 3
    True
    """
    if len(values) != 2:
        return undefined("not-two")
    both = values[:, (values != MISSING).all(axis=0)]
    if both.shape[1] == 0:
        return undefined("no-unit")
    said = int((both == 1).sum())
    return Stated(2 * int((both == 1).all(axis=0).sum()) / said) if said else undefined("no-positive")


#: Every coefficient that is told of a code, by name. A new one is a function of `Values` and a line here.
COEFFICIENTS: Mapping[str, Callable[[Values], Stated]] = {
    "percent": percent_agreement,
    "alpha": krippendorff_alpha,
    "kappa": cohen_kappa,
    "positive": positive_agreement,
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
