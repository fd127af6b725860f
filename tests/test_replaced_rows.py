"""Who writes a row over an earlier one is told which: its day, and whose or what is changed. All invented."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from followed_study import with_registers
from small_study import SmallStudy

from foran_research.cli import main
from foran_research.registers.records import WITHDRAWN, MeasureStep, Registers, Target, replaced


@pytest.fixture
def followed(written_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    shutil.copytree(written_once, tmp_path / "study")
    monkeypatch.chdir(tmp_path / "study")
    return with_registers(SmallStudy(tmp_path / "study"))


def run(*asked: str) -> str:
    made = CliRunner().invoke(main, list(asked))
    assert made.exit_code == 0, made.output
    return made.stdout


def test_the_row_replaced_is_the_newest_of_its_key_and_none_that_was_taken_out() -> None:
    rows = (
        Target("T1", "2021-01-02", level=3), Target("T1", "2022-01-02", level=4), Target("T2", "2022-01-02", WITHDRAWN),
    )  # fmt: skip
    registers = Registers(targets=rows, steps=(MeasureStep("T1", "1", "2021-01-01"),))
    assert replaced(registers, Target("T1", "2023-01-01")) is rows[1]
    assert replaced(registers, Target("T2", "2023-01-01")) is None
    assert replaced(registers, Target("T3", "2023-01-01")) is None
    assert replaced(registers, MeasureStep("T1", "2", "2023-01-01")) is None
    assert replaced(registers, MeasureStep("T1", "1", "2023-01-01")) is registers.steps[0]


def test_a_step_that_is_moved_tells_which_row_it_takes_the_place_of(followed: SmallStudy) -> None:
    told = run("measure", "step", "T2", "1", "--to", "2021-12-15", "--nb", "Ålgård først å 😀", "--on", "2021-09-20")
    assert told == "T2 1 er skrevet inn (2021-09-20); tar plassen til raden av 2021-04-01 (endret: text_nb, to)\n"
    tried = run("measure", "step", "T2", "1", "--dry-run", "--language", "en", "--on", "2021-09-21")
    assert "T2 1 can be written down (2021-09-21); takes the place of the row of 2021-09-20 (changed: nothing)" in tried
    new = run("measure", "step", "T2", "--nb", "Ny", "--en", "New", "--on", "2021-09-22")
    assert new == "T2 2 er skrevet inn (2021-09-22)\n"


def test_a_report_under_the_id_of_another_tells_which_one_is_gone(followed: SmallStudy) -> None:
    told = run(
        "measure", "status", "T1", "ferdig", "--step", "1", "--id", "u2", "--effect", "delvis", "--on", "2021-09-01"
    )
    assert "tar plassen til raden av 2021-02-20 (endret: effect, evidence, why)" in told


def test_an_assessment_made_anew_tells_day_assessor_and_level_of_the_one_before(followed: SmallStudy) -> None:
    def assess(level: str, on: str) -> str:
        return run(
            "maturity", "assess", "FJO", "C0001", "--milestone", "F1", "--as", "K2", "--level", level, "--on", on,
            "--evidence", "FJO-I01.K1.s01", "--why", "Fordi a\u030a",
        )  # fmt: skip

    assert assess("1", "2021-09-12") == "F1-FJO-C0001-K2: level 1, on 2021-09-12\n"
    assert assess("2", "2021-09-14") == (
        "F1-FJO-C0001-K2: level 2, on 2021-09-14; takes the place of the row of 2021-09-12 by K2, level 1\n"
    )
