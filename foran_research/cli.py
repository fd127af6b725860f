"""The command `foran`: one command, one library call, then print. Heavy imports wait until a command needs them."""

from __future__ import annotations

import errno
import gc
import sys
import textwrap
from pathlib import Path
from typing import Any

import click

from . import __version__
from .cli_add import add
from .cli_agreement import agreement
from .cli_audit import audit
from .cli_care import backup, restore, withdraw
from .cli_codebook import codebook
from .cli_crate import crate, prov
from .cli_event import event, register
from .cli_export import export
from .cli_indicator import indicator
from .cli_key import key
from .cli_maturity import maturity
from .cli_measure import measure
from .cli_memo import memo
from .cli_quote import quote
from .cli_review import review
from .cli_site import notebooks, site
from .cli_status import status
from .cli_study import as_of_option, open_folder, study_option
from .cli_synthesis import synthesis
from .cli_texts import edit, reanchor
from .cli_verify import verify
from .errors import ForanError

#: A full disk, a file larger than allowed, a quota, a disk that fails or may only be read.
_DISK = {
    errno.ENOSPC,
    errno.EFBIG,
    errno.EIO,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    getattr(errno, "EDQUOT", errno.ENOSPC),
}


class _Gate(click.Group):
    """Prints our own errors as one message and exits 1; any other error is a fault of ours and keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ForanError as error:
            click.echo(f"foran: {error}", err=True)
            sys.exit(1)
        except OSError as error:
            # A pipe that is closed on us is no disk; click knows what to do.
            if error.errno not in _DISK:
                raise
            where = f": {error.filename}" if error.filename else ""
            click.echo(
                f"foran: the disk refuses ({error.strerror}{where}). What was there before stands. Make room, or give the "
                "right to read and write there. If what was being made is there in part, take it away; then give the same "
                "command again.",
                err=True,
            )
            sys.exit(1)


@click.group(cls=_Gate, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="foran")
def main() -> None:
    """From transcripts to model versions: check a study, run its milestones, trace every claim to its passages."""
    # A Windows console may not know every letter; a report on faults must never die of one.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


for _command in (
    add,
    agreement,
    audit,
    backup,
    codebook,
    crate,
    edit,
    event,
    export,
    indicator,
    key,
    maturity,
    measure,
    memo,
    prov,
    quote,
    reanchor,
    register,
    restore,
    review,
    site,
    status,
    synthesis,
    verify,
    withdraw,
):
    main.add_command(_command)
# Beside the packs, though made by other modules.
review.add_command(notebooks)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make an empty study in FOLDER: settings, registers, starter codebook, notebooks."""
    from .starting import start_study

    made = start_study(folder)
    click.echo(f"{folder}: an empty study of {len(made)} files. Next: foran add FILE… --study {folder}")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


@main.command()
@click.option("--coder", default="", help="Your initials; the screen asks when they are left out.")
@click.option("--document", default="", help="The document to open first.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@study_option
def lab(study: Path | None, coder: str, document: str, no_browser: bool) -> None:
    """Open JupyterLab at the coding notebook; close it with Ctrl+C here."""
    from .lab import open_lab

    sys.exit(open_lab(open_folder(study, "lab"), coder=coder, document=document, opens_browser=not no_browser))


@main.command()
@study_option
def check(study: Path | None) -> None:
    """Check everything in the study and name every fault; changes nothing."""
    from .study import read_study
    from .unfinished import note_leftovers

    folder = open_folder(study, "check")
    loaded, faults = read_study(folder)
    note_leftovers(folder, faults)
    if (folder / "corpus/reviews/told").is_dir():
        from .review.told_before import note_damaged

        note_damaged(folder, faults)
    # All of it stays until the end: looking through it for garbage once more on the way out takes longer than printing.
    gc.freeze()
    for fault in (*faults.errors, *faults.warnings):
        click.echo(f"{'warning: ' if fault.is_warning else ''}{fault}")
    if loaded is not None:
        segments = None if faults.errors else loaded.segment_count()
        words = sum(transcript.word_count() for transcript in loaded.transcripts.values())
        click.echo(
            f"{_counted(len(loaded.documents), 'document')}, {_counted(words, 'word')}, "
            f"{'? coded segments' if segments is None else _counted(segments, 'coded segment')}, "
            f"{_counted(len(loaded.coders), 'coder')}, {_counted(len(loaded.lineage.codebooks), 'codebook version')}, "
            f"{_counted(len(loaded.lineage.codebooks[-1].active) if loaded.lineage.codebooks else 0, 'code')} in the newest"
        )
    click.echo(f"{_counted(len(faults.errors), 'fault')}, {_counted(len(faults.warnings), 'warning')}")
    if faults.errors:
        sys.exit(1)


@main.command()
@click.argument("milestone")
@click.option("--code", default=None, help="Only this code (display code or id).")
@click.option("--show", "shows_words", is_flag=True, help="Print the sentences too; they are informants' words.")
@study_option
def suggest(milestone: str, code: str | None, shows_words: bool, study: Path | None) -> None:
    """Print what the cues of the milestone's codebook suggest: document, place, code, hint."""
    from .study import load_study

    loaded = load_study(open_folder(study, "suggest"))
    chosen = loaded.milestone(milestone)
    book = loaded.codebook(chosen)
    wanted = _wanted(book, code)
    found = loaded.suggested_segments(loaded.documents_until(chosen.cut_off), book)
    click.echo("document\tturn\tplace\tcode\thint")
    for row in found.to_dict("records"):
        if wanted is None or row["code"] == wanted:
            turn = row["turns"][0] if row["turns"] else "-"
            code_shown, hint = book.by_id[row["code"]].display, row["polarity"] or "-"
            click.echo(f"{row['document']}\t{turn}\t{row['start']}–{row['end']}\t{code_shown}\t{hint}")
            if shows_words:
                click.echo(textwrap.fill(row["quote"], 100, initial_indent="  ", subsequent_indent="  "))


def _wanted(book: Any, name: str | None) -> str | None:
    from .errors import UnknownName

    if name is None:
        return None
    code = book.find(name)
    if code is None:
        raise UnknownName("code", name, (c.display for c in book.active))
    return str(code.id)


@main.command()
@click.argument("milestones", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Every milestone, each after those it builds on.")
@click.option("--language", default=None, help="nb or en; the study's own when left out.")
@click.option(
    "--coding",
    type=click.Choice(["human", "suggestions"]),
    default="human",
    show_default=True,
    help="What the models stand on: people's coding, or the cues' suggestions (the report says so).",
)
@click.option(
    "-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter of the notebooks."
)
@click.option("--force", is_flag=True, help="Run also when nothing has changed.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 16), help="Notebooks at a time.")
@click.option(
    "--kernels",
    type=click.Choice(["auto", "forked", "fresh"]),
    default="auto",
    show_default=True,
    help="Forked from a process with the packages in memory, or each started from nothing; the outputs are the same.",
)
@study_option
def run(
    milestones: tuple[str, ...],
    is_all: bool,
    language: str | None,
    coding: str,
    parameters: tuple[str, ...],
    force: bool,
    workers: int,
    kernels: str,
    study: Path | None,
) -> None:
    """Run MILESTONES (M1 M2 …), or --all: notebooks, models, tables, figures and reports, into outputs/.

    One that fails stops no other; what failed is told at the end.
    """
    from . import runs

    if bool(milestones) == is_all:
        raise click.UsageError("name milestones (M1 M2 …), or say --all.")
    folder = open_folder(study, "run")
    jobs = runs.plan(folder, milestones, _parsed(parameters), language=language, coding=coding, is_all=is_all)
    made = runs.run(folder, jobs, is_forced=force, say=click.echo, workers=workers, kernels=kernels)
    for output in made:
        report = output / "report.html"
        click.echo(f"{output.name}: {report if report.is_file() else output}")


def _parsed(parameters: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in parameters:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ForanError(f"parameter {text!r}: expected NAME=VALUE")
        pairs[name] = value
    return pairs


@main.command()
@click.argument("query")
@click.option("--show", "shows_words", is_flag=True, help="Print and save the words too; they are informants' words.")
@click.option("--codebook", default=None, metavar="VERSION", help="Codes of this codebook; the newest when left out.")
@click.option("--coder", "coders", multiple=True, help='Only this coder; can be repeated. "cues" for suggestions.')
@click.option("--until", default=None, metavar="DAY", help="Coding up to this day only, YYYY-MM-DD.")
@click.option("--context", default=60, show_default=True, type=click.IntRange(0, 5000), help="Characters on each side.")
@click.option("--output", type=click.Path(path_type=Path), default=None, help="Save as .csv, .xlsx or .docx.")
@as_of_option
@study_option
def find(
    query: str,
    shows_words: bool,
    codebook: str | None,
    coders: tuple[str, ...],
    until: str | None,
    context: int,
    output: Path | None,
    as_of: str | None,
    study: Path | None,
) -> None:
    """Print the passages that QUERY finds, such as 'P2[hemmer] SAME case K7'; docs/finding.md tells the language."""
    from . import finding
    from .study import load_study

    loaded = load_study(open_folder(study, "find")).at(as_of)
    found = finding.find(loaded, query, codebook=codebook, coders=coders or None, until=until, context=context)
    if output is not None:
        finding.save(loaded, found, output, shows_words=shows_words)
    columns = ("document", "turns", "codes", "polarities", "coders", "speaker")
    click.echo("document\tturn\tplace\tcodes\tpolarity\tcoder\tspeaker")
    for row in finding.table(found).to_dict("records"):
        document, turns, *facts = (row[name] or "-" for name in columns)
        click.echo("\t".join((document, turns, f"{row['start']}–{row['end']}", *facts)))
        if shows_words:
            shown = f"{row['left']}[{row['words']}]{row['right']}"
            click.echo(textwrap.fill(shown, 100, initial_indent="  ", subsequent_indent="  "))
            if row["may_quote"].startswith("nei"):
                click.echo("  (kan ikke siteres · may not be quoted)")
    click.echo(finding.summary(found) + (f"; saved: {output}" if output else ""))


@main.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("element", metavar="CLAIM")
@study_option
def trace(model: Path, element: str, study: Path | None) -> None:
    """Print every passage behind CLAIM of a MODEL (outputs/M3/model.json).

    CLAIM is an element (P2, K12 …), and in the models of one municipality also a measure (TRD-T01), a process (TRD-1) or a
    criterion (2i).
    """
    from .study import load_study
    from .tracing import read_model
    from .tracing import trace as passages_behind

    claim, passages = passages_behind(load_study(open_folder(study, "trace")), read_model(model), element)
    label = " / ".join(text for text in (claim["label"]["nb"], claim["label"]["en"]) if text)
    click.echo(f"{claim['display']} {label}".strip())
    if "support" in claim:
        support = claim["support"]
        click.echo(
            f"{support['segments']} segments, {support['turns']} turns, {support['documents']} documents, "
            f"{support['informants']} informants, {len(support['cases'])} of {support['of_cases']} municipalities"
        )
    else:
        documents = len({passage.document for passage in passages})
        click.echo(f"{_counted(len(passages), 'segment')} in {_counted(documents, 'document')}")
    for passage in passages:
        click.echo(
            f"\n{passage.segment} · {passage.document}, turn {passage.turn} · {passage.speaker or 'note'} · "
            f"{passage.polarity or 'polarity not set'} · coded by {passage.coder} under {passage.codebook_version}"
        )
        click.echo(textwrap.fill(passage.words, 100, initial_indent="  ", subsequent_indent="  "))


@main.command()
@click.argument("coder")
@click.option(
    "--with", "first", multiple=True, metavar="CODER", help="The first coder; the model coders when left out."
)
@click.option("--documents", type=click.IntRange(1), default=None, help="How many documents to draw.")
@click.option(
    "--turns", type=click.IntRange(1), default=None, help="How many turns to draw in them; whole documents without."
)
@click.option("--seed", type=click.IntRange(0, 10**18 - 1), default=None, help="The study's own when left out.")
@click.option("--case", "cases", multiple=True, help="Only documents of this case; can be repeated.")
@click.option("--kind", "kinds", multiple=True, help="Only documents of this kind; can be repeated.")
@click.option("--document", "only", multiple=True, metavar="ID", help="Only this document; can be repeated.")
@click.option("--coded", "is_coded", is_flag=True, help="Only documents that the first coder has coded.")
@click.option("--dry-run", is_flag=True, help="Say what would be drawn; write nothing.")
@study_option
def assign(coder: str, study: Path | None, dry_run: bool, **how: Any) -> None:
    """Draw documents or turns for CODER to code a second time without seeing the first coder's work."""
    import datetime as dt

    from .coding.assignment import turns_text
    from .coding.assignment_store import FILE, append_assignments
    from .double_coding import plan_draw
    from .study import load_study

    folder = open_folder(study, "assign")
    loaded = load_study(folder)
    planned = plan_draw(loaded, coder, day=dt.date.today().isoformat(), **how)
    made = planned.draw.assignments
    if not dry_run:
        append_assignments(folder, made)
    click.echo(f"seed {made[0].seed}, {coder} beside {' '.join(made[0].first)}")
    for one in made:
        click.echo(f"{one.id}\t{one.document}\t{f'turns {turns_text(one.turns)}' if one.turns else 'all turns'}")
    click.echo("case\tkind\tdocuments\tturns\t(drawn of those there were)")
    for part in planned.draw.strata:
        click.echo(
            f"{part.case or '-'}\t{part.kind}\t{part.drawn_documents} of {part.documents}"
            f"\t{part.drawn_turns} of {part.turns}"
        )
    for documents, reason in (
        (planned.drawn_before, "drawn before for the same two coders"),
        (planned.begun, f"coded by {coder} already"),
        (planned.uncoded, "not coded by the first coder"),
    ):
        if documents:
            click.echo(f"not drawn from: {_counted(len(documents), 'document')} {reason}")
    if planned.begun_but_asked_for:
        click.echo(f"note: {coder} has coded {', '.join(planned.begun_but_asked_for)} before; was that blind?")
    known = {name for name, _ in loaded.coded_by()}
    for name in (coder, *made[0].first):
        if name not in known:
            click.echo(f"note: {name} has coded nothing in this study before; check the id if that is a surprise")
    if dry_run:
        click.echo("nothing written (--dry-run)")
    else:
        click.echo(
            f"{_counted(len(made), 'assignment')} added to {FILE}. Next: {coder} codes these as {coder}, and both coders "
            "mark each document done; neither sees the other's coding of it before both have. "
            f"Then: foran agreement {made[0].first[0]} {coder}"
        )


if __name__ == "__main__":
    main(prog_name="foran")
