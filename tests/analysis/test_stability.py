"""Documents drawn anew: hand-made counts, and resamples put together one by one beside the matrix arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis import stability
from foran_research.analysis.incidence import Incidence, incidence
from foran_research.analysis.network import cooccurrence
from foran_research.analysis.stability import STABILITY_COLUMNS, document_counts, edge_stability
from foran_research.errors import ForanError, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

#: A turn: document, case, codes.
Turn = tuple[str, str, str]
turns_strategy = st.lists(
    st.tuples(st.sampled_from("DEFG"), st.sampled_from("T"), st.text("ABC", max_size=3)), max_size=12
)


def table_of(turns: list[Turn], codes: str = "ABC") -> Incidence:
    names = [f"ø{n}" for n in range(len(turns))]
    units = pd.DataFrame([turn[:2] for turn in turns], columns=["document", "case"], dtype=object).assign(unit=names)
    long = [(name, code) for name, (_, _, held) in zip(names, turns, strict=True) for code in held]
    return incidence(pd.DataFrame(long, columns=["unit", "element"], dtype=object), units, tuple(codes))


THREE: list[Turn] = [("D", "T", "AB"), ("E", "T", "AB"), ("F", "T", "A")]


def test_an_edge_in_two_of_three_documents_is_kept_unless_only_the_third_is_drawn() -> None:
    """P(kept) = 1 - (1/3)^3 = 26/27; its Jaccard is k/3 when k of three draws have it: P(0) = 1/27, P(1) = 8/27."""
    [edge] = edge_stability(table_of(THREE), replicates=20_000, seed=1).to_dict("records")
    assert (edge["n_ij"], edge["documents"], edge["weight"]) == (2, 2, pytest.approx(2 / 3))
    assert edge["kept_share"] == pytest.approx(26 / 27, abs=0.006)
    assert (edge["low"], edge["high"], edge["failures"], edge["reason"]) == (0, 1, 0, "")
    [strict] = edge_stability(table_of(THREE), replicates=20_000, seed=1, least_documents=2).to_dict("records")
    # Both of the documents that have it: 1 - P(not D) - P(not E) + P(neither).
    assert strict["kept_share"] == pytest.approx(1 - 2 * (2 / 3) ** 3 + (1 / 3) ** 3, abs=0.015)
    [turns] = edge_stability(table_of(THREE), replicates=20_000, seed=1, least=2).to_dict("records")
    assert turns["kept_share"] == pytest.approx(20 / 27, abs=0.015)


def naive_weight(turns: list[Turn], i: str, j: str, weight: str) -> tuple[float | None, int]:
    """The weight by its formula, None where it divides by nothing; and the turns with both codes."""
    n_i, n_j = (sum(code in held for _, _, held in turns) for code in (i, j))
    n_ij = sum(i in held and j in held for _, _, held in turns)
    coded, n = sum(bool(held) for _, _, held in turns), len(turns)
    above, below = {
        "jaccard": (n_ij, n_i + n_j - n_ij),
        "dice": (2 * n_ij, n_i + n_j),
        "inclusion": (n_ij, min(n_i, n_j)),
        "cosine": (n_ij, (n_i * n_j) ** 0.5),
        "rate": (100 * n_ij, coded),
        "lift": (n * n_ij, n_i * n_j),
        "phi": (n * n_ij - n_i * n_j, (n_i * n_j * (n - n_i) * (n - n_j)) ** 0.5),
        "n_ij": (n_ij, 1),
    }[weight]
    return (above / below if below else None), n_ij


@settings(max_examples=25, deadline=None)
@given(turns_strategy, st.sampled_from(["jaccard", "dice", "inclusion", "cosine", "rate", "lift", "phi", "n_ij"]))
def test_intervals_are_those_of_resamples_put_together_one_by_one(turns: list[Turn], weight: str) -> None:
    table = table_of(turns)
    found = edge_stability(table, replicates=12, seed=3, weight=weight)
    assert list(found.columns) == list(STABILITY_COLUMNS)
    whole = cooccurrence(table)
    assert found[["source", "target", "n_ij", "documents"]].values.tolist() == (
        whole[["source", "target", "n_ij", "documents"]].values.tolist()
    )
    names = sorted({document for document, _, _ in turns})
    resamples = []
    for times in stability._drawn(("T",) * len(names), 12, 3):
        drawn = [
            turn for name, n in zip(names, times.astype(int), strict=True) for turn in turns * n if turn[0] == name
        ]
        resamples.append(drawn)
    for edge in found.to_dict("records"):
        i, j, values, kept = edge["source"], edge["target"], [], 0
        for drawn in resamples:
            value, n_ij = naive_weight(drawn, i, j, weight)
            values += [] if value is None else [value]
            kept += n_ij > 0
        assert edge["failures"] == 12 - len(values)
        if len(names) < 2:
            assert edge["reason"] == "lone-document"
            assert pd.isna(edge["kept_share"])
        else:
            assert edge["kept_share"] == pytest.approx(kept / 12)
            if edge["failures"]:
                assert edge["reason"] == "failed-replicates"
                assert pd.isna(edge["low"])
            else:
                assert edge["low"] == pytest.approx(np.quantile(values, 0.025))
                assert edge["high"] == pytest.approx(np.quantile(values, 0.975))


def test_a_few_failures_are_counted_and_left_out_of_the_interval() -> None:
    turns: list[Turn] = [(document, "T", "AB" if document < "D" else "C") for document in "ABCDEF"]
    edge = edge_stability(table_of(turns), replicates=4000, seed=1).iloc[0]
    # Neither code is drawn when all six draws fall on the other three documents: (1/2)^6.
    assert edge["failures"] == pytest.approx(4000 / 64, abs=35)
    assert edge[["low", "high", "reason"]].tolist() == [1, 1, ""]


def test_each_case_keeps_its_number_of_documents() -> None:
    turns: list[Turn] = [("D", "T", "AB"), ("E", "B", "AB"), ("F", "B", "")]
    edge = edge_stability(table_of(turns), replicates=500, seed=1).iloc[0]
    assert edge["kept_share"] == 1


def test_a_guest_counts_for_her_own_case_and_her_document_once() -> None:
    counts = document_counts(table_of([("D", "T", "AB"), ("D", "B", "AB"), ("E", "B", "A")]))
    assert list(zip(counts.documents, counts.cases, strict=True)) == [("D", "B"), ("D", "T"), ("E", "B")]
    edges = edge_stability(table_of([("D", "T", "AB"), ("D", "B", "AB"), ("E", "B", "A")]), replicates=5, seed=1)
    assert edges["documents"].tolist() == [1]


def test_a_single_document_has_no_interval_but_a_reason() -> None:
    [edge] = edge_stability(table_of([("D", "T", "AB"), ("D", "T", "A")]), replicates=50, seed=1).to_dict("records")
    assert (edge["reason"], edge["weight"], edge["n_ij"]) == ("lone-document", 0.5, 1)
    assert all(pd.isna(edge[name]) for name in ("low", "high", "kept_share"))


def test_an_edge_has_no_interval_where_each_case_that_has_it_has_a_single_document() -> None:
    """Pooled, two documents: but each is drawn once in every resample of its case, so nothing was tried."""
    turns: list[Turn] = [("a", "T", "AB"), ("b", "T", "A"), ("c", "B", "AB"), ("d", "B", "B")]
    lone = [(document, "D" if case == "T" else "E", held) for document, case, held in turns]
    merged: list[Turn] = [(home, case, held) for (_, case, held), (_, home, _) in zip(turns, lone, strict=True)]
    [edge] = edge_stability(table_of(merged), replicates=50, seed=1).to_dict("records")
    assert (edge["n_ij"], edge["documents"], edge["weight"], edge["reason"]) == (2, 2, 0.5, "lone-document")
    assert all(pd.isna(edge[name]) for name in ("low", "high", "kept_share"))
    # With two documents in one of the cases the edge can come and go there.
    [edge] = edge_stability(table_of([*merged, ("F", "T", "A")]), replicates=50, seed=1).to_dict("records")
    assert edge["reason"] == ""
    assert edge["low"] < edge["high"]
    # Two documents in a case that lacks the edge leave it as it is.
    [edge] = edge_stability(table_of([*merged, ("G", "O", "A"), ("H", "O", "A")]), replicates=50, seed=1).to_dict(
        "records"
    )
    assert edge["reason"] == "lone-document"


def test_a_document_with_turns_of_two_cases_is_one_document_in_every_resample_too() -> None:
    turns: list[Turn] = [("D", "T", "AB"), ("D", "B", "AB"), ("E", "T", "A"), ("E", "B", "A")]
    kept = [
        edge_stability(table_of(turns), replicates=4000, seed=1, least_documents=n).loc[0, "kept_share"] for n in (1, 2)
    ]
    # It is lost when E is drawn twice in both cases; however it is drawn, it never stands in two documents.
    assert kept[0] == pytest.approx(15 / 16, abs=0.015)
    assert kept[1] == 0
    more = [*turns, ("E", "B", "AB")]
    both = edge_stability(table_of(more), replicates=4000, seed=1, least_documents=2).loc[0, "kept_share"]
    # D and E both: T draws D at all (3/4) or not; B draws D D (1/4), D and E (1/2), E E (1/4).
    assert both == pytest.approx(0.5 + 0.25 * 0.75, abs=0.03)


def test_the_order_of_the_turns_has_no_say() -> None:
    turns: list[Turn] = [(f"{case}{n}", case, held) for case in "TB" for n, held in enumerate(["AB", "A", "B", "ABC"])]
    table = table_of(turns)
    shuffled = table.rows(np.random.default_rng(2).permutation(len(turns)))
    first, second = (edge_stability(one, replicates=40, seed=1) for one in (table, shuffled))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize("turns", [[], [("D", "T", "")], [("D", "T", "A"), ("E", "T", "B")]])
def test_without_edges_the_table_is_empty(turns: list[Turn]) -> None:
    found = edge_stability(table_of(turns), replicates=5, seed=1)
    assert found.empty
    assert list(found.columns) == list(STABILITY_COLUMNS)


def test_the_same_seed_gives_the_same_numbers_in_pieces_or_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[Turn] = [(d, "T", held) for d, held in zip("DEFDEF", ["ABC", "AB", "C", "BC", "A", "AC"], strict=True)]
    whole = edge_stability(table_of(turns), replicates=40, seed=1)
    monkeypatch.setattr(stability, "FLOATS", 1)
    pd.testing.assert_frame_equal(whole, edge_stability(table_of(turns), replicates=40, seed=1))


def test_an_unknown_weight_and_no_resamples_are_refused() -> None:
    for name in ("jacard", "vos"):
        for turns in (THREE, []):
            with pytest.raises(UnknownName, match=name):
                edge_stability(table_of(turns), replicates=5, seed=1, weight=name)
    for name in stability.WEIGHTS:
        assert len(edge_stability(table_of(THREE), replicates=5, seed=1, weight=name)) == 1
    with pytest.raises(ForanError, match="0 resamples"):
        edge_stability(table_of(THREE), replicates=0, seed=1)
