"""Two coders side by side: every segment in exactly one place, the same whichever coder is named first."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineages import segment_row, table

from foran_research.coding.comparing import KINDS, Difference, counts, differences
from foran_research.coding.resolving import Named, Resolution

Row = tuple[str, int, int, str, str]


def frame(*rows: Row, **more: Any) -> pd.DataFrame:
    """Rows of coder, start, end, code and polarity on document D; ids count per coder: K1.1, K1.2, K2.1."""
    numbers: Counter[str] = Counter()
    made = []
    for coder, start, end, code, polarity in rows:
        numbers[coder] += 1
        touched = tuple(range(start // 100 + 1, (end - 1) // 100 + 2))
        made.append(segment_row(0, code, segment=f"{coder}.{numbers[coder]}", coder=coder, start=start, end=end,
                                polarity=polarity, turns=touched) | more)  # fmt: skip
    return table(made)


def told(found: tuple[Difference, ...]) -> list[tuple[str, str, str]]:
    return [(d.kind, d.first.segment if d.first else "", d.second.segment if d.second else "") for d in found]


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        ([], []),
        ([("K1", 0, 9, "C1", "fremmer"), ("K2", 0, 9, "C1", "fremmer")], ["same"]),
        ([("K1", 0, 9, "C1", "fremmer"), ("K2", 0, 9, "C1", "hemmer")], ["polarity"]),
        ([("K1", 0, 9, "C1", ""), ("K2", 3, 12, "C1", "")], ["ends"]),
        ([("K1", 0, 9, "C1", "fremmer"), ("K2", 3, 12, "C1", "hemmer")], ["ends"]),
        ([("K1", 0, 9, "C1", ""), ("K2", 0, 9, "C2", "")], ["code"]),
        ([("K1", 0, 9, "C1", ""), ("K2", 8, 12, "C2", "")], ["code"]),
        # Half-open: spans that meet share nothing.
        ([("K1", 0, 9, "C1", ""), ("K2", 9, 12, "C1", "")], ["only_first", "only_second"]),
        ([("K1", 0, 9, "C1", "")], ["only_first"]),
        ([("K2", 0, 9, "C1", "")], ["only_second"]),
        # A code twice on a span is two segments, and one of them has nobody beside it.
        ([("K1", 0, 9, "C1", ""), ("K1", 0, 9, "C1", ""), ("K2", 0, 9, "C1", "")], ["same", "only_first"]),
    ],
)  # fmt: skip
def test_each_kind_of_difference_is_known(rows: list[Row], kinds: list[str]) -> None:
    assert [one.kind for one in differences(frame(*rows), "D", "K1", "K2")] == kinds


def test_what_agrees_is_set_side_by_side_before_what_merely_overlaps() -> None:
    rows = [("K1", 0, 50, "C1", ""), ("K1", 10, 20, "C2", ""), ("K2", 0, 50, "C2", ""), ("K2", 12, 22, "C1", "")]
    # By code first, although each overlaps more with the other code on its own span.
    assert told(differences(frame(*rows), "D", "K1", "K2")) == [("ends", "K1.1", "K2.2"), ("ends", "K1.2", "K2.1")]


def test_the_pair_that_shares_most_is_taken_first_and_leaves_the_others_alone() -> None:
    # K1.1 shares 5 of 15 with K2.1 and 6 of 14 with K2.2; K1.2 shares 5 with K2.2. Greedy: K1.1–K2.2, the others alone.
    rows = [("K1", 10, 20, "C1", ""), ("K1", 19, 29, "C1", ""), ("K2", 5, 15, "C1", ""), ("K2", 14, 24, "C1", "")]
    assert told(differences(frame(*rows), "D", "K1", "K2")) == [
        ("only_second", "", "K2.1"), ("ends", "K1.1", "K2.2"), ("only_first", "K1.2", "")]  # fmt: skip


def test_a_long_overlap_of_long_passages_is_less_than_a_close_fit() -> None:
    # K1.1 shares 60 of 140 characters with K2.2 and 50 of 100 with K2.1.
    rows = [("K1", 0, 100, "C1", ""), ("K2", 0, 50, "C1", ""), ("K2", 40, 140, "C1", "")]
    assert told(differences(frame(*rows), "D", "K1", "K2")) == [("ends", "K1.1", "K2.1"), ("only_second", "", "K2.2")]


def test_a_difference_covers_both_segments_and_carries_them_whole() -> None:
    rows = frame(("K1", 4, 9, "C1", "fremmer"), ("K2", 6, 12, "C1", "hemmer"), memo="Æsj 😀 a\u030a")
    (one,) = differences(rows, "D", "K1", "K2")
    assert (one.start, one.end) == (4, 12)
    assert one.first is not None
    assert one.second is not None
    assert (one.first.segment, one.first.coder, one.first.start, one.first.end) == ("K1.1", "K1", 4, 9)
    assert (one.second.code, one.second.polarity, one.second.memo) == ("C1", "hemmer", "Æsj 😀 a\u030a")


def test_only_the_document_the_two_coders_and_the_turns_asked_for_are_compared() -> None:
    rows = [("K1", 0, 9, "C1", ""), ("K1", 90, 110, "C1", ""), ("K2", 210, 220, "C2", ""), ("K3", 0, 9, "C1", "")]
    all_ = pd.concat([frame(*rows), frame(("K2", 0, 9, "C1", "")).assign(document="E", segment="E.1")])
    assert told(differences(all_, "D", "K1", "K2")) == [
        ("only_first", "K1.1", ""), ("only_first", "K1.2", ""), ("only_second", "", "K2.1")]  # fmt: skip
    # K1.2 reaches from the first turn into the second.
    assert told(differences(all_, "D", "K1", "K2", turns=[2])) == [("only_first", "K1.2", "")]
    assert told(differences(all_, "E", "K1", "K2")) == [("only_second", "", "E.1")]


def test_nobody_is_compared_with_herself() -> None:
    with pytest.raises(ValueError, match="herself"):
        differences(frame(), "D", "K1", "K1")


spans = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda t: (t[0], t[0] + t[1]))
codings = st.lists(
    st.tuples(
        st.sampled_from(["K1", "K2", "K3"]), spans, st.sampled_from(["C1", "C2", "C3"]), st.sampled_from(["", "hemmer"])
    ).map(lambda t: (t[0], *t[1], t[2], t[3])),
    max_size=14,
)  # fmt: skip


@given(codings)
def test_exchanging_the_coders_mirrors_the_result(rows: list[Row]) -> None:
    segments = frame(*rows)
    forth, back = differences(segments, "D", "K1", "K2"), differences(segments, "D", "K2", "K1")
    assert tuple(one.mirrored() for one in back) == forth


@given(codings, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Row], random: Any) -> None:
    segments = frame(*rows)
    order = list(range(len(segments)))
    random.shuffle(order)
    assert differences(segments.iloc[order], "D", "K1", "K2") == differences(segments, "D", "K1", "K2")


@given(codings)
def test_every_segment_stands_in_exactly_one_difference_of_the_kind_it_is(rows: list[Row]) -> None:
    segments = frame(*rows)
    found = differences(segments, "D", "K1", "K2")
    for coder, side in (("K1", "first"), ("K2", "second")):
        placed = [getattr(one, side).segment for one in found if getattr(one, side)]
        assert sorted(placed) == sorted(segments.loc[segments["coder"] == coder, "segment"])
    assert [(one.start, one.end) for one in found] == sorted((one.start, one.end) for one in found)
    for one in found:
        a, b = one.first, one.second
        if a and b:
            assert max(a.start, b.start) < min(a.end, b.end)
            facts = (a.code == b.code, (a.start, a.end) == (b.start, b.end), a.polarity == b.polarity)
            expected = "same" if all(facts) else "polarity" if all(facts[:2]) else "ends" if facts[0] else "code"
            assert one.kind == expected
    assert sum(counts(found).values()) == len(found)
    assert list(counts(found)) == list(KINDS)
    # Whoever is left alone overlaps with nobody else who is left alone.
    alone = [one.first or one.second for one in found if one.kind.startswith("only")]
    for a in alone:
        for b in alone:
            assert a is not None and b is not None  # noqa: PT018 - for the type checker
            assert a.coder == b.coder or not max(a.start, b.start) < min(a.end, b.end)


@given(codings)
def test_as_many_exact_matches_are_found_as_there_are(rows: list[Row]) -> None:
    found = counts(differences(frame(*rows), "D", "K1", "K2"))
    ours, theirs = (Counter(row[1:] for row in rows if row[0] == coder) for coder in ("K1", "K2"))
    assert found["same"] == (ours & theirs).total()


# Resolutions

ROWS: list[Row] = [("K1", 0, 9, "C1", "fremmer"), ("K2", 3, 12, "C2", "fremmer"), ("K1", 40, 50, "C3", "")]
FIRST = Named("K1.1", "K1", "C1", 0, 9, "fremmer")
SECOND = Named("K2.1", "K2", "C2", 3, 12, "fremmer")


def resolution(
    name: str = "R1", at: str = "2020-05-01", accepted: tuple[Named, ...] = (FIRST,),
    rejected: tuple[Named, ...] = (SECOND,), added: tuple[str, ...] = (), document: str = "D",
) -> Resolution:  # fmt: skip
    return Resolution(
        name, "K1", document, f"{at}T10:00:00Z", 0, 12, accepted, rejected, added, "Prøvd på nytt å lese."
    )


def resolved_in(*resolutions: Resolution, rows: list[Row] = ROWS) -> list[tuple[str, bool, bool]]:
    found = differences(frame(*rows), "D", "K1", "K2", resolutions=resolutions)
    return [(one.resolution, one.is_stale, one.is_open) for one in found]


def test_a_resolution_stands_at_the_difference_it_names() -> None:
    assert resolved_in() == [("", False, True), ("", False, True)]
    assert resolved_in(resolution()) == [("R1", False, False), ("", False, True)]
    assert resolved_in(resolution(document="E")) == [("", False, True), ("", False, True)]


@pytest.mark.parametrize(
    "row", [("K2", 3, 12, "C3", "fremmer"), ("K2", 3, 13, "C2", "fremmer"), ("K2", 3, 12, "C2", "hemmer")]
)
def test_a_resolution_is_stale_when_a_segment_has_changed_since(row: Row) -> None:
    assert resolved_in(resolution(), rows=[ROWS[0], row]) == [("R1", True, True)]


def test_a_resolution_is_stale_when_a_segment_is_gone() -> None:
    assert resolved_in(resolution(), rows=[ROWS[0]]) == [("R1", True, True)]
    assert resolved_in(resolution(added=("K9.1",)), rows=ROWS[:2]) == [("R1", True, True)]


def test_a_resolution_of_one_side_does_not_settle_what_the_other_has_put_beside_it() -> None:
    assert resolved_in(resolution(rejected=()))[0] == ("R1", True, True)


def test_the_newest_resolution_that_holds_is_shown_and_a_stale_one_only_without_it() -> None:
    later, stale = resolution("R2", "2020-05-02"), resolution("R3", "2020-05-03", rejected=(), added=("gone",))
    assert resolved_in(later, stale, resolution())[0] == ("R2", False, False)
    assert resolved_in(stale)[0] == ("R3", True, True)


def test_what_a_resolution_added_is_settled_by_it() -> None:
    assert resolved_in(resolution(added=("K1.2",)))[1] == ("R1", False, False)


def test_a_resolution_is_judged_by_the_codes_that_the_coders_gave() -> None:
    # Compared under a later codebook, in which C2 has become C9.
    given = frame(*ROWS)
    moved = given.assign(code=given["code"].replace("C2", "C9"))
    for standing, is_stale in ((given, False), (None, True)):
        found = differences(moved, "D", "K1", "K2", resolutions=[resolution()], standing=standing)
        assert (found[0].resolution, found[0].is_stale) == ("R1", is_stale)


def test_agreement_is_never_open() -> None:
    rows: list[Row] = [("K1", 0, 9, "C1", ""), ("K2", 0, 9, "C1", "")]
    assert [one.is_open for one in differences(frame(*rows), "D", "K1", "K2")] == [False]
