"""Some hundred broken files for every reader; FORAN_FUZZ=20000 makes as many for each. All talk is invented."""

from __future__ import annotations

import dataclasses
import os

import pytest
from hand_made_sources import GOOD, RICH
from reader_fuzz import Told, broken, fuzz, read, wrong

from foran_research.corpus.readers import FORMATS
from foran_research.corpus.source import Finding, Paragraph, Remark, SourceText
from foran_research.errors import Faults

COUNT = int(os.environ.get("FORAN_FUZZ", "0"))


def test_no_broken_file_makes_a_reader_raise_hang_or_contradict_itself() -> None:
    told = fuzz(list(FORMATS), COUNT or 200, seed=COUNT or 1)
    assert {what: one.troubles[:5] for what, one in told.items() if one.troubles} == {}
    # What takes seconds on a busy machine is told only by the long run.
    assert not COUNT or {what: one.slow for what, one in told.items() if one.slow} == {}
    assert {what: one.files for what, one in told.items()} == dict.fromkeys(FORMATS, COUNT or 200)


def test_files_are_broken_in_many_ways_and_not_beyond_use() -> None:
    for what in FORMATS:
        results = set()
        for index in range(40):
            data = broken(what, 1, index)
            assert data == broken(what, 1, index)
            faults = Faults()
            if what != "pdf":
                results.add("read" if read(what, data, faults) else faults.errors[0].kind)
        assert what == "pdf" or {"read"} < results, (what, results)


@pytest.mark.parametrize("what", sorted({*GOOD, *RICH}))
def test_whole_files_are_read_and_found_to_hold_together(what: str) -> None:
    for data in (GOOD[what], RICH.get(what, GOOD[what])):
        faults = Faults()
        texts = read(what, data, faults)
        assert texts
        assert wrong(texts, faults) == ""


def test_what_does_not_hold_together_is_seen() -> None:
    good = SourceText("txt", (Paragraph("Kari: Hei å 😀", bold=5, time=1.0),), remarks=(Remark(0, 0, 4, "Se"),))
    fault = Faults()
    fault.note("broken-file", "kilde", None, "a", "b", "c")
    assert wrong((good,), Faults()) == ""
    assert wrong((), fault) == ""
    assert wrong((), Faults())
    assert wrong((good,), fault)
    assert wrong([good], Faults())
    bad = (
        {"paragraphs": ()},
        {"paragraphs": (Paragraph("a\u030a"),)},
        {"paragraphs": (Paragraph("a\x07"),)},
        {"paragraphs": (Paragraph("a", speaker="Kari\nOla"),)},
        {"paragraphs": (Paragraph("a", bold=2),)},
        {"paragraphs": (Paragraph("a", time=float("nan")),)},
        {"paragraphs": (Paragraph("a\ud83d"),), "remarks": ()},
        {"remarks": (Remark(1, 0, 1, "Se"),)},
        {"remarks": (Remark(0, 0, 99, "Se"),)},
        {"findings": (Finding("image", 0, False),)},
    )
    for change in bad:
        assert wrong((dataclasses.replace(good, **change),), Faults()), change
    shouting = Faults()
    shouting.note("broken-file", "kilde", None, "a\x1b[2J", "b", "c")
    assert wrong((), shouting)


def test_a_process_that_dies_is_told_and_begun_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    import reader_fuzz

    # A reader that ends the process at its third file and raises at its fifth.
    worker = (
        "import json, os, sys\n"
        "parts, end = sys.argv[-3], int(sys.argv[-2])\n"
        "for part in parts.split(','):\n"
        "    what, first = part.split(':')\n"
        "    for index in range(int(first), end):\n"
        "        if what == 'rtf' and index == 3: os._exit(11)\n"
        "        line = dict(reader=what, index=index, result='read', trouble='ValueError' if index == 5 else '', seconds=0)\n"
        "        print(json.dumps(line), flush=True)\n"
    )
    path = tmp_path / "worker.py"
    path.write_text(worker, "utf-8")
    monkeypatch.setattr(reader_fuzz, "__file__", str(path))
    told = fuzz(["odt", "rtf", "html"], 7, 1)
    assert [one.files for one in told.values()] == [7, 7, 7]
    assert [[index for index, _ in one.troubles] for one in told.values()] == [[5], [3, 5], [5]]
    assert isinstance(told["rtf"], Told)
    assert "1 crash" in str(told["rtf"])
