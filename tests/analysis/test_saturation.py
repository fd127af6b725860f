"""When new codes ran dry: published and hand-worked answers, and orders drawn at random."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from cross_case import SECOND, SEGMENTS, read, study
from hand_made import LINEAGE
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis.saturation import (
    CURVE_COLUMNS,
    ORDER_COLUMNS,
    PAIR_COLUMNS,
    PARAMETERS,
    TOLD,
    all_pairs,
    curve,
    existing,
    first_coded,
    inductive,
    new_per_document,
    occurrence,
    order_bootstrap,
    saturation,
    saturation_by,
    unseen,
)
from foran_research.errors import ForanError, UnknownName

PAPER = [12, 10, 9, 6, 4, 3, 1, 0, 1, 0]
COUNTS = st.lists(st.integers(0, 12), max_size=14)


@pytest.mark.parametrize(
    ("new", "base", "run", "ratios", "label"),
    [
        (PAPER, 4, 2, [0.1892, 0.1081, 0.0270, 0.0270, 0.0270], "6+2"),
        (PAPER, 4, 3, [0.2162, 0.1081, 0.0541, 0.0270], "7+3"),
        (PAPER, 5, 2, None, "6+2"),
        (PAPER, 6, 3, None, "6+3"),
        ([4, 3, 2, 1, 1, 0, 0, 0], 4, 2, [0.1, 0.0, 0.0], "5+2"),
        ([4] * 8, 4, 2, [0.5, 0.5, 0.5], ""),
    ],
)
def test_known_answers(new: list[int], base: int, run: int, ratios: list[float] | None, label: str) -> None:
    found = saturation(new, base=base, run=run, threshold=0.05)
    assert found.label == label
    if ratios is not None:
        assert [round(ratio, 4) for ratio in found.ratios] == ratios


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ([4] * 8, "not-saturated"),
        ([4] * 5, "few-documents"),
        ([], "few-documents"),
        ([0, 0, 0, 0, 3, 1, 0], "no-base-codes"),
    ],
)
def test_no_saturation_comes_with_its_reason(new: list[int], reason: str) -> None:
    found = saturation(new)
    assert (found.reached.value, found.reached.reason, found.label) == (None, reason, "")


def test_the_threshold_itself_is_reached() -> None:
    for base_codes in range(20, 400, 20):
        assert saturation([base_codes, 0, 0, 0, base_codes // 20, 0]).label == "4+2"
        assert saturation([base_codes, 0, 0, 0, base_codes // 20 + 1, 0]).label == ""


@given(COUNTS, st.sampled_from([4, 5, 6]), st.sampled_from([2, 3]), st.sampled_from(["0", "0.05", "0.2"]))
def test_saturation_is_what_the_definition_says(new: list[int], base: int, run: int, threshold: str) -> None:
    expected = None
    for s in range(base, len(new) - run + 1):
        if sum(new[:base]) and Fraction(sum(new[s : s + run]), sum(new[:base])) <= Fraction(threshold):
            expected = s
            break
    assert saturation(new, base=base, run=run, threshold=float(threshold)).reached.value == expected


@given(COUNTS, st.sampled_from(PARAMETERS), st.floats(0, 0.5), st.floats(0, 0.5))
def test_a_lower_threshold_is_never_reached_earlier(
    new: list[int], pair: tuple[int, int, float], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    early = saturation(new, base=pair[0], run=pair[1], threshold=high).reached.value
    late = saturation(new, base=pair[0], run=pair[1], threshold=low).reached.value
    assert late is None or (early is not None and early <= late)


def test_all_twelve_pairs_are_told() -> None:
    table = all_pairs(PAPER)
    assert list(table.columns) == list(PAIR_COLUMNS)
    assert len(table) == 12
    assert len(set(PARAMETERS)) == 12
    first = table[(table["base"] == 4) & (table["run"] == 2)].set_index("threshold")
    assert first.loc[0.05, "label"] == "6+2"
    assert (first.loc[0.0, "reason"], first.loc[0.0, "reached"] is pd.NA) == ("not-saturated", True)
    assert set(all_pairs([])["reason"]) == {"few-documents"}


@pytest.mark.parametrize("new", [[1.5, 2], [-1], [[1]], ["a"]])
def test_what_are_no_counts_is_refused(new: list[object]) -> None:
    with pytest.raises(ForanError, match="whole numbers from 0"):
        saturation(new)


@pytest.mark.parametrize("bad", [{"base": 0}, {"run": 0}, {"threshold": 1.0}, {"threshold": float("nan")}])
def test_parameters_out_of_range_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ForanError, match="expected a base"):
        saturation(PAPER, **bad)


@given(st.integers(0, 6).flatmap(lambda w: st.lists(st.lists(st.booleans(), min_size=w, max_size=w), max_size=8)))
def test_new_codes_are_those_no_earlier_document_has(rows: list[list[bool]]) -> None:
    present = np.array(rows, bool).reshape(len(rows), len(rows[0]) if rows else 0)
    seen: set[int] = set()
    expected = []
    for row in present:
        here = set(np.flatnonzero(row).tolist())
        expected.append(len(here - seen))
        seen |= here
    assert new_per_document(present).tolist() == expected


# From codings


def test_documents_come_in_the_order_in_which_they_were_coded() -> None:
    frame = pd.DataFrame(
        {"document": ["B", "A", "B", "C"], "at": ["2020-02-02", "2020-03-01", "2020-01-05", "2020-01-05"]}
    )
    assert list(first_coded(frame)) == ["B", "C", "A"]
    assert first_coded(frame)["B"] == "2020-01-05"


def test_what_was_put_on_a_document_under_a_later_codebook_is_backfilled_and_not_new() -> None:
    # K1 (C0004) came with version 2: B1, read under version 1, has it from a later recoding; A1 was read under version 2.
    ready = read(study([*SEGMENTS, ("s7", "B1", (1,), "C0004", ""), ("s8", "A1", (1,), "C0004", "")]))
    found = occurrence(ready, ["B1", "A1", "A2"])
    table = curve(found)
    assert list(table.columns) == list(CURVE_COLUMNS)
    assert table["new"].tolist() == [1, 2, 0]
    assert table["backfilled"].tolist() == [1, 0, 0]
    assert table["total"].tolist() == [1, 3, 3]
    assert table["codebook_version"].tolist() == ["1.0.0", "2.0.0", "1.0.0"]


def test_new_codes_are_looked_for_only_where_they_could_be_found() -> None:
    new = inductive(SECOND, LINEAGE)
    assert new == {"C0004"}
    ready = read(study([*SEGMENTS, ("s8", "A1", (1,), "C0004", "")]), "code")
    found = occurrence(ready, ["B1", "A1", "A2"], only=new, existed=existing(ready, LINEAGE))
    assert (found.documents, found.left_out, found.items) == (("A1",), ("B1", "A2"), ("C0004",))
    assert found.present.tolist() == [[True]]


def test_a_code_counts_once_per_polarity_and_unset_ones_not_at_all() -> None:
    found = occurrence(read(study()), ["A1", "A2", "B1"], items="polarity")
    assert [item for item, is_there in zip(found.items, found.present.any(axis=0), strict=True) if is_there] == [
        "C0001|fremmer", "C0001|hemmer", "C0001|begge"]  # fmt: skip
    assert new_per_document(found.present).tolist() == [2, 1, 0]


def test_hidden_documents_are_no_part_of_it_and_unknown_ones_are_refused() -> None:
    assert occurrence(read(study()), ["C1", "A1"]).documents == ("A1",)
    with pytest.raises(UnknownName, match="document 'X9'"):
        occurrence(read(study()), ["X9"])


def test_cases_and_all_of_them_are_told_apart() -> None:
    found = occurrence(read(study()), ["A1", "A2", "B1"])
    table = saturation_by(found, {"AAA": ("A1", "A2"), "BBB": ("B1",)})
    assert table.groupby("group", sort=False)["documents"].first().to_dict() == {"": 3, "AAA": 2, "BBB": 1}
    assert found.of(("A2",)).present.tolist() == [[True, False, False, False]]


# Orders drawn at random


def naive_orders(present: np.ndarray, orders: np.ndarray, base: int, run: int, threshold: float) -> list[float]:
    found = []
    for order in orders:
        value = saturation(new_per_document(present[order]), base=base, run=run, threshold=threshold).reached.value
        found.append(np.inf if value is None else value)
    return sorted(found)


def test_every_order_is_worked_out_as_one_order_is(monkeypatch: pytest.MonkeyPatch) -> None:
    present = np.random.default_rng(3).random((9, 14)) < 0.3
    places = np.array([np.random.default_rng(n).permutation(9) for n in range(40)])

    class Dealt:
        def permuted(self, x: object, axis: int) -> np.ndarray:
            return places

    monkeypatch.setattr("foran_research.analysis.saturation.generator", lambda *_: Dealt())
    table = order_bootstrap(present, replicates=40, seed=1)
    assert list(table.columns) == list(ORDER_COLUMNS)
    orders = np.argsort(places, axis=1)  # which document stands in each place
    for row in table.to_dict("records"):
        expected = naive_orders(present, orders, row["base"], row["run"], row["threshold"])
        for name, nth in (("median", 19), ("low", 1), ("high", 37)):
            value = expected[nth]
            assert (row[name] is pd.NA or pd.isna(row[name])) if np.isinf(value) else row[name] == value
        assert row["not_reached"] == pytest.approx(np.mean(np.isinf(expected)))


def test_the_range_holds_the_middle_ninety_of_a_hundred_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    # Saturation after 101, 102 … 200 documents: of a hundred in order the 50th, the 5th and the 95th.
    reached = np.random.default_rng(3).permutation(np.arange(101.0, 201.0))
    monkeypatch.setattr("foran_research.analysis.saturation._reached", lambda *_: reached)
    table = order_bootstrap(np.ones((9, 5), bool), replicates=100, seed=1)
    assert table[["median", "low", "high"]].drop_duplicates().to_numpy().tolist() == [[150, 105, 195]]


def test_without_a_code_there_is_no_base_to_saturate() -> None:
    for present in (np.zeros((9, 0), bool), np.zeros((9, 4), bool)):
        table = order_bootstrap(present, replicates=10, seed=1)
        assert set(table["reason"]) == {"no-base-codes"}
        assert table["median"].isna().all()
        assert (table["not_reached"] == 1).all()
    # Six that never have a code stand first in every order of this kind.
    late = np.zeros((10, 4), bool)
    late[6:] = np.eye(4, dtype=bool)
    table = order_bootstrap(late, strata=["bruker"] * 6 + ["leder"] * 4, replicates=10, seed=1)
    assert set(table["reason"]) == {"no-base-codes"}


def test_the_same_seed_gives_the_same_and_another_another() -> None:
    present = np.random.default_rng(5).random((16, 40)) < 0.15
    one, again, other = (order_bootstrap(present, replicates=200, seed=seed) for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(other)


def test_documents_that_are_alike_are_saturated_in_every_order() -> None:
    table = order_bootstrap(np.ones((9, 5), bool), replicates=50, seed=1)
    assert (table["median"] == table["base"]).all()
    assert (table["high"] == table["base"]).all()
    assert (table["not_reached"] == 0).all()


def test_documents_with_a_code_each_are_never_saturated() -> None:
    table = order_bootstrap(np.eye(9, dtype=bool), replicates=50, seed=1)
    assert (table["not_reached"] == 1).all()
    assert table["median"].isna().all()
    assert set(table["reason"]) == {"not-saturated"}


def test_too_few_documents_give_a_reason_and_no_figure() -> None:
    table = order_bootstrap(np.ones((5, 3), bool), replicates=10, seed=1).set_index(["base", "run"])
    assert set(table.loc[(4, 2), "reason"]) == {"few-documents"}
    assert table.loc[(4, 2), "not_reached"].isna().all()
    assert order_bootstrap(np.zeros((0, 0), bool), replicates=10, seed=1)["median"].isna().all()


def test_strata_keep_their_places_in_the_sequence() -> None:
    # Only leaders bring new codes, and they come first: in no order of this kind does anything come after them.
    present = np.zeros((10, 8), bool)
    present[:4, :4] = np.eye(4, dtype=bool)
    strata = ["leder"] * 4 + ["bruker"] * 6
    kept = order_bootstrap(present, strata=strata, replicates=100, seed=1).set_index(["base", "run", "threshold"])
    free = order_bootstrap(present, replicates=100, seed=1).set_index(["base", "run", "threshold"])
    assert kept.loc[(4, 2, 0.0), "high"] == 4
    assert pd.isna(free.loc[(4, 2, 0.0), "high"]) or free.loc[(4, 2, 0.0), "high"] > 4
    with pytest.raises(ForanError, match="1 labels for 10 documents"):
        order_bootstrap(present, strata=["x"], seed=1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(6, 10))
def test_ranges_hold_their_median(seed: int, documents: int) -> None:
    present = np.random.default_rng(seed).random((documents, 12)) < 0.3
    table = order_bootstrap(present, replicates=30, seed=1).fillna(999)
    assert ((table["low"] <= table["median"]) & (table["median"] <= table["high"])).all()


# Unseen codes


def test_chao_by_hand() -> None:
    # S = 6, three found once, one twice: 6 + 3·2 / (2·2) = 7.5; coverage 1 − 3/13.
    found = unseen([5, 3, 2, 1, 1, 1, 0, 0])
    assert (found.seen, found.once, found.twice, found.chao1.value) == (6, 3, 1, 7.5)
    assert found.coverage.value == pytest.approx(10 / 13)
    assert unseen([4, 3]).chao1.value == 2
    assert unseen([4, 3]).coverage.value == 1


def test_without_a_code_nothing_is_estimated() -> None:
    assert unseen([0, 0]).chao1.reason == unseen([]).coverage.reason == "no-code"
    assert unseen([1, 1, 1]).coverage.reason == "all-once"
    assert unseen([1, 1, 1]).chao1.value == 6  # 3 + 3·2 / 2


@given(st.lists(st.integers(0, 9), max_size=20))
def test_there_are_never_fewer_codes_than_were_seen(counts: list[int]) -> None:
    found = unseen(counts)
    assert found.chao1.value is None or found.chao1.value >= found.seen == sum(c > 0 for c in counts)


def test_the_limit_is_told_in_both_languages() -> None:
    assert all(set(told) == {"nb", "en"} for told in TOLD.values())
