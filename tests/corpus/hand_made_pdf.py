"""PDFs written by hand, line by line at given places, so that a test knows what a reader must find."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

#: ``(words, left, baseline, size, font)`` with fonts "R" (regular) and "B" (bold), points from the lower left corner.
Set = tuple[str, float, float, float, str]

PICTURE = b"q 100 0 0 100 50 500 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xff EI Q"
_FONTS = b"<< /R << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> " \
         b"/B << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >> >>"  # fmt: skip


def words_at(lines: Sequence[Set]) -> bytes:
    """A page's content: each line of words where it stands."""
    return b"\n".join(
        b"BT /%s %g Tf %g %g Td (%s) Tj ET" % (font.encode(), size, left, base, _escaped(words))
        for words, left, base, size, font in lines
    )


def column(words: Sequence[str], top: float = 780, pitch: float = 14, left: float = 50, font: str = "R") -> list[Set]:
    """Lines of one size below each other; an empty line leaves its room empty."""
    return [(line, left, top - pitch * n, 11, font) for n, line in enumerate(words) if line]


def pdf(
    contents: Sequence[bytes],
    *,
    annotations: Sequence[tuple[int, bytes]] = (),
    extra: bytes = b"",
    page_extra: bytes = b"",
    trailer: bytes = b"",
    compress: bool = False,
    objects: Sequence[bytes] = (),
) -> bytes:
    """A whole PDF of A4 pages with these contents; `annotations` are ``(page, dictionary)``.

    `extra` goes into the catalogue, `page_extra` into every page, `trailer` into the trailer; `objects` are numbered
    from 100 on.
    """
    numbered: dict[int, bytes] = {1: b"<< /Type /Catalog /Pages 2 0 R " + extra + b" >>"}
    kids = []
    for number, content in enumerate(contents):
        page, stream = 10 + 2 * number, 11 + 2 * number
        kids.append(b"%d 0 R" % page)
        mine = b" ".join(about for on, about in annotations if on == number)
        numbered[page] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font " + _FONTS + b" "
            b"/XObject << /X 100 0 R >> >> /Contents %d 0 R /Annots [%s] %s >>" % (stream, mine, page_extra)
        )
        packed = zlib.compress(content, 9) if compress else content
        filtered = b"/Filter /FlateDecode " if compress else b""
        numbered[stream] = b"<< %s/Length %d >>\nstream\n%s\nendstream" % (filtered, len(packed), packed)
    numbered[2] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    first = 100 if len(contents) < 45 else 10_000
    numbered |= {first + number: body for number, body in enumerate(objects)}
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number in sorted(numbered):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, numbered[number])
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (max(numbered) + 1, trailer, start)
    return bytes(out)


def _escaped(words: str) -> bytes:
    raw = words.encode("cp1252")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
