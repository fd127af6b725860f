"""Plain text and Markdown: paragraphs, and speakers where lines begin with a label and a colon."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from unicodedata import is_normalized

from ...errors import Faults
from ..source import Finding, Paragraph, SourceText
from ..transcript import canonical, split_front_matter
from .encodings import MOST_PARAGRAPHS, TAB, cleaned, decoded
from .noscribe import without_header


def read_text(data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
    r"""A plain text in any encoding: a paragraph per block between blank lines, its lines divided by line feeds.

    Front matter and noScribe's header are left out and counted; every other character that can be seen is carried.

    >>> read_text(b"Kari: Hei.\nOla: Ja.\n\nSlutt.", "a.txt", Faults())[0].text
    'Kari: Hei.\nOla: Ja.\nSlutt.'
    """
    got = decoded(data, name, faults)
    if got is None:
        return ()
    text, findings, first = _without_front_matter(got.text, list(got.findings))
    paragraphs = [Paragraph("\n".join(lines), place=place) for place, lines in _blocks(text, first)]
    return _finished("txt", paragraphs, findings, name, faults)


def read_markdown(data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
    r"""A Markdown text: headings, paragraphs, tables, with the marks of formatting left out and counted.

    A line with a bold label, or bold as a whole, begins a paragraph. HTML comments, pictures and the targets of links are
    not carried.

    >>> [(p.words, p.kind, p.bold) for p in read_markdown(b"# M\n\n**Kari:** *Ja*", "a.md", Faults())[0].paragraphs]
    [('M', 'heading', 0), ('Kari: Ja', 'text', 5)]
    """
    got = decoded(data, name, faults)
    if got is None:
        return ()
    text, findings, first = _without_front_matter(got.text, list(got.findings))
    counts: Counter[str] = Counter()
    paragraphs: list[Paragraph] = []
    row = 0
    for place, lines in _blocks(_without_comments(text, counts), first):
        if all(line.startswith("|") for line in lines):
            for number, line in enumerate(lines):
                if "-" in line and _RULE_OF_TABLE.fullmatch(line):
                    continue
                row += 1
                cells = _BAR.split(line.removeprefix("|").removesuffix("|"))
                paragraphs += [
                    Paragraph(_unmarked(cell, counts), kind="cell", place=place + number, row=row) for cell in cells
                ]
            counts["table"] += 1
        else:
            paragraphs += _markdown_paragraphs(lines, place, counts)
    findings += [
        Finding(what, count, is_carried=what == "table", detail=_DETAILS.get(what, ""))
        for what, count in sorted(counts.items())
        if count
    ]
    return _finished("md", paragraphs, findings, name, faults)


_STARRED = re.compile(r"\*\*(?P<bold>[^*\n]{1,80})\*\*(?P<colon>:?)")
_RULE_OF_TABLE = re.compile(r"[|\s:\-]+")
_BAR = re.compile(r"(?<!\\)\|")
_ATX = re.compile(r"#{1,6}(?:[ \u2003]+(?P<words>.*))?")
_UNDERLINE = re.compile(r"=+|-+")
_RULE = re.compile(r"(?:\*[ \u2003]*){3,}|(?:-[ \u2003]*){3,}|(?:_[ \u2003]*){3,}")
_FENCE = re.compile(r"(?:```+|~~~+)[\w \-+]{0,40}")
_PICTURE = re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\n]*\)|<(?:https?://|mailto:)([^<>\s]*)>")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = re.compile(
    r"(?<![\w*])\*{1,3}(?=[^\s*])([^*\n]*[^*\s])\*{1,3}(?![\w*])|(?<![\w_])_{1,3}(?=[^\s_])([^_\n]*[^_\s])_{1,3}(?![\w_])"
)
_BREAK_TAG = re.compile(r"<br[ ]?/?>")
_DETAILS = {
    "comment": "HTML comments",
    "formatting": "marks of formatting",
    "image": "pictures",
    "link": "targets of links; their words are carried",
}
#: Escaped characters wait in the private use area while marks are taken away, so that "\*" stays a star.
_WAITING = 0xF700


def _without_front_matter(text: str, findings: list[Finding]) -> tuple[str, list[Finding], int]:
    """The text behind front matter, the findings with it, and the number of the line on which it begins."""
    front, rest = split_front_matter(text)
    if not front:
        return text, findings, 1
    lines = front.count("\n")
    skipped = text[: len(text) - len(rest)].count("\n")
    return rest, [*findings, Finding("front-matter", lines, is_carried=False, detail="lines")], skipped + 1


def _blocks(text: str, first: int) -> Iterator[tuple[int, list[str]]]:
    """The number of the first line and the lines, of every run of lines that are not blank."""
    block: list[str] = []
    number = first
    for number, raw in enumerate(text.split("\n"), first):
        line = raw.strip()
        if line:
            block.append(line.replace("\t", TAB))
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield number - len(block) + 1, block


def _bold_paragraphs(lines: Sequence[str], place: int) -> Iterator[Paragraph]:
    """The lines as one paragraph, or several where lines begin with a bold label; its stars go."""
    gathered: list[str] = []
    bold = 0
    start = place
    for number, line in enumerate(lines, place):
        starred = _STARRED.match(line)
        if starred and (starred["colon"] or starred["bold"].endswith(":") or starred.end() == len(line)):
            if gathered:
                yield Paragraph("\n".join(gathered), bold=bold, place=start)
            label = starred["bold"].strip()
            gathered, bold, start = [f"{label}{starred['colon']}{line[starred.end() :]}"], len(label), number
        else:
            gathered.append(line)
    if gathered:
        yield Paragraph("\n".join(gathered), bold=bold, place=start)


def _markdown_paragraphs(lines: Sequence[str], place: int, counts: Counter[str]) -> Iterator[Paragraph]:
    """Headings by themselves, what stands between them as paragraphs."""
    waiting: list[str] = []

    def gathered(end: int) -> Iterator[Paragraph]:
        for paragraph in _bold_paragraphs(waiting, end - len(waiting)):
            bold = paragraph.bold
            counts["formatting"] += bool(bold)
            label, behind = _unmarked(paragraph.words[:bold], counts), paragraph.words[bold:]
            rest = _unmarked(behind, counts)
            between = " " if label and rest and behind[0].isspace() else ""
            if rest or label:
                yield replace(paragraph, words=f"{label}{between}{rest}", bold=len(label))
        waiting.clear()

    for number, raw in enumerate(lines, place):
        line = raw
        while line.startswith(">"):
            line = line[1:].strip()
            counts["formatting"] += 1
        heading = _ATX.fullmatch(line)
        if heading:
            yield from gathered(number)
            words = _unmarked((heading["words"] or "").rstrip("#").rstrip(), counts)
            if words:
                yield Paragraph(words, kind="heading", place=number)
        elif waiting and _UNDERLINE.fullmatch(line):
            title = waiting.pop()
            yield from gathered(number - 1)
            yield Paragraph(_unmarked(title, counts), kind="heading", place=number - 1)
        elif _RULE.fullmatch(line) or _FENCE.fullmatch(line) or not line:
            yield from gathered(number)
            counts["formatting"] += bool(line)
        else:
            waiting.append(line)
    yield from gathered(place + len(lines))


def _unmarked(line: str, counts: Counter[str]) -> str:
    """Words without Markdown's marks."""
    words = _ESCAPE.sub(lambda one: chr(_WAITING + ord(one[1])), line)
    words, pictures = _PICTURE.subn("", words)
    words, links = _LINK.subn(lambda one: one[1] if one[1] is not None else one[2], words)
    words = _BREAK_TAG.sub("\n", words)
    words, marks = _EMPHASIS.subn(lambda one: one[1] if one[1] is not None else one[2], words)
    # Emphasis within emphasis.
    words, more = _EMPHASIS.subn(lambda one: one[1] if one[1] is not None else one[2], words)
    counts.update({"image": pictures, "link": links, "formatting": marks + more})
    if "&" in words:
        words, found = cleaned(html.unescape(words))
        counts["control-character"] += sum(finding.count for finding in found if finding.what == "control-character")
        words = words.replace("\t", TAB)
    words = "".join(
        chr(ord(one) - _WAITING) if _WAITING + 0x21 <= ord(one) <= _WAITING + 0x7E else one for one in words
    ) if words and not words.isascii() else words  # fmt: skip
    return "\n".join(part.strip() for part in words.split("\n")).strip()


def _without_comments(text: str, counts: Counter[str]) -> str:
    """`text` without HTML comments, their line feeds kept so that lines keep their numbers."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts += [text[at:start], "\n" * text.count("\n", start, end)]
        counts["comment"] += 1
        at = end + 3
    return "".join([*parts, text[at:]])


def _finished(
    format: str, paragraphs: Sequence[Paragraph], findings: Sequence[Finding], name: str, faults: Faults
) -> tuple[SourceText, ...]:
    if len(paragraphs) > MOST_PARAGRAPHS:
        faults.note(
            "too-big", name, None, f"{len(paragraphs):,} paragraphs", f"at most {MOST_PARAGRAPHS:,}", "Divide the file."
        )
        return ()
    # Where marks went, a letter and its accent may have come together.
    whole = tuple(
        p if is_normalized("NFC", p.words) else replace(p, words=canonical(p.words), bold=0) for p in paragraphs
    )
    source = without_header(SourceText(format, whole, findings=tuple(findings)))
    if not any(paragraph.words for paragraph in source.paragraphs):
        faults.note("empty-text", name, None, "no words", "text", "Check that this is the right file.")
        return ()
    return (source,)
