"""Re-check tasks: which passages are read again, the same on every machine, and what came of it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from lineages import plain_book, plain_change, plain_code
from test_recoding import Desks

from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Change, Codebook, Migration
from foran_research.coding.acts import apply as apply_code
from foran_research.coding.acts import confirm, polarity, recode, remove, settle
from foran_research.coding.rechecking import Redefinition, drawn, open_tasks, redefinitions, tasks_in

CODES = ["C0001", "C0002", "C0003"]
BEFORE = plain_book("1.0.0", map(plain_code, CODES))


def after(kind: str, *fields: str, code: str = "C0001", version: str = "2.0.0") -> Codebook:
    """The book with other words in some fields of one code, by a change of some kind."""
    other = {field: {"nb": "nye ord, æøå", "en": "new words"} for field in fields}
    codes = [replace(c, **other) if c.id == code else c for c in BEFORE.codes]
    change: Change = replace(plain_change(Migration(code, "keep"), type_=kind), to=(code,))
    return plain_book(version, codes, [change])


def found(book: Codebook) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.code, one.fields) for one in redefinitions(Lineage((BEFORE, book)), book.codebook_version)]


def test_a_change_of_meaning_asks_for_reading_and_one_of_wording_does_not() -> None:
    assert found(after("redefine", "definition")) == [("C0001", ("definition",))]
    assert found(after("narrow", "when_not_to_use")) == [("C0001", ("when_not_to_use",))]
    assert found(after("promote", "definition", "when_to_use")) == [("C0001", ("definition",))]
    assert found(after("move", "when_not_to_use")) == []
    assert found(after("reword", "definition", "when_to_use", "when_not_to_use")) == []
    assert found(after("rename", "label")) == []


def test_a_version_that_is_not_reached_asks_for_nothing() -> None:
    assert redefinitions(Lineage((BEFORE, after("redefine", "definition"))), "1.0.0") == ()


def work() -> tuple[Desks, list[str], Lineage]:
    desks = Desks()
    names = []
    for place in range(6):
        names += desks.do(apply_code, BEFORE, start=7 + 2 * place, end=9 + 2 * place, code="C0001")
    desks.do(apply_code, BEFORE, start=30, end=40, code="C0002")
    return desks, names, Lineage((BEFORE, after("redefine", "definition")))


def test_only_passages_of_the_old_definition_are_drawn_and_no_more_than_asked_for() -> None:
    desks, names, lineage = work()
    book = lineage["2.0.0"]
    desks.do(apply_code, book, start=41, end=50, code="C0001")
    gone = names.pop(0)
    desks.events = [event for event in desks.events if event.segment != gone]
    everything = tasks_in(desks.events, lineage, "2.0.0", seed=7, size=100)
    assert sorted(everything["segment"]) == names
    few = tasks_in(desks.events, lineage, "2.0.0", seed=7, size=2)
    assert few["segment"].tolist() == everything["segment"].tolist()[:2]
    assert set(few["outcome"]) == {""}
    assert len(tasks_in(desks.events, lineage, "1.0.0", seed=7, size=2)) == 0


def test_what_came_of_each_is_read_from_the_log_and_the_sample_stays_the_same() -> None:
    desks, names, lineage = work()
    book = lineage["2.0.0"]
    before = tasks_in(desks.events, lineage, "2.0.0", seed=7, size=5)
    desks.do(confirm, book, records=[names[0]])
    desks.do(recode, book, records=[names[1]], code="C0003")
    desks.do(settle, book, record=names[2], codes=[])
    desks.do(remove, book, records=[names[3]])
    desks.do(polarity, book, records=[names[4]], polarity="hemmer")
    now = tasks_in(desks.events, lineage, "2.0.0", seed=7, size=5)
    assert now["segment"].tolist() == before["segment"].tolist()
    outcomes = dict(zip(names, ["confirmed", "recoded", "set_aside", "removed", "", ""], strict=True))
    assert dict(zip(now["segment"], now["outcome"], strict=True)) == {n: outcomes[n] for n in now["segment"]}
    assert len(open_tasks(now)) == sum(outcomes[name] == "" for name in now["segment"])


@given(st.sets(st.text("abcæøå😀", min_size=1), max_size=20), st.integers(0, 99), st.integers(0, 25))
def test_a_draw_is_of_the_names_alone_and_grows_by_its_end(names: set[str], seed: int, size: int) -> None:
    change = Redefinition("C0001", "2.0.0", "CH", ("definition",))
    some, more = (drawn(sorted(names), change, seed=seed, size=n) for n in (size, size + 3))
    assert some == drawn(sorted(names, reverse=True), change, seed=seed, size=size) == more[:size]
    assert len(set(some)) == min(size, len(names))


def test_another_seed_and_another_change_draw_otherwise() -> None:
    names = [f"s{n:04d}" for n in range(200)]
    one = Redefinition("C0001", "2.0.0", "CH", ("definition",))
    draws = {
        tuple(drawn(names, change, seed=seed, size=5))
        for change in (one, replace(one, version="3.0.0"))
        for seed in (1, 2)
    }
    assert len(draws) == 4


def test_passages_that_came_to_the_code_by_a_merge_are_read_again_and_those_set_aside_are_not() -> None:
    """C0002 becomes C0001 in 2.0.0, whose definition is another in 3.0.0."""
    merged = plain_book("2.0.0", [plain_code(c, is_active=c != "C0002") for c in CODES],
                        [plain_change(Migration("C0002", "map", ("C0001",)))])  # fmt: skip
    new = after("redefine", "definition", version="3.0.0")
    new = replace(new, codes=tuple(replace(c, status="deprecated") if c.id == "C0002" else c for c in new.codes))
    lineage = Lineage((BEFORE, merged, new))
    desks = Desks()
    own, came, aside = (
        desks.do(apply_code, BEFORE, start=a, end=a + 5, code=code)[0]
        for a, code in ((7, "C0001"), (13, "C0002"), (20, "C0002"))
    )
    desks.do(settle, merged, record=aside, codes=[])
    assert sorted(tasks_in(desks.events, lineage, "3.0.0", seed=7, size=9)["segment"]) == [own, came]
