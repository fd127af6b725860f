"""A coder at work on a document: what is acknowledged is on the disk, and whatever goes wrong there is told, not hidden."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import SmallStudy

from foran_research.coder.session import Session, new_codebooks
from foran_research.coding import journal
from foran_research.coding.acts import Refused
from foran_research.coding.coders import is_coder_name, other_case
from foran_research.coding.events import fold, gestures, undo_stacks
from foran_research.coding.segments import check_log
from foran_research.errors import Faults, UnknownName
from foran_research.study import Study, load_study

FACETS = """
[[facets]]
id = "phase"
label = { nb = "Fase", en = "Phase" }
values = [{ id = "før", label = { nb = "Før", en = "Before" } }, { id = "etter", label = { nb = "Etter", en = "After" } }]
"""
NOW = "2021-07-01T10:00:00+02:00"
DOCUMENT = "FJO-I01"


@pytest.fixture
def study(small_study: SmallStudy) -> Study:
    small_study.add("foran.toml", FACETS)
    return load_study(small_study.path)


def opened(study: Study, coder: str = "K8", **more: Any) -> Session:
    return Session(study, DOCUMENT, coder, now=lambda: NOW, **more)


def apply(session: Session, start: int, end: int, code: str = "C0001") -> str:
    return session.act("apply", {"start": start, "end": end, "code": code}).events[0].segment


def refused(session: Session, verb: str = "apply", **wish: Any) -> Refused:
    """The refusal of a wish; nothing has changed in memory or on the disk."""
    wish = wish or {"start": 200, "end": 220, "code": "C0001"}
    before = (dict(session.desk.state), list(session.events), session._head, undo_stacks(session.events))
    data = session.path.read_bytes() if session.path.is_file() else None
    with pytest.raises(Refused) as raised:
        session.act(verb, wish)
    assert (session.desk.state, session.events, session._head, session.desk.stacks) == before
    assert (session.path.read_bytes() if session.path.is_file() else None) in (data, b"" if data is None else data)
    return raised.value


def check_against_the_disk(session: Session) -> None:
    """The log says what the session holds, without a fault, and a new session finds the same."""
    study, name = session.study, session.path.relative_to(session.study.path).as_posix()
    faults = Faults()
    log = journal.read_log(session.path, name, faults) if session.path.exists() else journal.Log(name, (), ())
    check_log(log, session.desk.coder, DOCUMENT, session.transcript, study.lineage, faults)
    assert faults == []
    assert list(log.events) == session.events
    assert fold(log.events) == session.desk.state
    again = Session(study, DOCUMENT, session.desk.coder, now=session.now)
    assert again.stopped is None
    assert again.desk.state == session.desk.state
    assert again.desk.stacks == session.desk.stacks == undo_stacks(log.events)
    assert again.desk.numbers == session.desk.numbers
    assert (again._head, again.is_done) == (session._head, session.is_done)
    assert session.rescue() == (session.path.read_bytes() if session.path.exists() else b"")


# Any history

numbers = st.integers(0, 10_000)
wishes = st.lists(
    st.tuples(
        st.sampled_from(
            "apply apply apply adjust split merge merge recode polarity facet memo remove propose note dismiss complete accept "
            "resolve undo redo".split()
        ),
        numbers, numbers, numbers,
    ),
    max_size=14,
)  # fmt: skip
CODES = ("C0001", "C0005", "C0010")


def as_wish(session: Session, verb: str, a: int, b: int, c: int) -> dict[str, Any]:
    """Arguments for a verb, out of numbers: mostly such as are granted."""
    state = session.desk.state
    segments = [name for name, record in state.items() if "kind" not in record] or ["x"]
    places = [name for name, record in state.items() if record.get("kind") in (None, "proposal")] or ["x"]
    one, several = (
        segments[a % len(segments)],
        list(dict.fromkeys((segments[a % len(segments)], segments[b % len(segments)]))),
    )
    start = a % 60 + 14
    span = {"start": start, "end": start + 1 + b % 12}
    suggestion = {**span, "code": CODES[c % 3], "suggested_by": "cues@2.0.0"}
    at = (state[one]["start"] + state[one]["end"]) // 2 if one in state else 0
    same = [name for name in segments if name in state and state[name]["code"] == state[one]["code"]][: 2 + b % 2]
    return {
        "apply": {**span, "code": CODES[c % 3], "polarity": ("", "fremmer")[c % 2]},
        "accept": {**span, "code": CODES[c % 3], "suggestion": suggestion},
        "dismiss": {"suggestion": suggestion},
        "adjust": {"record": places[a % len(places)], "start": b % 60, "end": b % 60 + 1 + c % 20},
        "split": {"record": one, "at": at},
        "merge": {"records": same},
        "recode": {"records": several, "code": CODES[c % 3]},
        "polarity": {"records": several, "polarity": ("", "fremmer", "hemmer")[c % 3]},
        "facet": {"records": several, "facet": "phase", "value": ("", "før", "etter")[c % 3]},
        "memo": {"record": places[a % len(places)], "text": ("", "Æsj 😀", "a\u030a")[c % 3]},
        "remove": {"records": several},
        "propose": {**span, "label": ("håp", "trøst 😀")[c % 2]},
        "note": {"about": ({"document": DOCUMENT}, {"code": "C0001"}, {"study": ""})[c % 3], "text": f"Notat {b} å"},
        "complete": {"is_complete": bool(c % 2)},
        "resolve": {**span, "accepted": [], "rejected": [], "reason": "derfor", "code": ("", "C0005")[c % 2]},
    }.get(verb, {})  # fmt: skip


@settings(max_examples=60)
@given(wishes)
def test_any_coding_can_be_undone_to_nothing_and_redone_and_the_disk_says_the_same(
    study: Study, history: list[tuple[str, int, int, int]]
) -> None:
    shutil.rmtree(study.path / "corpus/coding/K8", ignore_errors=True)
    session = opened(study)
    for verb, a, b, c in history:
        held = len(session.events)
        try:
            saved = session.act(verb, as_wish(session, verb, a, b, c))
        except Refused as error:
            if error.reason in ("bad-wish", "disk", "log-damaged") or len(session.events) != held:
                raise
            continue
        assert session.events[held:] == list(saved.events)
        assert len(list(gestures(saved.events))) == (1 if saved.events else 0)
        assert saved.changes == [(event.segment, event.after) for event in saved.events]
        check_against_the_disk(session)
        places = [(r["start"], r["end"], r["code"]) for r in session.desk.state.values() if "kind" not in r]
        assert len(set(places)) == len(places), "one code twice on a span"
    whole, depth = dict(session.desk.state), len(session.desk.stacks.undoable)
    for _ in range(depth):
        session.act("undo", {})
    assert session.desk.state == {}
    with pytest.raises(Refused, match="nothing to undo"):
        session.act("undo", {})
    check_against_the_disk(session)
    redoable = len(session.desk.stacks.redoable)
    for _ in range(depth):
        session.act("redo", {})
    assert session.desk.state == whole
    assert len(session.desk.stacks.redoable) == redoable - depth
    check_against_the_disk(session)


def test_an_act_of_several_events_is_one_in_a_new_session_too(study: Study) -> None:
    session = opened(study)
    name = apply(session, 14, 34)
    session.act("split", {"record": name, "at": 24})
    again = opened(study)
    assert len(again.act("undo", {}).events) == 2
    assert [record["start"] for record in again.desk.state.values()] == [14]
    assert len(opened(study).act("redo", {}).events) == 2
    check_against_the_disk(opened(study))


# What can be opened


def test_unknown_documents_and_codebooks_are_named(study: Study) -> None:
    with pytest.raises(UnknownName, match="document"):
        Session(study, "FJO-I99", "K8")
    with pytest.raises(UnknownName, match="codebook version"):
        Session(study, DOCUMENT, "K8", codebook_version="9.0.0")


@pytest.mark.parametrize(
    "name", ["", "../x", "a b", "x" * 21, "cues@1.0.0", "-a", "_a", ".", "a/b", "a\\b", "a.b", None, 3, "a\u030a"]
)
def test_names_that_cannot_be_a_coders_are_refused(study: Study, name: Any) -> None:
    assert not is_coder_name(name)
    with pytest.raises(Refused) as raised:
        Session(study, DOCUMENT, name)
    assert raised.value.reason == "bad-coder"


@pytest.mark.parametrize("name", ["K1", "Åse", "a-b_c", "1", "x" * 20])
def test_names_that_can_be_a_coders(study: Study, name: str) -> None:
    assert Session(study, DOCUMENT, name).stopped is None


def test_a_coder_whose_name_differs_in_case_only_is_another_persons_folder_on_some_machines(study: Study) -> None:
    for name in ("k1", "k2"):
        with pytest.raises(Refused) as raised:
            Session(study, DOCUMENT, name)
        assert (raised.value.reason, raised.value.facts) == ("coder-case", {"coder": name.upper()})
    apply(Session(study, DOCUMENT, "Åse"), 14, 25)
    with pytest.raises(Refused):
        Session(study, DOCUMENT, "åse")


def test_an_older_codebook_can_be_in_force(study: Study) -> None:
    session = opened(study, codebook_version="1.0.0")
    name = apply(session, 14, 25, "C0002")
    assert session.desk.state[name]["codebook_version"] == session.events[0].codebook_version == "1.0.0"
    assert refused(session, start=14, end=25, code="C0010").reason == "unknown-code"
    newer = opened(study)
    assert refused(newer, start=26, end=34, code="C0002").reason == "retired-code"
    # What was coded with a code that has been retired since stays workable.
    newer.act("polarity", {"records": [name], "polarity": "hemmer"})
    newer.act("adjust", {"record": name, "start": 14, "end": 30})
    _, second = newer.act("split", {"record": name, "at": 24}).events
    newer.act("recode", {"records": [name], "code": "C0010"})
    newer.act("remove", {"records": [second.segment]})
    assert [(r["code"], r["codebook_version"]) for r in newer.desk.state.values()] == [("C0010", "2.0.0")]
    newer.act("undo", {})
    check_against_the_disk(newer)


# Wishes that make no sense


@pytest.mark.parametrize(
    ("verb", "wish"),
    [
        ("apply", {}), ("apply", {"start": 14}), ("apply", {"start": 14, "end": 20, "code": "C0001", "color": "red"}),
        ("dance", {}), ("see", {}), ("__class__", {}), ("undo", {"record": "x"}), ("merge", {"records": None}),
        ("adjust", {"record": [], "start": 14, "end": 20}), ("note", {"about": None, "text": ""}),
    ],
)  # fmt: skip
def test_a_wish_that_is_none_is_refused_and_nothing_written(study: Study, verb: str, wish: dict[str, Any]) -> None:
    session = opened(study)
    with pytest.raises(Refused) as raised:
        session.act(verb, wish)
    assert raised.value.reason == "bad-wish"
    assert not session.path.exists()


def test_refusals_never_repeat_what_was_said(study: Study) -> None:
    session = opened(study)
    words = {word for word in session.transcript.text.split() if len(word) > 4}
    names = [apply(session, 14, 34), apply(session, 35, 39), apply(session, 40, 49, "C0005")]
    session.act("polarity", {"records": names[:1], "polarity": "hemmer"})
    session.act("polarity", {"records": names[1:2], "polarity": "fremmer"})
    text = session.transcript.text
    tries: list[tuple[str, dict[str, Any]]] = [
        ("apply", {"start": 0, "end": 10**6, "code": "C0001"}), ("apply", {"start": 14, "end": 34, "code": text}),
        ("merge", {"records": names[:2]}), ("merge", {"records": names[1:]}), ("split", {"record": names[0], "at": 14}),
        ("adjust", {"record": names[1], "start": 14, "end": 34}), ("facet", {"records": names, "facet": text, "value": text}),
        ("polarity", {"records": names, "polarity": text}), ("propose", {"start": 14, "end": 20, "label": text}),
    ]  # fmt: skip
    for verb, wish in tries:
        with pytest.raises(Refused) as raised:
            session.act(verb, wish)
        told = f"{raised.value} {raised.value.facts}"
        assert not [word for word in words if word in told], verb


# The text and the folder


def test_a_text_that_was_changed_stops_coding_and_keeps_what_is_saved(study: Study) -> None:
    session = opened(study)
    apply(session, 14, 25)
    path = study.path / f"corpus/texts/{DOCUMENT}.md"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"nattevaktene", b"dagvaktene"))
    first = refused(session)
    assert (first.reason, first.facts) == ("text-changed", {"document": DOCUMENT})
    path.write_bytes(whole)
    assert refused(session).reason == "text-changed"
    assert session.stopped is not None
    assert session.rescue() == session.path.read_bytes()
    assert opened(study).stopped is None


def test_a_text_that_was_saved_anew_without_change_stops_nothing(study: Study) -> None:
    session = opened(study)
    path = study.path / f"corpus/texts/{DOCUMENT}.md"
    path.write_bytes(path.read_bytes())
    os.utime(path, (1, 1))
    apply(session, 14, 25)


def test_a_text_changed_before_opening_is_told_at_once(study: Study, small_study: SmallStudy) -> None:
    small_study.replace(f"corpus/texts/{DOCUMENT}.md", "nattevaktene", "dagvaktene")
    session = opened(study)
    assert session.stopped is not None
    assert session.stopped.reason == "text-changed"


@pytest.mark.parametrize(
    ("name", "reason"), [(f"corpus/texts/{DOCUMENT}.md", "text-gone"), ("foran.toml", "folder-gone")]
)
def test_what_is_gone_may_come_back(study: Study, name: str, reason: str) -> None:
    session = opened(study)
    apply(session, 14, 25)
    (study.path / name).rename(study.path / "kept")
    assert refused(session).reason == reason
    (study.path / "kept").rename(study.path / name)
    apply(session, 26, 34)
    assert session.stopped is None
    check_against_the_disk(session)


def test_a_study_that_is_gone_is_not_begun_anew(study: Study) -> None:
    session = opened(study)
    study.path.rename(study.path.with_name("gone"))
    assert refused(session).reason == "folder-gone"
    assert not study.path.exists()
    study.path.with_name("gone").rename(study.path)
    apply(session, 14, 25)


# The log


def test_a_log_that_is_gone_is_not_begun_anew_and_may_come_back(study: Study) -> None:
    session = opened(study)
    apply(session, 14, 25)
    kept = session.path.with_name("kept")
    session.path.rename(kept)
    assert refused(session).reason == "log-gone"
    with pytest.raises(Refused, match="log gone"):
        session.poll()
    assert not session.path.exists()
    assert session.stopped is None
    assert session.rescue() == kept.read_bytes()
    kept.rename(session.path)
    assert session.poll() == []
    apply(session, 26, 34)
    check_against_the_disk(session)


@pytest.mark.parametrize("how", ["another", "shorter", "empty"])
def test_a_log_that_was_replaced_is_not_written_to(study: Study, how: str) -> None:
    session = opened(study)
    apply(session, 14, 25)
    apply(session, 26, 34)
    lines = session.path.read_bytes().splitlines(keepends=True)
    if how == "another":
        session.path.unlink()
        other = opened(study)
        for start in (40, 50, 60):
            apply(other, start, start + 5)
    else:
        session.path.write_bytes(lines[0] if how == "shorter" else b"")
    assert refused(session).reason == "log-replaced"
    assert session.stopped is not None
    assert session.rescue() == b"".join(lines)
    assert session.poll() == []


def test_a_log_replaced_behind_the_stamp_is_found_out_at_the_next_act(study: Study) -> None:
    session = opened(study)
    apply(session, 14, 25)
    found = session.path.stat()
    [event] = session.events
    other = journal.sealed(dataclasses.replace(event, after={**(event.after or {}), "code": "C0005"}))
    session.path.write_bytes(journal.encode(other))
    os.utime(session.path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert refused(session).reason == "log-replaced"


def test_a_last_line_edited_behind_the_stamp_is_found_out_at_the_next_act(study: Study) -> None:
    session = opened(study)
    apply(session, 14, 25)
    found = session.path.stat()
    session.path.write_bytes(session.path.read_bytes().replace(b"C0001", b"C0005"))
    os.utime(session.path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert refused(session).reason == "log-damaged"


def test_a_log_damaged_before_opening_can_be_read_by_nobody_and_says_where(study: Study) -> None:
    session = opened(study)
    for start in (14, 26, 40):
        apply(session, start, start + 5)
    lines = session.path.read_bytes().splitlines(keepends=True)
    session.path.write_bytes(lines[0] + b"{}\n" + lines[2])
    damaged = opened(study)
    assert damaged.stopped is not None
    assert damaged.stopped.reason == "log-damaged"
    facts = damaged.stopped.facts
    assert (facts["file"], facts["line"]) == ("corpus/coding/K8/FJO-I01.jsonl", 2)
    assert refused(damaged).reason == "log-damaged"


def test_a_log_damaged_meanwhile_stops_the_session_which_keeps_what_it_knew(study: Study) -> None:
    session = opened(study)
    apply(session, 14, 25)
    whole = session.path.read_bytes()
    session.path.write_bytes(whole.replace(b'"seq":1', b'"seq":7'))
    assert refused(session).reason == "log-damaged"
    assert session.rescue() == whole


def released(study: Study, version: str) -> None:
    """A codebook released after the study was read: only its file counts here."""
    folder = study.path / "codebooks"
    (folder / f"{version}.yaml").write_bytes((folder / "2.0.0.yaml").read_bytes())


def coded_under(study: Study, version: str, code: str = "C0001") -> None:
    """Another window codes under a codebook of its own."""
    other = opened(study)
    other.codebook = dataclasses.replace(other.codebook, codebook_version=version)
    apply(other, 26, 31, code)


def test_a_log_that_speaks_of_a_codebook_released_meanwhile_is_not_called_damaged(study: Study) -> None:
    session = opened(study)
    apply(session, 14, 25)
    released(study, "10.0.0")
    coded_under(study, "10.0.0")
    refusal = refused(session)
    assert (refusal.reason, refusal.facts) == ("codebook-newer", {"version": "10.0.0"})
    assert session.stopped is refusal
    # A window opened anew on the study of before says the same, and the bytes are as they were.
    assert refused(opened(study)).reason == "codebook-newer"


def test_a_codebook_that_the_disk_does_not_have_is_damage(study: Study) -> None:
    session = opened(study)
    apply(session, 14, 25)
    released(study, "3.1.0")
    coded_under(study, "10.0.0")
    assert refused(session).reason == "log-damaged"


def test_damage_is_told_as_damage_whatever_codebook_came_meanwhile(study: Study) -> None:
    session = opened(study)
    apply(session, 14, 25)
    released(study, "10.0.0")
    coded_under(study, "10.0.0")
    session.path.write_bytes(session.path.read_bytes().replace(b'"seq":1', b'"seq":7'))
    assert refused(session).reason == "log-damaged"


def test_codebooks_on_the_disk_that_the_study_does_not_know_are_told_in_order_of_version(study: Study) -> None:
    assert new_codebooks(study) == ()
    for version in ("10.0.0", "9.2.0", "utkast å\u030a 🙂", "3.0"):
        released(study, version)
    assert new_codebooks(study) == ("9.2.0", "10.0.0")
    shutil.rmtree(study.path / "codebooks")
    assert new_codebooks(study) == ()


def test_a_torn_tail_is_read_over_and_set_aside_by_the_next_act(study: Study) -> None:
    session = opened(study)
    apply(session, 14, 25)
    with session.path.open("ab") as file:
        file.write(b'{"seq":2,"id":"FJO')
    again = opened(study)
    assert again.stopped is None
    assert len(again.events) == 1
    apply(again, 26, 34)
    assert session.path.with_name("FJO-I01.jsonl.torn").read_bytes() == b'{"seq":2,"id":"FJO\n'
    check_against_the_disk(again)


@pytest.mark.parametrize("rest", [b"", b'{"seq"'])
def test_half_a_split_left_by_a_crash_is_no_split(study: Study, rest: bytes) -> None:
    session = opened(study)
    name = apply(session, 14, 34)
    whole = session.path.read_bytes()
    session.act("split", {"record": name, "at": 24})
    first = session.path.read_bytes()[len(whole) :].splitlines(keepends=True)[0]
    session.path.write_bytes(whole + first + rest)
    again = opened(study)
    assert again.stopped is None
    assert [(r["start"], r["end"]) for r in again.desk.state.values()] == [(14, 34)]
    assert load_study(study.path).segments().query("coder == 'K8'")["end"].tolist() == [34]
    again.act("split", {"record": name, "at": 24})
    assert [r["start"] for r in again.desk.state.values()] == [14, 24]
    assert session.path.with_name("FJO-I01.jsonl.torn").read_bytes() == first + (rest + b"\n" if rest else b"")
    check_against_the_disk(again)


# Others who write


def test_two_sessions_of_one_coder_see_each_other_and_never_clash(study: Study) -> None:
    one, other = opened(study), opened(study)
    seen: set[str] = set()
    for number in range(200):
        session = (one, other)[number % 2 if number < 100 else number * 7 % 3 % 2]
        start = 14 + number
        saved = session.act("apply", {"start": start, "end": start + 5, "code": CODES[number % 3]})
        seen |= {event.segment for event in saved.events}
    changed = dict(one.poll()), dict(other.poll())
    assert changed[0] or changed[1]
    assert one.desk.state == other.desk.state
    assert one.desk.stacks == other.desk.stacks
    assert set(one.desk.state) == seen
    assert len(seen) == len(one.events) > 180
    check_against_the_disk(one)
    one.act("undo", {})
    assert len(other.act("undo", {}).changes) == 2
    check_against_the_disk(other)


def test_what_another_window_did_is_told_with_the_next_act(study: Study) -> None:
    one, other = opened(study), opened(study)
    first = apply(other, 14, 25)
    saved = one.act("apply", {"start": 26, "end": 34, "code": "C0001"})
    assert [name for name, _ in saved.changes] == [first, "FJO-I01.K8.s0002"]
    assert [event.segment for event in saved.events] == ["FJO-I01.K8.s0002"]
    other.act("remove", {"records": [first]})
    assert one.poll() == [(first, None)]
    assert one.poll() == []


def test_news_read_for_an_act_that_was_refused_are_told_by_the_next_look(study: Study) -> None:
    """The screen would otherwise show for ever what another window has removed."""
    one = opened(study)
    name = apply(one, 14, 25)
    other = opened(study)
    other.act("remove", {"records": [name]})
    with pytest.raises(Refused, match="gone"):
        one.act("polarity", {"records": [name], "polarity": "hemmer"})
    assert one.poll() == [(name, None)]
    assert one.poll() == []


def test_a_window_that_writes_between_the_look_and_the_lock_comes_first(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = opened(study), opened(study)
    append = journal.append
    left = [3]

    def late(path: Path, events: Any) -> None:
        if left[0]:
            left[0] -= 1
            monkeypatch.setattr(journal, "append", append)
            apply(other, 60 + 10 * left[0], 65 + 10 * left[0])
            monkeypatch.setattr(journal, "append", late)
        append(path, events)

    monkeypatch.setattr(journal, "append", late)
    saved = one.act("apply", {"start": 14, "end": 25, "code": "C0001"})
    assert len(saved.changes) == 4
    assert saved.events[0].segment == "FJO-I01.K8.s0004"
    check_against_the_disk(one)


OTHER_PROCESS = """
import sys
from foran_research.coder.session import Session, new_codebooks
from foran_research.study import load_study
session = Session(load_study(sys.argv[1]), "FJO-I01", "K8", now=lambda: sys.argv[2])
for start in range(100, 160, 3):
    session.act("apply", {"start": start, "end": start + 5, "code": "C0005"})
print("ready")
"""


def test_another_process_that_codes_at_the_same_time_breaks_nothing(study: Study) -> None:
    session = opened(study)
    command = [sys.executable, "-c", OTHER_PROCESS, str(study.path), NOW]
    with subprocess.Popen(command, cwd=Path(__file__).resolve().parents[2], stdout=subprocess.PIPE) as other:
        start = 14
        while other.poll() is None and start < 90:
            session.act("apply", {"start": start, "end": start + 5, "code": "C0001"})
            start += 1
            time.sleep(0.02)
        assert other.stdout is not None
        assert other.stdout.read().strip() == b"ready"
        assert other.wait() == 0
    session.poll()
    assert len(session.events) == len({event.id for event in session.events}) > 20
    check_against_the_disk(session)


# The disk


def test_a_full_disk_changes_nothing_and_the_same_act_can_be_tried_again(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(study)
    name = apply(session, 14, 34)
    flush = os.fsync

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert refused(session, "split", record=name, at=24).reason == "disk-full"
    monkeypatch.setattr(os, "fsync", flush)
    assert session.poll() == []
    assert len(session.act("split", {"record": name, "at": 24}).events) == 2
    check_against_the_disk(session)


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.ENOSPC, "disk-full"), (errno.EDQUOT, "disk-full"), (errno.EIO, "disk")]
)
@pytest.mark.parametrize("room", [0, 1, 700])
def test_a_write_that_fails_half_way_leaves_nothing_half_written(
    study: Study, monkeypatch: pytest.MonkeyPatch, number: int, reason: str, room: int
) -> None:
    session = opened(study)
    name = apply(session, 14, 34)
    open_as_ever = Path.open

    class Short:
        def __init__(self, file: Any) -> None:
            self.file, self.room = file, room

        def write(self, data: Any) -> int:
            if not self.room:
                raise OSError(number, os.strerror(number))
            part, self.room = bytes(data)[: self.room], 0
            return int(self.file.write(part))

        def __getattr__(self, key: str) -> Any:
            return getattr(self.file, key)

        def __enter__(self) -> Short:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

    def short(self: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        file = open_as_ever(self, mode, *more, **named)
        return Short(file) if mode == "ab" and self.suffix == ".jsonl" else file

    monkeypatch.setattr(Path, "open", short)
    assert refused(session, "split", record=name, at=24).reason == reason
    assert session.stopped is None
    monkeypatch.setattr(Path, "open", open_as_ever)
    session.act("split", {"record": name, "at": 24})
    assert not session.path.with_name("FJO-I01.jsonl.torn").exists()
    check_against_the_disk(session)


def test_an_interrupted_kernel_leaves_a_session_that_works(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(study)
    flush = os.fsync

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        apply(session, 14, 25)
    monkeypatch.setattr(os, "fsync", flush)
    apply(session, 26, 34)
    check_against_the_disk(session)


@pytest.fixture
def read_only(study: Study) -> Iterator[Path]:
    folder = study.path / "corpus/coding/K8"
    folder.mkdir()
    folder.chmod(0o500)
    yield folder
    folder.chmod(0o700)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only to this user")
def test_a_folder_that_cannot_be_written_to_is_told_as_that(study: Study, read_only: Path) -> None:
    assert refused(opened(study)).reason == "disk"
    read_only.chmod(0o700)
    apply(opened(study), 14, 25)


def test_a_lock_that_cannot_be_made_is_the_disks_refusal_and_no_other_program(study: Study) -> None:
    (study.path / "corpus/coding/K8/.lock").mkdir(parents=True)
    found = refused(opened(study))
    assert found.reason == "disk"
    assert found.facts["what"]
    (study.path / "corpus/coding/K9").write_text("", "utf-8")
    assert refused(opened(study, "K9")).reason == "disk"


HOLDER = """
import sys
from pathlib import Path
from foran_research.locking import only_writer
with only_writer(Path(sys.argv[1]), "coding"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_held_by_another_program_is_waited_for_and_then_told(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "PATIENCE", 0.1)
    session = opened(study)
    apply(session, 14, 25)
    command = [sys.executable, "-c", HOLDER, str(session.path.parent)]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        assert refused(session).reason == "folder-busy"
        holder.communicate(b"")
    apply(session, 26, 34)
    check_against_the_disk(session)


# What the log holds


def test_a_line_says_everything_about_an_act(study: Study) -> None:
    session = opened(study)
    apply(session, 14, 25)
    [line] = session.path.read_bytes().splitlines()
    raw = json.loads(line)
    assert raw["at"] == NOW
    assert (raw["seq"], raw["id"], raw["coder"], raw["document"]) == (1, "FJO-I01.K8.0001", "K8", DOCUMENT)
    assert (raw["action"], raw["segment"], raw["before"]) == ("apply", "FJO-I01.K8.s0001", None)
    assert raw["text_sha256"] == study.transcripts[DOCUMENT].text_sha256
    assert raw["prev_sha256"] == journal.NO_PREVIOUS
    assert "gesture" not in raw


def test_the_history_of_a_segment_is_told_in_order(study: Study) -> None:
    session = opened(study)
    name = apply(session, 14, 25)
    apply(session, 26, 34)
    session.act("polarity", {"records": [name], "polarity": "hemmer"})
    session.act("undo", {})
    assert [event.action for event in session.history(name)] == ["apply", "polarity", "undo"]
    assert session.history("x") == []


def test_logs_that_other_tools_wrote_with_other_blanks_go_on(study: Study) -> None:
    """The chain is over the bytes that stand there, not over the bytes that we would have written."""
    session = opened(study)
    apply(session, 14, 25)
    # Lines from before they had own hashes.
    raw = {key: value for key, value in json.loads(session.path.read_bytes()).items() if key != "sha256"}
    session.path.write_bytes(json.dumps(raw, ensure_ascii=True).encode() + b"\n")
    one, other = opened(study), opened(study)
    apply(other, 26, 34)
    assert len(one.poll()) == 1
    assert one.stopped is None
    apply(one, 40, 45)


def test_a_wish_sent_again_after_a_crash_is_not_done_twice(study: Study) -> None:
    first = opened(study)
    apply(first, 200, 220)
    apply(first, 230, 250)
    first.act("undo", {}, wish="screen.3")
    first.act("note", {"about": {"document": DOCUMENT}, "text": "Å, to ganger? 😀"}, wish="screen.4")
    data = first.path.read_bytes()

    again = opened(study)
    for wish, verb, arguments in (
        ("screen.3", "undo", {}),
        ("screen.4", "note", {"about": {"document": DOCUMENT}, "text": "Å, to ganger? 😀"}),
    ):
        saved = again.act(verb, arguments, wish=wish)
        assert [event.wish for event in saved.events] == [wish]
    assert again.path.read_bytes() == data
    assert len(again.act("undo", {}, wish="screen.5").events) == 1
    check_against_the_disk(again)


def test_what_another_window_wrote_in_the_same_moment_is_seen_at_the_next_look(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = opened(study), opened(study)
    apply(one, 200, 220)
    append = journal.append

    def append_and_be_followed(path: Path, events: Any) -> None:
        append(path, events)
        monkeypatch.setattr(journal, "append", append)
        apply(other, 260, 280)

    monkeypatch.setattr(journal, "append", append_and_be_followed)
    apply(one, 230, 250)
    assert [record and record["start"] for _, record in one.look()] == [260]


def test_names_that_windows_keeps_for_itself_and_that_of_the_cues_are_no_coders() -> None:
    names = (
        "CON",
        "prn",
        "Aux",
        "nul",
        "COM1",
        "lpt9",
        "cues",
        "Cues",
        "A\u030asa",
        "\u212bse",
        "conny",
        "com",
        "cues1",
        "K1",
        "Åsa",
    )
    assert [name for name in names if is_coder_name(name)] == ["conny", "com", "cues1", "K1", "Åsa"]


def test_a_name_in_other_letters_is_found_among_the_coders() -> None:
    assert other_case("k1", ["K2", "K1"]) == "K1"
    assert other_case("ÅSE", ["Åse"]) == "Åse"
    assert other_case("strasse", ["STRASSE"]) == "STRASSE"
    assert [other_case("K1", coders) for coders in (["K1", "K2"], ["K11"], [])] == [None] * 3


def test_a_log_that_the_disk_does_not_give_stops_the_session(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(study)
    apply(session, 200, 220)
    data = session.path.read_bytes()
    other = opened(study)

    def closed(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    facts = {"file": "corpus/coding/K8/FJO-I01.jsonl", "what": "Permission denied"}
    with monkeypatch.context() as patch:
        patch.setattr(journal, "read_log", closed)
        late = opened(study)
        assert late.stopped is not None
        assert (late.stopped.reason, late.stopped.facts) == ("log-unreadable", facts)
        assert refused(late).reason == "log-unreadable"
        os.utime(session.path, (1, 1))
        assert refused(session).reason == "log-unreadable"
        assert session.rescue() == data
    assert session.path.read_bytes() == data
    assert other.stopped is None
    assert opened(study).is_continuing(session)
    assert not late.is_continuing(session)


def test_a_session_goes_on_where_another_one_ended_only_with_all_that_it_had_saved(study: Study) -> None:
    one = opened(study)
    apply(one, 200, 220)
    apply(one, 230, 250)
    lines = one.path.read_bytes().splitlines(keepends=True)
    apply(opened(study), 260, 280)
    assert opened(study).is_continuing(one)
    one.path.write_bytes(lines[0])
    assert not opened(study).is_continuing(one)
    one.path.write_bytes(lines[0])
    apply(opened(study), 230, 249)
    assert not opened(study).is_continuing(one)
    one.path.write_bytes(b"".join(lines))
    assert opened(study).is_continuing(one)
    assert opened(study).is_continuing(opened(study, "K7"))
