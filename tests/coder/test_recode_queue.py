"""What waits for recoding, as the widget tells it to a screen: right after every act, and cheap."""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
from typing import Any

import pytest
from small_study import SmallStudy, both, change, draft

from foran_research.codebook.changes import Lineage
from foran_research.coder import recode_queue
from foran_research.coder.recode_queue import RecodeQueue, changes_for_screen
from foran_research.coder.session import Session
from foran_research.coder.widget import Coder
from foran_research.coding.acts import Refused
from foran_research.coding.events import segment_at
from foran_research.coding.rechecking import SAMPLE, open_tasks, tasks_in
from foran_research.coding.recoding import pending_in
from foran_research.study import Study, load_study

DOCUMENT = "FJO-I02"
#: What K1 had coded in `DOCUMENT` under 1.0.0 beside what the small study has: words, code, polarity.
OLD = [
    ("Hemmelighold", "C0002", "hemmer"),
    ("på en minnepinne i Ålgårdsveien", "C0003", "fremmer"),
    ("på en minnepinne i Ålgårdsveien", "C0004", "hemmer"),
    ("var tynn", "C0008", "hemmer"),
    ("kunne vi lite om", "C0005", "nøytral"),
]
#: Their ids.
SPLIT, ONE, OTHER, POLARITY, REREAD = (f"{DOCUMENT}.K1.s{number:04d}" for number in range(11, 16))
NUMBERS = itertools.count()


@pytest.fixture
def study(small_study: SmallStudy) -> Study:
    """The small study with passages of the old codebook, and a definition that the new one narrows."""
    text = small_study.text(DOCUMENT)
    drafts = []
    for number, (words, code, polarity) in enumerate(OLD, 11):
        start = text.index(words)
        segment = segment_at(text, start, start + len(words), code, polarity, "1.0.0")
        name = f"{DOCUMENT}.K1.s{number:04d}"
        drafts.append(draft(small_study, "K1", DOCUMENT, "2020-06-13", "apply", name, None, segment))
    small_study.code("K1", DOCUMENT, drafts)

    def narrow(book: dict[str, Any]) -> None:
        strategy = next(entry for entry in book["codes"] if entry["id"] == "C0005")
        strategy["definition"] = both("Gjelder bare skrevne strategier på Ål.", "Is about written strategies only.")
        book["changes"].append(change(9, "narrow", ["C0005"], ["C0005"], {"from": "C0005", "rule": "keep"}))

    small_study.edit_codebook("2.0.0", narrow)
    return load_study(small_study.path)


class Screen:
    """A screen that keeps the queue as it is told."""

    def __init__(self, coder: Coder, monkeypatch: pytest.MonkeyPatch, client: str = "c") -> None:
        self.coder, self.client = coder, client
        self.heard: list[dict[str, Any]] = []
        self.waits: dict[str, dict[str, Any]] = {}
        self.elsewhere: list[dict[str, Any]] = []
        self.number = -1
        monkeypatch.setattr(coder, "send", self.hear)

    def hear(self, message: dict[str, Any]) -> None:
        self.heard.append(json.loads(json.dumps(message)))
        news = self.heard[-1].get("queue")
        if isinstance(news, dict):
            self.waits = {} if news["is_whole"] else self.waits
            for name, entry in news["items"]:
                if entry is None:
                    del self.waits[name]
                else:
                    self.waits[name] = entry
            self.elsewhere, self.number = news["elsewhere"], news["number"]

    def say(self, do: str, **content: Any) -> dict[str, Any]:
        message = {"id": f"{self.client}.{next(NUMBERS)}", "client": self.client, "do": do, **content}
        self.coder._receive(None, message, [])
        return self.heard[-1]

    def act(self, verb: str, **arguments: Any) -> dict[str, Any]:
        return self.say("act", verb=verb, arguments=arguments, key=None)

    @property
    def why(self) -> dict[str, str]:
        return {name: entry["why"] for name, entry in self.waits.items()}


def opened(study: Study, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Screen:
    screen = Screen(Coder(study, more.pop("document", DOCUMENT), more.pop("coder", "K1"), **more), monkeypatch)
    assert screen.say("hello")["kind"] == "snapshot"
    return screen


ALL = {SPLIT: "split", ONE: "duplicate", OTHER: "duplicate", POLARITY: "polarity", REREAD: "reread"}


def test_a_screen_is_told_what_waits_why_and_what_can_be_chosen(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    assert screen.why == ALL
    assert screen.waits[SPLIT] == {
        "why": "split", "code": "C0002", "polarity": "hemmer", "says": "", "candidates": ["C0010", "C0011"],
        "change": "CH-2-01", "version": "2.0.0", "others": [], "facets": {},
    }  # fmt: skip
    assert screen.waits[ONE]["others"] == [OTHER]
    assert (screen.waits[ONE]["candidates"], screen.waits[OTHER]["polarity"]) == (["C0012"], "hemmer")
    assert (screen.waits[POLARITY]["says"], screen.waits[POLARITY]["candidates"]) == ("fremmer", ["C0007"])
    told = screen.heard[-1]["changes"]
    assert told["2.0.0 CH-2-01"]["type"] == "split"
    assert told["2.0.0 CH-2-01"]["reason_empirical"]["nb"] == "Oppdiktet grunn."
    assert told["2.0.0 CH-2-09"]["codes"]["C0005"] == {
        "old": {"version": "1.0.0", "definition": both("Gjelder strategi."), "when_to_use": both("Når det nevnes."),
                "when_not_to_use": both("Ellers ikke.")},
        "new": {"version": "2.0.0", "when_to_use": both("Når det nevnes."), "when_not_to_use": both("Ellers ikke."),
                "definition": both("Gjelder bare skrevne strategier på Ål.", "Is about written strategies only.")},
    }  # fmt: skip
    # What was rejected made nothing wait.
    assert "2.0.0 CH-2-08" not in told
    assert screen.elsewhere == [
        {"id": "HEI-I01", "title": "Oppdikta intervju", "recode": 1, "reread": 0},
        {"id": "STR-N01", "title": "Oppdiktet notat", "recode": 0, "reread": 1},
        {"id": "FJO-I01", "title": "Oppdiktet intervju", "recode": 0, "reread": 1},
    ]


def test_every_decision_takes_its_passage_from_the_queue_and_an_undo_puts_it_back(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = opened(study, monkeypatch)
    told = screen.act("settle", record=SPLIT, codes=["C0010", "C0011"])
    assert (told["kind"], told["queue"]["items"]) == ("saved", [[SPLIT, None]])
    screen.act("undo")
    assert screen.why == ALL
    screen.act("redo")
    screen.act("settle", record=ONE, codes=["C0012"], polarity="begge", others=[OTHER])
    assert screen.why == {POLARITY: "polarity", REREAD: "reread"}
    screen.act("settle", record=POLARITY, codes=[], reason="å nei 🙂")
    screen.act("confirm", records=[REREAD])
    assert screen.why == {}
    for _ in range(2):
        screen.act("undo")
    assert screen.why == {POLARITY: "polarity", REREAD: "reread"}
    # What has nothing to do with the queue is no news.
    assert "queue" not in screen.act("memo", record=SPLIT, text="a\u030a")


def test_news_are_told_once_and_who_missed_them_can_ask_for_all(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    assert screen.say("ping")["queue"] == screen.number
    wish = {
        "id": "w1",
        "client": "c",
        "do": "act",
        "verb": "settle",
        "arguments": {"record": SPLIT, "codes": ["C0010"]},
    }
    screen.coder._receive(None, wish, [])
    assert "queue" in screen.heard[-1]
    screen.coder._receive(None, wish, [])
    assert screen.heard[-1]["kind"] == "saved"
    assert "queue" not in screen.heard[-1]
    pong = screen.say("ping")
    assert (pong["kind"], pong["queue"]) == ("pong", screen.number)
    whole = screen.say("queue")
    assert (whole["kind"], whole["queue"]["is_whole"], whole["to"]) == ("queue", True, "c")
    assert {name for name, _ in whole["queue"]["items"]} == ALL.keys() - {SPLIT}
    # The same beat, and nothing has changed: no news.
    assert screen.say("ping") == pong


def test_a_document_worked_on_in_another_window_is_counted_anew(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    number = screen.number
    Session(study, "HEI-I01", "K1").act("settle", {"record": "HEI-I01.K1.s02", "codes": ["C0007"], "polarity": "begge"})
    assert screen.say("ping")["queue"] == number + 1
    assert [(one["id"], one["recode"], one["reread"]) for one in screen.elsewhere] == [
        ("STR-N01", 0, 1),
        ("FJO-I01", 0, 1),
    ]
    # In the open document too.
    Session(study, DOCUMENT, "K1").act("confirm", {"records": [REREAD]})
    screen.say("ping")
    assert REREAD not in screen.waits
    (study.path / "corpus/coding/K1/STR-N01.jsonl").write_bytes(b"{")
    screen.say("ping")
    assert [one["id"] for one in screen.elsewhere] == ["FJO-I01"]
    # One damaged otherwise than in its form keeps nobody from working on the others.
    path = study.path / "corpus/coding/K1/FJO-I01.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"codebook_version":"1.0.0"', b'"codebook_version":"one"'))
    screen.say("ping")
    assert screen.elsewhere == []


def test_the_next_document_knows_what_is_left_in_the_one_before(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    screen.act("settle", record=SPLIT, codes=["C0010"])
    screen.say("open", document="STR-N01")
    assert screen.why == {"STR-N01.K1.s01": "reread"}
    assert [(one["id"], one["recode"], one["reread"]) for one in screen.elsewhere] == [
        ("FJO-I01", 0, 1), (DOCUMENT, 3, 1), ("HEI-I01", 1, 0),
    ]  # fmt: skip


def test_an_older_codebook_knows_of_no_later_change(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch, codebook="1.0.0")
    assert (screen.waits, screen.elsewhere, screen.heard[-1]["changes"]) == ({}, [], {})


def test_a_blind_second_coder_sees_her_own_queue_only(
    study: Study, small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = f"id,coder,with,document,turns,seed,drawn\nA1,K2,K1,{DOCUMENT},,7,2021-04-01\n"
    (study.path / "corpus/assignments.csv").write_text(drawn, "utf-8")
    text = small_study.text(DOCUMENT)
    start = text.index("Hemmelighold")
    segment = segment_at(text, start, start + 12, "C0002", "", "1.0.0")
    drafts = [draft(small_study, "K2", DOCUMENT, "2020-06-13", "apply", f"{DOCUMENT}.K2.s0001", None, segment)]
    small_study.code("K2", DOCUMENT, drafts)
    screen = opened(load_study(study.path), monkeypatch, coder="K2")
    assert screen.heard[-1]["blind"] is True
    assert screen.why == {f"{DOCUMENT}.K2.s0001": "split"}
    assert [one["id"] for one in screen.elsewhere] == ["STR-N01"]
    assert ALL.keys().isdisjoint(name for name, _ in screen.heard[-1]["records"])


def test_what_is_drawn_to_be_read_again_is_what_the_whole_study_draws(small_study: SmallStudy, study: Study) -> None:
    """More passages than a sample holds: the lists of all documents together are the open tasks of the coder."""
    text = small_study.text(DOCUMENT)
    drafts = []
    for number in range(30, 30 + 2 * SAMPLE):
        segment = segment_at(text, number, number + 9, "C0005", "", "1.0.0")
        name = f"{DOCUMENT}.K1.s{number:04d}"
        drafts.append(draft(small_study, "K1", DOCUMENT, "2020-06-14", "apply", name, None, segment))
    small_study.code("K1", DOCUMENT, drafts)
    loaded = load_study(study.path)
    events = [event for log in loaded.logs if log.name.startswith("corpus/coding/K1/") for event in log.events]
    wanted = open_tasks(tasks_in(events, loaded.lineage, "2.0.0", seed=loaded.settings.seed))
    assert len(wanted) == SAMPLE
    found: set[str] = set()
    for document in ("FJO-I01", DOCUMENT, "STR-N01"):
        whole = RecodeQueue(loaded, Session(loaded, document, "K1")).whole()
        here = {name for name, entry in whole["items"] if entry["why"] == "reread"}
        assert len(here) + sum(one["reread"] for one in whole["elsewhere"]) == SAMPLE
        found |= here
    assert found == set(wanted["segment"])
    # Taken back, what was coded under the old definition is drawn no more, and others take its place.
    session = Session(loaded, DOCUMENT, "K1")
    queue = RecodeQueue(loaded, session)
    kept = dict(queue.whole()["items"])
    drawn_once = set(kept)
    for _ in range(2 * SAMPLE - 3):
        news = queue.news(session.act("undo", {}).events)
        for name, entry in news["items"] if news else ():
            kept = {key: value for key, value in kept.items() if key != name} | ({name: entry} if entry else {})
        drawn_once |= set(kept)
        assert kept == dict(RecodeQueue(loaded, session).whole()["items"])
    assert len(drawn_once) > SAMPLE + len(ALL)


@pytest.mark.parametrize("seed", range(4))
def test_the_queue_told_by_news_is_always_the_one_found_from_the_ground_up(study: Study, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same on every machine
    session = Session(study, DOCUMENT, "K1")
    queue = RecodeQueue(study, session)
    kept = dict(queue.whole()["items"])
    codes = [code.id for code in session.codebook.active]
    done = 0
    for _ in range(60):
        segments = sorted(name for name, record in session.desk.state.items() if "kind" not in record)
        name = chance.choice(segments or ["none"])
        record = session.desk.state.get(name, {"start": 0, "end": 9})
        wishes: list[tuple[str, dict[str, Any]]] = [
            ("settle", {"record": name, "codes": chance.sample(codes, chance.randrange(3)), "polarity": "begge"}),
            ("confirm", {"records": [name]}),
            ("polarity", {"records": [name], "polarity": chance.choice(["fremmer", "hemmer", ""])}),
            ("recode", {"records": [name], "code": chance.choice(codes)}),
            ("adjust", {"record": name, "start": record["start"], "end": record["end"] - 1}),
            ("apply", {"start": record["start"], "end": record["end"], "code": chance.choice(codes), "polarity": "hemmer"}),
            ("split", {"record": name, "at": record["start"] + 4}),
            ("remove", {"records": [name]}),
            ("undo", {}), ("undo", {}), ("undo", {}), ("redo", {}),
        ]  # fmt: skip
        try:
            events = session.act(*chance.choice(wishes)).events
        except Refused:
            continue
        done += 1
        for told, entry in (queue.news(events) or {"items": []})["items"]:
            if entry is None:
                del kept[told]
            else:
                kept[told] = entry
        assert kept == dict(RecodeQueue(study, session).whole()["items"])
    assert done > 20


def test_an_act_weighs_what_it_touched_and_not_two_thousand_segments(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(study, DOCUMENT, "K1")
    text = session.desk.text
    for number in range(2000):
        start = number % (len(text) - 12)
        old = segment_at(text, start, start + 1 + number % 10, "C0002", "", "1.0.0")
        session.desk.state[f"{DOCUMENT}.K1.s{number + 100:04d}"] = old
    queue = RecodeQueue(study, session)
    queue.whole()
    weighed: list[int] = []

    def counting(state: Any, *rest: Any) -> Any:
        weighed.append(len(state))
        return pending_in(state, *rest)

    monkeypatch.setattr(recode_queue, "pending_in", counting)
    assert queue.news(session.act("settle", {"record": SPLIT, "codes": ["C0010"]}).events) is not None
    assert queue.news(session.act("undo", {}).events) is not None
    assert queue.news(()) is None
    assert sum(weighed) < 20


def test_a_screen_that_asks_lets_the_others_notice(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = opened(study, monkeypatch)
    number = screen.number
    assert screen.say("queue")["queue"]["number"] == number
    Session(study, "HEI-I01", "K1").act("remove", {"records": ["HEI-I01.K1.s02"]})
    # What this screen is told now, another one has not heard: its own number is an older one.
    assert screen.say("queue")["queue"]["number"] == number + 1


def test_a_definition_is_held_against_the_one_in_force_when_it_has_changed_twice(study: Study) -> None:
    second = study.lineage["2.0.0"]
    strategy = second.by_id["C0005"]
    third = dataclasses.replace(
        second,
        codebook_version="3.0.0",
        changes=(),
        codes=tuple(
            dataclasses.replace(code, definition=both("Gjelder vedtatte strategier på Ål 🙂."))
            if code is strategy
            else code
            for code in second.codes
        ),
    )
    later = dataclasses.replace(study, lineage=Lineage((*study.lineage.codebooks, third)))
    told = changes_for_screen(later, third)["2.0.0 CH-2-09"]["codes"]["C0005"]
    assert (told["old"]["version"], told["new"]["version"]) == ("1.0.0", "3.0.0")
    assert told["old"]["definition"]["nb"] == "Gjelder strategi."
    assert told["new"]["definition"]["nb"] == "Gjelder vedtatte strategier på Ål 🙂."
    # Under the version before, that one's definition is in force.
    assert changes_for_screen(later, second)["2.0.0 CH-2-09"]["codes"]["C0005"]["new"]["version"] == "2.0.0"
