"""The commands on registers, as somebody at the keyboard meets them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_study import SmallStudy

from foran_research import cli_event
from foran_research.cli import main
from foran_research.registers.records import KINDS
from foran_research.study import load_study

EVENTS, ACTORS = "corpus/events.csv", "corpus/actors.csv"
NEED = "FJO-I01.K1.s01"


def foran(small: SmallStudy, *arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [*(str(argument) for argument in arguments), "--study", str(small.path)])


def talk(small: SmallStudy, *more: str) -> Result:
    return foran(
        small, "event", "add", "--kind", "talk", "--date", "2020-05-30", "--nb", "Innlegg på Ålesundbrygga 😀",
        "--en", "A talk", "--on", "2020-06-01", *more,
    )  # fmt: skip


def test_an_event_is_added_and_listed(small_study: SmallStudy) -> None:
    made = talk(small_study, "--case", "FJO", "--by", "K1", "--by", "gruppa", "--evidence", NEED, "--milestone", "M1")
    assert (made.exit_code, made.output) == (0, "corpus/events.csv: EV0001 on 2020-06-01\n")
    assert talk(small_study, "--date", "2019-01-02").exit_code == 0
    assert (small_study.path / EVENTS).read_text("utf-8").splitlines()[1:] == [
        f"EV0001,2020-06-01,,2020-05-30,talk,M1,FJO,Innlegg på Ålesundbrygga 😀,A talk,K1 gruppa,,{NEED}",
        "EV0002,2020-06-01,,2019-01-02,talk,,,Innlegg på Ålesundbrygga 😀,A talk,,,",
    ]
    assert foran(small_study, "event", "list").output.splitlines() == [
        "EV0002 · 2019-01-02 · talk · national · Innlegg på Ålesundbrygga 😀",
        "EV0001 · 2020-05-30 · talk · FJO · M1 · Innlegg på Ålesundbrygga 😀 · K1 gruppa",
        "2 events",
    ]
    assert foran(small_study, "event", "list", "--case", "FJO", "--language", "en").output.splitlines() == [
        "EV0001 · 2020-05-30 · talk · FJO · M1 · A talk · K1 gruppa", "1 event"]  # fmt: skip
    assert foran(small_study, "event", "list", "--until", "2020-05-31").output == "0 events\n"
    assert foran(small_study, "event", "list", "--kind", "course").output == "0 events\n"


def test_today_is_the_day_of_the_record_unless_told(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_event, "_today", lambda: "2021-12-24")
    made = foran(small_study, "event", "add", "--kind", "web", "--date", "2020-05-30", "--nb", "å", "--en", "a")
    assert made.output == "corpus/events.csv: EV0001 on 2021-12-24\n"
    monkeypatch.undo()
    assert dt.date.fromisoformat(cli_event._today())


def test_an_event_that_takes_another_s_place_says_so(small_study: SmallStudy) -> None:
    words = ("event", "add", "--kind", "web", "--date", "2020-05-30", "--nb", "å", "--en", "a", "--id", "E1")
    assert foran(small_study, *words, "--on", "2020-06-01").output == "corpus/events.csv: E1 on 2020-06-01\n"
    again = foran(small_study, *words, "--on", "2020-06-02").output
    assert again == "corpus/events.csv: E1 on 2020-06-02; takes the place of the row of 2020-06-01\n"


def test_events_of_two_people_at_once_are_both_kept_or_one_is_told(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both draw the same id before either has written."""
    words = ("event", "add", "--kind", "web", "--date", "2020-05-30", "--nb", "å", "--en", "a")
    read = load_study(small_study.path)
    assert foran(small_study, *words).exit_code == 0
    before = small_study.fingerprint()
    monkeypatch.setattr(cli_event, "_study", lambda _: read)
    late = foran(small_study, *words)
    assert late.exit_code == 1
    assert "somebody else has written about EV0001 in the meantime" in late.output
    assert small_study.fingerprint() == before


def test_everything_wrong_is_told_at_once_and_nothing_is_written(small_study: SmallStudy) -> None:
    made = talk(small_study, "--kind", "innlegg", "--case", "OSL", "--evidence", "X1")
    assert made.exit_code == 1
    assert all(kind in made.output for kind in ("unknown-kind", "unknown-case", "unknown-evidence"))
    assert "Traceback" not in made.output
    assert not (small_study.path / EVENTS).exists()


def test_a_row_of_any_register_is_added_changed_and_taken_out(small_study: SmallStudy) -> None:
    cells = ("process=FJO-1", "actor_type=innkjop", "part_nb=skriver kravene", "part_en=writes", f"evidence={NEED}")
    made = foran(small_study, "register", "add", "actors", *cells, "--on", "2020-05-01")
    assert (made.exit_code, made.output) == (0, "corpus/actors.csv: AK0001 on 2020-05-01\n")
    made = foran(small_study, "register", "add", "actors", "id=AK0001", "part_nb=leder møtene", "--on", "2020-06-01")
    assert made.output.splitlines() == [
        "as before: process, actor_type, part_en, evidence",
        "corpus/actors.csv: AK0001 on 2020-06-01; takes the place of the row of 2020-05-01",
    ]
    assert foran(small_study, "register", "list", "actors").output.splitlines() == [
        "AK0001 · 2020-06-01 · process FJO-1 · actor_type innkjop · part_nb leder møtene · part_en writes · evidence "
        + NEED,
        "1 row",
    ]
    assert foran(small_study, "register", "withdraw", "actors", "AK0001", "--on", "2020-07-01").exit_code == 0
    assert foran(small_study, "register", "list", "actors").output == "0 rows\n"
    assert "3 rows" in foran(small_study, "register", "list", "actors", "--history").output
    assert foran(small_study, "register", "list", "actors", "--csv", "--until", "2020-05-15").output.splitlines()[1:] == [
        f"AK0001,2020-05-01,,FJO-1,innkjop,skriver kravene,writes,{NEED}"]  # fmt: skip
    # It can come back, and says then what it is.
    made = foran(small_study, "register", "add", "actors", "id=AK0001", *cells, "--on", "2020-08-01")
    assert made.output == "corpus/actors.csv: AK0001 on 2020-08-01\n"
    assert [row.part_nb for row in load_study(small_study.path).registers.until("2020-08-01").actors] == [
        "skriver kravene"
    ]


def test_registers_with_keys_of_their_own_are_added_to(small_study: SmallStudy) -> None:
    one = (
        "case=FJO",
        "element=C0001",
        "codebook_version=1.0.0",
        "title_nb=Spør",
        "title_en=Ask",
        "addresses=promoting",
    )
    assert foran(small_study, "register", "add", "measures", *one, "--on", "2020-05-01").output.endswith(
        "T0001 on 2020-05-01\n"
    )
    step = ("measure=T0001", "step=1", "text_nb=Ring", "text_en=Phone", "from=2020-06-01")
    assert foran(small_study, "register", "add", "measure_steps", *step, "--on", "2020-05-01").exit_code == 0
    fact = ("process=FJO-1", "intended=yes", "innovation_height=4")
    assert foran(small_study, "register", "add", "process_facts", *fact, "--on", "2020-05-01").exit_code == 0
    later = ("process=FJO-1", "innovation_height=3")
    assert foran(small_study, "register", "add", "process_facts", *later, "--on", "2020-05-02").exit_code == 0
    (found,) = load_study(small_study.path).registers.until("2020-05-02").process_facts
    assert (found.intended, found.innovation_height) == ("yes", 3)
    assert (
        foran(small_study, "register", "withdraw", "measure_steps", "T0001", "1", "--on", "2020-05-03").exit_code == 0
    )


def test_without_a_name_every_register_is_counted(small_study: SmallStudy) -> None:
    assert talk(small_study).exit_code == 0
    lines = foran(small_study, "register", "list").output.splitlines()
    assert len(lines) == len(KINDS)
    assert "events: 1 row" in lines
    assert "assessments: 0 rows" in lines


def test_warnings_about_new_rows_are_told(small_study: SmallStudy) -> None:
    cells = ("milestone=M1", "case=FJO", "element=C0001", "codebook_version=1.0.0", "assessor=FJO-PL-01", "side=self",
             "level=2")  # fmt: skip
    made = foran(small_study, "register", "add", "assessments", *cells, "--on", "2020-05-01")
    assert made.exit_code == 0
    assert "warning: corpus/assessments.csv:2: self-assessment-without-rationale" in made.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("list", "documents"), "unknown register 'documents'"),
        (("list", "events", "--until", "1.5.2020"), "YYYY-MM-DD"),
        (("add", "events", "hva=x"), "unknown column 'hva'"),
        (("add", "events", "what_nb"), "COLUMN=VALUE"),
        (("add", "events", "kind=talk", "kind=web"), "kind is given twice"),
        (("add", "events", "date=i går"), "date: expected YYYY-MM-DD"),
        (("add", "targets", "level=syv"), "level: expected a whole number from 1 to 5"),
        (("withdraw", "events", "E9"), "unknown record of events 'E9'; known: none"),
        (("tidy", "events"), "nothing to tidy"),
    ],
)
def test_what_is_asked_for_wrongly_is_told_in_a_line(
    small_study: SmallStudy, arguments: tuple[str, ...], told: str
) -> None:
    before = small_study.fingerprint()
    made = foran(small_study, "register", *arguments)
    assert made.exit_code == 1
    assert told in made.output
    assert "Traceback" not in made.output
    assert small_study.fingerprint() == before


def test_a_register_that_a_spreadsheet_saved_is_tidied(small_study: SmallStudy) -> None:
    talk(small_study)
    path = small_study.path / EVENTS
    tidy = path.read_bytes()
    path.write_bytes(tidy.replace(b",", b";").replace(b"2020-05-30", b"30.05.2020").replace(b"\n", b"\r\n"))
    made = talk(small_study)
    assert made.exit_code == 1
    assert "foran register tidy events" in made.output
    made = foran(small_study, "register", "tidy", "events")
    assert made.output == "corpus/events.csv: 1 row, commas, UTF-8, days as YYYY-MM-DD\n"
    assert path.read_bytes() == tidy


def test_a_check_names_what_is_wrong_in_a_register(small_study: SmallStudy) -> None:
    talk(small_study)
    small_study.replace(EVENTS, ",talk,", ",snakk,")
    made = foran(small_study, "check")
    assert made.exit_code == 1
    assert "corpus/events.csv:2: unknown-kind" in made.output
