"""Every way we know to break corpus/assignments.csv and resolutions: each found, with its line, without a word quoted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from small_study import SmallStudy, draft

from foran_research.coding.assignment import assignments_in
from foran_research.errors import StudyError
from foran_research.study import load_study

FILE = "corpus/assignments.csv"
GOOD = "id,coder,with,document,turns,seed,drawn\nA01,K2,K1,FJO-I01,2 4,7,2020-03-10\nA02,K2,K1,HEI-I01,,7,\n"
SAID = "Strategien lå i skuffen."


def written(small: SmallStudy, text: str | bytes) -> None:
    (small.path / FILE).write_bytes(text.encode() if isinstance(text, str) else text)


def row(text: str) -> str:
    return GOOD + text + "\n"


def test_good_assignments_are_read_and_none_are_needed(small_study: SmallStudy) -> None:
    assert load_study(small_study.path).assignments.empty
    written(small_study, GOOD)
    study = load_study(small_study.path)
    assert [(one.id, one.document, one.turns, one.drawn) for one in assignments_in(study.assignments)] == [
        ("A01", "FJO-I01", (2, 4), "2020-03-10"), ("A02", "HEI-I01", (), "")]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        (row(",K2,K1,STR-I01,,7,"), "missing-id", 4),
        (row("A 3,K2,K1,STR-I01,,7,"), "bad-id", 4),
        (row("A01,K2,K1,STR-I01,,7,"), "duplicate-id", 4),
        (row("A03,,K1,STR-I01,,7,"), "bad-coder", 4),
        (row("A03,K2,,STR-I01,,7,"), "bad-coder", 4),
        (row("A03,K2,K2,STR-I01,,7,"), "bad-coder", 4),
        (row("A03,K2,K1 K1,STR-I01,,7,"), "bad-coder", 4),
        (row("A03,../K2,K1,STR-I01,,7,"), "bad-coder", 4),
        (row("A03,K2,cues@1.0.0,STR-I01,,7,"), "bad-coder", 4),
        (row("A03,K2 K3,K1,STR-I01,,7,"), "bad-coder", 4),
        (row("A03,K2,K1,STR-I99,,7,"), "unknown-document", 4),
        (row("A03,K2,K1,,,7,"), "unknown-document", 4),
        (row("A03,K2,K1,STR-I01,4-2,7,"), "bad-turns", 4),
        (row('A03,K2,K1,STR-I01,"2,4",7,'), "bad-turns", 4),
        (row("A03,K2,K1,STR-I01,alle,7,"), "bad-turns", 4),
        (row("A03,K2,K1,STR-I01,2 3,7,"), "bad-turns", 4),  # the talk has two turns
        (row("A03,K2,K1,STR-I01,1-99999,7,"), "bad-turns", 4),
        (row("A03,K2,K1,STR-N01,2,7,"), "bad-turns", 4),  # a heading
        (row("A03,K2,K1,STR-I01,,sju,"), "bad-seed", 4),
        (row("A03,K2,K1,STR-I01,,-7,"), "bad-seed", 4),
        (row("A03,K2,K1,STR-I01,,,"), "bad-seed", 4),
        (row("A03,K2,K1,STR-I01,,7²,"), "bad-seed", 4),
        (row("A03,K2,K1,STR-I01,,7,10.3.2020"), "bad-date", 4),
        (row("A03,K2,K1,STR-I01,,7,2020-02-30"), "bad-date", 4),
        (row("A03,K2,K1,FJO-I01,,7,"), "duplicate-assignment", 4),
        (row("A03,K1,K2,FJO-I01,,7,"), "duplicate-assignment", 4),
        (row("A03,K3,K2 K1,FJO-I01,,7,\nA04,K1,K3,FJO-I01,,7,"), "duplicate-assignment", 5),
        (row("A03,K2,K1,STR-I01,,7"), "broken-csv", 4),
        (row('A03,K2,K1,STR-I01,"2,7,'), "broken-csv", 4),
        (GOOD.replace(",with,", ","), "missing-column", 1),
        ("", "missing-column", 1),
        (GOOD.replace("K2", "Åse").encode("latin-1"), "not-utf8", 2),
        (row(f"A03,K2,K1,{SAID},,7,"), "unknown-document", 4),
        (row(f"A03,{SAID},K1,STR-I01,,7,"), "bad-coder", 4),
        (row(f"A03,K2,K1,STR-I01,{SAID},7,"), "bad-turns", 4),
        (row(f"A03,K2,K1,STR-I01,,{SAID},"), "bad-seed", 4),
        (row(f"A03,K2,K1,STR-I01,,7,{SAID}"), "bad-date", 4),
    ],
)  # fmt: skip
def test_a_broken_assignment_is_told_with_its_line_and_left_as_it_is(
    small_study: SmallStudy, text: str | bytes, kind: str, line: int
) -> None:
    written(small_study, text)
    before = small_study.fingerprint()
    study, faults = small_study.read()
    assert small_study.fingerprint() == before
    assert [(fault.kind, fault.file, fault.line, fault.is_warning) for fault in faults] == [(kind, FILE, line, False)]
    assert all(part.strip() for part in (faults[0].found, faults[0].expected, faults[0].remedy))
    assert SAID not in str(faults[0])
    # The rows that can be read are.
    assert study is not None
    expected = [] if kind in ("missing-column", "not-utf8") else ["A01", "A02"]
    assert [one for one in study.assignments.index if one in ("A01", "A02")] == expected
    with pytest.raises(StudyError, match=kind):
        load_study(small_study.path)


def test_every_fault_of_a_row_is_told_at_once(small_study: SmallStudy) -> None:
    written(small_study, row("A03,K2,K2,STR-I99,4-2,sju,i går"))
    _, faults = small_study.read()
    assert [fault.kind for fault in faults] == ["bad-coder", "unknown-document", "bad-seed", "bad-date", "bad-turns"]
    assert {fault.line for fault in faults} == {4}


def test_documents_are_not_judged_when_their_register_cannot_be_read(small_study: SmallStudy) -> None:
    written(small_study, GOOD)
    small_study.replace("corpus/documents.csv", "id,title,", "nummer,title,")
    _, faults = small_study.read()
    assert FILE not in {fault.file for fault in faults}


# Resolutions

NAMED = {"segment": "FJO-I01.K1.s05", "coder": "K1", "code": "C0005", "start": 0, "end": 5, "polarity": "begge"}


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in NAMED.items() if name != key}


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record.update(accepted="K1"),
        lambda record: record.update(accepted=[SAID]),
        lambda record: record.update(rejected=[without("code")]),
        lambda record: record.update(rejected=[NAMED | {"start": "0"}]),
        lambda record: record.update(rejected=[NAMED | {"code": [SAID]}]),
        lambda record: record.update(added={"segment": SAID}),
        lambda record: record.update(added=[None]),
        lambda record: record.update(accepted=[NAMED], rejected=[NAMED]),
    ],
)
def test_a_resolution_that_cannot_be_followed_is_told_with_its_line(
    small_study: SmallStudy, change: Callable[[dict[str, Any]], object]
) -> None:
    record: dict[str, Any] = {"kind": "resolution", "start": 0, "end": 5, "quote": small_study.text("FJO-I01")[:5],
                              "accepted": [], "rejected": [], "added": [], "reason": "Vi leste på nytt."}  # fmt: skip
    change(record)
    event = draft(small_study, "K2", "FJO-I01", "2020-06-01", "resolve", "FJO-I01.K2.r01", None, record)
    small_study.code("K2", "FJO-I01", [event])
    study, faults = small_study.read()
    assert [(fault.kind, fault.file, fault.line) for fault in faults] == [
        ("bad-resolution", "corpus/coding/K2/FJO-I01.jsonl", 3)]  # fmt: skip
    assert SAID not in str(faults[0])
    assert study is not None
    assert study.resolutions() == ()
