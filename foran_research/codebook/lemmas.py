"""Lemmas without a model: the simplemma tables, with what spoken Norwegian needs on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

Lemmatiser = Callable[[str], str]
# simplemma's tables know one reading per form. Here the frequent verb lost to a rare or fixed reading ("i går", "si"
# as a possessive), and a cue on the verb would miss its commonest form.
_READINGS: Mapping[str, Mapping[str, str]] = {"nb": {"går": "gå", "si": "si"}, "nn": {}}


@lru_cache(maxsize=4)
def simplemma_lemmatiser(written_form: str) -> Lemmatiser:
    """Lemmas from the simplemma tables, the given written form first and the other as fallback.

    A form that either table holds is never guessed at. A form that neither holds is tried without a genitive -s, and
    only then taken apart as a compound.

    >>> [simplemma_lemmatiser("nb")(form) for form in ("leverandørene", "statens")]
    ['leverandør', 'stat']
    """
    return lemmatiser_from_tables(written_form, readings=_READINGS.get(written_form, {}))


def lemmatiser_from_tables(
    written_form: str, *, readings: Mapping[str, str], has_genitive: bool = True, has_both_first: bool = True
) -> Lemmatiser:
    """A lemmatiser whose steps can be switched off one by one, so that a benchmark can say what each is worth."""
    from simplemma.strategies import DefaultStrategy, DictionaryLookupStrategy

    # Called directly and not through `simplemma.lemmatize`, whose own cache would keep every form a second time.
    look_up, guess = DictionaryLookupStrategy().get_lemma, DefaultStrategy().get_lemma
    languages = ("nn", "nb") if written_form == "nn" else ("nb", "nn")
    first_tables = languages if has_both_first else languages[:1]

    def from_tables(form: str) -> str | None:
        return next((lemma for table in first_tables if (lemma := look_up(form, table)) is not None), None)

    def lemmatise(form: str) -> str:
        lemma = readings.get(form) or from_tables(form)
        if lemma is None and has_genitive and _may_be_genitive(form):
            lemma = from_tables(form[:-1])
        if lemma is None:
            lemma = next((found for table in languages if (found := guess(form, table)) is not None), form)
        return str(lemma).lower()

    return lemmatise


def _may_be_genitive(form: str) -> bool:
    # "-vis" and "-løs"/"-laus" end adverbs and adjectives, never a genitive.
    return len(form) > 4 and form.endswith("s") and not form.endswith(("ss", "vis", "løs", "laus"))
