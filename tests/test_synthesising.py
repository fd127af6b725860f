"""Cross-case synthesis of a whole study: written, dated, held against the codings, withdrawn. Everything is invented."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from small_study import SmallStudy, write_small_study

from foran_research import memoing, synthesising
from foran_research.backup import backup, restore
from foran_research.coder.snapshot import memos_elsewhere
from foran_research.coding.memo_store import memo_path
from foran_research.coding.memos import wrong_in
from foran_research.coding.synthesis_memos import SYNTHESIS_FIELDS, Expected, expectation_text, expectations_in
from foran_research.errors import ForanError, UnknownName
from foran_research.models.synthesis import Synthesis
from foran_research.study import Study
from foran_research.synthesising.writing import expected_of
from foran_research.verifying import verify
from foran_research.withdrawal import withdraw

BEFORE, LATE, LATER = "2020-02-20T09:00:00Z", "2021-10-01T09:00:00Z", "2021-10-02T09:00:00Z"
TEXT = "Nattevaktene ble spurt 😀 og <b>a\u030apent</b>"
SAME = {"FJO": "same", "HEI": "samme", "STR": "lik"}
#: One coded segment of P1 in FJO and STR, and of E1 in HEI.
FJO, STR, HEI = "FJO-I01.K1.s01", "STR-I01.K1.s01", "HEI-I01.K1.s01"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("synthesis") / "study").path


@pytest.fixture
def small(template: Path, tmp_path: Path) -> SmallStudy:
    return SmallStudy(Path(shutil.copytree(template, tmp_path / "study")))


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORAN_CODER", raising=False)


def loaded(small: SmallStudy) -> Study:
    study, faults = small.read()
    assert study is not None
    assert [str(fault) for fault in faults.errors] == []
    return study


def made(small: SmallStudy, milestone: str = "M2", **asked: Any) -> Synthesis:
    return synthesising.synthesis(loaded(small), milestone, replicates=5, **asked)


def proposed(small: SmallStudy, at: str = BEFORE, expected: dict[str, str] | None = None, **more: Any) -> str:
    told = {"elements": ["P1"], "rival": "Tilfeldig å.", "at": at} | more
    return synthesising.propose(loaded(small), "K1", TEXT, expected or SAME, **told)


def judged(small: SmallStudy, name: str, case: str, verdict: str = "supports", *evidence: str, **more: Any) -> str:
    told = {"text": "Derfor å 😀", "evidence": evidence, "at": LATE} | more
    return synthesising.judge(loaded(small), "K1", name, case, verdict, **told)


def all_support(small: SmallStudy, name: str) -> None:
    for case, segment in (("FJO", FJO), ("HEI", HEI), ("STR", STR)):
        judged(small, name, case, "supports", segment)


def kind_of(small: SmallStudy) -> tuple[str, tuple[str, ...]]:
    (claim,) = made(small).claims
    return claim.outcome.kind, claim.outcome.why


def cell(found: Synthesis, row: str, display: str = "P1", kind: str = "case") -> dict[str, Any]:
    code = found.codebook.find(display)
    assert code is not None
    table = found.matrices[kind].cells
    (only,) = table[(table["row"] == row) & (table["column"] == code.id)].to_dict("records")
    return {str(key): value for key, value in only.items()}


# What is written


def test_a_summary_is_linked_to_its_whole_cell_and_a_second_one_takes_its_place(small: SmallStudy) -> None:
    study = loaded(small)
    name = synthesising.summarise(study, "K1", "P1", case="FJO", text=TEXT, at=LATE)
    found = cell(made(small), "FJO")
    assert (found["summary"], found["text"], found["author"], found["freshness"]) == (name, TEXT, "K1", "fresh")
    (row,) = memoing.memos(loaded(small)).query("type == 'summary'").to_dict("records")
    assert row["about_kind"] == "code"
    assert {one for kind, one in row["links"] if kind == "segment"} == set(found["segment_ids"])
    assert ("case", "FJO") in row["links"]
    again = synthesising.summarise(loaded(small), "K1", "P1", case="FJO", text="Nytt å", at=LATER)
    assert again == name
    assert cell(made(small), "FJO")["text"] == "Nytt å"
    assert [state.wording.text for state in memoing.history(loaded(small), name) if state.wording] == [TEXT, "Nytt å"]
    # As of the day before, it was the first one.
    then = synthesising.synthesis(loaded(small).at("2021-10-01"), "M2", replicates=5)
    assert cell(then, "FJO")["text"] == TEXT
    # Another coder's stands beside it; the newest is shown, and both are named.
    other = synthesising.summarise(loaded(small), "K2", "P1", case="FJO", text="Mitt", at="2021-10-03T09:00:00Z")
    shown = cell(made(small), "FJO")
    assert (shown["summary"], shown["summaries"]) == (other, (other, name))


def test_a_summary_of_a_document_and_of_a_process_stands_in_their_own_matrices(small: SmallStudy) -> None:
    synthesising.summarise(loaded(small), "K1", "P1", document="FJO-I02", text="Tynn", at=LATE)
    synthesising.summarise(loaded(small), "K1", "P1", process="FJO-1", text="Stille", at=LATE)
    found = made(small)
    assert cell(found, "FJO-I02", kind="document")["text"] == "Tynn"
    assert cell(found, "FJO-1", kind="process")["text"] == "Stille"
    assert cell(found, "FJO")["summary"] == ""


def test_a_summary_is_stale_when_the_cell_holds_something_else(small: SmallStudy) -> None:
    synthesising.summarise(loaded(small), "K1", "P1", case="STR", text="å", milestone="M1", at=LATE)
    assert cell(made(small, "M1"), "STR")["freshness"] == "fresh"
    # M2 has a document more of this case, coded P1.
    later = cell(made(small), "STR")
    assert (later["freshness"], later["added"], later["removed"]) == ("stale", (STR,), ())


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"case": "FJO", "text": " "}, "without words"), ({"text": "å"}, "exactly one"),
        ({"case": "FJO", "document": "FJO-I01", "text": "å"}, "exactly one"), ({"case": "OSL", "text": "å"}, "OSL"),
        ({"case": "HEI", "text": "å"}, "no coded segment"), ({"case": "FJO", "text": "å", "milestone": "M9"}, "M9"),
    ],
)  # fmt: skip
def test_a_summary_of_nothing_or_by_nobody_is_refused_and_nothing_is_written(
    small: SmallStudy, asked: dict[str, str], match: str
) -> None:
    before = small.fingerprint()
    with pytest.raises(ForanError, match=match):
        synthesising.summarise(loaded(small), "K1", "P1", **asked, at=LATE)
    with pytest.raises(UnknownName, match="P99"):
        synthesising.summarise(loaded(small), "K1", "P99", case="FJO", text="å", at=LATE)
    assert small.fingerprint() == before


# Replication


def test_the_same_expected_before_and_found_everywhere_is_literal(small: SmallStudy) -> None:
    all_support(small, proposed(small))
    assert kind_of(small) == ("literal", ("all-same",))


def test_the_contrary_expected_for_a_reason_stated_before_is_theoretical(small: SmallStudy) -> None:
    name = proposed(small, expected=SAME | {"STR": "ulik fordi brukerne er ukjente"})
    judged(small, name, "FJO", "supports", FJO)
    judged(small, name, "HEI", "supports", HEI)
    judged(small, name, "STR", "contradicts", STR)
    assert kind_of(small)[0] == "theoretical"
    (claim,) = made(small).claims
    assert claim.proposition.expectations["STR"].reason == "brukerne er ukjente"


def test_what_is_stated_after_a_later_case_was_coded_is_post_hoc(small: SmallStudy) -> None:
    # The second case was first coded on 2020-08-22, the third on 2020-09-20.
    all_support(small, proposed(small, at="2020-09-01T09:00:00Z"))
    assert kind_of(small) == ("post_hoc", ("stated-after",))
    (claim,) = made(small).claims
    before = {one.case: one.was_stated_before for one in claim.outcome.cases}
    assert before == {"FJO": None, "HEI": False, "STR": True}
    assert claim.outcome.memo_required


def test_a_changed_expectation_is_dated_anew_and_a_changed_rival_is_not(small: SmallStudy) -> None:
    name = proposed(small)
    all_support(small, name)
    synthesising.restate(loaded(small), "K1", name, rival="Noe annet å", at=LATE)
    assert kind_of(small)[0] == "literal"
    (claim,) = made(small).claims
    assert (claim.proposition.stated_at, claim.written_at, claim.proposition.rival) == (BEFORE, BEFORE, "Noe annet å")
    changed = {**SAME, "STR": "different because å"}
    synthesising.restate(loaded(small), "K1", name, expected=changed, at=LATER)
    (claim,) = made(small).claims
    assert (claim.proposition.stated_at, claim.written_at, claim.versions) == (LATER, BEFORE, 3)
    # Blanks and capitals are no other claim.
    second = synthesising.propose(loaded(small), "K1", f"To: {TEXT}", SAME, at="2020-02-21T09:00:00Z")
    synthesising.restate(loaded(small), "K1", second, text=f"to: {TEXT}".upper() + " ", at=LATE)
    assert made(small).claims[1].proposition.stated_at == "2020-02-21T09:00:00Z"


def test_a_day_told_for_a_proposition_written_elsewhere_counts_and_is_told_as_such(small: SmallStudy) -> None:
    all_support(small, proposed(small, at=LATE, stated_on="2020-02-01"))
    (claim,) = made(small).claims
    assert (claim.outcome.kind, claim.is_told, claim.written_at) == ("literal", True, LATE)
    with pytest.raises(ForanError, match="after the proposition is written"):
        proposed(small, at=BEFORE, stated_on="2020-03-01")
    with pytest.raises(ForanError, match="YYYY-MM-DD"):
        proposed(small, stated_on="i går")


@pytest.mark.parametrize("how", ["expectation", "text", "day", "elements", "day and text"])
def test_a_day_told_for_one_claim_is_no_day_of_another(small: SmallStudy, how: str) -> None:
    name = proposed(small, at=LATE, stated_on="2019-12-01")
    assert made(small).claims[0].is_told
    changes: dict[str, Any] = {
        "expectation": {"fields": {"expectation": "FJO: same\nHEI: same\nSTR: different because å 😀"}},
        "text": {"text": "Noe helt annet å 😀"},
        "day": {"fields": {"stated_on": "2019-01-01"}},
        "elements": {"links": [("code", "C0005")]},
        "day and text": {"text": "Noe helt annet å 😀", "fields": {"stated_on": "2019-01-01"}},
    }
    memoing.change(loaded(small), name, coder="K1", at=LATER, **changes[how])
    (claim,) = made(small).claims
    # The day was told anew with the new words, or else it is when these words were written.
    expected = {"day": LATE, "day and text": "2019-01-01"}.get(how, LATER)
    assert (claim.proposition.stated_at, claim.is_told) == (expected, how == "day and text")
    if how == "text":
        memoing.change(loaded(small), name, coder="K1", at="2021-10-03T09:00:00Z", text=TEXT)
        assert made(small).claims[0].proposition.stated_at == "2021-10-03T09:00:00Z"


def test_evidence_of_another_municipality_is_refused_and_counts_for_nothing(small: SmallStudy) -> None:
    name = proposed(small)
    with pytest.raises(ForanError, match=r"FJO-I01.K1.s01: of FJO, and no evidence of STR; nothing was written"):
        judged(small, name, "STR", "supports", FJO)
    all_support(small, name)
    memo = judged(small, name, "STR", "supports", STR)
    memoing.change(loaded(small), memo, coder="K1", at=LATER, links=[("case", "STR"), ("segment", FJO)])
    assert kind_of(small) == ("incomplete", ("foreign-evidence",))
    found = made(small)
    assert ("foreign_evidence", memo, FJO) in set(found.problems.itertuples(index=False, name=None))
    assert found.claims[0].outcome.supporting == 2


def test_two_coders_who_differ_decide_nothing_until_one_is_withdrawn(small: SmallStudy) -> None:
    name = proposed(small)
    all_support(small, name)
    told = {"text": "Uenig å 😀", "evidence": [FJO]}
    other = synthesising.judge(loaded(small), "K2", name, "FJO", "contradicts", at="2021-09-01T09:00:00Z", **told)
    assert kind_of(small) == ("incomplete", ("disputed",))
    with pytest.raises(UnknownName, match="summary, proposition or verdict"):
        synthesising.withdraw(loaded(small), "K1", "memo.K9.m0001")
    with pytest.raises(ForanError, match="K2's"):
        synthesising.withdraw(loaded(small), "K1", other)
    assert synthesising.withdraw(loaded(small), "K2", other, at=LATER) == other
    assert kind_of(small)[0] == "literal"
    assert len(synthesising.propositions_of(loaded(small))) == 1
    synthesising.withdraw(loaded(small), "K1", name, at=LATER)
    assert made(small).claims == ()


def test_what_has_lost_its_words_does_not_count_and_is_told(small: SmallStudy) -> None:
    name = proposed(small)
    all_support(small, name)
    (verdict,) = [one.memo for one in made(small).claims[0].verdicts if one.verdict.case == "STR"]
    memoing.change(loaded(small), verdict, coder="K1", at=LATER, text="")
    assert kind_of(small) == ("incomplete", ("no-verdict",))
    assert ("empty_text", verdict, "") in set(made(small).problems.itertuples(index=False, name=None))
    memoing.change(loaded(small), name, coder="K1", at=LATER, text="")
    found = made(small)
    assert found.claims == ()
    assert set(found.problems.itertuples(index=False, name=None)) == {("empty_text", name, "")}


def test_a_proposition_proposed_twice_in_the_same_words_is_one(small: SmallStudy) -> None:
    first = proposed(small)
    assert proposed(small, at=LATE) == first
    (claim,) = made(small).claims
    assert (claim.versions, claim.proposition.stated_at) == (1, BEFORE)
    assert proposed(small, at=LATE, expected={**SAME, "STR": "ulik fordi å"}) == first
    assert made(small).claims[0].proposition.stated_at == LATE
    assert synthesising.propose(loaded(small), "K2", TEXT, SAME, at=LATE) != first


def test_a_verdict_tells_what_has_been_coded_since(small: SmallStudy) -> None:
    name = proposed(small)
    early = "2020-01-02T09:00:00Z"
    old = judged(small, name, "FJO", "supports", FJO, at=early)
    none = judged(small, name, "STR", "no_evidence", at=LATER)
    told = {(row["problem"], row["memo"]) for row in made(small).problems.to_dict("records")}
    assert ("evidence_changed", old) in told
    assert ("new_since_verdict", none) in told
    judged(small, name, "FJO", "supports", FJO, at=LATER, text="Lest igjen å 😀")
    judged(small, name, "STR", "supports", STR, at="2021-10-03T09:00:00Z")
    assert "evidence_changed" not in set(made(small).problems["problem"])


def test_a_report_does_not_depend_on_who_makes_it(small: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    all_support(small, proposed(small))
    blind = frozenset({("K1", "FJO-I01")})
    monkeypatch.setattr(Study, "withheld_from", lambda self, viewer: blind if viewer == "K2" else frozenset())
    before = synthesising.report_files(made(small), loaded(small).settings, "nb")
    monkeypatch.setenv("FORAN_CODER", "K2")
    assert synthesising.report_files(made(small), loaded(small).settings, "nb") == before
    assert made(small).claims[0].outcome.kind == "literal"
    monkeypatch.setattr(Study, "withheld_from", lambda self, viewer: blind)
    # Of all that is kept back only the verdict is of a synthesis.
    memoing.add(loaded(small), coder="K1", about=f"segment:{FJO}", at=LATER, text="å", memo_type="method")
    assert made(small).withheld == 1


def test_summaries_stand_in_the_chain_and_evidence_of_other_elements_is_told(small: SmallStudy) -> None:
    summary = synthesising.summarise(loaded(small), "K1", "P1", case="FJO", text=TEXT, at=LATE)
    name = proposed(small, elements=["P1"])
    memo = judged(small, name, "HEI", "supports", HEI)
    found = made(small)
    rows = found.chain[found.chain["claim_kind"] == "summary"]
    assert set(rows["claim"]) == {summary}
    assert FJO in set(rows["segment"])
    assert ("other_code", memo, HEI) in set(found.problems.itertuples(index=False, name=None))
    memoing.change(loaded(small), summary, coder="K1", at=LATER, links=[("case", "FJO"), ("segment", "FJO-I01.K1.s99")])
    found = made(small)
    assert ("broken_chain", summary, "FJO-I01.K1.s99") in set(found.problems.itertuples(index=False, name=None))
    assert cell(found, "FJO")["freshness"] == "stale"


def test_no_evidence_and_no_verdict_leave_a_proposition_incomplete(small: SmallStudy) -> None:
    name = proposed(small)
    judged(small, name, "FJO", "supports", FJO)
    judged(small, name, "HEI", "no_evidence")
    assert kind_of(small) == ("incomplete", ("no-evidence", "no-verdict"))


def test_a_second_verdict_takes_the_place_of_the_first(small: SmallStudy) -> None:
    name = proposed(small)
    first = judged(small, name, "FJO", "supports", FJO)
    assert judged(small, name, "FJO", "contradicts", FJO, at=LATER) == first
    (claim,) = made(small).claims
    assert [one.verdict.verdict for one in claim.verdicts] == ["contradicts"]


@pytest.mark.parametrize(
    ("expected", "match"),
    [
        ({}, "without expectations"), ({"OSL": "same"}, "OSL"), ({"FJO": "different"}, "an expectation that is none"),
        ({"FJO": "different because"}, "an expectation that is none"), ({"FJO": "kanskje"}, "an expectation that is none"),
        ({"FJO": Expected(False, " ")}, "without a reason"),
    ],
)  # fmt: skip
def test_an_expectation_that_says_nothing_is_refused(small: SmallStudy, expected: Any, match: str) -> None:
    with pytest.raises(ForanError, match=match):
        synthesising.propose(loaded(small), "K1", TEXT, expected, at=BEFORE)
    assert not memo_path(small.path, "K1").exists()


def test_a_verdict_that_cannot_stand_is_refused(small: SmallStudy) -> None:
    name = proposed(small, expected={"FJO": "same", "HEI": "same"})
    before = small.fingerprint()
    for case, verdict, evidence, more, match in (
        ("FJO", "supports", (), {}, "no coded segment"),
        ("FJO", "no_evidence", (FJO,), {}, "no evidence"),
        ("FJO", "kanskje", (FJO,), {}, "kanskje"),
        ("STR", "supports", (STR,), {}, "expects nothing of STR"),
        ("OSL", "supports", (FJO,), {}, "OSL"),
        ("FJO", "supports", ("FJO-I01.K1.s99",), {}, "s99"),
        ("FJO", "supports", (FJO,), {"text": " "}, "without reasons"),
    ):
        with pytest.raises(ForanError, match=match):
            judged(small, name, case, verdict, *evidence, **more)
    with pytest.raises(UnknownName, match=r"memo\.K1\.m0099"):
        judged(small, "memo.K1.m0099", "FJO", "supports", FJO)
    assert small.fingerprint() == before
    # A proposition that was taken away cannot be judged.
    memoing.change(
        loaded(small), name, coder="K1", at=LATE, text="", fields=dict.fromkeys(("expectation", "rival"), "")
    )
    with pytest.raises(UnknownName, match=name):
        judged(small, name, "FJO", "supports", FJO)


# What does not hold together is told


def appended(small: SmallStudy, record: dict[str, Any], name: str) -> None:
    """A memo as another program might write it, past the library."""
    from foran_research.coding.journal import append, following, read_log
    from foran_research.errors import Faults

    path = memo_path(small.path, "K1")
    log = read_log(path, "corpus/memos/K1.jsonl", Faults())
    draft = {
        "at": LATER, "coder": "K1", "document": "", "text_sha256": "0" * 64, "action": "note", "segment": name,
        "codebook_version": "2.0.0", "before": None, "after": {"kind": "memo", "text": "å", **record},
    }  # fmt: skip
    append(path, following(log, [draft], is_one_act=False))


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "summary", "about": {"study": "s"}, "links": [{"case": "FJO"}]},
        {"type": "summary", "about": {"code": "C0001"}},
        {"type": "summary", "about": {"code": "C0001"}, "links": [{"case": "FJO"}, {"document": "FJO-I01"}]},
        {"type": "summary", "about": {"code": "C0001"}, "links": [{"case": "FJO"}], "fields": {"basis": "abc"}},
        {"type": "summary", "about": {"code": "C0001"}, "links": [{"case": "FJO"}], "fields": {"surprise": "å"}},
        {"type": "proposition", "about": {"study": "s"}, "fields": {"expectation": "FJO kanskje"}},
        {"type": "proposition", "about": {"study": "s"}, "fields": {"expectation": "FJO: same\nFJO: same"}},
        {"type": "proposition", "about": {"study": "s"}, "fields": {"expectation": "FJO: same because å"}},
        {"type": "proposition", "about": {"study": "s"}, "fields": {"stated_on": "2020"}},
        {"type": "proposition", "about": {"study": "s"}, "fields": {"stated_on": "2022-01-01"}},
        {"type": "verdict", "about": {"code": "C0001"}, "links": [{"case": "FJO"}]},
        {"type": "verdict", "about": {"memo": "m"}, "links": [{"document": "FJO-I01"}]},
        {"type": "verdict", "about": {"memo": "m"}, "links": [{"case": "FJO"}], "fields": {"verdict": "ja"}},
    ],
)
def test_a_record_that_nobody_can_read_is_a_fault_with_its_line(small: SmallStudy, wrong: dict[str, Any]) -> None:
    proposed(small)
    appended(small, wrong, "memo.K1.m0002")
    _, faults = small.read()
    assert [(one.kind, one.file, one.line) for one in faults.errors] == [("bad-memo", "corpus/memos/K1.jsonl", 2)]


def test_every_synthesis_memo_without_its_words_can_be_read() -> None:
    links = {"summary": [{"case": "FJO"}], "proposition": [], "verdict": [{"case": "FJO"}]}
    about = {"summary": {"code": "C0001"}, "proposition": {"study": "s"}, "verdict": {"memo": "m"}}
    for kind, fields in SYNTHESIS_FIELDS.items():
        record = {"kind": "memo", "type": kind, "about": about[kind], "links": links[kind], "text": ""}
        assert wrong_in(record | {"fields": dict.fromkeys(fields, "")}) is None


def test_links_to_cases_processes_and_memos_that_are_not_there_are_warnings(small: SmallStudy) -> None:
    proposed(small)
    links = [{"case": "OSL"}, {"process": "OSL-1"}]
    appended(small, {"about": {"memo": "memo.K9.m0001"}, "links": links}, "memo.K1.m0002")
    _, faults = small.read()
    assert [one.kind for one in faults] == ["dangling-link"] * 3


def test_evidence_that_is_gone_and_verdicts_on_nothing_are_told_and_stop_nothing(small: SmallStudy) -> None:
    name = proposed(small)
    links = [{"case": "FJO"}, {"segment": "FJO-I01.K1.s99"}]
    verdict = {"type": "verdict", "about": {"memo": name}, "links": links, "fields": {"verdict": "supports"}}
    appended(small, verdict, "memo.K1.m0002")
    appended(small, verdict | {"about": {"memo": "memo.K1.m0077"}}, "memo.K1.m0003")
    other = {"type": "proposition", "about": {"study": "small"}, "fields": {"expectation": "OSL: same"}}
    appended(small, other, "memo.K1.m0004")
    appended(small, {"type": "proposition", "about": {"study": "small"}}, "memo.K1.m0005")
    found = made(small)
    assert "stale-evidence" in found.claims[0].outcome.why
    told = {(row["problem"], row["memo"]) for row in found.problems.to_dict("records")}
    assert told == {
        ("broken_chain", "memo.K1.m0002"), ("verdict_on_nothing", "memo.K1.m0003"), ("unknown_case", "memo.K1.m0004"),
        ("no_expectation", "memo.K1.m0005"),
    }  # fmt: skip
    assert [claim.outcome.kind for claim in found.claims] == ["incomplete"] * 3


def test_a_study_without_anything_written_and_a_milestone_without_a_case_have_a_report(small: SmallStudy) -> None:
    # At M1 the third case has a workshop note only, and nothing is written.
    found = made(small, "M1")
    assert (found.claims, found.memos_until, len(found.problems)) == ((), "", 0)
    empty = synthesising.synthesis(loaded(small).at("2020-03-05"), "M1", replicates=5)
    assert all(row != "evidence" for row in empty.matrices["case"].cells["state"])
    files = synthesising.report_files(empty, loaded(small).settings, "en")
    assert b"No propositions have been written" in files["synthesis.html"]


# Hidden documents, words, withdrawal, backup


def hide(small: SmallStudy, document: str) -> None:
    path = small.path / "corpus/documents.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(line.replace(",open,", ",restricted,") if line.startswith(document) else line for line in lines)
    )


def test_what_may_not_be_shown_is_neither_counted_nor_told_by_what_people_wrote(small: SmallStudy) -> None:
    synthesising.summarise(loaded(small), "K1", "P1", case="FJO", text="HEMMELIG sammendrag", at=LATE)
    name = proposed(small)
    judged(small, name, "FJO", "supports", FJO, text="HEMMELIG grunn", rival="HEMMELIG rival")
    hide(small, "FJO-I01")
    found = made(small, words=True)
    assert found.hidden == 1
    assert not {place.document for place in found.places.values()} & {"FJO-I01"}
    shown = cell(found, "FJO")
    assert (shown["is_withheld"], shown["text"]) == (True, "")
    assert "FJO-I01" not in shown["document_ids"]
    files = synthesising.report_files(found, loaded(small).settings, "nb")
    text = b"".join(data for path, data in files.items() if path.endswith((".html", ".csv")))
    assert b"HEMMELIG" not in text
    assert b"nattevaktene hva de trengte" not in text
    assert b"FJO-I01" not in text


def test_words_stand_in_the_report_only_when_asked_for_and_when_they_may_be_quoted(small: SmallStudy) -> None:
    without, with_words = made(small), made(small, words=True)
    assert {place.words for place in without.places.values()} == {""}
    assert with_words.places[FJO].words.startswith("Vi spurte nattevaktene")
    # STR-BRU-01 consented to analysis, not to quotation.
    assert with_words.places[STR].words == ""


def test_a_withdrawal_empties_what_was_written_of_her_and_leaves_the_rest(small: SmallStudy) -> None:
    name = proposed(small)
    synthesising.summarise(loaded(small), "K1", "P1", case="FJO", text="SKAL BORT 1", at=LATE)
    synthesising.summarise(loaded(small), "K1", "P1", case="STR", text="Står igjen", at=LATE)
    judged(small, name, "FJO", "supports", FJO, text="SKAL BORT 2", rival="SKAL BORT 3")
    judged(small, name, "STR", "supports", STR)
    withdraw(small.path, "FJO-PL-01", at="2021-11-01T10:00:00Z", reason="bedt om det")
    for path in sorted(small.path.rglob("*.jsonl")):
        assert "SKAL BORT" not in path.read_text("utf-8"), path
    study = loaded(small)
    assert study.warnings == ()
    assert not verify(small.path).faults
    found = made(small)
    assert cell(found, "FJO")["summary"] == ""
    assert cell(found, "STR")["text"] == "Står igjen"
    (claim,) = found.claims
    assert [one.verdict.case for one in claim.verdicts] == ["STR"]
    # Ids, types and links stay, also that to the proposition.
    events = [json.loads(line) for line in memo_path(small.path, "K1").read_text("utf-8").splitlines()]
    emptied = [
        e["after"] for e in events if e["after"] and e["after"].get("type") == "verdict" and not e["after"]["text"]
    ]
    assert emptied[0]["about"] == {"memo": name}
    assert {"case": "FJO"} in emptied[0]["links"]
    assert emptied[0]["fields"] == {"verdict": "", "rival": ""}


def test_verdicts_fall_with_the_proposition_that_was_linked_to_what_is_withdrawn(small: SmallStudy) -> None:
    name = proposed(small)
    memoing.link(loaded(small), name, [f"segment:{FJO}"], coder="K1", at=LATE)
    judged(small, name, "STR", "supports", STR, text="SKAL BORT")
    withdraw(small.path, "FJO-PL-01", at="2021-11-01T10:00:00Z", reason="bedt om det")
    assert "SKAL BORT" not in memo_path(small.path, "K1").read_text("utf-8")
    assert made(small).claims == ()


def test_a_backup_carries_the_synthesis(small: SmallStudy, tmp_path: Path) -> None:
    all_support(small, proposed(small))
    restored = restore(backup(small.path, tmp_path / "b.zip").path, tmp_path / "again")
    assert restored.is_the_same
    assert kind_of(SmallStudy(restored.folder))[0] == "literal"


def test_summaries_do_not_come_up_as_notes_on_a_code_on_the_coders_screen(small: SmallStudy) -> None:
    name = synthesising.summarise(loaded(small), "K1", "P1", case="FJO", text=TEXT, at=LATE)
    note = memoing.add(loaded(small), coder="K1", about="code:P1", at=LATE, text="Til skjermen")
    shown = [memo["id"] for memo in memos_elsewhere(loaded(small), "K1", "FJO-I01")]
    assert (note in shown, name in shown) == (True, False)


# The whole


def test_the_same_study_gives_the_same_bytes_and_every_reference_resolves(small: SmallStudy) -> None:
    all_support(small, proposed(small))
    found = made(small, pairs=[("P1", "K4")])
    one, other = (synthesising.report_files(made(small), loaded(small).settings, "nb") for _ in range(2))
    assert one == other
    assert found.chain["resolves"].all()
    assert set(found.chain["claim_kind"]) == {"verdict", "pattern", "cell_case", "cell_document", "cell_process"} - (
        set() if found.patterns else {"pattern"}
    )
    texts = {str(d): str(s) for d, s in loaded(small).documents["text_sha256"].items()}
    assert all(texts[row["document"]] == row["text_sha256"] for row in found.chain.to_dict("records"))
    assert len(found.pairs) == 3
    assert set(found.saturation) == {"code", "polarity", "inductive"}
    with pytest.raises(UnknownName, match="P99"):
        made(small, pairs=[("P1", "P99")])
    with pytest.raises(UnknownName, match="M9"):
        made(small, "M9")


def test_a_folder_that_is_a_file_is_refused_and_a_language_that_is_none(small: SmallStudy, tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("x")
    with pytest.raises(ForanError, match="a file"):
        synthesising.save_report(made(small), loaded(small).settings, tmp_path / "fil")
    with pytest.raises(ForanError, match="fr"):
        synthesising.save_report(made(small), loaded(small).settings, tmp_path / "ny", language="fr")
    assert not (tmp_path / "ny").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("same", Expected(True, "")), (" Samme ", Expected(True, "")), ("ulik fordi  få\ninnlegg", Expected(False, "få innlegg")),
        ("different because: x", None), ("same because x", None), ("", None),
    ],
)  # fmt: skip
def test_expectations_are_read_in_both_languages(words: str, expected: Expected | None) -> None:
    if expected is None:
        with pytest.raises(ForanError):
            expected_of(words)
    else:
        assert expected_of(words) == expected
        assert expectations_in(expectation_text({"FJO": expected})) == {"FJO": expected}


def test_a_proposal_that_looks_like_a_formula_is_text_in_files(small: SmallStudy) -> None:
    synthesising.propose(loaded(small), "K1", "=1+1 å", SAME, at=BEFORE)
    table = synthesising.tables(made(small))["synthesis_propositions"]
    assert list(table["text"]) == ["'=1+1 å"]
