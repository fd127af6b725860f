"""Every file among the shared real interviews is read or refused with a reason, and what is read agrees with what was counted."""

from __future__ import annotations

import io
import json
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from foran_research.corpus.readers import read_texts
from foran_research.corpus.source import SourceText
from foran_research.errors import Faults

pytestmark = pytest.mark.shared
DOCS = Path(__file__).resolve().parents[2] / "docs/formats.md"

#: Files that are no transcripts, by what is said of them; all others are read.
REFUSED = {
    r"facts\.json": "wrong-type",
    r".*\.(?:csv|xlsx|ris|tex)": "wrong-type",
    r"vtt-srt-edgecases/empty\.vtt": "empty-file",
    r"vtt-srt-edgecases/invalid_format[123]\.srt": "broken-file",
    r"vtt-srt-edgecases/invalid_format4\.srt": "empty-text",
    r"vtt-srt-edgecases/no_captions\.vtt": "empty-text",
}


@pytest.fixture(scope="module")
def interviews(shared: Path) -> Path:
    folder = shared / "data/interviews"
    if not folder.is_dir():
        pytest.skip("no interviews among the shared data")
    return folder


@cache
def read(path: Path) -> tuple[tuple[SourceText, ...], tuple[tuple[str, bool], ...]]:
    faults = Faults()
    return read_texts(path, faults), tuple((fault.kind, fault.is_warning) for fault in faults)


def counted(interviews: Path) -> dict[str, dict[str, Any]]:
    facts: dict[str, dict[str, Any]] = json.loads((interviews / "facts.json").read_text("utf-8"))
    return facts


def solid(words: str) -> str:
    return "".join(words.split()).replace("\ufeff", "").replace("\u00ad", "")


def test_every_file_is_read_or_refused_with_the_reason_we_expect(interviews: Path) -> None:
    for path in sorted(p for p in interviews.rglob("*") if p.is_file()):
        name = path.relative_to(interviews).as_posix()
        expected = next((kind for pattern, kind in REFUSED.items() if re.fullmatch(pattern, name)), None)
        texts, faults = read(path)
        assert bool(texts) == (expected is None), name
        assert faults == (((expected, False),) if expected else ()), name


def units_expected(name: str, facts: dict[str, Any]) -> int | None:
    key = {".docx": "nonempty", ".odt": "nonempty", ".vtt": "cue_arrows", ".srt": "cue_arrows", ".eaf": "annotations"}
    return facts.get(key.get(Path(name).suffix, ""))


def table_of_deviations() -> dict[str, tuple[int, int]]:
    """The rows of the table in the documentation: counted, read."""
    rows = re.findall(r"^\| `([^`]+)` \| ([\d,]+) \| ([\d,]+) \| .{10,} \|$", DOCS.read_text("utf-8"), re.MULTILINE)
    return {name: (int(there.replace(",", "")), int(here.replace(",", ""))) for name, there, here in rows}


def test_paragraphs_cues_and_annotations_are_as_many_as_counted_or_the_table_says_why(interviews: Path) -> None:
    deviations = {}
    compared = 0
    for name, facts in counted(interviews).items():
        expected = units_expected(name, facts)
        if expected is None:
            continue
        compared += 1
        texts, _ = read(interviews / name)
        found = sum(len(text.paragraphs) for text in texts)
        if found != expected:
            deviations[name] = (expected, found)
    assert compared > 40
    assert deviations == table_of_deviations()


def test_cues_that_name_a_voice_are_as_many_as_counted(interviews: Path) -> None:
    for name, facts in counted(interviews).items():
        if facts.get("voice_tags"):
            texts, _ = read(interviews / name)
            assert sum(1 for text in texts for p in text.paragraphs if p.speaker) == facts["voice_tags"], name


def plain_paragraphs(path: Path) -> list[str]:
    """The words of a Word or OpenDocument file taken out the simplest way there is."""
    if path.suffix == ".docx":
        import docx

        return [p.text for p in docx.Document(io.BytesIO(path.read_bytes())).paragraphs]
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("content.xml"))
    names = {"text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0"}
    return ["".join(p.itertext()) for p in root.xpath("//text:p | //text:h", namespaces=names)]


def test_word_and_opendocument_texts_lose_no_character(interviews: Path) -> None:
    compared = 0
    for name, facts in counted(interviews).items():
        path = interviews / name
        if path.suffix in (".docx", ".odt"):
            compared += 1
            plain = plain_paragraphs(path)
            (text,), _ = read(path)
            assert solid(text.text) == solid("".join(plain)), name
            assert sum(map(len, plain)) == facts["chars"], name
            # Blanks at both ends of paragraphs go; a blank that OpenDocument writes as an element comes in.
            more = sum(len(p.words) for p in text.paragraphs) - sum(len(words.strip()) for words in plain)
            assert 0 <= more <= (path.suffix == ".odt"), name
    assert compared == 21


def test_plain_texts_lose_no_character(interviews: Path) -> None:
    compared = 0
    for name, facts in counted(interviews).items():
        path = interviews / name
        if path.suffix != ".txt":
            continue
        compared += 1
        raw = path.read_bytes().decode(facts["encoding"])
        (text,), _ = read(path)
        if name == "noscribe/interview.txt":
            # The program's own header is told as metadata and left out; it ends with the settings, in brackets.
            assert {(f.what, f.count, f.is_carried) for f in text.findings} >= {("metadata", 4, False)}
            raw = raw[raw.index("Mark pause: 1)") + len("Mark pause: 1)") :]
        # Stars around bold words are formatting, told where they go.
        assert solid(text.text).replace("**", "") == solid(raw).replace("**", ""), name
    assert compared == 32


def test_pdf_transcripts_have_the_paragraphs_that_their_margins_number(interviews: Path) -> None:
    # The exporting program numbers the paragraphs in the margin: 1 to 95, and 1 to 166.
    for name, paragraphs, pages in (("P1", 95, 5), ("P2", 166, 8)):
        (text,), _ = read(interviews / f"pdpilot/{name}.pdf")
        assert len(text.paragraphs) == paragraphs
        heading, *turns = text.paragraphs
        assert heading.words == "Interview"
        assert all(re.match(r"(?:Dan|Participant): ", turn.words) and turn.bold > 0 for turn in turns)
        told = {finding.what: finding.count for finding in text.findings}
        assert told["page-number"] == pages
        assert not re.search(r"\b\d+/\d+\b", text.text)


def test_the_taguette_database_holds_the_same_seventeen_texts_as_the_folder(interviews: Path) -> None:
    texts, _ = read(interviews / "serdif/SERDIF_P2_ThematicAnalysis.sqlite3")
    assert len(texts) == 17
    assert sum(f.count for text in texts for f in text.findings if f.what == "coding") == 1_794
    assert sum(f.count for text in texts for f in text.findings if f.what == "code") == 22
    differing = {}
    for text in texts:
        (original,), _ = read(interviews / "serdif/raw_odt" / text.name)
        if solid(original.text) != solid(text.text):
            differing[text.name.partition("_")[0]] = len(solid(original.text)) - len(solid(text.text))
    # In three of them "re-usable" lost its hyphen before the import into Taguette.
    assert differing == {"P6": 1, "P14": 1, "P15": 1}


def test_an_export_of_all_tags_is_read_as_the_word_file_it_is(interviews: Path) -> None:
    (text,), _ = read(interviews / "serdif/tags/all_tags_20220303.docx")
    assert len(text.paragraphs) == 4_075
    assert (text.format, text.findings[0].what) == ("docx", "metadata")
