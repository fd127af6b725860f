"""Transcripts as values: spans, turns and the canonical text they point into.

The canonical text of a document is what follows the front matter of ``corpus/texts/ID.md``: Unicode NFC, line feeds,
no byte-order mark. All offsets in the package are half-open and count Unicode code points of that text, which is what
``str`` slicing in Python does. (Browsers count UTF-16 units; ``"a😀b"`` is 3 here and 4 there.)
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

TurnKind = Literal["turn", "paragraph", "heading"]

_LABEL = re.compile(r"\*\*(?P<speaker>[^*\n]{1,80}?):\*\*[ \t]*")
_BLOCK = re.compile(r"[^\n]+(?:\n[^\n]+)*")
_FENCE = "---\n"


@dataclass(frozen=True, order=True)
class Span:
    """A half-open stretch ``[start, end)`` of a canonical text, in Unicode code points.

    >>> Span(2, 5) & Span(4, 9)
    Span(start=4, end=5)
    >>> Span(2, 5).gap_to(Span(9, 12))
    4
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span runs forward and is not empty: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def __and__(self, other: Span) -> Span | None:
        """The stretch both cover, or None when they do not touch."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None

    def __or__(self, other: Span) -> Span:
        """The smallest span that covers both."""
        return Span(min(self.start, other.start), max(self.end, other.end))

    def __contains__(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def is_overlapping(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def gap_to(self, other: Span) -> int:
        """Characters between the two; 0 when they touch or overlap."""
        return max(0, max(self.start, other.start) - min(self.end, other.end))

    def of(self, text: str) -> str:
        """The words the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True)
class Turn:
    """One stretch of talk by one speaker, or one paragraph of a note; `span` covers the words, not the label."""

    number: int
    speaker: str | None
    span: Span
    kind: TurnKind = "turn"


@dataclass(frozen=True)
class Transcript:
    """A document's canonical text with its turns.

    `number` of a turn counts from 1 and is what a reader sees; headings have numbers too, so that numbers never shift.
    """

    id: str
    text: str
    turns: tuple[Turn, ...]
    written_form: str = "nb"

    @cached_property
    def text_sha256(self) -> str:
        """Fingerprint of the canonical text; every coded segment carries it."""
        return text_sha256(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [turn.span.start for turn in self.turns]

    @property
    def speakers(self) -> list[str]:
        """Speaker labels in order of first appearance."""
        return list(dict.fromkeys(t.speaker for t in self.turns if t.speaker is not None))

    def turns_touching(self, span: Span) -> Iterator[Turn]:
        """The turns that share at least one character with `span`, in order."""
        return (turn for turn in self.turns if turn.span.is_overlapping(span))

    def word_count(self) -> int:
        """Words spoken or written, speaker labels and headings left out."""
        return sum(len(t.span.of(self.text).split()) for t in self.turns if t.kind != "heading")


def canonical(raw: str) -> str:
    """`raw` as the package stores it: no byte-order mark, line feeds, NFC.

    >>> canonical("A" + chr(0x30A) + chr(13) + chr(10)) == chr(0xC5) + chr(10)
    True
    """
    return unicodedata.normalize("NFC", raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def text_sha256(text: str) -> str:
    """SHA-256 of a canonical text in UTF-8, as hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def split_front_matter(raw: str) -> tuple[str, str]:
    """``(front matter, canonical text)`` of a stored document; the front matter is "" when there is none.

    >>> split_front_matter("---\\nnotice: x\\n---\\n\\nHei.\\n")
    ('notice: x\\n', 'Hei.\\n')
    """
    if not raw.startswith(_FENCE):
        return "", raw
    closing = raw.find("\n" + _FENCE, len(_FENCE) - 1)
    if closing < 0:
        return "", raw
    return raw[len(_FENCE) : closing + 1], raw[closing + 1 + len(_FENCE) :].lstrip("\n")


def parse_turns(text: str, *, has_turns: bool) -> tuple[Turn, ...]:
    """The turns of a canonical text.

    With `has_turns` (interviews) a paragraph that begins ``**Speaker:**`` opens a turn, and paragraphs without a label
    carry it on. Without (notes, public documents) every paragraph is a unit of its own, labelled or not.

    >>> [t.speaker for t in parse_turns("**A:** Hei.\\n\\nMer.\\n\\n**B:** Ja.\\n", has_turns=True)]
    ['A', 'B']
    """
    turns: list[Turn] = []
    for block in _BLOCK.finditer(text):
        start, end = block.span()
        if text.startswith("#", start):
            turns.append(Turn(len(turns) + 1, None, Span(start, end), "heading"))
            continue
        label = _LABEL.match(text, start, end)
        if label is not None:
            if label.end() < end:
                turns.append(Turn(len(turns) + 1, label["speaker"], Span(label.end(), end)))
        elif has_turns and turns and turns[-1].kind == "turn":
            last = turns[-1]
            turns[-1] = Turn(last.number, last.speaker, Span(last.span.start, end))
        else:
            turns.append(Turn(len(turns) + 1, None, Span(start, end), "paragraph"))
    return tuple(turns)
