"""What a review pack claims is what the model shows: by direction, municipality and time; and how the pack begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from cleared_study import with_cleared
from hypothesis import given
from hypothesis import strategies as st
from pack_reader import texts_of
from small_study import SmallStudy

from foran_research.delivering import followup, improvement, practice
from foran_research.milestone import capability_model
from foran_research.models.capability import cell_states
from foran_research.registers.records import Measure, MeasureStatus, MeasureStep
from foran_research.review.content import pack_content
from foran_research.review.content_claims import _moved, ranked
from foran_research.review.content_counts import Limits, Row
from foran_research.review.content_parts import before_of, measure_changes, measures_of
from foran_research.review.content_words import ABBREVIATIONS, LANGUAGES, abbreviations_in, brief_of
from foran_research.study import Study, load_study

BUILD = {
    "capability": capability_model,
    "practice": practice.build,
    "improvement": improvement.build,
    "followup": followup.build,
}
#: One milestone of each kind of model.
KINDS = ("M3", "M8", "M11", "M14")
LAYERS = ("promoting", "inhibiting")


@pytest.fixture(scope="module")
def demo(demo_path: Path) -> Study:
    return load_study(demo_path)


@pytest.fixture(scope="module")
def packs(demo: Study) -> Callable[[str], Mapping[str, Any]]:
    """Packs of the demo study, each made once, with three passages cleared that are newer than the model before."""
    study = with_cleared(demo, ["BGO-I07.K1.s0044", "BGO-I05.K1.s0056"])
    made: dict[str, Mapping[str, Any]] = {}

    def of(name: str) -> Mapping[str, Any]:
        if name not in made:
            made[name] = pack_content(study, study.milestone(name), audience="workshop")
        return made[name]

    return of


@pytest.fixture(scope="module")
def small(written_once: Path) -> Study:
    return load_study(written_once)


def claims(pack: Mapping[str, Any], *kinds: str) -> list[Any]:
    return [one for one in pack["claims"] if one["id"].split(".")[0] in kinds]


def element(pack: Mapping[str, Any], display: str) -> Any:
    return next(one for one in pack["elements"] if one["display"] == display)


def passages(model: Any, kind: str) -> dict[tuple[str, str], Sequence[str]]:
    """By direction and element, the passages that a model itself names."""
    if kind == "practice":
        return {(layer, one.element): one.segments for layer in LAYERS for one in getattr(model, layer)}
    if kind == "followup":
        return {
            (layer, one.id): (*getattr(one, f"{layer}_old"), *getattr(one, f"{layer}_new"))
            for layer in LAYERS
            for one in model.elements
        }
    found = {(layer, one.id): getattr(one, layer) for layer in LAYERS for one in model.elements}
    return {key: own.segments for key, own in found.items()} if kind == "capability" else found


# ---- what promotes and what inhibits


@pytest.mark.parametrize("name", KINDS)
def test_what_is_most_broadly_said_is_what_the_model_has_most_documents_of_in_that_direction(
    demo: Study, packs: Callable[[str], Mapping[str, Any]], name: str
) -> None:
    milestone, pack = demo.milestone(name), packs(name)
    own = passages(BUILD[milestone.model](demo, milestone), milestone.model)
    # The id of a passage begins with its document.
    documents = {key: len({one.split(".")[0] for one in segments}) for key, segments in own.items()}
    for layer in LAYERS:
        named = [one["elements"][0] for one in claims(pack, layer, "both")]
        rest = [count for (where, code), count in documents.items() if where == layer and code not in named]
        fewest = min(documents[layer, code] for code in named)
        assert fewest >= 2
        assert fewest >= max(rest)
        assert len(named) == len(set(named)) == 6
        # Those of the short lines are the first of the rest.
        alone = [documents[layer, one["elements"][0]] for one in claims(pack, layer)]
        assert alone == sorted(alone, reverse=True)


def test_the_final_model_of_the_demo_names_what_its_numbers_say(packs: Callable[[str], Mapping[str, Any]]) -> None:
    """By hand from model.json: promoting K8 20, P13 19, P2 18, K2 17, P3 16, P5 16; inhibiting K2 26, K7 25, K4 24, …"""
    pack = packs("M3")
    display = {one["id"]: one["display"] for one in pack["elements"]}
    told = {kind: [display[one["elements"][0]] for one in claims(pack, kind)] for kind in ("both", *LAYERS)}
    assert told == {
        "both": ["K2"],
        "promoting": ["K8", "P13", "P2", "P3", "P5"],
        "inhibiting": ["K7", "K4", "P9", "K6", "E8"],
    }
    lines = [one["nb"] for one in pack["short"]]
    assert (
        "Dette trekkes bredest fram både som noe som fremmer og som noe som hemmer: «K2 Ledelse og organisering»."
        in lines
    )
    begin = "Ellers er dette blant det som trekkes bredest fram som noe som fremmer: «K8 "
    assert any(line.startswith(begin) for line in lines)


def test_one_passage_in_one_document_is_claimed_of_nothing(packs: Callable[[str], Mapping[str, Any]]) -> None:
    """K7 of M11: one passage promotes; K7 is spoken of in most documents, as something that inhibits."""
    k7 = element(packs("M11"), "K7")["id"]
    assert [one["id"] for one in packs("M11")["claims"] if k7 in one["elements"] and "gap" not in one["id"]] == [
        f"inhibiting.BGO.{k7}"
    ]


@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_named_twice_as_promoting_and_as_inhibiting(
    packs: Callable[[str], Mapping[str, Any]], name: str
) -> None:
    pack = packs(name)
    promoting, inhibiting, both = ({one["elements"][0] for one in claims(pack, kind)} for kind in (*LAYERS, "both"))
    assert both
    assert not promoting & inhibiting
    assert not both & (promoting | inhibiting)


POLARITIES = ("fremmer", "hemmer", "begge", "nøytral", "")


@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from("1234"), st.sampled_from("xyå"), st.sampled_from(POLARITIES)),
        max_size=40,
    ),
    st.sampled_from(LAYERS),
    st.sampled_from(("", "x", "å")),
)
def test_ranks_are_those_of_a_naive_count(found: list[tuple[str, str, str, str]], layer: str, case: str) -> None:
    rows = [
        Row(code, f"s{at}", f"{document}:{at}", document, "", home, way)
        for at, (code, document, home, way) in enumerate(found)
    ]
    wanted = {"promoting": ("fremmer", "begge"), "inhibiting": ("hemmer", "begge")}[layer]

    def count(code: str) -> tuple[int, int]:
        own = [row for row in rows if row.element == code and row.polarity in wanted and (not case or row.case == case)]
        return len({row.document for row in own}), len(own)

    broad = [code for code in "CAB" if count(code)[0] >= 2]
    assert ranked(rows, layer, list("CAB"), case=case) == [
        code for _, _, code in sorted((tuple(-n for n in count(code)), at, code) for at, code in enumerate(broad))
    ]


def test_claims_stand_on_two_documents_at_least_and_on_quotes_that_say_so(small: Study) -> None:
    study = with_cleared(small, ["STR-N01.K1.s02"])
    told = {one["id"]: one for one in pack_content(study, study.milestone("M1"), audience="workshop")["claims"]}
    assert told["both.all.C0001"]["quotes"] == ["STR-N01.K1.s02"]
    assert told["both.all.C0001"]["text"]["nn"] == (
        "«P1 behov» blir trekt fram både som noko som fremjar og som noko som hemmar innovative anskaffingar i kommunane."
    )
    assert not [name for name in told if name.endswith("C0009")]


# ---- quotes behind claims


def test_a_quote_behind_a_level_that_moved_is_newer_than_the_level_it_moved_from(
    demo: Study, packs: Callable[[str], Mapping[str, Any]]
) -> None:
    """K2 in Bergen: a quote of March 2020 promotes, and one of June 2023; the baseline is of January 2023."""
    (claim,) = (one for one in packs("M14")["claims"] if one["id"] == "up.BGO.C0019")
    assert "BGO-I01.K1.s0035" in element(packs("M14"), "K2")["promoting"]
    assert claim["quotes"] == ["BGO-I07.K1.s0044"]
    without = pack_content(demo, demo.milestone("M14"), audience="workshop")
    assert [one["quotes"] for one in without["claims"] if one["id"] == "up.BGO.C0019"] == [[]]
    (both,) = (one for one in packs("M14")["claims"] if one["id"] == "both.BGO.C0019")
    assert "BGO-I01.K1.s0035" in both["quotes"]


def test_a_quote_behind_a_gap_is_newer_than_the_model_before(packs: Callable[[str], Mapping[str, Any]]) -> None:
    told = {one["id"]: one["quotes"] for one in claims(packs("M11"), "gap")}
    assert told.pop("gap.BGO.C0005") == ["BGO-I05.K1.s0056"]
    assert not any(told.values())


@pytest.mark.parametrize("name", KINDS)
def test_a_quote_behind_a_claim_is_of_its_element_its_direction_and_its_municipality(
    packs: Callable[[str], Mapping[str, Any]], name: str
) -> None:
    pack = packs(name)
    quotes = {one["id"]: one for one in pack["quotes"]}
    ways = {"gap": ("inhibiting", "both"), "up": ("promoting", "both"), "down": ("inhibiting", "both"),
            **{layer: (layer, "both") for layer in LAYERS}}  # fmt: skip
    for one in pack["claims"]:
        kind = one["id"].split(".")[0]
        for quote in (quotes[segment] for segment in one["quotes"]):
            assert quote["elements"][0] in one["elements"]
            assert quote["polarity"] in ways.get(kind, (*LAYERS, "both", "neutral"))
            if kind not in ("opposite", "missing_here"):
                assert quote["case"] == (pack["milestone"]["case"] or quote["case"])


def test_a_quote_behind_two_things_told_of_together_stands_in_a_turn_that_holds_both(
    demo: Study, packs: Callable[[str], Mapping[str, Any]]
) -> None:
    model = practice.build(demo, demo.milestone("M8"))
    behind = {"~".join(one.elements): set(one.segments) for one in model.particular if one.kind == "edge_only_here"}
    told = claims(packs("M8"), "edge_only_here")
    assert any(one["quotes"] for one in told)
    for one in told:
        assert set(one["quotes"]) <= behind[one["id"].split(".")[-1]]


# ---- levels


def test_a_gap_and_a_move_tell_the_levels_of_the_model_and_who_assessed_them(
    demo: Study, packs: Callable[[str], Mapping[str, Any]]
) -> None:
    gaps = {one.id: one for one in improvement.build(demo, demo.milestone("M11")).elements}
    for one in claims(packs("M11"), "gap"):
        own = gaps[one["elements"][0]]
        assert [int(n) for n in re.findall(r"trinn (\d)", one["text"]["nb"])] == [own.level, own.target]
        assert one["text"]["nb"].startswith("Forskerne vurderer «")
    moved = {one.id: one for one in followup.build(demo, demo.milestone("M14")).elements}
    found = claims(packs("M14"), "up", "down")
    assert [one["elements"][0] for one in found] == [one.id for one in moved.values() if one.status in ("up", "down")]
    for one in found:
        own = moved[one["elements"][0]]
        assert [int(n) for n in re.findall(r"level (\d)", one["text"]["en"])] == [own.now.level, own.baseline.level]


def test_a_move_of_an_element_that_means_something_else_now_says_so(
    packs: Callable[[str], Mapping[str, Any]],
) -> None:
    """K2 was narrowed between the codebooks of M11 and M14; E2 was not."""
    told = {one["id"]: one["text"]["nb"] for one in claims(packs("M14"), "up")}
    assert told["up.BGO.C0019"].endswith("mot trinn 1 da. Elementet har fått et annet innhold i mellomtida.")
    assert told["up.BGO.C0042"].endswith("mot trinn 2 da.")


@pytest.mark.parametrize(
    ("assessors", "is_told"),
    [(["FJO-PL-01"], False), (["FJO-PL-01", "FJO-INN-01"], False), (["K1"], True), (["GR-FJO-1"], True)],
)
def test_a_move_by_a_few_persons_who_assess_for_themselves_is_not_told(assessors: list[str], is_told: bool) -> None:
    def level(number: int) -> Any:
        names = tuple(f"A{number}{at}" for at in range(len(assessors)))
        return SimpleNamespace(milestone="", on=f"202{number}-05-04", level=number, assessments=names)

    rows = [
        SimpleNamespace(id=f"A{number}{at}", assessor=assessor)
        for number in (1, 2)
        for at, assessor in enumerate(assessors)
    ]
    part: Any = SimpleNamespace(
        milestone=SimpleNamespace(case="FJO", cut_off=SimpleNamespace(isoformat=lambda: "2023-01-01")),
        model=SimpleNamespace(
            baseline={"milestone": "", "day": ""},
            elements=[SimpleNamespace(id="C1", status="up", side="self", baseline=level(1), now=level(2))],
        ),
        study=SimpleNamespace(
            participants=pd.DataFrame(index=["FJO-PL-01", "FJO-INN-01"]), registers=SimpleNamespace(assessments=rows)
        ),
        limits=Limits(),
        name=lambda code: {"nb": f"P1 a\u030a 🙂 {code}", "en": code},
        where={"nb": "Fjordvik", "en": "Fjordvik"},
    )
    found = _moved(part, [], set())
    assert bool(found) == is_told
    if is_told:
        assert "høyere enn i mai 2021: trinn 2, mot trinn 1 da." in found[0]["text"]["nb"]


# ---- since when


@pytest.mark.parametrize(
    ("name", "before", "kind"),
    [("M1", "", ""), ("M2", "M1", "same"), ("M3", "M2", "same"), ("M5", "", ""), ("M8", "M5", "same"),
     ("M11", "M8", "other"), ("M14", "M11", "other"), ("M15", "M12", "other")],
)  # fmt: skip
def test_changes_are_told_since_the_version_before_or_the_newest_model_of_the_municipality(
    demo: Study, name: str, before: str, kind: str
) -> None:
    found, told = before_of(demo, demo.milestone(name))
    assert (found.id if found else "", told) == (before, kind)


def test_a_model_whose_codebook_is_newer_is_not_compared_with(demo: Study) -> None:
    milestones = tuple(
        replace(one, codebook_version="3.0.0") if one.id == "M8" else one for one in demo.settings.milestones
    )
    study = replace(demo, settings=replace(demo.settings, milestones=milestones))
    found, _ = before_of(study, study.milestone("M11"))
    assert found is not None
    assert found.id == "M5"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "M3",
            "Siden «Revidert modell» (M2) er 13 ting endret i kodeboka eller modellen. "
            "Ett forslag til endring ble ikke tatt inn.",
        ),
        ("M5", "Det er ingen tidligere modell for Bergen å sammenlikne med."),
        (
            "M11",
            "Siden «Praksismodell 2: Bergen» (M8) er 8 ting endret i kodeboka eller tiltakene. "
            "Det var en annen slags modell, så det folk har sagt da og nå, er ikke sammenliknet.",
        ),
    ],
)
def test_the_short_line_on_changes_says_since_which_model_and_counts_no_rejected_ones(
    packs: Callable[[str], Mapping[str, Any]], name: str, line: str
) -> None:
    pack = packs(name)
    assert line in [one["nb"] for one in pack["short"]]
    counted = len(pack["changes"]) - sum(one["kind"] == "rejected" for one in pack["changes"])
    assert str(counted or "ingen") in line


def test_of_another_kind_of_model_the_codebook_and_the_measures_are_compared(
    packs: Callable[[str], Mapping[str, Any]],
) -> None:
    assert {one["kind"] for one in packs("M11")["changes"]} == {"measure_new"}
    moved = {one["id"]: one for one in packs("M14")["changes"] if one["kind"] == "measure_status"}
    assert moved["measure_status.BGO-T07"]["what"]["nb"] == (
        "Opsjon for nabokommunene fra starten (var «planlagt» ved forrige modell, er nå «utsatt»; "
        "sist meldt 9. oktober 2023)"
    )
    # That it goes on as planned is no news that needs a reason.
    assert {one["id"]: one["why"] for one in moved.values() if one["why"] != {"nb": ""}} == {
        "measure_status.BGO-T07": {"nb": "Venter på at kommunen selv har penger til å kjøpe (BGO-T01)."}
    }
    assert all(one["why"]["nb"] for one in packs("M11")["changes"])
    assert packs("M14")["before_title"]["nb"] == "Forbedringsmodell: Bergen"
    assert not {one["kind"] for one in packs("M14")["changes"]} & {"strengthened", "weakened", "turned"}


def test_only_what_became_of_a_measure_since_is_told(small: Study) -> None:
    def measure(name: str, on: str) -> Measure:
        return Measure(name, on, case="FJO", element="C0001", codebook_version="1.0.0", addresses="promoting",
                       title_nb=f"Ringe å {name}", title_en=f"Call {name}")  # fmt: skip

    def report(number: int, name: str, on: str, status: str) -> MeasureStatus:
        return MeasureStatus(f"S{number}", on, measure=name, status=status)

    rows = {
        "measures": tuple(measure(f"T{n}", "2020-08-01" if n < 4 else "2021-03-01") for n in range(1, 5)),
        "steps": (MeasureStep("T1", "1", "2020-08-01", text_nb="Ringe"),),
        "statuses": (
            report(1, "T1", "2020-09-01", "begun"), report(2, "T1", "2021-02-01", "begun"),
            report(3, "T2", "2020-09-01", "begun"), report(4, "T2", "2021-02-01", "done"),
            report(5, "T3", "2024-02-01", "done"),
        ),
    }  # fmt: skip
    study = replace(small, registers=replace(small.registers, **rows))
    now, then = study.milestone("M2"), study.milestone("M1")
    assert then.cut_off.isoformat() < "2021-02-01"
    assert "2021-03-01" <= now.cut_off.isoformat() < "2024-02-01"
    inputs = study.model_inputs(now)
    part: Any = SimpleNamespace(
        study=study, milestone=now, inputs=inputs, cases=("FJO",), text=dict, own_words=lambda words: {"nb": words}
    )
    told = {one["id"]: one["what"]["en"] for one in measure_changes(part, measures_of(part), then)}
    assert told == {
        "measure_status.T2": (
            "Call T2 (was “begun” at the model before, is now “done”; last reported on 1 February 2021)"
        ),
        "measure_new.T4": "Call T4 (written down on 1 March 2021)",
    }


# ---- elements


@pytest.mark.parametrize("name", ["M3", "M5"])
def test_every_cell_says_why_it_is_empty_and_counts_nothing_where_nobody_could_answer(
    demo: Study, packs: Callable[[str], Mapping[str, Any]], name: str
) -> None:
    milestone, pack = demo.milestone(name), packs(name)
    states = cell_states(demo.as_of(milestone.coded_until).model_inputs(milestone))
    whole = {one["id"]: one for one in pack["elements"] if not one["parent"]}
    assert {code: {case: one["state"] for case, one in own["by_case"].items()} for code, own in whole.items()} == states
    for one in whole.values():
        for cell in one["by_case"].values():
            counts = [cell[key] for key in ("promoting", "inhibiting", "documents")]
            if cell["state"] in ("not_asked", "not_codable", "suppressed"):
                assert counts == [None] * 3
            elif cell["state"] == "nothing_said":
                assert counts == [0] * 3
            else:
                assert cell["documents"] != 0


def test_an_element_that_nobody_was_asked_about_is_not_told_as_one_that_nobody_mentioned(
    packs: Callable[[str], Mapping[str, Any]],
) -> None:
    """By hand from model.json: X3 and E9 in M5, E13 in M3."""
    states = {
        display: {case: one["state"] for case, one in element(packs(name), display)["by_case"].items()}
        for name, display in (("M5", "X3"), ("M5", "E9"), ("M3", "E13"))
    }
    assert states["X3"]["BGO"] == "not_asked"
    assert states["E9"] == {"TRD": "not_asked", "BGO": "not_asked", "KRS": "nothing_said"}
    assert states["E13"] == {"TRD": "not_asked", "BGO": "not_codable", "KRS": "not_codable"}
    assert element(packs("M3"), "E13")["documents"] is None
    assert element(packs("M5"), "E9")["documents"] == 0


def test_the_short_line_counts_the_elements_that_stand_in_the_pack(packs: Callable[[str], Mapping[str, Any]]) -> None:
    pack = packs("M5")
    whole = [one for one in pack["elements"] if not one["parent"]]
    seen = sum(one["by_case"]["BGO"]["state"] == "evidence" for one in whole)
    assert pack["short"][1]["nb"] == (
        f"Modellen har {len(pack['elements'])} elementer: {len(whole)} hovedelementer og "
        f"{len(pack['elements']) - len(whole)} deler av dem. Av hovedelementene er {seen} omtalt i materialet fra Bergen."
    )
    assert (len(pack["elements"]), len(whole)) == (57, 34)


@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_told_in_more_than_ten_lines_and_no_question_is_asked_in_them(
    packs: Callable[[str], Mapping[str, Any]], name: str
) -> None:
    assert len(packs(name)["short"]) <= 10
    assert not any("spørsmål" in one["nb"] for one in packs(name)["short"])


def test_parts_and_wholes_name_each_other_and_say_where_what_is_said_is_told(
    packs: Callable[[str], Mapping[str, Any]],
) -> None:
    elements = {one["id"]: one for one in packs("M3")["elements"]}
    assert any(one["children"] for one in elements.values())
    for one in elements.values():
        assert one["children"] == [other["id"] for other in elements.values() if other["parent"] == one["id"]]
        assert bool(one["note"]) == bool(one["children"] or one["parent"])
    assert element(packs("M3"), "P13.1")["note"]["nb"] == (
        "Tall og sitater for denne delen er samlet under «P13 Markedsdialog»."
    )


def test_a_whole_of_which_only_the_parts_are_told_says_so(small_study: SmallStudy) -> None:
    """K3 of the small study has the part K3.1; what was said of K3 itself is placed on the part, or taken away."""
    before = pack_content(
        load_study(small_study.path), load_study(small_study.path).milestone("M1"), audience="workshop"
    )
    assert element(before, "K3")["note"]["nb"] == "Det som er sagt om delene, er regnet med her."
    study = load_study(small_study.path)
    inputs = study.model_inputs(study.milestone("M1"))
    table, real = inputs.segments, Study.model_inputs
    part = element(before, "K3.1")["id"]

    def of(changed: pd.DataFrame) -> Any:
        def elsewhere(self: Study, asked: Any, *, coding: str = "human") -> Any:
            return replace(real(self, asked, coding=coding), segments=changed)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Study, "model_inputs", elsewhere)
            return element(pack_content(study, study.milestone("M1"), audience="workshop"), "K3")

    family = table["code"].isin(["C0005", part])
    only = of(table.assign(code=table["code"].where(~family, part)))
    assert only["note"]["nb"] == "Det er bare delene som er omtalt. Det som er sagt om dem, er regnet med her."
    assert only["by_case"] == element(before, "K3")["by_case"]
    assert of(table[~family])["note"]["nb"] == "Verken elementet eller delene er omtalt i materialet."


@pytest.mark.parametrize("name", KINDS)
def test_what_an_element_is_in_short_is_what_the_codebook_says_in_short(
    demo: Study, packs: Callable[[str], Mapping[str, Any]], name: str
) -> None:
    book = demo.codebook(demo.milestone(name))
    for one in packs(name)["elements"]:
        assert one["brief"]["nb"] == book.by_id[one["id"]].brief["nb"]
        assert one["definition"]["nb"] == book.by_id[one["id"]].definition["nb"]


@pytest.mark.parametrize(
    ("definition", "brief"),
    [
        ("Samlekode for alt om møter 🙂. Møter mellom folk. Bruk underkodene.", "Møter mellom folk."),
        ("Gjelder møter. Hører hjemme her: referater.", "Gjelder møter."),
        ("Hører også hjemme her: det andre. A\u030apne møter.", "A\u030apne møter."),
        ("Brukes bare når ingenting annet passer.", "Brukes bare når ingenting annet passer."),
        ("Gjeld møte. Høyrer òg til her: referat.", "Gjeld møte."),
        ("", ""),
    ],
)
def test_without_a_brief_the_first_sentence_that_is_no_instruction_to_coders_stands_for_it(
    definition: str, brief: str
) -> None:
    assert brief_of({}, {"nb": definition}).get("nb", "") == brief
    assert brief_of({"nb": " Kort.\n"}, {"nb": definition})["nb"] == "Kort."


@given(st.text(max_size=60), st.text(max_size=20))
def test_a_brief_is_never_empty_where_something_is_written(definition: str, brief: str) -> None:
    found = brief_of({"nb": brief}, {"nb": definition})
    assert bool(found.get("nb")) == bool(definition.strip() or brief.strip())


# ---- how it was made, and in which language


@pytest.mark.parametrize("name", ["M3", "M14"])
def test_how_the_pack_was_made_is_told_in_every_language_and_as_readers_write(
    demo: Study, packs: Callable[[str], Mapping[str, Any]], name: str
) -> None:
    made = {label["en"]: value for label, value in packs(name)["made"]}
    assert demo.settings.study_id not in [text for value in made.values() for text in value.values()]
    assert not any(re.search(r"\d{4}-\d{2}", text) for value in made.values() for text in value.values())
    assert made["Made for"] == {
        "nb": "deltakere på en samling",
        "nn": "deltakarar på ei samling",
        "en": "participants of a workshop",
    }
    days = {"M3": ("31. mai 2024", "31 May 2024"), "M14": ("31. oktober 2023", "31 October 2023")}[name]
    assert (made["Documents up to"]["nb"], made["Documents up to"]["en"]) == days
    assert made["Model"]["nb"] == {"M3": "kapabilitetsmodell, versjon 3",
                                   "M14": "oppfølgings- og evalueringsmodell, versjon 1"}[name]  # fmt: skip


def test_grounds_are_told_in_the_language_they_were_written_in(small: Study) -> None:
    row = Measure("T1", "2020-08-01", case="FJO", element="C0001", codebook_version="1.0.0", addresses="promoting",
                  title_nb="Ringe før jul 🙂", title_en="Call before Christmas")  # fmt: skip

    def grounds(written: str) -> Any:
        study = replace(small, registers=replace(small.registers, measures=(replace(row, grounds=written),)))
        (one,) = pack_content(study, study.milestone("M1"), audience="workshop")["measures"]
        return one["grounds"]

    assert grounds("Alle var for å på.") == {"nb": "Alle var for å på."}
    assert grounds("") == {"nb": ""}
    assert grounds("Som sagt: vi spurte nattevaktene hva de trengte, ikke hva!") == {
        "nb": "[holdt tilbake]",
        "nn": "[halde tilbake]",
        "en": "[kept back]",
    }


def test_abbreviations_are_those_that_stand_in_the_pack_and_no_others(
    packs: Callable[[str], Mapping[str, Any]],
) -> None:
    pack = dict(packs("M3"))
    told = [one["short"] for one in pack.pop("abbreviations")]
    words = {word for text in texts_of(pack) for word in re.findall(r"\w+", text)}
    assert told == sorted(set(ABBREVIATIONS) & words)
    assert "IOA" in told
    assert all(len(one["long"]) == len(one["text"]) == len(LANGUAGES) for one in abbreviations_in(ABBREVIATIONS))
