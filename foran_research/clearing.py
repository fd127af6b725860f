"""Which passages may be shown to whom: how far each has come, the steps that people take, and the packs that hold them.

A passage is shown to others only when it was pseudonymised, checked by another person, and cleared for them; while its
words are what they were; and while its speaker's consent and its document allow it. All of that is looked at anew whenever
somebody asks, so that what was cleared once is not shown for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from .coding.segments import shown_id
from .corpus.identifiers import find_identifiers
from .corpus.names import find_names, known_names
from .corpus.repeats import RUN, Repeat, Said
from .days import checked_day
from .errors import Fault, Faults, ForanError, StudyError, UnknownName
from .registers.cleared import Way, is_marked, keeps_words, misstep, taken, tidied_edit, ways, words_sha256
from .registers.records import Clearance, PackMade, next_id
from .registers.store import append
from .registers.vocab import AUDIENCES, CHECKED, CLEARANCE_STATES, CLEARED, DRAFT, PSEUDONYMISED, PUBLIC, REVOKED
from .study import Study

__all__ = [
    "AUDIENCES",
    "Recorded",
    "Standing",
    "Wish",
    "cleared_for",
    "listed",
    "overlapping",
    "packs_holding",
    "passages",
    "record",
    "role_may_be_told",
    "same_words",
    "standing",
]

#: The scopes of consent that words need before they are shown to an audience; ``analysis`` comes first of all.
SCOPES: Mapping[str, tuple[str, ...]] = {
    # Those of other municipalities get a file that stays with them.
    "co_researchers": ("analysis", "quote", "share"),
    "workshop": ("analysis", "quote"),
    "public": ("analysis", "quote"),
}
#: Why a passage that was chosen cannot be shown: the words were edited since; nobody stands by the coding any more; it has
#: lost its place in an edited text; a participant's withdrawal took the edited words; and what needs no explanation.
LAPSES = ("words_changed", "gone", "waiting", "taken_out", "hidden_document", "no_consent")
#: A label in the text of a talk, before what its speaker says.
_LABEL = re.compile(r"\s*\*\*[^*\n]+:\*\*\s*")


@dataclass(frozen=True)
class Standing:
    """Where a passage stands on its way to being shown.

    Attributes
    ----------
    state
        One of ``registers.vocab.CLEARANCE_STATES``: the last step that was taken.
    audiences
        Those it may be shown to now, "public" covering all; none when it has lapsed.
    shown_as
        The edited words, "" where the passage stands as it was coded.
    lapsed
        Why it cannot be shown whatever was decided, one of `LAPSES`, or "".
    segment, granted, on, pseudonymised_by, checked_by
        The passage, the audiences it was cleared for by name, the day of the last step, and who took two of them.
    words
        What is shown to those it may be shown to; "" when it may be shown to nobody.
    """

    state: str
    audiences: tuple[str, ...] = ()
    shown_as: str = ""
    lapsed: str = ""
    segment: str = ""
    granted: tuple[str, ...] = ()
    on: str = ""
    pseudonymised_by: str = ""
    checked_by: str = ""
    words: str = field(default="", repr=False)


def standing(study: Study, day: str = "") -> Mapping[str, Standing]:
    """Where every passage stands that somebody has chosen, by segment id.

    Parameters
    ----------
    study
        The study; its texts, codings and consents count as they are in it.
    day
        An ISO day: only the steps up to it count. All of them without.

    Returns
    -------
    Mapping
        In the order of the segment ids. A passage that is not there has not been chosen and is shown to nobody.
    """
    found = ways(study.registers.clearances, day or "9999-12-31")
    if not found:
        return {}
    places = _Places(study, found)
    return {name: places.standing(name, found[name]) for name in sorted(found)}


def cleared_for(study: Study, audience: str, day: str = "") -> Mapping[str, str]:
    """Exactly the passages that may be shown to an audience, with the words to show, by segment id.

    Parameters
    ----------
    audience
        One of `AUDIENCES`; what the public may see, everybody may.
    day
        As for :func:`standing`.

    Raises
    ------
    UnknownName
        For an audience there is not.
    """
    if audience not in AUDIENCES:
        raise UnknownName("audience", audience, AUDIENCES)
    return {name: one.words for name, one in standing(study, day).items() if audience in one.audiences}


def role_may_be_told(study: Study, segments: Iterable[str]) -> frozenset[str]:
    """Those of the passages whose speakers have all consented to their role being told beside their words."""
    wanted = frozenset(segments)
    places = _Places(study, wanted)
    return frozenset(name for name in wanted if places.consents(name, ("analysis", "quote", "quote_role")))


def packs_holding(study: Study, segments: Iterable[str]) -> tuple[PackMade, ...]:
    """The review packs, pages and notebooks that were made with the words of any of the passages, in the order made.

    Everything that was ever made counts, also what was taken out of the register: copies may be about. What of it tells
    something that may not be told any more is in ``recalling.packs_to_recall``.
    """
    wanted = frozenset(segments)
    found = {(row.id, row.file_sha256): row for row in study.registers.packs if not wanted.isdisjoint(row.segments)}
    return tuple(found.values())


def passages(study: Study) -> pd.DataFrame:
    """The coded segments that can be chosen, a segments table: without work that is still hidden from other coders."""
    table, closed = study.segments(), study.withheld_from(None)
    if not closed:
        return table
    pairs = zip(table["coder"], table["document"], strict=True)
    return table[[pair not in closed for pair in pairs]].reset_index(drop=True)


def same_words(study: Study, segments: Iterable[str]) -> tuple[str, ...]:
    """The passages, and with each the other codings of exactly the same words, in the order of the ids.

    A passage with several codes is as many segments, and each is cleared by itself.
    """
    table, wanted = passages(study), dict.fromkeys(segments)
    spans = set(_spans(table[table["segment"].isin(list(wanted))]))
    others = [name for name, span in zip(table["segment"], _spans(table), strict=True) if span in spans]
    return (*wanted, *(name for name in sorted(others) if name not in wanted))


def overlapping(study: Study, segments: Iterable[str]) -> tuple[str, ...]:
    """The passages that are cleared for somebody and share words with any of the given ones, without these; ordered."""
    wanted = frozenset(segments)
    cleared = {name for name, way in ways(study.registers.clearances).items() if way.granted} - wanted
    if not cleared:
        return ()
    table = study.segments()
    spans: dict[str, list[tuple[int, int]]] = {}
    for document, start, end in _spans(table[table["segment"].isin(list(wanted))]):
        spans.setdefault(document, []).append((start, end))
    rows = table[table["segment"].isin(list(cleared))]
    return tuple(
        sorted(
            str(name)
            for name, (document, start, end) in zip(rows["segment"], _spans(rows), strict=True)
            if any(start < last and first < end for first, last in spans.get(document, ()))
        )
    )


def _spans(table: pd.DataFrame) -> list[tuple[str, int, int]]:
    return [*zip(table["document"], table["start"], table["end"], strict=True)]


#: What :func:`listed` tells of a passage.
LISTED = (
    "segment", "coder", "document", "turn", "case", "role", "month", "code", "polarity", "words", "state", "audiences",
    "lapsed", "shown_as", "text_sha256", "step",
)  # fmt: skip


def listed(study: Study, *, milestone: str = "", takes_all: bool = False, day: str = "") -> pd.DataFrame:
    """Passages to choose from or to go through, with how far each has come, in the order of the texts.

    Parameters
    ----------
    milestone
        Only those that its model stands on, under the codes of its codebook; of the coders that models take without.
    takes_all
        Those nobody has chosen yet as well: of these only passages that can be shown to somebody.
    day
        As for :func:`standing`.

    Returns
    -------
    pandas.DataFrame
        One row per passage with the columns `LISTED`; `code` is a code's id, `audiences` the ids of those it may be shown
        to, separated by blanks, `state` "" for one that nobody has chosen, `role` a type of actor or "", `step` the id of
        the last step or "".
    """
    table = passages(study)
    if milestone:
        inputs = study.model_inputs(study.milestone(milestone)).segments
        codes = dict(zip(inputs["segment"], inputs["code"], strict=True))
        table = table[table["segment"].isin(list(codes))]
        table = table.assign(code=[codes[name] for name in table["segment"]])
    elif study.settings.model_coders:
        chosen = {row.segment for row in study.registers.clearances}
        table = table[table["coder"].isin(study.settings.model_coders) | table["segment"].isin(list(chosen))]
    known = standing(study, day)
    last = ways(study.registers.clearances, day or "9999-12-31")
    if not takes_all:
        table = table[table["segment"].isin(list(known))]
    places = _Places(study, table["segment"])
    units = study.units(study.documents).set_index("unit")[["case", "actor_type"]].to_dict("index")
    rows = []
    for row in table.to_dict("records"):
        name, document = str(row["segment"]), str(row["document"])
        one = known.get(name)
        lapsed = one.lapsed if one is not None else places.bars(name, AUDIENCES)
        if one is None and lapsed:
            continue
        unit: Mapping[Any, Any] = units.get(f"{document}:{row['turns'][0]}" if row["turns"] else "", {})
        rows.append(
            (
                name,
                row["coder"],
                document,
                row["turns"][0] if row["turns"] else 0,
                unit.get("case", "") or study.documents.at[document, "case"],
                unit.get("actor_type", ""),
                str(study.documents.at[document, "date"])[:7],
                row["code"],
                row["polarity"],
                shown_words(str(row["quote"])),
                one.state if one is not None else "",
                " ".join(one.audiences) if one is not None else "",
                lapsed,
                one.shown_as if one is not None else "",
                words_sha256(str(row["quote"])),
                last[name].row if name in last else "",
            )
        )
    return pd.DataFrame(rows, columns=list(LISTED))


def shown_words(words: str, shown_as: str = "") -> str:
    r"""The words to show: those edited, else the passage's own on one line, a dash where another begins to speak.

    >>> shown_words("Vi  prøvde.\n\n**TRD-PL-01:** Ja, to ganger.")
    'Vi prøvde. – Ja, to ganger.'
    """
    return shown_as or " ".join(_LABEL.sub(" – ", words).split()).removeprefix("– ")


class _Places:
    """What is true of some passages today: their words, where they stand, and what their speakers have consented to."""

    def __init__(self, study: Study, wanted: Iterable[str]) -> None:
        self.study, self.wanted = study, frozenset(wanted)
        table = study.segments()
        self.rows: Mapping[Any, Mapping[Any, Any]] = (
            table[table["segment"].isin(list(self.wanted))].set_index("segment").to_dict("index")
        )
        self.waiting = frozenset(name for names in study.waiting().values() for name in names)
        concerned = study.documents.index.isin(list({row["document"] for row in self.rows.values()}))
        documents = study.documents[concerned]
        self.hidden = study.hidden(documents)
        self.informants = {str(name): people for name, people in documents["participants"].items()}
        self.is_public = {str(name): kind == "public_document" for name, kind in documents["kind"].items()}
        units = study.units(documents)
        self.quotable = frozenset(units.loc[units["may_quote"].astype(bool), "unit"])
        self.given = {str(name): frozenset(scopes) for name, scopes in study.participants["consent"].items()}
        self.speakers = {
            (str(name), turn.number): turn.speaker
            for name in documents.index
            for turn in study.transcripts[str(name)].turns
        }

    def words(self, name: str) -> str:
        """The words of a passage as its text has them today; "" when it has no place there."""
        return str(self.rows[name]["quote"]) if name in self.rows else ""

    @cached_property
    def said(self) -> Said:
        """All that anybody has said in the study."""
        today = self.study.today or self.study
        return Said([*today.transcripts.values(), *today.former_texts.values()])

    def repeated(self, name: str, edited: str) -> list[Repeat]:
        """What edited words repeat of all that is said in the study, but for the passage itself."""
        return self.said.repeated([edited], self.said.allowing([(edited, shown_words(self.words(name)))]))

    def consents(self, name: str, scopes: Sequence[str]) -> bool:
        """Whether everybody who speaks in a passage has consented to all of the scopes."""
        if name not in self.rows:
            return False
        row = self.rows[name]
        document = str(row["document"])
        # What an interviewer asks, and what somebody says who has not consented, was cleared by nobody.
        if not row["turns"] or not all(f"{document}:{turn}" in self.quotable for turn in row["turns"]):
            return False
        people: set[str] = set()
        for turn in row["turns"]:
            speaker = self.speakers.get((document, turn))
            if speaker is not None:
                people.add(speaker)
            elif not self.is_public[document]:
                people.update(self.informants[document])
        return all(set(scopes) <= self.given[one] for one in people if one in self.given)

    def bars(self, name: str, audiences: Iterable[str]) -> str:
        """Why a passage can be shown to none of the audiences, one of `LAPSES`; "" when it can."""
        if name not in self.rows:
            return "waiting" if name in self.waiting else "gone"
        if self.rows[name]["document"] in self.hidden:
            return "hidden_document"
        return "" if any(self.consents(name, SCOPES[one]) for one in audiences) else "no_consent"

    def standing(self, name: str, way: Way) -> Standing:
        words = self.words(name)
        granted = tuple(one for one in AUDIENCES if one in way.granted)
        lapsed = self.bars(name, granted or AUDIENCES)
        if way.is_redacted and not lapsed:
            lapsed = "taken_out"
        elif not lapsed and way.state in (PSEUDONYMISED, CHECKED, CLEARED) and words_sha256(words) != way.text_sha256:
            lapsed = "words_changed"
        allowed = frozenset(one for one in granted if self.consents(name, SCOPES[one]))
        # Where everybody may see it, so may those who would need more consent for what is theirs alone.
        open_to = (
            () if lapsed else AUDIENCES if PUBLIC in allowed else tuple(one for one in AUDIENCES if one in allowed)
        )
        return Standing(
            way.state,
            open_to,
            way.shown_as,
            lapsed,
            name,
            granted,
            way.on,
            way.pseudonymised_by,
            way.checked_by,
            shown_words(words, way.shown_as) if open_to else "",
        )


# Steps


@dataclass(frozen=True)
class Wish:
    """A step that somebody wants to take with a passage.

    `shown_as` None leaves the words as they were edited before; "" shows the passage as it was coded. `place` says where
    the wish stands, for a fault: the file and the line of a sheet. `text_sha256` is the fingerprint of the words that
    were in front of whoever wishes, "" where nobody has kept it; `after` the id of the passage's last step that they saw, ""
    where there was none, None where nobody has kept it.
    """

    segment: str
    state: str
    audience: str = ""
    shown_as: str | None = field(default=None, repr=False)
    reason: str = field(default="", repr=False)
    place: tuple[str, int | None] = ("", None)
    text_sha256: str = ""
    after: str | None = None


@dataclass(frozen=True)
class Recorded:
    """What was written, or would be: the steps, what is to be warned of, and the packs that hold words that were revoked."""

    rows: tuple[Clearance, ...]
    warnings: tuple[Fault, ...] = ()
    packs: tuple[PackMade, ...] = ()
    is_written: bool = False


def record(
    study: Study, wishes: Iterable[Wish], *, by: str, on: str, today: str = "", is_dry: bool = False
) -> Recorded:
    """Take steps with passages, all or none.

    Parameters
    ----------
    study
        The study, loaded anew if others work in it: a step that somebody else has taken meanwhile is not passed over.
    wishes
        Steps in the order in which they are taken; several of one passage may follow one another.
    by
        Who takes them, a coder's id.
    on
        The day, as YYYY-MM-DD: not before the last step of any of the passages, since steps count in the order of their
        days.
    today
        The last day there can be; "" judges none as too late.
    is_dry
        Whether to check everything, as it would be to write it, and write nothing.

    Returns
    -------
    Recorded
        Steps that lead nowhere new (a second revocation, a clearing for whom it is cleared) are left out of `rows`.

    Raises
    ------
    StudyError
        With everything that is wrong with any of the steps; nothing is written then. No message repeats words.
    ForanError
        When somebody else has written in the meantime.
    """
    wanted = tuple(wishes)
    if unknown := [one.state for one in wanted if one.state not in CLEARANCE_STATES]:
        raise UnknownName("step", unknown[0], CLEARANCE_STATES)
    found = dict(ways(study.registers.clearances))
    places = _Places(study, (one.segment for one in wanted))
    persons = {one.coder: one.of for one in study.settings.second_passes}
    faults, rows = Faults(), []
    first = next_id(study.registers.clearances, "CL", width=5)
    number = int(first.removeprefix("CL"))
    for wish in wanted:
        way = found.get(wish.segment, Way())
        row = _row(wish, way, places, f"CL{number:05d}", by, on, faults)
        if row is None or _is_done(way, row):
            continue
        if _is_overtaken(wish, way, study.registers.clearances, by, faults) or _is_day_wrong(
            wish, way, on, today, faults
        ):
            continue
        wrong = misstep(way, row, persons)
        if wrong is not None:
            _note(faults, wish, wrong.kind, wrong.found, wrong.expected, wrong.remedy)
            continue
        rows.append(row)
        number += 1
        found[wish.segment] = taken(way, row)
    if faults.errors:
        raise StudyError(faults.errors)
    warnings = faults.warnings
    revoked = [row.segment for row in rows if row.state == REVOKED]
    for name in overlapping(study, revoked) if revoked else ():
        if found[name].granted:
            _note(
                still := Faults(),
                Wish(name, REVOKED),
                "words-still-shown",
                "a clearing that stands, with words that were revoked in another passage",
                "words that are revoked wherever they stand",
                "Revoke this passage as well.",
                is_warning=True,
            )
            warnings = [*warnings, *still]
    known = study
    if rows:
        made = append(study.path, rows, study.known_to_registers(), seen=study.registers, is_dry=is_dry)
        warnings = [*warnings, *made.warnings]
        # What was made while these steps were thought of is in the register by now.
        known = replace(study, registers=made.registers)
    packs = (
        row
        for row in packs_holding(known, revoked)
        # Revoked for the public, a passage may stay with those it was cleared for by name.
        if any(name in row.segments and row.audience not in found[name].audiences for name in revoked)
    )
    return Recorded(tuple(rows), tuple(warnings), tuple(packs), bool(rows) and not is_dry)


def _is_overtaken(wish: Wish, way: Way, steps: Sequence[Clearance], by: str, faults: Faults) -> bool:
    """Whether somebody else has taken a step with the passage since this one was thought of; with a fault then.

    A revocation is never too late.
    """
    if wish.after is None or wish.state == REVOKED or wish.after == way.row:
        return False
    own = [row for row in steps if row.segment == wish.segment and not row.action]
    seen = next((at for at, row in enumerate(own) if row.id == wish.after), -1)
    is_unknown = bool(wish.after) and seen < 0
    if not is_unknown and all(row.by == by for row in own[seen + 1 :]):
        return False
    _note(
        faults,
        wish,
        "overtaken",
        "a step that somebody else has taken since the sheet was made",
        "the passage as it stood in the sheet",
        "Make the sheet anew, and look at it as it stands now.",
    )
    return True


def _is_day_wrong(wish: Wish, way: Way, on: str, today: str, faults: Faults) -> bool:
    """Whether a step would stand before the one that it follows, or on a day that has not come; with a fault then."""
    try:
        checked_day(on, today=today, earliest=way.on, because="its last step is of")
    except ForanError as error:
        _note(
            faults,
            wish,
            "day-out-of-order",
            f"a step ({str(error).removesuffix('; nothing was written')})",
            "a day on which it can have been taken",
            "Correct the day (--on).",
        )
        return True
    return False


def _is_done(way: Way, row: Clearance) -> bool:
    """Whether a step says what stands already."""
    if row.state == CLEARED:
        return way.state == CLEARED and row.audience in way.granted and row.text_sha256 == way.text_sha256
    if row.state == REVOKED:
        return way.state == REVOKED or bool(row.audience and way.state == CLEARED and row.audience not in way.audiences)
    if row.state == PSEUDONYMISED:
        is_same = (row.shown_as, row.text_sha256, row.by) == (way.shown_as, way.text_sha256, way.pseudonymised_by)
        return way.state == PSEUDONYMISED and is_same
    return row.state == DRAFT == way.state


def _row(wish: Wish, way: Way, places: _Places, name: str, by: str, on: str, faults: Faults) -> Clearance | None:
    """The row that a wish asks for; None, with a fault, when it cannot be."""
    words = places.words(wish.segment)
    row = Clearance(
        name,
        on,
        segment=wish.segment,
        state=wish.state,
        audience=wish.audience,
        by=by,
        text_sha256=words_sha256(words) if words else "",
        reason=" ".join(wish.reason.split()),
    )
    if wish.state == REVOKED:
        # Also of words that are gone: nobody has to look for them first.
        return replace(row, text_sha256=way.text_sha256)
    if not words:
        is_waiting = wish.segment in places.waiting
        _note(
            faults,
            wish,
            "waiting-segment" if is_waiting else "unknown-segment",
            "a coding that has lost its place in an edited text" if is_waiting else "no coded segment of this id",
            "a coded segment that stands",
            "Give it its place in the coder first."
            if is_waiting
            else "Correct the id; `foran quote list --all` has them.",
        )
        return None
    if wish.text_sha256 and not row.text_sha256.startswith(wish.text_sha256):
        _note(
            faults,
            wish,
            "words-changed",
            "words that were edited since the sheet was made",
            "the words of today",
            "Make the sheet anew and read the passage again.",
        )
        return None
    edited = way.shown_as if wish.shown_as is None else tidied_edit(wish.shown_as)
    if " ".join(edited.split()) == shown_words(words):
        edited = ""
    if wish.state in (CHECKED, CLEARED):
        if row.text_sha256 != way.text_sha256 and way.state in (PSEUDONYMISED, CHECKED, CLEARED):
            _note(
                faults,
                wish,
                "words-changed",
                "words that were edited since they were pseudonymised",
                "the words that were pseudonymised",
                "Pseudonymise the passage anew.",
            )
            return None
    elif edited and is_marked(edited) and not keeps_words(edited, words):
        _note(
            faults,
            wish,
            "other-words",
            f"shown_as, {len(edited)} characters that the passage does not have in this order",
            "the passage's own words, with […] where something is left out and words such as [sted] in brackets",
            "Copy the words from the passage, or begin with [parafrase] when it is told in other words.",
        )
        return None
    if edited and (repeated := places.repeated(wish.segment, edited)):
        _note(
            faults,
            wish,
            "words-of-others",
            f"{', '.join(map(str, repeated[:4]))}, in shown_as",
            f"the passage's own words, or other words for them: never {RUN} in a row of what is said elsewhere",
            "Take them out, or say it in other words; what is said elsewhere is cleared by itself.",
        )
        return None
    if wish.state in (PSEUDONYMISED, CHECKED):
        _look_for_people(wish, edited or words, faults)
    if wish.state == CLEARED and wish.audience in AUDIENCES:
        barred = places.bars(wish.segment, [wish.audience])
        if barred:
            _note(faults, wish, *_BARRED[barred])
            return None
    elif wish.state != CLEARED and (barred := places.bars(wish.segment, AUDIENCES)):
        kind, what, expected, _ = _BARRED[barred]
        _note(faults, wish, kind, what, expected, "As it stands it can be cleared for nobody.", is_warning=True)
    return replace(row, shown_as=edited)


def _look_for_people(wish: Wish, words: str, faults: Faults) -> None:
    """Warn of what detectors take for a name, a place or a number; they know no title and no story that points to one person."""
    hits = [
        hit for hit in (*find_names(words, known_names({})), *find_identifiers(words)) if hit.certainty != "possible"
    ]
    if kinds := sorted({hit.kind for hit in hits}):
        _note(
            faults,
            wish,
            "perhaps-recognisable",
            f"words that may tell who it is ({', '.join(kinds)})",
            "words that point to no person",
            "Look at them once more; replace them in shown_as by a word in brackets, such as [sted], and […].",
            is_warning=True,
        )


_BARRED: Mapping[str, tuple[str, str, str, str]] = {
    "hidden_document": (
        "hidden-document",
        "a passage of a document that may not be shown",
        "a document of a class in privacy.shown_disclosures",
        "Leave it out.",
    ),
    "no_consent": (
        "no-consent",
        "a passage whose speakers have not all consented to be quoted before this audience",
        "consent to analysis and quote, and for co_researchers to share as well",
        "Leave it out, or ask; what somebody has signed stands in corpus/participants.csv.",
    ),
}


def _note(
    faults: Faults, wish: Wish, kind: str, found: str, expected: str, remedy: str, *, is_warning: bool = False
) -> None:
    file, line = wish.place
    faults.note(
        kind,
        file or "corpus/clearances.csv",
        line,
        f"{found} of {shown_id(wish.segment)}",
        expected,
        remedy,
        is_warning=is_warning,
    )
