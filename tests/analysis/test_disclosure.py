"""Small counts stay hidden, and cannot be worked out of what is shown."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from foran_research.analysis.disclosure import Layer, Suppressed, intervals, kept, suppress, with_totals


def persons(*rows: list[int], k: int = 5, least: int = 0) -> Layer:
    return Layer("persons", np.array(rows), k, least)


def whole_mask(found: Suppressed, *, rows_add: bool = True, columns_add: bool = True) -> np.ndarray:
    mask = found.cells
    if rows_add:
        mask = np.column_stack([mask, found.row_totals])
    if columns_add:
        last = [*found.column_totals, found.total] if rows_add else [*found.column_totals]
        mask = np.vstack([mask, last])
    return mask


def test_a_small_count_in_a_row_takes_the_next_smallest_with_it() -> None:
    found = suppress([persons([6, 2, 7])], columns_add=False)
    assert kept([6, 2, 7], found.cells[0]) == (None, None, 7)
    assert not found.row_totals.any()
    # 6 + 2 = 8 is known, and no more: 2 may be anything from 0 to 8.
    ends = intervals(np.array([[6, 2, 7, 15]]), np.array([[True, True, False, False]]), columns_add=False)
    assert ends == {(0, 0): (0, 8), (0, 1): (0, 8)}


def test_one_small_cell_of_three_by_three_hides_a_rectangle() -> None:
    counts = [9, 8, 7], [6, 2, 9], [8, 9, 9]
    found = suppress([persons(*counts)])
    assert found.cells[1, 1]
    assert found.cells.sum() == found.count == 4
    assert sorted(found.cells.sum(axis=0)) == sorted(found.cells.sum(axis=1)) == [0, 2, 2]


def test_a_table_without_small_counts_is_shown_whole() -> None:
    assert suppress([persons([5, 6], [7, 0])]).count == 0


def test_a_small_total_is_hidden_like_any_count() -> None:
    found = suppress([persons([1, 2, 0])], columns_add=False)
    assert found.row_totals.tolist() == [True]
    assert found.cells.tolist() == [[True, True, False]]


def test_two_hidden_ones_are_not_given_away_by_their_sum_of_two() -> None:
    """Nothing hidden is 0, a reader knows: two hidden turns in two cells are one in each."""
    found = suppress([Layer("turns", np.array([[1, 1, 9]]), 5, least=1)], columns_add=False)
    assert found.cells.tolist() == [[True, True, True]]
    # Where a hidden cell may hold 0, the sum says 0 and 2, 1 and 1 or 2 and 0.
    assert suppress([persons([1, 1, 9])], columns_add=False).cells.tolist() == [[True, True, False]]


def test_a_place_is_hidden_in_every_layer_and_safe_in_every_layer() -> None:
    speakers, turns = np.array([[4, 9, 9]]), np.array([[30, 1, 40]])
    found = suppress([Layer("persons", speakers, 5), Layer("turns", turns, 0, 1)], columns_add=False)
    assert found.cells[0].tolist() == [True, True, False]


def test_zeros_are_shown_unless_asked_otherwise() -> None:
    assert suppress([persons([0, 6, 7])], columns_add=False).count == 0
    assert suppress([persons([0, 6, 7])], columns_add=False, shows_zeros=False).cells.tolist() == [[True, True, False]]


def test_without_totals_only_the_small_counts_go() -> None:
    found = suppress([persons([6, 2, 7])], rows_add=False, columns_add=False)
    assert found.cells.tolist() == [[False, True, False]]


def test_nothing_to_hide_in_an_empty_table() -> None:
    assert suppress([Layer("persons", np.zeros((0, 3), int), 5)]).count == 0


@pytest.mark.parametrize("layers", [[], [persons([1]), persons([1, 2])], [persons([-1])]])
def test_what_is_no_table_of_counts_is_refused(layers: list[Layer]) -> None:
    with pytest.raises(ValueError, match=r"one shape|from 0 up"):
        suppress(layers)


def could_be(counts: np.ndarray, mask: np.ndarray, least: int, most: int, rows_add: bool, columns_add: bool) -> list:
    """Every table of whole numbers that agrees with what is shown, found by trying."""
    places = [tuple(place) for place in np.argwhere(mask)]
    found = []
    for values in product(range(least, most + 1), repeat=len(places)):
        guess = counts.copy()
        for place, value in zip(places, values, strict=True):
            guess[place] = value
        if (not rows_add or (guess[:, :-1].sum(axis=1) == guess[:, -1]).all()) and (
            not columns_add or (guess[:-1].sum(axis=0) == guess[-1]).all()
        ):
            found.append(guess)
    return found


@settings(max_examples=30)
@given(arrays(np.int64, (1, 3), elements=st.integers(0, 7)), st.integers(0, 5), st.integers(0, 1))
def test_every_small_count_of_a_row_is_hidden_and_has_two_values_left(counts: np.ndarray, k: int, least: int) -> None:
    found = suppress([Layer("persons", counts, k, least)], columns_add=False)
    whole = with_totals(counts, columns_add=False)
    mask = whole_mask(found, columns_add=False)
    assert mask[(whole > 0) & (whole < k)].all()
    tables = could_be(whole, mask, least, int(whole.max()) + 1, True, False)
    for place in map(tuple, np.argwhere(mask)):
        if whole[place] > 0:
            assert len({int(table[place]) for table in tables}) > 1


@settings(max_examples=30)
@given(arrays(np.int64, (2, 2), elements=st.integers(0, 4)), st.integers(2, 4))
def test_every_small_count_of_a_table_is_hidden_and_has_two_values_left(counts: np.ndarray, k: int) -> None:
    found = suppress([Layer("persons", counts, k)])
    whole, mask = with_totals(counts), whole_mask(found)
    assert mask[(whole > 0) & (whole < k)].all()
    if mask.sum() > 5:
        return
    tables = could_be(whole, mask, 0, int(whole.max()) + 1, True, True)
    for place in map(tuple, np.argwhere(mask)):
        if whole[place] > 0:
            assert len({int(table[place]) for table in tables}) > 1


@settings(max_examples=20)
@given(
    arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=st.integers(0, 12)), st.integers(2, 5)
)
def test_no_hidden_count_follows_from_the_equations_of_the_totals(counts: np.ndarray, k: int) -> None:
    """By rank, knowing nothing of bounds: a value is given away when it is the same in all solutions."""
    mask = whole_mask(suppress([Layer("persons", counts, k)]))
    whole = with_totals(counts)
    places = [tuple(place) for place in np.argwhere(mask)]
    lines = []
    for axis in (0, 1):
        for line in range(whole.shape[axis]):
            row = np.zeros(len(places))
            for at, place in enumerate(places):
                if place[axis] == line:
                    row[at] = -1 if place[1 - axis] == whole.shape[1 - axis] - 1 else 1
            lines.append(row)
    system = np.array(lines)
    rank = np.linalg.matrix_rank(system) if places else 0
    for at, place in enumerate(places):
        if whole[place] > 0:
            assert np.linalg.matrix_rank(np.vstack([system, np.eye(len(places))[at]])) > rank


@settings(max_examples=30)
@given(arrays(np.int64, (1, 4), elements=st.integers(1, 9)), st.integers(0, 31), st.integers(0, 1))
def test_one_row_is_worked_out_as_the_equations_say(counts: np.ndarray, bits: int, least: int) -> None:
    from foran_research.analysis.disclosure import _of_one_row

    whole = with_totals(counts, columns_add=False)
    mask = np.array([[bool(bits >> place & 1) for place in range(5)]])
    solved = intervals(whole, mask, least=least, columns_add=False)
    found = _of_one_row(whole, mask, least)
    assert found.keys() == solved.keys()
    assert all(found[place] == pytest.approx(solved[place]) for place in found)


@pytest.mark.parametrize("shape", [(1, 3), (2, 2), (3, 1)])
def test_behind_a_total_that_is_told_elsewhere_nothing_hides(shape: tuple[int, int]) -> None:
    """Of each small count, a reader who knows the total has two values left: all tables of counts 0, 1, 5, k = 3."""
    tried = 0
    for cells in product((0, 1, 5), repeat=shape[0] * shape[1]):
        counts = np.array(cells).reshape(shape)
        whole, hidden = with_totals(counts), np.zeros((shape[0] + 1, shape[1] + 1), bool)
        small = (whole > 0) & (whole < 3)
        # Turned around it is the same table.
        if counts.sum() < 3 or not small.any() or cells > cells[::-1]:
            continue
        found = suppress([Layer("n", counts, 3)], total_is_known=True)
        hidden[:-1, :-1], hidden[:-1, -1], hidden[-1, :-1] = found.cells, found.row_totals, found.column_totals
        assert not found.total
        assert hidden[small].all()
        for place, (low, high) in intervals(whole, hidden).items():
            assert high - low > 0.5 or not small[place], (cells, place)
        tried += 1
    assert tried > 5


def test_one_person_is_not_found_behind_a_total_told_beside_the_table() -> None:
    # Five in Y and one in X: with 6 known, a row of 5 left open would give the one away.
    found = suppress([Layer("n", np.array([[0, 5], [1, 0]]), 5)], total_is_known=True)
    assert found.row_totals.tolist() == [True, True]
    assert not found.total
