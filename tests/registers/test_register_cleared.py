"""Steps of a passage on its way to being shown: in order, by two persons, of the same words, and taken back for good.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.corpus.store import REDACTED
from foran_research.registers.cleared import (
    AFTER,
    Way,
    is_marked,
    keeps_words,
    misstep,
    taken,
    tidied_edit,
    ways,
    words_sha256,
)
from foran_research.registers.records import Clearance
from foran_research.registers.vocab import AUDIENCES, CLEARANCE_STATES, TAKEN_OUT

WORDS = "Vi spurte nattevaktene hva de trengte 😀, ikke hva de a\u030a ønsket seg."
SHA = words_sha256(WORDS)


def step(state: str, by: str = "K1", audience: str = "", **more: str) -> Clearance:
    given = {"id": "CL1", "on": "2024-06-03", "text_sha256": SHA} | more
    return Clearance(segment="S1", state=state, by=by, audience=audience, **given)


def along(*steps: Clearance, persons: dict[str, str] | None = None) -> Way:
    way = Way()
    for row in steps:
        assert misstep(way, row, persons) is None, row.state
        way = taken(way, row)
    return way


READY = (step("pseudonymised"), step("checked", "K2"))
CLEARED = (*READY, step("cleared", audience="workshop"))


@pytest.mark.parametrize(
    ("stands", "follows"),
    [
        ("", "draft pseudonymised revoked"),
        ("draft", "pseudonymised revoked"),
        ("pseudonymised", "draft pseudonymised checked revoked"),
        ("checked", "draft pseudonymised cleared revoked"),
        ("cleared", "cleared revoked"),
        ("revoked", "draft pseudonymised"),
    ],
)
def test_steps_go_one_at_a_time_and_what_is_cleared_must_be_revoked_first(stands: str, follows: str) -> None:
    way = Way(stands, text_sha256=SHA if stands else "", pseudonymised_by="K1")
    allowed = {
        state
        for state in CLEARANCE_STATES
        if misstep(way, step(state, "K2", "workshop" if state == "cleared" else "", reason="sett på nytt")) is None
    }
    assert allowed == set(follows.split())
    assert set(AFTER) == {"", *CLEARANCE_STATES}


def test_who_checks_is_another_person_than_who_pseudonymised() -> None:
    way = along(step("pseudonymised", "K1"))
    assert misstep(way, step("checked", "K1")).kind == "checked-by-the-same"  # type: ignore[union-attr]
    assert misstep(way, step("checked", "K2")) is None
    # Second initials of the same person, in either place.
    assert misstep(way, step("checked", "K1B"), {"K1B": "K1"}).kind == "checked-by-the-same"  # type: ignore[union-attr]
    other = along(step("pseudonymised", "K1B"))
    assert misstep(other, step("checked", "K1"), {"K1B": "K1"}).kind == "checked-by-the-same"  # type: ignore[union-attr]
    # Of several who edited, the last one counts.
    again = along(step("pseudonymised", "K1"), step("pseudonymised", "K2", shown_as="Vi spurte […]"))
    assert misstep(again, step("checked", "K2", shown_as="Vi spurte […]")).kind == "checked-by-the-same"  # type: ignore[union-attr]
    assert misstep(again, step("checked", "K1", shown_as="Vi spurte […]")) is None


@pytest.mark.parametrize("state", ["checked", "cleared"])
@pytest.mark.parametrize("change", [{"shown_as": "Vi spurte […]"}, {"text_sha256": "0" * 64}])
def test_what_is_checked_and_cleared_are_the_words_that_were_pseudonymised(state: str, change: dict[str, str]) -> None:
    way = along(*READY[: 1 if state == "checked" else 2])
    wrong = misstep(way, step(state, "K2", "workshop" if state == "cleared" else "", **change))
    assert wrong is not None
    assert wrong.kind == "other-words"
    assert taken(way, step(state, "K2", "workshop", **change)).audiences == ()


def test_public_covers_everybody_and_the_others_only_themselves() -> None:
    assert along(*CLEARED).audiences == ("workshop",)
    assert along(*READY, step("cleared", audience="public")).audiences == AUDIENCES
    assert along(*CLEARED, step("cleared", audience="co_researchers")).audiences == ("co_researchers", "workshop")


def test_revoking_for_one_audience_takes_what_covers_it_and_leaves_the_others() -> None:
    both = (*CLEARED, step("cleared", audience="public"))
    assert along(*both, step("revoked", audience="public")).audiences == ("workshop",)
    assert along(*both, step("revoked", audience="public")).state == "cleared"
    # Whoever may not show it at a workshop may not publish it.
    assert along(*both, step("revoked", audience="workshop")).audiences == ()
    assert along(*both, step("revoked", audience="workshop")).state == "revoked"
    assert along(*both, step("revoked")).state == "revoked"
    assert along(*CLEARED, step("revoked", audience="co_researchers")).audiences == ("workshop",)


def test_clearing_again_for_whom_it_was_revoked_needs_a_reason() -> None:
    way = along(*CLEARED, step("revoked"), *READY)
    assert misstep(way, step("cleared", audience="workshop")).kind == "cleared-again-without-reason"  # type: ignore[union-attr]
    assert misstep(way, step("cleared", audience="workshop", reason="samtykke på nytt")) is None


def test_words_that_were_edited_since_begin_anew_without_a_revocation() -> None:
    way = along(*CLEARED)
    anew = step("pseudonymised", "K2", text_sha256="1" * 64)
    assert misstep(way, anew) is None
    assert taken(way, anew).audiences == ()
    assert misstep(way, step("pseudonymised", "K2")).kind == "step-out-of-order"  # type: ignore[union-attr]


def test_an_edit_must_show_that_it_is_one() -> None:
    assert misstep(Way(), step("pseudonymised", shown_as="Vi spurte dem")).kind == "unmarked-edit"  # type: ignore[union-attr]
    for shown_as in ("Vi spurte […]", "[parafrase] De spurte de ansatte", WORDS):
        assert misstep(Way(), step("pseudonymised", shown_as=shown_as)) is None


@pytest.mark.parametrize(
    ("shown_as", "is_kept"),
    [
        ("Vi spurte […] hva de trengte", True),
        ("vi spurte [de ansatte] hva de trengte 😀 […]", True),
        ("[…] ikke hva de å ønsket seg.", True),
        ("[…]", True),
        ("Vi spurte […] hva de ønsket", False),
        ("hva de trengte […] Vi spurte", False),
        # Half a word is another word.
        ("Vi spurte natt […]", False),
        ("Vi spurte aldri […]", False),
        ("[parafrase] De ansatte ble hørt", True),
    ],
)
def test_an_edit_leaves_out_and_adds_nothing_outside_of_brackets(shown_as: str, is_kept: bool) -> None:
    assert keeps_words(shown_as, WORDS) is is_kept


def test_marks_are_understood_as_people_type_them() -> None:
    assert tidied_edit("Det [...]\u00a0 var\n[Parafrase] a\u030a") == "Det […] var [parafrase] å"
    assert is_marked(tidied_edit("[ … ]"))
    assert not is_marked("Det var ... greit")


def test_a_passage_whose_edit_was_taken_out_is_known_and_the_mark_is_that_of_texts() -> None:
    assert TAKEN_OUT == REDACTED
    assert along(step("pseudonymised", shown_as=f"{TAKEN_OUT}")).is_redacted


def test_a_fingerprint_is_of_the_letters_and_not_of_how_they_are_composed() -> None:
    assert words_sha256("a\u030a") == words_sha256("å") != words_sha256("A\u030a")
    assert words_sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_second_row_of_an_id_and_rows_of_later_days_change_nothing() -> None:
    rows = [replace(row, id=f"CL{number}", on=f"2024-06-0{number}") for number, row in enumerate(CLEARED, 3)]
    assert ways(rows)["S1"].audiences == ("workshop",)
    assert ways(rows, "2024-06-04")["S1"].state == "checked"
    assert ways(rows, "2024-06-02") == {}
    more = [*rows, replace(rows[0], on="2024-07-01"), replace(rows[2], id="CL9", on="2024-07-02", action="withdrawn")]
    assert ways(more)["S1"] == ways(rows)["S1"]
    # By their days, in whatever order they stand.
    assert ways(reversed(rows))["S1"] == ways(rows)["S1"]


STEPS = st.builds(
    lambda state, by, audience, text, shown_as: step(
        state, by, audience if state in ("cleared", "revoked") else "", text_sha256=text, shown_as=shown_as, reason="r"
    ),
    # Clearings and revocations of a passage that got that far are what is easily got wrong.
    st.sampled_from([*CLEARANCE_STATES, "cleared", "cleared", "revoked", "checked", "pseudonymised"]),
    st.sampled_from(["K1", "K2"]),
    st.sampled_from(AUDIENCES),
    st.sampled_from([SHA, SHA, SHA, "b" * 64]),
    st.sampled_from(["", "", "", "ord […]"]),
)


def may_see(history: list[Clearance], audience: str) -> bool:
    """Whether an audience may see a passage, found by looking back from the end as one would on paper."""
    for place in range(len(history) - 1, -1, -1):
        row = history[place]
        if row.state == "revoked" and row.audience in ("", audience):
            return False
        if row.state in ("draft", "pseudonymised", "checked"):
            return False
        if row.state == "cleared" and row.audience in (audience, "public"):
            if row.audience == "public" and any(later.state == "revoked" for later in history[place + 1 :]):
                # Revoked for one, it is public no more.
                continue
            before = [one for one in history[:place] if one.state not in ("cleared", "revoked")]
            checked, edited = before[-1], before[-2]
            same = {(one.shown_as, one.text_sha256) for one in (row, checked, edited)}
            assert (checked.state, edited.state, len(same)) == ("checked", "pseudonymised", 1)
            assert checked.by != edited.by
            return True
    return False


@given(st.booleans(), st.lists(STEPS, max_size=25))
def test_whatever_people_try_only_what_two_of_them_stand_for_is_shown(is_ready: bool, tried: list[Clearance]) -> None:
    way, history = Way(), []
    for row in [*(READY if is_ready else ()), *tried]:
        if misstep(way, row) is None:
            way = taken(way, row)
            history.append(row)
        else:
            # By hand it would stand in the file: it never opens anything.
            assert set(taken(way, row).audiences) <= set(way.audiences)
        assert set(way.audiences) == {one for one in AUDIENCES if may_see(history, one)}
        assert (way.state == "cleared") == bool(way.granted)
