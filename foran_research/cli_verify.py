"""The command `foran verify`: are outputs what a run makes? Exit code 0 when they are, 1 when they differ."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .cli_study import open_folder, study_option

_CAUSES = {
    "edited": "was edited after the run",
    "extra": "was not made by the run",
    "gone": "is gone since the run",
    "inputs": "is of inputs that have changed since",
    "environment": "was made by other versions of the package or of what it stands on",
    "unknown": "differs though nothing has changed: not deterministic, please report it",
}
_SHOWN = 12


@click.command()
@click.argument("outputs", nargs=-1)
@click.option("--as-recorded", is_flag=True, help="Run nothing: only hold the files against the hashes in run.json.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 16), help="Notebooks at a time.")
@study_option
def verify(outputs: tuple[str, ...], as_recorded: bool, workers: int, study: Path | None) -> None:
    """Make OUTPUTS (M3, outputs/M3; all when left out) anew in a clean process, and compare every file byte for byte."""
    from .milestone_status import reason_text
    from .verifying_runs import verify_outputs

    folder = open_folder(study, "verify")
    verdicts = verify_outputs(folder, outputs, as_recorded=as_recorded, workers=workers, say=click.echo)
    for one in verdicts:
        count = f"{one.compared} file{'' if one.compared == 1 else 's'}"
        if one.failure:
            click.echo(f"{one.milestone}: could not be made anew\n  {one.failure}")
        elif one.is_same:
            click.echo(f"{one.milestone}: the same, {count}{' as recorded' if as_recorded else ''}")
        else:
            click.echo(f"{one.milestone}: {len(one.differences)} of {count} differ")
        for difference in one.differences[:_SHOWN]:
            click.echo(f"  {difference.file} {_CAUSES[difference.cause]}")
        if len(one.differences) > _SHOWN:
            click.echo(f"  and {len(one.differences) - _SHOWN} more")
        for reason in one.reasons:
            click.echo(f"  since then: {reason_text(reason, 'en')}")
    if not all(one.is_same for one in verdicts):
        sys.exit(1)
