"""The figures of a practice model: profile, course of the procurements, network, and what is particular.

Drawn from the model's dict form, the same bytes for the same model. Direction is told by shape and side as well as by
colour, so a black-and-white print still reads.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch, Polygon, Rectangle
from matplotlib.path import Path

from ..settings import Settings
from .figures import FAINT, INHIBITS, INK, LEVEL_COLOURS, PROMOTES, STYLE, UNSET, circle_layout, shortened
from .practice_words import practice_words

Model = Mapping[str, Any]
#: Inhibiting as letters: the fill's colour is too light to read on white.
INHIBITS_INK = "#8F6200"
#: How edges are drawn by how firm they are.
LINES: Mapping[str, Any] = {"firm": "-", "unsure": (0, (5, 2.2)), "one_document": (0, (1, 1.8))}


def state_told(element: Mapping[str, Any], said: Mapping[str, str]) -> str:
    """Why an element has no evidence, in words."""
    if element["pending"] and element["state"] != "suppressed":
        return said["state_pending"].format(n=element["pending"])
    return said[f"state_{element['state']}"]


def profile_figure(model: Model, settings: Settings, language: str) -> Figure:
    """The elements as bars to either side, with how broad the evidence is; one band for each level."""
    said = practice_words(language)
    labels = {level.id: level.label[language] for level in settings.levels}
    rows: list[Mapping[str, Any] | str] = []
    for level in model["levels"]:
        rows += [level["level"], *(e for e in model["profile"] if e["level"] == level["level"])]
    height = 0.27 * len(rows) + 0.9
    most = max([max(len(e["segments"]["promoting"]), len(e["segments"]["inhibiting"])) for e in model["profile"]] + [1])
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11.6, height))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 11.6), ylim=(0, height))
        axes.axis("off")
        middle, reach = 6.35, 1.75
        columns = [(8.95, "documents_short"), (9.95, "informants_short"), (10.95, "actor_types_short")]
        top = height - 0.42
        axes.text(
            middle - 0.08, top, f"{said['promoting']} ▲", ha="right", va="center", color=PROMOTES, fontweight="bold"
        )
        axes.text(
            middle + 0.08, top, f"▼ {said['inhibiting']}", ha="left", va="center", color=INHIBITS_INK, fontweight="bold"
        )
        for x, key in columns:
            axes.text(x, top, said[key], ha="center", va="center", fontsize=8)
        for number, row in enumerate(rows):
            y = top - 0.32 - 0.27 * number
            if isinstance(row, str):
                colour = LEVEL_COLOURS.get(row, INK)
                axes.add_artist(Rectangle((0.1, y - 0.13), 11.4, 0.26, facecolor=colour, alpha=0.1, lw=0))
                axes.text(0.2, y, labels.get(row, row), va="center", fontsize=9.6, fontweight="bold", color=colour)
                continue
            _profile_row(axes, row, y, (middle, reach, most), columns, said, language)
    return figure


def _profile_row(
    axes: Any,
    element: Mapping[str, Any],
    y: float,
    scale: tuple[float, float, int],
    columns: Sequence[tuple[float, str]],
    said: Mapping[str, str],
    language: str,
) -> None:
    middle, reach, most = scale
    colour = LEVEL_COLOURS.get(element["level"], INK)
    axes.text(0.2, y, element["display"], va="center", fontsize=8.6, fontweight="bold", color=colour)
    axes.text(0.68, y, shortened(element["label"][language], 48), va="center", fontsize=8.9)
    if element["state"] != "evidence":
        axes.text(middle + 0.08, y, state_told(element, said), va="center", fontsize=8, style="italic", color="#595959")
        return
    up, down = len(element["segments"]["promoting"]), len(element["segments"]["inhibiting"])
    for count, side in ((up, -1), (down, 1)):
        length = reach * count / most
        axes.add_artist(
            Rectangle(
                (middle - (length if side < 0 else 0), y - 0.09),
                length,
                0.18,
                facecolor=PROMOTES if side < 0 else INHIBITS,
                hatch=None if side < 0 else "////",
                edgecolor="white" if side > 0 else PROMOTES,
                lw=0,
            )
        )
        axes.text(
            middle + side * (length + 0.06),
            y,
            str(count),
            va="center",
            ha="right" if side < 0 else "left",
            fontsize=7.6,
        )
    axes.plot([middle, middle], [y - 0.13, y + 0.13], color=INK, lw=0.8)
    breadth = [
        (len(element["documents"]), element["of_documents"]),
        (element["informants"], element["of_informants"]),
        (len(element["actor_types"]), element["of_actor_types"]),
    ]
    for (x, _), (k, n) in zip(columns, breadth, strict=True):
        axes.text(x, y, said["k_of_n"].format(k=k, n=n), va="center", ha="center", fontsize=8)


def course_figure(model: Model, settings: Settings, language: str) -> Figure | None:
    """The course of each procurement from left to right: elements by phase; None where no passage has a phase."""
    said = practice_words(language)
    phases = _phases(settings, model, language)
    processes = [p for p in model["processes"] if p["with_phase"]]
    if not processes or not phases:
        return None
    rows = _course_order(processes, [phase for phase, _ in phases], model)
    display = {e["id"]: e for e in model["profile"]}
    left, cell, gap, row_h = 3.9, 1.42, 0.35, 0.3
    width = left + len(processes) * (len(phases) * cell + gap)
    height = row_h * len(rows) + 1.62
    most = max(len(c["phases"][p]["promoting"]) + len(c["phases"][p]["inhibiting"]) + len(c["phases"][p]["other"])
               for one in processes for c in one["course"] for p, _ in phases)  # fmt: skip
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(0, height))
        axes.axis("off")
        top = height - 1.18
        for number, code in enumerate(rows):
            y = top - 0.3 - row_h * number
            element = display[code]
            if number % 2 == 0:
                axes.add_artist(Rectangle((0.08, y - row_h / 2), width - 0.16, row_h, facecolor="#f4f4f4", lw=0))
            colour = LEVEL_COLOURS.get(element["level"], INK)
            axes.text(0.15, y, element["display"], va="center", fontsize=8.8, fontweight="bold", color=colour)
            axes.text(0.62, y, shortened(element["label"][language], 40), va="center", fontsize=8.9)
        for place, process in enumerate(processes):
            x = left + place * (len(phases) * cell + gap)
            _course_panel(axes, process, (x, top), rows, phases, (cell, row_h), most, language)
        axes.text(
            0.15, height - 0.28, f"▲ {said['promotes']}", va="center", fontsize=8.6, color=PROMOTES, fontweight="bold"
        )
        axes.text(
            1.25,
            height - 0.28,
            f"▼ {said['inhibits']}",
            va="center",
            fontsize=8.6,
            color=INHIBITS_INK,
            fontweight="bold",
        )
        axes.text(2.3, height - 0.28, f"○ {said['legend_none']}", va="center", fontsize=8.6, color="#595959")
    return figure


def _phases(settings: Settings, model: Model, language: str) -> list[tuple[str, str]]:
    names = {value.id: value.label[language] for facet in settings.facets for value in facet.values}
    return [(phase, names.get(phase, phase)) for phase in model["phases"]]


def _course_order(processes: Sequence[Mapping[str, Any]], phases: Sequence[str], model: Model) -> list[str]:
    """Elements with a phase, those spoken of earliest first; ties by codebook order."""
    weight: dict[str, list[int]] = {}
    for process in processes:
        for one in process["course"]:
            for place, phase in enumerate(phases):
                own = one["phases"][phase]
                count = len({*own["promoting"], *own["inhibiting"], *own["other"]})
                weight.setdefault(one["element"], []).extend([place] * count)
    order = {e["id"]: place for place, e in enumerate(model["profile"])}
    found = [code for code, places in weight.items() if places]
    return sorted(found, key=lambda code: (round(sum(weight[code]) / len(weight[code]), 9), order[code]))


def _course_panel(
    axes: Any,
    process: Mapping[str, Any],
    at: tuple[float, float],
    rows: Sequence[str],
    phases: Sequence[tuple[str, str]],
    size: tuple[float, float],
    most: int,
    language: str,
) -> None:
    (x, top), (cell, row_h) = at, size
    title = textwrap.fill(f"{process['id']}  {process['title'][language]}", 52, max_lines=2, placeholder="…")
    axes.text(x, top + 0.6, title, fontsize=9.2, fontweight="bold", va="bottom")
    for number, (_, name) in enumerate(phases):
        left, right, tip = x + number * cell, x + (number + 1) * cell - 0.06, 0.14
        low, high, middle = top + 0.05, top + 0.47, top + 0.26
        notch = [(left + tip, middle)] if number else []
        corners = [(left, low), (right, low), (right + tip, middle), (right, high), (left, high), *notch]
        axes.add_artist(Polygon(corners, closed=True, facecolor="#e4e4e4", edgecolor="white", lw=1))
        axes.text((left + right) / 2 + 0.07, middle, shortened(name, 22), ha="center", va="center", fontsize=7.8)
    by_code = {one["element"]: one for one in process["course"]}
    for number, code in enumerate(rows):
        if code not in by_code:
            continue
        y = top - 0.3 - row_h * number
        held = [(place, by_code[code]["phases"][phase]) for place, (phase, _) in enumerate(phases)]
        held = [(place, own) for place, own in held if any(own[key] for key in ("promoting", "inhibiting", "other"))]
        if len(held) > 1:
            ends = [x + (place + 0.5) * cell for place in (held[0][0], held[-1][0])]
            axes.plot(ends, [y, y], color="#8a8a8a", lw=1.1, zorder=2)
        for place, own in held:
            _course_marks(axes, x + (place + 0.5) * cell, y, own, most)


def _course_marks(axes: Any, x: float, y: float, own: Mapping[str, Sequence[str]], most: int) -> None:
    """Triangles with their counts; the area says how many, the number says it again."""
    marks = [("▲", len(own["promoting"]), PROMOTES), ("▼", len(own["inhibiting"]), INHIBITS_INK)]
    marks = [mark for mark in marks if mark[1]]
    if not marks:
        marks = [("○", len(own["other"]), "#595959")]
    span = 0.52
    axes.add_artist(Rectangle((x - span * len(marks) / 2, y - 0.115), span * len(marks), 0.23, facecolor="white",
                              edgecolor="#c4c4c4", lw=0.5, zorder=3))  # fmt: skip
    for number, (shape, count, colour) in enumerate(marks):
        at = x + (number - (len(marks) - 1) / 2) * span
        size = 6.2 + 5.2 * (count / most) ** 0.5
        axes.text(at - 0.05, y, shape, ha="right", va="center_baseline", fontsize=size, color=colour, zorder=4)
        axes.text(at + 0.02, y, str(count), ha="left", va="center_baseline", fontsize=8.6, color=INK, zorder=4)


def network_figure(model: Model, settings: Settings, language: str) -> Figure | None:
    """The municipality's own network on a circle by level; None without an edge."""
    said = practice_words(language)
    edges = model["network"]["edges"]
    if not edges:
        return None
    nodes = [(e["id"], e["level"]) for e in model["profile"]]
    places, level = circle_layout(nodes), dict(nodes)
    held = {end for edge in edges for end in (edge["source"], edge["target"])}
    most = max(edge["turns"] for edge in edges)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11.6, 6.4))
        axes = figure.add_axes((0, 0.06, 1, 0.94))
        axes.set(xlim=(-2.62, 2.62), ylim=(-1.3, 1.3), aspect="equal")
        axes.axis("off")
        for edge in sorted(edges, key=lambda e: (e["turns"], e["source"], e["target"])):
            (xa, ya), (xb, yb) = places[edge["source"]], places[edge["target"]]
            pull = 0.46 - 0.19 * float(np.hypot(xa - xb, ya - yb))
            curve = Path(
                [(xa, ya), ((xa + xb) * pull, (ya + yb) * pull), (xb, yb)], [Path.MOVETO, Path.CURVE3, Path.CURVE3]
            )
            strength = edge["turns"] / most
            same = edge["kind"] == "within"
            axes.add_artist(
                PathPatch(
                    curve,
                    facecolor="none",
                    edgecolor=LEVEL_COLOURS.get(level[edge["source"]], INK) if same else "#555555",
                    lw=0.8 + 3.2 * strength,
                    alpha=0.4 + 0.5 * strength,
                    linestyle=LINES[edge["firmness"]],
                )
            )
        labels = _label_places(places)
        for element in model["profile"]:
            code = element["id"]
            _network_node(axes, element, places[code], labels[code], code in held, language)
        _network_legend(figure, settings, said, language, {e["level"] for e in model["profile"]})
    return figure


def _label_places(places: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Where labels stand: a column to either side, in the order of the nodes' heights, never closer than a line."""
    found: dict[str, tuple[float, float]] = {}
    line, edge = 0.1, 1.22
    for side in (1, -1):
        own = sorted((node for node, (x, _) in places.items() if (x >= 0) == (side > 0)), key=lambda n: -places[n][1])
        heights = [1.06 * places[node][1] for node in own]
        for at in range(1, len(own)):
            heights[at] = min(heights[at], heights[at - 1] - line)
        # What was pushed down over the foot comes up again, from below.
        low = -edge
        for at in reversed(range(len(own))):
            heights[at] = max(heights[at], low)
            low = heights[at] + line
        found |= {node: (side * 1.2, height) for node, height in zip(own, heights, strict=True)}
    return found


def _network_node(
    axes: Any,
    element: Mapping[str, Any],
    at: tuple[float, float],
    label: tuple[float, float],
    is_held: bool,
    language: str,
) -> None:
    colour = LEVEL_COLOURS.get(element["level"], INK)
    size = 0.016 + 0.0058 * float(element["turns"]) ** 0.5
    side = 1 if label[0] > 0 else -1
    axes.plot([at[0], label[0] - side * 0.02], [at[1], label[1]], color="#c9c9c9", lw=0.6, zorder=1)
    axes.add_artist(Circle(at, size, facecolor=colour if is_held else "white", edgecolor=colour, lw=0.9, zorder=3))
    words = (element["display"], shortened(element["label"][language], 42))
    axes.text(
        *label,
        "  ".join(words if side > 0 else words[::-1]),
        ha="left" if side > 0 else "right",
        va="center",
        fontsize=8.6,
        color=colour if is_held else "#6a6a6a",
        zorder=4,
    )


def _network_legend(figure: Figure, settings: Settings, said: Mapping[str, str], language: str, used: set[str]) -> None:
    axes = figure.add_axes((0, 0, 1, 0.06))
    axes.set(xlim=(0, 11.6), ylim=(0, 1))
    axes.axis("off")
    x = 0.3
    for key, line in LINES.items():
        axes.plot([x, x + 0.55], [0.62, 0.62], color="#333333", lw=1.8, linestyle=line)
        axes.text(x + 0.65, 0.62, said[f"firm_{key}"], va="center", fontsize=8.6)
        x += 0.95 + 0.07 * len(said[f"firm_{key}"])
    x += 0.2
    for level in settings.levels:
        if level.id in used:
            text = f"●  {level.label[language]}"
            axes.text(
                x, 0.62, text, va="center", fontsize=8.8, color=LEVEL_COLOURS.get(level.id, INK), fontweight="bold"
            )
            x += 0.25 + 0.085 * len(text)


def particular_figure(model: Model, settings: Settings, language: str) -> Figure | None:
    """What differs, as a table of municipalities with this one first and framed; None where nothing does."""
    said = practice_words(language)
    found = model["particular"]
    if not found:
        return None
    cases = [case for case in settings.cases if case.id == model["case"]]
    cases += [case for case in settings.cases if case.id != model["case"]]
    display = {e["id"]: e for e in model["profile"]}
    left, cell, row_h = 6.3, 1.95, 0.34
    width, height = left + cell * len(cases) + 0.15, row_h * len(found) + 0.7
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(0, height))
        axes.axis("off")
        for place, case in enumerate(cases):
            axes.text(
                left + (place + 0.5) * cell,
                height - 0.3,
                case.label[language],
                ha="center",
                va="center",
                fontsize=10,
                fontweight="bold" if place == 0 else "normal",
            )
        for number, row in enumerate(found):
            y = height - 0.72 - row_h * number
            _particular_row(axes, row, y, (left, cell, row_h), cases, display, said, language)
        axes.add_artist(
            Rectangle((left + 0.03, height - 0.72 - row_h * (len(found) - 0.5) + 0.01), cell - 0.06,
                      row_h * len(found) - 0.02, facecolor="none", edgecolor=INK, lw=1.4, zorder=5)
        )  # fmt: skip
    return figure


def _particular_row(
    axes: Any,
    row: Mapping[str, Any],
    y: float,
    size: tuple[float, float, float],
    cases: Sequence[Any],
    display: Mapping[str, Mapping[str, Any]],
    said: Mapping[str, str],
    language: str,
) -> None:
    left, cell, row_h = size
    axes.plot([0.1, left + cell * len(cases)], [y - row_h / 2] * 2, color="#d5d5d5", lw=0.6)
    axes.text(0.12, y, said[f"kind_{row['kind']}"], va="center", fontsize=8.2, style="italic", color="#444444")
    x = 1.75
    if len(row["elements"]) == 1:
        element = display[row["elements"][0]]
        colour = LEVEL_COLOURS.get(element["level"], INK)
        axes.text(x, y, element["display"], va="center", fontsize=8.8, fontweight="bold", color=colour)
        axes.text(x + 0.48, y, shortened(element["label"][language], 44), va="center", fontsize=8.9)
    else:
        ends = [display[one] for one in row["elements"]]
        text = " – ".join(f"{one['display']} {shortened(one['label'][language], 24)}" for one in ends)
        axes.text(x, y, text, va="center", fontsize=8.2)
    own = {"case": cases[0].id, "state": row["state"], "segments": row["segments"], "is_compared": True,
           "promoting": row["promoting"], "inhibiting": row["inhibiting"]}  # fmt: skip
    there = {one["case"]: one for one in row["elsewhere"]}
    for place, case in enumerate(cases):
        one = own if place == 0 else there.get(case.id)
        if one is not None:
            _particular_cell(axes, one, left + (place + 0.5) * cell, y, row, said)


def _particular_cell(
    axes: Any, one: Mapping[str, Any], x: float, y: float, row: Mapping[str, Any], said: Mapping[str, str]
) -> None:
    if row["kind"] == "edge_only_here" and one["state"] in ("evidence", "apart"):
        text = said["together_n"].format(n=row["turns"]) if one["state"] == "evidence" else said["state_apart"]
        axes.text(x, y, text, ha="center", va="center", fontsize=8, color=INK)
    elif one["state"] == "evidence" and (one["promoting"] or one["inhibiting"]):
        axes.text(x - 0.12, y, f"▲ {one['promoting']}", ha="right", va="center", fontsize=9, color=PROMOTES)
        axes.text(x + 0.12, y, f"▼ {one['inhibiting']}", ha="left", va="center", fontsize=9, color=INHIBITS_INK)
    elif one["state"] == "evidence":
        axes.text(x, y, f"○ {len(one['segments'])}", ha="center", va="center", fontsize=9, color=UNSET)
    else:
        state = {"pending": "waiting"}.get(one["state"], one["state"])
        axes.text(x, y, said[f"state_{state}"], ha="center", va="center", fontsize=8, style="italic",
                  color=INK if one["is_compared"] else FAINT)  # fmt: skip
