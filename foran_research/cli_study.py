"""What every command asks first: which study, and whether the project may still be worked on."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import click

#: The option that names the study, for every command.
study_option = click.option(
    "--study",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder of the study. Without it: FORAN_STUDY, or the folder you stand in and those above it.",
)

#: The option that asks for the study as it stood at a moment: ``load_study(folder).at(as_of)``.
as_of_option = click.option(
    "--as-of",
    "as_of",
    default=None,
    metavar="MOMENT",
    help="The study as it stood at the end of a day, YYYY-MM-DD, or at a second, YYYY-MM-DDTHH:MM:SSZ (UTC).",
)


def study_folder(study: Path | None) -> Path:
    """The folder of the study that a command is about, as ``study.study_path`` finds it, without its heavy imports."""
    if study is not None:
        return study.resolve()
    if named := os.environ.get("FORAN_STUDY"):
        return Path(named).resolve()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "foran.toml").is_file()), here)


def open_folder(study: Path | None, command: str) -> Path:
    """The study's folder for a command that works with informants' words, while the project lasts.

    Raises
    ------
    ForanError
        After the last day that was notified; the message says what the settings ask to be done with the data.
    """
    from .errors import Faults
    from .retention import gate
    from .settings import read_settings

    folder = study_folder(study)
    settings = read_settings(folder, Faults())
    # Settings that cannot be read are told of by the command itself, with every other fault.
    if settings is not None and (warning := gate(settings, dt.datetime.now(dt.UTC).date(), command)):
        click.echo(f"warning: {warning}", err=True)
    return folder
