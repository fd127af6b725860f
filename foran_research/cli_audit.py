"""`foran audit`: whether the logs are as they were written, and the story of the analysis for an appendix."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .cli_study import as_of_option, open_folder, study_folder, study_option


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def audit() -> None:
    """The audit trail: verify the chained logs, seal them, tell the story of the analysis."""


@audit.command()
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=None,
    help="A seal made earlier: every log must begin with what it held then.",
)
@study_option
def verify(against: Path | None, study: Path | None) -> None:
    """Hold every log, codebook and text against its hashes, and name the first broken link of each."""
    from .verifying import told
    from .verifying import verify as verified

    # Whether the bytes are those that were written can be asked for as long as they are there.
    found = verified(
        study_folder(study), against=against.read_text(encoding="utf-8", errors="replace") if against else None
    )
    for line in told(found):
        click.echo(line)
    if found.faults:
        sys.exit(1)


@audit.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Write over an older seal; never over any other file.")
@study_option
def seal(file: Path, force: bool, study: Path | None) -> None:
    """Write the state of all logs to FILE, to be kept elsewhere: later, `verify --against FILE` proves they go on from it."""
    from .corpus.store import write_atomically
    from .verifying import seal as sealed

    folder = study_folder(study)
    _refuse_to_overwrite(file, folder, force=force)
    write_atomically(file, sealed(folder))
    click.echo(f"saved: {file}; keep it where the study's folder is not, or print its head_sha256")


def _refuse_to_overwrite(file: Path, study: Path, *, force: bool) -> None:
    """Refuse a path among the study's own files, and a file that is there already and no seal to be replaced."""
    from .errors import ForanError
    from .verifying import is_seal

    place, home = file.resolve(), study.resolve()
    own = [home / "foran.toml", home / "corpus", home / "codebooks"]
    # On some disks names that differ in case are one file, and a link may lead to one.
    names = [Path(str(path).casefold()) for path in own]
    if any(Path(str(place).casefold()).is_relative_to(name) for name in names):
        raise ForanError(f"{file} lies among the study's own files: give a path elsewhere; nothing was written")
    if not file.exists() and not file.is_symlink():
        return
    if not (force and file.is_file() and is_seal(file.read_text(encoding="utf-8", errors="replace"))):
        more = "it is no seal" if force else "with --force an older seal is replaced, and no other file"
        raise ForanError(f"{file} is there already ({more}): give another name; nothing was written")


@audit.command()
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(["nb", "en"]), default=None, help="The study's own when left out.")
@click.option("--memos", "shows_memos", is_flag=True, help="Memos with their texts; they may repeat informants' words.")
@as_of_option
@study_option
def report(output: Path, language: str | None, shows_memos: bool, as_of: str | None, study: Path | None) -> None:
    """Write the story of the analysis: OUTPUT.html, OUTPUT.docx, OUTPUT.csv (a folder), or all three into a folder."""
    from .auditing import write_report
    from .study import load_study
    from .verifying import verify as verified

    folder = open_folder(study, "audit")
    loaded = load_study(folder).at(as_of)
    made = write_report(
        loaded, output, language=language or "", verification=verified(folder), is_memo_text=shows_memos
    )
    for path in made:
        click.echo(path)
