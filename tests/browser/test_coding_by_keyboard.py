"""A transcript is coded from its first turn to its last by keyboard alone, and nothing of it is lost on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from coding_helpers import TURNS, Screen, actions, coding_study, open_coder, standing
from lab import Lab

MEMO = "Skuffen 🗄 igjen, før møtet i Ål"
NOTE = "Hele samtalen handler om søvn"


def _record(quote: str, code: str, polarity: str = "", **more: Any) -> dict[str, Any]:
    return {"quote": quote, "code": code} | ({"polarity": polarity} if polarity else {}) | more


#: What must stand in the end, told without the program: by words, displays and polarities, in order of the text.
EXPECTED = [
    {"kind": "status", "is_complete": True},
    {"kind": "memo", "text": NOTE},
    _record("Hvordan begynte arbeidet med nattevaktene?", "K3", "nøytral", facets={"phase": "før"}),
    _record("Vi begynte med behovet.", "P1", "fremmer", **{"from": "P1"}),
    _record("Vi begynte med behovet. Nattevaktene ba om ro 😀, ikke om nye skjermer.", "K3"),
    _record("nye skjermer. Derfor snakket vi med dem først.", "P4"),
    _record("nye skjermer. Derfor snakket vi med dem først.", "K4"),
    _record("nye skjermer. Derfor snakket vi med dem først.", "K5", "begge"),
    {"kind": "proposal", "quote": "Og strategien", "label": "Og strategien"},
    _record("Strategien lå i skuffen.", "K3", memo=MEMO),
    _record("Strategien lå i skuffen.", "E1"),
    _record("Ingen leste den før vi blåste støvet av.", "E1", "hemmer"),
    _record("leste den, faktisk", "K3"),
    {"kind": "dismissal", "quote": "Den sa ingenting om behov.", "code": "P1"},
    _record("Vi ringte leverandørene og spurte hva som finnes. Samtalen var åpen.", "P4"),
    _record("Behovet ble tydeligere for hver samtale 👩\u200d👩\u200d👧 vi hadde.", "K5", **{"from": "P1"}),
    _record("samtale 👩\u200d👩\u200d👧", "P4"),
    _record("Vi målte søvnen hver uke, og tallene gikk til rådmannen. Læringen ble skrevet ned.", "K5", "fremmer"),
    _record("Uten q\u0301-målingene hadde ingen trodd oss.", "K4", "begge"),
    _record("Takk.", "K4"),
]
ACTS = 35  # acts of the coder that stand in the end: each is one undo


def test_a_transcript_is_coded_to_its_end_undone_to_nothing_and_redone_without_a_mouse(lab: Lab) -> None:
    study = coding_study(lab.folder / "study")
    screen = open_coder(lab, study)
    screen.wait_for_suggestions(3)
    screen.tab_to(".foran-text")
    _code_turns_1_to_5(screen)

    screen.tab.reload()
    screen.wait_until_ready()
    screen.wait_for_suggestions(1)
    screen.tab_to(".foran-text")
    _code_turns_6_to_9(screen)

    screen.tab.restart_kernel()
    screen.run_again()
    screen.tab_to(".foran-text")
    _code_turns_10_to_12(screen)
    screen.settle()
    assert _by_words(standing(study)) == _by_words(EXPECTED)
    assert screen.page.locator(".foran-progress").inner_text() == "7 av 7 ytringer kodet"

    lines = len(actions(study))
    screen.press("Escape", *["z"] * 20)
    screen.settle()
    screen.tab.restart_kernel()
    screen.run_again()
    screen.focus()
    screen.press(*["z"] * (ACTS - 20))
    screen.settle()
    assert (actions(study)[lines:], standing(study)) == (["undo"] * lines, [])
    assert screen.page.locator('.foran-bar button[aria-disabled="true"]').count() == 1
    screen.press("z")
    assert len(actions(study)) == 2 * lines
    screen.press(*["y"] * ACTS)
    screen.settle()
    assert actions(study)[lines:] == ["undo"] * lines + ["redo"] * lines
    assert _by_words(standing(study)) == _by_words(EXPECTED)
    _no_word_is_in_the_notebook(screen)


def _code_turns_1_to_5(screen: Screen) -> None:
    press, palette = screen.press, screen.palette
    press("t")
    palette("strat")
    press("-", "0", "k")
    screen.page.wait_for_function("() => document.activeElement.tagName === 'SELECT'")
    press("ArrowDown", "Escape")  # the facet's first answer
    assert screen.is_in_text()

    press("ArrowDown", "a", "+", "s", screen.quick("K3"))
    assert screen.selected() == "Vi begynte med behovet. Nattevaktene ba om ro 😀, ikke om nye skjermer."
    press("ArrowRight", "s", "Alt+Shift+ArrowLeft", "Alt+Shift+ArrowLeft")
    palette("p4")
    palette("lær", "Control+Enter")
    screen.keyboard.type("mål")
    press("Enter", "b")

    press("ArrowDown", "w", "Shift+ArrowRight", "v")
    screen.page.locator(".foran-query").wait_for()
    press("Enter")
    screen.settle()
    assert screen.heading() == "Foreslått kode: Og strategien"

    press("ArrowDown", "s", screen.quick("K3"), "m")
    screen.keyboard.type(MEMO)
    press("Control+Enter")
    assert screen.is_in_text()
    press("t")
    palette("e1")
    press("d", "ArrowLeft", "ArrowLeft")
    assert screen.selected() == "Ingen"
    press("Enter")
    screen.settle()
    assert screen.heading() == "E1 deltakelse"
    press("-")

    press("ArrowDown", "x", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Control+Shift+ArrowRight")
    assert screen.selected() == "Jeg leste den,"
    press("Control+Shift+ArrowLeft", "Alt+Shift+ArrowRight")
    assert screen.selected() == "leste den"
    palette("p3")
    press("r")
    screen.keyboard.type("strategi")
    press("Enter", "e", "Shift+ArrowRight")
    assert screen.selected() == "leste den, faktisk"
    press("Enter")
    screen.settle()


def _code_turns_6_to_9(screen: Screen) -> None:
    press, palette = screen.press, screen.palette
    press("End")
    assert screen.turn() == 12
    press("Home", *["ArrowDown"] * 5, "t")
    palette("strategi")
    press("Delete", "ArrowDown", "s", "s")
    palette("samtale")
    screen.settle()
    press("n", "p")
    assert screen.heading() == "P4 samtale"
    press("p")
    assert screen.selected() == "leste den, faktisk"
    press("u")
    assert screen.turn() == 8
    press("g", "c")
    screen.page.locator(".foran-query").wait_for()
    screen.keyboard.type("måling")
    press("Enter", "w", *["ArrowRight"] * 5, "Shift+ArrowRight")
    assert screen.selected() == "samtale 👩\u200d👩\u200d👧 vi"
    press(*["Control+Shift+ArrowLeft"] * 4, "Control+Shift+ArrowRight", screen.quick("P4"))
    screen.settle()
    press("u")
    assert screen.turn() == 10


def _code_turns_10_to_12(screen: Screen) -> None:
    press = screen.press
    press("u")
    assert screen.turn() == 10
    press("ArrowRight", "ArrowRight", "s")
    screen.palette("k5")
    press("+", "ArrowRight", "s", ".")
    screen.settle()
    press("p", "j")
    screen.settle()
    assert screen.selected() != ""
    press("u")
    assert screen.turn() == 11
    press("t")
    screen.palette("k4")
    press("b", "ArrowDown", "t", ".", "Escape", "m")
    screen.keyboard.type(NOTE)
    press("Control+Enter")
    screen.tab_to('.foran-bar button[title="Merk som ferdig kodet"]', key="Shift+Tab")
    press("Enter")


def _by_words(told: list[dict[str, Any]]) -> list[str]:
    """Records that begin in one place have no order of their own."""
    return sorted(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in told)


def _no_word_is_in_the_notebook(screen: Screen) -> None:
    screen.page.evaluate("jupyterapp.commands.execute('@jupyter-widgets/jupyterlab-manager:saveWidgetState')")
    screen.page.wait_for_timeout(500)
    screen.tab.save()
    stored = screen.tab.notebook.read_text("utf-8")
    assert "application/vnd.jupyter.widget-state+json" in stored
    said = {word.strip(".,?") for _, words in TURNS for word in words.split() if len(word) > 6}
    said |= {word for word in (MEMO + NOTE).split() if len(word) > 4}
    assert [word for word in said if word in stored or json.dumps(word)[1:-1] in stored] == []


@pytest.fixture
def screen(lab: Lab) -> Screen:
    study = coding_study(lab.folder / "study")
    return open_coder(lab, study)


def test_no_key_pressed_in_the_screen_reaches_the_notebook(lab: Lab, screen: Screen) -> None:
    page = screen.page
    cells = screen.cells()
    sources = _sources(screen)

    def press_what_cuts_deletes_and_hides() -> None:
        screen.press(
            "b", "a", "d", "d", "Escape", "x", "z", "h", "h", "1", "l", "y", "r", "Escape", "Shift+M", "Escape"
        )
        screen.press("0", "0", "Control+Shift+Minus", "Shift+L")

    screen.focus()
    press_what_cuts_deletes_and_hides()
    for place in (".foran-bar button[title^='Taster']", ".foran-side", ".foran-code", ".foran-details"):
        page.locator(place).first.focus()
        press_what_cuts_deletes_and_hides()
    page.locator(".foran-codes input").focus()
    screen.keyboard.type("badd")
    assert page.locator(".foran-codes input").input_value() == "badd"
    assert page.locator(".jp-Dialog").count() == 0
    assert screen.cells() == cells
    assert _sources(screen) == sources
    assert page.locator(".jp-CodeCell .jp-InputArea").first.is_visible()

    for place, ways in {
        "text": (),
        "search": ("q",),
        "memo": ("m",),
        "palette": ("Enter",),
        "find": ("Escape", "f"),
    }.items():
        page.evaluate("() => { jupyterapp.shell.currentWidget.context.model.dirty = true; }")
        screen.focus()
        screen.press(*ways)
        assert screen.is_in_text() == (place == "text"), place
        # Lab lets a second save pass while the first still makes its checkpoint.
        for _attempt in range(20):
            screen.press("Control+s")
            page.wait_for_timeout(250)
            if not page.evaluate("() => jupyterapp.shell.currentWidget.context.model.dirty"):
                break
        else:
            raise AssertionError(f"not saved from the {place}")
        screen.press("Escape")


def _sources(screen: Screen) -> list[str]:
    return list(
        screen.page.evaluate(
            "() => jupyterapp.shell.currentWidget.content.widgets.map(c => c.model.sharedModel.source)"
        )
    )
