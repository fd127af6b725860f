"""Figures: the same bytes for the same model, and nothing written over anything else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from foran_research.report.figures import (
    circle_layout,
    figure_bytes,
    model_figure,
    network_figure,
    polarity_figure,
)
from foran_research.settings import Term

MILESTONES, LANGUAGES = ("M1", "M2", "M3"), ("nb", "en")


def drawn(delivery: Any, kind: str, language: str) -> Figure:
    model, settings = delivery.model, delivery.study.settings
    if kind == "model":
        return model_figure(model, settings, language)
    if kind == "polarity":
        return polarity_figure(model, settings, language)
    networks = delivery.networks(language) if kind == "networks" else delivery.layers(language)
    return network_figure(networks, model, settings, language, min_turns=settings.min_edge_turns)


def boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every text on the figure with its box in pixels."""
    canvas = FigureCanvasAgg(figure)
    # All is laid out as for drawing, but no picture is painted: nobody looks at one here.
    figure.draw_without_rendering()
    # The ticks of an axis that is switched off are there and not drawn.
    off = {
        text
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        if not (axes.axison and axis.get_visible())
        for text in axis.findobj(Text)
    }
    texts = [a for a in figure.findobj(Text) if a.get_visible() and a.get_text().strip() and a not in off]
    return [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in texts]


def overlapping(found: list[tuple[str, Bbox]], slack: float = 0.5) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes share more than a hair."""
    return [
        (one, two)
        for (one, a), (two, b) in combinations(found, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > slack and min(a.y1, b.y1) - max(a.y0, b.y0) > slack
    ]


def test_the_overlap_check_itself_sees_an_overlap() -> None:
    figure = Figure()
    figure.text(0.5, 0.5, "ett")
    figure.text(0.51, 0.5, "to")
    assert overlapping(boxes(figure)) == [("ett", "to")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MILESTONES)
@pytest.mark.parametrize("kind", ["model", "networks", "layers", "polarity"])
def test_no_two_texts_overlap_and_none_leaves_the_figure(
    delivered: Callable[[str], Any], kind: str, name: str, language: str
) -> None:
    figure = drawn(delivered(name), kind, language)
    found = boxes(figure)
    assert len(found) > 20
    assert overlapping(found) == []
    outer = figure.bbox
    outside = [t for t, b in found if b.x0 < outer.x0 or b.y0 < outer.y0 or b.x1 > outer.x1 or b.y1 > outer.y1]
    assert outside == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MILESTONES)
def test_labels_stay_inside_their_boxes_in_the_model_figure(
    delivered: Callable[[str], Any], name: str, language: str
) -> None:
    figure = drawn(delivered(name), "model", language)
    found = boxes(figure)
    frames = [patch.get_window_extent() for patch in figure.findobj(FancyBboxPatch)]
    assert len(frames) == len(delivered(name).model["elements"])
    for text, box in found:
        touched = [frame for frame in frames if frame.overlaps(box)]
        if touched:
            (frame,) = touched
            assert frame.x0 <= box.x0, text
            assert box.x1 <= frame.x1, text
            assert frame.y0 <= box.y0, text
            assert box.y1 <= frame.y1, text


@pytest.mark.parametrize("kind", ["model", "polarity", "networks", "layers"])
def test_the_same_model_gives_the_same_bytes(delivered: Callable[[str], Any], kind: str) -> None:
    figures = [drawn(delivered("M2"), kind, "nb") for _ in range(2)]
    for file in ("svg", "png"):
        one, two = (figure_bytes(figure, file) for figure in figures)
        assert one == two
    assert one.startswith(b"\x89PNG")


def test_drawing_one_figure_does_not_change_the_next(delivered: Callable[[str], Any]) -> None:
    alone = figure_bytes(drawn(delivered("M1"), "model", "nb"), "svg")
    figure_bytes(drawn(delivered("M1"), "networks", "en"), "svg")
    assert figure_bytes(drawn(delivered("M1"), "model", "nb"), "svg") == alone


@pytest.mark.parametrize("kind", ["model", "networks"])
def test_figures_hold_no_date_and_fetch_nothing(delivered: Callable[[str], Any], kind: str) -> None:
    svg = figure_bytes(drawn(delivered("M1"), kind, "nb"), "svg").decode()
    assert "<dc:date>" not in svg
    assert "<script" not in svg
    assert "@import" not in svg
    assert 'href="http' not in svg


def test_the_figures_say_the_municipalities_in_the_language_asked_for(delivered: Callable[[str], Any]) -> None:
    from dataclasses import replace

    delivery = delivered("M1")
    cases = tuple(Term(c.id, {"nb": f"nb-{c.id}", "en": f"en-{c.id}"}) for c in delivery.study.settings.cases)
    settings = replace(delivery.study.settings, cases=cases)
    for draw in (model_figure, polarity_figure):
        texts = " ".join(text for text, _ in boxes(draw(delivery.model, settings, "en")))
        assert "en-TRD" in texts
        assert "nb-TRD" not in texts


def test_every_number_in_the_model_figure_is_the_models(delivered: Callable[[str], Any]) -> None:
    model = delivered("M3").model
    numbers = sorted(int(text) for text, _ in boxes(drawn(delivered("M3"), "model", "nb")) if text.isdecimal())
    assert numbers == sorted(
        len(e[layer]["segments"]) for e in model["elements"] for layer in ("promoting", "inhibiting")
    )


# The circle

NODES = st.lists(st.sampled_from("PKEX"), max_size=80).map(lambda levels: [(f"C{n}", v) for n, v in enumerate(levels)])


@given(NODES)
def test_every_node_on_the_circle_has_a_place_of_its_own(nodes: list[tuple[str, str]]) -> None:
    places = circle_layout(nodes)
    assert list(places) == [node for node, _ in nodes]
    assert all(abs(x * x + y * y - 1) < 1e-9 for x, y in places.values())
    near = [
        (a, b) for (a, (xa, ya)), (b, (xb, yb)) in combinations(places.items(), 2) if abs(xa - xb) + abs(ya - yb) < 0.01
    ]
    assert near == []


def test_levels_are_set_apart_on_the_circle() -> None:
    places = circle_layout([("a", "P"), ("b", "P"), ("c", "K"), ("d", "K")])
    distance = {
        pair: abs(complex(*places[pair[0]]) - complex(*places[pair[1]])) for pair in (("a", "b"), ("b", "c"), ("c", "d"))
    }  # fmt: skip
    assert distance["a", "b"] == pytest.approx(distance["c", "d"])
    assert distance["b", "c"] > distance["a", "b"]
