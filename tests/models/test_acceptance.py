"""The project's four indicators against verdicts worked out by hand."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.milestone import schema_of
from foran_research.models import acceptance
from foran_research.models.acceptance import (
    CONDITIONS,
    INDICATORS,
    MISSING,
    NOTES,
    QUESTIONS,
    THRESHOLDS,
    Acceptance,
    ElementSeen,
    judge,
    series_of,
    to_dict,
)
from foran_research.registers.records import Assessment, Measure, MeasureStatus, MeasureStep, Registers, Target


def seen(name: str, state: str = "evidence", *, pro: str = "", inh: str = "", other: str = "", pending: int = 0) -> Any:
    return ElementSeen(
        name, f"P{name[-1]}", "P", tuple(pro.split()), tuple(inh.split()), tuple(other.split()), state, pending
    )  # fmt: skip


def assessed(name: str, on: str, element: str, level: int, side: str = "researcher", **more: Any) -> Assessment:
    given_ = {"evidence": ("s1",), "rationale": "", **more}
    return Assessment(name, on, milestone=more.pop("milestone", on[:4]), case="TRD", element=element, side=side,
                      level=level, codebook_version="1.0.0", **{k: v for k, v in given_.items() if k != "milestone"})  # fmt: skip


def measure(name: str, element: str = "C1", addresses: str = "inhibiting", **more: Any) -> Measure:
    given_: dict[str, Any] = {
        "priority": 1,
        "grounds": "Bød på mest motstand 😀 i Ålesund",
        "evidence": ("s1",),
        **more,
    }
    return Measure(name, "2023-01-10", case=given_.pop("case", "TRD"), element=element, codebook_version="1.0.0",
                   title_nb="Tiltak", title_en="Measure", addresses=addresses, **given_)  # fmt: skip


def follow(record: Any) -> tuple[str, ...]:
    """C8 and C9 became C3; C7 was split."""
    return {"C7": (), "C8": ("C3",), "C9": ("C3",)}.get(record.element, (record.element,))


DEFINED = schema_of("followup")["$defs"]
VALIDATOR = jsonschema.Draft202012Validator({**DEFINED["acceptance"], "$defs": DEFINED})
ELEMENTS = (seen("C1", inh="s1 s2"), seen("C2", pro="s3"), seen("C3", "nothing_said"))
KNOWN = ("s1", "s2", "s3")
LEVELS = (
    assessed("a1", "2021-01-05", "C1", 1), assessed("a2", "2023-01-05", "C1", 2),
    assessed("b1", "2021-01-05", "C2", 2), assessed("b2", "2023-01-05", "C2", 2, evidence=("s3",)),
)  # fmt: skip
TARGETS = (
    Target("t1", "2023-01-09", case="TRD", element="C1", codebook_version="1.0.0", level=3),
    Target("t2", "2023-01-09", case="TRD", element="C2", codebook_version="1.0.0", level=3),
)
MEASURES = (measure("T1"), measure("T2", "C2", "promoting"))
STEPS = (
    MeasureStep("T1", "1", "2023-01-10", from_="2023-02-01", to="2023-04-30"),
    MeasureStep("T2", "1", "2023-01-10", from_="2023-02-01", to="2023-04-30"),
)
STATUSES = (
    MeasureStatus("u1", "2023-02-01", measure="T1", status="begun", effect="unknown", evidence=("s2",)),
    MeasureStatus("u2", "2023-02-01", measure="T2", status="planned", effect="unknown"),
)


def verdict(elements: Any = ELEMENTS, known: Any = KNOWN, narrow: Any = (), summaries: Any = None, memos: Any = None,
            **more: Any) -> Acceptance:  # fmt: skip
    parts = {"assessments": LEVELS, "targets": TARGETS, "measures": MEASURES, "steps": STEPS, "statuses": STATUSES}
    registers = Registers(**{**parts, **more})
    return judge("TRD", elements, registers, follow, segments=known, narrow=narrow, summaries=summaries, memos=memos)


def kinds(found: Acceptance, name: str) -> dict[str, tuple[str, ...]]:
    return {one.kind: one.ids for one in found.of(name).missing}


def test_all_four_are_met_where_nothing_is_missing_and_name_what_they_stand_on() -> None:
    found = verdict()
    assert [(one.id, one.state) for one in found.indicators] == [(name, "met") for name in INDICATORS]
    assert [(c.id, c.k, c.n) for c in found.of("1i").conditions] == [("clear", 3, 3), ("with_evidence", 2, 3)]
    assert found.of("1i").segments == ("s1", "s2", "s3")
    assert [(c.id, c.k, c.n) for c in found.of("1ii").conditions] == [
        ("assessed", 2, 2),
        ("share", 2, 3),
        ("grounds", 2, 2),
    ]
    assert found.of("1ii").assessments == ("a2", "b2")
    assert (found.of("2i").k, found.of("2i").n, found.of("2i").elements) == (1, 2, ("C1",))
    assert found.of("2ii").statuses == ("u1", "u2")
    # C3 was asked about and nothing said, and nobody assessed it: told, and no hindrance.
    assert kinds(found, "1ii") == {"nothing_to_assess_by": ("C3",)}


@pytest.mark.parametrize(
    ("element", "kind"),
    [
        (seen("C3", other="s9"), "no_direction"), (seen("C3", "nothing_said", pending=2), "pending"),
        (seen("C3", "not_asked"), "not_asked"), (seen("C3", "not_codable"), "not_coded"),
        (seen("C3", "suppressed"), "withheld"),
    ],
)  # fmt: skip
def test_an_element_that_is_neither_clear_nor_asked_about_in_vain_keeps_1i_from_being_met(
    element: ElementSeen, kind: str
) -> None:
    found = verdict((*ELEMENTS[:2], element))
    assert (found.of("1i").state, found.of("1i").k, kinds(found, "1i")) == ("partly", 2, {kind: ("C3",)})


def test_a_researcher_can_say_that_nothing_was_found() -> None:
    elements = (*ELEMENTS[:2], seen("C3", "not_codable"))
    assert verdict(elements, summaries={"C3": ("FG.m1",)}).of("1i").state == "met"


@pytest.mark.parametrize(
    ("clear", "state"), [(0, "not_shown"), (1, "not_shown"), (2, "partly"), (5, "partly"), (6, "met")]
)
def test_1i_is_partly_met_from_a_third_of_the_elements_on(clear: int, state: str) -> None:
    elements = [seen(f"C{n}", pro="s1") if n <= clear else seen(f"C{n}", "not_asked") for n in range(1, 7)]
    assert verdict(elements).of("1i").state == state


def test_elements_of_which_all_were_asked_about_in_vain_do_not_make_a_model_clear() -> None:
    found = verdict([seen("C1", "nothing_said"), seen("C2", "nothing_said")])
    assert found.of("1i").state == "partly"
    assert kinds(found, "1i") == {"none_directed": ()}


@pytest.mark.parametrize(
    ("more", "kind", "ids"),
    [
        ({"assessments": LEVELS[:2]}, "not_assessed", ("C2",)),
        ({"assessments": (*LEVELS[:2], assessed("b2", "2023-01-05", "C2", 2, "self"))}, "self_only", ("C2",)),
        ({"known": ("s1", "s2")}, "level_without_evidence", ("C2",)),
        ({"narrow": ("b2",)}, "narrow", ("C2",)),
        ({"measures": (*MEASURES, measure("T3", "C3"))}, "measure_unassessed", ("T3",)),
        ({"measures": (*MEASURES, measure("T3", "C7"))}, "measure_unassessed", ("T3",)),
        ({"measures": ()}, "no_measures", ()),
    ],
)  # fmt: skip
def test_1ii_says_what_keeps_maturity_from_being_grounds_for_measures(more: Any, kind: str, ids: Any) -> None:
    found = verdict(**more)
    assert found.of("1ii").state == "partly"
    assert kinds(found, "1ii")[kind] == ids


def test_an_override_lets_a_level_on_narrow_evidence_stand() -> None:
    overridden = assessed("b2", "2023-01-05", "C2", 2, evidence=("s3",), override="Samstemt samling")
    assert verdict(assessments=(*LEVELS[:3], overridden), narrow=("b2",)).of("1ii").state == "met"


def test_the_newest_assessment_by_others_counts_though_the_municipality_assessed_itself_later() -> None:
    later = assessed("c1", "2024-01-05", "C2", 5, "self")
    assert verdict(assessments=(*LEVELS, later)).of("1ii").assessments == ("a2", "b2")


def test_an_element_that_went_down_unexplained_keeps_2i_from_being_met_until_somebody_says_why() -> None:
    down = (*LEVELS[:3], assessed("b2", "2023-01-05", "C2", 1))
    found = verdict(assessments=(*down, assessed("d1", "2021-01-05", "C3", 1), assessed("d2", "2023-01-05", "C3", 2)))
    assert found.of("2i").state == "partly"
    assert kinds(found, "2i") == {"down_unexplained": ("C2",)}
    # Why a level is what it is, is asked of every assessment: that says nothing of why it fell.
    with_reason = (*down[:3], assessed("b2", "2023-01-05", "C2", 1, rationale="Ingen tid er satt av"))
    more = (assessed("d1", "2021-01-05", "C3", 1), assessed("d2", "2023-01-05", "C3", 2))
    assert kinds(verdict(assessments=(*with_reason, *more)), "2i") == {"down_unexplained": ("C2",)}
    by_memo = verdict(assessments=(*with_reason, *more), memos={"2023": {"C2": ("K1.m7",)}})
    assert (by_memo.of("2i").state, kinds(by_memo, "2i")) == ("met", {"down": ("C2",)})
    # A memo about another milestone, or another element, explains nothing here.
    for memos in ({"2021": {"C2": ("K1.m7",)}}, {"2023": {"C3": ("K1.m7",)}}):
        assert kinds(verdict(assessments=(*down, *more), memos=memos), "2i") == {"down_unexplained": ("C2",)}


def test_a_step_down_on_the_way_counts_though_the_element_came_back() -> None:
    way = [assessed(f"a{n}", f"{2020 + n}-01-05", "C1", level) for n, level in enumerate((2, 3, 1, 4))]
    found = verdict(assessments=(*way, *LEVELS[2:]))
    assert kinds(found, "2i") == {"down_unexplained": ("C1",)}
    assert found.of("2i").state == "partly"


def test_as_many_down_as_up_is_no_clear_improvement() -> None:
    down = assessed("b2", "2023-01-05", "C2", 1, rationale="Færre folk")
    found = verdict(assessments=(*LEVELS[:3], down))
    assert (found.of("2i").state, kinds(found, "2i")["more_down"]) == ("partly", ("C2",))


def test_a_rise_that_only_the_municipality_sees_is_partly_shown() -> None:
    own = [assessed(one.id, one.on, one.element, one.level, "self") for one in LEVELS]
    found = verdict(assessments=own)
    assert (found.of("2i").state, kinds(found, "2i")["up_self_only"]) == ("partly", ("C1",))


def test_a_rise_to_a_level_that_rests_on_nothing_is_partly_shown() -> None:
    bare = (LEVELS[0], assessed("a2", "2023-01-05", "C1", 2, evidence=()), *LEVELS[2:])
    for found in (verdict(assessments=bare), verdict(known=("s3",))):
        assert (found.of("2i").state, kinds(found, "2i")["up_without_evidence"]) == ("partly", ("C1",))


@pytest.mark.parametrize("levels", [(), LEVELS[::2], tuple(a for a in LEVELS if a.element == "C2")])
def test_without_anything_that_rose_2i_is_not_shown(levels: tuple[Assessment, ...]) -> None:
    assert verdict(assessments=levels).of("2i").state == "not_shown"


def test_where_no_level_went_down_no_condition_asks_for_a_reason() -> None:
    up = verdict(assessments=LEVELS).of("2i")
    assert up.state == "met"
    assert [one.id for one in up.conditions] == ["up", "more_up", "not_self_alone", "up_evidence"]
    assert all(one.holds for one in up.conditions)
    down = verdict(assessments=(*LEVELS[:3], assessed("b2", "2023-01-05", "C2", 1))).of("2i")
    assert [(one.k, one.n, one.holds) for one in down.conditions if one.id == "explained"] == [(0, 1, False)]


def test_levels_of_merged_elements_are_kept_and_not_compared() -> None:
    rows = (
        assessed("m1", "2021-01-05", "C8", 1),
        assessed("m2", "2021-01-05", "C9", 3),
        assessed("m3", "2023-01-05", "C3", 4),
    )
    (series,) = series_of(rows, ["C3"], follow)
    assert (series.status, series.why, [wave.level for wave in series.waves]) == (
        "not_comparable",
        "not_comparable",
        [1, 4],
    )
    assert series.waves[0].was == ("C8", "C9")


def test_the_longest_series_by_others_is_taken_before_the_municipality_s_own() -> None:
    rows = (
        assessed("r1", "2021-01-05", "C1", 1), assessed("r2", "2023-01-05", "C1", 2),
        assessed("j1", "2022-01-05", "C1", 3, "joint"), assessed("j2", "2023-01-06", "C1", 3, "joint"),
        *(assessed(f"e{n}", f"202{n}-01-07", "C1", 5, "self") for n in range(4)),
    )  # fmt: skip
    assert [(one.side, one.step) for one in series_of(rows, ["C1"], follow)] == [("researcher", 1)]
    assert [(one.side, one.step) for one in series_of(rows[1:], ["C1"], follow)] == [("joint", 0)]
    assert [(one.side, one.step) for one in series_of((rows[0], *rows[4:]), ["C1"], follow)] == [("self", 0)]


@settings(max_examples=6)
@given(st.permutations(LEVELS))
def test_the_order_of_assessments_does_not_matter(rows: list[Assessment]) -> None:
    assert to_dict(verdict(assessments=tuple(rows))) == to_dict(verdict())


@pytest.mark.parametrize(
    ("more", "kind", "ids"),
    [
        ({"measures": (MEASURES[0], measure("T2", "C2", "promoting", priority=None))}, "no_priority", ("T2",)),
        ({"measures": (MEASURES[0], measure("T2", "C2", "promoting", grounds=" "))}, "no_grounds", ("T2",)),
        ({"statuses": STATUSES[:1]}, "no_status", ("T2",)),
        ({"statuses": STATUSES[1:]}, "nothing_begun", ()),
        ({"known": ("s1", "s3")}, "progress_without_evidence", ("T1",)),
        ({"targets": TARGETS[:1]}, "no_target", ("C2",)),
        ({"steps": STEPS[:1]}, "no_steps", ("C2",)),
        ({"steps": (STEPS[0], MeasureStep("T2", "1", "2023-01-10", from_="2023-02-01"))}, "no_steps", ("C2",)),
        ({"assessments": LEVELS[:2]}, "no_level", ("C2",)),
        ({"measures": (MEASURES[0], measure("T2", "C2"))}, "not_promoting", ()),
        ({"measures": MEASURES[1:]}, "not_inhibiting", ()),
    ],
)  # fmt: skip
def test_2ii_says_which_part_of_priority_progress_and_trajectory_is_missing(more: Any, kind: str, ids: Any) -> None:
    found = verdict(**more)
    assert found.of("2ii").state == "partly"
    assert kinds(found, "2ii")[kind] == ids


def test_a_report_that_a_measure_was_put_off_is_evidence_of_following_it_too() -> None:
    begun = MeasureStatus("u1", "2023-02-01", measure="T1", status="begun", effect="unknown")
    put_off = MeasureStatus("u3", "2023-03-01", measure="T1", status="postponed", effect="unknown", evidence=("s2",))
    assert "progress_without_evidence" in kinds(verdict(statuses=(begun, STATUSES[1])), "2ii")
    assert "progress_without_evidence" not in kinds(verdict(statuses=(begun, STATUSES[1], put_off)), "2ii")


def test_2ii_is_not_shown_while_too_few_measures_are_prioritised() -> None:
    found = verdict(measures=tuple(measure(f"T{n}", priority=1 if n == 1 else None) for n in range(1, 5)))
    assert (found.of("2ii").state, found.of("2ii").k, found.of("2ii").n) == ("not_shown", 1, 4)
    assert verdict(measures=()).of("2ii").state == "not_shown"


def test_what_is_inhibited_without_a_measure_is_told_and_hinders_nothing() -> None:
    found = verdict((*ELEMENTS, seen("C4", inh="s1")))
    assert (found.of("2ii").state, kinds(found, "2ii")) == ("met", {"inhibited_without_measure": ("C4",)})


def test_rows_of_another_municipality_change_nothing() -> None:
    other = [Assessment(f"x{n}", "2022-01-05", milestone="2022", case="BGO", element="C1", side="researcher", level=1)
             for n in range(3)]  # fmt: skip
    more = verdict(
        assessments=(*LEVELS, *other), measures=(*MEASURES, measure("B1", case="BGO")),
        statuses=(*STATUSES, MeasureStatus("v1", "2023-02-01", measure="B1", status="stopped", effect="not")),
    )  # fmt: skip
    assert to_dict(more) == to_dict(verdict())


ASSESSMENTS = st.builds(
    lambda n, year, element, level, side, rationale, evidence: assessed(
        f"h{n}", f"{year}-02-02", element, level, side, rationale=rationale, evidence=evidence
    ),
    st.integers(0, 99), st.integers(2020, 2023), st.sampled_from(["C1", "C2", "C3", "C7", "C8"]), st.integers(0, 5),
    st.sampled_from(["researcher", "joint", "self"]), st.sampled_from(["", "Fordi"]),
    st.sampled_from([(), ("s1",), ("borte",)]),
)  # fmt: skip
SEEN = st.builds(
    lambda pro, inh, other, state, pending: (pro, inh, other, state, pending),
    st.sampled_from(["", "s1"]), st.sampled_from(["", "s2"]), st.sampled_from(["", "s3"]),
    st.sampled_from(["nothing_said", "not_asked", "not_codable", "suppressed"]), st.integers(0, 1),
)  # fmt: skip
SOME_MEASURES = st.lists(
    st.builds(
        lambda n, element, addresses, priority, grounds: measure(
            f"T{n}", element, addresses, priority=priority, grounds=grounds
        ),
        st.integers(1, 3), st.sampled_from(["C1", "C2", "C7"]), st.sampled_from(["promoting", "inhibiting"]),
        st.sampled_from([None, 1]), st.sampled_from(["", "Fordi"]),
    ),
    max_size=3, unique_by=lambda one: one.id,
)  # fmt: skip


@settings(max_examples=35)
@given(
    st.lists(ASSESSMENTS, max_size=8, unique_by=lambda one: one.id),
    st.lists(SEEN, min_size=0, max_size=3),
    SOME_MEASURES,
    st.sets(st.sampled_from(["u1", "u2"])),
)
def test_a_verdict_is_met_exactly_when_nothing_that_hinders_is_missing(
    rows: list[Assessment], cells: list[Any], measures: list[Measure], statuses: set[str]
) -> None:
    elements = [
        seen(f"C{n}", "evidence" if pro or inh or other else state, pro=pro, inh=inh, other=other, pending=pending)
        for n, (pro, inh, other, state, pending) in enumerate(cells, 1)
    ]
    names = {one.id for one in measures}
    found = verdict(
        elements, assessments=tuple(rows), measures=tuple(measures),
        steps=tuple(one for one in STEPS if one.measure in names),
        statuses=tuple(one for one in STATUSES if one.id in statuses and one.measure in names),
    )  # fmt: skip
    for one in found.indicators:
        hinders = [missing for missing in one.missing if not missing.is_note]
        assert (one.state == "met") == (not hinders), (one.id, hinders)
        assert set(one.segments) <= set(KNOWN)
        assert all(c.k <= c.n or not c.n for c in one.conditions)
    VALIDATOR.validate(to_dict(found))


def test_every_condition_and_everything_that_can_be_missing_is_said_in_both_languages() -> None:
    for table in (QUESTIONS, THRESHOLDS, CONDITIONS, MISSING):
        assert all(set(row) == {"nb", "en"} and all(row.values()) for row in table.values())
    assert set(MISSING) > NOTES
    assert set(QUESTIONS) == set(THRESHOLDS) == set(INDICATORS)


def test_counts_and_names_are_told_in_both_languages() -> None:
    found = verdict(targets=TARGETS[:1]).of("2ii")
    assert found.conditions[0].told("nb") == "2 av 2 tiltak har prioritet og grunnlag"
    (lacking,) = [one for one in found.missing if one.kind == "no_target"]
    assert lacking.told("nb", {"C2": "P2 Behov"}) == "element med tiltak, uten mål: P2 Behov"
    assert lacking.told("en") == "element with measures, without a target: C2"


def test_partly_is_from_one_in_three() -> None:
    assert acceptance.PARTLY == 3
    assert "en tredel" in THRESHOLDS["1i"]["nb"]
    assert "a third" in THRESHOLDS["2ii"]["en"]
