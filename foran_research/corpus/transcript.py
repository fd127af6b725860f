"""Transcripts as values: spans, turns and the canonical text they point into.

The canonical text of a document is what follows the front matter of ``corpus/texts/ID.md``: Unicode NFC, line feeds,
no byte-order mark. All offsets in the package are half-open and count Unicode code points of that text, which is what
``str`` slicing in Python does. (Browsers count UTF-16 units; ``"a😀b"`` is 3 here and 4 there.)
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

TurnKind = Literal["turn", "paragraph", "heading"]

#: ``**Kari:**``, ``**Kari [00:01:02]:**`` and, for a timed passage nobody is named for, ``**[00:01:02]:**``.
_LABEL = re.compile(
    r"\*\*(?=[^*\n:])(?P<speaker>[^*\n]{1,80}?)??(?: ?\[(?P<time>\d{2,3}:\d{2}:\d{2}(?:\.\d{1,3})?)\])?:\*\*\s*"
)
_HEADING = re.compile(r"#{1,6}[ \t]+[^\n]*")
_LINE = re.compile(r"[^\n]+")
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
    """One stretch of talk by one speaker, or one paragraph of a note; `span` covers the words, not the label.

    `time` is when it begins, in seconds from the start of the recording, where the text tells it.
    """

    number: int
    speaker: str | None
    span: Span
    kind: TurnKind = "turn"
    time: float | None = None


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

    @cached_property
    def _ends(self) -> list[int]:
        return [turn.span.end for turn in self.turns]

    @cached_property
    def _numbers(self) -> tuple[int, ...]:
        return tuple(turn.number for turn in self.turns)

    @property
    def speakers(self) -> list[str]:
        """Speaker labels in order of first appearance."""
        return list(dict.fromkeys(t.speaker for t in self.turns if t.speaker is not None))

    def turns_touching(self, span: Span) -> Iterator[Turn]:
        """The turns that share at least one character with `span`, in order."""
        # Turns follow one another, so those before the last one that begins at or before the span cannot touch it.
        first = max(0, bisect_right(self._starts, span.start) - 1)
        beyond = bisect_left(self._starts, span.end)
        return (turn for turn in self.turns[first:beyond] if turn.span.is_overlapping(span))

    def turn_numbers(self, start: int, end: int) -> tuple[int, ...]:
        """The numbers of the turns that share at least one character with ``[start, end)``, in order."""
        # Turns follow one another, so their ends are in order as well as their starts.
        return self._numbers[bisect_right(self._ends, start) : bisect_left(self._starts, end)]

    def word_count(self) -> int:
        """Words spoken or written, speaker labels and headings left out."""
        return sum(len(t.span.of(self.text).split()) for t in self.turns if t.kind != "heading")


def canonical(raw: str) -> str:
    """`raw` as the package stores it: no byte-order mark, line feeds, NFC.

    >>> canonical("A" + chr(0x30A) + chr(13) + chr(10)) == chr(0xC5) + chr(10)
    True
    """
    return unicodedata.normalize("NFC", raw.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def text_sha256(text: str) -> str:
    """SHA-256 of a canonical text in UTF-8, as hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def split_front_matter(raw: str) -> tuple[str, str]:
    r"""``(front matter, canonical text)`` of a stored document; the front matter is "" when there is none.

    >>> split_front_matter("---\nnotice: x\n---\n\nHei.\n")
    ('notice: x\n', 'Hei.\n')
    """
    if not raw.startswith(_FENCE):
        return "", raw
    closing = raw.find("\n" + _FENCE, len(_FENCE) - 1)
    if closing < 0:
        return "", raw
    return raw[len(_FENCE) : closing + 1], raw[closing + 1 + len(_FENCE) :].lstrip("\n")


def parse_turns(text: str, *, has_turns: bool) -> tuple[Turn, ...]:
    r"""The turns of a canonical text.

    With `has_turns` (interviews) a line that begins ``**Speaker:**`` opens a turn, and paragraphs without a label carry
    it on. Without (notes, public documents) every paragraph is a unit of its own, labelled or not. A label that stands
    alone names the speaker of the paragraph below it. A label may end with a time, or be nothing but a time. Lines of
    nothing but space separate paragraphs.

    >>> [t.speaker for t in parse_turns("**A:** Hei.\n\nMer.\n\n**B:** Ja.\n", has_turns=True)]
    ['A', 'B']
    >>> parse_turns("**A [00:01:02.500]:** Hei.\n", has_turns=True)[0].time
    62.5
    """
    turns: list[Turn] = []
    waiting: re.Match[str] | None = None
    for start, end in _blocks(text):
        label = _LABEL.match(text, start, end)
        if _HEADING.match(text, start, end):
            waiting = None
            turns.append(Turn(len(turns) + 1, None, Span(start, end), "heading"))
        elif label is not None and label.end() == end:
            waiting = label
        elif label is not None or waiting is not None:
            words, said_by = (label.end(), label) if label is not None else (start, waiting)
            turns.append(_turn(len(turns) + 1, said_by, Span(words, end)))
            waiting = None
        elif has_turns and turns and turns[-1].kind == "turn":
            turns[-1] = replace(turns[-1], span=Span(turns[-1].span.start, end))
        else:
            turns.append(Turn(len(turns) + 1, None, Span(start, end), "paragraph"))
    return tuple(turns)


def turn_label(speaker: str | None, seconds: float | None = None) -> str:
    """What stands before the words of a turn; "" when neither speaker nor time is known.

    >>> turn_label("BGO-PL-01"), turn_label("BGO-PL-01", 62.0), turn_label(None, 3723.25)
    ('**BGO-PL-01:** ', '**BGO-PL-01 [00:01:02]:** ', '**[01:02:03.250]:** ')
    """
    parts = [speaker] if speaker else []
    if seconds is not None:
        whole, thousandths = divmod(round(seconds * 1000), 1000)
        clock = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
        parts.append(f"[{clock}.{thousandths:03d}]" if thousandths else f"[{clock}]")
    return f"**{' '.join(parts)}:** " if parts else ""


def _turn(number: int, label: re.Match[str] | None, span: Span) -> Turn:
    speaker, clock = (label["speaker"], label["time"]) if label is not None else (None, None)
    if clock is None:
        return Turn(number, speaker, span)
    hours, minutes, seconds = clock.split(":")
    time = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    # A passage with a time and no name is nobody's turn.
    return Turn(number, speaker, span, "turn" if speaker else "paragraph", time)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """The paragraphs of a text: lines that touch, but a heading stands alone and a speaker's label begins anew."""
    start = end = 0
    for line in _LINE.finditer(text):
        begins_anew = (
            line.start() != end + 1
            or line[0].isspace()
            or _LABEL.match(line[0])
            or _HEADING.match(line[0])
            or _HEADING.match(text, start, end)
        )
        if begins_anew and start < end:
            yield start, end
        if line[0].isspace():
            start = end = 0
        else:
            start, end = line.start() if begins_anew or start == end else start, line.end()
    if start < end:
        yield start, end
