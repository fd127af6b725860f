r"""Whether a text repeats what somebody has said: runs of words that stand in transcripts as well, however they are cut up.

Texts are compared twice. By their words, without case, marks and forms of writing; and by their bare letters, since
hyphens, invisible signs, blanks, dots and look-alike letters of other alphabets change what a word is to a program and
not to a reader. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from .spellings import NO_LETTER, SPELT_OUT, plain, words_in
from .transcript import Transcript

#: So many words in a row are told of as repeated: fewer are how people speak.
RUN = 6
#: By bare letters so many are compared at least: fewer stand in a row by chance.
LETTERS = 18
_BASE = 0x9E3779B97F4A7C15

_Numbers = NDArray[np.uint64]
_Places = NDArray[np.int64]


def is_collected(transcript: Transcript) -> bool:
    """Whether a text is a note that was made of answers to a review pack: its headings are the pack's words, and nobody's.

    Examples
    --------
    >>> is_collected(Transcript("FJO-SVAR-M1", "", ())), is_collected(Transcript("FJO-N01", "", ()))
    (True, False)
    """
    return "-SVAR-" in f"-{transcript.id}" and all(name.startswith("LESER-") for name in transcript.speakers)


def spoken_in(one: Transcript) -> list[str]:
    r"""A text in the stretches in which somebody was heard: whole, or cut where a heading of ours stands.

    Examples
    --------
    >>> from foran_research.corpus.transcript import parse_turns
    >>> text = "Svar.\n\n## Hva mangler?\n\n**LESER-A:** Tid.\n"
    >>> spoken_in(Transcript("FJO-SVAR-M1", text, parse_turns(text, has_turns=False)))
    ['Svar.\n\n', '\n\n**LESER-A:** Tid.\n']
    """
    if not is_collected(one):
        return [one.text]
    found, at = [], 0
    for turn in one.turns:
        if turn.kind == "heading":
            found.append(one.text[at : turn.span.start])
            at = turn.span.end
    return [*found, one.text[at:]]


@dataclass(frozen=True, order=True)
class Repeat:
    """So many words in a row of a document, from a turn on (0 before the first), that stand in the `place`s of other texts."""

    document: str
    turn: int
    count: int
    places: tuple[int, ...] = ()

    def __str__(self) -> str:
        where = f"turn {self.turn}" if self.turn else "before the first turn"
        return f"{self.count} words in a row of {self.document}, {where}"


class Said:
    r"""All that was said in some texts, made ready for asking whether others repeat it.

    Parameters
    ----------
    transcripts
        The texts. Headings of notes that :func:`is_collected` knows are passed over: the words below them are not.

    Examples
    --------
    >>> from foran_research.corpus.transcript import parse_turns
    >>> text = "**A:** Vi turte ikke å spørre noen før året var omme."
    >>> said = Said([Transcript("X-I01", text, parse_turns(text, has_turns=True))])
    >>> [str(one) for one in said.repeated(["De TURTE ikke å spør-\nre noen før jul.", "Vi turte ikke å spørre"])]
    ['6 words in a row of X-I01, turn 1']
    """

    def __init__(self, transcripts: Iterable[Transcript]) -> None:
        ids: dict[str, int] = {}
        letters: dict[str, str] = {}
        codes: list[int] = []
        bare: list[str] = []
        self.texts: list[tuple[str, list[int], list[int]]] = []
        self.starts: list[int] = []
        for one in transcripts:
            first, numbers = [len(codes)], [0]
            for number, words in _spoken(one):
                if number is not None:
                    first.append(len(codes))
                    numbers.append(number)
                for word in words:
                    codes.append(ids.setdefault(word, len(ids) + 2) if word else _BREAK)
                    bare.append(letters[word] if word in letters else letters.setdefault(word, _bare(word)))
            self.starts.append(first[0])
            self.texts.append((one.id, first, numbers))
            codes.append(_BREAK)
            bare.append(_GAP)
        self.ids = ids
        self.codes = np.array(codes, dtype=np.uint64)
        self.bare = bare

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"<Said: {len(self.texts)} texts, {len(self.codes)} words>"

    def repeated(
        self, texts: Sequence[str], allowed: _Places | None = None, letters: Sequence[str] | None = None
    ) -> list[Repeat]:
        """What `texts` repeat: of every turn the longest stretch that begins in it, ordered.

        Parameters
        ----------
        texts
            Those to look at; `Repeat.places` are their places in the sequence.
        allowed
            What may be repeated, as :meth:`allowing` has it.
        letters
            The same texts once more, as they are to be compared letter by letter, where that is another way.
        """
        first = self._by_words(texts)
        count = np.where(first < _NOWHERE, RUN, 0)
        if allowed is not None and len(allowed):
            first[allowed], count[allowed] = _NOWHERE, -1
        self._by_letters(texts if letters is None else letters, first, count)
        found: dict[tuple[str, int], tuple[int, list[int]]] = {}
        for stretch in _stretches(np.flatnonzero(first < _NOWHERE)):
            most = int((stretch + count[stretch]).max() - stretch[0])
            key = self._place(int(stretch[0]))
            before, known = found.get(key, (0, []))
            found[key] = max(most, before), [*known, *(int(place) for place in first[stretch])]
        return sorted(
            Repeat(document, turn, most, tuple(dict.fromkeys(where)))
            for (document, turn), (most, where) in found.items()
        )

    def allowing(self, pairs: Iterable[tuple[str, str]]) -> _Places:
        """What may be repeated: pairs of words that are shown, and the words they were taken from.

        Runs that stand in both may be repeated, wherever they were said. What is no run of the second is not allowed for
        standing in the first: an edit, or a paraphrase, lets nobody else's words through.
        """
        whole: list[str] = []
        kept: list[_Numbers] = []
        for shown, said in pairs:
            if shown == said:
                whole.append(said)
            else:
                own = self._runs_of([said])[0]
                kept.append(own[np.isin(own, self._runs_of([shown])[0])])
        kept.append(self._runs_of(whole)[0])
        return np.unique(self._runs.find(np.unique(np.concatenate(kept)))[1])

    def _place(self, word: int) -> tuple[str, int]:
        """The document and the turn of a word."""
        name, first, numbers = self.texts[bisect_right(self.starts, word) - 1]
        return name, numbers[bisect_right(first, word) - 1]

    # ---- by words

    @cached_property
    def _runs(self) -> _Table:
        hashes = rolled(_mixed(self.codes), RUN)
        is_whole = rolled((self.codes == _BREAK).astype(np.uint64), RUN, base=1) == 0
        return _Table(hashes[is_whole], np.flatnonzero(is_whole))

    def _runs_of(self, texts: Iterable[str]) -> tuple[_Numbers, list[int]]:
        """Fingerprints of every run of words of the texts, and where each text begins among them."""
        codes: list[int] = []
        begins = []
        for text in texts:
            begins.append(len(codes))
            codes += [self.ids.get(word, _UNKNOWN) for word in words_in(text)]
            codes.append(_UNKNOWN)
        numbers = np.array(codes, dtype=np.uint64)
        hashes = rolled(_mixed(numbers), RUN)
        # Nobody has said a run with a word in it that nobody has said.
        hashes[rolled((numbers <= _UNKNOWN).astype(np.uint64), RUN, base=1) > 0] = 0
        return hashes, begins

    def _by_words(self, texts: Sequence[str]) -> _Places:
        """For every word that was said the first text that has a run from it on."""
        first = np.full(len(self.codes), _NOWHERE, dtype=np.int64)
        hashes, begins = self._runs_of(texts)
        asked, met = self._runs.find(hashes)
        np.minimum.at(first, met, np.searchsorted(begins, asked, side="right") - 1)
        return first

    # ---- by letters

    @cached_property
    def _letters(self) -> tuple[_Letters, _Places, _Table]:
        """All bare letters, the word before which each word's run ends, and the runs by their first letters."""
        own = _Letters(self.bare)
        enough = np.searchsorted(own.bounds, own.begins + LETTERS)
        last = np.maximum(enough, np.arange(len(own.begins)) + RUN)
        gaps = np.flatnonzero(own.codes == ord(_GAP))
        ends = own.bounds[np.minimum(last, len(own.begins))]
        is_whole = (last <= len(own.begins)) & (np.searchsorted(gaps, own.begins) == np.searchsorted(gaps, ends))
        places = np.flatnonzero(is_whole & (np.diff(own.bounds) > 0))
        return own, last, _Table(rolled(own.codes.astype(np.uint64), LETTERS)[own.begins[places]], places)

    def _by_letters(self, texts: Sequence[str], first: _Places, count: _Places) -> None:
        """Enter for words not found yet, unless their `count` says that they may be, the first text with a run's letters."""
        parts = [[*NO_LETTER.split(plain(text)), _GAP] for text in texts]
        asked_in = _Letters([word for part in parts for word in part])
        said, last, table = self._letters
        asked, met = table.find(rolled(asked_in.codes.astype(np.uint64), LETTERS))
        is_new = count[met] == 0
        asked, met = asked[is_new], met[is_new]
        begin_of = asked_in.bounds[list(accumulate(map(len, parts), initial=0))[:-1]]
        where = np.searchsorted(begin_of, asked, side="right") - 1
        for at, word, place in zip(asked.tolist(), met.tolist(), where.tolist(), strict=True):
            if place >= first[word]:
                continue
            begin, beyond = int(said.begins[word]), int(last[word])
            length = int(said.bounds[beyond]) - begin
            if not (asked_in.is_begin[at] and asked_in.is_end[min(at + length, len(asked_in.text))]):
                # Words that begin or end within others may be parts of them: two more, and enough are whole.
                beyond = min(beyond + 2, len(said.begins))
                length = int(said.bounds[beyond]) - begin
            if asked_in.text.startswith(said.text[begin : begin + length], at):
                first[word], count[word] = place, beyond - word


class _Letters:
    """Words letter by letter without anything between them, and where each begins and ends."""

    def __init__(self, words: Sequence[str]) -> None:
        joined = "".join(words)
        gone = np.fromiter((one.start() for one in SPELT_OUT.finditer(joined)), dtype=np.int64)
        raw = np.concatenate([[0], np.cumsum(np.fromiter(map(len, words), dtype=np.int64, count=len(words)))])
        self.text = SPELT_OUT.sub("", joined).encode("ascii")
        self.codes = np.frombuffer(self.text, dtype=np.uint8)
        self.bounds: _Places = raw - np.searchsorted(gone, raw)
        # Of "sa at" there are three letters: the second word begins with the last of the first.
        self.begins: _Places = self.bounds[:-1] - np.isin(raw[:-1], gone)

    @cached_property
    def is_begin(self) -> NDArray[np.bool_]:
        """Whether a word begins at a letter."""
        return self._marked(np.concatenate([self.begins, self.bounds]))

    @cached_property
    def is_end(self) -> NDArray[np.bool_]:
        """Whether a word ends before a letter."""
        return self._marked(self.bounds)

    def _marked(self, places: _Places) -> NDArray[np.bool_]:
        marked = np.zeros(len(self.text) + 1, dtype=bool)
        marked[places] = True
        return marked


# Small things

_BREAK, _UNKNOWN = 0, 1
_GAP = "|"
_NOWHERE = np.iinfo(np.int64).max


def _bare(word: str) -> str:
    """The letters of one word, before what is spelt out falls away: that may reach over the end of a word."""
    if not word:
        return _GAP
    return NO_LETTER.sub("", plain(word))


def _spoken(one: Transcript) -> Iterator[tuple[int | None, list[str]]]:
    """The words of a text turn by turn, labels with the turn before; "" stands where a heading of ours was."""
    is_ours = is_collected(one)
    at = 0
    number: int | None = None
    for turn in one.turns:
        if is_ours and turn.kind == "heading":
            yield number, [*words_in(one.text[at : turn.span.start]), ""]
            at, number = turn.span.end, turn.number
        else:
            yield number, words_in(one.text[at : turn.span.start])
            at, number = turn.span.start, turn.number
    yield number, words_in(one.text[at:])


def _stretches(places: _Places) -> Iterator[_Places]:
    """Runs of places one after the other."""
    if len(places):
        yield from np.split(places, np.flatnonzero(np.diff(places) != 1) + 1)


def _mixed(codes: _Numbers) -> _Numbers:
    """Numbers spread over all 64 bits, as splitmix64 does it."""
    with np.errstate(over="ignore"):
        mixed = (codes + np.uint64(1)) * np.uint64(_BASE)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


def rolled(values: _Numbers, width: int, *, base: int = _BASE) -> _Numbers:
    """A fingerprint of every `width` values in a row: a polynomial in `base`, modulo 2⁶⁴; with base 1 their sum.

    Examples
    --------
    >>> rolled(np.array([1, 2, 3, 4], dtype=np.uint64), 3, base=10).tolist()
    [123, 234]
    """
    size = len(values) - width + 1
    if size <= 0:
        return np.zeros(0, dtype=np.uint64)
    made, known, done = np.zeros(size, dtype=np.uint64), values, 0
    step = 1
    with np.errstate(over="ignore"):
        while step <= width:
            if width & step:
                made = made * np.uint64(pow(base, step, 1 << 64)) + known[done : done + size]
                done += step
            step *= 2
            if step <= width:
                half = step // 2
                known = known[:-half] * np.uint64(pow(base, half, 1 << 64)) + known[half:]
    return made


class _Table:
    """Places by fingerprint."""

    def __init__(self, hashes: _Numbers, places: _Places) -> None:
        order = np.argsort(hashes, kind="stable")
        self.hashes, self.places = hashes[order], places[order]
        size = max(10, int(len(hashes) * 32).bit_length())
        self.shift = np.uint64(64 - min(size, 25))
        self.is_there = np.zeros(1 << min(size, 25), dtype=bool)
        self.is_there[self._slot(hashes)] = True

    def _slot(self, hashes: _Numbers) -> _Numbers:
        with np.errstate(over="ignore"):
            return np.asarray(((hashes ^ (hashes >> np.uint64(29))) * np.uint64(_BASE)) >> self.shift, dtype=np.uint64)

    def find(self, hashes: _Numbers) -> tuple[_Places, _Places]:
        """Pairs of the place of a fingerprint among those asked for, and a place that is known for it."""
        asked = np.flatnonzero(self.is_there[self._slot(hashes)])
        left = np.searchsorted(self.hashes, hashes[asked], side="left")
        many = np.searchsorted(self.hashes, hashes[asked], side="right") - left
        asked, left, many = asked[many > 0], left[many > 0], many[many > 0]
        steps = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
        return np.repeat(asked, many), self.places[np.repeat(left, many) + steps]
