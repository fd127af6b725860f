"""How far coders agree on the whole set of codes of a unit: Krippendorff's α with a distance between sets.

A turn often carries several codes. Here the value that a coder gives a unit is the set of its codes; the empty set is a
value too, and empty beside empty is agreement. A unit that a coder did not judge is missing, which is not the empty set.

Distances, from 0 (equal) to 1, taken as they are and not squared. With J = |A∩B| ÷ |A∪B|: Jaccard 1 − J; MASI
1 − J·M with M = 1 equal, ⅔ one within the other, ⅓ overlapping, 0 disjoint (Passonneau 2006, *Proceedings of LREC*);
Passonneau (2004, *Proceedings of LREC*) 0, ⅓, ⅔, 1 for the same four; nominal 0 or 1. The empty set is within any other.

What the figures must not be used for: they say nothing of a single code, common codes weigh most, and they are not
comparable between codebooks of different size or between distances.

Memory grows with units and with distinct sets, never with their square. Observed disagreement takes time linear in
units. The expected one needs how many pairs of distinct sets share how many codes. That is counted from the subsets of the
sets (Σ 2^size of them) when these are few, as where turns hold some codes each; otherwise pair by pair in blocks, which
takes time quadratic in distinct sets. The same sets of many units are compared once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from .agreement import MISSING, Floats, Values, judges_of, least_multiple
from .stated import Stated, undefined

Distance = Literal["masi", "jaccard", "passonneau2004", "nominal"]
Flags = npt.NDArray[np.bool_]
#: Subsets that are worth counting (about a second), and rows of their table by group and size.
MOST_SUBSETS, MOST_ROWS = 6_000_000, 400
#: Distinct sets on each side of a block that fits a processor's cache, and codes of a set up to which distances are tabled.
SIDE, LARGEST_TABLED = 512, 128


def set_distance(
    one: npt.NDArray[Any], other: npt.NDArray[Any], shared: npt.NDArray[Any], distance: Distance
) -> Floats:
    """The distance of two sets, from 0 to 1, told by how many codes each has and how many they share.

    >>> float(set_distance(np.array(2), np.array(1), np.array(1), "jaccard"))
    0.5
    """
    is_equal = (one == shared) & (other == shared)
    if distance == "nominal":
        return np.where(is_equal, 0.0, 1.0)
    union = one + other - shared
    likeness = np.where(union == 0, 1.0, shared / np.where(union == 0, 1, union))
    if distance == "jaccard":
        return np.asarray(1 - likeness)
    within = (shared == one) | (shared == other)
    if distance == "passonneau2004":
        return np.where(is_equal, 0, np.where(within, 1, np.where(shared > 0, 2, 3))) / 3
    return np.asarray(1 - likeness * np.where(is_equal, 3, np.where(within, 2, 1)) / 3)


@dataclass(frozen=True)
class CodedSets:
    """The sets that coders gave: `values` (coders, units) has their numbers, MISSING where a coder did not judge.

    `words` holds the distinct sets as bits, shape (sets, words of 64 codes); `sizes` how many codes each has.
    """

    values: Values
    words: npt.NDArray[np.uint64]
    sizes: Values
    codes: int

    @property
    def flags(self) -> Flags:
        """Which codes each distinct set has, shape (sets, codes)."""
        return np.unpackbits(self.words.view(np.uint8), axis=1, bitorder="little")[:, : self.codes].astype(bool)


def check_shapes(present: Flags, judged: Flags) -> None:
    """Both of one number of coders and of units.

    Raises
    ------
    ValueError
        Unless `present` is of shape (coders, units, codes) and `judged` of (coders, units).
    """
    if present.ndim != 3 or judged.shape != present.shape[:2]:
        raise ValueError(
            f"present is of shape (coders, units, codes) and judged of (coders, units), not {present.shape} and {judged.shape}"
        )


def coded_sets(present: Flags, judged: Flags) -> CodedSets:
    """The distinct sets of codes, numbered as they first come, and which of them each coder gave each unit."""
    check_shapes(present, judged)
    present, judged = np.asarray(present, bool), np.asarray(judged, bool)
    codes = present.shape[2]
    many = max(1, -(-codes // 64))
    packed = np.zeros((int(judged.sum()), many * 8), np.uint8)
    done = 0
    for one, own in zip(present, judged, strict=True):
        bits = np.packbits(one, axis=1, bitorder="little")[own]
        packed[done : done + len(bits), : bits.shape[1]] = bits
        done += len(bits)
    words = packed.view(np.uint64)
    names, distinct = pd.factorize(words[:, 0])
    many_sets = len(distinct)
    for at in range(1, many):
        # One word after the other: the number of the set so far and the next word make a new number.
        later, _ = pd.factorize(words[:, at])
        names, numbers = pd.factorize(names * (int(later.max(initial=0)) + 1) + later)
        many_sets = len(numbers)
    first = np.zeros(many_sets, np.int64)
    first[names[::-1]] = np.arange(len(names))[::-1]
    values = np.full(judged.shape, MISSING, np.int64)
    values[judged] = names
    kept = words[first]
    return CodedSets(values, kept, np.bitwise_count(kept).sum(axis=1).astype(np.int64), codes)


def set_alpha(present: Flags, judged: Flags, *, distance: Distance = "masi") -> Stated:
    """Krippendorff's α of sets of codes, two or more coders, missing values allowed.

    Parameters
    ----------
    present
        Which coder gave which unit which code, shape (coders, units, codes).
    judged
        Which coder judged which unit, shape (coders, units). What `present` has elsewhere does not count.
    distance
        Between two sets; the empty set is a set.

    Undefined when every unit has the same set, or no unit was judged by two. Not to be compared between distances.

    >>> sets = [["", ""], ["A", ""], ["A", "A"], ["A", "B"], ["AB", "A"], ["AB", "AC"], ["ABC", "ABC"], ["C", "AC"]]
    >>> present = np.array([[[code in unit[coder] for code in "ABC"] for unit in sets] for coder in range(2)])
    >>> round(set_alpha(present, np.ones((2, 8), bool), distance="jaccard").value, 3)
    0.318
    """
    return set_alpha_of(coded_sets(present, judged), distance)


def set_alpha_of(sets: CodedSets, distance: Distance) -> Stated:
    """:func:`set_alpha` of sets that are told apart already."""
    observed, scale, counts = judged_sets(sets, np.zeros(sets.values.shape[1], np.int64), 1, distance)
    n = float(counts.sum())
    if n == 0:
        return undefined("no-unit")
    expected = float(expected_of_groups(sets, counts, distance)[0, 0])
    return Stated(1 - (n - 1) * float(observed[0]) / (scale * expected)) if expected > 0 else undefined("no-variation")


def judged_sets(sets: CodedSets, groups: Values, many: int, distance: Distance) -> tuple[Floats, int, sparse.csr_array]:
    """Of units that two or more judged, by group (document): what `set_alpha` is made of.

    Returns
    -------
    observed
        Σ over ordered pairs of coders of the distance ÷ (judges − 1) by group, times `weight`.
    weight
        What `observed` is multiplied by, so that the weights of units are whole numbers.
    counts
        How often each distinct set was given, shape (groups, sets).
    """
    judges = judges_of(sets.values)
    keep = judges >= 2
    values, groups, less = sets.values[:, keep], groups[keep], judges[keep] - 1
    scale = least_multiple(less) if len(less) else 1
    apart = np.zeros(values.shape[1])
    for first, second in combinations(values, 2):
        both = (first != MISSING) & (second != MISSING)
        one, other = first[both], second[both]
        shared = np.bitwise_count(sets.words[one] & sets.words[other]).sum(axis=1).astype(np.int64)
        apart[both] += set_distance(sets.sizes[one], sets.sizes[other], shared, distance)
    observed = np.bincount(groups, 2 * apart * (scale // less), many).astype(np.float64)
    given = values != MISSING
    rows = np.broadcast_to(groups, values.shape)[given]
    counts = sparse.csr_array((np.ones(len(rows)), (rows, values[given])), shape=(many, len(sets.sizes)))
    counts.sum_duplicates()
    return observed, scale, counts


def expected_of_groups(sets: CodedSets, counts: sparse.csr_array, distance: Distance) -> Floats:
    """Σ_c Σ_k n_gc·n_hk·δ_ck for every two groups g and h, from how often each distinct set was given in each group.

    The disagreement expected of any resample of the groups is their weights, times this, times their weights.
    """
    used = np.flatnonzero(np.asarray(counts.sum(axis=0)).ravel())
    largest = int(sets.sizes[used].max(initial=0))
    subsets = float((2.0 ** sets.sizes[used]).sum())
    if subsets <= MOST_SUBSETS and counts.shape[0] * (largest + 1) <= MOST_ROWS:
        return _by_subsets(sets, used, counts, distance)
    return _by_blocks(sets, used, counts, distance)


def _by_subsets(sets: CodedSets, used: Values, counts: sparse.csr_array, distance: Distance) -> Floats:
    """From the number of pairs of sets that share k codes, by the sizes of both.

    Two sets that share k codes share C(k, t) subsets of t codes. So the subsets of t codes, counted by the size of the set
    they lie in, give Σ C(k, t) over all pairs without looking at a pair; and that, over all t, how many pairs share k.
    """
    sizes = sets.sizes[used]
    rungs = int(sizes.max(initial=0)) + 1
    many = counts.shape[0]
    # Rows are groups × sizes: how often the group gave each set of that size.
    long = counts[:, used].tocoo()
    rows = long.row.astype(np.int64) * rungs + sizes[long.col]
    given = sparse.csr_array((long.data.astype(np.int64), (rows, long.col)), shape=(many * rungs, len(used)))
    pairs = [_products(given.sum(axis=1)[:, None])]
    flags = sets.flags[used]
    holder, code = (one.astype(np.int64) for one in np.nonzero(flags))
    starts = np.cumsum(np.append(0, sizes))
    # Each entry is a subset of one set: which set, where its last code stands, and the subset's number.
    last, names = np.arange(len(code)), code
    while len(last):
        names, distinct = pd.factorize(names)
        within = sparse.csr_array((np.ones(len(names), np.int64), (holder, names)), shape=(len(used), len(distinct)))
        by_size = given @ within
        pairs.append((by_size @ by_size.T).toarray())
        # Every subset grows by each code that stands later in its set.
        room = starts[holder + 1] - last - 1
        step = np.arange(int(room.sum())) - np.repeat(np.cumsum(room) - room, room)
        holder, last, names = np.repeat(holder, room), np.repeat(last, room) + 1 + step, np.repeat(names, room)
        names = names * sets.codes + code[last]
    sized = np.tile(np.arange(rungs), many)
    total = np.zeros((many, many))
    for shared in range(len(pairs)):
        exactly = sum((-1) ** (more - shared) * comb(more, shared) * pairs[more] for more in range(shared, len(pairs)))
        apart = set_distance(sized[:, None], sized[None, :], np.array(shared), distance)
        weighted = np.where(exactly == 0, 0.0, apart * exactly)
        total += weighted.reshape(many, rungs, many, rungs).sum(axis=(1, 3))
    return total


def _products(column: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.asarray(column @ column.T)


def _by_blocks(sets: CodedSets, used: Values, counts: sparse.csr_array, distance: Distance) -> Floats:
    """By looking at every two distinct sets."""
    own = counts[:, used].tocsc()
    parts = {start: own[:, start : start + SIDE] for start in range(0, len(used), SIDE)}
    total = np.zeros((counts.shape[0],) * 2)
    for rows, columns, apart in blocks(sets, used, distance):
        part = (parts[rows.start] @ apart) @ parts[columns.start].toarray().T
        total += part if rows == columns else part + part.T
    return total


def expected_of_resamples(sets: CodedSets, resampled: Floats, distance: Distance) -> Floats:
    """Σ_c Σ_k n_rc·n_rk·δ_ck for every resample r, from how often it has each distinct set."""
    used = np.flatnonzero(resampled.any(axis=0))
    resampled = resampled[:, used]
    total = np.zeros(len(resampled))
    for rows, columns, apart in blocks(sets, used, distance):
        part = ((resampled[:, rows] @ apart) * resampled[:, columns]).sum(axis=1)
        total += part if rows == columns else 2 * part
    return total


def blocks(sets: CodedSets, used: Values, distance: Distance) -> Iterator[tuple[slice, slice, Floats]]:
    """The distances between distinct sets, a block at a time, of the half above the diagonal."""
    flags, sizes = sets.flags[used].astype(np.float32), sets.sizes[used].astype(np.intp)
    rungs = int(sizes.max(initial=0)) + 1
    rung = np.arange(rungs if rungs <= LARGEST_TABLED else 0)
    table = set_distance(rung[:, None, None], rung[None, :, None], rung[None, None, :], distance).ravel()
    for top in range(0, len(used), SIDE):
        rows = slice(top, min(top + SIDE, len(used)))
        for left in range(top, len(used), SIDE):
            columns = slice(left, min(left + SIDE, len(used)))
            # Whole numbers up to 2²⁴ are exact in single precision.
            shared = (flags[rows] @ flags[columns].T).astype(np.intp)
            one, other = sizes[rows, None], sizes[None, columns]
            if len(rung):
                shared += one * (rungs * rungs)
                shared += other * rungs
                yield rows, columns, table.take(shared)
            else:
                yield rows, columns, set_distance(one, other, shared, distance)


def holsti_codes(present: Flags, judged: Flags) -> Stated:
    """Holsti's coefficient of two coders over unit × code: 2·A ÷ (N₁ + N₂), from 0 to 1. Not corrected for chance.

    A decision is a code put on a unit that both judged; a unit with three codes counts as three. A counts the codes that
    both put on the same unit, N₁ and N₂ those that each put. Codes that neither put on a unit do not count.

    >>> present = np.array([[[1, 1, 0], [1, 0, 0]], [[1, 0, 0], [1, 0, 1]]], bool)  # AB and A, A and AC
    >>> holsti_codes(present, np.ones((2, 2), bool)).value == 2 * 2 / (3 + 3)
    True
    """
    check_shapes(present, judged)
    if len(present) != 2:
        return undefined("not-two")
    both = np.asarray(judged, bool).all(axis=0)
    if not both.any():
        return undefined("no-unit")
    one, other = np.asarray(present, bool)[:, both]
    decisions = int(one.sum()) + int(other.sum())
    return Stated(2 * int((one & other).sum()) / decisions) if decisions else undefined("no-code-put")
