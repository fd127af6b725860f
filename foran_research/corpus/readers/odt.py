"""OpenDocument texts (.odt, .ott and flat .fodt): the words in force, and remarks where comments and notes stand.

Tracked deletions lie outside the flow in this format, so the flow is what is in force; insertions are in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from ...errors import Faults
from ..source import ParagraphKind, SourceText
from .gathering import Gathering
from .safe import Noted, check_size, open_zip, parse_xml, refuse

_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
    "form": "urn:oasis:names:tc:opendocument:xmlns:form:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "math": "http://www.w3.org/1998/Math/MathML",
}
_WHITE = re.compile(r"[ \t\r\n]+")
_HEADING = re.compile(r"(?:heading|overskrift)(?:[ _]*[0-9]+)?|(?:sub)?title|(?:under)?tittel", re.IGNORECASE)
#: More blanks in one place than this are layout; ``text:s`` may ask for any number of them.
_MOST_BLANKS = 1000


def read_odt(data: bytes, name: str, faults: Faults) -> Sequence[SourceText]:
    """The text of an OpenDocument text, packed or flat.

    Paragraphs are text, headings or table cells; an empty paragraph is left out and leaves its number (`place`) free.
    Comments, footnotes and endnotes become remarks. Headers, footers, pictures, properties and deletions that were
    tracked are counted in the findings and not carried.

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
        return (_packed(data, name, faults) if data.startswith(b"PK") else _flat(data, name, faults),)
    except Noted:
        return ()


def _packed(data: bytes, name: str, faults: Faults) -> SourceText:
    archive = open_zip(data, name, faults)
    if archive is None:
        raise Noted

    def part(member: str) -> etree._Element | None:
        content = None if archive is None else archive.read(member)
        if content is None:
            if archive is not None and archive.is_broken:
                raise Noted
            return None
        root = parse_xml(content, name, faults)
        if root is None:
            raise Noted
        return root

    manifest = part("META-INF/manifest.xml")
    is_encrypted = manifest is not None and next(manifest.iter(_tag("manifest:encryption-data")), None) is not None
    if is_encrypted or "encrypted-package" in archive:
        refuse(faults, name, "encrypted-file", "a document with a password", "a document without one",
               "Open it with its password, save it without, and add that file.")  # fmt: skip
    content = part("content.xml")
    if content is None:
        refuse(faults, name, "wrong-type", "an archive that holds no OpenDocument text", "an .odt file",
               "Check what kind of file this is.")  # fmt: skip
    gathering = Gathering(name, faults)
    properties = [
        each for each in archive.names if each in ("meta.xml", "settings.xml") or each.startswith("Thumbnails/")
    ]
    gathering.count("metadata", len(properties), detail="parts with properties, left out")
    macros = sum(1 for each in archive.names if each.startswith(("Basic/", "Scripts/")))
    gathering.count("embedded", macros, detail="macros, left out")
    return _text(content, part("styles.xml"), gathering, name, faults)


def _flat(data: bytes, name: str, faults: Faults) -> SourceText:
    root = parse_xml(data, name, faults)
    if root is None:
        raise Noted
    gathering = Gathering(name, faults)
    gathering.count("metadata", len(_found(root, "office:meta")), detail="parts with properties, left out")
    return _text(root, None, gathering, name, faults)


def _text(
    root: etree._Element, styles: etree._Element | None, gathering: Gathering, name: str, faults: Faults
) -> SourceText:
    body = next((text for body in _found(root, "office:body") for text in _found(body, "office:text")), None)
    if body is None:
        refuse(faults, name, "wrong-type", "XML that is no OpenDocument text", "an .odt or .fodt file",
               "A sheet or a slide show is no text; save its text as .odt.")  # fmt: skip
    looks = _Looks([each for each in (styles, root) if each is not None])
    for tree in (styles, root):
        _count_headers(tree, gathering)
    walk = _Walk(gathering, looks, name, faults)
    walk.over(body)
    return gathering.source("odt", images=walk.images)


def _count_headers(root: etree._Element | None, gathering: Gathering) -> None:
    if root is None:
        return
    for what in ("header", "footer"):
        for end in ("", "-left", "-first"):
            for each in root.iter(_tag(f"style:{what}{end}")):
                words = "".join(text for text in each.itertext() if isinstance(text, str))
                gathering.count(what, int(bool(words.strip())), detail="left out")


@dataclass(frozen=True, slots=True)
class _Look:
    """How a style makes words look; None where it does not say."""

    bold: bool | None = None
    hidden: bool | None = None
    is_heading: bool = False


_PLAIN = _Look()


class _Looks:
    """Styles by family and name, resolved through their parents."""

    def __init__(self, roots: Sequence[etree._Element]) -> None:
        self._styles: dict[tuple[str, str], tuple[str, _Look]] = {}
        self._resolved: dict[tuple[str, str], _Look] = {}
        for root in roots:
            for style in root.iter(_tag("style:style"), _tag("style:default-style")):
                family, name = _get(style, "style:family"), _get(style, "style:name")
                properties = next(iter(_found(style, "style:text-properties")), None)
                weight = "" if properties is None else _get(properties, "fo:font-weight")
                display = "" if properties is None else _get(properties, "text:display")
                names = (_get(style, "style:display-name"), name.replace("_20_", " "))
                is_heading = _get(style, "style:default-outline-level") not in ("", "0") or any(
                    _HEADING.fullmatch(each) for each in names
                )
                look = _Look(is_bold(weight), {"none": True, "true": False}.get(display), is_heading)
                self._styles[family, name] = (_get(style, "style:parent-style-name"), look)

    def of(self, family: str, name: str) -> _Look:
        """The look of a style with all its parents; of a family's default where the name is ""."""
        look = self._resolved.get((family, name))
        if look is None:
            look = self._resolved[family, name] = self._chain(family, name)
        return look

    def _chain(self, family: str, name: str) -> _Look:
        chain: list[_Look] = []
        seen: set[str] = set()
        while name not in seen and len(chain) < 64:
            seen.add(name)
            name, look = self._styles.get((family, name), ("", _PLAIN))
            chain.append(look)
        return _Look(
            next((look.bold for look in chain if look.bold is not None), None),
            next((look.hidden for look in chain if look.hidden is not None), None),
            any(look.is_heading for look in chain),
        )


def is_bold(weight: str) -> bool | None:
    """Whether a font weight as styles write it is bold; None when there is none.

    >>> is_bold("bold"), is_bold("400"), is_bold("")
    (True, False, None)
    """
    weight = weight.strip().lower()
    if not weight:
        return None
    return weight in ("bold", "bolder") or (weight.isascii() and weight.isdigit() and int(weight[:5]) >= 600)


@dataclass(frozen=True, slots=True)
class _Frame:
    """An element on the way down: what it is, how words in it look, whether character data in it are words."""

    what: str
    look: _Look
    is_read: bool
    is_open: bool = False
    place: int = 0
    row: int = 0


class _Walk:
    """One pass over the elements of the body in order, without recursion."""

    def __init__(self, gathering: Gathering, looks: _Looks, name: str, faults: Faults) -> None:
        self._out, self._looks, self._name, self._faults = gathering, looks, name, faults
        self.images = 0
        self._places = self._row_count = self._note_count = 0
        self._frames = [_Frame("pass", _PLAIN, is_read=False)]
        #: The cells, text boxes and notes we are in, innermost last: in a cell, paragraphs are lines of it.
        self._holders: list[str] = []
        #: Whether the words so far end in a blank, or have not begun; one per open paragraph.
        self._blank = [True]
        #: Comments and notes being read; words then go to these.
        self._asides: list[tuple[tuple[str, str], str, Gathering]] = []
        self._hidden_paragraphs: set[etree._Element] = set()

    def over(self, body: etree._Element) -> None:
        """Tell the gathering all that stands below `body`."""
        self._hidden_paragraphs = _hidden_paragraphs(body)
        walker = etree.iterwalk(body, events=("start", "end"))
        next(walker, None)
        for event, element in walker:
            if event == "start":
                frame = self._start(_what(element.tag), element)
                self._frames.append(frame)
                if frame.what == "skip":
                    walker.skip_subtree()
                elif element.text:
                    self._words(element.text)
            elif element is not body:
                self._end(self._frames.pop(), element)
                if element.tail:
                    self._words(element.tail)

    @property
    def _sink(self) -> Gathering:
        return self._asides[-1][2] if self._asides else self._out

    def _start(self, what: str, element: etree._Element) -> _Frame:
        """Take in an element's beginning; a frame "skip" leaves out all below it."""
        above, out = self._frames[-1], self._sink
        same = _Frame(what, above.look, above.is_read)
        if what == "paragraph":
            return self._start_paragraph(element)
        if what == "span":
            return _Frame(what, self._span_look(above.look, element), above.is_read)
        if what in ("blanks", "tab", "line"):
            count = _get(element, "text:c")
            blanks = min(int(count), _MOST_BLANKS) if re.fullmatch("[0-9]{1,9}", count) else 1
            self._add({"blanks": " " * blanks, "tab": "\t", "line": "\n"}[what])
        elif what == "field":
            out.count("field", int(above.is_read), is_carried=True, detail="results carried")
            return _Frame(what, self._span_look(above.look, element), above.is_read)
        elif what == "hidden":
            if _get(element, "text:is-hidden") == "true" or _get(element, "text:display") == "none":
                out.count("hidden", detail="pieces of hidden text, left out")
                return _SKIP
        elif what == "changes":
            out.count("insertion", _count(element, "text:insertion"), is_carried=True, detail="tracked")
            out.count("deletion", _count(element, "text:deletion"), detail="tracked")
            return _SKIP
        elif what in ("comment", "note"):
            return self._start_aside(what, element)
        elif what == "comment-end":
            out.mark(("comment", _get(element, "office:name")), is_end=True)
        elif what == "link":
            out.count("link", is_carried=True, detail="words carried, addresses left out")
        elif what == "image":
            self.images += 1
            out.count("image", detail="left out")
            return _SKIP
        elif what == "embedded":
            out.count("embedded", detail="objects, left out")
            return _SKIP
        elif what == "text-box":
            if _has_paragraphs(element):
                out.count("text-box", is_carried=True, detail="behind the paragraph they hang on")
            self._holders.append(what)
            return _Frame(what, _PLAIN, is_read=False)
        elif what == "item":
            out.count("list-number", detail="items of lists; numbers and bullets left out")
        elif what == "table":
            out.count("table", is_carried=True, detail="cell by cell")
        elif what == "row":
            self._row_count += 1
            return _Frame(what, above.look, is_read=False, row=self._row_count)
        elif what == "cell":
            return self._start_cell()
        return same

    def _end(self, frame: _Frame, element: etree._Element) -> None:
        if frame.is_open:
            kind: ParagraphKind = "cell" if frame.what == "cell" else "heading" if frame.what == "heading" else "text"
            self._sink.close(kind, place=frame.place, row=frame.row)
            self._blank.pop()
        if frame.what in ("cell", "text-box", "aside"):
            self._holders.pop()
        if frame.what == "row":
            self._sink.end_row()
        elif frame.what == "aside":
            key, author, aside = self._asides.pop()
            self._out.remark(key, aside.text(), author, hold="range" if key[0] == "comment" else "word", what=key[0])

    def _start_paragraph(self, element: etree._Element) -> _Frame:
        if not self._asides:
            self._places += 1
        if element in self._hidden_paragraphs:
            self._sink.count("hidden", detail="paragraphs, left out")
            return _SKIP
        look = self._looks.of("paragraph", _get(element, "text:style-name"))
        what = "heading" if element.tag == _HEADING_TAG or look.is_heading else "text"
        if self._holders and self._holders[-1] == "cell":
            self._sink.break_line()
            self._blank[-1] = True
            return _Frame(what, look, is_read=True)
        self._sink.open()
        self._blank.append(True)
        return _Frame(what, look, is_read=True, is_open=True, place=self._places)

    def _start_cell(self) -> _Frame:
        row = next((frame.row for frame in reversed(self._frames) if frame.what in ("row", "cell")), 0)
        self._sink.open()
        self._blank.append(True)
        self._holders.append("cell")
        return _Frame("cell", _PLAIN, is_read=False, is_open=True, place=self._places + 1, row=row)

    def _start_aside(self, what: str, element: etree._Element) -> _Frame:
        self._note_count += 1
        if what == "comment":
            key = ("comment", _get(element, "office:name") or f"#{self._note_count}")
            author = "".join(text for each in _found(element, "dc:creator") for text in _texts(each))
        else:
            kind = "endnote" if _get(element, "text:note-class") == "endnote" else "footnote"
            key, author = (kind, str(self._note_count)), ""
        if not self._asides:
            self._out.mark(key)
        self._asides.append((key, author, Gathering(self._name, self._faults)))
        self._holders.append("aside")
        return _Frame("aside", _PLAIN, is_read=False)

    def _span_look(self, above: _Look, element: etree._Element) -> _Look:
        look = self._looks.of("text", _get(element, "text:style-name"))
        hidden = above.hidden if look.hidden is None else look.hidden
        return _Look(above.bold if look.bold is None else look.bold, hidden or _get(element, "text:display") == "none")

    def _words(self, raw: str) -> None:
        """Character data: runs of white space are one blank, and none at the beginning of a paragraph."""
        if self._frames[-1].is_read:
            words = _WHITE.sub(" ", raw)
            self._add(words[1:] if self._blank[-1] and words.startswith(" ") else words, is_data=True)

    def _add(self, words: str, *, is_data: bool = False) -> None:
        frame = self._frames[-1]
        if not words or not frame.is_read:
            return
        self._blank[-1] = is_data and words.endswith(" ")
        if frame.look.hidden:
            self._sink.count("hidden", int(not words.isspace()), detail="pieces of hidden text, left out")
        else:
            self._sink.add(words, is_bold=frame.look.bold is True)


#: What is left out with all below it.
_SKIP = _Frame("skip", _PLAIN, is_read=False)


def _tag(name: str) -> str:
    space, local = name.split(":")
    return f"{{{_SPACES[space]}}}{local}"


def _table_of_tags() -> dict[str, str]:
    words = {
        "paragraph": "text:p text:h",
        "span": "text:span text:meta text:meta-field",
        "pass": "text:list text:list-header text:ruby text:ruby-base text:index-body text:index-title "
        "text:table-of-content text:illustration-index text:table-index text:object-index text:user-index "
        "text:alphabetical-index text:bibliography text:numbered-paragraph text:note-body text:bookmark "
        "text:bookmark-start text:bookmark-end text:reference-mark text:reference-mark-start text:reference-mark-end "
        "text:soft-page-break text:change text:change-start text:change-end text:sequence-decls text:variable-decls "
        "text:user-field-decls text:toc-mark-start text:toc-mark-end text:alphabetical-index-mark-start "
        "text:alphabetical-index-mark-end text:page-sequence",
        "blanks": "text:s",
        "tab": "text:tab",
        "line": "text:line-break",
        "hidden": "text:hidden-text text:section text:variable-set text:user-field-get text:hidden-paragraph",
        "changes": "text:tracked-changes",
        "comment": "office:annotation",
        "comment-end": "office:annotation-end",
        "note": "text:note",
        "link": "text:a",
        "image": "draw:image",
        "embedded": "draw:object draw:object-ole draw:plugin draw:applet draw:floating-frame",
        "text-box": "draw:text-box draw:custom-shape draw:rect draw:ellipse draw:line draw:polygon draw:path draw:circle "
        "draw:caption draw:connector draw:polyline draw:regular-polygon draw:measure",
        "item": "text:list-item",
        "table": "table:table",
        "row": "table:table-row",
        "cell": "table:table-cell",
        "skip": "svg:title svg:desc text:note-citation text:ruby-text text:script office:forms office:scripts text:number "
        "text:table-of-content-source text:illustration-index-source text:table-index-source text:object-index-source "
        "text:user-index-source text:alphabetical-index-source text:bibliography-source dc:creator dc:date "
        "meta:date-string meta:creator-initials loext:sender-initials table:covered-table-cell table:tracked-changes "
        "text:toc-mark text:user-index-mark text:alphabetical-index-mark math:math draw:glue-point "
        "draw:enhanced-geometry office:event-listeners",
    }
    return {_tag(name): what for what, names in words.items() for name in names.split()}


_WHAT = _table_of_tags()
_HEADING_TAG = _tag("text:h")
_FIELD = f"{{{_SPACES['text']}}}"
_NAMES: dict[str, str] = {}


def _what(tag: str) -> str:
    """What an element is to the walk; inside paragraphs, what the text's namespace has besides are fields."""
    return _WHAT.get(tag) or ("field" if tag.startswith(_FIELD) else "pass")


def _get(element: etree._Element, name: str) -> str:
    """An attribute by its usual prefix; "" when it is not there."""
    full = _NAMES.get(name)
    if full is None:
        full = _NAMES[name] = _tag(name)
    return element.get(full) or ""


def _found(parent: etree._Element, name: str) -> list[etree._Element]:
    tag = _tag(name)
    return [child for child in parent if child.tag == tag]


def _count(parent: etree._Element, name: str) -> int:
    return sum(1 for _ in parent.iter(_tag(name)))


def _texts(element: etree._Element) -> list[str]:
    return [text for text in element.itertext() if isinstance(text, str)]


def _has_paragraphs(element: etree._Element) -> bool:
    return next(element.iter(_tag("text:p"), _tag("text:h")), None) is not None


def _hidden_paragraphs(body: etree._Element) -> set[etree._Element]:
    """The paragraphs that a mark inside them hides."""
    hidden: set[etree._Element] = set()
    for mark in body.iter(_tag("text:hidden-paragraph")):
        if _get(mark, "text:is-hidden") == "true":
            paragraph = next(mark.iterancestors(_tag("text:p"), _HEADING_TAG), None)
            if paragraph is not None:
                hidden.add(paragraph)
    return hidden
