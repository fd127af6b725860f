"""PDF: the lines of its text layer put together to paragraphs again.

A PDF says where letters stand, not what a paragraph is. What is rebuilt here is told in findings, with counts: hyphens
taken out at line ends, headers and page numbers left out, ligatures spelt.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from ...errors import Faults
from ..source import Finding, Paragraph, Remark, SourceText
from ..transcript import canonical

#: Seconds that reading one file may take; a 300-page transcript takes three.
LONGEST = 120.0
#: Of the height of a page, from its head and from its foot: where running headers and page numbers stand.
MARGIN = 0.12

_LIGATURES = {ord(c): unicodedata.normalize("NFKC", c) for c in map(chr, range(0xFB00, 0xFB07))}
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f]+")
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:(?:side|page|s\.|p\.)\s*)?(?P<page>\d{1,4})(?:\s*(?P<of>/|av|of)\s*\d{1,4})?[\W_]*", re.IGNORECASE
)
_LABEL = re.compile(r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?[ \t]+)?(?P<name>[^\W_][\w .'’\-]{0,39}):(?= |$)")
_BULLET = re.compile(r"[•‣◦▪–*-] ")
_FIRST_WORD = re.compile(r"\w+")
#: After a hyphen that these follow stands a word that shares its end with the next: "inn- og utland".
_SUSPENDING = {"og", "eller", "samt", "men", "til", "and", "or", "und", "oder"}
_REFUSALS = {
    "encrypted-file": ("a PDF that is locked with a password", "a PDF that opens without one",
                       "Save a copy without the password and add that."),
    "broken-file": ("a PDF that cannot be opened", "a whole PDF", "Open it in a PDF reader and save it anew."),
    "zip-bomb": ("page content that unpacks to more than 32 MB", "pages of text",
                 "Print it to a new PDF, or add the document it was made from."),
    "too-big": ("more pages or characters than a transcript has", "at most 5,000 pages",
                "Divide it and add the parts."),
    "too-slow": (f"a PDF that could not be read within {LONGEST:.0f} seconds", "pages of text",
                 "Print it to a new PDF, or add the document it was made from."),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of a page: `left`, `right` and `base` (from the foot of the page) in points, pages from 0."""

    page: int
    words: str
    left: float
    right: float
    base: float
    size: float
    bold: int
    has_hyphen: bool


@dataclass(frozen=True)
class _Note:
    page: int
    words: str
    author: str
    foot: float
    head: float


def read_pdf(data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
    """The text layer of a PDF as one text.

    >>> faults = Faults()
    >>> read_pdf(b"%PDF-1.7 and no more", "kilde.pdf", faults), [fault.kind for fault in faults]
    ((), ['broken-file'])
    """
    found = _extracted(data)
    return _understood(found, name, faults)


def _extracted(data: bytes) -> dict[str, Any]:
    """What ``pdf_text.py`` prints of `data`, from a process of its own."""
    # -P: this folder holds an html.py of ours, which must not stand in for the standard library's.
    command = [sys.executable, "-P", str(Path(__file__).with_name("pdf_text.py"))]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=LONGEST, check=True)
        found = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"refused": "too-slow"}
    except (subprocess.CalledProcessError, OSError, ValueError):
        return {"refused": "broken-file"}
    return found if isinstance(found, dict) else {"refused": "broken-file"}


def _understood(found: Mapping[str, Any], name: str, faults: Faults) -> tuple[SourceText, ...]:
    """The text of extracted pages, or the one fault that says why there is none."""
    if "refused" in found:
        kind = found["refused"]
        faults.note(kind, name, None, *_REFUSALS[kind])
        return ()
    pages: list[dict[str, Any]] = found["pages"]
    counts: Counter[str] = Counter()
    lines = [_cleaned(Line(number, *line), counts) for number, page in enumerate(pages) for line in page["lines"]]
    lines = [line for line in lines if line.words]
    seen = [line for line in lines if _is_seen(line, pages[line.page])]
    counts["hidden"] = len(lines) - len(seen)
    lines = seen
    unmapped = sum(page["unmapped"] for page in pages)
    empty = [page for page in pages if not page["lines"]]
    letters = sum(len(line.words) for line in lines)
    if not letters and not unmapped:
        _refuse_without_words(pages, name, faults)
        return ()
    if unmapped > letters / 4:
        faults.note(
            "not-text", name, None, f"{unmapped} signs of {unmapped + letters} that the PDF gives no letter for",
            "a PDF whose text can be copied and read", "Add the document it was made from.",
        )  # fmt: skip
        return ()
    kept = without_furniture(lines, [page["height"] for page in pages], counts)
    notes = [_Note(number, *note) for number, page in enumerate(pages) for note in page["notes"]]
    paragraphs, places = paragraphs_of(kept, counts)
    if not paragraphs:
        faults.note("empty-text", name, None, "nothing but page numbers and headers", "text",
                    "Check that this is the right file.")  # fmt: skip
        return ()
    remarks, homeless = _remarks(notes, paragraphs, places)
    findings = _findings(found, pages, counts, unmapped, empty, len(remarks), homeless)
    return (SourceText("pdf", tuple(paragraphs), remarks=tuple(remarks), findings=tuple(findings)),)


def _refuse_without_words(pages: Sequence[Mapping[str, Any]], name: str, faults: Faults) -> None:
    if any(page["objects"] for page in pages):
        faults.note(
            "images-only", name, None, f"{len(pages)} pages of pictures or drawn shapes and no letters",
            "a PDF with a text layer", "Have the text recognised (OCR), check it against the pages, and add that.",
        )  # fmt: skip
    elif any(page["broken"] for page in pages):
        faults.note("broken-file", name, None, *_REFUSALS["broken-file"])
    else:
        faults.note("empty-text", name, None, f"{len(pages)} empty pages", "text", "Check that this is the right file.")


def _is_seen(line: Line, page: Mapping[str, Any]) -> bool:
    """Whether a line lies on its page: programs draw words beyond the edge when they cut a long page into short ones."""
    return bool(-line.size / 2 <= line.base <= page["height"] and line.right >= 0 and line.left <= page["width"])


def _cleaned(line: Line, counts: Counter[str]) -> Line:
    """`line` with ligatures spelt, soft hyphens and controls gone, any run of space one space."""
    words = line.words
    bold = words[: line.bold]

    def clean(part: str) -> str:
        part = _SPACES.sub(" ", part.translate(_LIGATURES).replace("\u00ad", ""))
        return canonical("".join(c for c in part if unicodedata.category(c) != "Cc" and c != "\ufeff"))

    counts["ligature"] += sum(1 for c in words if ord(c) in _LIGATURES)
    counts["soft-hyphen"] += words[:-1].count("\u00ad")
    counts["control-character"] += sum(
        1 for c in words if unicodedata.category(c) == "Cc" and c not in "\t\n\r\x0b\x0c"
    )
    if words.rstrip().endswith("\u00ad"):
        words = words.rstrip()[:-1] + "-"
    cleaned = clean(words).strip()
    return replace(line, words=cleaned, bold=min(len(cleaned), len(clean(bold).strip())))


def without_furniture(lines: Sequence[Line], heights: Sequence[float], counts: Counter[str]) -> list[Line]:
    """`lines` without page numbers, running headers and footers, and numbers in the margin; each kind is counted.

    A header is what comes back, digits aside, at the same height of at least three pages and of four in ten; a page
    number is a number in the margin at head or foot that grows with the pages.
    """
    pages = len(heights)
    left = _common(line.left for line in lines if not line.words.isdecimal())
    numbers = {id(line) for line in lines if line.words.isdecimal() and line.right < left - 2}
    outer = [
        line
        for line in lines
        if not MARGIN * heights[line.page] < line.base < (1 - MARGIN) * heights[line.page] and heights[line.page] > 0
    ]
    shapes: dict[tuple[str, int], set[int]] = {}
    offsets: dict[tuple[int, int], set[int]] = {}
    for line in outer:
        if any(c.isalpha() for c in line.words):
            shapes.setdefault((_shape(line), round(line.base / 4)), set()).add(line.page)
        number = _PAGE_NUMBER.fullmatch(line.words)
        if number:
            offsets.setdefault((int(number["page"]) - line.page, round(line.base / 4)), set()).add(line.page)
    least = max(3, 0.4 * pages)
    seats = {id(line) for line in outer}
    kept = []
    for line in lines:
        number = _PAGE_NUMBER.fullmatch(line.words)
        what = ""
        if id(line) in seats:
            if number and _is_page_number(line, number, offsets, pages):
                what = "page-number"
            elif len(_near(shapes, _shape(line), line.base)) >= least:
                what = "header" if line.base > heights[line.page] / 2 else "footer"
        if not what and len(numbers) > 2 and id(line) in numbers:
            what = "line-number"
        if what:
            counts[what] += 1
        else:
            kept.append(line)
    return kept


def _is_page_number(line: Line, number: re.Match[str], offsets: Mapping[tuple[int, int], set[int]], pages: int) -> bool:
    """A number of a page: "3/5" and "Side 3 av 5" are; a bare number is when it grows with the pages."""
    offset = int(number["page"]) - line.page
    if number["of"] or not line.words[0].isdecimal():
        return offset == 1 or pages > 1
    met = {page for step in (-1, 0, 1) for page in offsets.get((offset, round(line.base / 4) + step), ())}
    return len(met) >= max(2, 0.5 * pages)


def _near(shapes: Mapping[tuple[str, int], set[int]], shape: str, base: float) -> set[int]:
    return {page for step in (-1, 0, 1) for page in shapes.get((shape, round(base / 4) + step), ())}


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", line.words).casefold()


def _common(values: Iterable[float]) -> float:
    """The value met most often, to the nearest point; the smallest of several."""
    counts = Counter(round(value) for value in values)
    return float(min(counts, key=lambda value: (-counts[value], value))) if counts else 0.0


def paragraphs_of(lines: Sequence[Line], counts: Counter[str]) -> tuple[list[Paragraph], list[tuple[Line, int, int]]]:
    """Paragraphs, and for every line the paragraph it went into and where in its words it begins."""
    if not lines:
        return [], []
    pitch = _pitch(lines)
    right = sorted(line.right for line in lines)[int(0.95 * (len(lines) - 1))]
    body = _common([line.size for line in lines])
    labels = Counter(match["name"].casefold() for line in lines if (match := _LABEL.match(line.words)))
    compounds = {word.casefold() for line in lines for word in re.findall(r"\w+-\w+", line.words)}
    paragraphs: list[Paragraph] = []
    places: list[tuple[Line, int, int]] = []
    parts: list[str] = []
    length = bold = 0
    is_bold_still = False
    before: Line | None = None
    first: Line | None = None

    def close() -> None:
        if first is not None:
            words = "".join(parts)
            is_heading = first.size > 1.2 * body and len(words) <= 200
            kind = "heading" if is_heading else "text"
            paragraphs.append(Paragraph(words, kind=kind, bold=min(bold, len(words)), place=len(paragraphs) + 1))  # type: ignore[arg-type]

    for line in lines:
        if before is None or first is None or _begins(line, before, before is first, pitch, right, labels):
            close()
            parts, length, bold, is_bold_still, first = [], 0, 0, True, line
        else:
            cut, joint = _joint(parts[-1], before.has_hyphen, line.words, compounds, counts)
            parts[-1] = parts[-1][: len(parts[-1]) - cut] + joint
            length += len(joint) - cut
        if is_bold_still:
            bold = length + line.bold
            is_bold_still = line.bold == len(line.words)
        places.append((line, len(paragraphs), length))
        parts.append(line.words)
        length += len(line.words)
        before = line
    close()
    return paragraphs, places


def _pitch(lines: Sequence[Line]) -> float:
    """From baseline to baseline within a paragraph: what one pair of lines in five, at most, lies below."""
    steps = sorted(
        one.base - other.base
        for one, other in pairwise(lines)
        if one.page == other.page and 0.8 * min(one.size, other.size) < one.base - other.base
    )
    return steps[len(steps) // 5] if steps else 0.0


def _begins(line: Line, before: Line, is_second: bool, pitch: float, right: float, labels: Mapping[str, int]) -> bool:
    """Whether `line` begins a paragraph after the line `before`."""
    label = _LABEL.match(line.words)
    if label and (labels[label["name"].casefold()] > 1 or line.bold >= len(label["name"])):
        return True
    if abs(line.size - before.size) > 0.15 * max(line.size, before.size) or _BULLET.match(line.words):
        return True
    is_following = line.page == before.page and line.base < before.base
    if is_following and pitch and before.base - line.base > 1.35 * pitch:
        return True
    step = line.left - before.left
    if is_following and step > line.size and not is_second:
        return True
    if is_following and -step > line.size and not is_second:
        return True
    # The first word would have had room on the line above: whoever broke the line there meant to.
    each = (before.right - before.left) / max(1, len(before.words))
    room = right - before.right
    had_room = room > each * (len(line.words.split(" ", 1)[0]) + 1) + 0.02 * right
    is_done = before.words[-1] in '.?!:…"»”)]' and not before.has_hyphen
    return had_room and (is_done or not line.words[0].islower()) and not before.has_hyphen


def _joint(above: str, has_hyphen: bool, below: str, compounds: set[str], counts: Counter[str]) -> tuple[int, str]:
    """How many characters to take off the end of the line above, and what to put between it and the line below."""
    if not has_hyphen and not above.endswith(("-", "\u2010")):
        return 0, " "
    head = re.search(r"\w+$", above[-80:-1])
    tail = _FIRST_WORD.match(below[:80])
    if head is None or tail is None or tail[0].casefold() in _SUSPENDING:
        return 0, " "
    is_split_word = (
        below[0].islower()
        and len(head[0]) > 1
        and head[0][-1].isalpha()
        and f"{head[0]}-{tail[0]}".casefold() not in compounds
    )
    if is_split_word:
        counts["hyphenation"] += 1
    return (1, "") if is_split_word else (0, "")


def _remarks(
    notes: Sequence[_Note], paragraphs: Sequence[Paragraph], places: Sequence[tuple[Line, int, int]]
) -> tuple[list[Remark], int]:
    """Comments by the lines they lie on, or the nearest line of their page; the count of those on pages without any."""
    by_page: dict[int, list[tuple[Line, int, int]]] = {}
    for place in places:
        by_page.setdefault(place[0].page, []).append(place)
    remarks, homeless = [], 0
    for note in notes:
        there = by_page.get(note.page, [])
        text = canonical("".join(c for c in note.words if c in "\n\t\r" or unicodedata.category(c) != "Cc")).strip()
        if not there or not text:
            homeless += 1
            continue
        touching = [place for place in there if note.foot - 1 <= place[0].base + place[0].size / 3 <= note.head + 1]
        middle = (note.foot + note.head) / 2
        line, paragraph, start = (touching or sorted(there, key=lambda place: abs(place[0].base - middle)))[0]
        last = [place for place in touching if place[1] == paragraph] or [(line, paragraph, start)]
        size = len(paragraphs[paragraph].words)
        end = min(size, last[-1][2] + len(last[-1][0].words))
        start = min(start, max(0, size - 1))
        remarks.append(Remark(paragraph, start, max(end, min(size, start + 1)), text, canonical(note.author).strip()))
    return remarks, homeless


def _findings(
    found: Mapping[str, Any],
    pages: Sequence[Mapping[str, Any]],
    counts: Counter[str],
    unmapped: int,
    empty: Sequence[Mapping[str, Any]],
    remarks: int,
    homeless: int,
) -> list[Finding]:
    def total(key: str) -> int:
        return sum(page[key] for page in pages)

    told = [
        Finding("comment", remarks, True, "on the lines they stand at"),
        Finding("comment", homeless, False, "on pages without words"),
        Finding("header", counts["header"], False, "lines that come back at the head of pages"),
        Finding("footer", counts["footer"], False, "lines that come back at the foot of pages"),
        Finding("page-number", counts["page-number"], False),
        Finding("list-number", counts["line-number"], False, "numbers of lines or paragraphs in the margin"),
        Finding("hyphenation", counts["hyphenation"], True, "words divided at a line end, put together"),
        Finding("soft-hyphen", counts["soft-hyphen"], False, "invisible hyphens within words"),
        Finding("ligature", counts["ligature"], True, "joined letters (fi, fl …) spelt out"),
        Finding("control-character", counts["control-character"], False),
        Finding("unmapped-character", unmapped, False, "signs that the PDF gives no letter for"),
        Finding("hidden", counts["hidden"], False, "lines drawn beyond the edge of their page"),
        Finding("image", total("images"), False),
        Finding("empty-page", len([page for page in empty if not page["broken"]]), False, "pages without any letters"),
        Finding("broken-page", total("broken"), False, "pages that could not be opened"),
        Finding("highlight", total("marks"), False, "highlights and underlining without a comment"),
        Finding("link", total("links"), False, "their words are kept"),
        Finding("field", total("fields"), False, "form fields"),
        Finding("embedded", found["attachments"], False, "files attached to the PDF"),
        Finding("script", found["scripts"], False, "JavaScript, never run"),
        Finding("metadata", found["metadata"], False, "title, author, program, dates"),
    ]
    return [finding for finding in told if finding.count]
