"""What the screen for assessing maturity asks for and wishes, without a browser: elements, evidence, earlier levels, saving.

What is wished is written to the register at once, by the rules that the register itself has. What those refuse is told as
what is needed, and nothing is written; the screen keeps it as not saved. Words of informants leave here only cleared.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from .. import maturing
from ..errors import Faults, ForanError, UnknownName
from ..models import maturity
from ..models.maturity import SIDES, MaturityProfile
from ..registers.known import Passage, breadth
from ..registers.records import KINDS, Assessment
from ..registers.store import read_registers
from ..registers.vocab import CONFIDENCES, GROUP
from ..report.frame import passages_of
from ..settings import Milestone
from ..study import Study
from ..vocabulary import is_iso_date

#: Words of a rationale that are taken; nobody writes more at a workshop.
LONGEST_TEXT = 4_000


@dataclass(frozen=True)
class Who:
    """Who assesses: a code (never a name), on which side, where and on which day."""

    assessor: str
    side: str
    arena: str
    on: str


class Desk:
    """A study at a milestone of a municipality, while it is assessed.

    Parameters
    ----------
    study
        A study; its registers are those of the moment it was loaded, and from then on those that savings lead to.
    milestone, case
        What is assessed; `case` may be left out where the milestone is of one municipality.
    elements
        What is assessed, by id or display code; as in the form when left out.
    """

    def __init__(self, study: Study, milestone: Milestone, case: str = "", elements: Sequence[str] = ()) -> None:
        self.study = study
        self.milestone = milestone
        self.case = maturing.case_of(study, milestone, case)
        asked = maturing.form(study, milestone, case=self.case, elements=elements, language="nb")
        self.elements = tuple(one.id for one in asked.elements)
        #: What was answered to wishes already done: one sent twice is done once.
        self._done: dict[str, dict[str, Any]] = {}
        #: By assessment, the mark of what was last written from here, and the screen that wished it.
        self._written: dict[str, tuple[str, str]] = {}
        #: The registers' files as they were when they were last taken in; none when that is not known.
        self._files: tuple[tuple[int, int], ...] | None = None

    # ---- what there is

    def told(self) -> dict[str, Any]:
        """All that the screen is told once."""
        settings, book = self.study.settings, self.study.codebook(self.milestone)
        levels = {term.id: dict(term.label) for term in settings.levels}
        return {
            "study": settings.study_id,
            "longest": LONGEST_TEXT,
            "isSynthetic": settings.is_synthetic,
            "notice": dict(settings.notice),
            "milestone": self.milestone.id,
            "milestoneTitle": dict(self.milestone.title),
            "cutOff": self.milestone.cut_off.isoformat(),
            "codebook": self.milestone.codebook_version,
            "case": self.case,
            "caseLabel": next(dict(term.label) for term in settings.cases if term.id == self.case),
            "sides": ["joint", "self", "researcher"],
            "confidences": list(CONFIDENCES),
            "arenas": [{"id": arena.id, "label": dict(arena.label)} for arena in settings.arenas],
            "scale": [
                {"level": one.level, "label": dict(one.label), "anchor": dict(one.anchor)}
                for one in settings.maturity.levels
            ],
            "elements": [
                {
                    "id": code.id,
                    "display": code.display,
                    "level": code.level,
                    "levelLabel": levels.get(code.level, {}),
                    "label": dict(code.label),
                    "brief": dict(code.brief),
                }
                for code in (book.by_id[name] for name in self.elements)
            ],
        }

    @cached_property
    def _places(self) -> Mapping[str, Passage]:
        return maturing.passages_at(self.study, self.milestone)

    @cached_property
    def _profile(self) -> MaturityProfile:
        return maturing.profile_of(self.study, self.milestone, case=self.case)

    def element(self, name: str) -> str:
        """An element that is assessed here.

        Raises
        ------
        UnknownName
            For any other.
        """
        if name not in self.elements:
            raise UnknownName("element", name, self.elements)
        return name

    def passages(self, name: str, language: str) -> dict[str, Any]:
        """What was said of an element in the municipality up to the milestone: cleared words only, newest documents first.

        Speakers are told of by their type of actor. Those whose words may not be shown can still be chosen as evidence,
        unless their document is hidden.
        """
        name = self.element(name)
        inputs = self._inputs
        book = inputs.codebook
        rows = inputs.segments
        rows = rows[(rows["status"] == "ok") & rows["code"].isin(book.by_id)]
        family = {code.id for code in book.codes if code.is_active and book.element_of(code.id).id == name}
        of_case = set(inputs.documents.index[inputs.documents["case"] == self.case])
        rows = rows[rows["code"].isin(family) & rows["document"].isin(of_case)]
        dates = inputs.documents["date"]
        order = sorted(
            zip(rows["segment"], rows["document"], rows["start"], strict=True),
            key=lambda row: (row[1], row[2], row[0]),
        )
        order.sort(key=lambda row: str(dates[row[1]]), reverse=True)
        told = passages_of(
            [segment for segment, _, _ in order],
            inputs.segments,
            inputs.units,
            hidden=inputs.hidden,
            documents=inputs.documents,
            language=language,
        )
        actors = {term.id: term.label[language] for term in self.study.settings.actor_types}
        return {
            "element": name,
            "passages": [
                {
                    "segment": one.segment,
                    "words": one.words or None,
                    "document": one.document,
                    "date": one.date,
                    "turn": one.turn,
                    "polarity": one.polarity,
                    "actors": [actors.get(actor, actor) for actor in self._actors(one.segment)],
                }
                for one in told.values()
            ],
        }

    @cached_property
    def _inputs(self) -> Any:
        return self.study.model_inputs(self.milestone)

    def _actors(self, segment: str) -> tuple[str, ...]:
        return self._places[segment].actor_types if segment in self._places else ()

    def earlier(self, name: str) -> dict[str, Any]:
        """The levels of an element at earlier milestones, by side; asked for, and never told before."""
        found = self._profile.element(self.element(name))
        rounds = [] if found is None else [row for row in found.history if row[0] != self.milestone.id]
        return {
            "element": name,
            "rounds": [
                {"milestone": milestone, **{side: levels[side] for side in SIDES}} for milestone, levels in rounds
            ],
        }

    # ---- who

    def who(self, content: Mapping[str, Any]) -> Who:
        """Who assesses, as a message has it.

        Raises
        ------
        ForanError
            When the code, the side, the day or the arena is none.
        """
        given = {name: content.get(name) for name in ("assessor", "side", "arena", "on")}
        texts = {name: value.strip() if isinstance(value, str) else "" for name, value in given.items()}
        if not GROUP.fullmatch(texts["assessor"]):
            raise ForanError("the code is 2 to 24 capitals, digits and hyphens, and never a name")
        if texts["side"] not in SIDES:
            raise UnknownName("side", texts["side"], SIDES)
        arenas = [arena.id for arena in self.study.settings.arenas]
        if texts["arena"] and texts["arena"] not in arenas:
            raise UnknownName("arena", texts["arena"], arenas)
        if not is_iso_date(texts["on"]):
            raise ForanError("the day is expected as YYYY-MM-DD")
        if texts["on"] > self.milestone.cut_off.isoformat():
            raise ForanError(
                f"{texts['on']} is after {self.milestone.cut_off.isoformat()}, the last day of milestone {self.milestone.id}"
            )
        return Who(**texts)

    def states(self, who: Who) -> dict[str, Any]:
        """What this assessor has said of each element at this milestone, by element, as the register has it now."""
        self._read_anew()
        return {row.element: self._state(row) for row in self._rows() if row.assessor == who.assessor}

    def _rows(self) -> tuple[Assessment, ...]:
        return maturity.standing(self.study.registers.until(self.milestone.cut_off), self.case, self.milestone.id)

    def _state(self, row: Assessment) -> dict[str, Any]:
        broad = breadth(row.evidence, self._places)
        warnings = maturity.warnings_of(
            row.level,
            row.side,
            row.evidence,
            broad,
            self.study.settings.maturity.rules,
            rationale=row.rationale,
            override=row.override,
            known=all(one in self._places for one in row.evidence),
        )
        return {
            "level": row.level,
            "confidence": row.confidence,
            "evidence": list(row.evidence),
            "rationale": row.rationale,
            "override": row.override,
            "on": row.on,
            "mark": mark_of(row),
            "warnings": list(warnings),
            "breadth": {"documents": broad.documents, "actors": broad.actor_types, "processes": broad.processes},
        }

    # ---- saving

    def _read_anew(self) -> None:
        """Take in what others have written since; a register with faults is left to the saving, which tells them."""
        files = self._files_now()
        if files == self._files:
            return
        faults = Faults()
        registers = read_registers(self.study.path, self.study.known_to_registers(), faults)
        if not faults.errors:
            self.study = replace(self.study, registers=registers)
            self._files = files
            self.__dict__.pop("_profile", None)

    def _files_now(self) -> tuple[tuple[int, int], ...]:
        """Of each register the time of its last change (in nanoseconds) and its size; zeros where there is no file."""
        paths = [self.study.path / kind.FILE for kind in KINDS.values()]
        stats = [path.stat() if path.exists() else None for path in paths]
        return tuple((0, 0) if one is None else (one.st_mtime_ns, one.st_size) for one in stats)

    def save(self, wish: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Write what was chosen for an element, unless it stands already, word for word.

        Parameters
        ----------
        wish
            The wish's id: what was done for it before is told again and not done again.
        content
            `element`, `level`, `confidence`, `evidence`, `rationale`, `override`, and who assesses; with `seen`, the mark of
            the state that it was made from ("" for none), nothing takes the place of what `client` has not seen.

        Returns
        -------
        dict
            Of kind "saved" with the state as the register has it now, or of kind "needs" with why it is not saved: "evidence",
            "overtaken" (with the `state` that somebody else has saved), "later" (a later day stands), "full" or "closed" (the
            disk), "other".

        Raises
        ------
        ForanError
            When the message is not understood, or the register cannot be written to.
        """
        if wish in self._done:
            return self._done[wish]
        who = self.who(content)
        row = self._row(who, content)
        self._read_anew()
        standing = next((one for one in self._rows() if one.id == row.id), None)
        if standing is None or replace(standing, on=row.on) != row:
            seen, mark = content.get("seen"), mark_of(standing)
            if isinstance(seen, str) and seen != mark and self._written.get(row.id) != (mark, content.get("client")):
                state = None if standing is None else self._state(standing)
                return {**self._needs(row, "overtaken", ""), "state": state}
            newest = next((one for one in reversed(self.study.registers.assessments) if one.id == row.id), None)
            if newest is not None and newest.on > row.on:
                return self._needs(row, "later", newest.on)
            faults = maturing.judged(self.study, [row]).errors
            if faults:
                is_bare = row.level > 0 and not row.evidence and not row.override and row.side != "self"
                return self._needs(row, "evidence" if is_bare else "other", faults[0].found)
            try:
                added = maturing.record(self.study, [row])
            except ForanError as error:
                self._files = None
                if not isinstance(error.__cause__, OSError):
                    raise
                is_full = error.__cause__.errno in (errno.ENOSPC, errno.EDQUOT)
                return self._needs(row, "full" if is_full else "closed", "")
            self.study = replace(self.study, registers=added.registers)
            self._files = self._files_now()
            self.__dict__.pop("_profile", None)
            standing = row
            self._written[row.id] = mark_of(row), str(content.get("client", ""))
        answer = {
            "kind": "saved",
            "element": row.element,
            "assessor": row.assessor,
            "state": self._state(standing),
        }
        self._done[wish] = answer
        return answer

    @staticmethod
    def _needs(row: Assessment, what: str, text: str) -> dict[str, Any]:
        return {"kind": "needs", "element": row.element, "what": what, "text": text}

    def _row(self, who: Who, content: Mapping[str, Any]) -> Assessment:
        level, confidence, evidence = content.get("level"), content.get("confidence"), content.get("evidence")
        if isinstance(level, bool) or not isinstance(level, int) or not 0 <= level <= 5:
            raise ForanError("a level is a whole number from 0 to 5")
        if confidence not in ("", *CONFIDENCES):
            raise UnknownName("confidence", str(confidence)[:20], CONFIDENCES)
        if not isinstance(evidence, list) or not all(isinstance(one, str) and one in self._places for one in evidence):
            raise ForanError("evidence is a list of segments of this milestone")
        texts = {name: content.get(name, "") for name in ("rationale", "override")}
        if not all(isinstance(text, str) and len(text) <= LONGEST_TEXT for text in texts.values()):
            raise ForanError(f"a reason is a text of at most {LONGEST_TEXT} characters")
        return maturing.tidied(
            maturing.assessment(
                self.study,
                self.milestone,
                self.element(str(content.get("element", ""))),
                assessor=who.assessor,
                on=who.on,
                side=who.side,
                case=self.case,
                arena=who.arena,
                level=level,
                confidence=str(confidence),
                evidence=evidence,
                rationale=str(texts["rationale"]),
                override=str(texts["override"]),
            )
        )


def mark_of(row: Assessment | None) -> str:
    """What tells one state of an assessment from another; "" where there is none.

    The day is no part of it: the same judgement under a later day is not written again.

    >>> mark_of(None)
    ''
    """
    if row is None:
        return ""
    said = (row.side, row.arena, row.level, row.confidence, row.evidence, row.rationale, row.override)
    return hashlib.sha256(repr(said).encode("utf-8")).hexdigest()[:16]
