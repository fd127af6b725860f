"""The same screen by mouse: dragging, double and triple clicks, the codebook's tree, chips, buttons and dialogs."""

from __future__ import annotations

import re
from typing import Any

from coding_helpers import DOCUMENT, Screen, actions, coding_study, open_coder, standing
from lab import Lab

MEMO = "Nattevaktene igjen 🌙, som i Ålgård"


def _click_word(screen: Screen, word: str, *, count: int = 1) -> None:
    """Click where a word stands, as often as told."""
    place = screen.page.evaluate(
        """word => {
            const walker = document.createTreeWalker(document.querySelector('.foran-list'), NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf(word);
                if (at < 0 || !walker.currentNode.parentElement.closest('.foran-words')) continue;
                const range = document.createRange();
                range.setStart(walker.currentNode, at);
                range.setEnd(walker.currentNode, at + word.length);
                const box = range.getClientRects()[0];
                return [box.left + box.width / 2, box.top + box.height / 2];
            }
        }""",
        word,
    )
    screen.page.mouse.click(*place, click_count=count)


def _click(screen: Screen, selector: str, text: str = "", *, nth: int = 0) -> None:
    found = screen.page.locator(f".foran {selector}")
    (found.filter(has_text=re.compile(text)) if text else found).nth(nth).click()


def _drag(screen: Screen, start: str, end: str) -> None:
    screen.tab.drag_over(".foran-list", start, end)
    screen.page.wait_for_function("() => CSS.highlights.has('foran-selection')")


def _segments(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return sorted(
        (one["quote"], one["code"], one.get("polarity", "")) for one in found if "code" in one and "kind" not in one
    )


def test_a_transcript_is_coded_by_mouse_alone(lab: Lab) -> None:
    study = coding_study(lab.folder / "study")
    screen = open_coder(lab, study)
    screen.wait_for_suggestions(3)
    page = screen.page

    # Selecting: a drag, a double click, a triple click, and a drag over two turns.
    _drag(screen, "Nattevaktene ba", "skjermer.")
    _click(screen, "[data-code=C0005]")
    screen.settle()
    _click_word(screen, "strategien", count=2)
    screen.wait_selected("strategien")
    _click(screen, ".foran-quick .foran-chip", "^1 K3")
    screen.settle()
    _click_word(screen, "blåste", count=3)
    screen.wait_selected("Strategien lå i skuffen. Ingen leste den før vi blåste støvet av.")
    _click(screen, "[data-code=C0012]")
    _drag(screen, "Ingen leste", "faktisk.")
    _click(screen, ".foran-quick button", "^Kode …")
    screen.keyboard.type("delt")
    _click(screen, ".foran-hit", "^E1")
    screen.settle()
    across = next(one["quote"] for one in standing(study) if one["code"] == "E1")
    assert across.startswith("Ingen leste")
    assert across.endswith("faktisk.")
    assert "FJO-INN-01" in across  # the text is coded as it stands, with the mark of the turn in between

    # The panel: polarity, facet, memo, another extent, cut, merge, another code, away with it.
    _click(screen, ".foran-margin .foran-chip", "^K3", nth=0)
    assert screen.heading() == "K3 strategi"
    _click(screen, ".foran-side label", "hemmer")
    page.locator(".foran-side select").first.select_option("etter")
    page.locator(".foran-side textarea").first.click()
    screen.keyboard.type(MEMO)
    _click_word(screen, "Takk")
    screen.settle()
    _click(screen, ".foran-margin .foran-chip", "^K3", nth=0)
    assert page.locator(".foran-side textarea").first.input_value() == MEMO
    _click(screen, ".foran-side button", "^Endre utstrekning")
    _drag(screen, "begynte med", "skjermer.")
    _click(screen, ".foran-mode button", "^Lagre")
    _click(screen, ".foran-margin .foran-chip", "^K4")
    _click(screen, ".foran-side button", "^Del")
    _click_word(screen, "Ingen")
    _click(screen, ".foran-mode button", "^Lagre")
    screen.settle()
    assert ("Ingen leste den før vi blåste støvet av.", "K4", "") in _segments(standing(study))
    _click(screen, ".foran-margin .foran-chip", "^K4", nth=0)
    _click(screen, ".foran-side button", "^Slå sammen")
    screen.settle()
    _click(screen, ".foran-margin .foran-chip", "^E1")
    _click(screen, ".foran-side button", "^Omkod")
    _click(screen, ".foran-hit", "^K5")
    screen.settle()

    # Several segments under one word: each click shows the next.
    _click_word(screen, "Takk")
    headings = []
    for _ in range(2):
        _click_word(screen, "støvet")
        page.wait_for_timeout(150)  # the browser settles a click's selection after the event
        headings.append(screen.heading())
    assert sorted(headings) == ["K4 læring og forbedring", "K5 måling"]

    # Suggestions.
    _click(screen, ".foran-offer", "^P1", nth=0)
    _click(screen, ".foran-side button", "^Godta")
    screen.settle()
    _click(screen, ".foran-offer", "^P1", nth=0)
    _click(screen, ".foran-side button", "^Avvis")
    screen.settle()
    _click(screen, ".foran-offer", "^P1", nth=0)
    _click(screen, ".foran-side button", "^Endre kode")
    _click(screen, ".foran-hit", "^P3")
    screen.settle()
    assert page.locator(".foran-offer").count() == 0

    # Away with one, back, away again by the arrows in the bar.
    _click(screen, ".foran-margin .foran-chip", "^K3", nth=1)
    _click(screen, ".foran-side button", "^Fjern")
    screen.settle()
    _click(screen, ".foran-bar button[title^='Angre']")
    screen.settle()
    assert ("strategien", "K3", "") in _segments(standing(study))
    _click(screen, ".foran-bar button[title^='Gjør om']")
    screen.settle()

    expected = [
        ("Vi begynte med behovet.", "P1", ""),
        ("begynte med behovet. Nattevaktene ba om ro 😀, ikke om nye skjermer.", "K3", "hemmer"),
        ("Strategien lå i skuffen. Ingen leste den før vi blåste støvet av.", "K4", ""),
        (across, "K5", ""),
        ("Behovet ble tydeligere for hver samtale 👩\u200d👩\u200d👧 vi hadde.", "P3", ""),
    ]
    assert _segments(standing(study)) == sorted(expected)
    first = next(one for one in standing(study) if one["code"] == "K3")
    assert (first["memo"], first["facets"]) == (MEMO, {"phase": "etter"})
    assert [one["kind"] for one in standing(study) if "kind" in one] == ["dismissal"]

    _find(screen)
    _change_documents_and_finish(screen)
    screen.settle()
    assert actions(study)[-1] == "complete"


def _find(screen: Screen) -> None:
    _click(screen, ".foran-bar button[title^='Finn']")
    screen.keyboard.type("SAMTALE")
    status = screen.page.locator(".foran-find [role=status]")
    assert status.inner_text() == "2 treff"
    found = []
    for _ in range(3):
        _click(screen, ".foran-find button[title='Neste treff']")
        found.append((screen.turn(), status.inner_text(), screen.selected()))
    assert sorted(found[:2]) == [(7, "1 / 2", "Samtale"), (8, "2 / 2", "samtale")]
    assert found[2] == found[0]
    _click(screen, ".foran-find button[title='Lukk']")
    assert screen.is_in_text()


def _change_documents_and_finish(screen: Screen) -> None:
    page = screen.page
    _click(screen, ".foran-bar button[title^='Dokumenter']")
    row = screen.tab.wait_for_text(".foran-hit", DOCUMENT)
    assert "5 kodede segmenter" in row.inner_text()
    _click(screen, ".foran-hit", "FJO-I02")
    screen.wait_until_ready("FJO-I02")
    assert page.locator(".foran-list").inner_text().count("Ålgårdsveien") == 1
    _click(screen, ".foran-bar button[title^='Dokumenter']")
    _click(screen, ".foran-hit", DOCUMENT)
    screen.wait_until_ready()
    _click(screen, ".foran-bar button", "^Merk som ferdig")
    screen.tab.wait_for_text(".foran-bar button", "Åpne igjen")
    _click(screen, ".foran-bar button", "^Åpne igjen")
    screen.tab.wait_for_text(".foran-bar button", "Merk som ferdig kodet")
    _click(screen, ".foran-bar button", "^Merk som ferdig")
    screen.tab.wait_for_text(".foran-bar button", "Åpne igjen")
