"""Families of p-values: the example of Benjamini & Hochberg (1995), and the definitions taken literally beside the code."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from foran_research.analysis.multiple import adjusted, benjamini_hochberg, holm
from foran_research.errors import ForanError

#: methods.md (b) N7: the fifteen p-values of the 1995 paper.
PAPER = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1]  # fmt: skip
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_n7_four_are_found_by_benjamini_hochberg_and_three_by_holm() -> None:
    found = benjamini_hochberg(PAPER)
    assert found[:4] == pytest.approx([0.0015, 0.0030, 0.0095, 0.035625])
    assert (found <= 0.05).sum() == 4
    assert (holm(PAPER) <= 0.05).sum() == 3


@given(p_values)
def test_benjamini_hochberg_rejects_what_its_rule_says_at_every_level(p: list[float]) -> None:
    q = benjamini_hochberg(p)
    for level in (0.01, 0.05, 0.2, 0.7):
        ranked = sorted(p)
        last = max((k for k, value in enumerate(ranked, start=1) if value * len(p) / k <= level), default=0)
        assert (q <= level).sum() >= last
        assert all(q[i] <= level for i in range(len(p)) if last and p[i] < ranked[last - 1])
    np.testing.assert_allclose(q, false_discovery_control(p))


@given(p_values)
def test_holm_is_its_steps_taken_one_by_one(p: list[float]) -> None:
    expected, worst = [0.0] * len(p), 0.0
    for step, place in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        worst = max(worst, (len(p) - step) * p[place])
        expected[place] = min(worst, 1.0)
    assert holm(p) == pytest.approx(expected)


@given(p_values, st.randoms(use_true_random=False))
def test_the_order_of_tests_changes_nothing(p: list[float], random: object) -> None:
    order = list(range(len(p)))
    random.shuffle(order)
    for adjust in (benjamini_hochberg, holm):
        assert adjust([p[i] for i in order]).tolist() == adjust(p)[order].tolist()
        assert (adjust(p) >= np.asarray(p)).all()
        assert (adjust(p) <= 1).all()


@pytest.mark.parametrize("adjust", [benjamini_hochberg, holm])
@pytest.mark.parametrize(
    ("p", "told"),
    [
        ([0.1, float("nan")], "1 of 2 p-values are missing"),
        ([0.1, 1.2, -0.1], "2 of 3 p-values lie outside 0 to 1"),
        ([[0.1]], "2 dimensions"),
    ],
)
def test_what_is_no_family_of_p_values_is_refused(adjust: object, p: object, told: str) -> None:
    with pytest.raises(ForanError, match=told):
        adjust(p)


def test_no_test_at_all_is_no_fault() -> None:
    assert benjamini_hochberg([]).tolist() == holm([]).tolist() == []


def test_what_was_not_tested_does_not_enlarge_the_family() -> None:
    found = adjusted([0.01, float("nan"), 0.04], [True, False, True])
    assert found[[0, 2]].tolist() == benjamini_hochberg([0.01, 0.04]).tolist()
    assert np.isnan(found[1])
    assert adjusted([0.01, 0.04], [True, True], "holm").tolist() == [0.02, 0.04]
