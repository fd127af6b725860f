"""The commands that change the codebook: from a proposal to fill in to the next version."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .cli_study import open_folder, study_option

if TYPE_CHECKING:
    from .codebook.revising import ProposalState
    from .revising import Effect, Release

_by_option = click.option("--by", default="", help="Who does it: a coder id or a role. No names.")


def _now() -> str:
    import datetime as dt

    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


@click.command("template")
@click.argument("kind", metavar="TYPE")
@click.argument("codes", nargs=-1)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file; else it is printed.")
@click.option("--from-label", default="", help="For new: a label that coders asked for in the screen.")
@study_option
def template_command(
    kind: str, codes: tuple[str, ...], *, output: Path | None, from_label: str, study: Path | None
) -> None:
    """Make a proposal of TYPE about CODES to fill in.

    Types: new, rename, reword, redefine, narrow, move, promote, merge, split, retire, to_facet, to_relation, to_tag.
    """
    from .errors import ForanError
    from .revising import proposal_template

    text = proposal_template(open_folder(study, "codebook"), kind, codes, from_label=from_label)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with output.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise ForanError(f"{output} is there already; nothing was written") from None
    click.echo(f"{output}: fill it in, then: foran codebook propose {output}")


@click.command("propose")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_by_option
@click.option("--amend", "amends", default="", help="The open proposal (CH-…) whose place this one takes.")
@study_option
def propose_command(file: Path, *, by: str, amends: str, study: Path | None) -> None:
    """Check the proposal in FILE, and take it into the codebook's log."""
    from .revising import propose

    made = propose(open_folder(study, "codebook"), file, by=by, at=_now(), amends=amends)
    done = "amended" if amends else f"proposed as {made.proposal.change.type}"
    click.echo(f"{made.proposal.id}: {done}. Decide: foran codebook decide {made.proposal.id} --accept|--reject …")


@click.command("proposals")
@study_option
def proposals_command(study: Path | None) -> None:
    """List all proposals with their state, and the codes that coders asked for in the screen."""
    from .revising import in_vivo, states
    from .study import load_study

    folder = open_folder(study, "codebook")
    loaded, there = load_study(folder), states(folder)
    language = loaded.settings.language
    for state in there.values():
        _tell_state(state, language)
    asked = in_vivo(loaded, there.values())
    if asked:
        click.echo("asked for in the screen:")
    for one in asked:
        named = ", ".join(f"{name} ({state})" for name, state in one.named_in)
        click.echo(
            f"  {one.label}\t{_counted(len(one.records), 'passage')} in {_counted(len(one.documents), 'document')} by "
            f"{', '.join(one.coders)}\t{named or 'not proposed'}"
        )
    click.echo(f"{_counted(len(there), 'proposal')}, {_counted(len(asked), 'label')} asked for in the screen")


def _tell_state(state: ProposalState, language: str) -> None:
    change = state.proposal.change
    where = f" in {state.version}" if state.version else ""
    codes = f"{' '.join(change.source) or '-'} > {' '.join(change.to) or '-'}"
    click.echo(f"{change.id}\t{state.state}{where}\t{change.type}\t{codes}\t{state.at[:10]} {state.by}")
    click.echo(f"  {change.summary[language]}")
    if change.decided_at:
        told = ", ".join(part for part in (change.decided_at, change.decided_by_role, change.arena) if part)
        click.echo(f"  {told}: {change.decision_reason.get(language, '')}")


@click.command("decide")
@click.argument("proposal")
@click.option("--accept/--reject", "is_accepted", required=True, default=None, help="What was decided.")
@click.option("--reason-nb", required=True, help="Why, in Norwegian.")
@click.option("--reason-en", required=True, help="Why, in English.")
@click.option("--role", required=True, help="The role of who decided: arena, forsker, stipendiat … No names.")
@click.option("--arena", required=True, help="Where it was decided.")
@click.option("--date", "day", default="", help="The day of the decision, YYYY-MM-DD; today when left out.")
@_by_option
@study_option
def decide_command(
    proposal: str,
    *,
    is_accepted: bool,
    reason_nb: str,
    reason_en: str,
    role: str,
    arena: str,
    day: str,
    by: str,
    study: Path | None,
) -> None:
    """Write down what was decided about PROPOSAL (CH-…), and why. It can be decided anew until it is released."""
    from .revising import decide

    at = _now()
    made = decide(
        open_folder(study, "codebook"),
        proposal,
        is_accepted=is_accepted,
        reason={"nb": reason_nb, "en": reason_en},
        role=role,
        arena=arena,
        decided_at=day or at[:10],
        by=by,
        at=at,
    )
    click.echo(f"{made.proposal.id}: {made.state}; the next version tells of it")


@click.command("withdraw-proposal")
@click.argument("proposal")
@click.option("--reason", default="", help="Why, for the record.")
@_by_option
@study_option
def withdraw_command(proposal: str, *, reason: str, by: str, study: Path | None) -> None:
    """Take an open PROPOSAL (CH-…) back; it stays in the log."""
    from .revising import withdraw_proposal

    made = withdraw_proposal(open_folder(study, "codebook"), proposal, by=by, at=_now(), reason=reason)
    click.echo(f"{made.proposal.id}: withdrawn")


@click.command("release")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would be released; write nothing.")
@click.option("--version", default="", help="The number you expect; another one is refused.")
@click.option("--released", default="", help="The day of release, YYYY-MM-DD; today when left out.")
@_by_option
@study_option
def release_command(*, is_dry_run: bool, version: str, released: str, by: str, study: Path | None) -> None:
    """Put all accepted proposals together as the next version of the codebook."""
    from .revising import release

    folder = open_folder(study, "codebook")
    made = release(folder, by=by, at=_now(), released=released, version=version, is_dry_run=is_dry_run)
    _tell_release(made)


def _tell_release(made: Release) -> None:
    book = made.book
    click.echo(
        f"version {book.codebook_version}, released {book.released}: {_counted(len(book.active), 'code')} in use"
    )
    for effect in made.effects:
        _tell_effect(effect)
    accepted = [effect for effect in made.effects if effect.change.is_accepted]
    moved, queued, ended = (
        sum(counts) for counts in zip(*((e.moved, e.queued, e.ended) for e in accepted), strict=True)
    )
    click.echo(
        f"segments: {moved} go on without a person ({made.duplicates} of them repeat another one), {queued} to the recode "
        f"queue, {ended} count under older versions only"
    )
    for warning in made.warnings:
        click.echo(f"warning: {warning.found}; expected {warning.expected}. {warning.remedy}")
    if not made.is_written:
        click.echo("nothing changed (--dry-run)")
        return
    click.echo(f"codebooks/{book.codebook_version}.yaml: written, and read back")
    _tell_faults(str(fault) for fault in made.faults if not fault.is_warning)


def _tell_effect(effect: Effect) -> None:
    change = effect.change
    codes = f"{' '.join(change.source) or '-'} > {' '.join(change.to) or '-'}"
    if not change.is_accepted:
        click.echo(f"  {change.id} {change.type} {codes}: rejected")
        return
    parts = ((effect.moved, "moved"), (effect.queued, "queued"), (effect.ended, "ended"), (effect.kept, "kept"))
    told = ", ".join(f"{count} {word}" for count, word in parts if count)
    click.echo(f"  {change.id} {change.type} {codes}: {told or 'no segments'}")


def _tell_faults(faults: Iterable[str]) -> None:
    found = list(faults)
    for fault in found:
        click.echo(fault, err=True)
    if found:
        click.echo("the version is written; mend what is named above, then run `foran check`", err=True)
        raise SystemExit(1)


@click.command("adopt")
@_by_option
@study_option
def adopt_command(*, by: str, study: Path | None) -> None:
    """Take the fingerprints of codebook versions that were made without these commands into the log."""
    from .revising import adopt

    adopted = adopt(open_folder(study, "codebook"), by=by, at=_now())
    click.echo(f"adopted: {', '.join(adopted)}" if adopted else "the log tells of every version already")


#: What the group `foran codebook` takes in.
COMMANDS: tuple[click.Command, ...] = (
    template_command,
    propose_command,
    proposals_command,
    decide_command,
    withdraw_command,
    release_command,
    adopt_command,
)
