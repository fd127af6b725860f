"""Co-occurrence in a moving stanza window, as epistemic network analysis counts it.

Row r of a document is held together with the codes of rows r − w + 1 … r; pairs that lie wholly in earlier rows were
counted there and are taken away; what is left counts once per row (Siebert-Evenstone et al. 2017; Shaffer et al. 2016).
Rows are informant units in the order in which they were spoken: interviewers' turns are no rows, uncoded turns are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse

from ..errors import ForanError
from .incidence import Incidence, entries, row_pairs

#: The window of rENA, the reference implementation.
WINDOW = 4
#: Entries of windows held at a time.
_ENTRIES = 1 << 20
#: One row per pair of codes that meet in a window; `source` stands before `target` in codebook order.
STANZA_COLUMNS = (
    "source",
    "target",
    "stanzas",
    "in_one_turn",
    "across",
    "documents",
    "n_i",
    "n_j",
    "n_units",
    "window",
)


@dataclass(frozen=True)
class Adjacency:
    """How often each pair of codes met, per unit of analysis: units × pairs.

    `units` has one row per unit: what it was grouped by, and `rows`, how many turns it has. `pairs` are the columns, in
    codebook order: AB, AC, …, BC, ….
    """

    units: pd.DataFrame
    pairs: tuple[tuple[str, str], ...]
    counts: sparse.csr_array


def stanza_counts(table: Incidence, *, window: int = WINDOW, by: str | Sequence[str] = "document") -> Adjacency:
    """Stanzas in which each pair of codes meets, summed per document, informant or any columns of the units.

    A stanza belongs to the unit of its last row (its speaker, its document), and the window before it holds what anybody
    said in the same document. `window` counts rows, the last one included: 1 is co-occurrence in single turns.

    Raises
    ------
    ForanError
        For a window below 1, or columns that the units do not have.

    Examples
    --------
    Turns A; B; C; A and B, of one document:

    >>> from foran_research.analysis.incidence import incidence
    >>> units = pd.DataFrame({"unit": list("1234"), "document": "D"})
    >>> long = pd.DataFrame({"unit": list("12344"), "element": list("ABCAB")})
    >>> table = incidence(long, units, ("A", "B", "C"))
    >>> [stanza_counts(table, window=w).counts.toarray()[0].tolist() for w in (1, 2, 3)]
    [[1, 0, 0], [2, 1, 2], [2, 2, 2]]
    """
    names = [by] if isinstance(by, str) else list(by)
    missing = [name for name in names if name not in table.units.columns]
    if missing or not names:
        raise ForanError(f"the units have no column {', '.join(map(repr, missing)) or 'to be grouped by'}")
    if window < 1:
        raise ForanError(f"a window has 1 row or more, not {window}")
    matrix, order = _by_document(table)
    frame = table.units[names].iloc[order].reset_index(drop=True)
    grouping = frame.groupby(names, sort=False, dropna=False)
    unit = grouping.ngroup().to_numpy()
    n_units = int(unit.max()) + 1 if unit.size else 0
    size = len(table.codes)
    n_pairs = size * (size - 1) // 2
    whole = sparse.csr_array((n_units, n_pairs), dtype=np.int64)
    document = pd.factorize(table.units["document"].iloc[order])[0]
    for start, stop in _chunks(matrix, document, window):
        # In the window less what is in earlier rows only: the pairs in which this row has a part.
        here = matrix[start:stop]
        earlier = _earlier(here, document[start:stop], window)
        both = (here + earlier).tocsr()
        both.data[:] = 1
        only_earlier = both - here
        only_earlier.eliminate_zeros()
        for part, sign in ((both, 1), (only_earlier, -1)):
            part.sort_indices()
            pairs = row_pairs(part)
            column = _pair_place(pairs.first, pairs.second, size)
            values = np.full(len(column), sign, np.int64)
            shape = (n_units, n_pairs)
            whole = whole + sparse.csr_array((values, (unit[start + pairs.row], column)), shape=shape)
    whole.eliminate_zeros()
    whole.sort_indices()
    units = frame.drop_duplicates().reset_index(drop=True)
    units["rows"] = np.bincount(unit, minlength=n_units)
    return Adjacency(units, tuple(combinations(table.codes, 2)), whole.tocsr())


def stanza_table(table: Incidence, *, window: int = WINDOW) -> pd.DataFrame:
    """Pairs of codes that meet in a window of turns: a frame with `STANZA_COLUMNS`, in codebook order.

    `stanzas` are the rows that a pair meets at; of these it meets `in_one_turn` in the row itself, and `across` rows
    otherwise, which is what the window adds. `documents` have any of them; `n_i` and `n_j` are the turns with each code and
    `n_units` all turns, uncoded ones included.
    """
    counted = stanza_counts(table, window=window)
    stanzas = np.asarray(counted.counts.sum(axis=0)).ravel()
    documents = np.bincount(counted.counts.indices, minlength=len(counted.pairs))
    matrix = entries(table)
    size = len(table.codes)
    pairs = row_pairs(matrix)
    together = np.bincount(_pair_place(pairs.first, pairs.second, size), minlength=len(counted.pairs))
    held = np.bincount(matrix.indices, minlength=size)
    rows = np.flatnonzero(stanzas > 0)
    upper = np.triu_indices(size, 1)
    i, j = upper[0][rows], upper[1][rows]
    names = pd.Index(list(table.codes))
    return pd.DataFrame(
        {
            "source": names.take(i),
            "target": names.take(j),
            "stanzas": stanzas[rows],
            "in_one_turn": together[rows],
            "across": stanzas[rows] - together[rows],
            "documents": documents[rows],
            "n_i": held[i],
            "n_j": held[j],
            "n_units": matrix.shape[0],
            "window": window,
        },
        columns=list(STANZA_COLUMNS),
    )


def _by_document(table: Incidence) -> tuple[sparse.csr_array, np.ndarray]:
    """The matrix with each document's rows together, in the order they stand in, and that order."""
    document = pd.factorize(table.units["document"])[0]
    order = np.argsort(document, kind="stable")
    matrix = entries(table)
    binary = matrix if (np.diff(document) >= 0).all() else matrix[order]
    binary = binary.astype(np.int64)
    binary.data[:] = 1
    return binary, order


def _chunks(matrix: sparse.csr_array, document: np.ndarray, window: int) -> list[tuple[int, int]]:
    """Runs of whole documents whose windows have about `_ENTRIES` entries together."""
    ends = (
        np.concatenate([np.flatnonzero(np.diff(document)) + 1, [len(document)]]) if document.size else np.empty(0, int)
    )
    room = max(1, _ENTRIES // min(window, 64))
    found, start = [], 0
    for end in ends.tolist():
        if matrix.indptr[end] - matrix.indptr[start] >= room or end == len(document):
            found.append((start, end))
            start = end
    return found


def _earlier(matrix: sparse.csr_array, document: np.ndarray, window: int) -> sparse.csr_array:
    """Which codes stand in the window − 1 rows before each row of its document: rows × codes, binary."""
    coo = matrix.tocoo()
    row, column = coo.coords[0].astype(np.int64), coo.coords[1].astype(np.int64)
    ends = np.searchsorted(document, document, side="right")
    order = np.lexsort((row, column))
    row, column = row[order], column[order]
    # Each occurrence is seen from the next row up to where the window, the document or the code's next occurrence is
    # reached (which takes over from there), so that no row sees a code twice.
    reach = np.minimum(row + window, ends[row]) if row.size else row
    if row.size > 1:
        is_same = np.diff(column) == 0
        reach[:-1][is_same] = np.minimum(reach[:-1], row[1:] + 1)[is_same]
    length = np.maximum(reach - row - 1, 0)
    offset = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    at = np.repeat(row + 1, length) + offset
    return sparse.csr_array((np.ones(len(at), np.int64), (at, np.repeat(column, length))), shape=matrix.shape)


def _pair_place(first: np.ndarray, second: np.ndarray, size: int) -> np.ndarray:
    """Where a pair of columns stands among all pairs: AB, AC, …, BC, …."""
    place: np.ndarray = first * (2 * size - first - 1) // 2 + second - first - 1
    return place
