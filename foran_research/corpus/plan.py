"""What the study has set out to gather: ``corpus/plan.csv``, one row per case, process, actor type and kind of document.

The file is optional. A cell left empty stands for any: a row without a process is about the whole municipality, one
without an actor type about documents whoever speaks in them.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..errors import Faults, shown
from ..vocabulary import is_iso_date
from .store import PROCESSES_FILE, UNREADABLE, Row, Vocabulary, read_register_without_ids

PLAN_FILE = "corpus/plan.csv"
PLAN_COLUMNS = ("case", "process", "actor_type", "kind", "planned", "from", "to", "note")
#: Cells that together say which documents a row is about: no two rows have all of them alike.
_SAME = ("case", "process", "actor_type", "kind", "from", "to")


def empty_plan() -> pd.DataFrame:
    """The plan of a study that has none: no rows, the columns of :func:`read_plan`.

    >>> list(empty_plan().columns)[:4], len(empty_plan())
    (['case', 'process', 'actor_type', 'kind'], 0)
    """
    return _plan_table([])


def read_plan(study: Path, vocabulary: Vocabulary, processes: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """The plan of a study in the order of its file; an empty table without the file.

    Parameters
    ----------
    study
        The study's folder.
    vocabulary
        Allowed ids by register column (``Settings.vocabulary``).
    processes
        The register of processes, indexed by id; not asked when its file could not be read.
    faults
        Takes every fault; rows with one are left out.

    Returns
    -------
    DataFrame
        One row per planned kind of document, indexed by `line` in the file, columns `PLAN_COLUMNS`. `planned` counts
        documents (a talk with two persons is one); `from` and `to` are inclusive ISO days or "".
    """
    if not (study / PLAN_FILE).exists():
        return empty_plan()
    unread = {fault.file for fault in faults if fault.kind in UNREADABLE}
    known = {column: tuple(vocabulary[column]) for column in ("case", "actor_type", "kind")}
    homes = (
        None if PROCESSES_FILE in unread else {str(name): str(processes.at[name, "case"]) for name in processes.index}
    )
    kept: list[tuple[int, Row]] = []
    first_line: dict[tuple[str, ...], int] = {}
    for line, row in read_register_without_ids(study, PLAN_FILE, PLAN_COLUMNS, faults):
        # The whole list, so that every fault of a row is told at once.
        fits = [
            _is_known(row, "case", line, known["case"], faults, may_be_empty=True),
            _is_known(row, "actor_type", line, known["actor_type"], faults, may_be_empty=True),
            _is_known(row, "kind", line, known["kind"], faults),
            _process_fits(row, line, homes, faults),
            _number_fits(row, line, faults),
            _dates_fit(row, line, faults),
        ]
        if not all(fits):
            continue
        same = tuple(row[column] for column in _SAME)
        if same in first_line:
            faults.note(
                "duplicate-plan",
                PLAN_FILE,
                line,
                f"the row of line {first_line[same]} again",
                "one row for a case, process, actor type, kind and period",
                "Add the two numbers up in one row.",
            )
            continue
        first_line[same] = line
        kept.append((line, row))
    return _plan_table(kept)


def _plan_table(rows: list[tuple[int, Row]]) -> pd.DataFrame:
    frame = pd.DataFrame(
        [[row[column] for column in PLAN_COLUMNS] for _, row in rows],
        index=pd.Index([line for line, _ in rows], dtype="int64", name="line"),
        columns=list(PLAN_COLUMNS),
        dtype=object,
    )
    return frame.assign(planned=frame["planned"].astype("int64"))


def _is_known(
    row: Row, column: str, line: int, known: tuple[str, ...], faults: Faults, *, may_be_empty: bool = False
) -> bool:
    value = row[column]
    if value in known or (may_be_empty and not value):
        return True
    faults.note(
        f"unknown-{column.replace('_', '-')}",
        PLAN_FILE,
        line,
        f"{column} {shown(value)}",
        f"one of: {', '.join(known) or 'none defined'}{', or empty' if may_be_empty else ''}",
        "Correct the word, or add it to foran.toml.",
    )
    return False


def _process_fits(row: Row, line: int, homes: dict[str, str] | None, faults: Faults) -> bool:
    process = row["process"]
    if not process or homes is None:
        return True
    if process not in homes:
        return _is_known(row, "process", line, tuple(homes), faults, may_be_empty=True)
    if homes[process] == row["case"]:
        return True
    faults.note(
        "wrong-case",
        PLAN_FILE,
        line,
        f"case {shown(row['case'])} with process {shown(process)}, which is of {shown(homes[process])}",
        "the case of the process",
        "Correct the case or the process.",
    )
    return False


def _number_fits(row: Row, line: int, faults: Faults) -> bool:
    value = row["planned"]
    if value.isascii() and value.isdigit() and len(value) <= 6:
        return True
    faults.note(
        "bad-number",
        PLAN_FILE,
        line,
        f"planned {shown(value)}",
        "a whole number, 0 or more",
        "Write how many documents.",
    )
    return False


def _dates_fit(row: Row, line: int, faults: Faults) -> bool:
    bad = [column for column in ("from", "to") if row[column] and not is_iso_date(row[column])]
    for column in bad:
        faults.note(
            "bad-date",
            PLAN_FILE,
            line,
            f"{column} {shown(row[column])}",
            "YYYY-MM-DD, or empty",
            "Write the day, or nothing.",
        )
    if not bad and row["from"] and row["to"] and row["from"] > row["to"]:
        faults.note(
            "dates-reversed",
            PLAN_FILE,
            line,
            f"from {row['from']} to {row['to']}",
            "a first day that is not after the last",
            "Swap the two days, or correct one.",
        )
        return False
    return not bad
