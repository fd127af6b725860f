"""What is behind a figure of agreement: every place where two coders differ, with the segments on both sides.

A row of the table is one difference of one kind; the figure it belongs to has the same `of` and `id`. The differences of
the whole (``codes``, ``set``) are those of all codes, those of a polarity or an answer those of its question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from ..coding.comparing import differences
from ..coding.resolving import Named, Resolution
from .study_agreement import UNSET, Cells, Coded, Told, cells

#: `of` and `id` name the figure; `first` and `second` the coders; `first_segments` and `second_segments` hold the ids of
#: what each has there; `first_says` and `second_says` are display codes, or a polarity, or an answer. `start` and `end` are
#: the place of a stretch. `state` is open, settled (by a resolution that holds) or stale (it no longer does).
DISAGREEMENT_COLUMNS = (
    "of", "id", "first", "second", "document", "turn", "code", "display", "kind", "first_says", "second_says",
    "first_segments", "second_segments", "start", "end", "state", "resolution",
)  # fmt: skip
#: only_first, only_second: one has the code (a code of the level) in the turn, the other has not. polarity, facet: both
#: have the code and answer differently. ends, code: stretches that overlap and differ in their ends, or in their code.
KINDS = ("only_first", "only_second", "polarity", "facet", "ends", "code")
STATES = ("open", "settled", "stale")
#: Which rows a figure opens that has none of its own.
_OPENS = {"codes": "code", "set": "code", "marked": "stretch_code"}


def disagreements(
    coded: Coded,
    *,
    facets: Iterable[str],
    resolutions: Iterable[Resolution],
    standing: Mapping[str, Named],
) -> pd.DataFrame:
    """Every difference of every two of the coders: a frame with `DISAGREEMENT_COLUMNS`, ordered by figure and place.

    Parameters
    ----------
    resolutions, standing
        What was decided, and every coder's segments as they stand now, by which it is judged whether that holds.
    """
    said = cells(coded)
    by_segment = _decided(resolutions, standing)
    places = list(zip(coded.units["document"], coded.units["turn"], strict=True))
    rows: list[dict[str, Any]] = []
    for first, second in combinations(range(len(coded.coders)), 2):
        rows += _in_turns(coded, said, places, (first, second), tuple(facets))
        rows += _in_stretches(coded, (first, second))
    display = {code.id: code.display for code in coded.codebook.codes}
    order = {code.id: place for place, code in enumerate(coded.codebook.codes)}
    level = {name: place for place, name in enumerate(dict.fromkeys(code.level for code in coded.codebook.codes))}
    for row in rows:
        row["display"] = display.get(row["code"], "")
        row["state"], row["resolution"] = _state((*row["first_segments"], *row["second_segments"]), by_segment)
    rows.sort(
        key=lambda row: (
            row["of"],
            order.get(row["id"], level.get(row["id"], -1)),
            row["id"],
            row["first"],
            row["second"],
            row["document"],
            row["turn"],
            row["start"],
            order.get(row["code"], -1),
            row["first_segments"],
            row["second_segments"],
        )
    )
    return pd.DataFrame(rows, columns=list(DISAGREEMENT_COLUMNS))


def listed_and_not(found: pd.DataFrame, hidden: Collection[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The differences that may be listed, and the others to be counted: those say neither where they are nor of whom.

    Parameters
    ----------
    found
        What :func:`disagreements` gives.
    hidden
        Documents that may not be shown.
    """
    is_hidden = found["document"].isin(list(hidden))
    listed, others = (found[keep].reset_index(drop=True) for keep in (~is_hidden, is_hidden))
    nobody = pd.Series([()] * len(others), index=others.index, dtype=object)
    return listed, others.assign(
        document="",
        turn=0,
        first_segments=nobody,
        second_segments=nobody,
        start=-1,
        end=-1,
        resolution="",
    )


#: A row of the table as a mapping, and all rows by the figure they belong to: its `of` and `id`.
Row = Mapping[str, Any]
ByFigure = Mapping[tuple[str, str], Sequence[Row]]


def by_figure(found: pd.DataFrame) -> dict[tuple[str, str], list[Row]]:
    """The rows of a table of :func:`disagreements` by the figure that they belong to."""
    rows: dict[tuple[str, str], list[Row]] = {}
    for values in zip(*(found[name] for name in DISAGREEMENT_COLUMNS), strict=True):
        row = dict(zip(DISAGREEMENT_COLUMNS, values, strict=True))
        rows.setdefault((row["of"], row["id"]), []).append(row)
    return rows


def opened(found: ByFigure, told: Told, level_of: Mapping[str, str]) -> list[Row]:
    """The differences that stand behind one figure.

    Parameters
    ----------
    found
        What :func:`by_figure` gives.
    level_of
        The level of every code, by id.
    """
    of = _OPENS.get(told.of, told.of)
    if told.of in ("codes", "set", "marked"):
        return [row for (kind, _), own in found.items() if kind == of for row in own]
    if told.of == "stretch_level":
        # A stretch with two codes is a difference of each of them.
        return [
            row
            for (kind, code), own in found.items()
            if kind == "stretch_code" and level_of.get(code) == told.id
            for row in own
        ]
    rows = found.get((of, told.id), ())
    if not told.answer:
        return list(rows)
    answer = "" if told.answer == UNSET else told.answer
    return [row for row in rows if (row["first_says"] == answer) != (row["second_says"] == answer)]


#: What a row has unless it says otherwise.
_EMPTY: Mapping[str, Any] = {
    "code": "", "kind": "", "first_says": "", "second_says": "", "first_segments": (), "second_segments": (), "start": -1,
    "end": -1,
}  # fmt: skip


def _in_turns(
    coded: Coded,
    said: Cells,
    places: Sequence[tuple[str, int]],
    seats: tuple[int, int],
    facets: Sequence[str],
) -> list[dict[str, Any]]:
    first, second = (coded.coders[seat] for seat in seats)
    both = coded.judged[seats[0]] & coded.judged[seats[1]]
    by_unit: dict[int, dict[str, set[str]]] = {}
    for coder, unit, code in said:
        if coder in (first, second) and both[unit]:
            by_unit.setdefault(unit, {first: set(), second: set()})[coder].add(code)
    codes = {code.id: code for code in coded.codebook.codes}
    shown = {name: code.display for name, code in codes.items()}
    order = {name: place for place, name in enumerate(codes)}
    rows: list[dict[str, Any]] = []
    for unit, has in by_unit.items():
        document, turn = places[unit]
        at: dict[str, Any] = {**_EMPTY, "first": first, "second": second, "document": document, "turn": turn}
        says = {
            key: " ".join(shown[code] for code in sorted(has[coder], key=order.__getitem__))
            for key, coder in (("first_says", first), ("second_says", second))
        }
        for code in sorted(has[first] ^ has[second], key=order.__getitem__):
            is_first = code in has[first]
            segments = said[first if is_first else second, unit, code].segments
            rows.append(
                {**at, **says, **_one_side(segments, is_first=is_first), "of": "code", "id": code, "code": code}
            )
        levels = {coder: {codes[code].level for code in has[coder]} for coder in (first, second)}
        for level in sorted(levels[first] ^ levels[second]):
            is_first = level in levels[first]
            who = first if is_first else second
            own = sorted((code for code in has[who] if codes[code].level == level), key=order.__getitem__)
            segments = tuple(name for code in own for name in said[who, unit, code].segments)
            rows.append({**at, **says, **_one_side(segments, is_first=is_first), "of": "level", "id": level})
        for code in sorted(has[first] & has[second], key=order.__getitem__):
            one, other = said[first, unit, code], said[second, unit, code]
            both_have = {**at, "first_segments": one.segments, "second_segments": other.segments, "code": code}
            if one.polarity != other.polarity:
                answers = {"first_says": one.polarity, "second_says": other.polarity}
                rows.append({**both_have, **answers, "of": "polarity", "id": "", "kind": "polarity"})
            for facet in facets:
                ours, theirs = one.facets.get(facet, ""), other.facets.get(facet, "")
                if ours and theirs and ours != theirs:
                    answers = {"first_says": ours, "second_says": theirs}
                    rows.append({**both_have, **answers, "of": "facet", "id": facet, "kind": "facet"})
    return rows


def _one_side(segments: tuple[str, ...], *, is_first: bool) -> dict[str, Any]:
    side, kind = ("first_segments", "only_first") if is_first else ("second_segments", "only_second")
    return {side: segments, "kind": kind}


def _in_stretches(coded: Coded, seats: tuple[int, int]) -> list[dict[str, Any]]:
    first, second = (coded.coders[seat] for seat in seats)
    shown = {code.id: code.display for code in coded.codebook.codes}
    touched = dict(zip(coded.segments["segment"], coded.segments["turns"], strict=True))
    # A segment that lies in turns that one of the two did not judge, or in an interviewer's, counts in no figure.
    judged: dict[str, set[int]] = {}
    both = coded.units[coded.judged[list(seats)].all(axis=0)]
    for document, turn in zip(both["document"], both["turn"], strict=True):
        judged.setdefault(document, set()).add(turn)
    rows = []
    for document, turns in judged.items():
        for one in differences(coded.segments, document, first, second, turns=turns):
            if one.kind in ("same", "polarity"):
                continue
            a, b = one.first, one.second
            sides = {
                "first_segments": (a.segment,) if a else (),
                "second_segments": (b.segment,) if b else (),
                "first_says": shown.get(a.code, a.code) if a else "",
                "second_says": shown.get(b.code, b.code) if b else "",
            }
            turn = min(
                at for passage in (a, b) if passage is not None for at in touched[passage.segment] if at in turns
            )
            for code in dict.fromkeys(passage.code for passage in (a, b) if passage is not None):
                place = {"document": document, "turn": turn, "start": one.start, "end": one.end}
                who = {"first": first, "second": second, "kind": one.kind, "code": code}
                rows.append({**_EMPTY, **place, **who, **sides, "of": "stretch_code", "id": code})
    return rows


def _decided(resolutions: Iterable[Resolution], standing: Mapping[str, Named]) -> dict[str, tuple[str, bool]]:
    """By segment, the newest resolution that names it and whether that is stale; one that holds goes before."""
    found: dict[str, tuple[str, bool]] = {}
    for one in sorted(resolutions, key=lambda resolution: (resolution.at, resolution.id)):
        is_stale = one.is_stale(standing)
        for segment in one.segments:
            if not is_stale or found.get(segment, ("", True))[1]:
                found[segment] = (one.id, is_stale)
    return found


def _state(segments: Sequence[str], decided: Mapping[str, tuple[str, bool]]) -> tuple[str, str]:
    about = [decided.get(segment) for segment in segments]
    named = [one for one in about if one is not None]
    if not named:
        return "open", ""
    if len(named) == len(about) and not any(is_stale for _, is_stale in named):
        return "settled", named[-1][0]
    return ("stale" if any(is_stale for _, is_stale in named) else "open"), named[-1][0]
