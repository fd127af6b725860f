"""Review packs: only what is cleared is quoted, nothing small can be worked out, every id leads somewhere."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema
import pytest
from big_pack import big_pack
from cleared_study import revoked, with_cleared
from hypothesis import given, settings
from hypothesis import strategies as st
from pack_reader import as_bytes, normal, repeated, small_ones, texts_of, unresolved, worked_out
from small_study import SmallStudy

from foran_research.errors import ForanError, UnknownName
from foran_research.models.capability import build_elements
from foran_research.registers.records import Assessment, Measure, MeasureStatus, MeasureStep, Question
from foran_research.review.content import checked, content_sha256, pack_content, segments_in, texts_in
from foran_research.review.content_counts import Limits
from foran_research.review.content_words import LANGUAGES, WORDS
from foran_research.settings import Milestone
from foran_research.study import Study, load_study

WIDE = Limits(persons=1, documents=1)
#: K1's passages of the small study that say what promotes or inhibits, of speakers who may be quoted, up to M1.
QUOTABLE = [
    "FJO-I01.K1.s01", "FJO-I01.K1.s02", "FJO-I01.K1.s03", "FJO-I01.K1.s04", "FJO-I01.K1.s05", "FJO-I01.K1.s06",
    "FJO-I02.K1.s01", "FJO-I02.K1.s02", "FJO-I02.K1.s03", "HEI-I01.K1.s02", "STR-N01.K1.s01", "STR-N01.K1.s02",
    "STR-N01.K1.s03",
]  # fmt: skip
NEED = "STR-N01.K1.s02"
NEED_WORDS = "behovet må beskrives før noen ringer"


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
            made[name] = MappingProxyType(pack_content(demo, demo.milestone(name), audience="workshop"))
        return made[name]

    return of


def pack_of(study: Study, milestone: str = "M1", **given: Any) -> dict[str, Any]:
    return pack_content(study, study.milestone(milestone), **{"audience": "workshop", **given})


def element(pack: Mapping[str, Any], display: str) -> Any:
    return next(one for one in pack["elements"] if one["display"] == display)


def cell(promoting: int | None, inhibiting: int | None, documents: int | None, state: str = "evidence") -> Any:
    return {"state": state, "promoting": promoting, "inhibiting": inhibiting, "documents": documents}


def reasons(pack: Mapping[str, Any]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for one in pack["left_out"]:
        found.setdefault(one["reason"], one["count"])
    return found


# ---- the words


@settings(max_examples=6)
@given(st.sets(st.sampled_from(QUOTABLE)))
def test_a_pack_holds_the_words_of_no_passage_but_those_cleared(small: Study, chosen: set[str]) -> None:
    study = with_cleared(small, sorted(chosen))
    pack = pack_of(study)
    table = small.segments().set_index("segment")["quote"]
    assert set(segments_in(pack)) <= chosen
    shown = [one["words"] for one in pack["quotes"]]
    texts = [one.text for one in small.transcripts.values()]
    # Runs as short as four words: what stands in this study's codebook is made of labels.
    assert repeated(pack, texts, shown, run=4) == []
    book = " | ".join(normal(text) for text in texts_of(pack))
    for name, words in table.items():
        if str(name) not in chosen and normal(words) not in " | ".join(map(normal, shown)):
            assert normal(words) not in book


@pytest.mark.parametrize("milestone", ["M3", "M8"])
def test_a_pack_of_the_demo_repeats_no_words_that_are_not_cleared(
    demo: Study, packs: Callable[[str], Mapping[str, Any]], milestone: str
) -> None:
    pack = packs(milestone)
    assert pack["quotes"]
    shown = [one["words"] for one in pack["quotes"]]
    assert repeated(pack, [one.text for one in demo.transcripts.values()], shown) == []


def test_the_check_for_repeated_words_finds_them(small: Study) -> None:
    pack = pack_of(small)
    pack["study"]["notice"]["nb"] = "Fra før: Strategien lå i skuffen. Uten meg hadde det stoppet!"
    assert "strategien lå i skuffen uten meg" in repeated(pack, [small.transcripts["FJO-I01"].text], [])


def test_what_is_cleared_for_the_workshop_is_shown_there_and_not_to_the_public(small: Study) -> None:
    study = with_cleared(small, [NEED])
    (quote,) = pack_of(study)["quotes"]
    assert quote == {
        "id": NEED,
        "words": NEED_WORDS,
        "edited": False,
        "case": "STR",
        "kind": "workshop_note",
        "month": "2020-09",
        "role": "",
        "polarity": "both",
        "elements": ["C0001"],
    }
    need = element(pack_of(study), "P1")
    assert (need["promoting"], need["inhibiting"]) == ([NEED], [NEED])
    assert pack_of(study, audience="public")["quotes"] == []
    everybody = with_cleared(small, [NEED], "public")
    assert segments_in(pack_of(everybody)) == segments_in(pack_of(everybody, audience="public")) == (NEED,)


@pytest.mark.parametrize("until", ["pseudonymised", "checked"])
def test_a_passage_on_its_way_is_not_shown(small: Study, until: str) -> None:
    pack = pack_of(with_cleared(small, [NEED], until=until))
    assert pack["quotes"] == []
    assert NEED_WORDS not in as_bytes(pack).decode()


def test_a_passage_that_was_revoked_is_not_shown(small: Study) -> None:
    assert pack_of(revoked(with_cleared(small, [NEED]), NEED))["quotes"] == []


def test_edited_words_stand_for_those_that_were_said(small: Study) -> None:
    pack = pack_of(with_cleared(small, [NEED], edited={NEED: "behovet må beskrives […] a\u030apent 🙂"}))
    assert [(one["words"], one["edited"]) for one in pack["quotes"]] == [("behovet må beskrives […] åpent 🙂", True)]
    assert NEED_WORDS not in as_bytes(pack).decode()


def test_a_clearing_whose_words_were_changed_afterwards_has_lapsed(small_study: SmallStudy) -> None:
    study = with_cleared(load_study(small_study.path), [NEED])
    rows = tuple(replace(row, text_sha256="0" * 64) for row in study.registers.clearances)
    study = replace(study, registers=replace(study.registers, clearances=rows))
    pack = pack_of(study, limits=WIDE)
    assert pack["quotes"] == []
    assert element(pack, "P1")["left_out"] == {"not_cleared": 2, "lapsed": 1}


def test_somebody_who_has_not_consented_is_never_quoted(small: Study) -> None:
    pack = pack_of(with_cleared(small, ["STR-I01.K1.s01", "STR-N01.K1.s02"]), "M2", limits=WIDE)
    assert segments_in(pack) == ("STR-N01.K1.s02",)
    assert reasons(pack)["no_consent"] == 2


def test_a_role_is_told_only_of_those_who_agreed_to_that(small_study: SmallStudy) -> None:
    segment = "FJO-I02.K1.s02"
    assert pack_of(with_cleared(load_study(small_study.path), [segment]))["quotes"][0]["role"] == ""
    small_study.replace(
        "corpus/participants.csv",
        "FJO-INN-01,innkjop,FJO,nb,analysis quote",
        "FJO-INN-01,innkjop,FJO,nb,analysis quote quote_role",
    )
    assert pack_of(with_cleared(load_study(small_study.path), [segment]))["quotes"][0]["role"] == "innkjop"  # fmt: skip


def test_a_hidden_document_gives_neither_words_nor_numbers(small_study: SmallStudy) -> None:
    path = "corpus/documents.csv"
    text = (small_study.path / path).read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("STR-N01"))
    small_study.replace(path, line, line.replace(",open,", ",restricted,"))
    pack = pack_of(with_cleared(load_study(small_study.path), [NEED]), limits=WIDE)
    assert pack["quotes"] == []
    # Whether the document speaks of an element is told of none, so of neither of these.
    for display in ("P1", "E1"):
        assert element(pack, display)["by_case"]["STR"] == cell(None, None, None, "suppressed")
    assert element(pack, "P1")["by_case"]["FJO"]["state"] == "evidence"
    assert reasons(pack)["hidden_document"] == 3
    assert "STR-N01" not in as_bytes(pack).decode()


def test_a_machine_quotes_nobody(small: Study) -> None:
    pack = pack_of(with_cleared(small, QUOTABLE), coding="suggestions")
    assert pack["quotes"] == []
    assert any("maskin" in line["nb"] for line in pack["short"])


REPEATED = "vi spurte nattevaktene hva de trengte, ikke hva"


def with_rows(study: Study, **rows: Any) -> Study:
    return replace(study, registers=replace(study.registers, **rows))


def measure(**given: Any) -> Measure:
    return Measure("T1", "2020-08-01", case="FJO", element="C0001", codebook_version="1.0.0", addresses="promoting",
                   **{"title_nb": "Ringe før jul", "title_en": "Call before Christmas", **given})  # fmt: skip


@pytest.mark.parametrize(
    "planted",
    [
        {"measures": (measure(title_nb=f"Fordi {REPEATED} mer"),)},
        {"measures": (measure(title_en=f"“{REPEATED.upper()}”"),)},
        {"measures": (measure(grounds=f"Som sagt: {REPEATED}!"),)},
        {"measures": (measure(),), "steps": (MeasureStep("T1", "1", "2020-08-01", text_nb=f"– {REPEATED}"),)},
        {"questions": (Question("Q1", "2024-06-01", milestone="M1", text_nb=f"{REPEATED}?", text_en="?"),)},
    ],
)
def test_a_text_that_repeats_what_was_said_is_kept_back(small: Study, planted: dict[str, Any]) -> None:
    pack = pack_of(with_rows(small, **planted))
    assert repeated(pack, [one.text for one in small.transcripts.values()], []) == []
    assert any("gjengir ord" in one["what"]["nb"] for one in pack["left_out"])
    # Cleared, the words may stand wherever they stand.
    cleared = pack_of(
        with_cleared(with_rows(small, **planted), ["FJO-I01.K1.s01"], edited={"FJO-I01.K1.s01": f"[…] {REPEATED}"})
    )
    assert not any("gjengir ord" in one["what"]["nb"] for one in cleared["left_out"])


def test_a_definition_and_a_reason_that_repeat_what_was_said_are_kept_back(small_study: SmallStudy) -> None:
    def plant(book: dict[str, Any]) -> None:
        book["codes"][0]["definition"]["nb"] = f"Som en av dem sa: {REPEATED} mer."
        for change in book["changes"][2:3]:
            change["reason_empirical"] = {"nb": "Oppdiktet.", "en": f"Because {REPEATED}."}

    small_study.edit_codebook("1.0.0", plant)
    small_study.edit_codebook("2.0.0", plant)
    pack = pack_of(load_study(small_study.path), "M2")
    assert element(pack, "P1")["definition"]["nb"] == "[holdt tilbake]"
    assert next(one for one in pack["changes"] if one["id"] == "CH-2-03")["why"]["en"] == "[kept back]"


def test_nobody_is_quoted_more_than_twice_for_one_thing(small_study: SmallStudy) -> None:
    from small_study import draft, segment_at

    text = small_study.text("FJO-I01")
    for number, words in enumerate(("Så ringte vi leverandørene", "Etterpå skrev vi erfaringsnotatet sammen"), 20):
        start = text.index(words)
        record = segment_at(text, start, start + len(words), "C0001", "fremmer", "1.0.0")
        small_study.code(
            "K1",
            "FJO-I01",
            [draft(small_study, "K1", "FJO-I01", "2021-05-01", "apply", f"FJO-I01.K1.s{number}", None, record)],
        )
    study = load_study(small_study.path)
    names = ["FJO-I01.K1.s01", "FJO-I01.K1.s20", "FJO-I01.K1.s21"]
    pack = pack_of(with_cleared(study, names), "M2", limits=WIDE)
    assert len(element(pack, "P1")["promoting"]) == 2
    assert element(pack, "P1")["left_out"]["enough_of_one"] == 1  # fmt: skip


# ---- the numbers


@pytest.mark.parametrize("milestone", ["M3", "M8"])
def test_nothing_small_stands_in_a_pack_and_nothing_kept_back_can_be_worked_out(
    packs: Callable[[str], Mapping[str, Any]], milestone: str
) -> None:
    pack = packs(milestone)
    assert small_ones(pack, 5, 3) == []
    assert worked_out(pack) == []
    cells = [cell["documents"] for one in pack["elements"] for cell in one["by_case"].values()]
    assert any(count is None for count in cells)
    assert any(count for count in cells)


def test_another_world_with_another_number_gives_the_same_pack(demo: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """One passage less that inhibits, where the number is kept back: whoever has the pack cannot tell the two apart."""
    milestone = demo.milestone("M1")
    pack = pack_content(demo, milestone, audience="workshop")
    inputs = demo.model_inputs(milestone)
    table, book = inputs.segments, inputs.codebook
    quoted = set(segments_in(pack))
    hidden = {
        (one["id"], case)
        for one in pack["elements"]
        for case, cell in one["by_case"].items()
        if cell["inhibiting"] is None
    }
    homes = inputs.units.set_index("unit")["case"]
    place, (code, case) = next(
        (at, own)
        for at, row in table.iterrows()
        if row["polarity"] == "hemmer" and row["status"] == "ok" and row["segment"] not in quoted
        for own in [(book.element_of(row["code"]).id, homes.get(f"{row['document']}:{row['turns'][0]}", ""))]
        if own in hidden
    )
    changed = table.copy()
    changed.loc[place, "polarity"] = "nøytral"
    here, there = (
        {one.id: one.cells for one in build_elements(replace(inputs, segments=one))} for one in (table, changed)
    )
    assert there[code][case].inhibiting == here[code][case].inhibiting - 1
    real = Study.model_inputs

    def elsewhere(self: Study, asked: Milestone, *, coding: str = "human") -> Any:
        return replace(real(self, asked, coding=coding), segments=changed)

    monkeypatch.setattr(Study, "model_inputs", elsewhere)
    other = pack_content(demo, milestone, audience="workshop")
    for key in ("elements", "networks", "left_out", "quotes"):
        assert other[key] == pack[key], key


def test_left_out_numbers_are_told_of_an_element_only_where_all_of_its_numbers_are(small: Study) -> None:
    study = with_cleared(small, ["FJO-I01.K1.s01"])
    told = element(pack_of(study, limits=WIDE), "P1")
    assert told["left_out"] == {"not_cleared": 2}
    assert told["by_case"]["FJO"] == cell(1, 1, 2)
    assert told["documents"] == 3
    kept = element(pack_of(study), "P1")
    assert kept["left_out"]["not_cleared"] is None
    assert kept["by_case"]["FJO"] == cell(None, None, None)


def test_with_the_limits_of_one_every_number_of_the_model_is_told(small: Study) -> None:
    pack = pack_of(small, limits=WIDE)
    assert element(pack, "K3")["documents"] == 3
    assert element(pack, "K3")["by_case"]["HEI"] == cell(None, None, None, "not_asked")
    network = next(one for one in pack["networks"] if one["id"] == "all")
    assert {edge["id"]: edge["count"] for edge in network["edges"]}["C0001~C0002"] == 1
    assert not any(one["reason"] == "small_cell" for one in pack["left_out"])


def test_what_is_drawn_follows_from_numbers_that_are_told(packs: Callable[[str], Mapping[str, Any]]) -> None:
    for network in packs("M3")["networks"]:
        by_count: dict[int | None, set[float]] = {}
        for edge in network["edges"]:
            by_count.setdefault(edge["count"], set()).add(edge["strength"])
        assert all(len(own) == 1 for own in by_count.values())
        sizes: dict[int | None, set[float]] = {}
        told = {one["id"]: one for one in packs("M3")["elements"]}
        for node in network["nodes"]:
            one = told[node["id"]]
            count = one["documents"] if network["id"] == "all" else one["by_case"][network["id"]]["documents"]
            sizes.setdefault(count, set()).add(node["size"])
        assert all(len(own) == 1 for own in sizes.values())


def test_an_element_stands_at_one_place_in_all_networks(packs: Callable[[str], Mapping[str, Any]]) -> None:
    places: dict[str, set[tuple[float, float]]] = {}
    for network in packs("M8")["networks"]:
        for node in network["nodes"]:
            places.setdefault(node["id"], set()).add((node["x"], node["y"]))
    assert all(len(own) == 1 for own in places.values())
    assert len({next(iter(own)) for own in places.values()}) == len(places)


def test_two_packs_of_one_day_tell_the_same_numbers(packs: Callable[[str], Mapping[str, Any]]) -> None:
    """What one municipality's pack keeps back must not stand in another's."""

    def numbers(name: str) -> Any:
        elements = {one["id"]: (one["documents"], one["by_case"]) for one in packs(name)["elements"]}
        return elements, {one["id"]: one["edges"] for one in packs(name)["networks"]}

    assert numbers("M7") == numbers("M8")


def test_a_few_persons_who_assess_each_for_herself_are_not_told_of(small: Study) -> None:
    def row(number: int, assessor: str, side: str, level: int) -> Assessment:
        return Assessment(
            f"A{number}", "2020-09-20", milestone="M1", case="FJO", element="C0001", codebook_version="1.0.0",
            assessor=assessor, side=side, level=level, rationale="Oppdiktet grunn 🙂", evidence=("FJO-I01.K1.s01",),
        )  # fmt: skip

    alone = [row(1, "FJO-PL-01", "self", 4), row(2, "FJO-INN-01", "self", 2), row(3, "K1", "researcher", 3)]
    pack = pack_of(with_rows(small, assessments=tuple(alone)))
    assert [(one["side"], one["median"], one["count"]) for one in element(pack, "P1")["maturity"]] == [
        ("researcher", 3, None)
    ]
    assert "Oppdiktet grunn" not in as_bytes(pack).decode()
    group = [*alone[2:], row(4, "GR-FJO-1", "self", 2)]
    told = element(pack_of(with_rows(small, assessments=tuple(group))), "P1")["maturity"]
    assert {one["side"]: one["median"] for one in told} == {"researcher": 3, "self": 2}


# ---- the whole


@pytest.mark.parametrize("milestone", ["M3", "M8"])
def test_every_id_leads_somewhere(packs: Callable[[str], Mapping[str, Any]], milestone: str) -> None:
    assert unresolved(packs(milestone)) == []


def test_the_big_pack_for_speed_tests_is_a_pack_and_the_same_every_time() -> None:
    pack = big_pack()
    assert checked(pack) is pack
    assert unresolved(pack) == []
    assert (len(pack["elements"]), len(pack["quotes"]), len(pack["networks"])) == (60, 300, 4)
    assert as_bytes(pack) == as_bytes(big_pack())


def test_every_text_is_composed_and_in_both_languages(packs: Callable[[str], Mapping[str, Any]]) -> None:
    import unicodedata

    pack = dict(packs("M3"))
    for text in texts_in(pack):
        assert unicodedata.is_normalized("NFC", text)

    def walk(value: Any) -> None:
        if isinstance(value, Mapping):
            if "nb" in value:
                assert bool(value["nb"]) == bool(value["en"])
            # What somebody wrote in one language is not taken for the other.
            value = {key: own for key, own in value.items() if key not in ("grounds", "trouble", "why", "reason")}
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(pack)


def test_the_same_study_gives_the_same_bytes_in_another_process(small: Study, written_once: Path) -> None:
    program = (
        "import hashlib, json, sys; from foran_research.study import load_study;"
        "from foran_research.review.content import pack_content; s = load_study(sys.argv[1]);"
        "print(hashlib.sha256(json.dumps(pack_content(s, s.milestone('M2'), audience='workshop')).encode()).hexdigest())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program, str(written_once)], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    )  # fmt: skip
    here = hashlib.sha256(json.dumps(pack_of(small, "M2")).encode()).hexdigest()
    assert elsewhere.stdout.strip() == here


def test_a_pack_is_named_by_what_it_says(small: Study) -> None:
    pack, other = pack_of(small), pack_of(with_cleared(small, [NEED]))
    assert pack["id"] == f"M1-workshop-{content_sha256(pack)[:12]}"
    assert pack["id"] != other["id"]
    assert content_sha256(pack | {"id": "M1-workshop-000000000000"}) == content_sha256(pack)


def test_questions_are_those_of_the_milestone_and_the_arena(small: Study) -> None:
    def question(number: int, **given: str) -> Question:
        texts = {"text_nb": f"Spørsmål {number}?", "text_nn": f"Spurnad {number}?", "text_en": f"Question {number}?"}
        return Question(f"Q{number}", "2024-06-03", milestone=given.pop("milestone", "M1"), **texts, **given)

    rows = (
        question(1, about="element:C0001"), question(2, arena="praksis", about="edge:STR/C0001~C0009"),
        question(3, milestone="M2"), question(4, about="quote:STR-N01.K1.s02"), question(5, action="withdrawn"),
    )  # fmt: skip
    pack = pack_of(with_rows(small, questions=rows))
    assert [(one["id"], one["about"]) for one in pack["questions"]] == [
        ("Q1", {"kind": "element", "id": "C0001"}),
        ("Q4", None),
    ]
    assert pack["questions"][0]["text"] == {"nb": "Spørsmål 1?", "nn": "Spurnad 1?", "en": "Question 1?"}
    there = pack_of(with_cleared(with_rows(small, questions=rows), [NEED]), arena="praksis")
    assert [one["id"] for one in there["questions"]] == ["Q1", "Q2", "Q4"]
    assert there["questions"][2]["about"] == {"kind": "quote", "id": NEED}
    assert there["questions"][1]["about"] is None


def test_measures_tell_how_they_go(small: Study) -> None:
    rows = {
        "measures": (measure(owner="innkjop", priority=1),),
        "steps": (
            MeasureStep("T1", "1", "2020-08-01", text_nb="Ringe", text_en="Call", from_="2020-09-01", to="2020-09-20"),
        ),
        "statuses": (MeasureStatus("S1", "2020-09-21", measure="T1", step="1", status="done"),),
    }
    pack = pack_of(with_rows(small, **rows))
    (one,) = pack["measures"]
    assert (one["status"], one["owner"], one["element"], one["case"]) == ("done", "innkjop", "C0001", "FJO")
    assert one["steps"] == [
        {
            "text": {"nb": "Ringe", "en": "Call"},
            "from": "2020-09-01",
            "to": "2020-09-20",
            "status": "done",
            "why": None,
        }
    ]
    assert (one["elements"], one["was"], one["effect"], one["trouble"]) == (["C0001"], "", "", None)
    assert element(pack, "P1")["measures"] == ["T1"]


def test_changes_say_why_and_name_elements_of_today(small: Study) -> None:
    pack = pack_of(small, "M2")
    assert pack["before"] == "M1"
    kinds = {one["id"]: (one["kind"], one["elements"]) for one in pack["changes"]}
    assert kinds["CH-2-01"] == ("split", ["C0010", "C0011"])
    assert kinds["CH-2-08"] == ("rejected", ["C0005", "C0001"])
    assert element(pack, "P1")["changed"] == ["CH-2-03", "CH-2-08"]
    assert (
        next(one for one in pack["changes"] if one["id"] == "CH-2-07")["why"]["nb"]
        == "Oppdiktet grunn. Oppdiktet grunn."
    )
    assert pack_of(small)["changes"] == []


def test_parts_are_there_to_be_read_and_have_no_numbers(small: Study) -> None:
    part = element(pack_of(small), "K3.1")
    assert (part["parent"], part["documents"], part["by_case"], part["promoting"]) == ("C0005", None, {}, [])


def test_what_there_is_not_is_refused(small: Study) -> None:
    for given_ in ({"audience": "alle"}, {"arena": "stua"}, {"language": "se"}, {"coding": "guess"}):
        with pytest.raises(UnknownName):
            pack_of(small, **given_)
    status = replace(small.milestone("M1"), model="status")
    with pytest.raises(ForanError, match="no model to review"):
        pack_content(small, status, audience="workshop")


def test_a_pack_of_another_shape_is_refused(small: Study) -> None:
    pack = pack_of(small)
    with pytest.raises(jsonschema.ValidationError):
        checked(pack | {"quotes": [{"id": "x"}]})


def test_every_word_of_the_pack_is_used_and_takes_the_same_in_every_language() -> None:
    import re
    from importlib import resources

    source = "".join(
        one.read_text("utf-8")
        for one in resources.files("foran_research.review").iterdir()
        if one.name.startswith("content")
    )
    for key, texts in WORDS.items():
        assert len(texts) == len(LANGUAGES)
        assert len({tuple(sorted(set(re.findall(r"{(\w+)}", text)))) for text in texts}) == 1, key
        ends = (key, f"{key.rsplit('_', 1)[0]}_{{", f"{key.split('_')[0]}_{{")
        assert any(f'"{end}' in source for end in ends) or key in source.replace(f'"{key}": (', ""), key
