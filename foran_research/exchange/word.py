"""Passages as a Word document to read and to comment on; the same passages give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import docx
from docx.shared import Pt, RGBColor

from ..fixed_zip import fixed_bytes, xml_safe

_GREY = RGBColor(0x59, 0x59, 0x59)


@dataclass(frozen=True)
class Block:
    """One passage: a heading, lines about it, and its words between what stands before and after; no words, no quote."""

    heading: str
    lines: tuple[str, ...]
    left: str = ""
    words: str = ""
    right: str = ""


def docx_bytes(
    title: str, *, notices: Sequence[str] = (), about: Sequence[tuple[str, str]] = (), blocks: Sequence[Block] = ()
) -> bytes:
    """A document: title, notices, what it is, then one block per passage, the passage itself in bold.

    Headings are Word's own, so that its navigation pane lists the passages.
    """
    page = docx.Document()
    core = page.core_properties
    core.title, core.author, core.comments, core.revision = xml_safe(title), "", "", 1
    page.add_heading(xml_safe(title), level=0)
    for notice in notices:
        page.add_paragraph().add_run(xml_safe(notice)).italic = True
    for name, value in about:
        paragraph = page.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.add_run(xml_safe(f"{name}: ")).bold = True
        paragraph.add_run(xml_safe(value))
    for block in blocks:
        page.add_heading(xml_safe(block.heading), level=2)
        for line in block.lines:
            paragraph = page.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.add_run(xml_safe(line)).font.color.rgb = _GREY
        if block.words:
            paragraph = page.add_paragraph()
            paragraph.paragraph_format.space_before = Pt(4)
            for text, is_passage in ((block.left, False), (block.words, True), (block.right, False)):
                run = paragraph.add_run(xml_safe(text))
                run.bold = is_passage
                if not is_passage:
                    run.font.color.rgb = _GREY
    return fixed_bytes(page)
