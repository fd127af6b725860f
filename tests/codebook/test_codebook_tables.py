"""A codebook as tables: nothing is lost on the way there and back, and changes in the tables become proposals only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lineages import plain_book, plain_code
from small_study import SmallStudy, codebook_of

from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import CHANGE_TYPES, Change, Code, Codebook, Cue, Migration
from foran_research.codebook.revising import Proposal, compose, decided, read_proposal
from foran_research.codebook.table_proposals import Comparison, Conflict, Draft, OnConflict, proposals
from foran_research.codebook.tables import (
    COLUMNS,
    Cell,
    Tables,
    fingerprint,
    list_of,
    list_text,
    pairs_of,
    pairs_text,
    read_grids,
    tables_of,
)
from foran_research.errors import Faults

LEVELS = ("P", "K", "E", "X")
AWKWARD = ("=1+1", "-x", "'quoted", '"sitat"', "a; b", "[1]", "{x}", " foran og bak ", "to\nlinjer",
           "A\u030apent 😀 æøå", "_x0041_", "\tinnrykk", "NY1", "1.0", "null", "a=b", "komma, semikolon;")  # fmt: skip

words = st.sampled_from(AWKWARD) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("æøå;,='\"\n[]{} "), min_size=1, max_size=12
).filter(str.strip)
both = st.fixed_dictionaries({"nb": words, "en": words})
short = st.text("abcæø 1.;", max_size=6)
cues = st.builds(
    Cue,
    st.sampled_from(["behov*", "ikke .. velge", "a|b", "=Ålesund"]),
    st.none(),
    st.sampled_from([None, "fremmer", "hemmer"]),
    st.sampled_from(["keep", "flip", "drop"]),
) | st.builds(
    Cue,
    st.none(),
    st.sampled_from([({"LOWER": "få"}, {"LIKE_NUM": True, "OP": "?"}), ({"LEMMA": {"IN": ["måle", "telle"]}},)]),
)
told = st.fixed_dictionaries(
    {},
    optional={
        "polarity": st.sampled_from(["fremmer", "begge", "blandet", ""]), "source": words | st.just(""), "note": both | words,
        "sett av": st.lists(words, max_size=2) | st.none() | st.integers(),
    },
)  # fmt: skip


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    ids = [f"C{number:04d}" for number in range(1, draw(st.integers(1, 4)) + 1)]
    made = []
    for number, code_id in enumerate(ids):
        is_active = draw(st.booleans())
        # Parents come before their children, so that there is no ring, and only active ones have any.
        above = [code.id for code in made if code.is_active]
        made.append(
            replace(
                plain_code(code_id, draw(words) + str(number), is_active=is_active, level=draw(st.sampled_from(LEVELS))),
                parent=draw(st.sampled_from([None, *above])), label=draw(both), brief=draw(both), definition=draw(both),
                when_to_use=draw(both), when_not_to_use=draw(both), example=draw(both), maturity=draw(short),
                source=tuple(draw(st.lists(words | st.just(""), max_size=3))),
                successors=tuple(draw(st.lists(st.sampled_from(ids), max_size=2))),
                polarity_in_source=tuple(draw(st.lists(told.filter(bool), max_size=2))),
                cues={"nb": tuple(draw(st.lists(cues, max_size=2))), "nn": tuple(draw(st.lists(cues, max_size=2)))},
            )
        )  # fmt: skip
    changes = []
    for number in range(draw(st.integers(0, 2))):
        facets = draw(st.dictionaries(words, words, min_size=1, max_size=2))
        rows = [Migration(ids[0], "keep", (), None, draw(st.none() | words)), Migration(ids[-1], "map", (ids[0],)),
                Migration(ids[0], "facet", (ids[-1],), None, None, facets)]  # fmt: skip
        changes.append(
            Change(
                f"CH-{number}", draw(st.sampled_from(CHANGE_TYPES)), (ids[0],), tuple(ids[:2]), draw(both), draw(both),
                draw(both), tuple(draw(st.lists(words, max_size=2))), draw(short), "2020-01-02", draw(short), draw(st.booleans()),
                tuple(draw(st.permutations(rows))), draw(short), draw(short), draw(st.just({}) | both),
            )
        )  # fmt: skip
    return Codebook("1.2.0", "2020-02-01", draw(both), draw(both), tuple(made), tuple(changes))


def read(grids: Any, file: str = "bok.xlsx") -> Tables:
    faults = Faults()
    tables = read_grids(grids, LEVELS, faults, file=file)
    assert tables is not None, [str(fault) for fault in faults]
    assert not faults
    return tables


@settings(max_examples=40)
@given(codebooks())
def test_a_codebook_comes_back_from_its_tables_as_it_was(book: Codebook) -> None:
    assert read(tables_of(book)).book == book


@settings(max_examples=20)
@given(codebooks(), st.randoms())
def test_columns_may_stand_in_any_order_and_empty_rows_between(book: Codebook, chance: Any) -> None:
    grids = {}
    for name, grid in tables_of(book).items():
        order = list(range(len(COLUMNS[name])))
        chance.shuffle(order)
        lines = [[line[place] for place in order] for line in grid]
        grids[name] = [lines[0], ["  "], *lines[1:], [""] * 9]
    assert read(grids).book == book


@given(st.lists(words | st.just(""), max_size=4))
def test_lists_survive_as_one_cell(values: list[str]) -> None:
    assert list_of(list_text(values)) == tuple(values)


@given(st.dictionaries(words, words, max_size=3))
def test_facets_survive_as_one_cell(pairs: dict[str, str]) -> None:
    assert pairs_of(pairs_text(pairs)) == pairs


def test_the_fingerprint_is_of_what_a_codebook_says() -> None:
    book = plain_book("1.0.0", [plain_code("C0001"), plain_code("C0002")])
    assert fingerprint(book) == fingerprint(plain_book("1.0.0", list(book.codes)))
    changed = replace(book, codes=(replace(book.codes[0], maturity="S"), book.codes[1]))
    assert len({fingerprint(one) for one in (book, changed, replace(book, released="2020-01-02"))}) == 3


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA"), (703, "AAA")])
def test_columns_are_named_as_spreadsheets_do(column: int, name: str) -> None:
    assert str(Cell("Koder", 7, column)) == f"Koder!{name}7"


# Faults


class Sheets:
    """The tables of a codebook, to be changed as a person would."""

    def __init__(self, book: Codebook) -> None:
        self.grids = {name: [list(line) for line in grid] for name, grid in tables_of(book).items()}

    def cell(self, key: str, column: str, sheet: str = "Koder") -> str:
        """The name of a cell in the row whose first cell is `key`."""
        number = next(n for n, line in enumerate(self.grids[sheet], 1) if line[0] == key)
        return str(Cell(sheet, number, COLUMNS[sheet].index(column) + 1))

    def put(self, key: str, column: str, value: str, sheet: str = "Koder") -> str:
        line = next(line for line in self.grids[sheet] if line[0] == key)
        line[COLUMNS[sheet].index(column)] = value
        return self.cell(key, column, sheet)

    def get(self, key: str, column: str, sheet: str = "Koder") -> str:
        return next(line for line in self.grids[sheet] if line[0] == key)[COLUMNS[sheet].index(column)]

    def add(self, sheet: str = "Koder", like: str = "", **cells: str) -> None:
        line = list(next(one for one in self.grids[sheet] if one[0] == like)) if like else [""] * len(COLUMNS[sheet])
        for column, value in cells.items():
            line[COLUMNS[sheet].index(column.rstrip("_"))] = value
        self.grids[sheet].append(line)

    def faults(self) -> list[tuple[str, str]]:
        faults = Faults()
        assert read_grids(self.grids, LEVELS, faults, file="bok.xlsx") is None
        return [(fault.file.removeprefix("bok.xlsx "), fault.kind) for fault in faults]


TYPED = "hemmelig ordlyd"


def first(study: SmallStudy) -> Codebook:
    return codebook_of(study, "1.0.0")


BREAK: list[tuple[str, str, str, str, str]] = [
    # key, column, what is written, the kind of fault, sheet
    ("C0001", "level", TYPED, "unknown-level", "Koder"),
    ("C0001", "level", "", "unknown-level", "Koder"),
    ("C0001", "status", TYPED, "unknown-status", "Koder"),
    ("C0001", "definition_en", "  ", "empty-cell", "Koder"),
    ("C0001", "display", "", "empty-cell", "Koder"),
    ("C0001", "introduced_in", "", "empty-cell", "Koder"),
    ("C0001", "parent", "C0999", "unknown-code", "Koder"),
    ("C0001", "parent", "C0001", "parent-ring", "Koder"),
    ("C0001", "successors", "C0002; C0888", "unknown-code", "Koder"),
    ("C0001", "source", "[hemmelig", "broken-cell", "Koder"),
    ("C0001", "change_type", TYPED, "unknown-change", "Koder"),
    ("C0002", "display", "P1", "duplicate-display", "Koder"),
    ("C0001", "phrase", "..", "bad-cue", "Cues"),
    ("C0001", "phrase", "", "bad-cue", "Cues"),
    ("C0001", "written_form", "svensk", "unknown-form", "Cues"),
    ("tables_version", "value", "2", "future-file", "Om"),
]


@pytest.mark.parametrize(("key", "column", "value", "kind", "sheet"), BREAK)
def test_a_fault_names_its_cell_and_nothing_that_stands_there(
    small_study: SmallStudy, key: str, column: str, value: str, kind: str, sheet: str
) -> None:
    sheets = Sheets(first(small_study))
    cell = sheets.put(key, column, value, sheet)
    faults = Faults()
    assert read_grids(sheets.grids, LEVELS, faults, file="bok.xlsx") is None
    assert [(fault.file, fault.kind) for fault in faults] == [(f"bok.xlsx {cell}", kind)]
    assert not any("hemmelig" in str(fault) for fault in faults)


def test_all_faults_are_told_at_once(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    cells = [
        sheets.put("C0003", "level", "Q"),
        sheets.put("C0007", "label_nb", ""),
        sheets.put("C0009", "parent", "C0010"),
    ]
    sheets.add(like="C0004")
    assert sorted(sheets.faults()) == sorted(
        [
            (cells[0], "unknown-level"),
            (cells[1], "empty-cell"),
            (cells[2], "unknown-code"),
            ("Koder!A11", "duplicate-id"),
        ]
    )


def test_a_ring_of_parents_is_told_for_every_code_in_it(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    cells = [sheets.put("C0001", "parent", "C0002"), sheets.put("C0002", "parent", "C0001")]
    assert sheets.faults() == [(cell, "parent-ring") for cell in cells]


def test_headings_and_sheets_that_are_missing_or_too_many_are_told(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    del sheets.grids["Cues"]
    sheets.grids["Ark1"] = [["noe"]]
    sheets.grids["Koder"][0][2] = "Nivå"
    sheets.grids["Om"][0].append("value")
    assert sheets.faults() == [
        ("Ark1", "unknown-sheet"), ("Cues", "missing-sheet"), ("Koder!C1", "unknown-column"), ("Koder!A1", "missing-column"),
        ("Om!C1", "duplicate-column"),
    ]  # fmt: skip


def test_rows_of_changes_and_migration_are_checked(small_study: SmallStudy) -> None:
    sheets = Sheets(codebook_of(small_study, "2.0.0"))
    sheets.add("Endringer", id="NY", type="flette", from_="C0001; C0555")
    sheets.add("Migrering", change="NY", from_="C0001", rule="map", to="C0005; C0006")
    sheets.add("Migrering", change="CH-99", from_="C0001", rule="keep")
    sheets.add("Migrering", change="NY", from_="C0005", rule="keep", facets="fase=pilot")
    last = len(sheets.grids["Migrering"])
    assert sheets.faults() == [
        ("Endringer!B10", "unknown-change"), ("Endringer!C10", "unknown-code"), (f"Migrering!D{last - 2}", "bad-migration"),
        (f"Migrering!A{last - 1}", "unknown-change"), (f"Migrering!E{last}", "bad-migration"),
    ]  # fmt: skip


# Three ways


def compared(
    sheets: Sheets, *books: Codebook, on_conflict: OnConflict = "stop", taken: Sequence[str] = ()
) -> tuple[Comparison, list[tuple[str, str]]]:
    faults = Faults()
    tables = read(sheets.grids)
    found = proposals(tables, Lineage(books), faults, taken=taken, on_conflict=on_conflict)
    return found, [(fault.file.removeprefix("bok.xlsx "), fault.kind) for fault in faults]


def told_of(drafts: Sequence[Draft]) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(draft.change.type, draft.change.source, draft.change.to) for draft in drafts]


def test_untouched_tables_propose_nothing(small_study: SmallStudy) -> None:
    books = codebook_of(small_study, "1.0.0"), codebook_of(small_study, "2.0.0")
    assert compared(Sheets(books[0]), *books) == (Comparison("1.0.0", "2.0.0"), [])
    assert compared(Sheets(books[1]), *books) == (Comparison("2.0.0", "2.0.0"), [])


KINDS: list[tuple[str, str, str, str]] = [
    ("display", "P9", "rename", "display"), ("label_nb", "nytt navn", "rename", "label"),
    ("definition_en", "other", "redefine", "definition"), ("when_to_use_nb", "ellers", "redefine", "when_to_use"),
    ("when_not_to_use_nb", "aldri", "redefine", "when_not_to_use"), ("brief_nb", "kort", "reword", "brief"),
    ("example_en", "such", "reword", "example"), ("source", "S9:1; S9:2", "reword", "source"),
    ("maturity", "S", "reword", "maturity"),
    ("level", "K", "move", "level"), ("parent", "C0005", "move", "parent"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value", "kind", "field"), KINDS)
def test_the_kind_of_a_change_is_seen_from_the_column(
    small_study: SmallStudy, column: str, value: str, kind: str, field: str
) -> None:
    sheets = Sheets(first(small_study))
    sheets.put("C0001", column, value)
    found, faults = compared(sheets, first(small_study))
    assert faults == []
    (draft,) = found.drafts
    assert (draft.change.type, draft.change.source, draft.change.to) == (kind, ("C0001",), ("C0001",))
    whole: Any = ["S9:1", "S9:2"] if column == "source" else {column[-2:]: value} if column[-3] == "_" else value
    assert list(draft.codes) == [{"id": "C0001", field: whole}]
    assert all(draft.change.summary.values())
    assert draft.missing == ("reason_empirical", "reason_theoretical", "evidence", "proposed_by_role")


def test_a_code_changed_in_many_ways_gives_one_proposal_for_each_kind(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    for column, value in {"label_nb": "a", "label_en": "b", "definition_nb": "c", "brief_nb": "d", "parent": "C0002",
                          "display": "P2.1"}.items():  # fmt: skip
        sheets.put("C0001", column, value)
    drafts = compared(sheets, first(small_study))[0].drafts
    assert {draft.change.type: draft.codes[0] for draft in drafts} == {
        "move": {"id": "C0001", "display": "P2.1", "parent": "C0002"}, "rename": {"id": "C0001", "label": {"nb": "a", "en": "b"}},
        "redefine": {"id": "C0001", "definition": {"nb": "c"}}, "reword": {"id": "C0001", "brief": {"nb": "d"}},
    }  # fmt: skip


def test_what_only_the_tables_changed_is_proposed_and_what_both_changed_alike_is_done(small_study: SmallStudy) -> None:
    old = first(small_study)
    now = replace(old.codes[0], label={"nb": "felles", "en": "theirs"}, maturity="V")
    newest = replace(old, codebook_version="1.0.1", codes=(now, *old.codes[1:]))
    sheets = Sheets(old)
    sheets.put("C0001", "label_nb", "felles")
    sheets.put("C0001", "example_nb", "mitt")
    found, faults = compared(sheets, old, newest)
    assert (faults, found.conflicts, found.newest) == ([], (), "1.0.1")
    assert [(draft.change.type, draft.codes) for draft in found.drafts] == [
        ("reword", ({"id": "C0001", "example": {"nb": "mitt"}},))
    ]


@pytest.mark.parametrize(
    ("decision", "proposed"), [("stop", None), ("tables", [{"id": "C0001", "label": {"nb": "mitt"}}]), ("newest", [])]
)
def test_what_both_changed_differently_is_a_conflict_with_all_values(
    small_study: SmallStudy, decision: OnConflict, proposed: list[dict[str, Any]] | None
) -> None:
    old = first(small_study)
    newest = replace(
        old,
        codebook_version="1.0.1",
        codes=(replace(old.codes[0], label={"nb": "deres", "en": "behov"}), *old.codes[1:]),
    )
    sheets = Sheets(old)
    cell = sheets.put("C0001", "label_nb", "mitt")
    found, _ = compared(sheets, old, newest, on_conflict=decision)
    if proposed is None:
        assert found.conflicts == (Conflict(f"bok.xlsx {cell}", "C0001", "label_nb", "behov", "mitt", "deres"),)
        assert found.drafts == ()
    else:
        assert found.conflicts == ()
        assert [record for draft in found.drafts for record in draft.codes] == proposed


def test_a_code_that_went_out_of_use_since_is_a_conflict(small_study: SmallStudy) -> None:
    books = codebook_of(small_study, "1.0.0"), codebook_of(small_study, "2.0.0")
    sheets = Sheets(books[0])
    sheets.put("C0002", "maturity", "S")
    found, _ = compared(sheets, *books)
    assert [(one.code, one.column) for one in found.conflicts] == [("C0002", "status")]
    assert compared(sheets, *books, on_conflict="newest")[0].drafts == ()


def test_what_fits_in_the_tables_and_in_the_newest_but_not_in_both_is_a_conflict(small_study: SmallStudy) -> None:
    old = first(small_study)
    codes = {code.id: code for code in old.codes}
    codes["C0001"] = replace(codes["C0001"], parent="C0002")
    codes["C0003"] = replace(codes["C0003"], display="K9")
    newest = replace(old, codebook_version="2.0.0", codes=tuple(codes.values()))
    sheets = Sheets(old)
    cells = [sheets.put("C0002", "parent", "C0001"), sheets.put("C0004", "display", "K9")]
    found, _ = compared(sheets, old, newest)
    assert [(one.cell.removeprefix("bok.xlsx "), one.column) for one in found.conflicts] == [
        (cells[0], "parent"), (cells[1], "display"),
    ]  # fmt: skip


def test_a_code_does_not_go_while_a_newer_version_has_another_below_it(small_study: SmallStudy) -> None:
    old = first(small_study)
    codes = (*old.codes[:2], replace(old.codes[2], parent="C0002", display="P2.1", level="P"), *old.codes[3:])
    sheets = Sheets(old)
    cell = sheets.put("C0002", "status", "deprecated")
    found, _ = compared(sheets, old, replace(old, codebook_version="2.0.0", codes=codes))
    assert [(one.cell, one.newest) for one in found.conflicts] == [(f"bok.xlsx {cell}", "C0003 is below it")]


def test_a_reason_beside_no_change_is_told_and_stops_nothing(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    cell = sheets.put("C0001", "reason_theoretical_nb", "fordi")
    sheets.put("C0002", "reason_theoretical_nb", "fordi")
    sheets.put("C0002", "maturity", "S")
    found, faults = compared(sheets, first(small_study))
    assert faults == [(cell, "needless-reason")]
    assert told_of(found.drafts) == [("reword", ("C0002",), ("C0002",))]


def test_cues_are_compared_by_written_form(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    sheets.add("Cues", code="C0001", written_form="nn", phrase="trong*", polarity="hemmer", negated="flip")
    (draft,) = compared(sheets, first(small_study))[0].drafts
    assert (draft.change.type, list(draft.codes)) == (
        "reword",
        [
            {
                "id": "C0001",
                "cues": {"nb": ["behov*"], "nn": [{"cue": "trong*", "polarity": "hemmer", "negated": "flip"}]},
            }
        ],
    )


def test_blanks_around_a_text_are_told_and_left_out(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    cells = [sheets.put("C0001", "label_nb", " behov"), sheets.put("C0002", "example_nb", "nytt \n")]
    found, faults = compared(sheets, first(small_study))
    assert faults == [(cell, "blanks") for cell in cells]
    assert [record for draft in found.drafts for record in draft.codes] == [{"id": "C0002", "example": {"nb": "nytt"}}]


# Codes that come and go


def test_new_codes_get_ids_that_nobody_had(small_study: SmallStudy) -> None:
    books = codebook_of(small_study, "1.0.0"), codebook_of(small_study, "2.0.0")
    sheets = Sheets(books[0])
    sheets.add(like="C0005", id="NY1", display="K8", introduced_in="", status="", label_nb="åpenhet 😀 ")
    sheets.add(like="C0005", id="ny2", display="K8.1", parent="NY1")
    found, faults = compared(sheets, *books, taken=["C0014"])
    # 2.0.0 goes to C0013, and a proposal that waits brings C0014.
    assert [kind for _, kind in faults] == ["blanks"]
    # A code and the codes below it are one decision.
    assert told_of(found.drafts) == [("new", (), ("C0015", "C0016"))]
    one, other = found.drafts[0].codes
    assert (one["id"], one["display"], one["parent"], one["label"]["nb"]) == ("C0015", "K8", None, "åpenhet 😀")
    assert (other["id"], other["parent"]) == ("C0016", "C0015")
    assert not {"status", "introduced_in", "deprecated_in", "successors"} & set(one)


NOT_NEW: list[tuple[Callable[[Sheets], object], str, str]] = [
    (lambda s: s.add(like="C0005", id="C0099", display="K8"), "Koder!A11", "unknown-code"),
    (lambda s: s.add(like="C0005", id="C0012", display="K8"), "Koder!A11", "used-id"),
    (lambda s: s.add(like="C0005", id="C0012", display="K8", change_type="new"), "Koder!A11", "used-id"),
    (lambda s: s.put("C0005", "change_type", "new"), "Koder!W6", "not-new"),
    (lambda s: s.grids["Koder"].pop(3), "Koder", "missing-row"),
    (lambda s: s.put("C0005", "introduced_in", "1.1.0"), "Koder!T6", "computed-cell"),
    (lambda s: s.put("C0005", "successors", "C0001"), "Koder!V6", "computed-cell"),
    (lambda s: s.put("codebook_version", "value", "9.0.0", "Om"), "Om!B3", "unknown-version"),
    (lambda s: s.put("title_nb", "value", "Annen tittel", "Om"), "Om!B5", "changed-history"),
    (lambda s: s.put("fingerprint", "value", "0" * 64, "Om"), "Om!B9", "other-codebook"),
    (lambda s: s.add("Migrering", from_="C0001", rule="retire"), "Migrering!B2", "lonely-row"),
    (lambda s: s.add("Endringer", like="", id="X", type="new", decision="accepted", **WHOLE), "Endringer!N2", "decided-here"),
]  # fmt: skip
WHOLE = {
    f"{name}_{language}": "x"
    for name in ("summary", "reason_empirical", "reason_theoretical")
    for language in ("nb", "en")
}


@pytest.mark.parametrize(("edit", "cell", "kind"), NOT_NEW)
def test_what_tables_cannot_ask_for_is_told_by_cell(
    small_study: SmallStudy, edit: Callable[[Sheets], object], cell: str, kind: str
) -> None:
    books = codebook_of(small_study, "1.0.0"), codebook_of(small_study, "2.0.0")
    sheets = Sheets(books[0])
    edit(sheets)
    found, faults = compared(sheets, *books)
    assert faults == [(cell, kind)]
    assert found.drafts == ()


def test_a_code_with_an_id_of_its_own_is_new_when_it_says_so(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    sheets.add(like="C0005", id="C0099", display="K8", change_type="new", introduced_in="")
    assert told_of(compared(sheets, first(small_study))[0].drafts) == [("new", (), ("C0099",))]


def test_deprecated_codes_do_not_come_back_and_released_changes_stay(small_study: SmallStudy) -> None:
    books = codebook_of(small_study, "1.0.0"), codebook_of(small_study, "2.0.0")
    sheets = Sheets(books[1])
    cells = [
        sheets.put("CH-2-01", "summary_nb", "Noe annet", "Endringer"), sheets.put("C0009", "status", "active"),
    ]  # fmt: skip
    assert compared(sheets, *books)[1] == [(cells[0], "changed-history"), (cells[1], "revived-code")]


ENDINGS: list[tuple[dict[str, str], str, tuple[str, ...], tuple[str, ...], list[Migration]]] = [
    ({"C0003": ""}, "retire", ("C0003",), (), [Migration("C0003", "retire")]),
    ({"C0003": "NY1; NY2"}, "split", ("C0003",), ("C0010", "C0011"), [Migration("C0003", "review", ("C0010", "C0011"))]),
    ({"C0003": "NY1", "C0004": "NY1"}, "merge", ("C0003", "C0004"), ("C0010",),
     [Migration("C0003", "map", ("C0010",)), Migration("C0004", "map", ("C0010",))]),
    ({"C0003": "C0004"}, "merge", ("C0003", "C0004"), ("C0004",),
     [Migration("C0003", "map", ("C0004",)), Migration("C0004", "keep")]),
]  # fmt: skip


@pytest.mark.parametrize(("ending", "kind", "source", "to", "rows"), ENDINGS)
def test_codes_that_go_out_of_use_go_with_what_takes_their_place(
    small_study: SmallStudy,
    ending: dict[str, str],
    kind: str,
    source: tuple[str, ...],
    to: tuple[str, ...],
    rows: list[Migration],
) -> None:
    sheets = Sheets(first(small_study))
    for code, successors in ending.items():
        sheets.put(code, "status", "deprecated")
        sheets.put(code, "successors", successors)
    names = sorted({name for cell in ending.values() for name in cell.split("; ") if name.startswith("NY")})
    for number, name in enumerate(names):
        sheets.add(like="C0003", id=name, display=f"K{7 + number}", introduced_in="", status="active", successors="")
    found, faults = compared(sheets, first(small_study))
    assert (faults, told_of(found.drafts)) == ([], [(kind, source, to)])
    assert list(found.drafts[0].change.migration) == rows
    # Status, versions and successors follow from the change when a version is released.
    assert [record["id"] for record in found.drafts[0].codes] == [code for code in to if code >= "C0010"]


def test_a_row_of_migration_says_what_an_ending_is(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    sheets.put("C0009", "status", "deprecated")
    sheets.add("Migrering", from_="C0009", rule="tag", name="personer")
    (draft,) = compared(sheets, first(small_study))[0].drafts
    assert (draft.change.type, draft.change.migration) == ("to_tag", (Migration("C0009", "tag", (), None, "personer"),))


def test_a_change_written_in_its_table_takes_its_codes_and_rows_along(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    sheets.add("Endringer", id="min", type="merge", from_="C0003; C0004", to="NY1", summary_nb="Slås sammen", summary_en="Merged",
               reason_empirical_nb="a", reason_empirical_en="b", reason_theoretical_nb="c", reason_theoretical_en="d",
               evidence="FJO-I01.K1.s0003; S0:1", proposed_by_role="stipendiat", arena="praksis")  # fmt: skip
    sheets.add("Migrering", change="min", from_="C0003", rule="map", to="NY1")
    sheets.add("Migrering", change="min", from_="C0004", rule="map", to="ny1")
    sheets.add(like="C0003", id="NY1", display="K8", introduced_in="")
    sheets.put("C0001", "label_nb", "annet")
    found, faults = compared(sheets, first(small_study))
    assert (faults, told_of(found.drafts)) == (
        [], [("merge", ("C0003", "C0004"), ("C0010",)), ("rename", ("C0001",), ("C0001",))],
    )  # fmt: skip
    draft = found.drafts[0]
    assert draft.change.summary == {"nb": "Slås sammen", "en": "Merged"}
    assert draft.change.evidence == ("FJO-I01.K1.s0003", "S0:1")
    assert (draft.change.proposed_by_role, draft.missing) == ("stipendiat", ())
    assert draft.text.startswith("# arena: praksis\ntype: merge\n")


def test_a_written_rename_leaves_a_new_definition_to_a_proposal_of_its_own(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    sheets.add("Endringer", id="min", type="rename", from_="C0001", to="C0001")
    sheets.put("C0001", "label_nb", "annet")
    sheets.put("C0001", "definition_nb", "noe annet")
    drafts = compared(sheets, first(small_study))[0].drafts
    assert [(draft.change.type, list(draft.codes)) for draft in drafts] == [
        ("rename", [{"id": "C0001", "label": {"nb": "annet"}}]),
        ("redefine", [{"id": "C0001", "definition": {"nb": "noe annet"}}]),
    ]


def test_narrowing_is_what_the_researcher_says_it_is(small_study: SmallStudy) -> None:
    sheets = Sheets(first(small_study))
    sheets.put("C0001", "definition_nb", "mindre")
    sheets.put("C0001", "change_type", "narrow")
    assert told_of(compared(sheets, first(small_study))[0].drafts) == [("narrow", ("C0001",), ("C0001",))]


REASONS = {"reason_empirical_nb": "a", "reason_empirical_en": "b", "reason_theoretical_nb": "c", "reason_theoretical_en": "d",
           "evidence": "S0:1", "proposed_by_role": "stipendiat"}  # fmt: skip


def test_complete_drafts_are_read_as_proposals_and_make_the_tables_true(small_study: SmallStudy) -> None:
    """What the tables ask for is what the next version says, when every draft is accepted."""
    old = first(small_study)
    sheets = Sheets(old)
    sheets.put("C0001", "definition_nb", "Ny mening: «A\u030apent», =1+1")
    sheets.put("C0002", "label_en", "market contact")
    sheets.put("C0006", "parent", "")
    sheets.put("C0006", "display", "K9")
    sheets.put("C0003", "status", "deprecated")
    sheets.put("C0003", "successors", "NY1; NY2")
    sheets.add(like="C0003", id="NY1", display="K7", introduced_in="", status="active", successors="")
    sheets.add(like="C0003", id="NY2", display="K8", introduced_in="", status="active", successors="")
    for code in ("C0001", "C0002", "C0003", "C0006"):
        for column, value in REASONS.items():
            sheets.put(code, column, value)
    found, faults = compared(sheets, old)
    assert faults == []
    assert [draft.change.type for draft in found.drafts] == ["split", "redefine", "rename", "promote"]
    accepted = []
    for number, draft in enumerate(found.drafts, 1):
        notes = Faults()
        made = read_proposal(draft.text.encode(), "utkast.yaml", old, LEVELS, notes)
        assert made is not None
        assert notes.errors == []
        numbered = replace(made, change=replace(made.change, id=f"CH-{number:04d}"))
        accepted.append(decided(numbered, is_accepted=True, decided_at="2020-03-01"))
        assert Proposal(draft.change, draft.codes).codes == made.codes
    book = compose(old, accepted, released="2020-03-01")
    wanted = {code.id: code for code in read(sheets.grids).book.codes}
    names = {"NY1": "C0010", "NY2": "C0011"}
    for code in (*wanted.values(),):
        now = book.by_id[names.get(code.id, code.id)]
        same = ("display", "level", "parent", "label", "definition", "status", "cues")
        assert [getattr(now, name) for name in same] == [getattr(code, name) for name in same]
    assert book.by_id["C0003"].successors == ("C0010", "C0011")


FIELDS = ("label", "brief", "definition", "example")


@settings(max_examples=40)
@given(st.data())
def test_three_way_comparison_agrees_with_the_rule_for_one_cell(data: st.DataObject) -> None:
    """Proposed: changed here only. Conflict: changed on both sides, to different texts. Everything else: nothing."""
    value = st.sampled_from(["ein", "to", "tre"])
    codes = [plain_code(f"C000{n}") for n in (1, 2)]

    def filled() -> tuple[Code, ...]:
        return tuple(replace(c, **{f: {"nb": data.draw(value), "en": "x"} for f in FIELDS}) for c in codes)

    old, new, mine = (plain_book(version, filled()) for version in ("1.0.0", "1.0.1", "1.0.0"))
    sheets = Sheets(old)
    proposed, conflicts = set(), set()
    for before, after, own in zip(old.codes, new.codes, mine.codes, strict=True):
        for name in FIELDS:
            b, n, s = (getattr(code, name)["nb"] for code in (before, after, own))
            sheets.put(before.id, f"{name}_nb", s)
            if s not in (b, n):
                (proposed if n == b else conflicts).add((before.id, name))
    found, faults = compared(sheets, old, new)
    assert faults == []
    assert {(one.code, one.column.removesuffix("_nb")) for one in found.conflicts} == conflicts
    told_here = {
        (record["id"], key) for draft in found.drafts for record in draft.codes for key in record if key != "id"
    }
    assert told_here == (set() if conflicts else proposed)
