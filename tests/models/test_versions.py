"""What a model version says is new since the one before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hand_made import book, change, code, documents, inputs, model_of, segments, units
from small_study import SmallStudy

from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import CHANGE_TYPES, Change, Codebook, Migration
from foran_research.milestone import capability_model, validate_model
from foran_research.models.capability import CapabilityModel, to_dict
from foran_research.models.versions import changes_between
from foran_research.study import load_study

OLD = book("1.0.0", (code("C0001", "P1"), code("C0002", "P2"), code("C0003", "K1"), code("C0004", "E1")))
KINDS = {
    "new": "new", "rename": "renamed", "redefine": "redefined", "narrow": "narrowed", "move": "moved",
    "promote": "promoted", "merge": "merged", "split": "split", "retire": "retired", "to_facet": "converted",
    "to_relation": "converted", "to_tag": "converted",
}  # fmt: skip


def spread(codes: dict[str, Sequence[int]], of: int, *, cases: Sequence[str] = ("AAA",), under: Codebook = OLD,
           lineage: Lineage | None = None) -> CapabilityModel:  # fmt: skip
    """A model of `of` documents, dealt to the cases in turn, where each code stands in the documents numbered."""
    texts = documents(*[(f"D{n}", "interview", cases[n % len(cases)], "") for n in range(of)])
    heard = units(*[(f"D{n}", 1, cases[n % len(cases)], f"I{n}", "leder") for n in range(of)])
    rows = [(f"{c}.{n}", f"D{n}", (1,), c, "fremmer") for c, places in codes.items() for n in places]
    book_ = lineage or Lineage((OLD,))
    return model_of(inputs(segments(*rows), heard, texts, codebook=under, lineage=book_,
                           read_under=dict.fromkeys(texts.index, under.codebook_version)))  # fmt: skip


def later(*changes: Change, codes: Sequence[Any] = OLD.codes) -> tuple[Codebook, Lineage]:
    new = book("2.0.0", tuple(codes), changes, "2021-01-01")
    return new, Lineage((OLD, new))


def told(before: CapabilityModel, after: CapabilityModel, lineage: Lineage) -> tuple[dict[str, Any], ...]:
    return changes_between(before, after, lineage)


def test_every_kind_of_change_has_a_name() -> None:
    assert set(KINDS) == set(CHANGE_TYPES)


@pytest.mark.parametrize("kind", CHANGE_TYPES)
def test_a_change_of_the_codebook_is_told_with_its_reasons(kind: str) -> None:
    new, lineage = later(change("CH-1", kind, ("C0001",), ("C0002",)))
    (found,) = told(spread({}, 2), spread({}, 2, under=new, lineage=lineage), lineage)
    assert found == {
        "kind": KINDS[kind], "change": "CH-1", "from": ["P1"], "to": ["P2"], "is_accepted": True,
        "summary": {"nb": "sammendrag CH-1", "en": "summary CH-1"},
        "reasons": {"empirical": {"nb": "empirisk CH-1", "en": "empirical CH-1"},
                    "theoretical": {"nb": "teoretisk CH-1", "en": "theoretical CH-1"}},
        "evidence": ["S0:7"], "decided_at": "2021-01-02",
    }  # fmt: skip


def test_a_rejected_proposal_is_told_as_rejected_whatever_it_proposed() -> None:
    new, lineage = later(change("CH-1", "merge", ("C0001", "C0002"), (), is_accepted=False))
    (found,) = told(spread({}, 2), spread({}, 2, under=new, lineage=lineage), lineage)
    assert (found["kind"], found["is_accepted"], found["from"], found["to"]) == ("rejected", False, ["P1", "P2"], [])


def test_changes_of_every_version_in_between_are_told_in_order() -> None:
    middle = book("1.1.0", OLD.codes, (change("CH-1", "rename", ("C0001",), ("C0001",)),), "2020-06-01")
    last = book("2.0.0", OLD.codes, (change("CH-2", "narrow", ("C0002",), ("C0002",)),), "2021-01-01")
    lineage = Lineage((OLD, middle, last))
    found = told(spread({}, 2), spread({}, 2, under=last, lineage=lineage), lineage)
    assert [row["change"] for row in found] == ["CH-1", "CH-2"]


def test_the_first_changes_are_not_told_again() -> None:
    first = replace(OLD, changes=(change("CH-0", "new", (), ("C0001",)),))
    assert told(spread({}, 2), spread({}, 2), Lineage((first,))) == ()


def test_a_moved_code_bears_its_old_label_before_and_its_new_one_after() -> None:
    codes = (replace(OLD.codes[0], display="K9", level="K"), *OLD.codes[1:])
    new, lineage = later(change("CH-1", "move", ("C0001",), ("C0001",)), codes=codes)
    (found,) = told(spread({}, 2), spread({}, 2, under=new, lineage=lineage), lineage)
    assert (found["from"], found["to"]) == (["P1"], ["K9"])


# Strengthened and weakened

BREADTHS = [
    # documents with the element, of all, before and after; what is told
    ((2, 10), (5, 10), "strengthened"),
    ((5, 10), (2, 10), "weakened"),
    ((2, 10), (3, 10), "strengthened"),  # exactly one tenth, which is less than that in floating point
    ((7, 10), (6, 10), "weakened"),
    ((5, 10), (5, 10), None),
    ((10, 20), (11, 20), None),
    ((2, 4), (5, 10), None),  # more documents, the same share
    ((2, 4), (2, 10), "weakened"),
    ((0, 4), (0, 10), None),
    ((0, 10), (1, 10), "strengthened"),
]


@pytest.mark.parametrize(("old", "now", "kind"), BREADTHS)
def test_an_element_is_stronger_or_weaker_by_the_share_of_documents(
    old: tuple[int, int], now: tuple[int, int], kind: str | None
) -> None:
    # One document of each case is kept outside the count by giving every model a single case.
    before, after = spread({"C0001": range(old[0])}, old[1]), spread({"C0001": range(now[0])}, now[1])
    found = [row for row in told(before, after, Lineage((OLD,))) if row["to"] == ["P1"]]
    assert [row["kind"] for row in found] == ([kind] if kind else [])


def test_the_numbers_are_told_in_both_languages() -> None:
    before = spread({"C0001": [0, 1]}, 10)
    after = spread({"C0001": [0, 1, 2, 3, 4]}, 10, cases=("AAA", "BBB"))
    (found,) = told(before, after, Lineage((OLD,)))
    assert found["kind"] == "strengthened"
    assert found["reasons"]["empirical"] == {
        "nb": "Dokumenter med belegg: 2 av 10 → 5 av 10; kommuner: 1 → 2 av 3; tekstdeler: 2 → 5.",
        "en": "Documents with evidence: 2 of 10 → 5 of 10; municipalities: 1 → 2 of 3; segments: 2 → 5.",
    }
    assert (found["from"], found["to"], found["change"], found["decided_at"]) == (["P1"], ["P1"], "", "2021-09-30")


def test_a_municipality_more_or_less_is_told_though_the_share_stays() -> None:
    one, two = spread({"C0001": [0, 2]}, 20, cases=("AAA", "BBB")), spread({"C0001": [0, 1]}, 20, cases=("AAA", "BBB"))
    assert [row["kind"] for row in told(one, two, Lineage((OLD,)))] == ["strengthened"]
    assert [row["kind"] for row in told(two, one, Lineage((OLD,)))] == ["weakened"]


def test_an_element_without_ancestors_is_not_strengthened() -> None:
    new, lineage = later(change("CH-1", "new", (), ("C0009",)), codes=(*OLD.codes, code("C0009", "K9", since="2.0.0")))
    found = told(spread({}, 10), spread({"C0009": range(9)}, 10, under=new, lineage=lineage), lineage)
    assert [row["kind"] for row in found] == ["new"]


# What became of merged and split elements

MERGED_CODES = (replace(OLD.codes[0], status="deprecated"), replace(OLD.codes[1], status="deprecated"), *OLD.codes[2:],
                code("C0005", "P3", since="2.0.0"))  # fmt: skip
MERGE = change("CH-1", "merge", ("C0001", "C0002"), ("C0005",), Migration("C0001", "map", ("C0005",)),
               Migration("C0002", "map", ("C0005",)))  # fmt: skip


def merged(now: int) -> list[dict[str, Any]]:
    new, lineage = later(MERGE, codes=MERGED_CODES)
    before = spread({"C0001": range(6), "C0002": range(2)}, 10)
    return [
        row for row in told(before, spread({"C0005": range(now)}, 10, under=new, lineage=lineage), lineage) if not row["change"]
    ]  # fmt: skip


def test_a_merged_element_is_compared_with_its_widest_ancestor() -> None:
    assert merged(6) == []
    (stronger,) = merged(8)
    assert (stronger["kind"], stronger["from"], stronger["to"]) == ("strengthened", ["P1", "P2"], ["P3"])
    assert "6 of 10 → 8 of 10" in stronger["reasons"]["empirical"]["en"]
    assert "segments: 6 → 8" in stronger["reasons"]["empirical"]["en"]
    assert [row["kind"] for row in merged(4)] == ["weakened"]


def test_cases_of_all_ancestors_together_are_what_a_merged_element_must_hold() -> None:
    new, lineage = later(MERGE, codes=MERGED_CODES)
    both_cases = ("AAA", "BBB")
    before = spread({"C0001": [0, 2], "C0002": [1]}, 20, cases=both_cases)
    after = spread({"C0005": [0, 1]}, 20, cases=both_cases, under=new, lineage=lineage)
    assert [row["kind"] for row in told(before, after, lineage)] == ["merged"]


def test_the_parts_of_a_split_are_compared_with_the_whole() -> None:
    codes = (replace(OLD.codes[0], status="deprecated"), *OLD.codes[1:], code("C0005", "P3"), code("C0006", "P4"))
    split = change("CH-1", "split", ("C0001",), ("C0005", "C0006"), Migration("C0001", "review", ("C0005", "C0006")))
    new, lineage = later(split, codes=codes)
    after = spread({"C0005": range(6), "C0006": [0]}, 10, under=new, lineage=lineage)
    found = told(spread({"C0001": range(6)}, 10), after, lineage)
    assert [(row["kind"], row["from"], row["to"]) for row in found] == [
        ("split", ["P1"], ["P3", "P4"]), ("weakened", ["P1"], ["P4"]),
    ]  # fmt: skip


def test_the_small_studys_second_version_tells_all_its_changes(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    model = capability_model(study, study.milestone("M2"))
    validate_model(json.loads(json.dumps(to_dict(model))))
    kinds = [row["kind"] for row in model.changes if row["change"]]
    assert kinds == ["split", "merged", "renamed", "retired", "converted", "moved", "new", "rejected"]
    assert capability_model(study, study.milestone("M1")).changes == ()
