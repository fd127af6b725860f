"""The numbers of a review pack: what may be told, and what must be kept back so that nothing small can be worked out. Pure.

A pack tells of each element how many documents show it, in all and by municipality, and how many passages promote and
inhibit; of two elements how many turns hold both. A number that rests on few persons or documents is None. So are others
from which it could be had: sizes and strengths in a network follow from numbers that are told, and from nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from ..analysis.disclosure import Layer, suppress
from ..analysis.incidence import LAYERS
from ..models.capability import Element

#: How strong an edge is drawn whose number is not told: that says nothing of it.
HIDDEN_STRENGTH = 0.1
#: The network of all municipalities together.
ALL = "all"

Pair = tuple[str, str]


@dataclass(frozen=True)
class Limits:
    """The fewest persons, and the fewest documents, that a number in a pack may stand for."""

    persons: int = 5
    documents: int = 3


@dataclass(frozen=True)
class Row:
    """One segment in one unit, as far as it is counted."""

    element: str
    segment: str
    unit: str
    document: str
    #: The speaker, or "" for text that is nobody's.
    informant: str
    case: str
    polarity: str


@dataclass(frozen=True)
class Cell:
    """What is told of an element in a municipality."""

    documents: int | None
    promoting: int | None
    inhibiting: int | None


@dataclass(frozen=True)
class Shown:
    """What a pack gives away of numbers besides telling them.

    By element, the `units` and `documents` that its quotes stand in. By municipality, how many documents there are at `most`:
    a pack says what it rests on.
    """

    units: Mapping[str, frozenset[str]] = field(default_factory=dict)
    documents: Mapping[Pair, frozenset[str]] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ElementCounts:
    """What is told of an element: documents in all, and of each municipality; `is_whole` where nothing is kept back."""

    documents: int | None
    by_case: Mapping[str, Cell]

    @property
    def is_whole(self) -> bool:
        """Whether every number of the element is told."""
        return self.hidden == 0

    @property
    def hidden(self) -> int:
        """How many of its numbers are kept back."""
        told = [self.documents]
        for cell in self.by_case.values():
            told += [cell.documents, cell.promoting, cell.inhibiting]
        return sum(one is None for one in told)


@dataclass(frozen=True)
class Edge:
    """Two elements in one network; `count` are the turns that hold both, None where that is kept back."""

    a: str
    b: str
    count: int | None
    strength: float

    @property
    def id(self) -> str:
        """The two ids, the lower one first."""
        return f"{self.a}~{self.b}"


def is_small(count: int, persons: int, documents: int, limits: Limits) -> bool:
    """Whether a count stands for few persons or documents, or is itself lower than the fewest persons.

    Nobody's text (`persons` 0) is judged by its documents alone. 0 tells of nobody.

    >>> is_small(7, 5, 3, Limits()), is_small(7, 4, 3, Limits()), is_small(4, 0, 3, Limits()), is_small(0, 0, 0, Limits())
    (False, True, True, False)
    """
    return count > 0 and (0 < persons < limits.persons or documents < limits.documents or count < limits.persons)


def element_counts(
    elements: Sequence[Element], rows: Iterable[Row], cases: Sequence[str], limits: Limits, shown: Shown
) -> dict[str, ElementCounts]:
    """What may be told of each element, by id.

    Parameters
    ----------
    elements
        The elements of a model, with their cells.
    rows
        The segments in units that stand behind them.
    shown
        What else the pack gives away: how many documents there are at least, and at most.
    """
    if not elements:
        return {}

    def counted(key: str) -> np.ndarray:
        return np.array([[getattr(one.cells[case], key) for case in cases] for one in elements], np.int64).reshape(
            len(elements), len(cases)
        )

    layers = [
        Layer("persons", counted("informants"), limits.persons),
        Layer("documents", counted("documents"), limits.documents, least=1),
    ]
    found = suppress(layers, columns_add=False)
    speakers = _speakers(rows)
    told = {}
    for at, element in enumerate(elements):
        whole = element.support.documents
        documents = [element.cells[case].documents for case in cases]
        is_hidden = [bool(one) for one in found.cells[at]]
        bounds = [
            (max(1, len(shown.documents.get((element.id, case), ()))), shown.most.get(case, math.inf))
            for case, own, closed in zip(cases, documents, is_hidden, strict=True)
            if closed and own
        ]
        rest = whole - sum(own for own, closed in zip(documents, is_hidden, strict=True) if not closed)
        # Where a guest speaks, a document counts for two municipalities: its row does not add up, and tells nothing.
        adds_up = whole == sum(documents)
        total_hidden = (
            bool(found.row_totals[at])
            or 0 < whole < limits.documents
            or 0 < element.support.informants < limits.persons
            or (bool(bounds) and (not adds_up or any(determined(rest, bounds))))
        )
        told[element.id] = ElementCounts(
            None if total_hidden else whole,
            {
                case: _cell(element, case, closed, speakers, limits)
                for case, closed in zip(cases, is_hidden, strict=True)
            },
        )
    return told


def _speakers(rows: Iterable[Row]) -> dict[tuple[str, str, str], tuple[set[str], set[str]]]:
    """By element, municipality and direction, who says it and in which documents."""
    found: dict[tuple[str, str, str], tuple[set[str], set[str]]] = {}
    for row in rows:
        for layer, polarities in LAYERS.items():
            if row.polarity in polarities:
                persons, documents = found.setdefault((row.element, row.case, layer), (set(), set()))
                documents.add(row.document)
                if row.informant:
                    persons.add(row.informant)
    return found


def _cell(
    element: Element,
    case: str,
    is_hidden: bool,
    speakers: Mapping[tuple[str, str, str], tuple[set[str], set[str]]],
    limits: Limits,
) -> Cell:
    if is_hidden:
        return Cell(None, None, None)
    own = element.cells[case]
    told: dict[str, int | None] = {}
    for layer in LAYERS:
        count = int(getattr(own, layer))
        persons, documents = speakers.get((element.id, case, layer), (set(), set()))
        told[layer] = None if is_small(count, len(persons), len(documents), limits) else count
    return Cell(own.documents, told["promoting"], told["inhibiting"])


def determined(rest: int, bounds: Sequence[tuple[float, float]]) -> list[bool]:
    """Which of several unknown numbers can be worked out: they lie within `bounds` and are `rest` together.

    >>> determined(5, [(1, math.inf), (1, math.inf)]), determined(2, [(1, math.inf), (1, math.inf)])
    ([False, False], [True, True])
    >>> determined(3, [(0, 9)]), determined(9, [(0, 1), (0, math.inf)])
    ([True], [False, False])
    """
    found = []
    for at, (low, high) in enumerate(bounds):
        others = [one for place, one in enumerate(bounds) if place != at]
        least = max(low, rest - sum(most for _, most in others))
        found.append(least >= min(high, rest - sum(few for few, _ in others)))
    return found


# ---- networks


@dataclass(frozen=True)
class _Met:
    """Two elements in one municipality: the turns that hold both, who says it, in which documents."""

    turns: set[str] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)


def edges_by_network(
    rows: Iterable[Row],
    told: Mapping[str, ElementCounts],
    cases: Sequence[str],
    *,
    least: int,
    limits: Limits,
    shown: Shown,
) -> dict[str, list[Edge]]:
    """The edges of every municipality's network and of all of them together, by id of the network.

    An edge is there from `least` turns on. Its number is told where it rests on enough persons and documents, in a
    municipality only where those of both its elements are; and as many others are kept back as it takes for nothing to be
    worked out from the sum. Which ones does not depend on whose pack it is: two packs of one day must not make up for
    each other.
    """
    met = _met(rows)
    homes = [*cases, *sorted({home for pair in met.values() for home in pair} - set(cases))]
    found: dict[str, list[tuple[Pair, int | None]]] = {name: [] for name in (ALL, *cases)}
    for pair in sorted(met):
        by_home = met[pair]
        whole = sum(len(one.turns) for one in by_home.values())
        if whole < least:
            continue
        counts = [len(by_home[home].turns) if home in by_home else 0 for home in homes]
        is_open = [
            home in cases and count >= least and not _is_closed(pair, home, by_home[home], told, limits)
            for home, count in zip(homes, counts, strict=True)
        ]
        seen = shown.units.get(pair[0], frozenset()) & shown.units.get(pair[1], frozenset())
        bounds = [_bounds(count, least, len(seen & by_home[home].turns) if home in by_home else 0, home in cases)
                  for home, count in zip(homes, counts, strict=True)]  # fmt: skip
        persons = len(set().union(*(one.persons for one in by_home.values())))
        documents = len(set().union(*(one.documents for one in by_home.values())))
        has_total = not is_small(whole, persons, documents, limits)
        while has_total and (closed := [at for at, one in enumerate(is_open) if not one]):
            rest = whole - sum(count for count, one in zip(counts, is_open, strict=True) if one)
            known = determined(rest, [bounds[at] for at in closed])
            if not any(is_known and counts[at] for at, is_known in zip(closed, known, strict=True)):
                break
            others = [at for at, one in enumerate(is_open) if one]
            if others:
                is_open[min(others, key=lambda at: (counts[at], homes[at]))] = False
            else:
                has_total = False
        found[ALL].append((pair, whole if has_total else None))
        for home, count, one in zip(homes, counts, is_open, strict=True):
            if home in cases and count >= least:
                found[home].append((pair, count if one else None))
    return {name: _edges(pairs) for name, pairs in found.items()}


def _met(rows: Iterable[Row]) -> dict[Pair, dict[str, _Met]]:
    """By pair of elements and municipality, where they meet."""
    units: dict[str, tuple[Row, set[str]]] = {}
    for row in rows:
        units.setdefault(row.unit, (row, set()))[1].add(row.element)
    found: dict[Pair, dict[str, _Met]] = {}
    for row, elements in units.values():
        for pair in combinations(sorted(elements), 2):
            one = found.setdefault(pair, {}).setdefault(row.case, _Met())
            one.turns.add(row.unit)
            one.documents.add(row.document)
            if row.informant:
                one.persons.add(row.informant)
    return found


def _is_closed(pair: Pair, case: str, met: _Met, told: Mapping[str, ElementCounts], limits: Limits) -> bool:
    return is_small(len(met.turns), len(met.persons), len(met.documents), limits) or any(
        told[end].by_case[case].documents is None for end in pair
    )


def _bounds(count: int, least: int, seen: int, is_drawn: bool) -> tuple[float, float]:
    """What a reader knows of a number that is kept back: an edge is drawn from `least` turns on, and quotes may show more."""
    if not is_drawn:
        return (0, math.inf) if count else (0, 0)
    return (max(least, seen), math.inf) if count >= least else (seen, least - 1)


def _edges(pairs: Collection[tuple[Pair, int | None]]) -> list[Edge]:
    most = max((count for _, count in pairs if count is not None), default=1)
    return [Edge(*pair, count, part_of(count, most, HIDDEN_STRENGTH)) for pair, count in pairs]


def part_of(count: int | None, most: int, hidden: float) -> float:
    """A number as a part of the largest, from 0.1 to 1; `hidden` for one that is kept back.

    >>> part_of(5, 10, 0.1), part_of(None, 10, 0.1)
    (0.55, 0.1)
    """
    return hidden if count is None else round(0.1 + 0.9 * count / max(1, most), 2)


def node_sizes(told: Mapping[str, int | None]) -> dict[str, float | None]:
    """How large each element is drawn, of how many documents show it; None where that is not told.

    >>> node_sizes({"C1": 10, "C2": 5, "C3": None})
    {'C1': 1.0, 'C2': 0.55, 'C3': None}
    """
    most = max((count for count in told.values() if count is not None), default=1)
    return {name: None if count is None else part_of(count, most, HIDDEN_STRENGTH) for name, count in told.items()}
