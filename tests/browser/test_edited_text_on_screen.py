"""A text mended while it lies open in the coder: one press takes it in, and what is uncertain is placed by keyboard."""

from __future__ import annotations

from coding_helpers import DISPLAYS, DOCUMENT, Screen, actions, coding_study, open_coder, sound, standing
from lab import Lab
from small_study import SmallStudy

TEXT = f"corpus/texts/{DOCUMENT}.md"


def _code(screen: Screen, turn: int, query: str) -> None:
    screen.focus()
    screen.press("Home", *["ArrowDown"] * (turn - 1), "t")
    screen.palette(query)
    screen.settle()


def _edit(study: SmallStudy) -> None:
    """What a coder mends after hearing the recording again: a word put in, a turn taken out, a first turn longer."""
    study.replace(TEXT, "Strategien lå i skuffen.", "Strategien vår lå langt nede i skuffen.")
    study.replace(TEXT, "**Intervjuer:** Takk.\n", "**Intervjuer:** Da stopper vi der.\n")
    study.replace(TEXT, "Hvordan begynte arbeidet", "Først, 😀: hvordan begynte arbeidet")


def test_a_text_mended_on_disk_is_taken_in_and_what_lost_its_place_is_placed_by_keyboard(lab: Lab) -> None:
    study = coding_study(lab.folder / "study")
    screen = open_coder(lab, study)
    _code(screen, 3, "strategi")
    _code(screen, 4, "samtale")
    _code(screen, 12, "læring")
    assert [one["quote"] for one in standing(study)] == [
        "Og strategien?", "Strategien lå i skuffen. Ingen leste den før vi bl\u00e5ste støvet av.", "Takk."
    ]  # fmt: skip
    _edit(study)
    screen.tab.wait_for_text(".foran-banner", "er endret på disken")
    screen.page.locator(".foran-banner button", has_text="Ta inn den nye teksten").click()
    screen.tab.wait_for_text(".foran-text", "Da stopper vi der.")
    screen.wait_until_ready()
    # What followed by itself has its place; two wait, and the screen says so.
    assert len(screen.chips()) == 1
    assert screen.page.locator(".foran-displaced").inner_text() == "2 uten plass"
    screen.focus()
    screen.press("Escape")
    assert "fant ikke plassen sin" in screen.page.locator(".foran-side").inner_text()
    assert sound(study).waiting() == {DOCUMENT: [f"{DOCUMENT}.K1.s0002", f"{DOCUMENT}.K1.s0003"]}

    screen.focus()
    screen.press("Shift+L")
    side = screen.page.locator(".foran-side")
    assert "Ordene er endret." in side.inner_text()
    assert side.locator("ins").all_inner_texts() == ["vår", "langt", "nede"]
    screen.page.screenshot(path=str(lab.folder / "displaced.png"))
    screen.press("r")  # nothing else can be done with it yet
    assert screen.page.locator(".foran-query").count() == 0
    screen.press("a")
    screen.settle()
    assert screen.page.locator(".foran-displaced").inner_text() == "1 uten plass"
    screen.press("Shift+L")
    screen.press("Delete")
    screen.settle()
    assert not screen.page.locator(".foran-displaced").is_visible()
    screen.press("z")
    screen.settle()
    assert screen.page.locator(".foran-displaced").inner_text() == "1 uten plass"
    screen.press("y")
    screen.settle()

    assert [(one["quote"], one["code"]) for one in standing(study) if "quote" in one] == [
        ("Og strategien?", DISPLAYS["C0005"]),
        ("Strategien vår lå langt nede i skuffen. Ingen leste den før vi bl\u00e5ste støvet av.", DISPLAYS["C0011"]),
    ]
    assert sound(study).warnings == ()
    assert actions(study)[-4:] == ["adjust", "remove", "undo", "redo"]
    assert [change.document for change in sound(study).text_changes] == [DOCUMENT]


def test_a_text_that_cannot_be_taken_in_is_told_and_the_coding_is_safe(lab: Lab) -> None:
    study = coding_study(lab.folder / "study")
    screen = open_coder(lab, study)
    _code(screen, 3, "strategi")
    before = study.log_path("K1", DOCUMENT).read_bytes()
    study.replace(TEXT, "**Intervjuer:** Takk.", "**Kåre Å.:** Takk.")
    screen.tab.wait_for_text(".foran-banner", "er endret på disken")
    screen.page.locator(".foran-banner button", has_text="Ta inn den nye teksten").click()
    screen.tab.wait_for_text(".foran-banner", "kan ikke tas inn")
    assert "Kåre" not in screen.page.locator(".foran-banner").inner_text()
    assert study.log_path("K1", DOCUMENT).read_bytes() == before
    study.replace(TEXT, "**Kåre Å.:** Takk.", "**Intervjuer:** Takk.")
    screen.page.locator(".foran-banner button", has_text="Ta inn den nye teksten").click()
    screen.page.locator(".foran-banner:empty").wait_for(state="attached")
    _code(screen, 4, "samtale")
    assert len(standing(study)) == 2
