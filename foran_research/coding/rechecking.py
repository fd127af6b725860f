"""Re-check tasks: when a definition changes, a sample of the passages coded under the old one is read again.

The sample follows from the seed, the change and the segments' ids alone: it is the same on every machine, grows or shrinks
by its end when the wished size changes, and needs no file of its own. That a task is done is seen in the coding log: the
segment was confirmed, recoded or set aside under the version of the change, or a later one, or removed since.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from ..codebook.changes import Lineage, migration_rows
from ..codebook.code import Codebook, version_key
from .events import Event, Record, is_segment, is_tombstoned
from .migrate import follow
from .recoding import given_of

#: What a definition consists of: the fields by which a coder decides.
DEFINING = ("definition", "when_to_use", "when_not_to_use")
#: How many old segments of a code, by one coder, are read again, unless said otherwise.
SAMPLE = 10
TASK_COLUMNS = ("change", "version", "code", "coder", "segment", "document", "outcome")
TaskOutcome = Literal["", "confirmed", "recoded", "set_aside", "removed"]


@dataclass(frozen=True)
class Redefinition:
    """A code that lives on with another definition: since which version, by which change, and what it is called now."""

    code: str
    version: str
    change: str
    fields: tuple[str, ...]


def redefinitions(lineage: Lineage, to_version: str) -> tuple[Redefinition, ...]:
    """Every change of the definition of a code that lived on, up to a codebook version, in order of version and code.

    >>> redefinitions(Lineage(()), "1.0.0")
    ()
    """
    found = []
    books = [book for book in lineage.codebooks if version_key(book.codebook_version) <= version_key(to_version)]
    for earlier, later in itertools.pairwise(books):
        rows = migration_rows(later.changes)
        for code in later.codes:
            was = earlier.by_id.get(code.id)
            if was is None or not (was.is_active and code.is_active):
                continue
            if code.id in rows and rows[code.id].rule != "keep":
                continue
            change, looked_at = _speaks_of(code.id, later)
            if fields := tuple(key for key in looked_at if dict(getattr(was, key)) != dict(getattr(code, key))):
                found.append(Redefinition(code.id, later.codebook_version, change, fields))
    return tuple(found)


def _speaks_of(code: str, book: Codebook) -> tuple[str, tuple[str, ...]]:
    """The accepted change by which a code's meaning may have changed, and the fields that would tell.

    A change of wording alone (reword) asks nobody to read anything again; neither does a boundary line that names the new
    code beside a renamed or moved one.
    """
    speaks = [change for change in book.changes if change.is_accepted and code in (*change.source, *change.to)]
    for change in speaks:
        if change.type in ("redefine", "narrow"):
            return change.id, DEFINING
    others = [change.id for change in speaks if change.type != "reword"]
    return (others[0], DEFINING[:1]) if others else ("", ())


def drawn(names: Iterable[str], change: Redefinition, *, seed: int, size: int) -> list[str]:
    """`size` of the segment ids, by chance but the same on every machine; fewer when there are fewer.

    >>> task = Redefinition("C0009", "3.0.0", "CH-3.0.0-04", ("definition",))
    >>> drawn(["a", "b", "c"], task, seed=1, size=2) == drawn(["c", "b", "a"], task, seed=1, size=2)
    True
    """

    def lot(name: str) -> str:
        return hashlib.sha256(f"{seed}/{change.version}/{change.code}/{name}".encode()).hexdigest()

    return sorted(names, key=lot)[:size]


def tasks_in(
    events: Iterable[Event], lineage: Lineage, to_version: str, *, seed: int, size: int = SAMPLE
) -> pd.DataFrame:
    """The re-check tasks of one coder's logs under `to_version`: a frame with `TASK_COLUMNS`.

    Parameters
    ----------
    events
        The events of all of one coder's logs, each log in its order: a sample is drawn from everything she had coded
        with a code under the version before, when the new one was first used or ever after.
    lineage, to_version
        Codebook versions; changes up to `to_version` are looked at.
    seed, size
        Of the sample: how many segments for each code whose definition changed.
    """
    changes = redefinitions(lineage, to_version)
    rows = []
    if changes:
        family = {code for change in changes for code in lineage.ancestors(change.code, change.version)}
        histories = _histories(events, family)
        alive = {code.id for code in lineage[to_version].active}
        for change in changes:
            bore = {name: _borne_before(history, change) for name, history in histories.items()}
            read_before = _with_code({name: record for name, record in bore.items() if record}, change, lineage)
            # Once the code itself is gone, nobody can say that a passage stands; what was done before is still told.
            is_open = change.code in alive
            for name in drawn(read_before, change, seed=seed, size=size):
                last = histories[name][-1]
                outcome = outcome_of(last.after, change)
                if not (outcome or is_open):
                    continue
                rows.append((change.change, change.version, change.code, last.coder, name, last.document, outcome))
    return pd.DataFrame(rows, columns=list(TASK_COLUMNS))


def _histories(events: Iterable[Event], codes: set[str]) -> dict[str, list[Event]]:
    """The events of every segment that has had one of the codes and was not withdrawn, by id."""
    histories: dict[str, list[Event]] = {}
    wanted = set()
    for event in events:
        for record in (event.before, event.after):
            if record is not None and "kind" not in record and record.get("code") in codes:
                wanted.add(event.segment)
        histories.setdefault(event.segment, []).append(event)
    return {name: histories[name] for name in histories if name in wanted and not _is_withdrawn(histories[name])}


def _is_withdrawn(history: list[Event]) -> bool:
    last = history[-1]
    return last.action == "withdraw" or (last.after is not None and is_tombstoned(last.after))


def _borne_before(history: list[Event], change: Redefinition) -> Record | None:
    """A segment as it stood when work under the new definition could begin, if it stood then and had a code.

    What was removed, or set aside, under the old version still is no passage of the old definition.
    """
    limit = version_key(change.version)
    bore: Record | None = None
    for event in history:
        if version_key(event.codebook_version) >= limit and event.action not in ("reanchor", "undo", "redo"):
            break
        bore = event.after
    if bore is None or not is_segment_like(bore) or "set_aside" in bore:
        return None
    return bore if version_key(bore["codebook_version"]) < limit else None


def _with_code(bore: Mapping[str, Record], change: Redefinition, lineage: Lineage) -> list[str]:
    """The segments that had the code of a change under the version before, or had come to it by then."""
    earlier = [version for version in lineage.versions if version_key(version) < version_key(change.version)]
    given = [given_of(record, name) for name, record in bore.items()]
    outcomes = follow(given, lineage, earlier[-1])
    return [name for name, one in zip(bore, outcomes, strict=True) if one.status == "ok" and one.code == change.code]


def is_segment_like(record: Record) -> bool:
    """Whether a record is a coded segment, in its place or waiting for one."""
    return "kind" not in record and (is_segment(record) or "waiting" in record)


def outcome_of(record: Record | None, change: Redefinition) -> TaskOutcome:
    """What came of reading a segment again, by how it stands now; "" when nobody has yet."""
    limit = version_key(change.version)
    if record is None:
        return "removed"
    if "set_aside" in record and version_key(record["set_aside"]["codebook_version"]) >= limit:
        return "set_aside"
    if version_key(record["codebook_version"]) < limit:
        return ""
    return "confirmed" if record["code"] == change.code else "recoded"


def open_tasks(tasks: pd.DataFrame) -> pd.DataFrame:
    """The tasks that are still to be done."""
    return tasks[tasks["outcome"] == ""].reset_index(drop=True)
