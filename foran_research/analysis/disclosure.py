"""Small counts kept out of tables that leave the project, and what else must be hidden so that they cannot be worked out.

A count of few persons in a named municipality may point at one of them. Such a count is hidden (primary suppression), and
so are as many others as it takes: a reader who has the rest of the table, its totals and the rule itself must be left with
at least two values for each count hidden (secondary suppression; see Hundepool et al., *Statistical Disclosure Control*,
2012, chapter 4). What she can work out is found by linear programming over all tables that agree with what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

#: The fewest persons, and the fewest documents, that a count in a table to be shared may stand for.
PERSONS, DOCUMENTS = 5, 3

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Layer:
    """One kind of count in the cells of a table.

    Parameters
    ----------
    name
        What is counted.
    counts
        Rows × columns, whole numbers from 0 up, without totals.
    k
        Counts of 1 to k − 1 are hidden; 0 and 1 hide none for this layer's own sake.
    least
        What a reader knows of every hidden cell: it holds at least so many (0 or 1).
    """

    name: str
    counts: Counts
    k: int = 0
    least: int = 0


@dataclass(frozen=True)
class Suppressed:
    """Which places of a table are hidden: cells (rows × columns), totals of rows, totals of columns, the total of all."""

    cells: Mask
    row_totals: Mask
    column_totals: Mask
    total: bool

    @property
    def count(self) -> int:
        """How many places are hidden, totals included."""
        return int(self.cells.sum() + self.row_totals.sum() + self.column_totals.sum()) + int(self.total)


def suppress(
    layers: Sequence[Layer],
    *,
    rows_add: bool = True,
    columns_add: bool = True,
    shows_zeros: bool = True,
    total_is_known: bool = False,
) -> Suppressed:
    """Which places of a table to hide so that no small count can be read or worked out.

    A place is hidden in all layers or in none: where few persons spoke, their turns and passages are few as well.

    Parameters
    ----------
    layers
        The counts, all of one shape; the first one decides which other places are hidden (smallest first).
    rows_add, columns_add
        Whether totals of rows and of columns are shown or known, so that cells can be worked out of them.
    shows_zeros
        Whether a count of 0 is shown. It tells of nobody, unless everybody is known to have been asked.
    total_is_known
        Whether the total of all is told elsewhere: then it is never hidden, and nothing can hide behind it.

    Returns
    -------
    Suppressed
        What to hide. Of every hidden count above 0, a reader is left with at least two values.

    Raises
    ------
    ValueError
        For layers of different shapes, none at all, or counts below 0.

    Examples
    --------
    >>> found = suppress([Layer("persons", np.array([[6, 2, 7]]), k=5)], columns_add=False)
    >>> found.cells.tolist(), found.row_totals.tolist()
    ([[True, True, False]], [False])
    """
    shape = _checked(layers)
    if 0 in shape:
        return Suppressed(
            np.zeros(shape, bool), np.zeros(shape[0] * rows_add, bool), np.zeros(shape[1] * columns_add, bool), False
        )
    whole = [with_totals(layer.counts, rows_add=rows_add, columns_add=columns_add) for layer in layers]
    hidden = np.zeros(whole[0].shape, bool)
    for layer, counts in zip(layers, whole, strict=True):
        hidden |= (counts < layer.k) & ((counts > 0) | (not shows_zeros))
    knows_total = total_is_known and rows_add and columns_add
    hidden[-1, -1] &= not knows_total
    groups = [slice(None)] if columns_add else [slice(row, row + 1) for row in range(shape[0])]
    for group in groups:
        _cover(
            _Table(
                tuple(layers), tuple(counts[group] for counts in whole), rows_add, columns_add, shows_zeros, knows_total
            ),
            hidden[group],
        )
    rows, columns = shape
    return Suppressed(
        hidden[:rows, :columns],
        hidden[:rows, columns] if rows_add else np.zeros(0, bool),
        hidden[rows, :columns] if columns_add else np.zeros(0, bool),
        bool(rows_add and columns_add and hidden[rows, columns]),
    )


def _checked(layers: Sequence[Layer]) -> tuple[int, int]:
    shapes = {layer.counts.shape for layer in layers}
    if len(shapes) != 1 or len(next(iter(shapes))) != 2:
        raise ValueError("layers are tables of one shape, rows × columns")
    if any((layer.counts < 0).any() for layer in layers):
        raise ValueError("counts are whole numbers from 0 up")
    rows, columns = next(iter(shapes))
    return rows, columns


def with_totals(counts: Counts, *, rows_add: bool = True, columns_add: bool = True) -> Counts:
    """A table with its totals in a last column (`rows_add`) and a last row (`columns_add`).

    >>> with_totals(np.array([[1, 2], [3, 4]])).tolist()
    [[1, 2, 3], [3, 4, 7], [4, 6, 10]]
    """
    made = np.asarray(counts, np.int64)
    if rows_add:
        made = np.column_stack([made, made.sum(axis=1)])
    return np.vstack([made, made.sum(axis=0)]) if columns_add else made


def intervals(
    counts: Counts, hidden: Mask, *, least: int = 0, rows_add: bool = True, columns_add: bool = True
) -> dict[tuple[int, int], tuple[float, float]]:
    """What a reader can work out of each hidden place of a table with totals: the least and the most it can hold.

    Parameters
    ----------
    counts
        The table as :func:`with_totals` gives it.
    hidden
        Which of its places are hidden.
    least
        What she knows of hidden places: each holds at least so many.

    Returns
    -------
    dict
        By row and column, the least and the most; without bound is ``inf``.
    """
    places = [(int(row), int(column)) for row, column in np.argwhere(hidden)]
    number = {place: at for at, place in enumerate(places)}
    matrix, known = _equations(counts, hidden, number, rows_add=rows_add, columns_add=columns_add)
    found = {}
    for place, at in number.items():
        aim = np.zeros(len(places))
        aim[at] = 1
        ends = []
        for sign in (1, -1):
            solved = linprog(
                sign * aim,
                A_eq=matrix if len(matrix) else None,
                b_eq=known if len(matrix) else None,
                bounds=[(least, None)] * len(places),
                method="highs",
            )
            ends.append(sign * solved.fun if solved.status == 0 else sign * -np.inf)
        found[place] = (float(ends[0]), float(ends[1]))
    return found


def _equations(
    counts: Counts, hidden: Mask, number: dict[tuple[int, int], int], *, rows_add: bool, columns_add: bool
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """One equation for each line with something hidden: its cells together are its total."""
    rows, columns = counts.shape
    lines: list[list[tuple[int, int]]] = []
    if rows_add:
        lines += [[(row, column) for column in range(columns)] for row in range(rows)]
    if columns_add:
        lines += [[(row, column) for row in range(rows)] for column in range(columns)]
    matrix, known = [], []
    for line in lines:
        own = np.zeros(len(number))
        value = 0.0
        for place in line:
            sign = -1 if place == line[-1] else 1
            if hidden[place]:
                own[number[place]] = sign
            else:
                value -= sign * counts[place]
        if own.any():
            matrix.append(own)
            known.append(value)
    return np.array(matrix, float), np.array(known, float)


@dataclass(frozen=True)
class _Table:
    """A table with its totals in every layer, and how it adds up."""

    layers: tuple[Layer, ...]
    whole: tuple[Counts, ...]
    rows_add: bool
    columns_add: bool
    shows_zeros: bool
    knows_total: bool

    def is_open(self, one: tuple[int, int]) -> bool:
        """Whether a place is the total of all, and that is told elsewhere."""
        rows, columns = self.whole[0].shape
        return self.knows_total and one == (rows - 1, columns - 1)

    def disclosed(self, hidden: Mask) -> list[tuple[int, int]]:
        """The hidden places whose count can be worked out in some layer; one that stands alone in its line first."""
        if not hidden.any() or not (self.rows_add or self.columns_add):
            return []
        found = set()
        for layer, counts in zip(self.layers, self.whole, strict=True):
            if self.columns_add:
                ends = intervals(counts, hidden, least=layer.least, rows_add=self.rows_add, columns_add=True)
            else:
                ends = _of_one_row(counts, hidden, layer.least)
            is_of_nobody = self.shows_zeros or layer.k < 2
            found |= {
                place
                for place, (low, high) in ends.items()
                if high - low < 0.5 and not (counts[place] == 0 and is_of_nobody)
            }
        return sorted(found, key=lambda place: (hidden[place[0], :].sum() > 1 and hidden[:, place[1]].sum() > 1, place))

    def rank(
        self, one: tuple[int, int], place: tuple[int, int], hidden: Mask
    ) -> tuple[bool, bool, bool, int, tuple[int, int]]:
        """How well a place serves to hide another: no 0, no total, one that closes a rectangle, a small one."""
        rows, columns = hidden.shape
        is_total = (self.rows_add and one[1] == columns - 1) or (self.columns_add and one[0] == rows - 1)
        across = hidden[:, one[1]] if one[0] == place[0] else hidden[one[0], :]
        return (self.whole[0][one] == 0, is_total, not across.any(), int(self.whole[0][one]), one)

    def one_more(self, hidden: Mask, place: tuple[int, int]) -> tuple[int, int] | None:
        """Another place of the same row or column to hide; of that line in which the place stands alone, if there is one."""
        rows, columns = hidden.shape
        in_row = [(place[0], column) for column in range(columns)] if self.rows_add else []
        in_column = [(row, place[1]) for row in range(rows)] if self.columns_add else []
        lone_row, lone_column = hidden[place[0], :].sum() == 1, hidden[:, place[1]].sum() == 1
        own = in_row if in_row and lone_row else in_column if in_column and lone_column else in_row + in_column
        for line in (own, in_row + in_column):
            # A reader knows that nothing hidden is 0 where she knows the least to be 1: a 0 would be no cover.
            free = [
                one
                for one in line
                if not hidden[one]
                and not self.is_open(one)
                and all(counts[one] >= layer.least for layer, counts in zip(self.layers, self.whole, strict=True))
            ]
            if free:
                return min(free, key=lambda one: self.rank(one, place, hidden))
        return None


def _cover(table: _Table, hidden: Mask) -> None:
    """Hide more places (in `hidden` itself) until nothing hidden can be worked out, and show again what need not be."""
    added: list[tuple[int, int]] = []
    while places := table.disclosed(hidden):
        other = table.one_more(hidden, places[0])
        if other is None:
            # Nothing is left to hide behind: all of it goes, and nothing is known of it.
            hidden[:] = True
            hidden[-1, -1] = not table.knows_total
            return
        hidden[other] = True
        added.append(other)
    for place in added[:-1]:
        hidden[place] = False
        if table.disclosed(hidden):
            hidden[place] = True


def _of_one_row(counts: Counts, hidden: Mask, least: int) -> dict[tuple[int, int], tuple[float, float]]:
    """What :func:`intervals` finds for one row and its total, without solving anything."""
    cells = [column for column in range(counts.shape[1] - 1) if hidden[0, column]]
    last = counts.shape[1] - 1
    shown = int(counts[0, :last][~hidden[0, :last]].sum())
    if hidden[0, last]:
        low = max(shown + least * len(cells), least)
        found = {(0, column): (float(least), np.inf) for column in cells}
        return {**found, (0, last): (float(low), np.inf if cells else float(low))}
    rest = int(counts[0, last]) - shown
    alone = len(cells) == 1
    return {(0, c): (float(rest if alone else least), float(rest - least * (len(cells) - 1))) for c in cells}


def kept(counts: Iterable[int], hidden: Iterable[bool]) -> tuple[int | None, ...]:
    """Counts with None where they are hidden.

    >>> kept([6, 2, 7], [True, True, False])
    (None, None, 7)
    """
    return tuple(None if is_hidden else int(count) for count, is_hidden in zip(counts, hidden, strict=True))
