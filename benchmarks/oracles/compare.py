"""Our figures against those of other libraries, on random data sets: the greatest difference and what neither defines.

    python benchmarks/oracles/compare.py --environments FOLDER [--sets 1000]

Each library gets a virtual environment of its own in FOLDER, made on the first run from ``requirements/NAME.txt`` (some
are under licences that the package may not depend on, and some pin versions that would break it). The data sets are
written as JSON, each library's numbers come back as JSON, and ``results.md`` beside this file gets the table. Where a
library stops or gives NaN and we give a reason, that is counted and told; where one side has a number and the other has
none, it is told apart, and so is a difference above 1e-9.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from foran_research.analysis import agreement, multiple, saturation
from foran_research.analysis.agreement import MISSING
from foran_research.analysis.ena import ena_projection
from foran_research.analysis.incidence import incidence
from foran_research.analysis.set_agreement import set_alpha
from foran_research.analysis.stanza import stanza_counts

HERE = Path(__file__).parent
TOLERANCE = 1e-9
SEED = 20200901
Data = dict[str, Any]


def ratings(random: np.random.Generator) -> Data:
    """Coders × units of whole numbers, some missing, agreeing more or less; sometimes one value or one coder's only."""
    coders, units, kinds = int(random.integers(2, 6)), int(random.integers(2, 61)), int(random.integers(1, 7))
    truth = random.choice(kinds, units, p=random.dirichlet(np.ones(kinds)))
    noise = random.random((coders, units)) < random.random()
    values = np.where(noise, random.integers(kinds, size=(coders, units)), truth)
    values[random.random((coders, units)) < random.choice([0, 0, 0.1, 0.4])] = MISSING
    return {"values": values.tolist()}


def pairs(random: np.random.Generator) -> Data:
    """Two coders, nothing missing."""
    one = ratings(random)["values"][:2]
    return {"values": [[max(value, 0) for value in row] for row in one]}


def complete(random: np.random.Generator) -> Data:
    return {"values": np.maximum(np.array(ratings(random)["values"]), 0).tolist()}


def sets(random: np.random.Generator) -> Data:
    """Coders × units of sets of codes; None where a coder did not judge."""
    coders, units, codes = int(random.integers(2, 5)), int(random.integers(2, 26)), int(random.integers(1, 7))
    share = random.random(codes) * 0.7
    truth = random.random((units, codes)) < share
    flip = random.random((coders, units, codes)) < random.random() * 0.4
    present = truth ^ flip
    judged = random.random((coders, units)) >= random.choice([0, 0, 0.2])
    told = [
        [sorted(np.flatnonzero(present[c, u]).tolist()) if judged[c, u] else None for u in range(units)]
        for c in range(coders)
    ]
    return {"sets": told, "codes": codes}


def p_values(random: np.random.Generator) -> Data:
    many = int(random.integers(1, 60))
    p = random.random(many) ** random.choice([1, 3])
    return {"p": np.round(p, int(random.choice([2, 12]))).tolist()}


def talks(random: np.random.Generator) -> Data:
    """Turns of several documents and speakers with codes, in order, for the moving stanza."""
    turns, codes = int(random.integers(6, 60)), int(random.integers(3, 7))
    document = np.sort(random.integers(int(random.integers(1, 4)), size=turns)).tolist()
    return {
        "codes": (random.random((turns, codes)) < 0.35).astype(int).tolist(),
        "document": document,
        "speaker": random.integers(int(random.integers(3, 6)), size=turns).tolist(),
        "window": int(random.integers(1, 7)),
    }


def new_codes(random: np.random.Generator) -> Data:
    many = int(random.integers(3, 20))
    return {
        "new": random.poisson(8 * np.exp(-np.arange(many) / random.uniform(1, 6))).tolist(),
        "base": int(random.integers(4, 7)),
        "run": int(random.integers(2, 4)),
        "threshold": float(random.choice([0.05, 0])),
    }


def ours_on_values(data: Data) -> dict[str, float | None]:
    values = np.array(data["values"])
    found: dict[str, float | None] = {
        f"alpha {metric}": agreement.krippendorff_alpha(values, metric=metric).value
        for metric in ("nominal", "ordinal", "interval", "ratio")
    }
    named: dict[str, Callable[[Any], Any]] = {
        "percent": agreement.percent_agreement,
        "Cohen's kappa": agreement.cohen_kappa,
        "Fleiss' kappa": agreement.fleiss_kappa,
        "AC1": agreement.gwet_ac1,
    }
    return found | {name: of(values).value for name, of in named.items()}


def ours_on_sets(data: Data) -> dict[str, float | None]:
    given = data["sets"]
    present = np.array([[[k in (one or ()) for k in range(data["codes"])] for one in row] for row in given])
    judged = np.array([[one is not None for one in row] for row in given])
    return {
        f"alpha {distance}": set_alpha(present, judged, distance=distance).value
        for distance in ("jaccard", "masi", "nominal")
    }


def ours_on_p(data: Data) -> dict[str, Any]:
    return {"BH": multiple.benjamini_hochberg(data["p"]).tolist(), "Holm": multiple.holm(data["p"]).tolist()}


def ours_on_talks(data: Data) -> dict[str, Any]:
    matrix = np.array(data["codes"])
    units = pd.DataFrame(
        {
            "unit": [str(place) for place in range(len(matrix))],
            "document": [f"D{one}" for one in data["document"]],
            "informant": [f"S{one}" for one in data["speaker"]],
        }
    )
    codes = tuple(f"C{place}" for place in range(matrix.shape[1]))
    rows, columns = np.nonzero(matrix)
    long = pd.DataFrame({"unit": [str(one) for one in rows], "element": [codes[one] for one in columns]})
    counted = stanza_counts(incidence(long, units, codes), window=data["window"], by="informant")
    order = np.argsort(counted.units["informant"].to_numpy(), kind="stable")
    vectors = counted.counts.toarray()[order]
    named = [f"{one}-{other}" for one, other in counted.pairs]
    frame = pd.DataFrame(vectors, columns=pd.Index(counted.pairs, tupleize_cols=False))
    adjacency = {name: vectors[:, place].tolist() for place, name in enumerate(named)}
    return {"adjacency": adjacency, "distances": points_distances(frame)}


def points_distances(frame: pd.DataFrame) -> list[float] | None:
    """Distances between the points of units that join codes: which way the axes point does not matter to them.

    None where the second axis is not settled, being as long as the third.
    """
    joining = frame[(frame != 0).any(axis=1)]
    projected = ena_projection(joining, dimensions=3)
    if projected.reason:
        return None
    lengths = (projected.points**2).sum().to_numpy()
    if len(lengths) > 2 and lengths[1] - lengths[2] < 1e-6:
        return None
    points = projected.points.to_numpy()[:, :2]
    return [float(np.linalg.norm(a - b)) for place, a in enumerate(points) for b in points[:place]]


def ours_on_saturation(data: Data) -> dict[str, Any]:
    found = saturation.saturation(data["new"], base=data["base"], run=data["run"], threshold=data["threshold"])
    return {"reached": found.label or None}


#: By library: what its data sets are, what we make of one.
ORACLES: dict[str, dict[str, tuple[Callable[[np.random.Generator], Data], Callable[[Data], dict[str, Any]]]]] = {
    "krippendorff": {"ratings": (ratings, ours_on_values)},
    "nltk": {"sets": (sets, ours_on_sets)},
    "statsmodels": {
        "pairs": (pairs, ours_on_values),
        "complete": (complete, ours_on_values),
        "p-values": (p_values, ours_on_p),
    },
    "irrcac": {"ratings": (ratings, ours_on_values)},
    "pyena": {"talks": (talks, ours_on_talks)},
    "qdapy": {
        "ratings": (ratings, ours_on_values),
        "complete": (complete, ours_on_values),
        "pairs": (pairs, ours_on_values),
        "new codes": (new_codes, ours_on_saturation),
    },
}


def environment(name: str, folder: Path) -> Path:
    """The interpreter of a library's environment, made if it is not there."""
    home = folder / name
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        wanted = HERE / "requirements" / f"{name}.txt"
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(wanted)], check=True)
    return python


def theirs(name: str, kind: str, data: list[Data], folder: Path) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as temporary:
        given, told = Path(temporary) / "data.json", Path(temporary) / "told.json"
        given.write_text(json.dumps({"kind": kind, "sets": data}), "utf-8")
        command = [str(environment(name, folder)), str(HERE / f"with_{name}.py"), str(given), str(told)]
        subprocess.run(command, check=True)
        found: list[dict[str, Any]] = json.loads(told.read_text("utf-8"))
    return found


def flat(value: Any) -> Iterator[float | str | None]:
    """The numbers in a figure, in order; None for what is undefined."""
    if isinstance(value, dict):
        for key in sorted(value):
            yield from flat(value[key])
    elif isinstance(value, list):
        for one in value:
            yield from flat(one)
    elif isinstance(value, float) and not math.isfinite(value):
        yield None
    else:
        yield value


def compared(ours: list[dict[str, Any]], others: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """By figure: data sets compared, those that neither defines, one side only, different; and the greatest difference."""
    found: dict[str, Counter[str]] = {}
    for mine, other in zip(ours, others, strict=True):
        for figure in other:
            told = found.setdefault(figure, Counter())
            a, b = list(flat(mine[figure])), list(flat(other[figure]))
            told["sets"] += 1
            if all(one is None for one in a) and all(one is None for one in b):
                told["neither"] += 1
            elif all(one is None for one in a):
                told["only theirs"] += 1
            elif all(one is None for one in b):
                told["only ours"] += 1
            else:
                gap = distance(a, b)
                told["compared"] += 1
                told["different"] += gap > TOLERANCE
                told["greatest"] = max(told["greatest"], gap)  # a float among counts
    return found


def distance(a: list[Any], b: list[Any]) -> float:
    if len(a) != len(b):
        return math.inf
    gaps = [
        abs(x - y) if isinstance(x, int | float) and isinstance(y, int | float) else 0.0 if x == y else math.inf
        for x, y in zip(a, b, strict=True)
    ]
    return max(gaps, default=0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environments", type=Path, required=True, help="Folder for the libraries' environments.")
    parser.add_argument("--sets", type=int, default=1000, help="Random data sets for each library and kind.")
    parser.add_argument("--only", nargs="*", default=list(ORACLES), choices=list(ORACLES))
    parser.add_argument("--output", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    rows = []
    for name in options.only:
        for kind, (make, ours) in ORACLES[name].items():
            random = np.random.default_rng([SEED, *f"{name} {kind}".encode()])
            data = [make(random) for _ in range(options.sets)]
            print(f"{name}: {kind}, {len(data)} data sets", flush=True)
            found = compared([ours(one) for one in data], theirs(name, kind, data, options.environments))
            rows += [(name, kind, figure, told) for figure, told in found.items()]
    told = table(rows, options.environments)
    print(told)
    options.output.write_text(told, "utf-8")
    if any(row[3]["different"] or row[3]["only theirs"] for row in rows):
        sys.exit("A figure differs from an oracle's, or is defined there and not here.")


def table(rows: list[tuple[str, str, str, Counter[str]]], folder: Path) -> str:
    head = [
        "# Our figures against other libraries",
        "",
        "Made by `benchmarks/oracles/compare.py`; the data sets are random, with a fixed seed. “Neither” are data sets on",
        "which both sides give no number; “only ours” those on which the library stops, warns or gives NaN.",
        "",
        "| library | data | figure | sets | compared | greatest difference | above 1e-9 | neither | only ours | only theirs |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, kind, figure, told in rows:
        version = (HERE / "requirements" / f"{name}.txt").read_text("utf-8").split()[0].replace("==", " ")
        cells = [told["sets"], told["compared"], f"{float(told['greatest']):.1e}"]
        cells += [told[one] for one in ("different", "neither", "only ours", "only theirs")]
        head.append(f"| {version} | {kind} | {figure} | " + " | ".join(str(one) for one in cells) + " |")
    return "\n".join(head) + "\n"


if __name__ == "__main__":
    main()
