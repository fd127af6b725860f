"""Options of the commands that hand out what people said: for whom, in which language, how small a number may be, when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from .registers.vocab import AUDIENCES, PACK_LANGUAGES

FC = TypeVar("FC", bound=Callable[..., Any] | click.Command)
#: Fewer than two persons are one: no number of a file that is handed out may stand for one person or be open below that.
FEWEST_PERSONS = 2

by_option = click.option("--by", default="", metavar="CODER", envvar="FORAN_CODER", help="Who you are: a coder's id.")
on_option = click.option("--on", default="", metavar="DAY", help="The day, YYYY-MM-DD; today when left out.")
dry_option = click.option("--dry-run", "is_dry", is_flag=True, help="Make and check everything; write nothing.")
language_option = click.option(
    "--language",
    type=click.Choice(PACK_LANGUAGES),
    default=None,
    help="It opens in this one; the study's own if left out.",
)


def audience_option(default: str) -> Callable[[FC], FC]:
    """The option that says who may see it."""
    return click.option(
        "--audience", type=click.Choice(AUDIENCES), default=default, show_default=True, help="Who may see it."
    )


def output_option(what: str, *, is_folder: bool) -> Callable[[FC], FC]:
    """The option that says where it goes."""
    path = click.Path(file_okay=not is_folder, dir_okay=is_folder, path_type=Path)
    return click.option("--output", "-o", type=path, default=None, help=what)


def limits_options(command: FC) -> FC:
    """The options that say how few a number may stand for: `persons` and `documents`."""
    for option in (
        click.option(
            "--few-documents",
            "documents",
            default=3,
            show_default=True,
            type=click.IntRange(1, 100),
            help="Fewest documents in a number.",
        ),
        click.option(
            "--persons",
            default=5,
            show_default=True,
            type=click.IntRange(FEWEST_PERSONS, 100),
            help="Fewest persons in a number.",
        ),
    ):
        command = option(command)
    return command


def this_day() -> str:
    """Today, as a day: here or in UTC, whichever is the later, so that no day that has come is refused."""
    return max(dt.date.today(), dt.datetime.now(dt.UTC).date()).isoformat()


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "quote"), counted(0, "quote")
    ('1 quote', '0 quotes')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"
