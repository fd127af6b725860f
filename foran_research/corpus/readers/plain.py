"""Plain text and Markdown: paragraphs, and speakers where lines begin with a label and a colon."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ...errors import Faults
from ..transcript import canonical, split_front_matter

#: "Kari:", "**Kari:**", "Kari O'Hara (leder):", "[00:01:09] Kari:", and words, which may stand below a label alone on its line.
_LABELLED = re.compile(
    r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?[ \t]+)?(?:\*\*)?"
    r"(?P<speaker>[^\W_][\w .,'’\-]{0,39}?)[ \t]*(?:\([^()\n]{1,40}\))?(?:\*\*:|:\*\*|:)(?:[ \t]+(?P<text>\S.*))?"
)
_BLANK = re.compile(r"\n[ \t\f]*\n")
#: From this share of labelled lines, or of labelled paragraphs, on, a text is taken to be a conversation.
CONVERSATION = 0.5


@dataclass(frozen=True)
class Source:
    """A source text as read: ``(speaker label or None, words)`` per turn or paragraph, in order."""

    paragraphs: tuple[tuple[str | None, str], ...]

    @property
    def speakers(self) -> list[str]:
        """Labels in order of first appearance."""
        return list(dict.fromkeys(speaker for speaker, _ in self.paragraphs if speaker))


def read_plain(path: Path, faults: Faults, has_speakers: bool = True) -> Source | None:
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
    if "\0" in text:
        faults.note("not-utf8", str(path), text[: text.index("\0")].count("\n") + 1, "null characters, as in UTF-16",
                    "UTF-8 text", "Save the file as UTF-8 and add it again.")  # fmt: skip
        return None
    _, text = split_front_matter(text)
    turns = _conversation(text) if has_speakers else None
    source = Source(tuple(_paragraphs(text) if turns is None else turns))
    if not source.paragraphs:
        faults.note("empty-text", str(path), None, "no words", "text", "Check that this is the right file.")
        return None
    return source


def _conversation(text: str) -> list[tuple[str | None, str]] | None:
    """One entry per labelled line, unlabelled lines carried on; None when the text is no conversation."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    matches = [_LABELLED.fullmatch(line) for line in lines]
    if not _is_conversation(text, [match for match in matches if match], len(lines)):
        return None
    turns: list[tuple[str | None, str]] = []
    for line, match in zip(lines, matches, strict=True):
        if match:
            turns.append((match["speaker"].strip(), (match["text"] or "").strip()))
        elif turns:
            speaker, words = turns[-1]
            turns[-1] = (speaker, f"{words} {line}".lstrip())
        else:
            turns.append((None, line))
    return [(speaker, words) for speaker, words in turns if words]


def _is_conversation(text: str, labelled: list[re.Match[str]], lines: int) -> bool:
    """Whether most lines or paragraphs bear a label, or two labels come back: a label missed may be a name let through."""
    if not labelled:
        return False
    if len(labelled) >= CONVERSATION * lines:
        return True
    times = Counter(match["speaker"].strip() for match in labelled)
    coming_back = sum(1 for count in times.values() if count > 1)
    blocks = [block.strip().split("\n", 1)[0].strip() for block in _BLANK.split(text) if block.strip()]
    share = sum(1 for first in blocks if _LABELLED.fullmatch(first)) / len(blocks)
    return coming_back >= 2 or (coming_back == 1 and share >= CONVERSATION)


def _paragraphs(text: str) -> list[tuple[str | None, str]]:
    """Blocks between blank lines, each on one line: a line break inside a paragraph is layout, not speech."""
    blocks = _BLANK.split(text)
    joined = (" ".join(block.split()) for block in blocks)
    return [(None, block) for block in joined if block]
