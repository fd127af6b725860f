"""Displays across cases: never a blank cell, people's own summaries, and orders in which a pattern can be seen."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cross_case import CASES, E1, GUIDES, K1, P1, P2, SECOND, SEGMENTS, UNDER, UNITS, read, study
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.analysis.cells import (
    CELL_COLUMNS,
    STATES,
    attribute,
    cells,
    hidden_cells,
    readings,
    wide,
)
from foran_research.analysis.meta_matrices import (
    CROSSTAB_COLUMNS,
    case_ordered,
    clustered,
    crosstab,
    partially_ordered,
    role_ordered,
    row_totals,
)
from foran_research.analysis.patterns import Pattern, negative_cases
from foran_research.analysis.saturation import existing, occurrence
from foran_research.analysis.synthesis import (
    FRAMEWORK_COLUMNS,
    Staleness,
    Summary,
    basis_of,
    framework_matrix,
    held_by,
    staleness,
)
from foran_research.errors import ForanError, UnknownName
from foran_research.models.capability import CELL_STATES, ModelInputs, build_elements

PROMOTED = Pattern("promoting:x", "promoting", (P1,), ("AAA",), 3, 1, 1, (), ())
PERSONS = ("leder", "bruker", "")


def one(table: pd.DataFrame, row: str, column: str) -> dict[str, Any]:
    (found,) = table[(table["row"] == row) & (table["column"] == column)].to_dict("records")
    return {str(name): value for name, value in found.items()}


# Cells


def test_the_states_are_those_of_the_models() -> None:
    assert STATES == CELL_STATES


def test_every_cell_of_a_case_is_in_one_of_five_states() -> None:
    states = wide(cells(read(study()), "case", order={"case": CASES}))
    assert list(states.columns) == [P1, P2, K1, E1]
    assert {row: list(states.loc[row]) for row in states.index} == {
        "AAA": ["evidence", "evidence", "not_asked", "not_asked"],
        # The guide asks about a part of P2; K1 is asked about, but not in the codebook B2 was read under.
        "BBB": ["evidence", "nothing_said", "not_codable", "not_asked"],
        # C1 must not be shown and has E1: that it has no other code would tell what it has, and is not told either.
        "CCC": ["suppressed"] * 4,
    }


def test_a_cell_counts_turns_once_and_polarities_by_segment() -> None:
    cell = one(cells(read(study())), "AAA", P1)
    assert cell == {
        "row": "AAA", "case": "AAA", "column": P1, "state": "evidence", "turns": 2, "documents": 2, "informants": 2,
        "informants_hidden": False, "segments": 3, "promoting": 2, "inhibiting": 2, "both": 1, "neutral": 0, "unset": 0,
        "promoting_turns": 2, "inhibiting_turns": 2,
        "segment_ids": ("s1", "s2", "s4"), "document_ids": ("A1", "A2"),
    }  # fmt: skip
    assert one(cells(read(study())), "AAA", P2)["unset"] == 1


def test_a_cell_tells_in_how_many_turns_each_polarity_stands() -> None:
    # s1 and s2 stand in one turn of A1, s4 (both) in one of A2, and s9 in the turn of s1.
    rows = (*SEGMENTS, ("s9", "A1", (1,), "C0001", "fremmer"))
    found = one(cells(read(study(rows)), "case"), "AAA", P1)
    assert (found["promoting"], found["inhibiting"]) == (3, 2)
    assert (found["promoting_turns"], found["inhibiting_turns"]) == (2, 2)


def test_cells_without_evidence_hold_noughts_and_no_ids() -> None:
    table = cells(read(study()), "document")
    empty = table[table["state"] != "evidence"]
    assert set(empty["segment_ids"]) == set(empty["document_ids"]) == {()}
    assert int(empty[["turns", "documents", "segments", "promoting", "inhibiting"]].sum().sum()) == 0


def test_a_document_nobody_has_coded_can_tell_nothing() -> None:
    table = cells(read(study()), "document")
    assert {one(table, "C2", column)["state"] for column in (P1, P2, K1, E1)} == {"not_codable"}


def test_a_document_in_which_no_informant_speaks_can_tell_nothing() -> None:
    # B1's guide asks about P1 and P2, and it was read under a codebook that had both.
    whole = study((), hidden=frozenset())
    gone = study((), of_units=[unit for unit in UNITS if unit[0] != "B1"], hidden=frozenset())
    assert [one(cells(read(given_), "document"), "B1", P1)["state"] for given_ in (whole, gone)] == [
        "nothing_said", "not_codable"]  # fmt: skip
    assert one(cells(read(gone), "case"), "BBB", P1)["state"] == "not_codable"
    against = negative_cases(read(gone), [PROMOTED], CASES)
    assert "B1" in set(negative_cases(read(whole), [PROMOTED], CASES)["id"])
    assert not {"B1", "BBB"} & set(against["id"])
    # Nor has it kept silent in the order of documents.
    order = ("B1", "A1", "A2")
    found = occurrence(read(gone), order)
    assert (found.documents, found.left_out) == (("A1", "A2"), ("B1",))
    newer = occurrence(read(gone), order, existed=existing(read(gone), gone.lineage))
    assert "B1" in newer.left_out


def test_rows_of_roles_are_judged_by_the_documents_where_the_role_speaks() -> None:
    states = wide(
        cells(read(study()), ("actor_type", "case"), order={"actor_type": ("leder", "bruker"), "case": CASES})
    )
    assert states.loc["leder|BBB"].tolist() == ["evidence", "nothing_said", "not_codable", "not_asked"]
    assert states.loc["bruker|BBB"].tolist() == ["not_asked", "not_asked", "not_codable", "not_asked"]
    assert states.loc["bruker|CCC"].tolist() == ["not_asked"] * 4  # nobody of that role was heard there


def test_numbers_of_informants_below_five_are_hidden_where_rows_are_roles() -> None:
    table = cells(read(study()), ("actor_type", "case"))
    shown = table[table["state"] == "evidence"]
    assert shown["informants"].isna().all()
    assert (shown["documents"] == 1).all()
    assert cells(read(study()), ("actor_type", "case"), least_persons=1)["informants"].sum() == 4


def test_cells_of_few_documents_can_be_suppressed_whole() -> None:
    cell = one(cells(read(study()), "case", least_documents=2), "BBB", P1)
    assert (cell["state"], cell["turns"], cell["segment_ids"]) == ("suppressed", 0, ())
    assert cell["informants_hidden"]
    assert one(cells(read(study()), "case", least_documents=2), "AAA", P1)["state"] == "evidence"


def test_levels_and_codes_can_be_columns() -> None:
    assert wide(cells(read(study(), "level"))).loc["BBB"].tolist() == ["evidence", "not_codable", "not_asked"]
    codes = wide(cells(read(study(), "code"), "case"), "segments")
    assert codes.loc["AAA", "C0003"] == 1
    assert codes.loc["AAA", P2] == 0  # a part is not counted with its element there


def test_no_segments_and_no_documents_give_tables_all_the_same() -> None:
    nothing = read(study((), hidden=frozenset(), under={}))
    assert set(cells(nothing, "case", order={"case": CASES})["state"]) == {"not_codable"}
    empty = read(study((), of_documents=(), of_units=(), hidden=frozenset(), under={}))
    assert list(cells(empty, "document").columns) == ["row", "document", *CELL_COLUMNS[1:]]
    assert set(cells(empty, "case", order={"case": ("AAA",)})["state"]) == {"not_asked"}
    assert crosstab(empty, "case").empty
    assert framework_matrix(empty).cells.empty


def test_missing_columns_and_values_are_told_all_at_once() -> None:
    ready = study()
    long = read(ready).long
    broken = ready.units.assign(case=[None, *ready.units["case"][1:]])
    with pytest.raises(ForanError, match=r"no column polarity; units: 1 missing values in column case"):
        readings(long.drop(columns="polarity"), broken, read(ready).documents, ready.codebook, ready.lineage,
                 coded_under={}, asked={})  # fmt: skip
    with pytest.raises(UnknownName, match="attribute 'farge'"):
        cells(read(ready), "farge")


SHAPES = st.fixed_dictionaries(
    {
        "rows": st.lists(
            st.tuples(st.integers(0, 7), st.sampled_from(["C0001", "C0002", "C0003", "C0004", "C0005"]),
                      st.sampled_from(["fremmer", "hemmer", "begge", "nøytral", ""])), max_size=12),
        "hidden": st.frozensets(st.sampled_from(["A1", "A2", "B1", "C1", "C2"]), max_size=3),
        "under": st.dictionaries(st.sampled_from(["A1", "A2", "B1", "B2", "C1", "C2"]), st.sampled_from(["1.0.0", "2.0.0"])),
        "g1": st.frozensets(st.sampled_from([c.id for c in SECOND.codes])),
    }
)  # fmt: skip


def drawn(shape: dict[str, Any]) -> ModelInputs:
    from cross_case import UNITS

    rows = [
        (f"s{n:02d}", UNITS[at][0], (UNITS[at][1],), code, polarity)
        for n, (at, code, polarity) in enumerate(shape["rows"])
    ]
    return study(rows, hidden=shape["hidden"], under=shape["under"], guides=GUIDES | {"g1": shape["g1"]})


@settings(max_examples=12, deadline=None)
@given(SHAPES)
def test_cells_of_cases_are_those_of_the_model(shape: dict[str, Any]) -> None:
    """The model works each cell out by itself; both must tell the same of the same study."""
    ready = drawn(shape)
    table = cells(read(ready), "case", order={"case": CASES}).set_index(["column", "row"])
    names = ("turns", "documents", "informants", "promoting", "inhibiting", "unset")
    unshown = set(ready.units.loc[ready.units["document"].isin(ready.hidden), "case"])
    unshown |= set(ready.documents.loc[list(ready.hidden), "case"])
    for element in build_elements(ready):
        for case, cell in element.cells.items():
            found = table.loc[(element.id, case)]
            assert [found[name] for name in names] == [getattr(cell, name) for name in names]
            # What is in hidden documents, or not, is told by the state of no cell.
            is_silent = cell.state != "evidence" and case in unshown
            assert found["state"] == ("suppressed" if is_silent else cell.state)


@settings(max_examples=15, deadline=None)
@given(SHAPES, st.sampled_from(["document", "process", "kind", "year"]))
def test_cells_of_any_row_agree_with_counting_one_by_one(shape: dict[str, Any], rows: str) -> None:
    ready = read(drawn(shape))
    values = dict(zip(ready.documents.index, attribute(ready, ready.documents.assign(document=ready.documents.index), rows),
                      strict=True))  # fmt: skip
    place = {column: n for n, column in enumerate(ready.columns)}
    for cell in cells(ready, rows).to_dict("records"):
        own = [d for d, value in values.items() if value == cell["row"]]
        said = ready.long[ready.long["document"].isin(own) & (ready.long["column"] == cell["column"])]
        shown = said[~said["document"].isin(ready.hidden)]
        assert cell["segments"] == len(set(shown["segment"])) == len(cell["segment_ids"])
        assert set(cell["document_ids"]) == set(shown["document"])
        n = place[cell["column"]]
        asked = {d for d in own if ready.asked[list(values).index(d), n]}
        codable = {d for d in own if ready.codable[list(values).index(d), n]}
        expected = (
            "evidence" if len(shown) else "suppressed" if set(own) & ready.hidden else "nothing_said" if asked & codable
            else "not_codable" if asked or (own and not codable) else "not_asked"
        )  # fmt: skip
        assert cell["state"] == expected


# Small numbers of persons


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([[6, 2, 7]], [[True, True, False]]),
        ([[6], [2], [7]], [[True], [True], [False]]),
        ([[5, 5]], [[False, False]]),
        ([[0, 3]], [[True, True]]),  # the only other number must go, or the total gives it back
        ([[1, 2, 9]], [[True, True, False]]),
        # What is hidden is at least one each: of two together two are one and one.
        ([[1, 1, 7]], [[True, True, True]]),
        ([[1, 1, 8, 7]], [[True, True, False, True]]),
        ([[1], [1], [7]], [[True], [True], [True]]),
        ([[0, 0]], [[False, False]]),
        ([[3]], [[True]]),
    ],
)
def test_small_numbers_hide_with_another_one(counts: list[list[int]], expected: list[list[bool]]) -> None:
    assert hidden_cells(counts).tolist() == expected


@settings(deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda w: st.lists(st.lists(st.integers(0, 9), min_size=w, max_size=w), min_size=2, max_size=4)
    )
)
def test_no_line_has_a_single_hidden_number(counts: list[list[int]]) -> None:
    hide, table = hidden_cells(counts), np.array(counts)
    assert hide[(table > 0) & (table < 5)].all()
    assert 1 not in {*hide.sum(axis=0).tolist(), *hide.sum(axis=1).tolist()}
    if not ((table > 0) & (table < 5)).any():
        assert not hide.any()


def solutions(table: np.ndarray[Any, Any], hide: np.ndarray[Any, Any]) -> set[tuple[int, ...]]:
    """Every way to fill in what is hidden, from the totals; a nought only where a line of it hides a nought."""
    at = np.argwhere(hide).tolist()
    zero = hide & (table == 0)
    lowest = [0 if zero[r].any() or zero[:, c].any() else 1 for r, c in at]
    rest = np.where(hide, table, 0)
    # The totals of columns tell nothing of a single row: they are its numbers.
    rows, columns = rest.sum(axis=1), rest.sum(axis=0) if len(table) > 1 else np.full(table.shape[1], rest.sum())
    found = set()

    def fill_in(values: tuple[int, ...]) -> None:
        if len(values) == len(at):
            if not rows.any() and (len(table) == 1 or not columns.any()):
                found.add(values)
            return
        row, column = at[len(values)]
        # What is more than is left of its row or column is in no way to fill in.
        for value in range(lowest[len(values)], int(min(rows[row], columns[column])) + 1):
            rows[row], columns[column] = rows[row] - value, columns[column] - value
            fill_in((*values, value))
            rows[row], columns[column] = rows[row] + value, columns[column] + value

    fill_in(())
    return found


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([(1, 3), (1, 4), (2, 2), (2, 3)]).flatmap(
        lambda shape: st.lists(st.sampled_from([0, 0, 1, 1, 2, 5, 6]), min_size=shape[0] * shape[1],
                               max_size=shape[0] * shape[1]).map(lambda v: np.array(v).reshape(shape))
    )
)  # fmt: skip
def test_no_hidden_number_follows_from_the_totals(table: np.ndarray[Any, Any]) -> None:
    small = (table > 0) & (table < 3)
    hide = hidden_cells(table, 3)
    assert hide[small].all()
    if not hide.any() or int(table[hide].sum()) > 12:
        return
    ways = solutions(table, hide)
    is_given_back = [len({way[n] for way in ways}) == 1 for n in range(int(hide.sum()))]
    # Nothing can be done where there is nothing more to hide in the lines of a number.
    no_more = [hide[r].all() and (len(table) == 1 or hide[:, c].all()) for r, c in np.argwhere(hide).tolist()]
    assert all(more for given_back, more in zip(is_given_back, no_more, strict=True) if given_back)


def test_two_rings_of_hidden_numbers_joined_by_one_are_not_enough() -> None:
    # Each line has two or more hidden numbers, and yet the one at (1, 2) follows: rows 0 and 1 less columns 0 and 1.
    table = np.full((4, 4), 9)
    rings = ((0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (3, 2), (3, 3))
    for at in rings:
        table[at] = 2
    hide = hidden_cells(table)
    assert all(hide[at] for at in rings)
    assert int(hide.sum()) > len(rings)


def test_one_small_number_in_a_square_hides_four() -> None:
    with pytest.raises(ForanError, match="one answer for each number"):
        hidden_cells([[1, 2]], small=[True])
    assert hidden_cells([[9, 2, 7]], small=[[True, False, False]]).tolist() == [[True, True, False]]
    assert int(hidden_cells([[9, 8, 7], [8, 2, 9], [7, 9, 8]]).sum()) == 4
    with pytest.raises(ForanError, match="whole numbers from 0"):
        hidden_cells([[-1]])


# The framework matrix

HELD = pd.DataFrame({"segment": ["s2", "s1"], "code": ["C1", "C1"], "polarity": ["hemmer", ""]})


def summary(basis: str, links: tuple[str, ...], **more: str) -> Summary:
    given_ = {"id": "m1", "row": "AAA", "column": P1, "author": "K1", "at": "2021-01-01"} | more
    return Summary(text="Ledelsen bar det fram, på sett og vis 🙂 a\u030a", basis=basis, links=links, **given_)


def test_the_fingerprint_is_over_sorted_lines_and_names_the_version() -> None:
    expected = hashlib.sha256(b"s1 C1 \ns2 C1 hemmer").hexdigest()
    assert basis_of(HELD, "2.0.0") == f"{expected}:2.0.0"
    assert basis_of(pd.concat([HELD, HELD.iloc[::-1]]), "2.0.0") == basis_of(HELD, "2.0.0")
    assert basis_of(HELD.iloc[:0], "1.0.0") == f"{hashlib.sha256(b'').hexdigest()}:1.0.0"
    with pytest.raises(ForanError, match="no column code, polarity"):
        basis_of(HELD[["segment"]], "1.0.0")


@pytest.mark.parametrize(
    ("today", "known", "expected"),
    [
        (HELD, None, Staleness("fresh")),
        (pd.concat([HELD, HELD.assign(segment="s3").iloc[:1]]), None, Staleness("stale", added=("s3",))),
        (HELD.iloc[:1], {"s1", "s2"}, Staleness("stale", removed=("s1",))),
        (HELD.iloc[:1], {"s2"}, Staleness("stale", gone=("s1",))),
        (HELD.assign(polarity="fremmer"), None, Staleness("stale", recoded=("s2", "s1"))),
        (HELD.iloc[:0], {"s1", "s2"}, Staleness("stale", removed=("s1", "s2"))),
    ],
)
def test_a_summary_is_stale_when_its_codings_have_moved_and_says_which(
    today: pd.DataFrame, known: set[str] | None, expected: Staleness
) -> None:
    assert staleness(summary(basis_of(HELD, "2.0.0"), ("s1", "s2")), today, "2.0.0", known=known) == expected


def test_another_version_alone_makes_nothing_stale() -> None:
    told = staleness(summary(basis_of(HELD, "1.0.0"), ("s1", "s2")), HELD, "2.0.0")
    assert told == Staleness("fresh", is_other_version=True)


@pytest.mark.parametrize("basis", ["", "not a fingerprint", "abc:1.0.0"])
def test_a_summary_that_does_not_say_what_the_cell_held_is_neither_fresh_nor_stale(basis: str) -> None:
    assert staleness(summary(basis, ("s1",)), HELD, "2.0.0") == Staleness("unknown", added=("s2",))


def test_the_matrix_holds_peoples_summaries_newest_first_and_none_of_its_own() -> None:
    ready = read(study())
    held = held_by(ready, ("s1", "s2", "s4"))
    fresh = summary(basis_of(held, "2.0.0"), ("s1", "s2", "s4"))
    older = summary("", (), id="m0", at="2020-01-01")
    lost = summary("", (), row="ZZZ", id="m9")
    found = framework_matrix(ready, [older, fresh, lost], "case")
    assert list(found.cells.columns) == ["row", "case", *FRAMEWORK_COLUMNS[1:]]
    assert found.homeless == (lost,)
    cell = one(found.cells, "AAA", P1)
    assert (cell["summary"], cell["text"], cell["freshness"], cell["summaries"]) == (
        "m1",
        fresh.text,
        "fresh",
        ("m1", "m0"),
    )
    assert set(found.cells.loc[found.cells["summary"] == "", "text"]) == {""}
    assert (found.cells["text"] != "").sum() == 1


def test_a_recoded_segment_makes_its_summary_stale() -> None:
    before = read(study())
    written = summary(basis_of(held_by(before, ("s1", "s2", "s4")), "2.0.0"), ("s1", "s2", "s4"))
    moved = [("s2", "A1", (1,), "C0005", "hemmer") if row[0] == "s2" else row for row in SEGMENTS]
    cell = one(framework_matrix(read(study(moved)), [written], "case", known={r[0] for r in moved}).cells, "AAA", P1)
    assert (cell["freshness"], cell["added"], cell["removed"], cell["gone"]) == ("stale", (), ("s2",), ())


def test_words_about_what_must_not_be_shown_are_withheld() -> None:
    of_hidden = summary("", ("s6",), row="CCC", column=E1)
    beside = summary("", ("s5", "s6"), row="BBB", id="m2")
    found = framework_matrix(read(study()), [of_hidden, beside], "case").cells
    for row, column in (("CCC", E1), ("BBB", P1)):
        cell = one(found, row, column)
        assert cell["is_withheld"]
        assert cell["text"] == ""
        assert cell["summary"]
        assert "s6" not in (*cell["added"], *cell["removed"], *cell["gone"])
    assert not one(found, "AAA", P1)["is_withheld"]


# Meta-matrices


def test_columns_cluster_by_level_and_rows_stay() -> None:
    table = cells(read(study()), "case")
    found = clustered(table, {P1: "P", P2: "P", K1: "K", E1: "E"}, ("E", "K", "P"))
    assert list(dict.fromkeys(found["column"])) == [E1, K1, P1, P2]
    assert list(dict.fromkeys(found["cluster"])) == ["E", "K", "P"]
    assert list(dict.fromkeys(found["row"])) == list(dict.fromkeys(table["row"]))
    with pytest.raises(UnknownName, match="level of column"):
        clustered(table, {P1: "P"}, ("P",))


def test_cases_can_be_ordered_by_evidence_or_by_numbers_of_a_persons() -> None:
    table = cells(read(study()), "case", order={"case": ("CCC", "BBB", "AAA")})
    found = case_ordered(table)
    assert (found.rows, found.values, found.by) == (
        ("AAA", "BBB", "CCC"),
        {"AAA": 2.0, "BBB": 1.0, "CCC": 0.0},
        "evidence",
    )
    assert list(dict.fromkeys(found.cells["row"])) == ["AAA", "BBB", "CCC"]
    given_ = case_ordered(table, {"AAA": 1, "BBB": 3, "CCC": 3}, reason="år med IOA", descending=False)
    assert (given_.rows, given_.by, given_.reason) == (
        ("AAA", "CCC", "BBB"),
        "given",
        "år med IOA",
    )  # those alike stay as they were
    with pytest.raises(ForanError, match=r"1 without a number \(first: CCC\)"):
        case_ordered(table, {"AAA": 1, "BBB": 3}, reason="x")
    with pytest.raises(ForanError, match="1 without"):
        case_ordered(table, {"AAA": 1, "BBB": 2, "CCC": float("nan")}, reason="x")
    with pytest.raises(ForanError, match="without a reason"):
        case_ordered(table, {"AAA": 1, "BBB": 2, "CCC": 3})
    with pytest.raises(UnknownName):
        case_ordered(table, "alphabet")


def test_roles_have_rows_only_where_they_were_heard() -> None:
    found = role_ordered(read(study()), roles=("leder", "bruker"), cases=CASES)
    assert list(dict.fromkeys(found["row"])) == ["leder|AAA", "leder|BBB", "bruker|AAA", "bruker|BBB"]
    # Only C1 has heard a leader of CCC, and must not be shown.
    whole = role_ordered(read(study(hidden=frozenset())), roles=("leder", "bruker"), cases=CASES)
    assert "leder|CCC" in set(whole["row"])
    # One informant, who is hidden, in one document: neither its number nor any id is told.
    one_of = found[found["state"] == "evidence"]
    assert one_of["documents"].isna().all()
    assert set(one_of["segment_ids"]) == set(one_of["document_ids"]) == {()}
    many = role_ordered(read(study()), roles=("leder", "bruker"), cases=CASES, least_persons=1)
    assert (many.loc[many["state"] == "evidence", "documents"] == 1).all()


def test_displays_of_all_cases_are_stacked() -> None:
    found = partially_ordered(read(study()), cases=CASES)
    # By date within each case: C2 is of 2022, C1 of 2021, B2 of 2020 and B1 of 2022.
    assert list(dict.fromkeys(found["row"])) == ["AAA|A1", "AAA|A2", "BBB|B2", "BBB|B1", "CCC|C1", "CCC|C2"]
    assert len(found) == 6 * 4


def test_row_totals_count_every_cell() -> None:
    totals = row_totals(cells(read(study()), "case", order={"case": CASES})).set_index("row")
    assert totals.loc["BBB"].to_dict() == {
        "evidence": 1, "nothing_said": 1, "not_asked": 1, "not_codable": 1, "suppressed": 0, "cells": 4}  # fmt: skip
    assert (totals["cells"] == 4).all()


# Crosstabs


def test_a_crosstab_counts_turns_once_and_prints_its_denominators() -> None:
    found = crosstab(read(study()), "case", order=CASES)
    assert list(found.columns) == list(CROSSTAB_COLUMNS)
    cell = found[(found["column"] == P1) & (found["value"] == "AAA")].iloc[0]
    # 2 of 4 shown turns of AAA hold P1, of 3 turns with P1 and 7 turns shown in all.
    assert (cell["turns"], cell["turns_of_column"], cell["turns_of_value"], cell["documents_of_value"]) == (2, 3, 4, 2)
    assert (cell["share_of_value"], cell["share_of_column"]) == (0.5, pytest.approx(2 / 3))
    assert cell["expected"] == pytest.approx(12 / 7)
    assert cell["residual"] == pytest.approx((2 - 12 / 7) / np.sqrt(12 / 7 * (4 / 7) * (3 / 7)))
    assert cell["is_small"]
    assert found[(found["column"] == P1) & (found["value"] == "CCC")].iloc[0]["turns_of_value"] == 1


def test_a_crosstab_of_polarity_has_no_expectation_and_may_count_a_turn_under_two() -> None:
    found = crosstab(read(study()), "polarity").set_index(["column", "value"])
    assert found.loc[(P1, "fremmer"), "turns"] == 1
    assert found.loc[(P1, "hemmer"), "turns"] == 2
    assert found.loc[(P1, "begge"), "turns"] == 1  # three turns, four entries
    assert found["expected"].isna().all()
    assert found["residual"].isna().all()
    assert found.index.get_level_values("value").tolist()[-1] == ""


def test_small_cells_of_a_crosstab_can_be_left_out_without_a_nought() -> None:
    # Turns of P1: AAA 2 (in 2 documents), BBB 1 (in 1), CCC none; all 3 are told.
    whole = crosstab(read(study()), "case", order=CASES).set_index(["column", "value"])
    found = crosstab(read(study()), "case", order=CASES, least_documents=2).set_index(["column", "value"])
    derived = ["share_of_value", "share_of_column", "expected", "residual"]
    assert whole.loc[(P1, "BBB"), derived].notna().all()
    # BBB is too few, and 3 − 2 would give it back: AAA goes with it.
    for case in ("AAA", "BBB"):
        assert found.loc[(P1, case), ["turns", "documents", "segments"]].isna().all()
        assert found.loc[(P1, case), derived].isna().all()
        assert found.loc[(P1, case), "is_small"]
    assert found.loc[(P1, "CCC"), "turns"] == 0
    assert found.loc[(P1, "CCC"), "turns_of_column"] == 3
    assert found.loc[(E1, "AAA"), "turns"] == 0
    assert found.loc[(E1, "AAA"), "expected"] == 0


def test_a_number_left_out_of_a_row_of_its_own_takes_its_total_along() -> None:
    table = read(study(), attributes={"procedure": ["p1"] * 6})
    row = crosstab(table, "procedure", least_documents=4).set_index("column").loc[P1]
    assert row[["turns", "turns_of_column", "share_of_column", "expected", "residual"]].isna().all()
    kept = crosstab(table, "procedure", least_documents=3).set_index("column").loc[P1]
    assert (kept["turns"], kept["turns_of_column"]) == (3, 3)


def test_attributes_come_from_turns_documents_years_and_facets() -> None:
    ready = study()
    facets = {"s1": (("phase", "før"),), "s5": (("phase", "etter"),)}
    ready.segments["facets"] = [facets.get(s, ()) for s in ready.segments["segment"]]
    table = read(ready, attributes={"procedure": ["p1", "p1", "p2", "p2", "p3", "p3"]})
    assert set(crosstab(table, "procedure")["value"]) == {"p1", "p2", "p3"}
    assert set(crosstab(table, "phase")["value"]) == {"før", "etter", ""}
    assert set(crosstab(table, "year")["value"]) == {"2020", "2021", "2022"}
    assert set(crosstab(table, "actor_type")["value"]) == set(PERSONS)
    unknown = read(ready, attributes={"procedure": ["p1", None, "p2", "p2", float("nan"), "p3"]})
    assert set(crosstab(unknown, "procedure")["value"]) == {"p1", "p2", "p3", ""}
    assert list(dict.fromkeys(cells(unknown, "procedure")["row"])) == ["p1", "p2", "p3"]
    with pytest.raises(UnknownName, match=r"known: .*phase"):
        crosstab(table, "fase")


def test_the_fixture_is_read_under_the_versions_it_says() -> None:
    assert set(UNDER.values()) == {"1.0.0", "2.0.0"}
