"""Units of analysis: whose words count, once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lineages import plain_book, plain_code, segment_row, table
from scipy import sparse
from small_study import SmallStudy, draft

from foran_research.analysis.incidence import (
    LAYERS,
    UNIT_COLUMNS,
    Incidence,
    entries,
    grouped,
    incidence,
    informant_units,
    layers,
    rolled_up,
    row_pairs,
    segment_units,
)
from foran_research.corpus.transcript import Transcript, parse_turns
from foran_research.errors import ForanError
from foran_research.study import Study

PARTICIPANTS = pd.DataFrame(
    [
        ("P-1", "leder", "", ("analysis", "quote")),
        ("P-2", "bruker", "FJO", ("analysis",)),
        ("P-3", "bruker", "BYN", ()),
    ],
    columns=["id", "actor_type", "case", "consent"],
).set_index("id")


def units_of(text: str, kind: str, participants: tuple[str, ...]) -> pd.DataFrame:
    transcript = Transcript("D", text, parse_turns(text, has_turns=kind == "interview"))
    documents = pd.DataFrame(
        [("D", kind, "FJO", "FJO-1", "2020-01-01", participants)],
        columns=["id", "kind", "case", "process", "date", "participants"],
    ).set_index("id")
    return informant_units({"D": transcript}, documents, PARTICIPANTS, {"Intervjuer"})


def test_interviewers_headings_and_people_without_consent_are_no_units() -> None:
    units = units_of("# Tittel\n\n**Intervjuer:** Hva?\n\n**P-1:** Ja.\n\n**P-2:** Nei.\n\n**P-3:** Ikke spør.", "interview",
                     ("P-1", "P-2", "P-3"))  # fmt: skip
    assert list(units.columns) == list(UNIT_COLUMNS)
    assert units[["unit", "informant", "actor_type", "may_quote"]].values.tolist() == [
        ["D:3", "P-1", "leder", True], ["D:4", "P-2", "bruker", False]]  # fmt: skip


def test_the_numbers_of_units_are_those_of_turns_so_that_they_can_be_found_again() -> None:
    units = units_of(
        "**Intervjuer:** Hva?\n\n**P-1:** Ja.\n\n**Intervjuer:** Og?\n\n**P-1:** Mer.", "interview", ("P-1",)
    )
    assert units["turn"].tolist() == [2, 4]


def test_unlabelled_words_belong_to_the_only_kind_of_actor_there_or_to_none() -> None:
    def actors(kind: str, participants: tuple[str, ...]) -> list[object]:
        return units_of("Et avsnitt.", kind, participants)["actor_type"].tolist()

    assert actors("workshop_note", ("P-1",)) == ["leder"]
    assert actors("workshop_note", ("P-2", "P-3")) == ["bruker"]
    assert actors("workshop_note", ("P-1", "P-2")) == [""]
    assert actors("workshop_note", ()) == [""]
    assert actors("public_document", ("P-1",)) == [""]


def test_a_corpus_of_nothing_but_questions_has_no_units_and_still_its_columns() -> None:
    units = units_of("**Intervjuer:** Hva?", "interview", ())
    assert units.empty
    assert list(units.columns) == list(UNIT_COLUMNS)


def test_segments_count_in_every_unit_they_touch_and_in_no_other() -> None:
    units = units_of("**P-1:** Ja.\n\n**Intervjuer:** Hva?\n\n**P-1:** Mer.", "interview", ("P-1",))
    long = segment_units(table([segment_row(1, "C0001", turns=(1, 2, 3)), segment_row(2, "C0001", turns=(2,)),
                                segment_row(3, "C0001", document="E", turns=(1,))]), units)  # fmt: skip
    assert list(zip(long["segment"], long["unit"], strict=True)) == [("D.K.s001", "D:1"), ("D.K.s001", "D:3")]


def test_a_segment_that_touches_no_turn_is_left_out_quietly() -> None:
    """A coder can mark nothing but a speaker's label."""
    units = units_of("**P-1:** Ja.", "interview", ("P-1",))
    long = segment_units(table([segment_row(1, "C0001", turns=()), segment_row(2, "C0001", turns=(1,))]), units)
    assert long["segment"].tolist() == ["D.K.s002"]
    assert segment_units(table([segment_row(1, "C0001", turns=())]), units).empty
    assert segment_units(table([]), units).empty


def test_a_label_alone_can_be_coded_without_the_model_falling_over(small_study: SmallStudy) -> None:
    segment = small_study.events("K1", "FJO-I02")[0]["after"] | {"start": 0, "end": 5, "quote": "**Int"}
    small_study.code("K1", "FJO-I02", [draft(small_study, "K1", "FJO-I02", "2020-06-13", "apply", "x", None, segment)])
    study, faults = small_study.read()
    assert isinstance(study, Study)
    assert faults == []
    inputs = study.model_inputs(study.milestone("M1"))
    assert "x" in set(inputs.segments["segment"])
    assert "x" not in set(segment_units(inputs.segments, inputs.units)["segment"])


BOOK = plain_book("1.0.0", [plain_code("C0001", "P1"), plain_code("C0002", "P1.1", parent="C0001"),
                            plain_code("C0003", "P2")])  # fmt: skip


def long_of(rows: list[tuple[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit", "element"], dtype=object)


def test_a_turn_counts_once_for_an_element_however_many_of_its_parts_it_holds() -> None:
    units = units_of("**P-1:** Ja.", "interview", ("P-1",))
    segments = table([segment_row(n, code, turns=(1,)) for n, code in enumerate(["C0001", "C0002", "C0002", "C0003"])])
    long = rolled_up(segment_units(segments, units), BOOK)
    assert long["element"].tolist() == ["C0001", "C0001", "C0001", "C0003"]
    assert incidence(long, units, ("C0001", "C0003")).matrix.toarray().tolist() == [[1, 1]]
    assert incidence(long, units, ("C0001", "C0002", "C0003"), column="code").matrix.toarray().tolist() == [[1, 1, 1]]


def test_units_and_codes_that_are_not_asked_about_are_left_out() -> None:
    units = pd.DataFrame({"unit": ["a", "b"], "document": ["D", "D"], "case": ["FJO", "HEI"]})
    found = incidence(long_of([("a", "C0001"), ("z", "C0001"), ("b", "C0009")]), units, ("C0001", "C0003"))
    assert found.matrix.toarray().tolist() == [[1, 0], [0, 0]]
    assert incidence(long_of([]), units, ()).matrix.shape == (2, 0)


@pytest.mark.parametrize(("case", "rows"), [(None, [0, 1, 2]), ("FJO", [0, 2]), ("HEI", [1]), ("STR", [])])
def test_a_case_has_its_own_rows_and_no_others(case: str | None, rows: list[int]) -> None:
    units = pd.DataFrame({"unit": list("abc"), "document": list("DED"), "case": ["FJO", "HEI", "FJO"]})
    whole = incidence(long_of([("a", "C0001"), ("b", "C0003"), ("c", "C0003")]), units, ("C0001", "C0003"))
    part = whole.of_case(case)
    assert part.units["unit"].tolist() == units["unit"].iloc[rows].tolist()
    np.testing.assert_array_equal(part.matrix.toarray(), whole.matrix.toarray()[rows])


def test_what_is_both_promoting_and_inhibiting_counts_as_both() -> None:
    assert set(LAYERS["promoting"]) & set(LAYERS["inhibiting"]) == {"begge"}
    assert "nøytral" not in {polarity for layer in LAYERS.values() for polarity in layer}


def test_the_units_of_the_small_study(small_study: SmallStudy) -> None:
    study, _ = small_study.read()
    assert study is not None
    units = study.units(study.documents)
    # Two or three answers an interview, four paragraphs of the note below and above its heading.
    assert units.groupby("document", sort=False).size().to_dict() == {
        "FJO-I01": 2, "FJO-I02": 2, "HEI-I01": 2, "STR-N01": 4, "HEI-I02": 2, "STR-I01": 1}  # fmt: skip
    assert not units[units["document"] == "STR-I01"]["may_quote"].any()
    note = units[units["document"] == "STR-N01"]
    assert note["informant"].tolist() == ["STR-N01", "STR-N01", "STR-INN-01", "STR-N01"]
    assert note["actor_type"].tolist() == ["", "", "innkjop", ""]


def test_a_guest_at_another_municipalitys_workshop_counts_for_her_own() -> None:
    people = PARTICIPANTS.assign(case=["", "BYN", ""])
    transcript = Transcript("D", "**P-2:** Hos oss 😀 går det.\n\nNotat på vegne av alle.", ())
    transcript = Transcript("D", transcript.text, parse_turns(transcript.text, has_turns=False))
    documents = pd.DataFrame(
        [("D", "workshop_note", "FJO", "FJO-1", "2020-01-01", ("P-1", "P-2"))],
        columns=["id", "kind", "case", "process", "date", "participants"],
    ).set_index("id")
    assert informant_units({"D": transcript}, documents, people, {"Intervjuer"})["case"].tolist() == ["BYN", "FJO"]


def test_what_nobody_is_named_for_in_a_labelled_interview_is_no_informants(small_study: SmallStudy) -> None:
    small_study.edit_text(
        "FJO-I02", "**Intervjuer:** Hva var", "Opptak nr. 3, æøå 😀\n\nSted: Fjordvik\n\n**Intervjuer:** Hva var"
    )
    small_study.edit_log("K1", "FJO-I02", lambda events: events.clear())
    study, _ = small_study.read()
    assert study is not None
    units = study.units(study.documents)
    assert set(units.loc[units["document"] == "FJO-I02", "informant"]) == {"FJO-INN-01"}


def spread(rows: list[tuple[str, str, str, str]], codes: tuple[str, ...] = ("C0001", "C0003")) -> Incidence:
    """Units from (document, process, case, codes)."""
    frame = pd.DataFrame(rows, columns=["document", "process", "case", "held"])
    units = frame.assign(unit=[f"u{n}" for n in range(len(frame))], may_quote=[n != 1 for n in range(len(frame))],
                         date=[f"2020-01-{n + 1:02d}" for n in range(len(frame))], turn=1)  # fmt: skip
    long = [(unit, code) for unit, held in zip(units["unit"], units["held"], strict=True) for code in held.split()]
    return incidence(long_of(long), units.drop(columns="held"), codes)


def test_a_document_holds_what_any_of_its_turns_holds() -> None:
    table = spread([("D", "X-1", "FJO", "C0001"), ("E", "X-1", "HEI", ""), ("D", "X-1", "BYN", "C0001 C0003"),
                    ("F", "", "HEI", "C0003")])  # fmt: skip
    documents = grouped(table)
    assert documents.units["unit"].tolist() == documents.units["document"].tolist() == ["D", "E", "F"]
    assert documents.matrix.toarray().tolist() == [[1, 1], [0, 0], [0, 1]]
    assert documents.units["turns"].tolist() == [2, 1, 1]
    # What the turns do not share is nobody's.
    assert documents.units["case"].tolist() == ["", "HEI", "HEI"]
    assert documents.units["process"].tolist() == ["X-1", "X-1", ""]
    assert documents.units["may_quote"].tolist() == [True, False, True]
    assert documents.units["date"].tolist() == ["2020-01-01", "2020-01-02", "2020-01-04"]


def test_turns_without_a_process_are_in_none() -> None:
    table = spread([("D", "", "FJO", "C0001"), ("E", "X-1", "HEI", "C0003"), ("F", "X-1", "HEI", "C0001")])
    processes = grouped(table, "process")
    assert processes.units["unit"].tolist() == ["X-1"]
    assert processes.matrix.toarray().tolist() == [[1, 1]]
    assert grouped(spread([("D", "", "FJO", "C0001")]), "process").matrix.shape == (0, 2)
    with pytest.raises(ForanError, match="not by 'informant'"):
        grouped(table, "informant")


SPREAD = st.lists(
    st.tuples(st.sampled_from("DEF"), st.sampled_from(["", "X-1", "Y-1"]), st.sampled_from(["FJO", "HEI"]),
              st.sampled_from(["", "C0001", "C0003", "C0001 C0003"])), max_size=10)  # fmt: skip


@settings(max_examples=20)
@given(SPREAD, st.sampled_from(["document", "process"]))
def test_coarser_units_are_unions(rows: list[tuple[str, str, str, str]], by: str) -> None:
    coarse = grouped(spread(rows), by)
    names = [row[0 if by == "document" else 1] for row in rows]
    assert coarse.units["unit"].tolist() == [name for name in dict.fromkeys(names) if name]
    for name, held in zip(coarse.units["unit"], coarse.matrix.toarray().tolist(), strict=True):
        mine = [set(row[3].split()) for row, own in zip(rows, names, strict=True) if own == name]
        assert held == [int(any(code in codes for codes in mine)) for code in coarse.codes]


@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["C0001", "C0002", "C0003"])), max_size=8))
def test_a_roll_up_is_counted_once(coded: list[tuple[str, str]]) -> None:
    """P2.1 belongs to P1 here: P1 holds what either of them holds, and a turn with both counts once."""
    units = pd.DataFrame({"unit": ["a", "b"], "document": ["D", "D"], "case": "FJO"})
    segments = pd.DataFrame(coded, columns=["unit", "code"], dtype=object)
    found = incidence(rolled_up(segments, BOOK), units, ("C0001", "C0003")).matrix.toarray().tolist()
    for unit, row in zip("ab", found, strict=True):
        mine = {code for name, code in coded if name == unit}
        assert row == [int(bool(mine & {"C0001", "C0002"})), int("C0003" in mine)]


def test_a_unit_may_be_promoting_and_inhibiting() -> None:
    units = pd.DataFrame({"unit": ["a", "b", "c"], "document": "D"})
    rows = [("a", "C0001", "fremmer"), ("a", "C0001", "hemmer"), ("b", "C0001", "begge"), ("c", "C0001", "nøytral"),
            ("c", "C0003", "")]  # fmt: skip
    found = layers(pd.DataFrame(rows, columns=["unit", "element", "polarity"]), units, ("C0001", "C0003"))
    assert list(found) == ["promoting", "inhibiting"]
    for layer in found.values():
        assert layer.matrix.toarray().tolist() == [[1, 0], [1, 0], [0, 0]]


def test_the_denominator_says_how_many_units_are_not_coded() -> None:
    table = spread([("D", "", "FJO", "C0001"), ("D", "", "FJO", ""), ("E", "", "HEI", "C0001 C0003")])
    assert (table.denominator, table.denominator.has_uncoded) == ((3, 2), True)
    coded = table.coded()
    assert coded.units["unit"].tolist() == ["u0", "u2"]
    assert not coded.denominator.has_uncoded


@settings(max_examples=20)
@given(SPREAD)
def test_the_cases_together_are_the_whole(rows: list[tuple[str, str, str, str]]) -> None:
    table = spread(rows)
    parts = table.by_case()
    assert list(parts) == sorted({row[2] for row in rows})
    for case, part in parts.items():
        one = table.of_case(case)
        pd.testing.assert_frame_equal(part.units, one.units)
        np.testing.assert_array_equal(part.matrix.toarray(), one.matrix.toarray())


def test_a_matrix_with_repeated_or_empty_entries_is_read_as_what_it_means() -> None:
    matrix = sparse.csr_array((np.array([1, 0, 2, 3]), np.array([2, 0, 1, 1]), np.array([0, 2, 4])), shape=(2, 3))
    table = Incidence(pd.DataFrame({"unit": ["a", "b"], "document": "D"}), ("A", "B", "C"), matrix)
    clean = entries(table)
    assert clean.indices.tolist() == [2, 1]
    assert clean.has_canonical_format
    assert table.matrix.nnz == 4  # the table itself is as it was
    assert table.denominator == (2, 2)


@given(st.lists(st.frozensets(st.integers(0, 6)), max_size=8))
def test_pairs_in_rows_are_all_combinations(rows: list[frozenset[int]]) -> None:
    dense = np.array([[int(code in row) for code in range(7)] for row in rows], np.int64).reshape(len(rows), 7)
    pairs = row_pairs(sparse.csr_array(dense))
    found = sorted(zip(pairs.row.tolist(), pairs.first.tolist(), pairs.second.tolist(), strict=True))
    assert found == [(n, i, j) for n, row in enumerate(rows) for i in sorted(row) for j in sorted(row) if i < j]
