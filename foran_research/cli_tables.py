"""The codebook as tables and on paper: `foran codebook export`, `foran codebook import` and `foran codebook print`."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .cli_study import open_folder, study_option
from .errors import Faults, ForanError, StudyError

if TYPE_CHECKING:
    from .codebook.changes import Lineage
    from .codebook.code import Codebook
    from .codebook.table_proposals import Comparison, Draft, OnConflict
    from .settings import Settings

_version_option = click.option("--version", "version", default="", help="Codebook version; the newest when left out.")


def _read(study: Path | None) -> tuple[Path, Settings, Lineage]:
    """The study's folder, settings and codebooks; no text and no log is opened."""
    from .codebook.store import read_lineage
    from .settings import read_settings

    folder, faults = open_folder(study, "codebook"), Faults()
    settings = read_settings(folder, faults)
    if settings is None:
        raise StudyError(faults.errors)
    lineage = read_lineage(folder, [level.id for level in settings.levels], faults)
    if faults.errors:
        raise StudyError(faults.errors)
    return folder, settings, lineage


def _chosen(lineage: Lineage, version: str) -> Codebook:
    return lineage[version] if version else lineage.codebooks[-1]


def _check_outside(path: Path, folder: Path) -> None:
    """The folders that the study reads hold nothing but what it reads."""
    for name in ("codebooks", "corpus"):
        if path.resolve().is_relative_to((folder / name).resolve()):
            raise ForanError(f"{path}: not below {name}/, where every file is read as part of the study")


@click.command("export")
@click.argument("target", metavar="FILE.xlsx|FOLDER", type=click.Path(path_type=Path))
@_version_option
@study_option
def export(target: Path, version: str, study: Path | None) -> None:
    """Write the codebook as a workbook, or as a folder of CSV files, to be changed and imported again."""
    from .exchange.codebook_sheets import write_tables

    folder, settings, lineage = _read(study)
    _check_outside(target, folder)
    book = _chosen(lineage, version)
    notices = settings.notice.values() if settings.is_synthetic else ()
    made = write_tables(book, target, [level.id for level in settings.levels], notices=notices)
    files = f" ({len(made)} files)" if len(made) > 1 else ""
    click.echo(f"{target}: codebook {book.codebook_version}, {len(book.codes)} codes{files}")


@click.command("import")
@click.argument("source", metavar="FILE.xlsx|FOLDER", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), default=None, help="A new folder for the drafts."
)
@click.option(
    "--on-conflict", type=click.Choice(["stop", "tables", "newest"]), default="stop",
    help="Whose text stands where the tables and a newer version changed a cell differently; without it nothing is written.",
)  # fmt: skip
@click.option("--propose", "is_proposed", is_flag=True, help="Send the drafts in; all of them must be complete.")
@click.option("--by", default="", help="With --propose: a coder id or a role. No names.")
@study_option
def import_(
    source: Path, output: Path | None, on_conflict: str, *, is_proposed: bool, by: str, study: Path | None
) -> None:
    """Make draft proposals of what was changed in exported tables; no codebook is changed."""
    from .codebook.table_proposals import proposals
    from .exchange.codebook_sheets import TableFaults, read_tables, write_conflicts, write_drafts

    folder, settings, lineage = _read(study)
    if output is None and not is_proposed:
        raise click.UsageError("name a folder for the drafts with --output, or send them in with --propose")
    if output is not None:
        _check_outside(output, folder)
    levels, faults = [level.id for level in settings.levels], Faults()
    tables = read_tables(source, levels, faults)
    taken = _taken(folder)
    mode: OnConflict = "tables" if on_conflict == "tables" else "newest" if on_conflict == "newest" else "stop"
    found = None if tables is None else proposals(tables, lineage, faults, taken=taken, on_conflict=mode)
    if found is None or faults.errors:
        raise TableFaults(faults.errors, "nothing was written")
    for warning in faults.warnings:
        click.echo(f"warning: {warning}", err=True)
    if found.conflicts:
        beside = (output or source).with_name(f"{(output or source).stem}-conflicts.csv")
        write_conflicts(found, beside)
        raise ForanError(_conflicts_told(found, beside))
    left_out = 0
    if tables is not None and mode == "newest":
        # What would stop without a word on whose text stands is what the newest version's stand in for.
        left_out = len(proposals(tables, lineage, Faults(), taken=taken).conflicts)
    if left_out:
        cells = f"{left_out} cell{'s' if left_out != 1 else ''}"
        click.echo(f"{source}: {cells} left out, since codebook {found.newest} changed the same and stands (newest)")
    if not found.drafts:
        what = "nothing else" if left_out else "nothing"
        click.echo(f"{source}: {what} was changed since codebook {found.version}")
        return
    if output is not None:
        written = write_drafts(found, output)
        click.echo(f"{output}: {len(written)} drafts against codebook {found.newest}")
        for path, draft in zip(written, found.drafts, strict=True):
            click.echo(f"  {path.name}: {draft.change.summary['nb']}")
            for lacking in _lacking(draft, path.name, lineage.codebooks[-1], levels, taken):
                click.echo(f"    {lacking}")
    if is_proposed:
        _propose(folder, found, lineage.codebooks[-1], levels, taken, by)


def _conflicts_told(found: Comparison, beside: Path) -> str:
    listing = "\n".join(f"  {one.cell}: {one.column} of {one.code}" for one in found.conflicts)
    count = len(found.conflicts)
    return (
        f"{count} cell{'s' if count != 1 else ''} changed both in the tables and since codebook {found.version}; "
        f"no draft was written:\n{listing}\nThe texts are in {beside}. Decide with --on-conflict tables or newest, or "
        f"export {found.newest} and take your changes over."
    )


def _taken(folder: Path) -> Mapping[str, str]:
    """The ids of codes that waiting proposals bring in."""
    from .codebook.log_store import read_log
    from .codebook.revising import states_of, taken_ids

    faults = Faults()
    log = read_log(folder, faults)
    if faults.errors:
        raise StudyError(faults.errors)
    return taken_ids(states_of(log.entries).values()) if log is not None else {}


def _lacking(draft: Draft, name: str, newest: Codebook, levels: Sequence[str], taken: Mapping[str, str]) -> list[str]:
    """What keeps a draft from being proposed."""
    from .codebook.revising import read_proposal

    if draft.missing:
        return [f"to fill in: {', '.join(draft.missing)}"]
    faults = Faults()
    read_proposal(draft.text.encode("utf-8"), name, newest, levels, faults, taken=taken)
    return [str(fault) for fault in faults.errors]


def _propose(
    folder: Path,
    found: Comparison,
    newest: Codebook,
    levels: Sequence[str],
    taken: Mapping[str, str],
    by: str,
) -> None:
    """Send all drafts in, or none when one of them is not complete."""
    from .coder.session import utc_now
    from .exchange.codebook_sheets import write_drafts
    from .revising import propose

    with tempfile.TemporaryDirectory() as place:
        files = write_drafts(found, Path(place))
        lacking = [
            f"  {path.name}: {fault}"
            for path, draft in zip(files, found.drafts, strict=True)
            for fault in _lacking(draft, path.name, newest, levels, taken)
        ]
        if lacking:
            listing = "\n".join(lacking)
            raise ForanError(f"nothing was proposed, since drafts are not complete:\n{listing}")
        sent: list[str] = []
        for path, draft in zip(files, found.drafts, strict=True):
            try:
                made = propose(folder, path, by=by, at=utc_now())
            except ForanError as error:
                raise ForanError(f"{path.name}: {error}\nsent in before it: {', '.join(sent) or 'none'}") from None
            sent.append(made.proposal.id)
            click.echo(f"{made.proposal.id}: {draft.change.summary['nb']}")


@click.command("print")
@click.argument("target", metavar="FILE.html|FILE.docx", type=click.Path(dir_okay=False, path_type=Path))
@_version_option
@click.option(
    "--language", type=click.Choice(["nb", "en", "both"]), default=None, help="The study's language if left out."
)
@click.option("--with-deprecated", is_flag=True, help="Retired codes in an appendix, with what became of them.")
@click.option("--with-changes", is_flag=True, help="The changes of this version in an appendix, with their reasons.")
@click.option("--with-cues", is_flag=True, help="The cues of every code.")
@study_option
def print_(
    target: Path,
    version: str,
    language: str | None,
    *,
    with_deprecated: bool,
    with_changes: bool,
    with_cues: bool,
    study: Path | None,
) -> None:
    """Write the codebook to read and to print: a web page that needs no network, or a Word document."""
    ending = target.suffix.lower()
    if ending not in (".html", ".docx"):
        raise ForanError(f"{target.name}: a codebook is printed to an .html or a .docx file")
    folder, settings, lineage = _read(study)
    _check_outside(target, folder)
    book = _chosen(lineage, version)
    data = _printed(
        ending, book, settings, language or settings.language, with_deprecated=with_deprecated,
        with_changes=with_changes, with_cues=with_cues,
    )  # fmt: skip
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        raise ForanError(f"{target}: cannot be written ({error.strerror}); is it open elsewhere?") from None
    click.echo(f"{target}: codebook {book.codebook_version}, {len(book.active)} codes in use")


def _printed(
    ending: str,
    book: Codebook,
    settings: Settings,
    language: str,
    *,
    with_deprecated: bool,
    with_changes: bool,
    with_cues: bool,
) -> bytes:
    if ending == ".docx":
        from .report.codebook_word import codebook_docx

        return codebook_docx(
            book, settings, language, with_deprecated=with_deprecated, with_changes=with_changes, with_cues=with_cues
        )
    from .report.codebook_page import codebook_page

    page = codebook_page(
        book, settings, language, with_deprecated=with_deprecated, with_changes=with_changes, with_cues=with_cues
    )
    return page.encode("utf-8")


#: The commands of the group `foran codebook` that this module brings.
COMMANDS: tuple[click.Command, ...] = (export, import_, print_)
