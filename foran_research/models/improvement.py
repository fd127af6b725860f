"""The improvement model of one municipality: how far each element is from its target, what inhibits it, and what is done.

Gap and inhibiting evidence are two columns, never one product. A measure stands on what informants said: it strengthens
something that promotes or weakens something that inhibits. What informants speak of together is shown beside it as
"hangs together with", never as a cause. Ids and counts only: words of informants are added by the page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from ..analysis.incidence import LAYERS, incidence
from ..analysis.maturity import gaps
from ..analysis.network import cooccurrence
from ..analysis.stability import edge_stability
from ..codebook.code import Code
from ..errors import ForanError
from ..registers.following import follow
from ..registers.records import Measure, MeasureStep, Registers
from ..registers.vocab import DATE_OR_PART
from .capability import ModelInputs, resolved
from .maturity import SIDES, Elsewhere, MaturityProfile
from .practice import FIRM_DOCUMENTS, FIRM_SHARE, Firmness

SCHEMA_VERSION = 1
#: An element "inhibits much" from this many inhibiting segments, in this many documents, and this share of its segments on.
MUCH_SEGMENTS, MUCH_DOCUMENTS, MUCH_SHARE = 10, 3, 2 / 3
#: Ties shown for each element with a measure, strongest first.
MOST_TIES = 4
#: Sorts after every day.
NEVER = "9999"
#: What is told of a measure, in the order in which it is told.
MEASURE_NOTES = (
    "no_evidence",
    "evidence_withheld",
    "evidence_not_known",
    "evidence_elsewhere",
    "not_comparable",
    "not_assessed",
    "no_target",
    "no_gap",
    "no_steps",
    "begins_before",
    "overlaps",
    "waits_for_withdrawn",
    "ends_late",
)
#: What is told of an element, in the order in which it is told.
ELEMENT_NOTES = ("inhibits_unaddressed", "gap_unaddressed", "not_assessed", "no_target", "above_target")


@dataclass(frozen=True)
class ElementGap:
    """One element here: its level, target and gap; and beside them what inhibits it.

    `level` is the lower median of the levels of the side that gaps are told by, with the lowest and highest; `levels` are
    the medians by side. `inhibiting` and `promoting` are segments (those of both polarities are in both), `segments` how
    many there are.
    """

    id: str
    display: str
    level_of: str
    label: Mapping[str, str]
    levels: Mapping[str, int | None]
    level: int | None
    low: int | None
    high: int | None
    is_tied: bool
    target: int | None
    #: The day by which the target is to be reached, "" where none is told; `target_set_by` and `target_set_on` say who
    #: set it, an id of a group, and when.
    target_by: str
    gap: int | None
    inhibiting: tuple[str, ...]
    inhibiting_documents: int
    promoting: tuple[str, ...]
    segments: int
    inhibiting_share: float | None
    measures: tuple[str, ...]
    notes: tuple[str, ...]
    #: By side, how much of the evidence of its level other municipalities said.
    elsewhere: tuple[Elsewhere, ...] = ()
    target_set_by: str = ""
    target_set_on: str = ""


@dataclass(frozen=True)
class PlannedStep:
    """A step of a measure: what, and from which day to which (ISO days, both included; "" where not set)."""

    step: str
    text: Mapping[str, str]
    begins: str
    ends: str


@dataclass(frozen=True)
class PlannedMeasure:
    """A measure with what it stands on.

    `element` is the element under the model's codebook version ("" where it cannot be followed), `passages` the evidence
    that may be counted, `withheld` how much more there is that may not be shown: then `factor` and `grounds` are kept
    back, since they were written on the strength of it. `wave` is 1 for measures
    that wait for none, and one more than the latest of those it waits for.
    """

    id: str
    on: str
    element: str
    level_of: str
    title: Mapping[str, str]
    addresses: str
    factor: str
    passages: tuple[str, ...]
    withheld: int
    owner: str
    priority: int | None
    grounds: str
    depends_on: tuple[str, ...]
    arena: str
    kind: str
    stage: str
    wave: int
    steps: tuple[PlannedStep, ...]
    begins: str
    ends: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Tie:
    """That an element with a measure and another are spoken of in the same turns in this municipality.

    `turns` hold both, `turns_one` and `turns_other` each; `kept_share` is the share of resamples of documents that keep
    it; `passages` are the segments of both elements in those turns; `measures` are those of the other element.
    """

    element: str
    other: str
    turns: int
    documents: int
    turns_one: int
    turns_other: int
    jaccard: float
    kept_share: float | None
    firmness: Firmness
    passages: tuple[str, ...]
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """A step on the way of an element: of which measure, when, and whose."""

    measure: str
    step: str
    begins: str
    ends: str
    owner: str


@dataclass(frozen=True)
class Trajectory:
    """The formulated development of an element: from a level, through dated steps with somebody responsible, to a target.

    `is_whole`: there is a level, a target, and at least one step.
    """

    element: str
    level: int | None
    assessed_at: str
    stages: tuple[Stage, ...]
    target: int | None
    by: str
    is_whole: bool


@dataclass(frozen=True)
class ImprovementModel:
    """A whole improvement model as a value; :func:`to_dict` gives its ``model.json`` form.

    `order` are the measures in waves: each wave waits only for earlier ones.
    """

    milestone: str
    case: str
    model_version: int
    cut_off: str
    coded_until: str
    codebook_version: str
    study: Mapping[str, Any]
    coding: Mapping[str, Any]
    assessed_at: str
    rules: Mapping[str, Any]
    elements: tuple[ElementGap, ...]
    measures: tuple[PlannedMeasure, ...]
    order: tuple[tuple[str, ...], ...]
    ties: tuple[Tie, ...]
    trajectories: tuple[Trajectory, ...]
    acceptance: Mapping[str, Any] | None = None

    def measure(self, name: str) -> PlannedMeasure | None:
        """The measure with this id."""
        return next((one for one in self.measures if one.id == name), None)

    def element(self, name: str) -> ElementGap | None:
        """The element with this id or display code."""
        return next((one for one in self.elements if name in (one.id, one.display)), None)


def build_model(
    inputs: ModelInputs,
    registers: Registers,
    profile: MaturityProfile,
    *,
    case: str,
    milestone: str,
    model_version: int,
    cut_off: str,
    coded_until: str,
    study: Mapping[str, Any],
    seed: int,
    replicates: int = 1000,
    acceptance: Mapping[str, Any] | None = None,
    withheld: Collection[str] = (),
) -> ImprovementModel:
    """The improvement model of one case.

    Parameters
    ----------
    inputs
        The coding of the whole study, cut to the milestone; only what is said in the case counts.
    registers
        The registers as they stood on the milestone's day: ``registers.until(cut_off)``.
    profile
        The case's maturity at the milestone.
    seed, replicates
        For the resampling of documents that says how firm a tie is.
    acceptance
        The acceptance indicators of the case as `models.acceptance.to_dict` gives them; None where they were not asked for.
    withheld
        Segments whose words may not be shown, besides those of hidden documents: what was written on the strength of
        them is kept back.

    Raises
    ------
    ForanError
        When measures wait for each other in a circle.
    """
    shown = _of_case(inputs, case)
    measures = planned_measures(registers, inputs, case=case, profile=profile, withheld=withheld)
    elements = _elements(inputs, shown, profile, measures)
    return ImprovementModel(
        milestone=milestone,
        case=case,
        model_version=model_version,
        cut_off=cut_off,
        coded_until=coded_until,
        codebook_version=inputs.codebook.codebook_version,
        study=study,
        coding={
            "basis": inputs.coding,
            "coders": list(inputs.coders),
            "segments": int(shown["segment"].nunique()),
            "documents": sorted(set(shown["document"])),
        },
        assessed_at=profile.milestone,
        rules={
            "much_segments": MUCH_SEGMENTS,
            "much_documents": MUCH_DOCUMENTS,
            "much_share": MUCH_SHARE,
            "min_edge_turns": inputs.min_edge_turns,
            "replicates": replicates,
            "seed": seed,
        },
        elements=elements,
        measures=measures,
        order=_waves(measures),
        ties=_ties(inputs, shown, measures, case=case, seed=seed, replicates=replicates),
        trajectories=_trajectories(elements, measures, profile.milestone),
        acceptance=acceptance,
    )


def to_dict(model: ImprovementModel) -> dict[str, Any]:
    """The model in the shape that ``improvement.schema.json`` describes."""
    return {"schema_version": SCHEMA_VERSION, "model": "improvement", **_plain(asdict(model))}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    # Six decimals keep the last bit of a platform's arithmetic out of the file.
    return round(value, 6) if isinstance(value, float) else value


def waves_of(waits_for: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """What can be begun first, what after it, and so on: each wave waits only for earlier ones, in order of ids.

    Ids that are waited for and not among the keys are taken as done.

    Raises
    ------
    ForanError
        When some wait for each other in a circle.

    Examples
    --------
    >>> waves_of({"T3": ["T1", "T2"], "T2": ["T1"], "T1": []})
    (('T1',), ('T2',), ('T3',))
    """
    left = {name: {other for other in others if other in waits_for} for name, others in waits_for.items()}
    waves: list[tuple[str, ...]] = []
    while left:
        ready = tuple(sorted(name for name, others in left.items() if not others & left.keys()))
        if not ready:
            raise ForanError(f"these measures wait for each other: {', '.join(sorted(left))}")
        waves.append(ready)
        left = {name: others for name, others in left.items() if name not in ready}
    return tuple(waves)


def planned_measures(
    registers: Registers,
    inputs: ModelInputs,
    *,
    case: str,
    profile: MaturityProfile | None = None,
    withheld: Collection[str] = (),
) -> tuple[PlannedMeasure, ...]:
    """The case's measures as the registers have them, in the order of their waves, with their steps and passages.

    `registers` are those of the day; without a `profile` nothing is said of gaps. What was written on the strength of
    segments that are `withheld`, or stand in a hidden document, is kept back.
    """
    own = {measure.id: measure for measure in registers.measures if measure.case == case}
    steps = {name: _steps(registers, name) for name in own}
    waves = waves_of({name: measure.depends_on for name, measure in own.items()})
    long = resolved(inputs)
    known = long.drop_duplicates("segment").set_index("segment")
    is_hidden = inputs.segments["document"].isin(inputs.hidden)
    hidden = frozenset(withheld).union(inputs.segments.loc[is_hidden, "segment"].astype(str))
    found = []
    for number, wave in enumerate(waves, 1):
        for name in wave:
            found.append(_planned(own[name], number, steps, own, known, hidden, inputs, profile))
    return tuple(found)


def _steps(registers: Registers, measure: str) -> tuple[PlannedStep, ...]:
    own = [_step(step) for step in registers.steps if step.measure == measure]
    return tuple(sorted(own, key=lambda step: (step.begins or step.ends or NEVER, step.ends, step.step)))


def _step(step: MeasureStep) -> PlannedStep:
    return PlannedStep(step.step, {"nb": step.text_nb, "en": step.text_en}, step.from_, step.to)


def _planned(
    measure: Measure,
    wave: int,
    steps: Mapping[str, tuple[PlannedStep, ...]],
    all_of_case: Mapping[str, Measure],
    known: pd.DataFrame,
    hidden: frozenset[str],
    inputs: ModelInputs,
    profile: MaturityProfile | None,
) -> PlannedMeasure:
    element = _followed(measure, inputs)
    mine = steps[measure.id]
    waited = tuple(other for other in measure.depends_on if other in all_of_case)
    passages = tuple(segment for segment in measure.evidence if segment in known.index and segment not in hidden)
    withheld = sum(segment in hidden for segment in measure.evidence)
    notes = {
        "no_evidence": not measure.evidence,
        "evidence_withheld": withheld > 0,
        "evidence_not_known": len(passages) + withheld < len(measure.evidence),
        "evidence_elsewhere": any(not _fits(known, s, element, measure) for s in passages) if element else False,
        "not_comparable": not element,
        "no_steps": not mine,
        "begins_before": any("" < _first(mine) < _first(steps[other]) for other in waited),
        "overlaps": any("" < _first(steps[other]) <= _first(mine) <= _last(steps[other]) for other in waited),
        "waits_for_withdrawn": len(waited) < len(measure.depends_on),
        **_profile_notes(profile, element, mine),
    }
    return PlannedMeasure(
        id=measure.id,
        on=measure.on,
        element=element,
        level_of=inputs.codebook.by_id[element].level if element else "",
        title={"nb": measure.title_nb, "en": measure.title_en},
        addresses=measure.addresses,
        factor="" if withheld else measure.factor,
        passages=passages,
        withheld=withheld,
        owner=measure.owner,
        priority=measure.priority,
        grounds="" if withheld else measure.grounds,
        depends_on=waited,
        arena=measure.arena,
        kind=measure.kind,
        stage=measure.stage,
        wave=wave,
        steps=mine,
        begins=_first(mine),
        ends=_last(mine),
        notes=tuple(note for note in MEASURE_NOTES if notes.get(note)),
    )


def _followed(measure: Measure, inputs: ModelInputs) -> str:
    """The measure's element under the model's codebook version; "" where it was split, retired or is no element."""
    to = follow(measure, inputs.lineage, inputs.codebook.codebook_version)
    elements = {code.id for code in inputs.codebook.elements}
    return to[0] if len(to) == 1 and to[0] in elements else ""


def _fits(known: pd.DataFrame, segment: str, element: str, measure: Measure) -> bool:
    row = known.loc[segment]
    return bool(
        row["element"] == element and row["case"] == measure.case and row["polarity"] in LAYERS[measure.addresses]
    )


def _first(steps: Sequence[PlannedStep]) -> str:
    return min((step.begins for step in steps if step.begins), default="")


def _last(steps: Sequence[PlannedStep]) -> str:
    return max((step.ends for step in steps), default="")


def _profile_notes(profile: MaturityProfile | None, element: str, steps: Sequence[PlannedStep]) -> Mapping[str, bool]:
    if profile is None or not element:
        return {}
    one = profile.element(element)
    level, target = _level(profile, element), one.target if one else None
    return {
        "not_assessed": level is None,
        "no_target": target is None,
        "no_gap": level is not None and target is not None and level >= target.level,
        "ends_late": bool(target is not None and _last(steps) > _day(target.by) > ""),
    }


def _day(by: str) -> str:
    """The day that a target is to be reached by; "" where the register tells something else, or nothing."""
    return by if len(by) == len("YYYY-MM-DD") and DATE_OR_PART.fullmatch(by) else ""


def _level(profile: MaturityProfile, element: str, side: str = "") -> int | None:
    """The median of a side; of the one that gaps are told by for ""."""
    one = profile.element(element)
    found = one.sides.get(side or profile.basis) if one else None
    return None if found is None or found.level.value is None else int(found.level.value)


def _of_case(inputs: ModelInputs, case: str) -> pd.DataFrame:
    """Segments × units said in the case, in documents that may be shown."""
    long = resolved(inputs)
    return long[(long["case"] == case) & ~long["document"].isin(inputs.hidden)]


def _elements(
    inputs: ModelInputs, shown: pd.DataFrame, profile: MaturityProfile, measures: Sequence[PlannedMeasure]
) -> tuple[ElementGap, ...]:
    codes = inputs.codebook.elements
    one_each = shown.drop_duplicates(["segment", "element"])
    of = {code.id: one_each[one_each["element"] == code.id] for code in codes}
    levels = {code.id: _level(profile, code.id) for code in codes}
    targets = {code.id: one.target.level for code in codes if (one := profile.element(code.id)) and one.target}
    against = {
        name: (int(frame["polarity"].isin(LAYERS["inhibiting"]).sum()), len(frame)) for name, frame in of.items()
    }
    table = gaps(levels, targets, against)
    rows = {str(row["element"]): row for row in table.to_dict("records")}
    by_element: dict[str, list[str]] = {}
    for measure in measures:
        by_element.setdefault(measure.element, []).append(measure.id)
    return tuple(
        _element(code, rows[code.id], of[code.id], profile, tuple(by_element.get(code.id, ()))) for code in codes
    )


def _element(
    code: Code, row: Mapping[Any, Any], own: pd.DataFrame, profile: MaturityProfile, measures: tuple[str, ...]
) -> ElementGap:
    one = profile.element(code.id)
    side = one.sides.get(profile.basis) if one else None
    inhibiting = own[own["polarity"].isin(LAYERS["inhibiting"])]
    promoting = own[own["polarity"].isin(LAYERS["promoting"])]
    share = None if pd.isna(row["inhibiting_share"]) else float(row["inhibiting_share"])
    gap, target = _maybe(row["gap"]), one.target if one else None
    is_much = (
        len(inhibiting) >= MUCH_SEGMENTS
        and inhibiting["document"].nunique() >= MUCH_DOCUMENTS
        and share is not None
        and share >= MUCH_SHARE
    )
    level = _maybe(row["level"])
    notes = {
        "inhibits_unaddressed": is_much and not measures,
        "gap_unaddressed": gap is not None and gap > 0 and not measures,
        "not_assessed": level is None and bool(measures or target),
        "no_target": target is None and bool(measures),
        "above_target": gap is not None and gap < 0,
    }
    return ElementGap(
        id=code.id,
        display=code.display,
        level_of=code.level,
        label=dict(code.label),
        levels={name: _level(profile, code.id, name) for name in SIDES},
        level=level,
        low=side.low if side else None,
        high=side.high if side else None,
        is_tied=bool(side and side.is_tied),
        target=_maybe(row["target"]),
        target_by=_day(target.by) if target else "",
        gap=gap,
        inhibiting=tuple(inhibiting["segment"]),
        inhibiting_documents=int(inhibiting["document"].nunique()),
        promoting=tuple(promoting["segment"]),
        segments=len(own),
        inhibiting_share=share,
        measures=measures,
        notes=tuple(note for note in ELEMENT_NOTES if notes[note]),
        elsewhere=one.elsewhere if one else (),
        target_set_by=target.by if target and not _day(target.by) else "",
        target_set_on=target.on if target else "",
    )


def _maybe(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _waves(measures: Sequence[PlannedMeasure]) -> tuple[tuple[str, ...], ...]:
    last = max((measure.wave for measure in measures), default=0)
    return tuple(tuple(m.id for m in measures if m.wave == wave) for wave in range(1, last + 1))


def firmness(kept_share: float | None, documents: int) -> Firmness:
    """How firm a tie is, as the practice model has it: from the share of resamples that keep it and its documents.

    >>> [firmness(0.95, 2), firmness(0.94, 2), firmness(None, 2), firmness(1.0, 1)]
    ['firm', 'unsure', 'unsure', 'one_document']
    """
    if documents < FIRM_DOCUMENTS:
        return "one_document"
    return "firm" if kept_share is not None and kept_share >= FIRM_SHARE else "unsure"


def _ties(
    inputs: ModelInputs,
    shown: pd.DataFrame,
    measures: Sequence[PlannedMeasure],
    *,
    case: str,
    seed: int,
    replicates: int,
) -> tuple[Tie, ...]:
    """For each element with a measure, the elements most often spoken of in the same turns, strongest first."""
    codes = tuple(code.id for code in inputs.codebook.elements)
    units = inputs.units[(inputs.units["case"] == case) & ~inputs.units["document"].isin(inputs.hidden)]
    table = incidence(shown, units.reset_index(drop=True), codes)
    least = inputs.min_edge_turns
    edges = cooccurrence(table, least=least)
    if not measures or not len(edges):
        return ()
    stable = edge_stability(table, seed=seed, replicates=replicates, least=least)
    kept = {
        (row["source"], row["target"]): None if pd.isna(row["kept_share"]) else float(row["kept_share"])
        for row in stable.to_dict("records")
    }
    turns = {element: set(rows["unit"]) for element, rows in shown.groupby("element")}
    by_element: dict[str, list[str]] = {}
    for measure in measures:
        by_element.setdefault(measure.element, []).append(measure.id)
    place = {code: number for number, code in enumerate(codes)}
    found: list[Tie] = []
    for element in sorted(by_element.keys() & place.keys(), key=place.__getitem__):
        own = []
        for edge in edges.to_dict("records"):
            pair = (str(edge["source"]), str(edge["target"]))
            if element not in pair:
                continue
            other = pair[1] if element == pair[0] else pair[0]
            counts = dict(zip(pair, (int(edge["n_i"]), int(edge["n_j"])), strict=True))
            both = turns[element] & turns[other]
            said = shown[shown["unit"].isin(both) & shown["element"].isin(pair)]
            own.append(
                Tie(
                    element=element,
                    other=other,
                    turns=int(edge["n_ij"]),
                    documents=int(edge["documents"]),
                    turns_one=counts[element],
                    turns_other=counts[other],
                    jaccard=float(edge["jaccard"]),
                    kept_share=kept.get(pair),
                    firmness=firmness(kept.get(pair), int(edge["documents"])),
                    passages=tuple(dict.fromkeys(said["segment"])),
                    measures=tuple(by_element.get(other, ())),
                )
            )
        found += sorted(own, key=lambda tie: (-tie.turns, -tie.documents, place[tie.other]))[:MOST_TIES]
    return tuple(found)


def _trajectories(
    elements: Sequence[ElementGap], measures: Sequence[PlannedMeasure], assessed_at: str
) -> tuple[Trajectory, ...]:
    """One for each element with a measure, in the codebook's order; its steps by date."""
    by_id = {measure.id: measure for measure in measures}
    found = []
    for element in elements:
        stages = [
            Stage(name, step.step, step.begins, step.ends, by_id[name].owner)
            for name in element.measures
            for step in by_id[name].steps
        ]
        if element.measures:
            found.append(
                Trajectory(
                    element=element.id,
                    level=element.level,
                    assessed_at=assessed_at,
                    stages=tuple(sorted(stages, key=_when)),
                    target=element.target,
                    by=element.target_by,
                    is_whole=element.level is not None and element.target is not None and bool(stages),
                )
            )
    return tuple(found)


def _when(stage: Stage) -> tuple[str, str, str, str]:
    return (stage.begins or stage.ends or NEVER, stage.ends, stage.measure, stage.step)
