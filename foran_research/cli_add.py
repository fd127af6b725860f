"""The command `foran add`: documents of every format into a study, or a look at what would come in."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .cli_key import PASSPHRASE_VARIABLE, asked_passphrase, check_study_of, key_option, key_path
from .cli_study import open_folder, study_option
from .errors import ForanError
from .vocabulary import LANGUAGES

if TYPE_CHECKING:
    from .adding import Added, How, OpenKey
    from .settings import Settings


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--kind", default="", help="interview, workshop_note or public_document.")
@click.option("--case", default="", help="The municipality's id in foran.toml; empty for none.")
@click.option("--date", default="", help="The day of the talk or the document, YYYY-MM-DD.")
@click.option("--process", default="", help="The procurement process's id.")
@click.option("--arena", default="", help="The arena's id, for workshop notes.")
@click.option("--guide", default="", help="The interview guide's id.")
@click.option("--actor-type", default="", help="What kind of actor the informants are.")
@click.option("--disclosure", default="open", show_default=True, help="open, restricted or trade_secret.")
@click.option(
    "--consent",
    default="analysis",
    show_default=True,
    help='What informants consented to: "analysis quote quote_role share archive".',
)
@click.option("--written-form", default="", help="nb or nn; detected when left out.")
@click.option(
    "--interviewer", "interviewers", multiple=True, help="A speaker label of the interviewer; can be repeated."
)
@click.option(
    "--person",
    "persons",
    multiple=True,
    metavar="LABEL=PSEUDONYM",
    help="Who a speaker label is, where the key cannot tell; LABEL=new for somebody else; can be repeated.",
)
@click.option("--id", "document_id", default="", help="The document's id; made from case and kind when left out.")
@click.option("--pattern", default="", help='How turns are labelled: a name that --dry-run tells, or "{speaker}:".')
@click.option("--only", multiple=True, metavar="NAME", help="Only this text of a project file; can be repeated.")
@click.option("--dry-run", is_flag=True, help="Show what is understood, names of speakers included; write nothing.")
@click.option("--show", "shows_words", is_flag=True, help="With --dry-run: how the first turns begin, too.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default=None, help="Of the dry run; the study's own if left out."
)
@key_option
@click.option("--review", type=click.Path(path_type=Path), default=None, help="The review table, filled in.")
@click.option("--accept-unreviewed", is_flag=True, help="Let hits through that nobody decided on; needs --reason.")
@click.option("--reason", default="", help="Why, for the study's own record; names nobody.")
@click.option("--again", "is_again", is_flag=True, help="Take a text that says the same words as one in the study.")
@click.option("--replaces", default="", metavar="ID", help="The corrected source of this document: its codings follow.")
@study_option
def add(files: tuple[Path, ...], study: Path | None, **given: Any) -> None:
    """Bring FILES into the study: transcripts and documents of every format, under pseudonyms, all of them or none.

    Unless the study is synthetic, names within the talk are replaced as well. What nobody has decided on goes into a
    review table outside the study, and nothing comes in before it is filled in; docs/corpus.md tells how.
    """
    from .adding import How, add_documents, replace_document
    from .errors import Faults, StudyError
    from .retention import check_import
    from .settings import read_settings

    _check_options(files, given)
    folder, faults = open_folder(study, "add"), Faults()
    settings = read_settings(folder, faults)
    if settings is None:
        raise StudyError(faults.errors)
    reason = given["reason"] if given["accept_unreviewed"] else ""
    how = How(given["pattern"], tuple(given["only"]), given["is_again"], reason, _persons(given["persons"]))
    if given["dry_run"]:
        _show(files, folder, settings, how, given)
        return
    now = dt.datetime.now(dt.UTC)
    noted = check_import(settings, now.date())
    for warning in noted.warnings:
        click.echo(f"warning: {warning}", err=True)
    if noted.errors:
        # Before a passphrase is asked for.
        raise StudyError(noted.errors)
    key = None if settings.is_synthetic else _opened(given["key_file"], given["review"], folder)
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    if given["replaces"]:
        added, done = replace_document(
            folder, files[0], given["replaces"], at=at, reason=given["reason"], key=key, how=how,
            interviewers=given["interviewers"],
        )  # fmt: skip
        counted = ", ".join(f"{count} {status}" for status, count in done.counts.items())
        coders = f"coding by {', '.join(done.coders)}: {counted}" if done.coders else "not coded yet"
        click.echo(
            f"{added.source} → {added.document}: {'a new text' if done.is_changed else 'the text it has'}; {coders}"
        )
        if done.waiting:
            click.echo(f"  {done.waiting} wait for a place: `foran lab --document {added.document}`")
        _tell_more(added, settings)
        return
    names = ("kind", "case", "date", "process", "arena", "guide", "written_form", "actor_type", "consent", "disclosure")
    from .corpus.intake import Description

    about = Description(
        **{name: given[name] for name in names}, interviewers=given["interviewers"], id=given["document_id"]
    )
    results = add_documents(folder, files, about, at=at, key=key, how=how, say=lambda told: click.echo(told, err=True))
    for added in results:
        _tell(added, settings)
    if settings.is_synthetic and any(added.is_new for added in results):
        click.echo("synthetic study: no names are replaced but labels")


def _persons(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    pairs = [(label.strip(), person.strip()) for label, _, person in (one.rpartition("=") for one in given)]
    if not all(label and person for label, person in pairs):
        # A label is a name: it is not repeated.
        raise click.UsageError("--person takes LABEL=PSEUDONYM, or LABEL=new for somebody else.")
    return tuple(pairs)


def _check_options(files: Sequence[Path], given: dict[str, Any]) -> None:
    for name in () if given["replaces"] or given["dry_run"] else ("kind", "date"):
        if not given[name]:
            raise click.UsageError(f"Missing option '--{name}'.")
    if given["accept_unreviewed"] and not given["reason"].strip():
        raise click.UsageError(
            "--accept-unreviewed needs --reason: it is kept with the counts of what was let through."
        )
    if given["reason"] and not (given["accept_unreviewed"] or given["replaces"]):
        raise click.UsageError("--reason says why hits are let through (--accept-unreviewed) or a text is replaced.")
    if given["shows_words"] and not given["dry_run"]:
        raise click.UsageError("--show goes with --dry-run.")
    if given["replaces"] and len(files) != 1:
        raise click.UsageError("--replaces takes one file.")
    if given["replaces"] and given["document_id"]:
        raise click.UsageError("--replaces says which document it is; leave --id out.")


def _opened(given: Path | None, table: Path | None, folder: Path) -> OpenKey:
    from .adding import OpenKey
    from .corpus.key import open_key

    path = key_path(given, folder)
    if not path.is_file():
        # Said before a passphrase is asked for.
        raise ForanError(
            f"{path}: there is no key; make one with `foran key init`, or say where it lies with --key or FORAN_KEY"
        )
    passphrase = asked_passphrase()
    opened = open_key(path, passphrase)
    check_study_of(opened, path, folder)
    return OpenKey(opened, path, passphrase, table)


def _show(files: Sequence[Path], folder: Path, settings: Settings, how: How, given: dict[str, Any]) -> None:
    from .adding import preview
    from .corpus.preview import preview_text, said_of_dry_run

    language = given["language"] or settings.language
    # Without the key a dry run is a dry run still: it only knows fewer names.
    has_key = given["key_file"] or os.environ.get(PASSPHRASE_VARIABLE)
    key = _opened(given["key_file"], None, folder) if has_key and not settings.is_synthetic else None
    shown = preview(
        files, study=folder, kind=given["kind"] or "interview", case=given["case"], interviewers=given["interviewers"],
        key=key, how=how, document=given["document_id"],
    )  # fmt: skip
    for one in shown:
        click.echo(preview_text(one, language, shows_words=given["shows_words"]))
    click.echo(said_of_dry_run(language))


def _tell(added: Added, settings: Settings) -> None:
    if not added.is_new:
        click.echo(f"{added.source} is in the study already, as {added.document}")
        return
    click.echo(
        f"{added.source} → {added.document}: {_counted(added.words, 'word')}, "
        f"{_counted(added.units, 'turn' if added.speakers else 'paragraph')}, "
        f"{_counted(added.speakers, 'speaker')}, {added.written_form}"
    )
    _tell_more(added, settings)


def _tell_more(added: Added, settings: Settings) -> None:
    if not settings.is_synthetic:
        click.echo(
            f"  {added.replaced} replaced, {added.generalised} generalised, {added.kept} kept, "
            f"{added.unreviewed} not looked at"
        )
    if added.known:
        click.echo(f"  known from the key: {', '.join(added.known)}")
    if added.remarks:
        click.echo(f"  {_counted(added.remarks, 'remark')} of the source: memos of the coder import")
    if added.left_out:
        click.echo(f"  not carried: {', '.join(f'{count} {what}' for what, count in added.left_out)}")
    for note in added.notes:
        click.echo(f"  {note}")
    if added.may_identify:
        click.echo(
            f"  look again at turn {', '.join(map(str, added.may_identify))}: a name or number that may tell who "
            "somebody is stands there"
        )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
