"""Which words of a note are which answer's, in a study of real people: by their places, and never silently none."""

from __future__ import annotations

import pytest
from answer_files import NOTE, an_answer, run, saved
from small_study import SmallStudy

from foran_research.collecting import told_of
from foran_research.collecting.notes import without_turn, words_in_turns
from foran_research.collecting.results import Collected
from foran_research.collecting.stored import stored, taken
from foran_research.collecting.turns import Note, notes_of
from foran_research.corpus.transcript import Transcript, parse_turns
from foran_research.study import load_study

GIVEN = {1: ["Kari sa nei, a\u030apent 😀", "Vi må øve mer", "#"], 2: ["Ola Nordmann vet det"]}


@pytest.fixture
def written(small_study: SmallStudy) -> tuple[Note, str]:
    """A note with three answers of one reader, two of them below one heading, and one of another's; and its text."""
    mine = [
        an_answer(1, "question:Q0001", "answer", GIVEN[1][0]),
        an_answer(2, "element:C0001", "comment", GIVEN[1][1]),
        an_answer(3, "element:C0001", "comment", GIVEN[1][2]),
    ]
    run(small_study, saved(mine), saved([an_answer(4, "element:C0001", "comment", GIVEN[2][0])], 2))
    study = load_study(small_study.path)
    store = stored(study)
    (one,) = notes_of(study, store, taken(store)[0])
    return one, study.transcripts[NOTE].text


def words(one: Note, text: str) -> list[str]:
    """The words of each answer of the note in its order, "" for one whose turn is not found."""
    found = words_in_turns(one, Transcript(one.document, text, tuple(parse_turns(text, has_turns=True))))
    return [found.get(turn.said.key, "") for turn in one.turns]


def answers(one: Note) -> list[str]:
    return [turn.said.answer.text for turn in one.turns]


def test_replaced_names_and_changed_headings_are_followed(written: tuple[Note, str]) -> None:
    one, text = written
    assert sorted(words(one, text)) == sorted("«#»" if said == "#" else said for said in answers(one))
    changed = text.replace("Ola Nordmann", "[Person 1]").replace("Kari", "[Person 2]").replace("behov", "[sted]")
    expected = [said.replace("Ola Nordmann", "[Person 1]").replace("Kari", "[Person 2]") for said in answers(one)]
    assert words(one, changed) == ["«#»" if said == "#" else said for said in expected]


@pytest.mark.parametrize("number", range(4))
def test_a_turn_that_is_not_there_takes_nothing_from_the_others(written: tuple[Note, str], number: int) -> None:
    one, text = written
    spoken = [part for part in text.split("\n\n") if part.startswith("**")]
    assert len(spoken) == 4
    found = words(one, text.replace(spoken[number], "").replace("\n\n\n\n", "\n\n"))
    whole = words(one, text)
    assert found == ["" if at == number else said for at, said in enumerate(whole)]


def test_replaced_words_of_a_place_with_other_turns_are_nobodys(written: tuple[Note, str]) -> None:
    one, text = written
    spoken = next(part for part in text.split("\n\n") if "øve mer" in part)
    # Two turns of hers below that heading, the one that is left has other words: it could be either's.
    changed = text.replace(spoken, "").replace("«\\#»", "[Person 3]").replace("«#»", "[Person 3]")
    assert sum(not said for said in words(one, changed)) == 2
    assert "[Person 3]" not in words(one, changed)


def test_answers_without_a_turn_are_counted_and_told(written: tuple[Note, str]) -> None:
    one, _ = written
    assert without_turn([one], {}) == ((NOTE, 4),)
    assert without_turn([one], {turn.said.key: "ord" for turn in one.turns}) == ()
    (line,) = [line for line in told_of(Collected(without_turn=((NOTE, 1),))) if NOTE in line]
    assert "1 answer has no turn there that can be told" in line
