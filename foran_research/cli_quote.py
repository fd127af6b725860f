"""The commands on quotes: which passages may be shown to whom, step by step (`foran quote`), and questions to readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .cli_handing_out import counted, on_option, this_day
from .cli_study import open_folder, study_option
from .errors import ForanError, UnknownName
from .registers.vocab import AUDIENCES, CLEARANCE_STATES, CLEARED, REVOKED

if TYPE_CHECKING:
    import pandas as pd

    from .clearing import Recorded, Wish
    from .registers.records import PackMade
    from .study import Study

_by_option = click.option(
    "--by", required=True, metavar="CODER", envvar="FORAN_CODER", help="Who you are: a coder's id."
)
_dry_option = click.option("--dry-run", "is_dry", is_flag=True, help="Check everything and write nothing.")
_reason_option = click.option("--reason", default="", help="Why; no names.")
_language_option = click.option(
    "--language", type=click.Choice(("nb", "nn", "en")), default=None, help="The study's own if left out."
)
_same_option = click.option(
    "--same-words", "takes_same", is_flag=True, help="The other codings of exactly the same words as well."
)
_audience = click.Choice(AUDIENCES)
_SHORT = 100


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def quote() -> None:
    """Which passages may be shown to whom: draft, pseudonymised, checked by another, cleared for an audience, revoked."""


@dataclass(frozen=True)
class _Chosen:
    """Which passages a command is about."""

    milestone: str
    takes_all: bool
    states: tuple[str, ...]
    audience: str
    element: str
    case: str
    document: str


@dataclass(frozen=True)
class _Given:
    """What is said with every step: why, by whom, on which day, and whether it is only tried."""

    reason: str
    by: str
    on: str
    is_dry: bool


def _as_one(kind: type[Any], name: str, options: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """A decorator that gives a command some options, handed over as one value of a kind, named as its fields are."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def called(**given: Any) -> None:
            one = kind(**{field.name: given.pop(field.name) for field in fields(kind)})
            command(**{name: one}, **given)

        for option in reversed(options):
            called = option(called)
        return called

    return decorate


_chosen_options = _as_one(
    _Chosen,
    "chosen",
    (
        click.argument("milestone", required=False, default=""),
        click.option("--all", "takes_all", is_flag=True, help="Those that nobody has chosen yet as well."),
        click.option("--state", "states", multiple=True, type=click.Choice(CLEARANCE_STATES), help="Only these."),
        click.option(
            "--audience", default="", type=click.Choice(("", *AUDIENCES)), help="Only what they may be shown."
        ),
        click.option("--element", default="", metavar="CODE", help="Only this element and what is below it."),
        click.option("--case", default="", help="Only this municipality."),
        click.option("--document", default="", metavar="ID", help="Only this document."),
    ),
)
_given_options = _as_one(_Given, "given", (_reason_option, _by_option, on_option, _dry_option))


@quote.command("list")
@_chosen_options
@click.option("--until", default="", metavar="DAY", help="As they stood at the end of that day.")
@click.option("--show", "shows_words", is_flag=True, help="Print the words too; they are informants' words.")
@study_option
def list_quotes(*, chosen: _Chosen, until: str, shows_words: bool, study: Path | None) -> None:
    """List the passages that somebody has chosen, or those of MILESTONE, with how far each has come."""
    loaded = _study(study)
    table = _table_of(loaded, chosen, until)
    display = _displays(loaded, chosen.milestone)
    click.echo("quote\tstate\tshown to\tcode\tpolarity\tmunicipality\tplace")
    for row in table.to_dict("records"):
        state = f"{row['state'] or 'not chosen'}{' (' + row['lapsed'] + ')' if row['lapsed'] else ''}"
        told = (
            row["segment"],
            state,
            row["audiences"],
            display.get(row["code"], row["code"]),
            row["polarity"],
            row["case"],
        )
        click.echo("\t".join((*(str(cell) or "-" for cell in told), f"{row['document']}:{row['turn']}")))
        if shows_words:
            click.echo(f"  {row['words']}")
            if row["shown_as"]:
                click.echo(f"  → {row['shown_as']}")
    counts = Counter(str(state) or "not chosen" for state in table["state"])
    order = [one for one in (*CLEARANCE_STATES, "not chosen") if counts[one]]
    click.echo(f"{counted(len(table), 'passage')}: {', '.join(f'{counts[one]} {one}' for one in order) or 'none'}")


@quote.command()
@click.argument("state", type=click.Choice([one for one in CLEARANCE_STATES if one not in (CLEARED, REVOKED)]))
@click.argument("segments", nargs=-1, required=True, metavar="QUOTE…")
@click.option(
    "--shown-as", default=None, help="The words to show, edited; of one quote. […] and [parafrase] show edits."
)
@_same_option
@_given_options
@study_option
def step(
    *,
    state: str,
    segments: tuple[str, ...],
    shown_as: str | None,
    takes_same: bool,
    given: _Given,
    study: Path | None,
) -> None:
    """Take the next step with quotes: draft (chosen), pseudonymised, or checked (by another than who pseudonymised)."""
    from .clearing import Wish

    if shown_as is not None and len(segments) > 1:
        raise ForanError("--shown-as is for one quote at a time; nothing was written")
    loaded = _study(study)
    names = _with_same(loaded, segments, takes_same=takes_same)
    _record(loaded, [Wish(one, state, shown_as=shown_as, reason=given.reason) for one in names], given)


@quote.command()
@click.argument("segments", nargs=-1, required=True, metavar="QUOTE…")
@click.option("--for", "audience", required=True, type=_audience, help="Who may see them; public is everybody.")
@_same_option
@_given_options
@study_option
def clear(*, segments: tuple[str, ...], audience: str, takes_same: bool, given: _Given, study: Path | None) -> None:
    """Clear checked quotes for an audience."""
    from .clearing import Wish

    loaded = _study(study)
    names = _with_same(loaded, segments, takes_same=takes_same)
    _record(loaded, [Wish(one, CLEARED, audience, reason=given.reason) for one in names], given)


@quote.command()
@click.argument("segments", nargs=-1, required=True, metavar="QUOTE…")
@click.option("--for", "audience", default="", type=click.Choice(("", *AUDIENCES)), help="Only for these; all without.")
@click.option("--only-these", is_flag=True, help="Leave other cleared quotes with the same words as they are.")
@_given_options
@study_option
def revoke(*, segments: tuple[str, ...], audience: str, only_these: bool, given: _Given, study: Path | None) -> None:
    """Take quotes back, and all cleared quotes that share words with them; the packs that hold them are told."""
    from .clearing import Wish, overlapping

    loaded = _study(study)
    names = segments if only_these else (*segments, *overlapping(loaded, segments))
    _record(loaded, [Wish(one, REVOKED, audience, reason=given.reason) for one in names], given)


@quote.command()
@_chosen_options
@click.option(
    "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="An .xlsx or .csv file to write."
)
@_language_option
@study_option
def sheet(*, chosen: _Chosen, output: Path, language: str | None, study: Path | None) -> None:
    """Write a sheet of passages to go through and decide on; of MILESTONE, or of all that were chosen."""
    from .clearing_by_sheet import sheet_rows
    from .exchange.clearance_sheets import sheet_bytes

    if output.suffix.lower() not in (".xlsx", ".csv"):
        raise ForanError(f"{output.name}: expected .xlsx or .csv; nothing was written")
    loaded = _study(study)
    if output.resolve().is_relative_to(loaded.path.resolve()):
        raise ForanError(f"{output}: a sheet holds what people said; write it outside of the study's folder")
    chosen_language = language or loaded.settings.language
    rows = sheet_rows(loaded, _book(loaded, chosen.milestone), _table_of(loaded, chosen, ""), chosen_language)
    data = sheet_bytes(
        rows, study=loaded.settings.study_id, language=chosen_language, as_csv=output.suffix.lower() == ".csv"
    )
    _write(output, data)
    click.echo(f"{output}: {counted(len(rows), 'passage')}. It holds what people said; delete it once it is read in.")


@quote.command("read")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_by_option
@on_option
@_dry_option
@study_option
def read_sheet_in(*, file: Path, by: str, on: str, is_dry: bool, study: Path | None) -> None:
    """Read a sheet back: every step in it, or with any fault none. A sheet is one person's: --by says whose."""
    from .clearing_by_sheet import wishes_in

    loaded = _study(study)
    wishes = wishes_in(loaded, file)
    _record(loaded, wishes, _Given("", by, on, is_dry))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def question() -> None:
    """Questions to those who read a milestone's review pack."""


@question.command("add")
@click.argument("milestone")
@click.option("--nb", "text_nb", required=True, help="The question in bokmål.")
@click.option("--en", "text_en", required=True, help="The question in English.")
@click.option("--nn", "text_nn", default="", help="The question in nynorsk; the bokmål stands in without.")
@click.option("--about", default="", metavar="KIND:ID", help="What it is about, such as element:P4 or measure:TRD-T01.")
@click.option("--arena", default="", help="Only in packs for this arena.")
@click.option("--by", default="", metavar="CODER", envvar="FORAN_CODER", help="Who asks: a coder's id, or a group's.")
@click.option("--id", "name", default="", help="An id of your own, or that of the question this one is to replace.")
@on_option
@study_option
def add_question(
    *,
    milestone: str,
    text_nb: str,
    text_en: str,
    text_nn: str,
    about: str,
    arena: str,
    by: str,
    name: str,
    on: str,
    study: Path | None,
) -> None:
    """Ask the readers of MILESTONE's packs a question."""
    from .registers.records import Question, next_id, replaced
    from .registers.store import append

    loaded = _study(study)
    row = Question(
        name or next_id(loaded.registers.questions, "Q"),
        on or this_day(),
        milestone=milestone,
        about=_about(loaded, milestone, about),
        text_nb=text_nb,
        text_nn=text_nn,
        text_en=text_en,
        arena=arena,
        by=by,
    )
    before = replaced(loaded.registers, row)
    made = append(loaded.path, [row], loaded.known_to_registers(), seen=loaded.registers)
    click.echo(f"{row.FILE}: {row.id} on {row.on}{'' if before is None else f'; takes the place of {before.on}'}")
    for warning in made.warnings:
        click.echo(f"warning: {warning}", err=True)


@question.command("list")
@click.argument("milestone", required=False, default="")
@_language_option
@study_option
def list_questions(*, milestone: str, language: str | None, study: Path | None) -> None:
    """List the questions that stand, of MILESTONE or of all."""
    loaded = _study(study)
    chosen = language or loaded.settings.language
    rows = [row for row in loaded.registers.until("9999-12-31").questions if milestone in ("", row.milestone)]
    for row in rows:
        text = {"nb": row.text_nb, "nn": row.text_nn or row.text_nb, "en": row.text_en}[chosen]
        click.echo(" · ".join(part for part in (row.id, row.milestone, row.about, row.arena, text) if part))
    click.echo(counted(len(rows), "question"))


@question.command("withdraw")
@click.argument("name", metavar="ID")
@on_option
@study_option
def withdraw_question(*, name: str, on: str, study: Path | None) -> None:
    """Take the question ID out from a day on; packs made before have it still."""
    from .registers.records import Question
    from .registers.store import append

    loaded = _study(study)
    standing = {row.id for row in loaded.registers.until("9999-12-31").questions}
    if name not in standing:
        raise UnknownName("question", name, sorted(standing))
    row = Question(name, on or this_day(), action="withdrawn")
    append(loaded.path, [row], loaded.known_to_registers(), seen=loaded.registers)
    click.echo(f"{row.FILE}: {row.id} withdrawn on {row.on}")


def _about(study: Study, milestone: str, about: str) -> str:
    """What a question is about, an element by its id also where it was named by its display code."""
    kind, _, name = about.partition(":")
    known = {one.id: one.codebook_version for one in study.settings.milestones}
    if kind == "element" and known.get(milestone) in study.lineage.versions:
        code = study.lineage[known[milestone]].find(name)
        return f"element:{code.id}" if code is not None else about
    return about


def _study(study: Path | None) -> Study:
    from .study import load_study

    return load_study(open_folder(study, "quote"))


def _book(study: Study, milestone: str) -> str:
    return study.milestone(milestone).codebook_version if milestone else study.lineage.versions[-1]


def _displays(study: Study, milestone: str) -> Mapping[str, str]:
    """The display code of every code, of the milestone's codebook first."""
    books = [book for book in study.lineage.codebooks if book.codebook_version != _book(study, milestone)]
    books.append(study.lineage[_book(study, milestone)])
    return {code.id: code.display for book in books for code in book.codes}


def _with_same(study: Study, segments: Sequence[str], *, takes_same: bool) -> Sequence[str]:
    from .clearing import same_words

    return same_words(study, segments) if takes_same else segments


def _table_of(study: Study, chosen: _Chosen, until: str) -> pd.DataFrame:
    """The passages that were asked for."""
    from .clearing import listed

    table = listed(study, milestone=chosen.milestone, takes_all=chosen.takes_all, day=until)
    if chosen.states:
        table = table[table["state"].isin(list(chosen.states))]
    if chosen.audience:
        table = table[[chosen.audience in str(told).split() for told in table["audiences"]]]
    if chosen.element:
        book = study.lineage[_book(study, chosen.milestone)]
        code = book.find(chosen.element)
        if code is None:
            raise UnknownName("code", chosen.element, (one.display for one in book.active))
        below = {one.id for one in book.codes if code.id in (one.id, one.parent)}
        table = table[table["code"].isin(list(below))]
    if chosen.case:
        known = [one.id for one in study.settings.cases]
        if chosen.case not in known:
            raise UnknownName("case", chosen.case, known)
        table = table[table["case"] == chosen.case]
    if chosen.document:
        if chosen.document not in study.documents.index:
            raise UnknownName("document", chosen.document, study.documents.index)
        table = table[table["document"] == chosen.document]
    return table.reset_index(drop=True)


def _record(study: Study, wishes: Sequence[Wish], given: _Given) -> None:
    """Take steps and tell of them: how many, what is warned of, and which packs must be called back."""
    from .clearing import record

    today = this_day()
    made: Recorded = record(study, wishes, by=given.by, on=given.on or today, today=today, is_dry=given.is_dry)
    for row in made.rows[:_SHORT]:
        click.echo(f"{row.segment}\t{row.state}{' for ' + row.audience if row.audience else ''}\t{row.id}")
    if len(made.rows) > _SHORT:
        click.echo(f"… and {len(made.rows) - _SHORT} more")
    for warning in made.warnings:
        click.echo(f"warning: {warning}", err=True)
    stood = len(wishes) - len(made.rows)
    said = f"; {counted(stood, 'quote')} stood there already" if stood else ""
    verb = "would be written to" if given.is_dry else "added to"
    click.echo(f"{counted(len(made.rows), 'step')} {verb} corpus/clearances.csv{said}")
    _tell_packs(made.packs)


#: How what was made is told of, and what takes its place.
_MADE = {
    "": ("pack", "build it anew"),
    "pack": ("pack", "build it anew"),
    "site": ("page of the site", "make the site anew and put all of it out"),
    "notebooks": ("notebooks", "make them anew"),
    "slides": ("slides of notebooks", "make them anew"),
}


def _tell_packs(packs: Iterable[PackMade]) -> None:
    for row in packs:
        to = f" for {row.arena}" if row.arena else ""
        what, anew = _MADE[row.kind]
        click.echo(
            f"call back: {row.id} ({what}, {row.milestone}, {row.audience}{to}), made on {row.on}; SHA-256 "
            f"{row.file_sha256[:12]}…: let people hand in what they have answered, then delete every copy, and {anew}"
        )


def _write(path: Path, data: bytes) -> None:
    from .corpus.store import write_atomically

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)
    except OSError as error:
        raise ForanError(f"{path}: cannot be written ({error.strerror}); is it open in a spreadsheet?") from None
