"""The cue language and its engine, against examples, a slow reference matcher and spaCy's own matchers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.codebook import cues as cues_module
from foran_research.codebook import tokens as tokens_module
from foran_research.codebook.code import Cue
from foran_research.codebook.cue_language import CueSyntaxError, literal_words, parse_phrase
from foran_research.codebook.cues import CueEngine, Hit, Suggestion, hits_at, suggestions, with_offset
from foran_research.codebook.lemmas import simplemma_lemmatiser
from foran_research.codebook.tokens import tokenise, tokens_from

LEMMAS = {
    "dialogen": "dialog", "dialoger": "dialog", "hadde": "ha", "har": "ha", "gikk": "gå", "går": "gå",
    "leverandøren": "leverandør", "leverandører": "leverandør", "små": "liten", "åpne": "åpen", "åpent": "åpen",
    "kommunens": "kommune", "kommuner": "kommune", "mangler": "mangle", "snakka": "snakke", "snakker": "snakke",
}  # fmt: skip


def toy(form: str) -> str:
    return LEMMAS.get(form, form)


def found(phrase: str, text: str, lemmatise: Callable[[str], str] = toy) -> list[str]:
    return [text[hit.start : hit.end] for hit in CueEngine([("C1", Cue(phrase))], lemmatise).hits(text)]


# ---- the cue language


@pytest.mark.parametrize(
    ("phrase", "gaps"),
    [
        ("dialog", [0]),
        ("  Tidlig   DIALOG ", [0, 0]),
        ("snakke .. med ..5 leverandør", [0, 3, 5]),
        ("=går a|b* *c|=d", [0, 0, 0]),
        ("e-post o’hoi", [0, 0]),
        ("a ..20 b", [0, 20]),
    ],
)
def test_a_phrase_becomes_one_position_per_word(phrase: str, gaps: list[int]) -> None:
    assert [position.gap for position in parse_phrase(phrase)] == gaps


@pytest.mark.parametrize(
    "phrase",
    ["", "   ", "..", ".. a", "a ..", "a .. .. b", "a ..x b", "a ..0 b", "a ..21 b", "a ..² b", "*", "=", "a|", "|a",
     "a||b", "a*b", "*a*", "f.eks.", "=*", "a -", "?", "«a»"],
)  # fmt: skip
def test_a_phrase_outside_the_language_is_refused(phrase: str) -> None:
    with pytest.raises(CueSyntaxError):
        parse_phrase(phrase)


def test_spellings_of_one_letter_make_one_cue() -> None:
    composed, decomposed = unicodedata.normalize("NFC", "åpen"), unicodedata.normalize("NFD", "åpen")
    assert len(decomposed) > len(composed)
    assert parse_phrase(decomposed) == parse_phrase(composed) == parse_phrase("ÅPEN")


# ---- what matches


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("dialog", "Dialogen og DIALOG, men ikke dialogisk.", ["Dialogen", "DIALOG"]),
        ("=dialog", "Dialogen og DIALOG.", ["DIALOG"]),
        ("dialog*", "Dialogmøte og dialogen, ikke medialog.", ["Dialogmøte", "dialogen"]),
        ("*dialog", "Markedsdialog og markedsdialogen, ikke dialogmøte.", ["Markedsdialog"]),
        ("har|gikk", "Han har gått. De hadde det. Det går.", ["har", "hadde", "går"]),
        ("tidlig dialog", "tidlig dialog, tidlig «dialog», tidlig.\nDialog tidlig\u00a0 dialogen",
         ["tidlig dialog", "tidlig\u00a0 dialogen"]),
        ("tidlig .. dialog", "tidlig a b c dialog. tidlig a b c d dialog. tidlig, a: dialog",
         ["tidlig a b c dialog", "tidlig, a: dialog"]),
        ("tidlig ..1 dialog", "tidlig a dialog tidlig a b dialog", ["tidlig a dialog"]),
        ("a .. b c", "a b d b c", ["a b d b c"]),
        ("a .. b", "a x b b", ["a x b"]),
        ("a .. b", "a a b", ["a a b", "a b"]),
        ("a b .. c d", "a b x c d a b x y z c d a b c e", ["a b x c d", "a b x y z c d"]),
        ("a b c d", "a b c d a b c e", ["a b c d"]),
        ("a b c", "a b, c a b c", ["a b c"]),
        ("tidlig .. dialog", "Det var tidlig. Dialog kom siden.", []),
        ("e-post", "E-post og e‑posten, ikke epost.", ["E-post"]),
        ("a a", "a a a", ["a a", "a a"]),
        ("snakke .. leverandør*", "Vi snakka jo lenge med leverandørmarkedet.", ["snakka jo lenge med leverandørmarkedet"]),
    ],
)  # fmt: skip
def test_a_phrase_finds_its_words_and_nothing_else(phrase: str, text: str, expected: list[str]) -> None:
    assert found(phrase, text) == expected


@pytest.mark.parametrize(
    ("written_form", "phrase", "text", "expected"),
    [
        ("nb", "gå", "Det går fint, men det gikk ikke i fjor.", ["går", "gikk"]),
        ("nb", "leverandør", "Leverandørene og leverandørens folk.", ["Leverandørene", "leverandørens"]),
        ("nb", "stat", "Statens regler.", ["Statens"]),
        ("nb", "ledd", "Han ler og lo i alle ledd.", ["ledd"]),
        ("nb", "*anskaffelse", "Klimaanskaffelsene og anskaffelser.", ["Klimaanskaffelsene", "anskaffelser"]),
        ("nn", "kommune", "Kommunane og kommunen.", ["Kommunane", "kommunen"]),
        ("nn", "vere open", "Det var ope, og dei er opne.", ["var ope"]),
    ],
)
def test_real_lemmas_join_the_inflections_of_both_written_forms(
    written_form: str, phrase: str, text: str, expected: list[str]
) -> None:
    assert found(phrase, text, simplemma_lemmatiser(written_form)) == expected


def test_hits_come_in_order_of_place_and_then_of_cue() -> None:
    cues = [("C1", Cue("b c")), ("C2", Cue("b")), ("C3", Cue("a .. c")), ("C4", Cue("b"))]
    hits = CueEngine(cues, toy).hits("a b c")
    assert [(hit.start, hit.end, hit.code) for hit in hits] == [(0, 5, "C3"), (2, 5, "C1"), (2, 3, "C2"), (2, 3, "C4")]


def test_pattern_cues_are_left_to_spacy() -> None:
    assert CueEngine([("C1", Cue(None, ({"LOWER": "a"},)))], toy).hits("a") == []


def test_no_cues_find_nothing() -> None:
    assert CueEngine([], toy).hits("Vi har ikke dialog.") == []


def test_the_table_of_words_in_the_documentation_holds() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cues.md").read_text("utf-8")
    rows = re.findall(r"^\| `(.+)` \| (.+) \| (.+) \|$", page, re.M)
    assert len(rows) >= 7
    for cue, finds, misses in rows[:7]:
        phrase = cue.replace("\\|", "|")
        text = f"{finds}, {misses}"
        assert found(phrase, text, simplemma_lemmatiser("nb")) == finds.split(", "), phrase


# ---- offsets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("åpne", [(0, 4)]),
        ("å åpne", [(2, 6)]),
        ("😀😀 åpne", [(3, 7)]),
        ("👩‍👩‍👧 åpne 👍🏽", [(6, 10)]),
        ("İİ åpne", [(3, 7)]),
        ("a\u030apne", [(0, 5)]),
        ("😀A\u030aPNE😀", [(1, 6)]),
        ("𝒜𝒜 åpne 𐐀", [(3, 7)]),
        ("å\u00adpne", [(0, 5)]),
        ("…«åpne»…", [(2, 6)]),
        ("\n\nåpne\n", [(2, 6)]),
        ("\u0301åpne", [(1, 5)]),
        ("å\u0301pne", []),
        ("\ud800 åpne", [(2, 6)]),
        ("Привет åpne 北京", [(7, 11)]),
        ("❤️åpne", [(2, 6)]),
    ],
)
def test_offsets_count_code_points(text: str, expected: list[tuple[int, int]]) -> None:
    assert [(hit.start, hit.end) for hit in CueEngine([("C1", Cue("åpen"))], toy).hits(text)] == expected


@pytest.mark.parametrize("word", ["İstanbul", "ÅÆØ", "𐐀𐐁", "Ἀθῆναι", "o’hoi", "e‑post", "Çağlayan"])
def test_a_word_matches_itself_in_capitals_and_in_small(word: str) -> None:
    assert found(f"={word}", f"x {word}, {word}!") == [word, word]


def test_only_one_character_grows_when_it_is_made_small() -> None:
    growing = [chr(point) for point in range(0x110000) if len(chr(point).lower()) != 1]
    assert growing == ["İ"], "_fold must keep offsets: teach it the new characters"


@settings(max_examples=300)
@given(st.text(alphabet=st.sampled_from("aåÅæ😀İ\u0301\u00ad-’'_1. \n«…𝒜Σ"), max_size=40))
def test_words_are_the_letter_runs_of_the_text(text: str) -> None:
    tokens = tokenise(text)
    expected = reference_words(text)
    assert list(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True)) == [(s, e) for s, e, _ in expected]
    assert tokens.forms == [form for _, _, form in expected]


@settings(max_examples=200)
@given(st.lists(st.text(alphabet="aåbčš😀𝒜", min_size=1, max_size=5), min_size=1, max_size=8))
def test_a_words_number_depends_on_its_letters_alone(words: list[str]) -> None:
    by_number: dict[int, set[str]] = {}
    text = " ".join(words)
    tokens = tokenise(text)
    for number, form in zip(tokens.numbers.tolist(), tokens.forms, strict=True):
        by_number.setdefault(number, set()).add(form)
    assert len(by_number) == len(set(tokens.forms))
    assert all(len(forms) == 1 for forms in by_number.values())


# ---- negation


@pytest.mark.parametrize(
    ("phrase", "text", "is_negated"),
    [
        ("dialog", "Vi hadde dialog.", False),
        ("dialog", "Vi hadde ikke dialog.", True),
        ("dialog", "Me hadde ikkje nokon dialog.", True),
        ("dialog", "Uten god dialog.", True),
        ("dialog", "Ikke a b c dialog.", False),
        ("dialog", "Ikke a b dialog.", True),
        ("dialog", "Ikke sant, dialog.", False),
        ("dialog", "Ikke bare dialog.", False),
        ("dialog", "Ikkje berre dialog.", False),
        ("dialog", "Uten tvil dialog.", False),
        ("dialog", "Dialog, ikke sant?", False),
        ("dialog", "Ikke i dag. Dialog.", False),
        ("dialog", "Ikke!\nDialog.", False),
        ("dialog", "Ikke tid, men dialog.", False),
        ("dialog", "Men ikke dialog.", True),
        ("dialog", "Vi mangler dialog.", True),
        ("snakke", "Vi snakker ikke.", True),
        ("snakke", "Vi snakker ikkje med dei.", True),
        ("snakke", "Vi snakker, ikke de.", False),
        ("snakke", "Vi snakker ikke sant om det.", False),
        ("snakke", "Vi snakker uten dem.", False),
        ("mangle .. dialog", "Vi mangler god dialog.", False),
        ("ikke .. dialog", "Vi har ikke dialog.", False),
        ("ha .. dialog", "Vi har ikke hatt dialog.", True),
        ("ha .. dialog", "Vi har ikke bare dialog.", False),
        ("ha .. dialog", "Vi har dialog, ikke kontroll.", False),
        ("har ikke .. dialog", "De har ikke aldri dialog.", True),
        ("bare dialog", "Ikke bare dialog.", False),
        ("ha .. ikke dialog", "Vi har nå ikke dialog.", False),
    ],
)
def test_negation_before_inside_or_right_after(phrase: str, text: str, is_negated: bool) -> None:
    assert [hit.is_negated for hit in CueEngine([("C1", Cue(phrase))], toy).hits(text)] == [is_negated]


@pytest.mark.parametrize(
    ("negated", "polarity", "plain", "turned"),
    [
        ("keep", "fremmer", "fremmer", [None]),
        ("flip", "fremmer", "fremmer", ["hemmer"]),
        ("flip", "hemmer", "hemmer", ["fremmer"]),
        ("flip", None, None, [None]),
        ("drop", "fremmer", "fremmer", []),
    ],
)
def test_a_cue_says_what_negation_does_to_it(
    negated: str, polarity: str | None, plain: str | None, turned: list[str | None]
) -> None:
    engine = CueEngine([("C1", Cue("dialog", None, polarity, negated))], toy)  # a plain str from the table
    assert [hit.polarity for hit in engine.hits("dialog")] == [plain]
    assert [hit.polarity for hit in engine.hits("ikke dialog")] == turned


# ---- sentences


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Ja. Vi har dialog! Nei.", " Vi har dialog!"),
        ("Vi har bl.a. dialog. Nei.", "Vi har bl.a. dialog."),
        ("Kl. 10 er det dialog.", "Kl. 10 er det dialog."),
        ("Den 3. mai er det dialog.", "Den 3. mai er det dialog."),
        ("Vi hadde … altså … dialog. Nei.", "Vi hadde … altså … dialog."),
        ("Vi hadde ... dialog. Nei.", "Vi hadde ... dialog."),
        ("Vi vet ... Dialog er bra.", " Dialog er bra."),
        ("Den koster 1.200 kroner, dialog.", "Den koster 1.200 kroner, dialog."),
        ("# Tittel\nVi har dialog\nTredje", "Vi har dialog\n"),
        ("dialog", "dialog"),
        ("Sa du ja? dialog?", " dialog?"),
    ],
)
def test_a_hit_knows_its_sentence(text: str, sentence: str) -> None:
    (hit,) = CueEngine([("C1", Cue("dialog"))], toy).hits(text)
    assert text[hit.sentence_start : hit.sentence_end] == sentence


# ---- the engine against a slow and obvious matcher


def reference_words(text: str) -> list[tuple[int, int, str]]:
    """Words read character by character."""

    def is_mark(character: str) -> bool:
        return character == "\u00ad" or unicodedata.category(character).startswith("M")

    def is_letter(index: int) -> bool:
        return 0 <= index < len(text) and (text[index].isalnum() or text[index] == "_")

    def is_inside(index: int) -> bool:
        while 0 <= index < len(text) and is_mark(text[index]):
            index -= 1
        return is_letter(index)

    words, start = [], None
    for index in range(len(text) + 1):
        inside = index < len(text) and (
            is_inside(index) or (text[index] in "-'’‑" and is_inside(index - 1) and is_letter(index + 1))
        )
        if inside and start is None:
            start = index
        elif not inside and start is not None:
            form = text[start:index].replace("İ", "i").replace("’", "'").replace("‑", "-").lower()
            words.append((start, index, form))
            start = None
    return words


def reference_hits(cues: list[tuple[str, Cue]], text: str) -> list[tuple[int, int, str, bool]]:
    """Every cue tried at every word, one word after the other."""
    words = reference_words(text)
    breaks = [i for i, c in enumerate(text) if c in "!?\n"]
    breaks += [
        i for i, c in enumerate(text)
        if c == "." and text[i + 1 : i + 2] != "." and not (text[i + 1 : i + 2].isalnum() or text[i + 1 : i + 2] == "_")
        and not (re.search(r"(\W|^)(kl|bl\.a|\d\d?)$|\.$", text[:i].lower()) and re.match(r"\s(?=\w)[^A-ZÅÆØ]", text[i + 1 :]))
    ]  # fmt: skip

    def sentence(word: int) -> int:
        return sum(b < words[word][0] for b in breaks)

    def fits(word: int, cue_word: str) -> bool:
        form = unicodedata.normalize("NFC", words[word][2].replace("\u00ad", ""))
        options = []
        for part in cue_word.split("|"):
            if part.startswith("="):
                options.append(form == part[1:])
            elif part.endswith("*"):
                options.append(form.startswith(part[:-1]))
            elif part.startswith("*"):
                options.append(form.endswith(part[1:]) or toy(form).endswith(part[1:]))
            else:
                options.append(form == part or toy(form) in (part, toy(part)))
        return any(options)

    def rest(cue_words: list[str], last: int, gap: int) -> list[int] | None:
        if not cue_words:
            return []
        if cue_words[0].startswith(".."):
            return rest(cue_words[1:], last, int(cue_words[0][2:] or 3))
        for word in range(last + 1, min(len(words), last + gap + 2)):
            between = text[words[last][1] : words[word][0]]
            if sentence(word) != sentence(last) or (not gap and (not between.isspace() or "\n" in between)):
                return None
            if fits(word, cue_words[0]):
                more = rest(cue_words[1:], word, 0)
                if more is not None:
                    return [word, *more]
        return None

    def negates(word: int) -> bool:
        following = words[word + 1][2] if word + 1 < len(words) else ""
        return words[word][2] in cues_module.NEGATIONS and following not in cues_module.NOT_NEGATING_BEFORE

    def is_negated(path: list[int]) -> bool:
        for word in range(path[0] - 1, max(-1, path[0] - 4), -1):
            if words[word][2] == "men" or sentence(word) != sentence(path[0]):
                break
            if negates(word):
                return True
        if any(negates(word) for word in range(path[0], path[-1]) if word not in path):
            return True
        after = path[-1] + 1
        return (
            after < len(words)
            and words[after][2] in ("ikke", "ikkje", "aldri")
            and negates(after)
            and text[words[path[-1]][1] : words[after][0]].strip(" \t\u00a0") == ""
        )

    hits = []
    for first in range(len(words)):
        for code, cue in cues:
            cue_words = (cue.phrase or "").split()
            if fits(first, cue_words[0]):
                tail = rest(cue_words[1:], first, 0)
                if tail is not None:
                    path = [first, *tail]
                    hits.append((words[first][0], words[path[-1]][1], code, is_negated(path)))
    return hits


FORMS = [
    *LEMMAS, "dialog", "ha", "leverandør", "åpen", "kommune", "snakke", "ikke", "aldri", "sant", "bare", "men", "e-post",
    "og", "Dialog", "ÅPNE", "İ", "kl", "bl.a", "12", "a\u030apne", "å\u00adpne", "o’hoi", "𝒜b",
]  # fmt: skip
SEPARATORS = [" ", " ", " ", " ", " ", ", ", ". ", "? ", "\n", "... ", " 😀 ", "  ", "-", "«", "\u00a0", " … "]
WORDS = ["dialog", "=dialog", "=dialogen", "ha", "gikk", "leverandør*", "*dør", "dialog|åpen", "=har|ha*", "ikke", "sant",
         "kommune", "åpen", "snakke", "e-post", "liten", "*en", "d*"]  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.tuples(st.sampled_from(FORMS), st.sampled_from(SEPARATORS)), max_size=25))
    return "".join(form + separator for form, separator in pieces)


@st.composite
def phrases(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
    gaps = draw(st.lists(st.sampled_from(["", "", "..", "..1", "..5"]), min_size=len(words), max_size=len(words)))
    return " ".join(part for word, gap in zip(words, ["", *gaps[1:]], strict=True) for part in (gap, word) if part)


def codes(phrases_: list[str]) -> list[tuple[str, Cue]]:
    return [(f"C{number}", Cue(phrase)) for number, phrase in enumerate(phrases_)]


def short(hits: list[Hit]) -> list[tuple[int, int, str, bool]]:
    return [(hit.start, hit.end, hit.code, hit.is_negated) for hit in hits]


PAUSE = re.compile("…")


@settings(max_examples=600, deadline=None)
@given(st.lists(phrases(), min_size=1, max_size=6), texts())
def test_the_engine_finds_what_a_slow_matcher_finds(cue_phrases: list[str], text: str) -> None:
    # The slow matcher knows no pauses.
    text = PAUSE.sub("–", text)
    cues = codes(cue_phrases)
    assert short(CueEngine(cues, toy).hits(text)) == reference_hits(cues, text)


@settings(max_examples=200, deadline=None)
@given(st.lists(phrases(), min_size=1, max_size=6), texts(), st.integers(1, 40))
def test_hits_do_not_depend_on_where_a_long_text_is_cut(cue_phrases: list[str], text: str, block: int) -> None:
    engine = CueEngine(codes(cue_phrases), toy)
    whole = engine.hits(text)
    with mock.patch.object(tokens_module, "BLOCK", block):
        assert CueEngine(codes(cue_phrases), toy).hits(text) == whole
        pieces = list(cues_module.blocks(text))
    assert "".join(piece for _, piece in pieces) == text
    assert all(text.startswith(piece, offset) for offset, piece in pieces)


@settings(max_examples=200, deadline=None)
@given(st.lists(phrases(), min_size=1, max_size=6), st.lists(texts(), max_size=4))
def test_hits_do_not_depend_on_the_texts_read_before(cue_phrases: list[str], read: list[str]) -> None:
    seasoned = CueEngine(codes(cue_phrases), toy)
    with mock.patch.object(cues_module, "LARGEST_VOCABULARY", 5):
        for text in read:
            assert seasoned.hits(text) == CueEngine(codes(cue_phrases), toy).hits(text)


def test_a_vocabulary_of_thousands_is_known_again() -> None:
    asked: list[str] = []

    def counting(form: str) -> str:
        asked.append(form)
        return form

    words = [f"ord{number}" for number in range(9000)]
    engine = CueEngine([(f"C{number}", Cue(words[number])) for number in range(0, 9000, 7)], counting)
    text = " ".join(words)
    expected = [(words[number], f"C{number}") for number in range(0, 9000, 7)]
    assert [(text[hit.start : hit.end], hit.code) for hit in engine.hits(text)] == expected
    asked.clear()
    assert [(text[hit.start : hit.end], hit.code) for hit in engine.hits(text)] == expected
    assert asked == []


def test_forms_met_later_join_the_phrases_they_fit() -> None:
    engine = CueEngine([("C1", Cue("a =b")), ("C2", Cue("a b*")), ("C3", Cue("a b* c"))], toy)
    assert [hit.code for hit in engine.hits("a b c")] == ["C1", "C2", "C3"]
    assert [hit.code for hit in engine.hits("a bb c")] == ["C2", "C3"]
    assert [hit.code for hit in engine.hits("a b c")] == ["C1", "C2", "C3"]


def test_each_form_is_lemmatised_once() -> None:
    asked: list[str] = []

    def counting(form: str) -> str:
        asked.append(form)
        return form

    engine = CueEngine([("C1", Cue("dialog"))], counting)
    asked.clear()
    engine.hits("Vi har, vi har, VI HAR.\n" * 10)
    engine.hits("Har vi?")
    assert sorted(asked) == ["har", "vi"]


# ---- the engine against spaCy


PLAIN_FORMS = [*LEMMAS, "dialog", "leverandør", "kommune", "snakke", "ikke", "og", "vi", "Dialog"]
PLAIN_LEMMAS = sorted({toy(form.lower()) for form in PLAIN_FORMS})


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(PLAIN_LEMMAS), min_size=1, max_size=3), min_size=1, max_size=8),
    st.lists(st.tuples(st.sampled_from(PLAIN_FORMS), st.sampled_from([" ", " ", ", ", "! "])), max_size=30),
    st.sampled_from(["LEMMA", "LOWER"]),
)
def test_lemma_and_surface_cues_find_what_spacys_phrase_matcher_finds(
    cue_words: list[list[str]], pieces: list[tuple[str, str]], attribute: str
) -> None:
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc

    nlp = blank_norwegian()
    text = "".join(form + separator for form, separator in pieces).rstrip(" ")
    matcher = PhraseMatcher(nlp.vocab, attr=attribute)
    mark = "=" if attribute == "LOWER" else ""
    cues = []
    for number, words in enumerate(cue_words):
        matcher.add(f"C{number}", [Doc(nlp.vocab, words=words, lemmas=words)])
        cues.append((f"C{number}", Cue(" ".join(mark + word for word in words))))
    doc = nlp.make_doc(text)
    for token in doc:
        token.lemma_ = toy(token.lower_)
    theirs = {
        (doc[start].idx, doc[end - 1].idx + len(doc[end - 1]), nlp.vocab.strings[label])
        for label, start, end in matcher(doc)
    }
    assert {(hit.start, hit.end, hit.code) for hit in CueEngine(cues, toy).hits(text)} == theirs


def blank_norwegian():  # spaCy ships no types
    from foran_research.codebook.spacy_component import _blank

    return _blank("nb")


# ---- tokens cut elsewhere


def test_a_pipelines_lemma_decides() -> None:
    text = "Så så han det bl.a. der. Nå så."
    words = [("Så", "så"), ("så", "se"), ("han", "han"), ("det", "det"), ("bl.a.", "bl.a."), ("der", "der"), (".", "."),
             ("Nå", "nå"), ("så", "")]  # fmt: skip
    start, placed = 0, []
    for form, lemma in words:
        start = text.index(form, start)
        placed.append((start, form, lemma))
        start += len(form)
    tokens = tokens_from(text, placed)
    hits = CueEngine([("C1", Cue("se")), ("C2", Cue("der"))], toy).hits_in(tokens, 100)
    assert [(hit.start - 100, hit.end - 100, hit.code) for hit in hits] == [(3, 5, "C1"), (20, 23, "C2")]
    assert {text[hit.sentence_start - 100 : hit.sentence_end - 100] for hit in hits} == {"Så så han det bl.a. der."}


def test_words_that_a_pipeline_cuts_apart_are_neighbours() -> None:
    tokens = tokens_from("idag", [(0, "i", "i"), (1, "dag", "dag")])
    assert [(hit.start, hit.end) for hit in CueEngine([("C1", Cue("i dag"))], toy).hits_in(tokens)] == [(0, 4)]


def test_no_words_are_no_hits() -> None:
    assert CueEngine([("C1", Cue("a"))], toy).hits_in(tokens_from("…", [(0, "…", "…")])) == []


def test_matches_made_elsewhere_get_negation_and_sentence() -> None:
    text = "Nei. Vi har ikke noen 👍 dialog her."
    tokens = tokenise(text)
    start = text.index("dialog")
    cues = [("C1", Cue(None, ({},), "fremmer", "flip")), ("C2", Cue(None, ({},)))]
    hits = hits_at(tokens, [(start, start + 6), (start - 2, start - 1)], cues, 7)
    assert hits[0] == Hit(start + 7, start + 13, "C1", "hemmer", True, 11, len(text) + 7)
    assert not hits[1].is_negated


def test_a_moved_hit_moves_its_sentence_too() -> None:
    assert with_offset(Hit(1, 2, "C", None, False, 0, 3), 10) == Hit(11, 12, "C", None, False, 10, 13)


# ---- suggestions


def test_suggestions_are_sentences_inside_the_informants_turns() -> None:
    text = "**I:** Hadde dere dialog?\n\n**A:** – Ja. Vi hadde dialog. Ikke dialog nå.\n"
    turn = (text.index("– Ja"), len(text) - 1)
    hits = CueEngine([("C1", Cue("dialog", None, "fremmer")), ("C2", Cue("ha"))], toy).hits(text)
    told = [(text[s.start : s.end], s.code, s.polarity, s.is_negated) for s in suggestions(text, hits, [turn])]
    assert told == [
        ("Vi hadde dialog.", "C1", "fremmer", False),
        ("Vi hadde dialog.", "C2", "", False),
        ("Ikke dialog nå.", "C1", "", True),
    ]


def test_a_suggestion_leaves_the_speakers_label_out() -> None:
    text = "**A:** Vi hadde dialog"
    (only,) = suggestions(text, CueEngine([("C1", Cue("dialog"))], toy).hits(text), [(7, len(text))])
    assert text[only.start : only.end] == "Vi hadde dialog"


def test_hints_that_disagree_are_both() -> None:
    cues = [("C1", Cue("dialog", None, "fremmer")), ("C1", Cue("ha", None, "hemmer"))]
    text = "Vi har dialog."
    assert suggestions(text, CueEngine(cues, toy).hits(text), [(0, len(text))]) == [
        Suggestion(0, len(text), "C1", "begge", False)
    ]


def test_one_plain_hit_keeps_a_suggestion_from_being_negated() -> None:
    text = "Vi har dialog, ikke dialog."
    (only,) = suggestions(text, CueEngine([("C1", Cue("dialog"))], toy).hits(text), [(0, len(text))])
    assert not only.is_negated


# ---- words that a token pattern needs


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ([{"LOWER": "dialog"}], {"=dialog"}),
        ([{"LEMMA": "Teste"}, {"LOWER": "ut"}], {"teste"}),
        ([{"LEMMA": "ha"}, {"LOWER": {"IN": ["dialog", "samtale"]}}], {"=dialog", "=samtale"}),
        ([{"LEMMA": "har"}, {"LOWER": {"IN": ["dialog", "i"]}}], {"har"}),
        ([{"LOWER": "a", "OP": "?"}, {"ORTH": "B"}], {"=b"}),
        ([{"TEXT": {"IN": ["x", "y"]}, "OP": "+"}], {"=x", "=y"}),
        ([{"LOWER": "a", "OP": "{0,2}"}, {"LOWER": "b", "OP": "{2}"}], {"=b"}),
        ([{"LOWER": "a", "OP": "{,2}"}], set()),
        ([{"LOWER": "a", "OP": "!"}], set()),
        ([{"LOWER": {"REGEX": "^a"}}, {"POS": "NOUN"}], set()),
        ([{"LOWER": {"NOT_IN": ["a"]}}, {"LOWER": "bl.a."}, {"LEMMA": "10-år"}], set()),
        ([], set()),
    ],
)
def test_literal_words_are_those_a_match_cannot_do_without(pattern: list[dict[str, object]], words: set[str]) -> None:
    assert literal_words(pattern) == words
