"""What a run of collecting led to, as values."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Fault


@dataclass(frozen=True)
class LeftOut:
    """Answers that are kept in their files and not taken further: how many, about what kind of thing, in which pack, why.

    `reason`: changed (the newest pack says something else there), gone (it no longer has it), unknown (no pack ever had
    it), no_milestone (the day is after every milestone that the level could be recorded for), no_element, day (they
    cannot have been given on the day that their file stands with).
    """

    pack: str
    kind: str
    reason: str
    count: int


@dataclass(frozen=True)
class Collected:
    """What a run led to, or in a dry run would lead to.

    `received` are files that were not there before, `known` those that were, `aside` files of unknown packs by pack,
    `refused` what was wrong with single files. `notes` are (document, "new", "changed", "same" or "edited"); `moved` says
    how many codings in changed notes followed, and how many wait for a person. `redated` are files that have another day
    now, `other_days` days on which files stand that were given again with another one, and how many, `other_place` those
    that stand with another arena or municipality than the one given; `dated` notes that have another day, `without_turn`
    those in which answers have no turn that can be told, and how many. `left_before` are
    those of `left_out` that the run before this one told of as well, `told_aside` the packs of files that this run put aside.
    """

    received: int = 0
    known: int = 0
    readers: int = 0
    answers: int = 0
    refused: tuple[Fault, ...] = ()
    aside: tuple[tuple[str, int], ...] = ()
    told_aside: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    left_before: tuple[LeftOut, ...] = ()
    both: tuple[str, ...] = ()
    edited: int = 0
    redated: int = 0
    other_days: tuple[tuple[str, int], ...] = ()
    other_place: int = 0
    notes: tuple[tuple[str, str], ...] = ()
    dated: tuple[tuple[str, str], ...] = ()
    without_turn: tuple[tuple[str, int], ...] = ()
    moved: tuple[int, int] = (0, 0)
    memos: int = 0
    proposals: tuple[str, ...] = ()
    not_proposed: int = 0
    assessments: int = 0
    warnings: tuple[Fault, ...] = ()
    is_dry_run: bool = False
