"""The commands that look after people and data: `foran withdraw`, `foran backup` and `foran restore`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .cli_study import open_folder, study_option

if TYPE_CHECKING:
    from .withdrawal import Plan, Withdrawal

#: Studies smaller than this are copied too fast for news of progress.
_LARGE = 50_000_000


@click.command()
@click.argument("participant")
@click.option("--reason", default="", help="How it came about, for the record: 'asked by letter'. No names.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
@study_option
def withdraw(participant: str, *, reason: str, dry_run: bool, study: Path | None) -> None:
    """Take the words of PARTICIPANT (a pseudonym) out of the study: she has withdrawn. This cannot be undone."""
    import datetime as dt

    from . import withdrawal

    folder = open_folder(study, "withdraw")
    if dry_run:
        _tell_plan(withdrawal.plan_withdrawal(folder, participant), folder)
        click.echo("nothing changed (--dry-run)")
        return
    at = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    _tell_done(withdrawal.withdraw(folder, participant, at=at, reason=reason), folder)


def _tell_plan(plan: Plan, folder: Path) -> None:
    from .withdrawal import out_of_reach

    click.echo(f"{plan.participant}: a withdrawal would")
    for what, names in (
        ("remove the whole text of", plan.documents),
        ("put [trukket] for her turns in", plan.redacted),
        ("leave only ids, places and counts of her words in", tuple(plan.logs)),
        ("empty notes, labels and reasons that repeat her words in", plan.emptied),
        ("empty what came of her answers, and take it back while it is open,", plan.proposals),
        (
            "take out her assessments, and empty what rests on her words or repeats them, in",
            tuple(f"{name} ({_counted(count, 'row')})" for name, count in plan.registers.items()),
        ),
        ("take her words out of the kept contents of review packs in", plan.kept_packs),
        ("delete", plan.deleted),
        ("delete, and list for recall,", tuple(f"outputs/{one.milestone}" for one in plan.recalled)),
        ("clear what the cells put out in", plan.notebooks),
    ):
        if names:
            click.echo(f"  {what} {', '.join(names)}")
    click.echo("  mark her as withdrawn in corpus/participants.csv, and add a row to corpus/withdrawals.csv")
    _tell_reach(out_of_reach(folder, plan))


def _tell_done(made: Withdrawal, folder: Path) -> None:
    from .withdrawal import WITHDRAWALS_FILE, out_of_reach

    if not made.is_new:
        click.echo(f"{made.participant}: the withdrawal of {made.at} stands, and nothing of hers was left to remove")
    click.echo(
        f"{made.participant} has withdrawn: {_counted(len(made.documents), 'document')} removed, "
        f"{_counted(len(made.redacted), 'document')} without her turns, {_counted(made.events, 'event')} of the logs without "
        f"words, {_counted(made.segments, 'coded segment')} no longer standing; see {WITHDRAWALS_FILE}"
    )
    if made.plan.emptied:
        click.echo(f"notes, labels and reasons that repeated her words were emptied in {', '.join(made.plan.emptied)}")
    if made.plan.proposals:
        click.echo(f"proposals that came of her answers lost their words: {', '.join(made.plan.proposals)}")
    if memos := [name for name in made.plan.logs if name.startswith("corpus/memos/")]:
        click.echo(f"memos that came of her answers or told of her words are gone from {', '.join(memos)}")
    if files := sum(name.startswith("corpus/reviews/") for name in made.plan.deleted):
        click.echo(f"{_counted(files, 'file')} of her answers deleted")
    for name, count in made.plan.registers.items():
        click.echo(f"{name}: {_counted(count, 'row')} emptied of what came from her")
    for one in made.recalled:
        click.echo(f"recall: {one.milestone}, made on {one.run_on}, {_counted(len(one.files), 'file')}, deleted here")
    if made.recalled:
        click.echo("run the milestones again to have them without her")
    _tell_reach(out_of_reach(folder, made.plan))


def _tell_reach(told: list[str]) -> None:
    click.echo("not within reach of this command:")
    for line in told:
        click.echo(f"  - {line}")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


@click.command()
@click.option(
    "--to", type=click.Path(path_type=Path), default=None, help="The file or folder; beside the study when left out."
)
@click.option("--outputs", "has_outputs", is_flag=True, help="Save outputs/ too; it can be made again.")
@study_option
def backup(*, to: Path | None, has_outputs: bool, study: Path | None) -> None:
    """Save the study in one file, and read it back to prove it."""
    from . import backup as backups

    made = backups.backup(open_folder(study, "backup"), to, has_outputs=has_outputs, progress=_progress("saved"))
    for name, why in made.left_out:
        click.echo(f"left out: {name} ({why})")
    click.echo(
        f"{made.path}: {_counted(len(made.entries), 'file')}, {made.size} bytes, written and read back"
        if made.is_new
        else f"{made.path}: nothing has changed since it was made"
    )
    click.echo(f"manifest {made.manifest_sha256}")
    if errors := sum(not fault.startswith("warning: ") for fault in made.faults):
        click.echo(f"note: the study as saved has {_counted(errors, 'fault')}; see `foran check`")
    click.echo("it holds what people said, and is not encrypted: keep it only where the study itself may lie")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
def restore(file: Path, folder: Path) -> None:
    """Take a study out of the backup FILE into FOLDER, which is new or empty, and check it."""
    from . import backup as backups

    made = backups.restore(file, folder, progress=_progress("restored"))
    click.echo(
        f"{made.folder}: study {made.study_id}, {_counted(len(made.entries), 'file')}, every hash as it was saved"
    )
    if made.is_the_same:
        errors = sum(not fault.startswith("warning: ") for fault in made.faults)
        click.echo(
            f"check: {_counted(errors, 'fault')}, {_counted(len(made.faults) - errors, 'warning')}, as when it was saved"
        )
    for what, faults in (("new", made.new_faults), ("gone", made.gone_faults)):
        for fault in faults:
            click.echo(f"check, {what} since it was saved: {fault}")
    click.echo(
        "who withdrew after this backup was made is in it still: run `foran withdraw` again for each, before anybody codes"
    )


def _progress(verb: str) -> Callable[[int, int], None]:
    """Tells of every tenth part of a large study, on the error stream."""
    told = 0

    def tell(done: int, total: int) -> None:
        nonlocal told
        tenth = 10 * done // total if total else 0
        if total >= _LARGE and tenth > told:
            told = tenth
            click.echo(f"{10 * tenth} % {verb}", err=True)

    return tell
