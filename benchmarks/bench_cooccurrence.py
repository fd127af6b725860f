"""Co-occurrence in turns: every measure for 40 cases of 1,000,000 codings, and two other tools on 100,000 codings.

The first rival is the least there is to do: for each case its rows of the same incidence, multiplied by themselves in
scipy.sparse, which gives counts and nothing else. Ours gives eleven measures, documents per edge and the tables. Limits:
1.5 times the bare product, and extra memory of 4 times the long table (16 bytes a row).

The others: QualCoder's method, rebuilt from its description (per document each coding is laid beside each other one, and
the database is asked about every pair that overlaps); and qualitative-coding's crosstab, which asks its database once per
pair of codes. With --rival-python, a Python that has qualitative-coding, the tool itself is timed (its start-up taken
off) and its counts compared with ours; without it, its method rebuilt. Limit: 100 times faster than either.
"""

from __future__ import annotations

import argparse
import csv
import sqlite3
import statistics
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from foran_research.analysis.incidence import Incidence, incidence
from foran_research.analysis.network import cooccurrence, cooccurrence_by_case, pair_counts
from foran_research.analysis.overlap import overlap_table

DOCUMENT, TURN, PER_DOCUMENT = 100_000, 330, 200
RIVAL_DOCUMENTS, RIVAL_CODES, PARAGRAPHS = 30, 60, 700


def codings(n: int, codes: int, cases: int) -> tuple[Incidence, np.ndarray, int]:
    """An incidence from `n` segments of 30 to 1,230 characters, the case of each turn, and the rows of the long table."""
    rng = np.random.default_rng(4)
    documents = max(1, n // PER_DOCUMENT)
    document = np.sort(rng.integers(0, documents, n))
    start = rng.integers(0, DOCUMENT - 2000, n)
    weight = 1 / np.arange(1, codes + 1) ** 0.7
    code = rng.choice(codes, n, p=weight / weight.sum())
    turns = DOCUMENT // TURN + 5
    first = document * turns + start // TURN
    touched = document * turns + (start + rng.integers(30, 1200, n) - 1) // TURN - first + 1
    row = np.repeat(first, touched) + np.arange(touched.sum()) - np.repeat(np.cumsum(touched) - touched, touched)
    shape = (documents * turns, codes)
    matrix = sparse.csr_array((np.ones(len(row), np.int64), (row, np.repeat(code, touched))), shape=shape)
    matrix.data[:] = 1
    of = np.arange(shape[0]) // turns
    names = np.array([f"TRD-I{number:05d}" for number in range(documents)], object)
    cases_of = np.array([f"K{number % cases:02d}" for number in range(documents)], object)
    units = pd.DataFrame({"unit": np.arange(shape[0]), "document": names[of], "case": cases_of[of]})
    return Incidence(units, tuple(f"C{number:04d}" for number in range(codes)), matrix), of % cases, len(row)


def bare(table: Incidence, case: np.ndarray, cases: int) -> list[np.ndarray]:
    found = []
    for number in range(cases):
        rows = table.matrix[case == number]
        found.append((rows.T @ rows).toarray())
    return found


def pooled(table: Incidence) -> np.ndarray:
    counts: np.ndarray = (table.matrix.T @ table.matrix).toarray()
    return counts


def plain(codings: int, seed: int = 5) -> pd.DataFrame:
    """Codings on paragraphs, none twice: document, paragraph, code, and a span inside the paragraph's 100 characters."""
    rng = np.random.default_rng(seed)
    cells = RIVAL_DOCUMENTS * PARAGRAPHS * RIVAL_CODES
    place = np.sort(rng.choice(cells, codings, replace=False))
    paragraph = place // RIVAL_CODES % PARAGRAPHS
    start = paragraph * 100 + rng.integers(0, 50, codings)
    return pd.DataFrame(
        {
            "document": [f"TRD-I{number:02d}" for number in place // (RIVAL_CODES * PARAGRAPHS)],
            "paragraph": paragraph,
            "code": [f"C{number:04d}" for number in place % RIVAL_CODES],
            "start": start,
            "end": start + rng.integers(10, 100, codings),
        }
    )


def by_pairs_of_codings(frame: pd.DataFrame) -> dict[tuple[str, str], int]:
    """QualCoder's method as it is described: all pairs of codings of a document, and a question for those that overlap."""
    base = sqlite3.connect(":memory:")
    base.execute("create table coding (id integer primary key, document text, code text, start int, stop int)")
    rows = zip(frame["document"], frame["code"], frame["start"].tolist(), frame["end"].tolist(), strict=True)
    base.executemany("insert into coding (document, code, start, stop) values (?, ?, ?, ?)", rows)
    found: dict[tuple[str, str], int] = {}
    for (document,) in base.execute("select distinct document from coding").fetchall():
        held = base.execute("select id, code, start, stop from coding where document = ?", (document,)).fetchall()
        for place, (one, code, start, stop) in enumerate(held):
            for other, second, begin, end in held[place + 1 :]:
                if code != second and start < end and begin < stop:
                    base.execute("select document, start, stop from coding where id in (?, ?)", (one, other)).fetchall()
                    pair = (code, second) if code < second else (second, code)
                    found[pair] = found.get(pair, 0) + 1
    return found


def by_questions_per_pair(frame: pd.DataFrame) -> dict[tuple[str, str], int]:
    """qualitative-coding's method rebuilt: one question to the database per pair of codes."""
    base = sqlite3.connect(":memory:")
    base.execute("create table coded (unit int, code text)")
    unit = frame["document"].str[5:].astype(int) * PARAGRAPHS + frame["paragraph"]
    base.executemany("insert into coded values (?, ?)", zip(unit.tolist(), frame["code"], strict=True))
    codes = sorted(set(frame["code"]))
    ask = "select count(distinct a.unit) from coded a join coded b on a.unit = b.unit where a.code in (?) and b.code in (?)"
    return {
        (one, other): base.execute(ask, (one, other)).fetchone()[0]
        for place, one in enumerate(codes)
        for other in codes[place:]
    }


def by_the_tool(frame: pd.DataFrame, python: Path, folder: Path) -> tuple[dict[tuple[str, str], int], float]:
    """The counts of qualitative-coding's own crosstab by paragraph, and its seconds without starting up."""
    tool = str(python.with_name("qc"))

    def run(*words: str) -> float:
        begun = time.perf_counter()
        subprocess.run([tool, *words], cwd=folder, check=True, capture_output=True)
        return time.perf_counter() - begun

    run("init")
    source = folder / "texts"
    source.mkdir()
    for document in sorted(set(frame["document"])):
        text = "\n\n".join("Et oppdiktet avsnitt, på én linje 😀." for _ in range(PARAGRAPHS))
        (source / f"{document}.txt").write_text(text + "\n", encoding="utf-8")
    run("corpus", "import", "texts", "--recursive", "--importer", "verbatim")
    with sqlite3.connect(folder / "qualitative_coding.sqlite3") as base:
        codes = sorted(set(frame["code"]))
        base.execute("insert into coder (name) values ('K1')")
        base.executemany("insert into code (name) values (?)", [(code,) for code in codes])
        ask = "select i.document_id, l.id, l.start_line from location l join document_index i on i.id = l.document_index_id"
        located = {(name.removesuffix(".txt"), line): number for name, number, line in base.execute(ask)}
        rows = [(number, 2 * place) for number, place in enumerate(frame["paragraph"].tolist(), start=1)]
        base.executemany(
            "insert into coded_line (id, line, coder_id, code_id) values (?, ?, 'K1', ?)",
            [(number, line, code) for (number, line), code in zip(rows, frame["code"], strict=True)],
        )
        base.executemany(
            "insert into coded_line_location_association (coded_line_id, location_id) values (?, ?)",
            [
                (number, located[document, line])
                for (number, line), document in zip(rows, frame["document"], strict=True)
            ],
        )
    (folder / "codebook.yaml").write_text("".join(f"- {code}\n" for code in codes), encoding="utf-8")
    start_up = min(run("version") for _ in range(3))
    took = run("codes", "crosstab", "--unit", "paragraph", "--outfile", "counts.csv") - start_up
    with (folder / "counts.csv").open(encoding="utf-8") as file:
        header, *lines = list(csv.reader(file))
    counts = {(line[0], code): int(n) for line in lines for code, n in zip(header[1:], line[1:], strict=True)}
    return {pair: n for pair, n in counts.items() if pair[0] <= pair[1]}, took


def counted_by_us(frame: pd.DataFrame) -> tuple[pd.DataFrame, Incidence]:
    """From the table of codings with its names to the table of edges with all measures."""
    units = pd.DataFrame(
        {
            "unit": np.arange(RIVAL_DOCUMENTS * PARAGRAPHS),
            "document": np.repeat([f"TRD-I{number:02d}" for number in range(RIVAL_DOCUMENTS)], PARAGRAPHS),
        }
    )
    number = pd.Index(units["document"].unique()).get_indexer(pd.Index(frame["document"]))
    long = pd.DataFrame({"unit": number * PARAGRAPHS + frame["paragraph"].to_numpy(), "element": frame["code"]})
    table = incidence(long, units, tuple(f"C{number:04d}" for number in range(RIVAL_CODES)))
    return cooccurrence(table), table


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--codings", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--rival-codings", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rival-python", type=Path, default=None, help="A Python that has qualitative-coding.")
    options = parser.parse_args()
    table, case, rows = codings(options.codings, 120, options.cases)

    def fresh() -> Incidence:
        return Incidence(table.units, table.codes, table.matrix)

    contestants: dict[str, Callable[[], object]] = {
        "bare": lambda: bare(table, case, options.cases),
        "ours": lambda: cooccurrence_by_case(table),
        "first": lambda: cooccurrence_by_case(fresh()),
        "bare pooled": lambda: pooled(table),
        "ours pooled": lambda: cooccurrence(table),
    }
    expected = bare(table, case, options.cases)
    for number, edges in enumerate(cooccurrence_by_case(table).values()):
        if int(edges["n_ij"].sum()) != int(np.triu(expected[number], 1).sum()):
            raise SystemExit("the two do not count the same")
    took: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(options.rounds):
        for name, work in contestants.items():
            took[name].append(timed(work))
    middle = {name: statistics.median(times) for name, times in took.items()}
    tracemalloc.start()
    cooccurrence_by_case(fresh())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(
        f"{options.codings:,} codings of 120 codes in {options.cases} cases: {rows:,} rows of segments × turns, "
        f"{table.matrix.shape[0]:,} turns."
    )
    print()
    print("| | seconds | against the bare product of the same | limit |")
    print("|---|---|---|---|")
    for name, told, rival in (
        ("ours", "all measures, documents and tables, every case", "bare"),
        ("first", "the same, names of documents and cases read for the first time", "bare"),
        ("ours pooled", "all measures, all cases pooled", "bare pooled"),
    ):
        print(f"| {told} | {middle[name]:.3f} | {middle[name] / middle[rival]:.2f} × | 1.50 × |")
    print(f"| extra memory of the second | {peak / 1e6:.0f} MB | {peak / (16 * rows):.1f} × the long table | 4.0 × |")
    print()

    frame = plain(options.rival_codings)
    edges, counted = counted_by_us(frame)
    in_units, _ = pair_counts(counted)
    ours = statistics.median(timed(lambda: counted_by_us(frame)) for _ in range(options.rounds))
    codes = tuple(f"C{number:04d}" for number in range(RIVAL_CODES))
    segments = frame.rename(columns={"paragraph": "turn"})
    sweep = statistics.median(timed(lambda: overlap_table(segments, codes)) for _ in range(options.rounds))
    begun = time.perf_counter()
    pairs = by_pairs_of_codings(frame)
    qualcoder = time.perf_counter() - begun
    told = overlap_table(segments, codes)
    if {(s, t): n for s, t, n in zip(told["source"], told["target"], told["pairs"], strict=True)} != pairs:
        raise SystemExit("QualCoder's method and ours do not count the same")
    if options.rival_python is None:
        begun = time.perf_counter()
        crosstab = by_questions_per_pair(frame)
        asked, label = time.perf_counter() - begun, "qualitative-coding's crosstab, its method rebuilt"
    else:
        with tempfile.TemporaryDirectory() as temporary:
            crosstab, asked = by_the_tool(frame, options.rival_python, Path(temporary))
        label = "qualitative-coding's crosstab itself, without its start-up"
    at = {code: number for number, code in enumerate(codes)}
    if any(in_units[at[one], at[other]] != n for (one, other), n in crosstab.items()):
        raise SystemExit("the crosstab and ours do not count the same")
    print(f"{len(frame):,} codings of {RIVAL_CODES} codes in {RIVAL_DOCUMENTS} documents; counts found to be the same.")
    print()
    print("| | its seconds | ours | times as fast | limit |")
    print("|---|---|---|---|---|")
    print(
        f"| QualCoder's method, rebuilt: overlapping codings (ours: characters and stretches too) | {qualcoder:.1f} | "
        f"{sweep:.3f} | {qualcoder / sweep:.0f} | 100 |"
    )
    print(
        f"| {label} ({len(edges):,} edges, ours with all measures) | {asked:.1f} | {ours:.3f} | {asked / ours:.0f} | 100 |"
    )


if __name__ == "__main__":
    main()
