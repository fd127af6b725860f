"""The figures of the audit report: what happened when, and how much each coder coded month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from .audit_words import audit_words
from .figures import FAINT, INK, STYLE

#: Colours and hatching by place, for lanes and coders (Okabe & Ito); hatching tells coders apart in black and white.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
_HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++")
_LANES = (
    ("document", ("document",)),
    ("memo", ("memo",)),
    ("decided", ("proposed", "accepted", "rejected")),
    ("release", ("release",)),
    ("mended", ("text_change", "withdrawal")),
)


def timeline_figure(timeline: pd.DataFrame, language: str) -> Figure:
    """A lane for material, each coder, memos, decisions, releases and mendings; milestones as upright lines.

    The marks of decisions differ: filled for accepted, hollow for rejected, a small tick for proposed. What is counted by
    month stands in the middle of its month, larger the more there was.
    """
    said = audit_words(language)
    rows = [(_date(str(row["day"])), row) for row in timeline.to_dict("records") if row["day"]]
    if not rows:
        return _message(said["nothing_yet"])
    coders = sorted({str(row["who"]) for _, row in rows if row["kind"] == "coding"})
    lanes = [("document", said["lane_document"])]
    lanes += [(f"coding:{coder}", said["lane_coding"].format(who=coder)) for coder in coders]
    lanes += [(name, said[f"lane_{name}"]) for name, _ in _LANES[1:]]
    of_kind = {kind: name for name, kinds in _LANES for kind in kinds}
    lane_of = [
        f"coding:{row['who']}" if row["kind"] == "coding" else of_kind.get(str(row["kind"]), "") for _, row in rows
    ]
    lanes = [(name, text) for name, text in lanes if name in lane_of]
    height = 0.85 + 0.42 * len(lanes)
    most = max([int(row["count"]) for _, row in rows if row["kind"] in ("coding", "memo")] + [1])
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11, height))
        axes: Any = figure.add_axes((0.15, 0.42 / height, 0.83, 1 - 0.85 / height))
        floor = {name: len(lanes) - place for place, (name, _) in enumerate(lanes)}
        colour = {name: _COLOURS[place % len(_COLOURS)] for place, (name, _) in enumerate(lanes)}
        milestones: dict[dt.date, list[str]] = {}
        for (day, row), lane in zip(rows, lane_of, strict=True):
            if row["kind"] in ("milestone", "planned_milestone"):
                milestones.setdefault(day, []).extend(row["about"])
                continue
            size = 4 + 7 * (int(row["count"]) / most) ** 0.5 if row["kind"] in ("coding", "memo") else 6.5
            marker = {"proposed": "|", "release": "D", "withdrawal": "X"}.get(str(row["kind"]), "o")
            face = "white" if row["kind"] == "rejected" else colour[lane]
            axes.plot([day], [floor[lane]], marker=marker, ms=size, mec=colour[lane], mfc=face, ls="", alpha=0.9)
            if row["kind"] == "release":
                text = " ".join(row["about"])
                axes.annotate(text, (day, floor[lane]), (6, 0), textcoords="offset points", va="center", fontsize=7.5)
        for day, names in milestones.items():
            axes.axvline(day, color=INK, lw=0.8, ls=(0, (4, 3)), zorder=0)
            axes.annotate(
                " ".join(names), (day, 1), (0, 3), xycoords=("data", "axes fraction"), textcoords="offset points",
                ha="center", va="bottom", fontsize=8, fontweight="bold",
            )  # fmt: skip
        axes.set_yticks(list(floor.values()), [text for _, text in lanes])
        axes.set_ylim(0.4, len(lanes) + 0.6)
        _years(axes, [day for day, _ in rows])
        axes.grid(axis="y", color=FAINT, alpha=0.25, lw=0.6)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.tick_params(axis="y", length=0)
    return figure


def month_figure(by_month: pd.DataFrame, language: str) -> Figure:
    """Bars of coded segments per month, a panel per coder, on one scale."""
    said = audit_words(language)
    if not len(by_month):
        return _message(said["nothing_yet"])
    coders = sorted(set(by_month["coder"]))
    days = [_date(str(month)) for month in by_month["month"]]
    most = int(by_month["segments"].max())
    tall = 1.25
    height = 0.55 + tall * len(coders)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11, height))
        for place, coder in enumerate(coders):
            bottom = (0.4 + tall * (len(coders) - 1 - place)) / height
            axes: Any = figure.add_axes((0.07, bottom, 0.91, (tall - 0.3) / height))
            own = by_month[by_month["coder"] == coder]
            axes.bar(
                [_date(str(month)) for month in own["month"]], list(own["segments"]), width=22,
                color=_COLOURS[place % len(_COLOURS)], hatch=_HATCHES[place % len(_HATCHES)], edgecolor="white", lw=0,
            )  # fmt: skip
            axes.set_ylim(0, most * 1.18)
            axes.set_title(coder, loc="left", fontsize=9, fontweight="bold", pad=3)
            _years(axes, days)
            if place == len(coders) // 2:
                axes.set_ylabel(said["segments_axis"])
            if place < len(coders) - 1:
                axes.tick_params(axis="x", labelbottom=False)
            for side in ("top", "right"):
                axes.spines[side].set_visible(False)
    return figure


def _date(text: str) -> dt.date:
    """A day; the middle of it for a month."""
    return dt.date.fromisoformat(text if len(text) > len("2020-01") else f"{text}-15")


def _years(axes: Any, days: Sequence[dt.date]) -> None:
    """The axis of time from first to last day, with a tick per year (or month, within one year)."""
    first, last = min(days), max(days)
    spare = dt.timedelta(days=max(20, (last - first).days // 40))
    axes.set_xlim(first - spare, last + spare)
    if (last - first).days > 400:
        ticks = [dt.date(year, 1, 1) for year in range(first.year, last.year + 2)]
        labels = [str(day.year) for day in ticks]
    else:
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1)
        ticks = [dt.date(month // 12, month % 12 + 1, 1) for month in months]
        labels = [day.isoformat()[:7] for day in ticks]
    kept: Mapping[dt.date, str] = {
        day: label for day, label in zip(ticks, labels, strict=True) if first - spare <= day <= last + spare
    }
    axes.set_xticks(list(kept), list(kept.values()))


def _message(text: str) -> Figure:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6, 0.8))
        figure.text(0.5, 0.5, text, ha="center", va="center", fontsize=10)
    return figure
