"""Files with quotes put in place: only while everything in them may still be told, and never without their row.

Making a pack takes seconds, and somebody may revoke a quote meanwhile. So what is to go out is looked at once more while
nobody else can write to the registers; then it is recorded, and then the files get their names. Whoever revokes afterwards
finds the row; whoever revoked before is seen here.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .coding.segments import shown_id
from .days import checked_day
from .errors import ForanError
from .recalling import gone_of
from .registers.cleared import ways
from .registers.records import PackMade
from .registers.store import append, append_here, only_writer_here
from .settings import Milestone
from .study import Study, load_study
from .unfinished import half_made, leftovers, remove

#: How many passages an error names.
_NAMED = 3


def day_for(study: Study, milestones: Iterable[Milestone], segments: Iterable[str], *, on: str, today: str = "") -> str:
    """The day on which something is made, when it can be: not before what it rests on, nor after today.

    Parameters
    ----------
    milestones, segments
        What it tells of, and the passages it quotes.
    on, today
        As for ``days.checked_day``.

    Raises
    ------
    ForanError
        When it cannot be.
    """
    steps = ways(study.registers.clearances)
    days = [(steps[name].on, "the last step of a quote in it is of") for name in segments if name in steps]
    for one in milestones:
        days += [(day.isoformat(), f"{one.id} goes up to") for day in (one.cut_off, one.coded_until) if day]
    earliest, because = max(days, default=("", ""))
    return checked_day(on, today=today, earliest=earliest, because=because)


@contextmanager
def handing_out(study: Study, rows: Sequence[PackMade], paths: Sequence[Path] = ()) -> Iterator[Callable[[], bool]]:
    """Hold the registers while files are put in place.

    Parameters
    ----------
    study
        What the files were made of.
    rows
        A row for each of the files; those that the register has already are not added again.
    paths
        Where the files will lie: what a build that was killed left half made of them is removed, wherever that is.

    Yields
    ------
    callable
        Records the rows, and says whether any was new. To be called before a file gets its name.

    Raises
    ------
    ForanError
        When somebody has taken back or changed since what stands in the files, what the study says of documents and people
        is another, or something else was handed out since: readers of both could tell more. Nothing is written then.
    StudyError
        When the register has faults.
    """
    with only_writer_here(study.path):
        now = load_study(study.path)
        _refuse_changed(study, now, rows)
        new = not_recorded(now, rows)
        for left in (*leftovers(study.path), *(one for path in paths for one in half_made(path))):
            remove(left)

        def record() -> bool:
            if new:
                append_here(study.path, new, now.known_to_registers())
            return bool(new)

        yield record


def check_rows(study: Study, rows: Sequence[PackMade]) -> tuple[PackMade, ...]:
    """Those of the rows that would be added, after everything that recording them checks; nothing is written.

    Raises
    ------
    StudyError
        When the register has faults, with those of these rows.
    """
    new = not_recorded(study, rows)
    if new:
        append(study.path, new, study.known_to_registers(), is_dry=True)
    return new


def not_recorded(study: Study, rows: Sequence[PackMade]) -> tuple[PackMade, ...]:
    """Those of the rows that say more than what the register has: another file, other passages, or taken out of it."""
    there = {_said(row) for row in study.registers.packs if not row.is_withdrawn}
    return tuple(row for row in rows if _said(row) not in there)


def _said(row: PackMade) -> tuple[object, ...]:
    return (row.id, row.kind, row.file_sha256, row.segments, row.told)


def _refuse_changed(study: Study, now: Study, rows: Sequence[PackMade]) -> None:
    gone = {name for names in gone_of(now, rows).values() for name in names}
    if gone:
        some = ", ".join(shown_id(name) for name in sorted(gone)[:_NAMED])
        raise ForanError(
            f"{len(gone)} quote{'' if len(gone) == 1 else 's'} of it ({some}{', …' if len(gone) > _NAMED else ''}) may not be "
            "shown so any more: somebody has revoked or changed that while it was made. Build it again; nothing was written"
        )
    made_of = study.today or study
    is_same = (
        made_of.settings == now.settings
        and made_of.participants.equals(now.participants)
        and made_of.documents.equals(now.documents)
    )
    if not is_same:
        raise ForanError(
            "what the study says of its documents and participants was changed while this was made: build it again; nothing "
            "was written"
        )
    if made_of.registers.packs != now.registers.packs:
        raise ForanError(
            "something else was handed out while this was made, and numbers are held against all that has gone out: build it "
            "again; nothing was written"
        )


# Files


class Staged:
    """Files written whole beside where they will lie, under other names; what is not renamed is removed."""

    def __init__(self, files: Sequence[tuple[Path, bytes]]) -> None:
        self.files = files
        self.made: list[tuple[Path, Path]] = []

    def __enter__(self) -> Staged:
        try:
            for path, data in self.files:
                path.parent.mkdir(parents=True, exist_ok=True)
                handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
                self.made.append((Path(temporary), path))
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                # Only its owner can read what mkstemp makes; a file to hand on lies where others fetch it.
                Path(temporary).chmod(0o644)
        except OSError as error:
            self._clear()
            raise ForanError(
                f"{path} cannot be written: {error.strerror or 'the disk refuses'}; nothing was written"
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def put_in_place(self, *, is_recorded: bool) -> None:
        """Give the files their names.

        Raises
        ------
        ForanError
            When the disk refuses; it says so when their rows stand already.
        """
        for temporary, path in self.made:
            try:
                temporary.replace(path)
            except OSError as error:
                told = "; it is in corpus/packs.csv all the same" if is_recorded else ""
                raise ForanError(f"{path} cannot be written: {error.strerror or 'the disk refuses'}{told}") from error

    def _clear(self) -> None:
        for temporary, _ in self.made:
            temporary.unlink(missing_ok=True)
