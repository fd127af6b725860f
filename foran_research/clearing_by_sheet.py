"""Passages as rows of a sheet, and what a filled-in sheet asks for, held against the study that it is read into.

Sheets go through many hands: rows are sorted, cells dragged down, words mended where they only stand to be read. What
cannot be meant is refused with its line, and nothing of the sheet is taken then.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from .clearing import Wish, shown_words
from .coding.segments import shown_id
from .errors import Faults, StudyError
from .exchange.clearance_sheets import Decided, mark_of, read_sheet
from .registers.cleared import PARAPHRASE, tidied_edit, ways, words_sha256
from .registers.vocab import REVOKED
from .study import Study


def sheet_rows(study: Study, codebook_version: str, table: pd.DataFrame, language: str) -> list[dict[str, str]]:
    """Passages as ``exchange.clearance_sheets.sheet_bytes`` takes them.

    Parameters
    ----------
    codebook_version
        Whose labels elements have.
    table
        As ``clearing.listed`` gives it.
    language
        nb, nn or en.
    """
    book = study.lineage[codebook_version]
    said = "en" if language == "en" else "nb"
    codes = {code.id: f"{code.display} {code.label[said]}" for code in book.codes}
    roles = {one.id: one.label[said] for one in study.settings.actor_types}
    cases = {one.id: one.label[said] for one in study.settings.cases}
    return [
        {
            "segment": row["segment"],
            "element": codes.get(row["code"], row["code"]),
            "polarity": row["polarity"],
            "case": cases.get(row["case"], row["case"]),
            "role": roles.get(row["role"], ""),
            "place": f"{row['document']}:{row['turn']}",
            "words": row["words"],
            "state": row["state"],
            "audiences": row["audiences"],
            "lapsed": row["lapsed"],
            "shown_as": row["shown_as"],
            "mark": mark_of(row["text_sha256"], row["step"]),
        }
        for row in table.to_dict("records")
    ]


def wishes_in(study: Study, path: Path) -> list[Wish]:
    """The steps that a filled-in sheet asks for.

    Parameters
    ----------
    study
        The study it is read into, loaded now.
    path
        An .xlsx or .csv file that `foran quote sheet` wrote.

    Raises
    ------
    StudyError
        With everything that cannot be meant: a file of another study, columns or marks that are gone, words that were
        mended where they stand to be read, an edit without a step, one edit for several passages.
    """
    faults = Faults()
    decided = read_sheet(path, study=study.settings.study_id, faults=faults)
    table = study.segments()
    table = table[table["segment"].isin([one.segment for one in decided])]
    words = dict(zip(table["segment"], table["quote"], strict=True))
    edits = {name: way.shown_as for name, way in ways(study.registers.clearances).items()}
    for one in decided:
        _check_row(one, words.get(one.segment), edits.get(one.segment, ""), path.name, faults)
    _check_dragged(decided, words, path.name, faults)
    if faults.errors:
        raise StudyError(faults.errors)
    return [
        Wish(one.segment, one.step, one.audience, one.shown_as, one.reason, (path.name, one.line), one.mark, one.after)
        for one in decided
        if one.step
    ]


def _check_row(one: Decided, words: str | None, edit: str, name: str, faults: Faults) -> None:
    if one.step and one.step != REVOKED and not one.mark:
        faults.note(
            "missing-mark",
            name,
            one.line,
            f"a step of {shown_id(one.segment)} without the mark of its words",
            "the row as the sheet had it",
            "Put the mark back, or make the sheet anew; rows that were not in it are given with `foran quote step`.",
        )
    # Of a passage that is gone, or has other words now, is told where steps are taken.
    if words is None or not words_sha256(words).startswith(one.mark) or not one.mark:
        return
    if _seen(one.words) != _seen(shown_words(words)):
        faults.note(
            "words-mended",
            name,
            one.line,
            f"other words of {shown_id(one.segment)} than it was coded with",
            "the words as coded, which stand there to be read",
            "Put them back, and write what is to be shown in the column beside; or another row has slipped in here: make the "
            "sheet anew.",
        )
    if not one.step and tidied_edit(one.shown_as) not in (edit, shown_words(words), ""):
        faults.note(
            "edit-without-step",
            name,
            one.line,
            f"words to show of {shown_id(one.segment)} without a step",
            "a step, or the words to show as they were",
            "Choose the step, or empty the cell.",
        )


def _check_dragged(decided: Sequence[Decided], words: Mapping[str, str], name: str, faults: Faults) -> None:
    """Note an edit that stands at several passages with other words: a cell was dragged down."""
    first: dict[str, Decided] = {}
    for one in decided:
        edit = tidied_edit(one.shown_as)
        if not one.step or not edit.casefold().startswith(PARAPHRASE):
            # Any other edit must be the passage's own words.
            continue
        other = first.setdefault(edit, one)
        if words.get(other.segment) != words.get(one.segment):
            faults.note(
                "same-edit",
                name,
                one.line,
                f"the same words to show of {shown_id(one.segment)} as on line {other.line}",
                "its own words to show",
                "Look whether the cell was filled down; write each anew.",
            )


def _seen(text: str) -> str:
    """A text as far as a spreadsheet keeps it."""
    kept = "".join(one if one.isprintable() else " " for one in unicodedata.normalize("NFC", text))
    return " ".join(kept.split()).lstrip("' ")
