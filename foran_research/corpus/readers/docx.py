"""Word documents (.docx, .docm, .dotx, .dotm): what a reader of the finished page would read, and where comments stand.

Tracked insertions are in and tracked deletions out, hidden text is out, of alternative contents one is taken. The walk
is over the XML itself: python-docx leaves out insertions and content controls and lets hidden text through.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from ...errors import Faults
from ..source import SourceText
from .gathering import Gathering
from .safe import Noted, SafeZip, check_size, is_ole2, note_ole2, open_zip, parse_xml, refuse

# Transitional and strict documents differ in their namespaces only.
_W = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_MATH = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"

_WORDPROCESSING = re.compile(r"application/vnd\.[a-z.\-]*word[a-z.\-]*\.main\+xml", re.IGNORECASE)
_HEADING = re.compile(r"(?:heading|overskrift)\s*[1-9]|(?:sub)?title|(?:under)?tittel|overskrift", re.IGNORECASE)
_FALSE = {"0", "false", "off"}

#: Letters of symbol fonts that transcripts hold, mostly put there by autocorrection: faces, arrows, bullets.
_SYMBOLS = {
    "wingdings": {0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF3: "⇔",
                  0xFB: "✗", 0xFC: "✓", 0xA7: "▪", 0x6C: "●", 0x6E: "■", 0x71: "❑", 0xD8: "➢"},
    "symbol": {0xAE: "→", 0xAC: "←", 0xB7: "•", 0xB1: "±", 0xB4: "×", 0xB9: "≠", 0xA3: "≤", 0xB3: "≥", 0xD0: "∠"},
}  # fmt: skip


def symbol(font: str, code: int) -> str:
    """The character of a symbol font; "" when it is not known.

    >>> symbol("Wingdings", 0xF04A), symbol("Wingdings", 0xF020), symbol("Arial", 0xE5)
    ('☺', '', 'å')
    """
    table = _SYMBOLS.get(font.lower())
    if table is not None or 0xF000 <= code <= 0xF0FF:
        return (table or {}).get(code & 0xFF, "")
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code < 0x110000 else ""


def read_docx(data: bytes, name: str, faults: Faults) -> Sequence[SourceText]:
    """The text of a Word document.

    Paragraphs are text, headings or table cells; an empty paragraph is left out and leaves its number (`place`) free.
    Comments, footnotes and endnotes become remarks. Headers, footers, pictures, properties and the numbers of lists are
    counted in the findings and not carried.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        The name that faults show.
    faults
        Takes one fault when the file cannot be read; the result is then empty.
    """
    try:
        if not check_size(data, name, faults):
            return ()
        if is_ole2(data):
            note_ole2(data, name, faults)
            return ()
        archive = open_zip(data, name, faults)
        return () if archive is None else (_Package(archive, name, faults).source(),)
    except Noted:
        return ()


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style says for itself; None where it leaves it to the style it is based on."""

    based_on: str | None
    bold: bool | None
    hidden: bool | None
    is_heading: bool
    level: int | None
    is_numbered: bool | None


@dataclass(frozen=True, slots=True)
class _Look:
    """What a style says with all it is based on."""

    bold: bool = False
    hidden: bool = False
    is_heading: bool = False
    is_numbered: bool = False


_PLAIN = _Look()


class _Styles:
    """Styles by id, resolved through what they are based on."""

    def __init__(self, root: etree._Element | None) -> None:
        # Of the hundreds of styles that a word processor puts into every file, a text uses a handful.
        self._elements: dict[tuple[str, str], etree._Element] = {}
        self._looks: dict[tuple[str, str], _Look] = {}
        self._default = ""
        self.base_bold = self.base_hidden = False
        if root is None:
            return
        for style in _children(root, "style"):
            kind, style_id = _attribute(style, "type"), _attribute(style, "styleId")
            if kind in ("paragraph", "character") and style_id:
                self._elements.setdefault((kind, style_id), style)
                if kind == "paragraph" and _attribute(style, "default") in ("1", "true", "on"):
                    self._default = style_id
        defaults = _descend(root, "docDefaults", "rPrDefault", "rPr")
        if defaults is not None:
            self.base_bold, self.base_hidden = _toggle(defaults, "b") or False, _toggle(defaults, "vanish") or False

    def paragraph(self, style_id: str) -> _Look:
        """How paragraphs of this style look; "" is the default style."""
        return self._look("paragraph", style_id or self._default)

    def character(self, style_id: str) -> _Look:
        """How runs of this style look."""
        return self._look("character", style_id)

    def _look(self, kind: str, style_id: str) -> _Look:
        look = self._looks.get((kind, style_id))
        if look is None:
            look = self._looks[kind, style_id] = self._resolved(kind, style_id)
        return look

    def _resolved(self, kind: str, style_id: str) -> _Look:
        chain: list[_Style] = []
        seen: set[str] = set()
        following: str | None = style_id
        while following and following not in seen and len(chain) < 64:
            seen.add(following)
            element = self._elements.get((kind, following))
            if element is None:
                break
            style = _read_style(element, following)
            chain.append(style)
            following = style.based_on
        level = next((style.level for style in chain if style.level is not None), None)
        return _Look(
            bold=next((style.bold for style in chain if style.bold is not None), False),
            hidden=next((style.hidden for style in chain if style.hidden is not None), False),
            is_heading=any(style.is_heading for style in chain) or (level is not None and level < 9),
            is_numbered=next((style.is_numbered for style in chain if style.is_numbered is not None), False),
        )


def _read_style(style: etree._Element, style_id: str) -> _Style:
    properties, run = _child(style, "pPr"), _child(style, "rPr")
    names = (_attribute(_child(style, "name"), "val"), style_id)
    return _Style(
        based_on=_attribute(_child(style, "basedOn"), "val") or None,
        bold=_toggle(run, "b"),
        hidden=_toggle(run, "vanish"),
        is_heading=any(_HEADING.fullmatch(each.strip()) for each in names),
        level=_number(_attribute(_child(properties, "outlineLvl"), "val")),
        is_numbered=_is_numbered(properties),
    )


class _Package:
    """A Word document as an archive of parts."""

    def __init__(self, archive: SafeZip, name: str, faults: Faults) -> None:
        self._archive, self._name, self._faults = archive, name, faults
        self._main = self._main_part()
        self._relations = list(self._relations_of(self._main))
        self._styles = _Styles(self._xml(self._part("styles")))

    def source(self) -> SourceText:
        """The document's text with its remarks and findings."""
        root = self._xml(self._main)
        body = _child(root, "body")
        if body is None:
            refuse(self._faults, self._name, "broken-file", "a Word document without a body", "a body with paragraphs",
                   "Open it in a word processor and save it again.")  # fmt: skip
        gathering = Gathering(self._name, self._faults)
        walk = _Walk(gathering, self._styles)
        walk.over(body)
        self._add_notes(gathering)
        self._add_comments(gathering)
        self._count_parts(gathering)
        return gathering.source("docx", images=walk.images)

    def _main_part(self) -> str:
        types = self._xml("[Content_Types].xml")
        for kind, target in self._relations_of(""):
            if kind == "officeDocument" and target in self._archive:
                if types is not None and not _is_wordprocessing(types, target):
                    break
                return target
        if "word/document.xml" not in self._archive:
            refuse(self._faults, self._name, "wrong-type", "an archive that holds no Word document", "a .docx file",
                   "Check what kind of file this is.")  # fmt: skip
        return "word/document.xml"

    def _relations_of(self, part: str) -> Iterator[tuple[str, str]]:
        """``(kind, target)`` of each relation inside the archive; targets outside have "" for one."""
        folder, file = posixpath.split(part)
        root = self._xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        for relation in root if root is not None else ():
            kind = (relation.get("Type") or "").rsplit("/", 1)[-1]
            target = relation.get("Target") or ""
            if relation.get("TargetMode") == "External":
                yield kind, ""
            else:
                yield kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")

    def _xml(self, member: str) -> etree._Element | None:
        content = self._archive.read(member)
        if content is None:
            if self._archive.is_broken:
                raise Noted
            return None
        root = parse_xml(content, self._name, self._faults)
        if root is None:
            raise Noted
        return root

    def _part(self, kind: str) -> str:
        """The part that the document relates to as `kind`, or the place where it usually is."""
        usual = posixpath.join(posixpath.dirname(self._main), f"{kind}.xml")
        return next((target for each, target in self._relations if each == kind and target in self._archive), usual)

    def _add_notes(self, gathering: Gathering) -> None:
        """Footnotes and endnotes as remarks on the word before their number."""
        for kind in ("footnote", "endnote"):
            root = self._xml(self._part(f"{kind}s"))
            for note in _children(root, kind):
                if not _attribute(note, "type") or _attribute(note, "type") == "normal":
                    text, images = self._text_of(note)
                    gathering.remark((kind, _attribute(note, "id")), text, hold="word", what=kind)
                    gathering.count("image", images, detail="in notes")

    def _add_comments(self, gathering: Gathering) -> None:
        """Comments as remarks; a reply that has no place of its own stands where the comment it answers stands."""
        root = self._xml(self._part("comments"))
        answers = self._answers()
        by_paragraph: dict[str, str] = {}
        for comment in _children(root, "comment"):
            comment_id = _attribute(comment, "id")
            own = [each.get(f"{{{_W14}}}paraId") or "" for each in comment.iter(*_names("p"))]
            by_paragraph |= {paragraph: comment_id for paragraph in own if paragraph}
            parent = next((by_paragraph[answers[each]] for each in own if answers.get(each) in by_paragraph), None)
            if parent is not None:
                gathering.stand_in(("comment", comment_id), ("comment", parent))
            text, _ = self._text_of(comment)
            gathering.remark(("comment", comment_id), text, _attribute(comment, "author"))

    def _answers(self) -> dict[str, str]:
        """Which comment's paragraph answers which, by the ids of paragraphs."""
        root = self._xml(self._part("commentsExtended"))
        pairs = ((each.get(f"{{{_W15}}}paraId"), each.get(f"{{{_W15}}}paraIdParent")) for each in _elements(root))
        return {child: parent for child, parent in pairs if child and parent}

    def _text_of(self, part: etree._Element) -> tuple[str, int]:
        """The words of a note, a comment or a header, by the same rules as the document's."""
        gathering = Gathering(self._name, self._faults)
        walk = _Walk(gathering, self._styles)
        walk.over(part)
        return gathering.text(), walk.images

    def _count_parts(self, gathering: Gathering) -> None:
        """Headers, footers, imported files and properties: counted, not carried."""
        for kind in ("header", "footer"):
            for target in dict.fromkeys(target for each, target in self._relations if each == kind):
                root = self._xml(target)
                if root is not None and self._text_of(root)[0]:
                    gathering.count(kind, detail="left out")
        imported = sum(1 for kind, _ in self._relations if kind in ("aFChunk", "subDocument"))
        gathering.count("embedded", imported, detail="imported files, whose words are not read")
        diagrams = sum(1 for kind, _ in self._relations if kind in ("diagramData", "chart"))
        gathering.count("embedded", diagrams, detail="diagrams, whose words are not read")
        properties = [each for each in self._archive.names if each.startswith(("docProps/", "customXml/"))]
        gathering.count("metadata", len(properties), detail="parts with properties, left out")
        macros = sum(1 for each in self._archive.names if each.endswith("vbaProject.bin"))
        gathering.count("embedded", macros, detail="macros, left out")


def _is_wordprocessing(types: etree._Element, target: str) -> bool:
    """Whether the table of types calls the part a Word document, or does not know it."""
    for each in _elements(types):
        if (each.get("PartName") or "").lstrip("/").lower() == target.lower():
            return _WORDPROCESSING.fullmatch(each.get("ContentType") or "") is not None
    return True


class _Walk:
    """One pass over the elements of a story in order, without recursion."""

    def __init__(self, gathering: Gathering, styles: _Styles) -> None:
        self._out, self._styles = gathering, styles
        self.images = 0
        self._silent = 0
        self._places = 0
        self._rows: list[int] = []
        self._row_count = 0
        self._cells = 0
        self._paragraphs: list[_Paragraph] = []
        self._run_bold = self._run_hidden = False
        self._fields: list[bool] = []
        self._instructions = 0
        self._whole_fields: set[etree._Element] = set()

    def over(self, story: etree._Element) -> None:
        """Tell the gathering all that stands below `story`."""
        self._whole_fields = _whole_fields(story)
        walker = etree.iterwalk(story, events=("start", "end"), tag="*")
        next(walker, None)
        for event, element in walker:
            what = _WHAT.get(element.tag)
            if what is None:
                continue
            if event == "start":
                if self._start(what, element):
                    walker.skip_subtree()
            else:
                self._end(what, element)
        while self._paragraphs:
            self._close_paragraph()

    def _start(self, what: str, element: etree._Element) -> bool:
        """Take in an element's beginning; True when nothing below it is to be read."""
        if what == "text":
            self._words((element.text or "").replace("\n", " ").replace("\r", " "))
        elif what == "run":
            return self._start_run(element)
        elif what == "paragraph":
            self._start_paragraph(element)
        elif what == "skip":
            return True
        elif what == "break":
            self._words("\n")
        elif what == "tab":
            self._words("\t")
        elif what == "hyphen":
            self._words("-")
        elif what == "symbol":
            self._symbol(element)
        elif what in ("insertion", "deletion"):
            self._silent += what == "deletion"
            self._out.count(what, is_carried=what == "insertion", detail="tracked")
        elif what in ("begin", "reference"):
            self._out.mark(("comment", _attribute(element, "id")))
        elif what == "finish":
            self._out.mark(("comment", _attribute(element, "id")), is_end=True)
        elif what in ("footnote", "endnote"):
            if not self._silent:
                self._out.mark((what, _attribute(element, "id")))
        elif what == "field":
            self._field(element)
        elif what == "simple-field":
            self._out.count("field", is_carried=True, detail="results carried")
        elif what == "link":
            self._out.count("link", is_carried=True, detail="words carried, addresses left out")
        elif what == "image":
            self.images += 1
            self._out.count("image", detail="left out")
        elif what == "embedded":
            self._out.count("embedded", detail="objects, left out")
            return True
        elif what == "text-box":
            self._out.count("text-box", is_carried=True, detail="behind the paragraph they hang on")
            self._paragraphs.append(_STOP)
        elif what == "alternatives":
            self._choose(element)
        elif what == "table":
            self._out.count("table", is_carried=True, detail="cell by cell")
        elif what == "row":
            return self._start_row(element)
        elif what == "cell":
            return self._start_cell(element)
        return False

    def _end(self, what: str, element: etree._Element) -> None:
        if what == "paragraph":
            self._end_paragraph()
        elif what == "deletion":
            self._silent -= 1
        elif what == "run":
            self._run_bold = self._run_hidden = False
        elif what == "text-box":
            self._leave()
        elif what == "row" and not _is_deleted_row(element):
            self._out.end_row()
            self._rows.pop()
        elif what == "cell" and not _is_deleted_cell(element):
            self._leave()

    def _words(self, words: str) -> None:
        if self._silent or not self._paragraphs or self._instructions:
            return
        if self._run_hidden:
            self._out.count("hidden", detail="pieces of hidden text, left out")
            return
        self._out.add(words, is_bold=self._run_bold)

    def _start_run(self, element: etree._Element) -> bool:
        """Take in how a run looks and, where it holds nothing but words, as nearly all do, these too: then True."""
        properties: etree._Element | None = None
        words: list[str] = []
        is_plain = True
        for child in element:
            tag = child.tag
            if tag in _TEXTS:
                words.append(child.text or "")
            elif tag in _RUN_LOOKS:
                properties = child if properties is None else properties
            elif tag not in _BESIDE:
                is_plain = False
        look = self._paragraphs[-1].look if self._paragraphs else _PLAIN
        self._run_bold = look.bold ^ self._styles.base_bold
        self._run_hidden = look.hidden ^ self._styles.base_hidden
        if properties is not None:
            self._change_look(properties)
        if is_plain:
            for each in words:
                self._words(each.replace("\n", " ").replace("\r", " "))
        return is_plain

    def _change_look(self, properties: etree._Element) -> None:
        style_id = _attribute(_child(properties, "rStyle"), "val")
        bold, hidden = _toggle(properties, "b"), _toggle(properties, "vanish")
        # Bold in both a paragraph's and a character's style is plain: they switch (ISO/IEC 29500-1, 17.7.3).
        own = self._styles.character(style_id) if style_id else _PLAIN
        self._run_bold = self._run_bold ^ own.bold if bold is None else bold
        self._run_hidden = self._run_hidden ^ own.hidden if hidden is None else hidden

    def _start_paragraph(self, element: etree._Element) -> None:
        self._places += 1
        properties = _child(element, "pPr")
        mark = _child(properties, "rPr")
        look = self._styles.paragraph(_attribute(_child(properties, "pStyle"), "val"))
        level = _number(_attribute(_child(properties, "outlineLvl"), "val"))
        numbered = _is_numbered(properties)
        is_deleted = _child(mark, "del") is not None or _child(mark, "moveFrom") is not None
        if is_deleted or _child(mark, "ins") is not None or _child(mark, "moveTo") is not None:
            what = "deletion" if is_deleted else "insertion"
            self._out.count(what, is_carried=not is_deleted, detail="tracked ends of paragraphs")
        is_heading = look.is_heading if level is None else level < 9
        is_joined = is_deleted or _toggle(mark, "vanish") is True
        host = self._paragraphs[-1] if self._paragraphs else None
        if host is not None and host.is_waiting:
            # The paragraph before has lost its end: this one carries it on, and lends it its looks.
            place = self._places if self._out.is_empty and not host.is_inner else host.place
            self._paragraphs[-1] = _Paragraph(look, is_heading, is_joined, place, is_inner=host.is_inner)
        elif host is not None and host.is_cell and host.is_started:
            self._out.break_line()
            self._paragraphs.append(_Paragraph(look, is_heading, is_joined, host.place, is_inner=True))
        elif host is not None and host.is_cell:
            self._paragraphs[-1] = _Paragraph(host.look, False, False, host.place, is_cell=True, is_started=True)
            self._paragraphs.append(_Paragraph(look, is_heading, is_joined, host.place, is_inner=True))
        else:
            self._out.open()
            self._paragraphs.append(_Paragraph(look, is_heading, is_joined, self._places))
        if look.is_numbered if numbered is None else numbered:
            self._out.count("list-number", detail="paragraphs of lists; numbers and bullets left out")

    def _end_paragraph(self) -> None:
        if not self._paragraphs:
            return
        paragraph = self._paragraphs[-1]
        if paragraph.is_joined:
            self._paragraphs[-1] = paragraph.waiting()
        else:
            self._close_paragraph()

    def _close_paragraph(self) -> None:
        paragraph = self._paragraphs.pop()
        if paragraph is _STOP or paragraph.is_inner:
            return
        if paragraph.is_cell:
            self._out.close("cell", place=paragraph.place, row=self._rows[-1] if self._rows else 0)
        else:
            self._out.close("heading" if paragraph.is_heading else "text", place=paragraph.place)

    def _leave(self) -> None:
        """Close what is still open down to the text box or cell that ends here."""
        while self._paragraphs:
            last = self._paragraphs[-1]
            self._close_paragraph()
            if last is _STOP or last.is_cell:
                break

    def _start_row(self, element: etree._Element) -> bool:
        while self._paragraphs and self._paragraphs[-1].is_waiting:
            self._close_paragraph()
        if _is_deleted_row(element):
            self._out.count("deletion", detail="tracked rows")
            return True
        self._row_count += 1
        self._rows.append(self._row_count)
        return False

    def _start_cell(self, element: etree._Element) -> bool:
        if _is_deleted_cell(element):
            self._out.count("deletion", detail="tracked cells")
            return True
        self._out.open()
        self._paragraphs.append(_Paragraph(_PLAIN, False, False, self._places + 1, is_cell=True))
        return False

    def _field(self, element: etree._Element) -> None:
        if element not in self._whole_fields:
            return
        kind = _attribute(element, "fldCharType")
        if kind == "begin":
            self._fields.append(True)
            self._instructions += 1
            self._out.count("field", is_carried=True, detail="results carried")
        elif kind == "separate" and self._fields:
            self._instructions -= self._fields[-1]
            self._fields[-1] = False
        elif kind == "end" and self._fields:
            self._instructions -= self._fields.pop()

    def _symbol(self, element: etree._Element) -> None:
        code = _attribute(element, "char")
        number = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,6}", code) else 0
        character = symbol(_attribute(element, "font"), number)
        if not character:
            self._out.count("symbol", detail="unknown characters of symbol fonts, left out")
        self._words(character)

    def _choose(self, element: etree._Element) -> None:
        """Leave one of the alternatives: the first that is offered, unless only the fallback has words."""
        branches = [each for each in _elements(element) if each.tag in _BRANCHES]
        choices = [each for each in branches if each.tag == _BRANCHES[0]]
        fallbacks = [each for each in branches if each.tag == _BRANCHES[1]]
        kept = choices[:1] or fallbacks[:1]
        if kept and fallbacks and not _has_words(kept[0]) and _has_words(fallbacks[0]):
            kept = fallbacks[:1]
        for each in branches:
            if each is not kept[0]:
                element.remove(each)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph or cell on the way: how it looks, and what it is to become."""

    look: _Look
    is_heading: bool
    is_joined: bool
    place: int
    is_cell: bool = False
    is_started: bool = False
    is_inner: bool = False
    is_waiting: bool = False

    def waiting(self) -> _Paragraph:
        """The same after its end was deleted: the next paragraph carries it on."""
        return _Paragraph(self.look, self.is_heading, False, self.place, is_inner=self.is_inner, is_waiting=True)


#: Parts the paragraph that holds a text box from those inside it.
_STOP = _Paragraph(_PLAIN, False, False, 0)


def _names(*names: str, spaces: tuple[str, ...] = _W) -> list[str]:
    return [f"{{{space}}}{name}" for name in names for space in spaces]


def _table_of_tags() -> dict[str, str]:
    words = {
        "text": "t",
        "run": "r",
        "paragraph": "p",
        "skip": "pPr rPr sectPr tblPr tblGrid trPr tcPr sdtPr sdtEndPr instrText delInstrText delText rt fldData ffData",
        "break": "br cr",
        "tab": "tab ptab",
        "hyphen": "noBreakHyphen",
        "symbol": "sym",
        "insertion": "ins moveTo",
        "deletion": "del moveFrom",
        "begin": "commentRangeStart",
        "finish": "commentRangeEnd",
        "reference": "commentReference",
        "footnote": "footnoteReference",
        "endnote": "endnoteReference",
        "field": "fldChar",
        "simple-field": "fldSimple",
        "link": "hyperlink",
        "embedded": "object control",
        "text-box": "txbxContent",
        "table": "tbl",
        "row": "tr",
        "cell": "tc",
    }
    tags = {tag: what for what, names in words.items() for tag in _names(*names.split())}
    tags |= dict.fromkeys(_names("t", spaces=_MATH), "text")
    tags |= dict.fromkeys(_names("r", spaces=_MATH), "run")
    tags |= dict.fromkeys(_names("rPr", "ctrlPr", spaces=_MATH), "skip")
    tags["{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"] = "image"
    tags["{http://purl.oclc.org/ooxml/drawingml/picture}pic"] = "image"
    tags["{urn:schemas-microsoft-com:vml}imagedata"] = "image"
    tags[f"{{{_COMPATIBLE}}}AlternateContent"] = "alternatives"
    return tags


_WHAT = _table_of_tags()
#: What a run of nothing but words is made of; where pages ended when it was last shown is no word.
_TEXTS = frozenset(_names("t"))
_RUN_LOOKS = frozenset(_names("rPr"))
_BESIDE = frozenset(_names("lastRenderedPageBreak"))
_BRANCHES = (f"{{{_COMPATIBLE}}}Choice", f"{{{_COMPATIBLE}}}Fallback")


def _has_words(element: etree._Element) -> bool:
    return next(element.iter(*_names("t")), None) is not None


def _whole_fields(story: etree._Element) -> set[etree._Element]:
    """The marks of fields that both begin and end; a beginning without an end must not swallow what follows it."""
    whole: set[etree._Element] = set()
    begun: list[list[etree._Element]] = []
    for mark in story.iter(*_names("fldChar")):
        kind = _attribute(mark, "fldCharType")
        if kind == "begin":
            begun.append([mark])
        elif begun:
            begun[-1].append(mark)
            if kind == "end":
                whole.update(begun.pop())
    return whole


@lru_cache(maxsize=256)
def _both(name: str) -> tuple[str, str]:
    """A name of the word-processing namespace, transitional and strict."""
    return f"{{{_W[0]}}}{name}", f"{{{_W[1]}}}{name}"


def _elements(parent: etree._Element | None) -> list[etree._Element]:
    return [] if parent is None else [each for each in parent if isinstance(each.tag, str)]


def _child(parent: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of this name, in either namespace."""
    if parent is None:
        return None
    both = _both(name)
    for child in parent:
        if child.tag in both:
            return child
    return None


def _children(parent: etree._Element | None, name: str) -> list[etree._Element]:
    both = _names(name)
    return [] if parent is None else [each for each in parent if each.tag in both]


def _descend(parent: etree._Element | None, *names: str) -> etree._Element | None:
    for name in names:
        parent = _child(parent, name)
    return parent


def _attribute(element: etree._Element | None, name: str) -> str:
    """An attribute of the word-processing namespace; "" when it is not there."""
    if element is None:
        return ""
    transitional, strict = _both(name)
    return element.get(transitional) or element.get(strict) or ""


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def _toggle(properties: etree._Element | None, name: str) -> bool | None:
    """A property that is on, off or not mentioned."""
    element = _child(properties, name)
    return None if element is None else _attribute(element, "val").lower() not in _FALSE


def _is_numbered(properties: etree._Element | None) -> bool | None:
    numbering = _child(properties, "numPr")
    return None if numbering is None else _attribute(_child(numbering, "numId"), "val") not in ("", "0")


def _is_deleted_row(row: etree._Element) -> bool:
    return _descend(row, "trPr", "del") is not None


def _is_deleted_cell(cell: etree._Element) -> bool:
    return _descend(cell, "tcPr", "cellDel") is not None
