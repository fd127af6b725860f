"""Where a municipality wants to get, whether it is there, and what comes next, as a review pack tells it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..maturing import profile_of, registers_at
from ..registers.records import Target
from ..vocabulary import is_iso_date
from .content_parts import Part, day_told
from .content_words import said

#: The models that can tell of targets: those of practice are of how things are.
WITH_TARGETS = ("capability", "improvement", "followup")


def targets_of(part: Part) -> list[dict[str, Any]]:
    """The levels that a municipality wants to reach, and whether it has, as far as levels can be told and compared.

    A target is left out where what a few persons said of their own municipality, each for herself, would tell whether it
    is reached.
    """
    if part.milestone.model not in WITH_TARGETS:
        return []
    return _followed(part) if part.milestone.model == "followup" else _profiled(part)


def _followed(part: Part) -> list[dict[str, Any]]:
    registers = registers_at(part.study, part.milestone)
    targets = {row.id: row for row in registers.targets}
    assessors = {row.id: row.assessor for row in registers.assessments}
    found = []
    for one in part.model.elements:
        if one.target is None:
            continue
        level = one.now or one.baseline
        if level and _is_of_few(part, (assessors.get(name, "") for name in level.assessments)):
            continue
        reached = None if one.to_target is None else one.to_target <= 0
        found.append(_told(part, targets[one.target_id], part.milestone.case, one.id, one.side, reached))
    return found


def _profiled(part: Part) -> list[dict[str, Any]]:
    registers = registers_at(part.study, part.milestone)
    cases = {row.case for row in registers.targets}
    known = {one.id for one in part.elements}
    found = []
    for case in (name for name in part.cases if name in cases):
        profile = profile_of(part.study, part.milestone, case=case)
        for one in profile.elements:
            if one.target is None or one.element not in known:
                continue
            if _is_of_few(part, (row.assessor for row in one.said if row.side == profile.basis)):
                continue
            reached = None if one.gap is None else one.gap <= 0
            found.append(_told(part, one.target, case, one.element, profile.basis, reached))
    return found


def _is_of_few(part: Part, assessors: Iterable[str]) -> bool:
    """Whether a level is what a few persons said, each for herself; groups and researchers are told of however few."""
    people = frozenset(part.study.participants.index.astype(str))
    return 0 < len(people.intersection(assessors)) < part.limits.persons


def _told(part: Part, target: Target, case: str, element: str, side: str, reached: bool | None) -> dict[str, Any]:
    return {
        "case": case,
        "element": element,
        "side": side,
        "level": target.level,
        # Who set it stands in the same column of the register, and is told to nobody.
        "by": day_told(target.by) if is_iso_date(target.by) else "",
        "reached": reached,
        "reason": part.own_words(target.reason) if target.reason.strip() else None,
    }


def next_steps_of(part: Part) -> list[dict[str, Any]]:
    """What comes next of the measures: what is overdue, due or put off, and what the newest reports say is to be done."""
    if part.milestone.model != "followup":
        return []
    found = []
    for one in part.model.next_steps:
        # What a report says is in the one language that it was written in.
        words = part.own_words(one.text["nb"]) if one.kind == "reported" else part.text(one.text)
        text = said(f"next_{one.kind}", day=day_told(one.by), what=words)
        told = {language: text[language] for language in ("nb", "nn", "en") if language in words}
        found.append({"case": part.milestone.case, "measure": one.measure, "text": told})
    return found
