"""Canaries: invented people, a number and an address in every place of a source file that can carry them.

Also the search that finds them again however they are written, packed or escaped. It shares no line with
``foran_research.corpus.scan``, so that one can be held against the other.

Everybody and everything here is invented (oppdiktet); the identity number is one of Skatteetaten's synthetic ones.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import html
import io
import json
import re
import sqlite3
import struct
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

#: She speaks in every text, and is spoken of; he speaks in one and is spoken of in all; the third is spoken of only.
SPEAKER, OTHER, THIRD = "Ragnfrid Tveitåsen", "Gautbjørg Ørskåret", "Snefrid Huldrevåg"
PHONE, NATIONAL_ID, STREET = "482 17 356", "118350 66691", "Tussebrekkveien 14"
EMAIL = "ragnfrid.tveitaasen@eksempel.no"
#: Stands only where nothing of it may come along: authors, owners, comments' authors, deleted and hidden words …
UNSPOKEN = "Vigbrand Hjartåker"
#: The researcher at the machine: her account, her folders. It may be printed (paths are) but not written in the study.
MACHINE = "qzforskar"

_WORDS = (
    "ragnfrid", "tveitåsen", "tveitaasen", "tveitasen", "gautbjørg", "gautbjorg", "ørskåret", "orskaret", "orskaaret",
    "snefrid", "huldrevåg", "huldrevag", "huldrevaag", "tussebrekk", "vigbrand",
    "hjartåker", "hjartaker", "hjartaaker", MACHINE,
)  # fmt: skip
_APART = r"[\s.\-\u00a0]{0,2}"
_FIGURES = re.compile("|".join(_APART.join(figures.replace(" ", "")) for figures in (PHONE, NATIONAL_ID)))
_MARK = re.compile(r"zq\d\dx")


# Finding them


def canaries_in(text: str) -> set[str]:
    """What of the canaries stands in a text, in any case, composed or not, escaped or not; "zq07x" is the mark of route 7."""
    found: set[str] = set()
    for form in _forms(text):
        found |= {word for word in _WORDS if word in form}
        found |= set(_MARK.findall(form)) if "zq" in form else set()
        found |= {hit.group() for hit in _FIGURES.finditer(form) if _is_whole(form, hit)}
    return found


def _is_whole(text: str, hit: re.Match[str]) -> bool:
    before = re.search(r"(?:\+|00)47$|.?$", text[max(0, hit.start() - 4) : hit.start()], re.DOTALL)
    return not text[hit.end() : hit.end() + 1].isdigit() and not (
        before and before[0].isdigit() and len(before[0]) == 1
    )


#: A study is searched again and again, and little of it changes.
_known: dict[tuple[bytes, int], frozenset[str]] = {}


def canaries_in_bytes(data: bytes, depth: int = 5) -> set[str]:
    """What of the canaries stands in the bytes of a file, and in all that is packed in it."""
    key = (hashlib.sha256(data).digest(), depth)
    if key not in _known:
        found: set[str] = set()
        for text in _texts(data):
            found |= canaries_in(text)
        for inner in _unpacked(data) if depth else ():
            found |= canaries_in_bytes(inner, depth - 1)
        _known[key] = frozenset(found)
    return set(_known[key])


def canaries_below(folder: Path, *, but: frozenset[str] = frozenset()) -> dict[str, set[str]]:
    """Everything below a folder that holds a canary, by path: files, their names, links, and git's packed objects."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        shown = path.relative_to(folder).as_posix()
        here = canaries_in(path.name)
        if path.is_symlink():
            here |= canaries_in(str(path.readlink()))
        elif path.is_file():
            here |= canaries_in_bytes(path.read_bytes())
        if here - but:
            found[shown] = here - but
    return found


def _texts(data: bytes) -> Iterator[str]:
    try:
        yield data.decode("utf-8")
    except UnicodeDecodeError:
        for code in ("utf-8", "latin-1", "mac-roman"):
            yield data.decode(code, "ignore")
    # What is packed is searched unpacked; in a picture the fields are.
    if b"\0" in data and not data.startswith((b"PK\x03\x04", b"\x89PNG", b"\x1f\x8b")):
        for code in ("utf-16-le", "utf-16-be"):
            yield data.decode(code, "ignore")
            yield data[1:].decode(code, "ignore")


def _unpacked(data: bytes) -> Iterator[bytes]:
    if b"PK\x03\x04" in data[:4096] or data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield archive.comment
                for entry in archive.infolist():
                    yield entry.filename.encode() + b"\n" + entry.comment + b"\n" + entry.extra
                    yield archive.read(entry)
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError):
            pass
    if data.startswith(b"\x1f\x8b"):
        yield _inflated(data, 31)
    elif data[:1] == b"\x78":
        # A loose object of git, or a stream of a PDF.
        inner = _inflated(data, 15)
        # What git keeps is what lies in the study, behind a word and a size.
        head, _, rest = inner.partition(b"\0") if inner.startswith((b"blob ", b"commit ")) else (inner, b"", b"")
        yield head
        yield rest
    elif data.startswith(b"\x89PNG"):
        yield from _png_chunks(data)
    if data.startswith(b"%PDF"):
        yield from (bytes.fromhex(string.decode()) for string in re.findall(rb"<((?:[0-9a-fA-F]{2}){4,})>", data))
        for stream in re.finditer(rb"stream\r?\n", data):
            yield _inflated(data[stream.end() :], 15)
    for run in re.findall(rb"[A-Za-z0-9+/_-]{24,}={0,2}", data):
        try:
            yield base64.b64decode(run.rstrip(b"=") + b"=" * (-len(run.rstrip(b"=")) % 4), altchars=b"-_")
        except (binascii.Error, ValueError):
            continue


def _inflated(data: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(data, 1 << 24)
    except zlib.error:
        return b""


def _png_chunks(data: bytes) -> Iterator[bytes]:
    at = 8
    while at + 12 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += 12 + size
        if kind != b"IDAT":
            yield content
            for cut in [place.end() for place in re.finditer(b"\0", content)][:6]:
                yield _inflated(content[cut:], 15)


def _forms(text: str) -> Iterator[str]:
    """The text, and as it reads unescaped: JSON, Python, RTF, PDF, HTML, addresses, mail, without markup, words as written."""
    yield _plain(text)
    loose = text
    if "\\" in loose:
        # Bytes first: \xc3\xa5 and \303\245 are one letter.
        loose = re.sub(r"(?:\\x[0-9a-fA-F]{2})+", lambda m: _letters(bytes.fromhex(m[0].replace("\\x", ""))), loose)
        loose = re.sub(
            r"(?:\\[0-3][0-7]{2})+", lambda m: _letters(bytes(int(o, 8) for o in m[0].split("\\")[1:])), loose
        )
        loose = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), loose)
        # RTF: \'e5 and \u229?
        loose = re.sub(r"\\'([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), loose)
        loose = re.sub(r"\\u(\d{1,5})\??", lambda m: chr(int(m[1]) % 65536), loose)
    if "&" in loose:
        loose = html.unescape(html.unescape(loose))
    if "%" in loose:
        loose = urllib.parse.unquote(loose, errors="replace")
    if "=" in loose:
        yield _plain(re.sub(r"(?:=[0-9A-F]{2})+", lambda m: _letters(bytes.fromhex(m[0].replace("=", ""))), loose))
    if loose != text:
        yield _plain(loose)
    if "<" in loose:
        yield _plain(html.unescape(re.sub(r"<[^<>]{0,2000}>", "", loose)))


def _letters(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.replace("\u00ad", "")).casefold())


# Planting them


class Routes:
    """Numbers the places of one file in which something is planted that must not come along."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def __call__(self, route: str) -> str:
        """An invented person, with the mark of the route."""
        mark = f"zq{len(self.names):02d}x"
        self.names[mark] = route
        return f"{UNSPOKEN} {mark}"


@dataclass(frozen=True)
class Source:
    """A source file; `routes` leads from marks to the places they stand in."""

    name: str
    data: bytes
    routes: Mapping[str, str]


def talk(number: int, *, has_other: bool = False) -> list[tuple[str, str]]:
    """An invented talk: speaker and words, told apart from the others by its number."""
    said = [
        ("Intervjuer", f"Hva skjedde i {STREET}?"),
        (
            SPEAKER,
            f"Jeg ringte {OTHER} på {PHONE}, og nummeret mitt er {NATIONAL_ID} 😀. Skriv til {EMAIL}, det er samtale "
            f"nummer {number}.",
        ),
        ("Intervjuer", "Hva gjorde dere med behovet?"),
        (
            SPEAKER.upper(),
            f"Behovsbeskrivelsen skrev vi sammen, men {unicodedata.normalize('NFD', OTHER)}s bil sto der. "
            f"Så kom Gautbjørg og {THIRD} til Tveitåsens hus, sa Snefrid, og Ragnfrids dialogmøte ble avlyst {number} ganger.",
        ),
    ]
    other = [(OTHER, f"Strategien lå i skuffen, og {SPEAKER} visste det hele tiden, minst {number} år.")]
    return said + (other if has_other else [])


def lines(number: int, *, has_other: bool = False) -> list[str]:
    """The talk as people write it: a label, a colon, the words."""
    return [f"{speaker}: {words}" for speaker, words in talk(number, has_other=has_other)]


def sources() -> list[Source]:
    """One file of every format that is read, with a canary in each of its places."""
    makers = (_docx, _odt, _rtf, _html, _pdf, _vtt, _srt, _eaf, _whisper, _tsv, _markdown, _noscribe, _taguette, _qualcoder,
              _qdpx)  # fmt: skip
    made = []
    for number, make in enumerate(makers, 1):
        routes = Routes()
        ending, data = make(routes, number)
        place = routes("name of the file")
        routes("name of the folder")
        made.append(Source(f"{place} {SPEAKER} {PHONE} {number}{ending}", data, routes.names))
    return made


def packed(members: Mapping[str, str | bytes], comment: str = "") -> bytes:
    """An archive with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment.encode()
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def png(words: str) -> bytes:
    """A picture of one point, with a text field."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    field = b"Author\0\1\0\0\0" + zlib.compress(words.encode())
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"iTXt", field), chunk(b"IDAT", zlib.compress(b"\0\0")), chunk(b"IEND", b""))
    )


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"


def _docx(route: Routes, number: int) -> tuple[str, bytes]:
    def run(words: str, properties: str = "") -> str:
        return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'

    def paragraph(content: str) -> str:
        return f"<w:p>{content}</w:p>"

    def part(root: str, content: str) -> str:
        return f"<w:{root} {_W}>{content}</w:{root}>"

    said = lines(number, has_other=True)
    author = f'w:author="{route("author of tracked changes")}" w:date="2020-01-01T00:00:00Z"'
    cut = len(said[1]) // 2
    body = (
        paragraph(run(said[0]))
        + paragraph(
            # A name in two runs, as Word cuts it.
            run(said[1][:cut])
            + f'<w:ins w:id="1" {author}>{run(said[1][cut:])}</w:ins>'
            + f'<w:del w:id="2" {author}><w:r><w:delText>{route("tracked deletion")}</w:delText></w:r></w:del>'
            + f'<w:moveFrom w:id="4" {author}>{run(route("words moved away"))}</w:moveFrom>'
            + run(route("hidden text"), "<w:vanish/>")
            + f'<w:bookmarkStart w:id="5" w:name="{route("name of a bookmark")}"/><w:bookmarkEnd w:id="5"/>'
        )
        + paragraph(
            f'<w:commentRangeStart w:id="0"/>{run(said[2])}<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
            f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> AUTHOR "{route("instruction of a field")}" '
            '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )
        + paragraph(
            f'<w:sdt><w:sdtPr><w:alias w:val="{route("alias of a content control")}"/><w:tag w:val="{route("tag of one")}"/>'
            f"</w:sdtPr><w:sdtContent>{run(said[3])}</w:sdtContent></w:sdt>"
            f'<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
            f'<wp:docPr id="1" name="{route("name of a picture")}" descr="{route("description of a picture")}"/></wp:inline>'
            "</w:drawing></w:r>"
        )
        + paragraph(run(said[4]))
        + f'<w:sectPr><w:headerReference {_W} xmlns:r="{_OFFICE}" r:id="header1"/></w:sectPr>'
    )
    names = ("header1", "footer1", "comments", "people", "settings")
    related = "".join(f'<Relationship Id="{n}" Type="{_OFFICE}/{n.rstrip("1")}" Target="{n}.xml"/>' for n in names)
    mail = f'<Relationship Id="h" Type="{_OFFICE}/hyperlink" TargetMode="External" Target="mailto:{EMAIL}?subject=' \
           f'{urllib.parse.quote(route("address of a link"))}"/>'  # fmt: skip
    core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    return ".docx", packed(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{_RELATED}"><Relationship Id="a" Type="{_OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATED}">{related}{mail}</Relationships>',
            "word/document.xml": part("document", f"<w:body>{body}</w:body>"),
            "word/comments.xml": part(
                "comments",
                f'<w:comment w:id="0" w:author="{route("author of a comment")}" w:initials="VH">'
                + paragraph(run(f"Spør {OTHER} ({PHONE}) i {STREET}."))
                + "</w:comment>",
            ),
            "word/people.xml": part("people", f'<w:person w:author="{route("list of people")}"/>'),
            "word/header1.xml": part("hdr", paragraph(run(route("header") + f" {SPEAKER} {PHONE}"))),
            "word/footer1.xml": part("ftr", paragraph(run(route("footer")))),
            "word/settings.xml": part(
                "settings", f'<w:docVars><w:docVar w:name="x" w:val="{route("document variable")}"/></w:docVars>'
            ),
            "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{core}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:creator>{route('author')}</dc:creator><cp:lastModifiedBy>{route('lastModifiedBy')}</cp:lastModifiedBy>"
            f"<dc:title>{route('title')}</dc:title></cp:coreProperties>",
            "docProps/app.xml": f"<Properties><Company>{route('company')}</Company><Manager>{route('manager')}</Manager>"
            "</Properties>",
            "docProps/custom.xml": f'<Properties><property name="informant"><lpwstr>{route("custom property")}</lpwstr>'
            "</property></Properties>",
            "docProps/thumbnail.jpeg": b"\xff\xd8\xff\xe1" + route("thumbnail").encode("utf-16-le"),
            "customXml/item1.xml": f"<root>{route('custom XML')}</root>",
            "word/media/image1.png": png(route("text field of a picture")),
            "word/embeddings/Microsoft_Word.docx": packed({"word/document.xml": f"<x>{route('embedded file')}</x>"}),
            f"word/embeddings/{route('name of a member')}.bin": b"\0",
        },
        route("comment of the archive"),
    )


def _odt(route: Routes, number: int) -> tuple[str, bytes]:
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("text", "text"), ("style", "style"), ("meta", "meta"))
    )
    spaces += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    said = lines(number)
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>"
        f"{route('author of a deletion')}</dc:creator></office:change-info><text:p>{route('tracked deletion')}</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        f"<text:p>{said[0]}</text:p><text:p>{said[1]}<text:hidden-text text:string-value='{route('hidden text')}'/></text:p>"
        f"<text:p>{said[2]}<office:annotation><dc:creator>{route('author of a comment')}</dc:creator>"
        f"<text:p>Spør {OTHER} i {STREET}.</text:p></office:annotation></text:p><text:p>{said[3]}</text:p>"
    )
    return ".odt", packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>",
            "meta.xml": f"<office:document-meta {spaces}><office:meta><dc:creator>{route('author')}</dc:creator>"
            f'<meta:initial-creator>{route("first author")}</meta:initial-creator><meta:user-defined meta:name="x">'
            f"{route('own property')}</meta:user-defined></office:meta></office:document-meta>",
            "styles.xml": f"<office:document-styles {spaces}><office:master-styles><style:master-page><style:header><text:p>"
            f"{route('header')}</text:p></style:header></style:master-page></office:master-styles></office:document-styles>",
            "Thumbnails/thumbnail.png": png(route("thumbnail")),
            f"Object 1/{route('name of a member')}.xml": f"<x>{route('embedded object')}</x>",
        }
    )


def _rtf(route: Routes, number: int) -> tuple[str, bytes]:
    def escaped(text: str) -> str:
        return "".join(
            c if c.isascii() else "".join(f"\\u{u if u < 32768 else u - 65536}?" for u in _units(c)) for c in text
        )

    said = [escaped(line) for line in lines(number)]
    parts = [
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}",
        rf"{{\info{{\author {escaped(route('author'))}}}{{\operator {escaped(route('operator'))}}}"
        rf"{{\company {escaped(route('company'))}}}}}",
        rf"{{\*\userprops {{\propname x}}\proptype30{{\staticval {escaped(route('own property'))}}}}}",
        rf"{{\*\docvar {{x}}{{{escaped(route('document variable'))}}}}}{{\header {escaped(route('header'))}}}",
        rf"\pard {said[0]}\par {said[1]}{{\deleted {escaped(route('tracked deletion'))}}}{{\v {escaped(route('hidden text'))}}}",
        rf"\par {said[2]}{{\*\atnid VH}}{{\*\atnauthor {escaped(route('author of a comment'))}}}\chatn{{\*\annotation "
        rf"{escaped(f'Spør {OTHER}')}}}\par {said[3]}\par}}",
    ]
    return ".rtf", "\n".join(parts).encode("ascii")


def _units(letter: str) -> list[int]:
    data = letter.encode("utf-16-le")
    return [int.from_bytes(data[n : n + 2], "little") for n in range(0, len(data), 2)]


def _html(route: Routes, number: int) -> tuple[str, bytes]:
    said = "".join(f"<p>{line}</p>" for line in lines(number))
    return ".html", (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{route("title")}</title>'
        f'<meta name="author" content="{route("author")}"><style>/* {route("style")} */</style>'
        f'<script>var x = {json.dumps(route("script"))};</script></head><body data-who="{route("data attribute")}">'
        f'<!-- {route("comment")} --><p hidden>{route("hidden text")}</p><p style="display:none">{route("text not shown")}</p>'
        f'<img src="file:///home/{route("address of a picture")}.png" alt="{route("alternative text")}">'
        f"<del>{route('deleted text')}</del>{said}</body></html>"
    ).encode()


def _pdf(route: Routes, number: int) -> tuple[str, bytes]:
    def string(words: str, *, is_hex: bool = False) -> bytes:
        raw = b"\xfe\xff" + words.encode("utf-16-be")
        return b"<" + raw.hex().encode() + b">" if is_hex else b"(" + re.sub(rb"([\\()])", rb"\\\1", raw) + b")"

    def set_at(line: str, base: int) -> bytes:
        words = unicodedata.normalize("NFC", line).replace(" 😀", "").encode("cp1252")
        return b"BT /R 9 Tf 40 %d Td (%s) Tj ET" % (base, re.sub(rb"([\\()])", rb"\\\1", words))

    rows = [row for line in lines(number) for row in _broken(line)]
    content = zlib.compress(b"\n".join(set_at(row, 800 - 12 * n) for n, row in enumerate(rows)))
    xmp = f"<x:xmpmeta><dc:creator>{route('XMP')}</dc:creator></x:xmpmeta>".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Metadata 6 0 R /Names << /EmbeddedFiles << /Names [(x) 8 0 R] >> >> >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /R 5 0 R >> >> /Contents 4 0 R "
        b"/Annots [<< /Type /Annot /Subtype /Text /Rect [40 770 60 790] /Contents "
        + string(f"Spør {OTHER}")
        + b" /T "
        + string(route("author of a comment"))
        + b" >>] >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(xmp), xmp),
        b"<< /Author " + string(route("author")) + b" /Title " + string(route("title"), is_hex=True) + b" /Keywords "
        + string(route("keywords")) + b" >>",
        b"<< /Type /Filespec /F " + string(route("name of an embedded file")) + b" >>",
    ]  # fmt: skip
    out, places = bytearray(b"%PDF-1.7\n"), []
    for place, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (place, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return ".pdf", bytes(out)


def _broken(line: str) -> list[str]:
    """A line of talk in lines of a page."""
    rows = [""]
    for word in line.split():
        if len(rows[-1]) + len(word) > 90:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def _vtt(route: Routes, number: int) -> tuple[str, bytes]:
    cues = [
        f"{route('id of a cue')}\n00:0{n}.000 --> 00:0{n}.900\n<v {speaker}>{words}\n"
        for n, (speaker, words) in enumerate(talk(number), 1)
    ]
    head = f'WEBVTT - {route("header")}\n\nNOTE {route("note")}\n\nSTYLE\n::cue(v[voice="{route("style")}"]) {{ color: red }}\n'
    return ".vtt", "\n".join((head, *cues)).encode()


def _srt(route: Routes, number: int) -> tuple[str, bytes]:
    del route
    cues = [f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{line}\n" for n, line in enumerate(lines(number), 1)]
    return ".srt", "\n".join(cues).encode("utf-8-sig")


def _eaf(route: Routes, number: int) -> tuple[str, bytes]:
    said = talk(number)
    slots = "".join(f'<TIME_SLOT TIME_SLOT_ID="t{n}" TIME_VALUE="{n * 900}"/>' for n in range(len(said) + 1))
    tiers = ""
    for speaker in dict.fromkeys(speaker for speaker, _ in said):
        own = "".join(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="t{n}" TIME_SLOT_REF2="t{n + 1}">'
            f"<ANNOTATION_VALUE>{words}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
            for n, (who, words) in enumerate(said)
            if who == speaker
        )
        tiers += f'<TIER TIER_ID="{route("id of a tier")}" PARTICIPANT="{speaker}" ANNOTATOR="{route("annotator")}" ' \
                 f'LINGUISTIC_TYPE_REF="t">{own}</TIER>'  # fmt: skip
    return ".eaf", (
        f'<?xml version="1.0" encoding="UTF-8"?><!-- {route("comment")} --><ANNOTATION_DOCUMENT AUTHOR="{route("author")}">'
        f'<LICENSE>{route("licence")}</LICENSE><HEADER TIME_UNITS="milliseconds"><MEDIA_DESCRIPTOR '
        f'MEDIA_URL="file:///home/{urllib.parse.quote(route("path of the recording"))}.wav"/>'
        f'<PROPERTY NAME="x">{route("property")}</PROPERTY></HEADER><TIME_ORDER>{slots}</TIME_ORDER>{tiers}'
        f'<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="t"/><CONTROLLED_VOCABULARY CV_ID="{route("vocabulary")}"/></ANNOTATION_DOCUMENT>'
    ).encode()


def _whisper(route: Routes, number: int) -> tuple[str, bytes]:
    segments = [
        {"start": n, "end": n + 0.9, "text": f" {words}", "speaker": speaker, "words": [{"word": route("word")}]}
        for n, (speaker, words) in enumerate(talk(number))
    ]
    told = {
        "audio_path": f"/home/{route('path of the recording')}.wav",
        "params": {"initial_prompt": route("prompt"), "input": route("input")},
        "segments": segments,
    }
    return ".json", json.dumps(told).encode()


def _tsv(route: Routes, number: int) -> tuple[str, bytes]:
    rows = [
        f"{n * 900}\t{n * 900 + 800}\t{line}\t{route('column nobody knows')}" for n, line in enumerate(lines(number))
    ]
    return ".tsv", ("start\tend\ttext\tfil\n" + "\n".join(rows) + "\n").encode()


def _markdown(route: Routes, number: int) -> tuple[str, bytes]:
    said = "\n\n".join(f"**{speaker}:** {words}" for speaker, words in talk(number))
    return ".md", (
        f"---\nauthor: {route('author')}\ntitle: {route('title')}\n---\n\n<!-- {route('comment')} -->\n\n{said}\n"
    ).encode()


def _noscribe(route: Routes, number: int) -> tuple[str, bytes]:
    head = f"{route('title')}\n\nTranscribed with noScribe vers. 0.7\nAudio file: /home/{route('path of the recording')}.wav\n"
    return ".txt", (head + "\n" + "\n\n".join(lines(number)) + "\n").encode("utf-16")


def _database(*statements: tuple[str, tuple[object, ...]]) -> bytes:
    with sqlite3.connect(":memory:") as base:
        for statement, values in statements:
            base.execute(statement, values)
        base.commit()
        return base.serialize()


def _taguette(route: Routes, number: int) -> tuple[str, bytes]:
    said = "".join(f"<p>{line}</p>" for line in lines(number))
    return ".sqlite3", _database(
        ("CREATE TABLE alembic_version (version_num TEXT)", ()),
        ("CREATE TABLE users (login TEXT, email TEXT)", ()),
        ("CREATE TABLE projects (id INTEGER, name TEXT, description TEXT)", ()),
        ("CREATE TABLE documents (id INTEGER, name TEXT, description TEXT, filename TEXT, project_id INT, contents TEXT)", ()),
        ("CREATE TABLE highlights (id INTEGER, document_id INTEGER, start_offset INTEGER, end_offset INTEGER, snippet TEXT)", ()),
        ("CREATE TABLE tags (id INTEGER, project_id INTEGER, path TEXT, description TEXT)", ()),
        ("INSERT INTO users VALUES (?, ?)", (route("user"), route("address of the user"))),
        ("INSERT INTO projects VALUES (1, ?, ?)", (route("name of the project"), route("description of the project"))),
        ("INSERT INTO documents VALUES (1, ?, ?, ?, 1, ?)",
         (f"{route('name of the text')} {SPEAKER}", route("description of the text"), route("name of its file"), said)),
        ("INSERT INTO highlights VALUES (1, 1, 0, 9, ?)", (route("snippet"),)),
        ("INSERT INTO tags VALUES (1, 1, ?, ?)", (route("tag"), route("description of a tag"))),
    )  # fmt: skip


def _qualcoder(route: Routes, number: int) -> tuple[str, bytes]:
    data = _database(
        ("CREATE TABLE project (databaseversion TEXT, date TEXT, memo TEXT, about TEXT)", ()),
        ("CREATE TABLE source (id INTEGER, name TEXT, fulltext TEXT, mediapath TEXT, memo TEXT, owner TEXT, date TEXT)", ()),
        ("CREATE TABLE code_text (cid INTEGER, fid INTEGER, seltext TEXT, pos0 INT, pos1 INT, owner TEXT, memo TEXT)", ()),
        ("CREATE TABLE code_name (cid INTEGER, name TEXT, memo TEXT, owner TEXT)", ()),
        ("CREATE TABLE annotation (anid INTEGER, fid INTEGER, memo TEXT, owner TEXT)", ()),
        ("CREATE TABLE cases (caseid INTEGER, name TEXT, memo TEXT, owner TEXT)", ()),
        ("INSERT INTO project VALUES ('v7', '', ?, ?)", (route("memo of the project"), route("about the project"))),
        ("INSERT INTO source VALUES (1, ?, ?, NULL, ?, ?, '')",
         (route("name of the text"), "\n\n".join(lines(number)), route("memo of the text"), route("owner of the text"))),
        ("INSERT INTO code_text VALUES (1, 1, ?, 0, 9, ?, ?)",
         (route("coded words"), route("owner of a coding"), route("memo of a coding"))),
        ("INSERT INTO code_name VALUES (1, ?, ?, ?)", (route("code"), route("memo of a code"), route("owner of a code"))),
        ("INSERT INTO annotation VALUES (1, 1, ?, ?)", (route("annotation"), route("owner of an annotation"))),
        ("INSERT INTO cases VALUES (1, ?, ?, ?)", (route("case"), route("memo of a case"), route("owner of a case"))),
    )  # fmt: skip
    return ".zip", packed(
        {
            f"{route('name of the project')}.qda/data.qda": data,
            f"{route('folder of a member')}.qda/audio/{route('name of a member')}.txt": route("another file"),
        }
    )


def _qdpx(route: Routes, number: int) -> tuple[str, bytes]:
    project = (
        f'<?xml version="1.0" encoding="utf-8"?><!-- {route("comment")} --><Project xmlns="urn:QDA-XML:project:1.0" '
        f'name="{route("name of the project")}" creatingUserGUID="u"><Users><User guid="u" name="{route("user")}"/></Users>'
        f'<CodeBook><Codes><Code guid="c" name="{route("code")}"/></Codes></CodeBook><Variables><Variable guid="v" '
        f'name="{route("variable")}"/></Variables><Cases><Case guid="k" name="{route("case")}"/></Cases><Sources>'
        f'<TextSource guid="1" name="{route("name of the text")}" plainTextPath="internal://1.txt">'
        f"<Description>{route('description of the text')}</Description></TextSource></Sources>"
        f'<Notes><Note guid="n" name="{route("name of a note")}"><PlainTextContent>{route("note")}</PlainTextContent></Note>'
        "</Notes></Project>"
    )
    return ".qdpx", packed(
        {
            "project.qde": project,
            "sources/1.txt": "\n".join(lines(number)),
            f"sources/{route('name of a member')}.bin": gzip.compress(route("another file").encode()),
        }
    )
