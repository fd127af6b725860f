"""On which days answers to a pack can have been given; a day that is none is found before anything is written."""

from __future__ import annotations

import datetime as dt

from ..errors import Faults, ForanError
from ..study import Study
from ..vocabulary import is_iso_date
from .known_packs import milestone_of
from .ledger import Entry


def check_day(date: str, today: str) -> None:
    """Refuse a day that is none, or that has not come.

    Raises
    ------
    ForanError
        Saying what is expected.

    >>> check_day("2021-02-15", "2021-02-16")
    """
    if not is_iso_date(date):
        raise ForanError(f"{date!r} is no day; expected YYYY-MM-DD")
    if date > today:
        raise ForanError(f"--date {date} has not come yet (today is {today}); nothing was written")


def earliest(study: Study, pack: str, codebook_version: str, on: str) -> tuple[str, str]:
    """The first day on which answers to a pack can have been given, and why no earlier one.

    Parameters
    ----------
    pack, codebook_version
        As the file of answers tells.
    on
        The day the file came in.

    Returns
    -------
    tuple
        A day, and the reason. A pack can be made before its milestone's last day; the register of packs tells when. In a
        study of invented people packs are made when everything in them is long past, so that this day says nothing.
    """
    milestone = milestone_of(study, pack)
    cut_off = milestone.cut_off.isoformat()
    made = next((row.on for row in study.registers.packs if row.id == pack), "")
    found = (cut_off, f"the pack tells what was known on {cut_off}, the cut-off of {milestone.id}")
    if made and (made < cut_off or not study.settings.is_synthetic):
        found = (made, f"the pack was made on {made}")
    elif not made and on < cut_off:
        found = (on, f"the pack's cut-off is {cut_off}")
    books = study.lineage.codebooks
    # As in the registers, the first version counts as in force before it was released.
    released = {book.codebook_version: book.released for book in books[1:]}.get(codebook_version, "")
    if released > found[0]:
        found = (released, f"codebook {codebook_version}, which the pack is made by, was released on {released}")
    return found


def note_bad_day(study: Study, row: Entry, pack: str, codebook_version: str, name: str, faults: Faults) -> bool:
    """Note a day on which a file cannot have been given; whether there was something to note.

    Parameters
    ----------
    row
        What the register of received files says, or is to say, of the file.
    name
        What faults call the file.
    """
    first, why = earliest(study, pack, codebook_version, row["on"])
    # Its own day may be a day ahead of UTC.
    last = (dt.date.fromisoformat(row["on"]) + dt.timedelta(days=1)).isoformat()
    if first <= row["date"] <= last:
        return False
    is_early = row["date"] < first
    faults.note(
        "impossible-day",
        name,
        None,
        f"answers to {pack} on {row['date']}" + ("" if is_early else f", taken in on {row['on']}"),
        f"{first} or later: {why}" if is_early else f"a day up to {row['on']}",
        "Give the day on which these answers were given: --date DAY, for files that are there already with --redate.",
    )
    return True
