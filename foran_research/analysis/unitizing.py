"""How far coders agree on where something is said, character by character: Krippendorff's u-alpha family.

A continuum is the text of a document in characters. Each coder's run on it is a list of half-open segments [start, end)
with a value (a code, or a level), not overlapping within one coder; what lies between them is gap. Four questions are
asked: do coders mark the same stretches with the same values (u-alpha), do they mark the same stretches at all (|u-alpha,
"bar"), do they give the same values where they marked (cu-alpha), and the same for one value ((k)u-alpha). The last two
say nothing about what was not marked, so their coverage stands beside them: the share of the continuum (of the value's
stretches) that they are about.

Three incompatible figures are called unitizing alpha. This is the family of 2016, not α_U of 1995 and 2004 (squared
differences of length) and not the α of multiple interpretations.

Formulas: Krippendorff, Mathet, Bouvry & Widlöcher (2016), *Quality & Quantity* 50, with its erratum; Krippendorff (2019),
*Content Analysis*, 4th ed., section 12.6. For three and more coders two readings of the correction C* are in use; the
default squares the overlap with each other coder ("pairwise"), the other one that with all others' marks ("union"). For
two coders they are the same.

What the figures must not be used for: they say nothing of codes that nobody marked, and long segments weigh as much as
their characters. They describe two or more coders' use of one codebook version.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ..errors import ForanError
from .agreement_intervals import Interval, document_draws, no_interval, percentile_interval
from .stated import Stated, undefined

#: A stretch marked by a coder: start and end in code points, half-open, and its value.
Marked = tuple[int, int, str]
#: One document: each coder's run (None where a coder did not judge it), and its length in characters.
Continuum = tuple[Sequence[Sequence[Marked] | None], int]
Variant = Literal["pairwise", "union"]
Floats = npt.NDArray[np.float64]

#: How values that stand on one stretch are written as one.
JOINED = "+"


@dataclass(frozen=True)
class UnitizedAlpha:
    """The family of figures.

    `coverage` is the share of the continuum that `cu` is about. `by_value` has for each value its (k)u-alpha and its
    coverage: the share of the value's stretches that another coder marked too.
    """

    u: Stated
    bar: Stated
    cu: Stated
    coverage: Stated
    by_value: Mapping[str, tuple[Stated, Stated]]


@dataclass(frozen=True)
class UnitizedFigures:
    """The family with its intervals by name: "u", "bar", "cu", and each value. `characters` is the length judged."""

    alpha: UnitizedAlpha
    intervals: Mapping[str, Interval]
    documents: int
    characters: int


class _Sums(NamedTuple):
    """What a document adds to the figures: each of shape (documents, values), the gap being value 0.

    `total` is ℓ_k, `same` ℓ_kk, `beside_gap` ℓ_φk, `self_pairs` C_k; `met` ℓ*_k and `met_self_pairs` C*_k.
    """

    total: Floats
    same: Floats
    beside_gap: Floats
    self_pairs: Floats
    met: Floats
    met_self_pairs: Floats


def merged(segments: Iterable[tuple[int, int]], value: str) -> list[Marked]:
    """One coder's segments of one code as a run: those that overlap become one, those that only touch stay two.

    >>> merged([(0, 5), (3, 8), (8, 9)], "C0001")
    [(0, 8, 'C0001'), (8, 9, 'C0001')]
    """
    found: list[Marked] = []
    for start, end in sorted(segments):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]), value)
        else:
            found.append((start, end, value))
    return found


def cut_at_boundaries(segments: Iterable[Marked]) -> tuple[list[Marked], int]:
    """One coder's overlapping segments of several codes as a run whose values are the sets of codes.

    Also how many characters hold more than one code: there the codes are not mutually exclusive.

    >>> cut_at_boundaries([(0, 10, "P1"), (5, 15, "P2")])
    ([(0, 5, 'P1'), (5, 10, 'P1+P2'), (10, 15, 'P2')], 5)
    """
    given = [(start, end, value) for start, end, value in segments if end > start]
    opened: dict[int, list[str]] = {}
    closed: dict[int, list[str]] = {}
    for start, end, value in given:
        opened.setdefault(start, []).append(value)
        closed.setdefault(end, []).append(value)
    standing: dict[str, int] = {}
    run: list[Marked] = []
    several = 0
    for here, there in pairwise(sorted({*opened, *closed})):
        for value in closed.get(here, ()):
            standing[value] -= 1
            if not standing[value]:
                del standing[value]
        for value in opened.get(here, ()):
            standing[value] = standing.get(value, 0) + 1
        if standing:
            run.append((here, there, JOINED.join(sorted(standing))))
            several += (there - here) * (len(standing) > 1)
    return run, several


def unitized_alpha(
    coders: Sequence[Sequence[Marked] | None], length: int, *, variant: Variant = "pairwise"
) -> UnitizedAlpha:
    """The u-alpha family of one continuum of `length` characters.

    Raises
    ------
    ForanError
        For segments of one coder that overlap, are empty or reversed, or lie outside the continuum; all are told.

    >>> first, second = [(0, 10, "a"), (20, 30, "b")], [(5, 15, "a"), (20, 30, "b")]
    >>> found = unitized_alpha([first, second], 40)
    >>> [round(one.value, 6) for one in (found.u, found.bar, found.cu, found.coverage)]
    [0.6275, 0.534375, 1.0, 0.375]
    """
    return unitized_alpha_of([(coders, length)], variant=variant)


def unitized_alpha_of(documents: Sequence[Continuum], *, variant: Variant = "pairwise") -> UnitizedAlpha:
    """The u-alpha family of several documents laid end to end; those that fewer than two coders judged do not count."""
    sums, values = _sums(documents, variant)
    return _alpha(sums, values)


def unitized_figures(
    documents: Sequence[Continuum],
    *,
    replicates: int = 2000,
    seed: int,
    variant: Variant = "pairwise",
    pieces_of: Sequence[Hashable] | None = None,
) -> UnitizedFigures:
    """The family with intervals from whole documents drawn with replacement (percentiles 2.5 and 97.5).

    Every replicate computes the whole figure anew, with its expected disagreement. Replicates in which a figure is
    undefined are counted as failures.

    Parameters
    ----------
    pieces_of
        Which document each of `documents` is a piece of, where one is cut by who judged what: pieces of one document are
        drawn together. By default each is a document.

    Raises
    ------
    ValueError
        When `pieces_of` is not as long as `documents`.
    """
    sums, values = _sums(documents, variant)
    alpha = _alpha(sums, values)
    if pieces_of is not None:
        sums = _together(sums, [one for one, counts in zip(pieces_of, _is_judged(documents), strict=True) if counts])
    count = len(sums.total)
    told = {"u": alpha.u, "bar": alpha.bar, "cu": alpha.cu}
    told |= {value: one for value, (one, _) in alpha.by_value.items()}
    if count < 2:
        intervals = {name: no_interval("one-document" if count else "no-unit") for name in told}
    else:
        drawn = _replicated(sums, values, document_draws(count, replicates=replicates, seed=seed))
        intervals = {
            name: percentile_interval(drawn[name]) if one.value is not None else no_interval(one.reason)
            for name, one in told.items()
        }
    return UnitizedFigures(
        alpha=alpha,
        intervals=intervals,
        documents=count,
        characters=sum(length for coders, length in documents if sum(run is not None for run in coders) >= 2),
    )


def _is_judged(documents: Sequence[Continuum]) -> list[bool]:
    """Which continua count: two coders or more, and some text."""
    return [sum(run is not None for run in coders) >= 2 and length > 0 for coders, length in documents]


def _together(sums: _Sums, whose: Sequence[Hashable]) -> _Sums:
    """The sums of pieces as those of their documents, in the order in which documents first occur."""
    number = {one: place for place, one in enumerate(dict.fromkeys(whose))}
    rows = [number[one] for one in whose]

    def added(part: Floats) -> Floats:
        whole = np.zeros((len(number), part.shape[1]))
        np.add.at(whole, rows, part)
        return whole

    return _Sums(*(added(part) for part in sums))


def _replicated(sums: _Sums, values: Sequence[str], weights: Floats) -> dict[str, Floats]:
    drawn = _Sums(*(weights.astype(float) @ part for part in sums))
    u, bar, cu, _, by_value, _ = _figures(drawn)
    return {"u": u, "bar": bar, "cu": cu} | {value: by_value[:, place] for place, value in enumerate(values)}


def _alpha(sums: _Sums, values: Sequence[str]) -> UnitizedAlpha:
    whole = _Sums(*(part.sum(axis=0, keepdims=True) for part in sums))
    u, bar, cu, coverage, by_value, value_coverage = (part[0] for part in _figures(whole))
    judged = whole.total.sum() > 0
    marked = whole.total[0, 1:].sum() > 0
    both = whole.met.sum() > 0
    unmarked = "no-unit" if not judged else "nothing-marked" if not marked else "no-variation"
    unmet = unmarked if not marked else "marked-apart" if not both else "one-value"
    return UnitizedAlpha(
        u=_stated(u, unmarked),
        bar=_stated(bar, unmarked if unmarked != "no-variation" else "all-marked"),
        cu=_stated(cu, unmet),
        coverage=_stated(coverage, "no-unit"),
        by_value={
            value: (
                _stated(by_value[place], unmet if whole.met[0, place + 1] or not both else "value-apart"),
                _stated(value_coverage[place], "nothing-marked"),
            )
            for place, value in enumerate(values)
        },
    )


def _stated(value: float, reason: str) -> Stated:
    return undefined(reason) if np.isnan(value) else Stated(float(value))


def _figures(sums: _Sums) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """The figures of each row of `sums`, NaN where undefined: u, bar, cu, coverage, and by value (k)u and its coverage."""
    total, same, beside_gap, self_pairs, met, met_self = sums
    length = total.sum(axis=1)
    pairs = length**2 - self_pairs.sum(axis=1)
    expected_same = _ratio(length[:, None] * (total**2 - self_pairs), pairs[:, None])
    u = 1 - _ratio(length - same.sum(axis=1), length - expected_same.sum(axis=1))
    gap = total[:, 0]
    bar = 1 - _ratio(beside_gap[:, 1:].sum(axis=1), _ratio(length * gap * (length - gap), pairs))
    met, met_self, same = met[:, 1:], met_self[:, 1:], same[:, 1:]
    both = met.sum(axis=1)
    scale = both - _ratio(met_self.sum(axis=1), both)
    expected = _ratio(met * both[:, None] - met_self, scale[:, None])
    expected_met = _ratio(met**2 - met_self, scale[:, None])
    # With one value there is nothing to mistake it for: rounding must not make a figure of that.
    several = (met > 0).sum(axis=1) > 1
    off = np.where(several, expected.sum(axis=1) - expected_met.sum(axis=1), np.nan)
    cu = 1 - _ratio(both - same.sum(axis=1), off)
    off_value = np.where(several[:, None], expected - expected_met, np.nan)
    by_value = 1 - _ratio(expected, met) * _ratio(met - same, off_value)
    return u, bar, cu, _ratio(both, length), by_value, _ratio(met, total[:, 1:])


def _ratio(over: Floats, under: Floats) -> Floats:
    """Quotients, NaN where nothing can be divided by: zero, or what rounding has left of it."""
    over, under = np.broadcast_arrays(np.asarray(over, float), np.asarray(under, float))
    out = np.full(over.shape, np.nan)
    np.divide(over, under, out=out, where=np.abs(under) > 1e-9)
    return out


def _sums(documents: Sequence[Continuum], variant: Variant) -> tuple[_Sums, tuple[str, ...]]:
    """What each judged document adds, and the values in alphabetical order (columns 1 and on; column 0 is the gap)."""
    _check(documents)
    kept = [one for one, counts in zip(documents, _is_judged(documents), strict=True) if counts]
    values = tuple(sorted({value for coders, _ in kept for run in coders for _, _, value in run or ()}))
    number = {value: place + 1 for place, value in enumerate(values)}
    shape = (len(kept), len(values) + 1)
    if not kept:
        return _Sums(*(np.zeros(shape) for _ in range(6))), values
    lengths = np.array([length for _, length in kept], np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    seats = max(len(coders) for coders, _ in kept)
    judged = np.array(
        [[seat < len(coders) and coders[seat] is not None for seat in range(seats)] for coders, _ in kept]
    )
    others = judged.sum(axis=1) - 1.0
    runs = [
        np.array(
            [
                (offset + start, offset + end, number[value], place)
                for place, ((coders, _), offset) in enumerate(zip(kept, offsets.tolist(), strict=False))
                if seat < len(coders)
                for start, end, value in coders[seat] or ()
            ],
            np.int64,
        ).reshape(-1, 4)
        for seat in range(seats)
    ]
    cuts = np.sort(np.concatenate([offsets, *(run[:, :2].ravel() for run in runs)]))
    cuts = cuts[np.concatenate([[True], np.diff(cuts) > 0])]
    size = np.diff(cuts).astype(float)
    document = np.searchsorted(offsets, cuts[:-1], side="right") - 1
    worn = np.stack([_values_on(run, cuts) for run in runs])  # coders × intervals, 0 in gaps
    sits = judged[:, :].T[:, document]

    def added(value: npt.NDArray[np.int64], weight: Floats, where: npt.NDArray[np.int64]) -> Floats:
        flat: Floats = np.bincount(where * shape[1] + value, weights=weight, minlength=shape[0] * shape[1]).astype(
            float
        )
        return flat.reshape(shape)

    sums = _Sums(*(np.zeros(shape) for _ in range(6)))
    for seat, run in enumerate(runs):
        sums.total[:] += added(worn[seat], size * sits[seat], document)
        gap = np.bincount(document, weights=size * sits[seat] * (worn[seat] == 0), minlength=shape[0])
        sums.self_pairs[:, 0] += gap
        sums.self_pairs[:] += added(run[:, 2], (run[:, 1] - run[:, 0]).astype(float) ** 2, run[:, 3])
    for one, other in permutations(range(seats), 2):
        weight = size * (sits[one] & sits[other]) / others[document]
        ours, theirs = worn[one], worn[other]
        sums.same[:] += added(ours, weight * (ours == theirs), document)
        sums.beside_gap[:] += added(ours, weight * (theirs == 0) * (ours > 0), document)
        sums.met[:] += added(ours, weight * (ours > 0) * (theirs > 0), document)
        if variant == "pairwise":
            shared = _overlaps(runs[one], cuts, size * (theirs > 0))
            sums.met_self_pairs[:] += added(runs[one][:, 2], shared**2 / others[runs[one][:, 3]], runs[one][:, 3])
    if variant == "union":
        for seat, run in enumerate(runs):
            elsewhere = (np.delete(worn, seat, axis=0) > 0).any(axis=0)
            sums.met_self_pairs[:] += added(run[:, 2], _overlaps(run, cuts, size * elsewhere) ** 2, run[:, 3])
    return sums, values


def _values_on(run: npt.NDArray[np.int64], cuts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A run's value on each interval between cuts: segments do not overlap, so what begins and ends can be added up."""
    steps = np.zeros(len(cuts), np.int64)
    np.add.at(steps, np.searchsorted(cuts, run[:, 0]), run[:, 2])
    np.add.at(steps, np.searchsorted(cuts, run[:, 1]), -run[:, 2])
    return np.cumsum(steps)[:-1]


def _overlaps(run: npt.NDArray[np.int64], cuts: npt.NDArray[np.int64], marked: Floats) -> Floats:
    """How many characters of each segment lie on marked intervals."""
    before: Floats = np.concatenate([[0.0], np.cumsum(marked)])
    begins, ends = np.searchsorted(cuts, run[:, 0]), np.searchsorted(cuts, run[:, 1])
    return before[ends] - before[begins]


def _check(documents: Sequence[Continuum]) -> None:
    wrong = []
    for place, (coders, length) in enumerate(documents):
        for seat, run in enumerate(coders):
            reached = 0
            for start, end, _ in sorted(run or ()):
                where = f"document {place + 1}, coder {seat + 1}, [{start}, {end})"
                if not 0 <= start < end <= length:
                    wrong.append(f"{where} is empty, reversed or outside the {length} characters")
                elif start < reached:
                    wrong.append(f"{where} overlaps the segment before it")
                reached = max(reached, end)
    if wrong:
        raise ForanError(
            "segments that cannot be a run: " + "; ".join(wrong) + ". Cut overlapping ones with cut_at_boundaries"
        )
