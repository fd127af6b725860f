"""Memos with a type, fields and links, written on the coder's screen; everything is invented."""

from __future__ import annotations

from typing import Any

from axe import violations
from coding_helpers import DOCUMENT, Screen, coding_study, open_coder, sound
from lab import Lab
from small_study import SmallStudy

from foran_research.coding.memos import MEMO_TYPES
from foran_research.memoing import add, memos


def _found(study: SmallStudy) -> list[dict[str, Any]]:
    return [
        {key: row[key] for key in ("type", "about_kind", "about", "links", "text", "fields", "versions")}
        for row in memos(sound(study)).to_dict("records")
    ]


def _write(screen: Screen, place: Any, text: str) -> None:
    place.focus()
    screen.keyboard.type(text)


def test_an_abductive_memo_is_written_by_keyboard_and_a_codes_memo_linked_to_the_segment(lab: Lab) -> None:
    study = coding_study(lab.folder / "study")
    add(sound(study), coder="K1", about="code:P4", at="2021-05-01T10:00:00Z", text="Skrevet før 😀")
    screen = open_coder(lab, study)
    page = screen.page
    screen.focus()
    screen.press("ArrowDown", "t")
    screen.palette("samtale")
    screen.settle()
    page.locator(".foran-margin .foran-chip").first.click()

    # A memo of its own on the passage: its type first, and nothing is on the disk before a word is written.
    block = page.locator(".foran-side details.foran-memo")
    block.locator("summary").focus()
    screen.press("Enter")
    assert block.locator("select option").count() == len(MEMO_TYPES) + 1
    assert not block.get_by_label("Overraskelse").is_visible()
    block.locator("select").select_option("abductive")
    screen.settle()
    assert len(_found(study)) == 1
    _write(screen, block.get_by_label("Observasjon"), "Alle ringte, a\u030a!")
    screen.press("Tab")
    _write(screen, block.get_by_label("Overraskelse"), "Ingen skrev")
    screen.press("Control+Enter")
    screen.settle()
    _write(screen, block.locator("textarea").first, "Kort sagt")
    screen.press("Control+Enter")
    screen.settle()
    name = f"{DOCUMENT}.K1.s0001"
    fields = (("observation", "Alle ringte, a\u030a!"), ("surprise", "Ingen skrev"))
    typed = {"type": "abductive", "about_kind": "segment", "about": name, "links": (), "text": "Kort sagt"}
    assert _found(study)[1] == typed | {"fields": fields, "versions": 3}
    assert violations(page, ".foran") == []

    # The code's memo, begun outside the screen, stands there; it is linked, and a second one begun.
    details = page.locator(".foran-details details.foran-memo")
    assert details.locator("textarea").first.input_value() == "Skrevet før 😀"
    details.locator("select").select_option("theoretical")
    screen.settle()
    details.get_by_role("button", name="Lenk til det valgte segmentet").click()
    screen.settle()
    assert f"Lenket til {name}" in details.inner_text()
    linked = {"type": "theoretical", "about_kind": "code", "about": "C0011", "links": (("segment", name),)}
    assert _found(study)[0] == linked | {"text": "Skrevet før 😀", "fields": (), "versions": 3}
    details.get_by_role("button", name="Nytt memo").click()
    screen.keyboard.type("Et annet")
    details.locator("select").select_option("reflexive")
    screen.settle()
    assert sorted((one["type"], one["text"]) for one in _found(study)) == [
        ("abductive", "Kort sagt"), ("reflexive", "Et annet"), ("theoretical", "Skrevet før 😀"),
    ]  # fmt: skip
    screen.run_again()
    assert len(_found(study)) == 3
