"""The moving stanza window: known answers, and the words of the definition taken literally beside it."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis import stanza
from foran_research.analysis.incidence import Incidence, incidence
from foran_research.analysis.network import cooccurrence
from foran_research.analysis.stanza import STANZA_COLUMNS, stanza_counts, stanza_table
from foran_research.errors import ForanError

CODES = ("A", "B", "C")
#: A turn: document, speaker, codes.
Turn = tuple[str, str, frozenset[str]]
turns_strategy = st.lists(
    st.tuples(st.sampled_from("DE"), st.sampled_from(["P-1", "P-2"]), st.frozensets(st.sampled_from(CODES))),
    max_size=12,
)


def table_of(turns: list[Turn]) -> Incidence:
    units = pd.DataFrame({"unit": [f"u{n}" for n in range(len(turns))], "document": [turn[0] for turn in turns],
                          "informant": [turn[1] for turn in turns], "case": "FJO"})  # fmt: skip
    long = [(f"u{n}", code) for n, turn in enumerate(turns) for code in sorted(turn[2])]
    return incidence(pd.DataFrame(long, columns=["unit", "element"], dtype=object), units, CODES)


def one_document(*held: str) -> list[Turn]:
    return [("D", "P-1", frozenset(codes)) for codes in held]


@pytest.mark.parametrize(("window", "expected"), [(1, [1, 0, 0]), (2, [2, 1, 2]), (3, [2, 2, 2]), (9, [2, 2, 2])])
def test_n4_four_turns(window: int, expected: list[int]) -> None:
    """methods.md (b) N4: A; B; C; AB, pairs in the order AB, AC, BC."""
    counted = stanza_counts(table_of(one_document("A", "B", "C", "AB")), window=window)
    assert counted.pairs == (("A", "B"), ("A", "C"), ("B", "C"))
    assert counted.counts.toarray().tolist() == [expected]


def literal(turns: list[Turn], window: int) -> list[list[int]]:
    """Per row the pairs as the definition has them: all in the window, less those in its earlier rows, above nought."""
    rows = []
    for n, (document, _, _) in enumerate(turns):
        mine = [m for m in range(n + 1) if turns[m][0] == document][-window:]
        sums = {code: sum(code in turns[m][2] for m in mine) for code in CODES}
        earlier = {code: sum(code in turns[m][2] for m in mine[:-1]) for code in CODES}
        rows.append([int(sums[i] * sums[j] - earlier[i] * earlier[j] > 0) for i, j in combinations(CODES, 2)])
    return rows


@settings(max_examples=40)
@given(turns_strategy, st.integers(1, 6), st.sampled_from(["document", "informant", ("document", "informant"), "case"]))
def test_the_counts_are_those_of_the_definition(turns: list[Turn], window: int, by: str | tuple[str, ...]) -> None:
    table = table_of(turns)
    counted = stanza_counts(table, window=window, by=by)
    names = [by] if isinstance(by, str) else list(by)
    rows = literal(turns, window)
    expected: dict[tuple[str, ...], list[int]] = {}
    sizes: dict[tuple[str, ...], int] = {}
    for unit, row in zip(table.units[names].itertuples(index=False), rows, strict=True):
        total = expected.setdefault(tuple(unit), [0, 0, 0])
        expected[tuple(unit)] = [a + b for a, b in zip(total, row, strict=True)]
        sizes[tuple(unit)] = sizes.get(tuple(unit), 0) + 1
    units = [tuple(row) for row in counted.units[names].itertuples(index=False)]
    assert sorted(units) == sorted(expected)
    for unit, size, found in zip(units, counted.units["rows"], counted.counts.toarray().tolist(), strict=True):
        assert found == expected[unit]
        assert size == sizes[unit]


@settings(max_examples=15)
@given(turns_strategy)
def test_a_window_of_one_turn_is_co_occurrence(turns: list[Turn]) -> None:
    table = table_of(turns)
    found, edges = stanza_table(table, window=1), cooccurrence(table)
    assert list(found.columns) == list(STANZA_COLUMNS)
    for name, other in (("source", "source"), ("target", "target"), ("stanzas", "n_ij"), ("documents", "documents"),
                        ("n_i", "n_i"), ("n_j", "n_j"), ("n_units", "n_units")):  # fmt: skip
        assert found[name].tolist() == edges[other].tolist()
    assert (found["across"] == 0).all()


@settings(max_examples=15)
@given(turns_strategy, st.integers(1, 5))
def test_a_wider_window_finds_no_less(turns: list[Turn], window: int) -> None:
    table = table_of(turns)
    narrow, wide = (stanza_counts(table, window=w).counts.toarray() for w in (window, window + 1))
    assert (wide >= narrow).all()


def test_the_window_stays_in_its_document_wherever_its_turns_stand() -> None:
    mixed: list[Turn] = [("D", "P-1", frozenset("A")), ("E", "P-1", frozenset("B")), ("D", "P-2", frozenset()),
                         ("E", "P-2", frozenset("C")), ("D", "P-1", frozenset("C"))]  # fmt: skip
    assert stanza_counts(table_of(mixed), window=2).counts.toarray().tolist() == [[0, 0, 0], [0, 0, 1]]
    # An uncoded turn is a turn: the window of two does not reach over it, that of three does.
    assert stanza_counts(table_of(mixed), window=3).counts.toarray().tolist() == [[0, 1, 0], [0, 0, 1]]


def test_a_stanza_belongs_to_whoever_answers() -> None:
    talk: list[Turn] = [("D", "P-1", frozenset("A")), ("D", "P-2", frozenset("B"))]
    counted = stanza_counts(table_of(talk), by="informant")
    assert counted.units["informant"].tolist() == ["P-1", "P-2"]
    assert counted.counts.toarray().tolist() == [[0, 0, 0], [1, 0, 0]]


def test_the_table_tells_what_the_window_added() -> None:
    found = stanza_table(table_of(one_document("A", "B", "C", "AB")), window=3)
    assert found[["source", "target", "stanzas", "in_one_turn", "across"]].values.tolist() == [
        ["A", "B", 2, 1, 1], ["A", "C", 2, 0, 2], ["B", "C", 2, 0, 2]]  # fmt: skip
    assert set(found["window"]) == {3}


def test_chunks_of_documents_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    turns: list[Turn] = [
        (f"D{n // 7}", "P-1", frozenset(np.array(CODES)[rng.random(3) < 0.4].tolist())) for n in range(90)
    ]
    whole = stanza_counts(table_of(turns)).counts.toarray()
    monkeypatch.setattr(stanza, "_ENTRIES", 8)
    np.testing.assert_array_equal(stanza_counts(table_of(turns)).counts.toarray(), whole)


def test_what_cannot_be_counted_is_refused_or_empty() -> None:
    with pytest.raises(ForanError, match="1 row or more"):
        stanza_counts(table_of([]), window=0)
    with pytest.raises(ForanError, match="no column 'speaker'"):
        stanza_counts(table_of([]), by="speaker")
    assert stanza_table(table_of([])).empty
    assert stanza_table(table_of(one_document("", ""))).empty
    assert stanza_counts(table_of(one_document(""))).counts.toarray().tolist() == [[0, 0, 0]]
