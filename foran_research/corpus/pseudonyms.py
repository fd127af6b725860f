"""From hits and decisions to a text without names: which decision answers which hit, and how a replacement is written.

A name is decided once. "Kari", "Karis", "KARI" and "kari" are one surface, a decision on it counts for every text or for
one document, and it counts also where no detector looked. Replacements keep what grammar they can: the genitive, the
hyphen of a compound, the capital of a sentence, the capitals of a shout.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from ..errors import ForanError, UnknownName
from .hits import Hit
from .name_lists import ALSO_WORDS, is_everyday, names_in_s
from .name_lists import folded as spelt_out

Action = Literal["replace", "generalise", "keep"]
ACTIONS: tuple[Action, ...] = get_args(Action)
#: Where a replacement stands: start and end in the old text, start and end in the new one, in code points.
Change = tuple[int, int, int, int]

#: Kinds that are names, the weightiest first: what may stay as a person's name may stay as a place's as well.
NAME_KINDS = ("person", "organisation", "place", "capitalised")
#: Kinds whose surface is figures and letters, however they are spaced.
FIGURE_KINDS = frozenset(
    ("national_id", "national_id_like", "account", "organisation_number", "phone", "postcode", "plate", "ip")
)
_CERTAINTIES = {"certain": 0, "likely": 1, "possible": 2}
#: The shortest word of a name that counts as the name when it stands alone.
_SHORTEST_PART = 3
#: The shortest full name that is known when it is written in one; a shorter one may be another word.
_SHORTEST_JOINED = 8
#: Kinds that are written in one run, name and all.
_RUNS = frozenset(("email", "url", "path"))

_WORD = re.compile(r"[\w\u0300-\u036f]+")
_LETTER = re.compile(r"[\w\u0300-\u036f]")
_APOSTROPHES = "'’ʼ´`"
_HYPHENS = "-‐‑"
#: Inside of a word: broken over two lines, which may have been joined by a space since; or letters that nobody sees.
_BROKEN = re.compile("[-‐‑][ \t\u00a0]?(?:\n[ \t\u00a0]?|[ \t\u00a0])|[\u00ad\u200b-\u200d\u2060\ufeff]+")
_PIECE = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-zæøåäöüé])(?=[A-ZÆØÅÄÖÜÉ])")
_BARE_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "ü": "u"})
_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_OUTER = ' \t\n.,;:!?()[]{}«»"“”„…*_–—' + _APOSTROPHES
_FOREIGN_CODE = re.compile(r"(?:00|\+)?47(?=\d{8}$)")


@dataclass(frozen=True, repr=False)
class Decision:
    """What is done wherever `surface` (words of a text) stands as a hit of `kind`, in `document` or, with "", everywhere.

    An empty `replacement` is filled in: by the next free number for a name that is replaced, else by a general word.
    It shows neither words nor replacement when printed.

    >>> Decision("person", "Kari", "replace", "[Person 3]")
    <Decision: replace, person, 4 characters, everywhere>
    """

    kind: str
    surface: str
    action: Action
    replacement: str = ""
    document: str = ""
    by: str = ""
    at: str = ""

    def __repr__(self) -> str:
        where = self.document or "everywhere"
        return f"<Decision: {self.action}, {self.kind}, {len(self.surface)} characters, {where}>"


def normal_form(surface: str, kind: str = "person") -> str:
    """`surface` as it is compared: NFC, without case, outer punctuation and double spaces; figures without spacing.

    >>> normal_form(" KARI  Nordmann, "), normal_form("+47 912 34 567", "phone")
    ('kari nordmann', '91234567')
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", surface).translate(_UNSEEN).casefold())
    if kind in FIGURE_KINDS:
        if kind == "phone":
            return _FOREIGN_CODE.sub("", "".join(c for c in text if c.isdigit() or c == "+"))
        return "".join(c for c in text if c.isalnum())
    for apostrophe in _APOSTROPHES[1:]:
        text = text.replace(apostrophe, "'")
    return " ".join(text.split()).strip(_OUTER)


def base_forms(surface: str, kind: str = "person") -> tuple[str, ...]:
    """The normal forms a surface may be met under, the likeliest first: itself, then without a genitive ending.

    A name that ends in s of itself has none: "Andreas" may be Andrea's, and is more likely another person.

    >>> base_forms("Karis"), base_forms("Andreas"), base_forms("Andrea's"), base_forms("Karis", "email")
    (('karis', 'kari'), ('andreas',), ("andrea's", 'andrea'), ('karis',))
    """
    form = normal_form(surface, kind)
    if kind not in NAME_KINDS or _ends_in_s(form, kind):
        return (form,)
    shorter = form.removesuffix("'s") if form.endswith("'s") else form.removesuffix("s")
    return (form, shorter) if len(shorter) > 1 and shorter != form else (form,)


def _ends_in_s(form: str, kind: str) -> bool:
    """Whether a word that may be a person's is a name with its s, and no genitive."""
    return kind in ("person", "capitalised") and form.endswith("s") and spelt_out(form) in names_in_s()


# General words


_PHRASES: dict[str, tuple[str, str, str]] = {
    "person": ("[person]", "[person]", "[person]"),
    "place": ("[sted]", "[stad]", "[place]"),
    "organisation": ("[virksomhet]", "[verksemd]", "[organisation]"),
    "capitalised": ("[navn]", "[namn]", "[name]"),
    "national_id": ("[fødselsnummer]", "[fødselsnummer]", "[national identity number]"),
    "national_id_like": ("[fødselsnummer]", "[fødselsnummer]", "[national identity number]"),
    "account": ("[kontonummer]", "[kontonummer]", "[account number]"),
    "organisation_number": ("[organisasjonsnummer]", "[organisasjonsnummer]", "[organisation number]"),
    "phone": ("[telefonnummer]", "[telefonnummer]", "[phone number]"),
    "email": ("[e-postadresse]", "[e-postadresse]", "[e-mail address]"),
    "address": ("[adresse]", "[adresse]", "[address]"),
    "postcode": ("[postnummer]", "[postnummer]", "[postcode]"),
    "plate": ("[bilnummer]", "[bilnummer]", "[number plate]"),
    "birth_date": ("[dato]", "[dato]", "[date]"),
    "url": ("[nettadresse]", "[nettadresse]", "[web address]"),
    "ip": ("[IP-adresse]", "[IP-adresse]", "[IP address]"),
    "path": ("[filnavn]", "[filnamn]", "[file name]"),
    "sensitive": ("[sensitiv opplysning]", "[sensitiv opplysning]", "[sensitive detail]"),
}
LANGUAGES = ("nb", "nn", "en")
#: What a kind of hit becomes when it is generalised: language, kind, text.
GENERAL_TEXTS: dict[str, dict[str, str]] = {
    language: {kind: phrases[number] for kind, phrases in _PHRASES.items()} for number, language in enumerate(LANGUAGES)
}
_LABELS = {
    "person": ("Person", "Person", "Person"),
    "place": ("Sted", "Stad", "Place"),
    "organisation": ("Virksomhet", "Verksemd", "Organisation"),
    "capitalised": ("Navn", "Namn", "Name"),
}
_NUMBERED = re.compile(r"\[(\w+) (\d{1,9})\]")
_MONTHS = {
    "nb": "januar februar mars april mai juni juli august september oktober november desember".split(),
    "nn": "januar februar mars april mai juni juli august september oktober november desember".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_MONTH_NUMBERS = {
    form: number
    for names in _MONTHS.values()
    for number, name in enumerate(names, 1)
    for form in (name.casefold(), name.casefold()[:3])
}
_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-\d{1,2}")
_DAY = re.compile(r"\d{1,2} ?[./-] ?(?P<month>\d{1,2}) ?[./ -] ?(?P<year>\d{4}|\d{2})")
_WRITTEN_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)?\.? ?(?P<name>[a-z]{3,9})\.?,? (?P<year>\d{4}|\d{2})")


def general_text(
    kind: str,
    surface: str = "",
    language: str = "nb",
    *,
    texts: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
) -> str:
    """What `surface` becomes when it is generalised: its actor type, its month and year, or the word for its kind.

    `texts` replaces words of ``GENERAL_TEXTS``; `titles` maps titles to actor types.

    Raises
    ------
    UnknownName
        For a language that is not one of ``LANGUAGES``.

    >>> general_text("phone"), general_text("birth_date", "12.3.1961"), general_text("place", language="nn")
    ('[telefonnummer]', 'mars 1961', '[stad]')
    >>> general_text("person", "Byråden", titles={"byråden": "politiker"})
    'politiker'
    """
    if language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    by_title = {normal_form(title): label for title, label in (titles or {}).items()}
    for form in base_forms(surface):
        if form in by_title:
            return by_title[form]
    if kind == "birth_date" and (month := _month(surface, language)):
        return month
    return {**GENERAL_TEXTS[language], **(texts or {})}.get(kind, GENERAL_TEXTS[language]["capitalised"])


def _month(surface: str, language: str) -> str:
    text = normal_form(surface)
    for pattern in (_ISO_DAY, _DAY, _WRITTEN_DAY):
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            number = _MONTH_NUMBERS.get(parts["name"], 0) if "name" in parts else int(parts["month"])
            if 1 <= number <= 12:
                return f"{_MONTHS[language][number - 1]} {parts['year']}"
    return ""


def numbered(decisions: Sequence[Decision], taken: Iterable[str], language: str = "nb") -> list[Decision]:
    """The decisions, those that replace without saying by what given the next free label: "[Person 4]", "[Sted 2]".

    `taken` are the replacements in use. Numbers follow the order of the decisions and are never given twice; a label
    tells nothing of the name. Decisions on one surface get one label.

    >>> [d.replacement for d in numbered([Decision("person", "Ola", "replace")], ["[Person 3]"])]
    ['[Person 4]']
    """
    if language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    highest: dict[str, int] = {}
    for text in (*taken, *(one.replacement for one in decisions)):
        for word, number in _NUMBERED.findall(text):
            highest[word] = max(highest.get(word, 0), int(number))
    given: dict[tuple[str, str], str] = {}
    filled = []
    for one in decisions:
        if one.action != "replace" or one.replacement or one.kind not in NAME_KINDS:
            filled.append(one)
            continue
        word = _LABELS[one.kind][LANGUAGES.index(language)]
        surface = (word, normal_form(one.surface, one.kind))
        if surface not in given:
            highest[word] = highest.get(word, 0) + 1
            given[surface] = f"[{word} {highest[word]}]"
        filled.append(replace(one, replacement=given[surface]))
    return filled


# Deciding


class _Sought(NamedTuple):
    """A name that is looked for: its words, folded; the decision on it; and whether the words are the whole name."""

    words: tuple[str, ...]
    decision: Decision
    is_whole: bool = True


#: What is looked for, by the first word.
_Names = Mapping[str, Sequence[_Sought]]


class _Index:
    """Decisions by normal form, those that count in one document."""

    def __init__(self, decisions: Sequence[Decision], document: str) -> None:
        self.by_form: dict[tuple[bool, str], list[Decision]] = {}
        valid = [one for one in reversed(decisions) if one.document in ("", document)]
        # The latest before the earlier.
        for one in valid:
            key = (one.kind in FIGURE_KINDS, normal_form(one.surface, one.kind))
            if key[1]:
                self.by_form.setdefault(key, []).append(one)
        #: What is looked for also where no detector looked: names that are replaced, by their first word.
        swept = []
        for (_, form), found in self.by_form.items():
            for one in found:
                if one.kind in NAME_KINDS and one.action != "keep" and self.answer(one.kind, (form,)) is one:
                    swept.append(one)
                    break
        #: Whom a part of a person's name may mean.
        self.bearers: dict[str, list[Decision]] = {}
        for one in swept:
            for word in _words_of(one.surface) if one.kind == "person" else ():
                if len(word) >= _SHORTEST_PART:
                    self.bearers.setdefault(word, []).append(one)
        # A rare part that nothing is decided on and that can mean one only is swept where no detector sees a name in it.
        parts = [
            _Sought((word,), bearers[0], is_whole=False)
            for word, bearers in self.bearers.items()
            if len({one.replacement for one in bearers}) == 1
            and (False, word) not in self.by_form
            and len(word) > _SHORTEST_PART
            and is_rare(word)
        ]
        self.swept = _by_first_word([*(sought for one in swept for sought in _spellings(one)), *parts])

    def answer(self, kind: str, forms: Sequence[str]) -> Decision | None:
        for form in forms:
            found = self.by_form.get((kind in FIGURE_KINDS, form), ())
            own = min((one.document == "" for one in found if _covers(one, kind)), default=None)
            fitting = [one for one in found if _covers(one, kind) and (one.document == "") == own]
            if fitting:
                return next((one for one in fitting if one.kind == kind), fitting[0])
        return None


def _covers(decision: Decision, kind: str) -> bool:
    """Whether a decision on one kind also answers a hit of another: hiding carries over, keeping only to weaker names."""
    if decision.kind == kind:
        return True
    if (decision.kind in NAME_KINDS) != (kind in NAME_KINDS):
        return False
    if decision.action != "keep":
        return True
    return kind in NAME_KINDS and NAME_KINDS.index(decision.kind) <= NAME_KINDS.index(kind)


@lru_cache(maxsize=4)
def _index(decisions: tuple[Decision, ...], document: str) -> _Index:
    return _Index(decisions, document)


def decided(
    text: str, hits: Sequence[Hit], decisions: Sequence[Decision], document: str
) -> tuple[list[tuple[Hit, Decision]], list[Hit]]:
    """The hits that a decision answers, with it, and those that wait for one; both in order, neither overlapping.

    A decision of `document` goes before one for everywhere, a later one before an earlier. Names that are replaced are
    found also where `hits` has none. Of hits that overlap the longest wins, then the most certain; where part of a waiting
    hit is decided, that part is, and the rest still waits. Where the part cannot be cut out ("Kari-Anne", an e-mail
    address), all of the hit is hidden and waits as well. A hit inside a word is widened to the word.

    >>> pairs, waiting = decided("Karis bil", [], [Decision("person", "Kari", "replace", "[Person 3]")], "")
    >>> replaced("Karis bil", pairs)[0]
    '[Person 3]s bil'
    """
    index = _index(tuple(decisions), document)
    answered: list[tuple[Hit, Decision]] = []
    waiting: list[Hit] = []
    for hit in hits:
        whole, asked, forms = _whole(text, hit)
        decision = index.answer(hit.kind, forms)
        if decision is None:
            waiting.append(asked)
        else:
            answered.append((_with_apostrophe(text, whole) if hit.kind in NAME_KINDS else whole, decision))
    # The same stretch with a decision on its own kind is settled: "Berg" the place may stay where "Berg" the man may not.
    settled = {(hit.start, hit.end) for hit, _ in answered}
    gone = [(hit.start, hit.end) for hit, decision in answered if decision.action != "keep"]
    answered += [
        (Hit(start, end, decision.kind, "decided before", "certain"), decision)
        for start, end, decision in _occurrences(text, index.swept, gone)
        if (start, end) not in settled
    ]
    pairs = _without_overlap(answered)
    left = _still_waiting(text, waiting, pairs)
    if glued := list(_glued(text, left, pairs, index)):
        pairs = _without_overlap([*pairs, *glued])
    return pairs, left


def _glued(
    text: str, waiting: Iterable[Hit], pairs: Sequence[tuple[Hit, Decision]], index: _Index
) -> Iterator[tuple[Hit, Decision]]:
    """Waiting hits in which a decided person's name stands grown together with other words, whole, with what hides them."""
    hidden = [(hit.start, hit.end) for hit, decision in pairs if decision.action != "keep"]
    known: dict[str, list[Decision]] = {}
    for word, bearers in index.bearers.items() if waiting else ():
        for spelling in (spelt_out(word), word.translate(_BARE_LETTERS)):
            known.setdefault(spelling, []).extend(bearers)
    for hit in waiting if known else ():
        found = text[hit.start : hit.end]
        general = Decision(hit.kind, found, "generalise")
        if hit.kind in _RUNS:
            run = _spelt_out_run(found)
            pieces = set(_PIECE.findall(run))
            if pieces & known.keys() or any(len(word) > 4 and word in run for word in known):
                yield hit, general
        elif hit.kind in NAME_KINDS:
            meant = [
                one
                for run in re.finditer(r"\S+", found)
                if not any(a < hit.start + run.end() and hit.start + run.start() < b for a, b in hidden)
                for piece in _PIECE.findall(_CAMEL.sub(" ", run[0]))
                if piece[0].isupper() and len(piece) < len(run[0].strip(_OUTER))
                for form in (spelt_out(piece), spelt_out(piece).removesuffix("s"))
                for one in known.get(form, ())
            ]
            if meant:
                yield hit, meant[0] if len({one.replacement for one in meant}) == 1 else general


def _spelt_out_run(run: str) -> str:
    """An address or a path in lower case, its letters written out, what is no letter left as it is.

    >>> _spelt_out_run("Åse.Bø@x.no")
    'aase.boe@x.no'
    """
    return _PIECE.sub(lambda piece: spelt_out(piece[0]), unicodedata.normalize("NFC", run))


@lru_cache(maxsize=65_536)
def is_rare(word: str) -> bool:
    """Whether a word in lower case can hardly be anything but a name.

    >>> is_rare("gunnbjørg"), is_rare("stein"), is_rare("bo")
    (True, False, False)
    """
    return len(word) >= _SHORTEST_PART and spelt_out(word) not in ALSO_WORDS and not is_everyday(word)


def _spellings(decision: Decision) -> Iterator[_Sought]:
    """A decided name as it is looked for: word by word, and in one ("TorhildFjellvåg", "torhild_fjellvåg")."""
    words = _words_of(decision.surface)
    if not words:
        return
    yield _Sought(words, decision)
    if len(words) > 1 and min(map(len, words)) > 1:
        yield _Sought(("_".join(words),), decision)
        joined = "".join(words)
        if len(joined) >= _SHORTEST_JOINED and is_rare(joined):
            yield _Sought((joined,), decision)


def _by_first_word(names: Iterable[_Sought]) -> dict[str, list[_Sought]]:
    found: dict[str, list[_Sought]] = {}
    for one in names:
        found.setdefault(one.words[0], []).append(one)
    return found


def _whole(text: str, hit: Hit) -> tuple[Hit, Hit, tuple[str, ...]]:
    """A hit widened to whole words when it is a name; the hit to ask about; the forms to look it up by.

    What is asked about has no genitive ending where the hit has none.
    """
    if hit.kind not in NAME_KINDS:
        return hit, hit, (normal_form(text[hit.start : hit.end], hit.kind),)
    start, end = hit.start, hit.end
    while start > 0 and _LETTER.match(text[start]) and _LETTER.match(text[start - 1]):
        start -= 1
    while 0 < end < len(text) and _LETTER.match(text[end - 1]) and _LETTER.match(text[end]):
        end += 1
    whole = replace(hit, start=start, end=end)
    if (
        start == hit.start
        and text[hit.end : end] in ("s", "S")
        and not _ends_in_s(normal_form(text[start:end]), hit.kind)
    ):
        return whole, hit, (normal_form(text[start:end]), normal_form(text[hit.start : hit.end]))
    forms = base_forms(text[start:end])
    if hit.pseudonym and hit.certainty == "certain" and not _is_in_longer_word(text, hit):
        # "Kari_Nordmann2": what the key knows is known, whatever is stuck to it.
        forms = (*forms, *base_forms(text[hit.start : hit.end]))
    return whole, whole, forms


def _is_in_longer_word(text: str, hit: Hit) -> bool:
    """Whether a letter, not a figure or a low line, stands next to a hit."""
    around = (text[hit.start - 1 : hit.start], text[hit.end : hit.end + 1])
    return any(_LETTER.match(c) and not (c.isdigit() or c == "_") for c in around)


def _with_apostrophe(text: str, hit: Hit) -> Hit:
    """The hit with the genitive's apostrophe: "Hans' bil", "Kari's bil"; a closing quotation mark is left alone."""
    if hit.end >= len(text) or text[hit.end] not in _APOSTROPHES:
        return hit
    after = text[hit.end + 1 : hit.end + 3]
    if after[:1] in ("s", "S") and not _LETTER.match(after[1:]):
        return replace(hit, end=hit.end + 2)
    ends_in_s = text[hit.end - 1].casefold() in "sxz"
    before = text[max(0, hit.start - 200) : hit.start]
    opened = any(
        c in _APOSTROPHES and (n == 0 or before[n - 1].isspace()) and not before[n + 1 : n + 2].isspace()
        for n, c in enumerate(before)
    )
    return replace(hit, end=hit.end + 1) if ends_in_s and not opened and not _LETTER.match(after) else hit


def _words_of(surface: str) -> tuple[str, ...]:
    return tuple(
        _folded(found[0]) for found in _WORD.finditer(unicodedata.normalize("NFC", surface).translate(_UNSEEN))
    )


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", word).casefold())


def _occurrences(text: str, names: _Names, gone: Iterable[tuple[int, int]] = ()) -> list[tuple[int, int, Decision]]:
    """Where names stand as whole words, in the case of the name, with a capital, or in capitals; the genitive included.

    Half of a double name is no occurrence ("Kari" in "Anne-Kari"), unless the other half is one or is among the stretches
    that are `gone`; the first part of a compound is ("Kari-saken").
    """
    found = list(_matches(text, names))
    while True:
        hidden = [*gone, *((start, end) for start, end, _ in found)]
        starts, ends = {start for start, _ in hidden}, {end for _, end in hidden}
        left = [one for one in found if not _is_half(text, one[0], one[1], starts, ends)]
        if len(left) == len(found):
            return found
        # A half less may make another one a half: "Anne-Kari-Hans".
        found = left


def _matches(text: str, names: _Names) -> Iterator[tuple[int, int, Decision]]:
    """Every stretch that reads like one of `names`; linear in the text, one look-up a word."""
    if not names:
        return
    words = _words_in(text, names)
    for n, (start, _, form) in enumerate(words):
        keys = (form, form[:-1]) if form.endswith("s") and len(form) > 1 else (form,)
        for key in keys:
            for sought in names.get(key, ()):
                parts, decision, _ = sought
                last = n + len(parts) - 1
                if last >= len(words) or tuple(word.form for word in words[n:last]) != parts[:-1]:
                    continue
                ending = words[last].form
                if ending not in (parts[-1], parts[-1] + "s"):
                    continue
                if ending != parts[-1] and len(parts) == 1 and _ends_in_s(ending, decision.kind):
                    continue
                if not all(_joins(text[words[m].end : words[m + 1].start], decision.surface) for m in range(n, last)):
                    continue
                if _is_cased(text[start : words[last].end], sought):
                    hit = _with_apostrophe(text, Hit(start, words[last].end, decision.kind, "", "certain"))
                    yield start, hit.end, decision


class _Word(NamedTuple):
    start: int
    end: int
    form: str


def _words_in(text: str, names: _Names) -> list[_Word]:
    """The words of a text, folded; one that is broken in two is one word where that is a word of a name."""
    words = [_Word(found.start(), found.end(), _folded(found[0])) for found in _WORD.finditer(text)]
    if _BROKEN.search(text) is None:
        return words
    known = {word for found in names.values() for one in found for word in one.words}
    whole: list[_Word] = []
    for word in words:
        if whole and _BROKEN.fullmatch(text, whole[-1].end, word.start):
            joined = whole[-1].form + word.form
            is_name = joined in known or (joined.endswith("s") and joined[:-1] in known)
            # "Anne- Kari" is two names; "Gunn- bjørg" and "GUNN- BJØRG" are one.
            if is_name and (not text[word.start].isupper() or _is_upper(text[whole[-1].start : whole[-1].end])):
                whole[-1] = _Word(whole[-1].start, word.end, joined)
                continue
        whole.append(word)
    return whole


def _joins(between: str, surface: str) -> bool:
    """Whether two words of a name may be that far apart: by space or a hyphen, or as in the name itself ("K. Berg")."""
    if len(between) > 3 or between.count("\n") > 1:
        return False
    return all(c.isspace() or c in _HYPHENS or c in surface for c in between)


def _is_cased(found: str, sought: _Sought) -> bool:
    """Whether the capitals of a stretch let it be the name: a name that is no other word is one in any case.

    A part of a name counts in lower case or broken in two; where it has its capital, detectors ask whose it is.
    """
    letters = [c for c in found if c.isalpha()]
    name = [c for c in sought.decision.surface if c.isalpha()]
    if not sought.is_whole:
        return bool(letters) and (not letters[0].isupper() or _BROKEN.search(found) is not None)
    if not letters or not name or letters[0].isupper() or not name[0].isupper():
        return True
    return any(map(is_rare, sought.words))


def _is_half(text: str, start: int, end: int, starts: set[int], ends: set[int]) -> bool:
    """Whether the stretch is half of a double name whose other half stays; in capitals nobody can tell, so it is not."""
    if _is_upper(text[start:end]):
        return False
    if start > 1 and text[start - 1] in _HYPHENS and start - 1 not in ends:
        at = start - 1
        while at > 0 and _LETTER.match(text[at - 1]):
            at -= 1
        if text[at].isupper():
            return True
    return end + 1 < len(text) and text[end] in _HYPHENS and text[end + 1].isupper() and end + 1 not in starts


def _is_upper(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 1 and all(c.isupper() for c in letters)


def _rank(pair: tuple[Hit, Decision]) -> tuple[int, int, int]:
    hit, decision = pair
    return (hit.start - hit.end, ACTIONS.index(decision.action), _CERTAINTIES.get(hit.certainty, 2))


def _without_overlap(pairs: Sequence[tuple[Hit, Decision]]) -> list[tuple[Hit, Decision]]:
    kept = [pair for pair in pairs if pair[1].action == "keep"]
    hidden = sorted((pair for pair in pairs if pair[1].action != "keep"), key=lambda pair: pair[0].start)
    # A longer stretch that may stay ("Karl Johans gate") holds its shorter parts.
    hidden = [
        (hit, one)
        for hit, one in hidden
        if not any(k.start <= hit.start and hit.end <= k.end and k.end - k.start > hit.end - hit.start for k, _ in kept)
    ]
    clusters: list[list[tuple[Hit, Decision]]] = []
    end = 0
    for pair in hidden:
        if clusters and pair[0].start < end:
            clusters[-1].append(pair)
            end = max(end, pair[0].end)
        else:
            clusters.append([pair])
            end = pair[0].end
    chosen = []
    for cluster in clusters:
        hit, decision = min(cluster, key=_rank)
        # Names that overlap in part go together, so that no half of one is left.
        start, stop = min(h.start for h, _ in cluster), max(h.end for h, _ in cluster)
        chosen.append((replace(hit, start=start, end=stop), decision))
    for pair in sorted(kept, key=_rank):
        if not any(pair[0].start < hit.end and hit.start < pair[0].end for hit, _ in chosen):
            chosen.append(pair)
    return sorted(chosen, key=lambda pair: pair[0].start)


def _still_waiting(text: str, waiting: Sequence[Hit], pairs: Sequence[tuple[Hit, Decision]]) -> list[Hit]:
    left: list[Hit] = []
    hidden = [one for one, decision in pairs if decision.action != "keep"]
    for hit in sorted(waiting, key=lambda hit: (hit.start - hit.end, _CERTAINTIES.get(hit.certainty, 2), hit)):
        if any(one.start <= hit.start and hit.end <= one.end for one, _ in pairs):
            continue
        if any(one.start < hit.end and hit.start < one.end for one in left):
            continue
        rest = "".join(
            c
            for at, c in enumerate(text[hit.start : hit.end], hit.start)
            if not any(one.start <= at < one.end for one in hidden)
        )
        compound = rest if any(one.start < hit.end and hit.start < one.end for one in hidden) else ""
        is_tail = compound[:1] in tuple(_HYPHENS) and compound[1:].islower()
        if any(c.isalnum() for c in rest) and not is_tail:
            left.append(hit)
    return sorted(left)


# Replacing


def replaced(text: str, pairs: Sequence[tuple[Hit, Decision]], *, language: str = "nb") -> tuple[str, list[Change]]:
    """The text with what the decisions hide replaced, and where each replacement stands in both texts.

    Raises
    ------
    ForanError
        When a name that is to be replaced would still stand in the text, or stands in a replacement. Names nobody.

    >>> replaced("Ring Kari!", [(Hit(5, 9, "person", "key"), Decision("person", "Kari", "replace", "[Person 3]"))])
    ('Ring [Person 3]!', [(5, 9, 5, 15)])
    """
    ordered = sorted(pairs, key=lambda pair: pair[0].start)
    pieces: list[str] = []
    changes: list[Change] = []
    kept: list[tuple[int, int]] = []
    at = length = 0
    for hit, decision in ordered:
        if not at <= hit.start <= hit.end <= len(text):
            raise ValueError(f"hits overlap or lie outside of the text: [{hit.start}, {hit.end}) after {at}")
        pieces.append(text[at : hit.start])
        length += hit.start - at
        if decision.action == "keep":
            words = text[hit.start : hit.end]
            kept.append((length, length + len(words)))
        else:
            words = _written(text, hit, decision, language)
            changes.append((hit.start, hit.end, length, length + len(words)))
        pieces.append(words)
        length += len(words)
        at = hit.end
    pieces.append(text[at:])
    new = "".join(pieces)
    if left := _left(new, [decision for _, decision in ordered], kept):
        raise ForanError(
            f"{left} name{'s' if left > 1 else ''} that the decisions hide would still stand in the text, in a replacement "
            "or beside it; correct the replacements, or look for names again"
        )
    return new, changes


def _left(new: str, decisions: Sequence[Decision], kept: Sequence[tuple[int, int]]) -> int:
    hidden = {
        (normal_form(one.surface), one.surface): one
        for one in decisions
        if one.action != "keep" and one.kind in NAME_KINDS
    }
    names = _by_first_word(sought for one in hidden.values() for sought in _spellings(one))
    return sum(
        not any(first <= start and end <= last for first, last in kept) for start, end, _ in _occurrences(new, names)
    )


def _written(text: str, hit: Hit, decision: Decision, language: str) -> str:
    found = text[hit.start : hit.end]
    words = decision.replacement or general_text(hit.kind, found, language)
    ending = _ending(found, decision) if decision.kind in NAME_KINDS else ""
    if (
        _is_upper(found)
        and _stands_among_capitals(text, hit)
        and (words.startswith("[") or not any(map(str.isdigit, words)))
    ):
        words = words.upper()
    elif words[:1].islower() and found[:1].isupper() and _begins_sentence(text, hit.start):
        words = words[:1].upper() + words[1:]
    if not ending:
        return words
    last = next((c for c in reversed(words) if c.isalnum()), "")
    if last.casefold() in ("s", "x", "z"):
        return words + "'"
    return words + ("S" if _is_upper(found) else "s")


def _ending(found: str, decision: Decision) -> str:
    """The genitive ending with which the name of the decision stands in the text, or ""."""
    own, form = normal_form(decision.surface, decision.kind), unicodedata.normalize("NFC", found).rstrip()
    if form[-1:] in _APOSTROPHES:
        return form[-1:]
    bare = normal_form(found, decision.kind)
    if bare == own:
        return ""
    if bare in (own + "s", own + "'s"):
        return "s"
    # Written in one, broken in two, or a part of the name.
    squeezed, words = _squeezed(bare), own.split()
    is_genitive = squeezed.removesuffix("s") in (_squeezed(own), *words) and squeezed not in (_squeezed(own), *words)
    return "s" if is_genitive else ""


def _squeezed(form: str) -> str:
    return "".join(c for c in form if c.isalpha() or c.isdigit())


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(' \t\n*«"“(–—-')
    return not before or before[-1] in ".!?:…"


def _stands_among_capitals(text: str, hit: Hit) -> bool:
    before = _WORD.findall(text[max(0, hit.start - 60) : hit.start])[-2:]
    after = _WORD.findall(text[hit.end : hit.end + 60])[:2]
    around = [word for word in (*before, *after) if sum(map(str.isalpha, word)) > 1]
    return bool(around) and all(map(_is_upper, around))


def moved(start: int, end: int, changes: Sequence[Change]) -> tuple[int, int]:
    """Where ``[start, end)`` of the old text lies in the new one; ends inside what was replaced widen to all of it.

    >>> moved(0, 6, [(5, 9, 5, 15)]), moved(9, 10, [(5, 9, 5, 15)])
    ((0, 15), (15, 16))
    """
    new_start, new_end = start, end
    for old_start, old_end, first, last in changes:
        if start >= old_end:
            new_start = start + last - old_end
        elif start > old_start:
            new_start = first
        if end >= old_end:
            new_end = end + last - old_end
        elif end > old_start:
            new_end = last
    return new_start, new_end


def contains_name(text: str, name: str, kind: str = "person") -> bool:
    """Whether `text` holds `name`, or a part of it that names somebody by itself; case and genitive make no difference.

    >>> contains_name("K. Nordmann", "Kari Nordmann"), contains_name("[en kommune]", "Ås kommune", "place")
    (True, False)
    """
    if kind in FIGURE_KINDS:
        figures = normal_form(name, kind)
        return bool(figures) and figures in "".join(c for c in _folded(text) if c.isalnum())
    if kind not in NAME_KINDS:
        return bool(normal_form(name)) and normal_form(name) in normal_form(text)
    words = _words_of(text)
    forms = {form for word in words for form in (word, word.removesuffix("s"))}
    parts = [part[0] for part in _WORD.finditer(unicodedata.normalize("NFC", name))]
    if any(_folded(part) in forms for part in parts if len(part) >= _SHORTEST_PART and part[0].isupper()):
        return True
    wanted = tuple(map(_folded, parts))
    size = len(wanted)
    return size > 0 and any(
        words[n : n + size - 1] == wanted[:-1] and words[n + size - 1] in (wanted[-1], wanted[-1] + "s")
        for n in range(len(words) - size + 1)
    )
