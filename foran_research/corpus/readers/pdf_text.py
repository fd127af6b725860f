"""The text layer of a PDF, line by line, read in a process of its own.

The library that parses PDF is native code. A file made to harm it may crash it, never end (forms that draw forms) or
unpack to more than there is memory, and nothing in Python can stop that from within; so ``pdf.py`` runs this file with
its own interpreter, a limit on memory and a limit on time, and takes what it prints. It imports nothing of the package
and works alone: bytes of a PDF on standard input, one JSON object on standard output.
"""

from __future__ import annotations

import ctypes
import json
import re
import sys
import zlib
from typing import Any

MAX_PAGES = 5_000
MAX_CHARACTERS = 20_000_000
#: One stream of page content; a page of dense text is a few ten thousand bytes.
MAX_STREAM = 32 * 2**20
MAX_STREAMS = 256 * 2**20
MAX_ANNOTATIONS = 20_000
MAX_MEMORY = 3 * 2**30

_STREAM = re.compile(rb"stream\r?\n")
_BOLD = re.compile(rb"bold|black|heavy|semibold|demi", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
#: pdfium gives a hyphen that ends a line as one of these, and no line feed after it.
_LINE_END_HYPHENS = (0x2, 0xFFFE)
#: Numbers of the kinds of annotation in pdfium's header.
_LINK, _WIDGET, _POPUP, _HIGHLIGHTS = 2, 20, 16, (9, 10, 11, 12)


def is_bomb(data: bytes) -> bool:
    """Whether a stream that is no picture unpacks to more than any page of text needs."""
    total = 0
    for match in _STREAM.finditer(data):
        about = data[max(0, match.start() - 4096) : match.start()]
        about = about[about.rfind(b"obj") + 1 :]
        packings = len(re.findall(rb"/Fl(?:ateDecode)?\b", about))
        if not packings or b"/Image" in about:
            continue
        if packings > 1:
            return True
        size, rest = 0, data[match.end() : match.end() + MAX_STREAM]
        unpacking = zlib.decompressobj()
        try:
            while rest and not unpacking.eof:
                size += len(unpacking.decompress(rest, 2**20))
                rest = unpacking.unconsumed_tail
                if size > MAX_STREAM or total + size > MAX_STREAMS:
                    return True
        except zlib.error:
            pass
        total += size
    return False


def extract(data: bytes) -> dict[str, Any]:
    """``{"refused": kind}``, or the pages with their lines and annotations and what is counted beside them.

    A line is ``[text, left, right, baseline, size, bold characters at its beginning, whether a hyphen ended it]``,
    lengths in points, the baseline measured from the foot of the page.
    """
    import pypdfium2
    from pypdfium2 import raw

    if is_bomb(data):
        return {"refused": "zip-bomb"}
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        return {"refused": "encrypted-file" if is_locked else "broken-file"}
    try:
        if len(document) > MAX_PAGES:
            return {"refused": "too-big"}
        left, pages = MAX_CHARACTERS, []
        for number in range(len(document)):
            page = _page(document, number, left, pypdfium2, raw)
            if page is None:
                return {"refused": "too-big"}
            left -= sum(len(line[0]) for line in page["lines"])
            pages.append(page)
        return {
            "pages": pages,
            "metadata": sum(1 for value in document.get_metadata_dict().values() if value),
            "attachments": max(0, raw.FPDFDoc_GetAttachmentCount(document)),
            "scripts": max(0, raw.FPDFDoc_GetJavaScriptActionCount(document)),
        }
    finally:
        document.close()


def _sound(value: float) -> float:
    return round(value, 2) if abs(value) < 1e6 else 0.0


class _View:
    """The part of a page that is seen, the way up that it is seen."""

    def __init__(self, page: Any) -> None:
        self._left, self._foot, right, head = (_sound(value) for value in page.get_bbox())
        self._turn = page.get_rotation()
        self._across, self._up = right - self._left, head - self._foot
        is_lying = self._turn in (90, 270)
        self.width, self.height = (self._up, self._across) if is_lying else (self._across, self._up)

    def seen(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page's own space, in points from the left and from the foot of what is seen."""
        x, y = x - self._left, y - self._foot
        if self._turn == 90:
            x, y = y, self._across - x
        elif self._turn == 180:
            x, y = self._across - x, self._up - y
        elif self._turn == 270:
            x, y = self._up - y, x
        return _sound(x), _sound(y)


def _page(document: Any, number: int, left: int, library: Any, raw: Any) -> dict[str, Any] | None:
    """One page; None when it holds more than `left` characters. A page that cannot be opened is told as broken."""
    nothing: dict[str, Any] = {
        "width": 0, "height": 0, "lines": [], "notes": [], "images": 0, "objects": 0, "links": 0, "fields": 0,
        "marks": 0, "unmapped": 0, "broken": True,
    }  # fmt: skip
    try:
        page = document[number]
    except library.PdfiumError:
        return nothing
    try:
        view = _View(page)
        found = nothing | {"width": view.width, "height": view.height, "broken": False}
        objects = max(0, raw.FPDFPage_CountObjects(page))
        found["objects"] = objects
        found["images"] = sum(
            1
            for index in range(min(objects, 100_000))
            if raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, index)) == raw.FPDF_PAGEOBJ_IMAGE
        )
        text = page.get_textpage()
        try:
            count = text.count_chars()
            if count > left:
                return None
            found["lines"], found["unmapped"] = _lines(text, count, view, raw)
        finally:
            text.close()
        _annotations(page, found, view, raw)
    except library.PdfiumError:
        return nothing
    finally:
        page.close()
    return found


def _lines(text: Any, count: int, view: _View, raw: Any) -> tuple[list[list[Any]], int]:
    lines: list[list[Any]] = []
    codes: list[int] = []
    places: list[int] = []
    unmapped = 0

    def end_line(has_hyphen: bool) -> None:
        if codes:
            lines.append(_line(text, codes, places, has_hyphen, view, raw))
        codes.clear()
        places.clear()

    for index in range(count):
        code = raw.FPDFText_GetUnicode(text, index)
        if code in (10, 13):
            end_line(False)
        elif code in _LINE_END_HYPHENS:
            codes.append(ord("-"))
            places.append(index)
            end_line(True)
        elif code in (0, 0xFFFD) or 0xE000 <= code <= 0xF8FF:
            unmapped += 1
        else:
            codes.append(code)
            places.append(index)
    end_line(False)
    return lines, unmapped


def _line(text: Any, codes: list[int], places: list[int], has_hyphen: bool, view: _View, raw: Any) -> list[Any]:
    left, right, foot, head = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(text, places[-1], left, right, foot, head)
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text, places[0], x, y)
    # A character that pdfium put in itself (a space) has no size and no weight of its own.
    drawn = [place for place in places[:200] if raw.FPDFText_IsGenerated(text, place) != 1]
    size = raw.FPDFText_GetFontSize(text, drawn[0]) if drawn else 0.0
    bold = 0
    while bold < len(places):
        is_space = raw.FPDFText_IsGenerated(text, places[bold]) == 1 or codes[bold] == 0x20
        if not is_space and not _is_bold(text, places[bold], raw):
            break
        bold += 1
    words = "".join(map(chr, codes)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    start, base = view.seen(x.value, y.value)
    end = max(view.seen(left.value, foot.value)[0], view.seen(right.value, head.value)[0])
    return [words, start, end, base, _sound(size), bold, has_hyphen]


def _is_bold(text: Any, place: int, raw: Any) -> bool:
    flags = ctypes.c_int()
    name = ctypes.create_string_buffer(256)
    raw.FPDFText_GetFontInfo(text, place, name, 256, flags)
    return bool(_BOLD.search(name.value) or flags.value & _FORCE_BOLD)


def _annotations(page: Any, found: dict[str, Any], view: _View, raw: Any) -> None:
    for index in range(min(max(0, raw.FPDFPage_GetAnnotCount(page)), MAX_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            contents = _string(annotation, b"Contents", raw)
            area = raw.FS_RECTF()
            raw.FPDFAnnot_GetRect(annotation, area)
            if kind == _LINK:
                found["links"] += 1
            elif kind == _WIDGET:
                found["fields"] += 1
            elif kind == _POPUP:
                continue
            elif contents.strip():
                bases = sorted((view.seen(area.left, area.bottom)[1], view.seen(area.right, area.top)[1]))
                found["notes"].append([contents, _string(annotation, b"T", raw), *bases])
            elif kind in _HIGHLIGHTS:
                found["marks"] += 1
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _string(annotation: Any, key: bytes, raw: Any) -> str:
    size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not 2 < size <= 2**20:
        return ""
    room = (ctypes.c_ushort * (size // 2))()
    raw.FPDFAnnot_GetStringValue(annotation, key, room, size)
    return bytes(room).decode("utf-16-le", "replace").rstrip("\0")


def main() -> None:
    """Standard input to standard output."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    except (ImportError, ValueError, OSError):
        pass  # Windows has no such limit, some systems refuse one: the limit on time stays.
    try:
        found = extract(sys.stdin.buffer.read())
    except MemoryError:
        found = {"refused": "too-big"}
    sys.stdout.buffer.write(json.dumps(found).encode("ascii"))


if __name__ == "__main__":
    main()
