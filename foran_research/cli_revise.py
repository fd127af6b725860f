"""The commands that change the codebook: from a proposal to fill in to the next version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .cli_study import as_of_option, open_folder, study_option

if TYPE_CHECKING:
    from .codebook.code import Codebook
    from .codebook.revising import ProposalState
    from .revising import Effect, Release

_by_option = click.option("--by", default="", help="Who does it: a coder id or a role. No names.")


#: Texts of a code that a decision can give, with what the help says of them.
_TEXTS = {
    "label": "What the code is called",
    "definition": "What it means",
    "brief": "What it means, in a few words",
    "when_to_use": "When it is used",
    "when_not_to_use": "When it is not used",
    "example": "An example",
    "reason_theoretical": "The theoretical reason",
}
_LANGUAGES = {"nb": "in Norwegian", "en": "in English"}


def _option_of(key: str, language: str) -> str:
    return f"--{'theory' if key == 'reason_theoretical' else key.replace('_', '-')}-{language}"


def _text_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options with which a decision says of a code what its proposer could not."""
    command = click.option("--display", default="", help="The code's display; the next free one when left out.")(
        command
    )
    command = click.option("--parent", default="", help="The code it is a part of, by id or display.")(command)
    command = click.option("--level", default="", help="Its level: one of those in foran.toml.")(command)
    for key, help_ in reversed(_TEXTS.items()):
        for language, told in reversed(_LANGUAGES.items()):
            name = f"{key}_{language}"
            option = click.option(_option_of(key, language), name, default="", help=f"{help_}, {told}.")
            command = option(command)
    return command


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
    """Make a proposal of TYPE about CODES to fill in; new codes are called NY1, NY2 … until they are proposed.

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
    """Check the proposal in FILE, and take it into the codebook's log; NY1, NY2 … get free ids."""
    from .revising import propose

    made = propose(open_folder(study, "codebook"), file, by=by, at=_now(), amends=amends)
    done = "amended" if amends else f"proposed as {made.proposal.change.type}"
    click.echo(f"{made.proposal.id}: {done}. Decide: foran codebook decide {made.proposal.id} --accept|--reject …")
    for placeholder, id_ in made.proposal.given.items():
        click.echo(f"  {placeholder} is {id_}")


@click.command("proposals")
@as_of_option
@study_option
def proposals_command(as_of: str | None, study: Path | None) -> None:
    """List all proposals with their state, and the codes that coders asked for in the screen."""
    from .codebook.revising import states_of
    from .codebook.steps import displays_of
    from .revising import in_vivo, undocumented
    from .study import load_study

    loaded = load_study(open_folder(study, "codebook")).at(as_of)
    there = states_of(loaded.codebook_log().entries)
    language, known = loaded.settings.language, displays_of(*loaded.lineage.codebooks)
    for state in there.values():
        _tell_state(state, language, known)
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
    if others := undocumented(loaded, there):
        told = f"{_counted(len(others), 'change')} decided in the versions {'is' if len(others) == 1 else 'are'}"
        click.echo(f"{told} not from this log: see `foran codebook diff`")


def _tell_state(state: ProposalState, language: str, known: Mapping[str, str]) -> None:
    from .codebook.steps import displayed

    change = state.proposal.change
    where = f" in {state.version}" if state.version else ""
    # A code that no version has yet is shown as the proposal would call it.
    asked = {str(record["id"]): str(record["display"]) for record in state.proposal.codes if record.get("display")}
    codes = displayed(f"{' '.join(change.source) or '-'} > {' '.join(change.to) or '-'}", {**asked, **known})
    click.echo(f"{change.id}\t{state.state}{where}\t{change.type}\t{codes}\t{state.at[:10]} {state.by}")
    click.echo(f"  {change.summary[language]}")
    if state.is_pending:
        _tell_unwritten(state)
    if change.decided_at:
        told = ", ".join(part for part in (change.decided_at, change.decided_by_role, change.arena) if part)
        click.echo(f"  {told}: {change.decision_reason.get(language, '')}")


def _tell_unwritten(state: ProposalState) -> None:
    """What nobody has written or decided yet of the codes of a proposal, with the options that give it."""
    from .codebook.revising import options_for

    for name, lacking in state.proposal.unwritten.items():
        click.echo(f"  {name} is open: decide with {options_for(lacking)}")


@click.command("decide")
@click.argument("proposal")
@click.option("--accept/--reject", "is_accepted", required=True, default=None, help="What was decided.")
@click.option("--reason-nb", required=True, help="Why, in Norwegian.")
@click.option("--reason-en", required=True, help="Why, in English.")
@click.option("--role", required=True, help="The role of who decided: arena, forsker, stipendiat … No names.")
@click.option("--arena", required=True, help="Where it was decided: one of the arenas in foran.toml.")
@click.option("--date", "day", default="", help="The day of the decision, YYYY-MM-DD; today when left out.")
@_text_options
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
    level: str,
    parent: str,
    display: str,
    by: str,
    study: Path | None,
    **texts: str,
) -> None:
    """Write down what was decided about PROPOSAL (CH-…), and why. It can be decided anew until it is released.

    A code that a reader of a review pack asked for has her words alone: with --accept say what it is called in both
    languages, its level and definition. The other texts may come with a later decision, before the release.
    """
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
        texts={
            **{
                key: given
                for key in _TEXTS
                if any((given := {language: texts[f"{key}_{language}"] for language in _LANGUAGES}).values())
            },
            **{key: value for key, value in (("level", level), ("parent", parent), ("display", display)) if value},
        },
    )
    click.echo(f"{made.proposal.id}: {made.state}; the next version tells of it")
    if is_accepted:
        _tell_unwritten(made)


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
@click.option("--title-nb", default="", help="The version's title in Norwegian; that of the one before if left out.")
@click.option("--title-en", default="", help="The version's title in English; that of the one before if left out.")
@_by_option
@study_option
def release_command(
    *, is_dry_run: bool, version: str, released: str, title_nb: str, title_en: str, by: str, study: Path | None
) -> None:
    """Put all accepted proposals together as the next version of the codebook."""
    from .revising import release

    folder = open_folder(study, "codebook")
    title = {"nb": title_nb, "en": title_en}
    made = release(folder, by=by, at=_now(), released=released, version=version, title=title, is_dry_run=is_dry_run)
    _tell_release(made)


def _tell_release(made: Release) -> None:
    book = made.book
    click.echo(
        f"version {book.codebook_version}, released {book.released}: {_counted(len(book.active), 'code')} in use"
    )
    click.echo(f"title: {' / '.join(book.title.values())}")
    for effect in made.effects:
        _tell_effect(effect, made.before or book, book, made.language)
    accepted = [effect for effect in made.effects if effect.change.is_accepted]
    moved, queued, ended = (
        sum(counts) for counts in zip(*((e.moved, e.queued, e.ended) for e in accepted), strict=True)
    )
    click.echo(
        f"segments: {moved} go on without a person ({made.duplicates} of them repeat another one), {queued} to the recode "
        f"queue, {ended} count under older versions only"
    )
    _tell_rechecks(made)
    if made.milestones:
        pinned = ", ".join(f"{name} {version}" for name, version in made.milestones)
        click.echo(
            f"the model's milestones keep the codebook_version that foran.toml gives them ({pinned}): "
            f'write "{book.codebook_version}" there for those that are to use this one'
        )
    for warning in made.warnings:
        click.echo(f"warning: {warning.found}; expected {warning.expected}. {warning.remedy}")
    if not made.is_written:
        click.echo("nothing changed (--dry-run)")
        return
    click.echo(f"codebooks/{book.codebook_version}.yaml: written, and read back. Next: foran lab")
    _tell_faults(str(fault) for fault in made.faults if not fault.is_warning)


def _tell_rechecks(made: Release) -> None:
    from .codebook.steps import displays_of

    displays = displays_of(made.book)
    by_code: dict[str, list[str]] = {}
    for (code, coder), count in made.rechecks.items():
        by_code.setdefault(code, []).append(f"{coder} {count}")
    told = "; ".join(f"{displays[code]}: {', '.join(coders)}" for code, coders in by_code.items())
    total = _counted(sum(made.rechecks.values()), "segment")
    click.echo(f"to be read again under a new definition: {total}{f' ({told})' if told else ''}")


def _names(codes: Iterable[str], book: Codebook, language: str = "") -> str:
    """The displays of codes, with their labels in a language when one is given."""
    found = [(name, book.by_id.get(name)) for name in codes]
    told = (
        name if code is None else f"{code.display} {code.label[language]}" if language else code.display
        for name, code in found
    )
    return ", ".join(told) or "-"


def _tell_effect(effect: Effect, before: Codebook, book: Codebook, language: str) -> None:
    change = effect.change
    to = _names(change.to, book, "" if change.source else language)
    codes = f"{_names(change.source, before, language)} → {to}"
    if not change.is_accepted:
        click.echo(f"  {change.id} {change.type} {codes}: rejected")
        return
    parts = ((effect.moved, "moved"), (effect.queued, "queued"), (effect.ended, "ended"), (effect.kept, "kept"))
    told = ", ".join(f"{count} {word}" for count, word in parts if count)
    click.echo(f"  {change.id} {change.type} {codes}: {told or 'no segments'}")
    by_coder: dict[str, list[str]] = {}
    for flow in effect.flows:
        to = f" to {_names([flow.code], book)}" if flow.code else ""
        by_coder.setdefault(flow.coder, []).append(f"{flow.count} {flow.fate}{to}")
    for coder, fates in by_coder.items():
        click.echo(f"    {coder}: {', '.join(fates)}")


def _tell_faults(faults: Iterable[str]) -> None:
    found = list(faults)
    for fault in found:
        click.echo(fault, err=True)
    if found:
        click.echo("the version is written; mend what is named above, then run `foran check`", err=True)
        raise SystemExit(1)


@click.command("adopt")
@click.option(
    "--after-withdrawal",
    "is_after_withdrawal",
    is_flag=True,
    help="Also of versions from which the words of a participant who withdrew were taken out.",
)
@_by_option
@study_option
def adopt_command(*, is_after_withdrawal: bool, by: str, study: Path | None) -> None:
    """Take the fingerprints of codebook versions that were made without these commands into the log."""
    from .revising import adopt

    adopted = adopt(open_folder(study, "codebook"), by=by, at=_now(), is_after_withdrawal=is_after_withdrawal)
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
