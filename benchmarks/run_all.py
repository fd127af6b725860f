"""Run every benchmark and write docs/benchmarks.md: ratios measured in one run, with the command that makes each.

python benchmarks/run_all.py             all of them
python benchmarks/run_all.py bench_coder  only this one: its section takes the place of the old one
"""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = {
    "bench_suggestions.py": "Suggestions: the cue engine against spaCy",
    "bench_lemmas.py": "Lemmas: how often the right one, with and without a trained pipeline",
    "bench_import.py": "Bringing transcripts in: against what the format's library needs to read them",
    "bench_anchoring.py": "Anchoring: coded segments through edits of their text, against difflib",
    "bench_check.py": "Checking a large study: `foran check` on 1,000 documents and 100,000 events",
    "bench_versions.py": "Codebook versions: 100,000 events folded, carried over two MAJOR versions, and counted",
    "bench_codebook_diff.py": "What differs between two codebooks: against difflib on the two files",
    "bench_cooccurrence.py": "Co-occurrence in turns: against a bare sparse product, and two other tools",
    "bench_overlap.py": "Overlapping segments: against a self-merge and a double loop",
    "bench_unitizing.py": "Agreement on stretches of text: the u-alpha family on 10,000 segments by each of three coders",
    "bench_null_models.py": "Null models of co-occurrence: tables dealt anew, against a plain curveball loop",
    "bench_runs.py": "Runs: `foran run` against papermill's own command",
    "bench_all_runs.py": "All milestones: `foran run` on two cores against a papermill command for each notebook",
    "bench_agreement.py": "Agreement: 150 codes with intervals, against the package krippendorff in a loop",
    "bench_coder.py": "The coding screen: in JupyterLab and a browser, against a plain page of the same text",
    "bench_pack.py": "A review pack: its size and speed on a slow machine, against their limits",
}
INTRODUCTION = """# Benchmarks

Ratios measured in one run on one machine, contestants taking turns; medians. Absolute times describe a machine, so none is
quoted but where the target itself is in seconds. Python {python}, {cores} cores. Made by `make bench`; single ones by the
command above each table.
"""


def main() -> None:
    wanted = [name for name in BENCHMARKS if not sys.argv[1:] or name.removesuffix(".py") in sys.argv[1:]]
    path = ROOT / "docs" / "benchmarks.md"
    # A run of some keeps what stands there about the others; a run of all begins anew.
    sections = sections_of(path.read_text(encoding="utf-8")) if sys.argv[1:] and path.exists() else {}
    for name in wanted:
        print(f"{name} …", flush=True)
        done = subprocess.run(
            [sys.executable, f"benchmarks/{name}"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        title = BENCHMARKS[name]
        sections[title] = f"## {title}\n\n```\npython benchmarks/{name}\n```\n\n{done.stdout.strip()}\n"
        # Written after each, so that a long run that is stopped leaves what it measured.
        introduction = INTRODUCTION.format(python=platform.python_version(), cores=_cores())
        known = [sections[title] for title in BENCHMARKS.values() if title in sections]
        path.write_text("\n".join([introduction, *known]), encoding="utf-8")


def sections_of(page: str) -> dict[str, str]:
    """The sections of a page of benchmarks by their titles, each as it stands."""
    parts = page.split("\n## ")[1:]
    return {part.split("\n", 1)[0]: f"## {part.strip()}\n" for part in parts}


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    main()
