"""The page on indicators: series, joint displays, reference figures side by side, and the register itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from ..models.indicators import GROUPS, IndicatorModel, Joint, Point, Shown, counted
from ..settings import Milestone, Settings
from . import frame
from .frame import Passage, in_norwegian
from .indicator_figures import levels_told
from .indicator_words import indicator_words, value_told
from .page import short_date
from .words import number

#: The indicators that the short lines tell of first: the programme's process goals that notices can show.
FIRST = ("LUP-03", "LUP-05")
VALUE_COLUMNS = (
    "indicator", "case", "period", "value", "printed", "unit", "target", "is_preliminary", "is_new_source", "source",
    "source_date", "file_sha256", "note",
)  # fmt: skip
JOINT_COLUMNS = (
    "indicator", "case", "period", "value", "element", "display", "state", "promoting", "inhibiting", "documents",
    "informants", "level_researcher", "level_self", "level_joint", "words", "memos",
)  # fmt: skip


def indicator_tables(model: IndicatorModel, settings: Settings, language: str) -> dict[str, pd.DataFrame]:
    """The tables by the name to save them under: the register, all values, gaps, and the joint displays.

    One row per indicator; per value; per missing period; per indicator, municipality and element.
    """
    registry = [
        {
            "indicator": one.id,
            "group": one.group,
            "stage": one.stage,
            "label": one.label[language],
            "unit": one.unit,
            "direction": one.direction,
            "aggregation": one.aggregation,
            "target_printed": one.target_printed,
            "target": one.target,
            "target_by": one.target_by,
            "status": one.status,
            "source": one.source,
            "owner": one.owner,
            "same_as": " ".join(one.same_as),
            "elements": " ".join(element.id for element in one.elements),
            "displays": " ".join(element.display for element in one.elements),
            "elements_lost": " ".join(one.lost),
            "column_inferred": one.column_inferred,
            "seed_rows": " ".join(one.seed_rows),
            "note": one.note,
        }
        for one in model.indicators
    ]
    values = [
        (
            one.id, case, point.period, point.value, point.printed, one.unit, one.target, point.is_early,
            point.period in series.breaks, point.source, point.source_date, point.file_sha256, point.note,
        )
        for one in model.indicators
        for case, series in one.series.items()
        for point in series.points
    ]  # fmt: skip
    gaps = [
        (one.id, case, period)
        for one in model.indicators
        for case, series in one.series.items()
        for period in series.gaps
    ]
    return {
        "indicators": pd.DataFrame(registry),
        "indicator_values": pd.DataFrame(values, columns=list(VALUE_COLUMNS)),
        "indicator_gaps": pd.DataFrame(gaps, columns=["indicator", "case", "period"]),
        "indicator_joint": pd.DataFrame(_joint_rows(model), columns=list(JOINT_COLUMNS)),
    }


def _joint_rows(model: IndicatorModel) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for joint in model.joint:
        shown = model.indicator(joint.indicator)
        newest = shown.series[joint.case].newest if shown else None
        names = {element.id: element.display for element in shown.elements} if shown else {}
        for row in joint.elements:
            rows.append(
                (
                    joint.indicator, joint.case, newest.period if newest else "", newest.value if newest else None,
                    row.element, names.get(row.element, ""), row.found.state, row.found.promoting, row.found.inhibiting,
                    row.found.documents, row.found.informants, row.levels.get("researcher"), row.levels.get("self"),
                    row.levels.get("joint"), " ".join(fit.word for fit in joint.fits),
                    " ".join(fit.memo for fit in joint.fits),
                )
            )  # fmt: skip
    return rows


def indicator_page(
    model: IndicatorModel,
    settings: Settings,
    milestone: Milestone,
    series: Mapping[str, bytes],
    joint: Mapping[str, bytes],
    passages: Mapping[str, Passage],
    coders: Sequence[str],
    language: str,
) -> str:
    """The page as HTML.

    Parameters
    ----------
    series, joint
        The drawn figures as SVG, by indicator.
    passages
        What may be told of the segments behind the joint displays (see ``frame.passages_of``).
    """
    said = indicator_words(language)
    names = frame.names_of(settings, language)
    case = names[model.cases[0]] if len(model.cases) == 1 else ""
    groups = [_group(group, model, series, said, names, language) for group in GROUPS if group != "reference"]
    joints = _joints(model, joint, said, names, language)
    references, questions, others = _references(model, said, language)
    contents = [("figures", said["groups"]), ("joint", said["joint"])]
    contents += [("references", said["references"])] if references or questions or others else []
    contents += [("registry", said["registry"])]
    return frame.render(
        "indicator_page.html.j2",
        settings=settings,
        language=language,
        words=said,
        title=said["title_case"].replace("{case}", case) if case else said["title"],
        lead=said["lead"].replace("{day}", short_date(model.cut_off, language)),
        made=frame.Made.at(
            milestone,
            model=said["model_name"],
            coding=model.coding,
            coders=tuple(coders),
            more=((said["registers_until"], short_date(model.cut_off, language)),),
        ),
        short=short_lines(model, settings, language),
        contents=contents,
        passages=passages,
        groups=[one for one in groups if one["figures"] or one["silent"]],
        groups_lead=said["groups_lead_case" if case else "groups_lead"],
        joints=joints,
        references=references,
        questions=questions,
        others=others,
        registry=_registry(model, said, language),
        is_case=bool(case),
    )


def short_lines(model: IndicatorModel, settings: Settings, language: str) -> list[tuple[str, str]]:
    """What a reader needs first: how much is known, the newest figures on the process goals, and what to beware of."""
    said = indicator_words(language)
    names = frame.names_of(settings, language)
    own = [one for one in model.indicators if one.group != "reference"]
    known = sum(any(one.series[case].points for case in model.cases) for one in own)
    is_case = len(model.cases) == 1
    count = {"{known}": str(known), "{all}": str(len(own)), "{case}": names[model.cases[0]] if is_case else ""}
    lines = [(_filled(said["short_count" if is_case else "short_count_all"], count), "figures")]
    for name in FIRST:
        one = model.indicator(name)
        values = [_newest_told(one, case, model, said, names, language) for case in model.cases] if one else []
        if one is not None and any(values):
            told_all = frame.series([text for text in values if text], language)
            line = _filled(said["short_newest"], {"{label}": one.label[language], "{values}": told_all})
            target = [_filled(said["short_target"], {"{target}": one.target_printed})] if one.target_printed else []
            lines.append((" ".join([line, *target]), f"i-{name}"))
    breaks = sorted({period for one in own for case in model.cases for period in one.series[case].breaks})
    if breaks:
        lines.append((_filled(said["short_break"], {"{periods}": frame.series(breaks, language)}), "figures"))
    undefined = sum(one.status == "undefined_in_source" for one in own)
    if undefined:
        told = said["short_undefined_one" if undefined == 1 else "short_undefined"]
        lines.append((told.replace("{n}", str(undefined)), "registry"))
    lines.append((_fits_line(model, said, language), "joint"))
    at_odds = [_lower(one.label[language]) for one in _compared(model) if one.status == "inconsistent"]
    if at_odds:
        lines.append((_filled(said["short_reference"], {"{labels}": frame.series(at_odds, language)}), "references"))
    lines.append((said["short_use"], ""))
    return lines


def _newest_told(
    one: Shown, case: str, model: IndicatorModel, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> str:
    """The newest value of a period that was over, with what stands behind it; "" without any."""
    point = one.series[case].newest_whole
    if point is None or point.value is None:
        return ""
    behind = counted(model, one.id, case, point.period)
    basis = ""
    if behind is not None:
        basis = _filled(said["short_basis"], {"{count}": str(behind.count), "{of}": str(behind.of)})
        if behind.unsure:
            basis += said["short_unsure"].replace("{most}", value_told(behind.most, one.unit, language))
    return _filled(
        said["short_value"],
        {
            "{case}": names[case],
            "{value}": value_told(point.value, one.unit, language),
            "{period}": point.period,
            "{early}": said["short_early"] if point.is_early else "",
            "{basis}": basis,
        },
    )


def _fits_line(model: IndicatorModel, said: Mapping[str, str], language: str) -> str:
    words = Counter(fit.word for joint in model.joint for fit in joint.fits)
    if not words:
        return said["short_no_fits"]
    total = sum(words.values())
    told = [f"{count} {said[f'fit_{word}'].split(':')[0]}" for word, count in sorted(words.items())]
    times = said["times"] if total == 1 else said["times_n"].replace("{n}", str(total))
    return _filled(said["short_fits"], {"{n}": times, "{words}": frame.series(told, language)})


def _filled(text: str, values: Mapping[str, str]) -> str:
    for key, value in values.items():
        text = text.replace(key, value)
    return text


def _lower(label: str) -> str:
    """A label within a sentence; one that begins with an abbreviation stays as it is."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _group(
    group: str,
    model: IndicatorModel,
    series: Mapping[str, bytes],
    said: Mapping[str, str],
    names: Mapping[str, str],
    language: str,
) -> dict[str, Any]:
    """What a group of indicators shows: figures of those with values, and the names of those without."""
    own = [one for one in model.indicators if one.group == group]
    return {
        "id": group,
        "name": said[f"group_{group}"],
        "figures": [
            {
                "id": one.id,
                "svg": series[one.id],
                "label": one.label[language],
                "caption": _caption(one, model, said, language),
                "alt": _alt(one, model, said, names, language),
                "rows": _value_rows(one, model, said, names, language),
            }
            for one in own
            if one.id in series
        ],
        "silent": frame.series([one.label[language] for one in own if one.id not in series], language),
    }


def _caption(one: Shown, model: IndicatorModel, said: Mapping[str, str], language: str) -> str:
    parts = [f"{one.id}: {one.label[language]}."]
    if one.target_printed:
        parts.append(f"{said['col_target']}: «{one.target_printed}».")
    gaps = sorted({gap for case in model.cases for gap in one.series[case].gaps})
    breaks = sorted({gap for case in model.cases for gap in one.series[case].breaks})
    if gaps:
        parts.append(_sentence(_filled(said["gap_told"], {"{periods}": frame.series(gaps, language)})))
    if breaks:
        parts.append(_sentence(_filled(said["break_told"], {"{periods}": frame.series(breaks, language)})))
    if one.status != "defined":
        parts.append(_sentence(said[f"status_{one.status}"]))
    return " ".join(parts)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _alt(one: Shown, model: IndicatorModel, said: Mapping[str, str], names: Mapping[str, str], language: str) -> str:
    told = []
    for case in (*model.cases, ""):
        points = one.series[case].points
        if points:
            values = ", ".join(f"{point.period} {_told(point, one.unit, language)}" for point in points)
            told.append(
                _filled(said["figure_series"], {"{who}": names.get(case, said["national"]), "{values}": values})
            )
    return _filled(said["figure_alt"], {"{label}": one.label[language], "{series}": "; ".join(told) + "."})


def _told(point: Point, unit: str, language: str) -> str:
    return point.printed if point.value is None else value_told(point.value, unit, language)


def _value_rows(
    one: Shown, model: IndicatorModel, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> list[Any]:
    rows: list[Any] = []
    for case in (*model.cases, ""):
        series = one.series[case]
        if series.points:
            rows.append(names.get(case, said["national"]))
            for point in series.points:
                early = f" ({said['early']})" if point.is_early else ""
                rows.append(
                    [
                        point.period,
                        _told(point, one.unit, language) + early,
                        in_norwegian(point.source, language),
                        _day(point.source_date, language),
                        in_norwegian(point.note, language),
                    ]
                )
    return rows


def _day(text: str, language: str) -> str:
    return short_date(text, language) if len(text) == 10 else text


def _joints(
    model: IndicatorModel,
    figures: Mapping[str, bytes],
    said: Mapping[str, str],
    names: Mapping[str, str],
    language: str,
) -> list[dict[str, Any]]:
    """The joint displays by indicator: its figure, and for each municipality the newest value, the elements and the words."""
    found = []
    for one in model.indicators:
        own = [joint for joint in model.joint if joint.indicator == one.id]
        # A count says what the share beside it says: it is told of only where somebody has written of it.
        if own and (one.id in figures or any(joint.fits for joint in own)):
            cases = [_joint_case(joint, one, said, names, language) for joint in own]
            found.append(
                {
                    "id": f"j-{one.id}",
                    "indicator": one.id,
                    "label": one.label[language],
                    "svg": figures.get(one.id),
                    "alt": " ".join(case["alt"] for case in cases),
                    "cases": cases,
                }
            )
    return found


def _joint_case(
    joint: Joint, shown: Shown, said: Mapping[str, str], names: Mapping[str, str], language: str
) -> dict[str, Any]:
    elements = {element.id: element for element in shown.elements}
    newest = shown.series[joint.case].newest
    value = _dated(newest, shown.unit, said, language) if newest else said["no_values"]
    rows = [
        {
            "display": elements[row.element].display,
            "level": elements[row.element].level,
            "label": elements[row.element].label[language],
            "state": row.found.state,
            "state_told": said[f"state_{row.found.state}"],
            "promoting": row.found.promoting,
            "inhibiting": row.found.inhibiting,
            "segments": row.found.segments,
            "levels": levels_told(row.levels, language),
        }
        for row in joint.elements
    ]
    told = [_element_told(row, said) for row in rows]
    facts = {
        "{label}": shown.label[language],
        "{case}": names[joint.case],
        "{value}": value,
        "{elements}": ". ".join(told) + ".",
    }
    return {
        "case": names[joint.case],
        "value": value,
        "alt": _filled(said["joint_alt"], facts),
        "rows": rows,
        "fits": [
            _filled(
                said["fit_by"],
                {
                    "{word}": said[f"fit_{fit.word}"],
                    "{coder}": fit.coder,
                    "{day}": short_date(fit.on, language),
                    "{memo}": fit.memo,
                },
            )
            for fit in joint.fits
        ],
    }


def _dated(point: Point, unit: str, said: Mapping[str, str], language: str) -> str:
    """A value with its period, and whether it may still grow."""
    return f"{_told(point, unit, language)} ({point.period}{said['short_early'] if point.is_early else ''})"


def _element_told(row: Mapping[str, Any], said: Mapping[str, str]) -> str:
    if row["state"] != "evidence":
        return f"{row['display']} {row['label']}: {row['state_told']}; {row['levels']}"
    facts = {
        "{element}": f"{row['display']} {row['label']}",
        "{promoting}": str(row["promoting"]),
        "{inhibiting}": str(row["inhibiting"]),
        "{levels}": str(row["levels"]),
    }
    return _filled(said["joint_element"], facts)


def _compared(model: IndicatorModel) -> list[Shown]:
    """The reference figures that have values: those that sources disagree on first, those with most sources before others."""
    own = [one for one in model.indicators if one.group == "reference" and one.series[""].points]
    return sorted(own, key=lambda one: (one.status != "inconsistent", -len(one.series[""].points)))


def _references(
    model: IndicatorModel, said: Mapping[str, str], language: str
) -> tuple[list[dict[str, Any]], list[tuple[str, str]], list[tuple[str, str]]]:
    """Reference figures by question with each value as printed; open questions; what else sources say of measuring."""
    found = [
        {
            "id": one.id,
            "label": one.label[language],
            "unit": said.get(f"unit_{one.unit}", one.unit),
            "state": said[f"status_{one.status}"] if one.status != "defined" else "",
            "note": in_norwegian(one.note, language),
            "rows": [
                [
                    _printed(point, one.unit, language),
                    point.period,
                    in_norwegian(point.source, language),
                    in_norwegian(point.note, language),
                ]
                for point in one.series[""].points
            ],
        }
        for one in _compared(model)
    ]
    silent = [one for one in model.indicators if one.group == "reference" and not one.series[""].points]
    sources = [(one.unit, one.label[language], in_norwegian(one.source, language)) for one in silent]
    questions = [(label, source) for unit, label, source in sources if unit == "question"]
    others = [(label, source) for unit, label, source in sources if unit != "question"]
    return found, questions, others


def _printed(point: Point, unit: str, language: str) -> str:
    """A reference figure as its source prints it, numbers written as the reader's language has them."""
    text = point.printed
    if point.value is not None:
        text = number(point.value, language, len(point.printed.partition(".")[2]))
    return text + ("\u00a0%" if unit == "percent" else "")


def _registry(model: IndicatorModel, said: Mapping[str, str], language: str) -> list[Any]:
    rows: list[Any] = []
    for group in GROUPS:
        own = [one for one in model.indicators if one.group == group]
        if own:
            rows.append(said[f"group_{group}"])
        for one in own:
            notes = [in_norwegian(one.note, language)] if one.note else []
            notes += [_sentence(said["inferred"])] if one.column_inferred else []
            notes += [_sentence(_filled(said["lost"], {"{codes}": ", ".join(one.lost)}))] if one.lost else []
            notes += [f"{said['col_same']} {', '.join(one.same_as)}."] if one.same_as else []
            rows.append(
                [
                    f"{one.id} {one.label[language]}",
                    in_norwegian(one.target_printed, language)
                    + (f" ({said['col_by'].lower()} {one.target_by})" if one.target_by else ""),
                    "" if one.target is None else value_told(one.target, one.unit, language),
                    said.get(f"unit_{one.unit}", one.unit),
                    said[f"aggregation_{one.aggregation}"],
                    said[f"status_{one.status}"],
                    in_norwegian(one.source, language),
                    in_norwegian(one.owner, language),
                    ", ".join(element.display for element in one.elements),
                    Markup(" ").join(notes),
                ]
            )
    return rows
