"""`foran codebook`: what the codebook's versions are, what became of codes and codings, and how a new version is made."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import click

from .cli_revise import COMMANDS as REVISING
from .cli_study import as_of_option, open_folder, study_option
from .cli_tables import COMMANDS as TABLES

coders_option = click.option(
    "--coder", "coders", multiple=True, help="Only this coder's coding; can be repeated. Without it: see each command."
)


def _loaded(study: Path | None, as_of: str | None = None) -> Any:
    from .study import load_study

    return load_study(open_folder(study, "codebook")).at(as_of)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def codebook() -> None:
    """Versions of the codebook: compare them, follow a code, propose and decide changes, release, recode."""


@codebook.command()
@click.argument("before")
@click.argument("after")
@click.option("--format", "form", type=click.Choice(["text", "html", "json"]), default="text", show_default=True)
@click.option("--language", type=click.Choice(["nb", "en"]), default=None, help="The study's own when left out.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), default=None, help="Write it to this file.")
@study_option
def diff(before: str, after: str, form: str, language: str | None, output: Path | None, study: Path | None) -> None:
    """Print what differs between codebook versions BEFORE and AFTER (1.0.0 3.0.0), with reasons."""
    from .codebook.diff import diff as difference
    from .corpus.store import write_atomically
    from .report.codebook_diff import diff_json, diff_page, diff_text

    loaded = _loaded(study)
    spoken = language or loaded.settings.language
    found = difference(loaded.lineage, before, after)
    arenas = {arena.id: arena.label for arena in loaded.settings.arenas}
    made = {
        "text": lambda: diff_text(found, loaded.lineage, spoken, arenas),
        "html": lambda: diff_page(found, loaded.lineage, spoken, arenas),
        "json": lambda: diff_json(found),
    }[form]()
    if output is None:
        click.echo(made, nl=False)
    else:
        write_atomically(output, made)
        click.echo(f"saved: {output}")


@codebook.command()
@click.argument("code")
@coders_option
@as_of_option
@study_option
def history(code: str, coders: tuple[str, ...], as_of: str | None, study: Path | None) -> None:
    """Print the life of CODE (display code or id): its changes, and what was counted under every version.

    Coding is that of the coders the models stand on, unless --coder is given.
    """
    from .codebook_work import history as life
    from .codebook_work import seen_coders

    loaded = _loaded(study, as_of)
    language = loaded.settings.language
    found, chapters = life(loaded, code, coders=coders)
    click.echo(f"{found.id}, coding of {', '.join(seen_coders(loaded, coders)) or 'nobody'}")
    click.echo(
        "version\treleased\tstatus\tdisplay\tsegments\tpassages\twaiting\tended\tdocuments\tassessed\tnot assessed"
    )
    for one in chapters:
        numbers = (one.segments, one.passages, one.waiting, one.ended, len(one.documents), len(one.assessed),
                   len(one.not_assessed))  # fmt: skip
        absent = one.status == "absent"
        shown = (
            one.version,
            one.released,
            one.status,
            "-" if absent else one.display,
            *("-" if absent and not number else str(number) for number in numbers[:5]),
            *map(str, numbers[5:]),
        )
        click.echo("\t".join(shown))
    for one in chapters:
        for change in one.changes:
            verdict = "" if change.is_accepted else " (rejected)"
            click.echo(
                f"\n{one.version} {change.id} {change.type}{verdict} · {change.decided_at} · {change.proposed_by_role}"
            )
            for text in (change.summary, change.reason_empirical, change.reason_theoretical):
                click.echo(textwrap.fill(text[language], 100, initial_indent="  ", subsequent_indent="  "))
            click.echo(f"  evidence: {', '.join(change.evidence) or '-'}")
    click.echo(
        "\npassages: spans with the code or one below it, each once; waiting: a person has to decide; ended: a code no "
        "longer;\nnot assessed: documents read before there was such a code, which is not the same as no evidence"
    )


@codebook.command()
@click.option("--to", "to_version", default=None, metavar="VERSION", help="The newest when left out.")
@click.option("--dry-run", is_flag=True, help="Said for clearness: migration never writes anything.")
@click.option("--list", "is_listed", is_flag=True, help="Print every segment that waits, by id.")
@coders_option
@as_of_option
@study_option
def migrate(
    to_version: str | None,
    dry_run: bool,
    is_listed: bool,
    coders: tuple[str, ...],
    as_of: str | None,
    study: Path | None,
) -> None:
    """Print what each codebook version makes of the coding, everybody's unless --coder is given.

    Nothing is written, with or without --dry-run: codings are carried over whenever they are counted, and what needs a
    person waits on the coder's screen.
    """
    from .codebook_work import migration_steps, queue, rechecks
    from .coding.migrate import STATUSES

    loaded = _loaded(study, as_of)
    click.echo("version\tcoder\tsegments\tcarried over\t" + "\t".join(_STATUS_WORDS.get(s, s) for s in STATUSES))
    for step in migration_steps(loaded, to_version, coders=coders):
        click.echo(
            f"{step.version}\t{step.coder}\t{step.known}\t{step.moved}\t" + "\t".join(map(str, step.by_status.values()))
        )
    waiting = queue(loaded, to_version, coders=coders)
    if len(waiting):
        click.echo("\nwaiting for a person:\nchange\twhy\tcoder\tsegments\tdocuments")
        for (change, why, coder), group in waiting.groupby(["change", "why", "coder"], sort=True):
            click.echo(f"{change}\t{why}\t{coder}\t{len(group)}\t{group['document'].nunique()}")
    if is_listed:
        codes = {code.id: code.display for book in loaded.lineage.codebooks for code in book.codes}
        click.echo("\nsegment\tcode\tpolarity\twhy\tcandidates")
        for row in waiting.to_dict("records"):
            chosen = " ".join(codes.get(code, code) for code in row["candidates"])
            click.echo(f"{row['segment']}\t{codes[row['code']]}\t{row['polarity'] or '-'}\t{row['why']}\t{chosen}")
    tasks = rechecks(loaded, to_version, coders=coders)
    if len(tasks):
        click.echo("\nto be read again, since the definition changed:\nchange\tcoder\tsegments\tdone\tconfirmed")
        for (change, coder), group in tasks.groupby(["change", "coder"], sort=True):
            done = int((group["outcome"] != "").sum())
            click.echo(f"{change}\t{coder}\t{len(group)}\t{done}\t{int((group['outcome'] == 'confirmed').sum())}")
    click.echo("\nNext: open the coder (foran lab) and work through what waits; every act is logged and can be undone.")


_STATUS_WORDS = {"ok": "counted", "review": "waiting", "duplicate": "put together"}

for _command in (*REVISING, *TABLES):
    codebook.add_command(_command)
