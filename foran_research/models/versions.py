"""What changed between two model versions, each change with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..codebook.changes import Lineage, migration_rows
from ..codebook.code import Change
from .capability import CapabilityModel, Element

#: A change worth telling: the share of documents that show the element differs by this much, with at least so many
#: documents on both sides. A rule of thumb, not a test: three cases are described, never inferred from.
SHARE_STEP = 0.25
FEWEST_DOCUMENTS = 4

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
    told = codebook_changes(lineage, before.codebook_version, after.codebook_version)
    return (*told, *_of_evidence(before, after, lineage))


def codebook_changes(lineage: Lineage, old: str, new: str) -> tuple[dict[str, Any], ...]:
    """What changed in the codebook between two versions, in the form of :func:`changes_between`, those rejected included."""
    return tuple(
        _of_codebook(change, lineage, old, new)
        for book in lineage.after(old, new)
        for change in book.changes
        # Another wording changes nothing that a model says.
        if change.type != "reword"
    )


def without_evidence_of(
    changes: Iterable[Mapping[str, Any]], hidden: Collection[str], gone: Collection[str] = ()
) -> tuple[dict[str, Any], ...]:
    """Changes whose evidence names no segment of the `hidden` documents, and none of those that are `gone`.

    An id of a segment begins with its document.

    >>> without_evidence_of([{"change": "E1", "evidence": ["D1.K1.s0001", "D2.K1.s0001"]}], {"D1"})
    ({'change': 'E1', 'evidence': ['D2.K1.s0001']},)
    """
    return tuple(
        {
            **change,
            "evidence": [one for one in change["evidence"] if str(one).split(".")[0] not in hidden and one not in gone],
        }
        for change in changes
    )


def counting_evidence_of(changes: Iterable[Mapping[str, Any]], others: Collection[str]) -> tuple[dict[str, Any], ...]:
    """Changes whose evidence in the documents of `others` is only counted, as `evidence_elsewhere`.

    The codebook is of all municipalities: why it changed is told to each, which passages of the others spoke for it is not.

    >>> counting_evidence_of([{"change": "E1", "evidence": ["D1.K1.s0001", "S2:117", "D2.K1.s0001"]}], {"D1"})
    ({'change': 'E1', 'evidence': ['S2:117', 'D2.K1.s0001'], 'evidence_elsewhere': 1},)
    """
    told = []
    for change in changes:
        own = [one for one in change["evidence"] if str(one).split(".")[0] not in others]
        told.append({**change, "evidence": own, "evidence_elsewhere": len(change["evidence"]) - len(own)})
    return tuple(told)


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
    """Elements that the documents new since the version before show clearly more, or less, often than the older ones.

    The corpus only grows, so totals cannot fall; what can change is the share of documents that show an element, among
    those that could have shown it. Elements that were split or merged in between are not the same thing, and are left out.
    """
    old_texts = set(before.corpus["texts"])
    reshaped = _reshaped(before, after, lineage)
    found = []
    for element in after.elements:
        if element.id in reshaped or not any(e.id == element.id for e in before.elements):
            continue
        shown = set(element.shown_in)
        old = [document for document in element.assessed_in if document in old_texts]
        new = [document for document in element.assessed_in if document not in old_texts]
        if len(old) < FEWEST_DOCUMENTS or len(new) < FEWEST_DOCUMENTS:
            continue
        old_with, new_with = len(shown.intersection(old)), len(shown.intersection(new))
        # Rounded, since 3/4 − 2/4 can be a hair off a quarter in floating point.
        step = round(new_with / len(new) - old_with / len(old), 9)
        if abs(step) >= SHARE_STEP:
            found.append(_told(element, (old_with, len(old)), (new_with, len(new)), after, is_stronger=step > 0))
    return found


def _reshaped(before: CapabilityModel, after: CapabilityModel, lineage: Lineage) -> set[str]:
    """Codes that took in other codes, or gave some away, between the two versions."""
    return {
        code
        for book in lineage.after(before.codebook_version, after.codebook_version)
        for row in migration_rows(book.changes).values()
        if row.rule != "keep"
        for code in (row.source, *row.to)
    }


def _told(
    element: Element, old: tuple[int, int], new: tuple[int, int], after: CapabilityModel, *, is_stronger: bool
) -> dict[str, Any]:
    numbers = {
        "nb": f"Vist i {new[0]} av {new[1]} nye dokumenter, mot {old[0]} av {old[1]} eldre.",
        "en": f"Shown in {new[0]} of {new[1]} new documents, against {old[0]} of {old[1]} older ones.",
    }
    return {
        "kind": "strengthened" if is_stronger else "weakened",
        "change": "",
        "from": [element.display],
        "to": [element.display],
        "is_accepted": True,
        "summary": dict(element.label),
        "reasons": {"empirical": numbers, "theoretical": {"nb": "", "en": ""}},
        "evidence": [],
        "decided_at": after.cut_off,
    }
