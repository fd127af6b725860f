"""The codebook as a Word document, with Word's own headings and a table per code; the same codebook gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from ..codebook.code import Codebook
from ..fixed_zip import fixed_bytes, xml_safe
from ..settings import Settings
from .codebook_page import BETWEEN, Contents, Line, contents, joined, said

_GREY = RGBColor(0x59, 0x59, 0x59)
_INK = RGBColor(0x22, 0x22, 0x22)
_LANGUAGE_TAGS = {"nb": "nb-NO", "en": "en-GB"}
#: A4 with these margins leaves 17 cm of text.
_MARGIN, _TEXT_WIDTH, _NAME_WIDTH = Cm(2), Cm(17), Cm(3.2)


def codebook_docx(
    book: Codebook,
    settings: Settings,
    language: str,
    *,
    with_deprecated: bool = False,
    with_changes: bool = False,
    with_cues: bool = False,
) -> bytes:
    """The codebook as a Word document of A4 pages; the arguments are those of ``codebook_page``.

    Raises
    ------
    KeyError
        For a language other than nb, en and both.
    """
    shown = contents(
        book, settings, language, with_deprecated=with_deprecated, with_changes=with_changes, with_cues=with_cues
    )
    return _Document(shown).bytes()


class _Document:
    def __init__(self, shown: Contents) -> None:
        self.shown = shown
        self.page: Any = docx.Document()

    def word(self, key: str) -> str:
        return joined(said(key, self.shown.languages))

    def bytes(self) -> bytes:
        shown = self.shown
        self.set_up()
        self.paragraph(self.word("codebook"), color=_GREY)
        self.page.add_heading(xml_safe(shown.title), level=0)
        self.paragraph(" · ".join((shown.version, *shown.facts)), color=_GREY)
        for notice in shown.notices:
            self.paragraph(notice, is_italic=True)
        self.table_of_contents()
        for _, name, cards in shown.levels:
            self.chapter(name)
            for card in cards:
                self.page.add_heading(self.headed(card.code.display, card.labels), level=3 if card.depth else 2)
                self.table(card.lines)
        if shown.deprecated is not None:
            self.chapter(self.word("deprecated"))
            self.paragraph(self.word("deprecated_lead" if shown.deprecated else "none_deprecated"))
            for card in shown.deprecated:
                self.page.add_heading(self.headed(card.code.display, card.labels), level=2)
                self.table(card.lines)
        if shown.changes is not None:
            self.chapter(self.word("changes"))
            if not shown.changes:
                self.paragraph(self.word("none_changed"))
            for decision in shown.changes:
                self.page.add_heading(xml_safe(decision.heading), level=2)
                for text, language in zip(decision.summary, shown.languages, strict=True):
                    self.paragraph(text, language=language).paragraph_format.keep_with_next = True
                self.table(decision.lines)
        return fixed_bytes(self.page)

    @staticmethod
    def headed(display: str, labels: Sequence[str]) -> str:
        return xml_safe(f"{display}  {joined(labels)}")

    # The page
    def set_up(self) -> None:
        core = self.page.core_properties
        core.title, core.author, core.comments, core.revision = xml_safe(self.shown.title), "", "", 1
        core.language = _LANGUAGE_TAGS[self.shown.languages[0]]
        section = self.page.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
        styles = self.page.styles
        for name, size in (("Normal", 10), ("Title", 20), ("Heading 1", 15), ("Heading 2", 12), ("Heading 3", 11)):
            styles[name].font.size = Pt(size)
            if name != "Normal":
                styles[name].font.color.rgb = _INK
        styles["Normal"].paragraph_format.space_after = Pt(4)
        proper = styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
        if proper is not None:
            proper.set(qn("w:val"), _LANGUAGE_TAGS[self.shown.languages[0]])
        head = section.header.paragraphs[0]
        head.paragraph_format.tab_stops.clear_all()
        head.paragraph_format.tab_stops.add_tab_stop(_TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        # Two languages are too long for one line beside the version.
        title = self.shown.title.split(BETWEEN)[0]
        self.run(head, f"{title}\t{self.shown.version}", size=8, color=_GREY)
        foot = section.footer.paragraphs[0]
        foot.paragraph_format.tab_stops.clear_all()
        foot.paragraph_format.tab_stops.add_tab_stop(_TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        if self.shown.notices:
            self.run(foot, self.shown.notices[0].split(BETWEEN)[0], size=7, color=_GREY)
        self.run(foot, "\t", size=8, color=_GREY)
        self.field(foot, "PAGE", "1")

    def chapter(self, name: str) -> None:
        heading = self.page.add_heading(xml_safe(name), level=1)
        heading.paragraph_format.page_break_before = True

    def table_of_contents(self) -> None:
        """Word's own table of contents, with its entries already there; Word adds the page numbers when it updates it."""
        self.paragraph(self.word("contents"), is_bold=True)
        entries = []
        for _, name, cards in self.shown.levels:
            entries.append((name, 0))
            entries += [(self.headed(c.code.display, c.labels), 2 if c.depth else 1) for c in cards]
        for key, there in (("deprecated", self.shown.deprecated), ("changes", self.shown.changes)):
            if there is not None:
                entries.append((self.word(key), 0))
        first = last = None
        for text, depth in entries:
            last = self.page.add_paragraph()
            last.paragraph_format.space_after = Pt(0)
            last.paragraph_format.space_before = Pt(0 if depth else 4)
            last.paragraph_format.left_indent = Cm(0.6 * depth)
            if first is None:
                first = last
                for kind, code in (("begin", ""), ("", ' TOC \\o "1-3" \\h \\z '), ("separate", "")):
                    self.mark(last, kind, code)
            self.run(last, text, size=9, is_bold=not depth)
        if last is not None:
            self.mark(last, "end")

    def field(self, paragraph: Any, code: str, shown: str) -> None:
        self.mark(paragraph, "begin")
        self.mark(paragraph, "", f" {code} ")
        self.mark(paragraph, "separate")
        self.run(paragraph, shown, size=8, color=_GREY)
        self.mark(paragraph, "end")

    @staticmethod
    def mark(paragraph: Any, kind: str, code: str = "") -> None:
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.set(qn("xml:space"), "preserve")
            element.text = code
        paragraph.add_run()._r.append(element)

    # Texts
    def paragraph(
        self, text: str, *, is_bold: bool = False, is_italic: bool = False, color: Any = None, language: str = ""
    ) -> Any:
        paragraph = self.page.add_paragraph()
        self.run(paragraph, text, is_bold=is_bold, is_italic=is_italic, color=color, language=language)
        return paragraph

    @staticmethod
    def run(
        paragraph: Any,
        text: str,
        *,
        size: float = 0,
        is_bold: bool = False,
        is_italic: bool = False,
        color: Any = None,
        language: str = "",
    ) -> None:
        run = paragraph.add_run(xml_safe(text))
        run.bold, run.italic = is_bold or None, is_italic or None
        if size:
            run.font.size = Pt(size)
        if color is not None:
            run.font.color.rgb = color
        if language:
            tag = OxmlElement("w:lang")
            tag.set(qn("w:val"), _LANGUAGE_TAGS[language])
            run._r.get_or_add_rPr().append(tag)

    # Tables
    def table(self, lines: Sequence[Line]) -> None:
        """The long lines as rows, one column per language; the short ones after each other below them."""
        languages = self.shown.languages
        long, short = [line for line in lines if not line.is_short], [line for line in lines if line.is_short]
        width = (_TEXT_WIDTH - _NAME_WIDTH) // len(languages)
        if long:
            table = self.page.add_table(rows=0, cols=1 + len(languages), style="Table Grid")
            table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
            for column, size in zip(table.columns, (_NAME_WIDTH, *[width] * len(languages)), strict=True):
                column.width = size
        for line in long:
            row = table.add_row()
            # A row is not cut at the end of a page, and stays with what follows.
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            cells = list(row.cells)
            for cell, size in zip(cells, (_NAME_WIDTH, *[width] * len(languages)), strict=True):
                cell.width = size
            self.fill(cells[0], line.name.replace(BETWEEN, "\n"), is_bold=True, color=_GREY)
            if len(line.texts) == 1 and len(languages) > 1:
                cells = [cells[0], cells[1].merge(cells[-1])]
            for place, (cell, text) in enumerate(zip(cells[1:], line.texts, strict=True)):
                self.fill(
                    cell, text, is_bold=line.key in ("brief", "became"), is_italic=line.key == "example",
                    language=languages[place] if len(line.texts) > 1 or len(languages) == 1 else "",
                )  # fmt: skip
        last = self.page.add_paragraph()
        last.paragraph_format.space_before, last.paragraph_format.space_after = Pt(2), Pt(10)
        for place, line in enumerate(short):
            between = "     " if place else ""
            self.run(last, f"{between}{line.name}: ", size=8.5, is_bold=True, color=_GREY)
            self.run(last, joined(line.texts), size=8.5, color=_GREY)

    def fill(
        self,
        cell: Any,
        text: str,
        *,
        is_bold: bool = False,
        is_italic: bool = False,
        color: Any = None,
        language: str = "",
    ) -> None:
        for number, part in enumerate(text.split("\n")):
            paragraph = cell.paragraphs[0] if not number else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(1)
            paragraph.paragraph_format.keep_with_next = True
            self.run(paragraph, part, size=9, is_bold=is_bold, is_italic=is_italic, color=color, language=language)
