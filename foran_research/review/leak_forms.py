"""A text in every form in which a reader or a program might take it: unescaped, without markup, and what is packed in it.

Packed is what stands there as base64 or in hexadecimal digits, compressed or not, as text, as the text fields of a picture,
or as the files of an archive; also what is packed in what was packed, a few times over.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

_MARKUP = re.compile(r"<[^<>]{0,20000}>")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\"'\\/bfnrt0]))")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
#: Fewer letters in a row hold less than a name.
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
_BLOB_IN_LINES = re.compile(r"(?:[A-Za-z0-9+/_-]{20,}\s{1,4})+[A-Za-z0-9+/_-]{4,}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){16,}(?![0-9A-Fa-f])")
_LETTERS_IN_BYTES = re.compile(rb"[\x20-\x7e\xa0-\xff]{8,}")
_PICTURES = (b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"BM")
_PNG = b"\x89PNG\r\n\x1a\n"
_DEEPEST, _LARGEST, _MOST_ESCAPED = 3, 64 * 1024 * 1024, 8
#: Where a script puts a text together.
_CUT = re.compile(r"([\"'`])\s{0,4}\+\s{0,4}\1")


def forms(text: str) -> list[str]:
    r"""The text as a person or a program might read it: unescaped, and without markup.

    Examples
    --------
    >>> forms("Ka<b>ri</b>&shy;ne")
    ['Ka<b>ri</b>\xadne', 'Kari\xadne', 'Ka ri \xadne']
    """
    loose = text
    if "\\" in loose:
        loose = _ESCAPE.sub(_unescaped, loose)
    if "&" in loose:
        # HTML within HTML is escaped twice, and so on.
        for _ in range(_MOST_ESCAPED):
            before, loose = loose, html.unescape(loose)
            if loose == before:
                break
    if "%" in loose:
        loose = _PERCENT.sub(_by_percent, loose)
    # Tags can stand within a word and between two.
    bare = [_MARKUP.sub(gap, loose) for gap in ("", " ")] if "<" in loose else []
    return list(dict.fromkeys([loose, *bare]))


def unpacked(text: str, depth: int = 0) -> Iterator[str]:
    """Texts that are packed in a text, and in these.

    Examples
    --------
    >>> list(unpacked("data:;base64,RGV0dGUgc2EgaHVuIHRpbCBvc3Mu"))
    ['Dette sa hun til oss.']
    """
    found: dict[str, None] = {}
    for form in forms(text)[:2]:
        found.update(dict.fromkeys(_packed_in(form)))
    for one in found:
        yield one
        if depth + 1 < _DEEPEST:
            yield from unpacked(one, depth + 1)


def _packed_in(text: str) -> Iterator[str]:
    whole = _CUT.sub("", text)
    runs = [*_BLOB.findall(text), *("".join(run.split()) for run in _BLOB_IN_LINES.findall(text))]
    for run in [*runs, *(_BLOB.findall(whole) if whole != text else ())]:
        letters = run.rstrip("=").replace("-", "+").replace("_", "/")
        # What stands right before it may look like a part of it.
        for skipped in range(min(4, len(letters) - 16)):
            own = letters[skipped:]
            try:
                texts = list(texts_of(base64.b64decode(own[: len(own) - (len(own) % 4 == 1)] + "=" * (-len(own) % 4))))
            except binascii.Error:
                continue
            if texts:
                yield from texts
                break
    for run in _HEX.findall(text):
        yield from texts_of(bytes.fromhex(run))


def texts_of(data: bytes, depth: int = 0) -> Iterator[str]:
    """The texts of some bytes: of a text, a picture's fields, an archive's files; compressed or not."""
    from ..corpus.scan import png_texts

    if data.startswith(_PNG):
        yield from png_texts(data)
        _, _, behind = data.partition(b"IEND")
        yield from texts_of(behind[4:], depth)
    elif data.startswith(_PICTURES) and len(data) > 64:
        # Fields lie between the points of the picture; what these are by chance is no text.
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            text = data.decode(coding, "ignore")
            yield " ".join(one.decode("latin-1") for one in _LETTERS_IN_BYTES.findall(text.encode("latin-1", "ignore")))
    elif data.startswith(b"PK\x03\x04") and depth < _DEEPEST:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.infolist():
                    yield entry.filename
                    if entry.file_size <= _LARGEST and not entry.flag_bits & 1:
                        yield from texts_of(archive.read(entry), depth + 1)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError):
            return
    else:
        is_long = len(data) >= 30
        for one in (data, *((inflated(data),) if data[:1] in (b"\x1f", b"x") or is_long else ())):
            if one.startswith((_PNG, b"PK\x03\x04")) and depth < _DEEPEST:
                yield from texts_of(one, depth + 1)
                continue
            for coding in ("utf-8", "utf-16-le", "utf-16-be"):
                try:
                    text = one.decode(coding).removeprefix("\ufeff")
                except UnicodeDecodeError:
                    continue
                if _is_text(text, 0.6):
                    yield text
                    break
            else:
                # Every byte is a letter there: what is text by more than chance.
                text = one.decode("cp1252", "replace")
                if _is_text(text, 0.75):
                    yield text


def _is_text(text: str, least: float) -> bool:
    return bool(text) and sum(c < "\u0250" and (c.isalnum() or c.isspace()) for c in text) > least * len(text)


def _by_percent(run: re.Match[str]) -> str:
    data = binascii.unhexlify(run[0].replace("%", ""))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _unescaped(found: re.Match[str]) -> str:
    if found[4]:
        return found[4] if found[4] in "\"'\\/" else " "
    return letter(found[1] or found[2] or found[3])


def letter(digits: str) -> str:
    """The character of a number in hexadecimal digits, a blank where there is none."""
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else " "


def inflated(data: bytes) -> bytes:
    """Bytes as they were before deflate, zlib or gzip; none for what is none of these."""
    for form in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(form).decompress(data.strip(b"\r\n"), _LARGEST)
        except zlib.error:
            continue
    return b""
