"""From anything that a municipality's model says back to its passages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from foran_research.delivering import improvement
from foran_research.errors import ForanError, UnknownName
from foran_research.study import Study, load_study
from foran_research.tracing import read_model, trace

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def demo() -> Study:
    return load_study(ROOT)


@pytest.fixture(scope="module")
def model(demo: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("m10") / "model.json"
    path.write_text(improvement.model_text(improvement.build(demo, demo.milestone("M10"))), encoding="utf-8")
    return read_model(path)


def test_a_measure_leads_to_the_evidence_it_was_recorded_with(demo: Study, model: dict[str, Any]) -> None:
    measure = next(row for row in demo.registers.until("2023-01-31").measures if row.id == "TRD-T01")
    claim, passages = trace(demo, model, "TRD-T01")
    assert {passage.segment for passage in passages} >= set(measure.evidence)
    assert claim["label"] == {"nb": measure.title_nb, "en": measure.title_en}
    assert [(one.document, one.turn, one.segment) for one in passages] == sorted(
        (one.document, one.turn, one.segment) for one in passages
    )
    assert all(passage.words.strip() for passage in passages)


def test_an_element_is_found_by_either_name_with_all_that_is_said_of_it(demo: Study, model: dict[str, Any]) -> None:
    (claim, by_display), (_, by_id) = (trace(demo, model, name) for name in ("K7", "C0030"))
    assert by_display == by_id
    assert claim["display"] == "K7"
    of_element = next(one for one in model["elements"] if one["display"] == "K7")
    assert {one.segment for one in by_id} >= set(of_element["inhibiting"])
    assert {one.document[:3] for one in by_id} == {"TRD"}


def test_what_a_model_does_not_name_is_refused_with_what_it_names(demo: Study, model: dict[str, Any]) -> None:
    with pytest.raises(UnknownName, match=r"claim 'TULL'.*TRD-T01"):
        trace(demo, model, "TULL")


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"model": "værmelding", "schema_version": 1}), encoding="utf-8")
    with pytest.raises(ForanError, match="not a model"):
        read_model(path)
