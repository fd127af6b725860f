"""Patterns claim k of n cases; what goes against them stands beside; and silence is not absence unless somebody asked."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from cross_case import CASES, E1, GUIDES, K1, P1, P2, UNITS, read, study
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis.cells import Readings, cells
from foran_research.analysis.patterns import (
    FOUND,
    NEGATIVE_COLUMNS,
    TOGETHER_COLUMNS,
    WITHIN,
    claims,
    negative_cases,
    pair_patterns,
    polarity_patterns,
    together,
    together_counts,
)
from foran_research.errors import ForanError, UnknownName

#: P1 hinders in AAA and BBB; promotes once in each of AAA (A2) and CCC.
ROWS = (
    ("s1", "A1", (1,), "C0001", "hemmer"),
    ("s2", "A1", (2,), "C0001", "hemmer"),
    ("s3", "A2", (1,), "C0001", "fremmer"),
    ("s4", "B1", (1,), "C0001", "hemmer"),
    ("s5", "C1", (1,), "C0001", "fremmer"),
    ("s6", "A1", (1,), "C0003", ""),
)


def ready(rows: Any = ROWS, **more: Any) -> Readings:
    return read(study(rows, hidden=more.pop("hidden", frozenset()), **more))


def test_a_pattern_claims_cases_documents_and_actor_types() -> None:
    (found,) = polarity_patterns(ready(), CASES)
    assert (found.id, found.kind, found.columns) == (f"inhibiting:{P1}", "inhibiting", (P1,))
    assert (found.cases, found.of_cases, found.documents, found.turns) == (("AAA", "BBB"), 3, 2, 3)
    assert (found.actor_types, found.segments) == (("leder",), ("s1", "s2", "s4"))


def test_any_turn_will_do_if_that_is_the_rule() -> None:
    found = polarity_patterns(ready(), CASES, rule="any")
    assert [(one.id, one.cases) for one in found] == [
        (f"promoting:{P1}", ("AAA", "CCC")), (f"inhibiting:{P1}", ("AAA", "BBB"))]  # fmt: skip
    assert polarity_patterns(ready(), CASES, least_cases=3) == ()
    with pytest.raises(UnknownName):
        polarity_patterns(ready(), CASES, rule="some")


def test_what_goes_against_a_pattern_is_listed_by_case_document_and_turn() -> None:
    # B2 is given a guide that asks about P1 and nothing is said there.
    asks = GUIDES | {"g2": frozenset({"C0001"})}
    given_ = ready(guides=asks)
    table = negative_cases(given_, polarity_patterns(given_, CASES), CASES)
    assert list(table.columns) == list(NEGATIVE_COLUMNS)
    assert [tuple(row)[1:] for row in table.itertuples(index=False)] == [
        ("case", "CCC", "CCC", "opposite", ("s5",)),
        ("document", "B2", "BBB", "nothing_said", ()),  # documents by date
        ("document", "A2", "AAA", "opposite", ("s3",)),
        ("document", "C1", "CCC", "opposite", ("s5",)),
        ("turn", "A2:1", "AAA", "opposite", ("s3",)),
        ("turn", "C1:1", "CCC", "opposite", ("s5",)),
    ]


def test_a_turn_that_says_both_is_ambivalent() -> None:
    given_ = ready((*ROWS, ("s7", "B1", (1,), "C0001", "fremmer")))
    patterns = polarity_patterns(given_, CASES, least_cases=1)
    turns = negative_cases(given_, patterns, CASES).query("grain == 'turn' and id == 'B1:1'")
    assert set(turns["why"]) == {"ambivalent"}


def test_hidden_documents_neither_make_nor_break_a_pattern() -> None:
    given_ = ready(hidden=frozenset({"C1"}))
    table = negative_cases(given_, polarity_patterns(given_, CASES), CASES)
    assert not table["id"].isin(["C1", "C1:1", "CCC"]).any()
    assert "s5" not in {segment for ids in table["segment_ids"] for segment in ids}


def test_the_silence_of_a_hidden_document_is_not_shown_either() -> None:
    asks = GUIDES | {"g2": frozenset({"C0001"})}
    given_ = ready(guides=asks, hidden=frozenset({"B2"}))
    assert "B2" not in set(negative_cases(given_, polarity_patterns(given_, CASES), CASES)["id"])
    assert "B2" not in set(together(given_, [(P1, P2)], "document")["row"])


def test_pairs_that_share_turns_in_several_cases_are_patterns() -> None:
    rows = (*ROWS, ("s8", "B1", (1,), "C0003", ""))
    given_ = ready(rows)
    (found,) = pair_patterns(given_, CASES, least_turns=1)
    assert (found.id, found.cases, found.turns, found.segments) == (
        f"pair:{P1}+{P2}",
        ("AAA", "BBB"),
        2,
        ("s1", "s6", "s4", "s8"),
    )
    assert found.turns_by_case == (1, 1)
    assert claims([found])["turns_by_case"].tolist() == [(1, 1)]
    assert pair_patterns(given_, CASES) == ()
    # Nobody in CCC was asked about P2; in A2, which has no guide, silence tells nothing either.
    assert negative_cases(given_, [found], CASES).empty
    asked = ready(rows, guides=GUIDES | {"g2": frozenset({"C0002"})})
    table = negative_cases(asked, pair_patterns(asked, CASES, least_turns=1), CASES)
    assert [tuple(row)[1:] for row in table.itertuples(index=False)] == [
        ("case", "CCC", "CCC", "one_alone", ("s5",)), ("document", "C1", "CCC", "one_alone", ("s5",))]  # fmt: skip


def test_the_broadest_pattern_stands_first() -> None:
    given_ = ready((*ROWS, *[(f"t{n}", "A1", (1,), "C0005", "fremmer") for n in range(9)],
                    ("t9", "B1", (1,), "C0005", "fremmer"), ("u1", "C1", (1,), "C0005", "fremmer")))  # fmt: skip
    table = claims(polarity_patterns(given_, CASES))
    assert table["pattern"].tolist() == [f"promoting:{E1}", f"inhibiting:{P1}"]
    assert table["cases"].map(len).tolist() == [3, 2]
    assert claims(()).empty


# Together


def test_what_was_not_asked_is_not_absent() -> None:
    table = together(read(study()), [(P1, P2), (P2, K1)], order=CASES)
    assert list(table.columns) == list(TOGETHER_COLUMNS)
    assert [tuple(row)[2:4] for row in table.itertuples(index=False)] == [
        ("AAA", "both"), ("BBB", "only_first"), ("CCC", "cannot_say"),
        ("AAA", "cannot_say"), ("BBB", "cannot_say"), ("CCC", "cannot_say")]  # fmt: skip
    assert table.iloc[0]["segment_ids"] == ("s1", "s2", "s4", "s3")
    assert table.iloc[1][["first_state", "second_state"]].tolist() == ["evidence", "nothing_said"]


def test_two_codes_can_be_in_one_case_and_never_in_one_turn() -> None:
    given_ = read(study())
    in_turns = together(given_, [(P1, P2)], "turn").set_index("row")["found"]
    assert in_turns.to_dict() == {
        "A1:1": "only_first", "A1:2": "only_second", "A2:1": "only_first", "A2:2": "neither", "B1:1": "only_first",
        "B2:1": "neither", "C2:1": "cannot_say"}  # fmt: skip
    assert together(given_, [(P1, P2)], "document").set_index("row").loc["A1", "found"] == "both"
    assert together(given_, [], "document").empty


@pytest.mark.parametrize("pair", [(P1, "C0099"), (P1, P1)])
def test_codes_that_are_none_or_the_same_are_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(ForanError):
        together(read(study()), [pair])
    with pytest.raises(UnknownName):
        together(read(study()), [(P1, P2)], "sentence")


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["C0001", "C0002", "C0003", "C0004", "C0005"])), max_size=10),
    st.sampled_from(WITHIN),
    st.frozensets(st.sampled_from(["A1", "B1", "C1"]), max_size=2),
)
def test_all_pairs_at_once_count_what_each_pair_tells(
    drawn: list[tuple[int, str]], within: str, hidden: frozenset[str]
) -> None:
    rows = [(f"s{n:02d}", UNITS[at][0], (UNITS[at][1],), code, "") for n, (at, code) in enumerate(drawn)]
    given_ = read(study(rows, hidden=hidden))
    counts = together_counts(given_, within).set_index(["first", "second"])
    pairs = list(combinations(given_.columns, 2))
    assert list(counts.index) == pairs
    told = together(given_, pairs, within)
    for pair in pairs:
        own = told[(told["first"] == pair[0]) & (told["second"] == pair[1])]["found"].value_counts()
        assert counts.loc[pair].to_dict() == {name: own.get(name, 0) for name in FOUND}


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["fremmer", "hemmer", "begge", "nøytral", ""])), max_size=12)
)
def test_patterns_and_negative_cases_agree_with_counting_one_by_one(drawn: list[tuple[int, str]]) -> None:
    rows = [(f"s{n:02d}", UNITS[at][0], (UNITS[at][1],), "C0001", polarity) for n, (at, polarity) in enumerate(drawn)]
    given_ = ready(rows)
    long, table = given_.shown, cells(given_, "document").set_index(["row", "column"])

    def turns(key: str, value: str, *polarities: str) -> set[str]:
        return set(long.loc[(long[key] == value) & long["polarity"].isin(polarities), "unit"])

    promoting = [
        c for c in CASES if len(turns("case", c, "fremmer", "begge")) > len(turns("case", c, "hemmer", "begge"))
    ]
    patterns = {p.kind: p for p in polarity_patterns(given_, CASES, least_cases=1)}
    assert (patterns["promoting"].cases if "promoting" in patterns else ()) == tuple(promoting)
    for pattern in patterns.values():
        against = ("hemmer", "begge") if pattern.kind == "promoting" else ("fremmer", "begge")
        along = ("fremmer", "begge") if pattern.kind == "promoting" else ("hemmer", "begge")
        found = negative_cases(given_, [pattern], CASES)
        expected = {
            (d, "opposite") if len(turns("document", d, *against)) > len(turns("document", d, *along)) else (d, "nothing_said")
            for d in given_.documents.index
            if len(turns("document", d, *against)) > len(turns("document", d, *along))
            or table.loc[(d, P1), "state"] == "nothing_said"
        }  # fmt: skip
        of_documents = found[found["grain"] == "document"]
        assert set(zip(of_documents["id"], of_documents["why"], strict=True)) == expected
        assert set(found.loc[found["grain"] == "turn", "id"]) == set(long.loc[long["polarity"].isin(against), "unit"])
