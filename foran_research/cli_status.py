"""The command `foran status`: how every milestone stands, and why. The clock is read here and nowhere below."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from .cli_study import open_folder, study_option


@click.command()
@click.option("--today", default=None, metavar="DAY", help="The day to judge by, YYYY-MM-DD; this day when left out.")
@click.option("--language", type=click.Choice(["nb", "en"]), default=None, help="The study's own when left out.")
@click.option("--html", "saves_page", is_flag=True, help="Write the table as a page too: outputs/status.html.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with every name.")
@study_option
def status(today: str | None, language: str | None, saves_page: bool, as_json: bool, study: Path | None) -> None:
    """Print how every milestone stands, by date: done, stale and why, failed, never run, due."""
    from .milestone_status import JUDGING, accepted_of, accepted_text, as_dicts, as_text, milestone_statuses, save_page
    from .runs import planner

    folder = open_folder(study, "status")
    day = today or dt.datetime.now(dt.UTC).date().isoformat()
    statuses = milestone_statuses(folder, day)
    language = language or planner(folder).settings.language
    if as_json:
        click.echo(json.dumps(as_dicts(statuses), ensure_ascii=False, indent=1))
    else:
        click.echo(as_text(statuses, language))
        labels = {case.id: case.label[language] for case in planner(folder).settings.cases}
        # Only a study that has such milestones can be judged.
        if any(one.milestone.model in JUDGING for one in statuses):
            click.echo(f"\n{accepted_text(accepted_of(folder, statuses), labels, language)}")
    if saves_page:
        path = save_page(folder, statuses, day, language)
        click.echo(str(path), err=as_json)
