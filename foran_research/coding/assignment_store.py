"""Assignments on disk: ``corpus/assignments.csv``, one row per second coder and document, rows only ever added."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pandas as pd

from ..corpus.store import Row, read_register, write_atomically
from ..corpus.transcript import Transcript
from ..errors import Faults, ForanError, StudyError, shown
from ..locking import only_writer
from ..vocabulary import is_iso_date
from .assignment import CODER, COLUMNS, Assignment, assignments_in, assignments_table, parsed_turns, turns_text

FILE = "corpus/assignments.csv"
#: Seconds that an append waits for whoever else writes in ``corpus/``.
PATIENCE = 10.0


def read_assignments(
    study: Path, documents: Collection[str] | None, transcripts: Mapping[str, Transcript], faults: Faults
) -> pd.DataFrame:
    """The assignments of a study (see ``assignment.assignments_table``), in order of the file; none without the file.

    Rows with a fault are noted and left out. `documents` are the registered ids, or None when the register itself
    could not be read; turn numbers are judged where there is a transcript.
    """
    if not (study / FILE).exists():
        return assignments_table(())
    made: list[Assignment] = []
    lines: dict[tuple[frozenset[str], str], int] = {}
    for line, row in read_register(study, FILE, COLUMNS, faults):
        # The whole list, so that every fault of a row is told at once.
        fits = [
            _coders_fit(row, line, faults),
            _document_fits(row, line, documents, faults),
            _numbers_fit(row, line, faults),
            _turns_fit(row, line, transcripts, faults),
        ]
        if not all(fits):
            continue
        one = _assignment(row)
        twice = [lines[pair, one.document] for pair in one.pairs if (pair, one.document) in lines]
        if twice:
            faults.note(
                "duplicate-assignment",
                FILE,
                line,
                f"{shown(one.document)} again for the same two coders (first on line {twice[0]})",
                "one row for a document and a pair of coders",
                "Remove one of the two rows.",
            )
            continue
        lines |= {(pair, one.document): line for pair in one.pairs}
        made.append(one)
    return assignments_table(made)


def _assignment(row: Row) -> Assignment:
    return Assignment(
        id=row["id"],
        coder=row["coder"],
        first=tuple(row["with"].split()),
        document=row["document"],
        turns=parsed_turns(row["turns"]),
        seed=int(row["seed"]),
        drawn=row["drawn"],
    )


def _coders_fit(row: Row, line: int, faults: Faults) -> bool:
    names = [row["coder"], *row["with"].split()]
    bad = [name for name in names if not CODER.fullmatch(name)]
    if len(names) < 2 or bad or len(set(names)) < len(names):
        faults.note(
            "bad-coder",
            FILE,
            line,
            f"coder {shown(row['coder'])} with {shown(row['with'])}",
            "ids of coders that differ: letters, digits, full stops and hyphens",
            "Correct the ids; several in `with` are separated by a blank.",
        )
        return False
    return True


def _document_fits(row: Row, line: int, documents: Collection[str] | None, faults: Faults) -> bool:
    if documents is None or row["document"] in documents:
        return True
    faults.note(
        "unknown-document",
        FILE,
        line,
        f"document {shown(row['document'])} of {shown(row['id'])}",
        "a registered document",
        "Register the document, or remove the row.",
    )
    return False


def _numbers_fit(row: Row, line: int, faults: Faults) -> bool:
    is_whole = row["seed"].isascii() and row["seed"].isdigit() and len(row["seed"]) <= 18
    if not is_whole:
        faults.note(
            "bad-seed",
            FILE,
            line,
            f"seed {shown(row['seed'])} of {shown(row['id'])}",
            "a whole number, 0 or more",
            "Restore the seed: without it the draw cannot be made again.",
        )
    is_dated = not row["drawn"] or is_iso_date(row["drawn"])
    if not is_dated:
        faults.note(
            "bad-date",
            FILE,
            line,
            f"drawn {shown(row['drawn'])} of {shown(row['id'])}",
            "YYYY-MM-DD, or empty",
            "Write the day of the draw, or nothing.",
        )
    return is_whole and is_dated


def _turns_fit(row: Row, line: int, transcripts: Mapping[str, Transcript], faults: Faults) -> bool:
    try:
        numbers = parsed_turns(row["turns"])
    except ValueError:
        faults.note(
            "bad-turns",
            FILE,
            line,
            f"turns {shown(row['turns'])} of {shown(row['id'])}",
            "numbers and ranges in ascending order, such as 3-9 14, or nothing for all",
            "Restore the row, or draw anew.",
        )
        return False
    if row["document"] not in transcripts:
        return True
    known = {turn.number for turn in transcripts[row["document"]].turns if turn.kind != "heading"}
    if unknown := [number for number in numbers if number not in known]:
        faults.note(
            "bad-turns",
            FILE,
            line,
            f"{len(unknown)} turns of {shown(row['id'])} that {shown(row['document'])} lacks, the first {unknown[0]}",
            "turns of the document",
            "Restore the row, or draw anew.",
        )
    return not unknown


def append_assignments(study: Path, made: Iterable[Assignment]) -> None:
    """Add assignments below those in the file, which is made if need be; a reader sees all of them or none.

    Raises
    ------
    StudyError
        When the file as it is has faults; nothing is written.
    ForanError
        When an id is taken, or a document is drawn for the same two coders already; nothing is written.
    """
    new = list(made)
    with only_writer(study / "corpus", "foran assign", wait=PATIENCE):
        faults = Faults()
        there = assignments_in(read_assignments(study, None, {}, faults))
        if faults.errors:
            raise StudyError(faults.errors)
        pairs = {(pair, one.document) for one in there for pair in one.pairs}
        ids = {one.id for one in there}
        for one in new:
            if one.id in ids or any((pair, one.document) in pairs for pair in one.pairs):
                raise ForanError(
                    f"{one.document} is drawn already, or {one.id} is taken: {FILE} has changed; draw again"
                )
            ids.add(one.id)
            pairs |= {(pair, one.document) for pair in one.pairs}
        text = (study / FILE).read_bytes().decode("utf-8") if there or (study / FILE).exists() else ""
        write_atomically(study / FILE, _with_rows(text, new))


def _with_rows(text: str, new: Iterable[Assignment]) -> str:
    """A register's text with rows below it, in the order of its own columns."""
    out = io.StringIO()
    header = next((cells for cells in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")) if cells), None)
    ending = "\r\n" if "\r\n" in text else "\n"
    writer = csv.DictWriter(out, header or COLUMNS, restval="", lineterminator=ending)
    if header is None:
        writer.writeheader()
    for one in new:
        writer.writerow(
            {
                "id": one.id,
                "coder": one.coder,
                "with": " ".join(one.first),
                "document": one.document,
                "turns": turns_text(one.turns),
                "seed": one.seed,
                "drawn": one.drawn,
            }
        )
    return text + (ending if text and not text.endswith("\n") else "") + out.getvalue()
