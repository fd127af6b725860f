"""Stretches of text on one line, with the coded segments that made each: the algebra that queries are made of.

Every function works on sorted arrays, so that its cost follows the number of stretches and of matches, never the product
of two numbers of stretches. Documents lie `GAP` apart: what overlaps or is near lies in one document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import ForanError

Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
#: From where one document begins on the line to where the next does, in characters.
GAP = 10**10
#: Pairs of overlapping stretches beyond which their shared text is refused: the arrays would fill the memory.
MOST_PAIRS = 20_000_000


@dataclass(frozen=True)
class Found:
    """Passages on the line: stretches that differ, in order, and pairs (passage, row of the segments table)."""

    start: Integers
    end: Integers
    owner: Integers
    segment: Integers

    def __len__(self) -> int:
        return len(self.start)

    def only(self, keep: Truths) -> Found:
        """The passages where `keep` is true."""
        number = np.cumsum(keep) - 1
        pairs = keep[self.owner]
        return Found(self.start[keep], self.end[keep], number[self.owner[pairs]], self.segment[pairs])

    def segments_of(self, passages: Integers) -> tuple[Integers, Integers]:
        """(position in `passages`, segment row) for every segment of each of them."""
        low, high = np.searchsorted(self.owner, passages, "left"), np.searchsorted(self.owner, passages, "right")
        position, place = ranges(low, high)
        return position, self.segment[place]


def ranges(low: Integers, high: Integers) -> tuple[Integers, Integers]:
    """(position, number) for every number of every half-open range; ranges that run backwards are empty."""
    counts = np.maximum(high - low, 0)
    position = np.repeat(np.arange(len(low), dtype=np.int64), counts)
    within = np.arange(len(position), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
    return position, low[position].astype(np.int64) + within


def merged(start: Integers, end: Integers, owner: Integers, segment: Integers) -> Found:
    """Passages over the same stretch become one, with the segments of all."""
    order = np.lexsort((end, start))
    start, end = start[order], end[order]
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = (np.diff(start) != 0) | (np.diff(end) != 0)
    number = np.empty(len(order), np.int64)
    number[order] = np.cumsum(is_new) - 1
    width = int(segment.max()) + 1 if len(segment) else 1
    pairs = np.unique(number[owner] * width + segment)
    return Found(start[is_new], end[is_new], pairs // width, pairs % width)


def joined(start: Integers, end: Integers, parts: Sequence[tuple[Found, Integers]]) -> Found:
    """Passages over new stretches; the segments of each are those of the named passages of every part."""
    taken = [found.segments_of(passages) for found, passages in parts]
    return merged(start, end, np.concatenate([t[0] for t in taken]), np.concatenate([t[1] for t in taken]))


def either(left: Found, right: Found) -> Found:
    """The passages of both."""
    return merged(
        np.concatenate([left.start, right.start]),
        np.concatenate([left.end, right.end]),
        np.concatenate([left.owner, right.owner + len(left)]),
        np.concatenate([left.segment, right.segment]),
    )


def shared(left: Found, right: Found) -> Found:
    """The text that pairs of passages share. Of two that overlap, one begins within the other, or both at one place."""
    first = np.searchsorted(right.start, left.start, "left"), np.searchsorted(right.start, left.end, "left")
    second = np.searchsorted(left.start, right.start, "right"), np.searchsorted(left.start, right.end, "left")
    total = sum(int(np.maximum(high - low, 0).sum()) for low, high in (first, second))
    if total > MOST_PAIRS:
        raise ForanError(f"{total} pairs of overlapping passages; narrow one side of AND, with [case:…] for instance")
    i, j = ranges(*first)
    more_j, more_i = ranges(*second)
    i, j = np.concatenate([i, more_i]), np.concatenate([j, more_j])
    start, end = np.maximum(left.start[i], right.start[j]), np.minimum(left.end[i], right.end[j])
    return joined(start, end, [(left, i), (right, j)])


def is_touched(left: Found, right: Found) -> Truths:
    """Whether each passage of the left shares text with some of the right."""
    begun = np.searchsorted(right.start, left.end, "left")
    over = np.searchsorted(np.sort(right.end), left.start, "right")
    touched: Truths = begun > over
    return touched


def nearest(
    one: Found, other: Found, scale: Callable[[Found], tuple[Integers, Integers]], distance: int, sides: str
) -> Integers:
    """The nearest of `other` for each of `one`, at most `distance` away; at equal nearness the one that stands first.

    `scale` gives the low and high end of passages in turns or words; `sides` says where to look: "o" overlapping, "b"
    before, "a" after. On one side the nearest in characters is also the nearest in turns and in words.
    """
    count = len(other)
    best = np.full(len(one), -1, np.int64)
    if not count:
        return best
    best_gap = np.full(len(one), np.iinfo(np.int64).max, np.int64)
    (low, high), (other_low, other_high) = scale(one), scale(other)

    def offer(candidate: Integers, valid: Truths, gap: Integers) -> None:
        at = np.clip(candidate, 0, count - 1)
        apart = np.maximum(np.maximum(other_low[at] - high, low - other_high[at]), 0)
        is_one_document = other.start[at] // GAP == one.start // GAP
        better = valid & is_one_document & (apart <= distance) & (gap < best_gap)
        best[better], best_gap[better] = at[better], gap[better]

    if "o" in sides:
        # The first in order that ends after the passage begins; it overlaps if it begins before the passage ends.
        at = np.searchsorted(np.maximum.accumulate(other.end), one.start, "right")
        offer(at, (at < count) & (other.start[np.clip(at, 0, count - 1)] < one.end), np.zeros(len(one), np.int64))
    if "b" in sides:
        by_end = np.lexsort((-other.start, other.end))
        at = np.searchsorted(other.end[by_end], one.start, "right") - 1
        place = by_end[np.clip(at, 0, count - 1)]
        # A half-step further than an overlap, so that touching passages give way to overlapping ones.
        offer(place, at >= 0, (one.start - other.end[place]) * 2 + 1)
    if "a" in sides:
        at = np.searchsorted(other.start, one.end, "left")
        offer(at, at < count, (other.start[np.clip(at, 0, count - 1)] - one.end) * 2 + 1)
    return best
