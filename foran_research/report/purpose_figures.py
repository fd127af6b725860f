"""Figures for a journal: drawn at the width they are printed in, so that letters keep their size; no small counts."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .figures import FAINT, INHIBITS, INK, PROMOTES, STYLE, shortened, stamped
from .purpose_tables import KEPT_BACK
from .purpose_words import purpose_words

#: Widths of one and of two columns of a journal's page, in millimetres.
ONE_COLUMN, TWO_COLUMNS = 85, 174
DPI = 600
_INCH = 25.4
_STYLE = {
    **STYLE,
    "font.size": 7.0,
    "pdf.fonttype": 42,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0,
}


def figure_files(figure: Figure, name: str) -> dict[str, bytes]:
    """A figure as SVG, PDF and PNG of 600 dots per inch, by file name; without dates or random ids."""
    found = {}
    for kind, facts in (
        ("svg", {"Date": None, "Creator": None}),
        ("pdf", {"CreationDate": None, "Creator": None, "Producer": None}),
        ("png", {"Software": None}),
    ):
        out = io.BytesIO()
        with mpl.rc_context(_STYLE):
            figure.savefig(out, format=kind, metadata=facts, dpi=DPI, facecolor="white")
        found[f"{name}.{kind}"] = out.getvalue()
    return found


def _made(width: float, height: float) -> Figure:
    return Figure(figsize=(width / _INCH, height / _INCH))


def _axes(figure: Figure, left: float, right: float, bottom: float, top: float) -> Any:
    """Axes with margins in millimetres."""
    width, height = (size * _INCH for size in figure.get_size_inches())
    return figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - bottom - top) / height)
    )


def _bare(axes: Any, *sides: str) -> None:
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(side in sides)


def _levels(axes: Any, levels: Sequence[str]) -> None:
    """A thin line where one level ends and the next begins."""
    for place in range(1, len(levels)):
        if levels[place] != levels[place - 1]:
            axes.axhline(place - 0.5, color=FAINT, lw=0.5, zorder=0)


def evidence_figure(
    cells: pd.DataFrame, levels: Mapping[str, str], names: Mapping[str, str], stamp: str = ""
) -> Figure:
    """Elements × municipalities: what is said where. `cells` is purpose_tables.cells_table; `levels` by code."""
    codes = list(dict.fromkeys(cells["code"]))
    cases = list(dict.fromkeys(cells["municipality"]))
    labels = dict(zip(cells["code"], cells["label"], strict=True))
    with mpl.rc_context(_STYLE):
        figure = _made(TWO_COLUMNS, 13 + 4.6 * max(len(codes), 1))
        axes = _axes(figure, 80, 6, 5, 9)
        most = max([count for count in cells["documents"] if count != KEPT_BACK], default=1) or 1
        for row in cells.to_dict("records"):
            x, y = cases.index(row["municipality"]), codes.index(row["code"])
            if row["state"] == "evidence" and row["documents"] == KEPT_BACK:
                axes.plot(x, y, "o", ms=4.5, mfc="white", mec=PROMOTES, mew=0.9)
            elif row["state"] == "evidence":
                axes.plot(x, y, "o", ms=3.5 + 5 * (row["documents"] / most) ** 0.5, color=PROMOTES)
                axes.annotate(
                    str(row["documents"]), (x, y), (7, 0), textcoords="offset points", va="center", fontsize=6.5
                )
            else:
                mark = {"nothing_said": "_", "not_asked": ".", "not_codable": "x", "suppressed": "s"}[str(row["state"])]
                axes.plot(x, y, mark, ms=2.5 if mark == "." else 4.5, color=FAINT, mew=0.9)
        axes.set(xlim=(-0.5, len(cases) - 0.5), ylim=(len(codes) - 0.4, -0.6))
        axes.set_xticks(range(len(cases)), [names.get(case, case) for case in cases], fontsize=7.5)
        axes.xaxis.tick_top()
        axes.set_yticks(
            range(len(codes)), [f"{shortened(str(labels[code]), 54)}  {code}" for code in codes], fontsize=6.8
        )
        axes.tick_params(length=0)
        _levels(axes, [levels.get(code, "") for code in codes])
        _bare(axes)
    return stamped(figure, stamp)


def polarity_figure(elements: pd.DataFrame, language: str, stamp: str = "") -> Figure:
    """Passages that promote and inhibit, an element on each line. `elements` is purpose_tables.elements_table."""
    said = purpose_words(language)
    with mpl.rc_context(_STYLE):
        figure = _made(TWO_COLUMNS, 20 + 4.3 * max(len(elements), 1))
        axes = _axes(figure, 80, 5, 13, 6)
        for place, row in enumerate(elements.to_dict("records")):
            if row["promoting"] == KEPT_BACK:
                axes.annotate(
                    KEPT_BACK, (0, place), (5, 0), textcoords="offset points", ha="center", va="center", fontsize=8
                )
                continue
            axes.barh(place, row["promoting"], 0.68, color=PROMOTES, lw=0)
            axes.barh(place, -row["inhibiting"], 0.68, color=INHIBITS, hatch="////", edgecolor="white", lw=0)
            for count, x, ha in (
                (row["promoting"], row["promoting"], "left"),
                (row["inhibiting"], -row["inhibiting"], "right"),
            ):
                if count:
                    axes.text(x, place, f" {count} ", ha=ha, va="center", fontsize=6)
        counts = [c for name in ("promoting", "inhibiting") for c in elements[name] if c != KEPT_BACK]
        most = max([*counts, 1]) * 1.12
        axes.set(xlim=(-most, most), ylim=(len(elements) - 0.4, -0.6), xlabel=said["axis_passages"])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
        axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
        axes.set_yticks(
            range(len(elements)),
            [
                f"{shortened(str(label), 54)}  {code}"
                for code, label in zip(elements["code"], elements["label"], strict=True)
            ],
            fontsize=6.8,
        )
        axes.tick_params(axis="y", length=0)
        axes.axvline(0, color=INK, lw=0.6)
        axes.text(-0.02 * most, -0.75, said["inhibiting"], ha="right", va="bottom", fontsize=7.5, color="#8F6200")
        axes.text(0.02 * most, -0.75, said["promoting"], ha="left", va="bottom", fontsize=7.5, color="#0063A0")
        _levels(axes, list(elements["level"]))
        _bare(axes, "bottom")
    return stamped(figure, stamp)


def level_figure(levels: pd.DataFrame, names: Mapping[str, str], language: str, stamp: str = "") -> Figure:
    """Passages that promote and inhibit, two bars for each level. `levels` is purpose_tables.level_balance."""
    said = purpose_words(language)
    with mpl.rc_context(_STYLE):
        figure = _made(ONE_COLUMN, 24 + 9.5 * max(len(levels), 1))
        axes = _axes(figure, 30, 8, 13, 9)
        for place, row in enumerate(levels.to_dict("records")):
            for shift, name, colour, hatch in (
                (-0.19, "promoting", PROMOTES, ""),
                (0.19, "inhibiting", INHIBITS, "////"),
            ):
                axes.barh(place + shift, row[name], 0.36, color=colour, hatch=hatch, edgecolor="white", lw=0,
                          label=said[name] if place == 0 else None)  # fmt: skip
                axes.text(row[name], place + shift, f" {row[name]}", va="center", ha="left", fontsize=6.5)
        most = max([*levels["promoting"], *levels["inhibiting"], 1])
        axes.set(xlim=(0, most * 1.1), ylim=(len(levels) - 0.4, -0.6), xlabel=said["axis_passages"])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.set_yticks(
            range(len(levels)), [str(names.get(level, level)).replace(" ", "\n", 1) for level in levels["level"]]
        )
        axes.tick_params(axis="y", length=0)
        if len(levels):
            axes.legend(
                loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, fontsize=7, borderaxespad=0.2
            )
        _bare(axes, "bottom")
    return stamped(figure, stamp)


def breadth_figure(breadth: pd.DataFrame, language: str, stamp: str = "") -> Figure:
    """How many elements have evidence in so many municipalities: columns `municipalities` and `elements`."""
    said = purpose_words(language)
    with mpl.rc_context(_STYLE):
        figure = _made(ONE_COLUMN, 55)
        axes = _axes(figure, 14, 4, 14, 6)
        axes.bar(breadth["municipalities"], breadth["elements"], 0.62, color=PROMOTES, lw=0)
        for x, y in zip(breadth["municipalities"], breadth["elements"], strict=True):
            axes.text(x, y, str(y), ha="center", va="bottom", fontsize=7)
        axes.set(xlabel=said["axis_municipalities"], ylabel=said["axis_elements"])
        axes.set_ylim(0, max([*breadth["elements"], 1]) * 1.12)
        axes.set_xticks(list(breadth["municipalities"]))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        _bare(axes, "bottom")
    return stamped(figure, stamp)
