"""Bringing a Word file in on the screen, by keyboard alone: names are decided on, and none is left where none may be.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from pathlib import Path

import pytest
from axe import violations
from lab import Lab, NotebookPage
from small_study import SmallStudy, write_small_study

from foran_research.corpus.key import Cost, create, open_key
from foran_research.study import load_study

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "corpus"))
from office_files import docx, paragraph, part, run

PASSPHRASE = "fire ord som ingen har sagt før"  # noqa: S105 (invented)
FILE = "Torhild Fjellvåg.docx"
NAMES = ("Torhild", "Fjellvåg", "Gunnbjørg", "Rabbestad", "412 34 567", "41234567", "gunnbjorg@", "Ulvhild", "Kalvatn")
WIDE = {"width": 1400, "height": 1000}

_CUT_OFF = """() => {
    const root = document.querySelector('.foran-in'), right = root.getBoundingClientRect().right;
    return [...root.querySelectorAll('*')].filter(n => n.offsetParent && !n.closest('.in-hidden'))
        .filter(n => n.getBoundingClientRect().right > right + 1).map(n => n.className || n.tagName); }"""


def talk() -> bytes:
    """An invented talk in Word: names, a phone, an e-mail address and a remark, an emoji and a loose accent."""
    lines = (
        "Intervjuer: Hvem ringte du 😀?",
        "Torhild Fjellvåg: Jeg ringte Gunnbjørg Rabbestad på 412 34 567, eller skrev til gunnbjorg@eksempel.no, e\u0301n gang.",
        "Intervjuer: Var Ulvhild Kalvatn der?",
        "Torhild Fjellvåg: Nei [ler], bare Gunnbjørg Rabbestad.",
    )
    marked = (
        '<w:commentRangeStart w:id="0"/>'
        + run(lines[3])
        + '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
    )
    return docx(
        "".join(paragraph(run(line)) for line in lines[:3]) + paragraph(marked),
        comments_xml=part(
            "comments", f'<w:comment w:id="0" w:author="Siv">{paragraph(run("Spør Ulvhild Kalvatn"))}</w:comment>'
        ),
    )


@pytest.fixture
def study(lab: Lab, tmp_path: Path) -> SmallStudy:
    """A study of real people with its key, and a source outside of it."""
    made = write_small_study(lab.folder / "study")
    made.replace("foran.toml", "synthetic = true", "synthetic = false")
    made.replace(
        "foran.toml",
        "[privacy]\n",
        '[privacy]\nsikt_ref = "123456"\nend_date = "2099-12-31"\nlegal_basis = "samtykke"\n'
        'consent_template_version = "1"\nretention_action = "delete"\n',
    )
    create(tmp_path / "navn.forankey", PASSPHRASE, "small", study=made.path, cost=Cost(2**10))
    (tmp_path / "kilder").mkdir()
    (tmp_path / "kilder" / FILE).write_bytes(talk())
    (tmp_path / "kilder" / "notater.txt").write_text("Ingenting her.", "utf-8")
    return made


class ImportScreen:
    """The importer as a person uses it."""

    def __init__(self, lab: Lab, study: SmallStudy, key: Path, **more: str) -> None:
        given = "".join(f", {name}={value!r}" for name, value in {"key": str(key), **more}.items())
        cells = ["from foran_research import Importer", f"importer = Importer({str(study.path)!r}{given})\nimporter"]
        self.tab: NotebookPage = lab.open(lab.write_notebook("ta inn.ipynb", cells))
        self.page = self.tab.page
        self.page.set_viewport_size(WIDE)
        self.tab.run_all()
        self.step("choose")
        self.page.locator(".foran-in").scroll_into_view_if_needed()

    def step(self, name: str) -> None:
        self.tab.wait_for(f'.foran-in[data-step="{name}"][data-busy=""]')

    def quiet(self) -> None:
        self.tab.wait_for('.foran-in[data-busy=""]')

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def tab_to(self, selector: str, *, key: str = "Tab", tries: int = 60) -> None:
        """Press Tab until the focus is on what the selector finds."""
        for _ in range(tries):
            self.press(key)
            if self.page.evaluate("s => Boolean(document.activeElement?.matches(s))", selector):
                return
        raise AssertionError(f"{key} never came to {selector}")

    def said(self) -> str:
        return str(self.page.locator(".foran-in").inner_text())

    def states(self) -> list[str]:
        found = self.page.locator(".in-decide").evaluate_all("all => all.map(one => one.dataset.state)")
        return [str(one) for one in found]

    def wait_decided(self, done: int, of: int) -> None:
        self.tab.wait_for_text(".in-progress", f"{done} av {of} avgjort")


def _check(screen: ImportScreen, what: str) -> list[str]:
    """What axe finds in both themes; with FORAN_SCREENSHOTS set, a picture of each."""
    found = []
    for theme in ("dark", "light"):
        screen.tab.change_theme(theme, ".foran-in")
        if folder := os.environ.get("FORAN_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            screen.page.set_viewport_size({**WIDE, "height": 1900})
            screen.page.locator(".foran-in").screenshot(path=Path(folder) / f"import-{what}-{theme}.png")
            screen.page.set_viewport_size(WIDE)
        found += [
            f"{what}, {theme}: {one.rule} at {place}: {reason[:160]}"
            for one in violations(screen.page, ".foran-in")
            for place, reason in zip(one.places, one.reasons, strict=True)
        ]
    return found


def _everything(folder: Path) -> str:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return unicodedata.normalize(
        "NFC", "\n".join(f"{path.name}\n{path.read_bytes().decode('utf-8', 'replace')}" for path in paths)
    )


def _save_with_widgets(screen: ImportScreen) -> str:
    """The notebook as it is saved with the state of its widgets in it; a save that Lab lets pass is tried again."""
    saved = ""
    for _ in range(15):
        screen.page.evaluate(
            """async () => {
                const state = '@jupyter-widgets/jupyterlab-manager:saveWidgetState';
                await jupyterapp.commands.execute(state).catch(() => {});
                await jupyterapp.commands.execute('docmanager:save');
            }"""
        )
        saved = unicodedata.normalize("NFC", screen.tab.notebook.read_text("utf-8"))
        if "_anywidget_id" in saved:
            break
        screen.page.wait_for_timeout(1000)
    return saved


def test_a_word_file_comes_in_by_keyboard_and_no_name_is_left_anywhere(
    lab: Lab, study: SmallStudy, tmp_path: Path
) -> None:
    key = tmp_path / "navn.forankey"
    screen = ImportScreen(lab, study, key)
    page = screen.page
    # Choose.
    screen.tab_to('.foran-in input[type="text"]')
    screen.press("Control+a")
    screen.type(str(tmp_path / "kilder"))
    screen.press("Enter")
    screen.tab.wait_for_text(".in-files", FILE)
    screen.quiet()
    screen.tab_to(".in-file input")
    screen.press("Tab", "Space")
    assert page.locator(".in-chosen").inner_text() == f"1. {FILE} ✕"
    screen.tab_to('[data-field="case"]')
    screen.type("Fj")
    screen.tab_to('[data-field="date"]')
    page.locator('[data-field="date"]').fill("2020-04-01")
    screen.tab_to('[data-consent="quote"]')
    screen.press("Space")
    found = _check(screen, "1 choose")
    page.locator('[data-field="date"]').focus()
    screen.tab_to(".in-main")
    screen.press("Enter")
    # Look, before the key is open: the speakers of the source are shown, and what they become is not guessed.
    screen.step("look")
    assert "sier nøkkelen" in screen.said()
    assert {"telefonnummer", "e-postadresse"} <= set(page.locator(".in-text td").all_inner_texts())
    found += _check(screen, "2 look")
    screen.tab_to(".in-foot button:last-child")
    screen.press("Enter")
    assert "Åpne nøkkelen først." in page.locator(".in-alert:visible").inner_text()
    assert page.evaluate("() => document.activeElement.dataset.field") == "passphrase"
    screen.type("feil frase, dette er den ikke")
    screen.press("Enter")
    screen.tab.wait_for_text(".in-alert:visible", "does not open this key")
    found += _check(screen, "2 look refused")
    page.locator('[data-field="passphrase"]').focus()
    screen.type(PASSPHRASE)
    screen.press("Enter")
    screen.tab.wait_for_text(".in-bar", "Lukk nøkkelen")
    screen.step("look")
    assert "FJO-P01" in screen.said()
    found += _check(screen, "2 look with key")
    screen.tab_to(".in-foot .in-main")
    screen.press("Enter")
    # Decide.
    screen.step("names")
    count = page.locator(".in-decide").count()
    assert count >= 4
    assert screen.states() == ["open"] * count
    found += _check(screen, "3 names")
    page.locator(".foran-in h3").focus()
    screen.tab_to(".in-foot .in-main")
    screen.press("Enter")
    assert f"{count} er ikke avgjort" in page.locator(".in-alert:visible").inner_text()
    assert page.evaluate("() => document.activeElement.dataset.field") == "reason"
    page.locator(".foran-in h3").focus()
    screen.tab_to(".in-decide")
    surfaces = page.locator(".in-decide").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    place = next(n for n, text in enumerate(surfaces) if "Gunnbjørg" in text)
    screen.press(*["ArrowDown"] * place, "e")
    screen.wait_decided(1, count)
    screen.press("b")
    screen.tab.wait_for_text(".in-decide .in-state", "✓ beholdes")
    screen.press("Enter")  # nothing to edit in what is kept
    screen.press("e", "Enter")
    assert page.evaluate("() => document.activeElement.dataset.part") == "replacement"
    screen.press("Control+a")
    screen.type("en Gunnbjørg")
    screen.press("Enter")
    screen.tab.wait_for_text(".in-decide .in-state", "Ikke lagret:")
    found += _check(screen, "3 names refused")
    page.locator(".in-decide").nth(place).focus()
    screen.press("Enter", "Control+a")
    screen.type("en ko")
    # Half a word is no decision when JupyterLab takes the focus for a moment.
    assert screen.tab.change_theme("dark", ".foran-in")
    screen.type("llega")
    screen.press("Enter")
    screen.tab.wait_for_text(".in-decide .in-state", "✓ erstattes med en kollega")
    screen.wait_decided(1, count)
    assert ("Gunnbjørg Rabbestad", "en kollega") in {
        (one.surface, one.replacement) for one in open_key(key, PASSPHRASE).decisions
    }
    screen.press("d")
    screen.wait_decided(1, count)
    screen.tab_to(".in-bulk button, .in-top button", key="Shift+Tab")
    while page.locator(".in-top button").count():
        page.locator(".in-top button").first.focus()
        screen.press("Enter")
        screen.quiet()
    page.locator(".in-decide").first.focus()
    screen.press("n")
    for _ in range(count):
        if set(screen.states()) == {"saved"}:
            break
        screen.press("g", "n")
        screen.quiet()
    screen.wait_decided(count, count)
    found += _check(screen, "3 names decided")
    assert not page.locator(".in-reason").is_visible()
    page.locator(".in-decide").first.focus()
    screen.tab_to(".in-foot .in-main")
    screen.press("Enter")
    # Done.
    screen.step("done")
    assert "FJO-I03: " in screen.said()
    assert "0 ikke sett på" in screen.said()
    found += _check(screen, "4 done")
    assert found == []

    text = load_study(study.path).transcripts["FJO-I03"].text
    assert "Jeg ringte en kollega på [telefonnummer]" in text
    assert {name for name in NAMES if name in _everything(study.path)} == set()
    saved = _save_with_widgets(screen)
    assert "application/vnd.jupyter.widget-view+json" in saved
    assert '"_anywidget_id"' in saved, "the state of the widgets was not saved: this test would see nothing"
    assert {name for name in (*NAMES, FILE, PASSPHRASE, "kilder") if name in saved} == set()
    assert screen.tab.run_cell("print(importer.documents)") == "('FJO-I03',)"


def test_a_synthetic_study_goes_straight_on_and_the_screen_speaks_three_languages(lab: Lab, tmp_path: Path) -> None:
    made = write_small_study(lab.folder / "study")
    (tmp_path / FILE).write_bytes(talk())
    screen = ImportScreen(lab, made, tmp_path / "ingen.forankey", folder=str(tmp_path))
    page = screen.page
    assert "unntatt" in screen.said()
    page.get_by_label(FILE, exact=False).first.check()
    page.locator('[data-field="case"]').select_option("HEI")
    page.locator('[data-field="kind"]').select_option("workshop_note")
    assert page.locator('[data-field="arena"]').count() == 1
    assert page.evaluate("() => document.activeElement.dataset.field") in ("kind", None)
    page.locator('[data-field="kind"]').select_option("interview")
    page.locator(".in-main").click()
    assert "Skriv datoen" in page.locator(".in-alert:visible").inner_text()
    page.locator('[data-field="date"]').fill("2020-04-01")
    page.locator(".in-main").click()
    screen.step("look")
    # A speaker is made an interviewer, and another pattern is tried.
    page.get_by_label("Torhild Fjellvåg er intervjuer").check()
    screen.quiet()
    assert page.locator(".in-text tbody td").all_inner_texts().count("intervjueren") == 0
    page.get_by_label("Torhild Fjellvåg er intervjuer").uncheck()
    screen.quiet()
    page.locator('[data-field="pattern"]').select_option("none")
    page.get_by_role("button", name="Forstå på nytt").click()
    screen.tab.wait_for_text(".in-text", "Ingen ble forstått som taler.")
    page.locator('[data-field="pattern"]').select_option("own")
    screen.type("{speaker}:")
    screen.press("Tab")
    page.get_by_role("button", name="Forstå på nytt").click()
    screen.tab.wait_for_text(".in-text dl", "{speaker}:")
    said = {}
    for language in ("nn", "en", "nb"):
        page.locator(".in-bar select").select_option(language)
        said[language] = screen.said()
    assert "Kva som blir forstått" in said["nn"]
    assert "What is understood" in said["en"]
    assert page.locator(".foran-in").get_attribute("lang") == "nb"
    page.locator(".in-foot .in-main").click()
    screen.step("done")
    assert "HEI-I" in screen.said()
    # The same file again is told of.
    page.get_by_role("button", name="Ta inn flere").click()
    screen.step("choose")
    page.get_by_label(FILE, exact=False).first.check()
    page.locator(".in-main").click()
    screen.step("look")
    assert "er i studien alt, som HEI-I" in screen.said()
    page.get_by_role("button", name="Tilbake").click()
    screen.step("choose")
    # A narrow window: nothing is cut off.
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    for width in (560, 900):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(200)
        over = page.evaluate(_CUT_OFF)
        assert over == [], json.dumps(over)


def test_a_kernel_that_is_restarted_loses_no_decision(lab: Lab, study: SmallStudy, tmp_path: Path) -> None:
    screen = ImportScreen(lab, study, tmp_path / "navn.forankey", folder=str(tmp_path / "kilder"))
    count = _to_names(screen)
    screen.page.locator(".in-decide").first.focus()
    screen.press("j")
    screen.wait_decided(1, count)
    decided = screen.page.locator(".in-decide .in-surface").first.inner_text().split("\n")[0]
    screen.tab.restart_kernel()
    screen.press("ArrowDown", "j")
    screen.tab.wait_for_text('.in-decide[data-state="failed"]', "svarer ikke")
    screen.page.evaluate("() => document.querySelector('.foran-in')?.remove()")
    screen.tab.run_all()
    screen.step("choose")
    left = _to_names(screen)
    assert left < count
    assert decided.split()[0] not in screen.page.locator(".in-surface").first.inner_text()


def _to_names(screen: ImportScreen) -> int:
    """Through the first two steps with the mouse; how many rows wait."""
    page = screen.page
    page.get_by_label(FILE, exact=False).first.check()
    page.locator('[data-field="case"]').select_option("FJO")
    page.locator('[data-field="date"]').fill("2020-04-01")
    page.locator('[data-field="passphrase"]').fill(PASSPHRASE)
    page.get_by_role("button", name="Åpne nøkkelen").click()
    screen.tab.wait_for_text(".in-bar", "Lukk nøkkelen")
    page.locator(".in-foot .in-main").click()
    screen.step("look")
    page.locator(".in-foot .in-main").click()
    screen.step("names")
    return int(page.locator(".in-decide").count())
