"""The figures of networks: small multiples, differences, matrix, mixing of levels, ENA plane and stability.

All take the tables of ``networking.networks`` and share one layout. What a line or a circle means is told in the caption
at the foot of the figure, together with the numbers it rests on, so that it goes wherever the picture goes. Municipalities
are described; a p-value speaks of turns or documents.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Rectangle

from ..settings import Settings
from .figures import FAINT, INHIBITS, INK, LEVEL_COLOURS, PROMOTES, STYLE, circle_layout, shortened
from .network_words import network_words
from .words import number

#: An edge is called stable when it exists in at least this share of the resamples.
STABLE = 0.95
#: Colours and markers of the cases, in the order of the settings (Okabe & Ito); markers differ for black-and-white print.
CASE_MARKS = (
    ("o", "#0072B2"),
    ("s", "#D55E00"),
    ("^", "#009E73"),
    ("D", "#CC79A7"),
    ("v", "#56B4E9"),
    ("P", "#666666"),
)
#: Outlines of nodes without evidence, by the state of the cell.
ABSENT: Mapping[str, tuple[str, Any]] = {
    "nothing_said": ("#777777", "-"),
    "not_asked": ("#999999", (0, (1, 1.6))),
    "not_codable": ("#777777", (0, (4, 2))),
    "suppressed": ("#222222", "-."),
    "no_such_polarity": ("#BBBBBB", "-"),
}
_STRONG, _FAINT = "#333333", "#B9B9B9"
_DASHED, _DOTTED = (0, (4, 1.6)), (0, (1, 1.1))
_POINTS_PER_LINE = 0.165


@dataclass(frozen=True)
class Panel:
    """One network of several: its title, the line below it, its edges to draw and its nodes.

    `edges` has source_id, target_id, `weight`, is_backbone (drawn strongly), is_distorted and kept_share (NaN for
    unknown); `nodes` has id, units and state, a row for every element.
    """

    title: str
    note: str
    edges: pd.DataFrame
    nodes: pd.DataFrame


def pooled_layout(nodes: Sequence[tuple[str, str]], edges: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """One place for every node in the unit circle, from the pooled network's edges; the same for the same edges.

    Parameters
    ----------
    nodes
        (id, level) in the order of the codebook.
    edges
        source_id, target_id and `weight` > 0. Nodes that meet often stand near one another (Kamada & Kawai 1989); nodes
        without an edge stand on a ring around the others, by level.

    Examples
    --------
    >>> edges = pd.DataFrame({"source_id": ["a"], "target_id": ["b"], "weight": [0.5]})
    >>> sorted(pooled_layout([("a", "P"), ("b", "K"), ("c", "E")], edges))
    ['a', 'b', 'c']
    """
    known = {node for node, _ in nodes}
    rows = zip(edges["source_id"], edges["target_id"], edges["weight"].astype(float), strict=True)
    joining = [(a, b, weight) for a, b, weight in rows if weight > 0 and a != b and {a, b} <= known]
    joined = {node for a, b, _ in joining for node in (a, b)}
    graph = nx.Graph()
    graph.add_nodes_from(node for node, _ in nodes if node in joined)
    most = max([weight for _, _, weight in joining], default=1.0)
    for a, b, weight in joining:
        # A length that grows slowly as the weight falls: otherwise weak edges fling their nodes far out.
        graph.add_edge(a, b, length=min(most / weight, 1e4) ** 0.35)
    ring = circle_layout([(node, level) for node, level in nodes if node not in joined])
    start = circle_layout([(node, level) for node, level in nodes if node in joined])
    places = {node: (x * 0.98, y * 0.98) for node, (x, y) in ring.items()}
    if graph:
        lengths = dict(nx.all_pairs_dijkstra_path_length(graph, weight="length"))
        far = 1.25 * max(length for own in lengths.values() for length in own.values())
        distance = {a: {b: lengths[a].get(b, far) for b in graph} for a in graph}
        found = nx.kamada_kawai_layout(graph, dist=distance, pos=start)
        inner = _spread(np.array([found[node] for node in graph]), reach=0.8 if ring else 0.97)
        places |= {node: (float(x), float(y)) for node, (x, y) in zip(graph, inner, strict=True)}
    return {node: places[node] for node, _ in nodes}


def _spread(points: np.ndarray, *, reach: float) -> np.ndarray:
    """The points within `reach` of the middle, pushed apart until labels have room."""
    points = points - (points.max(axis=0) + points.min(axis=0)) / 2
    radius = np.hypot(*points.T)
    # A single node far out would press all others together: the middle is let out.
    let_out = reach * (radius / max(float(radius.max()), 1e-9)) ** 0.8 / np.maximum(radius, 1e-9)
    points = points * let_out[:, None]
    room = min(0.25, 1.6 * reach / math.sqrt(max(len(points), 1)))
    for _ in range(300):
        apart = points[:, None, :] - points[None, :, :]
        distance = np.hypot(apart[..., 0], apart[..., 1]) + np.eye(len(points))
        lacking = np.clip(room - distance, 0, None)
        if not (lacking > 1e-4).any():
            break
        points = points + 0.25 * ((lacking / distance)[..., None] * apart).sum(axis=1)
        outside = np.maximum(np.hypot(*points.T) / reach, 1.0)
        points = points / outside[:, None]
    return points


def _figure(width: float, body: float, title: str, caption: str) -> tuple[Figure, float, float]:
    """An empty figure with its title above and its caption below, and the shares of its height that they take."""
    lines = textwrap.wrap(caption, int(width * 14.6))
    foot = 0.2 + _POINTS_PER_LINE * len(lines)
    head = 0.45
    height = head + body + foot
    figure = Figure(figsize=(width, height))
    figure.text(0.12 / width, 1 - 0.1 / height, title, fontsize=13, fontweight="bold", ha="left", va="top")
    figure.text(
        0.12 / width,
        (foot - 0.02) / height,
        "\n".join(lines),
        fontsize=8.2,
        ha="left",
        va="top",
        linespacing=1.3,
        color="#333333",
    )
    return figure, foot / height, 1 - head / height


def message_figure(title: str, text: str) -> Figure:
    """A figure that says why there is nothing to draw."""
    with mpl.rc_context(STYLE):
        figure, _, _ = _figure(8.0, 0.4, title, "")
        figure.text(0.12 / 8.0, 0.3, text, fontsize=9.5, color="#333333", va="center")
    return figure


def multiples_figure(
    panels: Sequence[Panel],
    places: Mapping[str, tuple[float, float]],
    codes: Sequence[Mapping[str, Any]],
    settings: Settings,
    language: str,
    *,
    title: str,
    caption: str,
    is_stability_known: bool = True,
) -> Figure:
    """Networks side by side, with one layout.

    Parameters
    ----------
    panels
        A network each; two in a row.
    codes
        The elements in codebook order: `id`, `display`, `level`.
    title, caption
        What stands above and below; the caption says which edges were drawn.
    """
    said = network_words(language)
    columns = min(2, max(len(panels), 1))
    rows = -(-len(panels) // columns)
    side, legend = 6.0, 0.62
    with mpl.rc_context(STYLE):
        figure, bottom, top = _figure(side * columns, rows * (side + 0.3) + legend, title, caption)
        height = figure.get_size_inches()[1]
        most = max([weight for panel in panels for weight in panel.edges["weight"]] + [0.0])
        for place, panel in enumerate(panels):
            row, column = divmod(place, columns)
            y = top - (row + 1) * (side + 0.3) / height
            axes = figure.add_axes((column / columns, y, 1 / columns, side / height))
            scales = (most, max([*panel.nodes["units"], 1]))
            _panel(axes, panel, places, codes, scales, said, is_stability_known=is_stability_known)
        _multiples_legend(figure, bottom, panels, codes, settings, language, is_stability_known=is_stability_known)
    return figure


def _bare(axes: Any) -> None:
    axes.set(xlim=(-1.16, 1.16), ylim=(-1.16, 1.16), aspect="equal")
    axes.axis("off")


def _headed(axes: Any, title: str, note: str) -> None:
    axes.text(0, 1.22, title, ha="center", va="center", fontsize=12, fontweight="bold")
    axes.text(0, 1.125, note, ha="center", va="center", fontsize=8, color="#555555")


def _panel(
    axes: Any,
    panel: Panel,
    places: Mapping[str, tuple[float, float]],
    codes: Sequence[Mapping[str, Any]],
    scales: tuple[float, int],
    said: Mapping[str, str],
    *,
    is_stability_known: bool,
) -> None:
    most, largest = scales
    _bare(axes)
    _headed(axes, panel.title, panel.note)
    rows = panel.edges.sort_values(["is_backbone", "weight", "source_id", "target_id"], kind="stable")
    for edge in rows.to_dict("records"):
        (xa, ya), (xb, yb) = places[edge["source_id"]], places[edge["target_id"]]
        # What could not be tried is not shown as tried.
        is_unstable = is_stability_known and not edge["kept_share"] >= STABLE
        axes.plot(
            [xa, xb],
            [ya, yb],
            lw=0.7 + 4.6 * edge["weight"] / most,
            color=_STRONG if edge["is_backbone"] else _FAINT,
            ls=_DASHED if edge["is_distorted"] else _DOTTED if is_unstable else "-",
            dash_capstyle="butt",
            solid_capstyle="round",
            alpha=0.85,
            zorder=1,
        )
    units_of = dict(zip(panel.nodes["id"], panel.nodes["units"].tolist(), strict=True))
    state_of = dict(zip(panel.nodes["id"], panel.nodes["state"], strict=True))
    for code in codes:
        x, y = places[code["id"]]
        units, state = units_of[code["id"]], str(state_of[code["id"]])
        colour = LEVEL_COLOURS.get(code["level"], INK)
        if units:
            # The area follows the number of units, within each panel: otherwise the pooled one would be all circles.
            radius = 0.046 + 0.042 * math.sqrt(min(units / largest, 1.0))
            axes.add_artist(Circle((x, y), radius, facecolor=colour, edgecolor="white", lw=0.9, zorder=3))
        else:
            edge_colour, line = ABSENT.get(state, ABSENT["nothing_said"])
            axes.add_artist(Circle((x, y), 0.046, facecolor="white", edgecolor=edge_colour, ls=line, lw=0.9, zorder=3))
        axes.text(
            x,
            y,
            code["display"],
            ha="center",
            va="center_baseline",
            fontsize=7.0 if len(code["display"]) <= 3 else 5.6,
            fontweight="bold" if units else "normal",
            color="white" if units else "#555555",
            zorder=4,
        )
    if panel.edges.empty:
        key = "panel_no_edges" if panel.nodes["units"].sum() else "panel_empty"
        axes.text(0, -1.12, said[key], ha="center", va="center", fontsize=8.5, style="italic", color="#555555")


def _multiples_legend(
    figure: Figure,
    bottom: float,
    panels: Sequence[Panel],
    codes: Sequence[Mapping[str, Any]],
    settings: Settings,
    language: str,
    *,
    is_stability_known: bool,
) -> None:
    said = network_words(language)
    level = {term.id: term.label[language] for term in settings.levels}
    height = figure.get_size_inches()[1]
    used = [name for name in LEVEL_COLOURS if name in {code["level"] for code in codes}]
    dots: list[Any] = [
        Line2D([], [], ls="", marker="o", ms=7, mfc=LEVEL_COLOURS[name], mec="none", label=level.get(name, name))
        for name in used
    ]
    states = {state for panel in panels for state in panel.nodes.loc[panel.nodes["units"] == 0, "state"]}
    rings = [
        Line2D([], [], ls="", marker="o", ms=7, mfc="white", mec=ABSENT[state][0], label=said[f"state_{state}"])
        for state in ABSENT
        if state in states
    ]
    has_faint = any(not panel.edges["is_backbone"].all() for panel in panels)
    kinds: list[tuple[str, str, Any]] = []
    if has_faint:
        kinds += [("legend_backbone", _STRONG, "-"), ("legend_frequent", _FAINT, "-")]
    if is_stability_known:
        kinds += [("legend_stable", "#666666", "-"), ("legend_unstable", "#666666", _DOTTED)]
    kinds += [("legend_distorted", "#666666", _DASHED)]
    lines = [Line2D([], [], color=colour, ls=style, lw=2, label=said[key]) for key, colour, style in kinds]
    _rows_of_legend(figure, bottom + 0.44 / height, [*dots, *lines])
    if rings:
        _ring_legend(figure, bottom + 0.16 / height, [state for state in ABSENT if state in states], said)


def _rows_of_legend(figure: Figure, y: float, handles: Sequence[Any]) -> None:
    figure.legend(
        handles=list(handles),
        loc="center",
        bbox_to_anchor=(0.5, y),
        ncol=len(handles),
        frameon=False,
        fontsize=8.6,
        handletextpad=0.4,
        columnspacing=1.5,
        borderpad=0,
    )


def _ring_legend(figure: Figure, y: float, states: Sequence[str], said: Mapping[str, str]) -> None:
    """Hollow circles with the outline that each reason has; a legend cannot draw a dotted marker."""
    width, height = figure.get_size_inches()
    lengths = [0.32 + 0.068 * len(said[f"state_{state}"]) for state in states]
    x = (width - sum(lengths)) / 2
    axes = figure.add_axes((0, y - 0.12 / height, 1, 0.24 / height))
    axes.set(xlim=(0, width), ylim=(0, 0.24))
    axes.axis("off")
    for state, length in zip(states, lengths, strict=True):
        colour, line = ABSENT[state]
        axes.add_artist(Circle((x + 0.08, 0.12), 0.065, facecolor="white", edgecolor=colour, ls=line, lw=0.9))
        axes.text(x + 0.21, 0.12, said[f"state_{state}"], va="center", fontsize=8.6)
        x += length


@dataclass(frozen=True)
class Contrast:
    """Two cases held against one another: title, note, and the edges to draw (source_id, target_id, difference, is_marked)."""

    names: tuple[str, str]
    title: str
    note: str
    edges: pd.DataFrame


def difference_figure(
    contrasts: Sequence[Contrast],
    places: Mapping[str, tuple[float, float]],
    codes: Sequence[Mapping[str, Any]],
    settings: Settings,
    language: str,
    *,
    caption: str,
) -> Figure:
    """A difference network for each pair of cases: colour and line style say which case has more, width how much."""
    said = network_words(language)
    if not contrasts:
        return message_figure(said["differences_title"], said["no_pairs"])
    columns = min(2, len(contrasts))
    rows = -(-len(contrasts) // columns)
    side = 6.0
    with mpl.rc_context(STYLE):
        step = side + 0.75
        figure, _, top = _figure(side * columns, rows * step, said["differences_title"], caption)
        height = figure.get_size_inches()[1]
        sizes = [abs(value) for contrast in contrasts for value in contrast.edges["difference"]]
        for place, contrast in enumerate(contrasts):
            row, column = divmod(place, columns)
            # A last panel that is alone in its row stands in the middle.
            left = 0.5 - 0.5 / columns if place == len(contrasts) - 1 and column == 0 else column / columns
            axes = figure.add_axes((left, top - ((row + 1) * step - 0.3) / height, 1 / columns, side / height))
            _contrast(axes, contrast, places, codes, max([*sizes, 1e-9]), said)
    return figure


def _contrast(
    axes: Any,
    contrast: Contrast,
    places: Mapping[str, tuple[float, float]],
    codes: Sequence[Mapping[str, Any]],
    most: float,
    said: Mapping[str, str],
) -> None:
    _bare(axes)
    _headed(axes, contrast.title, contrast.note)
    touched = {*contrast.edges["source_id"], *contrast.edges["target_id"]}
    for edge in contrast.edges.iloc[::-1].to_dict("records"):
        (xa, ya), (xb, yb) = places[edge["source_id"]], places[edge["target_id"]]
        is_first = edge["difference"] > 0
        axes.plot(
            [xa, xb],
            [ya, yb],
            lw=0.8 + 4.4 * abs(edge["difference"]) / most,
            color=PROMOTES if is_first else INHIBITS,
            ls="-" if is_first else _DASHED,
            dash_capstyle="butt",
            solid_capstyle="round",
            alpha=0.9,
            zorder=1,
        )
        if edge["is_marked"]:
            axes.text((xa + xb) / 2, (ya + yb) / 2, "★", ha="center", va="center", fontsize=9, zorder=5)
    for code in codes:
        x, y = places[code["id"]]
        is_in = code["id"] in touched
        colour = LEVEL_COLOURS.get(code["level"], INK)
        axes.add_artist(
            Circle((x, y), 0.056 if is_in else 0.046, facecolor=colour if is_in else "white", edgecolor=colour if is_in
                   else "#BBBBBB", lw=0.8, zorder=3)
        )  # fmt: skip
        axes.text(
            x,
            y,
            code["display"],
            ha="center",
            va="center_baseline",
            fontsize=7.0 if len(code["display"]) <= 3 else 5.6,
            fontweight="bold" if is_in else "normal",
            color="white" if is_in else "#777777",
            zorder=4,
        )
    first, second = contrast.names
    handles = [
        Line2D([], [], color=PROMOTES, lw=2.4, label=said["difference_more"].format(name=first)),
        Line2D([], [], color=INHIBITS, lw=2.4, ls=_DASHED, label=said["difference_more"].format(name=second)),
    ]
    axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, -0.025), ncol=2, frameon=False, fontsize=8.6,
                handlelength=2.6)  # fmt: skip
    if contrast.edges.empty:
        axes.text(0, 0, said["no_difference"], ha="center", va="center", fontsize=9, style="italic", color="#555555")


def matrix_figure(
    edges: pd.DataFrame,
    nodes: pd.DataFrame,
    codes: Sequence[Mapping[str, Any]],
    settings: Settings,
    language: str,
    *,
    title: str,
    caption: str,
    cases_with: Mapping[tuple[str, str], Sequence[str]] | None = None,
) -> Figure:
    """Codes × codes, by level: the number of each pair below the diagonal, the cases that have it above.

    Parameters
    ----------
    edges
        source_id, target_id, n_ij, `weight` and is_distorted of one network.
    nodes
        id and units of the same network.
    cases_with
        The ids of the cases that have an edge, by (source_id, target_id); None leaves the upper half empty.
    """
    if edges.empty:
        return message_figure(title, network_words(language)["no_edges_at_all"])
    count = len(codes)
    label, side = 3.35, 0.268 * len(codes)
    place = {code["id"]: number_ for number_, code in enumerate(codes)}
    units = dict(zip(nodes["id"], nodes["units"], strict=True))
    with mpl.rc_context(STYLE):
        width = max(label + side + 0.25, 7.0)
        figure, bottom, _ = _figure(width, side + 0.5, title, caption)
        height = figure.get_size_inches()[1]
        axes = figure.add_axes((label / width, bottom + 0.08 / height, side / width, side / height))
        axes.set(xlim=(0, count), ylim=(count, 0))
        axes.axis("off")
        most = max([*edges["weight"], 1e-9])
        for edge in edges.to_dict("records"):
            first, second = sorted((place[edge["source_id"]], place[edge["target_id"]]))
            shade = 0.06 + 0.84 * min(edge["weight"] / most, 1.0)
            axes.add_artist(Rectangle((first, second), 1, 1, facecolor=PROMOTES, alpha=shade, lw=0))
            axes.text(
                first + 0.5,
                second + 0.53,
                str(int(edge["n_ij"])),
                ha="center",
                va="center",
                fontsize=7.2,
                style="italic" if edge["is_distorted"] else "normal",
                color="white" if shade > 0.55 else INK,
            )
        if cases_with is not None:
            _case_dots(axes, edges, place, cases_with, [case.id for case in settings.cases])
        for code in codes:
            at = place[code["id"]]
            colour = LEVEL_COLOURS.get(code["level"], INK)
            axes.add_artist(Rectangle((at, at), 1, 1, facecolor="#E9E9E9", lw=0))
            axes.text(at + 0.5, at + 0.53, str(int(units.get(code["id"], 0))), ha="center", va="center", fontsize=6.8,
                      fontweight="bold", color=colour)  # fmt: skip
            axes.text(
                at + 0.5, -0.25, code["display"], ha="center", va="bottom", fontsize=7.6, rotation=90, color=colour
            )
            text = f"{shortened(code['label'][language], 42)}  {code['display']}"
            axes.text(-0.25, at + 0.53, text, ha="right", va="center", fontsize=7.6, color=colour)
        between = [line for line in range(1, count) if codes[line - 1]["level"] != codes[line]["level"]]
        for lines, colour, width_ in ((range(count + 1), "#DDDDDD", 0.4), (between, "#666666", 1.1)):
            axes.hlines(lines, 0, count, color=colour, lw=width_, clip_on=False, zorder=3)
            axes.vlines(lines, 0, count, color=colour, lw=width_, clip_on=False, zorder=3)
    return figure


def _case_dots(
    axes: Any,
    edges: pd.DataFrame,
    place: Mapping[str, int],
    cases_with: Mapping[tuple[str, str], Sequence[str]],
    cases: Sequence[str],
) -> None:
    """A dot per case in each cell above the diagonal, filled where the case has the edge."""
    step, size = 0.86 / max(len(cases), 1), min(3.2, 9.5 / max(len(cases), 1)) ** 2
    dots: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for pair in zip(edges["source_id"], edges["target_id"], strict=True):
        row, column = sorted((place[pair[0]], place[pair[1]]))
        has = set(cases_with.get(pair, ()))
        for number_, case in enumerate(cases):
            dots[case in has].append((column + 0.07 + step * (number_ + 0.5), row + 0.5))
    for is_there, spots in dots.items():
        if spots:
            face, edge = ("#444444", "#444444") if is_there else ("white", "#AAAAAA")
            axes.scatter(*zip(*spots, strict=True), s=size, facecolors=face, edgecolors=edge, linewidths=0.5)


def mixing_figure(
    panels: Sequence[tuple[str, pd.DataFrame]], settings: Settings, language: str, *, caption: str
) -> Figure:
    """Co-occurrences within and between levels, a half matrix per case and one for all.

    Parameters
    ----------
    panels
        (title, counts): a symmetric frame, levels × levels.
    """
    said = network_words(language)
    levels = [str(level) for level in panels[0][1].index] if panels else []
    label = {term.id: term.label[language] for term in settings.levels}
    side, gap, left = 0.74 * max(len(levels), 1), 0.45, 1.75
    with mpl.rc_context(STYLE):
        width = left + len(panels) * (side + gap) + 0.1
        figure, bottom, _ = _figure(width, side + 0.95, said["mixing_title"], caption)
        height = figure.get_size_inches()[1]
        for place, (title, counts) in enumerate(panels):
            x = left + place * (side + gap)
            axes = figure.add_axes((x / width, bottom + 0.4 / height, side / width, side / height))
            axes.set(xlim=(0, len(levels)), ylim=(len(levels), 0))
            axes.axis("off")
            table = counts.to_numpy().astype(int)
            total = int(np.tril(table).sum())
            told = said["mixing_pairs_1" if total == 1 else "mixing_pairs"].format(n=number(total, language))
            axes.set_title(title, fontsize=10.5, fontweight="bold", pad=20)
            axes.text(len(levels) / 2, -0.14, told, ha="center", va="bottom", fontsize=8, color="#555555")
            shares = [float(table[r, c]) / total if total else 0.0 for r in range(len(levels)) for c in range(r + 1)]
            most = max([*shares, 1e-9])
            for row, level in enumerate(levels):
                colour = LEVEL_COLOURS.get(level, INK)
                if place == 0:
                    axes.text(-0.12, row + 0.5, "\n".join(textwrap.wrap(label.get(level, level), 16)), ha="right",
                              va="center", fontsize=8.4, color=colour, fontweight="bold")  # fmt: skip
                axes.text(row + 0.5, len(levels) + 0.1, level, ha="center", va="top", fontsize=8.6, color=colour,
                          fontweight="bold")  # fmt: skip
                for column in range(row + 1):
                    _mixing_cell(axes, (column, row), int(table[row, column]), total, most, language)
    return figure


def _mixing_cell(axes: Any, at: tuple[int, int], count: int, total: int, most: float, language: str) -> None:
    share = count / total if total else 0.0
    shade = 0.8 * share / most
    axes.add_artist(Rectangle(at, 1, 1, facecolor=PROMOTES, alpha=shade, lw=0))
    axes.add_artist(Rectangle(at, 1, 1, facecolor="none", edgecolor="#CCCCCC", lw=0.6))
    ink = "white" if shade > 0.5 else INK
    axes.text(at[0] + 0.5, at[1] + 0.4, number(count, language), ha="center", va="center", fontsize=9, color=ink)
    if total:
        axes.text(at[0] + 0.5, at[1] + 0.72, f"{number(100 * share, language)} %", ha="center", va="center", fontsize=7,
                  color=ink)  # fmt: skip


def ena_figure(
    points: pd.DataFrame,
    means: pd.DataFrame,
    loadings: pd.DataFrame,
    shares: Sequence[float],
    settings: Settings,
    language: str,
    *,
    caption: str,
) -> Figure:
    """The documents in the plane in which they differ most, with the mean of each case; both axes tell what they mean.

    Parameters
    ----------
    points, means
        case, x, y (and documents, for means).
    loadings
        source, target (display codes), x, y: how much each edge turns a document towards an axis.
    shares
        The part of the variation that each of the axes has, from 0 to 1; NaN for unknown. One only where the documents
        differ along a single line.
    """
    said = network_words(language)
    with mpl.rc_context(STYLE):
        figure, bottom, top = _figure(8.6, 6.4, said["ena_title"], caption)
        height = figure.get_size_inches()[1]
        axes = figure.add_axes((0.1, bottom + 1.05 / height, 0.86, top - bottom - 1.12 / height))
        axes.axhline(0, color="#CCCCCC", lw=0.8, zorder=0)
        axes.axvline(0, color="#CCCCCC", lw=0.8, zorder=0)
        handles = []
        for place, case in enumerate(settings.cases):
            marker, colour = CASE_MARKS[place % len(CASE_MARKS)]
            own, mean = points[points["case"] == case.id], means[means["case"] == case.id]
            axes.plot(own["x"], own["y"], ls="", marker=marker, ms=6, mfc="white", mec=colour, mew=1.3, zorder=2)
            for x, y in zip(mean["x"], mean["y"], strict=True):
                for one in own.to_dict("records"):
                    axes.plot([x, one["x"]], [y, one["y"]], color=colour, lw=0.5, alpha=0.35, zorder=1)
                axes.plot([x], [y], marker=marker, ms=12, mfc=colour, mec="white", mew=1.4, zorder=3)
            told = said["ena_documents"].format(name=case.label[language], n=len(own))
            handles.append(Line2D([], [], ls="", marker=marker, ms=8, mfc=colour, mec="white", label=told))
        reach = 1.12 * max([*points["x"].abs(), *points["y"].abs(), 1e-6])
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
        ticks = [tick for tick in mpl.ticker.MaxNLocator(6).tick_values(-reach, reach) if abs(tick) <= reach]
        axes.set(xticks=ticks, yticks=ticks)
        for spine in axes.spines.values():
            spine.set_color("#BBBBBB")
        axes.tick_params(labelsize=7.5, color="#BBBBBB", labelcolor="#555555")
        labels: tuple[tuple[str, int, Any], ...] = (("x", 1, axes.set_xlabel), ("y", 2, axes.set_ylabel))
        if len(shares) < len(labels):
            axes.set_ylabel(said["ena_one_axis"], fontsize=8.4)
        for (axis, name, set_label), share in zip(labels, shares, strict=False):
            told = "?" if pd.isna(share) else number(100 * share, language)
            heading = said["ena_axis"].format(n=name, share=told)
            set_label(f"{heading}\n{_ends(loadings, axis, said)}", fontsize=8.4)
        for own_axis in (axes.xaxis, axes.yaxis):
            own_axis.set_major_formatter(lambda value, _: number(value, language, 2).replace("-", "\N{MINUS SIGN}"))
        figure.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, bottom + 0.06 / height), ncol=3,
                      frameon=False, fontsize=9)  # fmt: skip
    return figure


def _ends(loadings: pd.DataFrame, axis: str, said: Mapping[str, str], most: int = 3) -> str:
    """The edges that pull furthest to either end of an axis."""
    rows = loadings.sort_values([axis, "source", "target"], kind="stable")
    low = [f"{r['source']}–{r['target']}" for r in rows.head(most).to_dict("records") if r[axis] < 0]
    high = [f"{r['source']}–{r['target']}" for r in rows.tail(most).iloc[::-1].to_dict("records") if r[axis] > 0]
    return said["ena_ends"].format(low=", ".join(low), high=", ".join(high))


def stability_figure(
    panels: Sequence[tuple[str, str, pd.DataFrame]],
    pairs: Sequence[tuple[str, str, str]],
    settings: Settings,
    language: str,
    *,
    caption: str,
) -> Figure:
    """The strongest edges with their intervals, a column per case and one for all; rows are the same in all columns.

    Parameters
    ----------
    panels
        (title, note, edges): source_id, target_id, `weight`, low, high, kept_share, is_distorted.
    pairs
        (source_id, target_id, label) of the rows, from the top.
    """
    said = network_words(language)
    if not pairs:
        return message_figure(said["stability_title"], said["no_edges_at_all"])
    left, wide, row = 1.35, 2.75, 0.225
    with mpl.rc_context(STYLE):
        width, body = left + wide * len(panels) + 0.15, row * len(pairs) + 1.15
        figure, bottom, _ = _figure(width, body, said["stability_title"], caption)
        height = figure.get_size_inches()[1]
        wanted = {pair[:2] for pair in pairs}
        reach = 1e-9
        for _, _, edges in panels:
            is_wanted = [key in wanted for key in zip(edges["source_id"], edges["target_id"], strict=True)]
            own = edges[pd.Series(is_wanted, index=edges.index, dtype=bool)]
            reach = max([reach, *own["weight"].dropna(), *own["high"].dropna()])
        for place, (title, note, edges) in enumerate(panels):
            axes = figure.add_axes(
                (
                    (left + wide * place) / width,
                    bottom + 0.32 / height,
                    (wide - 0.15) / width,
                    row * len(pairs) / height,
                )
            )
            axes.set(xlim=(-0.03 * reach, 1.24 * reach), ylim=(len(pairs) - 0.5, -0.5))
            axes.set_title(title, fontsize=10.5, fontweight="bold", pad=8 + 9.5 * (note.count("\n") + 1))
            axes.annotate(note, (0.5, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", ha="center",
                          va="bottom", fontsize=7.4, color="#555555")  # fmt: skip
            rows = {(r["source_id"], r["target_id"]): r for r in edges.to_dict("records")}
            for at, (source, target, label) in enumerate(pairs):
                if at % 2 == 0:
                    axes.axhspan(at - 0.5, at + 0.5, color="#F4F4F4", lw=0, zorder=0)
                _forest_row(axes, at, rows.get((source, target)), reach, said, language)
                if place == 0:
                    axes.text(-0.08 * reach, at, label, ha="right", va="center", fontsize=8)
            axes.yaxis.set_visible(False)
            axes.tick_params(axis="x", labelsize=7, color="#BBBBBB", labelcolor="#555555")
            axes.set_xticks(
                [tick for tick in mpl.ticker.MaxNLocator(3).tick_values(0, reach) if 0 <= tick <= 1.1 * reach]
            )
            axes.xaxis.set_major_formatter(lambda value, _: number(value, language, 2))
            for side in ("top", "right", "left"):
                axes.spines[side].set_visible(False)
            axes.axvline(0, color=FAINT, lw=0.7)
    return figure


def _forest_row(
    axes: Any, at: int, edge: Mapping[Any, Any] | None, reach: float, said: Mapping[str, str], language: str
) -> None:
    if edge is None or pd.isna(edge["weight"]):
        axes.text(0.02 * reach, at, said["not_here"], va="center", fontsize=6.8, style="italic", color="#777777")
        return
    if not pd.isna(edge["low"]):
        axes.plot([edge["low"], edge["high"]], [at, at], color=PROMOTES, lw=1.6, solid_capstyle="butt", zorder=2)
    axes.plot([edge["weight"]], [at], marker="o", ms=5, mfc="white" if edge["is_distorted"] else PROMOTES, mec=PROMOTES,
              mew=1.2, zorder=3)  # fmt: skip
    if not pd.isna(edge["kept_share"]):
        axes.text(
            1.235 * reach, at, f"{number(100 * edge['kept_share'], language)} %", ha="right", va="center", fontsize=7
        )
