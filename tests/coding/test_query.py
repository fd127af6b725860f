"""What every operator finds: hand-worked passages, and a naive reading of the documentation as oracle."""

from __future__ import annotations

import time
from collections.abc import Iterable

import hand_made
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.coding import stretches
from foran_research.coding.query import RESULT_COLUMNS, TURN_COLUMNS, Material, evaluate, passages
from foran_research.coding.query_language import QueryError, UnknownInQuery, parse
from foran_research.coding.segments import segments_table
from foran_research.corpus.transcript import Span, Transcript, parse_turns
from foran_research.errors import ForanError

Stretch = tuple[str, int, int]
Passages = dict[Stretch, frozenset[str]]

# Three documents of short turns: A and B in one municipality (AAA), C in another. Everything is invented.
TEXTS = {
    "A-I01": "**Intervjuer:** Hva da, Åse?\n\n**Åse:** Vi spurte 😀 naboen først.\n\nSå ringte vi.\n\n**Intervjuer:** Og nå?\n\n"
    "**Åse:** Nå måler vi.\n",
    "B-I01": "**Intervjuer:** Begynn!\n\n**Åse:** Dialogen gikk godt.\n\n**Bo:** E-posten kom sent.\n",
    "C-N01": "# Møte\n\nFire kom.\n\n**Gjest:** Vi lærte mye av e\u0301n dialog.\n",
}
CASES = {"A-I01": "AAA", "B-I01": "AAA", "C-N01": "BBB"}
TRANSCRIPTS = {
    name: Transcript(name, text, parse_turns(text, has_turns=name[2] == "I")) for name, text in TEXTS.items()
}
DOCUMENTS = pd.DataFrame(
    [("A-I01", "interview", "AAA", "A-1", "", "2020-03-04"), ("B-I01", "interview", "AAA", "A-2", "", "2021-01-02"),
     ("C-N01", "workshop_note", "BBB", "", "praksis", "2021-06-30")],
    columns=["id", "kind", "case", "process", "arena", "date"],
).set_index("id")  # fmt: skip
TURNS = pd.DataFrame(
    [
        (
            name, t.number, t.span.start, t.span.end, t.speaker or "",
            # A guest speaks for her own municipality.
            "AAA" if t.speaker == "Gjest" else CASES[name],
            {"Åse": "innkjop", "Bo": "leder"}.get(t.speaker or "", ""),
            t.speaker not in ("Intervjuer", "Bo"), t.speaker != "Intervjuer" and t.kind != "heading", True,
        )
        for name, transcript in TRANSCRIPTS.items()
        for t in transcript.turns
    ],
    columns=list(TURN_COLUMNS),
)  # fmt: skip
NAMES = {
    "case": {"AAA": ("Åsane",), "BBB": ("Bø",)}, "actor": {"innkjop": ("Innkjøp",), "leder": ()},
    "document": dict.fromkeys(TEXTS, ()), "coder": {"K1": (), "K2": ()}, "kind": {"interview": (), "workshop_note": ()},
    "process": {"A-1": (), "A-2": ()}, "arena": {"praksis": ()}, "speaker": {"Åse": (), "Bo": (), "Gjest": ()},
}  # fmt: skip


def place(document: str, words: str) -> tuple[int, int]:
    assert TEXTS[document].count(words) == 1
    return TEXTS[document].index(words), TEXTS[document].index(words) + len(words)


def row(
    name: str, document: str, start: int, end: int, code: str, coder: str = "K1", polarity: str = "", memo: str = ""
) -> dict[str, object]:  # fmt: skip
    touched = TRANSCRIPTS[document].turns_touching(Span(start, end))
    return {
        "segment": name, "coder": coder, "document": document, "start": start, "end": end,
        "turns": tuple(t.number for t in touched), "quote": TEXTS[document][start:end], "code": code, "polarity": polarity,
        "codebook_version": "2.0.0", "at": "2021-02-01T10:00:00Z", "memo": memo, "applied_under": "2.0.0",
    }  # fmt: skip


def material(rows: Iterable[dict[str, object]]) -> Material:
    return Material(segments_table(rows), DOCUMENTS, TURNS, TEXTS, hand_made.SECOND, NAMES)


ROWS = [
    row("s1", "A-I01", *place("A-I01", "Vi spurte 😀 naboen først."), "C0001", polarity="fremmer"),
    row(
        "s2",
        "A-I01",
        *place("A-I01", "naboen først.\n\nSå ringte"),
        "C0002",
        polarity="hemmer",
        memo="Første gang, Åse.",
    ),
    row("s3", "A-I01", *place("A-I01", "Nå måler vi."), "C0003", polarity="hemmer"),
    row("s4", "A-I01", *place("A-I01", "Vi spurte 😀 naboen først."), "C0001", "K2", "hemmer"),
    row("s5", "B-I01", *place("B-I01", "Dialogen gikk"), "C0001", polarity="hemmer"),
    row("s6", "B-I01", *place("B-I01", "kom sent"), "C0005"),
    row("s7", "C-N01", *place("C-N01", "Fire kom."), "C0005", polarity="begge"),
    row("s8", "C-N01", *place("C-N01", "lærte mye"), "C0004"),
]
HAND = material(ROWS)


def found(query: str, given_: Material = HAND) -> list[tuple[str, str]]:
    """(words, segments) of every passage."""
    frame = passages(evaluate(parse(query), given_, source=query), given_, context=0)
    return [(words, " ".join(names)) for words, names in zip(frame["words"], frame["segments"], strict=True)]


SPURTE, NABOEN, RINGTE = "Vi spurte 😀 naboen først.", "naboen først.", "naboen først.\n\nSå ringte"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # Codes: P2 has P2.1 (C0003) below it. One passage for two coders of one stretch.
        ("P1", [(SPURTE, "s1 s4"), ("Dialogen gikk", "s5")]),
        ("P2", [(RINGTE, "s2"), ("Nå måler vi.", "s3")]),
        ("=P2", [(RINGTE, "s2")]),
        ("p2.1", [("Nå måler vi.", "s3")]),
        ("C0003", [("Nå måler vi.", "s3")]),
        # A polarity in brackets is the same segment's.
        ("P1[hemmer]", [(SPURTE, "s4"), ("Dialogen gikk", "s5")]),
        ("P1[fremmer AND coder:K2]", []),
        ("P1[hemmer, coder:K2]", [(SPURTE, "s4")]),
        ("P1[NOT hemmer]", [(SPURTE, "s1")]),
        ("E1[none]", [("kom sent", "s6")]),
        ('P2[memo:"første gang"]', [(RINGTE, "s2")]),
        ('P2[memo:"åse" OR fremmer]', [(RINGTE, "s2")]),
        # Standing alone it is any segment's, so that AND finds passages that share text with one.
        ("P1[fremmer] AND polarity:hemmer", [(SPURTE, "s1 s4"), (NABOEN, "s1 s2")]),
        # AND: the text that both share.
        ("P1 AND P2", [(NABOEN, "s1 s4 s2")]),
        ("P1 AND NOT P2", [("Dialogen gikk", "s5")]),
        ("P2 OR E1", [(RINGTE, "s2"), ("Nå måler vi.", "s3"), ("kom sent", "s6"), ("Fire kom.", "s7")]),
        # NEAR: turns count as numbered, the interviewer's included.
        ("P1 NEAR/0t P2", [(SPURTE + "\n\nSå ringte", "s1 s4 s2")]),
        ("=P2 NEAR/1t P2.1", []),
        ("=P2 NEAR/2t P2.1", [("naboen først.\n\nSå ringte vi.\n\n**Intervjuer:** Og nå?\n\n**Åse:** Nå måler vi.", "s2 s3")]),
        ("P1 NEAR/3w E1", [("Dialogen gikk godt.\n\n**Bo:** E-posten kom sent", "s5 s6")]),
        ("P1 NEAR/1w E1", []),
        ("P1 NOT NEAR/9t P2", [("Dialogen gikk", "s5")]),
        # THEN: the second begins where the first has ended, or later.
        ("P1 THEN/2w E1", [("Dialogen gikk godt.\n\n**Bo:** E-posten kom sent", "s5 s6")]),
        ("E1 THEN/9t P1", []),
        ("P1 THEN/9t =P2", []),
        ("P1 NOT THEN/9t P2", [("Dialogen gikk", "s5")]),
        # SAME: both sides' passages, in every unit that has both.
        ("P1 SAME document P2", [(SPURTE, "s1 s4"), (RINGTE, "s2"), ("Nå måler vi.", "s3")]),
        ("P1 SAME document E1", [("Dialogen gikk", "s5"), ("kom sent", "s6")]),
        ("P1 SAME process E1", [("Dialogen gikk", "s5"), ("kom sent", "s6")]),
        ("P1 SAME case E1", [(SPURTE, "s1 s4"), ("Dialogen gikk", "s5"), ("kom sent", "s6")]),
        ("P1 SAME turn P2", [(SPURTE, "s1 s4"), (RINGTE, "s2")]),
        ("P2 SAME speaker P1", [(SPURTE, "s1 s4"), (RINGTE, "s2"), ("Nå måler vi.", "s3"), ("Dialogen gikk", "s5")]),
        # The guest's own municipality, not the meeting's.
        ("K1 SAME case E1", [("kom sent", "s6"), ("lærte mye", "s8")]),
        ("K1 NOT SAME case P1", []),
        ("E1 NOT SAME case P1", [("Fire kom.", "s7")]),
        # A document without a process is in no process, so in none with another.
        ("E1 SAME process K1", []),
        ("E1 NOT SAME process K1", [("kom sent", "s6"), ("Fire kom.", "s7")]),
        # Places.
        ("E1 AND case:bø", [("Fire kom.", "s7")]),
        ("K1[case:AAA]", [("lærte mye", "s8")]),
        ("* AND NOT case:Åsane", [("Fire kom.", "s7")]),
        ("kind:workshop_note", [("Fire kom.", "s7"), ("lærte mye", "s8")]),
        ("arena:praksis AND date:2021-06", [("Fire kom.", "s7"), ("lærte mye", "s8")]),
        ("E1[date:..2021-03]", [("kom sent", "s6")]),
        ("actor:leder OR process:A-2", [("Dialogen gikk", "s5"), ("kom sent", "s6")]),
        ("speaker:Åse AND document:B-I01", [("Dialogen gikk", "s5")]),
        # Words.
        ('"dialog*"', [("Dialogen", ""), ("dialog", "")]),
        ('"dialog"', [("dialog", "")]),
        ('"dialog*" AND P1', [("Dialogen", "s5")]),
        ('P1["dialog*"]', [("Dialogen gikk", "s5")]),
        ('P1["dialog"]', []),
        ('"intervjuer"', []),
        ('"først så"', []),
        ('"Åse"', [("Åse", "")]),
        (r"/[em]-post\w+/ THEN/1w E1", [("E-posten kom sent", "s6")]),
        ('"naboen" NEAR/0t 'r"/måle./", []),
    ],
)  # fmt: skip
def test_operators_find_what_the_documentation_says(query: str, expected: list[tuple[str, str]]) -> None:
    assert found(query) == expected


def at(name: str, words: str, code: str) -> dict[str, object]:
    return row(name, "A-I01", *place("A-I01", words), code)


def test_of_two_equally_near_the_one_that_stands_first_is_the_partner() -> None:
    # «😀» has a blank on both sides; «naboen» has a partner of its own.
    between = [
        at("b1", "spurte", "C0002"),
        at("a1", "😀", "C0001"),
        at("b2", "naboen", "C0002"),
        at("a2", "naboen", "C0001"),
    ]
    assert found("P1 NEAR/0t =P2", material(between)) == [("spurte 😀", "b1 a1"), ("naboen", "a2 b2")]
    # Both end where the other does, and have a nearer partner; «Vi spurte» begins first.
    behind = [
        at("b1", "Vi spurte", "C0002"),
        at("b2", "spurte", "C0002"),
        at("a1", "spurte", "C0001"),
        at("a2", "😀", "C0001"),
    ]
    assert found("P1 NEAR/0t =P2", material(behind)) == [
        ("Vi spurte", "b1 a1"), ("Vi spurte 😀", "b1 a2"), ("spurte", "a1 b2"),
    ]  # fmt: skip


# An oracle: the documentation read word by word, with loops over pairs.


class Naive:
    def __init__(self, rows: list[dict[str, object]]) -> None:
        self.rows = rows

    def code(self, *ids: str) -> Passages:
        result: dict[Stretch, set[str]] = {}
        for r in self.rows:
            if r["code"] in ids:
                stretch = (str(r["document"]), int(str(r["start"])), int(str(r["end"])))
                result.setdefault(stretch, set()).add(str(r["segment"]))
        return {stretch: frozenset(names) for stretch, names in result.items()}

    @staticmethod
    def both(left: Passages, right: Passages) -> Passages:
        result: Passages = {}
        for (d, a, b), s in left.items():
            for (e, c, f), t in right.items():
                if d == e and max(a, c) < min(b, f):
                    key = (d, max(a, c), min(b, f))
                    result[key] = result.get(key, frozenset()) | s | t
        return result

    @staticmethod
    def turns(stretch: Stretch) -> list[int]:
        d, a, b = stretch
        return [t.number for t in TRANSCRIPTS[d].turns if t.span.start < b and a < t.span.end]

    def apart(self, one: Stretch, other: Stretch, unit: str) -> int:
        first, second = sorted((one, other), key=lambda s: (s[1], s[2]))
        if unit == "t":
            return max(0, self.turns(second)[0] - self.turns(first)[-1])
        words = [t.span.start + m for t in TRANSCRIPTS[one[0]].turns for m in word_starts(t.span.of(TEXTS[one[0]]))]
        return sum(first[2] <= w < second[1] for w in words)

    def nearest(self, one: Stretch, others: Passages, n: int, unit: str, sides: str) -> Stretch | None:
        def is_candidate(other: Stretch) -> bool:
            if other[0] != one[0] or self.apart(one, other, unit) > n:
                return False
            before, after = other[2] <= one[1], other[1] >= one[2]
            return ("b" if before else "a" if after else "o") in sides

        def rank(other: Stretch) -> tuple[int, int, int, int]:
            gap = max(other[1] - one[2], one[1] - other[2], -1 if other[1] < one[2] and one[1] < other[2] else 0)
            before = other[2] <= one[1]
            return gap, not before, other[1], other[2]

        return min((o for o in others if is_candidate(o)), key=rank, default=None)

    def near(self, left: Passages, right: Passages, n: int, unit: str, *, is_ordered: bool) -> Passages:
        result: dict[Stretch, frozenset[str]] = {}
        pairs = [(a, b) for a in left if (b := self.nearest(a, right, n, unit, "a" if is_ordered else "oba"))]
        pairs += [(a, b) for b in right if (a := self.nearest(b, left, n, unit, "b" if is_ordered else "oba"))]
        for a, b in pairs:
            key = (a[0], min(a[1], b[1]), max(a[2], b[2]))
            result[key] = result.get(key, frozenset()) | left[a] | right[b]
        return result


def word_starts(text: str) -> list[int]:
    """Where words begin: runs of letters and digits, with single hyphens and apostrophes inside."""
    is_word = [c.isalnum() or c == "_" for c in text]
    joins = [c in "-'’‑" and 0 < i < len(text) - 1 and is_word[i - 1] and is_word[i + 1] for i, c in enumerate(text)]
    inside = [w or j for w, j in zip(is_word, joins, strict=True)]
    return [i for i, here in enumerate(inside) if here and not (i and inside[i - 1])]


PLACES = [
    (name, a, b)
    for name, transcript in TRANSCRIPTS.items()
    for first in transcript.turns
    for a in range(first.span.start, first.span.end, 3)
    for b in range(a + 1, min(len(TEXTS[name]), a + 60), 4)
]
many = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(["C0001", "C0002", "C0005"]), st.sampled_from(["K1", "K2"])),
    max_size=12,
).map(lambda drawn: [row(f"s{n}", *at, code, coder) for n, (at, code, coder) in enumerate(drawn)])


def measured(query: str, given_: Material) -> Passages:
    frame = passages(evaluate(parse(query), given_), given_)
    keys = zip(frame["document"], frame["start"], frame["end"], strict=True)
    return {(d, int(a), int(b)): frozenset(names) for (d, a, b), names in zip(keys, frame["segments"], strict=True)}


@given(many)
def test_and_or_not_agree_with_a_comparison_of_every_pair(rows: list[dict[str, object]]) -> None:
    given_, naive = material(rows), Naive(rows)
    p1, p2, e1 = naive.code("C0001"), naive.code("C0002", "C0003"), naive.code("C0005")
    assert measured("P1", given_) == p1
    assert measured("P1 AND P2", given_) == measured("P2 AND P1", given_) == naive.both(p1, p2)
    assert measured("(P1 AND P2) AND E1", given_) == measured("P1 AND (P2 AND E1)", given_)
    assert measured("P1 AND NOT P2", given_) == {s: names for s, names in p1.items() if not naive.both({s: names}, p2)}
    union = {s: p1.get(s, frozenset()) | e1.get(s, frozenset()) for s in {*p1, *e1}}
    assert measured("P1 OR E1", given_) == union


@given(many, st.integers(0, 4), st.sampled_from("tw"))
def test_near_and_then_agree_with_a_comparison_of_every_pair(rows: list[dict[str, object]], n: int, unit: str) -> None:
    given_, naive = material(rows), Naive(rows)
    p1, p2 = naive.code("C0001"), naive.code("C0002")
    assert measured(f"P1 NEAR/{n}{unit} =P2", given_) == naive.near(p1, p2, n, unit, is_ordered=False)
    assert measured(f"P1 THEN/{n}{unit} =P2", given_) == naive.near(p1, p2, n, unit, is_ordered=True)
    lonely = {s: names for s, names in p1.items() if naive.nearest(s, p2, n, unit, "oba") is None}
    assert measured(f"P1 NOT NEAR/{n}{unit} =P2", given_) == lonely
    unfollowed = {s: names for s, names in p1.items() if naive.nearest(s, p2, n, unit, "a") is None}
    assert measured(f"P1 NOT THEN/{n}{unit} =P2", given_) == unfollowed


@given(many)
def test_same_unit_agrees_with_sets_of_units(rows: list[dict[str, object]]) -> None:
    given_, naive = material(rows), Naive(rows)
    p1, p2 = naive.code("C0001"), naive.code("C0002")
    for unit in ("document", "turn", "case", "speaker"):
        column = {"document": "document", "turn": "turn", "case": "case", "speaker": "speaker"}[unit]

        def units(stretch: Stretch, column: str = column) -> set[tuple[str, ...]]:
            own = TURNS[(TURNS["document"] == stretch[0]) & TURNS["turn"].isin(naive.turns(stretch))]
            if column == "speaker":
                own = own[own["is_informant"] & (own["speaker"] != "")]
            wide = column in ("case", "speaker")
            return {(str(v),) if wide else (stretch[0], str(v)) for v in own[column]}

        shared = {u for s in p1 for u in units(s)} & {u for s in p2 for u in units(s)}
        in_both = {s for s in {*p1, *p2} if units(s) & shared}
        assert set(measured(f"P1 SAME {unit} =P2", given_)) == in_both
        assert set(measured(f"P1 NOT SAME {unit} =P2", given_)) == set(p1) - {s for s in p1 if units(s) & shared}


# Rows


def test_a_row_says_who_where_and_when_and_shows_words_of_its_own_turns_only() -> None:
    given_ = HAND
    frame = passages(evaluate(parse("=P2"), given_), given_, context=8)
    assert tuple(frame.columns) == RESULT_COLUMNS
    (one,) = frame.to_dict("records")
    assert one["words"] == RINGTE == TEXTS["A-I01"][one["start"] : one["end"]]
    assert (one["left"], one["right"]) == (" 😀 ", " vi.")
    assert (one["document"], one["turns"], one["speaker"], one["actor_type"]) == ("A-I01", (2,), "Åse", "innkjop")
    assert (one["case"], one["process"], one["date"]) == ("AAA", "A-1", "2020-03-04")
    assert (one["codes"], one["polarities"], one["coders"], one["segments"]) == (("P2",), ("hemmer",), ("K1",), ("s2",))
    assert one["may_quote"] is True


@pytest.mark.parametrize("context", range(0, 40))
def test_context_is_whole_words_and_never_beyond_the_turn(context: int) -> None:
    (one,) = passages(evaluate(parse('"naboen"'), HAND), HAND, context=context).to_dict("records")
    turn = "Vi spurte 😀 naboen først.\n\nSå ringte vi."
    assert f"{one['left']}naboen{one['right']}" in turn
    assert len(one["left"]) <= context
    assert len(one["right"]) <= context
    assert set(one["left"].split()) <= {"Vi", "spurte", "😀"}
    assert set(one["right"].split()) <= {"først.", "Så", "ringte", "vi."}
    if context >= 30:
        assert f"{one['left']}naboen{one['right']}" == turn


def test_a_passage_that_touches_somebody_who_may_not_be_quoted_may_not_be_quoted() -> None:
    def may(query: str) -> list[bool]:
        return list(passages(evaluate(parse(query), HAND), HAND)["may_quote"])

    assert may("P1 AND document:B-I01") == [True]
    assert may("E1 AND document:B-I01") == [False]
    assert may("P1 THEN/2w E1") == [False]


def test_a_coded_label_lies_in_no_turn_and_is_still_found() -> None:
    start = TEXTS["B-I01"].index("**Bo:**")
    given_ = material([*ROWS, row("s9", "B-I01", start, start + 7, "C0006")])
    frame = passages(evaluate(parse("document:B-I01"), given_), given_)
    assert ("**Bo:**", (), False) in set(zip(frame["words"], frame["turns"], frame["may_quote"], strict=True))
    assert evaluate(parse("* NEAR/1t E1"), given_) is not None


def test_nothing_coded_and_nothing_found_are_empty_tables() -> None:
    for query in ("P1 AND P2", "P1 NEAR/3t P2", "P1 SAME case P2", "P1 AND NOT P2", '"åtte"', 'P1["x"]', "* OR P1"):
        frame = passages(evaluate(parse(query), material([])), material([]))
        assert frame.empty
        assert tuple(frame.columns) == RESULT_COLUMNS


# Errors


@pytest.mark.parametrize(
    ("query", "column", "says"),
    [
        ("P1 AND P22", 8, r"did you mean P2 \(navn P2\)"),
        ("P1 AND navn", 8, r"did you mean .* To search for a word, put it in quotes"),
        ("P1[coder:K3]", 4, "known: K1, K2"),
        ("P1 AND case:Åsene", 8, r"did you mean AAA \(Åsane\)"),
        ("X1", 1, "deprecated in None; pin an earlier codebook"),
        ("og", 1, "written in capitals: OG"),
    ],
)
def test_what_the_study_does_not_have_is_pointed_at(query: str, column: int, says: str) -> None:
    with pytest.raises((UnknownInQuery, QueryError), match=says) as caught:
        found(query)
    assert caught.value.column == column
    assert str(caught.value).endswith(f"\n  {query}\n  {' ' * (column - 1)}^")


def test_more_pairs_than_the_memory_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "MOST_PAIRS", 3)
    with pytest.raises(ForanError, match="6 pairs of overlapping passages; narrow"):
        found("*[document:A-I01] AND (P1 AND P2 OR =P2 OR P1)")


# Speed


def test_two_codes_near_each_other_among_a_hundred_thousand_segments_take_well_under_a_second() -> None:
    """Generous for a busy machine; a comparison of every pair would take minutes."""
    number, width, chance = 40, 200_000, np.random.default_rng(7)
    text = "".join(f"**A:** {'ord ' * 199}\n\n" for _ in range(250))[:width]
    turns = parse_turns(text, has_turns=True)
    starts = chance.integers(0, len(text) - 400, 100_000)
    names = [f"D{n:02d}" for n in range(number)]
    segments = pd.DataFrame(
        {
            "segment": [f"s{n}" for n in range(100_000)], "coder": "K1", "document": [names[n % number] for n in range(100_000)],
            "start": starts, "end": starts + chance.integers(20, 400, 100_000), "turns": [()] * 100_000, "quote": "",
            "code": chance.choice(["C0001", "C0002", "C0005", "C0004"], 100_000), "polarity": "", "codebook_version": "2.0.0",
            "at": "", "memo": "", "applied_under": "2.0.0", "facets": [()] * 100_000, "set_aside": "",
        }
    )  # fmt: skip
    frame = pd.DataFrame(
        [(d, t.number, t.span.start, t.span.end, "A", "AAA", "", True, True, True) for d in names for t in turns],
        columns=list(TURN_COLUMNS),
    )
    register = pd.DataFrame(
        {"kind": "interview", "case": "AAA", "process": "", "arena": "", "date": "2020"}, index=names
    )
    large = Material(segments, register, frame, dict.fromkeys(names, text), hand_made.SECOND, NAMES)
    begun = time.perf_counter()
    near = evaluate(parse("P1[case:AAA] NEAR/1t =P2 AND NOT K1"), large)
    words = evaluate(parse("P1 THEN/20w E1"), large)
    both = evaluate(parse("P1 AND =P2"), large)
    taken = time.perf_counter() - begun
    assert len(near) > 1000
    assert len(words) > 1000
    assert len(both) > 1000
    assert taken < 10
