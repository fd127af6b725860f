"""Codebooks on disk and as values: everything a record says is kept, and words stay words."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineages import plain_book, plain_code
from small_study import SmallStudy, codebook_of, second_codebook, write_yaml

from foran_research.codebook.code import Codebook, Cue, Migration, display_key, version_key
from foran_research.codebook.log_store import file_sha256, open_log, version_files
from foran_research.codebook.store import read_lineage
from foran_research.errors import Faults

LEVELS = ("P", "K", "E", "X")


def edited(study: SmallStudy, edit: Any) -> Codebook:
    study.edit_codebook("2.0.0", edit)
    return codebook_of(study, "2.0.0")


def test_every_field_of_a_record_is_read_as_it_was_written(small_study: SmallStudy) -> None:
    book, raw = codebook_of(small_study, "2.0.0"), second_codebook()
    assert (book.codebook_version, book.released) == (raw["codebook_version"], raw["released"])
    assert (book.title, book.notice) == (raw["title"], raw["notice"])
    for code, record in zip(book.codes, raw["codes"], strict=True):
        for name, value in record.items():
            if name != "cues":
                mine = getattr(code, name)
                assert (list(mine) if isinstance(mine, tuple) else mine) == value
    for change, record in zip(book.changes, raw["changes"], strict=True):
        assert (change.id, change.type, list(change.source), list(change.to)) == (
            record["id"], record["type"], record["from"], record["to"])  # fmt: skip
        assert change.is_accepted == (record["decision"] == "accepted")
        for name in ("summary", "reason_empirical", "reason_theoretical", "proposed_by_role", "decided_at", "arena"):
            assert getattr(change, name) == record[name]
        assert list(change.evidence) == record["evidence"]
    rows = {row.source: row for change in book.changes for row in change.migration}
    assert rows["C0002"] == Migration("C0002", "review", ("C0010", "C0011"))
    assert rows["C0008"] == Migration("C0008", "facet", ("C0007",), "fremmer")
    assert rows["C0009"] == Migration("C0009", "retire")


def test_cues_are_phrases_or_patterns_with_hints(small_study: SmallStudy) -> None:
    entries = ["måle*", {"cue": "tørre ikke .. velge", "polarity": "hemmer", "negated": "flip"},
               {"pattern": [{"LEMMA": "måle"}], "polarity": "fremmer", "negated": "drop"}]  # fmt: skip
    book = edited(small_study, lambda b: b["codes"][-1].update(cues={"nb": entries, "nn": None}))
    assert book.codes[-1].cues == {"nb": (
        Cue("måle*"), Cue("tørre ikke .. velge", None, "hemmer", "flip"),
        Cue(None, ({"LEMMA": "måle"},), "fremmer", "drop")), "nn": ()}  # fmt: skip


def test_a_flag_of_a_token_pattern_is_a_truth_value_though_words_stay_words(small_study: SmallStudy) -> None:
    entry = {"pattern": [{"LIKE_NUM": True}, {"LOWER": "kommuner"}]}
    book = edited(small_study, lambda b: b["codes"][-1].update(cues={"nb": [entry]}))
    assert book.codes[-1].cues["nb"] == (Cue(None, ({"LIKE_NUM": True}, {"LOWER": "kommuner"})),)


@pytest.mark.parametrize(
    "token", [{"LEMA": "måle"}, {"LOWER": {"AMONG": ["ja"]}}, {"LIKE_NUM": "kanskje"}, {"LOWER": 3}]
)
def test_a_token_pattern_that_spacy_does_not_know_is_a_fault_and_no_cue(
    small_study: SmallStudy, token: dict[str, Any]
) -> None:
    cues = {"nb": [{"pattern": [token]}, "måle*"]}
    small_study.edit_codebook("2.0.0", lambda b: b["codes"][-1].update(cues=cues))
    faults = Faults()
    lineage = read_lineage(small_study.path, LEVELS, faults)
    [line] = small_study.lines_with("codebooks/2.0.0.yaml", "- pattern:")
    assert [(fault.kind, fault.line) for fault in faults] == [("bad-cue", line)]
    assert lineage["2.0.0"].codes[-1].cues["nb"] == (Cue("måle*"),)


@pytest.mark.parametrize("word", ["nei", "no", "No", "on", "off", "yes", "ja", "2020-03-01", "true", "0x1A tegn", "~ca",
                                  "=", "<<", "12:30:45 ca"])  # fmt: skip
def test_words_that_yaml_would_turn_into_something_else_stay_words(small_study: SmallStudy, word: str) -> None:
    path = small_study.path / "codebooks/2.0.0.yaml"
    small_study.replace("codebooks/2.0.0.yaml", "brief:\n    nb: Om måling.", f"brief:\n    nb: {word}")
    assert codebook_of(small_study, "2.0.0").by_id["C0013"].brief["nb"] == word
    assert path.is_file()


def test_codebooks_come_oldest_first_by_number_not_by_name(small_study: SmallStudy) -> None:
    text = (small_study.path / "codebooks/1.0.0.yaml").read_text("utf-8")
    versions = [f"1.0.{number}" for number in range(1, 11)]
    for version in versions:
        (small_study.path / f"codebooks/{version}.yaml").write_text(
            text.replace(": 1.0.0\nrel", f": {version}\nrel"), "utf-8"
        )
    faults = Faults()
    assert read_lineage(small_study.path, LEVELS, faults).versions == ("1.0.0", *versions, "2.0.0")
    assert faults == []


@pytest.mark.parametrize("name", ["1.0.0 (1).yaml", "3.0.0.yaml", "1.0.0_kopi.yaml"])
def test_two_files_of_one_version_are_told_of_and_the_one_with_its_name_is_read(
    small_study: SmallStudy, name: str
) -> None:
    data = (small_study.path / "codebooks/1.0.0.yaml").read_bytes()
    (small_study.path / "codebooks" / name).write_bytes(data)
    faults = Faults()
    assert read_lineage(small_study.path, LEVELS, faults).versions == ("1.0.0", "2.0.0")
    assert [(fault.kind, fault.file, fault.line) for fault in faults] == [("duplicate-version", f"codebooks/{name}", 2)]


def test_a_mark_of_a_merge_conflict_is_told_of_with_its_line(small_study: SmallStudy) -> None:
    path = small_study.path / "codebooks/2.0.0.yaml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(
        "".join([*lines[:6], "<<<<<<< HEAD\n", *lines[6:9], "=======\n", ">>>>>>> gren-æ\n", *lines[9:]]), "utf-8"
    )
    faults = Faults()
    assert read_lineage(small_study.path, LEVELS, faults).unreadable == ("2.0.0",)
    assert [(fault.kind, fault.line) for fault in faults] == [("merge-conflict", 7)]


def test_a_log_of_the_codebook_is_no_unknown_file_and_nor_is_what_was_torn_off_it(small_study: SmallStudy) -> None:
    for name in ("log.jsonl", "log.jsonl.torn"):
        (small_study.path / "codebooks" / name).write_bytes(b"")
    faults = Faults()
    read_lineage(small_study.path, LEVELS, faults)
    assert faults == []


def test_a_version_whose_file_is_gone_or_was_edited_since_it_was_adopted_is_told_of(small_study: SmallStudy) -> None:
    with open_log(small_study.path) as writer:
        writer.append([
            {"at": "2021-03-02T10:00:00Z", "by": "K1", "action": "adopt", "about": version,
             "content": {"codebook_version": version, "file_sha256": file_sha256(data)}}
            for version, data in [*version_files(small_study.path).items(), ("3.0.0", b"")]
        ])  # fmt: skip
    small_study.replace("codebooks/1.0.0.yaml", "Oppdiktet.", "Oppdiktet å.")
    faults = Faults()
    read_lineage(small_study.path, LEVELS, faults)
    assert [(fault.kind, fault.file) for fault in faults] == [
        ("edited-codebook", "codebooks/1.0.0.yaml"), ("missing-file", "codebooks/3.0.0.yaml")]  # fmt: skip


def test_a_fault_in_a_file_hides_what_would_only_follow_from_it(small_study: SmallStudy) -> None:
    def spoil(book: dict[str, Any]) -> None:
        book["changes"][0]["type"] = "splitt"
        book["codes"][6]["label"] = {"nb": "annet", "en": "other"}

    small_study.edit_codebook("2.0.0", spoil)
    faults = Faults()
    read_lineage(small_study.path, LEVELS, faults)
    assert [fault.kind for fault in faults] == ["unknown-change"]


def test_what_lies_on_the_two_sides_of_an_unreadable_version_is_not_compared(small_study: SmallStudy) -> None:
    """The changes that 3.0.0 stands on are told of in 2.0.0, which cannot be read."""
    write_yaml(
        small_study.path / "codebooks/3.0.0.yaml", second_codebook() | {"codebook_version": "3.0.0", "changes": []}
    )
    (small_study.path / "codebooks/2.0.0.yaml").write_text("a: [", "utf-8")
    faults = Faults()
    lineage = read_lineage(small_study.path, LEVELS, faults)
    assert [fault.kind for fault in faults] == ["broken-yaml"]
    assert (lineage.versions, lineage.unreadable) == (("1.0.0", "3.0.0"), ("2.0.0",))


def test_an_active_code_wins_its_display_over_a_deprecated_one() -> None:
    book = plain_book("1.0.0", [plain_code("C0001", "P1"), plain_code("C0002", "P1", is_active=False)])
    assert book.by_display["P1"].id == "C0001"
    assert [book.find(name).id for name in ("C0002", "P1")] == ["C0002", "C0001"]
    assert book.find("Q7") is None


def test_a_code_rolls_up_to_its_topmost_parent() -> None:
    book = plain_book("1.0.0", [plain_code("C0001", "P1"), plain_code("C0002", "P1.1", parent="C0001"),
                                plain_code("C0003", "P1.1.1", parent="C0002"),
                                plain_code("C0004", "P1.2", parent="C0001", is_active=False)])  # fmt: skip
    assert [book.element_of(code).id for code in ("C0001", "C0002", "C0003", "C0004")] == ["C0001"] * 4
    assert [code.id for code in book.elements] == ["C0001"]
    assert [code.id for code in book.children("C0001")] == ["C0002"]
    assert [code.id for code in book.active] == ["C0001", "C0002", "C0003"]


def test_display_codes_stand_in_the_order_a_reader_expects() -> None:
    ordered = ["P1", "P1.1", "P1.2", "P1.10", "P2", "P10", "K1", "E3", "E12", "X1", "Q1"]
    assert sorted(set(ordered), key=display_key) == ordered


@given(st.lists(st.text("PKE12.aå²٣ -", max_size=6) | st.text(max_size=5)))
def test_any_display_codes_can_be_put_in_order(displays: list[str]) -> None:
    keys = [display_key(display) for display in displays]
    assert all(a <= b for a, b in pairwise(sorted(keys)))


@given(st.tuples(*[st.integers(0, 200)] * 3), st.tuples(*[st.integers(0, 200)] * 3))
def test_versions_are_ordered_as_numbers(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    one, other = (version_key(".".join(map(str, version))) for version in (a, b))
    assert (one < other) == (a < b)


def test_a_codebook_is_a_value_that_nobody_changes() -> None:
    book = plain_book("1.0.0", [plain_code("C0001")])
    with pytest.raises(AttributeError):
        book.codes = ()
    assert isinstance(book.by_id, Mapping)
