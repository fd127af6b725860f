"""Files of answers: what is taken, what is refused and how, and that putting them together knows no order."""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.errors import Faults
from foran_research.review import answers
from foran_research.review.answers import About, AnswerFile, merge, read_answers

LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
PACK = "M5-workshop-0123456789ab"
#: What a reader wrote: it must stand in no fault.
WRITTEN = "Hemmelig sak om åkeren 😀"


def an_id(prefix: str, number: int) -> str:
    """An id as a pack draws it, told by a number."""
    digits = ""
    for _ in range(20):
        number, rest = divmod(number, 32)
        digits = LETTERS[rest] + digits
    return prefix + digits


def an_answer(number: int, kind: str, id_: str, act: str, text: str = "", **other: Any) -> dict[str, Any]:
    about = {"kind": kind, "id": id_} | ({"case": other.pop("case")} if "case" in other else {})
    return {"id": an_id("a-", number), "about": about, "act": act, "text": text, "value": None, "revision": 1, **other}


def a_body(given: list[dict[str, Any]], reader: int = 1, saved: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "format": "foran-review-answers", "schema_version": 1, "pack": PACK, "milestone": "M5",
        "codebook_version": "1.0.0", "reader": an_id("r-", reader), "role": "", "arena": "", "language": "nb",
        "saved": saved, "answers": given, **other,
    }  # fmt: skip


def as_saved(body: dict[str, Any]) -> bytes:
    """The bytes that a pack saves, made here by hand: sorted keys, no blanks, its fingerprint among the rest."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    whole = {**body, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return (json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def read(data: bytes, **how: Any) -> tuple[AnswerFile | None, Faults]:
    faults = Faults()
    return read_answers(data, "svar.json", faults, **how), faults


COMMENT = an_answer(1, "element", "C0004", "comment", WRITTEN)


def test_a_file_as_the_pack_saves_it_is_understood() -> None:
    level = an_answer(2, "element", "C0004", "maturity", "Fordi vi øver", value=3, case="TRD")
    file, faults = read(as_saved(a_body([COMMENT, level], role="innkjop")))
    assert not faults
    assert file is not None
    assert (file.pack, file.role, file.saved, file.is_edited) == (PACK, "innkjop", 1, False)
    assert [one.about for one in file.answers] == [About("element", "C0004"), About("element", "C0004", "TRD")]
    assert file.answers[1].value == 3


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "not-json"),
        (b"[]", "not-answers"),
        (b'{"format": "foran-review-pack"}', "not-answers"),
        (as_saved(a_body([], schema_version=2)), "newer-schema"),
        (as_saved(a_body([COMMENT])).replace("åkeren".encode(), "øya".encode()), "edited-answers"),
        (as_saved(a_body([COMMENT])) + b"{}", "not-json"),
        (as_saved(a_body([COMMENT])).decode().encode("latin-1", "replace"), "not-utf8"),
        (b'{"format":"foran-review-answers","format":"foran-review-answers"}', "not-json"),
        (b'{"format":"foran-review-answers","saved":NaN}', "not-json"),
        (b"[" * 100_000, "not-json"),
        (b"{" + b" " * answers.LARGEST + b"}", "too-large"),
        (as_saved(a_body([COMMENT], more="x")), "bad-answers"),
        (as_saved(a_body([COMMENT], reader=1, saved=0)), "bad-answers"),
        (as_saved(a_body([COMMENT, COMMENT])), "bad-answers"),
        (as_saved(a_body([an_answer(1, "quote", "S1", "rename", WRITTEN)])), "bad-answers"),
        (as_saved(a_body([an_answer(1, "element", "C1", "maturity", WRITTEN)])), "bad-answers"),
        (as_saved(a_body([an_answer(1, "element", "C1", "maturity", value=2)])), "bad-answers"),
        (as_saved(a_body([an_answer(1, "element", "C1", "maturity", value=6, case="TRD")])), "bad-answers"),
        (as_saved(a_body([an_answer(1, "element", "C1", "agree", WRITTEN)])), "bad-answers"),
        (as_saved(a_body([an_answer(1, "element", "C1", "removed", WRITTEN)])), "bad-answers"),
        (as_saved(a_body([an_answer(1, "element", "C1", "rename", "x" * 201)])), "bad-answers"),
        (as_saved(a_body([an_answer(1, "element", "C1", "comment", "x" * 20_001)])), "answer-too-long"),
        (as_saved(a_body([{**COMMENT, "revision": True}])), "bad-answers"),
    ],
)  # fmt: skip
def test_what_no_pack_saves_is_refused_without_its_words(data: bytes, kind: str) -> None:
    file, faults = read(data)
    assert file is None
    assert [fault.kind for fault in faults][:1] == [kind]
    assert not any(word in str(fault) for fault in faults for word in ("Hemmelig", "åkeren", "xxx"))


def test_a_file_that_ends_anywhere_is_told_to_be_cut_there() -> None:
    data = as_saved(a_body([COMMENT])).rstrip()
    for end in range(1, len(data)):
        file, faults = read(data[:end])
        assert file is None
        assert [fault.kind for fault in faults] == ["truncated"], end
        assert "after byte " in faults[0].found
    file, faults = read(data[:77])
    assert faults[0].found.endswith("after byte 77")


def test_an_edited_file_is_taken_when_asked_for_and_says_so() -> None:
    data = as_saved(a_body([COMMENT])).replace(b"Hemmelig", b" Hemmelig a\xcc\x8a\\u0000\\r\\n")
    file, faults = read(data, accepts_edited=True)
    assert not faults
    assert file is not None
    assert file.is_edited
    assert file.answers[0].text == "Hemmelig å\n sak om åkeren 😀"


def test_halves_of_letters_are_refused_even_when_edited_files_are_taken() -> None:
    data = as_saved(a_body([COMMENT])).replace(b"Hemmelig", b"\\ud800")
    file, faults = read(data, accepts_edited=True)
    assert file is None
    assert [fault.kind for fault in faults] == ["bad-answers"]


def files_of(*bodies: dict[str, Any]) -> list[AnswerFile]:
    found = [read(as_saved(body))[0] for body in bodies]
    assert None not in found
    return [one for one in found if one is not None]


def test_of_an_answer_the_highest_revision_counts_and_one_taken_back_is_gone() -> None:
    first = a_body([COMMENT, an_answer(2, "claim", "c1", "agree")])
    second = a_body(
        [{**COMMENT, "text": "Nytt", "revision": 2}, an_answer(2, "claim", "c1", "removed", revision=2)], saved=2
    )
    for order in itertools.permutations(files_of(first, second, first)):
        merged = merge(order)
        assert [(one.key, one.answer.text) for one in merged.said] == [(an_id("a-", 1), "Nytt")]
        assert merged.both == ()


def test_two_files_of_one_revision_that_differ_are_both_kept_and_told() -> None:
    found = files_of(a_body([COMMENT]), a_body([{**COMMENT, "text": "Noe annet"}], saved=2))
    for order in (found, found[::-1]):
        merged = merge(order)
        assert merged.both == (an_id("a-", 1),)
        assert sorted(one.answer.text for one in merged.said) == [WRITTEN, "Noe annet"]
        assert len({one.key for one in merged.said}) == 2


def test_what_is_told_of_a_reader_is_that_of_her_newest_file() -> None:
    found = files_of(a_body([], role="innkjop", saved=1), a_body([], role="ledelse", saved=2))
    assert [one.role for one in merge(found[::-1]).readers] == ["ledelse"]


_revisions = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 3), st.sampled_from(["a", "å😀", "removed"])),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(_revisions, st.randoms(use_true_random=False))
def test_putting_together_knows_no_order_and_no_repetition(rows: list[tuple[int, int, int, str]], chance: Any) -> None:
    bodies = []
    for at, (reader, number, revision, text) in enumerate(rows):
        one = an_answer(reader * 100 + number, "element", "C0001", "comment", text, revision=revision)
        if text == "removed":
            one |= {"act": "removed", "text": ""}
        bodies.append(a_body([one], reader=reader, saved=at + 1))
    found = files_of(*bodies)
    mixed = [*found, *found[: len(found) // 2]]
    chance.shuffle(mixed)
    merged = merge(found)
    assert merge(mixed) == merged
    # A naive oracle: of each answer the texts of its highest revision.
    newest: dict[int, int] = {}
    for reader, number, revision, _ in rows:
        newest[reader * 100 + number] = max(newest.get(reader * 100 + number, 0), revision)
    expected = {
        (reader * 100 + number, text)
        for reader, number, revision, text in rows
        if revision == newest[reader * 100 + number] and text != "removed"
    }
    ids = {an_id("a-", number): number for number in newest}
    assert {(ids[one.answer.id], one.answer.text) for one in merged.said} == expected


def a_pack(**changed: Any) -> dict[str, Any]:
    told = {"nb": "Tekst", "en": "Text"}
    return {
        "id": PACK, "milestone": {"title": {"nb": "Praksis", "en": "Practice"}},
        "elements": [{"id": "C0001", "display": "P1", "label": told, "definition": told, "parent": "", "documents": 7}],
        "quotes": [{"id": "S1", "words": "ord", "elements": ["C0001"]}],
        "networks": [{"id": "TRD", "edges": [{"id": "C0001~C0004", "count": 3}]}],
        "claims": [{"id": "c1", "text": told, "elements": ["C0001"]}],
        "measures": [{"id": "T1", "title": told, "element": "C0001", "steps": [{"text": told}]}],
        "changes": [{"id": "CH-1", "what": told, "why": told, "elements": ["C0001"]}],
        "questions": [{"id": "Q1", "text": told, "about": {"kind": "claim", "id": "c1"}}],
    } | changed  # fmt: skip


def test_a_thing_is_the_same_while_it_says_the_same_whatever_is_counted() -> None:
    before = answers.things_in(a_pack())
    assert sorted(before) == ["change:CH-1", "claim:c1", "edge:TRD/C0001~C0004", "element:C0001", "measure:T1",
                              f"pack:{PACK}", "question:Q1", "quote:S1"]  # fmt: skip
    element = {**a_pack()["elements"][0], "documents": None}
    assert answers.things_in(a_pack(elements=[element])) == before
    other = {**element, "definition": {"nb": "Noe annet", "en": "Text"}}
    now = answers.things_in(a_pack(elements=[other]))
    assert {key for key in now if now[key] != before[key]} == {"element:C0001"}


@pytest.mark.parametrize(
    ("about", "codes", "title"),
    [
        (About("element", "C0001"), ("C0001",), "P1 Tekst"),
        (About("edge", "TRD/C0001~C0004"), ("C0001", "C0004"), "TRD: P1 Tekst – C0004"),
        (About("claim", "c1"), ("C0001",), "Tekst"),
        (About("quote", "S1"), ("C0001",), "Sitat om P1 Tekst (S1)"),
        (About("question", "Q1"), ("C0001",), "Tekst (Tekst)"),
        (About("measure", "T1"), ("C0001",), "Tekst"),
        (About("pack", PACK), (), "Praksis"),
        (About("claim", "borte"), (), "påstand borte"),
    ],
)
def test_a_thing_is_told_by_its_codes_and_title(about: About, codes: tuple[str, ...], title: str) -> None:
    assert answers.codes_of(about, a_pack()) == codes
    assert answers.title_of(about, a_pack(), "nb") == title


def test_fingerprints_are_the_same_in_every_process() -> None:
    body = a_body([an_answer(3, "claim", "c1", "comment", "æøå 😀 \u2028 \ufeff")])
    code = (
        "import json,sys;from foran_research.review.answers import fingerprint;"
        "print(fingerprint(json.loads(sys.argv[1])))"
    )
    said = subprocess.run([sys.executable, "-c", code, json.dumps(body)], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == answers.fingerprint(body) == json.loads(as_saved(body))["sha256"]


def test_an_answer_that_is_too_long_is_told_by_its_number_with_the_limit_and_what_to_do() -> None:
    long = an_answer(2, "element", "C1", "comment", "å" * 20_001)
    faults = Faults()
    assert answers.read_answers(as_saved(a_body([COMMENT, long])), "svar.json", faults) is None
    (fault,) = faults
    assert (fault.kind, fault.line) == ("answer-too-long", None)
    assert "answer 2 has 20,001 letters" in str(fault)
    assert "20,000" in fault.expected
    assert "again" not in fault.remedy
    whole = an_answer(2, "element", "C1", "comment", "å" * 20_000)
    assert answers.read_answers(as_saved(a_body([COMMENT, whole])), "svar.json", faults) is not None
