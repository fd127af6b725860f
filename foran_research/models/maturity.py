"""The maturity profile of one municipality at a milestone: every assessor's level for every element, side by side.

Levels are ordinal (see analysis.maturity): of several assessors the lower median stands, with the lowest and the highest.
What researchers say, what the municipality says of itself and what a workshop agreed on are three sides, never mixed into
one. No figure sums up a municipality, and nothing ranks municipalities, unless the study's settings ask for a total.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, cast

import numpy as np
import pandas as pd

from ..analysis.agreement import MISSING, krippendorff_alpha
from ..analysis.incidence import segment_units
from ..analysis.maturity import (
    NOT_ASSESSED,
    ElementMaturity,
    LevelMaturity,
    change,
    is_stepwise_improvement,
    of_element,
    of_level,
)
from ..analysis.stated import Stated, undefined
from ..codebook.changes import Lineage
from ..codebook.code import Bilingual, Code, Codebook, display_key
from ..errors import UnknownName
from ..registers.following import followed
from ..registers.known import Breadth, Passage, breadth
from ..registers.records import Assessment, Registers, Target
from ..settings import EvidenceRule, Maturity

SCHEMA_VERSION = 1
#: Who assesses: the researchers, the municipality itself, or both together at a workshop.
SIDES: tuple[str, ...] = ("researcher", "self", "joint")
#: The side that change, gaps and a total are told by: the one that is there at every milestone.
BASIS = "researcher"
#: How an element moved between two assessments.
Step = Literal["up", "down", "same", "not_comparable"]
Warning_ = Literal[
    "level_without_evidence", "insufficient_evidence", "evidence_gone", "no_rationale", "evidence_elsewhere"
]
#: Why two levels are not compared: the element is another one, or somebody has not assessed it.
Why = Literal["", "new", "split", "merged", "retired", "no_element", "not_assessed_before", "not_assessed_now"]
#: Why an element's levels are not compared any more, by what became of it (see registers.following).
_ENDED: Mapping[str, Why] = {"split": "split", "merged": "merged", "retired": "retired"}
#: Whose agreement is told: that of each side with two assessors, and the middle of the researchers with that of the others.
AGREEMENTS = ("researcher", "self", "joint", "researcher_self", "researcher_joint", "self_joint")


@dataclass(frozen=True)
class Round:
    """Assessments of one side that count as one round at a milestone, though they were made on several `days`."""

    milestone: str
    side: str
    days: tuple[str, ...]


@dataclass(frozen=True)
class Elsewhere:
    """How many (`segments`) `of` the passages behind one side's level only other municipalities' people said, and whose."""

    side: str
    segments: int
    of: int
    cases: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What one assessor says of one element, with how broad the evidence is and what is to be warned of."""

    id: str
    on: str
    assessor: str
    side: str
    arena: str
    level: int
    confidence: str
    evidence: tuple[str, ...]
    breadth: Breadth
    rationale: str
    override: str
    warnings: tuple[Warning_, ...]
    #: Segments named as evidence that may not be told of: of hidden documents, or not there any more. They are counted.
    withheld: int = 0
    #: The reasons are kept back, since they were given on the strength of what may not be shown.
    is_kept_back: bool = False
    #: Somebody gave a reason to let the level stand, whether or not it may be shown.
    is_overridden: bool = False
    #: By segment of its evidence, the other municipalities whose people said it; see :func:`with_elsewhere`.
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """The step of an element since the milestone compared with, and the evidence of both levels.

    `from_elements` are the codes it was then, where they are others; `redefined_in` is the codebook version that changed
    what the element means, "" if none: the levels are compared, and the reader is told. `memos` explain the change.
    """

    before: int | None
    after: int | None
    step: int | None
    status: Step
    why: Why = ""
    codebook_version: str = ""
    from_elements: tuple[str, ...] = ()
    redefined_in: str = ""
    evidence_before: tuple[str, ...] = ()
    evidence_after: tuple[str, ...] = ()
    memos: tuple[str, ...] = ()


@dataclass(frozen=True)
class ElementProfile:
    """One element of the municipality: what each side comes to, who said what, and how it has moved.

    `gap` is target less the level of the basis; `inhibiting` are inhibiting segments and all segments, None where not
    asked for. `history` holds the medians of earlier milestones at which the element was the same one, oldest first, and
    those of this milestone last.
    """

    element: str
    display: str
    level: str
    label: Bilingual
    brief: Bilingual
    dimension: str
    sides: Mapping[str, ElementMaturity]
    said: tuple[Said, ...]
    evidence: tuple[str, ...]
    changes: Mapping[str, Change]
    history: tuple[tuple[str, Mapping[str, int | None]], ...]
    target: Target | None
    gap: int | None
    inhibiting: tuple[int, int] | None
    warnings: tuple[str, ...]

    def value(self, side: str = BASIS) -> int | None:
        """The median of a side, or None where nobody of it gave a level."""
        return _whole(self.sides[side].level)

    @property
    def elsewhere(self) -> tuple[Elsewhere, ...]:
        """By side, how much of the evidence other municipalities said; sides without any are left out."""
        return tuple(
            one
            for side in SIDES
            if (own := [said for said in self.said if said.side == side])
            and (one := elsewhere_of(side, [said.evidence for said in own], [said.elsewhere for said in own]))
        )


@dataclass(frozen=True)
class LevelProfile:
    """The elements of one level (P, K, E) as one side sees them: distribution, median, the weakest, DFØ's mean."""

    level: str
    side: str
    summary: LevelMaturity


@dataclass(frozen=True)
class AssessorAgreement:
    """Krippendorff's α, ordinal, between assessors, or between the medians of two sides.

    `elements` is how many elements two of them gave a level. With so few units α tells little; it is no mark.
    """

    of: str
    assessors: tuple[str, ...]
    elements: int
    alpha: Stated


@dataclass(frozen=True)
class MaturityProfile:
    """All that is known of a municipality's maturity at a milestone. Never a ranking; `total` is None unless asked for."""

    case: str
    milestone: str
    codebook_version: str
    before: str
    basis: str
    elements: tuple[ElementProfile, ...]
    levels: tuple[LevelProfile, ...]
    agreement: tuple[AssessorAgreement, ...]
    improvement: Mapping[str, Stated]
    total: Stated | None = None
    #: Elements of the milestone before that are no element any more and became none that is told of here: id, why, version.
    ended: tuple[tuple[str, Why, str], ...] = field(default=())
    #: Rounds of this milestone and earlier ones that were made on several days.
    merged: tuple[Round, ...] = ()

    def element(self, name: str) -> ElementProfile | None:
        """The element with this id or display code."""
        return next((one for one in self.elements if name in (one.element, one.display)), None)

    def values(self, side: str = BASIS) -> dict[str, int | None]:
        """By element id, the median of a side; None where nobody of it gave a level."""
        return {one.element: one.value(side) for one in self.elements}

    @property
    def is_empty(self) -> bool:
        """Whether nobody has said anything of any element."""
        return not any(one.said for one in self.elements)


def warnings_of(
    level: int,
    side: str,
    evidence: Sequence[str],
    broad: Breadth,
    rules: Sequence[EvidenceRule],
    *,
    rationale: str = "",
    override: str = "",
    known: bool = True,
) -> tuple[Warning_, ...]:
    """What is to be warned of in one assessment, by the study's rules of evidence. Warned of, never refused here.

    A self-assessment stands on what people know, so its evidence is not judged; it should say why. An `override` is a
    person's reason to let a level stand. `known` is whether every segment named as evidence is still there.

    >>> rules = (EvidenceRule(1, 1, 0, 0), EvidenceRule(3, 2, 2, 0), EvidenceRule(4, 2, 2, 2))
    >>> warnings_of(4, "researcher", ["A.K1.s1"], Breadth(1, 3, 2), rules)
    ('insufficient_evidence',)
    >>> warnings_of(2, "self", [], Breadth(), rules)
    ('no_rationale',)
    """
    told: list[Warning_] = [] if known else ["evidence_gone"]
    if level == NOT_ASSESSED:
        return tuple(told)
    if side == "self":
        return tuple(told if rationale.strip() else [*told, "no_rationale"])
    if override.strip():
        return tuple(told)
    if not evidence:
        return (*told, "level_without_evidence")
    has = (broad.documents, broad.actor_types, broad.processes)
    needs = [(rule.documents, rule.actor_types, rule.processes) for rule in rules if level >= rule.from_level]
    if any(one < least for need in needs for one, least in zip(has, need, strict=True)):
        told.append("insufficient_evidence")
    return tuple(told)


def heard_in(segments: pd.DataFrame, units: pd.DataFrame) -> dict[str, frozenset[str]]:
    """By coded segment, the municipalities whose informants say it: a guest speaks for their own.

    Parameters
    ----------
    segments
        A segments table.
    units
        Units as ``analysis.incidence.informant_units`` gives them; what touches none of them is left out.
    """
    said = segment_units(segments[["segment", "document", "turns"]], units[["document", "turn", "case"]])
    found: dict[str, set[str]] = {}
    for name, case in zip(said["segment"], said["case"], strict=True):
        found.setdefault(str(name), set()).add(str(case))
    return {name: frozenset(cases) for name, cases in found.items()}


def said_elsewhere(
    case: str, level: int, evidence: Iterable[str], heard: Mapping[str, Collection[str]], *, is_overridden: bool = False
) -> dict[str, tuple[str, ...]]:
    """The evidence of a level that nobody of the municipality itself said, each with those whose people did.

    Nothing without a level, or where a person has given a reason (`is_overridden`) to let it stand.

    >>> heard = {"s1": {"TRD"}, "s2": {"TRD", "BGO"}, "s3": {"KRS"}}
    >>> said_elsewhere("BGO", 2, ["s1", "s2", "s9"], heard)
    {'s1': ('TRD',)}
    >>> said_elsewhere("BGO", 2, ["s1"], heard, is_overridden=True)
    {}
    """
    if level == NOT_ASSESSED or is_overridden:
        return {}
    return {one: tuple(sorted(heard[one])) for one in evidence if one in heard and case not in heard[one]}


def elsewhere_of(
    side: str, evidence: Iterable[Iterable[str]], elsewhere: Iterable[Mapping[str, tuple[str, ...]]]
) -> Elsewhere | None:
    """What assessments of one side come to: each passage counts once; None where the municipality said all of it.

    >>> elsewhere_of("researcher", [["s1", "s2"], ["s1"]], [{"s1": ("TRD",)}, {"s1": ("TRD",)}])
    Elsewhere(side='researcher', segments=1, of=2, cases=('TRD',))
    """
    apart = {name: cases for one in elsewhere for name, cases in one.items()}
    if not apart:
        return None
    every = {name for one in evidence for name in one}
    return Elsewhere(side, len(apart), len(every), tuple(sorted({case for cases in apart.values() for case in cases})))


def with_elsewhere(found: MaturityProfile, heard: Mapping[str, Collection[str]]) -> MaturityProfile:
    """The profile with a warning at each level that rests on what only other municipalities' people said.

    Parameters
    ----------
    heard
        As :func:`heard_in` gives it, of segments that may be shown.
    """
    return replace(found, elements=tuple(_element_elsewhere(one, found.case, heard) for one in found.elements))


def _element_elsewhere(one: ElementProfile, case: str, heard: Mapping[str, Collection[str]]) -> ElementProfile:
    rows = []
    for said in one.said:
        apart = said_elsewhere(case, said.level, said.evidence, heard, is_overridden=said.is_overridden)
        told: tuple[Warning_, ...] = (*said.warnings, "evidence_elsewhere") if apart else said.warnings
        rows.append(replace(said, elsewhere=apart, warnings=told))
    return replace(
        one,
        said=tuple(rows),
        warnings=tuple(dict.fromkeys((*(warning for said in rows for warning in said.warnings), *one.warnings))),
    )


def standing(registers: Registers, case: str, milestone_or_day: str | dt.date) -> tuple[Assessment, ...]:
    """The assessments of a municipality at a milestone, or of its newest round by a day.

    Parameters
    ----------
    registers
        As they stood on some day (``Registers.until``); for a day they are cut at it here.
    milestone_or_day
        A milestone's id; or a date or ISO day: then those of the milestone that was assessed last by that day.

    Returns
    -------
    tuple of Assessment
        One for each element and assessor, as they were recorded.
    """
    asked = milestone_or_day.isoformat() if isinstance(milestone_or_day, dt.date) else milestone_or_day
    if len(asked) == 10 and asked[4] == asked[7] == "-":
        rows = [row for row in registers.until(asked).assessments if row.case == case]
        newest = max(rows, key=lambda row: row.on, default=None)
        return tuple(row for row in rows if newest is not None and row.milestone == newest.milestone)
    return tuple(row for row in registers.assessments if row.case == case and row.milestone == asked)


def profile(
    registers: Registers,
    *,
    case: str,
    milestone: str,
    codebook: Codebook,
    lineage: Lineage,
    scale: Maturity,
    passages: Mapping[str, Passage] | None = None,
    hidden: Collection[str] = (),
    earlier: Sequence[str] = (),
    before: str | None = None,
    memos: Mapping[str, tuple[str, ...]] | None = None,
    inhibiting: Mapping[str, tuple[int, int]] | None = None,
    basis: str = BASIS,
) -> MaturityProfile:
    """The maturity profile of a municipality at a milestone.

    Parameters
    ----------
    registers
        As they stood on the milestone's day (``Registers.until(cut_off)``): withdrawn and superseded rows are gone.
    codebook
        The version in force then: its elements are what the profile is told in.
    scale
        The study's scale and its rules of evidence.
    passages
        By segment id, where evidence stands; what is named and does not stand here is warned of, and counts for nothing.
    hidden
        Documents that may not be told of: their segments count for breadth, and their ids are nowhere in the profile.
    earlier
        The ids of the municipality's earlier milestones, oldest first.
    before
        Which of them to compare with; the newest that has assessments when left out, none for "".
    memos
        By element id, the memos that explain its change: without one a step down is unexplained.
    inhibiting
        By element id, inhibiting segments and all segments of the municipality.
    basis
        The side that gaps and a total are told by.

    Returns
    -------
    MaturityProfile
        With every element that somebody assessed here, that was assessed at the milestone before, or that has a target,
        in display order.

    Raises
    ------
    UnknownName
        When `before` is none of `earlier`, or `basis` no side.
    """
    if basis not in SIDES:
        raise UnknownName("side", basis, SIDES)
    if before and before not in earlier:
        raise UnknownName("milestone", before, earlier)
    known = passages or {}
    told = frozenset(
        name for name, place in known.items() if place.state == "standing" and place.document not in set(hidden)
    )
    # What a coder took away in a document that may be shown was no secret; of what is not there at all nobody can tell.
    open_ = told.union(
        name for name, one in known.items() if one.state == "removed" and one.document not in set(hidden)
    )
    secret = {s for rows in registers.assessments for s in rows.evidence if known and s not in open_}
    rounds = {name: standing(registers, case, name) for name in (*earlier, milestone)}
    if before is None:
        before = next((name for name in reversed(earlier) if rounds[name]), "")
    here = _by_element(rounds[milestone], codebook, lineage)
    then = rounds[before] if before else ()
    targets, lost = _targets(registers, case, codebook, lineage)
    compared = _compared(then, here, codebook, lineage, memos or {}, told)
    wanted = {*here, *compared.changes, *targets}
    codes = sorted((codebook.by_id[one] for one in wanted), key=lambda code: display_key(code.display))
    history = {name: _medians(_by_element(rows, codebook, lineage)) for name, rows in rounds.items()}
    elements = tuple(
        _element(
            code,
            here.get(code.id, ()),
            compared,
            targets,
            history,
            known,
            told,
            frozenset(secret),
            scale,
            inhibiting,
            basis,
            lost,
        )
        for code in codes
    )
    return MaturityProfile(
        case=case,
        milestone=milestone,
        codebook_version=codebook.codebook_version,
        before=before,
        basis=basis,
        elements=elements,
        levels=_levels(elements, codebook),
        agreement=_agreements(elements),
        improvement=compared.improvement,
        total=_total(elements, basis) if scale.shows_total else None,
        ended=compared.ended,
        merged=merged_rounds(row for rows in rounds.values() for row in rows),
    )


def merged_rounds(rows: Iterable[Assessment]) -> tuple[Round, ...]:
    """The rounds that hold assessments of several days, in the order of their first days; those without a level are in none.

    >>> rows = [Assessment("a", day, milestone="M8", side="self", level=2) for day in ("2022-05-20", "2022-05-10")]
    >>> merged_rounds(rows)
    (Round(milestone='M8', side='self', days=('2022-05-10', '2022-05-20')),)
    """
    days: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        # Without a milestone every day is a round of its own.
        if row.level != NOT_ASSESSED and row.milestone:
            days.setdefault((row.milestone, row.side), set()).add(row.on)
    found = [Round(*key, tuple(sorted(own))) for key, own in days.items() if len(own) > 1]
    return tuple(sorted(found, key=lambda one: (one.days, one.milestone, SIDES.index(one.side))))


def to_dict(found: MaturityProfile) -> dict[str, Any]:
    """The profile as plain values, ordered and rounded to six decimals, for ``model.json``."""
    return {
        "case": found.case,
        "milestone": found.milestone,
        "codebook_version": found.codebook_version,
        "compared_with": found.before,
        "basis": found.basis,
        "elements": [_element_dict(one) for one in found.elements],
        "levels": [
            {
                "level": one.level,
                "side": one.side,
                "n": one.summary.n,
                "distribution": {str(step): count for step, count in one.summary.distribution.items()},
                "median": _stated(one.summary.median),
                "is_tied": one.summary.is_tied,
                "weakest": _stated(one.summary.weakest),
                "weakest_elements": list(one.summary.weakest_elements),
                "dfo_mean": _stated(one.summary.dfo_mean),
            }
            for one in found.levels
        ],
        "agreement": [
            {"of": one.of, "assessors": list(one.assessors), "elements": one.elements, "alpha": _stated(one.alpha)}
            for one in found.agreement
        ],
        "stepwise_improvement": {side: _stated(one) for side, one in found.improvement.items()},
        "ended": [{"element": name, "why": why, "codebook_version": version} for name, why, version in found.ended],
        "merged": [{**asdict(one), "days": list(one.days)} for one in found.merged],
        **({"total": _stated(found.total)} if found.total is not None else {}),
    }


def _stated(one: Stated) -> dict[str, Any]:
    return {"value": None if one.value is None else round(one.value, 6), "reason": one.reason}


def _element_dict(one: ElementProfile) -> dict[str, Any]:
    return {
        "element": one.element,
        "display": one.display,
        "level": one.level,
        "label": dict(one.label),
        "dimension": one.dimension,
        "sides": {
            side: {
                "level": _whole(summary.level),
                "low": summary.low,
                "high": summary.high,
                "n": summary.n,
                "not_assessed": summary.not_assessed,
                "is_tied": summary.is_tied,
            }
            for side, summary in one.sides.items()
        },
        "assessments": [
            {
                "id": said.id,
                "on": said.on,
                "assessor": said.assessor,
                "side": said.side,
                "arena": said.arena,
                "level": said.level,
                "confidence": said.confidence,
                "evidence": list(said.evidence),
                "withheld": said.withheld,
                "breadth": {
                    "documents": said.breadth.documents,
                    "actor_types": said.breadth.actor_types,
                    "processes": said.breadth.processes,
                },
                "has_rationale": bool(said.rationale.strip()),
                "has_override": bool(said.override.strip()),
                "warnings": list(said.warnings),
            }
            for said in one.said
        ],
        "evidence": list(one.evidence),
        "changes": {
            side: {
                "before": step.before,
                "after": step.after,
                "step": step.step,
                "status": step.status,
                "why": step.why,
                "codebook_version": step.codebook_version,
                "from_elements": list(step.from_elements),
                "redefined_in": step.redefined_in,
                "evidence_before": list(step.evidence_before),
                "evidence_after": list(step.evidence_after),
                "memos": list(step.memos),
            }
            for side, step in one.changes.items()
        },
        "history": [{"milestone": name, **dict(levels)} for name, levels in one.history],
        "target": None if one.target is None else {"id": one.target.id, "level": one.target.level},
        "gap": one.gap,
        "inhibiting": None if one.inhibiting is None else {"segments": one.inhibiting[0], "of": one.inhibiting[1]},
        "elsewhere": elsewhere_dicts(one.elsewhere),
        "warnings": list(one.warnings),
    }


def elsewhere_dicts(elsewhere: Iterable[Elsewhere]) -> list[dict[str, Any]]:
    """As plain values."""
    return [{**asdict(one), "cases": list(one.cases)} for one in elsewhere]


# ---- one element


def _element(
    code: Code,
    rows: Sequence[Assessment],
    compared: _Compared,
    targets: Mapping[str, Target],
    history: Mapping[str, Mapping[str, Mapping[str, int | None]]],
    passages: Mapping[str, Passage],
    told: frozenset[str],
    secret: frozenset[str],
    scale: Maturity,
    inhibiting: Mapping[str, tuple[int, int]] | None,
    basis: str,
    lost: frozenset[str],
) -> ElementProfile:
    sides = {side: of_element([row.level for row in rows if row.side == side]) for side in SIDES}
    said = tuple(_said(row, passages, told, secret, scale) for row in rows)
    level, target = _whole(sides[basis].level), targets.get(code.id)
    none: dict[str, int | None] = dict.fromkeys(SIDES)
    found = {warning: None for one in said for warning in one.warnings}
    return ElementProfile(
        element=code.id,
        display=code.display,
        level=code.level,
        label=dict(code.label),
        brief=dict(code.brief),
        dimension=code.maturity,
        sides=sides,
        said=said,
        evidence=tuple(dict.fromkeys(segment for one in said for segment in one.evidence)),
        changes=compared.changes.get(code.id, {}),
        history=tuple((name, levels.get(code.id, none)) for name, levels in history.items() if code.id in levels),
        target=target,
        gap=target.level - level if target is not None and level is not None else None,
        inhibiting=None if inhibiting is None else inhibiting.get(code.id, (0, 0)),
        warnings=(*found, *(("target_not_comparable",) if code.id in lost else ())),
    )


def _said(
    row: Assessment, passages: Mapping[str, Passage], told: frozenset[str], secret: frozenset[str], scale: Maturity
) -> Said:
    broad = breadth(row.evidence, passages)
    is_kept_back = not secret.isdisjoint(row.evidence)
    is_known = all(one in passages and passages[one].state == "standing" for one in row.evidence)
    return Said(
        id=row.id,
        on=row.on,
        assessor=row.assessor,
        side=row.side,
        arena=row.arena,
        level=row.level,
        confidence=row.confidence,
        evidence=tuple(one for one in row.evidence if one in told),
        breadth=broad,
        rationale="" if is_kept_back else row.rationale,
        override="" if is_kept_back else row.override,
        warnings=warnings_of(
            row.level,
            row.side,
            row.evidence,
            broad,
            scale.rules,
            rationale=row.rationale,
            override=row.override,
            known=is_known,
        ),
        withheld=sum(one not in told for one in row.evidence),
        is_kept_back=is_kept_back,
        is_overridden=bool(row.override.strip()),
    )


def _whole(level: Stated) -> int | None:
    return None if level.value is None else int(level.value)


def _by_element(rows: Iterable[Assessment], codebook: Codebook, lineage: Lineage) -> dict[str, list[Assessment]]:
    """Assessments by the element of `codebook` that they speak of still: the researchers' first, then by assessor.

    What was assessed as a code that was split, merged or taken out since speaks of no element here.
    """
    found: dict[str, list[Assessment]] = {}
    for row in sorted(rows, key=lambda row: (SIDES.index(row.side) if row.side in SIDES else len(SIDES), row.assessor)):
        fate = followed(row, lineage, codebook.codebook_version)
        if fate.is_comparable:
            found.setdefault(fate.codes[0], []).append(row)
    return found


def _medians(by_element: Mapping[str, Sequence[Assessment]]) -> dict[str, dict[str, int | None]]:
    return {
        element: {side: _whole(of_element([row.level for row in rows if row.side == side]).level) for side in SIDES}
        for element, rows in by_element.items()
    }


def _targets(
    registers: Registers, case: str, codebook: Codebook, lineage: Lineage
) -> tuple[dict[str, Target], frozenset[str]]:
    """Targets by the element of `codebook`; and the elements whose target was set for what is another element now."""
    found: dict[str, Target] = {}
    lost: set[str] = set()
    for target in registers.targets:
        if target.case != case:
            continue
        fate = followed(target, lineage, codebook.codebook_version)
        if fate.is_comparable:
            found[fate.codes[0]] = target
        else:
            lost |= set(_heirs(target.element, [code.id for code in codebook.elements], codebook, lineage))
    return found, frozenset(lost - found.keys())


def _heirs(element: str, among: Iterable[str], codebook: Codebook, lineage: Lineage) -> list[str]:
    """Which elements of `codebook` took over from an earlier one, in whole or in part."""
    return [code for code in among if code != element and element in lineage.ancestors(code, codebook.codebook_version)]


# ---- across milestones


@dataclass(frozen=True)
class _Compared:
    changes: Mapping[str, Mapping[str, Change]]
    improvement: Mapping[str, Stated]
    ended: tuple[tuple[str, Why, str], ...]


def _compared(
    then: Sequence[Assessment],
    here: Mapping[str, Sequence[Assessment]],
    codebook: Codebook,
    lineage: Lineage,
    memos: Mapping[str, tuple[str, ...]],
    told: frozenset[str],
) -> _Compared:
    """The steps since an earlier milestone, by element and side, and whether they are a stepwise improvement."""
    if not then:
        return _Compared({}, {side: undefined("not-assessed") for side in SIDES}, ())
    same = _by_element(then, codebook, lineage)
    others: dict[str, list[tuple[str, Why, str]]] = {}
    ended: dict[str, tuple[Why, str]] = {}
    redefined: dict[str, str] = {}
    for (element, _), one in {(row.element, row.codebook_version): row for row in then}.items():
        fate = followed(one, lineage, codebook.codebook_version)
        if fate.is_comparable:
            if fate.fate == "redefined":
                redefined[fate.codes[0]] = fate.version
            continue
        why = _ENDED.get(fate.fate, "no_element")
        heirs = _heirs(element, here, codebook, lineage)
        for heir in heirs:
            others.setdefault(heir, []).append((element, why, fate.version))
        if not heirs:
            ended[element] = why, fate.version
    before, after = _medians(same), _medians(here)
    elements = list(dict.fromkeys([*same, *here, *(code for code in others if code in here)]))
    changes: dict[str, dict[str, Change]] = {element: {} for element in elements}
    improvement = {}
    for side in SIDES:
        was = {element: before[element][side] for element in same}
        is_ = {element: after[element][side] for element in here}
        table = change(was, is_, memos=tuple(memos))
        improvement[side] = is_stepwise_improvement(table)
        for row in table.itertuples():
            element = str(row.element)
            evidence = [
                tuple(dict.fromkeys(s for one in part if one.side == side for s in one.evidence if s in told))
                for part in (same.get(element, ()), here.get(element, ()))
            ]
            why, from_, since = _why(element, was, is_, others)
            step = None if why else (is_[element] or 0) - (was[element] or 0)
            changes[element][side] = Change(
                before=was.get(element),
                after=is_.get(element),
                step=step,
                status=cast(Step, row.status),
                why=why,
                codebook_version=since,
                from_elements=from_,
                redefined_in=redefined.get(element, ""),
                evidence_before=evidence[0],
                evidence_after=evidence[1],
                memos=memos.get(element, ()),
            )
    return _Compared(changes, improvement, tuple((name, *fate) for name, fate in ended.items()))


def _why(
    element: str,
    was: Mapping[str, int | None],
    is_: Mapping[str, int | None],
    others: Mapping[str, Sequence[tuple[str, Why, str]]],
) -> tuple[Why, tuple[str, ...], str]:
    """Why a step cannot be told ("" where it can), from which other elements, and since which codebook version."""
    if element not in was:
        if element not in others:
            return "new", (), ""
        _, why, since = others[element][0]
        return why, tuple(name for name, _, _ in others[element]), since
    if was[element] is None:
        return "not_assessed_before", (), ""
    return ("", (), "") if is_.get(element) is not None else ("not_assessed_now", (), "")


# ---- over elements


def _levels(elements: Sequence[ElementProfile], codebook: Codebook) -> tuple[LevelProfile, ...]:
    """Each level by each side that assessed anything at all, in the order of the codebook."""
    order = list(dict.fromkeys(code.level for code in codebook.elements))
    heard = [side for side in SIDES if any(one.sides[side].n for one in elements)]
    return tuple(
        LevelProfile(level, side, of_level({one.element: one.value(side) for one in elements if one.level == level}))
        for level in order
        if any(one.level == level for one in elements)
        for side in heard
    )


def _agreements(elements: Sequence[ElementProfile]) -> tuple[AssessorAgreement, ...]:
    found = []
    for side in SIDES:
        by_assessor: dict[str, dict[str, int]] = {}
        for one in elements:
            for said in one.said:
                if said.side == side:
                    by_assessor.setdefault(said.assessor, {})[one.element] = said.level
        if by_assessor:
            found.append(_alpha(side, by_assessor))
    for of in AGREEMENTS[len(SIDES) :]:
        first, second = of.split("_")
        medians = {side: {one.element: one.value(side) or NOT_ASSESSED for one in elements} for side in (first, second)}
        if all(any(levels.values()) for levels in medians.values()):
            found.append(_alpha(of, medians))
    return tuple(found)


def _alpha(of: str, by_assessor: Mapping[str, Mapping[str, int]]) -> AssessorAgreement:
    names = tuple(sorted(by_assessor))
    elements = sorted({element for levels in by_assessor.values() for element in levels})
    values = np.array(
        [[by_assessor[name].get(element, NOT_ASSESSED) or MISSING for element in elements] for name in names], np.int64
    ).reshape(len(names), len(elements))
    shared = int(((values != MISSING).sum(axis=0) >= 2).sum())
    return AssessorAgreement(of, names, shared, krippendorff_alpha(values, metric="ordinal"))


def _total(elements: Sequence[ElementProfile], basis: str) -> Stated:
    """The lower median of all elements: only for studies whose settings ask for one figure."""
    return of_element([one.value(basis) or NOT_ASSESSED for one in elements]).level
