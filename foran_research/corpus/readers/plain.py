"""Plain text and Markdown: paragraphs, and speakers where lines begin with a label and a colon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ...errors import Faults
from ..transcript import canonical, split_front_matter

_LABELLED = re.compile(r"(?:\*\*)?(?P<speaker>[^\W_][\w .\-]{0,39}?):(?:\*\*)?[ \t]+(?P<text>\S.*)")
#: From this share of labelled lines on, a text is taken to be a conversation.
CONVERSATION = 0.5


@dataclass(frozen=True)
class Source:
    """A source text as read: ``(speaker label or None, words)`` per turn or paragraph, in order."""

    paragraphs: tuple[tuple[str | None, str], ...]

    @property
    def speakers(self) -> list[str]:
        """Labels in order of first appearance."""
        return list(dict.fromkeys(speaker for speaker, _ in self.paragraphs if speaker))


def read_plain(path: Path, faults: Faults) -> Source | None:
    """The paragraphs of a UTF-8 (or UTF-16 with its mark) text file."""
    data = path.read_bytes()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        text = canonical(data.decode(encoding))
    except UnicodeDecodeError as error:
        faults.note(
            "not-utf8",
            str(path),
            data[: error.start].count(b"\n") + 1,
            "bytes that are not UTF-8",
            "UTF-8 text",
            "Save the file as UTF-8 and add it again.",
        )
        return None
    _, text = split_front_matter(text)
    source = Source(tuple(_conversation(text) or _paragraphs(text)))
    if not source.paragraphs:
        faults.note("empty-text", str(path), None, "no words", "text", "Check that this is the right file.")
        return None
    return source


def _conversation(text: str) -> list[tuple[str | None, str]] | None:
    """One entry per labelled line, unlabelled lines carried on; None when most lines bear no label."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    matches = [_LABELLED.fullmatch(line) for line in lines]
    labelled = [match for match in matches if match]
    if not lines or len(labelled) < CONVERSATION * len(lines):
        return None
    turns: list[tuple[str | None, str]] = []
    for line, match in zip(lines, matches, strict=True):
        if match:
            turns.append((match["speaker"].strip(), match["text"].strip()))
        elif turns:
            speaker, words = turns[-1]
            turns[-1] = (speaker, f"{words} {line}")
        else:
            turns.append((None, line))
    return turns


def _paragraphs(text: str) -> list[tuple[str | None, str]]:
    """Blocks between blank lines, each on one line: a line break inside a paragraph is layout, not speech."""
    blocks = re.split(r"\n[ \t\f]*\n", text)
    joined = (" ".join(block.split()) for block in blocks)
    return [(None, block) for block in joined if block]
