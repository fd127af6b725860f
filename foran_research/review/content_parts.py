"""The parts of a review pack that rest on registers and on the codebook's history, and what all parts are told with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from ..codebook.code import version_key
from ..delivering.followup import withheld_segments
from ..maturing import profile_of, registers_at
from ..models.capability import Element, ModelInputs
from ..models.followup import descendants, measure_status
from ..models.improvement import planned_measures
from ..models.versions import codebook_changes
from ..registers.records import Measure, MeasureStatus, Registers
from ..report.page import short_date
from ..settings import Milestone
from ..study import Study
from .content_counts import Limits, Row
from .content_words import Text, in_row, of_study, said

#: The kinds of model that there are packs of.
MODELS = ("capability", "practice", "improvement", "followup")
#: How a measure or a step stands that does not go on.
HALTED = ("stopped", "postponed")


@dataclass(frozen=True)
class Part:
    """What the parts are told with; `text` keeps back what repeats words that are not shown.

    `rows` are the segments that may be counted. `before` is what changes are told since, see :func:`before_of`.
    """

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
    rows: tuple[Row, ...]
    before: Milestone | None
    before_kind: str

    @property
    def cases(self) -> tuple[str, ...]:
        """The municipality of the milestone, or all of them."""
        return (self.milestone.case,) if self.milestone.case else tuple(self.names)

    def own_words(self, words: str) -> Text:
        """Words that the registers hold in bokmål only; in every language where they are kept back."""
        own = of_study({"nb": words})["nb"]
        told = self.text({"nb": words})
        return {"nb": own} if told["nb"] == own else told

    def name(self, code: str) -> Text:
        """An element as a sentence names it: its code and its label."""
        display = next(one.display for one in self.elements if one.id == code)
        return in_row([of_study({"nb": display}), self.labels[code]], " ")


def day_told(iso: str) -> Text:
    """A day as readers write it.

    >>> day_told("2021-01-31")
    {'nb': '31. januar 2021', 'nn': '31. januar 2021', 'en': '31 January 2021'}
    """
    # The months are written alike in bokmål and nynorsk.
    return {"nb": short_date(iso, "nb"), "nn": short_date(iso, "nb"), "en": short_date(iso, "en")}


def month_told(iso: str) -> Text:
    """The month of an ISO day, as readers write it.

    >>> month_told("2023-10-26")["en"]
    'October 2023'
    """
    return {language: day.split(" ", 1)[1] for language, day in day_told(iso).items()}


def before_of(study: Study, milestone: Milestone) -> tuple[Milestone | None, str]:
    """The milestone that a milestone's changes are told since, and how much of it can be compared.

    Returns
    -------
    tuple
        The version before of the same model, and "same"; where there is none, the newest earlier model of the same
        municipality, and "other": only the codebook and the measures can be compared; else None, and "".
    """
    same = study.milestone_before(milestone)
    if same is not None:
        return same, "same"
    earlier = [
        one
        for one in study.settings.milestones
        if milestone.case
        and (one.case, one.model in MODELS) == (milestone.case, True)
        and one.cut_off < milestone.cut_off
        and version_key(one.codebook_version) <= version_key(milestone.codebook_version)
    ]
    newest = max(earlier, key=lambda one: one.cut_off, default=None)
    return newest, "other" if newest else ""


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
    written = {row.id: row for row in registers.measures}
    reports: dict[str, list[MeasureStatus]] = {}
    for row in sorted(registers.statuses, key=lambda row: (row.on, row.id)):
        reports.setdefault(row.measure, []).append(row)
    found = []
    for case in part.cases:
        for one in planned_measures(registers, part.inputs, case=case, withheld=withheld):
            own = reports.get(one.id, [])
            newest = {row.step: row.status for row in own if row.step}
            status, _ = measure_status([step.step for step in one.steps], own)
            effect = part.model.measure(one.id).effect if part.milestone.model == "followup" else ""
            elements, was = _elements_of(part, written[one.id])
            found.append(
                {
                    "id": one.id,
                    "case": case,
                    "element": next(iter(elements), ""),
                    "elements": elements,
                    "was": was,
                    "title": part.text(one.title),
                    "addresses": one.addresses,
                    "owner": one.owner,
                    "priority": one.priority,
                    "grounds": part.own_words(one.grounds),
                    "status": status,
                    "effect": effect,
                    "trouble": _reason(part, _of_trouble(own, status, effect), withheld),
                    "steps": [
                        {
                            "text": part.text(step.text),
                            "from": step.begins,
                            "to": step.ends,
                            "status": newest.get(step.step, ""),
                            "why": _reason(part, _halting([row for row in own if row.step == step.step]), withheld),
                        }
                        for step in one.steps
                    ],
                }
            )
    return found


def _elements_of(part: Part, measure: Measure) -> tuple[list[str], str]:
    """The elements that a measure is for now, and what its own was called then, "" where that says no more.

    A measure for an element that was split goes on being for all that it became.
    """
    book = part.inputs.codebook
    then = part.study.lineage[measure.codebook_version].by_id[measure.element]
    now = descendants(measure.element, part.study.lineage, book.codebook_version)
    is_as_it_was = now == (measure.element,) and book.by_id[measure.element].display == then.display
    return [*now], "" if is_as_it_was else then.display


def _of_trouble(reports: Sequence[MeasureStatus], status: str, effect: str) -> list[MeasureStatus]:
    """The reports that can say why a measure was stopped or put off, or does not work: those of the whole before steps'."""
    if status in HALTED:
        if whole := [row for row in reports if not row.step]:
            return _halting(whole)
        newest = {row.step: row.status for row in reports}
        return [row for row in reports if row.status == newest[row.step] == status]
    if effect == "not":
        poor = [row for row in reports if row.effect == "not"]
        return [row for row in poor if not row.step] or poor
    return []


def _halting(reports: Sequence[MeasureStatus]) -> list[MeasureStatus]:
    """The newest reports in a row that say of one thing that it is stopped, or that it is put off."""
    if not reports or reports[-1].status not in HALTED:
        return []
    return [*takewhile(lambda row: row.status == reports[-1].status, reversed(reports))][::-1]


def _reason(part: Part, reports: Sequence[MeasureStatus], withheld: Collection[str]) -> Text | None:
    """The newest reason that reports give, without those written on the strength of what may not be shown."""
    told = [row.why for row in reports if row.why.strip() and not set(row.evidence) & set(withheld)]
    return part.own_words(told[-1]) if told else None


def measure_changes(part: Part, measures: Sequence[Mapping[str, Any]], before: Milestone) -> list[dict[str, Any]]:
    """Which of the municipality's measures are new since an earlier milestone, and which have come further or been halted.

    Why a new one was written down are its grounds; that another goes on as planned needs no reason.
    """
    study = part.study
    now, then = registers_at(study, part.milestone), registers_at(study, before)
    was = {one.id for one in then.measures}
    first = {row.id: row.on for row in reversed(study.registers.measures)}
    found = []
    for one in measures:
        name = one["id"]
        if name not in was:
            kind, filled, why = "measure_new", {"day": day_told(first[name])}, dict(one["grounds"])
        else:
            old, (_, reports) = _status(then, name)[0], _status(now, name)
            if one["status"] == old or not reports or reports[-1].on <= before.cut_off.isoformat():
                continue
            kind, why = "measure_status", dict((one["status"] in HALTED and one["trouble"]) or {"nb": ""})
            filled = {
                "day": day_told(reports[-1].on),
                "before": said(f"status_{old}"),
                "after": said(f"status_{one['status']}"),
            }
        what = said(kind, title=one["title"], **filled)
        elements = [*one["elements"]]
        found.append({"id": f"{kind}.{name}", "kind": kind, "elements": elements, "what": what, "why": why})
    return found


def _status(registers: Registers, measure: str) -> tuple[str, list[MeasureStatus]]:
    """How a measure stood, and the reports on it, oldest first."""
    own = sorted((row for row in registers.statuses if row.measure == measure), key=lambda row: (row.on, row.id))
    steps = [row.step for row in registers.steps if row.measure == measure]
    return measure_status(steps, own)[0], own


# ---- changes


def changes_of(part: Part, measures: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What changed since the milestone before, in the codebook, the model and the measures, and why.

    No number of informants or passages stands in it. Of another kind of model only the codebook and the `measures`, as
    :func:`measures_of` tells them, are compared.
    """
    study, milestone, before = part.study, part.milestone, part.before
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
    if milestone.case:
        found += measure_changes(part, measures, before)
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
