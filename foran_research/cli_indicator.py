"""`foran indicator`: the register of indicators, values read from files, and what researchers say of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .cli_study import open_folder, study_option
from .errors import ForanError, UnknownName

if TYPE_CHECKING:
    from .importing_indicators import Plan
    from .study import Study

_KINDS = ("doffin", "survey")
_WORDS = ("convergent", "complementary", "divergent")
_WHY = {
    "authority": "of authorities that are no municipality of the study",
    "type": "with a kind of notice that nobody has said the meaning of",
    "repeated": "of a notice that is there already",
    "correction": "corrections, put into the notice they correct",
    "lone_correction": "corrections of notices that are not in the file",
    "other": "notices that announce no competition",
    "dialogue": "notices of dialogue",
    "item": "with an item that nobody has said the meaning of",
    "no_answer": "answers that are none",
}


def _file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of the commands that read a file, the same for the dry run and for adding."""
    for option in (
        study_option,
        click.option("--period", default="", help="Year of a survey that has no column for it: YYYY."),
        click.option(
            "--mapping",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            default=None,
            help="A CSV role,word,means: what words of the file mean.",
        ),
        click.option("--on", default="", metavar="DAY", help="Recorded on this day; today when left out."),
        click.option("--replace", "replaces", is_flag=True, help="Values that differ take the place of those before."),
        click.option(
            "--source-date", "source_date", required=True, metavar="DAY", help="The day the file was made, YYYY-MM-DD."
        ),
        click.option(
            "--source", required=True, help="Where it is from, in the same words for the same way of measuring."
        ),
        click.option("--kind", type=click.Choice(_KINDS), required=True, help="Notices from Doffin, or a survey."),
        click.argument("file", type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def indicator() -> None:
    """Indicators: what is counted, towards which target, and values from Doffin and surveys."""


@indicator.command("list")
@click.option("--group", default="", help="Only this group: process_goal, framework, practice, reference …")
@click.option("--case", default="", help="How many values this municipality has; the whole study when left out.")
@click.option("--as-of", "as_of", default="", metavar="DAY", help="As the register stood on that day.")
@study_option
def list_indicators(group: str, case: str, as_of: str, study: Path | None) -> None:
    """List the indicators with their targets and how many values they have."""
    loaded = _study(study)
    registers = loaded.registers.until(as_of or "9999-12-31")
    if case and case not in (known := [one.id for one in loaded.settings.cases]):
        raise UnknownName("case", case, known)
    values = [one for one in registers.values if not case or one.case == case]
    rows = [one for one in registers.indicators if not group or one.group == group]
    click.echo("indicator\tgroup\tstatus\tunit\ttarget\tvalues\telements\tlabel")
    for one in rows:
        count = sum(value.indicator == one.id for value in values)
        facts = (one.id, one.group, one.status, one.unit, one.target_printed or "-", str(count),
                 " ".join(one.elements) or "-", one.label_nb)  # fmt: skip
        click.echo("\t".join(facts))
    click.echo(f"{len(rows)} indicator{'' if len(rows) == 1 else 's'}")


@indicator.command()
@click.argument("name")
@click.option("--as-of", "as_of", default="", metavar="DAY", help="As the register stood on that day.")
@study_option
def show(name: str, as_of: str, study: Path | None) -> None:
    """Print the indicator NAME whole: definition, target, source, and every value with where it is from."""
    registers = _study(study).registers.until(as_of or "9999-12-31")
    found = {one.id: one for one in registers.indicators}
    if name not in found:
        raise UnknownName("indicator", name, found)
    one = found[name]
    for field, value in vars(one).items():
        text = " ".join(value) if isinstance(value, tuple) else str(value)
        if text and field != "action":
            click.echo(f"{field}: {text}")
    click.echo("case\tperiod\tvalue\tsource\tsource_date\tfile\tnote")
    for value in registers.values:
        if value.indicator == name:
            cells = (value.case or "-", value.period, value.value, value.source, value.source_date,
                     value.file_sha256[:12] or "-", value.note)  # fmt: skip
            click.echo("\t".join(cells))


@indicator.command()
@_file_options
def read(file: Path, study: Path | None, **asked: Any) -> None:
    """Say what FILE would add to the register, and what in it is not understood; writes nothing."""
    _print(_planned(_study(study), file, asked), is_dry=True)


@indicator.command()
@_file_options
def add(file: Path, study: Path | None, **asked: Any) -> None:
    """Add the values of FILE to the register, all or none; the same file again adds nothing."""
    from .importing_indicators import add as added

    loaded = _study(study)
    planned = _planned(loaded, file, asked)
    _print(planned, is_dry=False)
    for warning in added(loaded, planned):
        click.echo(f"warning: {warning}")
    click.echo(
        "nothing was added: every value is in the register already"
        if planned.is_known
        else f"{len(planned.rows)} value{'' if len(planned.rows) == 1 else 's'} added to corpus/indicator_values.csv"
    )


@indicator.command()
@click.argument("name")
@click.argument("case")
@click.argument("word", type=click.Choice(_WORDS))
@click.option("--text", required=True, help="Why, in your own words.")
@click.option("--coder", default="", envvar="FORAN_CODER", help="Who writes; FORAN_CODER when left out.")
@study_option
def judge(name: str, case: str, word: str, text: str, coder: str, study: Path | None) -> None:
    """Write down whether the indicator NAME and the passages of CASE say the same, and why, as a memo."""
    from .memoing import add as written

    loaded = _study(study)
    if not coder:
        raise ForanError("who writes? Name the coder with --coder, or set FORAN_CODER")
    indicators = {one.id: one for one in loaded.registers.until("9999-12-31").indicators}
    if name not in indicators:
        raise UnknownName("indicator", name, indicators)
    at = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    memo = written(
        loaded,
        coder=coder,
        about="study",
        at=at,
        text=f"Indikator {name}: {_NORWEGIAN[word]}\n{text}",
        memo_type="theoretical",
        links=(f"case:{case}", *(f"code:{element}" for element in indicators[name].elements)),
    )
    click.echo(f"{memo}: written")


_NORWEGIAN = {"convergent": "konvergent", "complementary": "komplementær", "divergent": "divergent"}


def _planned(loaded: Study, file: Path, asked: dict[str, Any]) -> Plan:
    from .importing_indicators import plan

    return plan(
        loaded,
        file,
        kind=asked["kind"],
        source=asked["source"],
        source_date=asked["source_date"],
        on=asked["on"] or dt.datetime.now(dt.UTC).date().isoformat(),
        mapping=asked["mapping"] or "",
        period=asked["period"],
        replaces=asked["replaces"],
    )


def _print(planned: Plan, *, is_dry: bool) -> None:
    """What was understood of a file, and what would come of it."""
    reading = planned.reading
    click.echo(f"{reading.name}: {reading.rows} rows, read as {reading.how}, sha256 {reading.sha256[:12]}…")
    for head, means in reading.columns:
        click.echo(f"  column {head!r}: {means or 'not understood, not read'}")
    heads = {head for head, _ in reading.columns}
    for role, word, means, count in reading.words:
        if word not in heads:
            click.echo(f"  {role} {word!r}: {means or 'NOT UNDERSTOOD'} ({count})")
    for why, count in reading.left_out:
        click.echo(f"  {count} {_WHY.get(why, why)}")
    for warning in planned.warnings:
        click.echo(f"warning: {warning}")
    if planned.known:
        other = f", {planned.other_file} of them from another file" if planned.other_file else ""
        click.echo(f"{len(planned.known)} values are in the register already{other}")
    for row in planned.rows if is_dry else ():
        click.echo(f"would add\t{row.indicator}\t{row.case or '-'}\t{row.period}\t{row.value}\t{row.note}")
    if is_dry:
        click.echo(f"{len(planned.rows)} values would be added; nothing was written")


def _study(study: Path | None) -> Study:
    from .study import load_study

    return load_study(open_folder(study, "indicator"))
