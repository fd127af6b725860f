"""Memos as logs tell them: every state is there, none is shown twice, and what is wrong is named. All invented."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
from hand_made import FIRST, SECOND
from hypothesis import given
from hypothesis import strategies as st

from foran_research.codebook.changes import Lineage
from foran_research.coding.acts import Desk, Refused, note, remove, undo
from foran_research.coding.acts import memo as memo_on
from foran_research.coding.events import NO_PREVIOUS, Event, Log, Step, gestures
from foran_research.coding.journal import chained, encode, line_sha256
from foran_research.coding.memos import (
    COLUMNS,
    FIELDS,
    MEMO_TYPES,
    REFERENCES,
    check_links,
    check_memo_log,
    check_memos,
    folded,
    history_of,
    homes,
    matching,
    memos_table,
    missing_fields,
    newest_of,
    told_of,
    wrong_in,
)
from foran_research.errors import Faults

TEXT = "Behov 😀 er ikke ønske, sa a\u030a i går"


class Writer:
    """A coder's log in memory, written to by acts; `document` "" is that of memos outside documents."""

    def __init__(self, document: str = "", coder: str = "K1") -> None:
        self.document, self.coder = document, coder
        self.desk = Desk(document or "memo", coder, "Vi hadde god dialog.", FIRST, {})
        self.events: list[Event] = []

    def do(self, steps: list[Step], day: str = "2020-03-01", at: str = "") -> list[Event]:
        head = line_sha256(encode(self.events[-1])) if self.events else NO_PREVIOUS
        drafts = [
            {"at": at or f"{day}T10:00:00Z", "coder": self.coder, "document": self.document, "text_sha256": NO_PREVIOUS,
             "action": s.action, "segment": s.record, "codebook_version": "1.0.0", "before": s.before, "after": s.after}
            for s in steps
        ]  # fmt: skip
        made = chained(len(self.events), head, drafts, is_one_act=len(drafts) > 1)
        for act in gestures(made):
            self.desk.see(act)
        self.events += made
        return made

    def note(self, text: str, day: str = "2020-03-01", *, about: Mapping[str, str] | None = None, **more: Any) -> str:
        made = self.do(note(self.desk, about=about or {"code": "C0001"}, text=text, **more), day)
        return made[0].segment

    @property
    def log(self) -> Log:
        name = (
            f"corpus/coding/{self.coder}/{self.document}.jsonl" if self.document else f"corpus/memos/{self.coder}.jsonl"
        )
        return Log(name, tuple(self.events), tuple(range(1, len(self.events) + 1)))


def shown(*writers: Writer, until: str | None = None) -> list[tuple[Any, ...]]:
    frame = memos_table([writer.log for writer in writers], until=until)
    assert list(frame.columns) == list(COLUMNS)
    return [tuple(row) for row in frame.itertuples(index=False)]


def test_a_row_tells_a_memo_whole() -> None:
    writer = Writer()
    links = [{"segment": "D.K1.s0001"}, {"milestone": "M2"}, {"segment": "D.K1.s0001"}]
    name = writer.note(TEXT, type="abductive", links=links, fields={"surprise": "Ingen 🌊", "expectation": ""})
    assert name == "memo.K1.m0001"
    writer.note("Nytt", "2020-03-04", record=name)
    assert shown(writer) == [
        (name, "K1", "abductive", "code", "C0001", (("segment", "D.K1.s0001"), ("milestone", "M2")), "Nytt",
         (("surprise", "Ingen 🌊"),), "2020-03-01T10:00:00Z", "2020-03-04T10:00:00Z", "", 2)
    ]  # fmt: skip


def test_the_memo_of_a_segment_or_proposal_is_one_without_type_on_it() -> None:
    writer = Writer("D")
    segment = {"start": 9, "end": 12, "quote": "god", "code": "C0001", "polarity": "", "codebook_version": "1.0.0"}
    proposal = {"kind": "proposal", "start": 0, "end": 2, "quote": "Vi", "label": "oss"}
    writer.do([Step("apply", "D.K1.s0001", None, segment)])
    writer.do([Step("propose", "D.K1.p0001", None, proposal)])
    assert shown(writer) == []
    writer.do(memo_on(writer.desk, record="D.K1.s0001", text="Se på nytt"), "2020-03-02")
    writer.do(memo_on(writer.desk, record="D.K1.p0001", text="Egen kode?"), "2020-03-03")
    # Another polarity is no other memo.
    before = writer.desk.state["D.K1.s0001"]
    writer.do([Step("polarity", "D.K1.s0001", before, {**before, "polarity": "hemmer"})], "2020-03-05")
    assert [(row[0], row[2:5], row[6], row[8][:10], row[9][:10], row[11]) for row in shown(writer)] == [
        ("D.K1.s0001", ("", "segment", "D.K1.s0001"), "Se på nytt", "2020-03-02", "2020-03-02", 1),
        ("D.K1.p0001", ("", "proposal", "D.K1.p0001"), "Egen kode?", "2020-03-03", "2020-03-03", 1),
    ]
    writer.do(memo_on(writer.desk, record="D.K1.s0001", text=""), "2020-03-06")
    assert [row[0] for row in shown(writer)] == ["D.K1.p0001"]


def test_a_memo_changed_in_another_log_is_one_memo_with_all_its_wordings() -> None:
    first, second, outside = Writer("D1"), Writer("D2"), Writer()
    one = first.note("først", "2020-03-01")
    two = second.note("så", "2020-03-02", replaces=one, type="theoretical")
    second.note("så dette", "2020-03-03", record=two)
    three = outside.note("til sist", "2020-03-04", replaces=two)
    row = shown(outside, second, first)[0]
    assert (row[0], row[6], row[8][:10], row[9][:10], row[11]) == (three, "til sist", "2020-03-01", "2020-03-04", 4)
    assert len(shown(outside, second, first)) == 1
    logs = [first.log, second.log, outside.log]
    assert newest_of(one, logs) == newest_of(three, logs) == three
    told = [state.wording.text for state in history_of(three, logs) if state.wording]
    assert told == ["først", "så", "så dette", "til sist"]
    # As it stood on the day of the second log, and after the last one is taken away.
    assert [row[6] for row in shown(outside, second, first, until="2020-03-02")] == ["så"]
    outside.do(remove(outside.desk, records=[three]), "2020-03-05")
    assert [row[0] for row in shown(outside, second, first)] == [two]


def test_a_memo_emptied_from_another_document_is_gone() -> None:
    first, second = Writer("D1"), Writer("D2")
    one = first.note("først")
    second.note("", "2020-03-02", replaces=one)
    assert shown(first, second) == []


def test_nobody_replaces_the_memo_of_another_coder() -> None:
    first, other = Writer(), Writer(coder="K2")
    one = first.note("mitt")
    two = other.note("ditt", replaces=one)
    assert [row[0] for row in shown(first, other)] == [one, two]


def test_memos_that_replace_each_other_end_nowhere() -> None:
    first, second = Writer("D1"), Writer("D2")
    first.do([Step("note", "a1", None, {"kind": "memo", "about": {"study": "s"}, "text": "x", "replaces": "b1"})])
    second.do([Step("note", "b1", None, {"kind": "memo", "about": {"study": "s"}, "text": "y", "replaces": "a1"})])
    logs = [first.log, second.log]
    assert newest_of("a1", logs) in ("a1", "b1")
    assert len(history_of("a1", logs)) == 2
    memos_table(logs)


def test_undone_words_stand_again_and_the_history_has_all_of_them() -> None:
    writer = Writer()
    name = writer.note("én")
    writer.note("to", "2020-03-02", record=name)
    writer.do(undo(writer.desk), "2020-03-03")
    assert [(row[6], row[9][:10], row[11]) for row in shown(writer)] == [("én", "2020-03-03", 3)]
    told = history_of(name, [writer.log])
    assert [(s.event.action, s.wording and s.wording.text) for s in told] == [
        ("note", "én"), ("note", "to"), ("undo", "én"),
    ]  # fmt: skip


def test_a_moment_cuts_within_a_day() -> None:
    writer = Writer()
    for text, hour in (("morgen", "08"), ("kveld", "20")):
        more = {"record": "memo.K1.m0001"} if hour == "20" else {}
        steps = note(writer.desk, about={"study": "s"}, text=text, **more)
        writer.do(steps, at=f"2020-03-01T{hour}:00:00Z")
    assert [row[6] for row in shown(writer, until="2020-03-01T12:00:00Z")] == ["morgen"]
    assert [row[6] for row in shown(writer, until="2020-03-01")] == ["kveld"]
    assert shown(writer, until="2020-02-29") == []


WISHES = st.lists(
    st.tuples(
        st.sampled_from(["new", "change", "remove", "undo"]),
        st.integers(0, 3),
        st.sampled_from(["", "å", "a\u030a 😀", "ord"]),
        st.sampled_from(["", *MEMO_TYPES]),
        st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["", "ja", "nei"])),
    ),
    max_size=12,
)


@given(WISHES)
def test_the_table_is_what_a_plain_notebook_of_the_coder_would_say(wishes: list[tuple[Any, ...]]) -> None:
    writer = Writer()
    pages: dict[str, tuple[str, str, dict[str, str]]] = {}
    past: list[dict[str, tuple[str, str, dict[str, str]]]] = []
    for what, which, text, memo_type, fields in wishes:
        names = sorted(pages)
        name = names[which % len(names)] if names else ""
        before = dict(pages)
        written = {key: words for key, words in fields.items() if words}
        if what == "new" and (text or written):
            pages[writer.note(text, type=memo_type, fields=fields)] = (memo_type, text, written)
        elif what == "change" and name:
            whole = {key: words for key, words in {**pages[name][2], **fields}.items() if words}
            steps = note(writer.desk, about={"code": "C0001"}, text=text, record=name, type=memo_type, fields=fields)
            writer.do(steps)
            if text or whole:
                pages[name] = (memo_type, text, whole)
            else:
                del pages[name]
        elif what == "remove" and name:
            writer.do(remove(writer.desk, records=[name]))
            del pages[name]
        elif what == "undo" and past:
            writer.do(undo(writer.desk))
            pages = past.pop()
            continue
        if pages != before:
            past.append(before)
    assert {row[0]: (row[2], row[6], dict(row[7])) for row in shown(writer)} == pages


# What the coder may ask for


@pytest.mark.parametrize(
    "more",
    [
        {"type": "idé"}, {"type": 3}, {"links": "code"}, {"links": [{"code": "C1", "study": "s"}]}, {"links": ["C1"]},
        {"links": [{"mood": "m1"}]}, {"links": [{"code": 1}]}, {"fields": {"title": "x"}}, {"fields": ["surprise"]},
        {"fields": {"surprise": 1}}, {"about": {"turn": "3"}}, {"about": {}}, {"about": "code"},
        {"about": {"code": "C1", "study": "s"}},
    ],
)  # fmt: skip
def test_a_note_that_nobody_could_read_is_refused(more: dict[str, Any]) -> None:
    wish = {"about": {"code": "C0001"}, "text": "å"} | more
    with pytest.raises(Refused, match="bad wish"):
        note(Writer().desk, **wish)


@pytest.mark.parametrize("kind", REFERENCES)
def test_a_memo_may_be_on_everything_that_can_be_linked(kind: str) -> None:
    writer = Writer()
    writer.note("å", about={kind: "X1"})
    assert shown(writer)[0][3:5] == (kind, "X1")


def test_what_says_nothing_is_not_written_down_and_old_memos_keep_their_shape() -> None:
    writer = Writer()
    assert note(writer.desk, about={"study": "s"}, text="", type="code", links=[{"code": "C1"}], fields={}) == []
    writer.note("å", type="", links=[], fields={"surprise": ""})
    assert writer.events[0].after == {"kind": "memo", "about": {"code": "C0001"}, "text": "å"}
    name = writer.events[0].segment
    assert note(writer.desk, about={}, text="å", record=name, type="", links=[], fields={}) == []
    # Fields that are not named stay; a text taken out leaves the memo while a field is there.
    writer.note("å", record=name, fields={"surprise": "ja", "next_step": "ring"})
    writer.note("", record=name, fields={"next_step": ""})
    assert writer.desk.state[name] == {
        "kind": "memo", "about": {"code": "C0001"}, "text": "", "fields": {"surprise": "ja"},
    }  # fmt: skip
    writer.note("", record=name, fields={"surprise": ""})
    assert name not in writer.desk.state


def test_a_memo_changed_in_another_window_is_not_overwritten() -> None:
    writer = Writer()
    name = writer.note("én")
    writer.note("to", record=name)
    with pytest.raises(Refused, match="memo changed"):
        note(writer.desk, about={}, text="tre", record=name, was="én")


# Finding


def frame(*rows: Mapping[str, Any]) -> pd.DataFrame:
    plain = {
        "memo": "memo.K1.m0001", "coder": "K1", "type": "", "about_kind": "study", "about": "s", "links": (), "text": "",
        "fields": (), "at": "2020-03-01T10:00:00Z", "changed_at": "2020-03-01T10:00:00Z", "document": "", "versions": 1,
    }  # fmt: skip
    return pd.DataFrame([plain | dict(row) for row in rows], columns=list(COLUMNS))


SOME = frame(
    {"memo": "1", "text": "Innovasjonsanskaffelsene på Ås", "type": "theoretical"},
    {"memo": "2", "text": "Tillit\ner  alt", "coder": "K2", "links": (("code", "C0002"),)},
    {
        "memo": "3",
        "fields": (("surprise", "A\u030a 😀 kom"),),
        "type": "abductive",
        "changed_at": "2020-04-02T00:00:00Z",
    },
    {"memo": "4", "about_kind": "code", "about": "C0001", "text": "tillit", "changed_at": "2020-03-31T23:59:59Z"},
)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "1234"), ({"words": ["ANSKAFFELSE"]}, "1"), ({"words": ["a\u030as"]}, "1"), ({"words": ["å"]}, "13"),
        ({"words": ["tillit er"]}, "2"), ({"words": ["tillit", "alt"]}, "2"), ({"words": ["alt ås"]}, ""),
        ({"words": ["😀"]}, "3"), ({"types": ["theoretical", "abductive"]}, "13"), ({"types": [""]}, "24"),
        ({"coders": ["K2"]}, "2"), ({"linked": [("code", "C0001")]}, "4"), ({"linked": [("segment", "C0001")]}, ""),
        ({"linked": {("code", "C0001"), ("code", "C0002")}}, "24"), ({"since": "2020-03-31"}, "34"),
        ({"to": "2020-03-31"}, "124"), ({"since": "2020-03-31", "to": "2020-03-31"}, "4"),
        ({"words": ["tillit"], "coders": ["K1"]}, "4"),
    ],
)  # fmt: skip
def test_memos_are_found_by_words_type_coder_link_and_day(asked: dict[str, Any], expected: str) -> None:
    assert "".join(matching(SOME, **asked)["memo"]) == expected


def test_nothing_is_found_in_nothing() -> None:
    assert list(matching(frame(), words=["å"]).columns) == list(COLUMNS)


@given(st.text())
def test_folding_knows_a_text_again_however_its_accents_are_written(text: str) -> None:
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("count", range(len(FIELDS) + 1))
def test_an_abductive_memo_says_what_it_lacks(count: int) -> None:
    written = [(name, "x") for name in FIELDS[:count]] + [(name, " ") for name in FIELDS[count:]]
    assert missing_fields("abductive", written) == FIELDS[count:]
    assert missing_fields("theoretical", written) == ()


# Whose work is told of


def test_a_memo_tells_of_the_coding_of_all_whom_it_names() -> None:
    coded = Writer("D1", "K2")
    segment = {"start": 0, "end": 2, "quote": "Vi", "code": "C0001", "polarity": "", "codebook_version": "1.0.0"}
    coded.do([Step("apply", "odd", None, segment)])
    home_of = homes([coded.log])
    row = SOME.iloc[0].to_dict()
    assert told_of(row, home_of) == frozenset()
    assert told_of(row | {"document": "D7"}, home_of) == {("K1", "D7")}
    assert told_of(row | {"about_kind": "document", "about": "D3"}, home_of) == {("K1", "D3")}
    assert told_of(row | {"links": (("segment", "odd"),)}, home_of) == {("K2", "D1"), ("K1", "D1")}
    # A segment whose log is gone still says whose it was.
    assert told_of(row | {"links": (("segment", "D.9.K3.s0002"),)}, home_of) == {("K3", "D.9"), ("K1", "D.9")}
    assert told_of(row | {"links": (("segment", "x"), ("code", "D1.K2.s1"))}, home_of) == frozenset()


# Checking

LINEAGE = Lineage((FIRST, SECOND))


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"type": "Kari sa at sjefen lyver"}, "unknown-memo-type"), ({"type": None}, "unknown-memo-type"),
        ({"type": ["code"]}, "unknown-memo-type"), ({"links": {"code": "C1"}}, "bad-memo"), ({"links": [[]]}, "bad-memo"),
        ({"links": [{"mood": "m1"}]}, "unknown-memo-kind"), ({"about": {"turn": "1"}}, "unknown-memo-kind"),
        ({"about": {}}, "bad-memo"), ({"about": "Kari"}, "bad-memo"), ({"about": {"code": 3}}, "bad-memo"),
        ({"fields": []}, "bad-memo"), ({"fields": {"surprise": None}}, "bad-memo"), ({"fields": {"x": "y"}}, "bad-memo"),
        ({"replaces": 1}, "bad-memo"),
    ],
)  # fmt: skip
def test_a_memo_that_nobody_can_read_is_named_by_file_and_line_and_not_quoted(wrong: dict[str, Any], kind: str) -> None:
    writer = Writer()
    writer.note("å")
    record = {"kind": "memo", "about": {"code": "C0001"}, "text": "Kari sa at sjefen lyver"} | wrong
    writer.do([Step("note", "memo.K1.m0002", None, record)])
    faults = Faults()
    check_memos(writer.log, faults)
    assert [(fault.kind, fault.file, fault.line, fault.is_warning) for fault in faults] == [
        (kind, "corpus/memos/K1.jsonl", 2, False)
    ]
    assert "Kari" not in str(faults[0])


def test_every_memo_that_acts_write_is_whole() -> None:
    for memo_type in MEMO_TYPES:
        made = note(Writer().desk, about={"change": "CH-1"}, text="å", type=memo_type, links=[{"study": "s"}])
        after = made[0].after
        assert after is not None
        assert wrong_in(after) is None


def test_a_log_of_memos_holds_nothing_else() -> None:
    writer = Writer()
    writer.note(TEXT)
    faults = Faults()
    check_memo_log(writer.log, "K1", LINEAGE, faults)
    assert [str(fault) for fault in faults] == []
    check_memo_log(writer.log, "K2", LINEAGE, faults)
    assert [fault.kind for fault in faults] == ["wrong-log"]
    faults.clear()
    writer.do([Step("complete", "memo.K1.done", None, {"kind": "status", "is_complete": True})])
    check_memo_log(writer.log, "K1", LINEAGE, faults)
    assert [(fault.kind, fault.line) for fault in faults] == [("wrong-log", 2)]


def test_links_to_what_is_not_there_are_told_once_asked_for_and_only_of_memos_that_stand() -> None:
    document, outside = Writer("D"), Writer()
    links = [{"code": "C0404"}, {"segment": "D.K1.s0001"}, {"change": "CH-9"}, {"milestone": "M9"}, {"document": "D9"}]
    standing = document.note("å", links=links, about={"study": "another"})
    gone = outside.note("å", about={"code": "C0404"})
    outside.do(remove(outside.desk, records=[gone]))
    replaced = document.note("å", about={"milestone": "M9"})
    outside.note("å", replaces=replaced, about={"milestone": "M1"})
    asked: list[str] = []

    def known(kind: str, *names: str) -> Any:
        return lambda: (asked.append(kind), names)[1]

    faults = Faults()
    check_links(
        [document.log, outside.log],
        {"code": known("code", "C0001"), "segment": known("segment", "D.K1.s0001"), "change": known("change", "CH-1"),
         "milestone": known("milestone", "M1"), "document": known("document", "D")},
        faults,
    )  # fmt: skip
    assert [(f.kind, f.file, f.line, f.is_warning) for f in faults] == [
        ("dangling-link", "corpus/coding/K1/D.jsonl", 1, True)
    ] * 4
    said = [str(fault) for fault in faults]
    assert [name in text for name, text in zip(("C0404", "CH-9", "M9", "D9"), said, strict=True)] == [True] * 4
    assert all(standing in text for text in said)
    assert sorted(asked) == ["change", "code", "document", "milestone", "segment"]
