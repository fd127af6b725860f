"""The widget's conversation with its screen, message by message, without a browser."""

from __future__ import annotations

import itertools
import json
import os
import re
import time
from typing import Any

import pytest
from small_study import SmallStudy

from foran_research.coder.session import Session
from foran_research.coder.widget import Coder, Offers
from foran_research.coding import journal
from foran_research.coding.acts import Refused
from foran_research.errors import UnknownName
from foran_research.study import Study, load_study, read_study

DOCUMENT = "FJO-I01"
DRAWN = "id,coder,with,document,turns,seed,drawn\nA1,K2,K1,FJO-I01,2 3,7,2021-04-01\n"


#: No two wishes of any screen bear the same id, as in life: one that the log has is not done again.
NUMBERS = itertools.count()


class Screen:
    """A screen that sends messages to a widget and keeps what it hears."""

    def __init__(self, coder: Coder, monkeypatch: pytest.MonkeyPatch, client: str = "c") -> None:
        self.coder, self.client = coder, client
        self.heard: list[dict[str, Any]] = []
        monkeypatch.setattr(coder, "send", self.hear)

    def hear(self, message: dict[str, Any]) -> None:
        # What crosses the wire is JSON.
        self.heard.append(json.loads(json.dumps(message)))

    def say(self, do: str, **content: Any) -> dict[str, Any]:
        """Send a message; the last answer."""
        before = len(self.heard)
        self.coder._receive(
            None, {"id": f"{self.client}.{next(NUMBERS)}", "client": self.client, "do": do, **content}, []
        )
        return self.heard[-1] if len(self.heard) > before else {}

    def act(self, verb: str, key: str | None = None, **arguments: Any) -> dict[str, Any]:
        return self.say("act", verb=verb, arguments=arguments, key=key)


@pytest.fixture
def study(small_study: SmallStudy) -> Study:
    return load_study(small_study.path)


def opened(study: Study, monkeypatch: pytest.MonkeyPatch, coder: str = "K8", **more: Any) -> Screen:
    screen = Screen(Coder(study, more.pop("document", DOCUMENT), coder, **more), monkeypatch)
    assert screen.say("hello")["kind"] == "snapshot"
    return screen


# Opening


def test_a_screen_that_says_hello_gets_all_it_needs_to_show(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch, "K1")
    told = screen.heard[-1]
    assert set(told) >= {
        "text", "turns", "levels", "codes", "facets", "records", "memos", "proposals", "done", "assigned", "blind", "stopped",
        "at", "words", "keys", "undo", "redo",
    }  # fmt: skip
    assert (told["document"], told["coder"], told["codebook"], told["to"]) == (DOCUMENT, "K1", "2.0.0", "c")
    assert told["text"] == study.transcripts[DOCUMENT].text
    assert {name for name, _ in told["records"]} == {f"FJO-I01.K1.s{n:02d}" for n in range(1, 7)}
    assert (told["undo"], told["redo"], told["stopped"], told["blind"]) == ("recode", None, None, False)
    assert [fact[0] for fact in told["facts"]][:3] == ["document", "date", "case"]


def test_who_codes_is_asked_when_it_was_not_said(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORAN_CODER", raising=False)
    screen = Screen(Coder(study, DOCUMENT), monkeypatch)
    asked = screen.say("hello")
    assert (asked["kind"], asked["coders"], asked["reason"]) == ("ask", ["K1", "K2"], None)
    assert "text" not in asked
    assert screen.say("act", verb="apply", arguments={})["reason"] == "gone"
    assert screen.say("hello", coder="../x")["reason"] == "bad-coder"
    asked = screen.say("hello", coder="k1")
    assert (asked["kind"], asked["reason"], asked["facts"]) == ("ask", "coder-case", {"coder": "K1"})
    assert screen.say("hello")["kind"] == "ask"
    assert screen.say("hello", coder="K8")["kind"] == "snapshot"


def test_the_command_line_can_say_who_codes_what(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORAN_CODER", "K9")
    monkeypatch.setenv("FORAN_DOCUMENT", "HEI-I01")
    told = Screen(Coder(study), monkeypatch).say("hello")
    assert (told["coder"], told["document"]) == ("K9", "HEI-I01")


def test_what_the_study_does_not_have_is_refused_when_the_widget_is_made(study: Study) -> None:
    for more in ({"document": "X-1"}, {"codebook": "9.0.0"}, {"language": "sv"}):
        with pytest.raises(UnknownName):
            Coder(study, **{"document": DOCUMENT, "coder": "K8", **more})
    with pytest.raises(Refused):
        Coder(study, DOCUMENT, "../x")


@pytest.mark.parametrize(
    ("at", "told"), [(None, None), ("FJO-I01.K1.s02", {"record": "FJO-I01.K1.s02"}), (3, {"turn": 3}),
                     ((14, 25), {"start": 14, "end": 25})],
)  # fmt: skip
def test_the_place_to_go_to_is_told_once(study: Study, monkeypatch: pytest.MonkeyPatch, at: Any, told: Any) -> None:
    screen = opened(study, monkeypatch, "K1", at=at)
    assert screen.heard[-1]["at"] == told
    assert screen.say("hello")["at"] is None


def test_a_second_screen_that_says_another_name_never_codes_in_the_first_ones_log(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = opened(study, monkeypatch, "K8")
    screen.act("apply", start=14, end=25, code="C0001")
    told = screen.say("hello", coder="K9")
    assert (told["coder"], told["records"], told["to"]) == ("K9", [], None)
    assert screen.act("apply", start=26, end=34, code="C0001")["made"] == "FJO-I01.K9.s0001"
    assert len((study.path / "corpus/coding/K8/FJO-I01.jsonl").read_bytes().splitlines()) == 1


def test_another_document_is_opened_and_every_tab_follows(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    screen.act("apply", start=14, end=25, code="C0001")
    assert screen.say("hello")["to"] == "c"
    told = screen.say("open", document="HEI-I01")
    assert (told["document"], told["to"], told["records"]) == ("HEI-I01", None, [])
    assert screen.act("apply", start=14, end=25, code="C0001")["made"] == "HEI-I01.K8.s0001"
    assert len(screen.say("open", document=DOCUMENT)["records"]) == 1


def test_a_wish_meant_for_another_document_is_refused(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    screen.say("open", document="HEI-I01")
    told = screen.say("act", verb="apply", arguments={"start": 14, "end": 25, "code": "C0001"}, document=DOCUMENT)
    assert (told["kind"], told["reason"]) == ("refused", "other-document")
    assert not (study.path / "corpus/coding/K8").exists()
    wish = {"verb": "apply", "arguments": {"start": 14, "end": 25, "code": "C0001"}, "document": "HEI-I01"}
    assert screen.say("act", **wish, coder="K9")["reason"] == "other-document"
    assert screen.say("act", **wish, coder="K8")["made"] == "HEI-I01.K8.s0001"


def test_a_screen_is_led_back_to_its_last_document_when_none_was_named(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORAN_DOCUMENT", raising=False)
    first = next(iter(study.documents.index))
    screen = Screen(Coder(study, coder="K8"), monkeypatch)
    assert screen.say("hello", last="STR-I01")["document"] == "STR-I01"
    # Once a document is open, a tab that remembers another one does not turn the page for all.
    assert screen.say("hello", last="HEI-I01")["document"] == "STR-I01"
    for last in ("X-1", None, 3, ""):
        assert Screen(Coder(study, coder="K8"), monkeypatch).say("hello", last=last)["document"] == first
    named = Screen(Coder(study, DOCUMENT, "K8"), monkeypatch)
    assert named.say("hello", last="STR-I01")["document"] == DOCUMENT


# Acting


def test_an_act_is_acknowledged_once_it_is_on_the_disk(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    told = screen.act("apply", "new-1", start=14, end=26, code="C0001")
    log = (study.path / "corpus/coding/K8/FJO-I01.jsonl").read_bytes().splitlines()
    wish = json.loads(log[0])["wish"]
    assert (told["kind"], told["re"], told["document"], told["made"]) == ("saved", wish, DOCUMENT, "FJO-I01.K8.s0001")
    assert told["changes"] == [["FJO-I01.K8.s0001", json.loads(log[0])["after"]]]
    assert (told["undo"], told["redo"], told["done"]) == ("apply", None, False)
    told = screen.act("complete")
    assert (told["done"], told["undo"]) == (True, "complete")
    told = screen.act("undo")
    assert (told["done"], told["undo"], told["redo"]) == (False, "apply", "complete")


def test_a_wish_sent_twice_is_done_once(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    wish = {"id": "w1", "client": "c", "do": "act", "verb": "note", "arguments": {"about": {"study": ""}, "text": "å"}}
    screen.coder._receive(None, wish, [])
    screen.coder._receive(None, wish, [])
    assert screen.heard[-1] == screen.heard[-2]
    assert len((study.path / "corpus/coding/K8/FJO-I01.jsonl").read_bytes().splitlines()) == 1


def test_messages_without_an_id_are_never_taken_for_one_another(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    for start in (14, 40):
        wish = {"do": "act", "verb": "apply", "arguments": {"start": start, "end": start + 9, "code": "C0001"}}
        screen.coder._receive(None, wish, [])
    assert screen.heard[-1]["made"] == "FJO-I01.K8.s0002"
    screen.coder._receive(None, {"do": "ping"}, [])
    assert screen.heard[-1]["kind"] == "pong"


def test_the_screens_own_name_of_a_new_record_is_understood_before_it_hears_the_id(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = opened(study, monkeypatch)
    screen.act("apply", "k1", start=14, end=34, code="C0001")
    screen.act("apply", "k2", start=35, end=39, code="C0001")
    assert screen.act("polarity", records=["k1", "k2"], polarity="hemmer")["kind"] == "saved"
    assert screen.act("memo", record="k1", text="a\u030a")["changes"][0][0] == "FJO-I01.K8.s0001"
    assert screen.act("remove", records=["k9"])["reason"] == "gone"
    # The passage has the code already: the name stands for the segment that is there.
    told = screen.act("apply", "k3", start=35, end=39, code="C0001")
    assert (told["made"], [name for name, _ in told["changes"]]) == ("FJO-I01.K8.s0002", ["FJO-I01.K8.s0002"])
    assert screen.act("remove", records=["k3"])["changes"] == [["FJO-I01.K8.s0002", None]]


@pytest.mark.parametrize(
    "content", [{"verb": "apply"}, {"verb": "apply", "arguments": []}, {"verb": None, "arguments": {}}, {"arguments": {}},
                {"verb": "apply", "arguments": {"start": 1}}],
)  # fmt: skip
def test_a_wish_that_is_none_is_refused(study: Study, monkeypatch: pytest.MonkeyPatch, content: dict[str, Any]) -> None:
    screen = opened(study, monkeypatch)
    told = screen.say("act", **content)
    assert (told["kind"], told["reason"], told["keeps"], told["stopped"]) == ("refused", "bad-wish", False, None)
    assert screen.say("dance")["reason"] == "bad-wish"
    screen.coder._receive(None, "no message", [])


def test_an_error_of_ours_is_told_on_the_screen_without_a_word_of_the_text(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = opened(study, monkeypatch)

    def broken(*_: Any, **_more: Any) -> None:
        raise ZeroDivisionError(study.transcripts[DOCUMENT].text)

    monkeypatch.setattr(Session, "act", broken)
    with pytest.raises(ZeroDivisionError):
        screen.act("undo")
    told = screen.heard[-1]
    assert (told["kind"], told["reason"], told["facts"]) == ("refused", "failed", {"error": "ZeroDivisionError"})


def test_what_the_disk_refused_may_be_tried_again(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    (study.path / "foran.toml").rename(study.path / "kept")
    told = screen.act("apply", start=14, end=25, code="C0001")
    assert (told["reason"], told["keeps"], told["stopped"]) == ("folder-gone", True, None)
    (study.path / "kept").rename(study.path / "foran.toml")
    assert screen.act("apply", start=14, end=25, code="C0001")["kind"] == "saved"


def test_a_session_that_has_stopped_says_so_and_gives_out_a_copy(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    screen.act("apply", start=14, end=25, code="C0001")
    path = study.path / "corpus/coding/K8/FJO-I01.jsonl"
    whole = path.read_bytes()
    path.write_bytes(b"")
    told = screen.act("undo")
    assert (told["reason"], told["keeps"], told["stopped"]["reason"]) == ("log-replaced", False, "log-replaced")
    told = screen.say("rescue")
    assert (told["name"], told["text"].encode()) == ("FJO-I01.K8.jsonl", whole)


@pytest.mark.parametrize("way", ["the heartbeat tells", "hello at once", "another document between"])
@pytest.mark.parametrize("loss", ["cut", "gone"])
def test_what_was_saved_and_lost_from_the_disk_is_kept_until_it_is_there_again(
    study: Study, monkeypatch: pytest.MonkeyPatch, way: str, loss: str
) -> None:
    screen = opened(study, monkeypatch)
    screen.act("apply", start=14, end=25, code="C0001")
    screen.act("note", about={"document": DOCUMENT}, text="Æsj 😀 a\u030a")
    path = study.path / "corpus/coding/K8/FJO-I01.jsonl"
    whole = path.read_bytes()
    left = whole.splitlines(keepends=True)[0]
    reason = {"cut": "log-replaced", "gone": "log-gone"}[loss]
    if loss == "cut":
        path.write_bytes(left)
    else:
        path.unlink()
    if way == "the heartbeat tells":
        assert screen.say("ping")["trouble"]["reason"] == reason
    elif way == "another document between":
        assert screen.say("open", document="HEI-I01")["stopped"] is None
    told = screen.say("open" if way == "another document between" else "hello", document=DOCUMENT)
    assert (told["kind"], len(told["records"])) == ("snapshot", 2)
    # A log that is gone may come back, and does not stop the session for good.
    assert (told["stopped"] and told["stopped"]["reason"]) == (reason if loss == "cut" else None)
    assert screen.act("undo")["reason"] == reason
    told = screen.say("rescue")
    assert (told["name"], told["text"].encode()) == ("FJO-I01.K8.jsonl", whole)
    assert (path.read_bytes() if path.exists() else None) == (left if loss == "cut" else None)

    path.write_bytes(whole)
    told = screen.say("hello")
    assert (told["stopped"], len(told["records"])) == (None, 2)
    assert screen.act("undo")["kind"] == "saved"
    assert path.read_bytes().startswith(whole)
    assert len(path.read_bytes().splitlines()) == 3


def test_a_log_that_cannot_be_read_is_told_and_not_written_to(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    path = study.path / "corpus/coding/K1/FJO-I01.jsonl"
    before = path.read_bytes()

    def closed(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(journal, "read_log", closed)
        screen = opened(study, monkeypatch, "K1")
        stopped = {"reason": "log-unreadable", "facts": {"file": "corpus/coding/K1/FJO-I01.jsonl",
                                                         "what": "Permission denied"}}  # fmt: skip
        assert screen.heard[-1]["stopped"] == stopped
        told = screen.act("apply", start=14, end=25, code="C0001")
        assert (told["reason"], told["keeps"], told["stopped"]) == ("log-unreadable", False, stopped)
        assert [row["segments"] for row in screen.say("documents")["documents"]] == [0] * len(study.documents)
    assert path.read_bytes() == before
    assert screen.say("hello")["stopped"] is None
    assert screen.act("apply", start=14, end=25, code="C0001")["kind"] == "saved"


def test_a_memo_of_another_window_is_not_overwritten(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch, "K1")
    name = "FJO-I01.K1.s05"
    Session(study, DOCUMENT, "K1").act("memo", {"record": name, "text": "Fra det andre vinduet å"})
    assert screen.act("memo", record=name, text="Herfra", was="")["reason"] == "memo-changed"
    # The refusal is followed by what the other window wrote; to write the same is no overwriting.
    told = screen.act("memo", record=name, text="Fra det andre vinduet å", was="")
    assert (told["kind"], [record["memo"] for _, record in told["changes"]]) == ("saved", ["Fra det andre vinduet å"])
    told = screen.act("memo", record=name, text="Herfra", was="Fra det andre vinduet å")
    assert told["changes"][0][1]["memo"] == "Herfra"


def test_what_another_window_did_comes_with_the_heartbeat(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    other = Session(study, DOCUMENT, "K8")
    other.act("apply", {"start": 14, "end": 25, "code": "C0001"})
    assert screen.say("ping")["kind"] == "pong"
    told = screen.heard[-2]
    assert (told["kind"], [name for name, _ in told["changes"]], told["undo"]) == (
        "changed",
        ["FJO-I01.K8.s0001"],
        "apply",
    )
    count = len(screen.heard)
    screen.say("ping")
    assert len(screen.heard) == count + 1


def test_the_history_tells_what_was_done_and_not_the_words(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch, "K1")
    told = screen.say("history", record="FJO-I01.K1.s02")
    assert [event["action"] for event in told["events"]] == ["apply", "recode"]
    assert told["events"][1]["what"] == {"code": ["C0002", "C0011"]}
    screen.act("adjust", record="FJO-I01.K1.s02", start=14, end=25)
    screen.act("memo", record="FJO-I01.K1.s02", text="Hemmelig tanke")
    told = screen.say("history", record="FJO-I01.K1.s02")
    assert "what" in told["events"][2]
    assert not set(re.findall(r"\w{5,}", study.transcripts[DOCUMENT].text)) & set(
        re.findall(r"\w{5,}", json.dumps(told))
    )
    assert "tanke" not in json.dumps(told)


def test_the_documents_are_listed_with_how_far_the_coder_is(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch, "K1")
    screen.act("complete")
    rows = {row["id"]: row for row in screen.say("documents")["documents"]}
    assert list(rows) == list(study.documents.index)
    assert (rows[DOCUMENT]["segments"], rows[DOCUMENT]["done"], rows[DOCUMENT]["assigned"]) == (6, True, False)
    assert (rows["STR-I01"]["segments"], rows["STR-I01"]["done"]) == (2, False)


# Nothing of a transcript stays in a notebook


def test_nothing_of_a_transcript_is_in_what_a_notebook_stores(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Coder(study, "HEI-I01", "K9").get_state()
    programs = {fresh["_esm"], fresh["_css"]}
    screen = opened(study, monkeypatch, "K1")
    screen.act("apply", start=14, end=34, code="C0001")
    screen.act("memo", record="FJO-I01.K1.s02", text="Hemmelighetsfull grublebok")
    screen.say("documents")
    screen.say("history", record="FJO-I01.K1.s02")
    coder = screen.coder
    state = coder.get_state()
    # The program and its looks are the same for every text.
    assert {state.pop("_esm"), state.pop("_css")} == programs
    kept = " ".join([json.dumps(state, ensure_ascii=False, default=str), repr(coder), str(coder),
                     json.dumps(coder._repr_mimebundle_(), ensure_ascii=False, default=str)])  # fmt: skip
    text = study.transcripts[DOCUMENT].text
    assert not set(re.findall(r"\w{5,}", text)) & set(re.findall(r"\w+", kept))
    assert "grublebok" not in kept
    assert "text/plain" in str(coder._repr_mimebundle_())


def test_only_the_language_and_the_studys_id_are_synchronised(study: Study) -> None:
    own = {name for name, trait in Coder.class_own_traits().items() if trait.metadata.get("sync")}
    assert own == {"language", "study"}
    assert Coder(study, DOCUMENT, "K8").study == study.settings.study_id
    assert Coder(study, DOCUMENT, "K8", language="nn").language == "nn"


# Suggestions


def waited(screen: Screen) -> list[dict[str, Any]]:
    screen.say("suggest")
    for _ in range(600):
        screen.say("ping")
        for message in reversed(screen.heard):
            if message["kind"] == "suggestions":
                screen.heard.remove(message)
                return list(message["suggestions"])
        time.sleep(0.1)
    raise AssertionError("no suggestions came")


def test_suggestions_come_with_a_heartbeat_and_what_was_answered_does_not_come_back(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = opened(study, monkeypatch, document="FJO-I02", codebook="1.0.0")
    [offer] = waited(screen)
    assert "behovsbeskrivelsen" in study.transcripts["FJO-I02"].text[offer["start"] : offer["end"]]
    assert {key: offer[key] for key in set(offer) - {"start", "end"}} == {
        "code": "C0001", "polarity": "", "suggested_by": "cues@1.0.0"}  # fmt: skip
    told = screen.act("dismiss", suggestion=offer)
    assert told["changes"][0][1]["kind"] == "dismissal"
    assert waited(screen) == []
    # Nor in a new session, nor under another version of the codebook.
    assert waited(opened(study, monkeypatch, document="FJO-I02", codebook="1.0.0")) == []
    later = opened(study, monkeypatch, document="FJO-I02")
    assert waited(later) == []
    later.act("undo")
    assert waited(later) == [offer | {"suggested_by": "cues@2.0.0"}]


def test_an_accepted_suggestion_remembers_its_source_and_is_answered_under_any_code(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = opened(study, monkeypatch, document="FJO-I02")
    [offer] = waited(screen)
    told = screen.act("accept", start=offer["start"], end=offer["end"] - 8, code="C0005", suggestion=offer)
    source = told["changes"][0][1]["source"]
    assert source == {key: offer[key] for key in ("suggested_by", "code", "start", "end")}
    assert waited(screen) == waited(opened(study, monkeypatch, document="FJO-I02")) == []
    screen.act("remove", records=[told["made"]])
    assert waited(screen) == [offer]


def test_a_passage_coded_by_hand_is_suggested_no_more(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch, document="FJO-I02")
    [offer] = waited(screen)
    screen.act("apply", start=offer["start"] - 5, end=offer["end"], code="C0005")
    assert waited(screen) == [offer]
    screen.act("apply", start=offer["start"] - 5, end=offer["end"], code="C0001")
    assert waited(screen) == []


# A codebook released meanwhile, and acts of another day


def test_a_heartbeat_tells_that_a_newer_codebook_is_out_and_stops_nothing(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, pinned = opened(study, monkeypatch), opened(study, monkeypatch, "K9", codebook="1.0.0")
    assert screen.say("ping")["codebook"] == ""
    folder = study.path / "codebooks"
    for version in ("10.0.0", "9.0.0", "0.9.0"):
        (folder / f"{version}.yaml").write_bytes((folder / "2.0.0.yaml").read_bytes())
    os.utime(folder, ns=(1, 1))  # a clock that is coarser than this test is quick
    pong = screen.say("ping")
    assert (pong["codebook"], pong["trouble"]) == ("10.0.0", None)
    assert screen.act("apply", start=14, end=25, code="C0001")["kind"] == "saved"
    # Who asked for a version is not told to run the cell again: it would give the same.
    assert pinned.say("ping")["codebook"] == ""


def test_the_screen_is_told_when_the_acts_that_can_be_undone_were_done(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = opened(study, monkeypatch, "K1")
    told = screen.heard[-1]
    old = told["undo_acts"]
    assert old
    assert all(when < told["now"] for when, _ in old)
    saved = screen.act("apply", start=30, end=44, code="C0005")
    assert saved["undo_acts"] == [[saved["at"], "apply"], *old]
    assert saved["at"] >= told["now"]
    assert screen.act("undo")["undo_acts"] == old


# Double coding


@pytest.fixture
def drawn(small_study: SmallStudy) -> Study:
    (small_study.path / "corpus/assignments.csv").write_text(DRAWN, "utf-8")
    return load_study(small_study.path)


def test_a_blind_document_is_offered_no_suggestions_and_compared_with_nobodys(
    drawn: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Offers, "start", lambda _: pytest.fail("the cues spoke"))
    for coder in ("K1", "K2"):
        screen = opened(drawn, monkeypatch, coder, compare=("K1", "K2"))
        assert screen.heard[-1]["blind"] is True
        assert screen.say("suggest") == {}
        assert screen.say("compare")["reason"] == "still-blind"
    assert screen.say("hello")["assigned"] == [2, 3]
    assert opened(drawn, monkeypatch, "K8").heard[-1]["blind"] is False
    for coder in ("K1", "K2"):
        opened(drawn, monkeypatch, coder).act("complete")
    screen = opened(drawn, monkeypatch, "K1", compare=("K1", "K2"))
    assert screen.heard[-1]["blind"] is False
    assert screen.say("compare")["kind"] == "comparison"


def test_a_disagreement_is_settled_with_the_segments_as_they_stand(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = opened(study, monkeypatch, "K8", compare=("K1", "K2"))
    told = screen.say("compare")
    assert (told["kind"], told["a"], told["b"]) == ("comparison", "K1", "K2")
    # The newest codebook has no code for persons any more: what K2 saw is no code there, and named as it stands.
    [strategy] = [segment for one in told["differences"] for segment in one["a"] if segment["id"] == "FJO-I01.K1.s05"]
    persons = {"id": "FJO-I01.K2.s02", "stored": "C0009", "start": strategy["start"], "end": strategy["end"],
               "polarity": "hemmer"}  # fmt: skip
    wish = {
        "start": strategy["start"],
        "end": strategy["end"],
        "accepted": [strategy],
        "rejected": [persons],
        "reason": "å",
    }
    told = screen.act("resolve", **wish)
    [[_, record]] = told["changes"]
    assert [(one["segment"], one["code"]) for one in (*record["accepted"], *record["rejected"])] == [
        ("FJO-I01.K1.s05", "C0005"), ("FJO-I01.K2.s02", "C0009")]  # fmt: skip
    for seen in ({"id": "x"}, strategy | {"stored": "C0001"}, strategy | {"polarity": ""}, strategy | {"start": 0}):
        assert screen.act("resolve", **wish | {"accepted": [seen]})["reason"] == "changed-meanwhile"
    for seen in ("FJO", ["FJO-I01.K1.s05"], [{"id": []}]):
        assert screen.act("resolve", **wish | {"accepted": seen})["reason"] == "bad-wish"
    assert opened(study, monkeypatch, "K8").say("compare")["reason"] == "bad-wish"


def test_a_settler_who_is_one_of_the_two_may_say_that_her_own_code_stands(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = opened(study, monkeypatch, "K1", compare=("K1", "K2"))
    own = next(seg for one in screen.say("compare")["differences"] for seg in one["a"] if seg["id"] == "FJO-I01.K1.s05")
    wish = {"start": own["start"], "end": own["end"], "accepted": [], "rejected": [own], "reason": "Å, lest om igjen."}
    [[_, record]] = screen.act("resolve", **wish, code="C0005")["changes"]
    assert ([one["segment"] for one in record["accepted"]], record["rejected"], record["added"]) == (
        ["FJO-I01.K1.s05"], [], [])  # fmt: skip
    _, faults = read_study(study.path)
    assert faults == []
    assert [one.id for one in load_study(study.path).resolutions()] == ["FJO-I01.K1.r0001"]


def test_the_screen_changes_to_two_side_by_side_and_back(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch, "K1")
    assert (screen.heard[-1]["others"], screen.heard[-1]["compare"]) == (["K2"], None)
    assert screen.say("compare")["reason"] == "bad-wish"
    for coders in ("K1 K2", ["K1"], ["K1", "../x"], ["K1", None], {}):
        assert screen.say("side by side", coders=coders)["reason"] == "bad-wish"
    told = screen.say("side by side", coders=["K1", "K9"])
    assert (told["reason"], told["facts"]) == ("not-coded", {"coder": "K9", "document": DOCUMENT})
    assert screen.say("hello")["compare"] is None
    told = screen.say("side by side", coders=["K1", "K2"])
    assert (told["kind"], told["compare"], told["to"]) == ("snapshot", ["K1", "K2"], None)
    assert screen.say("compare")["kind"] == "comparison"
    assert screen.say("side by side", coders=None)["compare"] is None
    assert screen.say("compare")["reason"] == "bad-wish"


def test_what_is_drawn_while_the_screen_is_open_makes_it_blind(
    small_study: SmallStudy, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Offers, "start", lambda _: pytest.fail("the cues spoke"))
    screens = [opened(study, monkeypatch, coder) for coder in ("K1", "K2")]
    assert [screen.heard[-1]["blind"] for screen in screens] == [False, False]
    (small_study.path / "corpus/assignments.csv").write_text(DRAWN, "utf-8")
    for screen, other in zip(screens, ("K2", "K1"), strict=True):
        monkeypatch.setattr(screen.coder, "send", screen.hear)
        assert screen.say("suggest") == {}
        told = screen.say("hello")
        assert (told["blind"], told["others"]) == (True, [])
        assert screen.say("side by side", coders=["K1", "K2"])["reason"] == "still-blind"
        assert other not in screen.say("hello")["others"]


def test_memos_and_proposals_of_other_documents_are_those_on_the_disk_now(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = opened(study, monkeypatch)
    screen.act("note", about={"code": "C0001"}, text="Om behov å")
    screen.act("note", about={"document": DOCUMENT}, text="Om dokumentet")
    screen.act("propose", start=14, end=25, label="tålmod")
    assert screen.say("hello")["memos"] == []
    told = screen.say("open", document="HEI-I01")
    assert [(memo["text"], memo["document"]) for memo in told["memos"]] == [("Om behov å", DOCUMENT)]
    assert told["proposals"] == ["tålmod"]
