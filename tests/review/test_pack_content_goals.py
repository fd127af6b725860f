"""What a review pack tells of measures that did not go as planned, of targets, of what comes next, and of what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cleared_study import with_cleared
from pack_reader import unresolved
from small_study import SmallStudy

from foran_research.delivering import followup
from foran_research.registers.records import Assessment, Measure, MeasureStatus, MeasureStep, Target
from foran_research.review.content import pack_content
from foran_research.review.content_counts import Limits
from foran_research.study import Study, load_study

WIDE = Limits(persons=1, documents=1)
#: Of the small study: one passage of each municipality that may be quoted, and more of Fjordvik.
FJORD, HEIM, STRAND = "FJO-I01.K1.s01", "HEI-I01.K1.s02", "STR-N01.K1.s02"


@pytest.fixture(scope="module")
def small(written_once: Path) -> Study:
    return load_study(written_once)


@pytest.fixture(scope="module")
def demo(demo_path: Path) -> Study:
    return load_study(demo_path)


@pytest.fixture(scope="module")
def packs(demo: Study) -> Callable[[str], Mapping[str, Any]]:
    """Packs of the demo study, each made once."""
    made: dict[str, Mapping[str, Any]] = {}

    def of(name: str) -> Mapping[str, Any]:
        if name not in made:
            made[name] = pack_content(demo, demo.milestone(name), audience="workshop")
        return made[name]

    return of


def measures(pack: Mapping[str, Any]) -> dict[str, Any]:
    return {one["id"]: one for one in pack["measures"]}


def displays(pack: Mapping[str, Any]) -> dict[str, str]:
    return {one["id"]: one["display"] for one in pack["elements"]}


def pack_of(study: Study, milestone: str = "M1", **given: Any) -> dict[str, Any]:
    return pack_content(study, study.milestone(milestone), **{"audience": "workshop", **given})


# ---- measures


@pytest.mark.parametrize("name", ["M3", "M14"])
def test_a_measure_for_an_element_that_was_split_stands_at_all_that_it_became(
    packs: Callable[[str], Mapping[str, Any]], name: str
) -> None:
    """By hand from the codebooks: P11 (C0013) of 2.0.0 is P17 (C0071) and P18 (C0072) in 3.0.0."""
    pack = packs(name)
    one = measures(pack)["BGO-T01"]
    assert (one["element"], one["elements"], one["was"]) == ("C0071", ["C0071", "C0072"], "P11")
    assert [displays(pack)[code] for code in one["elements"]] == ["P17", "P18"]
    for code in one["elements"]:
        assert "BGO-T01" in next(own["measures"] for own in pack["elements"] if own["id"] == code)
    assert unresolved(pack) == []


def test_a_measure_whose_element_goes_on_says_nothing_of_what_it_was(
    packs: Callable[[str], Mapping[str, Any]],
) -> None:
    assert {one["was"] for one in packs("M11")["measures"]} == {""}
    one = measures(packs("M14"))["BGO-T03"]
    assert (one["elements"], one["was"]) == (["C0031"], "")


def test_a_measure_for_an_element_that_is_no_more_names_what_it_was(small: Study) -> None:
    gone = next(
        code
        for code in small.lineage["1.0.0"].elements
        if not any(
            code.id == one.id or code.id in small.lineage.ancestors(one.id, "2.0.0")
            for one in small.lineage["2.0.0"].elements
        )
    )
    row = Measure("T1", "2020-08-01", case="FJO", element=gone.id, codebook_version="1.0.0", addresses="promoting",
                  title_nb="Ringe på nytt 🙂", title_en="Call again")  # fmt: skip
    study = replace(small, registers=replace(small.registers, measures=(row,)))
    (one,) = pack_of(study, "M2")["measures"]
    assert (one["element"], one["elements"], one["was"]) == ("", [], gone.display)


def test_whether_a_measure_works_is_told_as_the_model_has_it_and_in_a_followup_only(
    demo: Study, packs: Callable[[str], Mapping[str, Any]]
) -> None:
    model = followup.build(demo, demo.milestone("M14"))
    told = {name: one["effect"] for name, one in measures(packs("M14")).items()}
    assert told == {one.id: one.effect for one in model.measures}
    assert told["BGO-T01"] == "not"
    assert {one["effect"] for one in packs("M3")["measures"]} == {""}


def test_why_something_was_stopped_or_put_off_is_the_reason_of_its_own_newest_report(
    packs: Callable[[str], Mapping[str, Any]],
) -> None:
    """By hand from measure_status.csv."""
    told = measures(packs("M14"))
    assert [(step["status"], step["why"]) for step in told["BGO-T06"]["steps"]] == [
        ("stopped", {"nb": "Forsikringsselskapene fikk ikke dele tallene."}),
        ("done", None), ("", None), ("", None),
    ]  # fmt: skip
    # The measure goes on: why a step of it was stopped is not why it was.
    assert (told["BGO-T06"]["status"], told["BGO-T06"]["trouble"]) == ("begun", None)
    put_off = {"nb": "Venter på at kommunen selv har penger til å kjøpe (BGO-T01)."}
    assert (told["BGO-T07"]["status"], told["BGO-T07"]["trouble"]) == ("postponed", put_off)
    # It does not work, and this is what was said of that.
    assert told["BGO-T01"]["trouble"] == {"nb": "Sensorene er tatt ned, og to bydeler har ikke lenger varsling."}
    # Of the report on BGO-T04 too much repeats what somebody said.
    assert told["BGO-T04"]["trouble"]["nn"] == "[halde tilbake]"


def reported(study: Study, *rows: tuple[str, str, str, str, tuple[str, ...]]) -> Any:
    """The measure with reports of (day, step, status, why, evidence)."""
    registers = replace(
        study.registers,
        measures=(
            Measure("T1", "2020-08-01", case="FJO", element="C0001", codebook_version="1.0.0", addresses="promoting",
                    title_nb="Ringe a\u030a", title_en="Call"),
        ),
        steps=(MeasureStep("T1", "1", "2020-08-01", text_nb="Ringe"), MeasureStep("T1", "2", "2020-08-01", text_nb="Gå")),
        statuses=tuple(
            MeasureStatus(f"S{at}", day, measure="T1", step=step, status=status, why=why, evidence=evidence)
            for at, (day, step, status, why, evidence) in enumerate(rows)
        ),
    )  # fmt: skip
    (one,) = pack_of(replace(study, registers=registers), limits=WIDE)["measures"]
    return one["trouble"], [step["why"] for step in one["steps"]]


def test_a_reason_counts_as_long_as_it_stands_and_from_steps_where_nobody_tells_of_the_whole(small: Study) -> None:
    first = ("2020-08-10", "1", "postponed", "Ferie a\u030a.", ())
    assert reported(small, first) == ({"nb": "Ferie å."}, [{"nb": "Ferie å."}, None])
    again = ("2020-08-20", "1", "postponed", " ", ())
    assert reported(small, first, again) == ({"nb": "Ferie å."}, [{"nb": "Ferie å."}, None])
    going_on = ("2020-08-21", "1", "begun", "Alle er tilbake.", ())
    assert reported(small, first, again, going_on) == (None, [None, None])
    # Halted anew without a reason: that of the time before is not this one's.
    assert reported(small, first, going_on, ("2020-08-22", "1", "stopped", "", ())) == (None, [None, None])
    whole = ("2020-08-23", "", "stopped", "Pengene tok slutt 🙂.", ())
    assert reported(small, first, whole) == ({"nb": "Pengene tok slutt 🙂."}, [{"nb": "Ferie å."}, None])


def test_a_reason_written_on_the_strength_of_what_may_not_be_shown_is_not_told(small_study: SmallStudy) -> None:
    row = ("2020-08-10", "1", "stopped", "Som strategien sa.", ("STR-N01.K1.s01",))
    assert reported(load_study(small_study.path), row)[0] == {"nb": "Som strategien sa."}
    path = "corpus/documents.csv"
    line = next(
        line for line in (small_study.path / path).read_text("utf-8").splitlines() if line.startswith("STR-N01")
    )
    small_study.replace(path, line, line.replace(",open,", ",restricted,"))
    assert reported(load_study(small_study.path), row) == (None, [None, None])


# ---- targets and what comes next


def test_targets_are_those_of_the_models_and_say_which_are_reached(
    demo: Study, packs: Callable[[str], Mapping[str, Any]]
) -> None:
    model = followup.build(demo, demo.milestone("M14"))
    told = packs("M14")["targets"]
    assert (len(told), sum(one["reached"] is True for one in told)) == (15, 5)
    assert model.counts["with_target"] == 15
    assert model.counts["target_reached"] == 5
    line = "Modenheten er vurdert for 16 elementer. 5 av 15 mål er nådd. Det er skrevet ned 8 tiltak."
    assert line in [one["nb"] for one in packs("M14")["short"]]
    assert not any("mål er nådd" in one["nb"] for one in packs("M11")["short"])
    # K2 in Bergen was to be lifted to 2, and P4 was lowered to 3 in October.
    by_display = {displays(packs("M14"))[one["element"]]: one for one in told}
    assert (by_display["K2"]["level"], by_display["K2"]["reached"], by_display["K2"]["side"]) == (2, True, "researcher")
    lowered = next(one for one in told if one["element"] == "C0005")
    assert lowered["level"] == 3
    assert lowered["reason"]["nb"].startswith("Senket ett trinn etter samlingen i oktober")
    assert all(one["by"] == "" and one["case"] == "BGO" for one in told)
    assert packs("M5")["targets"] == packs("M5")["next_steps"] == []


def test_the_final_model_has_targets_of_all_and_none_that_was_withdrawn(
    packs: Callable[[str], Mapping[str, Any]],
) -> None:
    told = {(one["case"], one["element"]): one["level"] for one in packs("M3")["targets"]}
    assert {case for case, _ in told} == {"TRD", "BGO", "KRS"}
    assert ("KRS", "C0053") not in told
    assert told["TRD", "C0030"] == 2


@pytest.mark.parametrize(
    ("assessors", "reached"),
    [
        (["FJO-PL-01"], []), (["FJO-PL-01", "FJO-INN-01"], []), (["FJO-PL-01", "K1"], []),
        (["K1"], [True]), (["GR-FJO-1"], [True]), ([], [None]),
    ],
)  # fmt: skip
def test_a_target_that_would_tell_what_a_few_persons_said_is_left_out(
    small: Study, assessors: list[str], reached: list[bool | None]
) -> None:
    rows = tuple(
        Assessment(
            f"A{at}", "2020-09-20", milestone="M1", case="FJO", element="C0001", codebook_version="1.0.0",
            assessor=assessor, side="researcher", level=4, rationale="Oppdiktet 🙂", evidence=(FJORD,),
        )
        for at, assessor in enumerate(assessors)
    )  # fmt: skip
    target = Target("G1", "2020-09-01", case="FJO", element="C0001", codebook_version="1.0.0", level=3,
                    by="2020-12-01", reason="Så langt vi ser a\u030a.")  # fmt: skip
    study = replace(small, registers=replace(small.registers, assessments=rows, targets=(target,)))
    told = pack_of(study)["targets"]
    assert [one["reached"] for one in told] == reached
    if told:
        assert told[0]["by"] == {"nb": "1. desember 2020", "nn": "1. desember 2020", "en": "1 December 2020"}
        assert told[0]["reason"] == {"nb": "Så langt vi ser å."}


def test_what_comes_next_says_by_when_and_keeps_the_language_it_was_written_in(
    demo: Study, packs: Callable[[str], Mapping[str, Any]]
) -> None:
    told = [one["text"] for one in packs("M14")["next_steps"]]
    assert len(told) == len(followup.build(demo, demo.milestone("M14")).next_steps)
    assert {
        "nb": "Utsatt, var planlagt til 31. oktober 2023: Ringe nabokommunene før neste utlysning",
        "en": "Put off, was planned for 31 October 2023: Ring the neighbouring municipalities before the next notice",
    } in told
    assert {"nb": "Meldt 9. oktober 2023: Tas opp i januar."} in told
    assert {one["case"] for one in packs("M14")["next_steps"]} == {"BGO"}
    assert {one["measure"] for one in packs("M14")["next_steps"]} <= set(measures(packs("M14")))


# ---- what it rests on


def test_a_pack_says_how_much_it_rests_on_and_no_number_below_the_fewest(
    packs: Callable[[str], Mapping[str, Any]],
) -> None:
    """By hand from documents.csv: until 31 October 2023, six interviews in Bergen and two notes."""
    told = packs("M14")["rests_on"]
    assert [one["case"] for one in told] == ["BGO", "TRD", "KRS"]
    assert told[0]["text"] == {
        "nb": "Bergen: 6 intervjuer og færre enn 3 notater",
        "nn": "Bergen: 6 intervju og færre enn 3 notat",
        "en": "Bergen: 6 interviews and fewer than 3 notes",
    }
    assert packs("M14")["short"][0]["nb"] == (
        "Modellen bygger på 6 intervjuer og færre enn 3 notater fra Bergen fram til 31. oktober 2023."
    )
    # Six notes of three municipalities that have fewer than three each would be two of each.
    assert packs("M3")["short"][0]["nn"] == (
        "Modellen byggjer på 21 intervju og nokre notat frå kommunane fram til 31. mai 2024."
    )


def test_documents_that_may_not_be_shown_are_not_counted_and_one_is_told_as_one(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    told = {one["case"]: one["text"]["nb"] for one in pack_of(study, limits=WIDE)["rests_on"]}
    assert told["STR"].endswith(": ett notat")
    assert told["FJO"].endswith(": 2 intervjuer")
    path = "corpus/documents.csv"
    line = next(
        line for line in (small_study.path / path).read_text("utf-8").splitlines() if line.startswith("STR-N01")
    )
    small_study.replace(path, line, line.replace(",open,", ",restricted,"))
    told = {one["case"]: one["text"]["nb"] for one in pack_of(load_study(small_study.path), limits=WIDE)["rests_on"]}
    assert told["STR"].endswith(": ingen dokumenter")


@pytest.mark.parametrize(
    ("segments", "line"),
    [
        ([FJORD, STRAND, HEIM], "Ett av dem er fra {}; de andre er fra andre kommuner og står her til sammenlikning."),
        ([FJORD], "Det er fra {}."),
        ([STRAND], "Det er ikke fra {}, men fra en annen kommune, og står her til sammenlikning."),
        ([STRAND, HEIM], "Ingen av dem er fra {}; de er fra andre kommuner og står her til sammenlikning."),
        ([FJORD, "FJO-I01.K1.s02"], "Alle er fra {}."),
    ],
)
def test_a_pack_of_one_municipality_says_how_many_quotes_are_its_own(
    small: Study, segments: list[str], line: str
) -> None:
    study = with_cleared(small, segments)
    own = replace(study.milestone("M1"), model="practice", case="FJO")
    pack = pack_content(study, own, audience="workshop", limits=WIDE)
    assert len(pack["quotes"]) == len(segments)
    label = {case.id: case.label["nb"] for case in study.settings.cases}["FJO"]
    assert f" {line.format(label)} Andre utsagn blir ikke vist." in pack["short"][-1]["nb"]
    # Of all municipalities together none is the readers' own.
    assert "sammenlikning" not in pack_of(study, limits=WIDE)["short"][-1]["nb"]
