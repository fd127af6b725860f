"""Readers' levels as self-assessments in the register: what is to stand there, checked whole before a row is added."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import Fault, Faults, StudyError
from ..registers.checks import check
from ..registers.known import Known
from ..registers.records import KINDS, Assessment
from ..registers.store import append
from ..review.answers import About, Reader, Said, canonical_json
from ..study import Study
from .known_packs import milestone_of
from .results import LeftOut
from .stored import Store

#: What the ids of readers' levels begin with.
PREFIX = "SV-"


@dataclass(frozen=True)
class Levels:
    """The rows that the register lacks, and the levels that have no place in it."""

    rows: tuple[Assessment, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def levels_of(study: Study, store: Store, kept: Sequence[Said], words: Mapping[str, str]) -> Levels:
    """What is to be added to the register, so that it has the levels that stand and no others.

    A level's id holds its day: one that was given on another day than the register says is another row, and the one of
    the wrong day is withdrawn on that day, as if it had never stood.

    Parameters
    ----------
    kept
        The answers that are taken further.
    words
        Their words as the study may hold them, by key.
    """
    elements = study.known_to_registers().elements
    arenas = study.settings.vocabulary()["arena"]
    days: dict[tuple[str, str], str] = {}
    versions: dict[tuple[str, str], str] = {}
    impossible: set[tuple[str, str]] = set()
    for row in store.rows:
        key = (row.file.pack, row.file.reader)
        days[key] = min(days.get(key, row.date), row.date)
        versions[key] = row.file.codebook_version
        if not row.is_possible:
            impossible.add(key)
    there = {row.id: row for row in study.registers.assessments}
    wanted: dict[str, Assessment] = {}
    left: Counter[tuple[str, str]] = Counter()
    # Where a reader has two levels for one box, the one of the highest revision counts, whatever the order.
    levels = [one for one in kept if one.answer.act == "maturity"]
    for one in sorted(levels, key=lambda said: (said.answer.revision, said.answer.content, said.key)):
        key, about = (one.reader.pack, one.reader.id), one.answer.about
        id_ = level_id(one.reader, about, days[key])
        before = there.get(id_)
        name = before.milestone if before else ""
        name = name or milestone_for(study, one.reader.pack, about.case, days[key])
        why = "day" if key in impossible else "no_element" if about.id not in elements.get(versions[key], ()) else ""
        why = why or ("" if name else "no_milestone")
        if why:
            left[one.reader.pack, why] += 1
            continue
        reason = _safe_cell(words.get(one.key, ""))
        if one.answer.text and one.key not in words and before is not None:
            reason = before.rationale
        wanted[id_] = Assessment(
            id_,
            days[key],
            milestone=name,
            case=about.case,
            element=about.id,
            codebook_version=versions[key],
            assessor=one.reader.code,
            side="self",
            arena=one.reader.arena if one.reader.arena in arenas else "",
            level=one.answer.value or 0,
            rationale=reason,
        )
    said = [one for one in store.merged.said if one.answer.act == "maturity"]
    standing = {level_id(one.reader, one.answer.about, days[one.reader.pack, one.reader.id]) for one in said}
    readers = {one.code for one in store.merged.readers}
    rows = [row for _, row in sorted(wanted.items()) if row != there.get(row.id)]
    rows += [
        Assessment(id_, row.on, action="withdrawn")
        for id_, row in sorted(there.items())
        if not row.is_withdrawn and id_.startswith(PREFIX) and row.assessor in readers and id_ not in standing
    ]
    return Levels(
        tuple(sorted(rows, key=lambda row: row.id)),
        tuple(LeftOut(pack, "element", why, count) for (pack, why), count in sorted(left.items())),
    )


def check_levels(study: Study, store: Store, levels: Levels) -> tuple[Fault, ...]:
    """Check rows that are to be added as the register will, with their readers counted as participants; warnings.

    Raises
    ------
    StudyError
        With every fault that would keep the rows out.
    """
    if not levels.rows:
        return ()
    known = study.known_to_registers()
    people = (
        None if known.participants is None else {**{one.code: "" for one in store.merged.readers}, **known.participants}
    )
    with_readers = replace(known, participants=people)
    before, after = (_faults(study, rows, with_readers) for rows in ((), levels.rows))
    new = [fault for fault in after if fault not in before]
    if errors := [fault for fault in new if not fault.is_warning]:
        raise StudyError(errors)
    return tuple(new)


def write_levels(study: Study, levels: Levels) -> tuple[Fault, ...]:
    """Add the rows to the register; what they are warned of."""
    if not levels.rows:
        return ()
    return append(study.path, levels.rows, study.known_to_registers(), seen=study.registers).warnings


def level_id(reader: Reader, about: About, day: str) -> str:
    """The id of a reader's level for a box, given on a day.

    >>> reader = Reader("M5-workshop-0123456789ab", "r-abcdefghij234567klmn", "", "", "nb")
    >>> level_id(reader, About("element", "C0004", "TRD"), "2021-02-15")
    'SV-59ce7a2727438412'
    """
    whole = canonical_json([reader.pack, reader.id, about.id, about.case, day])
    return f"{PREFIX}{hashlib.sha256(whole.encode('utf-8')).hexdigest()[:16]}"


def milestone_for(study: Study, pack: str, case: str, day: str) -> str:
    """The milestone a level of that day is recorded for: the pack's own while it lasts, else the next one; "" if none."""
    own = milestone_of(study, pack)
    last = max(day, own.cut_off.isoformat())
    fitting = [
        one
        for one in study.settings.milestones
        if one.case in ("", case) and day <= one.cut_off.isoformat() and (one is own or one.cut_off.isoformat() >= last)
    ]
    ordered = sorted(fitting, key=lambda one: (one is not own, one.case == "", one.cut_off, one.id))
    return ordered[0].id if ordered else ""


def _faults(study: Study, rows: Sequence[Assessment], known: Known) -> list[Fault]:
    faults = Faults()
    given = {kind: list(enumerate(getattr(study.registers, name), 2)) for name, kind in KINDS.items()}
    given[Assessment] += enumerate(rows, len(given[Assessment]) + 2)
    check(given, known, faults)
    return list(faults)


def _safe_cell(text: str) -> str:
    """A reason as a cell can hold it: what a spreadsheet would take for a formula begins with a dash of its own."""
    text = " ".join(text.split())
    return f"– {text}" if text[:1] in tuple("=+-@") else text
