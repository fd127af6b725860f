"""Cues compiled against a vocabulary: which stretches of a text a codebook's rules suggest for which codes.

A cue is a short phrase; its words match by lemma unless marked (``=form``, ``prefix*``, ``*suffix``, ``a|b``), and
``..`` or ``..5`` lets up to three, or five, words stand between. A phrase matches inside one sentence; without a gap
its words must be neighbours with nothing but space between them.

Every distinct word form is looked up once (its lemma, and which cue words it satisfies), so the cost per token is one
dictionary look-up, and ten times as many cues cost about the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from .code import Codebook, Cue

Kind = Literal["lemma", "form", "prefix", "suffix"]
Lemmatiser = Callable[[str], str]

#: Words that turn a following (or enclosed) cue round, in both written forms.
NEGATIONS = frozenset("ikke ikkje aldri ingen inga inkje ingenting uten utan verken korkje neppe mangle mangler mangla "
                      "manglet manglar manglende manglande".split())  # fmt: skip
#: "ikke sant", "ikke bare": common in speech, and no negation.
NOT_NEGATING_BEFORE = frozenset("sant bare berre minst mindst".split())
NEGATION_WINDOW = 3
DEFAULT_GAP = 3
#: Characters handled at a time: bounds memory for one very long document without cutting a line.
BLOCK = 1 << 16

_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_SPACE, _LETTER, _JOINER, _BREAK, _OTHER, _DOT = range(6)


class CueSyntaxError(ValueError):
    """A cue that is not in the cue language."""


@dataclass(frozen=True)
class Position:
    """One word of a phrase: any of `atoms` satisfies it; up to `gap` words may stand before it."""

    atoms: frozenset[tuple[Kind, str]]
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """One match: half-open code-point offsets of the matched words, the code, its hint, and whether it is negated."""

    start: int
    end: int
    code: str
    polarity: str | None
    is_negated: bool
    sentence_start: int
    sentence_end: int


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
    for word in phrase.lower().split():
        if word.startswith(".."):
            if gap or not positions or not (word[2:].isdigit() or not word[2:]):
                raise CueSyntaxError("a gap that is not between two words")
            gap = int(word[2:] or DEFAULT_GAP)
            continue
        positions.append(Position(frozenset(_atom(part) for part in word.split("|")), gap))
        gap = 0
    if gap or not positions:
        raise CueSyntaxError("no word, or a gap at the end")
    return tuple(positions)


def _atom(word: str) -> tuple[Kind, str]:
    kind: Kind = "lemma"
    if word.startswith("="):
        kind, word = "form", word[1:]
    elif word.endswith("*"):
        kind, word = "prefix", word[:-1]
    elif word.startswith("*"):
        kind, word = "suffix", word[1:]
    if not _WORD.fullmatch(word):
        raise CueSyntaxError("a word of punctuation only, or marks that do not go together")
    return kind, word


def simplemma_lemmatiser(written_form: str) -> Lemmatiser:
    """Lemmas from the simplemma tables, the given written form first and the other as fallback."""
    import simplemma

    languages = ("nn", "nb") if written_form == "nn" else ("nb", "nn")
    return lambda form: str(simplemma.lemmatize(form, lang=languages)).lower()


def _character_classes() -> npt.NDArray[np.int8]:
    table = np.full(0x10001, _OTHER, np.int8)
    for point in range(0x10000):
        character = chr(point)
        if character.isalnum() or character == "_":
            table[point] = _LETTER
        elif character.isspace():
            table[point] = _SPACE
    for characters, kind in (("-'’", _JOINER), ("!?…\n", _BREAK), (".", _DOT)):
        for character in characters:
            table[ord(character)] = kind
    return table


_CLASSES = _character_classes()


class _Vocabulary(dict[str, int]):
    """Word form → class of forms that satisfy the same cue words; 0 for forms that no cue asks about."""

    def __init__(self, atoms: Iterable[tuple[Kind, str]], lemmatise: Lemmatiser) -> None:
        super().__init__()
        self.lemmatise = lemmatise
        self.by_kind: dict[Kind, dict[str, set[tuple[Kind, str]]]] = defaultdict(lambda: defaultdict(set))
        for kind, word in atoms:
            self.by_kind[kind][word].add((kind, word))
            if kind == "lemma":
                self.by_kind[kind][lemmatise(word)].add((kind, word))
        self.lengths = {kind: sorted({len(word) for word in self.by_kind[kind]}) for kind in ("prefix", "suffix")}
        self.classes: dict[frozenset[tuple[Kind, str]], int] = {frozenset(): 0}
        self.members: list[frozenset[tuple[Kind, str]]] = [frozenset()]

    def __missing__(self, form: str) -> int:
        # A pipeline hands over "form\0lemma"; otherwise the table gives the lemma, once per form.
        word, _, given = form.partition("\0")
        found = set(self.by_kind["form"].get(word, ()))
        lemmas = self.by_kind["lemma"]
        found |= lemmas.get(word, set()) | lemmas.get(given or self.lemmatise(word), set())
        prefixes, suffixes = self.by_kind["prefix"], self.by_kind["suffix"]
        for length in self.lengths["prefix"]:
            found |= prefixes.get(word[:length], set())
        for length in self.lengths["suffix"]:
            found |= suffixes.get(word[-length:], set())
        members = frozenset(found)
        number = self.classes.get(members)
        if number is None:
            number = self.classes[members] = len(self.members)
            self.members.append(members)
        self[form] = number
        return number


@dataclass(frozen=True)
class _Rule:
    code: str
    cue: Cue
    positions: tuple[Position, ...]


@dataclass(frozen=True)
class Tokens:
    """The words of a block of text: forms, offsets, neighbourhood and sentence numbers, one entry per word."""

    forms: Sequence[str]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    joined: npt.NDArray[np.bool_]
    sentences: npt.NDArray[np.int64]
    sentence_bounds: npt.NDArray[np.int64]


class CueEngine:
    """The phrase cues of one codebook for one written form, ready to be run over any number of texts.

    >>> engine = CueEngine([("C1", Cue("tidlig dialog"))], str)
    >>> [(hit.start, hit.end) for hit in engine.hits("Vi hadde tidlig dialog.")]
    [(9, 22)]
    """

    def __init__(self, cues: Iterable[tuple[str, Cue]], lemmatise: Lemmatiser) -> None:
        self._rules = [
            _Rule(code, cue, parse_phrase(cue.phrase)) for code, cue in cues if cue.phrase is not None
        ]
        atoms = {atom for rule in self._rules for position in rule.positions for atom in position.atoms}
        self._vocabulary = _Vocabulary(sorted(atoms), lemmatise)
        self._by_first: dict[tuple[Kind, str], list[_Rule]] = defaultdict(list)
        for rule in self._rules:
            for atom in sorted(rule.positions[0].atoms):
                self._by_first[atom].append(rule)
        self._openers: list[tuple[_Rule, ...]] = []
        self._flags = np.zeros((3, 1), bool)

    def hits(self, text: str) -> list[Hit]:
        """Every match of every cue in `text`, in order of place, then of cue."""
        found: list[Hit] = []
        for offset, block in _blocks(text):
            found += self.hits_in(tokenise(block), offset)
        return found

    def hits_in(self, tokens: Tokens, offset: int = 0) -> list[Hit]:
        """Every match among tokens already cut (by a pipeline, say); `offset` is added to the places."""
        if not len(tokens.starts):
            return []
        look_up = self._vocabulary.__getitem__
        classes = np.fromiter(map(look_up, tokens.forms), np.int64, len(tokens.forms))
        self._extend_tables()
        is_single, is_chain, is_gapped = self._flags[:, classes]
        follows = np.zeros(len(classes), bool)
        follows[:-1] = tokens.joined & (classes[1:] > 0)
        found: list[Hit] = []
        for first in np.flatnonzero(is_single | is_gapped | (is_chain & follows)).tolist():
            for rule in self._openers[classes[first]]:
                last = self._last_token(rule, first, classes, tokens)
                if last is not None:
                    hit = self._hit(rule, first, last, tokens, offset)
                    if hit is not None:
                        found.append(hit)
        return found

    def _extend_tables(self) -> None:
        members = self._vocabulary.members
        for number in range(len(self._openers), len(members)):
            rules = {id(r): r for atom in sorted(members[number]) for r in self._by_first.get(atom, ())}
            self._openers.append(tuple(rules.values()))
        if self._flags.shape[1] < len(members):
            flags = np.zeros((3, len(members)), bool)
            for number, rules in enumerate(self._openers):
                for rule in rules:
                    gapped = len(rule.positions) > 1 and rule.positions[1].gap > 0
                    flags[0 if len(rule.positions) == 1 else 2 if gapped else 1, number] = True
            self._flags = flags

    def _last_token(
        self, rule: _Rule, first: int, classes: npt.NDArray[np.int64], tokens: Tokens, step: int = 1
    ) -> int | None:
        """Index of the last token of the nearest match of `rule` whose word `step - 1` is token `first`."""
        if step == len(rule.positions):
            return first
        position = rule.positions[step]
        for candidate in range(first + 1, min(first + 2 + position.gap, len(classes))):
            if tokens.sentences[candidate] != tokens.sentences[first]:
                return None
            if candidate == first + 1 and not position.gap and not tokens.joined[first]:
                return None
            if not position.atoms.isdisjoint(self._vocabulary.members[classes[candidate]]):
                last = self._last_token(rule, candidate, classes, tokens, step + 1)
                if last is not None:
                    return last
        return None

    def _hit(self, rule: _Rule, first: int, last: int, tokens: Tokens, offset: int) -> Hit | None:
        negated = _is_negated(tokens, first, last, rule)
        polarity = rule.cue.polarity
        if negated and rule.cue.negated == "drop":
            return None
        if negated and rule.cue.negated == "flip":
            polarity = {"fremmer": "hemmer", "hemmer": "fremmer"}.get(polarity or "")
        elif negated:
            polarity = None
        sentence = tokens.sentences[first]
        return Hit(
            offset + int(tokens.starts[first]), offset + int(tokens.ends[last]), rule.code, polarity, negated,
            offset + int(tokens.sentence_bounds[sentence]), offset + int(tokens.sentence_bounds[sentence + 1]),
        )  # fmt: skip


def _is_negated(tokens: Tokens, first: int, last: int, rule: _Rule) -> bool:
    sentence = tokens.sentences[first]
    own = {word for position in rule.positions for _, word in position.atoms}
    for index in range(max(0, first - NEGATION_WINDOW), last):
        word = tokens.forms[index].partition("\0")[0]
        if word not in NEGATIONS or tokens.sentences[index] != sentence or (index >= first and word in own):
            continue
        following = tokens.forms[index + 1].partition("\0")[0] if index + 1 < len(tokens.forms) else ""
        if following not in NOT_NEGATING_BEFORE:
            return True
    return False


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while start < len(text):
        end = len(text) if start + BLOCK >= len(text) else text.rfind("\n", start, start + BLOCK) + 1
        if end <= start:
            # One line longer than a block: take it whole rather than cut a sentence.
            end = (text.find("\n", start + BLOCK) + 1) or len(text)
        yield start, text[start:end]
        start = end


def tokenise(text: str) -> Tokens:
    """Words of `text` by our own rule: letters and digits, joined by hyphen or apostrophe; lower-cased forms."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    points = np.frombuffer(lowered.encode("utf-32-le"), np.uint32)
    kinds = _CLASSES[np.minimum(points, 0x10000)]
    is_letter = kinds == _LETTER
    if len(points) > 2:
        inner = (kinds[1:-1] == _JOINER) & is_letter[:-2] & is_letter[2:]
        is_letter[1:-1] |= inner
    edges = np.diff(is_letter.view(np.int8), prepend=np.int8(0), append=np.int8(0))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    forms: list[str] = _WORD.findall(lowered)
    if len(forms) != len(starts):
        # Letters beyond the basic plane are not in the table: count them the slow way.
        spans = [match.span() for match in _WORD.finditer(lowered)]
        starts = np.array([start for start, _ in spans], np.int64)
        ends = np.array([end for _, end in spans], np.int64)
        is_letter = np.zeros(len(points), bool)
        for start, end in spans:
            is_letter[start:end] = True
    return _assemble(forms, starts, ends, kinds, is_letter)


def _assemble(
    forms: Sequence[str],
    starts: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.int8],
    is_letter: npt.NDArray[np.bool_],
) -> Tokens:
    is_break = kinds == _BREAK
    dots = np.flatnonzero(kinds == _DOT)
    following = np.minimum(dots + 1, len(kinds) - 1)
    is_break[dots[(kinds[following] != _LETTER) | (dots == len(kinds) - 1)]] = True
    breaks = np.concatenate(([0], np.cumsum(is_break)))
    marks = np.concatenate(([0], np.cumsum(~is_letter & (kinds != _SPACE))))
    joined = marks[starts[1:]] == marks[ends[:-1]]
    bounds = np.concatenate(([0], np.flatnonzero(is_break) + 1, [len(kinds)]))
    return Tokens(forms, starts, ends, joined, breaks[starts], bounds)


def tokens_from(text: str, words: Sequence[tuple[int, str, str]]) -> Tokens:
    """Tokens cut elsewhere: ``(start, form, lemma)`` per token, as a spaCy pipeline gives them; punctuation is left out."""
    kept = [(start, form, lemma) for start, form, lemma in words if _WORD.match(form)]
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    kinds = _CLASSES[np.minimum(points, 0x10000)].copy()
    starts = np.array([start for start, _, _ in kept], np.int64)
    ends = np.array([start + len(form) for start, form, _ in kept], np.int64)
    covered = np.zeros(len(points) + 1, np.int64)
    np.add.at(covered, starts, 1)
    np.add.at(covered, ends, -1)
    is_letter = np.cumsum(covered)[:-1] > 0
    return _assemble([f"{form.lower()}\0{lemma.lower()}" for _, form, lemma in kept], starts, ends, kinds, is_letter)


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
        while start < hit.start and text[start] in " \n\t–-»\"":
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
    return replace(hit, start=hit.start + offset, end=hit.end + offset,
                   sentence_start=hit.sentence_start + offset, sentence_end=hit.sentence_end + offset)  # fmt: skip


def literal_words(pattern: Sequence[Mapping[str, object]]) -> frozenset[str]:
    """Words of which a spaCy pattern needs at least one, so that only lines that hold one need spaCy's tokens.

    Empty when the pattern has no required literal word: then every line must be tried.
    """
    for token in pattern:
        if token.get("OP") in ("?", "*", "!"):
            continue
        for key in ("LOWER", "ORTH", "LEMMA"):
            value = token.get(key)
            if isinstance(value, str):
                return frozenset({value.lower()})
            if isinstance(value, Mapping) and isinstance(value.get("IN"), list):
                return frozenset(str(word).lower() for word in value["IN"])
    return frozenset()


def suggestions_coder(codebook_version: str) -> str:
    """The coder name under which a codebook's cues suggest: never that of a person.

    >>> suggestions_coder("1.0.0")
    'cues@1.0.0'
    """
    return f"cues@{codebook_version}"
