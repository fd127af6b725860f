"""Two coders' work on one document, laid side by side for the person who settles their disagreements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from ..analysis.stated import Stated
from ..codebook.code import Codebook
from ..coding import journal
from ..coding.acts import Refused
from ..coding.assignment import Assignment, assignments_in, assignments_table, done_in
from ..coding.assignment_store import read_assignments
from ..coding.coders import IMPORTER
from ..coding.comparing import Passage, differences
from ..coding.events import Log
from ..coding.migrate import migrate
from ..coding.resolving import Named, Resolution, named_segments, resolutions_from_logs
from ..coding.segments import segments_from_logs
from ..double_coding import StillBlind, VersionAgreement, agreement
from ..errors import Faults
from ..study import Study

#: The coefficients shown, in this order; the figures of methods chapters, with how common a code is beside them.
MEASURES = ("percent", "positive", "alpha", "kappa")
#: Why one of them can be undefined (keys of ``analysis.stated.REASONS``); the screen says it in its own words.
REASONS = ("no-unit", "no-positive", "all-positive", "no-variation", "not-two")


def logs_now(study: Study, document: str) -> tuple[Log, ...]:
    """Every coder's log of a document as the disk has it now: the study may have been loaded before the last coding.

    Raises
    ------
    Refused
        ``log-unreadable`` when the disk does not give one of them.
    """
    logs, unreadable = _logs_that_can_be_read(study, document)
    if unreadable:
        name, error = unreadable[0]
        raise Refused("log-unreadable", file=name, what=error.strerror or type(error).__name__)
    return logs


def _logs_that_can_be_read(study: Study, document: str) -> tuple[tuple[Log, ...], list[tuple[str, OSError]]]:
    folder = study.path / journal.FOLDER
    logs: list[Log] = []
    unreadable: list[tuple[str, OSError]] = []
    for path in sorted(folder.glob(f"*/{document}.jsonl")) if folder.is_dir() else ():
        name = path.relative_to(study.path).as_posix()
        try:
            logs.append(journal.read_log(path, name, Faults()))
        except OSError as error:
            unreadable.append((name, error))
    return tuple(logs), unreadable


def coders_now(study: Study) -> list[str]:
    """Everybody who has coded anything in the study, as the disk has it now."""
    folder = study.path / journal.FOLDER
    return sorted({path.parent.name for path in folder.glob("*/*.jsonl")} - {IMPORTER}) if folder.is_dir() else []


def coders_of(study: Study, document: str) -> frozenset[str]:
    """Everybody who has coded a document, as the disk has it now."""
    logs = _logs_that_can_be_read(study, document)[0]
    return frozenset(log.events[0].coder for log in logs if log.events) - {IMPORTER}


def assignments_now(study: Study, document: str) -> tuple[Assignment, ...]:
    """The assignments of a document as the disk has them now: a draw may have been made since the study was loaded."""
    return tuple(one for one in all_assignments_now(study) if one.document == document)


def all_assignments_now(study: Study) -> tuple[Assignment, ...]:
    """Every assignment as the disk has them now; while the file has faults, those that were loaded bind too."""
    faults = Faults()
    frame = read_assignments(study.path, frozenset(study.documents.index), study.transcripts, faults)
    found = assignments_in(frame)
    if not faults.errors:
        return found
    there = {one.id for one in found}
    return (*found, *(one for one in assignments_in(study.assignments) if one.id not in there))


def unseen(study: Study, viewer: str, document: str) -> frozenset[str]:
    """The coders whose work on a document is still kept from `viewer` by blind double coding, as of now."""
    # Whoever's log cannot be read is not known to be done: the two stay apart.
    done = {coder for coder, _ in done_in(_logs_that_can_be_read(study, document)[0])}
    found: set[str] = set()
    for one in assignments_now(study, document):
        for pair in one.pairs:
            if viewer in pair and not pair <= done:
                found |= pair - {viewer}
    return frozenset(found)


def assigned_turns(study: Study, coder: str, document: str) -> frozenset[int]:
    """The turns of a document that are assigned to `coder`; empty when all are, or none."""
    own = [one for one in assignments_now(study, document) if one.coder == coder]
    if not own or any(not one.turns for one in own):
        return frozenset()
    return frozenset(turn for one in own for turn in one.turns)


def comparison(study: Study, document: str, book: Codebook, first: str, second: str, *, viewer: str) -> dict[str, Any]:
    """Agreement and every difference of two coders on a document, ready for the screen of `viewer`.

    The figures are those of ``foran agreement`` (:func:`foran_research.double_coding.agreement`): the coding as it
    stood when both were first done. The differences are those that stand now, since they are what is left to settle.

    Raises
    ------
    Refused
        ``still-blind`` while an assignment keeps the two apart, or the viewer from one of them, and not both are done;
        ``not-coded`` when one of them has nothing on the document: silence is not disagreement.
    """
    if unseen(study, viewer, document) & {first, second}:
        raise Refused("still-blind")
    logs = logs_now(study, document)
    others = (log for log in study.logs if not log.name.endswith(f"/{document}.jsonl"))
    drawn = assignments_now(study, document)
    fresh = replace(study, logs=(*others, *logs), assignments=assignments_table(drawn))
    there = {log.events[0].coder for log in logs if log.events}
    for coder in (first, second):
        if coder not in there:
            raise Refused("not-coded", coder=coder, document=document)
    try:
        told = agreement(fresh, first, second, only=[document])
    except StillBlind as error:
        raise Refused("still-blind") from error
    bound = [one for one in drawn if one.is_binding(first, second)]
    turns = frozenset(turn for one in bound for turn in one.turns) if all(one.turns for one in bound) else frozenset()
    raw = segments_from_logs(logs, {document: study.transcripts[document]}, former=study.former_texts)
    resolutions = resolutions_from_logs(logs)
    segments = _as_seen_now(raw, study, book)
    # Resolutions name segments as their coders left them, whatever a later codebook makes of the codes.
    found = differences(segments, document, first, second, turns=turns, resolutions=resolutions, standing=raw)
    by_id = {resolution.id: resolution for resolution in resolutions}
    stored = named_segments(raw)
    return {
        "a": first,
        "b": second,
        "figures": {**_figures(told.versions[0]), "is_blind": told.documents[0].is_blind},
        "differences": [
            {
                "kind": one.kind,
                "start": one.start,
                "end": one.end,
                "a": _side(one.first, stored),
                "b": _side(one.second, stored),
                "resolution": _settled(by_id.get(one.resolution), stored, is_stale=one.is_stale),
            }
            for one in found
        ],
    }


def _as_seen_now(raw: pd.DataFrame, study: Study, book: Codebook) -> pd.DataFrame:
    """The segments as the codebook in force sees them; what waits for a person is no code to be compared."""
    moved = migrate(raw, study.lineage, book.codebook_version)
    return moved[moved["status"] == "ok"].reset_index(drop=True)


def _figures(told: VersionAgreement) -> dict[str, Any]:
    pooled = told.pooled
    codes = len({one.code for one in told.by_code if one.both or one.only_first or one.only_second})
    rows = [_row(measure, pooled.coefficients[measure]) for measure in MEASURES]
    rows.append({"measure": "prevalence", "value": pooled.prevalence, "reason": ""})
    units = told.by_code[0].units if told.by_code else 0
    return {"units": units, "codes": codes, "codebook": told.codebook_version, "rows": rows}


def _row(measure: str, coefficient: Stated) -> dict[str, Any]:
    return {"measure": measure, "value": coefficient.value, "reason": coefficient.reason}


def _side(passage: Passage | None, stored: Mapping[str, Named]) -> list[dict[str, Any]]:
    """A coder's segment as the screen shows it; `stored` is the code as the coder left it, before any migration."""
    if passage is None:
        return []
    keys = ("coder", "start", "end", "code", "polarity", "memo")
    code = stored[passage.segment].code
    return [{"id": passage.segment, "stored": code, **{key: getattr(passage, key) for key in keys}}]


def _settled(resolution: Resolution | None, stored: Mapping[str, Named], *, is_stale: bool) -> dict[str, Any] | None:
    if resolution is None:
        return None
    return {
        "coder": resolution.coder,
        "at": resolution.at,
        "reason": resolution.reason,
        "stale": is_stale,
        "accepted": sorted({one.coder for one in resolution.accepted}),
        "added": [stored[name].code for name in resolution.added if name in stored],
    }


def snapshots(study: Study, document: str, wish: Mapping[str, Any]) -> dict[str, Any]:
    """The segments that a wish to resolve accepts and rejects, if they still stand as the settler saw them.

    Raises
    ------
    Refused
        ``changed-meanwhile`` when one has gone or has another code, place or polarity than the screen showed.
    """
    texts = {document: study.transcripts[document]}
    standing = named_segments(segments_from_logs(logs_now(study, document), texts, former=study.former_texts))
    made: dict[str, Any] = {}
    for side in ("accepted", "rejected"):
        seen = wish.get(side)
        if not (
            isinstance(seen, list) and all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in seen)
        ):
            raise Refused("bad-wish")
        made[side] = []
        for one in seen:
            now = standing.get(one["id"])
            if now is None or any(one.get(key) != getattr(now, key) for key in ("start", "end", "polarity")):
                raise Refused("changed-meanwhile")
            if one.get("stored", now.code) != now.code:
                raise Refused("changed-meanwhile")
            keys = ("segment", "coder", "code", "start", "end", "polarity")
            made[side].append({key: getattr(now, key) for key in keys})
    return made
