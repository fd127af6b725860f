"""`foran add` from the shell: documents of real people, the key, the review table, and no name where none may be.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

import contextlib
import csv
import re
import sqlite3
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from docx import Document
from lxml import etree
from openpyxl import load_workbook
from small_study import SmallStudy

from foran_research import adding as adding_module
from foran_research.adding import How, NotDecided, OpenKey, add_documents, preview
from foran_research.cli import main
from foran_research.corpus import intake
from foran_research.corpus.intake import Description
from foran_research.corpus.key import Cost, Key, create, open_key
from foran_research.errors import ForanError, StudyError
from foran_research.study import load_study, read_study

PASSPHRASE = "fire ord som ingen har sagt før"  # noqa: S105 (invented)
AT = "2026-11-21T12:00:00Z"
#: What may stand in no file of the study and in nothing that is printed.
NAMES = (
    "Torhild",
    "Fjellvåg",
    "Gunnbjørg",
    "Rabbestad",
    "41234567",
    "412 34 567",
    "Nisseveien",
    "Ulvhild",
    "Skogtroll",
)


@pytest.fixture
def real_study(small_study: SmallStudy) -> SmallStudy:
    """The small study as one of real people would be: not synthetic, notified, without a document."""
    small_study.replace("foran.toml", "synthetic = true", "synthetic = false")
    small_study.replace(
        "foran.toml",
        "[privacy]\n",
        '[privacy]\nsikt_ref = "123456"\nend_date = "2099-12-31"\nlegal_basis = "samtykke"\n'
        'consent_template_version = "1"\nretention_action = "delete"\n',
    )
    return small_study


@pytest.fixture
def key(real_study: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "hemmelig" / "navn.forankey"
    path.parent.mkdir()
    create(path, PASSPHRASE, "small", study=real_study.path, cost=Cost(2**4))
    monkeypatch.setenv("FORAN_KEY", str(path))
    monkeypatch.setenv("FORAN_KEY_PASSPHRASE", PASSPHRASE)
    return path


def opened(key: Path, table: Path | None = None) -> OpenKey:
    return OpenKey(open_key(key, PASSPHRASE), key, PASSPHRASE, table)


def foran(study: SmallStudy, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--study", str(study.path)])


def adding(study: SmallStudy, *words: str) -> Result:
    return foran(study, "add", "--kind", "interview", "--case", "FJO", "--date", "2020-04-01", *words)


def about(**more: Any) -> Description:
    given: dict[str, Any] = {"kind": "interview", "case": "FJO", "date": "2020-04-01"}
    return Description(**(given | more))


def file(folder: Path, text: str, name: str = "samtale.txt") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def decide(table: Path, word: str = "ja", otherwise: str = "behold") -> Path:
    """The review table with every row decided: as suggested, or kept where nothing is."""
    filled = table.with_name("utfylt.xlsx")
    filled.write_bytes(table.read_bytes())
    fill_in(filled, lambda row: word if row["forslag"] else otherwise)
    return filled


def fill_in(table: Path, decision: Callable[[dict[str, str]], str]) -> None:
    """Write a decision into every row, in the same file, as a person does in a spreadsheet."""
    book = load_workbook(table)
    head, *lines = book.active.iter_rows()
    for line in lines:
        row = {str(name.value): str(cell.value or "") for name, cell in zip(head, line, strict=True)}
        line[[cell.value for cell in head].index("avgjørelse")].value = decision(row)
    book.save(table)


def everything(study: SmallStudy) -> str:
    paths = [path for path in study.path.rglob("*") if path.is_file()]
    return unicodedata.normalize(
        "NFC", "\n".join(f"{path.name}\n{path.read_bytes().decode('utf-8', 'replace')}" for path in paths)
    )


def register(study: SmallStudy, name: str) -> list[dict[str, str]]:
    with (study.path / f"corpus/{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


TALK = (
    "Intervjuer: Hva skjedde på Nisseveien 14, 5003 Bergen?\nTorhild Fjellvåg: Jeg ringte Gunnbjørg Rabbestad 😀 på "
    "412 34 567, og e\u0301n til.\nIntervjuer: Ja?\nTorhild Fjellvåg: Så kom hun.\n"
)


def planted(folder: Path) -> Path:
    """A Word file with a name, a number and an address in every place that may hold one."""
    document = Document()
    document.core_properties.author = "Ulvhild Skogtroll"
    document.core_properties.last_modified_by = "Ulvhild Skogtroll"
    document.sections[0].header.paragraphs[0].text = "Torhild Fjellvåg, Nisseveien 14, 412 34 567"
    for line in TALK.splitlines():
        document.add_paragraph(unicodedata.normalize("NFD", line))
    asked = document.paragraphs[-2]
    document.add_comment(
        asked.runs, text="Spør Gunnbjørg Rabbestad (412 34 567)", author="Ulvhild Skogtroll", initials="US"
    )
    hidden = document.paragraphs[-1].add_run(" Torhild bor i Nisseveien 14.")
    hidden.font.hidden = True
    deleted = etree.fromstring(
        '<w:del xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:id="9" '
        'w:author="Ulvhild Skogtroll" w:date="2020-01-01T00:00:00Z"><w:r><w:delText>Rabbestad 41234567</w:delText></w:r></w:del>'
    )
    document.paragraphs[-1]._p.append(deleted)
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "Gunnbjørg Rabbestad, 412 34 567"
    path = folder / "Torhild Fjellvåg 412 34 567 Nisseveien.docx"
    document.save(str(path))
    return path


def test_no_name_number_or_address_reaches_the_study_or_the_screen(
    real_study: SmallStudy, key: Path, tmp_path: Path
) -> None:
    source = planted(tmp_path)
    before = real_study.fingerprint()
    asked = adding(real_study, str(source))
    assert asked.exit_code == 1, asked.output
    assert real_study.fingerprint() == before
    table = next(key.parent.glob("*review*.xlsx"))
    assert "wait for a decision" in asked.stderr
    done = adding(real_study, str(source), "--review", str(decide(table)))
    assert done.exit_code == 0, done.output
    written = everything(real_study)
    assert [name for name in NAMES if name in written] == []
    assert [name for name in NAMES if name in asked.output + done.output] == []
    _, faults = read_study(real_study.path)
    assert [str(fault) for fault in faults.errors] == []
    (check,) = register(real_study, "pseudonymisation")
    assert (check["document"], check["unreviewed"], check["reason"]) == ("FJO-I03", "0", "")
    assert int(check["replaced"]) >= 1
    assert "Torhild Fjellvåg" in open_key(key, PASSPHRASE).names["FJO-P01"]


def test_errors_name_nobody_either(real_study: SmallStudy, key: Path, tmp_path: Path) -> None:
    bad = tmp_path / "Torhild Fjellvåg.docx"
    bad.write_bytes(b"PK\x03\x04 Rabbestad")
    told = adding(real_study, str(bad), str(tmp_path / "Gunnbjørg.txt"), str(tmp_path / "Rabbestad.txt"))
    assert told.exit_code == 1
    assert [name for name in NAMES if name in told.output] == []
    assert "file 1 (… ….docx)" in told.stderr
    assert "file 3 (….txt): missing-file" in told.stderr
    talk = file(tmp_path, TALK, "412 34 567.txt")
    with pytest.raises(NotDecided) as raised:
        add_documents(real_study.path, [talk], about(), at=AT, key=opened(key))
    assert [name for name in NAMES if name in f"{raised.value!r}{raised.value}"] == []
    assert [name for name in NAMES if name in repr(opened(key))] == []


# Refusals


def test_real_people_need_a_key_and_a_notification(real_study: SmallStudy, tmp_path: Path) -> None:
    talk = file(tmp_path, TALK)
    with pytest.raises(StudyError, match=r"no-key.*foran key init"):
        add_documents(real_study.path, [talk], about(), at=AT)
    real_study.replace("foran.toml", 'sikt_ref = "123456"', 'sikt_ref = ""')
    told = adding(real_study, str(talk))
    assert (told.exit_code, "no-notification" in told.stderr) == (1, True)


def test_without_a_key_file_nothing_is_asked_and_the_way_out_is_told(
    real_study: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORAN_KEY", str(tmp_path / "borte.forankey"))
    monkeypatch.delenv("FORAN_KEY_PASSPHRASE", raising=False)
    told = adding(real_study, str(file(tmp_path, TALK)))
    assert (told.exit_code, "foran key init" in told.stderr) == (1, True)
    assert "Passphrase" not in told.output


def test_a_key_inside_the_study_is_refused(real_study: SmallStudy, key: Path, tmp_path: Path) -> None:
    inside = real_study.path / "navn.forankey"
    inside.write_bytes(key.read_bytes())
    told = adding(real_study, str(file(tmp_path, TALK)), "--key", str(inside))
    assert (told.exit_code, "may not lie in" in told.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--accept-unreviewed"], "needs --reason"),
        (["--reason", "hastverk"], "--accept-unreviewed"),
        (["--show"], "--dry-run"),
        (["--replaces", "FJO-I01", "--id", "FJO-X1"], "leave --id out"),
        (["--pattern", "finnes ikke"], "unknown pattern"),
        (["--only", "finnes ikke"], "unknown-text"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    small_study: SmallStudy, tmp_path: Path, words: list[str], said: str
) -> None:
    before = small_study.fingerprint()
    told = adding(small_study, str(file(tmp_path, TALK)), *words)
    assert told.exit_code in (1, 2)
    assert said in told.stderr
    assert small_study.fingerprint() == before


def test_kind_and_date_are_needed_but_for_a_look_or_a_correction(small_study: SmallStudy, tmp_path: Path) -> None:
    told = foran(small_study, "add", str(file(tmp_path, TALK)), "--kind", "interview")
    assert (told.exit_code, "Missing option '--date'" in told.stderr) == (2, True)
    assert foran(small_study, "add", str(file(tmp_path, TALK)), "--dry-run").exit_code == 0


# Unreviewed


def test_hits_that_nobody_looked_at_come_in_only_with_a_reason_that_is_kept(
    real_study: SmallStudy, key: Path, tmp_path: Path
) -> None:
    talk = file(tmp_path, TALK)
    done = adding(real_study, str(talk), "--accept-unreviewed", "--reason", "gjennomgås av to i morgen")
    assert done.exit_code == 0, done.output
    (check,) = register(real_study, "pseudonymisation")
    assert int(check["unreviewed"]) > 0
    assert check["reason"] == "gjennomgås av to i morgen"
    assert int(check["hits"]) == sum(int(check[name]) for name in ("replaced", "generalised", "kept", "unreviewed"))
    assert "look again at turn 1, 2" in done.stdout
    # Labels and names of those who speak are replaced whatever nobody looked at.
    assert "Fjellvåg" not in everything(real_study)


def test_a_reason_that_names_somebody_is_refused(real_study: SmallStudy, key: Path, tmp_path: Path) -> None:
    talk = file(tmp_path, TALK)
    told = adding(real_study, str(talk), "--accept-unreviewed", "--reason", "ring 412 34 567 først")
    assert (told.exit_code, "reason-names-somebody" in told.stderr) == (1, True)
    assert "412" not in told.output


# Persons across documents


def test_a_person_in_two_documents_has_one_pseudonym_and_one_row(
    real_study: SmallStudy, key: Path, tmp_path: Path
) -> None:
    first = file(tmp_path, "Intervjuer: Ja?\nTorhild Fjellvåg: nei 😀 a\u030a\n", "1.txt")
    second = file(tmp_path, "Intervjuer: Hei?\nTORHILD FJELLVÅG: ja\nOla Li: og Torhild Fjellvåg var der\n", "2.txt")
    how = How(reason="prøve")
    (one,) = add_documents(real_study.path, [first], about(), at=AT, key=opened(key), how=how)
    (two,) = add_documents(real_study.path, [second], about(), at=AT, key=opened(key), how=how)
    people = {row["id"]: row["participants"] for row in register(real_study, "documents")}
    assert (people[one.document], people[two.document]) == ("FJO-P01", "FJO-P01 FJO-P02")
    assert two.known == ("FJO-P01",)
    assert [row["id"] for row in register(real_study, "participants")].count("FJO-P01") == 1
    assert "**FJO-P02:** og FJO-P01 var der" in real_study.text(two.document)
    names = open_key(key, PASSPHRASE).names
    assert (names["FJO-P01"], names["FJO-P02"]) == (("Torhild Fjellvåg",), ("Ola Li",))


def test_a_label_that_is_no_name_is_another_person_in_every_document(
    real_study: SmallStudy, key: Path, tmp_path: Path
) -> None:
    files = [file(tmp_path, f"Intervjuer: ja\nInformant: nummer {n}\nKN: vel {n}\n", f"{n}.txt") for n in range(2)]
    add_documents(real_study.path, files, about(), at=AT, key=opened(key), how=How(reason="prøve"))
    people = [row["participants"] for row in register(real_study, "documents")][-2:]
    assert people == ["FJO-I03-P1 FJO-I03-P2", "FJO-I04-P1 FJO-I04-P2"]
    assert open_key(key, PASSPHRASE).names == {}


def test_who_speaks_in_one_text_is_replaced_in_another_of_the_same_adding(
    real_study: SmallStudy, key: Path, tmp_path: Path
) -> None:
    files = [
        file(tmp_path, "Intervjuer: ja\nOla Li: det vet Torhild Fjellvåg\n", "1.txt"),
        file(tmp_path, "Intervjuer: ja\nTorhild Fjellvåg: nei\n", "2.txt"),
    ]
    add_documents(real_study.path, files, about(), at=AT, key=opened(key), how=How(reason="prøve"))
    assert "**FJO-P01:** det vet FJO-P02" in real_study.text("FJO-I03")


def test_whoever_has_withdrawn_does_not_come_in_again(real_study: SmallStudy, key: Path, tmp_path: Path) -> None:
    talk = file(tmp_path, "Intervjuer: Ja?\nTorhild Fjellvåg: nei\n", "1.txt")
    how = How(reason="prøve")
    add_documents(real_study.path, [talk], about(), at=AT, key=opened(key), how=how)
    path = real_study.path / "corpus/participants.csv"
    head, *lines = path.read_text("utf-8").splitlines()
    lines = [f"{line},{'2026-11-20' if line.startswith('FJO-P01,') else ''}" for line in lines]
    path.write_text("\n".join([f"{head},withdrawn_at", *lines]) + "\n", "utf-8")
    more = file(tmp_path, "Intervjuer: Ja?\nTorhild Fjellvåg: mer\n", "2.txt")
    with pytest.raises(StudyError, match="withdrawn: FJO-P01, who has withdrawn"):
        add_documents(real_study.path, [more], about(), at=AT, key=opened(key), how=how)


# The review table


def test_what_is_decided_is_remembered_and_the_rest_asked_again(
    real_study: SmallStudy, key: Path, tmp_path: Path
) -> None:
    talk = file(tmp_path, "Intervjuer: Ja?\nOla Li: ring 412 34 567 eller skriv til o@lia.no\n")
    before = real_study.fingerprint()
    with pytest.raises(NotDecided) as first:
        add_documents(real_study.path, [talk], about(), at=AT, key=opened(key))
    half = tmp_path / "halv.xlsx"
    half.write_bytes(first.value.table.read_bytes())
    fill_in(half, lambda row: "ja" if row["slag"] == "phone" else "")
    with pytest.raises(NotDecided) as second:
        add_documents(real_study.path, [talk], about(), at=AT, key=opened(key, half))
    assert "phone" not in second.value.counts["FJO-I03"]
    assert second.value.table != first.value.table
    assert real_study.fingerprint() == before
    add_documents(real_study.path, [talk], about(), at=AT, key=opened(key, decide(second.value.table)))
    assert "ring [telefonnummer] eller skriv til [e-postadresse]" in real_study.text("FJO-I03")


def test_a_table_that_somebody_is_filling_in_is_not_written_over(
    real_study: SmallStudy, key: Path, tmp_path: Path
) -> None:
    talk = file(tmp_path, TALK)
    tables = []
    for _ in range(3):
        with pytest.raises(NotDecided) as raised:
            add_documents(real_study.path, [talk], about(), at=AT, key=opened(key))
        tables.append(raised.value.table)
        if len(tables) == 2:
            tables[0].write_bytes(tables[0].read_bytes() + b"notat\r\n")
    assert tables[0] == tables[1] != tables[2]
    assert tables[0].read_bytes().endswith(b"notat\r\n")


def test_the_rest_may_be_filled_in_in_the_same_table(real_study: SmallStudy, key: Path, tmp_path: Path) -> None:
    talk = file(
        tmp_path, "Intervjuer: Ja?\nOla Li: ring 412 34 567, Gunnbjørg Rabbestad 😀, eller skriv til o@lia.no\n"
    )
    told = adding(real_study, str(talk))
    table = key.with_name("navn-review.xlsx")
    assert (told.exit_code, table.name in told.stderr) == (1, True)
    fill_in(table, lambda row: "ja" if row["slag"] == "phone" else "")
    told = adding(real_study, str(talk), "--review", str(table))
    assert (told.exit_code, "wait for a decision" in told.stderr) == (1, True)
    fill_in(table, lambda row: row["avgjørelse"] or "ja")
    done = adding(real_study, str(talk), "--review", str(table))
    assert done.exit_code == 0, done.output
    assert "ring [telefonnummer], [Person 1] 😀, eller skriv til [e-postadresse]" in real_study.text("FJO-I03")


def test_a_decision_that_is_kept_is_not_changed_unseen(real_study: SmallStudy, key: Path, tmp_path: Path) -> None:
    talk = file(tmp_path, "Intervjuer: Ja?\nOla Li: ring 412 34 567 eller skriv til o@lia.no\n")
    adding(real_study, str(talk))
    table = key.with_name("navn-review.xlsx")
    fill_in(table, lambda row: "ja" if row["slag"] == "phone" else "")
    adding(real_study, str(talk), "--review", str(table))
    fill_in(table, lambda _: "behold")
    told = adding(real_study, str(talk), "--review", str(table))
    assert (told.exit_code, told.stderr.count("decided-before")) == (1, 1)


def test_a_name_that_was_decided_now_is_looked_for_in_every_form(
    real_study: SmallStudy, key: Path, tmp_path: Path
) -> None:
    talk = file(tmp_path, "Intervjuer: Ja?\nOla Li: Gunnbjørg Rabbestad, altså G. Rabbestad og gunnbjørg 😀, kom\n")
    told = adding(real_study, str(talk))
    for _ in range(3):
        if told.exit_code:
            tables = sorted(key.parent.glob("navn-review*.xlsx"), key=lambda path: (len(path.name), path.name))
            fill_in(tables[-1], lambda row: "ja" if row["forslag"] else "behold")
            told = adding(real_study, str(talk), "--review", str(tables[-1]))
    assert told.exit_code == 0, told.output
    assert "abbestad" not in everything(real_study)
    assert "unnbjørg" not in everything(real_study)


def test_faults_of_the_table_are_told_and_nothing_comes_in(real_study: SmallStudy, key: Path, tmp_path: Path) -> None:
    talk = file(tmp_path, TALK)
    before, kept = real_study.fingerprint(), key.read_bytes()
    with pytest.raises(NotDecided) as raised:
        add_documents(real_study.path, [talk], about(), at=AT, key=opened(key))
    with pytest.raises(StudyError, match="unknown-decision"):
        add_documents(
            real_study.path, [talk], about(), at=AT, key=opened(key, decide(raised.value.table, "kanskje", "kanskje"))
        )
    assert (real_study.fingerprint(), key.read_bytes()) == (before, kept)


# A look before


def test_a_dry_run_shows_all_that_is_understood_and_writes_nothing(small_study: SmallStudy, tmp_path: Path) -> None:
    source = planted(tmp_path)
    before = small_study.fingerprint()
    told = foran(small_study, "add", str(source), "--dry-run", "--language", "en")
    assert told.exit_code == 0, told.output
    assert small_study.fingerprint() == before
    for said in ("format: docx", "pattern: colon", "Torhild Fjellvåg  2", "DOC-I01-P1",
                 "the interviewer", "phone", "nothing written (--dry-run)"):  # fmt: skip
        assert said in told.stdout, (said, told.stdout)
    assert re.search(r"deletion +1 +no", told.stdout)
    assert re.search(r"hidden +1 +no", told.stdout)
    # What is said is shown when it is asked for only.
    assert "Jeg ringte" not in told.stdout
    shown = foran(small_study, "add", str(source), "--dry-run", "--show")
    assert "Torhild Fjellvåg: Jeg ringte" in shown.stdout
    assert "ingenting er skrevet (prøvekjøring)" in shown.stdout


def test_a_dry_run_with_the_key_knows_who_is_known_and_needs_none(
    real_study: SmallStudy, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = file(tmp_path, "Intervjuer: Ja?\nTorhild Fjellvåg: nei\n")
    add_documents(real_study.path, [talk], about(), at=AT, key=opened(key), how=How(reason="prøve"))
    more = file(tmp_path, "Intervjuer: Hei?\ntorhild fjellvåg: jo\n", "to.txt")
    before, kept = real_study.fingerprint(), key.read_bytes()
    assert "FJO-P01" in adding(real_study, str(more), "--dry-run").stdout
    monkeypatch.delenv("FORAN_KEY_PASSPHRASE")
    assert adding(real_study, str(more), "--dry-run").exit_code == 0
    again = adding(real_study, str(talk), "--dry-run")
    assert "finnes alt i studien som FJO-I03" in again.stdout
    assert (real_study.fingerprint(), key.read_bytes()) == (before, kept)


def test_a_preview_is_a_value_for_notebooks(small_study: SmallStudy, tmp_path: Path) -> None:
    talk = file(
        tmp_path, "[00:00:05] Intervjuer: Hva nå 😀?\n[00:01:02] Kari Strand: Vi i Strands enhet, ring 412 34 567.\n"
    )
    (seen,) = preview([talk], study=small_study.path, case="FJO")
    assert (seen.document, seen.turns, seen.words, seen.timed, seen.last_time) == ("FJO-I03", 2, 11, 2, 62.0)
    assert [(one.label, one.turns, one.becomes, one.is_interviewer) for one in seen.speakers] == [
        ("Intervjuer", 1, "Intervjuer", True), ("Kari Strand", 1, "FJO-I03-P1", False),
    ]  # fmt: skip
    assert {hit.kind: hit.turns for hit in seen.hits}["phone"] == (2,)
    assert seen.first[0] == ("Intervjuer", 5.0, "Hva nå 😀?")


def test_a_look_shows_that_nobody_was_understood_to_speak_and_what_a_pattern_does(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    talk = file(tmp_path, "Kari | Hei du 😀.\nSpør | Å?\n" + "Kari | Mer.\n" * 3)
    plain = adding(small_study, str(talk), "--dry-run")
    assert (plain.exit_code, "talere: ingen" in plain.stdout) == (0, True)
    seen = adding(small_study, str(talk), "--dry-run", "--pattern", "{speaker} |")
    assert re.search(r"Kari +4 +FJO-I03-P1", seen.stdout)
    done = adding(small_study, str(talk), "--pattern", "{speaker} |", "--interviewer", "Spør")
    assert done.exit_code == 0, done.output
    assert small_study.text("FJO-I03").startswith("**FJO-I03-P1:** Hei du 😀.\n\n**Intervjuer:** Å?")


# Several texts in one file


def test_the_texts_of_a_project_become_documents_each_and_one_can_be_picked(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    project = taguette(tmp_path / "prosjekt.sqlite3", {"Kari 1": "<p>Intervjuer: Å?</p><p>Kari Strand: Ja 😀.</p>",
                                                       "Kari 2": "<p>Intervjuer: Og?</p><p>Kari Strand: Nei.</p>"})  # fmt: skip
    told = adding(small_study, str(project), "--id", "FJO-X1")
    assert (told.exit_code, "one id for several texts" in told.stderr) == (1, True)
    picked = adding(small_study, str(project), "--only", "Kari 2", "--id", "FJO-X1")
    assert picked.exit_code == 0, picked.output
    assert "**FJO-X1-P1:** Nei." in small_study.text("FJO-X1")
    both = adding(small_study, str(project))
    assert both.exit_code == 0, both.output
    assert "in the study already, as FJO-X1" in both.stdout
    assert "**FJO-I03-P1:** Ja 😀." in small_study.text("FJO-I03")
    assert adding(small_study, str(project)).stdout.count("in the study already") == 2
    assert "Kari" not in everything(small_study)


def taguette(path: Path, texts: dict[str, str]) -> Path:
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.executescript(
            "CREATE TABLE alembic_version (version_num TEXT); CREATE TABLE projects (id INTEGER, name TEXT);"
            "CREATE TABLE documents (id INTEGER, name TEXT, description TEXT, filename TEXT, created TEXT, project_id "
            "INTEGER, text_direction TEXT, contents TEXT);"
            "CREATE TABLE highlights (id INTEGER, document_id INTEGER, start_offset INTEGER, end_offset INTEGER, snippet TEXT);"
            "CREATE TABLE tags (id INTEGER, project_id INTEGER, path TEXT, description TEXT);"
            "CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER);"
        )
        rows = [(n, name, "", "", "", 1, "LEFT_TO_RIGHT", html) for n, (name, html) in enumerate(texts.items(), 1)]
        base.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        base.execute("INSERT INTO projects VALUES (1, 'p')")
        base.commit()
    return path


# A corrected source


def test_a_corrected_source_takes_the_old_ones_place_and_codings_follow(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    lines = [turn.span.of(small_study.text("FJO-I01")) for turn in
             load_study(small_study.path).transcripts["FJO-I01"].turns]  # fmt: skip
    lines[1] = lines[1].replace("nattevaktene", "nattevaktene våre")
    who = ["Intervjuer", "Kari", "Intervjuer", "Kari"]
    talk = "\n".join(f"{name}: {' '.join(line.split())}" for name, line in zip(who, lines, strict=True))
    told = foran(small_study, "add", str(file(tmp_path, talk)), "--replaces", "FJO-I01")
    assert told.exit_code == 0, told.output
    assert "a new text; coding by K1, K2" in told.stdout
    assert "**FJO-PL-01:** Vi spurte nattevaktene våre" in small_study.text("FJO-I01")
    study, faults = read_study(small_study.path)
    assert study is not None
    assert [str(fault) for fault in faults.errors] == []
    assert [row["participants"] for row in register(small_study, "documents") if row["id"] == "FJO-I01"] == [
        "FJO-PL-01"
    ]
    again = adding(small_study, str(tmp_path / "samtale.txt"))
    assert "in the study already, as FJO-I01" in again.stdout
    assert "notice:" in (small_study.path / "corpus/texts/FJO-I01.md").read_text("utf-8")


def test_a_corrected_source_that_cannot_come_in_changes_nothing(small_study: SmallStudy, tmp_path: Path) -> None:
    before = small_study.fingerprint()
    talk = file(tmp_path, "Intervjuer: Hva?\nKari: Noe annet.\nOla: Nytt.\n")
    unknown = foran(small_study, "add", str(talk), "--replaces", "FJO-I99")
    assert (unknown.exit_code, "unknown document 'FJO-I99'" in unknown.stderr) == (1, True)
    # A log that cannot be read stops the re-anchoring after the registers were written.
    small_study.add("corpus/coding/K1/FJO-I01.jsonl", "ikke json\n")
    spoilt = small_study.fingerprint()
    assert spoilt != before
    broken = foran(small_study, "add", str(talk), "--replaces", "FJO-I01")
    assert broken.exit_code == 1
    assert small_study.fingerprint() == spoilt


def test_a_new_speaker_of_a_corrected_source_gets_a_row(small_study: SmallStudy, tmp_path: Path) -> None:
    text = small_study.text("FJO-I02")
    talk = "\n".join(
        f"{'Intervjuer' if turn.speaker == 'Intervjuer' else 'Kari'}: {' '.join(turn.span.of(text).split())}"
        for turn in load_study(small_study.path).transcripts["FJO-I02"].turns
    )
    told = foran(small_study, "add", str(file(tmp_path, f"{talk}\nOla: Jeg også.\n")), "--replaces", "FJO-I02")
    assert told.exit_code == 0, told.output
    people = next(row["participants"] for row in register(small_study, "documents") if row["id"] == "FJO-I02")
    assert people == "FJO-INN-01 FJO-I02-P1"
    assert "**FJO-I02-P1:** Jeg også." in small_study.text("FJO-I02")
    _, faults = read_study(small_study.path)
    assert [str(fault) for fault in faults.errors] == []


# The key goes first


def test_when_the_disk_refuses_the_study_the_key_still_has_the_names(
    real_study: SmallStudy, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = file(tmp_path, "Intervjuer: Ja?\nTorhild Fjellvåg: nei\n")
    before = real_study.fingerprint()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "_rename", full)
        with pytest.raises(ForanError, match="No space left"):
            add_documents(real_study.path, [talk], about(), at=AT, key=opened(key), how=How(reason="prøve"))
    assert real_study.fingerprint() == before
    assert open_key(key, PASSPHRASE).names == {"FJO-P01": ("Torhild Fjellvåg",)}
    (added,) = add_documents(real_study.path, [talk], about(), at=AT, key=opened(key), how=How(reason="prøve"))
    assert "**FJO-P01:** nei" in real_study.text(added.document)


# Who a label is


def added(study: SmallStudy, key: Path, text: str, name: str, *persons: tuple[str, str], **more: Any) -> str:
    """Add one talk without looking at its hits; the people of its document."""
    how = How(reason="prøve", persons=persons)
    (one,) = add_documents(
        study.path, [file(key.parent.parent, text, name)], about(**more), at=AT, key=opened(key), how=how
    )
    return next(row["participants"] for row in register(study, "documents") if row["id"] == one.document)


@pytest.mark.parametrize(
    ("label", "second", "more"),
    [
        ("Tordis", "Tordis", {}),
        ("Tordis", "Tordis Fjellvåg", {}),
        ("Tordis Fjellvåg", "Tordis", {}),
        ("Tordis Fjellvåg", "T. Fjellvåg", {}),
        ("Tordis Fjellvåg", "Tordis Fjellva\u030ag", {"consent": "analysis quote"}),
        ("Tordis Fjellvåg", "Tordis Fjellvåg", {"actor_type": "innkjop"}),
        ("Tordis Fjellvåg", "Tordis Fjellvåg", {"case": "another"}),
    ],
)
def test_a_label_that_may_be_somebody_known_is_asked_about_and_not_guessed(
    real_study: SmallStudy, key: Path, label: str, second: str, more: dict[str, str]
) -> None:
    more = {name: other_case(real_study) if name == "case" else word for name, word in more.items()}
    assert added(real_study, key, f"Intervjuer: Ja?\n{label}: nei 😀\n", "1.txt") == "FJO-P01"
    before, kept = real_study.fingerprint(), key.read_bytes()
    talk = f"Intervjuer: Hei?\n{second}: noe annet å si\n"
    with pytest.raises(StudyError, match="who-is-this") as refused:
        added(real_study, key, talk, "2.txt", **more)
    assert "speaker 2 of 2" in str(refused.value)
    assert "--person LABEL=FJO-P01" in str(refused.value)
    assert "LABEL=new" in str(refused.value)
    assert not any(name in str(refused.value) for name in ("Tordis", "Fjellv"))
    assert (real_study.fingerprint(), key.read_bytes()) == (before, kept)
    told = added(real_study, key, talk, "2.txt", (second, "FJO-P01"), **more)
    assert told == "FJO-P01"


def other_case(study: SmallStudy) -> str:
    return next(case.id for case in load_study(study.path).settings.cases if case.id != "FJO")


def test_two_people_of_one_first_name_keep_apart_in_label_and_talk(real_study: SmallStudy, key: Path) -> None:
    assert added(real_study, key, "Intervjuer: Ja?\nTordis: jeg, Tordis, e\u0301n\n", "1.txt") == "FJO-P01"
    talk = "Intervjuer: Hei?\nTordis: jeg er en annen 😀, men heter Tordis\n"
    assert added(real_study, key, talk, "2.txt", ("tordis", "new"), consent="analysis quote") == "FJO-P02"
    assert "**FJO-P02:** jeg er en annen 😀, men heter FJO-P02" in real_study.text("FJO-I04")
    consents = {row["id"]: row["consent"] for row in register(real_study, "participants")}
    assert (consents["FJO-P01"], consents["FJO-P02"]) == ("analysis", "analysis quote")
    with pytest.raises(StudyError, match="may be FJO-P01 or FJO-P02, or somebody else"):
        added(real_study, key, "Intervjuer: Og?\nTordis: hvem er jeg\n", "3.txt")
    assert added(real_study, key, "Intervjuer: Og?\nTordis: hvem er jeg\n", "3.txt", ("Tordis", "FJO-P02")) == "FJO-P02"
    assert "Tordis" not in everything(real_study)
    _, faults = read_study(real_study.path)
    assert [str(fault) for fault in faults.errors] == []


def test_labels_of_one_file_that_may_be_one_person_are_asked_about(
    real_study: SmallStudy, key: Path, tmp_path: Path
) -> None:
    talk = "Intervjuer: Ja?\nTorhild Fjellvåg: nei\nTorhild F.: jo\nTorhild-Fjellvåg: tja\nOla Li: 😀\n" * 2
    told = adding(real_study, str(file(tmp_path, talk)), "--accept-unreviewed", "--reason", "prøve")
    assert told.exit_code == 1
    assert [told.stderr.count(f"speaker {n} of 5") for n in (2, 3, 4, 5)] == [0, 1, 1, 0]
    assert [name for name in NAMES if name in told.output] == []
    said = ["--person", "Torhild F.=FJO-P01", "--person", "Torhild-Fjellvåg=FJO-P01"]
    seen = adding(real_study, str(tmp_path / "samtale.txt"), "--dry-run", "--language", "en")
    assert re.search(r"Torhild F +2 +FJO-P01 or somebody else\? \(--person\)", seen.stdout)
    seen = adding(real_study, str(tmp_path / "samtale.txt"), "--dry-run", "--language", "en", *said)
    assert "somebody else" not in seen.stdout
    done = adding(real_study, str(tmp_path / "samtale.txt"), "--accept-unreviewed", "--reason", "prøve", *said)
    assert done.exit_code == 0, done.output
    assert register(real_study, "documents")[-1]["participants"] == "FJO-P01 FJO-P02"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Ulvhild=FJO-P01", "unknown-label"),
        ("Torhild Fjellvåg=FJO-P99", "unknown-person"),
        ("Torhild", "--person takes"),
    ],
)
def test_what_is_said_of_labels_is_checked_and_not_repeated(
    real_study: SmallStudy, key: Path, tmp_path: Path, said: str, kind: str
) -> None:
    told = adding(real_study, str(file(tmp_path, TALK)), "--person", said)
    assert told.exit_code in (1, 2)
    assert kind in told.stderr
    assert [name for name in NAMES if name in told.output] == []


def test_a_name_of_two_letters_is_a_name(real_study: SmallStudy, key: Path) -> None:
    assert (
        added(real_study, key, "Intervjuer: Ja?\nBo: Jeg er Bo 😀, og a\u030a\nKN: vel\n", "1.txt")
        == "FJO-P01 FJO-I03-P1"
    )
    assert open_key(key, PASSPHRASE).names == {"FJO-P01": ("Bo",)}
    assert "**FJO-P01:** Jeg er FJO-P01 😀" in real_study.text("FJO-I03")


def test_an_adding_that_was_cut_short_is_not_asked_about_again(
    real_study: SmallStudy, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(temporary: Path, path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(intake, "_rename", full)
    with pytest.raises(ForanError, match="No space left"):
        added(real_study, key, "Intervjuer: Ja?\nTordis: nei\n", "1.txt")
    monkeypatch.undo()
    assert open_key(key, PASSPHRASE).names == {"FJO-P01": ("Tordis",)}
    assert added(real_study, key, "Intervjuer: Ja?\nTordis: nei\n", "1.txt") == "FJO-P01"


def test_somebody_else_keeps_her_pseudonym_while_the_table_is_filled_in(
    real_study: SmallStudy, key: Path, tmp_path: Path
) -> None:
    added(real_study, key, "Intervjuer: Ja?\nTordis: nei\n", "1.txt")
    talk = file(tmp_path, "Intervjuer: Ja?\nTordis: ring 412 34 567 eller skriv til o@lia.no 😀\n", "2.txt")
    command = [str(talk), "--person", "Tordis=new"]
    adding(real_study, *command)
    table = key.with_name("navn-review.xlsx")
    fill_in(table, lambda row: "ja" if row["slag"] == "phone" else "")
    assert adding(real_study, *command, "--review", str(table)).exit_code == 1
    fill_in(table, lambda row: "ja")
    done = adding(real_study, *command, "--review", str(table))
    assert done.exit_code == 0, done.output
    assert register(real_study, "documents")[-1]["participants"] == "FJO-P02"
    assert set(open_key(key, PASSPHRASE).names) == {"FJO-P01", "FJO-P02"}


# What has left, and what belongs elsewhere


def test_the_file_of_somebody_who_has_withdrawn_does_not_come_in_again(real_study: SmallStudy, key: Path) -> None:
    talk = "Intervjuer: Ja?\nInformant 1: vi ringte den eneste i bygda 😀\n"
    assert added(real_study, key, talk, "1.txt") == "FJO-I03-P1"
    gone = foran(real_study, "withdraw", "FJO-I03-P1", "--reason", "brev")
    assert gone.exit_code == 0, gone.output
    before = real_study.fingerprint()
    with pytest.raises(StudyError, match="withdrawn-source"):
        added(real_study, key, talk, "samme.txt")
    assert real_study.fingerprint() == before


def test_a_full_name_that_has_withdrawn_is_told_and_a_first_name_asked_about(real_study: SmallStudy, key: Path) -> None:
    added(real_study, key, "Intervjuer: Ja?\nTordis Fjellvåg: vi ringte 😀\n", "1.txt")
    assert foran(real_study, "withdraw", "FJO-P01", "--reason", "brev").exit_code == 0
    with pytest.raises(StudyError, match=r"1 fault[\s\S]*withdrawn: FJO-P01"):
        added(real_study, key, "Intervjuer: Ja?\nTordis Fjellvåg: mer\n", "2.txt")
    with pytest.raises(StudyError, match=r"1 fault[\s\S]*who-is-this"):
        added(real_study, key, "Intervjuer: Ja?\nTordis: mer\n", "2.txt")
    assert added(real_study, key, "Intervjuer: Ja?\nTordis: mer\n", "2.txt", ("Tordis", "new")) == "FJO-P02"


@pytest.mark.parametrize("changed", [False, True])
def test_the_source_of_another_document_replaces_none(real_study: SmallStudy, key: Path, *, changed: bool) -> None:
    one, two = "Intervjuer: Ja?\nInformant: det var høst 😀\n", "Intervjuer: Ja?\nInformant: i kjellere og på loft\n"
    added(real_study, key, one, "1.txt")
    added(real_study, key, two, "2.txt")
    before = real_study.fingerprint()
    wrong = file(key.parent, two + ("\n" if changed else ""), "to.txt")
    told = foran(real_study, "add", "--replaces", "FJO-I03", str(wrong))
    assert (told.exit_code, "same-text" in told.stderr, "FJO-I04" in told.stderr) == (1, True, True)
    assert real_study.fingerprint() == before


def test_the_reason_of_a_correction_names_nobody(real_study: SmallStudy, key: Path) -> None:
    added(real_study, key, "Intervjuer: Ja?\nTorhild Fjellvåg: det var høst 😀\n", "1.txt")
    before = real_study.fingerprint()
    better = file(key.parent, "Intervjuer: Ja?\nTorhild Fjellvåg: det var vår 😀\n", "ny.txt")
    told = foran(real_study, "add", "--replaces", "FJO-I03", "--reason", "Torhild ringte fra 41234567", str(better))
    assert (told.exit_code, "reason-names-somebody" in told.stderr) == (1, True)
    assert real_study.fingerprint() == before


def test_a_text_in_which_a_decided_name_would_stand_is_not_written(
    real_study: SmallStudy, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = file(key.parent, "Intervjuer: Ja?\nOla Li: jeg, Ola Li, e\u0301n 😀\n")
    before = real_study.fingerprint()
    look = adding_module._judged

    def blind(draft: adding_module.Draft, names: Key) -> adding_module.Draft:
        return replace(look(draft, names), pairs=(), waiting=())

    monkeypatch.setattr(adding_module, "_judged", blind)
    told = adding(real_study, str(talk))
    assert (told.exit_code, "name-left: 1 places" in told.stderr) == (1, True)
    assert real_study.fingerprint() == before
    monkeypatch.setattr(adding_module, "_judged", look)
    assert adding(real_study, str(talk)).exit_code == 0


def test_whoever_asked_in_the_first_source_is_no_informant_in_its_correction(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    talk = "Sunniva: Hva gjorde dere, æøå?\n\nOla: Vi ringte naboen 😀.\n\nSunniva: Og så?\n\nOla: Så kom de.\n"
    about = ("--kind", "interview", "--case", "FJO", "--date", "2021-05-04", "--id", "FJO-I50")
    told = foran(small_study, "add", str(file(tmp_path, talk)), *about, "--interviewer", "Sunniva")
    assert told.exit_code == 0, told.output
    people = (small_study.path / "corpus/participants.csv").read_text("utf-8")
    told = foran(small_study, "add", str(file(tmp_path, talk.replace("ringte", "ropte på"))), "--replaces", "FJO-I50")
    assert told.exit_code == 0, told.output
    assert "ropte på naboen" in small_study.text("FJO-I50")
    assert small_study.text("FJO-I50").count("**Intervjuer:**") == 2
    assert (small_study.path / "corpus/participants.csv").read_text("utf-8") == people
