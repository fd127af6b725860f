"""The figures of the corpus overview: what was gathered where, when, and against the plan; for those who do the study."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..settings import Settings
from .figures import FAINT, INHIBITS, INK, PROMOTES, STYLE, shortened
from .words import number, words

#: Marker and colour of each kind of document (Okabe & Ito); the shapes differ for a black-and-white print.
_KINDS = {"interview": ("o", "#0072B2"), "workshop_note": ("s", "#D55E00"), "public_document": ("^", "#009E73")}
_LACKING_INK = "#6B4A00"


def coverage_figure(
    coverage: pd.DataFrame,
    planned: pd.DataFrame,
    documents: pd.DataFrame,
    processes: pd.DataFrame,
    settings: Settings,
    language: str,
) -> Figure:
    """Case × process × actor type as a table of numbers: documents, informants' words, and what the plan still lacks.

    Parameters
    ----------
    coverage, planned
        ``corpus_overview.coverage_table`` and ``plan_table``; a row of the plan without a process is about the whole
        municipality.
    documents, processes
        The registers, for the sums and the processes' titles.
    """
    said = words(language)
    rows = _coverage_rows(coverage, planned, documents, processes, settings, language)
    if not rows:
        return _message(said["nothing_gathered"])
    label = {term.id: term.label[language] for term in settings.actor_types}
    there = {*coverage["actor_type"], *planned["actor_type"]}
    others = sorted(there - {*label, ""})
    # Neither heard nor planned anywhere: a column of dots would say nothing of any process.
    columns = [
        *(one for one in label if one in there),
        *others,
        *([""] if (coverage["actor_type"] == "").any() else []),
    ]
    label |= {"": said["no_speaker"]}
    left, wide, tall, head, top, foot = 3.3, 0.84, 0.52, 0.34, 1.15, 0.5
    heads = sum(1 for process, _, _ in rows if process is None)
    width = left + wide * (len(columns) + 1) + 0.1
    height = top + heads * head + (len(rows) - heads) * tall + foot
    keys = ["case", "process", "actor_type"]
    cells = {
        tuple(row[key] for key in keys): (int(row["documents"]), int(row["words"]))
        for row in coverage.to_dict("records")
    }
    lacking: dict[Any, tuple[int, int]] = {
        place: (int(row["overdue"]), int(row["lacking"] - row["overdue"]))
        for place, row in planned.groupby(keys)[["lacking", "overdue"]].sum().to_dict("index").items()
    }
    gathered = documents.groupby(["case", "process"]).size().to_dict()
    spoken = coverage.groupby(["case", "process"])["words"].sum().to_dict()
    most = max([count for _, count in cells.values()] + [1])
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(width, height)
        for place, column in enumerate([*columns, None]):
            text = said["in_all"] if column is None else label.get(column, column)
            axes.text(
                left + wide * (place + 0.35),
                height - top + 0.08,
                "\n".join(textwrap.wrap(text, 17)),
                rotation=40,
                rotation_mode="anchor",
                ha="left",
                va="bottom",
                fontsize=8,
                linespacing=1.0,
                fontweight="bold" if column is None else "normal",
            )
        y = height - top
        for process, case, text in rows:
            if process is None:
                y -= head
                axes.text(0.1, y + 0.09, text, fontsize=10.5, fontweight="bold", va="bottom")
                axes.plot([0.1, width - 0.1], [y + 0.03] * 2, color=FAINT, lw=0.7)
                continue
            y -= tall
            axes.text(0.2, y + tall / 2, text, va="center", fontsize=8.4)
            for place, column in enumerate(columns):
                found = cells.get((case, process, column))
                # What the plan lacks whoever speaks counts in the sums only.
                lacks = lacking.get((case, process, column), (0, 0)) if column else (0, 0)
                _cell(axes, (left + wide * place, y), (wide, tall), found, lacks, most, said, language)
            sums = (gathered.get((case, process), 0), spoken.get((case, process), 0))
            of_row = [counts for (*own, _), counts in lacking.items() if own == [case, process]]
            lacks = (sum(overdue for overdue, _ in of_row), sum(to_come for _, to_come in of_row))
            at = (left + wide * len(columns), y)
            _cell(axes, at, (wide, tall), sums if sums[0] else None, lacks, 0, said, language)
        axes.add_artist(Rectangle((left, 0.17), 0.3, 0.17, facecolor=PROMOTES, alpha=0.4, lw=0))
        axes.text(left + 0.4, 0.255, said["coverage_cell"], va="center", fontsize=8)
        for x, key, is_overdue in ((left + 4.6, "coverage_overdue", True), (left + 7.3, "coverage_to_come", False)):
            _lacking_box(axes, (x, 0.17), (0.3, 0.17), is_overdue=is_overdue, is_hatched=is_overdue)
            axes.text(x + 0.4, 0.255, said[key], va="center", fontsize=8)
    return figure


def _coverage_rows(
    coverage: pd.DataFrame,
    planned: pd.DataFrame,
    documents: pd.DataFrame,
    processes: pd.DataFrame,
    settings: Settings,
    language: str,
) -> list[tuple[str | None, str, str]]:
    """(process, case, label) of every row; the process is None in a row that only names the case."""
    said = words(language)
    open_plan = planned[planned["lacking"] > 0]
    used = {*zip(documents["case"], documents["process"], strict=True)}
    used |= {*zip(coverage["case"], coverage["process"], strict=True)}
    used |= {*zip(open_plan["case"], open_plan["process"], strict=True)}
    names = {term.id: term.label[language] for term in settings.cases} | {"": said["across_municipalities"]}
    rows: list[tuple[str | None, str, str]] = []
    for case in names:
        own = [str(name) for name in processes.index if processes.at[name, "case"] == case]
        titles = {name: _title(name, str(processes[f"title_{language}"][name])) for name in own}
        titles |= {"": said["whole_municipality" if case else "no_municipality"]} if (case, "") in used else {}
        if titles:
            rows += [(None, case, names[case]), *((name, case, title) for name, title in titles.items())]
    return rows


def _title(name: str, title: str) -> str:
    """A process's id and title on at most two lines."""
    first, *rest = textwrap.wrap(f"{name}  {title}", 44)
    return "\n".join([first, *([shortened(" ".join(rest), 44)] if rest else [])])


def _cell(
    axes: Any,
    at: tuple[float, float],
    size: tuple[float, float],
    found: tuple[int, int] | None,
    lacks: tuple[int, int],
    most: int,
    said: Mapping[str, str],
    language: str,
) -> None:
    """One cell: documents and words, then what is overdue and what is to come.

    `most` is the number of words that is darkest; 0 for a cell of sums, which has neither shade nor frame.
    """
    (x, y), (w, h) = at, size
    overdue, to_come = lacks
    inner = ((x + 0.025, y + 0.025), (w - 0.05, h - 0.05))
    if found is not None and most:
        shade = 0.08 + 0.34 * found[1] / most
        axes.add_artist(Rectangle(inner[0], *inner[1], facecolor=PROMOTES, alpha=shade, lw=0))
    elif found is None and not any(lacks):
        axes.text(x + w / 2, y + h / 2, "·", ha="center", va="center", color=FAINT)
    if any(lacks) and most:
        _lacking_box(axes, *inner, is_overdue=bool(overdue), is_hatched=bool(overdue) and found is None)
    lines = (
        [] if found is None else [(str(found[0]), 9.2, "bold", INK), (number(found[1], language), 6.8, "normal", INK)]
    )
    lines += [(said["lacks_planned"].format(n=overdue), 6.6, "normal", _LACKING_INK)] if overdue else []
    lines += [(said["to_come"].format(n=to_come), 6.6, "normal", "#555555")] if to_come else []
    step = h / (len(lines) + 0.6)
    for place, (text, points, weight, colour) in enumerate(lines):
        axes.text(
            x + w / 2,
            y + h - step * (place + 0.8),
            text,
            ha="center",
            va="center",
            fontsize=points if len(lines) < 3 else min(points, 8.0),
            fontweight=weight,
            color=colour,
        )


def _lacking_box(
    axes: Any, at: tuple[float, float], size: tuple[float, float], *, is_overdue: bool, is_hatched: bool
) -> None:
    edge = INHIBITS if is_overdue else FAINT
    if is_hatched:
        axes.add_artist(Rectangle(at, *size, facecolor="none", edgecolor=edge, hatch="////", alpha=0.3, lw=0))
    line = "-" if is_overdue else (0, (2, 2))
    axes.add_artist(Rectangle(at, *size, facecolor="none", edgecolor=edge, lw=1.1 if is_overdue else 0.8, ls=line))


def timeline_figure(
    documents: pd.DataFrame, settings: Settings, coded: Collection[str], cut_off: dt.date, language: str
) -> Figure:
    """The documents along the years, a lane per municipality, with every milestone as a line.

    `coded` are the documents with coding, filled; others are hollow. Nothing after `cut_off` is counted: it is shaded.
    """
    said = words(language)
    dated = documents[documents["date"] != ""]
    days = [dt.date.fromisoformat(day) for day in dated["date"]]
    ends = [milestone.cut_off for milestone in settings.milestones]
    if not days and not ends:
        return _message(said["nothing_dated"])
    first, last = min([*days, *ends]), max([*days, *ends])
    start = dt.date(first.year, 1, 1).toordinal()
    stop = dt.date(last.year, 12, 31).toordinal() + 1
    lanes = {term.id: term.label[language] for term in settings.cases}
    if set(dated["case"]) - set(lanes):
        lanes |= {"": said["across_municipalities"]}
    per_day = (11.4 - 1.7) / (stop - start)
    spots = _spots(dated, lanes, per_day)
    tall = {case: 0.6 + 0.19 * max([level for of, _, level, *_ in spots if of == case] + [0]) for case in lanes}
    named, depth = _milestone_labels(settings, per_day)
    head = 0.3 + 0.17 * depth
    height = head + sum(tall.values()) + 0.85
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(11.4, height)
        base = 0.72
        y, floor = height - head, {}
        for case, name in lanes.items():
            y -= tall[case]
            floor[case] = y
            axes.text(0.1, y + tall[case] / 2, "\n".join(textwrap.wrap(name, 18)), va="center", fontweight="bold")
            axes.plot([1.55, 11.3], [y, y], color=FAINT, lw=0.5)

        def across(day: dt.date) -> float:
            return 1.6 + (day.toordinal() - start) * per_day

        if cut_off.toordinal() + 1 < stop:
            begin = max(1.6, across(cut_off))
            axes.add_artist(Rectangle((begin, y), 11.3 - begin, height - head - y, facecolor="#EFEFEF", lw=0, zorder=0))
            if 11.3 - begin > 1.3:
                axes.text(begin + 0.06, y + 0.05, said["after_cut_off"], fontsize=7, color="#555555", style="italic")
        for year in range(first.year, last.year + 1):
            at = across(dt.date(year, 1, 1))
            axes.plot([at, at], [y - 0.07, y], color=FAINT, lw=0.7)
            axes.text(
                (at + across(dt.date(year, 12, 31))) / 2, y - 0.07, str(year), ha="center", va="top", fontsize=8.5
            )
        for day, text, level in named:
            is_own = day == cut_off
            axes.plot(
                [across(day)] * 2,
                [y, height - head + 0.17 * level + 0.04],
                color=INK if is_own else FAINT,
                lw=1.4 if is_own else 0.8,
                ls="-" if is_own else (0, (4, 2)),
                zorder=1,
            )
            axes.text(
                across(day),
                height - head + 0.17 * level + 0.06,
                text,
                ha="center",
                va="bottom",
                fontsize=7.8,
                fontweight="bold" if is_own else "normal",
            )
        for case, day, level, kind, document in spots:
            marker, colour = _KINDS[kind]
            axes.plot(
                [across(day)],
                [floor[case] + 0.3 + 0.19 * level],
                marker=marker,
                ms=7,
                mec=colour,
                mew=1.2,
                mfc=colour if document in coded else "white",
                ls="",
                zorder=3,
            )
        _timeline_legend(axes, sorted(set(dated["kind"]), key=list(_KINDS).index), said, base - 0.5)
    return figure


def _spots(dated: pd.DataFrame, lanes: Mapping[str, str], per_day: float) -> list[tuple[str, dt.date, int, str, str]]:
    """(case, day, level, kind, document) of every mark; marks that would touch stand above one another."""
    found = []
    latest: dict[tuple[str, int], int] = {}
    for document, row in dated.sort_index(kind="stable").sort_values("date", kind="stable").iterrows():
        case = row["case"] if row["case"] in lanes else ""
        day = dt.date.fromisoformat(row["date"])
        level = 0
        while (day.toordinal() - latest.get((case, level), -(10**6))) * per_day < 0.16:
            level += 1
        latest[case, level] = day.toordinal()
        found.append((case, day, level, str(row["kind"]), str(document)))
    return found


def _milestone_labels(settings: Settings, per_day: float) -> tuple[list[tuple[dt.date, str, int]], int]:
    """(cut-off, ids, level) of every line, those of one day together and close ones at different levels; how many levels."""
    together: dict[dt.date, list[str]] = {}
    for milestone in sorted(settings.milestones, key=lambda m: m.cut_off):
        together.setdefault(milestone.cut_off, []).append(milestone.id)
    found, right = [], dict[int, float]()
    for day, names in together.items():
        text = " ".join(names)
        middle, half = day.toordinal() * per_day, 0.045 * len(text) + 0.05
        level = 0
        while right.get(level, float("-inf")) > middle - half:
            level += 1
        right[level] = middle + half
        found.append((day, text, level))
    return found, len(right)


def _timeline_legend(axes: Any, kinds: Sequence[str], said: Mapping[str, str], y: float) -> None:
    x = 1.7
    entries = [(*_KINDS[kind], True, said[kind]) for kind in kinds]
    if kinds:
        entries += [("o", INK, True, said["coded_marker"]), ("o", INK, False, said["uncoded_marker"])]
    for marker, colour, is_filled, text in entries:
        axes.plot([x], [y], marker=marker, ms=7, mec=colour, mfc=colour if is_filled else "white", ls="")
        axes.text(x + 0.13, y, text, va="center", fontsize=8.5)
        x += 0.45 + 0.085 * len(text)


def plan_figure(planned: pd.DataFrame, settings: Settings, language: str) -> Figure:
    """Planned against done, a panel per municipality: a row per actor type (interviews) or kind of document.

    The whole bar is what was planned: done, lacking and overdue (hatched), and lacking but not due yet (white).
    """
    said = words(language)
    if planned.empty:
        return _message(said["nothing_planned"])
    types = {term.id: term.label[language] for term in settings.actor_types}
    order = [("interview", actor) for actor in types]
    order += [(kind, actor) for kind in _KINDS for actor in ("", *types) if (kind, actor) not in order]
    there = {*zip(planned["kind"], planned["actor_type"], strict=True)}
    rows = [row for row in order if row in there]
    labels = [_row_label(kind, types.get(actor, ""), said) for kind, actor in rows]
    panels = {term.id: term.label[language] for term in settings.cases if (planned["case"] == term.id).any()}
    if (planned["case"] == "").any():
        panels |= {"": said["across_municipalities"]}
    sums: dict[Any, Any] = (
        planned.groupby(["case", "kind", "actor_type"])[["planned", "done", "overdue"]].sum().to_dict("index")
    )
    most = max(1, *(row["planned"] for row in sums.values()))
    left, wide, tall = 2.5, min(2.9, 9.6 / len(panels)), 0.29
    width, height = left + wide * len(panels) + 0.1, 0.5 + tall * len(rows) + 0.5
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(width, height)
        for place, label in enumerate(labels):
            y = height - 0.5 - tall * (place + 0.5)
            axes.text(left - 0.1, y, shortened(label, 42), ha="right", va="center", fontsize=8.2)
        for column, (case, name) in enumerate(panels.items()):
            x = left + wide * column
            axes.text(x, height - 0.36, name, fontsize=10.5, fontweight="bold")
            axes.plot([x, x], [0.5, height - 0.5], color=FAINT, lw=0.7)
            for place, (kind, actor) in enumerate(rows):
                if (case, kind, actor) in sums:
                    y = height - 0.5 - tall * (place + 0.5)
                    _plan_bar(axes, x, y, (wide - 0.75) / most, sums[case, kind, actor], said)
        _plan_legend(axes, left, said)
    return figure


def _row_label(kind: str, actor: str, said: Mapping[str, str]) -> str:
    if kind == "interview":
        return actor or f"{said[kind]} ({said['any_actor_type']})"
    return f"{said[kind]}: {actor}" if actor else said[kind]


def _plan_bar(axes: Any, x: float, y: float, unit: float, row: Mapping[str, int], said: Mapping[str, str]) -> None:
    planned, done, overdue = (int(row[name]) for name in ("planned", "done", "overdue"))
    _bar(axes, x, y, unit * done, facecolor=PROMOTES)
    _bar(axes, x + unit * done, y, unit * overdue, facecolor="white", edgecolor=INHIBITS, hatch="////")
    _bar(axes, x + unit * (done + overdue), y, unit * (planned - done - overdue), facecolor="white")
    axes.add_artist(Rectangle((x, y - 0.09), unit * planned, 0.18, facecolor="none", edgecolor=INK, lw=0.7))
    axes.text(x + unit * planned + 0.06, y, f"{done} {said['of']} {planned}", va="center", fontsize=7.6)


def _bar(axes: Any, x: float, y: float, length: float, **look: Any) -> None:
    if length:
        axes.add_artist(Rectangle((x, y - 0.09), length, 0.18, lw=0, **look))
        axes.plot([x + length] * 2, [y - 0.09, y + 0.09], color=INK, lw=0.7)


def _plan_legend(axes: Any, x: float, said: Mapping[str, str]) -> None:
    looks = (
        ("plan_done", {"facecolor": PROMOTES}),
        ("plan_overdue", {"facecolor": "white", "edgecolor": INHIBITS, "hatch": "////"}),
        ("plan_open", {"facecolor": "white"}),
    )
    for key, look in looks:
        _bar(axes, x, 0.26, 0.3, **look)
        axes.add_artist(Rectangle((x, 0.17), 0.3, 0.18, facecolor="none", edgecolor=INK, lw=0.7))
        axes.text(x + 0.38, 0.26, said[key], va="center", fontsize=8)
        x += 0.75 + 0.078 * len(said[key])


def _canvas(width: float, height: float) -> tuple[Figure, Any]:
    """A figure whose axes count in inches from the lower left corner."""
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def _message(text: str) -> Figure:
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(7.0, 0.9)
        axes.text(3.5, 0.5, text, ha="center", va="center", fontsize=10)
    return figure
