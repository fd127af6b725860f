"""How codebook versions follow one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineages import plain_book, plain_change, plain_code, segment_row, table

from foran_research.codebook.changes import BUMP, Lineage, migration_rows, required_bump
from foran_research.codebook.code import CHANGE_TYPES, Migration
from foran_research.coding.migrate import migrate
from foran_research.errors import UnknownName

CODES = [f"C000{n}" for n in range(1, 7)]


def books(*steps: list[Migration]) -> Lineage:
    first = plain_book("1.0.0", map(plain_code, CODES))
    later = [plain_book(f"{n}.0.0", map(plain_code, CODES), [plain_change(*rows)]) for n, rows in enumerate(steps, 2)]
    return Lineage((first, *later))


def test_every_type_of_change_says_what_it_raises() -> None:
    assert set(BUMP) == set(CHANGE_TYPES)
    assert {kind for kind, part in BUMP.items() if part == 0} == {
        "split", "merge", "retire", "move", "promote", "to_facet", "to_relation", "to_tag"}  # fmt: skip
    assert {kind for kind, part in BUMP.items() if part == 2} == {"rename", "reword"}


def test_what_sends_segments_away_is_major_whatever_it_is_called() -> None:
    assert required_bump([plain_change(Migration("C0001", "review", ("C0002", "C0003")), type_="narrow")]) == 0
    assert required_bump([plain_change(Migration("C0001", "keep"), type_="narrow")]) == 1


@pytest.mark.parametrize(("types", "part"), [
    ([], 2), (["rename"], 2), (["rename", "new"], 1), (["redefine"], 1), (["new", "split"], 0), (["to_tag"], 0),
])  # fmt: skip
def test_the_heaviest_accepted_change_decides_the_number(types: list[str], part: int) -> None:
    changes = [plain_change(type_=kind) for kind in types]
    assert required_bump(changes) == part
    assert required_bump([*changes, plain_change(type_="merge", is_accepted=False)]) == part


def test_rejected_changes_have_no_migration() -> None:
    row = Migration("C0001", "retire")
    assert migration_rows([plain_change(row)]) == {"C0001": row}
    assert migration_rows([plain_change(row, is_accepted=False)]) == {}


@pytest.mark.parametrize(("date", "version"), [
    ("2019-12-31", "1.0.0"), ("2021-01-01", "1.0.0"), ("2021-12-31", "1.0.0"), ("2022-01-01", "2.0.0"),
    ("2022-06-01", "2.0.0"), ("2030-01-01", "3.0.0"),
])  # fmt: skip
def test_the_codebook_in_force_is_the_latest_released_by_the_day(date: str, version: str) -> None:
    assert books([], []).in_force(date).codebook_version == version


def test_a_study_without_codebooks_has_none_in_force() -> None:
    with pytest.raises(UnknownName):
        Lineage(()).in_force("2020-01-01")


def test_a_version_nobody_has_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match=r"codebook version '9\.0\.0'; known: 1\.0\.0, 2\.0\.0"):
        books([])["9.0.0"]


def test_the_steps_between_two_versions_are_those_after_the_one_up_to_the_other() -> None:
    lineage = books([], [], [])
    assert [b.codebook_version for b in lineage.after("1.0.0", "3.0.0")] == ["2.0.0", "3.0.0"]
    assert lineage.after("3.0.0", "3.0.0") == lineage.after("4.0.0", "2.0.0") == ()
    assert [b.codebook_version for b in lineage.after("0.9.0", "1.0.0")] == ["1.0.0"]


def test_ancestors_go_back_through_merges_and_splits() -> None:
    lineage = books(
        [Migration("C0001", "map", ("C0003",)), Migration("C0002", "map", ("C0003",))],
        [Migration("C0003", "review", ("C0004", "C0005"))],
    )
    assert lineage.ancestors("C0004", "3.0.0") == {"C0001", "C0002", "C0003", "C0004"}
    assert lineage.ancestors("C0003", "2.0.0") == {"C0001", "C0002", "C0003"}
    assert lineage.ancestors("C0004", "2.0.0") == {"C0004"}
    assert lineage.ancestors("C0006", "3.0.0") == {"C0006"}


@pytest.mark.parametrize("order", [1, -1])
def test_rows_of_one_version_do_not_follow_one_another(order: int) -> None:
    rows = [Migration("C0001", "map", ("C0002",)), Migration("C0002", "map", ("C0003",))][::order]
    assert books(rows).ancestors("C0003", "2.0.0") == {"C0002", "C0003"}


maps = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), unique_by=lambda pair: pair[0]).map(
    lambda pairs: [Migration(source, "map", (to,)) for source, to in pairs]
)


@given(maps, maps)
def test_the_codes_whose_segments_arrive_are_ancestors(first: list[Migration], second: list[Migration]) -> None:
    lineage = books(first, second)
    arrived = migrate(table([segment_row(n, code) for n, code in enumerate(CODES)]), lineage, "3.0.0")
    for old, new in zip(arrived["first_code"], arrived["code"], strict=True):
        assert old in lineage.ancestors(new, "3.0.0")
