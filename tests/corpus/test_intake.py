"""Bringing documents in: pseudonyms for names, all faults at once, and everything or nothing. All talk is invented."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_study import SmallStudy

from foran_research.cli import main
from foran_research.corpus.intake import Added, Description, add_documents
from foran_research.corpus.transcript import split_front_matter
from foran_research.errors import Faults, StudyError
from foran_research.settings import read_settings
from foran_research.study import load_study, read_study

NB = "Jeg vet ikke hva dere mener, og hvordan vi skulle gjøre det hjemme, nå som noe er blitt mye bare fra noen. "
NN = "Eg veit ikkje kva dykk meiner, og korleis me skulle gjere det heime, no som noko er vorte mykje berre frå nokon. "
TALK = "Spørreren: Hva skjedde?\nKari Å. Nordmann: Vi ringte 😀.\nOla Bæk: Ja.\nSpørreren: Og så?\nKari Å. Nordmann: Så kom de.\n"
NAMES = ("Spørreren", "Kari", "Nordmann", "Ola", "Bæk")


def about(**more: Any) -> Description:
    given: dict[str, Any] = {"kind": "interview", "case": "FJO", "date": "2020-04-01", "interviewers": ("Spørreren",)}
    return Description(**(given | more))


def add(study: SmallStudy, files: Sequence[Path], description: Description) -> list[Added]:
    settings = read_settings(study.path, Faults())
    assert settings is not None
    vocabulary = {**settings.vocabulary(), "process": ("FJO-1",)}
    return add_documents(study.path, files, description, vocabulary, settings.interviewers)


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
    add(small_study, [file(tmp_path, f"---\nhvem: Kari\n---\n{TALK}", "Kari.md")], about())
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


def test_an_adding_that_was_cut_short_can_be_done_again(
    small_study: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from foran_research.corpus import intake

    def cut_short(path: Path, content: str) -> None:
        if path.suffix == ".csv":
            raise KeyboardInterrupt
        path.write_text(content, "utf-8")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "write_atomically", cut_short)
        with pytest.raises(KeyboardInterrupt):
            add(small_study, [file(tmp_path)], about())
    (added,) = add(small_study, [file(tmp_path)], about())
    assert added.is_new
    assert added.document in rows(small_study, "documents")


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
    assert f"**{added.document}-P1:** Nei" in text
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
        file(tmp_path), tmp_path / "borte.txt", file(tmp_path, b"en\nbl\xe5\n", "latin.txt"), file(tmp_path, " \n", "tom.md"),
        file(tmp_path, TALK, "brev.docx"),
    ]  # fmt: skip
    wrong = about(kind="samtale", case="OSL", process="OSL-1", arena="stua", guide="x", written_form="sv", actor_type="konge",
                  date="1.4.2020", consent="analysis alt", id="../ut", interviewers=("Spørjaren",))  # fmt: skip
    before = small_study.fingerprint()
    with pytest.raises(StudyError) as raised:
        add(small_study, files, wrong)
    assert {fault.kind for fault in raised.value.faults} == {
        "unknown-kind", "unknown-case", "unknown-process", "unknown-arena", "unknown-guide", "unknown-written-form",
        "unknown-actor-type", "bad-date", "unknown-consent", "bad-id", "duplicate-id", "unknown-interviewer",
        "missing-file", "not-utf8", "empty-text", "unknown-file-type",
    }  # fmt: skip
    assert {fault.line for fault in raised.value.faults if fault.kind == "not-utf8"} == {2}
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
    settings = read_settings(small_study.path, Faults())
    assert settings is not None
    with pytest.raises(StudyError, match="no-interviewers"):
        add_documents(small_study.path, [file(tmp_path)], about(), settings.vocabulary(), frozenset())


def test_a_process_of_another_case_is_refused(small_study: SmallStudy, tmp_path: Path) -> None:
    call = ["add", str(file(tmp_path)), "--kind", "interview", "--case", "FJO", "--date", "2020-04-01", "--process", "HEI-1",
            "--interviewer", "Spørreren", "--study", str(small_study.path)]  # fmt: skip
    result = CliRunner().invoke(main, call)
    assert result.exit_code == 1
    assert "unknown-process" in result.output
    assert "FJO-1" in result.output


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
