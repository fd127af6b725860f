"""How often the lemma without a trained model is the one that annotators gave, on the UD development sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from foran_research.codebook.lemmas import lemmatiser_from_tables, simplemma_lemmatiser

pytestmark = pytest.mark.shared

CONTENT = frozenset(("NOUN", "VERB", "ADJ", "ADV"))
TREEBANKS = {"nb": "no_bokmaal-ud-dev.conllu", "nn": "no_nynorsk-ud-dev.conllu"}


def content_words(path: Path) -> list[tuple[str, str]]:
    """Form and lemma of every noun, verb, adjective and adverb, in small letters."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return [(row[1].lower(), row[2].lower()) for row in rows if len(row) == 10 and row[3] in CONTENT]


def accuracy(shared: Path, written_form: str, *, is_plain: bool = False) -> float:
    path = shared / "data" / "norwegian" / "ud" / TREEBANKS[written_form]
    if not path.is_file():
        pytest.skip(f"no {TREEBANKS[written_form]} among the shared data")
    words = content_words(path)
    assert len(words) > 10_000
    lemmatise = lemmatiser_from_tables(written_form, readings={}) if is_plain else simplemma_lemmatiser(written_form)
    return sum(lemmatise(form) == lemma for form, lemma in words) / len(words)


@pytest.mark.parametrize(("written_form", "least"), [("nb", 0.95), ("nn", 0.90)])
def test_content_words_get_the_annotated_lemma(shared: Path, written_form: str, least: float) -> None:
    assert accuracy(shared, written_form) >= least


def test_bokmaal_passes_without_the_readings_chosen_by_hand(shared: Path) -> None:
    # The two readings were noticed on this very set, so the bar must hold without them.
    assert 0.95 <= accuracy(shared, "nb", is_plain=True) < accuracy(shared, "nb")


def test_the_wrong_written_form_costs_accuracy(shared: Path) -> None:
    path = shared / "data" / "norwegian" / "ud" / TREEBANKS["nn"]
    if not path.is_file():
        pytest.skip("no nynorsk among the shared data")
    words = content_words(path)
    right, wrong = (
        sum(lemmatise(form) == lemma for form, lemma in words)
        for lemmatise in (simplemma_lemmatiser("nn"), simplemma_lemmatiser("nb"))
    )
    assert wrong < right
