"""Cases side by side: published and hand-worked answers, and plain loops beside the matrix arithmetic."""

from __future__ import annotations

import csv
from itertools import combinations, permutations
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis import comparison
from foran_research.analysis.comparison import (
    DIFFERENCE_COLUMNS,
    LIKENESS,
    LIKENESS_COLUMNS,
    edge_differences,
    likeness_table,
    network_likeness,
    portrait_divergence,
    shared_edges,
    smallest_p,
)
from foran_research.analysis.incidence import Incidence, incidence
from foran_research.analysis.network import cooccurrence
from foran_research.errors import ForanError, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

#: A turn: document, case, codes.
Turn = tuple[str, str, str]
NODES = tuple("ABCD")


def table_of(turns: list[Turn], codes: str = "ABC") -> Incidence:
    names = [f"å\u030a{n}" for n in range(len(turns))]
    units = pd.DataFrame([turn[:2] for turn in turns], columns=["document", "case"], dtype=object).assign(unit=names)
    long = [(name, code) for name, (_, _, held) in zip(names, turns, strict=True) for code in held]
    return incidence(pd.DataFrame(long, columns=["unit", "element"], dtype=object), units, tuple(codes))


def meetings(counts: dict[str, int], turns: int = 10) -> list[Turn]:
    """Documents named by their case's letter and a number; A in every turn, B beside it in so many."""
    return [(name, name[0], "AB" if n < count else "A") for name, count in counts.items() for n in range(turns)]


def edges_of(weights: dict[str, float]) -> pd.DataFrame:
    rows = [(pair[0], pair[1], value) for pair, value in weights.items()]
    return pd.DataFrame(rows, columns=["source", "target", "jaccard"])


def upper(values: list[float]) -> pd.DataFrame:
    pairs = ("".join(pair) for pair in combinations(NODES, 2))
    return edges_of({pair: value for pair, value in zip(pairs, values, strict=True) if value})


# --- edge by edge ------------------------------------------------------------------------------------------------------


def test_n10_three_documents_against_three_can_never_have_a_p_below_a_tenth() -> None:
    counts = {"T1": 3, "T2": 4, "T3": 5, "B1": 0, "B2": 0, "B3": 1}
    for weight in ("jaccard", "rate"):
        found = edge_differences(table_of(meetings(counts)), "T", "B", seed=1, weight=weight)
        assert list(found.columns) == list(DIFFERENCE_COLUMNS)
        [edge] = found.to_dict("records")
        assert (edge["p"], edge["q"], edge["p_max"], edge["smallest_p"]) == (0.1, 0.1, 0.1, 0.1)
        assert (edge["permutations"], edge["is_exact"], edge["is_tested"], edge["reason"]) == (20, True, True, "")
        assert (edge["n_ij_a"], edge["n_ij_b"], edge["documents_a"], edge["documents_b"]) == (12, 1, 3, 1)
    assert edge["difference"] == pytest.approx(100 * 12 / 30 - 100 / 30)


def test_unequal_numbers_of_documents_have_no_mirror_image() -> None:
    counts = {"T1": 5, "T2": 5, "B1": 0, "B2": 0, "B3": 0}
    edge = edge_differences(table_of(meetings(counts)), "T", "B", seed=1).iloc[0]
    assert (edge["p"], edge["smallest_p"], edge["permutations"]) == (0.1, 0.1, 10)
    assert [smallest_p(2, 3, 10, is_exact=True), smallest_p(4, 4, 70, is_exact=True)] == [1 / 10, 2 / 70]
    assert smallest_p(20, 20, 999, is_exact=False) == 1 / 1000


documents_strategy = st.dictionaries(
    st.sampled_from(["T1", "T2", "T3", "B1", "B2", "B3", "B4"]),
    st.lists(st.text("ABC", max_size=3), min_size=1, max_size=4),
    min_size=4,
).filter(lambda held: len({name[0] for name in held}) == 2)


def weight_of(turns: list[str], i: str, j: str, weight: str) -> float:
    n_i, n_j = (sum(code in held for held in turns) for code in (i, j))
    n_ij = sum(i in held and j in held for held in turns)
    above, below = {
        "jaccard": (n_ij, n_i + n_j - n_ij),
        "rate": (100 * n_ij, sum(bool(held) for held in turns)),
        "cosine": (n_ij, (n_i * n_j) ** 0.5),
    }[weight]
    return above / below if below else 0.0


@settings(max_examples=30, deadline=None)
@given(documents_strategy, st.sampled_from(["jaccard", "rate", "cosine"]))
def test_p_is_the_share_of_all_dealings_that_differ_as_much(held: dict[str, list[str]], weight: str) -> None:
    table = table_of([(name, name[0], codes) for name, turns in held.items() for codes in turns])
    found = edge_differences(table, "T", "B", seed=1, weight=weight, least=1, least_documents=1)
    names = list(held)
    n_a = sum(name[0] == "T" for name in names)
    for edge in found.to_dict("records"):
        differences = []
        for chosen in combinations(names, n_a):
            sides = [
                [codes for name in names if (name in chosen) is side for codes in held[name]] for side in (True, False)
            ]
            one, other = (weight_of(side, edge["source"], edge["target"], weight) for side in sides)
            differences.append(((one - other), chosen))
        [observed] = [d for d, chosen in differences if {name[0] for name in chosen} == {"T"} and len(chosen) == n_a]
        share = sum(abs(d) >= abs(observed) - 1e-9 for d, _ in differences) / len(differences)
        if edge["reason"] in ("lone-document", "neither-code"):
            assert pd.isna(edge["p"])
        else:
            assert edge["p"] == pytest.approx(share)
            assert edge["p"] >= edge["smallest_p"] - 1e-12
            assert edge["p_max"] >= edge["p"] - 1e-12
            assert edge["q"] >= edge["p"] - 1e-12
            assert edge["difference"] == pytest.approx(observed)


def test_many_documents_are_dealt_at_random_and_the_seed_settles_how() -> None:
    turns = meetings({f"{case}{n:02d}": 2 + n % 3 + 3 * (case == "T") for case in "TB" for n in range(10)})
    found = edge_differences(table_of(turns), "T", "B", seed=1, replicates=400).iloc[0]
    assert (found["permutations"], found["is_exact"], found["smallest_p"]) == (400, False, 1 / 401)
    assert found["p"] == 1 / 401
    alike = meetings({f"{case}{n:02d}": 2 + n % 3 for case in "TB" for n in range(10)})
    kinds = [edge_differences(table_of(alike), "T", "B", seed=seed, replicates=400) for seed in (1, 1, 2)]
    pd.testing.assert_frame_equal(kinds[0], kinds[1])
    assert kinds[0].loc[0, "p"] > 0.5
    assert kinds[0].loc[0, "difference"] == 0


def test_the_largest_difference_rules_p_max() -> None:
    """Two edges of equal spread: the one with the lesser difference is held against the larger of both."""
    held = {"T1": "AB", "T2": "AB", "T3": "AB", "B1": "CD", "B2": "CD", "B3": "AB"}
    turns = [(name, name[0], codes) for name, codes in held.items() for _ in range(3)]
    found = edge_differences(table_of(turns, "ABCD"), "T", "B", seed=1, least=1, least_documents=1)
    found = found.set_index(["source", "target"])
    # Neither C nor D occurs in T: nothing to compare there, and that pair takes no part in the largest difference.
    assert found.loc[("C", "D"), "reason"] == "neither-code"
    assert found.loc[("A", "B"), "p_max"] == found.loc[("A", "B"), "p"]


def test_p_max_is_the_share_of_dealings_whose_largest_tested_difference_reaches_the_edge() -> None:
    """A plain maximum over the tested edges, dealing by dealing; the untested ones would raise it in many of them."""
    draws = np.random.default_rng(4)
    names = ["T1", "T2", "T3", "T4", "B1", "B2", "B3"]
    held = {
        name: ["".join(c for c in "ABCDEF" if draws.random() < (0.6 if c < "D" else 0.2)) for _ in range(6)]
        for name in names
    }
    table = table_of([(name, name[0], codes) for name in names for codes in held[name]], "ABCDEF")
    found = edge_differences(table, "T", "B", seed=1, least=6)
    pairs = list(zip(found["source"], found["target"], strict=True))
    dealt = []
    for chosen in combinations(names, 4):
        sides = [[c for name in names if (name in chosen) is side for c in held[name]] for side in (True, False)]
        dealt.append([weight_of(sides[0], i, j, "jaccard") - weight_of(sides[1], i, j, "jaccard") for i, j in pairs])
    scaled = np.abs(dealt) / np.sqrt(np.mean(np.square(dealt), axis=0))
    is_tested = found["is_tested"].to_numpy(bool)
    assert 3 <= is_tested.sum() <= len(pairs) - 3
    observed = scaled[list(combinations(names, 4)).index(("T1", "T2", "T3", "T4"))]
    expected, with_all = (
        (scaled[:, among].max(axis=1)[:, None] >= observed - 1e-9).mean(axis=0) for among in (is_tested, slice(None))
    )
    assert found.loc[is_tested, "p_max"].astype(float).tolist() == pytest.approx(expected[is_tested].tolist())
    assert (expected[is_tested] < with_all[is_tested]).any()
    assert found.loc[~is_tested, "p_max"].isna().all()


def test_what_a_case_could_not_say_is_no_difference() -> None:
    """Y is spoken of with X in every document of T; B was never asked. Asked and silent, that would be the largest."""
    turns: list[Turn] = [
        (f"{case}{n}", case, codes)
        for n in range(5)
        for case, held in (("T", ["XY", "XY", "XZ", "Z"]), ("B", ["X", "X", "XZ" if n < 4 else "X", "Z"]))
        for codes in held
    ]
    table = table_of(turns, "XYZ")
    asked, silent, unasked = (
        edge_differences(table, "T", "B", seed=1, missing=missing).set_index(["source", "target"])
        for missing in (None, {"B": {"Y": "not-mentioned"}}, {"B": {"Y": "not-asked"}, "O": {"X": "not-asked"}})
    )
    pd.testing.assert_frame_equal(asked, silent)
    assert asked.loc[("X", "Y"), ["weight_b", "p", "is_tested", "n_ij_b"]].tolist() == [0, 2 / 252, True, 0]
    row = unasked.loc[("X", "Y")]
    assert (row["reason"], row["n_ij_a"], row["weight_a"], row["is_tested"]) == ("not-known", 10, 10 / 15, False)
    cells = ["n_ij_b", "documents_b", "weight_b", "difference", "p", "q", "p_max"]
    assert pd.isna(row[cells].to_numpy(object)).all()
    # The family is one smaller, and what is left is held against itself alone.
    other = unasked.loc[("X", "Z")]
    assert other["q"] == other["p_max"] == other["p"] == asked.loc[("X", "Z"), "p"]
    assert asked.loc[("X", "Z"), "p_max"] > 0
    # What a case does have is known, whatever the register says of the code.
    there = edge_differences(table, "T", "B", seed=1, missing={"B": {"Z": "suppressed"}}).set_index(
        ["source", "target"]
    )
    pd.testing.assert_series_equal(there.loc[("X", "Z")], asked.loc[("X", "Z")])
    with pytest.raises(UnknownName, match="forgotten"):
        edge_differences(table, "T", "B", seed=1, missing={"B": {"Y": "forgotten"}})


def test_the_order_of_the_turns_has_no_say() -> None:
    turns = meetings({f"{case}{n:02d}": 2 + n % 3 + (case == "T") for case in "TB" for n in range(10)})
    table = table_of(turns)
    shuffled = table.rows(np.random.default_rng(3).permutation(len(turns)))
    first, second = (edge_differences(one, "T", "B", seed=1, replicates=60) for one in (table, shuffled))
    assert not first["is_exact"].any()
    pd.testing.assert_frame_equal(first, second)


def test_dealing_in_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = [(f"{case}{n}", case, held) for case in "TB" for n, held in enumerate(["ABC", "AB", "BC", "A", "CA"])]
    whole = edge_differences(table_of(turns), "T", "B", seed=1)
    monkeypatch.setattr(comparison, "FLOATS", 1)
    pd.testing.assert_frame_equal(whole, edge_differences(table_of(turns), "T", "B", seed=1))


def test_a_case_with_one_document_and_a_case_without_the_codes_have_reasons() -> None:
    lone = edge_differences(table_of(meetings({"T1": 3, "B1": 1, "B2": 2})), "T", "B", seed=1).iloc[0]
    assert (lone["reason"], lone["weight_a"], lone["smallest_p"]) == ("lone-document", 0.3, 1 / 3)
    assert pd.isna(lone[["p", "q", "p_max"]].to_numpy(object)).all()
    turns: list[Turn] = [("T1", "T", "AB"), ("T2", "T", "AB"), ("B1", "B", "C"), ("B2", "B", "")]
    absent = edge_differences(table_of(turns), "T", "B", seed=1).iloc[0]
    assert absent["reason"] == "neither-code"
    assert absent["weight_a"] == 1
    assert pd.isna(absent[["weight_b", "difference", "p"]].to_numpy(object)).all()


def test_cases_without_edges_give_an_empty_table_and_unknown_names_are_refused() -> None:
    table = table_of([("T1", "T", "A"), ("B1", "B", "")])
    assert list(edge_differences(table, "T", "B", seed=1).columns) == list(DIFFERENCE_COLUMNS)
    assert edge_differences(table, "T", "B", seed=1).empty
    with pytest.raises(UnknownName, match="unknown case 'X'"):
        edge_differences(table, "T", "X", seed=1)
    with pytest.raises(UnknownName, match="g2"):
        edge_differences(table, "T", "B", seed=1, weight="g2")
    with pytest.raises(ForanError, match="with itself"):
        edge_differences(table, "T", "T", seed=1)
    with pytest.raises(ForanError, match="0 dealings"):
        edge_differences(table, "T", "B", seed=1, replicates=0)


# --- as wholes ---------------------------------------------------------------------------------------------------------


def test_n8_the_known_answer_of_two_networks_of_four_nodes() -> None:
    found = network_likeness(upper([3, 1, 0, 2, 0, 1]), upper([2, 1, 0, 3, 1, 0]), NODES)
    assert list(found) == list(LIKENESS)
    value = {name: stated.value for name, stated in found.items()}
    assert value["qap_r"] == pytest.approx(0.707317, abs=5e-7)
    assert (value["qap_p_more"], value["qap_p_two_sided"], value["qap_smallest_p"]) == (3 / 24, 4 / 24, 1 / 24)
    assert value["ruzicka"] == pytest.approx(0.555556, abs=5e-7)
    assert value["edge_jaccard"] == pytest.approx(0.6)
    assert value["cosine"] == pytest.approx(0.866667, abs=5e-7)


weights_strategy = st.lists(st.integers(0, 3), min_size=6, max_size=6)


@settings(max_examples=40, deadline=None)
@given(weights_strategy, weights_strategy)
def test_qap_is_the_correlation_over_all_renumberings(one: list[int], other: list[int]) -> None:
    found = network_likeness(upper(one), upper(other), NODES)
    b = np.zeros((4, 4))
    b[np.triu_indices(4, 1)] = other
    b += b.T
    if len(set(one)) == 1 or len(set(other)) == 1:
        assert found["qap_r"].reason in ("equal-edges", "one-empty", "both-empty")
        return
    r = [np.corrcoef(one, b[np.ix_(p, p)][np.triu_indices(4, 1)])[0, 1] for p in permutations(range(4))]
    assert found["qap_r"].value == pytest.approx(r[0])
    assert found["qap_p_more"].value == pytest.approx(np.mean([x >= r[0] - 1e-9 for x in r]))
    assert found["qap_p_two_sided"].value == pytest.approx(np.mean([abs(x) >= abs(r[0]) - 1e-9 for x in r]))


def test_the_smallest_p_of_qap_is_one_that_some_network_has() -> None:
    """A path of three among six nodes: its ends swapped, and three nodes without edges in any order, leave it as it is."""
    nodes = tuple("ABCDEF")
    path = edges_of({"AB": 1.0, "BC": 1.0})
    found = network_likeness(path, path, nodes)
    assert found["qap_r"].value == pytest.approx(1)
    assert found["qap_p_more"].value == found["qap_smallest_p"].value == pytest.approx(2 * 6 / 720)
    # With numbers drawn at random, no p comes below the share of those that swap nodes tied to the same ones.
    some = tuple("ABCDEFGHIJ")
    drawn = network_likeness(path, path, some, replicates=2000, seed=1)
    assert drawn["qap_smallest_p"].value == pytest.approx(2 * 5040 / 3628800)
    assert drawn["qap_p_more"].value >= 0.5 * drawn["qap_smallest_p"].value
    few = network_likeness(path, path, some, replicates=10, seed=1)
    assert few["qap_smallest_p"].value == 1 / 11


@settings(max_examples=40, deadline=None)
@given(weights_strategy, weights_strategy)
def test_no_renumbering_reaches_below_the_smallest_p_and_one_reaches_it(one: list[int], other: list[int]) -> None:
    found = network_likeness(upper(one), upper(other), NODES)
    if found["qap_r"].value is None:
        return
    names = [dict(zip(NODES, order, strict=True)) for order in permutations(NODES)]
    b = upper(other)
    every = [
        network_likeness(upper(one), b.assign(source=b["source"].map(new), target=b["target"].map(new)), NODES)[
            "qap_p_more"
        ]
        for new in names
    ]
    assert min(stated.value for stated in every) == pytest.approx(found["qap_smallest_p"].value)


def test_larger_networks_are_renumbered_at_random() -> None:
    nodes = tuple("ABCDEFGHIJ")
    ring = edges_of({a + b: 1.0 + n for n, (a, b) in enumerate(zip(nodes, nodes[1:] + nodes[:1], strict=True))})
    found = network_likeness(ring, ring, nodes, replicates=300, seed=2)
    assert (found["qap_r"].value, found["qap_p_more"].value, found["qap_smallest_p"].value) == (1, 1 / 301, 1 / 301)
    assert found == network_likeness(ring, ring, nodes, replicates=300, seed=2)


@settings(max_examples=40, deadline=None)
@given(weights_strategy, weights_strategy, st.permutations("WXYZ"))
def test_likeness_is_symmetric_and_names_do_not_matter(one: list[int], other: list[int], names: list[str]) -> None:
    a, b = upper(one), upper(other)
    found = network_likeness(a, b, NODES)
    swapped = network_likeness(b, a, NODES)
    new = dict(zip(NODES, names, strict=True))
    renamed = [edges.assign(source=edges["source"].map(new), target=edges["target"].map(new)) for edges in (a, b)]
    same = network_likeness(*renamed, tuple(sorted(names)))
    for name in LIKENESS:
        for again in (swapped, same):
            assert again[name].reason == found[name].reason
            assert again[name].value == pytest.approx(found[name].value)
        if found[name].value is not None:
            assert -1 - 1e-12 <= found[name].value <= 1 + 1e-12


@given(weights_strategy)
def test_a_network_is_wholly_like_itself(values: list[int]) -> None:
    found = network_likeness(upper(values), upper(values), NODES)
    if any(values):
        assert [found[name].value for name in ("edge_jaccard", "ruzicka", "portrait_divergence")] == [1, 1, 0]
        assert found["cosine"].value == pytest.approx(1)
        assert found["qap_r"].value in (None, pytest.approx(1))
    else:
        assert {stated.reason for stated in found.values()} == {"both-empty"}


def test_networks_without_edges_or_nodes_have_reasons_and_parts_that_hang_apart_do_not_matter() -> None:
    one, none = upper([1, 0, 0, 0, 0, 2]), upper([0] * 6)
    found = network_likeness(one, none, NODES)
    assert (found["edge_jaccard"].value, found["ruzicka"].value) == (0, 0)
    assert {found[name].reason for name in ("cosine", "qap_r", "qap_p_more")} == {"one-empty"}
    assert 0 < found["portrait_divergence"].value <= 1
    assert {stated.reason for stated in network_likeness(none, none, ()).values()} == {"no-node"}
    two = edges_of({"AB": 1.0})
    assert network_likeness(two, two, ("A", "B"))["qap_r"].reason == "too-few-nodes"
    even = upper([1] * 6)
    assert network_likeness(even, one, NODES)["qap_r"].reason == "equal-edges"


@pytest.mark.parametrize(
    ("edges", "told"),
    [
        (edges_of({"AB": float("nan"), "AC": 1.0}), "column jaccard is missing in 1 of 2 edges"),
        (edges_of({"AB": -1.0}), "column jaccard is negative in 1 of 1 edges"),
        (edges_of({"AB": 1.0, "BA": 1.0}), "given twice"),
        (edges_of({"AA": 1.0}), "joins A to itself"),
        (edges_of({"AX": 1.0}), "unknown node 'X'"),
        (edges_of({"AB": 1.0}).drop(columns="jaccard"), "unknown column of weights 'jaccard'"),
    ],
)
def test_edges_that_are_none_are_refused(edges: pd.DataFrame, told: str) -> None:
    with pytest.raises(ForanError, match=told):
        network_likeness(upper([1, 0, 0, 0, 0, 0]), edges, NODES)


def test_the_table_of_likeness_has_every_two_cases() -> None:
    found = likeness_table({case: upper([n, 1, 0, 2, 0, 1]) for n, case in enumerate(("TRD", "BGO", "OSL"))}, NODES)
    assert list(found.columns) == list(LIKENESS_COLUMNS)
    assert list(dict.fromkeys(zip(found["case_a"], found["case_b"], strict=True))) == [
        ("TRD", "BGO"), ("TRD", "OSL"), ("BGO", "OSL")]  # fmt: skip
    assert found["measure"].tolist() == [*LIKENESS] * 3


def shape(graph: nx.Graph) -> np.ndarray:
    return nx.to_numpy_array(graph) > 0


PATH, RING, STAR, WHOLE = (
    shape(g) for g in (nx.path_graph(4), nx.cycle_graph(4), nx.star_graph(3), nx.complete_graph(4))
)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [(PATH, PATH, 0), (PATH, RING, .209411), (PATH, STAR, .522433), (PATH, WHOLE, .75), (RING, WHOLE, .75)],
)  # fmt: skip
def test_n9_portraits_of_small_graphs(a: np.ndarray, b: np.ndarray, expected: float) -> None:
    assert portrait_divergence(a, b).value == pytest.approx(expected, abs=5e-7)
    assert portrait_divergence(b, a).value == pytest.approx(expected, abs=5e-7)


def test_n9_portraits_of_known_networks() -> None:
    assert portrait_divergence(shape(nx.karate_club_graph()), shape(nx.les_miserables_graph())).value == pytest.approx(
        0.659400, abs=5e-7
    )


@pytest.mark.shared
def test_n9_from_the_shared_files(shared: Path) -> None:
    graphs = []
    for name in ("karate", "les_miserables"):
        with (shared / f"data/networks/{name}.csv").open(encoding="utf-8") as file:
            graphs.append(nx.Graph([(row["source"], row["target"]) for row in csv.DictReader(file)]))
    assert portrait_divergence(*(shape(graph) for graph in graphs)).value == pytest.approx(0.659400, abs=5e-7)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.data())
def test_a_shape_is_the_same_whatever_its_nodes_are_called(nodes: int, data: st.DataObject) -> None:
    pairs = list(combinations(range(nodes), 2))
    graph = nx.Graph()
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(data.draw(st.lists(st.sampled_from(pairs)))) if pairs else None
    order = data.draw(st.permutations(range(nodes)))
    assert portrait_divergence(shape(graph), shape(graph)[np.ix_(order, order)]).value == pytest.approx(0, abs=1e-12)


def test_parts_that_hang_apart_are_weighed_by_the_pairs_within_them() -> None:
    """An edge and a lone node: Σ n_c² = 4 + 1, so P is 3/5 at l = 0 and 4/15, 2/15 at l = 1; three lone nodes: 1 at l = 0."""
    one = np.zeros((3, 3), bool)
    one[0, 1] = one[1, 0] = True
    expected = (0.6 * np.log2(0.6 / 0.8) + 0.4 + np.log2(1 / 0.8)) / 2
    assert portrait_divergence(one, np.zeros((3, 3), bool)).value == pytest.approx(expected)


def test_a_graph_without_nodes_has_no_portrait() -> None:
    assert portrait_divergence(PATH, np.zeros((0, 0), bool)).reason == "no-node"


# --- shared edges ------------------------------------------------------------------------------------------------------


def case_edges(counts: dict[str, int]) -> pd.DataFrame:
    rows = [(pair[0], pair[1], n) for pair, n in counts.items()]
    return pd.DataFrame(rows, columns=["source", "target", "n_ij"])


def test_edges_are_shared_by_all_by_some_or_of_one() -> None:
    cases = {
        "TRD": case_edges({"AB": 3, "AC": 1, "BC": 2}),
        "BGO": case_edges({"BA": 1, "BC": 1}),
        "OSL": case_edges({"AB": 5}),
    }
    found = shared_edges(cases, order=("C", "B", "A"))
    assert list(found.columns) == ["source", "target", "TRD", "BGO", "OSL", "cases", "unknown", "pattern", "missing"]
    assert found.drop(columns=["unknown", "missing"]).values.tolist() == [
        ["C", "B", 2, 1, 0, 2, "some"],
        ["C", "A", 1, 0, 0, 1, "only TRD"],
        ["B", "A", 3, 1, 5, 3, "shared"],
    ]
    strong = shared_edges(cases, least=2)
    assert strong["pattern"].tolist() == ["some", "only TRD"]


def test_what_was_not_asked_is_unknown_and_what_was_not_mentioned_is_none() -> None:
    cases = {"TRD": case_edges({"AB": 3}), "BGO": case_edges({}), "OSL": case_edges({})}
    why = {"BGO": {"A": "not-mentioned"}, "OSL": {"B": "not-asked", "C": "suppressed"}}
    [edge] = shared_edges(cases, missing=why).to_dict("records")
    assert edge["BGO"] == 0
    assert pd.isna(edge["OSL"])
    assert (edge["cases"], edge["unknown"], edge["pattern"]) == (1, 1, "only TRD")
    assert edge["missing"] == (("BGO", "A", "not-mentioned"), ("OSL", "B", "not-asked"))


def test_unknown_reasons_and_cases_are_refused_and_nothing_gives_an_empty_table() -> None:
    with pytest.raises(UnknownName, match="forgotten"):
        shared_edges({"TRD": case_edges({})}, missing={"TRD": {"A": "forgotten"}})
    with pytest.raises(UnknownName, match="unknown case 'XXX'"):
        shared_edges({"TRD": case_edges({})}, missing={"XXX": {}})
    assert shared_edges({"TRD": case_edges({})}).empty


@settings(max_examples=30, deadline=None)
@given(documents_strategy)
def test_every_edge_of_every_case_is_there_with_its_turns(held: dict[str, list[str]]) -> None:
    table = table_of([(name, name[0], codes) for name, turns in held.items() for codes in turns])
    cases = {case: cooccurrence(table.of_case(case)) for case in "TB"}
    found = shared_edges(cases)
    for case, edges in cases.items():
        mine = found[found[case] > 0].set_index(["source", "target"])[case]
        assert mine.to_dict() == edges.set_index(["source", "target"])["n_ij"].to_dict()
    assert (found["cases"] >= 1).all()
