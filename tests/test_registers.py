"""The registers that a study need not have, or not whole: the plan, days of processes and arenas, milestones in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import SmallStudy, write_small_study

from foran_research.corpus.plan import PLAN_COLUMNS, PLAN_FILE, empty_plan
from foran_research.corpus.store import DOCUMENT_COLUMNS, PARTICIPANT_COLUMNS, PROCESS_COLUMNS, PROCESS_TIMES
from foran_research.errors import Faults
from foran_research.settings import KNOWN_KEYS, read_settings
from foran_research.study import load_study

TOML, DOCS, PROCS = "foran.toml", "corpus/documents.csv", "corpus/processes.csv"
HEADER = ",".join(PLAN_COLUMNS) + "\n"
GOOD = "FJO,FJO-1,prosjektleder,interview,1,2020-01-01,2020-06-30,før ferien – a\u030atte dager 🙂\n"


def told(study: SmallStudy) -> list[tuple[str, str, int | None, bool]]:
    """(kind, file, line, whether it is a warning) of every fault of a study."""
    _, faults = study.read()
    return [(fault.kind, fault.file, fault.line, fault.is_warning) for fault in faults]


def write_plan(study: SmallStudy, *rows: str, header: str = HEADER) -> None:
    (study.path / PLAN_FILE).write_text(header + "".join(rows), "utf-8")


# The plan


def test_a_study_without_a_plan_has_an_empty_one(small_study: SmallStudy) -> None:
    plan = load_study(small_study.path).plan
    assert plan.empty
    assert list(plan.columns) == list(PLAN_COLUMNS)
    assert plan.dtypes.to_dict() == empty_plan().dtypes.to_dict()


def test_a_plan_is_read_with_its_lines_numbers_and_empty_cells(small_study: SmallStudy) -> None:
    write_plan(small_study, GOOD, "\n", "HEI,,,workshop_note,2,,,\n", ",,leverandor,interview,0,2021-01-01,,\n")
    study, faults = small_study.read()
    assert faults == []
    assert study is not None
    assert list(study.plan.index) == [2, 4, 5]
    assert list(study.plan["planned"]) == [1, 2, 0]
    assert study.plan["planned"].dtype == "int64"
    assert study.plan.loc[4].drop("planned").to_dict() == {
        "case": "HEI", "process": "", "actor_type": "", "kind": "workshop_note", "from": "", "to": "", "note": "",
    }  # fmt: skip
    # The note is NFC like every other cell: å is one letter.
    assert study.plan.at[2, "note"] == "før ferien – åtte dager 🙂"


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        ("OSL,,,interview,1,,,\n", ["unknown-case"]),
        ("FJO,FJO-9,,interview,1,,,\n", ["unknown-process"]),
        ("FJO,HEI-1,,interview,1,,,\n", ["wrong-case"]),
        (",HEI-1,,interview,1,,,\n", ["wrong-case"]),
        ("FJO,,ordfører,interview,1,,,\n", ["unknown-actor-type"]),
        ("FJO,,,samtale,1,,,\n", ["unknown-kind"]),
        ("FJO,,,,1,,,\n", ["unknown-kind"]),
        ("FJO,,,interview,to,,,\n", ["bad-number"]),
        ("FJO,,,interview,-1,,,\n", ["bad-number"]),
        ("FJO,,,interview,1.5,,,\n", ["bad-number"]),
        ("FJO,,,interview,,,,\n", ["bad-number"]),
        ("FJO,,,interview,¹,,,\n", ["bad-number"]),
        ("FJO,,,interview,1,2020-13-01,,\n", ["bad-date"]),
        ("FJO,,,interview,1,,30.06.2020,\n", ["bad-date"]),
        ("FJO,,,interview,1,2020-07-01,2020-06-30,\n", ["dates-reversed"]),
        ("FJO,,,interview,1,2020-07-01,2020-07-01,\n", []),
        (GOOD, ["duplicate-plan"]),
        (GOOD.replace(",1,", ",3,").replace("før", "etter"), ["duplicate-plan"]),
        (GOOD.replace("2020-06-30", "2020-07-30"), []),
        ("FJO,,,interview,1,,\n", ["broken-csv"]),
        ("OSL,FJO-9,x,y,z,1,2,\n", ["unknown-case", "unknown-actor-type", "unknown-kind", "unknown-process",
                                    "bad-number", "bad-date", "bad-date"]),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_meant_so_is_told_with_its_line_and_left_out(
    small_study: SmallStudy, row: str, kinds: list[str]
) -> None:
    write_plan(small_study, GOOD, row)
    assert told(small_study) == [(kind, PLAN_FILE, 3, False) for kind in kinds]
    study, _ = small_study.read()
    assert study is not None
    assert list(study.plan.index) == ([2] if kinds else [2, 3])


def test_a_plan_without_a_column_is_told_once(small_study: SmallStudy) -> None:
    write_plan(small_study, GOOD, header=HEADER.replace(",planned", ",antall"))
    assert told(small_study) == [("missing-column", PLAN_FILE, 1, False)]


def test_a_plan_is_not_judged_by_processes_that_could_not_be_read(small_study: SmallStudy) -> None:
    write_plan(small_study, GOOD)
    (small_study.path / PROCS).unlink()
    assert [place for place in told(small_study) if place[1] == PLAN_FILE] == []


def test_a_sentence_in_a_cell_of_the_plan_is_not_repeated(small_study: SmallStudy) -> None:
    for place in range(len(PLAN_COLUMNS) - 1):
        cells = GOOD.strip().split(",")
        cells[place] = "hun sa at ålen rømte 🙂"
        write_plan(small_study, ",".join(cells) + "\n")
        _, faults = small_study.read()
        assert faults.errors, PLAN_COLUMNS[place]
        assert not [fault for fault in faults if "ålen" in str(fault)]


@given(data=st.binary(max_size=200))
def test_no_bytes_in_the_plan_stop_the_reading(worn: SmallStudy, data: bytes) -> None:
    (worn.path / PLAN_FILE).write_bytes(HEADER.encode() + data)
    study, _ = worn.read()
    assert study is not None


@pytest.fixture(scope="module")
def worn(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    return write_small_study(tmp_path_factory.mktemp("plan") / "study")


# Processes


def processes_with(study: SmallStudy, columns: str, cells: str) -> None:
    """The register of processes with more columns, filled for the first process alone."""
    lines = (study.path / PROCS).read_text("utf-8").splitlines()
    more = [columns, cells, *["," * columns.count(",")] * (len(lines) - 2)]
    text = "\n".join(f"{line},{cell}" for line, cell in zip(lines, more, strict=True)) + "\n"
    (study.path / PROCS).write_text(text, "utf-8")


def add_phases(study: SmallStudy) -> None:
    study.add(TOML, '\n[[facets]]\nid = "phase"\nlabel = "Fase"\nvalues = [{ id = "før", label = "Før" }]\n')


def test_processes_may_say_when_they_ran_and_how_far_they_have_come(small_study: SmallStudy) -> None:
    assert set(load_study(small_study.path).processes["phase"]) == {""}
    add_phases(small_study)
    processes_with(small_study, "phase,started,ended", "før,2019-05-01,2020-12-31")
    processes = load_study(small_study.path).processes
    assert processes.loc["FJO-1", ["phase", "started", "ended"]].tolist() == ["før", "2019-05-01", "2020-12-31"]
    assert processes.loc["HEI-1", ["phase", "started", "ended"]].tolist() == ["", "", ""]


@pytest.mark.parametrize(
    ("columns", "cells", "kinds"),
    [
        ("phase", "etter", ["unknown-phase"]),
        ("started,ended", "i fjor,2020-02-30", ["bad-date", "bad-date"]),
        ("started,ended", "2020-02-02,2020-02-01", ["dates-reversed"]),
        ("ended,started", "2020-02-02,2020-02-01", []),
        ("ended", "2020-02-01", []),
    ],
)
def test_a_process_that_cannot_have_run_so_is_told(
    small_study: SmallStudy, columns: str, cells: str, kinds: list[str]
) -> None:
    add_phases(small_study)
    processes_with(small_study, columns, cells)
    assert told(small_study) == [(kind, PROCS, 2, False) for kind in kinds]


# Arenas


def arena_with(more: str) -> Callable[[SmallStudy], None]:
    old = 'id = "praksis"\n'
    return lambda study: study.replace(TOML, old, old + more)


def test_an_arena_may_have_sides_and_days(small_study: SmallStudy) -> None:
    arena_with('responsible = "practice"\nparticipants = "research"\nfrom = 2020-09-15\nto = 2020-09-15\n')(small_study)
    assert told(small_study) == []
    (arena,) = load_study(small_study.path).settings.arenas
    assert (arena.responsible, arena.participants) == ("practice", "research")
    assert [str(arena.first), str(arena.last)] == ["2020-09-15", "2020-09-15"]


@pytest.mark.parametrize(
    ("more", "kind", "needle"),
    [
        ('responsible = "praksis"\n', "unknown-side", "responsible ="),
        ("participants = []\n", "unknown-side", "participants ="),
        ('from = "2020-01-01"\n', "bad-date", "from ="),
        ("from = 2020-02-01\nto = 2020-01-31\n", "dates-reversed", "to ="),
        ("fra = 2020-02-01\n", "unknown-key", "fra ="),
    ],
)
def test_an_arena_that_is_wrongly_told_is_found(small_study: SmallStudy, more: str, kind: str, needle: str) -> None:
    arena_with(more)(small_study)
    assert told(small_study) == [(kind, TOML, small_study.lines_with(TOML, needle)[0], False)]


@pytest.mark.parametrize(
    ("more", "is_told"),
    [
        ("from = 2020-09-16\n", True),
        ("from = 2020-09-15\n", False),
        ("to = 2020-09-14\n", True),
        ("to = 2020-09-15\n", False),
        ("from = 2020-01-01\nto = 2020-09-14\n", True),
    ],
)
def test_a_note_outside_its_arenas_days_is_a_warning(small_study: SmallStudy, more: str, is_told: bool) -> None:
    arena_with(more)(small_study)
    (line,) = small_study.lines_with(DOCS, "STR-N01,")
    assert told(small_study) == ([("outside-arena", DOCS, line, True)] if is_told else [])


# Milestones


def milestone(name: str, version: int, cut_off: str, more: str = "", template: str = "model_version") -> str:
    return (
        f'\n[[milestones]]\nid = "{name}"\ntitle = "x"\ncut_off = {cut_off}\n{more}template = "{template}"\n'
        f'model_version = {version}\ncodebook_version = "2.0.0"\n'
    )


STATUS = '\n[templates.status]\nmodel = "status"\nnotebooks = ["01_corpus.ipynb"]\n'


@pytest.mark.parametrize(
    ("more", "kind", "needle"),
    [
        (milestone("M3", 3, "2022-01-01", "coded_until = 2021-12-31\n"), "coding-before-cut-off", "coded_until ="),
        (milestone("M3", 3, "2021-04-01"), "milestone-order", "cut_off ="),
        (milestone("M3", 2, "2022-12-01"), "duplicate-model-version", "model_version = 2"),
        # Cut off later, with coding that ends earlier: it would lack what the version before has.
        (
            milestone("M3", 3, "2022-01-01", "coded_until = 2022-03-01\n")
            + milestone("M4", 4, "2022-02-01", "coded_until = 2022-02-28\n"),
            "milestone-order",
            "coded_until =",
        ),
        # Of 2.0.0, released 2021-03-01: nobody can have coded under it on the day before.
        (
            STATUS + milestone("S1", 1, "2021-02-28", template="status"),
            "codebook-after-milestone",
            'codebook_version = "2',
        ),
        (milestone("M3", 3, "2022-01-01").replace("2.0.0", "1.0.0"), "codebook-order", 'codebook_version = "1.0.0"'),
    ],
)
def test_a_milestone_out_of_order_is_a_warning_on_its_line(
    small_study: SmallStudy, more: str, kind: str, needle: str
) -> None:
    small_study.add(TOML, more)
    assert told(small_study) == [(kind, TOML, small_study.lines_with(TOML, needle)[-1], True)]


@pytest.mark.parametrize(
    "more",
    [
        milestone("M3", 3, "2021-09-30"),
        # On the very day of the release; and a status has no version to go back from.
        STATUS + milestone("S1", 1, "2021-03-01", template="status"),
        STATUS
        + milestone("S1", 1, "2021-04-01", template="status")
        + milestone("S2", 2, "2021-04-01", template="status").replace("2.0.0", "1.0.0"),
        milestone("A0", 3, "2022-09-30", "coded_until = 2022-09-30\n"),
        '\n[templates.annen]\nmodel = "practice"\nnotebooks = ["01_corpus.ipynb"]\n'
        + milestone("M4", 1, "2021-03-31", 'case = "FJO"\n', template="annen")
        + milestone("M5", 1, "2021-03-31", 'case = "STR"\n', template="annen"),
        '\n[templates.stand]\nmodel = "status"\nnotebooks = ["01_corpus.ipynb"]\n'
        + milestone("M4", 1, "2023-12-31", template="stand")
        + milestone("M5", 1, "2023-12-31", template="stand"),
    ],
    ids=[
        "the same day",
        "the day of the codebook",
        "a status under an older codebook",
        "an id before the others",
        "another model of two cases",
        "statuses have no versions",
    ],
)
def test_milestones_in_order_are_no_warning_whatever_their_ids(small_study: SmallStudy, more: str) -> None:
    small_study.add(TOML, more)
    assert told(small_study) == []


def test_the_page_on_registers_names_every_column(demo_path: Path) -> None:
    page = (demo_path / "docs/overview.md").read_text("utf-8")
    named = set(re.findall(r"`(\w+)`", page))
    for columns in (
        DOCUMENT_COLUMNS,
        PARTICIPANT_COLUMNS,
        PROCESS_COLUMNS,
        PROCESS_TIMES,
        PLAN_COLUMNS,
        KNOWN_KEYS["arenas"],
    ):
        assert set(columns) <= named
    (example,) = re.findall(r"```\n(.*?)```", page, re.DOTALL)
    assert example.startswith(HEADER)


def test_the_settings_of_the_demo_study_know_its_phases(demo_path: Path) -> None:
    settings = read_settings(demo_path, Faults())
    assert settings is not None
    assert settings.vocabulary()["phase"] == ("før", "under", "etter")
