"""Which reader a file gets, whatever it is called, and which files are refused with which reason. All talk is invented."""

from __future__ import annotations

import importlib
import os
import sys
import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from hand_made_sources import GOOD, TALK, taguette, zipped

from foran_research.corpus import readers
from foran_research.corpus.readers import FORMATS, MAGIC, OPENINGS, REFUSED, read_bytes_of, read_texts, recognise
from foran_research.corpus.source import SourceText
from foran_research.errors import Fault, Faults

#: Formats that only the ending tells apart from other plain characters.
BY_ENDING = {"text", "markdown"}


def read(path: Path) -> tuple[tuple[SourceText, ...], Faults]:
    faults = Faults()
    return read_texts(path, faults), faults


def fault_of(path: Path) -> Fault:
    texts, faults = read(path)
    assert texts == ()
    (fault,) = faults
    return fault


def wrong_extension(texts: tuple[SourceText, ...]) -> list[str]:
    return [finding.detail for text in texts for finding in text.findings if finding.what == "wrong-extension"]


def test_every_format_of_the_table_has_its_reader_and_a_sample_here() -> None:
    assert set(GOOD) == set(FORMATS)
    for known in FORMATS.values():
        module, function = known.reader.split(".")
        assert callable(getattr(importlib.import_module(f"foran_research.corpus.readers.{module}"), function))


def test_what_first_bytes_and_words_tell_stands_in_the_table_and_no_ending_means_two_things() -> None:
    known = {**FORMATS, **REFUSED}
    assert {what for _, _, what in MAGIC} <= set(known)
    assert {what for _, what in OPENINGS} <= set(known)
    read_endings = [ending for known_ in FORMATS.values() for ending in known_.endings]
    refused = [ending for known_ in REFUSED.values() for ending in known_.endings]
    assert len(read_endings) == len(set(read_endings))
    assert set(read_endings) & set(refused) == {".zip"}
    assert all(ending == ending.casefold() and ending[0] == "." for ending in (*read_endings, *refused))


@pytest.mark.parametrize("what", GOOD)
def test_a_file_is_read_under_its_own_ending_without_a_word_about_it(tmp_path: Path, what: str) -> None:
    ending = ".tsv" if what == "whisper-tsv" else FORMATS[what].endings[0]
    path = tmp_path / f"kilde{ending.upper()}"
    path.write_bytes(GOOD[what])
    texts, faults = read(path)
    assert not faults, [str(fault) for fault in faults]
    assert "Hei" in texts[0].text
    assert wrong_extension(texts) == []


@pytest.mark.parametrize("ending", [".docx", ".pdf", ".txt", ".kari", ""])
@pytest.mark.parametrize("what", sorted(set(GOOD) - BY_ENDING))
def test_a_wrong_ending_does_not_hide_what_a_file_is(tmp_path: Path, what: str, ending: str) -> None:
    if ending in FORMATS[what].endings:
        return
    path = tmp_path / f"kilde{ending}"
    path.write_bytes(GOOD[what])
    texts, faults = read(path)
    assert not faults, [str(fault) for fault in faults]
    (detail,) = wrong_extension(texts[:1])
    assert FORMATS[what].title in detail


@pytest.mark.parametrize("ending", [".docx", ".pdf", ".odt", ".sqlite3", "", ".intervju", ".2026-05-04 Kari Nordmann"])
def test_plain_words_under_another_ending_are_read_as_plain_words(ending: str) -> None:
    faults = Faults()
    texts = read_bytes_of(TALK.encode(), ending, "kilde", faults)
    assert not faults
    assert unicodedata.normalize("NFC", "Hei, æøå 😀 a\u030a.") in texts[0].text
    (detail,) = wrong_extension(texts)
    assert "plain text" in detail
    assert "Kari" not in detail


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"])
def test_words_in_other_encodings_are_words(encoding: str) -> None:
    assert recognise("Kari: Så gjør vi det på Ås, ærlig talt.\n".encode(encoding) * 20, ".txt") == "text"
    assert recognise("WEBVTT\n\n00:01.000 --> 00:02.000\nÅ".encode(encoding), ".txt") == "vtt"


REFUSALS = {
    "gammel.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Word", ".docx"),
    "ukjent": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "before 2007", ".docx"),
    "svar.csv": (b"id;svar\n1;ja\n", "table", "survey"),
    "svar.tsv": (b"id\tsvar\n1\tja\n", "table", "survey"),
    "svar.xlsx": (zipped(xl__workbook_xml="<a/>"), "spreadsheet", "survey"),
    "svar.txt": (zipped(xl__workbook_xml="<a/>"), "spreadsheet", "survey"),
    "ark.ods": (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet", content_xml="<a/>"), "spreadsheet", "survey"),
    "foredrag.pptx": (zipped(ppt__presentation_xml="<a/>"), "presentation", ".txt"),
    "intervju.pages": (zipped(Index__Document_iwa=b"x"), "Pages", "Word"),
    "bok.epub": (zipped(mimetype="application/epub+zip", METAZ_ZINF__container_xml="<a/>"), "electronic book", "add that"),
    "artikkel.tex": (rb"\documentclass{article}", "LaTeX", "PDF"),
    "artikkel.txt": (rb"\documentclass{article}", "LaTeX", "PDF"),
    "kilder.ris": (b"TY  - JOUR\nER  - \n", "references", "transcript"),
    "bilde.txt": (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture", "OCR"),
    "bilde.jpg": (b"\xff\xd8\xff\xe0" + bytes(50), "picture", "OCR"),
    "opptak.mp3": (b"ID3\3" + bytes(50), "sound", "transcribed"),
    "opptak.m4a": (bytes(4) + b"ftypM4A " + bytes(50), "sound", "transcribed"),
    "opptak.wav": (b"RIFF\0\0\0\0WAVEfmt " + bytes(50), "sound", "transcribed"),
    "film.mp4": (bytes(4) + b"ftypisom" + bytes(50), "film", "transcribed"),
    "arkiv.zip": (zipped(a_txt="x"), "archive", "Unpack"),
    "arkiv.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(50), "archive", "Unpack"),
    "navn.key": (b"foran", "key", "leave it"),
    "navn.txt": (b"age-encryption.org/v1\n", "key", "leave it"),
    "kodebok.qdc": (b'<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0"/>', "codebook", "codebooks/"),
    "prosjekt.nvpx": (bytes(range(256)), "project of another tool", "REFI-QDA"),
    "flat.xml": (b'<?xml version="1.0"?><pkg:package xmlns:pkg="x"/>', "office document", ".docx"),
    "logg.jsonl": (b'{"a": 1}', "program", ".txt"),
    "notatbok.ipynb": (b'{"cells": [], "nbformat": 4}', "notebook", "notebook"),
    "noe.dat": (bytes(range(256)) * 4, "no text", ".txt"),
    "snarvei.lnk": (b"L\0\0\0" + bytes(80), "shortcut", "points to"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_no_transcript_is_refused_with_its_name_and_what_to_do(tmp_path: Path, name: str) -> None:
    content, found, remedy = REFUSALS[name]
    (tmp_path / name).write_bytes(content)
    fault = fault_of(tmp_path / name)
    assert fault.kind == "wrong-type"
    assert found in fault.found
    assert remedy in fault.remedy
    assert all(ending in fault.expected for ending in (".docx", ".odt", ".pdf", ".txt", ".vtt"))


def test_a_document_with_a_password_is_called_that(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    for name in ("a.docx", "a.xlsx", "a"):
        (tmp_path / name).write_bytes(content)
        assert fault_of(tmp_path / name).kind == "encrypted-file"


@pytest.mark.parametrize("ending", [ending for known in FORMATS.values() for ending in known.endings])
def test_empty_files_and_files_of_nothing_but_zeros_are_refused_whatever_their_ending(
    tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"kilde{ending}"
    path.write_bytes(b"")
    assert fault_of(path).kind == "empty-file"
    path.write_bytes(bytes(100_000))
    assert fault_of(path).kind not in ("", "empty-file")


def test_folders_missing_files_and_links_that_lead_nowhere_are_told(tmp_path: Path) -> None:
    (tmp_path / "mappe.docx").mkdir()
    (tmp_path / "intervju.pages").mkdir()
    assert fault_of(tmp_path / "mappe.docx").kind == "wrong-type"
    assert "Pages" in fault_of(tmp_path / "intervju.pages").remedy
    assert fault_of(tmp_path / "finnes ikke.docx").kind == "missing-file"
    assert fault_of(tmp_path / "mappe.docx" / "finnes ikke.docx").kind == "missing-file"
    assert fault_of(tmp_path / "null\0byte.docx").kind == "missing-file"
    assert fault_of(tmp_path / ("a" * 5000)).kind == "unreadable-file"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    (tmp_path / "kilde.txt").write_text(TALK, "utf-8")
    (tmp_path / "lenke.txt").symlink_to(tmp_path / "kilde.txt")
    (tmp_path / "borte.txt").symlink_to(tmp_path / "finnes ikke.txt")
    (tmp_path / "rundt.txt").symlink_to(tmp_path / "omigjen.txt")
    (tmp_path / "omigjen.txt").symlink_to(tmp_path / "rundt.txt")
    assert len(read(tmp_path / "lenke.txt")[0]) == 1
    assert "link" in fault_of(tmp_path / "borte.txt").found
    assert fault_of(tmp_path / "rundt.txt").kind == "unreadable-file"


@pytest.mark.skipif(os.name == "nt", reason="no named pipes in folders on Windows")
def test_a_pipe_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "kilde.txt")
    assert fault_of(tmp_path / "kilde.txt").kind == "wrong-type"


def test_a_file_that_the_system_does_not_give_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kilde.txt"
    path.write_text(TALK, "utf-8")

    def denied(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    fault = fault_of(path)
    assert fault.kind == "unreadable-file"
    assert "Permission denied" in fault.found


@pytest.mark.parametrize(
    "name", ["Møte på Ås 4. mai.txt", "Bla\u030aba\u0308r 😀.txt", " foran og bak .txt", "-v.txt", "a'b\"c.txt"]
)
def test_names_may_hold_anything_that_a_disk_takes(tmp_path: Path, name: str) -> None:
    if os.name == "nt" and '"' in name:
        pytest.skip("no quotation marks in names on Windows")
    (tmp_path / name).write_text(TALK, "utf-8")
    texts, faults = read(tmp_path / name)
    assert not faults
    assert len(texts) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep names in Unicode")
def test_a_name_that_is_no_unicode_is_read_and_can_be_printed(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/m\xf8te.docx"))
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert str(fault_of(path)).encode("utf-8")


def test_the_ending_of_a_windows_path_is_its_ending() -> None:
    assert PureWindowsPath(r"C:\Users\Kari Å\intervju.DOCX").suffix.casefold() in FORMATS["docx"].endings
    assert recognise(TALK.encode(), " .TXT ".strip().casefold()) == "text"


def test_a_file_beyond_the_limit_is_refused_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "stor.txt"
    with path.open("wb") as file:
        file.truncate(readers.MAX_BYTES + 1)
    assert fault_of(path).kind == "too-big"
    # A file that grows between the look and the reading is not read to its end either.
    monkeypatch.setattr(readers, "MAX_BYTES", 100)
    path.write_bytes(b"a" * 100)
    assert len(read(path)[0]) == 1
    path.write_bytes(b"a" * 101)
    assert fault_of(path).kind == "too-big"
    assert read_bytes_of(b"a" * 101, ".txt", "a", Faults()) == ()


def test_a_folder_of_qualcoder_is_read_by_its_database(tmp_path: Path) -> None:
    (tmp_path / "mitt.qda").mkdir()
    (tmp_path / "mitt.qda/data.qda").write_bytes(taguette())
    texts, faults = read(tmp_path / "mitt.qda")
    assert not faults
    assert len(texts) == 1


def test_a_reader_that_gives_nothing_and_says_nothing_is_not_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foran_research.corpus.readers.plain.read_text", lambda *_: ())
    faults = Faults()
    assert read_bytes_of(b"Kari: Hei", ".txt", "a", faults) == ()
    assert [fault.kind for fault in faults] == ["empty-text"]


def test_faults_never_hold_words_of_the_source() -> None:
    inner_word = "Hemmelighet"
    for what, content in GOOD.items():
        for ending in (".docx", ".csv", ".srt", ".json", FORMATS[what].endings[0] if FORMATS[what].endings else ""):
            for broken in (
                content[: len(content) // 2] + inner_word.encode(),
                inner_word.encode() + content,
                inner_word.encode() * 3,
            ):
                faults = Faults()
                texts = read_bytes_of(broken, ending, "kilde", faults)
                told = [*map(str, faults), *(f"{f.what} {f.detail}" for text in texts for f in text.findings)]
                assert not any(inner_word in line for line in told), (what, ending)
