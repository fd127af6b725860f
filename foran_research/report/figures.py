"""The figures of a model version: drawn from the model's dict form, the same bytes for the same model.

Colours are the colour-blind-safe sets of Okabe & Ito (polarity) and Paul Tol (levels); polarity also differs by side
and hatching, so a black-and-white print still reads.
"""

from __future__ import annotations

import base64
import html
import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path

from ..settings import Settings
from .words import words

PROMOTES, INHIBITS = "#0072B2", "#E69F00"
LEVEL_COLOURS = {"P": "#332288", "K": "#117733", "E": "#882255", "X": "#666666"}
UNSET = "#9A9A9A"
INK, FAINT = "#222222", "#8A8A8A"
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "svg.hashsalt": "foran",
    "svg.fonttype": "path",
    "hatch.linewidth": 0.6,
    "axes.edgecolor": FAINT,
    "text.color": INK,
    "axes.labelcolor": INK,
    # A label with two dollar signs is a label.
    "text.parse_math": False,
}

Model = Mapping[str, Any]


def figure_bytes(figure: Figure, kind: str) -> bytes:
    """A figure as "svg" or "png" bytes, without dates or random ids."""
    out = io.BytesIO()
    with mpl.rc_context(STYLE):
        metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(out, format=kind, metadata=metadata, dpi=150, facecolor="white")
    return out.getvalue()


def picture_html(svg: bytes, alt: str = "") -> str:
    """An SVG picture as HTML for a notebook, never wider than the notebook; `alt` is read to those who do not see it."""
    coded = base64.b64encode(svg).decode("ascii")
    return f'<img alt="{html.escape(alt)}" style="max-width:100%;height:auto" src="data:image/svg+xml;base64,{coded}">'


def stamped(figure: Figure, text: str) -> Figure:
    """The figure with a small line at its foot that goes wherever the picture goes; "" leaves it as it is."""
    if text:
        with mpl.rc_context(STYLE):
            figure.text(0.997, 0.003, text, ha="right", va="bottom", fontsize=6.5, color="#555555")
    return figure


def _labels(settings: Settings, language: str) -> dict[str, str]:
    return {term.id: term.label[language] for term in (*settings.cases, *settings.levels)}


def model_figure(model: Model, settings: Settings, language: str) -> Figure:
    """The three-level model: a box per element with its bars of promoting and inhibiting evidence and its cases."""
    has_unset = any(element["unset"] for element in model["elements"])
    columns, box_w, box_h, gap = 7, 1.86, 1.14 if has_unset else 0.98, 0.13
    labels, said = _labels(settings, language), words(language)
    bands = []
    for level in ("E", "K", "P", "X"):
        own = [e for e in model["elements"] if e["level"] == level]
        if own:
            bands.append((level, own))
    rows = sum(-(-len(own) // columns) for _, own in bands)
    width = columns * (box_w + gap) + 1.1
    height = rows * (box_h + gap) + len(bands) * 0.42 + 0.55
    most = max(
        [max(len(e["promoting"]["segments"]), len(e["inhibiting"]["segments"]), e["unset"]) for e in model["elements"]]
        + [1]
    )
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(0, height))
        axes.axis("off")
        top = height - 0.12
        for level, own in bands:
            band_rows = -(-len(own) // columns)
            band_h = band_rows * (box_h + gap) + 0.3
            colour = LEVEL_COLOURS.get(level, INK)
            axes.add_artist(Rectangle((0.1, top - band_h), width - 0.2, band_h, facecolor=colour, alpha=0.07, lw=0))
            axes.text(
                0.42,
                top - band_h / 2,
                labels.get(level, level),
                rotation=90,
                ha="center",
                va="center",
                fontsize=11,
                fontweight="bold",
                color=colour,
            )
            for place, element in enumerate(own):
                row, col = divmod(place, columns)
                in_row = min(columns, len(own) - row * columns)
                x = 0.85 + (col + (columns - in_row) / 2) * (box_w + gap)
                y = top - 0.15 - (row + 1) * (box_h + gap) + gap
                _element_box(axes, element, (x, y), (box_w, box_h), most, settings, language)
            top -= band_h + 0.12
        _model_legend(axes, said, settings, language, has_unset=has_unset)
    return figure


def _element_box(
    axes: Any,
    element: Mapping[str, Any],
    at: tuple[float, float],
    size: tuple[float, float],
    most: int,
    settings: Settings,
    language: str,
) -> None:
    (x, y), (w, h) = at, size
    colour = LEVEL_COLOURS.get(element["level"], INK)
    axes.add_artist(
        FancyBboxPatch(
            (x, y), w, h, boxstyle="round,pad=0,rounding_size=0.07", facecolor="white", edgecolor=colour, lw=1.1
        )
    )
    axes.text(
        x + 0.08, y + h - 0.09, element["display"], ha="left", va="top", fontsize=9.5, fontweight="bold", color=colour
    )
    for place, case in enumerate(settings.cases):
        has = element["cells"][case.id]["state"] == "evidence"
        spot = (x + w - 0.12 - 0.17 * (len(settings.cases) - 1 - place), y + h - 0.15)
        axes.add_artist(Circle(spot, 0.055, facecolor=colour if has else "white", edgecolor=colour, lw=0.8))
    lines = textwrap.wrap(element["label"][language], 24, break_long_words=False)
    if len(lines) > 3:
        lines = [*lines[:2], lines[2].rstrip(",. ") + " …"]
    axes.text(x + 0.08, y + h - 0.3, "\n".join(lines), ha="left", va="top", fontsize=8.2, linespacing=1.1)
    middle, half = x + w / 2, w / 2 - 0.28
    for layer, side, fill, hatch in (("promoting", -1, PROMOTES, ""), ("inhibiting", 1, INHIBITS, "////")):
        count = len(element[layer]["segments"])
        length = half * count / most
        left = middle - length if side < 0 else middle
        axes.add_artist(Rectangle((left, y + 0.07), length, 0.12, facecolor=fill, hatch=hatch, edgecolor="white", lw=0))
        axes.text(
            middle + side * (length + 0.03),
            y + 0.13,
            str(count),
            fontsize=7.4,
            va="center",
            ha="right" if side < 0 else "left",
        )
    axes.plot([middle, middle], [y + 0.05, y + 0.21], color=INK, lw=0.7)
    if element["unset"]:
        length = (w - 0.56) * min(1.0, element["unset"] / most)
        axes.add_artist(Rectangle((middle - length / 2, y + 0.25), length, 0.1, facecolor=UNSET))
        axes.text(
            middle + length / 2 + 0.03, y + 0.3, str(element["unset"]), fontsize=7.4, va="center", color="#555555"
        )


def _model_legend(axes: Any, said: Mapping[str, str], settings: Settings, language: str, *, has_unset: bool) -> None:
    axes.add_artist(Rectangle((0.85, 0.18), 0.3, 0.13, facecolor=PROMOTES))
    axes.text(1.22, 0.245, said["promotes"], va="center", fontsize=8.5)
    axes.add_artist(Rectangle((2.25, 0.18), 0.3, 0.13, facecolor=INHIBITS, hatch="////", edgecolor="white", lw=0))
    axes.text(2.62, 0.245, said["inhibits"], va="center", fontsize=8.5)
    axes.text(3.7, 0.245, "●" * len(settings.cases), va="center", fontsize=8.5, color=FAINT)
    axes.text(4.2, 0.245, " · ".join(c.label[language] for c in settings.cases), va="center", fontsize=8.5)
    if has_unset:
        axes.add_artist(Rectangle((7.6, 0.18), 0.3, 0.13, facecolor=UNSET))
        axes.text(7.97, 0.245, said["unset"], va="center", fontsize=8.5)


def polarity_figure(model: Model, settings: Settings, language: str) -> Figure:
    """Promoting against inhibiting, one panel per municipality, one row per element; rows are the same in all panels."""
    said = words(language)
    elements = model["elements"]
    height = 0.235 * len(elements) + 1.25
    cells_of_all = [cell for e in elements for cell in e["cells"].values()]
    most = max([max(cell["promoting"], cell["inhibiting"] + cell["unset"]) for cell in cells_of_all] + [1])
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12.4, height))
        panels = figure.subplots(1, len(settings.cases), sharey=True, squeeze=False)[0]
        figure.subplots_adjust(left=0.335, right=0.99, top=1 - 0.62 / height, bottom=0.5 / height, wspace=0.07)
        places = np.arange(len(elements))[::-1]
        for axes, case in zip(panels, settings.cases, strict=True):
            cells = [e["cells"][case.id] for e in elements]
            axes.barh(places, [-c["promoting"] for c in cells], color=PROMOTES, height=0.68)
            axes.barh(
                places,
                [c["inhibiting"] for c in cells],
                color=INHIBITS,
                hatch="////",
                edgecolor="white",
                lw=0,
                height=0.68,
            )
            unset = [c["unset"] for c in cells]
            if any(unset):
                axes.barh(places, unset, left=[c["inhibiting"] for c in cells], color=UNSET, height=0.68)
            for place, cell in zip(places, cells, strict=True):
                _bar_labels(axes, place, cell, most, said)
            axes.axvline(0, color=INK, lw=0.8)
            axes.set(xlim=(-most * 1.28, most * 1.28), ylim=(-0.7, len(elements) - 0.3))
            axes.set_title(case.label[language], fontsize=11, fontweight="bold", pad=20)
            axes.text(
                0.25,
                1.0 + 0.12 / height,
                said["promotes"],
                transform=axes.transAxes,
                ha="center",
                va="bottom",
                fontsize=8.5,
                color=PROMOTES,
            )
            axes.text(
                0.75,
                1.0 + 0.12 / height,
                said["inhibits"],
                transform=axes.transAxes,
                ha="center",
                va="bottom",
                fontsize=8.5,
                color="#8F6200",
            )
            axes.xaxis.set_visible(False)
            axes.tick_params(axis="y", length=0)
            for side in ("top", "right", "bottom", "left"):
                axes.spines[side].set_visible(False)
            for boundary in _level_boundaries(elements):
                axes.axhline(len(elements) - boundary - 0.5, color=FAINT, lw=0.6)
        panels[0].set_yticks(
            places, [f"{e['display']}  {shortened(e['label'][language], 46)}" for e in elements], fontsize=8.2
        )
        for tick, element in zip(panels[0].get_yticklabels(), elements, strict=True):
            tick.set_color(LEVEL_COLOURS.get(element["level"], INK))
    return figure


def _bar_labels(axes: Any, place: float, cell: Mapping[str, Any], most: int, said: Mapping[str, str]) -> None:
    if cell["state"] != "evidence":
        why = said["pending"].format(n=cell["pending"]) if cell["pending"] else said[cell["state"]]
        axes.text(0.02 * most, place, why, va="center", ha="left", fontsize=7, color=FAINT, style="italic")
        return
    sides = ((cell["promoting"], -1, ""), (cell["inhibiting"] + cell["unset"], 1, f" + {cell['unset']}"))
    for length, side, more in sides:
        count = cell["inhibiting"] if side > 0 else cell["promoting"]
        axes.text(
            side * (length + 0.03 * most),
            place,
            f"{count}{more if cell['unset'] else ''}",
            va="center",
            fontsize=7.2,
            ha="right" if side < 0 else "left",
        )


def _level_boundaries(elements: Sequence[Mapping[str, Any]]) -> list[int]:
    return [i for i in range(1, len(elements)) if elements[i]["level"] != elements[i - 1]["level"]]


def shortened(text: str, length: int) -> str:
    """`text` in at most `length` characters, with an ellipsis where something is left out."""
    return text if len(text) <= length else text[: length - 1].rstrip(" ,") + "…"


def circle_layout(nodes: Sequence[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Places on a circle for ``(id, level)`` nodes in the order given, with a gap between levels; the same for all panels.

    >>> round(circle_layout([("a", "P"), ("b", "K")])["a"][1], 3)
    0.823
    """
    gap = 1.6
    levels = [level for _, level in nodes]
    switches = sum(1 for a, b in zip(levels, levels[1:] + levels[:1], strict=True) if a != b)
    step = 2 * np.pi / (len(nodes) + gap * switches) if nodes else 0.0
    places, angle = {}, np.pi / 2 + step * 0.5
    for index, (node, level) in enumerate(nodes):
        if index and level != levels[index - 1]:
            angle -= gap * step
        angle -= step
        places[node] = (float(np.cos(angle)), float(np.sin(angle)))
    return places


def network_figure(
    networks: Mapping[str, Any],
    model: Model,
    settings: Settings,
    language: str,
    *,
    columns: int = 2,
    min_turns: int = 2,
) -> Figure:
    """Small multiples of networks (panel title → networkx graph) that share one circular layout, ordered by level."""
    labels = _labels(settings, language)
    nodes = [(e["id"], e["level"]) for e in model["elements"]]
    display = {e["id"]: e["display"] for e in model["elements"]}
    places = circle_layout(nodes)
    rows = -(-len(networks) // columns)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.1 * columns, 6.35 * rows + 0.5))
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        figure.subplots_adjust(
            left=0.01,
            right=0.99,
            top=1 - 0.5 / (6.35 * rows + 0.5),
            bottom=0.5 / (6.35 * rows + 0.5),
            wspace=0.02,
            hspace=0.1,
        )
        for axes, (title, graph) in zip(grid, networks.items(), strict=False):
            # A network of all cases has so many thin edges that the drawing drowns: it shows those twice as frequent.
            least = min_turns * 2 if graph.graph.get("is_pooled") else min_turns
            _network_panel(axes, title, graph, places, dict(nodes), display, least)
        for axes in grid[len(networks) :]:
            axes.axis("off")
        shown = [level for level in LEVEL_COLOURS if level in dict(nodes).values()]
        for place, level in enumerate(shown):
            x = 0.5 + (place - (len(shown) - 1) / 2) * 0.2
            figure.text(
                x,
                0.012,
                f"●  {labels.get(level, level)}",
                color=LEVEL_COLOURS[level],
                ha="center",
                fontsize=10,
                fontweight="bold",
            )
    return figure


def _network_panel(
    axes: Any,
    title: str,
    graph: Any,
    places: Mapping[str, tuple[float, float]],
    level: Mapping[str, str],
    display: Mapping[str, str],
    min_turns: int,
) -> None:
    axes.set(xlim=(-1.26, 1.26), ylim=(-1.26, 1.26), aspect="equal")
    axes.axis("off")
    axes.set_title(title, fontsize=12, fontweight="bold")
    edges = sorted((d["n_ij"], a, b, d["kind"]) for a, b, d in graph.edges(data=True) if d["n_ij"] >= min_turns)
    most = max([edge[0] for edge in edges] + [min_turns])
    for count, a, b, kind in edges:
        (xa, ya), (xb, yb) = places[a], places[b]
        strength = count / most
        # Neighbours bow gently, distant nodes pass nearer the middle, so that no curve doubles back on itself.
        pull = 0.46 - 0.19 * float(np.hypot(xa - xb, ya - yb))
        curve = Path(
            [(xa, ya), ((xa + xb) * pull, (ya + yb) * pull), (xb, yb)], [Path.MOVETO, Path.CURVE3, Path.CURVE3]
        )
        axes.add_artist(
            PathPatch(
                curve,
                facecolor="none",
                lw=0.5 + 3.6 * strength,
                alpha=0.22 + 0.6 * strength,
                edgecolor=LEVEL_COLOURS.get(level[a], INK) if kind == "within" else "#555555",
                capstyle="round",
            )
        )
    for node, (x, y) in places.items():
        units = graph.nodes[node]["units"] if node in graph else 0
        colour = LEVEL_COLOURS.get(level[node], INK)
        axes.add_artist(
            Circle(
                (x, y),
                0.018 + 0.0062 * units**0.5,
                facecolor=colour if units else "white",
                edgecolor=colour,
                lw=0.8,
                zorder=3,
            )
        )
        axes.text(
            x * 1.135,
            y * 1.135,
            display[node],
            ha="center",
            va="center",
            fontsize=8.6,
            color=colour if units else FAINT,
            zorder=4,
        )
