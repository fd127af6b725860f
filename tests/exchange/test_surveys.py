"""Surveys as they are handed over: both shapes, in CSV and Excel, and files that must be refused."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from foran_research.errors import Faults
from foran_research.exchange.received import Reading
from foran_research.exchange.surveys import read_survey

CASES = {"FJO": "Fjordvik", "HEI": "Heidal"}
ITEMS = {"DFO-26": ("Innovasjonskultur", "Innovation culture"), "DFO-31": ("Tidlig dialog på Øya", "Early dialogue")}


def read(data: bytes | str, **more: Any) -> tuple[Reading | None, Faults]:
    faults = Faults()
    content = data.encode("utf-8") if isinstance(data, str) else data
    return read_survey(content, "svar.csv", CASES, ITEMS, faults, **more), faults


def book(rows: Sequence[Sequence[object]]) -> bytes:
    made = Workbook()
    made.active.append(["Oppdiktet 🙂"])
    for one in rows:
        made.active.append(list(one))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def told(reading: Reading | None) -> dict[tuple[str, str, str], tuple[float, str]]:
    assert reading is not None
    return {(one.indicator, one.case, one.period): (one.value, one.note) for one in reading.values}


def test_answers_of_several_people_become_their_mean_with_how_many_they_were() -> None:
    text = "Kommune;År;Innovasjonskultur;Kommentar\nFjordvik;2022;3;nei\nFjordvik kommune;2022;4;\nFjordvik;2022;Vet ikke;\n"
    reading, faults = read(text)
    assert not faults
    assert told(reading) == {("DFO-26", "FJO", "2022"): (3.5, "snitt av 2 svar")}
    assert reading is not None
    assert ("item", "Kommentar", "", 1) in reading.words
    assert dict(reading.left_out) == {"no_answer": 1}


def test_one_row_per_item_with_means_and_numbers_of_answers() -> None:
    head = "Virksomhet;År;Område;Snitt;Antall svar\n"
    text = f"{head}Heidal;2022;Innovation culture;3,4;12\nHeidal;2022;dfo-31;2;1\nHeidal;2022;Vær;3;1\n"
    reading, _ = read(text)
    assert told(reading) == {
        ("DFO-26", "HEI", "2022"): (3.4, "snitt av 12 svar"),
        ("DFO-31", "HEI", "2022"): (2.0, "1 svar"),
    }
    assert reading is not None
    assert dict(reading.left_out) == {"item": 1}


def test_excel_gives_the_same_as_csv() -> None:
    rows = [
        ["Kommune", "År", "Tidlig dialog på Øya"],
        ["Fjordvik", 2022, 3],
        ["Heidal", 2022.0, 4.5],
        ["Heidal", 2023, None],
    ]
    reading, faults = read(book(rows))
    assert not faults
    assert told(reading) == {
        ("DFO-31", "FJO", "2022"): (3.0, "1 svar"),
        ("DFO-31", "HEI", "2022"): (4.5, "snitt, antall svar ikke oppgitt"),
    }
    assert reading is not None
    assert reading.how == "Excel, «Sheet»"


def test_a_formula_is_refused_with_its_cell() -> None:
    reading, faults = read(book([["Kommune", "År", "Innovasjonskultur"], ["Fjordvik", 2022, "=AVERAGE(3,4)"]]))
    assert reading is None
    assert [(fault.kind, fault.line) for fault in faults.errors] == [("formula", 3)]
    assert "C3" in faults[0].found
    assert "AVERAGE" not in str(faults[0])


def test_a_workbook_with_entities_and_one_that_is_broken_are_refused() -> None:
    whole = book([["Kommune", "År", "Innovasjonskultur"], ["Fjordvik", 2022, 3]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + data
            new.writestr(name, data)
    assert [fault.kind for fault in read(out.getvalue())[1].errors] == ["xml-entities"]
    assert read(whole[: len(whole) // 2])[1].errors
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("hei.txt", "hei")
    assert [fault.kind for fault in read(out.getvalue())[1].errors] == ["broken-file"]


def test_answers_outside_the_scale_and_bad_years_are_all_told_at_once_and_never_quoted() -> None:
    rows = ["Fjordvik;2022;6", "Heidal;i fjor høst;3", "Heidal;2022;det går bra med oss alle", "Heidal;2022;0"]
    text = "\n".join(["Kommune;År;Innovasjonskultur", *rows])
    reading, faults = read(text)
    assert reading is None
    assert [(fault.kind, fault.line) for fault in faults.errors] == [
        ("bad-answer", 2), ("bad-period", 3), ("bad-answer", 4), ("bad-answer", 5),
    ]  # fmt: skip
    assert "går bra" not in " ".join(map(str, faults))


def test_means_cannot_be_put_together() -> None:
    text = "Kommune;År;Innovasjonskultur\nFjordvik;2022;3,4\nFjordvik;2022;3\n"
    reading, faults = read(text)
    assert reading is None
    assert [(fault.kind, fault.line) for fault in faults.errors] == [("two-values", 2)]
    assert "also line 3" in faults[0].found


def test_a_mapping_names_columns_items_answers_and_authorities() -> None:
    text = "Hvem;Kultur;Dialog\nHeidal innkjøp;3;ingen formening\n"
    assert read(text, period="2022")[0] is None
    added = [("column", "Hvem", "authority"), ("authority", "Heidal innkjøp", "HEI"), ("item", "Kultur", "DFO-26"),
             ("item", "Dialog", "DFO-31"), ("answer", "ingen formening", "none")]  # fmt: skip
    reading, faults = read(text, period="2022", added=added)
    assert not faults
    assert told(reading) == {("DFO-26", "HEI", "2022"): (3.0, "1 svar")}
    _, faults = read(text, period="2022", added=[("item", "Kultur", "DFO-99")])
    assert [fault.kind for fault in faults.errors] == ["unknown-indicator"]


@pytest.mark.parametrize(
    "text",
    ["", "Kommune;År\nFjordvik;2022\n", "År;Innovasjonskultur\n2022;3\n", "Kommune;Innovasjonskultur\nFjordvik;3\n"],
)
def test_a_file_that_lacks_what_is_needed_is_refused(text: str) -> None:
    reading, faults = read(text)
    assert reading is None
    assert faults.errors


def test_days_in_excel_are_no_answers() -> None:
    rows = [["Kommune", "År", "Innovasjonskultur"], ["Fjordvik", 2022, dt.datetime(2022, 3, 4)]]
    assert [fault.kind for fault in read(book(rows))[1].errors] == ["bad-answer"]


_ANSWERS = st.lists(
    st.tuples(st.sampled_from(["Fjordvik", "Heidal"]), st.integers(2020, 2022), st.integers(1, 5)),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(rows=_ANSWERS)
def test_means_are_those_of_a_naive_recount(rows: list[tuple[str, int, int]]) -> None:
    text = "Kommune;År;Innovasjonskultur\n" + "".join(f"{name};{year};{answer}\n" for name, year, answer in rows)
    found = told(read(text)[0])
    for case, label in CASES.items():
        for year in (2020, 2021, 2022):
            own = [answer for name, y, answer in rows if (name, y) == (label, year)]
            key = ("DFO-26", case, str(year))
            assert (key in found) == bool(own)
            if own:
                assert found[key][0] == pytest.approx(sum(own) / len(own))


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=300))
def test_no_bytes_whatsoever_make_it_fall(data: bytes) -> None:
    reading, faults = read(data, period="2022")
    assert (reading is None) == bool(faults.errors)
