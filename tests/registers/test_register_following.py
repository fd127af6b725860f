"""An element followed from one codebook version to another: the demo's own changes, and steps put together by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from lineages import plain_book, plain_change, plain_code

from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Migration
from foran_research.codebook.store import read_lineage
from foran_research.errors import Faults, UnknownName
from foran_research.registers.following import Followed, follow, followed
from foran_research.registers.records import Assessment


def row(element: str, version: str = "1.0.0") -> Assessment:
    return Assessment("A1", "2021-01-02", element=element, codebook_version=version)


@pytest.fixture(scope="module")
def demo_lineage(demo_path: Path) -> Lineage:
    faults = Faults()
    lineage = read_lineage(demo_path, ("P", "K", "E", "X"), faults)
    assert not faults.errors
    return lineage


@pytest.mark.parametrize(
    ("element", "start", "end", "codes", "fate", "version", "is_comparable"),
    [
        ("C0001", "1.0.0", "3.0.0", ("C0001",), "same", "", True),
        # P4 was split into P12 and P13, P8 into P14 and P15.
        ("C0006", "1.0.0", "2.0.0", (), "split", "2.0.0", False),
        ("C0010", "1.0.0", "3.0.0", (), "split", "2.0.0", False),
        ("C0006", "1.0.0", "1.0.0", ("C0006",), "same", "", True),
        # K10 and K11 were merged: one box, and levels of the two that nobody can put together.
        ("C0036", "1.0.0", "2.0.0", ("C0064",), "merged", "2.0.0", False),
        ("C0037", "1.0.0", "3.0.0", ("C0064",), "merged", "2.0.0", False),
        ("C0012", "1.0.0", "2.0.0", (), "retired", "2.0.0", False),
        ("C0014", "1.0.0", "3.0.0", ("C0014",), "redefined", "2.0.0", True),
        ("C0009", "2.0.0", "3.0.0", ("C0009",), "redefined", "3.0.0", True),
        ("C0013", "2.0.0", "3.0.0", (), "split", "3.0.0", False),
        # E2 took in its two sub-elements as polarities: itself it went on.
        ("C0042", "1.0.0", "2.0.0", ("C0042",), "same", "", True),
        # Backwards: what came of a merger or a split was not there before.
        ("C0064", "2.0.0", "1.0.0", (), "merged", "2.0.0", False),
        ("C0058", "2.0.0", "1.0.0", (), "split", "2.0.0", False),
        ("C0001", "3.0.0", "1.0.0", ("C0001",), "same", "", True),
        ("C0014", "3.0.0", "1.0.0", ("C0014",), "redefined", "2.0.0", True),
        # Promoted in 3.0.0: a sub-element until then.
        ("C0021", "3.0.0", "2.0.0", (), "no_element", "2.0.0", False),
    ],
)
def test_the_demos_elements_are_followed_as_its_codebook_says(
    demo_lineage: Lineage, element: str, start: str, end: str, codes: tuple[str, ...], fate: str, version: str,
    is_comparable: bool,
) -> None:  # fmt: skip
    found = followed(row(element, start), demo_lineage, end)
    assert (found.codes, found.fate, found.version, found.is_comparable) == (codes, fate, version, is_comparable)
    assert follow(row(element, start), demo_lineage, end) == codes


def lineage(*changes: tuple[str, Migration], parent: str | None = None) -> Lineage:
    """1.0.0 with C0001 and C0002; 2.0.0 with C0001 to C0004 and these changes, C0001 below `parent`."""
    first = plain_book("1.0.0", [plain_code("C0001"), plain_code("C0002")])
    codes = [plain_code("C0001", parent=parent), *(plain_code(f"C000{n}") for n in (2, 3, 4))]
    second = plain_book("2.0.0", codes, [plain_change(made, type_=type_) for type_, made in changes])
    return Lineage((first, second, plain_book("3.0.0", codes)))


@pytest.mark.parametrize("type_", ["rename", "reword", "move"])
def test_names_places_and_wordings_change_no_element(type_: str) -> None:
    found = followed(row("C0001"), lineage((type_, Migration("C0001", "keep"))), "3.0.0")
    assert found == Followed(("C0001",))
    assert (found.told("nb"), found.told("en")) == ("", "")


def test_a_new_id_in_the_place_of_one_code_alone_is_comparable() -> None:
    found = followed(row("C0001"), lineage(("rename", Migration("C0001", "map", ("C0003",)))), "3.0.0")
    assert (found.codes, found.is_comparable) == (("C0003",), True)


def test_an_element_that_became_a_sub_element_is_no_box_any_more() -> None:
    found = followed(row("C0001"), lineage(("move", Migration("C0001", "keep")), parent="C0002"), "3.0.0")
    assert (found.codes, found.fate, found.version) == ((), "no_element", "2.0.0")


def test_a_split_ends_an_element_also_where_segments_move_to_one_code_by_themselves() -> None:
    found = followed(row("C0001"), lineage(("split", Migration("C0001", "map", ("C0003",)))), "2.0.0")
    assert (found.codes, found.fate) == ((), "split")


def test_a_merger_is_told_also_when_the_new_element_is_redefined_later() -> None:
    first, second, third = lineage(("merge", Migration("C0001", "map", ("C0003",)))).codebooks
    redefined = plain_change(Migration("C0003", "keep"), type_="redefine")
    later = Lineage((first, second, plain_book("3.0.0", third.codes, [redefined])))
    found = followed(row("C0001"), later, "3.0.0")
    assert (found.codes, found.fate, found.version) == (("C0003",), "merged", "2.0.0")
    assert found.told("nb") == "ikke sammenlignbart: slått sammen i 2.0.0"


def test_rejected_changes_and_other_codes_changes_touch_nothing() -> None:
    made = plain_change(Migration("C0001", "review", ("C0003", "C0004")), type_="split", is_accepted=False)
    first, _, third = lineage().codebooks
    rejected = Lineage((first, plain_book("2.0.0", third.codes, [made]), third))
    assert followed(row("C0001"), rejected, "3.0.0") == Followed(("C0001",))
    others = lineage(("split", Migration("C0002", "review", ("C0003", "C0004"))))
    assert followed(row("C0001"), others, "3.0.0") == Followed(("C0001",))


@pytest.mark.parametrize("version", ["9.0.0", "1.0.1"])
def test_versions_that_are_not_there_are_refused(version: str) -> None:
    with pytest.raises(UnknownName, match=version):
        follow(row("C0001"), lineage(), version)
    with pytest.raises(UnknownName, match=version):
        follow(row("C0001", version), lineage(), "1.0.0")
