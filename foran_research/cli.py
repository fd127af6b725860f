"""The command `foran`: one command, one library call, then print. Heavy imports wait until a command needs them."""

from __future__ import annotations

import functools
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from . import __version__
from .errors import ForanError

Command = Callable[..., Any]


def _mended(command: Command) -> Command:
    """Print our own errors as one message and exit 1; any other error is a fault of ours and keeps its traceback."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except ForanError as error:
            click.echo(f"foran: {error}", err=True)
            sys.exit(1)

    return wrapped


_study_option = click.option(
    "--study",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder of the study. Without it: FORAN_STUDY, or the folder you stand in and those above it.",
)


def _path(study: Path | None) -> Path:
    import os

    if study is not None:
        return study.resolve()
    if named := os.environ.get("FORAN_STUDY"):
        return Path(named).resolve()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "foran.toml").is_file()), here)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="foran")
def main() -> None:
    """From transcripts to model versions: check a study, run its milestones, trace every claim to its passages."""
    # A Windows console may not know every letter; a report on faults must never die of one.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_mended
def init(folder: Path) -> None:
    """Make an empty study in FOLDER: settings, registers, starter codebook, notebooks."""
    from .starting import start_study

    made = start_study(folder)
    click.echo(f"{folder}: an empty study of {len(made)} files. Next: foran add FILE… --study {folder}")


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--kind", required=True, help="interview, workshop_note or public_document.")
@click.option("--case", default="", help="The municipality's id in foran.toml; empty for none.")
@click.option("--date", required=True, help="The day of the talk or the document, YYYY-MM-DD.")
@click.option("--process", default="", help="The procurement process's id.")
@click.option("--arena", default="", help="The arena's id, for workshop notes.")
@click.option("--guide", default="", help="The interview guide's id.")
@click.option("--actor-type", default="", help="What kind of actor the informants are.")
@click.option("--disclosure", default="open", show_default=True, help="open, restricted or trade_secret.")
@click.option(
    "--consent", default="analysis", show_default=True, help='What informants consented to: "analysis quote".'
)
@click.option("--written-form", default="", help="nb or nn; detected when left out.")
@click.option(
    "--interviewer", "interviewers", multiple=True, help="A speaker label of the interviewer; can be repeated."
)
@click.option("--id", "document_id", default="", help="The document's id; made from case and kind when left out.")
@_study_option
@_mended
def add(
    files: tuple[Path, ...], study: Path | None, document_id: str, interviewers: tuple[str, ...], **about: str
) -> None:
    """Bring FILES (txt, md) into the study; speakers get pseudonyms, and nothing is written unless all files fit."""
    from .corpus.intake import Description, add_documents
    from .errors import Faults, StudyError
    from .settings import read_settings

    folder, faults = _path(study), Faults()
    settings = read_settings(folder, faults)
    if settings is None:
        raise StudyError(faults.errors)
    vocabulary = {**settings.vocabulary(), "process": _processes(folder, settings.vocabulary(), about["case"])}
    description = Description(interviewers=interviewers, id=document_id, **about)
    for added in add_documents(folder, files, description, vocabulary, settings.interviewers):
        if added.is_new:
            click.echo(
                f"{added.source} → {added.document}: {_counted(added.words, 'word')}, "
                f"{_counted(added.units, 'turn' if added.speakers else 'paragraph')}, "
                f"{_counted(added.speakers, 'speaker')}, {added.written_form}"
            )
            if added.may_identify:
                click.echo(
                    f"  look again at turn {', '.join(map(str, added.may_identify))}: a speaker's name, a phone number or an "
                    "e-mail address seems to stand there; only labels are replaced"
                )
        else:
            click.echo(f"{added.source} is in the study already, as {added.document}")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _processes(folder: Path, vocabulary: Any, case: str) -> tuple[str, ...]:
    """The ids of the case's procurement processes: a document and its process belong to one case."""
    from .corpus.store import read_processes
    from .errors import Faults

    processes = read_processes(folder, vocabulary, Faults())
    return tuple(processes.index[processes["case"] == case])


@main.command()
@_study_option
@_mended
def check(study: Path | None) -> None:
    """Check everything in the study and name every fault; changes nothing."""
    from .study import read_study

    loaded, faults = read_study(_path(study))
    for fault in (*faults.errors, *faults.warnings):
        click.echo(f"{'warning: ' if fault.is_warning else ''}{fault}")
    if loaded is not None:
        segments = loaded.segments() if not faults.errors else None
        words = sum(transcript.word_count() for transcript in loaded.transcripts.values())
        coders = {log.name.split("/")[-2] for log in loaded.logs}
        click.echo(
            f"{len(loaded.documents)} documents, {words} words, "
            f"{'?' if segments is None else len(segments)} coded segments, {len(coders)} coders, "
            f"{len(loaded.lineage.codebooks)} codebook versions, "
            f"{len(loaded.lineage.codebooks[-1].active) if loaded.lineage.codebooks else 0} codes in the newest"
        )
    click.echo(f"{_counted(len(faults.errors), 'fault')}, {_counted(len(faults.warnings), 'warning')}")
    if faults.errors:
        sys.exit(1)


@main.command()
@click.argument("milestone")
@click.option("--code", default=None, help="Only this code (display code or id).")
@click.option("--show", "shows_words", is_flag=True, help="Print the sentences too; they are informants' words.")
@_study_option
@_mended
def suggest(milestone: str, code: str | None, shows_words: bool, study: Path | None) -> None:
    """Print what the cues of the milestone's codebook suggest: document, place, code, hint."""
    from .study import load_study

    loaded = load_study(_path(study))
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
@click.argument("milestones", nargs=-1, required=True)
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
@_study_option
@_mended
def run(
    milestones: tuple[str, ...],
    language: str | None,
    coding: str,
    parameters: tuple[str, ...],
    force: bool,
    workers: int,
    study: Path | None,
) -> None:
    """Run MILESTONES (M1 M2 …): notebooks, models, tables, figures and reports, into outputs/."""
    from . import runs

    folder = _path(study)
    jobs = runs.plan(folder, milestones, _parsed(parameters), language=language, coding=coding)
    for output in runs.run(folder, jobs, is_forced=force, say=click.echo, workers=workers):
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
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("element")
@_study_option
@_mended
def trace(model: Path, element: str, study: Path | None) -> None:
    """Print every passage behind ELEMENT (P2, K12 …) of a MODEL (outputs/M3/model.json)."""
    from .study import load_study
    from .tracing import read_model
    from .tracing import trace as passages_behind

    claim, passages = passages_behind(load_study(_path(study)), read_model(model), element)
    support = claim["support"]
    click.echo(f"{claim['display']} {claim['label']['nb']} / {claim['label']['en']}")
    click.echo(
        f"{support['segments']} segments, {support['turns']} turns, {support['documents']} documents, "
        f"{support['informants']} informants, {len(support['cases'])} of {support['of_cases']} municipalities"
    )
    for passage in passages:
        click.echo(
            f"\n{passage.segment} · {passage.document}, turn {passage.turn} · {passage.speaker or 'note'} · "
            f"{passage.polarity or 'polarity not set'} · coded by {passage.coder} under {passage.codebook_version}"
        )
        click.echo(textwrap.fill(passage.words, 100, initial_indent="  ", subsequent_indent="  "))
