"""The register of received files, ``corpus/reviews/received.csv``: of each file the day it was given, by whom it came in.

Rows are only ever added. The last row of a file counts, so that a wrong day is put right by one more row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..corpus.store import read_register_without_ids, register_text, write_atomically
from ..errors import Faults, StudyError
from ..review.answers import AnswerFile

FOLDER = "corpus/reviews"
RECEIVED, ASIDE, PACKS = f"{FOLDER}/received", f"{FOLDER}/aside", f"{FOLDER}/packs"
#: What was said of each file when it came: when, by whom, of which workshop.
LEDGER = f"{FOLDER}/received.csv"
LEDGER_COLUMNS = ("sha256", "on", "by", "date", "arena", "case", "edited")

Entry = Mapping[str, str]


def ledger(study: Path) -> list[dict[str, str]]:
    """Every row, oldest first; none where nothing was received.

    Raises
    ------
    StudyError
        When the file cannot be read as such a register.
    """
    if not (study / LEDGER).exists():
        return []
    faults = Faults()
    rows = [row for _, row in read_register_without_ids(study, LEDGER, LEDGER_COLUMNS, faults)]
    if faults.errors:
        raise StudyError(faults.errors)
    return rows


def standing(rows: Iterable[Entry]) -> dict[str, Entry]:
    """By file what its last row says, in the order in which the files came.

    >>> [dict(row) for row in standing([{"sha256": "a", "date": "1"}, {"sha256": "a", "date": "2"}]).values()]
    [{'sha256': 'a', 'date': '2'}]
    """
    return {row["sha256"]: row for row in rows}


def entry(one: AnswerFile, *, by: str, at: str, date: str, arena: str, case: str) -> dict[str, str]:
    """The row of a file that comes in."""
    edited = "yes" if one.is_edited else ""
    return {"sha256": one.sha256, "on": at[:10], "by": by, "date": date, "arena": arena, "case": case, "edited": edited}


def write_ledger(study: Path, rows: Sequence[Entry]) -> None:
    """Write the register with rows added at its end; a register that has them all is left alone."""
    if rows and [dict(row) for row in rows] != ledger(study):
        write_atomically(study / LEDGER, register_text(rows, LEDGER_COLUMNS))
