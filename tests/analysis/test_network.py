"""Co-occurrence: published and hand-made answers, and a plain count with sets beside the matrix arithmetic."""

from __future__ import annotations

import csv
import json
import math
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lineages import plain_book, plain_code

from foran_research.analysis.incidence import LAYERS, Incidence, incidence
from foran_research.analysis.network import (
    EDGE_COLUMNS,
    MEASURES,
    MIXING_COLUMNS,
    SIGN_COLUMNS,
    assortativity,
    compared,
    cooccurrence,
    cooccurrence_by_case,
    edge_kind,
    frequencies,
    level_mixing,
    measures,
    mixing_matrix,
    network,
    pair_counts,
    reasons,
    sign_mix,
    vos_strength,
)
from foran_research.analysis.stated import REASONS
from foran_research.errors import ForanError

CODES = ("C0001", "C0002", "C0003", "C0004")
BOOK = plain_book("1.0.0", [plain_code("C0001", "P1"), plain_code("C0002", "P2"), plain_code("C0003", "K1"),
                            plain_code("C0004", "E1")])  # fmt: skip
LEVELS = ("P", "K", "E", "X")

#: A unit: its document, and the codes it holds.
Unit = tuple[str, frozenset[str]]
units_strategy = st.lists(
    st.tuples(st.sampled_from("DEF"), st.frozensets(st.sampled_from(CODES))), max_size=14
)  # fmt: skip


def incidence_of(units: list[Unit], codes: tuple[str, ...] = CODES) -> Incidence:
    names = [f"{document}:{n}" for n, (document, _) in enumerate(units)]
    frame = pd.DataFrame({"unit": names, "document": [document for document, _ in units], "case": "FJO"})
    long = [(name, code) for name, (_, held) in zip(names, units, strict=True) for code in sorted(held)]
    return incidence(pd.DataFrame(long, columns=["unit", "element"], dtype=object), frame, codes)


def counted(n: int, n1: int, n2: int, n12: int) -> list[Unit]:
    """N units of which n1 hold the first code, n2 the second and n12 both."""
    sets = [{"C0001", "C0002"}] * n12 + [{"C0001"}] * (n1 - n12) + [{"C0002"}] * (n2 - n12)
    return [("D", frozenset(held)) for held in [*sets, *[set()] * (n - len(sets))]]


def test_n1_the_known_answer_of_a_hundred_turns() -> None:
    """methods.md (b) N1: N=100, 30, 20, 10 together."""
    [edge] = cooccurrence(incidence_of(counted(100, 30, 20, 10))).to_dict("records")
    assert (edge["n_i"], edge["n_j"], edge["n_ij"], edge["n_units"], edge["documents"]) == (30, 20, 10, 100, 1)
    assert edge["jaccard"] == pytest.approx(0.25)
    assert edge["lift"] == pytest.approx(1.666667, abs=5e-7)
    assert edge["npmi"] == pytest.approx(0.221849, abs=5e-7)
    assert edge["dice"] == pytest.approx(0.4)
    assert edge["inclusion"] == pytest.approx(0.5)
    assert edge["cosine"] == pytest.approx(0.408248, abs=5e-7)
    assert edge["pmi"] == pytest.approx(0.736966, abs=5e-7)
    assert edge["phi"] == pytest.approx(0.218218, abs=5e-7)
    assert edge["association"] == pytest.approx(0.0166667, abs=5e-8)
    assert edge["g2"] == pytest.approx(4.473350, abs=5e-7)
    # χ² is N φ².
    assert 100 * edge["phi"] ** 2 == pytest.approx(4.761905, abs=5e-7)
    assert (edge["n_coded"], edge["reason"]) == (40, "")
    assert not edge["is_distorted"]


def test_n3_association_strength_as_vosviewer_scales_it() -> None:
    """methods.md (b) N3: a_AB = 2, a_AC = 1, a_BC = 2."""
    held = [{"C0001", "C0002"}] * 2 + [{"C0001", "C0003"}] + [{"C0002", "C0003"}] * 2
    edges = cooccurrence(incidence_of([("D", frozenset(codes)) for codes in held]))
    assert edges["vos"].tolist() == pytest.approx([1.666667, 1.111111, 1.666667], abs=5e-7)
    matrix = vos_strength(np.array([[5, 2, 1], [2, 4, 2], [1, 2, 3]]))
    assert matrix[[0, 0, 1], [1, 2, 2]].tolist() == pytest.approx([1.666667, 1.111111, 1.666667], abs=5e-7)
    assert np.isnan(vos_strength(np.zeros((2, 2)))).all()


def test_n2_a_small_code_beside_a_large_one_is_marked() -> None:
    """ATLAS.ti's own caution (methods.md (b) N2): 100 and 10, five together, c = 5/105."""
    [edge] = cooccurrence(incidence_of(counted(200, 100, 10, 5))).to_dict("records")
    assert edge["jaccard"] == pytest.approx(5 / 105)
    assert edge["is_distorted"]


@pytest.mark.parametrize(("n1", "n2", "is_distorted"), [(10, 2, False), (11, 2, True), (2, 11, True), (5, 1, False)])
def test_an_edge_is_marked_above_five_to_one(n1: int, n2: int, is_distorted: bool) -> None:
    [edge] = cooccurrence(incidence_of(counted(30, n1, n2, 1))).to_dict("records")
    assert edge["is_distorted"] == is_distorted


def test_codes_that_are_always_together_in_every_turn_have_the_highest_npmi() -> None:
    [edge] = cooccurrence(incidence_of(counted(4, 4, 4, 4))).to_dict("records")
    assert (edge["npmi"], edge["lift"], edge["jaccard"]) == (1, 1, 1)
    [rarer] = cooccurrence(incidence_of(counted(8, 2, 2, 2))).to_dict("records")
    assert rarer["npmi"] == pytest.approx(1)


def test_uncoded_turns_count_for_lift_and_npmi_but_not_for_jaccard() -> None:
    few, many = (cooccurrence(incidence_of(counted(n, 3, 2, 1))).iloc[0] for n in (4, 400))
    assert few["jaccard"] == many["jaccard"]
    assert many["lift"] == pytest.approx(100 * few["lift"])
    assert many["npmi"] > few["npmi"]


def reference(units: list[Unit]) -> list[dict[str, object]]:
    """The same table with sets, one pair at a time."""
    edges: list[dict[str, object]] = []
    for i, j in combinations(CODES, 2):
        with_i = {n for n, (_, held) in enumerate(units) if i in held}
        with_j = {n for n, (_, held) in enumerate(units) if j in held}
        both = with_i & with_j
        if not both:
            continue
        n, one, other, p_ij = len(units), len(with_i), len(with_j), len(both) / len(units)
        lift = p_ij / (len(with_i) / len(units) * len(with_j) / len(units))
        # A code in every unit has no variance to share.
        is_constant = n in (one, other)
        variance = one * other * (n - one) * (n - other)
        k = {code: sum(len(held) - 1 for _, held in units if code in held) for code in (i, j)}
        total = sum(len(held) * (len(held) - 1) for _, held in units)
        cells = [(len(both), one, other), (one - len(both), one, n - other), (other - len(both), n - one, other),
                 (n - len(with_i | with_j), n - one, n - other)]  # fmt: skip
        edges.append({
            "source": i, "target": j, "n_ij": len(both), "documents": len({units[n][0] for n in both}),
            "n_i": len(with_i), "n_j": len(with_j), "n_units": len(units), "jaccard": len(both) / len(with_i | with_j),
            "lift": lift, "npmi": 1.0 if p_ij == 1 else math.log2(lift) / -math.log2(p_ij),
            "is_distorted": max(len(with_i), len(with_j)) > 5 * min(len(with_i), len(with_j)),
            "dice": 2 * len(both) / (one + other), "inclusion": len(both) / min(one, other),
            "cosine": len(both) / math.sqrt(one * other), "pmi": math.log2(lift),
            "phi": pd.NA if is_constant else (n * len(both) - one * other) / math.sqrt(variance),
            "association": len(both) / (one * other), "vos": total * len(both) / (k[i] * k[j]),
            "g2": 2 * sum(o * math.log(o * n / (a * b)) for o, a, b in cells if o),
            "n_coded": sum(bool(held) for _, held in units), "reason": "code-everywhere" if is_constant else "",
        })  # fmt: skip
    return edges


@settings(max_examples=30)
@given(units_strategy)
def test_the_edges_are_those_of_a_plain_count_with_sets(units: list[Unit]) -> None:
    edges = cooccurrence(incidence_of(units))
    assert list(edges.columns) == list(EDGE_COLUMNS)
    expected = pd.DataFrame(reference(units), columns=list(EDGE_COLUMNS))
    assert len(edges) == len(expected)
    for name in EDGE_COLUMNS:
        if name in MEASURES:
            assert str(edges[name].dtype) == "Float64"
            assert (edges[name].isna() == expected[name].isna()).all()
            known = ~edges[name].isna().to_numpy()
            assert edges[name][known].tolist() == pytest.approx(expected[name][known].tolist(), abs=1e-9)
        else:
            assert edges[name].tolist() == expected[name].tolist()


#: Counts that a pair of codes can have: n, n_i, n_j, n_ij.
counts_strategy = st.integers(1, 60).flatmap(
    lambda n: st.tuples(st.integers(0, n), st.integers(0, n)).flatmap(
        lambda held: st.tuples(
            st.just(n), st.just(held[0]), st.just(held[1]), st.integers(max(0, sum(held) - n), min(held))
        )
    )
)


@given(counts_strategy)
def test_every_measure_is_in_its_range_and_the_same_from_both_sides(counts: tuple[int, int, int, int]) -> None:
    n, one, other, both = counts
    pair = (np.array([both]), np.array([one]), np.array([other]))
    found = {name: float(values[0]) for name, values in measures(*pair, n).items()}
    turned = {name: float(values[0]) for name, values in measures(pair[0], pair[2], pair[1], n).items()}
    slack = 1e-9
    ranges = {"jaccard": (0, 1), "dice": (0, 1), "inclusion": (0, 1), "cosine": (0, 1), "lift": (0, n), "npmi": (-1, 1),
              "phi": (-1, 1), "association": (0, 1), "pmi": (-math.inf, math.log2(n)), "g2": (0, math.inf)}  # fmt: skip
    assert set(found) == set(ranges) == set(MEASURES) - {"vos"}
    for name, (low, high) in ranges.items():
        assert turned[name] == pytest.approx(found[name], nan_ok=True)
        assert math.isnan(found[name]) or low - slack <= found[name] <= high + slack
        assert not math.isinf(found[name])
    reason = str(reasons(*pair, n)[0])
    assert reason == "" or reason in REASONS
    assert any(math.isnan(value) for value in found.values()) == (reason != "")
    if not math.isnan(found["dice"]):
        assert found["dice"] == pytest.approx(2 * found["jaccard"] / (1 + found["jaccard"]))


def test_codes_that_never_meet_are_told_as_such() -> None:
    edges = cooccurrence(incidence_of([("D", frozenset({"C0001"})), ("D", frozenset({"C0002"}))]), least=0)
    assert len(edges) == 6
    first = edges.iloc[0]
    assert (first["jaccard"], first["npmi"], first["phi"], first["reason"]) == (0, -1, -1, "never-together")
    assert first["pmi"] is pd.NA
    absent = edges[edges["source"] == "C0003"].iloc[0]
    assert absent["reason"] == "code-absent"
    assert absent[["lift", "phi", "vos", "jaccard"]].isna().all()


def test_undefined_measures_are_empty_cells_in_a_file() -> None:
    edges = cooccurrence(incidence_of(counted(4, 4, 2, 2)))
    [header, row] = edges.to_csv(index=False).splitlines()
    told = dict(zip(header.split(","), row.split(","), strict=True))
    assert (told["phi"], told["reason"], told["g2"]) == ("", "code-everywhere", "0.0")


@settings(max_examples=15)
@given(units_strategy, st.integers(0, 3))
def test_a_threshold_leaves_out_rows_and_changes_none(units: list[Unit], least: int) -> None:
    whole = cooccurrence(incidence_of(units), least=0)
    kept = whole[whole["n_ij"] >= least].reset_index(drop=True)
    pd.testing.assert_frame_equal(cooccurrence(incidence_of(units), least=least), kept)


def test_a_threshold_below_nought_is_refused() -> None:
    with pytest.raises(ForanError, match="0 units or more"):
        cooccurrence(incidence_of([]), least=-1)


@settings(max_examples=15)
@given(units_strategy, st.lists(st.sampled_from(["FJO", "HEI", "BYN"]), min_size=14, max_size=14))
def test_all_cases_in_one_pass_are_each_case_by_itself(units: list[Unit], cases: list[str]) -> None:
    """A document may have turns of two cases: a guest's are those of her own."""
    table = incidence_of(units)
    frame = table.units.assign(case=cases[: len(units)])
    table = Incidence(frame, table.codes, table.matrix)
    found = cooccurrence_by_case(table)
    assert list(found) == sorted(set(cases[: len(units)]))
    for case, edges in found.items():
        pd.testing.assert_frame_equal(edges, cooccurrence(table.of_case(case)))


@settings(max_examples=25)
@given(units_strategy)
def test_counts_of_pairs_are_the_product_of_the_matrix_with_itself(units: list[Unit]) -> None:
    table = incidence_of(units)
    in_units, in_documents = pair_counts(table)
    dense = table.matrix.toarray()
    np.testing.assert_array_equal(in_units, dense.T @ dense)
    by_document = [dense[(table.units["document"] == name).to_numpy()] for name in "DEF"]
    np.testing.assert_array_equal(in_documents, sum((part.T @ part > 0).astype(int) for part in by_document))


def test_many_codes_and_many_documents_are_counted_alike() -> None:
    """Beyond one block of documents, and with so many codes that pairs are sorted instead of marked."""
    rng = np.random.default_rng(5)
    for n_codes, n_documents in ((5, 150), (400, 70)):
        codes = tuple(f"C{number:04d}" for number in range(n_codes))
        units: list[Unit] = [
            (f"D{number % n_documents}", frozenset(codes[c] for c in rng.integers(0, n_codes, 3).tolist()))
            for number in range(400)
        ]
        table = incidence_of(units, codes)
        dense = table.matrix.toarray()
        in_units, in_documents = pair_counts(table)
        np.testing.assert_array_equal(in_units, dense.T @ dense)
        expected = np.zeros_like(in_documents)
        for name in table.units["document"].unique():
            part = dense[(table.units["document"] == name).to_numpy()]
            expected += part.T @ part > 0
        np.testing.assert_array_equal(in_documents, expected)


def test_a_document_without_a_name_is_refused_with_a_count() -> None:
    table = incidence_of([("D", frozenset({"C0001"}))] * 3)
    nameless = Incidence(table.units.assign(document=["D", None, None]), table.codes, table.matrix)
    with pytest.raises(ForanError, match="no 'document' in 2 rows"):
        cooccurrence(nameless)


@settings(max_examples=15)
@given(units_strategy, st.randoms(use_true_random=False))
def test_the_order_of_units_changes_nothing(units: list[Unit], random: object) -> None:
    shuffled = list(units)
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(cooccurrence(incidence_of(shuffled)), cooccurrence(incidence_of(units)))
    pd.testing.assert_frame_equal(frequencies(incidence_of(shuffled)), frequencies(incidence_of(units)))


@settings(max_examples=15)
@given(units_strategy)
def test_frequencies_are_turns_and_documents(units: list[Unit]) -> None:
    found = frequencies(incidence_of(units))
    for code in CODES:
        holding = [document for document, held in units if code in held]
        assert found.loc[code, ["units", "documents"]].tolist() == [len(holding), len(set(holding))]


def test_a_turn_with_a_code_twice_counts_once() -> None:
    units = pd.DataFrame({"unit": ["a", "b"], "document": ["D", "D"], "case": "FJO"})
    long = pd.DataFrame({"unit": ["a", "a", "a", "a"], "element": ["C0001", "C0001", "C0002", "C0002"]})
    [edge] = cooccurrence(incidence(long, units, CODES)).to_dict("records")
    assert (edge["n_i"], edge["n_j"], edge["n_ij"]) == (1, 1, 1)
    assert frequencies(incidence(long, units, CODES))["units"].tolist() == [1, 1, 0, 0]


def test_codes_in_different_turns_or_documents_do_not_meet() -> None:
    apart: list[Unit] = [("D", frozenset({"C0001"})), ("D", frozenset({"C0002"})), ("E", frozenset({"C0003"}))]
    assert cooccurrence(incidence_of(apart)).empty


@settings(max_examples=15)
@given(units_strategy)
def test_what_meets_meets_inside_single_documents(units: list[Unit]) -> None:
    """No window crosses a document: the counts of all are the sum of the counts of each."""
    whole = cooccurrence(incidence_of(units)).set_index(["source", "target"])
    parts = [
        cooccurrence(incidence_of([unit for unit in units if unit[0] == document])).set_index(["source", "target"])
        for document in "DEF"
    ]
    for pair, edge in whole.iterrows():
        mine = [part.loc[pair] for part in parts if pair in part.index]
        assert edge["n_ij"] == sum(part["n_ij"] for part in mine)
        assert edge["documents"] == len(mine)


@settings(max_examples=15)
@given(units_strategy)
def test_the_mixing_matrix_is_symmetric_and_holds_every_meeting(units: list[Unit]) -> None:
    edges = cooccurrence(incidence_of(units))
    matrix = mixing_matrix(edges, BOOK, LEVELS)
    values = matrix.to_numpy()
    assert list(matrix.index) == list(matrix.columns) == list(LEVELS)
    np.testing.assert_array_equal(values, values.T)
    assert np.triu(values).sum() == edges["n_ij"].sum()
    for a in LEVELS:
        for b in LEVELS:
            mine = [e["n_ij"] for e in edges.to_dict("records")
                    if {BOOK.by_id[e["source"]].level, BOOK.by_id[e["target"]].level} == {a, b}]  # fmt: skip
            assert matrix.loc[a, b] == sum(mine)


@settings(max_examples=15)
@given(units_strategy, st.integers(1, 3))
def test_the_network_has_the_codes_that_occur_and_the_edges_that_are_strong_enough(
    units: list[Unit], least: int
) -> None:
    table = incidence_of(units)
    graph = network(table, BOOK, min_turns=least)
    edges = cooccurrence(table)
    assert set(graph.nodes) == {code for _, held in units for code in held}
    strong = edges[edges["n_ij"] >= least]
    assert {frozenset(edge) for edge in graph.edges} == {
        frozenset(pair) for pair in zip(strong["source"], strong["target"], strict=True)
    }
    for node, facts in graph.nodes.items():
        holding = [document for document, held in units if node in held]
        assert facts == {"display": BOOK.by_id[node].display, "level": BOOK.by_id[node].level, "units": len(holding),
                         "documents": len(set(holding))}  # fmt: skip
    for source, target, facts in graph.edges(data=True):
        undefined = {"phi"} if facts["reason"] else set()
        assert set(facts) == {*EDGE_COLUMNS, "kind"} - {"source", "target"} - undefined
        assert facts["kind"] == edge_kind(BOOK, source, target)


POLARITIES = ("fremmer", "hemmer", "begge", "nøytral", "")
#: Coded segments: unit (of four, in two documents), code, polarity.
segments_strategy = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(CODES[:3]), st.sampled_from(POLARITIES)), max_size=14
)
FOUR = pd.DataFrame({"unit": list("abcd"), "document": list("DDEE"), "case": "FJO"})


@settings(max_examples=15)
@given(segments_strategy)
def test_the_signs_of_an_edge_are_those_of_a_plain_count(segments: list[tuple[str, str, str]]) -> None:
    long = pd.DataFrame(segments, columns=["unit", "element", "polarity"], dtype=object)
    found = sign_mix(long, FOUR, CODES)
    assert list(found.columns) == list(SIGN_COLUMNS)
    edges = cooccurrence(incidence(long, FOUR, CODES))
    assert found[["source", "target", "n_ij", "documents"]].equals(edges[["source", "target", "n_ij", "documents"]])

    def units(code: str, *polarities: str) -> set[str]:
        return {unit for unit, held, polarity in segments if held == code and polarity in polarities}

    for row in found.to_dict("records"):
        plus, minus = ([units(row[end], *LAYERS[layer]) for end in ("source", "target")] for layer in LAYERS)
        both = units(row["source"], *POLARITIES) & units(row["target"], *POLARITIES)
        signed = (plus[0] | minus[0]) & (plus[1] | minus[1])
        assert row["both_promoting"] == len(plus[0] & plus[1])
        assert row["both_inhibiting"] == len(minus[0] & minus[1])
        assert row["source_promotes"] == len(plus[0] & minus[1])
        assert row["target_promotes"] == len(minus[0] & plus[1])
        assert row["opposed"] == len((plus[0] & minus[1]) | (minus[0] & plus[1]))
        assert row["unsigned"] == len(both - signed)
        assert row["n_ij"] == len(both)
        assert (plus[0] & plus[1]) | (minus[0] & minus[1]) | (plus[0] & minus[1]) | (minus[0] & plus[1]) == signed


def test_what_is_both_meets_as_both() -> None:
    long = pd.DataFrame([("a", "C0001", "begge"), ("a", "C0002", "begge"), ("b", "C0001", "nøytral"),
                         ("b", "C0002", "fremmer")], columns=["unit", "element", "polarity"])  # fmt: skip
    [row] = sign_mix(long, FOUR, CODES).to_dict("records")
    assert (row["both_promoting"], row["both_inhibiting"], row["opposed"], row["unsigned"]) == (1, 1, 1, 1)


def test_edges_within_a_level_are_told_from_those_between() -> None:
    assert edge_kind(BOOK, "C0001", "C0002") == "within"
    assert edge_kind(BOOK, "C0001", "C0003") == "between"


@settings(max_examples=15)
@given(units_strategy)
def test_levels_meet_as_often_as_their_codes_do(units: list[Unit]) -> None:
    book = plain_book("1.0.0", [plain_code("C0001", "P1"), plain_code("C0002", "P2"), plain_code("C0003", "K1"),
                                plain_code("C0004", "K2")])  # fmt: skip
    table = incidence_of(units)
    found = level_mixing(table, book, LEVELS)
    assert list(found.columns) == list(MIXING_COLUMNS)
    edges = cooccurrence(table)
    matrix = mixing_matrix(edges, book, LEVELS)
    held = {code: sum(code in codes for _, codes in units) for code in CODES}
    for row in found.to_dict("records"):
        a, b = row["level_a"], row["level_b"]
        assert row["n_ij"] == matrix.loc[a, b]
        pairs = [(i, j) for i, j in combinations(CODES, 2) if held[i] and held[j]
                 and sorted((book.by_id[i].level, book.by_id[j].level)) == sorted((a, b))]  # fmt: skip
        assert row["pairs"] == len(pairs)
        assert row["kind"] == ("within" if a == b else "between")
        expected = sum(held[i] * held[j] / len(units) for i, j in pairs)
        assert row["expected"] == pytest.approx(expected)
        if pairs:
            assert row["ratio"] == pytest.approx(row["n_ij"] / expected)
        else:
            assert row["reason"] == "no-pair"
            assert row["ratio"] is None or row["ratio"] is pd.NA


def test_a_level_that_is_not_among_those_asked_about_is_refused() -> None:
    with pytest.raises(ForanError, match="level 'E' is not among"):
        level_mixing(incidence_of([]), BOOK, ("P", "K"))


def test_assortativity_is_newmans() -> None:
    """The karate club's factions, against networkx, and the ends of the scale."""
    graph = nx.karate_club_graph()
    clubs = ("Mr. Hi", "Officer")
    counts = pd.DataFrame(0, index=clubs, columns=clubs)
    for one, other in graph.edges:
        a, b = graph.nodes[one]["club"], graph.nodes[other]["club"]
        counts.loc[a, b] += 1
        counts.loc[b, a] += a != b
    expected = nx.attribute_assortativity_coefficient(graph, "club")
    assert assortativity(counts).value == pytest.approx(expected)
    assert assortativity(pd.DataFrame([[3, 0], [0, 2]])).value == pytest.approx(1)
    assert assortativity(pd.DataFrame([[0, 2], [2, 0]])).value == pytest.approx(-1)
    assert assortativity(pd.DataFrame([[0, 0], [0, 0]])).reason == "no-edge"
    assert assortativity(pd.DataFrame([[3, 0], [0, 0]])).reason == "one-level"


@settings(max_examples=15)
@given(units_strategy, units_strategy)
def test_cases_side_by_side_keep_every_edge_and_say_zero_where_there_is_none(
    one: list[Unit], other: list[Unit]
) -> None:
    edges = {case: cooccurrence(incidence_of(units)) for case, units in (("FJO", one), ("HEI", other))}
    side = compared(edges)
    assert list(side.columns) == ["source", "target", "FJO", "HEI", "cases"]
    for case, mine in edges.items():
        kept = side[side[case] > 0].set_index(["source", "target"])[case]
        assert kept.to_dict() == mine.set_index(["source", "target"])["n_ij"].to_dict()
    assert (side["cases"] == (side["FJO"] > 0).astype(int) + (side["HEI"] > 0)).all()


def test_a_corpus_without_codings_has_an_empty_network() -> None:
    table = incidence_of([("D", frozenset())])
    assert list(cooccurrence(table).columns) == list(EDGE_COLUMNS)
    assert network(table, BOOK).number_of_nodes() == 0
    assert mixing_matrix(cooccurrence(table), BOOK, LEVELS).to_numpy().sum() == 0
    assert cooccurrence(incidence_of([])).empty


@pytest.mark.shared
def test_the_women_of_davis_meet_as_networkx_projects_them(shared: Path) -> None:
    """Events as turns, women as codes: Davis et al. 1941."""
    with (shared / "data/networks/davis_women.csv").open(encoding="utf-8") as file:
        attended = [(row["source"], row["target"]) for row in csv.DictReader(file)]
    women = tuple(dict.fromkeys(woman for woman, _ in attended))
    events = tuple(dict.fromkeys(event for _, event in attended))
    units = pd.DataFrame({"unit": events, "document": events, "case": "FJO"})
    table = incidence(pd.DataFrame(attended, columns=["element", "unit"]), units, women)
    expected = json.loads((shared / "data/networks/expected_metrics.json").read_text("utf-8"))["davis_women"]["degree"]
    assert frequencies(table)["units"].to_dict() == {woman: expected[woman] for woman in women}
    projected = nx.bipartite.weighted_projected_graph(nx.Graph(attended), women)
    edges = cooccurrence(table)
    assert {frozenset((s, t)): n for s, t, n in zip(edges["source"], edges["target"], edges["n_ij"], strict=True)} == {
        frozenset((s, t)): weight for s, t, weight in projected.edges(data="weight")
    }
    assert (edges["documents"] == edges["n_ij"]).all()
