"""Agreement: published and hand-worked answers, a count by definition beside the arithmetic, and what is undefined."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineages import segment_row, table

from foran_research.analysis.agreement import (
    COEFFICIENTS,
    Agreement,
    Values,
    agreement_by_code,
    cohen_kappa,
    krippendorff_alpha,
    percent_agreement,
    pooled_agreement,
    positive_agreement,
    ratings,
)
from foran_research.analysis.incidence import UNIT_COLUMNS
from foran_research.analysis.stated import REASONS


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


def test_the_collected_known_answers_come_out(shared: Path) -> None:
    """Published figures beside the project, from several sources; `recomputed` where several programs agree."""
    compared = 0
    names = {"alpha_nominal": krippendorff_alpha, "cohen_kappa": cohen_kappa}
    for case in json.loads((shared / "data/agreement/known_answers.json").read_text("utf-8")):
        if case["kind"] != "coding" or not isinstance(case["data"], list):
            continue
        data = values(*zip(*case["data"], strict=True))
        for key, of in names.items():
            known = case["recomputed"].get(key, case["expected"].get(key))
            if known is not None:
                assert of(data).value == pytest.approx(known, abs=1e-9), (case["id"], key)
                compared += 1
    assert compared >= 15


def test_without_variation_nothing_is_said_of_chance() -> None:
    same = words("1 1 1", "1 1 1")
    assert percent_agreement(same).value == 1
    for of in (krippendorff_alpha, cohen_kappa):
        assert (of(same).value, of(same).reason) == (None, "no-variation")


def test_without_units_everything_is_undefined() -> None:
    for data in (np.zeros((2, 0), np.int64), words("· 1 ·", "1 · ·")):
        for of in COEFFICIENTS.values():
            assert (of(data).value, of(data).reason) == (None, "no-unit")


def test_two_coders_measures_refuse_three() -> None:
    for of in (cohen_kappa, positive_agreement):
        assert of(words("1 2", "1 2", "1 1")).reason == "not-two"


def alpha_by_definition(data: Values) -> Fraction | None:
    """Krippendorff's α from its definition: every ordered pair of judgements counted one by one, in whole numbers."""
    units = [[int(v) for v in column if v >= 0] for column in data.T]
    units = [unit for unit in units if len(unit) >= 2]
    pairs = [(a, b, Fraction(1, len(unit) - 1)) for unit in units for a, b in permutations(unit, 2)]
    observed = sum((weight for a, b, weight in pairs if a != b), Fraction(0))
    pool = [v for unit in units for v in unit]
    expected = sum(1 for a, b in permutations(pool, 2) if a != b)
    return 1 - (len(pool) - 1) * observed / expected if expected else None


judgements = st.integers(2, 4).flatmap(
    lambda coders: st.lists(st.lists(st.integers(-1, 2), min_size=coders, max_size=coders), min_size=1, max_size=8)
)


@given(judgements)
def test_alpha_and_percent_are_what_their_definitions_count(rows: list[list[int]]) -> None:
    data = np.array(rows, np.int64).T
    expected = alpha_by_definition(data)
    got = krippendorff_alpha(data).value
    assert got is None if expected is None else got == pytest.approx(float(expected), abs=1e-12)
    shares = []
    for row in rows:
        pairs = list(combinations([v for v in row if v >= 0], 2))
        if pairs:
            shares.append(Fraction(sum(a == b for a, b in pairs), len(pairs)))
    percent = percent_agreement(data).value
    assert percent is None if not shares else percent == pytest.approx(float(sum(shares) / len(shares)), abs=1e-12)


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
