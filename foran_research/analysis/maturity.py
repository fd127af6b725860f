"""Maturity by element: what assessors' levels come to, with the evidence they stand on. Never one score per municipality.

A level is ordinal, 1 to 5, each with a written anchor (Becker, Knackstedt & Pöppelbuß 2009 on such models); 0 is "not
assessed" and is in no figure. Levels are ordered and not measured: the middle is the median, and of two middle levels
the lower. A mean is given in one place only, for comparison with DFØ's survey, which reports means from 1 to 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from ..errors import ForanError, UnknownName
from .stated import Stated, undefined

#: 0 is "not assessed".
NOT_ASSESSED = 0
LEVELS = (1, 2, 3, 4, 5)
#: From which level on evidence must be this broad: documents, actor types, procurement processes.
REQUIRED: Mapping[int, tuple[int, int, int]] = {1: (1, 0, 0), 3: (2, 2, 0), 4: (2, 2, 2)}
CHANGE_COLUMNS = ("element", "before", "after", "step", "status", "has_memo")
GAP_COLUMNS = ("element", "level", "target", "gap", "inhibiting_share", "segments")


@dataclass(frozen=True)
class ElementMaturity:
    """What the assessors of one element in one case say: the lower median, the lowest and the highest.

    `n` are those who gave a level; `is_tied`: the two middle levels differ and the lower one stands. Without any the
    level is None with a reason.
    """

    level: Stated
    low: int | None
    high: int | None
    n: int
    not_assessed: int
    is_tied: bool

    def told(self, language: str) -> str:
        """As ``3 (2–3)``, with a mark for a tie, or why there is none."""
        if self.level.value is None:
            return self.level.told(language)
        return f"{int(self.level.value)}{'*' if self.is_tied else ''} ({self.low}–{self.high})"


@dataclass(frozen=True)
class LevelMaturity:
    """The elements of one level (P, K, E) in one case: how many at each step, the median and the weakest.

    `dfo_mean` is for the box "comparable with DFØ, 1–5" and nowhere else.
    """

    distribution: Mapping[int, int]
    median: Stated
    is_tied: bool
    weakest: Stated
    weakest_elements: tuple[str, ...]
    dfo_mean: Stated
    n: int


def of_element(levels: Sequence[int]) -> ElementMaturity:
    """What the assessors' levels of one element come to; 0 is left out.

    >>> [of_element(levels).told("en") for levels in ([2, 3, 3], [2, 3], [0, 4])]
    ['3 (2–3)', '2* (2–3)', '4 (4–4)']
    >>> of_element([]).level.value is None
    True
    """
    _check(levels)
    given = sorted(level for level in levels if level != NOT_ASSESSED)
    silent = len(levels) - len(given)
    if not given:
        return ElementMaturity(undefined("not-assessed"), None, None, 0, silent, False)
    median, is_tied = _lower_median(given)
    return ElementMaturity(Stated(float(median)), given[0], given[-1], len(given), silent, is_tied)


def of_level(levels: Mapping[str, int | None]) -> LevelMaturity:
    """What the elements of one level come to: `levels` are by element; None or 0 is "not assessed".

    Elements of several levels, or cases, are never to be handed in together: a sum over them would be one score for a
    municipality.

    >>> found = of_level({"P1": 1, "P2": 4, "P3": 4})
    >>> found.median.value, found.weakest.value, found.weakest_elements, found.dfo_mean.value
    (4.0, 1.0, ('P1',), 3.0)
    """
    numbers = {element: level or NOT_ASSESSED for element, level in levels.items()}
    _check(tuple(numbers.values()))
    distribution = {level: sum(one == level for one in numbers.values()) for level in (NOT_ASSESSED, *LEVELS)}
    given = sorted(level for level in numbers.values() if level != NOT_ASSESSED)
    if not given:
        none = undefined("not-assessed")
        return LevelMaturity(distribution, none, False, none, (), none, 0)
    median, is_tied = _lower_median(given)
    weakest = tuple(element for element, level in numbers.items() if level == given[0])
    return LevelMaturity(
        distribution,
        Stated(float(median)),
        is_tied,
        Stated(float(given[0])),
        weakest,
        Stated(sum(given) / len(given)),
        len(given),
    )


def _lower_median(ordered: Sequence[int]) -> tuple[int, bool]:
    middle = ordered[(len(ordered) - 1) // 2]
    return middle, middle != ordered[len(ordered) // 2]


def warnings_for(
    level: int, *, documents: int, actor_types: int, processes: int, override: str = ""
) -> tuple[Literal["insufficient_evidence", "level_without_evidence"], ...]:
    """What is to be warned of: a level for which the evidence is not broad enough. Warned of, never refused.

    Level 3 needs two documents and two actor types, level 4 two processes as well; without any evidence the level is 0,
    never 1. An `override` is a person's reason to let it stand.

    >>> warnings_for(4, documents=1, actor_types=3, processes=2)
    ('insufficient_evidence',)
    """
    _check((level,))
    if min(documents, actor_types, processes) < 0:
        raise ForanError("evidence of a level: expected numbers of documents, actor types and processes from 0 on")
    if level == NOT_ASSESSED or override.strip():
        return ()
    if not documents:
        return ("level_without_evidence",)
    breadth = (documents, actor_types, processes)
    needed = [least for at, least in REQUIRED.items() if level >= at]
    is_enough = all(has >= needs for least in needed for has, needs in zip(breadth, least, strict=True))
    return () if is_enough else ("insufficient_evidence",)


def change(
    before: Mapping[str, int | None], after: Mapping[str, int | None], *, memos: Sequence[str] = ()
) -> pd.DataFrame:
    """Steps from one assessment to the next, one row per element: a frame with `CHANGE_COLUMNS`.

    `status`: up, down, same, or "not_comparable" where one of the two was not assessed (`step` is missing). `memos` are
    elements with a memo that explains their change.
    """
    _check([level or 0 for level in (*before.values(), *after.values())])
    rows = []
    for element in dict.fromkeys([*before, *after]):
        one, two = before.get(element) or NOT_ASSESSED, after.get(element) or NOT_ASSESSED
        step = two - one if one and two else None
        status = "not_comparable" if step is None else "up" if step > 0 else "down" if step < 0 else "same"
        rows.append((element, one or None, two or None, step, status, element in memos))
    table = pd.DataFrame(rows, columns=list(CHANGE_COLUMNS))
    return table.astype(dict.fromkeys(("before", "after", "step"), "Int64"))


def is_stepwise_improvement(table: pd.DataFrame) -> Stated:
    """1 if some element went up and none went down without a memo, 0 if not: "clear, stepwise improvement".

    Undefined when no element was assessed both times. `table` is that of :func:`change`.
    """
    compared = table[table["status"] != "not_comparable"]
    if compared.empty:
        return undefined("not-assessed")
    is_unexplained = bool(((compared["status"] == "down") & ~compared["has_memo"].astype(bool)).any())
    return Stated(float(not is_unexplained and bool((compared["status"] == "up").any())))


def gaps(
    levels: Mapping[str, int | None], targets: Mapping[str, int], inhibiting: Mapping[str, tuple[int, int]]
) -> pd.DataFrame:
    """Target − level, and beside it the share of segments that inhibit: two columns, not one product.

    `inhibiting` holds inhibiting segments and all segments by element. Elements without a level or a target have no gap.
    """
    _check([level or 0 for level in (*levels.values(), *targets.values())])
    rows = []
    for element, level in levels.items():
        against, of = inhibiting.get(element, (0, 0))
        if not 0 <= against <= of:
            raise ForanError(f"{element}: {against} inhibiting of {of} segments; expected no more than all")
        target = targets.get(element) or None
        gap = target - level if target and level else None
        rows.append((element, level or None, target, gap, against / of if of else None, of))
    table = pd.DataFrame(rows, columns=list(GAP_COLUMNS))
    return table.astype({"level": "Int64", "target": "Int64", "gap": "Int64", "inhibiting_share": "float64"})


def _check(levels: Sequence[int]) -> None:
    wrong = [level for level in levels if isinstance(level, bool) or level not in (NOT_ASSESSED, *LEVELS)]
    if wrong:
        raise UnknownName("maturity level", str(wrong[0]), [str(level) for level in (NOT_ASSESSED, *LEVELS)])
