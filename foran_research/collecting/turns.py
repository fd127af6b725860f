"""The notes of workshops as values: which answer is which turn, under which heading, and the text that follows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..review.answers import KINDS, Said, family, title_of
from ..study import Study
from .known_packs import milestone_of
from .stored import Received, Store

#: What stands before the label of each turn in the file that a note is read from.
LABEL = "[leser]"
_SEVERAL_NB = {
    "rename": "forslag til navn",
    "new_element": "forslag til nye elementer",
    "maturity": "begrunnelse for nivå",
}
_SEVERAL_EN = {"rename": "proposed names", "new_element": "proposed new elements", "maturity": "reasons for a level"}
#: What Markdown could take for a mark.
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


@dataclass(frozen=True)
class NoteTurn:
    """One turn of a note: who, which answer, and under which heading; `part` is what all turns below one heading share."""

    said: Said
    heading: str
    part: tuple[str, ...]
    place: tuple[Any, ...]


@dataclass(frozen=True)
class Note:
    """A note as it is to be: its document, where it belongs, its turns in their order."""

    document: str
    case: str
    arena: str
    date: str
    title: str
    turns: tuple[NoteTurn, ...] = field(repr=False)

    @property
    def text(self) -> str:
        """The note as Markdown; what readers wrote stands in one line each and is never taken for a heading or a label."""
        lines = [_plain(self.title)]
        part: tuple[str, ...] = ()
        for turn in self.turns:
            if turn.part != part:
                part = turn.part
                lines.append(f"## {_plain(turn.heading)}")
            lines.append(f"{_plain(LABEL)} {turn.said.reader.code}: {_plain(spoken(turn.said.answer.text))}")
        return "\n\n".join(lines) + "\n"


def notes_of(study: Study, store: Store, kept: Sequence[Said]) -> tuple[Note, ...]:
    """The notes as they are to be: one for each milestone, audience, arena and case in which somebody wrote something.

    A note is dated by the first day on which any of its answers was given.
    """
    by_reader: dict[tuple[str, str], list[Received]] = {}
    for row in store.rows:
        by_reader.setdefault((row.file.pack, row.file.reader), []).append(row)
    words = study.settings.vocabulary()
    language = study.settings.language
    groups: dict[tuple[str, str, str], list[NoteTurn]] = {}
    dates: dict[tuple[str, str, str], str] = {}
    for one in kept:
        if not one.answer.text:
            continue
        rows = by_reader[one.reader.pack, one.reader.id]
        arena = one.reader.arena if one.reader.arena in words["arena"] else ""
        arena = arena or min((row.arena for row in rows if row.arena), default="")
        milestone = milestone_of(study, one.reader.pack)
        case = milestone.case or min((row.case for row in rows if row.case), default="")
        group = (family(one.reader.pack), arena, case)
        role = one.reader.role if one.reader.role in words["actor_type"] else ""
        groups.setdefault(group, []).append(_turn(store, one, role, language))
        first = min(row.date for row in rows)
        dates[group] = min(dates.get(group, first), first)
    return tuple(
        Note(
            "-".join(part for part in (group[2] or "DOC", "SVAR", _id_part(group[0]), _id_part(group[1])) if part),
            group[2],
            group[1],
            dates[group],
            f"Svar på gjennomgangspakken {group[0]} (skriftlige svar fra lesere uten navn)."
            if language == "nb"
            else f"Answers to the review pack {group[0]} (in writing, from readers without names).",
            _told_apart(sorted(turns, key=lambda one: one.place)),
        )
        for group, turns in sorted(groups.items())
    )


def _turn(store: Store, one: Said, role: str, language: str) -> NoteTurn:
    several = _SEVERAL_NB if language == "nb" else _SEVERAL_EN
    about = one.answer.about
    act = one.answer.act if one.answer.act in several else ""
    title = " ".join(title_of(about, store.pack_of(one.reader.pack), language).split())
    heading = title + (f" – {several[act]}" if act else "") + (f" ({about.case})" if about.case else "")
    part = (about.kind, family(about.id) if about.kind == "pack" else about.id, act, about.case)
    place = (KINDS.index(about.kind), *part[1:], role, one.reader.code, one.key)
    return NoteTurn(one, heading, part, place)


def _told_apart(turns: Sequence[NoteTurn]) -> tuple[NoteTurn, ...]:
    """The turns, with the id in headings that two different things would share."""
    shared = Counter(heading for _, heading in {(one.part, one.heading) for one in turns})
    return tuple(
        replace(one, heading=f"{one.heading} [{one.part[1]}]") if shared[one.heading] > 1 else one for one in turns
    )


def _id_part(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "", text.removesuffix("-workshop"))


def spoken(text: str) -> str:
    r"""What a reader wrote as a turn has it; marks alone in quotation marks: a turn of nothing but `#` is taken for empty.

    >>> spoken("Ja,\n  nei"), spoken("#")
    ('Ja, nei', '«#»')
    """
    return " ".join((text if re.search(r"[^\W_]|[^\x00-\x7f]", text) else f"«{text}»").split())


def _plain(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))
