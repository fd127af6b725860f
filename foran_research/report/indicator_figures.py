"""The figures of indicators: a series by municipality with its target and the national figure, and joint displays.

Municipalities stand in panels of their own, in the order of the study: they are not laid over one another. A missing
period is a gap in the line; a change of source breaks it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from ..models.indicators import IndicatorModel, Joint, Point, Series, Shown, counted, middle
from ..settings import Settings
from .figures import FAINT, INHIBITS, INK, PROMOTES, STYLE, shortened
from .indicator_words import indicator_words, value_told
from .words import number

_OWN, _NATIONAL, _TARGET = "#332288", "#767676", "#117733"
#: Units whose indicators have a joint figure: counts say the same as the shares beside them.
JOINT_UNITS = ("percent", "scale_1_5")


def joint_shown(model: IndicatorModel) -> dict[str, tuple[Joint, ...]]:
    """By indicator the joint displays that are drawn: those of shares and of answers from 1 to 5."""
    units = {one.id: one.unit for one in model.indicators}
    found: dict[str, tuple[Joint, ...]] = {}
    for one in model.joint:
        if units[one.indicator] in JOINT_UNITS:
            found[one.indicator] = (*found.get(one.indicator, ()), one)
    return found


def series_figure(one: Shown, model: IndicatorModel, settings: Settings, language: str) -> Figure:
    """An indicator over time: one panel per municipality, all with the same axes, the national figure in each.

    An indicator without any value of a municipality has one panel, for the whole country.
    """
    own = [case for case in model.cases if one.series[case].points]
    cases = list(model.cases) if own else [""]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(3.15 * len(cases) + 1.0, 2.65))
        panels = figure.subplots(1, len(cases), sharey=True, sharex=True, squeeze=False)[0]
        width = 3.15 * len(cases) + 1.0
        figure.subplots_adjust(left=0.62 / width, right=1 - 0.2 / width, top=0.87, bottom=0.29, wspace=0.08)
        for place, (axes, case) in enumerate(zip(panels, cases, strict=True)):
            _panel(axes, one, case, model, settings, language, is_first=place == 0)
        _limits(panels, one, cases, model)
        _legend(figure, one, cases, model, language)
    return figure


def _panel(
    axes: Any,
    one: Shown,
    case: str,
    model: IndicatorModel,
    settings: Settings,
    language: str,
    *,
    is_first: bool,
    has_title: bool = True,
) -> None:
    said = indicator_words(language)
    labels = {term.id: term.label[language] for term in settings.cases}
    if one.target is not None:
        axes.axhline(one.target, color=_TARGET, lw=1.1, ls=(0, (1, 1.5)), zorder=1)
    if case:
        _line(axes, one.series[""], _NATIONAL, "s", 3.6, (0, (4, 2)), has_values=False, language=language)
    doubts = _doubts(one, case, model)
    for period, value, most in doubts:
        axes.vlines(middle(period), value, most, color=_OWN, lw=0.9, zorder=2)
        axes.plot([middle(period)], [most], ls="", marker="_", markersize=5, color=_OWN, zorder=2)
    doubtful = {period for period, _, _ in doubts}
    _line(axes, one.series[case], _OWN, "o", 5.2, "-", has_values=True, language=language, beside=doubtful)
    for period in one.series[case].breaks:
        at = middle(period) - 0.5
        axes.axvline(at, color=FAINT, lw=0.8, ls=(0, (2, 2)), zorder=0)
        axes.text(
            at, 1.0, f" {said['new_source']}", transform=axes.get_xaxis_transform(), fontsize=6.6, va="top",
            color="#555555",
        )  # fmt: skip
    if has_title:
        axes.set_title(labels.get(case, said["national"]), fontsize=9.5, fontweight="bold", pad=5)
    if not one.series[case].points:
        axes.text(
            0.5, 0.5, said["no_values"], ha="center", va="center", transform=axes.transAxes, color="#555555",
            fontsize=8, style="italic",
        )  # fmt: skip
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=7.6, length=2.5)
    axes.yaxis.set_major_formatter(lambda value, _: number(value, language, 0 if float(value).is_integer() else 1))
    if is_first:
        axes.set_ylabel(said.get(f"axis_{one.unit}", ""), fontsize=8)
    else:
        axes.tick_params(axis="y", length=0)


def _doubts(one: Shown, case: str, model: IndicatorModel) -> list[tuple[str, float, float]]:
    """By period the value and how high it can be at most, where some notices are uncertain."""
    found = []
    for point in one.series[case].points:
        behind = counted(model, one.id, case, point.period)
        if behind is not None and behind.unsure and point.value is not None:
            found.append((point.period, point.value, behind.most))
    return found


def _line(
    axes: Any,
    series: Series,
    colour: str,
    marker: str,
    size: float,
    style: Any,
    *,
    has_values: bool,
    language: str,
    beside: Collection[str] = (),
) -> None:
    """Points, the lines between them, and figures at the last one: above it, or `beside` it where something stands above."""
    points = [point for point in series.points if point.value is not None]
    for run in runs(points, series):
        axes.plot([middle(p.period) for p in run], [p.value for p in run], color=colour, lw=1.4, ls=style, zorder=3)
    for place, point in enumerate(points):
        axes.plot(
            [middle(point.period)], [point.value], ls="", marker=marker, markersize=size, color=colour, zorder=4,
            markerfacecolor="white" if point.is_early else colour, clip_on=False,
        )  # fmt: skip
        if has_values and (place == len(points) - 1 or len(points) < 4):
            is_beside = point.period in beside
            axes.annotate(
                number(point.value or 0.0, language, 0 if float(point.value or 0).is_integer() else 1),
                (middle(point.period), point.value), xytext=(6, -2) if is_beside else (0, 6),
                textcoords="offset points", ha="left" if is_beside else "center",
                fontsize=7.6, fontweight="bold", color=colour, zorder=5,
            )  # fmt: skip


def runs(points: Sequence[Point], series: Series) -> list[list[Point]]:
    """The points between which a line may be drawn: it stops at a missing period and where the source changes.

    >>> from foran_research.models.indicators import Point
    >>> points = [Point(p, p, 1.0, "1", "a", "", "", "", False) for p in ("2019", "2020", "2022", "2023")]
    >>> [[p.period for p in run] for run in runs(points, Series("TRD", tuple(points), ("2021",), ("2023",)))]
    [['2019', '2020'], ['2022'], ['2023']]
    """
    found: list[list[Point]] = []
    for point in points:
        before = found[-1][-1] if found else None
        has_gap = before is not None and any(
            middle(before.period) < middle(gap) < middle(point.period) for gap in series.gaps
        )
        is_alike = before is not None and len(before.period) == len(point.period)
        if before is None or has_gap or not is_alike or point.period in series.breaks:
            found.append([point])
        else:
            found[-1].append(point)
    return found


def _limits(panels: Sequence[Any], one: Shown, cases: Sequence[str], model: IndicatorModel) -> None:
    points = [p for case in {"", *cases} for p in one.series[case].points if p.value is not None]
    years = [middle(p.period) for p in points] or [2020.5]
    first, last = int(min(years)), int(max(years))
    doubts = [most for case in cases for _, _, most in _doubts(one, case, model)]
    highest = max([p.value for p in points if p.value is not None] + [one.target or 0.0, *doubts])
    for axes in panels:
        axes.set_xlim(first - 0.1, last + 1.1)
        ticks = range(first, last + 1, max(1, (last - first) // 6 + 1) if last - first > 6 else 1)
        axes.set_xticks([year + 0.5 for year in ticks], [str(year) for year in ticks])
        if one.unit == "scale_1_5":
            axes.set_ylim(0.8, 5.2)
            axes.set_yticks([1, 2, 3, 4, 5])
        else:
            lowest = min([0.0, *[p.value for p in points if p.value is not None]])
            axes.set_ylim(lowest * 1.15, (highest or 1.0) * 1.22)
            axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(5, steps=[1, 2, 5, 10], integer=one.unit == "count"))


def _legend(figure: Figure, one: Shown, cases: Sequence[str], model: IndicatorModel, language: str) -> None:
    said = indicator_words(language)
    handles: list[Any] = []
    names: list[str] = []
    line = mpl.lines.Line2D
    if cases != [""]:
        handles.append(line([], [], color=_OWN, marker="o", markersize=5, lw=1.4))
        names.append(said["municipality"])
    if one.series[""].points:
        is_beside = cases != [""]
        handles.append(
            line([], [], color=_NATIONAL, marker="s", markersize=3.6, ls=(0, (4, 2)), lw=1.4)
            if is_beside
            else line([], [], color=_OWN, marker="o", lw=1.4)
        )
        names.append(said["national"])
    if one.target is not None:
        handles.append(line([], [], color=_TARGET, lw=1.1, ls=(0, (1, 1.5))))
        names.append(said["target_line"].replace("{value}", value_told(one.target, one.unit, language)))
    if any(point.is_early for case in {"", *cases} for point in one.series[case].points):
        handles.append(line([], [], ls="", marker="o", markersize=5, color=_OWN, markerfacecolor="white"))
        names.append(said["early"])
    if any(_doubts(one, case, model) for case in cases):
        handles.append(line([], [], ls="", marker="|", markersize=8, color=_OWN))
        names.append(said["at_most"])
    figure.legend(
        handles,
        names,
        loc="lower center",
        ncols=len(handles) if len(cases) > 1 else 3,
        frameon=False,
        fontsize=7.2,
        handlelength=2.0,
        columnspacing=1.2,
        borderaxespad=0.0,
        bbox_to_anchor=(0.5, 0.055),
    )


def joint_figure(joints: Sequence[Joint], model: IndicatorModel, settings: Settings, language: str) -> Figure:
    """A joint display of one indicator: a band per municipality, with its series on the left and people's words right.

    On the right, for each element of the indicator, bars to the left promote and bars to the right inhibit; beside them
    stand the levels of maturity. All bands have the same axes.
    """
    said = indicator_words(language)
    labels = {term.id: term.label[language] for term in settings.cases}
    shown = next(row for row in model.indicators if row.id == joints[0].indicator)
    rows = len(shown.elements)
    band, head, foot = max(1.55, 0.62 * rows + 0.35), 0.42, 0.34
    # Below all of it there is room for the stamp.
    height = head + (band + foot) * len(joints) + 0.16
    most = max([max(row.found.promoting, row.found.inhibiting) for one in joints for row in one.elements] + [1])
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.6, height))
        figure.text(0.06, 1 - 0.17 / height, said["joint_numbers"], fontsize=9.5, fontweight="bold", va="center")
        figure.text(0.46, 1 - 0.17 / height, said["joint_passages"], fontsize=9.5, fontweight="bold", va="center")
        lefts = []
        for place, one in enumerate(joints):
            bottom = (height - head - (place + 1) * (band + foot) + foot) / height
            inset = 0.22 if len(joints) > 1 else 0.06
            left = figure.add_axes((0.06, bottom, 0.34, (band - inset) / height))
            if len(joints) > 1:
                figure.text(0.06, bottom + (band - 0.06) / height, labels[one.case], fontsize=8.8, va="center",
                            fontweight="bold", color=_OWN)  # fmt: skip
            _panel(left, shown, one.case, model, settings, language, is_first=True, has_title=False)
            lefts.append(left)
            right = figure.add_axes((0.46, bottom - 0.3 / height, 0.53, (band + 0.3 - 0.1) / height))
            _words_panel(right, one, shown, most, language, band)
        _limits(lefts, shown, [one.case for one in joints], model)
    return figure


def _words_panel(axes: Any, joint: Joint, shown: Shown, most: int, language: str, band: float) -> None:
    said = indicator_words(language)
    names = {element.id: element for element in shown.elements}
    rows = len(joint.elements)
    # Inches from the bottom: a line of words under the bars, then a row for each element.
    axes.set(xlim=(-1.95 * most, 2.6 * most), ylim=(0, band + 0.2))
    axes.axis("off")
    tall = (band - 0.1) / rows
    for place, row in enumerate(reversed(joint.elements)):
        element = names[row.element]
        y = 0.27 + tall * place + (tall - 0.62) / 2
        label = f"{element.display}  {shortened(element.label[language], 58)}"
        axes.text(-1.95 * most, y + 0.45, label, fontsize=8.4, fontweight="bold", va="center")
        _bars(axes, row.found, y + 0.18, most, language)
        # One below the other: three sides in a row would run over the edge.
        axes.text(1.3 * most, y + 0.18, levels_told(row.levels, language).replace(" · ", "\n"), fontsize=7.8, va="center",
                  linespacing=1.0, color=INK if row.levels else "#666666")  # fmt: skip
    axes.text(-most * 0.5, 0.1, f"◀ {said['promotes']}", fontsize=7.8, ha="center", va="center", color=PROMOTES)
    axes.text(most * 0.5, 0.1, f"{said['inhibits']} ▶", fontsize=7.8, ha="center", va="center", color="#8F6200")
    axes.text(1.3 * most, 0.1, said["maturity"], fontsize=7.8, va="center", color="#555555")


def _bars(axes: Any, found: Any, y: float, most: int, language: str) -> None:
    if found.state != "evidence":
        said = indicator_words(language)
        axes.text(
            0, y, said[f"state_{found.state}"], fontsize=7.8, va="center", ha="center", color="#666666", style="italic"
        )
        return
    for count, side, fill, hatch in ((found.promoting, -1, PROMOTES, ""), (found.inhibiting, 1, INHIBITS, "////")):
        axes.barh([y], [side * count], height=0.2, color=fill, hatch=hatch, edgecolor="white", lw=0)
        axes.text(
            side * (count + 0.05 * most), y, str(count), fontsize=7.8, va="center", ha="right" if side < 0 else "left"
        )
    axes.plot([0, 0], [y - 0.14, y + 0.14], color=INK, lw=0.8)


def levels_told(levels: Any, language: str) -> str:
    """The maturity levels of an element by side, for people to read."""
    said = indicator_words(language)
    return " · ".join(f"{said[f'side_{side}']} {level}" for side, level in levels.items()) or said["not_assessed"]
