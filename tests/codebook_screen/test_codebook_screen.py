"""The codebook's screen: its conversation, its words in three languages, and its pure functions, without a browser.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

import itertools
import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import click
import pandas as pd
import pytest
from small_study import SmallStudy, codebook_of

import foran_research
from foran_research import CodebookBrowser, load_study
from foran_research.cli_revise import decide_command, release_command
from foran_research.codebook.code import CHANGE_TYPES, RULES, Change
from foran_research.codebook.diff import KINDS, TEXTS
from foran_research.codebook.log_store import FILE, CodebookLog, encode, following
from foran_research.codebook.revising import Proposal, content_of
from foran_research.codebook_screen.shown import DECIDE, RELEASE, compared_shown, fate, proposal_shown
from foran_research.codebook_screen.words import LANGUAGES, WORDS
from foran_research.coder.session import Session
from foran_research.coding.assignment import Assignment
from foran_research.coding.assignment_store import append_assignments
from foran_research.errors import UnknownName
from foran_research.vocabulary import POLARITIES

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))
from node import run_module

NUMBERS = itertools.count(1)
LABEL = "ro på natta 😀 a\u030a"


class Screen:
    """What a screen hears and says."""

    def __init__(self, browser: CodebookBrowser, monkeypatch: pytest.MonkeyPatch, client: str = "a") -> None:
        self.browser, self.client = browser, client
        self.heard: list[dict[str, Any]] = []
        monkeypatch.setattr(browser, "send", self.hear)

    def hear(self, message: dict[str, Any]) -> None:
        # What crosses the wire is JSON.
        self.heard.append(json.loads(json.dumps(message)))

    def say(self, do: str, **content: Any) -> dict[str, Any]:
        """Send a message; the answer to it."""
        wish = f"{self.client}.{next(NUMBERS)}"
        self.browser._receive(None, {"id": wish, "client": self.client, "do": do, **content}, [])
        last = self.heard[-1]
        assert (last["re"], last["to"]) == (wish, self.client)
        return last


@pytest.fixture
def screen(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> Screen:
    return Screen(CodebookBrowser(load_study(small_study.path)), monkeypatch)


def counts_of(screen: Screen, version: str, name: str) -> dict[str, int]:
    """What is counted under `name` of each code that has any."""
    counts = screen.say("book", version=version)["counts"]
    return {code: one[name] for code, one in counts.items() if one[name]}


# Codes and counts


def test_a_screen_is_told_versions_levels_and_words_when_it_says_hello(screen: Screen) -> None:
    told = screen.say("hello")
    assert [one["version"] for one in told["versions"]] == ["1.0.0", "2.0.0"]
    assert told["version"] == "2.0.0"
    assert [level["id"] for level in told["levels"]] == ["P", "K", "E", "X"]
    assert told["withheld"] == []
    assert told["words"]["nb"]["tab.queue"] == "Omkoding"


def test_segments_are_counted_as_each_version_sees_them(screen: Screen) -> None:
    # Worked out by hand from small_study.CODINGS and the changes of 2.0.0.
    assert counts_of(screen, "1.0.0", "own") == {
        "C0001": 4, "C0002": 2, "C0003": 2, "C0004": 2, "C0005": 2, "C0006": 1, "C0007": 1, "C0008": 2, "C0009": 2,
    }  # fmt: skip
    assert counts_of(screen, "1.0.0", "waiting") == {}
    own = counts_of(screen, "2.0.0", "own")
    assert own == {"C0001": 5, "C0005": 2, "C0006": 1, "C0007": 2, "C0010": 1, "C0011": 2, "C0012": 4, "C0013": 1}
    # A split leaves one waiting between P3 and P4, and a polarity contradicts the code that became an answer.
    assert counts_of(screen, "2.0.0", "waiting") == {"C0002": 1, "C0010": 1, "C0011": 1, "C0007": 1, "C0008": 1}


def test_an_element_counts_the_passages_of_its_sub_elements_with_its_own(screen: Screen) -> None:
    first, second = (counts_of(screen, version, "all") for version in ("1.0.0", "2.0.0"))
    assert (first["C0005"], first["C0007"]) == (3, 3)
    # The sub-element has moved from strategy to talk.
    assert (second["C0005"], second["C0011"]) == (2, 3)


def test_a_code_comes_with_all_its_fields(screen: Screen) -> None:
    codes = {code["id"]: code for code in screen.say("book", version="2.0.0")["codes"]}
    need = codes["C0001"]
    assert need["label"] == {"nb": "behov og funksjon", "en": "behov og funksjon"}
    assert need["cues"]["nb"] == [{"words": "behov*", "tokens": 0, "polarity": "", "negated": "keep"}]
    assert (need["source"], need["maturity"], need["introduced"], need["fate"]) == (["S0:1"], "R", "1.0.0", None)
    assert set(TEXTS) < set(need)


def test_a_retired_code_says_what_became_of_it(small_study: SmallStudy) -> None:
    lineage = load_study(small_study.path).lineage
    codes = lineage["2.0.0"].by_id
    told = {name: fate(codes[name], lineage) for name in ("C0001", "C0002", "C0003", "C0008", "C0009")}
    assert told["C0001"] is None
    rules = {name: (one["rule"], [to["display"] for to in one["to"]], one["version"], one["change"])
             for name, one in told.items() if one}  # fmt: skip
    assert rules == {
        "C0002": ("review", ["P3", "P4"], "2.0.0", "CH-2-01"),
        "C0003": ("map", ["K4"], "2.0.0", "CH-2-02"),
        "C0008": ("facet", ["E1"], "2.0.0", "CH-2-05"),
        "C0009": ("retire", [], "2.0.0", "CH-2-04"),
    }
    assert told["C0008"] is not None
    assert told["C0008"]["polarity"] == "fremmer"


def test_the_life_of_a_code_has_counts_documents_and_changes_with_their_reasons(screen: Screen) -> None:
    told = screen.say("life", code="C0011", version="2.0.0")
    first, second = told["versions"]
    assert (first["isThere"], first["own"]) == (False, 0)
    assert (second["own"], second["all"], second["waiting"]) == (2, 3, 1)
    # Every text was first read under 1.0.0 or later, and 1.0.0 had what P4 came from.
    assert (len(second["assessed"]), second["notAssessed"]) == (6, [])
    (change,) = second["changes"]
    assert (change["id"], change["type"], change["role"], change["arena"]) == (
        "CH-2-01",
        "split",
        "stipendiat",
        "praksis",
    )
    assert (change["decided"], change["evidence"], change["empirical"]["nb"]) == (
        "2021-01-15",
        ["S0:1"],
        "Oppdiktet grunn.",
    )
    assert [code["display"] for code in (*change["from"], *change["to"])] == ["P2", "P3", "P4"]


def test_documents_read_only_under_a_version_without_the_code_are_not_assessed(screen: Screen) -> None:
    _, second = screen.say("life", code="C0013", version="2.0.0")["versions"]
    assert second["assessed"] == ["HEI-I02", "STR-I01"]
    assert second["notAssessed"] == ["FJO-I01", "FJO-I02", "HEI-I01", "STR-N01"]


def test_passages_are_told_as_places(screen: Screen) -> None:
    told = screen.say("life", code="C0011", version="2.0.0")["passages"]
    assert [(one["document"], one["coder"], one["status"], one["turns"]) for one in told] == [
        ("FJO-I01", "K1", "ok", "2"), ("FJO-I02", "K1", "below", "2"), ("HEI-I02", "K1", "ok", "3"),
    ]  # fmt: skip
    assert all(set(one) == {"segment", "document", "turns", "coder", "polarity", "status"} for one in told)


def test_no_message_and_no_trait_holds_what_an_informant_said(screen: Screen, small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    screen.say("hello")
    for version in ("1.0.0", "2.0.0"):
        for code in study.lineage["2.0.0"].by_id:
            screen.say("life", code=code, version=version)
        screen.say("book", version=version)
        screen.say("queue", version=version)
    screen.say("compare", before="1.0.0", after="2.0.0")
    screen.say("proposals")
    told = json.dumps(screen.heard, ensure_ascii=False)
    assert [quote for quote in study.segments()["quote"] if quote in told] == []
    state = {name: value for name, value in screen.browser.get_state().items() if name not in ("_esm", "_css")}
    assert "markedskontakt" not in json.dumps(state, ensure_ascii=False, default=str)


# Two versions


def test_two_versions_stand_side_by_side_along_the_lineage(screen: Screen) -> None:
    told = screen.say("compare", before="2.0.0", after="1.0.0")
    assert (told["older"], told["newer"]) == ("1.0.0", "2.0.0")
    pairs = {
        (" ".join(one["display"] for one in row["before"]), " ".join(one["display"] for one in row["after"])): row
        for row in told["rows"]
    }
    assert {pair: row["kinds"] for pair, row in pairs.items()} == {
        ("P1", "P1"): ["renamed"],
        ("P2", "P3 P4"): ["split"],
        ("K3.1", "P4.1"): ["moved", "display"],
        ("K3", "K3"): [],
        ("K1 K2", "K4"): ["merged"],
        ("", "K5"): ["new"],
        ("E1 E1.1", "E1"): ["converted"],
        ("X1", ""): ["retired"],
    }
    assert pairs["P2", "P3 P4"]["changes"] == ["CH-2-01"]
    assert [one["count"] for one in pairs["K1 K2", "K4"]["before"]] == [2, 2]
    assert [one["count"] for one in pairs["K1 K2", "K4"]["after"]] == [4]
    (label,) = pairs["P1", "P1"]["texts"]
    longer = [["equal", "behov"], ["insert", " og funksjon"]]
    assert label == {"field": "label", "name": "", "parts": {"nb": longer, "en": longer}}
    assert [told["changes"][name]["isAccepted"] for name in told["rejected"]] == [False]


def test_the_words_of_an_example_are_never_part_of_a_comparison(small_study: SmallStudy) -> None:
    small_study.edit_codebook("2.0.0", lambda book: book["codes"][0].update(example={"nb": "Ånei 😀", "en": "Oh no"}))
    told = compared_shown(load_study(small_study.path).lineage, "1.0.0", "2.0.0")
    (row,) = [row for row in told["rows"] if [one["id"] for one in row["after"]] == ["C0001"]]
    assert {one["field"]: one["parts"] for one in row["texts"]}["example"] == {"nb": [], "en": []}


def test_one_decision_about_many_codes_makes_no_family_of_them(small_study: SmallStudy) -> None:
    def reword(book: dict[str, Any]) -> None:
        touched = ["C0001", "C0010", "C0012", "C0013"]
        row = {"id": "CH-2-09", "type": "reword", "from": touched, "to": touched, "migration": []}
        book["changes"].append(book["changes"][0] | row)

    small_study.edit_codebook("2.0.0", reword)
    first, second = (codebook_of(small_study, version) for version in ("1.0.0", "2.0.0"))
    lineage = load_study(small_study.path).lineage
    assert (first, second) == lineage.codebooks
    assert len(compared_shown(lineage, "1.0.0", "2.0.0")["rows"]) == 8


# What waits


def test_the_queue_tells_by_change_and_coder_how_much_waits_where(screen: Screen) -> None:
    told = screen.say("queue", version="2.0.0")["waiting"]
    assert [(one["change"], one["why"], one["coder"], one["count"]) for one in told] == [
        ("CH-2-01", "split", "K2", 1), ("CH-2-05", "polarity", "K1", 1),
    ]  # fmt: skip
    (place,) = told[0]["documents"]
    assert (place["document"], place["count"], place["segment"]) == ("STR-N01", 1, "STR-N01.K2.s01")
    assert [code["display"] for code in told[0]["candidates"]] == ["P3", "P4"]
    assert screen.say("queue", version="1.0.0")["waiting"] == []


def test_a_sample_of_old_passages_is_told_where_a_definition_changed(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def redefine(book: dict[str, Any]) -> None:
        book["codes"][0]["definition"] = {"nb": "Gjelder noe annet nå.", "en": "Is about something else."}
        book["changes"][2]["type"] = "redefine"

    small_study.edit_codebook("2.0.0", redefine)
    told = Screen(CodebookBrowser(load_study(small_study.path)), monkeypatch).say("queue", version="2.0.0")["rechecks"]
    assert [(one["change"], one["code"]["display"], one["coder"], one["done"], one["all"]) for one in told] == [
        ("CH-2-03", "P1", "K1", 0, 3), ("CH-2-03", "P1", "K2", 0, 1),
    ]  # fmt: skip
    assert [place["document"] for place in told[0]["documents"]] == ["FJO-I01", "FJO-I02", "STR-N01"]


# Proposals


def change(id_: str, *, is_accepted: bool = False, **more: Any) -> Change:
    both = {"nb": "Måling deles.", "en": "Measuring is split."}
    fields = {"type": "split", "source": ("C0013",), "to": ("C0014", "C0015"), "evidence": ("STR-N01.K1.s01",), **more}
    return Change(id=id_, summary=both, reason_empirical=both, reason_theoretical=both, proposed_by_role="stipendiat",
                  decided_at="", arena="", is_accepted=is_accepted, migration=(), proposed_at="2021-04-01", **fields)  # fmt: skip


def test_open_proposals_are_read_from_the_log_with_the_command_to_decide_them(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = tuple({"id": name, "display": display, "label": {"nb": "før", "en": "before"}}
                  for name, display in (("C0014", "K6"), ("C0015", "K7")))  # fmt: skip
    drafts = [
        {"at": "2021-04-01T10:00:00Z", "by": "K1", "action": "propose", "about": name,
         "content": content_of(Proposal(change(name), codes))} for name in ("CH-0001", "CH-0002")
    ]  # fmt: skip
    drafts.append({"at": "2021-04-02T10:00:00Z", "by": "K1", "action": "withdraw", "about": "CH-0002", "content": {}})
    study = load_study(small_study.path)
    (small_study.path / FILE).write_bytes(b"".join(map(encode, following(CodebookLog(), drafts))))
    (told,) = Screen(CodebookBrowser(study), monkeypatch).say("proposals")["open"]
    assert (told["id"], told["state"], told["isAccepted"]) == ("CH-0001", "open", None)
    assert told["command"].startswith("foran codebook decide CH-0001 ")
    assert [(code["display"], code["isNew"]) for code in (*told["from"], *told["to"])] == [
        ("K5", False), ("K6", True), ("K7", True),
    ]  # fmt: skip
    assert told["evidence"] == ["STR-N01.K1.s01"]
    assert told["texts"][0] == {"field": "label", "name": "K6",
                                "parts": {"nb": [["insert", "før"]], "en": [["insert", "before"]]}}  # fmt: skip


def test_without_a_log_no_proposal_waits(screen: Screen) -> None:
    told = screen.say("proposals")
    assert (told["open"], told["inVivo"]) == ([], [])


def test_codes_that_coders_miss_are_gathered_by_the_name_they_gave(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study(small_study.path)
    for coder, document, words in (("K2", "STR-N01", "Flere mente"), ("K1", "STR-N01", "Flere mente"),
                                   ("K1", "FJO-I01", "Etterpå skrev vi")):  # fmt: skip
        start = study.transcripts[document].text.index(words)
        place = {"start": start, "end": start + len(words), "label": LABEL}
        Session(study, document, coder).act("propose", place)
    screen = Screen(CodebookBrowser(load_study(small_study.path), coder="K1"), monkeypatch)
    (told,) = screen.say("proposals")["inVivo"]
    assert (told["passages"], told["coders"]) == (3, ["K1", "K2"])
    assert [(place["document"], place["count"]) for place in told["documents"]] == [("FJO-I01", 1), ("STR-N01", 2)]
    first = told["documents"][0]
    assert screen.say("open", document="FJO-I01", segment=first["segment"])["kind"] == "opened"


# Who is at the screen


def test_what_blind_double_coding_withholds_is_not_counted_and_told_of(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_assignments(small_study.path, [Assignment("A01", "K2", ("K1",), "FJO-I01", seed=7)])
    study = load_study(small_study.path)
    counted = {}
    for coder in ("K1", "K2", "K3"):
        screen = Screen(CodebookBrowser(study, coder=coder), monkeypatch)
        counted[coder] = (counts_of(screen, "1.0.0", "own")["C0001"], screen.say("hello")["withheld"])
    assert counted == {"K1": (3, ["K2 · FJO-I01"]), "K2": (3, ["K1 · FJO-I01"]), "K3": (4, [])}
    screen = Screen(CodebookBrowser(study, coder="K1"), monkeypatch)
    told = screen.say("life", code="C0001", version="1.0.0")
    assert {(one["coder"], one["document"]) for one in told["passages"]} == {
        ("K1", "FJO-I01"), ("K1", "FJO-I02"), ("K1", "STR-N01")
    }  # fmt: skip
    assert screen.say("open", document="FJO-I01", segment="FJO-I01.K2.s01")["kind"] == "refused"
    assert told["versions"][0]["own"] == 3


def test_a_passage_opens_in_the_coder_by_its_id_or_where_it_is_anothers_by_its_place(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study(small_study.path)
    text = study.transcripts["FJO-I01"].text
    start = text.index("Strategien lå i skuffen.")
    opened: list[tuple[Any, ...]] = []
    screen = Screen(CodebookBrowser(study, coder="K1", on_open=lambda *place: opened.append(place)), monkeypatch)
    told = screen.say("open", document="FJO-I01", segment="FJO-I01.K1.s05")
    assert told["line"] == "Coder(the_study, 'FJO-I01', 'K1', at='FJO-I01.K1.s05')"
    screen.say("open", document="FJO-I01", segment="FJO-I01.K2.s02")
    assert opened == [("FJO-I01", "FJO-I01.K1.s05"), ("FJO-I01", (start, start + 24))]
    assert screen.browser.passage.children == ()
    plain = Screen(CodebookBrowser(study, coder="K1"), monkeypatch)
    for segment in ("FJO-I01.K1.s05", "FJO-I01.K1.s06"):
        plain.say("open", document="FJO-I01", segment=segment)
    (shown,) = plain.browser.passage.children
    assert repr(shown) == "Coder(document='FJO-I01', coder='K1')"
    for wrong in ({"document": "FJO-I02", "segment": "FJO-I01.K1.s05"}, {"document": "FJO-I01", "segment": "x"}, {}):
        assert plain.say("open", **wrong)["kind"] == "refused"


def test_a_name_given_in_the_coder_is_kept_for_the_next_passage_and_anothers_passage_is_told_as_that(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(CodebookBrowser(load_study(small_study.path)), monkeypatch)
    assert screen.say("open", document="FJO-I01", segment="FJO-I01.K1.s05")["coder"] == "K1"
    (shown,) = screen.browser.passage.children
    assert shown.coder == ""
    shown._hello("skjerm", "K1", None)
    again = screen.say("open", document="FJO-I01", segment="FJO-I01.K1.s05")
    assert (again["coder"], again["line"]) == ("", "Coder(the_study, 'FJO-I01', 'K1', at='FJO-I01.K1.s05')")
    assert screen.say("open", document="FJO-I01", segment="FJO-I01.K2.s02")["coder"] == "K2"
    (shown,) = screen.browser.passage.children
    assert shown.coder == "K1"


def test_the_study_is_read_again_when_asked_for(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(CodebookBrowser(load_study(small_study.path)), monkeypatch)
    text = screen.browser.study.transcripts["HEI-I02"].text
    start = text.index("styringsgruppa")
    coding = {"start": start, "end": start + 14, "code": "C0013"}
    Session(screen.browser.study, "HEI-I02", "K1").act("apply", coding)
    assert counts_of(screen, "2.0.0", "own")["C0013"] == 1
    assert screen.say("refresh")["kind"] == "setup"
    assert counts_of(screen, "2.0.0", "own")["C0013"] == 2
    small_study.edit_codebook("2.0.0", lambda book: book.pop("released"))
    refused = screen.say("refresh")
    assert refused["kind"] == "refused"
    assert refused["faults"]
    assert counts_of(screen, "2.0.0", "own")["C0013"] == 2  # what was read before still stands


def test_what_cannot_be_is_refused_in_a_sentence(screen: Screen, small_study: SmallStudy) -> None:
    assert screen.say("book", version="9.9.9")["kind"] == "refused"
    assert screen.say("dans")["kind"] == "refused"
    assert screen.say("life", code="C9999", version="2.0.0") | {"re": "", "to": ""} == {
        "kind": "life", "code": "C9999", "versions": [], "passages": [], "re": "", "to": "",
    }  # fmt: skip
    screen.browser._receive(None, "tull", [])
    study = load_study(small_study.path)
    for wrong in ({"language": "sv"}, {"codebook": "7.0.0"}, {"coder": "../x"}):
        with pytest.raises(UnknownName):
            CodebookBrowser(study, **wrong)
    assert repr(CodebookBrowser(study, language="nn", codebook="1.0.0")) == "CodebookBrowser(study='small')"


def test_the_study_as_it_stood_has_the_codebook_of_that_day(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(CodebookBrowser(load_study(small_study.path).at("2020-03-06"), coder="K1"), monkeypatch)
    for do in ("hello", "refresh"):
        told = screen.say(do)
        assert ([one["version"] for one in told["versions"]], told["moment"]) == (["1.0.0"], "2020-03-06")
    assert counts_of(screen, "1.0.0", "own") == {"C0001": 1, "C0002": 1, "C0003": 1, "C0004": 1}
    assert screen.say("open", document="FJO-I01", segment="FJO-I01.K1.s01")["kind"] == "opened"


# Tables for notebooks


def test_the_tables_of_a_notebook_say_what_the_screen_says(small_study: SmallStudy, tmp_path: Path) -> None:
    browser = CodebookBrowser(load_study(small_study.path), language="nn")
    counts = browser.counts().set_index("id")
    assert list(counts.columns[:5]) == ["code", "label", "segments_1.0.0", "passages_1.0.0", "waiting_1.0.0"]
    assert list(counts.loc["C0005", ["segments_1.0.0", "passages_1.0.0", "passages_2.0.0"]]) == [2, 3, 2]
    assert counts.at["C0013", "segments_1.0.0"] is pd.NA
    assert browser.queue()[["change", "coder", "document", "waiting"]].to_numpy().tolist() == [
        ["CH-2-01", "K2", "STR-N01", 1], ["CH-2-05", "K1", "HEI-I01", 1]
    ]  # fmt: skip
    assert browser.queue("1.0.0").empty
    history = browser.history("P4")
    assert history[["status", "segments", "waiting", "assessed", "changes"]].to_numpy().tolist() == [
        ["absent", 0, 0, 0, ""], ["active", 2, 1, 6, "CH-2-01"]
    ]  # fmt: skip
    assert browser.history("P2").equals(browser.history("C0002"))
    assert browser.history()["code"].iloc[-1] == "P1"
    with pytest.raises(UnknownName):
        browser.history("Q9")
    shown = browser.differences(output=tmp_path).data
    assert "behov og funksjon" in shown
    assert "behov og funksjon" in (tmp_path / "codebook_1.0.0_2.0.0.html").read_text("utf-8")
    assert "behov og funksjon" not in browser.differences("1.0.0", "1.0.0").data


def test_a_codebook_of_one_version_has_a_screen_and_tables_too(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_study.path.joinpath("codebooks/2.0.0.yaml").unlink()
    small_study.replace("foran.toml", 'codebook_version = "2.0.0"', 'codebook_version = "1.0.0"')
    for log in small_study.path.glob("corpus/coding/*/*.jsonl"):
        log.unlink()
    browser = CodebookBrowser(load_study(small_study.path))
    screen = Screen(browser, monkeypatch)
    assert len(screen.say("hello")["versions"]) == 1
    assert counts_of(screen, "1.0.0", "all") == {}
    assert len(browser.counts()) == 9
    assert browser.queue().empty
    assert len(browser.history("P1")) == 1
    assert browser.differences().data


def test_an_accepted_proposal_waits_for_its_release(small_study: SmallStudy) -> None:
    from foran_research.codebook.revising import ProposalState

    lineage = load_study(small_study.path).lineage
    state = ProposalState(Proposal(change("CH-0003", is_accepted=True)), "accepted", "K1", "2021-04-01T10:00:00Z")
    told = proposal_shown(state, "2.0.0", lineage)
    assert (told["isAccepted"], told["command"]) == (True, RELEASE)


@pytest.mark.parametrize(("line", "command"), [(DECIDE, decide_command), (RELEASE, release_command)])
def test_the_command_that_is_shown_is_one_that_there_is(line: str, command: click.Command) -> None:
    group, name, *words = shlex.split(line.format(id="CH-0001"))[1:]
    assert (group, name) == ("codebook", command.name)
    command.make_context(name, words)


# Words

MODULE = Path(foran_research.__file__).parent / "codebook_screen/codebook.mjs"
SCREEN = MODULE.read_text("utf-8")
#: What the screen builds keys from, by the beginning that they share.
FAMILIES = {
    "tab.": ("codes", "compare", "queue", "proposals"),
    "fate.": (*RULES, "in"),
    "polarity.": POLARITIES,
    "type.": CHANGE_TYPES,
    "kind.": (*KINDS, "same"),
    "why.": ("split", "polarity", "duplicate"),
    "status.": ("ok", "below", "review", "left"),
    "cue.negated.": ("flip", "drop"),
    "change.": ("empirical", "theoretical", "decision"),
    "field.": (*TEXTS, "display", "level", "parent", "source", "polarity_in_source", "maturity", "cues"),
    "field.cues.": ("nb", "nn"),
}


def asked_for() -> set[str]:
    """The keys that stand in the screen's program as they are."""
    return {key for key in re.findall(r'"([a-z_.]+)"', SCREEN) if key in WORDS["nb"]} | set(
        re.findall(r'\bw\(\s*"([\w.-]+)"', SCREEN)
    )


def built() -> set[str]:
    return {beginning + value for beginning, values in FAMILIES.items() for value in values}


def test_the_reader_of_the_screens_program_finds_something() -> None:
    assert len(asked_for()) > 80
    beginnings = set(re.findall(r"\bw\(`([a-z_.]+\.)\$\{", SCREEN))
    assert beginnings <= set(FAMILIES), "a family of keys that this test does not know"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_the_screen_asks_for_is_there(language: str) -> None:
    assert sorted((asked_for() | built()) - set(WORDS[language])) == []
    assert all(text.strip() for text in WORDS[language].values())


def test_no_word_is_there_for_nothing() -> None:
    assert sorted(set(WORDS["nb"]) - asked_for() - built()) == []


def test_the_three_languages_set_the_same_facts_into_a_sentence() -> None:
    def braces(text: str) -> tuple[str, ...]:
        return tuple(sorted(re.findall(r"\{(\w+)\}", text)))

    assert [key for key in WORDS["nb"] if len({braces(WORDS[one][key]) for one in LANGUAGES}) > 1] == []


# Pure functions, by node

LEVELS = [{"id": "P"}, {"id": "K"}, {"id": "X"}]


def a_code(id_: str, display: str, parent: str | None = None, *, active: bool = True, **more: Any) -> dict[str, Any]:
    return {"id": id_, "display": display, "level": display[0], "parent": parent, "isActive": active,
            "label": {"nb": f"Kode {id_}", "en": f"Code {id_}"}, "cues": {}, **more}  # fmt: skip


CODES = [
    a_code("C1", "P1"), a_code("C2", "P1.1", "C1"), a_code("C3", "P1.2", "C1", active=False), a_code("C4", "P2"),
    a_code("C5", "K1", definition={"nb": "Om bla\u030aba\u0308r 😀 ÆØÅ", "en": ""}, cues={"nb": [{"words": "leie .. båt*"}]}),
]  # fmt: skip


def rows(given: dict[str, Any]) -> list[dict[str, Any]]:
    found = run_module(
        MODULE,
        "return module.treeRows(given.levels, given.codes, {open: new Set(given.open), showsOld: given.old, hits: given.hits});",
        {"levels": LEVELS, "codes": CODES, "open": [], "old": False, "hits": None, **given},
    )
    return list(found)


def told(found: list[dict[str, Any]]) -> list[str]:
    return [f"{'  ' * (row['depth'] - 1)}{row['name']} {row['position']}/{row['size']}" for row in found]


def test_the_tree_shows_what_is_open_and_levels_that_hold_something() -> None:
    assert told(rows({})) == ["level:P 1/2", "level:K 2/2"]
    assert told(rows({"open": ["level:P", "C1"]})) == [
        "level:P 1/2",
        "  C1 1/2",
        "    C2 1/1",
        "  C4 2/2",
        "level:K 2/2",
    ]
    assert told(rows({"open": ["level:P", "C1"], "old": True}))[2:4] == ["    C2 1/2", "    C3 2/2"]
    assert [row["isOpen"] for row in rows({"open": ["level:P", "C4"]})] == [True, False, False, False]


def test_what_a_search_finds_is_shown_with_what_is_above_it() -> None:
    found = rows({"hits": ["C2"]})
    assert told(found) == ["level:P 1/1", "  C1 1/1", "    C2 1/1"]
    assert [row["isHit"] for row in found] == [False, False, True]
    assert told(rows({"hits": []})) == []


def test_a_search_looks_through_labels_definitions_and_cues() -> None:
    queries = ["  ", "KODE c4", "blåbär", "blåbär code", "båt* leie", "P1.1", "finnes ikke"]
    found = run_module(MODULE, "return given[1].map(query => module.found(given[0], query));", [CODES, queries])
    assert found == [None, ["C4"], ["C5"], ["C5"], ["C5"], ["C2"], []]


def test_keys_walk_the_tree_as_its_pattern_asks() -> None:
    cases = {
        ("level:P", "ArrowDown"): {"to": "C1"}, ("level:P", "ArrowUp"): None, ("level:K", "ArrowDown"): None,
        ("level:P", "ArrowRight"): {"to": "C1"}, ("level:P", "ArrowLeft"): {"close": "level:P"},
        ("C1", "ArrowRight"): {"open": "C1"}, ("C1", "ArrowLeft"): {"to": "level:P"}, ("C4", "ArrowRight"): None,
        ("C4", "Home"): {"to": "level:P"}, ("C1", "End"): {"to": "level:K"}, ("C1", "p"): {"to": "C4"}, ("C4", "p"): {"to": "C1"},
        ("C4", "k"): None, ("level:K", "*"): {"openAll": ["level:P", "level:K"]}, ("C4", "Tab"): None,
        ("gone", "ArrowDown"): {"to": "level:P"},
    }  # fmt: skip
    found = run_module(
        MODULE,
        """const rows = module.treeRows(given.levels, given.codes, {open: new Set(["level:P"]), showsOld: false, hits: null});
        return given.cases.map(([name, key]) => module.treeKey(rows, name, key));""",
        {"levels": LEVELS, "codes": CODES, "cases": list(cases)},
    )
    assert dict(zip(cases, found, strict=True)) == cases
