"""What the readers of word processors' files share: pieces of text put together into paragraphs and remarks.

A reader walks its source in order and tells what it meets: a paragraph opens, words come, a comment begins or ends, the
paragraph closes. Offsets are kept through the cleaning of the words (NFC, control characters), so that comments stay on
the characters they stood on.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from ...errors import Faults
from ..source import Finding, Paragraph, ParagraphKind, Remark, SourceText
from .encodings import TAB
from .safe import refuse

MAX_PARAGRAPHS = 2_000_000
#: How a remark lies on its words: from mark to mark, on the word before its mark, or on its whole paragraph.
Hold = Literal["range", "word", "paragraph"]

_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Beside control characters those without width, which nobody sees and which part names in two: soft hyphens, marks of
# direction, joiners outside emoji; and lone surrogates, which no file can hold.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
    "|(?<![\u2190-\uffff\U00010000-\U0010ffff])\u200d"
)
# What Norwegian text is mostly made of (Latin letters, dashes, quotation marks) is in NFC as it is.
_NEEDS_CLEANING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u0300-\u200f\u2027-\U0010ffff]")
_WORD_BEFORE = re.compile(r"\S*\s*\Z")


def cleaned(raw: str, marks: Sequence[int] = ()) -> tuple[str, tuple[int, ...], int]:
    r"""``(words, marks, dropped)``: `raw` in NFC without control characters, and where its `marks` (sorted) are then.

    A mark inside a letter and its accent moves behind the accent. Blanks at both ends go, a tab becomes an em space.

    >>> cleaned(" a\u030a\x07b ", (0, 2, 5))
    ('åb', (0, 1, 2), 1)
    """
    dropped = 0
    bounds = [0, *(min(max(mark, 0), len(raw)) for mark in marks), len(raw)]
    if _NEEDS_CLEANING.search(raw) is not None:
        pieces: list[str] = []
        for start, end in pairwise(bounds):
            piece, count = _DROPPED.subn("", _LINE_BREAKS.sub("\n", raw[start:end]).replace("\t", TAB))
            pieces.append(piece)
            dropped += count
        raw, bounds = _composed(pieces)
    words = raw.strip()
    lead = len(raw) - len(raw.lstrip())
    return words, tuple(min(max(bound - lead, 0), len(words)) for bound in bounds[1:-1]), dropped


def _composed(pieces: list[str]) -> tuple[str, list[int]]:
    """The pieces together in NFC, and the bounds between them; a bound never parts what NFC puts together."""
    whole = "".join(pieces)
    bounds = [0]
    for piece in pieces:
        bounds.append(bounds[-1] + len(piece))
    if unicodedata.is_normalized("NFC", whole):
        return whole, bounds
    composed: list[str] = []
    new_bounds = [0]
    start = length = 0
    for bound in bounds[1:]:
        end = max(start, bound)
        while end < len(whole) and end > start and _joins_what_is_before(whole[end]):
            end += 1
        composed.append(unicodedata.normalize("NFC", whole[start:end]))
        length += len(composed[-1])
        new_bounds.append(length)
        start = end
    return "".join(composed), new_bounds


def _joins_what_is_before(character: str) -> bool:
    """Whether NFC may melt the character with the one before: marks, and vowels and finals of Hangul."""
    return unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff"


@dataclass(slots=True)
class _Open:
    """A paragraph that is being filled."""

    serial: int
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    bold: int = 0
    is_leading: bool = True
    has_words: bool = False
    marks: list[tuple[int, Hashable, bool]] = field(default_factory=list)
    #: Paragraphs that opened and closed inside this one (text boxes, tables in cells): they follow it.
    later: list[tuple[int, Paragraph]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Note:
    text: str
    author: str
    hold: Hold
    what: str


class Gathering:
    """Paragraphs, remarks and findings of one source, as a reader meets them."""

    def __init__(self, name: str, faults: Faults) -> None:
        self._name, self._faults = name, faults
        self._done: list[tuple[int, Paragraph]] = []
        self._open: list[_Open] = []
        self._waiting: dict[int, list[tuple[int, Paragraph]]] = {}
        self._serial = 0
        self._starts: dict[Hashable, tuple[int, int]] = {}
        self._ends: dict[Hashable, tuple[int, int]] = {}
        self._notes: dict[Hashable, _Note] = {}
        self._stand_ins: dict[Hashable, Hashable] = {}
        self._rows: set[int] = set()
        self._counts: Counter[tuple[str, bool, str]] = Counter()

    @property
    def depth(self) -> int:
        """How many paragraphs are open, one inside the other."""
        return len(self._open)

    @property
    def is_empty(self) -> bool:
        """Whether the innermost open paragraph has no words yet."""
        return not self._open or not self._open[-1].has_words

    @property
    def is_empty_so_far(self) -> bool:
        """Whether no paragraph at all has words yet."""
        return not self._done and self.is_empty

    def count(self, what: str, count: int = 1, *, is_carried: bool = False, detail: str = "") -> None:
        """Remember that the source holds something beside its words."""
        if count:
            self._counts[what, is_carried, detail] += count

    def open(self) -> None:
        """Begin a paragraph; inside another it comes after that one."""
        self._serial += 1
        if self._serial > MAX_PARAGRAPHS:
            refuse(self._faults, self._name, "too-big", f"more than {MAX_PARAGRAPHS} paragraphs", "fewer paragraphs",
                   "Split the text into several files.")  # fmt: skip
        self._open.append(_Open(self._serial))

    def add(self, words: str, *, is_bold: bool = False) -> None:
        """Words of the innermost open paragraph."""
        if not words or not self._open:
            return
        paragraph = self._open[-1]
        paragraph.pieces.append(words)
        paragraph.length += len(words)
        if (paragraph.has_words and not paragraph.is_leading) or words.isspace():
            return
        paragraph.has_words = True
        if is_bold:
            paragraph.bold = paragraph.length
        else:
            paragraph.is_leading = False

    def break_line(self) -> None:
        """A new line of the innermost open paragraph, where it has words and does not stand on one already."""
        if not self.is_empty and not self._open[-1].pieces[-1].endswith("\n"):
            self.add("\n")

    def mark(self, key: Hashable, *, is_end: bool = False) -> None:
        """A remark begins, or ends, at this place; outside a paragraph, where the next one begins."""
        if self._open:
            self._open[-1].marks.append((self._open[-1].length, key, is_end))
        elif is_end:
            self._ends.setdefault(key, (self._serial, 2**62))
        else:
            self._starts.setdefault(key, (self._serial + 1, 0))

    def remark(
        self, key: Hashable, text: str, author: str = "", *, hold: Hold = "range", what: str = "comment"
    ) -> None:
        """What the remark of this key says; remarks come in the order of their places, then in that of these calls."""
        self._notes.setdefault(key, _Note(cleaned(text)[0], cleaned(author)[0], hold, what))

    def stand_in(self, key: Hashable, other: Hashable) -> None:
        """A remark without a place of its own stands where the `other` stands."""
        self._stand_ins[key] = other

    def close(self, kind: ParagraphKind = "text", *, place: int = 0, row: int = 0) -> None:
        """End the innermost open paragraph."""
        paragraph = self._open.pop()
        places = sorted({offset for offset, _, _ in paragraph.marks} | {paragraph.bold})
        words, moved, dropped = cleaned("".join(paragraph.pieces), places)
        self.count("control-character", dropped, detail="invisible characters left out")
        where = dict(zip(places, moved, strict=True))
        for offset, key, is_end in paragraph.marks:
            (self._ends if is_end else self._starts).setdefault(key, (paragraph.serial, where[offset]))
        if row and words:
            self._rows.add(row)
        if not words and not row:
            finished = []
        else:
            finished = [
                (paragraph.serial, Paragraph(words, kind=kind, bold=where[paragraph.bold], place=place, row=row))
            ]
        target = self._open[-1].later if self._open else self._done
        target.extend(finished)
        if row:
            self._waiting.setdefault(self.depth, []).extend(paragraph.later)
        else:
            target.extend(paragraph.later)

    def end_row(self) -> None:
        """What stood inside the cells of a row follows the row's last cell."""
        later = self._waiting.pop(self.depth, [])
        (self._open[-1].later if self._open else self._done).extend(later)

    def text(self) -> str:
        """All words gathered so far, for the text of a remark."""
        return "\n".join(paragraph.words for _, paragraph in self._done if paragraph.words)

    def source(self, format: str, *, images: int = 0) -> SourceText:
        """The whole; a source without words is refused."""
        while self._open:
            self.close()
        for depth in sorted(self._waiting):
            self._done.extend(self._waiting[depth])
        kept = [(serial, p) for serial, p in self._done if p.words or p.row in self._rows]
        if not any(paragraph.words for _, paragraph in kept):
            kind, found = ("images-only", "pictures and no words") if images else ("empty-text", "no words")
            refuse(self._faults, self._name, kind, found, "a text", "Check that this is the right file.")
        paragraphs = tuple(paragraph for _, paragraph in kept)
        remarks = tuple(self._remarks([serial for serial, _ in kept], paragraphs))
        findings = tuple(
            Finding(what, n, carried, detail) for (what, carried, detail), n in sorted(self._counts.items())
        )
        return SourceText(format, paragraphs, remarks=remarks, findings=findings)

    def _remarks(self, serials: list[int], paragraphs: tuple[Paragraph, ...]) -> Iterable[Remark]:
        """The remarks with a place, in order of their places; tells how many were carried and how many not."""
        index = _Places(serials)
        found: list[tuple[int, int, int, int, Remark]] = []
        for number, (own, note) in enumerate(self._notes.items()):
            has_place = own in self._starts or own in self._ends
            key = own if has_place else self._stand_ins.get(own, own)
            start = self._starts.get(key) or self._ends.get(key)
            if not note.text or start is None:
                reason = "without words" if not note.text else "without a place in the text"
                self.count(note.what, detail=reason)
                continue
            at, first, last, is_cut = _placed(index, paragraphs, start, self._ends.get(key), note.hold)
            if is_cut:
                self.count("comment-across", is_carried=True, detail="comments across paragraphs stand at their first")
            self.count(note.what, is_carried=True, detail="as remarks")
            found.append((at, first, last, number, Remark(at, first, last, note.text, note.author)))
        return (each[-1] for each in sorted(found, key=lambda each: each[:-1]))


class _Places:
    """Where the paragraphs of given serial numbers stand; those dropped as empty stand where the next one does."""

    def __init__(self, serials: list[int]) -> None:
        self._order = {serial: at for at, serial in enumerate(serials)}
        self._last = len(serials) - 1
        # Text boxes stand behind the paragraph they are in, so serials do not ascend throughout.
        self._next = list(range(max(serials) + 2)) if serials else []
        following = max(serials) if serials else 0
        for serial in range(len(self._next) - 1, -1, -1):
            following = serial if serial in self._order else following
            self._next[serial] = following

    def of(self, serial: int) -> tuple[int, bool]:
        """``(place, whether it is that very paragraph)``."""
        if serial in self._order:
            return self._order[serial], True
        if serial >= len(self._next):
            return self._last, False
        return self._order[self._next[serial]], False


def _placed(
    index: _Places,
    paragraphs: tuple[Paragraph, ...],
    start: tuple[int, int],
    end: tuple[int, int] | None,
    hold: Hold,
) -> tuple[int, int, int, bool]:
    """``(paragraph, start, end, whether the remark went on in later paragraphs)``, never empty where there are words."""
    at, is_there = index.of(start[0])
    first = start[1] if is_there else 0
    end_at, end_is_there = index.of(end[0]) if end else (at, is_there)
    end_offset = (end[1] if end_is_there else 0) if end else first
    while at < len(paragraphs) - 1 and (at < end_at or not paragraphs[at].words) and first >= len(paragraphs[at].words):
        at, first = at + 1, 0
    while at and not paragraphs[at].words:
        at, first, hold = at - 1, 0, "paragraph"
    words = paragraphs[at].words
    if hold == "word" and is_there:
        before = _WORD_BEFORE.search(words, max(0, first - 80), first)
        if before is not None and before[0].strip():
            return at, before.start(), before.start() + len(before[0].rstrip()), False
    if hold == "range" and end is not None:
        is_cut = end_at > at and end_offset > 0
        last = len(words) if end_at != at else min(end_offset, len(words))
        if first < last:
            return at, first, last, is_cut
    return at, 0, len(words), False
