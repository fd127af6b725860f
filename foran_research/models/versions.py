"""What changed between two model versions, each change with its reason."""

from __future__ import annotations

from typing import Any

from ..codebook.changes import Lineage
from ..codebook.code import Change
from .capability import CapabilityModel, Element, Support

#: A change of breadth worth telling: the share of documents that hold the element moved by this much, or a case came or went.
BREADTH_STEP = 0.10

_KINDS = {
    "new": "new",
    "split": "split",
    "merge": "merged",
    "rename": "renamed",
    "retire": "retired",
    "move": "moved",
    "promote": "promoted",
    "redefine": "redefined",
    "narrow": "narrowed",
    "to_facet": "converted",
    "to_relation": "converted",
    "to_tag": "converted",
}


def changes_between(before: CapabilityModel, after: CapabilityModel, lineage: Lineage) -> tuple[dict[str, Any], ...]:
    """Every change from one model version to the next, codebook changes first, then strengthened and weakened elements.

    Each is ``{kind, change, from, to, is_accepted, summary, reasons}``; `from` and `to` are display codes.
    """
    told = [
        _of_codebook(change, lineage, before.codebook_version, after.codebook_version)
        for book in lineage.after(before.codebook_version, after.codebook_version)
        for change in book.changes
    ]
    return (*told, *_of_evidence(before, after, lineage))


def _of_codebook(change: Change, lineage: Lineage, old: str, new: str) -> dict[str, Any]:
    return {
        "kind": _KINDS[change.type] if change.is_accepted else "rejected",
        "change": change.id,
        "from": [_display(code, lineage, old, new) for code in change.source],
        "to": [_display(code, lineage, new, old) for code in change.to],
        "is_accepted": change.is_accepted,
        "summary": dict(change.summary),
        "reasons": {"empirical": dict(change.reason_empirical), "theoretical": dict(change.reason_theoretical)},
        "evidence": list(change.evidence),
        "decided_at": change.decided_at,
    }


def _display(code_id: str, lineage: Lineage, preferred: str, other: str) -> str:
    for version in (preferred, other):
        code = lineage[version].by_id.get(code_id)
        if code is not None:
            return code.display
    return code_id


def _of_evidence(before: CapabilityModel, after: CapabilityModel, lineage: Lineage) -> list[dict[str, Any]]:
    found = []
    for element in after.elements:
        family = lineage.ancestors(element.id, after.codebook_version)
        old = [e for e in before.elements if e.id in family]
        if not old:
            continue
        share_before = max(e.support.documents for e in old) / max(1, before.corpus["documents"])
        share_after = element.support.documents / max(1, after.corpus["documents"])
        cases_before = len({case for e in old for case in e.support.cases})
        # Rounded, since 3/10 − 2/10 is a hair less than 0.1 in floating point.
        step, cases = round(share_after - share_before, 9), len(element.support.cases) - cases_before
        if abs(step) < BREADTH_STEP and not cases:
            continue
        is_stronger = cases > 0 or (cases == 0 and step > 0)
        found.append(_told(element, old, is_stronger, before, after, cases_before))
    return found


def _told(
    element: Element,
    old: list[Element],
    is_stronger: bool,
    before: CapabilityModel,
    after: CapabilityModel,
    cases_before: int,
) -> dict[str, Any]:
    widest: Support = max((e.support for e in old), key=lambda support: support.documents)
    now = element.support
    numbers = {
        "nb": f"Dokumenter med belegg: {widest.documents} av {before.corpus['documents']} → {now.documents} av "
        f"{after.corpus['documents']}; kommuner: {cases_before} → {len(now.cases)} av {now.of_cases}; "
        f"tekstdeler: {widest.segments} → {now.segments}.",
        "en": f"Documents with evidence: {widest.documents} of {before.corpus['documents']} → {now.documents} of "
        f"{after.corpus['documents']}; municipalities: {cases_before} → {len(now.cases)} of {now.of_cases}; "
        f"segments: {widest.segments} → {now.segments}.",
    }
    return {
        "kind": "strengthened" if is_stronger else "weakened",
        "change": "",
        "from": [e.display for e in old],
        "to": [element.display],
        "is_accepted": True,
        "summary": dict(element.label),
        "reasons": {"empirical": numbers, "theoretical": {"nb": "", "en": ""}},
        "evidence": [],
        "decided_at": after.cut_off,
    }
