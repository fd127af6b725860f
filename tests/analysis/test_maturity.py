"""Levels of maturity: ordered, not measured; the lower of two middles; and no score for a municipality."""

from __future__ import annotations

import inspect
import statistics

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.analysis import maturity
from foran_research.analysis.maturity import (
    CHANGE_COLUMNS,
    GAP_COLUMNS,
    change,
    gaps,
    is_stepwise_improvement,
    of_element,
    of_level,
    warnings_for,
)
from foran_research.errors import ForanError, UnknownName

LEVELS = st.lists(st.integers(0, 5), max_size=8)


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        ([2, 3, 3], "3 (2–3)"),
        ([2, 3], "2* (2–3)"),
        ([0, 4], "4 (4–4)"),
        ([], "not applicable because nobody has assessed the level"),
        ([0, 0], "not applicable because nobody has assessed the level"),
        ([1, 5, 5, 1], "1* (1–5)"),
    ],
)
def test_what_assessors_of_an_element_come_to(levels: list[int], told: str) -> None:
    assert of_element(levels).told("en") == told


def test_those_who_did_not_assess_are_counted_apart() -> None:
    found = of_element([0, 4])
    assert (found.level.value, found.n, found.not_assessed, found.is_tied) == (4, 1, 1, False)
    assert (of_element([]).level.value, of_element([]).n) == (None, 0)


@given(LEVELS)
def test_the_level_is_the_lower_median_of_those_given(levels: list[int]) -> None:
    given_ = [level for level in levels if level]
    found = of_element(levels)
    assert found.level.value == (statistics.median_low(given_) if given_ else None)
    assert found.is_tied == bool(given_ and statistics.median_low(given_) != statistics.median_high(given_))
    assert (found.low, found.high) == ((min(given_), max(given_)) if given_ else (None, None))


def test_the_elements_of_a_level() -> None:
    found = of_level({"P1": 1, "P2": 4, "P3": 4, "P4": None, "P5": 0})
    assert (found.median.value, found.weakest.value, found.weakest_elements) == (4, 1, ("P1",))
    assert (found.dfo_mean.value, found.n, found.is_tied) == (3.0, 3, False)
    assert found.distribution == {0: 2, 1: 1, 2: 0, 3: 0, 4: 2, 5: 0}


def test_a_level_nobody_assessed_has_no_figure() -> None:
    found = of_level({"P1": None})
    assert found.median.reason == found.weakest.reason == found.dfo_mean.reason == "not-assessed"
    assert of_level({}).n == 0


@given(st.dictionaries(st.sampled_from(["P1", "P2", "P3", "P4"]), st.integers(0, 5) | st.none()))
def test_the_weakest_is_never_above_the_median_and_every_element_is_somewhere(levels: dict[str, int | None]) -> None:
    found = of_level(levels)
    assert sum(found.distribution.values()) == len(levels)
    if found.n:
        assert found.weakest.value is not None
        assert found.median.value is not None
        assert found.weakest.value <= found.median.value


@pytest.mark.parametrize("bad", [[6], [-1], [2.5], [True], ["3"], [float("nan")]])
def test_what_is_no_level_is_refused(bad: list[object]) -> None:
    with pytest.raises(UnknownName, match="known: 0, 1, 2, 3, 4, 5"):
        of_element(bad)


@pytest.mark.parametrize(
    ("level", "documents", "actor_types", "processes", "expected"),
    [
        (4, 1, 3, 2, ("insufficient_evidence",)),
        (4, 2, 2, 2, ()),
        (4, 2, 2, 1, ("insufficient_evidence",)),
        (5, 9, 9, 1, ("insufficient_evidence",)),
        (3, 2, 2, 0, ()),
        (3, 2, 1, 9, ("insufficient_evidence",)),
        (2, 1, 0, 0, ()),
        (1, 0, 0, 0, ("level_without_evidence",)),
        (0, 0, 0, 0, ()),
    ],
)
def test_a_level_needs_evidence_as_broad_as_it_is_high(
    level: int, documents: int, actor_types: int, processes: int, expected: tuple[str, ...]
) -> None:
    breadth = {"documents": documents, "actor_types": actor_types, "processes": processes}
    assert warnings_for(level, **breadth) == expected
    assert warnings_for(level, **breadth, override="besøkt og sett 🙂 a\u030a") == ()
    assert warnings_for(level, **breadth, override="  ") == expected


def test_more_evidence_never_brings_a_warning_nor_does_a_lower_level() -> None:
    for level in range(1, 6):
        for breadth in range(4):
            at = {"documents": breadth, "actor_types": breadth, "processes": breadth}
            more = {name: number + 1 for name, number in at.items()}
            assert len(warnings_for(level, **more)) <= len(warnings_for(level, **at))
            assert len(warnings_for(max(level - 1, 1), **at)) <= len(warnings_for(level, **at))
    with pytest.raises(ForanError, match="from 0 on"):
        warnings_for(3, documents=-1, actor_types=1, processes=1)


def test_change_is_told_step_by_step() -> None:
    table = change({"P1": 2, "P2": 3, "P3": 4, "P4": 0}, {"P1": 3, "P2": 3, "P3": 3, "P4": 2, "P5": 1}, memos=["P3"])
    assert list(table.columns) == list(CHANGE_COLUMNS)
    assert table["status"].tolist() == ["up", "same", "down", "not_comparable", "not_comparable"]
    assert table["step"].tolist()[:3] == [1, 0, -1]
    assert table["step"].isna().tolist()[3:] == [True, True]
    assert is_stepwise_improvement(table).value == 1
    assert is_stepwise_improvement(table.assign(has_memo=False)).value == 0
    assert is_stepwise_improvement(change({"P1": 2}, {"P1": 2})).value == 0
    assert is_stepwise_improvement(change({"P1": 0}, {"P1": 2})).reason == "not-assessed"
    assert is_stepwise_improvement(change({}, {})).reason == "not-assessed"


def test_gap_and_hindrance_stand_side_by_side() -> None:
    table = gaps({"P1": 2, "P2": None, "P3": 4}, {"P1": 4, "P2": 3, "P3": 3}, {"P1": (3, 4), "P3": (0, 0)})
    assert list(table.columns) == list(GAP_COLUMNS)
    assert table["gap"].tolist()[0::2] == [2, -1]
    assert table["gap"].isna().tolist() == [False, True, False]
    assert table["inhibiting_share"].iloc[0] == 0.75
    assert pd.isna(table["inhibiting_share"].iloc[2])
    with pytest.raises(ForanError, match="5 inhibiting of 4"):
        gaps({"P1": 2}, {}, {"P1": (5, 4)})


def test_nothing_here_gives_one_score_for_a_case() -> None:
    public = [name for name, thing in inspect.getmembers(maturity, inspect.isfunction)
              if not name.startswith("_") and thing.__module__ == maturity.__name__]  # fmt: skip
    assert sorted(public) == ["change", "gaps", "is_stepwise_improvement", "of_element", "of_level", "warnings_for"]
