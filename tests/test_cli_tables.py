"""The commands on the codebook as tables and on paper, as somebody at the keyboard meets them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import click
import docx
import openpyxl
import pytest
import yaml
from click.testing import CliRunner, Result
from small_study import SmallStudy

from foran_research.cli_tables import COMMANDS
from foran_research.codebook.tables import COLUMNS
from foran_research.errors import ForanError

GROUP = click.Group("codebook", commands={str(command.name): command for command in COMMANDS})


def foran(command: str, *arguments: str | Path) -> Result:
    return CliRunner().invoke(GROUP, [command, *(str(argument) for argument in arguments)])


def refused(command: str, *arguments: str | Path) -> str:
    """What is said when a command is refused; the gate of `foran` prints it."""
    result = foran(command, *arguments)
    assert result.exit_code == 1
    assert isinstance(result.exception, ForanError), result.exception
    return str(result.exception)


@pytest.fixture
def study(small_study: SmallStudy) -> Path:
    return small_study.path


def exported(study: Path, target: Path, *more: str) -> Path:
    result = foran("export", target, *more, "--study", study)
    assert result.exit_code == 0, result.output
    return target


def fill_in(path: Path, **cells: str) -> None:
    """Write texts into the table of codes, by code and column: ``C0001__label_nb="…"``."""
    book = openpyxl.load_workbook(path)
    sheet = book["Koder"]
    for name, value in cells.items():
        code, column = name.split("__")
        row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == code)
        row[COLUMNS["Koder"].index(column)].value = value
    book.save(path)


REASONS = {
    "C0001__reason_empirical_nb": "Informantene skiller.", "C0001__reason_empirical_en": "Informants tell apart.",
    "C0001__reason_theoretical_nb": "Teorien òg.", "C0001__reason_theoretical_en": "So does theory.",
    "C0001__evidence": "FJO-I01.K1.s01; S0:1", "C0001__proposed_by_role": "stipendiat",
}  # fmt: skip


def test_a_workbook_goes_out_is_changed_and_comes_back_as_drafts(
    small_study: SmallStudy, study: Path, tmp_path: Path
) -> None:
    path = exported(study, tmp_path / "bok.xlsx")
    before = small_study.fingerprint()
    fill_in(path, C0001__label_nb="behov og mening 😀")
    result = foran("import", path, "--output", tmp_path / "utkast", "--study", study)
    assert result.exit_code == 0, result.output
    assert "1 drafts against codebook 2.0.0" in result.output
    assert "to fill in: reason_empirical, reason_theoretical, evidence, proposed_by_role" in result.output
    (draft,) = (tmp_path / "utkast").iterdir()
    told = yaml.safe_load(draft.read_text("utf-8"))
    assert (told["type"], told["from"], told["codes"]) == (
        "rename", ["C0001"], [{"id": "C0001", "label": {"nb": "behov og mening 😀"}}],
    )  # fmt: skip
    assert small_study.fingerprint() == before


def test_an_untouched_folder_of_csv_changes_nothing(study: Path, tmp_path: Path) -> None:
    exported(study, tmp_path / "bok", "--version", "1.0.0")
    assert sorted(path.name for path in (tmp_path / "bok").iterdir()) == sorted(f"{name}.csv" for name in COLUMNS)
    assert "Oppdiktet: ingen finnes." in (tmp_path / "bok/Om.csv").read_text("utf-8-sig")
    result = foran("import", tmp_path / "bok", "--output", tmp_path / "utkast", "--study", study)
    assert "nothing was changed since codebook 1.0.0" in result.output
    assert not (tmp_path / "utkast").exists()


def test_faults_are_told_by_cell_in_order_and_nothing_is_written(study: Path, tmp_path: Path) -> None:
    path = exported(study, tmp_path / "bok.xlsx")
    fill_in(path, C0010__level="hemmelig", C0001__label_en="", C0005__parent="C0777")
    message = refused("import", path, "--output", tmp_path / "utkast", "--study", study)
    lines = message.splitlines()
    assert lines[0] == "3 faults in the tables, nothing was written:"
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "bok.xlsx Koder!F2", "bok.xlsx Koder!D6", "bok.xlsx Koder!C11",
    ]  # fmt: skip
    assert "hemmelig" not in message
    assert not (tmp_path / "utkast").exists()


def test_conflicts_stop_until_somebody_decides(study: Path, tmp_path: Path) -> None:
    path = exported(study, tmp_path / "bok.xlsx", "--version", "1.0.0")
    fill_in(path, C0001__label_nb="mitt navn")
    arguments = ("import", path, "--output", tmp_path / "utkast", "--study", study)
    message = refused(*arguments)
    assert "bok.xlsx Koder!E2: label_nb of C0001" in message
    assert "mitt navn" not in message
    assert not (tmp_path / "utkast").exists()
    rows = list(csv.reader(io.StringIO((tmp_path / "utkast-conflicts.csv").read_text("utf-8-sig"))))
    assert rows[1][1:] == ["C0001", "label_nb", "behov", "mitt navn", "behov og funksjon"]
    told = foran(*arguments, "--on-conflict", "newest").output
    assert ": 1 cell left out, since codebook 2.0.0 changed the same and stands" in told
    assert "nothing else was changed since codebook 1.0.0" in told
    assert foran(*arguments, "--on-conflict", "tables").exit_code == 0
    assert [path.name for path in (tmp_path / "utkast").iterdir()] == ["01-rename-C0001.yaml"]


def test_complete_drafts_can_be_sent_in_at_once(study: Path, tmp_path: Path) -> None:
    path = exported(study, tmp_path / "bok.xlsx")
    fill_in(path, C0001__definition_nb="Gjelder noe annet, æøå.", **REASONS)
    result = foran("import", path, "--propose", "--by", "stipendiat", "--study", study)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("CH-0001: Endringer i P1")
    lines: list[dict[str, Any]] = [
        json.loads(line) for line in (study / "codebooks/log.jsonl").read_text("utf-8").splitlines()
    ]  # fmt: skip
    (line,) = [line for line in lines if line["action"] == "propose"]
    assert (line["about"], line["by"]) == ("CH-0001", "stipendiat")
    assert line["content"]["codes"] == [{"id": "C0001", "definition": {"nb": "Gjelder noe annet, æøå."}}]
    assert line["content"]["evidence"] == ["FJO-I01.K1.s01", "S0:1"]


def test_a_draft_that_lacks_reasons_keeps_all_from_being_sent_in(small_study: SmallStudy, tmp_path: Path) -> None:
    path = exported(small_study.path, tmp_path / "bok.xlsx")
    fill_in(path, C0001__definition_nb="Gjelder noe annet.", C0005__example_nb="Annet.", **REASONS)
    before = small_study.fingerprint()
    message = refused("import", path, "--propose", "--by", "K1", "--study", small_study.path)
    assert message.splitlines() == [
        "nothing was proposed, since drafts are not complete:",
        "  02-reword-C0005.yaml: to fill in: reason_empirical, reason_theoretical, evidence, proposed_by_role",
    ]
    assert small_study.fingerprint() == before


def test_evidence_that_nobody_recorded_stops_there_and_says_what_was_sent(study: Path, tmp_path: Path) -> None:
    path = exported(study, tmp_path / "bok.xlsx")
    reasons = {key.replace("C0001", "C0005"): text for key, text in REASONS.items()} | {
        "C0005__evidence": "FJO-I01.K1.s77"
    }
    fill_in(path, C0001__example_nb="Annet.", C0005__example_nb="Annet.", **REASONS, **reasons)
    message = refused("import", path, "--propose", "--by", "K1", "--study", study)
    assert message.startswith("02-reword-C0005.yaml: ")
    assert "unknown-evidence" in message
    assert message.endswith("sent in before it: CH-0001")


def test_new_codes_keep_clear_of_ids_that_waiting_proposals_bring(study: Path, tmp_path: Path) -> None:
    path = exported(study, tmp_path / "bok.xlsx")
    book = openpyxl.load_workbook(path)
    row = [cell.value for cell in book["Koder"][2]]
    given = {"id": "NY1", "display": "P9", **{key.split("__")[1]: text for key, text in REASONS.items()}}
    book["Koder"].append([given.get(name, old) for name, old in zip(COLUMNS["Koder"], row, strict=True)])
    book.save(path)
    for code in ("C0014", "C0015"):
        result = foran("import", path, "--propose", "--by", "K1", "--output", tmp_path / code, "--study", study)
        if code == "C0014":
            assert result.exit_code == 0, result.output
        assert [path.name for path in (tmp_path / code).iterdir()] == [f"01-new-{code}.yaml"]


@pytest.mark.parametrize("language", ["nb", "en", "both"])
def test_the_codebook_is_printed_as_a_page_and_as_a_document(study: Path, tmp_path: Path, language: str) -> None:
    for name in ("bok.html", "bok.docx"):
        options = ("--language", language, "--with-deprecated", "--with-changes", "--version", "2.0.0")
        result = foran("print", tmp_path / name, *options, "--study", study)
        assert result.output == f"{tmp_path / name}: codebook 2.0.0, 8 codes in use\n"
    assert "CH-2-01" in (tmp_path / "bok.html").read_text("utf-8")
    assert len(docx.Document(str(tmp_path / "bok.docx")).tables) == 21


def test_what_cannot_be_is_one_message(study: Path, tmp_path: Path) -> None:
    assert "unknown codebook version" in refused("export", tmp_path / "b.xlsx", "--version", "7.0.0", "--study", study)
    assert ".html or a .docx" in refused("print", tmp_path / "b.pdf", "--study", study)
    for command, name in (("export", "codebooks/bok"), ("export", "corpus/bok.xlsx"), ("print", "codebooks/bok.html")):
        assert "not below" in refused(command, study / name, "--study", study)
    path = exported(study, tmp_path / "bok.xlsx")
    assert "--output" in foran("import", path, "--study", study).output
