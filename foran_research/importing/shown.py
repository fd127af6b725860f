"""What the importer's screen is told, as plain values: previews, rows to decide on, what came in. Pure.

These values hold names. They cross the wire as messages and are kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..adding import Added
from ..corpus.preview import Preview
from ..corpus.pseudonyms import NAME_KINDS, general_text
from ..corpus.review import ReviewRow
from ..settings import Guide, Settings, Term

#: What stands around a hit in its context.
_CONTEXT_MARKS = ("[", "]")


def term(one: Term | Guide) -> dict[str, str]:
    """A word of the study's vocabulary: its id and its label in both languages."""
    return {"id": one.id, "nb": one.label["nb"], "en": one.label["en"]}


def vocabularies(settings: Settings, processes: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What each field of a description may be; `processes` are pairs of process and case."""
    terms: Mapping[str, Sequence[Term | Guide]] = {
        "case": settings.cases, "arena": settings.arenas, "guide": settings.guides, "actor_type": settings.actor_types,
    }  # fmt: skip
    return {
        **{name: [term(one) for one in known] for name, known in terms.items()},
        "process": [{"id": name, "nb": name, "en": name, "case": case} for name, case in processes],
    }


def preview_shown(one: Preview) -> dict[str, Any]:
    """A preview as it is: every field, findings that count nothing left out."""
    told = asdict(one)
    told["findings"] = [finding for finding in told["findings"] if finding["count"] or finding["detail"]]
    return told


def row_shown(row: ReviewRow, language: str) -> dict[str, Any]:
    """A row to decide on; its context in three parts, so that the screen can mark the words in the middle.

    `general` is what stands in the text when the words are generalised without saying by what.
    """
    before, words, after = context_parts(row.context, row.surface)
    general = row.suggested if row.suggestion == "generalise" else general_text(row.kind, row.surface, language)
    return {
        "mark": row.mark, "number": row.number, "kind": row.kind, "surface": row.surface, "count": row.count,
        "places": row.places, "before": before, "words": words, "after": after, "suggestion": row.suggestion,
        "suggested": row.suggested, "general": general, "isName": row.kind in NAME_KINDS,
        "documents": len(row.documents),
    }  # fmt: skip


def context_parts(context: str, surface: str) -> tuple[str, str, str]:
    """The words around a hit: before, the hit itself, after; brackets of the talk itself are left alone.

    >>> context_parts("Jeg [ler] ringte [Kari] ja.", "Kari")
    ('Jeg [ler] ringte ', 'Kari', ' ja.')
    """
    opening, closing = _CONTEXT_MARKS
    at = context.find(opening + surface + closing)
    if at >= 0:
        end = at + len(surface) + 2
        return context[:at], context[at + 1 : end - 1], context[end:]
    # The surface is the shortest of its forms; the context may show another ("Karis").
    folded = surface.casefold()
    at = context.find(opening)
    while at >= 0:
        end = context.find(closing, at)
        if end > at and folded in context[at:end].casefold():
            return context[:at], context[at + 1 : end], context[end + 1 :]
        at = context.find(opening, at + 1)
    return context, "", ""


def added_shown(one: Added) -> dict[str, Any]:
    """What became of a text: numbers, the document's id, and the library's notes."""
    return asdict(one)
