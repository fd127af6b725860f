"""Bringing documents in: pseudonyms for names, all faults at once, and everything or nothing. All talk is invented."""

from __future__ import annotations

import csv
import json
import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import SmallStudy

from foran_research.adding import Added, How, add_documents
from foran_research.cli import main
from foran_research.corpus import intake
from foran_research.corpus.intake import Description
from foran_research.corpus.intake_plan import moved, tidied
from foran_research.corpus.text_versions import read_version, version_paths
from foran_research.corpus.transcript import canonical, parse_turns, split_front_matter, text_sha256
from foran_research.errors import ForanError, StudyError
from foran_research.study import load_study, read_study

AT = "2026-11-21T12:00:00Z"
NB = "Jeg vet ikke hva dere mener, og hvordan vi skulle gjøre det hjemme, nå som noe er blitt mye bare fra noen. "
NN = "Eg veit ikkje kva dykk meiner, og korleis me skulle gjere det heime, no som noko er vorte mykje berre frå nokon. "
TALK = "Spørreren: Hva skjedde?\nKari Å. Nordmann: Vi ringte 😀.\nOla Bæk: Ja.\nSpørreren: Og så?\nKari Å. Nordmann: Så kom de.\n"
NAMES = ("Spørreren", "Kari", "Nordmann", "Ola", "Bæk")


def about(**more: Any) -> Description:
    said: dict[str, Any] = {"kind": "interview", "case": "FJO", "date": "2020-04-01", "interviewers": ("Spørreren",)}
    return Description(**(said | more))


def add(study: SmallStudy, files: Sequence[Path], description: Description, **how: Any) -> list[Added]:
    return add_documents(study.path, files, description, at=AT, how=How(**how))


def file(folder: Path, text: str | bytes = TALK, name: str = "Samtale med Kari.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def rows(study: SmallStudy, name: str) -> dict[str, dict[str, str]]:
    with (study.path / f"corpus/{name}.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


def without_faults(study: SmallStudy) -> None:
    _, faults = read_study(study.path)
    assert [str(fault) for fault in faults.errors] == []


def test_speakers_get_pseudonyms_in_order_and_interviewers_the_studys_label(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    (added,) = add(small_study, [file(tmp_path)], about())
    assert (added.document, added.units, added.speakers, added.is_new) == ("FJO-I03", 5, 3, True)
    assert small_study.text("FJO-I03") == (
        "**Intervjuer:** Hva skjedde?\n\n**FJO-I03-P1:** Vi ringte 😀.\n\n**FJO-I03-P2:** Ja.\n\n"
        "**Intervjuer:** Og så?\n\n**FJO-I03-P1:** Så kom de.\n"
    )
    assert rows(small_study, "documents")["FJO-I03"]["participants"] == "FJO-I03-P1 FJO-I03-P2"
    without_faults(small_study)


def test_many_interviewers_and_informants_keep_their_order(small_study: SmallStudy, tmp_path: Path) -> None:
    text = "".join(f"{who}: ord\n" for who in ("D", "A", "Intervjuer", "C", "B", "A", "E", "D"))
    add(small_study, [file(tmp_path, text)], about(interviewers=("B", "A")))
    speakers = [line.split(":**")[0].strip("*") for line in small_study.text("FJO-I03").split("\n\n")]
    p1, p2, p3, asking = "FJO-I03-P1", "FJO-I03-P2", "FJO-I03-P3", "Intervjuer"
    assert speakers == [p1, asking, asking, p2, asking, asking, p3, p1]
    assert [name for name in rows(small_study, "participants") if name.startswith("FJO-I03")] == [p1, p2, p3]
    without_faults(small_study)


def test_no_label_and_no_file_name_reaches_any_file(small_study: SmallStudy, tmp_path: Path) -> None:
    add(small_study, [file(tmp_path)], about())
    wrapped = "".join(f"**{who}**: linje\nto\ntre\nfire\n\n" for who in ("Spørreren", "Kari Å. Nordmann") * 3)
    add(small_study, [file(tmp_path, wrapped, "Ola Bæk.md")], about())
    add(small_study, [file(tmp_path, f"---\nhvem: Kari\n---\n{TALK}Ola Bæk: Mer.\n", "Kari.md")], about())
    written = b"".join(path.read_bytes() + path.name.encode() for path in small_study.path.rglob("*") if path.is_file())
    assert [name for name in NAMES if name.encode() in written] == []
    without_faults(small_study)


def test_the_words_are_kept_as_they_are(small_study: SmallStudy, tmp_path: Path) -> None:
    words = "Hun sa: «Åja – 40 %» *kanskje* <b>og</b> _så_ 😀 e\u0301n"
    add(small_study, [file(tmp_path, f"A: {words}\nSpørreren: Ja?\n")], about())
    assert unicodedata.normalize("NFC", words) in small_study.text("FJO-I03")


def test_what_the_adder_said_stands_in_the_registers(small_study: SmallStudy, tmp_path: Path) -> None:
    said = about(process="FJO-1", guide="kommune", actor_type="bruker", consent="analysis quote", id="FJO-X1")
    add(small_study, [file(tmp_path)], said)
    row = rows(small_study, "documents")["FJO-X1"]
    assert (row["kind"], row["case"], row["process"], row["date"], row["guide"], row["disclosure"]) == (
        "interview", "FJO", "FJO-1", "2020-04-01", "kommune", "open",
    )  # fmt: skip
    person = rows(small_study, "participants")["FJO-X1-P2"]
    assert (person["actor_type"], person["case"], person["consent"]) == ("bruker", "FJO", "analysis quote")
    without_faults(small_study)


@pytest.mark.parametrize(("text", "form"), [(NB * 5, "nb"), (NN * 5, "nn"), ("Kort.", "nb")])
def test_the_written_form_is_detected_unless_it_is_said(
    small_study: SmallStudy, tmp_path: Path, text: str, form: str
) -> None:
    (added,) = add(small_study, [file(tmp_path, f"A: {text}\nB: {text}\n")], about(interviewers=()))
    assert added.written_form == form
    assert rows(small_study, "documents")[added.document]["written_form"] == form
    (said,) = add(
        small_study,
        [file(tmp_path, f"A: {text} Mer.\nB: {text}\n", "to.txt")],
        about(interviewers=(), written_form="nn"),
    )
    assert said.written_form == "nn"


def test_a_file_added_twice_is_known_again_and_nothing_changes(small_study: SmallStudy, tmp_path: Path) -> None:
    path = file(tmp_path)
    add(small_study, [path], about(id="FJO-X1"))
    before = small_study.fingerprint()
    for description in (about(id="FJO-X1"), about(), about(case="HEI")):
        (again,) = add(small_study, [path], description)
        assert (again.document, again.is_new) == ("FJO-X1", False)
    assert small_study.fingerprint() == before


def test_the_same_file_named_twice_is_added_once(small_study: SmallStudy, tmp_path: Path) -> None:
    copy = file(tmp_path, TALK, "kopi.txt")
    results = add(small_study, [file(tmp_path), copy], about())
    assert [(r.document, r.is_new) for r in results] == [("FJO-I03", True), ("FJO-I03", False)]
    without_faults(small_study)


def test_ids_go_on_from_what_is_there(small_study: SmallStudy, tmp_path: Path) -> None:
    files = [file(tmp_path, f"{TALK}Ola Bæk: nummer {n}\n", f"{n}.txt") for n in range(3)]
    assert [a.document for a in add(small_study, files, about())] == ["FJO-I03", "FJO-I04", "FJO-I05"]
    public = file(tmp_path, "Et avsnitt.\n\nEt til.\n", "plan.txt")
    (added,) = add(small_study, [public], about(kind="public_document", case="", interviewers=()))
    assert added.document == "DOC-D01"
    assert small_study.text("DOC-D01") == "Et avsnitt.\n\nEt til.\n"
    assert rows(small_study, "documents")["DOC-D01"]["participants"] == ""
    without_faults(small_study)


def test_a_text_without_a_row_is_never_written_over(small_study: SmallStudy, tmp_path: Path) -> None:
    orphan = small_study.path / "corpus/texts/FJO-I03.md"
    orphan.write_text("Gammel tekst.\n", "utf-8")
    (added,) = add(small_study, [file(tmp_path)], about())
    assert added.document == "FJO-I04"
    assert orphan.read_text("utf-8") == "Gammel tekst.\n"


def test_an_unlabelled_talk_keeps_the_consent_that_was_given(small_study: SmallStudy, tmp_path: Path) -> None:
    told = file(tmp_path, "Hun fortalte lenge.\n\nSå var det slutt.\n")
    (added,) = add(
        small_study, [told], about(kind="workshop_note", interviewers=(), consent="analysis", actor_type="bruker")
    )
    without_faults(small_study)
    study = load_study(small_study.path)
    units = study.units(study.documents.loc[[added.document]])
    assert list(units["may_quote"]) == [False, False]
    assert set(units["actor_type"]) == {"bruker"}
    nothing = file(tmp_path, "Ingen ja.\n", "nei.txt")
    (added,) = add(small_study, [nothing], about(kind="workshop_note", interviewers=(), consent=""))
    study = load_study(small_study.path)
    assert study.units(study.documents.loc[[added.document]]).empty


def test_an_interview_in_which_nobody_is_named_is_refused_with_a_remedy(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    with pytest.raises(StudyError, match=r"no-informant.*workshop_note"):
        add(small_study, [file(tmp_path, "Hun fortalte lenge.\n\nSå var det slutt.\n")], about(interviewers=()))


@pytest.mark.parametrize(
    "talk",
    [
        "Intervjuer: Ja?\nPer Hansen (prosjektleder): Nei.\n",
        "[00:01:02] Intervjuer: Ja?\n[00:01:09] Per Hansen: Nei.\n",
        "INTERVJUER: Ja?\nPER HANSEN: Nei.\nintervjuer: Jo?\nPer Hansen: Nei 😀.\n",
        "Intervjuer: Ja?\nPer O’Hansen, leder: Nei.\n",
    ],
)
def test_common_ways_to_write_a_label_give_one_informant_and_no_name(
    small_study: SmallStudy, tmp_path: Path, talk: str
) -> None:
    (added,) = add(small_study, [file(tmp_path, talk)], about(interviewers=()))
    text = small_study.text(added.document)
    assert "ansen" not in text.casefold()
    assert re.search(rf"\*\*{added.document}-P1(?: \[00:01:09\])?:\*\* Nei", text)
    assert "-P2" not in text
    without_faults(small_study)


def test_turns_that_may_still_name_somebody_are_told_by_number_only(small_study: SmallStudy, tmp_path: Path) -> None:
    talk = "Intervjuer: Ja?\nKari Strand: Vi i Strands enhet.\nIntervjuer: Og?\nKari Strand: Ring 99 88 77 66.\n"
    (added,) = add(small_study, [file(tmp_path, talk)], about(interviewers=()))
    assert added.may_identify == (2, 4)


def test_an_adding_that_was_interrupted_is_taken_up_again_under_its_id(small_study: SmallStudy, tmp_path: Path) -> None:
    talk = file(tmp_path)
    registers = {
        name: (small_study.path / name).read_bytes() for name in ("corpus/documents.csv", "corpus/participants.csv")
    }
    (first,) = add(small_study, [talk], about())
    for name, data in registers.items():
        (small_study.path / name).write_bytes(data)
    (again,) = add(small_study, [talk], about())
    assert again.document == first.document
    without_faults(small_study)


def test_columns_that_people_have_added_to_a_register_are_kept(small_study: SmallStudy, tmp_path: Path) -> None:
    path = small_study.path / "corpus/documents.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([f"{lines[0]},merknad", *(f"{line},sjekket" for line in lines[1:])]) + "\n", "utf-8")
    add(small_study, [file(tmp_path)], about())
    found = rows(small_study, "documents")
    assert (found["FJO-I01"]["merknad"], found["FJO-I03"]["merknad"]) == ("sjekket", "")
    without_faults(small_study)


def test_all_faults_come_at_once_and_nothing_is_written(small_study: SmallStudy, tmp_path: Path) -> None:
    files = [
        file(tmp_path), tmp_path / "borte.txt", file(tmp_path, b"PK\x03\x04 ikke noe", "ødelagt.docx"),
        file(tmp_path, " \n", "tom.md"), file(tmp_path, b"\x89PNG\r\n", "brev.txt"),
    ]  # fmt: skip
    wrong = about(kind="samtale", case="OSL", process="OSL-1", arena="stua", guide="x", written_form="sv", actor_type="konge",
                  date="1.4.2020", consent="analysis alt", id="../ut", interviewers=("Spørjaren",))  # fmt: skip
    before = small_study.fingerprint()
    with pytest.raises(StudyError) as raised:
        add(small_study, files, wrong)
    assert {fault.kind for fault in raised.value.faults} == {
        "unknown-kind", "unknown-case", "unknown-process", "unknown-arena", "unknown-guide", "unknown-written-form",
        "unknown-actor-type", "bad-date", "unknown-consent", "bad-id", "duplicate-id", "unknown-interviewer",
        "missing-file", "broken-file", "empty-text", "wrong-type",
    }  # fmt: skip
    assert {fault.file for fault in raised.value.faults if fault.file.isascii() is False} == {"ødelagt.docx"}
    assert small_study.fingerprint() == before


@pytest.mark.parametrize("date", ["20200401", "2020-W14-3", "2020-4-1", "", "2020-02-30"])
def test_only_days_that_the_register_takes_are_taken(small_study: SmallStudy, tmp_path: Path, date: str) -> None:
    with pytest.raises(StudyError, match="bad-date"):
        add(small_study, [file(tmp_path)], about(date=date))


def test_an_id_that_is_taken_is_refused(small_study: SmallStudy, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="duplicate-id"):
        add(small_study, [file(tmp_path)], about(id="FJO-I01"))


def test_an_interviewers_label_that_no_file_has_is_refused(small_study: SmallStudy, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="unknown-interviewer") as raised:
        add(small_study, [file(tmp_path)], about(interviewers=("Spørreren", "Nordmann")))
    assert "Nordmann" not in str(raised.value)


@pytest.mark.parametrize("label", ["Spørreren:", " **Spørreren:** ", unicodedata.normalize("NFD", "Spørreren Å")])
def test_an_interviewers_label_may_be_written_as_it_is_copied(
    small_study: SmallStudy, tmp_path: Path, label: str
) -> None:
    name = "Spørreren Å" if "A\u030a" in label else "Spørreren"
    add(small_study, [file(tmp_path, TALK.replace("Spørreren", name))], about(interviewers=(label,)))
    assert rows(small_study, "documents")["FJO-I03"]["participants"] == "FJO-I03-P1 FJO-I03-P2"


def test_a_study_that_knows_no_interviewer_must_learn_the_label_first(small_study: SmallStudy, tmp_path: Path) -> None:
    small_study.replace("foran.toml", 'interviewers = ["Intervjuer"]', "interviewers = []")
    with pytest.raises(StudyError, match="no-interviewers"):
        add(small_study, [file(tmp_path)], about())


def test_a_process_of_another_case_is_refused(small_study: SmallStudy, tmp_path: Path) -> None:
    call = ["add", str(file(tmp_path)), "--kind", "interview", "--case", "FJO", "--date", "2020-04-01", "--process", "HEI-1",
            "--interviewer", "Spørreren", "--study", str(small_study.path)]  # fmt: skip
    result = CliRunner().invoke(main, call)
    assert result.exit_code == 1
    assert "unknown-process" in result.output
    assert "FJO-1" in result.output


# Remarks, times, versions


def with_comment(folder: Path, name: str = "Kari.docx") -> Path:
    document = Document()
    for line in ("Spørreren: Hva skjedde 😀?", "Kari Å. Nordmann: Vi ringte, e\u0301n gang.", "Spørreren: Og så?"):
        document.add_paragraph(line)
    words = document.paragraphs[1]
    words.clear()
    words.add_run("Kari Å. Nordmann: Vi ")
    asked = words.add_run("ringte, e\u0301n gang")
    words.add_run(".")
    document.add_comment(asked, text="Hvem ringte?", author="Veilederen", initials="V")
    document.save(str(folder / name))
    return folder / name


def test_a_comment_becomes_a_memo_on_the_words_it_is_about(small_study: SmallStudy, tmp_path: Path) -> None:
    (added,) = add(small_study, [with_comment(tmp_path)], about())
    assert added.remarks == 1
    (event,) = small_study.events("import", "FJO-I03")
    text, memo = small_study.text("FJO-I03"), event["after"]
    assert (event["action"], event["coder"], event["at"], event["segment"]) == (
        "note", "import", AT, "FJO-I03.import.m0001",
    )  # fmt: skip
    assert (memo["kind"], memo["about"], memo["text"]) == ("memo", {"document": "FJO-I03"}, "Hvem ringte?")
    assert text[memo["start"] : memo["end"]] == memo["quote"] == "ringte, én gang"
    assert "Veilederen" not in json.dumps(event)
    without_faults(small_study)


def test_a_time_stands_in_the_label(small_study: SmallStudy, tmp_path: Path) -> None:
    cues = (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Spørreren>Hva?\n\n00:01:02.500 --> 00:01:04.000\n<v Kari>Å, 😀.\n"
    )
    (added,) = add(small_study, [file(tmp_path, cues, "opptak.vtt")], about())
    assert small_study.text("FJO-I03") == "**Intervjuer [00:00:01]:** Hva?\n\n**FJO-I03-P1 [00:01:02.500]:** Å, 😀.\n"
    turns = load_study(small_study.path).transcripts[added.document].turns
    assert [turn.time for turn in turns] == [1.0, 62.5]


def test_the_text_in_force_is_kept_as_its_first_version(small_study: SmallStudy, tmp_path: Path) -> None:
    add(small_study, [file(tmp_path)], about())
    text = small_study.text("FJO-I03")
    (kept,) = version_paths(small_study.path, "FJO-I03")
    assert kept.read_text("utf-8") == text
    assert read_version(small_study.path, "FJO-I03", text_sha256(text)) == text


def test_what_looks_like_a_label_or_a_heading_within_words_stays_words(small_study: SmallStudy, tmp_path: Path) -> None:
    text = "**Viktig:** dette er et avsnitt.\n\nEt til.\n"
    (added,) = add(small_study, [file(tmp_path, text)], about(kind="public_document", interviewers=()))
    transcript = load_study(small_study.path).transcripts[added.document]
    assert transcript.speakers == []
    assert len(transcript.turns) == 2


# The same text twice


def test_the_same_words_in_another_format_are_told_and_refused(small_study: SmallStudy, tmp_path: Path) -> None:
    document = Document()
    for line in TALK.splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "to.docx"))
    add(small_study, [file(tmp_path)], about())
    before = small_study.fingerprint()
    with pytest.raises(StudyError, match=r"to.docx: same-text: the words of FJO-I03.*--again"):
        add(small_study, [tmp_path / "to.docx"], about())
    assert small_study.fingerprint() == before
    (again,) = add(small_study, [tmp_path / "to.docx"], about(), is_again=True)
    assert (again.document, again.is_new) == ("FJO-I04", True)


def test_the_same_words_twice_in_one_adding_are_refused(small_study: SmallStudy, tmp_path: Path) -> None:
    files = [file(tmp_path), file(tmp_path, TALK.replace("\n", "\n\n"), "to.txt")]
    with pytest.raises(StudyError, match="of this adding"):
        add(small_study, files, about())


# All or nothing


def state(study: SmallStudy) -> dict[str, bytes]:
    """Every file of the study but the lock, by name."""
    files = (path for path in (study.path / "corpus").rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(study.path).as_posix(): path.read_bytes() for path in files}


def started(work: Callable[[], object]) -> int:
    """A process of its own that does `work`; ends with 0 when it ends well."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return child


def in_another_process(work: Callable[[], object]) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(started(work), 0)[1])


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


def failing(times: int, error: BaseException) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A function that works so many times, and then fails once."""

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        left = iter(range(times + 1))

        def wrapped(*given: Any) -> Any:
            if next(left, None) == times:
                raise error
            return function(*given)

        return wrapped

    return wrap


@pytest.mark.parametrize("step", ["_stage", "_flush", "_rename"])
@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "stopped"]
)
def test_each_write_may_fail_and_nothing_is_half_imported(
    small_study: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    files = [with_comment(tmp_path), file(tmp_path)]
    before = state(small_study)
    for times in range(50):
        with monkeypatch.context() as patch:
            patch.setattr(intake, step, failing(times, error)(getattr(intake, step)))
            try:
                add(small_study, files, about())
            except (ForanError, KeyboardInterrupt):
                # Once all is in its place, only the folders' own names are flushed: then all of it is there.
                is_done = step == "_flush" and times >= 9
                assert is_done or state(small_study) == before, times
            if state(small_study) != before:
                break
    # Two texts, two versions, one log, two registers; registers are staged twice, with what was there before.
    assert times == {"_stage": 9, "_flush": 9, "_rename": 7}[step]
    without_faults(small_study)


@needs_fork
@pytest.mark.parametrize("times", range(7))
def test_an_adding_that_is_killed_between_two_writes_is_taken_up_again(
    small_study: SmallStudy, tmp_path: Path, times: int
) -> None:
    files = [with_comment(tmp_path), file(tmp_path)]

    def killed() -> None:
        left, rename = iter(range(times)), intake._rename
        intake._rename = lambda a, b: rename(a, b) if next(left, None) is not None else os._exit(9)
        add(small_study, files, about())

    assert in_another_process(killed) == 9
    results = add(small_study, files, about())
    assert [(one.document, one.is_new) for one in results] == [("FJO-I03", True), ("FJO-I04", True)]
    assert [name for name in state(small_study) if ".foran-add." in name] == []
    assert len(version_paths(small_study.path, "FJO-I03")) == 1
    assert len(small_study.events("import", "FJO-I03")) == 1
    without_faults(small_study)


def test_a_version_and_a_log_of_a_cut_short_adding_do_not_stay_when_the_text_has_changed(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    talk = with_comment(tmp_path)
    registers = {
        name: (small_study.path / name).read_bytes() for name in ("corpus/documents.csv", "corpus/participants.csv")
    }
    add(small_study, [talk], about(interviewers=()))
    for name, data in registers.items():
        (small_study.path / name).write_bytes(data)
    # The same file, said otherwise: another text under the same id.
    add(small_study, [talk], about())
    (kept,) = version_paths(small_study.path, "FJO-I03")
    assert kept.read_text("utf-8") == small_study.text("FJO-I03")
    without_faults(small_study)


@needs_fork
def test_two_addings_at_once_both_come_in(small_study: SmallStudy, tmp_path: Path) -> None:
    files = [file(tmp_path, f"{TALK}Ola Bæk: {n}\n", f"{n}.txt") for n in range(3)]
    running = [started(lambda one=one: add(small_study, [one], about())) for one in files]
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in running] == [0, 0, 0]
    assert len([name for name in rows(small_study, "documents") if name in ("FJO-I03", "FJO-I04", "FJO-I05")]) == 3
    without_faults(small_study)


def test_one_bad_file_among_many_names_itself_and_stops_all(small_study: SmallStudy, tmp_path: Path) -> None:
    files = [file(tmp_path, f"{TALK}Ola Bæk: {n}\n", f"{n}.txt") for n in range(60)]
    (tmp_path / "31.txt").write_bytes(b"")
    before, told = small_study.fingerprint(), []
    with pytest.raises(StudyError, match=r"31\.txt: empty-file") as raised:
        add_documents(small_study.path, files, about(), at=AT, say=told.append)
    assert len(raised.value.faults) == 1
    assert small_study.fingerprint() == before
    assert told[0] == "10 of 60 files read"
    assert len(told) == 6


@settings(deadline=None, max_examples=150)
@given(st.lists(st.text("ab *:#\n\t[]0å\u0301\u030a😀", max_size=12), max_size=4), st.data())
def test_whatever_is_tidied_reads_as_one_passage_and_every_place_follows(parts: list[str], data: st.DataObject) -> None:
    words = canonical("\n".join(parts))
    is_labelled = data.draw(st.booleans())
    tidy, edits = tidied(words, is_labelled=is_labelled)
    # No word is lost: only blanks, line breaks and the asterisks of what looks like a label.
    assert re.sub(r"[\s*]", "", tidy) == re.sub(r"[\s*]", "", words)
    assert tidy == tidy.strip()
    for place, letter in enumerate(words):
        if letter.isalnum():
            start, end = moved(edits, place, place + 1)
            assert tidy[start:end] == letter
    if tidy.strip("*# \n\t"):
        label = "**A:** " if is_labelled else ""
        turns = parse_turns(f"{label}{tidy}\n", has_turns=False)
        assert len([turn for turn in turns if turn.kind != "heading"]) <= 1


# Real files beside the project


@pytest.mark.shared
def test_real_transcripts_and_documents_become_a_study_without_faults_and_a_report(
    shared: Path, tmp_path: Path
) -> None:
    talks = sorted((shared / "data/norwegian/lia-transcripts").glob("*.txt"))
    seeds = sorted((shared / "seeds").glob("*.txt"))
    if len(talks) < 10 or len(seeds) < 5:
        pytest.skip("../shared lacks the ten transcripts or the five documents")
    folder, runner = tmp_path / "ekte", CliRunner()

    def foran(*words: str) -> str:
        result = runner.invoke(main, [*words] if words[0] == "init" else [*words, "--study", str(folder)])
        assert result.exit_code == 0, result.output
        return result.output

    foran("init", str(folder))
    # Public texts, so no key: what is under test is what becomes of their turns.
    settings_file = folder / "foran.toml"
    settings_file.write_text(settings_file.read_text("utf-8").replace("synthetic = false", "synthetic = true"), "utf-8")
    added = foran("add", *map(str, talks), "--kind", "interview", "--case", "TRD", "--date", "2020-05-01")
    assert added.count("→") == len(talks)
    foran("add", *map(str, seeds), "--kind", "public_document", "--date", "2020-06-01")
    assert "0 faults" in foran("check")
    labels = {line.split(":", 1)[0] for talk in talks for line in talk.read_text("utf-8").splitlines() if ":" in line}
    texts = [split_front_matter(path.read_text("utf-8"))[1] for path in (folder / "corpus/texts").glob("TRD-I*.md")]
    assert labels
    # What is said may hold longer codes that begin like a label ("giske_uib_0202").
    assert not [label for label in labels if any(re.search(rf"\b{re.escape(label)}\b", text) for text in texts)]
    words = sum(len(talk.read_text("utf-8").split()) for talk in talks)
    study = load_study(folder)
    kept = sum(study.transcripts[d].word_count() for d in study.documents.index if d.startswith("TRD-I"))
    assert kept == words - sum(len(talk.read_text("utf-8").splitlines()) for talk in talks)  # the labels are no words
    foran("run", "M1", "--coding", "suggestions")
    page = (folder / "outputs/M1/report.html").read_text("utf-8")
    assert 'class="notice machine"' in page
    assert "Ingen har lest og kodet tekstene" in page
    model = json.loads((folder / "outputs/M1/model.json").read_text("utf-8"))
    assert model["coding"]["basis"] == "suggestions"
    assert model["corpus"]["documents"] == 15
