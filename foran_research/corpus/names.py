"""Names of persons, places and organisations in a text: those of the project's key first, then by lists and by rules.

What is found is told with its certainty: "certain" for a name of the key, "likely" for a listed name, a title or a
near spelling, "possible" for a word that only its capital marks. Hits cover the name without a genitive: in "Karis"
and "Kari's" they cover "Kari", so that one decision serves all forms. No rule finds every name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from .hits import Certainty, Hit
from .identifiers import without_overlaps
from .name_lists import ALSO_WORDS, first_names, folded, gazetteer, gazetteer_heads, is_everyday, last_names

#: A recogniser of names: text → (start, end, label), labels as in spaCy's Norwegian pipelines (PER, LOC, GPE_LOC, ORG …).
Recogniser = Callable[[str], Iterable[tuple[int, int, str]]]

# Accents that stand alone and invisible characters belong to the letter before them.
_MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060"
_UPPER = "".join(chr(c) for c in range(0x41, 0x530) if chr(c).isupper())
_WORD = re.compile(rf"[^\W\d_]+(?:[{_MARKS}]+[^\W\d_]*)*")
_ONLY_MARKS = re.compile(f"[{_MARKS}]")
_CAPITALISED = re.compile(rf"[{_UPPER}][^\W\d_]*(?:[{_MARKS}]+[^\W\d_]*)*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060]")

_PARTICLES = "von van de der da di du af av el al bin ibn la le ten ter den dos".split()
_GAP = re.compile(
    r"[ \u00a0\n]?[-\u2010\u2011]?[ \u00a0\n]?$|[ \u00a0](?:(?:{})[ \u00a0]){{1,2}}$".format("|".join(_PARTICLES))
)
_INITIAL_GAP = re.compile(r"\.?[ \u00a0]?$")
_GENITIVE = re.compile(r"['’]s?(?![^\W\d_])")

_TITLES = frozenset(
    """
byråd byråden byrådsleder ordfører ordføreren ordførar varaordfører rådmann rådmannen kommunedirektør kommunedirektøren
kommunaldirektør kommunaldirektøren kommunalsjef direktør direktøren sjef sjefen leder lederen leiar leiaren prosjektleder
prosjektlederen prosjektleiar avdelingsleder avdelingsdirektør seksjonssjef seksjonsleder etatsjef etatsdirektør innkjøper
innkjøpssjef innkjøpsleder rådgiver rådgiveren rådgjevar seniorrådgiver ingeniør overingeniør jurist advokat professor
forsker doktor dr lege overlege statsråd statsminister minister statssekretær stortingsrepresentant rektor lærer
prest biskop politimester dommer konsulent gründer kollega kollegaen kompis fru herr hr frøken søster bror onkel tante
mamma pappa bestemor bestefar kona mannen naboen vaktmester styreleder nestleder saksbehandler koordinator
""".split()
)
_SAYS = frozenset(
    "sier sa seier spurte spør spurde mente meinte mener meiner svarte svarer fortalte fortel forteller heter heiter het "
    "heitte kalte kaller kalt ringte ringer kontaktet kontakta traff møtte hilste takket nevnte skrev skriv skriver "
    "påpekte foreslo forklarte lo".split()
)
_NEXT_SAYS = frozenset(
    "sier sa seier spurte spør spurde svarte svarer fortalte forteller heter ringte skrev lo ler".split()
)
#: What stands in the place of a name at the head of a turn.
_ROLES = frozenset(
    """
intervjuer intervjuar intervjuperson informant respondent leder leiar moderator ordstyrer deltaker deltakar speaker taler
talar ukjent person alle flere fleire interviewer participant unknown interviewee kvinne mann spørsmål svar referent
kommune kommunen leverandør leverandøren innkjøper forsker observatør notat
""".split()
)
_FORMAL = frozenset("de dem deres dere jeg gud jul påske".split())
_BODY_HEADS = (
    "kommune fylkeskommune fylke universitet universitetet høgskole høyskole sykehus sjukehus skole skule barneskole "
    "barnehage kirke kyrkje sykehjem sjukeheim vegvesen tingrett lagmannsrett politidistrikt bystyre kommunestyre havn "
    "folkehøgskole bibliotek museum idrettslag forlag brannvesen departementet"
).split()
_BODY_HEAD = re.compile(r" (?:" + "|".join(_BODY_HEADS) + r")(?:n|en|et|a|s|ns|ens|ets)?(?![^\W\d_])")
_FIRM = frozenset("as asa sa hf rhf iks ks ba da ltd inc gmbh ab oy group consulting gruppen arkitekter".split())
_PLACE_ENDS = ("gata", "gaten", "veien", "vegen", "fjorden", "vatnet", "vannet", "elva", "parken", "torget", "plassen",
               "øya", "dalen", "kaia", "brygge", "havna", "jordet", "senteret", "hallen")  # fmt: skip
_ABBREVIATIONS = frozenset("bl eks dvs evt ca nr mr dr fr st kl osv jf pkt ang mrs prof f m o s t d a b k".split())
_LABELS = {"PER": "person", "PERSON": "person", "LOC": "place", "GPE": "place", "GPE_LOC": "place",
           "ORG": "organisation", "GPE_ORG": "organisation"}  # fmt: skip


# --- the key ----------------------------------------------------------------------------------------------------------


# Compared by identity: readings of words are remembered per key, and a key is compiled once. Printed it shows no name.
@dataclass(frozen=True, eq=False, repr=False)
class KnownNames:
    """The names of a key made ready for looking up; made by ``known_names`` once and used for every text.

    `parts` leads from each folded part of a name to the pseudonyms of those who bear it.
    """

    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    initials: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sounds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    deletions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    phrase_pattern: re.Pattern[str] | None = None
    rule: str = "key"

    def who(self, surface: str) -> frozenset[str]:
        """The pseudonyms of those who bear every part of `surface`, initials included; empty when nobody does.

        >>> known_names({"P-1": ["Åse Bø"], "P-2": ["Åse Lien"]}).who("Å. Bø")
        frozenset({'P-1'})
        """
        people: frozenset[str] | None = None
        for word in words_of(surface):
            fold = _fold(word)
            found = self.parts.get(fold, frozenset())
            if len(word) == 1:
                found |= frozenset(p for p, letters in self.initials.items() if fold[:1] in letters)
            people = found if people is None else people & found
        return people or frozenset()


def words_of(name: str) -> list[str]:
    """The letters of a name, word by word: "K. Nordmann-Å" → ["K", "Nordmann", "Å"]."""
    return _WORD.findall(name)


def _fold(word: str) -> str:
    return folded(word if word.isascii() else _INVISIBLE.sub("", word))


@lru_cache(maxsize=65_536)
def sound(fold: str) -> str:
    """A folded word as it sounds, roughly: spellings that parents choose between come out alike.

    >>> sound("christopher") == sound("kristoffer"), sound("eirik") == sound("erik"), sound("cilje") == sound("silje")
    (True, True, True)
    """
    for old, new in (("ae", "e"), ("oe", "o"), ("aa", "a"), ("ue", "u"), ("ph", "f"), ("ch", "k"), ("ck", "k"), ("th", "t"),
                     ("dt", "t"), ("gh", "g"), ("ei", "e"), ("hj", "j"), ("gj", "j"), ("w", "v"), ("z", "s"), ("x", "ks"),
                     ("q", "k"), ("ce", "se"), ("ci", "si"), ("cy", "sy"), ("c", "k"), ("y", "i"), ("j", "i")):  # fmt: skip
        fold = fold.replace(old, new)
    out = "".join(c for n, c in enumerate(fold) if not n or c != fold[n - 1])
    return out[:-1] if len(out) > 3 and out.endswith("h") else out


def _without_one(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def is_one_apart(one: str, other: str) -> bool:
    """Whether one letter more, less or changed, or two neighbours exchanged, lie between two words.

    >>> is_one_apart("selmer", "selmar"), is_one_apart("selmer", "elmar")
    (True, False)
    """
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    at = next((n for n in range(len(one)) if one[n] != other[n]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    return one[at + 1 :] == other[at + 1 :] or (
        one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    )


def known_names(key: Mapping[str, Sequence[str]], *, rule: str = "key") -> KnownNames:
    """The names of a key, compiled: pseudonym → full name, nicknames, former names, in any order.

    Each part of a name is looked for by itself and together with others, with initials, in both orders, in any case,
    with and without accents, and in near spellings. A name with words in lower case ("Lille-per", "Fjell skule") is
    looked for as a whole only.

    >>> known = known_names({"BGO-PL-01": ["Kari-Anne Nordmann", "Kaia"]})
    >>> text = "Spør Kaia. Det var K. Nordmanns idé, sa kari anne."
    >>> [(text[h.start:h.end], h.pseudonym) for h in find_names(text, known)]
    [('Kaia', 'BGO-PL-01'), ('K. Nordmann', 'BGO-PL-01'), ('kari anne', 'BGO-PL-01')]
    """
    parts: dict[str, set[str]] = {}
    initials: dict[str, set[str]] = {}
    phrases: dict[str, str] = {}
    for pseudonym in sorted(key):
        for name in key[pseudonym]:
            words = words_of(name)
            lower = [w for w in words if not w[0].isupper() and w not in _PARTICLES]
            if (lower and len(words) > 1) or any(c.isdigit() for c in name):
                phrases["".join(_fold(w) for w in re.findall(r"\w+", name))] = pseudonym
                continue
            initials.setdefault(pseudonym, set()).update(_fold(w)[0] for w in words if _fold(w))
            for word in words:
                if len(word) > 1 and (word not in _PARTICLES or len(words) == 1):
                    parts.setdefault(_fold(word), set()).add(pseudonym)
            for double in name.split():  # a double name written in one
                if "-" in double:
                    parts.setdefault("".join(map(_fold, words_of(double))), set()).add(pseudonym)
    sounds: dict[str, set[str]] = {}
    deletions: dict[str, list[str]] = {}
    for part in sorted(parts):
        if len(part) >= 4:
            sounds.setdefault(sound(part), set()).update(parts[part])
        if len(part) >= 5:
            for shorter in _without_one(part):
                deletions.setdefault(shorter, []).append(part)
    pattern = None
    if phrases:
        spellings = sorted(
            {
                r"[\s\-]{1,2}".join(map(re.escape, re.findall(r"\w+", name)))
                for names in key.values()
                for name in names
                if "".join(_fold(w) for w in re.findall(r"\w+", name)) in phrases
            },
            key=lambda s: (-len(s), s),
        )
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(spellings)})", re.IGNORECASE)
    return KnownNames(
        {part: frozenset(people) for part, people in parts.items()},
        {person: frozenset(letters) for person, letters in initials.items()},
        {part: frozenset(people) for part, people in sounds.items()},
        {shorter: tuple(words) for shorter, words in deletions.items()},
        phrases,
        pattern,
        rule,
    )


_NOBODY = KnownNames()


@lru_cache(maxsize=256)
def _from_labels(labels: tuple[str, ...]) -> KnownNames:
    """The names among speaker labels; roles ("Intervjuer", "R1", "BGO-PL-01") are none."""
    people: dict[str, list[str]] = {}
    for label in labels:
        if any(c.isdigit() for c in label):
            continue
        names = [w for w in words_of(label) if len(w) > 2 and w[0].isupper() and is_name(w)]
        if names:
            people[label] = [" ".join(names)]
    return known_names(people, rule="label")


def is_name(word: str) -> bool:
    """Whether a word of a speaker's label may be somebody's name, and not a role, a title or an everyday word."""
    fold = _fold(word)
    if fold in _ROLES or word.lower() in _ROLES or word.lower() in _TITLES:
        return False
    return fold in first_names() or fold in last_names() or not is_everyday(word)


def is_variant(one: str, other: str) -> bool:
    """Whether two full names may be one person's, spelt in two ways or with an initial for the first name.

    >>> is_variant("G. Rabbestad", "Gunnbjørg Rabbestad"), is_variant("Gunbjørg Rabestad", "Gunnbjørg Rabbestad")
    (True, True)
    >>> is_variant("Kari Rabbestad", "Karin Rabbestad"), is_variant("Gunnbjørg", "Gunbjørg")
    (False, False)
    """
    first, second = ([_fold(word) for word in words_of(name)] for name in (one, other))
    if len(first) < 2 or len(first) != len(second):
        return False
    return all(map(_is_spelling, first, second)) and min(len(first[-1]), len(second[-1])) > 1


def _is_spelling(one: str, other: str) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) == 1:
        return one[:1] == other[:1]
    if min(len(one), len(other)) < 4:
        return False
    if sound(one) == sound(other):
        return True
    # "Kari" and "Karin" are two; one letter apart from a name and no name itself, it may be a slip.
    are_names = all(word in first_names() or word in last_names() for word in (one, other))
    return min(len(one), len(other)) > 4 and not are_names and is_one_apart(one, other)


# --- words with a capital ---------------------------------------------------------------------------------------------


class _Token(NamedTuple):
    start: int
    end: int
    fold: str
    is_lower: bool = False


class _Read(NamedTuple):
    """What is known of one token: who bears it, how surely, and where it ends without a genitive."""

    people: frozenset[str]
    how: str
    is_first: bool
    is_last: bool
    end: int


class _Sources(NamedTuple):
    key: KnownNames
    labels: KnownNames


def _people(fold: str, sources: _Sources) -> tuple[frozenset[str], str]:
    found = sources.key.parts.get(fold)
    if found:
        return found, "key"
    return (frozenset(), "label") if fold in sources.labels.parts else (frozenset(), "")


def _near(fold: str, sources: _Sources) -> tuple[frozenset[str], str]:
    """Who bears a name that sounds so or is one letter away, for folded words of four and five letters or more."""
    if not 4 <= len(fold) <= 40 or (fold,) in gazetteer():
        return frozenset(), ""
    for known, how in ((sources.key, "key-near"), (sources.labels, "label-near")):
        if found := known.sounds.get(sound(fold)):
            return (found if how == "key-near" else frozenset()), how
        if len(fold) >= 5 and known.deletions:
            words = {w for shorter in _without_one(fold) for w in known.deletions.get(shorter, ())}
            close = frozenset(p for w in sorted(words) if is_one_apart(w, fold) for p in known.parts[w])
            if close:
                # Another name that people bear may well be another person.
                is_other = fold in first_names() or fold in last_names()
                return (frozenset() if is_other or how != "key-near" else close), how
    return frozenset(), ""


def _read(text: str, token: _Token, sources: _Sources) -> _Read:
    """The reading of one token, tried as it stands and then without a genitive -s."""
    for fold, end in ((token.fold, token.end), (token.fold[:-1], token.end - 1)):
        if end < token.end and (len(fold) < 3 or not token.fold.endswith("s") or text[end] not in "sS"):
            break
        people, how = _people(fold, sources)
        is_first, is_last = fold in first_names(), fold in last_names()
        if how or is_first or is_last:
            if not how:
                people, how = _near(fold, sources)
            return _Read(people, how, is_first, is_last, end)
    if (token.fold,) not in gazetteer() and not token.is_lower:
        for fold, end in ((token.fold, token.end), (token.fold[:-1], token.end - 1)):
            if end == token.end or token.fold.endswith("s"):
                people, how = _near(fold, sources)
                if how:
                    return _Read(people, how, False, False, end)
    return _Read(frozenset(), "", False, False, token.end)


def _tokens(text: str, sources: _Sources) -> list[_Token]:
    """The words that may be names, in order: all with a capital but plain ones that open a sentence, and the key's."""
    tokens: list[_Token] = []
    seen: dict[str, tuple[str, bool]] = {}
    for m in _CAPITALISED.finditer(text):
        word, start = m[0], m.start()
        if start and text[start - 1].isalpha():
            continue
        found = seen.get(word)
        if found is None:
            fold = _fold(word)
            found = seen[word] = fold, _is_plain(word, fold, sources)
        if found[1] and _is_opening(text, start) and not (len(word) == 1 and text[m.end() : m.end() + 1] == "."):
            continue
        tokens.append(_Token(start, m.end(), found[0]))
    known = sources.key.parts
    if known:
        # No word goes across a blank, and most come back: what stands between blanks is looked at once.
        words = set(_WORD.findall(" ".join(set(text.split()))))
        lower = {word for word in words if _is_lower_part(word, sources.key)}
        if lower:
            tokens += [_Token(start, start + len(word), _fold(word), True) for word, start in _standing(text, lower)]
            tokens.sort()
    return tokens


def _standing(text: str, words: Collection[str]) -> Iterator[tuple[str, int]]:
    """Where whole words stand; few are looked for one by one, which is many times quicker."""
    if len(words) > 24:
        yield from ((m[0], m.start()) for m in _WORD.finditer(text) if m[0] in words)
        return
    for word in words:
        start = text.find(word)
        while start != -1:
            found = _WORD.match(text, start) if _begins_word(text, start) else None
            if found is not None and found.end() == start + len(word):
                yield word, start
            start = text.find(word, start + 1)


def _begins_word(text: str, start: int) -> bool:
    """Whether no word goes on into `start`: a letter, or accents and invisible characters behind one."""
    at = start
    while at and _ONLY_MARKS.match(text[at - 1]):
        at -= 1
    return not at or _WORD.match(text[at - 1]) is None


@lru_cache(maxsize=65_536)
def _is_plain(word: str, fold: str, sources: _Sources) -> bool:
    """Whether a word with a capital says nothing at the head of a sentence."""
    if len(word) == 1:
        return True
    for form in (fold, fold[:-1]) if fold.endswith("s") else (fold,):
        if form in first_names() or form in last_names() or (form,) in gazetteer() or _people(form, sources)[1]:
            return False
        if _near(form, sources)[1]:
            return False
    return fold not in gazetteer_heads() and is_everyday(word)


@lru_cache(maxsize=65_536)
def _is_lower_part(word: str, key: KnownNames) -> bool:
    fold = _fold(word)
    is_part = fold in key.parts or (fold.endswith("s") and fold[:-1] in key.parts)
    return is_part and len(word) > 2 and word[0].islower()


def _is_linked(text: str, one: _Token, other: _Token) -> bool:
    if other.start - one.end > 10:
        return False
    gap = text[one.end : other.start]
    if gap == " ":
        return True
    if one.end - one.start == 1 and _INITIAL_GAP.match(gap):
        return True
    return bool(gap) and "\n\n" not in gap and _GAP.match(gap) is not None


#: Words of one chain at most; nobody's name is longer, and headings in capitals are.
_LONGEST = 12


def _chains(text: str, tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    chain: list[_Token] = []
    for token in tokens:
        if chain and (len(chain) == _LONGEST or not _is_linked(text, chain[-1], token)):
            yield chain
            chain = []
        chain.append(token)
    if chain:
        yield chain


def _is_opening(text: str, start: int) -> bool:
    """Whether a sentence, a quotation or a line begins at `start`, so that the capital says nothing."""
    if start > 1 and text[start - 1] == " " and (text[start - 2].isalnum() or text[start - 2] == ","):
        return False
    at = start - 1
    floor = max(-1, at - 40)
    while at > floor and text[at] in " \u00a0\t*_#>([–—-•":
        at -= 1
    if at < 0 or text[at] in "\n!?…:«“\"„'‘”»":
        return True
    if text[at] != ".":
        return False
    begin = at
    while begin > 0 and at - begin < 8 and text[begin - 1].isalnum():
        begin -= 1
    word = text[begin:at].lower()
    return not (word in _ABBREVIATIONS or (word.isdigit() and len(word) < 3))


def _is_shouted_before(text: str, start: int) -> bool:
    before = _word_before(text, start)
    at = start - 1 - len(before)
    return len(before) > 1 and text[max(0, at) : start - 1].isupper()


def _word_before(text: str, start: int) -> str:
    end = start
    while end > max(0, start - 10) and text[end - 1] in " \u00a0,:":
        end -= 1
    begin = end
    while begin > max(0, end - 30) and text[begin - 1].isalpha():
        begin -= 1
    return text[begin:end].lower()


_DOT_GOES_ON = re.compile(r"\.(?:,| [^\W\d_A-ZÆØÅ])")
_NEXT_WORD = re.compile(r"(?:['’]s?)?,? ([^\W\d_]{2,12})")


# --- the rules --------------------------------------------------------------------------------------------------------


def find_names(text: str, known: KnownNames, *, labels: Sequence[str] = (), ner: Recogniser | None = None) -> list[Hit]:
    """Names in `text`, in order and without overlaps, as ``Hit`` with offsets in code points.

    Parameters
    ----------
    known
        The key's names, from ``known_names``; hits of these are "certain" and bear the pseudonym where only one
        person can be meant. Near spellings are "likely".
    labels
        Speaker labels of the source; those that are names are looked for as a whole and in parts.
    ner
        A recogniser, such as ``name_lists.spacy_entities(...)``; its hits are "likely" and never take one away.

    >>> text = "Da sa ordfører Torvaldsrud at Gunnhild Åsmo 😀 fra Bergen kommune skulle møte Wexo."
    >>> [(text[h.start:h.end], h.kind, h.certainty) for h in find_names(text, known_names({}))]
    [('Torvaldsrud', 'person', 'likely'), ('Gunnhild Åsmo', 'person', 'likely'), \
('Bergen kommune', 'organisation', 'likely'), ('Wexo', 'capitalised', 'possible')]
    """
    sources = _Sources(known, _from_labels(tuple(labels)) if labels else _NOBODY)
    hits: list[Hit] = []
    for chain in _chains(text, _tokens(text, sources)):
        hits += _of_chain(text, chain, sources)
    if known.phrase_pattern is not None:
        for m in known.phrase_pattern.finditer(text):
            fold = "".join(_fold(w) for w in re.findall(r"\w+", m[0]))
            hits.append(Hit(m.start(), m.end(), "person", "key-phrase", "certain", known.phrases.get(fold, "")))
    hits = without_overlaps(_again(text, _inverted(text, without_overlaps(hits), known)))
    if ner is not None:
        hits = without_overlaps([*hits, *_recognised(text, hits, ner)])
    return hits


def _inverted(text: str, hits: Sequence[Hit], known: KnownNames) -> Iterator[Hit]:
    """The hits, with "Nordmann, Kari" made one where the two are one person of the key."""
    waiting: Hit | None = None
    for hit in hits:
        if waiting is not None and waiting.rule != "key-inverted" and text[waiting.end : hit.start] == ", ":
            last, first = text[waiting.start : waiting.end], text[hit.start : hit.end]
            both = known.who(last) & known.who(first)
            if len(both) == 1 and _fold(last) != _fold(first):
                (person,) = both
                waiting = replace(waiting, end=hit.end, rule="key-inverted", certainty="certain", pseudonym=person)
                continue
        if waiting is not None:
            yield waiting
        waiting = hit
    if waiting is not None:
        yield waiting


def _again(text: str, hits: Iterable[Hit]) -> list[Hit]:
    """The hits, with words that only a capital marks made persons where the text has them in a fuller name."""
    found = list(hits)
    parts = {
        _fold(word)
        for hit in found
        if hit.kind == "person" and hit.certainty != "possible" and " " in text[hit.start : hit.end]
        for word in words_of(text[hit.start : hit.end])
        if len(word) > 2
    }
    if not parts:
        return found
    for n, hit in enumerate(found):
        if hit.rule not in ("capital", "last-name", "says") or hit.certainty != "possible":
            continue
        fold = _fold(text[hit.start : hit.end])
        if fold in parts or (fold.endswith("s") and fold[:-1] in parts):
            end = hit.end - (fold not in parts)
            found[n] = replace(hit, end=end, kind="person", rule="again", certainty="likely")
    return found


def _recognised(text: str, hits: Sequence[Hit], ner: Recogniser) -> Iterator[Hit]:
    persons = [h for h in hits if h.kind == "person" and h.certainty != "possible"]
    at = 0
    for start, end, label in sorted(ner(text)):
        kind = _LABELS.get(label)
        if kind is None or not text[start:end].strip():
            continue
        while at < len(persons) and persons[at].end <= start:
            at += 1
        # A name already found, but for a genitive: keep the shorter one.
        if at < len(persons) and persons[at].start <= start and persons[at].end >= end - 1:
            continue
        yield Hit(start, end, kind, "recogniser", "likely")


def _of_chain(text: str, chain: Sequence[_Token], sources: _Sources) -> Iterator[Hit]:
    """The hits of words that stand together."""
    reads = [_read(text, token, sources) for token in chain]
    used = [False] * len(chain)
    yield from _of_key(text, chain, reads, used, sources)
    opens = not chain[0].is_lower and _is_opening(text, chain[0].start)
    at = 0
    while at < len(chain):
        if used[at] or chain[at].is_lower:
            at += 1
            continue
        end = at
        while end < len(chain) and not used[end] and not chain[end].is_lower:
            end += 1
        yield from _unknown(text, chain[at:end], reads[at:end], opens and at == 0)
        at = end


def _is_shouted(text: str, token: _Token) -> bool:
    return token.end - token.start > 1 and text[token.start : token.end].isupper()


def _of_key(
    text: str, chain: Sequence[_Token], reads: Sequence[_Read], used: list[bool], sources: _Sources
) -> Iterator[Hit]:
    """The hits of a chain that hold a name of the key or of the labels, with what belongs to it on both sides."""
    anchors = [n for n, read in enumerate(reads) if read.how and _stands(chain, reads, n)]
    at = 0
    while at < len(anchors):
        first = last = anchors[at]
        while at + 1 < len(anchors) and anchors[at + 1] == last + 1:
            at += 1
            last = anchors[at]
        at += 1
        left, right = first, last
        while left > 0 and not used[left - 1] and _belongs(text, chain[left - 1], reads[left - 1], left - 1 == 0):
            left -= 1
        while right + 1 < len(chain) and _belongs(text, chain[right + 1], reads[right + 1], is_first=False):
            right += 1
        for n in range(left, right + 1):
            used[n] = True
        hit = _key_hit(text, chain, reads, (left, right), sources)
        if hit is not None:
            yield hit


def _stands(chain: Sequence[_Token], reads: Sequence[_Read], n: int) -> bool:
    """Whether a word of the key in lower case is meant as a name: not "dag" and "vann", but "kari" and "dag solbakk"."""
    token, read = chain[n], reads[n]
    if not token.is_lower:
        return True
    if read.how != "key":
        return False
    near = [reads[m] for m in (n - 1, n + 1) if 0 <= m < len(chain)]
    if any(other.people & read.people and other.people is not read.people for other in near):
        return True
    if token.fold in ALSO_WORDS or len(token.fold) < 3:
        return False
    if read.is_first or read.is_last:
        return not (read.is_last and not read.is_first and is_everyday(token.fold))
    return not is_everyday(token.fold)


def _belongs(text: str, token: _Token, read: _Read, is_first: bool) -> bool:
    """Whether a word beside a known name is part of it: an initial, a listed name, or a capital that nothing explains."""
    if token.is_lower or read.how:
        return False
    if token.end - token.start == 1:
        return not (
            is_first and _is_opening(text, token.start) and text[token.start] in "IÅÆ" and text[token.end] != "."
        )
    if (read.is_first or read.is_last) and not (is_first and token.fold in ALSO_WORDS):
        return True
    if (token.fold,) in gazetteer() or _is_shouted(text, token):
        return False
    word = text[token.start : token.end]
    return not (word.lower() in _TITLES or (is_first and _is_opening(text, token.start)) or is_everyday(word))


def _key_hit(
    text: str, chain: Sequence[_Token], reads: Sequence[_Read], ends: tuple[int, int], sources: _Sources
) -> Hit | None:
    left, right = ends
    people: frozenset[str] | None = None
    is_near = is_stranger = is_labelled = False
    for n in range(left, right + 1):
        token, read = chain[n], reads[n]
        if token.end - token.start == 1 and not read.how:
            bearers = frozenset(p for p, letters in sources.key.initials.items() if token.fold[:1] in letters)
            people = bearers if people is None else people & bearers
        elif read.how:
            is_near |= read.how.endswith("-near")
            is_labelled |= read.how.startswith("label")
            if read.how.startswith("key"):
                people = read.people if people is None else people & read.people
        else:
            is_stranger = True
    rule = "label" if is_labelled and not any(reads[n].how.startswith("key") for n in range(left, right + 1)) else "key"
    certainty: Certainty = "certain" if rule == "key" else "likely"
    if is_near:
        rule, certainty = f"{rule}-near", "likely"
    pseudonym = ""
    if is_stranger or not people:
        certainty = "likely"
        rule = rule if rule.startswith("label") or is_near else "key-part"
    elif len(people) == 1:
        (pseudonym,) = people
    else:
        rule = "key-shared"
    start, token = chain[left].start, chain[left]
    is_plain = token.fold in ALSO_WORDS or not (reads[left].is_first or reads[left].is_last)
    if left == right and not token.is_lower:
        is_word = token.fold in ALSO_WORDS
        if (
            (is_word or is_near) and _is_opening(text, start) and (is_word or (is_plain and is_everyday(token.fold)))
        ) or (is_near and is_plain and (is_everyday(token.fold) or _is_shouted(text, token))):
            certainty = "possible"
    end = reads[right].end
    if end - chain[right].start == 1 and _DOT_GOES_ON.match(text, end):
        end += 1
    return Hit(start, end, "person", rule, certainty, pseudonym)


def _unknown(text: str, chain: Sequence[_Token], reads: Sequence[_Read], opens: bool) -> Iterator[Hit]:
    """The hits of words with a capital that neither the key nor the labels know."""
    at = 0
    while at < len(chain):
        token = chain[at]
        if opens is False and at + 1 < len(chain) and text[token.start : token.end].lower() in _TITLES:
            at += 1
            continue
        size, kind, is_genitive = _listed(chain, at)
        body = _BODY_HEAD.match(text, chain[-1].end)
        if size and not (reads[at].is_first and at + size < len(chain) and _may_follow(text, chain, reads, at + size)):
            end = chain[at + size - 1].end - is_genitive
            if kind == "place" and at + size == len(chain) and body:
                kind, end = "organisation", body.end()
            yield Hit(chain[at].start, end, kind, "list", "likely")
            at += size
            continue
        if (
            size == 0
            and body
            and not any(r.is_first for r in reads[at:])
            and not (opens and at == 0 and len(chain) > 1 and is_everyday(text[chain[0].start : chain[0].end]))
        ):
            yield Hit(chain[at].start, body.end(), "organisation", "body", "likely")
            return
        if any(t.fold in _FIRM for t in chain[at + 1 :] if _is_shouted(text, t) or t.end - t.start > 2):
            last = max(n for n in range(at + 1, len(chain)) if chain[n].fold in _FIRM)
            yield Hit(chain[at].start, chain[last].end, "organisation", "firm", "likely")
            at = last + 1
            continue
        taken, hit = _person(text, chain, reads, at, opens and at == 0)
        if hit is None:
            taken, hit = _capital(text, chain, reads, at, opens and at == 0)
        if hit is not None:
            yield hit
        at += taken


def _listed(chain: Sequence[_Token], at: int) -> tuple[int, str, bool]:
    """How many words from `at` stand together in the gazetteer, as what, and whether with a genitive -s."""
    for size in (3, 2, 1):
        folds = tuple(t.fold for t in chain[at : at + size])
        if len(folds) == size:
            if kind := gazetteer().get(folds):
                return size, kind, False
            if folds[-1].endswith("s") and (kind := gazetteer().get((*folds[:-1], folds[-1][:-1]))):
                return size, kind, True
    return 0, "", False


def _may_follow(text: str, chain: Sequence[_Token], reads: Sequence[_Read], n: int) -> bool:
    """Whether the word can be a last name behind a first name."""
    token = chain[n]
    if token.end - token.start == 1:
        return True
    return not _is_shouted(text, token) and (reads[n].is_last or reads[n].is_first or not _listed(chain, n)[0])


#: Listed somewhere as first names, and in Norwegian hardly ever but verbs that a question begins with.
_OPENERS = frozenset(("var", "ville"))
#: Listed somewhere as first names too; alone at the head of a Norwegian sentence they are words.
_PRONOUNS = frozenset("han hun ham dem de den du vi ni man min si sin var ville".split())


def _person(text: str, chain: Sequence[_Token], reads: Sequence[_Read], at: int, opens: bool) -> tuple[int, Hit | None]:
    """The person that begins at a word of the chain, and how many words are used up."""
    token, read = chain[at], reads[at]
    is_initial = token.end - token.start == 1
    end = at + 1
    while end < len(chain) and end < at + 5 and _may_follow(text, chain, reads, end):
        end += 1
    while end > at + 1 and chain[end - 1].end - chain[end - 1].start == 1 and end - at > 2:
        end -= 1
    is_alone = end == at + 1
    if is_initial:
        is_name = not is_alone and text[token.end : token.end + 1] == "." and _is_surname(text, chain, reads, end - 1)
        return (end - at, _hit(chain, reads, at, end, "initial", "likely")) if is_name else (1, None)
    if opens and is_alone and token.fold in _PRONOUNS:
        return 1, None
    is_word = token.fold in ALSO_WORDS
    if read.is_first:
        if is_alone:
            certainty: Certainty = "possible" if opens and is_word else "likely"
            return 1, _hit(chain, reads, at, end, "first-name", certainty)
        if not (opens and is_word) or any(r.is_last for r in reads[at + 1 : end]):
            return end - at, _hit(chain, reads, at, end, "first-name", "likely")
        if token.fold in _OPENERS:
            return 1, None
        # "Per Hansen" and "Da Kari": the listed name behind an ordinary word is the person.
        return (
            (1, None) if reads[at + 1].is_first else (end - at, _hit(chain, reads, at, end, "first-name", "possible"))
        )
    before = _word_before(text, token.start) if not opens else ""
    if before in _TITLES or before in _SAYS:
        if not _is_shouted(text, token) and not (is_alone and is_everyday(text[token.start : token.end])):
            return end - at, _hit(chain, reads, at, end, "title" if before in _TITLES else "says", "likely")
        return 1, None
    if not opens and len(token.fold) > 5 and token.fold.endswith("sen") and not _is_shouted(text, token):
        return end - at, _hit(chain, reads, at, end, "ending", "likely")
    if read.is_last:
        is_plain = is_word or (opens and is_everyday(token.fold))
        if opens and is_plain:
            return 1, (None if not is_alone else _hit(chain, reads, at, at + 1, "last-name", "possible"))
        return end - at, _hit(chain, reads, at, end, "last-name", "possible" if is_plain and is_alone else "likely")
    if opens and not is_alone and text[token.start : token.end].lower() in _TITLES:
        return 1, None
    return 1, None


def _is_ordinary(text: str, token: _Token) -> bool:
    word = text[token.start : token.end]
    return is_everyday(word) or (word.endswith("s") and is_everyday(word[:-1]))


def _is_surname(text: str, chain: Sequence[_Token], reads: Sequence[_Read], n: int) -> bool:
    token = chain[n]
    return reads[n].is_last or reads[n].is_first or (token.end - token.start > 2 and not _is_shouted(text, token))


def _hit(chain: Sequence[_Token], reads: Sequence[_Read], at: int, end: int, rule: str, certainty: Certainty) -> Hit:
    return Hit(chain[at].start, reads[end - 1].end, "person", rule, certainty)


def _capital(
    text: str, chain: Sequence[_Token], reads: Sequence[_Read], at: int, opens: bool
) -> tuple[int, Hit | None]:
    """The hit for a word that only its capital marks, together with the unknown ones behind it."""
    token = chain[at]
    word = text[token.start : token.end]
    if token.end - token.start == 1 or word.lower() in _FORMAL:
        return 1, None
    if opens:
        if is_everyday(word) or (word.endswith("s") and is_everyday(word[:-1])) or word.lower() in _TITLES:
            return 1, None
        follows = _NEXT_WORD.match(text, token.end)
        if follows and follows[1] in _NEXT_SAYS and not _is_shouted(text, token):
            return 1, Hit(token.start, token.end, "person", "says", "possible")
    if _is_shouted(text, token):
        if is_everyday(word) and _is_shouted_before(text, token.start):
            return 1, None
        is_heading = len(word) > 6 or (len(chain) > at + 1 and _is_shouted(text, chain[at + 1]))
        kind = "capitalised" if is_heading else "organisation"
        if is_heading and is_everyday(word):
            return 1, None
        return 1, Hit(token.start, token.end, kind, "acronym", "possible")
    end = at + 1
    while end < len(chain) and not (
        reads[end].is_first or reads[end].is_last or _listed(chain, end)[0] or _is_shouted(text, chain[end])
    ):
        end += 1
    while end > at + 1 and chain[end - 1].end - chain[end - 1].start == 1:
        end -= 1
    if end < len(chain) and reads[end].is_last and not reads[end].is_first:
        # An unknown first name before a listed last one.
        return end + 1 - at, Hit(token.start, reads[end].end, "person", "last-name", "likely")
    if not opens and 2 <= end - at <= 3 and not any(_is_ordinary(text, t) for t in chain[at:end]):
        return end - at, Hit(token.start, chain[end - 1].end, "person", "two-capitals", "likely")
    kind = "place" if chain[end - 1].fold.endswith(tuple(map(folded, _PLACE_ENDS))) else "capitalised"
    return end - at, Hit(token.start, chain[end - 1].end, kind, "capital", "possible")
