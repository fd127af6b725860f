"""Codebook versions on 100,000 events: folding and migrating over two MAJOR versions, and the history of one code.

Rivals: reading the table of segments and mapping codes row by row with a plain loop; for the history, doing the whole
migration for each version. Limits: 1 s for fold and migration, 0.3 s for a history, both after the study is loaded.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
from big_study import Size, write_big_study

from foran_research.codebook.changes import Lineage, migration_rows
from foran_research.codebook.code import Change, Codebook, Migration
from foran_research.codebook_work import history
from foran_research.coding.counting import code_counts
from foran_research.coding.events import fold, segments_of
from foran_research.coding.migrate import migrate
from foran_research.study import Study, read_study

WORDS = {"nb": "oppdiktet", "en": "invented"}


def revised(book: Codebook, version: str, number: int) -> Codebook:
    """A later version: every tenth code is split, merged with the next, given a polarity or retired."""
    active = [code.id for code in book.active if code.parent is None]
    rows = []
    for place in range(number, len(active) - 2, 10):
        here, second, third = active[place : place + 3]
        rows += [Migration(here, "map", (third,)), Migration(second, "review", (third, active[0]))]
    for place in range(number + 4, len(active) - 1, 10):
        rows += [Migration(active[place], "facet", (active[0],), "fremmer"), Migration(active[place + 1], "retire")]
    gone = {row.source for row in rows}
    kept = [row for row in rows if not gone.intersection(row.to)]
    gone = {row.source for row in kept}
    change = Change(f"CH-{version}", "merge", (), (), WORDS, WORDS, WORDS, (), "", "", "", True, tuple(kept))
    codes = tuple(replace(code, status="deprecated") if code.id in gone else code for code in book.codes)
    return replace(book, codebook_version=version, codes=codes, changes=(change,))


def by_loop(study: Study, lineage: Lineage, version: str) -> list[dict[str, object]]:
    """What a script would do: fold each log, look every row up at every step; duplicates are not looked for."""
    found = []
    for log in study.logs:
        for name, record in segments_of(fold(log.events)).items():
            row: dict[str, object] = {"segment": name, **record, "status": "ok"}
            for book in lineage.after(record["codebook_version"], version):
                step = migration_rows(book.changes).get(str(row["code"]))
                if step is None:
                    continue
                if step.rule in ("map", "facet"):
                    row["code"] = step.to[0]
                else:
                    row["status"] = step.rule
                    break
            found.append(row)
    return found


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--words", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--study", type=Path, default=None, help="A big study that is there already.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.study or Path(temporary) / "study"
        if not folder.exists():
            sizes = {
                f"TRD-I{number:04d}": Size(
                    turns=options.words // 50, words=options.words, segments={"K1": 60, "K2": 40}
                )
                for number in range(options.documents)
            }
            write_big_study(folder, codes=60, sizes=sizes, seed=4)
        study, faults = read_study(folder)
        if study is None or faults.errors:
            raise SystemExit("the benchmark's study has faults")
    first = study.lineage.codebooks[-1]
    major = int(first.codebook_version.split(".")[0])
    second = revised(first, f"{major + 1}.0.0", 0)
    third = revised(second, f"{major + 2}.0.0", 5)
    lineage = Lineage((*study.lineage.codebooks, second, third))
    newest = third.codebook_version
    whole = replace(study, lineage=lineage)
    code = next(row.to[0] for row in third.changes[0].migration if row.rule == "map")
    table = study.segments()

    def counted_by_versions() -> list[pd.DataFrame]:
        return [
            code_counts(migrate(study.segments(under=version), lineage, version), lineage[version])
            for version in lineage.versions
        ]

    contestants: dict[str, Callable[[], object]] = {
        "fold and migrate": lambda: migrate(study.segments(under=newest), lineage, newest),
        "migrate alone": lambda: migrate(table, lineage, newest),
        "plain loop": lambda: by_loop(study, lineage, newest),
        "history of one code": lambda: history(whole, code, coders=sorted(study.coders)),
        "counting all codes": counted_by_versions,
    }
    took: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(options.rounds):
        for name, work in contestants.items():
            took[name].append(timed(work))
    middle = {name: statistics.median(times) for name, times in took.items()}
    events = sum(len(log.events) for log in study.logs)
    made_of = f"{events:,} events in {len(study.logs):,} logs, {len(table):,} coded segments"
    print(f"{made_of}, codebooks {lineage.versions[0]} to {newest}.")
    print()
    print("| | seconds | limit | against |")
    print("|---|---|---|---|")
    print(
        f"| fold and migrate over two MAJOR versions | {middle['fold and migrate']:.2f} | 1.00 | "
        f"{middle['fold and migrate'] / middle['plain loop']:.2f} × a plain loop that looks for no duplicates |"
    )
    print(f"| of which migrating | {middle['migrate alone']:.2f} | | |")
    print(
        f"| history of one code under {len(lineage.versions)} versions | {middle['history of one code']:.2f} | 0.30 | "
        f"{middle['history of one code'] / middle['counting all codes']:.2f} × counting all codes under each |"
    )


if __name__ == "__main__":
    main()
