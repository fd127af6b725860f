"""Days that people give: never later than today, never before what they speak of. Pure: `today` is given by whoever asks."""

from __future__ import annotations

from .errors import ForanError, shown
from .vocabulary import is_iso_date

#: No day was given; sorts before every other.
NO_DAY = ""


def checked_day(on: str, *, today: str = NO_DAY, earliest: str = NO_DAY, because: str = "") -> str:
    """The day itself, when it can be.

    Parameters
    ----------
    on
        The day that somebody gave, as YYYY-MM-DD.
    today
        The last day there can be; "" judges none as too late.
    earliest, because
        The first day there can be, and what makes it so. When that lies after `today`, since somebody gave a wrong day once,
        `earliest` itself is taken: nothing else could follow it.

    Raises
    ------
    ForanError
        For what is no day, and for one that is too late or too early.

    Examples
    --------
    >>> checked_day("2024-06-03", today="2024-06-03", earliest="2024-06-01")
    '2024-06-03'
    >>> checked_day("2099-07-01", today="2024-06-03")
    Traceback (most recent call last):
        ...
    foran_research.errors.ForanError: 2099-07-01 is later than today, 2024-06-03: give the day it is; nothing was written
    """
    if not is_iso_date(on):
        raise ForanError(f"{shown(on)} is no day: write it as YYYY-MM-DD; nothing was written")
    if on < earliest:
        raise ForanError(f"{on} is too early: {because or 'the first day is'} {earliest}; nothing was written")
    if today and on > max(today, earliest):
        raise ForanError(f"{on} is later than today, {today}: give the day it is; nothing was written")
    return on
