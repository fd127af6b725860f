"""How often lemmas are right on the UD development sets: simplemma step by step, and a trained pipeline.

    python benchmarks/bench_lemmas.py [--data ../shared/data/norwegian]

Gold words, so that only the lemma is judged; nouns, verbs, adjectives and adverbs; capitals do not count.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from foran_research.codebook.lemmas import lemmatiser_from_tables, simplemma_lemmatiser

CONTENT = frozenset(("NOUN", "VERB", "ADJ", "ADV"))
TREEBANKS = {"nb": "no_bokmaal-ud-dev.conllu", "nn": "no_nynorsk-ud-dev.conllu"}
ROOT = Path(__file__).resolve().parents[1]

Word = tuple[str, str, str]
Sentences = Sequence[Sequence[Word]]


def sentences_of(path: Path) -> Iterator[list[Word]]:
    """Form, lemma and part of speech of the words of each sentence."""
    for block in path.read_text("utf-8").split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if line[:1].isdigit()]
        words = [(row[1], row[2], row[3]) for row in rows if row[0].isdigit()]
        if words:
            yield words


def share_right(sentences: Sentences, lemmas_of: Callable[[Sequence[str]], Sequence[str]]) -> tuple[float, int]:
    right = total = 0
    for words in sentences:
        for (_, gold, kind), lemma in zip(words, lemmas_of([form for form, _, _ in words]), strict=True):
            if kind in CONTENT:
                total += 1
                right += lemma.lower() == gold.lower()
    return right / total, total


def from_words(lemmatise: Callable[[str], str]) -> Callable[[Sequence[str]], list[str]]:
    return lambda forms: [lemmatise(form.lower()) for form in forms]


def from_pipeline(folder: Path) -> Callable[[Sequence[str]], list[str]]:
    import spacy
    from spacy.tokens import Doc

    nlp = spacy.load(folder, exclude=["ner", "parser", "senter"])
    return lambda forms: [token.lemma_ for token in nlp(Doc(nlp.vocab, words=list(forms)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "norwegian")
    data = parser.parse_args().data
    print("| method | nb | nn |\n|---|---|---|")
    sets = {form: list(sentences_of(data / "ud" / name)) for form, name in TREEBANKS.items()}
    steps: dict[str, dict[str, bool]] = {
        "simplemma, own table first": {"has_genitive": False, "has_both_first": False},
        "+ both tables before any guess": {"has_genitive": False},
        "+ genitive -s before any guess": {},
    }
    rows = {
        name: {f: from_words(lemmatiser_from_tables(f, readings={}, **switches)) for f in sets}
        for name, switches in steps.items()
    }
    rows["+ two readings by hand (what the package uses)"] = {f: from_words(simplemma_lemmatiser(f)) for f in sets}
    rows["the same, other written form's settings"] = {
        "nb": from_words(simplemma_lemmatiser("nn")),
        "nn": from_words(simplemma_lemmatiser("nb")),
    }
    rows["the form itself"] = dict.fromkeys(sets, from_words(str))
    pipeline = data / "spacy-pipeline"
    if pipeline.is_dir():
        rows["trained spaCy pipeline"] = dict.fromkeys(sets, from_pipeline(pipeline))
    counted = {}
    for name, methods in rows.items():
        shares = {form: share_right(sets[form], method) for form, method in methods.items()}
        counted = {form: total for form, (_, total) in shares.items()}
        print(f"| {name} | {shares['nb'][0]:.2%} | {shares['nn'][0]:.2%} |")
    print(f"\nContent words: {counted['nb']:,} nb, {counted['nn']:,} nn. Bars: 95 % nb, 90 % nn, without a model.")
    if not pipeline.is_dir():
        print("No trained pipeline here; its row is left out.")


if __name__ == "__main__":
    main()
