"""The follow-up and evaluation model of a small invented study, against what was worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from followed_study import MILESTONES, N, S, followed_study, hide
from small_study import SmallStudy

from foran_research.delivering import followup as delivering
from foran_research.errors import ForanError
from foran_research.models import followup
from foran_research.models.followup import FollowupModel
from foran_research.models.maturity import Elsewhere
from foran_research.registers.records import MeasureStep
from foran_research.study import Study, load_study


@pytest.fixture(scope="module")
def study_path(written_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return followed_study(written_once, tmp_path_factory.mktemp("followup")).path


@pytest.fixture(scope="module")
def study(study_path: Path) -> Study:
    return load_study(study_path)


@pytest.fixture(scope="module")
def model(study: Study) -> FollowupModel:
    return delivering.build(study, study.milestone("F1"))


def test_levels_go_from_the_baseline_to_now_and_merged_elements_are_not_compared(model: FollowupModel) -> None:
    assert model.baseline == {"milestone": "I1", "day": "2020-12-31"}
    told = {
        one.display: (one.baseline and one.baseline.level, one.now and one.now.level, one.status, one.why)
        for one in model.elements
        if one.baseline or one.now
    }
    assert told == {
        "P1": (1, 2, "up", ""),
        # Learning and improvement were merged into K4 since.
        "K4": (None, 3, "not_comparable", "not_comparable"),
        "K3": (2, 1, "down", ""),
    }


def test_targets_are_measured_against_the_level_now_and_follow_their_element(model: FollowupModel) -> None:
    told = {one.display: (one.target, one.to_target) for one in model.elements if one.target is not None}
    assert told == {"P1": (2, 0), "K4": (4, 1), "K3": (3, 2)}
    assert (model.counts["target_known"], model.counts["target_reached"]) == (3, 1)


def test_a_step_down_is_trouble_and_explained_by_a_memo_about_that_milestone_alone(
    study: Study, model: FollowupModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    element = model.element("K3")
    assert element is not None
    assert not element.is_explained
    assert [one.element for one in model.troubles if one.kind == "down"] == ["C0005"]
    for name, is_explained in (("F1", True), ("I1", False)):
        monkeypatch.setattr(delivering, "memos_by_round", lambda *_, at=name: {at: {"C0005": ("K1.m1",)}})
        element = delivering.build(study, study.milestone("F1")).element("K3")
        assert element is not None
        assert element.is_explained is is_explained


def test_another_side_s_level_stands_beside_and_what_was_said_later_is_not_known(model: FollowupModel) -> None:
    element = model.element("P1")
    assert element is not None
    assert (element.side, dict(element.others)) == ("researcher", {"self": 3})


def test_plan_stands_against_what_was_reported(model: FollowupModel) -> None:
    steps = {
        (one.id, s.step): (s.begun_on, s.done_on, s.halted_on, s.status, s.days_late)
        for one in model.measures
        for s in one.steps
    }
    assert steps == {
        # Planned to 10 February, done on the 20th.
        ("T1", "1"): ("2021-01-12", "2021-02-20", "", "done", 10),
        ("T1", "2"): ("2021-03-01", "", "", "begun", 0),
        ("T2", "1"): ("", "", "2021-04-01", "postponed", 0),
        # Planned to 28 February and not done on 30 September: 214 days.
        ("T3", "1"): ("2021-01-15", "", "", "begun", 214),
    }


def test_a_plan_that_was_moved_keeps_its_first_days_and_one_moved_later_is_not_known(model: FollowupModel) -> None:
    steps = {(one.id, s.step): s for one in model.measures for s in one.steps}
    moved = steps["T2", "1"]
    assert (moved.first_from, moved.first_to, moved.planned_to) == ("2021-01-10", "2021-03-31", "2021-10-31")
    assert (steps["T1", "2"].first_to, steps["T1", "2"].planned_to) == ("", "2021-12-20")


def test_days_that_were_set_after_the_cut_off_are_no_first_plan() -> None:
    bare = MeasureStep("T1", "1", "2023-01-12", "", "Å spørre 😀", "", "", "")
    dated = MeasureStep("T1", "1", "2023-11-02", "", "Å spørre 😀", "", "2023-11-10", "2023-12-10")
    earlier = MeasureStep("T1", "1", "2023-02-02", "", "Å spørre 😀", "", "2023-03-01", "2023-04-01")
    assert followup._first_plans([bare, dated], "2023-10-31") == {}
    assert followup._first_plans([bare, earlier, dated], "2023-10-31") == {("T1", "1"): earlier}


def test_documents_and_passages_are_counted_of_the_municipality_alone(study: Study, model: FollowupModel) -> None:
    assert (model.counts["documents"], model.counts["withheld"]) == (2, 0)
    own = {segment for one in model.elements for layer in ("promoting", "inhibiting") for age in ("old", "new")
           for segment in getattr(one, f"{layer}_{age}")}  # fmt: skip
    assert all(segment.startswith("FJO-") for segment in own)
    every = study.as_of(study.milestone("F1").coded_until).model_inputs(study.milestone("F1")).segments
    assert any(not str(document).startswith("FJO-") for document in every["document"])
    assert len(own) <= model.coding["segments"] <= int(every["document"].str.startswith("FJO-").sum())


def test_a_step_that_was_done_in_time_is_not_late_when_its_effect_is_reported_afterwards() -> None:
    step = MeasureStep("T1", "1", "2023-01-01", "", "Å spørre 😀", "", "2023-02-01", "2023-05-31")

    def told(*states: tuple[str, str]) -> tuple[str, int | None]:
        reports = [followup.Report(day, day, "1", state, "works", (), False, "", "") for day, state in states]
        found = followup._step(step, reports, None, "2023-10-31")
        return found.done_on, found.days_late

    assert told(("2023-05-30", "done"), ("2023-10-16", "done")) == ("2023-05-30", 0)
    # Taken up again and done anew: the last time counts.
    assert told(("2023-05-30", "done"), ("2023-06-02", "begun"), ("2023-06-10", "done")) == ("2023-06-10", 10)
    assert told(("2023-05-30", "done"), ("2023-06-02", "begun")) == ("", 153)


def test_the_status_of_a_measure_is_that_of_its_newest_whole_report_or_follows_from_its_steps(
    model: FollowupModel,
) -> None:
    told = {one.id: (one.status, one.is_derived, one.effect, one.steps_done, one.late) for one in model.measures}
    assert told == {
        "T1": ("begun", True, "works", 1, ()),
        "T2": ("postponed", True, "unknown", 0, ()),
        "T3": ("begun", False, "not", 0, ("1",)),
    }


def test_a_measure_for_an_element_that_was_split_goes_on_for_its_parts(model: FollowupModel) -> None:
    measure = model.measure("T2")
    assert measure is not None
    assert (measure.elements, measure.is_split, measure.was, measure.was_display) == (
        ("C0010", "C0011"),
        True,
        "C0002",
        "P2",
    )


def test_the_chain_shows_what_there_is_to_show(model: FollowupModel) -> None:
    told = {one.id: "".join("x" if s.is_shown else "-" for s in one.stages) for one in model.measures}
    # Goals, assess, implement, results, effects. T2's element was split, so that its parts have no target.
    assert told == {"T1": "xxxxx", "T2": "-x---", "T3": "xxxx-"}


def test_what_did_not_work_says_why_with_its_passages(model: FollowupModel) -> None:
    told = [(one.kind, one.measure, one.why, one.next, one.segments) for one in model.troubles if one.measure]
    assert told == [
        ("not_working", "T3", "Ingen leste den", "Les den høyt", (f"{N}3",)),
        ("postponed", "T2", "Ingen hadde tid", "Til høsten", ()),
        ("late", "T3", "", "", ()),
    ]


def test_an_effect_once_told_stands_until_another_is_told() -> None:
    def effect(*told: tuple[str, str]) -> str:
        return followup._effect(
            [
                followup.Report(f"r{n}", "2021-05-01", step, "begun", one, (), False, "", "")
                for n, (step, one) in enumerate(told)
            ]
        )

    assert effect(("", "not"), ("", "unknown")) == "not"
    assert effect(("1", "partly"), ("", "works"), ("1", "not")) == "works"
    assert effect(("1", "partly"), ("", "unknown")) == "partly"
    assert effect(("1", "unknown")) == effect() == "unknown"


def test_each_step_that_was_put_off_has_its_own_reason(model: FollowupModel) -> None:
    measure = model.measure("T2")
    assert measure is not None
    reports = tuple(
        followup.Report(
            f"r{step}", "2021-05-01", step, "postponed", "unknown", (f"s{step}",), False, f"Grunn {step} 🙂", ""
        )
        for step in ("1", "2", "")
    )
    found = followup._troubles([replace(measure, reports=reports, steps=())], [], has_baseline=False)
    assert [(one.why, one.steps, one.segments) for one in found] == [
        ("Grunn 1 🙂", ("1",), ("s1",)), ("Grunn 2 🙂", ("2",), ("s2",)), ("Grunn  🙂", (), ("s",)),
    ]  # fmt: skip


def test_the_questions_are_answered_from_data_or_not_at_all(model: FollowupModel) -> None:
    told = {one.id: one.is_answered for one in model.questions}
    assert told == {
        "DFO-05": True, "DFO-06": True, "DFO-07": True, "DFO-08": True, "DFO-09": True, "DFO-10": False, "DFO-11": True,
    }  # fmt: skip
    facts = {one.id: one.facts for one in model.questions}
    assert facts["DFO-07"] == {"reached": ["C0001"], "left": ["C0005", "C0012"], "targets": ["C0001", "C0005", "C0012"]}
    assert facts["DFO-09"] == {"works": ["T1"], "partly": [], "not": ["T3"], "backed": ["T1", "T3"]}


def test_what_comes_next_begins_with_what_is_overdue(model: FollowupModel) -> None:
    told = [(one.kind, one.measure, one.step, one.by) for one in model.next_steps]
    assert told == [
        ("overdue", "T3", "1", "2021-02-28"), ("due", "T2", "1", "2021-10-31"), ("due", "T1", "2", "2021-12-20"),
        ("reported", "T1", "", "2021-03-01"), ("reported", "T2", "", "2021-04-01"), ("reported", "T3", "", "2021-06-01"),
    ]  # fmt: skip


def test_a_postponed_step_whose_day_is_gone_waits_for_a_new_one_and_is_not_next(model: FollowupModel) -> None:
    measure = next(one for one in model.measures if one.id == "T2")
    told = {
        day: [one.kind for one in followup._next_steps([measure], day) if one.step]
        for day in ("2021-10-30", "2021-10-31", "2021-12-01")
    }
    assert told == {"2021-10-30": ["due"], "2021-10-31": ["postponed"], "2021-12-01": ["postponed"]}


def test_nothing_that_was_recorded_after_the_cut_off_is_anywhere(study: Study, model: FollowupModel) -> None:
    text = delivering.model_text(model)
    assert "For sent" not in text
    assert "2022" not in text
    assert "T4" not in text
    assert all(one.level < 5 for element in model.elements for one in element.history)


def test_the_same_study_gives_the_same_bytes_and_the_schema_holds(study_path: Path, model: FollowupModel) -> None:
    again = load_study(study_path)
    text = delivering.model_text(model)
    assert delivering.model_text(delivering.build(again, again.milestone("F1"))) == text
    assert json.loads(text)["model"] == "followup"


def test_words_that_rest_on_a_hidden_document_are_kept_back(written_once: Path, tmp_path: Path) -> None:
    small = followed_study(written_once, tmp_path)
    hide(small, "FJO-I02")
    study = load_study(small.path)
    output = tmp_path / "out"
    model = delivering.deliver(study, study.milestone("F1"), output)
    (report,) = [r for one in model["measures"] for r in one["reports"] if r["id"] == "u6"]
    assert (report["withheld"], report["why"], report["next"], report["segments"]) == (True, "", "", [])
    for path in output.rglob("*"):
        if path.suffix in (".json", ".csv", ".html"):
            text = path.read_text("utf-8")
            assert "Ingen leste den" not in text, path.name
            assert "FJO-I02.K1" not in text, path.name


def test_words_that_rest_on_a_withdrawn_passage_are_kept_back(
    study: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(delivering, "withheld_segments", lambda *_: frozenset({f"{N}3", "gone"}))
    model = delivering.deliver(study, study.milestone("F1"), tmp_path)
    (report,) = [r for one in model["measures"] for r in one["reports"] if r["id"] == "u6"]
    assert (report["withheld"], report["why"], report["next"]) == (True, "", "")
    assert "Ingen leste den" not in (tmp_path / "report.html").read_text("utf-8")


def test_what_may_not_be_shown_is_found_whoever_coded_it_and_whatever_the_model_is_made_of(
    written_once: Path, tmp_path: Path
) -> None:
    small = followed_study(written_once, tmp_path)
    hide(small, "FJO-I02")
    study = load_study(small.path)
    assert f"{N}3" in delivering.withheld_segments(study, {"FJO-I02"})
    model = delivering.build(study, study.milestone("F1"), coding="suggestions")
    (report,) = [r for one in model.measures for r in one.reports if r.id == "u6"]
    assert (report.withheld, report.why, report.next) == (True, "", "")


def test_what_people_coded_carries_registers_in_a_model_of_suggestions_too(study: Study, model: FollowupModel) -> None:
    suggested = delivering.build(study, study.milestone("F1"), coding="suggestions")
    missing = {one.kind for judged in suggested.acceptance.indicators for one in judged.missing}
    assert not missing & {"up_without_evidence", "level_without_evidence", "progress_without_evidence"}
    assert [one.reports for one in suggested.measures] == [one.reports for one in model.measures]


def test_a_study_without_any_register_still_has_a_model(small_study: SmallStudy) -> None:
    small_study.add("foran.toml", MILESTONES)
    study = load_study(small_study.path)
    model = delivering.deliver(study, study.milestone("F1"), "")
    assert (model["measures"], model["troubles"], model["next_steps"]) == ([], _only_inhibiting(model), [])
    assert [one["is_answered"] for one in model["questions"]] == [False] * 7
    assert {one["id"]: one["state"] for one in model["acceptance"]["indicators"]}["2ii"] == "not_shown"


def _only_inhibiting(model: dict[str, Any]) -> list[Any]:
    return [one for one in model["troubles"] if one["kind"].startswith("inhibiting")]


def test_other_milestones_are_refused(study: Study) -> None:
    with pytest.raises(ForanError, match="M1 is not one of a follow-up"):
        delivering.build(study, study.milestone("M1"))


def test_an_element_lives_on_in_what_it_became(study: Study) -> None:
    lineage = study.lineage
    assert followup.descendants("C0002", lineage, "2.0.0") == ("C0010", "C0011")
    assert followup.descendants("C0003", lineage, "2.0.0") == ("C0012",)
    assert followup.descendants("C0009", lineage, "2.0.0") == ()
    assert followup.descendants("C0001", lineage, "1.0.0") == ("C0001",)


def test_a_level_that_rests_on_another_municipality_says_so_unless_a_reason_was_given(
    written_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "heard_at", lambda *_: {f"{S}1": {"HEI"}, f"{S}5": {"HEI"}})
    path = followed_study(written_once, tmp_path).path
    register = path / "corpus/assessments.csv"
    text = register.read_text("utf-8")
    # The newest of P1 stands with a reason, the one before without.
    register.write_text(text.replace("Flere gjør det nå,", "Flere gjør det nå,Si det likevel å 😀"), encoding="utf-8")
    assert register.read_text("utf-8") != text
    study = load_study(path)
    made = delivering.build(study, study.milestone("F1"))
    one, other = made.element("P1"), made.element("K3")
    told = [level and level.elsewhere for row in (one, other) if row for level in (row.baseline, row.now)]
    apart = Elsewhere("researcher", 1, 1, ("HEI",))
    assert told == [apart, None, apart, apart]
    delivering.model_text(made)
