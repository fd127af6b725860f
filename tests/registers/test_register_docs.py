"""docs/registers.md says what the registers hold: columns, what must be filled, and every word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from foran_research.registers import vocab
from foran_research.registers.cells import CELLS
from foran_research.registers.records import KINDS, Indicator

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "registers.md").read_text("utf-8")


def rows() -> dict[str, str]:
    return dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__name__)
def test_the_page_has_every_column_and_which_must_be_filled(kind: type) -> None:
    told = rows()[Path(kind.FILE).name]
    expected = ", ".join(f"**{name}**" if not cell.may_be_empty else name for name, cell in CELLS[kind].items())
    assert told == expected


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("side", vocab.SIDES), ("confidence", vocab.CONFIDENCES), ("addresses", vocab.ADDRESSES), ("stage", vocab.STAGES),
        ("status of a measure", vocab.STATUSES), ("effect", vocab.EFFECTS), ("intended", vocab.INTENDED),
        ("new_to", vocab.NEW_TO), ("kind of an event", vocab.EVENT_KINDS), ("group", vocab.INDICATOR_GROUPS),
        ("status of an indicator", vocab.INDICATOR_STATUSES), ("direction", vocab.DIRECTIONS),
        ("aggregation", vocab.AGGREGATIONS), ("state", vocab.CLEARANCE_STATES), ("audience", vocab.AUDIENCES),
        ("language", vocab.PACK_LANGUAGES),
    ],
)  # fmt: skip
def test_the_page_has_every_word(cell: str, words: tuple[str, ...]) -> None:
    assert rows()[cell] == ", ".join(words)


def test_words_of_the_page_are_those_that_cells_take() -> None:
    assert CELLS[Indicator]["group"].words == vocab.INDICATOR_GROUPS
    assert vocab.MEASURE_KINDS[0] == "LUPA-01"
    assert vocab.MEASURE_KINDS[-1] == "LUPA-10"
