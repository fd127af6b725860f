"""Null models: all tables with given margins counted out by hand, and the dealt ones held against them."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations, product
from math import sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from foran_research.analysis import null_models
from foran_research.analysis.incidence import Incidence, incidence
from foran_research.analysis.null_models import (
    NULL_COLUMNS,
    TRADE_COLUMNS,
    curveball,
    curveball_tables,
    label_permutation,
    tradeable,
)
from foran_research.errors import ForanError

pytestmark = pytest.mark.filterwarnings("error")

#: Four turns, four codes, all margins 2 (methods.md (b) N5).
SQUARE = ["AB", "AB", "CD", "CD"]
tables = st.lists(st.tuples(st.sampled_from("DEF"), st.text("ABCDE", max_size=5)), max_size=14)


def table_of(held: list[str], documents: str = "", cases: str = "", codes: str = "ABCD") -> Incidence:
    """Turns that hold the codes named by their letters; documents and cases a letter per turn."""
    names = [f"å\u030a😀:{n}" for n in range(len(held))]
    units = pd.DataFrame(
        {"unit": names, "document": list(documents or "D" * len(held)), "case": list(cases or "T" * len(held))}
    )
    long = [(name, code) for name, letters in zip(names, held, strict=True) for code in letters]
    return incidence(pd.DataFrame(long, columns=["unit", "element"], dtype=object), units, tuple(codes))


def all_tables(table: Incidence) -> list[np.ndarray]:
    """Every table with the margins of `table` (of one document), by trying them all."""
    dense = table.matrix.toarray() > 0
    choices = [list(combinations(range(dense.shape[1]), int(n))) for n in dense.sum(axis=1)]
    found = []
    for rows in product(*choices):
        one = np.zeros_like(dense)
        for row, columns in enumerate(rows):
            one[row, list(columns)] = True
        if (one.sum(axis=0) == dense.sum(axis=0)).all():
            found.append(one)
    return found


def is_even(counts: list[float], expected: list[float]) -> bool:
    """Whether counts are as expected by a χ² test that a right program fails once in a thousand seeds."""
    statistic = sum((a - b) ** 2 / b for a, b in zip(counts, expected, strict=True))
    return statistic < chi2.ppf(0.999, len(counts) - 1)


def test_n5_the_ninety_tables_come_up_equally_often() -> None:
    table = table_of(SQUARE)
    assert len(all_tables(table)) == 90
    dealt = Counter(one.tobytes() for one in curveball_tables(table, replicates=18_000, seed=5))
    assert set(dealt) == {one.tobytes() for one in all_tables(table)}
    assert is_even(list(dealt.values()), [200] * 90)


def test_n5_two_codes_meet_as_often_as_counting_says() -> None:
    together = [
        int((one[:, 0] & one[:, 1]).sum()) for one in curveball_tables(table_of(SQUARE), replicates=9000, seed=2)
    ]
    assert is_even([together.count(n) for n in (0, 1, 2)], [3600, 4800, 600])
    pair = curveball(table_of(SQUARE), replicates=9000, seed=2).iloc[0]
    assert pair["p_more"] == pytest.approx((1 + together.count(2)) / 9001)
    assert pair["p_more"] == pytest.approx(1 / 15, abs=0.01)
    assert pair["expected"] == pytest.approx(np.mean(together))
    assert pair["sd"] == pytest.approx(np.std(together))
    assert (pair["p_less"], pair["smallest_p"], pair["replicates"]) == (1, 1 / 9001, 9000)


@pytest.mark.parametrize(
    "held",
    [
        ["ABC", "A", "BD", "C", "A"],  # unequal margins
        ["AB", "C", "", "A", "ABCD"],  # an empty turn and a full one, which never trade
        ["ABC", "BD"],  # two turns: one trade decides
        ["AB", "BC", "CA"],  # one turn is left over in each round
    ],
)
def test_tables_with_other_margins_come_up_equally_often(held: list[str]) -> None:
    table = table_of(held)
    every = {one.tobytes() for one in all_tables(table)}
    dealt = Counter(one.tobytes() for one in curveball_tables(table, replicates=200 * len(every), seed=3))
    assert set(dealt) == every
    assert is_even(list(dealt.values()), [200] * len(every))


def test_codes_beyond_the_sixty_fourth_trade_like_the_first() -> None:
    """The same four codes with others between them, so that they stand in three words."""
    narrow = table_of(SQUARE)
    codes = tuple(f"C{n:03d}" for n in range(140))
    places = [0, 63, 64, 139]
    wide = np.zeros((4, 140), np.int64)
    wide[:, places] = narrow.matrix.toarray()
    table = Incidence(narrow.units, codes, type(narrow.matrix)(wide))
    dealt = Counter(one[:, places].tobytes() for one in curveball_tables(table, replicates=18_000, seed=6))
    assert len(dealt) == 90
    assert is_even(list(dealt.values()), [200] * 90)


@settings(max_examples=30, deadline=None)
@given(tables, st.sampled_from(["document", "case"]))
def test_every_replicate_keeps_the_codes_of_each_turn_and_the_turns_of_each_code(
    units: list[tuple[str, str]], within: str
) -> None:
    documents = "".join(document for document, _ in units)
    cases = documents.replace("E", "F")
    table = table_of(["".join(sorted(set(held))) for _, held in units], documents, cases, "ABCDE")
    observed = table.matrix.toarray() > 0
    groups = np.array(list(documents if within == "document" else cases))
    for dealt in curveball_tables(table, within=within, replicates=5, seed=1):
        assert (dealt.sum(axis=1) == observed.sum(axis=1)).all()
        for group in set(groups):
            assert (dealt[groups == group].sum(axis=0) == observed[groups == group].sum(axis=0)).all()


@settings(max_examples=20, deadline=None)
@given(tables)
def test_what_is_told_of_the_replicates_is_what_counting_them_gives(units: list[tuple[str, str]]) -> None:
    documents = "".join(document for document, _ in units)
    table = table_of(["".join(sorted(set(held))) for _, held in units], documents, codes="ABCDE")
    found = curveball(table, replicates=20, seed=4)
    assert list(found.columns) == list(NULL_COLUMNS)
    observed = table.matrix.toarray() > 0
    dealt = list(curveball_tables(table, replicates=20, seed=4))
    occurring = [code for place, code in enumerate("ABCDE") if observed[:, place].any()]
    assert list(zip(found["source"], found["target"], strict=True)) == list(combinations(occurring, 2))
    for pair in found.to_dict("records"):
        i, j = "ABCDE".index(pair["source"]), "ABCDE".index(pair["target"])
        counts = [int((one[:, i] & one[:, j]).sum()) for one in dealt]
        n = int((observed[:, i] & observed[:, j]).sum())
        met = {document for document, turn in zip(documents, observed, strict=True) if turn[i] and turn[j]}
        assert (pair["n_ij"], pair["documents"], pair["n_i"]) == (n, len(met), observed[:, i].sum())
        assert pair["expected"] == pytest.approx(np.mean(counts))
        assert pair["sd"] == pytest.approx(np.std(counts))
        if pair["reason"] == "no-trade":
            assert pd.isna(pair["p_more"])
            assert set(counts) == {n}
        else:
            assert pair["p_more"] == pytest.approx((1 + sum(c >= n for c in counts)) / 21)
            assert pair["p_less"] == pytest.approx((1 + sum(c <= n for c in counts)) / 21)


@pytest.mark.parametrize(("turns", "codes"), [(0, 3), (1, 1), (64, 2), (65, 70), (130, 5)])
def test_meetings_are_counted_over_more_turns_than_a_word_has_bits(turns: int, codes: int) -> None:
    bits = (np.random.default_rng(turns).random((3, turns, codes)) < 0.4).astype(np.uint8)
    expected = [np.triu(one.T.astype(int) @ one, 1) for one in bits]
    assert (null_models._met(bits) == expected).all()


def test_replicates_do_not_hang_together() -> None:
    """There is no chain from one to the next, hence no thinning: neighbours are as unlike as any two."""
    n12 = np.array(
        [(one[:, 0] & one[:, 1]).sum() for one in curveball_tables(table_of(SQUARE), replicates=4000, seed=8)]
    )
    for lag in (1, 2, 5):
        assert abs(np.corrcoef(n12[:-lag], n12[lag:])[0, 1]) < 4 / sqrt(4000)


def test_p_is_valid_even_when_the_chains_are_far_too_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table with these margins in turn as the observed one, one trade per turn: no p comes up too often."""
    monkeypatch.setattr(null_models, "SMALL_TIMES", 1)
    square = table_of(SQUARE)
    every = [Incidence(square.units, square.codes, type(square.matrix)(one.astype(int))) for one in all_tables(square)]
    found = [curveball(one, replicates=9, seed=seed, trades_per_row=1).iloc[0] for seed, one in enumerate(every)]
    for tail in ("p_more", "p_less"):
        for level in (0.1, 0.2, 0.5, 0.8):
            # A pair that met equally often in all ten tables has no p.
            low = sum(not pd.isna(pair[tail]) and pair[tail] <= level for pair in found)
            assert low <= level * len(found) + 3 * sqrt(len(found) * level * (1 - level))


def test_replicates_go_back_over_the_pairings_to_a_hidden_table_and_forward_from_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What makes p valid: the way from the observed table to a replicate is, read backwards, as likely."""
    used, real = [], null_models._traded

    def spy(state: np.ndarray, pairing: tuple[np.ndarray, np.ndarray], draws: np.random.Generator) -> np.ndarray:
        used.append((state.shape[2], pairing[0].tolist(), pairing[1].tolist()))
        return real(state, pairing, draws)

    monkeypatch.setattr(null_models, "_traded", spy)
    monkeypatch.setattr(null_models, "CELLS", 3 * 20)
    list(curveball_tables(table_of(["AB", "CD", "AC", "BD"] * 5), replicates=5, seed=1, trades_per_row=1))
    back, first, second = used[:2], used[2:4], used[4:]
    # One chain goes back, then three and two lanes forward; each over the same two rounds of ten pairs.
    assert [lanes for lanes, _, _ in used] == [1, 1, 3, 3, 2, 2]
    assert [pairing[1:] for pairing in back[::-1]] == [pairing[1:] for pairing in first]
    assert [pairing[1:] for pairing in first] == [pairing[1:] for pairing in second]
    assert back[0][1:] != back[1][1:]
    assert all(sorted(one + other) == list(range(20)) for _, one, other in used)


def test_the_same_seed_gives_the_same_numbers_and_names_do_not_matter() -> None:
    table = table_of(["AB", "BC", "AD", "CD", "ABC", "D"], "DDDEEE")
    first = curveball(table, replicates=50, seed=1)
    pd.testing.assert_frame_equal(first, curveball(table, replicates=50, seed=1))
    renamed = curveball(Incidence(table.units, tuple("WXYZ"), table.matrix), replicates=50, seed=1)
    pd.testing.assert_frame_equal(first.drop(columns=["source", "target"]), renamed.drop(columns=["source", "target"]))
    assert not first["expected"].equals(curveball(table, replicates=50, seed=2)["expected"])


def test_codes_that_always_go_together_are_found_and_codes_that_avoid_each_other_too() -> None:
    held = ["AB", "CD"] * 20
    found = curveball(table_of(held, "D" * 20 + "E" * 20), replicates=499, seed=1).set_index(["source", "target"])
    together, apart = found.loc[("A", "B")], found.loc[("A", "C")]
    assert (together["n_ij"], together["p_more"], together["p_less"]) == (20, 1 / 500, 1)
    assert together["q_more"] < 0.05
    assert together["is_tested"]
    assert (apart["n_ij"], apart["p_less"], apart["p_more"]) == (0, 1 / 500, 1)
    assert apart["q_less"] < 0.05
    assert apart["is_tested_less"]
    # Both are expected to meet ten times: how often they were seen to has no say in whether they are tested.
    assert apart["is_tested"]
    assert apart["q_more"] == 1
    assert apart["reason"] == ""


#: Codes in so many of a document's twenty turns: none of them has anything to do with another.
CHANCE = {"A": 9, "B": 7, "C": 5, "D": 4, "E": 3}


def chance_table() -> Incidence:
    draws = np.random.default_rng(3)
    held = [""] * 40
    for document in (0, 20):
        for code, many in CHANCE.items():
            for turn in draws.choice(20, many, replace=False):
                held[document + int(turn)] += code
    return table_of(held, "D" * 20 + "E" * 20, codes="ABCDE")


def test_tables_of_chance_alone_give_no_more_low_p_and_q_among_the_tested_than_they_should() -> None:
    """Were the family picked by the turns in which a pair was seen to meet, p would be low among the tested."""
    table = chance_table()
    low = finds = tested = 0
    for seed, one in enumerate(curveball_tables(table, replicates=120, seed=11)):
        dealt = Incidence(table.units, table.codes, type(table.matrix)(one.astype(np.int64)))
        found = curveball(dealt, replicates=99, seed=seed)
        tested += int(found["is_tested"].sum())
        low += int((found.loc[found["is_tested"], "p_more"] <= 0.05).sum())
        finds += int((found["q_more"] <= 0.05).any())
    assert tested >= 120 * 5
    assert low <= 0.05 * tested + 3 * sqrt(0.05 * 0.95 * tested)
    assert finds <= 0.05 * 120 + 3 * sqrt(0.05 * 0.95 * 120)


def test_which_pairs_are_tested_is_settled_by_what_dealing_leaves_as_it_is() -> None:
    """All tables with these margins have the same family, whatever was seen in them."""
    table = chance_table()
    families = set()
    for one in curveball_tables(table, replicates=6, seed=4):
        dealt = Incidence(table.units, table.codes, type(table.matrix)(one.astype(np.int64)))
        families.add(tuple(curveball(dealt, replicates=1000, seed=1, least=1.63)["is_tested"]))
    assert len(families) == 1
    assert 0 < sum(families.pop()) < 10


def test_only_pairs_expected_often_enough_of_codes_in_enough_documents_are_tested() -> None:
    # A and B both occur in D and in E and meet in D alone; C and E both occur in D alone; B and F hardly ever.
    held = ["AB", "ABE", "C", "CE", "A", "BC", "A", "B", "F", "A", "B", "C"]
    table = table_of(held, "DDDDDDEEEEEE", codes="ABCEF")
    found = curveball(table, replicates=199, seed=1, least=0.4).set_index(["source", "target"])
    assert found.loc[("A", "B"), ["n_ij", "documents", "is_tested", "reason"]].tolist() == [2, 1, True, ""]
    assert found.loc[("C", "E"), ["is_tested", "reason"]].tolist() == [False, "few-expected"]
    assert found.loc[("C", "E"), "expected"] > 0.4
    assert found.loc[("C", "E"), "q_more"] is pd.NA
    assert found.loc[("C", "E"), "p_more"] > 0
    relaxed = curveball(table, replicates=199, seed=1, least=0.4, least_documents=1)
    assert relaxed.set_index(["source", "target"]).loc[("C", "E"), "is_tested"]
    assert not curveball(table, replicates=199, seed=1, least=4)["is_tested"].any()


def test_traded_across_documents_codes_are_counted_in_turns() -> None:
    """Each turn a document of its own: in how many documents both occur is then what is tested, and settles nothing."""
    held = ["AB", "AB", "AC", "BC", "A", "B", "C", "CD"]
    found = curveball(table_of(held, "DEFGHIJK"), within="case", replicates=199, seed=1, least=0.1)
    found = found.set_index(["source", "target"])
    assert found["is_tested"].to_dict() == {
        pair: "D" not in pair for pair in [("A", "B"), ("A", "C"), ("A", "D"), ("B", "C"), ("B", "D"), ("C", "D")]
    }


def test_the_order_of_the_turns_has_no_say() -> None:
    table = chance_table()
    order = np.random.default_rng(1).permutation(40)
    for within in ("document", "case"):
        first, shuffled = (curveball(one, within=within, replicates=30, seed=1) for one in (table, table.rows(order)))
        pd.testing.assert_frame_equal(first, shuffled)


def test_holm_can_be_asked_for() -> None:
    table = table_of(["AB", "CD"] * 20, "D" * 20 + "E" * 20)
    kinds = [curveball(table, replicates=99, seed=1, adjust=adjust) for adjust in ("bh", "holm")]
    assert (kinds[0]["p_more"] == kinds[1]["p_more"]).all()
    # Six pairs: A–B and C–D at .01, the four others, which never meet, at 1.
    assert kinds[1].loc[0, "q_more"] == pytest.approx(6 * 0.01)
    assert kinds[0].loc[0, "q_more"] == pytest.approx(6 * 0.01 / 2)


def test_a_code_in_every_turn_has_no_p_but_a_reason() -> None:
    found = curveball(table_of(["AB", "AC", "AB", "AC"], "DDEE"), replicates=20, seed=1).set_index(["source", "target"])
    for pair in (("A", "B"), ("A", "C")):
        assert found.loc[pair, "reason"] == "no-trade"
        assert found.loc[pair, ["p_more", "p_less", "q_more"]].isna().all()
        assert (found.loc[pair, "expected"], found.loc[pair, "sd"]) == (2, 0)
    # B and C never meet in any table: nothing was tested, and p = 1 would swell the family.
    assert found.loc[("B", "C"), "reason"] == "no-trade"
    assert found.loc[("B", "C"), "p_more"] is pd.NA


def test_documents_with_one_turn_stay_as_they_are() -> None:
    table = table_of(["AB", "CD", "AB"], "DEF")
    found = curveball(table, replicates=20, seed=1)
    assert set(found["reason"]) == {"no-trade"}
    assert (found["expected"] == found["n_ij"]).all()
    assert tradeable(table)["share"].tolist() == [0, 0, 0]
    looser = curveball(table, within="case", replicates=99, seed=1)
    assert set(looser["reason"]) <= {"few-expected", "no-trade", ""}
    assert looser.loc[0, "p_more"] > 0


@pytest.mark.parametrize("held", [[], [""], ["", "", ""], ["A"], ["A", "A"]])
def test_a_corpus_with_next_to_nothing_gives_an_empty_table(held: list[str]) -> None:
    found = curveball(table_of(held), replicates=5, seed=1)
    assert found.empty
    assert list(found.columns) == list(NULL_COLUMNS)
    assert list(tradeable(table_of(held)).columns) == list(TRADE_COLUMNS)
    assert len(list(curveball_tables(table_of(held), replicates=5, seed=1))) == 5


def test_what_can_trade_is_told_per_document() -> None:
    table = table_of(["A", "B", "AB", "", "AB", "A", "ABC", "D"], "DDDDEEEF")
    # In D only A and B can trade (AB holds both); in E each turn holds all that the one before it has; F is alone.
    assert tradeable(table).to_numpy().tolist() == [["D", 4, 3, 2, 0.5], ["E", 3, 3, 0, 0], ["F", 1, 1, 0, 0]]
    assert tradeable(table, within="case").loc[0, "can_trade"] == 7


@settings(max_examples=40, deadline=None)
@given(tables)
def test_a_turn_can_trade_when_another_has_what_it_lacks_and_lacks_what_it_has(units: list[tuple[str, str]]) -> None:
    documents = [document for document, _ in units]
    found = tradeable(table_of(["".join(sorted(set(held))) for _, held in units], "".join(documents), codes="ABCDE"))
    for row in found.to_dict("records"):
        mine = [set(held) for document, held in units if document == row["within"]]
        assert row["can_trade"] == sum(any(one - other and other - one for other in mine) for one in mine)
        assert row["turns"] == len(mine)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ForanError, match="0 replicates"):
        curveball(table_of(SQUARE), replicates=0, seed=1)
    with pytest.raises(ForanError, match="within"):
        curveball(table_of(SQUARE), within="turn", replicates=1, seed=1)


# --- overlaps ----------------------------------------------------------------------------------------------------------


def overlapping(labels: str, documents: str, pairs: list[tuple[int, int]], replicates: int = 2000) -> pd.DataFrame:
    codes = tuple("ABC")
    first, second = ([pair[end] for pair in pairs] for end in (0, 1))
    return label_permutation([codes.index(label) for label in labels], list(documents), first, second, codes,
                             replicates=replicates, seed=1)  # fmt: skip


def test_shuffled_labels_overlap_as_often_as_counting_says() -> None:
    """A, B, A, B over two overlapping pairs: of the six ways to lay them out four join A and B twice, two never."""
    [pair] = overlapping("ABAB", "DDDD", [(0, 1), (2, 3)], 6000).to_dict("records")
    assert (pair["n_ij"], pair["n_i"], pair["n_j"], pair["documents"]) == (2, 2, 2, 1)
    assert pair["expected"] == pytest.approx(4 / 3, abs=0.05)
    assert pair["p_more"] == pytest.approx(2 / 3, abs=0.03)
    assert pair["p_less"] == 1


def test_every_order_of_labels_comes_up_equally_often() -> None:
    """The pair (0, 1) of ABC + A in another document: 2 of 6 orders join A and B, whichever end comes first."""
    [ab, ac, bc] = overlapping("ABCA", "DDDE", [(1, 0)], 6000).to_dict("records")
    for pair in (ab, ac, bc):
        assert pair["expected"] == pytest.approx(1 / 3, abs=0.03)
    assert (ab["n_ij"], ac["n_ij"], bc["n_ij"]) == (1, 0, 0)


def test_labels_stay_in_their_document() -> None:
    """A and B overlap in D; in E there are only Cs: with labels dealt across documents A would meet C."""
    found = overlapping("ABCC", "DDEE", [(0, 1), (2, 3)], 50).set_index(["source", "target"])
    # One A, one B, and they overlap: shuffling changes nothing there either.
    assert found.loc[("A", "B"), ["n_ij", "expected", "sd"]].tolist() == [1, 1, 0]
    for pair in (("A", "B"), ("A", "C"), ("B", "C")):
        assert found.loc[pair, "reason"] == "no-shuffle"
        assert found.loc[pair, "p_more"] is pd.NA


segments = st.lists(st.tuples(st.sampled_from("DE"), st.sampled_from("ABC")), max_size=8)


@settings(max_examples=25, deadline=None)
@given(segments, st.randoms(use_true_random=False))
def test_what_overlaps_is_counted_and_interleaved_documents_do_not_matter(
    held: list[tuple[str, str]], random: object
) -> None:
    documents, labels = [d for d, _ in held], [code for _, code in held]
    pairs = [(i, j) for i, j in permutations(range(len(held)), 2) if i < j and documents[i] == documents[j]]
    found = overlapping("".join(labels), "".join(documents), pairs, 10)
    for pair in found.to_dict("records"):
        ends = {pair["source"], pair["target"]}
        mine = [documents[i] for i, j in pairs if {labels[i], labels[j]} == ends]
        assert (pair["n_ij"], pair["documents"]) == (len(mine), len(set(mine)))
        # All segments of a document overlap each other: no order of labels changes anything.
        assert pair["sd"] == 0


def test_shuffled_labels_give_no_more_low_p_among_the_tested_than_they_should() -> None:
    """Labels dealt at random as the observed ones: the family is not picked by what was seen."""
    draws = np.random.default_rng(5)
    pairs = [(n, n + 1) for n in range(0, 60, 2)]
    low = tested = 0
    for _ in range(60):
        labels = "".join("".join(draws.permutation(list("A" * 12 + "B" * 10 + "C" * 8))) for _ in range(2))
        found = overlapping(labels, "D" * 30 + "E" * 30, pairs, 99)
        assert found["is_tested"].all()
        tested += len(found)
        low += int((found["p_more"] <= 0.05).sum())
    assert low <= 0.05 * tested + 3 * sqrt(0.05 * 0.95 * tested)


def test_the_geometry_is_handed_in_and_not_found_again() -> None:
    """2,000 permutations look labels up at places that were found once; nothing here knows where segments begin."""
    assert not any("overlap_pairs" in name for name in vars(null_models))


@pytest.mark.parametrize(
    ("labels", "documents", "pairs", "told"),
    [
        ([0, 3], "DD", [(0, 1)], "1 of 2 labels are none of the 3 codes"),
        ([0, 1], "DE", [(0, 1)], "1 of 1 overlapping pairs join two documents"),
        ([0, 1], "DD", [(0, 2)], "1 ends of overlapping pairs point to no segment; there are 2"),
        ([0], "DD", [(0, 0)], "1 labels stand beside 2 documents"),
    ],
)
def test_labels_and_pairs_that_point_nowhere_are_refused(
    labels: list[int], documents: str, pairs: list[tuple[int, int]], told: str
) -> None:
    first, second = ([pair[end] for pair in pairs] for end in (0, 1))
    with pytest.raises(ForanError, match=told):
        label_permutation(labels, list(documents), first, second, tuple("ABC"), replicates=5, seed=1)


def test_no_segments_give_an_empty_table() -> None:
    found = label_permutation([], [], [], [], tuple("ABC"), replicates=5, seed=1)
    assert found.empty
    assert list(found.columns) == list(NULL_COLUMNS)
