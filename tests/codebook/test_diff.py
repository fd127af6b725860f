"""What differs between two versions of a codebook: worked out by hand, and against a naive walk through the versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineages import plain_book, plain_change, plain_code

from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Change, Code, Cue, Migration, Rule
from foran_research.codebook.diff import (
    KINDS,
    CodebookDiff,
    CodeDiff,
    FieldChange,
    counts,
    diff,
    families,
    word_changes,
)
from foran_research.errors import UnknownName

BOTH = {"nb": "Å spørre markedet 😀", "en": "Asking the market"}


def code(id_: str, display: str, **more: Any) -> Code:
    return replace(plain_code(id_, display), **more)


def gone(record: Code, version: str, *successors: str) -> Code:
    return replace(record, status="deprecated", deprecated_in=version, successors=successors)


def change(id_: str, type_: str, *rows: Migration, to: tuple[str, ...] = (), is_accepted: bool = True) -> Change:
    made = plain_change(*rows, type_=type_, is_accepted=is_accepted)
    return replace(made, id=id_, to=tuple(dict.fromkeys((*made.to, *to))))


def lineage_of(*steps: tuple[Iterable[Code], Iterable[Change]]) -> Lineage:
    return Lineage(tuple(plain_book(f"{n}.0.0", codes, changes) for n, (codes, changes) in enumerate(steps, 1)))


def by_code(d: CodebookDiff) -> Mapping[str, CodeDiff]:
    return {entry.code: entry for entry in d.codes}


# P4 is split into P12 and P13 in 2.0.0; in 3.0.0 P13 and P2 become P20. K10 and K11 are merged into K12 in 2.0.0.
P2, P4, P12, P13, P20 = (
    code("C0002", "P2"),
    code("C0004", "P4"),
    code("C0012", "P12"),
    code("C0013", "P13"),
    code("C0020", "P20"),
)
K10, K11, K12 = code("C0110", "K10"), code("C0111", "K11"), code("C0112", "K12")
SPLIT = change("CH-1", "split", Migration("C0004", "review", ("C0012", "C0013")))
MERGE = change("CH-2", "merge", Migration("C0110", "map", ("C0112",)), Migration("C0111", "map", ("C0112",)))
LATER = change("CH-3", "merge", Migration("C0013", "map", ("C0020",)), Migration("C0002", "map", ("C0020",)))
FIRST = [P2, P4, K10, K11]
SECOND = [
    P2,
    gone(P4, "2.0.0", "C0012", "C0013"),
    gone(K10, "2.0.0", "C0112"),
    gone(K11, "2.0.0", "C0112"),
    P12,
    P13,
    K12,
]
THIRD = [gone(P2, "3.0.0", "C0020"), *SECOND[1:5], gone(P13, "3.0.0", "C0020"), K12, P20]
THREE = lineage_of((FIRST, []), (SECOND, [SPLIT, MERGE]), (THIRD, [LATER]))


def test_a_split_and_a_merge_name_what_became_of_each_code_and_where_it_came_from() -> None:
    d = diff(THREE, "1.0.0", "2.0.0")
    told = {e.code: (e.display_before, e.display_after, e.kinds, e.changes, e.became, e.came_from) for e in d.codes}
    assert told == {
        "C0004": ("P4", "", ("split",), ("CH-1",), ("C0012", "C0013"), ()),
        "C0012": ("", "P12", ("split",), ("CH-1",), (), ("C0004",)),
        "C0013": ("", "P13", ("split",), ("CH-1",), (), ("C0004",)),
        "C0110": ("K10", "", ("merged",), ("CH-2",), ("C0112",), ()),
        "C0111": ("K11", "", ("merged",), ("CH-2",), ("C0112",), ()),
        "C0112": ("", "K12", ("merged",), ("CH-2",), (), ("C0110", "C0111")),
    }
    assert [change.id for change in d.changes] == ["CH-1", "CH-2"]
    assert d.unexplained == ()
    assert counts(d) == {"split": 1, "merged": 2}


def test_sub_codes_that_follow_a_split_into_its_parts_are_split_and_not_merged() -> None:
    # E4 is split into E11 and E12, which were there before; its sub-codes go whole to one part each.
    e4, e41, e42 = code("C0204", "E4"), code("C0205", "E4.1", parent="C0204"), code("C0206", "E4.2", parent="C0204")
    e11, e12 = code("C0211", "E11"), code("C0212", "E12")
    rows = (
        Migration("C0204", "review", ("C0211", "C0212")),
        Migration("C0205", "map", ("C0212",)),
        Migration("C0206", "facet", ("C0211",), polarity="hemmer"),
    )
    ended = [gone(e4, "2.0.0", "C0211", "C0212"), gone(e41, "2.0.0", "C0212"), gone(e42, "2.0.0", "C0211")]
    d = diff(
        lineage_of(([e4, e41, e42, e11], []), ([*ended, e11, e12], [change("CH-1", "split", *rows)])), "1.0.0", "2.0.0"
    )
    assert {entry.display_before or entry.display_after: (entry.kinds, entry.became) for entry in d.codes} == {
        "E4": (("split",), ("C0211", "C0212")),
        "E4.1": (("split",), ("C0212",)),
        "E4.2": (("split",), ("C0211",)),
        "E11": (("split",), ()),
        "E12": (("split",), ()),
    }
    assert counts(d) == {"split": 3}


def test_a_part_that_was_merged_later_is_followed_across_the_version_between() -> None:
    told = by_code(diff(THREE, "1.0.0", "3.0.0"))
    assert "C0013" not in told  # P13 came and went in between
    assert told["C0004"].became == ("C0012", "C0020")
    assert told["C0004"].kinds == ("split", "merged")
    assert told["C0004"].changes == ("CH-1", "CH-3")
    assert told["C0012"].kinds == ("split",)
    assert told["C0012"].changes == ("CH-1",)
    assert told["C0020"].came_from == ("C0002", "C0004")
    assert told["C0020"].kinds == ("split", "merged")
    assert told["C0020"].changes == ("CH-1", "CH-3")
    assert told["C0002"].became == ("C0020",)
    assert told["C0002"].kinds == ("merged",)
    assert told["C0112"].came_from == ("C0110", "C0111")


def test_backwards_is_the_same_diff_turned_round() -> None:
    forward, back = diff(THREE, "1.0.0", "3.0.0"), diff(THREE, "3.0.0", "1.0.0")
    assert (back.before, back.after, back.is_backwards, forward.is_backwards) == ("3.0.0", "1.0.0", True, False)
    assert back.changes == forward.changes
    assert back.unexplained == forward.unexplained
    assert counts(back) == counts(forward) == {"split": 1, "merged": 4}
    for there, here in zip(forward.codes, back.codes, strict=True):
        assert (there.code, there.kinds, there.changes) == (here.code, here.kinds, here.changes)
        assert (there.display_before, there.display_after) == (here.display_after, here.display_before)
        assert (there.became, there.came_from) == (here.came_from, here.became)
        assert [(f.before, f.after) for f in there.fields] == [(f.after, f.before) for f in here.fields]


def test_a_version_does_not_differ_from_itself() -> None:
    d = diff(THREE, "2.0.0", "2.0.0")
    assert (d.codes, d.changes, d.rejected, d.unexplained, d.is_backwards) == ((), (), (), (), False)


@pytest.mark.parametrize("pair", [("1.0.0", "9.0.0"), ("9.0.0", "1.0.0"), ("9.0.0", "9.0.0")])
def test_a_version_nobody_has_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(UnknownName, match=r"9\.0\.0"):
        diff(THREE, *pair)


def edited(types: Iterable[str] = (), **more: Any) -> CodebookDiff:
    """P4 with some fields changed in 2.0.0, under accepted changes of these types that keep it."""
    changes = [change(f"CH-{n}", type_, Migration("C0004", "keep"), to=("C0004",)) for n, type_ in enumerate(types)]
    return diff(lineage_of(([P4, P2], []), ([replace(P4, **more), P2], changes)), "1.0.0", "2.0.0")


def test_a_rename_of_the_label_alone_tells_of_the_label_alone() -> None:
    (entry,) = edited(["rename"], label=BOTH).codes
    assert entry.kinds == ("renamed",)
    assert entry.fields == (
        FieldChange("label", "nb", "oppdiktet", BOTH["nb"]),
        FieldChange("label", "en", "invented", BOTH["en"]),
    )
    assert entry.label == BOTH
    assert entry.changes == ("CH-0",)


def test_a_translation_corrected_is_a_change_in_that_language_alone() -> None:
    (entry,) = edited(["reword"], definition=P4.definition | {"en": "made up"}).codes
    assert entry.kinds == ("reworded",)
    assert entry.fields == (FieldChange("definition", "en", "invented", "made up"),)


@pytest.mark.parametrize(("types", "more", "kinds"), [
    (["redefine"], {"definition": BOTH}, ("redefined",)),
    (["narrow"], {"when_to_use": BOTH}, ("narrowed",)),
    (["redefine"], {"definition": BOTH, "label": BOTH}, ("redefined", "renamed")),
    (["redefine"], {"definition": BOTH, "source": ("S1:1",)}, ("redefined", "reworded")),
    (["rename"], {"definition": BOTH, "label": BOTH}, ("renamed", "reworded")),
    ([], {"definition": BOTH}, ("reworded",)),
    (["redefine"], {}, ("redefined",)),
    (["move"], {"level": "K", "display": "K4"}, ("moved", "display")),
    (["move"], {"parent": "C0002", "display": "P2.1"}, ("moved", "display")),
    ([], {"maturity": "N"}, ("reworded",)),
    ([], {"introduced_in": "1.1.0"}, ("reworded",)),
    ([], {"cues": {"nb": (Cue("marked*", polarity="fremmer", negated="flip"),)}}, ("cues",)),
])  # fmt: skip
def test_kinds_follow_the_record_and_what_somebody_decided(
    types: list[str], more: dict[str, Any], kinds: tuple[str, ...]
) -> None:
    (entry,) = edited(types, **more).codes
    assert entry.kinds == kinds


def test_a_parent_left_behind_is_a_promotion() -> None:
    child = code("C0009", "P2.3", parent="C0002")
    d = diff(lineage_of(([P2, child], []), ([P2, replace(child, parent=None, display="P9")], [])), "1.0.0", "2.0.0")
    assert [(e.code, e.kinds) for e in d.codes] == [("C0009", ("promoted", "display"))]
    assert d.codes[0].fields == (FieldChange("display", "", "P2.3", "P9"), FieldChange("parent", "", "C0002", ""))


def test_cues_are_told_one_a_line_with_what_they_say_of_polarity() -> None:
    (entry,) = edited(
        cues={"nb": (Cue("marked*", polarity="fremmer", negated="flip"), Cue(None, ({"LOWER": "å"},)))}
    ).codes
    assert entry.fields == (FieldChange("cues", "nb", "", 'marked* (fremmer, negated: flip)\n[{"LOWER": "å"}]'),)


def test_codes_that_differ_without_a_decision_are_named() -> None:
    d = edited(definition=BOTH)
    assert d.unexplained == ("C0004",)
    assert edited(["reword"], definition=BOTH).unexplained == ()


def test_a_rejected_proposal_explains_nothing_and_is_told_apart() -> None:
    rejected = change("CH-9", "merge", to=("C0004",), is_accepted=False)
    d = diff(lineage_of(([P4], []), ([replace(P4, label=BOTH)], [rejected])), "1.0.0", "2.0.0")
    assert (d.rejected, d.changes, d.unexplained) == ((rejected,), (), ("C0004",))
    assert d.codes[0].kinds == ("renamed",)


def test_what_was_changed_and_changed_back_leaves_its_decisions_only() -> None:
    there = change("CH-1", "rename", Migration("C0004", "keep"), to=("C0004",))
    lineage = lineage_of(([P4], []), ([replace(P4, label=BOTH)], [there]), ([P4], [replace(there, id="CH-2")]))
    d = diff(lineage, "1.0.0", "3.0.0")
    assert d.codes == ()
    assert [change.id for change in d.changes] == ["CH-1", "CH-2"]


@pytest.mark.parametrize(("rule", "type_", "kind"), [
    ("retire", "retire", "retired"), ("relation", "to_relation", "converted"), ("tag", "to_tag", "converted"),
])  # fmt: skip
def test_codes_that_end_say_how(rule: Rule, type_: str, kind: str) -> None:
    ended = change("CH-1", type_, Migration("C0004", rule, name=None if rule == "retire" else "påvirker"))
    d = diff(lineage_of(([P4], []), ([gone(P4, "2.0.0")], [ended])), "1.0.0", "2.0.0")
    (entry,) = d.codes
    assert (entry.kinds, entry.became, entry.display_after, entry.changes) == ((kind,), (), "", ("CH-1",))
    assert {item.field for item in entry.fields} == {"status", "deprecated_in"}


def test_a_code_that_becomes_a_polarity_of_its_parent_is_converted_and_its_parent_takes_it_in() -> None:
    child = code("C0009", "P4.1", parent="C0004")
    row = Migration("C0009", "facet", ("C0004",), polarity="fremmer")
    lineage = lineage_of(([P4, child], []), ([P4, gone(child, "2.0.0", "C0004")], [change("CH-1", "to_facet", row)]))
    told = by_code(diff(lineage, "1.0.0", "2.0.0"))
    assert (told["C0009"].kinds, told["C0009"].became) == (("converted",), ("C0004",))
    assert (told["C0004"].kinds, told["C0004"].came_from, told["C0004"].fields) == (("converted",), ("C0009",), ())
    assert counts(diff(lineage, "1.0.0", "2.0.0")) == {"converted": 1}


def test_a_code_that_keeps_part_of_its_segments_is_among_those_it_became() -> None:
    row = Migration("C0004", "review", ("C0004", "C0012"))
    told = by_code(diff(lineage_of(([P4], []), ([P4, P12], [change("CH-1", "split", row)])), "1.0.0", "2.0.0"))
    assert (told["C0004"].became, told["C0004"].came_from, told["C0004"].kinds) == (("C0004", "C0012"), (), ("split",))
    assert (told["C0012"].came_from, told["C0012"].kinds) == (("C0004",), ("split",))


def test_a_part_whose_whole_was_born_in_between_is_new_and_names_both_decisions() -> None:
    born = change("CH-1", "new", to=("C0004",))
    lineage = lineage_of(([P2], []), ([P2, P4], [born]), ([P2, gone(P4, "3.0.0"), P12, P13], [SPLIT_LATER]))
    told = by_code(diff(lineage, "1.0.0", "3.0.0"))
    assert set(told) == {"C0012", "C0013"}
    assert told["C0012"].kinds == ("new",)
    assert told["C0012"].changes == ("CH-1", "CH-8")


def test_a_split_whose_one_part_was_retired_later_is_a_split_and_no_retirement() -> None:
    ended = change("CH-9", "retire", Migration("C0013", "retire"))
    later = [P2, gone(P4, "2.0.0", "C0012", "C0013"), P12, gone(P13, "3.0.0")]
    lineage = lineage_of(([P2, P4], []), ([*SECOND[:2], P12, P13], [SPLIT]), (later, [ended]))
    told = by_code(diff(lineage, "1.0.0", "3.0.0"))
    assert (told["C0004"].kinds, told["C0004"].became) == (("split",), ("C0012",))
    assert told["C0004"].changes == ("CH-1", "CH-9")
    later[2] = gone(P12, "3.0.0")
    both = lineage_of(([P2, P4], []), ([*SECOND[:2], P12, P13], [SPLIT]), (later, [ended, change(
        "CH-10", "retire", Migration("C0012", "retire"))]))  # fmt: skip
    told = by_code(diff(both, "1.0.0", "3.0.0"))
    assert (told["C0004"].kinds, told["C0004"].became) == (("split", "retired"), ())


def test_a_code_that_goes_whole_to_one_new_id_is_called_what_was_decided() -> None:
    moved = change("CH-1", "move", Migration("C0004", "map", ("C0012",)))
    d = diff(lineage_of(([P4], []), ([gone(P4, "2.0.0", "C0012"), P12], [moved])), "1.0.0", "2.0.0")
    told = by_code(d)
    assert counts(d) == {"moved": 1}
    assert (told["C0004"].kinds, told["C0004"].became) == (("moved",), ("C0012",))
    assert (told["C0012"].kinds, told["C0012"].came_from) == (("moved",), ("C0004",))


SPLIT_LATER = replace(SPLIT, id="CH-8")


def test_where_a_version_between_cannot_be_read_codes_go_where_their_record_says() -> None:
    lineage = Lineage((THREE["1.0.0"], THREE["3.0.0"]), unreadable=("2.0.0",))
    told = by_code(diff(lineage, "1.0.0", "3.0.0"))
    assert told["C0110"].became == ("C0112",)
    assert told["C0112"].came_from == ("C0110", "C0111")
    assert told["C0004"].became == ("C0012", "C0020")  # P13 is gone too, and its record says C0020
    assert "C0004" in diff(lineage, "1.0.0", "3.0.0").unexplained


def test_codes_of_one_descent_are_one_family() -> None:
    groups = [{entry.code for entry in family} for family in families(diff(THREE, "1.0.0", "3.0.0"))]
    assert sorted(map(sorted, groups)) == [
        ["C0002", "C0004", "C0012", "C0020"],
        ["C0110", "C0111", "C0112"],
    ]


def test_codes_born_of_one_decision_are_one_family_and_a_rewording_of_many_ties_none() -> None:
    born = [change("CH-1", "new", to=("C0012", "C0013")), change("CH-2", "new", to=("C0020",))]
    words = change("CH-3", "reword", to=("C0002", "C0012", "C0013", "C0020"))
    d = diff(lineage_of(([P2], []), ([replace(P2, brief=BOTH), P12, P13, P20], [*born, words])), "1.0.0", "2.0.0")
    assert [[entry.code for entry in family] for family in families(d)] == [["C0002"], ["C0012", "C0013"], ["C0020"]]


def test_codes_are_told_in_the_order_of_their_displays() -> None:
    shown = [e.display_after or e.display_before for e in diff(THREE, "1.0.0", "2.0.0").codes]
    assert shown == ["P4", "P12", "P13", "K10", "K11", "K12"]


@st.composite
def histories(draw: st.DrawFn) -> Lineage:
    """Up to four versions in which codes are born, split, merged and retired; active codes carry labels that may change."""
    active, records = [f"C{n:04d}" for n in range(1, 5)], {f"C{n:04d}": code(f"C{n:04d}", f"P{n}") for n in range(1, 5)}
    books = [plain_book("1.0.0", records.values())]
    for step in range(2, draw(st.integers(2, 4)) + 1):
        fresh = [f"C{step}{n:03d}" for n in range(draw(st.integers(0, 2)))]
        records |= {name: code(name, f"P{name[1:]}", introduced_in=f"{step}.0.0") for name in fresh}
        sources = draw(st.lists(st.sampled_from(active), unique=True, max_size=2)) if active else []
        heirs = [name for name in (*active, *fresh) if name not in sources]
        changes = [change(f"CH-{step}-new", "new", to=tuple(fresh))]
        for source in sources:
            to = tuple(draw(st.lists(st.sampled_from(heirs), unique=True, max_size=3))) if heirs else ()
            rule: Rule = "retire" if not to else "map" if len(to) == 1 else "review"
            type_ = draw(st.sampled_from(["split", "merge", "retire", "move", "redefine", "new"]))
            changes.append(change(f"CH-{step}-{source}", type_, Migration(source, rule, to)))
            records[source] = gone(records[source], f"{step}.0.0", *to)
        if heirs and draw(st.booleans()):
            renamed = draw(st.sampled_from(heirs))
            records[renamed] = replace(records[renamed], label={"nb": f"omdøpt {step}", "en": f"renamed {step}"})
        active = heirs
        books.append(plain_book(f"{step}.0.0", list(records.values()), changes))
    return Lineage(tuple(books))


@given(histories(), st.data())
def test_any_two_versions_agree_with_a_naive_walk_and_with_their_own_records(
    lineage: Lineage, data: st.DataObject
) -> None:
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(lineage.versions) - 1)] * 2)))
    before, after = lineage.versions[low], lineage.versions[high]
    old, new = lineage[before], lineage[after]
    d = diff(lineage, before, after)
    told = by_code(d)
    were, are = {c.id for c in old.active}, {c.id for c in new.active}

    def goes_to(name: str) -> set[str]:
        at = {name}
        for book in lineage.codebooks[low + 1 : high + 1]:
            rows = {row.source: set(row.to) for change in book.changes for row in change.migration}
            at = set().union(*(rows.get(one, {one}) for one in at))
        return at

    for name in were | are:
        heirs = goes_to(name) if name in were else set()
        origins = {one for one in were if name in goes_to(one)} if name in are else set()
        entry = told.get(name)
        differs = old.by_id.get(name) != new.by_id.get(name)
        if entry is None:
            assert not differs
            assert heirs == origins == {name}
            continue
        assert differs or origins != {name}
        assert set(entry.became) == (heirs if heirs != {name} else set())
        assert set(entry.came_from) == origins - {name}
        assert ("new" in entry.kinds) == (name in are - were and not origins)
        assert ("renamed" in entry.kinds) == (
            name in old.by_id and name in new.by_id and old.by_id[name].label != new.by_id[name].label
        )
        assert (bool(entry.display_before), bool(entry.display_after)) == (name in were, name in are)
        assert list(entry.kinds) == [kind for kind in KINDS if kind in entry.kinds] != []
        assert set(entry.changes) <= {change.id for change in d.changes}
    assert {e.code for family in families(d) for e in family} == set(told)
    assert diff(lineage, after, before) == (d if low == high else replace(d, before=after, after=before, codes=tuple(
        replace(
            e, display_before=e.display_after, display_after=e.display_before, became=e.came_from, came_from=e.became,
            fields=tuple(replace(f, before=f.after, after=f.before) for f in e.fields),
        ) for e in d.codes
    )))  # fmt: skip


@given(st.sampled_from(["label", "brief", "definition", "when_to_use", "when_not_to_use", "example"]),
       st.sampled_from(["nb", "en"]), st.text(max_size=9))  # fmt: skip
def test_a_text_that_differs_is_always_told_by_its_field_and_its_language(name: str, language: str, text: str) -> None:
    d = edited(**{name: getattr(P4, name) | {language: text}})
    before = getattr(P4, name)[language]
    assert [e.fields for e in d.codes] == ([(FieldChange(name, language, before, text),)] if text != before else [])


@pytest.mark.parametrize(("before", "after", "runs"), [
    ("", "", ()),
    ("Å lære", "Å lære", (("equal", "Å lære"),)),
    ("", "Ny tekst.", (("insert", "Ny tekst."),)),
    ("Gammel tekst.", "", (("delete", "Gammel tekst."),)),
    ("Møtet er P4.", "Møtet er P13.1.", (("equal", "Møtet er "), ("delete", "P4"), ("insert", "P13.1"), ("equal", "."))),
    # A decomposed å and its accent are one word, as is an emoji of several signs.
    ("ga\u030ar vi", "gar vi", (("delete", "ga\u030ar"), ("insert", "gar"), ("equal", " vi"))),
    ("Jeg 👩‍⚕️ her ute", "Jeg 👩 her ute", (("equal", "Jeg "), ("delete", "👩‍⚕️"), ("insert", "👩"), ("equal", " her ute"))),
    # What is rewritten is one change, not one for each space and each small word.
    ("kort tekst her", "lang og fin sak", (("delete", "kort tekst her"), ("insert", "lang og fin sak"))),
    ("ville og kunne", "skulle og måtte", (("delete", "ville og kunne"), ("insert", "skulle og måtte"))),
    # Joining two changes can make both large enough to take in what stood before them.
    ("aaaaaaaa og bbb i cccccccc", "dddddddd og eee i ffffffff",
     (("delete", "aaaaaaaa og bbb i cccccccc"), ("insert", "dddddddd og eee i ffffffff"))),
    ("to  ord", "to ord", (("equal", "to"), ("delete", "  "), ("insert", " "), ("equal", "ord"))),
    ("a b c", "a c", (("equal", "a "), ("delete", "b "), ("equal", "c"))),
])  # fmt: skip
def test_words_are_marked_as_a_reader_would_mark_them(
    before: str, after: str, runs: tuple[tuple[str, str], ...]
) -> None:
    assert word_changes(before, after) == runs


words = st.lists(
    st.sampled_from(["behov", "å", "P4", "P13.1", " ", "  ", "\n", ".", ", ", "a\u030a", "😀", "og"]), max_size=25
)


@given(st.one_of(st.tuples(st.text(), st.text()), st.tuples(words.map("".join), words.map("".join))))
def test_the_runs_join_to_both_texts_and_never_repeat_an_operation(pair: tuple[str, str]) -> None:
    before, after = pair
    runs = word_changes(before, after)
    assert "".join(text for op, text in runs if op != "insert") == before
    assert "".join(text for op, text in runs if op != "delete") == after
    assert all(text for _, text in runs)
    kinds = [op for op, _ in runs]
    assert all(a != b for a, b in pairwise(kinds))
    assert ("insert", "delete") not in set(pairwise(kinds))
    assert (kinds in ([], ["equal"])) == (before == after)
