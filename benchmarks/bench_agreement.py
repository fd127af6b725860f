"""Agreement: 150 codes with bootstrapped intervals, α of sets of codes, and memory up to a million units.

Rivals: for the codes, computing nominal α of each code and resample from its units, with this package's own function and,
where `--rival-python` names an interpreter that has it, with the package krippendorff. Neither is run for all codes and
resamples, which would take hours: some calls are timed and multiplied, after it was seen that they give the same α. For
the sets, looking at every two distinct sets instead of counting their subsets. Limits: 4 s for all codes with 2,000
resamples and at least 20 × the rival; 1 s for α of sets; memory that grows no faster than units.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from foran_research.analysis import set_agreement
from foran_research.analysis.agreement import krippendorff_alpha
from foran_research.analysis.agreement_intervals import Figures, code_figures
from foran_research.analysis.set_agreement import coded_sets, set_alpha

CODERS, DOCUMENTS = 3, 100
#: Run by the rival's interpreter: the same judgements by the same arithmetic, so that nothing need be passed on but numbers.
RIVAL = """
import json, sys, time
import numpy as np
import krippendorff

units, calls, seed = (int(one) for one in sys.argv[1:])
state = np.arange(1, units + 1, dtype=np.uint64) * np.uint64(seed)
truth = state * np.uint64(2654435761) % np.uint64(1000) < 50
values = np.array([truth ^ ((state + np.uint64(c)) * np.uint64(40503) % np.uint64(997) < 20) for c in range(3)], float)
begun = time.perf_counter()
for _ in range(calls):
    alpha = krippendorff.alpha(values, level_of_measurement="nominal")
print(json.dumps([(time.perf_counter() - begun) / calls, float(alpha)]))
"""


def rival_values(units: int, seed: int) -> npt.NDArray[np.int64]:
    """What `RIVAL` computes α of."""
    state = np.arange(1, units + 1, dtype=np.uint64) * np.uint64(seed)
    truth = state * np.uint64(2654435761) % np.uint64(1000) < 50
    return np.array(
        [truth ^ ((state + np.uint64(c)) * np.uint64(40503) % np.uint64(997) < 20) for c in range(3)], np.int64
    )


def coded(units: int, codes: int, *, share: float, seed: int) -> npt.NDArray[np.bool_]:
    """Three coders' invented codings: what is there, with a quarter as many errors."""
    chance = np.random.default_rng(seed)
    truth = chance.random((units, codes)) < share
    return np.array([truth ^ (chance.random((units, codes)) < share / 4) for _ in range(CODERS)])


def few_sets(units: int, codes: int, *, sets: int, seed: int) -> npt.NDArray[np.bool_]:
    """Codings with so many distinct sets, however many units."""
    chance = np.random.default_rng(seed)
    kinds = chance.random((sets, codes)) < 3 / codes
    truth = chance.integers(sets, size=units)
    given = np.where(chance.random((CODERS, units)) < 0.3, chance.integers(sets, size=(CODERS, units)), truth)
    return np.array([kinds[one] for one in given])


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def peak(work: Callable[[], object]) -> float:
    """Megabytes allocated at most while `work` runs, its input not counted."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 2**20


def by_every_pair(present: npt.NDArray[np.bool_], judged: npt.NDArray[np.bool_]) -> object:
    """α of sets without counting subsets."""
    kept, set_agreement.MOST_SUBSETS = set_agreement.MOST_SUBSETS, 0
    try:
        return set_alpha(present, judged)
    finally:
        set_agreement.MOST_SUBSETS = kept


def codes_section(options: argparse.Namespace) -> None:
    present = coded(options.units, options.codes, share=0.05, seed=3)
    judged = np.ones(present.shape[:2], bool)
    documents = np.arange(options.units) * DOCUMENTS // options.units
    told: list[tuple[Figures, ...]] = []
    took: dict[str, list[float]] = {"together": [], "one by one": [], "rival": []}
    calls = 20
    for turn in range(options.rounds):
        took["together"].append(
            timed(lambda: told.append(code_figures(present, judged, documents, replicates=options.replicates, seed=7)))
        )
        own = rival_values(options.units, turn + 1)

        def one_by_one(values: npt.NDArray[np.int64] = own) -> None:
            for _ in range(calls):
                krippendorff_alpha(values)

        took["one by one"].append(timed(one_by_one) / calls)
        if options.rival_python:
            arguments = [options.rival_python, "-c", RIVAL, str(options.units), str(calls), str(turn + 1)]
            done = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True)
            seconds, alpha = json.loads(done.stdout)
            known = krippendorff_alpha(own).value
            if known is None or abs(alpha - known) > 1e-9:
                raise SystemExit("the rival gives another α")
            took["rival"].append(seconds)
    together = statistics.median(took["together"])
    whole = options.codes * (options.replicates + 1)
    print(
        f"{options.codes} codes × {options.units:,} turns × {CODERS} coders, {options.replicates:,} resamples of "
        f"{DOCUMENTS} documents, all coefficients of a code with their intervals:"
    )
    print()
    print("| | seconds | limit | against all codes together |")
    print("|---|---|---|---|")
    print(f"| all codes together, 5 coefficients each | {together:.2f} | 4.00 | |")
    names = {"one by one": "this package's nominal α alone, a call per code and resample"}
    names["rival"] = "the package krippendorff, nominal α alone, a call per code and resample"
    for name, words in names.items():
        if took[name]:
            seconds = statistics.median(took[name]) * whole
            print(f"| {words} | {seconds:,.0f} ({calls} calls, multiplied) | 20 × | {seconds / together:,.0f} × |")
        else:
            print(f"| {words} | not measured: no `--rival-python` | 20 × | |")
    print()


def sets_section(options: argparse.Namespace) -> None:
    codings = {
        "500 distinct sets": few_sets(options.units, options.codes, sets=500, seed=4),
        "nearly all sets distinct": coded(options.units, options.codes, share=3 / options.codes, seed=5),
    }
    print(f"α of sets (MASI), {options.units:,} turns × {CODERS} coders, {options.codes} codes:")
    print()
    print("| | distinct sets | seconds | limit | against looking at every pair |")
    print("|---|---|---|---|---|")
    for name, present in codings.items():
        judged = np.ones(present.shape[:2], bool)
        counted, looked = [], []
        for _ in range(options.rounds):
            counted.append(timed(lambda p=present, j=judged: set_alpha(p, j)))
            looked.append(timed(lambda p=present, j=judged: by_every_pair(p, j)))
        own, other = statistics.median(counted), statistics.median(looked)
        distinct = len(coded_sets(present, judged).sizes)
        print(f"| {name} | {distinct:,} | {own:.2f} | 1.00 | {other / own:.1f} × faster |")
    print()


def memory_section(options: argparse.Namespace) -> None:
    print("Memory at most, beside the input; α of sets with 500 distinct sets of 40 codes, nominal α with 120 values:")
    print()
    print("| units | α of sets, MB | bytes per unit | nominal α, MB | bytes per unit |")
    print("|---|---|---|---|---|")
    for units in (10**power for power in range(4, options.largest + 1)):
        present = few_sets(units, 40, sets=500, seed=6)
        judged = np.ones(present.shape[:2], bool)
        of_sets = peak(lambda p=present, j=judged: set_alpha(p, j))
        del present, judged
        values = np.random.default_rng(7).integers(120, size=(CODERS, units))
        nominal = peak(lambda v=values: krippendorff_alpha(v))
        each = [f"{most * 2**20 / units:,.0f}" for most in (of_sets, nominal)]
        print(f"| {units:,} | {of_sets:.1f} | {each[0]} | {nominal:.1f} | {each[1]} |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--codes", type=int, default=150)
    parser.add_argument("--replicates", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--largest", type=int, default=6, help="Memory up to this power of ten of units.")
    parser.add_argument("--rival-python", default="", help="An interpreter that has the package krippendorff.")
    options = parser.parse_args()
    codes_section(options)
    sets_section(options)
    memory_section(options)


if __name__ == "__main__":
    main()
