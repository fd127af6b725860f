"""What co-occurrence would look like by chance alone: tables dealt anew, and how many of them reach what was found.

For turns × codes: every turn keeps its number of codes and every code its number of turns (the fixed-degree null), and
codes are traded only between turns of one document. Trades are those of the curveball (Strona et al. 2014, Nature
Communications 5), in rounds where all turns are paired at once (Carstens, Berger & Strona 2018, MethodsX 5): both have
the uniform distribution over all tables with these margins as the one they tend to.

Replicates do not start from the observed table. A chain is run backwards from it to a hidden table, and every replicate
runs forwards from there over the same pairings of turns (the parallel method of Besag & Clifford 1989, Biometrika 76).
Under the null the observed table is then one of R + 1 that arose alike, so that p = (1 + #) / (R + 1) is valid however
long the chains are, and replicates are independent of each other given the hidden table: there is no thinning. How far
the hidden table is forgotten (`trades_per_row`) matters for power and for what is expected, not for validity.

For overlaps of coded segments: the labels of the segments of one document are shuffled, and the segments stay where
they are. p-values speak of turns or segments within documents; nothing here is inference over municipalities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from ..errors import ForanError
from .chance import generator
from .incidence import Incidence
from .multiple import Adjustment, adjusted
from .stability import maybe

#: One row per pair of codes that both occur, in codebook order, those that never meet too. p and q are empty where there
#: is none, and `reason` (a key of stated.REASONS) says why; `smallest_p` is the least p that so many replicates can give.
NULL_COLUMNS = (
    "source",
    "target",
    "n_ij",
    "documents",
    "n_i",
    "n_j",
    "expected",
    "sd",
    "p_more",
    "p_less",
    "q_more",
    "q_less",
    "is_tested",
    "is_tested_less",
    "replicates",
    "smallest_p",
    "reason",
)
#: One row per document or case: its turns, those with any code, and how many of them can trade with another at all.
TRADE_COLUMNS = ("within", "turns", "coded", "can_trade", "share")
#: Only these are tested: pairs expected to meet in so many turns (for "less often": so many), of codes that both occur in
#: so many documents. Dealing leaves both as they are. How often a pair was *seen* to meet is the test itself: a family
#: picked by that would hold finds of chance alone.
LEAST_EXPECTED, LEAST_EXPECTED_LESS, LEAST_DOCUMENTS = 1.0, 3.0, 2
#: Small documents get this many times the rounds: there few pairings are possible, and some are drawn again and again.
SMALL_DOCUMENT, SMALL_TIMES = 16, 4
#: Cells (turns × replicates) that are traded at once, and floats that are counted at once: these bound the memory.
CELLS, FLOATS = 160_000, 4_000_000

Words = NDArray[np.uint64]


def curveball(
    table: Incidence,
    *,
    within: Literal["document", "case"] = "document",
    replicates: int = 2000,
    seed: int,
    trades_per_row: int = 5,
    least: float = LEAST_EXPECTED,
    least_less: float = LEAST_EXPECTED_LESS,
    least_documents: int = LEAST_DOCUMENTS,
    adjust: Adjustment = "bh",
) -> pd.DataFrame:
    """Which codes meet more, or less, often than turns of this richness and codes of this frequency would by chance.

    Parameters
    ----------
    table
        Turns × codes, with the columns `document` and (for `within="case"`) `case` of its units.
    within
        Turns trade codes within one document (strict) or within one case (looser: differences between documents then
        count as meetings of codes).
    replicates
        How many tables are dealt; the smallest p is 1 / (replicates + 1).
    seed
        Same seed, same table: same numbers, in whatever order its turns stand.
    trades_per_row
        Trades per turn and replicate, at least.
    least, least_less, least_documents
        Tested are pairs that are *expected* to meet in `least` turns (for "less often": `least_less`), of codes that both
        occur in `least_documents` documents; where codes are traded across documents, in so many turns each.
    adjust
        "bh" or "holm"; either tail is a family of its own.

    Returns
    -------
    DataFrame
        `NULL_COLUMNS`, one row per pair of codes that occur. `expected` and `sd` are those over the replicates. A pair
        that met equally often in every table has no p, and the reason "no-trade".

    >>> import pandas as pd
    >>> from foran_research.analysis.incidence import incidence
    >>> units = pd.DataFrame({"unit": [f"D:{n}" for n in range(8)], "document": "D"})
    >>> held = ["AB", "AB", "AB", "AB", "C", "C", "C", "C"]
    >>> long = pd.DataFrame([(f"D:{n}", c) for n, codes in enumerate(held) for c in codes], columns=["unit", "element"])
    >>> found = curveball(incidence(long, units, ("A", "B", "C")), replicates=499, seed=1)
    >>> found[["source", "target", "n_ij"]].values.tolist()
    [['A', 'B', 4], ['A', 'C', 0], ['B', 'C', 0]]
    """
    _check_replicates(replicates)
    pairs = _Pairs.of(table, pd.factorize(table.units["document"])[0], is_kept=within == "document")
    tally = _Tally(pairs.n_ij)
    for counts in _replicated_counts(table, within, replicates, seed, trades_per_row):
        tally.add(counts[:, pairs.first, pairs.second])
    return _told(table.codes, pairs, tally, "no-trade", (least, least_less, least_documents), adjust)


def curveball_tables(
    table: Incidence,
    *,
    within: Literal["document", "case"] = "document",
    replicates: int,
    seed: int,
    trades_per_row: int = 5,
) -> Iterator[NDArray[np.bool_]]:
    """The dealt tables themselves, one by one: turns × codes, in the order of the table's own turns."""
    chains = _Chains.of(table, within, trades_per_row, generator(seed, "curveball", within))
    observed = table.matrix.toarray() > 0
    for state in chains.run(replicates):
        bits = _unpacked(state, len(table.codes))
        for lane in bits:
            dealt = observed.copy()
            dealt[chains.rows] = lane
            yield dealt


def tradeable(table: Incidence, *, within: Literal["document", "case"] = "document") -> pd.DataFrame:
    """How much can move under :func:`curveball`: a frame with `TRADE_COLUMNS`, one row per document or case.

    A turn can trade when another turn of the document lacks one of its codes and has one that it lacks. Where few can,
    the null model has little to say: a document with one turn, or a code in every turn, stays as it is in all replicates.
    """
    names = table.units[within].to_numpy()
    groups, labels = pd.factorize(names)
    words = _packed(table.matrix)
    rows = []
    for group, label in enumerate(labels):
        mine = words[:, groups == group]
        coded = (mine != 0).any(axis=0)
        can = int(_can_trade(mine[:, coded]).sum())
        rows.append((str(label), mine.shape[1], int(coded.sum()), can, can / mine.shape[1]))
    return pd.DataFrame(rows, columns=list(TRADE_COLUMNS))


def label_permutation(
    labels: ArrayLike,
    documents: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    codes: tuple[str, ...],
    *,
    replicates: int = 2000,
    seed: int,
    least: float = LEAST_EXPECTED,
    least_less: float = LEAST_EXPECTED_LESS,
    least_documents: int = LEAST_DOCUMENTS,
    adjust: Adjustment = "bh",
) -> pd.DataFrame:
    """Which codes overlap more, or less, often than if the labels of each document's segments were dealt out at random.

    Parameters
    ----------
    labels
        Per coded segment the place of its code in `codes`; the document it stands in is in `documents`.
    first, second
        The overlapping pairs of segments, as places in `labels`: what `overlap.overlap_pairs` gives. They are found
        once; each replicate only looks the shuffled labels up.
    replicates, seed, least, least_less, least_documents, adjust
        As in :func:`curveball`; `n_ij` counts pairs of segments here, `n_i` segments. The reason is "no-shuffle".

    Raises
    ------
    ForanError
        When a label or pair points outside, or a pair joins two documents.

    >>> found = label_permutation([0, 1, 0, 1], [0, 0, 0, 0], [0, 2], [1, 3], ("A", "B"), replicates=999, seed=1)
    >>> found[["n_ij", "n_i", "n_j"]].values.tolist(), abs(float(found["expected"].iloc[0]) - 4 / 3) < 0.1
    ([[2, 2, 2]], True)
    """
    _check_replicates(replicates)
    label, document, one, other = _checked_overlaps(labels, documents, first, second, len(codes))
    size = len(codes)
    observed = _pair_counts(label[one], label[other], size)
    segments = np.bincount(label, minlength=size)
    rows, cols = np.nonzero(np.triu(np.outer(segments, segments), 1))
    meetings = sparse.csr_array(
        (np.ones(len(one), np.int64), (document[one], np.minimum(label[one], label[other]) * size
                                       + np.maximum(label[one], label[other]))),
        shape=(int(document.max(initial=-1)) + 1, size * size),
    )  # fmt: skip
    per_code = np.zeros((meetings.shape[0], size), np.bool_)
    per_code[document, label] = True
    pairs = _Pairs(
        rows,
        cols,
        observed[rows, cols],
        np.bincount(meetings.nonzero()[1], minlength=size * size)[rows * size + cols],
        (per_code.T.astype(np.int64) @ per_code.astype(np.int64))[rows, cols],
        segments[rows],
        segments[cols],
    )
    tally = _Tally(pairs.n_ij)
    # Sorted by document the labels need only be shuffled within stretches; the pairs point to the sorted places.
    order = np.argsort(document, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    one, other, label = place[one], place[other], label[order]
    stretch = document[order].astype(np.uint64) << np.uint64(32)
    draws = generator(seed, "label permutation")
    for _ in range(replicates):
        shuffled = label[np.argsort(stretch | draws.integers(1 << 32, size=len(label), dtype=np.uint64))]
        tally.add(_pair_counts(shuffled[one], shuffled[other], size)[rows, cols][None])
    return _told(codes, pairs, tally, "no-shuffle", (least, least_less, least_documents), adjust)


@dataclass(frozen=True)
class _Pairs:
    """Pairs of codes that both occur, as places in the codebook order, and what was observed of them."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    n_ij: NDArray[np.int64]
    #: Documents where they meet.
    documents: NDArray[np.int64]
    #: Documents where both occur, or turns of the rarer one where codes come and go between documents: the same in
    #: every table dealt.
    breadth: NDArray[np.int64]
    n_i: NDArray[np.int64]
    n_j: NDArray[np.int64]

    @classmethod
    def of(cls, table: Incidence, documents: NDArray[np.int64], *, is_kept: bool) -> _Pairs:
        held = table.matrix.tocoo()
        rows, cols = held.coords
        size, blocks = len(table.codes), int(documents.max(initial=-1)) + 1
        totals = np.bincount(cols, minlength=size)
        first, second = np.nonzero(np.triu(np.outer(totals, totals), 1))
        n_ij = (table.matrix.T @ table.matrix).toarray()[first, second].astype(np.int64)
        occurs = np.zeros((blocks, size), np.int64)
        occurs[documents[rows], cols] = 1
        meets = np.zeros(len(first), np.int64)
        order = np.argsort(documents, kind="stable")
        matrix, bounds = table.matrix[order], np.cumsum(np.bincount(documents, minlength=blocks))
        for start, end in zip([0, *bounds[:-1].tolist()], bounds.tolist(), strict=False):
            block = matrix[start:end]
            meets += (block.T @ block).toarray()[first, second] > 0
        n_i, n_j = totals[first], totals[second]
        breadth = (occurs.T @ occurs)[first, second] if is_kept else np.minimum(n_i, n_j)
        return cls(first, second, n_ij, meets, breadth, n_i, n_j)


class _Tally:
    """What the replicates add up to, so that none of them need be kept."""

    def __init__(self, observed: NDArray[np.int64]) -> None:
        self.observed, self.replicates = observed, 0
        self.as_many, self.as_few = np.zeros_like(observed), np.zeros_like(observed)
        self.sum, self.squares = np.zeros_like(observed), np.zeros_like(observed)
        self.least, self.most = observed, observed

    def add(self, counts: NDArray[np.int64]) -> None:
        """Add replicates: an array replicates × pairs."""
        self.replicates += len(counts)
        self.as_many += (counts >= self.observed).sum(axis=0)
        self.as_few += (counts <= self.observed).sum(axis=0)
        self.sum += counts.sum(axis=0)
        self.squares += (counts * counts).sum(axis=0)
        self.least = np.minimum(self.least, counts.min(axis=0))
        self.most = np.maximum(self.most, counts.max(axis=0))


def _told(
    codes: tuple[str, ...],
    pairs: _Pairs,
    tally: _Tally,
    why_fixed: str,
    at_least: tuple[float, float, int],
    adjust: Adjustment,
) -> pd.DataFrame:
    """The table of `NULL_COLUMNS`."""
    many = tally.replicates
    expected = tally.sum / many
    spread = np.sqrt(np.maximum(tally.squares / many - expected**2, 0))
    p_more, p_less = (1 + tally.as_many) / (many + 1), (1 + tally.as_few) / (many + 1)
    least, least_less, least_documents = at_least
    # The observed table is one of the R + 1 here, as in p: what picks the family then treats them all alike.
    mean, is_fixed = (tally.sum + pairs.n_ij) / (many + 1), tally.least == tally.most
    can_be = ~is_fixed & (pairs.breadth >= least_documents)
    is_tested, is_tested_less = can_be & (mean >= least), can_be & (mean >= least_less)
    reason = np.where(is_fixed, why_fixed, np.where(is_tested | is_tested_less, "", "few-expected"))
    p_more[is_fixed] = p_less[is_fixed] = np.nan
    return pd.DataFrame(
        {
            "source": [codes[i] for i in pairs.first],
            "target": [codes[j] for j in pairs.second],
            "n_ij": pairs.n_ij,
            "documents": pairs.documents,
            "n_i": pairs.n_i,
            "n_j": pairs.n_j,
            "expected": expected,
            "sd": spread,
            "p_more": maybe(p_more),
            "p_less": maybe(p_less),
            "q_more": maybe(adjusted(p_more, is_tested, adjust)),
            "q_less": maybe(adjusted(p_less, is_tested_less, adjust)),
            "is_tested": is_tested,
            "is_tested_less": is_tested_less,
            "replicates": many,
            "smallest_p": 1 / (many + 1),
            "reason": reason.astype(object),
        },
        columns=list(NULL_COLUMNS),
    )


# --- trading -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Chains:
    """The turns that can trade, as bits, and the pairings of each round; every replicate runs over the same ones."""

    #: Places of the turns in the table; the others (without a code, or with every code of their document) never trade.
    rows: NDArray[np.int64]
    #: 64 codes a word: words × turns.
    start: Words
    rounds: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]
    draws: Generator

    @classmethod
    def of(cls, table: Incidence, within: str, trades_per_row: int, draws: Generator) -> _Chains:
        groups = pd.factorize(table.units[within], sort=True)[0]
        words = _packed(table.matrix)
        rows = _active(groups, words)
        # Draws go by the turns' names, so that the order of the rows has no say.
        rows = rows[np.argsort(table.units["unit"].to_numpy(str)[rows], kind="stable")]
        return cls(rows, words[:, rows], tuple(_pairings(groups[rows], trades_per_row, draws)), draws)

    def run(self, replicates: int) -> Iterator[Words]:
        """The replicates in batches: words × turns × lanes."""
        hidden = self.start[:, :, None]
        for pairing in reversed(self.rounds):
            hidden = _traded(hidden, pairing, self.draws)
        lanes = int(np.clip(CELLS // max(1, len(self.rows)), 1, replicates))
        for begun in range(0, replicates, lanes):
            state = np.repeat(hidden, min(lanes, replicates - begun), axis=2)
            for pairing in self.rounds:
                state = _traded(state, pairing, self.draws)
            yield state


def _replicated_counts(
    table: Incidence, within: str, replicates: int, seed: int, trades_per_row: int
) -> Iterator[NDArray[np.int64]]:
    """Co-occurrences of all codes in batches of replicates: replicates × codes × codes, of which the upper triangle holds."""
    if within not in ("document", "case"):
        raise ForanError(f"turns trade within a document or a case, not within {within!r}")
    chains = _Chains.of(table, within, trades_per_row, generator(seed, "curveball", within))
    resting = np.ones(table.matrix.shape[0], np.bool_)
    resting[chains.rows] = False
    still = table.matrix[np.flatnonzero(resting)]
    unmoved = (still.T @ still).toarray().astype(np.int64)
    # A turn with one code meets nothing, and every turn keeps its number of codes.
    richer = np.flatnonzero(np.bitwise_count(chains.start).sum(axis=0, dtype=np.int64) > 1)
    size = len(table.codes)
    lanes = max(1, FLOATS // max(1, len(richer) * size))
    for state in chains.run(replicates):
        rich = state[:, richer]
        for begun in range(0, state.shape[2], lanes):
            yield _met(_unpacked(rich[:, :, begun : begun + lanes], size)) + unmoved


def _met(bits: NDArray[np.uint8]) -> NDArray[np.int64]:
    """In how many turns each code meets each later one: lanes × turns × codes to lanes × codes × codes.

    Turns are packed 64 to a word, and two codes meet where both words have a bit: far less work than multiplying.
    """
    lanes, turns, size = bits.shape
    padded = np.zeros((lanes, size, -(-max(turns, 1) // 64) * 64), np.uint8)
    padded[:, :, :turns] = bits.transpose(0, 2, 1)
    words = np.packbits(padded, axis=2).view(np.uint64)
    counts = np.zeros((lanes, size, size), np.int64)
    for code in range(size - 1):
        both = words[:, code, None] & words[:, code + 1 :]
        counts[:, code, code + 1 :] = np.bitwise_count(both).sum(axis=2, dtype=np.int64)
    return counts


def _traded(state: Words, pairing: tuple[NDArray[np.int64], NDArray[np.int64]], draws: Generator) -> Words:
    """One round: each pair of turns pools the codes that only one of them has, and deals them back at random."""
    one, other = pairing
    a, b = state[:, one], state[:, other]
    pooled = a ^ b
    held = a & pooled
    shape = pooled.shape
    pooled, held = pooled.reshape(shape[0], -1), held.reshape(shape[0], -1)
    many, mine = np.bitwise_count(pooled), np.bitwise_count(held)
    total, own = many.sum(axis=0, dtype=np.uint64), mine.sum(axis=0, dtype=np.uint64)
    trading = np.flatnonzero((own > 0) & (own < total))
    dealt = _dealt(pooled[:, trading], many[:, trading], own[trading], total[trading], draws)
    change = np.zeros_like(pooled)
    change[:, trading] = dealt ^ held[:, trading]
    change = change.reshape(shape)
    state = state.copy()
    state[:, one], state[:, other] = a ^ change, b ^ change
    return state


def _dealt(pooled: Words, many: NDArray[np.uint8], own: Words, total: Words, draws: Generator) -> Words:
    """Of each pool's bits a random subset of `own`: bit by bit, taken with the chance (left to take) / (left over).

    Pools are sorted by size, so that step t works on the stretch of those that have more than t bits.
    """
    result = np.empty_like(pooled)
    for word in range(len(pooled)):
        order = np.argsort(many[word], kind="stable")[::-1]
        bits, left, over = pooled[word, order], own[order], total[order]
        kept = np.zeros_like(bits)
        sizes = np.bincount(many[word], minlength=65)
        longer = len(order) - np.cumsum(sizes)
        for end in longer[longer > 0].tolist():
            rest = bits[:end]
            lowest = rest & (~rest + np.uint64(1))
            chance = draws.integers(1 << 32, size=end, dtype=np.uint32) * over[:end] >> np.uint64(32)
            taken = (chance < left[:end]).astype(np.uint64)
            kept[:end] |= lowest * taken
            left[:end] -= taken
            over[:end] -= np.uint64(1)
            rest ^= lowest
        result[word, order] = kept
        own[order], total[order] = left, over
    return result


def _pairings(
    groups: NDArray[np.int64], trades_per_row: int, draws: Generator
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rounds of pairs of turns of one group, each turn in one pair at most: places in `groups`."""
    if not len(groups):
        return
    sizes = np.bincount(groups)
    times = np.where(sizes <= SMALL_DOCUMENT, SMALL_TIMES * trades_per_row, trades_per_row)
    needed = np.where(sizes > 1, -(-times * sizes // np.maximum(sizes // 2, 1)), 0)
    for done in range(int(needed.max(initial=0))):
        rows = np.flatnonzero(needed[groups] > done)
        keys = groups[rows].astype(np.uint64) << np.uint64(32) | draws.integers(
            1 << 32, size=len(rows), dtype=np.uint64
        )
        shuffled = rows[np.argsort(keys, kind="stable")]
        mine = groups[shuffled]
        place = np.arange(len(mine)) - np.searchsorted(mine, mine)
        firsts = np.flatnonzero((place % 2 == 0) & (place + 1 < sizes[mine]))
        yield shuffled[firsts], shuffled[firsts + 1]


def _packed(matrix: sparse.csr_array) -> Words:
    """Units × codes as bits: words × units, 64 codes a word, the first code the lowest bit of the first word."""
    held = matrix.tocoo()
    rows, cols = held.coords
    words = np.zeros((max(1, -(-matrix.shape[1] // 64)), matrix.shape[0]), np.uint64)
    present = held.data > 0
    rows, cols = rows[present], cols[present].astype(np.uint64)
    np.bitwise_or.at(words, (cols // np.uint64(64), rows), np.uint64(1) << cols % np.uint64(64))
    return words


def _unpacked(state: Words, codes: int) -> NDArray[np.uint8]:
    """Words × units × lanes back to ones and noughts: lanes × units × codes."""
    lanes = np.ascontiguousarray(state.transpose(2, 1, 0)).astype("<u8", copy=False)
    return np.unpackbits(lanes.view(np.uint8), axis=2, bitorder="little")[:, :, :codes]


def _active(groups: NDArray[np.int64], words: Words) -> NDArray[np.int64]:
    """The turns that may ever trade: with a code, not with every code of the group, and not alone in it."""
    union = np.zeros((len(words), int(groups.max(initial=-1)) + 1), np.uint64)
    for word, mine in zip(union, words, strict=True):
        np.bitwise_or.at(word, groups, mine)
    can = (words != 0).any(axis=0) & (words != union[:, groups]).any(axis=0)
    company = np.bincount(groups[can], minlength=union.shape[1])
    return np.flatnonzero(can & (company[groups] > 1))


def _can_trade(words: Words) -> NDArray[np.bool_]:
    """Which of the turns (words × turns, of one group) can trade with another."""
    found = np.zeros(words.shape[1], np.bool_)
    step = max(1, FLOATS // max(1, words.size))
    for begun in range(0, words.shape[1], step):
        mine = words[:, begun : begun + step, None]
        gives, takes = np.any(mine & ~words[:, None], axis=0), np.any(~mine & words[:, None], axis=0)
        found[begun : begun + step] = np.any(gives & takes, axis=1)
    return found


# --- overlaps ----------------------------------------------------------------------------------------------------------


def _checked_overlaps(
    labels: ArrayLike, documents: ArrayLike, first: ArrayLike, second: ArrayLike, codes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    label, one, other = (np.asarray(values, np.int64) for values in (labels, first, second))
    document = pd.factorize(np.asarray(documents), sort=True)[0].astype(np.int64)
    if len(label) != len(document):
        raise ForanError(f"{len(label)} labels stand beside {len(document)} documents")
    if len(one) != len(other):
        raise ForanError(f"{len(one)} first segments stand beside {len(other)} second ones")
    if outside := int(((label < 0) | (label >= codes)).sum()):
        raise ForanError(f"{outside} of {len(label)} labels are none of the {codes} codes")
    both = np.concatenate([one, other])
    if outside := int(((both < 0) | (both >= len(label))).sum()):
        raise ForanError(f"{outside} ends of overlapping pairs point to no segment; there are {len(label)}")
    if across := int((document[one] != document[other]).sum()):
        raise ForanError(f"{across} of {len(one)} overlapping pairs join two documents")
    return label, document, one, other


def _pair_counts(one: NDArray[np.int64], other: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """How many pairs of segments have each pair of labels: symmetric, codes × codes."""
    counts = np.bincount(one * size + other, minlength=size * size).reshape(size, size)
    return counts + counts.T


def _check_replicates(replicates: int) -> None:
    if replicates < 1:
        raise ForanError(f"{replicates} replicates say nothing; ask for 1 or more")
