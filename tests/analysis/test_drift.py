"""How far apart a coder's windows are: distances worked by hand, the law of chance by brute force, windows and codebooks."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pandas as pd
import pytest
from hand_made import LINEAGE, book, change, code
from hypothesis import given
from hypothesis import strategies as st

from foran_research.analysis.drift import contributions, drift, expected_by_chance, total_variation
from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Migration
from foran_research.coding.segments import segments_table

COUNTS = st.dictionaries(st.sampled_from(["P1", "P2", "K1", "E1"]), st.integers(0, 6), max_size=4)


def codings(
    *codes: str, coder: str = "K1", version: str = "1.0.0", first: int = 0, month: int = 1
) -> list[dict[str, object]]:
    """A coding a minute, each of one code."""
    return [
        {
            "segment": f"{coder}.s{number:04d}", "coder": coder, "document": f"D{number // 10}", "start": number * 10,
            "end": number * 10 + 5, "turns": (1,), "quote": "blåbær 😀 a\u030a", "code": one, "polarity": "",
            "codebook_version": version, "at": f"2020-{month:02d}-01T{number // 60:02d}:{number % 60:02d}:00Z", "memo": "",
            "applied_under": version,
        }
        for number, one in enumerate(codes, first)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"P1": 3, "K1": 1}, {"P1": 30, "K1": 10}, 0),
        ({"P1": 3}, {"K1": 7}, 1),
        # Shares 1/2, 1/2, 0 and 1/4, 1/4, 1/2: ½ (1/4 + 1/4 + 1/2).
        ({"P1": 2, "K1": 2}, {"P1": 1, "K1": 1, "E1": 2}, 0.5),
        ({"P1": 1, "K1": 3}, {"P1": 3, "K1": 1}, 0.5),
        ({"P1": 4, "K1": 0}, {"P1": 1}, 0),
        ({}, {"P1": 1}, None),
    ],
)
def test_the_distance_is_half_the_sum_of_differing_shares(
    first: dict[str, int], second: dict[str, int], expected: float | None
) -> None:
    assert total_variation(first, second) == expected


@given(COUNTS, COUNTS)
def test_a_distance_lies_between_0_and_1_is_the_same_both_ways_and_half_of_what_the_codes_contribute(
    first: dict[str, int], second: dict[str, int]
) -> None:
    found = total_variation(first, second)
    assert found == total_variation(second, first)
    if found is not None:
        assert 0 <= found <= 1
        assert sum(abs(by) for _, by in contributions(first, second)) / 2 == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize(
    ("first", "second"), [("AB", "AB"), ("AAB", "BC"), ("AAAA", "BB"), ("ABCD", "ABE"), ("A", "A"), ("AABB", "CCDD")]
)
def test_the_distance_expected_by_chance_is_the_mean_over_every_way_of_dealing(first: str, second: str) -> None:
    pool = first + second
    ways = [
        total_variation(Counter(pool[i] for i in dealt), Counter(pool[i] for i in range(len(pool)) if i not in dealt))
        for dealt in combinations(range(len(pool)), len(first))
    ]
    mean = sum(one for one in ways if one is not None) / len(ways)
    assert expected_by_chance(Counter(first), Counter(second)) == pytest.approx(mean, abs=1e-12)


def test_windows_follow_one_another_and_the_first_is_compared_with_none() -> None:
    frame = segments_table(codings(*["C0001"] * 4, *["C0001", "C0005"] * 2, "C0005"))
    found = drift(frame, LINEAGE, window=4, fewest=1)
    assert list(found["codings"]) == [4, 4, 1]
    assert list(found["status"]) == ["first", "", ""]
    assert list(found["distance"])[1:] == [0.5, 0.5]
    assert found["contributions"].iloc[1] == (("E1", 0.5), ("P1", -0.5))


def test_a_window_with_too_few_codings_is_told_of_and_not_compared() -> None:
    found = drift(segments_table(codings(*["C0001"] * 5)), LINEAGE, window=3, fewest=3)
    assert list(found["status"]) == ["first", "few"]
    assert pd.isna(found["distance"].iloc[1])


def test_coders_have_windows_of_their_own_and_months_can_be_windows() -> None:
    rows = [*codings("C0001", "C0001"), *codings("C0005", first=20, month=3), *codings("C0001", coder="K2")]
    found = drift(segments_table(rows), LINEAGE, window="month", fewest=1)
    assert list(zip(found["coder"], found["first_day"], found["codings"], strict=True)) == [
        ("K1", "2020-01-01", 2), ("K1", "2020-03-01", 1), ("K2", "2020-01-01", 1),
    ]  # fmt: skip
    assert found["distance"].iloc[1] == 1


def test_sub_codes_count_as_their_elements_and_retired_codes_as_none() -> None:
    found = drift(segments_table(codings("C0002", "C0002", "C0003", "C0003", "C0006")), LINEAGE, window=2, fewest=1)
    assert list(found["codings"]) == [2, 2]
    assert found["distance"].iloc[1] == 0


def test_a_code_that_was_split_since_is_one_with_its_parts_and_a_changed_codebook_is_told() -> None:
    parts = ("C0007", "C0008")
    split = change("CH-1", "split", ("C0001",), parts, Migration("C0001", "review", parts))
    old = book("1.0.0", (code("C0001", "P1"),))
    new = book("2.0.0", (code("C0001", "P1", is_active=False), code("C0007", "P7"), code("C0008", "P8")), (split,))
    rows = [*codings("C0001", "C0001"), *codings("C0007", "C0008", version="2.0.0", first=2)]
    found = drift(segments_table(rows), Lineage((old, new)), window=2, fewest=1)
    assert found["distance"].iloc[1] == 0
    assert list(found["codebook_changed"]) == [False, True]
    # The same without the split's older half: two elements that differ.
    found = drift(segments_table(codings("C0007", "C0008", version="2.0.0")), Lineage((old, new)), window=1, fewest=1)
    assert found["distance"].iloc[1] == 1
    assert found["contributions"].iloc[1] == (("P7", -1.0), ("P8", 1.0))


def test_a_window_of_no_size_is_refused() -> None:
    with pytest.raises(ValueError, match="a number of codings or 'month'"):
        drift(segments_table([]), LINEAGE, window=0)
