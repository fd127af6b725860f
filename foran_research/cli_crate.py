"""`foran crate` and `foran prov`: a run packed for others, whole or what may be shared of it, and where it came from."""

from __future__ import annotations

from pathlib import Path

import click

from .cli_study import open_folder, study_option

_output_option = click.option(
    "--output", "-o", type=click.Path(path_type=Path), default=None, help="A new folder, or a file that ends with .zip."
)


@click.command()
@click.argument("milestone")
@click.option("--shareable", is_flag=True, help="Only what may be shared: no transcripts, quotes or small counts.")
@_output_option
@click.option("--licence", default="", metavar="URL", help="The licence that the project has decided on.")
@click.option("--ro-crate", "version", type=click.Choice(["1.2", "1.1"]), default="1.2", show_default=True,
              help="Version of the RO-Crate specification.")  # fmt: skip
@click.option(
    "--persons", default=5, show_default=True, type=click.IntRange(2, 100), help="Fewest persons behind a count."
)
@click.option("--few-documents", "documents", default=3, show_default=True, type=click.IntRange(1, 100),
              help="Fewest documents behind a count.")  # fmt: skip
@study_option
def crate(
    milestone: str,
    shareable: bool,
    output: Path | None,
    licence: str,
    version: str,
    persons: int,
    documents: int,
    study: Path | None,
) -> None:
    """Pack the outputs of MILESTONE as an RO-Crate: with all it was made of, or (--shareable) what may be shared.

    Without --output the description of the outputs in outputs/MILESTONE is written anew.
    """
    from .errors import ForanError
    from .packing import private_crate, read_record, save, shareable_crate, write_crate
    from .purposes import in_language
    from .report.purpose_tables import Limits
    from .study import load_study

    folder = open_folder(study, "crate")
    loaded = load_study(folder)
    chosen = loaded.milestone(milestone)
    if output is None:
        if shareable:
            raise ForanError("where to? Name a new folder or a .zip file with --output; nothing was written")
        record = read_record(folder, chosen.id)
        click.echo(write_crate(folder / "outputs" / chosen.id, record, loaded.settings))
        return
    if shareable:
        packed = shareable_crate(
            loaded, chosen, version=version, licence=licence, limits=Limits(persons=persons, documents=documents)
        )
    else:
        packed = private_crate(folder, chosen.id, version=version, licence=licence)
    save(packed, output, folder)
    click.echo(f"{output}: {len(packed.files)} files")
    for what, why in in_language(packed.left_out, "en"):
        click.echo(f"left out: {what}: {why}")
    if not shareable:
        click.echo(
            "it holds transcripts: only for those who may read them. To share: foran crate MILESTONE --shareable"
        )


@click.command()
@click.argument("milestone")
@click.option("--shareable", is_flag=True, help="Days in the place of seconds, and nothing of how much was coded.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), default=None, help="A new file.")
@study_option
def prov(milestone: str, shareable: bool, output: Path | None, study: Path | None) -> None:
    """Print the provenance of MILESTONE's model as W3C PROV-JSON: texts, codings, codebooks, run, model versions."""
    from .corpus.store import write_atomically
    from .errors import ForanError
    from .packing import check_place, provenance, read_record
    from .study import load_study

    folder = open_folder(study, "prov")
    loaded = load_study(folder)
    chosen = loaded.milestone(milestone)
    has_run = (folder / "outputs" / chosen.id / "run.json").is_file()
    record = read_record(folder, chosen.id) if has_run else None
    coding = str(dict((record or {}).get("parameters", {})).get("coding", "human"))
    text = provenance(loaded, chosen, record, coding=coding, is_shared=shareable)
    if output is None:
        click.echo(text, nl=False)
        return
    check_place(output, folder)
    try:
        write_atomically(output, text)
    except OSError as error:
        raise ForanError(f"{output} cannot be written: {error.strerror or 'the disk refuses'}") from error
    click.echo(output)
