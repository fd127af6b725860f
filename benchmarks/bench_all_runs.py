"""`foran run --all` on two notebooks at a time, against a papermill command for every notebook of every milestone.

Both sides run the same notebooks of the demo study with the same parameters, one side after the other, in fresh folders and
with warm file caches. The rival is what a researcher without the workbench would type: one `papermill` command after
another. Measured beside it: ordinary kernels instead of forked ones, a second run with nothing changed, and one coding more.

python benchmarks/bench_all_runs.py                    the fifteen models, M1 to M15
python benchmarks/bench_all_runs.py --milestones M1 M4  a few, to try it
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = tuple(f"M{number}" for number in range(1, 16))
FORAN = (sys.executable, "-m", "foran_research")
PAPERMILL = (sys.executable, "-m", "papermill")
PARAMETERS = ("study", "milestone", "output")


def copy_of_demo(folder: Path) -> Path:
    for name in ("corpus", "codebooks", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "foran.toml", folder / "foran.toml")
    return folder


def timed(command: Sequence[str], cwd: Path) -> float:
    begun = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def notebooks_of(study: Path, milestones: Sequence[str]) -> list[tuple[str, str]]:
    """(milestone, notebook) of every command, in the order of foran.toml."""
    settings = tomllib.loads((study / "foran.toml").read_text(encoding="utf-8"))
    return [
        (one["id"], name)
        for one in settings["milestones"]
        if one["id"] in milestones
        for name in settings["templates"][one["template"]]["notebooks"]
    ]


def papermill_commands(study: Path, milestones: Sequence[str]) -> tuple[float, int]:
    total, commands = 0.0, notebooks_of(study, milestones)
    for milestone, name in commands:
        output = study / "papermill" / milestone
        output.mkdir(parents=True, exist_ok=True)
        given = dict(zip(PARAMETERS, (str(study), milestone, str(output)), strict=True))
        words = [word for key, value in given.items() for word in ("-p", key, value)]
        book = [str(study / "notebooks" / name), str(output / name)]
        total += timed([*PAPERMILL, *book, "-k", "python3", "--no-progress-bar", *words], study)
    return total, len(commands)


def foran_run(study: Path, milestones: Sequence[str], *more: str) -> float:
    return timed([*FORAN, "run", *milestones, "--workers", "2", "--study", str(study), *more], study)


def one_coding_more(study: Path, day: str = "2024-02-01") -> None:
    """A coding dated after most milestones: the last one of a log, said again later."""
    from foran_research.coding.journal import append, following, read_log
    from foran_research.errors import Faults

    for path in sorted(study.glob("corpus/coding/K1/*.jsonl")):
        log = read_log(path, path.name, Faults())
        # By segment its newest state: a memo is added to one that still stands.
        newest = {event.segment: event for event in log.events}
        standing = [one for one in newest.values() if one.after is not None and "kind" not in one.after]
        if log.events[-1].date < day and standing:
            last = standing[-1]
            text = {**last.after, "memo": f"{last.after.get('memo', '')} (sett igjennom på nytt)"}
            newest_event = log.events[-1]
            draft = {
                "at": f"{day}T10:00:00Z", "coder": last.coder, "document": last.document,
                "text_sha256": newest_event.text_sha256, "action": "memo", "segment": last.segment,
                "codebook_version": newest_event.codebook_version, "before": last.after, "after": text,
            }  # fmt: skip
            append(path, following(log, [draft]))
            return


def measure(milestones: Sequence[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        study = copy_of_demo(Path(folder).resolve())
        # Once unmeasured, so that both sides find compiled modules and warm caches of files.
        foran_run(study, milestones[:1])
        timed([*PAPERMILL, "--version"], study)
        ours = foran_run(study, milestones, "--force")
        again = foran_run(study, milestones)
        status = timed([*FORAN, "status", "--study", str(study)], study)
        fresh = foran_run(study, milestones, "--force", "--kernels", "fresh")
        theirs, count = papermill_commands(study, milestones)
        one_coding_more(study)
        partly = foran_run(study, milestones)
    what = f"{len(milestones)} milestones, {count} notebooks"
    return [
        f"| `foran run`, two at a time, against {count} `papermill` commands: {what} | {ours / theirs:.2f} × | at most 0.25 × |",
        f"| the same with ordinary kernels (`--kernels fresh`) | {fresh / theirs:.2f} × | – |",
        f"| a second `foran run` with nothing changed | {again:.2f} s ({again / ours:.3f} × of the first) | at most 3 s |",
        f"| `foran run` after one coding more, dated 2024-02-01 | {partly / ours:.2f} × of the first | – |",
        f"| `foran status` | {status:.2f} s | at most 3 s |",
    ]


if __name__ == "__main__":
    os.environ["PYTHONHASHSEED"] = "0"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--milestones", nargs="+", default=list(MODELS))
    print("| what | measured | target |\n|---|---|---|")
    print("\n".join(measure(parser.parse_args().milestones)))
