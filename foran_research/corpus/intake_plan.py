"""What adding is about to write, worked out before anything is written: turns tidied, names replaced, remarks placed. Pure.

A source text becomes passages (`passages_of`), the passages one text to be searched for names (`Joined`), and that text,
with its replacements, the canonical text of a document (`composed`). Every step tells where its characters went, so that
a remark written in the margin of the source still points to the words it was about.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .hits import Hit
from .name_lists import first_names
from .name_lists import folded as letters_of
from .names import is_name
from .source import SourceText
from .transcript import canonical, parse_turns, text_sha256, turn_label

if TYPE_CHECKING:
    from .conventions import Understood

#: Stretches that changed, in order: ``(start, end)`` before and ``(start, end)`` after.
Edits = tuple[tuple[int, int, int, int], ...]

_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"[^\W\d_]+")
#: What divides a speaker's label into name, role and number.
_BETWEEN_PARTS = re.compile(r"[()\[\]{},;:/|–—]+")
_PARTICLES = frozenset("van von der den de du da di la le av af zu bin al el ter ten".split())
#: What would open a turn or a heading of its own if it stood at the beginning of a line of a stored text.
_OPENS = re.compile(r"\*\*[^*\n]{1,100}:\*\*|#{1,6}[ \t]")
_LABEL_LINE = re.compile(r"^\*\*[^*\n]{1,100}?:\*\*[ \t]*", re.MULTILINE)
_APART = "\n\n"


@dataclass(frozen=True)
class Passage:
    """A turn, paragraph or heading of a source as it will be stored, but for names; `edits` lead from the source's words."""

    speaker: str = field(repr=False)
    words: str = field(repr=False)
    time: float | None = None
    kind: str = "turn"
    paragraphs: tuple[tuple[int, int, int], ...] = ()
    source_length: int = 0
    edits: Edits = ()


@dataclass(frozen=True)
class Placed:
    """A remark and the stretch of a passage's words that it is about; `passage` is None when those words are no longer there."""

    text: str = field(repr=False)
    passage: int | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Joined:
    """The words of all passages as one text, for detectors; `starts` says where each passage begins in it."""

    text: str = field(repr=False)
    starts: tuple[int, ...]

    def passage_at(self, offset: int) -> int:
        """The number (from 0) of the passage at an offset."""
        return max(0, bisect_right(self.starts, offset) - 1)


@dataclass(frozen=True)
class Composed:
    """A document's canonical text, where each passage's words begin and end in it, and the number of its turn."""

    text: str = field(repr=False)
    spans: tuple[tuple[int, int], ...]
    numbers: tuple[int, ...]
    #: Whether offsets within a passage still hold: not where two characters became one by meeting.
    is_exact: tuple[bool, ...]
    turns: int


def moved(edits: Edits, start: int, end: int) -> tuple[int, int]:
    """Where a stretch is after `edits`; one that ends within a changed stretch takes all of it.

    >>> moved(((3, 7, 3, 9),), 5, 12)
    (3, 14)
    """
    return _moved(edits, start, is_end=False), _moved(edits, end, is_end=True)


def _moved(edits: Edits, offset: int, *, is_end: bool) -> int:
    # The last edit that begins before the offset (or at it) decides.
    at = bisect_right(edits, offset, key=lambda edit: edit[0]) - 1
    if at < 0:
        return offset
    start, end, new_start, new_end = edits[at]
    if offset >= end:
        return offset + new_end - end
    if offset == start:
        return new_start
    return new_end if is_end else new_start


def tidied(words: str, *, is_labelled: bool, kind: str = "turn") -> tuple[str, Edits]:
    r"""The words of a passage so that they stay one passage when they are read again, and what changed.

    Blank lines within go, and a line that would open a turn or heading of its own goes on the line before it. In a
    passage without a label, bold print that looks like a label becomes plain.

    >>> tidied("Ja \n\n**Per:** sa han", is_labelled=True)[0]
    'Ja **Per:** sa han'
    >>> tidied("**Viktig:** nei", is_labelled=False)[0], tidied("Plan", is_labelled=False, kind="heading")[0]
    ('Viktig: nei', '## Plan')
    """
    is_heading = kind == "heading"
    begins = "## " if is_heading and not re.match(r"#{1,6}[ \t]", words) else ""
    if "\n" not in words and not begins and words == words.strip() and (is_labelled or not words.startswith("**")):
        return words, ()
    out: list[str] = []
    edits: list[tuple[int, int, int, int]] = []
    old = new = 0
    for line in _LINE.finditer(words):
        kept = line[0].strip()
        if not kept:
            continue
        start = line.start() + line[0].index(kept)
        is_first = not out
        between = begins if is_first else " " if is_heading or _OPENS.match(kept) else "\n"
        if words[old:start] != between:
            edits.append((old, start, new, new + len(between)))
        out.append(between)
        new += len(between)
        old = start
        if is_first and not is_labelled and not is_heading and kept.startswith("**"):
            for star in re.finditer(r"\*\*", kept):
                plain = words[old : start + star.start()]
                out.append(plain)
                new += len(plain)
                edits.append((start + star.start(), start + star.end(), new, new))
                old = start + star.end()
        rest = words[old : start + len(kept)]
        out.append(rest)
        new += len(rest)
        old = start + len(kept)
    if old < len(words):
        edits.append((old, len(words), new, new))
    return "".join(out), tuple(edits)


def passages_of(understood: Understood) -> tuple[Passage, ...]:
    """The turns as they will be stored, those without a word left out."""
    made = []
    for turn in understood.turns:
        words, edits = tidied(turn.words, is_labelled=bool(turn.speaker) or turn.time is not None, kind=turn.kind)
        if words.strip("# \t"):
            made.append(Passage(turn.speaker, words, turn.time, turn.kind, turn.paragraphs, len(turn.words), edits))
    return tuple(made)


def speakers_in(passages: Iterable[Passage]) -> list[str]:
    """Labels in order of first appearance, as the source writes them."""
    return list(dict.fromkeys(passage.speaker for passage in passages if passage.speaker))


def placed_remarks(source: SourceText, passages: Sequence[Passage]) -> tuple[Placed, ...]:
    """The remarks of a source beside the passages they are about; one on words that are gone (a label) keeps its text only."""
    if not source.remarks:
        return ()
    parts: dict[int, list[tuple[int, int, int, int]]] = {}
    for number, passage in enumerate(passages):
        for place, (paragraph, in_turn, in_paragraph) in enumerate(passage.paragraphs):
            following = passage.paragraphs[place + 1 :]
            end = following[0][1] if following else passage.source_length
            length = min(end - in_turn, len(source.paragraphs[paragraph].words) - in_paragraph)
            parts.setdefault(paragraph, []).append((number, in_turn, in_paragraph, length))
    return tuple(_placed(remark.text, remark.start, remark.end, parts.get(remark.paragraph, ()), passages)
                 for remark in source.remarks)  # fmt: skip


def _placed(
    text: str, start: int, end: int, parts: Sequence[tuple[int, int, int, int]], passages: Sequence[Passage]
) -> Placed:
    for number, in_turn, in_paragraph, length in parts:
        first, last = max(start, in_paragraph), min(max(end, start + 1), in_paragraph + length)
        if first < last:
            a, b = moved(passages[number].edits, in_turn + first - in_paragraph, in_turn + last - in_paragraph)
            a, b = max(0, a), min(b, len(passages[number].words))
            if a < b:
                return Placed(text, number, a, b)
    return Placed(text)


def joined(passages: Iterable[Passage]) -> Joined:
    """The words of all passages, a blank line between."""
    starts, parts, at = [], [], 0
    for passage in passages:
        starts.append(at)
        parts.append(passage.words)
        at += len(passage.words) + len(_APART)
    return Joined(_APART.join(parts), tuple(starts))


def within_passages(hits: Iterable[Hit], whole: Joined, passages: Sequence[Passage]) -> list[Hit]:
    """`hits` in order, one that goes beyond a passage's end cut there: what is replaced never joins two passages."""
    kept = []
    for hit in sorted(hits):
        number = whole.passage_at(hit.start)
        end = whole.starts[number] + len(passages[number].words) if passages else 0
        if hit.start < end:
            kept.append(
                hit if hit.end <= end else Hit(hit.start, end, hit.kind, hit.rule, hit.certainty, hit.pseudonym)
            )
    return kept


def composed(
    passages: Sequence[Passage], words: Sequence[str], labels: Mapping[str, str], *, has_turns: bool
) -> Composed:
    """The canonical text of `passages` with their final `words`; `labels` gives the stored label of each speaker."""
    parts, spans, exact, at = [], [], [], 0
    for passage, said in zip(passages, words, strict=True):
        label = turn_label(labels[passage.speaker] if passage.speaker else None, passage.time)
        is_exact = unicodedata.is_normalized("NFC", said)
        kept = said if is_exact else canonical(said)
        parts.append(label + kept)
        spans.append((at + len(label), at + len(label) + len(kept)))
        exact.append(is_exact)
        at += len(label) + len(kept) + len(_APART)
    text = _APART.join(parts) + "\n"
    turns = parse_turns(text, has_turns=has_turns)
    ends = [turn.span.end for turn in turns]
    numbers = tuple(turns[min(bisect_right(ends, start), len(turns) - 1)].number for start, _ in spans)
    return Composed(text, tuple(spans), numbers, tuple(exact), len(turns))


def fingerprint(text: str) -> str:
    r"""What two texts share when they say the same words, whoever is named for them and however the lines are broken.

    >>> fingerprint("**A-P1 [00:00:01]:** Hei du.\n") == fingerprint("**B-P7:** Hei\n\ndu.\n")
    True
    """
    return text_sha256(" ".join(_LABEL_LINE.sub("", text).split()))


def is_role(label: str) -> bool:
    """Whether a label says what somebody is in the talk and not who: they mean another person in every document.

    >>> [is_role(label) for label in ("Informant 2", "SPEAKER_00", "KN", "Ordfører", "Kari", "Ole Å", "Bo")]
    [True, True, True, True, False, False, False]
    """
    return any(map(str.isdigit, label)) or not any(map(_may_be_name, _WORD.findall(label)))


def _may_be_name(word: str) -> bool:
    # Of two letters only a name of the lists is one; the others are initials.
    return is_name(word) and (len(word) > 2 or letters_of(word) in first_names())


def is_full_name(name: str) -> bool:
    """Whether a name has two words or more, initials not counted: a first name alone does not say whose it is.

    >>> [is_full_name(name) for name in ("Kari", "Kari N.", "Kari Nordmann", "Anne-Kari")]
    [False, False, True, False]
    """
    return sum(len(part) > 1 for part in name.replace(".", " ").split()) > 1


def may_be_one(one: str, other: str) -> bool:
    """Whether two names may be one person's: one is a part of the other, has initials, or is joined by hyphens.

    >>> [may_be_one("Torhild Fjellvåg", other) for other in ("Torhild", "torhild f.", "T. Fjellvåg", "Torhild-Fjellvåg")]
    [True, True, True, True]
    >>> may_be_one("Torhild Fjellvåg", "Andrea Fjellvåg"), may_be_one("Torhild", "T. Berg")
    (False, False)
    """
    short, long = sorted((_WORD.findall(folded(one)), _WORD.findall(folded(other))), key=len)
    left, shared = list(long), False
    # Whole words first, so that an initial does not take the place of one.
    for word in sorted(short, key=len, reverse=True):
        like = word if word in left else next((w for w in left if 1 in (len(w), len(word)) and w[0] == word[0]), None)
        if like is None:
            return False
        shared = shared or (like == word and len(word) > 1)
        left.remove(like)
    return shared


def name_in(label: str) -> str:
    """The name in a speaker's label without title, role, number and brackets; "" where there is none.

    What a key is to know is the name: of "Kari (prosjektleder)" it would know only these very words, and of "Ordfører
    Kari" every mayor would be she.

    >>> [name_in(label) for label in ("Ordfører Kari Ås", "Kari (prosjektleder)", "Informant 2 (Kari)", "Ole Å", "K. Berg")]
    ['Kari Ås', 'Kari', 'Kari', 'Ole Å', 'K. Berg']
    >>> [name_in(label) for label in ("Anne-Kari von der Lippe, leder", "Informant 2", "KN", "kari ås")]
    ['Anne-Kari von der Lippe', '', '', 'Kari Ås']
    """
    # A part of a name is known by its capital.
    label = label.title() if label.islower() else label
    for chunk in _BETWEEN_PARTS.split(label):
        words = [word for word in chunk.split() if not any(map(str.isdigit, word))]
        first = next((at for at, word in enumerate(words) if _is_name_word(word)), None)
        if first is None:
            continue
        # Titles stand before a name; what follows with a capital may be a surname that is an everyday word.
        while first and len(_WORD.findall(words[first - 1])) == 1 and len(words[first - 1].strip(".")) == 1:
            first -= 1
        return " ".join(word for word in words[first:] if not word.islower() or word in _PARTICLES)
    return ""


def _is_name_word(word: str) -> bool:
    return word not in _PARTICLES and any(map(_may_be_name, _WORD.findall(word)))


def folded(label: str) -> str:
    """A label as it is compared: "KARI  Ås" and "Kari Ås" are one person."""
    return " ".join(canonical(label).split()).casefold()


def same_speakers(
    passages: Sequence[Passage], old: Sequence[tuple[str, str]], asking: frozenset[str]
) -> dict[str, str]:
    """Who in a corrected source is who in the document it corrects: folded label → the label that stands there now.

    `old` are the speakers and words of the document. Speakers are known again by the turns they have word for word, the
    rest by their order; a label without a counterpart is left out.
    """
    said: dict[str, Counter[str]] = {}
    for speaker, words in old:
        said.setdefault(" ".join(words.split()), Counter())[speaker] += 1
    votes: Counter[tuple[str, str]] = Counter()
    labels = [folded(label) for label in speakers_in(passages) if folded(label) not in asking]
    for passage in passages:
        for speaker in said.get(" ".join(passage.words.split()), ()):
            if passage.speaker and folded(passage.speaker) not in asking:
                votes[folded(passage.speaker), speaker] += 1
    found: dict[str, str] = {}
    for (label, speaker), _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if label not in found and speaker not in found.values():
            found[label] = speaker
    rest = iter([speaker for speaker in dict.fromkeys(speaker for speaker, _ in old) if speaker not in found.values()])
    for label in dict.fromkeys(labels):
        if label not in found and (speaker := next(rest, "")):
            found[label] = speaker
    return found
