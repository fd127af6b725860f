"""Agreement as forest plots: a point and an interval per code, and per comparison, with how rare each is beside it.

Undefined figures have a row of their own with the reason: they are never drawn as 0 or 1. No colour says good or bad.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from ..analysis.agreement_intervals import Figures
from ..analysis.stated import Stated
from ..analysis.study_agreement import Comparison, StudyAgreement, Told
from ..settings import Settings
from .agreement_words import agreement_words
from .figures import FAINT, INK, LEVEL_COLOURS, STYLE, shortened
from .words import number

#: Krippendorff's bounds, drawn as thin lines.
BOUNDS = (0.667, 0.8)
#: Above so many rows a comparison's codes go on pages of their own by level, and a level on several.
MOST_ROWS = 44
#: α can fall far below 0 with few units; what lies further out is drawn as an arrow at the edge.
LEAST_SHOWN = -0.4


@dataclass(frozen=True)
class Row:
    """A line of a forest plot; a heading where there are no figures."""

    label: str
    figures: Figures | None = None
    coefficient: str = "alpha"
    colour: str = INK


def name_of(comparison: Comparison) -> str:
    """What a comparison's files are called.

    Coders and versions; the same for the same comparison.
    """
    return "_".join([*comparison.coders, "-".join(comparison.read_under) or "none"])


def told_who(comparison: Comparison, words: Mapping[str, str]) -> str:
    """The coders of a comparison for a sentence: K1 and K2; K1, K2 and K3."""
    *most, last = comparison.coders
    return f"{', '.join(most)} {words['and']} {last}" if most else last


def forest_figures(found: StudyAgreement, settings: Settings, language: str) -> dict[str, Figure]:
    """α of every code in use, by comparison and, where there are many codes, by level: figures by name."""
    figures = {}
    for comparison in found.comparisons:
        for suffix, rows in _pages(comparison, settings, language):
            figures[f"agreement_codes_{name_of(comparison)}{suffix}"] = _forest(
                rows, language, title=_title(comparison, language), notes=_keys(rows, language)
            )
    return figures


def _title(comparison: Comparison, language: str) -> str:
    w = agreement_words(language)
    return w["fig_codes"].format(what=_headed(comparison, language))


def _headed(comparison: Comparison, language: str) -> str:
    """A comparison as its heading: who, under which versions, on how many documents."""
    w = agreement_words(language)
    version = comparison.version or w["no_version"]
    count = len(comparison.documents)
    documents = w["n_documents_1"] if count == 1 else w["n_documents"].format(n=number(count, language))
    return f"{w[comparison.kind].format(who=told_who(comparison, w), version=version)} · {documents}"


def _keys(rows: Sequence[Row], language: str) -> list[str]:
    """What the marks mean, for a picture that leaves its page: only what is drawn in it."""
    w = agreement_words(language)
    has_units = any(_bounds(row, by_units=True) is not None for row in rows)
    return [
        " ".join([w["fig_interval"], *([w["fig_units"]] if has_units else []), w["fig_hollow"]]),
        f"{w['fig_bounds']} {w['fig_counts']}",
    ]


def pair_figure(found: StudyAgreement, settings: Settings, language: str) -> Figure | None:
    """Every comparison as a whole: all codes, sets, levels, polarity, facets, marked text. None without comparisons."""
    w = agreement_words(language)
    levels = {level.id: level.label[language] for level in settings.levels}
    facets = {facet.id: facet.label[language] for facet in settings.facets}
    rows: list[Row] = []
    silent: dict[str, None] = {}
    for comparison in found.comparisons:
        rows.append(Row(_headed(comparison, language)))
        for one in comparison.told:
            if one.answer:
                continue
            if one.of == "facet" and one.figures.coefficients["alpha"].value is None:
                silent[facets.get(one.id, one.id)] = None
                continue
            label = {
                "codes": w["row_codes"],
                "set": w["row_set"],
                "level": w["row_level"].format(level=levels.get(one.id, one.id)),
                "polarity": w["row_polarity"],
                "facet": w["row_facet"].format(facet=facets.get(one.id, one.id)),
                "marked": w["row_marked"],
            }.get(one.of)
            if label is not None:
                coefficient = {"set": "alpha_masi", "marked": "bar"}.get(one.of, "alpha")
                rows.append(Row(label, one.figures, coefficient, LEVEL_COLOURS.get(one.id, INK)))
    notes = _keys(rows, language)
    if len({comparison.version for comparison in found.comparisons}) > 1:
        notes.append(w["fig_versions"])
    if silent:
        notes.append(w["fig_silent"].format(facets=", ".join(silent)))
    return _forest(rows, language, axis="", title=w["fig_pairs"], notes=notes) if rows else None


def _pages(comparison: Comparison, settings: Settings, language: str) -> Iterator[tuple[str, list[Row]]]:
    codes = [one for one in comparison.told if one.of == "code"]
    if not codes:
        return
    by_level: dict[str, list[Told]] = {}
    for one in codes:
        by_level.setdefault(comparison.codebook.by_id[one.id].level, []).append(one)
    labels = {level.id: level.label[language] for level in settings.levels}
    blocks = {
        level: [_code_row(comparison, one, level, language) for one in own]
        for level, own in sorted_levels(by_level, settings)
    }
    if len(codes) <= MOST_ROWS:
        yield "", [row for level, own in blocks.items() for row in (Row(labels.get(level, level)), *own)]
        return
    for level, own in blocks.items():
        parts = -(-len(own) // MOST_ROWS)
        size = -(-len(own) // parts)
        for part in range(parts):
            suffix = f"_{level}" if parts == 1 else f"_{level}{part + 1}"
            yield suffix, [Row(labels.get(level, level)), *own[part * size : (part + 1) * size]]


def sorted_levels(by_level: Mapping[str, list[Told]], settings: Settings) -> list[tuple[str, list[Told]]]:
    """Levels in the order of the settings; one that they do not have comes last."""
    order = {level.id: place for place, level in enumerate(settings.levels)}
    return sorted(by_level.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))


def _code_row(comparison: Comparison, one: Told, level: str, language: str) -> Row:
    code = comparison.codebook.by_id[one.id]
    return Row(
        f"{code.display}  {shortened(code.label[language], 76)}", one.figures, "alpha", LEVEL_COLOURS.get(level, INK)
    )


def _forest(rows: Sequence[Row], language: str, *, title: str, notes: Sequence[str], axis: str | None = None) -> Figure:
    w = agreement_words(language)
    line = 0.235
    under = [part for note in notes for part in textwrap.wrap(note, 205)]
    top, foot = 0.62, 0.52 + 0.16 * len(under) + 0.12
    height = line * len(rows) + top + foot
    lows = [
        bounds[0] for row in rows for units in (False, True) if (bounds := _bounds(row, by_units=units)) is not None
    ]
    values = [stated.value for row in rows if (stated := _stated(row)) is not None and stated.value is not None]
    least = max(LEAST_SHOWN, min([0.0, *lows, *values]) - 0.04)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11.4, height))
        axes = figure.add_axes((0.315, foot / height, 0.5, 1 - (top + foot) / height))
        figure.text(0.008, 1 - 0.1 / height, title, fontsize=10.5, fontweight="bold", va="top")
        for place, note in enumerate(under):
            below = (foot - 0.55 - 0.16 * place) / height
            figure.text(0.008, below, note, fontsize=7.4, va="top", color="#444444")
        axes.set(xlim=(least, 1.03), ylim=(len(rows) - 0.4, -0.6))
        for bound in BOUNDS:
            axes.axvline(bound, color=FAINT, lw=0.7, ls=(0, (4, 3)), zorder=0)
            shown = f".{round(bound * 1000):03d}" if language == "en" else f"0,{round(bound * 1000):03d}"
            axes.text(bound, -0.75, shown, ha="center", va="bottom", fontsize=7.2, color="#555555", clip_on=False)
        axes.text(BOUNDS[0] - 0.045, -0.75, "Krippendorff:", ha="right", va="bottom", fontsize=7.2, color="#555555")
        axes.axvline(0, color=FAINT, lw=0.5, zorder=0)
        right = axes.get_yaxis_transform()
        axes.text(1.135, -0.75, w["n_with"], ha="right", va="bottom", fontsize=7.6, transform=right, color="#555555")
        axes.text(
            1.265, -0.75, w["share_with"], ha="right", va="bottom", fontsize=7.6, transform=right, color="#555555"
        )
        for place, row in enumerate(rows):
            _draw(axes, row, place, language, least)
        axes.set_yticks([])
        axes.tick_params(axis="x", length=3, labelsize=8)
        ticks = [tick for tick in (-0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0) if tick >= least]
        axes.set_xticks(ticks, [number(tick, language, 1) for tick in ticks])
        axes.set_xlabel(w["axis"] if axis is None else axis, fontsize=8.5)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
    return figure


def _stated(row: Row) -> Stated | None:
    return None if row.figures is None else row.figures.coefficients.get(row.coefficient)


def _bounds(row: Row, *, by_units: bool = False) -> tuple[float, float] | None:
    """The interval of a row from drawing documents, or single turns.

    None where there is none, or one without width: that every replicate gave one number is no certainty.
    """
    if row.figures is None:
        return None
    found = (row.figures.unit_intervals if by_units else row.figures.intervals).get(row.coefficient)
    if found is None or found.low is None or found.high is None or found.high - found.low < 1e-9:
        return None
    return found.low, found.high


def _draw(axes: Any, row: Row, place: int, language: str, least: float) -> None:
    labels = axes.get_yaxis_transform()
    if row.figures is None:
        axes.text(-0.62, place + 0.08, row.label, fontsize=9.2, fontweight="bold", va="center", transform=labels)
        axes.plot([-0.62, 1.27], [place + 0.47] * 2, color=FAINT, lw=0.5, transform=labels, clip_on=False)
        return
    size = 8.4 if len(row.label) <= 50 else 8.4 * 50 / len(row.label)
    axes.text(-0.62, place, row.label, fontsize=size, va="center", transform=labels, color=row.colour)
    figures, stated, bounds = row.figures, _stated(row), _bounds(row)
    if figures.positive is not None:
        counts = f"{number(figures.positive, language)} / {number(figures.judgements, language)}"
    else:
        counts = f"– / {number(figures.judgements, language)}"
    axes.text(1.135, place, counts, fontsize=7.6, ha="right", va="center", transform=labels)
    if figures.prevalence is not None:
        share = number(figures.prevalence, language, 3)
        axes.text(1.265, place, share, fontsize=7.6, ha="right", va="center", transform=labels)
    if stated is None or stated.value is None:
        why = stated.told(language) if stated is not None else "–"
        lines = textwrap.shorten(why, 92, placeholder=" …")
        axes.text(0.01, place, lines, fontsize=7.4, va="center", style="italic", color="#555555", transform=labels,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0})  # fmt: skip
        return
    units = _bounds(row, by_units=True)
    if units is not None and units[1] > least:
        axes.plot(
            [max(units[0], least), units[1]], [place + 0.24] * 2, color=row.colour, lw=0.9, ls=(0, (1, 1.4)), zorder=2
        )
    if bounds is not None:
        low, high = bounds
        axes.plot([max(low, least), high], [place, place], color=row.colour, lw=1.3, solid_capstyle="butt", zorder=2)
        for end in (low, high):
            if end >= least:
                axes.plot([end, end], [place - 0.16, place + 0.16], color=row.colour, lw=1.0, zorder=2)
        if low < least:
            axes.plot([least + 0.006], [place], marker="<", ms=4, color=row.colour, zorder=3, clip_on=False)
    if stated.value < least:
        told = f"◂ {number(stated.value, language, 2)}"
        axes.text(0.01, place, told, fontsize=7.6, va="center", color=row.colour, transform=labels)
        return
    axes.plot(
        [stated.value],
        [place],
        marker="o",
        ms=5,
        color=row.colour,
        markerfacecolor=row.colour if bounds is not None else "white",
        markeredgewidth=1.0,
        zorder=4,
        clip_on=False,
    )
