"""The commands on memos: `foran memo list`, `search`, `show`, `add`, `edit`, `link` and `export`."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .cli_study import open_folder, study_option
from .errors import ForanError

if TYPE_CHECKING:
    import pandas as pd

    from .memoing import Asked
    from .study import Study

#: Characters of a memo's text in a listing.
_SHORT = 60
_WIDTH = 100
_FIELDS = ("observation", "expectation", "surprise", "explanation", "next_step")
_TYPES = ("code", "theoretical", "method", "reflexive", "abductive")
#: Those are written with `foran synthesis`.
_SYNTHESIS_TYPES = ("summary", "proposition", "verdict")

#: How a listing is asked for memos without a type.
_NONE = "none"

_coder_option = click.option("--coder", default="", envvar="FORAN_CODER", help="Who writes; FORAN_CODER when left out.")


def _asked_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which memos are chosen, the same for every command that lists some."""
    for option in (
        click.option("--as-of", "as_of", default="", metavar="DAY", help="As they stood on that day (or UTC second)."),
        click.option("--to", default="", metavar="DAY", help="Last changed on that day or earlier."),
        click.option("--since", default="", metavar="DAY", help="Last changed on that day or later."),
        click.option("--ancestors", "has_ancestors", is_flag=True, help="Codes of --link stand for earlier codes too."),
        click.option("--link", "links", multiple=True, metavar="KIND:ID", help="About or linked to this: code:P4 …"),
        click.option("--coder", "coders", multiple=True, help="Only this coder; can be repeated."),
        click.option(
            "--notes/--no-notes", "has_notes", default=True, help="With what is written on segments themselves."
        ),
        click.option(
            "--type",
            "types",
            multiple=True,
            type=click.Choice((*_TYPES, *_SYNTHESIS_TYPES, _NONE)),
            help="Only this type.",
        ),
    ):
        command = option(command)
    return command


def _field_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for name in reversed(_FIELDS):
        flag = f"--{name.replace('_', '-')}"
        command = click.option(flag, name, default=None, help="Part of an abductive memo.")(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def memo() -> None:
    """Memos: what coders think about segments, codes, changes, documents, milestones and the study."""


@memo.command("list")
@_asked_options
@study_option
def list_memos(study: Path | None, **asked: Any) -> None:
    """List memos, oldest first, with what abductive ones still lack."""
    loaded, found = _found(study, asked)
    _print(loaded, found)


@memo.command()
@click.argument("words", nargs=-1, required=True)
@_asked_options
@study_option
def search(words: tuple[str, ...], study: Path | None, **asked: Any) -> None:
    """List the memos that hold all WORDS, anywhere and in capitals or not; "two words" are a phrase."""
    loaded, found = _found(study, {**asked, "words": words})
    _print(loaded, found)


@memo.command()
@click.argument("memo")
@click.option("--history", "has_history", is_flag=True, help="Everything that it ever was, oldest first.")
@study_option
def show(memo: str, *, has_history: bool, study: Path | None) -> None:
    """Print MEMO whole."""
    from . import memoing
    from .coding.memos import missing_fields

    loaded = _study(study)
    told = memoing.history(loaded, memo)
    for event, wording in told if has_history else told[-1:]:
        if wording is None:
            click.echo(f"{event.segment} · {event.coder} · {event.at} · taken away")
            continue
        what = memoing.TYPE_WORDS[wording.type]
        click.echo(f"{event.segment} · {what} · {event.coder} · {event.at}")
        click.echo(f"about {memoing.shown_reference(loaded, wording.about)}")
        if wording.links:
            click.echo(f"linked to {', '.join(memoing.shown_reference(loaded, one) for one in wording.links)}")
        _say(wording.text)
        for name, text in wording.fields:
            click.echo(f"{memoing.HEADINGS[name]}:")
            _say(text)
        _tell_missing(missing_fields(wording.type, wording.fields))


@memo.command()
@click.option("--about", required=True, metavar="KIND:ID", help="code:P4, segment:ID, change:CH-0001, milestone:M2, …")
@click.option("--type", "memo_type", default="", type=click.Choice(("", *_TYPES)), show_choices=True)
@click.option("--link", "links", multiple=True, metavar="KIND:ID", help="Linked to this as well; can be repeated.")
@click.option("--text", default=None, help="The text; without it, standard input or your editor.")
@_field_options
@_coder_option
@study_option
def add(
    about: str,
    memo_type: str,
    links: tuple[str, ...],
    text: str | None,
    coder: str,
    study: Path | None,
    **fields: str | None,
) -> None:
    """Write a memo; about document:ID, milestone:ID, segment:ID, code:P4, change:ID or study."""
    from . import memoing
    from .coding.memos import missing_fields

    loaded = _study(study)
    said = _given(fields)
    # Asked before anything is written in the editor, so that no text is lost to a slip.
    for name in (about, *links):
        memoing.reference(loaded, name)
    coder = _coder(coder)
    if text is None and not said:
        text = _written("")
    made = memoing.add(
        loaded, coder=coder, about=about, at=_now(), text=text or "", memo_type=memo_type, links=links, fields=said
    )
    click.echo(f"{made}: written")
    _tell_missing(missing_fields(memo_type, said.items()))


@memo.command()
@click.argument("memo")
@click.option("--type", "memo_type", default=None, type=click.Choice(("", *_TYPES)), show_choices=True)
@click.option("--text", default=None, help="The new text; without it (and without other options) your editor.")
@_field_options
@_coder_option
@study_option
def edit(
    memo: str, memo_type: str | None, text: str | None, coder: str, study: Path | None, **fields: str | None
) -> None:
    """Change MEMO; what it was stays in the log. An empty text takes a memo without fields away."""
    from . import memoing

    loaded = _study(study)
    said = {name: words for name, words in fields.items() if words is not None}
    coder = _coder(coder)
    if text is None and memo_type is None and not said:
        now = memoing.history(loaded, memo)[-1].wording
        text = _written(now.text if now else "")
    made = memoing.change(loaded, memo, coder=coder, at=_now(), text=text, memo_type=memo_type, fields=said or None)
    click.echo(f"{made}: changed" if made == memo else f"{made}: written, in the place of {memo}")


@memo.command()
@click.argument("memo")
@click.argument("links", nargs=-1, required=True, metavar="KIND:ID…")
@click.option("--remove", "is_removed", is_flag=True, help="Take these links away.")
@_coder_option
@study_option
def link(memo: str, links: tuple[str, ...], *, is_removed: bool, coder: str, study: Path | None) -> None:
    """Link MEMO to codes, segments, changes, milestones or documents."""
    from . import memoing

    loaded = _study(study)
    whole = memoing.link(loaded, memo, links, coder=_coder(coder), at=_now(), is_removed=is_removed)
    named = ", ".join(memoing.shown_reference(loaded, one) for one in whole)
    click.echo(f"{memo}: linked to {named or 'nothing'}")


@memo.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--word", "words", multiple=True, help="Only memos that hold this; can be repeated.")
@_asked_options
@study_option
def export(file: Path, study: Path | None, **asked: Any) -> None:
    """Save memos as FILE: .csv, .xlsx, .docx or .html. They may hold informants' words."""
    from . import memoing

    loaded, found = _found(study, asked)
    memoing.save(loaded, found, file)
    click.echo(f"{file}: {_summary(found)}; memos may hold informants' words: review the file before you share it")


def _study(study: Path | None) -> Study:
    from .study import load_study

    return load_study(open_folder(study, "memo"))


def _found(study: Path | None, asked: Mapping[str, Any]) -> tuple[Study, pd.DataFrame]:
    from . import memoing

    loaded = _study(study)
    types = tuple("" if name == _NONE else name for name in asked["types"])
    wanted: Asked = memoing.Asked(**{**asked, "types": types})
    return loaded, memoing.search(loaded, wanted)


def _print(study: Study, found: pd.DataFrame) -> None:
    from . import memoing
    from .coding.memos import missing_fields

    click.echo("memo\ttype\tabout\tcoder\tchanged\tversions\ttext")
    for row in found.to_dict("records"):
        about = memoing.shown_reference(study, (row["about_kind"], row["about"]))
        said = row["text"] or next((text for _, text in row["fields"]), "")
        short = textwrap.shorten(said, _SHORT, placeholder=" …")
        facts = (row["memo"], row["type"] or "-", about, row["coder"], row["changed_at"][:10], str(row["versions"]))
        click.echo("\t".join((*facts, short)))
        _tell_missing(missing_fields(row["type"], row["fields"]))
    click.echo(_summary(found))


def _summary(found: pd.DataFrame) -> str:
    left_out = found.attrs.get("withheld", 0)
    count = f"{len(found)} memo{'' if len(found) == 1 else 's'}"
    return count + (f"; {left_out} withheld while double coding is blind" if left_out else "")


def _tell_missing(names: tuple[str, ...]) -> None:
    if names:
        click.echo(f"  missing: {', '.join(names).replace('_', ' ')}")


def _say(text: str) -> None:
    for paragraph in text.splitlines():
        click.echo(textwrap.fill(paragraph, _WIDTH, initial_indent="  ", subsequent_indent="  "))


def _given(fields: Mapping[str, str | None]) -> dict[str, str]:
    return {name: words for name, words in fields.items() if words}


def _coder(coder: str) -> str:
    if not coder:
        raise ForanError("whose memo is it? Name the coder with --coder, or set FORAN_CODER")
    return coder


def _written(was: str) -> str:
    """The text that somebody gives on standard input or writes in an editor.

    Raises
    ------
    ForanError
        When the editor was left without saving, or what comes in is not UTF-8.
    """
    if not sys.stdin.isatty():
        try:
            return sys.stdin.buffer.read().decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            raise ForanError("what comes in is not UTF-8; no memo was written") from None
    said = click.edit(was, extension=".md", require_save=True)
    if said is None:
        raise ForanError("nothing was saved in the editor; no memo was written")
    return said.strip()


def _now() -> str:
    import datetime as dt

    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
