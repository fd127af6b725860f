"""Co-occurrence: published and hand-made answers, and a plain count with sets beside the matrix arithmetic."""

from __future__ import annotations

import csv
import json
import math
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineages import plain_book, plain_code

from foran_research.analysis.incidence import Incidence, incidence
from foran_research.analysis.network import (
    EDGE_COLUMNS,
    compared,
    cooccurrence,
    edge_kind,
    frequencies,
    mixing_matrix,
    network,
)

CODES = ("C0001", "C0002", "C0003", "C0004")
BOOK = plain_book("1.0.0", [plain_code("C0001", "P1"), plain_code("C0002", "P2"), plain_code("C0003", "K1"),
                            plain_code("C0004", "E1")])  # fmt: skip
LEVELS = ("P", "K", "E", "X")

#: A unit: its document, and the codes it holds.
Unit = tuple[str, frozenset[str]]
units_strategy = st.lists(
    st.tuples(st.sampled_from("DEF"), st.frozensets(st.sampled_from(CODES))), max_size=14
)  # fmt: skip


def incidence_of(units: list[Unit], codes: tuple[str, ...] = CODES) -> Incidence:
    names = [f"{document}:{n}" for n, (document, _) in enumerate(units)]
    frame = pd.DataFrame({"unit": names, "document": [document for document, _ in units], "case": "FJO"})
    long = [(name, code) for name, (_, held) in zip(names, units, strict=True) for code in sorted(held)]
    return incidence(pd.DataFrame(long, columns=["unit", "element"], dtype=object), frame, codes)


def counted(n: int, n1: int, n2: int, n12: int) -> list[Unit]:
    """N units of which n1 hold the first code, n2 the second and n12 both."""
    sets = [{"C0001", "C0002"}] * n12 + [{"C0001"}] * (n1 - n12) + [{"C0002"}] * (n2 - n12)
    return [("D", frozenset(held)) for held in [*sets, *[set()] * (n - len(sets))]]


def test_n1_the_known_answer_of_a_hundred_turns() -> None:
    """methods.md (b) N1: N=100, 30, 20, 10 together."""
    [edge] = cooccurrence(incidence_of(counted(100, 30, 20, 10))).to_dict("records")
    assert (edge["n_i"], edge["n_j"], edge["n_ij"], edge["n_units"], edge["documents"]) == (30, 20, 10, 100, 1)
    assert edge["jaccard"] == pytest.approx(0.25)
    assert edge["lift"] == pytest.approx(1.666667, abs=5e-7)
    assert edge["npmi"] == pytest.approx(0.221849, abs=5e-7)
    assert not edge["is_distorted"]


def test_n2_a_small_code_beside_a_large_one_is_marked() -> None:
    """ATLAS.ti's own caution (methods.md (b) N2): 100 and 10, five together, c = 5/105."""
    [edge] = cooccurrence(incidence_of(counted(200, 100, 10, 5))).to_dict("records")
    assert edge["jaccard"] == pytest.approx(5 / 105)
    assert edge["is_distorted"]


@pytest.mark.parametrize(("n1", "n2", "is_distorted"), [(10, 2, False), (11, 2, True), (2, 11, True), (5, 1, False)])
def test_an_edge_is_marked_above_five_to_one(n1: int, n2: int, is_distorted: bool) -> None:
    [edge] = cooccurrence(incidence_of(counted(30, n1, n2, 1))).to_dict("records")
    assert edge["is_distorted"] == is_distorted


def test_codes_that_are_always_together_in_every_turn_have_the_highest_npmi() -> None:
    [edge] = cooccurrence(incidence_of(counted(4, 4, 4, 4))).to_dict("records")
    assert (edge["npmi"], edge["lift"], edge["jaccard"]) == (1, 1, 1)
    [rarer] = cooccurrence(incidence_of(counted(8, 2, 2, 2))).to_dict("records")
    assert rarer["npmi"] == pytest.approx(1)


def test_uncoded_turns_count_for_lift_and_npmi_but_not_for_jaccard() -> None:
    few, many = (cooccurrence(incidence_of(counted(n, 3, 2, 1))).iloc[0] for n in (4, 400))
    assert few["jaccard"] == many["jaccard"]
    assert many["lift"] == pytest.approx(100 * few["lift"])
    assert many["npmi"] > few["npmi"]


def reference(units: list[Unit]) -> list[dict[str, object]]:
    """The same table with sets, one pair at a time."""
    edges: list[dict[str, object]] = []
    for i, j in combinations(CODES, 2):
        with_i = {n for n, (_, held) in enumerate(units) if i in held}
        with_j = {n for n, (_, held) in enumerate(units) if j in held}
        both = with_i & with_j
        if not both:
            continue
        p_ij = len(both) / len(units)
        lift = p_ij / (len(with_i) / len(units) * len(with_j) / len(units))
        edges.append({
            "source": i, "target": j, "n_ij": len(both), "documents": len({units[n][0] for n in both}),
            "n_i": len(with_i), "n_j": len(with_j), "n_units": len(units), "jaccard": len(both) / len(with_i | with_j),
            "lift": lift, "npmi": 1.0 if p_ij == 1 else math.log2(lift) / -math.log2(p_ij),
            "is_distorted": max(len(with_i), len(with_j)) > 5 * min(len(with_i), len(with_j)),
        })  # fmt: skip
    return edges


@given(units_strategy)
def test_the_edges_are_those_of_a_plain_count_with_sets(units: list[Unit]) -> None:
    edges = cooccurrence(incidence_of(units))
    assert list(edges.columns) == list(EDGE_COLUMNS)
    found, expected = edges.to_dict("records"), reference(units)
    assert [{k: v for k, v in edge.items() if not isinstance(v, float)} for edge in found] == [
        {k: v for k, v in edge.items() if not isinstance(v, float)} for edge in expected
    ]
    for edge, other in zip(found, expected, strict=True):
        for name in ("jaccard", "lift", "npmi"):
            assert edge[name] == pytest.approx(other[name])
        assert 0 < edge["jaccard"] <= 1
        assert -1 < edge["npmi"] <= 1 + 1e-12


@given(units_strategy, st.randoms(use_true_random=False))
def test_the_order_of_units_changes_nothing(units: list[Unit], random: object) -> None:
    shuffled = list(units)
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(cooccurrence(incidence_of(shuffled)), cooccurrence(incidence_of(units)))
    pd.testing.assert_frame_equal(frequencies(incidence_of(shuffled)), frequencies(incidence_of(units)))


@given(units_strategy)
def test_frequencies_are_turns_and_documents(units: list[Unit]) -> None:
    found = frequencies(incidence_of(units))
    for code in CODES:
        holding = [document for document, held in units if code in held]
        assert found.loc[code, ["units", "documents"]].tolist() == [len(holding), len(set(holding))]


def test_a_turn_with_a_code_twice_counts_once() -> None:
    units = pd.DataFrame({"unit": ["a", "b"], "document": ["D", "D"], "case": "FJO"})
    long = pd.DataFrame({"unit": ["a", "a", "a", "a"], "element": ["C0001", "C0001", "C0002", "C0002"]})
    [edge] = cooccurrence(incidence(long, units, CODES)).to_dict("records")
    assert (edge["n_i"], edge["n_j"], edge["n_ij"]) == (1, 1, 1)
    assert frequencies(incidence(long, units, CODES))["units"].tolist() == [1, 1, 0, 0]


def test_codes_in_different_turns_or_documents_do_not_meet() -> None:
    apart: list[Unit] = [("D", frozenset({"C0001"})), ("D", frozenset({"C0002"})), ("E", frozenset({"C0003"}))]
    assert cooccurrence(incidence_of(apart)).empty


@given(units_strategy)
def test_what_meets_meets_inside_single_documents(units: list[Unit]) -> None:
    """No window crosses a document: the counts of all are the sum of the counts of each."""
    whole = cooccurrence(incidence_of(units)).set_index(["source", "target"])
    parts = [
        cooccurrence(incidence_of([unit for unit in units if unit[0] == document])).set_index(["source", "target"])
        for document in "DEF"
    ]
    for pair, edge in whole.iterrows():
        mine = [part.loc[pair] for part in parts if pair in part.index]
        assert edge["n_ij"] == sum(part["n_ij"] for part in mine)
        assert edge["documents"] == len(mine)


@given(units_strategy)
def test_the_mixing_matrix_is_symmetric_and_holds_every_meeting(units: list[Unit]) -> None:
    edges = cooccurrence(incidence_of(units))
    matrix = mixing_matrix(edges, BOOK, LEVELS)
    values = matrix.to_numpy()
    assert list(matrix.index) == list(matrix.columns) == list(LEVELS)
    np.testing.assert_array_equal(values, values.T)
    assert np.triu(values).sum() == edges["n_ij"].sum()
    for a in LEVELS:
        for b in LEVELS:
            mine = [e["n_ij"] for e in edges.to_dict("records")
                    if {BOOK.by_id[e["source"]].level, BOOK.by_id[e["target"]].level} == {a, b}]  # fmt: skip
            assert matrix.loc[a, b] == sum(mine)


@given(units_strategy, st.integers(1, 3))
def test_the_network_has_the_codes_that_occur_and_the_edges_that_are_strong_enough(
    units: list[Unit], least: int
) -> None:
    table = incidence_of(units)
    graph = network(table, BOOK, min_turns=least)
    edges = cooccurrence(table)
    assert set(graph.nodes) == {code for _, held in units for code in held}
    strong = edges[edges["n_ij"] >= least]
    assert {frozenset(edge) for edge in graph.edges} == {
        frozenset(pair) for pair in zip(strong["source"], strong["target"], strict=True)
    }
    for node, facts in graph.nodes.items():
        holding = [document for document, held in units if node in held]
        assert facts == {"display": BOOK.by_id[node].display, "level": BOOK.by_id[node].level, "units": len(holding),
                         "documents": len(set(holding))}  # fmt: skip
    for source, target, facts in graph.edges(data=True):
        assert set(facts) == {*EDGE_COLUMNS, "kind"} - {"source", "target"}
        assert facts["kind"] == edge_kind(BOOK, source, target)


def test_edges_within_a_level_are_told_from_those_between() -> None:
    assert edge_kind(BOOK, "C0001", "C0002") == "within"
    assert edge_kind(BOOK, "C0001", "C0003") == "between"


@given(units_strategy, units_strategy)
def test_cases_side_by_side_keep_every_edge_and_say_zero_where_there_is_none(
    one: list[Unit], other: list[Unit]
) -> None:
    edges = {case: cooccurrence(incidence_of(units)) for case, units in (("FJO", one), ("HEI", other))}
    side = compared(edges)
    assert list(side.columns) == ["source", "target", "FJO", "HEI", "cases"]
    for case, mine in edges.items():
        kept = side[side[case] > 0].set_index(["source", "target"])[case]
        assert kept.to_dict() == mine.set_index(["source", "target"])["n_ij"].to_dict()
    assert (side["cases"] == (side["FJO"] > 0).astype(int) + (side["HEI"] > 0)).all()


def test_a_corpus_without_codings_has_an_empty_network() -> None:
    table = incidence_of([("D", frozenset())])
    assert list(cooccurrence(table).columns) == list(EDGE_COLUMNS)
    assert network(table, BOOK).number_of_nodes() == 0
    assert mixing_matrix(cooccurrence(table), BOOK, LEVELS).to_numpy().sum() == 0
    assert cooccurrence(incidence_of([])).empty


@pytest.mark.shared
def test_the_women_of_davis_meet_as_networkx_projects_them(shared: Path) -> None:
    """Events as turns, women as codes: Davis et al. 1941."""
    with (shared / "data/networks/davis_women.csv").open(encoding="utf-8") as file:
        attended = [(row["source"], row["target"]) for row in csv.DictReader(file)]
    women = tuple(dict.fromkeys(woman for woman, _ in attended))
    events = tuple(dict.fromkeys(event for _, event in attended))
    units = pd.DataFrame({"unit": events, "document": events, "case": "FJO"})
    table = incidence(pd.DataFrame(attended, columns=["element", "unit"]), units, women)
    expected = json.loads((shared / "data/networks/expected_metrics.json").read_text("utf-8"))["davis_women"]["degree"]
    assert frequencies(table)["units"].to_dict() == {woman: expected[woman] for woman in women}
    projected = nx.bipartite.weighted_projected_graph(nx.Graph(attended), women)
    edges = cooccurrence(table)
    assert {frozenset((s, t)): n for s, t, n in zip(edges["source"], edges["target"], edges["n_ij"], strict=True)} == {
        frozenset((s, t)): weight for s, t, weight in projected.edges(data="weight")
    }
    assert (edges["documents"] == edges["n_ij"]).all()
