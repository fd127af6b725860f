"""Every word the importer's screen asks for is there in three languages, none for nothing; and its pure functions, by node."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

import foran_research
from foran_research.corpus.conventions import PATTERNS
from foran_research.corpus.hits import KINDS
from foran_research.corpus.pseudonyms import ACTIONS
from foran_research.corpus.store import CONSENTS
from foran_research.importing.words import LANGUAGES, WORDS
from foran_research.vocabulary import DISCLOSURES, DOCUMENT_KINDS, WRITTEN_FORMS

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))
from node import run_module

MODULE = Path(foran_research.__file__).parent / "importing/importer.mjs"
SCREEN = MODULE.read_text("utf-8")
#: What the screen builds keys from, by the beginning that they share.
FAMILIES = {
    "step.": ("choose", "look", "names", "done"),
    "kind.": DOCUMENT_KINDS,
    "consent.": CONSENTS,
    "disclosure.": DISCLOSURES,
    "written_form.": WRITTEN_FORMS,
    "pattern.": PATTERNS,
    "hit.": KINDS,
    "do.": (*ACTIONS, "take"),
    "letter.": (*ACTIONS, "take", "scope", "next"),
    "state.": ("open", "saving", "failed", *ACTIONS),
    "suggested.": ACTIONS,
    "field.": ("kind", "case", "date", "process", "arena", "guide", "actor_type", "consent", "disclosure",
               "written_form", "id", "interviewers"),
    "found.": tuple(key.removeprefix("found.") for key in WORDS["nb"] if key.startswith("found.")),
}  # fmt: skip


def asked_for() -> set[str]:
    """The keys that stand in the screen's program as they are."""
    plain = set(re.findall(r'\b(?:w|button|told|letter)\(\s*"([\w.-]+)"', SCREEN))
    for arguments in re.findall(r"\bw\(([^`\n]{0,60}\?[^`\n]{0,120})", SCREEN):
        plain |= {key for key in re.findall(r'"([\w.-]+)"', arguments) if key in WORDS["nb"]}
    return plain & set(WORDS["nb"]) | (set(re.findall(r'\b(?:w|button)\(\s*"([\w.-]+)"', SCREEN)) - {"n"})


def built() -> set[str]:
    return {beginning + value for beginning, values in FAMILIES.items() for value in values}


def test_the_reader_of_the_screens_program_finds_something() -> None:
    assert len(asked_for()) > 90
    beginnings = set(re.findall(r"\bw\(`([a-z_]+\.)\$\{", SCREEN))
    assert beginnings <= set(FAMILIES), "a family of keys that this test does not know"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_the_screen_asks_for_is_there(language: str) -> None:
    assert sorted((asked_for() | built()) - set(WORDS[language])) == []
    assert all(text.strip() for text in WORDS[language].values())


def test_no_word_is_there_for_nothing() -> None:
    used = asked_for() | built()
    assert sorted(key for key in set(WORDS["nb"]) - used if f'"{key}"' not in SCREEN and key != "unknown-row") == []


def test_the_three_languages_set_the_same_facts_into_a_sentence() -> None:
    def braces(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", text))

    assert [key for key in WORDS["nb"] if len({tuple(braces(WORDS[one][key])) for one in LANGUAGES}) > 1] == []


def test_the_letters_of_a_language_are_those_the_screen_understands() -> None:
    names = (*ACTIONS, "take", "scope", "next")
    for language in LANGUAGES:
        letters = [WORDS[language][f"letter.{name}"] for name in names]
        assert len(set(letters)) == len(names)
        assert run("return given.map(key => module.actionOf(key))", letters) == list(names)
    assert run("return ['x', 'ArrowDown', 'ø', '1'].map(key => module.actionOf(key))") == [None] * 4


def run(script: str, given: Any = None) -> Any:
    return run_module(MODULE, script, given)


def test_times_and_sizes_are_said_as_people_say_them() -> None:
    assert run("return [0, 62, 3723.9, 360000, null].map(module.clock)") == [
        "00:00:00", "00:01:02", "01:02:03", "100:00:00", "00:00:00"
    ]  # fmt: skip
    assert run("return [0, 999, 1000, 12345, 9949, 9951, 999499, 999500, 64000000].map(module.size)") == [
        "0 B", "999 B", "1.0 kB", "12 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "64 MB"
    ]  # fmt: skip


def test_labels_are_divided_by_commas_and_given_once() -> None:
    assert run("return module.labels(given)", " KN,  Å. Nes , KN,, 😀 ") == ["KN", "Å. Nes", "😀"]
    assert run("return module.labels('')") == []


def test_places_are_turns_and_remarks() -> None:
    cases = {
        "A-I01: 2, 4": "A-I01: tur 2, 4",
        "A-I01: 0": "A-I01: merknad",
        "A-I01: 0, 3; B-I02: 10, 20": "A-I01: tur 3, merknad; B-I02: tur 10, 20",
        "A-I01: 1, 2 …; B-I02: 5 …": "A-I01: tur 1, 2 …; B-I02: tur 5 …",
        "": "",
    }
    assert run("return given.map(one => module.placesOf(one, 'tur', 'merknad'))", list(cases)) == list(cases.values())
