"""The follow-up and evaluation model of one municipality: where it stood, where it was to go, and what has come of it.

Of each element: its baseline, its target and its level now, by the side whose assessments can be compared. Of each
measure: its plan against what was reported, whether it works and why not, and how far along the chain goals → assess →
implement → results → effects there is something to show. That a level rose while a measure ran is told side by side,
never as cause and effect. Ids, counts and what was written in the registers; words of informants are added by the page.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..codebook.changes import Lineage
from ..registers.records import Measure, MeasureStatus, MeasureStep, Registers, Target
from ..registers.vocab import STAGES
from . import acceptance as accepting
from .acceptance import Acceptance, ElementSeen, Following, Series, Wave
from .capability import ModelInputs
from .maturity import Elsewhere, Round, elsewhere_of, merged_rounds, said_elsewhere

SCHEMA_VERSION = 1
#: What did not go as it was meant to, in the order in which it is told.
TROUBLES = ("stopped", "not_working", "postponed", "late", "down", "inhibiting_new", "inhibiting_remains")
#: The evaluation questions of the measurement framework of the Agency for Public Management (DFO-05 to DFO-11).
QUESTIONS = ("DFO-05", "DFO-06", "DFO-07", "DFO-08", "DFO-09", "DFO-10", "DFO-11")
#: The level of elements that are conditions of what is done in projects: the municipality as a system.
CONDITIONS_LEVEL = "K"
#: Indicator groups that speak of what comes of it for society (DFO-10).
SOCIETAL = ("effects", "effect_goal", "outcome")
#: How many steps the list of what comes next holds for one measure.
MOST_NEXT = 2


@dataclass(frozen=True)
class Level:
    """A level at one time: the lower median with lowest and highest, and the assessments and segments it rests on."""

    milestone: str
    on: str
    level: int
    low: int
    high: int
    assessments: tuple[str, ...]
    segments: tuple[str, ...]
    #: How many of the segments only other municipalities' people said, None where it is none or a reason was given.
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True)
class ElementFollowed:
    """One element: its baseline, target and level now, and what promotes and inhibits it.

    `status`: up, down, same, or not_comparable with a reason in `why` (see ``acceptance.Series``). `new` evidence stands
    in documents dated after the baseline, `old` in earlier ones. `others` are the newest levels of the other sides.
    """

    id: str
    display: str
    level_of: str
    label: Mapping[str, str]
    side: str
    baseline: Level | None
    now: Level | None
    status: Literal["up", "down", "same", "not_comparable"]
    why: str
    is_explained: bool
    target: int | None
    target_id: str
    to_target: int | None
    others: Mapping[str, int]
    history: tuple[Level, ...]
    promoting_old: tuple[str, ...]
    promoting_new: tuple[str, ...]
    inhibiting_old: tuple[str, ...]
    inhibiting_new: tuple[str, ...]
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """A report of how a measure or one of its steps goes.

    `withheld`: its words are kept back, since it rests on what may not be shown. `segments` are those that may be.
    """

    id: str
    on: str
    step: str
    status: str
    effect: str
    segments: tuple[str, ...]
    withheld: bool
    why: str
    next: str


@dataclass(frozen=True)
class StepFollowed:
    """A step: what, when it was to be done, when it was reported begun and done.

    `first_from` and `first_to` are the days first planned, where they were changed since, else "". `halted_on` is when it
    was reported postponed or stopped, if that is how it stands. `status` is the newest report's, "planned" without any.
    `days_late` counts from the planned last day to the day it was done, or to the cut-off when it is not; 0 when in time,
    None without a planned day.
    """

    step: str
    text: Mapping[str, str]
    planned_from: str
    planned_to: str
    first_from: str
    first_to: str
    begun_on: str
    done_on: str
    halted_on: str
    status: str
    days_late: int | None


@dataclass(frozen=True)
class Stage:
    """Whether there is something to show for a stage of the chain, and the ids of it."""

    stage: str
    is_shown: bool
    ids: tuple[str, ...]


@dataclass(frozen=True)
class MeasureFollowed:
    """A measure: what it was to do, how far it has come, whether it works, and its reports, oldest first.

    `elements` are those it is for under the model's codebook; `was` is the one it was written for, `was_label` its name
    then; `is_split`: it is several now.
    `status` is that of the newest report on the whole measure, or follows from its steps (`is_derived`). `effect` is
    that of the same report, or the newest known effect of a step. `aims_at` is the stage its register row names.
    """

    id: str
    on: str
    title: Mapping[str, str]
    elements: tuple[str, ...]
    was: str
    was_display: str
    was_label: Mapping[str, str]
    is_split: bool
    addresses: str
    factor: str
    owner: str
    priority: int | None
    grounds: str
    depends_on: tuple[str, ...]
    segments: tuple[str, ...]
    withheld: bool
    aims_at: str
    steps: tuple[StepFollowed, ...]
    reports: tuple[Report, ...]
    status: str
    is_derived: bool
    effect: str
    stages: tuple[Stage, ...]
    next: str
    next_on: str

    @property
    def steps_done(self) -> int:
        """How many of its steps are done."""
        return sum(step.status == "done" for step in self.steps)

    @property
    def late(self) -> tuple[str, ...]:
        """Steps that should have been done by the cut-off and are not."""
        return tuple(step.step for step in self.steps if step.days_late and not step.done_on)

    @property
    def reached(self) -> str:
        """The furthest stage for which there is something to show; "" for none."""
        return next((stage.stage for stage in reversed(self.stages) if stage.is_shown), "")


@dataclass(frozen=True)
class Trouble:
    """What did not go as it was meant to: of which measure or element, why, with the passages and reports behind it."""

    kind: str
    measure: str
    element: str
    why: str
    next: str
    segments: tuple[str, ...]
    statuses: tuple[str, ...]
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the data say to one question of the framework; `facts` are numbers and ids by name."""

    id: str
    is_answered: bool
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class NextStep:
    """What comes next of a measure: a step that is due, or what the newest report says is to be done."""

    kind: Literal["overdue", "due", "postponed", "reported"]
    measure: str
    step: str
    by: str
    text: Mapping[str, str]
    status: str


@dataclass(frozen=True)
class FollowupModel:
    """A whole model as a value; :func:`to_dict` gives its ``model.json`` form."""

    milestone: str
    model_version: int
    case: str
    cut_off: str
    coded_until: str
    study: Mapping[str, Any]
    coding: Mapping[str, Any]
    codebook_version: str
    baseline: Mapping[str, str]
    counts: Mapping[str, Any]
    elements: tuple[ElementFollowed, ...]
    measures: tuple[MeasureFollowed, ...]
    troubles: tuple[Trouble, ...]
    questions: tuple[Answer, ...]
    next_steps: tuple[NextStep, ...]
    acceptance: Acceptance
    indicators: tuple[Mapping[str, Any], ...]
    #: Rounds of assessment that hold assessments of several days.
    merged: tuple[Round, ...] = ()

    def element(self, name: str) -> ElementFollowed | None:
        """The element with this id or display code."""
        return next((one for one in self.elements if name in (one.id, one.display)), None)

    def measure(self, name: str) -> MeasureFollowed | None:
        """The measure with this id."""
        return next((one for one in self.measures if one.id == name), None)


def descendants(element: str, lineage: Lineage, codebook_version: str) -> tuple[str, ...]:
    """The elements that an element of an earlier codebook became: itself, the one it went into, or all its parts.

    Unlike levels, a measure for an element that was split goes on being for what it became.
    """
    return tuple(
        code.id
        for code in lineage[codebook_version].elements
        if code.id == element or element in lineage.ancestors(code.id, codebook_version)
    )


def build_model(
    inputs: ModelInputs,
    registers: Registers,
    acceptance: Acceptance,
    elements: Sequence[ElementSeen],
    *,
    follow: Following,
    milestone: str,
    model_version: int,
    cut_off: str,
    coded_until: str,
    baseline: str,
    baseline_day: str,
    study: Mapping[str, Any],
    withheld: Collection[str] = (),
    shown: frozenset[str] | None = None,
    heard: Mapping[str, Collection[str]] | None = None,
    indicators: Sequence[Mapping[str, Any]] = (),
) -> FollowupModel:
    """The follow-up and evaluation model of one milestone.

    Parameters
    ----------
    inputs
        Of the milestone, already cut.
    registers
        All rows; those recorded after `cut_off` are left aside here.
    acceptance, elements
        The verdicts on this municipality and its elements at the milestone (see ``models.acceptance``).
    follow
        From a measure or target to the elements it is of under the codebook in use.
    baseline, baseline_day
        The milestone whose assessments are the baseline and its day; "" for the first assessments of all.
    withheld
        Segments whose words may not be shown, besides those of hidden documents: what was written on the strength of
        them is kept back.
    shown
        The segments that stand and may be shown, which registers can rest on; those of `inputs` when left out.
    heard
        By segment, the municipalities whose informants say it (``models.maturity.heard_in``).
    indicators
        Those that have values for this municipality, each with `id`, `group` and `values`.
    """
    case = acceptance.case
    standing = registers.until(cut_off)
    shown = _shown(inputs) if shown is None else shown
    hidden = frozenset(withheld).union(
        inputs.segments.loc[inputs.segments["document"].isin(inputs.hidden), "segment"].astype(str)
    )
    documents = dict(zip(inputs.segments["segment"].astype(str), inputs.segments["document"].astype(str), strict=True))
    dates = inputs.documents["date"].astype(str).to_dict()
    own = [one for one in standing.measures if one.case == case]
    now_of = {one.id: follow(one) for one in own}
    targets = {element: one for one in standing.targets if one.case == case and one.level for element in follow(one)}
    by_element = {one.element: one for one in acceptance.series}
    levels = {
        seen.id: _baseline_and_now(by_element[seen.id], baseline, baseline_day) for seen in elements
    }  # fmt: skip

    def is_new(segment: str) -> bool:
        return bool(baseline_day) and dates.get(documents.get(segment, ""), "") > baseline_day

    label = {code.id: dict(code.label) for code in inputs.codebook.elements}
    others = _other_sides(standing, case, follow)
    apart = {
        one.id: said_elsewhere(
            case, one.level, [name for name in one.evidence if name in shown], heard or {},
            is_overridden=bool(one.override.strip()),
        )
        for one in standing.assessments
        if one.case == case
    }  # fmt: skip
    followed = tuple(
        _element(
            seen, label[seen.id], by_element[seen.id], levels[seen.id], targets.get(seen.id), is_new,
            {side: level for side, level in others.get(seen.id, {}).items() if side != by_element[seen.id].side},
            tuple(one.id for one in own if seen.id in now_of[one.id]),
            apart,
        )
        for seen in elements
    )  # fmt: skip
    rose = {one.id: one for one in followed if one.status == "up"}
    first_days = _first_plans(registers.steps, cut_off)
    measures = tuple(
        _measure(one, now_of[one.id], standing, shown, hidden, cut_off, targets, rose, first_days, inputs.lineage)
        for one in own
    )
    troubles = _troubles(measures, followed, bool(baseline_day))
    return FollowupModel(
        milestone=milestone,
        model_version=model_version,
        case=case,
        cut_off=cut_off,
        coded_until=coded_until,
        study=study,
        coding={
            "basis": inputs.coding,
            "coders": list(inputs.coders),
            "segments": len({segment for seen in elements for segment in seen.segments}),
        },
        codebook_version=inputs.codebook.codebook_version,
        baseline={"milestone": baseline, "day": baseline_day},
        counts=_counts(followed, measures, inputs, case),
        elements=followed,
        measures=measures,
        troubles=troubles,
        questions=_answers(followed, measures, troubles, indicators),
        next_steps=_next_steps(measures, cut_off),
        acceptance=acceptance,
        indicators=tuple(indicators),
        merged=merged_rounds(one for one in standing.assessments if one.case == case),
    )


def _shown(inputs: ModelInputs) -> frozenset[str]:
    return frozenset(inputs.segments.loc[~inputs.segments["document"].isin(inputs.hidden), "segment"].astype(str))


def _baseline_and_now(series: Series, baseline: str, day: str) -> tuple[Wave | None, Wave | None]:
    """The wave of the baseline and the newest after it, among those that can be compared.

    Without assessments made for the baseline's milestone it is the last wave up to its day, or the first of all.
    """
    waves = series.comparable
    if not waves:
        return None, None
    made_for = [wave for wave in waves if baseline and wave.milestone == baseline]
    earlier = [wave for wave in waves if day and wave.on <= day]
    start = (made_for or earlier[-1:] or list(waves[:1]))[0]
    later = waves[waves.index(start) + 1 :]
    # Assessed only after the baseline: there is a level now, and nothing to compare it with.
    if day and start.on > day:
        return None, waves[-1]
    return start, later[-1] if later else None


def _level(wave: Wave | None, apart: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Level | None:
    if wave is None:
        return None
    told = elsewhere_of(wave.side, [wave.segments], [apart[one] for one in wave.assessments if one in apart])
    return Level(wave.milestone, wave.on, wave.level, wave.low, wave.high, wave.assessments, wave.segments, told)


def _element(
    seen: ElementSeen,
    label: Mapping[str, str],
    series: Series,
    waves: tuple[Wave | None, Wave | None],
    target: Target | None,
    is_new: Callable[[str], bool],
    others: Mapping[str, int],
    measures: tuple[str, ...],
    apart: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> ElementFollowed:
    before, after = waves
    status: Literal["up", "down", "same", "not_comparable"] = "not_comparable"
    why = series.why or ("not_assessed" if not series.waves else "")
    if before and after:
        step = after.level - before.level
        status, why = ("up" if step > 0 else "down" if step < 0 else "same"), ""
    elif not why:
        why = "no_baseline" if after else "not_again"
    newest = after or before
    known = series.waves[-1] if series.waves else None
    shown_level = newest or known
    return ElementFollowed(
        id=seen.id,
        display=seen.display,
        level_of=seen.level,
        label=label,
        side=series.side,
        baseline=_level(before, apart),
        now=_level(after if after else (known if before is None else None), apart),
        status=status,
        why=why,
        is_explained=bool(status == "down" and before)
        and not any(wave.on > before.on for wave in series.unexplained if before),
        target=target.level if target else None,
        target_id=target.id if target else "",
        to_target=target.level - shown_level.level if target and shown_level else None,
        others=others,
        history=tuple(level for wave in series.waves if (level := _level(wave, apart))),
        promoting_old=tuple(one for one in seen.promoting if not is_new(one)),
        promoting_new=tuple(one for one in seen.promoting if is_new(one)),
        inhibiting_old=tuple(one for one in seen.inhibiting if not is_new(one)),
        inhibiting_new=tuple(one for one in seen.inhibiting if is_new(one)),
        measures=measures,
    )


def _other_sides(standing: Registers, case: str, follow: Following) -> dict[str, dict[str, int]]:
    """By element and side, the newest level: the lower median of the newest wave."""
    own = [one for one in standing.assessments if one.case == case and one.level]
    found: dict[str, dict[str, int]] = {}
    for side in accepting.SIDES:
        mine = [one for one in own if one.side == side]
        elements = tuple(dict.fromkeys(element for one in mine for element in follow(one)))
        for series in accepting.series_of(mine, elements, follow):
            if series.comparable:
                found.setdefault(series.element, {})[side] = series.comparable[-1].level
    return found


def _first_plans(steps: Iterable[MeasureStep], cut_off: str) -> dict[tuple[str, str], MeasureStep]:
    """Each step as it was first planned: its first row that says when."""
    found: dict[tuple[str, str], MeasureStep] = {}
    for step in steps:
        if step.on <= cut_off and not step.is_withdrawn and (step.from_ or step.to):
            found.setdefault((step.measure, step.step), step)
    return found


def _measure(
    measure: Measure,
    elements: tuple[str, ...],
    standing: Registers,
    shown: frozenset[str],
    hidden: frozenset[str],
    cut_off: str,
    targets: Mapping[str, Target],
    rose: Mapping[str, ElementFollowed],
    first_days: Mapping[tuple[str, str], MeasureStep],
    lineage: Lineage,
) -> MeasureFollowed:
    written = lineage[measure.codebook_version].by_id[measure.element]
    reports = tuple(
        _report(one, shown, hidden)
        for one in sorted((s for s in standing.statuses if s.measure == measure.id), key=lambda s: s.on)
    )
    steps = tuple(
        _step(one, [r for r in reports if r.step == one.step], first_days.get((one.measure, one.step)), cut_off)
        for one in standing.steps
        if one.measure == measure.id
    )
    status, is_derived = measure_status([one.step for one in steps], reports)
    withheld = bool(set(measure.evidence) & hidden)
    says_next = [one for one in reports if one.next and not one.withheld]
    return MeasureFollowed(
        id=measure.id,
        on=measure.on,
        title={"nb": measure.title_nb, "en": measure.title_en or measure.title_nb},
        elements=elements,
        was=measure.element,
        was_display=written.display,
        was_label=dict(written.label),
        is_split=len(elements) > 1,
        addresses=measure.addresses,
        factor="" if withheld else measure.factor,
        owner=measure.owner,
        priority=measure.priority,
        grounds="" if withheld else measure.grounds,
        depends_on=measure.depends_on,
        segments=tuple(one for one in measure.evidence if one in shown),
        withheld=withheld,
        aims_at=measure.stage,
        steps=steps,
        reports=reports,
        status=status,
        is_derived=is_derived,
        effect=_effect(reports),
        stages=_stages(measure, elements, reports, shown, targets, rose),
        next=says_next[-1].next if says_next else "",
        next_on=says_next[-1].on if says_next else "",
    )


def _report(row: MeasureStatus, shown: frozenset[str], hidden: frozenset[str]) -> Report:
    withheld = bool(set(row.evidence) & hidden)
    return Report(
        id=row.id,
        on=row.on,
        step=row.step,
        status=row.status,
        effect=row.effect or "unknown",
        segments=tuple(one for one in row.evidence if one in shown),
        withheld=withheld,
        why="" if withheld else row.why,
        next="" if withheld else row.next,
    )


def _step(step: MeasureStep, reports: Sequence[Report], first: MeasureStep | None, cut_off: str) -> StepFollowed:
    """A step against its reports: it began with the first that says so, and is done from the first of the last that do."""
    begun = [one.on for one in reports if one.status in ("begun", "done")]
    is_done = bool(reports) and reports[-1].status == "done"
    # What it led to is often reported as "done" once more, long after: that does not make it late.
    again = itertools.takewhile(lambda one: one.status == "done", reversed(reports))
    done_on = list(again)[-1].on if is_done else ""
    moved = first is not None and (first.from_, first.to) != (step.from_, step.to)
    status = reports[-1].status if reports else "planned"
    return StepFollowed(
        step=step.step,
        text={"nb": step.text_nb, "en": step.text_en or step.text_nb},
        planned_from=step.from_,
        planned_to=step.to,
        first_from=first.from_ if first and moved else "",
        first_to=first.to if first and moved else "",
        begun_on=begun[0] if begun else "",
        done_on=done_on,
        halted_on=reports[-1].on if status in ("postponed", "stopped") else "",
        status=status,
        days_late=None if not step.to else 0 if status == "stopped" else max(0, _days(step.to, done_on or cut_off)),
    )


def _days(one: str, other: str) -> int:
    return (dt.date.fromisoformat(other) - dt.date.fromisoformat(one)).days


def measure_status(steps: Sequence[str], reports: Sequence[Report | MeasureStatus]) -> tuple[str, bool]:
    """The status of a measure, and whether it follows from its steps because nobody reported on the whole of it.

    Parameters
    ----------
    steps
        The names of its steps.
    reports
        Oldest first; those on the whole measure have no step.

    Examples
    --------
    >>> rows = [MeasureStatus("U1", "2023-02-01", measure="T1", step=name, status="done") for name in ("1", "2")]
    >>> measure_status(["1", "2"], rows), measure_status(["1", "2"], rows[:1]), measure_status([], [])
    (('done', True), ('begun', True), ('planned', True))
    """
    whole = [one.status for one in reports if not one.step]
    if whole:
        return whole[-1], False
    newest = {one.step: one.status for one in reports}
    states = [newest.get(step, "planned") for step in steps]
    if states and all(state == "done" for state in states):
        return "done", True
    if states and all(state in ("done", "stopped") for state in states):
        return "stopped", True
    # A step that stands no more says nothing of whether the rest is done.
    if any(state in ("begun", "done") for state in newest.values()):
        return "begun", True
    return (reports[-1].status if reports else "planned"), True


def _stages(
    measure: Measure,
    elements: Sequence[str],
    reports: Sequence[Report],
    shown: frozenset[str],
    targets: Mapping[str, Target],
    rose: Mapping[str, ElementFollowed],
) -> tuple[Stage, ...]:
    """What there is to show for each stage of the chain.

    Goals: a target for its element. Assess: grounds and passages. Implement: a report that it has begun. Results: a report
    that says whether it works and rests on passages. Effects: such a report that says it works, at least partly, while
    nothing newer says that it does not, and that its element rose since the baseline; that is no proof that the one came
    of the other.
    """
    begun = [one.id for one in reports if one.status in ("begun", "done")]
    results = [one for one in reports if one.effect in ("works", "partly", "not") and one.segments]
    good = [one.id for one in results if one.effect in ("works", "partly")]
    risen = [one for one in elements if one in rose]
    found = {
        "goals": tuple(targets[one].id for one in elements if one in targets),
        "assess": tuple(one for one in measure.evidence if one in shown) if measure.grounds.strip() else (),
        "implement": tuple(begun),
        "results": tuple(one.id for one in results),
        "effects": (*good, *risen) if good and risen and _effect(reports) in ("works", "partly") else (),
    }
    return tuple(Stage(stage, bool(found[stage]), tuple(found[stage])) for stage in STAGES)


def _troubles(
    measures: Sequence[MeasureFollowed], elements: Sequence[ElementFollowed], has_baseline: bool
) -> tuple[Trouble, ...]:
    found = []
    for one in measures:
        halted = {
            "stopped": [r for r in one.reports if r.status == "stopped" and _is_newest(r, one)],
            "not_working": [r for r in one.reports if r.effect == "not" and r.status != "stopped"],
            "postponed": [r for r in one.reports if r.status == "postponed"],
        }
        for kind, reports in halted.items():
            if kind != "not_working" or one.effect == "not":
                # A step's reasons are its own, and not those of another step or of the measure.
                by_step = {
                    step: [r for r in reports if r.step == step] for step in dict.fromkeys(r.step for r in reports)
                }
                found += [_of_reports(kind, one, own) for own in by_step.values()]
        if one.late and one.status not in ("stopped", "done"):
            found.append(Trouble("late", one.id, "", "", "", (), (), one.late))
    for element in elements:
        if element.status == "down" and element.now:
            found.append(Trouble("down", "", element.id, "", "", element.now.segments, element.now.assessments))
        if has_baseline and element.inhibiting_new:
            found.append(Trouble("inhibiting_new", "", element.id, "", "", element.inhibiting_new, ()))
        elif element.measures and element.inhibiting_old and has_baseline:
            found.append(Trouble("inhibiting_remains", "", element.id, "", "", element.inhibiting_old, ()))
    return tuple(sorted(found, key=lambda one: TROUBLES.index(one.kind)))


def _effect(reports: Sequence[Report]) -> str:
    """The newest effect told of the measure as a whole, else of a step; a report that tells none takes none back."""
    told = [one.effect for one in (*(r for r in reports if r.step), *(r for r in reports if not r.step))]
    return next((effect for effect in reversed(told) if effect != "unknown"), "unknown")


def _is_newest(report: Report, measure: MeasureFollowed) -> bool:
    return next(one for one in reversed(measure.reports) if one.step == report.step) is report


def _of_reports(kind: str, measure: MeasureFollowed, reports: Sequence[Report]) -> Trouble:
    newest = reports[-1]
    return Trouble(
        kind,
        measure.id,
        "",
        next((one.why for one in reversed(reports) if one.why), ""),
        newest.next,
        tuple(dict.fromkeys(segment for one in reports for segment in one.segments)),
        tuple(one.id for one in reports),
        tuple(dict.fromkeys(one.step for one in reports if one.step)),
    )


def _counts(
    elements: Sequence[ElementFollowed], measures: Sequence[MeasureFollowed], inputs: ModelInputs, case: str
) -> dict[str, Any]:
    compared = [one for one in elements if one.status != "not_comparable"]
    steps = [step for one in measures for step in one.steps]
    aimed = [one for one in elements if one.target is not None and one.to_target is not None]
    # A guest in another municipality's meeting speaks for their own.
    of_case = {str(name) for name in inputs.documents.index[inputs.documents["case"] == case]}
    spoken = set(inputs.units.loc[inputs.units["case"] == case, "document"].astype(str))
    return {
        "elements": len(elements),
        "compared": len(compared),
        **{status: sum(one.status == status for one in compared) for status in ("up", "same", "down")},
        "with_target": sum(one.target is not None for one in elements),
        "target_known": len(aimed),
        "target_reached": sum(one.to_target is not None and one.to_target <= 0 for one in aimed),
        "measures": len(measures),
        "by_status": {
            status: sum(one.status == status for one in measures)
            for status in ("done", "begun", "planned", "postponed", "stopped")
        },
        "by_effect": {
            effect: sum(one.effect == effect for one in measures) for effect in ("works", "partly", "not", "unknown")
        },
        "steps": len(steps),
        "steps_done": sum(step.status == "done" for step in steps),
        "measures_late": sum(bool(one.late) and one.status not in ("stopped", "done") for one in measures),
        "documents": len((of_case | spoken) - inputs.hidden),
        "withheld": len(of_case & inputs.hidden),
    }


def _answers(
    elements: Sequence[ElementFollowed],
    measures: Sequence[MeasureFollowed],
    troubles: Sequence[Trouble],
    indicators: Sequence[Mapping[str, Any]],
) -> tuple[Answer, ...]:
    """What the data say to each question. A question without anything to go by is not answered, never guessed at."""
    conditions = [one for one in elements if one.level_of == CONDITIONS_LEVEL]
    assessed = [one for one in conditions if one.now or one.baseline]
    compared = [one for one in conditions if one.status != "not_comparable"]
    running = {one.id for one in measures if one.status in ("begun", "done")}
    aimed = [one for one in elements if one.target is not None]
    known = [one for one in aimed if one.to_target is not None]
    with_baseline = [one for one in elements if one.baseline]
    at_risk = [one for one in elements if one.measures and (one.inhibiting_new or one.inhibiting_old)]
    judged = [one for one in measures if one.effect != "unknown"]
    by_effect = {effect: [one.id for one in measures if one.effect == effect] for effect in ("works", "partly", "not")}
    backed = [one.id for one in judged if any(s.stage == "results" and s.is_shown for s in one.stages)]
    societal = [one for one in indicators if one.get("group") in SOCIETAL and one.get("values")]
    return (
        Answer("DFO-05", bool(assessed), {"elements": [one.id for one in assessed]}),
        Answer(
            "DFO-06",
            bool(compared),
            {
                "up": [one.id for one in compared if one.status == "up"],
                "up_with_measure": [one.id for one in compared if one.status == "up" and running & set(one.measures)],
                "compared": [one.id for one in compared],
            },
        ),
        Answer(
            "DFO-07",
            bool(known),
            {
                "reached": [one.id for one in known if (one.to_target or 0) <= 0],
                "left": [one.id for one in known if (one.to_target or 0) > 0],
                "targets": [one.id for one in aimed],
            },
        ),
        Answer(
            "DFO-08",
            bool(with_baseline),
            {"baseline": [one.id for one in with_baseline], "risk": [one.id for one in at_risk]},
        ),
        Answer("DFO-09", bool(judged), {**by_effect, "backed": backed}),
        Answer("DFO-10", bool(societal), {"indicators": [str(one.get("id", "")) for one in societal]}),
        Answer(
            "DFO-11",
            bool(judged or troubles),
            {
                **by_effect,
                "unknown": [one.id for one in measures if one.effect == "unknown"],
                "correct": [one.id for one in measures if one.next],
            },
        ),
    )


def _next_steps(measures: Sequence[MeasureFollowed], cut_off: str) -> tuple[NextStep, ...]:
    """What is overdue, what is due next, what was postponed without a new day, and what the newest report says, by day.

    Of measures that go on.
    """
    found: list[NextStep] = []
    for one in measures:
        if one.next and one.status != "done":
            found.append(NextStep("reported", one.id, "", one.next_on, {"nb": one.next, "en": one.next}, one.status))
        if one.status in ("stopped", "done"):
            continue
        ahead = [step for step in one.steps if step.status not in ("done", "stopped") and step.planned_to]
        found += [
            NextStep(
                "postponed" if step.status == "postponed" and step.planned_to <= cut_off
                else "overdue" if step.planned_to < cut_off else "due",
                one.id,
                step.step,
                step.planned_to,
                step.text,
                step.status,
            )
            for step in ahead[:MOST_NEXT]
        ]  # fmt: skip
    order = {"overdue": 0, "due": 1, "postponed": 2, "reported": 3}
    return tuple(sorted(found, key=lambda one: (order[one.kind], one.by, one.measure, one.step)))


def to_dict(model: FollowupModel) -> dict[str, Any]:
    """The model in the shape that ``followup.schema.json`` describes."""
    data = _plain({**asdict(model), "acceptance": None})
    data["acceptance"] = accepting.to_dict(model.acceptance)
    for measure, row in zip(model.measures, data["measures"], strict=True):
        row.update(steps_done=measure.steps_done, late=list(measure.late), reached=measure.reached)
    return {"schema_version": SCHEMA_VERSION, "model": "followup", **data}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    # Six decimals keep the last bit of a platform's arithmetic out of the file.
    return round(value, 6) if isinstance(value, float) else value
