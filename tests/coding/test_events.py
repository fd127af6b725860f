"""The fold: the state of a coding is what its events lead to, at any day of the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.coding.events import (
    CONTEXT,
    KINDS,
    Event,
    InconsistentLog,
    UndoStacks,
    cut,
    facets_of,
    fold,
    gestures,
    segment_at,
    segments_of,
    undo_stacks,
)

DAYS = [f"2020-03-0{n}" for n in range(1, 6)]


def event(seq: int, day: str, segment: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Event:
    return Event(
        seq, f"D.K.{seq:04d}", f"{day}T10:00:00Z", "K", "D", "0" * 64, "apply", segment, "1.0.0", before, after, ""
    )


@st.composite
def histories(draw: st.DrawFn, *, may_turn_back: bool = True) -> list[Event]:
    """Consistent histories of a few segments: made, changed, removed, put back; the clock may be set back."""
    state: dict[str, dict[str, Any] | None] = {}
    events = []
    days = draw(st.lists(st.sampled_from(DAYS), max_size=12))
    for seq, day in enumerate(days if may_turn_back else sorted(days), 1):
        name = draw(st.sampled_from("abc"))
        before = state.get(name)
        after = draw(st.none() | st.fixed_dictionaries({"code": st.sampled_from(["C0001", "C0002"])}))
        events.append(event(seq, day, name, before, after))
        state[name] = after
    return events


def replay(events: list[Event]) -> dict[str, Any]:
    """The plainest possible reading: the last word on each segment, in order of first mention."""
    last = {e.segment: e.after for e in events}
    return {name: after for name, after in last.items() if after is not None}


@given(histories())
def test_the_state_is_the_last_word_on_each_segment_in_order_of_first_mention(events: list[Event]) -> None:
    assert fold(events) == replay(events)
    assert list(fold(events)) == list(replay(events))


@given(histories(), st.sampled_from(DAYS))
def test_a_day_of_the_past_is_a_beginning_of_the_log(events: list[Event], day: str) -> None:
    later = next((n for n, e in enumerate(events) if e.date > day), len(events))
    assert list(cut(events, day)) == events[:later]
    assert fold(events, until=day) == fold(events[:later])


@given(histories(may_turn_back=False), st.sampled_from(DAYS), st.sampled_from(DAYS))
def test_what_was_coded_by_a_day_does_not_depend_on_what_came_later(events: list[Event], one: str, other: str) -> None:
    early, late = sorted([one, other])
    assert fold(cut(events, late), until=early) == fold(events, until=early)
    assert fold([e for e in events if e.date <= early]) == fold(events, until=early)


@given(histories(), st.data())
def test_an_event_that_does_not_continue_the_log_is_named(events: list[Event], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(events)))
    stray = event(99, DAYS[0], "a", {"code": "C0099"}, None)
    with pytest.raises(InconsistentLog) as raised:
        fold([*events[:place], stray, *events[place:]])
    assert raised.value.event is stray


def test_a_clock_set_back_cuts_the_log_and_never_sifts_it() -> None:
    made, changed = {"code": "C0001"}, {"code": "C0002"}
    events = [event(1, "2020-03-01", "a", None, made), event(2, "2020-03-04", "a", made, changed),
              event(3, "2020-03-02", "a", changed, None)]  # fmt: skip
    assert fold(events, until="2020-03-03") == {"a": made}
    assert fold(events, until="2020-03-04") == {}


def test_a_removal_undone_puts_the_segment_back_in_its_place() -> None:
    a, b = {"code": "C0001"}, {"code": "C0002"}
    events = [event(1, DAYS[0], "a", None, a), event(2, DAYS[0], "b", None, b), event(3, DAYS[0], "a", a, None),
              event(4, DAYS[0], "a", None, a)]  # fmt: skip
    assert list(fold(events[:3])) == ["b"]
    assert list(fold(events)) == ["a", "b"]


@given(st.text(min_size=1, max_size=120), st.data())
def test_a_segment_carries_its_words_and_up_to_32_characters_on_both_sides(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    segment = segment_at(text, start, end, "C0001", "", "1.0.0", memo=None, phase="før")
    assert segment["prefix"] + segment["quote"] + segment["suffix"] in text
    assert text[start:end] == segment["quote"]
    assert len(segment["prefix"]) == min(CONTEXT, start)
    assert len(segment["suffix"]) == min(CONTEXT, len(text) - end)
    assert "memo" not in segment
    assert segment["phase"] == "før"


# Acts and what can be undone


def act(*events: Event, gesture: str = "") -> tuple[Event, ...]:
    return tuple(
        replace(e, gesture=gesture, to_follow=len(events) - n if gesture else 0) for n, e in enumerate(events, 1)
    )


def named(seq: int, action: str, segment: str) -> Event:
    return replace(event(seq, DAYS[0], segment, None, {"code": "C0001"}), action=action)


def test_events_of_one_gesture_are_one_act_and_others_are_acts_of_their_own() -> None:
    one, two = act(named(1, "apply", "a")), act(named(2, "split", "a"), named(3, "split", "b"), gesture="D.K.0002")
    three = act(named(4, "merge", "a"), named(5, "merge", "b"), gesture="D.K.0004")
    four = act(named(6, "apply", "c"))
    assert list(gestures([*one, *two, *three, *four])) == [one, two, three, four]
    assert list(gestures([])) == []


def test_what_can_be_undone_and_redone_follows_from_the_log() -> None:
    one, two = act(named(1, "apply", "a")), act(named(2, "split", "a"), named(3, "split", "b"), gesture="D.K.0002")
    back = act(named(4, "undo", "b"), named(5, "undo", "a"), gesture="D.K.0004")
    again = act(named(6, "redo", "a"), named(7, "redo", "b"), gesture="D.K.0006")
    new = act(named(8, "memo", "a"))
    assert undo_stacks([*one, *two]) == UndoStacks([one, two], [])
    assert undo_stacks([*one, *two, *back]) == UndoStacks([one], [two])
    assert undo_stacks([*one, *two, *back, *again]) == UndoStacks([one, two], [])
    assert undo_stacks([*one, *two, *back, *new]) == UndoStacks([one, new], [])


def test_an_undo_out_of_order_takes_back_what_it_touched() -> None:
    """Logs of other hands, such as the demonstration's, undo what they will; nothing else may be taken for undone."""
    one, two, three = (act(named(n, "apply", s)) for n, s in ((1, "a"), (2, "b"), (3, "c")))
    back = act(named(4, "undo", "b"))
    assert undo_stacks([*one, *two, *three, *back]) == UndoStacks([one, three], [two])
    stray = act(named(4, "undo", "x"))
    assert undo_stacks([*one, *stray]) == UndoStacks([one], [])


def test_memos_and_their_like_are_no_segments() -> None:
    records = {"a": {"start": 0, "end": 1, "code": "C0001"}, **{kind: {"kind": kind} for kind in KINDS}}
    assert list(segments_of(records)) == ["a"]
    assert facets_of({}) == {}
    assert facets_of({"phase": "før", "facets": {"phase": "etter"}}) == {"phase": "etter"}
    assert facets_of({"phase": ""}) == {}
