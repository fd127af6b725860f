"""Following coded segments through edits: 2,000 spans in 20,000 words after 50 edits, beside difflib on words.

    python benchmarks/bench_anchoring.py [--repeats 5]

The text is invented, with a fixed seed. The rival is what the standard library gives: `difflib.SequenceMatcher` over the
words of both texts (with its shortcut for frequent ones: without, it takes minutes), and a span followed when it lies in
one equal block. It says nothing about being sure, so only its time is compared. The hard texts have a limit of their own.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import partial

from foran_research.corpus.anchoring import Place, anchor

SEED, WORDS, SPANS, EDITS = 20_261, 20_000, 2_000, 50
LIMIT, HARD_LIMIT = 0.3, 10.0
SHORT = ("Ja.", "Mm.", "Ikke sant.", "Nei.", "Akkurat.")


def dialog(rng: random.Random, words: int) -> str:
    letters = "aeioåøyrstnlkdmgfpbv"
    lexicon = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(3_000)]
    said, count = [], 0
    while count < words:
        if rng.random() < 0.4:
            text = rng.choice(SHORT)
        else:
            # Frequent words are far more frequent, as in speech.
            chosen = [lexicon[int(len(lexicon) * rng.random() ** 3)] for _ in range(rng.randint(8, 60))]
            text = " ".join(chosen[:7]).capitalize() + ". " + " ".join(chosen[7:]) + "."
        said.append(f"**{'Intervjuer' if len(said) % 2 else 'Informant'}:** {text}")
        count += len(text.split())
    return "\n\n".join(said) + "\n"


def edited(rng: random.Random, text: str, edits: int) -> str:
    for _ in range(edits):
        at = rng.randrange(len(text))
        kind = rng.random()
        if kind < 0.3:
            text = text[:at] + " og så dette " + text[at:]
        elif kind < 0.6:
            text = text[:at] + text[at + rng.choice([1, 5, 30, 200]) :]
        elif kind < 0.9:
            text = text[:at] + "noe helt annet" + text[at + rng.choice([1, 10, 60]) :]
        else:
            between = "\n\n" if "\n\n" in text else "\n" if "\n" in text else " "
            turns = text.split(between)
            moved = turns.pop(rng.randrange(len(turns)))
            turns.insert(rng.randrange(len(turns)), moved)
            text = between.join(turns)
    return text


def spans(rng: random.Random, text: str, count: int) -> list[Place]:
    found = []
    for _ in range(count):
        start = rng.randrange(len(text) - 1)
        end = min(len(text), start + rng.choice([3, 20, 80, 300]))
        found.append(Place(start, end, text[start:end]))
    return found


def by_difflib(old: str, new: str, places: Sequence[Place]) -> list[tuple[int, int] | None]:
    """Where spans are that lie in one equal block of words, by the standard library."""
    words = [re.findall(r"\S+\s*|\s+", text) for text in (old, new)]
    starts = []
    for its in words:
        at = [0]
        for word in its:
            at.append(at[-1] + len(word))
        starts.append(at)
    blocks = SequenceMatcher(None, *words).get_matching_blocks()
    firsts = [starts[0][block.a] for block in blocks]
    answers: list[tuple[int, int] | None] = []
    for place in places:
        block = blocks[max(0, bisect_right(firsts, place.start) - 1)]
        low, high, to = starts[0][block.a], starts[0][block.a + block.size], starts[1][block.b]
        is_inside = low <= place.start and place.end <= high
        answers.append((place.start - low + to, place.end - low + to) if is_inside else None)
    return answers


def timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def hard_texts(rng: random.Random) -> dict[str, tuple[str, str]]:
    lines = "Ja.\n" * 20_000
    line = " ".join("".join(rng.choices("aeioåørstnlkdm", k=rng.randint(1, 9))) for _ in range(170_000))
    few = "".join(rng.choice(["Ja.\n", "Mm.\n", "Nei.\n"]) for _ in range(20_000))
    return {
        "20,000 equal lines, one deleted": (lines, lines[4:]),
        "20,000 lines of three kinds, 50 edits": (few, edited(rng, few, EDITS)),
        "everything replaced, 20,000 words": (dialog(rng, WORDS), dialog(rng, WORDS)),
        "one line of 1 MB without a full stop, 50 edits": (line, edited(rng, line, EDITS)),
        "one word of 1 MB, a letter inserted": ("a" * 1_000_000, "a" * 500_000 + "b" + "a" * 500_000),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    rng = random.Random(SEED)
    old = dialog(rng, WORDS)
    new, places = edited(rng, old, EDITS), spans(rng, old, SPANS)
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(timed(lambda: anchor(old, new, places)))
        theirs.append(timed(lambda: by_difflib(old, new, places)))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    classes = Counter(one.status for one in anchor(old, new, places))
    print("| what | measured | target |\n|---|---|---|")
    print(f"| {SPANS:,} spans, {WORDS:,} words ({len(old):,} characters), {EDITS} edits | {statistics.median(ours):.2f} s "
          f"({ratio:.2f} × difflib on words) | at most {LIMIT} s |")  # fmt: skip
    for name, (before, after) in hard_texts(rng).items():
        some = spans(rng, before, SPANS)
        took = timed(partial(anchor, before, after, some))
        print(f"| {name}, {SPANS:,} spans | {took:.2f} s | "
              f"at most {HARD_LIMIT:.0f} s |")  # fmt: skip
    print("\nProcessor time, so that other work on the machine does not count.")
    print(
        "\nClasses of the first row: " + ", ".join(f"{name} {count:,}" for name, count in sorted(classes.items())) + "."
    )


if __name__ == "__main__":
    main()
