"""Co-occurrence of codes in units, as an edge table and as a network; per case, pooled, and by polarity.

Formulas (N units, n_i and n_j units with each code, n_ij with both): Jaccard n_ij / (n_i + n_j - n_ij), which ATLAS.ti
calls the c-coefficient; lift N n_ij / (n_i n_j); NPMI log2(lift) / -log2(n_ij / N) (Bouma 2009). N counts all informant
units, uncoded ones too: lift and NPMI depend on it, Jaccard does not. Three cases are described, never inferred from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd

from ..codebook.code import Codebook
from .incidence import Incidence

#: One row per pair of codes that meet in at least one unit; `source` stands before `target` in codebook order.
EDGE_COLUMNS = (
    "source",
    "target",
    "n_ij",
    "documents",
    "n_i",
    "n_j",
    "n_units",
    "jaccard",
    "lift",
    "npmi",
    "is_distorted",
)
#: An edge between codes whose frequencies differ by more than this factor is marked: its Jaccard says little.
DISTORTION = 5.0


def cooccurrence(table: Incidence) -> pd.DataFrame:
    """The edges among the codes of an incidence: a frame with `EDGE_COLUMNS`, in codebook order.

    >>> import pandas as pd
    >>> from foran_research.analysis.incidence import incidence
    >>> units = pd.DataFrame({"unit": ["a", "b", "c"], "document": ["D", "D", "E"]})
    >>> long = pd.DataFrame({"unit": ["a", "a", "b"], "element": ["C1", "C2", "C1"]})
    >>> cooccurrence(incidence(long, units, ("C1", "C2")))[["n_ij", "jaccard"]].values.tolist()
    [[1.0, 0.5]]
    """
    counts = (table.matrix.T @ table.matrix).toarray()
    n_units = table.matrix.shape[0]
    rows, cols = np.nonzero(np.triu(counts, 1))
    n_ij = counts[rows, cols].astype(float)
    n_i, n_j = counts.diagonal()[rows].astype(float), counts.diagonal()[cols].astype(float)
    lift = n_units * n_ij / (n_i * n_j)
    rarity = -np.log2(n_ij / n_units)
    npmi = np.divide(np.log2(lift), rarity, out=np.ones_like(lift), where=rarity > 0)
    return pd.DataFrame(
        {
            "source": [table.codes[i] for i in rows],
            "target": [table.codes[j] for j in cols],
            "n_ij": n_ij.astype("int64"),
            "documents": _documents_with_both(table, rows, cols),
            "n_i": n_i.astype("int64"),
            "n_j": n_j.astype("int64"),
            "n_units": n_units,
            "jaccard": n_ij / (n_i + n_j - n_ij),
            "lift": lift,
            "npmi": npmi,
            "is_distorted": np.maximum(n_i, n_j) > DISTORTION * np.minimum(n_i, n_j),
        },
        columns=list(EDGE_COLUMNS),
    )


def _documents_with_both(table: Incidence, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """In how many documents each pair of codes meets in one unit."""
    total = np.zeros(len(rows), np.int64)
    documents = pd.factorize(table.units["document"])[0]
    order = np.argsort(documents, kind="stable")
    matrix = table.matrix[order]
    boundaries = np.flatnonzero(np.diff(documents[order], prepend=-1, append=-1))
    for start, end in pairwise(boundaries.tolist()):
        block = matrix[start:end]
        total += (block.T @ block).toarray()[rows, cols] > 0
    return total


def frequencies(table: Incidence) -> pd.DataFrame:
    """Units and documents per code: columns `units`, `documents`, indexed by code id."""
    documents = pd.factorize(table.units["document"])[0]
    coo = table.matrix.tocoo()
    pairs = pd.DataFrame({"code": coo.coords[1], "document": documents[coo.coords[0]]}).drop_duplicates()
    per_code = pairs.groupby("code").size().reindex(range(len(table.codes)), fill_value=0)
    return pd.DataFrame(
        {"units": np.asarray(table.matrix.sum(axis=0)).ravel(), "documents": per_code.to_numpy()},
        index=pd.Index(table.codes, name="code"),
    )


def network(table: Incidence, codebook: Codebook, *, min_turns: int = 1) -> nx.Graph:
    """The co-occurrence network: a node per code that occurs, an edge per pair that meets in `min_turns` units or more.

    Nodes carry display, level, units, documents; edges carry the measures of :func:`cooccurrence` and `kind`
    ("within" one level or "between" two).
    """
    graph = nx.Graph()
    for code_id, row in frequencies(table).iterrows():
        if row["units"]:
            code = codebook.by_id[str(code_id)]
            graph.add_node(
                code.id,
                display=code.display,
                level=code.level,
                units=int(row["units"]),
                documents=int(row["documents"]),
            )
    edges = cooccurrence(table)
    for edge in edges[edges["n_ij"] >= min_turns].to_dict("records"):
        measures = {str(name): value for name, value in edge.items()}
        source, target = measures.pop("source"), measures.pop("target")
        graph.add_edge(source, target, kind=edge_kind(codebook, source, target), **measures)
    return graph


def edge_kind(codebook: Codebook, source: str, target: str) -> str:
    """Tell whether two codes stand on one level ("within") or on two ("between")."""
    return "within" if codebook.by_id[source].level == codebook.by_id[target].level else "between"


def mixing_matrix(edges: pd.DataFrame, codebook: Codebook, levels: Sequence[str]) -> pd.DataFrame:
    """Co-occurrences summed by the levels of their two codes: symmetric, levels × levels, counted in unit-pairs."""
    counts = np.zeros((len(levels), len(levels)), np.int64)
    for source, target, n_ij in zip(edges["source"], edges["target"], edges["n_ij"], strict=True):
        a, b = (levels.index(codebook.by_id[code].level) for code in (source, target))
        counts[a, b] += n_ij
        counts[b, a] += n_ij * (a != b)
    return pd.DataFrame(counts, index=list(levels), columns=list(levels))


def compared(edges_by_case: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Edges side by side: one row per pair, a column of turns per case, and `cases`, how many cases have the edge."""
    parts = [edges.set_index(["source", "target"])["n_ij"].rename(case) for case, edges in edges_by_case.items()]
    table = pd.concat(parts, axis=1, sort=True).fillna(0).astype("int64")
    table["cases"] = (table > 0).sum(axis=1)
    return table.reset_index().rename(columns={"level_0": "source", "level_1": "target"})
