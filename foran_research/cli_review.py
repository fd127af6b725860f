"""The commands on review packs (`foran review`): the file that a workshop reads and answers, and where packs have gone."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from .cli_handing_out import (
    audience_option,
    by_option,
    counted,
    dry_option,
    language_option,
    limits_options,
    on_option,
    output_option,
    this_day,
)
from .cli_key import KEY_VARIABLE, PASSPHRASE_VARIABLE, asked_passphrase, check_study_of, key_option, key_path
from .cli_quote import question
from .cli_study import open_folder, study_option


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def review() -> None:
    """Review packs: one HTML file that a municipality reads and answers, without a network."""


review.add_command(question)


@review.command()
@click.argument("milestone")
@audience_option("workshop")
@click.option("--arena", default="", metavar="ID", help="The arena it is made for.")
@language_option
@output_option("The file; outputs/review/… if left out.", is_folder=False)
@click.option(
    "--pdf", "with_pdf", is_flag=True, help="Print it as well, by the Chromium, Chrome or Edge that is installed."
)
@limits_options
@by_option
@on_option
@dry_option
@key_option
@study_option
def build(
    milestone: str,
    *,
    audience: str,
    arena: str,
    language: str | None,
    output: Path | None,
    with_pdf: bool,
    persons: int,
    documents: int,
    by: str,
    on: str,
    is_dry: bool,
    key_file: Path | None,
    study: Path | None,
) -> None:
    """Make the review pack of MILESTONE, search it for what these readers may not see, and record it.

    Only passages cleared for the audience are quoted (foran quote). The names of the key are searched for when the key can
    be opened: with --key, or FORAN_KEY_PASSPHRASE.
    """
    from .packs import build_pack, told_left_out
    from .review.content_counts import Limits
    from .study import load_study

    folder = open_folder(study, "review")
    names, untold = names_of_key(key_file, folder)
    loaded = load_study(folder)
    built = build_pack(
        loaded,
        loaded.milestone(milestone),
        on=on or this_day(),
        today=this_day(),
        audience=audience,
        arena=arena,
        language=language or "",
        limits=Limits(persons=persons, documents=documents),
        by=by,
        # Told as it is, without steps up and down; a link that it is itself stays one.
        output=output and output.parent.resolve() / output.name,
        with_pdf=with_pdf,
        is_dry=is_dry,
        names=names,
    )
    quotes = len(built.row.segments)
    verb = "would be" if is_dry else "is"
    click.echo(f"{built.row.id} {verb} {built.path}: {len(built.page) / 1000:.0f} kB, {counted(quotes, 'quote')}")
    if built.pdf_path is not None:
        click.echo(f"  and {built.pdf_path}: {len(built.pdf) / 1000:.0f} kB")
    if built.removed is not None:
        click.echo(
            f"  {built.removed.name} beside it is the print of an earlier pack and {'would be' if is_dry else 'was'} "
            "removed; --pdf prints this one"
        )
    if built.beside is not None:
        click.echo(f"  {built.beside.name} beside it is no print of a pack and was left: look at what it is")
    if not quotes:
        click.echo(
            f"  nobody is quoted: no passage of it is cleared for {audience}. Choose and clear some first "
            f"(foran quote list {milestone} --all), or use it as it is"
        )
    for line in told_left_out(built.pack):
        click.echo(f"  left out: {line}")
    click.echo(
        f"  searched for what {audience} may not see, in {counted(len(loaded.transcripts), 'text')} and their earlier "
        f"versions: nothing found{f'. Names were not searched for: {untold}' if untold else ''}"
    )
    if is_dry:
        click.echo("nothing written (--dry-run)")
    elif built.is_recorded:
        click.echo("  recorded in corpus/packs.csv; hand on no other copy than this")
    else:
        click.echo("  the same pack as before: it is in corpus/packs.csv already")


def names_of_key(given: Path | None, folder: Path) -> tuple[Mapping[str, tuple[str, ...]] | None, str]:
    """The key's names by pseudonym; or None, and why they are not searched for."""
    from .corpus.key import open_key

    if given is None and not os.environ.get(PASSPHRASE_VARIABLE):
        return None, f"the key is not open (--key FILE, or set {PASSPHRASE_VARIABLE})"
    path = key_path(given, folder)
    if given is None and not os.environ.get(KEY_VARIABLE) and not path.exists():
        return None, "no key lies in its usual place"
    opened = open_key(path, asked_passphrase())
    check_study_of(opened, path, folder)
    return opened.searched, ""


@review.command()
@click.option("--recall", "is_recall", is_flag=True, help="Only those to call back; exit 1 when there are any.")
@study_option
def packs(*, is_recall: bool, study: Path | None) -> None:
    """List the packs, pages of the site and notebooks that were made.

    "kall tilbake" marks those that tell of somebody what may not be told so any more: a quote that was revoked or that has
    other words now, a role that may not stand beside it.
    """
    from .packs import listed
    from .study import load_study

    loaded = load_study(open_folder(study, "review"))
    found = listed(loaded)
    chosen = [one for one in found if one.is_recalled or not is_recall]
    if chosen:
        click.echo("made\tkind\tday\tfor\tarena\tlanguage\tby\tquotes\tstate\tfile")
    for one in chosen:
        row = one.row
        state = f"kall tilbake · recall ({_some(one.recalled)})" if one.is_recalled else "-"
        who = (row.audience, row.arena or "-", row.language, row.by or "-")
        cells = (row.id, row.kind or "pack", row.on, *who, len(row.segments), state)
        click.echo("\t".join((*map(str, cells), row.file_sha256[:16])))
        if one.is_recalled and not row.told:
            click.echo("  made before it was kept what a pack tells: called back because nobody can know")
        for path in one.places if one.is_recalled else ():
            click.echo(f"  lies still at {path.relative_to(loaded.path)}: delete it, or make it anew")
    recalled = sum(one.is_recalled for one in found)
    click.echo(f"{counted(len(found), 'file')} made, {recalled} to call back" if found else "no packs yet")
    if recalled:
        click.echo(
            "call back: ask everybody who got the file to save and hand in what they have answered, then to delete it and "
            "its prints; and hand out a new one",
            err=True,
        )
    if is_recall and recalled:
        raise click.exceptions.Exit(1)


@review.command()
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--by", required=True, metavar="CODER", envvar="FORAN_CODER", help="Who you are: a coder's id.")
@click.option("--date", default="", metavar="DAY", help="The day they were given, YYYY-MM-DD; today when left out.")
@click.option("--redate", "is_redate", is_flag=True, help="FILES are there with a wrong day: --date is the right one.")
@click.option("--arena", default="", metavar="ID", help="The arena of answers that name none.")
@click.option("--case", default="", metavar="ID", help="The municipality, where the pack is about several.")
@click.option(
    "--pack",
    "given_packs",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A pack (.html) that is not in corpus/packs.csv; can be repeated.",
)
@click.option("--accept-edited", is_flag=True, help="Take files that were changed after the pack saved them.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Do and check everything but write.")
@key_option
@click.option("--review", "table", type=click.Path(path_type=Path), default=None, help="The review table, filled in.")
@study_option
def collect(
    files: tuple[Path, ...],
    *,
    by: str,
    date: str,
    is_redate: bool,
    arena: str,
    case: str,
    given_packs: tuple[Path, ...],
    accept_edited: bool,
    is_dry: bool,
    key_file: Path | None,
    table: Path | None,
    study: Path | None,
) -> None:
    """Take in FILES of answers to review packs, and write what follows: note, memos, proposals, self-assessments.

    Without FILES it ends what a run that was cut short had begun. The same file twice counts once. A day on which the
    answers cannot have been given is refused before anything is written; one that was wrong is put right by the same FILES
    with --redate and the right --date. docs/workshop.md tells how.
    """
    from .adding import OpenKey
    from .collecting import collect as take_in
    from .collecting import told_of
    from .corpus.key import open_key
    from .errors import Faults
    from .settings import read_settings

    folder = open_folder(study, "review")
    settings = read_settings(folder, Faults())
    key = None
    if settings is not None and not settings.is_synthetic and not is_dry:
        path = key_path(key_file, folder)
        passphrase = asked_passphrase()
        opened = open_key(path, passphrase)
        check_study_of(opened, path, folder)
        key = OpenKey(opened, path, passphrase, table)
    found = take_in(
        folder,
        files,
        by=by,
        at=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        date=date,
        arena=arena,
        case=case,
        packs=given_packs,
        accepts_edited=accept_edited,
        is_redate=is_redate,
        today=dt.date.today().isoformat(),
        key=key,
        is_dry_run=is_dry,
    )
    for line in told_of(found):
        click.echo(line)
    if is_dry:
        click.echo("nothing written (--dry-run)")
    for fault in (*found.warnings, *found.refused):
        click.echo(f"{'warning: ' if fault.is_warning else ''}{fault}", err=True)
    if found.refused:
        raise click.exceptions.Exit(1)


def _some(segments: Sequence[str], most: int = 6) -> str:
    """The first of some passages, and how many more there are."""
    rest = len(segments) - most
    return ", ".join(segments[:most]) + (f" and {rest} more" if rest > 0 else "")
