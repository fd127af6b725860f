"""Which assessments of a municipality stand, for a milestone or on a day, and what leaves the study of who made them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping

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


def without_people(text: str, assessments: Iterable[Assessment], actor_types: Mapping[str, str]) -> str:
    """The text of a ``model.json`` with types of actors in the place of participants.

    The id of an assessment holds whoever made it, and a self-assessment of one person would tell her level under her
    pseudonym. Ids that would become alike are numbered in their order.

    Parameters
    ----------
    text
        JSON as it is written, letters as they are.
    assessments
        Every row of the register, those replaced and withdrawn as well.
    actor_types
        The type of actor of each participant, by pseudonym.

    Returns
    -------
    str
        The text; strings that are neither a pseudonym nor the id of a participant's assessment stay as they are.

    Examples
    --------
    >>> rows = [Assessment("M4-TRD-C0001-TRD-PL-01", "2021-01-02", assessor="TRD-PL-01")]
    >>> without_people('{"assessments": ["M4-TRD-C0001-TRD-PL-01", "A2"]}', rows, {"TRD-PL-01": "prosjektleder"})
    '{"assessments": ["M4-TRD-C0001-prosjektleder", "A2"]}'
    """
    told = dict(actor_types)
    # Only what the text names: a row of a later day does not change how those of this one are told.
    made_by = {row.id: row.assessor for row in assessments if json.dumps(row.id, ensure_ascii=False) in text}
    taken = set(made_by)
    for name, assessor in sorted(made_by.items()):
        if assessor in actor_types and assessor in name:
            plain = wanted = name.replace(assessor, actor_types[assessor])
            number = 1
            while plain in taken:
                number += 1
                plain = f"{wanted}-{number}"
            taken.add(plain)
            told[name] = plain
    for name, plain in told.items():
        # With its quotation marks: nothing else is a string of its own.
        text = text.replace(json.dumps(name, ensure_ascii=False), json.dumps(plain, ensure_ascii=False))
    return text
