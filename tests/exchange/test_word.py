"""Passages as a Word document: everything is there, in order, and the bytes repeat."""

from __future__ import annotations

import io
import time
import zipfile

import docx

from foran_research.exchange.word import Block, docx_bytes

BLOCKS = (
    Block("1. FJO-I01, ytring 2", ("2020-03-04 · FJO", "P1 behov · fremmer · K1"), "foran ", "Vi spurte 😀 i A\u030as", " etter"),
    Block("2. HEI-I02", ("P2",)),
)  # fmt: skip


def made() -> bytes:
    return docx_bytes("Treff: søk", notices=["Oppdiktet.", "Invented."], about=[("Søk", "P1 AND P2")], blocks=BLOCKS)


def test_title_notices_and_passages_stand_in_order() -> None:
    page = docx.Document(io.BytesIO(made()))
    assert [p.text for p in page.paragraphs] == [
        "Treff: søk", "Oppdiktet.", "Invented.", "Søk: P1 AND P2", "1. FJO-I01, ytring 2", "2020-03-04 · FJO",
        "P1 behov · fremmer · K1", "foran Vi spurte 😀 i A\u030as etter", "2. HEI-I02", "P2",
    ]  # fmt: skip
    assert [p.text for p in page.paragraphs if p.style is not None and p.style.name == "Heading 2"] == [
        "1. FJO-I01, ytring 2",
        "2. HEI-I02",
    ]


def test_the_passage_itself_is_bold_and_what_stands_around_it_is_not() -> None:
    page = docx.Document(io.BytesIO(made()))
    (quoted,) = [p for p in page.paragraphs if p.text.startswith("foran ")]
    assert [(run.text, bool(run.bold)) for run in quoted.runs] == [
        ("foran ", False),
        ("Vi spurte 😀 i A\u030as", True),
        (" etter", False),
    ]


def test_the_same_passages_give_the_same_bytes_on_any_day() -> None:
    first = made()
    time.sleep(2.1)  # zip archives tell time in steps of two seconds
    assert made() == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert "python-docx" not in core
    assert "2013-" not in core


def test_control_characters_do_not_stop_it() -> None:
    page = docx.Document(io.BytesIO(docx_bytes("a\x00b", blocks=[Block("x\x0b", (), "", "å\ufffe", "")])))
    assert [p.text for p in page.paragraphs] == ["a\ufffdb", "x\ufffd", "å\ufffd"]
