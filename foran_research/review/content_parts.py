"""The parts of a review pack that rest on registers, on the codebook's history and on what a model claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..delivering.followup import withheld_segments
from ..maturing import profile_of, registers_at
from ..models.capability import Element, ModelInputs
from ..models.followup import measure_status
from ..models.improvement import planned_measures
from ..models.practice import FIRM_DOCUMENTS
from ..models.versions import codebook_changes
from ..registers.records import MeasureStatus
from ..report.page import by_breadth
from ..settings import Milestone
from ..study import Study
from .content_counts import Limits
from .content_quotes import POLARITIES, Passage
from .content_words import Text, in_row, listed, of_study, said

#: How many elements are claimed to promote, how many to inhibit, and how many other things are claimed.
MOST_CLAIMED = 6
#: Passages that stand behind a claim, at most.
MOST_BEHIND = 3


@dataclass(frozen=True)
class Part:
    """What the parts are told with; `text` keeps back what repeats words that are not shown."""

    study: Study
    milestone: Milestone
    model: Any
    inputs: ModelInputs
    elements: tuple[Element, ...]
    text: Callable[[Mapping[str, str] | None], Text]
    labels: Mapping[str, Text]
    names: Mapping[str, Text]
    where: Text
    limits: Limits

    @property
    def cases(self) -> tuple[str, ...]:
        """The municipality of the milestone, or all of them."""
        return (self.milestone.case,) if self.milestone.case else tuple(self.names)

    def name(self, code: str) -> Text:
        """An element as a sentence names it: its code and its label."""
        display = next(one.display for one in self.elements if one.id == code)
        return in_row([of_study({"nb": display}), self.labels[code]], " ")


# ---- maturity


def maturity_of(part: Part) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """By element, what each side came to in each municipality, at the newest assessment up to the milestone.

    Returns
    -------
    tuple
        The levels, and how many were left out: what few persons said of their own municipality, each for herself, would
        tell what one of them said. Groups and researchers are told of however few.
    """
    people = frozenset(part.study.participants.index.astype(str))
    known = {one.id for one in part.elements}
    found: dict[str, list[dict[str, Any]]] = {}
    left_out = 0
    assessed = {row.case for row in registers_at(part.study, part.milestone).assessments}
    for case in (name for name in part.cases if name in assessed):
        for one in profile_of(part.study, part.milestone, case=case).elements:
            if one.element not in known:
                continue
            for side, told in one.sides.items():
                if told.level.value is None:
                    continue
                own = [assessment for assessment in one.said if assessment.side == side]
                if 0 < len({row.assessor for row in own} & people) < part.limits.persons:
                    left_out += 1
                    continue
                warnings = dict.fromkeys(warning for row in own for warning in row.warnings)
                found.setdefault(one.element, []).append(
                    {
                        "case": case,
                        "side": side,
                        "median": int(told.level.value),
                        "low": told.low,
                        "high": told.high,
                        "count": told.n if told.n >= part.limits.persons else None,
                        "warnings": [said(name) for name in warnings],
                    }
                )
    return found, left_out


# ---- measures


def measures_of(part: Part) -> list[dict[str, Any]]:
    """The measures that stood at the milestone's cut-off, in the order in which they wait for one another."""
    registers = registers_at(part.study, part.milestone)
    withheld = withheld_segments(part.study, part.inputs.hidden)
    reports: dict[str, list[MeasureStatus]] = {}
    for row in sorted(registers.statuses, key=lambda row: (row.on, row.id)):
        reports.setdefault(row.measure, []).append(row)
    found = []
    for case in part.cases:
        for one in planned_measures(registers, part.inputs, case=case, withheld=withheld):
            own = reports.get(one.id, [])
            newest = {row.step: row.status for row in own if row.step}
            status, _ = measure_status([step.step for step in one.steps], own)
            found.append(
                {
                    "id": one.id,
                    "case": case,
                    "element": one.element,
                    "title": part.text(one.title),
                    "addresses": one.addresses,
                    "owner": one.owner,
                    "priority": one.priority,
                    "grounds": part.text({"nb": one.grounds})["nb"],
                    "status": status,
                    "steps": [
                        {
                            "text": part.text(step.text),
                            "from": step.begins,
                            "to": step.ends,
                            "status": newest.get(step.step, ""),
                        }
                        for step in one.steps
                    ],
                }
            )
    return found


# ---- changes


def changes_of(part: Part) -> list[dict[str, Any]]:
    """What changed since the version before, in the codebook and in the model, and why; no number stands in it."""
    study, milestone = part.study, part.milestone
    before = study.milestone_before(milestone)
    if before is None:
        return []
    old, new = before.codebook_version, milestone.codebook_version
    book = part.inputs.codebook
    known = {code.id for one in part.elements for code in (book.by_id[one.id], *book.children(one.id))}
    touched = {
        change.id: tuple(dict.fromkeys((*change.source, *change.to)))
        for book in study.lineage.after(old, new)
        for change in book.changes
    }
    reasons = {change.id: change.decision_reason for book in study.lineage.after(old, new) for change in book.changes}
    found = [
        {
            "id": one["change"],
            "kind": one["kind"],
            "elements": [code for code in touched[one["change"]] if code in known],
            "what": part.text(one["summary"]),
            "why": part.text(_joined([*one["reasons"].values(), reasons[one["change"]]])),
        }
        for one in codebook_changes(study.lineage, old, new)
    ]
    if milestone.model == "capability":
        ids = {one.display: one.id for one in part.elements}
        found += [
            {
                "id": f"{one['kind']}.{ids[one['to'][0]]}",
                "kind": one["kind"],
                "elements": [ids[one["to"][0]]],
                "what": part.name(ids[one["to"][0]]),
                "why": said(one["kind"]),
            }
            for one in part.model.changes
            if one["kind"] in ("strengthened", "weakened")
        ]
    if milestone.model == "practice" and part.model.changes is not None:
        found += [
            {
                "id": f"turned.{one.element}",
                "kind": "turned",
                "elements": [one.element],
                "what": in_row(
                    [
                        part.name(one.element),
                        said(
                            "turned",
                            before=said(f"direction_{one.direction_before}"),
                            after=said(f"direction_{one.direction_after}"),
                        ),
                    ],
                    ": ",
                ),
                "why": said("turned_why"),
            }
            for one in part.model.changes.elements
            if one.is_direction_changed
        ]
    return found


def _joined(texts: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {
        language: " ".join(own for text in texts if (own := text.get(language, "").strip()))
        for language in ("nb", "nn", "en")
    }


# ---- claims


def claims_of(part: Part, quotes: Sequence[Passage]) -> list[dict[str, Any]]:
    """What the model claims, as sentences that one can agree with or doubt, with the passages shown that stand behind it.

    An element is claimed to promote or to inhibit when it is said in two documents at least; the broadest are named.
    """
    milestone = part.milestone
    found: list[dict[str, Any]] = []
    place = milestone.case or "all"
    for layer in ("promoting", "inhibiting"):
        for code in _broadest(part, layer)[:MOST_CLAIMED]:
            key = f"{layer}_in" if milestone.case else layer
            text = said(key, element=part.name(code), where=part.where)
            found.append(_claim(f"{layer}.{place}.{code}", text, [code], _behind(quotes, code, layer, milestone.case)))
    if milestone.model == "practice":
        found += _particular(part, quotes)
    elif milestone.model == "improvement":
        below = [one for one in part.model.elements if one.gap is not None and one.gap > 0]
        below.sort(key=lambda one: -(one.gap or 0))
        for one in below[:MOST_CLAIMED]:
            text = said("gap", element=part.name(one.id), where=part.where)
            behind = _behind(quotes, one.id, "inhibiting", milestone.case)
            found.append(_claim(f"gap.{place}.{one.id}", text, [one.id], behind))
    elif milestone.model == "followup":
        moved = [one for one in part.model.elements if one.status in ("up", "down")]
        for one in moved[: 2 * MOST_CLAIMED]:
            text = said(one.status, element=part.name(one.id), where=part.where)
            layer = {"up": "promoting", "down": "inhibiting"}[one.status]
            behind = _behind(quotes, one.id, layer, milestone.case)
            found.append(_claim(f"{one.status}.{place}.{one.id}", text, [one.id], behind))
    return found


def _claim(name: str, text: Text, elements: Sequence[str], quotes: Sequence[str]) -> dict[str, Any]:
    return {"id": name, "text": text, "elements": list(elements), "quotes": list(quotes)}


def _behind(quotes: Sequence[Passage], code: str, layer: str, case: str) -> list[str]:
    own = [
        one.segment
        for one in quotes
        if one.element == code and POLARITIES[one.polarity] in (layer, "both") and (not case or one.case == case)
    ]
    return own[:MOST_BEHIND]


def _broadest(part: Part, layer: str) -> list[str]:
    """The elements most broadly said to promote (or to inhibit), broadest first, in two documents at least."""
    case = part.milestone.case
    known = {one.id for one in part.elements}
    if part.milestone.model == "practice":
        return [one.element for one in getattr(part.model, layer) if one.documents >= FIRM_DOCUMENTS]
    if not case:
        by_id = {one.id: one for one in part.elements}
        ranked = by_breadth([_as_dict(one) for one in part.elements])
        return [one["id"] for one in ranked if getattr(by_id[one["id"]], layer).documents >= FIRM_DOCUMENTS]
    own = [
        one for one in part.elements if getattr(one.cells[case], layer) and one.cells[case].documents >= FIRM_DOCUMENTS
    ]
    own.sort(
        key=lambda one: (-one.cells[case].documents, -one.cells[case].informants, -getattr(one.cells[case], layer))
    )
    return [one.id for one in own if one.id in known]


def _as_dict(element: Element) -> dict[str, Any]:
    support = element.support
    return {
        "id": element.id,
        "support": {
            "cases": support.cases,
            "documents": support.documents,
            "actor_types": support.actor_types,
            "informants": support.informants,
        },
    }


def _particular(part: Part, quotes: Sequence[Passage]) -> list[dict[str, Any]]:
    """What is particular to the municipality of a practice model."""
    found = []
    for one in part.model.particular:
        if one.kind in ("only_here", "opposite") and one.documents < FIRM_DOCUMENTS:
            continue
        against = [
            there
            for there in one.elsewhere
            if there.is_compared and (one.kind != "opposite" or there.direction in ("promoting", "inhibiting"))
        ]
        if not against:
            continue
        filled: dict[str, Any] = {
            "element": listed([said("named", element=part.name(code)) for code in one.elements]),
            "where": part.where,
            "others": listed([part.names[there.case] for there in against]),
        }
        if one.kind == "opposite":
            filled |= {"here": said(f"verb_{one.direction}"), "there": said(f"verb_{against[0].direction}")}
        text = said(one.kind, **filled)
        wanted = [
            quote.segment
            for quote in quotes
            if quote.element in one.elements and (quote.case == part.milestone.case or one.kind == "missing_here")
        ]
        name = f"{one.kind}.{part.milestone.case}.{'~'.join(one.elements)}"
        found.append(_claim(name, text, one.elements, wanted[:MOST_BEHIND]))
    return found
