"""Co-occurrence of codes in units, as an edge table and as a network; per case, pooled, and by polarity.

Symbols: N units, n_i and n_j units with each code, n_ij with both. Formulas stand at :func:`measures`, with a page each in
``docs/methods``. N counts all informant units, uncoded ones too (`n_coded` says how many are coded): lift, PMI, NPMI and
phi depend on it, Jaccard, Dice, inclusion and cosine do not. Three cases are described, never inferred from.

A measure that is not defined is an empty cell (``<NA>``) and the edge's `reason` says why, as a key of `stated.REASONS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from ..codebook.code import Codebook
from ..errors import ForanError
from .incidence import Incidence, entries, incidence, layers
from .stated import Stated, undefined

#: One row per pair of codes that meet in at least one unit; `source` stands before `target` in codebook order.
EDGE_COLUMNS = (
    "source",
    "target",
    "n_ij",
    "documents",
    "n_i",
    "n_j",
    "n_units",
    "jaccard",
    "lift",
    "npmi",
    "is_distorted",
    "dice",
    "inclusion",
    "cosine",
    "pmi",
    "phi",
    "association",
    "vos",
    "g2",
    "n_coded",
    "reason",
)
#: The measures of an edge, nullable numbers. `vos` is over all edges together, the others are over one at a time.
MEASURES = (
    "jaccard", "dice", "inclusion", "cosine", "lift", "pmi", "npmi", "phi", "association", "vos", "g2"
)  # fmt: skip
#: An edge between codes whose frequencies differ by more than this factor is marked: its Jaccard says little.
DISTORTION = 5.0
#: Documents whose pairs are marked at a time; up to 255 marks still fit a byte when they are counted.
_DOCUMENTS = 64
#: From how many cells to mark per pair on it is faster to sort the pairs.
_SPARSE = 128


def measures(n_ij: np.ndarray, n_i: np.ndarray, n_j: np.ndarray, n: int | np.ndarray) -> dict[str, np.ndarray]:
    """Every measure of pairs of codes from their counts, by name; arrays of the same shape as the counts.

    Jaccard n_ij / (n_i + n_j - n_ij), which ATLAS.ti calls the c-coefficient; Dice 2 n_ij / (n_i + n_j); inclusion
    n_ij / min(n_i, n_j); cosine n_ij / sqrt(n_i n_j) (Salton); lift N n_ij / (n_i n_j); PMI log2 of lift; NPMI
    PMI / -log2(n_ij / N) (Bouma 2009); phi (N n_ij - n_i n_j) / sqrt(n_i n_j (N - n_i)(N - n_j)); association strength
    n_ij / (n_i n_j) (van Eck & Waltman 2009); G2, twice the sum over the four cells of O ln(O / E) (Dunning 1993).

    By convention NPMI is 1 for codes that are in every unit together and -1 for codes that never meet, and G2 is 0 where
    a code is in every unit. **NaN marks what is undefined**, here and nowhere else: tables show it as an empty cell with
    the reason that :func:`reasons` gives.

    >>> found = measures(np.array([10]), np.array([30]), np.array([20]), 100)
    >>> {name: round(float(values[0]), 4) for name, values in found.items()}  # doctest: +NORMALIZE_WHITESPACE
    {'jaccard': 0.25, 'dice': 0.4, 'inclusion': 0.5, 'cosine': 0.4082, 'lift': 1.6667, 'pmi': 0.737, 'npmi': 0.2218,
     'phi': 0.2182, 'association': 0.0167, 'g2': 4.4734}
    """
    both, one, other, units = (np.asarray(count, float) for count in (n_ij, n_i, n_j, n))
    both, one, other, units = np.broadcast_arrays(both, one, other, units)
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = units * both / (one * other)
        pmi = np.log2(lift)
        rarity = -np.log2(both / units)
        npmi = np.divide(pmi, rarity, out=np.ones_like(lift), where=rarity > 0)
        product = one * other
        return {
            "jaccard": both / (one + other - both),
            "dice": 2 * both / (one + other),
            "inclusion": both / np.minimum(one, other),
            "cosine": both / np.sqrt(product),
            "lift": lift,
            "pmi": np.where(both > 0, pmi, np.nan),
            "npmi": np.where(both > 0, npmi, np.where(product > 0, -1.0, np.nan)),
            "phi": (units * both - product) / np.sqrt(product * (units - one) * (units - other)),
            "association": both / product,
            "g2": _g2(both, one, other, units),
        }


def _g2(both: np.ndarray, one: np.ndarray, other: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Twice the sum of O ln(O / E) over the four cells; an empty cell adds nothing."""
    cells = (
        (both, one, other),
        (one - both, one, units - other),
        (other - both, units - one, other),
        (units - one - other + both, units - one, units - other),
    )
    total = np.zeros(np.shape(both))
    for cell, row, column in cells:
        total += cell * np.log(np.where(cell > 0, cell * units / (row * column), 1.0))
    # Independence gives 0 but for the last bits, on either side.
    found: np.ndarray = np.maximum(2 * total, 0.0)
    return found


#: Why a pair has a measure that is undefined, in the order in which they are asked.
_REASONS = ("", "code-absent", "never-together", "code-everywhere")


def reasons(n_ij: np.ndarray, n_i: np.ndarray, n_j: np.ndarray, n: int | np.ndarray) -> np.ndarray:
    """Why some measure of each pair is undefined, as a key of `stated.REASONS`; "" where all are defined.

    "code-absent": one of the codes is in no unit (nothing but Jaccard, Dice and G2 may be defined); "never-together": PMI
    is log 0; "code-everywhere": phi divides by nought. No pair has two of these.

    >>> reasons(np.array([1, 0, 2, 0]), np.array([1, 1, 4, 0]), np.array([2, 2, 2, 1]), 4).tolist()
    ['', 'never-together', 'code-everywhere', 'code-absent']
    """
    named: np.ndarray = np.array(_REASONS, object)[_reason_numbers(n_ij, n_i, n_j, n)]
    return named


def _reason_numbers(n_ij: np.ndarray, n_i: np.ndarray, n_j: np.ndarray, n: int | np.ndarray) -> np.ndarray:
    both, one, other, units = np.broadcast_arrays(*(np.asarray(count) for count in (n_ij, n_i, n_j, n)))
    return np.select([np.minimum(one, other) == 0, both == 0, np.maximum(one, other) == units], [1, 2, 3], 0)


def vos_strength(counts: np.ndarray) -> np.ndarray:
    """Association strength as VOSviewer scales it, codes × codes: 2m a_ij / (k_i k_j), of a symmetric matrix of counts.

    k_i is what code i has with all others, m half the sum of these (van Eck & Waltman 2009). 1 is what is expected of two
    codes that share their co-occurrences at random. NaN for a code without any.

    >>> vos_strength(np.array([[9, 2, 1], [2, 9, 2], [1, 2, 9]])).round(6)[0].tolist()
    [nan, 1.666667, 1.111111]
    """
    apart = np.array(counts, float)
    np.fill_diagonal(apart, 0)
    strength = apart.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled: np.ndarray = strength.sum() * apart / np.outer(strength, strength)
    np.fill_diagonal(scaled, np.nan)
    return scaled


def pair_counts(table: Incidence) -> tuple[np.ndarray, np.ndarray]:
    """Units, and documents, in which two codes meet: two symmetric matrices, codes × codes.

    On the diagonal stand the units and documents with the code. Work is linear in the pairs of codes that meet; memory is
    bounded by taking some documents at a time.
    """
    units, documents = _tallied(table, np.zeros(table.matrix.shape[0], np.intp), 1)
    return _square(units[0], len(table.codes)), _square(documents[0], len(table.codes))


def _square(upper: np.ndarray, size: int) -> np.ndarray:
    """A symmetric matrix from its upper triangle, row by row."""
    whole = np.zeros((size, size), np.int64)
    rows, cols = np.triu_indices(size)
    whole[rows, cols] = upper
    whole[cols, rows] = upper
    return whole


def _tallied(table: Incidence, group: np.ndarray, n_groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Units and documents with each pair of codes in each group of rows: two arrays, groups × upper triangle of pairs.

    A few documents at a time, each with a row of marks, so that the marks stay in the processor's cache.
    """
    size = len(table.codes)
    places = size * (size + 1) // 2
    units_with, documents_with = np.zeros((n_groups, places), np.int64), np.zeros((n_groups, places), np.int64)
    matrix, document = entries(table), table.document_numbers
    if not matrix.nnz:
        return units_with, documents_with
    run = group * (int(document.max()) + 1) + document
    starts = np.concatenate([[0], np.flatnonzero(np.diff(run)) + 1, [len(run)]])
    heads = run[starts[:-1]]
    if (np.diff(heads) < 0).any():
        # Turns of a document mostly stand together: their stretches are sorted, not they.
        order = np.argsort(heads, kind="stable")
        sizes = np.diff(starts)[order]
        ends = np.cumsum(sizes)
        rows = np.arange(len(run)) + np.repeat(starts[order] - (ends - sizes), sizes)
        heads, group, matrix = heads[order], group[starts[order]], matrix[rows]
        firsts = np.flatnonzero(np.diff(heads, prepend=-1))
        group, starts = group[firsts], np.concatenate([[0], ends])[np.append(firsts, len(heads))]
    else:
        group = group[starts[:-1]]
    code = np.arange(size)
    offset = code * size - code * (code - 1) // 2 - code  # place of a pair: offset of the one, and the other
    for number in range(n_groups):
        first, last = np.searchsorted(group, [number, number + 1]).tolist()
        for begin in range(first, last, _DOCUMENTS):
            at = starts[begin : min(begin + _DOCUMENTS, last) + 1]
            place, home = _places(matrix, at, offset)
            units_with[number] += np.bincount(place, minlength=places)
            documents_with[number] += _rows_with(home, place, len(at) - 1, places)
    return units_with, documents_with


def _places(matrix: sparse.csr_array, at: np.ndarray, offset: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The place of every pair of codes in the rows of some documents (`at` their bounds), a code with itself included.

    Linear in the pairs: the entries are laid beside themselves, shifted by one, two, … places. With each the document.
    """
    begin, end = int(matrix.indptr[at[0]]), int(matrix.indptr[at[-1]])
    column = matrix.indices[begin:end].astype(np.intp)
    until = matrix.indptr[at[0] + 1 : at[-1] + 1].astype(np.intp) - begin
    to_come = np.repeat(until, np.diff(until, prepend=0)) - np.arange(1, end - begin + 1)
    home = np.repeat(np.arange(len(at) - 1), np.diff(matrix.indptr[at]))
    one = offset[column]
    places, homes = [one + column], [home]
    here = np.flatnonzero(to_come)
    shift = 1
    while here.size:
        places.append(one[here] + column[here + shift])
        homes.append(home[here])
        shift += 1
        here = here[to_come[here] >= shift]
    return np.concatenate(places), np.concatenate(homes)


def _rows_with(row: np.ndarray, place: np.ndarray, n_rows: int, places: int) -> np.ndarray:
    """In how many of a few rows each place is found."""
    key = row * places + place
    if n_rows * places > _SPARSE * key.size:
        key = np.sort(key)
        key = key[np.diff(key, prepend=-1) > 0]
        return np.bincount(key % places, minlength=places)
    marks = np.zeros(n_rows * places, np.uint8)
    marks[key] = 1
    found: np.ndarray = marks.reshape(n_rows, places).sum(axis=0, dtype=np.uint8).astype(np.int64)
    return found


def cooccurrence(table: Incidence, *, least: int = 1) -> pd.DataFrame:
    """The edges among the codes of an incidence: a frame with `EDGE_COLUMNS`, in codebook order.

    Pairs that meet in fewer than `least` units are left out; with ``least=0`` every pair of codes has a row. The `vos` of
    an edge is scaled by all that its codes have with others, whatever `least` is. `n_units` is N, uncoded units included,
    and `n_coded` how many of them hold any of the codes.

    Raises
    ------
    ForanError
        For a `least` below 0.

    Examples
    --------
    >>> import pandas as pd
    >>> from foran_research.analysis.incidence import incidence
    >>> units = pd.DataFrame({"unit": ["a", "b", "c"], "document": ["D", "D", "E"]})
    >>> long = pd.DataFrame({"unit": ["a", "a", "b"], "element": ["C1", "C2", "C1"]})
    >>> cooccurrence(incidence(long, units, ("C1", "C2")))[["n_ij", "jaccard"]].values.tolist()
    [[1, 0.5]]
    """
    return _edges(table, np.zeros(table.matrix.shape[0], np.intp), 1, least)[0]


def cooccurrence_by_case(table: Incidence, *, least: int = 1) -> dict[str, pd.DataFrame]:
    """The edges of :func:`cooccurrence` within each case that has units, by its id in sorted order.

    The same as ``cooccurrence(table.of_case(case))`` for each, in one pass over the turns.

    >>> import pandas as pd
    >>> from foran_research.analysis.incidence import incidence
    >>> units = pd.DataFrame({"unit": ["a", "b"], "document": ["D", "E"], "case": ["HEI", "FJO"]})
    >>> long = pd.DataFrame({"unit": ["a", "a", "b"], "element": ["C1", "C2", "C1"]})
    >>> {case: len(edges) for case, edges in cooccurrence_by_case(incidence(long, units, ("C1", "C2"))).items()}
    {'FJO': 0, 'HEI': 1}
    """
    number, cases = table.case_numbers
    return dict(zip(cases, _edges(table, number, len(cases), least), strict=True))


def _edges(table: Incidence, group: np.ndarray, n_groups: int, least: int) -> list[pd.DataFrame]:
    """The edges of each group of rows; reckoned for all groups at once."""
    if least < 0:
        raise ForanError(f"pairs meet in 0 units or more, not {least}")
    size = len(table.codes)
    units, documents = _tallied(table, group, n_groups)
    rows, cols = np.triu_indices(size, 1)
    # Where the triangle with its diagonal has a code alone, and where it has two.
    code = np.arange(size)
    alone = code * size - code * (code - 1) // 2
    apart = np.delete(np.arange(units.shape[1]), alone)
    held, together = units[:, alone], units[:, apart]
    of, pair = np.nonzero(together >= least)
    i, j = rows[pair], cols[pair]
    n_ij, n_i, n_j = together[of, pair], held[of, i], held[of, j]
    n_units = np.bincount(group, minlength=n_groups)
    n_coded = np.bincount(group[np.diff(entries(table).indptr) > 0], minlength=n_groups)
    ends = sparse.csr_array((np.ones(2 * len(rows)), (np.tile(np.arange(len(rows)), 2), np.concatenate([rows, cols]))),
                            shape=(len(rows), size))  # fmt: skip
    strength = together @ ends
    with np.errstate(divide="ignore", invalid="ignore"):
        vos = strength.sum(axis=1)[of] * n_ij / (strength[of, i] * strength[of, j])
    found = measures(n_ij, n_i, n_j, n_units[of]) | {"vos": vos}
    names = pd.Index(list(table.codes))
    frame = pd.DataFrame(
        {
            "source": names.take(i),
            "target": names.take(j),
            "n_ij": n_ij,
            "documents": documents[:, apart][of, pair],
            "n_i": n_i,
            "n_j": n_j,
            "n_units": n_units[of],
            "is_distorted": np.maximum(n_i, n_j) > DISTORTION * np.minimum(n_i, n_j),
            "n_coded": n_coded[of],
            "reason": pd.Index(_REASONS).take(_reason_numbers(n_ij, n_i, n_j, n_units[of])),
            **{name: nullable(values) for name, values in found.items()},
        },
        columns=list(EDGE_COLUMNS),
    )
    if n_groups == 1:
        return [frame]
    bounds = pairwise(np.searchsorted(of, np.arange(n_groups + 1)).tolist())
    return [frame.iloc[start:stop].reset_index(drop=True) for start, stop in bounds]


def nullable(values: np.ndarray) -> pd.arrays.FloatingArray:
    """Numbers as a column of a table, where what is undefined (NaN) becomes an empty cell."""
    is_undefined = ~np.isfinite(values)
    return pd.arrays.FloatingArray(np.where(is_undefined, 1.0, values), is_undefined)


def frequencies(table: Incidence) -> pd.DataFrame:
    """Units and documents per code: columns `units`, `documents`, indexed by code id."""
    documents = pd.factorize(table.units["document"])[0]
    coo = table.matrix.tocoo()
    pairs = pd.DataFrame({"code": coo.coords[1], "document": documents[coo.coords[0]]}).drop_duplicates()
    per_code = pairs.groupby("code").size().reindex(range(len(table.codes)), fill_value=0)
    return pd.DataFrame(
        {"units": np.asarray(table.matrix.sum(axis=0)).ravel(), "documents": per_code.to_numpy()},
        index=pd.Index(table.codes, name="code"),
    )


def network(table: Incidence, codebook: Codebook, *, min_turns: int = 1) -> nx.Graph:
    """The co-occurrence network: a node per code that occurs, an edge per pair that meets in `min_turns` units or more.

    Nodes carry display, level, units, documents; edges carry the measures of :func:`cooccurrence` that are defined, and
    `kind` ("within" one level or "between" two).
    """
    graph = nx.Graph()
    for code_id, row in frequencies(table).iterrows():
        if row["units"]:
            code = codebook.by_id[str(code_id)]
            graph.add_node(
                code.id,
                display=code.display,
                level=code.level,
                units=int(row["units"]),
                documents=int(row["documents"]),
            )
    for edge in cooccurrence(table, least=max(1, min_turns)).to_dict("records"):
        told = {str(name): value for name, value in edge.items() if not pd.isna(value)}
        source, target = told.pop("source"), told.pop("target")
        graph.add_edge(source, target, kind=edge_kind(codebook, source, target), **told)
    return graph


def edge_kind(codebook: Codebook, source: str, target: str) -> str:
    """Tell whether two codes stand on one level ("within") or on two ("between")."""
    return "within" if codebook.by_id[source].level == codebook.by_id[target].level else "between"


#: One row per pair of codes that meet: in how many units each combination of signs is found. See :func:`sign_mix`.
SIGN_COLUMNS = (
    "source",
    "target",
    "n_ij",
    "both_promoting",
    "both_inhibiting",
    "opposed",
    "source_promotes",
    "target_promotes",
    "unsigned",
    "documents",
)


def sign_mix(
    long: pd.DataFrame, units: pd.DataFrame, codes: tuple[str, ...], *, column: str = "element", least: int = 1
) -> pd.DataFrame:
    """The signs under which codes meet: a frame with `SIGN_COLUMNS`, one row per pair of :func:`cooccurrence`.

    A code is promoting in a unit if any of its segments there is "fremmer" or "begge", inhibiting if any is "hemmer" or
    "begge"; it may be both. Of the `n_ij` units with both codes, ++ (`both_promoting`) are those where both are promoting,
    −− (`both_inhibiting`) those where both are inhibiting, +− (`opposed`) those where one is promoting and the other
    inhibiting: the source (`source_promotes`), the target (`target_promotes`), or in one unit either way. `unsigned`
    are the units where one of them or both have no sign at all. A unit with "begge" is in more than one of ++, −−, +−, so
    these may add up to more than `n_ij`; each by itself is at most `n_ij`, and together they hold all but the unsigned.

    >>> units = pd.DataFrame({"unit": ["a", "b"], "document": ["D", "E"]})
    >>> rows = [("a", "C1", "begge"), ("a", "C2", "hemmer"), ("b", "C1", "fremmer"), ("b", "C2", "")]
    >>> long = pd.DataFrame(rows, columns=["unit", "element", "polarity"])
    >>> sign_mix(long, units, ("C1", "C2")).iloc[0].to_dict()  # doctest: +NORMALIZE_WHITESPACE
    {'source': 'C1', 'target': 'C2', 'n_ij': 2, 'both_promoting': 0, 'both_inhibiting': 1, 'opposed': 1,
     'source_promotes': 1, 'target_promotes': 0, 'unsigned': 1, 'documents': 2}
    """
    edges = cooccurrence(incidence(long, units, codes, column=column), least=least)
    split = layers(long, units, codes, column=column)
    plus, minus = entries(split["promoting"]), entries(split["inhibiting"])
    two_signs = plus.multiply(minus).tocsr()
    signed = (plus + minus - two_signs).tocsr()
    at = pd.Index(codes)
    place = (at.get_indexer(pd.Index(edges["source"])), at.get_indexer(pd.Index(edges["target"])))
    crossed = (plus.T @ minus).toarray()
    either_way = (two_signs.T @ two_signs).toarray()
    return pd.DataFrame(
        {
            "source": edges["source"],
            "target": edges["target"],
            "n_ij": edges["n_ij"],
            "both_promoting": (plus.T @ plus).toarray()[place],
            "both_inhibiting": (minus.T @ minus).toarray()[place],
            "opposed": (crossed + crossed.T - either_way)[place],
            "source_promotes": crossed[place],
            "target_promotes": crossed.T[place],
            "unsigned": edges["n_ij"].to_numpy() - (signed.T @ signed).toarray()[place],
            "documents": edges["documents"],
        },
        columns=list(SIGN_COLUMNS),
    )


def mixing_matrix(edges: pd.DataFrame, codebook: Codebook, levels: Sequence[str]) -> pd.DataFrame:
    """Co-occurrences summed by the levels of their two codes: symmetric, levels × levels, counted in unit-pairs."""
    counts = np.zeros((len(levels), len(levels)), np.int64)
    for source, target, n_ij in zip(edges["source"], edges["target"], edges["n_ij"], strict=True):
        a, b = (levels.index(codebook.by_id[code].level) for code in (source, target))
        counts[a, b] += n_ij
        counts[b, a] += n_ij * (a != b)
    return pd.DataFrame(counts, index=list(levels), columns=list(levels))


#: One row per pair of levels, a level with itself included. See :func:`level_mixing`.
MIXING_COLUMNS = ("level_a", "level_b", "kind", "n_ij", "pairs", "pairs_met", "expected", "ratio", "reason")


def level_mixing(table: Incidence, codebook: Codebook, levels: Sequence[str]) -> pd.DataFrame:
    """How much codes of two levels meet, against chance: a frame with `MIXING_COLUMNS`, in the order of `levels`.

    `n_ij` is the sum of co-occurrences (the upper triangle of :func:`mixing_matrix`), `pairs` how many pairs of occurring
    codes there are and `pairs_met` how many of them meet. `expected` is the sum of n_i n_j / N over these pairs: what
    there would be if codes fell on units independently of one another; `ratio` is n_ij over that, a lift of levels.

    Raises
    ------
    ForanError
        For a code whose level is not among `levels`.
    """
    home = np.array([_place_of(levels, codebook.by_id[code].level) for code in table.codes], dtype=np.intp)
    counts, _ = pair_counts(table)
    held = counts.diagonal()
    n_units = table.matrix.shape[0]
    rows = []
    for a, one in enumerate(levels):
        for b in range(a, len(levels)):
            of_a, of_b = np.flatnonzero((home == a) & (held > 0)), np.flatnonzero((home == b) & (held > 0))
            block = counts[np.ix_(of_a, of_b)]
            chance = np.outer(held[of_a], held[of_b]) / max(1, n_units)
            mask = np.triu(np.ones_like(block, bool), 1) if a == b else np.ones_like(block, bool)
            n_ij, expected = int(block[mask].sum()), float(chance[mask].sum())
            kind, pairs = "within" if a == b else "between", int(mask.sum())
            reason = "" if pairs else "no-pair"
            met = int((block[mask] > 0).sum())
            rows.append(
                (one, levels[b], kind, n_ij, pairs, met, expected, n_ij / expected if pairs else np.nan, reason)
            )
    frame = pd.DataFrame(rows, columns=list(MIXING_COLUMNS))
    return frame.assign(**{name: nullable(frame[name].to_numpy(float)) for name in ("expected", "ratio")})


def _place_of(levels: Sequence[str], level: str) -> int:
    if level not in levels:
        raise ForanError(f"level {level!r} is not among {', '.join(levels)}")
    return list(levels).index(level)


def assortativity(mixing: pd.DataFrame) -> Stated:
    """Newman's assortativity of a mixing matrix: 1 when codes meet only within their level, below 0 when mostly across.

    r = (Σ e_aa − Σ a_a²) / (1 − Σ a_a²), with e the shares of edge ends between levels and a_a those of a level (Newman
    2003). Undefined when nothing meets, and when only one level has meetings.

    >>> assortativity(pd.DataFrame([[2, 1], [1, 1]])).told("en")
    '0.467'
    """
    ends = mixing.to_numpy(float)
    ends = ends + np.diag(ends.diagonal())  # within a level both ends of an edge stand in the same cell
    if not ends.sum():
        return undefined("no-edge")
    share = ends / ends.sum()
    chance = float((share.sum(axis=0) ** 2).sum())
    if np.count_nonzero(ends.sum(axis=0)) < 2:
        return undefined("one-level")
    return Stated((float(share.trace()) - chance) / (1 - chance))


def compared(edges_by_case: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Edges side by side: one row per pair, a column of turns per case, and `cases`, how many cases have the edge.

    >>> compared({}).columns.tolist()
    ['source', 'target', 'cases']
    """
    if not edges_by_case:
        return pd.DataFrame({"source": [], "target": [], "cases": []}).astype(
            {"source": object, "target": object, "cases": "int64"}
        )
    parts = [edges.set_index(["source", "target"])["n_ij"].rename(case) for case, edges in edges_by_case.items()]
    table = pd.concat(parts, axis=1, sort=True).fillna(0).astype("int64")
    table["cases"] = (table > 0).sum(axis=1)
    return table.reset_index().rename(columns={"level_0": "source", "level_1": "target"})
