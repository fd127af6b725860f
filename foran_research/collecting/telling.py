"""What a run led to, in lines for a person; nothing of what anybody wrote."""

from __future__ import annotations

from .ledger import ASIDE
from .results import Collected, LeftOut

_REASONS = {
    "changed": "the newest pack says something else there",
    "gone": "the newest pack no longer has it",
    "unknown": "no such thing in the pack they name",
    "no_milestone": "given after every milestone that a level could be recorded for",
    "no_element": "no element of that version of the codebook, or a part of one",
    "day": "they cannot have been given on the day that their file stands with",
}
_THINGS = {"element": "an element", "edge": "an edge", "pack": "the whole"}
_STATES = {
    "new": ("is new", "would be new"),
    "changed": ("has other answers than before", "would have other answers than before"),
    "same": ("is as it was", "would stay as it is"),
    "edited": (
        "was edited by a person and left alone: add the new answers there with `foran edit`",
        "was edited by a person and would be left alone",
    ),
}


def told_of(found: Collected) -> list[str]:
    """What a run led to, in lines.

    What an earlier run has told of already is only counted.

    >>> told_of(Collected(received=2, readers=2, answers=7))
    ['2 new files, 0 that were there; 2 readers, 7 answers in all']
    >>> told_of(Collected(known=1, readers=1, answers=1))
    ['0 new files, 1 that was there; 1 reader, 1 answer in all']
    """
    there = "that was there" if found.known == 1 else "that were there"
    lines = [
        f"{_count(found.received, 'new file')}, {found.known} {there}; {_count(found.readers, 'reader')}, "
        f"{_count(found.answers, 'answer')} in all"
    ]
    if found.redated:
        have = "would have" if found.is_dry_run else "has" if found.redated == 1 else "have"
        lines.append(f"  {_count(found.redated, 'file')} {have} another day now")
    lines += [
        f"  {_count(count, 'file')} {'stands' if count == 1 else 'stand'} with another day, {day}, and "
        f"{'keeps' if count == 1 else 'keep'} it: if that one is wrong, give the same command with --redate"
        for day, count in found.other_days
    ]
    if found.other_place:
        lines.append(
            f"  {_count(found.other_place, 'file')} came in with another --arena or --case, or without, and "
            f"{'keeps' if found.other_place == 1 else 'keep'} what was said then"
        )
    lines += [
        f"  {_count(count, 'file')} of {pack}, which this study has not made: kept in {ASIDE}; give it with --pack FILE.html"
        for pack, count in found.aside
        if pack in found.told_aside
    ]
    lines += [f"  note {document} {_STATES[state][found.is_dry_run]}" for document, state in found.notes]
    dated = "would be dated {}" if found.is_dry_run else "is dated {} now"
    lines += [f"  note {document} {dated.format(day)}" for document, day in found.dated]
    lines += [
        f"  note {document}: {_count(count, 'answer')} {'has' if count == 1 else 'have'} no turn there that can be told: what "
        "came of them before stays, nothing new is made of them; put the turns right with `foran edit`"
        for document, count in found.without_turn
    ]
    if any(found.moved):
        followed, waiting = found.moved
        wait = "waits" if waiting == 1 else "wait"
        lines.append(
            f"  {_count(followed, 'coding')} of changed notes followed, {waiting} {wait} for a person to place "
            f"{'it' if waiting == 1 else 'them'}" + (" (`foran check` tells which)" if waiting else "")
        )
    if found.memos:
        lines.append(f"  {_count(found.memos, 'memo')} written or changed")
    if found.proposals:
        lines.append(f"  proposals for the codebook: {', '.join(found.proposals)} (foran codebook proposals)")
    if found.not_proposed:
        lines.append(
            f"  {_count(found.not_proposed, 'proposed name or element', 'proposed names or elements')} "
            f"{'has' if found.not_proposed == 1 else 'have'} no place in the newest codebook: see the note"
        )
    if found.assessments:
        lines.append(f"  {_count(found.assessments, 'row')} of self-assessments")
    lines += [_left_out(one) for one in found.left_out if one not in found.left_before]
    if found.both:
        told = "is" if len(found.both) == 1 else "are"
        lines.append(f"  {_count(len(found.both), 'answer')} {told} told differently by two files: both are kept")
    if found.edited:
        were = "was" if found.edited == 1 else "were"
        lines.append(f"  {_count(found.edited, 'file')} {were} edited after the pack saved them (--accept-edited)")
    return lines + _as_before(found)


def _left_out(one: LeftOut) -> str:
    go = "goes" if one.count == 1 else "go"
    thing = _THINGS.get(one.kind, f"a {one.kind}")
    return f"  {_count(one.count, 'answer')} about {thing} of {one.pack} {go} no further: {_REASONS[one.reason]}"


def _as_before(found: Collected) -> list[str]:
    left = sum(one.count for one in found.left_out if one in found.left_before)
    aside = sum(count for pack, count in found.aside if pack not in found.told_aside)
    told = [f"{_count(left, 'answer')} {'goes' if left == 1 else 'go'} no further"] if left else []
    if aside:
        told.append(
            f"{_count(aside, 'file')} of packs that this study has not made {'lies' if aside == 1 else 'lie'} aside"
        )
    return [f"  as before: {', '.join(told)}"] if told else []


def _count(count: int, noun: str, nouns: str = "") -> str:
    """A count with its noun.

    >>> _count(1, "memo"), _count(2, "memo")
    ('1 memo', '2 memos')
    """
    return f"{count} {noun if count == 1 else nouns or f'{noun}s'}"
