"""The screen for assessing maturity, in JupyterLab and in a bare page: by keyboard, saved at once, never lost, accessible.

The study is a copy of the demo study: everybody and everything in it is invented (oppdiktet).
"""

from __future__ import annotations

import csv
import errno
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from axe import violations
from lab import Lab
from node import run_module

import foran_research
from foran_research import load_study, maturing
from foran_research.around_screens import screen_script
from foran_research.maturity_screen.widget import MaturityScreen
from foran_research.maturity_screen.words import WORDS
from foran_research.registers import store

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(foran_research.__file__).parent / "maturity_screen"
MODULE = HOME / "maturity.mjs"
NB = WORDS["nb"]
CODE = "TRD-PRØVE".replace("Ø", "O")
HOSTILE = "<img src=x onerror=alert(1)> </textarea> å 😀 a\u030a"

_START = """async ([code, language]) => {
    const {default: screen} = await import(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})));
    const heard = [];
    window.isDeaf = false;
    const model = {get: () => language, set() {}, save_changes() {}, on: (_, then) => heard.push(then), off() {},
                   send: content => {
                       if (!window.isDeaf) window.answer(content).then(reply => heard.forEach(then => then(reply))); }};
    screen.render({model, el: document.querySelector('main')});
}"""
_CUT_OFF = """() => {
    const root = document.querySelector('.foran-ms'), right = root.getBoundingClientRect().right;
    return [...root.querySelectorAll('*')].filter(n => !n.closest('.ms-hidden, .ms-scroll') && n.offsetParent)
        .filter(n => n.getBoundingClientRect().right > right + 1).map(n => n.className || n.tagName); }"""
Answer = Callable[[Mapping[str, Any]], Any]


@pytest.fixture
def study_folder(tmp_path: Path) -> Path:
    """A copy of the demo study to write to."""
    for part in ("corpus", "codebooks"):
        shutil.copytree(ROOT / part, tmp_path / "study" / part)
    shutil.copy2(ROOT / "foran.toml", tmp_path / "study")
    return tmp_path / "study"


@pytest.fixture
def bare(browser: Any) -> Any:
    """The screen in a page of its own, with answers from a function: `open(answer, width, language, dark)`."""
    pages: list[Any] = []
    errors: list[str] = []

    def open_(answer: Answer, width: int = 1280, language: str = "nb", *, is_dark: bool = False) -> Any:
        page = browser.new_page(viewport={"width": width, "height": 900})
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.expose_function("answer", answer)
        style = (HOME / "maturity.css").read_text("utf-8")
        light = "false" if is_dark else "true"
        page.set_content(f'<!doctype html><body data-jp-theme-light="{light}"><style>{style}</style><main></main>')
        page.evaluate(_START, [source(), language])
        ready(page)
        return page

    yield open_
    for page in pages:
        page.close()
    assert errors == []


def source() -> str:
    """The screen's module, less patient than at a workshop."""
    text = screen_script(MODULE)
    assert text.count("const PATIENCE = 8000;") == 1
    return text.replace("const PATIENCE = 8000;", "const PATIENCE = 900;")


def ready(page: Any) -> None:
    page.wait_for_selector('.foran-ms[data-ready="1"][data-busy=""]')


def answers(screen: MaturityScreen, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """What the widget answers, without Jupyter between."""
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(screen, "send", heard.append)

    def answer(content: Mapping[str, Any]) -> Any:
        screen._receive(None, content, [])
        return json.loads(json.dumps(heard[-1]))

    return answer


def faults(page: Any, what: str) -> list[str]:
    """What axe finds; with FORAN_SCREENSHOTS set, a picture."""
    if folder := os.environ.get("FORAN_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.locator(".foran-ms").screenshot(path=Path(folder) / f"maturity-{what}.png")
    return [
        f"{what}: {one.rule} at {place}: {reason[:160]}"
        for one in violations(page, ".foran-ms")
        for place, reason in zip(one.places, one.reasons, strict=True)
    ]


def said(page: Any, part: str = ".foran-ms") -> str:
    return str(page.locator(part).inner_text())


def rows(folder: Path) -> dict[str, Any]:
    """The assessments of the test's own group that stand, by element."""
    study = load_study(folder)
    return {row.element: row for row in study.registers.until("2023-10-31").assessments if row.assessor == CODE}


def test_a_workshop_assesses_by_keyboard_and_every_choice_is_in_the_register(
    bare: Any, study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = MaturityScreen(load_study(study_folder), "M13", on="2023-10-20", elements=("P2", "K7", "E2"))
    page = bare(answers(screen, monkeypatch))
    assert NB["who.first"] in said(page)
    found = faults(page, "who-nb")
    page.locator('[data-field="assessor"]').fill(CODE)
    page.locator('[data-field="arena"]').select_option("konseptbasert")
    page.locator('[data-do="begin"]').click()
    page.wait_for_selector(".ms-card")
    ready(page)

    # Anchors are in sight, earlier levels are not: they would decide the talk.
    assert "Avhenger av enkeltpersoner og enkelteksempler." in said(page)
    assert "M10" not in said(page, ".ms-main")
    assert page.evaluate("() => document.activeElement.tagName") == "H3"

    # A joint level without evidence is not taken by the register: it stays here, told, until there is some.
    page.keyboard.press("3")
    ready(page)
    assert NB["needs.evidence"] in said(page)
    assert page.locator(".foran-ms").get_attribute("data-unsaved") == "1"
    assert rows(study_folder) == {}
    page.keyboard.press("b")
    page.wait_for_selector(".ms-evidence li")
    assert page.locator(".ms-evidence q").count() > 3
    words = page.locator(".ms-evidence q").first.inner_text()
    page.locator(".ms-evidence input").first.check()
    ready(page)
    assert page.locator(".foran-ms").get_attribute("data-unsaved") == "0"
    one = rows(study_folder)["C0004"]
    assert (one.level, one.side, one.arena, len(one.evidence), one.on) == (3, "joint", "konseptbasert", 1, "2023-10-20")
    # One document is narrow for level 3: saved, warned of, and a reason is asked for.
    assert "belegget er smalt for nivå 3" in said(page)
    # Nothing is told as saved that is not: the warning is of what the register has.
    page.evaluate("() => { window.isDeaf = true; }")
    page.locator('[data-level="4"]').check()
    assert "Lagret" not in said(page, ".ms-main")
    page.evaluate("() => { window.isDeaf = false; }")
    page.locator('[data-level="3"]').check()
    ready(page)
    assert "belegget er smalt for nivå 3" in said(page)
    found += faults(page, "evidence-nb")
    page.locator('[data-field="override"]').fill(HOSTILE)
    page.locator('[data-field="rationale"]').fill("- Øvd sammen, på ekte 😀")
    page.locator('[data-confidence="medium"]').check()
    ready(page)
    one = rows(study_folder)["C0004"]
    assert one.override == HOSTILE.replace("a\u030a", "å")
    assert one.rationale == "– Øvd sammen, på ekte 😀"
    assert one.confidence == "medium"
    assert "smalt" not in said(page)
    assert page.locator(".foran-ms img").count() == 0

    # Digits written in a field are words, not levels.
    page.locator('[data-field="rationale"]').press_sequentially(" 15")
    page.locator("h3").focus()
    ready(page)
    assert rows(study_folder)["C0004"].level == 3

    # On to the next; 0 needs nothing; earlier levels only when asked.
    page.locator("h3").focus()
    page.keyboard.press("j")
    assert "K7" in said(page, "h3")
    page.keyboard.press("0")
    ready(page)
    assert rows(study_folder)["C0030"].level == 0
    page.keyboard.press("t")
    page.wait_for_selector(".ms-earlier table")
    assert [text for text in ("M4", "M7", "M10") if text not in said(page, ".ms-earlier")] == []
    found += faults(page, "earlier-nb")
    page.keyboard.press("t")
    assert page.locator(".ms-earlier").is_hidden()

    # All in a table, in English and large; the state of each is told.
    page.locator('[data-field="language"]').select_option("en")
    page.locator('[data-field="mode"]').select_option("table")
    for _ in range(3):
        page.locator('[data-do="larger"]').click()
    page.locator('select[data-for="C0042"]').select_option("2")
    ready(page)
    assert "Not saved" in said(page, '[data-state="C0042"]')
    assert "Saved 2023-10-20" in said(page, '[data-state="C0004"]')
    found += faults(page, "table-en")
    assert found == []
    assert len(words) > 10


@pytest.mark.parametrize("way", ["sent again", "run again", "run again without a code"])
def test_what_was_not_saved_is_told_kept_and_done_once(
    way: str, bare: Any, study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = MaturityScreen(
        load_study(study_folder), "M13", assessor=CODE, side="self", on="2023-10-20", elements=("P2", "K7")
    )
    page = bare(answers(screen, monkeypatch), is_dark=True)
    page.wait_for_selector(".ms-card")
    ready(page)
    page.evaluate("() => { window.isDeaf = true; }")
    page.locator("h3").focus()
    page.keyboard.press("2")
    page.locator('[data-field="rationale"]').fill("Vi øver ennå.")
    page.wait_for_selector(".ms-unsaved:not([hidden])", timeout=15_000)
    assert "Ikke lagret: 1 (P2)" in said(page, ".ms-unsaved")
    assert rows(study_folder) == {}
    found = faults(page, "unsaved-dark")
    if way == "sent again":
        page.evaluate("() => { window.isDeaf = false; }")
        page.locator('[data-do="resend"]').click()
    else:  # The cell is run again: a new screen in the same page.
        if way == "run again without a code":
            screen._first = {**screen._first, "assessor": "", "side": "joint"}
        page.evaluate("() => document.querySelector('main').replaceChildren()")
        page.evaluate(_START, [source(), "nb"])
        if way == "run again without a code":
            page.wait_for_selector(".ms-kept")
            assert f"1 (P2), skrevet av {CODE}" in said(page, ".ms-kept")
            found += faults(page, "kept-dark")
            page.locator('[data-do="take-kept"]').press("Enter")
        page.wait_for_selector(".ms-card")
    page.wait_for_selector('.foran-ms[data-unsaved="0"]')
    one = rows(study_folder)["C0004"]
    assert (one.level, one.rationale) == (2, "Vi øver ennå.")
    assert page.locator(".ms-unsaved").is_hidden()
    # One row: what was wished before had nothing to add, and no wish was done twice.
    text = (study_folder / "corpus/assessments.csv").read_text("utf-8")
    assert text.count(f"C0004-{CODE},") == 1
    assert found == []


def test_nothing_is_cut_off_in_a_narrow_cell(bare: Any, study_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = MaturityScreen(load_study(study_folder), "M13", assessor=CODE, on="2023-10-20", elements=("P2", "K12"))
    answer = answers(screen, monkeypatch)
    for width in (900, 560, 400):
        page = bare(answer, width)
        page.wait_for_selector(".ms-card")
        page.locator("h3").focus()
        page.keyboard.press("b")
        page.wait_for_selector(".ms-evidence li")
        assert page.evaluate(_CUT_OFF) == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        assert faults(page, f"narrow-{width}") == []


def newest(folder: Path, element: str = "C0004") -> tuple[int, str] | None:
    """Level and reason of the newest row about an element by the test's own group, straight from the file."""
    with (folder / "corpus/assessments.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if (row["assessor"], row["element"]) == (CODE, element)]
    return (int(found[-1]["level"]), found[-1]["rationale"]) if found else None


def focused(page: Any) -> str:
    """The tag and the wish of what has the keyboard; "" when that has left the screen."""
    return str(
        page.evaluate(
            "() => { const n = document.activeElement;"
            " return n.closest('.foran-ms') ? [n.tagName, n.dataset.do ?? n.dataset.field].filter(Boolean).join(' ') : ''; }"
        )
    )


def test_two_screens_on_one_study_lose_nothing_and_say_what_the_other_saved(
    bare: Any, study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study(study_folder)
    screens = [
        MaturityScreen(study, "M13", assessor=CODE, side="self", on="2023-10-20", elements=("P2", "K7"))
        for _ in range(2)
    ]
    first, second = (
        bare(answers(screen, monkeypatch), width) for screen, width in zip(screens, (1280, 400), strict=True)
    )
    for page in (first, second):
        page.wait_for_selector(".ms-card")
        ready(page)
    first.locator('[data-level="4"]').check()
    first.locator('[data-field="rationale"]').fill("Fra den første, å 😀")
    first.locator("h3").focus()
    ready(first)
    second.locator('[data-level="2"]').check()
    second.locator('[data-field="rationale"]').fill(HOSTILE)
    second.locator("h3").focus()
    ready(second)
    assert newest(study_folder) == (4, "Fra den første, å 😀")
    told = said(second, ".ms-note")
    assert "fra en annen skjerm (nivå 4, 2023-10-20, hvorfor: Fra den første, å 😀)" in told
    assert second.locator('[data-field="rationale"]').input_value() == HOSTILE
    assert second.locator('[data-level="2"]').is_checked()
    # Sent again it is still not passed over: somebody has to choose. The study may be read again meanwhile.
    second.locator('[data-do="resend"]').click()
    ready(second)
    second.locator('[data-do="refresh"]').click()
    ready(second)
    assert focused(second) == "BUTTON refresh"
    assert newest(study_folder) == (4, "Fra den første, å 😀")
    assert second.evaluate(_CUT_OFF) == []
    found = faults(second, "overtaken-400")
    second.locator('[data-do="mine"]').press("Enter")
    ready(second)
    assert (focused(second), second.locator(".foran-ms").get_attribute("data-unsaved")) == ("H3", "0")
    assert newest(study_folder) == (2, HOSTILE.replace("a\u030a", "å"))
    # The other one takes what is saved: its fields follow.
    first.locator('[data-level="5"]').check()
    ready(first)
    assert "nivå 2" in said(first, ".ms-note")
    first.locator('[data-field="mode"]').select_option("table")
    assert said(first, '[data-state="C0004"]').startswith("Ikke lagret: noe annet")
    first.locator('[data-field="mode"]').select_option("one")
    first.locator('[data-do="theirs"]').press("Enter")
    assert first.locator('[data-level="2"]').is_checked()
    assert first.locator('[data-field="rationale"]').input_value() == HOSTILE.replace("a\u030a", "å")
    assert (focused(first), first.locator(".foran-ms").get_attribute("data-unsaved")) == ("H3", "0")
    assert newest(study_folder) == (2, HOSTILE.replace("a\u030a", "å"))
    assert found == []


def test_focus_stays_in_the_screen_and_a_late_answer_takes_it_from_nobody_who_writes(
    bare: Any, study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = MaturityScreen(load_study(study_folder), "M13", elements=("P2", "K7"))
    page = bare(answers(screen, monkeypatch))
    code, day = page.locator('[data-field="assessor"]'), page.locator('[data-field="on"]')
    code.fill("Kari Nordmann")
    day.fill("20. oktober")
    code.press("Enter")
    assert [text for text in (NB["who.bad.code"], "2023-10-31") if text not in said(page, ".ms-alert")] == []
    assert (focused(page), code.get_attribute("aria-invalid")) == ("INPUT assessor", "true")
    found = faults(page, "who-wrong-nb")
    code.fill(CODE)
    day.fill("2023-10-20")
    day.press("Enter")
    page.wait_for_selector(".ms-card")
    ready(page)
    assert focused(page) == "H3"
    page.keyboard.press("b")
    page.wait_for_selector(".ms-evidence li")
    assert focused(page) == "H4"
    page.locator(".ms-evidence input").first.focus()
    page.keyboard.press("b")
    assert (focused(page), page.locator(".ms-evidence").is_hidden()) == ("BUTTON evidence", True)
    page.keyboard.press("t")
    page.wait_for_selector(".ms-earlier table")
    page.keyboard.press("Escape")
    assert (focused(page), page.locator(".ms-earlier").is_hidden()) == ("BUTTON earlier", True)
    page.locator('[data-field="rationale"]').focus()
    page.keyboard.press("Escape")
    assert focused(page) == "H3"
    # The kernel is slow; by the time it answers, somebody writes a number. It is a word, and no level.
    page.keyboard.press("j")
    page.evaluate("() => { window.slow = window.answer; window.answer = async (c) => {"
                  " await new Promise(then => setTimeout(then, 400)); return window.slow(c); }; }")  # fmt: skip
    page.keyboard.press("b")
    page.locator('[data-field="rationale"]').press_sequentially("Vi har 3", delay=20)
    page.wait_for_selector(".ms-evidence li")
    page.keyboard.type(" av 5")
    assert page.locator('[data-field="rationale"]').input_value() == "Vi har 3 av 5"
    assert page.locator("[data-level]:checked").count() == 0
    page.evaluate("() => { window.answer = window.slow; }")
    # No level, nothing to save: told, kept, and not in the register.
    page.keyboard.press("Escape")
    ready(page)
    assert NB["needs.level"] in said(page, ".ms-note")
    assert newest(study_folder, "C0030") is None
    assert found == []


def test_what_is_too_long_is_kept_whole_and_a_full_disk_loses_nothing(
    bare: Any, study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = MaturityScreen(
        load_study(study_folder), "M13", assessor=CODE, side="self", on="2023-10-20", elements=("P2",)
    )
    page = bare(answers(screen, monkeypatch))
    page.wait_for_selector(".ms-card")
    ready(page)
    page.locator("h3").focus()
    page.keyboard.press("1")
    ready(page)
    text = "=1+1 $å$ 😀 " * 100_000  # a paste of more than a megabyte
    page.locator('[data-field="rationale"]').evaluate(
        "(n, text) => { n.value = text; n.dispatchEvent(new Event('input')); n.dispatchEvent(new Event('change')); }",
        text,
    )
    assert "teksten har 1100000 tegn, og det er plass til 4000" in said(page, ".ms-note")
    assert page.locator('[data-field="rationale"]').input_value() == text
    assert newest(study_folder) == (1, "")
    # Half an emoji, as a clumsy paste leaves it, and a disk that is full.
    page.locator('[data-field="rationale"]').evaluate(
        "n => { n.value = '=1+1 å' + '😀'[0]; n.dispatchEvent(new Event('input')); }"
    )
    with monkeypatch.context() as patched:
        patched.setattr(store, "write_atomically", _full)
        page.locator('[data-field="rationale"]').dispatch_event("change")
        ready(page)
        assert "ikke plass igjen på disken" in said(page, ".ms-note")
        assert page.locator(".foran-ms").get_attribute("data-unsaved") == "1"
        found = faults(page, "full-nb")
    page.locator('[data-do="resend"]').press("Enter")
    ready(page)
    assert (focused(page), page.locator(".foran-ms").get_attribute("data-unsaved")) == ("H3", "0")
    assert newest(study_folder) == (1, "· =1+1 å\ufffd")
    assert found == []


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_in_jupyterlab_the_notebook_keeps_nothing_of_what_was_assessed(lab: Lab) -> None:
    study = lab.bring_study(ROOT)
    cells = [
        f"from foran_research import load_study\nfrom foran_research.maturity_screen.widget import MaturityScreen\n"
        f"the_study = load_study({str(study)!r})",
        f"MaturityScreen(the_study, 'M13', assessor={CODE!r}, side='self', on='2023-10-20', elements=('P2',))",
    ]
    tab = lab.open(lab.write_notebook("modenhet.ipynb", cells))
    tab.run_all()
    page = tab.page
    page.wait_for_selector(".foran-ms .ms-card")
    before = page.locator(".jp-Notebook .jp-Cell").count()
    page.locator(".foran-ms h3").focus()
    tab.change_theme("light", ".foran-ms")  # another window may have chosen
    assert tab.change_theme("dark", ".foran-ms")
    page.keyboard.press("4")
    page.keyboard.press("b")
    page.wait_for_selector(".ms-evidence li")
    page.locator('[data-field="rationale"]').fill("Dette gjør vi alltid, æøå")
    page.locator(".foran-ms h3").focus()
    page.wait_for_selector('.foran-ms[data-unsaved="0"]')
    assert (rows(study)["C0004"].level, rows(study)["C0004"].rationale) == (4, "Dette gjør vi alltid, æøå")
    assert page.locator(".jp-Notebook .jp-Cell").count() == before
    words = page.locator(".ms-evidence q").first.inner_text()
    tab.save()
    saved = tab.notebook.read_text("utf-8")
    assert [one for one in (words, "Dette gjør vi alltid", "C0004", "Behovskartlegging") if one in saved] == []


def test_the_offline_form_saves_one_file_that_can_be_read(browser: Any, study_folder: Path, tmp_path: Path) -> None:
    study = load_study(study_folder)
    form = maturing.form(study, study.milestone("M13"), elements=("P2", "K7", "E2"))
    _, live, *_ = maturing.write_form(form, tmp_path)
    page = browser.new_page(viewport={"width": 900, "height": 900}, accept_downloads=True)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    page.on("request", lambda one: errors.append(one.url) if not one.url.startswith(("file:", "blob:")) else None)
    try:
        page.goto(live.as_uri())
        page.locator("#save").click()
        assert "skriv koden dere har fått" in page.locator("#status").inner_text()
        page.locator('[name="assessor"]').fill(CODE)
        page.locator('[name="on"]').fill("2023-10-11")
        page.locator('[name="level-C0004"][value="4"]').check()
        page.locator('[name="level-C0030"][value="0"]').check()
        page.locator("#save").click()
        assert "skriv hvorfor ved P2" in page.locator("#status").inner_text()
        assert page.evaluate("() => document.activeElement.name") == "why-C0004"
        page.locator('[name="why-C0004"]').fill(HOSTILE)
        # A word without a level would be in no file, and one that is too long would be cut off: neither is passed over.
        page.locator('[name="why-C0042"]').fill("Leverandørene, a\u030a 😀")
        page.locator("[data-question]").first.fill("😀" * 2001)
        page.locator("#save").click()
        status = page.locator("#status").inner_text()
        assert "velg nivå ved E2" in status
        assert "kort ned det som står ved 1 (det er plass til 2000 tegn)" in status
        assert page.evaluate("() => document.activeElement.name") == "level-C0042"
        page.locator('[name="why-C0042"]').fill("")
        page.locator("[data-question]").first.fill("I økonomiplanen")
        with page.expect_download() as download:
            page.locator("#save").click()
        path = tmp_path / str(download.value.suggested_filename)
        download.value.save_as(path)
        assert path.name == f"modenhet_TRD_M13_{CODE}.json"
    finally:
        page.close()
    assert errors == []
    # On a telephone no line runs out of the page, neither of this form nor of the one for paper.
    narrow = browser.new_page(viewport={"width": 320, "height": 640})
    try:
        for made in tmp_path.glob("*.html"):
            narrow.goto(made.as_uri())
            assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    finally:
        narrow.close()
    # The page lets no script in but its own: axe comes in where that is put out of force.
    context = browser.new_context(bypass_csp=True)
    try:
        page = context.new_page()
        page.goto(live.as_uri())
        assert [one.rule for one in violations(page, "main")] == []
    finally:
        context.close()
    found, _ = maturing.add_forms(study, [path])
    assert found.notes == 1
    assert {element: (row.level, row.rationale) for element, row in rows(study_folder).items()} == {
        "C0004": (4, HOSTILE.replace("a\u030a", "å")), "C0030": (0, ""),
    }  # fmt: skip


def test_pure_functions_of_the_screen() -> None:
    told = run_module(
        MODULE,
        """
        const { shownOf, differs, wishOf, toggled, keyWish, isCode, isDay, tooLong, draftOf } = module;
        return {
            empty: shownOf(undefined, undefined),
            draft: shownOf({ level: 2 }, { level: 1, rationale: 'å', evidence: ['a'], on: '2023-10-20' }).rationale,
            same: differs(shownOf({ rationale: ' å ' }, { level: 1, rationale: 'å' }), { level: 1, rationale: 'å' }),
            other: differs(shownOf({ evidence: ['b', 'a'] }, { evidence: ['a', 'b'] }), { evidence: ['a', 'b'] }),
            none: wishOf('C0001', shownOf({ rationale: 'x' }, undefined)),
            zero: wishOf('C0001', shownOf({ level: 0 }, undefined)),
            toggled: [toggled(['a', 'b'], 'a'), toggled(['a'], 'b')],
            keys: [keyWish('3', false), keyWish('3', true), keyWish('6', false), keyWish('J', false), keyWish('k', false),
                   keyWish('t', false)],
            days: ['2024-02-29', '2023-02-29', '2023-2-1', '20. oktober', ''].map(isDay),
            long: [tooLong({ rationale: '😀😀', override: '' }, 2), tooLong({ rationale: 'a', override: '😀å😀' }, 2)],
            draft2: draftOf(shownOf(undefined, { level: 1, on: '2023-10-20', mark: 'm', evidence: ['a'] }), { level: 2 }, 'm'),
            codes: ['TRD-GRUPPE-1', 'Kari Nordmann', 'Å1', 'A'].map(isCode),
        };
        """,
    )
    assert told["empty"] == {"level": None, "confidence": "", "evidence": [], "rationale": "", "override": ""}
    assert (told["draft"], told["same"], told["other"], told["none"]) == ("å", False, True, None)
    assert told["zero"] == {
        "element": "C0001", "level": 0, "confidence": "", "evidence": [], "rationale": "", "override": "",
    }  # fmt: skip
    assert told["toggled"] == [["b"], ["a", "b"]]
    assert told["keys"] == [{"level": 3}, None, None, {"go": 1}, {"go": -1}, {"open": "earlier"}]
    assert told["days"] == [True, False, False, False, False]
    assert told["long"] == [0, 3]
    assert told["draft2"] == {
        "level": 2, "confidence": "", "evidence": ["a"], "rationale": "", "override": "", "seen": "m",
    }  # fmt: skip
    assert told["codes"] == [True, False, False, False]
