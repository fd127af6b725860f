"""What a file is made of, as a reader or a program would take it: the pieces of a page, of data, of a PDF. Opens nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from .leak_forms import inflated, letter
from .leaks import Leak

#: Where the pack itself is told of, as a whole.
PACK = "pack"
#: What a page may say of itself; the rest tells of whoever made it.
_META = frozenset(
    {"", "viewport", "referrer", "robots", "description", "color-scheme", "theme-color", "format-detection"}
)
_PDF_META = frozenset({"Title", "Creator", "Producer", "CreationDate", "ModDate", "Trapped"})
_OUTSIDE = re.compile(r"^\s*(?://|/|\\)")
_STYLE_URL = re.compile(r"(?i)url\(\s*['\"]?(?!data:|#|\s*\))|@import\b")
_FETCHING = frozenset(
    {"href", "src", "srcset", "action", "formaction", "data", "poster", "cite", "background", "ping", "xlink:href"}
)
#: What a page opens, or sends to, without being asked to go there.
_LOADING = frozenset({"src", "srcset", "poster", "background", "ping", "action", "formaction"})
_BESIDE = re.compile(r"(?i)\s*(?!data:|#)\S")
_STYLE_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_PRODUCER = re.compile(r"[\w .,()/;:+-]{0,120}")


@dataclass(frozen=True)
class Piece:
    """A stretch of a file as a reader or a program would take it: `where` it stands, and whether people are meant to read it."""

    where: str
    text: str
    is_free: bool = True


class _Page(HTMLParser):
    """The pieces of a page: texts between tags, attributes, comments, scripts and style sheets."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.leaks: list[Leak] = []
        self.open: list[tuple[str, str]] = []
        self.texts: list[str] = []

    def flush(self) -> None:
        """Put the texts read so far together as one piece: tags within a sentence do not part it."""
        if text := "".join(self.texts).strip():
            self.pieces.append(Piece("the text outside scripts", text))
        self.texts = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _INLINE:
            self.flush()
        if tag in ("script", "style", "title"):
            self.open.append((tag, given.get("id", "") if given.get("type") == "application/json" else ""))
        if tag == "meta":
            name = given.get("name", "").lower()
            if name not in _META or (not name and {*given} - {"charset", "http-equiv", "content"}):
                self.leaks.append(Leak("metadata", "a field that tells how the file was made", "<meta>"))
            if given.get("http-equiv", "").lower() == "content-security-policy":
                return
            if given.get("http-equiv", "").lower() == "refresh":
                self.leaks.append(Leak("link", "a page that goes elsewhere by itself", "<meta>"))
        if tag == "base":
            self.leaks.append(Leak("link", "a place that other addresses begin with", "<base>"))
        if "style" in given:
            given["style"] = _STYLE_ESCAPE.sub(lambda found: letter(found[1]), given["style"])
        for name, value in given.items():
            if value:
                self.pieces.append(
                    Piece(f"the attribute {name} of <{tag}>", value, is_free=name not in ("id", "class", "d"))
                )
            if name in _FETCHING and _OUTSIDE.match(value):
                self.leaks.append(Leak("path", "an address outside the file", f"the attribute {name} of <{tag}>"))
            if (name in _LOADING or (tag, name) == ("object", "data")) and _BESIDE.match(value):
                self.leaks.append(Leak("link", "something beside the file", f"the attribute {name} of <{tag}>"))
            if name == "style" and _STYLE_URL.search(value):
                self.leaks.append(Leak("link", "a picture that would be fetched", f"the attribute style of <{tag}>"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.flush()
        if self.open and self.open[-1][0] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        tag, name = self.open[-1] if self.open else ("", "")
        if tag == "script" and name:
            self.pieces += _pieces_of_json(name, data, self.leaks)
        elif tag == "script":
            self.pieces.append(Piece("a script", data, is_free=False))
        elif tag == "style":
            if _STYLE_URL.search(data):
                self.leaks.append(Leak("link", "something that would be fetched", "a style sheet"))
            plain = _STYLE_ESCAPE.sub(lambda found: letter(found[1]), data)
            self.pieces.append(Piece("a style sheet", plain, is_free=False))
        elif tag == "title":
            self.pieces.append(Piece("the title", data))
        else:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.pieces.append(Piece("a comment", data))

    def handle_decl(self, decl: str) -> None:
        if decl.strip().lower() != "doctype html":
            self.pieces.append(Piece("the declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.pieces.append(Piece("an instruction", data))

    def unknown_decl(self, data: str) -> None:
        self.pieces.append(Piece("a declaration", data))


_INLINE = frozenset("a abbr b bdi bdo cite code em i kbd mark q s small span strong sub sup u var wbr".split())


def decoded(data: bytes, leaks: list[Leak]) -> str:
    """Bytes as text; what is not UTF-8 is added to `leaks`."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        leaks.append(Leak("unreadable", "bytes that are not UTF-8", "the file as a whole"))
        return data.decode("utf-8", "replace")


def pieces_of(text: str, leaks: list[Leak]) -> list[Piece]:
    """The pieces of a page, of JSON or of a plain text; what tells of a maker or a network is added to `leaks`."""
    begin = text.lstrip()
    if begin[:1] in "{[":
        return _pieces_of_json("json", text, leaks)
    if not begin.startswith("<"):
        return [Piece("the text", text)]
    page = _Page()
    page.feed(text)
    page.close()
    page.flush()
    leaks += page.leaks
    return page.pieces


def _pieces_of_json(name: str, text: str, leaks: list[Leak]) -> list[Piece]:
    if not text.strip():
        return []
    try:
        value = json.loads(text)
    except ValueError:
        leaks.append(Leak("unreadable", "data that is not JSON", f"the script {name}"))
        return [Piece(f"the script {name}", text)]
    is_pack = isinstance(value, dict) and value.get("format") == "foran-review-pack"
    return [*([Piece(PACK, text, is_free=False)] if is_pack else []), *_strings(value, PACK if is_pack else name)]


def _strings(value: Any, where: str) -> Iterator[Piece]:
    """Every text of a JSON value, names of its fields as well."""
    if isinstance(value, str):
        if value:
            yield Piece(where, value)
    elif isinstance(value, Mapping):
        for key, own in value.items():
            yield Piece(f"{where}, a name of a field", str(key))
            yield from _strings(own, f"{where}.{key}" if key.isidentifier() and len(key) < 25 else f"{where}.…")
    elif isinstance(value, list):
        for place, own in enumerate(value):
            yield from _strings(own, f"{where}[{place}]")
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= 1_000_000:
        # A number of many digits may be a telephone's.
        yield Piece(where, str(value))


def pieces_of_pdf(data: bytes, leaks: list[Leak]) -> list[Piece]:
    """The pieces of a PDF: its pages, what it says of itself, and what stands beside the pages."""
    import pypdfium2

    pieces: list[Piece] = []
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            for key, value in document.get_metadata_dict().items():
                if value and key not in _PDF_META:
                    leaks.append(Leak("metadata", "a field that tells how the file was made", f"{key} of the PDF"))
                if key in ("Creator", "Producer") and not _PRODUCER.fullmatch(value):
                    leaks.append(Leak("metadata", "a program's name of an unknown form", f"{key} of the PDF"))
                if value:
                    pieces.append(Piece(f"{key} of the PDF", value))
            if document.count_attachments():
                leaks.append(Leak("metadata", "a file within the file", "the PDF"))
            for number in range(len(document)):
                page = document[number]
                pieces.append(Piece(f"page {number + 1}", page.get_textpage().get_text_range()))
            # What a table of contents says is no page's text.
            pieces += [Piece("the contents of the PDF", one.get_title()) for one in document.get_toc()]
        finally:
            document.close()
    except Exception:  # the library raises its own kinds for damaged and encrypted files
        leaks.append(Leak("unreadable", "a PDF that cannot be read", "the file as a whole"))
    # Addresses, and texts that are read aloud, stand beside the pages.
    pieces.append(Piece("the PDF beside its pages", "\n".join(_pdf_texts(data)), is_free=False))
    return pieces


def _pdf_texts(data: bytes) -> Iterator[str]:
    """The strings of a PDF's objects, those in packed streams as well, but what is drawn on pages."""
    bodies = [re.sub(rb"(?s)stream\r?\n.*?endstream", b" ", data)]
    for found in re.finditer(
        rb"(?s)<<((?:[^<>]|<(?!<)|>(?!>)|<<(?:[^<>]|<(?!<)|>(?!>))*>>)*)>>\s*stream\r?\n(.*?)endstream", data
    ):
        if b"/ObjStm" in found[1] or b"/Metadata" in found[1]:
            bodies.append(inflated(found[2]) or found[2])
    for body in bodies:
        for string in re.finditer(rb"\(((?:[^()\\]|\\.)*)\)|<([0-9A-Fa-f\s]{4,})>", body, re.DOTALL):
            if string[1] is not None:
                raw = re.sub(
                    rb"\\([0-7]{3}|.)",
                    lambda one: bytes([int(one[1], 8) & 255]) if len(one[1]) == 3 else one[1],
                    string[1],
                    flags=re.DOTALL,
                )
            else:
                digits = re.sub(rb"\s", b"", string[2])
                raw = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
            yield raw[2:].decode("utf-16-be", "replace") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")
        yield from (
            part.decode("utf-8", "replace") for part in re.findall(rb"<x:xmpmeta.*?</x:xmpmeta>", body, re.DOTALL)
        )
