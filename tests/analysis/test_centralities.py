"""Centralities: published networks, and networks that fall apart."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from foran_research.analysis.centralities import CENTRALITY_COLUMNS, centralities
from foran_research.analysis.stated import REASONS
from foran_research.errors import ForanError


def test_the_karate_club_is_as_networkx_has_it() -> None:
    graph = nx.karate_club_graph()
    found = centralities(graph, weight="weight")
    assert list(found.columns) == list(CENTRALITY_COLUMNS)
    assert found["degree"].to_dict() == dict(graph.degree)
    assert found["strength"].to_dict() == dict(graph.degree(weight="weight"))
    assert found["betweenness"].to_dict() == pytest.approx(nx.betweenness_centrality(graph))
    assert found["closeness"].to_dict() == pytest.approx(nx.closeness_centrality(graph))
    expected = nx.eigenvector_centrality(graph, weight="weight", max_iter=1000, tol=1e-12)
    assert found["eigenvector"].to_dict() == pytest.approx(expected, abs=1e-8)
    # Zachary's instructor and administrator, to the figures in the literature.
    assert (round(found.loc[0, "betweenness"], 3), round(found.loc[33, "betweenness"], 3)) == (0.438, 0.304)


def test_davis_women_and_events_never_stall() -> None:
    """On two-mode networks power iteration need not converge."""
    graph = nx.davis_southern_women_graph()
    nx.set_edge_attributes(graph, 1, "n_ij")
    found = centralities(graph)
    assert found["degree"]["Evelyn Jefferson"] == 8
    assert found["degree"]["E8"] == 14
    vector = found["eigenvector"].to_numpy(float)
    assert (vector > 0).all()
    adjacency = nx.to_numpy_array(graph)
    largest = float(vector @ adjacency @ vector)
    np.testing.assert_allclose(adjacency @ vector, largest * vector, atol=1e-10)


def test_a_network_in_parts_has_a_vector_for_the_largest() -> None:
    graph = nx.Graph()
    graph.add_nodes_from("XABCDE")
    graph.add_weighted_edges_from([("A", "B", 1), ("B", "C", 1), ("D", "E", 9)], weight="n_ij")
    found = centralities(graph)
    assert found["component"].to_dict() == {"X": 3, "A": 1, "B": 1, "C": 1, "D": 2, "E": 2}
    assert found["eigenvector"][["A", "B", "C"]].tolist() == pytest.approx([0.5, 2**-0.5, 0.5])
    assert found["eigenvector"][["X", "D", "E"]].isna().all()
    assert found["eigenvector_reason"].tolist() == ["outside-largest", "", "", "", "outside-largest", "outside-largest"]
    assert found["betweenness"].tolist() == pytest.approx([0, 0, 1 / 10, 0, 0, 0])


@pytest.mark.parametrize(("nodes", "edges", "reason"), [("", [], ""), ("A", [], "no-edge"), ("AB", ["AB"], "too-few-nodes"),
                                                         ("ABC", [], "no-edge")])  # fmt: skip
def test_networks_too_small_for_paths_say_why(nodes: str, edges: list[str], reason: str) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_weighted_edges_from([(*edge, 2) for edge in edges], weight="n_ij")
    found = centralities(graph)
    assert len(found) == len(nodes)
    assert found["betweenness"].isna().all()
    assert found["closeness"].isna().all()
    assert set(found["betweenness_reason"]) <= {reason}
    assert found["eigenvector"].isna().all() == (not edges)
    assert set(found["eigenvector_reason"]) <= {*REASONS, ""}


def test_edges_of_weight_nought_and_loops_do_no_harm() -> None:
    graph = nx.Graph([("A", "B", {"n_ij": 0}), ("A", "A", {"n_ij": 4}), ("B", "C", {"n_ij": 0})])
    found = centralities(graph)
    assert found["degree"].tolist() == [1, 2, 1]
    assert found["strength"].tolist() == [0, 0, 0]
    assert found["eigenvector"].tolist() == pytest.approx([3**-0.5] * 3)


@pytest.mark.parametrize("wrong", [None, -1, float("nan"), pd.NA])
def test_an_edge_without_a_weight_is_refused(wrong: float | None) -> None:
    with pytest.raises(ForanError, match="1 edges have no weight 'n_ij'"):
        centralities(nx.Graph([("A", "B", {"n_ij": wrong}), ("B", "C", {"n_ij": 1})]))


def test_arrows_are_refused() -> None:
    with pytest.raises(ForanError, match="undirected"):
        centralities(nx.DiGraph([("A", "B")]))


@pytest.mark.shared
@pytest.mark.parametrize("name", ["karate", "florentine", "les_miserables", "davis_women"])
def test_published_networks_have_their_published_figures(shared: Path, name: str) -> None:
    graph = nx.Graph()
    with (shared / f"data/networks/{name}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            graph.add_edge(row["source"], row["target"], n_ij=float(row["weight"]))
    expected = json.loads((shared / "data/networks/expected_metrics.json").read_text("utf-8"))[name]
    found = centralities(graph)
    for measure in ("degree", "strength", "betweenness", "closeness"):
        assert found[measure].to_dict() == pytest.approx(expected[measure], abs=1e-9)
    assert (len(found), int(found["degree"].sum()) // 2) == (expected["nodes"], expected["edges"])
    assert found["component"].max() == expected["components"]
