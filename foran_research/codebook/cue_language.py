"""The cue language: short phrases whose words match by lemma, form, beginning or end, with gaps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from .tokens import WORD, as_cues_spell, folded

Kind = Literal["lemma", "form", "prefix", "suffix"]
Atom = tuple[Kind, str]
DEFAULT_GAP = 3
LARGEST_GAP = 20


class CueSyntaxError(ValueError):
    """A cue that is not in the cue language."""


@dataclass(frozen=True)
class Position:
    """One word of a phrase: any of `atoms` satisfies it; up to `gap` words may stand before it."""

    atoms: frozenset[Atom]
    gap: int = 0


@lru_cache(maxsize=4096)
def parse_phrase(phrase: str) -> tuple[Position, ...]:
    """The positions of a phrase.

    Raises
    ------
    CueSyntaxError
        For an empty phrase, a gap at either end, a bare asterisk or punctuation that no word holds.

    >>> [p.gap for p in parse_phrase("snakke .. leverandør*")]
    [0, 3]
    """
    positions: list[Position] = []
    gap = 0
    for word in phrase.split():
        if word.startswith(".."):
            length = word[2:]
            if gap or not positions or not (length.isdecimal() or not length):
                raise CueSyntaxError("a gap that is not between two words")
            gap = int(length) if length else DEFAULT_GAP
            if not 0 < gap <= LARGEST_GAP:
                raise CueSyntaxError(f"a gap of fewer than 1 or more than {LARGEST_GAP} words")
            continue
        positions.append(Position(frozenset(_atom(part) for part in word.split("|")), gap))
        gap = 0
    if gap or not positions:
        raise CueSyntaxError("no word, or a gap at the end")
    return tuple(positions)


def _atom(word: str) -> Atom:
    kind: Kind = "lemma"
    if word.startswith("="):
        kind, word = "form", word[1:]
    elif word.endswith("*"):
        kind, word = "prefix", word[:-1]
    elif word.startswith("*"):
        kind, word = "suffix", word[1:]
    word = as_cues_spell(folded(word))
    if not WORD.fullmatch(word):
        raise CueSyntaxError("a word of punctuation only, or marks that do not go together")
    return kind, word


def literal_words(pattern: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Words of which a spaCy pattern needs at least one, in the cue language (``=form`` or a lemma).

    So only lines that hold one need spaCy's tokens. Empty when the pattern requires no word of letters alone (spaCy
    may cut at digits, hyphens and apostrophes where we do not): then every line must be tried.

    >>> sorted(literal_words([{"LEMMA": {"IN": ["teste", "prøve"]}}, {"OP": "?"}]))
    ['prøve', 'teste']
    """
    candidates: list[frozenset[str]] = []
    for token in pattern:
        if not _is_required(str(token.get("OP", "1"))):
            continue
        for key in ("LOWER", "ORTH", "TEXT", "LEMMA"):
            value = token.get(key)
            if isinstance(value, Mapping):
                value = value.get("IN") if set(value) == {"IN"} else None
            words = [value] if isinstance(value, str) else value
            if isinstance(words, list) and words and all(isinstance(w, str) and w.isalpha() for w in words):
                candidates.append(frozenset(("" if key == "LEMMA" else "=") + folded(word) for word in words))
    # Long words are rare: "dialog" spares spaCy more lines than "ha".
    return max(candidates, key=lambda words: min(len(word.lstrip("=")) for word in words), default=frozenset())


def _is_required(operator: str) -> bool:
    least = re.match(r"\{(\d*)", operator)
    return int(least[1] or 0) > 0 if least else operator not in ("?", "*", "!")


_TEXT_KEYS = frozenset("ORTH TEXT NORM LOWER SHAPE PREFIX SUFFIX LEMMA POS TAG MORPH DEP ENT_TYPE OP".split())
_FLAG_KEYS = frozenset(
    "IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_UPPER IS_TITLE IS_PUNCT IS_SPACE IS_STOP IS_SENT_START SPACY LIKE_NUM "
    "LIKE_URL LIKE_EMAIL".split()
)
_SET_KEYS = frozenset("IN NOT_IN REGEX FUZZY IS_SUBSET IS_SUPERSET INTERSECTS".split())


def token_pattern(raw: object) -> list[dict[str, Any]]:
    """A spaCy token pattern as read from YAML, with flags as truth values; checked without loading spaCy.

    Raises
    ------
    CueSyntaxError
        For anything that spaCy's Matcher would refuse when the cues are compiled.

    >>> token_pattern([{"LIKE_NUM": "true"}, {"LOWER": "kommuner"}])
    [{'LIKE_NUM': True}, {'LOWER': 'kommuner'}]
    """
    if not isinstance(raw, list) or not raw or not all(isinstance(token, Mapping) for token in raw):
        raise CueSyntaxError("a pattern that is not a list of token descriptions")
    return [{str(key): _token_value(str(key), value) for key, value in token.items()} for token in raw]


def _token_value(key: str, value: object) -> object:
    if key in _FLAG_KEYS and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    if key == "LENGTH" and isinstance(value, int):
        return value
    if key in _TEXT_KEYS and isinstance(value, str):
        return value
    if key in _TEXT_KEYS and isinstance(value, Mapping) and value and set(value) <= _SET_KEYS:
        return dict(value)
    raise CueSyntaxError("a token key or value that spaCy does not know")
