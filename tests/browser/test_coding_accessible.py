"""The screen for everybody: axe finds nothing in either theme, Tab comes everywhere, and it can be zoomed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from axe import violations
from coding_helpers import DOCUMENT, Screen, actions, cells_for, coding_study, open_coder, standing
from lab import Lab
from small_study import SmallStudy


@pytest.fixture
def study(lab: Lab) -> SmallStudy:
    return coding_study(lab.folder / "study")


@pytest.fixture
def screen(lab: Lab, study: SmallStudy) -> Screen:
    opened = open_coder(lab, study)
    opened.wait_for_suggestions(3)
    return opened


def _show(screen: Screen, study: SmallStudy, how: str) -> None:
    """Another screen in the same cell."""
    source = cells_for(study, how)[1]
    screen.page.evaluate(
        "source => { jupyterapp.shell.currentWidget.content.widgets[1].model.sharedModel.setSource(source); }", source
    )
    screen.page.evaluate("() => document.querySelector('.foran')?.remove()")
    screen.tab.run_all()
    screen.tab.wait_for(".foran > *")
    screen.page.locator(".foran").scroll_into_view_if_needed()


def _check(screen: Screen, what: str) -> list[str]:
    """What axe finds, in both themes, told so that a failure says where."""
    found = []
    for theme in ("light", "dark"):
        screen.tab.change_theme(theme, ".foran")
        found += [
            f"{what}, {theme}: {one.rule} at {place}: {reason[:160]}"
            for one in violations(screen.page, ".foran")
            for place, reason in zip(one.places, one.reasons, strict=True)
        ]
    return found


def test_axe_finds_nothing_in_any_state_of_the_screen_in_either_theme(
    lab: Lab, study: SmallStudy, screen: Screen
) -> None:
    page = screen.page
    found = _check(screen, "plain")
    screen.focus()
    screen.press("ArrowDown", "t")
    screen.palette("samtale")
    screen.palette("strategi")
    screen.press("+", "v")
    screen.press("Enter")
    screen.settle()
    found += _check(screen, "proposal in the panel")
    page.locator(".foran-margin .foran-chip").first.click()
    page.locator(".foran-side details summary").last.click()
    page.locator(".foran-history li").first.wait_for()
    found += _check(screen, "segment in the panel")
    screen.focus()
    screen.press("g")
    found += _check(screen, "suggestion in the panel")
    screen.press("f")
    screen.keyboard.type("behov")
    found += _check(screen, "find")
    screen.press("Escape", "Enter")
    screen.keyboard.type("m")
    found += _check(screen, "palette")
    screen.press("Escape", "?")
    page.locator(".foran-help").wait_for()
    found += _check(screen, "help")
    screen.press("Escape", "o")
    page.locator("button.foran-hit").first.wait_for()
    found += _check(screen, "documents")
    screen.press("Escape", "n", "e")
    found += _check(screen, "adjusting")
    screen.press("Escape")

    study.edit_text(DOCUMENT, "Takk.", "Takk, takk.")
    screen.press("End", "t")
    screen.palette("samtale")
    screen.tab.wait_for_text(".foran-banner", "Kodingen er stanset")
    found += _check(screen, "stopped")
    study.edit_text(DOCUMENT, "Takk, takk.", "Takk.")

    _show(screen, study, f"'{DOCUMENT}'")
    screen.tab.wait_for(".foran-ask")
    found += _check(screen, "who is coding")
    page.locator(".foran-ask input").fill("k 1 !")
    page.locator(".foran-ask button[type=submit]").click()
    screen.tab.wait_for(".foran-ask .foran-alert")
    found += _check(screen, "who is coding, refused")

    _show(screen, study, "'FJO-I01', 'K1', compare=('K1', 'K2')")
    screen.tab.wait_for(".foran-differences li")
    found += _check(screen, "comparison")
    assert found == []


# JupyterLab's shell and that of Notebook 7.
_HIDE = "() => { document.querySelector('#main').style.display = 'none'; }"
_SHOW = "() => { document.querySelector('#main').style.display = ''; }"
_IS_FOCUSED = "selector => document.activeElement.matches(selector)"


def test_the_focus_stays_when_jupyterlab_changes_its_colours_on_a_busy_machine(
    screen: Screen, study: SmallStudy
) -> None:
    page, tab = screen.page, screen.tab
    tab.change_theme("light", ".foran")  # another window may have chosen
    screen.focus()
    screen.press("ArrowDown")
    assert tab.change_theme("dark", ".foran")
    screen.press("ArrowDown")
    assert screen.turn() == 3
    # In the middle of a word, which goes on where it was.
    screen.press("ArrowUp", "t", "Enter")
    page.locator(".foran-query").wait_for()
    screen.keyboard.type("samt")
    screen.press("ArrowLeft", "ArrowLeft")
    assert tab.change_theme("light", ".foran")
    screen.press("ArrowRight", "ArrowRight")
    screen.keyboard.type("ale")
    assert page.locator(".foran-query").input_value() == "samtale"
    screen.press("Enter")
    screen.settle()
    # A memo is saved when its field is left, and so not in the middle of a word.
    page.locator(".foran-margin .foran-chip").first.click()
    memo = page.locator(".foran-side textarea").first
    memo.focus()
    screen.keyboard.type("Halvt 😀 o")
    assert tab.change_theme("dark", ".foran")
    screen.keyboard.type("rd")
    before = actions(study)
    assert "memo" not in before
    screen.press("Escape")
    screen.settle()
    assert actions(study) == [*before, "memo"]
    assert standing(study)[0]["memo"] == "Halvt 😀 ord"
    # Where it stays hidden, what was typed is saved meanwhile.
    page.locator(".foran-margin .foran-chip").first.click()
    memo.focus()
    screen.press("End")
    screen.keyboard.type(" til")
    page.evaluate(_HIDE)
    page.wait_for_function("() => document.activeElement === document.body")
    for _ in range(100):
        if standing(study)[0]["memo"] == "Halvt 😀 ord til":
            break
        page.wait_for_timeout(100)
    assert standing(study)[0]["memo"] == "Halvt 😀 ord til"
    page.evaluate(_SHOW)
    page.wait_for_function(_IS_FOCUSED, arg=".foran, .foran *")
    # Hidden, without the focus and seen again before anything was drawn.
    screen.focus()
    page.evaluate(f"() => {{ ({_HIDE})(); document.activeElement.blur(); ({_SHOW})(); }}")
    page.wait_for_function(_IS_FOCUSED, arg=".foran-text")


def test_the_screen_takes_the_focus_from_nothing_that_has_it(screen: Screen, study: SmallStudy) -> None:
    page = screen.page
    # What took it while all was hidden keeps it; the field that had it is told, and saves.
    screen.focus()
    screen.press("Home", "ArrowDown", "t")
    screen.palette("samtale")
    screen.settle()
    page.locator(".foran-margin .foran-chip").first.click()
    page.locator(".foran-side textarea").first.focus()
    screen.keyboard.type("Æsj")
    page.evaluate("""() => {
        const elsewhere = document.createElement('input');
        elsewhere.id = 'elsewhere';
        document.body.append(elsewhere);
        document.activeElement.addEventListener('focusout', () => elsewhere.focus(), {once: true});
    }""")
    page.evaluate(_HIDE)
    page.wait_for_function(_IS_FOCUSED, arg="#elsewhere")
    page.evaluate(_SHOW)
    screen.settle()
    for _ in range(100):
        if "memo" in actions(study):
            break
        page.wait_for_timeout(100)
    assert standing(study)[0]["memo"] == "Æsj"
    assert page.evaluate(_IS_FOCUSED, "#elsewhere")


_NAME = "const name = n => n.title || n.ariaLabel || n.textContent.trim();"
_FOCUSABLE = f"""() => {{ {_NAME}
    const all = ['button', 'input', 'select', 'textarea', 'summary'].map(tag => `.foran ${{tag}}`).join(',');
    return [...document.querySelectorAll(all)].filter(n => n.checkVisibility() && n.tabIndex >= 0).map(name); }}"""
_FOCUSED = f"""() => {{ {_NAME}
    const n = document.activeElement;
    if (!n.closest('.foran')) return null;
    const {{outlineStyle, outlineWidth}} = getComputedStyle(n);
    return {{name: name(n), isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2}}; }}"""


def test_the_screen_is_used_by_tab_zoomed_and_read_in_three_languages(screen: Screen) -> None:
    _tab_comes_to_every_control_and_the_focus_is_seen(screen)
    _a_dialog_keeps_the_focus_and_gives_it_back(screen)
    _three_languages_and_no_motion_for_who_minds(screen)
    _at_two_hundred_per_cent_nothing_is_cut_off(screen)


def _tab_comes_to_every_control_and_the_focus_is_seen(screen: Screen) -> None:
    page = screen.page
    screen.focus()
    screen.press("ArrowDown", "t")
    screen.palette("samtale")
    screen.settle()
    wanted = set(page.evaluate(_FOCUSABLE))
    assert len(wanted) > 15
    page.locator(".foran-bar button").first.focus()
    met: list[dict[str, Any]] = []
    for _ in range(80):
        here = page.evaluate(_FOCUSED)
        if here is None:
            break
        met.append(here)
        screen.press("Tab")
    else:
        raise AssertionError("Tab never leaves the screen")
    radios = {name for name in wanted if name in ("", "on")}  # a group of radio buttons is one stop
    assert wanted - {one["name"] for one in met} - radios == set()
    assert [one["name"] for one in met if not one["isSeen"]] == []
    # The tree is one stop, its rows are reached with the arrows.
    page.locator(".foran-code").first.focus()
    screen.press("ArrowDown")
    assert page.evaluate("() => document.activeElement.classList.contains('foran-code')")
    # F6 goes round the panes.
    screen.focus()
    panes = []
    for _ in range(3):
        screen.press("F6")
        panes.append(page.evaluate("() => document.activeElement.className || document.activeElement.tagName"))
    assert panes[-1].startswith("foran-text")
    assert len(set(panes)) == 3


def _a_dialog_keeps_the_focus_and_gives_it_back(screen: Screen) -> None:
    page = screen.page
    screen.focus()
    screen.press("Home", "ArrowDown", "o")
    page.locator("button.foran-hit").first.wait_for()
    for key in ("Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab"):
        screen.press(key)
        assert page.evaluate("() => Boolean(document.activeElement.closest('.foran-box'))")
    screen.press("Escape")
    assert screen.is_in_text()
    assert screen.turn() == 2


def _at_two_hundred_per_cent_nothing_is_cut_off(screen: Screen) -> None:
    page = screen.page
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    for width, height in ((640, 500), (750, 450)):
        page.set_viewport_size({"width": width, "height": height})
        page.locator(".foran").scroll_into_view_if_needed()
        for state in ("plain", "segment"):
            screen.focus()
            screen.press("Home", "ArrowDown", *(["t"] if state == "segment" else []))
            if state == "segment":
                screen.palette("samtale")
                screen.settle()
            sizes = page.evaluate(
                """() => { const root = document.querySelector('.foran'), text = root.querySelector('.foran-text');
                    const cut = [...root.querySelectorAll('.foran-bar > *, .foran-quick > *')].filter(n => n.offsetParent)
                        .filter(n => n.getBoundingClientRect().right > root.getBoundingClientRect().right + 1);
                    return {over: root.scrollWidth - root.clientWidth, cut: cut.map(n => n.textContent),
                            text: text.getBoundingClientRect().height,
                            sideways: text.scrollWidth - text.clientWidth}; }"""
            )
            assert (sizes["over"], sizes["cut"], sizes["sideways"]) == (0, [], 0), json.dumps(sizes)
            assert sizes["text"] >= 150, (width, state, sizes)


def _three_languages_and_no_motion_for_who_minds(screen: Screen) -> None:
    page = screen.page
    said = {}
    for language in ("nb", "nn", "en"):
        page.locator(".foran-bar select").select_option(language)
        assert page.locator(".foran").get_attribute("lang") == language
        page.locator(".foran-bar button").last.click()
        page.locator(".foran-help").wait_for()
        said[language] = page.locator(".foran").inner_text()
        screen.press("Escape")
    assert "Merk som ferdig kodet" in said["nb"]
    assert "Merk som ferdig koda" in said["nn"]
    assert "Mark as done" in said["en"]
    assert "Taster og hjelp" not in said["en"]
    page.emulate_media(reduced_motion="reduce")
    page.locator(".foran-bar button").last.click()
    assert page.locator(".foran-overlay").evaluate("n => getComputedStyle(n).animationName") == "none"
    page.emulate_media(reduced_motion="no-preference")
    screen.press("Escape")
    page.locator(".foran-bar select").select_option("nb")
