"""Transcripts as spaCy Docs: turns, coded segments and their exact offsets."""

from __future__ import annotations

import pandas as pd
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy import displacy

from foran_research.codebook.code import Code, Codebook
from foran_research.corpus.transcript import Transcript, parse_turns
from foran_research.exchange.spacy_docs import COLUMNS, to_doc

TEXT = "# Møte\n\n**Intervjuer:** Hva da?\n\n**Åse😀:** Vi hadde e\u0301n tidlig dialog 👩‍👩‍👧 med leverandørene.\n"
TRANSCRIPT = Transcript("T01", TEXT, parse_turns(TEXT, has_turns=True))


def table(*rows: tuple[str, int, int, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def place(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


def test_turns_are_labelled_with_their_speakers() -> None:
    doc = to_doc(TRANSCRIPT, table())  # spans die with their Doc
    turns = doc.spans["turns"]
    assert [(span.label_, span._.foran_turn, span.text) for span in turns] == [
        ("heading", 1, "# Møte"),
        ("Intervjuer", 2, "Hva da?"),
        ("Åse😀", 3, "Vi hadde e\u0301n tidlig dialog 👩‍👩‍👧 med leverandørene."),
    ]
    assert [(span._.foran_start, span._.foran_end) for span in turns] == [
        (turn.span.start, turn.span.end) for turn in TRANSCRIPT.turns
    ]


def test_segments_on_the_same_words_keep_their_own_attributes() -> None:
    start, end = place("tidlig dialog")
    doc = to_doc(
        TRANSCRIPT,
        table(("s1", start, end, "C0001", "fremmer", "ane"), ("s2", start, end, "C0001", "hemmer", "bo"),
              ("s3", start, end, "C0002", "", "bo")),
    )  # fmt: skip
    told = [
        (s.id_, s.text, s.label_, s._.foran_segment, s._.foran_code, s._.foran_polarity, s._.foran_coder)
        for s in doc.spans["segments"]
    ]
    assert told == [
        ("s1", "tidlig dialog", "C0001", "s1", "C0001", "fremmer", "ane"),
        ("s2", "tidlig dialog", "C0001", "s2", "C0001", "hemmer", "bo"),
        ("s3", "tidlig dialog", "C0002", "s3", "C0002", "", "bo"),
    ]


def test_a_segment_inside_a_token_is_widened_and_its_offsets_kept() -> None:
    start, end = place("leverandør")
    doc = to_doc(TRANSCRIPT, table(("s1", start + 2, end, "C0001", "", "ane")))
    (span,) = doc.spans["segments"]
    assert span.text == "leverandørene"
    assert TEXT[span._.foran_start : span._.foran_end] == "verandør"


@given(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT)))
def test_every_stretch_of_the_text_has_a_span_that_covers_it(first: int, second: int) -> None:
    start, end = min(first, second), max(first, second)
    if start == end:
        end += 1
    doc = to_doc(TRANSCRIPT, table(("s1", start, end, "C0001", "", "ane")))
    (span,) = doc.spans["segments"]
    # The space between two tokens belongs to neither.
    words = TEXT[start:end].strip()
    if words:
        first_letter = TEXT.index(words, start)
        assert span.start_char <= first_letter < first_letter + len(words) <= span.end_char
    assert (span._.foran_start, span._.foran_end) == (start, end)
    assert span.doc.text == TEXT


def test_a_codebook_gives_display_codes() -> None:
    text = {"nb": "x", "en": "x"}
    code = Code(
        "C0001", "P4", "prosess", None, text, text, text, text, text, text, (), (), "", "active", "1.0.0", None, ()
    )
    codebook = Codebook("1.0.0", "2024-01-15", {}, {}, (code,), ())
    start, end = place("dialog")
    rows = table(("s1", start, end, "C0001", "", "ane"), ("s2", start, end, "C0009", "", "ane"))
    doc = to_doc(TRANSCRIPT, rows, codebook=codebook)
    assert [s.label_ for s in doc.spans["segments"]] == ["P4", "C0009"]


def test_displacy_draws_the_segments() -> None:
    start, end = place("tidlig dialog")
    doc = to_doc(TRANSCRIPT, table(("s1", start, end, "C0001", "", "ane"), ("s2", start, end + 8, "C0002", "", "bo")))
    page = displacy.render(doc, style="span", options={"spans_key": "segments"}, jupyter=False)
    assert "C0001" in page
    assert "C0002" in page


def test_a_pipeline_runs_over_the_text() -> None:
    nlp = spacy.blank("nb")
    nlp.add_pipe("sentencizer")
    assert to_doc(TRANSCRIPT, table(), nlp).has_annotation("SENT_START")


def test_nynorsk_has_its_own_tokeniser() -> None:
    doc = to_doc(Transcript("T02", "Kva då?", (), "nn"), table())
    assert doc.lang_ == "nn"
    assert len(doc.spans["turns"]) == len(doc.spans["segments"]) == 0


def test_an_empty_transcript_is_an_empty_doc() -> None:
    assert len(to_doc(Transcript("T03", "", ()), table())) == 0


def test_missing_columns_are_told_all_at_once() -> None:
    with pytest.raises(ValueError, match="code, polarity, coder"):
        to_doc(TRANSCRIPT, pd.DataFrame({"segment": [], "start": [], "end": []}))


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (5, 4), (0, len(TEXT) + 1)])
def test_segments_outside_the_text_are_refused_by_id(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"T01.*s7"):
        to_doc(TRANSCRIPT, table(("s7", start, end, "C0001", "", "ane")))
