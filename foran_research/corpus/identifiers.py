"""Numbers, addresses and marked words in a text that may tell who somebody is, found by rules and never by a model.

The rules aim for recall: what is only possible is told too, as "possible", for a person to decide. A text in which
nothing is found is not thereby anonymous. All rules are linear in the length of the text. Sources of the rules:
Skatteetaten's description of the national identity number with the check digits of 2032, and the published weights
of account and organisation numbers.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter

from .hits import Certainty, Hit

#: Which rules found what; kept with every document, so that texts can be checked again when the rules grow.
DETECTOR_VERSION = "1.0.0"

# --- reading characters alike -----------------------------------------------------------------------------------------

#: Characters that are neither ASCII nor Latin letters: other digits, spaces, dashes and invisible ones are among them.
_UNUSUAL = re.compile(r"[^\x00-\x7f\u00c0-\u024f]")
_HYPHENS = "\u2212\u00ad\ufe63\uff0d"


@lru_cache(maxsize=4096)
def _usual(character: str) -> str:
    """The ASCII character that stands for the same in a number: "" for invisible ones, itself for letters."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if character == "\u00ad" or category == "Cf":
        return ""
    if category == "Pd" or character in _HYPHENS:
        return "-"
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    return "'" if character in "\u2019\u02bc" else character


def _levelled(text: str) -> tuple[str, list[int] | None]:
    """`text` with usual characters only, and where each came from; None when nothing fell away.

    >>> _levelled("١٢\u00a0\u200b３")
    ('12 3', [0, 1, 2, 4, 5])
    """
    if text.isascii():
        return text, None
    table = {ord(c): _usual(c) for c in set(_UNUSUAL.findall(text))}
    if not table:
        return text, None
    if len(table) <= 24:  # a handful of dashes and quotation marks: quicker one after the other
        level = text
        for code, usual in table.items():
            level = level.replace(chr(code), usual)
    else:
        level = text.translate(table)
    if len(level) == len(text):
        return level, None
    invisible = {chr(c) for c, usual in table.items() if not usual}
    return level, [*(at for at, c in enumerate(text) if c not in invisible), len(text)]


def lowered(text: str) -> str:
    """Lower case, character by character, so that offsets stay as they are."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _is_word(character: str) -> bool:
    r"""Whether a character, or the "" beyond an end, is one that \w stands for."""
    return character.isalnum() or character == "_"


def _places(text: str, needle: str) -> Iterator[int]:
    at = text.find(needle)
    while at != -1:
        yield at
        at = text.find(needle, at + 1)


def _matches(pattern: re.Pattern[str], text: str, *needles: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern that holds one of the needles; looking for those first is many times quicker."""
    return pattern.finditer(text) if any(needle in text for needle in needles) else iter(())


# --- check digits -----------------------------------------------------------------------------------------------------

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_ACCOUNT = _SECOND
_ORGANISATION = (3, 2, 7, 6, 5, 4, 3, 2, 1)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
#: Added to the month: none; H number and NAV's synthetic ones; NHN's synthetic ones; Skatteetaten's synthetic ones.
_MONTH_OFFSETS = ((0, ""), (40, "h-number"), (65, "synthetic-65"), (80, "synthetic-80"))


def _remainder(digits: str, weights: Sequence[int]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11


def date_rule(digits: str) -> str | None:
    """What the first six of eleven digits say: "fnr", "d-number", "h-number", "synthetic-65", … or None for no date.

    The century is not asked for: a number of a birth that the tables do not foresee is still somebody's.

    >>> date_rule("68467038838"), date_rule("86011117947")
    ('d-number+h-number', None)
    """
    day, month = int(digits[:2]), int(digits[2:4])
    is_d = day > 40
    day -= 40 if is_d else 0
    for offset, name in _MONTH_OFFSETS:
        if 1 <= month - offset <= 12:
            if not 1 <= day <= _DAYS[month - offset - 1]:
                return None
            return "+".join([*(["d-number"] if is_d else []), *([name] if name else [])]) or "fnr"
    return None


def national_id_rule(digits: str) -> str | None:
    """The rule by which eleven digits are a national identity number, with "-2032" where only the later one holds.

    From 2032 the weighted sum of the first ten may leave 0, 1, 2 or 3 modulo 11 instead of 0 only.

    >>> national_id_rule("13097248022"), national_id_rule("30108299939"), national_id_rule("13097248023")
    ('fnr', 'fnr-2032', None)
    """
    if len(digits) != 11 or (kind := date_rule(digits)) is None or _remainder(digits, _SECOND):
        return None
    first = _remainder(digits, _FIRST)
    return kind if first == 0 else f"{kind}-2032" if first <= 3 else None


def is_account(digits: str) -> bool:
    """Whether eleven digits have an account number's check digit.

    >>> is_account("86011117947")
    True
    """
    return len(digits) == 11 and not _remainder(digits, _ACCOUNT)


def is_organisation_number(digits: str) -> bool:
    """Whether nine digits are an organisation number: 8 or 9 first, and the check digit right.

    >>> is_organisation_number("974760673"), is_organisation_number("987654321")
    (True, False)
    """
    return len(digits) == 9 and digits[0] in "89" and not _remainder(digits, _ORGANISATION)


# --- numbers ----------------------------------------------------------------------------------------------------------

_RUN = re.compile(r"[0-9]+(?:[ \t\n.\-/]{1,3}[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
#: Where the digits of a text stand, group by group; found once for all rules that begin at one.
_Digits = Sequence[tuple[int, int]]
_ID_SHAPES = {(11,), (6, 5), (2, 2, 2, 5), (6, 3, 2), (2, 2, 2, 3, 2)}
_PHONE_SHAPES = {(8,): 1, (2, 2, 2, 2): 1, (3, 2, 3): 1, (4, 4): 0, (3, 3, 2): 0, (3, 5): 0, (5, 3): 0}
_ID_MARK = re.compile(r"(?:fødsels(?:- ?og person)?n(?:umme)?r\w*|person(?:nummer|nr)\w*|f\.?nr|pnr|d-nummer)\W{0,3}"
                      r"(?:(?:er|mitt|hennes|hans|hennar|var|nummer)\W{1,3}){0,3}$")  # fmt: skip
_ACCOUNT_MARK = re.compile(r"kont(?:o|i)\w*\W{0,3}(?:(?:er|nr|nummer|mi|min|var)\W{1,3}){0,3}$")
_ORGANISATION_MARK = re.compile(r"(?:org(?:anisasjons)?[. ]{0,2}-?(?:nr|nummer)\w*|foretaks(?:nummer|nr)\w*|\bno)\W{0,4}"
                                r"(?:(?:er|no)\W{1,3}){0,2}$")  # fmt: skip
_VAT = re.compile(r" ?mva(?!\w)")
_PHONE_MARK = re.compile(r"(?:tlf|telefon\w*|mobil\w*|mob|ring\w*|nummer(?:et)?|sms|vipps\w*|whatsapp|signal|nås på)"
                         r"\W{0,3}(?:(?:er|på|til|meg|ham|henne|mitt|hans|hennes|nr|nummer)\W{1,3}){0,4}$")  # fmt: skip
#: Words before a number that say it counts or names a thing.
_THING_MARK = re.compile(
    r"(?:\bkr|nok|eur|usd|€|\$|§|\bns|\biso|\ben|faktura\w*|ordre\w*|saks?|ref\w*|journal\w*|kid|artikkel\w*|vare\w*"
    r"|bilag\w*|avtale\w*|doffin\w*|kontrakt\w*|bestilling\w*|serie\w*|prosjekt\w*|løpe\w*|arkiv\w*|versjon\w*|lov|for)"
    r"[\s.:#–-]{0,3}(?:(?:nr|nummer\w*|id|på)[\s.:#]{0,3}){0,2}$"
)
_UNIT = re.compile(
    r"\s?(?:kr\b|kroner|,-|,[0-9]|mill|mrd|prosent|%|euro\b|nok\b|stk|tonn|kvm|m2|m²|meter|innbygg|timer)"
)
_INTERNATIONAL = re.compile(r"(?:\+ ?|00 ?)[1-9][0-9]{0,2}\)?(?:[ .\-/()]{0,3}[0-9]){6,13}(?![0-9])")
_SERVICE_MARK = re.compile(r"(?<!\w)(?:tlf\.?|telefon|ring(?:e|er|te)?(?: på| til)?):?$")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}$")


def _is_rising(digits: Sequence[int]) -> bool:
    return all(b - a == 1 for a, b in pairwise(digits))


def _is_calendar(digits: str) -> bool:
    """Whether eight digits read as a day between 1900 and 2099, year first or last."""
    for year, month, day in ((digits[:4], digits[4:6], digits[6:]), (digits[4:], digits[2:4], digits[:2])):
        if year[:2] in ("19", "20") and 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            return True
    return False


def _numbers(text: str, low: str, digits: _Digits) -> Iterator[Hit]:
    """National identity, account, organisation and phone numbers among the runs of digit groups."""
    done = 0
    for begin, _ in digits:
        # Every run begins at a group: where they are known, the text between need not be looked at.
        if begin < done or (run := _RUN.match(text, begin)) is None:
            continue
        done = run.end()
        if done - begin < 8:
            continue
        groups = [(m.start(), m.end()) for m in _GROUP.finditer(text, begin, done)]
        yield from _spelt(text, groups)
        for i, (start, first_end) in enumerate(groups):
            if first_end - start > 11:
                continue
            total = 0
            for j in range(i, min(i + 6, len(groups))):
                total += groups[j][1] - groups[j][0]
                if total > 11:
                    break
                if total >= 8:
                    window = groups[i : j + 1]
                    if hit := _number(text, low, window):
                        yield hit


def _spelt(text: str, groups: Sequence[tuple[int, int]]) -> Iterator[Hit]:
    """Numbers read out digit by digit: "9 1 2 3 4 5 6 7"."""
    begin = 0
    while begin < len(groups):
        end = begin
        while end < len(groups) and groups[end][1] - groups[end][0] == 1:
            end += 1
        if 8 <= end - begin <= 24:
            digits = "".join(text[s] for s, _ in groups[begin:end])
            if hit := _digits_hit(groups[begin][0], groups[end - 1][1], digits, "spelt"):
                yield hit
        begin = max(end, begin + 1)


def _digits_hit(start: int, end: int, digits: str, how: str) -> Hit | None:
    """The hit for digits that were spelt or spoken one after the other."""
    if _is_rising([int(d) for d in digits]):
        return None
    for at in range(len(digits) - 10):
        if national_id_rule(digits[at : at + 11]):
            return Hit(start, end, "national_id", how, "certain")
    if len(digits) == 11:
        if is_account(digits):
            return Hit(start, end, "account", how, "likely")
        if date_rule(digits):
            return Hit(start, end, "national_id_like", how, "possible")
    if len(digits) == 9 and is_organisation_number(digits):
        return Hit(start, end, "organisation_number", how, "likely")
    is_phone = (len(digits) == 8 and digits[0] in "23456789") or (len(digits) == 10 and digits[:2] == "47")
    return Hit(start, end, "phone", how, "likely" if is_phone else "possible")


def _number(text: str, low: str, window: Sequence[tuple[int, int]]) -> Hit | None:
    start, end = window[0][0], window[-1][1]
    digits = "".join([text[s:e] for s, e in window])
    shape = tuple([e - s for s, e in window])
    if len(digits) == 11:
        return _eleven(low, start, end, digits, shape)
    if len(digits) == 9:
        return _nine(text, low, start, end, digits, shape)
    if len(digits) == 8:
        return _eight(text, low, window, digits, shape)
    if len(digits) == 10 and shape[0] == 2 and digits[:2] == "47" and digits[2] in "23456789" and len(shape) > 1:
        return Hit(start, end, "phone", "phone-country", "likely")
    return None


def _before(low: str, start: int) -> str:
    return low[max(0, start - 45) : start]


def _eleven(low: str, start: int, end: int, digits: str, shape: tuple[int, ...]) -> Hit | None:
    if rule := national_id_rule(digits):
        return Hit(start, end, "national_id", rule, "likely" if rule.endswith("-2032") else "certain")
    before = _before(low, start)
    if is_account(digits) and shape in {(11,), (4, 2, 5), (4, 7), (4, 2, 2, 3), (4, 2, 3, 2)}:
        is_sure = shape == (4, 2, 5) or _ACCOUNT_MARK.search(before)
        return Hit(start, end, "account", "account", "certain" if is_sure else "likely")
    if _ID_MARK.search(before):
        return Hit(start, end, "national_id_like", "marked", "likely")
    if _ACCOUNT_MARK.search(before):
        return Hit(start, end, "account", "marked", "likely")
    if shape == (4, 2, 5):
        return Hit(start, end, "account", "account-form", "possible")
    if shape in _ID_SHAPES and (rule := date_rule(digits)):
        return Hit(start, end, "national_id_like", rule, "possible")
    return None


def _nine(text: str, low: str, start: int, end: int, digits: str, shape: tuple[int, ...]) -> Hit | None:
    if shape not in {(9,), (3, 3, 3)}:
        return None
    marked = _ORGANISATION_MARK.search(low, max(0, start - 30), start)
    before = marked.group().rstrip(" .:-") if marked else ""
    if vat := _VAT.match(low, end):
        end = vat.end()
    if before.endswith("no") and text[start - 3 : start].strip() in ("NO", "NO-"):
        start = start - 3 if text[start - 3 : start - 1] == "NO" else start - 2
    if is_organisation_number(digits):
        certainty: Certainty = "certain" if marked or vat else "likely"
        return Hit(start, end, "organisation_number", "organisation-number", certainty)
    return Hit(start, end, "organisation_number", "marked", "possible") if marked or vat else None


def _eight(text: str, low: str, window: Sequence[tuple[int, int]], digits: str, shape: tuple[int, ...]) -> Hit | None:
    start, end = window[0][0], window[-1][1]
    gaps = {text[a[1] : b[0]].replace("\n", " ").replace("\t", " ") for a, b in pairwise(window)}
    after = text[end : end + 1]
    if (
        len(gaps) > 1
        or not gaps <= {" ", ".", "-"}
        or (start and (text[start - 1].isalnum() or text[start - 1] == ","))
    ):
        return None
    if after.isalnum() or (after == "," and text[end + 1 : end + 2].isdigit()):
        return None
    if gaps == {"."} and (text[start - 1 : start] == "." or (after == "." and text[end + 1 : end + 2].isdigit())):
        return None  # part of an internet address or of a longer number
    before = _before(low, start)
    if _PHONE_MARK.search(before):
        return Hit(start, end, "phone", "phone-marked", "certain")
    if shape not in _PHONE_SHAPES or digits[0] not in "23456789":
        return None
    if _THING_MARK.search(before) or _UNIT.match(low, end):
        return None
    if shape == (8,) and _is_calendar(digits):
        is_birth = "1900" <= digits[4:] <= "2009" or "1900" <= digits[:4] <= "2009"
        return Hit(start, end, "birth_date", "full-date", "possible") if is_birth else None
    if shape == (4, 4) and _YEAR.match(digits[:4]) and _YEAR.match(digits[4:]):
        return None
    if shape == (3, 3, 2) and digits[0] not in "49":
        return None
    return Hit(start, end, "phone", "phone", "likely" if _PHONE_SHAPES[shape] else "possible")


def _international(text: str, low: str, digits_at: _Digits) -> Iterator[Hit]:
    for m in _matches(_INTERNATIONAL, text, "+", "00"):
        if m.start() and (text[m.start() - 1].isalnum() or text[m.start() - 1] in "+."):
            continue
        begin = m.start() - (text[m.start() - 1 : m.start()] == "(")
        places = [g.start() for g in re.finditer("[0-9]", m[0])]
        digits = "".join(m[0][at] for at in places)
        zeros = 2 if digits.startswith("00") else 0
        end = m.end()
        if digits[zeros : zeros + 2] == "47" and len(digits) - zeros >= 10:
            cut = places[zeros + 9] + 1
            # What stands behind the tenth digit is another number, unless it is stuck to it.
            if m[0][cut : cut + 1].isdigit():
                yield Hit(begin, end, "phone", "phone-international", "possible")
                continue
            end = m.start() + cut
            yield Hit(begin, end, "phone", "phone-country", "certain")
        elif 8 <= len(digits) - zeros <= 15 and not _UNIT.match(low, end):
            yield Hit(begin, end, "phone", "phone-international", "likely")
    for start, end in digits_at:
        is_form = end - start == 5 and start > 0 and low[start - 1 : start + 1] == " 0"
        if is_form and _SERVICE_MARK.search(low, max(0, start - 21), start - 1):
            yield Hit(start, end, "phone", "service-number", "possible")


# --- net --------------------------------------------------------------------------------------------------------------

_LOCAL = re.compile(r"[\w.+%'\-]")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63})*")
_HANDLE = re.compile(r"@[\w.]{2,40}")
_AT_WORD = re.compile(r"\(at\)|\[at\]|\{at\}|\(a\)|krøll-?alfa|alfakrøll|snabel-?a(?!\w)"
                      r"| at (?=[\w-]{1,40} (?:punktum|dot|punkt) \w)")  # fmt: skip
#: A bare "at" is a conjunction in Norwegian; it stands for the sign only where a full stop is said behind it.
_AT_NEEDLES = ("(at)", "[at]", "{at}", "(a)", "alfa", "snabel", " punktum ", " punkt ", " dot ")
_SPOKEN_LOCAL = re.compile(r"[\w.+-]{1,64}(?: (?:punktum|punkt|dot|prikk|bindestrek|understrek) [\w+-]{1,40}){0,4} ?$")
_SPOKEN_DOMAIN = re.compile(r" ?[\w-]{1,63}(?: ?(?:\.|\(dot\)|\[dot\]|punktum|punkt|dot|prikk) ?[\w-]{1,63}){1,4}")
_LINK = re.compile(r"(?:https?|ftp|file)://[^\s<>\"»]+|www\.[^\s<>\"»]{3,}")
_TOP = re.compile(r"\.(?:no|com|org|net|eu|se|dk|fi|de|uk|io|info|gov|edu|app|dev|fr|nl|biz|tv)(?!\w)")
_PATH_PART = re.compile(r"[^\s<>\"»]*")
_IP4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w]|\.[0-9])")
_IP6_CORE = re.compile(r":[0-9a-f]{0,4}:")
_HEX = frozenset("0123456789abcdef:")
_SECTION = re.compile(r"(?:punkt|pkt|kapittel|kap|avsnitt|versjon|v|§|del|tabell|figur)\.? ?$")
_HOME = re.compile(r"[\\/](?:home|users|brukere|documents and settings)[\\/]")
_WINDOWS_NAME = re.compile(r"[^\\\n\"<>|]{1,64}\\")
_SHARE = re.compile(r"(?<![\\\w])\\\\[\w.$-]{1,64}\\[^\s\"<>|]+")
_TRAILING = ".,;:!?)]}'\"»…"


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in _TRAILING:
        end -= 1
    return end


def _net(text: str, low: str, _digits: _Digits) -> Iterator[Hit]:
    done = 0
    at = text.find("@")
    while at != -1:
        start = at
        while start > max(done, at - 64) and _LOCAL.match(text[start - 1]):
            start -= 1
        while start < at and text[start] in ".'-":
            start += 1
        domain = _DOMAIN.match(text, at + 1)
        if start < at and domain:
            end = _trimmed(text, at, domain.end())
            is_whole = "." in text[at:end] and text[end - 2 : end].isalpha()
            yield Hit(start, end, "email", "email", "certain" if is_whole else "possible")
            done = end
        elif (handle := _HANDLE.match(text, at)) and (at == 0 or not text[at - 1].isalnum()):
            done = _trimmed(text, at, handle.end())
            yield Hit(at, done, "url", "handle", "likely")
        at = text.find("@", max(at + 1, done))
    for m in _matches(_AT_WORD, low, *_AT_NEEDLES):
        before = _SPOKEN_LOCAL.search(low, max(0, m.start() - 90), m.start())
        after = _SPOKEN_DOMAIN.match(low, m.end())
        if before and after:
            yield Hit(before.start(), _trimmed(text, m.end(), after.end()), "email", "email-spoken", "likely")
    for m in _matches(_LINK, low, "://", "www."):
        yield Hit(m.start(), _trimmed(text, m.start(), m.end()), "url", "url", "certain")
    done = 0
    for m in _TOP.finditer(low):
        if m.start() < done:
            continue
        start = m.start()
        while start > max(done, m.start() - 200) and (text[start - 1].isalnum() or text[start - 1] in "-._"):
            start -= 1
        while start < m.start() and text[start] in ".-_":
            start += 1
        done = m.end()
        if m.start() - start >= 2 and text[start - 1 : start] != "@":
            if low[done : done + 1] == "/":
                done = _trimmed(text, m.start(), (_PATH_PART.match(text, done) or m).end())
            certainty: Certainty = "possible" if m[0] in (".de", ".se") else "likely"
            yield Hit(start, done, "url", "domain", certainty)


def _machines(text: str, low: str, digits: _Digits) -> Iterator[Hit]:
    """Internet addresses and paths that name a user."""
    for m in _IP4.finditer(low) if _has_four_dotted(low, digits) else ():
        if m.start() and (low[m.start() - 1].isalnum() or low[m.start() - 1] == "."):
            continue
        parts = m[0].split(".")
        if any(int(p) > 255 for p in parts) or _SECTION.search(low[max(0, m.start() - 12) : m.start()]):
            continue
        if all(len(p) == 2 for p in parts) and m[0][0] in "23456789":
            continue  # a phone number, and told as one
        yield Hit(m.start(), m.end(), "ip", "ip-4", "likely" if any(int(p) >= 32 for p in parts) else "possible")
    done = 0
    for m in _IP6_CORE.finditer(low):
        if m.start() < done:
            continue
        start, done = m.start(), m.end()
        while start > max(0, m.start() - 40) and low[start - 1] in _HEX:
            start -= 1
        while done < min(len(low), m.end() + 40) and low[done] in _HEX:
            done += 1
        # "12:30:05:" is a time of day at the head of a turn, not an address.
        end = done if low[done - 2 : done] == "::" else _trimmed(text, start, done)
        if not (start and low[start - 1].isalnum()) and not low[done : done + 1].isalnum() and _is_ip6(low[start:end]):
            yield Hit(start, end, "ip", "ip-6", "certain")
    done = 0
    for m in _matches(_HOME, low, "/home", "\\home", "users", "brukere", "documents and"):
        if m.start() < done:
            continue
        start = m.start()
        if start >= 2 and text[start - 1] == ":" and text[start - 2].isalpha():
            start -= 2
        elif start >= 6 and low[start - 6 : start - 2] == "/mnt":
            start -= 6
        name = _WINDOWS_NAME.match(text, m.end()) if "\\" in m[0] else None
        rest = _PATH_PART.match(text, name.end() if name else m.end())
        done = _trimmed(text, m.end(), rest.end() if rest else m.end())
        if done > m.end():
            yield Hit(start, done, "path", "user-path", "certain")
    for m in _matches(_SHARE, text, "\\\\"):
        yield Hit(m.start(), _trimmed(text, m.start(), m.end()), "path", "share", "likely")


def _has_four_dotted(low: str, digits: _Digits) -> bool:
    """Whether four groups of digits stand together with a full stop between."""
    row = 1
    for (_, end), (start, _) in pairwise(digits):
        row = row + 1 if start == end + 1 and low[end] == "." else 1
        if row == 4:
            return True
    return False


def _is_ip6(candidate: str) -> bool:
    if sum(c != ":" for c in candidate) < 3:
        return False
    head, gap, tail = candidate.partition("::")
    groups = [*head.split(":"), *(tail.split(":") if tail else [])] if head else tail.split(":")
    is_formed = all(0 < len(g) <= 4 for g in groups)
    return is_formed and (len(groups) <= 7 if gap else len(groups) == 8)


# --- places where people live, and cars ---------------------------------------------------------------------------------

_STREETS = tuple(
    "gata gaten gate gatene gt veien vegen vei veg plass plassen allé allè alle alleen alléen bakken bakke stien sti "
    "svingen kroken tunet torg torget brygge bryggen bryggja kaia kaien haugen lia løkka jordet smauet smug "
    "stredet terrasse ringen åsen enga veita krok".split()
)
_ALONE = frozenset("gate gt vei veg plass allé alle allè torg brygge terrasse sti smug bakke krok veita".split())
_LOWER_STREETS = ("gata", "gaten", "gate", "veien", "vegen", "bakken", "stien", "svingen", "allé", "alleen")
_NOT_STREETS = frozenset("underveien rundveien halvveien omveien snarveien innfartsveien utgaten framveien".split())
_SIDES = frozenset("nedre øvre nordre søndre søre vestre østre indre ytre gamle nye store lille midtre".split())
_HOUSE = re.compile(r"[0-9]{1,4}(?:[ ]?-[ ]?[0-9]{1,4})?(?: ?[A-HJ-Z](?!\w)|[a-z](?!\w))?")
_PLACE = re.compile(r"(?:(?:Gamle|Nedre|Øvre|Indre|Ytre|Nes|Bø) )?[A-ZÆØÅ][\w-]+(?: i [A-ZÆØÅ][\w-]+)?")
_NOT_POSTCODE = re.compile(r"(?:\bns|\biso|\bnr|§|\bkr|\ben|\bnek|\bca)\.? ?$")
_FARM = re.compile(
    r"(?<!\w)(?:(?:gnr|gårdsnr|gardsnr|gårdsnummer|gardsnummer)\.? ?(?:/ ?)?(?:(?:bnr|bruksnr)\.?:? ?)?[0-9]{1,5}"
    r"(?:[ ,/]{0,3}(?:og )?(?:(?:bnr|bruksnr|bruksnummer)\.? ?)?[0-9]{1,5})?)(?![0-9])"
)
_BOX = re.compile(r"(?<!\w)(?:postboks|pb\.?) [0-9]{1,4}(?![0-9])")
_DWELLING = re.compile(r"(?<!\w)[HULK]0[1-9]0[1-9](?!\w)")
_PLATE = re.compile(r"(?<![\w-])[ABCDEFGHJKLNPRSTUVXYZ]{2}[ -]?$")
_MARKED_PLATE = re.compile(
    r"(?<!\w)(?:bilskilt\w*|skiltnummer\w*|registreringsnummer\w*|regnr\.?|personlig(?:e)? skilt\w*)"
    r"(?: er| var)?:? ?([a-zæøå0-9]{2}[ ]?[0-9]{5}|[a-zæøå0-9]{2,7})(?!\w)"
)
_NOT_PLATE = frozenset("NS EN KR NR".split())


def _words_back(text: str, end: int, most: int) -> list[tuple[int, int]]:
    """Up to `most` words that stand before `end`, the nearest first, one space between them."""
    found: list[tuple[int, int]] = []
    while len(found) < most:
        start = end
        while start > max(0, end - 40) and (text[start - 1].isalpha() or text[start - 1] in "-."):
            start -= 1
        if start == end:
            break
        found.append((start, end))
        if not start or text[start - 1] != " ":
            break
        end = start - 1
    return found


def _homes(text: str, low: str, digits: _Digits) -> Iterator[Hit]:
    for start, end in digits:
        size = end - start
        if size > 4:
            continue
        if start >= 4 and text[start - 1] == " " and (text[start - 2].isalpha() or text[start - 2] == "."):
            yield from _street(text, low, start)
        if size == 4 and text[end : end + 1] == " " and text[end + 1 : end + 2].isupper():
            yield from _postcode(text, low, start, end)
    for m in _matches(_FARM, low, "gnr", "rdsn"):
        yield Hit(m.start(), m.end(), "address", "farm-number", "certain")
    for m in _matches(_BOX, low, "postboks ", "pb ", "pb. "):
        yield Hit(m.start(), m.end(), "address", "box", "likely")
    for m in _matches(_DWELLING, text, "H0", "U0", "L0", "K0"):
        yield Hit(m.start(), m.end(), "address", "dwelling", "likely")


def _street(text: str, low: str, number: int) -> Iterator[Hit]:
    words = _words_back(text, number - 1, 4)
    if not words:
        return
    start, end = words[0]
    word = low[start:end].rstrip(".")
    if not word.endswith(_STREETS):
        return
    certainty: Certainty = "likely"
    if word in _ALONE:
        before = [w for w in words[1:] if text[w[0]].isupper()]
        if len(words) < 2 or not text[words[1][0]].isupper():
            return
        start = before[-1][0] if len(before) == len(words) - 1 else words[1][0]
        for back in words[1:]:
            if not text[back[0]].isupper():
                break
            start = back[0]
    elif text[start].isupper() and word not in _STREETS:
        if len(words) > 1 and low[words[1][0] : words[1][1]] in _SIDES:
            start = words[1][0]
    elif word.endswith(_LOWER_STREETS) and len(word) > 7 and word not in _NOT_STREETS:
        certainty = "possible"
    else:
        return
    house = _HOUSE.match(text, number)
    if house and not _UNIT.match(low, house.end()):
        yield Hit(start, house.end(), "address", "street", certainty)


def _postcode(text: str, low: str, start: int, end: int) -> Iterator[Hit]:
    before = low[max(0, start - 6) : start]
    place = _PLACE.match(text, end + 1)
    if not place or (before and (before[-1].isalnum() or before[-1] in "/-.") and not before.endswith(("n-", "no-"))):
        return
    if _NOT_POSTCODE.search(before):
        return
    is_year = 1900 <= int(text[start:end]) <= 2099
    is_behind = before.rstrip().endswith((",", "n-")) or before.endswith("\n")
    if is_year and not is_behind:
        return
    certainty: Certainty = "possible" if is_year else "certain" if text[start] == "0" or is_behind else "likely"
    yield Hit(start, place.end(), "postcode", "postcode", certainty)


def _cars(text: str, low: str, digits: _Digits) -> Iterator[Hit]:
    for start, end in digits:
        if end - start != 5 or start < 2 or _is_word(text[end : end + 1]):
            continue
        letters = _PLATE.search(text, max(0, start - 4), start)
        if letters and letters[0][:2] not in _NOT_PLATE and not _UNIT.match(low, end):
            yield Hit(letters.start(), end, "plate", "plate", "likely")
    for m in _matches(_MARKED_PLATE, low, "bilskilt", "skiltnummer", "registreringsnummer", "regnr", "personlig"):
        is_form = m[1][-5:].isdigit()
        if is_form or text[m.start(1) : m.end(1)].isupper():
            yield Hit(m.start(1), m.end(1), "plate", "plate-marked", "certain" if is_form else "possible")


# --- days of birth ----------------------------------------------------------------------------------------------------

_MONTH = (r"(?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember"
          r"|jan|feb|mar|apr|jun|jul|aug|sept?|okt|nov|des)")  # fmt: skip
_DAY_MONTH = rf"[0-3]?[0-9]\.? ?{_MONTH}\.?"
_BORN = re.compile(
    r"(?<!\w)(?:fød(?:t|d|de|selsdato\w*|selsdag\w*)|gebursdag\w*|bursdag\w*)(?!\w)"
    r"[ :,]{0,3}(?:(?:er|var|vart|ble|blei|den|dato|i|på|omkring|cirka|ca\.?|min|hennes|hans)[ :,]{1,2}){0,4}"
    r"|(?<![\w.])f[.:] ?(?=[0-9])"
)
#: Every stretch that `_BORN` finds begins with one of these.
_BORN_HEADS = ("fød", "gebursdag", "bursdag", "f.", "f:")
_BORN_DATE = re.compile(
    rf"(?P<whole>{_DAY_MONTH}(?: ?,? ?(?:i )?(?:(?:18|19|20)[0-9]{{2}}|'?[0-9]{{2}}))?(?![0-9])"
    r"|(?:18|19|20)[0-9]{2}[.\-/ ][0-9]{1,2}[.\-/ ][0-9]{1,2}(?![0-9])"
    r"|[0-3]?[0-9][./\- ]{1,2}[01]?[0-9][./\- ]{1,2}(?:(?:18|19|20)[0-9]{2}|[0-9]{2})(?![0-9])"
    r"|[0-3][0-9][01][0-9](?:(?:18|19|20)[0-9]{2}|[0-9]{2})(?![0-9]))"
    r"|(?P<year>(?:18|19|20)[0-9]{2}(?![0-9])|(?:nitten|atten)(?!\w)(?:[ -]?\w{2,12}){0,2}|nitten\w{2,14}"
    r"|to ?tusen\w{0,12}(?: ?og ?\w{2,8})?)"
    r"|(?P<ordinal>\w{4,16}(?:te|de|ande)(?: (?:i )?(?:\w{3,9}(?:te|de|dje)|" + _MONTH + r")))"
)
_DAY_BEFORE_YEAR = re.compile(
    rf"(?<![0-9A-Za-z./\-])(?:[0-3]?[0-9](?:\. ?|[/\-])[01]?[0-9](?:\. ?|[/\-])|{_DAY_MONTH} )$"
)
_DAY_BEHIND_YEAR = re.compile(r"-[01][0-9]-[0-3][0-9](?![0-9\-/])")
#: The last year in which somebody may have been born whom an unmarked date is taken to tell.
_LAST_BIRTH = "2009"


def _births(low: str, digits: _Digits) -> Iterator[Hit]:
    done = 0
    for at in sorted(at for head in _BORN_HEADS for at in _places(low, head)):
        m = _BORN.match(low, at) if at >= done else None
        if m is None:
            continue
        done = m.end()
        date = _BORN_DATE.match(low, done)
        if date is None:
            continue
        if date["whole"]:
            yield Hit(date.start(), date.end(), "birth_date", "born", "certain")
        elif date["year"]:
            yield Hit(date.start(), date.end(), "birth_date", "birth-year", "likely")
        else:
            yield Hit(date.start(), date.end(), "birth_date", "born-spoken", "likely")
    for first, end in digits:
        start = end - 4
        if start < first or not "1900" <= low[start:end] <= _LAST_BIRTH:
            continue
        if before := _DAY_BEFORE_YEAR.search(low, max(0, start - 20), start):
            yield Hit(before.start(), end, "birth_date", "full-date", "possible")
        elif (after := _DAY_BEHIND_YEAR.match(low, end)) and not (
            start and (low[start - 1].isalnum() or low[start - 1] in "-/.")
        ):
            yield Hit(start, after.end(), "birth_date", "full-date", "possible")


# --- spoken numbers and sensitive words ---------------------------------------------------------------------------------

_UNITS = {"null": "0", "en": "1", "én": "1", "ein": "1", "ett": "1", "eitt": "1", "to": "2", "tre": "3", "fire": "4",
          "fem": "5", "seks": "6", "sju": "7", "syv": "7", "åtte": "8", "ni": "9"}  # fmt: skip
_TEENS = {"ti": "10", "elleve": "11", "tolv": "12", "tretten": "13", "fjorten": "14", "femten": "15", "seksten": "16",
          "sytten": "17", "atten": "18", "nitten": "19"}  # fmt: skip
_TENS = {"tjue": "2", "tyve": "2", "tredve": "3", "tretti": "3", "førti": "4", "femti": "5", "seksti": "6",
         "sytti": "7", "åtti": "8", "nitti": "9"}  # fmt: skip


def _number_words() -> dict[str, str]:
    words = {**_UNITS, **_TEENS, **{ten: f"{d}0" for ten, d in _TENS.items()}}
    for ten, d in _TENS.items():
        for unit, u in _UNITS.items():
            if u != "0":
                words[ten + unit] = d + u
                words[f"{unit}og{ten}"] = d + u
    return words


_NUMBER_WORDS = _number_words()
_MARKS = {"og": "o", **dict.fromkeys(_NUMBER_WORDS, "n")}
_WORD = re.compile(r"\w+")
_SPOKEN_RUN = re.compile(r"n(?:o?n){3,}")

#: Stems of words of the special categories (GDPR art. 9) and of crime; "helse" alone says nothing of a person.
_SENSITIVE = {
    "health": "diagnose diagnost sykmeld sjukmeld sykemeld kreft depresjon deprimer psykiat psykose utbrent utbrend "
    "rusmis rusavheng rusproblem alkoholis alkoholproblem abort hivpositiv uføretrygd ufør diabet epileps demens "
    "alzheimer adhd autis asperger selvmord sjølvmord bipolar schizofr multippel parkinson leukemi hjerteinfarkt "
    "hjarteinfarkt hjerneslag spiseforstyrr eteforstyrr kjemoterapi cellegift rullestolbruk",
    "union": "fagforening fagforbund fagorganis tillitsvalgt tillitsvald hovedtillitsv hovudtillitsv",
    "religion": "muslim moske moské jødisk jødedom katolik katolsk pinsemenig trossamfunn ateist hijab buddhis hindu "
    "mormon sikhis",
    "politics": "partimedlem partifelle partibok",
    "ethnicity": "etnisk innvandrerbakgrunn innvandrarbakgrunn minoritetsbakgrunn samisk romfolk tater kvensk "
    "hudfarge hudfarve asylsøk asylsøkj flyktning",
    "sex_life": "homofil homoseks lesbisk bifil biseks transperson transkjøn transseks skeiv seksualitet legning",
    "biometrics": "fingeravtrykk ansiktsgjenkjen ansiktsattkjen irisskann",
    "crime": "straffedøm straffedom domfelt domfeld straffbar tiltalt tiltale fengsel fengsla fengslet soning rulleblad "
    "vandelsattest underslag bedrageri hvitvask kvitvask korrupsjonsdøm varetekt",
}
_STEMS = {stem: category for category, stems in _SENSITIVE.items() for stem in stems.split()}
_STEM_HEADS = frozenset(stem[:3] for stem in _STEMS)
_PARTIES = (r"arbeiderpartiet|arbeidarpartiet|høyre|høgre|fremskrittspartiet|framstegspartiet|venstre|senterpartiet"
            r"|kristelig folkeparti|kristeleg folkeparti|rødt|raudt|miljøpartiet|ap|frp|sv|sp|krf|mdg|inp")  # fmt: skip
_PHRASE_WORDS = frozenset("medlem meld meldt melde meldet innmeldt aktiv stemte stemmer stemma stemmar gravid tror trur "
                          "trodde trudde dømt dømd".split())  # fmt: skip
_PHRASES = re.compile(
    rf"(?<!\w)(?:(?:medlem|melde?t? meg inn|innmeldt|aktiv) (?:i|av) (?:{_PARTIES})|stem(?:te|mer|ma|mar) "
    rf"(?:på )?(?:{_PARTIES})|medlem (?:i|av) (?:lo|nito|tekna|fagforbundet|unio|akademikerne|ys|delta|parat|norsk"
    r" sykepleierforbund|utdanningsforbundet)|(?:er|blitt|vart|ble|hun er|ho er) gravid|tro(?:r|dde) på (?:gud|allah)"
    r"|tru(?:r|dde) på (?:gud|allah)|dømt for|dømd for)(?!\w)"
)


def _category(word: str) -> str:
    if word[:3] not in _STEM_HEADS:
        return ""
    return next((_STEMS[word[:n]] for n in range(3, len(word) + 1) if word[:n] in _STEMS), "")


@lru_cache(maxsize=65_536)
def _marks(token: str) -> str:
    """One letter for each word of what stands between two blanks: n and o of numbers, s sensitive, p of a phrase.

    >>> _marks("(fem-og-tjue"), _marks("fagforeninga,"), _marks("–")
    ('non', 's', '')
    """
    return "".join(
        _MARKS.get(word) or ("s" if _category(word) else "p" if word in _PHRASE_WORDS else " ")
        for word in _WORD.findall(token)
    )


def _words(low: str) -> Iterator[Hit]:
    """Numbers said in words, and words of the special categories."""
    tokens = low.split()
    # Words come back: each is looked at once, and across texts those that are no longer than words are.
    known = {token: _marks(token) if len(token) <= 32 else _marks.__wrapped__(token) for token in set(tokens)}
    marks = "".join(map(known.__getitem__, tokens))
    if runs := [m.span() for m in _SPOKEN_RUN.finditer(marks)]:
        spans = [m.span() for m in _WORD.finditer(low)]
        words = [low[start:end] for start, end in spans]
        for begin, end in runs:
            yield from _spoken(low, words, spans, begin, end)
    if "s" in marks or "p" in marks:
        marked = {w for token, its in known.items() if its.strip(" no") for w in _WORD.findall(token)}
        for start, end in _occurrences(low, [w for w in marked if w in _PHRASE_WORDS or _category(w)]):
            word = low[start:end]
            if category := _category(word):
                yield Hit(start, end, "sensitive", category, "possible")
            # "Hun er gravid" is the only phrase that does not begin with its word.
            elif m := _PHRASES.search(low, max(0, start - 7), end) if word == "gravid" else _PHRASES.match(low, start):
                yield Hit(m.start(), m.end(), "sensitive", "phrase", "possible")


def _occurrences(low: str, words: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where whole words stand; few are looked for one by one, which is many times quicker."""
    if len(words) > 24:
        yield from (m.span() for m in _WORD.finditer(low) if m[0] in words)
        return
    for word in sorted(words):
        for start in _places(low, word):
            end = start + len(word)
            if not _is_word(low[end : end + 1]) and not (start and _is_word(low[start - 1])):
                yield start, end


def _spoken(low: str, words: Sequence[str], spans: Sequence[tuple[int, int]], begin: int, end: int) -> Iterator[Hit]:
    """The hits of one run of number words, cut where more than a comma stands between two of them."""
    part: list[int] = []
    for at in range(begin, end + 1):
        if at < end and (not part or 1 <= spans[at][0] - spans[part[-1]][1] <= 4 or words[at] == "og"):
            part.append(at)
            continue
        yield from _spoken_part(low, words, spans, part)
        part = [at] if at < end else []


def _spoken_part(
    low: str, words: Sequence[str], spans: Sequence[tuple[int, int]], part: Sequence[int]
) -> Iterator[Hit]:
    numbers = [at for at in part if words[at] != "og"]
    said = [_NUMBER_WORDS[words[at]] for at in numbers]
    digits = ""
    for before, value in zip(["", *said], said, strict=False):
        # "førti fem" are two digits, not three.
        is_joined = len(before) == 2 and before[1] == "0" and before[0] > "1" and len(value) == 1 and value != "0"
        digits = digits[:-1] + value if is_joined else digits + value
    if len(digits) < 8 or _is_rising([int(v) for v in said]):
        return
    steps = {int(b) - int(a) for a, b in pairwise(said)}
    if len(steps) == 1:
        return  # counting by tens or twos
    if hit := _digits_hit(spans[numbers[0]][0], spans[numbers[-1]][1], digits, "spoken"):
        yield hit


# --- all together -----------------------------------------------------------------------------------------------------

#: Kinds that hold others: a name within an e-mail address goes with the address.
_CONTAINERS = frozenset("email url path address".split())
_ORDER = {kind: n for n, kind in enumerate(
    ("email", "url", "path", "national_id", "account", "plate", "organisation_number", "address", "postcode", "phone",
     "ip", "birth_date", "national_id_like", "person", "organisation", "place", "sensitive", "capitalised"))}  # fmt: skip
_SURE = {"certain": 0, "likely": 1, "possible": 2}


# Tuples compare many times quicker than values, and a full order leaves nothing to chance.
_ALL_OF_IT = attrgetter("start", "end", "kind", "rule", "certainty", "pseudonym")


def _rank(hit: Hit) -> tuple[bool, int, int, int, int]:
    is_inside = hit.kind not in _CONTAINERS or hit.certainty == "possible"
    return (is_inside, _SURE[hit.certainty], _ORDER.get(hit.kind, 99), hit.start - hit.end, hit.start)


def without_overlaps(hits: Iterable[Hit]) -> list[Hit]:
    """The hits in order of the text, of those that overlap the surest and most specific one.

    What holds others (e-mail, address, path) comes first, then certainty, then the kind, then length. Use it to put
    the hits of several detectors together.

    >>> without_overlaps([Hit(0, 11, "phone", "a"), Hit(0, 11, "national_id", "b", "certain"), Hit(12, 13, "ip", "c")])
    [Hit(start=0, end=11, kind='national_id', rule='b', certainty='certain', pseudonym=''), \
Hit(start=12, end=13, kind='ip', rule='c', certainty='likely', pseudonym='')]
    """
    groups: list[list[Hit]] = []
    reach = -1
    for hit in sorted(set(hits), key=_ALL_OF_IT):
        if hit.start < reach:
            groups[-1].append(hit)
        else:
            groups.append([hit])
        reach = max(reach, hit.end)
    kept: list[Hit] = []
    for group in groups:
        taken: list[tuple[int, int]] = []
        for hit in sorted(group, key=_rank):
            at = bisect_left(taken, (hit.start, hit.end))
            if (at < len(taken) and taken[at][0] < hit.end) or (at and taken[at - 1][1] > hit.start):
                continue
            taken.insert(at, (hit.start, hit.end))
            kept.append(hit)
    return sorted(kept, key=_ALL_OF_IT)


_FINDERS: tuple[Callable[[str, str, _Digits], Iterator[Hit]], ...] = (
    _numbers,
    _international,
    _net,
    _machines,
    _homes,
    _cars,
)


def find_identifiers(text: str) -> list[Hit]:
    """All stretches of `text` that the rules know, in order and without overlaps; offsets count code points.

    Digits of other scripts, no-break and thin spaces, all dashes and invisible characters count as what they stand
    for. Names are ``names.find_names``'s part.

    >>> [(hit.kind, hit.certainty) for hit in find_identifiers("Ring 400 12 345 eller skriv til ås@bø.no 😀")]
    [('phone', 'certain'), ('email', 'certain')]
    >>> [hit.kind for hit in find_identifiers("Saken ble avgjort 12.3.2021 for 4 500 000 kroner, jf. § 12 i forskriften")]
    []
    """
    level, places = _levelled(text)
    low = lowered(level)
    digits = [m.span() for m in _GROUP.finditer(level)]
    found = [hit for finder in _FINDERS for hit in finder(level, low, digits)]
    found += _births(low, digits)
    found += _words(low)
    hits = without_overlaps(found)
    if places is None:
        return hits
    return [Hit(places[h.start], places[h.end - 1] + 1, h.kind, h.rule, h.certainty, h.pseudonym) for h in hits]
