"""What differs between two codebooks of 500 codes: `codebook.diff` against difflib on the lines of the two YAML files.

    python benchmarks/bench_codebook_diff.py [--repeats 5]

The codebooks are invented, with a fixed seed: a tenth of the codes are split, a tenth merged in pairs, a tenth redefined,
a tenth renamed, a tenth reworded. The rival is what a researcher without the workbench has: a line diff of the files. It
knows no lineage and no fields, so only its time is compared. Both are given what is already read.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import fields, replace
from difflib import unified_diff

import yaml

from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Change, Code, Codebook, Cue, Migration
from foran_research.codebook.diff import CodebookDiff, diff
from foran_research.report.codebook_diff import diff_html, diff_text

SEED, CODES = 20_261, 500
LIMIT = 0.050


def text(rng: random.Random, words: int) -> dict[str, str]:
    letters = "aeioåøyrstnlkdmgfpbv"
    return {
        language: " ".join("".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(words)) + "."
        for language in ("nb", "en")
    }


def code(rng: random.Random, number: int, version: str) -> Code:
    return Code(
        id=f"C{number:04d}", display=f"P{number}", level="P", parent=None, label=text(rng, 3), brief=text(rng, 12),
        definition=text(rng, 45), when_to_use=text(rng, 25), when_not_to_use=text(rng, 25), example=text(rng, 15),
        source=("S0:1", "S1:20-24"), polarity_in_source=(), maturity="R", status="active", introduced_in=version,
        deprecated_in=None, successors=(), cues={"nb": tuple(Cue(f"ord{n}*") for n in range(8)), "nn": ()},
    )  # fmt: skip


def change(number: int, type_: str, to: tuple[str, ...], *rows: Migration) -> Change:
    said = {"nb": "oppdiktet", "en": "invented"}
    sources = tuple(row.source for row in rows)
    return Change(f"CH-{number:04d}", type_, sources, to, said, said, said, ("S0:1",), "", "", "", True, rows)


def two_books(rng: random.Random) -> tuple[Codebook, Codebook]:
    """A codebook of `CODES` codes and the one after it, with every second code changed in some way."""
    old = [code(rng, number, "1.0.0") for number in range(1, CODES + 1)]
    new, changes, number = list(old), [], CODES
    tenth = CODES // 10
    for place in range(tenth):
        heirs = [code(rng, number + 1, "2.0.0"), code(rng, number + 2, "2.0.0")]
        number += 2
        to = tuple(heir.id for heir in heirs)
        new[place] = replace(old[place], status="deprecated", deprecated_in="2.0.0", successors=to)
        new += heirs
        changes.append(change(len(changes), "split", to, Migration(old[place].id, "review", to)))
    for place in range(tenth, 2 * tenth, 2):
        number += 1
        heir = code(rng, number, "2.0.0")
        pair = old[place : place + 2]
        new[place : place + 2] = [
            replace(one, status="deprecated", deprecated_in="2.0.0", successors=(heir.id,)) for one in pair
        ]
        new.append(heir)
        rows = [Migration(one.id, "map", (heir.id,)) for one in pair]
        changes.append(change(len(changes), "merge", (heir.id,), *rows))
    for type_, field, first in (
        ("redefine", "definition", 2),
        ("rename", "label", 3),
        ("reword", "when_not_to_use", 4),
    ):
        for place in range(first * tenth, (first + 1) * tenth):
            words = getattr(old[place], field)
            at = rng.randrange(len(words["nb"]))
            new[place] = replace(
                old[place], **{field: words | {"nb": f"{words['nb'][:at]} nytt her {words['nb'][at:]}"}}
            )
            kept = Migration(old[place].id, "keep")
            changes.append(change(len(changes), type_, (old[place].id,), kept))
    title = {"nb": "Oppdiktet", "en": "Invented"}
    return (
        Codebook("1.0.0", "2020-01-01", title, title, tuple(old), ()),
        Codebook("2.0.0", "2021-01-01", title, title, tuple(new), tuple(changes)),
    )


def yaml_lines(book: Codebook) -> list[str]:
    """The file's lines about codes, as the codebooks of a study are written."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    records = []
    for one in book.codes:
        cues = {form: [cue.phrase for cue in its] for form, its in one.cues.items()}
        lists = {"source": list(one.source), "polarity_in_source": [], "successors": list(one.successors)}
        records.append({item.name: getattr(one, item.name) for item in fields(one)} | lists | {"cues": cues})
    whole = yaml.dump({"codes": records}, Dumper=dumper, allow_unicode=True, sort_keys=False, width=10_000)
    return whole.splitlines(keepends=True)


def timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    books = two_books(random.Random(SEED))
    lineage = Lineage(books)
    lines = [yaml_lines(book) for book in books]
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(timed(lambda: diff(lineage, "1.0.0", "2.0.0")))
        theirs.append(timed(lambda: list(unified_diff(*lines))))
    found: CodebookDiff = diff(lineage, "1.0.0", "2.0.0")
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    as_text = timed(lambda: diff_text(found, lineage, "nb"))
    as_html = timed(lambda: diff_html(found, lineage, "nb"))
    print("| what | measured | target |\n|---|---|---|")
    print(f"| diff of two books, {CODES} and {len(books[1].codes)} codes, {len(found.codes)} of them differ "
          f"| {1000 * statistics.median(ours):.1f} ms | at most {1000 * LIMIT:.0f} ms |")  # fmt: skip
    print(f"| time of difflib on the lines of the two files ({len(lines[0]):,} and {len(lines[1]):,}) : ours "
          f"| {ratio:.0f} | more than 1 |")  # fmt: skip
    print(f"| the same diff as text, its words marked : the diff itself | {as_text / statistics.median(ours):.0f} | |")
    print(f"| the same diff as HTML, its words marked : the diff itself | {as_html / statistics.median(ours):.0f} | |")
    print(f"\nMedians of {repeats} repeats, contestants taking turns, processor time; reading the files is not in it.")
    print("Only ours says which field of which code differs, in which language, and what was split or merged.")


if __name__ == "__main__":
    main()
