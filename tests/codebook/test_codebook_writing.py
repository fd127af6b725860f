"""Codebooks as text: what was written is read again as the same value, and the same value has the same bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lineages import plain_book, plain_code

from foran_research.codebook.code import CHANGE_TYPES, Change, Code, Codebook, Cue, Migration
from foran_research.codebook.reading import codebook_in
from foran_research.codebook.store import read_codebook
from foran_research.codebook.writing import codebook_text, proposal_text, yaml_text
from foran_research.errors import Faults

HERE = Path(__file__).resolve().parents[2]
LEVELS = ("P", "K", "E", "X")
AWKWARD = ("nei", "No", "on", "1.0", "007", "1e3", "0x1A", "12:30:45", "null", "~", "2020-03-01", " foran", "bak ", "a: b",
           "a # b", "# a", "- a", "'", '"', "\\", "😀 ja", "a\u030apen", "åpen", "linje\nlinje", "\n", "a\n\n b\n", "\tinn",
           "\u2028", "\ufeff", "\x85", "\x00", "<<", "=", "[a", "{a}", "!!int x", "&a", "*a", "%", "@", "`", "a,b", "? a",
           "ord " * 60, "ord" * 60, "<<<<<<< HEAD", "å" * 200 + " " + "ø" * 30)  # fmt: skip


def again(book: Codebook) -> Codebook:
    faults = Faults()
    found = codebook_in(codebook_text(book).encode(), "codebooks/x.yaml", book.codebook_version, LEVELS, faults)
    assert found is not None, faults
    assert faults == []
    return found[0]


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0", "3.0.0"])
def test_a_codebook_of_the_demo_is_written_as_it_stands_but_for_its_comment(version: str) -> None:
    path = HERE / f"codebooks/{version}.yaml"
    book = read_codebook(path, LEVELS, Faults())
    assert book is not None
    assert codebook_text(book) == path.read_text("utf-8").split("\n", 1)[1]


def coded(text: str) -> Code:
    """A code with one text in all places that hold a text."""
    both = {"nb": text, "en": text}
    return replace(
        plain_code("C0001"), display=text, label=both, brief=both, definition=both, when_to_use=both,
        when_not_to_use=both, example=both, source=(text, text), maturity=text,
        polarity_in_source=({"polarity": text, "note": both},),
        cues={"nb": (Cue(None, ({"LEMMA": text, "OP": "?"}, {"LIKE_NUM": True}), "hemmer"),), "nn": ()},
    )  # fmt: skip


@pytest.mark.parametrize("text", AWKWARD)
def test_a_text_stays_the_text_it_was(text: str) -> None:
    book = replace(plain_book("1.0.0", [coded(text)]), title={"nb": text, "en": text})
    assert again(book) == book


both_languages = st.text(min_size=1, max_size=300).map(lambda text: {"nb": text, "en": text[::-1]})
texts = st.lists(st.text(max_size=20), max_size=3).map(tuple)
rows = st.sampled_from([
    Migration("C0001", "keep"), Migration("C0001", "map", ("C0002",)), Migration("C0001", "review", ("C0001", "C0002")),
    Migration("C0001", "facet", ("C0002",), "begge"), Migration("C0001", "facet", ("C0002",), None, None, {"fase": "1.0"}),
    Migration("C0001", "facet", ("C0002",), "hemmer", None, {"ø": "null", "a": "nei"}), Migration("C0001", "retire"),
    Migration("C0001", "relation", (), None, "samspill: æ"), Migration("C0001", "tag", (), None, "1")])  # fmt: skip
changes = st.builds(
    Change, id=st.text(min_size=1, max_size=8), type=st.sampled_from(CHANGE_TYPES), source=st.just(("C0001",)),
    to=st.just(("C0002",)), summary=both_languages, reason_empirical=both_languages, reason_theoretical=both_languages,
    evidence=texts, proposed_by_role=st.text(max_size=9), decided_at=st.text(max_size=9), arena=st.text(max_size=9),
    is_accepted=st.booleans(), migration=rows.map(lambda row: (row,)), proposed_at=st.text(max_size=9),
    decided_by_role=st.text(max_size=9), decision_reason=both_languages | st.just({}),
)  # fmt: skip
cues = st.lists(
    st.builds(Cue, phrase=st.sampled_from(["behov*", "a .. b", "=12", "no", "=nei|ja", "10", "12 .. 3"]), pattern=st.none(),
              polarity=st.sampled_from([None, "fremmer", "hemmer"]), negated=st.sampled_from(["keep", "flip", "drop"])),
    max_size=3).map(tuple)  # fmt: skip
anything = st.recursive(
    st.text(max_size=5) | st.integers(-9, 10**20) | st.none() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
codes = st.builds(
    Code, id=st.just("C0001"), display=st.text(max_size=5).filter(lambda text: text != "P 2"), level=st.sampled_from(LEVELS),
    parent=st.sampled_from([None, "C0002"]), label=both_languages, brief=both_languages, definition=both_languages,
    when_to_use=both_languages, when_not_to_use=both_languages, example=both_languages, source=texts,
    polarity_in_source=st.lists(st.dictionaries(st.text(max_size=5), anything, max_size=3), max_size=2).map(tuple),
    maturity=st.text(max_size=3), status=st.sampled_from(["active", "deprecated"]), introduced_in=st.just("1.0.0"),
    deprecated_in=st.sampled_from([None, "1.10.0"]), successors=st.sampled_from([(), ("C0002",)]),
    cues=st.fixed_dictionaries({"nb": cues, "nn": cues}),
)  # fmt: skip
books = st.builds(
    lambda code, change, title: replace(
        plain_book("2.0.0", [code, replace(plain_code("C0002", "P 2"), cues=code.cues)]),
        changes=(change,) if change else (),
        title=title,
    ),
    codes,
    changes | st.none(),
    both_languages,
)


@settings(max_examples=60)
@given(books)
def test_any_codebook_is_read_again_as_it_was(book: Codebook) -> None:
    assert again(book) == book


@settings(max_examples=15)
@given(st.permutations(["polarity", "source", "note", "b", "a"]))
def test_equal_codebooks_have_equal_bytes_however_their_keys_are_ordered(keys: list[str]) -> None:
    note: dict[str, Any] = dict.fromkeys(keys, "S0:1")
    book = plain_book("1.0.0", [replace(plain_code("C0001"), polarity_in_source=(note,))])
    assert "    - a:" not in codebook_text(book)
    assert codebook_text(book) == codebook_text(
        plain_book("1.0.0", [replace(plain_code("C0001"), polarity_in_source=(dict(sorted(note.items())),))])
    )


def test_keys_stand_in_their_declared_order_and_lines_are_wrapped() -> None:
    lines = codebook_text(plain_book("1.0.0", [coded("ord " * 80 + "slutt")])).splitlines()
    keys = [
        line[4:].split(":")[0] for line in lines if line[:4] in ("  - ", "    ") and line[4:5].isalpha() and ":" in line
    ]
    assert keys[:5] == ["id", "display", "level", "parent", "label"]
    assert max(map(len, lines)) <= 120


def test_a_proposal_leaves_out_what_is_not_decided_yet() -> None:
    both = {"nb": "å", "en": "a"}
    change = Change(
        "CH-0001", "rename", ("C0001",), ("C0001",), both, both, both, ("S0:1",), "stipendiat", "", "", False, ()
    )
    text = proposal_text(change, [{"id": "C0001", "label": both}])
    assert text.splitlines()[0] == "type: rename"
    assert not {"decision", "decided_at", "arena"} & {line.split(":")[0] for line in text.splitlines()}
    assert text.endswith(yaml_text({"codes": [{"id": "C0001", "label": both}], "migration": []}))
