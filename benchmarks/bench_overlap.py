"""Overlapping segments: the sweep against a self-merge in pandas and a double loop per document, and how it grows.

All count, for every pair of codes, the pairs of segments that share a character. Limits: 25 times as fast as the merge and
20 times as fast as the loop on 100,000 segments; growth like n log n from 10,000 to 10,000,000 segments at the same
density, with memory that does not grow with the number of pairs.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
import tracemalloc
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from foran_research.analysis.overlap import overlap_pairs, overlap_table, pair_blocks

CODES, DOCUMENT, PER_DOCUMENT = 120, 100_000, 200


def segments(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Documents, starts, ends and codes of `n` segments, in no order."""
    rng = np.random.default_rng(6)
    start = rng.integers(0, DOCUMENT - 2000, n)
    return (
        rng.integers(0, max(1, n // PER_DOCUMENT), n),
        start,
        start + rng.integers(30, 1200, n),
        rng.integers(0, CODES, n),
    )


def flattened(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.bincount(np.minimum(one, other) * CODES + np.maximum(one, other), minlength=CODES * CODES)


def by_sweep(document: np.ndarray, start: np.ndarray, end: np.ndarray, code: np.ndarray) -> np.ndarray:
    first, second, _ = overlap_pairs(document, start, end)
    return flattened(code[first], code[second])


def by_blocks(document: np.ndarray, start: np.ndarray, end: np.ndarray, code: np.ndarray) -> np.ndarray:
    found = np.zeros(CODES * CODES, np.int64)
    for first, second, _ in pair_blocks(document, start, end):
        found += flattened(code[first], code[second])
    return found


def by_merge(document: np.ndarray, start: np.ndarray, end: np.ndarray, code: np.ndarray) -> np.ndarray:
    frame = pd.DataFrame(
        {"document": document, "start": start, "end": end, "code": code, "place": np.arange(len(start))}
    )
    pairs = frame.merge(frame, on="document")
    pairs = pairs[
        (pairs["place_x"] < pairs["place_y"])
        & (pairs["start_x"] < pairs["end_y"])
        & (pairs["start_y"] < pairs["end_x"])
    ]
    return flattened(pairs["code_x"].to_numpy(), pairs["code_y"].to_numpy())


def by_loop(document: np.ndarray, start: np.ndarray, end: np.ndarray, code: np.ndarray) -> np.ndarray:
    held: dict[int, list[tuple[int, int, int]]] = {}
    for of, *span in zip(document.tolist(), start.tolist(), end.tolist(), code.tolist(), strict=True):
        held.setdefault(of, []).append(tuple(span))
    counts: dict[tuple[int, int], int] = {}
    for spans in held.values():
        for place, (begin, stop, one) in enumerate(spans):
            for first, last, other in spans[place + 1 :]:
                if begin < last and first < stop:
                    pair = (one, other) if one < other else (other, one)
                    counts[pair] = counts.get(pair, 0) + 1
    found = np.zeros(CODES * CODES, np.int64)
    for (one, other), n in counts.items():
        found[one * CODES + other] = n
    return found


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--segments", type=int, default=100_000)
    parser.add_argument("--largest", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    data = segments(options.segments)
    names = [f"C{number:04d}" for number in range(CODES)]
    frame = pd.DataFrame(
        {"document": data[0], "start": data[1], "end": data[2], "code": np.array(names, object)[data[3]]}
    )
    contestants: dict[str, Callable[[], object]] = {
        "sweep": lambda: by_sweep(*data),
        "table": lambda: overlap_table(frame, names),
        "merge": lambda: by_merge(*data),
        "loop": lambda: by_loop(*data),
    }
    whole = by_sweep(*data)
    for other in (by_blocks, by_merge, by_loop):
        if not np.array_equal(whole, other(*data)):
            raise SystemExit(f"{other.__name__} does not count the same")
    took: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(options.rounds):
        for name, work in contestants.items():
            took[name].append(timed(work))
    middle = {name: statistics.median(times) for name, times in took.items()}
    print(f"{options.segments:,} segments, {PER_DOCUMENT} a document, {int(whole.sum()):,} pairs.")
    print()
    print("| | seconds | the sweep is faster by | limit |")
    print("|---|---|---|---|")
    print(f"| sweep | {middle['sweep']:.4f} | | |")
    print(f"| pandas self-merge | {middle['merge']:.3f} | {middle['merge'] / middle['sweep']:.0f} × | 25 × |")
    print(f"| double loop per document | {middle['loop']:.3f} | {middle['loop'] / middle['sweep']:.0f} × | 20 × |")
    told = f"{middle['merge'] / middle['table']:.0f} × the merge, {middle['loop'] / middle['table']:.0f} × the loop"
    print(f"| the whole table, with names, stretches and characters | {middle['table']:.3f} | {told} | |")
    print()
    print("| segments | pairs | seconds | per segment and doubling, in ns | extra memory | bytes a segment |")
    print("|---|---|---|---|---|---|")
    sizes = [n for n in (10**4, 10**5, 10**6, 10**7) if n <= options.largest]
    seconds = []
    for n in sizes:
        data = segments(n)
        rounds = options.rounds if n < 10**7 else 2
        seconds.append(min(timed(partial(by_blocks, *data)) for _ in range(rounds)))
        tracemalloc.start()
        pairs = int(by_blocks(*data).sum())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        each = seconds[-1] / (n * math.log2(n)) * 1e9
        print(f"| {n:,} | {pairs:,} | {seconds[-1]:.4f} | {each:.2f} | {peak / 1e6:.1f} MB | {peak / n:.0f} |")
    if len(sizes) > 1:
        slope = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
        ideal = np.polyfit(np.log(sizes), np.log([n * math.log(n) for n in sizes]), 1)[0]
        print()
        print(f"Seconds grow as n to the power of {slope:.2f}; n log n itself does as {ideal:.2f} over these sizes.")


if __name__ == "__main__":
    main()
