"""`foran codebook` and `foran audit` at the terminal: what they print, and that reading changes nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_study import SmallStudy

from foran_research import codebook_work
from foran_research.cli import main
from foran_research.errors import ForanError, UnknownName
from foran_research.study import load_study


def foran(study: SmallStudy, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--study", str(study.path)])


def said(study: SmallStudy, *arguments: str) -> str:
    result = foran(study, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def bytes_of(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines() if "\t" in line]


def test_reading_commands_change_nothing(small_study: SmallStudy) -> None:
    before = bytes_of(small_study.path)
    said(small_study, "codebook", "diff", "1.0.0", "2.0.0")
    said(small_study, "codebook", "history", "P2")
    said(small_study, "codebook", "migrate", "--dry-run", "--list")
    said(small_study, "codebook", "proposals")
    said(small_study, "audit", "verify")
    assert bytes_of(small_study.path) == before


def test_a_diff_is_text_a_page_or_json_and_goes_where_it_is_sent(small_study: SmallStudy, tmp_path: Path) -> None:
    assert "Kodeboka: fra 1.0.0 til 2.0.0" in said(small_study, "codebook", "diff", "1.0.0", "2.0.0")
    english = said(small_study, "codebook", "diff", "1.0.0", "2.0.0", "--language", "en", "--format", "json")
    assert json.loads(english)["after"] == "2.0.0"
    page = tmp_path / "forskjell ø.html"
    told = said(small_study, "codebook", "diff", "1.0.0", "2.0.0", "--format", "html", "--output", str(page))
    assert str(page) in told
    assert page.read_text("utf-8").lower().startswith("<!doctype html>")
    assert foran(small_study, "codebook", "diff", "1.0.0", "9.0.0").exit_code == 1


def test_the_life_of_a_code_is_counted_under_every_version(small_study: SmallStudy) -> None:
    """C0002 (P2) is split in 2.0.0: K1 has one segment of it, which waits."""
    study = load_study(small_study.path)
    display = study.lineage["1.0.0"].by_id["C0002"].display
    table = rows(said(small_study, "codebook", "history", display))
    header, first, second = table[0], *(dict(zip(table[0], row, strict=True)) for row in table[1:3])
    assert header[:3] == ["version", "released", "status"]
    own = study.segments(under="1.0.0").query("coder == 'K1' and code == 'C0002'")
    assert first["segments"] == str(len(own))
    assert (second["status"], second["segments"]) == ("deprecated", "0")
    assert foran(small_study, "codebook", "history", "Q77").exit_code == 1
    assert foran(small_study, "codebook", "history", display, "--coder", "nobody").exit_code == 1


def test_what_waits_is_listed_by_change_coder_and_segment(small_study: SmallStudy) -> None:
    told = said(small_study, "codebook", "migrate", "--list")
    waiting = codebook_work.queue(load_study(small_study.path))
    assert len(waiting)
    for segment in waiting["segment"]:
        assert segment in told
    assert not any(quote in told for quote in load_study(small_study.path).segments()["quote"])
    alone = said(small_study, "codebook", "migrate", "--to", "1.0.0")
    assert "waiting for a person" not in alone


def test_a_moment_of_the_past_is_asked_for_with_as_of(small_study: SmallStudy) -> None:
    before_anything = said(small_study, "codebook", "migrate", "--as-of", "2019-01-01")
    assert len(rows(before_anything)) == 1
    assert foran(small_study, "codebook", "migrate", "--as-of", "i fjor").exit_code == 1


def test_names_are_found_in_the_newest_version_that_has_them(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    assert codebook_work.find_code(study, "C0001").id == "C0001"
    with pytest.raises(UnknownName):
        codebook_work.find_code(study, "Q77")
    empty = study.at("2019-01-01")
    assert codebook_work.newest_version(empty)
    assert codebook_work.counts(study)["version"].unique().tolist() == list(study.lineage.versions)
    with pytest.raises(UnknownName):
        codebook_work.seen_coders(study, ("nobody",))
    assert issubclass(UnknownName, ForanError)


def test_steps_of_a_migration_add_up(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    for step in codebook_work.migration_steps(study):
        assert step.known == sum(step.by_status.values())
    newest = [step for step in codebook_work.migration_steps(study) if step.version == study.lineage.versions[-1]]
    assert sum(step.known for step in newest) == len(study.segments())


def test_a_changed_byte_is_found_and_a_seal_proves_what_follows(small_study: SmallStudy, tmp_path: Path) -> None:
    seal = tmp_path / "segl.json"
    said(small_study, "audit", "seal", str(seal))
    assert "every link holds" in said(small_study, "audit", "verify", "--against", str(seal))
    log = small_study.log_path("K1", "FJO-I01")
    data = bytearray(log.read_bytes())
    place = data.index(b"fremmer")
    data[place : place + 7] = b"hemmer "
    log.write_bytes(bytes(data))
    result = foran(small_study, "audit", "verify")
    assert result.exit_code == 1
    line = data[:place].count(b"\n") + 1
    assert f"corpus/coding/K1/FJO-I01.jsonl:{line}" in result.output
    assert foran(small_study, "audit", "seal", str(tmp_path / "no.json")).exit_code == 1


def test_the_report_is_written_in_three_forms(small_study: SmallStudy, tmp_path: Path) -> None:
    said(small_study, "audit", "seal", str(tmp_path / "segl.json"))
    said(small_study, "audit", "report", str(tmp_path / "spor"), "--as-of", "2021-12-31")
    assert {path.name for path in (tmp_path / "spor").iterdir()} == {"audit.html", "audit.docx", "tables"}
    said(small_study, "audit", "report", str(tmp_path / "r.html"), "--language", "en")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert 'lang="en"' in page
    assert json.loads((tmp_path / "segl.json").read_text("utf-8"))["head_sha256"] in page
