"""The report of a status milestone: whether what was promised has come about, point by point, with what shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import pandas as pd
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from ..models.capability import ModelInputs
from ..settings import Milestone, Settings
from .acceptance_part import MARKS, acceptance_rows
from .figures import INK, STYLE
from .followup_page import places
from .followup_words import joined
from .frame import Made, Passage, counted, passages_of, render, series
from .page import short_date
from .status_milestones_words import status_words

Model = Mapping[str, Any]

DOT = "#1F4E6B"
#: Passages of one point that the page repeats.
MOST_PASSAGES = 12
_MONTHS = {
    "nb": ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
           "desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
}  # fmt: skip


def status_page(
    model: Model,
    settings: Settings,
    milestone: Milestone,
    figures: Mapping[str, bytes],
    inputs: ModelInputs,
    measures: Mapping[str, Mapping[str, str]],
    language: str,
) -> str:
    """The report as HTML.

    Parameters
    ----------
    model
        As ``models.status.to_dict`` gives it.
    figures
        SVG bytes: "status_events", where there are events.
    inputs
        What the model was made of, for the words of its passages.
    measures
        By id, the titles of the measures in both languages.
    """
    said = status_words(language)
    names = {term.id: term.label[language] for term in settings.cases}
    display = {code.id: code.display for code in inputs.codebook.codes}
    wanted = [s for one in model["events"] for s in one["segments"]]
    wanted += [s for one in model["conditions"] for s in one["segments"][:MOST_PASSAGES]]
    passages = passages_of(
        wanted,
        inputs.segments,
        inputs.units,
        hidden=inputs.hidden,
        documents=inputs.documents,
        about={code.id: f"{code.display} {code.label[language]}" for code in inputs.codebook.codes},
        language=language,
    )
    date = _date_told(model, said, language)
    return render(
        "status_milestones_page.html.j2",
        settings=settings,
        language=language,
        words=said,
        title=said["title"].format(title=milestone.title[language]),
        lead=said["lead"].format(milestone=model["milestone"], day=short_date(model["cut_off"], language)),
        made=Made.at(
            milestone,
            model=said["model_name"].format(n=model["model_version"]),
            coding=model["coding"]["basis"],
            coders=tuple(model["coding"]["coders"]),
            is_empty=not model["coding"]["segments"],
            more=((said["registers_until"], short_date(model["cut_off"], language)), *date),
        ),
        short=in_short(model, names, language),
        contents=[("points", said["points"]), ("events", said["events"]), ("criteria", said["criteria_head"])],
        notices=[("", value) for _, value in date if model["date_assumed"]],
        passages=passages,
        m=model,
        figures=figures,
        grid_heads=[(said["point"], ""), *((name, "") for name in _columns(model, names, said))],
        grid_rows=_grid(model, said, language),
        points=[_point(one, model, passages, measures, names, display, said, language) for one in model["conditions"]],
        event_rows=[_event_row(one, passages, names, said, language) for one in _by_date(model)],
        criteria_heads=[(said["criterion"], ""), *((names[one["case"]], "") for one in model["acceptance"])],
        criteria_rows=_criteria(model, said, language),
        criteria=[(one["case"], acceptance_rows(one, display, language, passages)) for one in model["acceptance"]],
    )


def month_told(month: str, language: str) -> str:
    """A month for reading, without the machine's locale.

    >>> month_told("2023-05", "nb")
    'mai 2023'
    """
    year, number = month[:7].split("-")
    return f"{_MONTHS[language][int(number) - 1]} {year}"


def _date_told(model: Model, said: Mapping[str, str], language: str) -> list[tuple[str, str]]:
    if not model["date_printed"]:
        return []
    printed = month_told(model["date_printed"], language)
    if not model["date_assumed"]:
        return [(said["date_row"], printed)]
    note = model["date_note"][language] if model["date_note"] else ""
    assumed = month_told(model["date_assumed"], language)
    return [(said["date_row"], said["date_told"].format(printed=printed, assumed=assumed, note=note).strip())]


def in_short(model: Model, names: Mapping[str, str], language: str) -> list[tuple[str, str]]:
    """What a reader needs first, at most nine lines: (text, anchor to read more at)."""
    said = status_words(language)
    own = model["conditions"]
    met = sum(one["state"] == "met" for one in own)
    state = said[f"state_word_{model['state']}"]
    lines = [(said["short_state"].format(state=state, k=met, n=len(own)), "points")]
    by_question: dict[str, list[Mapping[str, Any]]] = {}
    for one in own:
        by_question.setdefault(one["question"][language], []).append(one)
    for question, rows in by_question.items():
        told = series([_verdict(one, names, said) for one in rows], language)
        lines.append((said["short_point"].format(question=question, told=told), f"p-{_anchor(rows[0])}"))
    missing: dict[str, list[str]] = {}
    for one in own:
        for m in (m for m in one["missing"] if not m["is_note"]):
            missing.setdefault(m["told"][language], []).append(names.get(one["case"], ""))
    if missing:
        told = "; ".join(
            f"{text} ({joined(sorted(set(filter(None, places_))), said)})" if any(places_) else text
            for text, places_ in list(missing.items())[:3]
        )
        lines.append((said["short_missing"].format(told=told), "points"))
    if model["date_assumed"]:
        printed, assumed = (month_told(model[key], language) for key in ("date_printed", "date_assumed"))
        lines.append((said["short_date"].format(printed=printed, assumed=assumed), "made"))
    return lines


def _verdict(one: Mapping[str, Any], names: Mapping[str, str], said: Mapping[str, str]) -> str:
    told = f"{MARKS[one['state']]} {said['state_word_' + one['state']]}"
    return f"{names[one['case']]} {told}" if one["case"] else told


def _anchor(one: Mapping[str, Any]) -> str:
    return f"{one['id']}-{one['case']}" if one["case"] else str(one["id"])


def _columns(model: Model, names: Mapping[str, str], said: Mapping[str, str]) -> list[str]:
    cases = [case for case in model["cases"] if any(one["case"] == case for one in model["conditions"])]
    common = [said["everywhere"]] if any(not one["case"] for one in model["conditions"]) else []
    return [*(names[case] for case in cases), *common]


def _grid(model: Model, said: Mapping[str, str], language: str) -> list[list[Any]]:
    cases = [case for case in model["cases"] if any(one["case"] == case for one in model["conditions"])]
    cases += [""] if any(not one["case"] for one in model["conditions"]) else []
    by_cell = {(one["id"], one["case"]): one for one in model["conditions"]}
    return [
        [
            next(one["question"][language] for one in model["conditions"] if one["id"] == name),
            *(_mark(by_cell.get((name, case)), said) for case in cases),
        ]
        for name in dict.fromkeys(one["id"] for one in model["conditions"])
    ]


def _mark(one: Mapping[str, Any] | None, said: Mapping[str, str]) -> Any:
    if one is None:
        return "–"
    link = Markup('<a class="verdict {0}" href="#p-{1}">{2} {3}</a>')
    return link.format(one["state"], _anchor(one), MARKS[one["state"]], said[f"state_word_{one['state']}"])


def _point(
    one: Mapping[str, Any],
    model: Model,
    passages: Mapping[str, Passage],
    measures: Mapping[str, Mapping[str, str]],
    names: Mapping[str, str],
    display: Mapping[str, str],
    said: Mapping[str, str],
    language: str,
) -> dict[str, Any]:
    events = {event["id"]: event for event in model["events"]}
    lines = []
    if one["elements"]:
        codes = joined([display.get(e, e) for e in one["elements"]], said, 20)
        lines.append(said["elements_up"].format(k=one["k"], n=one["n"], names=codes))
    if one["measures"]:
        titles = [f"{m} {measures[m][language]}" if m in measures else m for m in one["measures"]]
        lines.append(said["measures_done"].format(k=len(titles), n=one["n"], names="; ".join(titles)))
    if one["rounds"]:
        lines.append(said["assessed_once" if one["rounds"] == 1 else "assessed_times"].format(n=one["rounds"]))
    shown = [s for s in one["segments"] if s in passages]
    lacking = "; ".join(_lack(m, display, said, language) for m in one["missing"] if not m["is_note"])
    notes = [_lack(m, display, said, language) for m in one["missing"] if m["is_note"]]
    lines += [f"{said['also_told']}: {note}." for note in notes]
    return {
        **one,
        "anchor": _anchor(one),
        "question": one["question"][language],
        "threshold": one["threshold"][language],
        "case_told": names.get(one["case"], ""),
        "mark": MARKS[one["state"]],
        "lines": lines,
        "missing": lacking,
        "events": [events[e] for e in one["events"] if e in events],
        "segments": shown,
        "more": len(one["segments"]) - len(shown),
    }


def _lack(m: Mapping[str, Any], display: Mapping[str, str], said: Mapping[str, str], language: str) -> str:
    ids = joined([display.get(one, one) for one in m["ids"]], said, 8) if m["ids"] else ""
    return f"{m['told'][language]}: {ids}" if ids else str(m["told"][language])


def _by_date(model: Model) -> list[Mapping[str, Any]]:
    return sorted(model["events"], key=lambda one: (one["date"], one["id"]))


def _event_row(
    one: Mapping[str, Any],
    passages: Mapping[str, Passage],
    names: Mapping[str, str],
    said: Mapping[str, str],
    language: str,
) -> list[Any]:
    where = places(one["segments"], passages, said)
    return [
        short_date(one["date"], language),
        said[f"kind_{one['kind']}"],
        escape(one["what"][language] or said["withheld"]) + Markup(" <code>{0}</code>").format(one["id"]),
        names.get(one["case"], said["everywhere"]),
        one["milestone"] or "–",
        where or "–",
    ]


def _criteria(model: Model, said: Mapping[str, str], language: str) -> list[list[Any]]:
    rows = []
    for place, first in enumerate(model["acceptance"][0]["indicators"] if model["acceptance"] else ()):
        cells = [one["indicators"][place] for one in model["acceptance"]]
        marks = [
            Markup('<span class="verdict {0}">{1} {2}</span>').format(
                cell["state"], MARKS[cell["state"]], said[f"judged_{cell['state']}"]
            )
            for cell in cells
        ]
        rows.append([f"{first['id']} {first['question'][language]}", *marks])
    return rows


def events_figure(model: Model, language: str) -> Figure:
    """A dot for each event, by kind and date; filled where a point of the milestone stands on it."""
    said = status_words(language)
    events = _by_date(model)
    rests_on = {e for one in model["conditions"] for e in one["events"]}
    kinds = list(dict.fromkeys(one["kind"] for one in events))
    height = 0.34 * len(kinds) + 0.95
    cut = dt.date.fromisoformat(model["cut_off"]).toordinal()
    days = [dt.date.fromisoformat(one["date"]).toordinal() for one in events]
    first = dt.date.fromordinal(min(days)).replace(month=1, day=1)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(10.4, height))
        axes = figure.add_axes((0.17, 0.42 / height, 0.81, 1 - 0.72 / height))
        axes.set(xlim=(first.toordinal(), max([cut, *days]) + 20), ylim=(-0.6, len(kinds) - 0.4))
        for year in range(first.year, dt.date.fromordinal(cut).year + 1):
            day = dt.date(year, 1, 1).toordinal()
            axes.axvline(day, color="#D0D0D0", lw=0.8, zorder=0)
            axes.annotate(
                str(year), (day, 0), xycoords=("data", "axes fraction"), xytext=(2, -4), textcoords="offset points",
                ha="left", va="top", fontsize=8.6,
            )  # fmt: skip
        axes.axvline(cut, color=INK, lw=1.1, ls=(0, (1, 1.4)), zorder=1)
        for one, day in zip(events, days, strict=True):
            y = len(kinds) - 1 - kinds.index(one["kind"])
            is_filled = one["id"] in rests_on
            axes.plot([day], [y], "o", ms=8, mfc=DOT if is_filled else "white", mec=DOT, mew=1.4, zorder=3)
        axes.set_yticks(range(len(kinds)), [said[f"kind_{kind}"] for kind in reversed(kinds)], fontsize=9)
        axes.tick_params(axis="y", length=0)
        axes.set_xticks([])
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.annotate(
            said["cutoff_line"], (cut, 1), xycoords=("data", "axes fraction"), xytext=(-4, 4),
            textcoords="offset points", ha="right", va="bottom", fontsize=8,
        )  # fmt: skip
    return figure


def status_tables(model: Model, language: str) -> dict[str, pd.DataFrame]:
    """The points and the events as flat frames; ids in a cell stand apart by blanks."""
    keys = ("events", "elements", "measures", "statuses", "assessments", "segments")
    points = [
        {
            "point": one["id"],
            "case": one["case"],
            "question": one["question"][language],
            "state": one["state"],
            "k": one["k"],
            "n": one["n"],
            "missing": "; ".join(m["told"][language] for m in one["missing"]),
            **{key: " ".join(one[key]) for key in keys},
        }
        for one in model["conditions"]
    ]
    events = [
        {
            **{key: one[key] for key in ("id", "date", "kind", "milestone", "case", "arena", "withheld")},
            "what": one["what"][language],
            "by": " ".join(one["by"]),
            "sources": " ".join(one["segments"]),
        }
        for one in _by_date(model)
    ]
    columns = ["point", "case", "question", "state", "k", "n", "missing", *keys]
    of_event = ["id", "date", "kind", "milestone", "case", "what", "by", "arena", "withheld", "sources"]
    return {
        "status_points": pd.DataFrame(points, columns=columns),
        "status_events": pd.DataFrame(events, columns=of_event),
    }


def count_told(model: Model, language: str) -> str:
    """How many events there are, in words."""
    return counted(len(model["events"]), "event", status_words(language), language)
