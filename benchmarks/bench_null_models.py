"""Null models of co-occurrence: how quickly tables with the same margins are dealt, and labels of segments shuffled.

Rivals: the curveball as a plain Python loop over sets, one trade after the other, as many trades, counting pairs the same
way it would in a script; and shuffling labels with `random.shuffle` and a Counter. Limits: at least 20 × the loop, and
time linear in replicates. The loops are timed on fewer replicates and told per replicate: 2,000 would take them an hour.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
from scipy import sparse

from foran_research.analysis.incidence import Incidence
from foran_research.analysis.null_models import curveball, label_permutation


def made(turns: int, codes: int, documents: int, seed: int) -> Incidence:
    """Turns with one code or more (2.5 on average), of uneven frequency, in documents of equal length."""
    draws = np.random.default_rng(seed)
    shares = draws.random(codes) ** 2 + 0.01
    matrix = np.zeros((turns, codes), np.int64)
    for row, size in enumerate(np.minimum(1 + draws.poisson(1.5, turns), codes)):
        matrix[row, draws.choice(codes, size=size, replace=False, p=shares / shares.sum())] = 1
    units = pd.DataFrame({"unit": np.arange(turns), "document": np.arange(turns) * documents // turns, "case": "TRD"})
    return Incidence(units, tuple(f"C{n:04d}" for n in range(codes)), sparse.csr_array(matrix))


def by_loop(table: Incidence, replicates: int, trades_per_row: int = 5) -> list[Counter[tuple[int, int]]]:
    """What a script would do."""
    chance = random.Random(1)
    indptr, indices = table.matrix.indptr, table.matrix.indices
    observed = [set(indices[start:end].tolist()) for start, end in pairwise(indptr)]
    documents = [group.tolist() for group in table.units.groupby("document").indices.values()]
    found = []
    for _ in range(replicates):
        rows = [set(row) for row in observed]
        for document in documents:
            for _ in range(trades_per_row * len(document)):
                i, j = chance.sample(document, 2)
                one, other = rows[i], rows[j]
                own, pool = one - other, list(one ^ other)
                if own and len(own) < len(pool):
                    chance.shuffle(pool)
                    shared = one & other
                    rows[i], rows[j] = shared.union(pool[: len(own)]), shared.union(pool[len(own) :])
        found.append(Counter(pair for row in rows for pair in combinations(sorted(row), 2)))
    return found


def labels_by_loop(labels: list[int], documents: list[list[int]], pairs: list[tuple[int, int]], replicates: int) -> int:
    chance, total = random.Random(1), 0
    for _ in range(replicates):
        shuffled = list(labels)
        for places in documents:
            mine = [labels[place] for place in places]
            chance.shuffle(mine)
            for place, label in zip(places, mine, strict=True):
                shuffled[place] = label
        total += len(Counter((min(shuffled[i], shuffled[j]), max(shuffled[i], shuffled[j])) for i, j in pairs))
    return total


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def peak(work: Callable[[], object]) -> float:
    """Megabytes allocated at most while at work."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=20_000)
    parser.add_argument("--codes", type=int, default=60)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--replicates", type=int, default=2000)
    parser.add_argument("--segments", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    table = made(options.turns, options.codes, options.documents, seed=1)
    many, quarter = options.replicates, max(1, options.replicates // 4)

    draws = np.random.default_rng(2)
    of = np.sort(draws.integers(options.segments // 200 + 1, size=options.segments))
    labels = draws.integers(options.codes, size=options.segments)
    neighbours = np.flatnonzero(of[1:] == of[:-1])
    first, second, shuffles = neighbours, neighbours + 1, 1000
    places = [np.flatnonzero(of == document).tolist() for document in np.unique(of)]
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))

    contestants: dict[str, tuple[int, Callable[[], object]]] = {
        "dealt": (many, lambda: curveball(table, replicates=many, seed=1)),
        "a quarter": (quarter, lambda: curveball(table, replicates=quarter, seed=1)),
        "loop": (1, lambda: by_loop(table, 1)),
        "shuffled": (shuffles, lambda: label_permutation(labels, of, first, second, table.codes,
                                                         replicates=shuffles, seed=1)),
        "label loop": (20, lambda: labels_by_loop(labels.tolist(), places, pairs, 20)),
    }  # fmt: skip
    took: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(options.rounds):
        for name, (_, work) in contestants.items():
            took[name].append(timed(work))
    middle = {name: statistics.median(times) for name, times in took.items()}
    each = {name: middle[name] / contestants[name][0] for name in contestants}
    memory = [peak(lambda n=n: curveball(table, replicates=n, seed=1)) for n in (20, 80)]
    print(
        f"{options.turns:,} turns × {options.codes} codes in {options.documents} documents; trades within documents, five "
    )
    print(f"per turn or more. {options.segments:,} coded segments with {len(pairs):,} overlapping pairs.")
    print()
    print("| | seconds | per replicate, ms | limit | against |")
    print("|---|---|---|---|---|")
    print(
        f"| curveball, {many:,} replicates | {middle['dealt']:.1f} | {1000 * each['dealt']:.1f} | 20 × | "
        f"{each['loop'] / each['dealt']:.0f} × as quick as a plain loop ({1000 * each['loop']:.0f} ms) |"
    )
    print(
        f"| the same, {quarter:,} replicates | {middle['a quarter']:.1f} | {1000 * each['a quarter']:.1f} | linear | "
        f"{middle['dealt'] / middle['a quarter']:.2f} × the time for {many / quarter:.0f} × the replicates |"
    )
    print(
        f"| labels shuffled, {shuffles:,} times | {middle['shuffled']:.2f} | {1000 * each['shuffled']:.2f} | | "
        f"{each['label loop'] / each['shuffled']:.0f} × as quick as a plain loop ({1000 * each['label loop']:.1f} ms) |"
    )
    print()
    print(f"Memory of the curveball at its peak: {memory[0]:.0f} MB for 20 replicates, {memory[1]:.0f} MB for 80.")


if __name__ == "__main__":
    main()
