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
    assert {*KINDS, "reword"} == set(CHANGE_TYPES)


@pytest.mark.parametrize("kind", [kind for kind in CHANGE_TYPES if kind != "reword"])
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


# Strengthened and weakened: what the new documents show, against the older ones

BREADTHS = [
    # documents that show the element, of all: the older ones, then the new ones; what is told
    ((2, 8), (4, 8), "strengthened"),  # exactly a quarter more
    ((4, 8), (2, 8), "weakened"),
    ((2, 8), (3, 8), None),  # an eighth is too little
    ((1, 3), (8, 8), None),  # too few older documents to say anything
    ((8, 8), (0, 3), None),  # too few new ones
    ((4, 4), (4, 4), None),
    ((0, 4), (4, 4), "strengthened"),
    ((4, 4), (0, 4), "weakened"),
    ((0, 4), (0, 4), None),
    ((2, 4), (3, 4), "strengthened"),
]


def grown(
    code_id: str, old: tuple[int, int], new: tuple[int, int], **more: Any
) -> tuple[CapabilityModel, CapabilityModel]:
    """A model of the older documents, and one of these and the new ones; the first of each show the code."""
    places = [*range(old[0]), *range(old[1], old[1] + new[0])]
    return spread({code_id: range(old[0])}, old[1]), spread({code_id: places}, old[1] + new[1], **more)


@pytest.mark.parametrize(("old", "new", "kind"), BREADTHS)
def test_an_element_is_stronger_or_weaker_by_what_the_new_documents_show(
    old: tuple[int, int], new: tuple[int, int], kind: str | None
) -> None:
    found = [row for row in told(*grown("C0001", old, new), Lineage((OLD,))) if row["to"] == ["P1"]]
    assert [row["kind"] for row in found] == ([kind] if kind else [])


def test_the_numbers_are_told_in_both_languages() -> None:
    (found,) = told(*grown("C0001", (1, 4), (3, 5)), Lineage((OLD,)))
    assert found["reasons"]["empirical"] == {
        "nb": "Vist i 3 av 5 nye dokumenter, mot 1 av 4 eldre.",
        "en": "Shown in 3 of 5 new documents, against 1 of 4 older ones.",
    }
    assert (found["from"], found["to"], found["change"], found["decided_at"]) == (["P1"], ["P1"], "", "2021-09-30")


def test_documents_that_could_not_show_an_element_do_not_weaken_it() -> None:
    before = spread({"C0001": range(4)}, 4)
    texts = documents(*[(f"D{n}", "interview", "AAA", "" if n < 4 else "other") for n in range(9)])
    heard = units(*[(f"D{n}", 1, "AAA", f"I{n}", "leder") for n in range(9)])
    rows = [(f"s{n}", f"D{n}", (1,), "C0001", "fremmer") for n in range(4)]
    asked = inputs(segments(*rows), heard, texts, codebook=OLD, lineage=Lineage((OLD,)),
                   read_under=dict.fromkeys(texts.index, "1.0.0"), asked={"other": frozenset({"C0002"})})  # fmt: skip
    assert told(before, model_of(asked), Lineage((OLD,))) == ()
    asked_about = replace(asked, asked={"other": frozenset({"C0001"})})
    assert [row["kind"] for row in told(before, model_of(asked_about), Lineage((OLD,)))] == ["weakened"]


def test_an_element_without_ancestors_is_not_strengthened() -> None:
    new, lineage = later(change("CH-1", "new", (), ("C0009",)), codes=(*OLD.codes, code("C0009", "K9", since="2.0.0")))
    found = told(spread({}, 10), spread({"C0009": range(9)}, 10, under=new, lineage=lineage), lineage)
    assert [row["kind"] for row in found] == ["new"]


# What became of merged and split elements

MERGED_CODES = (replace(OLD.codes[0], status="deprecated"), replace(OLD.codes[1], status="deprecated"), *OLD.codes[2:],
                code("C0005", "P3", since="2.0.0"))  # fmt: skip
MERGE = change("CH-1", "merge", ("C0001", "C0002"), ("C0005",), Migration("C0001", "map", ("C0005",)),
               Migration("C0002", "map", ("C0005",)))  # fmt: skip


def test_a_merged_element_is_not_compared_with_its_parts() -> None:
    new, lineage = later(MERGE, codes=MERGED_CODES)
    before = spread({"C0001": range(6), "C0002": range(2)}, 10)
    after = spread({"C0005": range(1)}, 20, under=new, lineage=lineage)
    assert [row["kind"] for row in told(before, after, lineage)] == ["merged"]


def test_the_parts_of_a_split_are_not_compared_with_the_whole() -> None:
    codes = (replace(OLD.codes[0], status="deprecated"), *OLD.codes[1:], code("C0005", "P3"), code("C0006", "P4"))
    split = change("CH-1", "split", ("C0001",), ("C0005", "C0006"), Migration("C0001", "review", ("C0005", "C0006")))
    new, lineage = later(split, codes=codes)
    after = spread({"C0005": range(6), "C0006": [0]}, 20, under=new, lineage=lineage)
    found = told(spread({"C0001": range(6)}, 10), after, lineage)
    assert [(row["kind"], row["from"], row["to"]) for row in found] == [("split", ["P1"], ["P3", "P4"])]


def test_an_element_that_took_in_another_code_is_not_compared() -> None:
    codes = (replace(OLD.codes[0], status="deprecated"), *OLD.codes[1:])
    facet = change("CH-1", "to_facet", ("C0001",), ("C0002",), Migration("C0001", "map", ("C0002",)))
    new, lineage = later(facet, codes=codes)
    before, after = grown("C0002", (0, 4), (4, 4), under=new, lineage=lineage)
    assert [row["kind"] for row in told(before, after, lineage)] == ["converted"]


def test_the_small_studys_second_version_tells_all_its_changes(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    model = capability_model(study, study.milestone("M2"))
    validate_model(json.loads(json.dumps(to_dict(model))))
    kinds = [row["kind"] for row in model.changes if row["change"]]
    assert kinds == ["split", "merged", "renamed", "retired", "converted", "moved", "new", "rejected"]
    assert capability_model(study, study.milestone("M1")).changes == ()
