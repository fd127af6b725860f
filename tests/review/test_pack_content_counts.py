"""The numbers of a pack: nothing small is told, and a reader with a solver works nothing out of what is."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pack_reader import intervals, small_ones, worked_out

from foran_research.review.content_counts import (
    ALL,
    Limits,
    Row,
    Shown,
    determined,
    edges_by_network,
    element_counts,
    is_small,
    node_sizes,
)
from foran_research.review.differences import Told, behind_numbers, hold_back_differences, numbers_told

CASES = ("TRD", "BGO", "KRS")
CODES = ("C1", "C2", "C3")


@st.composite
def worlds(draw: st.DrawFn, homes: tuple[str, ...] = CASES) -> list[Row]:
    """Turns of a few documents, each with the elements that are spoken of in it; some are nobody's, some of no case."""
    rows: list[Row] = []
    for document in range(draw(st.integers(1, 14))):
        case = draw(st.sampled_from(homes))
        people = draw(st.integers(0, 3))
        for turn in range(draw(st.integers(1, 4))):
            for code in draw(st.sets(st.sampled_from(CODES), max_size=3)):
                rows.append(
                    Row(
                        element=code,
                        segment=f"D{document}.K1.{turn}{code}",
                        unit=f"D{document}:{turn}",
                        document=f"D{document}",
                        informant=f"P{document}-{turn % people}" if people else "",
                        case=case,
                        polarity=draw(st.sampled_from(("fremmer", "hemmer", "begge", "nøytral"))),
                    )
                )
    return rows


def counted(rows: list[Row]) -> SimpleNamespace:
    def segments(*polarities: str) -> int:
        return len({row.segment for row in rows if row.polarity in polarities})

    return SimpleNamespace(
        documents=len({row.document for row in rows}),
        informants=len({row.informant for row in rows} - {""}),
        promoting=segments("fremmer", "begge"),
        inhibiting=segments("hemmer", "begge"),
    )


def elements_of(rows: list[Row]) -> Any:
    return [
        SimpleNamespace(
            id=code,
            support=counted([row for row in rows if row.element == code]),
            cells={case: counted([row for row in rows if (row.element, row.case) == (code, case)]) for case in CASES},
        )
        for code in CODES
    ]


def as_pack(rows: list[Row], limits: Limits, least: int, quoted: list[Row]) -> dict[str, Any]:
    """What a pack would tell of a world, with one passage quoted for each of `quoted`."""
    units: dict[str, set[str]] = {}
    documents: dict[tuple[str, str], set[str]] = {}
    for row in quoted:
        units.setdefault(row.element, set()).add(row.unit)
        documents.setdefault((row.element, row.case), set()).add(row.document)
    shown = Shown(
        {code: frozenset(own) for code, own in units.items()}, {key: frozenset(own) for key, own in documents.items()}
    )
    elements = elements_of(rows)
    told = element_counts(elements, rows, CASES, limits, shown)
    edges = edges_by_network(rows, told, CASES, least=least, limits=limits, shown=shown)
    return {
        "cases": [{"id": case} for case in CASES],
        "elements": [
            {
                "id": code, "parent": "", "documents": told[code].documents, "maturity": [], "left_out": {},
                "by_case": {case: vars(cell) for case, cell in told[code].by_case.items()},
            }
            for code in CODES
        ],
        "quotes": [{"id": row.segment, "case": row.case, "elements": [row.element]} for row in quoted],
        "networks": [
            {
                "id": name,
                "nodes": [
                    {"id": one.id} for one in elements
                    if (one.support.documents if name == ALL else one.cells[name].documents)
                ],
                "edges": [vars(edge) | {"id": edge.id} for edge in own],
                "note": {"nb": f"minst {least} ganger"},
            }
            for name, own in edges.items()
        ],
    }  # fmt: skip


LIMITS = st.builds(Limits, persons=st.integers(1, 4), documents=st.integers(1, 3))


@settings(max_examples=40)
@given(worlds(), LIMITS, st.integers(1, 3), st.data())
def test_nothing_small_is_told_and_nothing_kept_back_can_be_worked_out(
    rows: list[Row], limits: Limits, least: int, data: st.DataObject
) -> None:
    quoted = data.draw(st.lists(st.sampled_from(rows), max_size=6, unique=True)) if rows else []
    pack = as_pack(rows, limits, least, quoted)
    assert small_ones(pack, limits.persons, limits.documents) == []
    assert worked_out(pack) == []


@settings(max_examples=40)
@given(worlds((*CASES, "")), LIMITS)
def test_what_is_told_is_true_and_stands_for_enough_persons(rows: list[Row], limits: Limits) -> None:
    pack = as_pack(rows, limits, 1, [])
    for element, real in zip(pack["elements"], elements_of(rows), strict=True):
        assert element["documents"] in (None, real.support.documents)
        for case, cell in element["by_case"].items():
            own = real.cells[case]
            for name in ("documents", "promoting", "inhibiting"):
                assert cell[name] in (None, getattr(own, name))
            if cell["documents"]:
                assert own.informants == 0 or own.informants >= limits.persons
    for network in pack["networks"]:
        for edge in network["edges"]:
            own = [row for row in rows if network["id"] in (ALL, row.case)]
            units = [{row.unit for row in own if row.element == end} for end in (edge["a"], edge["b"])]
            both = units[0] & units[1]
            people = {row.informant for row in own if row.unit in both} - {""}
            assert edge["count"] in (None, len(both))
            assert edge["count"] is None or not people or len(people) >= limits.persons


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.one_of(st.integers(0, 6), st.just(math.inf))), min_size=1, max_size=4),
    st.data(),
)
def test_what_can_be_worked_out_is_what_linear_programming_says(
    ranges: list[tuple[int, float]], data: st.DataObject
) -> None:
    bounds = [(float(low), low + width) for low, width in ranges]
    values = [data.draw(st.integers(int(low), int(min(high, low + 9)))) for low, high in bounds]
    found = intervals(sum(values), bounds)
    assert determined(sum(values), bounds) == [high - low < 0.5 for low, high in found]


def row(unit: str, code: str, person: str, case: str, polarity: str = "fremmer") -> Row:
    return Row(code, f"{unit.replace(':', '.K1.')}{code}", unit, unit.partition(":")[0], person, case, polarity)


def test_with_one_municipality_too_small_another_is_kept_back_as_well() -> None:
    """Six, two and seven documents: the two are kept back, and the six so that they do not follow from the sum."""
    rows = [
        row(f"{case}{at}:1", "C1", f"{case}{at}", case)
        for case, count in (("TRD", 6), ("BGO", 2), ("KRS", 7)) for at in range(count)
    ]  # fmt: skip
    told = element_counts(elements_of(rows), rows, CASES, Limits(5, 3), Shown())["C1"]
    assert {case: cell.documents for case, cell in told.by_case.items()} == {"TRD": None, "BGO": None, "KRS": 7}
    assert (told.documents, told.is_whole, told.hidden) == (15, False, 6)
    # Quotes from both of the two documents, and from all six: then the sum would say how many there are, and goes.
    quoted = Shown(documents={("C1", "TRD"): frozenset("123456"), ("C1", "BGO"): frozenset("12")})
    assert element_counts(elements_of(rows), rows, CASES, Limits(5, 3), quoted)["C1"].documents is None


def test_what_few_say_inhibits_is_kept_back_where_many_say_what_promotes() -> None:
    rows = [row(f"D{at}:1", "C1", f"P{at}", "TRD") for at in range(6)] + [row("D0:2", "C1", "P0", "TRD", "hemmer")]
    told = element_counts(elements_of(rows), rows, CASES, Limits(5, 3), Shown())["C1"]
    assert told.by_case["TRD"].promoting == 6
    assert told.by_case["TRD"].inhibiting is None
    assert told.by_case["BGO"] == told.by_case["KRS"]
    assert told.by_case["BGO"].inhibiting == 0


def test_a_document_of_two_municipalities_tells_nothing_by_the_sum() -> None:
    """A guest speaks at another municipality's workshop: one document counts in two places."""
    rows = [row(f"D{at}:1", "C1", f"P{at}", "TRD") for at in range(6)] + [row("D0:2", "C1", "G1", "BGO")]
    told = element_counts(elements_of(rows), rows, CASES, Limits(5, 3), Shown())["C1"]
    assert told.documents is None
    assert told.by_case["BGO"].documents is None


def test_an_edge_that_few_speak_of_is_drawn_without_its_number() -> None:
    rows = [
        row(f"{case}{at}:1", code, f"{case}{at}", case)
        for case, count in (("TRD", 6), ("BGO", 6)) for at in range(count) for code in ("C1", "C2")
    ]  # fmt: skip
    rows += [
        row(f"KRS{at}:1", code, f"KRS{at}", "KRS") for at in range(6) for code in (("C1", "C2") if at < 2 else ("C1",))
    ]
    told = element_counts(elements_of(rows), rows, CASES, Limits(5, 3), Shown())
    found = edges_by_network(rows, told, CASES, least=2, limits=Limits(5, 3), shown=Shown())
    counts = {name: [edge.count for edge in edges] for name, edges in found.items()}
    # 14 in all; two in KRS are few, and with them goes the municipality whose documents cover theirs.
    assert counts == {"all": [14], "TRD": [None], "BGO": [6], "KRS": [None]}
    assert {edge.strength for edge in found["KRS"]} == {0.1}
    assert {edge.strength for edge in found["BGO"]} == {1.0}
    three = edges_by_network(rows, told, CASES, least=3, limits=Limits(5, 3), shown=Shown())
    assert three["KRS"] == []


@pytest.mark.parametrize(
    ("count", "persons", "documents", "is_kept"),
    [(5, 5, 3, False), (4, 5, 3, True), (9, 4, 3, True), (9, 9, 2, True), (9, 0, 3, False), (9, 0, 2, True), (0, 0, 0, False)],
)  # fmt: skip
def test_a_number_is_small_when_what_it_stands_for_is(count: int, persons: int, documents: int, is_kept: bool) -> None:
    assert is_small(count, persons, documents, Limits(5, 3)) is is_kept


def test_sizes_follow_the_numbers_that_are_told() -> None:
    assert node_sizes({"C1": 10, "C2": 5, "C3": None}) == {"C1": 1.0, "C2": 0.55, "C3": None}
    assert node_sizes({"C1": None}) == {"C1": None}


def test_where_it_is_told_how_many_documents_there_are_a_sum_of_all_of_them_is_kept_back() -> None:
    """Six and two documents are kept back and seven told: 15 in all leave 8, which is each of theirs."""
    rows = [
        row(f"{case}{at}:1", "C1", f"{case}{at}", case)
        for case, count in (("TRD", 6), ("BGO", 2), ("KRS", 7)) for at in range(count)
    ]  # fmt: skip

    def whole(**most: int) -> int | None:
        return element_counts(elements_of(rows), rows, CASES, Limits(5, 3), Shown(most=most))["C1"].documents

    assert whole(TRD=6, BGO=2, KRS=7) is None
    # With one more in either the two may be 6 and 2 or 5 and 3; with one only in TRD, BGO may have 2 or 1.
    assert (whole(TRD=7, BGO=2, KRS=7), whole(TRD=6, BGO=3, KRS=7), whole()) == (15, 15, 15)


def test_a_size_that_is_only_the_least_there_is_says_so() -> None:
    """Six documents were told; two more interviews are few, so that the eight are kept back, and six is the least."""

    def world(count: int) -> list[Row]:
        return [row(f"TRD{at}:1", "C1", f"TRD{at}", "TRD") for at in range(count)]

    def pack(rows: list[Row]) -> dict[str, Any]:
        made = as_pack(rows, Limits(5, 3), 2, [])
        for one in made["elements"]:
            one["by_case"] = {case: {"state": "evidence", **cell} for case, cell in one["by_case"].items()}
        for network in made["networks"]:
            network["nodes"] = [{**node, "size": 1.0, "x": 0, "y": 0} for node in network["nodes"]]
        return {**made, "milestone": {"cut_off": "2021-01-01"}, "left_out": []}

    before = Told(numbers_told(pack(world(6))), behind_numbers(world(6)), "2020-01-01")
    made = hold_back_differences(
        pack(world(8)), [before], behind_numbers(world(8)), limits=Limits(5, 3), least=2, what={"nb": "", "en": ""}
    )
    nodes = {network["id"]: network["nodes"] for network in made["networks"]}
    assert nodes["all"] == [{"id": "C1", "size": 1.0, "x": 0, "y": 0, "at_least": True}]
    assert made["elements"][0]["documents"] is None
    unknown = hold_back_differences(
        pack(world(8)),
        [replace(before, is_certain=False)],
        behind_numbers(world(8)),
        limits=Limits(5, 3),
        least=2,
        what={"nb": "", "en": ""},
    )
    assert {network["id"]: network["nodes"] for network in unknown["networks"]}["all"] == [
        {"id": "C1", "size": None, "x": 0, "y": 0}
    ]
