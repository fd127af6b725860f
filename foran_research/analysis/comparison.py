"""Two cases' networks side by side: edge by edge, as wholes, and which edges are shared.

Edge by edge: weights that do not grow with the amount of text, and whether labelling the same documents by chance would
part them as much. As wholes: overlap of edges, likeness of weights, QAP correlation (Krackhardt 1988, Social Networks 10)
and portrait divergence (Bagrow & Bollt 2019, Applied Network Science 4). All of it describes the documents at hand: three
municipalities are no sample, and a p-value here speaks of how documents are parted, not of municipalities.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations, permutations
from math import comb, factorial, lgamma

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from ..errors import ForanError, UnknownName
from .chance import generator
from .incidence import Incidence
from .multiple import Adjustment, adjusted
from .stability import FLOATS, SIZE_FREE, DocumentCounts, Floats, document_counts, maybe
from .stated import Stated, undefined

#: One row per pair of codes that meet in either case, in codebook order. `p_max` is adjusted by the largest difference of
#: any tested edge; `smallest_p` is the least p that these numbers of documents can give.
DIFFERENCE_COLUMNS = (
    "source",
    "target",
    "case_a",
    "case_b",
    "n_ij_a",
    "n_ij_b",
    "documents_a",
    "documents_b",
    "weight_a",
    "weight_b",
    "difference",
    "p",
    "q",
    "p_max",
    "is_tested",
    "permutations",
    "is_exact",
    "smallest_p",
    "reason",
)
#: The measures of :func:`network_likeness`, in order.
LIKENESS = (
    "edge_jaccard",
    "ruzicka",
    "cosine",
    "qap_r",
    "qap_p_more",
    "qap_p_two_sided",
    "qap_smallest_p",
    "portrait_divergence",
)
#: One row per two cases and measure.
LIKENESS_COLUMNS = ("case_a", "case_b", "measure", "value", "reason")
#: Why a code may be missing from a case. For the first it was there to be said, and its count is 0; for the others the
#: count is unknown.
MISSING = ("not-mentioned", "not-asked", "not-in-codebook", "suppressed")
MENTIONED_BY_NONE = MISSING[0]
#: Around the cases' own columns, in :func:`shared_edges`.
SHARED_COLUMNS = ("source", "target", "cases", "unknown", "pattern", "missing")
#: Numbers nearer than this are equal: sums of the same weights in another order.
NEAR = 1e-12


def edge_differences(
    table: Incidence,
    case_a: str,
    case_b: str,
    *,
    weight: str = "jaccard",
    replicates: int = 5000,
    seed: int,
    least: int = 3,
    least_documents: int = 2,
    adjust: Adjustment = "bh",
    missing: Mapping[str, Mapping[str, str]] | None = None,
) -> pd.DataFrame:
    """How each edge differs between two cases, beside what parting the same documents by chance would give.

    Documents are dealt to the two cases anew, as many to each as there are: all ways if they are at most `replicates`
    (then p is exact), else so many at random. A pair that does not meet in a dealt case has the weight 0 there. p is
    two-sided; `q` and `p_max` are over the edges that meet in `least` turns of `least_documents` documents of both cases
    taken together. `p_max` follows the largest difference in units of each edge's own spread over the dealings.

    Parameters
    ----------
    table
        Turns × codes of both cases; a document with turns of both is dealt as two.
    weight
        One of `stability.SIZE_FREE`: "rate" is per 100 turns with any code.
    missing
        As in :func:`shared_edges`. Where a case does not have the edge and one of its codes could not be there, what the
        case would have said is unknown and not 0: its cells are empty, the reason is "not-known", and the edge is not
        tested.

    Raises
    ------
    UnknownName
        For a case that no turn of the table belongs to, another weight, or another reason why a code is missing.

    >>> import pandas as pd
    >>> from foran_research.analysis.incidence import incidence
    >>> meetings = {"A1": 3, "A2": 4, "A3": 5, "B1": 0, "B2": 0, "B3": 1}
    >>> rows = [(f"{d}:{n}", d, "ABO"[0 if d < "B" else 1], n < m) for d, m in meetings.items() for n in range(10)]
    >>> units = pd.DataFrame([row[:3] for row in rows], columns=["unit", "document", "case"])
    >>> long = pd.DataFrame([(u, c) for u, _, _, both in rows for c in ("XY" if both else "X")], columns=["unit", "element"])
    >>> found = edge_differences(incidence(long, units, ("X", "Y")), "A", "B", seed=1)
    >>> found[["p", "smallest_p", "permutations"]].values.tolist()
    [[0.1, 0.1, 20]]
    """
    if replicates < 1:
        raise ForanError(f"{replicates} dealings say nothing; ask for 1 or more")
    if weight not in SIZE_FREE:
        raise UnknownName("weight that does not depend on the amount of text", weight, SIZE_FREE)
    _check_missing(missing or {})
    both = _of_cases(table, case_a, case_b)
    counts = document_counts(both)
    in_a = np.asarray(counts.cases, object) == case_a
    n, n_a = len(in_a), int(in_a.sum())
    dealt, is_exact = _dealings(n, n_a, replicates, generator(seed, "edge differences"))
    pairs, many = len(counts.first), len(dealt)
    weight_a, weight_b = (counts.weights(side.astype(np.float64), weight) for side in (in_a, ~in_a))
    n_ij_a, n_ij_b = (counts.per_pair[side].sum(axis=0).astype("int64") for side in (in_a, ~in_a))
    lacks_a, lacks_b = (
        _unknown(both.codes, counts, n_ij, (missing or {}).get(case, {}))
        for case, n_ij in ((case_a, n_ij_a), (case_b, n_ij_b))
    )
    weight_a[lacks_a], weight_b[lacks_b] = np.nan, np.nan
    is_unknown = lacks_a | lacks_b
    is_alone = min(n_a, n - n_a) < 2
    is_absent = np.isnan(weight_a) | np.isnan(weight_b)
    is_tested = (n_ij_a + n_ij_b >= least) & ((counts.per_pair > 0).sum(axis=0) >= least_documents)
    is_tested &= ~is_absent & (not is_alone)
    p, largest = np.full(pairs, np.nan), np.zeros(many)
    found = np.zeros(pairs)
    step = max(1, FLOATS // many)
    for begun in range(0, pairs, step):
        part = slice(begun, begun + step)
        observed = _difference(counts, part, in_a[None].astype(np.float64), weight)[0]
        chance = _difference(counts, part, dealt, weight)
        reached = (np.abs(chance) >= np.abs(observed) - NEAR).sum(axis=0)
        p[part] = reached / many if is_exact else (1 + reached) / (many + 1)
        spread = np.sqrt((chance**2).mean(axis=0))
        scaled = np.divide(np.abs(chance), spread, out=np.zeros_like(chance), where=spread > NEAR)
        found[part] = np.divide(np.abs(observed), spread, out=np.zeros_like(observed), where=spread > NEAR)
        largest = np.maximum(largest, scaled[:, is_tested[part]].max(axis=1, initial=0))
    ordered = np.sort(largest)
    reached = many - np.searchsorted(ordered, found - 1e-9, side="left")
    p_max = reached / many if is_exact else (1 + reached) / (many + 1)
    p[is_absent | is_alone] = np.nan
    reason = np.select([is_unknown, is_absent, np.full(pairs, is_alone), ~is_tested],
                       ["not-known", "neither-code", "lone-document", "few-meetings"], "")  # fmt: skip
    told = pd.DataFrame(
        {
            "source": [both.codes[i] for i in counts.first],
            "target": [both.codes[j] for j in counts.second],
            "case_a": case_a,
            "case_b": case_b,
            "n_ij_a": pd.array(n_ij_a, "Int64"),
            "n_ij_b": pd.array(n_ij_b, "Int64"),
            "documents_a": pd.array((counts.per_pair[in_a] > 0).sum(axis=0), "Int64"),
            "documents_b": pd.array((counts.per_pair[~in_a] > 0).sum(axis=0), "Int64"),
            "weight_a": maybe(weight_a),
            "weight_b": maybe(weight_b),
            "difference": maybe(weight_a - weight_b),
            "p": maybe(p),
            "q": maybe(adjusted(p, is_tested, adjust)),
            "p_max": maybe(np.where(is_tested, p_max, np.nan)),
            "is_tested": is_tested,
            "permutations": many,
            "is_exact": is_exact,
            "smallest_p": smallest_p(n_a, n - n_a, many, is_exact=is_exact),
            "reason": reason.astype(object),
        },
        columns=list(DIFFERENCE_COLUMNS),
    )
    for side, lacks in (("a", lacks_a), ("b", lacks_b)):
        told.loc[lacks, [f"n_ij_{side}", f"documents_{side}"]] = pd.NA
    return told


def smallest_p(n_a: int, n_b: int, dealings: int, *, is_exact: bool) -> float:
    """The least two-sided p that documents of two cases can give.

    With as many documents in either case each parting has a mirror image that differs as much, so that 2 / C(n, n_a) is
    the least; with unequal numbers it is 1 / C(n, n_a).

    >>> smallest_p(3, 3, 20, is_exact=True), smallest_p(2, 3, 10, is_exact=True)
    (0.1, 0.1)
    """
    ways = comb(n_a + n_b, n_a)
    least = (2 if n_a == n_b else 1) / ways
    return least if is_exact else max(least, 1 / (dealings + 1))


def network_likeness(
    edges_a: pd.DataFrame,
    edges_b: pd.DataFrame,
    nodes: Sequence[str],
    *,
    weight: str = "jaccard",
    replicates: int = 5000,
    seed: int = 0,
) -> Mapping[str, Stated]:
    """How alike two networks over the same nodes are: a figure per measure of `LIKENESS`.

    Parameters
    ----------
    edges_a, edges_b
        Columns `source`, `target` and `weight`; pairs that do not stand there have the weight 0.
    nodes
        The nodes of both networks, also those without edges: give the codes that could occur in either case.
    weight
        The column with the weights, 0 or more. An edge is a pair with a weight above 0.
    replicates, seed
        QAP renumbers the nodes of the second network in every way if those are at most `replicates` + 1, or the nodes at
        most seven; else so many times at random.

    Returns
    -------
    Mapping
        `edge_jaccard` (edges in both / in either), `ruzicka` (Σ min / Σ max), `cosine`; `qap_r`, the correlation of the
        weights over all pairs, with one- and two-sided p and the smallest one-sided p that renumbering can give (where
        not all are made: a bound that no p is below); `portrait_divergence`, 0 for the same shape whatever the nodes are
        called, 1 at most. Each says why when it is undefined.

    Raises
    ------
    ForanError
        For missing or negative weights, a pair given twice, or a code joined to itself.
    UnknownName
        For a node that is not among `nodes`.

    >>> one = pd.DataFrame({"source": ["A", "B"], "target": ["B", "C"], "jaccard": [0.5, 0.25]})
    >>> found = network_likeness(one, one.head(1), ("A", "B", "C"))
    >>> found["edge_jaccard"].value, round(found["ruzicka"].value, 4)
    (0.5, 0.6667)
    """
    names = list(dict.fromkeys(nodes))
    a, b = (_weights(edges, names, weight) for edges in (edges_a, edges_b))
    if not names:
        return dict.fromkeys(LIKENESS, undefined("no-node"))
    upper = np.triu_indices(len(names), 1)
    one, other = a[upper], b[upper]
    either, shared = int(((one > 0) | (other > 0)).sum()), int(((one > 0) & (other > 0)).sum())
    if not either:
        return dict.fromkeys(LIKENESS, undefined("both-empty"))
    norms = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    # Rounding must not carry a cosine beyond 1.
    cosine = Stated(min(float(one @ other) / norms, 1.0)) if norms > 0 else undefined("one-empty")
    return {
        "edge_jaccard": Stated(shared / either),
        "ruzicka": Stated(float(np.minimum(one, other).sum() / np.maximum(one, other).sum())),
        "cosine": cosine,
        **_qap(a, b, replicates, seed),
        "portrait_divergence": portrait_divergence(a > 0, b > 0),
    }


def likeness_table(
    edges_by_case: Mapping[str, pd.DataFrame],
    nodes: Sequence[str],
    *,
    weight: str = "jaccard",
    replicates: int = 5000,
    seed: int = 0,
) -> pd.DataFrame:
    """:func:`network_likeness` of every two cases: a frame with `LIKENESS_COLUMNS`, in the order of the cases."""
    rows = [
        (case_a, case_b, measure, stated.value, stated.reason)
        for case_a, case_b in combinations(edges_by_case, 2)
        for measure, stated in network_likeness(
            edges_by_case[case_a], edges_by_case[case_b], nodes, weight=weight, replicates=replicates, seed=seed
        ).items()
    ]
    table = pd.DataFrame(rows, columns=list(LIKENESS_COLUMNS))
    return table.assign(value=table["value"].astype("Float64"))


def portrait_divergence(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> Stated:
    """How differently two unweighted networks are shaped, 0 to 1, whatever their nodes are called.

    A network's portrait counts, for each distance l, how many nodes have k others at that distance; two portraits are
    held together by the Jensen–Shannon divergence in bits. The networks may differ in size and fall into parts.

    Parameters
    ----------
    a, b
        Symmetric matrices, nodes × nodes, true where there is an edge.

    >>> path = np.eye(4, k=1, dtype=bool) | np.eye(4, k=-1, dtype=bool)
    >>> ring = path.copy()
    >>> ring[0, 3] = ring[3, 0] = True
    >>> round(portrait_divergence(path, ring).value, 6)
    0.209411
    """
    if not len(a) or not len(b):
        return undefined("no-node")
    one, other = _portrait(a), _portrait(b)
    shape = tuple(max(sizes) for sizes in zip(one.shape, other.shape, strict=True))
    p, q = (np.pad(x, [(0, size - had) for size, had in zip(shape, x.shape, strict=True)]) for x in (one, other))
    middle = (p + q) / 2
    return Stated(float(np.clip((_relative(p, middle) + _relative(q, middle)) / 2, 0, 1)))


def shared_edges(
    edges_by_case: Mapping[str, pd.DataFrame],
    *,
    missing: Mapping[str, Mapping[str, str]] | None = None,
    order: Sequence[str] = (),
    least: int = 1,
) -> pd.DataFrame:
    """Which edges the cases share, and which only one has.

    Parameters
    ----------
    edges_by_case
        Per case a frame with `source`, `target` and `n_ij`.
    missing
        Per case the codes that it does not have, and why (`MISSING`). Where a code was not asked for, not yet in the
        codebook, or left out to protect somebody, the case's cell is empty: it is unknown, not 0.
    order
        The codes in codebook order; else rows follow the codes' names.
    least
        A case has an edge from so many turns on.

    Returns
    -------
    DataFrame
        `source`, `target`; a column of turns per case; `cases`, how many have the edge; `unknown`, for how many that
        cannot be told; `pattern`, which is "shared" (all), "some", or "only CASE"; `missing`, triples of case, code and
        reason. Only pairs that some case has.

    >>> edges = {c: pd.DataFrame({"source": ["A"], "target": [t], "n_ij": [2]}) for c, t in (("TRD", "B"), ("BGO", "C"))}
    >>> found = shared_edges(edges, missing={"BGO": {"B": "not-asked"}})
    >>> found[["TRD", "BGO", "pattern", "unknown"]].values.tolist()
    [[2, <NA>, 'only TRD', 1], [0, 2, 'only BGO', 0]]
    """
    for case in missing or {}:
        if case not in edges_by_case:
            raise UnknownName("case", case, edges_by_case)
    _check_missing(missing or {})
    why = {case: dict((missing or {}).get(case, {})) for case in edges_by_case}
    turns = {case: _turns(edges, least) for case, edges in edges_by_case.items()}
    rank = {code: place for place, code in enumerate(order)}
    pairs = {tuple(sorted(pair, key=lambda code: _rank(code, rank))) for found in turns.values() for pair in found}
    rows = []
    for source, target in sorted(pairs, key=lambda pair: [_rank(code, rank) for code in pair]):
        here = {case: found.get(frozenset((source, target)), 0) for case, found in turns.items()}
        absent = tuple(
            (case, code, why[case][code])
            for case in here
            for code in (source, target)
            if code in why[case] and not here[case]
        )
        unknown = {case for case, _, reason in absent if reason != MENTIONED_BY_NONE}
        having = [case for case, count in here.items() if count]
        pattern = f"only {having[0]}" if len(having) == 1 else "shared" if len(having) == len(here) else "some"
        cells = [None if case in unknown else count for case, count in here.items()]
        rows.append((source, target, *cells, len(having), len(unknown), pattern, absent))
    columns = [*SHARED_COLUMNS[:2], *edges_by_case, *SHARED_COLUMNS[2:]]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(dict.fromkeys(edges_by_case, "Int64") | {"cases": "int64", "unknown": "int64"})


def _rank(code: str, rank: Mapping[str, int]) -> tuple[int, str]:
    return (rank.get(code, len(rank)), code)


def _turns(edges: pd.DataFrame, least: int) -> dict[frozenset[str], int]:
    rows = zip(edges["source"], edges["target"], edges["n_ij"], strict=True)
    return {frozenset((source, target)): int(count) for source, target, count in rows if count >= least}


def _check_missing(missing: Mapping[str, Mapping[str, str]]) -> None:
    for reason in chain.from_iterable(reasons.values() for reasons in missing.values()):
        if reason not in MISSING:
            raise UnknownName("reason for a missing code", reason, MISSING)


# --- edge by edge ------------------------------------------------------------------------------------------------------


def _unknown(
    codes: Sequence[str], counts: DocumentCounts, n_ij: NDArray[np.int64], why: Mapping[str, str]
) -> NDArray[np.bool_]:
    """Which pairs a case does not have for another reason than that nobody mentioned a code."""
    lacks = np.array([why.get(code, MENTIONED_BY_NONE) != MENTIONED_BY_NONE for code in codes], np.bool_)
    return np.asarray((n_ij == 0) & (lacks[counts.first] | lacks[counts.second]))


def _of_cases(table: Incidence, case_a: str, case_b: str) -> Incidence:
    known = list(dict.fromkeys(table.units["case"].astype(str)))
    for case in (case_a, case_b):
        if case not in known:
            raise UnknownName("case", case, known)
    if case_a == case_b:
        raise ForanError(f"a case is compared with another, not {case_a} with itself")
    keep = np.flatnonzero(table.units["case"].isin([case_a, case_b]).to_numpy())
    return Incidence(table.units.iloc[keep].reset_index(drop=True), table.codes, table.matrix[keep])


def _dealings(n: int, n_a: int, replicates: int, draws: Generator) -> tuple[Floats, bool]:
    """Ways to deal n documents, n_a of them to the first case: dealings × documents; and whether they are all ways."""
    ways = comb(n, n_a)
    if ways <= replicates:
        chosen = np.fromiter(chain.from_iterable(combinations(range(n), n_a)), np.int64, ways * n_a)
        chosen, is_exact = chosen.reshape(ways, n_a), True
    else:
        numbered = np.tile(np.arange(n), (replicates, 1))
        chosen, is_exact = draws.permuted(numbered, axis=1)[:, :n_a], False
    dealt = np.zeros((len(chosen), n))
    np.put_along_axis(dealt, chosen, 1.0, axis=1)
    return dealt, is_exact


def _difference(counts: DocumentCounts, part: slice, in_a: Floats, weight: str) -> Floats:
    """Weight in the one case less weight in the other, dealings × pairs; what does not meet weighs 0."""
    some = counts.of_pairs(part)
    return np.nan_to_num(some.weights(in_a, weight)) - np.nan_to_num(some.weights(1 - in_a, weight))


# --- as wholes ---------------------------------------------------------------------------------------------------------


def _weights(edges: pd.DataFrame, nodes: Sequence[str], weight: str) -> Floats:
    """The symmetric matrix of weights, nodes × nodes."""
    if weight not in edges.columns:
        raise UnknownName("column of weights", weight, [str(name) for name in edges.columns])
    values = edges[weight].to_numpy(np.float64, na_value=np.nan)
    if missing := int(np.isnan(values).sum()):
        raise ForanError(f"column {weight} is missing in {missing} of {len(values)} edges")
    if negative := int((values < 0).sum()):
        raise ForanError(f"column {weight} is negative in {negative} of {len(values)} edges")
    place = {node: number for number, node in enumerate(nodes)}
    matrix, seen = np.zeros((len(nodes), len(nodes))), set()
    for source, target, value in zip(edges["source"], edges["target"], values.tolist(), strict=True):
        for node in (source, target):
            if node not in place:
                raise UnknownName("node", str(node), nodes)
        if source == target:
            raise ForanError(f"an edge joins {source} to itself")
        if frozenset((source, target)) in seen:
            raise ForanError(f"the edge between {source} and {target} is given twice")
        seen.add(frozenset((source, target)))
        matrix[place[source], place[target]] = matrix[place[target], place[source]] = value
    return matrix


def _qap(a: Floats, b: Floats, replicates: int, seed: int) -> dict[str, Stated]:
    """The correlation of two matrices' weights, and how many renumberings of the second reach it."""
    names = ("qap_r", "qap_p_more", "qap_p_two_sided", "qap_smallest_p")
    if len(a) < 3:
        return dict.fromkeys(names, undefined("too-few-nodes"))
    upper = np.triu_indices(len(a), 1)
    one, other = a[upper] - a[upper].mean(), b[upper] - b[upper].mean()
    scale = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    if np.ptp(a[upper]) == 0 or np.ptp(b[upper]) == 0:
        is_empty = not (a.any() and b.any())
        return dict.fromkeys(names, undefined("one-empty" if is_empty else "equal-edges"))
    r = float(one @ other) / scale
    ways = factorial(len(a))
    is_exact = ways <= replicates + 1 or len(a) <= 7
    orders: NDArray[np.int64]
    if is_exact:
        orders = np.array(list(permutations(range(len(a)))))
    else:
        orders = generator(seed, "qap").permuted(np.tile(np.arange(len(a)), (replicates, 1)), axis=1)
    chance = np.concatenate([_correlated(one, b, some, upper) / scale for some in _in_parts(orders, len(one))])
    many = len(orders)
    more, both = int((chance >= r - NEAR).sum()), int((np.abs(chance) >= abs(r) - NEAR).sum())
    p_more, p_both = (x / many if is_exact else (1 + x) / (many + 1) for x in (more, both))
    smallest = (
        int((chance >= chance.max() - NEAR).sum()) / many if is_exact else max(1 / (many + 1), _alike(a), _alike(b))
    )
    return {
        "qap_r": Stated(float(np.clip(r, -1, 1))),
        "qap_p_more": Stated(p_more),
        "qap_p_two_sided": Stated(p_both),
        "qap_smallest_p": Stated(smallest),
    }


def _alike(weights: Floats) -> float:
    """The share of renumberings that leave a network as it is because they only swap nodes tied to the same ones alike.

    As many at least share each value of the correlation, the largest too: no p comes below this share.
    """
    _, many = np.unique(weights, axis=0, return_counts=True)
    return float(np.exp(sum(lgamma(n + 1) for n in many.tolist()) - lgamma(len(weights) + 1)))


def _in_parts(orders: NDArray[np.int64], pairs: int) -> Iterable[NDArray[np.int64]]:
    step = max(1, FLOATS // max(1, pairs))
    return (orders[begun : begun + step] for begun in range(0, len(orders), step))


def _correlated(one: Floats, b: Floats, orders: NDArray[np.int64], upper: tuple[NDArray[np.int64], ...]) -> Floats:
    """Σ (a - mean) b' over all pairs, for each renumbering of b's nodes; the mean of b falls out."""
    return b[orders[:, upper[0]], orders[:, upper[1]]] @ one


def _portrait(edges: NDArray[np.bool_]) -> Floats:
    """The chance to draw distance l and a node with k others at that distance: distances × (nodes + 1)."""
    nodes = len(edges)
    distances = shortest_path(np.asarray(edges, np.float64), directed=False, unweighted=True)
    reached = np.isfinite(distances)
    rows = []
    for length in range(int(distances[reached].max()) + 1):
        at = (distances == length).sum(axis=1)
        portrait = np.bincount(at, minlength=nodes + 1) / nodes
        rows.append(portrait * at.sum() / reached.sum())
    return np.array(rows)


def _relative(p: Floats, middle: Floats) -> float:
    """Σ p log2(p / middle) over what p has."""
    has = p > 0
    return float((p[has] * np.log2(p[has] / middle[has])).sum())
