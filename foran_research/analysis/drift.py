"""Whether a coder's use of the codebook moves over time: how far apart successive windows of her coding are.

The measure is the total variation distance between the shares of the elements in two windows, ½ Σ |p − q|: 0 when the
shares are the same, 1 when the windows have no element in common, and otherwise the share of codings that would have to
be of another element for the two to be alike (Levin, Peres & Wilmer 2009, *Markov Chains and Mixing Times*, ch. 4).

Two windows of few codings differ by chance alone. Beside each distance stands what is to be expected if the codings of
both windows were dealt out anew between them: the exact mean over all ways of dealing, by the hypergeometric law.

What it must not be used for. A distance is no fault of a coder's: other documents speak of other things, and a changed
codebook is read otherwise. It says where to look, and is no test. Codes that a later codebook split are taken together,
since nobody may guess what their older segments are; a code that is new since cannot be in the windows before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import comb

import pandas as pd

from ..codebook.changes import Lineage
from ..codebook.code import Codebook, display_key, version_key
from ..coding.migrate import migrate

#: Codings in one window, and the fewest that make one: below that its shares are mostly chance.
WINDOW, FEWEST = 100, 50
#: How many codes are named that move most between two windows.
MOST_NAMED = 3

DRIFT_COLUMNS = (
    "coder",
    "window",
    "first_day",
    "last_day",
    "codings",
    "documents",
    "codebook_versions",
    "status",
    "distance",
    "by_chance",
    "codebook_changed",
    "contributions",
)


def total_variation(first: Mapping[str, int], second: Mapping[str, int]) -> float | None:
    """½ Σ |p − q| over the shares of two counts, from 0 (the same) to 1 (nothing in common); None if one is empty.

    >>> total_variation({"P1": 2, "K1": 2}, {"P1": 1, "K1": 2, "E1": 1})
    0.25
    """
    n, m = sum(first.values()), sum(second.values())
    if not (n and m):
        return None
    # Over the common denominator in whole numbers: no rounding until the end.
    apart = sum(abs(first.get(key, 0) * m - second.get(key, 0) * n) for key in {*first, *second})
    return apart / (2 * n * m)


def expected_by_chance(first: Mapping[str, int], second: Mapping[str, int]) -> float | None:
    """The mean total variation distance over all ways of dealing the codings of both anew into windows of these sizes.

    >>> expected_by_chance({"P1": 2}, {"K1": 2}) == 1 / 3
    True
    """
    n, m = sum(first.values()), sum(second.values())
    if not (n and m):
        return None
    ways = comb(n + m, n)
    apart = 0
    for key in {*first, *second}:
        of_key = first.get(key, 0) + second.get(key, 0)
        for here in range(max(0, of_key - m), min(of_key, n) + 1):
            dealt = comb(of_key, here) * comb(n + m - of_key, n - here)
            apart += dealt * abs(here * m - (of_key - here) * n)
    return apart / (2 * n * m * ways)


def contributions(first: Mapping[str, int], second: Mapping[str, int]) -> list[tuple[str, float]]:
    """By key, how much its share rose (or fell, below 0) from the first to the second; those that moved most first.

    Half the sum of the sizes is the distance.

    >>> contributions({"P1": 2, "K1": 2}, {"P1": 1, "K1": 2, "E1": 1})
    [('E1', 0.25), ('P1', -0.25)]
    """
    n, m = sum(first.values()), sum(second.values())
    moved = {key: second.get(key, 0) / m - first.get(key, 0) / n for key in {*first, *second}} if n and m else {}
    return sorted(((key, by) for key, by in moved.items() if by), key=lambda pair: (-abs(pair[1]), pair[0]))


@dataclass(frozen=True)
class _Coding:
    at: str
    document: str
    version: str
    element: str


def drift(
    segments: pd.DataFrame, lineage: Lineage, *, window: int | str = WINDOW, fewest: int = FEWEST
) -> pd.DataFrame:
    """How far each window of a coder's coding is from the one before it.

    Parameters
    ----------
    segments
        A segments table; each row as its coder left it under the version that she read the passage under, `at` the time
        when it was first coded.
    lineage
        The codebooks; all codes are carried to the newest and rolled up to elements.
    window
        So many codings in a row, in the order they were made; or "month". The last window may be smaller.
    fewest
        A window with fewer codings is compared with none, and told of (status ``few``).

    Returns
    -------
    pandas.DataFrame
        One row per coder and window, columns `DRIFT_COLUMNS`. `status` is "" when `distance` is given, ``first`` for a
        coder's first window, ``few`` when this window or the one before it is too small. `contributions` is a tuple of
        (display codes, change of share), at most `MOST_NAMED`. `by_chance` is the mean if the windows were alike.

    >>> from foran_research.coding.segments import segments_table
    >>> drift(segments_table([]), Lineage(())).empty
    True
    """
    if window != "month" and not (isinstance(window, int) and window > 0):
        raise ValueError(f"a window is a number of codings or 'month', not {window!r}")
    if not len(segments) or not lineage.codebooks:
        return pd.DataFrame([], columns=list(DRIFT_COLUMNS))
    made: dict[str, list[_Coding]] = {}
    for coder, coding in _codings(segments, lineage):
        made.setdefault(coder, []).append(coding)
    rows = [row for coder in sorted(made) for row in _of_coder(coder, made[coder], window, fewest)]
    return pd.DataFrame(rows, columns=list(DRIFT_COLUMNS))


def _codings(segments: pd.DataFrame, lineage: Lineage) -> Iterator[tuple[str, _Coding]]:
    """Every coding that has an element under the newest codebook, by coder, in the order they were made."""
    book = lineage.codebooks[-1]
    moved = migrate(segments, lineage, book.codebook_version)
    moved = moved[moved["status"].isin(["ok", "review"])].sort_values(["at", "segment"], kind="stable")
    codes = [
        tuple(candidates) if status == "review" and candidates else (code,)
        for code, status, candidates in zip(moved["code"], moved["status"], moved["candidates"], strict=True)
    ]
    named = _classes(codes, book)
    for row, code in zip(moved.itertuples(index=False), codes, strict=True):
        yield str(row.coder), _Coding(str(row.at), str(row.document), str(row.applied_under), named[code[0]])


def _classes(codes: Iterable[tuple[str, ...]], book: Codebook) -> dict[str, str]:
    """By code, the display of its element, or of all elements among which a person must choose for some segment."""
    home = {code: book.element_of(code).id if code in book.by_id else code for some in codes for code in some}
    together: dict[str, set[str]] = {element: {element} for element in home.values()}
    for some in codes:
        one = set().union(*(together[home[code]] for code in some))
        for element in one:
            together[element] = one
    display = {element: book.by_id[element].display if element in book.by_id else element for element in together}
    name = {
        element: "/".join(sorted((display[one] for one in group), key=display_key))
        for element, group in together.items()
    }
    return {code: name[element] for code, element in home.items()}


def _of_coder(coder: str, codings: Sequence[_Coding], window: int | str, fewest: int) -> Iterator[tuple[object, ...]]:
    windows = _windows(codings, window)
    before: list[_Coding] = []
    for number, here in enumerate(windows, 1):
        versions = sorted({one.version for one in here}, key=version_key)
        changed = bool(before) and {one.version for one in before} != set(versions)
        status = "first" if not before else "few" if min(len(before), len(here)) < fewest else ""
        old, new = (Counter(one.element for one in some) for some in (before, here))
        yield (
            coder,
            number,
            here[0].at[:10],
            here[-1].at[:10],
            len(here),
            len({one.document for one in here}),
            " ".join(versions),
            status,
            None if status else total_variation(old, new),
            None if status else expected_by_chance(old, new),
            changed,
            () if status else tuple(contributions(old, new)[:MOST_NAMED]),
        )
        before = here


def _windows(codings: Sequence[_Coding], window: int | str) -> list[list[_Coding]]:
    if isinstance(window, int):
        return [list(codings[start : start + window]) for start in range(0, len(codings), window)]
    return [list(group) for _, group in groupby(codings, key=_month)]


def _month(coding: _Coding) -> str:
    return coding.at[:7]
