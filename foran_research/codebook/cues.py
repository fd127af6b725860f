"""Cues compiled against a vocabulary: which stretches of a text a codebook's rules suggest for which codes.

A cue is a short phrase; its words match by lemma unless marked (``=form``, ``prefix*``, ``*suffix``, ``a|b``), and
``..`` or ``..5`` lets up to three, or five, words stand between. A phrase matches inside one sentence; without a gap
its words must be neighbours with nothing but space between them.

Every distinct word form is looked up once (its lemma, and which cue words it satisfies) and known again by a 64-bit
number, so that words are cut, looked up and compared for a whole block of text at a time, whatever the number of cues.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .code import Codebook, Cue
from .cue_language import Atom, Kind, parse_phrase
from .lemmas import Lemmatiser
from .tokens import (
    Integers,
    Tokens,
    Truths,
    as_cues_spell,
    blocks,
    tokenise,
)

_Bits = npt.NDArray[np.int64]

#: Words that turn a following (or enclosed) cue round, in both written forms.
NEGATIONS = frozenset("ikke ikkje aldri ingen inga inkje ingenting uten utan verken korkje neppe mangle mangler mangla "
                      "manglet manglar manglende manglande".split())  # fmt: skip
#: Of these, the ones that follow the finite verb of a main clause and so stand right after a cue ("samarbeider ikke").
NEGATIONS_AFTER = frozenset(("ikke", "ikkje", "aldri"))
#: "ikke sant", "ikke bare", "uten tvil": common in speech, and no negation.
NOT_NEGATING_BEFORE = frozenset("sant bare berre minst mindst tvil sjelden sjeldan".split())
#: A negation does not reach past these: "ikke tid, men dialog".
NEGATION_ENDS = frozenset(("men",))
NEGATION_WINDOW = 3
#: Distinct word forms remembered; beyond it the table starts anew, so that memory stays bounded.
LARGEST_VOCABULARY = 1 << 18

_TURNED = {"fremmer": "hemmer", "hemmer": "fremmer"}


class Hit(NamedTuple):
    """One match: half-open code-point offsets of the matched words, the code, its hint, and whether it is negated."""

    start: int
    end: int
    code: str
    polarity: str | None
    is_negated: bool
    sentence_start: int
    sentence_end: int


# What the tables of a class of forms say, as bits.
_SINGLE, _GAP_1, _NEGATES, _NEGATES_BEFORE, _IS_HARMLESS, _ENDS_NEGATION = (1 << bit for bit in range(6))
# Above them one bit for each of 27 groups of second words: which groups a word can open a phrase with, and which it is
# in. Two neighbours that share no group open no phrase, and so most are turned away by one comparison.
_GROUPS, _OPENS, _FOLLOWS = 27, 8, 35
_SPECIAL = (
    (NEGATIONS, _NEGATES),
    (NEGATIONS_AFTER, _NEGATES_BEFORE),
    (NOT_NEGATING_BEFORE, _IS_HARMLESS),
    (NEGATION_ENDS, _ENDS_NEGATION),
)

# Endings that only a base form takes: if "leddene" has the lemma "ledd", then "ledd" is one, whatever else it may be.
_ENDINGS = ("r", "er", "ar", "en", "et", "a", "ene", "ane", "e", "t", "te")


class _Vocabulary:
    """Word form → class of forms that satisfy the same cue words; 0 for forms that no cue asks about.

    A class is a set of slots (words of phrases) and, as negative numbers, of bits about negation.
    """

    def __init__(self, slots: Mapping[frozenset[Atom], int], lemmatise: Lemmatiser) -> None:
        self.lemmatise = lemmatise
        self.by_kind: dict[Kind, dict[str, set[int]]] = {kind: {} for kind in ("lemma", "form", "prefix", "suffix")}
        for atoms, slot in slots.items():
            for kind, word in atoms:
                for spelling in self.base_forms(word) if kind == "lemma" else (word,):
                    self.by_kind[kind].setdefault(spelling, set()).add(slot)
        self._whole: dict[str, set[int]] = {word: set(slots) for word, slots in self.by_kind["form"].items()}
        for words, bit in _SPECIAL:
            for word in words:
                self._whole.setdefault(word, set()).add(-bit)
        # A form that is a cue's lemma satisfies it whatever the tables or a pipeline make of it.
        for word, lemma_slots in self.by_kind["lemma"].items():
            self._whole.setdefault(word, set()).update(lemma_slots)
        self.lengths = {kind: sorted({len(word) for word in self.by_kind[kind]}) for kind in ("prefix", "suffix")}
        self.needs_lemma = bool(self.by_kind["lemma"] or self.by_kind["suffix"])
        self.classes: dict[frozenset[int], int] = {frozenset(): 0}
        self.members: list[frozenset[int]] = [frozenset()]
        self._forget()

    def _forget(self) -> None:
        """Start the table of known forms anew: numbers of words, the class of each (-1: a free place), how many."""
        self._numbers = np.zeros(1 << 12, np.uint64)
        self._known = np.full(1 << 12, -1, np.int64)
        self._count = 0

    def base_forms(self, word: str) -> set[str]:
        """The word as written, and its lemma unless it is a base form itself ("ledd" must not find "le")."""
        lemma = self.lemmatise(word)
        if lemma == word or any(self.lemmatise(word + ending) == word for ending in _ENDINGS):
            return {word}
        return {word, lemma}

    def class_of(self, form: str, given: str = "") -> int:
        """The class of a folded form; a pipeline gives the lemma, otherwise the tables do."""
        word = as_cues_spell(form)
        found = set(self._whole.get(word, ()))
        lemma = (given or self.lemmatise(word)) if self.needs_lemma else word
        if lemma != word:
            found.update(self.by_kind["lemma"].get(lemma, ()))
        for length in self.lengths["prefix"]:
            found.update(self.by_kind["prefix"].get(word[:length], ()))
        for length in self.lengths["suffix"]:
            found.update(self.by_kind["suffix"].get(word[-length:], ()))
            found.update(self.by_kind["suffix"].get(lemma[-length:], ()))
        if not found:
            return 0
        members = frozenset(found)
        number = self.classes.get(members)
        if number is None:
            number = self.classes[members] = len(self.members)
            self.members.append(members)
        return number

    def classes_of(self, tokens: Tokens) -> Integers:
        """The class of every word of a block."""
        if tokens.lemmas is not None:
            pairs = zip(tokens.forms, tokens.lemmas, strict=True)
            return np.array([self.class_of(form, lemma) for form, lemma in pairs], np.int64)
        classes = self._look_up(tokens.numbers)
        unknown = np.flatnonzero(classes < 0)
        if len(unknown):
            numbers, where, which = np.unique(tokens.numbers[unknown], return_index=True, return_inverse=True)
            found = [self.class_of(form) for form in tokens.forms_at(unknown[where])]
            learned = np.array(found, np.int64)
            self._learn(numbers, learned)
            classes[unknown] = learned[which]
        return classes

    def _look_up(self, numbers: npt.NDArray[np.uint64]) -> Integers:
        """The class of each number, -1 where it is not known."""
        size = len(self._numbers)
        places = (numbers >> np.uint64(65 - size.bit_length())).astype(np.int64)
        classes = self._known[places]
        # A place taken by another number sends the search one place on.
        astray = np.flatnonzero((self._numbers[places] != numbers) & (classes >= 0))
        while len(astray):
            places[astray] = (places[astray] + 1) & (size - 1)
            classes[astray] = self._known[places[astray]]
            astray = astray[(self._numbers[places[astray]] != numbers[astray]) & (classes[astray] >= 0)]
        return classes

    def _learn(self, numbers: npt.NDArray[np.uint64], classes: Integers) -> None:
        if self._count + len(numbers) > LARGEST_VOCABULARY:
            self._forget()
        size = len(self._known)
        while 2 * (self._count + len(numbers)) > size:
            size *= 4
        self._count += len(numbers)
        if size > len(self._known):
            taken = self._known >= 0
            numbers = np.concatenate((self._numbers[taken], numbers))
            classes = np.concatenate((self._known[taken], classes))
            self._numbers, self._known = np.zeros(size, np.uint64), np.full(size, -1, np.int64)
        places = (numbers >> np.uint64(65 - size.bit_length())).astype(np.int64)
        while len(numbers):
            while (taken := self._known[places] >= 0).any():
                places[taken] = (places[taken] + 1) & (size - 1)
            # Of several that want a free place the last gets it; the others look on.
            self._numbers[places], self._known[places] = numbers, classes
            lost = self._numbers[places] != numbers
            numbers, classes, places = numbers[lost], classes[lost], places[lost]


@dataclass(frozen=True)
class _Rule:
    """A phrase: which slot each of its words fills and how many words may stand before it."""

    slots: tuple[int, ...]
    gaps: tuple[int, ...]

    @cached_property
    def opening(self) -> int:
        """How many of the first words are compared for a whole block at once: the neighbours, at most three."""
        return next((n for n, gap in enumerate(self.gaps) if n and gap), min(3, len(self.slots)))


class _Openings:
    """Which classes of neighbouring words open which rules."""

    _BITS = 18

    def __init__(self) -> None:
        # The bitmap turns nearly every row of words away before the sorted keys are searched.
        self.bitmap = np.zeros(1 << self._BITS, bool)
        self.rules: dict[int, set[int]] = {}

    def add(self, classes: tuple[int, ...], rule: int) -> None:
        """Let these classes of words, side by side, open `rule`."""
        keys = self.keys([np.array([number], np.int64) for number in classes])
        self.bitmap[self._places(keys)] = True
        self.rules.setdefault(int(keys[0]), set()).add(rule)
        self.__dict__.pop("_rows", None)

    @staticmethod
    def keys(columns: Sequence[Integers]) -> Integers:
        """One number per row of classes; three columns of up to 2**20 classes fit."""
        keys = columns[0]
        for column in columns[1:]:
            keys = (keys << 20) | column
        return keys

    def _places(self, keys: Integers) -> Integers:
        places: Integers = (
            (keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - self._BITS)
        ).astype(np.int64)
        return places

    def possible(self, keys: Integers) -> Truths:
        """Whether each row may open a rule; a few that cannot slip through."""
        possible: Truths = self.bitmap[self._places(keys)]
        return possible

    @cached_property
    def _rows(self) -> tuple[Integers, Integers, Integers]:
        """Sorted keys, where the rules of each begin, and the rules end to end."""
        keys = sorted(self.rules)
        bounds = np.cumsum([0, *(len(self.rules[key]) for key in keys)])
        return np.array(keys, np.int64), bounds, np.array([r for k in keys for r in sorted(self.rules[k])], np.int64)

    def opened(self, keys: Integers) -> tuple[Integers, Integers]:
        """Each row that opens a rule, once per rule, and the rules."""
        known, bounds, rules = self._rows
        places = np.searchsorted(known, keys)
        is_known = known[np.minimum(places, len(known) - 1)] == keys
        rows, index = _repeated(bounds, places[is_known])
        return np.flatnonzero(is_known)[rows], rules[index]


def _repeated(bounds: Integers, groups: Integers) -> tuple[Integers, Integers]:
    """For every group, its number in `groups` and the index of each of its members, which stand end to end."""
    starts = bounds[groups]
    counts = bounds[groups + 1] - starts
    rows = np.repeat(np.arange(len(groups)), counts)
    return rows, np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts) + starts[rows]


class _Matches:
    """Matches as columns: first and last word, rule, and whether a negation stands inside."""

    def __init__(self) -> None:
        self._parts: list[tuple[Integers, Integers, Integers, Truths]] = []
        self._rows: list[tuple[int, int, int, bool]] = []

    def add(self, first: int, last: int, rule: int, is_negated: bool) -> None:
        """Add one match."""
        self._rows.append((first, last, rule, is_negated))

    def add_neighbours(self, first: Integers, length: int, rule: Integers) -> None:
        """Add matches of `length` neighbouring words, between which nothing can stand."""
        self._parts.append((first, first + (length - 1), rule, np.zeros(len(first), bool)))

    def columns(self) -> tuple[Integers, Integers, Integers, Truths]:
        """All matches in order of first word, then of rule."""
        rows = np.array(self._rows, np.int64).reshape(-1, 4).T
        parts = [*self._parts, (rows[0], rows[1], rows[2], rows[3].astype(bool))]
        first, last, rule, negated = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort((first << 20) | rule)
        return first[order], last[order], rule[order], negated[order]


class _CueTable:
    """Code and hint of every cue as columns, so that hits are made by the thousand."""

    def __init__(self, cues: Sequence[tuple[str, Cue]]) -> None:
        self.codes = np.array([code for code, _ in cues], object)
        self.hints = np.array([[_hint(cue, is_negated) for _, cue in cues] for is_negated in (False, True)], object)
        self.is_dropped = np.array([cue.negated == "drop" for _, cue in cues], bool)


class CueEngine:
    """The phrase cues of one codebook for one written form, ready to be run over any number of texts.

    >>> engine = CueEngine([("C1", Cue("tidlig dialog"))], str)
    >>> [(hit.start, hit.end) for hit in engine.hits("Vi hadde tidlig dialog.")]
    [(9, 22)]
    """

    def __init__(self, cues: Iterable[tuple[str, Cue]], lemmatise: Lemmatiser) -> None:
        phrases = [(code, cue, parse_phrase(cue.phrase)) for code, cue in cues if cue.phrase is not None]
        slots: dict[frozenset[Atom], int] = {}
        for _, _, positions in phrases:
            for position in positions:
                slots.setdefault(position.atoms, len(slots))
        self._rules = [
            _Rule(tuple(slots[p.atoms] for p in positions), tuple(p.gap for p in positions))
            for _, _, positions in phrases
        ]
        self._lengths = np.array([len(rule.slots) for rule in self._rules], np.int64)
        self._cues = _CueTable([(code, cue) for code, cue, _ in phrases])
        self._vocabulary = _Vocabulary(slots, lemmatise)
        self._uses: dict[int, set[int]] = defaultdict(set)
        for number, rule in enumerate(self._rules):
            for slot in rule.slots:
                self._uses[slot].add(number)
        self._largest_gap = max((r.gaps[1] for r in self._rules if len(r.gaps) > 1), default=0)
        self._classes_of: dict[int, list[int]] = defaultdict(list)
        self._bits = np.zeros(0, np.int64)
        # The one-word rules of every class, end to end, and where each class's own begin.
        self._singles: list[int] = []
        self._single_bounds = [0]
        self._pairs, self._triples, self._gapped, self._neighbours = (_Openings() for _ in range(4))

    def hits(self, text: str) -> list[Hit]:
        """Every match of every cue in `text`, in order of place, then of cue."""
        found: list[Hit] = []
        with _collector_paused():
            for offset, block in blocks(text):
                found += self.hits_in(tokenise(block), offset)
        return found

    def hits_in(self, tokens: Tokens, offset: int = 0) -> list[Hit]:
        """Every match among tokens already cut (by a pipeline, say); `offset` is added to the places."""
        classes = self._vocabulary.classes_of(tokens)
        if not classes.any():
            return []
        self._learn_classes()
        bits = self._bits[classes]
        matches = _Matches()
        self._add_single_words(matches, classes, bits)
        self._add_chains(matches, classes, bits, tokens)
        self._add_gapped(matches, classes, bits, tokens)
        first, last, rule, negated = matches.columns()
        if not len(first):
            return []
        places = (tokens.starts[first], tokens.ends[last])
        sentences = tokens.sentences_at(places[0])
        negated |= _negated_from_outside(tokens, bits, first, last, sentences[0])
        return _finished((*places, *sentences), self._cues, rule, negated, offset)

    def _add_single_words(self, matches: _Matches, classes: Integers, bits: _Bits) -> None:
        words = np.flatnonzero(bits & _SINGLE)
        rows, index = _repeated(np.array(self._single_bounds, np.int64), classes[words])
        matches.add_neighbours(words[rows], 1, np.array(self._singles, np.int64)[index])

    def _learn_classes(self) -> None:
        """Bring the tables up to date with the classes that the vocabulary has met since the last block."""
        members = self._vocabulary.members
        known = len(self._bits)
        if known == len(members):
            return
        bits = np.concatenate((self._bits, np.zeros(len(members) - known, np.int64)))
        for number in range(known, len(members)):
            slots = {slot for slot in members[number] if slot >= 0}
            bits[number] = sum(-bit for bit in members[number] if bit < 0)
            for slot in slots:
                self._classes_of[slot].append(number)
            for index in sorted({rule for slot in slots for rule in self._uses[slot]}):
                rule = self._rules[index]
                if len(rule.slots) == 1:
                    self._singles.append(index)
                    bits[number] |= _SINGLE
                elif rule.gaps[1]:
                    self._add_opening(self._gapped, index, rule.slots[:2], number)
                    bits[number] |= _GAP_1 * (rule.slots[0] in slots)
                else:
                    table = self._triples if rule.opening == 3 else self._pairs
                    self._add_opening(table, index, rule.slots[: rule.opening], number)
                    self._add_opening(self._neighbours, index, rule.slots[:2], number)
                    group = rule.slots[1] % _GROUPS
                    bits[number] |= (rule.slots[0] in slots) << (_OPENS + group)
                    bits[number] |= (rule.slots[1] in slots) << (_FOLLOWS + group)
            self._single_bounds.append(len(self._singles))
        self._bits = bits

    def _add_opening(self, table: _Openings, rule: int, slots: tuple[int, ...], fresh: int) -> None:
        for classes in product(*(self._classes_of[slot] for slot in slots)):
            if fresh in classes:
                table.add(classes, rule)

    def _add_chains(self, matches: _Matches, classes: Integers, bits: _Bits, tokens: Tokens) -> None:
        """Matches of phrases whose first two words are neighbours."""
        first = np.flatnonzero((bits[:-1] >> _OPENS) & (bits[1:] >> _FOLLOWS) & ((1 << _GROUPS) - 1))
        first = first[self._neighbours.possible(self._neighbours.keys([classes[first], classes[first + 1]]))]
        for table, length in ((self._pairs, 2), (self._triples, 3)):
            if not table.rules:
                continue
            kept = first[first + length <= len(classes)]
            keys = table.keys([classes[kept + step] for step in range(length)])
            possible = table.possible(keys)
            kept, keys = kept[possible], keys[possible]
            for step in range(length - 1):
                joined = tokens.is_joined(kept + step)
                kept, keys = kept[joined], keys[joined]
            rows, rules = table.opened(keys)
            starts, is_whole = kept[rows], self._lengths[rules] == length
            matches.add_neighbours(starts[is_whole], length, rules[is_whole])
            for start, number in zip(starts[~is_whole].tolist(), rules[~is_whole].tolist(), strict=True):
                self._complete(matches, number, range(start, start + length), bits, classes, tokens)

    def _add_gapped(self, matches: _Matches, classes: Integers, bits: _Bits, tokens: Tokens) -> None:
        """Matches of phrases with a gap between their first two words."""
        first = np.flatnonzero(bits & _GAP_1)
        if not len(first):
            return
        possible = np.zeros(len(first), bool)
        for distance in range(1, self._largest_gap + 2):
            inside = np.flatnonzero(first + distance < len(classes))
            near = first[inside]
            possible[inside] |= self._gapped.possible(self._gapped.keys([classes[near], classes[near + distance]]))
        for start in first[possible].tolist():
            slots = self._vocabulary.members[classes[start]]
            for number in sorted({rule for slot in slots for rule in self._uses.get(slot, ())}):
                rule = self._rules[number]
                if len(rule.slots) > 1 and rule.gaps[1] and rule.slots[0] in slots:
                    self._complete(matches, number, range(start, start + 1), bits, classes, tokens)

    def _complete(
        self,
        matches: _Matches,
        number: int,
        opening: range,
        bits: _Bits,
        classes: Integers,
        tokens: Tokens,
    ) -> None:
        """Add the nearest match of a rule whose first words are the tokens `opening`, if there is one."""
        path = self._path(self._rules[number], opening[-1], len(opening), classes, tokens)
        if path is not None:
            own = {*opening, *path}
            between = (index for index in range(opening[0], path[-1]) if index not in own)
            matches.add(opening[0], path[-1], number, any(_is_negating(bits, index) for index in between))

    def _path(self, rule: _Rule, last: int, step: int, classes: Integers, tokens: Tokens) -> tuple[int, ...] | None:
        """The words that complete a match whose word `step - 1` is token `last`, the nearest ones first."""
        if step == len(rule.slots):
            return ()
        sentence_end = tokens.sentences_at(tokens.starts[last : last + 1])[1][0]
        for candidate in range(last + 1, min(last + 2 + rule.gaps[step], len(classes))):
            if tokens.starts[candidate] >= sentence_end:
                return None
            if not rule.gaps[step] and not tokens.is_joined(np.array([last]))[0]:
                return None
            if rule.slots[step] in self._vocabulary.members[classes[candidate]]:
                rest = self._path(rule, candidate, step + 1, classes, tokens)
                if rest is not None:
                    return (candidate, *rest)
        return None


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No search for garbage meanwhile: hits hold no cycles, and looking at each again would cost half as much more."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _is_negating(bits: _Bits, index: int) -> bool:
    return bool(bits[index] & _NEGATES) and not (index + 1 < len(bits) and bits[index + 1] & _IS_HARMLESS)


def _negated_from_outside(
    tokens: Tokens, bits: _Bits, first: Integers, last: Integers, sentence_starts: Integers
) -> Truths:
    """Whether a negation of the same sentence stands at most three words before, or right after, each match."""
    is_harmless = np.append((bits[1:] & _IS_HARMLESS) != 0, False)
    negates = ((bits & _NEGATES) != 0) & ~is_harmless
    negated = np.zeros(len(first), bool)
    in_reach = np.ones(len(first), bool)
    for distance in range(1, NEGATION_WINDOW + 1):
        before = np.maximum(first - distance, 0)
        in_reach &= (first >= distance) & (tokens.starts[before] >= sentence_starts)
        in_reach &= (bits[before] & _ENDS_NEGATION) == 0
        negated |= in_reach & negates[before]
    inside = np.flatnonzero(last + 1 < len(bits))
    after = last[inside] + 1
    turned = negates[after] & ((bits[after] & _NEGATES_BEFORE) != 0)
    inside, after = inside[turned], after[turned]
    negated[inside] |= tokens.is_joined(after - 1)
    return negated


def _finished(
    places: tuple[Integers, Integers, Integers, Integers],
    cues: _CueTable,
    rule: Integers,
    negated: Truths,
    offset: int,
) -> list[Hit]:
    """Hits with the polarity that negation leaves them; `places` are begin and end of match and sentence."""
    is_dropped = negated & cues.is_dropped[rule]
    if is_dropped.any():
        kept = np.flatnonzero(~is_dropped)
        rule, negated = rule[kept], negated[kept]
        places = (places[0][kept], places[1][kept], places[2][kept], places[3][kept])
    starts, ends, sentence_starts, sentence_ends = ((column + offset).tolist() for column in places)
    codes, hints = cues.codes[rule].tolist(), cues.hints[negated.astype(np.int64), rule].tolist()
    columns = zip(starts, ends, codes, hints, negated.tolist(), sentence_starts, sentence_ends, strict=True)
    # Past NamedTuple's own constructor, which costs more than all the rest of a hit.
    return list(map(partial(tuple.__new__, Hit), columns))


def _hint(cue: Cue, is_negated: bool) -> str | None:
    if not is_negated:
        return cue.polarity
    return _TURNED.get(cue.polarity or "") if cue.negated == "flip" else None


def hits_at(
    tokens: Tokens, spans: Sequence[tuple[int, int]], cues: Sequence[tuple[str, Cue]], offset: int = 0
) -> list[Hit]:
    """Hits for matches found elsewhere (by spaCy's Matcher): ``[start, end)`` per match and the code and cue of each.

    Words inside a match are its own; a negation counts when it stands before or right after it.
    """
    if not spans:
        return []
    starts, ends = (np.array(column, np.int64) for column in zip(*spans, strict=True))
    first = np.searchsorted(tokens.ends, starts, side="right")
    last = np.searchsorted(tokens.starts, ends, side="left") - 1
    negated = np.zeros(len(spans), bool)
    # A match of punctuation alone holds no word, and no word can be said to stand before it.
    worded = np.flatnonzero(first <= last)
    bits = np.zeros(len(tokens.forms), np.int64)
    for index, form in enumerate(tokens.forms):
        word = as_cues_spell(form)
        bits[index] = sum(bit for words, bit in _SPECIAL if word in words)
    sentences = tokens.sentences_at(starts)
    negated[worded] = _negated_from_outside(tokens, bits, first[worded], last[worded], sentences[0][worded])
    return _finished((starts, ends, *sentences), _CueTable(cues), np.arange(len(spans)), negated, offset)


def cues_for(codebook: Codebook, written_form: str) -> list[tuple[str, Cue]]:
    """The cues of the active codes for a written form, in display order, with the id of their code."""
    return [(code.id, cue) for code in codebook.active for cue in code.cues.get(written_form, ())]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A sentence that the cues suggest for a code; `polarity` is "" when no cue gave a hint."""

    start: int
    end: int
    code: str
    polarity: str
    is_negated: bool


def suggestions(text: str, hits: Iterable[Hit], within: Iterable[tuple[int, int]]) -> list[Suggestion]:
    """Hits as suggestions: one per code and sentence, cut to the stretches `within` (the informants' turns).

    Hints that disagree give "begge". A suggestion is negated when all its hits are.
    """
    stretches = sorted(within)
    grouped: dict[tuple[int, int, str], list[Hit]] = defaultdict(list)
    index = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, hit.end, hit.code)):
        while index < len(stretches) and stretches[index][1] <= hit.start:
            index += 1
        if index == len(stretches) or hit.start < stretches[index][0]:
            continue
        start = max(hit.sentence_start, stretches[index][0])
        end = min(max(hit.sentence_end, hit.end), stretches[index][1])
        while start < hit.start and text[start] in ' \n\t–-»"':
            start += 1
        while end > hit.end and text[end - 1] in " \n\t":
            end -= 1
        grouped[start, end, hit.code].append(hit)
    return [
        Suggestion(start, end, code, _joint_polarity(group), all(hit.is_negated for hit in group))
        for (start, end, code), group in sorted(grouped.items())
    ]


def _joint_polarity(hits: Sequence[Hit]) -> str:
    hints = {hit.polarity for hit in hits if hit.polarity}
    return "begge" if len(hints) > 1 else next(iter(hints), "")


def with_offset(hit: Hit, offset: int) -> Hit:
    """`hit` moved by `offset` characters."""
    return hit._replace(
        start=hit.start + offset,
        end=hit.end + offset,
        sentence_start=hit.sentence_start + offset,
        sentence_end=hit.sentence_end + offset,
    )
