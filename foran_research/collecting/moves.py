"""Which turns of an earlier note are which turns of the note as it is now: its turns are composed, and so known. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..corpus.anchoring import Block
from ..corpus.transcript import parse_turns


@dataclass(frozen=True)
class _Unit:
    """A turn, heading or paragraph: under which heading, whose, its words, and where it stands with its label."""

    heading: str
    speaker: str
    words: str
    start: int
    end: int


def known_places(old: str, new: str) -> tuple[Block, ...]:
    r"""The stretches of an earlier text of a note that stand in a later one: every turn that has not changed.

    A turn is the same one when its reader, its words and its heading are. Where a heading has another wording now, reader
    and words tell, unless she has written the same elsewhere and not as often as before.

    Parameters
    ----------
    old, new
        Canonical texts of a note, as :mod:`foran_research.collecting.turns` composes them.

    Returns
    -------
    tuple
        Stretches in the order of the old text. Turns that follow one another in both texts are one stretch.

    >>> known_places("## A\n\n**X:** Ja.\n", "## A\n\n**Y:** Ja.\n\n**X:** Ja.\n")
    (Block(old=0, new=0, length=4), Block(old=6, new=18, length=10))
    """
    mine, theirs = list(_units(old)), list(_units(new))
    pairs = list(_paired(mine, theirs, lambda unit: (unit.heading, unit.speaker, unit.words), is_strict=False))
    done, taken = {at for at, _ in pairs}, {at for _, at in pairs}
    rest = ([at for at in range(len(mine)) if at not in done], [at for at in range(len(theirs)) if at not in taken])
    again = _paired(
        [mine[at] for at in rest[0]], [theirs[at] for at in rest[1]], lambda unit: (unit.speaker, unit.words), is_strict=True
    )  # fmt: skip
    pairs += [(rest[0][one], rest[1][other]) for one, other in again]
    return _joined(old, new, [(mine[one], theirs[other]) for one, other in sorted(pairs)])


def _units(text: str) -> Iterator[_Unit]:
    heading, behind = "", 0
    for turn in parse_turns(text, has_turns=False):
        words = turn.span.of(text)
        # A label stands between the end of what was before and the words.
        lead = text[behind : turn.span.start]
        start = turn.span.start if turn.speaker is None else behind + len(lead) - len(lead.lstrip())
        if turn.kind == "heading":
            heading = words
            yield _Unit("", "", words, start, turn.span.end)
        else:
            yield _Unit(heading, turn.speaker or "", words, start, turn.span.end)
        behind = turn.span.end


def _paired(
    old: Sequence[_Unit], new: Sequence[_Unit], key: Callable[[_Unit], Hashable], *, is_strict: bool
) -> Iterator[tuple[int, int]]:
    """Places in both lists with the same key, in order; strictly, only where both have it equally often."""
    places: dict[Hashable, list[int]] = {}
    for at, unit in enumerate(new):
        places.setdefault(key(unit), []).append(at)
    counts: dict[Hashable, list[int]] = {}
    for at, unit in enumerate(old):
        counts.setdefault(key(unit), []).append(at)
    for name, mine in counts.items():
        theirs = places.get(name, [])
        if not is_strict or len(mine) == len(theirs):
            yield from zip(mine, theirs, strict=False)


def _joined(old: str, new: str, pairs: Iterable[tuple[_Unit, _Unit]]) -> tuple[Block, ...]:
    found: list[Block] = []
    for mine, theirs in pairs:
        length = mine.end - mine.start
        # The blanks between words and label are as they are in both, since a machine wrote them.
        if old[mine.start : mine.end] != new[theirs.start : theirs.end]:
            continue
        if found:
            last = found[-1]
            gap = mine.start - last.old - last.length
            behind, ahead = last.old + last.length, last.new + last.length
            if theirs.start - ahead == gap and old[behind : mine.start] == new[ahead : theirs.start]:
                found[-1] = Block(last.old, last.new, last.length + gap + length)
                continue
        found.append(Block(mine.start, theirs.start, length))
    return tuple(found)
