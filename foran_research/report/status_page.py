"""The dashboard of milestones: one HTML page, by date, with what is done and why something is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..settings import Milestone, Settings
from . import frame
from .page import short_date
from .status_words import status_words


@dataclass(frozen=True)
class Row:
    """A milestone as the page tells of it.

    `reasons` are (text, names of everything it is about); `report` is the address of the report from the page, or "".
    `made_at` is an ISO day or second, or "".
    """

    milestone: Milestone
    state: str
    is_due: bool
    told: str
    made_of: str
    dates: str
    reasons: tuple[tuple[str, tuple[str, ...]], ...] = ()
    made_at: str = ""
    report: str = ""


def status_page(
    rows: Sequence[Row],
    settings: Settings,
    today: str,
    counts: str,
    language: str,
    accepted: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The dashboard as HTML.

    Parameters
    ----------
    rows
        In the order to show them.
    today
        The ISO day that was judged by.
    counts
        How many milestones are in which state, in words.
    language
        "nb" or "en".
    accepted
        By municipality: `case` (its name), `milestone`, `report`, `anchor`, and `indicators` as
        ``models.acceptance.to_dict`` gives them, each with its `mark` and
        how many of its conditions hold (`held`).
    """
    said = status_words(language)
    day = short_date(today, language)
    is_left = any(row.is_due or row.state in ("stale", "failed") for row in rows)
    told = [
        {
            **vars(row),
            "cut_off": short_date(row.milestone.cut_off.isoformat(), language),
            "coded_until": short_date(row.milestone.coded_until.isoformat(), language),
            "made_at": short_date(row.made_at[:10], language) if row.made_at else "",
        }
        for row in rows
    ]
    return frame.render(
        "status_page.html.j2",
        settings=settings,
        language=language,
        words=said,
        title=said["title"],
        made=frame.Made(coding="", more=((said["as_of"], day),)),
        lead=said["lead"].replace("{day}", day),
        short=[
            (counts[:1].upper() + counts[1:] + ".", ""),
            *([(said["how_to_run"], "")] if is_left else []),
            (said["how_to"], ""),
        ],
        rows=told,
        accepted=[one for one in accepted if one["milestone"]],
        not_judged=", ".join(one["case"] for one in accepted if not one["milestone"]),
    )
