"""How the cue engine compares with spaCy's phrase matcher, and what ten times as many cues cost.

    python benchmarks/bench_suggestions.py [--megabytes 10] [--repeats 5]

Everything is built from the demo study with a fixed seed, measured in this one run with the contestants taking turns,
and printed as ratios of medians: absolute times would only describe the machine.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from foran_research.codebook.code import Cue
from foran_research.codebook.cues import CueEngine
from foran_research.codebook.lemmas import Lemmatiser, simplemma_lemmatiser
from foran_research.codebook.tokens import tokenise

ROOT = Path(__file__).resolve().parents[1]
SEED = 20_240_601
DOCUMENT_BYTES = 60_000
#: Share of words that become a compound nobody wrote before: real text keeps adding words, resampled text does not.
NOVEL = 0.035
#: Passes that the time of a second pass is the mean of: one alone is too short to time well on a busy machine.
AGAIN = 3
#: Occurrences per MB of the cues that are drawn, by length: neither once-only phrases nor "og".
BANDS = {1: (5, 200), 2: (3, 100), 3: (2, 50)}

Cues = Sequence[tuple[str, str]]
Hits = list[list[tuple[int, int, str]]]


def build_documents(megabytes: float, seed: int) -> list[str]:
    """Documents of about 60 kB: the demo study's sentences drawn anew, with invented inflected compounds strewn in."""
    rng, lemma_of = random.Random(seed), simplemma_lemmatiser("nb")
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "corpus" / "texts").glob("*.md"))]
    bodies = [text.split("---\n", 2)[2] if text.startswith("---\n") else text for text in texts]
    lines = [re.sub(r"\*\*[^*]*:\*\*\s*", "", line) for body in bodies for line in body.splitlines() if line]
    sentences = [s for line in lines if line[0] != "#" for s in re.split(r"(?<=[.!?…])\s+", line) if s]
    # A compound inflects as its last part does, so the last part is any form that the study has.
    inflected = sorted({w for s in sentences for w in re.findall(r"\b[a-zæøå]{5,12}\b", s)})
    stems = sorted({lemma for w in inflected if len(lemma := lemma_of(w)) < 10})
    documents, size, written = [], 0, 0
    paragraphs: list[str] = []
    while written < megabytes * 1e6:
        chosen = rng.choices(sentences, k=rng.randint(1, 6))
        words = " ".join(chosen).split(" ")
        for index, word in enumerate(words):
            if word.isalpha() and rng.random() < NOVEL:
                words[index] = rng.choice(stems) + rng.choice(inflected)
        paragraphs.append(" ".join(words))
        grown = len(paragraphs[-1].encode()) + 2
        size, written = size + grown, written + grown
        if size > DOCUMENT_BYTES:
            documents.append("\n\n".join(paragraphs) + "\n")
            paragraphs, size = [], 0
    return [*documents, "\n\n".join(paragraphs) + "\n"] if paragraphs else documents


def draw_cues(documents: Iterable[str], count: int, lemma_of: Lemmatiser, seed: int) -> Cues:
    """Lemma cues of one, two and three words (2 : 2 : 1) that occur in the documents, each with a code of its own."""
    rng = random.Random(seed)
    sentences = [
        [lemma_of(form) for form in tokenise(part).forms]
        for document in documents
        for part in re.split(r"[^\w\s]+|\n", document)
    ]
    drawn: list[str] = []
    for length, share in ((1, 2), (2, 2), (3, 1)):
        seen = Counter(g for s in sentences for g in zip(*(s[n:] for n in range(length)), strict=False))
        low, high = BANDS[length]
        # Lemmas that are their own lemma, so that both contestants are asked for the same thing.
        fit = sorted(
            g for g, n in seen.items() if low <= n <= high and all(lemma_of(w) == w and w.isalpha() for w in g)
        )
        fit = [g for g in fit if length > 1 or len(g[0]) > 4]
        drawn += [" ".join(gram) for gram in rng.sample(fit, count * share // 5)]
    return [(f"C{number:04}", phrase) for number, phrase in enumerate(drawn, 1)]


class _LemmaIds(dict[int, int]):
    """spaCy's number of a lower-cased form → number of its lemma; worked out once per form, as in our engine."""

    def __init__(self, vocab: spacy.vocab.Vocab, lemma_of: Lemmatiser) -> None:
        super().__init__()
        self.strings, self.lemma_of = vocab.strings, lemma_of

    def __missing__(self, form: int) -> int:
        self[form] = number = self.strings.add(self.lemma_of(self.strings[form]))
        return number


class Ours:
    """The package's engine: offsets, codes, sentences and negation."""

    def __init__(self, cues: Cues, lemma_of: Lemmatiser) -> None:
        self.engine = CueEngine([(code, Cue(phrase)) for code, phrase in cues], lemma_of)

    def run(self, documents: Sequence[str]) -> int:
        return sum(len(self.engine.hits(document)) for document in documents)

    def hits(self, documents: Sequence[str]) -> Hits:
        return [[(hit.start, hit.end, hit.code) for hit in self.engine.hits(document)] for document in documents]


class SpacyLemma:
    """A blank pipeline's tokeniser, lemmas set in bulk by number, and PhraseMatcher; token numbers and label only."""

    def __init__(self, cues: Cues, lemma_of: Lemmatiser) -> None:
        self.nlp = spacy.blank("nb")
        self.ids = _LemmaIds(self.nlp.vocab, lemma_of)
        self.matcher = PhraseMatcher(self.nlp.vocab, attr="LEMMA")
        for code, phrase in cues:
            words = phrase.split()
            self.matcher.add(code, [Doc(self.nlp.vocab, words=words, lemmas=words)])

    def prepared(self, document: str) -> Doc:
        doc = self.nlp.make_doc(document)
        forms = doc.to_array("LOWER")
        lemmas = np.fromiter(map(self.ids.__getitem__, forms.tolist()), np.uint64, len(forms))
        return doc.from_array(["LEMMA"], lemmas.reshape(-1, 1))

    def run(self, documents: Sequence[str]) -> int:
        return sum(len(self.matcher(self.prepared(document))) for document in documents)

    def hits(self, documents: Sequence[str]) -> Hits:
        found = []
        for document in documents:
            doc = self.prepared(document)
            found.append(
                [
                    (doc[first].idx, doc[last - 1].idx + len(doc[last - 1]), self.nlp.vocab.strings[label])
                    for label, first, last in self.matcher(doc)
                ]
            )
        return found


class SpacyUsual(SpacyLemma):
    """The same with lemmas set token by token, as spaCy's own lemmatisers and most pipeline components do."""

    def __init__(self, cues: Cues, lemma_of: Lemmatiser) -> None:
        super().__init__(cues, lemma_of)
        self.lemma_of, self.lemmas = lemma_of, {}

    def prepared(self, document: str) -> Doc:
        doc = self.nlp.make_doc(document)
        for token in doc:
            form = token.lower_
            lemma = self.lemmas.get(form)
            if lemma is None:
                lemma = self.lemmas[form] = self.lemma_of(form)
            token.lemma_ = lemma
        return doc


class SpacyLower:
    """As before without lemmas: PhraseMatcher over lower-cased forms, given every spelling that our engine found.

    The spellings come for free here; in life they would cost a pass over the text of their own.
    """

    def __init__(self, spellings: dict[str, set[str]]) -> None:
        self.nlp = spacy.blank("nb")
        self.matcher = PhraseMatcher(self.nlp.vocab, attr="LOWER")
        for code, phrases in spellings.items():
            self.matcher.add(code, [self.nlp.make_doc(phrase) for phrase in sorted(phrases)])

    def run(self, documents: Sequence[str]) -> int:
        return sum(len(self.matcher(self.nlp.make_doc(document))) for document in documents)


Contestant = Ours | SpacyLemma | SpacyLower


class Known(dict[str, str]):
    """Lemmas of all forms, worked out before the clock starts: what is left is the contestants' own work."""

    def __init__(self, lemma_of: Lemmatiser) -> None:
        super().__init__()
        self.lemma_of = lemma_of

    def __missing__(self, form: str) -> str:
        self[form] = lemma = self.lemma_of(form)
        return lemma


def timed(build: Callable[[Lemmatiser], Contestant], documents: Sequence[str], known: Known) -> tuple[float, ...]:
    """Seconds of processor time from cues to hits: all new, with lemmas known, for a pass thereafter; number of hits."""
    marks = [time.process_time()]
    build(known.lemma_of).run(documents)
    marks.append(time.process_time())
    contestant = build(known.__getitem__)
    count = contestant.run(documents)
    marks.append(time.process_time())
    for _ in range(AGAIN):
        contestant.run(documents)
    marks.append(time.process_time())
    new, known_before, again = (later - earlier for earlier, later in itertools.pairwise(marks))
    return new, known_before, again / AGAIN, count


def compare(ours: Hits, theirs: Hits, documents: Sequence[str], nlp: spacy.language.Language) -> dict[str, int]:
    """How many hits both found, how many only one of them, and whether the two cut the words there differently."""
    told: Counter[str] = Counter()
    for mine, other, document in zip(ours, theirs, documents, strict=True):
        told["both"] += len(set(mine) & set(other))
        only = {"only ours": set(mine) - set(other), "only spaCy": set(other) - set(mine)}
        if not any(only.values()):
            continue
        tokens = tokenise(document)
        here = set(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True))
        there = {(t.idx, t.idx + len(t)) for t in nlp.make_doc(document) if re.match(r"\w", t.text)}
        differing = sorted(here ^ there)
        for name, hits in only.items():
            for start, end, _ in hits:
                is_cut = any(s <= end and start <= e for s, e in differing)
                told[f"{name}: {'words cut differently' if is_cut else 'unexplained'}"] += 1
    return dict(told)


def memory(documents: Sequence[str], cues: Cues) -> tuple[float, float, float]:
    """Peak extra memory over the text's size: traced, resident, and the lemma tables' own share of the resident."""
    text = "\n".join(documents)
    lemma_of = simplemma_lemmatiser("nb")
    tracemalloc.start()
    Ours(cues, lemma_of).engine.hits(text)
    traced = tracemalloc.get_traced_memory()[1] / len(text.encode())
    tracemalloc.stop()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "text").write_text(text, "utf-8")
        (Path(folder) / "cues").write_text("\n".join(phrase for _, phrase in cues), "utf-8")
        # A process of its own: only there does the peak tell of this work alone.
        told = subprocess.run(
            [sys.executable, __file__, "--memory-of", folder], check=True, capture_output=True, text=True
        ).stdout.split()
    return traced, float(told[0]), float(told[1])


def resident_peak(folder: Path) -> None:
    """Print peak extra resident memory over the text's size, and that of loading the lemma tables (Linux)."""

    def kilobytes(field: str) -> int:
        found = re.search(rf"^{field}:\s+(\d+)", Path("/proc/self/status").read_text(), re.M)
        return int(found[1]) if found else 0

    text = (folder / "text").read_text("utf-8")
    cues = [(f"C{n:04}", phrase) for n, phrase in enumerate((folder / "cues").read_text("utf-8").splitlines(), 1)]
    size = len(text.encode()) / 1024
    bare = kilobytes("VmRSS")
    lemma_of = simplemma_lemmatiser("nb")
    Ours(cues, lemma_of).engine.hits(text[:1000])
    for language_word in ("hus", "qqqqqqqqqqqq"):
        lemma_of(language_word)
    Path("/proc/self/clear_refs").write_text("5")
    before = kilobytes("VmRSS")
    hits = Ours(cues, lemma_of).engine.hits(text)
    assert hits
    print((kilobytes("VmHWM") - before) / size, (before - bare) / size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=10)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory_of:
        resident_peak(arguments.memory_of)
        return
    documents = build_documents(arguments.megabytes, SEED)
    lemma_of = simplemma_lemmatiser("nb")
    sample = build_documents(1, SEED + 1)
    cues = {count: draw_cues(sample, count, lemma_of, SEED) for count in (600, 60)}
    our_hits = Ours(cues[600], lemma_of).hits(documents)
    spellings: dict[str, set[str]] = defaultdict(set)
    for hits, document in zip(our_hits, documents, strict=True):
        for start, end, code in hits:
            spellings[code].add(document[start:end].lower())
    contestants: dict[str, Callable[[Lemmatiser], Contestant]] = {
        "ours, 600 cues": lambda lemmatiser: Ours(cues[600], lemmatiser),
        "ours, 60 cues": lambda lemmatiser: Ours(cues[60], lemmatiser),
        "spaCy LEMMA, set token by token": lambda lemmatiser: SpacyUsual(cues[600], lemmatiser),
        "spaCy LEMMA, set in bulk": lambda lemmatiser: SpacyLemma(cues[600], lemmatiser),
        "spaCy LOWER, given every spelling": lambda _: SpacyLower(spellings),
    }
    known = Known(lemma_of)
    for document in documents:
        for form in tokenise(document).forms:
            known[form]
    times: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for _, (name, build) in itertools.product(range(max(3, arguments.repeats)), contestants.items()):
        times[name].append(timed(build, documents, known))
    columns = [{n: statistics.median(t[k] for t in ts) for n, ts in times.items()} for k in range(3)]
    counts = {name: int(ts[0][3]) for name, ts in times.items()}
    spacy_lemma = SpacyLemma(cues[600], lemma_of)
    agreement = compare(our_hits, spacy_lemma.hits(documents), documents, spacy_lemma.nlp)
    traced, resident, tables = memory(documents, cues[600])
    forms = [form for document in documents for form in tokenise(document).forms]
    size = sum(len(document.encode()) for document in documents) / 1e6
    print(f"{size:.1f} MB, {len(documents)} documents, {len(forms):,} words, {len(set(forms)):,} distinct; seed {SEED}")
    print(f"{max(3, arguments.repeats)} repeats, contestants taking turns, medians of processor time\n")
    print("| ratio of times | all new | lemmas known before | second pass | target |\n|---|---|---|---|---|")
    ours, few = "ours, 600 cues", "ours, 60 cues"
    for name in contestants:
        if name.startswith("spaCy"):
            ratios = " | ".join(f"{column[name] / column[ours]:.1f}" for column in columns)
            print(f"| {name} : {ours} | {ratios} | {'≥ 8' if 'LEMMA' in name else ''} |")
    ratios = " | ".join(f"{column[ours] / column[few]:.2f}" for column in columns)
    print(f"| {ours} : {few} | {ratios} | ≤ 1.3 |")
    spread = max(max(t[k] for t in ts) / min(t[k] for t in ts) for ts in times.values() for k in range(3))
    print(f"\nSlowest to fastest repeat of the same thing: at most {spread:.2f}.")
    print("Looking lemmas up is the same work for all that need them; LOWER needs none and is told the spellings.\n")
    print("| peak extra memory : size of the text | ratio | target |\n|---|---|---|")
    print(f"| traced by Python | {traced:.2f} | ≤ 3 |\n| resident set | {resident:.2f} | ≤ 3 |")
    print(f"| (lemma tables, loaded once whatever the text) | {tables:.2f} | |\n")
    print("| hits | number |\n|---|---|")
    for name, count in counts.items():
        print(f"| {name} | {count:,} |")
    for name, count in sorted(agreement.items()):
        print(f"| ours and spaCy LEMMA: {name} | {count:,} |")


if __name__ == "__main__":
    main()
