"""What was expected of each case against what was found: known answers, and the orders in which things can go wrong."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.analysis.evidence_chain import (
    BROKEN,
    CHAIN_COLUMNS,
    DANGLING_COLUMNS,
    STEPS,
    Claim,
    Ground,
    chain,
    dangling,
)
from foran_research.analysis.replication import (
    KINDS,
    MOSTLY_LITERAL,
    REPLICATION_COLUMNS,
    VERDICTS,
    WHY,
    Expectation,
    Outcome,
    Proposition,
    Verdict,
    replication,
    replication_table,
)
from foran_research.errors import ForanError, UnknownName

CASES = ("TRD", "BGO", "KRS")
CODED = {"TRD": "2020-02-20", "BGO": "2020-03-10", "KRS": "2020-06-10"}
SAME, OTHER = Expectation(True), Expectation(False, "liten innkjøpsenhet, få fagmiljø 🙂 a\u030a")
S, W, C, N = VERDICTS
BEFORE, BETWEEN, AFTER = "2020-01-15", "2020-04-01", "2020-07-01"


def outcome(
    expected: tuple[Expectation, ...] = (SAME, SAME, SAME),
    found: tuple[str, ...] = (S, S, S),
    stated_at: str = BEFORE,
    *,
    rival: str = "erfaring alene",
    segments: set[str] | None = None,
) -> Outcome:
    claim = Proposition(
        "m1", "Forankring går forut for innkjøp", ("C0022",), dict(zip(CASES, expected, strict=False)), stated_at, rival
    )
    verdicts = [
        Verdict(case, v, (f"{case}-s1",), "på vilkår av ledelse", "2021-01-01")
        for case, v in zip(CASES, found, strict=False)
        if v
    ]
    return replication(claim, verdicts, CODED, CASES, segments=segments)


@pytest.mark.parametrize(
    ("expected", "found", "stated_at", "kind", "why"),
    [
        # The four known answers of the design.
        ((SAME, SAME, SAME), (S, S, S), BEFORE, "literal", ("all-same",)),
        ((SAME, SAME, OTHER), (S, S, C), BEFORE, "theoretical", ("contrast",)),
        ((SAME, SAME, OTHER), (S, S, C), AFTER, "post_hoc", ("stated-after",)),
        ((SAME, SAME, SAME), (S, S, N), BEFORE, "incomplete", ("no-evidence",)),
        # Post hoc when only the second case was coded by then, and when on the same day.
        ((SAME, SAME, SAME), (S, S, S), BETWEEN, "post_hoc", ("stated-after",)),
        ((SAME, SAME, SAME), (S, S, S), CODED["BGO"], "post_hoc", ("stated-after",)),
        ((SAME, SAME, SAME), (S, S, S), "2020-03-09T23:59:59Z", "literal", ("all-same",)),
        ((SAME, SAME, SAME), (S, S, S), "", "post_hoc", ("no-date",)),
        # Conditions are support, but not the contrary.
        ((SAME, SAME, SAME), (S, W, S), BEFORE, "literal", ("all-same",)),
        ((SAME, SAME, OTHER), (S, S, W), BEFORE, "not_replicated", ("unexpected",)),
        # Expected to differ, and did not; expected the same, and was not.
        ((SAME, SAME, OTHER), (S, S, S), BEFORE, "not_replicated", ("unexpected",)),
        ((SAME, SAME, SAME), (S, S, C), BEFORE, "not_replicated", ("unexpected",)),
        # What was not as expected is not replicated whenever it was written.
        ((SAME, SAME, SAME), (S, S, C), AFTER, "not_replicated", ("unexpected",)),
        ((SAME, SAME, Expectation(False, " ")), (S, S, C), BEFORE, "not_replicated", ("no-reason",)),
        ((OTHER, OTHER, OTHER), (C, C, C), BEFORE, "not_replicated", ("no-contrast",)),
        # Nothing is said until all cases have been looked at.
        ((SAME, SAME, SAME), (S, C, ""), BEFORE, "incomplete", ("no-verdict",)),
        ((SAME, SAME, SAME), ("", N, C), AFTER, "incomplete", ("no-verdict", "no-evidence")),
        ((SAME,), (S,), BEFORE, "incomplete", ("one-case",)),
        ((), (), BEFORE, "incomplete", ("one-case",)),
        ((SAME, SAME), (S, S), BEFORE, "literal", ("all-same",)),
    ],
)  # fmt: skip
def test_replication_of_known_answers(
    expected: tuple[Expectation, ...], found: tuple[str, ...], stated_at: str, kind: str, why: tuple[str, ...]
) -> None:
    result = outcome(expected, found, stated_at)
    assert (result.kind, result.why) == (kind, why)
    assert result.memo_required == (kind in ("not_replicated", "post_hoc"))


def test_each_case_tells_whether_it_was_foretold() -> None:
    result = outcome(stated_at=BETWEEN)
    assert [(one.case, one.was_stated_before) for one in result.cases] == [("TRD", None), ("BGO", False), ("KRS", True)]
    assert (result.supporting, result.of_cases) == (3, 3)


def test_cases_come_in_the_order_of_coding_and_uncoded_ones_last() -> None:
    claim = Proposition("m1", "…", (), {"TRD": SAME, "BGO": SAME, "KRS": SAME}, BETWEEN)
    result = replication(claim, [], {"KRS": "2020-01-01", "BGO": "2020-02-02"}, CASES)
    assert [(one.case, one.was_stated_before) for one in result.cases] == [("KRS", None), ("BGO", False), ("TRD", True)]


def test_evidence_that_is_gone_makes_a_verdict_stale() -> None:
    result = outcome(segments={"TRD-s1", "KRS-s1"})
    assert (result.kind, result.why) == ("incomplete", ("stale-evidence",))
    assert [one.dangling for one in result.cases] == [(), ("BGO-s1",), ()]
    assert result.supporting == 2


def test_the_newest_verdict_counts_and_two_of_the_same_time_that_differ_decide_nothing() -> None:
    claim = Proposition("m1", "…", (), {"TRD": SAME, "BGO": SAME}, BEFORE)
    first, second = Verdict("BGO", C, ("s1",), at="2021-01-01"), Verdict("BGO", S, ("s2",), at="2021-02-01")
    trd = Verdict("TRD", S, ("s3",))
    assert replication(claim, [second, trd, first], CODED, CASES).kind == "literal"
    assert replication(claim, [second, trd, first], CODED, CASES).cases[1].verdicts == 2
    same_time = [trd, first, replace(second, at=first.at)]
    assert replication(claim, same_time, CODED, CASES).why == ("disputed",)
    assert replication(claim, same_time[::-1], CODED, CASES).why == ("disputed",)


def test_support_on_conditions_nobody_wrote_down_asks_for_a_memo() -> None:
    claim = Proposition("m1", "…", (), {"TRD": SAME, "BGO": SAME}, BEFORE, "x")
    found = [Verdict("TRD", S, ("s1",)), Verdict("BGO", W, ("s2",))]
    result = replication(claim, found, CODED, CASES)
    assert (result.kind, result.memo_required) == ("literal", True)
    assert result.notes == ("with-conditions", "some-cases")
    assert not replication(claim, [found[0], replace(found[1], text="ved sterk ledelse")], CODED, CASES).memo_required


def test_what_is_missing_is_noted_and_changes_no_outcome() -> None:
    claim = Proposition("m1", "…", (), dict.fromkeys(CASES, SAME), BEFORE)
    result = replication(claim, [Verdict(case, S, ("s1",)) for case in CASES], CODED, CASES)
    assert (result.kind, result.notes) == ("literal", ("no-rival",))
    told = [Verdict(case, S, ("s1",), rival="penger") for case in CASES]
    assert replication(claim, told, CODED, CASES).notes == ()


@pytest.mark.parametrize("verdict", [S, W, C])
def test_a_verdict_that_names_no_passage_counts_for_nothing(verdict: str) -> None:
    claim = Proposition("m1", "…", (), dict.fromkeys(CASES, SAME), BEFORE, "x")
    found = [Verdict("TRD", S, ("s1",)), Verdict("BGO", verdict, (), "fordi å 🙂"), Verdict("KRS", S, ("s3",))]
    result = replication(claim, found, CODED, CASES)
    assert (result.kind, result.why, result.supporting) == ("incomplete", ("no-evidence",), 2)
    assert "no-passages" in result.notes
    assert result.cases[1].is_as_expected is None


def test_a_verdict_on_a_case_that_nobody_has_coded_counts_for_nothing() -> None:
    claim = Proposition("m1", "…", (), dict.fromkeys(CASES, SAME), BEFORE, "x")
    found = [Verdict(case, S, (f"{case}-s1",)) for case in CASES]
    result = replication(claim, found, {case: CODED[case] for case in ("TRD", "BGO")}, CASES)
    assert (result.kind, result.why, result.supporting) == ("incomplete", ("not-coded",), 2)
    assert replication(claim, found, {}, CASES).why == ("not-coded",)
    assert replication(claim, found, CODED, CASES).kind == "literal"


def test_a_disputed_case_supports_nothing_in_whatever_order_the_verdicts_come() -> None:
    claim = Proposition("m1", "…", (), {"TRD": SAME, "BGO": SAME}, BEFORE, "x")
    trd = Verdict("TRD", S, ("s3",))
    at = "2021-01-01T10:00:00Z"
    disputed = [
        Verdict("BGO", C, ("s1",), "a", at),
        Verdict("BGO", S, ("s2",), "b", at),
        Verdict("BGO", S, ("s0",), "c", at),
    ]
    results = [replication(claim, [trd, *order], CODED, CASES) for order in permutations(disputed)]
    assert all(result == results[0] for result in results)
    assert (results[0].why, results[0].supporting, results[0].cases[1].is_as_expected) == (("disputed",), 1, None)


def test_times_are_compared_as_times_and_not_as_texts() -> None:
    claim = Proposition("m1", "…", (), {"TRD": SAME, "BGO": SAME}, BEFORE, "x")
    trd = Verdict("TRD", S, ("s3",))
    # 12:30 at two hours east is 10:30, before 11:00; as texts it is the other way round.
    early = Verdict("BGO", C, ("s1",), at="2021-06-01T12:30:00+02:00")
    late = Verdict("BGO", S, ("s2",), at="2021-06-01T11:00:00Z")
    assert replication(claim, [trd, late, early], CODED, CASES).kind == "literal"
    same = replace(early, at="2021-06-01T13:00:00+02:00")
    assert replication(claim, [trd, late, same], CODED, CASES).why == ("disputed",)
    # Half past midnight of the tenth, two hours east, is the ninth: the day before BGO was coded.
    for stated, kind in (("2020-03-10T00:30:00+02:00", "literal"), ("2020-03-09T23:30:00-02:00", "post_hoc")):
        assert replication(replace(claim, stated_at=stated), [trd, late], CODED, CASES).kind == kind
    with pytest.raises(ForanError, match=r"verdict on BGO: a text of \d+ characters is no time"):
        replication(claim, [trd, replace(late, at="en gang i vår, tror jeg")], CODED, CASES)


def test_conditions_are_those_of_the_newest_verdict() -> None:
    claim = Proposition("m1", "…", (), {"TRD": SAME, "BGO": SAME}, BEFORE, "x")
    trd = Verdict("TRD", S, ("s3",))
    older = Verdict("BGO", W, ("s1",), "ved sterk ledelse å 🙂", "2021-01-01")
    newer = Verdict("BGO", W, ("s1",), " ", "2021-02-01")
    assert replication(claim, [trd, newer, older], CODED, CASES).memo_required
    assert not replication(claim, [trd, newer, replace(older, at="2021-03-01")], CODED, CASES).memo_required


def test_bad_input_is_told_all_at_once_without_a_persons_words() -> None:
    claim = Proposition("m1", "…", (), {"TRD": SAME}, "i fjor vår en gang")
    with pytest.raises(ForanError) as caught:
        replication(claim, [Verdict("BGO", "kanskje på en måte")], {"TRD": "2020-13-01"}, CASES)
    told = str(caught.value)
    assert "verdicts on BGO" in told
    assert "a text of 18 characters on BGO" in told
    assert "stated_at" in told
    assert "first coding of TRD" in told
    assert "kanskje" not in told
    with pytest.raises(UnknownName, match="unknown case 'OSL'"):
        replication(replace(claim, expectations={"OSL": SAME}), [], {}, CASES)


@given(
    st.lists(st.booleans(), min_size=2, max_size=3),
    st.lists(st.sampled_from([S, W, C, N, ""]), min_size=3, max_size=3),
    st.sampled_from([BEFORE, BETWEEN, AFTER, ""]),
)
def test_outcomes_follow_the_rules_as_said_in_words(same: list[bool], found: list[str], stated_at: str) -> None:
    result = outcome(tuple(SAME if s else OTHER for s in same), tuple(found[: len(same)]), stated_at)
    seen = found[: len(same)]
    as_expected = all((v in (S, W)) if s else v == C for s, v in zip(same, seen, strict=True))
    in_time = stated_at == BEFORE
    if "" in seen or N in seen:
        expected = "incomplete"
    elif not as_expected or not any(same):
        expected = "not_replicated"
    elif not in_time:
        expected = "post_hoc"
    else:
        expected = "literal" if all(same) else "theoretical"
    assert result.kind == expected
    assert set(result.why) <= set(WHY)
    assert result.kind in KINDS


def test_stating_later_never_makes_an_outcome_better() -> None:
    rank = {"literal": 2, "theoretical": 2, "post_hoc": 1, "not_replicated": 0, "incomplete": 0}
    for expected, found in (((SAME,) * 3, (S, S, S)), ((SAME, SAME, OTHER), (S, S, C)), ((SAME,) * 3, (S, C, S))):
        kinds = [rank[outcome(expected, found, day).kind] for day in (BEFORE, BETWEEN, AFTER)]
        assert kinds == sorted(kinds, reverse=True)


def test_the_table_has_a_row_per_case_and_every_reason_is_told_in_both_languages() -> None:
    table = replication_table([outcome(), outcome(found=(S, "", C))])
    assert list(table.columns) == list(REPLICATION_COLUMNS)
    assert table["is_as_expected"].tolist() == [True, True, True, True, None, False]
    assert replication_table([]).empty
    assert all(set(told) == {"nb", "en"} and all(told.values()) for told in WHY.values())
    assert MOSTLY_LITERAL in WHY


# The chain of evidence

GROUND = Ground(
    segments=pd.DataFrame(
        {"segment": ["s1", "s2", "s3", "s4"], "document": ["D1", "D1", "D2", "D9"], "code": ["C3", "C1", "C1", "C1"],
         "element": ["C2", "C1", "C1", "C1"]}),
    documents=pd.DataFrame({"text_sha256": ["aa", "bb"], "guide": ["g1", "g9"]}, index=["D1", "D2"]),
    texts={"D1": "aa", "D2": "cc"}, guides={"g1": ("C2",)}, codes=("C1", "C2", "C3"), rows=("TRD",), memos=("m1",),
)  # fmt: skip


def test_a_whole_chain_dangles_nowhere() -> None:
    claim = Claim("m1", "summary", ("C2",), ("s1",), "TRD", ("m1",), {"D1": "aa"})
    assert dangling([claim], GROUND).empty
    assert list(dangling([claim], GROUND).columns) == list(DANGLING_COLUMNS)
    assert chain([claim], GROUND).to_dict("records") == [
        {"claim": "m1", "kind": "summary", "row": "TRD", "segment": "s1", "code": "C3", "document": "D1",
         "text_sha256": "aa", "guide": "g1", "question": "asked", "broken": ""}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (Claim("c", "element", ("C1",), ()), [("claim", "c", "no-evidence")]),
        (Claim("c", "verdict", ("C1",), (), is_of_absence=True), []),
        (Claim("c", "summary", ("C8",), ("s2",)), [("code", "C8", "no-code"), ("segment", "s2", "other-code")]),
        (Claim("c", "summary", ("C1",), ("s2",), row="OSL"), [("row", "OSL", "no-row")]),
        (Claim("c", "verdict", (), ("s2",), memos=("m7",)), [("memo", "m7", "no-memo")]),
        (Claim("c", "element", ("C1",), ("s2", "s8", "s8")), [("segment", "s8", "no-segment")]),
        (Claim("c", "element", ("C1",), ("s1",)), [("segment", "s1", "other-code")]),
        (Claim("c", "element", (), ("s4",)), [("document", "D9", "no-document")]),
        (Claim("c", "element", (), ("s3",)), [("text", "D2", "other-text"), ("question", "g9", "no-guide")]),
        (Claim("c", "element", (), ("s2",), texts={"D1": "old"}), [("text", "D1", "other-text")]),
    ],
)
def test_every_link_that_does_not_hold_is_named_once(claim: Claim, expected: list[tuple[str, str, str]]) -> None:
    found = dangling([claim], GROUND)
    assert [tuple(row) for row in found[["step", "id", "why"]].itertuples(index=False)] == expected
    assert set(found["step"]) <= set(STEPS)
    assert set(found["why"]) <= set(BROKEN)


def test_the_chain_names_the_first_broken_link_and_whether_anybody_asked() -> None:
    table = chain([Claim("c", "element", ("C1",), ("s2", "s3", "s4", "s8"))], GROUND).set_index("segment")
    assert list(chain([], GROUND).columns) == list(CHAIN_COLUMNS)
    assert table["broken"].to_dict() == {"s2": "", "s3": "text", "s4": "document", "s8": "segment"}
    assert table["question"].to_dict() == {"s2": "unprompted", "s3": "unprompted", "s4": "no_guide", "s8": ""}


def test_ground_without_its_columns_is_refused() -> None:
    with pytest.raises(ForanError, match="segments: no column code; documents: no column guide"):
        Ground(GROUND.segments.drop(columns="code"), GROUND.documents.drop(columns="guide"), {}, {})
