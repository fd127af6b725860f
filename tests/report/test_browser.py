"""The report in a real browser, without a network: nothing leaves, nothing is refused, nothing overflows, it prints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from foran_research.milestone import codebook_section, lemma_source
from foran_research.report.figures import figure_bytes, model_figure, network_figure, polarity_figure
from foran_research.report.page import choose_quotes, report_page

WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def reports(browser: Any, delivered: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The demo's third model as its report in both languages, with its real figures."""
    delivery = delivered("M3")
    settings, model = delivery.study.settings, delivery.model
    paths = {}
    for language in ("nb", "en"):
        least = settings.min_edge_turns
        figures = {
            "model": model_figure(model, settings, language),
            "polarity": polarity_figure(model, settings, language),
            "networks": network_figure(delivery.networks(language), model, settings, language, min_turns=least),
            "layers": network_figure(delivery.layers(language), model, settings, language, min_turns=least),
        }
        quotes = choose_quotes(
            model, delivery.inputs.segments, delivery.inputs.units, per_element=2, hidden=frozenset()
        )
        page = report_page(
            model, settings, delivery.milestone, {name: figure_bytes(f, "svg") for name, f in figures.items()}, quotes,
            language, lemma_source(delivery.study, language),
            codebook_section(delivery.study, delivery.milestone, language),
        )  # fmt: skip
        paths[language] = tmp_path_factory.mktemp("report") / "report.html"
        paths[language].write_text(page, encoding="utf-8")
    return paths


@dataclass
class Seen:
    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(params=["nb", "en"])
def seen(browser: Any, reports: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[Seen]:
    """The report opened from the disk by a browser that has no network, with all that it asked for and complained of."""
    context = browser.new_context(offline=True)
    found = Seen(context.new_page())
    context.on("request", lambda sent: found.requests.append(sent.url))
    found.page.on("console", lambda said: found.complaints.append(f"{said.type}: {said.text}"))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.add_init_script(
        "window.refused = []; document.addEventListener('securitypolicyviolation', e => window.refused.push(e.blockedURI))"
    )
    found.page.goto(reports[request.param].as_uri(), wait_until="load")
    yield found
    context.close()


def test_nothing_leaves_the_machine_and_nothing_is_refused(seen: Seen) -> None:
    assert seen.requests[0].startswith("file:")
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in seen.requests if url.startswith("file:")]) == 1
    assert seen.page.evaluate("window.refused") == []
    assert seen.complaints == []


def test_the_check_itself_hears_of_a_refused_request(browser: Any, tmp_path: Path, reports: dict[str, Path]) -> None:
    spoiled = tmp_path / "spoiled.html"
    spoiled.write_text(
        re.sub("<main>", '<main><img alt="" src="http://example.invalid/x.png">', reports["nb"].read_text("utf-8")),
        "utf-8",
    )
    context = browser.new_context(offline=True)
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text))
    page.goto(spoiled.as_uri())
    assert any("Content Security Policy" in text for text in heard)
    context.close()


def test_every_picture_is_drawn(seen: Seen) -> None:
    sizes = seen.page.evaluate(
        "Array.from(document.images, i => [i.complete, i.naturalWidth, i.naturalHeight, i.width])"
    )
    assert len(sizes) == 4
    assert all(done and wide > 100 and high > 100 and shown > 100 for done, wide, high, shown in sizes)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_its_window_and_wide_tables_scroll_in_their_own_box(seen: Seen, width: int) -> None:
    seen.page.set_viewport_size({"width": width, "height": 900})
    assert seen.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)") is None
    assert seen.page.evaluate("document.querySelectorAll('details[open] del').length") > 10
    inner, outer = seen.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert inner <= outer <= width
    sticking_out = seen.page.evaluate(
        """() => Array.from(document.querySelectorAll('body *'))
             .filter(e => !e.closest('.scroll') && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
             .map(e => e.tagName + '.' + e.className)"""
    )
    assert sticking_out == []
    loose = seen.page.evaluate(
        "Array.from(document.querySelectorAll('table')).filter(t => !t.closest('.scroll')).length"
    )
    assert loose == 0
    if width == min(WIDTHS):
        scrolling = "Array.from(document.querySelectorAll('.scroll')).filter(b => b.scrollWidth > b.clientWidth).length"
        assert seen.page.evaluate(scrolling) > 0


def test_links_in_the_page_lead_to_their_places(seen: Seen) -> None:
    seen.page.set_viewport_size({"width": 1280, "height": 900})
    seen.page.click("nav a[href='#limits']")
    assert seen.page.evaluate("document.querySelector('#limits').getBoundingClientRect().top < innerHeight")
    assert seen.page.evaluate("scrollY") > 1000


def test_a_change_leads_to_what_differs_in_the_codebook(seen: Seen) -> None:
    link = seen.page.locator("#changes td a").first
    target = link.get_attribute("href")
    link.click()
    assert seen.page.evaluate(
        f"(b => b.top > -1 && b.top < innerHeight)(document.querySelector('{target}').getBoundingClientRect())"
    )
    assert not seen.page.locator(target).evaluate("d => d.open")
    seen.page.locator(f"{target} > summary").press("Enter")
    assert seen.page.locator(target).evaluate("d => d.open")


def test_the_report_prints(seen: Seen) -> None:
    printed = seen.page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 3
