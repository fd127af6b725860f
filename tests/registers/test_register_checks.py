"""Everything that registers may not say, one row at a time: each found, with its file and line, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from small_study import SmallStudy

from foran_research.corpus.store import write_atomically
from foran_research.registers.known import Breadth, Passage, breadth
from foran_research.registers.records import COLUMNS
from foran_research.registers.store import KINDS
from foran_research.study import Study, load_study

NAMES = {kind.FILE.removeprefix("corpus/").removesuffix(".csv"): kind for kind in KINDS.values()}
NEED, STRATEGY = "FJO-I01.K1.s01", "FJO-I01.K1.s05"
SHA = "0" * 64
#: Rows that hold together; each test puts something beside them or in the place of one.
GOOD = {
    "assessments": [
        "A1,2020-09-01,,M1,FJO,C0001,1.0.0,K1,researcher,,1,low," + NEED + ",,",
        "A2,2020-09-01,,M1,FJO,C0001,1.0.0,FJO-PL-01,self,praksis,3,,,Vi gjør det alltid å 😀,",
        "A3,2020-09-01,,M1,FJO,C0005,1.0.0,GR-1,joint,praksis,4,high," + STRATEGY + ",,Samlet sett",
    ],
    "targets": ["G1,2020-09-01,,FJO,C0001,1.0.0,4,ledelse-1,vedtatt"],
    "measures": [
        "T1,2020-09-01,,FJO,C0005,1.0.0,Les,Read,inhibiting,,,innkjop,1,,,praksis,LUPA-02,implement",
        "T2,2020-09-01,,FJO,C0001,1.0.0,Spør,Ask,promoting,,,,,,T1,,,",
        "T3,2020-09-01,,HEI,C0001,1.0.0,Spør,Ask,promoting,,,,,,,,,",
    ],
    "measure_steps": [
        "T1,1,2020-09-01,,Les,Read,2020-10-01,2020-11-01",
        "T1,2,2020-09-01,,Skriv,Write,2020-11-01,2020-12-01",
        "T1,3,2020-09-01,,Se,Look,,",
    ],
    "measure_status": ["S1,2020-09-02,,T1,1,begun,unknown,,,", "S2,2020-09-03,,T1,,planned,unknown,,,"],
    "actors": ["AK1,2020-09-01,,FJO-1,innkjop,skriver,writes," + NEED],
    "process_facts": ["FJO-1,2020-09-01,,2019-01-01,2020-01-01,yes,market,3,"],
    "events": ["E1,2020-09-01,,2020-08-30,talk,M1,FJO,Innlegg,Talk,K1 gruppa,praksis," + NEED],
    "indicators": [
        "I1,2020-09-01,,LUP-03,process_goal,goals,Andel,Share,%,up,period,≥5 %,5,2025,LUP,DFØ,defined,,C0001 C0010,no,",
        "I2,2020-09-01,,,reference,,Tall,Figure,,,,,,,,,inconsistent,I1,,,",
    ],
    "indicator_values": [
        "V1,2020-09-02,,I1,FJO,2020-H1,4.5,,,,",
        "V2,2020-09-02,,I1,,2020-H1,4,,,,",
        "V3,2020-09-02,,I2,,2020,<2,,,,",
        "V4,2020-09-02,,I2,,2020,3–7,,,,",
    ],
    "clearances": [
        f"CL1,2020-09-01,,{NEED},pseudonymised,,K1,,{SHA},",
        f"CL2,2020-09-02,,{NEED},checked,,K2,,{SHA},",
        f"CL3,2020-09-02,,{NEED},cleared,workshop,K1,,{SHA},",
        f"CL4,2020-09-01,,{STRATEGY},draft,,K1,,{SHA},",
    ],
    "questions": [
        "Q1,2020-09-01,,M1,,Kjenner dere dere igjen å 😀?,Kjenner de dykk att?,Do you recognise it?,praksis,K1",
        "Q2,2020-09-01,,M1,element:C0001,Hvem gjør det?,,Who does it?,,",
        "Q3,2020-09-01,,M1,edge:FJO/C0001~C0005,Henger det sammen?,,Is it so?,,",
        f"Q4,2020-09-01,,M1,quote:{NEED},Er det slik?,,Is it so?,,GR-1",
    ],
    "packs": [f"M1-workshop-0,2020-09-03,,M1,workshop,praksis,nb,{SHA},{SHA},{NEED},K1,pack,{SHA[:32]}"],
}


def write(small: SmallStudy, rows: dict[str, list[str]]) -> None:
    for name, lines in rows.items():
        text = "\n".join([",".join(COLUMNS[NAMES[name]]), *lines]) + "\n"
        write_atomically(small.path / NAMES[name].FILE, text)


def found(small: SmallStudy, name: str, *more: str) -> set[tuple[str, str, int | None]]:
    """Kind, mark and line of every fault when these rows stand at the end of a register."""
    write(small, GOOD | {name: [*GOOD[name], *more]})
    _, faults = small.read()
    assert {fault.file for fault in faults} <= {NAMES[name].FILE}
    return {(fault.kind, "warning" if fault.is_warning else "error", fault.line) for fault in faults}


def test_an_element_that_was_split_is_told_with_what_it_became(small: SmallStudy) -> None:
    row = changed(A, element="C0002", codebook_version="2.0.0", on="2021-03-01", milestone="M2")
    write(small, GOOD | {"assessments": [*GOOD["assessments"], row]})
    _, faults = small.read()
    (fault,) = (fault for fault in faults if fault.kind == "unknown-element")
    assert "It became C0010 (" in str(fault)
    assert "), C0011 (" in str(fault)


def test_rows_that_hold_together_have_no_faults(small_study: SmallStudy) -> None:
    small_study.replace(
        "foran.toml", '[[procedures]]\nid = "dialog"',
        '[[actor_types]]\nid = "ledelse-1"\nlabel = { nb = "L", en = "L" }\n[[procedures]]\nid = "dialog"',
    )  # fmt: skip
    write(small_study, GOOD)
    study, faults = small_study.read()
    assert faults == []
    assert study is not None
    assert {name: len(getattr(study.registers, field)) for field, kind in KINDS.items() for name in NAMES
            if NAMES[name] is kind} == {name: len(rows) for name, rows in GOOD.items()}  # fmt: skip


@pytest.fixture
def small(small_study: SmallStudy) -> SmallStudy:
    small_study.replace("foran.toml", 'id = "bruker"', 'id = "ledelse-1"')
    small_study.replace("corpus/participants.csv", "STR-BRU-01,bruker", "STR-BRU-01,ledelse-1")
    return small_study


A = "A9,2020-09-10,,M1,FJO,C0002,1.0.0,K1,researcher,,1,low," + NEED + ",,"
M = "T9,2020-09-10,,FJO,C0001,1.0.0,Ni,Nine,promoting,,,,,,,,,"
I = "I9,2020-09-10,,,practice,,Ni,Nine,,,,,,,,,defined,,,,"  # noqa: E741


def changed(row: str, **cells: str) -> str:
    """A row with other cells; the register is known by how many cells it has."""
    columns = next(COLUMNS[kind] for kind in KINDS.values() if len(COLUMNS[kind]) == row.count(",") + 1)
    old = dict(zip(columns, row.split(","), strict=True))
    assert cells.keys() <= old.keys()
    return ",".join((old | cells).values())


@pytest.mark.parametrize(
    ("name", "row", "kind"),
    [
        ("assessments", A, ""),
        ("assessments", changed(A, milestone="M9"), "unknown-milestone"),
        ("assessments", changed(A, case="OSL"), "unknown-case"),
        ("assessments", changed(A, codebook_version="9.0.0"), "unknown-codebook-version"),
        ("assessments", changed(A, element="C0099"), "unknown-element"),
        ("assessments", changed(A, element="C0006"), "unknown-element"),  # a sub-element
        ("assessments", changed(A, element="C0010"), "unknown-element"),  # of a later version
        ("assessments", changed(A, element="C0001", codebook_version="2.0.0"), "codebook-not-released"),
        ("targets", "G9,2021-02-28,,FJO,C0002,2.0.0,5,,", "codebook-not-released unknown-element"),  # out of use there
        ("targets", "G9,2021-03-01,,FJO,C0002,2.0.0,5,,", "unknown-element"),
        ("targets", "G9,2021-03-01,,FJO,C0010,2.0.0,5,,", ""),  # on its very day
        ("targets", "G9,2020-01-31,,FJO,C0002,1.0.0,5,,", ""),  # the first version counts from the beginning
        ("measures", changed(M, codebook_version="2.0.0"), "codebook-not-released"),
        ("assessments", changed(A, element="P2"), "unknown-element"),
        ("assessments", changed(A, assessor="Kari"), "unknown-assessor"),
        ("assessments", changed(A, assessor="kommunen"), "unknown-assessor"),
        ("assessments", changed(A, assessor="GRUPPE-2"), ""),
        ("assessments", changed(A, assessor="innkjop"), ""),
        ("assessments", changed(A, side="forsker"), "unknown-side"),
        ("assessments", changed(A, arena="på kafé"), "bad-arena"),
        ("assessments", changed(A, arena="kafé"), "unknown-arena"),
        ("assessments", changed(A, level="6"), "unknown-level"),
        ("assessments", changed(A, confidence="høy"), "unknown-confidence"),
        ("assessments", changed(A, evidence="FJO-I01.K1.s99"), "unknown-evidence"),
        ("assessments", changed(A, evidence=f"{NEED} {NEED}"), "bad-evidence"),
        ("assessments", changed(A, on="2020-10-01"), "after-cut-off"),
        ("assessments", changed(A, on="2020-09-30"), ""),
        ("assessments", changed(A, evidence=""), "level-without-evidence"),
        ("assessments", changed(A, evidence="", side="joint"), "level-without-evidence"),
        ("assessments", changed(A, evidence="", override="Sett på befaring"), ""),
        ("assessments", changed(A, evidence="", level="0"), ""),
        ("targets", "G9,2020-09-10,,FJO,C0002,1.0.0,5,Kari,", "unknown-by"),
        ("targets", "G9,2020-09-10,,FJO,C0002,1.0.0,5,,", ""),
        ("targets", "G9,2020-09-10,,FJO,C0010,1.0.0,5,,", "unknown-element"),
        ("measures", M, ""),
        ("measures", changed(M, element="C0099"), "unknown-element"),
        ("measures", changed(M, addresses="begge"), "unknown-addresses"),
        ("measures", changed(M, owner="direktør"), "unknown-owner"),
        ("measures", changed(M, priority="4"), "unknown-priority"),
        ("measures", changed(M, kind="LUPA-11"), "unknown-kind"),
        ("measures", changed(M, stage="plan"), "unknown-stage"),
        ("measures", changed(M, title_en=""), "missing-cell"),
        ("measures", changed(M, depends_on="T2"), ""),
        ("measures", changed(M, depends_on="T8"), "unknown-measure"),
        ("measures", changed(M, depends_on="T3"), "wrong-case"),  # another municipality's
        ("measures", changed(M, depends_on="T9"), "circular-dependency"),
        ("measures", changed(M, id="T1", depends_on="T2"), "circular-dependency"),
        ("measure_steps", "T9,1,2020-09-10,,a,b,,", "unknown-measure"),
        ("measure_steps", "T1,4,2020-09-10,,a,b,2021-02-01,2021-01-01", "dates-reversed"),
        ("measure_steps", "T1,4,2020-09-10,,a,b,2020-10-31,2020-11-02", "overlapping-steps"),
        ("measure_steps", "T1,4,2020-09-10,,a,b,2020-12-01,2021-01-01", ""),
        ("measure_steps", "T3,1,2020-09-10,,a,b,2020-10-31,2020-11-02", ""),  # another measure's
        ("measure_steps", "T1,2,2020-09-10,,a,b,2020-10-31,2020-11-02", "overlapping-steps"),
        ("measure_steps", "T1,1,2020-09-10,,a,b,2020-10-05,2020-10-20", ""),  # moved
        ("measure_steps", "T1,4,2020-09-10,,a,,,", "missing-cell"),
        ("measure_status", "S9,2020-09-10,,T9,,done,works,,,", "unknown-measure"),
        ("measure_status", "S9,2020-09-10,,T1,4,done,works,,,", "unknown-step"),
        ("measure_status", "S9,2020-08-01,,T1,,done,works,,,", "unknown-measure"),  # there is none yet
        ("measure_status", "S9,2020-09-10,,T1,,ferdig,works,,,", "unknown-status"),
        ("measure_status", "S9,2020-09-10,,T1,,done,,,,", "missing-cell"),
        ("actors", "AK9,2020-09-10,,FJO-9,innkjop,a,b,", "unknown-process"),
        ("actors", "AK9,2020-09-10,,FJO-1,jurist,a,b,", "unknown-actor-type"),
        ("actors", "AK9,2020-09-10,,FJO-1,innkjop,a,b,X1", "unknown-evidence"),
        ("process_facts", "HEI-9,2020-09-10,,,,unknown,,,", "unknown-process"),
        ("process_facts", "HEI-1,2020-09-10,,2020-02-01,2020-01-01,unknown,,,", "dates-reversed"),
        ("process_facts", "HEI-1,2020-09-10,,2020,2021,unknown,,,", "bad-date"),
        ("process_facts", "HEI-1,2020-09-10,,,,kanskje,,,", "unknown-intended"),
        ("process_facts", "HEI-1,2020-09-10,,,,,,,", "missing-cell"),
        ("process_facts", "HEI-1,2020-09-10,,,,no,verden,,", "unknown-new-to"),
        ("process_facts", "HEI-1,2020-09-10,,,,no,,0,", "unknown-innovation-height"),
        ("events", "E9,2020-09-10,,2020-08-30,kurs,,,a,b,,,", "unknown-kind"),
        ("events", "E9,2020-09-10,,2020-08,talk,,,a,b,,,", "bad-date"),
        ("events", "E9,2020-09-10,,2020-08-30,talk,M9,,a,b,,,", "unknown-milestone"),
        ("events", "E9,2020-09-10,,2020-08-30,talk,,OSL,a,b,,,", "unknown-case"),
        ("indicators", I, ""),
        ("indicators", changed(I, group="mål"), "unknown-group"),
        ("indicators", changed(I, direction="opp"), "unknown-direction"),
        ("indicators", changed(I, aggregation="sum"), "unknown-aggregation"),
        ("indicators", changed(I, target_assumed="≥5"), "bad-target-assumed"),
        ("indicators", changed(I, target_by="innen 2025"), "bad-target-by"),
        ("indicators", changed(I, status="ukjent"), "unknown-status"),
        ("indicators", changed(I, same_as="I8"), "unknown-same-as"),
        ("indicators", changed(I, same_as="I9"), "unknown-same-as"),  # itself
        ("indicators", changed(I, elements="C0099"), "unknown-element"),
        ("indicators", changed(I, elements="C0006 C0013"), ""),  # of either version
        ("indicators", changed(I, column_inferred="ja"), "unknown-column-inferred"),
        ("indicator_values", "V9,2020-09-10,,I8,,2020,1,,,,", "unknown-indicator"),
        ("indicator_values", "V9,2020-08-10,,I1,,2020,1,,,,", "unknown-indicator"),  # there is none yet
        ("indicator_values", "V9,2020-09-10,,I1,OSL,2020,1,,,,", "unknown-case"),
        ("indicator_values", "V9,2020-09-10,,I1,,2020-H3,1,,,,", "bad-period"),
        ("indicator_values", "V9,2020-09-10,,I1,,jun.22,1,,,,", "bad-period"),  # as Excel has it
        ("indicator_values", "V9,2020-09-10,,I1,,2020-13,1,,,,", "bad-period"),
        ("indicator_values", "V9,2020-09-10,,I1,,2020,<2,,,,", "bad-number"),
        ("indicator_values", 'V9,2020-09-10,,I1,,2020,"1,5",,,,', "bad-number"),
        (
            "indicator_values",
            "V9,2020-09-10,,I1,,\u0662\u0660\u0662\u0660,1,,,,",
            "bad-period",
        ),  # digits of another script
        ("indicator_values", "V9,2020-09-10,,I1,,2020,\u0661\u0662,,,,", "bad-number"),
        ("indicators", changed(I, target_by="\u0662\u0660\u0662\u0660"), "bad-target-by"),
        ("indicator_values", "V9,2020-09-10,,I1,,2020,,,,,", "missing-cell"),
        ("indicator_values", "V9,2020-09-10,,I1,,2020,-1.5,,,,", ""),
        ("indicator_values", "V9,2020-09-10,,I1,FJO,2020-H1,4.5,,,,", "duplicate-value"),
        ("indicator_values", "V9,2020-09-10,,I1,HEI,2020-H1,4.5,,,,", ""),
        ("indicator_values", "V9,2020-09-10,,I2,,2020,<3,,,,", ""),  # of reference figures all are told
        ("indicator_values", "V1,2020-09-10,,I1,FJO,2020-H1,5.5,,,,", ""),  # takes the place of the first
        ("indicator_values", "V9,2020-09-10,,I1,,2020,1,,,abc,", "bad-file-sha256"),
    ],
)
def test_what_a_register_may_not_say_is_told_with_its_line(small: SmallStudy, name: str, row: str, kind: str) -> None:
    expected = {(one, "error", len(GOOD[name]) + 2) for one in kind.split()}
    told = found(small, name, row)
    # What is lost with a cell that is not understood is told as well.
    also = {"bad-evidence": "level-without-evidence"}.get(kind)
    if also:
        expected.add((also, "error", len(GOOD[name]) + 2))
    assert told == expected


@pytest.mark.parametrize(
    ("name", "rows", "kind"),
    [
        # Level 3 asks for two documents and two types of actors; one talk with one person is neither.
        ("assessments", [changed(A, level="3")], "insufficient-evidence"),
        ("assessments", [changed(A, level="2")], ""),
        ("assessments", [changed(A, level="3", override="Bekreftet av to til")], ""),
        ("assessments", [changed(A, level="3", evidence=f"{NEED} FJO-I02.K1.s02")], ""),
        ("assessments", [changed(A, level="4", evidence=f"{NEED} FJO-I02.K1.s02")], "insufficient-evidence"),
        ("assessments", [changed(A, level="4", evidence=f"{NEED} FJO-I02.K1.s02 HEI-I01.K1.s03")], ""),
        # A workshop note counts for whoever speaks in the passage: nobody is named, so both who took part.
        ("assessments", [changed(A, level="3", evidence=f"{NEED} STR-N01.K1.s02")], ""),
        (
            "assessments",
            [changed(A, side="self", assessor="FJO-PL-01", evidence="")],
            "self-assessment-without-rationale",
        ),
        ("assessments", [changed(A, id="A8"), A], "duplicate-assessment"),
        ("assessments", [changed(A, id="A8"), changed(A, assessor="K2")], ""),
        ("targets", ["G9,2020-09-10,,FJO,C0001,1.0.0,5,,"], "duplicate-target"),
        ("events", ["E9,2020-09-10,,2020-08-30,talk,,,a,b,Kari Nordås,,"], "perhaps-a-name"),
        ("events", ["E9,2020-09-10,,2020-08-30,talk,,,a,b,Forskergruppa LUP,,"], ""),
    ],
)
def test_what_is_only_doubtful_is_a_warning(small: SmallStudy, name: str, rows: list[str], kind: str) -> None:
    assert found(small, name, *rows) == ({(kind, "warning", len(GOOD[name]) + len(rows) + 1)} if kind else set())


def test_a_later_row_ends_a_warning_and_not_an_error(small: SmallStudy) -> None:
    doubtful, better = changed(A, level="3"), changed(A, level="2", on="2020-09-11")
    assert found(small, "assessments", doubtful, better) == set()
    wrong = changed(A, element="C0099")
    assert found(small, "assessments", wrong, better) == {("unknown-element", "error", 5)}


def test_rows_of_a_record_follow_one_another_in_time(small: SmallStudy) -> None:
    later, earlier = changed(A, on="2020-09-20"), changed(A, on="2020-09-19", level="2")
    assert found(small, "assessments", later, earlier) == {("earlier-than-before", "error", 6)}
    # Records of their own may come in any order.
    assert found(small, "assessments", later, changed(earlier, id="A8", assessor="K2")) == set()


def test_what_was_taken_out_is_not_there_for_later_rows(small: SmallStudy) -> None:
    gone = "T1,2020-09-05,withdrawn,,,,,,,,,,,,,,,"
    told = found(small, "measures", gone, changed(M, depends_on="T1"))
    assert told == {("depends-on-withdrawn", "warning", 3), ("unknown-measure", "error", 6)}


def test_a_ring_of_dependencies_is_told_on_the_day_that_closes_it(small: SmallStudy) -> None:
    four = changed(M, id="T4", depends_on="T5", on="2020-09-10")
    five = changed(M, id="T5", depends_on="T6", on="2020-09-10")
    six = changed(M, id="T6", on="2020-09-10")
    closing = changed(M, id="T6", depends_on="T4", on="2020-09-12")
    assert found(small, "measures", four, five, six) == set()
    assert found(small, "measures", four, five, six, closing) == {("circular-dependency", "error", 8)}
    # On one day all three close it.
    told = found(small, "measures", four, five, changed(closing, on="2020-09-10"))
    assert told == {("circular-dependency", "error", line) for line in (5, 6, 7)}


def test_two_values_on_one_day_are_told_and_one_taken_out_the_same_day_is_not(small: SmallStudy) -> None:
    twice = "V9,2020-09-10,,I1,FJO,2020-H1,4.5,,,,"
    assert found(small, "indicator_values", twice, "V1,2020-09-10,withdrawn,,,,,,,,") == set()
    assert found(small, "indicator_values", twice, "V1,2020-09-11,withdrawn,,,,,,,,") == {
        ("duplicate-value", "error", 6)
    }


def test_a_milestone_about_one_municipality_takes_its_assessments_only(small: SmallStudy) -> None:
    small.replace("foran.toml", "[templates.model_version]\n", '[templates.model_version]\nmodel = "practice"\n')
    for name in ("M1", "M2"):
        small.replace("foran.toml", f'id = "{name}"\n', f'id = "{name}"\ncase = "HEI"\n')
    told = found(small, "assessments")
    assert {one for one in told if one[0] == "wrong-case"} == {("wrong-case", "error", line) for line in (2, 3, 4)}


def test_evidence_that_a_coder_removed_is_a_warning_while_the_row_stands(small: SmallStudy) -> None:
    events = small.events("K1", "FJO-I01")
    last = next(event["after"] for event in reversed(events) if event["segment"] == STRATEGY)
    from small_study import draft

    small.code("K1", "FJO-I01", [draft(small, "K1", "FJO-I01", "2021-05-01", "remove", STRATEGY, last, None)])
    told = found(small, "assessments")
    # With an override the lack of evidence is accounted for; the removal is told all the same.
    assert told == {("evidence-removed", "warning", 4)}
    other = "A3,2020-09-02,,M1,FJO,C0005,1.0.0,GR-1,joint,praksis,1,high," + NEED + ",,"
    assert found(small, "assessments", other) == set()


def test_a_withdrawn_participant_assesses_nothing(small: SmallStudy) -> None:
    small.replace("corpus/participants.csv", "written_form,consent\n", "written_form,consent,withdrawn_at\n")
    lines = (small.path / "corpus/participants.csv").read_text("utf-8").splitlines()
    rows = [lines[0], *(f"{line}," for line in lines[1:]), "FJO-LED-01,,,,,2021-01-01"]
    (small.path / "corpus/participants.csv").write_text("\n".join(rows) + "\n", "utf-8")
    told = found(small, "assessments", changed(A, assessor="FJO-LED-01"))
    assert told == {("withdrawn-participant", "error", 5)}


@pytest.mark.parametrize(
    ("name", "data", "left"),
    [
        ("corpus/processes.csv", b"id,title_nb\n", {"missing-column"}),
        ("corpus/participants.csv", b"\xff", {"not-utf8"}),
        ("codebooks/1.0.0.yaml", b"[", None),
        ("corpus/coding/K1/FJO-I01.jsonl", b"{}\n", None),
    ],
)
def test_what_names_a_file_that_cannot_be_read_is_not_judged(
    small: SmallStudy, name: str, data: bytes, left: set[str] | None
) -> None:
    write(small, GOOD)
    (small.path / name).write_bytes(data)
    _, faults = small.read()
    assert faults.errors
    assert [fault for fault in faults if fault.file in {kind.FILE for kind in KINDS.values()}] == []
    if left is not None:
        assert {fault.kind for fault in faults if fault.file == name} == left


def test_faults_tell_nothing_of_what_cells_say(small: SmallStudy) -> None:
    said = "skuffen står åpen"
    row = changed(A, rationale=said, evidence="", level="9", assessor="Kari Nordmann", element="strategien som ligger")
    write(small, GOOD | {"assessments": [*GOOD["assessments"], row]})
    _, faults = small.read()
    assert len(faults) >= 3
    assert not any(word in str(fault) for fault in faults for word in ("skuffen", "Nordmann", "strategien"))


# Passages as evidence


def passages(study: Study) -> Any:
    return study.known_to_registers().passages


def test_a_passage_counts_for_whoever_speaks_in_it(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    names = {name: passages(study)[name] for name in (NEED, "HEI-I01.K1.s01", "STR-N01.K1.s01", "STR-N01.K1.s02")}
    both = ("innkjop", "prosjektleder")
    assert names == {
        NEED: Passage("FJO-I01", ("prosjektleder",), "FJO-1"),
        "HEI-I01.K1.s01": Passage("HEI-I01", ("leverandor",), "HEI-1"),
        "STR-N01.K1.s01": Passage("STR-N01", both, "STR-1"),
        "STR-N01.K1.s02": Passage("STR-N01", both, "STR-1"),
    }


def test_in_a_note_a_labelled_turn_counts_for_its_speaker_alone(small_study: SmallStudy) -> None:
    from small_study import draft

    from foran_research.coding.events import segment_at

    text = small_study.text("STR-N01")
    words = "det sparte oss for et halvår"
    record = segment_at(text, text.index(words), text.index(words) + len(words), "C0004", "fremmer", "1.0.0")
    small_study.code("K1", "STR-N01", [
        draft(small_study, "K1", "STR-N01", "2020-09-29", "apply", "STR-N01.K1.s90", None, record)])  # fmt: skip
    found = passages(load_study(small_study.path))["STR-N01.K1.s90"]
    assert found.actor_types == ("innkjop",)


def test_breadth_counts_documents_actors_and_processes_of_what_stands() -> None:
    known = {
        "a": Passage("D1", ("innkjop",), "P1"),
        "b": Passage("D1", ("innkjop", "bruker"), "P1"),
        "c": Passage("D2", (), ""),
        "d": Passage("D3", ("leder",), "P3", "removed"),
        "e": Passage("D4", ("leder",), "P4", "withdrawn"),
    }
    assert breadth(["a", "b", "c", "d", "e", "?"], known) == Breadth(2, 2, 1)
    assert breadth([], known) == Breadth()
