"""The figures of a follow-up and evaluation model: plan against what was done, and maturity from the baseline to now.

Drawn from the model's dict form, the same bytes for the same model. What is said by colour is said by shape as well.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from .figures import FAINT, INK, LEVEL_COLOURS, STYLE, shortened
from .followup_words import followup_words

Model = Mapping[str, Any]

PLAN_FILL, PLAN_EDGE, ACTUAL, TROUBLED = "#E8EEF3", "#7E95A5", "#1F4E6B", "#B35900"
#: How wide the labels of the timeline are, in characters, and its parts in inches.
LABEL_WIDTH = 58
WIDTH, LABELS, ROW, HEAD = 11.4, 4.55, 0.235, 0.34
_MONTHS = {
    "nb": ("jan", "feb", "mars", "april", "mai", "juni", "juli", "aug", "sep", "okt", "nov", "des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_MARKS = {"done": ("o", ACTUAL), "postponed": ("D", TROUBLED), "stopped": ("X", TROUBLED)}


def has_timeline(model: Model) -> bool:
    """Whether there is anything to draw in the timeline: a dated step or a report on one."""
    return any(s["planned_from"] or s["begun_on"] for one in model["measures"] for s in one["steps"])


def timeline_figure(model: Model, language: str) -> Figure:
    """Each step of each measure on a line: when it was planned, and when it was reported begun and done."""
    said = followup_words(language)
    rows = _rows(model, language)
    days = _days_in(model)
    low, high = _span(days, model["cut_off"])
    height = sum(HEAD if is_head else ROW for _, is_head, _, _ in rows) + 1.25
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((LABELS / WIDTH, 0.62 / height, 1 - (LABELS + 0.25) / WIDTH, 1 - 1.18 / height))
        axes.set(xlim=(low, high), ylim=(0, height - 1.18))
        _months(axes, low, high, height - 1.18, language)
        top = height - 1.18
        for text, is_head, step, measure in rows:
            tall = HEAD if is_head else ROW
            middle = top - tall / 2
            x = -LABELS / (WIDTH - LABELS - 0.25) + 0.004
            axes.text(
                x if is_head else x + 0.024,
                middle - (0.03 if is_head else 0),
                text,
                transform=axes.get_yaxis_transform(),
                ha="left",
                va="center",
                fontsize=9.2 if is_head else 8.4,
                fontweight="bold" if is_head else "normal",
                clip_on=False,
            )
            if is_head:
                axes.plot(
                    [x, 1],
                    [top - 0.015, top - 0.015],
                    transform=axes.get_yaxis_transform(),
                    color="#C9C9C9",
                    lw=0.7,
                    clip_on=False,
                )
                _whole(axes, measure, middle - 0.03, high)
            elif step is not None:
                _step(axes, step, middle, _ended(measure) or model["cut_off"])
            top -= tall
        cut = _number(model["cut_off"])
        axes.axvline(cut, color=INK, lw=1.1, ls=(0, (1, 1.4)), zorder=1)
        axes.text(cut, height - 1.18 + 0.24, said["cutoff_line"], ha="center", va="bottom", fontsize=8, clip_on=False)
        axes.set_yticks([])
        axes.set_xticks([])
        for spine in axes.spines.values():
            spine.set_visible(False)
        _timeline_legend(figure, said, height)
    return figure


def _rows(model: Model, language: str) -> list[tuple[str, bool, Any, Any]]:
    found: list[tuple[str, bool, Any, Any]] = []
    for one in model["measures"]:
        found.append((shortened(f"{one['id']}  {one['title'][language]}", LABEL_WIDTH - 4), True, None, one))
        for step in one["steps"]:
            found.append((shortened(f"{step['step']}  {step['text'][language]}", LABEL_WIDTH), False, step, one))
    return found


def _days_in(model: Model) -> list[str]:
    keys = ("planned_from", "planned_to", "first_from", "first_to", "begun_on", "done_on")
    return [s[key] for one in model["measures"] for s in one["steps"] for key in keys if s[key]]


def _span(days: Sequence[str], cut_off: str) -> tuple[float, float]:
    """First day of the first month to the last day of the last one."""
    low, high = min([*days, cut_off]), max([*days, cut_off])
    first = dt.date.fromisoformat(low).replace(day=1)
    last = dt.date.fromisoformat(high)
    return float(first.toordinal()), float(_next_month(last).toordinal())


def _next_month(day: dt.date) -> dt.date:
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _number(day: str) -> float:
    return float(dt.date.fromisoformat(day).toordinal())


def _months(axes: Any, low: float, high: float, top: float, language: str) -> None:
    day = dt.date.fromordinal(int(low))
    months = []
    while day.toordinal() < high:
        months.append(day)
        day = _next_month(day)
    # So many names that they stand apart, whatever the span.
    every = 1 if len(months) <= 18 else 3 if len(months) <= 48 else 6
    for place, day in enumerate(months):
        following = _next_month(day)
        if day.month % 2:
            axes.add_patch(
                Rectangle(
                    (day.toordinal(), 0),
                    following.toordinal() - day.toordinal(),
                    top,
                    facecolor="#F7F7F7",
                    lw=0,
                    zorder=0,
                )
            )
        if place % every == 0:
            name = _MONTHS[language][day.month - 1]
            middle = (day.toordinal() + following.toordinal()) / 2
            axes.text(middle, top + 0.07, name, ha="center", va="bottom", fontsize=7.8, clip_on=False)
        if place == 0 or day.month == 1:
            axes.text(
                day.toordinal(),
                -0.07,
                str(day.year),
                ha="left",
                va="top",
                fontsize=8.6,
                fontweight="bold",
                clip_on=False,
            )
            axes.axvline(day.toordinal(), color=FAINT, lw=0.7, zorder=0.5)


def _step(axes: Any, step: Mapping[str, Any], y: float, cut_off: str) -> None:
    if step["first_from"] and step["first_to"]:
        first, last = _number(step["first_from"]), _number(step["first_to"]) + 1
        axes.add_patch(
            Rectangle(
                (first, y - 0.105),
                last - first,
                0.21,
                facecolor="none",
                edgecolor=INK,
                lw=0.9,
                ls=(0, (3, 2)),
                zorder=2.5,
            )
        )
    if step["planned_from"] and step["planned_to"]:
        first, last = _number(step["planned_from"]), _number(step["planned_to"]) + 1
        axes.add_patch(
            Rectangle(
                (first, y - 0.085), last - first, 0.17, facecolor=PLAN_FILL, edgecolor=PLAN_EDGE, lw=0.9, zorder=2
            )
        )
    if step["begun_on"]:
        begun = _number(step["begun_on"])
        until = _number(step["done_on"] or (step["halted_on"] or cut_off))
        axes.plot([begun, max(until, begun + 1)], [y, y], color=ACTUAL, lw=3.2, solid_capstyle="butt", zorder=3)
    day = step["done_on"] or step["halted_on"]
    mark = "done" if step["done_on"] else step["status"]
    if mark in _MARKS and day:
        shape, colour = _MARKS[mark]
        axes.plot([_number(day)], [y], shape, ms=6.2, mfc=colour, mec="white", mew=0.8, zorder=4, clip_on=False)


def _whole(axes: Any, measure: Mapping[str, Any], y: float, high: float) -> None:
    """A measure that was stopped or postponed as a whole, or is done, on the line of its name."""
    whole = [one for one in measure["reports"] if not one["step"]]
    if not whole or whole[-1]["status"] not in _MARKS:
        return
    shape, colour = _MARKS[whole[-1]["status"]]
    axes.plot([_number(whole[-1]["on"])], [y], shape, ms=7.2, mfc=colour, mec="white", mew=0.8, zorder=4, clip_on=False)


def _ended(measure: Mapping[str, Any]) -> str:
    """The day on which a measure was stopped or done as a whole, with which its steps end."""
    whole = [one for one in measure["reports"] if not one["step"]]
    return str(whole[-1]["on"]) if whole and whole[-1]["status"] in ("stopped", "done") else ""


def _timeline_legend(figure: Figure, said: Mapping[str, str], height: float) -> None:
    axes = figure.add_axes((0, 0, 1, 0.3 / height))
    axes.set(xlim=(0, WIDTH), ylim=(0, 0.3))
    axes.axis("off")
    y = 0.17
    entries = [
        (said["plan"], "plan"), (said["plan_first"], "first"), (said["actual"], "actual"),
        (said["state_done"], "done"), (said["state_postponed"], "postponed"), (said["state_stopped"], "stopped"),
    ]  # fmt: skip
    x = 0.15
    for text, kind in entries:
        if kind in ("plan", "first"):
            fill, style = (PLAN_FILL, "solid") if kind == "plan" else ("none", (0, (3, 2)))
            edge = PLAN_EDGE if kind == "plan" else INK
            axes.add_patch(Rectangle((x, y - 0.07), 0.34, 0.14, facecolor=fill, edgecolor=edge, lw=0.9, ls=style))
        elif kind == "actual":
            axes.plot([x, x + 0.34], [y, y], color=ACTUAL, lw=3.2, solid_capstyle="butt")
        else:
            shape, colour = _MARKS[kind]
            axes.plot([x + 0.22], [y], shape, ms=6.2, mfc=colour, mec="white", mew=0.8)
        axes.text(x + 0.44, y - 0.005, text, va="center", fontsize=8.4)
        x += 0.44 + 0.075 * len(text) + 0.32


def drawn_elements(model: Model) -> list[Mapping[str, Any]]:
    """The elements that the figure and the table of maturity show: those assessed at any time, and those with a target."""
    return [one for one in model["elements"] if one["baseline"] or one["now"] or one["target"] is not None]


def maturity_figure(model: Model, language: str, levels: Mapping[int, str]) -> Figure:
    """Each element from its baseline to now, with ranges and target; `levels` are the names of the steps of the scale."""
    said = followup_words(language)
    elements = drawn_elements(model)
    height = 0.33 * max(len(elements), 1) + 1.5
    left, right = 4.2, 2.55
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((left / WIDTH, 0.5 / height, 1 - (left + right) / WIDTH, 1 - 1.2 / height))
        axes.set(xlim=(0.6, 5.4), ylim=(-0.6, len(elements) - 0.4))
        for level in range(1, 6):
            axes.axvline(level, color="#E2E2E2", lw=0.8, zorder=0)
            name = "\n".join(textwrap.wrap(levels.get(level, ""), 13, break_long_words=False)[:3])
            axes.annotate(
                str(level), (level, 1), xycoords=("data", "axes fraction"), xytext=(0, 4), textcoords="offset points",
                ha="center", va="bottom", fontsize=9.5, fontweight="bold",
            )  # fmt: skip
            axes.annotate(
                name, (level, 1), xycoords=("data", "axes fraction"), xytext=(0, 17), textcoords="offset points",
                ha="center", va="bottom", fontsize=7.2, color="#555555", linespacing=1.05,
            )  # fmt: skip
        for place, one in enumerate(reversed(elements)):
            _maturity_row(axes, one, place, said)
        axes.set_yticks(
            range(len(elements)),
            [f"{e['display']}  {shortened(e['label'][language], 44)}" for e in reversed(elements)],
            fontsize=8.6,
        )
        for tick, one in zip(axes.get_yticklabels(), reversed(elements), strict=True):
            tick.set_color(LEVEL_COLOURS.get(one["level_of"], INK))
        axes.tick_params(axis="y", length=0)
        axes.set_xticks([])
        for spine in axes.spines.values():
            spine.set_visible(False)
        _maturity_legend(figure, said, height)
    return figure


def _maturity_row(axes: Any, one: Mapping[str, Any], y: int, said: Mapping[str, str]) -> None:
    before, now = one["baseline"], one["now"]
    if one["target"] is not None:
        axes.plot([one["target"]], [y - 0.25], "D", ms=5.2, mfc="white", mec=INK, mew=1.1, zorder=2)
    for level, lift in ((before, 0.2), (now, 0.0)):
        if level and level["low"] != level["high"]:
            axes.plot(
                [level["low"], level["high"]], [y + lift] * 2, color=PLAN_EDGE, lw=1.6, zorder=1, solid_capstyle="round"
            )
    if before and now and one["status"] in ("up", "down"):
        axes.add_patch(
            FancyArrowPatch(
                (before["level"], y + 0.2), (now["level"], y), arrowstyle="-|>", mutation_scale=9, shrinkA=4.5,
                shrinkB=5, color=ACTUAL if one["status"] == "up" else TROUBLED, lw=1.3, zorder=3,
            )
        )  # fmt: skip
    if before:
        # The same level twice: the ring goes round the circle.
        is_same = now is not None and now["level"] == before["level"]
        axes.plot(
            [before["level"]],
            [y + (0 if is_same else 0.2)],
            "o",
            ms=10.5 if is_same else 6.2,
            mfc="white",
            mec=ACTUAL,
            mew=1.4,
            zorder=4,
        )
    if now:
        axes.plot([now["level"]], [y], "o", ms=7, mfc=ACTUAL, mec="white", mew=0.8, zorder=4)
    axes.annotate(
        change_told(one, said), (1, y), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
        va="center", fontsize=8, color=TROUBLED if one["status"] == "down" else INK,
    )  # fmt: skip


def change_told(one: Mapping[str, Any], said: Mapping[str, str]) -> str:
    """How an element's level went, in words and a sign; where nothing can be compared, why."""
    if one["status"] == "not_comparable":
        return said[f"why_{one['why']}"]
    step = abs(one["now"]["level"] - one["baseline"]["level"])
    return said[f"status_{one['status']}"].format(n=step)


def _maturity_legend(figure: Figure, said: Mapping[str, str], height: float) -> None:
    axes = figure.add_axes((0, 0, 1, 0.3 / height))
    axes.set(xlim=(0, WIDTH), ylim=(0, 0.3))
    axes.axis("off")
    marks: list[tuple[str, dict[str, Any], str]] = [
        (said["baseline"], {"mfc": "white", "mec": ACTUAL, "mew": 1.4, "ms": 6.2}, "o"),
        (said["now"], {"mfc": ACTUAL, "mec": "white", "mew": 0.8, "ms": 7}, "o"),
        (said["target"], {"mfc": "white", "mec": INK, "mew": 1.1, "ms": 5.2}, "D"),
    ]
    x = 4.4
    for text, look, shape in marks:
        axes.plot([x], [0.16], shape, **look)
        axes.text(x + 0.14, 0.155, text, va="center", fontsize=8.4)
        x += 0.5 + 0.08 * len(text)
