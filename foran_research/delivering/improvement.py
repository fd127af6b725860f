"""The improvement model of a municipality at a milestone: built from the study, drawn, and saved with its report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..corpus.store import write_atomically
from ..errors import ForanError
from ..maturing import profile_of
from ..milestone import checked_text, figure_stamp, save_figure, save_table
from ..models import acceptance, improvement
from ..models.capability import ModelInputs
from ..models.improvement import ImprovementModel
from ..report.figures import stamped
from ..report.improvement_figures import gap_figure, order_figure, timeline_figure
from ..report.improvement_page import report_page
from ..settings import Milestone
from ..study import Study
from .followup import accept, text_to_leave, withheld_segments

#: How often documents are drawn anew to tell how firm a tie is.
REPLICATES = 2000


def build(study: Study, milestone: Milestone, *, coding: str = "human") -> ImprovementModel:
    """The improvement model of a milestone: a function of the corpus, the coding and the registers up to its days.

    Raises
    ------
    ForanError
        When the milestone is not one of an improvement model of a municipality.
    """
    return _built(study, milestone, coding)[0]


def _built(study: Study, milestone: Milestone, coding: str) -> tuple[ImprovementModel, ModelInputs]:
    if milestone.model != "improvement" or not milestone.case:
        raise ForanError(f"milestone {milestone.id} is not one of an improvement model of a municipality")
    settings = study.settings
    inputs = study.as_of(milestone.coded_until).model_inputs(milestone, coding=coding)
    model = improvement.build_model(
        inputs,
        study.registers.until(milestone.cut_off),
        profile_of(study, milestone),
        case=milestone.case,
        milestone=milestone.id,
        model_version=milestone.model_version,
        cut_off=milestone.cut_off.isoformat(),
        coded_until=milestone.coded_until.isoformat(),
        study={"id": settings.study_id, "is_synthetic": settings.is_synthetic, "notice": dict(settings.notice)},
        seed=settings.seed,
        replicates=REPLICATES,
        acceptance=acceptance.to_dict(accept(study, milestone, milestone.case, coding=coding)),
        withheld=withheld_segments(study, inputs.hidden),
    )
    return model, inputs


def deliver(
    study: Study, milestone: Milestone, output: str | Path, *, coding: str = "human", language: str = "nb"
) -> dict[str, Any]:
    """Build the milestone's model and write ``model.json``, tables, figures and ``report.html`` into `output`.

    Returns the model in its dict form; with `output` "" it is built and checked, and nothing is written.
    """
    settings = study.settings
    built, inputs = _built(study, milestone, coding)
    text = text_to_leave(study, model_text(built))
    model: dict[str, Any] = json.loads(text)
    for name, frame in tables(model, language).items():
        save_table(frame, output, name)
    stamp = figure_stamp(study, coding, language)
    figures = {
        "gaps": gap_figure(model, settings, language),
        "order": order_figure(model, settings, language),
        "timeline": timeline_figure(model, settings, language),
    }
    drawn = {
        name: save_figure(stamped(figure, stamp), output, f"improvement_{name}") for name, figure in figures.items()
    }
    page = report_page(
        model,
        settings,
        milestone,
        drawn,
        inputs.segments,
        inputs.units,
        inputs.documents,
        inputs.hidden,
        language,
    )
    if output:
        write_atomically(Path(output) / "model.json", text)
        write_atomically(Path(output) / "report.html", page)
    return model


def model_text(model: ImprovementModel) -> str:
    """The text of ``model.json``, checked against ``improvement.schema.json``."""
    return checked_text(improvement.to_dict(model), "improvement")


def tables(model: Mapping[str, Any], language: str) -> dict[str, pd.DataFrame]:
    """The model as flat frames: gaps, measures, steps in their order, and what is spoken of together.

    Ids in a cell stand apart by blanks, as in the registers.
    """
    elements = {one["id"]: one for one in model["elements"]}
    gaps = [
        {
            "element": one["id"],
            "code": one["display"],
            "level_of": one["level_of"],
            "label": one["label"][language],
            "level": one["level"],
            "low": one["low"],
            "high": one["high"],
            "self": one["levels"]["self"],
            "joint": one["levels"]["joint"],
            "target": one["target"],
            "target_due": one["target_by"],
            "target_set_by": one["target_set_by"],
            "target_set_on": one["target_set_on"],
            "gap": one["gap"],
            "inhibiting": len(one["inhibiting"]),
            "segments": one["segments"],
            "inhibiting_share": one["inhibiting_share"],
            "inhibiting_documents": one["inhibiting_documents"],
            "measures": " ".join(one["measures"]),
            "notes": " ".join(one["notes"]),
            "sources": " ".join(one["inhibiting"]),
        }
        for one in model["elements"]
    ]
    measures = [
        {
            "id": one["id"],
            "title": one["title"][language] or one["title"]["nb"] or one["title"]["en"],
            "element": one["element"],
            "code": elements[one["element"]]["display"] if one["element"] else "",
            "level_of": one["level_of"],
            "addresses": one["addresses"],
            "factor": one["factor"],
            "owner": one["owner"],
            "priority": one["priority"],
            "grounds": one["grounds"],
            "wave": one["wave"],
            "depends_on": " ".join(one["depends_on"]),
            "begins": one["begins"],
            "ends": one["ends"],
            "kind": one["kind"],
            "stage": one["stage"],
            "arena": one["arena"],
            "notes": " ".join(one["notes"]),
            "withheld": one["withheld"],
            "sources": " ".join(one["passages"]),
        }
        for one in model["measures"]
    ]
    steps = [
        {
            "measure": one["id"],
            "step": step["step"],
            "text": step["text"][language] or step["text"]["nb"] or step["text"]["en"],
            "from": step["begins"],
            "to": step["ends"],
            "owner": one["owner"],
        }
        for one in model["measures"]
        for step in one["steps"]
    ]
    ties = [
        {
            "element": elements[one["element"]]["display"],
            "other": elements[one["other"]]["display"],
            **{key: one[key] for key in ("turns", "documents", "turns_one", "turns_other", "jaccard", "kept_share", "firmness")},
            "measures": " ".join(one["measures"]),
            "sources": " ".join(one["passages"]),
        }
        for one in model["ties"]
    ]  # fmt: skip
    return {
        "improvement_gaps": _frame(gaps, ("level", "low", "high", "self", "joint", "target", "gap")),
        "improvement_measures": _frame(measures, ("priority",), _MEASURE_COLUMNS),
        "improvement_steps": _frame(steps, (), _STEP_COLUMNS),
        "improvement_ties": _frame(ties, (), _TIE_COLUMNS),
    }


_MEASURE_COLUMNS = (
    "id", "title", "element", "code", "level_of", "addresses", "factor", "owner", "priority", "grounds", "wave",
    "depends_on", "begins", "ends", "kind", "stage", "arena", "notes", "withheld", "sources",
)  # fmt: skip
_STEP_COLUMNS = ("measure", "step", "text", "from", "to", "owner")
_TIE_COLUMNS = (
    "element", "other", "turns", "documents", "turns_one", "turns_other", "jaccard", "kept_share", "firmness",
    "measures", "sources",
)  # fmt: skip


def _frame(rows: list[dict[str, Any]], whole: tuple[str, ...], columns: tuple[str, ...] = ()) -> pd.DataFrame:
    """Rows as a frame; columns of whole numbers that may be missing stay whole numbers."""
    frame = pd.DataFrame(rows, columns=list(columns) or None)
    return frame.astype(dict.fromkeys(whole, "Int64"))
