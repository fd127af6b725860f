"""Segments that overlap: the sweep against a double loop, and what pairs of segments do to a coefficient."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis import overlap
from foran_research.analysis.overlap import OVERLAP_COLUMNS, overlap_pairs, overlap_table, pair_blocks, stretches
from foran_research.errors import ForanError

CODES = ("C0003", "C0001", "C0002")
#: A coded segment: document, start, end, code, coder.
Segment = tuple[str, int, int, str, str]
segments_strategy = st.lists(
    st.builds(
        lambda document, start, length, code, coder: (document, start, start + length, code, coder),
        st.sampled_from("DE"), st.integers(0, 15), st.integers(1, 8), st.sampled_from(CODES), st.sampled_from(["K1", "K2"]),
    ),
    max_size=12,
)  # fmt: skip


def frame_of(segments: list[Segment]) -> pd.DataFrame:
    return pd.DataFrame(segments, columns=["document", "start", "end", "code", "coder"]).astype(
        {"start": "int64", "end": "int64"}
    )


def arrays(segments: list[Segment]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    frame = frame_of(segments)
    documents = frame["document"].map({"D": 7, "E": -3}).to_numpy(np.int64)
    return documents, frame["start"].to_numpy(np.int64), frame["end"].to_numpy(np.int64)


def double_loop(segments: list[Segment], min_chars: int = 1, min_share: float = 0.0) -> dict[tuple[int, int], int]:
    found = {}
    for n, (document, start, end, _, _) in enumerate(segments):
        for m in range(n + 1, len(segments)):
            other, begin, stop, _, _ = segments[m]
            chars = min(end, stop) - max(start, begin)
            shorter = min(end - start, stop - begin)
            if document == other and chars >= min_chars and chars >= min_share * shorter:
                found[n, m] = chars
    return found


@settings(max_examples=60)
@given(segments_strategy, st.integers(1, 4), st.sampled_from([0.0, 0.5, 1.0]))
def test_the_sweep_finds_what_a_double_loop_finds(segments: list[Segment], chars: int, share: float) -> None:
    first, second, shared = overlap_pairs(*arrays(segments), min_chars=chars, min_share=share)
    found = {
        (min(pair), max(pair)): n
        for *pair, n in zip(first.tolist(), second.tolist(), shared.tolist(), strict=True)
    }  # fmt: skip
    assert len(found) == len(first)
    assert found == double_loop(segments, chars, share)
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        assert (segments[one][1], one) < (segments[other][1], other)


@settings(max_examples=60)
@given(segments_strategy, st.integers(1, 5))
def test_blocks_hold_the_pairs_once_each_and_in_order(segments: list[Segment], at_most: int) -> None:
    whole = overlap_pairs(*arrays(segments))
    blocks = list(pair_blocks(*arrays(segments), at_most=at_most))
    for number, part in enumerate(whole):
        pieces = [block[number].tolist() for block in blocks]
        assert [place for piece in pieces for place in piece] == part.tolist()


def test_the_same_place_in_two_documents_is_no_overlap() -> None:
    first, _, _ = overlap_pairs(np.array([1, 2]), np.array([0, 0]), np.array([10, 10]))
    assert first.tolist() == []


def test_segments_that_only_touch_share_nothing() -> None:
    first, _, _ = overlap_pairs(np.array([1, 1]), np.array([0, 10]), np.array([10, 20]))
    assert first.tolist() == []


def test_numbers_of_documents_may_be_of_any_size() -> None:
    documents = np.array([2**62, -(2**62), 2**62])
    first, second, chars = overlap_pairs(documents, np.array([0, 0, 2**40]), np.array([2**41, 5, 2**41]))
    assert (first.tolist(), second.tolist(), chars.tolist()) == ([0], [2], [2**40])


@pytest.mark.parametrize(
    ("starts", "ends", "more", "told"),
    [
        ([0, 5], [3, 4], {}, "1 spans that end before they start"),
        ([0], [3, 4], {}, "1 starts and 2 ends"),
        ([0, 1], [3, 4], {"min_chars": 0}, "min_chars 0"),
        ([0, 1], [3, 4], {"min_share": 1.5}, "min_share 1.5"),
    ],
)
def test_what_is_no_span_is_refused(starts: list[int], ends: list[int], more: dict[str, float], told: str) -> None:
    with pytest.raises(ForanError, match=told):
        overlap_pairs(np.array([0, 0]), np.array(starts), np.array(ends), **more)


@settings(max_examples=60)
@given(segments_strategy)
def test_stretches_are_the_characters_of_a_code_without_repetition(segments: list[Segment]) -> None:
    documents, starts, ends = arrays(segments)
    codes = np.array([CODES.index(code) for _, _, _, code, _ in segments], np.int64)
    united = list(zip(*(part.tolist() for part in stretches(documents, codes, starts, ends)), strict=True))

    def chars(document: int, code: int) -> set[int]:
        mine = [(s, e) for d, c, s, e in zip(documents.tolist(), codes.tolist(), starts.tolist(), ends.tolist(), strict=True)
                if (d, c) == (document, code)]  # fmt: skip
        return {place for start, end in mine for place in range(start, end)}

    for document, code in {(d, c) for d, c, _, _ in united}:
        mine = sorted((s, e) for d, c, s, e in united if (d, c) == (document, code))
        places = [place for start, end in mine for place in range(start, end)]
        assert sorted(set(places)) == places == sorted(chars(document, code))
        assert all(end < begin for (_, end), (begin, _) in pairwise(mine))
    assert len({(d, c) for d, c, _, _ in united}) == len(set(zip(documents.tolist(), codes.tolist(), strict=True)))


def table_by_sets(segments: list[Segment], codes: tuple[str, ...]) -> dict[tuple[str, str], dict[str, float]]:
    """The table with sets of characters, a pair of codes at a time."""
    rows: dict[tuple[str, str], dict[str, float]] = {}
    overlaps = double_loop(segments)
    for n, one in enumerate(codes):
        for other in codes[n + 1 :]:
            pairs = [pair for pair in overlaps if {segments[pair[0]][3], segments[pair[1]][3]} == {one, other}]
            if not pairs:
                continue
            held = {code: [s for s in segments if s[3] == code] for code in (one, other)}
            chars = {code: {(s[0], place) for s in mine for place in range(s[1], s[2])} for code, mine in held.items()}
            both = chars[one] & chars[other]
            rows[one, other] = {
                "pairs": len(pairs), "documents": len({segments[pair[0]][0] for pair in pairs}),
                "segments_i": len(held[one]), "segments_j": len(held[other]), "chars": len(both),
                "chars_i": len(chars[one]), "chars_j": len(chars[other]),
                "c_chars": len(both) / len(chars[one] | chars[other]),
                "share_i": len(both) / len(chars[one]), "share_j": len(both) / len(chars[other]),
            }  # fmt: skip
    return rows


@settings(max_examples=25)
@given(segments_strategy)
def test_the_table_counts_segments_and_characters(segments: list[Segment]) -> None:
    found = overlap_table(frame_of(segments), CODES)
    assert list(found.columns) == list(OVERLAP_COLUMNS)
    expected = table_by_sets(segments, CODES)
    assert [(row["source"], row["target"]) for row in found.to_dict("records")] == list(expected)
    for row in found.to_dict("records"):
        for name, value in expected[row["source"], row["target"]].items():
            assert row[name] == pytest.approx(value)
        assert 0 < row["c_chars"] <= 1
        assert 1 <= row["stretches"] <= row["chars"]
        left = row["segments_i"] + row["segments_j"] - row["pairs"]
        assert row["is_out_of_range"] == (left <= 0 or row["pairs"] / left > 1)
        if left > 0:
            assert row["c_pairs"] == pytest.approx(row["pairs"] / left)
        else:
            assert pd.isna(row["c_pairs"])


def test_small_blocks_give_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    segments = [
        (f"D{rng.integers(0, 9)}", start, start + int(rng.integers(1, 40)), CODES[rng.integers(0, 3)], "K1")
        for start in rng.integers(0, 200, 120).tolist()
    ]
    whole = overlap_table(frame_of(segments), CODES)
    monkeypatch.setattr(overlap, "_PAIRS", 3)
    monkeypatch.setattr(overlap, "_SHARE", 16)
    pd.testing.assert_frame_equal(overlap_table(frame_of(segments), CODES), whole)
    assert whole["documents"].tolist() == [row["documents"] for row in table_by_sets(segments, CODES).values()]


def test_many_short_segments_in_a_long_one_push_the_coefficient_out_of_its_range() -> None:
    """Three short ones in one long: pairs 3, of 1 + 3 - 3; and with four long over four short there is none at all."""
    short = [("D", 20 * n, 20 * n + 5, "C0002", "K1") for n in range(3)]
    [row] = overlap_table(frame_of([("D", 0, 100, "C0001", "K1"), *short]), CODES).to_dict("records")
    assert (row["pairs"], row["c_pairs"], row["is_out_of_range"]) == (3, 3.0, True)
    assert (row["stretches"], row["chars"], row["c_chars"], row["share_j"]) == (3, 15, 0.15, 1.0)
    long = [("D", n, 100 + n, "C0001", "K1") for n in range(4)]
    [row] = overlap_table(frame_of([*long, *[("D", 40 + n, 60, "C0002", "K1") for n in range(4)]]), CODES).to_dict(
        "records"
    )
    assert row["pairs"] == 16
    assert pd.isna(row["c_pairs"])
    assert row["is_out_of_range"]
    assert row["c_chars"] == pytest.approx(20 / 103)


def test_coders_meet_each_other_only_when_that_is_asked_for() -> None:
    segments = [("D", 0, 10, "C0001", "K1"), ("D", 0, 10, "C0002", "K2"), ("D", 2, 8, "C0002", "K1")]
    [pooled] = overlap_table(frame_of(segments), CODES).to_dict("records")
    [apart] = overlap_table(frame_of(segments), CODES, within=("document", "coder")).to_dict("records")
    assert (pooled["pairs"], pooled["chars"]) == (2, 10)
    assert (apart["pairs"], apart["chars"], apart["documents"]) == (1, 6, 1)


def test_an_overlap_may_have_to_be_of_some_length() -> None:
    segments = frame_of([("D", 0, 10, "C0001", "K1"), ("D", 8, 30, "C0002", "K1"), ("D", 5, 9, "C0003", "K1")])
    told = overlap_table(segments, CODES, min_chars=2)
    assert list(zip(told["source"], told["target"], strict=True)) == [("C0003", "C0001"), ("C0001", "C0002")]
    # All that is left of the pair with the smaller share is the passage, which is of two characters.
    [whole, part] = overlap_table(segments, CODES, min_chars=2, min_share=1.0).to_dict("records")
    assert (whole["pairs"], part["pairs"], part["chars"]) == (1, 0, 2)


def test_faulty_tables_of_segments_are_refused_with_counts() -> None:
    with pytest.raises(ForanError, match="no column 'coder'"):
        overlap_table(frame_of([]).drop(columns="coder"), CODES, within=("document", "coder"))
    with pytest.raises(ForanError, match="'code' in 1 rows"):
        overlap_table(pd.DataFrame({"document": ["D"], "start": [0], "end": [3], "code": [None]}), CODES)
    assert list(overlap_table(frame_of([]), CODES).columns) == list(OVERLAP_COLUMNS)
    assert overlap_table(frame_of([("D", 0, 3, "C0009", "K1")]), CODES).empty
    assert overlap_table(frame_of([]), ()).empty
