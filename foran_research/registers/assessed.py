"""Which assessments of a municipality stand: for a milestone, or on a day."""

from __future__ import annotations

import datetime as dt

from ..settings import Milestone
from .records import Assessment, Registers


def standing(registers: Registers, case: str, milestone_or_day: Milestone | dt.date | str) -> tuple[Assessment, ...]:
    """The assessments of a municipality that stand, ordered by id.

    Parameters
    ----------
    registers
        All rows, or those up to some day.
    case
        The id of the municipality.
    milestone_or_day
        A milestone: what was recorded for it up to its cut-off. A day: what was recorded for any milestone up to then.

    Examples
    --------
    >>> rows = (Assessment("A1", "2021-01-02", case="TRD"), Assessment("A2", "2021-02-02", case="TRD"))
    >>> [row.id for row in standing(Registers(assessments=rows), "TRD", "2021-01-31")]
    ['A1']
    """
    if isinstance(milestone_or_day, Milestone):
        rows = registers.until(milestone_or_day.cut_off).assessments
        return tuple(row for row in rows if row.case == case and row.milestone == milestone_or_day.id)
    return tuple(row for row in registers.until(milestone_or_day).assessments if row.case == case)
