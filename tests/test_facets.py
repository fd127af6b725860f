"""Facets: what foran.toml says a coder may add to a segment, and what becomes of answers that it does not know."""

from __future__ import annotations

import pytest
from small_study import SmallStudy

from foran_research.coder.session import Session
from foran_research.errors import Faults
from foran_research.settings import read_settings
from foran_research.study import load_study, read_study

FACET = """
[[facets]]
id = "phase"
label = { nb = "Fase", en = "Phase" }
values = [
    { id = "før", label = { nb = "Før", en = "Before" } },
    { id = "etter", label = { nb = "Etter", en = "After" } },
]
"""
BROKEN = {
    "no values": '[[facets]]\nid = "fase"\nlabel = "Fase"\n',
    "values that are words": '[[facets]]\nid = "fase"\nlabel = "Fase"\nvalues = ["før"]\n',
    "an id twice": '[[facets]]\nid = "fase"\nlabel = "F"\nvalues = [{ id = "a", label = "A" }, { id = "a", label = "B" }]\n',
    "a value without label": '[[facets]]\nid = "fase"\nlabel = "Fase"\nvalues = [{ id = "før" }]\n',
    "a value without id": '[[facets]]\nid = "fase"\nlabel = "Fase"\nvalues = [{ label = "Før" }]\n',
}


def with_facets(study: SmallStudy, text: str) -> SmallStudy:
    path = study.path / "foran.toml"
    path.write_text(path.read_text("utf-8") + "\n" + text, "utf-8")
    return study


def test_facets_are_read_in_their_order(small_study: SmallStudy) -> None:
    faults = Faults()
    settings = read_settings(with_facets(small_study, FACET).path, faults)
    assert settings is not None
    assert not list(faults)
    (facet,) = settings.facets
    assert (facet.id, [value.id for value in facet.values]) == ("phase", ["før", "etter"])


@pytest.mark.parametrize("what", BROKEN)
def test_a_facet_that_cannot_be_answered_is_a_fault_with_its_line(small_study: SmallStudy, what: str) -> None:
    lines = (small_study.path / "foran.toml").read_text("utf-8").count("\n")
    _, faults = read_study(with_facets(small_study, BROKEN[what]).path)
    (fault,) = faults.errors
    assert fault.file == "foran.toml"
    assert fault.line is not None
    assert fault.line > lines


def test_an_answer_the_settings_no_longer_know_is_a_warning_and_is_kept(small_study: SmallStudy) -> None:
    with_facets(small_study, FACET)
    study = load_study(small_study.path)
    document = next(iter(study.transcripts))
    session = Session(study, document, "K9")
    code = study.lineage.codebooks[-1].active[0].id
    made = session.act("apply", {"start": 0, "end": 9, "code": code}).events[0].segment
    session.act("facet", {"records": [made], "facet": "phase", "value": "etter"})
    _, faults = read_study(small_study.path)
    assert [fault for fault in faults if fault.kind == "unknown-facet"] == []

    settings = small_study.path / "foran.toml"
    settings.write_text(settings.read_text("utf-8").replace('id = "etter"', 'id = "senere"'), "utf-8")
    read, faults = read_study(small_study.path)
    (fault,) = [fault for fault in faults if fault.kind == "unknown-facet"]
    assert (fault.is_warning, fault.file, fault.line) == (True, f"corpus/coding/K9/{document}.jsonl", 2)
    assert read is not None
    assert made in set(read.segments()["segment"])
