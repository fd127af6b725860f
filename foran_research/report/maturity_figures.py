"""The figures of a municipality's maturity: each side's level by element, and the steps from milestone to milestone.

Sides differ by shape and place as well as by colour, so that a black-and-white print still reads.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from ..analysis.maturity import LEVELS
from ..models.maturity import SIDES, ElementProfile, MaturityProfile
from ..settings import Settings
from .figures import FAINT, INK, LEVEL_COLOURS, STYLE
from .maturity_words import maturity_words

#: Marker, colour (Okabe & Ito) and whether it is filled, by side.
_SIDES = {"researcher": ("o", "#0072B2", True), "self": ("s", "#B35900", False), "joint": ("D", "#00664D", True)}
_ROW, _HEAD, _LEFT, _WIDE = 0.46, 0.42, 3.6, 5.2


def profile_figure(found: MaturityProfile, settings: Settings, language: str) -> Figure:
    """Every element with each side's median and range on the steps 1 to 5, its target beside them; grouped by level."""
    said = maturity_words(language)
    groups = _groups(found.elements, settings, language)
    rows = sum(len(own) for _, _, own in groups)
    height = rows * _ROW + len(groups) * _HEAD + 1.35
    steps = {step.level: step.label[language] for step in settings.maturity.levels}
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(_LEFT + _WIDE + 0.3, height)
        y = height - 0.85
        for step in LEVELS:
            x = _x(step)
            axes.text(
                x,
                height - 0.12,
                "\n".join([str(step), *textwrap.wrap(steps.get(step, ""), 17)]),
                ha="center",
                va="top",
                fontsize=7.2,
                linespacing=1.05,
            )
            axes.plot([x, x], [0.45, y], color="#DDDDDD", lw=0.8, zorder=0)
        for level, label, own in groups:
            y -= _HEAD
            axes.text(0.1, y + 0.1, label, fontsize=10, fontweight="bold", color=LEVEL_COLOURS.get(level, INK))
            axes.plot([0.1, _LEFT + _WIDE + 0.2], [y + 0.03] * 2, color=FAINT, lw=0.7)
            for one in own:
                y -= _ROW
                axes.text(0.15, y + _ROW / 2, _named(one, language), va="center", fontsize=8.4, linespacing=1.0)
                _marks(axes, one, y)
        heard = [side for side in SIDES if any(one.sides[side].n for one in found.elements)]
        target = said["target"] if any(one.target is not None for one in found.elements) else ""
        _legend(axes, [(said[side], *_SIDES[side]) for side in heard], target)
    return figure


def _marks(axes: Any, one: ElementProfile, y: float) -> None:
    for place, side in enumerate(SIDES):
        summary = one.sides[side]
        if summary.level.value is None:
            continue
        at = y + _ROW * (0.8 - 0.3 * place)
        marker, colour, is_filled = _SIDES[side]
        if summary.low is not None and summary.high is not None and summary.low != summary.high:
            axes.plot([_x(summary.low), _x(summary.high)], [at, at], color=colour, lw=1.6, solid_capstyle="round")
        axes.plot(
            [_x(summary.level.value)],
            [at],
            marker=marker,
            ms=6.2,
            mfc=colour if is_filled else "white",
            mec=colour,
            mew=1.4,
            ls="",
        )
    if one.target is not None:
        x = _x(one.target.level) + 0.33
        axes.plot([x, x], [y + 0.06, y + _ROW - 0.06], color=INK, lw=1.5, ls=(0, (2, 1.4)))


def history_figure(
    found: MaturityProfile, settings: Settings, language: str, *, side: str | None = None
) -> Figure | None:
    """The median of one side at each milestone, a small picture for each element; None with fewer than two milestones."""
    side = side or found.basis
    told = [one for one in found.elements if sum(levels.get(side) is not None for _, levels in one.history) >= 2]
    names = list(dict.fromkeys(name for one in told for name, _ in one.history))
    if len(names) < 2:
        return None
    merged = {one.milestone for one in found.merged if one.side == side}
    columns = min(4, len(told))
    lines = -(-len(told) // columns)
    wide, tall = 2.25, 1.5
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(columns * wide + 0.2, lines * tall + 0.15))
        for number, one in enumerate(told):
            row, column = divmod(number, columns)
            whole = (columns * wide + 0.2, lines * tall + 0.15)
            axes = figure.add_axes(
                (
                    (column * wide + 0.38) / whole[0],
                    1 - ((row + 1) * tall - 0.3) / whole[1],
                    (wide - 0.55) / whole[0],
                    (tall - 0.72) / whole[1],
                )
            )
            at = {name: levels.get(side) for name, levels in one.history}
            points = [(place, at[name]) for place, name in enumerate(names) if at.get(name) is not None]
            colour = LEVEL_COLOURS.get(one.level, INK)
            axes.plot(*zip(*points, strict=True), color=colour, marker="o", ms=4.5, lw=1.4, drawstyle="steps-post")
            if one.target is not None:
                axes.axhline(one.target.level, color=INK, lw=1, ls=(0, (3, 2)))
            axes.set(xlim=(-0.3, len(names) - 0.7), ylim=(0.6, 5.4), yticks=LEVELS, xticks=range(len(names)))
            axes.set_xticklabels([f"{name}*" if name in merged else name for name in names], fontsize=7)
            axes.tick_params(axis="y", labelsize=7, length=2)
            axes.spines[["top", "right"]].set_visible(False)
            axes.set_title(
                "\n".join(textwrap.wrap(f"{one.display} {one.label[language]}", 26)[:2]),
                fontsize=7.6,
                loc="left",
                color=colour,
                pad=3,
                linespacing=1.0,
            )
    return figure


def _groups(
    elements: Sequence[ElementProfile], settings: Settings, language: str
) -> list[tuple[str, str, list[ElementProfile]]]:
    names = {term.id: term.label[language] for term in settings.levels}
    order = list(dict.fromkeys(one.level for one in elements))
    return [(level, names.get(level, level), [one for one in elements if one.level == level]) for level in order]


def _named(one: ElementProfile, language: str) -> str:
    lines = textwrap.wrap(f"{one.display} {one.label[language]}", 40)
    return "\n".join(lines if len(lines) < 3 else [lines[0], lines[1][:37] + " …"])


def _x(step: float) -> float:
    return _LEFT + 0.45 + (step - 1) * (_WIDE - 0.9) / (len(LEVELS) - 1)


def _canvas(width: float, height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def _legend(axes: Any, sides: Sequence[tuple[str, str, str, bool]], target: str) -> None:
    x = 0.3
    for name, marker, colour, is_filled in sides:
        axes.plot([x], [0.22], marker=marker, ms=6.2, mfc=colour if is_filled else "white", mec=colour, mew=1.4, ls="")
        axes.text(x + 0.16, 0.22, name, va="center", fontsize=8.4)
        x += 0.55 + 0.088 * len(name)
    if not target:
        return
    axes.plot([x, x], [0.1, 0.34], color=INK, lw=1.5, ls=(0, (2, 1.4)))
    axes.text(x + 0.14, 0.22, target, va="center", fontsize=8.4)
