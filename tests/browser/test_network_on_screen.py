"""The network's screen, in JupyterLab and in a bare page: filtered, compared, led from by mouse and keyboard, redrawn fast.

The study is the demo study or the small one: everybody and everything in it is invented (oppdiktet).
"""

from __future__ import annotations

import csv
import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from axe import violations
from lab import Lab
from small_study import SmallStudy
from thread_time import ThreadTime

import foran_research
from foran_research import NetworkBrowser, load_study
from foran_research.analysis.network import MEASURES
from foran_research.around_screens import screen_script
from foran_research.network_screen.layout import layout
from foran_research.network_screen.shown import COMPARABLE, WEIGHTS, regions_shown, scale
from foran_research.network_screen.words import LANGUAGES, WORDS

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(foran_research.__file__).parent / "network_screen"
WIDE = {"width": 1280, "height": 1000}
#: Milliseconds from a filter's change to the picture on the screen, for a study of 120 codes and 7,140 edges.
SOON_DRAWN = 100

_CUT_OFF = """() => {
    const root = document.querySelector('.foran-nw'), right = root.getBoundingClientRect().right;
    return [...root.querySelectorAll('*')].filter(n => !n.closest('svg, .nw-hidden, .nw-scroll') && n.offsetParent)
        .filter(n => n.getBoundingClientRect().right > right + 1).map(n => n.className || n.tagName); }"""
_START = """async ([code, language]) => {
    const {default: screen} = await import(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})));
    const heard = [];
    const model = {get: () => language, set() {}, save_changes() {}, on: (_, then) => heard.push(then), off() {},
                   send: content => window.answer(content).then(reply => heard.forEach(then => then(reply)))};
    screen.render({model, el: document.querySelector('main')});
}"""
_MOVE_SLIDER = """const slider = document.querySelector('[data-field="leastTurns"]');
    slider.value = slider.value === '1' ? 2 : 1;
    slider.dispatchEvent(new Event('input'));"""


def pictured(page: Any, what: str) -> None:
    """With FORAN_SCREENSHOTS set, a picture of the screen."""
    if folder := os.environ.get("FORAN_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.locator(".foran-nw").screenshot(path=Path(folder) / f"network-{what}.png")


def faults(page: Any, what: str) -> list[str]:
    """What axe finds, and a picture."""
    pictured(page, what)
    return [
        f"{what}: {one.rule} at {place}: {reason[:160]}"
        for one in violations(page, ".foran-nw")
        for place, reason in zip(one.places, one.reasons, strict=True)
    ]


class NetworkScreen:
    """What the tests do on a network's screen, wherever it stands."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def ready(self) -> None:
        self.page.wait_for_selector('.foran-nw[data-ready="1"][data-busy=""]')

    def choose(self, field: str, value: str) -> None:
        self.page.locator(f'[data-field="{field}"]').select_option(value)
        self.ready()

    def slide(self, field: str, value: int) -> None:
        self.page.locator(f'[data-field="{field}"]').fill(str(value))

    def fact(self, name: str) -> str:
        """What the screen says of itself: edges shown, edges listed, passages."""
        return str(self.page.locator(".foran-nw").get_attribute(f"data-{name}"))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def said(self, part: str = ".foran-nw") -> str:
        return str(self.page.locator(part).inner_text())

    def first_row(self) -> Any:
        return self.page.locator("tr[data-key]").first

    def saved(self, kind: str, folder: Path) -> tuple[str, str]:
        """Name and content of the downloaded picture or list."""
        with self.page.expect_download() as download:
            self.page.locator(f'[data-do="{kind}"]').click()
        path = folder / f"fil.{kind}"
        download.value.save_as(path)
        return str(download.value.suggested_filename), path.read_text("utf-8")


def test_a_network_is_filtered_compared_and_led_from_to_its_passages(lab: Lab, tmp_path: Path) -> None:
    study = lab.bring_study(ROOT)
    cells = [
        f"from foran_research import NetworkBrowser, load_study\nthe_study = load_study({str(study)!r})",
        "network = NetworkBrowser(the_study, 'M3', coder='K1', least=1)\nnetwork",
        "network.passage",
    ]
    tab = lab.open(lab.write_notebook("nettverket.ipynb", cells))
    page = tab.page
    page.set_viewport_size(WIDE)
    tab.run_all()
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    screen = NetworkScreen(page)
    screen.ready()
    page.locator(".foran-nw").scroll_into_view_if_needed()
    in_notebook = page.locator(".jp-Notebook .jp-Cell").count()

    # By case, polarity, weight and threshold, and no code moves.
    places = page.locator(".nw-node").evaluate_all("all => all.map(one => one.getAttribute('transform'))")
    every = int(screen.fact("shown"))
    assert every == int(screen.fact("listed")) > 300
    screen.choose("case", "TRD")
    of_case = int(screen.fact("shown"))
    screen.choose("layer", "inhibiting")
    inhibiting = int(screen.fact("shown"))
    assert 0 < inhibiting < of_case < every
    assert "Trondheim · − Hemmer" in screen.said()
    screen.slide("leastTurns", 2)
    assert 0 < int(screen.fact("shown")) < inhibiting
    screen.choose("weight", "npmi")
    screen.slide("leastWeight", 30)
    least = page.locator('[data-field="leastWeight"]').get_attribute("aria-valuetext")
    shown = page.locator("tr[data-key] td:last-child").all_inner_texts()
    assert len(shown) == int(screen.fact("shown")) > 0
    assert [
        text for text in shown if float(text.replace(",", ".")) < float(str(least).replace(",", ".")) - 0.0006
    ] == []
    assert shown == sorted(shown, reverse=True)
    assert page.locator(".nw-node").evaluate_all("all => all.map(one => one.getAttribute('transform'))") == places
    page.locator('[data-field="reset"]').click()
    screen.choose("layer", "all")

    # By keyboard: down the list to its second edge, its passages, back; then in the picture from code to code.
    page.locator('tr[data-key][tabindex="0"]').focus()
    screen.press("End", "Home", "ArrowDown")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-rowindex')") == "3"
    assert "Ytringer med begge" in screen.said(".nw-facts")
    screen.press("Enter")
    page.wait_for_selector(".nw-passages:not([hidden])")
    turns = int(page.locator("tr[data-key] >> nth=1").locator("td").nth(1).inner_text())
    assert int(screen.fact("passages")) == turns == page.locator(".nw-places li").count()
    assert page.evaluate("() => document.activeElement.closest('.nw-passages') !== null")
    words = page.locator(".nw-mark q").first.inner_text()
    assert len(words) > 10
    found = faults(page, "passages-nb")
    screen.press("Escape")
    assert page.locator(".nw-passages").is_hidden()
    assert page.evaluate("() => document.activeElement.getAttribute('aria-rowindex')") == "3"
    page.locator('.nw-node[tabindex="0"]').focus()
    screen.press("ArrowRight", "ArrowDown")
    code = page.evaluate("() => document.activeElement.dataset.code")
    assert code != page.locator(".nw-node").first.get_attribute("data-code")
    screen.press("Enter")
    page.wait_for_selector(".nw-passages:not([hidden])")
    assert int(screen.fact("listed")) == int(
        re.findall(r"kanter (\d+)$", page.locator(f'[data-code="{code}"]').get_attribute("aria-label"))[0]
    )
    page.locator('[data-do="release"]').click()

    # With the mouse: an edge in the middle of its line; its passage opens in the coder in the cell below.
    page.locator('[data-field="search"]').fill("P9")
    assert 0 < int(screen.fact("listed")) < int(screen.fact("shown"))
    page.locator('[data-field="search"]').fill("")
    screen.slide("leastTurns", 4)
    middle = page.evaluate("""() => {
        const line = document.querySelector('.nw-edges path:last-child').getAttribute('d').split('M')[1];
        const [x1, y1, cx, cy, x2, y2] = line.split(/[Q ]/).map(Number);
        const svg = document.querySelector('.nw-picture svg'), point = svg.createSVGPoint();
        [point.x, point.y] = [(x1 + 2 * cx + x2) / 4, (y1 + 2 * cy + y2) / 4];
        svg.scrollIntoView({block: 'center'});
        const at = point.matrixTransform(svg.getScreenCTM());
        return [at.x, at.y]; }""")
    page.mouse.move(*middle)
    assert "Ytringer med begge" in screen.said(".nw-facts")
    page.mouse.click(*middle)
    screen.ready()
    assert " – " in screen.said(".nw-passages h3")
    place = page.locator(".nw-places li").first
    document = place.locator("b").first.inner_text()
    place.get_by_role("button", name="Åpne").first.click()
    tab.wait_for_text(".nw-note", f"{document} er åpnet i cellen under")
    tab.wait_for('.foran[data-ready="1"]')
    tab.wait_for_text(".foran-meta", document)

    # The difference between two cases, in both themes; and the view as files.
    page.locator(".foran-nw").scroll_into_view_if_needed()
    screen.choose("mode", "difference")
    screen.choose("b", "KRS")
    assert page.locator(".nw-line.nw-more").count() > 1
    assert page.locator(".nw-line.nw-less").count() > 1
    assert "mer i Kristiansand" in screen.said()
    assert page.locator('[data-field="weight"] option[value="npmi"]').is_disabled()
    found += faults(page, "difference-nb")
    name, text = screen.saved("csv", tmp_path)
    rows = list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))
    assert (name, len(rows)) == ("nettverk_M3_TRD_KRS_jaccard.csv", int(screen.fact("shown")))
    assert {(row["case_a"], row["case_b"]) for row in rows} == {("TRD", "KRS")}
    name, text = screen.saved("svg", tmp_path)
    assert (name, ET.fromstring(text).tag) == ("nettverk_M3_TRD_KRS_jaccard.svg", "{http://www.w3.org/2000/svg}svg")  # noqa: S314
    assert "Trondheim mot Kristiansand" in text
    page.locator(".foran-nw button").first.focus()
    tab.change_theme("light", ".foran-nw")  # another window may have chosen
    assert tab.change_theme("dark", ".foran-nw")
    screen.choose("language", "en")
    found += faults(page, "difference-en-dark")
    screen.choose("mode", "one")
    page.locator('.nw-node[tabindex="0"]').focus()
    found += faults(page, "one-en-dark")
    assert found == []
    for language, word in (("nn", "Lat att"), ("nb", "Lukk"), ("en", "Close")):
        screen.choose("language", language)
        screen.first_row().click()
        screen.ready()
        tab.wait_for_text(".nw-passages", word)

    # Keys have gone to the screen alone; the notebook keeps nothing of the study.
    assert page.locator(".jp-Notebook .jp-Cell").count() == in_notebook
    tab.save()
    saved = tab.notebook.read_text("utf-8")
    assert [one for one in (words, "Markedsdialog", "C0059") if one in saved] == []


Answer = Callable[[Mapping[str, Any]], Any]


@pytest.fixture
def bare(browser: Any) -> Any:
    """The screen in a page of its own, with answers from a function: `open(answer, width, language)`."""
    pages: list[Any] = []
    errors: list[str] = []

    def open_(answer: Answer, width: int = 1280, language: str = "nb") -> NetworkScreen:
        page = browser.new_page(viewport={"width": width, "height": 900})
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.expose_function("answer", answer)
        style = (HOME / "network.css").read_text("utf-8")
        page.set_content(f'<!doctype html><body data-jp-theme-light="true"><style>{style}</style><main></main>')
        page.evaluate(_START, [screen_script(HOME / "network.mjs"), language])
        screen = NetworkScreen(page)
        screen.ready()
        return screen

    yield open_
    for page in pages:
        page.close()
    assert errors == []


def answers(network: NetworkBrowser, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """What a network's widget answers, without Jupyter between."""
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(network, "send", heard.append)

    def answer(content: Mapping[str, Any]) -> Any:
        network._receive(None, content, [])
        return json.loads(json.dumps(heard[-1]))

    return answer


def test_nothing_is_cut_off_in_a_narrow_cell_or_enlarged(bare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    network = NetworkBrowser(load_study(ROOT), "M3", case="BGO", language="en")
    answer = answers(network, monkeypatch)
    for width in (700, 640, 420):  # 640 is what is left of 1280 at 200 %
        screen = bare(answer, width, "en")
        screen.first_row().click()
        screen.page.wait_for_selector(".nw-passages:not([hidden])")
        assert screen.page.evaluate(_CUT_OFF) == []
        assert screen.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        # What is pointed at is the row that is clicked: its figures may not push the list away.
        row = screen.page.locator("tr[data-key]").nth(2)
        row.scroll_into_view_if_needed()
        screen.page.mouse.move(1, 1)
        before = row.bounding_box()
        row.hover()
        assert row.bounding_box() == before
        pictured(screen.page, f"narrow-{width}-en")


def test_the_tab_key_stops_at_one_code_of_the_picture(bare: Any) -> None:
    screen = bare(large())
    stop = screen.page.locator(".nw-picture [tabindex='0']")
    stop.focus()
    screen.press("Shift+Tab")
    assert screen.page.evaluate("() => document.activeElement.closest('.nw-picture')") is None
    screen.press("Tab")
    assert stop.evaluate("node => node === document.activeElement")


def test_where_there_is_nothing_to_draw_a_sentence_says_why(
    bare: Any, small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = bare(answers(NetworkBrowser(load_study(small_study.path), "M1"), monkeypatch))
    empty = screen.page.locator(".nw-empty")
    assert empty.is_hidden()
    screen.slide("leastTurns", 2)
    assert screen.fact("shown") == "1"
    screen.page.locator('[data-level="P"]').uncheck()
    assert empty.inner_text() == "Ingen av 8 kanter når opp til filtrene."
    screen.page.locator('[data-field="reset"]').click()
    screen.choose("case", "HEI")
    assert empty.inner_text() == "Heidal: ingen to koder forekommer i samme ytring her."
    assert "Heidal har bare ett dokument her" in screen.said()
    screen.choose("layer", "promoting")
    assert empty.inner_text() == "Heidal: ingen ytring har noen kode her."
    screen.choose("layer", "all")
    screen.choose("mode", "difference")
    screen.choose("b", "FJO")
    assert empty.inner_text() == "Velg to ulike."
    screen.choose("b", "HEI")
    screen.first_row().focus()
    assert "P2 forekommer ikke i Heidal." in screen.said(".nw-facts")
    assert "bare A" in screen.first_row().inner_text()
    assert faults(screen.page, "empty-nb") == []


def large() -> Answer:
    """A study of 120 codes, of which any two meet, made without chance."""
    levels = "P" * 45 + "K" * 35 + "E" * 30 + "X" * 10
    ids = [f"C{number:04d}" for number in range(120)]
    pairs = list(combinations(range(120), 2))
    turns = [1 + (a * 7 + b * 13) % 29 for a, b in pairs]
    measures = {
        name: [round(((a * 31 + b * 17 + at) % 997) / 997, 6) for a, b in pairs] for at, name in enumerate(MEASURES)
    }
    edges = [(ids[a], ids[b], weight) for (a, b), weight in zip(pairs, measures["jaccard"], strict=True)]
    placed = layout(list(zip(ids, levels, strict=True)), edges, "PKEX", seed=7)
    codes = [
        {"id": id_, "display": f"{level}{at}", "level": level, "label": {"nb": f"kode {at}"}, "x": x, "y": y}
        for at, (id_, level, (x, y)) in enumerate(zip(ids, levels, placed.places.values(), strict=True))
    ]
    setup = {
        "kind": "setup", "words": WORDS, "languages": LANGUAGES, "study": "stor", "title": {"nb": "Stor"},
        "isSynthetic": True, "milestone": "M1", "codebook": "1.0.0", "coding": "human", "coders": ["K1"], "seed": 7,
        "cases": [{"id": "FJO", "label": {"nb": "Fjordvik"}}], "levels": [{"id": one, "label": {"nb": one}} for one in "PKEX"],
        "actors": {}, "codes": codes, "regions": regions_shown(placed), "room": placed.room, "weights": WEIGHTS,
        "comparable": COMPARABLE, "reasons": {}, "moment": "", "withheld": [], "hidden": 0,
        "scales": {"turns": scale(turns), **{name: scale(values) for name, values in measures.items()}},
        "first": {"case": "", "layer": "all", "weight": "jaccard", "least": 1},
    }  # fmt: skip
    columns = {"source": [a for a, _ in pairs], "target": [b for _, b in pairs], "turns": turns}
    columns |= {name: [value] * len(pairs) for name, value in (("documents", 2), ("distorted", 0))}
    view = {"kind": "view", "units": 9000, "documents": 90, "turns": [300] * 120, "inDocuments": [60] * 120, "signs": {},
            "edges": {**columns, "reason": [""] * len(pairs), **measures}}  # fmt: skip

    def answer(content: Mapping[str, Any]) -> Any:
        told = setup if content["do"] == "hello" else {**view, "case": content["case"], "layer": content["layer"]}
        return {**told, "re": content["id"], "to": content["client"]}

    return answer


def test_a_study_of_120_codes_and_7000_edges_is_redrawn_while_a_slider_moves(bare: Any) -> None:
    screen = bare(large())
    assert screen.fact("shown") == "7140"
    took = ThreadTime(screen.page).best(_MOVE_SLIDER, SOON_DRAWN)
    print("milliseconds:", took)
    assert took <= SOON_DRAWN
    screen.slide("leastTurns", 1)
    assert screen.fact("shown") == "7140"
    # A keyboard walks past the rows that are made at first.
    screen.first_row().focus()
    screen.press(*["PageDown"] * 5)
    assert screen.page.evaluate("() => document.activeElement.getAttribute('aria-rowindex')") == "52"
