"""Draws for a second coder, the file they stand in, and the rule of who may see whose work."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from small_study import SmallStudy

from foran_research.cli import main
from foran_research.coding.assignment import (
    Assignment,
    DrawError,
    assignments_in,
    assignments_table,
    done_in,
    done_under,
    draw,
    drawn_before,
    lot,
    next_number,
    opened_at,
    parsed_turns,
    turns_text,
    withheld,
)
from foran_research.coding.assignment_store import FILE, append_assignments, read_assignments
from foran_research.coding.events import Event, Log
from foran_research.double_coding import plan_draw
from foran_research.errors import Faults, ForanError, StudyError
from foran_research.study import load_study

#: document: (case, kind, number of informant turns). Everything is invented.
ABOUT = {
    "FJO-I01": ("FJO", "interview", 9), "FJO-I02": ("FJO", "interview", 3), "FJO-I03": ("FJO", "interview", 6),
    "FJO-N01": ("FJO", "note", 4), "HEI-I01": ("HEI", "interview", 12), "HEI-N01": ("HEI", "note", 2),
    "STR-I01": ("STR", "interview", 5), "X-ÅØ😀": ("", "note", 1),
}  # fmt: skip


def register(about: dict[str, tuple[str, str, int]]) -> pd.DataFrame:
    rows = [(name, case, kind) for name, (case, kind, _) in about.items()]
    return pd.DataFrame(rows, columns=["id", "case", "kind"]).set_index("id")


def units_of(about: dict[str, tuple[str, str, int]]) -> pd.DataFrame:
    """Informants speak in turns 2, 4, 6, …"""
    rows = [(name, 2 * n) for name, (_, _, count) in about.items() for n in range(1, count + 1)]
    return pd.DataFrame(rows, columns=["document", "turn"])


def made(about: dict[str, tuple[str, str, int]], **how: int | None) -> tuple[Assignment, ...]:
    return draw(register(about), units_of(about), "K2", ["K1"], **{"seed": 7, **how}).assignments


populations = st.dictionaries(
    st.from_regex(r"[A-Zæøå]{1,3}-[IN][0-9]{2}", fullmatch=True),
    st.tuples(st.sampled_from(["FJO", "HEI", "STR", ""]), st.sampled_from(["interview", "note"]), st.integers(1, 15)),
    min_size=1, max_size=12,
)  # fmt: skip


# Drawing


@given(populations, st.integers(0, 10**9), st.data())
def test_a_draw_depends_on_the_seed_and_not_on_the_order_of_rows(
    about: dict[str, tuple[str, str, int]], seed: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(about)))
    turns = data.draw(st.none() | st.integers(1, count))
    shuffled = dict(data.draw(st.permutations(list(about.items()))))
    assert made(about, seed=seed, count=count, turns=turns) == made(shuffled, seed=seed, count=count, turns=turns)


def test_a_draw_is_the_same_on_every_machine_since_anybody_can_work_out_its_lots() -> None:
    assert lot(7, "document", "FJO-I01") == hashlib.sha256(b"7/document/FJO-I01").hexdigest()
    # Worked out with sha256sum: the documents in the order of their lots, all of one case and kind.
    alone = dict.fromkeys(("d1", "d2", "d3", "d4", "d5"), ("FJO", "interview", 1))
    order = sorted(alone, key=lambda name: hashlib.sha256(f"7/document/{name}".encode()).hexdigest())
    for count in range(1, 6):
        assert [one.document for one in made(alone, count=count)] == sorted(order[:count])
    # Cases in the order of their lots: HEI (28…), none (5f…), FJO (8f…), STR (d7…). HEI begins with its note (0e… before
    # c3…); then an interview is due, and FJO has the first lot and I01 its first document; then the others by lot.
    assert [(one.id, one.document) for one in made(ABOUT, count=4)] == [
        ("A01", "FJO-I01"), ("A02", "HEI-N01"), ("A03", "STR-I01"), ("A04", "X-ÅØ😀")]  # fmt: skip


def poured(sizes: dict[str, int], count: int) -> list[int]:
    """How `count` is shared out as evenly as the sizes allow, smallest first: by pouring, one at a time."""
    shares = dict.fromkeys(sizes, 0)
    for _ in range(count):
        least = min((name for name in sizes if shares[name] < sizes[name]), key=lambda name: shares[name])
        shares[least] += 1
    return sorted(shares.values())


@given(populations, st.integers(0, 10**9), st.data())
def test_documents_are_drawn_as_evenly_over_cases_and_their_kinds_as_there_are_documents(
    about: dict[str, tuple[str, str, int]], seed: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(about)))
    names = [one.document for one in made(about, seed=seed, count=count)]
    assert len(names) == len(set(names)) == count
    sizes, drawn = Counter(about[n][0] for n in about), Counter(about[n][0] for n in names)
    assert sorted(drawn.get(case, 0) for case in sizes) == poured(dict(sizes), count)
    for case in sizes:
        kinds = Counter(kind for other, kind, _ in about.values() if other == case)
        inside = Counter(about[n][1] for n in names if about[n][0] == case)
        assert sorted(inside.get(kind, 0) for kind in kinds) == poured(dict(kinds), drawn.get(case, 0))


def test_what_is_left_over_goes_to_the_kind_drawn_least() -> None:
    both = {f"{case}-{kind}{n}": (case, kind, 2) for case, kind, n in product("FHS", ("i", "n"), (1, 2))}
    for seed in range(50):
        kinds = Counter(both[one.document][1] for one in made(both, seed=seed, count=4))
        assert kinds == {"i": 2, "n": 2}


@given(populations, st.integers(0, 10**9), st.data())
def test_every_document_gets_a_turn_and_the_rest_follows_the_documents_sizes(
    about: dict[str, tuple[str, str, int]], seed: int, data: st.DataObject
) -> None:
    total = sum(size for *_, size in about.values())
    wanted = data.draw(st.integers(1, total))
    drawn = {one.document: one.turns for one in made(about, seed=seed, turns=wanted)}
    assert sum(map(len, drawn.values())) == wanted
    for name, turns in drawn.items():
        assert turns
        assert set(turns) <= {2 * n for n in range(1, about[name][2] + 1)}
        assert list(turns) == sorted(set(turns))
    if wanted < len(about):
        assert set(map(len, drawn.values())) == {1}
        return
    assert set(drawn) == set(about)
    # Highest averages: no turn would be better spent on another document.
    for rich, poor in product(drawn, drawn):
        (has, size), (lacks, other) = ((len(drawn[name]), about[name][2]) for name in (rich, poor))
        if has > 1 and lacks < other:
            assert size / (2 * has - 1) >= other / (2 * lacks + 1)


def test_turns_are_shared_out_as_worked_by_hand() -> None:
    # 12, 6 and 2 turns; ten drawn. One each; then 12/3, 6/3 | 12/5 | 12/7 | 12/9 6/5 …: 4, 2.4, 2, 1.71, 1.33, 1.2, 1.09
    about = {"a": ("F", "i", 12), "b": ("F", "i", 6), "c": ("F", "i", 2)}
    assert {one.document: len(one.turns) for one in made(about, turns=10)} == {"a": 6, "b": 3, "c": 1}


def test_cases_come_before_kinds_when_both_cannot_be_even() -> None:
    # One case has two kinds and the other one: three of each case, not two of each kind in each case.
    about = {f"F-{kind}{n}": ("F", kind, 2) for kind, n in product(("i", "n"), (1, 2))}
    about |= {f"H-i{n}": ("H", "i", 2) for n in range(1, 6)}
    for seed in range(20):
        assert Counter(one.document[0] for one in made(about, seed=seed, count=6)) == {"F": 3, "H": 3}


def test_which_of_two_equal_documents_gets_the_odd_turn_is_a_matter_of_the_seed() -> None:
    about = {"d1": ("F", "i", 6), "d2": ("F", "i", 6)}
    larger = Counter(
        max(made(about, seed=seed, turns=3), key=lambda one: len(one.turns)).document for seed in range(60)
    )
    assert min(larger["d1"], larger["d2"]) > 15


def test_documents_of_one_length_do_not_get_the_same_turns() -> None:
    about = {"d1": ("F", "i", 12), "d2": ("F", "i", 12)}
    same = sum(len({one.turns for one in made(about, seed=seed, turns=6)}) == 1 for seed in range(60))
    # 1 in 220 by chance.
    assert same <= 2


def test_every_turn_and_every_document_has_the_same_chance() -> None:
    about = {"d1": ("F", "i", 6), "d2": ("F", "i", 6)}
    seen: Counter[tuple[str, int]] = Counter()
    first: Counter[str] = Counter()
    for seed in range(1200):
        seen.update((one.document, turn) for one in made(about, seed=seed, turns=4) for turn in one.turns)
        first.update(one.document for one in made(about, seed=seed, count=1))
    # 4 of 12 turns: 400 times each, ± 5 standard deviations of about 16.
    assert len(seen) == 12
    assert all(abs(times - 400) < 82 for times in seen.values())
    assert abs(first["d1"] - 600) < 87


def test_a_document_added_later_changes_no_other_documents_lot() -> None:
    more = {**ABOUT, "STR-I02": ("STR", "interview", 5)}
    before, after = ({one.document: one.turns for one in made(about, turns=len(about))} for about in (ABOUT, more))
    assert {name: after[name] for name in before} == before


def test_a_draw_says_what_it_was_drawn_from() -> None:
    strata = draw(register(ABOUT), units_of(ABOUT), "K2", ["K1"], seed=7, count=8).strata
    assert [(s.case, s.kind, s.documents, s.turns, s.drawn_documents, s.drawn_turns) for s in strata] == [
        ("", "note", 1, 1, 1, 1), ("FJO", "interview", 3, 18, 3, 18), ("FJO", "note", 1, 4, 1, 4),
        ("HEI", "interview", 1, 12, 1, 12), ("HEI", "note", 1, 2, 1, 2), ("STR", "interview", 1, 5, 1, 5)]  # fmt: skip
    some = draw(register(ABOUT), units_of(ABOUT), "K2", ["K1"], seed=7, turns=20).strata
    assert sum(s.drawn_turns for s in some) == 20
    assert sum(s.turns for s in some) == 42


def test_a_document_without_an_informants_turn_cannot_be_drawn() -> None:
    about = {**ABOUT, "HEI-I09": ("HEI", "interview", 0)}
    assert "HEI-I09" not in {one.document for one in made(about)}
    with pytest.raises(DrawError, match="9 documents asked for, and there are 8"):
        made(about, count=9)


@pytest.mark.parametrize(
    ("coder", "first", "how", "said"),
    [
        ("K2", ["K1"], {"count": 9}, "9 documents asked for, and there are 8"),
        ("K2", ["K1"], {"count": 0}, "0 documents"),
        ("K2", ["K1"], {"turns": 43}, "43 turns asked for, and there are 42"),
        ("K2", ["K2"], {}, "must differ"),
        ("K2", ["K1", "K1"], {}, "must differ"),
        ("K2", [], {}, "needs a first one"),
        ("../K2", ["K1"], {}, "a coder's id is"),
        ("cues@1.0.0", ["K1"], {}, "a coder's id is"),
        ("A\u030ase", ["K1"], {}, "a coder's id is"),
        ("cues", ["K1"], {}, "no id to code under"),
        ("CON", ["K1"], {}, "no id to code under"),
        ("K.2", ["K1"], {}, "no id to code under"),
        ("x" * 21, ["K1"], {}, "no id to code under"),
        ("k1", ["K1"], {}, "differ in case only"),
        ("åse", ["Åse"], {}, "differ in case only"),
    ],
)  # fmt: skip
def test_a_draw_that_cannot_be_made_says_why(coder: str, first: list[str], how: dict[str, int], said: str) -> None:
    with pytest.raises(DrawError, match=said):
        draw(register(ABOUT), units_of(ABOUT), coder, first, seed=7, **how)


def test_nobody_is_drawn_under_a_name_that_could_not_code(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    for coder, said in (("k2", "there is a coder 'K2' already"), ("cues", "no id to code under")):
        with pytest.raises(DrawError, match=said):
            plan_draw(study, coder, first=["K1"], documents=1)
        words = ["assign", coder, "--with", "K1", "--documents", "1", "--study", str(small_study.path)]
        told = CliRunner().invoke(main, words)
        assert (told.exit_code, "Traceback" in told.output) == (1, False)
        assert said in told.output
    assert not (small_study.path / FILE).exists()


def test_nothing_to_draw_from_is_said() -> None:
    with pytest.raises(DrawError, match="nothing to draw from"):
        made({"HEI-I09": ("HEI", "interview", 0)}, count=1)


# Turn numbers


@given(st.sets(st.integers(1, 300)))
def test_turn_numbers_come_back_from_their_short_form(numbers: set[int]) -> None:
    assert parsed_turns(turns_text(numbers)) == tuple(sorted(numbers))


@pytest.mark.parametrize(
    "text",
    ["0", "3-", "-3", "9-3", "3 3", "4 3", "1-5 5-7", "3,4", "3  4", " 3", "3 ", "tre", "²", "٣", "123456", "1–3", "1e3"],
)  # fmt: skip
def test_turn_numbers_in_any_other_form_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="turn numbers"):
        parsed_turns(text)


def test_a_run_of_one_turn_may_be_written_as_a_range() -> None:
    assert parsed_turns("3-3 4") == (3, 4)
    assert turns_text((4, 3)) == "3-4"


# Who may see whose work


def assigned(coder: str, first: str, document: str) -> Assignment:
    return Assignment(f"A-{coder}-{document}", coder, tuple(first.split()), document)


ONE = [assigned("K2", "K1", "D1")]


@pytest.mark.parametrize(
    ("done", "viewer", "hidden"),
    [
        ([], "K1", {("K2", "D1")}),
        ([], "K2", {("K1", "D1")}),
        ([], "K3", set()),
        ([], None, {("K2", "D1")}),
        ([("K1", "D1")], "K1", {("K2", "D1")}),
        ([("K1", "D1")], "K2", {("K1", "D1")}),
        ([("K2", "D1")], "K2", {("K1", "D1")}),
        ([("K1", "D1"), ("K2", "D2")], "K2", {("K1", "D1")}),
        ([("K1", "D1"), ("K2", "D1")], "K1", set()),
        ([("K1", "D1"), ("K2", "D1")], "K2", set()),
        ([("K1", "D1"), ("K2", "D1")], None, set()),
    ],
)
def test_neither_of_a_pair_sees_the_other_before_both_are_done(
    done: list[tuple[str, str]], viewer: str | None, hidden: set[tuple[str, str]]
) -> None:
    assert withheld(ONE, done, viewer) == hidden


def test_each_of_two_first_coders_is_kept_from_the_second_only() -> None:
    two = [assigned("K3", "K1 K2", "D1")]
    assert withheld(two, [], "K3") == {("K1", "D1"), ("K2", "D1")}
    assert withheld(two, [], "K1") == withheld(two, [], None) == {("K3", "D1")}
    assert withheld(two, [("K1", "D1"), ("K3", "D1")], "K3") == {("K2", "D1")}
    assert withheld(two, [("K1", "D1"), ("K3", "D1")], "K1") == set()


coders = st.sampled_from(["K1", "K2", "K3", "K4"])
pairs = st.tuples(coders, st.sampled_from(["D1", "D2"]))


@given(
    st.lists(st.tuples(coders, coders, st.sampled_from(["D1", "D2"])).filter(lambda t: t[0] != t[1])),
    st.sets(pairs), coders,
)  # fmt: skip
def test_blindness_is_mutual_and_only_of_the_pair(
    rows: list[tuple[str, str, str]], done: set[tuple[str, str]], viewer: str
) -> None:
    assignments = [assigned(*row) for row in rows]
    hidden = withheld(assignments, done, viewer)
    expected = {
        (other, document)
        for second, first, document in rows
        for me, other in ((second, first), (first, second))
        if me == viewer and not ((me, document) in done and (other, document) in done)
    }
    assert hidden == expected
    for other, document in hidden:
        assert (viewer, document) in withheld(assignments, done, other)
    # Being done with more never hides more.
    assert withheld(assignments, done | {(viewer, "D1")}, viewer) <= hidden


def event(coder: str, day: int, is_complete: bool | None, name: str = "done") -> Event:
    record = None if is_complete is None else {"kind": "status", "is_complete": is_complete}
    at = f"2020-05-{day:02d}T10:00:00Z"
    return Event(day, f"e{day}", at, coder, "D1", "0" * 64, "complete", f"D1.{coder}.{name}", "1.0.0", None, record, "")


def log(*events: Event) -> Log:
    return Log("x", events, tuple(range(1, len(events) + 1)))


@pytest.mark.parametrize(
    ("marks", "is_in"), [([], False), ([True], True), ([True, False], False), ([True, None], False), ([True, False, True], True)]
)  # fmt: skip
def test_a_coder_is_done_when_the_last_mark_says_so(marks: list[bool | None], is_in: bool) -> None:
    events = [event("K1", day, mark) for day, mark in enumerate(marks, 1)]
    assert (("K1", "D1") in done_in([log(*events, event("K1", 20, True, "s01"))])) is is_in


def test_every_version_that_a_coder_was_done_under_is_told_but_not_a_mark_taken_back_at_once() -> None:
    first, opened = event("K1", 1, True), event("K1", 2, False)
    second = replace(event("K1", 3, True), codebook_version="2.0.0")
    undone = replace(event("K1", 4, None), action="undo")
    version = first.codebook_version
    assert version != "2.0.0"
    assert done_under([log(first, opened, second)]) == {("K1", "D1", version), ("K1", "D1", "2.0.0")}
    assert done_under([log(first, opened, second)], until="2020-05-02") == {("K1", "D1", version)}
    assert done_under([log(first, opened, second, undone)]) == {("K1", "D1", version)}
    assert done_under([log(), log(event("K1", 1, True, "s01"))]) == frozenset()


def test_two_coders_opened_each_others_work_when_both_were_first_done() -> None:
    ours = [event("K1", 1, True), event("K1", 2, False), event("K1", 5, True), event("K1", 9, False)]
    assert opened_at(ours, [event("K2", 3, True), event("K2", 8, False)]) == "2020-05-05T10:00:00Z"
    assert opened_at([event("K2", 3, True)], ours) == "2020-05-05T10:00:00Z"
    assert opened_at(ours[:2], [event("K2", 3, True)]) is None
    assert opened_at(ours, []) is None


# The file

A1 = Assignment("A01", "K2", ("K1", "K3"), "FJO-I01", (2, 3, 4, 8), 7, "2026-02-03")
A2 = Assignment("A02", "K2", ("K1",), "FJO-I02", (), 7, "")


def read(folder: Path, documents: tuple[str, ...] = ("FJO-I01", "FJO-I02")) -> tuple[Assignment, ...]:
    faults = Faults()
    frame = read_assignments(folder, documents, {}, faults)
    assert not faults
    return assignments_in(frame)


def test_assignments_come_back_as_they_were_written_and_rows_are_only_added(tmp_path: Path) -> None:
    assert read(tmp_path) == ()
    append_assignments(tmp_path, [A1])
    before = (tmp_path / FILE).read_bytes()
    append_assignments(tmp_path, [A2])
    assert (tmp_path / FILE).read_bytes() == before + b"A02,K2,K1,FJO-I02,,7,\n"
    assert before == b"id,coder,with,document,turns,seed,drawn\nA01,K2,K1 K3,FJO-I01,2-4 8,7,2026-02-03\n"
    assert read(tmp_path) == (A1, A2)
    assert assignments_in(assignments_table((A1, A2))) == (A1, A2)


def test_a_file_that_a_person_has_arranged_is_kept_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    old = "\ufeffnote,seed,turns,document,with,coder,id,drawn\r\nlærerik 😀,7,,FJO-I01,K1,K2,A01,".encode()
    (tmp_path / FILE).write_bytes(old)
    append_assignments(tmp_path, [A2])
    assert (tmp_path / FILE).read_bytes() == old + b"\r\n,7,,FJO-I02,K1,K2,A02,\r\n"
    assert [one.id for one in read(tmp_path)] == ["A01", "A02"]


@pytest.mark.parametrize(
    "other",
    [
        Assignment("A01", "K4", ("K1",), "FJO-I02"),
        Assignment("A02", "K2", ("K1",), "FJO-I01"),
        Assignment("A02", "K1", ("K2",), "FJO-I01"),
    ],
)
def test_an_id_or_a_document_drawn_meanwhile_is_not_written_twice(tmp_path: Path, other: Assignment) -> None:
    append_assignments(tmp_path, [A1])
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(ForanError, match="draw again"):
        append_assignments(tmp_path, [other])
    assert (tmp_path / FILE).read_bytes() == before


def test_nothing_is_added_to_a_file_with_faults(tmp_path: Path) -> None:
    append_assignments(tmp_path, [A1])
    (tmp_path / FILE).write_text((tmp_path / FILE).read_text().replace("2-4 8", "8 2-4"))
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StudyError, match="bad-turns"):
        append_assignments(tmp_path, [A2])
    assert (tmp_path / FILE).read_bytes() == before


def test_a_pair_is_drawn_once_for_a_document_whoever_comes_second() -> None:
    there = (A1, A2)
    assert drawn_before(there, "K2", ["K1"]) == {"FJO-I01", "FJO-I02"}
    assert drawn_before(there, "K1", ["K2"]) == {"FJO-I01", "FJO-I02"}
    assert drawn_before(there, "K3", ["K2", "K9"]) == {"FJO-I01"}
    assert drawn_before(there, "K3", ["K1"]) == frozenset()
    assert (next_number(there), next_number(()), next_number((Assignment("pilot", "K2", ("K1",), "D"),))) == (3, 1, 1)
