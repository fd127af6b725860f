"""Input that breaks careless screens is shown as text, coded where it stands, and never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from coding_helpers import Screen, add_document, coding_study, open_coder, sound, standing
from lab import Lab
from small_study import SmallStudy, both

SCRIPT = "<script>window.pwned=1</script>"
IMAGE = "<img src=x onerror=window.pwned=1>"
EMPTY, HUGE, ODD, MARKUP = "FJO-I20", "FJO-I21", "FJO-I22", "FJO-I23"
ODD_TURNS = (
    "Hun sa «شكرا جزيلا 👍🏽 لكم» til oss, og vi svarte.",
    "\u200bNull\u200bbredde\ufeff, q\u0301x\u0302 og 🇳🇴🇸🇪 flagg\u00adord.",
    "שלום עולם",
    "👩\u200d👩\u200d👧👩\u200d👩\u200d👧 to familier, ett a\u0308\u0323o.",
)


def hostile_study(folder: Path) -> SmallStudy:
    """The study for coding, with four documents and a codebook that somebody means harm with."""
    study = coding_study(folder)

    def poison(book: dict[str, Any]) -> None:
        code = next(code for code in book["codes"] if code["id"] == "C0013")
        code |= {"label": both(f"måling {SCRIPT}"), "brief": both(IMAGE), "definition": both(f"Gjelder {IMAGE}.")}

    study.edit_codebook("2.0.0", poison)
    study.replace("foran.toml", 'interviewers = ["Intervjuer"]', f'interviewers = ["Intervjuer", "{IMAGE}"]')
    add_document(study, EMPTY, "**Intervjuer:** …\n", title="Oppdiktet, nesten tom")
    add_document(study, HUGE, "**FJO-PL-01:** " + " ".join(f"Setning nummer {n} på Ås 🙂." for n in range(1500)) + "\n",
                 title="Oppdiktet, lang", participants="FJO-PL-01")  # fmt: skip
    add_document(study, ODD, "\n\n".join(f"**FJO-PL-01:** {turn}" for turn in ODD_TURNS) + "\n",
                 title="Oppdiktet, rar", participants="FJO-PL-01")  # fmt: skip
    add_document(study, MARKUP, f"**{IMAGE}:** Hva?\n\n**FJO-PL-01:** Han skrev {SCRIPT} og {IMAGE} i brevet til Ås 🙂.\n",
                 title=IMAGE, participants="FJO-PL-01")  # fmt: skip
    sound(study)
    return study


def _go_to(screen: Screen, document: str) -> None:
    screen.focus()
    screen.press("o")
    screen.tab.wait_for_text(".foran-hit", document).click()
    screen.wait_until_ready(document)
    screen.focus()


def _is_harmless(screen: Screen) -> None:
    assert screen.page.evaluate("() => window.pwned === undefined")
    assert screen.page.locator(".foran script, .foran img").count() == 0


def test_nothing_that_was_said_or_written_is_run_and_odd_letters_are_coded_whole(lab: Lab) -> None:
    study = hostile_study(lab.folder / "study")
    screen = open_coder(lab, study, f"{MARKUP!r}, 'K1'", wait=MARKUP)
    _markup(screen, study)
    _odd_letters(screen, study)
    _nothing_to_code(screen, study)
    _one_turn_of_fifteen_hundred_sentences(screen, study)
    _retired_codes(screen, study)
    _is_harmless(screen)
    sound(study)


def _markup(screen: Screen, study: SmallStudy) -> None:
    page = screen.page
    assert page.locator(".foran-title").inner_text() == IMAGE
    assert page.locator(".foran-speaker").first.inner_text() == IMAGE
    assert f"Han skrev {SCRIPT} og {IMAGE} i brevet" in page.locator(".foran-list").inner_text()
    assert f"måling {SCRIPT}" in page.locator(".foran-tree").inner_text()
    screen.focus()
    screen.press("End", "t")
    screen.palette("k5")
    screen.press("m")
    screen.keyboard.type(f"Memo {SCRIPT}{IMAGE}")
    screen.press("Control+Enter")
    screen.press("v")
    screen.keyboard.press("Control+a")
    screen.keyboard.type(f"Ny {IMAGE}")
    screen.press("Enter")
    screen.settle()
    for place in ("[data-code=C0013]", ".foran-margin .foran-chip >> nth=0", ".foran-margin .foran-chip >> nth=1"):
        page.locator(f".foran {place}").hover()
        page.locator(f".foran {place}").click()
        _is_harmless(screen)
    page.locator(".foran-side details summary").last.click()
    screen.focus()
    screen.press("?")
    page.locator(".foran-help").wait_for()
    screen.press("Escape")
    found = standing(study, document=MARKUP)
    assert [(one.get("code"), one.get("memo"), one.get("label")) for one in found] == [
        (None, None, f"Ny {IMAGE}"), ("K5", f"Memo {SCRIPT}{IMAGE}", None),
    ]  # fmt: skip
    _is_harmless(screen)


def _odd_letters(screen: Screen, study: SmallStudy) -> None:
    _go_to(screen, ODD)
    seen = []
    for number in range(len(ODD_TURNS)):
        screen.press("Home", *["ArrowDown"] * number, "t")
        seen.append((screen.selected(), "P4"))
        screen.palette("p4")
        screen.press("ArrowLeft", "ArrowRight", "Home", *["ArrowDown"] * number, "w", "Control+Shift+ArrowRight")
        seen.append((screen.selected(), "K3"))
        screen.palette("k3")
        screen.settle()
    for start, end in (("sa", "til"), ("🇳🇴", "🇳🇴"), ("👩", "to"), ("q", "q")):
        screen.press("Escape")
        screen.page.wait_for_function("() => !CSS.highlights.has('foran-selection')")
        screen.tab.drag_over(".foran-list", start, end)
        screen.page.wait_for_function("() => CSS.highlights.has('foran-selection')")
        seen.append((screen.selected(), "E1"))
        screen.palette("e1")
        screen.settle()
    found = [(one["quote"], one["code"]) for one in standing(study, document=ODD)]
    assert sorted(found) == sorted((words.strip(" \u200b"), code) for words, code in seen)
    quotes = [quote for quote, _ in found]
    assert ODD_TURNS[0] in quotes
    assert "🇳🇴" in quotes  # not half a flag
    assert "q\u0301" in quotes  # not a letter without its accent
    assert any(quote.startswith("👩\u200d👩\u200d👧") and quote.endswith("to") for quote in quotes)
    assert not any(quote[0] in "\u200b\u0301\u200d " or quote[-1] in "\u200b\u200d\ufeff " for quote in quotes)


def _nothing_to_code(screen: Screen, study: SmallStudy) -> None:
    _go_to(screen, EMPTY)
    assert screen.page.locator(".foran-words").all_inner_texts() == ["…"]
    keys = ("ArrowDown", "ArrowRight", "Shift+ArrowRight", "s", "t", "w", "a", "x", "n", "p", "u", "g", "l", "e",
            "d", "j", "+", "Delete", "End", "Home", "PageDown", "Space", "Enter", "Escape", "v", "Escape")  # fmt: skip
    screen.focus()
    screen.press(*keys)
    screen.settle()
    assert not study.log_path("K1", EMPTY).exists()


def test_a_study_with_an_empty_text_is_refused_with_a_reason(tmp_path: Path) -> None:
    study = coding_study(tmp_path / "study")
    add_document(study, EMPTY, "", title="Oppdiktet, tom")
    assert [fault.kind for fault in study.read()[1].errors] == ["empty-text"]


def _one_turn_of_fifteen_hundred_sentences(screen: Screen, study: SmallStudy) -> None:
    _go_to(screen, HUGE)
    screen.press("s", "s")
    screen.palette("k3")
    screen.settle()
    screen.press("f")
    screen.page.locator(".foran-find input").wait_for()
    screen.keyboard.type("nummer 1499")
    screen.press("Enter", "Escape", "s")
    screen.palette("p4")
    screen.settle()
    assert [(one["quote"], one["code"]) for one in standing(study, document=HUGE)] == [
        ("Setning nummer 0 på Ås 🙂. Setning nummer 1 på Ås 🙂.", "K3"), ("Setning nummer 1499 på Ås 🙂.", "P4"),
    ]  # fmt: skip


def _retired_codes(screen: Screen, study: SmallStudy) -> None:
    page = screen.page
    before = study.log_path("K1", "FJO-I01").read_bytes()
    _go_to(screen, "FJO-I01")
    assert "X1†−" in screen.chips()
    page.locator(".foran-margin .foran-chip", has_text="X1").click()
    assert "utgått i kodebok 2.0.0" in page.locator(".foran-side").inner_text()
    screen.focus()
    screen.press("End", "t", "Enter")
    screen.keyboard.type("personer")
    options = page.locator(".foran-hit").all_inner_texts()
    assert not any("X1" in option for option in options)
    screen.press("Escape")
    page.locator("[data-code=C0009]").click()
    page.wait_for_timeout(300)
    screen.settle()
    assert study.log_path("K1", "FJO-I01").read_bytes() == before
    page.locator(".foran-margin .foran-chip", has_text="X1").click()
    screen.press("r")
    screen.keyboard.type("strategi")
    screen.press("Enter")
    screen.settle()
    assert "X1" not in [one["code"] for one in standing(study, document="FJO-I01") if "code" in one]
