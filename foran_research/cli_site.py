"""The commands `foran site`, the pages that a municipality can put on the web, and `foran review notebooks`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import click

from .cli_key import key_option
from .cli_review import names_of_key
from .cli_study import open_folder, study_option
from .registers.vocab import AUDIENCES, PACK_LANGUAGES

_dry_option = click.option("--dry-run", "is_dry", is_flag=True, help="Make and check everything; write nothing.")


@click.command()
@click.argument("milestones", nargs=-1)
@click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="The folder, swapped in whole; outputs/site if left out.",
)
@click.option("--audience", type=click.Choice(AUDIENCES), default="public", show_default=True, help="Who may see it.")
@click.option(
    "--language",
    type=click.Choice(PACK_LANGUAGES),
    default=None,
    help="It opens in this one; the study's own if left out.",
)
@click.option("--by", default="", metavar="CODER", envvar="FORAN_CODER", help="Who you are: a coder's id.")
@click.option("--on", default="", metavar="DAY", help="The day, YYYY-MM-DD; today when left out.")
@_dry_option
@key_option
@study_option
def site(
    milestones: tuple[str, ...],
    *,
    output: Path | None,
    audience: str,
    language: str | None,
    by: str,
    on: str,
    is_dry: bool,
    key_file: Path | None,
    study: Path | None,
) -> None:
    """Make plain files to put on the web: a front page, and a page for each of MILESTONES (all with a model if left out).

    Only quotes cleared for the audience stand in them. Each page is recorded in corpus/packs.csv, so that a quote which is
    revoked later tells of it. docs/site.md tells how to put them out.
    """
    from .site import build_site, ledger_rows, publish
    from .study import load_study

    folder = open_folder(study, "site")
    names, untold = names_of_key(key_file, folder)
    loaded = load_study(folder)
    made = build_site(loaded, milestones, audience=audience, language=language or loaded.settings.language, names=names)
    target = (output or folder / "outputs" / "site").absolute()
    rows = ledger_rows(loaded, made, by=by, on=on or dt.date.today().isoformat())
    publish(loaded, made, target, rows, is_dry=is_dry)
    size = sum(map(len, made.files.values()))
    count = len(made.pages)
    click.echo(
        f"{target} {'would hold' if is_dry else 'holds'} {len(made.files)} files, {size / 1e6:.1f} MB: "
        f"{count} milestone{'' if count == 1 else 's'}, for {audience}"
    )
    for page in made.pages:
        quotes = len(page.segments)
        click.echo(f"  {page.file}: {quotes} quote{'' if quotes == 1 else 's'}")
    click.echo(
        f"  searched for what {audience} may not see: nothing found"
        f"{f'. Names were not searched for: {untold}' if untold else ''}"
    )
    if is_dry:
        click.echo("nothing written (--dry-run)")
    else:
        click.echo(
            f"  {len(rows)} of the pages are new in corpus/packs.csv; put the whole folder out, in place of the last"
        )


@click.command()
@click.argument("milestone")
@click.option(
    "--audience", type=click.Choice(AUDIENCES), default="co_researchers", show_default=True, help="Who may see it."
)
@click.option(
    "--language",
    type=click.Choice(PACK_LANGUAGES),
    default=None,
    help="Of the page's own words; the notebooks' if left out.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="The folder of the two files; outputs/review if left out.",
)
@click.option(
    "--persons", default=5, show_default=True, type=click.IntRange(1, 100), help="Fewest persons in a number."
)
@click.option(
    "--few-documents",
    "documents",
    default=3,
    show_default=True,
    type=click.IntRange(1, 100),
    help="Fewest documents in one.",
)
@_dry_option
@key_option
@study_option
def notebooks(
    milestone: str,
    *,
    audience: str,
    language: str | None,
    output: Path | None,
    persons: int,
    documents: int,
    is_dry: bool,
    key_file: Path | None,
    study: Path | None,
) -> None:
    """Make a page and slides of the notebooks that a run of MILESTONE left: code folded, one file each, no network.

    What the audience may not see is left out, and the page says where. With --persons 1 --few-documents 1, for the project's
    own people, tables with small numbers stay.
    """
    from .rendering import render_milestone, told
    from .review.content_counts import Limits
    from .study import load_study

    folder = open_folder(study, "review")
    names, untold = names_of_key(key_file, folder)
    loaded = load_study(folder)
    files, made = render_milestone(
        loaded,
        loaded.milestone(milestone),
        folder=output,
        audience=audience,
        language=language or "",
        names=names,
        limits=Limits(persons=persons, documents=documents),
        is_dry=is_dry,
    )
    for path, text in zip(files, (made.page, made.slides), strict=True):
        click.echo(f"{path}: {len(text.encode()) / 1000:.0f} kB")
    for line in told(made.left_out):
        click.echo(f"  {line}")
    reasons = Counter(one.reason for one in made.left_out)
    click.echo(f"  {sum(reasons.values())} left out{f'. Names were not searched for: {untold}' if untold else ''}")
    if is_dry:
        click.echo("nothing written (--dry-run)")
