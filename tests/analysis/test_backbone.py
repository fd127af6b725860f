"""The disparity filter: hand-worked hubs, and what is no weight."""

from __future__ import annotations

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis.backbone import backbone, disparity
from foran_research.errors import ForanError


def hub(*weights: float) -> pd.DataFrame:
    return pd.DataFrame({"source": "H", "target": [f"C{n:04d}" for n in range(len(weights))], "n_ij": weights})


@pytest.mark.parametrize(
    ("weights", "expected"),
    [((8, 1, 1), [0.04, 0.81, 0.81]), ((5, 3, 1, 1), [0.125, 0.343, 0.729, 0.729]), ((4,), [1.0]), ((), [])],
)
def test_n6_weights_at_a_hub(weights: tuple[float, ...], expected: list[float]) -> None:
    """methods.md (b) N6. An end with one edge keeps nothing."""
    found = disparity(hub(*weights))
    assert found["alpha"].tolist() == pytest.approx(expected)
    assert found["alpha_source"].tolist() == pytest.approx(expected)
    assert (found["alpha_target"] == 1).all()


def test_an_edge_is_kept_by_either_of_its_ends() -> None:
    edges = pd.concat([hub(8, 1, 1), pd.DataFrame({"source": ["C0001"] * 2, "target": ["X", "Y"], "n_ij": [30, 1]})])
    found = disparity(edges)
    # At C0001 stand 1, 30 and 1: (1 - 30/32)^2 and (1 - 1/32)^2.
    assert found["alpha"].tolist() == pytest.approx([0.04, 0.81, 0.81, (2 / 32) ** 2, (31 / 32) ** 2])
    assert backbone(edges)["target"].tolist() == ["C0000", "X"]
    assert backbone(edges, below=0.03)["target"].tolist() == ["X"]
    assert list(backbone(edges).columns) == ["source", "target", "n_ij", "alpha_source", "alpha_target", "alpha"]


@settings(max_examples=40)
@given(
    st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda p: p[0] < p[1]), st.integers(1, 9))
)
def test_alphas_are_those_of_the_formula(weights: dict[tuple[int, int], int]) -> None:
    graph = nx.Graph()
    graph.add_weighted_edges_from([(a, b, w) for (a, b), w in weights.items()], weight="n_ij")
    for row in disparity(graph).to_dict("records"):
        w = row["n_ij"]
        for end, name in ((row["source"], "alpha_source"), (row["target"], "alpha_target")):
            k, s = graph.degree(end), graph.degree(end, weight="n_ij")
            assert row[name] == pytest.approx((1 - w / s) ** (k - 1) if k > 1 else 1.0)
        assert row["alpha"] == min(row["alpha_source"], row["alpha_target"])
        assert 0 <= row["alpha"] <= 1


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan"), float("inf"), None])
def test_what_is_no_weight_is_refused(wrong: float | None) -> None:
    with pytest.raises(ForanError, match="column 'n_ij' has 1 weights"):
        disparity(hub(3.0, 1.0).assign(n_ij=[3.0, wrong]))


def test_edges_that_are_none_are_refused() -> None:
    with pytest.raises(ForanError, match="no column 'jaccard'"):
        disparity(hub(1), weight="jaccard")
    with pytest.raises(ForanError, match="1 loops and 1 pairs"):
        disparity(pd.DataFrame({"source": ["A", "B", "C"], "target": ["B", "A", "C"], "n_ij": 1}))
    with pytest.raises(ForanError, match="column 'n_ij' has 1 weights"):
        disparity(nx.Graph([("A", "B")]))
