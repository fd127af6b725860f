"""The commands `foran site`, the pages that a municipality can put on the web, and `foran review notebooks`."""

from __future__ import annotations

from collections import Counter
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
from .cli_key import key_option
from .cli_review import names_of_key
from .cli_study import open_folder, study_option
from .errors import ForanError
from .registers.vocab import PACK_LANGUAGES, PUBLIC


@click.command()
@click.argument("milestones", nargs=-1)
@output_option("The folder, swapped in whole; outputs/site if left out.", is_folder=True)
@audience_option("public")
@language_option
@by_option
@on_option
@dry_option
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
    rows = ledger_rows(loaded, made, by=by, on=on or this_day(), today=this_day())
    new = publish(loaded, made, target, rows, is_dry=is_dry)
    size = sum(map(len, made.files.values()))
    count = len(made.pages)
    click.echo(
        f"{target} {'would hold' if is_dry else 'holds'} {len(made.files)} files, {size / 1e6:.1f} MB: "
        f"{counted(count, 'milestone')}, for {audience}"
    )
    for page in made.pages:
        click.echo(f"  {page.file}: {counted(len(page.segments), 'quote')}")
    click.echo(
        f"  searched for what {audience} may not see: nothing found"
        f"{f'. Names were not searched for: {untold}' if untold else ''}"
    )
    if is_dry:
        click.echo("nothing written (--dry-run)")
    else:
        click.echo(f"  {new} of the pages are new in corpus/packs.csv; put the whole folder out, in place of the last")


@click.command()
@click.argument("milestone")
@audience_option("co_researchers")
@click.option(
    "--language",
    type=click.Choice(PACK_LANGUAGES),
    default=None,
    help="Of the page's own words; the notebooks' if left out.",
)
@output_option("The folder of the two files; outputs/review if left out.", is_folder=True)
@limits_options
@click.option("--all-numbers", is_flag=True, help="Keep every number: for the project's own people only.")
@by_option
@on_option
@dry_option
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
    all_numbers: bool,
    by: str,
    on: str,
    is_dry: bool,
    key_file: Path | None,
    study: Path | None,
) -> None:
    """Make a page and slides of the notebooks that a run of MILESTONE left: code folded, one file each, no network.

    What the audience may not see is left out, and the page says where. Both files are recorded in corpus/packs.csv, so that
    a quote which is revoked later tells of them.
    """
    from .rendering import render_milestone, told
    from .review.content_counts import Limits
    from .study import load_study

    if all_numbers and audience == PUBLIC:
        raise ForanError("--all-numbers is for the project's own people, not for the public; nothing was written")
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
        limits=Limits(1, 1) if all_numbers else Limits(persons=persons, documents=documents),
        by=by,
        on=on or this_day(),
        today=this_day(),
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
