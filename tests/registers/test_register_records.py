"""Rows of registers as values: what stood on a day is what a person reading the file line by line would say."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.errors import ForanError
from foran_research.registers.cells import CELLS, TEXTS
from foran_research.registers.records import COLUMNS, KINDS, Assessment, MeasureStep, Registers, Target, next_id

#: The files and columns as they were agreed on, written out by hand; a study's files stand on them.
AGREED = {
    "assessments.csv": "id,on,action,milestone,case,element,codebook_version,assessor,side,arena,level,confidence,evidence,"
    "rationale,override",
    "targets.csv": "id,on,action,case,element,codebook_version,level,by,reason",
    "measures.csv": "id,on,action,case,element,codebook_version,title_nb,title_en,addresses,factor,evidence,owner,priority,"
    "grounds,depends_on,arena,kind,stage",
    "measure_steps.csv": "measure,step,on,action,text_nb,text_en,from,to",
    "measure_status.csv": "id,on,action,measure,step,status,effect,evidence,why,next",
    "actors.csv": "id,on,action,process,actor_type,part_nb,part_en,evidence",
    "process_facts.csv": "process,on,action,from,to,intended,new_to,innovation_height,note",
    "events.csv": "id,on,action,date,kind,milestone,case,what_nb,what_en,by,arena,evidence",
    "indicators.csv": "id,on,action,seed_rows,group,stage,label_nb,label_en,unit,direction,aggregation,target_printed,"
    "target_assumed,target_by,source,owner,status,same_as,elements,column_inferred,note",
    "indicator_values.csv": "id,on,action,indicator,case,period,value,source,source_date,file_sha256,note",
    "clearances.csv": "id,on,action,segment,state,audience,by,shown_as,text_sha256,reason",
    "questions.csv": "id,on,action,milestone,about,text_nb,text_nn,text_en,arena,by",
    "packs.csv": "id,on,action,milestone,audience,arena,language,file_sha256,content_sha256,segments,by,kind,told",
}
DAYS = [f"2021-0{month}-1{day}" for month in (1, 2, 3) for day in (1, 2, 3)]


def test_files_and_columns_are_those_agreed_on() -> None:
    assert {Path(kind.FILE).name: ",".join(COLUMNS[kind]) for kind in KINDS.values()} == AGREED
    assert [field.name for field in fields(Registers)] == list(KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__name__)
def test_every_column_says_what_it_holds_as_its_field_does(kind: Any) -> None:
    assert tuple(CELLS[kind]) == COLUMNS[kind]
    plain = kind("X", "Y", "Z")
    for (column, cell), field in zip(CELLS[kind].items(), fields(kind), strict=True):
        hint = get_type_hints(kind)[field.name]
        expected: Any = {"ids": tuple[str, ...], "whole": int if 0 in cell.words or column == "level" else int | None}
        assert hint == expected.get(cell.holds, str), f"{kind.__name__}.{column}"
        if column not in (*kind.KEY, "on", "action", "step"):
            assert getattr(plain, field.name) == cell.empty, f"{kind.__name__}.{column}"


def test_free_texts_are_those_that_somebody_wrote() -> None:
    assert TEXTS[Assessment] == ("rationale", "override")
    assert TEXTS[MeasureStep] == ("text_nb", "text_en")


def naive(rows: list[Target], day: str) -> list[Target]:
    """What stands on a day, as one would find out with a finger on the page."""
    found = []
    for name in sorted({row.id for row in rows}):
        told = [row for row in rows if row.id == name and row.on <= day]
        if told and told[-1].action != "withdrawn":
            found.append(told[-1])
    return found


@st.composite
def histories(draw: st.DrawFn) -> list[Target]:
    """Rows of a register as they come in: day after day, records again and again, some taken out."""
    count = draw(st.integers(0, 25))
    days = sorted(draw(st.lists(st.sampled_from(DAYS), min_size=count, max_size=count)))
    return [
        Target(
            draw(st.sampled_from(("A", "B", "Å", "b"))),
            day,
            draw(st.sampled_from(("", "", "", "withdrawn"))),
            level=draw(st.integers(1, 5)),
            reason=draw(st.sampled_from(("", "æøå 🙂 a\u030a"))),
        )
        for day in days
    ]


@given(histories(), st.sampled_from(["2020-12-31", *DAYS, "2022-01-01"]))
def test_what_stands_on_a_day_is_the_newest_row_of_each_record(rows: list[Target], day: str) -> None:
    found = Registers(targets=tuple(rows)).until(day).targets
    assert sorted(found, key=lambda row: row.id) == naive(rows, day)


@given(histories(), st.sampled_from(DAYS))
def test_a_file_read_up_to_a_day_is_the_file_as_it_was_on_that_day(rows: list[Target], day: str) -> None:
    as_it_was = Registers(targets=tuple(row for row in rows if row.on <= day))
    whole = Registers(targets=tuple(rows))
    assert as_it_was.until("9999-12-31") == whole.until(day) == whole.rows_until(day).until(day)
    assert whole.until(day).until(day) == whole.until(day)


def test_the_later_of_two_rows_of_one_day_stands() -> None:
    rows = (Target("T1", "2021-01-02", level=2), Target("T1", "2021-01-02", level=3))
    assert [row.level for row in Registers(targets=rows).until("2021-01-02").targets] == [3]


def test_a_record_that_was_taken_out_can_come_back() -> None:
    rows = (
        Target("T1", "2021-01-02", level=2),
        Target("T1", "2021-02-02", "withdrawn"),
        Target("T1", "2021-03-02", level=4),
    )
    levels = [[row.level for row in Registers(targets=rows).until(f"2021-0{m}-15").targets] for m in (1, 2, 3)]
    assert levels == [[2], [], [4]]


def test_rows_are_ordered_by_key_with_numbers_as_numbers() -> None:
    steps = tuple(MeasureStep("T10" if n < 2 else "T2", str(n), "2021-01-02") for n in (10, 1, 2))
    found = [row.key for row in Registers(steps=steps).until("2021-01-02").steps]
    assert found == [("T2", "2"), ("T2", "10"), ("T10", "1")]
    names = [row.id for row in Registers(targets=(Target("T01", "2021-01-02"), Target("T1", "2021-01-02"))).until(
        "2021-01-02").targets]  # fmt: skip
    assert names == ["T01", "T1"]


def test_days_can_be_dates_or_texts_and_nothing_else() -> None:
    registers = Registers(targets=(Target("T1", "2021-01-02"),))
    assert registers.until(dt.date(2021, 1, 2)) == registers.until("2021-01-02T10:00:00Z") == registers
    for bad in ("2.1.2021", "", "2021-13-01"):
        with pytest.raises(ForanError, match="YYYY-MM-DD"):
            registers.until(bad)


def test_registers_without_rows_are_empty() -> None:
    assert not Registers()
    assert len(Registers()) == 0
    assert Registers(targets=(Target("T1", "2021-01-02"),))


def test_new_ids_follow_the_highest_in_use_also_of_records_taken_out() -> None:
    rows = [Target("G0002", "2021-01-02"), Target("G0010", "2021-01-02", "withdrawn"), Target("G7x", "2021-01-02")]
    assert next_id(rows, "G") == "G0011"
    assert next_id([], "G") == "G0001"
