"""The figures of the cross-case synthesis: element × municipality as a display, and curves of saturation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..models.synthesis import Saturated, Synthesis
from ..settings import Settings
from .figures import FAINT, INHIBITS, INK, LEVEL_COLOURS, PROMOTES, STYLE, shortened
from .synthesis_words import synthesis_words

_EVEN = "#DDDDDD"
#: The curves of a figure: colour and marker, told apart in black and white as well.
_LINES = {"code": ("#0072B2", "o"), "polarity": ("#D55E00", "s"), "inductive": ("#009E73", "^")}


def matrix_figure(made: Synthesis, settings: Settings, language: str) -> Figure:
    """Elements × cases in case order: a box per cell with its turns, filled by how many and by which direction.

    Blue: more turns promote than inhibit; orange with hatching: more inhibit; grey: as many of each.
    """
    said = synthesis_words(language)
    labels = {case.id: case.label[language] for case in settings.cases}
    cells = {(row["row"], row["column"]): row for row in made.matrices["case"].cells.to_dict("records")}
    elements, cases = made.elements, made.case_order.rows
    most = max([int(cell["turns"]) for cell in cells.values()] + [1])
    tall, wide, left, top, foot = 0.235, 1.5, 4.0, 0.55, 0.5
    height, width = top + tall * len(elements) + foot, left + wide * len(cases) + 0.15
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(0, height))
        axes.axis("off")
        for nth, case in enumerate(cases):
            x = left + wide * (nth + 0.5)
            axes.text(
                x, height - 0.2, labels.get(case, case), ha="center", va="center", fontsize=10.5, fontweight="bold"
            )
        for line, code in enumerate(elements):
            y = height - top - tall * (line + 1)
            colour = LEVEL_COLOURS.get(code.level, INK)
            if line and elements[line - 1].level != code.level:
                axes.plot([0.1, width - 0.1], [y + tall, y + tall], color=FAINT, lw=0.7)
            axes.text(0.12, y + tall / 2, code.display, va="center", fontsize=8.4, fontweight="bold", color=colour)
            axes.text(0.68, y + tall / 2, shortened(code.label[language], 46), va="center", fontsize=8, color=INK)
            for nth, case in enumerate(cases):
                if (cell := cells.get((case, code.id))) is not None:
                    _cell(axes, cell, (left + wide * nth, y), (wide, tall), most, said)
        _matrix_legend(axes, said, left)
    return figure


def _cell(
    axes: Any,
    cell: Mapping[Any, Any],
    at: tuple[float, float],
    size: tuple[float, float],
    most: int,
    said: Mapping[str, str],
) -> None:
    (x, y), (wide, tall) = at, size
    corner, broad, high = (x + 0.03, y + 0.02), wide - 0.06, tall - 0.04
    if cell["state"] != "evidence":
        axes.add_artist(Rectangle(corner, broad, high, facecolor="white", edgecolor="#CCCCCC", lw=0.5))
        words = said.get(f"short_{cell['state']}") or said[f"state_{cell['state']}"]
        axes.text(x + wide / 2, y + tall / 2 - 0.01, words, ha="center", va="center", fontsize=6.4, color="#666666")
        return
    up, down = int(cell["promoting_turns"]), int(cell["inhibiting_turns"])
    fill, hatch = (PROMOTES, "") if up > down else (INHIBITS, "////") if down > up else (_EVEN, "")
    axes.add_artist(Rectangle(corner, broad, high, facecolor="white", edgecolor=fill, lw=0.6))
    # The bar is as long as the number of turns, so that print without colour still tells how much.
    axes.add_artist(
        Rectangle(
            (x + 0.03, y + 0.02),
            (wide - 0.06) * int(cell["turns"]) / most,
            tall - 0.04,
            facecolor=fill,
            alpha=0.55,
            hatch=hatch,
            edgecolor="white",
            lw=0,
        )
    )
    axes.text(
        x + wide - 0.08,
        y + tall / 2 - 0.01,
        f"{cell['turns']}",
        ha="right",
        va="center",
        fontsize=7.4,
        fontweight="bold",
    )
    axes.text(x + 0.09, y + tall / 2 - 0.01, f"{up} ↑  {down} ↓", ha="left", va="center", fontsize=6.6)


def _matrix_legend(axes: Any, said: Mapping[str, str], left: float) -> None:
    x = 0.12
    keys = (
        (PROMOTES, "", f"↑ {said['pattern_promoting']}"),
        (INHIBITS, "////", f"↓ {said['pattern_inhibiting']}"),
        (_EVEN, "", "↑ = ↓"),
    )
    for fill, hatch, words in keys:
        axes.add_artist(
            Rectangle((x, 0.17), 0.28, 0.13, facecolor=fill, alpha=0.55, hatch=hatch, edgecolor="white", lw=0)
        )
        axes.text(x + 0.35, 0.235, words, va="center", fontsize=8)
        x += 1.25
    axes.text(left + 0.1, 0.235, said["legend_turns"], va="center", fontsize=8, color="#555555")


def saturation_figure(made: Synthesis, language: str) -> Figure:
    """For each kind of item: codes found in all as documents were coded, and the new ones of each document."""
    said = synthesis_words(language)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11.5, 3.7))
        panels = figure.subplots(1, len(made.saturation), squeeze=False)[0]
        figure.subplots_adjust(left=0.055, right=0.99, top=0.86, bottom=0.24, wspace=0.2)
        for axes, (name, one) in zip(panels, made.saturation.items(), strict=True):
            _curve(axes, name, one, said)
    return figure


def _curve(axes: Any, name: str, one: Saturated, said: Mapping[str, str]) -> None:
    colour, marker = _LINES[name]
    axes.set_title(said[f"items_{name}"], fontsize=9.5, fontweight="bold")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    curve = one.curve
    if not len(curve) or not int(curve["total"].max()):
        axes.text(0.5, 0.5, said["none"], ha="center", va="center", transform=axes.transAxes, color="#555555")
        axes.set(xticks=[], yticks=[])
        return
    places = np.arange(1, len(curve) + 1)
    axes.bar(places, curve["new"], color="#BBBBBB", width=0.7, label=said["axis_new"])
    axes.plot(places, curve["total"], color=colour, marker=marker, markersize=4, lw=1.4, label=said["axis_total"])
    axes.set_ylim(0, int(curve["total"].max()) * 1.08)
    axes.set_xlim(0.3, len(curve) + 0.7)
    axes.set_xticks(places, list(curve["document"]), rotation=90, fontsize=6.6 if len(curve) < 30 else 5)
    axes.set_ylabel(said["axis_codes"])
    axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
    reached = one.pairs[(one.pairs["group"] == "") & one.pairs["reached"].notna()]
    first = reached[(reached["base"] == 4) & (reached["run"] == 2) & (reached["threshold"] > 0)]
    if len(first):
        at = int(first["reached"].iloc[0])
        axes.axvline(at + 0.5, color=INK, lw=0.8, ls=(0, (4, 3)))
        axes.text(at + 0.6, int(curve["total"].max()) * 0.12, str(first["label"].iloc[0]), fontsize=8, va="bottom")
    axes.legend(frameon=False, fontsize=7.5, loc="center right")
