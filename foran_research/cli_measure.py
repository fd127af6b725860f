"""The commands on measures (tiltak): `foran measure add`, `step`, `status`, `list`, `show` and `form`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .cli_study import open_folder, study_option
from .errors import Faults, ForanError, UnknownName

if TYPE_CHECKING:
    from .measuring import Standing
    from .registers.records import Record
    from .study import Study

_on_option = click.option("--on", default="", metavar="DAY", help="The day of the record; today when left out.")
_dry_option = click.option("--dry-run", "is_dry", is_flag=True, help="Check everything and write nothing.")
_until_option = click.option("--until", default="", metavar="DAY", help="As they stood at the end of that day.")
_language_option = click.option(
    "--language", type=click.Choice(("nb", "en")), default=None, help="The study's own if left out."
)

#: What is told to those who write measures down, in both languages.
_TOLD: Mapping[str, tuple[str, str]] = {
    "added": ("{key} er skrevet inn ({on})", "{key} is written down ({on})"),
    "would_add": ("{key} kan skrives inn ({on})", "{key} can be written down ({on})"),
    "replaces": (
        "; tar plassen til raden av {on} (endret: {columns})",
        "; takes the place of the row of {on} (changed: {columns})",
    ),
    "nothing": ("ingenting", "nothing"),
    "dry": ("Prøve: ingenting er skrevet.", "Dry run: nothing was written."),
    "warning": ("NB", "NB"),
    "none": ("Ingen tiltak.", "No measures."),
    "count": ("{n} tiltak", "{n} measures"),
    "priority": ("prioritet {n}", "priority {n}"),
    "promoting": ("styrker noe som fremmer", "strengthens something that promotes"),
    "inhibiting": ("svekker noe som hemmer", "weakens something that inhibits"),
    "element": ("Element", "Element"),
    "addresses": ("Retning", "Direction"),
    "factor": ("Faktor", "Factor"),
    "owner": ("Ansvarlig", "Responsible"),
    "grounds": ("Begrunnelse", "Grounds"),
    "depends_on": ("Venter på", "Waits for"),
    "evidence": ("Belegg", "Evidence"),
    "arena": ("Arena", "Arena"),
    "recorded": ("Skrevet inn", "Written down"),
    "steps": ("Steg", "Steps"),
    "reports": ("Status", "Status"),
    "no_steps": ("ingen steg ennå", "no steps yet"),
    "no_reports": ("ikke meldt ennå", "not reported yet"),
    "no_date": ("dato ikke satt", "no date set"),
    "step": ("steg {step}", "step {step}"),
    "why": ("hvorfor", "why"),
    "next": ("neste", "next"),
    "planned": ("planlagt", "planned"),
    "begun": ("begynt", "begun"),
    "done": ("ferdig", "done"),
    "postponed": ("utsatt", "postponed"),
    "stopped": ("stanset", "stopped"),
    "works": ("virker", "works"),
    "partly": ("virker delvis", "works in part"),
    "not": ("virker ikke", "does not work"),
    "unknown": ("virkning ukjent", "effect unknown"),
    "written": ("{path}: tomt ark med {n} kolonner", "{path}: an empty sheet with {n} columns"),
}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def measure() -> None:
    """Measures (tiltak): what a municipality will do, on what evidence, in which steps, and how it goes."""


@measure.command()
@click.argument("case", required=False, default="")
@click.argument("element", required=False, default="")
@click.option("--nb", "title_nb", default="", help="What the measure is called, in Norwegian.")
@click.option("--en", "title_en", default="", help="The same in English.")
@click.option("--addresses", default="", help="promoting (fremmer) or inhibiting (hemmer).")
@click.option("--factor", default="", help="What is strengthened or weakened, in a few words.")
@click.option("--evidence", multiple=True, metavar="SEGMENT", help="A coded segment; can be repeated.")
@click.option("--owner", default="", help="Who is responsible: a type of actor, by id or label; never a name.")
@click.option("--priority", type=click.IntRange(1, 3), default=None, help="1 is first.")
@click.option("--why", "grounds", default="", help="Why this, and why this priority.")
@click.option(
    "--depends-on", "depends_on", multiple=True, metavar="MEASURE", help="Waits for this one; can be repeated."
)
@click.option("--arena", default="", help="The arena where it was agreed.")
@click.option("--kind", default="", help="A tag of the supplier development programme, LUPA-01 to LUPA-10.")
@click.option("--stage", default="", help="goals, assess, implement, results or effects.")
@click.option("--step", "steps", multiple=True, metavar='"NB | EN | FROM | TO"', help="A step; can be repeated.")
@click.option("--id", "name", default="", help="An id of your own, or that of the measure this row is to replace.")
@click.option("--codebook", default="", metavar="VERSION", help="The codebook of ELEMENT; the newest if left out.")
@click.option(
    "--from", "sheet", type=click.Path(dir_okay=False, path_type=Path), default=None,
    help="Read several from a CSV file instead; see `foran measure form`.",
)  # fmt: skip
@_on_option
@_dry_option
@_language_option
@study_option
def add(
    *,
    case: str,
    element: str,
    title_nb: str,
    title_en: str,
    addresses: str,
    factor: str,
    evidence: tuple[str, ...],
    owner: str,
    priority: int | None,
    grounds: str,
    depends_on: tuple[str, ...],
    arena: str,
    kind: str,
    stage: str,
    steps: tuple[str, ...],
    name: str,
    codebook: str,
    sheet: Path | None,
    on: str,
    is_dry: bool,
    language: str | None,
    study: Path | None,
) -> None:
    """Write down a measure for ELEMENT (P18 or C0072) of CASE; all faults are told at once, and then nothing is written.

    For example: foran measure add TRD P18 --nb "Navn på oppfølgingen" --en "A name for follow-up" --addresses hemmer
    --evidence TRD-I02.K1.s0065 --owner ledelse --step "Endre malen | Change the template | 2023-03-01 | 2023-05-31"
    """
    from . import measuring
    from .registers.records import Measure

    loaded = _study(study)
    day, faults = on or _today(), Faults()
    places: Sequence[tuple[str, int]] = ()
    if sheet is not None:
        if case or element or title_nb or steps:
            raise click.UsageError("--from does not go together with a measure on the command line.")
        sheeted = measuring.read_sheet(loaded, sheet, day, faults)
        rows: Sequence[Record] = sheeted.rows
        places = sheeted.places
        if not rows and not faults:
            raise ForanError(f"{sheet.name} has no measures")
    else:
        if not case or not element:
            raise click.UsageError("Give CASE and ELEMENT, or --from a file.")
        version = codebook or measuring.newest_version(loaded)
        row = Measure(
            name or measuring.measure_id(loaded, case),
            day,
            case=case,
            element=measuring.element_of(loaded, element, version),
            codebook_version=version,
            title_nb=title_nb,
            title_en=title_en,
            addresses=measuring.plain_word("addresses", addresses),
            factor=factor,
            evidence=evidence,
            owner=measuring.owner_of(loaded, owner),
            priority=priority,
            grounds=grounds,
            depends_on=depends_on,
            arena=arena,
            kind=kind,
            stage=stage,
        )
        rows = [row, *(_step_of(row.id, str(n), text, day) for n, text in enumerate(steps, 1))]
    _record(loaded, rows, language, is_dry=is_dry, faults=faults, places=places)


@measure.command()
@click.argument("name", metavar="MEASURE")
@click.argument("number", metavar="[STEP]", required=False, default="")
@click.option("--nb", "text_nb", default="", help="What is done, in Norwegian.")
@click.option("--en", "text_en", default="", help="The same in English.")
@click.option("--from", "begins", default="", metavar="DAY", help="The first day.")
@click.option("--to", "ends", default="", metavar="DAY", help="The last day.")
@_on_option
@_dry_option
@_language_option
@study_option
def step(
    *,
    name: str,
    number: str,
    text_nb: str,
    text_en: str,
    begins: str,
    ends: str,
    on: str,
    is_dry: bool,
    language: str | None,
    study: Path | None,
) -> None:
    """Write down a step of MEASURE, or change STEP of it: what is left out stays as it was."""
    from . import measuring
    from .registers.records import MeasureStep

    loaded = _study(study)
    measuring.standing_measure(loaded, name)
    day = on or _today()
    before = measuring.standing_step(loaded, name, number) if number else None
    row = before or MeasureStep(name, number or measuring.next_step(loaded, name), day)
    row = measuring.with_changes(row, on=day, text_nb=text_nb, text_en=text_en, from_=begins, to=ends)
    _record(loaded, [row], language, is_dry=is_dry)


@measure.command()
@click.argument("name", metavar="MEASURE")
@click.argument("state", metavar="STATUS")
@click.option("--step", "number", default="", help="Of this step; of the whole measure when left out.")
@click.option(
    "--effect", default="unknown", show_default=True,
    help="works (virker), partly (delvis), not (virker ikke) or unknown (ukjent).",
)  # fmt: skip
@click.option("--evidence", multiple=True, metavar="SEGMENT", help="A coded segment that shows it; can be repeated.")
@click.option("--why", default="", help="What has happened, and why.")
@click.option("--next", "next_", default="", help="What is done next.")
@click.option("--id", "report", default="", help="An id of your own, or that of the report this row is to replace.")
@_on_option
@_dry_option
@_language_option
@study_option
def status(
    *,
    name: str,
    state: str,
    number: str,
    effect: str,
    evidence: tuple[str, ...],
    why: str,
    next_: str,
    report: str,
    on: str,
    is_dry: bool,
    language: str | None,
    study: Path | None,
) -> None:
    """Report how MEASURE goes.

    STATUS is planned (planlagt), begun (begynt, i gang), done (ferdig, gjort), postponed (utsatt) or stopped (stanset).
    """
    from . import measuring
    from .registers.records import MeasureStatus, next_id

    loaded = _study(study)
    measuring.standing_measure(loaded, name)
    if number and measuring.standing_step(loaded, name, number) is None:
        steps = [row.step for row in loaded.registers.until("9999-12-31").steps if row.measure == name]
        raise UnknownName(f"step of {name}", number, steps)
    row = MeasureStatus(
        report or next_id(loaded.registers.statuses, "S"),
        on or _today(),
        measure=name,
        step=number,
        status=measuring.plain_word("status", state),
        effect=measuring.plain_word("effect", effect),
        evidence=evidence,
        why=why,
        next=next_,
    )
    _record(loaded, [row], language, is_dry=is_dry)


@measure.command("list")
@click.argument("case", required=False, default="")
@_until_option
@_language_option
@study_option
def list_measures(*, case: str, until: str, language: str | None, study: Path | None) -> None:
    """List the measures, of CASE or of all municipalities, with who is responsible and how they go."""
    from . import measuring

    loaded = _study(study)
    chosen = language or loaded.settings.language
    cases = [one.id for one in loaded.settings.cases]
    if case and case not in cases:
        raise UnknownName("case", case, cases)
    found = measuring.standing(loaded, case=case, day=until or "9999-12-31", language=chosen)
    for one in found:
        row = one.measure
        newest = one.newest
        parts = (
            row.id,
            _said("priority", chosen, n=row.priority) if row.priority else "",
            row.title_nb if chosen == "nb" else row.title_en,
            one.element,
            _owner(loaded, row.owner, chosen),
            _said(newest.status, chosen) if newest else "",
        )
        click.echo(" · ".join(part for part in parts if part))
    click.echo(_said("count", chosen, n=len(found)) if found else _said("none", chosen))


@measure.command()
@click.argument("name", metavar="MEASURE")
@_until_option
@_language_option
@study_option
def show(*, name: str, until: str, language: str | None, study: Path | None) -> None:
    """Show MEASURE with its steps, what it rests on, and how it goes."""
    from . import measuring

    loaded = _study(study)
    chosen = language or loaded.settings.language
    day = until or "9999-12-31"
    measuring.standing_measure(loaded, name, day)
    one = next(one for one in measuring.standing(loaded, day=day, language=chosen) if one.measure.id == name)
    for line in _lines(loaded, one, chosen):
        click.echo(line)


@measure.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@_language_option
@study_option
def form(*, path: Path, language: str | None, study: Path | None) -> None:
    """Make an empty sheet of measures at PATH, to fill in with Excel and bring in with `foran measure add --from PATH`."""
    from . import measuring
    from .corpus.store import write_atomically
    from .settings import read_settings

    if path.exists():
        raise ForanError(f"{path} is there already; give the sheet another name")
    settings = read_settings(open_folder(study, "measure"), Faults())
    header = measuring.sheet_header()
    # Excel asks for the mark to know that a CSV is UTF-8.
    write_atomically(path, ("\ufeff" + header).encode())
    chosen = language or (settings.language if settings is not None else "nb")
    click.echo(_said("written", chosen, path=path, n=header.count(";") + 1))


def _lines(study: Study, one: Standing, language: str) -> list[str]:
    row = one.measure
    arenas = {term.id: term.label[language] for term in study.settings.arenas}
    facts = (
        ("element", one.element),
        ("addresses", _said(row.addresses, language)),
        ("factor", row.factor),
        ("owner", _owner(study, row.owner, language)),
        ("grounds", row.grounds),
        ("depends_on", ", ".join(row.depends_on)),
        ("arena", arenas.get(row.arena, row.arena)),
        ("evidence", " ".join(row.evidence)),
        ("recorded", row.on),
    )
    priority = f" ({_said('priority', language, n=row.priority)})" if row.priority else ""
    lines = [f"{row.id} · {row.title_nb if language == 'nb' else row.title_en}{priority}"]
    lines += [f"  {_said(key, language)}: {text}" for key, text in facts if text]
    lines.append(f"  {_said('steps', language)}:" + ("" if one.steps else f" {_said('no_steps', language)}"))
    for step_ in one.steps:
        when = "–".join(day for day in (step_.from_, step_.to) if day) or _said("no_date", language)
        lines.append(f"    {step_.step}. {step_.text_nb if language == 'nb' else step_.text_en} ({when})")
    lines.append(f"  {_said('reports', language)}:" + ("" if one.reports else f" {_said('no_reports', language)}"))
    for report in one.reports:
        parts = [
            report.on,
            _said("step", language, step=report.step) if report.step else "",
            _said(report.status, language),
            _said(report.effect, language),
            f"{_said('why', language)}: {report.why}" if report.why else "",
            f"{_said('next', language)}: {report.next}" if report.next else "",
            " ".join(report.evidence),
        ]
        lines.append("    " + " · ".join(part for part in parts if part))
    return lines


def _step_of(name: str, number: str, text: str, day: str) -> Record:
    from .registers.records import MeasureStep

    parts = [part.strip() for part in text.split("|")]
    if len(parts) not in (2, 4):
        raise ForanError(f'--step {number}: expected "NB | EN | FROM | TO" or "NB | EN", with a | between')
    nb, en, begins, ends = [*parts, "", ""][:4]
    return MeasureStep(name, number, day, "", nb, en, begins, ends)


def _record(
    study: Study,
    rows: Sequence[Record],
    language: str | None,
    *,
    is_dry: bool,
    faults: Faults | None = None,
    places: Sequence[tuple[str, int]] = (),
) -> None:
    from .measuring import record
    from .registers.records import replaced

    chosen = language or study.settings.language
    made = record(study, rows, is_dry=is_dry, faults=faults, places=places)
    for row in made.rows:
        before = replaced(study.registers, row)
        told = (
            "" if before is None else _said("replaces", chosen, on=before.on, columns=_differing(before, row, chosen))
        )
        click.echo(_said("added" if made.is_written else "would_add", chosen, key=" ".join(row.key), on=row.on) + told)
    for warning in made.warnings:
        click.echo(f"{_said('warning', chosen)}: {warning}", err=True)
    if is_dry:
        click.echo(_said("dry", chosen))


def _differing(before: Record, row: Record, language: str) -> str:
    """The columns in which a row is another than the one before."""
    from .registers.cells import cells_of
    from .registers.records import COLUMNS

    pairs = zip(COLUMNS[type(row)], cells_of(before), cells_of(row), strict=True)
    return ", ".join(name for name, old, new in pairs if name != "on" and old != new) or _said("nothing", language)


def _owner(study: Study, owner: str, language: str) -> str:
    return {term.id: term.label[language] for term in study.settings.actor_types}.get(owner, owner)


def _said(key: str, language: str, /, **values: object) -> str:
    text = _TOLD[key][0 if language == "nb" else 1] if key in _TOLD else key
    return text.format(**values) if values else text


def _study(study: Path | None) -> Study:
    from .study import load_study

    return load_study(open_folder(study, "measure"))


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()
