"""Answers of signs that are hardly words: none stops collecting, and none takes another's place."""

from __future__ import annotations

import pytest
from answer_files import NOTE, PACK, an_answer, run, saved
from small_study import SmallStudy

from foran_research import memoing
from foran_research.study import load_study

UNSEEN = ["\u200b", "\ufeff\u200e", "\u00ad", "\u2060 \u2060", "\ufffe", "\u3164", "\u0301", "\U000e0041",
          "\u2065", "\ufff3", "\ufdd0", "\U000e0fff"]  # fmt: skip
ODD = ["#", "# #", "##", "---", "**", ">", "<!-- x -->", "[00:00:01]", "\\", "…", "😀", "1.", "\U0001fae9",
       "\U0001fadf\u200d\U0001fae9", "::", "[leser]",
       "\u2028x\u2028", "\u200bnei", "**LESER-AAAAAAAAAA:** ja", "[leser] LESER-AAAAAAAAAA: a\u030a"]  # fmt: skip
QUESTION, PLAIN = "question:Q0001", "Et helt vanlig svar, a\u030apent"


def _memos(study: SmallStudy) -> list[str]:
    found = memoing.memos(load_study(study.path), viewer=None)["text"]
    return sorted(text.rpartition("\n\n[svar a-")[0] for text in found if "[svar a-" in text)


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
def test_words_that_nobody_sees_are_none_and_the_others_come_in(small_study: SmallStudy, text: str) -> None:
    level = an_answer(2, "element:C0005", "maturity", text, value=3, case="FJO")
    answers = [an_answer(1, QUESTION, "answer", text), level, an_answer(3, QUESTION, "answer", PLAIN)]
    assert not run(small_study, saved(answers)).refused
    run(small_study)
    assert _memos(small_study) == ["Et helt vanlig svar, åpent"]


def test_signs_that_are_seen_are_words(small_study: SmallStudy) -> None:
    for number, text in enumerate(ODD):
        assert not run(small_study, saved([an_answer(number, QUESTION, "answer", text)], number)).refused, ascii(text)
    study = load_study(small_study.path)
    spoken = [turn for turn in study.transcripts[NOTE].turns if turn.speaker]
    assert len(spoken) == len(ODD) == len(_memos(small_study))


def test_signs_alone_do_not_stop_what_comes_later(small_study: SmallStudy) -> None:
    for number, text in enumerate(ODD):
        kind = "rename" if len(text) % 2 else "new_element"
        about = "element:C0001" if kind == "rename" else f"pack:{PACK['id']}"
        assert not run(small_study, saved([an_answer(number, about, kind, text)], number)).refused, ascii(text)
    run(small_study, saved([an_answer(99, QUESTION, "answer", PLAIN)], 99))
    assert _memos(small_study) == ["Et helt vanlig svar, åpent"]


def test_one_id_from_two_readers_is_two_answers(small_study: SmallStudy) -> None:
    files = [saved([an_answer(1, QUESTION, "answer", f"Svaret til {name}, æøå 😀")], n) for n, name in enumerate("AB")]
    told = run(small_study, *files)
    assert told.both
    assert _memos(small_study) == ["Svaret til A, æøå 😀", "Svaret til B, æøå 😀"]
