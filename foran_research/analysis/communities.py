"""Groups of codes that meet more with each other than with the rest: Louvain and greedy modularity, with their modularity.

Communities are a way to read a drawing. The algorithm finds groups in any network, random ones too; how firm they are is
told by how many of several runs find the same ones.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import networkx as nx

from ..errors import ForanError
from .centralities import checked
from .chance import generator
from .stated import Stated, undefined


@dataclass(frozen=True)
class Communities:
    """Which group each node is in (numbered from 1 in the order of the graph's nodes), and how that was found.

    `modularity` is that of the weighted network at the resolution used. `runs` were made with draws of their own from the
    seed; the groups are those of the run with the highest modularity (the first of equals), and `runs_alike` of the runs,
    that one included, found exactly the same groups.
    """

    of: Mapping[Hashable, int]
    modularity: Stated
    method: str
    resolution: float
    seed: int
    runs: int
    runs_alike: int

    @property
    def groups(self) -> tuple[tuple[Hashable, ...], ...]:
        """The nodes of each group, in the order of their numbers."""
        found: dict[int, list[Hashable]] = {}
        for node, number in self.of.items():
            found.setdefault(number, []).append(node)
        return tuple(tuple(found[number]) for number in sorted(found))


def communities(
    graph: nx.Graph,
    *,
    seed: int,
    method: Literal["louvain", "greedy"] = "louvain",
    weight: str = "n_ij",
    resolution: float = 1.0,
    runs: int = 20,
) -> Communities:
    """The communities of a network; each node of its own, and no modularity, where there are no edges.

    "louvain" (Blondel et al. 2008) visits nodes in an order drawn from the seed; "greedy" (Clauset, Newman & Moore 2004)
    draws nothing and is made once.

    Raises
    ------
    ForanError
        For another method, fewer than one run, a resolution that is not above 0, or as :func:`centralities.checked`.

    Examples
    --------
    >>> pairs = [("P1", "P2"), ("P2", "P3"), ("P1", "P3"), ("P3", "K1"), ("K1", "K2"), ("K2", "K3"), ("K1", "K3")]
    >>> graph = nx.Graph()
    >>> graph.add_edges_from(pairs, n_ij=1)
    >>> found = communities(graph, seed=1)
    >>> found.groups, found.modularity.told("en")
    ((('P1', 'P2', 'P3'), ('K1', 'K2', 'K3')), '0.357')
    """
    if method not in ("louvain", "greedy"):
        raise ForanError(f"communities are found by 'louvain' or 'greedy', not by {method!r}")
    if runs < 1 or not resolution > 0:
        raise ForanError(f"communities need 1 run or more and a resolution above 0, not {runs} and {resolution}")
    numbered, strength = checked(graph, weight)
    nodes = list(graph.nodes)
    made = runs if method == "louvain" else 1
    if not strength.any():
        alone = {node: number for number, node in enumerate(nodes, start=1)}
        return Communities(alone, undefined("no-edge"), method, resolution, seed, made, made)
    found = [_run(numbered, method, weight, resolution, seed, number) for number in range(made)]
    quality = [float(nx.community.modularity(numbered, parts, weight=weight, resolution=resolution)) for parts in found]
    # Rounded, so that the last bit of an order of summing decides nothing.
    best = max(range(made), key=lambda number: (round(quality[number], 12), -number))
    of = {nodes[n]: number for number, part in enumerate(found[best], start=1) for n in part}
    return Communities(
        {node: of[node] for node in nodes},
        Stated(quality[best]),
        method,
        resolution,
        seed,
        made,
        sum(parts == found[best] for parts in found),
    )


def _run(
    graph: nx.Graph, method: str, weight: str, resolution: float, seed: int, number: int
) -> tuple[tuple[int, ...], ...]:
    """One partition, in canonical order: nodes within parts, and parts by their first node."""
    if method == "louvain":
        chance = generator(seed, "communities", str(number))
        parts = nx.community.louvain_communities(graph, weight=weight, resolution=resolution, seed=chance)
    else:
        parts = nx.community.greedy_modularity_communities(graph, weight=weight, resolution=resolution)
    return tuple(sorted(tuple(sorted(part)) for part in parts))


def modularity(
    graph: nx.Graph, groups: Iterable[Iterable[Hashable]], *, weight: str = "n_ij", resolution: float = 1.0
) -> Stated:
    """Newman & Girvan's modularity of given groups (levels of a codebook, say): undefined without edges.

    Raises
    ------
    ForanError
        For groups that do not hold every node once.
    """
    numbered, strength = checked(graph, weight)
    place = {node: number for number, node in enumerate(graph.nodes)}
    parts = [list(part) for part in groups]
    named = [node for part in parts for node in part]
    if sorted(place.get(node, -1) for node in named) != list(range(len(place))):
        raise ForanError(f"the groups name {len(named)} nodes, and are to name each of the {len(place)} once")
    if not strength.any():
        return undefined("no-edge")
    numbers = [{place[node] for node in part} for part in parts]
    return Stated(float(nx.community.modularity(numbered, numbers, weight=weight, resolution=resolution)))
