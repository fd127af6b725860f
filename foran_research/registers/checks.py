"""Whether the registers hold together, with one another and with the study: every fault at once; opens nothing."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

from ..coding.segments import shown_id
from ..errors import Faults, shown
from ..settings import EvidenceRule, Milestone
from .cleared import Way, misstep, taken
from .known import Breadth, Known, breadth
from .records import (
    KINDS,
    Actor,
    Assessment,
    Clearance,
    Event,
    Indicator,
    IndicatorValue,
    Measure,
    MeasureStatus,
    MeasureStep,
    PackMade,
    ProcessFact,
    Question,
    Record,
    Row,
    Target,
)
from .vocab import GROUP, LEVELS, REFERENCE, REVOKED, number_in

R = TypeVar("R", bound=Row)
#: As Norwegians write first names and surnames.
_NAME = re.compile(r"[A-ZÆØÅ][a-zæøåäöéü]+(-[A-ZÆØÅ][a-zæøåäöéü]+)?")
#: The rows of a register, each with its line in the file.
Lines = Sequence[tuple[int, R]]
Rows = Mapping[type[Record], Lines[Any]]


def check(rows: Rows, known: Known, faults: Faults) -> None:
    """Note everything that is wrong with the registers.

    Parameters
    ----------
    rows
        The rows of every register, by kind, with their line numbers, in the order of the files.
    known
        What the rest of the study has.
    faults
        Takes every fault. What a row says must be true of its own day: a later row can put an earlier one right from its
        own day on, and cannot change what stood before.
    """
    _Checks(rows, known, faults).run()


class _Checks:
    """One pass over all registers."""

    def __init__(self, rows: Rows, known: Known, faults: Faults) -> None:
        # Each kind maps to rows of itself, which the type of a mapping cannot say.
        self.rows: Mapping[type[Any], Sequence[tuple[int, Any]]] = {kind: rows.get(kind, ()) for kind in KINDS.values()}
        self.known, self.faults = known, faults
        settings = known.settings
        self.milestones = {milestone.id: milestone for milestone in settings.milestones}
        self.cases = frozenset(case.id for case in settings.cases)
        self.actor_types = frozenset(actor.id for actor in settings.actor_types)
        self.arenas = frozenset(arena.id for arena in settings.arenas)
        self.people = frozenset(known.participants or ())
        self.needs = {level: _needed(settings.maturity.rules, level) for level in LEVELS}
        self.breadths: dict[tuple[str, ...], Breadth] = {}
        #: The newest row of each record, by identity: what is only warned of is told of these.
        self.current: set[int] = set()

    def run(self) -> None:
        for rows in self.rows.values():
            self.order_of_days(rows)
        for rows in self.rows.values():
            self.evidence(rows)
        for line, assessment in self.standing(Assessment):
            self.box(line, assessment)
            self.assessment(line, assessment)
        for line, target in self.standing(Target):
            self.box(line, target)
            if target.by:
                self.who(line, target, "by", target.by)
        for line, measure in self.standing(Measure):
            self.box(line, measure)
            self.one_of(line, measure, "owner", measure.owner, self.actor_types, may_be_empty=True)
            self.one_of(line, measure, "arena", measure.arena, self.arenas, may_be_empty=True)
        for line, step in self.standing(MeasureStep):
            self.reversed_days(line, step, step.from_, step.to)
        for line, actor in self.standing(Actor):
            self.process(line, actor)
            self.one_of(line, actor, "actor_type", actor.actor_type, self.actor_types)
        for line, fact in self.standing(ProcessFact):
            self.process(line, fact)
            self.reversed_days(line, fact, fact.from_, fact.to)
        for line, event in self.standing(Event):
            self.event(line, event)
        for line, indicator in self.standing(Indicator):
            self.indicator(line, indicator)
        for line, value in self.standing(IndicatorValue):
            self.one_of(line, value, "case", value.case, self.cases, may_be_empty=True)
        for line, question in self.standing(Question):
            self.question(line, question)
        for line, pack in self.standing(PackMade):
            self.pack(line, pack)
        _Measures(self).run()
        _Values(self).run()
        _Clearances(self).run()
        self.twice(Assessment, "duplicate-assessment", "assessor, side, milestone, case and element")
        self.twice(Target, "duplicate-target", "case and element")

    # Rows

    def standing(self, kind: type[R]) -> Iterator[tuple[int, R]]:
        """The rows that say something: those that take a record out need not say what it was."""
        return ((line, row) for line, row in self.rows[kind] if not row.is_withdrawn)

    def is_current(self, row: Row) -> bool:
        """Whether no later row has taken the row's place."""
        return id(row) in self.current

    def note(
        self, kind: str, line: int, row: Row, found: str, expected: str, remedy: str, *, is_warning: bool = False
    ) -> None:
        self.faults.note(kind, row.FILE, line, f"{found} of {name_of(row)}", expected, remedy, is_warning=is_warning)

    def order_of_days(self, rows: Lines[Any]) -> None:
        newest: dict[tuple[str, ...], tuple[int, Row]] = {}
        last: dict[tuple[str, ...], tuple[str, int]] = {}
        for line, row in rows:
            key = row.key
            newest[key] = line, row
            day, earlier = last.get(key, ("", 0))
            if row.on < day:
                self.note(
                    "earlier-than-before",
                    line,
                    row,
                    f"on {row.on}",
                    f"{day} or later, as on line {earlier}",
                    "Rows of one record follow one another in time: correct the day.",
                )
            else:
                last[key] = row.on, line
        self.current.update(id(row) for _, row in newest.values())

    def evidence(self, rows: Lines[Any]) -> None:
        """Note evidence that is no coded segment; warn of what was removed or withdrawn."""
        named = [(line, row) for line, row in rows if getattr(row, "evidence", ()) and not row.is_withdrawn]
        if not named or self.known.passages is None:
            return
        passages = self.known.passages
        for line, row in named:
            for name in row.evidence:
                passage = passages.get(name)
                if passage is None:
                    self.note(
                        "unknown-evidence",
                        line,
                        row,
                        f"evidence {shown_id(name)}",
                        "the id of a coded segment",
                        "Correct the id.",
                    )
                elif passage.state != "standing" and self.is_current(row):
                    self.note(
                        f"evidence-{passage.state}",
                        line,
                        row,
                        f"evidence {shown_id(name)}, which was {passage.state}",
                        "a coded segment that stands",
                        "Add a row with other evidence, or withdraw this one: the passage counts no longer.",
                        is_warning=True,
                    )

    def one_of(
        self, line: int, row: Row, column: str, value: str, known: Iterable[str], *, may_be_empty: bool = False
    ) -> bool:
        if value in known or (may_be_empty and not value):
            return True
        if not value:
            # An empty cell is told of where cells are read.
            return False
        self.note(
            f"unknown-{column.replace('_', '-')}",
            line,
            row,
            f"{column} {shown_id(value)}",
            f"one of: {', '.join(sorted(known)) or 'none defined'}",
            "Correct the word, or add it to foran.toml or its register.",
        )
        return False

    def box(self, line: int, row: Assessment | Target | Measure) -> None:
        """Note an unknown municipality, codebook version or element."""
        self.one_of(line, row, "case", row.case, self.cases)
        lineage = self.known.lineage
        if row.codebook_version in lineage.unreadable:
            return
        if not self.one_of(line, row, "codebook_version", row.codebook_version, self.known.elements):
            return
        book = lineage[row.codebook_version]
        # Before the first version was released it counts as in force, for registers as for coding.
        if row.on < book.released and book is not lineage.codebooks[0]:
            self.note(
                "codebook-not-released",
                line,
                row,
                f"codebook {row.codebook_version} on {row.on}, before it was released on {book.released}",
                f"{lineage.in_force(row.on).codebook_version}, which was in force then, or a day from {book.released} on",
                "Correct the version (and the element, which can have another id in it) or the day.",
            )
        if not row.element or row.element in self.known.elements[row.codebook_version]:
            return
        by_id = lineage[row.codebook_version].by_id
        code = by_id.get(row.element)
        what = "no code" if code is None else "a sub-element" if code.parent is not None else "a code out of use"
        became = [one for one in (code.successors if code is not None else ()) if one in by_id and by_id[one].is_active]
        told = ", ".join(f"{one} ({by_id[one].display})" for one in became)
        self.note(
            "unknown-element",
            line,
            row,
            f"element {shown_id(row.element)}, {what} of codebook {row.codebook_version}",
            "the id of an element such as C0006",
            f"It became {told}; write that, or correct the version of the codebook."
            if told
            else "Correct the id or the version of the codebook.",
        )

    def process(self, line: int, row: Actor | ProcessFact) -> None:
        if self.known.processes is not None:
            self.one_of(line, row, "process", row.process, self.known.processes)

    def who(self, line: int, row: Row, column: str, who: str) -> None:
        """Note a person who is no pseudonym, coder, group or type of actor, and one who has withdrawn."""
        if not who:
            return
        if self.known.participants is not None and self.known.participants.get(who):
            self.note(
                "withdrawn-participant",
                line,
                row,
                f"{column} {shown_id(who)}, who has withdrawn",
                "somebody who takes part",
                f"Run `foran withdraw {shown_id(who)}` again: it takes this row out.",
            )
        elif self.known.participants is None or self.known.coders is None:
            return
        elif not (who in self.people or who in self.known.coders or who in self.actor_types or GROUP.fullmatch(who)):
            self.note(
                f"unknown-{column}",
                line,
                row,
                f"{column} {shown(who)}",
                "a participant's pseudonym, a coder's id, or the id of a group in capitals (never a name)",
                "Correct the id.",
            )

    def reversed_days(self, line: int, row: Row, first: str, last: str) -> None:
        if first and last and first > last:
            self.note(
                "dates-reversed",
                line,
                row,
                f"from {first} to {last}",
                "a first day that is not after the last",
                "Swap the two days, or correct one.",
            )

    # Registers

    def assessment(self, line: int, row: Assessment) -> None:
        self.who(line, row, "assessor", row.assessor)
        self.one_of(line, row, "arena", row.arena, self.arenas, may_be_empty=True)
        if self.one_of(line, row, "milestone", row.milestone, self.milestones):
            self.assessed_for(line, row, self.milestones[row.milestone])
        if not row.level:
            return
        if row.side != "self" and not row.evidence and not row.override.strip():
            self.note(
                "level-without-evidence",
                line,
                row,
                f"level {row.level} without evidence",
                "coded segments, or a reason in override",
                "Name the passages it rests on; without any the level is 0, not 1.",
            )
        elif row.side != "self" or row.evidence:
            self.narrow_evidence(line, row)
        if row.side == "self" and not row.rationale.strip() and self.is_current(row):
            self.note(
                "self-assessment-without-rationale",
                line,
                row,
                f"level {row.level} without a word on why",
                "a rationale",
                "Ask for one; a number alone cannot be followed up.",
                is_warning=True,
            )

    def assessed_for(self, line: int, row: Assessment, milestone: Milestone) -> None:
        if row.on > milestone.cut_off.isoformat():
            self.note(
                "after-cut-off",
                line,
                row,
                f"recorded on {row.on} for milestone {milestone.id}",
                f"a day up to its cut-off, {milestone.cut_off}",
                "Correct the day or the milestone: what is recorded later belongs to a later milestone.",
            )
        if milestone.case and milestone.case != row.case:
            self.note(
                "wrong-case",
                line,
                row,
                f"case {shown(row.case)} for milestone {milestone.id}",
                f"{milestone.case}, which the milestone is about",
                "Correct the case or the milestone.",
            )

    def narrow_evidence(self, line: int, row: Assessment) -> None:
        """Warn of a level whose evidence is not as broad as the study asks for, unless a person says why it stands."""
        needs = self.needs[row.level]
        if needs is None or row.override.strip() or self.known.passages is None or not self.is_current(row):
            return
        if any(name not in self.known.passages for name in row.evidence):
            return
        if row.evidence not in self.breadths:
            self.breadths[row.evidence] = breadth(row.evidence, self.known.passages)
        has = self.breadths[row.evidence]
        if has.documents < needs[0] or has.actor_types < needs[1] or has.processes < needs[2]:
            self.note(
                "insufficient-evidence",
                line,
                row,
                f"level {row.level} on {has.documents} documents, {has.actor_types} types of actors, {has.processes} "
                "processes",
                f"at least {needs[0]}, {needs[1]} and {needs[2]}",
                "Add evidence, lower the level, or say in override why it stands.",
                is_warning=True,
            )

    def event(self, line: int, row: Event) -> None:
        self.one_of(line, row, "milestone", row.milestone, self.milestones, may_be_empty=True)
        self.one_of(line, row, "case", row.case, self.cases, may_be_empty=True)
        if sum(_NAME.fullmatch(one) is not None and one not in self.people for one in row.by) > 1:
            self.note(
                "perhaps-a-name",
                line,
                row,
                f"by, {len(row.by)} words of which several look like names",
                "ids of who it was: a group, a role, initials",
                "Write an id; registers never name persons.",
                is_warning=True,
            )
        self.one_of(line, row, "arena", row.arena, self.arenas, may_be_empty=True)

    def indicator(self, line: int, row: Indicator) -> None:
        names = {other.id for _, other in self.rows[Indicator]}
        for other in row.same_as:
            if other == row.id or other not in names:
                self.note(
                    "unknown-same-as",
                    line,
                    row,
                    f"same_as {shown_id(other)}",
                    "the id of another indicator",
                    "Correct the id.",
                )
        if self.known.lineage.unreadable:
            return
        for code in row.elements:
            if code not in self.known.codes:
                self.note(
                    "unknown-element",
                    line,
                    row,
                    f"element {shown_id(code)}",
                    "the id of a code of some codebook version",
                    "Correct the id.",
                )

    def question(self, line: int, row: Question) -> None:
        self.one_of(line, row, "milestone", row.milestone, self.milestones)
        self.one_of(line, row, "arena", row.arena, self.arenas, may_be_empty=True)
        self.who(line, row, "by", row.by)
        kind, _, name = row.about.partition(":")
        known, expected = self.things(kind)
        names = re.split(r"[/~]", name)[1:] if kind == "edge" else [name]
        if kind == "edge" and (name.count("/"), name.count("~")) != (1, 1):
            names, known = [name], frozenset()
        if known is not None and not all(one in known for one in names):
            self.note(
                "unknown-about",
                line,
                row,
                f"about {kind}:{shown_id(name)}",
                expected,
                "Correct the id, or leave the cell empty.",
            )

    def things(self, kind: str) -> tuple[Container[str] | None, str]:
        """What a question of a kind can name, and how it is told; None where that cannot be judged here."""
        lineage = self.known.lineage
        if kind in ("element", "edge"):
            known = None if lineage.unreadable else self.known.codes
            return (
                known,
                "element: and the id of a code of some codebook version, such as element:C0006"
                if kind == "element"
                else "edge:MUNICIPALITY/CODE~CODE, or edge:all/CODE~CODE, such as edge:all/C0001~C0004",
            )
        if kind == "quote":
            return self.known.passages, "the id of a coded segment"
        if kind == "measure":
            return frozenset(row.id for _, row in self.rows[Measure]), "the id of a measure"
        # Claims are made with the pack; changes may be told of under names of the model's.
        return None, ""

    def pack(self, line: int, row: PackMade) -> None:
        self.one_of(line, row, "milestone", row.milestone, self.milestones)
        self.one_of(line, row, "arena", row.arena, self.arenas, may_be_empty=True)
        self.who(line, row, "by", row.by)
        if self.known.passages is None:
            return
        if unknown := [name for name in row.segments if name not in self.known.passages]:
            self.note(
                "unknown-segment",
                line,
                row,
                f"segments, {len(unknown)} that nobody knows, such as {shown_id(unknown[0])}",
                "ids of coded segments",
                "Correct the ids: by them a pack is found that must be called back.",
            )

    def twice(self, kind: type[Assessment] | type[Target], name: str, same: str) -> None:
        """Warn of two records that say the same thing of the same box: both would count."""
        first: dict[tuple[str, ...], str] = {}
        for line, row in self.standing(kind):
            if not self.is_current(row):
                continue
            about: tuple[str, ...] = (row.case, row.element, row.codebook_version)
            if isinstance(row, Assessment):
                about += (row.milestone, row.assessor, row.side)
            if first.setdefault(about, row.id) != row.id:
                self.note(
                    name,
                    line,
                    row,
                    f"a second record with the {same} of {shown_id(first[about])}",
                    "one record, of which later rows take the place of earlier ones",
                    "Write the later one under the id of the first, or withdraw one of the two.",
                    is_warning=True,
                )


def name_of(row: Row) -> str:
    """A row's key as a fault may print it."""
    return " ".join(shown_id(part) for part in row.key)


def by_day(*kinds: Lines[Any]) -> Iterator[tuple[str, list[tuple[int, Any]]]]:
    """The rows of several registers, day by day, within a day in the order given."""
    rows = sorted((pair for lines in kinds for pair in lines), key=lambda pair: pair[1].on)
    for day, group in groupby(rows, key=lambda pair: pair[1].on):
        yield day, list(group)


def _needed(rules: Iterable[EvidenceRule], level: int) -> tuple[int, int, int] | None:
    """How many documents, types of actors and processes a level is to rest on; None where nothing is asked for."""
    met = [rule for rule in rules if level >= rule.from_level]
    if not met:
        return None
    return max(one.documents for one in met), max(one.actor_types for one in met), max(one.processes for one in met)


class _Measures:
    """Measures, steps and reports as they stood day by day."""

    def __init__(self, checks: _Checks) -> None:
        self.checks = checks
        self.measures: dict[str, Measure] = {}
        self.steps: dict[str, dict[str, MeasureStep]] = {}
        self.waiting: frozenset[str] = frozenset()
        #: Lines with a measure that was not there on their day.
        self.told: set[int] = set()

    def run(self) -> None:
        rows = self.checks.rows
        for _, today in by_day(rows[Measure], rows[MeasureStep], rows[MeasureStatus]):
            for _, row in today:
                if isinstance(row, Measure):
                    _put(self.measures, row.id, row)
                elif isinstance(row, MeasureStep):
                    _put(self.steps.setdefault(row.measure, {}), row.step, row)
            self.waiting = self.never_first(row for _, row in today)
            for line, row in today:
                if row.is_withdrawn:
                    continue
                if isinstance(row, Measure):
                    self.dependencies(line, row)
                elif isinstance(row, MeasureStep):
                    self.step(line, row)
                elif isinstance(row, MeasureStatus):
                    self.status(line, row)
        self.left_behind()

    def dependencies(self, line: int, row: Measure) -> None:
        note = self.checks.note
        for name in row.depends_on:
            other = self.measures.get(name)
            if other is None:
                self.told.add(line)
                note(
                    "unknown-measure",
                    line,
                    row,
                    f"depends_on {shown_id(name)}",
                    f"a measure that stands on {row.on}",
                    "Correct the id, or record the other measure first.",
                )
            elif other.case != row.case:
                note(
                    "wrong-case",
                    line,
                    row,
                    f"depends_on {shown_id(name)}, a measure of {shown(other.case)}",
                    f"a measure of {shown(row.case)}",
                    "Correct the id.",
                )
        if row.id in self.waiting and self.measures.get(row.id) is row and self.returns_to(row):
            note(
                "circular-dependency",
                line,
                row,
                "depends_on, which leads back",
                "measures of which one comes first",
                "Take one of the dependencies out.",
            )

    def never_first(self, today: Iterable[Row]) -> frozenset[str]:
        """The measures that would never have their turn: those in a ring, and those that wait for one."""
        if not any(isinstance(row, Measure) and row.depends_on for row in today):
            return frozenset()
        left = {name: {one for one in row.depends_on if one in self.measures} for name, row in self.measures.items()}
        after: dict[str, list[str]] = {}
        for name, needs in left.items():
            for one in needs:
                after.setdefault(one, []).append(name)
        ready = [name for name, needs in left.items() if not needs]
        done = set(ready)
        while ready:
            first = ready.pop()
            for name in after.get(first, ()):
                left[name].discard(first)
                if not left[name] and name not in done:
                    done.add(name)
                    ready.append(name)
        return frozenset(left.keys() - done)

    def returns_to(self, row: Measure) -> bool:
        seen: set[str] = set()
        ahead = list(row.depends_on)
        while ahead:
            name = ahead.pop()
            if name == row.id:
                return True
            if name not in seen and name in self.measures:
                seen.add(name)
                ahead.extend(self.measures[name].depends_on)
        return False

    def step(self, line: int, row: MeasureStep) -> None:
        if not self.is_measure(line, row, row.measure) or self.steps[row.measure].get(row.step) is not row:
            return
        if not row.from_ or not row.to or row.from_ > row.to:
            return
        for other in self.steps[row.measure].values():
            if other is row or not other.from_ or not other.to:
                continue
            # One may begin on the day that another ends.
            if row.from_ < other.to and other.from_ < row.to:
                self.checks.note(
                    "overlapping-steps",
                    line,
                    row,
                    f"{row.from_} to {row.to}, over step {shown_id(other.step)} ({other.from_} to {other.to})",
                    "steps that follow one another",
                    "Correct the days, or make one step of the two.",
                )

    def status(self, line: int, row: MeasureStatus) -> None:
        if self.is_measure(line, row, row.measure) and row.step and row.step not in self.steps.get(row.measure, {}):
            self.checks.note(
                "unknown-step",
                line,
                row,
                f"step {shown_id(row.step)} of measure {shown_id(row.measure)}",
                f"a step that stands on {row.on}, or empty for the whole measure",
                "Correct the id, or record the step first.",
            )

    def is_measure(self, line: int, row: Row, name: str) -> bool:
        if name in self.measures:
            return True
        self.checks.note(
            "unknown-measure",
            line,
            row,
            f"measure {shown_id(name)}",
            f"a measure that stands on {row.on}",
            "Correct the id, or record the measure first.",
        )
        return False

    def left_behind(self) -> None:
        """Warn of measures that wait for one that was taken out later."""
        for line, row in self.checks.standing(Measure):
            gone = [name for name in row.depends_on if name not in self.measures]
            if gone and line not in self.told and self.measures.get(row.id) is row:
                self.checks.note(
                    "depends-on-withdrawn",
                    line,
                    row,
                    f"depends_on {', '.join(map(shown_id, gone))}, withdrawn since",
                    "measures that stand",
                    "Add a row without it.",
                    is_warning=True,
                )


def _put(rows: dict[str, Any], name: str, row: Row) -> None:
    if row.is_withdrawn:
        rows.pop(name, None)
    else:
        rows[name] = row


class _Values:
    """Indicators and their values as they stood day by day."""

    def __init__(self, checks: _Checks) -> None:
        self.checks = checks
        self.indicators: dict[str, Indicator] = {}
        self.values: dict[str, IndicatorValue] = {}
        self.at: dict[tuple[str, str, str], set[str]] = {}

    def run(self) -> None:
        rows = self.checks.rows
        for _, today in by_day(rows[Indicator], rows[IndicatorValue]):
            for _, row in today:
                if isinstance(row, Indicator):
                    _put(self.indicators, row.id, row)
                else:
                    self.move(row)
            for line, row in today:
                if isinstance(row, IndicatorValue) and not row.is_withdrawn:
                    self.value(line, row)

    def move(self, row: IndicatorValue) -> None:
        before = self.values.get(row.id)
        if before is not None:
            self.at[before.indicator, before.case, before.period].discard(row.id)
        _put(self.values, row.id, row)
        if not row.is_withdrawn:
            self.at.setdefault((row.indicator, row.case, row.period), set()).add(row.id)

    def value(self, line: int, row: IndicatorValue) -> None:
        note = self.checks.note
        indicator = self.indicators.get(row.indicator)
        if indicator is None:
            note(
                "unknown-indicator",
                line,
                row,
                f"indicator {shown_id(row.indicator)}",
                f"an indicator that stands on {row.on}",
                "Correct the id, or record the indicator first.",
            )
            return
        if indicator.group == REFERENCE:
            return
        if row.value and number_in(row.value) is None:
            note(
                "bad-number",
                line,
                row,
                f"value {shown(row.value)}",
                "a number such as 12.5; only reference figures are told as they are printed",
                "Write the number with a full stop, without blanks and without its unit.",
            )
        others = self.at[row.indicator, row.case, row.period] - {row.id} if self.values.get(row.id) is row else set()
        if others:
            note(
                "duplicate-value",
                line,
                row,
                f"a second value of {shown_id(row.indicator)} for {shown(row.case)} and {row.period}, beside "
                f"{', '.join(map(shown_id, sorted(others)))}",
                "one value for an indicator, municipality and period",
                "Write it under the id of the first, so that it takes its place, or withdraw one on the same day.",
            )


class _Clearances:
    """The steps of passages on their way to being shown, one after the other."""

    def __init__(self, checks: _Checks) -> None:
        self.checks = checks
        settings = checks.known.settings
        self.persons = {one.coder: one.of for one in settings.second_passes}
        coders = checks.known.coders
        self.coders = None if coders is None else coders | set(settings.model_coders)
        self.ways: dict[str, Way] = {}
        self.first: dict[str, int] = {}

    def run(self) -> None:
        rows = self.checks.rows[Clearance]
        for line, row in rows:
            # In the order of the file: days that run backwards within one id are told of elsewhere.
            if row.action or self.first.setdefault(row.id, line) != line:
                self.checks.note(
                    "step-changed",
                    line,
                    row,
                    "a row that changes or takes out a step",
                    "steps that stay as they were",
                    "Give what you mean as a new step with an id of its own, such as revoked or pseudonymised.",
                )
        for line, row in sorted(rows, key=lambda pair: pair[1].on):
            if not row.action and self.first[row.id] == line:
                self.step(line, row)

    def step(self, line: int, row: Clearance) -> None:
        note, passages = self.checks.note, self.checks.known.passages
        if passages is not None:
            passage = passages.get(row.segment)
            if passage is None:
                note(
                    "unknown-segment",
                    line,
                    row,
                    f"segment {shown_id(row.segment)}",
                    "the id of a coded segment",
                    "Correct the id.",
                )
            elif not row.text_sha256 and row.state != REVOKED and passage.state != "withdrawn":
                note(
                    "missing-cell",
                    line,
                    row,
                    "an empty text_sha256",
                    "the fingerprint of the passage's words",
                    "Give the step with `foran quote`, which fills it in.",
                )
        if self.coders is not None and row.by and row.by not in self.coders:
            note(
                "unknown-by",
                line,
                row,
                f"by {shown(row.by)}",
                f"one of the coders: {', '.join(sorted(self.coders)) or 'none yet'}",
                "Correct the id; whoever clears passages has read and coded here.",
            )
        way = self.ways.get(row.segment, Way())
        wrong = misstep(way, row, self.persons)
        if wrong is not None:
            note(wrong.kind, line, row, wrong.found, wrong.expected, wrong.remedy)
        else:
            self.ways[row.segment] = taken(way, row)
