"""Text, Markdown, subtitles, ELAN and recognisers' files: what is read, what is told, what is refused. All invented."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foran_research.corpus.readers.cues import read_srt, read_vtt
from foran_research.corpus.readers.eaf import read_eaf
from foran_research.corpus.readers.encodings import cleaned, decoded
from foran_research.corpus.readers.noscribe import is_noscribe, without_header
from foran_research.corpus.readers.plain import read_markdown, read_text
from foran_research.corpus.readers.whisper import is_whisper_json, read_whisper_json, read_whisper_tsv
from foran_research.corpus.source import Finding, Paragraph, SourceText
from foran_research.errors import Faults

Reader = Callable[[bytes, str, Faults], Sequence[SourceText]]
READERS: dict[str, Reader] = {
    "a.txt": read_text,
    "a.md": read_markdown,
    "a.vtt": read_vtt,
    "a.srt": read_srt,
    "a.eaf": read_eaf,
    "a.json": read_whisper_json,
    "a.tsv": read_whisper_tsv,
}
TALK = "Åse: Så får vi håpe på blåbær – «ja», sa Øystein.\nKåre: Ærlig talt, én gang til."


def good(reader: Reader, data: bytes | str) -> SourceText:
    faults = Faults()
    (found,) = reader(data.encode() if isinstance(data, str) else data, "fil", faults)
    assert not faults, [str(fault) for fault in faults]
    return found


def refused(reader: Reader, data: bytes | str) -> tuple[str, int | None]:
    faults = Faults()
    assert tuple(reader(data.encode() if isinstance(data, str) else data, "fil", faults)) == ()
    (fault,) = faults
    assert not fault.is_warning
    return fault.kind, fault.line


def told(source: SourceText) -> dict[str, int]:
    return {one.what: one.count for one in source.findings if one.what != "encoding"}


def encoding(source: SourceText) -> str:
    return "; ".join(one.detail for one in source.findings if one.what == "encoding")


def words(source: SourceText) -> list[str]:
    return [paragraph.words for paragraph in source.paragraphs]


# --- encodings

ENCODED = {
    "UTF-8": (TALK.encode(), "UTF-8"),
    "UTF-8 with its mark": (b"\xef\xbb\xbf" + TALK.encode(), "UTF-8 with a byte-order mark"),
    "decomposed": (unicodedata.normalize("NFD", TALK).encode(), "UTF-8"),
    "UTF-16, little end first": (b"\xff\xfe" + TALK.encode("utf-16-le"), "UTF-16 with a byte-order mark"),
    "UTF-16, big end first": (b"\xfe\xff" + TALK.encode("utf-16-be"), "UTF-16 with a byte-order mark"),
    "UTF-16 without a mark": (TALK.encode("utf-16-le"), "UTF-16 without a byte-order mark"),
    "UTF-16 without a mark, big end first": (TALK.encode("utf-16-be"), "UTF-16 without a byte-order mark"),
    "UTF-32": (TALK.encode("utf-32"), "UTF-32 with a byte-order mark"),
    "UTF-32 without a mark": (TALK.encode("utf-32-be"), "UTF-32 without a byte-order mark"),
    "Windows": (TALK.encode("cp1252"), "cp1252"),
    "old Mac": (TALK.encode("mac_roman"), "Mac Roman"),
    "twice": (TALK.encode().decode("cp1252", "replace").replace("\ufffd", "\x81").encode(), "mended"),
}


@pytest.mark.parametrize(("data", "detail"), ENCODED.values(), ids=ENCODED.keys())
def test_the_same_talk_is_read_from_every_encoding_and_told_of(data: bytes, detail: str) -> None:
    found = good(read_text, data)
    assert found.text == unicodedata.normalize("NFC", TALK)
    assert detail in encoding(found)


@pytest.mark.parametrize("dos", ["cp865", "cp850"])
def test_talk_from_dos_is_read(dos: str) -> None:
    talk = "Åse: Så får vi håpe på blåbær, sa Øystein.\nKåre: Ærlig talt, én gang til."
    found = good(read_text, talk.encode(dos))
    assert found.text == talk
    assert encoding(found).startswith("cp8")


NORWEGIAN = "så må vi få på plass noe æra øre år blåbær før kjøp gjør være æsj Øst Åsa Ærlig ØVRE PÅ ÅRET é én".split()


@given(st.lists(st.sampled_from(NORWEGIAN), min_size=3, max_size=30), st.sampled_from(["cp1252", "mac_roman", "cp865"]))
def test_norwegian_words_are_read_right_from_single_bytes(said: list[str], name: str) -> None:
    text = " ".join(said)
    assert good(read_text, text.encode(name)).text == text


@pytest.mark.parametrize("letter", "æøåÆØÅ")
@pytest.mark.parametrize("name", ["cp1252", "mac_roman", "cp865"])
def test_one_letter_in_one_word_is_enough(letter: str, name: str) -> None:
    text = f"{letter}vre" if letter.isupper() else f"bl{letter}r"
    assert good(read_text, text.encode(name)).text == text


def test_stray_bytes_among_utf8_are_read_and_counted() -> None:
    data = (
        "Åse: så 😀 “hei”\n".encode()
        + "Kåre: på\n".encode("cp1252")
        + "Åse: på ".encode()
        + "få – nå\n".encode("cp1252")
    )
    found = good(read_text, data)
    assert found.text == "Åse: så 😀 “hei”\nKåre: på\nÅse: på få – nå"
    assert encoding(found) == "UTF-8 with 5 stray bytes on 2 lines, read as cp1252"


def test_what_may_be_encoded_twice_is_told_of_and_not_touched() -> None:
    found = good(read_text, "Ã¸rsta og ørsta")
    assert found.text == "Ã¸rsta og ørsta"
    assert "left as it stands" in encoding(found)
    assert encoding(good(read_text, "Ã er en bokstav, Â også.")) == "UTF-8"


def test_lines_end_in_every_way_and_unseen_characters_are_dropped_and_counted() -> None:
    raw = "a\r\nb\rc\u2028d\x85e\vf\r\r\ng\u2029h\x07\u200b\u00adi\ufeff 👩\u200d🔧 a\u200db"
    text, found = cleaned(raw)
    assert text == "a\nb\nc\nd\ne\nf\ng\n\nhi 👩\u200d🔧 ab"
    assert found == [Finding("control-character", 5, is_carried=False)]


def test_letters_lost_before_are_told_of() -> None:
    assert "lost" in encoding(good(read_text, "bl\ufffdb\ufffdr"))


@pytest.mark.parametrize(
    ("data", "kind", "line"),
    [
        (b"", "empty-file", None),
        (b"\n \n\t\n", "empty-text", None),
        (b"\xef\xbb\xbf", "empty-text", None),
        (b"---\nnavn: x\n---\n", "empty-text", None),
        (b"hei\nnull\0tegn", "not-text", 2),
        (bytes(range(256)) * 4, "not-text", 1),
        (bytes(range(1, 256)) * 4, "not-text", None),
        (b"\xff\xfe" + "hei\0".encode("utf-16-le"), "not-text", 1),
    ],
)
def test_what_is_no_text_is_refused_with_its_kind(data: bytes, kind: str, line: int | None) -> None:
    assert refused(read_text, data) == (kind, line)


# --- text and Markdown


def test_a_text_is_read_in_blocks_with_their_lines_and_their_places() -> None:
    found = good(read_text, "\n\nÅse: hei\n  Kåre: \tja  \n \t\nSlutt 😀.\n")
    assert [(p.words, p.place, p.kind) for p in found.paragraphs] == [
        ("Åse: hei\nKåre: \u2003ja", 3, "text"),
        ("Slutt 😀.", 6, "text"),
    ]


def test_front_matter_is_left_out_and_told_of() -> None:
    found = good(read_text, "---\nnavn: Åse\ndato: x\n---\n\nHei.\n")
    assert ([(p.words, p.place) for p in found.paragraphs], told(found)) == ([("Hei.", 6)], {"front-matter": 2})


def test_labels_in_stars_begin_a_paragraph_of_markdown_and_stay_in_a_plain_text() -> None:
    data = "**Åse:** Hei,\nalle.\n**Kåre**: Ja, 2 ** 3.\n**Åse [00:01:02]:** Å.\nSlutt."
    assert [(p.words, p.bold, p.place) for p in good(read_markdown, data).paragraphs] == [
        ("Åse: Hei,\nalle.", 4, 1),
        ("Kåre: Ja, 2 ** 3.", 4, 3),
        ("Åse [00:01:02]: Å.\nSlutt.", 15, 4),
    ]
    assert words(good(read_text, data)) == [data]


@pytest.mark.parametrize(
    ("reader", "data"),
    [
        (read_markdown, "**a**\u030a: x"),
        (read_markdown, "**a:**&#778;"),
        (read_srt, "00:01 --> 00:02\na<b>\u030a</b>"),
    ],
)
def test_letters_and_accents_that_marks_divided_come_together(reader: Reader, data: str) -> None:
    (found,) = words(good(reader, data))
    assert unicodedata.is_normalized("NFC", found)


MARKDOWN = """# Samtale *i* mai

Tittel
------
<!-- Åse
heter x --> **Åse:** Hei, *du* og __dere__, snake_case_navn, 2\\*3 &amp; [lenke](http://x.no).
![bilde](a.png)
**Kåre:** Ja.

> Sitat 😀

***

| Taler | Tekst |
|-------|:-----:|
| Åse   | Hei \\| du |
"""


def test_markdown_is_read_without_its_marks() -> None:
    found = good(read_markdown, MARKDOWN)
    assert [(p.kind, p.words, p.bold, p.row, p.place) for p in found.paragraphs] == [
        ("heading", "Samtale i mai", 0, 0, 1),
        ("heading", "Tittel", 0, 0, 3),
        ("text", "Åse: Hei, du og dere, snake_case_navn, 2*3 & lenke.", 4, 0, 6),
        ("text", "Kåre: Ja.", 5, 0, 8),
        ("text", "Sitat 😀", 0, 0, 10),
        ("cell", "Taler", 0, 1, 14),
        ("cell", "Tekst", 0, 1, 14),
        ("cell", "Åse", 0, 2, 16),
        ("cell", "Hei | du", 0, 2, 16),
    ]
    counts = told(found)
    assert {what: counts[what] for what in ("comment", "image", "link", "table")} == dict.fromkeys(
        ("comment", "image", "link", "table"), 1
    )


def test_our_own_texts_come_back_as_they_were() -> None:
    found = good(read_markdown, "---\nx: y\n---\n\n**A-P1 [00:01:02]:** Å ja.\n\n**Intervjuer:** Så?\n")
    assert words(found) == ["A-P1 [00:01:02]: Å ja.", "Intervjuer: Så?"]


NOSCRIBE = (
    "Samtale med Åse\n\nTranscribed with noScribe vers. 0.7\nAudio file: C:/Users/kåre/Åse.mp3\n"
    "(Language: Norwegian (no) | Start: x)\n\n"
    "(12 seconds pause)\n\nS00: [00:00:12] Hei 😀. //S01: Ja. // Nå?\n\nS01: [00:00:15] Å.\n"
)


def test_noscribes_header_is_left_out_and_told_of() -> None:
    found = good(read_text, NOSCRIBE)
    assert words(found) == ["(12 seconds pause)", "S00: [00:00:12] Hei 😀. //S01: Ja. // Nå?", "S01: [00:00:15] Å."]
    assert told(found) == {"metadata": 4, "overlap": 1}
    assert found.paragraphs[0].place == 7


def test_noscribes_header_is_known_in_other_formats_too() -> None:
    made = SourceText("html", tuple(Paragraph(line) for line in NOSCRIBE.split("\n") if line))
    assert is_noscribe(made.paragraphs)
    assert words(without_header(made))[0] == "(12 seconds pause)"
    other = SourceText("html", (Paragraph("Hei."),))
    assert without_header(other) is other


# --- subtitles

VTT = """WEBVTT - Åses film
Kind: captions

NOTE
Kåre oversatte.

STYLE
::cue { color: red }

1
00:01.000 --> 00:02.500 align:start position:0%
<v Åse Ørbæk>Hei &amp; <i>du</i> <utydelig></v>
<v.loud Kåre>Ja 😀.

navn på en ting
00:00:02,500 --> 00:00:04.000
Bare ord.
00:00:04.000 --> 00:00:05.000
Tett på.

00:00:0x.000 --> 00:00:07.000
Tapt.

Uten tid.

00:00:08.000 --> 00:00:09.000

"""


def test_webvtt_is_read_with_its_voices_and_times() -> None:
    found = good(read_vtt, VTT)
    assert [(p.speaker, p.words, p.time, p.end, p.place) for p in found.paragraphs] == [
        ("Åse Ørbæk", "Hei & du <utydelig>", 1.0, 2.5, 11),
        ("Kåre", "Ja 😀.", 1.0, 2.5, 11),
        ("", "Bare ord.", 2.5, 4.0, 16),
        ("", "Tett på.", 4.0, 5.0, 18),
    ]
    assert told(found) == {
        "metadata": 2, "note-cue": 1, "style-cue": 1, "formatting": 2, "empty-cue": 1, "malformed-cue": 2,
    }  # fmt: skip
    assert next(one.detail for one in found.findings if one.what == "malformed-cue") == "from lines 21, 24"


SRT = (
    "1\n00:00:01,000 --> 00:00:02,000\nÅse: Hei{\\an8}\n2\n0:0:3.5 --> 0:0:4,25\n<font color=red>42</font>\n42\n\n"
    "3\n01:00:00,000 --> 00:00:05,000 Ord på linja\nOg 😀"
)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n"])
def test_subrip_is_read_with_and_without_blank_lines(end: str) -> None:
    found = good(read_srt, SRT.replace("\n", end))
    assert [(p.words, p.time, p.end) for p in found.paragraphs] == [
        ("Åse: Hei", 1.0, 2.0),
        ("42\n42", 3.5, 4.25),
        ("Ord på linja\nOg 😀", 3600.0, None),
    ]


ROLLING = """WEBVTT

00:00:00.000 --> 00:00:01.000
vi skal<00:00:00.500><c> lese</c>

00:00:01.000 --> 00:00:01.010
vi skal lese

00:00:01.010 --> 00:00:02.000
vi skal lese
på<00:00:01.500><c> nytt</c>

00:00:02.000 --> 00:00:02.010
på nytt
"""


def test_captions_that_roll_are_read_once() -> None:
    found = good(read_vtt, ROLLING)
    assert [(p.words, p.time) for p in found.paragraphs] == [("vi skal lese", 0.0), ("på nytt", 1.01)]
    assert told(found)["repeated-cue"] == 3


def test_what_is_said_twice_stays_said_twice() -> None:
    data = "WEBVTT\n\n" + "\n\n".join(f"00:0{n}.000 --> 00:0{n + 1}.000\nJa." for n in range(5))
    assert words(good(read_vtt, data)) == ["Ja."] * 5


@pytest.mark.parametrize(
    ("reader", "data", "kind"),
    [
        (read_vtt, "", "empty-file"),
        (read_vtt, "WEBVTT\n", "empty-text"),
        (read_vtt, "WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "empty-text"),
        (read_vtt, "bare tekst\n", "broken-file"),
        (read_srt, "1\nnoe tekst\n", "broken-file"),
        (read_srt, "1\n00:00:0x,000 --> 00:00:02,000\nHei\n", "broken-file"),
    ],
)
def test_subtitles_without_one_good_cue_are_refused(reader: Reader, data: str, kind: str) -> None:
    assert refused(reader, data)[0] == kind


# --- ELAN


def eaf(tiers: str, slots: str = "", head: str = "") -> str:
    header = f'<HEADER TIME_UNITS="milliseconds">{head}</HEADER><TIME_ORDER>{slots}</TIME_ORDER>'
    root = "ANNOTATION_DOCUMENT"
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} AUTHOR="Åse">{header}{tiers}</{root}>'


def slot(number: int, value: str) -> str:
    return f'<TIME_SLOT TIME_SLOT_ID="ts{number}"{value and f" TIME_VALUE={chr(34)}{value}{chr(34)}"}/>'


def annotation(kind: str, attributes: str, said: str) -> str:
    value = f"<ANNOTATION_VALUE>{said}</ANNOTATION_VALUE>"
    return f"<ANNOTATION><{kind}_ANNOTATION {attributes}>{value}</{kind}_ANNOTATION></ANNOTATION>"


def aligned(id: str, begin: int, end: int, said: str) -> str:
    return annotation("ALIGNABLE", f'ANNOTATION_ID="{id}" TIME_SLOT_REF1="ts{begin}" TIME_SLOT_REF2="ts{end}"', said)


def referring(id: str, parent: str, said: str) -> str:
    return annotation("REF", f'ANNOTATION_ID="{id}" ANNOTATION_REF="{parent}"', said)


SLOTS = slot(1, "1000") + slot(2, "") + slot(3, "") + slot(4, "4000") + slot(5, "2500") + slot(6, "5000")
MEDIA = '<MEDIA_DESCRIPTOR MEDIA_URL="file:///hemmelig/åse.wav" MIME_TYPE="audio/x-wav"/>'
KAARE = f'<TIER TIER_ID="K" PARTICIPANT="Kåre Lund">{aligned("a1", 1, 2, "Hei 😀")}{aligned("a2", 3, 4, " a&#x30A; ja ")}</TIER>'
AASE = f'<TIER TIER_ID="Åse">{aligned("a3", 5, 6, "Nå?")}{aligned("a4", 5, 6, " ")}</TIER>'
BELOW = f'<TIER TIER_ID="en" PARENT_REF="Åse">{referring("a5", "a3", "Now?")}</TIER>'


def test_elans_tiers_are_put_together_in_the_order_of_time() -> None:
    found = good(read_eaf, eaf(BELOW + KAARE + AASE, SLOTS, MEDIA))
    assert [(p.speaker, p.words, p.time, p.end) for p in found.paragraphs] == [
        ("Kåre Lund", "Hei 😀", 1.0, 2.0),
        ("Åse", "Nå?", 2.5, 5.0),
        ("Kåre Lund", "å ja", 3.0, 4.0),
    ]
    assert told(found) == {"metadata": 1, "dependent-tier": 1, "empty-annotation": 1, "overlap": 1}
    assert not any("hemmelig" in str(one) or "Åse" in str(one) for one in found.findings)


def test_tiers_that_stand_on_others_are_carried_where_only_they_have_words() -> None:
    top = f'<TIER TIER_ID="ref">{aligned("a1", 1, 4, "")}</TIER>'
    middle = f'<TIER TIER_ID="tx" PARENT_REF="ref" PARTICIPANT="Åse">{referring("a2", "a1", "Hei på deg.")}</TIER>'
    low = f'<TIER TIER_ID="gl" PARENT_REF="tx">{referring("a3", "a2", "gloss")}</TIER>'
    found = good(read_eaf, eaf(top + middle + low, SLOTS))
    assert [(p.speaker, p.words, p.time, p.end) for p in found.paragraphs] == [("Åse", "Hei på deg.", 1.0, 4.0)]
    assert told(found)["dependent-tier"] == 1


def test_annotations_that_refer_in_a_ring_have_no_time_and_do_no_harm() -> None:
    ring = referring("a1", "a2", "Å") + referring("a2", "a1", "Ja")
    found = good(read_eaf, eaf(f'<TIER TIER_ID="x" PARENT_REF="y">{ring}</TIER><TIER TIER_ID="y" PARENT_REF="x"/>'))
    assert [(p.words, p.time) for p in found.paragraphs] == [("Å", None), ("Ja", None)]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("", "empty-file"),
        ("<a", "broken-file"),
        ("<a/>", "wrong-type"),
        (eaf(""), "empty-text"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><ANNOTATION_DOCUMENT>&b;</ANNOTATION_DOCUMENT>', "xml-entities"),
    ],
)
def test_what_is_no_elan_file_is_refused(data: str, kind: str) -> None:
    assert refused(read_eaf, data)[0] == kind


# --- recognisers

SHAPES = {
    "Whisper": {"text": "x", "segments": [{"id": 0, "start": 0.5, "end": 2, "text": " Åh 😀."}], "language": "no"},
    "whisper.cpp": {"transcription": [{"timestamps": {}, "offsets": {"from": 500, "to": 2000}, "text": " Åh 😀."}]},
    "whisper.cpp without offsets": {
        "transcription": [{"timestamps": {"from": "00:00:00,500", "to": "00:00:02,000"}, "text": " Åh 😀."}]
    },
    "transformers": {"text": "x", "chunks": [{"timestamp": [0.5, 2.0], "text": " Åh 😀."}]},
    "a bare list": [{"start": "0.5", "end": "2", "text": "Åh 😀."}],
    "words only": {"segments": [{"start": 0.5, "end": 2, "words": [{"word": " Åh"}, {"word": "😀."}]}]},
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_of_a_recognisers_json_is_read(shape: object) -> None:
    data = json.dumps(shape)
    assert is_whisper_json(data)
    assert [(p.words, p.time, p.end) for p in good(read_whisper_json, data).paragraphs] == [("Åh 😀.", 0.5, 2.0)]


def test_speakers_of_whisperx_are_read_and_segments_that_are_none_told_of() -> None:
    segments = [
        {
            "start": 0,
            "end": 1,
            "text": "Hei.",
            "speaker": "SPEAKER_00",
            "words": [{"word": "Hei.", "speaker": "SPEAKER_01"}],
        },
        {"start": 2, "end": 1, "text": "Å.\u0007"},
        {"start": 3, "text": 7},
        "x",
        {"start": float("nan"), "end": 1e999, "text": " "},
    ]
    found = good(read_whisper_json, json.dumps({"segments": segments}))
    assert [(p.speaker, p.words, p.time, p.end) for p in found.paragraphs] == [
        ("SPEAKER_00", "Hei.", 0, 1),
        ("", "Å.", 2, None),
    ]
    assert told(found) == {"word-times": 1, "overlap": 1, "control-character": 1, "malformed-cue": 2, "empty-cue": 1}


def test_a_table_of_a_recogniser_is_read_in_milliseconds_or_seconds() -> None:
    found = good(read_whisper_tsv, "start\tend\ttext\n500\t2000\tÅh\t😀.\n\n2000\t3000\t \nx\ty\tz\n")
    assert [(p.words, p.time, p.end, p.place) for p in found.paragraphs] == [("Åh\u2003😀.", 0.5, 2.0, 2)]
    assert told(found) == {"empty-cue": 1, "malformed-cue": 1}
    found = good(read_whisper_tsv, "Start\tStop\tSpeaker\tText\n0.5\t2.0\tÅse\tHei\n")
    assert [(p.speaker, p.words, p.time) for p in found.paragraphs] == [("Åse", "Hei", 0.5)]


@pytest.mark.parametrize(
    ("reader", "data", "kind"),
    [
        (read_whisper_json, "{", "broken-file"),
        (read_whisper_json, "[" * 100_000, "broken-file"),
        (read_whisper_json, '{"a": ' + "9" * 5000 + "}", "broken-file"),
        (read_whisper_json, '{"cells": []}', "wrong-type"),
        (read_whisper_json, "7", "wrong-type"),
        (read_whisper_json, '{"segments": []}', "empty-text"),
        (read_whisper_tsv, "a\tb\n1\t2\n", "wrong-type"),
        (read_whisper_tsv, "start\tend\ttext\n", "empty-text"),
    ],
)
def test_what_no_recogniser_wrote_is_refused(reader: Reader, data: str, kind: str) -> None:
    assert refused(reader, data)[0] == kind


# --- all of them

SEEDS: dict[str, bytes] = {
    "a.txt": NOSCRIBE.encode(),
    "a.md": MARKDOWN.encode(),
    "a.vtt": VTT.encode(),
    "a.srt": SRT.encode(),
    "a.eaf": eaf(BELOW + KAARE + AASE, SLOTS, MEDIA).encode(),
    "a.json": json.dumps(SHAPES["Whisper"]).encode(),
    "a.tsv": "start\tend\ttext\n500\t2000\tÅh 😀.\n".encode(),
}


def is_in_order(found: Sequence[SourceText], faults: Faults) -> None:
    """What every reader promises of whatever it was given."""
    if not found:
        assert len(faults.errors) == 1
        return
    assert not faults.errors
    for source in found:
        assert any(paragraph.words for paragraph in source.paragraphs)
        for paragraph in source.paragraphs:
            assert unicodedata.is_normalized("NFC", paragraph.words)
            for text in (paragraph.words, paragraph.speaker):
                assert not any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in text)
            assert 0 <= paragraph.bold <= len(paragraph.words)
            assert paragraph.time is None or 0 <= paragraph.time < 1e12
        assert all(one.count > 0 for one in source.findings)


def changed(data: bytes, chance: random.Random) -> bytes:
    """`data` with a few bytes changed, cut, doubled or put in."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at, size = chance.randrange(len(made) + 1), chance.randint(1, 24)
        change = chance.randrange(5)
        if change == 0:
            made[at : at + size] = chance.randbytes(size)
        elif change == 1:
            del made[at : at + size]
        elif change == 2:
            made[at:at] = made[at : at + size] * chance.randint(1, 4)
        elif change == 3:
            made[at:at] = chance.choice(
                [b"\0", b"\n\n", b"<", b"-->", b"**", b"\xff", b"&#7;", b"\xe2\x80\xa8", b"|", b'"', b"{"]
            )
        else:
            made = made[: max(1, at)]
    return bytes(made)


@pytest.mark.parametrize("name", READERS)
def test_damaged_files_are_read_or_refused_with_one_fault(name: str) -> None:
    chance = random.Random(1302)  # noqa: S311
    for _ in range(150):
        faults = Faults()
        is_in_order(READERS[name](changed(SEEDS[name], chance), name, faults), faults)


@given(st.binary(max_size=300), st.sampled_from(sorted(READERS)))
@example(b"\xff\xfe\0\0", "a.txt")
@example(b"<v", "a.vtt")
def test_any_bytes_are_read_or_refused_with_one_fault(data: bytes, name: str) -> None:
    faults = Faults()
    is_in_order(READERS[name](data, name, faults), faults)


HARD = (
    "|",
    "-",
    "|-",
    "*",
    "**a",
    "*a ",
    "_a",
    "[a](",
    "![",
    "<!--",
    "<v",
    "<v ",
    "&#",
    "{\\",
    "00:01 --> ",
    "Ã¸",
    "a\u0301",
    "\\*",
    "`",
    "=",
)


@pytest.mark.parametrize("reader", [read_text, read_markdown, read_vtt])
@pytest.mark.parametrize("piece", HARD)
def test_lines_of_any_length_are_read_at_once(reader: Reader, piece: str) -> None:
    """Were the work squared, this would take minutes."""
    lines = f"{piece * 100_000}x"
    reader(f"WEBVTT\n\n00:01.000 --> 00:02.000\n|{lines}\n".encode(), "fil", Faults())
    reader(f"{lines}\n".encode(), "fil", Faults())


@given(st.text(st.characters(exclude_characters="\0"), max_size=200))
def test_whatever_is_written_in_utf8_is_decoded_as_it_was_written(text: str) -> None:
    got = decoded(text.encode("utf-8", "replace"), "a.txt", Faults())
    expected, _ = cleaned(text.encode("utf-8", "replace").decode())
    if got is not None and not any("twice" in one.detail for one in got.findings):
        assert got.text == expected


@pytest.mark.parametrize("name", READERS)
def test_no_fault_and_no_finding_quotes_the_source(name: str) -> None:
    chance = random.Random(7)  # noqa: S311
    for _ in range(60):
        faults = Faults()
        found = READERS[name](changed(SEEDS[name], chance), name, faults)
        said = " ".join([*map(str, faults), *(str(one) for source in found for one in source.findings)])
        assert not any(word in said for word in ("Åse", "Kåre", "Hei", "hemmelig", "Åh"))
