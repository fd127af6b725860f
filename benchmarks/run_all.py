"""Run every benchmark and write docs/benchmarks.md: ratios measured in one run, with the command that makes each.

python benchmarks/run_all.py
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
    "bench_runs.py": "Runs: `foran run` against papermill's own command",
}
INTRODUCTION = """# Benchmarks

Ratios measured in one run on one machine, contestants taking turns; medians. Absolute times describe a machine, so none is
quoted but where the target itself is in seconds. Python {python}, {cores} cores. Made by `make bench`; single ones by the
command above each table.
"""


def main() -> None:
    parts = [INTRODUCTION.format(python=platform.python_version(), cores=_cores())]
    for name, title in BENCHMARKS.items():
        print(f"{name} …", flush=True)
        done = subprocess.run(
            [sys.executable, f"benchmarks/{name}"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        parts.append(f"## {title}\n\n```\npython benchmarks/{name}\n```\n\n{done.stdout.strip()}\n")
        # Written after each, so that a long run that is stopped leaves what it measured.
        (ROOT / "docs" / "benchmarks.md").write_text("\n".join(parts), encoding="utf-8")


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    main()
