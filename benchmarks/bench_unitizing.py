"""The u-alpha family on 10,000 segments by each of three coders, and with 2,000 draws of documents.

Rival: the formulas segment against segment within each document, in plain Python. Limit: 1 s for the family.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import permutations, product

import numpy as np

from foran_research.analysis.unitizing import Continuum, Marked, unitized_alpha_of, unitized_figures


def invented(documents: int, segments: int, coders: int, seed: int) -> list[Continuum]:
    """Runs of segments with 60 codes; coders differ in boundaries and codes."""
    random = np.random.default_rng(seed)
    made: list[Continuum] = []
    for _ in range(documents):
        length = segments * 200
        truth = np.sort(random.choice(length // 10, 2 * segments, replace=False)) * 10
        codes = random.integers(60, size=segments)
        runs: list[list[Marked]] = []
        for _ in range(coders):
            cuts = truth + random.integers(0, 9, len(truth))
            own = np.where(random.random(segments) < 0.2, random.integers(60, size=segments), codes)
            runs.append([(int(a), int(b), f"C{c:04d}") for a, b, c in zip(cuts[::2], cuts[1::2], own, strict=True)])
        made.append((runs, length))
    return made


def by_segments(documents: list[Continuum]) -> float:
    """Observed disagreement of |u-alpha: every segment and gap against every one of the other coders."""
    apart = 0.0
    for runs, length in documents:
        full = []
        for run in runs:
            reached, own = 0, []
            for start, end, value in run or ():
                own += [(reached, start, "")] if start > reached else []
                own.append((start, end, value))
                reached = end
            full.append([*own, (reached, length, "")])
        for one, other in permutations(full, 2):
            for (gs, ge, c), (hs, he, k) in product(one, other):
                apart += (c != k) * max(0, min(ge, he) - max(gs, hs)) / (len(runs) - 1)
    return apart


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=50)
    parser.add_argument("--segments", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    given = invented(options.documents, options.segments, 3, 20200901)
    many = options.documents * options.segments
    family, draws, loops = [], [], []
    for _ in range(options.rounds):
        family.append(timed(lambda: unitized_alpha_of(given)))
        draws.append(timed(lambda: unitized_figures(given, replicates=2000, seed=1)))
        # A minute each: once is enough to tell a hundredfold.
        loops += [] if loops else [timed(lambda: by_segments(given))]
    ours, drawn, rival = (statistics.median(one) for one in (family, draws, loops))
    print(f"{many:,} segments by each of 3 coders, {options.documents} documents, 60 codes")
    print(f"{options.rounds} rounds, medians; the loop over segments once")
    print()
    print("| what | seconds | limit | ratio |")
    print("|---|---|---|---|")
    print(f"| u-alpha, bar, cu, and (k)u of every code | {ours:.3f} | 1 | {ours / 1:.2f} of the limit |")
    print(f"| the same with 2,000 draws of documents | {drawn:.3f} |  | {drawn / ours:.1f} × the family |")
    print(
        f"| observed disagreement alone, segment against segment | {rival:.2f} |  | {rival / ours:.0f} × the family |"
    )


if __name__ == "__main__":
    main()
