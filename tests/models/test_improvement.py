"""The improvement model, from inputs made by hand. Everybody and everything is invented (oppdiktet)."""

from __future__ import annotations

import dataclasses
from typing import Any

import hand_made as hand
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.errors import ForanError
from foran_research.models import maturity
from foran_research.models.capability import ModelInputs
from foran_research.models.improvement import (
    ImprovementModel,
    build_model,
    firmness,
    planned_measures,
    to_dict,
    waves_of,
)
from foran_research.registers.records import Assessment, Measure, MeasureStep, Registers, Target
from foran_research.settings import DEFAULT_LEVELS, DEFAULT_RULES, Maturity

DAY = "2021-09-30"
P1, P2, E1, K1 = "C0001", "C0002", "C0005", "C0004"


def assessed(element: str, level: int, *, side: str = "researcher", assessor: str = "K1") -> Assessment:
    return Assessment(f"A-{element}-{side}-{assessor}", "2021-09-01", milestone="M1", case="AAA", element=element,
                      codebook_version="2.0.0", assessor=assessor, side=side, level=level)  # fmt: skip


def target(element: str, level: int, by: str = "") -> Target:
    return Target(
        f"G-{element}", "2021-09-02", case="AAA", element=element, codebook_version="2.0.0", level=level, by=by
    )


def measure(name: str, element: str = P1, **more: Any) -> Measure:
    facts: dict[str, Any] = {
        "case": "AAA", "codebook_version": "2.0.0", "title_nb": f"Tiltak {name} å a\u030a 😀", "title_en": f"Measure {name}",
        "addresses": "inhibiting", "evidence": ("s1",), "owner": "ledelse", "priority": 1,
    } | more  # fmt: skip
    return Measure(name, "2021-09-03", element=element, **facts)


def step(name: str, number: int, begins: str, ends: str) -> MeasureStep:
    return MeasureStep(name, str(number), "2021-09-03", "", f"Steg {number} æ", f"Step {number}", begins, ends)


def registers(*rows: Any) -> Registers:
    def of(kind: type) -> tuple[Any, ...]:
        return tuple(row for row in rows if isinstance(row, kind))

    return Registers(assessments=of(Assessment), targets=of(Target), measures=of(Measure), steps=of(MeasureStep))


#: AAA says four things of P1 (three inhibit, one of these both ways), one of P2; BBB says one of P1. D2 may be hidden.
def inputs(hidden: frozenset[str] = frozenset(), **more: Any) -> ModelInputs:
    return hand.inputs(
        hand.segments(
            ("s1", "D1", (1,), P1, "hemmer"), ("s2", "D1", (2,), P1, "fremmer"), ("s3", "D2", (1,), P1, "hemmer"),
            ("s4", "D2", (2,), P1, "begge"), ("s5", "D1", (1,), "C0003", "hemmer"), ("s6", "D3", (1,), P1, "hemmer"),
            ("s7", "D1", (2,), P2, "nøytral"), ("s8", "D2", (2,), E1, "fremmer"),
        ),
        hand.units(
            ("D1", 1, "AAA", "AAA-1", "ledelse"), ("D1", 2, "AAA", "AAA-1", "ledelse"), ("D2", 1, "AAA", "AAA-2", "bruker"),
            ("D2", 2, "AAA", "AAA-2", "bruker"), ("D3", 1, "BBB", "BBB-1", "ledelse"),
        ),
        hand.documents(("D1", "interview", "AAA", ""), ("D2", "interview", "AAA", ""), ("D3", "interview", "BBB", "")),
        hidden=hidden,
        **more,
    )  # fmt: skip


def profile(standing: Registers) -> maturity.MaturityProfile:
    scale = Maturity(DEFAULT_LEVELS, DEFAULT_RULES)
    return maturity.profile(
        standing, case="AAA", milestone="M1", codebook=hand.SECOND, lineage=hand.LINEAGE, scale=scale
    )


def built(*rows: Any, hidden: frozenset[str] = frozenset(), given_: ModelInputs | None = None) -> ImprovementModel:
    standing = registers(*rows).until(DAY)
    return build_model(
        given_ or inputs(hidden), standing, profile(standing), case="AAA", milestone="M1", model_version=1, cut_off=DAY,
        coded_until=DAY, study={"id": "hand", "is_synthetic": True, "notice": hand.both("Oppdiktet")}, seed=7,
        replicates=50,
    )  # fmt: skip


def test_gap_and_inhibiting_evidence_are_two_columns_reckoned_by_hand() -> None:
    model = built(assessed(P1, 2), assessed(P1, 3, assessor="K2"), assessed(P1, 4, side="self"), target(P1, 4))
    one = model.element("P1")
    assert one is not None
    assert (one.level, one.low, one.high, one.is_tied, one.target, one.gap) == (2, 2, 3, True, 4, 2)
    assert one.levels == {"researcher": 2, "self": 4, "joint": None}
    # Said in AAA: s1, s2, s3, s4; s4 counts both ways, s6 is BBB's.
    assert one.inhibiting == ("s1", "s3", "s4")
    assert one.promoting == ("s2", "s4")
    assert (one.segments, one.inhibiting_share, one.inhibiting_documents) == (4, 0.75, 2)


def test_a_sub_element_counts_for_its_element_and_neutral_words_only_among_all() -> None:
    two = built().element("P2")
    assert two is not None
    assert (two.inhibiting, two.segments, two.inhibiting_share, two.gap) == (("s5",), 2, 0.5, None)
    silent = built().element("K1")
    assert silent is not None
    assert (silent.segments, silent.inhibiting_share) == (0, None)


def test_no_number_of_the_model_is_gap_times_share() -> None:
    data = to_dict(built(assessed(P1, 1), target(P1, 4)))
    row = next(one for one in data["elements"] if one["display"] == "P1")
    assert set(row) & {"score", "priority", "rank", "product"} == set()
    assert 3 * 0.75 not in [value for value in row.values() if isinstance(value, float)]


def many(count: int, documents: int, against: int) -> ModelInputs:
    rows = [(f"s{n}", f"D{n % documents}", (n,), P1, "hemmer" if n < against else "fremmer") for n in range(count)]
    turns = [(f"D{n % documents}", n, "AAA", "AAA-1", "ledelse") for n in range(count)]
    papers = [(f"D{n}", "interview", "AAA", "") for n in range(documents)]
    return hand.inputs(hand.segments(*rows), hand.units(*turns), hand.documents(*papers))


@pytest.mark.parametrize(
    ("count", "documents", "against", "is_told"),
    [(15, 3, 10, True), (16, 3, 10, False), (14, 3, 9, False), (15, 2, 10, False), (10, 3, 10, True)],
)
def test_an_element_inhibits_much_from_ten_segments_three_documents_and_two_thirds_on(
    count: int, documents: int, against: int, is_told: bool
) -> None:
    one = built(given_=many(count, documents, against)).element("P1")
    assert one is not None
    assert ("inhibits_unaddressed" in one.notes) is is_told
    other = built(measure("T1", evidence=("s0",)), given_=many(count, documents, against)).element("P1")
    assert other is not None
    assert "inhibits_unaddressed" not in other.notes


def test_a_gap_without_a_measure_is_told_and_one_that_is_closed_is_not() -> None:
    model = built(assessed(P1, 2), target(P1, 3), assessed(P2, 3), target(P2, 3), assessed(E1, 4), target(E1, 3))
    notes = {one.display: one.notes for one in model.elements}
    assert notes["P1"] == ("gap_unaddressed",)
    assert notes["P2"] == ()
    assert notes["E1"] == ("above_target",)


def test_measures_stand_on_their_passages_and_what_is_lacking_is_told() -> None:
    # T5 names a passage nobody knows; T6 one of another municipality.
    model = built(
        measure("T1", evidence=("s1", "s3")), measure("T2", evidence=()), measure("T3", addresses="promoting"),
        measure("T4", element="C0006", codebook_version="1.0.0"), measure("T5", evidence=("s1", "s99")),
        measure("T6", evidence=("s6",)), step("T1", 1, "2021-10-01", "2021-10-31"),
    )  # fmt: skip
    notes = {one.id: one.notes for one in model.measures}
    assert notes["T1"] == ("not_assessed", "no_target")
    assert notes["T2"] == ("no_evidence", "not_assessed", "no_target", "no_steps")
    assert notes["T3"][0] == "evidence_elsewhere"
    assert notes["T4"] == ("not_comparable", "no_steps")
    assert notes["T5"][0] == "evidence_not_known"
    assert notes["T6"][0] == "evidence_elsewhere"
    assert [one.element for one in model.measures] == [P1, P1, P1, "", P1, P1]


def test_a_measure_without_a_gap_to_close_is_told_so() -> None:
    model = built(assessed(P1, 3), target(P1, 3), measure("T1"), step("T1", 1, "2021-10-01", "2021-10-31"))
    assert model.measures[0].notes == ("no_gap",)


def test_hidden_documents_leave_no_trace_but_a_count() -> None:
    hidden = built(measure("T1", evidence=("s1", "s3")), hidden=frozenset({"D2"}))
    assert "s3" not in repr(to_dict(hidden))
    assert "D2" not in repr(to_dict(hidden))
    one = hidden.measures[0]
    assert (one.passages, one.withheld) == (("s1",), 1)
    assert "evidence_withheld" in one.notes
    assert "evidence_not_known" not in one.notes
    element = hidden.element("P1")
    assert element is not None
    assert (element.inhibiting, element.segments) == (("s1",), 2)


def test_what_was_written_on_the_strength_of_what_may_not_be_shown_is_kept_back() -> None:
    words = {"factor": "Én å mase på 😀", "grounds": "Sagt a\u030apent i møtet"}
    rows = registers(measure("T1", evidence=("s1", "s3"), **words), measure("T2", evidence=("s1",), **words),
                     measure("T3", evidence=("s1", "s88"), **words)).until(DAY)  # fmt: skip
    own = planned_measures(rows, inputs(frozenset({"D2"})), case="AAA", withheld={"s88"})
    told = {one.id: (one.factor, one.grounds, one.withheld, one.passages) for one in own}
    assert told == {
        "T1": ("", "", 1, ("s1",)), "T2": (*words.values(), 0, ("s1",)), "T3": ("", "", 1, ("s1",)),
    }  # fmt: skip
    assert all("evidence_not_known" not in one.notes for one in own)
    shown = planned_measures(rows, inputs(), case="AAA")
    assert [one.factor for one in shown] == [words["factor"]] * 3


def test_measures_come_in_waves_and_dates_that_do_not_fit_are_told() -> None:
    model = built(
        measure("T1"), measure("T2", depends_on=("T1",)), measure("T3", depends_on=("T1", "T2")),
        measure("T4", depends_on=("T9",)),
        step("T1", 1, "2021-10-01", "2021-10-31"), step("T2", 1, "2021-09-01", "2021-09-30"),
        step("T3", 1, "2021-10-31", "2021-12-31"), step("T4", 1, "2021-10-01", "2021-10-02"),
        # T5 begins with the one that it waits for, T6 on the day after it.
        measure("T5", depends_on=("T1",)), step("T5", 1, "2021-10-01", "2021-12-31"),
        measure("T6", depends_on=("T1",)), step("T6", 1, "2021-11-01", "2021-12-31"),
    )  # fmt: skip
    assert model.order == (("T1", "T4"), ("T2", "T5", "T6"), ("T3",))
    notes = {one.id: set(one.notes) & {"begins_before", "overlaps", "waits_for_withdrawn"} for one in model.measures}
    assert notes == {
        "T1": set(), "T2": {"begins_before"}, "T3": {"overlaps"}, "T4": {"waits_for_withdrawn"}, "T5": {"overlaps"}, "T6": set(),
    }  # fmt: skip
    assert [one.wave for one in model.measures] == [1, 1, 2, 2, 2, 3]


def test_measures_that_wait_for_each_other_are_refused_by_name() -> None:
    with pytest.raises(ForanError, match="T1, T2"):
        waves_of({"T1": ["T2"], "T2": ["T1"], "T3": []})


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_waves_are_the_shortest_and_each_waits_only_for_earlier_ones(pairs: list[tuple[int, int]]) -> None:
    waits = {f"T{n}": [f"T{low}" for low, high in pairs if high == n and low < n] for n in range(10)}
    waves = waves_of(waits)
    place = {name: number for number, wave in enumerate(waves) for name in wave}
    assert sorted(place) == sorted(waits)
    for name, others in waits.items():
        # The naive oracle: one after the latest that it waits for.
        assert place[name] == max((place[other] + 1 for other in others), default=0)


def test_a_trajectory_is_whole_with_a_level_steps_in_order_of_days_and_a_target() -> None:
    rows = (measure("T1"), measure("T2"), step("T1", 1, "2021-11-01", "2021-11-30"), step("T2", 1, "2021-10-01", "2021-10-31"),
            step("T1", 2, "", "2021-12-31"), step("T2", 2, "", ""))  # fmt: skip
    (path,) = built(*rows, assessed(P1, 2), target(P1, 4, by="2021-12-01")).trajectories
    assert (path.level, path.target, path.by, path.is_whole, path.assessed_at) == (2, 4, "2021-12-01", True, "M1")
    assert [(one.measure, one.step) for one in path.stages] == [("T2", "1"), ("T1", "1"), ("T1", "2"), ("T2", "2")]
    assert not built(*rows, assessed(P1, 2)).trajectories[0].is_whole
    assert not built(*rows, target(P1, 4)).trajectories[0].is_whole
    assert not built(measure("T1"), assessed(P1, 2), target(P1, 4)).trajectories[0].is_whole


def test_who_set_a_target_is_not_taken_for_the_day_it_is_due() -> None:
    model = built(measure("T1"), assessed(P1, 2), target(P1, 4, by="AAA-SAMLING-3"))
    assert model.trajectories[0].by == ""
    one = model.element("P1")
    assert one is not None
    assert (one.target_by, one.target_set_by, one.target_set_on) == ("", "AAA-SAMLING-3", "2021-09-02")
    dated = built(target(P1, 4, by="2021-12-01")).element("P1")
    assert dated is not None
    assert (dated.target_by, dated.target_set_by) == ("2021-12-01", "")
    late = built(measure("T1"), target(P1, 4, by="2021-12-01"), step("T1", 1, "2021-11-01", "2021-12-02"))
    assert "ends_late" in late.measures[0].notes


def test_ties_count_turns_of_this_municipality_and_claim_no_cause() -> None:
    # P1 meets P2 in D1:1 and D1:2 (s1 with s5, s2 with s7), and E1 in D2:2 (s4 with s8).
    model = built(measure("T1"), measure("T2", element=P2, evidence=("s5",)))
    told = [(t.element, t.other, t.turns, t.documents, t.turns_one, t.turns_other, t.measures) for t in model.ties]
    assert told == [
        (P1, P2, 2, 1, 4, 2, ("T2",)), (P1, E1, 1, 1, 4, 1, ()), (P2, P1, 2, 1, 2, 4, ("T1",)),
    ]  # fmt: skip
    assert set(model.ties[0].passages) == {"s1", "s2", "s5", "s7"}
    assert model.ties[0].jaccard == pytest.approx(0.5)
    assert {t.firmness for t in model.ties} == {"one_document"}
    assert built(given_=inputs(min_edge_turns=2)).ties == ()
    assert [t.other for t in built(measure("T1"), given_=inputs(min_edge_turns=2)).ties] == [P2]


def test_a_tie_in_two_documents_is_firm_when_resampling_keeps_it() -> None:
    assert [firmness(1.0, 2), firmness(0.95, 2), firmness(0.949, 3), firmness(None, 2)] == [
        "firm", "firm", "unsure", "unsure",
    ]  # fmt: skip


def test_what_was_recorded_after_the_day_is_not_there() -> None:
    early = measure("T1")
    late = dataclasses.replace(early, on="2021-10-01", title_nb="Senere", priority=3)
    later = dataclasses.replace(measure("T2"), on="2021-10-01")
    moved = dataclasses.replace(step("T1", 1, "2022-01-01", "2022-02-01"), on="2021-10-01")
    model = built(early, late, later, step("T1", 1, "2021-11-01", "2021-11-30"), moved)
    assert [(one.id, one.title["nb"], one.priority, one.begins) for one in model.measures] == [
        ("T1", "Tiltak T1 å a\u030a 😀", 1, "2021-11-01")
    ]
    gone = dataclasses.replace(early, on="2021-09-10", action="withdrawn")
    assert built(early, gone).measures == ()


def test_measures_of_other_municipalities_are_left_aside() -> None:
    assert built(measure("T1", case="BBB")).measures == ()
    assert planned_measures(registers(measure("T1", case="BBB")), inputs(), case="AAA") == ()


def test_the_same_inputs_give_the_same_model_whatever_the_order_of_rows() -> None:
    rows = [measure("T2"), measure("T1"), assessed(P1, 2), target(P1, 4), step("T1", 1, "2021-10-01", "2021-10-31")]
    assert to_dict(built(*rows)) == to_dict(built(*reversed(rows)))


def test_a_study_without_coding_or_registers_gives_an_empty_model() -> None:
    empty = hand.inputs(hand.segments(), hand.units(), hand.documents())
    model = built(given_=empty)
    assert (model.measures, model.ties, model.trajectories, model.order) == ((), (), (), ())
    assert all(one.inhibiting_share is None and one.gap is None for one in model.elements)
    assert isinstance(pd.DataFrame(to_dict(model)["elements"]), pd.DataFrame)
