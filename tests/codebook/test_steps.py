"""Whether a version adds up with the one before: every way in which it does not, and honest books let through."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lineages import plain_book, plain_code
from small_study import SmallStudy, codebook_of

from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import CHANGE_TYPES, Change, Code, Codebook, Cue, Migration
from foran_research.codebook.steps import RULES_OF, StepFault, lineage_faults, stale_references, step_faults
from foran_research.codebook.store import read_lineage
from foran_research.errors import Faults

TEXT = {"nb": "oppdiktet å a\u030a 😀", "en": "invented"}
OTHER = {"nb": "noe annet", "en": "something else"}
BEFORE = plain_book("1.0.0", [
    plain_code("C0001", "P1"), plain_code("C0002", "P2"), plain_code("C0003", "P2.1", parent="C0002"),
    plain_code("C0004", "K1"), replace(plain_code("C0009", "K9", is_active=False), deprecated_in="0.9.0")])  # fmt: skip


def change(kind: str, source: str = "", to: str = "", *rows: Migration, number: int = 1, **more: Any) -> Change:
    made = Change(f"CH-{number:04d}", kind, tuple(source.split()), tuple(to.split()), TEXT, TEXT, TEXT, ("S0:1",), "forsker",
                  "2021-06-01", "praksis", True, rows)  # fmt: skip
    return replace(made, **more)


def after(
    version: str, *changes: Change, new: tuple[Code, ...] = (), released: str = "2022-01-01", **codes: Any
) -> Codebook:
    """BEFORE with other fields of some codes, new codes and changes."""
    made = [replace(code, **codes.get(code.id, {})) for code in BEFORE.codes]
    return plain_book(version, [*made, *new], changes, released)


def fresh(id_: str, display: str, version: str = "2.0.0", **more: Any) -> Code:
    return replace(plain_code(id_, display), introduced_in=version, **more)


def gone(*successors: str, version: str = "2.0.0") -> dict[str, Any]:
    return {"status": "deprecated", "deprecated_in": version, "successors": successors}


KEEP = Migration("C0001", "keep")
SPLIT = change("split", "C0001", "C0005 C0006", Migration("C0001", "review", ("C0005", "C0006")))
TWO = (fresh("C0005", "P5"), fresh("C0006", "P6"))

RELABELLED = {"label": OTHER}
RENAME = change("rename", "C0001", "C0001")

#: Honest steps, one for each type of change and for what was loosened.
HONEST: dict[str, Codebook] = {
    "nothing at all": after("1.0.1"),
    "new": after("1.1.0", change("new", "", "C0005"), new=(fresh("C0005", "P5", "1.1.0"),)),
    "rename": after("1.0.1", change("rename", "C0001", "C0001", KEEP), C0001=RELABELLED),
    "rename with other words": after("1.0.1", RENAME, change("reword", "C0001", "C0001", number=2),
                                     C0001=RELABELLED | {"definition": OTHER}),
    "rename without a row": after("1.0.1", change("rename", "C0001", "C0001"), C0001=RELABELLED),
    "reword": after("1.0.1", change("reword", "C0001", "C0001", KEEP), C0001={"example": OTHER}),
    "reword of a cue": after("1.0.1", change("reword", "C0001", "C0001"), C0001={"cues": {"nb": (Cue("a"),), "nn": ()}}),
    "redefine": after("1.1.0", change("redefine", "C0001", "C0001", KEEP), C0001={"definition": OTHER}),
    "narrow": after("1.1.0", change("narrow", "C0001", "C0001", KEEP), C0001={"when_not_to_use": OTHER}),
    "a part of a code goes to another": after(
        "2.0.0", change("narrow", "C0001", "C0001 C0004", Migration("C0001", "review", ("C0001", "C0004"))),
        C0001={"definition": OTHER}),
    "move": after("2.0.0", change("move", "C0001", "C0001", KEEP), C0001={"level": "K", "display": "K2"}),
    "promote": after("2.0.0", change("promote", "C0003", "C0003"), C0003={"parent": None, "display": "P3"}),
    "merge": after("2.0.0", change("merge", "C0001 C0004", "C0005", Migration("C0001", "map", ("C0005",)),
                                   Migration("C0004", "map", ("C0005",))), new=TWO[:1], C0001=gone("C0005"), C0004=gone("C0005")),
    "merge into one of them": after("2.0.0", change("merge", "C0001 C0004", "C0001", KEEP, Migration("C0004", "map", ("C0001",))),
                                    C0004=gone("C0001")),
    "split": after("2.0.0", SPLIT, new=TWO, C0001=gone("C0005", "C0006")),
    "split with one part mapped": after(
        "2.0.0", change("split", "C0001 C0004", "C0005 C0006", Migration("C0001", "review", ("C0005", "C0006")),
                        Migration("C0004", "map", ("C0006",))), new=TWO, C0001=gone("C0005", "C0006"), C0004=gone("C0006")),
    "a code that is split and goes on": after(
        "2.0.0", change("split", "C0001", "C0001 C0005", Migration("C0001", "review", ("C0001", "C0005"))), new=TWO[:1]),
    "retire": after("2.0.0", change("retire", "C0004", "", Migration("C0004", "retire")), C0004=gone()),
    "to_facet": after("2.0.0", change("to_facet", "C0004", "C0001", Migration("C0004", "facet", ("C0001",), "hemmer")),
                      C0004=gone("C0001")),
    "to_relation": after("2.0.0", change("to_relation", "C0004", "", Migration("C0004", "relation", name="samspill")),
                         C0004=gone()),
    "to_tag": after("2.0.0", change("to_tag", "C0004", "", Migration("C0004", "tag", name="merke")), C0004=gone()),
    "a neighbour's border": after("2.0.0", SPLIT, new=TWO, C0001=gone("C0005", "C0006"),
                                  C0004={"when_not_to_use": {"nb": "Ikke når P5 passer.", "en": "Not when P5 fits."}}),
    "a border that named what is gone": after("2.0.0", SPLIT, new=TWO, C0001=gone("C0005", "C0006"),
                                              C0004={"when_not_to_use": {"nb": "(P1)", "en": "P1, then."}}),
    "rejected changes": after("1.0.1", change("merge", "C0001 C0004", "", is_accepted=False)),
    "another title": replace(after("1.0.1"), title=OTHER, notice=OTHER),
    "decided on the day of release": after("1.0.1", replace(RENAME, decided_at="2022-01-01"), C0001=RELABELLED),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_step_is_let_through(name: str) -> None:
    assert step_faults(BEFORE, HONEST[name]) == ()


def test_there_is_an_honest_step_of_every_type_and_rules_for_it() -> None:
    assert set(CHANGE_TYPES) <= set(HONEST)
    assert set(RULES_OF) == set(CHANGE_TYPES)


RETIRED = Migration("C0004", "retire")
#: Steps that do not add up: the later book, what is told, and of what.
BROKEN: dict[str, tuple[Codebook, str, str]] = {
    "a code gone": (replace(HONEST["nothing at all"], codes=BEFORE.codes[1:]), "vanished-code", ""),
    "a code back": (after("1.0.1", C0009={"status": "active", "deprecated_in": None}), "revived-code", "C0009"),
    "deprecated without a row": (after("1.0.1", C0004=gone(version="1.0.1")), "no-migration", "C0004"),
    "deprecated by a rename": (
        after("1.0.1", change("rename", "C0004", "C0004", Migration("C0004", "keep")), C0004=gone(version="1.0.1")),
        "no-migration", "C0004"),
    "a new code nobody announced": (after("1.0.1", new=(fresh("C0005", "P5", "1.0.1"),)), "unannounced-code", "C0005"),
    "a row to a code gone out of use": (
        after("2.0.0", change("merge", "C0001 C0004", "C0009", Migration("C0001", "map", ("C0009",)),
                              Migration("C0004", "map", ("C0009",))), C0001=gone("C0009"), C0004=gone("C0009")),
        "bad-migration", "C0009"),
    "a merge into a code gone out of use": (
        after("2.0.0", change("merge", "C0001 C0004", "C0009", KEEP, RETIRED)), "wrong-change", "CH-0001"),
    "a split into one": (after("2.0.0", change("split", "C0001", "C0005", Migration("C0001", "map", ("C0005",))), new=TWO[:1],
                               C0001=gone("C0005")), "wrong-change", "CH-0001"),
    "a split into nothing": (after("2.0.0", change("split", "C0001", "")), "wrong-change", "CH-0001"),
    "a merge of one": (after("2.0.0", change("merge", "C0001", "C0005", Migration("C0001", "map", ("C0005",))), new=TWO[:1],
                             C0001=gone("C0005")), "wrong-change", "CH-0001"),
    "a merge of one code named twice": (after("2.0.0", change("merge", "C0001 C0001", "C0004")), "wrong-change", "CH-0001"),
    "a rename to the same": (after("1.0.1", RENAME), "wrong-change", "CH-0001"),
    "a rename into another code": (after("1.0.1", change("rename", "C0001", "C0004"), C0001=RELABELLED),
                                   "wrong-change", "CH-0001"),
    "a redefinition that defines nothing": (after("1.1.0", change("redefine", "C0001", "C0001"), C0001=RELABELLED),
                                            "wrong-change", "CH-0001"),
    "a narrowing that narrows nothing": (after("1.1.0", change("narrow", "C0001", "C0001"), C0001={"brief": OTHER}),
                                         "wrong-change", "CH-0001"),
    "a rewording without other words": (after("1.0.1", change("reword", "C0001", "C0001")), "wrong-change", "CH-0001"),
    "a move that moves nothing": (after("2.0.0", change("move", "C0001", "C0001"), C0001={"display": "P7"}),
                                  "wrong-change", "CH-0001"),
    "a promotion below a parent": (after("2.0.0", change("promote", "C0003", "C0003"), C0003={"parent": "C0001"}),
                                   "wrong-change", "CH-0001"),
    "a promotion of an element": (after("2.0.0", change("promote", "C0001", "C0001")), "wrong-change", "CH-0001"),
    "a new code that was there": (after("1.1.0", change("new", "", "C0004")), "wrong-change", "CH-0001"),
    "nothing new": (after("1.1.0", change("new")), "wrong-change", "CH-0001"),
    "a retired code in use": (after("2.0.0", change("retire", "C0004", "", RETIRED)), "wrong-change", "CH-0001"),
    "a retired code retired again": (after("2.0.0", change("retire", "C0009", "")), "wrong-change", "CH-0001"),
    "a facet without its row": (after("2.0.0", change("to_facet", "C0004", "C0001", Migration("C0004", "map", ("C0001",))),
                                      C0004=gone("C0001")), "wrong-change", "CH-0001"),
    "a rule that is another type's": (after("2.0.0", change("retire", "C0004", "", Migration("C0004", "tag", name="x")),
                                            C0004=gone()),
                                      "wrong-row", "C0004"),
    "a row that goes elsewhere": (after("2.0.0", change("merge", "C0001 C0004", "C0005", Migration("C0001", "map", ("C0002",)),
                                                        Migration("C0004", "map", ("C0005",))), new=TWO[:1], C0001=gone("C0002"),
                                        C0004=gone("C0005")), "wrong-row", "C0001"),
    "a row of another code": (after("2.0.0", change("retire", "C0004", "", RETIRED, Migration("C0001", "retire")), C0004=gone(),
                                    C0001=gone()), "wrong-row", "C0001"),
    "segments taken from a code in use": (
        after("2.0.0", change("split", "C0001", "C0001 C0004", Migration("C0001", "map", ("C0004",)))), "wrong-row", "C0001"),
    "another label": (after("1.0.1", C0001=RELABELLED), "unexplained-difference", "C0001"),
    "another definition": (after("1.0.1", C0001={"definition": OTHER}), "unexplained-difference", "C0001"),
    "another brief beside a neighbour": (
        after("2.0.0", SPLIT, new=TWO, C0001=gone("C0005", "C0006"),
              C0004={"when_to_use": {"nb": "P5", "en": "P5"}, "brief": OTHER}), "unexplained-difference", "C0004"),
    "another border with no neighbour": (
        after("2.0.0", SPLIT, new=TWO, C0001=gone("C0005", "C0006"), C0004={"when_to_use": {"nb": "P55", "en": "P5.1"}}),
        "unexplained-difference", "C0004"),
    "another definition that only a rejected change names": (
        after("1.0.1", change("redefine", "C0001", "C0001", is_accepted=False), C0001={"definition": OTHER}),
        "unexplained-difference", "C0001"),
    "another parent": (after("1.0.1", C0003={"parent": "C0001"}), "unexplained-difference", "C0003"),
    "another parent by a rename": (after("1.0.1", RENAME, C0001=RELABELLED | {"parent": "C0002"}),
                                   "unexplained-difference", "C0001"),
    "another definition under another name": (after("1.0.1", RENAME, C0001=RELABELLED | {"definition": OTHER}),
                                              "unexplained-difference", "C0001"),
    "a higher number than asked for": (after("1.1.0"), "wrong-version", "codebook_version"),
    "a lower number than asked for": (after("1.0.1", change("new", "", "C0005"), new=(fresh("C0005", "P5", "1.0.1"),)),
                                      "wrong-version", "codebook_version"),
    "a number left out": (after("1.0.2"), "wrong-version", "codebook_version"),
    "a number not set back": (after("2.0.1", SPLIT, new=tuple(replace(c, introduced_in="2.0.1") for c in TWO),
                                    C0001=gone("C0005", "C0006", version="2.0.1")), "wrong-version", "codebook_version"),
    "deprecated in another version": (after("2.0.0", change("retire", "C0004", "", RETIRED), C0004=gone(version="1.0.0")),
                                      "contradiction", "C0004"),
    "in use and deprecated": (after("1.0.1", C0004={"deprecated_in": "1.0.1"}), "contradiction", "C0004"),
    "in use and with successors": (after("1.0.1", C0004={"successors": ("C0001",)}), "contradiction", "C0004"),
    "other successors than its row": (after("2.0.0", SPLIT, new=TWO, C0001=gone("C0005")), "contradiction", "C0001"),
    "successors written anew later": (after("1.0.1", C0009={"successors": ("C0001",)}), "contradiction", "C0009"),
    "deprecated at another time": (after("1.0.1", C0009={"deprecated_in": "1.0.1"}), "contradiction", "C0009"),
    "introduced before it was": (after("1.1.0", change("new", "", "C0005"), new=(fresh("C0005", "P5", "1.0.0"),)),
                                 "contradiction", "C0005"),
    "introduced anew": (after("1.0.1", C0001={"introduced_in": "1.0.1"}), "contradiction", "C0001"),
    "decided after the release": (after("1.0.1", replace(RENAME, decided_at="2022-01-02"), C0001=RELABELLED),
                                  "bad-date", "CH-0001"),
    "decided on no day": (after("1.0.1", replace(RENAME, decided_at="i fjor"), C0001=RELABELLED),
                          "bad-date", "CH-0001"),
    "released before the one before": (after("1.0.1", released="2020-12-31"), "bad-date", "released"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_step_that_does_not_add_up_is_told_of_where_it_does_not(name: str) -> None:
    later, kind, place = BROKEN[name]
    found = step_faults(BEFORE, later)
    assert (kind, place) in {(fault.kind, fault.place) for fault in found if not fault.is_warning}, found


#: Told, and no reason to stop.
ODD: dict[str, tuple[Codebook, str, str]] = {
    "an example": (after("1.0.1", C0001={"example": OTHER}), "unnamed-wording", "C0001"),
    "cues": (after("1.0.1", C0001={"cues": {"nb": (Cue("a"),), "nn": ()}}), "unnamed-wording", "C0001"),
    "a display": (after("1.0.1", C0001={"display": "P7"}), "unnamed-wording", "C0001"),
    "a translation": (after("1.0.1", C0001={"label": {"nb": "oppdiktet", "en": "made up"}}), "unnamed-wording", "C0001"),
    "a decision that lay": (after("1.0.1", replace(RENAME, decided_at="2020-01-01"), C0001=RELABELLED),
                            "old-decision", "CH-0001"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_mended_in_passing_is_a_warning(name: str) -> None:
    later, kind, place = ODD[name]
    assert [(f.kind, f.place, f.is_warning) for f in step_faults(BEFORE, later)] == [(kind, place, True)]


def test_all_that_is_wrong_is_told_at_once() -> None:
    later = after(
        "1.0.1",
        SPLIT,
        change("rename", "C0004", "C0004", number=2, decided_at="2023-01-01"),
        C0002={"definition": OTHER},
    )
    assert {"wrong-version", "wrong-change", "unexplained-difference", "bad-date"} <= {
        f.kind for f in step_faults(BEFORE, later)
    }


def test_a_change_that_the_version_before_has_too_is_told_of() -> None:
    earlier = replace(BEFORE, changes=(change("merge", "C0001 C0004", is_accepted=False),))
    later = replace(HONEST["rename"], changes=HONEST["rename"].changes)
    assert [(fault.kind, fault.place) for fault in step_faults(earlier, later)] == [("duplicate-id", "CH-0001")]


def test_versions_on_the_two_sides_of_an_unreadable_one_are_not_judged() -> None:
    books = (BEFORE, plain_book("3.0.0", BEFORE.codes[1:]))
    assert lineage_faults(Lineage(books, ("2.0.0",))) == {}
    assert [fault.kind for fault in lineage_faults(Lineage(books))["3.0.0"]] == ["wrong-version", "vanished-code"]


#: P9 out of use, E4 out of use and borne by another code now, X of no telling shape; one code that names them all.
STALE = plain_book("2.0.0", [
    replace(plain_code("C0001", "P1"), when_to_use={"nb": "P9, E4, X, P9.1, XP9 og P1 å a\u030a 😀", "en": "not P9"},
            definition={"nb": "ikke (K6.4)", "en": ""}),
    replace(plain_code("C0002", "P2"), example={"nb": "P9", "en": "P9"}),
    plain_code("C0003", "E4"), *(replace(plain_code(id_, display, is_active=False), deprecated_in="2.0.0", successors=followed)
    for id_, display, followed in (("C0004", "P9", ("C0002", "C0003")), ("C0005", "E4", ()), ("C0006", "X", ()),
                                   ("C0007", "K6.4", ()))),
])  # fmt: skip


def test_displays_that_only_codes_out_of_use_bear_are_told_of_once_for_each_code() -> None:
    [fault] = stale_references(STALE)
    assert (fault.kind, fault.place, fault.is_warning) == ("stale-reference", "C0001", True)
    assert fault.found == "C0001 (P1) names K6.4, P9 under definition, when_to_use"
    assert "P9 became P2 and E4" in fault.expected


def test_only_the_newest_version_is_told_of_its_stale_references() -> None:
    later = replace(STALE, codebook_version="2.0.1", codes=(*BEFORE.codes[:1], *STALE.codes[1:]))
    assert [f.kind for f in lineage_faults(Lineage((STALE,)))["2.0.0"]] == ["stale-reference"]
    assert "stale-reference" not in {
        f.kind for found in lineage_faults(Lineage((STALE, later))).values() for f in found
    }
    assert lineage_faults(Lineage((STALE,), ("3.0.0",))) == {}


def test_the_demo_books_name_no_code_out_of_use(demo_path: Path) -> None:
    books = read_lineage(demo_path, ("P", "K", "E", "X"), Faults()).codebooks
    assert len(books) == 3
    assert [stale_references(book) for book in books] == [(), (), ()]


def test_faults_name_the_display_beside_the_id() -> None:
    [fault] = step_faults(BEFORE, after("1.0.1", C0001={"definition": OTHER}))
    assert fault.found == "C0001 (P1) has another definition"


def test_the_codebooks_of_the_demo_and_of_the_small_study_add_up(demo_path: Path, small_study: SmallStudy) -> None:
    faults = Faults()
    lineage = read_lineage(demo_path, ("P", "K", "E", "X"), faults)
    assert faults == []
    assert [len(found) for found in lineage_faults(lineage).values()] == [0] * (len(lineage.codebooks) - 1)
    assert step_faults(codebook_of(small_study, "1.0.0"), codebook_of(small_study, "2.0.0")) == ()


def test_what_the_demo_explains_by_its_changes_is_not_explained_without_them(demo_path: Path) -> None:
    """All changes of 2.0.0 rejected: every code that differs is then told of."""
    one, two, *_ = read_lineage(demo_path, ("P", "K", "E", "X"), Faults()).codebooks
    silent = replace(two, changes=tuple(replace(change, is_accepted=False) for change in two.changes))
    told = {fault.place for fault in step_faults(one, silent)}
    differing = {code.id for code in two.codes if code != one.by_id.get(code.id)}
    assert differing <= told


def test_a_fault_is_told_once_and_in_words_that_help() -> None:
    found = step_faults(BEFORE, BROKEN["a split into one"][0])
    assert found == tuple(dict.fromkeys(found))
    assert all(isinstance(fault, StepFault) and fault.found and fault.expected and fault.remedy for fault in found)
