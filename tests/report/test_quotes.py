"""Which passages a report may show. Everybody here is invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hand_made import documents, inputs, model_of, segments, units
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from small_study import SmallStudy

from foran_research.milestone import capability_model
from foran_research.models.capability import to_dict
from foran_research.report.page import MOST_PER_SPEAKER, Quote, choose_quotes
from foran_research.study import load_study

TEXTS = documents(("D1", "interview", "AAA", ""), ("D2", "interview", "BBB", ""), ("D3", "interview", "CCC", ""))
#: D1:4 has consented to analysis only; D1:3 is an interviewer's turn and so no unit.
UNITS = units(
    ("D1", 2, "AAA", "A-01", ""), ("D1", 4, "AAA", "A-02", ""), ("D1", 6, "AAA", "A-01", ""), ("D2", 2, "BBB", "B-01", ""),
    ("D2", 4, "BBB", "B-01", ""), ("D3", 2, "CCC", "C-01", ""),
)  # fmt: skip
UNITS["may_quote"] = UNITS["unit"] != "D1:4"


def chosen(
    *rows: Any, per_element: int = 2, hidden: frozenset[str] = frozenset(), quotes: dict[str, str] | None = None
) -> list[Quote]:
    frame = segments(*rows, quote=quotes or {})
    model = to_dict(model_of(inputs(frame, UNITS, TEXTS, hidden=hidden)))
    return choose_quotes(model, frame, UNITS, per_element=per_element, hidden=hidden)["C0001"]


def names(quotes: list[Quote]) -> list[str]:
    return [quote.segment for quote in quotes]


def test_a_quote_tells_who_where_and_what_for() -> None:
    (quote,) = chosen(("s1", "D1", (2,), "C0001", "hemmer"))
    assert quote == Quote("sitat s1", "A-01", "D1", "AAA", 2, "hemmer", "s1")


def test_words_of_a_speaker_who_did_not_consent_to_quotes_are_not_shown() -> None:
    assert chosen(("s1", "D1", (4,), "C0001", "fremmer")) == []


def test_a_passage_that_also_covers_such_a_turn_is_not_shown() -> None:
    assert chosen(("s1", "D1", (2, 4), "C0001", "fremmer")) == []
    assert chosen(("s1", "D1", (4, 6), "C0001", "fremmer")) == []


def test_a_passage_across_an_interviewers_turn_is_not_shown() -> None:
    assert chosen(("s1", "D1", (2, 3), "C0001", "fremmer")) == []


def test_a_passage_of_a_hidden_document_is_not_shown() -> None:
    rows = (("s1", "D1", (2,), "C0001", "fremmer"), ("s2", "D2", (2,), "C0001", "fremmer"))
    assert names(chosen(*rows, hidden=frozenset({"D1"}))) == ["s2"]


def test_a_segment_of_a_hidden_document_is_refused_even_if_a_model_names_it() -> None:
    frame = segments(("s1", "D1", (2,), "C0001", "fremmer"))
    model = to_dict(model_of(inputs(frame, UNITS, TEXTS)))
    assert choose_quotes(model, frame, UNITS, per_element=2, hidden=frozenset({"D1"}))["C0001"] == []


def test_promoting_and_inhibiting_take_turns_from_different_documents() -> None:
    rows = [
        ("s1", "D1", (2,), "C0001", "fremmer"), ("s2", "D1", (6,), "C0001", "fremmer"), ("s3", "D1", (2,), "C0001", "hemmer"),
        ("s4", "D2", (2,), "C0001", "hemmer"), ("s5", "D3", (2,), "C0001", "fremmer"),
    ]  # fmt: skip
    assert names(chosen(*rows)) == ["s1", "s4"]
    assert names(chosen(*rows, per_element=3)) == ["s1", "s4", "s5"]
    assert chosen(*rows, per_element=0) == []


def test_no_passage_is_shown_twice() -> None:
    assert names(chosen(("s1", "D1", (2,), "C0001", "begge"), per_element=4)) == ["s1"]


def test_passages_of_readable_length_come_first() -> None:
    rows = [(f"s{n}", "D1", (2,), "C0001", "fremmer") for n in (1, 2, 3)]
    long, good, short = "ord " * 150, "ord " * 30, "ord"
    quotes = {"s1": long, "s2": short, "s3": good}
    assert names(chosen(*rows, per_element=3, quotes=quotes)) == ["s3", "s2", "s1"]


def test_neutral_passages_are_shown_where_nothing_promotes_or_inhibits() -> None:
    assert names(chosen(("s1", "D1", (2,), "C0001", "nøytral"))) == ["s1"]


@hypothesis_settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["D1", "D2", "D3"]), st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True).map(sorted),
            st.sampled_from(["fremmer", "hemmer", "begge", ""]),
        ),
        max_size=12,
    ),
    st.frozensets(st.sampled_from(["D1", "D2"])),
)  # fmt: skip
def test_whatever_is_coded_only_cleared_words_are_shown(drawn: list[Any], hidden: frozenset[str]) -> None:
    cleared = set(UNITS.loc[UNITS["may_quote"], "unit"])
    rows = [(f"s{n}", d, tuple(turns), "C0001", polarity) for n, (d, turns, polarity) in enumerate(drawn)]
    for quote in chosen(*rows, per_element=5, hidden=hidden):
        document, turns = next((d, t) for name, d, t, _, _ in rows if name == quote.segment)
        assert document not in hidden
        assert {f"{document}:{turn}" for turn in turns} <= cleared


def small_quotes(study: SmallStudy, name: str) -> list[Quote]:
    loaded = load_study(study.path)
    milestone = loaded.milestone(name)
    given_ = loaded.model_inputs(milestone)
    model = to_dict(capability_model(loaded, milestone))
    found = choose_quotes(model, given_.segments, given_.units, per_element=9, hidden=given_.hidden)
    return [quote for quotes in found.values() for quote in quotes]


def test_the_small_studys_user_who_said_no_to_quotes_is_never_quoted(small_study: SmallStudy) -> None:
    found = small_quotes(small_study, "M2")
    assert found
    assert "STR-BRU-01" not in {quote.speaker for quote in found}
    small_study.replace(
        "corpus/participants.csv", "STR-BRU-01,bruker,STR,nb,analysis", "STR-BRU-01,bruker,STR,nb,analysis quote"
    )
    assert "STR-BRU-01" in {quote.speaker for quote in small_quotes(small_study, "M2")}


def test_unlabelled_words_of_a_meeting_are_shown_only_if_everybody_there_consented(small_study: SmallStudy) -> None:
    assert "STR-N01" in {quote.document for quote in small_quotes(small_study, "M1")}
    small_study.replace(
        "corpus/participants.csv", "STR-INN-01,innkjop,STR,nb,analysis quote", "STR-INN-01,innkjop,STR,nb,analysis"
    )
    assert "STR-N01" not in {quote.document for quote in small_quotes(small_study, "M1")}


def test_a_restricted_document_is_never_quoted(small_study: SmallStudy) -> None:
    path = small_study.path / "corpus/documents.csv"
    rows = path.read_text("utf-8").splitlines()
    path.write_text(
        "\n".join(r.replace(",open,", ",restricted,") if r.startswith("FJO-I01") else r for r in rows) + "\n", "utf-8"
    )
    assert "FJO-I01" not in {quote.document for quote in small_quotes(small_study, "M1")}


def test_every_quote_of_the_demo_stands_in_its_text(delivered: Callable[[str], Any]) -> None:
    delivery = delivered("M3")
    quotes = choose_quotes(
        delivery.model, delivery.inputs.segments, delivery.inputs.units, per_element=2, hidden=frozenset()
    )
    transcripts = delivery.study.transcripts
    assert sum(map(len, quotes.values())) > 40
    for quote in (q for found in quotes.values() for q in found):
        turn = next(t for t in transcripts[quote.document].turns if t.number == quote.turn)
        assert quote.words in transcripts[quote.document].text
        assert quote.speaker in (turn.speaker, quote.document)


@pytest.mark.parametrize("milestone", ["M1", "M2", "M3"])
def test_no_municipality_and_no_speaker_carries_the_quotes(delivered: Any, milestone: str) -> None:
    delivery = delivered(milestone)
    chosen = choose_quotes(
        delivery.model, delivery.inputs.segments, delivery.inputs.units, per_element=2, hidden=delivery.inputs.hidden
    )
    quotes = [quote for own in chosen.values() for quote in own]
    by_case = Counter(quote.case for quote in quotes)
    assert len(quotes) >= 30
    assert max(by_case.values()) <= len(quotes) / 2
    assert len(by_case) == 3
    assert max(Counter(quote.speaker for quote in quotes).values()) <= MOST_PER_SPEAKER
