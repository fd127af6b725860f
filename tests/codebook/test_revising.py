"""Proposals as values: read with every fault, followed through the log, put together into the next version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lineages import WORDS, plain_book, plain_code

from foran_research.codebook import log_store
from foran_research.codebook.code import CHANGE_TYPES, Change, Codebook, Migration
from foran_research.codebook.log_store import CodebookLog, encode, following, open_log, read_log
from foran_research.codebook.revising import (
    ACTIONS,
    Proposal,
    RevisionError,
    compose,
    conflicts,
    content_of,
    decided,
    default_rows,
    next_change_id,
    next_code_id,
    proposal_in,
    read_proposal,
    states_of,
)
from foran_research.codebook.steps import step_faults
from foran_research.codebook.templates import template
from foran_research.codebook.writing import proposal_text, yaml_text
from foran_research.errors import Faults, ForanError, StudyError, UnknownName

LEVELS = ("P", "K", "E", "X")
WORDS_NOW = {"nb": "oppdiktet: å a\u030a 😀", "en": "invented"}
BOOK = plain_book("1.0.0", [plain_code("C0001", "P1"), plain_code("C0002", "P2"), plain_code("C0003", "P2.1", parent="C0002"),
                            plain_code("C0004", "K1")])  # fmt: skip
DAY = "2022-02-02"


def proposal(
    number: int, kind: str, source: str, to: str, *codes: dict[str, Any], rows: tuple[Migration, ...] = ()
) -> Proposal:
    change = Change(f"CH-{number:04d}", kind, tuple(source.split()), tuple(to.split()), WORDS_NOW, WORDS, WORDS, ("S0:1",),
                    "forsker", "", "", False, rows)  # fmt: skip
    return Proposal(change, codes)


def accepted(one: Proposal) -> Proposal:
    return decided(one, is_accepted=True, decided_at=DAY, arena="praksis", role="arena", reason=WORDS)


def whole(id_: str, display: str, **more: Any) -> dict[str, Any]:
    texts = dict.fromkeys(("label", "brief", "definition", "when_to_use", "when_not_to_use", "example"), WORDS_NOW)
    return {"id": id_, "display": display, "level": display[0], "parent": None, **texts, **more}


def released(*proposals: Proposal, book: Codebook = BOOK, rejected: tuple[Proposal, ...] = ()) -> Codebook:
    made = compose(book, [accepted(one) for one in proposals], rejected, released=DAY)
    assert step_faults(book, made) == ()
    return made


# Composing


def test_a_merge_maps_its_segments_and_deprecates_its_codes() -> None:
    book = released(proposal(1, "merge", "C0001 C0004", "C0005", whole("C0005", "P3")))
    assert book.codebook_version == "2.0.0"
    for name in ("C0001", "C0004"):
        code = book.by_id[name]
        assert (code.status, code.deprecated_in, code.successors) == ("deprecated", "2.0.0", ("C0005",))
    assert book.by_id["C0005"].introduced_in == "2.0.0"
    [change] = book.changes
    assert change.migration == (Migration("C0001", "map", ("C0005",)), Migration("C0004", "map", ("C0005",)))
    assert (change.decided_at, change.arena, change.decided_by_role) == (DAY, "praksis", "arena")


def test_a_merge_into_one_of_the_codes_leaves_that_one_active() -> None:
    book = released(proposal(1, "merge", "C0001 C0004", "C0001", {"id": "C0001", "label": WORDS_NOW}))
    assert book.by_id["C0001"].is_active
    assert book.changes[0].migration == (Migration("C0001", "keep"), Migration("C0004", "map", ("C0001",)))


def test_a_split_sends_its_segments_to_a_person() -> None:
    book = released(proposal(1, "split", "C0001", "C0005 C0006", whole("C0005", "P3"), whole("C0006", "P4")))
    assert book.changes[0].migration == (Migration("C0001", "review", ("C0005", "C0006")),)
    assert book.by_id["C0001"].successors == ("C0005", "C0006")


def test_a_code_that_is_split_and_goes_on_stays_active() -> None:
    book = released(proposal(1, "split", "C0001", "C0001 C0005", whole("C0005", "P3")))
    assert book.by_id["C0001"].is_active
    assert book.changes[0].migration == (Migration("C0001", "review", ("C0001", "C0005")),)


def test_a_promotion_takes_the_parent_away() -> None:
    book = released(proposal(1, "promote", "C0003", "C0003", {"id": "C0003", "display": "P5"}))
    assert (book.by_id["C0003"].parent, book.by_id["C0003"].display) == (None, "P5")


def test_one_language_of_a_text_is_changed_alone() -> None:
    book = released(proposal(1, "rename", "C0001", "C0001", {"id": "C0001", "label": {"en": "needs"}}))
    assert book.by_id["C0001"].label == {"nb": "oppdiktet", "en": "needs"}
    assert book.codebook_version == "1.0.1"


def test_what_two_changes_say_of_one_code_gives_one_row() -> None:
    named = proposal(1, "rename", "C0001", "C0001", {"id": "C0001", "label": WORDS_NOW})
    redefined = proposal(2, "redefine", "C0001", "C0001", {"id": "C0001", "definition": WORDS_NOW})
    book = released(named, redefined)
    assert [change.migration for change in book.changes] == [(Migration("C0001", "keep"),), ()]
    assert book.codebook_version == "1.1.0"
    split = proposal(3, "split", "C0001", "C0005 C0006", whole("C0005", "P3"), whole("C0006", "P4"))
    assert [len(change.migration) for change in released(named, split).changes] == [0, 1]


def test_a_rejected_proposal_is_told_of_without_the_codes_it_would_have_brought() -> None:
    turned_down = decided(
        proposal(2, "merge", "C0001 C0004", "C0009", whole("C0009", "P9")), is_accepted=False, decided_at=DAY
    )
    book = released(proposal(1, "retire", "C0004", ""), rejected=(turned_down,))
    assert [(change.id, change.is_accepted, change.to) for change in book.changes] == [
        ("CH-0001", True, ()),
        ("CH-0002", False, ()),
    ]
    assert "C0009" not in book.by_id


def test_codes_keep_their_order_and_new_ones_follow_by_number() -> None:
    book = released(
        proposal(1, "new", "", "C10000", whole("C10000", "P8")), proposal(2, "new", "", "C0005", whole("C0005", "P9"))
    )
    assert [code.id for code in book.codes] == ["C0001", "C0002", "C0003", "C0004", "C0005", "C10000"]


def test_a_record_that_is_no_code_stops_the_composing() -> None:
    with pytest.raises(RevisionError, match="definition"):
        compose(BOOK, [accepted(proposal(1, "new", "", "C0005", whole("C0005", "P3", definition="")))], released=DAY)


@settings(max_examples=10)
@given(st.permutations(range(4)))
def test_the_order_in_which_proposals_come_makes_no_difference(order: list[int]) -> None:
    made = [
        proposal(1, "rename", "C0001", "C0001", {"id": "C0001", "label": WORDS_NOW}),
        proposal(2, "retire", "C0004", ""),
        proposal(3, "new", "", "C0005", whole("C0005", "P3")),
        proposal(4, "narrow", "C0002", "C0002", {"id": "C0002", "definition": WORDS_NOW}),
    ]
    assert released(*(made[place] for place in order)) == released(*made)


def test_proposals_conflict_only_where_they_want_different_texts_of_one_field() -> None:
    one = proposal(1, "rename", "C0001", "C0001", {"id": "C0001", "label": {"nb": "a", "en": "b"}})
    assert conflicts([one, proposal(2, "rename", "C0001", "C0001", {"id": "C0001", "label": {"nb": "a"}})]) == ()
    [fault] = conflicts([proposal(2, "rename", "C0001", "C0001", {"id": "C0001", "label": {"nb": "å"}}), one])
    assert (fault.place, "label.nb" in fault.found) == ("CH-0002", True)


def test_a_code_has_one_fate_in_one_version() -> None:
    kept, gone = proposal(1, "promote", "C0002", "C0002"), proposal(2, "retire", "C0002", "")
    (fault,) = conflicts([kept, gone])
    assert (fault.place, "C0002" in fault.found, "CH-0002" in fault.found) == ("CH-0001", True, True)
    assert conflicts([proposal(1, "reword", "C0002", "C0002"), gone]) == ()


def test_a_title_is_another_only_where_one_is_given() -> None:
    retired = [accepted(proposal(1, "retire", "C0004", ""))]
    assert compose(BOOK, retired, released=DAY).title == BOOK.title
    titled = compose(BOOK, retired, released=DAY, title={"nb": " Ny bok å ", "en": " "}).title
    assert titled == {**BOOK.title, "nb": "Ny bok å"}


def test_nobody_can_guess_which_answer_a_code_became() -> None:
    assert default_rows(proposal(1, "to_facet", "C0001", "C0002").change) == ()


def test_ids_go_on_from_the_highest() -> None:
    assert [next_code_id(BOOK), next_code_id(BOOK, ["C0104", "ukjent"])] == ["C0005", "C0105"]
    assert [next_change_id([]), next_change_id(["CH-0002", "CH-10000"])] == ["CH-0001", "CH-10001"]


# Reading


def read(text: str, taken: dict[str, str] | None = None) -> tuple[Proposal | None, Faults]:
    faults = Faults()
    return read_proposal(text.encode(), "forslag.yaml", BOOK, LEVELS, faults, taken=taken), faults


def skeleton(kind: str, *codes: str, edit: Callable[[dict[str, Any]], object] = lambda raw: None) -> str:
    raw = yaml.safe_load(template(kind, codes, BOOK))
    for key in ("summary", "reason_empirical", "reason_theoretical"):
        raw[key] = WORDS_NOW
    raw |= {"proposed_by_role": "stipendiat", "evidence": ["S0:1"]}
    edit(raw)
    return yaml_text(raw)


FILLED: dict[str, tuple[tuple[str, ...], Callable[[dict[str, Any]], object]]] = {
    "new": (("P2",), lambda raw: raw["codes"].__setitem__(0, whole("NY1", "P2.2", parent="C0002"))),
    "rename": (("P1",), lambda raw: raw["codes"][0].update(label=WORDS_NOW)),
    "reword": (("P1",), lambda raw: raw["codes"][0].update(cues={"nb": ["behov*"], "nn": []})),
    "redefine": (("P1",), lambda raw: raw["codes"][0].update(definition=WORDS_NOW)),
    "narrow": (("P1",), lambda raw: raw["codes"][0].update(when_to_use=WORDS_NOW)),
    "move": (("P1",), lambda raw: raw["codes"][0].update(parent="C0002")),
    "promote": (("P2.1",), lambda raw: None),
    "merge": (("P1", "K1"), lambda raw: raw["codes"].__setitem__(0, whole("NY1", "P3"))),
    "split": (("P1",), lambda raw: raw.update(codes=[whole("NY1", "P3"), whole("NY2", "P4")])),
    "retire": (("P1",), lambda raw: None),
    "to_facet": (("K1", "P1"), lambda raw: raw["migration"][0].update(polarity="hemmer")),
    "to_relation": (("P1",), lambda raw: raw["migration"][0].update(relation="samspill")),
    "to_tag": (("P1",), lambda raw: raw["migration"][0].update(tag="merke")),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHANGE_TYPES)
def test_a_skeleton_of_each_type_filled_in_is_a_proposal_that_adds_up(kind: str) -> None:
    codes, edit = FILLED[kind]
    made, faults = read(skeleton(kind, *codes, edit=edit))
    assert faults == []
    assert made is not None
    released(replace(made, change=replace(made.change, id="CH-0001")))


@pytest.mark.parametrize("kind", CHANGE_TYPES)
def test_a_skeleton_as_it_is_lacks_what_only_a_person_can_say(kind: str) -> None:
    text = template(kind, FILLED[kind][0], BOOK)
    assert all(line.startswith("#") for line in text.splitlines()[:2])
    _, faults = read(text)
    [own] = [fault for fault in faults if fault.found.startswith("the proposal: ")]
    lines = text.splitlines()
    named = [part.split(" (line ") for part in own.found.removeprefix("the proposal: 5 empty fields: ").split(", ")]
    assert {key for key, _ in named} == {
        "summary", "reason_empirical", "reason_theoretical", "evidence", "proposed_by_role"}  # fmt: skip
    assert all(lines[int(line.rstrip(")")) - 1].startswith(f"{key}:") for key, line in named)
    assert lines[(own.line or 0) - 1] == "summary:"


@pytest.mark.parametrize("kind", CHANGE_TYPES)
def test_a_proposal_survives_its_file_and_the_log(kind: str) -> None:
    codes, edit = FILLED[kind]
    made, _ = read(skeleton(kind, *codes, edit=edit))
    assert made is not None
    again, faults = read(proposal_text(made.change, made.codes))
    assert (again, faults) == (made, [])
    logged = proposal_in(content_of(made), "CH-0007", faults)
    assert faults == []
    assert logged == replace(made, change=replace(made.change, id="CH-0007", is_accepted=False))


def test_all_faults_of_a_proposal_are_told_at_once_each_with_its_line() -> None:
    def edit(raw: dict[str, Any]) -> None:
        raw |= {"reason_empirical": {"nb": "", "en": ""}, "sumary": "x", "evidence": []}
        raw["codes"] = [{"id": "C0001", "status": "active", "label": WORDS_NOW}, {"id": "C0077"}, {"id": "K1"}]

    text = skeleton("rename", "P1", edit=edit)
    _, faults = read(text)
    lines = text.splitlines()
    told = {(fault.kind, lines[(fault.line or 0) - 1].strip()) for fault in faults}
    assert {("missing-key", "reason_empirical:"), ("unknown-key", "sumary: x"),
            ("unknown-key", "status: active"), ("bad-id", "- id: K1")} <= told  # fmt: skip
    assert {fault.file for fault in faults} == {"forslag.yaml"}


@pytest.mark.parametrize(("kind", "codes", "edit", "told"), [
    ("rename", ("P1",), lambda raw: None, "wrong-change"),
    ("redefine", ("P1",), lambda raw: None, "wrong-change"),
    ("move", ("P1",), lambda raw: None, "wrong-change"),
    ("rename", ("P1",), lambda raw: raw.update({"to": ["C0002"]}), "wrong-change"),
    ("retire", ("P2",), lambda raw: None, "deprecated-parent"),
    ("merge", ("P1", "K1"), lambda raw: raw.update(codes=[whole("NY1", "P2")]), "duplicate-display"),
    ("split", ("P1",), lambda raw: raw.update(codes=[whole("NY1", "P3")], to=["NY1"], migration=[]), "wrong-change"),
    ("retire", ("P1",), lambda raw: raw["migration"][0].update(rule="keep"), "no-migration"),
    ("new", (), lambda raw: raw["codes"].__setitem__(0, whole("NY1", "Z1")), "unknown-level"),
    ("new", (), lambda raw: raw.update(codes=[]), "unknown-code"),
    ("rename", ("P1",), lambda raw: raw["codes"][0].update(label=WORDS_NOW, id="C0002"), "unknown-key"),
])  # fmt: skip
def test_a_proposal_that_does_not_add_up_is_refused_before_anybody_decides(
    kind: str, codes: tuple[str, ...], edit: Callable[[dict[str, Any]], object], told: str
) -> None:
    _, faults = read(skeleton(kind, *codes, edit=edit))
    assert told in {fault.kind for fault in faults.errors}, [str(fault) for fault in faults]


def test_a_neighbours_borders_may_be_mended_beside_a_change() -> None:
    borders = {"nb": "Ikke når det gjelder P3.", "en": "Not when it is about P3."}

    def edit(raw: dict[str, Any]) -> None:
        raw["codes"] = [whole("NY1", "P3"), {"id": "C0004", "when_not_to_use": borders}]

    made, faults = read(skeleton("new", edit=edit))
    assert faults == []
    assert made is not None
    assert made.new_codes == {"C0005"}
    assert made.given == {"NY1": "C0005"}


def test_an_id_that_another_proposal_brings_in_is_taken() -> None:
    text = skeleton("new", edit=lambda raw: raw.update(to=["C0005"], codes=[whole("C0005", "P3")]))
    _, faults = read(text, {"C0005": "CH-0003"})
    assert [(fault.kind, fault.remedy) for fault in faults] == [("duplicate-id", "Take C0006.")]


def test_the_empty_fields_of_a_code_are_one_fault_that_names_their_lines() -> None:
    text = template("split", ["P1"], BOOK)
    _, faults = read(text)
    told = [fault for fault in faults if fault.found.startswith("NY2: ")]
    assert [fault.found.split(":")[1] for fault in told] == [" 7 empty fields"]
    lines = text.splitlines()
    assert lines[(told[0].line or 0) - 1] == "    display: ''"
    assert f"brief (line {max(n for n, line in enumerate(lines, 1) if line.strip() == 'brief:')})" in told[0].found
    assert len(faults) == 3


def test_one_empty_field_is_told_as_it_is_with_the_display_beside_the_id() -> None:
    _, faults = read(
        skeleton("redefine", "P1", edit=lambda raw: raw["codes"][0].update(definition={"nb": "", "en": ""}))
    )
    assert [fault.found for fault in faults] == ["C0001 (P1) has no definition in both languages"]


def test_an_empty_level_is_an_empty_field_and_no_unknown_level() -> None:
    _, faults = read(skeleton("new", edit=lambda raw: raw["codes"].__setitem__(0, whole("NY1", "K9", level=""))))
    assert [(fault.kind, fault.found) for fault in faults] == [("missing-key", "NY1 has no level")]


def test_new_codes_get_the_first_free_ids_wherever_the_proposal_names_them() -> None:
    other = {"nb": "Ikke NY10, men NY2-I01 og P2 å a\u030a.", "en": "Not NY10."}

    def edit(raw: dict[str, Any]) -> None:
        raw |= {
            "to": ["NY2", "NY10", "C0006"],
            "migration": [{"from": "C0001", "rule": "review", "to": ["NY10", "NY2"]}],
        }
        raw["codes"] = [
            whole("NY10", "P9", parent="NY2"),
            whole("NY2", "P10", when_not_to_use=other),
            whole("C0006", "P12"),
        ]
        raw["evidence"] = ["NY10"]

    made, faults = read(skeleton("split", "P1", edit=edit), {"C0007": "CH-0003"})
    assert faults == []
    assert made is not None
    assert made.given == {"NY2": "C0005", "NY10": "C0008"}
    assert made.change.to == ("C0005", "C0008", "C0006")
    assert made.change.migration == (Migration("C0001", "review", ("C0008", "C0005")),)
    assert [(code["id"], code["parent"]) for code in made.codes] == [
        ("C0008", "C0005"),
        ("C0005", None),
        ("C0006", None),
    ]
    assert made.codes[1]["when_not_to_use"]["nb"] == "Ikke C0008, men NY2-I01 og P2 å a\u030a."
    assert made.change.evidence == ("NY10",)


def test_a_placeholder_without_a_record_is_an_unknown_code() -> None:
    _, faults = read(
        skeleton("split", "P1", edit=lambda raw: raw.update(to=["NY1", "NY3"], codes=[whole("NY1", "P9")]))
    )
    assert ("unknown-code", "code 'NY3'") in {(fault.kind, fault.found) for fault in faults}


@pytest.mark.parametrize("text", ["", "- a", "a: [", "<<<<<<< HEAD\na: b\n", "type: new\ntype: new\n"])
def test_what_is_no_proposal_is_told_of_and_is_none(text: str) -> None:
    made, faults = read(text)
    assert made is None
    assert len(faults) == 1


KEYS = st.sampled_from(["type", "from", "to", "summary", "codes", "migration", "id", "rule", "nb", "cues", "label"])
ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(max_size=4) | st.sampled_from(["new", "C0001", "C0005"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
)


@settings(max_examples=50)
@given(ANYTHING)
def test_no_yaml_at_all_makes_the_reading_fail(value: Any) -> None:
    made, faults = read(yaml.safe_dump(value, allow_unicode=True))
    assert made is None or faults.errors


def test_a_skeleton_is_refused_for_unknown_and_deprecated_codes_and_too_few() -> None:
    with pytest.raises(UnknownName):
        template("rename", ["Q9"], BOOK)
    with pytest.raises(UnknownName):
        template("endre", ["P1"], BOOK)
    with pytest.raises(ForanError, match="at least 2"):
        template("merge", ["P1"], BOOK)
    with pytest.raises(ForanError, match="deprecated since"):
        template("rename", ["C0001"], released(proposal(1, "retire", "C0001", "")))


# The log


def drafts(*acts: tuple[str, str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"at": f"{DAY}T10:00:00Z", "by": "K1", "action": action, "about": about, "content": content}
            for action, about, content in acts]  # fmt: skip


PROPOSED = content_of(proposal(1, "retire", "C0004", ""))
ACCEPTED = {
    "decision": "accepted",
    "reason": WORDS_NOW,
    "decided_at": DAY,
    "arena": "praksis",
    "decided_by_role": "arena",
}
REJECTED = ACCEPTED | {"decision": "rejected"}
RELEASED = {"codebook_version": "2.0.0", "file_sha256": "0" * 64, "changes": ["CH-0001"]}
ID = "CH-0001"


@pytest.mark.parametrize(("acts", "state", "version"), [
    ([], "open", ""),
    ([("amend", ID, PROPOSED)], "open", ""),
    ([("withdraw", ID, {})], "withdrawn", ""),
    ([("decide", ID, REJECTED)], "rejected", ""),
    ([("decide", ID, REJECTED), ("decide", ID, ACCEPTED)], "accepted", ""),
    ([("decide", ID, ACCEPTED), ("release", "2.0.0", RELEASED)], "released", "2.0.0"),
    ([("decide", ID, REJECTED), ("release", "2.0.0", RELEASED)], "rejected", "2.0.0"),
])  # fmt: skip
def test_a_proposals_state_follows_from_the_log(
    acts: list[tuple[str, str, dict[str, Any]]], state: str, version: str
) -> None:
    faults = Faults()
    found = states_of(following(CodebookLog(), drafts(("propose", ID, PROPOSED), *acts)), faults)[ID]
    assert (found.state, found.version, faults) == (state, version, [])


@pytest.mark.parametrize("acts", [
    [("propose", ID, PROPOSED)], [("propose", "CH-1", PROPOSED)], [("decide", "CH-0002", ACCEPTED)],
    [("decide", ID, {"decision": "kanskje"})], [("release", "2.0.0", RELEASED)], [("release", "to", RELEASED)],
    [("withdraw", ID, {}), ("decide", ID, ACCEPTED)], [("decide", ID, ACCEPTED), ("amend", ID, PROPOSED)],
    [("decide", ID, ACCEPTED), ("release", "2.0.0", RELEASED), ("decide", ID, REJECTED)],
    [("decide", ID, ACCEPTED), ("release", "2.0.0", RELEASED), ("release", "2.0.0", RELEASED)],
    [("adopt", "2.0.0", {"codebook_version": "1.0.0"})], [("release", "2.0.0", RELEASED | {"changes": "CH"})],
])  # fmt: skip
def test_an_entry_that_does_not_follow_is_told_of_with_its_line(acts: list[tuple[str, str, dict[str, Any]]]) -> None:
    faults = Faults()
    entries = following(CodebookLog(), drafts(("propose", ID, PROPOSED), *acts))
    states_of(entries, faults, range(1, 9))
    assert [(fault.kind, fault.line) for fault in faults] == [("broken-history", len(entries))]


def test_every_action_is_one_that_the_history_knows() -> None:
    assert set(ACTIONS) == {"adopt", "propose", "amend", "decide", "withdraw", "release", "tombstone"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_log(tmp_path) as writer:
        writer.append(drafts(("adopt", "1.0.0", {"codebook_version": "1.0.0", "file_sha256": "0" * 64})))
        writer.append(drafts(("propose", ID, PROPOSED), ("decide", ID, ACCEPTED)))
    return tmp_path


def test_what_is_appended_is_read_again(folder: Path) -> None:
    faults = Faults()
    log = read_log(folder, faults)
    assert log is not None
    assert faults == []
    assert log.lines == (1, 2, 3)
    assert [entry.id for entry in log.entries] == ["LOG-0001", "LOG-0002", "LOG-0003"]
    assert b"".join(map(encode, log.entries)) == (folder / log_store.FILE).read_bytes()
    with open_log(folder) as writer:
        assert writer.log == log


def lines_of(folder: Path) -> list[bytes]:
    return (folder / log_store.FILE).read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize(("edit", "kind", "line"), [
    (lambda lines: lines.__setitem__(1, lines[1].replace(b"K1", b"K2")), "broken-chain", 2),
    (lambda lines: lines.__setitem__(2, lines[2].replace(b"accepted", b"rejected")), "broken-chain", 3),
    (lambda lines: lines.__setitem__(2, lines[2].replace(b'"seq":', b'"seq": ')), "broken-chain", 3),
    (lambda lines: lines.pop(0), "broken-chain", 1),
    (lambda lines: lines.__setitem__(1, b"{}\n"), "broken-jsonl", 2),
    (lambda lines: lines.__setitem__(1, b"\xff\n"), "broken-jsonl", 2),
    (lambda lines: lines.insert(1, b"<<<<<<< HEAD\n"), "merge-conflict", 2),
    (lambda lines: lines.insert(2, b">>>>>>> gren\r\n"), "merge-conflict", 3),
])  # fmt: skip
def test_a_log_that_somebody_edited_is_told_of_and_never_written_to(
    folder: Path, edit: Callable[[list[bytes]], object], kind: str, line: int
) -> None:
    lines = lines_of(folder)
    edit(lines)
    (folder / log_store.FILE).write_bytes(b"".join(lines))
    faults = Faults()
    read_log(folder, faults)
    assert (faults.errors[0].kind, faults.errors[0].line) == (kind, line)
    with pytest.raises(StudyError), open_log(folder):
        pass
    assert lines_of(folder) == lines


def test_a_torn_last_line_is_set_aside_by_the_next_entry(folder: Path) -> None:
    lines = lines_of(folder)
    (folder / log_store.FILE).write_bytes(b"".join(lines) + lines[2][:40])
    faults = Faults()
    read_log(folder, faults)
    assert [(fault.kind, fault.line, fault.is_warning) for fault in faults] == [("torn-line", 4, True)]
    with open_log(folder) as writer:
        writer.append(drafts(("decide", ID, REJECTED)))
    assert lines_of(folder)[:3] == lines
    assert (folder / f"{log_store.FILE}.torn").read_bytes() == lines[2][:40] + b"\n"
    mended = Faults()
    read_log(folder, mended)
    assert mended == []


def test_a_line_of_a_newer_package_is_told_of_as_such(folder: Path) -> None:
    lines = lines_of(folder)
    (folder / log_store.FILE).write_bytes(b"".join([*lines, lines[2].replace(b'"decide"', b'"vote"')]))
    faults = Faults()
    read_log(folder, faults)
    assert [(fault.kind, fault.line) for fault in faults] == [("future-file", 4)]
