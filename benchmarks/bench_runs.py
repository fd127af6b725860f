"""`foran run M1 M2 M3` against the same notebooks through papermill's own command, and a second run with nothing changed.

Both sides run the demo study's notebooks with the same parameters, in turn, in fresh folders, with warm file caches. The
rival is what a researcher without the workbench would type: one `papermill` command per notebook, one after the other.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MILESTONES = ("M1", "M2", "M3")
BIN = Path(sys.executable).parent


def copy_of_demo(folder: Path) -> Path:
    for name in ("corpus", "codebooks", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "foran.toml", folder / "foran.toml")
    (folder / "outputs").mkdir()
    return folder


def timed(command: list[str], cwd: Path) -> float:
    begun = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def papermill_commands(study: Path, notebooks: tuple[str, ...]) -> float:
    total = 0.0
    for milestone in MILESTONES:
        output = study / "papermill" / milestone
        output.mkdir(parents=True, exist_ok=True)
        for name in notebooks:
            total += timed(
                [str(BIN / "papermill"), str(study / "notebooks" / name), str(output / name), "-k", "python3",
                 "-p", "study", str(study), "-p", "milestone", milestone, "-p", "output", str(output)],
                study,
            )  # fmt: skip
    return total


def only(study: Path, notebooks: tuple[str, ...]) -> None:
    """Let the study's template hold just these notebooks."""
    path = study / "foran.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    quoted = ", ".join(f'"{name}"' for name in notebooks)
    text = "\n".join(f"notebooks = [{quoted}]" if line.startswith("notebooks = ") else line for line in lines)
    path.write_text(text + "\n", encoding="utf-8")


def measure(repeats: int = 3) -> list[str]:
    every = tuple(
        path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb")) if path.name[:2] in ("01", "03", "06", "08")
    )
    rows = []
    for label, notebooks in (
        ("all four notebooks (12 commands)", every),
        ("the model notebook (3 commands)", every[-1:]),
    ):
        ours, theirs, again = [], [], []
        for _ in range(repeats):
            with tempfile.TemporaryDirectory() as folder:
                study = copy_of_demo(Path(folder))
                only(study, notebooks)
                command = [str(BIN / "foran"), "run", *MILESTONES, "--study", str(study)]
                ours.append(timed([*command, "--force"], study))
                again.append(timed(command, study))
                theirs.append(papermill_commands(study, notebooks))
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        rows += [
            f"| `foran run M1 M2 M3` against papermill commands: {label} | {ratio:.2f} × | at most 0.7 × |",
            f"| a second run with nothing changed, {label} | {statistics.median(again):.2f} s "
            f"({statistics.median(a / b for a, b in zip(again, ours, strict=True)):.3f} × of the first) | at most 2 s |",
        ]  # fmt: skip
    return rows


def help_time(repeats: int = 7) -> str:
    best = min(timed([str(BIN / "foran"), "--help"], ROOT) for _ in range(repeats))
    return f"| `foran --help`, best of {repeats} | {best:.2f} s | under 0.3 s |"


if __name__ == "__main__":
    os.environ["PYTHONHASHSEED"] = "0"
    print("| what | measured | target |\n|---|---|---|")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    print("\n".join([*measure(parser.parse_args().repeats), help_time()]))
