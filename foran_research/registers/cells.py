"""What each column of each register holds: from the text of a cell to its value and back; opens nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..vocabulary import is_iso_date
from . import vocab
from .records import (
    Actor,
    Assessment,
    Clearance,
    Event,
    Indicator,
    IndicatorValue,
    Measure,
    MeasureStatus,
    MeasureStep,
    PackMade,
    ProcessFact,
    Question,
    Record,
    Target,
)

#: As Norwegian spreadsheets write a day.
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
#: What spreadsheets take for the beginning of a formula.
_FORMULA = re.compile(r"[=+@\t\r-]")
#: Characters that nobody sees, and halves of characters, which no file can hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
#: Characters of a cell that spreadsheets keep.
LONGEST = 32_767
_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")


class NotUnderstood(ValueError):
    """A cell that does not hold what its column holds."""


@dataclass(frozen=True)
class Cell:
    """What a column holds.

    `holds` is text, figure (a number, or a figure as a source prints it), ids, word, whole, day or pattern; `words` are the
    values allowed of a word or a whole number; `expected` says it to people; `may_be_empty` is whether a row that stands
    may leave it out.
    """

    holds: str
    expected: str
    may_be_empty: bool = True
    words: tuple[object, ...] = ()
    pattern: re.Pattern[str] | None = None

    @property
    def empty(self) -> Any:
        """The value of an empty cell."""
        if self.holds == "whole":
            return None if self.may_be_empty else 0
        return () if self.holds == "ids" else ""

    def value(self, text: str, *, is_spreadsheet: bool = False) -> Any:
        """The value that a cell holds; of a file that a spreadsheet saved also its way of writing days and numbers.

        Raises
        ------
        NotUnderstood
            When the cell holds anything else.
        """
        if self.holds == "text":
            return text
        if self.holds == "figure":
            return number_text(text) if is_spreadsheet else text
        if not text:
            return self.empty
        if self.holds == "ids":
            found = tuple(text.split())
            if len(set(found)) < len(found) or not all(vocab.ID.fullmatch(one) for one in found):
                raise NotUnderstood
            return found
        if self.holds == "whole":
            if not (text.isascii() and text.isdecimal() and len(text) == 1 and int(text) in self.words):
                raise NotUnderstood
            return int(text)
        if is_spreadsheet:
            text = self._house_form(text)
        if not self._fits(text):
            raise NotUnderstood
        return text

    def is_hostile(self, text: str) -> bool:
        """Whether a spreadsheet would run the cell, or it holds characters that nobody sees."""
        if self.holds not in ("text", "figure") or not text:
            return False
        return _CONTROL.search(text) is not None or (
            _FORMULA.match(text) is not None and not (self.holds == "figure" and vocab.NUMBER.fullmatch(text))
        )

    def _fits(self, text: str) -> bool:
        if self.holds == "word":
            return text in self.words
        if self.holds == "day":
            return is_iso_date(text)
        return self.pattern is None or self.pattern.fullmatch(text) is not None

    def _house_form(self, text: str) -> str:
        if self.holds == "day" or self.pattern is vocab.DATE_OR_PART:
            return iso_day(text) or text
        if self.pattern is vocab.NUMBER:
            return number_text(text)
        return text


def iso_day(text: str) -> str:
    """A day as Norwegians write it (30.9.2020) in ISO form; "" when it is none.

    >>> iso_day("30.9.2020"), iso_day("2020-09-30"), iso_day("31.9.2020")
    ('2020-09-30', '', '')
    """
    match = _DOTTED.fullmatch(text)
    day = f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}" if match else ""
    return day if day and is_iso_date(day) else ""


def number_text(text: str) -> str:
    """A number with a decimal comma or blanks between thousands, as registers write it; any other text as it is.

    >>> number_text("1 250,5"), number_text("4.5"), number_text("ca. 3")
    ('1250.5', '4.5', 'ca. 3')
    """
    house = _THOUSANDS.sub("", text).replace(",", ".", 1)
    return house if vocab.NUMBER.fullmatch(house) else text


def text_of(value: object) -> str:
    """A value as its cell has it.

    >>> text_of(("S1", "S2")), text_of(3), text_of(None)
    ('S1 S2', '3', '')
    """
    return " ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)


def _word(*words: str, may_be_empty: bool = True) -> Cell:
    return Cell("word", f"one of: {', '.join(words)}{' (or empty)' if may_be_empty else ''}", may_be_empty, words)


def _whole(*words: int, may_be_empty: bool = True) -> Cell:
    span = f"a whole number from {words[0]} to {words[-1]}{' (or empty)' if may_be_empty else ''}"
    return Cell("whole", span, may_be_empty, words)


def _like(pattern: re.Pattern[str], expected: str, *, may_be_empty: bool = True) -> Cell:
    return Cell("pattern", f"{expected}{' (or empty)' if may_be_empty else ''}", may_be_empty, pattern=pattern)


_TEXT = Cell("text", "a text")
_SAID = Cell("text", "a text", may_be_empty=False)
_ID = _like(vocab.ID, "an id of letters, digits, full stops and hyphens", may_be_empty=False)
_SOME_ID = _like(vocab.ID, "an id")
_IDS = Cell("ids", "ids that differ, separated by blanks (or empty)")
_DAY = Cell("day", "YYYY-MM-DD", may_be_empty=False)
_SOME_DAY = Cell("day", "YYYY-MM-DD, or empty")
_PART = _like(vocab.DATE_OR_PART, "YYYY-MM-DD, YYYY-MM or YYYY")
_VERSION = _like(re.compile(r"\d{1,6}\.\d{1,6}\.\d{1,6}"), "a codebook version such as 1.0.0", may_be_empty=False)
_ACTION = _word(*vocab.ACTIONS[1:])
_LEVEL = _whole(*vocab.LEVELS, may_be_empty=False)
_SHA256 = _like(vocab.SHA256, "64 digits and letters a to f", may_be_empty=False)
_BASE: dict[str, Cell] = {"id": _ID, "on": _DAY, "action": _ACTION}
_BOX: dict[str, Cell] = {"case": _ID, "element": _ID, "codebook_version": _VERSION}

#: What each column of each register holds, in the order of the columns.
CELLS: Mapping[type[Record], Mapping[str, Cell]] = {
    Assessment: {
        **_BASE,
        "milestone": _ID,
        **_BOX,
        "assessor": _ID,
        "side": _word(*vocab.SIDES, may_be_empty=False),
        "arena": _SOME_ID,
        "level": _LEVEL,
        "confidence": _word(*vocab.CONFIDENCES),
        "evidence": _IDS,
        "rationale": _TEXT,
        "override": _TEXT,
    },
    Target: {
        **_BASE,
        **_BOX,
        "level": _whole(*vocab.LEVELS[1:], may_be_empty=False),
        "by": _SOME_ID,
        "reason": _TEXT,
    },
    Measure: {
        **_BASE,
        **_BOX,
        "title_nb": _SAID,
        "title_en": _SAID,
        "addresses": _word(*vocab.ADDRESSES, may_be_empty=False),
        "factor": _TEXT,
        "evidence": _IDS,
        "owner": _SOME_ID,
        "priority": _whole(*vocab.PRIORITIES),
        "grounds": _TEXT,
        "depends_on": _IDS,
        "arena": _SOME_ID,
        "kind": _word(*vocab.MEASURE_KINDS),
        "stage": _word(*vocab.STAGES),
    },
    MeasureStep: {
        "measure": _ID,
        "step": _ID,
        "on": _DAY,
        "action": _ACTION,
        "text_nb": _SAID,
        "text_en": _SAID,
        "from": _SOME_DAY,
        "to": _SOME_DAY,
    },
    MeasureStatus: {
        **_BASE,
        "measure": _ID,
        "step": _SOME_ID,
        "status": _word(*vocab.STATUSES, may_be_empty=False),
        "effect": _word(*vocab.EFFECTS, may_be_empty=False),
        "evidence": _IDS,
        "why": _TEXT,
        "next": _TEXT,
    },
    Actor: {
        **_BASE,
        "process": _ID,
        "actor_type": _ID,
        "part_nb": _SAID,
        "part_en": _SAID,
        "evidence": _IDS,
    },
    ProcessFact: {
        "process": _ID,
        "on": _DAY,
        "action": _ACTION,
        "from": _SOME_DAY,
        "to": _SOME_DAY,
        "intended": _word(*vocab.INTENDED, may_be_empty=False),
        "new_to": _word(*vocab.NEW_TO),
        "innovation_height": _whole(*vocab.INNOVATION_HEIGHTS),
        "note": _TEXT,
    },
    Event: {
        **_BASE,
        "date": _DAY,
        "kind": _word(*vocab.EVENT_KINDS, may_be_empty=False),
        "milestone": _SOME_ID,
        "case": _SOME_ID,
        "what_nb": _SAID,
        "what_en": _SAID,
        "by": _IDS,
        "arena": _SOME_ID,
        "evidence": _IDS,
    },
    Indicator: {
        **_BASE,
        "seed_rows": _IDS,
        "group": _word(*vocab.INDICATOR_GROUPS, may_be_empty=False),
        "stage": _word(*vocab.STAGES),
        "label_nb": _SAID,
        "label_en": _SAID,
        "unit": _TEXT,
        "direction": _word(*vocab.DIRECTIONS),
        "aggregation": _word(*vocab.AGGREGATIONS),
        "target_printed": _TEXT,
        "target_assumed": _like(vocab.NUMBER, "a number such as 12.5"),
        "target_by": _PART,
        "source": _TEXT,
        "owner": _TEXT,
        "status": _word(*vocab.INDICATOR_STATUSES, may_be_empty=False),
        "same_as": _IDS,
        "elements": _IDS,
        "column_inferred": _word(*vocab.INFERRED),
        "note": _TEXT,
    },
    IndicatorValue: {
        **_BASE,
        "indicator": _ID,
        "case": _SOME_ID,
        "period": _like(vocab.PERIOD, "a period such as 2022, 2022-H1 or 2022-06", may_be_empty=False),
        "value": Cell("figure", "a number such as 12.5", may_be_empty=False),
        "source": _TEXT,
        "source_date": _PART,
        "file_sha256": _like(vocab.SHA256, "64 digits and letters a to f"),
        "note": _TEXT,
    },
    Clearance: {
        **_BASE,
        "segment": _ID,
        "state": _word(*vocab.CLEARANCE_STATES, may_be_empty=False),
        "audience": _word(*vocab.AUDIENCES),
        "by": _ID,
        "shown_as": _TEXT,
        "text_sha256": _like(vocab.SHA256, "64 digits and letters a to f"),
        "reason": _TEXT,
    },
    Question: {
        **_BASE,
        "milestone": _ID,
        "about": _like(vocab.ABOUT, "what it is about, such as element:C0006"),
        "text_nb": _SAID,
        "text_nn": _TEXT,
        "text_en": _SAID,
        "arena": _SOME_ID,
        "by": _SOME_ID,
    },
    PackMade: {
        **_BASE,
        "milestone": _ID,
        "audience": _word(*vocab.AUDIENCES, may_be_empty=False),
        "arena": _SOME_ID,
        "language": _word(*vocab.PACK_LANGUAGES, may_be_empty=False),
        "file_sha256": _SHA256,
        "content_sha256": _SHA256,
        "segments": _IDS,
        "by": _SOME_ID,
        "kind": _word(*vocab.PACK_KINDS),
        "told": Cell("ids", "fingerprints that differ, separated by blanks (or empty)"),
    },
}
#: Columns with free text: what somebody wrote, or what repeats an informant.
TEXTS: Mapping[type[Record], tuple[str, ...]] = {
    kind: tuple(name for name, cell in cells.items() if cell.holds == "text") for kind, cells in CELLS.items()
}


def cells_of(record: Record) -> list[str]:
    """A record as the cells of its row."""
    cells = CELLS[type(record)].values()
    # No level is an empty cell, but where 0 says that nobody has assessed it.
    return [
        "" if cell.holds == "whole" and value == 0 and 0 not in cell.words else text_of(value)
        for cell, value in zip(cells, vars(record).values(), strict=True)
    ]
