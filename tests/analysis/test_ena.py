"""ENA: numbers that pyena 0.2.0 (a port of rENA, checked by its authors against it) gives for the same data, and shapes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from foran_research.analysis.ena import EnaProjection, ena_projection
from foran_research.errors import ForanError, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

PAIRS = [("A", "B"), ("A", "C"), ("B", "C"), ("A", "D"), ("B", "D"), ("C", "D")]
COUNTS = [[3, 0, 1, 0, 0, 2], [4, 2, 1, 1, 2, 2], [1, 1, 0, 1, 1, 2], [0, 1, 1, 0, 0, 1], [2, 2, 0, 3, 0, 1],
          [2, 1, 2, 4, 1, 2], [1, 2, 0, 1, 2, 1]]  # fmt: skip
GROUPS = list("ttbbtbb")
#: What pyena gives for COUNTS.
SVD = [[-.424622, .501077], [-.024212, .228199], [.069869, -.051293], [-.501527, -.520346], [.395679, .049887],
       [.210535, .029976], [.274279, -.237499]]  # fmt: skip
MEANS = [[.493836, -.390275], [.23482, -.008843], [-.135925, .065392], [-.42009, -.534712], [.11349, .399118],
         [-.042887, .211677], [-.243244, .257642]]  # fmt: skip
SVD_NODES = [[1.148282, 0.67668], [-1.519124, 2.335886], [-1.455845, -1.587544], [1.567985, -1.154909]]
MEANS_NODES = [[1.166886, 1.197298], [2.093593, -1.362238], [-1.229836, -1.556639], [-1.890863, 1.480054]]


def adjacency(counts: list[list[float]] = COUNTS, pairs: list[tuple[str, str]] = PAIRS) -> pd.DataFrame:
    names = [f"I-å\u030a😀{n}" for n in range(len(counts))]
    columns = pd.MultiIndex.from_tuples(pairs)
    return pd.DataFrame(np.array(counts, float).reshape(len(counts), len(pairs)), index=names, columns=columns)


def test_svd_gives_the_points_nodes_and_spread_of_the_reference() -> None:
    found = ena_projection(adjacency())
    assert list(found.points.columns) == ["SVD1", "SVD2"]
    np.testing.assert_allclose(found.points, SVD, atol=1e-6)
    np.testing.assert_allclose(found.nodes.loc[list("ABCD")], SVD_NODES, atol=1e-6)
    assert list(found.variance.values()) == pytest.approx([0.345949, 0.308571], abs=1e-6)
    assert (found.reason, found.at_origin, found.has_settled_nodes) == ("", (), True)
    assert found.group_means.empty


def test_means_rotation_gives_the_points_and_nodes_of_the_reference_with_the_first_group_to_the_right() -> None:
    """The reference's first axis points the other way here: its sign is whatever QR leaves."""
    found = ena_projection(adjacency(), GROUPS, rotation=("t", "b"))
    assert list(found.points.columns) == ["MR1", "SVD2"]
    np.testing.assert_allclose(found.points, MEANS, atol=1e-6)
    np.testing.assert_allclose(found.nodes.loc[list("ABCD")], MEANS_NODES, atol=1e-6)
    assert found.group_means.loc["t", "MR1"] > 0 > found.group_means.loc["b", "MR1"]
    assert found.group_means["units"].tolist() == [3, 4]
    # The means differ along the first axis only.
    assert found.group_means["SVD2"].tolist() == pytest.approx([0, 0], abs=1e-9)
    mirrored = ena_projection(adjacency(), GROUPS, rotation=("b", "t"))
    np.testing.assert_allclose(mirrored.points["MR1"], -found.points["MR1"])


def test_nodes_explain_the_points_they_were_fitted_to() -> None:
    found = ena_projection(adjacency(), GROUPS, rotation=("t", "b"))
    assert found.fit["MR1"].value == pytest.approx(0.908927, abs=1e-6)
    assert found.fit["SVD2"].value == pytest.approx(0.970699, abs=1e-6)


def test_a_subtracted_network_is_one_group_s_mean_vector_less_the_others() -> None:
    counts = [[3, 4], [0, 2], [5, 0]]
    found = ena_projection(adjacency(counts, [("A", "B"), ("B", "C")]), ["x", "x", "y"])
    # Of length 1: (.6, .8) and (0, 1); (1, 0).
    assert found.subtracted("x", "y").tolist() == pytest.approx([0.3 - 1, 0.9])
    assert found.subtracted("y", "x").tolist() == pytest.approx([0.7, -0.9])
    with pytest.raises(UnknownName, match="unknown group 'z'"):
        found.subtracted("x", "z")


def test_units_where_nothing_meets_stay_at_the_origin_and_move_nobody() -> None:
    with_zero = adjacency([*COUNTS, [0] * 6])
    found, without = ena_projection(with_zero, [*GROUPS, "b"]), ena_projection(adjacency(), GROUPS)
    assert found.at_origin == (with_zero.index[-1],)
    assert found.points.iloc[-1].tolist() == [0, 0]
    np.testing.assert_allclose(found.points.iloc[:-1], without.points)
    np.testing.assert_allclose(found.nodes, without.nodes)
    assert found.variance == pytest.approx(without.variance)


def test_much_talk_and_little_talk_of_the_same_kind_fall_together() -> None:
    found = ena_projection(adjacency([[1, 2, 0], [10, 20, 0], [0, 1, 1]], PAIRS[:3]))
    assert found.points.iloc[0].tolist() == pytest.approx(found.points.iloc[1].tolist())


rows_strategy = st.lists(st.lists(st.integers(0, 4), min_size=6, max_size=6), min_size=2, max_size=7)


@settings(max_examples=40, deadline=None)
@given(rows_strategy, st.booleans())
def test_axes_stand_at_right_angles_and_distances_shrink_only_by_what_is_left_out(
    counts: list[list[float]], by_means: bool
) -> None:
    groups = ["x" if n % 2 else "y" for n in range(len(counts))]
    found = ena_projection(adjacency(counts), groups, rotation=("x", "y") if by_means else None, dimensions=9)
    if found.reason:
        assert found.reason in ("few-points", "no-spread", "group-absent", "equal-means")
        assert found.points.empty
        return
    axes = found.loadings.to_numpy()
    np.testing.assert_allclose(axes.T @ axes, np.eye(axes.shape[1]), atol=1e-9)
    for axis in axes.T[1 if by_means else 0 :]:
        assert axis[np.argmax(np.abs(axis) >= np.abs(axis).max() - 1e-9)] > 0
    normed = np.array([row for row in counts if any(row)], float)
    normed /= np.linalg.norm(normed, axis=1, keepdims=True)
    placed = found.points.loc[[any(row) for row in counts]].to_numpy()
    apart = np.linalg.norm(normed[:, None] - normed[None], axis=2)
    np.testing.assert_allclose(np.linalg.norm(placed[:, None] - placed[None], axis=2), apart, atol=1e-8)
    assert sum(found.variance.values()) == pytest.approx(1)
    assert np.abs(placed.mean(axis=0)).max() < 1e-9


@settings(max_examples=40, deadline=None)
@given(rows_strategy, st.permutations("WXYZ"), st.randoms(use_true_random=False))
def test_names_of_codes_and_the_order_of_units_and_pairs_change_nothing(
    counts: list[list[float]], names: list[str], random: object
) -> None:
    found = ena_projection(adjacency(counts))
    assume(not found.reason)
    shares = list(found.variance.values())
    # Axes of equal spread may be any two at right angles.
    assume(len(shares) < 2 or (shares[0] - shares[1] > 0.01 and 1 - sum(shares) + 1e-9 < 0.99 * shares[1]))
    rows, columns = list(range(len(counts))), list(range(6))
    random.shuffle(rows)
    random.shuffle(columns)
    moved = ena_projection(adjacency(counts).iloc[rows, columns])
    for axis in found.points.columns:
        one, other = found.points[axis], moved.points.loc[found.points.index, axis]
        # Of two loadings of equal size the first in order settles the sign.
        assert np.allclose(one, other, atol=1e-7) or np.allclose(one, -other, atol=1e-7)
    new = dict(zip("ABCD", names, strict=True))
    renamed = ena_projection(adjacency(counts, [(new[a], new[b]) for a, b in PAIRS]))
    np.testing.assert_array_equal(found.points, renamed.points)


@pytest.mark.parametrize(
    ("counts", "groups", "rotation", "reason"),
    [
        ([], [], None, "few-points"),
        ([[0] * 6, [0] * 6], ["x", "y"], None, "few-points"),
        ([[1, 0, 0, 0, 0, 0], [0] * 6], ["x", "y"], None, "few-points"),
        ([[1, 0, 0, 0, 0, 0], [7, 0, 0, 0, 0, 0]], ["x", "y"], None, "no-spread"),
        ([[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]], ["x", "x"], ("x", "y"), "group-absent"),
        ([[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0] * 6], ["x", "x", "y"], ("x", "y"), "group-absent"),
        ([[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]] * 2, ["x", "x", "y", "y"], ("x", "y"), "equal-means"),
    ],
)
def test_without_a_plane_there_is_a_reason(
    counts: list[list[float]], groups: list[str], rotation: tuple[str, str] | None, reason: str
) -> None:
    found = ena_projection(adjacency(counts), groups, rotation=rotation)
    assert isinstance(found, EnaProjection)
    assert (found.reason, found.points.empty, found.variance) == (reason, True, {})


def test_with_fewer_units_than_codes_the_nodes_are_not_settled() -> None:
    assert not ena_projection(adjacency(COUNTS[:3])).has_settled_nodes
    found = ena_projection(adjacency([[1, 2, 0, 0, 0, 0], [2, 0, 1, 0, 0, 0], [0, 1, 3, 0, 0, 0]]))
    assert found.nodes.loc["D"].isna().all()
    assert found.has_settled_nodes


def test_one_axis_is_all_that_two_units_have() -> None:
    found = ena_projection(adjacency([[1, 0], [0, 1]], PAIRS[:2]), ["x", "y"], rotation=("x", "y"))
    assert list(found.points.columns) == ["MR1"]
    assert found.points["MR1"].tolist() == pytest.approx([0.5**0.5, -(0.5**0.5)])


@pytest.mark.parametrize(
    ("table", "groups", "told"),
    [
        (adjacency([[float("nan")] * 6, [1] * 6]), None, "numbers are missing in 1 of 2 units"),
        (adjacency([[-1] * 6, [1] * 6]), None, "numbers are negative in 1 of 2 units"),
        (adjacency(), ["x"], "1 groups are given for 7 units"),
        (pd.DataFrame([[1]], columns=["AB"]), None, "1 of 1 columns are not named by two codes"),
        (adjacency([[1, 1]], [("A", "B"), ("B", "A")]), None, "two columns"),
        (adjacency().set_axis(["x"] * 7), None, "6 units are named twice"),
    ],
)
def test_tables_that_are_none_are_refused(table: pd.DataFrame, groups: list[str] | None, told: str) -> None:
    with pytest.raises(ForanError, match=told):
        ena_projection(table, groups)


def test_means_rotation_needs_two_groups() -> None:
    with pytest.raises(ForanError, match="needs the group"):
        ena_projection(adjacency(), rotation=("t", "b"))
    with pytest.raises(ForanError, match="from itself"):
        ena_projection(adjacency(), GROUPS, rotation=("t", "t"))
