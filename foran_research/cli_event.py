"""The commands on registers: `foran event add`, `list`, and `foran register list`, `add`, `withdraw`, `tidy`."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .cli_study import open_folder, study_option
from .errors import ForanError, UnknownName

if TYPE_CHECKING:
    from .registers.records import Record, Registers
    from .registers.store import Appended
    from .study import Study

#: Characters of a text in a listing.
_SHORT = 60
#: How ids begin that are given here, by register.
_PREFIX: Mapping[str, str] = {
    "assessments": "A",
    "targets": "G",
    "measures": "T",
    "measure_status": "S",
    "actors": "AK",
    "events": "EV",
    "indicators": "I",
    "indicator_values": "V",
    "clearances": "CL",
    "questions": "Q",
    "packs": "PK",
}

_on_option = click.option("--on", default="", metavar="DAY", help="The day of the record; today when left out.")
_until_option = click.option("--until", default="", metavar="DAY", help="As they stood at the end of that day.")
_history_option = click.option("--history", "has_history", is_flag=True, help="Every row, those replaced as well.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def event() -> None:
    """What came of the study: publications, talks, workshops, courses, tools in use."""


@event.command("add")
@click.option("--kind", required=True, help="article, chapter, thesis, talk, web, workshop, teaching, course, …")
@click.option("--date", "day", required=True, metavar="DAY", help="When it took place or came out.")
@click.option("--nb", "what_nb", required=True, help="What it was, in Norwegian.")
@click.option("--en", "what_en", required=True, help="What it was, in English.")
@click.option("--case", default="", help="The municipality; national when left out.")
@click.option("--milestone", default="", help="The milestone it belongs to.")
@click.option("--by", multiple=True, help="Who: an id, never a name; can be repeated.")
@click.option("--arena", default="", help="The arena it took place in.")
@click.option("--evidence", multiple=True, help="A coded segment that tells of it; can be repeated.")
@click.option("--id", "name", default="", help="An id of your own, or that of the event this row is to replace.")
@_on_option
@study_option
def add_event(
    *,
    kind: str,
    day: str,
    what_nb: str,
    what_en: str,
    case: str,
    milestone: str,
    by: tuple[str, ...],
    arena: str,
    evidence: tuple[str, ...],
    name: str,
    on: str,
    study: Path | None,
) -> None:
    """Add an event to corpus/events.csv."""
    from .registers.records import Event, next_id

    loaded = _study(study)
    record = Event(
        name or next_id(loaded.registers.events, _PREFIX["events"]),
        on or _today(),
        date=day,
        kind=kind,
        milestone=milestone,
        case=case,
        what_nb=what_nb,
        what_en=what_en,
        by=by,
        arena=arena,
        evidence=evidence,
    )
    _append(loaded, [record])


@event.command("list")
@click.option("--kind", default="", help="Only this kind.")
@click.option("--case", default=None, help='Only this municipality; "" for national ones.')
@click.option("--milestone", default="", help="Only those of this milestone.")
@click.option("--language", type=click.Choice(("nb", "en")), default="nb", help="Language of what they were.")
@_until_option
@_history_option
@study_option
def list_events(
    *, kind: str, case: str | None, milestone: str, language: str, until: str, has_history: bool, study: Path | None
) -> None:
    """List the events, oldest first."""
    rows = _asked(_study(study).registers, until, has_history=has_history).events
    shown = [
        row
        for row in sorted(rows, key=lambda row: row.date)
        if kind in ("", row.kind) and case in (None, row.case) and milestone in ("", row.milestone)
    ]
    for row in shown:
        what = row.what_nb if language == "nb" else row.what_en
        state = " · withdrawn" if row.is_withdrawn else ""
        parts = (row.id, row.date, row.kind, row.case or "national", row.milestone, what, " ".join(row.by))
        click.echo(" · ".join(part for part in parts if part) + state)
    click.echo(_counted(len(shown), "event"))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def register() -> None:
    """The registers of maturity, measures, actors, events and indicators: rows are only ever added."""


@register.command("list")
@click.argument("name", required=False, default="")
@click.option("--csv", "is_csv", is_flag=True, help="As CSV, to save or to pass on.")
@_until_option
@_history_option
@study_option
def list_register(*, name: str, is_csv: bool, until: str, has_history: bool, study: Path | None) -> None:
    """List what stands in the register NAME; without NAME how many rows each has."""
    from .registers.records import COLUMNS, KINDS

    found = {} if not name else {name: _kind(name)}
    registers = _asked(_study(study).registers, until, has_history=has_history)
    if not found:
        for field, kind in KINDS.items():
            click.echo(f"{Path(kind.FILE).stem}: {_counted(len(getattr(registers, field)), 'row')}")
        return
    field = next(field for field, kind in KINDS.items() if kind is found[name])
    rows = getattr(registers, field)
    if is_csv:
        _print_csv(COLUMNS[found[name]], rows)
        return
    for row in rows:
        click.echo(_line(row))
    click.echo(_counted(len(rows), "row"))


@register.command("add")
@click.argument("name")
@click.argument("cells", nargs=-1, required=True, metavar="COLUMN=VALUE…")
@_on_option
@study_option
def add_row(*, name: str, cells: tuple[str, ...], on: str, study: Path | None) -> None:
    """Add a row to the register NAME; cells left out are as in the record's newest row, or empty.

    For example: foran register add actors process=TRD-1 actor_type=innkjop part_nb="skriver kravene" part_en="writes the
    requirements"
    """
    from .registers.cells import CELLS, NotUnderstood, text_of
    from .registers.records import COLUMNS, next_id

    kind = _kind(name)
    loaded = _study(study)
    given = _given(cells, COLUMNS[kind])
    field_of = {column: field.name for column, field in zip(COLUMNS[kind], fields(kind), strict=True)}
    rows = _rows(loaded.registers, kind)
    if kind.KEY == ("id",) and not given.get("id"):
        given["id"] = next_id(rows, _PREFIX[name])
    key = tuple(given.get(column, "") for column in kind.KEY)
    before = next((row for row in reversed(rows) if row.key == key), None)
    made: dict[str, Any] = {}
    for column, text in given.items():
        cell = CELLS[kind][column]
        try:
            made[field_of[column]] = cell.value(text)
        except NotUnderstood:
            raise ForanError(f"{column}: expected {cell.expected}; nothing was written") from None
    made["on"] = on or given.get("on") or _today()
    made.setdefault("action", "")
    old = {} if before is None or before.is_withdrawn else vars(before)
    if old:
        left = [column for column in COLUMNS[kind] if column not in (*given, *kind.KEY, "on", "action")]
        kept = [column for column in left if text_of(old[field_of[column]])]
        if kept:
            click.echo(f"as before: {', '.join(kept)}")
    _append(loaded, [kind(**{**old, **made})])


@register.command()
@click.argument("name")
@click.argument("key", nargs=-1, required=True)
@_on_option
@study_option
def withdraw(*, name: str, key: tuple[str, ...], on: str, study: Path | None) -> None:
    """Take the record KEY out of the register NAME from a day on; what stood before stays told."""
    kind = _kind(name)
    loaded = _study(study)
    standing = [row for row in _rows(loaded.registers.until("9999-12-31"), kind) if row.key == key]
    if not standing:
        known = [" ".join(row.key) for row in _rows(loaded.registers.until("9999-12-31"), kind)]
        raise UnknownName(f"record of {name}", " ".join(key), known)
    made: dict[str, Any] = dict(zip(kind.KEY, key, strict=True))
    _append(loaded, [kind(**made, on=on or _today(), action="withdrawn")])


@register.command()
@click.argument("name")
@study_option
def tidy(*, name: str, study: Path | None) -> None:
    """Write the register NAME in the house's own form again, after a spreadsheet has saved it."""
    from .registers.store import tidy as tidied

    kind = _kind(name)
    count = tidied(open_folder(study, "register"), kind)
    click.echo(f"{kind.FILE}: {_counted(count, 'row')}, commas, UTF-8, days as YYYY-MM-DD")


def _study(study: Path | None) -> Study:
    from .study import load_study

    return load_study(open_folder(study, "register"))


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


def _kind(name: str) -> type[Record]:
    from .registers.records import KINDS

    found = {Path(kind.FILE).stem: kind for kind in KINDS.values()}
    if name not in found:
        raise UnknownName("register", name, found)
    return found[name]


def _rows(registers: Registers, kind: type[Record]) -> Sequence[Any]:
    from .registers.records import KINDS

    rows: Sequence[Any] = getattr(registers, next(field for field, one in KINDS.items() if one is kind))
    return rows


def _asked(registers: Registers, until: str, *, has_history: bool) -> Registers:
    """What stands (on a day), or every row up to then."""
    if has_history:
        return registers.rows_until(until or "9999-12-31")
    return registers.until(until or "9999-12-31")


def _given(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for cell in cells:
        column, sign, value = cell.partition("=")
        if not sign:
            raise ForanError(f"expected COLUMN=VALUE, with quotes around a value that has blanks; {column!r} has no =")
        if column not in columns:
            raise UnknownName("column", column, columns)
        if column in found:
            raise ForanError(f"{column} is given twice")
        found[column] = value.strip()
    return found


def _append(study: Study, records: Sequence[Record]) -> None:
    from .registers.store import append

    made: Appended = append(study.path, records, study.known_to_registers(), seen=study.registers)
    for record in records:
        before = next((row for row in reversed(_rows(study.registers, type(record))) if row.key == record.key), None)
        takes = before is not None and not (before.is_withdrawn or record.is_withdrawn)
        told = f"; takes the place of the row of {before.on}" if before is not None and takes else ""
        click.echo(f"{record.FILE}: {' '.join(record.key)} on {record.on}{told}")
    for warning in made.warnings:
        click.echo(f"warning: {warning}", err=True)


def _line(row: Record) -> str:
    from .registers.cells import text_of
    from .registers.records import COLUMNS

    told = []
    for column, value in zip(COLUMNS[type(row)], vars(row).values(), strict=True):
        text = " ".join(text_of(value).split())
        if text and column not in (*row.KEY, "on", "action"):
            told.append(f"{column} {text if len(text) <= _SHORT else text[: _SHORT - 1] + '…'}")
    state = [row.action] if row.action else []
    return " · ".join([" ".join(row.key), row.on, *state, *told])


def _print_csv(columns: Sequence[str], rows: Sequence[Record]) -> None:
    from .registers.cells import cells_of

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(cells_of(row) for row in rows)
    click.echo(out.getvalue(), nl=False)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
