"""Figures of networks: one layout, nothing written over anything else, and captions that say what was drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_figures import boxes, overlapping

from foran_research.networking import Networks, networks
from foran_research.report.figures import figure_bytes
from foran_research.report.network_figures import message_figure, pooled_layout
from foran_research.report.network_panels import NetworkFigure, _Drawing, _networks_caption
from foran_research.report.network_words import _WORDS, network_words
from foran_research.study import Study

NAMES = (
    "networks_by_municipality", "networks_by_polarity", "networks_differences", "networks_matrix", "networks_mixing",
    "networks_ena", "networks_stability",
)  # fmt: skip


@pytest.fixture(scope="module")
def found(demo_study: Study) -> Callable[[str], Networks]:
    """A demo milestone's networks, by name."""
    made: dict[str, Networks] = {}

    def of(name: str) -> Networks:
        if name not in made:
            made[name] = networks(demo_study, demo_study.milestone(name), replicates=200, permutations=100)
        return made[name]

    return of


@pytest.fixture(scope="module")
def drawn(found: Callable[[str], Networks]) -> Callable[[str, str], dict[str, NetworkFigure]]:
    made: dict[tuple[str, str], dict[str, NetworkFigure]] = {}

    def of(name: str, language: str) -> dict[str, NetworkFigure]:
        if (name, language) not in made:
            made[name, language] = found(name).figures(language)
        return made[name, language]

    return of


@pytest.mark.parametrize(("milestone", "language"), [("M1", "nb"), ("M3", "en")])
@pytest.mark.parametrize("name", NAMES)
def test_no_two_texts_overlap_and_none_leaves_the_figure(
    drawn: Callable[[str, str], dict[str, NetworkFigure]], name: str, milestone: str, language: str
) -> None:
    figure = drawn(milestone, language)[name].figure
    texts = boxes(figure)
    assert len(texts) > 10
    assert overlapping(texts) == []
    outer = figure.bbox
    assert [t for t, b in texts if b.x0 < outer.x0 or b.y0 < outer.y0 or b.x1 > outer.x1 or b.y1 > outer.y1] == []


def test_every_figure_has_its_caption_in_it_and_a_stamp(
    drawn: Callable[[str, str], dict[str, NetworkFigure]],
) -> None:
    figures = drawn("M1", "nb")
    assert tuple(figures) == NAMES
    for name, one in figures.items():
        texts = [text for text, _ in boxes(one.figure)]
        assert "Oppdiktet demostudie" in texts, name
        assert one.caption in [text.replace("\n", " ") for text in texts], name
        assert "{" not in one.caption


def test_captions_tell_the_backbone_and_what_p_speaks_of(
    drawn: Callable[[str, str], dict[str, NetworkFigure]],
) -> None:
    figures = drawn("M3", "en")
    caption = figures["networks_by_municipality"].caption
    assert "curveball, q ≤ 0.05" in caption
    assert "200 random tables" in caption
    assert "never of municipalities" in caption
    texts = " ".join(text for text, _ in boxes(figures["networks_differences"].figure))
    assert "11 against 10 doc. · smallest attainable p 0.0099" in texts
    assert "never of municipalities at large" in figures["networks_differences"].caption


def test_a_drawing_says_which_backbone_thinned_it(found: Callable[[str], Networks]) -> None:
    one = found("M1")
    told = [
        _networks_caption(_Drawing(one.tables, one.codes, one.study.settings, {**one.options.told(), "backbone": name}, "nb"))
        for name in ("curveball", "disparity", "count")
    ]  # fmt: skip
    assert ["curveball" in text for text in told] == [True, False, False]
    assert ["disparitetsfilter" in text for text in told] == [False, True, False]
    assert ["ingen test ligger bak" in text for text in told] == [False, False, True]


def test_the_same_networks_give_the_same_bytes(
    found: Callable[[str], Networks], drawn: Callable[[str, str], dict[str, NetworkFigure]]
) -> None:
    again = found("M1").figures("nb")
    for name in ("networks_mixing", "networks_ena"):
        one, two = (figure_bytes(made[name].figure, "svg") for made in (drawn("M1", "nb"), again))
        assert one == two
        assert b"<dc:date>" not in one


def test_numbers_in_the_matrix_are_those_of_the_tables(
    found: Callable[[str], Networks], drawn: Callable[[str, str], dict[str, NetworkFigure]]
) -> None:
    figure = drawn("M1", "nb")["networks_matrix"].figure
    shown = sorted(int(text) for text, _ in boxes(figure) if text.isdecimal())
    tables = found("M1")
    assert shown == sorted([*tables.edges()["n_ij"], *tables.nodes()["units"]])


def test_words_are_there_in_both_languages() -> None:
    assert all(nb.strip() and en.strip() for nb, en in _WORDS.values())
    import string

    fields = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name} for pair in _WORDS.values() for text in pair
    ]
    assert fields[::2] == fields[1::2]
    with pytest.raises(KeyError):
        network_words("sv")


def test_a_figure_with_nothing_to_draw_says_why() -> None:
    texts = [text for text, _ in boxes(message_figure("Tittel", "Ingen å sammenlikne med 😀 a\u030a"))]
    assert texts == ["Tittel", "Ingen å sammenlikne med 😀 a\u030a"]


# The layout


def edges_of(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source_id", "target_id", "weight"])


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.floats(0, 1)), max_size=30),
    st.integers(0, 12),
)
def test_every_node_has_a_place_of_its_own_within_the_circle(rows: list[tuple[int, int, float]], count: int) -> None:
    nodes = [(f"C{n}", "PKE"[n % 3]) for n in range(count)]
    named = {(min(a, b), max(a, b)): (f"C{min(a, b)}", f"C{max(a, b)}", w) for a, b, w in rows if a != b}
    edges = edges_of(list(named.values()))
    places = pooled_layout(nodes, edges)
    assert list(places) == [node for node, _ in nodes]
    points = np.array(list(places.values())).reshape(-1, 2)
    assert np.isfinite(points).all()
    assert (np.hypot(*points.T) <= 1.0001).all()
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) + 9 * np.eye(len(points))
    assert (apart > 0.02).all()
    assert pooled_layout(nodes, edges) == places


def test_what_meets_often_stands_nearer_than_what_meets_seldom() -> None:
    nodes = [(name, "P") for name in "abcd"]
    places = pooled_layout(nodes, edges_of([("a", "b", 0.9), ("b", "c", 0.05), ("c", "d", 0.9), ("a", "d", 0.05)]))

    def apart(one: str, other: str) -> Any:
        return np.hypot(*np.subtract(places[one], places[other]))

    assert apart("a", "b") < apart("b", "c")
    assert apart("c", "d") < apart("a", "d")
