"""The commands that change a text after it came in: `foran edit` and `foran reanchor`."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from .cli_study import open_folder, study_option
from .errors import ForanError, UnknownName


@click.command()
@click.argument("document")
@click.option("--reason", default="", help="Why the text is changed, for the list of changes.")
@study_option
def edit(document: str, reason: str, study: Path | None) -> None:
    """Open the text of DOCUMENT in your editor (VISUAL or EDITOR); saving brings every coding into the new text."""
    from .corpus.store import TEXTS_FOLDER, read_utf8
    from .corpus.transcript import canonical, split_front_matter, text_sha256
    from .errors import Faults, StudyError

    folder, faults = open_folder(study, "edit"), Faults()
    name = f"{TEXTS_FOLDER}/{document}.md"
    if not (folder / name).is_file():
        raise UnknownName("document", document, sorted(path.stem for path in (folder / TEXTS_FOLDER).glob("*.md")))
    raw = read_utf8(folder / name, name, faults)
    if raw is None:
        raise StudyError(faults.errors)
    _, text = split_front_matter(canonical(raw))
    saved = click.edit(text, extension=".md", require_save=True)
    if saved is None or canonical(saved) == text:
        click.echo(f"{document}: nothing was changed")
        return
    try:
        _reanchor(folder, [document], reason or "edited", text=canonical(saved), was=text_sha256(text))
    except ForanError as error:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix=f"{document}-", suffix=".md", delete=False
        ) as kept:
            kept.write(saved)
        raise ForanError(f"{error}\nYour edited text is in {kept.name}; the study is as it was") from error


@click.command()
@click.argument("documents", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would become of the codings; write nothing.")
@click.option("--reason", default="", help="Why the texts were changed, for the list of changes.")
@study_option
def reanchor(documents: tuple[str, ...], *, dry_run: bool, reason: str, study: Path | None) -> None:
    """Bring every coding into texts edited in corpus/texts/; all DOCUMENTS that were edited when none is named."""
    from .reanchoring import edited, keep_texts

    folder = open_folder(study, "reanchor")
    if not dry_run and (count := keep_texts(folder)):
        click.echo(f"{count} texts are kept from now on as they are, so that they can be edited")
    chosen = documents or tuple(edited(folder))
    if not chosen:
        click.echo("no text was edited since it was registered")
    _reanchor(folder, chosen, reason or "edited", is_dry_run=dry_run)


def _remind(folder: Path) -> None:
    """Nobody looks for names in what was typed in by hand: say so where there are real people."""
    from .errors import Faults
    from .settings import read_settings

    settings = read_settings(folder, Faults())
    if settings is not None and not settings.is_synthetic:
        click.echo("  names that were typed in are not looked for: `foran key scan` finds those that the key knows")


def _reanchor(
    folder: Path,
    documents: Sequence[str],
    reason: str,
    *,
    text: str | None = None,
    was: str | None = None,
    is_dry_run: bool = False,
) -> None:
    from .coder.session import utc_now
    from .reanchoring import Reanchored
    from .reanchoring import reanchor as bring

    for document in documents:
        done: Reanchored = bring(folder, document, text, at=utc_now(), reason=reason, was=was, is_dry_run=is_dry_run)
        if not (done.is_changed or done.coders):
            click.echo(f"{document}: the text is the registered one")
            continue
        counted = ", ".join(f"{count} {status}" for status, count in done.counts.items())
        coders = f"coding by {', '.join(done.coders)}" if done.coders else "not coded yet"
        click.echo(f"{document}: {counted} ({coders})")
        if not is_dry_run and done.is_changed:
            _remind(folder)
        if done.waiting and not is_dry_run:
            click.echo(
                f"  {done.waiting} wait for a place: open {document} in the coder (`foran lab --document {document}`)"
            )
