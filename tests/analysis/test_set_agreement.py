"""Agreement on whole sets of codes: against counting every pair of sets one by one, and what must not matter."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis import set_agreement
from foran_research.analysis.agreement import MISSING, krippendorff_alpha
from foran_research.analysis.set_agreement import (
    Distance,
    coded_sets,
    expected_of_groups,
    expected_of_resamples,
    holsti_codes,
    judged_sets,
    set_alpha,
    set_distance,
)

DISTANCES: tuple[Distance, ...] = ("masi", "jaccard", "passonneau2004", "nominal")
Flags = npt.NDArray[np.bool_]
Coding = Sequence[Sequence[frozenset[int] | None]]


def flags(coding: Coding, codes: int) -> tuple[Flags, Flags]:
    """`present` and `judged` of units × coders; where nobody judged, `present` has what must not count."""
    coders = len(coding[0]) if coding else 2
    present = np.ones((coders, len(coding), codes), bool)
    judged = np.zeros((coders, len(coding)), bool)
    for unit, row in enumerate(coding):
        for coder, one in enumerate(row):
            if one is not None:
                judged[coder, unit] = True
                present[coder, unit] = [code in one for code in range(codes)]
    return present, judged


def apart(one: frozenset[int], other: frozenset[int], distance: str) -> Fraction:
    """The distance of two sets as its author words it."""
    if one == other:
        return Fraction(0)
    within, touching = one <= other or other <= one, bool(one & other)
    likeness = Fraction(len(one & other), len(one | other))
    return {
        "nominal": Fraction(1),
        "jaccard": 1 - likeness,
        "masi": 1 - likeness * (Fraction(2, 3) if within else Fraction(1, 3) if touching else 0),
        "passonneau2004": Fraction(1, 3) if within else Fraction(2, 3) if touching else Fraction(1),
    }[distance]


def alpha_by_definition(coding: Coding, distance: str) -> Fraction | None:
    units = [[one for one in row if one is not None] for row in coding]
    units = [unit for unit in units if len(unit) >= 2]
    pool = [one for unit in units for one in unit]
    expected = sum((apart(a, b, distance) for a, b in permutations(pool, 2)), Fraction())
    observed = sum(
        (apart(a, b, distance) / (len(unit) - 1) for unit in units for a, b in permutations(unit, 2)), Fraction()
    )
    return 1 - (len(pool) - 1) * observed / expected if expected else None


sets_of_codes = st.one_of(st.none(), st.frozensets(st.integers(0, 5), max_size=4))
codings = st.integers(2, 4).flatmap(
    lambda coders: st.lists(st.lists(sets_of_codes, min_size=coders, max_size=coders), min_size=1, max_size=7)
)


@settings(max_examples=25)
@given(codings)
def test_alpha_of_sets_is_what_its_definition_counts(coding: Coding) -> None:
    present, judged = flags(coding, 6)
    for distance in DISTANCES:
        known, told = alpha_by_definition(coding, distance), set_alpha(present, judged, distance=distance)
        assert told.value is None if known is None else told.value == pytest.approx(float(known), abs=1e-12)
        assert told.reason in ({"no-unit", "no-variation"} if known is None else {""})


@settings(max_examples=25)
@given(codings)
def test_counting_subsets_and_looking_at_every_pair_give_the_same(coding: Coding) -> None:
    present, judged = flags(coding, 6)
    sets = coded_sets(present, judged)
    groups = np.arange(len(coding)) % 3
    for distance in DISTANCES:
        _, _, counts = judged_sets(sets, groups, 3, distance)
        counted = expected_of_groups(sets, counts, distance)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(set_agreement, "MOST_SUBSETS", 0)
            patched.setattr(set_agreement, "SIDE", 3)
            looked = expected_of_groups(sets, counts, distance)
            patched.setattr(set_agreement, "LARGEST_TABLED", 0)
            untabled = expected_of_groups(sets, counts, distance)
            drawn = np.array([[1.0, 1, 1], [0, 2, 1], [0, 0, 0]])
            resampled = expected_of_resamples(sets, drawn @ counts, distance)
        assert counted == pytest.approx(looked, abs=1e-9)
        assert counted == pytest.approx(untabled, abs=1e-9)
        assert resampled == pytest.approx(((drawn @ counted) * drawn).sum(axis=1), abs=1e-9)


@settings(max_examples=25)
@given(codings)
def test_nominal_alpha_of_sets_is_alpha_of_their_names(coding: Coding) -> None:
    present, judged = flags(coding, 6)
    names = {one: at for at, one in enumerate(dict.fromkeys(one for row in coding for one in row if one is not None))}
    values = np.array([[MISSING if one is None else names[one] for one in row] for row in coding]).T
    told, known = set_alpha(present, judged, distance="nominal"), krippendorff_alpha(values)
    assert told.reason == known.reason
    assert told.value == pytest.approx(known.value, abs=1e-12)


@settings(max_examples=25)
@given(st.lists(st.lists(st.integers(-1, 3), min_size=3, max_size=3), min_size=1, max_size=8))
def test_of_single_codes_all_distances_but_none_tell_nominal_alpha(rows: list[list[int]]) -> None:
    """Every set has one code: they are equal, or share nothing."""
    coding = [[None if one < 0 else frozenset([one]) for one in row] for row in rows]
    known = krippendorff_alpha(np.array(rows).T)
    for distance in DISTANCES:
        told = set_alpha(*flags(coding, 4), distance=distance)
        assert (told.reason, told.value) == (known.reason, pytest.approx(known.value, abs=1e-12))


@settings(max_examples=25)
@given(st.lists(st.lists(st.integers(-1, 1), min_size=3, max_size=3), min_size=1, max_size=8))
def test_of_one_code_or_none_it_is_alpha_of_yes_and_no(rows: list[list[int]]) -> None:
    coding = [[None if one < 0 else frozenset(range(one)) for one in row] for row in rows]
    known = krippendorff_alpha(np.array(rows).T)
    for distance in ("masi", "jaccard", "nominal"):
        told = set_alpha(*flags(coding, 1), distance=distance)
        assert (told.reason, told.value) == (known.reason, pytest.approx(known.value, abs=1e-12))


@settings(max_examples=25)
@given(codings, st.randoms(use_true_random=False))
def test_the_order_of_coders_units_and_codes_does_not_matter(coding: Coding, chance: random.Random) -> None:
    present, judged = flags(coding, 6)
    orders = [list(range(size)) for size in present.shape]
    for order in orders:
        chance.shuffle(order)
    shuffled, again = present[np.ix_(*orders)], judged[np.ix_(*orders[:2])]
    for distance in DISTANCES:
        one, other = set_alpha(present, judged, distance=distance), set_alpha(shuffled, again, distance=distance)
        assert (one.reason, one.value) == (other.reason, pytest.approx(other.value, abs=1e-12))
    one, other = holsti_codes(present, judged), holsti_codes(shuffled, again)
    assert one == other


@pytest.mark.parametrize("codes", [7, 64, 65, 130, 200])
def test_codes_beyond_the_first_word_of_bits_tell_sets_apart(codes: int) -> None:
    one, last = frozenset([0]), frozenset([0, codes - 1])
    present, judged = flags([[one, last], [last, last], [one, one], [frozenset(), None]], codes)
    sets = coded_sets(present, judged)
    assert sorted(sets.sizes.tolist()) == [0, 1, 2]
    assert sets.flags.shape == (3, codes)
    # Of six sets 3 are {0} and 3 {0, last}, half apart: observed 2·½, expected 2·9·½.
    assert set_alpha(present, judged, distance="jaccard").value == pytest.approx(1 - 5 * 1 / 9)


def test_two_empty_sets_agree_and_an_empty_one_shares_nothing() -> None:
    nothing, two = np.array(0), np.array(2)
    for distance in DISTANCES:
        assert set_distance(nothing, nothing, nothing, distance) == 0
    assert [float(set_distance(nothing, two, nothing, d)) for d in DISTANCES] == [1, 1, pytest.approx(1 / 3), 1]


@pytest.mark.parametrize("shape", [(0, 0, 0), (0, 3, 2), (1, 3, 2), (2, 0, 2), (2, 0, 0), (3, 0, 2)])
def test_nothing_to_compare_has_a_reason(shape: tuple[int, int, int]) -> None:
    for distance in DISTANCES:
        assert set_alpha(np.ones(shape, bool), np.ones(shape[:2], bool), distance=distance).reason == "no-unit"
    assert holsti_codes(np.ones(shape, bool), np.ones(shape[:2], bool)).reason in {"no-unit", "not-two"}


def test_no_codes_and_nothing_judged_have_a_reason() -> None:
    for codes in (0, 3):
        empty = np.zeros((2, 4, codes), bool)
        assert set_alpha(empty, np.ones((2, 4), bool)).reason == "no-variation"
        assert holsti_codes(empty, np.ones((2, 4), bool)).reason == "no-code-put"
        assert set_alpha(empty, np.zeros((2, 4), bool)).reason == "no-unit"


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="judged of"):
        set_alpha(np.zeros((2, 4, 3), bool), np.ones((2, 5), bool))


def test_memory_grows_with_units_not_with_their_square() -> None:
    chance = np.random.default_rng(5)
    kinds = chance.random((300, 30)) < 0.1
    peaks = []
    for units in (5_000, 50_000):
        present, judged = kinds[chance.integers(300, size=(3, units))], np.ones((3, units), bool)
        tracemalloc.start()
        set_alpha(present, judged)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 11 * peaks[0]
    assert peaks[1] < 500 * 50_000


def test_many_distinct_sets_are_counted_as_every_pair_would_be() -> None:
    chance = np.random.default_rng(6)
    present = chance.random((2, 60, 90)) < 0.06
    coding = [[frozenset(np.flatnonzero(present[c, u]).tolist()) for c in range(2)] for u in range(60)]
    for distance in DISTANCES:
        known = alpha_by_definition(coding, distance)
        assert known is not None
        assert set_alpha(present, np.ones((2, 60), bool), distance=distance).value == pytest.approx(float(known))
    assert len({one for row in coding for one in row}) > 100
    assert holsti_codes(present, np.ones((2, 60), bool)).value == pytest.approx(
        2 * sum(len(a & b) for a, b in coding) / sum(len(a) + len(b) for a, b in coding)
    )


def test_distances_are_told_of_every_two_sets_as_their_authors_word_them() -> None:
    subsets = [frozenset(one) for size in range(5) for one in combinations(range(4), size)]
    for distance in DISTANCES:
        for one in subsets:
            for other in subsets:
                told = set_distance(np.array(len(one)), np.array(len(other)), np.array(len(one & other)), distance)
                assert float(told) == pytest.approx(float(apart(one, other, distance)), abs=1e-15)
