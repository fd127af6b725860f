"""Spans, canonical texts and turns: the arithmetic on which every quotation stands."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.corpus.transcript import (
    Span,
    Transcript,
    canonical,
    parse_turns,
    split_front_matter,
    text_sha256,
)
from foran_research.corpus.written_form import detect_written_form

LABEL = re.compile(r"(?m)^\*\*[^*\n]{1,80}?:\*\*")


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(st.integers(0, 30))
    return Span(start, start + draw(st.integers(1, 15)))


#: Lines as transcripts have them, and as they should not: labels alone, lines of blanks, headings between lines.
LINES = st.sampled_from([
    "**A:** Vi spurte 😀 dem.", "**Intervjuer:** Og så?", "**A:**", "**B:** ", "  ", "\t", "", "", "## Runde 1", "# ",
    "#1 på lista", "Åja.", "mer tekst", " innrykk", "**ikke en etikett**", "**B:**Nei", "***", "**:** x", "¤ 😀", "\u00a0",
])  # fmt: skip
texts = st.lists(LINES, max_size=14).map("\n".join)


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 3), (-1, 2), (0, 0)])
def test_a_span_that_is_empty_or_runs_backwards_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="runs forward"):
        Span(start, end)


@given(spans(), spans())
def test_what_two_spans_share_lies_in_both_and_is_the_same_either_way(a: Span, b: Span) -> None:
    shared = a & b
    assert shared == b & a
    characters = set(range(a.start, a.end)) & set(range(b.start, b.end))
    assert (set() if shared is None else set(range(shared.start, shared.end))) == characters
    assert a.is_overlapping(b) == b.is_overlapping(a) == bool(characters)


@given(spans(), spans())
def test_the_span_over_two_is_the_smallest_that_holds_both(a: Span, b: Span) -> None:
    assert a in (a | b)
    assert b in (a | b)
    assert len(a | b) == max(a.end, b.end) - min(a.start, b.start)
    assert (b in a) == (a | b == a) == (a & b == b)


@given(spans(), spans())
def test_the_gap_is_the_number_of_characters_between(a: Span, b: Span) -> None:
    between = len(a | b) - len(set(range(a.start, a.end)) | set(range(b.start, b.end)))
    assert a.gap_to(b) == b.gap_to(a) == between


@given(spans(), spans(), spans())
def test_sharing_and_covering_do_not_depend_on_the_order(a: Span, b: Span, c: Span) -> None:
    assert (a | b) | c == a | (b | c)
    left = None if (a & b) is None else (a & b) & c
    right = None if (b & c) is None else a & (b & c)
    assert left == right
    assert sorted([a, b, c]) == sorted([c, b, a])


def test_offsets_count_code_points_not_bytes_nor_utf16_units() -> None:
    text = canonical("A\u030a😀b")
    assert [len(text), Span(1, 2).of(text), Span(2, 3).of(text)] == [3, "😀", "b"]


@given(st.text(st.sampled_from("aA\u030a\u0041\u0300\ufeff\r\n 😀é\u1100\u1161"), max_size=12) | st.text(max_size=40))
def test_a_canonical_text_is_canonical(raw: str) -> None:
    text = canonical(raw)
    assert canonical(text) == text
    assert "\r" not in text
    assert not text.startswith("\ufeff")
    assert unicodedata.is_normalized("NFC", text)


@given(st.text(st.characters(exclude_characters="\r", codec="utf-8"), max_size=60).map(canonical), st.booleans())
def test_front_matter_is_taken_off_and_nothing_of_the_text(text: str, is_blank_between: bool) -> None:
    body = text.lstrip("\n")
    stored = "---\nnotice: x\n---\n" + "\n" * is_blank_between + body
    assert split_front_matter(stored) == ("notice: x\n", body)


@pytest.mark.parametrize(("raw", "front", "text"), [
    ("Hei.\n", "", "Hei.\n"),
    ("---\n---\nHei.\n", "", "Hei.\n"),
    ("---\nikke lukket\n", "", "---\nikke lukket\n"),
    ("Hei.\n---\nx\n---\n", "", "Hei.\n---\nx\n---\n"),
    ("---\na: 1\n---\nHei.\n\n---\n\nb\n", "a: 1\n", "Hei.\n\n---\n\nb\n"),
])  # fmt: skip
def test_front_matter_is_only_what_is_fenced_at_the_top(raw: str, front: str, text: str) -> None:
    assert split_front_matter(raw) == (front, text)


@given(texts, st.booleans())
def test_turns_lie_inside_the_text_in_order_and_apart(text: str, has_turns: bool) -> None:
    turns = parse_turns(text, has_turns=has_turns)
    assert [turn.number for turn in turns] == list(range(1, len(turns) + 1))
    edges = [edge for turn in turns for edge in (turn.span.start, turn.span.end)]
    assert edges == sorted(edges)
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))
    assert all(turn.span.of(text).strip() for turn in turns)


@given(texts, st.booleans())
def test_no_word_of_a_text_is_outside_its_turns_except_labels(text: str, has_turns: bool) -> None:
    rest = list(text)
    for turn in parse_turns(text, has_turns=has_turns):
        rest[turn.span.start : turn.span.end] = [""] * len(turn.span)
    assert LABEL.sub("", "".join(rest)).strip() == ""


@given(texts, st.booleans())
def test_no_turn_holds_the_label_of_another_speaker(text: str, has_turns: bool) -> None:
    for turn in parse_turns(text, has_turns=has_turns):
        words = turn.span.of(text)
        assert not LABEL.search(words, 1), words
        assert turn.kind == "turn" or turn.speaker is None


A, B = ("A", "turn"), ("B", "turn")


@pytest.mark.parametrize(("text", "expected"), [
    ("**A:** Hei.\n\nMer.\n\n**B:** Ja.", [(*A, "Hei.\n\nMer."), (*B, "Ja.")]),
    ("**A:** Hei.\n**B:** Ja.", [(*A, "Hei."), (*B, "Ja.")]),
    ("**A:** Hei.\n \t\n**B:** Ja.", [(*A, "Hei."), (*B, "Ja.")]),
    ("**A:** Hei.\n\n**B:**\n\nSvaret.\n\nMer.", [(*A, "Hei."), (*B, "Svaret.\n\nMer.")]),
    ("**A:** Hei.\n\n**B:**\nSvaret.", [(*A, "Hei."), (*B, "Svaret.")]),
    ("**A:** \n\n**B:** Ja.", [(*B, "Ja.")]),
    ("## Runde 1\nTekst under.", [(None, "heading", "## Runde 1"), (None, "paragraph", "Tekst under.")]),
    ("#1 på lista", [(None, "paragraph", "#1 på lista")]),
    ("**A:** Hei.\n\n## Runde 2\n\nMer.", [(*A, "Hei."), (None, "heading", "## Runde 2"), (None, "paragraph", "Mer.")]),
    ("Først.\n\n**A:** Hei: **ikke:** her.", [(None, "paragraph", "Først."), (*A, "Hei: **ikke:** her.")]),
    ("  \n\n", []),
    ("", []),
])  # fmt: skip
def test_turns_of_an_interview(text: str, expected: list[tuple[str | None, str, str]]) -> None:
    assert [(t.speaker, t.kind, t.span.of(text)) for t in parse_turns(text, has_turns=True)] == expected


def test_in_a_note_every_paragraph_is_a_unit_of_its_own() -> None:
    text = "Først.\nsamme avsnitt\n\n**A:** Hei.\n\nIgjen noteren.\n"
    assert [(t.speaker, t.kind, t.span.of(text)) for t in parse_turns(text, has_turns=False)] == [
        (None, "paragraph", "Først.\nsamme avsnitt"), ("A", "turn", "Hei."), (None, "paragraph", "Igjen noteren."),
    ]  # fmt: skip


@given(texts, spans())
def test_the_turns_that_a_span_touches_are_those_it_shares_characters_with(text: str, span: Span) -> None:
    transcript = Transcript("D", text, parse_turns(text, has_turns=True))
    characters = set(range(span.start, span.end))
    expected = [t for t in transcript.turns if characters & set(range(t.span.start, t.span.end))]
    assert list(transcript.turns_touching(span)) == expected


def test_words_are_counted_without_labels_and_headings() -> None:
    text = "# En overskrift her\n\n**En Lang Etikett:** to ord\n\nog tre til"
    assert Transcript("D", text, parse_turns(text, has_turns=True)).word_count() == 5


def test_the_fingerprint_is_that_of_the_utf8_bytes() -> None:
    # printf 'abc' | sha256sum; the well-known answer of FIPS 180-2.
    assert text_sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert text_sha256("å") == hashlib.sha256(b"\xc3\xa5").hexdigest() == Transcript("D", "å", ()).text_sha256


def test_written_forms_are_told_apart_only_when_the_text_is_long_enough() -> None:
    nb, nn = "Jeg vet ikke hva de mener. ", "Eg veit ikkje kva dei meiner. "
    assert [detect_written_form(text * 20) for text in (nb, nn, nb.upper())] == ["nb", "nn", "nb"]
    assert detect_written_form(nb * 3) is None
    assert detect_written_form(nb * 20 + nn * 20) is None
    assert detect_written_form("") is None


@pytest.mark.shared
def test_real_dialect_interviews_in_nynorsk_are_known_as_nynorsk(shared: Path) -> None:
    files = sorted((shared / "data/norwegian/lia-transcripts").glob("*.txt"))
    forms = [detect_written_form(path.read_text("utf-8")) for path in files]
    assert len(files) >= 10
    assert set(forms) == {"nn"}
