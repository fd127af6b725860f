"""Networks as files: read again they say the same, the same bytes every time, whatever stands in a label."""

from __future__ import annotations

import io
import math
import re
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foran_research.errors import ForanError
from foran_research.exchange.graphs import ENDINGS, edges_frame, gexf_bytes, graph_files, graphml_bytes, nodes_frame

LABEL = "Behov 😀 a\u030a <&> \"sitat\" 'ett' Ålgård\x0b\ttab"
SAFE = LABEL.replace("\x0b", "\ufffd")


def sample() -> nx.Graph:
    graph = nx.Graph(case="FJO")
    graph.add_node("C0001", label=LABEL, level="P", units=3, share=0.25, is_central=True, reason="")
    graph.add_node("C0002", label="Læring", level="K", units=np.int64(1), share=np.float64(0.5), is_central=np.False_)
    graph.add_node("C0003", label="uten", level="E", units=0, share=math.nan, is_central=False, reason=None)
    graph.add_edge("C0002", "C0001", n_ij=2, weight=0.5, is_distorted=False)
    graph.add_edge("C0003", "C0001", n_ij=1, weight=1, is_distorted=True, p_more=float("inf"))
    return graph


NODES = {
    "C0001": {"label": SAFE, "level": "P", "units": 3, "share": 0.25, "is_central": True, "reason": ""},
    "C0002": {"label": "Læring", "level": "K", "units": 1, "share": 0.5, "is_central": False},
    "C0003": {"label": "uten", "level": "E", "units": 0, "is_central": False},
}
EDGES = {
    ("C0001", "C0002"): {"n_ij": 2, "weight": 0.5, "is_distorted": False},
    ("C0001", "C0003"): {"n_ij": 1, "weight": 1.0, "is_distorted": True},
}


def told(graph: nx.Graph, *, without: tuple[str, ...] = ()) -> tuple[dict[str, Any], dict[Any, Any]]:
    nodes = {node: {k: v for k, v in data.items() if k not in without} for node, data in graph.nodes(data=True)}
    edges = {
        tuple(sorted((a, b))): {k: v for k, v in data.items() if k not in (*without, "id")}
        for a, b, data in graph.edges(data=True)
    }
    return nodes, edges


def types(graph: nx.Graph) -> set[tuple[str, type]]:
    return {(k, type(v)) for _, data in graph.nodes(data=True) for k, v in data.items()}


def test_graphml_is_read_again_with_the_same_content_and_types() -> None:
    again = nx.read_graphml(io.BytesIO(graphml_bytes(sample(), notice="Oppdiktet å")))
    # The reader takes an empty text for no value.
    expected = {node: {k: v for k, v in data.items() if v != ""} for node, data in NODES.items()}
    found, edges = told(again)
    assert ({n: {k: v for k, v in d.items() if v not in ("", None)} for n, d in found.items()}, edges) == (
        expected,
        EDGES,
    )
    assert again.graph["notice"] == "Oppdiktet å"
    assert again.graph["case"] == "FJO"
    assert {("units", int), ("share", float), ("is_central", bool), ("level", str)} <= types(again)


def test_gexf_is_read_again_with_the_same_content_and_types() -> None:
    again = nx.read_gexf(io.BytesIO(gexf_bytes(sample())))
    found, edges = told(again)
    assert {n: {k: v for k, v in d.items() if v not in ("", None)} for n, d in found.items()} == {
        node: {k: v for k, v in data.items() if v != ""} for node, data in NODES.items()
    }
    # networkx reads the attribute `weight` as GEXF's own.
    assert edges == EDGES
    assert {("units", int), ("share", float), ("is_central", bool)} <= types(again)


def test_the_tables_hold_a_row_for_each_node_and_edge_and_nothing_for_undefined() -> None:
    nodes, edges = nodes_frame(sample()), edges_frame(sample())
    assert list(nodes.columns) == ["id", "label", "level", "units", "share", "is_central", "reason"]
    assert nodes.to_numpy().tolist()[2] == ["C0003", "uten", "E", 0, "", False, ""]
    assert edges.to_numpy().tolist() == [["C0001", "C0002", 2, 0.5, False], ["C0001", "C0003", 1, 1.0, True]]
    text = graph_files(sample(), "x")["x.nodes.csv"]
    again = pd.read_csv(io.BytesIO(text))
    assert again["id"].tolist() == ["C0001", "C0002", "C0003"]
    assert again["share"].isna().tolist() == [False, False, True]


def test_the_same_network_gives_the_same_bytes_without_date_or_version_of_a_library() -> None:
    one, two = graph_files(sample(), "a", notice="n"), graph_files(sample(), "a", notice="n")
    assert one == two
    assert [name.removeprefix("a") for name in one] == list(ENDINGS)
    for name, content in one.items():
        assert not re.search(rb"20[2-9][0-9]-|lastmodified|NetworkX|networkx", content), name
        assert b"\r" not in content
        assert content.endswith(b"\n")


def test_the_ends_of_an_edge_do_not_depend_on_how_it_was_added() -> None:
    turned = nx.Graph()
    turned.add_nodes_from(sample().nodes(data=True))
    for a, b, data in reversed(list(sample().edges(data=True))):
        turned.add_edge(b, a, **data)
    turned.graph.update(sample().graph)
    assert graph_files(turned, "a") == graph_files(sample(), "a")


def test_places_reach_gephi_and_an_empty_network_is_a_file_as_well() -> None:
    graph = nx.Graph()
    graph.add_node("C0001", x=-1.0, y=0.5)
    graph.add_node("C0002")
    again = nx.read_gexf(io.BytesIO(gexf_bytes(graph)))
    assert again.nodes["C0001"]["viz"]["position"] == {"x": -500.0, "y": 250.0, "z": 0.0}
    assert "viz" not in again.nodes["C0002"]
    for content in (graphml_bytes(nx.Graph()), gexf_bytes(nx.Graph())):
        assert content.startswith(b"<?xml")
    assert len(nx.read_graphml(io.BytesIO(graphml_bytes(nx.Graph())))) == 0
    assert list(graph_files(nx.Graph(), "tom")) == ["tom.graphml", "tom.gexf", "tom.nodes.csv", "tom.edges.csv"]


def test_two_ids_that_xml_would_make_one_are_refused_without_being_quoted() -> None:
    graph = nx.Graph()
    graph.add_nodes_from(["hemmelig\x00", "hemmelig\x01"])
    with pytest.raises(ForanError, match="1 nodes would have the id") as raised:
        graphml_bytes(graph)
    assert "hemmelig" not in str(raised.value)


@given(
    st.lists(st.tuples(st.text(max_size=8), st.integers(-(2**31), 2**31), st.floats()), max_size=6),
    st.text(max_size=12),
)
def test_any_text_and_number_survives_or_is_replaced(rows: list[tuple[str, int, float]], notice: str) -> None:
    graph = nx.Graph()
    for number, (label, count, share) in enumerate(rows):
        graph.add_node(f"C{number}", label=label, count=count, share=share)
    files = graph_files(graph, "x", notice=notice)
    for read, name in ((nx.read_graphml, "x.graphml"), (nx.read_gexf, "x.gexf")):
        again = read(io.BytesIO(files[name]))
        assert list(again) == list(graph)
        for node, (_, count, share) in zip(again, rows, strict=True):
            assert again.nodes[node]["count"] == count
            assert again.nodes[node].get("share") == (share if math.isfinite(share) else None)
