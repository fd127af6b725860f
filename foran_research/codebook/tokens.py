"""Words of a text, a block at a time: where they are, which are neighbours, where sentences end, a number for each form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
#: Characters handled at a time: bounds memory for one very long document without cutting a sentence.
BLOCK = 1 << 16
WORD = re.compile(r"\w+(?:[-'’‑]\w+)*")
_SOFT_HYPHEN = "\u00ad"
# A full stop after one of these, or after a day's number, and before a small letter does not end a sentence.
_SHORTENED = re.compile(
    r"(?:(?:^|\W)(?:adm|ang|art|avd|bl\.?a|ca|dir|dvs|eks|ekskl|etc|evt|f\.?eks|fig|forts|gj\.?sn|hhv|if?t|iht|inkl|"
    r"jf|jfr|kap|kgl|kl|kr|m\.?a|m\.?fl|m\.?m|maks|mht|mill|min|mrd|mv|nr|o\.?a|o\.?l|osv|pga|pkt|pr|red|ref|saml|sek|"
    r"st|str|t\.?d|t\.?o\.?m|tlf|vgs|vha|vs|\d{1,2})|\.)$"
)
_SAFE_CUT = re.compile(r"[!?](?=\s)|\.(?=\s[A-ZÆØÅ])")
# Kinds of characters. Letters come first, so that "is a letter" is one comparison.
_LETTER, _CAPITAL, _MARK, _JOINER, _SPACE, _BREAK, _PAUSE, _DOT, _OTHER = range(9)
_FOLDING = str.maketrans({"İ": "i", "’": "'", "‑": "-"})


def folded(word: str) -> str:
    """`word` in small letters, with one apostrophe and one hyphen for all their kinds; never longer or shorter."""
    # "İ" is the only character whose small form is longer than itself; offsets must not move.
    return word.lower() if word.isascii() else word.translate(_FOLDING).lower()


@lru_cache(maxsize=4096)
def _kind(character: str) -> int:
    if character.isalnum() or character == "_":
        return _CAPITAL if character.isupper() else _LETTER
    if character in "-'’‑":
        return _JOINER
    if character == "\n" or character in "!?":
        return _BREAK
    if character in "….":
        return _DOT if character == "." else _PAUSE
    if character == _SOFT_HYPHEN or unicodedata.category(character) in ("Mn", "Mc", "Me"):
        return _MARK
    return _SPACE if character.isspace() else _OTHER


# The first 256 characters as tables of bytes; the few others of a text are looked at one by one.
_KIND_BYTES = bytes(_kind(chr(point)) for point in range(256))
_FOLDED_BYTES = bytes(ord(folded(chr(point))) for point in range(256))


def as_cues_spell(form: str) -> str:
    """A folded form as cues spell it: composed letters, no soft hyphens."""
    return form if form.isascii() else unicodedata.normalize("NFC", form.replace(_SOFT_HYPHEN, ""))


# A word's number is a polynomial in its letters, modulo 2**64, so that the numbers of all words of a block are
# differences of one running sum. Among a million forms the chance that any two share a number is about one in 10**7.
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)


def _scrambled(points: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A number per character without pattern (the finaliser of Steele, Lea and Flood's SplitMix, 2014)."""
    mixed = (points + np.uint64(1)) * np.uint64(_BASE)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    scrambled: npt.NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return scrambled


_VALUES = _scrambled(np.frombuffer(_FOLDED_BYTES, np.uint8).astype(np.uint64))


@lru_cache(maxsize=2)
def _powers(count: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    forward, backward = (np.full(count, factor, np.uint64) for factor in (_BASE, _INVERSE))
    forward[0] = backward[0] = 1
    return np.cumprod(forward), np.cumprod(backward)


@dataclass(frozen=True)
class Tokens:
    """The words of a block of text: offsets and, from our own tokeniser, numbers, or else forms and lemmas."""

    text: str
    starts: Integers
    ends: Integers
    kinds: npt.NDArray[np.int8]
    numbers: npt.NDArray[np.uint64]
    lemmas: Sequence[str] | None = None

    def forms_at(self, words: Integers) -> list[str]:
        """Some of the words, folded."""
        places = zip(self.starts[words].tolist(), self.ends[words].tolist(), strict=True)
        return [folded(self.text[start:end]) for start, end in places]

    @cached_property
    def forms(self) -> list[str]:
        """All words, folded."""
        return self.forms_at(np.arange(len(self.starts)))

    @cached_property
    def sentence_bounds(self) -> Integers:
        """Where sentences begin, and the end of the text."""
        return _sentence_bounds(self)

    def sentences_at(self, places: Integers) -> tuple[Integers, Integers]:
        """Begin and end of the sentence at each of these places."""
        number = np.searchsorted(self.sentence_bounds, places, side="right")
        return self.sentence_bounds[number - 1], self.sentence_bounds[number]

    def is_joined(self, first: Integers) -> Truths:
        """Whether nothing but space stands between each of these words and the next one."""
        ends, gaps = self.ends[first], self.starts[first + 1] - self.ends[first]
        joined: Truths = self.kinds[np.minimum(ends, len(self.kinds) - 1)] == _SPACE
        for index in np.flatnonzero(joined & (gaps > 1)).tolist():
            end = int(ends[index])
            joined[index] = bool((self.kinds[end : end + int(gaps[index])] == _SPACE).all())
        joined |= gaps == 0
        return joined


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """A text in pieces of bounded size that cut no sentence, with the offset of each."""
    start = 0
    while len(text) - start > BLOCK:
        end = text.rfind("\n", start, start + BLOCK) + 1
        if end <= start:
            end = _safe_cut(text, start)
        yield start, text[start:end]
        start = end
    if start < len(text):
        yield start, text[start:]


def _safe_cut(text: str, start: int) -> int:
    """Where a line longer than a block can be cut without cutting a sentence."""
    cuts = [match.end() for match in _SAFE_CUT.finditer(text, start, start + BLOCK)]
    if cuts:
        return cuts[-1]
    later = _SAFE_CUT.search(text, start + BLOCK - 1)
    line_end = (text.find("\n", start + BLOCK) + 1) or len(text)
    return min(later.end(), line_end) if later else line_end


def tokenise(text: str) -> Tokens:
    """Words of `text` by our own rule: letters, digits and what modifies them, joined by hyphen or apostrophe.

    >>> tokenise("E-posten kom ikke.").forms
    ['e-posten', 'kom', 'ikke']
    """
    kinds, values = _characters(text)
    in_word = np.zeros(len(text) + 2, bool)
    letters = in_word[1:-1]
    np.less_equal(kinds, _CAPITAL, out=letters)
    marks = np.flatnonzero(kinds == _MARK)
    if len(marks):
        # An accent or soft hyphen belongs to the word when the last character that is none is a letter.
        others = np.flatnonzero(kinds != _MARK)
        before = np.searchsorted(others, marks) - 1
        letters[marks] = (before >= 0) & letters[others[before]] if len(others) else False
    joiners = np.flatnonzero(kinds == _JOINER)
    letters[joiners[in_word[joiners] & in_word[joiners + 2]]] = True
    edges = np.flatnonzero(in_word[1:] != in_word[:-1])
    starts, ends = edges[::2], edges[1::2]
    forward, backward = _powers(max(BLOCK, 1 << len(text).bit_length()))
    values *= forward[: len(values)]
    sums = np.zeros(len(values) + 1, np.uint64)
    np.cumsum(values, out=sums[1:])
    return Tokens(text, starts, ends, kinds, (sums[ends] - sums[starts]) * backward[starts])


def _characters(text: str) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.uint64]]:
    """The kind of every character and a number for its folded form."""
    narrow = bytearray(text, "latin-1", "replace")
    kinds = np.frombuffer(narrow.translate(_KIND_BYTES), np.int8)
    values = _VALUES[np.frombuffer(narrow, np.uint8)]
    # A lone surrogate is no character, but a text that holds one must not stop a run.
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    wide = np.flatnonzero(points > 0xFF)
    if len(wide):
        distinct, which = np.unique(points[wide], return_inverse=True)
        characters = [chr(point) for point in distinct.tolist()]
        kinds[wide] = np.array([_kind(character) for character in characters], np.int8)[which]
        lowered = np.array([ord(folded(character)[0]) for character in characters], np.uint64)
        values[wide] = _scrambled(lowered)[which]
    return kinds, values


def _sentence_bounds(tokens: Tokens) -> Integers:
    kinds = tokens.kinds
    breaks = np.flatnonzero((kinds >= _BREAK) & (kinds <= _DOT))
    if tokens.lemmas is not None:
        # A pipeline keeps "bl.a." as one word: the stops inside end nothing.
        word = np.searchsorted(tokens.starts, breaks, side="right") - 1
        breaks = breaks[(word < 0) | (breaks >= tokens.ends[word])] if len(tokens.ends) else breaks
    padded = np.append(kinds, np.array([_OTHER, _OTHER], np.int8))
    own, following, second = padded[breaks], padded[breaks + 1], padded[breaks + 2]
    # "1.200" and "ja.Nei" hold no space; of "..." only the last dot can end a sentence.
    kept = (own == _BREAK) | (following > _CAPITAL) & (following != _DOT)
    # A pause or a shortened word before a small letter: speech goes on.
    for index in np.flatnonzero(kept & (own != _BREAK) & (following == _SPACE) & (second == _LETTER)).tolist():
        place = int(breaks[index])
        before = tokens.text[max(0, place - 8) : place]
        kept[index] = own[index] == _DOT and not _SHORTENED.search(before.lower())
    return np.concatenate(([0], breaks[kept] + 1, [len(kinds)])).astype(np.int64)


def tokens_from(text: str, words: Sequence[tuple[int, str, str]]) -> Tokens:
    """Tokens cut elsewhere: ``(start, form, lemma)`` each, as a spaCy pipeline gives them; punctuation is left out."""
    kept = [(start, form, lemma) for start, form, lemma in words if WORD.match(form)]
    starts = np.array([start for start, _, _ in kept], np.int64)
    ends = np.array([start + len(form) for start, form, _ in kept], np.int64)
    kinds, _ = _characters(text)
    return Tokens(text, starts, ends, kinds, np.zeros(0, np.uint64), [lemma.lower() for _, _, lemma in kept])
