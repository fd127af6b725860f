"""`foran export`: a milestone for an article, a thesis, a web page or teaching, with a word on what was left out."""

from __future__ import annotations

from pathlib import Path

import click

from .cli_study import open_folder, study_option


@click.command()
@click.argument("purpose", type=click.Choice(["article", "thesis", "web", "teaching"]))
@click.argument("milestone")
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path),
    help="A new folder, or a file that ends with .zip.",
)
@click.option("--language", type=click.Choice(["nb", "en"]), default=None, help="The study's own when left out.")
@click.option(
    "--coding", type=click.Choice(["human", "suggestions"]), default="human", show_default=True,
    help="People's coding, or the cues' suggestions (all that is made says so).",
)  # fmt: skip
@click.option(
    "--persons", default=5, show_default=True, type=click.IntRange(2, 100), help="Fewest persons behind a count."
)
@click.option("--few-documents", "documents", default=3, show_default=True, type=click.IntRange(1, 100),
              help="Fewest documents behind a count.")  # fmt: skip
@study_option
def export(
    purpose: str,
    milestone: str,
    output: Path,
    language: str | None,
    coding: str,
    persons: int,
    documents: int,
    study: Path | None,
) -> None:
    """Export MILESTONE for a PURPOSE: figures and tables of an article, the appendix of a thesis, a web page, teaching."""
    from .exchange.crate import save
    from .purposes import export as exported
    from .purposes import in_language
    from .report.purpose_tables import Limits
    from .study import load_study

    folder = open_folder(study, "export")
    loaded = load_study(folder)
    packed = exported(
        purpose,
        loaded,
        loaded.milestone(milestone),
        coding=coding,
        language=language or "",
        limits=Limits(persons=persons, documents=documents),
    )
    save(packed, output, folder)
    click.echo(f"{output}: {len(packed.files)} files")
    for what, why in in_language(packed.left_out, language or loaded.settings.language):
        click.echo(f"left out: {what}: {why}")
