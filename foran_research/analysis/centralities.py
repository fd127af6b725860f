"""Where a code stands in a network: degree, strength, betweenness, closeness and eigenvector centrality.

Degree and strength count; the others describe paths. In a network of co-occurrence a path is no flow of anything, so they
are for laying out and describing, not for ranking codes (see ``docs/methods/centralities.md``).
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from ..errors import ForanError
from .network import nullable

#: One row per node, indexed by its name (`node`), in the order of the graph.
CENTRALITY_COLUMNS = (
    "degree",
    "strength",
    "component",
    "betweenness",
    "betweenness_reason",
    "closeness",
    "closeness_reason",
    "eigenvector",
    "eigenvector_reason",
)


def centralities(graph: nx.Graph, *, weight: str = "n_ij") -> pd.DataFrame:
    """Centralities of every node: a frame with `CENTRALITY_COLUMNS`.

    `degree` counts edges and `strength` sums their `weight`. `component` numbers the connected parts, the largest first.
    `betweenness` (Freeman 1977, as a share of the pairs of other nodes) and `closeness` (with Wasserman & Faust's
    correction for parts) count steps and take no notice of weights. `eigenvector` takes weights and is of length 1 over
    the largest connected part, the first of equals. What is undefined is empty, with a reason beside it: betweenness and
    closeness below three nodes or without edges, eigenvector without edges or outside the largest part.

    Raises
    ------
    ForanError
        For a directed graph, or edges whose weight is missing or below 0.

    Examples
    --------
    >>> star = nx.Graph([("P1", "K1", {"n_ij": 3}), ("P1", "E1", {"n_ij": 4})])
    >>> centralities(star)[["degree", "strength", "betweenness"]].values.tolist()
    [[2, 7.0, 1.0], [1, 3.0, 0.0], [1, 4.0, 0.0]]
    """
    numbered, strength = checked(graph, weight)
    nodes = list(graph.nodes)
    parts = sorted(nx.connected_components(numbered), key=lambda part: (-len(part), min(part)))
    component = np.zeros(len(nodes), np.int64)
    for number, part in enumerate(parts, start=1):
        component[list(part)] = number
    n_edges = numbered.number_of_edges()
    path = "no-edge" if not n_edges else "too-few-nodes" if len(nodes) < 3 else ""
    between = nx.betweenness_centrality(numbered) if not path else {}
    close = nx.closeness_centrality(numbered) if not path else {}
    eigen = _eigenvector(numbered, sorted(parts[0]), weight) if n_edges else {}
    places = range(len(nodes))
    outside = "outside-largest" if n_edges else "no-edge"
    return pd.DataFrame(
        {
            "degree": [int(numbered.degree(n)) for n in places],
            "strength": strength,
            "component": component,
            "betweenness": nullable(np.array([between.get(n, np.nan) for n in places], float)),
            "betweenness_reason": [path] * len(nodes),
            "closeness": nullable(np.array([close.get(n, np.nan) for n in places], float)),
            "closeness_reason": [path] * len(nodes),
            "eigenvector": nullable(np.array([eigen.get(n, np.nan) for n in places], float)),
            "eigenvector_reason": ["" if n in eigen else outside for n in places],
        },
        index=pd.Index(nodes, name="node", dtype=object if not nodes else None),
        columns=list(CENTRALITY_COLUMNS),
    )


def checked(graph: nx.Graph, weight: str) -> tuple[nx.Graph, np.ndarray]:
    """The graph on whole numbers in the order of its nodes, without loops, and the strength of each node.

    Numbers, so that no result hangs on the order in which a set of names happens to be walked.
    """
    if graph.is_directed() or graph.is_multigraph():
        raise ForanError("networks of codes are undirected, with one edge between two codes")
    place = {node: number for number, node in enumerate(graph.nodes)}
    numbered = nx.Graph()
    numbered.add_nodes_from(range(len(place)))
    strength = np.zeros(len(place))
    wrong = 0
    for one, other, facts in graph.edges(data=True):
        value = facts.get(weight)
        if value is None or value is pd.NA or not np.isfinite(value) or value < 0:
            wrong += 1
            continue
        if one != other:
            numbered.add_edge(place[one], place[other], **{weight: float(value)})
            strength[[place[one], place[other]]] += float(value)
    if wrong:
        raise ForanError(f"{wrong} edges have no weight {weight!r} of 0 or more")
    return numbered, strength


def _eigenvector(graph: nx.Graph, part: list[int], weight: str) -> dict[int, float]:
    """The vector of the largest eigenvalue over one connected part, by a full decomposition: no iteration that may stall."""
    adjacency = nx.to_numpy_array(graph.subgraph(part), nodelist=part, weight=weight)
    if not adjacency.any():
        return dict.fromkeys(part, float(1 / np.sqrt(len(part))))
    vector = np.abs(np.linalg.eigh(adjacency)[1][:, -1])
    return dict(zip(part, (vector / np.linalg.norm(vector)).tolist(), strict=True))
