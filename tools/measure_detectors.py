"""Measure the detectors of names and identifiers, and print the tables that stand in docs/privacy.md.

    python tools/measure_detectors.py [--shared FOLDER]

Names are measured on the development sets of NorNE (news, blogs and parliament, bokmål and nynorsk), of which only
numbers leave this script; identifiers on invented sentences. Nothing is drawn by chance that is not seeded.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "corpus")]

from identity_numbers import decoys, samples  # noqa: E402

from foran_research.corpus.hits import Hit  # noqa: E402
from foran_research.corpus.identifiers import find_identifiers  # noqa: E402
from foran_research.corpus.name_lists import spacy_entities  # noqa: E402
from foran_research.corpus.names import KnownNames, Recogniser, find_names, known_names  # noqa: E402

#: How many sentences are read as one text: about as long as a turn or two.
TOGETHER = 5
GOLD = {"PER": "person", "LOC": "place", "GPE_LOC": "place", "ORG": "organisation", "GPE_ORG": "organisation"}


class Gold(NamedTuple):
    """A text with the entities that people marked in it."""

    text: str
    entities: tuple[tuple[int, int, str], ...]


class Score(NamedTuple):
    """Shares between 0 and 1: of gold entities and of their words that a hit covers, and of hits that touch one."""

    entities: float
    words: float
    precision: float


def read_gold(path: Path) -> list[Gold]:
    """The sentences of a NorNE file, `TOGETHER` at a time, with offsets moved accordingly."""
    sentences = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    texts: list[Gold] = []
    for first in range(0, len(sentences), TOGETHER):
        text, entities = "", []
        for sentence in sentences[first : first + TOGETHER]:
            start = len(text) + bool(text)
            text += ("\n" if text else "") + sentence["text"]
            entities += [(start + e["start"], start + e["end"], e["label"]) for e in sentence["entities"]]
        texts.append(Gold(text, tuple(entities)))
    return texts


def _words(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found, at = [], start
    for part in text[start:end].split(" "):
        if any(c.isalpha() for c in part):
            found.append((at, at + len(part)))
        at += len(part) + 1
    return found


def _is_touched(start: int, end: int, hits: Iterable[Hit]) -> bool:
    return any(hit.start < end and start < hit.end for hit in hits)


def score(
    texts: Sequence[Gold], found: Sequence[Sequence[Hit]], kind: str, kinds: set[str], *, has_possible: bool
) -> Score:
    """How the hits of `kinds` meet the gold entities of `kind`; an entity counts when all its words are covered."""
    entities = whole = words = covered = hits_seen = right = 0
    for gold, all_hits in zip(texts, found, strict=True):
        hits = [h for h in all_hits if h.kind in kinds and (has_possible or h.certainty != "possible")]
        wanted = [(s, e) for s, e, label in gold.entities if GOLD.get(label) == kind]
        for start, end in wanted:
            parts = _words(gold.text, start, end)
            met = sum(_is_touched(s, e, hits) for s, e in parts)
            entities += 1
            whole += met == len(parts)
            words += len(parts)
            covered += met
        hits_seen += len(hits)
        right += sum(any(h.start < e and s < h.end for s, e in wanted) for h in hits)
    return Score(whole / max(1, entities), covered / max(1, words), right / max(1, hits_seen))


def key_of(texts: Sequence[Gold], every: int) -> KnownNames:
    """A key of every `every`-th of the persons' full names, in order of the alphabet; 1 takes all."""
    names = sorted({g.text[s:e] for g in texts for s, e, label in g.entities if label == "PER"})
    full = [name for name in names if " " in name]
    return known_names({f"P-{n:03}": [name] for n, name in enumerate(full[::every])})


def name_rows(shared: Path, *, has_pipeline: bool = True) -> list[str]:
    """The rows of the table of names."""
    rows: list[str] = []
    sources = {
        form: read_gold(shared / f"data/norwegian/norne/derived_gold_no_{form}_dev.jsonl")
        for form in ("bokmaal", "nynorsk")
    }
    pipeline = shared / "data/norwegian/spacy-pipeline"
    recognisers: list[tuple[str, Recogniser | None]] = [("rules and lists", None)]
    if has_pipeline:
        recognisers.append(("with a spaCy pipeline", spacy_entities(str(pipeline))))
    everything = {"person", "place", "organisation", "capitalised"}
    for form, texts in sources.items():
        for name, recogniser in recognisers:
            keys: list[tuple[str, Callable[[], KnownNames]]] = [("none", lambda: known_names({}))]
            if recogniser is None:
                keys += [("half", lambda t=texts: key_of(t, 2)), ("all", lambda t=texts: key_of(t, 1))]
            for key_name, make in keys:
                known = make()
                found = [find_names(gold.text, known, ner=recogniser) for gold in texts]
                sure = score(texts, found, "person", {"person"}, has_possible=False)
                listed = score(texts, found, "person", everything, has_possible=True)
                rows.append(
                    _row(form, name, key_name, *map(_percent, sure), _percent(listed.entities), _percent(listed.words))
                )
    return rows


def place_rows(shared: Path) -> list[str]:
    """The rows of the table of places and organisations, without a pipeline and a key."""
    rows: list[str] = []
    for form in ("bokmaal", "nynorsk"):
        texts = read_gold(shared / f"data/norwegian/norne/derived_gold_no_{form}_dev.jsonl")
        found = [find_names(gold.text, known_names({})) for gold in texts]
        for kind in ("place", "organisation"):
            sure = score(texts, found, kind, {"place", "organisation"}, has_possible=False)
            own = score(texts, found, kind, {kind}, has_possible=False)
            listed = score(texts, found, kind, {"person", "place", "organisation", "capitalised"}, has_possible=True)
            rows.append(
                f"| {form} | {kind} | {_percent(sure.entities)} | {_percent(own.precision)} | {_percent(listed.entities)} |"
            )
    return rows


def identifier_rows() -> list[str]:
    """The rows of the table of identifiers: 200 invented sentences a kind, and 600 with decoys."""
    rows: list[str] = []
    false: dict[str, int] = {}
    for text in decoys(seed=20261, count=600):
        for hit in find_identifiers(text):
            false[hit.kind] = false.get(hit.kind, 0) + 1
    for kind, sentences in samples(seed=20261, count=200).items():
        met = sure = right = seen = 0
        for text, start, end in sentences:
            hits = find_identifiers(text)
            own = [h for h in hits if h.kind == kind and h.start <= start and h.end >= end]
            met += bool(own)
            sure += any(h.certainty != "possible" for h in own)
            seen += len(hits)
            right += sum(h.start < end and start < h.end for h in hits)
        seen += false.get(kind, 0)
        shares = (sure / len(sentences), met / len(sentences), right / max(1, seen))
        rows.append(_row(kind, *map(_percent, shares)))
    return rows


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def tables(shared: Path, *, has_pipeline: bool = True) -> str:
    """The three tables in Markdown."""
    return "\n".join(
        [
            "| written form | with | key | found, % | words, % | right, % | found incl. review, % | words incl. review, % |",
            "|---|---|---|---|---|---|---|---|",
            *name_rows(shared, has_pipeline=has_pipeline),
            "",
            "| written form | kind | found as place or organisation, % | right, % | incl. review list, % |",
            "|---|---|---|---|---|",
            *place_rows(shared),
            "",
            "| kind | certain or likely, % | incl. possible, % | right, % |",
            "|---|---|---|---|",
            *identifier_rows(),
        ]
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder with data/norwegian")
    print(tables(parser.parse_args().shared))


if __name__ == "__main__":
    main()
