"""Where the codes stand in the picture: one place for each, whatever case or layer is looked at. Pure.

Every level has a region of its own, and in it as many slots as it has codes. Which code takes which slot is decided by
exchanging codes of a level as long as that brings codes closer that meet often. Numbers are drawn only for the order to
begin with and a small displacement of the slots (so that no three codes stand in one line), from a seed that is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from ..analysis.chance import generator

WIDTH, HEIGHT = 1000.0, 760.0
#: Between regions, and what a region's name takes at its top.
GAP, HEAD, MARGIN = 14.0, 26.0, 8.0
#: Exchanges are tried this many times round; they settle long before.
ROUNDS = 12
_SHAKE = 0.16


@dataclass(frozen=True)
class Region:
    """The part of the picture in which the codes of one level stand."""

    level: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """A place for each code, in a picture of `WIDTH` × `HEIGHT`; `room` is the least distance between two of them."""

    regions: tuple[Region, ...]
    places: Mapping[str, tuple[float, float]]
    room: float


def layout(
    codes: Sequence[tuple[str, str]], edges: Sequence[tuple[str, str, float]], levels: Sequence[str], *, seed: int
) -> Layout:
    """Places for codes: the same codes, edges and seed give the same places.

    Parameters
    ----------
    codes
        Id and level of each code.
    edges
        Two ids and a weight that is not negative; what is heavy is brought together. Edges of unknown codes are left out.
    levels
        The order of levels; one that holds no code has no region.
    seed
        For the order to begin with.

    >>> found = layout([("C1", "P"), ("C2", "K")], [("C1", "C2", 1.0)], ["P", "K"], seed=7)
    >>> [region.level for region in found.regions], found.places["C1"][0] < found.places["C2"][0]
    (['P', 'K'], True)
    """
    used = dict.fromkeys((*levels, *(level for _, level in codes)))
    groups = {level: [code for code, own in codes if own == level] for level in used}
    groups = {level: ids for level, ids in groups.items() if ids}
    if not groups:
        return Layout((), {}, WIDTH)
    chance = generator(seed, "network layout")
    regions = _regions({level: len(ids) for level, ids in groups.items()})
    order = [code for ids in groups.values() for code in ids]
    slots = np.vstack([_slots(region, len(groups[region.level]), chance) for region in regions])
    ends = np.cumsum([0, *(len(ids) for ids in groups.values())])
    seats = np.concatenate([a + chance.permutation(b - a) for a, b in pairwise(ends)])
    seats = _settled(seats, ends.tolist(), slots, _weights(order, edges))
    places = {code: (float(x), float(y)) for code, (x, y) in zip(order, np.round(slots[seats], 1), strict=True)}
    return Layout(regions, places, _room(slots))


def _regions(sizes: Mapping[str, int]) -> tuple[Region, ...]:
    """Regions in rows, from left to right and down; their areas follow the number of codes, with some for their names."""
    levels = list(sizes)
    columns = 1 if len(levels) == 1 else 2 if len(levels) <= 4 else 3
    rows = [levels[at : at + columns] for at in range(0, len(levels), columns)]
    shares = {level: size + 3.0 for level, size in sizes.items()}
    total = sum(shares.values())
    regions, y = [], 0.0
    for row in rows:
        in_row = sum(shares[level] for level in row)
        height = (HEIGHT - GAP * (len(rows) - 1)) * in_row / total
        x = 0.0
        for level in row:
            width = (WIDTH - GAP * (len(row) - 1)) * shares[level] / in_row
            regions.append(Region(level, round(x, 1), round(y, 1), round(width, 1), round(height, 1)))
            x += width + GAP
        y += height + GAP
    return tuple(regions)


def _slots(region: Region, count: int, chance: Generator) -> np.ndarray:
    """Slots (count × 2) in rows that fill a region, every other row set in a little."""
    left, top = region.x + MARGIN, region.y + HEAD
    width, height = region.width - 2 * MARGIN, region.height - HEAD - MARGIN
    # One row of many codes would draw the edges between them on top of one another.
    rows = max(1 if count < 5 else 2, min(count, round(float(np.sqrt(count * height / width)))))
    in_row = [count // rows + (row < count % rows) for row in range(rows)]
    places = []
    for row, number in enumerate(in_row):
        cell = width / number
        shift = (0.25 if row % 2 else -0.25) * cell * (0.5 if number > 1 else 0.0)
        places += [(left + cell * (at + 0.5) + shift, top + height / rows * (row + 0.5)) for at in range(number)]
    cells = np.array([(width / in_row[row], height / rows) for row in range(rows) for _ in range(in_row[row])])
    shaken: np.ndarray = np.array(places) + (chance.uniform(-1, 1, (count, 2)) * _SHAKE * np.minimum(cells, 90.0))
    return shaken


def _weights(order: Sequence[str], edges: Sequence[tuple[str, str, float]]) -> np.ndarray:
    at = {code: number for number, code in enumerate(order)}
    weights = np.zeros((len(order), len(order)))
    for source, target, weight in edges:
        if source in at and target in at and weight > 0:
            weights[at[source], at[target]] = weights[at[target], at[source]] = weight
    return weights


def _settled(seats: np.ndarray, ends: Sequence[int], slots: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Seats after exchanges of two codes of a level that shorten the weighted length of all edges."""
    seats = seats.copy()
    distance = np.hypot(*(slots[:, None, :] - slots[None, :, :]).transpose(2, 0, 1))
    for _ in range(ROUNDS):
        is_settled = True
        for first, last in pairwise(ends):
            for a in range(first, last):
                for b in range(a + 1, last):
                    change = distance[seats[b], seats] - distance[seats[a], seats]
                    # The two themselves stay as far from one another as they were.
                    difference = weights[a] - weights[b]
                    gain = float(difference @ change) - difference[a] * change[a] - difference[b] * change[b]
                    if gain < -1e-9:
                        seats[a], seats[b] = seats[b], seats[a]
                        is_settled = False
        if is_settled:
            break
    return seats


def _room(slots: np.ndarray) -> float:
    if len(slots) < 2:
        return WIDTH
    distance = np.hypot(*(slots[:, None, :] - slots[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    return round(float(distance.min()), 1)
