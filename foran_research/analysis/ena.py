"""Epistemic network analysis: units of analysis placed by which codes each of them joins, and the codes placed beside them.

Per unit (document or informant) the vector of its co-occurrences is divided by its length, so that much talk and little
talk of the same kind fall together; centred; and turned by singular value decomposition, or by means rotation, where the
first axis runs through the means of two groups (Shaffer, Collier & Ruis 2016, Journal of Learning Analytics 3; Bowman
et al. 2021, Advances in Quantitative Ethnography). Codes are placed by least squares, so that a unit's point lies near
the middle of the codes it joins. The steps follow rENA: units in which nothing meets stay at the origin and take no part
in centring or turning, and nodes are moved so that the middles of the units' networks have their mean at the origin.

Unlike rENA the sign of an axis is settled: with means rotation the first group stands to the right, and otherwise the
largest loading is positive (of equals the first). A plane is a picture of these units, not a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import ForanError, UnknownName
from .stability import Floats
from .stated import Stated, undefined

#: Numbers smaller than this, beside the largest, are rounding.
NEAR = 1e-10


@dataclass(frozen=True)
class EnaProjection:
    """Units, groups and codes in one plane; `reason` says why where there is none, and then all frames are empty.

    `points` has one row per unit and a column per axis ("SVD1", or "MR1" for the means, and so on). In the same columns
    `nodes` has one row per code (empty where no unit joins it to another), `loadings` one per pair of codes, and
    `group_means` one per group.
    """

    points: pd.DataFrame
    loadings: pd.DataFrame
    nodes: pd.DataFrame
    group_means: pd.DataFrame
    #: Per axis the share of all spread that lies along it.
    variance: Mapping[str, float]
    #: Per axis the correlation between the units' points and the middles of the codes they join: how well nodes explain
    #: points (Pearson).
    fit: Mapping[str, Stated]
    #: Units in which no codes meet: they stay at the origin.
    at_origin: tuple[str, ...]
    reason: str
    #: Per group the mean of its units' vectors of length 1: pairs × groups.
    networks: pd.DataFrame = field(default_factory=pd.DataFrame)
    #: Whether the data settle where the codes stand. With fewer units than codes many places fit alike, and the nodes are
    #: those nearest to the origin: a picture at most.
    has_settled_nodes: bool = False

    def subtracted(self, group_a: str, group_b: str) -> pd.Series[float]:
        """The mean network of one group less that of another, per pair of codes.

        Raises
        ------
        UnknownName
            For a group that has no network.
        """
        for group in (group_a, group_b):
            if group not in self.networks.columns:
                raise UnknownName("group", group, [str(name) for name in self.networks.columns])
        return (self.networks[group_a] - self.networks[group_b]).rename(None)


def ena_projection(
    adjacency: pd.DataFrame,
    groups: Sequence[str] | pd.Series[str] | None = None,
    *,
    rotation: tuple[str, str] | None = None,
    dimensions: int = 2,
) -> EnaProjection:
    """Place units by which codes they join.

    Parameters
    ----------
    adjacency
        Units × pairs: one row per unit (the index names it), one column per pair of codes, named by the two codes (a
        tuple or two levels), counts or weights of 0 or more. `stanza.stanza_counts` gives them.
    groups
        The group of each unit, in the order of the rows; for means and networks of groups.
    rotation
        None for singular value decomposition, which asks for no groups. Two groups for means rotation: the first axis
        runs from the second group's mean to the first's, the others follow the spread that is left.
    dimensions
        Axes that are kept; there are never more than the data have.

    Returns
    -------
    EnaProjection
        Empty, with a reason, when fewer than two units join any codes, when all are alike, or when the two groups have no
        unit or the same mean.

    Raises
    ------
    ForanError
        For missing or negative numbers, columns that are no pairs, rows named twice, or groups that do not fit the rows.

    >>> table = pd.DataFrame([[2, 0], [1, 0], [0, 3]], index=["D1", "D2", "D3"], columns=[("A", "B"), ("B", "C")])
    >>> found = ena_projection(table, ["TRD", "TRD", "BGO"], rotation=("TRD", "BGO"))
    >>> found.points.round(4).values.tolist(), round(found.variance["MR1"], 6)
    ([[0.4714], [0.4714], [-0.9428]], 1.0)
    """
    pairs, values, of = _checked(adjacency, groups)
    names = [str(name) for name in adjacency.index]
    lengths = np.linalg.norm(values, axis=1)
    joins = lengths > 0
    normed = np.divide(values, lengths[:, None], out=np.zeros_like(values), where=joins[:, None])
    at_origin = tuple(name for name, has in zip(names, joins.tolist(), strict=True) if not has)
    centred = np.zeros_like(normed)
    if joins.any():
        centred[joins] = normed[joins] - normed[joins].mean(axis=0)
    networks = _networks(normed, of, pairs)
    if reason := _why_not(centred[joins], of[joins] if of is not None else None, rotation):
        return _nothing(at_origin, reason, networks)
    turned, labels = _rotation(centred[joins], of[joins] if of is not None else None, rotation, dimensions)
    points = centred @ turned
    codes = list(dict.fromkeys(code for pair in pairs for code in pair))
    middles, nodes, is_settled = _nodes(normed[joins], points[joins], pairs, codes)
    total = float((centred**2).sum())
    # Rounded well above what machines differ by.
    points, turned, nodes = (np.round(values, 12) + 0.0 for values in (points, turned, nodes))
    index = pd.Index(names, name=adjacency.index.name)
    pair_index = pd.MultiIndex.from_tuples(pairs, names=["source", "target"])
    return EnaProjection(
        pd.DataFrame(points, index=index, columns=labels),
        pd.DataFrame(turned, index=pair_index, columns=labels),
        pd.DataFrame(nodes, index=pd.Index(codes, name="code"), columns=labels),
        _group_means(points, of, labels),
        {label: float((points[:, axis] ** 2).sum() / total) for axis, label in enumerate(labels)},
        {label: _correlation(points[joins, axis], middles[:, axis]) for axis, label in enumerate(labels)},
        at_origin,
        "",
        networks,
        is_settled,
    )


def _checked(
    adjacency: pd.DataFrame, groups: Sequence[str] | pd.Series[str] | None
) -> tuple[list[tuple[str, str]], Floats, NDArray[np.object_] | None]:
    named: list[Any] = adjacency.columns.tolist()
    pairs = [(str(pair[0]), str(pair[1])) for pair in named if isinstance(pair, tuple) and len(pair) == 2]
    if odd := len(named) - len(pairs):
        raise ForanError(f"{odd} of {len(named)} columns are not named by two codes")
    if len({frozenset(pair) for pair in pairs}) < len(pairs):
        raise ForanError("a pair of codes has two columns")
    if not adjacency.index.is_unique:
        raise ForanError(f"{int(adjacency.index.duplicated().sum())} units are named twice")
    values = adjacency.to_numpy(np.float64, na_value=np.nan)
    if missing := int(np.isnan(values).any(axis=1).sum()):
        raise ForanError(f"numbers are missing in {missing} of {len(values)} units")
    if negative := int((values < 0).any(axis=1).sum()):
        raise ForanError(f"numbers are negative in {negative} of {len(values)} units")
    if groups is not None and len(groups) != len(values):
        raise ForanError(f"{len(groups)} groups are given for {len(values)} units")
    of = None if groups is None else np.asarray(groups, object)
    return pairs, values, of


def _why_not(centred: Floats, of: NDArray[np.object_] | None, rotation: tuple[str, str] | None) -> str:
    if len(centred) < 2:
        return "few-points"
    if np.abs(centred).max(initial=0) < NEAR:
        return "no-spread"
    if rotation is not None:
        if of is None:
            raise ForanError("means rotation needs the group of each unit")
        if rotation[0] == rotation[1]:
            raise ForanError(f"means rotation holds two groups apart, not {rotation[0]} from itself")
        if not set(rotation) <= set(of.tolist()):
            return "group-absent"
        if np.linalg.norm(_apart(centred, of, rotation)) < NEAR:
            return "equal-means"
    return ""


def _apart(centred: Floats, of: NDArray[np.object_], rotation: tuple[str, str]) -> Floats:
    one, other = (centred[of == group].mean(axis=0) for group in rotation)
    return np.asarray(one - other, np.float64)


def _rotation(
    centred: Floats, of: NDArray[np.object_] | None, rotation: tuple[str, str] | None, dimensions: int
) -> tuple[Floats, list[str]]:
    """The axes, pairs × axes, each of length 1 and at right angles to the others; and their names."""
    kept: list[Floats] = []
    labels: list[str] = []
    rest = centred
    if rotation is not None and of is not None:
        apart = _apart(centred, of, rotation)
        axis = apart / np.linalg.norm(apart)
        kept, labels = [axis], ["MR1"]
        rest = centred - np.outer(centred @ axis, axis)
    _, sizes, axes = np.linalg.svd(rest, full_matrices=False)
    scale = float(np.linalg.norm(centred))
    for size, axis in zip(sizes.tolist(), axes, strict=True):
        if len(kept) < dimensions and size > NEAR * scale:
            kept.append(_signed(axis))
            labels.append(f"SVD{len(kept)}")
    return np.column_stack(kept[:dimensions]), labels[:dimensions]


def _signed(axis: Floats) -> Floats:
    """The axis turned so that its largest loading is positive; of loadings that differ by rounding, the first."""
    size: Floats = np.abs(axis)
    first = int(np.argmax(size >= float(size.max()) - NEAR))
    return axis if axis[first] > 0 else -axis


def _nodes(
    normed: Floats, points: Floats, pairs: Sequence[tuple[str, str]], codes: Sequence[str]
) -> tuple[Floats, Floats, bool]:
    """The middles of units' networks, the places of the codes that bring them nearest to the units' points, if settled."""
    place = {code: number for number, code in enumerate(codes)}
    ends = np.zeros((len(pairs), len(codes)))
    for row, (source, target) in enumerate(pairs):
        ends[row, place[source]] += 0.5
        ends[row, place[target]] += 0.5
    held = normed @ ends
    held /= held.sum(axis=1, keepdims=True)
    # A code that no unit joins to another has no place of its own.
    nodes, _, rank, _ = np.linalg.lstsq(held, points, rcond=None)
    middles = held @ nodes
    shift = middles.mean(axis=0)
    joined = held.sum(axis=0) > 0
    places = np.where(joined[:, None], nodes - shift, np.nan)
    return middles - shift, places, int(rank) == int(joined.sum())


def _networks(normed: Floats, of: NDArray[np.object_] | None, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples(list(pairs), names=["source", "target"])
    groups = [] if of is None else list(dict.fromkeys(of.tolist()))
    return pd.DataFrame({group: normed[of == group].mean(axis=0) for group in groups}, index=index)


def _group_means(points: Floats, of: NDArray[np.object_] | None, labels: Sequence[str]) -> pd.DataFrame:
    groups = [] if of is None else list(dict.fromkeys(of.tolist()))
    rows = [points[of == group].mean(axis=0) for group in groups]
    values = (np.round(np.array(rows), 12) + 0.0).reshape(len(groups), len(labels))
    means = pd.DataFrame(values, index=pd.Index(groups, name="group", dtype=object), columns=list(labels))
    return means.assign(units=[int((of == group).sum()) for group in groups])


def _correlation(one: Floats, other: Floats) -> Stated:
    a, b = one - one.mean(), other - other.mean()
    scale = float(np.linalg.norm(a) * np.linalg.norm(b))
    return Stated(float(np.clip(a @ b / scale, -1, 1))) if scale > NEAR else undefined("no-spread")


def _nothing(at_origin: tuple[str, ...], reason: str, networks: pd.DataFrame) -> EnaProjection:
    undefined(reason)
    none = pd.DataFrame()
    return EnaProjection(none, none, none, none, {}, {}, at_origin, reason, networks)
