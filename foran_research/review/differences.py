"""Numbers of a pack that would give something small away together with an earlier pack's: held back. Pure.

Who has two packs can subtract. Where a number of an earlier pack and the same number of a new one differ by what few persons
or documents say, the new one is held back, with as many others as it takes that it cannot be had back by sums. In its place
the pack may tell what was told before, as the least there is: that is no news to anybody.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from ..analysis.incidence import LAYERS
from .content_counts import ALL, HIDDEN_STRENGTH, Limits, Row, node_sizes, part_of
from .difference_lines import DOCUMENTS, EDGE, NOTHING, Items, Line, Then, is_small_difference, is_small_number, moved

REASON = "small_difference"

#: What is counted (an element, or two as ``a~b``), which number of it, and where (a municipality, or all of them).
Key = tuple[str, str, str]
Behind = Mapping[Key, Items]
Places = Callable[[Sequence[tuple[str, str, float]]], Mapping[str, tuple[float, float]]]


@dataclass(frozen=True)
class Told:
    """What a pack has told.

    Attributes
    ----------
    numbers, at_least
        Its numbers that are not held back, and those told as the least there is.
    left_out
        By element ("" for the pack as a whole) and reason, how many passages it says are left out.
    behind
        What stood behind every number then.
    cut_off
        The day up to which they count, YYYY-MM-DD.
    is_certain
        False where `numbers` are all that it may have told, not what it is known to have told.
    held
        Its numbers that are held back.
    """

    numbers: Mapping[Key, int]
    behind: Behind
    cut_off: str = ""
    at_least: Mapping[Key, int] = field(default_factory=dict)
    left_out: Mapping[tuple[str, str], int] = field(default_factory=dict)
    is_certain: bool = True
    held: frozenset[Key] = frozenset()


# ---- what stands behind numbers


def behind_numbers(rows: Iterable[Row]) -> dict[Key, dict[str, frozenset[tuple[str, str]]]]:
    """What stands behind each number that a pack can tell.

    Parameters
    ----------
    rows
        As ``content_counts`` counts them.
    """
    found: dict[Key, dict[str, set[tuple[str, str]]]] = {}
    units: dict[str, tuple[Row, set[str]]] = {}

    def add(key: Key, item: str, row: Row) -> None:
        found.setdefault(key, {}).setdefault(item, set()).add((row.informant, row.document))

    for row in rows:
        units.setdefault(row.unit, (row, set()))[1].add(row.element)
        for place in (row.case, ALL):
            add((row.element, DOCUMENTS, place), row.document, row)
        for layer, polarities in LAYERS.items():
            if row.polarity in polarities:
                add((row.element, layer, row.case), row.segment, row)
    for row, elements in units.values():
        for a, b in combinations(sorted(elements), 2):
            for place in (row.case, ALL):
                add((f"{a}~{b}", EDGE, place), row.unit, row)
    return {key: {item: frozenset(who) for item, who in items.items()} for key, items in found.items()}


def numbers_told(pack: Mapping[str, Any], name: str = "") -> dict[Key, int]:
    """The numbers that a pack tells; with `name` "at_least" those that it tells as the least there is."""
    return {key: number for key, holder, what in _holders(pack) if (number := _read(holder, what, name)) is not None}


def numbers_held(pack: Mapping[str, Any]) -> frozenset[Key]:
    """The numbers that a pack holds back where there is something to count: its readers know that it is few."""
    return frozenset(
        key
        for key, holder, what in _holders(pack)
        if _read(holder, what, "") is None and holder.get("state", "evidence") == "evidence"
    )


def left_out_told(pack: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """How many passages a pack says are left out, by element ("" for all) and reason."""
    found = {
        (str(element["id"]), str(reason)): int(count)
        for element in pack["elements"]
        for reason, count in element["left_out"].items()
        if count is not None
    }
    return found | {("", str(row["reason"])): int(row["count"]) for row in pack["left_out"] if row["count"] is not None}


def _holders(pack: Mapping[str, Any]) -> Iterator[tuple[Key, Any, str]]:
    """Every number of a pack: its key, the part of the pack that holds it, and under which name."""
    for element in pack["elements"]:
        if element["parent"]:
            continue
        yield (element["id"], DOCUMENTS, ALL), element, "documents"
        for case, cell in element["by_case"].items():
            for what in (DOCUMENTS, *LAYERS):
                if what in cell:
                    yield (element["id"], what, case), cell, what
    for network in pack["networks"]:
        for edge in network["edges"]:
            yield (edge["id"], EDGE, network["id"]), edge, "count"


def _read(holder: Mapping[str, Any], what: str, name: str) -> int | None:
    found = holder.get(name, {}).get(what) if name else holder.get(what)
    return None if found is None else int(found)


# ---- a pack


def hold_back_differences(
    pack: Mapping[str, Any],
    earlier: Sequence[Told],
    now: Behind,
    *,
    limits: Limits,
    least: int,
    what: Mapping[str, str],
    small: Mapping[str, str] | None = None,
    places: Places | None = None,
) -> dict[str, Any]:
    """A pack without the numbers that would tell of few together with those of earlier packs.

    Parameters
    ----------
    pack
        In the shape of ``pack.schema.json``, each number told that may be told of this pack alone.
    earlier
        What other packs told, oldest first; of milestones before or after this one's.
    now
        What stands behind the numbers of `pack`, as :func:`behind_numbers` gives it.
    least
        The fewest turns of an edge that is drawn.
    what
        How `left_out` says it.
    small
        How `left_out` says it of numbers of few: of those that an earlier pack held back already. As `what` without.
    places
        Where elements stand, for edges with their strengths; without it they stay where they are.

    Returns
    -------
    dict
        A new value. A number held back is None; where an earlier pack told a number that is part of it, that one stands in
        `at_least` beside it. Its ``id`` is left as it was.
    """
    made: dict[str, Any] = copy.deepcopy(dict(pack))
    if not earlier:
        return made
    own = numbers_told(pack)
    keys = [key for key, _, _ in _holders(pack)]
    cases = [str(one["id"]) for one in pack["cases"]]
    day = str(pack["milestone"]["cut_off"])
    told, again = _may_be_told(own, keys, earlier, now, cases, limits, least, day, _documents_seen(pack))
    held = {key for key in own if key not in told}
    # What is told later of an earlier day would be another pack each time it is made.
    before = [one for one in earlier if one.cut_off <= day]
    at_least = _least_there_is(keys, told, before, now, limits)
    for key, holder, name in _holders(made):
        if key in held:
            holder[name] = None
            if holder.get("state") == "nothing_said":
                holder["state"] = "suppressed"
        if key in at_least:
            holder.setdefault("at_least", {})[name] = at_least[key]
    # What was held back before and is again is told of as before: the reason itself would tell that something has changed.
    _add_small(made, held & again, small or what)
    count = len(held - again) + _hold_back_left_out(made, held, again, earlier, now, limits)
    if count:
        made["left_out"].append({"reason": REASON, "count": count, "what": dict(what)})
    if held or at_least:
        _draw_anew(made, places)
    return made


def _may_be_told(
    own: Mapping[Key, int],
    keys: Sequence[Key],
    earlier: Sequence[Told],
    now: Behind,
    cases: Sequence[str],
    limits: Limits,
    least: int,
    day: str,
    seen: Mapping[tuple[str, str], int],
) -> tuple[set[Key], set[Key]]:
    """The numbers that may be told, and those not to be told because an earlier pack held them back."""
    homes: dict[tuple[str, str], set[str]] = {}
    for behind in (now, *(one.behind for one in earlier)):
        for thing, kind, place in behind:
            homes.setdefault((thing, kind), set()).add(place)
    states: list[tuple[Behind, list[Told]]] = []
    for one in earlier:
        # Packs of one state of the study are as one: their readers may put them together.
        for behind, some in states:
            if behind is one.behind:
                some.append(one)
                break
        else:
            states.append((one.behind, [one]))
    found: set[Key] = set()
    again: set[Key] = set()
    for thing, kind in dict.fromkeys((thing, kind) for thing, kind, _ in keys):
        told = {place: own[key] for place in (*cases, ALL) if (key := (thing, kind, place)) in own}
        if not told:
            continue
        cells = tuple(sorted({*cases, *homes.get((thing, kind), set())} - {ALL}))
        # Numbers of passages have no sum in a pack: each stands alone.
        rows = [cells] if kind in (DOCUMENTS, EDGE) else [(place,) for place in told]
        for row in rows:
            line = Line(
                thing,
                kind,
                row,
                {one: now.get((thing, kind, one), NOTHING) for one in (*row, ALL)},
                {place: number for place, number in told.items() if place in (*row, ALL)},
                tuple(_line_then(behind, some, (thing, kind), row) for behind, some in states),
                limits,
                least,
                day,
                {place: seen.get((thing, place), 0) for place in row} if kind == DOCUMENTS else {},
            )
            chosen = line.chosen()
            found |= {(thing, kind, place) for place in chosen}
            again |= {(thing, kind, place) for place in line.stays_held - chosen}
    return found - _told_by_joining(found, earlier, now, limits), again


def _line_then(behind: Behind, some: Sequence[Told], line: tuple[str, str], cells: Sequence[str]) -> Then:
    told: dict[str, int] = {}
    odd, certain, held = set(), set(), set()
    items = {one: behind.get((*line, one), NOTHING) for one in (*cells, ALL)}
    for one in some:
        for place, there in items.items():
            number = one.numbers.get((*line, place))
            if number is None:
                if (*line, place) in one.held:
                    held.add(place)
                continue
            if number != len(there) or told.get(place, number) != number:
                odd.add(place)
            told[place] = number
            if one.is_certain:
                certain.add(place)
    return Then(told, items, some[0].cut_off, frozenset(certain), frozenset(odd), frozenset(held))


def _documents_seen(pack: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """By element and municipality, how many documents its quotes are of: the id of a segment begins with its document's."""
    found: dict[tuple[str, str], set[str]] = {}
    for quote in pack["quotes"]:
        for element in quote["elements"]:
            found.setdefault((element, quote["case"]), set()).add(str(quote["id"]).partition(".")[0])
    return {key: len(documents) for key, documents in found.items()}


def _told_by_joining(found: Collection[Key], earlier: Sequence[Told], now: Behind, limits: Limits) -> set[Key]:
    """Numbers of passages of elements that were joined or divided since: their sums can be compared as well."""
    closed: set[Key] = set()
    done: list[Behind] = []
    for one in earlier:
        if any(behind is one.behind for behind in done):
            continue
        done.append(one.behind)
        told = {key for other in earlier if other.behind is one.behind for key in other.numbers}
        for olds, news in _joined(one.behind, now):
            if len(olds) == len(news) == 1 or not (olds <= told and news <= set(found)):
                continue
            before = {item: who for key in olds for item, who in one.behind[key].items()}
            after = {item: who for key in news for item, who in now[key].items()}
            if is_small_difference(moved(before, after), limits):
                closed |= news
    return closed


def _joined(before: Behind, after: Behind) -> list[tuple[set[Key], set[Key]]]:
    """Old and new numbers of passages in groups, so that those of different groups have no passage in common."""
    holders: dict[tuple[str, str, str], Key] = {}
    for key, items in before.items():
        if key[1] in LAYERS:
            holders |= {(item, key[1], key[2]): key for item in items}
    groups: list[tuple[set[Key], set[Key]]] = []
    for key, items in sorted(after.items()):
        if key[1] not in LAYERS:
            continue
        olds = {holders[one] for item in items if (one := (item, key[1], key[2])) in holders}
        news = {key}
        rest = []
        for own, others in groups:
            if own & olds:
                olds |= own
                news |= others
            else:
                rest.append((own, others))
        groups = [*rest, (olds, news)]
    return [(olds, news) for olds, news in groups if olds]


def _least_there_is(
    keys: Sequence[Key], told: Collection[Key], earlier: Sequence[Told], now: Behind, limits: Limits
) -> dict[Key, int]:
    """For numbers not told, the largest that an earlier pack told of a part of what stands behind them."""
    found: dict[Key, int] = {}
    for key in keys:
        if key in told:
            continue
        items = now.get(key, NOTHING)
        for one in earlier:
            for numbers in (one.numbers, one.at_least) if one.is_certain else ():
                then = one.behind.get(key, NOTHING)
                number = numbers.get(key)
                if (
                    number
                    and number >= (limits.documents if key[1] == DOCUMENTS else limits.persons)
                    and number <= len(then)
                    and then.keys() <= items.keys()
                    and not is_small_number(then, key[1], limits)
                ):
                    found[key] = max(found.get(key, 0), number)
    return found


def _hold_back_left_out(
    made: dict[str, Any],
    held: Collection[Key],
    again: Collection[Key],
    earlier: Sequence[Told],
    now: Behind,
    limits: Limits,
) -> int:
    """Hold back how many passages are left out where that differs by few, or would help to find what is held back."""
    count = 0
    of_things = Counter(thing for thing, _, _ in held)
    anew = Counter(key[0] for key in held if key not in again)

    def passages(behind: Behind) -> dict[str, frozenset[tuple[str, str]]]:
        return {item: who for key, items in behind.items() if key[1] in LAYERS for item, who in items.items()}

    def is_near(thing: str, reason: str, number: int) -> bool:
        return any(
            0 < abs(number - before) < limits.persons
            for one in earlier
            if (before := one.left_out.get((thing, reason))) is not None
        )

    for element in made["elements"]:
        own = element["left_out"]
        told = {reason: number for reason, number in own.items() if number is not None and reason != "small_cell"}
        hidden, new = of_things[element["id"]], anew[element["id"]]
        is_close = any(is_near(element["id"], *one) for one in told.items())
        if hidden or is_close:
            own |= dict.fromkeys(told)
            # Beside numbers that are held back as before, these were not told before either.
            if new or is_close:
                count += len(told)
                own[REASON] = new + len(told)
    for row in made["left_out"]:
        # How many numbers are held back is no number of anybody's.
        if row["reason"] == "small_cell" or row["count"] is None:
            continue
        own_count, reason = int(row["count"]), str(row["reason"])
        if is_near("", reason, own_count) or any(
            one.left_out.get(("", reason), own_count) != own_count
            and is_small_difference(moved(passages(one.behind), passages(now)), limits)
            for one in earlier
        ):
            row["count"] = None
            count += 1
    return count


def _add_small(made: dict[str, Any], held: Collection[Key], what: Mapping[str, str]) -> None:
    """Count numbers among those that are held back because they stand for few."""
    if not held:
        return
    count = Counter(thing for thing, _, _ in held)
    for element in made["elements"]:
        if count[element["id"]]:
            element["left_out"]["small_cell"] = (element["left_out"].get("small_cell") or 0) + count[element["id"]]
    for row in made["left_out"]:
        if row["reason"] == "small_cell" and row["what"] == what and row["count"] is not None:
            row["count"] += len(held)
            return
    made["left_out"].append({"reason": "small_cell", "count": len(held), "what": dict(what)})


def _draw_anew(made: dict[str, Any], places: Places | None) -> None:
    """Sizes, strengths and places follow from what is told, and from nothing else."""
    whole, least = numbers_told(made), numbers_told(made, "at_least")
    told = {**least, **whole}
    for network in made["networks"]:
        name = str(network["id"])
        sizes = node_sizes({one["id"]: told.get((one["id"], DOCUMENTS, name)) for one in network["nodes"]})
        for node in network["nodes"]:
            node["size"] = sizes[node["id"]]
            if (key := (node["id"], DOCUMENTS, name)) in least and key not in whole:
                node["at_least"] = True
        counts = {edge["id"]: told.get((edge["id"], EDGE, name)) for edge in network["edges"]}
        most = max((count for count in counts.values() if count is not None), default=1)
        for edge in network["edges"]:
            edge["strength"] = part_of(counts[edge["id"]], most, HIDDEN_STRENGTH)
    if places is None:
        return
    pooled = [edge for network in made["networks"] if network["id"] == ALL for edge in network["edges"]]
    found = places([(edge["a"], edge["b"], edge["strength"]) for edge in pooled])
    for network in made["networks"]:
        for node in network["nodes"]:
            node["x"], node["y"] = found[node["id"]]
