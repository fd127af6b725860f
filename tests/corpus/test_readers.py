"""Source files as they come: encodings, marks, labels, paragraphs. All talk is invented."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from foran_research.corpus.conventions import Understood, understand
from foran_research.corpus.readers import read_texts
from foran_research.errors import Faults

TALK = "Intervjuer: Hvordan gikk det?\nKari: Bra 😀, sa Ågot.\nIntervjuer: Og så?\nKari: Så var vi ferdige."
TURNS = (
    ("Intervjuer", "Hvordan gikk det?"),
    ("Kari", "Bra 😀, sa Ågot."),
    ("Intervjuer", "Og så?"),
    ("Kari", "Så var vi ferdige."),
)


def read(folder: Path, data: str | bytes, name: str = "kilde.txt") -> tuple[Understood | None, Faults]:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    faults = Faults()
    texts = read_texts(path, faults)
    return (understand(texts[0]) if texts else None), faults


def paragraphs(folder: Path, data: str | bytes) -> tuple[tuple[str | None, str], ...]:
    source, faults = read(folder, data)
    assert source is not None, [str(fault) for fault in faults]
    assert not faults
    return tuple((turn.speaker or None, turn.words) for turn in source.turns)


ENCODED = {
    "UTF-8": TALK.encode(),
    "UTF-8 with its mark": b"\xef\xbb\xbf" + TALK.encode(),
    "UTF-16, little end first, with its mark": b"\xff\xfe" + TALK.encode("utf-16-le"),
    "UTF-16, big end first, with its mark": b"\xfe\xff" + TALK.encode("utf-16-be"),
    "carriage returns and line feeds": TALK.replace("\n", "\r\n").encode(),
    "carriage returns": TALK.replace("\n", "\r").encode(),
    "decomposed letters": unicodedata.normalize("NFD", TALK).encode(),
    "blank lines between": TALK.replace("\n", "\n\n").encode(),
    "lines of only space between": TALK.replace("\n", "\n \t\n").encode(),
    "space before and after": TALK.replace("\n", "  \n  ").encode(),
}
LABELLED = {
    "bold labels": "**{}:** {}",
    "bold names": "**{}**: {}",
    "tabs": "{}:\t{}",
    "words below their label": "{}:\n{}",
    "words below a bold label": "**{}:**\n{}",
}


@pytest.mark.parametrize("data", ENCODED.values(), ids=ENCODED.keys())
def test_the_same_talk_is_read_from_every_encoding(tmp_path: Path, data: bytes) -> None:
    assert "A\u030a" in unicodedata.normalize("NFD", TALK)
    assert paragraphs(tmp_path, data) == TURNS


@pytest.mark.parametrize("shape", LABELLED.values(), ids=LABELLED.keys())
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_the_same_talk_is_read_from_every_way_to_write_labels(tmp_path: Path, shape: str, between: str) -> None:
    assert paragraphs(tmp_path, between.join(shape.format(*turn) for turn in TURNS)) == TURNS


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_turns_wrapped_over_many_lines_are_put_together(tmp_path: Path, between: str) -> None:
    # Four lines to a turn: only one line in four bears a label.
    wrapped = between.join(f"{who}: linje en\nlinje to\nlinje tre\nlinje fire" for who, _ in TURNS)
    assert paragraphs(tmp_path, wrapped) == tuple((who, "linje en linje to linje tre linje fire") for who, _ in TURNS)


def test_a_turn_of_many_paragraphs_is_one_turn(tmp_path: Path) -> None:
    long = "\n\n".join(f"{who}: en\n\nto\n\ntre\n\nfire" for who, _ in TURNS)
    assert paragraphs(tmp_path, long) == tuple((who, "en to tre fire") for who, _ in TURNS)


def test_labels_may_hold_digits_points_hyphens_and_underscores(tmp_path: Path) -> None:
    text = "aal_uio_02: ja\nFJO-PL-01: nei\nDr. Å. Øst: kanskje\naal_uio_02: da\n"
    source, _ = read(tmp_path, text)
    assert source is not None
    assert list(source.speakers) == ["aal_uio_02", "FJO-PL-01", "Dr. Å. Øst"]


def test_words_before_the_first_label_are_nobodys(tmp_path: Path) -> None:
    assert paragraphs(tmp_path, f"Samtale i mai\n{TALK}") == ((None, "Samtale i mai"), *TURNS)


def test_a_text_without_labels_is_read_in_paragraphs_on_one_line_each(tmp_path: Path) -> None:
    text = "Et avsnitt som\ner brutt   over\nflere linjer.\n\n\n \n\x0c\nDet neste: med kolon.\n"
    assert paragraphs(tmp_path, text) == (
        (None, "Et avsnitt som er brutt over flere linjer."),
        (None, "Det neste: med kolon."),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Utfordring: det er vanskelig.\n\nEn linje.\n\nEn til.\n\nOg en.\n\nTiltak: å måle.\n",
        "Klokka 12:30 møttes vi.\n\nSe også: vedlegg.\n\nSlutt.\n",
        "Merk: dette.\nResten av avsnittet\nuten kolon.\n",
    ],
)
def test_a_colon_does_not_make_a_conversation(tmp_path: Path, text: str) -> None:
    assert {speaker for speaker, _ in paragraphs(tmp_path, text)} == {None}


@pytest.mark.parametrize("data", [b"", b"\n \n\t\n", b"\xef\xbb\xbf", b"---\nnavn: Kari\n---\n"])
def test_a_file_without_words_is_named(tmp_path: Path, data: bytes) -> None:
    source, (fault,) = read(tmp_path, data)
    assert source is None
    assert fault.kind in ("empty-text", "empty-file")


@pytest.mark.parametrize("name", ["kilde.md", "KILDE.TXT", "kilde.Md"])
def test_the_ending_may_be_written_in_capitals(tmp_path: Path, name: str) -> None:
    source, _ = read(tmp_path, TALK, name)
    assert source is not None
