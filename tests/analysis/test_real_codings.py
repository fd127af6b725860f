"""Codings that others made of real material: read whole, analysed, and held against loops written out here."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from real_codings import REPLICATES, SEED, abstracts, issue_positions, requirement_statements

from foran_research.analysis.agreement import MISSING, Values, krippendorff_alpha
from foran_research.analysis.agreement_intervals import value_figures

pytestmark = pytest.mark.shared


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "data" / "agreement"


def alpha_by_pairs(values: Values) -> float:
    """Disagreeing pairs within units, each ÷ (judges − 1), against disagreeing pairs of all judgements."""
    units = [[one for one in unit if one != MISSING] for unit in values.T.tolist()]
    units = [unit for unit in units if len(unit) > 1]
    given = [one for unit in units for one in unit]
    observed = sum(2 * sum(a != b for a, b in combinations(unit, 2)) / (len(unit) - 1) for unit in units) / len(given)
    expected = 2 * sum(a != b for a, b in combinations(given, 2)) / (len(given) * (len(given) - 1))
    return 1 - observed / expected


def test_three_annotators_agree_on_topics_better_than_on_stances(folder: Path) -> None:
    values, documents = issue_positions(folder)
    found = {name: value_figures(one, documents, replicates=REPLICATES, seed=SEED) for name, one in values.items()}
    alphas = {name: one.coefficients["alpha"].value for name, one in found.items()}
    for name, one in values.items():
        assert one.shape == (3, 200)
        assert alphas[name] == pytest.approx(alpha_by_pairs(one), abs=1e-12)
    assert {name: round(one or 0, 3) for name, one in alphas.items()} == {
        "topic": 0.703,
        "stance": 0.465,
        "both": 0.519,
    }
    low, high = found["stance"].intervals["alpha"].low, found["topic"].intervals["alpha"].low
    assert low is not None
    assert high is not None
    assert found["stance"].intervals["alpha"].below_667 == 1.0


def test_ten_statements_are_too_few_to_tell_much_and_the_intervals_say_so(folder: Path) -> None:
    coded, impact = requirement_statements(folder)
    widths = {}
    for concept, sets in coded.items():
        found = sets.pooled("masi")
        assert found.units == 10
        assert found.documents == 7
        assert set(found.unit_intervals) == set(found.intervals)
        interval = found.intervals["alpha"]
        assert interval.low is not None
        assert interval.high is not None
        widths[concept] = interval.high - interval.low
    assert min(widths.values()) > 0.3
    assert krippendorff_alpha(impact, metric="ordinal").told("en") == "0.968"


def test_six_slots_on_twenty_abstracts_keep_their_sets_and_what_nobody_coded_is_no_agreement(folder: Path) -> None:
    found = abstracts(folder)
    assert found.present.shape[:2] == (6, 210)
    # One abstract of twelve sentences was coded by nobody, and most of one slot is empty.
    assert int((found.judged.sum(axis=0) == 0).sum()) == 12
    assert found.judged.sum(axis=1).tolist() == [198, 198, 198, 198, 198, 60]
    assert (found.present.sum(axis=2) > 1).any()
    by_code = dict(zip(found.codes, found.figures(), strict=True))
    for place, (code, one) in enumerate(by_code.items()):
        values = np.where(found.judged, found.present[:, :, place], MISSING).astype(np.int64)
        assert one.coefficients["alpha"].value == pytest.approx(alpha_by_pairs(values), abs=1e-12), code
    rare = by_code["need"]
    assert rare.coefficients["percent"].value > 0.99  # it is defined, as the next line tells
    assert rare.coefficients["alpha"].value < 0.3  # likewise
    # Drawn without its only document, the code is nowhere: more failures than an interval bears.
    assert by_code["fneed"].intervals["alpha"].reason == "failed-replicates"
    assert found.pooled("masi").coefficients["alpha"].told("en") == "0.810"
