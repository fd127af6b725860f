"""The edges of a network that carry more than their share: the disparity filter, for thinning a drawing.

Serrano, Boguñá & Vespignani (2009). For a network of codes that meet in turns the filter asks the wrong question (it
takes edge weights as if they had been strewn over a node's edges); whether two codes meet more often than by chance is
asked of the table of turns itself, by the null model that keeps its margins. A drawing says which of the two thinned it.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from ..errors import ForanError

#: What :func:`disparity` adds to an edge table.
DISPARITY_COLUMNS = ("alpha_source", "alpha_target", "alpha")


def disparity(edges: pd.DataFrame | nx.Graph, *, weight: str = "n_ij") -> pd.DataFrame:
    """An edge table with the filter's alpha from both ends: `alpha_source`, `alpha_target`, and `alpha`, the smaller.

    From the end i, alpha = (1 − w_ij / s_i)^(k_i − 1), with s_i the sum of the weights at i and k_i the number of its
    edges. An end with a single edge counts as 1: it never keeps it. A graph gives a table of source, target and weight.

    Raises
    ------
    ForanError
        For weights that are missing, negative or not finite; edges of weight 0 are to be left out before.

    Examples
    --------
    >>> hub = pd.DataFrame({"source": ["H"] * 3, "target": ["A", "B", "C"], "n_ij": [8, 1, 1]})
    >>> disparity(hub)["alpha"].round(2).tolist()
    [0.04, 0.81, 0.81]
    """
    frame = _table(edges, weight)
    weights = frame[weight].to_numpy(float)
    names = pd.factorize(pd.concat([frame["source"], frame["target"]], ignore_index=True))[0]
    source, target = names[: len(frame)], names[len(frame) :]
    # Pairs of one code with itself are no edges; an edge that stands twice would be shared out twice.
    n_nodes = int(names.max()) + 1 if names.size else 0
    strength = np.bincount(source, weights, n_nodes) + np.bincount(target, weights, n_nodes)
    degree = np.bincount(source, minlength=n_nodes) + np.bincount(target, minlength=n_nodes)
    ends = {}
    for name, end in (("alpha_source", source), ("alpha_target", target)):
        left = np.maximum(1 - weights / strength[end], 0.0)
        ends[name] = np.where(degree[end] > 1, left ** (degree[end] - 1), 1.0)
    return frame.assign(**ends, alpha=np.minimum(ends["alpha_source"], ends["alpha_target"]))


def backbone(edges: pd.DataFrame | nx.Graph, *, weight: str = "n_ij", below: float = 0.05) -> pd.DataFrame:
    """The edges whose alpha is below `below` from at least one end, with their alphas.

    >>> hub = pd.DataFrame({"source": ["H"] * 3, "target": ["A", "B", "C"], "n_ij": [8, 1, 1]})
    >>> backbone(hub)["target"].tolist()
    ['A']
    """
    found = disparity(edges, weight=weight)
    return found[found["alpha"] < below].reset_index(drop=True)


def _table(edges: pd.DataFrame | nx.Graph, weight: str) -> pd.DataFrame:
    if isinstance(edges, nx.Graph):
        rows = [(a, b, facts.get(weight)) for a, b, facts in edges.edges(data=True)]
        edges = pd.DataFrame(rows, columns=["source", "target", weight])
    missing = [name for name in ("source", "target", weight) if name not in edges.columns]
    if missing:
        raise ForanError(f"the edges have no column {', '.join(map(repr, missing))}")
    weights = pd.to_numeric(edges[weight]).astype("Float64").to_numpy(float, na_value=np.nan)
    wrong = int((~np.isfinite(weights) | (weights <= 0)).sum())
    if wrong:
        raise ForanError(f"column {weight!r} has {wrong} weights that are missing or not above 0")
    is_loop = (edges["source"] == edges["target"]).to_numpy(bool)
    pairs = [frozenset(pair) for pair in zip(edges["source"], edges["target"], strict=True)]
    twice = len(pairs) - len(set(pairs))
    if is_loop.any() or twice:
        raise ForanError(f"the edges have {int(is_loop.sum())} loops and {twice} pairs that stand twice")
    return edges.reset_index(drop=True)
