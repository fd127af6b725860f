"""How far passages have come on their way to being shown: the steps of the register, one after the other; opens nothing."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from .records import Clearance
from .vocab import AUDIENCES, CHECKED, CLEARED, DRAFT, PSEUDONYMISED, PUBLIC, REVOKED, TAKEN_OUT

#: What shows that words are not as they were said: something is left out, or it is said in other words.
LEFT_OUT, PARAPHRASE = "[…]", "[parafrase]"
#: Something in brackets: what is left out, or a word for what stood there, such as [sted].
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
#: What stands in brackets is a mark and no telling: so many words and characters at most, of brackets side by side in all.
BRACKET_WORDS, BRACKET_CHARACTERS = 5, 60
_BRACKETS_IN_A_ROW = re.compile(r"\[[^\[\]]*\](?:[\W_]*\[[^\[\]]*\])*")
_WORD = re.compile(r"[^\W_]+")
#: Which steps can follow where a passage stands; "" is one that nobody has chosen yet.
AFTER: Mapping[str, tuple[str, ...]] = {
    "": (DRAFT, PSEUDONYMISED, REVOKED),
    DRAFT: (PSEUDONYMISED, REVOKED),
    PSEUDONYMISED: (CHECKED, PSEUDONYMISED, DRAFT, REVOKED),
    CHECKED: (CLEARED, PSEUDONYMISED, DRAFT, REVOKED),
    CLEARED: (CLEARED, REVOKED),
    REVOKED: (DRAFT, PSEUDONYMISED),
}


@dataclass(frozen=True)
class Way:
    """How far a passage has come.

    Attributes
    ----------
    state
        The last step; "revoked" only when nobody may see it any more.
    granted
        The audiences it was cleared for by name and is still; what follows from "public" is in :attr:`audiences`.
    shown_as
        The edited words, "" where the passage stands as it was coded.
    text_sha256
        Fingerprint of the passage's own words when they were pseudonymised.
    pseudonymised_by, checked_by
        Who took these two steps last; "" before.
    revoked
        Audiences it has ever been revoked for.
    on, row
        Day and id of the last step.
    """

    state: str = ""
    granted: frozenset[str] = frozenset()
    shown_as: str = ""
    text_sha256: str = ""
    pseudonymised_by: str = ""
    checked_by: str = ""
    revoked: frozenset[str] = frozenset()
    on: str = ""
    row: str = ""

    @property
    def audiences(self) -> tuple[str, ...]:
        """Everybody it is cleared for, in the order of ``vocab.AUDIENCES``.

        >>> Way(granted=frozenset({"public"})).audiences
        ('co_researchers', 'workshop', 'public')
        """
        return AUDIENCES if PUBLIC in self.granted else tuple(one for one in AUDIENCES if one in self.granted)

    @property
    def is_redacted(self) -> bool:
        """Whether its edited words were taken out, since they told of somebody who has withdrawn."""
        return TAKEN_OUT in self.shown_as


class Misstep(NamedTuple):
    """What is wrong with a step: the kind of fault, what was found, what was expected, and what to do."""

    kind: str
    found: str
    expected: str
    remedy: str


def words_sha256(words: str) -> str:
    """The fingerprint of a passage's words: SHA-256 of their UTF-8 in NFC, in hexadecimal digits.

    >>> words_sha256("a\u030a") == words_sha256("å")
    True
    """
    return hashlib.sha256(unicodedata.normalize("NFC", words).encode("utf-8", "surrogatepass")).hexdigest()


def ways(rows: Iterable[Clearance], day: str = "9999-12-31") -> dict[str, Way]:
    """How far every passage with a step has come by the end of an ISO day, by segment id.

    Steps count in the order of their days, of one day in that of the file. Rows that take a record out, and second rows of
    one id, are no steps (see :func:`misstep`) and change nothing.

    Examples
    --------
    >>> steps = [
    ...     Clearance("CL1", "2024-06-03", segment="S1", state="pseudonymised", by="K1", text_sha256="ab"),
    ...     Clearance("CL2", "2024-06-04", segment="S1", state="checked", by="K2", text_sha256="ab"),
    ...     Clearance("CL3", "2024-06-05", segment="S1", state="cleared", audience="workshop", by="K1", text_sha256="ab"),
    ... ]
    >>> ways(steps)["S1"].audiences, ways(steps, "2024-06-04")["S1"].state
    (('workshop',), 'checked')
    """
    found: dict[str, Way] = {}
    seen: set[str] = set()
    for row in sorted((row for row in rows if row.on <= day), key=lambda row: row.on):
        if row.action or row.id in seen:
            continue
        seen.add(row.id)
        found[row.segment] = taken(found.get(row.segment, Way()), row)
    return found


def taken(way: Way, row: Clearance) -> Way:
    """A passage's way after one more step; a step that :func:`misstep` refuses never leads to anything being shown."""
    way = replace(way, on=row.on, row=row.id)
    if row.state == CLEARED:
        # Words that nobody has checked, and words that are not those checked, are not cleared by saying so.
        is_checked = way.state in (CHECKED, CLEARED) and not differs(way, row)
        return replace(way, state=CLEARED, granted=way.granted | {row.audience} - {""}) if is_checked else way
    if row.state == REVOKED:
        left = way.granted - {row.audience, PUBLIC} if row.audience else frozenset()
        gone = frozenset({row.audience}) if row.audience else frozenset(AUDIENCES)
        return replace(way, state=CLEARED if left else REVOKED, granted=left, revoked=way.revoked | gone)
    if row.state == CHECKED:
        is_checked = way.state == PSEUDONYMISED and row.by != way.pseudonymised_by and not differs(way, row)
        return replace(way, state=CHECKED, checked_by=row.by) if is_checked else way
    return replace(
        way,
        state=row.state,
        granted=frozenset(),
        shown_as=row.shown_as,
        text_sha256=row.text_sha256,
        pseudonymised_by=row.by if row.state == PSEUDONYMISED else "",
        checked_by="",
    )


def differs(way: Way, row: Clearance) -> bool:
    """Whether a step is about other words than those that were pseudonymised."""
    return (row.shown_as, row.text_sha256) != (way.shown_as, way.text_sha256)


def misstep(way: Way, row: Clearance, persons: Mapping[str, str] | None = None) -> Misstep | None:
    """What is wrong with a step that follows where a passage stands; None when it may be taken.

    Parameters
    ----------
    way
        Where the passage stands; ``Way()`` for one that nobody has chosen.
    row
        The step.
    persons
        Who a coder is, for those who have coded under second initials: both are one person.
    """
    known = persons or {}
    allowed = AFTER.get(way.state, ())
    # The words are no longer those that were cleared: the way begins anew.
    is_anew = way.state == CLEARED and row.text_sha256 != way.text_sha256 and row.state in (DRAFT, PSEUDONYMISED)
    if row.state not in allowed and not is_anew:
        return Misstep(
            "step-out-of-order",
            f"{row.state or 'no step'} after {way.state or 'nothing'}",
            f"one of: {', '.join(allowed)}",
            "Steps go one at a time: draft, pseudonymised, checked, cleared; what is cleared must be revoked first.",
        )
    if (row.state == CLEARED) != bool(row.audience) and row.state != REVOKED:
        return Misstep(
            "cleared-without-audience" if row.state == CLEARED else "audience-too-early",
            f"{row.state} {'without an audience' if row.state == CLEARED else f'for {row.audience}'}",
            f"one of: {', '.join(AUDIENCES)}" if row.state == CLEARED else "no audience before it is cleared",
            "Say who it is cleared for." if row.state == CLEARED else "Leave the audience empty.",
        )
    # A participant's withdrawal empties what was written of her words; these rows were right on their day.
    is_emptied = not row.text_sha256 or TAKEN_OUT in row.shown_as or way.is_redacted
    if row.state in (CHECKED, CLEARED) and not is_emptied and differs(way, row):
        return Misstep(
            "other-words",
            f"{row.state}, of other words than those that were pseudonymised",
            "the same shown_as and text_sha256 as in the step before",
            "Pseudonymise it anew with these words; then somebody else can check them.",
        )
    if row.state == CHECKED and known.get(row.by, row.by) == known.get(way.pseudonymised_by, way.pseudonymised_by):
        return Misstep(
            "checked-by-the-same",
            f"checked by {row.by}, who pseudonymised it",
            "another person",
            "Let somebody else check it.",
        )
    if row.state == CLEARED and row.audience in way.revoked - way.granted and not row.reason.strip() and not is_emptied:
        return Misstep(
            "cleared-again-without-reason",
            f"cleared for {row.audience}, for whom it was revoked",
            "a reason",
            "Say in reason why it may be shown again.",
        )
    is_edited = bool(row.shown_as) and row.state != REVOKED and not is_emptied
    if is_edited and not is_marked(row.shown_as) and words_sha256(row.shown_as) != row.text_sha256:
        return Misstep(
            "unmarked-edit",
            f"shown_as, {len(row.shown_as)} characters without {LEFT_OUT} or {PARAPHRASE}",
            f"words that show that they were edited: {LEFT_OUT} where something is left out, or {PARAPHRASE}",
            "Mark the edit, or leave shown_as empty to show the passage as it was coded.",
        )
    if is_edited and (long := long_brackets(row.shown_as)):
        return Misstep(
            "long-brackets",
            f"shown_as, {long} of its brackets with more than a mark",
            f"{BRACKET_WORDS} words at most in brackets, such as [sted] or [navn på en leverandør]",
            f"Leave out with {LEFT_OUT}, or begin with {PARAPHRASE} when it is told in other words.",
        )
    return None


def long_brackets(shown_as: str) -> int:
    """How many brackets of edited words hold more than a mark; those side by side count as one.

    Examples
    --------
    >>> long_brackets("Vi leide […] i [ei by ved sjøen]"), long_brackets("[ei by] – [som ligg ved sjøen]")
    (0, 1)
    """
    return sum(
        len(_WORD.findall(own)) > BRACKET_WORDS or sum(c.isalnum() for c in own) > BRACKET_CHARACTERS
        for own in (
            found[0].replace(PARAPHRASE, "")
            for found in _BRACKETS_IN_A_ROW.finditer(unicodedata.normalize("NFC", shown_as))
        )
    )


def is_marked(shown_as: str) -> bool:
    """Whether edited words show that they are.

    >>> is_marked("Det var […] vanskelig"), is_marked("[parafrase] Det var vanskelig"), is_marked("Det var vanskelig")
    (True, True, False)
    """
    return LEFT_OUT in shown_as or PARAPHRASE in shown_as.casefold()


def tidied_edit(text: str) -> str:
    """Edited words as they are kept: NFC, one blank between words, ``[...]`` as ``[…]``.

    >>> tidied_edit(" Det var [...]  vanskelig [Parafrase] ")
    'Det var […] vanskelig [parafrase]'
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    text = re.sub(r"\[ ?(?:\.\.\.|…|\. \. \.) ?\]", LEFT_OUT, text)
    return re.sub(r"\[ ?parafrase ?\]", PARAPHRASE, text, flags=re.IGNORECASE)


def keeps_words(shown_as: str, words: str) -> bool:
    """Whether edited words are the passage's own, in their order, but for what stands in brackets; a paraphrase need not be.

    Blanks, and whether the first letter of a piece is a capital, do not count.

    Examples
    --------
    >>> keeps_words("Vi leide […] i [sted]", "Og vi leide ei fabrikkhall for seks år i Horten")
    True
    >>> keeps_words("Vi eide […] i [sted]", "Og vi leide ei fabrikkhall for seks år i Horten")
    False
    """
    if PARAPHRASE in shown_as.casefold():
        return True
    said, place = _plain(words), 0
    for piece in _BRACKETS.split(shown_as):
        wanted = _plain(piece)
        if not wanted:
            continue
        found = _whole_words(said, wanted, place)
        if found < 0:
            return False
        place = found + len(wanted)
    return True


def _plain(text: str) -> str:
    """A text without what an edit may change: case and blanks, and the full stop or comma at the ends of a piece."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).strip(" .,;:–-")


def _whole_words(said: str, wanted: str, begin: int) -> int:
    """Where `wanted` stands in `said` as whole words, from a place on; -1 where nowhere."""
    place = said.find(wanted, begin)
    while place >= 0:
        end = place + len(wanted)
        is_cut = (place > 0 and said[place - 1].isalnum() and wanted[0].isalnum()) or (
            end < len(said) and said[end].isalnum() and wanted[-1].isalnum()
        )
        if not is_cut:
            return place
        place = said.find(wanted, place + 1)
    return -1
