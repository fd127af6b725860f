"""The report of a follow-up and evaluation model: one page that a municipality can open at a meeting, without a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from ..models.capability import ModelInputs
from ..models.followup import TROUBLES
from ..registers.vocab import STAGES
from ..settings import Milestone, Settings
from . import acceptance_part
from .followup_figures import change_told, drawn_elements
from .followup_words import followup_words, joined
from .frame import Made, Passage, counted, in_norwegian, passages_of, render
from .indicator_words import value_told
from .maturity_words import elsewhere_notes, merged_told
from .page import short_date

Model = Mapping[str, Any]

STATUS_MARKS = {"planned": "○", "begun": "▸", "done": "●", "postponed": "◆", "stopped": "✕"}
EFFECT_MARKS = {"works": "●", "partly": "◐", "not": "✕", "unknown": "?"}
#: Words of informants shown with one measure.
QUOTES_PER_MEASURE = 1
#: Names in one line of "In short".
MOST_NAMES = 3


def followup_page(
    model: Model,
    settings: Settings,
    milestone: Milestone,
    figures: Mapping[str, bytes],
    inputs: ModelInputs,
    language: str,
) -> str:
    """The report as HTML.

    Parameters
    ----------
    model
        As ``models.followup.to_dict`` gives it.
    figures
        SVG bytes: "followup_maturity", and "followup_timeline" where something is dated.
    inputs
        What the model was made of, for the words of its passages.
    """
    said = followup_words(language)
    elements = {one["id"]: one for one in model["elements"]}
    drawn = drawn_elements(model)
    measures = {one["id"]: one for one in model["measures"]}
    passages = passages_of(
        _wanted(model),
        inputs.segments,
        inputs.units,
        hidden=inputs.hidden,
        documents=inputs.documents,
        about={code.id: f"{code.display} {code.label[language]}" for code in inputs.codebook.codes},
        first=[s for one in model["measures"] for r in reversed(one["reports"]) for s in r["segments"]],
        language=language,
    )
    day = model["baseline"]["day"]
    baseline_told = (
        said["baseline_of"].format(milestone=model["baseline"]["milestone"], day=short_date(day, language))
        if day
        else said["baseline_first"]
    )
    case = next((one.label[language] for one in settings.cases if one.id == model["case"]), model["case"])
    return render(
        "followup_page.html.j2",
        settings=settings,
        language=language,
        words=said,
        title=said["title"].format(case=case),
        lead=said["lead"].format(
            milestone=model["milestone"], day=short_date(model["cut_off"], language),
            baseline=short_date(day, language) if day else said["baseline_first"],
        ),
        made=Made.at(
            milestone,
            model=said["model_name"].format(n=model["model_version"]),
            coding=model["coding"]["basis"],
            coders=tuple(model["coding"]["coders"]),
            is_empty=not model["coding"]["segments"],
            more=(
                (said["registers_until"], short_date(model["cut_off"], language)),
                (said["baseline_row"], baseline_told),
            ),
        ),
        short=in_short(model, language),
        contents=_contents(model, said),
        notices=[("", said["hidden_note"].format(n=model["counts"]["withheld"]))] if model["counts"]["withheld"] else [],
        passages=passages,
        m={**model, "measures": [_measure(one, elements, passages, said, language) for one in model["measures"]]},
        figures={"followup_timeline": b"", **figures},
        elements=elements,
        shown_elements={one["id"] for one in drawn},
        titles={one["id"]: one["title"][language] for one in model["measures"]},
        numbers=_numbers(model, said),
        maturity_rows=[_maturity_row(one, settings, said, language) for one in drawn],
        merged=merged_told(model.get("merged", ()), language),
        unassessed=len(model["elements"]) - len(drawn),
        marks=STATUS_MARKS,
        effect_marks=EFFECT_MARKS,
        stages=STAGES,
        troubles=_troubles(model, elements, passages, said, language),
        questions=_questions(model, said, language),
        coming=_coming(model, measures, said, language),
        acceptance_rows=acceptance_part.acceptance_rows(
            model["acceptance"], {one: e["display"] for one, e in elements.items()}, language, passages
        ),
        indicator_rows=_indicators(model, said, language),
    )  # fmt: skip


def _wanted(model: Model) -> list[str]:
    """The passages of the page, most important first: those of reports and of what went wrong, of measures, of levels."""
    rows: list[Sequence[str]] = [one["segments"] for one in model["troubles"] if one["measure"]]
    rows += [r["segments"] for one in model["measures"] for r in one["reports"]]
    rows += [one["segments"] for one in model["measures"]]
    rows += [one["segments"] for one in model["troubles"]]
    rows += [(one["now"] or one["baseline"] or {"segments": ()})["segments"] for one in model["elements"]]
    return list(dict.fromkeys(segment for row in rows for segment in row))


def _contents(model: Model, said: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        ("maturity", said["maturity"]),
        ("measures", said["measures"]),
        ("troubles", said["troubles"]),
        *([("chain", said["chain"])] if model["measures"] else []),
        ("questions", said["questions"]),
        ("next", said["next_steps"]),
        ("acceptance", said["acceptance"]),
        *([("indicators", said["indicators"])] if model["indicators"] else []),
    ]


def in_short(model: Model, language: str) -> list[tuple[str, str]]:
    """What a reader needs first, at most nine lines: (text, anchor to read more at)."""
    said, counts = followup_words(language), model["counts"]
    display = {one["id"]: f"{one['display']} {one['label'][language]}" for one in model["elements"]}
    titles = {one["id"]: one["title"][language] for one in model["measures"]}
    lines: list[tuple[str, str]] = []
    if not counts["measures"]:
        lines.append((said["short_nothing"], "measures"))
    else:
        states = ", ".join(f"{n} {said['state_' + one]}" for one, n in counts["by_status"].items() if n)
        number = counted(counts["measures"], "measure", said, language)
        lines.append((said["short_measures"].format(n=number, told=states), "measures"))
        effects = ", ".join(f"{n} {said['effect_' + one]}" for one, n in counts["by_effect"].items() if n)
        lines.append((said["short_effects"].format(told=effects), "measures"))
    if counts["steps"]:
        text = said["short_steps"].format(k=counts["steps_done"], n=counts["steps"])
        if late := counts["measures_late"]:
            text += said["short_late_one" if late == 1 else "short_late"].format(
                n=counted(late, "measure", said, language)
            )
        lines.append((text, "measures"))
    if counts["compared"]:
        told = said["short_maturity"].format(
            up=counts["up"], same=counts["same"], down=counts["down"],
            n=counted(counts["compared"], "element", said, language),
        )  # fmt: skip
        lines.append((told, "maturity"))
    else:
        lines.append((said["short_no_maturity"], "maturity"))
    if counts["target_known"]:
        lines.append((said["short_targets"].format(k=counts["target_reached"], n=counts["target_known"]), "maturity"))
    bad = [one for one in model["measures"] if one["status"] == "stopped" or one["effect"] == "not"]
    if bad:
        names = joined([said["quoted"].format(text=titles[one["id"]]) for one in bad], said, MOST_NAMES)
        lines.append((said["short_not"].format(names=names), "troubles"))
    new = sorted(
        (one for one in model["elements"] if one["inhibiting_new"]), key=lambda one: -len(one["inhibiting_new"])
    )
    if new and model["baseline"]["day"]:
        names = joined([display[one["id"]] for one in new], said, MOST_NAMES)
        lines.append((said["short_new"].format(names=names), "troubles"))
    ahead = [one for one in model["next_steps"] if one["kind"] in ("overdue", "due")]
    if ahead:
        text = ahead[0]["text"][language]
        lines.append(
            (said["short_next"].format(text=said["quoted"].format(text=text), measure=ahead[0]["measure"]), "next")
        )
    verdicts = acceptance_part.in_short(model["acceptance"], language)
    lines.append((said["short_acceptance"].format(told=verdicts), "acceptance"))
    return lines


def _numbers(model: Model, said: Mapping[str, str]) -> list[tuple[str, str]]:
    counts = model["counts"]
    return [
        (str(counts["measures"]), said["number_measures"]),
        (said["of"].format(k=counts["steps_done"], n=counts["steps"]), said["number_steps"]),
        (said["of"].format(k=counts["up"], n=counts["compared"]), said["number_up"]),
        (said["of"].format(k=counts["target_reached"], n=counts["target_known"]), said["number_targets"]),
    ]


def level_told(level: Mapping[str, Any] | None) -> str:
    """As "3", or "3 (2–4)" where the assessors differ; a dash without a level."""
    if level is None:
        return "–"
    spread = f" ({level['low']}–{level['high']})" if level["low"] != level["high"] else ""
    return f"{level['level']}{spread}"


def _maturity_row(one: Mapping[str, Any], settings: Settings, said: Mapping[str, str], language: str) -> dict[str, Any]:
    left = one["to_target"]
    told = "–"
    if left is not None:
        told = said["reached" if left == 0 else "passed"] if left <= 0 else counted(left, "level_step", said, language)
    levels = [(key, one[key]) for key in ("baseline", "now") if one[key] and one[key].get("elsewhere")]
    return {
        **one,
        "notes": [
            f"{said[key]}: {note}"
            for key, level in levels
            for note in elsewhere_notes({"elsewhere": [level["elsewhere"]]}, settings, language)
        ],
        "baseline_told": level_told(one["baseline"]),
        "now_told": level_told(one["now"]),
        "change_told": change_told(one, said),
        "target_told": told,
        "others_told": ", ".join(f"{said['side_' + side]} {level}" for side, level in one["others"].items()),
        "level_segments": (one["now"] or one["baseline"] or {"segments": ()})["segments"],
    }


def _measure(
    one: Mapping[str, Any],
    elements: Mapping[str, Mapping[str, Any]],
    passages: Mapping[str, Passage],
    said: Mapping[str, str],
    language: str,
) -> dict[str, Any]:
    reports = one["reports"]
    told = next((r for r in reversed(reports) if not r["withheld"] and (r["why"] or not r["step"])), None)
    own = [s for r in reversed(reports) for s in r["segments"]]
    quotes = [passages[s] for s in dict.fromkeys(own) if s in passages and passages[s].words][:QUOTES_PER_MEASURE]
    now = joined([elements[e]["display"] for e in one["elements"] if e in elements], said)
    was, note = f"{one['was_display']} {one['was_label'][language]}", ""
    if not one["elements"]:
        note = said["gone_note"].format(was=was)
    elif one["is_split"]:
        note = said["split_note"].format(was=was, now=now)
    elif one["was"] not in one["elements"]:
        note = said["moved_note"].format(was=was, now=now)
    return {
        **one,
        "told": told,
        "quotes": quotes,
        "note": note,
        "report_segments": list(dict.fromkeys(own)),
        "step_rows": [_step(step, said, language) for step in one["steps"]],
    }


def _step(step: Mapping[str, Any], said: Mapping[str, str], language: str) -> list[Any]:
    planned = days_told(step["planned_from"], step["planned_to"], said, language)
    if step["first_from"] or step["first_to"]:
        first = days_told(step["first_from"], step["first_to"], said, language)
        planned = f"{planned} ({said['first_planned'].format(days=first)})"
    actual = days_told(step["begun_on"], step["done_on"], said, language) if step["begun_on"] else "–"
    state = f"{STATUS_MARKS[step['status']]} {said['state_' + step['status']]}"
    if step["days_late"]:
        state += f", {said['late_day' if step['days_late'] == 1 else 'late_days'].format(n=step['days_late'])}"
    return [f"{step['step']} {step['text'][language]}", planned, actual, state]


def days_told(first: str, last: str, said: Mapping[str, str], language: str) -> str:
    """From when to when, in short: "1. februar – 30. april 2023"."""
    if not first and not last:
        return said["no_days"]
    if first and last and first[:4] == last[:4]:
        start = short_date(first, language).rsplit(" ", 1)[0]
        return f"{start} – {short_date(last, language)}"
    return " – ".join(short_date(one, language) if one else "" for one in (first, last)).strip()


def _troubles(
    model: Model,
    elements: Mapping[str, Mapping[str, Any]],
    passages: Mapping[str, Passage],
    said: Mapping[str, str],
    language: str,
) -> list[tuple[str, list[Any]]]:
    found: list[tuple[str, list[Any]]] = []
    rows_of = {kind: [one for one in model["troubles"] if one["kind"] == kind] for kind in TROUBLES}
    for kind, rows in rows_of.items():
        if not rows:
            continue
        if kind.startswith("inhibiting"):
            found.append((kind, [_inhibited(one, elements, passages, said, language) for one in rows]))
        else:
            found.append((kind, [{**one, "told": _down_told(one, elements, said)} for one in rows]))
    return found


def _down_told(one: Mapping[str, Any], elements: Mapping[str, Mapping[str, Any]], said: Mapping[str, str]) -> str:
    element = elements.get(one["element"])
    if not element or not element["baseline"] or not element["now"]:
        return ""
    told = said["down_told"].format(before=element["baseline"]["level"], now=element["now"]["level"])
    return f"{told} ({said['explained' if element['is_explained'] else 'not_explained']})"


def _inhibited(
    one: Mapping[str, Any],
    elements: Mapping[str, Mapping[str, Any]],
    passages: Mapping[str, Passage],
    said: Mapping[str, str],
    language: str,
) -> list[Any]:
    element = elements[one["element"]]
    return [
        f"{element['display']} {element['label'][language]}",
        len(one["segments"]),
        links(element["measures"]) or said["no_measure_for"],
        places(one["segments"], passages, said),
    ]


def links(ids: Iterable[str]) -> Markup:
    """Measures as links to where they are told."""
    return Markup(", ").join(Markup('<a class="mid" href="#m-{0}">{0}</a>').format(one) for one in ids)


def places(segments: Sequence[str], passages: Mapping[str, Passage], said: Mapping[str, str]) -> Markup:
    """Where passages stand, as links: by document, the turns."""
    shown = [passages[one] for one in segments if one in passages]
    parts = []
    for document, own in groupby(sorted(shown, key=lambda p: (p.date, p.document, p.place)), key=lambda p: p.document):
        turns = Markup(", ").join(
            Markup('<a href="#{0}">{1}</a>').format(one.anchor, one.turn) for one in _first_of_turn(own)
        )
        parts.append(escape(f"{document}: ") + turns)
    return Markup("; ").join(parts)


def _first_of_turn(passages: Iterable[Passage]) -> list[Passage]:
    return list({one.turn: one for one in reversed(list(passages))}.values())[::-1]


def _questions(model: Model, said: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    elements = {one["id"]: one for one in model["elements"]}
    told = []
    for one in model["questions"]:
        text, segments = _answer(one, model, elements, said, language) if one["is_answered"] else ("", [])
        told.append({**one, "text": text, "segments": segments})
    return told


def _answer(
    one: Mapping[str, Any],
    model: Model,
    elements: Mapping[str, Mapping[str, Any]],
    said: Mapping[str, str],
    language: str,
) -> tuple[str, list[str]]:
    facts = one["facts"]

    def names(ids: Sequence[str], most: int = 8) -> str:
        return joined([elements[i]["display"] if i in elements else i for i in ids], said, most)

    def segments(ids: Sequence[str], key: str) -> list[str]:
        return list(dict.fromkeys(s for i in ids for s in (elements[i][key] or {"segments": []})["segments"]))

    if one["id"] == "DFO-05":
        own = [elements[i] for i in facts["elements"]]
        levels = [f"{e['display']} {e['label'][language]} {(e['now'] or e['baseline'])['level']}" for e in own]
        return said["answer_05"].format(levels=joined(levels, said, 12)), segments(facts["elements"], "now")
    if one["id"] == "DFO-06":
        shown = f" ({names(facts['up'])})" if facts["up"] else ""
        text = said["answer_06"].format(
            k=len(facts["up"]), n=len(facts["compared"]), names=shown, m=len(facts["up_with_measure"]) or said["none"]
        )
        return text, segments(facts["up"], "now")
    if one["id"] == "DFO-07":
        return said["answer_07"].format(reached=names(facts["reached"]), left=names(facts["left"], 20)), []
    if one["id"] == "DFO-08":
        day = model["baseline"]["day"]
        baseline = short_date(day, language) if day else said["baseline_first"]
        number = counted(len(facts["baseline"]), "element", said, language)
        risk = [s for i in facts["risk"] for s in elements[i]["inhibiting_new"]]
        return said["answer_08"].format(baseline=baseline, n=number, risk=names(facts["risk"])), risk
    if one["id"] == "DFO-10":
        labels = {i["id"]: i["label"][language] for i in model["indicators"]}
        return said["answer_10"].format(names=joined([labels[i] for i in facts["indicators"]], said)), []
    judged = {key: names(facts[key]) for key in ("works", "partly")}
    bad = names(facts["not"])
    if one["id"] == "DFO-09":
        n = len(facts["works"]) + len(facts["partly"]) + len(facts["not"])
        text = said["answer_09"].format(**judged, bad=bad, backed=len(facts["backed"]), n=n)
        rests = [s for m in model["measures"] if m["id"] in facts["backed"] for r in m["reports"]
                 if r["effect"] != "unknown" for s in r["segments"]]  # fmt: skip
        return text, list(dict.fromkeys(rests))
    return (
        said["answer_11"].format(
            **judged, bad=bad, unknown=names(facts["unknown"]),
            correct=counted(len(facts["correct"]), "measure", said, language),
        ),
        [],
    )  # fmt: skip


def _indicators(model: Model, said: Mapping[str, str], language: str) -> list[Any]:
    """The rows of the indicators, by group: the group's name, then one row each."""
    rows: list[Any] = []
    for group, own in groupby(model["indicators"], key=lambda one: one["group"]):
        rows.append(said[f"group_{group}"])
        rows += [
            [
                one["label"][language],
                _figure_told(one["baseline"], one["unit"], language),
                _figure_told(one["now"], one["unit"], language),
                in_norwegian(one["target_printed"], language) or "–",
                in_norwegian(", ".join(one["breaks"]), language) or "–",
            ]
            for one in own
        ]
    return rows


def _figure_told(value: Mapping[str, Any] | None, unit: str, language: str) -> str:
    """As "38,1 % (2022)"; a dash without a value."""
    if value is None:
        return "–"
    told = value["printed"] if value["value"] is None else value_told(value["value"], unit, language)
    return f"{told} ({value['period']})"


def _coming(
    model: Model, measures: Mapping[str, Mapping[str, Any]], said: Mapping[str, str], language: str
) -> list[tuple[str, list[list[Any]]]]:
    found = []
    for kind in ("overdue", "due", "postponed", "reported"):
        rows = [
            [
                in_norwegian(one["text"][language], language) if kind == "reported" else one["text"][language],
                links([one["measure"]]),
                short_date(one["by"], language) if one["by"] else "–",
            ]
            for one in model["next_steps"]
            if one["kind"] == kind
        ]
        if rows:
            found.append((kind, rows))
    return found
