"""Registers on disk: added to and never changed, all or nothing, and read as they were written, whoever saved them."""

from __future__ import annotations

import csv
import io
import threading
import time
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import SmallStudy

from foran_research.corpus import store as corpus_store
from foran_research.errors import Faults, ForanError, StudyError
from foran_research.locking import only_writer
from foran_research.registers import store, vocab
from foran_research.registers.known import Known
from foran_research.registers.records import (
    COLUMNS,
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
    Registers,
    Target,
)
from foran_research.registers.store import append, read_registers, tidy
from foran_research.starting import start_study
from foran_research.study import load_study

NEED, DIALOGUE = "FJO-I01.K1.s01", "FJO-I01.K1.s02"
WORDS = "«Nattevaktene», sa hun; 1,5 ÅRSVERK 😀 a\u030a"

TARGET = Target(
    "G1", "2020-05-01", case="FJO", element="C0001", codebook_version="1.0.0", level=3, by="K1", reason="æøå 😀"
)
ONE_OF_EACH: list[Any] = [
    Assessment(
        "A1", "2020-09-01", milestone="M1", case="FJO", element="C0001", codebook_version="1.0.0", assessor="FJO-PL-01",
        side="self", arena="praksis", level=2, confidence="low", evidence=(NEED, DIALOGUE), rationale=WORDS,
    ),
    TARGET,
    Measure(
        "T1", "2020-05-01", case="FJO", element="C0005", codebook_version="1.0.0", title_nb="Ta fram strategien",
        title_en="Bring out the strategy", addresses="inhibiting", factor="ligger i skuffen", evidence=("FJO-I01.K1.s05",),
        owner="innkjop", priority=1, grounds="lett å begynne med", arena="praksis", kind="LUPA-02", stage="implement",
    ),
    Measure(
        "T2", "2020-05-01", case="FJO", element="C0001", codebook_version="1.0.0", title_nb="To", title_en="Two",
        addresses="promoting", depends_on=("T1",),
    ),
    MeasureStep("T1", "1", "2020-05-01", text_nb="Les den", text_en="Read it", from_="2020-05-01", to="2020-06-01"),
    MeasureStep("T1", "2", "2020-05-01", text_nb="Skriv den", text_en="Write it", from_="2020-06-01"),
    MeasureStatus("S1", "2020-06-01", measure="T1", step="1", status="done", effect="works", why="lest", next="nr. 2"),
    MeasureStatus("S2", "2020-06-02", measure="T1", status="begun", effect="unknown"),
    Actor("AK1", "2020-05-01", process="FJO-1", actor_type="innkjop", part_nb="skriver", part_en="writes", evidence=(NEED,)),
    ProcessFact(
        "FJO-1", "2020-05-01", from_="2019-02-01", to="2020-02-01", intended="yes", new_to="market", innovation_height=4,
    ),
    Event("E1", "2020-06-01", date="2020-05-30", kind="talk", what_nb="Innlegg", what_en="Talk", by=("K1", "gruppa")),
    Indicator(
        "I1", "2020-01-02", seed_rows=("LUP-03",), group="process_goal", stage="goals", label_nb="Andel", label_en="Share",
        unit="%", direction="up", aggregation="period", target_printed="≥5 %", target_assumed="5", target_by="2025",
        status="defined", elements=("C0001", "C0010"), column_inferred="no",
    ),
    Indicator("I2", "2020-01-02", group="reference", label_nb="Tall", label_en="Figure", status="inconsistent", same_as=("I1",)),
    IndicatorValue("V1", "2020-02-01", indicator="I1", case="FJO", period="2019-H2", value="4.5", source="Doffin",
                   source_date="2020-01", file_sha256="0" * 64),
    IndicatorValue("V2", "2020-02-01", indicator="I2", period="2019", value="<2"),
    Clearance("CL1", "2020-09-01", segment=NEED, state="pseudonymised", by="K1", shown_as="Vi spurte […] 😀",
              text_sha256="0" * 64),
    Clearance("CL2", "2020-09-01", segment=NEED, state="revoked", audience="public", by="K2", reason="angret"),
    Question("Q1", "2020-09-01", milestone="M1", about="element:C0001", text_nb="Hvem gjør det å?", text_en="Who?", by="K1"),
    PackMade("M1-public-0", "2020-09-02", milestone="M1", audience="public", language="nn", file_sha256="1" * 64,
             content_sha256="2" * 64, segments=(NEED, DIALOGUE)),
]  # fmt: skip


def put(small: SmallStudy, records: list[Any]) -> store.Appended:
    study = load_study(small.path)
    return append(small.path, records, study.known_to_registers())


def by_field(records: list[Any]) -> Registers:
    names = {kind: name for name, kind in store.KINDS.items()}
    return Registers(**{
        name: tuple(one for one in records if names[type(one)] == name) for name in names.values()
    })  # fmt: skip


def test_a_study_without_registers_has_empty_ones(small_study: SmallStudy, tmp_path: Path) -> None:
    study = load_study(small_study.path)
    assert study.registers == Registers()
    start_study(tmp_path / "new")
    # A new study begins with the indicators of the source documents, and nothing recorded of its own.
    begun = load_study(tmp_path / "new").registers
    assert begun.indicators
    assert replace(begun, indicators=()) == Registers()


def test_a_row_of_each_register_is_read_back_as_it_was_added(small_study: SmallStudy) -> None:
    made = put(small_study, ONE_OF_EACH)
    # Texts are stored in composed form.
    expected = by_field([
        replace(one, rationale=unicodedata.normalize("NFC", WORDS)) if isinstance(one, Assessment) else one
        for one in ONE_OF_EACH
    ])  # fmt: skip
    assert made.registers == expected
    assert load_study(small_study.path).registers == expected
    for kind in COLUMNS:
        data = (small_study.path / kind.FILE).read_bytes()
        assert data.startswith((",".join(COLUMNS[kind]) + "\n").encode())
        assert b"\r" not in data
        assert data.endswith(b"\n")


def test_registers_are_read_whatever_moment_the_study_is_asked_for(small_study: SmallStudy) -> None:
    put(small_study, ONE_OF_EACH)
    study = load_study(small_study.path)
    assert study.at("2020-04-01").registers == study.registers
    assert study.at("2020-04-01").known_to_registers().passages == study.known_to_registers().passages
    assert study.registers.until("2020-04-01").targets == ()


def test_what_stands_in_a_file_is_never_changed_by_adding(small_study: SmallStudy) -> None:
    path = small_study.path / Target.FILE
    # As somebody's own editor left it: a mark, Windows lines, quotes nobody needs, and no end to the last line.
    before = '\ufeffid,on,action,case,element,codebook_version,level,by,reason\r\n"G0",2020-05-01,,FJO,C0001,1.0.0,"2",K1,"å;"'
    path.write_bytes(before.encode())
    put(small_study, [TARGET])
    put(small_study, [replace(TARGET, on="2020-06-01", level=4)])
    assert (
        path.read_bytes()
        == (
            before + "\nG1,2020-05-01,,FJO,C0001,1.0.0,3,K1,æøå 😀\nG1,2020-06-01,,FJO,C0001,1.0.0,4,K1,æøå 😀\n"
        ).encode()
    )
    assert [row.level for row in load_study(small_study.path).registers.targets] == [2, 3, 4]


def test_one_bad_row_keeps_all_rows_of_all_registers_out(small_study: SmallStudy) -> None:
    put(small_study, [TARGET])
    before = small_study.fingerprint()
    event = Event("E1", "2020-06-01", date="2020-05-30", kind="talk", what_nb="Innlegg", what_en="Talk")
    bad = [
        event,
        replace(TARGET, id="G2"),
        replace(TARGET, id="G3", case="OSL", level=7),
        replace(TARGET, on="2020-01-01"),
    ]
    with pytest.raises(StudyError) as told:
        put(small_study, bad)
    # Every fault, with the line that the row would have got.
    assert {(fault.kind, fault.file, fault.line) for fault in told.value.faults} == {
        ("unknown-case", Target.FILE, 4), ("unknown-level", Target.FILE, 4), ("earlier-than-before", Target.FILE, 5),
    }  # fmt: skip
    assert small_study.fingerprint() == before


def test_nothing_is_added_to_registers_with_faults(small_study: SmallStudy, known: Known) -> None:
    (small_study.path / Event.FILE).write_text("id,on\nE1,2020-01-01\n", "utf-8")
    with pytest.raises(StudyError, match="missing-column"):
        append(small_study.path, [TARGET], known)
    assert not (small_study.path / Target.FILE).exists()


def test_warnings_are_told_of_the_rows_added_and_of_no_others(small_study: SmallStudy) -> None:
    silent = Assessment(
        "A1", "2020-09-01", milestone="M1", case="FJO", element="C0001", codebook_version="1.0.0", assessor="FJO-PL-01",
        side="self", level=2,
    )  # fmt: skip
    first = put(small_study, [silent])
    assert [(fault.kind, fault.line) for fault in first.warnings] == [("self-assessment-without-rationale", 2)]
    assert put(small_study, [TARGET]).warnings == ()


def test_a_power_cut_leaves_the_file_as_it_was(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    put(small_study, [TARGET])
    before = small_study.fingerprint()

    def cut(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(corpus_store.os, "fsync", cut)
    with pytest.raises(ForanError, match=r"targets\.csv.*nothing was changed"):
        put(small_study, [replace(TARGET, id="G2")])
    assert small_study.fingerprint() == before


def test_a_full_disk_midway_takes_back_what_was_written(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(small_study, [TARGET])
    before = small_study.fingerprint()
    real = store.write_atomically

    def full(path: Path, content: bytes) -> None:
        if path.name == "measure_steps.csv":
            raise PermissionError(13, "Permission denied")
        real(path, content)

    monkeypatch.setattr(store, "write_atomically", full)
    with pytest.raises(ForanError, match=r"measure_steps\.csv.*nothing was changed"):
        put(small_study, [replace(TARGET, id="G2", element="C0002"), *ONE_OF_EACH[2:6]])
    assert small_study.fingerprint() == before


def test_nothing_is_added_while_a_withdrawal_waits_to_be_finished(small_study: SmallStudy, known: Known) -> None:
    (small_study.path / "corpus/.withdrawal.json").write_text("{}", "utf-8")
    with pytest.raises(ForanError, match="foran withdraw"):
        append(small_study.path, [TARGET], known)
    assert not (small_study.path / Target.FILE).exists()


def test_nothing_to_add_adds_nothing(small_study: SmallStudy) -> None:
    assert put(small_study, []).registers == Registers()
    assert not list((small_study.path / "corpus").glob("t*.csv"))


def test_somebody_else_who_writes_is_waited_for_and_then_told_of(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    with only_writer(small_study.path / "corpus", "foran add"), pytest.raises(ForanError, match="at work"):
        put(small_study, [TARGET])
    assert not (small_study.path / Target.FILE).exists()


def test_two_who_add_at_once_both_get_their_rows_in(small_study: SmallStudy, known: Known) -> None:
    wrong: list[Exception] = []

    def add(who: str) -> None:
        try:
            for number in range(10):
                element = ("C0001", "C0002")[who == "B"]
                append(small_study.path, [replace(TARGET, id=f"{who}{number}", element=element)], known)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=add, args=(who,)) for who in "AB"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    found = read_registers(small_study.path, known, Faults()).targets
    assert sorted(row.id for row in found) == sorted(f"{who}{number}" for who in "AB" for number in range(10))


# What people and spreadsheets make of a file


def faults_of(small: SmallStudy, kind: Any, data: str | bytes) -> set[tuple[str, int | None]]:
    (small.path / kind.FILE).write_bytes(data.encode() if isinstance(data, str) else data)
    _, faults = small.read()
    assert all(fault.file == kind.FILE for fault in faults)
    return {(fault.kind, fault.line) for fault in faults}


HEADER = ",".join(COLUMNS[Target]) + "\n"
VALUES = ";".join(COLUMNS[IndicatorValue]) + "\r\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("above", ["", "sep=;\r\n", '"sep=;"\r\n'])
def test_a_file_that_excel_saved_is_understood_and_told_of(small_study: SmallStudy, mark: str, above: str) -> None:
    put(small_study, [ONE_OF_EACH[10 + 1], *ONE_OF_EACH[12:13]])
    path = small_study.path / IndicatorValue.FILE
    rows = (
        'V1;1.2.2020;;I1;FJO;2019-H2;"1 250,5";"Doffin; uttrekk";15.01.2020;;"a\u030a ""æ"" 😀"\r\n'
        "V2;01.02.2020;;I2;;2019;<2;;2020-01;;\r\n"
        ";;;;;;;;;;\r\n"
    )
    path.write_bytes((mark + above + VALUES + rows).encode())
    study = load_study(small_study.path)
    head = 2 if above else 1
    assert [(fault.kind, fault.line) for fault in study.warnings] == [("spreadsheet-form", head)]
    assert [(row.on, row.value, row.source, row.source_date, row.note) for row in study.registers.values] == [
        ("2020-02-01", "1250.5", "Doffin; uttrekk", "2020-01-15", 'å "æ" 😀'),
        ("2020-02-01", "<2", "", "2020-01", ""),
    ]
    new = IndicatorValue("V3", "2020-02-01", indicator="I1", case="HEI", period="2019", value="7")
    before = path.read_bytes()
    with pytest.raises(ForanError, match="foran register tidy indicator_values"):
        put(small_study, [new])
    assert path.read_bytes() == before
    assert tidy(small_study.path, IndicatorValue) == 2
    assert path.read_text("utf-8") == (
        ",".join(COLUMNS[IndicatorValue]) + "\n"
        'V1,2020-02-01,,I1,FJO,2019-H2,1250.5,Doffin; uttrekk,2020-01-15,,"å ""æ"" 😀"\n'
        "V2,2020-02-01,,I2,,2019,<2,,2020-01,,\n"
    )
    assert load_study(small_study.path).registers == study.registers
    put(small_study, [new])


def test_tidying_a_tidy_file_changes_nothing_and_one_with_faults_is_refused(small_study: SmallStudy) -> None:
    put(small_study, ONE_OF_EACH)
    before = small_study.fingerprint()
    for kind in COLUMNS:
        tidy(small_study.path, kind)
    assert small_study.fingerprint() == before
    small_study.add(Target.FILE, "G9,31.2.2020,,FJO,C0001,1.0.0,3,,\n")
    before = small_study.fingerprint()
    with pytest.raises(StudyError, match="bad-date"):
        tidy(small_study.path, Target)
    assert small_study.fingerprint() == before
    (small_study.path / Target.FILE).unlink()
    with pytest.raises(ForanError, match="nothing to tidy"):
        tidy(small_study.path, Target)


def test_columns_in_another_order_or_between_tabs_are_understood(small_study: SmallStudy) -> None:
    names = [*COLUMNS[Target][1:], "id"]
    text = "\t".join(names) + "\n" + "2020-05-01\t\tFJO\tC0001\t1.0.0\t3\tK1\tæøå 😀\tG1\n"
    assert faults_of(small_study, Target, text) == {("spreadsheet-form", 1)}
    assert load_study(small_study.path).registers.targets == (TARGET,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Days and numbers as spreadsheets write them, in a file that no spreadsheet saved.
        (HEADER + "G1,1.5.2020,,FJO,C0001,1.0.0,3,,\n", {("bad-date", 2)}),
        (HEADER + 'G1,2020-05-01,,FJO,C0001,1.0.0,"3,0",,\n', {("unknown-level", 2)}),
        # Excel in its own old letters, and as Unicode text.
        (HEADER.encode() + "G1,2020-05-01,,FJO,C0001,1.0.0,3,,Å\n".encode("cp1252"), {("not-utf8", 2)}),
        ((HEADER + "G1,2020-05-01,,FJO,C0001,1.0.0,3,,Å\n").encode("utf-16"), {("not-utf8", 1)}),
        # Columns.
        ("id,on,action\nG1,2020-05-01,\n", {("missing-column", 1)}),
        (HEADER.strip() + ",mine\n", {("unknown-column", 1)}),
        (HEADER.strip() + ",id\n", {("duplicate-column", 1)}),
        (HEADER.replace("level", "nivå"), {("missing-column", 1), ("unknown-column", 1)}),
        # Rows that are none; the ones after them are read.
        (HEADER + "G1,2020-05-01,,FJO\nG2,2020-05-99,,FJO,C0001,1.0.0,3,,\n", {("broken-csv", 2), ("bad-date", 3)}),
        (HEADER + 'G1,2020-05-01,,FJO,C0001,1.0.0,3,,"aldri lukket\nG2,x,,,,,,,\n', {("broken-csv", 2), ("bad-date", 3),
                                                                              ("missing-cell", 3)}),
        # Ids and words.
        (HEADER + ",2020-05-01,,FJO,C0001,1.0.0,3,,\n", {("missing-id", 2)}),
        (HEADER + "G 1,2020-05-01,,FJO,C0001,1.0.0,3,,\n", {("bad-id", 2)}),
        (HEADER + "../G1,2020-05-01,,FJO,C0001,1.0.0,3,,\n", {("bad-id", 2)}),
        (HEADER + "G1,2020-05-01,slettet,FJO,C0001,1.0.0,3,,\n", {("unknown-action", 2)}),
        (HEADER + "G1,,,FJO,C0001,1.0.0,3,,\n", {("missing-cell", 2)}),
        (HEADER + "G1,2020-05-01,,FJO,C0001,1.0,3,,\n", {("bad-codebook-version", 2)}),
        (HEADER + "G1,2020-05-01,,FJO,C0001,1.0.0,0,,\n", {("unknown-level", 2)}),
        (HEADER + "G1,2020-05-01,,FJO,C0001,1.0.0,６,,\n", {("unknown-level", 2)}),
        (HEADER + "G1,2020-05-01,,FJO,C0001,1.0.0,,,\n", {("missing-cell", 2)}),
        (HEADER + "G1,2020-05-01,,,,,,,\n", {("missing-cell", 2)}),
        # What a spreadsheet would run is warned of where it stands already.
        (HEADER + "G1,2020-05-01,,FJO,C0001,1.0.0,3,,=HYPERLINK(1)\n", {("formula-cell", 2)}),
        (HEADER + "G1,2020-05-01,,FJO,C0001,1.0.0,3,,\x07\n", {("control-character", 2)}),
        # A row that takes a record out says no more than that.
        (HEADER + "G1,2020-05-01,withdrawn,,,,,,\n", set()),
        ("", set()),
        ("\n\n", set()),
        (HEADER, set()),
        (HEADER + "\n,,,,,,,,\n", set()),
    ],
)  # fmt: skip
def test_every_fault_of_a_file_is_told_with_its_line(
    small_study: SmallStudy, text: str | bytes, expected: set[tuple[str, int]]
) -> None:
    assert faults_of(small_study, Target, text) == expected


def test_a_date_in_norwegian_order_is_told_in_iso_order(small_study: SmallStudy) -> None:
    (small_study.path / Target.FILE).write_text(HEADER + "G1,1.5.2020,,FJO,C0001,1.0.0,3,,\n", "utf-8")
    _, faults = small_study.read()
    assert [fault.remedy for fault in faults] == ["Write 2020-05-01."]


def test_lines_are_counted_through_cells_with_line_breaks(small_study: SmallStudy) -> None:
    text = HEADER + 'G1,2020-05-01,,FJO,C0001,1.0.0,3,,"en\r\nto\n\ntre"\nG2,2020-05-01,,FJO,C0099,1.0.0,3,,\n'
    assert faults_of(small_study, Target, text) == {("unknown-element", 6)}
    assert small_study.read()[0].registers.targets[0].reason == "en\nto\n\ntre"


@pytest.mark.parametrize("start", ["=1+1", "+47 900", "-1", "@a", "\x00x", "a\x1bb", "\u0007", "a\udc80"])
def test_cells_that_a_spreadsheet_would_run_are_not_added(small_study: SmallStudy, start: str) -> None:
    with pytest.raises(StudyError, match=r"formula-cell|control-character"):
        put(small_study, [replace(TARGET, reason=start)])
    assert not (small_study.path / Target.FILE).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "3"}, {"level": 3.0}, {"level": True}, {"level": None}, {"case": ""}, {"id": ""}, {"id": "a b"},
        {"on": "2020-5-1"}, {"on": ""}, {"action": "slettet"}, {"codebook_version": "1"}, {"by": ("K1",)},
        {"reason": "å" * 40_000},
    ],
)  # fmt: skip
def test_records_that_no_file_can_hold_are_not_added(small_study: SmallStudy, wrong: dict[str, Any]) -> None:
    with pytest.raises(StudyError):
        put(small_study, [replace(TARGET, **wrong)])
    assert not (small_study.path / Target.FILE).exists()


def test_no_fault_repeats_what_a_cell_says(small_study: SmallStudy) -> None:
    said = "Strategien lå i skuffen, sa hun"
    row = [said] * len(COLUMNS[Assessment])
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([COLUMNS[Assessment], row, ["A1", "2020-01-01", "", *row[3:]]])
    (small_study.path / Assessment.FILE).write_text(out.getvalue(), "utf-8")
    _, faults = small_study.read()
    assert len(faults) > 8
    assert not any(word in str(fault) for fault in faults for word in ("Strategien", "skuffen"))


# Any rows at all

TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\r\"',;"), max_size=12
).filter(lambda text: not text.strip().startswith(("=", "+", "-", "@")))  # fmt: skip
IDS = st.from_regex(r"[A-Za-zÆØÅæøå0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)


@st.composite
def indicators(draw: st.DrawFn) -> list[Any]:
    """Indicators and values as anybody could record them, in order of their days."""
    name = st.sampled_from(("I1", "I2", "Å.3"))
    days = sorted(draw(st.lists(st.dates().map(str).filter(lambda day: day >= "1000"), min_size=1, max_size=6)))
    records: list[Any] = []
    for number, day in enumerate(days):
        records.append(
            Indicator(
                draw(name), day, group="reference", label_nb=draw(TEXT) + "x", label_en="x", status="defined", note=draw(TEXT),
                seed_rows=tuple(draw(st.lists(IDS, max_size=3, unique=True))), unit=draw(TEXT),
                stage=draw(st.sampled_from(("", *vocab.STAGES))), target_assumed=draw(st.sampled_from(("", "5", "-2.25"))),
            )
        )  # fmt: skip
        value = draw(TEXT) + "1"
        records.append(
            IndicatorValue(f"V{number}", day, indicator=records[-1].id, period="2020", value=value, note=draw(TEXT))
        )
    return records


def stored(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").strip())


@pytest.fixture(scope="module")
def known(written_once: Path) -> Known:
    return load_study(written_once).known_to_registers()


@given(indicators())
@settings(max_examples=25)
def test_what_is_added_is_read_back_whatever_it_says(written_once: Path, known: Known, records: list[Any]) -> None:
    files = [written_once / kind.FILE for kind in (Indicator, IndicatorValue)]
    try:
        append(written_once, records[:2], known)
        first = [path.read_bytes() for path in files]
        made = append(written_once, records[2:], known).registers
        assert all(path.read_bytes().startswith(data) for path, data in zip(files, first, strict=True))
        faults = Faults()
        assert read_registers(written_once, known, faults) == made
        assert not faults.errors
    finally:
        for path in files:
            path.unlink(missing_ok=True)
    expected = [
        replace(one, **{key: stored(value) for key, value in vars(one).items() if isinstance(value, str)})
        for one in records
    ]
    assert [*made.indicators, *made.values] == [one for kind in (Indicator, IndicatorValue) for one in expected
                                              if isinstance(one, kind)]  # fmt: skip


def test_ten_thousand_rows_are_read_and_checked_in_a_moment(small_study: SmallStudy, known: Known) -> None:
    names = sorted(known.passages or ())
    lines = [",".join(COLUMNS[Assessment])]
    for number in range(10_000):
        evidence = " ".join({names[number % len(names)], names[(7 * number) % len(names)]})
        day = f"2020-0{1 + number % 8}-{10 + number % 18}"
        lines.append(
            f'A{number},{day},,M1,FJO,C0001,1.0.0,G-{number},researcher,,1,low,{evidence},"Fordi, nr. {number} å",'
        )
    (small_study.path / Assessment.FILE).write_text("\n".join(lines) + "\n", "utf-8")
    faults = Faults()
    times = []
    for _ in range(3):
        begun = time.process_time()
        found = read_registers(small_study.path, known, faults)
        times.append(time.process_time() - begun)
    assert (len(found), len(faults)) == (10_000, 0)
    # About 0.2 s of the processor here; a slow machine gets five times as long.
    assert min(times) < 1.0


# Two who write about the same record


@pytest.mark.parametrize("theirs", [replace(TARGET, level=4), replace(TARGET, action="withdrawn")])
def test_a_row_that_would_take_the_place_of_one_never_seen_is_refused(small_study: SmallStudy, theirs: Target) -> None:
    """An id drawn by two people at once, and a change that the other has not read: neither may be lost."""
    study = load_study(small_study.path)
    known, empty = study.known_to_registers(), study.registers
    first = append(small_study.path, [TARGET], known, seen=empty).registers
    path = small_study.path / Target.FILE
    before = path.read_bytes()
    with pytest.raises(ForanError, match=r"targets\.csv: somebody else has written about G1 .* nothing was written"):
        append(small_study.path, [replace(TARGET, level=5)], known, seen=empty)
    assert path.read_bytes() == before
    append(small_study.path, [theirs], known, seen=first)
    before = path.read_bytes()
    with pytest.raises(ForanError, match="somebody else has written about G1"):
        append(small_study.path, [replace(TARGET, reason="å 😀")], known, seen=first)
    assert path.read_bytes() == before
    # Another record is nobody's concern.
    append(small_study.path, [replace(TARGET, id="G2", element="C0005")], known, seen=first)
