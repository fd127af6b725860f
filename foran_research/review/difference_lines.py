"""Numbers that add up to one, told by several packs: how many of a new pack's may be told with the others known. Pure.

A reader is taken to have every pack and to know how they were made. What sums give her is found exactly; what follows from
bounds, step by step.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from .content_counts import ALL, Limits, is_small

DOCUMENTS, EDGE = "documents", "edge"

#: What stands behind a number: its documents, passages or turns, with who says it in which document.
Items = Mapping[str, frozenset[tuple[str, str]]]

NOTHING: Items = {}
_ROUNDS = 50


def moved(before: Items, after: Items) -> list[frozenset[tuple[str, str]]]:
    """Of all that stands behind only one of two numbers, who says it."""
    return [
        *(who for item, who in before.items() if item not in after),
        *(who for item, who in after.items() if item not in before),
    ]


def is_small_difference(changes: Iterable[frozenset[tuple[str, str]]], limits: Limits) -> bool:
    """Whether what came and went rests on few persons or documents; where nothing did, nothing is told of anybody.

    >>> one = frozenset({("TRD-INN-01", "TRD-I03")})
    >>> is_small_difference([], Limits()), is_small_difference([one, one], Limits())
    (False, True)
    """
    who = frozenset[tuple[str, str]]().union(*changes)
    persons = len({person for person, _ in who if person})
    return bool(who) and (0 < persons < limits.persons or len({document for _, document in who}) < limits.documents)


def is_small_number(items: Items, kind: str, limits: Limits) -> bool:
    """Whether a number is too small to be told of its pack alone, by what stands behind it."""
    who = frozenset[tuple[str, str]]().union(*items.values())
    persons, documents = len({person for person, _ in who if person}), len({document for _, document in who})
    if kind == DOCUMENTS:
        return bool(items) and (0 < persons < limits.persons or documents < limits.documents)
    return is_small(len(items), persons, documents, limits)


@dataclass(frozen=True)
class Then:
    """A line as one pack, or several of the same state of the study, told it."""

    told: Mapping[str, int]
    items: Mapping[str, Items]
    #: The day up to which it counts.
    cut_off: str = ""
    #: Those of `told` that were told for certain.
    certain: frozenset[str] = frozenset()
    #: Numbers that were told otherwise than they would be now: what stood behind them is not known any more.
    odd: frozenset[str] = frozenset()
    #: Those that it held back, and so told of as few or as what would give few away.
    held: frozenset[str] = frozenset()

    def number(self, place: str) -> int:
        """What was told there, or what would have been."""
        return self.told.get(place, len(self.items.get(place, NOTHING)))


@dataclass(frozen=True)
class Line:
    """Numbers that add up to one of all: by municipality, of one thing."""

    thing: str
    kind: str
    cells: tuple[str, ...]
    now: Mapping[str, Items]
    told: Mapping[str, int]
    earlier: tuple[Then, ...]
    limits: Limits
    #: The fewest turns of an edge that is drawn.
    least: int
    #: The day up to which the new pack counts.
    cut_off: str
    #: How many documents at least the quotes of the new pack show, by place.
    seen: Mapping[str, int]

    # ---- what can be reckoned from sums

    def chosen(self) -> frozenset[str]:
        """The places whose numbers may be told: as many as can be."""
        same = [then.certain for then in self.earlier if not then.odd and self._is_as_now(then)]
        # Nothing changed since: what was told may be told again, and is no news.
        again = frozenset(self.told) & frozenset[str]().union(*same)
        if len(again) == len(self.told):
            return again
        free = [
            place
            for place in self.told
            if place not in self.stays_held and not any(self._tells(then, [place]) for then in self.earlier)
        ]
        free.sort(key=lambda place: (place != ALL, -self.told[place], place))
        pinned = self._pinned(frozenset(), with_new=False)
        for size in range(len(free), len(again), -1):
            for some in combinations(free, size):
                if self._is_safe(frozenset(some), pinned):
                    return frozenset(some)
        return again

    @cached_property
    def stays_held(self) -> frozenset[str]:
        """Places whose numbers an earlier pack held back, and that would tell now of the few they were held back for.

        What was held back is known to have been few: nothing now, those few have gone; and so it is with whatever else the
        line held back when some who were counted in it have gone since.
        """
        return frozenset(
            place
            for place in self.told
            if any(place in then.held and self._tells_held(then, place) for then in self.earlier)
        )

    def _tells_held(self, then: Then, place: str) -> bool:
        # Of an earlier day less is told, whichever of the two is made first. A number that was few and is enough now tells no
        # more of those who came than that they are some.
        return bool(then.odd) or (self.told[place] == 0 and then.cut_off <= self.cut_off)

    def _is_as_now(self, then: Then) -> bool:
        places = {*self.cells, ALL}
        return all(then.items.get(one, NOTHING).keys() == self.now.get(one, NOTHING).keys() for one in places)

    def _moved(self, then: Then, places: Iterable[str]) -> list[frozenset[tuple[str, str]]]:
        return [who for one in places for who in moved(then.items.get(one, NOTHING), self.now.get(one, NOTHING))]

    def _tells(self, then: Then, places: Collection[str]) -> bool:
        """Whether the difference of one number, told then and now, tells of few."""
        (place,) = places
        if place not in then.told:
            return False
        if place in then.odd:
            return then.told[place] != self.told[place]
        return is_small_difference(self._moved(then, [place]), self.limits)

    def _adds_up(self, items: Mapping[str, Items]) -> bool:
        # Where a guest speaks, a document counts for two municipalities.
        return ALL in items and len(items[ALL]) == sum(len(items.get(one, NOTHING)) for one in self.cells)

    def _is_safe(self, told: frozenset[str], pinned: frozenset[tuple[int, str]]) -> bool:
        for then in self.earlier:
            for group in self._known_both_times(told, then):
                if group & then.odd and any(then.number(one) != self.told.get(one) for one in group):
                    return False
                if is_small_difference(self._moved(then, group), self.limits):
                    return False
        now = len(self.earlier)
        found = self._pinned(told, with_new=True)
        for at, place in found - pinned:
            items = self.now if at == now else self.earlier[at].items
            is_told = at == now and place in told
            if at == now and not is_told and place in self.stays_held:
                return False
            if not is_told and is_small_number(items.get(place, NOTHING), self.kind, self.limits):
                return False
            if at == now and any(
                (before, place) in found and is_small_difference(self._moved(then, [place]), self.limits)
                for before, then in enumerate(self.earlier)
                if place not in then.odd
            ):
                return False
        return True

    def _known_both_times(self, told: frozenset[str], then: Then) -> list[frozenset[str]]:
        """The finest groups of municipalities whose sum can be reckoned both then and now.

        A number that is not told is known together with the others that are not told, if the number of all is.
        """
        is_sum = self._adds_up(self.now) and self._adds_up(then.items)
        groups = [frozenset({one}) for one in self.cells]
        unknown: frozenset[str] = frozenset()
        for known in (told, frozenset(then.told)):
            hidden = frozenset(self.cells) - known
            if hidden and ALL in known and is_sum:
                joined = frozenset[str]().union(*(group for group in groups if group & hidden))
                groups = [*(group for group in groups if not group & hidden), joined]
            else:
                unknown |= hidden
        found = [group for group in groups if not group & unknown]
        return found if is_sum or ALL not in told & then.told.keys() else [*found, frozenset({ALL})]

    # ---- what can be reckoned from bounds

    @cached_property
    def _states(self) -> list[tuple[Mapping[str, Items], frozenset[str], str]]:
        """What stands behind the line in every pack, which of it is not known any more, and the day; the new one last."""
        return [*((then.items, then.odd, then.cut_off) for then in self.earlier), (self.now, frozenset(), self.cut_off)]

    @cached_property
    def _grown(self) -> list[tuple[int, int, str]]:
        """Pairs of packs and a place whose number, as a reader takes it, is no smaller in the second one."""
        return [
            (before, after, one)
            for before, (old, odd_then, first) in enumerate(self._states)
            for after, (new, odd_now, last) in enumerate(self._states)
            if before != after and first <= last
            for one in (*self.cells, ALL)
            if one not in odd_then
            and one not in odd_now
            and old.get(one, NOTHING).keys() <= new.get(one, NOTHING).keys()
        ]

    @cached_property
    def _sums(self) -> list[int]:
        return [at for at, (items, odd, _) in enumerate(self._states) if not odd and self._adds_up(items)]

    @cached_property
    def _bounds(self) -> list[tuple[dict[str, float], dict[str, float]]]:
        """The least and the most that each number can be by itself, in every pack; told ones of earlier packs as they are."""
        found = []
        for items, _, _ in self._states:
            sizes = {one: len(items.get(one, NOTHING)) for one in (*self.cells, ALL)}
            if self.kind == EDGE:
                low = {one: self.least if size >= self.least else 0 for one, size in sizes.items()}
                high = {one: math.inf if size >= self.least else self.least - 1 for one, size in sizes.items()}
            else:
                low = {one: min(size, 1) for one, size in sizes.items()}
                high = dict.fromkeys(sizes, math.inf)
            found.append(({one: float(number) for one, number in low.items()}, high))
        for (low_then, high_then), then in zip(found, self.earlier, strict=False):
            low_then.update(then.told)
            high_then.update(then.told)
        low_now = found[-1][0]
        for one, number in self.seen.items():
            low_now[one] = max(low_now[one], min(number, len(self.now.get(one, NOTHING))))
        return found

    def _pinned(self, told: frozenset[str], *, with_new: bool) -> frozenset[tuple[int, str]]:
        """Which numbers of which packs have one value only that fits all that is told; the new pack comes last.

        A reader is taken to know that numbers grow with time, and that one held back which was told before has grown.
        """
        count = len(self._states) - (not with_new)
        low = [dict(one) for one, _ in self._bounds[:count]]
        high = [dict(one) for _, one in self._bounds[:count]]
        known = [then.told.keys() for then in self.earlier]
        if with_new:
            known.append({place: self.told[place] for place in told}.keys())
            for place in told:
                low[-1][place] = high[-1][place] = self.told[place]
        grown = [
            (
                before,
                after,
                one,
                int(one in known[before] and one not in known[after] and self._is_larger(before, after, one)),
            )
            for before, after, one in self._grown
            if before < count and after < count
        ]
        sums = [at for at in self._sums if at < count]
        # It settles after a few rounds; a bound that is not found is one that no reader finds either.
        for _ in range(_ROUNDS):
            changed = False
            for before, after, one, more in grown:
                least, most = low[before][one] + more, high[after][one] - more
                if least > low[after][one]:
                    low[after][one], changed = least, True
                if most < high[before][one]:
                    high[before][one], changed = most, True
            for at in sums:
                changed |= _narrowed(low[at], high[at], self.cells)
            if not changed:
                break
        return frozenset(
            (at, one) for at in range(count) for one in (*self.cells, ALL) if low[at][one] >= high[at][one]
        )

    def _is_larger(self, before: int, after: int, place: str) -> bool:
        return len(self._states[after][0].get(place, NOTHING)) > len(self._states[before][0].get(place, NOTHING))


def _narrowed(low: dict[str, float], high: dict[str, float], cells: Sequence[str]) -> bool:
    """Narrow the bounds of numbers and of their sum by one another; whether any was."""
    least, most = sum(low[one] for one in cells), sum(high[one] for one in cells)
    found = [(ALL, max(low[ALL], least), min(high[ALL], most))]
    for one in cells:
        rest_most = sum(high[other] for other in cells if other != one)
        rest_least = sum(low[other] for other in cells if other != one)
        found.append((one, max(low[one], low[ALL] - rest_most), min(high[one], high[ALL] - rest_least)))
    is_new = False
    for one, new_low, new_high in found:
        is_new |= new_low > low[one] or new_high < high[one]
        low[one], high[one] = new_low, new_high
    return is_new
