"""The u-alpha family: published and recomputed answers, a loop over all segments as oracle, and what is undefined."""

from __future__ import annotations

from itertools import pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis.agreement import MISSING, krippendorff_alpha
from foran_research.analysis.stated import Stated
from foran_research.analysis.unitizing import (
    Marked,
    UnitizedAlpha,
    cut_at_boundaries,
    merged,
    unitized_alpha,
    unitized_alpha_of,
    unitized_figures,
)
from foran_research.errors import ForanError

#: Three coders on twenty characters (methods T13).
THREE: list[list[Marked]] = [
    [(2, 5, "1"), (9, 11, "1"), (12, 20, "2")],
    [(2, 5, "1"), (7, 15, "2")],
    [(2, 5, "1"), (10, 15, "2")],
]


def said(found: UnitizedAlpha) -> tuple[float | None, ...]:
    return tuple(rounded(one) for one in (found.u, found.bar, found.cu, found.coverage))


def rounded(one: Stated) -> float | None:
    return None if one.value is None else round(one.value, 6)


def ones(digits: str) -> list[Marked]:
    """A unit-long segment for every 1."""
    return [(place, place + 1, "æ") for place, digit in enumerate(digits) if digit == "1"]


def test_three_coders_and_two_values() -> None:
    found = unitized_alpha(THREE, 20)
    assert said(found) == (0.473913, 0.432813, 0.778882, 0.383333)
    assert [rounded(one) for one in found.by_value["1"]] == [0.769252, 0.954545]
    assert [rounded(one) for one in found.by_value["2"]] == [0.786971, 0.595238]
    assert rounded(unitized_alpha(THREE, 20, variant="union").cu) == 0.787329


def test_the_published_continuum_of_24_units_gives_nominal_alpha() -> None:
    runs = [ones("001111111100001111110000"), ones("000011110000000110000000")]
    found = unitized_alpha(runs, 24)
    assert said(found)[:2] == (0.328571, 0.328571)


def test_shifted_boundaries_cost_the_unit_and_not_the_value() -> None:
    runs = [[(0, 10, "a"), (20, 30, "b")], [(5, 15, "a"), (20, 30, "b")]]
    assert said(unitized_alpha(runs, 40)) == (0.6275, 0.534375, 1.0, 0.375)


def test_swapped_labels_cost_the_value_and_not_the_unit() -> None:
    runs = [[(0, 10, "a"), (20, 30, "b")], [(0, 10, "b"), (20, 30, "a")]]
    # By hand: observed disagreement on values 40 of 40, expected 80/3; 1 − 40 ÷ (80/3) = −.5.
    assert said(unitized_alpha(runs, 40)) == (0.255, 1.0, -0.5, 0.5)


def test_one_value_has_no_alpha_of_values() -> None:
    runs = [[(3, 15, "k"), (22, 53, "k")], [(3, 10, "k"), (22, 53, "k")], [(22, 46, "k")]]
    found = unitized_alpha(runs, 56)
    assert said(found)[:3] == (0.564545, 0.564545, None)
    assert found.cu.reason == found.by_value["k"][0].reason == "one-value"


def test_what_is_undefined_says_why() -> None:
    def reasons(runs: list[list[Marked] | None], length: int = 10) -> list[str]:
        found = unitized_alpha(runs, length)
        return [one.reason for one in (found.u, found.bar, found.cu)]

    assert reasons([[], []]) == ["nothing-marked"] * 3
    assert reasons([[(0, 5, "a")], None]) == ["no-unit"] * 3
    assert reasons([]) == ["no-unit"] * 3
    assert reasons([[], []], 0) == ["no-unit"] * 3
    assert reasons([[(0, 10, "a")], [(0, 10, "a")]]) == ["no-variation", "all-marked", "one-value"]
    assert reasons([[(0, 5, "a")], [(5, 10, "a")]]) == ["", "", "marked-apart"]
    apart = unitized_alpha([[(0, 4, "a"), (6, 9, "b")], [(0, 3, "b"), (3, 5, "a")]], 10)
    assert apart.by_value["a"][0].value is not None
    lonely = unitized_alpha([[(0, 4, "a"), (4, 5, "b"), (6, 9, "c")], [(0, 3, "b"), (3, 5, "a")]], 10)
    assert lonely.by_value["c"][0].reason == "value-apart"
    assert lonely.by_value["c"][1].value == 0.0


def test_segments_that_cannot_be_a_run_are_all_told_and_nothing_is_quoted() -> None:
    with pytest.raises(ForanError) as caught:
        unitized_alpha([[(0, 5, "Bjørg 😀"), (4, 8, "Bjørg 😀")], [(7, 7, "a"), (8, 12, "a")]], 10)
    told = str(caught.value)
    assert told.count("document 1") == 3
    assert "Bjørg" not in told


def test_a_coder_of_one_document_only_counts_there() -> None:
    first = ([[(0, 5, "a")], [(2, 5, "a")], [(0, 4, "a")]], 10)
    second = ([[(1, 3, "b")], [(1, 3, "b")], None], 8)
    whole = unitized_alpha_of([first, second])
    assert whole.u.value is not None
    assert whole.u.value != unitized_alpha_of([first]).u.value
    assert unitized_alpha_of([first, ([[(0, 1, "a")], None, None], 9)]).u == unitized_alpha_of([first]).u


def by_loops(coders: list[list[Marked]], length: int, *, union: bool = False) -> tuple[float, ...]:
    """The formulas as they are printed, segment against segment, gaps as segments of the value φ."""
    m = len(coders)
    runs = []
    for run in coders:
        full, reached = [], 0
        for start, end, value in sorted(run):
            if start > reached:
                full.append((reached, start, "φ"))
            full.append((start, end, value))
            reached = end
        if reached < length:
            full.append((reached, length, "φ"))
        runs.append(full)
    values = sorted({value for run in runs for *_, value in run} | {"φ"})
    observed = dict.fromkeys(product(values, values), 0.0)
    for i, j in permutations(range(m), 2):
        for (gs, ge, c), (hs, he, k) in product(runs[i], runs[j]):
            observed[c, k] += max(0, min(ge, he) - max(gs, hs)) / (m - 1)
    own = {c: sum(observed[c, k] for k in values) for c in values}
    total = sum(own.values())
    squares = {v: sum((e - s) ** 2 if v != "φ" else e - s for run in runs for s, e, w in run if w == v) for v in values}
    under = total**2 - sum(squares.values())
    expected = {(c, k): total * (own[c] * own[k] - (c == k) * squares[c]) / under for c, k in observed}
    u = 1 - sum(observed[p] for p in observed if p[0] != p[1]) / sum(expected[p] for p in expected if p[0] != p[1])
    bar = 1 - sum(observed["φ", k] for k in values if k != "φ") / sum(expected["φ", k] for k in values if k != "φ")
    named = [v for v in values if v != "φ"]
    met = {c: sum(observed[c, k] for k in named) for c in named}
    both = sum(met.values())
    star = dict.fromkeys(named, 0.0)
    for i, run in enumerate(runs):
        for s, e, v in run:
            if v == "φ":
                continue
            shared = {
                j: {x for hs, he, w in runs[j] if w != "φ" for x in range(max(s, hs), min(e, he))}
                for j in range(m)
                if j != i
            }
            star[v] += (
                len(set().union(*shared.values())) ** 2
                if union
                else sum(len(x) ** 2 for x in shared.values()) / (m - 1)
            )
    scale = both - sum(star.values()) / both
    among = {(c, k): (met[c] * met[k] - (c == k) * star[c]) / scale for c, k in product(named, named)}
    cu = 1 - sum(observed[p] for p in among if p[0] != p[1]) / sum(among[p] for p in among if p[0] != p[1])
    return u, bar, cu


@st.composite
def continua(draw: st.DrawFn) -> tuple[list[list[Marked]], int]:
    length = draw(st.integers(4, 24))
    runs: list[list[Marked]] = []
    for _ in range(draw(st.integers(2, 4))):
        cuts = sorted(draw(st.sets(st.integers(0, length), min_size=2, max_size=8)))
        run = [(a, b, draw(st.sampled_from(["å", "b", "c😀", ""]))) for a, b in pairwise(cuts)]
        runs.append([one for one in run if one[2]])
    return runs, length


@settings(max_examples=150, deadline=None)
@given(continua(), st.booleans())
def test_every_figure_is_what_the_printed_formulas_give(given: tuple[list[list[Marked]], int], union: bool) -> None:
    runs, length = given
    found = unitized_alpha(runs, length, variant="union" if union else "pairwise")
    try:
        u, bar, cu = by_loops(runs, length, union=union)
    except ZeroDivisionError:
        assert None in (found.u.value, found.bar.value, found.cu.value)
        return
    for one, oracle in ((found.u, u), (found.bar, bar), (found.cu, cu)):
        if one.value is not None:
            assert one.value == pytest.approx(oracle, abs=1e-9)
        else:
            assert one.reason


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=12, max_size=12), min_size=2, max_size=4))
def test_with_segments_of_one_character_it_is_nominal_alpha_with_the_gap_as_a_value(rows: list[list[int]]) -> None:
    runs = [[(at, at + 1, str(value)) for at, value in enumerate(row) if value] for row in rows]
    found, nominal = unitized_alpha(runs, 12).u, krippendorff_alpha(np.array(rows))
    if found.value is None or nominal.value is None:
        assert nominal.reason in ("no-variation", "")
        return
    assert found.value == pytest.approx(nominal.value, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.lists(st.integers(0, 2), min_size=5, max_size=5), min_size=3, max_size=3),
                  st.sets(st.integers(0, 2), min_size=2)),
        min_size=1, max_size=4)
)  # fmt: skip
def test_so_it_is_over_several_documents_that_not_every_coder_judged(
    given: list[tuple[list[list[int]], set[int]]],
) -> None:
    def run(row: list[int]) -> list[Marked]:
        return [(at, at + 1, str(value)) for at, value in enumerate(row) if value]

    documents = [([run(row) if seat in judges else None for seat, row in enumerate(rows)], 5) for rows, judges in given]
    values = np.concatenate(
        [[row if seat in judges else [MISSING] * 5 for seat, row in enumerate(rows)] for rows, judges in given], axis=1
    )
    found, nominal = unitized_alpha_of(documents).u, krippendorff_alpha(values)
    if found.value is None or nominal.value is None:
        assert nominal.reason in ("no-variation", "")
        return
    assert found.value == pytest.approx(nominal.value, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(continua(), st.randoms(use_true_random=False))
def test_who_stands_first_and_what_a_value_is_called_change_nothing(
    given: tuple[list[list[Marked]], int], chance: object
) -> None:
    runs, length = given
    shuffled = [[(s, e, f"ny {v}") for s, e, v in reversed(run)] for run in runs]
    chance.shuffle(shuffled)  # hypothesis gives a random.Random
    ours, theirs = unitized_alpha(runs, length), unitized_alpha(shuffled, length)
    for one, other in ((ours.u, theirs.u), (ours.bar, theirs.bar), (ours.cu, theirs.cu)):
        assert one.reason == other.reason
        assert (one.value is None) or one.value == pytest.approx(other.value, abs=1e-9)


def test_a_codes_overlapping_segments_become_one_and_touching_ones_stay() -> None:
    assert merged([(8, 9), (3, 8), (0, 5), (4, 6)], "å") == [(0, 8, "å"), (8, 9, "å")]
    assert merged([], "å") == []


def test_cutting_keeps_every_code_on_every_character() -> None:
    segments = [(0, 10, "P1"), (5, 15, "P2"), (5, 6, "P1"), (20, 22, "P3"), (30, 30, "P4")]
    run, several = cut_at_boundaries(segments)
    worn = {x: value for start, end, value in run for x in range(start, end)}
    for x in range(30):
        assert set(worn.get(x, "").split("+")) - {""} == {v for s, e, v in segments if s <= x < e}
    assert several == 5


def test_intervals_draw_whole_documents_and_count_what_is_undefined() -> None:
    documents = [(THREE, 20), ([[(0, 4, "1")], [(1, 4, "1")], [(0, 3, "2")]], 9), ([[], [], []], 15)]
    found = unitized_figures(documents, replicates=400, seed=3)
    again = unitized_figures(documents, replicates=400, seed=3)
    assert found == again
    assert found.documents == 3
    assert found.characters == 44
    assert found.alpha == unitized_alpha_of(documents)
    # All three draws are the empty document once in 27: nothing is marked there.
    assert 0 < found.intervals["u"].failures < 40
    low, high = found.intervals["u"].low, found.intervals["u"].high
    assert low is not None
    assert high is not None
    assert low <= found.alpha.u.value <= high  # THREE has a figure


def test_pieces_of_one_document_are_drawn_together() -> None:
    first = ([[(0, 5, "a")], [(2, 5, "a")], None], 10)
    second = ([[(1, 3, "b")], None, [(1, 4, "b")]], 8)
    third = ([[(0, 4, "a")], [(0, 4, "b")], None], 9)
    cut = unitized_figures([first, second, third], replicates=50, seed=1, pieces_of=["x", "x", "y"])
    assert cut.alpha == unitized_alpha_of([first, second, third])
    assert (cut.documents, cut.characters) == (2, 27)
    # With two documents a replicate has both, or one of them twice: three figures, none of a piece alone.
    whole, x, y = (unitized_alpha_of(of).u.value for of in ([first, second, third], [first, second] * 2, [third] * 2))
    assert cut.intervals["u"].low == pytest.approx(min(v for v in (whole, x, y) if v is not None))
    assert cut.intervals["u"].high == pytest.approx(max(v for v in (whole, x, y) if v is not None))
    alone = unitized_figures([first, second], replicates=50, seed=1, pieces_of=["x", "x"])
    assert alone.intervals["u"].reason == "one-document"
