"""Names of the key in a file, also cut up, spelt in other letters, or with signs in them that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from ..corpus.scan import Needles, compiled, scan_data
from ..corpus.spellings import letters_of, levelled

#: Names of fewer letters are looked for as words only: "I da" and "an-ne" are other things, too.
_LEAST = 5
#: With dots, hyphens and what else can stand within a word: "Ragn-hild", "Ragn-\nhild", "R·a·g·n·h·i·l·d".
_WITHIN = re.compile(r"(?<=[^\W\d_])(?:-[ \t]*[\r\n]?[ \t]*|[·•∙⋅‧・.*~|_‘’'´`\"]{1,2})(?=[^\W\d_])")
#: Letters one by one: "R a g n h i l d".
_ONE_BY_ONE = re.compile(r"(?<![^\W_])[^\W\d_](?:[\W_]{1,3}[^\W\d_](?![^\W_])){4,}")
_STRETCH, _OVERLAP = 4000, 400
_SPELT = ({"å": "aa", "æ": "ae", "ø": "oe"}, {"å": "a", "æ": "ae", "ø": "o"}, {"å": "a", "æ": "a", "ø": "o"})


class Names:
    r"""The names of a key, made ready for looking for them.

    Parameters
    ----------
    names
        By pseudonym, as ``Key.searched`` has them.

    Examples
    --------
    >>> names = Names({"FJO-PL-01": ["Gunnbjørg Oppdiktsen"], "HEI-LEV-01": ["Ida"]})
    >>> names.found_in(["Spør Gunn\u00adbjørg Opp-\ndiktsen", "validates; I-da gikk det"])
    ('FJO-PL-01',)
    >>> names.found_in(["G u n n b j o e r g O p p d i k t s e n", "Sp\u00f8r \u0406d\u0430."])
    ('FJO-PL-01', 'HEI-LEV-01')
    """

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        every = {
            label: [*dict.fromkeys(form for one in own for form in _spellings(one))] for label, own in names.items()
        }
        self.needles: Needles = compiled(every)
        long = {label: [one for one in own if _letters(one) >= _LEAST] for label, own in every.items()}
        self.long: Needles = compiled(long)
        self.bare = {
            letters: label
            for label, own in long.items()
            for one in own
            for letters in {letters_of(one), *(letters_of(part) for part in one.split() if len(part) > _LEAST)}
            if len(letters) >= _LEAST
        }

    def __repr__(self) -> str:
        return f"<Names: {self.needles!r}>"

    def found_in(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The pseudonyms of the names that stand in some texts, ordered."""
        found: set[str] = set()
        looked_at: set[str] = set()
        for text in dict.fromkeys(texts):
            plain = levelled(unicodedata.normalize("NFC", text))
            joined = _WITHIN.sub("", plain)
            for form, needles in ((text, self.needles), (plain, self.needles), (joined, self.long)):
                if form not in looked_at:
                    looked_at.add(form)
                    # A stretch at a time: a name is looked for only where its first word stands.
                    for begin in range(0, len(form), _STRETCH):
                        stretch = form[max(0, begin - _OVERLAP) : begin + _STRETCH].encode("utf-8", "replace")
                        found.update(leak.pseudonym for leak in scan_data("", stretch, needles))
            for run in _ONE_BY_ONE.findall(plain):
                letters = letters_of(run)
                found.update(label for name, label in self.bare.items() if name in letters)
        return tuple(sorted(found))

    def found_in_file(self, data: bytes) -> tuple[str, ...]:
        """As :meth:`found_in`, of a file's bytes, with what its format packs."""
        return tuple(sorted({leak.pseudonym for leak in scan_data("", data, self.needles)}))


def _letters(name: str) -> int:
    return sum(c.isalpha() for c in name)


def _spellings(name: str) -> list[str]:
    """A name as it is, and as it is written where there is no å, æ or ø; short ones could be other words then."""
    forms = [name]
    if _letters(name) >= _LEAST:
        for spelt in _SPELT:
            both = {**spelt, **{key.upper(): value.capitalize() for key, value in spelt.items()}}
            table = {ord(key): value for key, value in both.items()}
            forms.append(unicodedata.normalize("NFC", name).translate(table))
    return list(dict.fromkeys(forms))
