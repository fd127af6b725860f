"""A source text as a reader found it, before anybody's name is replaced: paragraphs, remarks, and what was left out.

Values of these types hold names. They live in memory only and never reach the study's folder; printed, they show no words,
so that neither a traceback nor what a notebook's cell puts out keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..errors import Faults

ParagraphKind = Literal["text", "heading", "cell"]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, cue, annotation or table cell of a source.

    Parameters
    ----------
    words
        NFC text without control characters; a line break inside the paragraph is a line feed.
    speaker
        Only where the format itself names one (a cue's voice, a tier, a recogniser's speaker); labels inside the words
        are left to ``conventions``.
    time, end
        Seconds from the beginning of the recording, where the format tells them.
    bold
        How many leading characters of `words` are set in bold.
    place
        Number of the paragraph, line or cue in the source, from 1, for faults.
    row
        Cells only: the number of their table row in the source, from 1; cells of a row have the same.
    """

    words: str = field(repr=False)
    speaker: str = field(default="", repr=False)
    time: float | None = None
    end: float | None = None
    kind: ParagraphKind = "text"
    bold: int = 0
    place: int = 0
    row: int = 0


@dataclass(frozen=True)
class Remark:
    """A comment that somebody wrote in the source; `start` and `end` count within the words of the paragraph.

    `paragraph` is its place in ``SourceText.paragraphs`` (from 0). A comment on a whole paragraph covers all its words.
    """

    paragraph: int
    start: int
    end: int
    text: str = field(repr=False)
    author: str = field(default="", repr=False)


@dataclass(frozen=True)
class Finding:
    """What a source holds beside its plain words, and what became of it.

    `what` is one word: "insertion", "deletion", "hidden", "header", "footer", "footnote", "comment", "image", "link",
    "table", "text-box", "embedded", "field", "list-number", "formatting", "style-cue", "metadata", "repeated-cue",
    "note-cue", "control-character", "encoding", "front-matter", "page-number", "inline-code", "overlap" …
    """

    what: str
    count: int
    is_carried: bool
    #: More for the reader of the preview, in English, never words of the source: "cp1252", "read as Mac Roman".
    detail: str = ""


@dataclass(frozen=True)
class SourceText:
    """One text of a source file; a project file of another tool holds several, each with the `name` it has there."""

    format: str
    paragraphs: tuple[Paragraph, ...]
    name: str = field(default="", repr=False)
    remarks: tuple[Remark, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def text(self) -> str:
        """All words, paragraphs divided by line feeds."""
        return "\n".join(paragraph.words for paragraph in self.paragraphs)


#: A reader: the bytes of a file and the name that faults show; no text and a noted fault when they cannot be read.
Reader = Callable[[bytes, str, Faults], Sequence[SourceText]]
