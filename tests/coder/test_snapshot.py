"""What a study looks like from the coder's chair."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from small_study import SmallStudy

from foran_research.coder.session import Session
from foran_research.coder.snapshot import (
    codes_for_screen,
    documents_for_screen,
    fact_rows,
    memos_elsewhere,
    own_logs,
    turns_for_screen,
)
from foran_research.study import Study, load_study


@pytest.fixture
def study(small_study: SmallStudy) -> Study:
    return load_study(small_study.path)


def note(study: Study, document: str, text: str, at: str, /, **about: str) -> str:
    session = Session(study, document, "K8", now=lambda: at)
    return session.act("note", {"about": about, "text": text}).events[0].segment


def test_turns_are_told_in_order_with_who_speaks_and_who_asks(study: Study) -> None:
    text = study.transcripts["FJO-I01"].text
    turns = turns_for_screen(study, "FJO-I01")
    assert [(number, speaker, kind, is_informant) for number, speaker, _, _, kind, is_informant, _ in turns] == [
        (turn.number, turn.speaker, turn.kind, turn.speaker != "Intervjuer")
        for turn in study.transcripts["FJO-I01"].turns
    ]
    assert {turn[5] for turn in turns} == {True, False}
    assert all("Vi spurte" in text[start:end] for number, _, start, end, *_ in turns if number == 2)
    headings = [turn for turn in turns_for_screen(study, "STR-N01") if turn[4] == "heading"]
    assert [turn[5] for turn in headings] == [False]


def test_active_codes_come_first_and_retired_ones_are_kept_for_old_segments(study: Study) -> None:
    codes = codes_for_screen(study, study.lineage["2.0.0"])
    active = [code["id"] for code in codes if code["active"]]
    assert active == [code.id for code in study.lineage["2.0.0"].active]
    retired = {code["id"]: code["successors"] for code in codes if not code["active"]}
    assert retired == {
        "C0002": ["C0010", "C0011"],
        "C0003": ["C0012"],
        "C0004": ["C0012"],
        "C0008": ["C0007"],
        "C0009": [],
    }
    assert len({code["id"] for code in codes}) == len(codes)
    # Told by the version that retired it, which need not be the one in force.
    assert {code["deprecated_in"] for code in codes if not code["active"]} == {"2.0.0"}
    assert {code["deprecated_in"] for code in codes if code["active"]} == {None}
    assert json.loads(json.dumps(codes)) == codes


def test_codes_of_a_later_version_are_no_codes_of_an_earlier_one(study: Study) -> None:
    """A passage recoded under 2.0.0 must still have a name on a screen that works with 1.0.0."""
    codes = {code["id"]: code["active"] for code in codes_for_screen(study, study.lineage["1.0.0"])}
    assert [id_ for id_, is_active in codes.items() if is_active] == [code.id for code in study.lineage["1.0.0"].active]
    assert {id_ for id_, is_active in codes.items() if not is_active} == {"C0010", "C0011", "C0012", "C0013"}


def test_codes_of_an_element_share_its_hue_and_neighbours_are_told_apart(study: Study) -> None:
    book = study.lineage["2.0.0"]
    hue = {code["id"]: code["hue"] for code in codes_for_screen(study, book) if code["active"]}
    assert all(hue[code] == hue[book.element_of(code).id] for code in hue)
    elements = [hue[element.id] for element in book.elements]
    assert all(min(abs(a - b), 360 - abs(a - b)) > 60 for a, b in pairwise(elements))


def test_the_register_is_told_in_rows_that_have_something_to_say(study: Study) -> None:
    assert fact_rows(study, "FJO-I01") == [
        ("document", "FJO-I01"), ("date", "2020-03-04"), ("case", "Fjordvik"), ("kind", "interview"), ("process", "FJO-1"),
        ("participants", "FJO-PL-01"),
    ]  # fmt: skip
    assert fact_rows(study, "STR-N01")[-1] == ("participants", "STR-INN-01, FJO-PL-01")


def test_memos_of_other_documents_are_those_on_the_disk_oldest_first(study: Study) -> None:
    second = note(study, "HEI-I01", "Andre å", "2021-07-02T10:00:00Z", code="C0001")
    first = note(study, "FJO-I02", "Første 😀", "2021-07-01T10:00:00Z", study="")
    note(study, "FJO-I02", "Om dokumentet", "2021-07-01T10:00:00Z", document="FJO-I02")
    here = note(study, "FJO-I01", "Her", "2021-07-03T10:00:00Z", code="C0001")
    assert [memo["id"] for memo in memos_elsewhere(study, "K8", "FJO-I01")] == [first, second]
    assert [memo["id"] for memo in memos_elsewhere(study, "K8", "HEI-I01")] == [first, here]
    assert memos_elsewhere(study, "K8", "FJO-I01")[0] == {
        "id": first, "kind": "memo", "about": {"study": ""}, "text": "Første 😀", "document": "FJO-I02",
        "at": "2021-07-01T10:00:00Z",
    }  # fmt: skip
    assert memos_elsewhere(study, "K1", "FJO-I01") == memos_elsewhere(study, "K9", "FJO-I01") == []
    session = Session(study, "FJO-I02", "K8")
    session.act("note", {"about": {"study": ""}, "text": "", "record": first})
    assert [memo["id"] for memo in memos_elsewhere(study, "K8", "FJO-I01")] == [second]


def test_a_damaged_log_hides_no_memos_of_the_others(study: Study, small_study: SmallStudy) -> None:
    kept = note(study, "HEI-I01", "Andre å", "2021-07-02T10:00:00Z", code="C0001")
    note(study, "FJO-I02", "Første 😀", "2021-07-01T10:00:00Z", study="")
    small_study.add("corpus/coding/K8/FJO-I02.jsonl", "{}\n")
    assert [log.name for log in own_logs(study, "K8")] == ["corpus/coding/K8/HEI-I01.jsonl"]
    assert [memo["id"] for memo in memos_elsewhere(study, "K8", "FJO-I01")] == [kept]
    rows = {row["id"]: row for row in documents_for_screen(study, "K8")}
    assert rows["HEI-I01"]["segments"] == 0


def test_the_list_of_documents_says_how_far_a_coder_is_by_the_disk(study: Study) -> None:
    session = Session(study, "FJO-I01", "K1")
    session.act("remove", {"records": ["FJO-I01.K1.s02"]})
    session.act("complete", {})
    rows = {row["id"]: row for row in documents_for_screen(study, "K1")}
    assert (rows["FJO-I01"]["segments"], rows["FJO-I01"]["done"]) == (5, True)
    assert (rows["FJO-I02"]["segments"], rows["FJO-I02"]["done"], rows["FJO-I02"]["turns"]) == (3, False, 4)
    session.act("complete", {"is_complete": False})
    assert not {row["id"]: row["done"] for row in documents_for_screen(study, "K1")}["FJO-I01"]
    assert {row["segments"] for row in documents_for_screen(study, "K9")} == {0}


def test_a_turn_tells_when_it_begins_where_the_text_does(small_study: SmallStudy) -> None:
    small_study.edit_text("FJO-I02", "**Intervjuer:** Hva var", "**Intervjuer [01:02:03.500]:** Hva var")
    small_study.edit_log("K1", "FJO-I02", lambda events: events.clear())
    loaded, _ = small_study.read()
    assert loaded is not None
    assert [turn[6] for turn in turns_for_screen(loaded, "FJO-I02")] == ["1:02:03", "", "", ""]
