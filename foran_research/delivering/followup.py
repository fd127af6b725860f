"""The follow-up and evaluation model of a municipality at a milestone: built from the study, drawn, and saved with its report."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..corpus.store import write_atomically
from ..errors import ForanError
from ..maturing import case_of, heard_at, memos_by_round, passages_at, registers_at, rounds_until, withdrawn
from ..milestone import checked_text, figure_stamp, save_figure, save_table
from ..models import acceptance as accepting
from ..models import followup, indicators
from ..models.acceptance import Acceptance, ElementSeen, Following
from ..models.capability import ModelInputs
from ..models.followup import FollowupModel
from ..models.indicators import Point, last_day
from ..models.maturity import warnings_of
from ..registers.assessed import without_people
from ..registers.following import follow
from ..registers.known import Passage, breadth
from ..registers.records import Assessment, Measure, Registers, Target
from ..report.figures import stamped
from ..report.followup_figures import has_timeline, maturity_figure, timeline_figure
from ..report.followup_page import followup_page
from ..report.followup_tables import followup_tables
from ..settings import Milestone
from ..study import Study

#: What keeps an assessment from carrying a level: see ``models.maturity.warnings_of``.
NARROW = frozenset({"insufficient_evidence", "level_without_evidence"})


@dataclass(frozen=True)
class _Whole:
    """A model with what it was made of."""

    model: FollowupModel
    inputs: ModelInputs


def follower(study: Study, codebook_version: str) -> Following:
    """From a row of a register to the elements it is of under a codebook version.

    An assessment or a target is of one element or, where it was split, of none: its level says nothing of the parts. A
    measure goes on being for all that its element became.
    """

    def following(record: Assessment | Target | Measure) -> tuple[str, ...]:
        if isinstance(record, Measure):
            return followup.descendants(record.element, study.lineage, codebook_version)
        return follow(record, study.lineage, codebook_version)

    return following


def accept(study: Study, milestone: Milestone, case: str = "", *, coding: str = "human") -> Acceptance:
    """The project's four indicators for one municipality as they could be judged at a milestone.

    Parameters
    ----------
    milestone
        Any: what was known by its days, under its codebook.
    case
        The municipality; the milestone's own when left out.

    Raises
    ------
    UnknownName
        For a case that the study does not have, and for none where the milestone has none.
    """
    chosen = case_of(study, milestone, case)
    return _accepted(_given(study, milestone, coding), chosen)[0]


def accept_all(
    study: Study, milestone: Milestone, *, coding: str = "human"
) -> tuple[tuple[Acceptance, ...], ModelInputs]:
    """The four indicators for every municipality, in the study's order, and what they were judged from."""
    given = _given(study, milestone, coding)
    return tuple(_accepted(given, case.id)[0] for case in study.settings.cases), given.inputs


@dataclass(frozen=True)
class _Given:
    """What all municipalities are judged from at a milestone."""

    study: Study
    milestone: Milestone
    inputs: ModelInputs
    standing: Registers
    passages: Mapping[str, Passage]


def _given(study: Study, milestone: Milestone, coding: str) -> _Given:
    return _Given(
        study,
        milestone,
        study.as_of(milestone.coded_until).model_inputs(milestone, coding=coding),
        registers_at(study, milestone),
        passages_at(study, milestone),
    )


def _accepted(given: _Given, case: str) -> tuple[Acceptance, tuple[ElementSeen, ...]]:
    study, milestone, inputs = given.study, given.milestone, given.inputs
    rules = study.settings.maturity.rules
    narrow = frozenset(
        one.id
        for one in given.standing.assessments
        if one.case == case
        and NARROW
        & set(
            warnings_of(
                one.level, one.side, one.evidence, breadth(one.evidence, given.passages), rules,
                rationale=one.rationale, override=one.override,
            )
        )
    )  # fmt: skip
    elements = accepting.elements_seen(inputs, case)
    found = accepting.judge(
        case,
        elements,
        given.standing,
        follower(study, milestone.codebook_version),
        segments=resting_on(inputs, given.passages),
        narrow=narrow,
        memos=memos_by_round(study, milestone, rounds_until(study, case, milestone)),
    )
    return found, elements


def baseline_of(study: Study, milestone: Milestone) -> Milestone | None:
    """The improvement model that a follow-up is measured from: one it is `after`, else the municipality's newest before it."""
    own = [one for one in study.settings.milestones if one.model == "improvement" and one.case == milestone.case]
    named = [one for one in own if one.id in milestone.after]
    earlier = sorted((one for one in own if one.cut_off < milestone.cut_off), key=lambda one: one.cut_off)
    return next(iter(named or earlier[-1:]), None)


def build(study: Study, milestone: Milestone, *, coding: str = "human") -> FollowupModel:
    """The follow-up and evaluation model of a milestone: a function of corpus, coding and registers up to its days.

    Raises
    ------
    ForanError
        When the milestone is not one of a follow-up and evaluation model of a municipality.
    """
    return _whole(study, milestone, coding).model


def _whole(study: Study, milestone: Milestone, coding: str) -> _Whole:
    if milestone.model != "followup" or not milestone.case:
        raise ForanError(f"milestone {milestone.id} is not one of a follow-up and evaluation model of a municipality")
    given = _given(study, milestone, coding)
    accepted, elements = _accepted(given, milestone.case)
    gone = withdrawn(study)
    rows = replace(
        study.registers, assessments=tuple(one for one in study.registers.assessments if one.assessor not in gone)
    )
    baseline = baseline_of(study, milestone)
    model = followup.build_model(
        given.inputs,
        rows,
        accepted,
        elements,
        follow=follower(study, milestone.codebook_version),
        milestone=milestone.id,
        model_version=milestone.model_version,
        cut_off=milestone.cut_off.isoformat(),
        coded_until=milestone.coded_until.isoformat(),
        baseline=baseline.id if baseline else "",
        baseline_day=baseline.cut_off.isoformat() if baseline else "",
        study={
            "id": study.settings.study_id,
            "is_synthetic": study.settings.is_synthetic,
            "notice": dict(study.settings.notice),
        },
        withheld=withheld_segments(study, given.inputs.hidden),
        shown=resting_on(given.inputs, given.passages),
        heard=heard_at(study, milestone, given.inputs),
        indicators=indicators_of(study, milestone, baseline.cut_off.isoformat() if baseline else ""),
    )
    return _Whole(model, given.inputs)


def resting_on(inputs: ModelInputs, passages: Mapping[str, Passage]) -> frozenset[str]:
    """The segments that what people wrote in the registers can rest on: those that stand and may be shown.

    Registers name what people coded, also where the model is made of what the machine suggests.
    """
    if inputs.coding == "human":
        return frozenset(inputs.segments.loc[~inputs.segments["document"].isin(inputs.hidden), "segment"].astype(str))
    return frozenset(
        name for name, one in passages.items() if one.state == "standing" and one.document not in inputs.hidden
    )


def withheld_segments(study: Study, hidden: Collection[str]) -> frozenset[str]:
    """The segments named in the registers whose words may not be shown, whoever coded them.

    They stand in one of the `hidden` documents, or a participant has withdrawn their words, whenever that was.
    """
    rows = study.registers
    named = {
        segment
        for kind in (rows.assessments, rows.measures, rows.statuses, rows.actors, rows.events)
        for row in kind
        for segment in row.evidence
    }
    passages = (study.today or study).known_to_registers().passages or {}
    found = {name: passages.get(name) for name in named}
    # The id of a segment begins with its document.
    return frozenset(
        name
        for name, one in found.items()
        if (one is not None and one.state == "withdrawn") or (one.document if one else name.split(".")[0]) in hidden
    )


def text_to_leave(study: Study, text: str) -> str:
    """The text of a ``model.json`` as it leaves the study: of participants only the type of actor."""
    people = (study.today or study).participants["actor_type"]
    return without_people(text, study.registers.assessments, {str(name): str(kind) for name, kind in people.items()})


def indicators_of(study: Study, milestone: Milestone, baseline_day: str) -> tuple[dict[str, Any], ...]:
    """The indicators that have values for the milestone's municipality: those at the baseline and now, and all of them.

    At the baseline is the last value of a period that was over then; now, the last of a period that is over.
    """
    case = milestone.case
    found = []
    # Only the series: what coding and assessments say beside them stands in the page on indicators.
    model = indicators.build(
        study.registers,
        milestone=milestone.id,
        cut_off=milestone.cut_off.isoformat(),
        codebook=study.codebook(milestone),
        lineage=study.lineage,
        cases=(case,),
        coding="",
        study={},
        found={},
        levels={},
    )
    for one in model.indicators:
        series = one.series[case]
        if not series.points:
            continue
        before = [point for point in series.points if baseline_day and last_day(point.period) <= baseline_day]
        found.append(
            {
                "id": one.id,
                "group": one.group,
                "stage": one.stage,
                "label": dict(one.label),
                "unit": one.unit,
                "direction": one.direction,
                "target": one.target,
                "target_printed": one.target_printed,
                "elements": [element.id for element in one.elements],
                "baseline": _value(before[-1]) if before else None,
                "now": _value(series.newest_whole) if series.newest_whole else None,
                "values": [_value(point) for point in series.points],
                "gaps": list(series.gaps),
                "breaks": _between(series.breaks, before, series.newest_whole),
            }
        )
    return tuple(found)


def _between(breaks: Sequence[str], before: Sequence[Point], now: Point | None) -> list[str]:
    """The breaks that part the value of now from that of the baseline; those outside say nothing of the two."""
    if not before or now is None:
        return []
    return [one for one in breaks if before[-1].period < one <= now.period]


def _value(point: Point) -> dict[str, Any]:
    return {
        "id": point.id,
        "period": point.period,
        "value": point.value,
        "printed": point.printed,
        "source": point.source,
        "is_early": point.is_early,
    }


def deliver(
    study: Study, milestone: Milestone, output: str | Path, *, coding: str = "human", language: str = "nb"
) -> dict[str, Any]:
    """Build the milestone's model and write ``model.json``, tables, figures and ``report.html`` into `output`.

    Returns the model in its dict form; with `output` "" it is built and checked, and nothing is written.
    """
    whole = _whole(study, milestone, coding)
    settings = study.settings
    text = text_to_leave(study, model_text(whole.model))
    model: dict[str, Any] = json.loads(text)
    names = {level.level: level.label[language] for level in settings.maturity.levels}
    for name, frame in followup_tables(model, language).items():
        save_table(frame, output, name)
    figures = {"followup_maturity": maturity_figure(model, language, names)}
    if has_timeline(model):
        figures["followup_timeline"] = timeline_figure(model, language)
    stamp = figure_stamp(study, coding, language)
    drawn = {name: save_figure(stamped(figure, stamp), output, name) for name, figure in figures.items()}
    page = followup_page(model, settings, milestone, drawn, whole.inputs, language)
    if output:
        write_atomically(Path(output) / "model.json", text)
        write_atomically(Path(output) / "report.html", page)
    return model


def model_text(model: FollowupModel) -> str:
    """The text of ``model.json``, checked against ``followup.schema.json``."""
    return checked_text(followup.to_dict(model), "followup")
