"""Memos written outside documents, on disk: ``corpus/memos/CODER.jsonl``, lines as those of a coding log.

Append-only, each line chained to the one before; one writer per file. Their `document` is empty, and so they speak of
no text.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..codebook.changes import Lineage
from ..codebook.code import Codebook
from ..errors import Faults, ForanError, StudyError
from . import journal
from .acts import Desk
from .coders import is_coder_name, other_case
from .events import NO_PREVIOUS, Event, Log, Step, gestures
from .memos import check_memo_log

FOLDER = "corpus/memos"
#: What the ids of these memos begin with, where others have their document: memo.K1.m0001.
MARK = "memo"
#: How often an act is weighed anew because another window was quicker.
_TRIES = 20


def memo_path(study: Path, coder: str) -> Path:
    """The file of a coder's memos outside documents."""
    return study / FOLDER / f"{coder}.jsonl"


def read_memo_logs(study: Path, lineage: Lineage, faults: Faults) -> tuple[Log, ...]:
    """Every coder's memos outside documents, checked; none in a study that has no such folder."""
    logs = []
    folder = study / FOLDER
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(study).as_posix()
        if path.suffix == ".jsonl" and path.parent == folder and not path.name.startswith("."):
            log = journal.read_log(path, name, faults)
            check_memo_log(log, path.stem, lineage, faults)
            logs.append(log)
        elif not (path.name.endswith(".jsonl.torn") or any(p.startswith(".") for p in path.relative_to(folder).parts)):
            faults.note(
                "unknown-file",
                name,
                None,
                "a file that holds no memos",
                f"{FOLDER}/CODER.jsonl",
                "Rename it or move it away: it is not read.",
            )
    return tuple(logs)


def write_memo(
    study: Path, coder: str, book: Codebook, act: Callable[[Desk], list[Step]], *, at: str
) -> tuple[Event, ...]:
    """Do what `act` says at the desk of a coder's memos, and flush it to the disk; when this returns, it is there.

    Parameters
    ----------
    book
        The codebook in force.
    act
        Gives the steps, such as a call of :func:`~foran_research.coding.acts.note`.
    at
        The time of the events.

    Raises
    ------
    ForanError
        For a name that can be no coder's, or when the disk refuses.
    StudyError
        When the coder's file has faults.
    """
    if not is_coder_name(coder):
        raise ForanError("that name cannot be a coder's: 1–20 letters, digits, hyphens and underscores")
    folder, coding = study / FOLDER, study / journal.FOLDER
    there = [path.stem for path in folder.glob("*.jsonl")] + [path.name for path in coding.glob("*")]
    if other := other_case(coder, there):
        raise ForanError(
            f"{coder}: there is a coder {other}, and names that differ in case only are one file to Windows"
        )
    path = memo_path(study, coder)
    for _ in range(_TRIES):
        log = _read(path, study)
        desk = Desk(MARK, coder, "", book, {})
        for done in gestures(log.events):
            desk.see(done)
        steps = act(desk)
        if not steps:
            return ()
        drafts = [
            {
                "at": at,
                "coder": coder,
                "document": "",
                "text_sha256": NO_PREVIOUS,
                "action": step.action,
                "segment": step.record,
                "codebook_version": book.codebook_version,
                "before": step.before,
                "after": step.after,
            }
            for step in steps
        ]
        events = journal.following(log, drafts, is_one_act=len(drafts) > 1)
        try:
            journal.append(path, events)
        except journal.StaleLogError:
            continue
        except OSError as error:
            raise ForanError(f"{path}: cannot be written to ({error.strerror}); nothing was changed") from error
        return tuple(events)
    raise ForanError(f"{path}: others keep writing to it; try again, nothing was changed")


def _read(path: Path, study: Path) -> Log:
    name = path.relative_to(study).as_posix()
    if not path.exists():
        return Log(name, (), ())
    faults = Faults()
    log = journal.read_log(path, name, faults)
    if faults.errors:
        raise StudyError(faults.errors)
    return log
