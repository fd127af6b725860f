"""What the codebook's screen is told, as plain values: codes, changes, versions side by side. Pure.

These values hold the codebook's own words, ids and counts, and nothing that an informant said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..codebook.changes import Lineage, migration_rows
from ..codebook.code import Change, Code, Codebook, Cue, display_key, version_key
from ..codebook.diff import KINDS, TEXTS, CodeDiff, counts, diff, word_changes
from ..codebook.revising import ProposalState
from ..coding.counting import Chapter

#: How a proposal is decided, and how what was accepted becomes a version.
DECIDE = 'foran codebook decide {id} --accept --reason-nb "…" --reason-en "…" --role "…" --arena "…" --by "…"'
RELEASE = 'foran codebook release --by "…"'
#: Fields that follow from a code's coming or going, which the row itself tells.
_TOLD_OTHERWISE = ("status", "introduced_in", "deprecated_in", "successors")


def cell(code: Code) -> dict[str, Any]:
    """A code as it is named elsewhere: id, display code, label."""
    return {"id": code.id, "display": code.display, "level": code.level, "label": dict(code.label)}


def version_shown(book: Codebook) -> dict[str, Any]:
    """A version for the list of versions: number, day, title and how many codes are active."""
    return {
        "version": book.codebook_version,
        "released": book.released,
        "title": dict(book.title),
        "active": len(book.active),
    }


def cue_shown(cue: Cue) -> dict[str, Any]:
    """A cue as it is written; of a token pattern how many words it spans."""
    return {
        "words": cue.phrase or "",
        "tokens": len(cue.pattern or ()),
        "polarity": cue.polarity or "",
        "negated": cue.negated,
    }


def code_shown(code: Code, lineage: Lineage) -> dict[str, Any]:
    """A whole code record; for a retired one also what became of it, and when."""
    return {
        **{name: dict(getattr(code, name)) for name in TEXTS},
        "id": code.id,
        "display": code.display,
        "level": code.level,
        "parent": code.parent,
        "isActive": code.is_active,
        "introduced": code.introduced_in,
        "deprecated": code.deprecated_in,
        "maturity": code.maturity,
        "source": list(code.source),
        "polarities": [
            {"polarity": str(one.get("polarity", "")), "source": str(one.get("source", "")), "note": _texts(one.get("note"))}
            for one in code.polarity_in_source
        ],
        "cues": {form: [cue_shown(cue) for cue in cues] for form, cues in code.cues.items()},
        "fate": fate(code, lineage),
    }  # fmt: skip


def book_shown(book: Codebook, lineage: Lineage) -> list[dict[str, Any]]:
    """Every code of a version, retired ones included, in display order; of two with one display the active one first."""
    ranked = sorted(book.codes, key=lambda code: (display_key(code.display), not code.is_active, code.id))
    return [code_shown(code, lineage) for code in ranked]


def fate(code: Code, lineage: Lineage) -> dict[str, Any] | None:
    """What became of a retired code: the rule, the codes it became, the version and the change; None for an active one."""
    if code.is_active:
        return None
    version = code.deprecated_in or ""
    book = lineage[version] if version in lineage.versions else None
    row = migration_rows(book.changes).get(code.id) if book else None
    change = next((c.id for c in book.changes if c.is_accepted and row in c.migration), "") if book and row else ""
    successors = row.to if row and row.to else code.successors
    named = book.by_id if book else {}
    return {
        "rule": row.rule if row else "keep" if successors else "retire",
        "to": [cell(named[name]) for name in successors if name in named],
        "name": (row and row.name) or "",
        "polarity": (row and row.polarity) or "",
        "facets": dict(row.facets) if row else {},
        "version": version,
        "change": change,
    }


def change_shown(change: Change, version: str, lineage: Lineage) -> dict[str, Any]:
    """A change with its reasons and who, when and where, its codes named as its version (or the one before) names them."""
    return {
        "id": change.id,
        "version": version,
        "type": change.type,
        "isPolarity": change.type == "to_facet" and any(row.polarity for row in change.migration),
        "from": [named(code, version, lineage) for code in change.source],
        "to": [named(code, version, lineage) for code in change.to],
        "summary": dict(change.summary),
        "empirical": dict(change.reason_empirical),
        "theoretical": dict(change.reason_theoretical),
        "decision": dict(change.decision_reason),
        "evidence": list(change.evidence),
        "role": change.proposed_by_role,
        "proposed": change.proposed_at,
        "decided": change.decided_at,
        "decidedBy": change.decided_by_role,
        "arena": change.arena,
        "isAccepted": change.is_accepted,
    }


def named(code_id: str, version: str, lineage: Lineage) -> dict[str, Any]:
    """A code by the name it has in the newest book up to `version` that has it; by its bare id where none has."""
    for book in reversed(lineage.codebooks):
        is_later = version in lineage.versions and version_key(book.codebook_version) > version_key(version)
        if not is_later and code_id in book.by_id:
            return cell(book.by_id[code_id])
    return {"id": code_id, "display": code_id, "label": {}}


def proposal_shown(state: ProposalState, version: str, lineage: Lineage) -> dict[str, Any]:
    """A proposal that waits: the change, the new codes it brings, and the command by which it goes on."""
    change = state.proposal.change
    told = change_shown(change, "", lineage)
    brought = {str(code["id"]): code for code in state.proposal.codes}
    for side, ids in (("from", change.source), ("to", change.to)):
        told[side] = [_proposed(name, brought.get(name, {}), version, lineage) for name in ids]
    is_open = state.state == "open"
    return {
        **told,
        # Of an open one nothing has been decided, and not that it was turned down.
        "isAccepted": None if is_open else change.is_accepted,
        "proposed": change.proposed_at or state.at[:10],
        "state": state.state,
        "texts": [text for record in state.proposal.codes for text in _wished(record, lineage[version])],
        "command": DECIDE.format(id=change.id) if is_open else RELEASE,
    }


def _wished(record: Mapping[str, Any], book: Codebook) -> list[dict[str, Any]]:
    """The texts that a proposal gives a code, against what a book has."""
    code = book.by_id.get(str(record["id"]))
    name = str(record.get("display") or (code.display if code else record["id"]))
    found = []
    for field in TEXTS:
        new, old = _texts(record.get(field)), dict(getattr(code, field)) if code else {}
        parts = {one: [list(run) for run in word_changes(old.get(one, ""), text)] for one, text in new.items()}
        if any(old.get(one, "") != text for one, text in new.items()):
            found.append({"field": field, "name": name, "parts": {} if field == "example" else parts})
    return found


def _proposed(code_id: str, record: Mapping[str, Any], version: str, lineage: Lineage) -> dict[str, Any]:
    known = named(code_id, version, lineage)
    is_new = not any(code_id in book.by_id for book in lineage.codebooks)
    new = {"display": str(record.get("display") or code_id), "label": _texts(record.get("label"))}
    return {**known, **(new if is_new else {}), "isNew": is_new}


def chapter_shown(chapter: Chapter, lineage: Lineage) -> dict[str, Any]:
    """The life of a code under one version: its name, counts, documents assessed and not, and what touched it."""
    return {
        "version": chapter.version,
        "released": chapter.released,
        "isThere": chapter.status != "absent",
        "isActive": chapter.status == "active",
        "isRedefined": bool({"definition", "when_to_use", "when_not_to_use"} & {*chapter.fields}),
        "display": chapter.display,
        "label": dict(chapter.label),
        "own": chapter.segments,
        "all": chapter.passages,
        "waiting": chapter.waiting,
        "ended": chapter.ended,
        "assessed": list(chapter.assessed),
        "notAssessed": list(chapter.not_assessed),
        "changes": [change_shown(change, chapter.version, lineage) for change in chapter.changes],
    }


def _texts(given: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in given.items()} if isinstance(given, Mapping) else {}


def by_document(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Waiting segments gathered by document, in order: how many, and the first one with its place.

    >>> rows = [{"document": "A", "segment": name, "start": at, "end": at + 2} for name, at in (("s2", 9), ("s1", 3))]
    >>> by_document(rows)
    [{'document': 'A', 'count': 2, 'segment': 's1', 'start': 3, 'end': 5}]
    """
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda one: (one["document"], one["start"], one["end"], one["segment"])):
        first = {name: row[name] for name in ("segment", "start", "end")}
        entry = found.setdefault(row["document"], {"document": row["document"], "count": 0, **first})
        entry["count"] += 1
    return list(found.values())


def compared_shown(lineage: Lineage, before: str, after: str) -> dict[str, Any]:
    """Two versions side by side, the older one first: a row per family of codes that became one another, and what was decided.

    Returns
    -------
    dict
        `rows` in display order, each with `kinds` (none where nothing differs), the codes `before` and `after`, `texts`
        (fields that differ, by language as runs of words) and ids of `changes`; `kinds` with how many codes each holds;
        the `changes` by id; ids of those `rejected`; the versions as `older` and `newer`.
    """
    older, newer = sorted((before, after), key=version_key)
    old, new = lineage[older], lineage[newer]
    found = diff(lineage, older, newer)
    told_in = {change.id: book.codebook_version for book in lineage.after(older, newer) for change in book.changes}
    changes = {one.id: change_shown(one, told_in[one.id], lineage) for one in (*found.changes, *found.rejected)}
    rows = [_family_shown(family, old, new, list(changes)) for family in _families(found.codes)]
    differing = {one.code for one in found.codes}
    rows += [
        {"kinds": [], "before": [cell(old.by_id[code.id])], "after": [cell(code)], "texts": [], "changes": []}
        for code in new.active
        if code.id not in differing
    ]
    return {
        "rows": sorted(rows, key=lambda row: display_key((row["after"] or row["before"])[0]["display"])),
        "kinds": counts(found),
        "changes": changes,
        "rejected": [one.id for one in found.rejected],
        "older": older,
        "newer": newer,
    }


def _families(codes: Sequence[CodeDiff]) -> list[tuple[CodeDiff, ...]]:
    """The codes in groups of one descent. What one decision only reworded, or made anew, is told code by code."""
    groups: list[tuple[set[str], list[CodeDiff]]] = []
    for one in codes:
        names, members = {one.code, *one.became, *one.came_from}, [one]
        for group in [group for group in groups if group[0] & names]:
            groups.remove(group)
            names, members = names | group[0], [*group[1], *members]
        groups.append((names, members))
    order = {one.code: place for place, one in enumerate(codes)}
    return [tuple(sorted(members, key=lambda one: order[one.code])) for _, members in groups]


def _family_shown(family: tuple[CodeDiff, ...], old: Codebook, new: Codebook, order: Sequence[str]) -> dict[str, Any]:
    kinds = {kind for one in family for kind in one.kinds}
    ids = {change for one in family for change in one.changes}
    return {
        "kinds": [kind for kind in KINDS if kind in kinds],
        "before": [cell(old.by_id[one.code]) for one in family if one.display_before],
        "after": [cell(new.by_id[one.code]) for one in family if one.display_after],
        "texts": [text for one in family for text in _texts_shown(one, old, new, is_alone=len(family) == 1)],
        "changes": [name for name in order if name in ids],
    }


def _texts_shown(one: CodeDiff, old: Codebook, new: Codebook, *, is_alone: bool) -> list[dict[str, Any]]:
    """The fields of a code that differ, by language; those that only tell that it came or went are left out."""
    name = "" if is_alone else one.display_after or one.display_before
    by_field: dict[str, dict[str, Any]] = {}
    for item in one.fields:
        if item.field in _TOLD_OTHERWISE:
            continue
        values = item.before, item.after
        if item.field == "parent":
            values = _display(item.before, old), _display(item.after, new)
        key = f"cues.{item.language}" if item.field == "cues" else item.field
        language = "" if item.field == "cues" else item.language
        entry = by_field.setdefault(key, {"field": key, "name": name, "parts": {}})
        # An example may be what somebody said: that it differs is told, and its words are not.
        entry["parts"][language] = [] if item.field == "example" else [list(run) for run in word_changes(*values)]
    return list(by_field.values())


def _display(code_id: str, book: Codebook) -> str:
    return book.by_id[code_id].display if code_id in book.by_id else code_id
