"""Token patterns, a pipeline's lemmas, and the component in a spaCy pipeline."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.matcher import Matcher
from spacy.tokens import Doc, DocBin

from foran_research.codebook import spacy_component
from foran_research.codebook.code import Code, Codebook, Cue
from foran_research.codebook.cue_language import CueSyntaxError
from foran_research.codebook.cues import CueEngine
from foran_research.codebook.lemmas import simplemma_lemmatiser
from foran_research.codebook.spacy_component import load_pipeline, pattern_hits, pipeline_tokens, suggest
from foran_research.errors import StudyError, UnknownName

CODEBOOK = """
schema_version: 1
codebook_version: 1.0.0
released: '2024-01-15'
title: {nb: Kodebok, en: Codebook}
notice: {nb: Oppdiktet, en: Invented}
codes:
- id: C0001
  display: P1
  level: prosess
  label: {nb: Dialog, en: Dialogue}
  brief: {nb: Dialog, en: Dialogue}
  definition: {nb: Dialog, en: Dialogue}
  when_to_use: {nb: Alltid, en: Always}
  when_not_to_use: {nb: Aldri, en: Never}
  example: {nb: Dialog, en: Dialogue}
  introduced_in: 1.0.0
  cues:
    nb:
    - {cue: tidlig dialog, polarity: fremmer, negated: flip}
    - pattern: [{LEMMA: teste}, {OP: '?'}, {LOWER: løsningen}]
      polarity: hemmer
    nn: [tidleg dialog]
- id: C0002
  display: K7
  level: kompetanse
  label: {nb: Samtale, en: Talk}
  brief: {nb: Samtale, en: Talk}
  definition: {nb: Samtale, en: Talk}
  when_to_use: {nb: Alltid, en: Always}
  when_not_to_use: {nb: Aldri, en: Never}
  example: {nb: Samtale, en: Talk}
  introduced_in: 1.0.0
  cues:
    nb: [tidlig dialog]
changes: []
"""


@pytest.fixture
def codebook_path(tmp_path: Path) -> Path:
    path = tmp_path / "1.0.0.yaml"
    path.write_text(CODEBOOK, "utf-8")
    return path


def code(number: int, *cues: Cue) -> Code:
    text = {"nb": "x", "en": "x"}
    return Code(
        f"C{number:04}", f"P{number}", "prosess", None, text, text, text, text, text, text, (), (), "", "active", "1.0.0",
        None, (), {"nb": cues},
    )  # fmt: skip


def book(*codes: Code) -> Codebook:
    return Codebook("1.0.0", "2024-01-15", {}, {}, codes, ())


def pattern(*tokens: dict[str, Any], **more: Any) -> tuple[str, Cue]:
    return "C0001", Cue(None, tokens, **more)


# ---- the component


def test_the_component_is_found_by_its_entry_point_alone(codebook_path: Path) -> None:
    script = (
        "import spacy, sys; nlp = spacy.blank('nb'); nlp.add_pipe('foran_cues', config={'codebook': sys.argv[1]});"
        "doc = nlp('Tidlig dialog.'); print([span.label_ for span in doc.spans['foran_cues']])"
    )
    told = subprocess.run([sys.executable, "-c", script, codebook_path], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "['P1', 'K7']"


def test_spans_have_display_codes_and_attributes_even_on_the_same_words(codebook_path: Path) -> None:
    nlp = spacy.blank("nb")
    nlp.add_pipe("foran_cues", config={"codebook": str(codebook_path)})
    doc = nlp("😀 Vi hadde ikke tidlig dialogen.\nVi testet ut løsningen på Ås.")
    told = [
        (span.text, span.label_, span._.foran_code, span._.foran_polarity, span._.foran_is_negated)
        for span in doc.spans["foran_cues"]
    ]
    assert told == [
        ("tidlig dialogen", "P1", "C0001", "hemmer", True),
        ("tidlig dialogen", "K7", "C0002", None, True),
        ("testet ut løsningen", "P1", "C0001", "hemmer", False),
    ]


def test_written_form_and_key_are_settings(codebook_path: Path) -> None:
    nlp = spacy.blank("nn")
    nlp.add_pipe("foran_cues", config={"codebook": str(codebook_path), "written_form": "nn", "key": "forslag"})
    doc = nlp("Me hadde tidleg dialog, tidlig dialog.")
    assert [span.text for span in doc.spans["forslag"]] == ["tidleg dialog"]
    assert "foran_cues" not in doc.spans


def test_attributes_survive_being_stored(codebook_path: Path) -> None:
    nlp = spacy.blank("nb")
    nlp.add_pipe("foran_cues", config={"codebook": str(codebook_path)})
    stored = DocBin(docs=[nlp("Vi hadde tidlig dialog.")], store_user_data=True).to_bytes()
    (doc,) = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    assert [(span.label_, span._.foran_code) for span in doc.spans["foran_cues"]] == [("P1", "C0001"), ("K7", "C0002")]


def test_a_document_without_hits_gets_an_empty_group(codebook_path: Path) -> None:
    nlp = spacy.blank("nb")
    nlp.add_pipe("foran_cues", config={"codebook": str(codebook_path)})
    assert [len(nlp(text).spans["foran_cues"]) for text in ("", "Nei.")] == [0, 0]


def test_the_documents_lemmas_come_before_the_tables(codebook_path: Path) -> None:
    nlp = spacy.blank("nb")
    component = nlp.add_pipe("foran_cues", config={"codebook": str(codebook_path)})
    words, lemmas = ["Vi", "prøvde", "løsningen"], ["vi", "teste", "løsning"]
    assert len(component(Doc(nlp.vocab, words=words)).spans["foran_cues"]) == 0
    doc = component(Doc(nlp.vocab, words=words, lemmas=lemmas))
    assert [span.text for span in doc.spans["foran_cues"]] == ["prøvde løsningen"]
    words, lemmas = ["tidligere", "samtaler"], ["tidlig", "dialog"]
    doc = component(Doc(nlp.vocab, words=words, lemmas=lemmas))
    assert [span.text for span in doc.spans["foran_cues"]] == ["tidligere samtaler"] * 2


def test_a_faulty_codebook_is_told_in_full(tmp_path: Path) -> None:
    path = tmp_path / "1.0.0.yaml"
    path.write_text(CODEBOOK.replace("[tidleg dialog]", "['.. a', '*']"), "utf-8")
    with pytest.raises(StudyError) as told:
        spacy.blank("nb").add_pipe("foran_cues", config={"codebook": str(path)})
    assert [fault.kind for fault in told.value.faults] == ["bad-cue", "bad-cue"]


def test_unknown_files_and_written_forms_are_refused(codebook_path: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="codebook"):
        spacy.blank("nb").add_pipe("foran_cues", config={"codebook": str(tmp_path / "nothing.yaml")})
    with pytest.raises(UnknownName, match="written form"):
        spacy.blank("nb").add_pipe("foran_cues", config={"codebook": str(codebook_path), "written_form": "da"})
    with pytest.raises(UnknownName, match="spaCy pipeline"):
        load_pipeline("no_such_pipeline")


# ---- token patterns without a pipeline


@pytest.mark.parametrize(
    ("tokens", "text", "expected"),
    [
        ([{"LEMMA": "teste"}], "Vi tester og testet 😀 TESTEN.", ["tester", "testet"]),
        ([{"LOWER": "åpne"}, {"LEMMA": "dialog"}], "Åpne dialogen. åpne\ndialog", ["Åpne dialogen"]),
        ([{"LOWER": {"REGEX": "^åp"}}], "En åpning, ett apent.", ["åpning"]),
        ([{"LOWER": "a"}, {"OP": "*"}, {"LOWER": "b"}], "a x b y b\na b", ["a x b y b", "a b"]),
        ([{"LOWER": "teams"}], "Vi brukte Teams’en.", ["Teams"]),
        ([{"IS_PUNCT": True}], "Ja.", ["."]),
        ([{"POS": "NOUN"}], "En dialog.", []),
        ([{"LOWER": "a", "OP": "?"}], "b", []),
    ],
)
def test_a_token_pattern_finds_its_tokens(tokens: list[dict[str, Any]], text: str, expected: list[str]) -> None:
    assert [text[hit.start : hit.end] for hit in pattern_hits(text, [pattern(*tokens)], "nb")] == expected


def test_pattern_hits_know_negation_sentence_and_hint() -> None:
    text = "Nei.\nVi har ikke testet. Ja."
    (hit,) = pattern_hits(text, [pattern({"LEMMA": "teste"}, polarity="fremmer", negated="flip")], "nb")
    assert (hit.polarity, hit.is_negated, text[hit.sentence_start : hit.sentence_end]) == (
        "hemmer",
        True,
        "Vi har ikke testet.",
    )
    assert pattern_hits(text, [pattern({"LEMMA": "teste"}, negated="drop")], "nb") == []


def test_phrase_cues_are_passed_over() -> None:
    assert pattern_hits("a", [("C0001", Cue("a"))], "nb") == []


def test_a_pattern_that_spacy_does_not_take_is_named() -> None:
    with pytest.raises(CueSyntaxError, match="C0001"):
        pattern_hits("a", [pattern({"LOVER": "a"})], "nb")


TOKENS = st.fixed_dictionaries(
    {},
    optional={
        "LOWER": st.sampled_from(["dialog", "teams", "kr", "e-post", {"IN": ["og", "åpne"]}, {"REGEX": "^d"}]),
        "LEMMA": st.sampled_from(["dialog", "åpen", "teste", {"IN": ["kommune", "e-post"]}]),
        "OP": st.sampled_from(["?", "*", "+", "!", "{1,2}", "{0,1}"]),
    },
)
PIECES = ["dialogen", "Dialog", "teams’en", "10kr", "e-posten", "og", "åpne", "åpent", "testa", "testet", "kommuner", "😀",
          ".", ",", "og/eller", "bl.a.", "a\u030apne"]  # fmt: skip


@settings(max_examples=200)
@given(
    st.lists(st.lists(TOKENS, min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from([" ", " ", "", "\n"])), max_size=15),
)
def test_reading_only_promising_lines_loses_no_match(
    patterns: list[list[dict[str, Any]]], pieces: list[tuple[str, str]]
) -> None:
    text = "".join(piece + separator for piece, separator in pieces)
    nlp, lemmatise = spacy_component._blank("nb"), simplemma_lemmatiser("nb")
    expected = []
    matcher = Matcher(nlp.vocab)
    for number, tokens in enumerate(patterns):
        matcher.add(str(number), [tokens], greedy="LONGEST")
    offset = 0
    for line in re.findall(r".*\n|.+$", text):
        doc = nlp.make_doc(line)
        for token in doc:
            token.lemma_ = lemmatise(token.lower_)
        for label, first, last in matcher(doc):
            if first < last:
                end = doc[last - 1].idx + len(doc[last - 1])
                expected.append((offset + doc[first].idx, offset + end, nlp.vocab.strings[label]))
        offset += len(line)
    cues = [(str(number), Cue(None, tuple(tokens))) for number, tokens in enumerate(patterns)]
    assert [(hit.start, hit.end, hit.code) for hit in pattern_hits(text, cues, "nb")] == sorted(expected)


def test_lines_without_a_needed_word_never_reach_spacy(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = spacy.blank("nb")
    read: list[str] = []
    original = nlp.make_doc

    def spy(text: str) -> Doc:
        read.append(text)
        return original(text)

    monkeypatch.setattr(nlp, "make_doc", spy)
    monkeypatch.setattr(spacy_component, "_blank", lambda written_form: nlp)
    text = "Ja.\nVi testet det.\nNei, ikke dialog.\n"
    assert len(pattern_hits(text, [pattern({"LEMMA": "teste"})], "nb")) == 1
    assert read == ["Vi testet det.\n"]
    read.clear()
    assert len(pattern_hits(text, [pattern({"LOWER": {"REGEX": "^tes"}})], "nb")) == 1
    assert len(read) == 3


# ---- suggestions


def test_phrases_and_patterns_suggest_together() -> None:
    phrase, token = Cue("dialog", None, "fremmer"), Cue(None, ({"LEMMA": "teste"},), "hemmer")
    text = "Vi testet dialogen. Dialog igjen.\nÅ teste."
    told = suggest(text, book(code(1, phrase, token), code(2, token)), "nb", [(0, 33)])
    assert [(text[s.start : s.end], s.code, s.polarity) for s in told] == [
        ("Vi testet dialogen.", "C0001", "begge"),
        ("Vi testet dialogen.", "C0002", "hemmer"),
        ("Dialog igjen.", "C0001", "fremmer"),
    ]


def test_cues_are_compiled_once_per_codebook_and_written_form(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    original = CueEngine.__init__

    def counting(self: CueEngine, *arguments: Any) -> None:
        made.append("engine")
        original(self, *arguments)

    monkeypatch.setattr(CueEngine, "__init__", counting)
    first, second = book(code(1, Cue("a"))), book(code(1, Cue("b")))
    for _ in range(3):
        assert len(suggest("a", first, "nb", [(0, 1)])) == 1
        assert len(suggest("a", second, "nb", [(0, 1)])) == 0
        assert len(suggest("a", first, "nn", [(0, 1)])) == 0
    assert len(made) == 3


def test_only_so_many_codebooks_are_kept() -> None:
    for number in range(20):
        suggest("a", book(code(number, Cue("a"))), "nb", [(0, 1)])
    assert len(spacy_component._kept) <= spacy_component._ENGINES_KEPT


# ---- with a pipeline


class Lemmas:
    """A stand-in for a trained lemmatiser."""

    def __init__(self, lemmas: dict[str, str]) -> None:
        self.lemmas = lemmas

    def __call__(self, doc: Doc) -> Doc:
        for token in doc:
            token.lemma_ = self.lemmas.get(token.lower_, token.lower_)
        return doc


@pytest.fixture
def nlp() -> spacy.language.Language:
    if not spacy.Language.has_factory("test_lemmas"):
        spacy.Language.factory("test_lemmas", func=lambda nlp, name: Lemmas({"så": "se", "ordnet": "teste"}))
    nlp = spacy.blank("nb")
    nlp.add_pipe("test_lemmas")
    return nlp


def test_a_pipelines_lemmas_decide_for_phrases_and_patterns(nlp: spacy.language.Language) -> None:
    text = "😀 Vi så ham.\nDe ordnet det."
    tokens = pipeline_tokens(nlp, text)
    hits = CueEngine([("C0001", Cue("se"))], simplemma_lemmatiser("nb")).hits_in(tokens)
    assert [text[hit.start : hit.end] for hit in hits] == ["så"]
    codes = book(code(1, Cue("se")), code(2, Cue(None, ({"LEMMA": "teste"},))))
    told = [(text[s.start : s.end], s.code) for s in suggest(text, codes, "nb", [(0, len(text))], nlp=nlp)]
    assert told == [("😀 Vi så ham.", "C0001"), ("De ordnet det.", "C0002")]
    assert [h.code for h in pattern_hits(text, [pattern({"LEMMA": "teste"})], "nb", nlp)] == ["C0001"]


def test_a_long_text_goes_through_a_pipeline_in_pieces(
    nlp: spacy.language.Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foran_research.codebook.tokens.BLOCK", 20)
    text = "Vi så ham i går.\n" * 5 + "De ordnet det. " * 3
    codes = book(code(1, Cue("se")), code(2, Cue(None, ({"LEMMA": "teste"},))))
    told = suggest(text, codes, "nb", [(0, len(text))], nlp=nlp)
    assert [text[s.start : s.end] for s in told] == ["Vi så ham i går."] * 5 + ["De ordnet det."] * 3
    tokens = pipeline_tokens(nlp, text)
    assert [text[s:e] for s, e in zip(tokens.starts, tokens.ends, strict=True)] == text.replace(".", "").split()


def test_a_pipeline_without_lemmas_falls_back_on_the_tables() -> None:
    nlp = spacy.blank("nb")
    text = "Vi testet i går. Dialogen."
    codes = book(code(1, Cue("dialog")), code(2, Cue(None, ({"LEMMA": "teste"},))))
    told = [(s.start, s.end, s.code) for s in suggest(text, codes, "nb", [(0, len(text))], nlp=nlp)]
    assert told == [(s.start, s.end, s.code) for s in suggest(text, codes, "nb", [(0, len(text))])] != []


@pytest.mark.shared
def test_a_real_pipeline_tells_parts_of_speech_to_patterns(shared: Path) -> None:
    nlp = load_pipeline(str(shared / "data" / "norwegian" / "spacy-pipeline"))
    text = "Vi fikk mange tilbud. Kommunen fikk nye leverandører i dialogen."
    cues = [pattern({"LEMMA": "få"}, {"POS": "ADJ"}, {"POS": "NOUN"})]
    assert "fikk nye leverandører" in [text[h.start : h.end] for h in pattern_hits(text, cues, "nb", nlp)]
    told = suggest(text, book(code(1, Cue("leverandør .. dialog"))), "nb", [(0, len(text))], nlp=nlp)
    assert [text[s.start : s.end] for s in told] == ["Kommunen fikk nye leverandører i dialogen."]
