"""A text as it is compared with others: its words, its bare letters, or as it is read, whatever it is written with. Pure."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
NO_LETTER = re.compile(r"[^a-z0-9]+")
#: "aa", "ae" and "oe" are how å, æ and ø are written where they cannot be; all are compared as "a" and "o".
SPELT_OUT = re.compile(r"(?<=a)[ae]|(?<=o)e")
#: Capitals of the Cyrillic and Greek alphabets, and small letters of these and of phonetic ones, that look like Latin ones.
_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԌԚԜҺΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "авеѕіјкмнорстухԁɡԛԝһαβγεηικνορτυχωϲɑɩı",
    "ABESIJKMHOPCTYXGQWHABEZHIKMNOPTYX" + "abesijkmhopctyxdgqwhabyenikvoptuxwcaii",
)
#: Letters that do not come apart into a plain one and a mark.
_PLAIN = dict(zip("æœøđðłħŋŧ", "aooddlhnt", strict=True))
#: Letters that show nothing: fillers of Hangul, and a blank of Braille.
_UNSEEN = re.compile("[\u115f\u1160\u3164\uffa0\u2800]+")
_FOREIGN = re.compile(f"[{''.join(map(chr, _LOOK_ALIKES))}]")
_SIGN = re.compile(r"[^\x00-\x7f\w]")
_MARKS = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]+")
_DASHES = re.compile("[\u2010-\u2015\u2043\u2212\u02d7\ufe58\ufe63\uff0d]")


def words_in(text: str) -> list[str]:
    r"""The words of a text as they are compared: without case, marks, invisible characters and forms of writing.

    Examples
    --------
    >>> words_in("A\u030apent, «SAM\u00adARBEID»  _nå_ 😀")
    ['åpent', 'samarbeid', 'nå']
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        for sign in set(_SIGN.findall(text)):
            if unicodedata.category(sign) in ("Cf", "Mn"):
                text = text.replace(sign, "")
    return _WORD.findall(text.casefold())


def letters_of(text: str) -> str:
    r"""The bare letters and digits of a text, as a reader sees them: nothing between words, å as a, Cyrillic о as o.

    Examples
    --------
    >>> letters_of("S\u00e5 be-\nhovs\u00b7beskrivelsen") == letters_of("SAA b\u0435 h o v s beskrivels\u200ben")
    True
    """
    return SPELT_OUT.sub("", NO_LETTER.sub("", plain(text)))


def plain(text: str) -> str:
    """A text in small letters without marks."""
    if text.isascii():
        return text.casefold()
    text = _MARKS.sub("", unicodedata.normalize("NFKD", _latin(text)).casefold())
    for letter, usual in _PLAIN.items():
        text = text.replace(letter, usual)
    return text


def _latin(text: str) -> str:
    """A text without letters that show nothing, and those of other alphabets as the Latin ones that they look like."""
    if _FOREIGN.search(text):
        text = text.translate(_LOOK_ALIKES)
    return _UNSEEN.sub("", text)


def levelled(text: str) -> str:
    r"""A text as it is read: no invisible characters, one form of each letter, blank and dash; case and blanks stay.

    Examples
    --------
    >>> levelled("FJO\u2011PL\u201301, Gunn\u00adbj\u00f8rg, Ｓｔｅｉｎ, R\u0430gnhild")
    'FJO-PL-01, Gunnbjørg, Stein, Ragnhild'
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", _latin(text))
    for odd in set(_ODD.findall(text)):
        if odd != (usual := _level(odd)):
            text = text.replace(odd, usual)
    return text


_ODD = re.compile(r"[^\x00-\x7f\u00a1-\u00ac\u00ae-\u02af]")


def _level(character: str) -> str:
    if _DASHES.match(character):
        return "-"
    kind = unicodedata.category(character)
    return " " if kind == "Zs" else "" if kind in ("Cf", "Mn") else character
