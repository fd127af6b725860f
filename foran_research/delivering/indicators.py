"""Indicators at a milestone: from a study to a page, tables and figures, of all municipalities or of one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..coding.memos import memos_table
from ..corpus.store import write_atomically
from ..errors import UnknownName
from ..maturing import registers_at, rounds_until
from ..milestone import figure_stamp, save_table, validate_model
from ..models import capability
from ..models import indicators as model_of
from ..models.capability import ModelInputs
from ..models.indicators import Fit, Found, IndicatorModel
from ..models.maturity import profile
from ..registers.vocab import SIDES
from ..report import frame
from ..report.figures import figure_bytes, stamped
from ..report.indicator_figures import joint_figure, joint_shown, series_figure
from ..report.indicator_page import indicator_page, indicator_tables
from ..settings import Milestone
from ..study import Study

#: What a memo that says how numbers and passages fit may name: nothing that tells of how somebody coded a passage.
_OPEN_LINKS = frozenset({"case", "code", "milestone", "process", "study"})


def build(study: Study, milestone: Milestone, *, coding: str = "human", case: str | None = None) -> IndicatorModel:
    """The indicators that stood at a milestone, with their series up to its day and the joint displays.

    Parameters
    ----------
    coding
        "human", or "suggestions" for what the cues suggest.
    case
        Only this municipality; the milestone's own when left out, and all of them where it has none. National figures
        always stand beside.

    Raises
    ------
    UnknownName
        For a municipality that the study does not have.
    """
    all_cases = tuple(one.id for one in study.settings.cases)
    wanted = case or milestone.case
    if wanted and wanted not in all_cases:
        raise UnknownName("case", wanted, all_cases)
    cases = (wanted,) if wanted else all_cases
    inputs = study.model_inputs(milestone, coding=coding)
    return _built(study, milestone, inputs, cases, coding)


def for_case(study: Study, milestone: Milestone, case: str, *, coding: str = "human") -> IndicatorModel:
    """The indicators of one municipality at a milestone, as the follow-up and evaluation model takes them in."""
    return build(study, milestone, coding=coding, case=case)


def _built(
    study: Study, milestone: Milestone, inputs: ModelInputs, cases: Sequence[str], coding: str
) -> IndicatorModel:
    day = milestone.cut_off.isoformat()
    return model_of.build(
        study.registers,
        milestone=milestone.id,
        cut_off=day,
        codebook=inputs.codebook,
        lineage=study.lineage,
        cases=cases,
        coding=coding,
        study={
            "id": study.settings.study_id,
            "is_synthetic": study.settings.is_synthetic,
            "notice": dict(study.settings.notice),
        },
        found=found_in(inputs),
        levels={case: levels_of(study, milestone, inputs, case) for case in cases},
        fits=fits_of(study, milestone),
    )


def found_in(inputs: ModelInputs) -> dict[str, dict[str, Found]]:
    """By element and case what coding shows, of documents that may be shown."""
    long = capability.resolved(inputs)
    long = long[~long["document"].isin(inputs.hidden)]
    ids = {
        (str(element), str(case)): tuple(dict.fromkeys(own["segment"]))
        for (element, case), own in long.groupby(["element", "case"], sort=True)
    }
    return {
        element.id: {
            case: Found(
                state=cell.state,
                promoting=cell.promoting,
                inhibiting=cell.inhibiting,
                documents=cell.documents,
                informants=cell.informants,
                segments=ids.get((element.id, case), ()),
            )
            for case, cell in element.cells.items()
        }
        for element in capability.build_elements(inputs)
    }


def levels_of(study: Study, milestone: Milestone, inputs: ModelInputs, case: str) -> dict[str, dict[str, int | None]]:
    """By element and side the levels of the municipality's newest round of assessment at a milestone (lower medians)."""
    rounds = rounds_until(study, case, milestone)
    if not rounds:
        return {}
    found = profile(
        registers_at(study, milestone),
        case=case,
        milestone=rounds[-1],
        codebook=inputs.codebook,
        lineage=study.lineage,
        scale=study.settings.maturity,
    )
    return {
        one.element: {side: level for side in SIDES if (level := one.value(side)) is not None} for one in found.elements
    }


def fits_of(study: Study, milestone: Milestone) -> tuple[Fit, ...]:
    """What coders have written of indicators beside passages by the day until which coding counts.

    A memo says so in a line ``Indikator LUP-03: konvergent`` and is linked to the municipality. Only memos that stand
    outside documents and name no passage are read: they tell nothing of what is being coded unseen.
    """
    found = []
    for row in memos_table(study.memo_logs, until=milestone.coded_until.isoformat()).to_dict("records"):
        links = [*row["links"], (row["about_kind"], row["about"])]
        if row["document"] or any(kind not in _OPEN_LINKS for kind, _ in links):
            continue
        cases = sorted({name for kind, name in links if kind == "case"})
        for indicator, word in model_of.fits_in(str(row["text"])):
            found += [
                Fit(indicator, case, word, str(row["coder"]), str(row["changed_at"])[:10], str(row["memo"]))
                for case in cases
            ]
    return model_of.newest_fits(found)


def _examples(model: IndicatorModel, inputs: ModelInputs) -> list[str]:
    """The segments whose words the page gives: of each element and municipality the first that promotes and inhibits.

    The report of the same milestone has them all; here numbers stand in front.
    """
    layer_of = {
        segment: "promoting" if polarity == "fremmer" else "inhibiting" if polarity == "hemmer" else ""
        for segment, polarity in zip(inputs.segments["segment"], inputs.segments["polarity"], strict=True)
    }
    chosen: dict[tuple[str, str, str], str] = {}
    for one in model.joint:
        for row in one.elements:
            for segment in row.found.segments:
                if layer := layer_of.get(segment, ""):
                    chosen.setdefault((row.element, one.case, layer), segment)
    return list(chosen.values())


@dataclass(frozen=True)
class Drawn:
    """The indicators of a milestone with everything that is shown of them.

    `series` and `joint` are SVG by indicator; `figures` are what they were drawn from, by the name to save them under.
    """

    model: IndicatorModel
    data: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    series: Mapping[str, bytes]
    joint: Mapping[str, bytes]
    figures: Mapping[str, Any]
    page: str


def drawn(
    study: Study, milestone: Milestone, *, coding: str = "human", language: str = "nb", case: str | None = None
) -> Drawn:
    """Build the indicators of a milestone and draw them; nothing is written.

    The data is checked against ``indicators.schema.json``.
    """
    settings = study.settings
    inputs = study.model_inputs(milestone, coding=coding)
    model = build(study, milestone, coding=coding, case=case)
    data: dict[str, Any] = json.loads(json.dumps(model_of.to_dict(model)))
    validate_model(data, "indicators")
    stamp = figure_stamp(study, coding, language)
    series = {
        one.id: stamped(series_figure(one, model, settings, language), stamp)
        for one in model.indicators
        if one.has_values and one.group != "reference"
    }
    joint = {
        name: stamped(joint_figure(own, model, settings, language), stamp) for name, own in joint_shown(model).items()
    }
    series_svg = {name: figure_bytes(figure, "svg") for name, figure in series.items()}
    joint_svg = {name: figure_bytes(figure, "svg") for name, figure in joint.items()}
    labels = {code.id: f"{code.display} {code.label[language]}" for code in inputs.codebook.codes}
    passages = frame.passages_of(
        _examples(model, inputs),
        inputs.segments,
        inputs.units,
        hidden=inputs.hidden,
        documents=inputs.documents,
        about=labels,
        language=language,
    )
    return Drawn(
        model=model,
        data=data,
        tables=indicator_tables(model, settings, language),
        series=series_svg,
        joint=joint_svg,
        figures={
            **{f"indicator_{name}": figure for name, figure in series.items()},
            **{f"joint_{name}": figure for name, figure in joint.items()},
        },
        page=indicator_page(model, settings, milestone, series_svg, joint_svg, passages, inputs.coders, language),
    )


def save(whole: Drawn, output: str | Path) -> None:
    """Write what was drawn: ``indicators.json``, ``indicators.html``, tables and figures; nothing for "".

    The names leave room for the model of the same milestone (``model.json``, ``report.html``).
    """
    if not output:
        return
    folder = Path(output)
    for name, table in whole.tables.items():
        save_table(table, output, name)
    svg = {f"indicator_{name}": data for name, data in whole.series.items()}
    svg |= {f"joint_{name}": data for name, data in whole.joint.items()}
    for name, figure in whole.figures.items():
        write_atomically(folder / "figures" / f"{name}.svg", svg[name])
        write_atomically(folder / "figures" / f"{name}.png", figure_bytes(figure, "png"))
    text = json.dumps(whole.data, ensure_ascii=False, indent=1) + "\n"
    write_atomically(folder / "indicators.json", text)
    write_atomically(folder / "indicators.html", whole.page)


def deliver(
    study: Study,
    milestone: Milestone,
    output: str | Path,
    *,
    coding: str = "human",
    language: str = "nb",
    case: str | None = None,
) -> dict[str, Any]:
    """Build the indicators of a milestone and write them (see :func:`save`).

    Returns
    -------
    dict
        The model in its dict form; with `output` "" it is built and checked, and nothing is written.
    """
    whole = drawn(study, milestone, coding=coding, language=language, case=case)
    save(whole, output)
    return dict(whole.data)
