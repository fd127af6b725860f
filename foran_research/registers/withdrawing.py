"""What is left of the registers when a participant has withdrawn: rows without her words; opens nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..corpus.store import REDACTED
from .cells import CELLS, TEXTS
from .records import WITHDRAWN, Assessment, Clearance, Event, PackMade, Question, Record, Target

Cells = dict[str, str]


@dataclass(frozen=True)
class Emptied:
    """A register after a withdrawal: its text, how many rows lost something, and the first day of these."""

    text: str
    rows: int = 0
    first: str = ""


def emptied(
    kind: type[Record],
    text: str,
    records: Iterable[tuple[int, int, list[str]]],
    header: Sequence[str],
    separator: str,
    *,
    participant: str,
    gone: frozenset[str],
    says: Callable[[str], bool],
) -> Emptied:
    """A register without what a participant gave it; rows that do not tell of her stay as they are, to the byte.

    Parameters
    ----------
    kind
        Which register it is.
    text
        The text of its file.
    records
        Its rows: the first line, the line after the last one (counted from 0), and the cells.
    header, separator
        The columns in the order of the file, and what stands between cells.
    participant
        Her pseudonym. Her own assessments are taken out and emptied; she is taken out of `by`.
    gone
        The coded segments that fall with her words: rows that rest on one keep the evidence, which counts as withdrawn, and
        lose what was written freely.
    says
        Whether a text repeats her words: it is emptied wherever it stands, or, where a row cannot do without,
        "[trukket]" takes its place.
    """
    lines = io.StringIO(text, newline="").readlines()
    days: list[str] = []
    for first, end, cells in records:
        if len(cells) != len(header):
            continue
        row = dict(zip(header, cells, strict=True))
        left = _left(kind, row, participant, gone, says)
        if left != row:
            out = io.StringIO()
            csv.writer(out, lineterminator=_ending(lines[end - 1]), delimiter=separator).writerow(left.values())
            lines[first:end] = [out.getvalue(), *[""] * (end - first - 1)]
            days.append(row.get("on", ""))
    return Emptied("".join(lines), len(days), min(days, default=""))


def _left(kind: type[Record], row: Cells, participant: str, gone: frozenset[str], says: Callable[[str], bool]) -> Cells:
    left = dict(row)
    if kind is Assessment and row.get("assessor", "").strip() == participant:
        left |= dict.fromkeys(("confidence", "evidence", "rationale", "override"), "")
        left |= {"action": WITHDRAWN, "level": "0"}
    if kind in (Target, Event, Question, PackMade) and participant in row.get("by", "").split():
        left["by"] = " ".join(one for one in row["by"].split() if one != participant)
        if "reason" in left:
            left["reason"] = ""
    rests = not gone.isdisjoint((*row.get("evidence", "").split(), row.get("segment", "")))
    if kind is Clearance and rests:
        # A short passage could be found again by its fingerprint.
        left["text_sha256"] = ""
    if kind is PackMade and (told := row.get("told", "").split()):
        # What a fingerprint stood for could be guessed at; the passage stays named, so that its packs are called back.
        names = row.get("segments", "").split()
        is_known = len(names) == len(told)
        kept = [f"x{at}" if name in gone else one for at, (name, one) in enumerate(zip(names, told, strict=False), 1)]
        left["told"] = " ".join(kept) if is_known else "" if not gone.isdisjoint(names) else row["told"]
    for column in TEXTS[kind]:
        cell = CELLS[kind][column]
        if left.get(column) and ((rests and cell.may_be_empty) or says(left[column])):
            # Without edited words a passage stands as it was said: a mark in their place keeps it from being shown.
            is_empty = cell.may_be_empty and column != "shown_as"
            left[column] = "" if is_empty else REDACTED
    return left


def _ending(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else "\n"
