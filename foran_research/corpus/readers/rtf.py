r"""Rich Text Format (.rtf): its words in force, with comments and notes as remarks, by a tokenizer of our own.

One pass over the bytes with a stack of states instead of recursion, so that neither nesting nor size can do more than
take its time. Control words are those of the RTF specification 1.9.1; unknown ones are skipped, as it asks.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...errors import Faults
from ..source import ParagraphKind, SourceText
from .docx import symbol
from .gathering import Gathering
from .safe import Noted, check_size, refuse

_TOKEN = re.compile(
    rb"(?P<text>[^\\{}\r\n]+)"
    rb"|\\(?P<word>[A-Za-z]{1,40})(?P<number>-?[0-9]{1,10})? ?"
    rb"|\\'(?P<hex>[0-9A-Fa-f]{2})"
    rb"|(?P<brace>[{}])"
    rb"|\\(?P<sign>[^A-Za-z])"
    rb"|[\r\n]+|\\",
    re.DOTALL,
)
_MAX_DEPTH = 10_000
_HEADING = re.compile(r"(?:heading|overskrift)\s*[1-9]|(?:sub)?title|(?:under)?tittel", re.IGNORECASE)

#: Code pages by the charset of a font (``\fcharset``); 2 is a symbol font.
_CHARSETS = {0: 1252, 77: 10000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258,
             177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850}  # fmt: skip
_CODECS = {10000: "mac_roman", 10006: "mac_greek", 10007: "mac_cyrillic", 10029: "mac_latin2", 10079: "mac_iceland",
           10081: "mac_turkish", 1361: "johab", 65001: "utf-8", 28591: "latin-1", 20866: "koi8-r"}  # fmt: skip
_SYMBOL_FONT = "symbol-font"

#: Control words that stand for a character.
_CHARACTERS = {"tab": "\t", "line": "\n", "lbr": "\n", "softline": "\n", "page": "\n", "column": "\n", "emdash": "—",
               "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
               "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005", "zwj": "\u200d", "zwnj": "\u200c",
               "zwbo": "", "zwnbo": ""}  # fmt: skip
#: Groups whose words are no words of the text: what they are called in the findings, or "" where nobody misses them.
_DESTINATIONS = {
    **dict.fromkeys(
        "colortbl filetbl listtable listoverridetable revtbl rsidtbl pgptbl xmlnstbl themedata colorschememapping "
        "latentstyles datastore generator mmathPr wgrffmtfilter fldinst nonesttables nesttableprops bkmkstart bkmkend "
        "shpinst_sp sp picprop blipuid falt panose fontemb fontfile atnid atntime atndate atnparent atnicn atrfstart "
        "atrfend atnref pgdsc pnseclvl ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn xe tc tcn rxe private1 datafield "
        "formfield ffname ffdeftext fftypetxt objclass objname objdata objalias objsect template background "
        "listname listpicture password userprops docvar keywords oldcprops oldpprops oldtprops oldsprops "
        "defchp defpap xmlopen xmlclose svb protusertbl hlfr hl hlloc hlsrc ebcstart ebcend stylesheet_keys keycode "
        "passwordhash htmltag mhtmltag writereservhash writereservation".split(),
        "",
    ),
    **dict.fromkeys("header headerl headerr headerf".split(), "header"),
    **dict.fromkeys("footer footerl footerr footerf".split(), "footer"),
    **dict.fromkeys("pict nonshppict".split(), "image"),
    **dict.fromkeys("listtext pntext pn".split(), "list-number"),
    "info": "metadata",
    "shprslt": "",
}
_DETAILS = {
    "list-number": "paragraphs of lists; numbers and bullets left out",
    "metadata": "parts with properties, left out",
}
#: Groups marked as skippable that hold words all the same.
_OPENED = {"shpinst", "shptxt", "shppict", "dptxbxtext", "ud", "annotation", "atnauthor", "txfieldtext", "fldrslt",
           "pnseclvl_text", "footnote", "do", "shp", "shpgrp"}  # fmt: skip


def read_rtf(data: bytes, name: str, faults: Faults) -> Sequence[SourceText]:
    r"""The text of an RTF file.

    Paragraphs are text, headings or table cells. Revisions are taken as accepted, hidden text is out, comments,
    footnotes and endnotes become remarks; headers, footers, pictures and properties are counted and not carried.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        The name that faults show.
    faults
        Takes one fault when the file cannot be read; the result is then empty.

    Examples
    --------
    >>> read_rtf(rb"{\rtf1\ansi {\b Kari:} Bl\'e5b\'e6r.\par}", "a.rtf", Faults())[0].paragraphs[0].words
    'Kari: Blåbær.'
    """
    try:
        if not check_size(data, name, faults):
            return ()
        if not data.lstrip(b"\xef\xbb\xbf \t\r\n\0")[:5].startswith(b"{\\rtf"):
            refuse(faults, name, "wrong-type", "a file that does not begin as RTF does", "a file beginning with {\\rtf",
                   "Check what kind of file this is.")  # fmt: skip
        return (_Reading(data, name, faults).source(),)
    except Noted:
        return ()


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits from the one around it."""

    target: str = "text"
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    revised: bool = False
    skip: int = 1
    font: int = -1
    style: int = 0
    level: int = 9
    in_table: bool = False
    nesting: int = 0


class _Reading:
    """One pass over the tokens of a file."""

    def __init__(self, data: bytes, name: str, faults: Faults) -> None:
        self._data, self._name, self._faults = data, name, faults
        self._out = Gathering(name, faults)
        self._state = _State()
        #: Whether a group has just begun, and with the mark that lets readers skip it: its first word may say what it is.
        self._is_fresh = self._is_star = False
        self._stack: list[_State] = []
        self._closing: list[tuple[int, str]] = []
        self._ansi = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font_names: dict[int, list[str]] = {}
        self._default_font = 0
        self._styles: dict[int, list[str]] = {}
        self._bytes: list[bytes] = []
        self._fallback = 0
        self._high = 0
        self._places = 0
        self._row = 1
        self._images = 0
        self._asides: list[tuple[str, int, Gathering, bool]] = []
        self._notes = 0
        self._answered = ""
        self._author: list[str] = []
        self._reference: list[str] = []
        #: How many paragraphs are open around the text box or note we are in.
        self._bases = [0]
        self._is_in_table = False
        self._revisions = {"insertion": False, "deletion": False}

    def source(self) -> SourceText:
        """The text with its remarks and findings."""
        data, position, end = self._data, 0, len(self._data)
        match = _TOKEN.match
        while position < end:
            token = match(data, position)
            if token is None:
                position += 1
                continue
            position = token.end()
            kind = token.lastgroup
            if kind == "text":
                self._raw(token["text"])
            elif kind in ("word", "number"):
                position += self._word(token["word"].decode("ascii"), token["number"])
            elif kind == "hex":
                self._raw(bytes((int(token["hex"], 16),)))
            elif kind == "brace":
                self._brace(token["brace"])
                if not self._stack:
                    break
            elif kind == "sign":
                self._sign(token["sign"])
        self._flush()
        self._out.count("truncated", int(bool(self._stack)), detail="the file ends inside a group")
        while self._asides:
            self._end_aside()
        if self._out.depth:
            self._out.close(self._kind(), place=self._places + 1)
        return self._out.source("rtf", images=self._images)

    @property
    def _sink(self) -> Gathering:
        return self._asides[-1][2] if self._asides else self._out

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._fallback = 0
        if brace == b"{":
            if len(self._stack) >= _MAX_DEPTH:
                refuse(self._faults, self._name, "too-deep", f"groups nested more than {_MAX_DEPTH} deep",
                       "a text as a word processor writes it", "Open it in a word processor and save it again.")  # fmt: skip
            self._stack.append(self._state)
            self._is_fresh, self._is_star = True, False
        elif self._stack:
            while self._closing and self._closing[-1][0] == len(self._stack):
                self._close_group(self._closing.pop()[1])
            self._state = self._stack.pop()
            self._is_fresh = False

    def _close_group(self, what: str) -> None:
        if what == "aside":
            self._end_aside()
        elif what == "text-box":
            self._close_down_to(0)
            self._bases.pop()
        elif what in ("atrfstart", "atrfend"):
            self._sink.mark(("comment", "".join(self._reference).strip()), is_end=what == "atrfend")
        elif what == "atnref":
            self._answered = "".join(self._reference).strip()

    def _word(self, word: str, digits: bytes | None) -> int:
        r"""Take in a control word; how many bytes behind it are no text (``\bin``)."""
        number = int(digits) if digits is not None else None
        if word == "bin":
            return max(0, number or 0)
        if word == "u":
            self._unicode(number or 0)
            return 0
        if self._fallback:
            self._fallback -= 1
            return 0
        state = self._state
        if self._is_fresh:
            self._is_fresh = False
            if self._begin_group(word, number):
                return 0
        if state.target == "skip":
            return 0
        self._flush()
        if state.target in ("fonttbl", "stylesheet"):
            self._table_word(word, number)
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])
        elif state.target == "text" or word in ("uc", "f"):
            self._act(word, number)
        return 0

    def _begin_group(self, word: str, number: int | None) -> bool:
        """The first control word of a group may say that its words belong elsewhere; True when it does."""
        state = self._state
        if state.target == "skip":
            return True
        what = _DESTINATIONS.get(word)
        if word in ("fonttbl", "stylesheet"):
            self._state = replace(state, target=word)
        elif word in ("atrfstart", "atrfend", "atnref", "atnauthor"):
            collected = self._author if word == "atnauthor" else self._reference
            collected.clear()
            self._state = replace(state, target="author" if word == "atnauthor" else "reference")
            self._closing.append((len(self._stack), word))
        elif word in ("footnote", "annotation"):
            self._start_aside(word)
        elif word in ("shptxt", "dptxbxtext"):
            self._flush()
            self._sink.count("text-box", is_carried=True, detail="behind the paragraph they hang on")
            self._bases.append(self._sink.depth)
            self._closing.append((len(self._stack), "text-box"))
            self._state = replace(state, in_table=False, nesting=0, bold=False)
        elif word == "upr":
            self._state = replace(state, target="upr")
        elif word == "ud":
            self._state = self._around()
        elif word in ("object",):
            self._sink.count("embedded", detail="objects, left out")
        elif what is not None or (self._is_star and word not in _OPENED):
            if what and word != "nonshppict":
                self._sink.count(what, detail=_DETAILS.get(what, "left out"))
                self._images += what == "image"
            self._state = replace(state, target="skip")
        else:
            return False
        return True

    def _around(self) -> _State:
        r"""The state outside the innermost ``\upr`` group, whose Unicode half counts."""
        return next((state for state in reversed(self._stack) if state.target not in ("upr", "skip")), _State())

    def _table_word(self, word: str, number: int | None) -> None:
        """Fonts and styles: the numbers by which the text calls them."""
        if self._state.target == "stylesheet":
            if word == "s" and number is not None:
                self._state = replace(self._state, style=number)
            return
        if word == "f" and number is not None:
            self._state = replace(self._state, font=number)
        elif word == "fcharset" and number == 2:
            self._fonts[self._state.font] = _SYMBOL_FONT
        elif word == "fcharset" and number in _CHARSETS and number != 0:
            self._fonts[self._state.font] = _codec(_CHARSETS[number])
        elif word == "cpg" and number:
            self._fonts[self._state.font] = _codec(number)

    def _act(self, word: str, number: int | None) -> None:
        """Control words that change how the words after them are read."""
        state, is_on = self._state, number != 0
        if word == "par":
            self._par()
        elif word == "b":
            self._state = replace(state, bold=is_on)
        elif word == "f":
            self._state = replace(state, font=number or 0)
        elif word == "plain":
            self._state = replace(state, bold=False, hidden=False, deleted=False, revised=False, font=-1)
        elif word == "pard":
            self._state = replace(state, in_table=False, nesting=0, style=0, level=9)
        elif word == "v":
            self._state = replace(state, hidden=is_on)
        elif word == "deleted":
            self._state = replace(state, deleted=is_on)
        elif word == "revised":
            self._state = replace(state, revised=is_on)
        elif word == "uc":
            self._state = replace(state, skip=min(max(number or 0, 0), 64))
        elif word == "s":
            self._state = replace(state, style=number or 0)
        elif word == "outlinelevel":
            self._state = replace(state, level=9 if number is None else number)
        elif word == "intbl":
            self._state = replace(state, in_table=True, nesting=max(state.nesting, 1))
        elif word == "itap":
            self._state = replace(state, nesting=min(number or 0, 16), in_table=bool(number))
        elif word in ("cell", "nestcell"):
            self._cell(2 if word == "nestcell" else 1)
        elif word in ("row", "nestrow"):
            if word == "row":
                self._close_down_to(0)
            self._sink.end_row()
            self._row += 1
        elif word in ("sect", "trowd") and not state.in_table:
            self._end_paragraph()
        elif word == "field":
            self._sink.count("field", is_carried=True, detail="results carried")
        elif word == "ansicpg" and number:
            self._ansi = _codec(number)
        elif word in ("mac", "pc", "pca"):
            self._ansi = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}[word]
        elif word == "deff":
            self._default_font = number or 0
        elif word == "ftnalt" and self._asides:
            self._asides[-1] = ("endnote", *self._asides[-1][1:])

    def _sign(self, sign: bytes) -> None:
        if self._fallback:
            self._fallback -= 1
        elif sign in (b"\\", b"{", b"}"):
            self._raw(sign)
        elif sign == b"*":
            self._is_star = True
        elif sign in (b"\n", b"\r"):
            self._flush()
            if self._state.target == "text":
                self._par()
        else:
            self._flush()
            self._add({b"~": "\xa0", b"-": "\xad", b"_": "-", b"\t": "\t"}.get(sign, ""))

    def _raw(self, raw: bytes) -> None:
        """Bytes of text, in the code page of their font."""
        self._is_fresh = False
        if self._fallback:
            skipped = min(self._fallback, len(raw))
            self._fallback -= skipped
            raw = raw[skipped:]
        if raw and self._state.target != "skip":
            self._bytes.append(raw)

    def _unicode(self, number: int) -> None:
        self._flush()
        self._fallback = self._state.skip
        self._is_fresh = False
        code = number + 0x10000 if number < 0 else number
        high, self._high = self._high, 0
        if 0xDC00 <= code < 0xE000 and high:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        elif high:
            self._add(chr(high))
        if 0xD800 <= code < 0xDC00:
            self._high = code
            return
        if 0xF000 <= code <= 0xF0FF:
            self._add(self._symbol(code))
        elif 0 < code < 0x110000:
            self._add(chr(code))

    def _symbol(self, code: int) -> str:
        font = "".join(self._font_names.get(self._font, ["Symbol"])).strip(" ;")
        character = symbol(font, code)
        if not character and self._state.target == "text":
            self._sink.count("symbol", detail="unknown characters of symbol fonts, left out")
        return character

    @property
    def _font(self) -> int:
        return self._default_font if self._state.font < 0 else self._state.font

    def _flush(self) -> None:
        """Read the bytes collected so far as text."""
        if not self._bytes:
            return
        raw = b"".join(self._bytes)
        self._bytes.clear()
        codec = self._fonts.get(self._font, self._ansi)
        if codec == _SYMBOL_FONT and self._state.target == "text":
            self._add("".join(chr(byte) if byte == 0x20 else self._symbol(0xF000 + byte) for byte in raw))
            return
        words = raw.decode("cp1252" if codec == _SYMBOL_FONT else codec, "replace")
        self._add(words)

    def _add(self, words: str) -> None:
        state = self._state
        if state.target == "text":
            self._count_revisions(words)
            if state.hidden and not state.deleted:
                self._sink.count("hidden", int(not words.isspace()), detail="pieces of hidden text, left out")
            if words and not state.hidden and not state.deleted:
                while self._sink.depth < self._bases[-1] + max(state.nesting, 1):
                    self._sink.open()
                self._sink.add(words, is_bold=state.bold)
        elif state.target == "fonttbl":
            self._font_names.setdefault(state.font, []).append(words[:64])
        elif state.target == "stylesheet":
            self._styles.setdefault(state.style, []).append(words[:64])
        elif state.target in ("author", "reference"):
            (self._author if state.target == "author" else self._reference).append(words[:200])

    def _count_revisions(self, words: str) -> None:
        """Count a revision once for words that follow one another, not once per piece."""
        now = {"insertion": self._state.revised and not self._state.deleted, "deletion": self._state.deleted}
        if words and now != self._revisions:
            for what, is_on in now.items():
                begins = is_on and not self._revisions[what]
                self._sink.count(what, int(begins), is_carried=what == "insertion", detail="tracked")
            self._revisions = now

    def _par(self) -> None:
        if self._state.deleted or self._state.hidden:
            # The end of the paragraph is deleted or hidden with it: the next one carries it on.
            return
        if self._state.in_table:
            self._sink.break_line()
        else:
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        if not self._asides:
            self._places += 1
        if self._sink.depth > self._bases[-1]:
            self._is_in_table = False
            self._sink.close(self._kind(), place=self._places)

    def _kind(self) -> ParagraphKind:
        name = "".join(self._styles.get(self._state.style, ())).strip(" ;")
        return "heading" if self._state.level < 9 or _HEADING.fullmatch(name) else "text"

    def _cell(self, level: int) -> None:
        self._close_down_to(level)
        if not self._asides:
            self._places += 1
        while self._sink.depth < self._bases[-1] + level:
            self._sink.open()
        self._sink.close("cell", place=self._places, row=self._row)
        self._sink.count("table", int(not self._is_in_table), is_carried=True, detail="cell by cell")
        self._is_in_table = True

    def _close_down_to(self, level: int) -> None:
        """Close what is open deeper than `level` in this text box, note or body."""
        while self._sink.depth > self._bases[-1] + level:
            self._sink.close("text", place=self._places)

    def _start_aside(self, word: str) -> None:
        self._flush()
        self._notes += 1
        if not self._asides:
            self._out.mark(("aside", self._notes))
        kind = "footnote" if word == "footnote" else "comment"
        self._asides.append((kind, self._notes, Gathering(self._name, self._faults), self._state.deleted))
        self._answered = ""
        self._bases.append(0)
        self._closing.append((len(self._stack), "aside"))
        self._state = replace(self._state, bold=False, in_table=False, nesting=0, hidden=False, deleted=False)

    def _end_aside(self) -> None:
        self._close_down_to(0)
        self._bases.pop()
        kind, number, gathering, is_deleted = self._asides.pop()
        if is_deleted:
            self._out.count(kind, detail="on deleted words")
            return
        key: tuple[str, str | int] = ("aside", number)
        if kind == "comment" and self._answered:
            key = ("comment", self._answered)
            self._out.stand_in(key, ("aside", number))
        author = "".join(self._author) if kind == "comment" else ""
        self._out.remark(key, gathering.text(), author, hold="range" if kind == "comment" else "word", what=kind)
        self._author.clear()


def _codec(page: int) -> str:
    """The codec of a Windows code page; cp1252 for those Python does not have."""
    name = _CODECS.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name if 0 < page < 100_000 else "cp1252"
    except LookupError:
        return "cp1252"
