"""The page and the figures of agreement: offline, every row opens its differences, what is undefined says why."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from browsers import browser_is_required, browser_or_reason
from matplotlib.figure import Figure
from small_study import write_small_study

from foran_research import agreeing
from foran_research.analysis.agreement_intervals import Figures, Interval
from foran_research.analysis.stated import Stated, undefined
from foran_research.analysis.study_agreement import Comparison, StudyAgreement, Told
from foran_research.report.agreement_figures import MOST_ROWS, forest_figures, pair_figure
from foran_research.report.agreement_page import agreement_page, sections
from foran_research.report.agreement_words import _WORDS, agreement_words
from foran_research.report.figures import figure_bytes
from foran_research.study import Study, load_study

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(write_small_study(tmp_path_factory.mktemp("page") / "study").path)


@pytest.fixture(scope="module")
def found(small: Study) -> StudyAgreement:
    return agreeing.study_agreement(small, replicates=20)


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and whether tags close in order."""

    VOID = {"meta", "img", "br", "link"}  # noqa: RUF012

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page_in(found: StudyAgreement, study: Study, language: str, **how: Any) -> str:
    return agreement_page(found, study.settings, {"agreement_pairs": PICTURE}, language, **how)


# The page


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_page_is_whole_and_fetches_nothing(small: Study, found: StudyAgreement, language: str) -> None:
    page = page_in(found, small, language)
    tags = Tags(page)
    assert tags.open == []
    names = {tag for tag, _ in tags.tags}
    assert not names & {"script", "link", "iframe"}
    sources = [value for _, attrs in tags.tags for key, value in attrs.items() if key in ("src", "href") and value]
    assert all(value.startswith(("data:", "#")) for value in sources)
    ids = [attrs["id"] for _, attrs in tags.tags if attrs.get("id")]
    assert len(set(ids)) == len(ids)
    assert {value[1:] for value in sources if value.startswith("#")} <= set(ids)
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_every_row_with_differences_opens_as_many_as_it_says(small: Study, found: StudyAgreement) -> None:
    (section,) = sections(found, small.settings, "en", None)
    lines = [line for block in section.blocks if block.title == "Code by code" for line in block.lines]
    assert [(line.label.split()[0], line.count, len(line.differences)) for line in lines] == [
        ("P1", "1 disagreement (1 open)", 1),
        ("P2", "2 disagreements (2 open)", 2),
        ("K1", "1 disagreement (1 open)", 1),
        ("K2", "2 disagreements (2 open)", 2),
        ("K3", "2 disagreements (2 open)", 2),
        ("X1", "no disagreements", 0),
    ]
    page = page_in(found, small, "en")
    opens = sum(1 for block in section.blocks for line in block.lines if line.differences)
    assert page.count("<details>") == opens
    assert "STR-N01 · turn 3" in page


def test_a_figure_over_all_codes_opens_its_places_by_document(small: Study, found: StudyAgreement) -> None:
    (section,) = sections(found, small.settings, "en", None)
    (line,) = section.blocks[0].lines
    assert {one.place: one.what for one in line.differences} == {
        "FJO-I01": "turn 2 (only K1: P2, K1, K2) · turn 4 (only K1: K3)",
        "STR-N01": "turn 3 (only K1: P1, K3; only K2: P2) · turn 5 (only K1: K2)",
    }


def test_what_is_undefined_says_why_in_both_languages(small: Study, found: StudyAgreement) -> None:
    nb, en = (page_in(found, small, language) for language in ("nb", "en"))
    # K1 and K2 have X1 in one turn, on different words of it.
    assert "cuα: ikke aktuelt fordi ingen har merket samme tekst" in nb
    assert "cuα: not applicable because no two coders marked the same text" in en
    # An interval that would stand on few replicates is told with its reason.
    assert "no interval: " in en
    assert "ikke aktuelt fordi ingen koder har kodet et dokument på nytt" in nb


def test_no_word_of_the_page_is_in_one_language_only() -> None:
    for key, (nb, en) in _WORDS.items():
        assert nb.strip(), key
        assert en.strip(), key
        assert set(re.findall(r"{\w+}", nb)) == set(re.findall(r"{\w+}", en)), key


def test_polarities_are_told_in_the_readers_language(small: Study, found: StudyAgreement) -> None:
    for language, word in (("nb", "fremmer"), ("en", "promoting")):
        (section,) = sections(found, small.settings, language, None)
        labels = [line.label for block in section.blocks for line in block.lines]
        assert word in labels
    assert "hemmer<" not in page_in(found, small, "en")


def test_holsti_has_a_column_where_it_is_another_number_than_percent(small: Study, found: StudyAgreement) -> None:
    def columns(one: Comparison) -> tuple[str, ...]:
        (section,) = sections(dataclasses.replace(found, comparisons=(one,)), small.settings, "en", None)
        return next(block.columns for block in section.blocks if block.title == "Code by code")

    first = found.comparisons[0]
    assert "Holsti" not in columns(first)
    differs = [
        dataclasses.replace(
            t,
            figures=dataclasses.replace(t.figures, coefficients={**t.figures.coefficients, "holsti": Stated(0.1)}),
        )
        if t.id == "C0001" and t.of == "code" else t for t in first.told
    ]  # fmt: skip
    assert "Holsti" in columns(dataclasses.replace(first, told=tuple(differs)))


def test_labels_and_passages_cannot_become_markup(small: Study, found: StudyAgreement) -> None:
    book = found.comparisons[0].codebook
    codes = tuple(dataclasses.replace(code, label={"nb": "<b>x</b>", "en": "<b>x</b>"}) for code in book.codes)
    one = dataclasses.replace(found.comparisons[0], codebook=dataclasses.replace(book, codes=codes))
    segments = dict.fromkeys(one.segments["segment"], "<i>å 😀</i>")
    page = page_in(dataclasses.replace(found, comparisons=(one,)), small, "en", passages=segments)
    assert "<b>x" not in page
    assert "<i>å" not in page
    assert "&lt;i&gt;å 😀&lt;/i&gt;" in page


def test_a_page_of_an_empty_study_says_what_it_lacks(small: Study) -> None:
    empty = StudyAgreement((), (), pd.DataFrame(), absent={"between": "one-coder", "rereading": "no-redefinition",
                                                           "second_passes": "no-second-pass"})  # fmt: skip
    page = agreement_page(empty, small.settings, {}, "nb")
    assert page.count("ikke aktuelt fordi") == 3
    assert Tags(page).open == []


# The figures


def figures_of(value: Stated, *, low: float | None = None, high: float | None = None) -> Figures:
    interval = Interval(low, high, 20, 0, None, "document", "" if low is not None else "one-document")
    return Figures(10, 20, 4, 0.2, {"alpha": value}, {"alpha": interval}, {}, 2)


def told_codes(comparison: Comparison, *values: Figures) -> Comparison:
    codes = [code.id for code in comparison.codebook.active]
    return dataclasses.replace(
        comparison, told=tuple(Told("code", codes[n % len(codes)], "", one) for n, one in enumerate(values))
    )


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def points(figure: Figure) -> list[tuple[float, str]]:
    """Every drawn point: its place, and what fills it."""
    lines = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "o"]
    return [(float(line.get_xdata()[0]), str(line.get_markerfacecolor())) for line in lines]


def test_undefined_figures_are_words_and_never_points(small: Study, found: StudyAgreement) -> None:
    one = told_codes(
        found.comparisons[0],
        figures_of(Stated(0.5), low=0.2, high=0.9),
        figures_of(undefined("no-positive")),
        figures_of(Stated(0.8)),
        figures_of(Stated(-0.9), low=-1.0, high=0.1),
    )
    (figure,) = forest_figures(dataclasses.replace(found, comparisons=(one,)), small.settings, "nb").values()
    said = texts(figure)
    assert "ikke aktuelt fordi ingen enhet har koden" in said
    # The one with an interval is filled, the one without is open, the one off the axis is told in words.
    assert [(at, fill == "white") for at, fill in points(figure)] == [(0.5, False), (0.8, True)]
    assert "◂ -0,90" in said
    assert {"0,667", "0,800"} <= set(said)
    assert said.count("4 / 20") == 4
    assert said.count("0,200") == 4


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "nb",
            (
                "Krippendorffs α, kode for kode: K1 og K2, lest under 1.0 · 2 dokumenter",
                "Åpent symbol:",
                "Stiplede linjer:",
            ),
        ),
        (
            "en",
            (
                "Krippendorff's α, code by code: K1 and K2, read under 1.0 · 2 documents",
                "Open symbol:",
                "Dashed lines:",
            ),
        ),
    ],
)
def test_a_picture_that_leaves_its_page_says_what_it_is(
    small: Study, found: StudyAgreement, language: str, said: tuple[str, ...]
) -> None:
    for figure in forest_figures(found, small.settings, language).values():
        figure.canvas.draw()
        shown = " ".join(text.get_text() for text in figure.texts)
        assert all(words in shown for words in said)
        width, height = figure.get_size_inches() * figure.dpi
        boxes = [text.get_window_extent() for text in figure.texts]
        assert all(box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height for box in boxes)
        assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[:n])


def test_an_interval_without_width_is_drawn_as_none_and_said(small: Study, found: StudyAgreement) -> None:
    flat = figures_of(Stated(1.0), low=1.0, high=1.0)
    units = {"alpha": Interval(0.3, 0.7, 20, 0, None, "unit", "")}
    one = told_codes(found.comparisons[0], flat, dataclasses.replace(figures_of(Stated(0.5)), unit_intervals=units))
    only = dataclasses.replace(found, comparisons=(one,))
    (figure,) = forest_figures(only, small.settings, "en").values()
    assert [(at, fill == "white") for at, fill in points(figure)] == [(1.0, True), (0.5, True)]
    drawn = [tuple(line.get_xdata()) for axes in figure.axes for line in axes.lines if len(line.get_xdata()) == 2]
    assert (0.3, 0.7) in drawn
    assert (1.0, 1.0) not in drawn
    assert "Dotted line" in " ".join(text.get_text() for text in figure.texts)
    told = dataclasses.replace(one, told=(found.comparisons[0].told[0], found.comparisons[0].told[1], *one.told))
    page = page_in(dataclasses.replace(found, comparisons=(told,)), small, "en")
    assert "every replicate gave one number" in page
    assert "optimistic" not in page
    assert "Only 20 replicates: the bounds are rough" in page


def test_many_codes_go_on_pages_by_level(small: Study, found: StudyAgreement) -> None:
    few = told_codes(found.comparisons[0], *[figures_of(Stated(0.5))] * MOST_ROWS)
    many = told_codes(found.comparisons[0], *[figures_of(Stated(0.5))] * (MOST_ROWS + 200))
    (name,) = forest_figures(dataclasses.replace(found, comparisons=(few,)), small.settings, "en")
    assert name == "agreement_codes_K1_K2_1.0"
    pages = forest_figures(dataclasses.replace(found, comparisons=(many,)), small.settings, "en")
    assert next(iter(pages)).startswith(f"{name}_P")
    rows = [text for page in pages.values() for text in texts(page) if text == "4 / 20"]
    assert len(rows) == MOST_ROWS + 200
    assert all(texts(page).count("4 / 20") <= MOST_ROWS for page in pages.values())


def test_nothing_is_drawn_outside_its_page(small: Study, found: StudyAgreement) -> None:
    for language in ("nb", "en"):
        figure = pair_figure(found, small.settings, language)
        assert figure is not None
        figure.canvas.draw()
        width, height = figure.get_size_inches() * figure.dpi
        for text in figure.axes[0].texts:
            box = text.get_window_extent()
            assert box.x0 >= 0, text.get_text()
            assert box.x1 <= width, text.get_text()
            assert box.y1 <= height, text.get_text()


def test_the_same_figure_is_the_same_bytes(small: Study, found: StudyAgreement) -> None:
    made = [figure_bytes(figure, "svg") for _ in range(2) if (figure := pair_figure(found, small.settings, "nb"))]
    assert made[0] == made[1]
    assert pair_figure(dataclasses.replace(found, comparisons=()), small.settings, "nb") is None
    assert agreement_words("en")["axis"] == "Krippendorff's α"


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path, reason = browser_or_reason()
    if path is None:
        (pytest.fail if browser_is_required() else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()


def test_rows_open_with_the_keyboard_and_nothing_is_asked_of_the_net(
    browser: Any, small: Study, found: StudyAgreement, tmp_path: Path
) -> None:
    file = tmp_path / "agreement.html"
    file.write_text(page_in(found, small, "nb"), "utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    row = page.locator("#c1-code-C0001- details")
    assert row.get_attribute("open") is None
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    assert row.get_attribute("open") is not None
    assert "STR-N01 · ytring 3" in row.inner_text()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    # On a narrow screen the tables scroll, not the page.
    page.set_viewport_size({"width": 420, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()
