"""Answers to review packs brought home: files kept as they came, and what follows from them written into the study.

Files go into ``corpus/reviews/received/``, never changed again. All else follows from all of them together: the note of
the workshop, memos, proposals for the codebook, self-assessments. Each step asks what is there already, so that a run
that was cut short is finished by the next one, and files may come in any order and more than once.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .adding import How, OpenKey, add_documents, replace_document
from .analysis.disclosure import PERSONS, Layer, suppress
from .codebook.code import Codebook
from .codebook.writing import code_record, yaml_text
from .coding.acts import Desk, note
from .coding.coders import is_coder_name
from .coding.events import Step
from .coding.memo_store import write_memo
from .coding.memos import states as memo_states
from .corpus.intake import Description, shown_file, sources_in
from .corpus.store import (
    PARTICIPANT_COLUMNS,
    PARTICIPANTS_FILE,
    TEXTS_FOLDER,
    WITHDRAWN,
    read_register,
    read_register_without_ids,
    register_text,
    write_atomically,
)
from .corpus.text_versions import read_changes, read_version
from .corpus.transcript import split_front_matter, text_sha256
from .errors import Fault, Faults, ForanError, StudyError, UnknownName
from .exchange.sheets import csv_bytes
from .locking import only_writer
from .memoing import reference
from .reanchoring import edited, reanchor
from .registers.records import Assessment
from .registers.store import append
from .review.answers import (
    LARGEST,
    STANCES,
    About,
    AnswerFile,
    Merged,
    Reader,
    Said,
    canonical_json,
    codes_of,
    family,
    merge,
    read_answers,
    things_in,
    title_of,
    without_readers,
)
from .revising import propose, withdraw_proposal
from .revising import states as proposal_states
from .settings import Milestone
from .study import Study, load_study
from .vocabulary import is_iso_date

FOLDER = "corpus/reviews"
RECEIVED, ASIDE, PACKS = f"{FOLDER}/received", f"{FOLDER}/aside", f"{FOLDER}/packs"
#: What was said of each file when it came: when, by whom, of which workshop.
LEDGER = f"{FOLDER}/received.csv"
LEDGER_COLUMNS = ("sha256", "on", "by", "date", "arena", "case", "edited")
#: Why the text of a note changes, in the list of changes; a change for another reason is a person's.
REASON = "flere svar på gjennomgangspakken · more answers to the review pack"
#: What readers consent to by answering: that their words are coded. Not that they are shown.
CONSENT = "analysis"
#: What is done with each thing, in the order of a note.
_ORDER = ("question", "claim", "element", "quote", "edge", "measure", "change", "pack")
_SEVERAL_NB = {
    "rename": "forslag til navn",
    "new_element": "forslag til nye elementer",
    "maturity": "begrunnelse for nivå",
}
_SEVERAL_EN = {"rename": "proposed names", "new_element": "proposed new elements", "maturity": "reasons for a level"}
#: The line under a memo that says where it comes from: the answer, and a fingerprint of its words.
_MARK = re.compile(r"^\[svar (a-[a-z2-7]{20}(?:\.[0-9a-f]{8})?) ([0-9a-f]{8}) · ", re.MULTILINE)
_EVIDENCE = re.compile(r"svar:(a-[a-z2-7]{20}(?:\.[0-9a-f]{8})?)#([0-9a-f]{8})")
_PACK_IN_PAGE = re.compile(rb'<script\b[^>]*\bid="pack"[^>]*>(.*?)</script>', re.DOTALL)
#: What stands before the label of each turn in the file that a note is read from.
_TURN = "[leser]"
#: What Markdown could take for a mark.
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
#: Characters of a proposed element's label; all of it stands in the reason.
_LABEL = 80


@dataclass(frozen=True)
class LeftOut:
    """Answers that are kept in their files and not taken further: how many, about what kind of thing, in which pack, why.

    `reason`: changed (the newest pack says something else there), gone (it no longer has it), unknown (no pack ever had
    it), no_milestone (the day is after every milestone that the level could be recorded for), no_element.
    """

    pack: str
    kind: str
    reason: str
    count: int


@dataclass(frozen=True)
class Collected:
    """What a run led to.

    `received` are files that were not there before, `known` those that were, `aside` files of unknown packs by pack,
    `refused` what was wrong with single files. `notes` are (document, "new", "changed", "same" or "edited").
    """

    received: int = 0
    known: int = 0
    readers: int = 0
    answers: int = 0
    refused: tuple[Fault, ...] = ()
    aside: tuple[tuple[str, int], ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    both: tuple[str, ...] = ()
    edited: int = 0
    notes: tuple[tuple[str, str], ...] = ()
    memos: int = 0
    proposals: tuple[str, ...] = ()
    not_proposed: int = 0
    assessments: int = 0
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class _Row:
    """A received file with what was said of it when it came."""

    file: AnswerFile
    on: str
    by: str
    date: str
    arena: str
    case: str


@dataclass(frozen=True)
class _Store:
    """All that has been received, and the packs that are known: by id what they say, where that is at hand."""

    rows: tuple[_Row, ...]
    packs: Mapping[str, Mapping[str, Any]]
    #: By pack the newest one for the same milestone, audience and arena.
    newest: Mapping[str, str]
    merged: Merged


@dataclass(frozen=True)
class _Turn:
    """One turn of a note: who, which answer, and under which heading."""

    said: Said
    heading: str
    place: tuple[Any, ...]


@dataclass(frozen=True)
class _Note:
    """A note as it is to be: its document, where it belongs, its turns in their order."""

    document: str
    case: str
    arena: str
    date: str
    title: str
    turns: tuple[_Turn, ...] = field(repr=False)


def collect(
    study: Path,
    files: Sequence[Path] = (),
    *,
    by: str,
    at: str,
    date: str = "",
    arena: str = "",
    case: str = "",
    packs: Sequence[Path] = (),
    accepts_edited: bool = False,
    key: OpenKey | None = None,
    how: How | None = None,
    is_dry_run: bool = False,
) -> Collected:
    """Take answer files into a study and write what follows from all that have come.

    Files that are none, cut, too large or edited are told of and left alone; the others come in. Without files, what an
    earlier run did not end is ended.

    Parameters
    ----------
    study
        The study's folder.
    files
        Answer files, as the pack saves them.
    by
        The coder who collects, and whose the memos are.
    at
        The moment, UTC, as ``YYYY-MM-DDTHH:MM:SSZ``.
    date, arena, case
        The workshop's day (that of `at` when left out), its arena where a file names none, and its municipality where
        the pack is about several.
    packs
        Packs (``.html``) that the ledger does not have.
    key, how
        As ``adding.add_documents`` takes them; a study of real people needs the key.
    is_dry_run
        Read and check the files; write nothing.

    Raises
    ------
    StudyError
        When the study has faults, or a note cannot come in.
    NotDecided
        When names in the answers wait for a decision; the files are kept, and the next run goes on.
    ForanError
        For a coder, day, arena or pack that is none.
    """
    if not is_dry_run:
        _finish_texts(study, at)
    loaded = load_study(study)
    _check_given(loaded, by, date, arena, case)
    faults = Faults()
    given = _given_packs(packs)
    found = _read_files(loaded, files, faults, accepts_edited)
    if is_dry_run:
        known = _known_packs(loaded, {**_kept_packs(loaded), **given})
        return _counted(found, known, faults, loaded)
    with only_writer(study / FOLDER, "foran review collect", wait=30.0):
        _sweep(loaded)
        _keep_packs(study, given)
        contents = {**_kept_packs(loaded), **given}
        known = _known_packs(loaded, contents)
        told = _keep_files(loaded, found, known, faults, by, at, date or at[:10], arena, case)
        store = _store(loaded, contents)
        return _derived(loaded, store, told, by=by, at=at, key=key, how=how or How())


_REASONS = {
    "changed": "the newest pack says something else there",
    "gone": "the newest pack no longer has it",
    "unknown": "no such thing in the pack they name",
    "no_milestone": "given after every milestone that a level could be recorded for",
    "no_element": "no element of that version of the codebook, or a part of one",
}


def told_of(found: Collected) -> list[str]:
    """What a run led to, in lines for a person; nothing of what anybody wrote.

    >>> told_of(Collected(received=2, readers=2, answers=7))
    ['2 new files, 0 that were there; 2 readers, 7 answers in all']
    """
    lines = [
        f"{found.received} new files, {found.known} that were there; {found.readers} readers, {found.answers} answers in all"
    ]
    lines += [
        f"  {count} files of {pack}, which this study has not made: kept in {ASIDE}; give it with --pack FILE.html"
        for pack, count in found.aside
    ]
    states = {"new": "is new", "changed": "has more answers", "same": "is as it was",
              "edited": "was edited by a person and left alone: add the new answers there with `foran edit`"}  # fmt: skip
    lines += [f"  note {document} {states[state]}" for document, state in found.notes]
    if found.memos:
        lines.append(f"  {found.memos} memos written or changed")
    if found.proposals:
        lines.append(f"  proposals for the codebook: {', '.join(found.proposals)} (foran codebook proposals)")
    if found.not_proposed:
        lines.append(
            f"  {found.not_proposed} proposed names or elements have no place in the newest codebook: see the note"
        )
    if found.assessments:
        lines.append(f"  {found.assessments} rows of self-assessments")
    lines += [
        f"  {one.count} answers about a {one.kind} of {one.pack} go no further: {_REASONS[one.reason]}"
        for one in found.left_out
    ]
    if found.both:
        lines.append(f"  {len(found.both)} answers are told differently by two files: both are kept")
    if found.edited:
        lines.append(f"  {found.edited} files were edited after the pack saved them (--accept-edited)")
    return lines


def _check_given(study: Study, by: str, date: str, arena: str, case: str) -> None:
    if not is_coder_name(by):
        raise ForanError("--by: a coder's id, 1–20 letters, digits, hyphens and underscores; never a name")
    if date and not is_iso_date(date):
        raise ForanError(f"{date!r} is no day; expected YYYY-MM-DD")
    words = study.settings.vocabulary()
    for kind, value in (("arena", arena), ("case", case)):
        if value and value not in words[kind]:
            raise UnknownName(kind, value, words[kind])


# Files


def _read_files(
    study: Study, paths: Sequence[Path], faults: Faults, accepts_edited: bool
) -> list[tuple[bytes, AnswerFile]]:
    found: list[tuple[bytes, AnswerFile]] = []
    for number, path in enumerate(paths, 1):
        name = shown_file(path, number, is_open=study.settings.is_synthetic)
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            faults.note("unreadable", name, None, f"{error.strerror}", "a file", "Check the name and who may read it.")
            continue
        one = read_answers(data, name, faults, accepts_edited=accepts_edited)
        if one is not None:
            found.append((data, one))
    return found


def _counted(
    found: Sequence[tuple[bytes, AnswerFile]], known: frozenset[str], faults: Faults, study: Study
) -> Collected:
    there = {path.stem for path in (study.path / RECEIVED).glob("*.json")}
    files = {one.sha256: one for _, one in found}
    ours = [one for one in files.values() if one.pack in known]
    merged = merge(ours)
    return Collected(
        received=sum(one.sha256 not in there for one in ours),
        known=len(found) - sum(one.sha256 not in there for one in ours),
        readers=len(merged.readers),
        answers=len(merged.said),
        refused=tuple(faults),
        aside=tuple(sorted(Counter(one.pack for one in files.values() if one.pack not in known).items())),
        both=merged.both,
        edited=sum(one.is_edited for one in ours),
    )


def _keep_files(
    study: Study,
    found: Sequence[tuple[bytes, AnswerFile]],
    known: frozenset[str],
    faults: Faults,
    by: str,
    at: str,
    date: str,
    arena: str,
    case: str,
) -> Collected:
    """Keep every file as it came; those of packs that nobody knows aside, and those known since from there."""
    path = study.path
    gone = _gone(study)
    aside: Counter[str] = Counter()
    for data, one in found:
        if one.pack not in known:
            _keep_bytes(path / ASIDE / f"{one.sha256}.json", data)
    waiting = []
    for place in sorted((path / ASIDE).glob("*.json")):
        data = place.read_bytes()
        held = read_answers(data, place.name, faults, accepts_edited=True)
        if held is not None and held.pack in known:
            waiting.append((data, held))
        elif held is not None:
            aside[held.pack] += 1
    rows = {row["sha256"]: row for row in _ledger(path)}
    there = set(rows)
    new = 0
    for data, one in (*found, *waiting):
        code = Reader(one.pack, one.reader, "", "", "").code
        if one.pack not in known:
            continue
        if code in gone:
            faults.note("withdrawn-source", f"{one.sha256[:12]}….json", None, f"answers of {code}, who has withdrawn",
                        "readers who take part", "Delete the file.")  # fmt: skip
            continue
        new += one.sha256 not in there
        there.add(one.sha256)
        _keep_bytes(path / RECEIVED / f"{one.sha256}.json", data)
        rows.setdefault(one.sha256, _row_of(one, by, at, date, arena, case))
    for place in sorted((path / RECEIVED).glob("*.json")):
        # A run that was cut short between a file and its row.
        held = None
        if place.stem not in rows:
            held = read_answers(place.read_bytes(), place.name, faults, accepts_edited=True)
        if held is not None:
            rows[place.stem] = _row_of(held, by, at, date, arena, case)
    if rows and list(rows.values()) != _ledger(path):
        write_atomically(path / LEDGER, register_text(list(rows.values()), LEDGER_COLUMNS))
    for _, one in waiting:
        (path / ASIDE / f"{one.sha256}.json").unlink(missing_ok=True)
    known_files = sum(1 for _, one in found if one.pack in known)
    return Collected(
        received=new,
        known=max(known_files + len(waiting) - new, 0),
        refused=tuple(faults),
        aside=tuple(sorted(aside.items())),
    )


def _sweep(study: Study) -> None:
    """Remove what a run that was killed left half-written, and the files of readers who have withdrawn."""
    folder = study.path / FOLDER
    for place in folder.rglob(".*"):
        if place.is_file() and (".json." in place.name or ".csv." in place.name):
            place.unlink(missing_ok=True)
    gone = _gone(study)
    for place in [*folder.glob("received/*.json"), *folder.glob("aside/*.json")] if gone else ():
        one = read_answers(place.read_bytes(), place.name, Faults(), accepts_edited=True)
        if one is not None and Reader(one.pack, one.reader, "", "", "").code in gone:
            place.unlink()


def _row_of(one: AnswerFile, by: str, at: str, date: str, arena: str, case: str) -> dict[str, str]:
    edited = "yes" if one.is_edited else ""
    return {"sha256": one.sha256, "on": at[:10], "by": by, "date": date, "arena": arena, "case": case, "edited": edited}


def _keep_bytes(path: Path, data: bytes) -> None:
    if not path.exists() or path.read_bytes() != data:
        write_atomically(path, data)


def _ledger(study: Path) -> list[dict[str, str]]:
    if not (study / LEDGER).exists():
        return []
    faults = Faults()
    rows = [row for _, row in read_register_without_ids(study, LEDGER, LEDGER_COLUMNS, faults)]
    if faults.errors:
        raise StudyError(faults.errors)
    return rows


# Packs


def _given_packs(paths: Sequence[Path]) -> dict[str, Mapping[str, Any]]:
    found = {}
    for path in paths:
        try:
            pack = _pack_in(path.read_bytes())
        except OSError as error:
            raise ForanError(f"{path.name}: {error.strerror}") from None
        if pack is None:
            raise ForanError(f"{path.name}: no review pack, or one that was changed after it was made")
        found[str(pack["id"])] = pack
    return found


def _pack_in(data: bytes) -> Mapping[str, Any] | None:
    """The pack in a page or in JSON, if its id still fits what it says."""
    held = _PACK_IN_PAGE.search(data)
    try:
        pack = json.loads((held[1] if held else data).decode("utf-8"))
        content = {key: value for key, value in pack.items() if key != "id"}
        digits = hashlib.sha256(canonical_json(content).encode("utf-8")).hexdigest()[:12]
        is_whole = pack["format"] == "foran-review-pack" and str(pack["id"]).endswith(f"-{digits}")
        things_in(pack)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return pack if is_whole else None


def _keep_packs(study: Path, packs: Mapping[str, Mapping[str, Any]]) -> None:
    """What a pack said, so that answers to it can be understood when a newer one has taken its place."""
    for name, pack in packs.items():
        _keep_bytes(study / PACKS / f"{name}.json", canonical_json(pack).encode("utf-8"))


def _kept_packs(study: Study) -> dict[str, Mapping[str, Any]]:
    """The packs whose contents are at hand: kept ones, and those that lie in outputs."""
    places = [*sorted((study.path / "outputs").glob("review/*.html")), *sorted((study.path / PACKS).glob("*.json"))]
    found = (_pack_in(place.read_bytes()) for place in places)
    return {str(pack["id"]): pack for pack in found if pack is not None}


def _known_packs(study: Study, contents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """The packs of this study: those of its ledger, and those kept because somebody gave them."""
    kept = {path.stem for path in (study.path / PACKS).glob("*.json")}
    listed = {row.id for row in study.registers.packs}
    ours = {milestone.id for milestone in study.settings.milestones}
    given = {name for name, pack in contents.items() if name in kept or name not in listed}
    return frozenset(listed | {name for name in given if contents[name]["milestone"]["id"] in ours})


def _newest(study: Study, contents: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """By pack the newest one for the same milestone, audience and arena."""
    made = {row.id: at for at, row in enumerate(study.registers.packs)}
    arenas = {name: str(pack["arena"]) for name, pack in contents.items()}
    arenas |= {row.id: row.arena for row in study.registers.packs}
    last: dict[tuple[str, str], str] = {}
    for name in sorted(arenas, key=lambda one: (made.get(one, -1), one)):
        last[family(name), arenas[name]] = name
    return {name: last[family(name), arena] for name, arena in arenas.items()}


def _store(study: Study, contents: Mapping[str, Mapping[str, Any]], *, keeps: bool = True) -> _Store:
    rows: list[_Row] = []
    for row in _ledger(study.path):
        place = study.path / RECEIVED / f"{row['sha256']}.json"
        # Files of readers who withdrew are gone, their rows stay.
        if not place.exists():
            continue
        faults = Faults()
        one = read_answers(place.read_bytes(), f"{RECEIVED}/{place.name}", faults, accepts_edited=True)
        if one is None or one.sha256 != row["sha256"]:
            raise ForanError(f"{RECEIVED}/{place.name}: not as it came; put it back from a backup")
        rows.append(_Row(one, row["on"], row["by"], row["date"], row["arena"], row["case"]))
    if keeps:
        used = {row.file.pack for row in rows}
        _keep_packs(study.path, {name: pack for name, pack in contents.items() if name in used})
    merged = without_readers(merge(row.file for row in rows), _gone(study))
    return _Store(tuple(rows), contents, _newest(study, contents), merged)


def _gone(study: Study) -> frozenset[str]:
    people = study.participants
    return frozenset(str(name) for name in people.index if WITHDRAWN in people.columns and people.at[name, WITHDRAWN])


# What follows


def _derived(
    study: Study, store: _Store, told: Collected, *, by: str, at: str, key: OpenKey | None, how: How
) -> Collected:
    kept, left = _taken(store)
    notes = _notes(study, store, kept)
    if notes and _register_readers(study, notes):
        study = load_study(study.path)
    states = []
    for one in notes:
        states.append((one.document, _write_note(study, one, at=at, key=key, how=how)))
    if any(state in ("new", "changed") for _, state in states):
        study = load_study(study.path)
    words = _words(study, notes)
    memos = _write_memos(study, store, kept, notes, words, by=by, at=at)
    proposals, failed = _write_proposals(study, store, kept, words, at=at)
    added, warnings, unplaced = _write_assessments(study, store, kept, words)
    return replace(
        told,
        readers=len(store.merged.readers),
        answers=len(store.merged.said),
        left_out=tuple(sorted((*left, *unplaced), key=lambda one: (one.pack, one.kind, one.reason))),
        both=store.merged.both,
        edited=sum(row.file.is_edited for row in store.rows),
        notes=tuple(states),
        memos=memos,
        proposals=proposals,
        not_proposed=failed,
        assessments=added,
        warnings=warnings,
    )


def _taken(store: _Store) -> tuple[tuple[Said, ...], list[LeftOut]]:
    """Answers to things that the newest pack still has and says the same of; and the others, counted."""
    things = {name: things_in(pack) for name, pack in store.packs.items()}
    kept: list[Said] = []
    left: Counter[tuple[str, str, str]] = Counter()
    for one in store.merged.said:
        reason = _why_not(one, things, store.newest)
        if reason:
            left[one.reader.pack, one.answer.about.kind, reason] += 1
        else:
            kept.append(one)
    return tuple(kept), [LeftOut(*which, count) for which, count in sorted(left.items())]


def _why_not(one: Said, things: Mapping[str, Mapping[str, str]], newest: Mapping[str, str]) -> str:
    about, pack = one.answer.about, one.reader.pack
    if about.kind == "pack":
        return "" if about.id == pack else "unknown"
    own, now = things.get(pack), things.get(newest.get(pack, pack))
    if own is not None and about.thing not in own:
        return "unknown"
    if now is None:
        return ""
    if about.thing not in now:
        return "gone"
    return "changed" if own is not None and own[about.thing] != now[about.thing] else ""


def _pack_of(store: _Store, pack: str) -> Mapping[str, Any] | None:
    return store.packs.get(store.newest.get(pack, pack)) or store.packs.get(pack)


def _milestone_of(study: Study, pack: str) -> Milestone:
    name = family(pack)
    found = [one for one in study.settings.milestones if name == one.id or name.startswith(f"{one.id}-")]
    if not found:
        raise UnknownName("milestone", name, (one.id for one in study.settings.milestones))
    return max(found, key=lambda one: len(one.id))


# The note


def _notes(study: Study, store: _Store, kept: Sequence[Said]) -> tuple[_Note, ...]:
    """The notes as they are to be: one for each milestone, audience and arena in which somebody wrote something."""
    by_reader: dict[tuple[str, str], list[_Row]] = {}
    for row in store.rows:
        by_reader.setdefault((row.file.pack, row.file.reader), []).append(row)
    words = study.settings.vocabulary()
    language = study.settings.language
    several = _SEVERAL_NB if language == "nb" else _SEVERAL_EN
    groups: dict[tuple[str, str, str], list[_Turn]] = {}
    dates: dict[tuple[str, str, str], str] = {}
    for one in kept:
        if not one.answer.text:
            continue
        rows = by_reader[one.reader.pack, one.reader.id]
        arena = one.reader.arena if one.reader.arena in words["arena"] else ""
        arena = arena or min((row.arena for row in rows if row.arena), default="")
        milestone = _milestone_of(study, one.reader.pack)
        case = milestone.case or min((row.case for row in rows if row.case), default="")
        group = (family(one.reader.pack), arena, case)
        about = one.answer.about
        act = one.answer.act if one.answer.act in several else ""
        title = " ".join(title_of(about, _pack_of(store, one.reader.pack), language).split())
        heading = title + (f" – {several[act]}" if act else "") + (f" ({about.case})" if about.case else "")
        role = one.reader.role if one.reader.role in words["actor_type"] else ""
        thing = family(about.id) if about.kind == "pack" else about.id
        place = (_ORDER.index(about.kind), thing, act, about.case, heading, role, one.reader.code, one.key)
        groups.setdefault(group, []).append(_Turn(one, heading, place))
        first = min(row.date for row in rows)
        dates[group] = min(dates.get(group, first), first)
    return tuple(
        _Note(
            "-".join(part for part in (group[2] or "DOC", "SVAR", _id_part(group[0]), _id_part(group[1])) if part),
            group[2],
            group[1],
            dates[group],
            f"Svar på gjennomgangspakken {group[0]} (skriftlige svar fra lesere uten navn)."
            if language == "nb"
            else f"Answers to the review pack {group[0]} (in writing, from readers without names).",
            tuple(sorted(turns, key=lambda one: one.place)),
        )
        for group, turns in sorted(groups.items())
    )


def _id_part(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "", text.removesuffix("-workshop"))


def _note_text(one: _Note) -> str:
    """A note as Markdown; what readers wrote stands in one line each and is never taken for a heading or a label."""
    lines = [_plain(one.title)]
    heading = ""
    for turn in one.turns:
        if turn.heading != heading:
            heading = turn.heading
            lines.append(f"## {_plain(heading)}")
        lines.append(f"{_plain(_TURN)} {turn.said.reader.code}: {_plain(turn.said.answer.text)}")
    return "\n\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def _register_readers(study: Study, notes: Sequence[_Note]) -> bool:
    """Enter the readers who wrote something as participants, by code and role; whether the register changed."""
    roles = study.settings.vocabulary()["actor_type"]
    with only_writer(study.path / "corpus", "foran add", wait=30.0):
        faults = Faults()
        rows = [row for _, row in read_register(study.path, PARTICIPANTS_FILE, PARTICIPANT_COLUMNS, faults)]
        if faults.errors:
            raise StudyError(faults.errors)
        by_id = {row["id"]: row for row in rows}
        columns = tuple(dict.fromkeys([*PARTICIPANT_COLUMNS, *(column for row in rows for column in row)]))
        before = register_text(rows, columns)
        wanted: dict[str, dict[str, str]] = {}
        for one in notes:
            for turn in one.turns:
                reader = turn.said.reader
                role = reader.role if reader.role in roles else ""
                form = "nn" if reader.language == "nn" else "nb"
                wanted[reader.code] = {"actor_type": role, "case": one.case, "written_form": form}
        for code, said in sorted(wanted.items()):
            row = by_id.setdefault(code, {**dict.fromkeys(columns, ""), "id": code, "consent": CONSENT})
            row.update(said)
        text = register_text([{column: row.get(column, "") for column in columns} for row in by_id.values()], columns)
        if text != before:
            write_atomically(study.path / PARTICIPANTS_FILE, text)
        return text != before


def _write_note(study: Study, one: _Note, *, at: str, key: OpenKey | None, how: How) -> str:
    """Bring the note into the study as any document comes in; what became of it."""
    text = _note_text(one)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    if sources_in(study.path).get(digest) == one.document and one.document in study.documents.index:
        return "same"
    is_there = one.document in study.documents.index
    if is_there and _is_edited(study, one.document):
        return "edited"
    codes = dict.fromkeys(turn.said.reader.code for turn in one.turns)
    # Said outright: of one turn alone nobody could tell that its first word is a label, and titles have colons as well.
    how = replace(how, pattern=f"{_TURN} {{speaker}}:", persons=tuple((code, code) for code in codes), is_again=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{one.document}.md"
        file.write_text(text, encoding="utf-8", newline="\n")
        if is_there:
            replace_document(study.path, file, one.document, at=at, reason=REASON, key=key, how=how)
            return "changed"
        about = Description("workshop_note", one.case, one.date, arena=one.arena, consent=CONSENT, id=one.document)
        add_documents(study.path, [file], about, at=at, key=key, how=how)
        return "new"


def _finish_texts(study: Path, at: str) -> None:
    """End the change of a note's text that a run before this one had begun; a person's change is left to that person."""
    changes = {one.document: one for one in read_changes(study, Faults())}
    for document in edited(study):
        text = split_front_matter((study / TEXTS_FOLDER / f"{document}.md").read_text("utf-8"))[1]
        is_kept = read_version(study, document, text_sha256(text)) is not None
        is_ours = document in changes and changes[document].reason == REASON
        if "-SVAR-" in document and (is_ours or is_kept):
            reanchor(study, document, at=at, reason=REASON)


def _is_edited(study: Study, document: str) -> bool:
    """Whether the newest change of the note's text is a person's."""
    changes = [one for one in read_changes(study.path, Faults()) if one.document == document]
    return bool(changes) and changes[-1].reason != REASON


def _words(study: Study, notes: Sequence[_Note]) -> dict[str, str]:
    """By answer its words as the study may hold them: as they stand in the note, where names are replaced.

    In a study of invented people they are the reader's own. Else an answer whose turn is not found has none.
    """
    if study.settings.is_synthetic:
        return {turn.said.key: turn.said.answer.text for one in notes for turn in one.turns}
    found: dict[str, str] = {}
    for one in notes:
        transcript = study.transcripts.get(one.document)
        if transcript is None:
            continue
        spoken = [turn for turn in transcript.turns if turn.speaker]
        if [turn.speaker for turn in spoken] == [turn.said.reader.code for turn in one.turns]:
            for turn, mine in zip(spoken, one.turns, strict=True):
                found[mine.said.key] = turn.span.of(transcript.text)
    return found


# Memos


@dataclass(frozen=True)
class _Act:
    """A memo to be written, changed (`memo`) or, without text, taken away."""

    memo: str
    text: str = field(repr=False)
    about: Mapping[str, str]
    links: Sequence[Mapping[str, str]]


def _write_memos(
    study: Study,
    store: _Store,
    kept: Sequence[Said],
    notes: Sequence[_Note],
    words: Mapping[str, str],
    *,
    by: str,
    at: str,
) -> int:
    """A memo for each comment and answer, one whose answer has changed anew, none for one that was taken back; how many."""
    book = _newest_book(study)
    document = {turn.said.key: one.document for one in notes for turn in one.turns}
    standing = {one.key for one in kept if one.answer.act in ("comment", "answer")}
    # Of an edited note nobody can tell which words stand for an answer: what was written of it before stays.
    wanted = {one.key: one for one in kept if one.key in standing and one.key in words}
    there = _memos_there(study)
    waiting = _waiting_ids(store, kept)
    changes: dict[str, list[_Act]] = {}
    for key, one in sorted(wanted.items()):
        coder, memo, mark = there.get(key, ("", "", ""))
        # A memo that a person took away or wrote more in is left alone while its answer says the same.
        if mark == _mark(one, words[key]):
            continue
        about, links = _references(study, store, one, document.get(key, ""))
        changes.setdefault(coder or by, []).append(_Act(memo, _memo_text(one, words[key]), about, links))
    for key, (coder, memo, _) in sorted(there.items()):
        if memo and key not in standing and key.partition(".")[0] not in waiting:
            changes.setdefault(coder, []).append(_Act(memo, "", {}, []))
    for coder, acts in sorted(changes.items()):
        write_memo(study.path, coder, book, partial(_memo_steps, acts), at=at)
    return sum(map(len, changes.values()))


def _waiting_ids(store: _Store, kept: Sequence[Said]) -> frozenset[str]:
    """Answers that stand but are not taken now: a memo of theirs stays as it is."""
    taken = {one.key for one in kept}
    return frozenset(one.answer.id for one in store.merged.said if one.key not in taken)


def _memo_steps(acts: Sequence[_Act], desk: Desk) -> list[Step]:
    """All memos as one act: on the disk stand all of them or none."""
    steps: list[Step] = []
    for one in acts:
        if one.memo and one.memo not in desk.state:
            continue
        if one.memo:
            made = note(desk, about={}, text=one.text, record=one.memo)
        else:
            made = note(desk, about=one.about, text=one.text, links=one.links)
        for step in made:
            # The next one gets the next number.
            if step.after is not None:
                desk.state[step.record] = step.after
            number = step.record.rpartition(".m")[2]
            desk.numbers["m"] = max(int(number), desk.numbers.get("m", 0))
        steps += made
    return steps


def _memos_there(study: Study) -> dict[str, tuple[str, str, str]]:
    """By answer the coder, the memo ("" where it was taken away) and the mark of the words it was made of."""
    found: dict[str, tuple[str, str, str]] = {}
    for name, told in memo_states(study.memo_logs).items():
        marks = [found_in for state in told if state.wording and (found_in := _MARK.search(state.wording.text))]
        if not marks:
            continue
        wording, key = told[-1].wording, marks[-1][1]
        stands = wording is not None and not wording.is_empty
        if stands or key not in found:
            found[key] = (told[0].event.coder, name if stands else "", marks[-1][2])
    return found


def _memo_text(one: Said, words: str) -> str:
    role = f" ({one.reader.role})" if one.reader.role else ""
    about = one.answer.about
    return (
        f"{words}\n\n[svar {one.key} {_mark(one, words)} · {one.reader.code}{role} · {family(one.reader.pack)} · "
        f"{about.kind if about.kind == 'pack' else about.thing}]"
    )


def _mark(one: Said, words: str) -> str:
    """What changes with an answer: eight digits of its words and revision."""
    return hashlib.sha256(canonical_json([words, one.answer.revision]).encode("utf-8")).hexdigest()[:8]


def _references(study: Study, store: _Store, one: Said, document: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What a memo is about, and what it is linked to: only what the study has."""
    about = one.answer.about
    wanted = [f"segment:{_segment_of(study, one)}"] if about.kind == "quote" else []
    wanted += [f"change:{about.id}"] if about.kind == "change" else []
    wanted += [f"code:{code}" for code in codes_of(about, _pack_of(store, one.reader.pack))]
    wanted.append(f"milestone:{_milestone_of(study, one.reader.pack).id}")
    if about.kind == "edge" and (case := about.id.partition("/")[0]) in study.settings.vocabulary()["case"]:
        wanted.append(f"case:{case}")
    wanted += [f"document:{document}"] if document else []
    pairs: list[dict[str, str]] = []
    for text in wanted:
        try:
            kind, name = reference(study, text)
        except (UnknownName, ForanError):
            continue
        pairs.append({kind: name})
    return pairs[0], pairs[1:]


def _segment_of(study: Study, one: Said) -> str:
    """The coded segment that a quote is; a pack for the public numbers its quotes as the ledger lists them."""
    name = one.answer.about.id
    row = next((row for row in reversed(study.registers.packs) if row.id == one.reader.pack), None)
    if row is None or not re.fullmatch(r"q[0-9]{4,}", name) or not 0 < int(name[1:]) <= len(row.segments):
        return name
    return row.segments[int(name[1:]) - 1]


def _newest_book(study: Study) -> Codebook:
    if not study.lineage.codebooks:
        raise UnknownName("codebook version", "", ())
    return study.lineage.codebooks[-1]


# Proposals


def _write_proposals(
    study: Study, store: _Store, kept: Sequence[Said], words: Mapping[str, str], *, at: str
) -> tuple[tuple[str, ...], int]:
    """A proposal for each new name and new element; their ids, and how many the newest codebook has no place for."""
    proposed = [one for one in kept if one.answer.act in ("rename", "new_element")]
    wanted = [one for one in proposed if one.key in words]
    there: dict[str, tuple[str, str, bool]] = {}
    for name, state in proposal_states(study.path).items():
        for text in state.proposal.change.evidence:
            if found := _EVIDENCE.fullmatch(text):
                there[found[1]] = (name, found[2], state.state == "open")
    made: list[str] = []
    failed = 0
    waiting = _waiting_ids(store, kept)
    standing = {one.key for one in proposed}
    for key, (name, _, is_open) in sorted(there.items()):
        if is_open and key not in standing and key.partition(".")[0] not in waiting:
            withdraw_proposal(study.path, name, by="", at=at, reason="Tatt tilbake av leseren.")
    for one in sorted(wanted, key=lambda said: said.key):
        name, mark, is_open = there.get(one.key, ("", "", False))
        if name and (mark == _mark(one, words[one.key]) or not is_open):
            continue
        text = _proposal_text(study, one, words[one.key])
        if not text:
            failed += 1
            continue
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "proposal.yaml"
            file.write_text(text, encoding="utf-8", newline="\n")
            try:
                made.append(propose(study.path, file, by="", at=at, amends=name).proposal.id)
            except StudyError:
                raise
            except ForanError:
                failed += 1
    return tuple(made), failed


def _proposal_text(study: Study, one: Said, words: str) -> str:
    """A proposal as it is handed in, "" when the newest codebook no longer has the element."""
    book = _newest_book(study)
    said = " ".join(words.split())
    is_english = one.reader.language == "en"
    evidence = [f"svar:{one.key}#{_mark(one, words)}"]
    reasons = {
        "reason_empirical": {
            "nb": f"En leser av gjennomgangspakken {family(one.reader.pack)} foreslo: {said}",
            "en": f"A reader of the review pack {family(one.reader.pack)} proposed: {said}",
        },
        "reason_theoretical": {
            "nb": "Ingen ennå; vurderes når forslaget behandles.",
            "en": "None yet; to be weighed when the proposal is dealt with.",
        },
        "evidence": evidence,
        "proposed_by_role": one.reader.role or "leser",
    }
    if one.answer.act == "rename":
        code = book.by_id.get(one.answer.about.id)
        if code is None or not code.is_active:
            return ""
        label = {**code_record(code)["label"], "en" if is_english else "nb": said}
        return yaml_text(
            {
                "type": "rename",
                "from": [code.id],
                "to": [code.id],
                "summary": {
                    "nb": f"{code.display} får navnet «{said}».",
                    "en": f"{code.display} is called “{said}”.",
                },
                **reasons,
                "codes": [{"id": code.id, "label": label}],
                "migration": [{"from": code.id, "rule": "keep"}],
            }
        )
    short = said if len(said) <= _LABEL else f"{said[: _LABEL - 1].rstrip()}…"
    level = study.settings.vocabulary()["level"][-1]
    numbers = [
        int(found[1]) for code in book.codes if (found := re.fullmatch(rf"{re.escape(level)}(\d+)", code.display))
    ]
    taken = _displays_proposed(study, level)
    display = f"{level}{max([0, *numbers, *taken]) + 1}"
    unwritten = {"nb": "Ikke skrevet ennå: foreslått av en leser.", "en": "Not written yet: proposed by a reader."}
    return yaml_text(
        {
            "type": "new",
            "from": [],
            "to": ["NY1"],
            "summary": {
                "nb": f"Nytt element: {short} (nivå og definisjon er ikke bestemt).",
                "en": f"A new element: {short} (level and definition are not decided).",
            },
            **reasons,
            "codes": [
                {
                    "id": "NY1",
                    "display": display,
                    "level": level,
                    "parent": None,
                    "label": {"nb": short, "en": short},
                    **dict.fromkeys(("brief", "definition", "when_to_use", "when_not_to_use", "example"), unwritten),
                    "source": evidence,
                    "polarity_in_source": [],
                    "maturity": "",
                    "cues": {"nb": [], "nn": []},
                }
            ],
            "migration": [],
        }
    )


def _displays_proposed(study: Study, level: str) -> list[int]:
    """The numbers of display codes that open proposals bring in on a level."""
    shown = (
        str(record.get("display", ""))
        for state in proposal_states(study.path).values()
        if not state.version
        for record in state.proposal.codes
    )
    return [int(found[1]) for text in shown if (found := re.fullmatch(rf"{re.escape(level)}(\d+)", text))]


# Maturity


def _write_assessments(
    study: Study, store: _Store, kept: Sequence[Said], words: Mapping[str, str]
) -> tuple[int, tuple[Fault, ...], list[LeftOut]]:
    """Levels as self-assessments in the register, and those taken back taken out; rows, warnings, and what has no place."""
    known = study.known_to_registers()
    arenas = study.settings.vocabulary()["arena"]
    days: dict[tuple[str, str], str] = {}
    versions: dict[tuple[str, str], str] = {}
    for row in store.rows:
        key = (row.file.pack, row.file.reader)
        days[key] = min(days.get(key, row.date), row.date)
        versions[key] = row.file.codebook_version
    there = {row.id: row for row in study.registers.assessments}
    wanted: dict[str, Assessment | None] = {}
    left: Counter[tuple[str, str, str]] = Counter()
    # Where a reader has two levels for one box, the one of the highest revision counts, whatever the order.
    levels = [one for one in kept if one.answer.act == "maturity"]
    for one in sorted(levels, key=lambda said: (said.answer.revision, said.answer.content, said.key)):
        key, about = (one.reader.pack, one.reader.id), one.answer.about
        id_ = _assessment_id(one.reader, about)
        before = there.get(id_)
        day = days[key]
        name = (
            before.milestone if before and before.milestone else _milestone_for(study, one.reader.pack, about.case, day)
        )
        is_element = about.id in known.elements.get(versions[key], frozenset())
        if not name or not is_element:
            left[one.reader.pack, "element", "no_milestone" if is_element else "no_element"] += 1
            continue
        reason = _safe_cell(words.get(one.key, ""))
        if one.answer.text and one.key not in words and before is not None:
            reason = before.rationale
        wanted[id_] = Assessment(
            id_,
            day,
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
    standing = {id_ for id_, row in there.items() if not row.is_withdrawn}
    waiting = {
        _assessment_id(one.reader, one.answer.about) for one in store.merged.said if one.answer.act == "maturity"
    }
    readers = {one.code for one in store.merged.readers}
    for id_ in sorted(standing):
        if id_.startswith("SV-") and there[id_].assessor in readers and id_ not in waiting:
            wanted[id_] = None
    rows = []
    for id_, one_row in sorted(wanted.items()):
        before = there.get(id_)
        if one_row is None:
            rows.append(Assessment(id_, there[id_].on, action="withdrawn"))
        elif before is None or replace(one_row, on=before.on) != before:
            rows.append(replace(one_row, on=max(one_row.on, before.on if before else "")))
    warnings: tuple[Fault, ...] = ()
    if rows:
        warnings = append(study.path, rows, known, seen=study.registers).warnings
    return len(rows), warnings, [LeftOut(*which, count) for which, count in sorted(left.items())]


def _assessment_id(reader: Reader, about: About) -> str:
    whole = canonical_json([reader.pack, reader.id, about.id, about.case])
    return f"SV-{hashlib.sha256(whole.encode('utf-8')).hexdigest()[:16]}"


def _safe_cell(text: str) -> str:
    """A reason as a cell can hold it: what a spreadsheet would take for a formula begins with a dash of its own."""
    text = " ".join(text.split())
    return f"– {text}" if text[:1] in tuple("=+-@") else text


def _milestone_for(study: Study, pack: str, case: str, day: str) -> str:
    """The milestone a level of that day is recorded for: the pack's own while it lasts, else the next one; "" if none."""
    own = _milestone_of(study, pack)
    last = max(day, own.cut_off.isoformat())
    fitting = [
        one
        for one in study.settings.milestones
        if one.case in ("", case) and day <= one.cut_off.isoformat() and (one is own or one.cut_off.isoformat() >= last)
    ]
    ordered = sorted(fitting, key=lambda one: (one is not own, one.case == "", one.cut_off, one.id))
    return ordered[0].id if ordered else ""


# Tables


def told_of_answers(study: Study, pack: str = "", *, language: str = "nb") -> str:
    """How much has come in, in a line or two for a notebook; of a study without answers, that there are none."""
    table = answers_table(study, pack, language=language)
    if table.empty:
        return {
            "nb": f"Ingen svar på en gjennomgangspakke for {pack or 'studien'} ennå. De samles inn med: foran review collect",
            "en": f"No answers to a review pack of {pack or 'the study'} yet. They are taken in with: foran review collect",
        }[language]
    counts = (len(table), table["reader"].nunique(), int((table["left_out"] != "").sum()))
    return {
        "nb": "{} svar fra {} lesere; {} av dem er ikke tatt med videre.",
        "en": "{} answers from {} readers; {} of them go no further.",
    }[language].format(*counts)


def files_of_tables(study: Study, pack: str = "", *, language: str = "nb") -> dict[str, bytes]:
    """The tables as CSV files, without what readers wrote; no files without answers."""
    if answers_table(study, pack, language=language).empty:
        return {}
    tables = {
        "agreement.csv": agreement_table(study, pack, language=language),
        "levels.csv": levels_table(study, pack, language=language),
    }
    return {name: csv_bytes(table, notice=study.settings.notice.get(language, "")) for name, table in tables.items()}


#: One row per answer that stands; `text` are a reader's words, and not to be shared.
ANSWER_COLUMNS = (
    "pack", "reader", "role", "arena", "kind", "about", "case", "title", "act", "value", "text", "left_out", "key",
)  # fmt: skip
#: One row per thing and role ("" is everybody); counts of persons, missing where fewer than five could be told from it.
AGREEMENT_COLUMNS = ("kind", "about", "title", "role", "agree", "doubt", "comments")
#: One row per thing to do, the most pressing first.
STEP_COLUMNS = ("step", "kind", "about", "title", "why")
_COUNTED = ("agree", "doubt", "comments")


def answers_table(study: Study, pack: str = "", *, language: str = "nb") -> pd.DataFrame:
    """Every answer that has come in and stands.

    Parameters
    ----------
    pack
        A pack's id, or what all its versions have in common (``M5-workshop``), or a milestone; "" for all.

    Returns
    -------
    pandas.DataFrame
        With ``ANSWER_COLUMNS``. `left_out` says why an answer is not taken further (see :class:`LeftOut`), "" where it is;
        `text` are the reader's own words, as they came.
    """
    store = _stored(study)
    kept, _ = _taken(store)
    taken = {(one.reader.id, one.key) for one in kept}
    things = {name: things_in(content) for name, content in store.packs.items()}
    rows = [
        (
            one.reader.pack,
            one.reader.code,
            one.reader.role,
            one.reader.arena,
            one.answer.about.kind,
            family(one.answer.about.id) if one.answer.about.kind == "pack" else one.answer.about.id,
            one.answer.about.case,
            title_of(one.answer.about, _pack_of(store, one.reader.pack), language),
            one.answer.act,
            one.answer.value,
            one.answer.text,
            "" if (one.reader.id, one.key) in taken else _why_not(one, things, store.newest),
            one.key,
        )
        for one in store.merged.said
        if _is_of(study, one.reader.pack, pack)
    ]
    frame = pd.DataFrame(rows, columns=list(ANSWER_COLUMNS))
    return frame.astype({"value": "Int64"})


def agreement_table(study: Study, pack: str = "", *, language: str = "nb", k: int = PERSONS) -> pd.DataFrame:
    """How many readers agree with each thing, doubt it and comment on it, all together and by role.

    Parameters
    ----------
    pack
        As :func:`answers_table` takes it.
    k
        Counts of fewer persons are hidden, and with them what would give them away.

    Returns
    -------
    pandas.DataFrame
        With ``AGREEMENT_COLUMNS``, things in the order of a note, everybody before the roles; hidden counts are missing.
    """
    table = answers_table(study, pack, language=language)
    table = table[(table["left_out"] == "") & table["act"].isin([*STANCES, "comment", "answer"])]
    table = table.assign(counted=table["act"].map({"answer": "comments", "comment": "comments"}).fillna(table["act"]))
    roles = sorted(set(table["role"]))
    rows: list[tuple[Any, ...]] = []
    groups = sorted(table.groupby(["kind", "about"]), key=lambda one: (_ORDER.index(str(one[0][0])), str(one[0][1])))
    for (kind, about), group in groups:
        title = str(group["title"].iloc[0])
        shown = {}
        for act in _COUNTED:
            readers = group[group["counted"] == act].drop_duplicates("reader")["role"].value_counts()
            shown[act] = _shown_counts(tuple(int(readers.get(role, 0)) for role in roles), k)
        rows.append((kind, about, title, "", *(shown[act][-1] for act in _COUNTED)))
        present = set(group["role"])
        rows += [
            (kind, about, title, role or "–", *(shown[act][at] for act in _COUNTED))
            for at, role in enumerate(roles)
            if role in present
        ]
    frame = pd.DataFrame(rows, columns=list(AGREEMENT_COLUMNS))
    return frame.astype(dict.fromkeys(_COUNTED, "Int64"))


@lru_cache(maxsize=4096)
def _shown_counts(counts: tuple[int, ...], k: int) -> tuple[int | None, ...]:
    """Counts by role and their sum, None where few persons stand behind them or another count could be worked out.

    >>> _shown_counts((6, 2, 7), 5)
    (None, None, 7, 15)
    """
    hidden = suppress([Layer("persons", np.array([counts], dtype=np.int64), k=k)], columns_add=False)
    cells = [None if is_hidden else count for count, is_hidden in zip(counts, hidden.cells[0], strict=True)]
    return (*cells, None if hidden.row_totals[0] else sum(counts))


def proposals_table(study: Study, pack: str = "", *, language: str = "nb") -> pd.DataFrame:
    """The proposals for the codebook that came of answers: id, type, state, what it says; one row each."""
    keys = set(answers_table(study, pack, language=language)["key"])
    rows = []
    for name, state in proposal_states(study.path).items():
        marks = [found[1] for text in state.proposal.change.evidence if (found := _EVIDENCE.fullmatch(text))]
        if keys.intersection(marks):
            change = state.proposal.change
            rows.append((name, change.type, " ".join(change.source), state.state, change.summary[language]))
    return pd.DataFrame(rows, columns=["proposal", "type", "elements", "state", "summary"])


def levels_table(study: Study, pack: str = "", *, language: str = "nb") -> pd.DataFrame:
    """Readers' own levels beside those of researchers and workshops, for the same milestone, municipality and element.

    Returns
    -------
    pandas.DataFrame
        One row per milestone, municipality and element that readers have assessed: median, lowest, highest and number of
        readers, missing where fewer than five; the medians of researchers and of joint assessments (of two middle levels
        the lower).
    """
    codes = set(answers_table(study, pack, language=language)["reader"])
    day = max((row.on for row in study.registers.assessments), default="9999-12-31")
    standing = study.registers.until(day).assessments
    boxes = sorted({(r.milestone, r.case, r.element) for r in standing if r.side == "self" and r.assessor in codes})
    labels = {
        code.id: f"{code.display} {code.label[language]}" for book in study.lineage.codebooks for code in book.codes
    }
    rows = []
    for box in boxes:
        by_side: dict[str, list[int]] = {"self": [], "researcher": [], "joint": []}
        for row in standing:
            if (row.milestone, row.case, row.element) == box and row.level:
                by_side[row.side].append(row.level)
        own = sorted(by_side["self"])
        is_shown = len(own) >= PERSONS
        rows.append(
            (
                *box,
                labels.get(box[2], box[2]),
                *((_median(own), own[0], own[-1], len(own)) if is_shown else (None,) * 4),
                _median(sorted(by_side["researcher"])),
                _median(sorted(by_side["joint"])),
            )
        )
    columns = ["milestone", "case", "element", "title", "self", "lowest", "highest", "readers", "researcher", "joint"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype(dict.fromkeys(columns[4:], "Int64"))


def _median(levels: Sequence[int]) -> int | None:
    return levels[(len(levels) - 1) // 2] if levels else None


def next_steps(study: Study, pack: str = "", *, language: str = "nb", k: int = PERSONS) -> pd.DataFrame:
    """What to do next with what was said, the most pressing first; no row without answers.

    Returns
    -------
    pandas.DataFrame
        With ``STEP_COLUMNS``; counts are hidden as :func:`agreement_table` hides them.
    """
    say = 0 if language == "nb" else 1
    table = answers_table(study, pack, language=language)
    rows: list[tuple[str, str, str, str, str]] = []
    if table.empty:
        return pd.DataFrame(rows, columns=list(STEP_COLUMNS))
    for one in _own_notes(study, pack):
        coded = sum(1 for log in study.logs if Path(log.name).stem == one and log.events)
        if not coded:
            rows.append((_STEPS["code"][say], "document", one, one, _WHYS["code"][say]))
    for row in proposals_table(study, pack, language=language).to_dict("records"):
        if row["state"] == "open":
            rows.append((_STEPS["decide"][say], "proposal", row["proposal"], row["summary"], _WHYS["decide"][say]))
    agreement = agreement_table(study, pack, language=language, k=k)
    for row in agreement[agreement["role"] == ""].to_dict("records"):
        agree, doubt = (0 if pd.isna(row[name]) else int(row[name]) for name in STANCES)
        if doubt and doubt >= agree:
            rows.append(
                (_STEPS["doubt"][say], row["kind"], row["about"], row["title"], _WHYS["doubt"][say].format(doubt))
            )
    for kind, group in table[table["left_out"] != ""].groupby("left_out"):
        rows.append((_STEPS["left"][say], str(kind), "", "", _WHYS["left"][say].format(len(group))))
    rows.append((_STEPS["tell"][say], "pack", pack, "", _WHYS["tell"][say]))
    return pd.DataFrame(rows, columns=list(STEP_COLUMNS))


_STEPS = {
    "code": ("Kod notatet", "Code the note"),
    "decide": ("Behandle forslaget", "Decide on the proposal"),
    "doubt": ("Drøft det mange tviler på", "Discuss what many doubt"),
    "left": ("Les svar som ikke ble tatt med", "Read answers that were left out"),
    "tell": ("Fortell leserne hva svarene førte til", "Tell the readers what came of it"),
}
_WHYS = {
    "code": ("Ingen har kodet notatet med svarene ennå.", "Nobody has coded the note with the answers yet."),
    "decide": ("Foreslått av en leser; åpent.", "Proposed by a reader; open."),
    "doubt": ("{} tviler, og ikke flere er enige.", "{} doubt it, and no more agree."),
    "left": ("{} svar gjelder en eldre pakke der det sto noe annet.", "{} answers are about an older pack."),
    "tell": ("De som svarte, får vite hva som ble endret og hvorfor.", "Those who answered hear what changed and why."),
}


def _own_notes(study: Study, pack: str) -> list[str]:
    kept, _ = _taken(store := _stored(study))
    return [
        one.document
        for one in _notes(study, store, kept)
        if one.document in study.documents.index and any(_is_of(study, t.said.reader.pack, pack) for t in one.turns)
    ]


def _stored(study: Study) -> _Store:
    return _store(study, _kept_packs(study), keeps=False)


def _is_of(study: Study, own: str, asked: str) -> bool:
    return asked in ("", own, family(own)) or asked == _milestone_of(study, own).id
