"""Web pages and saved mail (.html, .htm, .xhtml): what a browser shows, as far as the page itself says it.

libxml2's parser tells elements and words one after the other; no tree is built, so depth costs nothing. Style sheets
are not worked out: what only a style sheet hides is read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ...errors import Faults
from ..source import SourceText
from .gathering import Gathering
from .safe import Noted, check_size, refuse

_META = re.compile(rb"<meta[^>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_:.\-]{1,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"\s{0,99}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9_:.\-]{1,40})")
_WHITE = re.compile("[ \t\n\r\f]+")
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b", re.IGNORECASE)
_WEIGHT = re.compile(r"(?:^|;)\s*font-weight\s*:\s*(bold|bolder|normal|lighter|[1-9]00)\b", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,500}\[", re.IGNORECASE)

_BLOCKS = frozenset(
    "p div h1 h2 h3 h4 h5 h6 li ul ol menu dl dt dd blockquote pre section article header footer nav aside main figure "
    "figcaption form fieldset legend address hr center caption body html details summary dialog hgroup search option "
    "table tr td th thead tbody tfoot listing xmp plaintext optgroup".split()
)
_BOLD = frozenset("b strong h1 h2 h3 h4 h5 h6 th".split())
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PREFORMATTED = frozenset(("pre", "textarea", "listing", "xmp", "plaintext"))
#: Left out with all they hold, and what that is called in the findings ("" for what no one who sees the page would miss).
_LEFT_OUT = {
    "script": "", "style": "formatting", "head": "", "template": "hidden", "noscript": "hidden", "title": "metadata",
    "del": "deletion", "s": "deletion", "strike": "deletion", "object": "embedded", "iframe": "embedded",
    "embed": "embedded", "video": "embedded", "audio": "embedded", "canvas": "embedded", "svg": "embedded",
    "math": "embedded", "applet": "embedded", "noframes": "hidden", "noembed": "hidden", "datalist": "hidden",
    "rp": "", "rt": "ruby", "map": "",
}  # fmt: skip
#: Tables inside tables beyond this are read as blocks of their cell; what follows a row is moved behind it only so often.
_MOST_TABLES = 32
_DETAILS = {"formatting": "style sheets, not worked out", "deletion": "struck out", "metadata": "left out",
            "hidden": "left out", "embedded": "left out", "ruby": "left out"}  # fmt: skip


def read_html(data: bytes, name: str, faults: Faults) -> Sequence[SourceText]:
    """The text of a web page.

    Blocks become paragraphs or headings, table cells become cells; scripts, style sheets, comments and what the page
    hides or strikes out are counted and not carried.

    Parameters
    ----------
    data
        The bytes of the file: in UTF-8, UTF-16 with its mark, what the page says it is in, or else Windows-1252.
    name
        The name that faults show.
    faults
        Takes one fault when the file cannot be read; the result is then empty.

    Examples
    --------
    >>> read_html(b"<p><b>Kari:</b> Bl&aring;b&aelig;r", "a.html", Faults())[0].paragraphs[0].words
    'Kari: Blåbær'
    """
    try:
        if not check_size(data, name, faults):
            return ()
        text, encoding = _decoded(data)
        if text.count("\0") > len(text) // 100:
            refuse(faults, name, "not-text", "bytes that are no text", "a web page", "Check what kind of file this is.")
        gathering = Gathering(name, faults)
        if encoding != "utf-8":
            gathering.count("encoding", is_carried=True, detail=f"read as {encoding}")
        gathering.count("control-character", text.count("\ufffd"), detail="bytes that no character answers to")
        page = _Page(gathering)
        if not _feed(page, text) and not gathering.is_empty_so_far:
            refuse(faults, name, "broken-file", "a page that cannot be read to its end", "HTML as browsers read it",
                   "Open it in a browser, save it anew and add that file.")  # fmt: skip
        return (gathering.source("html", images=page.images),)
    except Noted:
        return ()


def _decoded(data: bytes) -> tuple[str, str]:
    """``(text, encoding)``: by mark, by what the page says, as UTF-8, as Windows-1252."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding
    said = _META.search(data[:4096]) or _XML_DECLARATION.match(data[:512])
    for encoding in (_text_codec(said[1].decode("ascii")) if said else "", "utf-8"):
        try:
            if encoding:
                return data.decode(encoding), encoding
        except (UnicodeDecodeError, UnicodeError):
            continue
    return data.decode("cp1252", "replace"), "cp1252"


def _text_codec(label: str) -> str:
    """The codec for an encoding as pages call it; "" when it is none for text, or cannot be what it says.

    >>> _text_codec("ISO-8859-1"), _text_codec("utf8"), _text_codec("base64"), _text_codec("utf-16")
    ('cp1252', 'utf-8', '', '')
    """
    try:
        codec = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    # A page whose own label could be read is not in UTF-16 or -32; Latin-1 means Windows-1252 on the web.
    if not getattr(codec, "_is_text_encoding", True) or codec.name.startswith(("utf-16", "utf-32", "utf-7")):
        return ""
    if codec.name in (
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "unicode-escape",
        "mbcs",
    ):
        return ""
    return "cp1252" if codec.name in ("iso8859-1", "ascii") else codec.name


def _feed(page: _Page, text: str) -> bool:
    """Let the parser tell the page what it meets; False when it gave up, as it does on a page without elements."""
    text = text.replace("\0", "")
    doctype = _DOCTYPE.search(text[:5000])
    if doctype is not None:
        # A document type with declarations of its own is not HTML: nothing in it is read or shown.
        end = text.find("]", doctype.end())
        text = text[: doctype.start()] + (text[text.find(">", end) + 1 :] if end >= 0 else "")
    target: Any = page
    parser = etree.HTMLParser(target=target, no_network=True, recover=True, huge_tree=True)
    try:
        for start in range(0, len(text), 2**20):
            parser.feed(text[start : start + 2**20])
        parser.close()
    except (etree.XMLSyntaxError, ValueError, AssertionError):
        page.close()
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Element:
    """An element on the way down."""

    tag: str
    bold: bool
    is_preformatted: bool
    is_left_out: bool
    row: int = 0
    is_cell: bool = False


class _Page:
    """What the parser tells, put into paragraphs; the methods are those that lxml calls."""

    def __init__(self, gathering: Gathering) -> None:
        self._out = gathering
        self.images = 0
        self._elements: list[_Element] = []
        self._above = _Element("", bold=False, is_preformatted=False, is_left_out=False)
        self._places = 0
        self._rows = 0
        #: The cells we are in: how many paragraphs were open around each, and its row.
        self._cells: list[tuple[int, int]] = []
        self._blank = True
        self._heading = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        above = self._above
        style = attributes.get("style", "")[:2000]
        what = _LEFT_OUT.get(tag)
        is_left_out, is_cell = above.is_left_out, False
        if not is_left_out:
            is_hidden = "hidden" in attributes or _HIDING.search(style) is not None
            is_left_out = what is not None or is_hidden
            if is_hidden and what is None:
                what = "hidden"
            if what:
                self._out.count(what, detail=_DETAILS.get(what, "left out"))
            if not is_left_out:
                is_cell = tag in ("td", "th") and len(self._cells) < _MOST_TABLES
                self._begin("td" if is_cell else "p" if tag in ("td", "th") else tag, attributes)
        elif tag in ("title", "meta", "style"):
            told = "formatting" if tag == "style" else "metadata"
            self._out.count(told, detail=_DETAILS[told])
        weight = _WEIGHT.search(style)
        bold = above.bold or tag in _BOLD
        if weight is not None:
            bold = weight[1].lower() in ("bold", "bolder", "600", "700", "800", "900")
        row = self._rows if tag == "tr" else 0 if tag == "table" else above.row
        element = _Element(tag, bold, above.is_preformatted or tag in _PREFORMATTED, is_left_out, row, is_cell)
        self._elements.append(element)
        self._above = element

    def end(self, tag: str) -> None:
        """An element ends."""
        if not self._elements:
            return
        element = self._elements.pop()
        self._above = self._elements[-1] if self._elements else _Element("", False, False, False)
        if element.is_left_out:
            return
        if element.is_cell:
            self._end_cell()
        elif tag in _BLOCKS:
            self._end_block(is_heading=tag in _HEADINGS)
        if tag == "tr" and len(self._cells) < _MOST_TABLES:
            self._out.end_row()

    def data(self, words: str) -> None:
        """Character data."""
        if self._above.is_left_out:
            return
        if self._above.is_preformatted:
            pieces = words.replace("\r\n", "\n").replace("\r", "\n")
        else:
            pieces = _WHITE.sub(" ", words)
            if self._blank and pieces.startswith(" "):
                pieces = pieces[1:]
        if not pieces:
            return
        if self._out.depth == self._base:
            if pieces.isspace():
                return
            self._out.open()
        self._out.add(pieces, is_bold=self._above.bold)
        self._blank = not self._above.is_preformatted and pieces.endswith(" ")

    def comment(self, text: str) -> None:
        """A comment in the page's source, which no browser shows."""
        self._out.count("comment", detail="in the page's source, left out")

    def pi(self, target: str, data: str | None = None) -> None:
        """An instruction to other programs."""

    def close(self) -> None:
        """The page is over."""
        while self._cells:
            self._end_cell()
        self._end_block(is_heading=False)

    @property
    def _base(self) -> int:
        """How many paragraphs are open outside the one that words now go to; inside a cell, the cell takes them."""
        return self._cells[-1][0] if self._cells else 0

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "br":
            if self._out.depth > self._base:
                self._out.add("\n")
            self._blank = True
        elif tag == "a" and "href" in attributes:
            self._out.count("link", is_carried=True, detail="words carried, addresses left out")
        elif tag in ("img", "image"):
            self.images += 1
            self._out.count("image", detail="left out")
        elif tag == "ins":
            self._out.count("insertion", is_carried=True, detail="marked in the page")
        elif tag == "table":
            self._end_block(is_heading=False)
            self._out.count("table", is_carried=True, detail="cell by cell")
        elif tag == "tr":
            self._end_block(is_heading=False)
            self._rows += 1
        elif tag == "td":
            self._start_cell()
        elif tag in _BLOCKS:
            self._end_block(is_heading=False)

    def _start_cell(self) -> None:
        if not self._cells:
            self._end_block(is_heading=False)
        self._out.open()
        self._cells.append((self._out.depth - 1, self._above.row or self._rows))
        self._blank = True

    def _end_cell(self) -> None:
        base, row = self._cells.pop()
        self._places += 1
        while self._out.depth > base + 1:
            self._out.close()
        self._out.close("cell", place=self._places, row=row)
        self._blank = True

    def _end_block(self, *, is_heading: bool) -> None:
        """A block begins or ends: words after it are not of the paragraph before it; in a cell, of its next line."""
        if self._cells:
            self._out.break_line()
        elif self._out.depth:
            self._places += 1
            self._out.close("heading" if is_heading else "text", place=self._places)
        self._blank = True
