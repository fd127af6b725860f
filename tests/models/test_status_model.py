"""The status milestones: what is promised is met by what is registered, partly met, or not shown; never by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from followed_study import followed_study, hide

from foran_research.delivering import status as delivering
from foran_research.errors import ForanError
from foran_research.models import status as status_of
from foran_research.models.acceptance import Acceptance, Judgement
from foran_research.models.acceptance import Condition as Counted
from foran_research.models.status import (
    MISSING,
    QUESTIONS,
    THRESHOLDS,
    Condition,
    conditions_for,
    groups_of,
    overall,
)
from foran_research.registers.records import Assessment, Event, Measure, MeasureStatus, MeasureStep, Registers
from foran_research.study import load_study


def accepted(case: str = "TRD", state: Any = "met") -> Acceptance:
    judged = Judgement("2i", state, (Counted("up", 2, 5, 1, ("C1", "C2")),), (), elements=("C1", "C2"))
    return Acceptance(case, (judged,), ())


def event(name: str, kind: str, milestone: str = "", case: str = "") -> Event:
    return Event(name, "2023-05-02", date="2023-05-01", kind=kind, milestone=milestone, case=case, what_nb="Ærlig 😀")


def own(name: str, on: str, level: int = 2) -> Assessment:
    return Assessment(name, on, milestone=on[:4], case="TRD", element="C1", side="self", level=level)


def done(
    status: str = "done", effect: str = "works", evidence: tuple[str, ...] = ("s1",), on: str = "2023-06-01"
) -> Any:
    return MeasureStatus(f"u-{status}-{effect}-{on}", on, measure="T1", status=status, effect=effect, evidence=evidence)


MEASURES = (Measure("T1", "2023-01-05", case="TRD"), Measure("T2", "2023-01-05", case="BGO"))


def judged(milestone: str, shown: Any = ("s1",), **rows: Any) -> dict[str, Condition]:
    found = conditions_for(milestone, Registers(**rows), [accepted()], shown=shown)
    return {one.id: one for one in found}


def test_each_milestone_of_the_plan_has_its_own_conditions_and_any_other_has_all() -> None:
    assert list(judged("M16")) == ["strengthened", "practice", "tools"]
    assert list(judged("M17")) == ["spread", "shared"]
    assert list(judged("M18")) == ["course", "thesis"]
    assert set(judged("S9")) == set(QUESTIONS) == set(THRESHOLDS)
    assert groups_of("M18") == ("education",)


def test_every_municipality_has_its_own_conditions() -> None:
    found = conditions_for("M16", Registers(), [accepted("TRD"), accepted("BGO", "partly")], shown=())
    assert [(one.id, one.case, one.state) for one in found if one.id == "strengthened"] == [
        ("strengthened", "TRD", "met"), ("strengthened", "BGO", "partly"),
    ]  # fmt: skip
    assert len(found) == 6


@pytest.mark.parametrize(
    ("statuses", "state", "missing"),
    [
        ((), "not_shown", ["not_done"]),
        ((done("begun"),), "not_shown", ["not_done"]),
        ((done(effect="unknown"),), "partly", ["done_without_effect"]),
        ((done(effect="not"),), "partly", ["done_without_effect"]),
        ((done(evidence=()),), "partly", ["done_without_evidence"]),
        ((done(evidence=("gone",)),), "partly", ["done_without_evidence"]),
        ((done(),), "met", []),
        ((done(effect="partly"),), "met", []),
        # The newest report on the whole measure counts.
        ((done(), done("begun", on="2023-09-01")), "not_shown", ["not_done"]),
        ((MeasureStatus("u9", "2023-06-01", measure="T1", step="1", status="done", effect="works"),), "not_shown", ["not_done"]),
    ],
)  # fmt: skip
def test_new_practice_is_shown_by_measures_that_are_done_and_work_with_passages(
    statuses: Any, state: str, missing: list[str]
) -> None:
    found = judged("M16", measures=MEASURES, statuses=statuses)["practice"]
    assert (found.state, [kind for kind, _ in found.missing], found.n) == (state, missing, 1)


def test_a_measure_whose_steps_are_all_done_is_done_as_the_follow_up_model_has_it() -> None:
    steps = (MeasureStep("T1", "1", "2023-01-10"), MeasureStep("T1", "2", "2023-01-10"))
    rows = [
        MeasureStatus(
            f"u{n}", f"2023-0{n}-01", measure="T1", step=str(n), status="done", effect="works", evidence=("s1",)
        )
        for n in (1, 2)
    ]

    def told(*statuses: MeasureStatus, shown: frozenset[str] = frozenset({"s1"})) -> tuple[str, list[str]]:
        standing = Registers(measures=(Measure("T1", "2023-01-09", case="TRD"),), steps=steps, statuses=statuses)
        found = status_of._practice("TRD", standing, shown)
        return found.state, [kind for kind, _ in found.missing]

    assert told(*rows) == ("met", [])
    assert told(*rows, shown=frozenset()) == ("partly", ["done_without_evidence"])
    assert told(rows[0]) == ("not_shown", ["not_done"])
    # Who reports on the whole is believed.
    assert told(*rows, MeasureStatus("u3", "2023-03-01", measure="T1", status="stopped")) == ("not_shown", ["not_done"])


def test_without_measures_there_is_no_new_practice() -> None:
    found = judged("M16", measures=MEASURES[1:])["practice"]
    assert (found.state, found.missing) == ("not_shown", (("no_measures", ()),))


@pytest.mark.parametrize(
    ("assessments", "events", "state"),
    [
        ((), (), "not_shown"),
        ((own("a", "2022-01-05"), own("b", "2022-01-06")), (), "not_shown"),
        ((own("a", "2022-01-05"), own("b", "2023-01-06")), (), "partly"),
        ((own("a", "2022-01-05"), own("b", "2023-01-06", 0)), (), "not_shown"),
        ((), (event("e1", "tool_in_use", case="TRD"),), "partly"),
        ((), (event("e1", "tool_in_use", case="BGO"), event("e2", "tool_in_use")), "not_shown"),
        ((own("a", "2022-01-05"), own("b", "2023-01-06")), (event("e1", "tool_in_use", case="TRD"),), "met"),
    ],
)
def test_tools_are_in_use_when_self_assessment_is_repeated_and_a_tool_is_registered(
    assessments: Any, events: Any, state: str
) -> None:
    assert judged("M16", assessments=assessments, events=events)["tools"].state == state


@pytest.mark.parametrize(
    ("events", "spread", "shared"),
    [
        ((), "not_shown", "not_shown"),
        ((event("e1", "spread"),), "met", "not_shown"),
        ((event("e1", "talk", "M2"),), "not_shown", "partly"),
        ((event("e1", "talk", "M17"),), "not_shown", "met"),
        ((event("e1", "spread"), event("e2", "guide", "M17")), "met", "met"),
    ],
)
def test_spread_is_shown_by_events(events: Any, spread: str, shared: str) -> None:
    found = judged("M17", events=events)
    assert (found["spread"].state, found["shared"].state) == (spread, shared)


@pytest.mark.parametrize(
    ("events", "course", "thesis"),
    [
        ((), "not_shown", "not_shown"),
        ((event("e1", "teaching"),), "partly", "not_shown"),
        ((event("e1", "master_thesis"),), "partly", "not_shown"),
        ((event("e1", "course"), event("e2", "thesis")), "met", "met"),
    ],
)
def test_education_is_shown_by_a_course_and_the_thesis(events: Any, course: str, thesis: str) -> None:
    found = judged("M18", events=events)
    assert (found["course"].state, found["thesis"].state) == (course, thesis)


def test_a_milestone_is_met_when_every_condition_is_and_not_shown_when_none_is_even_partly() -> None:
    def all_of(*states: Any) -> list[Condition]:
        return [Condition(f"c{n}", "g", "", state, 0, 1) for n, state in enumerate(states)]

    assert overall(all_of("met", "met")) == "met"
    assert overall(all_of("met", "not_shown")) == "partly"
    assert overall(all_of("partly", "not_shown")) == "partly"
    assert overall(all_of("not_shown", "not_shown")) == "not_shown"
    assert overall([]) == "not_shown"


def test_words_stand_in_both_languages() -> None:
    for table in (QUESTIONS, THRESHOLDS, MISSING):
        assert all(set(row) == {"nb", "en"} and all(row.values()) for row in table.values())


def test_a_whole_milestone_is_cut_at_its_day_and_written_the_same_each_time(written_once: Path, tmp_path: Path) -> None:
    small = followed_study(written_once, tmp_path)
    study = load_study(small.path)
    milestone = study.milestone("M16")
    model = delivering.deliver(study, milestone, tmp_path / "one")
    again = load_study(small.path)
    delivering.deliver(again, again.milestone("M16"), tmp_path / "two")
    first = {path.relative_to(tmp_path / "one"): path.read_bytes() for path in (tmp_path / "one").rglob("*.*")}
    second = {path.relative_to(tmp_path / "two"): path.read_bytes() for path in (tmp_path / "two").rglob("*.*")}
    assert first == second
    assert {str(name) for name in first} >= {"model.json", "report.html", "figures/status_events.svg"}
    # Of the two events one was recorded too late; nothing that T3 came to in October is known.
    assert [one["id"] for one in model["events"]] == ["e1"]
    assert b"For sent" not in b"".join(first.values())
    told = {(one["id"], one["case"]): one["state"] for one in model["conditions"]}
    assert told["strengthened", "FJO"] == "partly"
    assert told["tools", "FJO"] == "partly"
    assert told["practice", "STR"] == "not_shown"
    assert model["state"] == "partly"
    with pytest.raises(ForanError, match="F1 is not a status milestone"):
        delivering.build(study, study.milestone("F1"))


def test_an_event_that_rests_on_a_hidden_document_keeps_its_words_back(written_once: Path, tmp_path: Path) -> None:
    small = followed_study(written_once, tmp_path)
    small.replace("corpus/events.csv", "Egenvurdering i bruk,Egenvurdering i bruk,FJO,,\n",
                  "Egenvurdering i bruk,Egenvurdering i bruk,FJO,,FJO-I02.K1.s01\n")  # fmt: skip
    hide(small, "FJO-I02")
    study = load_study(small.path)
    model = delivering.deliver(study, study.milestone("M16"), tmp_path / "out")
    (told,) = model["events"]
    assert (told["withheld"], told["what"], told["segments"]) == (True, {"nb": "", "en": ""}, [])
    for path in (tmp_path / "out").rglob("*.*"):
        if path.suffix in (".html", ".json", ".csv"):
            assert "Egenvurdering i bruk" not in path.read_text("utf-8"), path.name
