"""What bringing transcripts in costs beside what the format's own library needs to read their words.

    python benchmarks/bench_import.py [--files 100] [--words 10000] [--repeats 3]

Invented talk with a fixed seed, written in every format, measured in this one run with the contestants taking turns.
Bringing in is all of `foran add` but the interpreter's start: reading, understanding who speaks, looking for names and
numbers, giving pseudonyms, and everything on the disk, in one process; "reading alone" is what the reader of the format needs of
that. Ratios of medians. A contestant is the library that people read the format with: python-docx, striprtf, pypdfium2,
Beautiful Soup with its own parser. For OpenDocument none is installed, and a parse with a walk over the paragraphs stands
for one, without a target; "a bare parse" is lxml and nothing but all text below the root, which reads no transcript. Plain
text and WebVTT have no library: there the time itself is told.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from bs4 import BeautifulSoup
from docx import Document
from lxml import etree, html
from striprtf.striprtf import rtf_to_text

from foran_research.adding import add_documents
from foran_research.corpus.intake import Description
from foran_research.corpus.readers import read_texts
from foran_research.errors import Faults
from foran_research.starting import start_study

SEED = 20_261_121
ROOT = Path(__file__).resolve().parents[1]
AT = "2026-11-21T12:00:00Z"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
ODF_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
#: At most so many times what the library needs.
TARGET = 1.5
#: The whole number of files is Word's, which most transcripts are; others get a fifth, and slow ones less.
FEWER = {"docx": 1, "pdf": 10}


def talk(words: int, seed: int) -> list[tuple[str, str]]:
    """A conversation of about so many words, from the sentences of the demo study."""
    rng = random.Random(seed)
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "corpus" / "texts").glob("*.md"))]
    lines = [
        re.sub(r"\*\*[^*]*:\*\*\s*", "", line) for text in texts for line in text.split("---\n", 2)[-1].splitlines()
    ]
    sentences = [s for line in lines if line and line[0] != "#" for s in re.split(r"(?<=[.!?…])\s+", line) if s]
    turns, count = [], 0
    while count < words:
        said = " ".join(rng.choices(sentences, k=rng.randint(1, 5)))
        turns.append(("Intervjuer" if len(turns) % 2 == 0 else "Torhild Fjellvåg", said))
        count += len(said.split())
    return turns


def write_docx(turns: list[tuple[str, str]], path: Path) -> None:
    """As Word writes it: the label in bold, and the words in as many runs as there were sittings and spelling marks."""
    document, rng = Document(), random.Random(SEED)
    for speaker, said in turns:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{speaker}: ").bold = True
        words = said.split(" ")
        while words:
            size = rng.randint(4, 16)
            paragraph.add_run(" ".join(words[:size]) + (" " if len(words) > size else ""))
            words = words[size:]
    document.save(str(path))


def write_odt(turns: list[tuple[str, str]], path: Path) -> None:
    def escaped(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;")

    body = "".join(f"<text:p>{escaped(f'{speaker}: {said}')}</text:p>" for speaker, said in turns)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{OFFICE}" '
        f'xmlns:text="{ODF_TEXT}" office:version="1.2"><office:body><office:text>{body}</office:text></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)


def write_rtf(turns: list[tuple[str, str]], path: Path) -> None:
    def escaped(text: str) -> str:
        units = text.encode("utf-16-le")
        codes = [int.from_bytes(units[n : n + 2], "little", signed=True) for n in range(0, len(units), 2)]
        return "".join(chr(c) if 32 <= c < 127 and chr(c) not in "\\{}" else f"\\u{c}?" for c in codes)

    body = "\\par\n".join(escaped(f"{speaker}: {said}") for speaker, said in turns)
    path.write_text(f"{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 Arial;}}}}\\f0\n{body}\\par}}", "ascii")


def write_html(turns: list[tuple[str, str]], path: Path) -> None:
    body = "\n".join(f"<p>{speaker}: {said}</p>" for speaker, said in turns)
    path.write_text(f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{body}</body></html>", "utf-8")


def write_txt(turns: list[tuple[str, str]], path: Path) -> None:
    path.write_text("\n".join(f"{speaker}: {said}" for speaker, said in turns) + "\n", "utf-8")


def write_vtt(turns: list[tuple[str, str]], path: Path) -> None:
    def clock(seconds: int) -> str:
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000"

    cues = [f"{clock(10 * n)} --> {clock(10 * n + 9)}\n<v {who}>{said}" for n, (who, said) in enumerate(turns)]
    path.write_text("WEBVTT\n\n" + "\n\n".join(cues) + "\n", "utf-8")


def write_pdf(turns: list[tuple[str, str]], path: Path) -> None:
    import textwrap

    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.backends.backend_pdf import PdfPages

    lines = [line for speaker, said in turns for line in [*textwrap.wrap(f"{speaker}: {said}", 90), ""]]
    with PdfPages(path) as pages:
        for start in range(0, len(lines), 55):
            figure = pyplot.figure(figsize=(8.3, 11.7))
            figure.text(0.08, 0.95, "\n".join(lines[start : start + 55]), va="top", fontsize=9)
            pages.savefig(figure)
            pyplot.close(figure)


def by_docx(path: Path) -> int:
    return sum(len(paragraph.text) for paragraph in Document(str(path)).paragraphs)


def by_odt(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("content.xml"))
    return sum(len("".join(paragraph.itertext())) for paragraph in root.iter(f"{{{ODF_TEXT}}}p", f"{{{ODF_TEXT}}}h"))


def bare_zip(member: str) -> Callable[[Path], int]:
    """All text of one part of an archive."""

    def parsed(path: Path) -> int:
        with zipfile.ZipFile(path) as archive:
            return sum(map(len, etree.fromstring(archive.read(member)).itertext()))

    return parsed


def bare_html(path: Path) -> int:
    return len(html.fromstring(path.read_bytes()).text_content())


def by_rtf(path: Path) -> int:
    return len(rtf_to_text(path.read_text("ascii")))


def by_html(path: Path) -> int:
    return len(BeautifulSoup(path.read_bytes(), "html.parser").get_text())


def by_pdf(path: Path) -> int:
    document = pypdfium2.PdfDocument(path)
    return sum(len(document[n].get_textpage().get_text_bounded()) for n in range(len(document)))


Reading = Callable[[Path], int]


@dataclass(frozen=True)
class Contest:
    """How a format is written, what reads it otherwise, and whether the ratio is held against the target."""

    write: Callable[[list[tuple[str, str]], Path], None]
    library: Reading | None = None
    called: str = "no library"
    is_target: bool = True
    bare: Reading | None = None


FORMATS: dict[str, Contest] = {
    "docx": Contest(write_docx, by_docx, "python-docx, text of every paragraph", bare=bare_zip("word/document.xml")),
    "rtf": Contest(write_rtf, by_rtf, "striprtf"),
    "pdf": Contest(write_pdf, by_pdf, "pypdfium2, text of every page"),
    "html": Contest(write_html, by_html, "Beautiful Soup, get_text", bare=bare_html),
    "odt": Contest(write_odt, by_odt, "no library: lxml and a walk", is_target=False, bare=bare_zip("content.xml")),
    "vtt": Contest(write_vtt),
    "txt": Contest(write_txt),
}


def imported(files: list[Path], folder: Path) -> None:
    """All of an adding into a study that is new."""
    about = Description("interview", "TRD", "2020-05-27")
    results = add_documents(folder, files, about, at=AT)
    assert len(results) == len(files)
    assert all(one.is_new and one.speakers == 2 for one in results)


def new_study(folder: Path) -> Path:
    start_study(folder)
    settings = folder / "foran.toml"
    settings.write_text(settings.read_text("utf-8").replace("synthetic = false", "synthetic = true"), "utf-8")
    return folder


def timed(work: Callable[[], object]) -> tuple[float, float]:
    processor, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - processor, time.perf_counter() - clock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--words", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--formats", nargs="*", default=list(FORMATS))
    arguments = parser.parse_args()
    print(
        f"{arguments.files} transcripts of {arguments.words:,} words as docx, a tenth of that as PDF, a fifth in the others;"
    )
    print(f"seed {SEED}; {arguments.repeats} repeats, taking turns, after one that does not count\n")
    print(
        "| format | against | bringing in, processor time | by the clock | reading alone | against a bare parse | target |"
    )
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in arguments.formats:
            contest = FORMATS[name]
            count = max(1, arguments.files // FEWER.get(name, 5))
            files = [folder / f"{name}-{n:03d}.{name}" for n in range(count)]
            for n, file in enumerate(files):
                contest.write(talk(arguments.words, SEED + n), file)
            # Once each unmeasured: what is imported and compiled on first use is no part of either.
            imported(files[:1], new_study(folder / "warm"))
            shutil.rmtree(folder / "warm")
            times = [measured(contest, files, folder / f"{name}-{repeat}") for repeat in range(arguments.repeats + 1)]
            print(row(name, contest, count, times[1:]), flush=True)
            for file in files:
                file.unlink()


def measured(contest: Contest, files: list[Path], folder: Path) -> dict[str, tuple[float, float]]:
    """Processor time and time by the clock of each contestant, once."""
    study = new_study(folder)
    contestants = {"library": contest.library, "bare": contest.bare}
    times = {
        name: timed(lambda read=read: [read(file) for file in files])
        for name, read in contestants.items()
        if read is not None
    }
    times["reading"] = timed(lambda: [read_texts(file, Faults()) for file in files])
    times["ours"] = timed(lambda: imported(files, study))
    shutil.rmtree(study)
    return times


def row(name: str, contest: Contest, count: int, times: list[dict[str, tuple[float, float]]]) -> str:
    """A row of the table: ratios to the library, or times per transcript where there is none."""
    middle = {one: [statistics.median(each[one][n] for each in times) for n in (0, 1)] for one in times[0]}
    (ours, clock), (reading, _) = middle["ours"], middle["reading"]
    if contest.library is None:
        cells = [f"{1000 * one / count:.0f} ms each" for one in (ours, clock, reading)]
        return f"| {name} | {contest.called} | {' | '.join(cells)} | | |"
    alone, by_clock = middle["library"]
    bare = f"{ours / middle['bare'][0]:.0f} ×" if "bare" in middle else ""
    bar = f"≤ {TARGET}: {'met' if ours <= TARGET * alone else '**missed**'}" if contest.is_target else "none"
    ratios = " | ".join(f"{one:.2f} ×" for one in (ours / alone, clock / by_clock, reading / alone))
    return f"| {name} | {contest.called} | {ratios} | {bare} | {bar} |"


if __name__ == "__main__":
    main()
