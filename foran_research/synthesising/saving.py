"""A synthesis written as files: a page, a workbook, a Word document, figures and tables."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from ..corpus.store import write_atomically
from ..errors import ForanError
from ..models.synthesis import Synthesis
from ..report.figures import figure_bytes, stamped
from ..report.synthesis_figures import matrix_figure, saturation_figure
from ..report.synthesis_page import synthesis_page
from ..report.synthesis_word import synthesis_docx
from ..report.tables import csv_text
from ..report.words import words as report_words
from ..settings import Settings
from ..vocabulary import LANGUAGES
from .as_tables import tables
from .workbook import synthesis_xlsx

#: Where a report's files are written before they take their places.
STAGED = ".synthesis-part"
#: The names of a report's files.
OWN = (
    "synthesis.html",
    "synthesis.xlsx",
    "synthesis.docx",
    "tables/synthesis_*.csv",
    "figures/synthesis_*.svg",
    "figures/synthesis_*.png",
)


def figures(made: Synthesis, settings: Settings, language: str) -> dict[str, Mapping[str, bytes]]:
    """Both figures as SVG and PNG bytes, by kind and name; an invented study says so on each."""
    stamp = report_words(language)["stamp_invented"] if settings.is_synthetic else ""
    drawn = {"matrix": matrix_figure(made, settings, language), "saturation": saturation_figure(made, language)}
    for figure in drawn.values():
        stamped(figure, stamp)
    return {kind: {name: figure_bytes(figure, kind) for name, figure in drawn.items()} for kind in ("svg", "png")}


def save_figure(data: bytes, output: str | Path, name: str) -> None:
    """Write a figure's bytes to ``OUTPUT/figures/NAME``, nowhere for ""; as ``milestone.save_figure`` does."""
    if output:
        write_atomically(Path(output) / "figures" / name, data)


def report_files(made: Synthesis, settings: Settings, language: str) -> dict[str, bytes]:
    """Every file of a report by its name below the folder; the same synthesis gives the same bytes.

    Raises
    ------
    ForanError
        For a language that is none.
    """
    if language not in LANGUAGES:
        raise ForanError(f"no language {language!r}; expected one of: {', '.join(LANGUAGES)}")
    drawn = figures(made, settings, language)
    return {
        "synthesis.html": synthesis_page(made, settings, drawn["svg"], language).encode("utf-8"),
        "synthesis.xlsx": synthesis_xlsx(made, settings, language),
        "synthesis.docx": synthesis_docx(made, settings, drawn["png"], language),
        **{f"tables/{name}.csv": csv_text(frame).encode("utf-8") for name, frame in tables(made).items()},
        **{
            f"figures/synthesis_{name}.{kind}": data
            for kind, of_kind in drawn.items()
            for name, data in of_kind.items()
        },
    }


def save_report(made: Synthesis, settings: Settings, folder: str | Path, *, language: str = "") -> list[Path]:
    """Write the report into a folder, which is made if need be; its files, in order of name.

    Everything is made and written before the first file takes its place; files of an earlier report that are not of this
    one are taken away, so that no figure or table is left of what is not in it any more. Other files stay.

    Raises
    ------
    ForanError
        When the folder is a file, or cannot be written to.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise ForanError(f"{folder}: a file; expected a folder to write the report into")
    content = report_files(made, settings, language or settings.language)
    staged = folder / STAGED
    try:
        shutil.rmtree(staged, ignore_errors=True)
        for name, data in sorted(content.items()):
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(staged / name, data)
            (folder / name).parent.mkdir(exist_ok=True)
        for path in earlier_files(folder):
            if path.relative_to(folder).as_posix() not in content:
                path.unlink()
        for name in sorted(content):
            (staged / name).replace(folder / name)
    except OSError as error:
        path = Path(error.filename or folder)
        raise ForanError(f"{path}: cannot be written ({error.strerror}); is it open in another program?") from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return [folder / name for name in sorted(content)]


def earlier_files(folder: Path) -> list[Path]:
    """The files in a folder that a report has written there, by their names."""
    found = [path for pattern in OWN for path in folder.glob(pattern) if path.is_file() or path.is_symlink()]
    return sorted(found)
