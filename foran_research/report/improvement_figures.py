"""The figures of the improvement report, drawn from the model's dict form: gaps, order and trajectories.

Every text has a place of its own that is reckoned before it is drawn, so that no two lie on each other. The same model
gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path

from ..settings import Settings
from .figures import FAINT, INHIBITS, INK, LEVEL_COLOURS, PROMOTES, STYLE, shortened
from .improvement_words import improvement_words

Model = Mapping[str, Any]

_GREY = "#555555"
_BAND = "#F2F2F2"
#: Months as an axis has them.
_MONTHS = {
    "nb": "jan. feb. mars april mai juni juli aug. sep. okt. nov. des.".split(),
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
}
_POLARITY_COLOURS = {"promoting": PROMOTES, "inhibiting": INHIBITS}


def gap_rows(model: Model) -> list[Mapping[str, Any]]:
    """The elements that have something to show: a level, a target, measures, or so much that inhibits that it is told."""
    return [
        one
        for one in model["elements"]
        if one["level"] is not None
        or one["target"] is not None
        or one["measures"]
        or any(level is not None for level in one["levels"].values())
        or "inhibits_unaddressed" in one["notes"]
    ]


def _canvas(width: float, height: float) -> tuple[Figure, Any]:
    """A figure whose data are inches."""
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def message_figure(text: str) -> Figure:
    """A figure that says why there is nothing to draw."""
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(11.4, 0.9)
        axes.text(0.15, 0.45, text, va="center", fontsize=10, color=_GREY)
    return figure


def gap_figure(model: Model, settings: Settings, language: str) -> Figure:
    """Two columns, a row per element in the codebook's order: level and target on 1–5, and the share that inhibits."""
    said, rows = improvement_words(language), gap_rows(model)
    if not rows:
        return message_figure(said["no_rows"])
    levels = {level.id: level.label[language] for level in settings.levels}
    groups = [(level.id, [r for r in rows if r["level_of"] == level.id]) for level in settings.levels]
    groups = [(level, own) for level, own in groups if own]
    row_h, group_h, head, foot = 0.3, 0.34, 0.62, 0.52
    height = head + foot + row_h * len(rows) + group_h * len(groups)
    scale, bars = (4.15, 6.75), (7.45, 9.5)
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(11.4, height)
        axes.text((scale[0] + scale[1]) / 2, height - 0.12, f"{said['level']} → {said['target']}", ha="center", va="top",
                  fontweight="bold")  # fmt: skip
        axes.text((bars[0] + bars[1]) / 2, height - 0.12, said["inhibiting"], ha="center", va="top", fontweight="bold")
        axes.text(10.35, height - 0.12, said["measures"], ha="left", va="top", fontweight="bold")
        for step in range(1, 6):
            x = _on(scale, (step - 1) / 4)
            axes.plot([x, x], [foot - 0.05, height - head + 0.06], color="#E0E0E0", lw=0.8, zorder=0)
            axes.text(x, height - head + 0.1, str(step), ha="center", va="bottom", fontsize=8.5, color=_GREY)
        for share in (0, 0.5, 1):
            x = _on(bars, share)
            axes.plot([x, x], [foot - 0.05, height - head + 0.06], color="#E0E0E0", lw=0.8, zorder=0)
            percent = f"{share * 100:.0f}{chr(0xA0) if language == 'nb' else ''}%"
            axes.text(x, height - head + 0.1, percent, ha="center", va="bottom", fontsize=8.5, color=_GREY)
        y = height - head
        for level, own in groups:
            y -= group_h
            colour = LEVEL_COLOURS.get(level, INK)
            axes.add_artist(
                Rectangle((0.1, y + 0.03), 11.2, group_h - 0.06, facecolor=colour, alpha=0.1, lw=0, zorder=0)
            )
            axes.text(0.18, y + group_h / 2, levels.get(level, level), va="center", fontweight="bold", color=colour)
            for row in own:
                y -= row_h
                _gap_row(axes, row, y + row_h / 2, scale, bars, language)
        _gap_legend(axes, said)
    return figure


def _on(span: tuple[float, float], share: float) -> float:
    return span[0] + (span[1] - span[0]) * share


def _gap_row(
    axes: Any, row: Mapping[str, Any], y: float, scale: tuple[float, float], bars: tuple[float, float], language: str
) -> None:  # fmt: skip
    said = improvement_words(language)
    colour = LEVEL_COLOURS.get(row["level_of"], INK)
    axes.text(0.18, y, row["display"], va="center", fontweight="bold", color=colour)
    axes.text(0.72, y, shortened(row["label"][language], 44), va="center", fontsize=8.6)

    def at(level: int) -> float:
        return _on(scale, (level - 1) / 4)

    level, target = row["level"], row["target"]
    if level is not None and target is not None and level != target:
        axes.annotate(
            "", xy=(at(target) - (0.08 if target > level else -0.08), y), xytext=(at(level), y),
            arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.1, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 8},
            zorder=2,
        )  # fmt: skip
    if level is not None:
        if row["low"] != row["high"]:
            axes.plot([at(row["low"]), at(row["high"])], [y - 0.075] * 2, color=INK, lw=1.0, zorder=1)
        axes.plot([at(level)], [y], marker="o", ms=7, color=colour, ls="", zorder=3)
    own = row["levels"]["self"]
    if own is not None:
        axes.plot([at(own)], [y + 0.1], marker="s", ms=4.2, mfc="white", mec=INK, mew=0.9, ls="", zorder=4)
    if target is not None:
        axes.plot([at(target)], [y], marker="D", ms=6.5, mfc="white" if target != level else "none", mec=colour, mew=1.5,
                  ls="", zorder=3)  # fmt: skip
    if level is None:
        axes.text(scale[0] - 0.1, y, said["not_assessed"], va="center", ha="left", fontsize=7.8, style="italic",
                  color=_GREY, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0}, zorder=1)  # fmt: skip
    if target is None:
        axes.text(scale[1] + 0.1, y, said["no_target"], va="center", ha="right", fontsize=7.8, style="italic",
                  color=_GREY, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0}, zorder=1)  # fmt: skip
    share = row["inhibiting_share"]
    if share is None:
        axes.text(bars[0] + 0.05, y, said["nothing_said"], va="center", fontsize=7.8, style="italic", color=_GREY)
    else:
        axes.add_artist(Rectangle((bars[0], y - 0.085), (bars[1] - bars[0]) * share, 0.17, facecolor=INHIBITS, alpha=0.75,
                                  hatch="////", edgecolor="white", lw=0))  # fmt: skip
        told = said["share_of"].format(k=len(row["inhibiting"]), n=row["segments"])
        axes.text(bars[1] + 0.08, y, told, va="center", fontsize=8.2)
    count = len(row["measures"])
    if count:
        axes.text(10.4, y, "■ " * min(count, 4) + (f"({count})" if count > 4 else ""), va="center", fontsize=8,
                  color=colour)  # fmt: skip
    else:
        is_told = "inhibits_unaddressed" in row["notes"] or "gap_unaddressed" in row["notes"]
        axes.text(10.35, y, said["no_measure"], va="center", fontsize=7.8, style="normal" if is_told else "italic",
                  fontweight="bold" if is_told else "normal", color=INK if is_told else _GREY)  # fmt: skip


def _gap_legend(axes: Any, said: Mapping[str, str]) -> None:
    y = 0.27
    axes.plot([0.3], [y], marker="o", ms=7, color=INK, ls="")
    axes.text(0.45, y, said["level"], va="center", fontsize=8)
    axes.plot([1.65], [y], marker="D", ms=6.5, mfc="white", mec=INK, mew=1.5, ls="")
    axes.text(1.8, y, said["target"], va="center", fontsize=8)
    axes.plot([2.65], [y], marker="s", ms=4.2, mfc="white", mec=INK, mew=0.9, ls="")
    axes.text(2.8, y, said["self_level"], va="center", fontsize=8)
    axes.add_artist(Rectangle((bars_at := 4.6, y - 0.07), 0.3, 0.14, facecolor=INHIBITS, alpha=0.75, hatch="////",
                              edgecolor="white", lw=0))  # fmt: skip
    axes.text(bars_at + 0.37, y, said["inhibiting"], va="center", fontsize=8)
    axes.text(7.1, y, "■ = 1 " + said["measure"], va="center", fontsize=8)


def lanes_of(spans: Sequence[tuple[float, float]]) -> list[int]:
    """For spans in order of their beginning, the first lane in which each is free of the ones before.

    >>> lanes_of([(0, 2), (1, 3), (2, 4)])
    [0, 1, 0]
    """
    ends: list[float] = []
    lanes = []
    for begin, end in spans:
        lane = next((n for n, taken in enumerate(ends) if taken <= begin + 1e-9), len(ends))
        ends[lane:] = [end, *ends[lane + 1 :]]
        lanes.append(lane)
    return lanes


def timeline_figure(model: Model, settings: Settings, language: str) -> Figure:
    """The trajectories: for each element its level and target, for each measure its steps as numbered bars along time."""
    said = improvement_words(language)
    measures = {one["id"]: one for one in model["measures"]}
    elements = {one["id"]: one for one in model["elements"]}
    dated = [
        (step["begins"] or step["ends"], step["ends"] or step["begins"])
        for one in model["measures"]
        if one["element"]
        for step in one["steps"]
        if step["begins"] or step["ends"]
    ]
    if not dated:
        return message_figure(said["timeline_none"])
    cut_off = dt.date.fromisoformat(model["cut_off"])
    first = min(dt.date.fromisoformat(min(begin for begin, _ in dated)), cut_off).replace(day=1)
    last = _month_after(max(dt.date.fromisoformat(max(end for _, end in dated)), cut_off))
    left, right = 4.45, 11.2
    per_day = (right - left) / (last.toordinal() - first.toordinal())

    def at(day: dt.date) -> float:
        return left + (day.toordinal() - first.toordinal()) * per_day

    blocks = []
    for path in model["trajectories"]:
        own = [(name, _bars(measures[name], at)) for name in elements[path["element"]]["measures"]]
        rows = []
        for name, bars in own:
            title = textwrap.wrap(measures[name]["title"][language], 52)[:2] or [name]
            lanes = max((lane for *_, lane in bars), default=0) + 1
            rows.append((name, bars, title, max(0.27 + 0.17 * len(title), 0.12 + 0.27 * lanes)))
        blocks.append((path, rows, 0.36 + sum(tall for *_, tall in rows)))
    head, foot = 0.5, 0.5
    height = head + foot + sum(tall for *_, tall in blocks) + 0.08 * len(blocks)
    names = {term.id: term.label[language] for term in settings.actor_types}
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(11.4, height)
        _months(axes, first, last, at, (foot, height - head), language, per_day)
        if cut_off < last:
            x = at(cut_off)
            axes.plot([x, x], [foot, height - head], color=INK, lw=1.1, ls=(0, (4, 3)), zorder=1)
        y = height - head
        for path, rows, tall in blocks:
            element = elements[path["element"]]
            colour = LEVEL_COLOURS.get(element["level_of"], INK)
            axes.add_artist(Rectangle((0.1, y - 0.33), 11.2, 0.3, facecolor=_tint(colour), lw=0, zorder=2))
            axes.text(0.18, y - 0.18, element["display"], va="center", fontweight="bold", color=colour)
            axes.text(
                0.72, y - 0.18, shortened(element["label"][language], 46), va="center", fontweight="bold", fontsize=8.8
            )
            axes.text(left, y - 0.18, _from_to(path, said), va="center", fontsize=8.6)
            below = y - 0.36
            for name, bars, title, row_tall in rows:
                one = measures[name]
                for number, line in enumerate(title):
                    axes.text(0.72, below - 0.06 - 0.17 * number, line, va="top", fontsize=8.4)
                owner = shortened(f"{name} · {names.get(one['owner'], one['owner'])}", 56)
                axes.text(0.72, below - 0.06 - 0.17 * len(title), owner, va="top", fontsize=7.2, color=_GREY)
                if one["priority"] is not None:
                    axes.text(0.42, below - 0.13, str(one["priority"]), ha="center", va="center", fontsize=8,
                              fontweight="bold", bbox={"boxstyle": "circle,pad=0.25", "facecolor": "white", "edgecolor": INK,
                                                       "lw": 0.8})  # fmt: skip
                for step, begin, end, lane in bars:
                    _bar(axes, step, (begin, end), below - 0.07 - 0.27 * lane, one["addresses"])
                below -= row_tall
                axes.plot([0.72, right], [below + 0.02] * 2, color="#E4E4E4", lw=0.6, zorder=0)
            y -= tall + 0.08
        _timeline_legend(axes, said, language)
    return figure


def _tint(colour: str) -> tuple[float, ...]:
    """A colour as it looks on paper when most of it is white; nothing behind it shines through."""
    return tuple(0.12 * part + 0.88 for part in mpl.colors.to_rgb(colour))


def _month_after(day: dt.date) -> dt.date:
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


#: A bar is at least this wide (inches), so that its number fits.
_LEAST_BAR = 0.2


def _bars(measure: Mapping[str, Any], at: Any) -> list[tuple[str, float, float, int]]:
    """The steps with a date: their name, where they begin and end on the paper, and their lane."""
    spans = []
    for step in measure["steps"]:
        if not (step["begins"] or step["ends"]):
            continue
        begin = at(dt.date.fromisoformat(step["begins"] or step["ends"]))
        end = at(dt.date.fromisoformat(step["ends"] or step["begins"]) + dt.timedelta(days=1))
        spans.append((str(step["step"]), begin, max(end, begin + _LEAST_BAR)))
    spans.sort(key=lambda span: (span[1], span[2], span[0]))
    lanes = lanes_of([(begin, end) for _, begin, end in spans])
    return [(name, begin, end, lane) for (name, begin, end), lane in zip(spans, lanes, strict=True)]


def _bar(axes: Any, name: str, span: tuple[float, float], top: float, addresses: str) -> None:
    begin, end = span
    colour = _POLARITY_COLOURS.get(addresses, FAINT)
    hatch = "////" if addresses == "inhibiting" else ""
    axes.add_artist(Rectangle((begin + 0.012, top - 0.22), end - begin - 0.024, 0.22, facecolor=colour, alpha=0.8, hatch=hatch,
                              edgecolor="white", lw=0, zorder=2))  # fmt: skip
    axes.text((begin + end) / 2, top - 0.115, name, ha="center", va="center", fontsize=8, fontweight="bold", zorder=4,
              bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"})  # fmt: skip


def _from_to(path: Mapping[str, Any], said: Mapping[str, str]) -> str:
    level = said["not_assessed"] if path["level"] is None else f"{said['level_word']} {path['level']}"
    target = said["no_target"] if path["target"] is None else f"{said['target'].lower()} {path['target']}"
    return f"{level}  →  {target}"


def _months(
    axes: Any, first: dt.date, last: dt.date, at: Any, span: tuple[float, float], language: str, per_day: float
) -> None:
    low, high = span
    month = first
    # The names of months stand closer than this only when some are left out.
    every = next(n for n in (1, 2, 3, 6, 12, 10_000) if n * 30.4 * per_day > 0.42)
    while month < last:
        after = _month_after(month)
        number = month.year * 12 + month.month - 1
        is_year = month.month == 1
        axes.plot([at(month)] * 2, [low, high + (0.32 if is_year else 0.03)], color="#CFCFCF" if is_year else "#EBEBEB",
                  lw=0.9 if is_year else 0.7, zorder=0)  # fmt: skip
        if number % every == 0:
            axes.text(
                at(month) + 0.03, high + 0.05, _MONTHS[language][month.month - 1], ha="left", va="bottom", fontsize=7.6
            )
        if is_year or month == first:
            axes.text(
                at(month) + 0.03, high + 0.2, str(month.year), ha="left", va="bottom", fontsize=8.6, fontweight="bold"
            )
        month = after


def _timeline_legend(axes: Any, said: Mapping[str, str], language: str) -> None:
    y, x = 0.24, 0.72
    for key, hatch in (("promoting", ""), ("inhibiting", "////")):
        axes.add_artist(Rectangle((x, y - 0.07), 0.3, 0.14, facecolor=_POLARITY_COLOURS[key], alpha=0.8, hatch=hatch,
                                  edgecolor="white", lw=0))  # fmt: skip
        axes.text(x + 0.37, y, said[f"addresses_{key}"], va="center", fontsize=8)
        x += 2.75
    axes.plot([x, x + 0.3], [y, y], color=INK, lw=1.1, ls=(0, (4, 3)))
    axes.text(x + 0.37, y, said["today"], va="center", fontsize=8)
    axes.text(x + 2.1, y, "①", va="center", fontsize=9.5)
    axes.text(x + 2.32, y, said["priority"].format(n="1"), va="center", fontsize=8)


#: A place in the figure of the order: a measure's id, or ("", from, to) where a long arrow passes a column.
_Place = tuple[str, str, str]


def order_places(
    order: Sequence[Sequence[str]], waits_for: Mapping[str, Sequence[str]]
) -> tuple[list[list[_Place]], list[tuple[_Place, _Place]]]:
    """The columns of the figure of the order, and the pieces of its arrows from column to column.

    An arrow that jumps over a column gets a place of its own there, so that it runs through no box. Within a column
    places stand by the mean height of what they are tied to, so that few arrows cross.

    >>> columns, pieces = order_places([["A"], ["B"], ["C"]], {"B": ["A"], "C": ["A", "B"]})
    >>> [len(column) for column in columns], len(pieces)
    ([1, 2, 1], 4)
    """
    column_of = {name: number for number, wave in enumerate(order) for name in wave}
    columns: list[list[_Place]] = [[(name, "", "") for name in wave] for wave in order]
    pieces: list[tuple[_Place, _Place]] = []
    for name, own in column_of.items():
        for other in waits_for.get(name, ()):
            before: _Place = (other, "", "")
            for number in range(column_of[other] + 1, own):
                passed: _Place = ("", other, name)
                columns[number].append(passed)
                pieces.append((before, passed))
                before = passed
            pieces.append((before, (name, "", "")))
    for _ in range(4):
        for forth in (True, False):
            _settle(columns, pieces, forth=forth)
    return columns, pieces


def _settle(columns: list[list[_Place]], pieces: Sequence[tuple[_Place, _Place]], *, forth: bool) -> None:
    numbers = range(1, len(columns)) if forth else range(len(columns) - 2, -1, -1)
    for number in numbers:
        near = columns[number - 1 if forth else number + 1]
        height = {place: (row + 0.5) / len(near) for row, place in enumerate(near)}
        weight = {}
        for row, place in enumerate(columns[number]):
            tied = [
                height[one if forth else other]
                for one, other in pieces
                if (other if forth else one) == place and (one if forth else other) in height
            ]
            weight[place] = sum(tied) / len(tied) if tied else (row + 0.5) / len(columns[number])
        columns[number].sort(key=lambda place: (weight[place], place))


def order_figure(model: Model, settings: Settings, language: str) -> Figure:
    """The measures as boxes in columns, each waiting only for columns to its left; arrows as the municipality wrote them."""
    said = improvement_words(language)
    measures = {one["id"]: one for one in model["measures"]}
    if not measures:
        return message_figure(said["short_none"])
    columns, pieces = order_places(model["order"], {name: one["depends_on"] for name, one in measures.items()})
    names = {term.id: term.label[language] for term in settings.actor_types}
    elements = {one["id"]: one for one in model["elements"]}
    box_w, gap_x, gap_y = 2.9, 0.75, 0.16
    inside = {name: _box_lines(one, model, elements, names, language) for name, one in measures.items()}
    tall = {name: 0.16 + 0.17 * len(title) + 0.16 * len(more) for name, (title, more) in inside.items()}
    heights = [sum((tall[p[0]] if p[0] else 0.12) + gap_y for p in column) for column in columns]
    width = max(0.3 + len(columns) * (box_w + gap_x) - gap_x + 0.3, 7.2)
    height = max(heights) + 0.75
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(width, height)
        spot: dict[_Place, tuple[float, float, float]] = {}
        for number, column in enumerate(columns):
            x = 0.3 + number * (box_w + gap_x)
            more = said["wave_1"] if not number else said["wave_later"].format(n=number)
            axes.text(x, height - 0.12, said["wave"].format(n=number + 1), va="top", fontweight="bold", fontsize=10)
            axes.text(x + 0.75, height - 0.135, more, va="top", fontsize=8.4, color=_GREY)
            y = height - 0.5 - (max(heights) - heights[number]) / 2
            for place in column:
                own = tall[place[0]] if place[0] else 0.12
                spot[place] = (x, y - own / 2, own)
                if place[0]:
                    _order_box(axes, measures[place[0]], inside[place[0]], (x, y - own), (box_w, own), elements)
                y -= own + gap_y
        _arrows(axes, spot, pieces, box_w)
    return figure


def _box_lines(
    one: Mapping[str, Any], model: Model, elements: Mapping[str, Mapping[str, Any]], names: Mapping[str, str], language: str
) -> tuple[list[str], list[str]]:  # fmt: skip
    said = improvement_words(language)
    title = textwrap.wrap(one["title"][language], 34)
    title = title[:3] if len(title) <= 3 else [*title[:2], shortened(" ".join(title[2:]), 34)]
    more = [shortened(names.get(one["owner"], one["owner"]), 42)]
    tied = [t for t in model["ties"] if t["element"] == one["element"] and t["element"]][:3]
    if tied:
        told = ", ".join(f"{elements[t['other']]['display']} ({t['turns']})" for t in tied)
        more += textwrap.wrap(f"{said['with']} {told}", 46)[:2]
    return title, more


def _order_box(
    axes: Any, one: Mapping[str, Any], inside: tuple[list[str], list[str]], at: tuple[float, float], size: tuple[float, float],
    elements: Mapping[str, Mapping[str, Any]],
) -> None:  # fmt: skip
    (x, y), (w, h) = at, size
    colour = LEVEL_COLOURS.get(one["level_of"], INK)
    axes.add_artist(FancyBboxPatch((x, y), w, h, boxstyle="round,pad=0,rounding_size=0.06", facecolor="white",
                                   edgecolor=colour, lw=1.2, zorder=3))  # fmt: skip
    title, more = inside
    top = y + h - 0.07
    display = elements[one["element"]]["display"] if one["element"] else "–"
    axes.text(x + 0.08, top, display, va="top", fontsize=8.6, fontweight="bold", color=colour, zorder=4)
    if one["priority"] is not None:
        axes.text(x + 0.2, y + h - 0.36, str(one["priority"]), ha="center", va="center", fontsize=7.6, fontweight="bold",
                  zorder=4, bbox={"boxstyle": "circle,pad=0.22", "facecolor": "white", "edgecolor": INK, "lw": 0.8})  # fmt: skip
    for line in title:
        axes.text(x + 0.5, top, line, va="top", fontsize=8.2, zorder=4)
        top -= 0.17
    for line in more:
        axes.text(x + 0.5, top - 0.01, line, va="top", fontsize=6.9, color=_GREY, zorder=4)
        top -= 0.16


def _arrows(
    axes: Any, spot: Mapping[_Place, tuple[float, float, float]], pieces: Sequence[tuple[_Place, _Place]], box_w: float
) -> None:
    for one, other in pieces:
        (x0, y0, _), (x1, y1, _) = spot[one], spot[other]
        x0 += box_w
        middle = (x0 + x1) / 2
        curve = Path(
            [(x0, y0), (middle, y0), (middle, y1), (x1, y1)], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
        )
        axes.add_patch(PathPatch(curve, facecolor="none", edgecolor=INK, lw=1.1, zorder=2))
        if other[0]:
            axes.annotate("", xy=(x1, y1), xytext=(x1 - 0.12, y1), zorder=3,
                          arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.1, "shrinkA": 0, "shrinkB": 0,
                                      "mutation_scale": 10})  # fmt: skip
        else:
            axes.plot([x1, x1 + box_w], [y1, y1], color=INK, lw=1.1, zorder=2)
