"""`foran check` on 1,000 documents and 100,000 events, against reading the same files and their JSON and nothing more.

The limit is 3 s for the whole command. Both sides are whole processes, taking turns, with warm file caches.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from big_study import Size, write_big_study

LIMIT = 3.0
READING = """
import hashlib, json, sys, unicodedata
from pathlib import Path
study = Path(sys.argv[1])
for path in (study / "corpus/texts").glob("*.md"):
    text = path.read_bytes().decode("utf-8")
    hashlib.sha256(text.encode("utf-8")).hexdigest()
    unicodedata.is_normalized("NFC", text)
for path in (study / "corpus/coding").rglob("*.jsonl"):
    for line in path.read_bytes().split(b"\\n"):
        if line:
            json.loads(line)
            hashlib.sha256(line).hexdigest()
"""


def timed(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--words", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path, default=None, help="Write the study here and leave it.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        study = options.keep or Path(temporary) / "study"
        if not study.exists():
            sizes = {
                f"TRD-I{number:04d}": Size(
                    turns=options.words // 50, words=options.words, segments={"K1": 60, "K2": 40}
                )
                for number in range(options.documents)
            }
            write_big_study(study, codes=60, sizes=sizes, seed=4)
        check = [sys.executable, "-m", "foran_research", "check", "--study", str(study)]
        reading = [sys.executable, "-c", READING, str(study)]
        took: dict[str, list[float]] = {"check": [], "reading": []}
        for _ in range(options.rounds):
            took["check"].append(timed(check))
            took["reading"].append(timed(reading))
    middle, floor = statistics.median(took["check"]), statistics.median(took["reading"])
    size = f"{options.documents:,} documents of {options.words:,} words, {options.documents * 100:,} events"
    print("| what | seconds | limit | × reading the files and their JSON |")
    print("|---|---|---|---|")
    print(
        f"| `foran check`, {size} | {middle:.1f} (longest {max(took['check']):.1f}) | {LIMIT:.0f} | {middle / floor:.1f} |"
    )


if __name__ == "__main__":
    main()
