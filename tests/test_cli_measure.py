"""`foran measure` from the command line. Everybody and everything is invented (oppdiktet)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_study import SmallStudy, write_small_study

from foran_research.cli import main
from foran_research.measuring import sheet_header
from foran_research.study import load_study

#: Under 2.0.0, C0001 is P1; s05 and s06 of FJO-I01 are of other elements.
GOOD = ("add", "FJO", "P1", "--nb", "Spørre nattevaktene først å 😀", "--en", "Ask the night shift first",
        "--addresses", "hemmer", "--evidence", "FJO-I02.K1.s02", "--owner", "innkjøp", "--priority", "1",
        "--why", "Sagt av alle a\u030a", "--on", "2021-09-01")  # fmt: skip
STEPS = (
    "--step",
    "Ringe rundt | Ring round | 2021-10-01 | 2021-10-31",
    "--step",
    "Skrive ned | Write down | 2021-11-01 | 2021-12-01",
)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    made = write_small_study(tmp_path / "study")
    monkeypatch.chdir(made.path)
    return made


def run(*asked: str) -> Result:
    return CliRunner().invoke(main, ["measure", *asked])


def rows(study: SmallStudy, name: str) -> list[str]:
    path = study.path / f"corpus/{name}.csv"
    return path.read_text("utf-8").splitlines() if path.exists() else []


def test_a_measure_is_written_down_followed_and_shown_in_norwegian(small: SmallStudy) -> None:
    made = run(*GOOD, *STEPS)
    assert (made.exit_code, made.output) == (
        0, "FJO-T01 er skrevet inn (2021-09-01)\nFJO-T01 1 er skrevet inn (2021-09-01)\nFJO-T01 2 er skrevet inn (2021-09-01)\n",
    ), made.output  # fmt: skip
    moved = run("step", "FJO-T01", "1", "--to", "2021-10-15", "--on", "2021-09-20")
    assert moved.exit_code == 0, moved.output
    another = run("step", "FJO-T01", "--nb", "Feire", "--en", "Celebrate", "--on", "2021-09-21")
    assert another.output == "FJO-T01 3 er skrevet inn (2021-09-21)\n"
    told = run(
        "status", "FJO-T01", "begynt", "--step", "1", "--effect", "delvis", "--why", "I rute å", "--on", "2021-10-02"
    )
    assert told.exit_code == 0, told.output
    registers = load_study(small.path).registers
    (measure,) = registers.measures
    assert (measure.element, measure.codebook_version, measure.owner, measure.addresses) == (
        "C0001", "2.0.0", "innkjop", "inhibiting",
    )  # fmt: skip
    # NFC, as everything is stored.
    assert measure.grounds == "Sagt av alle \u00e5"
    assert [(s.step, s.from_, s.to) for s in registers.until("2021-12-31").steps] == [
        ("1", "2021-10-01", "2021-10-15"), ("2", "2021-11-01", "2021-12-01"), ("3", "", ""),
    ]  # fmt: skip
    assert [(s.status, s.effect, s.step) for s in registers.statuses] == [("begun", "partly", "1")]
    shown = run("show", "FJO-T01").output.splitlines()
    assert shown[0] == "FJO-T01 · Spørre nattevaktene først å 😀 (prioritet 1)"
    assert "  Ansvarlig: Innkjøp" in shown
    assert "    1. Ringe rundt (2021-10-01–2021-10-15)" in shown
    assert "    3. Feire (dato ikke satt)" in shown
    assert shown[-1] == "    2021-10-02 · steg 1 · begynt · virker delvis · hvorfor: I rute å"
    then = run("show", "FJO-T01", "--until", "2021-09-10", "--language", "en").output
    assert "1. Ring round (2021-10-01–2021-10-31)" in then
    assert "not reported yet" in then
    listed = run("list", "FJO").output.splitlines()
    assert listed == [
        "FJO-T01 · prioritet 1 · Spørre nattevaktene først å 😀 · P1 behov og funksjon · Innkjøp",
        "1 tiltak",
    ]
    assert run("list", "HEI").output == "Ingen tiltak.\n"


def test_a_dry_run_checks_everything_and_writes_nothing(small: SmallStudy) -> None:
    before = small.fingerprint()
    made = run(*GOOD, *STEPS, "--dry-run")
    assert made.exit_code == 0
    assert made.output.splitlines()[-1] == "Prøve: ingenting er skrevet."
    assert small.fingerprint() == before
    refused = run(
        "add", "FJO", "P1", "--nb", "a", "--en", "b", "--addresses", "hemmer", "--dry-run", "--on", "2021-09-01"
    )
    assert refused.exit_code == 1
    assert "no-evidence" in refused.output
    assert small.fingerprint() == before


def test_every_fault_is_told_at_once_and_nothing_is_written(small: SmallStudy) -> None:
    before = small.fingerprint()
    made = run(
        "add", "FJO", "P9", "--nb", "Noe", "--en", "Some", "--addresses", "hammer", "--owner", "Ola", "--depends-on", "FJO-T77",
        "--step", "a | b | 2021-12-01 | 2021-10-01", "--step", "c | d | 2021-09-01 | 2021-09-30",
        "--step", "e | f | 2021-09-15 | 2021-10-15", "--on", "2021-09-01",
    )  # fmt: skip
    assert made.exit_code == 1
    kinds = set(re.findall(r"\.csv:\d+: ([\w-]+):", made.output))
    assert kinds == {
        "no-evidence", "unknown-element", "unknown-addresses", "unknown-owner", "unknown-measure", "dates-reversed",
        "overlapping-steps",
    }  # fmt: skip
    assert small.fingerprint() == before


def test_measures_that_would_wait_for_each_other_are_refused(small: SmallStudy) -> None:
    assert run(*GOOD).exit_code == 0
    assert run(*GOOD, "--id", "FJO-T02", "--depends-on", "FJO-T01").exit_code == 0
    before = small.fingerprint()
    made = run(*GOOD, "--id", "FJO-T01", "--depends-on", "FJO-T02", "--on", "2021-09-02")
    assert made.exit_code == 1
    assert "circular-dependency" in made.output
    assert small.fingerprint() == before


@pytest.mark.parametrize(
    ("state", "effect", "kept"),
    [
        ("Planlagt", "ukjent", ("planned", "unknown")),
        ("i gang", "virker delvis", ("begun", "partly")),
        ("gjort", "virker", ("done", "works")),
        ("UTSATT", "virkning ukjent", ("postponed", "unknown")),
        ("stanset", "Virker ikke", ("stopped", "not")),
        ("stopped", "does not work", ("stopped", "not")),
    ],
)
def test_words_are_taken_as_people_and_reports_write_them(
    small: SmallStudy, state: str, effect: str, kept: tuple[str, str]
) -> None:
    assert run(*GOOD).exit_code == 0
    made = run("status", "FJO-T01", state, "--effect", effect, "--on", "2021-10-02")
    assert made.exit_code == 0, made.output
    (one,) = load_study(small.path).registers.statuses
    assert (one.status, one.effect) == kept


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("show", "FJO-T09"), "unknown measure 'FJO-T09'"),
        (("step", "FJO-T09", "--nb", "a", "--en", "b"), "unknown measure 'FJO-T09'"),
        (("status", "FJO-T01", "begynt", "--step", "4"), "unknown step of FJO-T01 '4'"),
        (("status", "FJO-T01", "kanskje", "--on", "2021-09-05"), "unknown-status"),
        (
            ("status", "FJO-T01", "kanskje", "--on", "2021-09-05"),
            "planned (planlagt), begun (begynt), done (ferdig), postponed (utsatt), stopped (stanset)",
        ),
        (
            ("status", "FJO-T01", "begynt", "--effect", "litt å", "--on", "2021-09-05"),
            "works (virker), partly (delvis), not (virker ikke), unknown (ukjent)",
        ),
        ((*GOOD, "--addresses", "hammer"), "promoting (fremmer), inhibiting (hemmer)"),
        (("list", "OSL"), "unknown case 'OSL'"),
        (("add", "--from", "borte.csv"), "borte.csv is not there"),
        (("add", "FJO"), "Give CASE and ELEMENT"),
        (("add", "FJO", "P1", "--from", "ark.csv"), "does not go together"),
        ((*GOOD, "--step", "bare norsk"), 'expected "NB | EN | FROM | TO"'),
        ((*GOOD, "--evidence", "FJO-I01.K1.s99"), "unknown-evidence"),
        (("status", "FJO-T01", "ferdig", "--on", "2021-08-01"), "unknown-measure"),
    ],
)
def test_what_cannot_be_written_is_refused_and_nothing_is_written(
    small: SmallStudy, asked: tuple[str, ...], told: str
) -> None:
    assert run(*GOOD).exit_code == 0
    before = small.fingerprint()
    made = run(*asked)
    assert made.exit_code != 0
    assert told in made.output
    assert small.fingerprint() == before


def test_evidence_of_something_else_is_written_with_a_warning(small: SmallStudy) -> None:
    made = run(*GOOD, "--evidence", "FJO-I01.K1.s03")
    assert made.exit_code == 0
    assert re.search(r"NB: corpus/measures.csv:2: evidence-elsewhere: FJO-T01: evidence FJO-I01.K1.s03;", made.output)
    assert "s02;" not in made.output
    # C0002 was split under 2.0.0: s02 was coded anew as C0011, which is another element than P1.
    other = run(*GOOD, "--addresses", "fremmer", "--on", "2021-09-02")
    assert "evidence-elsewhere: FJO-T02: evidence FJO-I02.K1.s02" in other.output


def test_several_measures_come_from_a_sheet_as_excel_saves_it(small: SmallStudy, tmp_path: Path) -> None:
    made = run("form", str(tmp_path / "tiltak.csv"))
    assert made.output.endswith("tiltak.csv: tomt ark med 28 kolonner\n")
    sheet = tmp_path / "tiltak.csv"
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbfid;case;element;")
    columns = sheet_header().strip().split(";")
    cells = {
        "case": "Fjordvik", "element": "P1", "title_nb": "Første; å 😀", "title_en": "First", "addresses": "Hemmer",
        "evidence": "FJO-I02.K1.s02", "owner": "Innkjøp", "priority": "2", "arena": "Praksisarena",
        "step1_nb": "Møte", "step1_en": "Meet", "step1_from": "01.10.2021", "step1_to": "31.10.2021",
    }  # fmt: skip
    line = ";".join(f'"{cells.get(column, "")}"' for column in columns)
    sheet.write_text(
        "\ufeff" + sheet_header() + line + "\r\n" + ";" * (len(columns) - 1) + "\r\n" + line + "\r\n", "utf-8"
    )
    done = run("add", "--from", str(sheet), "--on", "2021-09-01")
    assert done.exit_code == 0, done.output
    registers = load_study(small.path).registers
    assert [(m.id, m.case, m.owner, m.arena, m.priority) for m in registers.measures] == [
        ("FJO-T01", "FJO", "innkjop", "praksis", 2), ("FJO-T02", "FJO", "innkjop", "praksis", 2),
    ]  # fmt: skip
    assert [(s.measure, s.from_) for s in registers.steps] == [("FJO-T01", "2021-10-01"), ("FJO-T02", "2021-10-01")]


def test_faults_of_a_sheet_are_told_at_its_own_lines(small: SmallStudy, tmp_path: Path) -> None:
    sheet = tmp_path / "ark.csv"
    sheet.write_text(
        "case,element,title_nb,title_en,addresses,evidence,priority,step1_nb,step1_en,step1_from,step1_to\n"
        "FJO,P1,a,b,hemmer,FJO-I02.K1.s02,1,x,y,2021-10-01,2021-10-31\n"
        "FJO,P1,a,b,hemmer,,7,x,y,2021-13-01,2021-10-31\n"
        "FJO,P1,a,b\n",
        "utf-8",
    )
    before = small.fingerprint()
    made = run("add", "--from", str(sheet), "--on", "2021-09-01")
    assert made.exit_code == 1
    assert re.findall(r"(ark\.csv:\d+: [\w-]+): (\S+)", made.output) == [
        ("ark.csv:3: no-evidence", "FJO-T02:"), ("ark.csv:3: not-understood", "priority;"),
        ("ark.csv:3: not-understood", "step1_from;"), ("ark.csv:4: broken-csv", "another"),
    ]  # fmt: skip
    assert small.fingerprint() == before
    sheet.write_text("kommune,tiltak\nFJO,å\n", "utf-8")
    assert "unknown-column" in run("add", "--from", str(sheet)).output
    sheet.write_bytes("case,element\nFJO,å\n".encode("latin-1"))
    assert "is not UTF-8" in run("add", "--from", str(sheet)).output


def test_a_sheet_is_never_written_over(tmp_path: Path, small: SmallStudy) -> None:
    (tmp_path / "ark.csv").write_text("mitt", "utf-8")
    assert run("form", str(tmp_path / "ark.csv")).exit_code == 1
    assert (tmp_path / "ark.csv").read_text("utf-8") == "mitt"


def test_messages_never_quote_what_was_written_of_the_measure(small: SmallStudy) -> None:
    told = "hun sa at det var Kåre sin skyld"
    made = run("add", "FJO", "P9", "--nb", told, "--en", told, "--factor", told, "--why", told, "--addresses", told,
               "--owner", told, "--kind", told, "--on", "2021-09-01")  # fmt: skip
    assert made.exit_code == 1
    assert told not in made.output
