"""Intervals by resampling: against taking the drawn documents' units one by one and computing every coefficient anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis import agreement_intervals
from foran_research.analysis.agreement import COEFFICIENTS, MISSING, Values, krippendorff_alpha, percent_agreement
from foran_research.analysis.agreement_intervals import (
    Figures,
    Interval,
    code_figures,
    document_draws,
    percentile_interval,
    set_figures,
    value_figures,
)
from foran_research.analysis.set_agreement import Flags, holsti_codes, set_alpha
from foran_research.analysis.stated import REASONS, Stated

#: From the units drawn, as places, the coefficients.
Anew = Callable[[npt.NDArray[np.int64]], dict[str, Stated]]


def coded(
    *, coders: int = 3, units: int = 60, codes: int = 4, seed: int = 1, missing: float = 0.2
) -> tuple[Flags, Flags]:
    chance = np.random.default_rng(seed)
    truth = chance.random((units, codes)) < np.linspace(0.05, 0.6, codes)
    present = np.array([truth ^ (chance.random((units, codes)) < 0.15) for _ in range(coders)])
    return present, chance.random((coders, units)) >= missing


def said(present: Flags, judged: Flags, code: int) -> Values:
    return np.where(judged, present[:, :, code], MISSING)


def naive(
    anew: Anew, groups: npt.NDArray[np.int64], shared: Flags, *, replicates: int, seed: int, by: str
) -> dict[str, list[float]]:
    """Draw groups, lay their units side by side as often as drawn, and compute from scratch."""
    if by == "unit":
        groups = np.arange(len(groups))
    drawn_from = np.array(sorted(set(groups[shared].tolist())))
    fixed = np.flatnonzero(~np.isin(groups, drawn_from))
    made: dict[str, list[float]] = {}
    draws = document_draws(len(drawn_from), replicates=replicates, seed=seed, by=by)
    for times in draws:
        units = [fixed]
        for group, many in zip(drawn_from, times, strict=True):
            units += [np.flatnonzero(groups == group)] * int(many)
        for name, one in anew(np.concatenate(units)).items():
            made.setdefault(name, []).append(np.nan if one.value is None else one.value)
    return made


def expected_interval(values: list[float], name: str, by: str) -> Interval:
    defined = [value for value in values if not np.isnan(value)]
    failures = len(values) - len(defined)
    if failures > 0.05 * len(values):
        return Interval(None, None, len(values), failures, None, by, "failed-replicates")
    low, high = np.quantile(defined, [0.025, 0.975])
    below = sum(value < 0.667 for value in defined) / len(defined) if name == "alpha" else None
    return Interval(low, high, len(values), failures, below, by)


def check(told: Figures, anew: Anew, documents: npt.NDArray[np.int64], shared: Flags, *, replicates: int) -> None:
    everything = anew(np.arange(len(documents)))
    for name, one in told.coefficients.items():
        assert one.value == pytest.approx(everything[name].value, abs=1e-12), name
    for by, intervals in (("document", told.intervals), ("unit", told.unit_intervals)):
        if by == "unit" and told.documents >= 8:
            assert intervals == {}
            continue
        assert set(intervals) == set(told.coefficients)
        made = naive(anew, documents, shared, replicates=replicates, seed=11, by=by)
        for name, got in intervals.items():
            if told.coefficients[name].value is None:
                assert (got.low, got.reason) == (None, told.coefficients[name].reason)
                continue
            known = expected_interval(made[name], name, by)
            assert got == replace(
                known,
                low=pytest.approx(known.low, abs=1e-12) if known.low is not None else None,
                high=pytest.approx(known.high, abs=1e-12) if known.high is not None else None,
            ), (name, by)


@pytest.mark.parametrize("coders", [2, 3, 5])
@pytest.mark.parametrize("documents", [4, 9])
def test_codes_have_the_intervals_of_a_bootstrap_from_scratch(coders: int, documents: int) -> None:
    present, judged = coded(coders=coders, codes=2)
    judged[1:, -5:] = False  # the last document is one coder's alone
    of = np.minimum(np.arange(60) * documents // 55, documents)
    shared = judged.sum(axis=0) >= 2
    for code, told in enumerate(code_figures(present, judged, of, replicates=40, seed=11)):
        values = said(present, judged, code)
        assert told.documents == documents
        assert (told.units, told.judgements) == (shared.sum(), judged[:, shared].sum())
        assert told.positive == (values[:, shared] == 1).sum()
        assert told.prevalence == told.positive / told.judgements
        check(told, lambda u, v=values: {n: c(v[:, u]) for n, c in COEFFICIENTS.items()}, of, shared, replicates=40)


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("coders", [2, 3])
def test_scores_have_the_intervals_of_a_bootstrap_from_scratch(metric: str, coders: int) -> None:
    chance = np.random.default_rng(3)
    truth = chance.integers(0, 5, 40)
    values = np.array([np.clip(truth + chance.integers(-1, 2, 40), 0, 9) for _ in range(coders)])
    values[chance.random(values.shape) < 0.2] = MISSING
    of = np.arange(40) // 7
    told = value_figures(values, of, metric=metric, replicates=40, seed=11)
    anew = {name: one for name, one in COEFFICIENTS.items() if name != "positive"}
    anew["alpha"] = partial(krippendorff_alpha, metric=metric)
    shared = (values != MISSING).sum(axis=0) >= 2
    check(told, lambda u: {name: one(values[:, u]) for name, one in anew.items()}, of, shared, replicates=40)
    assert (told.positive, told.prevalence) == (None, None)


@pytest.mark.parametrize("distance", ["masi", "nominal"])
@pytest.mark.parametrize(("coders", "documents"), [(2, 9), (3, 4)])
def test_sets_have_the_intervals_of_a_bootstrap_from_scratch(distance: str, coders: int, documents: int) -> None:
    present, judged = coded(coders=coders)
    of = np.arange(60) * documents // 60
    told = set_figures(present, judged, of, distance=distance, replicates=30, seed=11)

    def anew(units: npt.NDArray[np.int64]) -> dict[str, Stated]:
        p, j = present[:, units], judged[:, units]
        names = np.where(j, p @ (2 ** np.arange(p.shape[2])), MISSING)
        return {
            "percent": percent_agreement(names),
            "alpha": set_alpha(p, j, distance=distance),
            "holsti": holsti_codes(p, j),
        }

    shared = judged.sum(axis=0) >= 2
    check(told, anew, of, shared, replicates=30)
    assert told.positive == present.any(axis=2)[judged & shared].sum()


yes_no = st.lists(
    st.tuples(st.lists(st.integers(-1, 1), min_size=3, max_size=3), st.integers(0, 3)), min_size=1, max_size=12
)


@settings(max_examples=30)
@given(yes_no, st.integers(1, 3))
def test_any_coding_has_the_figures_of_its_coefficients_or_their_reasons(
    rows: list[tuple[list[int], int]], coders: int
) -> None:
    values = np.array([row[:coders] for row, _ in rows]).T
    documents = np.array([document for _, document in rows])
    present, judged = (values == 1)[:, :, None], values != MISSING
    (told,) = code_figures(present, judged, documents, replicates=5, seed=11)
    for name, of in COEFFICIENTS.items():
        known = of(values)
        assert told.coefficients[name].value == pytest.approx(known.value, abs=1e-12)
        same = {"no-variation": {"no-positive", "all-positive"}}.get(known.reason, {known.reason})
        assert told.coefficients[name].reason in same
    for one in (*told.intervals.values(), *told.unit_intervals.values()):
        assert (one.low is None) == (one.high is None) == bool(one.reason)
        assert not one.reason or one.reason in REASONS


def test_the_same_seed_gives_the_same_intervals_and_another_others() -> None:
    present, judged = coded()
    of = np.arange(60) // 6
    first, again, other = (code_figures(present, judged, of, replicates=300, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first[3].intervals["alpha"] != other[3].intervals["alpha"]
    assert first[3].coefficients == other[3].coefficients


def test_what_documents_are_called_and_the_order_of_units_do_not_matter() -> None:
    present, judged = coded()
    of = np.arange(60) // 6
    known = code_figures(present, judged, of, replicates=30, seed=1)
    names = np.array([f"TRD-I{at:02d}" for at in of])
    assert code_figures(present, judged, names, replicates=30, seed=1) == known
    assert code_figures(present, judged, of * 7 + 3, replicates=30, seed=1) == known
    shuffled = np.random.default_rng(0).permutation(60)
    assert code_figures(present[:, shuffled], judged[:, shuffled], of[shuffled], replicates=30, seed=1) == known


def test_rare_codes_have_no_interval_where_too_many_replicates_lack_them() -> None:
    # One document of ten has the code: (9/10)^10 = 35 % of replicates are without it.
    present = np.zeros((2, 100, 1), bool)
    present[:, :5] = True
    present[0, 7] = True
    (told,) = code_figures(present, np.ones((2, 100), bool), np.arange(100) // 10, replicates=2000, seed=3)
    alpha = told.intervals["alpha"]
    assert (alpha.low, alpha.high, alpha.below_667, alpha.reason) == (None, None, None, "failed-replicates")
    assert alpha.replicates == 2000
    assert 0.32 < alpha.failures / 2000 < 0.38
    assert told.intervals["percent"].failures == 0
    assert told.intervals["percent"].low is not None
    assert told.coefficients["alpha"].value is not None


def test_one_document_has_no_interval_by_documents_but_one_by_units() -> None:
    present, judged = coded(missing=0)
    (*_, told) = code_figures(present, judged, np.zeros(60, int), replicates=50, seed=3)
    assert {one.reason for name, one in told.intervals.items() if told.coefficients[name].value} == {"one-document"}
    assert told.unit_intervals["alpha"].low is not None
    assert told.unit_intervals["alpha"].by == "unit"
    sets = set_figures(present, judged, np.zeros(60, int), replicates=50, seed=3)
    assert sets.intervals["alpha"].reason == "one-document"
    assert sets.unit_intervals["alpha"].low is not None
    single = value_figures(np.array([[1], [2]]), np.zeros(1, int), replicates=50, seed=3)
    assert single.intervals["alpha"].reason == "one-document"
    assert single.unit_intervals["alpha"].reason == "one-unit"


def test_intervals_by_units_stand_only_beside_few_documents() -> None:
    present, judged = coded(missing=0)
    for documents, is_there in ((7, True), (8, False)):
        of = np.arange(60) * documents // 60
        (*_, told) = code_figures(present, judged, of, replicates=20, seed=3)
        sets = set_figures(present, judged, of, replicates=20, seed=3)
        scores = value_figures(said(present, judged, 0), of, replicates=20, seed=3)
        for one in (told, sets, scores):
            assert one.documents == documents
            assert bool(one.unit_intervals) is is_there


def test_alike_turns_make_the_interval_by_documents_wider_than_that_by_units() -> None:
    """Coders agree wholly on some documents and not at all on others: turns are no independent witnesses."""
    present = np.zeros((2, 140, 1), bool)
    present[0, ::2] = True
    present[1] = present[0]
    present[1, 80:] = ~present[0, 80:]
    (told,) = code_figures(present, np.ones((2, 140), bool), np.arange(140) // 20, replicates=2000, seed=3)
    wide, narrow = told.intervals["alpha"], told.unit_intervals["alpha"]
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)
    assert wide.below_667 is not None
    assert 0.5 < wide.below_667 < 1


@pytest.mark.parametrize(
    "shape", [(0, 0, 0), (0, 3, 2), (1, 3, 2), (2, 0, 2), (2, 0, 0), (3, 0, 2), (2, 3, 0), (1, 0, 1)]
)
def test_nothing_to_compare_has_reasons(shape: tuple[int, int, int]) -> None:
    present, judged, of = np.ones(shape, bool), np.ones(shape[:2], bool), np.zeros(shape[1], int)
    values = np.where(judged, 1, MISSING)
    told = [
        *code_figures(present, judged, of, replicates=10, seed=1),
        set_figures(present, judged, of, replicates=10, seed=1),
        value_figures(values, of, replicates=10, seed=1),
    ]
    assert len(told) == shape[2] + 2
    for one in told:
        assert one.coefficients["alpha"].value is None
        for interval in (*one.intervals.values(), *one.unit_intervals.values()):
            assert (interval.low is None) == (interval.reason in REASONS)
        if shape[0] < 2 or shape[1] == 0:
            assert (one.units, one.documents, one.prevalence) == (0, 0, None)


def test_no_replicates_are_no_intervals() -> None:
    present, judged = coded()
    of = np.arange(60) // 6
    for told in (
        *code_figures(present, judged, of, replicates=0, seed=1),
        set_figures(present, judged, of, replicates=0, seed=1),
    ):
        assert told.coefficients["alpha"].value is not None
        assert told.intervals["alpha"].reason == "no-replicates"


def test_percentiles_lie_between_neighbours_in_proportion() -> None:
    assert percentile_interval(np.arange(41.0)) == Interval(1.0, 39.0, 41, 0, 1 / 41, "document")
    with_failures = percentile_interval(np.append(np.arange(40.0), np.nan), is_alpha=False)
    assert with_failures == Interval(pytest.approx(0.975), pytest.approx(38.025), 41, 1, None, "document")
    # Exactly 5 % is not above 5 %.
    assert percentile_interval(np.append(np.ones(19), np.nan)).reason == ""
    assert percentile_interval(np.append(np.ones(18), [np.nan, np.nan])).reason == "failed-replicates"
    assert percentile_interval(np.zeros(0)).reason == "no-replicates"


def test_draws_are_as_many_as_there_are_documents_and_are_stable() -> None:
    drawn = document_draws(5, replicates=600, seed=9)
    assert drawn.shape == (600, 5)
    assert (drawn.sum(axis=1) == 5).all()
    assert drawn.mean(axis=0) == pytest.approx(np.ones(5), abs=0.15)
    assert (document_draws(5, replicates=600, seed=9) == drawn).all()
    # More replicates begin with the same whole chunks.
    whole = agreement_intervals.CHUNK * 2
    assert (document_draws(5, replicates=whole, seed=9) == drawn[:whole]).all()
    assert document_draws(0, replicates=3, seed=9).shape == (3, 0)


def test_shapes_that_do_not_fit_are_refused() -> None:
    present, judged = coded()
    with pytest.raises(ValueError, match="documents is of shape"):
        code_figures(present, judged, np.zeros(59, int), seed=1)
    with pytest.raises(ValueError, match="judged of"):
        code_figures(present, judged[:2], np.zeros(60, int), seed=1)
    with pytest.raises(ValueError, match="whole numbers"):
        value_figures(np.array([[1.5, np.nan], [1.0, 2.0]]), np.zeros(2, int), seed=1)
