"""A status milestone: whether what the project promised has come about; built from the study, drawn and saved."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..corpus.store import write_atomically
from ..errors import ForanError
from ..maturing import passages_at, registers_at
from ..milestone import checked_text, figure_stamp, save_figure, save_table
from ..models import status
from ..models.capability import ModelInputs
from ..models.status import StatusModel
from ..report.figures import stamped
from ..report.status_milestones_page import events_figure, status_page, status_tables
from ..settings import Milestone
from ..study import Study
from .followup import accept_all, resting_on, text_to_leave, withheld_segments


def build(study: Study, milestone: Milestone, *, coding: str = "human") -> StatusModel:
    """A status milestone: a function of corpus, coding and registers up to its days.

    Raises
    ------
    ForanError
        When the milestone is not a status milestone.
    """
    return _whole(study, milestone, coding)[0]


def _whole(study: Study, milestone: Milestone, coding: str) -> tuple[StatusModel, ModelInputs]:
    if milestone.model != "status":
        raise ForanError(f"milestone {milestone.id} is not a status milestone")
    settings = study.settings
    accepted, inputs = accept_all(study, milestone, coding=coding)
    standing = registers_at(study, milestone)
    last = milestone.cut_off.isoformat()
    # What was recorded in time can still be dated later, as something that is to come.
    standing = replace(standing, events=tuple(one for one in standing.events if one.date <= last))
    is_hidden = inputs.segments["document"].isin(inputs.hidden)
    shown = resting_on(inputs, passages_at(study, milestone) if coding != "human" else {})
    conditions = status.conditions_for(milestone.id, standing, accepted, shown=shown)
    model = StatusModel(
        milestone=milestone.id,
        model_version=milestone.model_version,
        cut_off=last,
        coded_until=milestone.coded_until.isoformat(),
        study={"id": settings.study_id, "is_synthetic": settings.is_synthetic, "notice": dict(settings.notice)},
        coding={"basis": inputs.coding, "coders": list(inputs.coders), "segments": int((~is_hidden).sum())},
        codebook_version=milestone.codebook_version,
        date_printed=milestone.date_printed,
        date_assumed=milestone.date_assumed,
        date_note=milestone.date_note,
        cases=tuple(case.id for case in settings.cases),
        state=status.overall(conditions),
        conditions=conditions,
        events=standing.events,
        shown=shown,
        hidden=withheld_segments(study, inputs.hidden).union(inputs.segments.loc[is_hidden, "segment"].astype(str)),
        acceptance=accepted,
    )
    return model, inputs


def deliver(
    study: Study, milestone: Milestone, output: str | Path, *, coding: str = "human", language: str = "nb"
) -> dict[str, Any]:
    """Build a status milestone and write ``model.json``, tables, figures and ``report.html`` into `output`.

    Returns the model in its dict form; with `output` "" it is built and checked, and nothing is written.
    """
    settings = study.settings
    built, inputs = _whole(study, milestone, coding)
    text = text_to_leave(study, model_text(built))
    model: dict[str, Any] = json.loads(text)
    for name, frame in status_tables(model, language).items():
        save_table(frame, output, name)
    figures = {"status_events": events_figure(model, language)} if model["events"] else {}
    stamp = figure_stamp(study, coding, language)
    drawn = {name: save_figure(stamped(figure, stamp), output, name) for name, figure in figures.items()}
    titles = {
        one.id: {"nb": one.title_nb, "en": one.title_en or one.title_nb}
        for one in registers_at(study, milestone).measures
    }
    page = status_page(model, settings, milestone, drawn, inputs, titles, language)
    if output:
        write_atomically(Path(output) / "model.json", text)
        write_atomically(Path(output) / "report.html", page)
    return model


def model_text(model: StatusModel) -> str:
    """The text of ``model.json``, checked against ``status.schema.json``."""
    return checked_text(status.to_dict(model), "status")
