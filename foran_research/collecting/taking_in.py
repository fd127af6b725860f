"""Answer files taken into a study, and what follows from all that have come written into it, in one order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from ..adding import How, OpenKey
from ..coding.coders import is_coder_name
from ..errors import Faults, ForanError, StudyError, UnknownName
from ..locking import only_writer
from ..study import Study, load_study
from .days import check_day, note_bad_day
from .files import Plan, Said, keep, planned, read_files, sweep
from .known_packs import given_packs, keep_packs, kept_packs, known_packs, packs_kept
from .ledger import FOLDER, ledger, standing
from .levels import check_levels, levels_of, write_levels
from .memos import write_memos
from .notes import days_of, finish_texts, register_readers, state_of, without_turn, words_of, write_days, write_note
from .proposals import write_proposals
from .results import Collected, LeftOut
from .stored import Store, store_of, taken
from .turns import notes_of


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
    is_redate: bool = False,
    today: str = "",
    key: OpenKey | None = None,
    how: How | None = None,
    is_dry_run: bool = False,
) -> Collected:
    """Take answer files into a study and write what follows from all that have come.

    Files that are none, cut, too large or edited are told of and left alone; the others come in. Without files, what an
    earlier run did not end is ended. All that follows is worked out and checked before anything is written.

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
        The workshop's day (`today` when left out), its arena where a file names none, and its municipality where the pack
        is about several.
    packs
        Packs (``.html``) that the ledger does not have.
    is_redate
        `files` are there already, with a wrong day: `date` takes its place, and what follows from it follows.
    today
        The day where the command is given; that of `at` when left out.
    key, how
        As ``adding.add_documents`` takes them; a study of real people needs the key.
    is_dry_run
        Do everything but write.

    Raises
    ------
    StudyError
        When the study has faults, a day is one on which the answers cannot have been given, or what follows from them
        does not fit the study; nothing is written then.
    NotDecided
        When names in the answers wait for a decision; the files are kept, and the next run goes on.
    ForanError
        For a coder, day, arena or pack that is none.
    """
    said = Said(by, at, today or at[:10], date, arena, case, is_redate)
    with ExitStack() as locked:
        if not is_dry_run:
            locked.enter_context(only_writer(study / FOLDER, "foran review collect", wait=30.0))
            finish_texts(study, at)
        loaded = load_study(study)
        _check_said(loaded, said)
        given, faults = given_packs(packs), Faults()
        found = read_files(loaded, files, faults, accepts_edited=accepts_edited)
        # A kept one may have lost words to a withdrawal; else the two are the same.
        contents = {**given, **kept_packs(study)}
        plan = planned(loaded, found, known_packs(loaded, contents), said, faults)
        # As the run before this one saw it: without the packs that have been made since.
        before = store_of(loaded, ledger(study), {}, packs_kept(study), is_before=True)
        store = store_of(loaded, plan.rows, plan.files, contents)
        _check_days(loaded, plan)
        told = _told(loaded, plan, before, store, faults)
        if is_dry_run:
            return told
        sweep(loaded)
        keep(study, plan)
        used = {row.file.pack for row in store.rows}
        used |= {store.newest.get(name, name) for name in used}
        keep_packs(study, {name: pack for name, pack in contents.items() if name in used or name in given})
        return _derived(loaded, store, told, by=by, at=at, key=key, how=how)


def _check_said(study: Study, said: Said) -> None:
    if not is_coder_name(said.by):
        raise ForanError("--by: a coder's id, 1–20 letters, digits, hyphens and underscores; never a name")
    if said.is_redate and not said.date:
        raise ForanError("--redate needs the right day: --date YYYY-MM-DD")
    if said.date:
        check_day(said.date, said.today)
    words = study.settings.vocabulary()
    for kind, value in (("arena", said.arena), ("case", said.case)):
        if value and value not in words[kind]:
            raise UnknownName(kind, value, words[kind])


def _check_days(study: Study, plan: Plan) -> None:
    """Refuse days said in this run on which the files cannot have been given."""
    faults = Faults()
    rows = standing(plan.rows)
    for sha256, name in plan.dated.items():
        one = plan.files[sha256]
        note_bad_day(study, rows[sha256], one.pack, one.codebook_version, name, faults)
    if faults:
        raise StudyError(faults)


def _told(study: Study, plan: Plan, before: Store, store: Store, faults: Faults) -> Collected:
    """What a run leads to, before anything is written; what would not fit the study is raised."""
    kept, left = taken(store)
    notes = notes_of(study, store, kept)
    words = {turn.said.key: turn.said.answer.text for one in notes for turn in one.turns}
    levels = levels_of(study, store, kept, words)
    return Collected(
        received=plan.received,
        known=plan.known,
        readers=len(store.merged.readers),
        answers=len(store.merged.said),
        refused=(*faults, *store.faults),
        aside=plan.aside_counts,
        told_aside=plan.told_aside,
        left_out=_in_order((*left, *levels.left_out)),
        left_before=_left(study, before),
        both=store.merged.both,
        edited=sum(row.file.is_edited for row in store.rows),
        redated=plan.redated,
        other_days=plan.other_days,
        other_place=plan.other_place,
        notes=tuple((one.document, state_of(study, one)) for one in notes),
        dated=days_of(study, notes),
        assessments=len(levels.rows),
        warnings=check_levels(study, store, levels),
        is_dry_run=True,
    )


def _left(study: Study, store: Store) -> tuple[LeftOut, ...]:
    kept, left = taken(store)
    return _in_order((*left, *levels_of(study, store, kept, {}).left_out))


def _in_order(left: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
    return tuple(sorted(left, key=lambda one: (one.pack, one.kind, one.reason)))


def _derived(
    study: Study, store: Store, told: Collected, *, by: str, at: str, key: OpenKey | None, how: How | None
) -> Collected:
    """Write what follows from all answers; each step asks what is there already."""
    kept, _ = taken(store)
    notes = notes_of(study, store, kept)
    dated = write_days(study, notes)
    if (notes and register_readers(study, notes)) or dated:
        study = load_study(study.path)
    states, followed, waiting = [], 0, 0
    for one in notes:
        state, moved = write_note(study, one, at=at, key=key, how=how)
        states.append((one.document, state))
        if moved is not None:
            waiting += moved.waiting
            followed += sum(moved.counts.values()) - moved.waiting
    if any(state in ("new", "changed") for _, state in states):
        study = load_study(study.path)
    words = words_of(study, notes)
    memos = write_memos(study, store, kept, notes, words, by=by, at=at)
    proposals, failed = write_proposals(study, store, kept, words, at=at)
    levels = levels_of(study, store, kept, words)
    return replace(
        told,
        notes=tuple(states),
        dated=dated,
        without_turn=without_turn(notes, words),
        moved=(followed, waiting),
        memos=memos,
        proposals=proposals,
        not_proposed=failed,
        assessments=len(levels.rows),
        warnings=write_levels(study, levels),
        is_dry_run=False,
    )
