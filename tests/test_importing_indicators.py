"""Values from files into the register: looked at first, all or nothing, the same file once; and the commands for it."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_study import SmallStudy, write_small_study

from foran_research.cli import main
from foran_research.delivering.indicators import fits_of
from foran_research.errors import ForanError, StudyError, UnknownName
from foran_research.importing_indicators import Plan, add, plan
from foran_research.registers.records import COLUMNS, Indicator
from foran_research.starting import start_study
from foran_research.study import Study, load_study

HERE = Path(__file__).resolve().parent
HEAD = "Doffin-referanse;Oppdragsgiver;Kunngjøringstype;Prosedyre;Kunngjort dato;Tidlig dialog\n"
ROW = "{n};{who} kommune;Konkurranse;Åpen anbudskonkurranse;{year}-05-0{n};{word}\n"
REGISTER = "corpus/indicator_values.csv"


def write_indicators(folder: Path) -> None:
    rows = [
        Indicator(name, "2020-01-01", "", (name,), "process_goal", "", f"Merke {name} på Øya", name, unit,
                  status="defined", elements=("C0001",))
        for name, unit in (("DOF-01", "count"), ("DOF-02", "count"), ("LUP-03", "percent"), ("LUP-04", "count"),
                           ("DFO-26", "scale_1_5"))
    ]  # fmt: skip
    with (folder / "corpus/indicators.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS[Indicator])
        for row in rows:
            writer.writerow([" ".join(v) if isinstance(v, tuple) else v for v in vars(row).values()])


@pytest.fixture
def small(tmp_path: Path) -> SmallStudy:
    made = write_small_study(tmp_path / "study")
    write_indicators(made.path)
    return made


def file_of(folder: Path, rows: list[tuple[str, str]], name: str = "uttrekk.csv", year: int = 2021) -> Path:
    text = HEAD + "".join(ROW.format(n=n, who=who, word=word, year=year) for n, (who, word) in enumerate(rows, 1))
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def planned(small: SmallStudy, path: Path, *, on: str = "2022-03-01", **more: object) -> tuple[Study, Plan]:
    study = load_study(small.path)
    asked = {"kind": "doffin", "source": "Uttrekk fra Doffin", "source_date": "2022-02-14", **more}
    return study, plan(study, path, on=on, **asked)


def test_a_plan_writes_nothing_and_adding_it_writes_every_row_with_its_source(
    small: SmallStudy, tmp_path: Path
) -> None:
    path = file_of(tmp_path, [("Fjordvik", "Ja"), ("Fjordvik", "Nei"), ("Heidal", "Nei"), ("Ukjent", "Ja")])
    study, made = planned(small, path)
    assert not (small.path / REGISTER).exists()
    assert {row.id: row.value for row in made.rows} == {
        "DOF-01.FJO.2021": "2", "LUP-04.FJO.2021": "1", "LUP-03.FJO.2021": "50", "DOF-02.FJO.2021": "0",
        "DOF-01.HEI.2021": "1", "LUP-04.HEI.2021": "0", "LUP-03.HEI.2021": "0", "DOF-02.HEI.2021": "0",
    }  # fmt: skip
    # The register has no indicator of procedures: their values are left out, and that is told.
    assert [fault.kind for fault in made.warnings] == ["unknown-indicator"] * 3
    add(study, made)
    values = load_study(small.path).registers.values
    assert len(values) == 8
    one = next(row for row in values if row.id == "LUP-03.FJO.2021")
    assert (one.source, one.source_date, one.on) == ("Uttrekk fra Doffin", "2022-02-14", "2022-03-01")
    assert one.file_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert one.note == "Fra uttrekk.csv. 1 av 2."


def test_the_same_file_twice_adds_nothing_and_another_with_the_same_values_neither(
    small: SmallStudy, tmp_path: Path
) -> None:
    path = file_of(tmp_path, [("Fjordvik", "Ja")])
    add(*planned(small, path))
    before = (small.path / REGISTER).read_bytes()
    study, again = planned(small, path, on="2022-04-01")
    assert again.is_known
    assert again.other_file == 0
    add(study, again)
    other = file_of(tmp_path, [("Fjordvik", "J")], "annen.csv")
    study, twin = planned(small, other, on="2022-04-01")
    assert twin.is_known
    assert twin.other_file == len(twin.known) == 4
    add(study, twin)
    assert (small.path / REGISTER).read_bytes() == before


def test_two_values_for_one_year_are_refused_all_at_once_with_their_lines(small: SmallStudy, tmp_path: Path) -> None:
    add(*planned(small, file_of(tmp_path, [("Fjordvik", "Ja"), ("Heidal", "Ja")])))
    before = (small.path / REGISTER).read_bytes()
    corrected = file_of(tmp_path, [("Fjordvik", "Nei"), ("Heidal", "Nei"), ("Strandby", "Ja")], "rettet.csv")
    with pytest.raises(StudyError) as refused:
        planned(small, corrected, on="2022-04-01")
    faults = refused.value.faults
    assert [fault.kind for fault in faults] == ["two-values"] * 4
    lines = (small.path / REGISTER).read_text("utf-8").splitlines()
    for fault in faults:
        assert fault.file == REGISTER
        assert fault.line is not None
        assert lines[fault.line - 1].startswith(("LUP-03.", "LUP-04."))
    assert (small.path / REGISTER).read_bytes() == before
    study, made = planned(small, corrected, on="2022-04-01", replaces=True)
    add(study, made)
    found = load_study(small.path).registers
    assert {row.id: row.value for row in found.until("2022-03-31").values}["LUP-03.FJO.2021"] == "100"
    assert {row.id: row.value for row in found.until("2022-04-01").values}["LUP-03.FJO.2021"] == "0"


def test_a_corrected_file_cannot_take_the_place_of_what_was_recorded_later(small: SmallStudy, tmp_path: Path) -> None:
    add(*planned(small, file_of(tmp_path, [("Fjordvik", "Ja")]), on="2022-05-01"))
    with pytest.raises(StudyError, match="2022-05-01"):
        planned(small, file_of(tmp_path, [("Fjordvik", "Nei")], "b.csv"), on="2022-04-01", replaces=True)


def test_a_survey_answers_the_indicators_of_the_register(small: SmallStudy, tmp_path: Path) -> None:
    path = tmp_path / "svar.csv"
    path.write_text("Kommune;Merke DFO-26 på Øya\nFjordvik;3\nFjordvik;4\n", encoding="utf-8")
    _, made = planned(small, path, kind="survey", period="2021")
    assert [(row.id, row.value, row.note) for row in made.rows] == [
        ("DFO-26.FJO.2021", "3.5", "Fra svar.csv. Snitt av 2 svar.")
    ]


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        ({"kind": "brev"}, UnknownName, "kind of file"),
        ({"source": " "}, ForanError, "Name the source"),
        ({"source_date": "14.2.2022"}, ForanError, "YYYY-MM-DD"),
        ({"source_date": "2022-03-02"}, ForanError, "after the day of recording"),
    ],
)
def test_what_is_asked_wrongly_is_said(
    small: SmallStudy, tmp_path: Path, more: dict[str, str], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        planned(small, file_of(tmp_path, [("Fjordvik", "Ja")]), **more)


def test_a_file_without_any_municipality_of_the_study_is_refused(small: SmallStudy, tmp_path: Path) -> None:
    with pytest.raises(StudyError) as refused:
        planned(small, file_of(tmp_path, [("Oslo", "Ja")]))
    assert [fault.kind for fault in refused.value.faults] == ["no-values"]
    with pytest.raises(ForanError, match="is no file"):
        planned(small, tmp_path / "finnes-ikke.csv")


def test_the_commands_read_add_list_and_show(small: SmallStudy, tmp_path: Path) -> None:
    path = file_of(tmp_path, [("Fjordvik", "Ja"), ("Fjordvik", "Kaffe"), ("Havnen", "Ja")])
    asked = ["--kind", "doffin", "--source", "Doffin", "--source-date", "2022-02-14", "--on", "2022-03-01",
             "--study", str(small.path)]  # fmt: skip

    def run(*words: str) -> str:
        result = CliRunner().invoke(main, ["indicator", *words])
        assert result.exit_code == 0, result.output
        return result.output

    dry = run("read", str(path), *asked)
    assert "dialogue 'Kaffe': NOT UNDERSTOOD (1)" in dry
    assert "authority 'Havnen kommune': NOT UNDERSTOOD (1)" in dry
    assert "would add\tLUP-03\tFJO\t2021\t50\tFra uttrekk.csv. 1 av 2; 1 uvisse, altså høyst 100,0 %." in dry
    assert "nothing was written" in dry
    assert not (small.path / REGISTER).exists()
    assert "4 values added" in run("add", str(path), *asked)
    assert "nothing was added" in run("add", str(path), *asked)
    listed = run("list", "--case", "FJO", "--study", str(small.path))
    assert "LUP-03\tprocess_goal\tdefined\tpercent\t-\t1\tC0001\tMerke LUP-03 på Øya" in listed
    shown = run("show", "LUP-03", "--study", str(small.path))
    assert "FJO\t2021\t50\tDoffin\t2022-02-14" in shown


def test_judging_writes_a_memo_that_the_milestone_reads(small: SmallStudy) -> None:
    asked = [
        "indicator",
        "judge",
        "LUP-03",
        "FJO",
        "complementary",
        "--text",
        "De utfyller hverandre. 🙂",
        "--study",
        str(small.path),
    ]
    assert CliRunner().invoke(main, asked, env={"FORAN_CODER": ""}).exit_code == 1
    done = CliRunner().invoke(main, [*asked, "--coder", "K1"])
    assert done.exit_code == 0, done.output
    study = load_study(small.path)
    milestone = replace(study.milestone("M1"), coded_until=dt.date(2999, 1, 1))
    (fit,) = fits_of(study, milestone)
    assert (fit.indicator, fit.case, fit.word, fit.coder) == ("LUP-03", "FJO", "complementary", "K1")
    unknown = CliRunner().invoke(main, ["indicator", "judge", "X", "FJO", "divergent", "--text", "a", "--coder", "K1",
                                        "--study", str(small.path)])  # fmt: skip
    assert unknown.exit_code == 1
    assert "unknown indicator" in unknown.output


def test_the_values_of_the_demo_study_are_those_of_the_files_they_name() -> None:
    """Every value with a fingerprint is read anew from the invented file that bears it."""
    study = load_study(HERE.parent)
    held = {row.id: row for row in study.registers.values if row.file_sha256}
    seen = set()
    for path in sorted((HERE / "received").glob("*.csv")):
        kind = "doffin" if path.name.startswith("doffin") else "survey"
        made = plan(study, path, kind=kind, source="x", source_date="2024-05-13", on="2024-12-31")
        assert made.rows == (), path.name
        assert made.other_file == 0
        seen |= set(made.known)
        assert all("oppdiktet" in held[name].note + held[name].source for name in made.known)
    assert seen == set(held)


def test_a_new_study_begins_with_the_register_of_indicators(tmp_path: Path) -> None:
    assert "corpus/indicators.csv" in start_study(tmp_path / "ny")
    study = load_study(tmp_path / "ny")
    assert study.warnings == ()
    assert len(study.registers.until("2020-01-01").indicators) == 84
