"""An invented study as large as one wants it: word salad in Norwegian, a wide codebook, logs by several coders.

Nothing of it comes from anywhere: the words are a short list, the order is drawn with a seed.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foran_research.codebook.code import Codebook
from foran_research.coding import journal
from foran_research.coding.events import segment_at
from foran_research.corpus.store import DOCUMENT_COLUMNS, PARTICIPANT_COLUMNS, register_text
from foran_research.corpus.transcript import parse_turns, text_sha256
from foran_research.starting import start_study

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

from small_study import code, write_yaml  # noqa: E402 (the tests' own folder comes first)

VERSION = "1.0.0"
DAY = "2020-03-05T10:00:00+01:00"
#: Small words as often as people use them.
COMMON = 5 * "jeg du vi det som ikke og i på å er til av en så da men har for at med den må".split()
WORDS = (
    COMMON
    + (
        "kommunen anskaffelsen leverandørene behovet dialogen markedet pilot drift sykehjem brukere "
        "innbyggere politikere rådmannen strategi budsjett læring forbedring ønsker krevde målte Ærlig øvde åpnet nå før "
        "etter mellom eller alltid aldri kanskje veldig tørre kjellere overvann lyktestolper nattevakter vårt "
        "regelverk kontrakt prøve gevinst erfaring risiko nettverk næringsliv kompetanse ledelse forankring samarbeid"
    ).split()
)
#: Strewn in, because it is these that break: two units in the browser, and a letter of two characters that has no form
#: of one.
STRANGE = ("😀", "👩🏽‍🔧", "m\u030aten", "«ja»")
POLARITIES = ("fremmer", "hemmer", "begge", "nøytral", "")


@dataclass(frozen=True)
class Size:
    """How large a document is and how many segments each coder has in it."""

    turns: int
    words: int
    segments: Mapping[str, int]


def sentence(rng: random.Random, count: int) -> str:
    words = rng.choices(WORDS, k=count)
    if rng.random() < 0.02:
        words[rng.randrange(count)] = rng.choice(STRANGE)
    return " ".join(words).capitalize() + "."


def transcript(rng: random.Random, turns: int, words: int, informant: str) -> str:
    """Turns of uneven length, as people talk: `words` in all, the interviewer's short and the informant's longer."""
    weights = [(0.3 if number % 2 == 0 else 1.7) * rng.expovariate(1.0) for number in range(turns)]
    rest = words - 2 * turns
    counts = [2 + round(rest * weight / sum(weights)) for weight in weights]
    parts = []
    for number, count in enumerate(counts):
        said = []
        left = count
        while left > 0:
            take = min(left, rng.randint(6, 22))
            said.append(sentence(rng, take))
            left -= take
        parts.append(f"**{'Intervjuer' if number % 2 == 0 else informant}:** {' '.join(said)}")
    return "\n\n".join(parts) + "\n"


def codebook(rng: random.Random, count: int) -> dict[str, Any]:
    """`count` active codes, a third of them elements with two sub-elements each, with texts as long as real ones."""
    codes: list[dict[str, Any]] = []
    levels, seen = "PKEX", dict.fromkeys("PKEX", 0)
    for number in range(1, count + 1):
        name, parent = f"C{number:04d}", None
        if number % 3 == 1:
            level = levels[(number // 3) % len(levels)]
            seen[level] += 1
            display = element = f"{level}{seen[level]}"
        else:
            parent, display = f"C{number - (number - 1) % 3:04d}", f"{element}.{(number - 1) % 3}"
        made = code(name, display, " ".join(rng.sample(WORDS[len(COMMON) :], 3)), parent=parent)
        for key, words in {
            "brief": 18,
            "definition": 55,
            "when_to_use": 30,
            "when_not_to_use": 30,
            "example": 25,
        }.items():
            made[key] = {language: sentence(rng, words) for language in ("nb", "en")}
        codes.append(made)
    both = {"nb": "Oppdiktet kodebok.", "en": "Invented codebook."}
    return {
        "schema_version": 1, "codebook_version": VERSION, "released": "2020-02-01", "title": both, "notice": both,
        "codes": codes, "changes": [],
    }  # fmt: skip


def segments(rng: random.Random, text: str, count: int, codes: Sequence[str]) -> list[dict[str, Any]]:
    """Coded segments of a word to several turns, some over the very same span, many overlapping."""
    turns = parse_turns(text, has_turns=True)
    made: dict[tuple[int, int, str], dict[str, Any]] = {}
    span = (0, 1)
    while len(made) < count:
        if not made or rng.random() > 0.12:
            turn = rng.choice(turns)
            start = rng.randrange(turn.span.start, turn.span.end)
            end = min(start + round(rng.expovariate(1 / 70)) + 4, turn.span.end + rng.choice((0, 0, 0, 60)), len(text))
            while start < end and text[start].isspace():
                start += 1
            while start < end and text[end - 1].isspace():
                end -= 1
            if start >= end:
                continue
            span = (start, end)
        key = (*span, rng.choice(codes))
        if key not in made:
            made[key] = segment_at(text, *key, rng.choice(POLARITIES), VERSION)
    return list(made.values())


def write_log(path: Path, document: str, text: str, coder: str, made: Sequence[Mapping[str, Any]]) -> None:
    fingerprint = text_sha256(text)
    drafts = [
        {
            "at": DAY, "coder": coder, "document": document, "text_sha256": fingerprint, "action": "apply",
            "segment": f"{document}.{coder}.s{number:04d}", "codebook_version": VERSION, "before": None, "after": segment,
        }
        for number, segment in enumerate(made, 1)
    ]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(map(journal.encode, journal.chained(0, journal.NO_PREVIOUS, drafts))))


def write_big_study(folder: Path, *, codes: int, sizes: Mapping[str, Size], seed: int) -> Path:
    """Write a whole study with these documents and `codes` active codes into `folder`, which must not exist."""
    rng = random.Random(seed)
    start_study(folder)
    book = codebook(rng, codes)
    write_yaml(folder / f"codebooks/{VERSION}.yaml", book)
    names = [entry["id"] for entry in book["codes"]]
    rows = []
    for document, size in sizes.items():
        text = transcript(rng, size.turns, size.words, "TRD-PL-01")
        notice = "notice: Oppdiktet tekst til målinger. / Invented text for measurements."
        (folder / f"corpus/texts/{document}.md").write_text(f"---\n{notice}\n---\n\n{text}", "utf-8", newline="\n")
        facts = ("Oppdiktet intervju", "interview", "TRD", "", "", "2020-03-04", "nb", "TRD-PL-01", "", "open")
        rows.append(dict(zip(DOCUMENT_COLUMNS, (document, *facts, text_sha256(text)), strict=True)))
        for coder, count in size.segments.items():
            path = folder / journal.FOLDER / coder / f"{document}.jsonl"
            write_log(path, document, text, coder, segments(rng, text, count, names))
    (folder / "corpus/documents.csv").write_text(register_text(rows, DOCUMENT_COLUMNS), "utf-8")
    person = dict(zip(PARTICIPANT_COLUMNS, ("TRD-PL-01", "prosjektleder", "TRD", "nb", "analysis quote"), strict=True))
    (folder / "corpus/participants.csv").write_text(register_text([person], PARTICIPANT_COLUMNS), "utf-8")
    return folder


def active_codes(book: Codebook) -> list[str]:
    """The ids of the codes that can be applied, in display order."""
    return [entry.id for entry in book.active]
