"""Communities: clear ones are found, none are not made up, and a seed gives the same ones again."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis.communities import communities, modularity
from foran_research.errors import ForanError


def cliques(*groups: str, bridges: tuple[str, ...] = ()) -> nx.Graph:
    graph = nx.Graph()
    for group in groups:
        graph.add_nodes_from(group)
        graph.add_edges_from(combinations(group, 2), n_ij=1)
    graph.add_edges_from([tuple(bridge) for bridge in bridges], n_ij=1)
    return graph


def karate() -> tuple[nx.Graph, list[list[int]]]:
    graph = nx.karate_club_graph()
    clubs = [[n for n in graph if graph.nodes[n]["club"] == club] for club in ("Mr. Hi", "Officer")]
    nx.set_edge_attributes(graph, 1, "one")
    return graph, clubs


@pytest.mark.parametrize("method", ["louvain", "greedy"])
def test_two_cliques_and_a_bridge_are_two_groups(method: str) -> None:
    """Two triangles and one edge between: Q = 6/7 − 2 (7/14)² = 0.357143."""
    found = communities(cliques("ABC", "DEF", bridges=("CD",)), seed=1, method=method)
    assert found.groups == (("A", "B", "C"), ("D", "E", "F"))
    assert found.modularity.value == pytest.approx(6 / 7 - 0.5)
    assert found.runs_alike == found.runs == (20 if method == "louvain" else 1)


def test_the_karate_club_has_its_published_modularity() -> None:
    """Two factions: .3582 without weights and .3914 with them; Louvain finds the four groups of .4198 (unweighted)."""
    graph, clubs = karate()
    assert modularity(graph, clubs, weight="one").value == pytest.approx(0.3582347140)
    assert modularity(graph, clubs, weight="weight").value == pytest.approx(0.3914375668)
    found = communities(graph, seed=1, weight="one")
    assert found.modularity.value == pytest.approx(0.4197896, abs=1e-6)
    assert len(found.groups) == 4
    assert 1 <= found.runs_alike <= found.runs


def test_a_seed_gives_the_same_groups_in_another_process() -> None:
    """Names are hashed with a salt per process; nothing may hang on it."""
    code = (
        "import networkx as nx; from foran_research.analysis.communities import communities;"
        "print(communities(nx.les_miserables_graph(), seed=4, weight='weight'))"
    )
    salt = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": salt},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert told.strip() == str(communities(nx.les_miserables_graph(), seed=4, weight="weight"))


def test_a_network_without_edges_has_no_communities_and_says_so() -> None:
    for graph in (nx.Graph(), cliques("A", "B"), nx.Graph([("A", "B", {"n_ij": 0})])):
        found = communities(graph, seed=1)
        assert (found.modularity.value, found.modularity.reason) == (None, "no-edge")
        assert list(found.of.values()) == list(range(1, len(graph) + 1))
    assert modularity(cliques("A", "B"), [["A"], ["B"]]).reason == "no-edge"


def test_parts_that_are_not_connected_are_never_one_group() -> None:
    found = communities(cliques("AB", "CDE", "F"), seed=2)
    assert found.groups == (("A", "B"), ("C", "D", "E"), ("F",))


@settings(max_examples=20, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1]), min_size=1),
       st.integers(0, 50), st.sampled_from(["louvain", "greedy"]))  # fmt: skip
def test_every_node_is_in_one_group_and_none_is_worse_than_everything_together(
    pairs: set[tuple[int, int]], seed: int, method: str
) -> None:
    graph = nx.Graph()
    graph.add_nodes_from("abcdefg")
    graph.add_edges_from([("abcdefg"[a], "abcdefg"[b]) for a, b in sorted(pairs)], n_ij=2)
    found = communities(graph, seed=seed, method=method, runs=3)
    assert list(found.of) == list(graph.nodes)
    assert found.modularity.value is not None
    assert -0.5 <= found.modularity.value < 1
    assert found.modularity.value >= -1e-12  # one group of all has 0
    assert modularity(graph, found.groups).value == pytest.approx(found.modularity.value)
    assert found == communities(graph, seed=seed, method=method, runs=3)


def test_what_cannot_be_asked_is_refused() -> None:
    graph = cliques("ABC")
    with pytest.raises(ForanError, match="'louvain' or 'greedy'"):
        communities(graph, seed=1, method="leiden")
    with pytest.raises(ForanError, match="1 run or more"):
        communities(graph, seed=1, runs=0)
    with pytest.raises(ForanError, match="3 edges have no weight"):
        communities(graph, seed=1, weight="jaccard")
    with pytest.raises(ForanError, match="2 nodes, and are to name each of the 3 once"):
        modularity(graph, [["A"], ["B"]])


@pytest.mark.shared
def test_the_factions_of_the_file_have_their_modularity(shared: Path) -> None:
    graph = nx.Graph()
    with (shared / "data/networks/karate.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            graph.add_edge(int(row["source"]), int(row["target"]), n_ij=float(row["weight"]), one=1)
    expected = json.loads((shared / "data/networks/expected_metrics.json").read_text("utf-8"))["karate"]
    _, clubs = karate()
    assert modularity(graph, clubs).value == pytest.approx(expected["modularity_two_clubs_weighted"])
    assert modularity(graph, clubs, weight="one").value == pytest.approx(expected["modularity_two_clubs_unweighted"])
