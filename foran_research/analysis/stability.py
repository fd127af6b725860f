"""How far each edge hangs on single documents: documents drawn anew with replacement, and what becomes of the edge.

The document is drawn, not the turn, because turns of one talk resemble each other (cluster bootstrap: Field & Welsh 2007,
Journal of the Royal Statistical Society B 69). Documents are drawn within their case, so each case keeps its number of
them. The interval describes these documents; it says nothing of other municipalities.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import ForanError, UnknownName
from .chance import generator
from .incidence import Incidence
from .network import MEASURES, measures

#: Weights that neither grow nor shrink with the amount of text and are 0 where codes do not meet: the first four as in
#: :func:`network.measures`; "rate" is meetings per 100 turns with any code.
SIZE_FREE = ("jaccard", "dice", "inclusion", "cosine", "rate")
#: All that can be resampled. Association strength (`vos`) depends on all other pairs of codes and is left out.
WEIGHTS = ("rate", "n_ij", *(name for name in MEASURES if name != "vos"))
#: One row per pair of codes that meet, in codebook order. `low` and `high` are the 2.5th and 97.5th percentile; `kept_share`
#: is of the resamples that keep the edge; `failures` are resamples in which its weight is undefined.
STABILITY_COLUMNS = (
    "source",
    "target",
    "n_ij",
    "documents",
    "weight",
    "low",
    "high",
    "kept_share",
    "replicates",
    "failures",
    "reason",
)
#: An interval with more failures than this share is not shown.
MOST_FAILURES = 0.05
#: Floats held at once.
FLOATS = 4_000_000

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DocumentCounts:
    """What every resampling of documents is made of: turns per code and per pair of codes, in each document of a case."""

    #: One row per document and case, in order of their ids. A guest's turns are a row of her own case.
    documents: tuple[str, ...]
    cases: tuple[str, ...]
    #: Pairs of codes, as places in the table's codes.
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    #: documents × codes, documents × pairs, and turns with any code per document.
    per_code: Floats
    per_pair: Floats
    coded: Floats
    #: Turns in all per document.
    units: Floats

    def weights(self, counts: Floats, weight: str) -> Floats:
        """The weights of all pairs when document d counts `counts[..., d]` times; not-a-number where there is none.

        `weight` is one of `WEIGHTS`.
        """
        n_ij, codes = counts @ self.per_pair, counts @ self.per_code
        if weight == "n_ij":
            return n_ij
        n_i, n_j = codes[..., self.first], codes[..., self.second]
        if weight in SIZE_FREE:
            return _size_free(n_ij, n_i, n_j, (counts @ self.coded)[..., None], weight)
        if weight not in WEIGHTS:
            raise UnknownName("weight", weight, WEIGHTS)
        result: Floats = measures(n_ij, n_i, n_j, (counts @ self.units)[..., None])[weight]
        return result

    def of_pairs(self, part: slice) -> DocumentCounts:
        """The same documents with some of the pairs."""
        some = self.per_pair[:, part]
        return replace(self, first=self.first[part], second=self.second[part], per_pair=some)


def document_counts(table: Incidence, *, least: int = 1) -> DocumentCounts:
    """The counts of `table` by document and case, for pairs of codes that meet in `least` turns or more."""
    counts = (table.matrix.T @ table.matrix).toarray()
    first, second = np.nonzero(np.triu(counts >= least, 1) & (np.outer(counts.diagonal(), counts.diagonal()) > 0))
    keys = list(zip(table.units["document"], table.units["case"], strict=True))
    # By id, so that the order in which turns stand has no say in what is drawn.
    number = {
        key: place for place, key in enumerate(sorted(dict.fromkeys(keys), key=lambda key: (str(key[0]), str(key[1]))))
    }
    names, places = list(number), np.array([number[key] for key in keys], np.int64)
    per_code = np.zeros((len(names), len(table.codes)))
    per_pair = np.zeros((len(names), len(first)))
    coded, units = np.zeros(len(names)), np.zeros(len(names))
    for row in range(len(names)):
        block = table.matrix[np.flatnonzero(places == row)]
        together = (block.T @ block).toarray()
        per_code[row], per_pair[row] = together.diagonal(), together[first, second]
        coded[row] = (np.asarray(block.sum(axis=1)).ravel() > 0).sum()
        units[row] = block.shape[0]
    documents, cases = tuple(str(d) for d, _ in names), tuple(str(c) for _, c in names)
    return DocumentCounts(documents, cases, first, second, per_code, per_pair, coded, units)


def _size_free(n_ij: Floats, n_i: Floats, n_j: Floats, coded: Floats, weight: str) -> Floats:
    above, below = n_ij, n_i + n_j - n_ij
    if weight == "dice":
        above, below = 2 * n_ij, n_i + n_j
    elif weight == "inclusion":
        below = np.minimum(n_i, n_j)
    elif weight == "cosine":
        below = np.sqrt(n_i * n_j)
    elif weight == "rate":
        above, below = 100 * n_ij, np.broadcast_to(coded, n_ij.shape)
    result: Floats = np.divide(above, below, out=np.full(n_ij.shape, np.nan), where=below > 0)
    return result


def edge_stability(
    table: Incidence,
    *,
    replicates: int = 2000,
    seed: int,
    weight: str = "jaccard",
    least: int = 1,
    least_documents: int = 1,
) -> pd.DataFrame:
    """Each edge's interval and how often it is kept when the documents are drawn anew.

    Parameters
    ----------
    table
        Turns × codes of one case, or of several: documents are drawn within their case.
    weight
        One of `WEIGHTS`: "rate" per 100 turns with any code, "n_ij", or a measure of `network.MEASURES`.
    least, least_documents
        An edge is kept in a resample in which its codes meet in `least` turns, of `least_documents` different documents,
        or more: give what the network is drawn with.

    Returns
    -------
    DataFrame
        `STABILITY_COLUMNS`. `low` and `high` are empty, with the reason, where no case that has the edge has two documents
        to draw from, and where the weight is undefined in more than one resample of twenty.

    Raises
    ------
    UnknownName
        For a weight that is none of these.

    >>> import pandas as pd
    >>> from foran_research.analysis.incidence import incidence
    >>> units = pd.DataFrame({"unit": ["a", "b", "c"], "document": ["D", "E", "F"], "case": "TRD"})
    >>> long = pd.DataFrame([("a", "A"), ("a", "B"), ("b", "A"), ("b", "B"), ("c", "A")], columns=["unit", "element"])
    >>> found = edge_stability(incidence(long, units, ("A", "B")), replicates=2000, seed=1)
    >>> found[["n_ij", "low", "high"]].values.tolist(), abs(float(found["kept_share"].iloc[0]) - 26 / 27) < 0.02
    ([[2, 0.0, 1.0]], True)
    """
    if replicates < 1:
        raise ForanError(f"{replicates} resamples say nothing; ask for 1 or more")
    counts = document_counts(table)
    if weight not in WEIGHTS:
        raise UnknownName("weight", weight, WEIGHTS)
    pairs = len(counts.first)
    drawn = _drawn(counts.cases, replicates, seed)
    low, high, kept = (np.full(pairs, np.nan) for _ in range(3))
    failures = np.zeros(pairs, np.int64)
    step = max(1, FLOATS // replicates // (1 if weight in SIZE_FREE else len(MEASURES)))
    for begun in range(0, pairs, step):
        part = slice(begun, begun + step)
        some = counts.of_pairs(part)
        values = np.sort(some.weights(drawn, weight), axis=0)
        failures[part] = np.isnan(values).sum(axis=0)
        low[part], high[part] = (_quantile(values, failures[part], share) for share in (0.025, 0.975))
        kept[part] = ((drawn @ some.per_pair >= least) & (_meeting(some, drawn) >= least_documents)).mean(axis=0)
    is_failed = failures > MOST_FAILURES * replicates
    alone = _never_drawn_anew(counts)
    reason = np.where(alone, "lone-document", np.where(is_failed, "failed-replicates", ""))
    no_interval = reason != ""
    return pd.DataFrame(
        {
            "source": [table.codes[i] for i in counts.first],
            "target": [table.codes[j] for j in counts.second],
            "n_ij": counts.per_pair.sum(axis=0).astype("int64"),
            "documents": _distinct(counts),
            "weight": counts.weights(np.ones(len(counts.documents)), weight),
            "low": maybe(np.where(no_interval, np.nan, low)),
            "high": maybe(np.where(no_interval, np.nan, high)),
            "kept_share": maybe(np.where(alone, np.nan, kept)),
            "replicates": replicates,
            "failures": failures,
            "reason": reason.astype(object) if pairs else np.zeros(0, object),
        },
        columns=list(STABILITY_COLUMNS),
    )


def maybe(values: Floats) -> pd.api.extensions.ExtensionArray:
    """A column in which not-a-number is an empty cell."""
    return pd.array([None if np.isnan(value) else value for value in values.tolist()], dtype="Float64")


def _distinct(counts: DocumentCounts) -> NDArray[np.int64]:
    """In how many documents each pair meets."""
    return np.asarray(_meeting(counts, np.ones((1, len(counts.documents))))[0], np.int64)


def _meeting(counts: DocumentCounts, drawn: Floats) -> Floats:
    """In how many different documents each pair meets: draws × pairs; one with turns of two cases is one document."""
    places = pd.factorize(np.asarray(counts.documents, object))[0]
    has, met = (drawn > 0).astype(np.float64), (counts.per_pair > 0).astype(np.float64)
    is_shared = (np.bincount(places) > 1)[places] if len(places) else np.zeros(0, np.bool_)
    found: Floats = has[:, ~is_shared] @ met[~is_shared]
    for place in np.unique(places[is_shared]).tolist():
        rows = np.flatnonzero(places == place)
        found += has[:, rows] @ met[rows] > 0
    return found


def _never_drawn_anew(counts: DocumentCounts) -> NDArray[np.bool_]:
    """Which pairs meet only in cases with a single document, which every resample holds just once."""
    alone = np.ones(len(counts.first), np.bool_)
    names = np.asarray(counts.cases, object)
    for case in dict.fromkeys(counts.cases):
        mine = np.flatnonzero(names == case)
        if len(mine) > 1:
            alone &= ~np.any(counts.per_pair[mine] > 0, axis=0)
    return np.asarray(alone, np.bool_)


def _drawn(cases: tuple[str, ...], replicates: int, seed: int) -> Floats:
    """How often each document is drawn: replicates × documents, each case's documents among themselves."""
    draws = generator(seed, "edge stability")
    drawn = np.zeros((replicates, len(cases)))
    names = np.asarray(cases, object)
    for case in dict.fromkeys(cases):
        mine = np.flatnonzero(names == case)
        drawn[:, mine] = draws.multinomial(len(mine), np.full(len(mine), 1 / len(mine)), size=replicates)
    return drawn


def _quantile(ordered: Floats, failures: NDArray[np.int64], share: float) -> Floats:
    """The quantile of each column's numbers (sorted, not-a-numbers last), between neighbours in a straight line."""
    numbers = len(ordered) - failures
    place = share * np.maximum(numbers - 1, 0)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(numbers - 1, 0))
    columns = np.arange(ordered.shape[1])
    here, there = ordered[below, columns], ordered[above, columns]
    return np.where(numbers > 0, here + (place - below) * (there - here), np.nan)
