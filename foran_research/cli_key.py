"""The commands `foran key …`: make, fill, show and rotate the key, and look for names in the study."""

from __future__ import annotations

import csv
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .cli_study import open_folder, study_option
from .errors import Faults, ForanError, StudyError, UnknownName

if TYPE_CHECKING:
    from .corpus.key import Key

PASSPHRASE_VARIABLE = "FORAN_KEY_PASSPHRASE"  # noqa: S105 (the name of a variable)
KEY_VARIABLE = "FORAN_KEY"
_COLUMNS = ("pseudonym", "name")
_ADVICE = (
    "Choose a passphrase: a sentence of four or five words that nobody has said. Without it the names cannot be had back; "
    "keep it where you keep other passwords of the project, and not with the key."
)

key_option = click.option(
    "--key",
    "key_file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help=f"The key file. Without it: {KEY_VARIABLE}, or the usual place in your own data folder.",
)


def key_path(given: Path | None, study: Path) -> Path:
    """Where the study's key lies: as `given`, in the variable FORAN_KEY, or the usual place; never in the study.

    Raises
    ------
    ForanError
        When that is where the study goes, or the study's settings cannot be read.
    """
    from .corpus.key import check_outside, default_path

    named = os.environ.get(KEY_VARIABLE, "")
    path = given or (Path(named) if named else default_path(_study_id(study)))
    check_outside(path, study)
    return path.expanduser()


def asked_passphrase(prompt: str = "Passphrase of the key", *, is_new: bool = False) -> str:
    """The passphrase: from FORAN_KEY_PASSPHRASE, else typed unseen; a new one is typed twice.

    Raises
    ------
    ForanError
        When it is new and can be guessed, or nobody is there to ask.
    """
    from .corpus.key import check_passphrase

    passphrase = os.environ.get(PASSPHRASE_VARIABLE) or _typed(prompt, twice=is_new)
    if is_new:
        check_passphrase(passphrase)
    return passphrase


def _typed(prompt: str, *, twice: bool = False) -> str:
    try:
        return str(click.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True))
    except click.Abort:
        raise ForanError(f"no passphrase was given; nothing was changed (or set {PASSPHRASE_VARIABLE})") from None


def _study_id(study: Path) -> str:
    from .settings import read_settings

    faults = Faults()
    settings = read_settings(study, faults)
    if settings is None:
        raise StudyError(faults.errors)
    return settings.study_id


def _found(study: Path | None) -> Path:
    return open_folder(study, "key")


def _opened(given: Path | None, study: Path) -> tuple[Key, Path, str]:
    from .corpus.key import open_key

    path = key_path(given, study)
    passphrase = asked_passphrase()
    opened = open_key(path, passphrase)
    check_study_of(opened, path, study)
    return opened, path, passphrase


def check_study_of(opened: Key, path: Path, study: Path) -> None:
    """Refuse the key of another study: its people must not be mixed with this one's.

    Raises
    ------
    ForanError
        Naming both studies.
    """
    own = _study_id(study)
    if opened.study_id != own:
        raise ForanError(
            f"{path}: is the key of the study {opened.study_id!r}, this is {own!r}; say the right one with --key, or put "
            "the id in foran.toml back if it was changed after the key was made"
        )


@click.group("key", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def key() -> None:
    """The key between names and pseudonyms: encrypted, and never in the study."""


@key.command()
@study_option
@key_option
def init(study: Path | None, key_file: Path | None) -> None:
    """Make an empty key for the study, outside of it, under a passphrase that is asked for."""
    from .corpus.key import create

    folder = _found(study)
    path = key_path(key_file, folder)
    if path.exists():
        raise ForanError(f"{path}: there is a key already")
    click.echo(_ADVICE, err=True)
    create(path, asked_passphrase("New passphrase", is_new=True), _study_id(folder), study=folder)
    click.echo(f"{path}: an empty key. Keep a copy on another disk. Next: foran key add PSEUDONYM")


@key.command()
@click.argument("pseudonym", required=False)
@click.option(
    "--name",
    "names",
    multiple=True,
    help="A name, nickname or spelling; can be repeated. Without it they are asked for unseen, as shells keep what is typed.",
)
@click.option(
    "--kind",
    type=click.Choice(["person", "place", "organisation", "other"]),
    default=None,
    help="What is named; person when left out.",
)
@click.option("--replacement", default="", help="What stands in texts instead; the pseudonym when left out.")
@click.option("--note", default="", help="A note for the key.")
@click.option(
    "--from",
    "source",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="A CSV file with the columns pseudonym, name and, if wanted, kind, replacement and note; outside of the study.",
)
@study_option
@key_option
def add(
    pseudonym: str | None,
    names: tuple[str, ...],
    kind: str | None,
    replacement: str,
    note: str,
    source: Path | None,
    study: Path | None,
    key_file: Path | None,
) -> None:
    """Add names to PSEUDONYM in the key, or all of a CSV file; what is there already stays."""
    from .corpus.key import changed, check_outside

    if (pseudonym is None) == (source is None):
        raise ForanError("give either a PSEUDONYM or --from FILE.csv")
    folder = _found(study)
    rows: list[dict[str, str]] = []
    if source is not None:
        check_outside(source, folder, what="the list of names")
        rows = _rows(source)
    _, path, passphrase = _opened(key_file, folder)
    if pseudonym is not None:
        given = names or _typed_names()
        about = {"kind": kind or "", "replacement": replacement, "note": note}
        rows = [{"pseudonym": pseudonym, "name": name, **about} for name in given]

    def with_rows(old: Key) -> Key:
        new = old
        for number, row in enumerate(rows, 2):
            try:
                new = new.with_names(
                    row["pseudonym"],
                    [row["name"]],
                    row.get("kind") or None,  # type: ignore[arg-type] # any word may stand in the file: `with_names` refuses what is no kind
                    replacement=row.get("replacement", ""),
                    note=row.get("note", ""),
                )
            except UnknownName as error:
                # What stands in the wrong column of a list of names may be a name.
                known = ", ".join(error.known)
                where = f"row {number}: " if source is not None else ""
                raise ForanError(
                    f"{where}a {error.what} of {len(error.name)} characters; expected one of: {known}"
                ) from None
            except ForanError as error:
                raise ForanError(f"row {number}: {error}" if source is not None else str(error)) from None
        return new

    new = changed(path, passphrase, with_rows)
    for one in dict.fromkeys(row["pseudonym"] for row in rows):
        count = len(new.entry(one).names)
        click.echo(f"{one}: {count} name{'' if count == 1 else 's'}, replaced by {new.entry(one).written}")
    if source is not None:
        click.echo(f"{source} still holds the names in plain text: delete it when you need it no longer")


def _typed_names() -> list[str]:
    names: list[str] = []
    while True:
        prompt = "Name (not shown)" if not names else "Another spelling or nickname (Enter to end)"
        try:
            name = str(click.prompt(prompt, hide_input=True, default="", show_default=False, err=True)).strip()
        except click.Abort:
            raise ForanError("no name was given; nothing was changed") from None
        if not name:
            if not names:
                raise ForanError("no name was given; nothing was changed")
            return names
        names.append(name)


def _rows(source: Path) -> list[dict[str, str]]:
    try:
        data = source.read_bytes()
    except OSError as error:
        raise ForanError(f"{source}: cannot be read ({error.strerror})") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), restval="")
    header = [name.strip().casefold() for name in reader.fieldnames or []]
    if any(name not in header for name in _COLUMNS):
        raise ForanError(f"{source}: expected the columns pseudonym and name in the first row")
    reader.fieldnames = header
    rows = [{name: (value or "").strip() for name, value in row.items() if name in header} for row in reader]
    broken = [number for number, row in enumerate(rows, 2) if not row["pseudonym"] or not row["name"]]
    if broken or not rows:
        where = f"row {', '.join(map(str, broken))}: pseudonym or name is empty" if broken else "there are no rows"
        raise ForanError(f"{source}: {where}")
    return rows


@key.command()
@click.argument("pseudonym")
@study_option
@key_option
def remove(pseudonym: str, study: Path | None, key_file: Path | None) -> None:
    """Forget who PSEUDONYM is: her names and the decisions on them leave the key. Texts stay as they are."""
    from .corpus.key import changed

    _, path, passphrase = _opened(key_file, _found(study))
    changed(path, passphrase, lambda opened: opened.without(pseudonym))
    click.echo(f"{pseudonym}: no longer in the key, and nobody can tell any longer whom it stands for")


@key.command("list")
@click.option("--show", "shows_names", is_flag=True, help="Print the names too, after asking.")
@study_option
@key_option
def list_(shows_names: bool, study: Path | None, key_file: Path | None) -> None:
    """Print the pseudonyms of the key and how many names each has."""
    opened, _, _ = _opened(key_file, _found(study))
    if shows_names:
        try:
            goes_on = click.confirm("The names will stand on this screen and in what it keeps. Go on?", err=True)
        except click.Abort:
            goes_on = False
        if not goes_on:
            raise ForanError("nothing was shown")
    click.echo("pseudonym\tkind\tnames\treplaced by")
    for entry in opened.entries:
        click.echo(f"{entry.pseudonym}\t{entry.kind}\t{len(entry.names)}\t{entry.written}")
        if shows_names:
            for name in entry.names:
                click.echo(f"  {name}")
    kept = sum(one.action == "keep" for one in opened.decisions)
    click.echo(
        f"{len(opened.entries)} entries; {len(opened.decisions)} decisions on words of texts, {kept} of them to keep"
    )


@key.command()
@study_option
@key_option
def rotate(study: Path | None, key_file: Path | None) -> None:
    """Encrypt the key anew under another passphrase; FORAN_KEY_NEW_PASSPHRASE or asked for."""
    from .corpus.key import check_passphrase
    from .corpus.key import rotate as rotated

    _, path, old = _opened(key_file, _found(study))
    click.echo(_ADVICE, err=True)
    new = os.environ.get("FORAN_KEY_NEW_PASSPHRASE") or _typed("New passphrase", twice=True)
    check_passphrase(new)
    rotated(path, old, new)
    click.echo(f"{path}: encrypted anew. Copies you keep elsewhere still open with the old passphrase: replace them")


@key.command()
@click.option("--no-history", is_flag=True, help="Leave git's history out.")
@study_option
@key_option
def scan(no_history: bool, study: Path | None, key_file: Path | None) -> None:
    """Look for every name of the key in the study's files and in git's history; exit 1 when one is found."""
    from .corpus.scan import scan as scanned

    folder = _found(study)
    opened, _, _ = _opened(key_file, folder)
    found = scanned(folder, opened.searched, with_history=not no_history)
    for leak in found.leaks:
        click.echo(str(leak))
    for place in found.unsearched:
        click.echo(f"not searched: {place}")
    names = sum(len(names) for names in opened.searched.values())
    click.echo(f"{found.files} files and folders, {names} names; {found.history}")
    click.echo(f"{len(found.leaks)} place{'' if len(found.leaks) == 1 else 's'} with names")
    if found.leaks:
        if any(leak.place.startswith("git ") for leak in found.leaks):
            click.echo("what stands in git's history stays there until the history is written anew", err=True)
        sys.exit(1)


@key.command()
@study_option
@key_option
def where(study: Path | None, key_file: Path | None) -> None:
    """Print where the study's key lies, and whether it is there."""
    path = key_path(key_file, _found(study))
    click.echo(f"{path}{'' if path.exists() else ' (not there; foran key init makes it)'}")
