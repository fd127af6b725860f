"""Two coders' segments of one document side by side: where they agree and each place where they differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from .resolving import Named, Resolution, named_segments

#: same: code, span and polarity. polarity: code and span, not polarity. ends: one code on spans that overlap (whatever
#: the polarities). code: overlapping spans, different codes. only_first, only_second: nothing of the other to set beside.
KINDS = ("same", "polarity", "ends", "code", "only_first", "only_second")
_MIRRORED = {"only_first": "only_second", "only_second": "only_first"}


@dataclass(frozen=True)
class Passage:
    """One coder's segment as it is set beside another's; offsets are half-open code points of the text."""

    segment: str
    coder: str
    start: int
    end: int
    code: str
    polarity: str
    memo: str = ""


@dataclass(frozen=True)
class Difference:
    """One place of a document: what each of two coders has there, and what kind of agreement or difference it is.

    `start` and `end` cover both segments. `resolution` is the id of the newest resolution that names them, or "";
    `is_stale` says that it no longer holds: a segment it names has changed since, or it does not name both of these.
    """

    kind: str
    start: int
    end: int
    first: Passage | None
    second: Passage | None
    resolution: str = ""
    is_stale: bool = False

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide: the coders differ and no resolution holds."""
        return self.kind != "same" and (not self.resolution or self.is_stale)

    def mirrored(self) -> Difference:
        """The same with the coders' places exchanged."""
        return replace(self, kind=_MIRRORED.get(self.kind, self.kind), first=self.second, second=self.first)


def differences(
    segments: pd.DataFrame,
    document: str,
    first: str,
    second: str,
    *,
    turns: Collection[int] = (),
    resolutions: Iterable[Resolution] = (),
    standing: pd.DataFrame | None = None,
) -> tuple[Difference, ...]:
    """What two coders have in a document, pair by pair, in order of the text; agreement included, as kind "same".

    Segments are set beside one another one to one, greedily: first those that are the same, then those that differ in
    polarity only, then overlapping ones of one code, then overlapping ones of different codes; among equals the pair
    first that shares most (shared ÷ covered characters), then the earlier one. What is taken is not taken again, so a
    segment is in exactly one difference. Greedy, not optimal: each difference can be told in one sentence, where the
    largest number of pairs would now and then set a segment beside its second best. The result does not depend on the
    order of rows, and exchanging the coders mirrors it.

    Parameters
    ----------
    segments
        A segments table, of any coders and documents, under the codes as they are to be compared.
    turns
        Only segments that touch one of these turns; none stands for the whole document. A segment that reaches beyond
        them is taken whole.
    standing
        Every coder's segments as they left them: whether a resolution still holds is judged by these. Needed when
        `segments` is not that table itself, because it was migrated to another codebook version or filtered.

    Raises
    ------
    ValueError
        When the two coders are one.
    """
    if first == second:
        raise ValueError("a coder cannot be compared with herself")
    within = segments[segments["document"] == document]
    ours, theirs = (_passages(within, coder, frozenset(turns)) for coder in (first, second))
    made = [_difference(a, b) for a, b in _pairs(ours, theirs)]
    own = [one for one in resolutions if one.document == document]
    left = within if standing is None else standing[standing["document"] == document]
    named = named_segments(left) if own else {}
    return tuple(_with_resolution(one, own, named) for one in sorted(made, key=_by_place))


def _passages(segments: pd.DataFrame, coder: str, turns: frozenset[int]) -> list[Passage]:
    rows = segments[segments["coder"] == coder].to_dict("records")
    return [
        Passage(
            row["segment"],
            row["coder"],
            int(row["start"]),
            int(row["end"]),
            row["code"],
            row["polarity"],
            row["memo"],
        )
        for row in rows
        if not turns or not turns.isdisjoint(row["turns"])
    ]


def _pairs(ours: list[Passage], theirs: list[Passage]) -> Iterator[tuple[Passage | None, Passage | None]]:
    candidates = sorted(_overlapping(ours, theirs), key=lambda pair: _closeness(*pair))
    taken: set[str] = set()
    for a, b in candidates:
        if a.segment not in taken and b.segment not in taken:
            taken |= {a.segment, b.segment}
            yield a, b
    yield from ((a, None) for a in ours if a.segment not in taken)
    yield from ((None, b) for b in theirs if b.segment not in taken)


def _overlapping(ours: list[Passage], theirs: list[Passage]) -> Iterator[tuple[Passage, Passage]]:
    """Every pair that shares a character."""
    later = sorted(theirs, key=lambda passage: passage.start)
    for a in ours:
        for b in later:
            if b.start >= a.end:
                break
            if a.start < b.end:
                yield a, b


def _kind(a: Passage, b: Passage) -> str:
    if a.code != b.code:
        return "code"
    if (a.start, a.end) != (b.start, b.end):
        return "ends"
    return "same" if a.polarity == b.polarity else "polarity"


def _closeness(a: Passage, b: Passage) -> tuple[int, float, int, int, int, list[str]]:
    """The order in which pairs are taken. The same whichever of the two is called a; the ids leave no two pairs equal."""
    start, end = min(a.start, b.start), max(a.end, b.end)
    shared = min(a.end, b.end) - max(a.start, b.start)
    return KINDS.index(_kind(a, b)), -shared / (end - start), -shared, start, end, sorted((a.segment, b.segment))


def _difference(a: Passage | None, b: Passage | None) -> Difference:
    there = [passage for passage in (a, b) if passage is not None]
    kind = _kind(a, b) if a is not None and b is not None else "only_first" if b is None else "only_second"
    return Difference(kind, min(p.start for p in there), max(p.end for p in there), a, b)


def _by_place(one: Difference) -> tuple[int, int, list[tuple[str, str]]]:
    there = sorted((p.code, p.segment) for p in (one.first, one.second) if p is not None)
    return one.start, one.end, there


def _with_resolution(one: Difference, resolutions: list[Resolution], standing: Mapping[str, Named]) -> Difference:
    names = {passage.segment for passage in (one.first, one.second) if passage is not None}
    about = sorted((r for r in resolutions if names & r.segments), key=lambda r: (r.at, r.id))
    if not about:
        return one
    holding = [r for r in about if names <= r.segments and not r.is_stale(standing)]
    newest = holding[-1] if holding else about[-1]
    return replace(one, resolution=newest.id, is_stale=not holding)


def counts(found: Iterable[Difference]) -> dict[str, int]:
    """How many of each kind, in the order of `KINDS`.

    >>> counts([])["same"]
    0
    """
    totals = dict.fromkeys(KINDS, 0)
    for one in found:
        totals[one.kind] += 1
    return totals
