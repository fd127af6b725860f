"""The codebook's screen in JupyterLab: browsed by keyboard, searched, two versions compared, the queue opened in the coder.

The study is a copy of the demo study: everybody and everything in it is invented (oppdiktet).
"""

from __future__ import annotations

import os
from pathlib import Path

from axe import violations
from lab import Lab

ROOT = Path(__file__).resolve().parents[2]
VIEWS = ("codes", "compare", "queue", "proposals")
WIDE = {"width": 1400, "height": 1000}
NARROW = {"width": 800, "height": 1000}

_CUT_OFF = """() => {
    const root = document.querySelector('.foran-cb'), right = root.getBoundingClientRect().right;
    return [...root.querySelectorAll('*')].filter(n => n.offsetParent && !n.closest('.cb-hidden, .cb-scroll'))
        .filter(n => n.getBoundingClientRect().right > right + 1).map(n => n.className || n.tagName); }"""


class CodebookScreen:
    """The codebook's screen in a notebook's tab."""

    def __init__(self, lab: Lab) -> None:
        study = lab.bring_study(ROOT)
        cells = [
            f"from foran_research import CodebookBrowser, load_study\nthe_study = load_study({str(study)!r})",
            "browser = CodebookBrowser(the_study, coder='K1')\nbrowser",
            "browser.passage",
        ]
        self.tab = lab.open(lab.write_notebook("kodeboka.ipynb", cells))
        self.page = self.tab.page
        self.page.set_viewport_size(WIDE)
        self.tab.run_all()
        self.page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
        self.tab.wait_for(".foran-cb[data-rows]")
        self.page.locator(".foran-cb").scroll_into_view_if_needed()

    def go(self, view: str) -> None:
        self.page.locator(f'[role="tab"][data-tab="{view}"]').click()
        self.quiet()

    def quiet(self) -> None:
        self.tab.wait_for('.foran-cb[data-busy=""]')

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def said(self) -> str:
        return str(self.page.locator(".foran-cb").inner_text())

    def focused(self) -> str:
        return str(self.page.evaluate("() => document.activeElement?.dataset.name ?? ''"))

    def code(self, id_: str) -> None:
        """Wait until a code with its whole life is shown."""
        self.tab.wait_for(f'.foran-cb[data-code="{id_}"][data-life="{id_}"]')

    def check(self, what: str) -> list[str]:
        """What axe finds; with FORAN_SCREENSHOTS set, a picture."""
        if folder := os.environ.get("FORAN_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.locator(".foran-cb").screenshot(path=Path(folder) / f"codebook-{what}.png")
        return [
            f"{what}: {one.rule} at {place}: {reason[:160]}"
            for one in violations(self.page, ".foran-cb")
            for place, reason in zip(one.places, one.reasons, strict=True)
        ]

    def check_all(self, what: str) -> list[str]:
        found = []
        for view in VIEWS:
            self.go(view)
            # Marked words and reasons are folded away.
            self.page.locator(".cb-line details").evaluate_all("all => all.forEach(one => { one.open = true; })")
            found += self.check(f"{view}-{what}")
        return found


def test_a_codebook_is_browsed_compared_and_led_from_to_the_passage_that_waits(lab: Lab) -> None:
    screen = CodebookScreen(lab)
    page, tab = screen.page, screen.tab
    cells = page.locator(".jp-Notebook .jp-Cell").count()

    # By keyboard through the tree: down to P1, opened, into its first sub-element, and back up.
    page.locator(".cb-item").first.focus()
    screen.press("ArrowDown", "ArrowRight", "ArrowRight")
    assert screen.focused() == "C0002"
    screen.code("C0002")
    assert "Beslutte om IOA skal gjennomføres" in page.locator(".cb-detail").inner_text()
    assert page.locator('.cb-item[aria-selected="true"]').get_attribute("aria-level") == "3"
    screen.press("ArrowLeft", "ArrowLeft")
    assert screen.focused() == "C0001"
    assert page.locator('[data-name="C0001"]').get_attribute("aria-expanded") == "false"
    screen.press("End", "Home")
    assert screen.focused() == "level:P"

    # Searched for by a word of a definition; a retired code shows what became of it, and leads there.
    page.locator('.foran-cb input[type="search"]').fill("markedet leverandører")
    tab.wait_for_text(".cb-side", "koder funnet")
    before = page.locator(".cb-item").count()
    page.locator('[data-field="old"]').check()
    tab.wait_for('[data-name="C0006"][data-old]')
    assert page.locator(".cb-item").count() > before
    page.locator('[data-name="C0006"]').click()
    screen.code("C0006")
    told = page.locator(".cb-detail").inner_text()
    assert "Utgått i 2.0.0: delt i P12 Markedsanalyse + P13 Markedsdialog" in told
    assert "I intervjuene var det å lete i markedet og det å snakke med det to ulike arbeider" in told
    waiting = page.locator(".cb-life tr.cb-here td").nth(3).inner_text()
    assert int(waiting) > 0
    page.locator(".cb-detail .cb-note").get_by_role("button", name="P13 Markedsdialog").click()
    screen.code("C0059")
    page.locator('[data-field="both"]').check()
    assert "Market dialogue" in page.locator(".cb-detail").inner_text()

    # An earlier version has the code as it was then.
    page.locator('[data-field="version"]').select_option("1.0.0")
    tab.wait_for_text(".cb-detail", "Koden finnes ikke i versjon 1.0.0")
    page.locator('[data-field="version"]').select_option("3.0.0")
    screen.code("C0059")

    # Two versions side by side.
    screen.go("compare")
    page.locator('[data-field="before"]').select_option("1.0.0")
    tab.wait_for(".cb-line")
    split = page.locator(".cb-line").filter(has=page.get_by_role("button", name="P4 Tidlig dialog")).first
    assert "delt" in split.inner_text()
    assert "P12 Markedsanalyse" in split.inner_text()
    changed = page.locator(".cb-line").count()
    page.locator('[data-field="only"]').uncheck()
    assert page.locator(".cb-line").count() > changed
    page.locator('[data-filter="narrowed"]').click()
    narrowed = page.locator(".cb-line").filter(has_text="P7 Risikohåndtering")
    narrowed.locator("summary").first.click()
    assert narrowed.locator("del").count() > 0
    assert narrowed.locator("ins").count() > 0

    # Every view in both themes, and on a narrow screen, where nothing is cut off.
    tab.change_theme("light", ".foran-cb")  # another window may have chosen
    found = screen.check_all("light")
    page.locator(".foran-cb button").first.focus()
    assert tab.change_theme("dark", ".foran-cb")
    found += screen.check_all("dark")
    assert found == []
    page.set_viewport_size(NARROW)
    for view in VIEWS:
        screen.go(view)
        assert page.evaluate(_CUT_OFF) == []
    page.set_viewport_size(WIDE)

    # What waits leads to the coder, in the cell below, at the first passage.
    screen.go("queue")
    assert "Segmenter som venter" in screen.said()
    first = page.locator(".cb-documents button").first
    document = first.inner_text().split()[0]
    first.click()
    tab.wait_for_text(".cb-note", f"{document} er åpnet i cellen under")
    tab.wait_for('.foran[data-ready="1"]')
    tab.wait_for_text(".foran-meta", document)
    screen.go("proposals")
    assert "Ingen forslag venter på avgjørelse." in screen.said()

    # Three languages; keys have gone to the screen alone; the notebook keeps nothing of the study.
    for language, word in (("nn", "Framlegg"), ("en", "Proposals"), ("nb", "Forslag")):
        page.locator(".cb-bar select").select_option(language)
        tab.wait_for_text(".cb-tabs", word)
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    tab.save()
    saved = tab.notebook.read_text("utf-8")
    assert "Markedsdialog" not in saved
