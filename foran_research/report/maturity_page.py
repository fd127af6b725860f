"""A municipality's maturity as a page of its own, and as a section that other reports take in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..analysis.maturity import LEVELS, NOT_ASSESSED
from ..models.maturity import SIDES, Change, ElementProfile, MaturityProfile, Said
from ..settings import Settings
from .figures import figure_bytes, stamped
from .frame import Made, Passage, counted, render, series
from .maturity_figures import history_figure, profile_figure
from .maturity_words import maturity_words, merged_told
from .words import number

TABLE_COLUMNS = (
    "case", "milestone", "codebook_version", "element", "display", "label", "level", "side", "median", "low", "high",
    "assessors", "not_assessed", "is_tied", "before", "step", "status", "why", "target", "gap", "inhibiting", "segments",
    "warnings",
)  # fmt: skip
ASSESSMENT_COLUMNS = (
    "id", "on", "element", "display", "side", "assessor", "arena", "level", "confidence", "documents", "actor_types",
    "processes", "evidence", "rationale", "override", "warnings",
)  # fmt: skip


@dataclass(frozen=True)
class MaturitySection:
    """The section as values: a template takes it in with ``{% import "maturity_section.html.j2" as m %}``.

    `figures` are SVG bytes by name: profile, and history where there are two milestones or more. `short` are lines for
    "In short", `w` the words, and the rest the rows of its tables. `segments` are all that it names, for the page's passages.
    """

    w: Mapping[str, str]
    head: str
    is_empty: bool
    figures: Mapping[str, bytes]
    short: tuple[str, ...]
    scale: tuple[tuple[int, str, str], ...]
    rules: tuple[str, ...]
    sides: tuple[tuple[str, str], ...]
    heads: list[tuple[str, str]]
    groups: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]
    has_target: bool
    levels: tuple[tuple[str, ...], ...]
    means: tuple[tuple[str, str, str, str], ...]
    before: str
    changes: tuple[Mapping[str, Any], ...]
    improved: tuple[str, ...]
    ended: tuple[str, ...]
    agreement: tuple[tuple[str, str, str, str], ...]
    warnings: tuple[tuple[str, str, str, str], ...]
    total: str
    segments: tuple[str, ...]
    merged: str = ""


@dataclass(frozen=True)
class Person:
    """A participant who assessed, as a page may tell of them: their type of actor, and whether their words may be shown."""

    actor_type: str
    may_quote: bool


def section(
    found: MaturityProfile,
    settings: Settings,
    language: str,
    *,
    people: Mapping[str, Person] | None = None,
    stamp: str = "",
) -> MaturitySection:
    """A profile as a reader sees it, in one language.

    Parameters
    ----------
    people
        By pseudonym, the participants among the assessors: they are told of by their type of actor, and their reasons
        only where they have consented to be quoted.
    stamp
        What goes at the foot of figures (see ``milestone.figure_stamp``).
    """
    known = people or {}
    said = maturity_words(language)
    heard = [side for side in SIDES if any(one.side == side for element in found.elements for one in element.said)]
    sides = tuple((side, said[side]) for side in heard)
    named = (*settings.levels, *settings.arenas, *settings.actor_types, *settings.cases)
    names = {term.id: term.label[language] for term in named}
    figures: dict[str, bytes] = {}
    if not found.is_empty:
        figures["profile"] = figure_bytes(stamped(profile_figure(found, settings, language), stamp), "svg")
        history = history_figure(found, settings, language)
        if history is not None:
            figures["history"] = figure_bytes(stamped(history, stamp), "svg")
    order = list(dict.fromkeys(one.level for one in found.elements))
    return MaturitySection(
        w=said,
        head=said["section"],
        is_empty=found.is_empty,
        figures=figures,
        short=tuple(short_lines(found, settings, language)),
        scale=tuple((one.level, one.label[language], one.anchor[language]) for one in settings.maturity.levels),
        rules=tuple(_rules(settings, said, language)),
        sides=sides,
        heads=[(name, "") for _, name in sides],
        groups=tuple(
            (
                names.get(level, level),
                tuple(
                    _element(one, heard, names, known, said, language) for one in found.elements if one.level == level
                ),
            )
            for level in order
        ),
        has_target=any(one.target is not None for one in found.elements),
        levels=tuple(
            (
                names.get(one.level, one.level),
                said[one.side],
                *(str(one.summary.distribution[step] or "–") for step in (*LEVELS, NOT_ASSESSED)),
                f"{_step(one.summary.median.value, said)}{'*' if one.summary.is_tied else ''}",
                series([_name(found, name) for name in one.summary.weakest_elements], language),
            )
            for one in found.levels
        ),
        means=tuple(
            (
                names.get(one.level, one.level),
                said[one.side],
                number(one.summary.dfo_mean.value, language, 1) if one.summary.dfo_mean.value is not None else "–",
                number(one.summary.n, language),
            )
            for one in found.levels
        ),
        before=found.before,
        changes=tuple(_changes(found, heard, said)),
        improved=tuple(
            said["improved"].format(side=said[side].lower(), answer=_answer(found, side, said))
            for side in heard
            if found.before
        ),
        ended=tuple(
            f"{name}: {said['why_' + why].format(from_=name, version=version)}" for name, why, version in found.ended
        ),
        agreement=tuple(
            (
                said[one.of],
                ", ".join(said.get(name, _assessor(name, known, names)) for name in one.assessors),
                number(one.elements, language),
                one.alpha.told(language, digits=2)
                if one.alpha.value is not None
                else said.get(f"alpha_{one.alpha.reason}", one.alpha.told(language)),
            )
            for one in found.agreement
        ),
        warnings=tuple(_warnings(found, known, names, said)),
        total="" if found.total is None else _step(found.total.value, said),
        segments=tuple(dict.fromkeys(segment for one in found.elements for segment in _segments_of(one))),
        merged=merged_told([vars(one) for one in found.merged], language),
    )


def page(
    found: MaturityProfile,
    settings: Settings,
    language: str,
    made: Made,
    *,
    passages: Mapping[str, Passage] | None = None,
    people: Mapping[str, Person] | None = None,
    stamp: str = "",
) -> str:
    """The page of a municipality's maturity: one HTML file that needs nothing from anywhere."""
    said = maturity_words(language)
    view = section(found, settings, language, people=people, stamp=stamp)
    case = next((term.label[language] for term in settings.cases if term.id == found.case), found.case)
    contents = [("scale", said["scale_head"])]
    if not view.is_empty:
        contents += [("elements", said["profile_head"]), ("levels", said["levels_head"])]
        contents += [("change", said["change_head"].format(milestone=found.before))] if found.before else []
        contents += [("assessors", said["agreement_head"]), ("noted", said["warnings_head"])]
    return render(
        "maturity_page.html.j2",
        settings=settings,
        language=language,
        words=said,
        title=said["title"].format(case=case),
        lead=said["lead"],
        made=made,
        short=[(line, "") for line in view.short],
        contents=contents,
        passages=passages or {},
        maturity=view,
    )


def short_lines(found: MaturityProfile, settings: Settings, language: str) -> list[str]:
    """What a practitioner needs to know in a few lines; none sums up the municipality."""
    said = maturity_words(language)
    if found.is_empty:
        return [said["empty"]]
    names = {term.id: term.label[language].lower() for term in settings.levels}

    def count(how_many: int, noun: str) -> str:
        return counted(how_many, noun, said, language)

    assessed = [one for one in found.elements if any(summary.n for summary in one.sides.values())]
    by_side = []
    for side in SIDES:
        rows = sum(one.level != NOT_ASSESSED for element in found.elements for one in element.said if one.side == side)
        if rows:
            by_side.append(said["short_side"].format(side=_lower(said[side]), assessments=count(rows, "assessment")))
    lines = [said["short_who"].format(elements=count(len(assessed), "element_one"), sides=series(by_side, language))]
    for one in found.levels:
        if one.side == found.basis and one.summary.weakest.value is not None:
            weakest = series([_name(found, name) for name in one.summary.weakest_elements], language)
            lines.append(
                said["short_weakest"].format(
                    level=names.get(one.level, one.level), elements=weakest, step=int(one.summary.weakest.value)
                )
            )
    if found.before:
        steps = [one.changes[found.basis] for one in found.elements if found.basis in one.changes]
        up, down = (sum(step.status == way for step in steps) for way in ("up", "down"))
        lines.append(
            said["short_changes"].format(
                milestone=found.before,
                up=count(up, "element_one"),
                down=number(down, language),
            )
        )
        lost = sum(step.why in ("split", "merged") for step in steps)
        if lost:
            lines.append(said["short_not_comparable"].format(n=count(lost, "element_one")))
    both = [one for one in found.elements if one.value("researcher") and one.value("self")]
    apart = [one for one in both if one.value("researcher") != one.value("self")]
    if apart:
        lines.append(said["short_differ"].format(elements=series([_named(one, language) for one in apart], language)))
    elif both:
        lines.append(said["short_agree"])
    gaps = [one for one in found.elements if one.gap is not None and one.gap > 0]
    if gaps:
        most = max(one.gap or 0 for one in gaps)
        far = [_named(one, language) for one in gaps if one.gap == most]
        lines.append(said["short_gap"].format(elements=series(far, language), gap=count(most, "step_one")))
    narrow = sum(
        bool({"level_without_evidence", "insufficient_evidence"} & set(one.warnings)) for one in found.elements
    )
    if narrow:
        lines.append(said["short_warnings"].format(n=count(narrow, "element_one")))
    return [*lines, said["short_read"]]


def profile_table(found: MaturityProfile, language: str) -> pd.DataFrame:
    """One row per element and side, with `TABLE_COLUMNS`."""
    rows = []
    for one in found.elements:
        for side in SIDES:
            summary, step = one.sides[side], one.changes.get(side)
            is_basis = side == found.basis
            rows.append(
                (
                    found.case, found.milestone, found.codebook_version, one.element, one.display, one.label[language],
                    one.level, side, one.value(side), summary.low, summary.high, summary.n, summary.not_assessed,
                    summary.is_tied, step and step.before, step and step.step, step.status if step else "",
                    step.why if step else "", one.target.level if one.target and is_basis else None,
                    one.gap if is_basis else None, one.inhibiting[0] if one.inhibiting and is_basis else None,
                    one.inhibiting[1] if one.inhibiting and is_basis else None, " ".join(one.warnings) if is_basis else "",
                )
            )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(TABLE_COLUMNS))
    whole = ["median", "low", "high", "before", "step", "target", "gap", "inhibiting", "segments"]
    return table.astype(dict.fromkeys(whole, "Int64"))


def assessments_table(found: MaturityProfile, people: Mapping[str, Person] | None = None) -> pd.DataFrame:
    """One row per assessment, with `ASSESSMENT_COLUMNS`; without the reasons of `people` who may not be quoted."""
    may_say = {said.id: _may_say(said.assessor, people or {}) for one in found.elements for said in one.said}
    return pd.DataFrame(
        [
            (
                said.id, said.on, one.element, one.display, said.side, said.assessor, said.arena, said.level,
                said.confidence, said.breadth.documents, said.breadth.actor_types, said.breadth.processes,
                " ".join(said.evidence), said.rationale if may_say[said.id] else "",
                said.override if may_say[said.id] else "", " ".join(said.warnings),
            )
            for one in found.elements
            for said in one.said
        ],
        columns=list(ASSESSMENT_COLUMNS),
    )  # fmt: skip


# ---- parts of the section


def _rules(settings: Settings, said: Mapping[str, str], language: str) -> list[str]:
    lines = []
    for rule in settings.maturity.rules:
        needs = [
            counted(least, noun, said, language)
            for least, noun in (
                (rule.documents, "document"),
                (rule.actor_types, "actor_type"),
                (rule.processes, "process"),
            )
            if least
        ]
        if needs:
            lines.append(said["rule"].format(level=rule.from_level, needs=series(needs, language)))
    return lines


def _element(
    one: ElementProfile,
    heard: Sequence[str],
    names: Mapping[str, str],
    people: Mapping[str, Person],
    said: Mapping[str, str],
    language: str,
) -> Mapping[str, Any]:
    values = {one.value(side) for side in heard} - {None}
    return {
        "id": f"m-{one.element}",
        "display": one.display,
        "label": one.label[language],
        "brief": one.brief.get(language, ""),
        "level": one.level,
        "told": [one.sides[side].told(language) if one.sides[side].n else said["not_assessed"] for side in heard],
        "target": "–" if one.target is None else str(one.target.level),
        "gap": "–" if one.gap is None else number(one.gap, language),
        "differs": len(values) > 1,
        "evidence": one.evidence,
        "said": [
            {
                "side": said[row.side],
                "assessor": _assessor(row.assessor, people, names),
                "arena": names.get(row.arena, row.arena),
                "level": said["not_assessed"] if row.level == NOT_ASSESSED else str(row.level),
                "confidence": said.get(row.confidence, ""),
                "rationale": row.rationale
                if _may_say(row.assessor, people) and not row.is_kept_back
                else said["not_said"],
                "override": row.override if _may_say(row.assessor, people) else "",
                "warnings": [_warning(warning, row, names, said) for warning in row.warnings],
                "evidence": row.evidence,
                "breadth": ", ".join(
                    counted(how_many, noun, said, language)
                    for how_many, noun in (
                        (row.breadth.documents, "document"),
                        (row.breadth.actor_types, "actor_type"),
                        (row.breadth.processes, "process"),
                    )
                )
                if row.evidence or row.withheld
                else said["no_evidence_self"]
                if row.side == "self"
                else "",
                "withheld": said["withheld"].format(n=row.withheld) if row.withheld else "",
                "is_self": row.side == "self",
            }
            for row in one.said
        ],
    }


def _changes(found: MaturityProfile, heard: Sequence[str], said: Mapping[str, str]) -> list[Mapping[str, Any]]:
    if not found.before:
        return []
    rows: list[Mapping[str, Any]] = []
    for one in found.elements:
        step = one.changes.get(found.basis)
        if step is None:
            continue
        rows.append(
            {
                "name": f"{one.display} {one.label.get('nb' if said['yes'] == 'ja' else 'en', '')}",
                "before": "–" if step.before is None else str(step.before),
                "after": "–" if step.after is None else str(step.after),
                "told": _told(step, said),
                "status": step.status,
                "note": _note(step, said),
                "others": [
                    f"{said[side]}: {_told(other, said)}"
                    for side in heard
                    if side != found.basis and (other := one.changes.get(side)) is not None and other.step is not None
                ],
                "evidence_before": step.evidence_before,
                "evidence_after": step.evidence_after,
            }
        )
    return rows


def _told(step: Change, said: Mapping[str, str]) -> str:
    if step.status == "not_comparable":
        return said[f"why_{step.why}"].format(from_=", ".join(step.from_elements), version=step.codebook_version)
    return said[step.status].format(n=abs(step.step or 0))


def _note(step: Change, said: Mapping[str, str]) -> str:
    parts = []
    if step.redefined_in and step.step is not None:
        parts.append(said["redefined"].format(version=step.redefined_in))
    if step.memos:
        parts.append(said["memo"].format(memos=", ".join(step.memos)))
    elif step.status == "down":
        parts.append(said["unexplained"])
    return " ".join(part[0].upper() + part[1:] for part in parts)


def _answer(found: MaturityProfile, side: str, said: Mapping[str, str]) -> str:
    value = found.improvement[side].value
    return said["undecided"] if value is None else said["yes"] if value else said["no"]


def _assessor(name: str, people: Mapping[str, Person], names: Mapping[str, str]) -> str:
    """Who assessed, for a page that leaves the study: of a person only the type of actor."""
    return names.get(people[name].actor_type, people[name].actor_type) if name in people else name


def _may_say(name: str, people: Mapping[str, Person]) -> bool:
    return name not in people or people[name].may_quote


def _warning(warning: str, row: Said, names: Mapping[str, str], said: Mapping[str, str]) -> str:
    if warning != "evidence_elsewhere":
        return said[warning]
    cases = sorted({names.get(case, case) for cases in row.elsewhere.values() for case in cases})
    return f"{said[warning]} ({', '.join(cases)})"


def _warnings(
    found: MaturityProfile, people: Mapping[str, Person], names: Mapping[str, str], said: Mapping[str, str]
) -> list[tuple[str, str, str, str]]:
    rows = []
    for one in found.elements:
        for row in one.said:
            told = [_warning(warning, row, names, said) for warning in row.warnings]
            if row.override.strip() and row.level != NOT_ASSESSED:
                told.append(said["overridden"])
            if told:
                who = f"{said[row.side]} ({_assessor(row.assessor, people, names)}): {row.level}"
                reason = row.override if _may_say(row.assessor, people) else ""
                rows.append((one.display, who, "; ".join(told), reason))
        if "target_not_comparable" in one.warnings:
            rows.append((one.display, said["target"], said["target_not_comparable"], ""))
    return rows


def _segments_of(one: ElementProfile) -> list[str]:
    earlier = [segment for step in one.changes.values() for segment in step.evidence_before]
    return [*one.evidence, *earlier]


def _name(found: MaturityProfile, element: str) -> str:
    one = found.element(element)
    return element if one is None else one.display


def _named(one: ElementProfile, language: str) -> str:
    return f"{one.display} {one.label[language]}"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _step(value: float | None, said: Mapping[str, str]) -> str:
    return said["not_assessed"] if value is None else str(int(value))


def profile_lines(found: MaturityProfile, settings: Settings, language: str) -> list[str]:
    """A profile as plain lines for a terminal: what is in short, then each element with its sides."""
    said = maturity_words(language)
    heard = [side for side in SIDES if any(one.side == side for element in found.elements for one in element.said)]
    lines = short_lines(found, settings, language)
    for one in found.elements:
        told = [
            f"{said[side]}: {one.sides[side].told(language) if one.sides[side].n else said['not_assessed']}"
            for side in heard
        ]
        step = one.changes.get(found.basis)
        more = [_told(step, said)] if step is not None else []
        more += [f"{said['target']} {one.target.level}"] if one.target is not None else []
        more += [said[warning] for warning in one.warnings]
        lines.append(" · ".join([_named(one, language), *told, *more]))
    return lines
