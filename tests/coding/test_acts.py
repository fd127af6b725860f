"""What a coder can do at the desk: every verb, granted and refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hand_made import FIRST, SECOND
from hypothesis import given
from hypothesis import strategies as st

from foran_research.coding import acts
from foran_research.coding.acts import VERBS, Desk, Refused
from foran_research.coding.events import ACTIONS, Event, Step, facets_of, fold, gestures, is_segment
from foran_research.coding.journal import NO_PREVIOUS, chained
from foran_research.vocabulary import POLARITIES

TEXT = "Vi spurte naboene 😀 om bla\u030aba\u0308r. \u200b Så  skrev\u00a0vi det ned, æøå!\n\nOg slutt."
FACETS = {"phase": ("før", "etter"), "claim_type": ("plan", "praksis")}


def desk(text: str = TEXT, book: Any = SECOND) -> Desk:
    return Desk("D-1", "K1", text, book, FACETS)


def do(at: Desk, verb: str, /, **wish: Any) -> list[Step]:
    """Do it, and take the steps in as the session does."""
    steps = VERBS[verb](at, **wish)
    number = sum(1 for act in at.stacks.undoable for _ in act) + 1000 * len(at.stacks.redoable) + 1
    drafts = [
        {"at": "2020-03-01T10:00:00Z", "coder": "K1", "document": "D-1", "text_sha256": "0" * 64, "action": s.action,
         "segment": s.record, "codebook_version": at.codebook.codebook_version, "before": s.before, "after": s.after}
        for s in steps
    ]  # fmt: skip
    if steps:
        at.see(chained(number, NO_PREVIOUS, drafts, is_one_act=len(drafts) > 1))
    return steps


def coded(*spans: tuple[int, int, str], text: str = TEXT) -> tuple[Desk, list[str]]:
    made = desk(text)
    return made, [do(made, "apply", start=a, end=b, code=code)[0].record for a, b, code in spans]


def refusal(at: Desk, verb: str, /, **wish: Any) -> str:
    before, stacks = dict(at.state), (list(at.stacks.undoable), list(at.stacks.redoable))
    with pytest.raises(Refused) as raised:
        VERBS[verb](at, **wish)
    assert at.state == before
    assert (at.stacks.undoable, at.stacks.redoable) == stacks
    assert not any(len(str(fact)) > 40 for fact in raised.value.facts.values())
    return raised.value.reason


# Spans


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("ord", "ord"),
        (" \t\nord\u00a0 ", "ord"),
        ("\u200b\u200dord\ufeff\u2060\u00ad", "ord"),
        ("\u2003ord\u202f\u3000\u2028", "ord"),
        ("😀 ord 😀", "😀 ord 😀"),
        (" 😀\u200d ", "😀"),
        ("👩\u200d👧", "👩\u200d👧"),
        # An accent is part of a letter, and no blank.
        (" bla\u030a ", "bla\u030a"),
        ("\u030a ", "\u030a"),
        ("❤\ufe0f", "❤\ufe0f"),
    ],
)
def test_blanks_and_characters_of_no_width_are_trimmed_off_both_ends(text: str, trimmed: str) -> None:
    at = desk(text)
    start, end = at.span(0, len(text))
    assert text[start:end] == trimmed
    [step] = do(at, "apply", start=0, end=len(text), code="C0001")
    assert step.after is not None
    assert step.after["quote"] == trimmed


@pytest.mark.parametrize("text", [" ", "\u200b\u00a0\n", "\u2003\u3000"])
def test_a_span_of_nothing_is_refused(text: str) -> None:
    assert refusal(desk(text), "apply", start=0, end=len(text), code="C0001") == "empty-span"


@pytest.mark.parametrize(
    "span", [(-1, 3), (3, 3), (4, 3), (0, len(TEXT) + 1), (0.0, 3), ("0", 3), (None, 3), (False, 3)]
)
def test_a_span_outside_the_text_is_refused(span: tuple[Any, Any]) -> None:
    at = desk()
    for verb, more in (("apply", {"code": "C0001"}), ("propose", {"label": "ny"})):
        assert refusal(at, verb, start=span[0], end=span[1], **more) == "bad-span"


@given(st.text(st.sampled_from("a \u200b\u00a0\u2003😀\u030a"), min_size=1, max_size=8), st.data())
def test_what_is_left_of_a_span_lies_within_it_and_begins_and_ends_with_something(
    text: str, data: st.DataObject
) -> None:
    a = data.draw(st.integers(0, len(text) - 1))
    b = data.draw(st.integers(a + 1, len(text)))
    nothing = set(" \u200b\u00a0\u2003")
    solid = [place for place in range(a, b) if text[place] not in nothing]
    if not solid:
        assert refusal(desk(text), "apply", start=a, end=b, code="C0001") == "empty-span"
    else:
        assert desk(text).span(a, b) == (solid[0], solid[-1] + 1)


# Applying


def test_a_coded_passage_carries_its_words_its_context_and_the_codebook_in_force() -> None:
    at = desk()
    [step] = do(at, "apply", start=3, end=20, code="C0002", polarity="fremmer")
    assert (step.action, step.record, step.before) == ("apply", "D-1.K1.s0001", None)
    assert step.after == {
        "start": 3, "end": 19, "quote": "spurte naboene 😀", "code": "C0002", "polarity": "fremmer",
        "codebook_version": SECOND.codebook_version, "prefix": "Vi ", "suffix": TEXT[19:51],
    }  # fmt: skip


def test_the_same_code_on_the_same_span_is_said_once_and_another_code_is_another_segment() -> None:
    at, _ = coded((3, 19, "C0002"))
    assert do(at, "apply", start=3, end=19, code="C0002") == []
    assert do(at, "apply", start=2, end=20, code="C0002") == []  # the same after trimming
    assert do(at, "apply", start=3, end=19, code="C0002", polarity="hemmer") == []
    assert len(do(at, "apply", start=3, end=19, code="C0003")) == 1
    assert len(do(at, "apply", start=3, end=9, code="C0002")) == 1
    assert len(at.state) == 3


def test_codes_that_cannot_be_applied_are_refused() -> None:
    at = desk()
    assert refusal(at, "apply", start=0, end=2, code="C9999") == "unknown-code"
    assert refusal(at, "apply", start=0, end=2, code=None) == "unknown-code"
    assert refusal(at, "apply", start=0, end=2, code="C0006") == "retired-code"
    assert refusal(desk(book=FIRST), "apply", start=0, end=2, code="C0004") == "unknown-code"
    assert refusal(at, "apply", start=0, end=2, code="C0001", polarity="fremer") == "unknown-polarity"
    assert do(desk(book=FIRST), "apply", start=0, end=2, code="C0006")


def test_numbers_of_removed_segments_are_never_given_again() -> None:
    at, [first, second] = coded((0, 2, "C0001"), (3, 9, "C0001"))
    do(at, "remove", records=[second])
    [step] = do(at, "apply", start=10, end=17, code="C0001")
    assert (first, second, step.record) == ("D-1.K1.s0001", "D-1.K1.s0002", "D-1.K1.s0003")


# Suggestions

OFFER = {"start": 3, "end": 17, "code": "C0002", "suggested_by": "cues@2.0.0"}


def test_an_accepted_suggestion_remembers_what_was_suggested_even_under_another_code() -> None:
    at = desk()
    [step] = do(at, "accept", start=3, end=9, code="C0003", suggestion=OFFER | {"extra": "no"})
    assert step.after is not None
    assert (step.action, step.after["code"], step.after["source"]) == ("accept", "C0003", OFFER)
    assert do(at, "accept", start=3, end=9, code="C0003", suggestion=OFFER) == []


def test_a_dismissed_suggestion_is_a_record_of_its_own() -> None:
    at = desk()
    [step] = do(at, "dismiss", suggestion=OFFER)
    assert (step.action, step.record) == ("dismiss", "D-1.K1.d0001")
    assert step.after == {"kind": "dismissal", **OFFER, "quote": "spurte naboene"}
    assert refusal(at, "polarity", records=[step.record], polarity="hemmer") == "gone"
    assert refusal(at, "adjust", record=step.record, start=0, end=2) == "gone"


@pytest.mark.parametrize(
    "offer", [{}, OFFER | {"start": "3"}, OFFER | {"code": None}, OFFER | {"end": True}, {**OFFER, "suggested_by": 1}]
)
def test_a_suggestion_that_is_none_is_refused(offer: Mapping[str, Any]) -> None:
    assert refusal(desk(), "dismiss", suggestion=offer) == "bad-wish"
    assert refusal(desk(), "accept", start=3, end=9, code="C0003", suggestion=offer) == "bad-wish"


# Changing


def test_removing_takes_each_record_once_and_refuses_what_is_gone() -> None:
    at, [first, second] = coded((0, 2, "C0001"), (3, 9, "C0001"))
    assert refusal(at, "remove", records=[first, "D-1.K1.s0099"]) == "gone"
    assert refusal(at, "remove", records=first) == "bad-wish"
    assert refusal(at, "remove", records=[first, 3]) == "bad-wish"
    assert [s.record for s in do(at, "remove", records=[second, first, second])] == [second, first]
    assert at.state == {}
    assert refusal(at, "remove", records=[first]) == "gone"


def test_recoding_keeps_everything_but_the_code_and_says_under_which_codebook() -> None:
    at = desk(book=FIRST)
    [made] = do(at, "apply", start=0, end=2, code="C0006", polarity="hemmer")
    do(at, "memo", record=made.record, text="hm 😀")
    do(at, "facet", records=[made.record], facet="phase", value="før")
    at.codebook = SECOND
    [step] = do(at, "recode", records=[made.record], code="C0004")
    assert step.before is not None
    assert step.after == step.before | {"code": "C0004", "codebook_version": SECOND.codebook_version}
    assert do(at, "recode", records=[made.record], code="C0004") == []
    # The same code under a later codebook is something to be said; the retired one is not to be chosen.
    assert refusal(at, "recode", records=[made.record], code="C0006") == "retired-code"
    at.codebook = FIRST
    assert refusal(at, "recode", records=[made.record], code="C0004") == "unknown-code"


def test_recoding_never_puts_one_code_twice_on_a_span() -> None:
    at, [first, second, third] = coded((0, 2, "C0001"), (0, 2, "C0002"), (3, 9, "C0001"))
    assert refusal(at, "recode", records=[first], code="C0002") == "already-coded"
    assert refusal(at, "recode", records=[first, second], code="C0003") == "already-coded"
    assert refusal(at, "recode", records=[second, first], code="C0002") == "already-coded"
    assert refusal(at, "recode", records=[third, "x"], code="C0002") == "gone"
    assert len(do(at, "recode", records=[first, third], code="C0003")) == 2


def test_adjusting_moves_words_and_context_and_nothing_else() -> None:
    at, [name] = coded((3, 9, "C0001"))
    do(at, "memo", record=name, text="memo")
    [step] = do(at, "adjust", record=name, start=0, end=18)
    assert step.before is not None
    assert step.after == step.before | {
        "start": 0, "end": 17, "quote": "Vi spurte naboene", "prefix": "", "suffix": TEXT[17:49],
    }  # fmt: skip
    assert do(at, "adjust", record=name, start=0, end=17) == []
    assert refusal(at, "adjust", record="x", start=0, end=17) == "gone"
    assert refusal(at, "adjust", record=name, start=0, end=1000) == "bad-span"
    do(at, "apply", start=0, end=2, code="C0001")
    assert refusal(at, "adjust", record=name, start=0, end=2) == "already-coded"


def test_what_has_no_words_or_is_not_the_coders_to_move_cannot_be_adjusted() -> None:
    at = desk()
    do(at, "complete")
    [memo] = do(at, "note", about={"document": "D-1"}, text="om det hele")
    for name in ("D-1.K1.done", memo.record):
        assert refusal(at, "adjust", record=name, start=0, end=2) == "gone"
        assert refusal(at, "memo", record=name, text="x") == "gone"


@pytest.mark.parametrize("polarity", [*POLARITIES, ""])
def test_polarity_is_set_on_those_that_have_another(polarity: str) -> None:
    at, names = coded((0, 2, "C0001"), (3, 9, "C0001"))
    do(at, "polarity", records=names[:1], polarity="hemmer")
    steps = do(at, "polarity", records=names, polarity=polarity)
    was = {names[0]: "hemmer", names[1]: ""}
    assert [s.record for s in steps] == [name for name in names if was[name] != polarity]
    assert {at.state[name]["polarity"] for name in names} == {polarity}


@pytest.mark.parametrize("polarity", ["fremer", None, 0, [], "Fremmer"])
def test_a_polarity_that_is_none_is_refused(polarity: Any) -> None:
    at, names = coded((0, 2, "C0001"))
    assert refusal(at, "polarity", records=names, polarity=polarity) == "unknown-polarity"


def test_facets_are_answered_changed_and_taken_back() -> None:
    at, [name] = coded((0, 2, "C0001"))
    do(at, "facet", records=[name], facet="phase", value="før")
    do(at, "facet", records=[name], facet="claim_type", value="plan")
    assert at.state[name]["facets"] == {"phase": "før", "claim_type": "plan"}
    assert do(at, "facet", records=[name], facet="phase", value="før") == []
    do(at, "facet", records=[name], facet="phase", value="etter")
    do(at, "facet", records=[name], facet="claim_type", value="")
    assert at.state[name]["facets"] == {"phase": "etter"}
    do(at, "facet", records=[name], facet="phase", value="")
    assert "facets" not in at.state[name]
    assert refusal(at, "facet", records=[name], facet="fase", value="før") == "unknown-facet"
    assert refusal(at, "facet", records=[name], facet="phase", value="underveis") == "unknown-facet"


def test_the_phase_of_an_old_log_survives_every_edit() -> None:
    at, [name, other] = coded((3, 17, "C0001"), (18, 19, "C0001"))
    at.state[name] = {**at.state[name], "phase": "før", "facets": {"claim_type": "plan"}}
    whole = {"phase": "før", "claim_type": "plan"}
    do(at, "polarity", records=[name], polarity="hemmer")
    do(at, "memo", record=name, text="x")
    do(at, "recode", records=[name], code="C0002")
    do(at, "adjust", record=name, start=0, end=17)
    do(at, "recode", records=[name], code="C0001")
    assert facets_of(at.state[name]) == whole
    _, second = do(at, "split", record=name, at=9)
    assert [facets_of(at.state[n]) for n in (name, second.record)] == [whole, whole]
    do(at, "merge", records=[name, second.record, other])
    assert facets_of(at.state[name]) == whole
    do(at, "facet", records=[name], facet="claim_type", value="praksis")
    assert facets_of(at.state[name]) == {"phase": "før", "claim_type": "praksis"}
    do(at, "facet", records=[name], facet="phase", value="")
    assert facets_of(at.state[name]) == {"claim_type": "praksis"}
    assert "phase" not in at.state[name]


def test_a_memo_is_written_changed_and_taken_back() -> None:
    at, [name] = coded((0, 2, "C0001"))
    [proposal] = do(at, "propose", start=3, end=9, label="ny kode")
    for record in (name, proposal.record):
        before = at.state[record]
        do(at, "memo", record=record, text="Æsj 😀 a\u030a\nlinje to")
        assert at.state[record] == {**before, "memo": "Æsj 😀 a\u030a\nlinje to"}
        assert do(at, "memo", record=record, text="Æsj 😀 a\u030a\nlinje to") == []
        do(at, "memo", record=record, text="")
        assert at.state[record] == before
    assert refusal(at, "memo", record=name, text=None) == "bad-wish"
    assert refusal(at, "memo", record="x", text="y") == "gone"


def test_a_memo_is_not_written_over_one_that_its_writer_has_not_seen() -> None:
    at, [name] = coded((0, 2, "C0001"))
    do(at, "memo", record=name, text="Æsj 😀", was="")
    assert refusal(at, "memo", record=name, text="a\u030a", was="") == "memo-changed"
    assert refusal(at, "memo", record=name, text="", was="Noe annet") == "memo-changed"
    # Two windows that wrote the same agree.
    assert do(at, "memo", record=name, text="Æsj 😀", was="") == []
    do(at, "memo", record=name, text="a\u030a", was="Æsj 😀")
    assert at.state[name]["memo"] == "a\u030a"
    do(at, "memo", record=name, text="uten å si hva som sto")
    assert at.state[name]["memo"] == "uten å si hva som sto"

    note = {"about": {"document": "D-1"}}
    [step] = do(at, "note", **note, text="Første å")
    do(at, "note", **note, record=step.record, text="Andre ø", was="Første å")
    assert refusal(at, "note", **note, record=step.record, text="Tredje", was="Første å") == "memo-changed"
    assert refusal(at, "note", **note, record=step.record, text="", was="Første å") == "memo-changed"
    assert do(at, "note", **note, record=step.record, text="Andre ø", was="Første å") == []
    do(at, "note", **note, record=step.record, text="", was="Andre ø")
    assert step.record not in at.state


@pytest.mark.parametrize("half", ["\ud83d", "a\ud83d b"], ids=["alone", "within"])
def test_half_an_emoji_in_what_a_coder_writes_does_not_break_the_line(half: str) -> None:
    at, [name] = coded((0, 2, "C0001"))
    do(at, "memo", record=name, text=half)
    do(at, "propose", start=0, end=2, label=half)
    do(at, "note", about={"study": ""}, text=half)
    do(at, "resolve", start=0, end=2, accepted=[], rejected=[], reason=half)
    for record in at.state.values():
        str(record).encode("utf-8")
    assert at.state[name]["memo"] == half.translate({0xD83D: "?", 0xDE00: "?"})


# Splitting and merging


def test_a_segment_is_split_in_two_that_keep_everything_but_their_words() -> None:
    at, [name] = coded((3, 19, "C0001"))
    do(at, "facet", records=[name], facet="phase", value="før")
    do(at, "memo", record=name, text="memo")
    do(at, "polarity", records=[name], polarity="begge")
    before = dict(at.state[name])
    first, second = do(at, "split", record=name, at=9)
    assert (first.action, second.action, first.record, second.record) == ("split", "split", name, "D-1.K1.s0002")
    assert first.after is not None
    assert second.after is not None
    words = ("start", "end", "quote", "prefix", "suffix")
    assert (first.after["quote"], second.after["quote"]) == ("spurte", "naboene 😀")
    assert (first.after["end"], second.after["start"]) == (9, 10)
    for after in (first.after, second.after):
        assert {k: v for k, v in after.items() if k not in words} == {k: v for k, v in before.items() if k not in words}
        assert TEXT[after["start"] : after["end"]] == after["quote"]


@pytest.mark.parametrize("at_", [3, 19, 0, 2, 20, 1000, -1, None, "9", 9.0, True])
def test_a_cut_that_is_not_within_the_segment_is_refused(at_: Any) -> None:
    at, [name] = coded((3, 19, "C0001"))
    assert refusal(at, "split", record=name, at=at_) == "cut-outside"


def test_a_cut_that_leaves_nothing_or_makes_a_double_is_refused() -> None:
    at, [name, _] = coded((0, 4, "C0001"), (5, 6, "C0002"), text="ab   cd")
    assert refusal(at, "split", record="D-1.K1.s0099", at=1) == "gone"
    at, [name] = coded((0, 3, "C0001"), text="a\u00adb")
    assert len(do(at, "split", record=name, at=1)) == 2
    at, [name, _] = coded((0, 7, "C0001"), (5, 7, "C0001"), text="ab   cd")
    assert refusal(at, "split", record=name, at=4) == "already-coded"
    at, [name, _] = coded((0, 7, "C0001"), (0, 2, "C0001"), text="ab   cd")
    assert refusal(at, "split", record=name, at=4) == "already-coded"


def test_an_old_segment_that_begins_with_a_blank_cannot_be_cut_into_nothing() -> None:
    at, [name] = coded((1, 3, "C0001"), text="  ab")
    at.state[name] = {**at.state[name], "start": 0, "end": 4, "quote": "  ab"}
    assert refusal(at, "split", record=name, at=1) == "empty-span"


def test_segments_of_one_code_are_merged_from_first_to_last() -> None:
    at, [last, first, within] = coded((18, 19, "C0001"), (0, 9, "C0001"), (3, 9, "C0001"))
    do(at, "memo", record=last, text="b")
    do(at, "memo", record=first, text="a")
    do(at, "memo", record=within, text="a")
    do(at, "polarity", records=[within], polarity="hemmer")
    do(at, "facet", records=[last], facet="phase", value="før")
    do(at, "facet", records=[within], facet="claim_type", value="plan")
    steps = do(at, "merge", records=[last, within, first])
    assert [(s.action, s.record, s.after is None) for s in steps] == [
        ("merge", first, False), ("merge", within, True), ("merge", last, True)]  # fmt: skip
    assert at.state == {
        first: {
            "start": 0, "end": 19, "quote": TEXT[:19], "code": "C0001", "polarity": "hemmer",
            "codebook_version": SECOND.codebook_version, "prefix": "", "suffix": TEXT[19:51],
            "facets": {"claim_type": "plan", "phase": "før"}, "memo": "a\n\nb",
        }
    }  # fmt: skip


def test_what_the_coder_has_to_settle_first_is_not_merged() -> None:
    at, [a, b, c, d] = coded((0, 2, "C0001"), (3, 9, "C0001"), (10, 17, "C0002"), (18, 19, "C0001"))
    assert refusal(at, "merge", records=[a]) == "merge-needs-two"
    assert refusal(at, "merge", records=[a, a]) == "merge-needs-two"
    assert refusal(at, "merge", records=[]) == "merge-needs-two"
    assert refusal(at, "merge", records=[a, "x"]) == "gone"
    assert refusal(at, "merge", records=[a, c]) == "codes-differ"
    do(at, "polarity", records=[a], polarity="fremmer")
    do(at, "polarity", records=[b], polarity="hemmer")
    assert refusal(at, "merge", records=[a, b]) == "polarities-differ"
    do(at, "facet", records=[b], facet="phase", value="før")
    do(at, "facet", records=[d], facet="phase", value="etter")
    assert refusal(at, "merge", records=[b, d]) == "facets-differ"
    assert len(do(at, "merge", records=[a, d])) == 2


def test_segments_of_one_code_under_two_codebooks_are_merged_under_the_newer() -> None:
    for order in (1, -1):
        at = desk(book=FIRST)
        old = do(at, "apply", start=0, end=2, code="C0001")[0].record
        at.codebook = SECOND
        new = do(at, "apply", start=3, end=9, code="C0001")[0].record
        assert [at.state[name]["codebook_version"] for name in (old, new)] == ["1.0.0", "2.0.0"]
        do(at, "merge", records=[old, new][::order])
        assert [record["codebook_version"] for record in at.state.values()] == ["2.0.0"]
        # Versions are numbers and not words.
        late = do(at, "apply", start=10, end=17, code="C0001")[0].record
        at.state[late] = {**at.state[late], "codebook_version": "10.0.0"}
        do(at, "merge", records=[old, late][::order])
        assert [record["codebook_version"] for record in at.state.values()] == ["10.0.0"]


def test_merging_never_puts_one_code_twice_on_a_span() -> None:
    at, [a, b, whole] = coded((0, 2, "C0001"), (3, 9, "C0001"), (0, 9, "C0001"))
    assert refusal(at, "merge", records=[a, b]) == "already-coded"
    assert len(do(at, "merge", records=[a, b, whole])) == 3
    assert [(r["start"], r["end"]) for r in at.state.values()] == [(0, 9)]


# Proposals, memos, done


def test_a_proposal_is_no_coding_and_is_said_once() -> None:
    at = desk()
    [step] = do(at, "propose", start=2, end=10, label="  tålmodighet 😀 ")
    assert (step.action, step.record) == ("propose", "D-1.K1.p0001")
    assert step.after == {"kind": "proposal", "start": 3, "end": 9, "quote": "spurte", "label": "tålmodighet 😀"}
    assert do(at, "propose", start=3, end=9, label="tålmodighet 😀") == []
    assert len(do(at, "propose", start=0, end=2, label="tålmodighet 😀")) == 1
    do(at, "adjust", record=step.record, start=3, end=17)
    assert at.state[step.record]["quote"] == "spurte naboene"
    assert "prefix" not in at.state[step.record]
    for verb, more in (("polarity", {"polarity": "hemmer"}), ("recode", {"code": "C0001"}), ("merge", {})):
        assert refusal(at, verb, records=[step.record, "D-1.K1.p0002"], **more) == "gone"


@pytest.mark.parametrize(("label", "reason"), [("", "empty-label"), (" \n", "empty-label"), ("x" * 121, "long-label"),
                                               (None, "bad-wish"), (3, "bad-wish")])  # fmt: skip
def test_a_proposal_needs_a_name(label: Any, reason: str) -> None:
    assert refusal(desk(), "propose", start=0, end=2, label=label) == reason


def test_memos_on_document_code_and_study_are_written_changed_and_taken_away() -> None:
    at = desk()
    for number, about in enumerate(({"document": "D-1"}, {"code": "C0001"}, {"study": ""}), 1):
        [step] = do(at, "note", about=about, text="a\u030a")
        assert (step.record, step.after) == (
            f"D-1.K1.m{number:04d}",
            {"kind": "memo", "about": about, "text": "a\u030a"},
        )
        [step] = do(at, "note", about=about, text="b", record=step.record)
        assert step.after == {"kind": "memo", "about": about, "text": "b"}
        assert do(at, "note", about=about, text="b", record=step.record) == []
        [step] = do(at, "note", about=about, text="", record=step.record)
        assert step.after is None
    assert at.state == {}
    assert do(at, "note", about={"study": ""}, text="") == []


def test_a_memo_can_take_the_place_of_one_from_another_document() -> None:
    at = desk()
    [step] = do(at, "note", about={"study": ""}, text="", replaces="D-2.K1.m0001")
    assert step.after == {"kind": "memo", "about": {"study": ""}, "text": "", "replaces": "D-2.K1.m0001"}


@pytest.mark.parametrize("about", [{}, {"document": "D-1", "code": "C0001"}, {"person": "x"}, {"code": 3}])
def test_a_memo_is_about_one_thing(about: Any) -> None:
    at, [name] = coded((0, 2, "C0001"))
    assert refusal(at, "note", about=about, text="x") == "bad-wish"
    assert refusal(at, "note", about={"study": ""}, text="x", record=name) == "gone"
    assert refusal(at, "note", about={"study": ""}, text="x", record="D-1.K1.m0009") == "gone"


def test_a_document_is_marked_as_done_and_opened_again() -> None:
    at = desk()
    assert do(at, "complete", is_complete=False) == []
    [step] = do(at, "complete")
    assert (step.action, step.record, step.after) == (
        "complete",
        "D-1.K1.done",
        {"kind": "status", "is_complete": True},
    )
    assert do(at, "complete", is_complete=True) == []
    [step] = do(at, "complete", is_complete=False)
    assert (step.action, step.after) == ("reopen", {"kind": "status", "is_complete": False})
    assert refusal(at, "complete", is_complete="yes") == "bad-wish"


# Resolving


def named(segment: str, coder: str) -> dict[str, Any]:
    return {"segment": segment, "coder": coder, "code": "C0001", "start": 0, "end": 2, "polarity": ""}


def test_a_resolution_says_what_stands_what_does_not_and_why() -> None:
    at = desk()
    one, other = named("D-1.K1.s1", "K1"), named("D-1.K2.s1", "K2")
    [step] = do(at, "resolve", start=0, end=3, accepted=[one], rejected=[other], reason=" Fordi å. ")
    assert (step.action, step.record) == ("resolve", "D-1.K1.r0001")
    assert step.after == {
        "kind": "resolution", "start": 0, "end": 2, "quote": "Vi", "accepted": [one], "rejected": [other], "added": [],
        "reason": "Fordi å.",
    }  # fmt: skip


def test_a_resolution_with_another_code_codes_the_passage_and_is_undone_as_one() -> None:
    at = desk()
    coding, step = do(
        at, "resolve", start=0, end=2, accepted=[], rejected=[named("x1", "K1")], reason="ny", code="C0002"
    )
    assert (coding.action, coding.record) == ("accept", "D-1.K1.s0001")
    assert coding.after is not None
    assert step.after is not None
    assert (coding.after["code"], coding.after["source"]) == ("C0002", {"resolution": "D-1.K1.r0001"})
    assert step.after["added"] == ["D-1.K1.s0001"]
    assert len(do(at, "undo")) == 2
    assert at.state == {}


def test_a_resolution_takes_a_coding_that_is_there_already() -> None:
    at, [name] = coded((0, 2, "C0002"))
    [step] = do(at, "resolve", start=0, end=2, accepted=[], rejected=[], reason="ny", code="C0002")
    assert step.after is not None
    assert step.after["added"] == [name]


def test_a_settlers_own_coding_that_is_chosen_from_the_table_stands_and_is_not_added() -> None:
    at, [name] = coded((0, 2, "C0001"))
    own, other = named(name, "K1"), named("D-1.K2.s1", "K2") | {"code": "C0002"}
    [step] = do(at, "resolve", start=0, end=2, accepted=[], rejected=[own, other], reason="Å, lest på ny", code="C0001")
    assert step.after is not None
    assert (step.after["accepted"], step.after["rejected"], step.after["added"]) == ([own], [other], [])
    assert [record for record, state in at.state.items() if is_segment(state)] == [name]


def test_a_segment_on_both_sides_settles_nothing() -> None:
    one = named("D-1.K2.s1", "K2")
    wish: dict[str, Any] = {"start": 0, "end": 2, "reason": "å"}
    assert refusal(desk(), "resolve", accepted=[one], rejected=[one], **wish) == "bad-wish"
    assert refusal(desk(), "resolve", accepted=[], rejected=[{"id": "D-1.K2.s1"}], **wish, code="C0001") == "bad-wish"


def test_a_resolution_needs_a_reason_and_a_code_that_can_be_applied() -> None:
    at = desk()
    assert refusal(at, "resolve", start=0, end=2, accepted=[], rejected=[], reason=" ") == "reason-missing"
    assert refusal(at, "resolve", start=0, end=2, accepted=[], rejected=[], reason="x", code="C0006") == "retired-code"
    assert refusal(at, "resolve", start=2, end=3, accepted=[], rejected=[], reason="x") == "empty-span"


# Undoing


def test_undo_and_redo_walk_the_acts_one_by_one_and_a_new_act_ends_redoing() -> None:
    at, [name] = coded((3, 19, "C0001"))
    do(at, "split", record=name, at=9)
    do(at, "polarity", records=list(at.state), polarity="hemmer")
    after = dict(at.state)
    assert [s.action for s in do(at, "undo")] == ["undo", "undo"]
    assert len(do(at, "undo")) == 2
    assert [r["quote"] for r in at.state.values()] == ["spurte naboene 😀"]
    do(at, "redo")
    do(at, "redo")
    assert at.state == after
    assert refusal(at, "redo") == "nothing-to-redo"
    do(at, "undo")
    do(at, "complete")
    assert refusal(at, "redo") == "nothing-to-redo"
    for _ in range(3):
        do(at, "undo")
    assert at.state == {}
    assert refusal(at, "undo") == "nothing-to-undo"


def test_an_undo_that_no_longer_fits_is_refused() -> None:
    at, [name] = coded((3, 19, "C0001"))
    del at.state[name]
    assert refusal(at, "undo") == "gone"


def test_every_action_is_one_that_logs_may_hold_and_every_verb_is_there() -> None:
    # Settling is logged as what it comes to: recode, apply, set_aside.
    assert set(VERBS) - {"settle"} <= {*ACTIONS}
    assert {*ACTIONS} - {*VERBS} - {"withdraw"} == {"reopen", "reanchor", "set_aside"}
    assert all(VERBS[name] is getattr(acts, name) for name in VERBS)


def test_a_refusal_says_its_reason_and_facts_in_words() -> None:
    refused = Refused("retired-code", code="P4", codebook="2.0.0")
    assert str(refused) == "retired code (code P4, codebook 2.0.0); nothing was changed"
    assert str(Refused("gone")) == "gone; nothing was changed"


def test_a_desk_sees_what_the_fold_sees() -> None:
    at, [name] = coded((3, 19, "C0001"))
    do(at, "split", record=name, at=9)
    events: list[Event] = [event for act in at.stacks.undoable for event in act]
    assert fold(events) == at.state
    assert list(gestures(events)) == at.stacks.undoable
