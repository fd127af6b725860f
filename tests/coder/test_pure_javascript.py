"""The screen's pure functions, run by node, against Python and against hand-worked expectations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hand_made import SECOND
from hypothesis import given, settings
from hypothesis import strategies as st

import foran_research
from foran_research.coding.acts import Desk, Refused

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))
from node import run_module

MODULE = Path(foran_research.__file__).parent / "coder/coder.mjs"
LETTERS = "aåæø \n.\u030a\u200b\u200d\ufeff\u00ad\u00a0\u2003\u2028😀👩👧🇳🇴\U0001d538ÆØÅB"


def texts(number: int = 300) -> list[str]:
    """A list of awkward texts, the same every time."""
    made: list[str] = []

    @settings(max_examples=number, database=None)
    @given(st.text(st.sampled_from(LETTERS), max_size=14))
    def collect(text: str) -> None:
        made.append(text)

    collect()
    return list(dict.fromkeys([*made, "a😀b", "😀", "\U0001d538\U0001d538", ""]))


def run(script: str, given: Any = None) -> Any:
    return run_module(MODULE, script, given)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_places_are_the_same_in_python_and_on_the_screen() -> None:
    cases = texts()
    assert sum(1 for text in cases if units(text) != len(text)) > 50
    found = run(
        """return given.map(text => {
            const map = module.pointMap(text);
            const points = [...text].length;
            return [Array.from({length: points + 1}, (_, i) => map.unit(i)),
                    Array.from({length: text.length + 1}, (_, i) => map.point(i))];
        });""",
        cases,
    )
    for text, (to_units, to_points) in zip(cases, found, strict=True):
        assert to_units == [units(text[:place]) for place in range(len(text) + 1)]
        # A unit inside a pair belongs to the character it is half of.
        starts = {units(text[:place]): place for place in range(len(text) + 1)}
        assert to_points == [starts.get(unit, starts.get(unit - 1)) for unit in range(units(text) + 1)]


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=9)


def lists_of_spans() -> list[list[dict[str, Any]]]:
    made: list[list[dict[str, Any]]] = []

    @settings(max_examples=200, database=None)
    @given(spans)
    def collect(pairs: list[tuple[int, int]]) -> None:
        made.append([{"id": f"s{n}", "start": a, "end": a + length} for n, (a, length) in enumerate(pairs)])

    collect()
    return made


def test_pieces_tile_a_stretch_and_say_what_covers_them() -> None:
    cases = lists_of_spans()
    for spans_, pieces in zip(cases, run("return given.map(s => module.flatten(5, 25, s));", cases), strict=True):
        assert [piece["from"] for piece in pieces] == [5, *(piece["to"] for piece in pieces[:-1])]
        assert pieces[-1]["to"] == 25
        for piece in pieces:
            covering = [
                {s["id"] for s in spans_ if s["start"] <= place < s["end"]}
                for place in range(piece["from"], piece["to"])
            ]
            assert all({one["id"] for one in piece["over"]} == ids for ids in covering)
        # No more pieces than there are ends.
        ends = {place for s in spans_ for place in (s["start"], s["end"]) if 5 < place < 25}
        assert len(pieces) == len(ends) + 1


def test_no_two_overlapping_spans_share_a_lane_and_no_lane_is_wasted() -> None:
    cases = lists_of_spans()
    for spans_, found in zip(cases, run("return given.map(s => [...module.lanes(s)]);", cases), strict=True):
        lane = dict(found)
        assert set(lane) == {s["id"] for s in spans_}
        for one in spans_:
            for other in spans_:
                if one["id"] < other["id"] and one["start"] < other["end"] and other["start"] < one["end"]:
                    assert lane[one["id"]] != lane[other["id"]]
        deepest = max((sum(s["start"] <= p < s["end"] for s in spans_) for p in range(45)), default=0)
        assert len(set(lane.values())) == deepest


def test_blanks_are_trimmed_on_the_screen_as_python_trims_them() -> None:
    cases = [text for text in texts() if text]
    found = run("return given.map(t => module.trimmed(t, 0, t.length));", cases)
    for text, span in zip(cases, found, strict=True):
        desk = Desk("D", "K", text, SECOND, {})
        try:
            start, end = desk.span(0, len(text))
            expected = [units(text[:start]), units(text[:end])]
        except Refused:
            expected = None
        assert span == expected, ascii(text)


def test_every_blank_is_a_blank_for_both() -> None:
    """All of the characters that either takes for nothing, one by one."""
    cases = [chr(number) for number in range(0x10000) if not 0xD800 <= number < 0xE000]
    found = run("return given.map(t => module.trimmed(t, 0, t.length) === null);", cases)
    unlike = []
    for text, is_nothing in zip(cases, found, strict=True):
        try:
            Desk("D", "K", text, SECOND, {}).span(0, 1)
        except Refused:
            unlike += [] if is_nothing else [ascii(text)]
        else:
            unlike += [ascii(text)] if is_nothing else []
    assert unlike == []


def test_versions_are_compared_as_numbers() -> None:
    pairs = [("2.0.0", "1.0.0"), ("1.0.0", "2.0.0"), ("10.0.0", "9.2.0"), ("1.2.0", "1.10.0"), ("1.0.1", "1.0.0"),
             ("1.0.0", "1.0.0"), ("1.0.0", "")]  # fmt: skip
    found = run("return given.map(([a, b]) => module.isLater(a, b));", pairs)
    assert found == [True, False, True, False, True, False, True]


def test_what_an_undo_takes_back_is_reckoned_with_what_is_on_its_way() -> None:
    cases = [[], ["undo"], ["undo", "undo"], ["apply"], ["apply", "undo"], ["apply", "undo", "undo"], ["undo", "redo"]]
    assert run("return given.map(module.undoDepth);", cases) == [0, 1, 2, -1, 0, 1, 0]


# The palette

ENTRIES = [
    ("P1", "Behovsforståelse", "Understanding needs"), ("P4", "Markedsdialog", "Market dialogue"),
    ("P4.1", "Høring av leverandører", "Hearing suppliers"), ("K1", "Læring", "Learning"),
    ("K2", "Åpenhet", "Openness"), ("K14", "Sjømatnæring", "Seafood trade"), ("P10", "Personavhengighet", "Key persons"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("p4", "P4"), ("P4.1", "P4.1"), ("p1", "P1"), ("k1", "K1"), ("horing", "P4.1"), ("hør", "P4.1"), ("laering", "K1"),
        ("læring", "K1"), ("apen", "K2"), ("åpen", "K2"), ("a\u030apen", "K2"), ("openness", "K2"), ("dialogue market", "P4"),
        ("sjomat", "K14"), ("seafood", "K14"), ("needs", "P1"), ("mrkdlg", "P4"), ("PERSON", "P10"),
    ],
)  # fmt: skip
def test_a_code_is_found_by_its_sign_and_in_both_languages_without_norwegian_keys(query: str, first: str) -> None:
    found = run(
        """const entries = given.entries.map(([id, nb, en], order) => ({id, order, keys: [id, nb, en].map(module.folded)}));
        return module.ranked(given.query, entries).map(e => e.id);""",
        {"entries": ENTRIES, "query": query},
    )
    assert found[:1] == [first]


def test_everything_is_listed_in_order_for_no_query_and_nothing_for_nonsense() -> None:
    listed, none = run(
        """const entries = given.map(([id, nb, en], order) => ({id, order, keys: [id, nb, en].map(module.folded)}));
        return [module.ranked(" ", entries).map(e => e.id), module.ranked("xyzzy", entries)];""",
        ENTRIES,
    )
    assert listed == [entry[0] for entry in ENTRIES]
    assert none == []


def test_a_whole_word_beats_a_beginning_beats_a_middle_beats_scattered_letters() -> None:
    targets = ["ring", "ringe", "a ring", "horing", "rabing", "gnir"]
    scores = run("return given.map(t => module.fitness('ring', t));", targets)
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
    assert scores[-1] == 0


# Words and sentences


def parts(function: str, text: str) -> list[str]:
    return [str(one) for one in run(f"return module.{function}(given).map(([a, b]) => given.slice(a, b));", text)]


def test_words_are_norwegian_words() -> None:
    text = "Å, vi sa «blåbær-syltetøy» 😀 bla\u030aba\u0308r i 2020!"
    assert parts("wordsOf", text) == ["Å", "vi", "sa", "blåbær", "syltetøy", "bla\u030aba\u0308r", "i", "2020"]


def test_sentences_are_found_without_the_blanks_around_them() -> None:
    text = "  Vi spurte 😀 dem. Hva sa de?  Ikke noe!\n\nEtterpå skrev vi."
    assert parts("sentencesOf", text) == ["Vi spurte 😀 dem.", "Hva sa de?", "Ikke noe!", "Etterpå skrev vi."]


@pytest.mark.parametrize(
    "text", ["Vi brukte bl.a. skjemaer.", "Vi hadde f.eks. møter og kr. 200 igjen.", "Den 3. juni kom de."]
)
def test_an_abbreviation_before_a_small_letter_ends_no_sentence(text: str) -> None:
    assert parts("sentencesOf", text) == [text]


# Characters as people see them

WHOLE = ["👩\u200d👩\u200d👧", "a\u030a", "🇳🇴", "😀", "👍🏽", "❤\ufe0f", "a"]


@pytest.mark.parametrize("character", WHOLE)
def test_a_span_never_ends_within_a_character(character: str) -> None:
    text = f"xy{character}z"
    start, end = 2, 2 + units(character)
    cases = [[a, b] for a in range(start, end) for b in range(a + 1, end + 1)]
    found = run("return given.cases.map(([a, b]) => module.whole(given.text, a, b));", {"text": text, "cases": cases})
    assert found == [[start, end]] * len(cases)
    assert run("return module.whole(given, 0, 2);", text) == [0, 2]
    assert run("return module.whole(given, 0, given.length);", text) == [0, units(text)]


def test_whole_characters_are_found_in_the_middle_of_a_long_text() -> None:
    text = "å" * 500 + "👩\u200d👧" + "ø" * 500
    assert run("return module.whole(given, 501, 503);", text) == [500, 505]


# Keys and finding


def test_a_new_code_takes_the_first_free_key_and_none_is_ever_pushed_off() -> None:
    slots = run(
        """let slots = Array(3).fill(null), seen = [];
        for (const code of given) { slots = module.quickKeys(slots, code); seen.push(slots); }
        return seen;""",
        ["A", "B", "A", "C", "D", "A"],
    )
    full = ["A", "B", "C"]
    assert slots == [["A", None, None], ["A", "B", None], ["A", "B", None], full, full, full]
    holes = "const slots = [null, 'B', null]; return [module.quickKeys(slots, given), slots];"
    assert run(holes, "A") == [["A", "B", None], [None, "B", None]]
    assert run(holes, "B") == [[None, "B", None], [None, "B", None]]


def test_a_query_is_found_everywhere_and_in_any_case() -> None:
    text = "Åpen 😀 åpen ÅPEN"
    assert run("return module.findAll(given, 'åpen');", text) == [[0, 4], [8, 12], [13, 17]]
    assert run("return [module.findAll(given, ''), module.findAll(given, 'x')];", text) == [[], []]
    assert run("return module.findAll('aaaa', 'aa');") == [[0, 2], [2, 4]]
