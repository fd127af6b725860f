"""What noScribe writes into a transcript beside the talk: a header with the path of the recording."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..source import Finding, Paragraph, SourceText

_BY_NOSCRIBE = "Transcribed with noScribe"
#: Where the header stands, if there is one: behind the title.
_HEADER_WITHIN = 4
_HEADER_LINE = re.compile(
    r"Transcribed with noScribe|Audio file:|\(?(?:Language|Start|Stop|Speaker detection)\b[^:\n]{0,40}:"
)
_SPOKEN_OVER = re.compile(r"//[^/\n:]{1,40}:")


def is_noscribe(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether one of the first paragraphs tells that noScribe wrote them."""
    return _place(paragraphs) is not None


def _place(paragraphs: Sequence[Paragraph]) -> int | None:
    """Which paragraph holds noScribe's line, within its first lines."""
    for at, paragraph in enumerate(paragraphs[:_HEADER_WITHIN]):
        if any(line.startswith(_BY_NOSCRIBE) for line in paragraph.words.split("\n", 3)[:3]):
            return at
    return None


def without_header(source: SourceText) -> SourceText:
    """`source` without noScribe's header (title, path of the recording, settings), which names people and machines.

    Works on what any reader made of noScribe's .txt, .html, .docx; other sources come back as they are. Talk over
    somebody's turn ("//S01: ja//") stays in the words of that turn and is counted.

    >>> made = SourceText("txt", (Paragraph("Transcribed with noScribe vers. 0.7"), Paragraph("S00: Hei.")))
    >>> [paragraph.words for paragraph in without_header(made).paragraphs]
    ['S00: Hei.']
    """
    at = _place(source.paragraphs)
    if at is None:
        return source
    kept, lines = list(source.paragraphs), 0
    first = kept[at].words.split("\n")
    own = next((n for n, line in enumerate(first) if not _is_header(line, n, first)), len(first))
    lines += own + sum(len(paragraph.words.split("\n")) for paragraph in kept[:at])
    left = "\n".join(first[own:])
    start = at if left else at + 1
    if left:
        kept[at] = replace(kept[at], words=left, place=kept[at].place + own, bold=0)
    # Where the format makes a paragraph of every line, the header's other lines follow.
    while not left and start < len(kept) and _HEADER_LINE.match(kept[start].words) and start < at + _HEADER_WITHIN:
        lines += len(kept[start].words.split("\n"))
        start += 1
    remarks = tuple(
        replace(remark, paragraph=remark.paragraph - start) for remark in source.remarks if remark.paragraph >= start
    )
    findings = [Finding("metadata", lines, is_carried=False, detail="header of noScribe: title, recording, settings")]
    if over := sum(len(_SPOKEN_OVER.findall(paragraph.words)) for paragraph in kept[start:]):
        findings.append(Finding("overlap", over, is_carried=True, detail="talk over a turn, marked //…// inside it"))
    return replace(source, paragraphs=tuple(kept[start:]), remarks=remarks, findings=(*source.findings, *findings))


def _is_header(line: str, number: int, lines: Sequence[str]) -> bool:
    if _HEADER_LINE.match(line):
        return True
    # A title stands above the header, sometimes without a blank line between.
    return number < 2 and any(later.startswith(_BY_NOSCRIBE) for later in lines[number + 1 : number + 3])
