"""The status milestones: whether what the project promised has come about, judged from assessments, measures and events.

M16: the municipalities have strengthened their capability, established new practice, and use tools for continuous
improvement. M17: the supplier development programme helps to spread the model. M18: education in innovative procurement is
offered, and the thesis is handed in. Each condition is met, partly met or not shown by what is registered up to the day;
nobody sets it by hand. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..registers.records import Event, MeasureStatus, Registers
from . import acceptance as accepting
from .acceptance import Acceptance, State
from .followup import measure_status

SCHEMA_VERSION = 1
GROUPS = ("capability", "spread", "education")
#: What the three status milestones of the project plan are about; any other is about all of it.
OF_MILESTONE: Mapping[str, tuple[str, ...]] = {"M16": ("capability",), "M17": ("spread",), "M18": ("education",)}
#: Events by which knowledge of the model is shared.
SHARING = ("talk", "web", "guide", "workshop", "article", "chapter")
#: How often a municipality must have assessed itself for that to be a tool in use.
ROUNDS = 2

QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "strengthened": {"nb": "Kapabiliteten er styrket", "en": "The capability is strengthened"},
    "practice": {"nb": "Ny, forbedret praksis er etablert", "en": "New, improved practice is established"},
    "tools": {
        "nb": "Verktøy for kontinuerlig forbedring er tatt i bruk",
        "en": "Tools for continuous improvement are in use",
    },
    "spread": {
        "nb": "Leverandørutviklingsprogrammet sprer modellen til andre kommuner",
        "en": "The supplier development programme spreads the model to other municipalities",
    },
    "shared": {"nb": "Kunnskapen om modellen deles", "en": "Knowledge of the model is shared"},
    "course": {
        "nb": "Utdanning i innovative anskaffelser tilbys",
        "en": "Education in innovative procurement is offered",
    },
    "thesis": {"nb": "Ph.d.-avhandlingen er levert", "en": "The PhD thesis is handed in"},
}
THRESHOLDS: Mapping[str, Mapping[str, str]] = {
    "strengthened": {
        "nb": "Følger kriterium 2i: elementer som har gått opp fra første til siste vurdering, flere opp enn ned, og ingen "
        "steg ned uten begrunnelse.",
        "en": "Follows criterion 2i: elements that went up from the first to the last assessment, more up than down, and no "
        "step down without a reason.",
    },
    "practice": {
        "nb": "Oppfylt når minst ett tiltak er meldt gjort og at det virker helt eller delvis, og meldingen hviler på "
        "tekstdeler. Delvis når minst ett tiltak er meldt gjort.",
        "en": "Met when at least one measure is reported done and to work wholly or partly, and the report rests on "
        "passages. Partly when at least one measure is reported done.",
    },
    "tools": {
        "nb": "Oppfylt når kommunen har vurdert seg selv minst to ganger og minst ett verktøy er ført som tatt i bruk. "
        "Delvis når ett av de to er vist.",
        "en": "Met when the municipality has assessed itself at least twice and at least one tool is registered as in use. "
        "Partly when one of the two is shown.",
    },
    "spread": {
        "nb": "Oppfylt når minst én hendelse av typen spredning er ført.",
        "en": "Met when at least one event of the kind spread is registered.",
    },
    "shared": {
        "nb": "Oppfylt når minst ett innlegg, nettsted, veileder, seminar eller en artikkel er ført på milepælen. Delvis når "
        "slikt bare er ført på andre milepæler.",
        "en": "Met when at least one talk, web page, guide, workshop or article is registered for the milestone. Partly when "
        "such are registered for other milestones only.",
    },
    "course": {
        "nb": "Oppfylt når minst ett emne eller kurs er ført. Delvis når bare enkelttimer eller opplegg er ført.",
        "en": "Met when at least one course is registered. Partly when only single lessons are.",
    },
    "thesis": {
        "nb": "Oppfylt når en avhandling er ført.",
        "en": "Met when a thesis is registered.",
    },
}
MISSING: Mapping[str, Mapping[str, str]] = {
    "not_done": {"nb": "ingen tiltak er meldt gjort", "en": "no measure is reported done"},
    "done_without_effect": {
        "nb": "gjort, men ingen har meldt at det virker",
        "en": "done, but nobody reported that it works",
    },
    "done_without_evidence": {
        "nb": "gjort og meldt å virke, uten tekstdel",
        "en": "done and reported to work, without a passage",
    },
    "no_self": {"nb": "kommunen har ikke vurdert seg selv to ganger", "en": "the municipality has not assessed itself twice"},
    "no_tool": {"nb": "ingen verktøy er ført som tatt i bruk", "en": "no tool is registered as in use"},
    "no_spread": {"nb": "ingen spredning er ført", "en": "no spread is registered"},
    "not_shared": {"nb": "ingenting er ført som deler kunnskapen", "en": "nothing is registered that shares the knowledge"},
    "shared_elsewhere": {"nb": "ført på andre milepæler", "en": "registered for other milestones"},
    "no_course": {"nb": "ingen emner eller kurs er ført", "en": "no course is registered"},
    "no_thesis": {"nb": "ingen avhandling er ført", "en": "no thesis is registered"},
}  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """One thing a status milestone promises, for one municipality or ("") for all: its state and what it stands on.

    `k` of `n` is what was counted and `rounds` how often the municipality assessed itself; `missing` holds (kind, ids),
    with the words in `MISSING` or ``acceptance.MISSING``.
    """

    id: str
    group: str
    case: str
    state: State
    k: int
    n: int
    missing: tuple[tuple[str, tuple[str, ...]], ...] = ()
    events: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    assessments: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    rounds: int = 0


@dataclass(frozen=True)
class StatusModel:
    """A status milestone as a value; :func:`to_dict` gives its ``model.json`` form.

    `state` is met when every condition is, not_shown when none is even partly met, else partly.
    """

    milestone: str
    model_version: int
    cut_off: str
    coded_until: str
    study: Mapping[str, Any]
    coding: Mapping[str, Any]
    codebook_version: str
    date_printed: str
    date_assumed: str
    date_note: Mapping[str, str] | None
    cases: tuple[str, ...]
    state: State
    conditions: tuple[Condition, ...]
    events: tuple[Event, ...]
    shown: frozenset[str]
    hidden: frozenset[str]
    acceptance: tuple[Acceptance, ...]


def groups_of(milestone: str) -> tuple[str, ...]:
    """What a status milestone is about.

    >>> groups_of("M17"), len(groups_of("S1"))
    (('spread',), 3)
    """
    return OF_MILESTONE.get(milestone, GROUPS)


def conditions_for(
    milestone: str, standing: Registers, acceptance: Sequence[Acceptance], *, shown: Collection[str]
) -> tuple[Condition, ...]:
    """The conditions of a status milestone, judged.

    Parameters
    ----------
    standing
        The registers as they stood on the milestone's day.
    acceptance
        The verdicts on the municipalities, in the study's order.
    shown
        The coded segments that stand and may be shown.
    """
    groups = groups_of(milestone)
    known = frozenset(shown)
    found: list[Condition] = []
    if "capability" in groups:
        for one in acceptance:
            found += [_strengthened(one), _practice(one.case, standing, known), _tools(one.case, standing)]
    if "spread" in groups:
        found += [
            _of_events("spread", "spread", _kind(standing, "spread"), "no_spread"),
            _shared(milestone, standing),
        ]
    if "education" in groups:
        found += [_course(standing), _of_events("thesis", "education", _kind(standing, "thesis"), "no_thesis")]
    return tuple(found)


def overall(conditions: Sequence[Condition]) -> State:
    """Met when every condition is, not shown when none is even partly met."""
    if conditions and all(one.state == "met" for one in conditions):
        return "met"
    return "not_shown" if all(one.state == "not_shown" for one in conditions) else "partly"


def _kind(standing: Registers, *kinds: str) -> tuple[Event, ...]:
    return tuple(one for one in standing.events if one.kind in kinds)


def _ids(events: Iterable[Event]) -> tuple[str, ...]:
    return tuple(one.id for one in events)


def _strengthened(acceptance: Acceptance) -> Condition:
    judged = acceptance.of("2i")
    return Condition(
        "strengthened",
        "capability",
        acceptance.case,
        judged.state,
        judged.k,
        judged.n,
        tuple((one.kind, one.ids) for one in judged.missing if not one.is_note or not judged.n or one.kind == "down"),
        elements=judged.elements,
        segments=judged.segments,
        assessments=judged.assessments,
    )


def _practice(case: str, standing: Registers, shown: frozenset[str]) -> Condition:
    own = [one.id for one in standing.measures if one.case == case]
    # As the follow-up model has it: where nobody reported on the whole, the newest reports on its steps carry it.
    carried: dict[str, list[MeasureStatus]] = {}
    for name in own:
        reports = sorted((one for one in standing.statuses if one.measure == name), key=lambda one: one.on)
        state, is_derived = measure_status([one.step for one in standing.steps if one.measure == name], reports)
        if state == "done":
            whole = [one for one in reports if not one.step]
            carried[name] = list({one.step: one for one in reports}.values()) if is_derived else whole[-1:]
    done = list(carried)
    good = {name: [one for one in rows if one.effect in ("works", "partly")] for name, rows in carried.items()}
    works = [name for name in done if good[name]]
    backed = [name for name in works if any(set(one.evidence) & shown for one in good[name])]
    rows = [one for name in done for one in carried[name]]
    missing: list[tuple[str, tuple[str, ...]]] = []
    if not own:
        missing.append(("no_measures", ()))
    elif not done:
        missing.append(("not_done", ()))
    elif not backed:
        missing += _listed("done_without_effect", [name for name in done if name not in works])
        missing += _listed("done_without_evidence", works)
    return Condition(
        "practice",
        "capability",
        case,
        "met" if backed else "partly" if done else "not_shown",
        len(backed or done),
        len(own),
        tuple(missing),
        measures=tuple(done),
        statuses=tuple(one.id for one in rows),
        segments=tuple(dict.fromkeys(s for one in rows for s in one.evidence if s in shown)),
    )


def _listed(kind: str, ids: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    return [(kind, tuple(ids))] if ids else []


def _tools(case: str, standing: Registers) -> Condition:
    own = [one for one in standing.assessments if one.case == case and one.side == "self" and one.level]
    rounds = {one.milestone or one.on for one in own}
    tools = tuple(one for one in _kind(standing, "tool_in_use") if one.case == case)
    has_rounds = len(rounds) >= ROUNDS
    missing = ([] if has_rounds else [("no_self", ())]) + ([] if tools else [("no_tool", ())])
    k = int(has_rounds) + int(bool(tools))
    states: tuple[State, State, State] = ("not_shown", "partly", "met")
    return Condition(
        "tools",
        "capability",
        case,
        states[k],
        k,
        2,
        tuple(missing),
        events=_ids(tools),
        assessments=tuple(one.id for one in own) if has_rounds else (),
        rounds=len(rounds),
    )


def _of_events(name: str, group: str, events: Sequence[Event], lacking: str) -> Condition:
    return Condition(
        name,
        group,
        "",
        "met" if events else "not_shown",
        len(events),
        max(1, len(events)),
        () if events else ((lacking, ()),),
        events=_ids(events),
    )


def _shared(milestone: str, standing: Registers) -> Condition:
    every = _kind(standing, *SHARING)
    own = tuple(one for one in every if one.milestone == milestone)
    state: State = "met" if own else "partly" if every else "not_shown"
    missing = () if own else (("shared_elsewhere", _ids(every)),) if every else (("not_shared", ()),)
    return Condition("shared", "spread", "", state, len(own), max(1, len(own)), missing, events=_ids(own or every))


def _course(standing: Registers) -> Condition:
    courses, lessons = _kind(standing, "course"), _kind(standing, "teaching", "master_thesis")
    state: State = "met" if courses else "partly" if lessons else "not_shown"
    return Condition(
        "course",
        "education",
        "",
        state,
        len(courses),
        max(1, len(courses)),
        () if courses else (("no_course", ()),),
        events=_ids((*courses, *lessons)),
    )


def told_missing(kind: str) -> Mapping[str, str]:
    """What is missing, in words."""
    return MISSING[kind] if kind in MISSING else accepting.MISSING[kind]


def to_dict(model: StatusModel) -> dict[str, Any]:
    """The model in the shape that ``status.schema.json`` describes; texts of events that rest on hidden words are empty."""
    return {
        "schema_version": SCHEMA_VERSION,
        "model": "status",
        "milestone": model.milestone,
        "model_version": model.model_version,
        "cut_off": model.cut_off,
        "coded_until": model.coded_until,
        "study": dict(model.study),
        "coding": dict(model.coding),
        "codebook_version": model.codebook_version,
        "date_printed": model.date_printed,
        "date_assumed": model.date_assumed,
        "date_note": dict(model.date_note) if model.date_note else None,
        "state": model.state,
        "groups": list(groups_of(model.milestone)),
        "cases": list(model.cases),
        "conditions": [_condition(one) for one in model.conditions],
        "events": [_event(one, model) for one in model.events],
        "acceptance": [accepting.to_dict(one) for one in model.acceptance],
    }


def _condition(one: Condition) -> dict[str, Any]:
    return {
        "id": one.id,
        "group": one.group,
        "case": one.case,
        "state": one.state,
        "question": dict(QUESTIONS[one.id]),
        "threshold": dict(THRESHOLDS[one.id]),
        "k": one.k,
        "n": one.n,
        "rounds": one.rounds,
        "missing": [
            {"kind": kind, "ids": list(ids), "is_note": kind in accepting.NOTES, "told": dict(told_missing(kind))}
            for kind, ids in one.missing
        ],
        **{
            key: list(getattr(one, key))
            for key in ("events", "elements", "segments", "assessments", "measures", "statuses")
        },
    }


def _event(one: Event, model: StatusModel) -> dict[str, Any]:
    withheld = bool(set(one.evidence) & model.hidden)
    return {
        "id": one.id,
        "on": one.on,
        "date": one.date,
        "kind": one.kind,
        "milestone": one.milestone,
        "case": one.case,
        "what": {"nb": "", "en": ""} if withheld else {"nb": one.what_nb, "en": one.what_en or one.what_nb},
        "by": list(one.by),
        "arena": one.arena,
        "segments": [segment for segment in one.evidence if segment in model.shown],
        "withheld": withheld,
    }
