"""Assignments from the codebook version they were made in to the version an analysis pins: a pure function.

One step per version. What can be mapped is mapped; what needs a person waits as `review`, is shown and counted as
unresolved, and is never assigned by the machine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..codebook.changes import Lineage, migration_rows
from ..codebook.code import Codebook, Migration, version_key
from ..no_garbage import no_garbage
from .segments import Answers, check_segments

#: ok: counts under `code`. review: waits for a person (`candidates`). duplicate: the same passage already has the code.
#: retired, relation, tag: no longer a code under this version; nothing is lost, it is counted apart.
STATUSES = ("ok", "review", "duplicate", "retired", "relation", "tag")
#: Why a segment waits: its code was split; its polarity or another answer says otherwise than the code did; two codes of
#: its coder on one passage became one, with different polarities.
Why = Literal["", "split", "polarity", "duplicate"]


class Given(NamedTuple):
    """An assignment as a coder made it: where (document, coder, start, end), under which version, and what.

    `set_aside` is the version under which somebody said that no code fits the passage any more, or "".
    """

    place: tuple[object, ...]
    version: str
    code: str
    polarity: str
    facets: Answers = ()
    set_aside: str = ""


class Outcome(NamedTuple):
    """What became of an assignment; for what waits, why, by which change of which version, and what to choose among."""

    code: str
    polarity: str
    facets: Answers
    status: str = "ok"
    candidates: tuple[str, ...] = ()
    why: Why = ""
    change: str = ""
    step: str = ""


class _Step(NamedTuple):
    version: str
    key: tuple[int, int, int]
    codes: Collection[str]
    rows: Mapping[str, Migration]
    change_of: Mapping[str, str]


_OBJECTS = ("facets", "candidates")
_PLACE = ("document", "coder", "start", "end")
_MEANING = ("codebook_version", "code", "polarity", "facets", "set_aside")


@no_garbage()
def migrate(segments: pd.DataFrame, lineage: Lineage, to_version: str) -> pd.DataFrame:
    """The segments as codebook `to_version` sees them.

    Returns a segments table with these columns added: `status`, `candidates` (tuple of code ids), `first_code` (the code
    the coder gave), `under` (`to_version`), and for what waits `why`, `change` and `step` (why, by which change, of which
    version). `code`, `polarity` and `facets` are those under `to_version`, or the last ones a segment had. Segments made
    under a later version than `to_version` are left out: that version cannot know them.

    A migrated table may be migrated on: from 1 to 2 and on to 3 is the same as from 1 to 3.

    >>> from foran_research.coding.segments import segments_table
    >>> migrate(segments_table([]), Lineage(()), "1.0.0").empty
    True
    """
    check_segments(segments)
    limit = version_key(to_version)
    is_known = {version: version_key(version) <= limit for version in segments["codebook_version"].unique()}
    kept = segments[segments["codebook_version"].map(is_known).astype(bool)].reset_index(drop=True)
    if "status" in kept.columns:
        before = list(map(Outcome, *(kept[name].tolist() for name in Outcome._fields)))
        outcomes = _followed(_given(kept), kept["under"].tolist(), before, lineage, to_version)
        kind_of = np.arange(len(kept))
    else:
        outcomes, kind_of = _followed_by_kind(kept, lineage, to_version)
        kept["first_code"] = kept["code"]
    # Columns of texts keep the kind that pandas gave those of the segments, whichever version of pandas it is.
    texts = segments["code"].dtype
    for place, name in enumerate(Outcome._fields):
        values = np.empty(len(outcomes), object)
        values[:] = [outcome[place] for outcome in outcomes]
        kept[name] = pd.Series(values[kind_of], index=kept.index, dtype=object if name in _OBJECTS else texts)
    kept["under"] = pd.Series(np.full(len(kept), to_version, object), index=kept.index, dtype=texts)
    return kept


def _given(rows: pd.DataFrame) -> list[Given]:
    """The rows of a segments table as assignments."""
    # Lists, since looking up one cell after another in a column takes longer than all the rest.
    columns = {name: rows[name].tolist() for name in (*_PLACE, *_MEANING)}
    places = zip(*(columns[name] for name in _PLACE), strict=True)
    return list(map(Given, places, *(columns[name] for name in _MEANING)))


def _followed_by_kind(
    rows: pd.DataFrame, lineage: Lineage, to_version: str
) -> tuple[list[Outcome], npt.NDArray[np.intp]]:
    """Outcomes, and for each row which of them is its own.

    Assignments that mean the same become the same, unless another of that coder stands on the same passage: those are
    followed one by one, the others once for each kind.
    """
    # Most spans are found once in the whole study, and numbers are compared faster than names.
    is_shared = rows.duplicated(["start", "end"], keep=False).to_numpy(copy=True)
    is_shared[is_shared] = rows[is_shared].duplicated(list(_PLACE), keep=False).to_numpy()
    kinds: dict[tuple[Any, ...], int] = {}
    meanings = zip(*(rows[name].tolist() for name in _MEANING), strict=True)
    kind_of = np.array([kinds.setdefault(meaning, len(kinds)) for meaning in meanings], np.intp)
    alone = [Given((number,), *meaning) for number, meaning in enumerate(kinds)]
    shared = _given(rows[is_shared])
    kind_of[is_shared] = len(alone) + np.arange(len(shared))
    return [*follow(alone, lineage, to_version), *follow(shared, lineage, to_version)], kind_of


def follow(given: Sequence[Given], lineage: Lineage, to_version: str) -> list[Outcome]:
    """What becomes of each assignment under `to_version`; none may be of a later version."""
    fresh = [Outcome(one.code, one.polarity, one.facets) for one in given]
    return _followed(given, [one.version for one in given], fresh, lineage, to_version)


def _followed(
    given: Sequence[Given], versions: Sequence[str], outcomes: list[Outcome], lineage: Lineage, to_version: str
) -> list[Outcome]:
    """`outcomes` as they stood under `versions`, step by step to `to_version`."""
    keys = {version: version_key(version) for version in {*versions, *(one.set_aside for one in given)} - {""}}
    reached = [keys[version] for version in versions]
    aside = [(number, keys[one.set_aside]) for number, one in enumerate(given) if one.set_aside]
    for number, key in aside:
        if key <= reached[number]:
            outcomes[number] = _ended(outcomes[number], "retired")
    first = min(keys, key=version_key, default=to_version)
    for step in (_step(book) for book in lineage.after(first, to_version)):
        for number, key in aside:
            if reached[number] < key <= step.key:
                outcomes[number] = _ended(outcomes[number], "retired")
        if changed := _take(step, outcomes, reached):
            _settle_duplicates(outcomes, given, changed, [key < step.key for key in reached], step)
        _supersede(outcomes, given, reached, step.key)
    return outcomes


def _step(book: Codebook) -> _Step:
    rows = {code: row for code, row in migration_rows(book.changes).items() if row.rule != "keep"}
    change_of = {row.source: change.id for change in book.changes if change.is_accepted for row in change.migration}
    return _Step(book.codebook_version, version_key(book.codebook_version), book.by_id.keys(), rows, change_of)


def _take(step: _Step, outcomes: list[Outcome], reached: Sequence[tuple[int, int, int]]) -> list[int]:
    """Take every assignment of an earlier version over one step, in place; returns those that came to another code."""
    known: dict[tuple[str, str, Answers], Outcome] = {}
    changed = []
    for number, was in enumerate(outcomes):
        if reached[number] >= step.key:
            continue
        if was.status == "review":
            outcomes[number] = _waiting_on(was, step)
            if outcomes[number].status == "ok":
                changed.append(number)
        elif was.status == "ok" and was.code in step.rows:
            key = was.code, was.polarity, was.facets
            if key not in known:
                known[key] = _moved(was, step)
            outcomes[number] = known[key]
            if known[key].status == "ok":
                changed.append(number)
    return changed


def _moved(was: Outcome, step: _Step) -> Outcome:
    row = step.rows[was.code]
    why: Why = "split" if row.rule == "review" else "polarity" if _contradicts(row, was) else ""
    if why:
        return was._replace(
            status="review", candidates=row.to, why=why, change=step.change_of[was.code], step=step.version
        )
    if row.rule not in ("map", "facet"):
        return _ended(was, {"retire": "retired"}.get(row.rule, row.rule))
    if row.to[0] not in step.codes:
        raise ValueError(f"codebook {step.version} lacks {row.to[0]}")
    facets = tuple(sorted({**dict(was.facets), **row.facets}.items())) if row.facets else was.facets
    return was._replace(code=row.to[0], polarity=row.polarity or was.polarity, facets=facets)


def _contradicts(row: Migration, was: Outcome) -> bool:
    """Whether a coder answered otherwise than the code did that becomes an answer: a person must read what was meant."""
    given = dict(was.facets)
    return bool(row.polarity and was.polarity not in ("", row.polarity)) or any(
        given.get(name, answer) != answer for name, answer in row.facets.items()
    )


def _waiting_on(was: Outcome, step: _Step) -> Outcome:
    """What waits, a version later: its candidates moved on.

    When all the parts of a split code have become one code, there is nothing left to choose, and it counts as that.
    """
    if not step.rows.keys() & set(was.candidates):
        return was
    rows = [step.rows.get(code) for code in was.candidates]
    moved = (row.to if row else (code,) for code, row in zip(was.candidates, rows, strict=True))
    candidates = tuple(dict.fromkeys(code for targets in moved for code in targets))
    if was.why == "split" and len(candidates) == 1 and all(row is None or row.rule == "map" for row in rows):
        return Outcome(candidates[0], was.polarity, was.facets)
    return was._replace(candidates=candidates)


def _ended(was: Outcome, status: str) -> Outcome:
    return Outcome(was.code, was.polarity, was.facets, status)


def _settle_duplicates(
    outcomes: list[Outcome], given: Sequence[Given], changed: Sequence[int], is_older: Sequence[bool], step: _Step
) -> None:
    """Two codes that became one on the same span, by the same coder, count once; answers that differ go to review.

    In place. `changed` have come to another code in this step, and `is_older` tells which assignments it is about. A
    polarity or facet that was not answered contradicts none; the one that stands has the answers of all.
    """
    places = {(given[number].place, outcomes[number].code) for number in changed}
    codes = {code for _, code in places}
    together: dict[tuple[tuple[object, ...], str], list[int]] = {}
    for number, outcome in enumerate(outcomes):
        if outcome.code in codes and outcome.status == "ok" and is_older[number]:
            key = given[number].place, outcome.code
            if key in places:
                together.setdefault(key, []).append(number)
    for (_, code), numbers in together.items():
        if len(numbers) < 2:
            continue
        polarities = {outcomes[number].polarity for number in numbers} - {""}
        answers = {answer for number in numbers for answer in outcomes[number].facets}
        if len(polarities) > 1 or len({facet for facet, _ in answers}) < len(answers):
            change = next((step.change_of[c] for c, row in step.rows.items() if code in row.to), "")
            for number in numbers:
                outcomes[number] = outcomes[number]._replace(
                    status="review", candidates=(code,), why="duplicate", change=change, step=step.version
                )
            continue
        stands = next((number for number in numbers if outcomes[number].polarity), numbers[0])
        for number in numbers:
            fate = {"facets": tuple(sorted(answers))} if number == stands else {"status": "duplicate"}
            outcomes[number] = outcomes[number]._replace(**fate)


def _supersede(
    outcomes: list[Outcome], given: Sequence[Given], reached: Sequence[tuple[int, int, int]], here: tuple[int, int, int]
) -> None:
    """What the same coder said of a passage under this very version takes the place of what an older code became there.

    In place. She has read the passage with the code before her; the older assignment is told as its duplicate.
    """
    fresh = {
        (given[n].place, outcomes[n].code)
        for n, key in enumerate(reached)
        if key == here and outcomes[n].status == "ok"
    }
    if not fresh:
        return
    for number, outcome in enumerate(outcomes):
        is_of_it = outcome.status == "ok" or outcome.why == "duplicate"
        has_come_to_it = outcome.code != given[number].code
        if reached[number] < here and is_of_it and has_come_to_it and (given[number].place, outcome.code) in fresh:
            outcomes[number] = _ended(outcome, "duplicate")
