"""The commands on maturity: `foran maturity form`, `read`, `assess` and `show`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from .cli_study import open_folder, study_option
from .errors import StudyError

if TYPE_CHECKING:
    from .maturing import FormReading
    from .registers.records import Assessment
    from .study import Study

_LANGUAGES = ("nb", "en")
_milestone_option = click.option(
    "--milestone", required=True, metavar="ID", help="The milestone that is assessed, as M13."
)
_language_option = click.option(
    "--language", type=click.Choice(_LANGUAGES), default=None, help="The study's own if left out."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def maturity() -> None:
    """Maturity of a municipality: forms for self-assessment, assessments, and the profile at a milestone."""


@maturity.command()
@click.argument("case")
@_milestone_option
@click.option("--element", "elements", multiple=True, metavar="CODE", help="Ask about this element; can be repeated.")
@click.option("--all", "asks_all", is_flag=True, help="Ask about every element of the codebook.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder for the files; the one you stand in if left out.",
)
@_language_option
@study_option
def form(
    case: str,
    *,
    milestone: str,
    elements: tuple[str, ...],
    asks_all: bool,
    output: Path,
    language: str | None,
    study: Path | None,
) -> None:
    """Make the form for the self-assessment of CASE: to print, to fill in on a screen without a net, for Excel, as CSV.

    Left to itself it asks about the elements that were assessed the last time, and the first time about all.
    """
    from . import maturing

    if elements and asks_all:
        raise click.UsageError("--element and --all do not go together.")
    loaded = _study(study)
    at = loaded.milestone(milestone)
    chosen = elements or (tuple(code.id for code in loaded.codebook(at).elements) if asks_all else ())
    asked = maturing.form(loaded, at, case=case, elements=chosen, language=language or "")
    for path in maturing.write_form(asked, output):
        click.echo(path)
    click.echo(f"{len(asked.elements)} elements of codebook {asked.codebook_version}; form {asked.form}")
    click.echo("Give each group or person a code such as " + f"{asked.case}-GRUPPE-1; the form asks for no name.")


@maturity.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", "is_dry", is_flag=True, help="Tell what is in the files and what is wrong; write nothing.")
@study_option
def read(files: tuple[Path, ...], *, is_dry: bool, study: Path | None) -> None:
    """Read filled-in forms (.xlsx, .json, .csv) into corpus/assessments.csv: all of them, or with any fault none."""
    from . import maturing

    loaded = _study(study)
    if is_dry:
        found = maturing.read_forms(loaded, files)
        _tell(loaded, found)
        if found.faults.errors:
            raise StudyError(found.faults.errors)
        click.echo(f"dry run: {len(found.new)} assessments would be added; nothing was written")
        return
    found, added = maturing.add_forms(loaded, files)
    _tell(loaded, found)
    click.echo(f"{len(found.new) if added else 0} assessments added to corpus/assessments.csv")


@maturity.command()
@click.argument("case")
@click.argument("element")
@_milestone_option
@click.option(
    "--as", "assessor", required=True, metavar="CODE", envvar="FORAN_CODER", help="Coder, pseudonym or group; no name."
)
@click.option("--level", type=click.IntRange(0, 5), required=True, help="0 is not assessed.")
@click.option("--side", type=click.Choice(("researcher", "self", "joint")), default="researcher", show_default=True)
@click.option("--arena", default="", help="Where a joint assessment was made.")
@click.option("--confidence", type=click.Choice(("low", "medium", "high")), default=None)
@click.option("--evidence", multiple=True, metavar="SEGMENT", help="A coded segment; can be repeated.")
@click.option("--why", default="", help="The reason for the level.")
@click.option("--override", default="", help="Why the level stands though its evidence is narrow.")
@click.option("--on", default=None, metavar="DAY", help="YYYY-MM-DD; today if left out.")
@study_option
def assess(case: str, element: str, *, milestone: str, study: Path | None, **given: Any) -> None:
    """Record one assessment of ELEMENT (P13 or C0059) in CASE."""
    from . import maturing

    loaded = _study(study)
    row = maturing.assessment(
        loaded,
        loaded.milestone(milestone),
        element,
        case=case,
        assessor=given["assessor"],
        on=given["on"] or dt.datetime.now(dt.UTC).date().isoformat(),
        side=given["side"],
        arena=given["arena"],
        level=given["level"],
        confidence=given["confidence"] or "",
        evidence=given["evidence"],
        rationale=given["why"],
        override=given["override"],
    )
    added = maturing.record(loaded, [row])
    for warning in added.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"{row.id}: level {row.level}, on {row.on}{_taking_the_place(loaded, row)}")


@maturity.command()
@click.argument("case")
@_milestone_option
@click.option(
    "--since", default=None, metavar="ID", help="Compare with this milestone; the one assessed before if left out."
)
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), default=None, help="Write the page and tables here."
)
@_language_option
@study_option
def show(
    case: str, *, milestone: str, since: str | None, output: Path | None, language: str | None, study: Path | None
) -> None:
    """Print the maturity of CASE at a milestone, side by side; with --output as a page and tables."""
    from . import maturing
    from .report.maturity_page import profile_lines

    loaded = _study(study)
    chosen = language or loaded.settings.language
    at = loaded.milestone(milestone)
    if output is not None:
        found = maturing.deliver(loaded, at, output, case=case, before=since, language=chosen)
    else:
        found = maturing.profile_of(loaded, at, case=case, before=since)
    for line in profile_lines(found, loaded.settings, chosen):
        click.echo(line)
    if output is not None:
        click.echo(output / f"maturity_{found.case}.html")


def _taking_the_place(study: Study, row: Assessment) -> str:
    """Which row a new one takes the place of: its day, by whom, and its level; "" for the first."""
    from .registers.records import replaced

    before = cast("Assessment | None", replaced(study.registers, row))
    if before is None:
        return ""
    return f"; takes the place of the row of {before.on} by {before.assessor}, level {before.level}"


def _tell(study: Study, found: FormReading) -> None:
    for row, place in zip(found.new, found.places, strict=True):
        how = "changed" if row.id in found.changed else "new"
        click.echo(f"{how}: {row.id}, level {row.level}, on {row.on} ({place}){_taking_the_place(study, row)}")
    for name in found.same:
        click.echo(f"there already: {name}")
    for name in found.withdrawn:
        click.echo(f"taken back before, and left so: {name}")
    for fault in found.faults.warnings:
        click.echo(f"warning: {fault}", err=True)
    if found.unanswered:
        click.echo(f"{found.unanswered} elements without a level are left out")
    if found.notes:
        click.echo(f"{found.notes} notes to the questions stay in the files")


def _study(study: Path | None) -> Study:
    from .study import load_study

    return load_study(open_folder(study, "maturity"))
