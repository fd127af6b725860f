"""Agreement: published and hand-worked answers, a count by definition beside the arithmetic, and what is undefined."""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineages import segment_row, table

from foran_research.analysis.agreement import (
    COEFFICIENTS,
    MISSING,
    Agreement,
    Metric,
    Values,
    agreement_by_code,
    cohen_kappa,
    fleiss_kappa,
    greatest_kappa,
    gwet_ac1,
    holsti,
    krippendorff_alpha,
    percent_agreement,
    pooled_agreement,
    positive_agreement,
    ratings,
)
from foran_research.analysis.incidence import UNIT_COLUMNS
from foran_research.analysis.stated import REASONS

METRICS: tuple[Metric, ...] = ("nominal", "ordinal", "interval", "ratio")


def values(*coders: Sequence[Hashable | None]) -> Values:
    """Whole numbers for letters, and −1 for None."""
    kinds: dict[Hashable, int] = {}
    return np.array([[-1 if v is None else kinds.setdefault(v, len(kinds)) for v in row] for row in coders], np.int64)


def crossed(counts: Sequence[Sequence[int]]) -> Values:
    """Two coders from a table of how often one said the row and the other the column."""
    pairs = [(a, b) for a, row in enumerate(counts) for b, times in enumerate(row) for _ in range(times)]
    return np.array(pairs, np.int64).T


def words(*rows: str) -> Values:
    return values(*([None if v == "·" else v for v in row.split()] for row in rows))


K2011 = words(
    "1 2 3 3 2 1 4 1 2 · · ·", "1 2 3 3 2 2 4 1 2 5 · 3", "· 3 3 3 2 3 4 2 2 5 1 ·", "1 2 3 3 2 4 4 1 2 5 1 ·"
)


@pytest.mark.parametrize(
    ("data", "alpha"),
    [
        (K2011, 0.743421),  # T1: Krippendorff 2011, four coders
        (words("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), 0.095238),  # T2: Krippendorff 2011
        (words("a a b b d c c c e d d a", "b a b b b c c c e d d d"), 0.691964),  # T3: Krippendorff 2011
        (words("a a b b b b b c c c c c", "a b b b b b c c c c c c"), 0.734104),  # T4: Krippendorff 2004
        (crossed([[97, 1], [1, 1]]), 0.492347),  # T9
        (crossed([[98, 1], [1, 0]]), -0.005051),  # T10
        # T14: Krippendorff 1995, unit length
        (words(" ".join("001111111100001111110000"), " ".join("000011110000000110000000")), 0.328571),
    ],
)
def test_alpha_gives_the_published_answers(data: Values, alpha: float) -> None:
    assert krippendorff_alpha(data).value == pytest.approx(alpha, abs=5e-7)


@pytest.mark.parametrize(
    ("counts", "kappa"),
    [
        ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.491525),  # T7: Cohen 1960, p. 45
        ([[20, 5], [10, 15]], 0.4),  # T8
        ([[45, 15], [25, 15]], 0.130435),
        ([[25, 35], [5, 35]], 0.259259),
        ([[97, 1], [1, 1]], 0.489796),  # T9
        ([[98, 1], [1, 0]], -0.010101),  # T10
        ([[0, 4], [0, 0]], 0.0),  # each with one value of their own: by chance they agree as little
    ],
)
def test_kappa_gives_the_published_answers(counts: list[list[int]], kappa: float) -> None:
    assert cohen_kappa(crossed(counts)).value == pytest.approx(kappa, abs=5e-7)


def test_percent_agreement_gives_the_published_answers() -> None:
    assert percent_agreement(words("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")).value == 0.6
    assert percent_agreement(crossed([[97, 1], [1, 1]])).value == 0.98
    # Three coders, worked by hand: 3 of 3 pairs, 1 of 3, and 1 of 1 where the third did not judge.
    assert percent_agreement(words("a a a", "a a a", "a b ·")).value == pytest.approx((1 + 1 / 3 + 1) / 3)


def test_positive_agreement_is_worked_by_hand() -> None:
    # 15 both, 5 and 10 alone: 30 ÷ 45; how many have neither does not matter.
    for neither in (0, 20, 1000):
        assert positive_agreement(crossed([[neither, 5], [10, 15]])).value == 30 / 45


def test_without_variation_nothing_is_said_of_chance() -> None:
    same = words("1 1 1", "1 1 1")
    assert percent_agreement(same).value == 1
    for of in (krippendorff_alpha, cohen_kappa, greatest_kappa, fleiss_kappa, gwet_ac1):
        assert (of(same).value, of(same).reason) == (None, "no-variation")


def test_without_units_everything_is_undefined() -> None:
    for data in (np.zeros((2, 0), np.int64), words("· 1 ·", "1 · ·"), words("· · ·", "· · ·")):
        for of in (*COEFFICIENTS.values(), greatest_kappa):
            assert (of(data).value, of(data).reason) == (None, "no-unit")


def test_two_coders_measures_refuse_three() -> None:
    for of in (cohen_kappa, greatest_kappa, holsti):
        assert of(words("1 2", "1 2", "1 1")).reason == "not-two"


@pytest.mark.parametrize("shape", [(0, 0), (0, 4), (1, 0), (1, 4), (2, 0), (3, 0)])
@pytest.mark.parametrize("kind", [np.int64, np.int8, bool])
def test_nobody_one_coder_and_nothing_have_a_reason_each(shape: tuple[int, int], kind: type) -> None:
    data = np.zeros(shape, kind)
    for of in (*COEFFICIENTS.values(), greatest_kappa):
        assert of(data).reason in {"no-unit", "not-two"}
    for metric in METRICS:
        assert krippendorff_alpha(data, metric=metric).reason == "no-unit"


def test_values_that_are_no_whole_numbers_are_refused_by_their_type() -> None:
    for of in COEFFICIENTS.values():
        with pytest.raises(ValueError, match=r"whole numbers.*not float64"):
            of(np.array([[1.0, np.nan], [1.0, 2.0]]))
        with pytest.raises(ValueError, match="of 1 dimensions"):
            of(np.array([1, 0]))


def test_proportions_of_values_below_zero_are_not_told() -> None:
    below = np.array([[-2, 1, 2], [-2, 1, 1]])
    assert krippendorff_alpha(below, metric="ratio").reason == "below-zero"
    assert krippendorff_alpha(below, metric="interval").value is not None


def test_holsti_counts_what_only_one_judged_against_the_two() -> None:
    # Four units both judged, three alike; the first judged one more: 2·3 ÷ (5 + 4).
    assert holsti(words("1 1 0 0 1", "1 1 0 1 ·")).value == 6 / 9
    assert holsti(words("1 1 0 0", "1 1 0 1")).value == percent_agreement(words("1 1 0 0", "1 1 0 1")).value == 0.75


def test_positive_agreement_of_three_counts_ordered_pairs() -> None:
    # Yes by 3, 2, 1 and 0 of three, then by 1 of two: 6 + 2 of 6 + 4 + 2 + 1 ordered pairs that begin with a yes.
    three = np.array([[1, 1, 1, 0, 1], [1, 1, 0, 0, 0], [1, 0, 0, 0, MISSING]])
    assert positive_agreement(three).value == 8 / 13


def test_one_coder_missing_everywhere_changes_nothing_but_who_is_two() -> None:
    two = words("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
    three = np.vstack([two, np.full((1, 10), MISSING)])
    for name, of in COEFFICIENTS.items():
        assert of(three).reason == "not-two" if name in ("kappa", "holsti") else of(three) == of(two)


def test_ac1_and_fleiss_let_a_unit_of_one_coder_speak_of_how_common_a_value_is() -> None:
    # Three units of two coders, one of which differs, and a unit of one coder: pi = (1 + 0 + 1/2 + 1) / 4 = 5/8.
    data = np.array([[1, 0, 1, 1], [1, 0, 0, MISSING]])
    agreed, alike, mixed = Fraction(2, 3), Fraction(25 + 9, 64), Fraction(2 * 5 * 3, 64)
    assert fleiss_kappa(data).value == pytest.approx(float((agreed - alike) / (1 - alike)), abs=1e-15)
    assert gwet_ac1(data).value == pytest.approx(float((agreed - mixed) / (1 - mixed)), abs=1e-15)


def squared(metric: str, pool: Sequence[int], a: int, b: int) -> Fraction:
    """The difference of two values as the textbook has it, from everything that was given."""
    if metric == "nominal":
        return Fraction(a != b)
    if metric == "interval":
        return Fraction((a - b) ** 2)
    if metric == "ratio":
        return Fraction(a - b, a + b) ** 2 if a + b else Fraction(0)
    lower, upper = sorted((a, b))
    between = sum(lower <= value <= upper for value in pool)
    return (between - Fraction(pool.count(a) + pool.count(b), 2)) ** 2 if a != b else Fraction(0)


def alpha_by_definition(data: Values, metric: str = "nominal") -> Fraction | None:
    """Krippendorff's α from its definition: every ordered pair of judgements counted one by one, in whole numbers."""
    units = [[int(v) for v in column if v != MISSING] for column in data.T]
    units = [unit for unit in units if len(unit) >= 2]
    pool = [v for unit in units for v in unit]
    if len(set(pool)) < 2:
        return None
    apart = {(a, b): squared(metric, pool, a, b) for a in set(pool) for b in set(pool)}
    observed = sum(
        (Fraction(1, len(unit) - 1) * apart[pair] for unit in units for pair in permutations(unit, 2)), Fraction()
    )
    return 1 - (len(pool) - 1) * observed / sum(apart[pair] for pair in permutations(pool, 2))


def by_shares_by_definition(data: Values) -> tuple[Fraction, Fraction] | None:
    """Fleiss' κ and Gwet's AC1 from lists of judgements."""
    units = [[int(v) for v in column if v != MISSING] for column in data.T]
    units = [unit for unit in units if unit]
    kinds = {v for unit in units for v in unit}
    pairs = [list(combinations(unit, 2)) for unit in units if len(unit) >= 2]
    if len(kinds) < 2 or not pairs:
        return None
    agreed = sum((Fraction(sum(a == b for a, b in own), len(own)) for own in pairs), Fraction()) / len(pairs)
    share = {k: sum((Fraction(unit.count(k), len(unit)) for unit in units), Fraction()) / len(units) for k in kinds}
    alike = sum(one * one for one in share.values())
    mixed = sum(one * (1 - one) for one in share.values()) / (len(kinds) - 1)
    return (agreed - alike) / (1 - alike), (agreed - mixed) / (1 - mixed)


judgements = st.integers(2, 4).flatmap(
    lambda coders: st.lists(st.lists(st.integers(-1, 2), min_size=coders, max_size=coders), min_size=1, max_size=8)
)


@given(judgements)
def test_alpha_and_percent_are_what_their_definitions_count(rows: list[list[int]]) -> None:
    data = np.array(rows, np.int64).T
    for metric in METRICS:
        expected = alpha_by_definition(data, metric)
        got = krippendorff_alpha(data, metric=metric).value
        assert got is None if expected is None else got == pytest.approx(float(expected), abs=1e-12)
    shares = []
    for row in rows:
        pairs = list(combinations([v for v in row if v >= 0], 2))
        if pairs:
            shares.append(Fraction(sum(a == b for a, b in pairs), len(pairs)))
    percent = percent_agreement(data).value
    assert percent is None if not shares else percent == pytest.approx(float(sum(shares) / len(shares)), abs=1e-12)


@given(judgements)
def test_fleiss_and_gwet_are_what_their_definitions_count(rows: list[list[int]]) -> None:
    data = np.array(rows, np.int64).T
    known = by_shares_by_definition(data)
    for at, of in enumerate((fleiss_kappa, gwet_ac1)):
        got = of(data).value
        assert got is None if known is None else got == pytest.approx(float(known[at]), abs=1e-12)


@given(judgements, st.randoms(use_true_random=False))
def test_neither_the_order_of_coders_and_units_nor_the_names_of_values_matter(
    rows: list[list[int]], chance: random.Random
) -> None:
    data = np.array(rows, np.int64).T
    coders, units = list(range(len(data))), list(range(data.shape[1]))
    chance.shuffle(coders)
    chance.shuffle(units)
    shuffled = data[coders][:, units]
    renamed = np.where(data == MISSING, MISSING, np.array([7, 3, 12, 0])[data])
    for metric in METRICS:
        told = [krippendorff_alpha(one, metric=metric) for one in (data, shuffled)]
        assert told[0].reason == told[1].reason
        assert told[0].value == pytest.approx(told[1].value, abs=1e-12)
    for name, of in COEFFICIENTS.items():
        if name != "positive":  # which asks for the value 1 by its name
            assert of(renamed).reason == of(data).reason
            assert of(renamed).value == pytest.approx(of(data).value, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=30))
def test_of_yes_and_no_all_metrics_tell_the_same(rows: list[tuple[int, int]]) -> None:
    data = np.array(rows, np.int64).T
    told = [krippendorff_alpha(data, metric=metric).value for metric in METRICS]
    assert all(one == pytest.approx(told[0], abs=1e-12) for one in told)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_no_kappa_is_greater_than_the_greatest(rows: list[tuple[int, int]]) -> None:
    data = np.array(rows, np.int64).T
    kappa, greatest = cohen_kappa(data), greatest_kappa(data)
    assert kappa.reason == greatest.reason
    assert kappa.value is None or greatest.value is None or kappa.value <= greatest.value <= 1


@given(st.lists(st.tuples(st.integers(-1, 1), st.integers(-1, 1)), min_size=1, max_size=30))
def test_no_coefficient_depends_on_who_is_first_or_on_the_order_of_units(rows: list[tuple[int, int]]) -> None:
    data = np.array(rows, np.int64).T
    for of in COEFFICIENTS.values():
        forth, back = of(data), of(data[::-1, ::-1])
        assert forth.reason == back.reason
        assert forth.value == pytest.approx(back.value) if forth.value is not None else back.value is None
        assert forth.value is None or forth.value <= 1


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=30))
def test_kappa_and_alpha_come_closer_to_one_another_the_more_units_there_are(rows: list[tuple[int, int]]) -> None:
    few, many = (np.array(rows * times, np.int64).T for times in (1, 200))
    kappa, alpha = cohen_kappa(many).value, krippendorff_alpha(many).value
    if kappa is not None and alpha is not None:
        # Same marginals make them equal in the limit; unequal ones let kappa be the higher.
        assert alpha <= kappa + 2 / many.shape[1]
        assert alpha <= (krippendorff_alpha(few).value or 1) + 1e-12


# Units and codes


def units(*turns: int, document: str = "D") -> pd.DataFrame:
    rows = [(f"{document}:{t}", document, t, "FJO", "", "2020-01-01", "FJO-PL-01", "", True) for t in turns]
    return pd.DataFrame(rows, columns=list(UNIT_COLUMNS))


def segments(*rows: tuple[str, tuple[int, ...], str]) -> pd.DataFrame:
    return table(
        [
            segment_row(number, code, segment=f"{coder}.{number}", coder=coder, turns=turns, quote="blåbær 😀 a\u030a")
            for number, (coder, turns, code) in enumerate(rows)
        ]
    )


def told(one: Agreement) -> tuple[str, int, int, int, int, int]:
    return one.code, one.units, one.both, one.only_first, one.only_second, one.neither


CODING = segments(
    ("K1", (2,), "C1"), ("K1", (2,), "C1"), ("K1", (4, 5, 6), "C1"), ("K1", (8,), "C2"), ("K1", (10,), "C1"),
    ("K2", (2,), "C1"), ("K2", (4,), "C2"), ("K2", (8,), "C2"), ("K3", (2,), "C2"),
)  # fmt: skip


def test_a_unit_counts_once_for_a_code_and_unmarked_units_count() -> None:
    rated = ratings(CODING, units(2, 4, 6, 8), ("K1", "K2"), ("C1", "C2", "C3"))
    # Turn 5 is an interviewer's and turn 10 was not drawn: neither is a unit. K1's C1 stands in 2, 4, 6.
    first, second, third = agreement_by_code(rated)
    assert told(first) == ("C1", 4, 1, 2, 0, 1)
    assert told(second) == ("C2", 4, 1, 0, 1, 2)
    assert told(third) == ("C3", 4, 0, 0, 0, 4)
    assert (first.prevalence, third.prevalence) == (0.5, 0)
    assert first.coefficients["percent"].value == 0.5
    assert first.coefficients["positive"].value == 0.5
    # C3 is nobody's: not in the pool.
    assert told(pooled_agreement(rated)) == ("", 8, 2, 2, 1, 3)


def test_a_code_that_no_unit_or_every_unit_has_says_so() -> None:
    rated = ratings(CODING, units(2), ("K1", "K2"), ("C1", "C2"))
    everywhere, nowhere = agreement_by_code(rated)
    for name in ("alpha", "kappa"):
        assert (everywhere.coefficients[name].value, everywhere.coefficients[name].reason) == (None, "all-positive")
        assert (nowhere.coefficients[name].value, nowhere.coefficients[name].reason) == (None, "no-positive")
    assert nowhere.coefficients["positive"].reason == "no-positive"
    assert everywhere.coefficients["positive"].value == 1
    assert nowhere.coefficients["percent"].value == 1


def test_nothing_to_judge_is_no_agreement() -> None:
    for rated in (
        ratings(CODING, units(), ("K1", "K2"), ("C1",)),
        ratings(CODING, units(12), ("K1", "K2"), ()),
        ratings(segments(), units(2), ("K1", "K2"), ("C1",)),
    ):
        pool = pooled_agreement(rated)
        assert (told(pool), pool.prevalence) == (("", 0, 0, 0, 0, 0), None)
        assert {one.reason for one in pool.coefficients.values()} == {"no-unit"}


def test_agreement_is_told_of_two_coders() -> None:
    with pytest.raises(ValueError, match="two coders, not of 3"):
        agreement_by_code(ratings(CODING, units(2), ("K1", "K2", "K3"), ("C1",)))


def test_every_reason_can_be_read_in_both_languages() -> None:
    assert all(set(both) == {"nb", "en"} and all(both.values()) for both in REASONS.values())
