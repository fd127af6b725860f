"""The practice model of a municipality at a milestone: built from the study, drawn, and saved with its report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..corpus.store import write_atomically
from ..errors import ForanError
from ..maturing import profile_of
from ..milestone import checked_text, figure_stamp, save_figure, save_table, with_shown_evidence
from ..models import practice
from ..models.capability import ModelInputs
from ..models.practice import PracticeInputs, PracticeModel
from ..models.versions import codebook_changes, counting_evidence_of
from ..report.figures import stamped
from ..report.practice_figures import course_figure, network_figure, particular_figure, profile_figure
from ..report.practice_page import Material, practice_page
from ..report.practice_tables import practice_tables
from ..settings import Milestone
from ..study import Study
from .followup import text_to_leave, withheld_segments

#: How often documents are drawn anew to tell how firm an edge is.
REPLICATES = 2000


@dataclass(frozen=True)
class _Version:
    """One version of a practice model with what it was made of."""

    model: PracticeModel
    inputs: ModelInputs


def build(study: Study, milestone: Milestone, *, coding: str = "human") -> PracticeModel:
    """The practice model of a milestone, with what changed since the version before and the maturity assessed by then.

    The earlier version is built anew from its own corpus, codebook and log, so nothing depends on which outputs exist.

    Raises
    ------
    ForanError
        When the milestone is not one of a practice model of a municipality.
    """
    return _whole(study, milestone, coding).model


def _whole(study: Study, milestone: Milestone, coding: str) -> _Version:
    if milestone.model != "practice" or not milestone.case:
        raise ForanError(f"milestone {milestone.id} is not one of a practice model of a municipality")
    now = _one_version(study, milestone, coding)
    earlier = study.milestone_before(milestone)
    model = now.model
    if earlier is not None:
        before = _one_version(study, earlier, coding)
        homes = {
            str(segment): str(document)
            for version in (before, now)
            for segment, document in zip(
                version.inputs.segments["segment"], version.inputs.segments["document"], strict=True
            )
        }
        told = codebook_changes(study.lineage, earlier.codebook_version, milestone.codebook_version)
        carried = practice.carried_over(before.inputs, now.inputs.codebook)
        others = study.documents.index[~study.documents["case"].isin((milestone.case, ""))]
        told = counting_evidence_of(with_shown_evidence(study, told), frozenset(others.astype(str)))
        changes = practice.changes_since(before.model, model, study.lineage, homes, told, carried)
        model = practice.with_changes(model, changes)
    shown = now.inputs.segments.loc[~now.inputs.segments["document"].isin(now.inputs.hidden), "segment"]
    profile = profile_of(study, milestone)
    model = practice.with_maturity(model, profile, frozenset(shown))
    return _Version(model, now.inputs)


def _one_version(study: Study, milestone: Milestone, coding: str) -> _Version:
    settings = study.settings
    inputs = study.as_of(milestone.coded_until).model_inputs(milestone, coding=coding)
    given = PracticeInputs(
        model=inputs,
        case=milestone.case,
        processes=study.processes,
        registers=study.registers.until(milestone.cut_off),
        phases=tuple(
            value.id for facet in settings.facets if facet.id == practice.PHASE for value in facet.values
        ),
        replicates=REPLICATES,
        seed=settings.seed,
        withheld=withheld_segments(study, inputs.hidden),
    )  # fmt: skip
    model = practice.build_model(
        given,
        milestone=milestone.id,
        model_version=milestone.model_version,
        cut_off=milestone.cut_off.isoformat(),
        coded_until=milestone.coded_until.isoformat(),
        study={
            "id": settings.study_id,
            "is_synthetic": settings.is_synthetic,
            "notice": dict(settings.notice),
        },
    )
    return _Version(model, inputs)


def deliver(
    study: Study, milestone: Milestone, output: str | Path, *, coding: str = "human", language: str = "nb"
) -> dict[str, Any]:
    """Build the milestone's model and write ``model.json``, tables, figures and ``report.html`` into `output`.

    Returns the model in its dict form; with `output` "" it is built and checked, and nothing is written.

    Raises
    ------
    ForanError
        When the milestone is not one of a practice model of a municipality.
    """
    settings = study.settings
    built = _whole(study, milestone, coding)
    text = text_to_leave(study, model_text(built.model))
    model: dict[str, Any] = json.loads(text)
    for name, frame in practice_tables(model, language).items():
        save_table(frame, output, name)
    stamp = figure_stamp(study, coding, language)
    figures = {
        "profile": profile_figure(model, settings, language),
        "course": course_figure(model, settings, language),
        "network": network_figure(model, settings, language),
        "particular": particular_figure(model, settings, language),
    }
    drawn = {
        name: save_figure(stamped(figure, stamp), output, f"practice_{name}")
        for name, figure in figures.items()
        if figure is not None
    }
    inputs = built.inputs
    material = Material(inputs.segments, inputs.units, inputs.documents, inputs.hidden, inputs.coders)
    page = practice_page(model, settings, milestone, drawn, material, language)
    if output:
        write_atomically(Path(output) / "model.json", text)
        write_atomically(Path(output) / "report.html", page)
    return model


def model_text(model: PracticeModel) -> str:
    """The text of ``model.json``, checked against ``practice.schema.json``."""
    return checked_text(practice.to_dict(model), "practice")
