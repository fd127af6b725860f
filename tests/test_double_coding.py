"""Double coding in a study: draws from its documents, blindness while it lasts, and figures once both are done."""

from __future__ import annotations

import pytest
from small_study import SmallStudy, draft

from foran_research.coding.assignment import Assignment, DrawError
from foran_research.coding.assignment_store import append_assignments
from foran_research.coding.events import segment_at
from foran_research.double_coding import CoderAgreement, StillBlind, agreement, plan_draw
from foran_research.errors import ForanError, UnknownName
from foran_research.study import Study, load_study


def loaded(small: SmallStudy) -> Study:
    return load_study(small.path)


def mark(small: SmallStudy, coder: str, document: str, day: str, *, is_complete: bool = True) -> None:
    record = {"kind": "status", "is_complete": is_complete}
    name = f"{document}.{coder}.done"
    path = small.log_path(coder, document)
    stands = [e["after"] for e in small.events(coder, document) if e["segment"] == name] if path.exists() else []
    action = "complete" if is_complete else "reopen"
    event = draft(small, coder, document, day, action, name, stands[-1] if stands else None, record)
    small.code(coder, document, [event])


def apply(small: SmallStudy, coder: str, document: str, day: str, words: str, code: str, number: int) -> None:
    text = small.text(document)
    segment = segment_at(text, text.index(words), text.index(words) + len(words), code, "fremmer", "1.0.0")
    name = f"{document}.{coder}.t{number:02d}"
    small.code(coder, document, [draft(small, coder, document, day, "apply", name, None, segment)])


def assign(small: SmallStudy, document: str, turns: tuple[int, ...] = (), number: int = 1) -> None:
    append_assignments(small.path, [Assignment(f"A{number:02d}", "K2", ("K1",), document, turns, 7, "2020-03-10")])


def names(study: Study, coder: str, **how: object) -> list[str]:
    return [one.document for one in plan_draw(study, coder, **how).draw.assignments]


# Drawing


def test_a_draw_takes_its_seed_and_first_coder_from_the_settings(small_study: SmallStudy) -> None:
    study = loaded(small_study)
    before = small_study.fingerprint()
    (one,) = plan_draw(study, "K3", documents=1, day="2020-05-05").draw.assignments
    assert (one.id, one.coder, one.first, one.seed, one.turns, one.drawn) == ("A01", "K3", ("K1",), 7, (), "2020-05-05")
    assert small_study.fingerprint() == before
    assert names(study, "K3", documents=1, seed=7) == [one.document]
    assert {names(study, "K3", documents=1, seed=seed)[0] for seed in range(40)} == set(study.documents.index)


def test_the_population_can_be_narrowed(small_study: SmallStudy) -> None:
    study = loaded(small_study)
    assert names(study, "K3", documents=2, cases=["HEI"]) == ["HEI-I01", "HEI-I02"]
    assert names(study, "K3", documents=1, kinds=["workshop_note"]) == ["STR-N01"]
    assert names(study, "K3", only=["STR-I01", "FJO-I02"]) == ["FJO-I02", "STR-I01"]
    # Only two have been coded by K2.
    assert names(study, "K3", first=["K1", "K2"], documents=2, is_coded=True) == ["FJO-I01", "STR-N01"]
    assert plan_draw(study, "K3", first=["K2"], documents=2, is_coded=True).uncoded == (
        "FJO-I02", "HEI-I01", "HEI-I02", "STR-I01")  # fmt: skip


def test_what_the_second_coder_has_begun_is_not_drawn_unless_asked_for_by_name(small_study: SmallStudy) -> None:
    study = loaded(small_study)
    planned = plan_draw(study, "K2", documents=4)
    assert [one.document for one in planned.draw.assignments] == ["FJO-I02", "HEI-I01", "HEI-I02", "STR-I01"]
    assert planned.begun == ("FJO-I01", "STR-N01")
    asked = plan_draw(study, "K2", only=["FJO-I01"])
    assert ([one.document for one in asked.draw.assignments], asked.begun) == (["FJO-I01"], ())
    assert asked.begun_but_asked_for == ("FJO-I01",)


def test_interviewers_turns_are_never_drawn(small_study: SmallStudy) -> None:
    study = loaded(small_study)
    drawn = plan_draw(study, "K3", turns=len(study.units(study.documents))).draw.assignments
    assert {one.document: one.turns for one in drawn}["FJO-I01"] == (2, 4)
    assert {one.document: one.turns for one in drawn}["STR-N01"] == (1, 3, 4, 5)


def test_a_document_is_drawn_once_for_a_pair(small_study: SmallStudy) -> None:
    assign(small_study, "FJO-I02")
    study = loaded(small_study)
    planned = plan_draw(study, "K2", documents=3)
    assert [(one.id, one.document) for one in planned.draw.assignments] == [
        ("A02", "HEI-I01"), ("A03", "HEI-I02"), ("A04", "STR-I01")]  # fmt: skip
    assert planned.drawn_before == ("FJO-I02",)
    with pytest.raises(DrawError, match="FJO-I02: drawn already for K2 and K1"):
        plan_draw(study, "K2", only=["FJO-I02"])
    with pytest.raises(DrawError, match="drawn already for K1 and K2"):
        plan_draw(study, "K1", first=["K2"], only=["FJO-I02"])
    assert names(study, "K3", only=["FJO-I02"]) == ["FJO-I02"]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"documents": 1, "cases": ["OSL"]}, "unknown case 'OSL'"),
        ({"documents": 1, "kinds": ["notat"]}, "unknown kind 'notat'"),
        ({"only": ["FJO-I99"]}, "unknown document 'FJO-I99'"),
        ({}, "how much is to be drawn"),
        ({"documents": 7}, "7 documents asked for, and there are 6"),
        ({"documents": 1, "first": ["K3"]}, "must differ"),
    ],
)
def test_a_draw_that_the_study_cannot_give_says_why(small_study: SmallStudy, how: dict[str, object], said: str) -> None:
    with pytest.raises(ForanError, match=said):
        names(loaded(small_study), "K3", **how)


def test_the_only_model_coder_must_name_who_comes_first(small_study: SmallStudy) -> None:
    with pytest.raises(DrawError, match="--with"):
        plan_draw(loaded(small_study), "K1", documents=1)


# Blindness


def test_blindness_ends_when_both_are_done_and_returns_when_one_reopens(small_study: SmallStudy) -> None:
    assign(small_study, "FJO-I01")
    study = loaded(small_study)
    assert study.done() == frozenset()
    assert study.withheld_from("K1") == study.withheld_from(None) == {("K2", "FJO-I01")}
    assert study.withheld_from("K2") == {("K1", "FJO-I01")}
    mark(small_study, "K2", "FJO-I01", "2020-04-01")
    assert loaded(small_study).withheld_from("K2") == {("K1", "FJO-I01")}
    mark(small_study, "K1", "FJO-I01", "2021-04-02")
    study = loaded(small_study)
    assert study.done() == {("K1", "FJO-I01"), ("K2", "FJO-I01")}
    assert study.withheld_from("K1") == study.withheld_from("K2") == study.withheld_from(None) == frozenset()
    mark(small_study, "K1", "FJO-I01", "2021-04-03", is_complete=False)
    study = loaded(small_study)
    assert study.done() == {("K2", "FJO-I01")}
    assert study.withheld_from("K2") == {("K1", "FJO-I01")}


def test_models_are_the_same_whether_or_not_a_second_coder_is_at_work(small_study: SmallStudy) -> None:
    before = loaded(small_study)
    assign(small_study, "FJO-I01")
    mark(small_study, "K2", "FJO-I01", "2020-04-01")
    after = loaded(small_study)
    for milestone in before.settings.milestones:
        one, other = (study.model_inputs(milestone) for study in (before, after))
        assert one.segments.to_csv() == other.segments.to_csv()
        assert one.coders == other.coders
        assert dict(one.coded_under) == dict(other.coded_under)


# Agreement


def figures(found: CoderAgreement, document: str) -> tuple[int, int, int, int]:
    pooled = next(one.pooled for one in found.documents if one.document == document)
    return pooled.units, pooled.both, pooled.only_first, pooled.only_second


def test_figures_are_refused_while_the_two_code_blind(small_study: SmallStudy) -> None:
    assign(small_study, "FJO-I01")
    assign(small_study, "STR-N01", number=2)
    mark(small_study, "K1", "FJO-I01", "2021-04-02")
    with pytest.raises(StillBlind, match=r"Not done: FJO-I01 \(K2\), STR-N01 \(K1 and K2\)"):
        agreement(loaded(small_study), "K1", "K2")
    mark(small_study, "K2", "FJO-I01", "2021-04-02")
    with pytest.raises(StillBlind, match=r"Not done: STR-N01 \(K2 and K1\)"):
        agreement(loaded(small_study), "K2", "K1")
    found = agreement(loaded(small_study), "K1", "K2", only=["FJO-I01"])
    assert [(one.document, one.is_blind) for one in found.documents] == [("FJO-I01", True)]


def test_agreement_of_the_small_study_is_worked_by_hand(small_study: SmallStudy) -> None:
    found = agreement(loaded(small_study), "K1", "K2")
    # FJO-I01 has two informant turns. K1: C0001–C0004 in the first, C0005 and C0009 in the second; K2: C0001 and C0009.
    # What K1 recoded a year later under 2.0.0 is not what she read.
    assert figures(found, "FJO-I01") == (12, 2, 4, 0)
    # STR-N01 has four units. K1: C0005, C0001 and C0004; K2: C0002.
    assert figures(found, "STR-N01") == (16, 0, 3, 1)
    first, second = found.documents
    assert first.kinds == {"same": 1, "polarity": 0, "ends": 0, "code": 1, "only_first": 4, "only_second": 0}
    assert second.kinds == {"same": 0, "polarity": 0, "ends": 0, "code": 1, "only_first": 2, "only_second": 0}
    assert (first.is_blind, first.read_under, first.unsettled) == (False, ("1.0",), 0)
    (version,) = found.versions
    assert (version.read_under, version.codebook_version, version.documents) == (
        ("1.0",),
        "1.0.0",
        ("FJO-I01", "STR-N01"),
    )
    # Six units × the six codes that one of them used in one of the two documents.
    assert (version.pooled.units, version.pooled.both, version.pooled.only_first, version.pooled.only_second) == (
        36, 2, 7, 1)  # fmt: skip
    by_code = {one.code: (one.both, one.only_first, one.only_second, one.neither) for one in version.by_code}
    assert by_code["C0001"] == (1, 1, 0, 4)
    assert by_code["C0002"] == (0, 1, 1, 4)
    assert by_code["C0006"] == (0, 0, 0, 6)


def test_exchanging_the_coders_exchanges_their_columns(small_study: SmallStudy) -> None:
    study = loaded(small_study)
    forth, back = agreement(study, "K1", "K2"), agreement(study, "K2", "K1")
    for one, other in zip(forth.documents, back.documents, strict=True):
        assert one.pooled.coefficients == other.pooled.coefficients
        assert (one.pooled.only_first, one.pooled.only_second) == (other.pooled.only_second, other.pooled.only_first)
        assert (one.kinds["only_first"], one.kinds["code"]) == (other.kinds["only_second"], other.kinds["code"])


def test_only_the_turns_assigned_are_judged(small_study: SmallStudy) -> None:
    assign(small_study, "FJO-I01", (4,))
    for coder in ("K1", "K2"):
        mark(small_study, coder, "FJO-I01", "2021-04-02")
    found = agreement(loaded(small_study), "K1", "K2", only=["FJO-I01"])
    # In the second turn K1 has C0005 and C0009 on two passages, K2 has C0009 on the first of them.
    assert figures(found, "FJO-I01") == (2, 1, 1, 0)
    assert found.documents[0].kinds == {
        "same": 0, "polarity": 0, "ends": 0, "code": 1, "only_first": 1, "only_second": 0}  # fmt: skip


def test_what_was_mended_after_the_coders_saw_each_other_is_no_agreement(small_study: SmallStudy) -> None:
    assign(small_study, "FJO-I02")
    apply(small_study, "K2", "FJO-I02", "2020-07-01", "behovsbeskrivelsen var tynn", "C0001", 1)
    mark(small_study, "K2", "FJO-I02", "2020-07-02")
    mark(small_study, "K1", "FJO-I02", "2020-07-03")
    before = agreement(loaded(small_study), "K1", "K2", only=["FJO-I02"])
    # K1: C0006 and C0001 in the first turn, C0003 in the second.
    assert figures(before, "FJO-I02") == (6, 1, 2, 0)
    mark(small_study, "K2", "FJO-I02", "2020-07-04", is_complete=False)
    apply(small_study, "K2", "FJO-I02", "2020-07-05", "læringspunktene ble liggende", "C0003", 2)
    mark(small_study, "K2", "FJO-I02", "2020-07-06")
    assert agreement(loaded(small_study), "K1", "K2", only=["FJO-I02"]) == before


def test_a_coder_who_found_nothing_is_a_coder_who_is_done(small_study: SmallStudy) -> None:
    assign(small_study, "STR-I01")
    mark(small_study, "K2", "STR-I01", "2021-06-10")
    mark(small_study, "K1", "STR-I01", "2021-06-11")
    found = agreement(loaded(small_study), "K1", "K2", only=["STR-I01"])
    assert figures(found, "STR-I01") == (2, 0, 2, 0)
    assert found.documents[0].read_under == ("2.0",)


def test_documents_read_under_different_versions_are_not_pooled(small_study: SmallStudy) -> None:
    assign(small_study, "STR-I01")
    mark(small_study, "K2", "STR-I01", "2021-06-10")
    mark(small_study, "K1", "STR-I01", "2021-06-11")
    found = agreement(loaded(small_study), "K1", "K2")
    assert [(v.read_under, v.codebook_version, v.documents) for v in found.versions] == [
        (("1.0",), "1.0.0", ("FJO-I01", "STR-N01")), (("2.0",), "2.0.0", ("STR-I01",))]  # fmt: skip


def test_earlier_codes_are_carried_to_the_later_version_and_splits_wait(small_study: SmallStudy) -> None:
    # K2 reads under 1.0 what K1 read under 2.0: C0003 became C0012 with K4, C0002 was split.
    apply(small_study, "K2", "STR-I01", "2021-06-10", "Læringen var synlig på lyktestolpene", "C0003", 1)
    apply(small_study, "K2", "STR-I01", "2021-06-10", "andre gangen hadde de lyttet", "C0002", 2)
    found = agreement(loaded(small_study), "K1", "K2", only=["STR-I01"])
    assert found.documents[0].read_under == ("1.0", "2.0")
    assert found.documents[0].unsettled == 1
    # K1 has C0001 where K2's segment waits: nobody's difference yet.
    assert {kind: n for kind, n in found.documents[0].kinds.items() if n} == {"same": 1, "only_first": 1}
    assert figures(found, "STR-I01") == (2, 1, 1, 0)


def test_coders_and_documents_that_are_not_shared_are_named(small_study: SmallStudy) -> None:
    study = loaded(small_study)
    with pytest.raises(UnknownName, match="unknown coder 'K9'; known: K1, K2"):
        agreement(study, "K1", "K9")
    with pytest.raises(UnknownName, match="unknown document of both coders 'HEI-I01'; known: FJO-I01, STR-N01"):
        agreement(study, "K1", "K2", only=["HEI-I01"])
    with pytest.raises(ForanError, match="herself"):
        agreement(study, "K1", "K1")


def test_two_coders_without_a_document_in_common_have_no_figures(small_study: SmallStudy) -> None:
    apply(small_study, "K3", "HEI-I01", "2020-09-01", "marknad", "C0008", 1)
    with pytest.raises(ForanError, match="share no document"):
        agreement(loaded(small_study), "K3", "K2")
