"""What a preview says of a text, in both languages. Everybody is invented (oppdiktet)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from foran_research.corpus import preview as module
from foran_research.corpus.conventions import SourceTurn, Understood
from foran_research.corpus.hits import KINDS, Hit
from foran_research.corpus.intake_plan import composed, joined, passages_of
from foran_research.corpus.preview import (
    HitCount,
    Preview,
    Speaker,
    encoding_of,
    hits_by_kind,
    preview_text,
    said_of_dry_run,
    shortened,
    speakers_of,
)
from foran_research.corpus.source import Finding

SEEN = Preview(
    file="Kari å 😀.docx", name="", document="FJO-I03", format="docx", encoding="cp1252", turns=3, headings=1, words=1204,
    pattern="colon", share=0.975, alternatives=(("bold", 0.5), ("tab", 0.25)), unlabelled=2, timed=2, last_time=3723.9,
    speakers=(Speaker("Kari Ås", 2, "FJO-I03-P1"), Speaker("Spørreren", 1, "Intervjuer", is_interviewer=True)),
    remarks=3, anchored=2, hits=(HitCount("phone", 20, tuple(range(1, 21))), HitCount("person", 1, (2,))),
    findings=(Finding("deletion", 4, is_carried=False), Finding("encoding", 1, is_carried=True, detail="cp1252")),
    first=(("Kari Ås", 62.0, "Vi ringte 😀"), ("", None, "Et avsnitt")),
)  # fmt: skip


def test_the_text_tells_every_fact_in_norwegian() -> None:
    assert preview_text(SEEN, "nb") == (
        "Kari å 😀.docx → FJO-I03\n"
        "  format: docx, tegnsett cp1252\n"
        "  3 ytringer, 1204 ord, 2 uten taler, 1 overskrifter\n"
        "  mønster: colon, 98 % av linjene (ellers: bold 50 %, tab 25 %)\n"
        "  tider: 2 ytringer med tid, siste 01:02:03\n"
        "  talere:\n"
        "    taler      ytringer  blir\n"
        "    Kari Ås    2         FJO-I03-P1\n"
        "    Spørreren  1         intervjueren\n"
        "  merknader: 3 (2 med sted i teksten)\n"
        "  treff som kan vise hvem noen er:\n"
        "    slag           antall  i ytring\n"
        "    telefonnummer  20      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 og 8 til\n"
        "    person         1       2\n"
        "  hva kilden ellers har:\n"
        "    hva              antall  følger med  mer\n"
        "    sporet sletting  4       nei\n"
        "    tegnsett         1       ja          cp1252\n"
    )


def test_words_are_shown_on_request_only_and_in_english_too() -> None:
    text = preview_text(SEEN, "en", shows_words=True)
    assert text.endswith("  the first turns:\n    Kari Ås [00:01:02]: Vi ringte 😀\n    Et avsnitt\n")
    assert "  hits that may tell who somebody is:\n" in text
    assert "    deletion  4      no\n" in text
    assert "Vi ringte" not in preview_text(SEEN, "en")


def test_a_text_that_is_there_is_told_in_one_line() -> None:
    assert preview_text(replace(SEEN, is_in_study_as="FJO-I01"), "en") == (
        "Kari å 😀.docx: is in the study already, as FJO-I01\n"
    )
    assert "the same text as FJO-I02\n" in preview_text(replace(SEEN, same_words_as="FJO-I02"), "en")


def test_a_text_of_a_project_bears_its_name_and_an_empty_one_says_none() -> None:
    bare = replace(
        SEEN, name="Tekst 2", speakers=(), hits=(), findings=(), timed=0, remarks=0, encoding="", unlabelled=0
    )
    text = preview_text(bare, "nb")
    assert text.startswith("Kari å 😀.docx · Tekst 2 → FJO-I03\n  format: docx\n")
    for line in ("  talere: ingen", "  tider: ingen", "  treff som kan vise hvem noen er: ingen",
                 "  hva kilden ellers har: ingen", "  merknader: 0"):  # fmt: skip
        assert f"{line}\n" in text


def test_both_languages_have_the_same_words_and_every_kind_a_name() -> None:
    assert set(module._WORDS["nb"]) == set(module._WORDS["en"])
    assert set(module._KINDS_NB) == set(KINDS)
    assert said_of_dry_run("en") == "nothing written (--dry-run)"
    with pytest.raises(ValueError, match="expected nb or en"):
        preview_text(SEEN, "sv")


def test_hits_are_counted_by_kind_and_told_by_the_numbers_of_their_turns() -> None:
    turns = (SourceTurn("A", "Ring 😀 12"), SourceTurn("", "Plan", kind="heading"), SourceTurn("B", "å 34 og 56"))
    passages = passages_of(Understood(turns, "colon", 1.0))
    whole = joined(passages)
    text = composed(passages, [one.words for one in passages], {"A": "A", "B": "B"}, has_turns=True)
    places = [whole.text.index(number) for number in ("12", "34", "56")]
    hits = [Hit(place, place + 2, "phone", "x") for place in places]
    remark = Hit(0, 2, "person", "x")
    assert hits_by_kind(hits, whole, text, [remark]) == (HitCount("phone", 3, (1, 3)), HitCount("person", 1, ()))


def test_speakers_are_told_in_order_with_what_they_become() -> None:
    passages = passages_of(
        Understood((SourceTurn("KARI", "a"), SourceTurn("Ola", "b"), SourceTurn("KARI", "c")), "x", 1.0)
    )
    assert speakers_of(passages, {"KARI": "P1", "Ola": "Intervjuer"}, frozenset({"ola"})) == (
        Speaker("KARI", 2, "P1"), Speaker("Ola", 1, "Intervjuer", is_interviewer=True),
    )  # fmt: skip


def test_the_encoding_is_the_one_a_reader_told_of() -> None:
    assert (
        encoding_of([Finding("image", 1, is_carried=False), Finding("encoding", 1, is_carried=True, detail="utf-16")])
        == "utf-16"
    )
    assert encoding_of([]) == ""


def test_turns_are_shortened_to_one_line_of_code_points() -> None:
    assert shortened("Ja\n 😀") == "Ja 😀"
    assert len(shortened("😀" * 200)) == module.SHORTENED
