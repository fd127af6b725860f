"""Bytes into text: which encoding a file has, decided from its bytes alone, and what had to be mended or dropped."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from ...errors import Faults
from ..source import Finding
from ..transcript import canonical
from .safe import check_size

#: Paragraphs of one file that are read.
MOST_PARAGRAPHS = 2_000_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with a byte-order mark"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32 with a byte-order mark"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32 with a byte-order mark"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16 with a byte-order mark"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16 with a byte-order mark"),
)
#: In the order in which they win a tie.
_SINGLE_BYTE = {"cp1252": "cp1252", "mac_roman": "Mac Roman", "cp865": "cp865", "cp850": "cp850"}
#: Occurrences that are weighed; more evidence changes nothing.
_WEIGHED = 20_000

_UTF8_SEQUENCE = (
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_SEQUENCE_OR_BYTE = re.compile(rb"((?:" + _UTF8_SEQUENCE + rb")+)|([\x80-\xff])")
#: Sequences that a Norwegian text in a single-byte encoding has hardly ever by accident: "Ã¦", "Â«", "â€™", "ðŸ˜€", and
#: letters with a loose accent.
_CLEARLY_UTF8 = re.compile(
    rb"\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]|[\xcc\xcd][\x80-\xbf]|\xe2[\x80-\x82][\x80-\xbf]|\xf0\x9f[\x80-\xbf]{2}"
)

_CONTROL_BYTES = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A, 0x1B})
# Runs of returns are looked at from their first one only: from each anew, half a million of them would take minutes.
_LINE_BREAKS = re.compile("(?<!\r)\r+\n|[\r\v\f\x85\u2028]")
#: A tab is as wide as an em space, and an em space is no control character: ``conventions`` knows a label by it.
TAB = "\u2003"
#: Control characters, and those without width: marks of direction, soft hyphens, joiners outside emoji.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
    "|(?<![\u2190-\uffff\U00010000-\U0010ffff])\u200d"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_TWICE = re.compile(
    "[ÃÂ][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|â€"
)
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Decoded:
    """A file's text: NFC, line feeds, tabs, no other control character; `findings` tell what was done for it."""

    text: str
    findings: tuple[Finding, ...]


def decoded(data: bytes, name: str, faults: Faults) -> Decoded | None:
    r"""The text of `data`, or None with one fault (``empty-file``, ``too-big``, ``not-text``).

    The encoding is the one a byte-order mark names; else UTF-8; else UTF-16 or UTF-32 where every other byte is null;
    else UTF-8 with stray bytes of another encoding; else the single-byte encoding in which æ, ø, å, quotation marks and
    dashes stand where words want them.

    >>> decoded("Ågot så".encode("mac_roman"), "kilde.txt", Faults()).text
    'Ågot så'
    """
    if not check_size(data, name, faults):
        return None
    found = _by_mark(data) or _by_nulls(data) or _without_nulls(data)
    if found is None:
        line = data[: data.find(b"\0")].count(b"\n") + 1 if b"\0" in data else None
        faults.note(
            "not-text",
            name,
            line,
            "bytes that are no text in any encoding known here",
            "a text file",
            "Open it in the program it comes from and save it as text in UTF-8.",
        )
        return None
    raw, findings = found
    text, more = cleaned(raw)
    return Decoded(text, (*findings, *more))


def cleaned(raw: str) -> tuple[str, list[Finding]]:
    r"""`raw` in NFC with line feeds and without what cannot be seen, and what was dropped for it.

    >>> cleaned("a\x07b\u200b\u2028c")[0]
    'ab\nc'
    """
    findings = []
    text = _LINE_BREAKS.sub("\n", raw.lstrip("\ufeff")).replace("\u2029", "\n\n")
    text, dropped = _UNSEEN.subn("", text)
    if dropped:
        findings.append(Finding("control-character", dropped, is_carried=False))
    text = _SURROGATE.sub("\ufffd", text)
    if lost := text.count("\ufffd"):
        findings.append(Finding("encoding", lost, is_carried=True, detail="characters lost before the file was made"))
    return canonical(text), findings


def _by_mark(data: bytes) -> tuple[str, list[Finding]] | None:
    for mark, encoding, detail in _MARKS:
        if data.startswith(mark):
            try:
                text = data[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return _mended(text, detail)
    return None


def _by_nulls(data: bytes) -> tuple[str, list[Finding]] | None:
    """UTF-16 and UTF-32 without a mark: letters of Western languages have nulls in fixed places."""
    if b"\0" not in data:
        return None
    for encoding, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        if len(data) % width:
            continue
        columns = [data[place::width].count(0) / (len(data) // width) for place in range(width)]
        order = columns if encoding.endswith("le") else columns[::-1]
        # In UTF-32 no character needs the highest byte.
        if order[0] > 0.05 or order[-1] < (1.0 if width == 4 else 0.5):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return _mended(text, f"{encoding[:6].upper()} without a byte-order mark")
    return None


def _without_nulls(data: bytes) -> tuple[str, list[Finding]] | None:
    if b"\0" in data:
        return None
    controls = len(data) - len(data.translate(None, _CONTROL_BYTES))
    if controls >= 3 and controls > 0.02 * len(data):
        return None
    try:
        return _mended(data.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        pass
    data = data.removeprefix(codecs.BOM_UTF8)
    if _CLEARLY_UTF8.search(data):
        # The sequences of UTF-8 are no evidence of what the stray bytes are.
        return _mixed(data, _single_byte(_SEQUENCE_OR_BYTE.sub(lambda one: b"e" if one[1] else one[2], data))[0])
    best, is_sure = _single_byte(data)
    detail = _SINGLE_BYTE[best] if is_sure else f"{_SINGLE_BYTE[best]}, uncertain: check the letters æ, ø and å"
    text = data.decode("latin-1").translate(dict(enumerate(_table(best))))
    return text, [Finding("encoding", 1, is_carried=True, detail=detail)]


def _mixed(data: bytes, encoding: str) -> tuple[str, list[Finding]]:
    """UTF-8 with stray bytes of another encoding, as when files were pasted together."""
    stray = b"".join(one[2] for one in _SEQUENCE_OR_BYTE.finditer(data) if one[2])
    table = _table(encoding)
    lines = sum(1 for line in data.split(b"\n") if any(one[2] for one in _SEQUENCE_OR_BYTE.finditer(line)))
    parts, last = [], 0
    for one in _SEQUENCE_OR_BYTE.finditer(data):
        parts.append(data[last : one.start()].decode("ascii"))
        parts.append(one[1].decode("utf-8") if one[1] else table[one[2][0]])
        last = one.end()
    parts.append(data[last:].decode("ascii"))
    detail = f"UTF-8 with {len(stray)} stray bytes on {lines} lines, read as {_SINGLE_BYTE[encoding]}"
    return "".join(parts), [Finding("encoding", len(stray), is_carried=True, detail=detail)]


def _mended(text: str, detail: str) -> tuple[str, list[Finding]]:
    """`text`, brought back where all of it was encoded twice ("Ã¸" for "ø"); where only some of it was, it is told."""
    findings = [Finding("encoding", 1, is_carried=True, detail=detail)]
    twice = len(_TWICE.findall(text))
    if not twice:
        return text, findings
    back = {character: bytes([byte]) for byte, character in enumerate(_table("cp1252"))}
    try:
        once = b"".join(
            part.encode("ascii") if part.isascii() else b"".join(back[one] for one in part)
            for part in re.split(r"([^\x00-\x7f]+)", text)
        ).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        told = "may be UTF-8 encoded twice; left as it stands"
        return text, [*findings, Finding("encoding", twice, is_carried=True, detail=told)]
    return once, [*findings, Finding("encoding", twice, is_carried=True, detail="UTF-8 encoded twice, mended")]


def _table(encoding: str) -> str:
    """What each of the 256 bytes means; a byte the encoding leaves open is the control character of its number."""
    return "".join(bytes([byte]).decode(encoding, errors="replace").replace("\ufffd", chr(byte)) for byte in range(256))


def _single_byte(data: bytes) -> tuple[str, bool]:
    """The single-byte encoding in which `data` looks most like words, and whether that is sure."""
    contexts = []
    padded = b" " + data + b" "
    for one in islice(re.finditer(rb"[\x80-\xff]", padded), _WEIGHED):
        contexts.append((padded[one.start() - 1], padded[one.start()], padded[one.end()]))
    scores: dict[str, float] = {}
    for encoding in _SINGLE_BYTE:
        table = _table(encoding)
        scores[encoding] = sum(
            _plausibility(table[before], table[here], table[after]) for before, here, after in contexts
        )
    best = max(scores, key=lambda encoding: scores[encoding])
    rivals = [
        e for e in _SINGLE_BYTE if e != best and scores[e] == scores[best] and _reads_otherwise(e, best, contexts)
    ]
    return best, scores[best] > 0 and not rivals


def _reads_otherwise(one: str, other: str, contexts: list[tuple[int, int, int]]) -> bool:
    first, second = _table(one), _table(other)
    return any(first[byte] != second[byte] for _, byte, _ in contexts)


_WEIGHTS: Mapping[str, int] = {**dict.fromkeys("æøåÆØÅ", 3), **dict.fromkeys("éèêëáàâäóòôöúùûüíìîïçñÉÈÄÖÜ", 1)}
_OPENING, _CLOSING = "“‘«„‚", "”’»"


def _plausibility(before: str, here: str, after: str) -> float:
    """How well one character beyond ASCII fits between its neighbours, in points."""
    if here.isalpha():
        in_word = before.isalpha() or after.isalpha()
        if here.isupper() and before.islower():
            return -2.0
        if here.islower() and before.isupper() and after.isupper():
            return -1.0
        weight = _WEIGHTS.get(here, -2)
        # "å" is a word of its own; other letters seldom are.
        return float(weight if in_word or here in "åÅ" else min(weight, 0))
    if "\x80" <= here <= "\x9f":
        return -10.0
    is_open_before, is_open_after = not before.isalnum(), not after.isalnum()
    if here in _OPENING:
        return 2.0 if is_open_before and not is_open_after else -2.0
    if here == "’" and before.isalpha() and after.isalpha():
        return 1.0
    if here in _CLOSING:
        return 2.0 if is_open_after and not before.isspace() else -2.0
    if here in "–—":
        return 2.0 if (before.isspace() or before.isdigit()) and (after.isspace() or after.isdigit()) else -1.0
    if here == "…":
        return 1.0 if is_open_after else -1.0
    if here == "\xa0":
        return 0.5 if not is_open_before or not is_open_after else 0.0
    if here in "§°½€£•·´":
        return 0.5 if is_open_before or is_open_after else -1.0
    return -3.0
