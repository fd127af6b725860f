"""What a new codebook version leaves to a person, what a person decides, and what earlier versions go on counting."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lineages import plain_book, plain_change, plain_code

from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Migration
from foran_research.coding.acts import Desk, Refused, confirm, facet, recode, settle, split, undo
from foran_research.coding.acts import apply as apply_code
from foran_research.coding.counting import code_counts, code_history
from foran_research.coding.events import Log, fold, gestures
from foran_research.coding.journal import NO_PREVIOUS, chained
from foran_research.coding.migrate import migrate
from foran_research.coding.recoding import pending_in, recode_queue
from foran_research.coding.segments import segments_from_logs
from foran_research.corpus.transcript import Transcript, parse_turns

TEXT = "**A:** Vi ma\u030alte gevinsten 😀 og hørte på naboene. Så kom høsten, og ingen spurte mer.\n"
CODES = [f"C000{n}" for n in range(1, 8)]


def book(version: str, *rows: Migration, gone: str = "") -> Any:
    codes = [plain_code(code, is_active=code not in gone.split()) for code in CODES]
    return plain_book(version, codes, [plain_change(*rows)] if rows else [])


#: C0001 is split into C0002 and C0003; C0004 and C0005 become C0006; C0007 becomes the polarity fremmer on C0006.
FIRST = book("1.0.0")
SECOND = book(
    "2.0.0",
    Migration("C0001", "review", ("C0002", "C0003")),
    Migration("C0004", "map", ("C0006",)),
    Migration("C0005", "map", ("C0006",)),
    Migration("C0007", "facet", ("C0006",), "fremmer"),
    gone="C0001 C0004 C0005 C0007",
)
LINEAGE = Lineage((FIRST, SECOND))


class Desks:
    """A log that is written under one codebook after another."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.text = Transcript("D-1", TEXT, parse_turns(TEXT, has_turns=True), "nb")

    def desk(self, book: Any) -> Desk:
        made = Desk("D-1", "K1", TEXT, book, {"phase": ("før", "etter")})
        for act in gestures(self.events):
            made.see(act)
        return made

    def do(self, verb: Any, book: Any, /, **wish: Any) -> list[str]:
        """Do it under a codebook and write it down; the ids it was done to."""
        steps = verb(self.desk(book), **wish)
        day = f"202{book.codebook_version[0]}-01-{len(self.events) + 1:02d}T10:00:00Z"
        drafts = [
            {"at": day, "coder": "K1", "document": "D-1", "text_sha256": self.text.text_sha256, "action": s.action,
             "segment": s.record, "codebook_version": book.codebook_version, "before": s.before, "after": s.after}
            for s in steps
        ]  # fmt: skip
        head = NO_PREVIOUS
        self.events += chained(len(self.events), head, drafts, is_one_act=len(drafts) > 1)
        return [step.record for step in steps]

    def coded(self, *given: tuple[int, int, str, str]) -> list[str]:
        return [
            self.do(apply_code, FIRST, start=a, end=b, code=code, polarity=polarity)[0]
            for a, b, code, polarity in given
        ]

    def state(self) -> dict[str, Any]:
        return fold(self.events)

    def pending(self) -> dict[str, Any]:
        return pending_in(self.state(), "D-1", "K1", LINEAGE, "2.0.0")

    def log(self) -> Log:
        return Log("corpus/coding/K1/D-1.jsonl", tuple(self.events), tuple(range(1, len(self.events) + 1)))

    def under(self, version: str) -> pd.DataFrame:
        frame = segments_from_logs([self.log()], {"D-1": self.text}, under=version)
        return migrate(frame, LINEAGE, version).set_index("segment")


@pytest.fixture
def desks() -> Desks:
    return Desks()


def test_a_split_code_waits_with_its_parts_and_its_change(desks: Desks) -> None:
    (name,) = desks.coded((7, 25, "C0001", "hemmer"))
    (waits,) = desks.pending().values()
    assert (waits.why, waits.code, waits.polarity, waits.candidates) == ("split", "C0001", "hemmer", ("C0002", "C0003"))
    assert (waits.change, waits.version, waits.others) == ("CH", "2.0.0", ())
    row = recode_queue(desks.under("2.0.0").reset_index()).iloc[0]
    assert (row["segment"], row["why"], row["candidates"], row["version"]) == (
        name,
        "split",
        ("C0002", "C0003"),
        "2.0.0",
    )


def test_one_part_chosen_is_a_recoding_and_the_old_code_counts_on_under_its_version(desks: Desks) -> None:
    (name,) = desks.coded((7, 25, "C0001", "hemmer"))
    assert desks.do(settle, SECOND, record=name, codes=["C0003"]) == [name]
    assert not desks.pending()
    now, then = desks.under("2.0.0").loc[name], desks.under("1.0.0").loc[name]
    assert (now["code"], now["polarity"], now["status"], now["applied_under"]) == ("C0003", "hemmer", "ok", "1.0.0")
    assert (then["code"], then["polarity"], then["status"]) == ("C0001", "hemmer", "ok")


def test_both_parts_chosen_are_two_segments_on_the_passage_of_one_reading(desks: Desks) -> None:
    (name,) = desks.coded((7, 25, "C0001", "begge"))
    first, second = desks.do(settle, SECOND, record=name, codes=["C0003", "C0002"], polarity="hemmer")
    now = desks.under("2.0.0")
    assert now.loc[[first, second], "code"].tolist() == ["C0003", "C0002"]
    assert now["polarity"].tolist() == ["hemmer", "hemmer"]
    # No new reading of the document: codes that only the second version has stay not assessed.
    assert now["applied_under"].tolist() == ["1.0.0", "1.0.0"]
    assert desks.under("1.0.0")["code"].tolist() == ["C0001"]
    desks.do(undo, SECOND)
    assert list(desks.pending()) == [name]
    assert len(desks.under("2.0.0")) == 1


def test_no_part_fits_counts_under_the_old_version_alone(desks: Desks) -> None:
    (name,) = desks.coded((7, 25, "C0001", "hemmer"))
    desks.do(settle, SECOND, record=name, codes=[], reason="Handler om noe annet nå.")
    assert not desks.pending()
    assert desks.under("2.0.0").loc[name, "status"] == "retired"
    assert desks.under("1.0.0").loc[name, ["code", "status"]].tolist() == ["C0001", "ok"]
    # It can be taken up again.
    desks.do(recode, SECOND, records=[name], code="C0002")
    assert desks.under("2.0.0").loc[name, ["code", "status", "set_aside"]].tolist() == ["C0002", "ok", ""]


def test_a_polarity_that_contradicts_waits_until_somebody_says_which(desks: Desks) -> None:
    contrary, fitting, unset, neutral = desks.coded(
        (7, 12, "C0007", "hemmer"), (13, 20, "C0007", "fremmer"), (21, 25, "C0007", ""), (30, 40, "C0007", "nøytral")
    )
    assert {name: one.why for name, one in desks.pending().items()} == {contrary: "polarity", neutral: "polarity"}
    now = desks.under("2.0.0")
    assert now.loc[[fitting, unset], ["code", "polarity"]].values.tolist() == [["C0006", "fremmer"]] * 2
    desks.do(settle, SECOND, record=contrary, codes=["C0006"])
    assert desks.under("2.0.0").loc[contrary, ["code", "polarity", "status"]].tolist() == ["C0006", "hemmer", "ok"]


def test_two_codes_that_became_one_with_two_polarities_are_decided_together(desks: Desks) -> None:
    first, second = desks.coded((7, 25, "C0004", "fremmer"), (7, 25, "C0005", "hemmer"))
    waits = desks.pending()
    assert waits[first].others == (second,)
    assert waits[second].others == (first,)
    assert {one.why for one in waits.values()} == {"duplicate"}
    desks.do(settle, SECOND, record=first, codes=["C0006"], polarity="begge", others=[second])
    assert not desks.pending()
    now = desks.under("2.0.0")
    assert now.loc[first, ["code", "polarity", "status"]].tolist() == ["C0006", "begge", "ok"]
    assert now.loc[second, "status"] == "retired"
    assert desks.under("1.0.0")["code"].tolist() == ["C0004", "C0005"]


def test_a_polarity_that_was_not_set_contradicts_none(desks: Desks) -> None:
    first, second = desks.coded((7, 25, "C0004", ""), (7, 25, "C0005", "hemmer"))
    now = desks.under("2.0.0")
    assert (now.at[first, "status"], now.at[second, "status"]) == ("duplicate", "ok")


def test_what_the_passage_has_already_is_not_put_there_twice(desks: Desks) -> None:
    (name,) = desks.coded((7, 25, "C0001", "hemmer"))
    (own,) = desks.do(apply_code, SECOND, start=7, end=25, code="C0002")
    desks.do(settle, SECOND, record=name, codes=["C0002"])
    now = desks.under("2.0.0")
    assert (now.at[own, "status"], now.at[name, "status"]) == ("ok", "retired")
    assert now["code"].tolist().count("C0002") == 1


def test_settling_refuses_what_is_no_decision(desks: Desks) -> None:
    first, elsewhere = desks.coded((7, 25, "C0001", ""), (30, 40, "C0004", ""))
    for wish, reason in (
        ({"record": first, "codes": ["C0001"]}, "retired-code"),
        ({"record": first, "codes": ["C9999"]}, "unknown-code"),
        ({"record": first, "codes": "C0002"}, "bad-wish"),
        ({"record": "D-1.K1.s9999", "codes": ["C0002"]}, "gone"),
        ({"record": first, "codes": ["C0002"], "polarity": "artig"}, "unknown-polarity"),
        ({"record": first, "codes": ["C0002"], "others": [elsewhere]}, "bad-wish"),
    ):
        with pytest.raises(Refused) as refused:
            settle(desks.desk(SECOND), **wish)
        assert refused.value.reason == reason


def test_confirming_says_that_a_passage_was_read_under_the_new_version_and_stands(desks: Desks) -> None:
    (name,) = desks.coded((7, 25, "C0002", "hemmer"))
    desks.do(confirm, SECOND, records=[name])
    assert not confirm(desks.desk(SECOND), records=[name])
    assert desks.under("2.0.0").loc[name, ["code", "codebook_version", "status"]].tolist() == ["C0002", "2.0.0", "ok"]
    assert desks.under("1.0.0").loc[name, ["code", "codebook_version", "status"]].tolist() == ["C0002", "1.0.0", "ok"]
    (split,) = desks.coded((30, 40, "C0001", ""))
    with pytest.raises(Refused):
        confirm(desks.desk(SECOND), records=[split])


# Any life of a log, by anybody: what was coded under a version is countable under it, whatever happens later.

SPANS = [(7, 12), (13, 20), (7, 25), (30, 40)]
first_acts = st.lists(
    st.tuples(st.sampled_from(SPANS), st.sampled_from(CODES), st.sampled_from(["", "fremmer", "hemmer"])),
    min_size=1, max_size=8,
)  # fmt: skip
later_acts = st.lists(
    st.tuples(
        st.sampled_from(["settle", "confirm", "recode", "undo", "apply"]), st.integers(0, 9),
        st.lists(st.sampled_from(["C0002", "C0003", "C0006"]), max_size=2, unique=True),
    ), max_size=8,
)  # fmt: skip


def lived(first: Any, later: Any) -> tuple[Desks, pd.DataFrame]:
    """A log with its acts, and what the first version counted before there was a second."""
    desks = Desks()
    for (start, end), code, polarity in first:
        desks.do(apply_code, FIRST, start=start, end=end, code=code, polarity=polarity)
    was = desks.under("1.0.0")
    count = len(desks.events)
    for verb, number, codes in later:
        names = list(desks.state())
        if not names:
            break  # undone to nothing
        name = names[number % len(names)]
        try:
            if verb == "settle":
                desks.do(settle, SECOND, record=name, codes=codes)
            elif verb == "confirm":
                desks.do(confirm, SECOND, records=[name])
            elif verb == "recode" and codes:
                desks.do(recode, SECOND, records=[name], code=codes[0])
            elif verb == "undo" and len(desks.events) > count:
                desks.do(undo, SECOND)
            elif verb == "apply" and codes:
                desks.do(apply_code, SECOND, start=7, end=20, code=codes[0])
        except Refused:
            continue
    return desks, was


@settings(max_examples=60)
@given(first_acts, later_acts)
def test_nothing_that_was_coded_is_uncountable_under_its_own_version(first: Any, later: Any) -> None:
    desks, was = lived(first, later)
    if any(event.action == "undo" and event.codebook_version == "2.0.0" and event.after is None and event.before and
           event.before["codebook_version"] == "1.0.0" for event in desks.events):  # fmt: skip
        return  # an undo may reach back and take a coding of the first version away
    pd.testing.assert_frame_equal(
        desks.under("1.0.0")[["code", "polarity", "status"]], was[["code", "polarity", "status"]]
    )


@settings(max_examples=60)
@given(first_acts, later_acts)
def test_counts_and_histories_of_every_version_are_one(first: Any, later: Any) -> None:
    desks, _ = lived(first, later)
    for version in ("1.0.0", "2.0.0"):
        table = code_counts(desks.under(version).reset_index(), LINEAGE[version]).set_index("code")
        for code in CODES:
            chapter = next(c for c in code_history([desks.log()], LINEAGE, code) if c.version == version)
            counted = chapter.segments, chapter.passages, chapter.waiting, len(chapter.documents)
            assert counted == tuple(table.loc[code, ["segments", "passages", "waiting", "documents"]])


@settings(max_examples=60)
@given(first_acts, later_acts)
def test_the_queue_of_a_desk_is_the_queue_of_the_study(first: Any, later: Any) -> None:
    desks, _ = lived(first, later)
    queue = recode_queue(desks.under("2.0.0").reset_index()).set_index("segment")
    waits = desks.pending()
    assert set(waits) == set(queue.index)
    for name, one in waits.items():
        row = queue.loc[name]
        told = (one.why, one.code, one.polarity, one.candidates, one.change, one.version)
        assert told == tuple(row[["why", "code", "polarity", "candidates", "change", "version"]])


@settings(max_examples=60)
@given(first_acts)
def test_merging_and_counting_is_counting_the_union(first: Any) -> None:
    """Passages of K10 and K11 together are the passages of K12, but for those that a person has to read."""
    desks, was = lived(first, [])
    merged = desks.under("2.0.0")
    sources = was[was["code"].isin(["C0004", "C0005", "C0006"])]
    union = set(zip(sources["start"], sources["end"], strict=True))
    of_it = merged[(merged["code"] == "C0006") | merged.index.isin(sources.index)]
    places = {
        status: list(zip(rows["start"], rows["end"], strict=True))
        for status, rows in of_it.groupby("status", sort=True)
    }
    counted, waiting = places.get("ok", []), places.get("review", [])
    assert union <= {*counted, *waiting}
    # Each once; the code that became a polarity brings its own passages beside.
    assert len(counted) == len(set(counted))
    facet = was[was["code"] == "C0007"]
    assert {*counted, *waiting} <= union | set(zip(facet["start"], facet["end"], strict=True))


@settings(max_examples=60)
@given(first_acts, later_acts)
def test_the_fold_of_any_beginning_is_the_log_played_to_that_moment(first: Any, later: Any) -> None:
    desks, _ = lived(first, later)
    played: dict[str, Any] = {}
    for number, event in enumerate(desks.events, 1):
        if event.after is None:
            played.pop(event.segment, None)
        else:
            played[event.segment] = event.after
        assert fold(desks.events[:number]) == played


def test_an_answer_that_a_code_became_stays_with_what_is_recoded_later() -> None:
    """C0007 becomes the phase "etter" of C0006, and C0006 is split: nobody has to give the answer a second time."""
    second = book("2.0.0", Migration("C0007", "facet", ("C0006",), facets={"phase": "etter"}), gone="C0007")
    third = book("3.0.0", Migration("C0006", "review", ("C0002", "C0003")), gone="C0007 C0006")
    lineage = Lineage((FIRST, second, third))
    desks = Desks()
    (name,) = desks.coded((7, 12, "C0007", "hemmer"))
    waits = pending_in(desks.state(), "D-1", "K1", lineage, "3.0.0")[name]
    assert (waits.code, waits.facets) == ("C0006", (("phase", "etter"),))
    desks.do(settle, third, record=name, codes=["C0002"], facets=dict(waits.facets))
    assert desks.state()[name]["facets"] == {"phase": "etter"}
    with pytest.raises(Refused):
        settle(desks.desk(third), record=name, codes=["C0002"], facets={"phase": 1})


# What reviewers broke


def test_a_half_of_what_was_split_later_is_what_the_whole_was(desks: Desks) -> None:
    (name,) = desks.coded((7, 25, "C0001", "hemmer"))
    desks.do(settle, SECOND, record=name, codes=["C0002"])
    _, half = desks.do(split, SECOND, record=name, at=13)
    then = desks.under("1.0.0")
    assert then.loc[[name, half], "code"].tolist() == ["C0001", "C0001"]
    assert (then.at[name, "start"], then.at[name, "end"], then.at[half, "end"]) == (7, 13, 25)
    chapter = code_history([desks.log()], LINEAGE, "C0001")[0]
    assert (chapter.segments, chapter.passages) == (2, 2)


def test_answers_to_facets_that_differ_wait_when_two_codes_become_one(desks: Desks) -> None:
    first, second, plain = desks.coded((7, 25, "C0004", ""), (7, 25, "C0005", ""), (30, 40, "C0004", ""))
    other = desks.do(apply_code, FIRST, start=30, end=40, code="C0005")[0]
    desks.do(facet, FIRST, records=[first, plain], facet="phase", value="før")
    assert desks.under("2.0.0").loc[first, ["status", "facets"]].tolist() == ["ok", (("phase", "før"),)]
    # Of two that are put together nothing that was answered is lost, whichever stands.
    assert desks.under("2.0.0").loc[plain, "facets"] == (("phase", "før"),)
    desks.do(facet, FIRST, records=[second], facet="phase", value="etter")
    now = desks.under("2.0.0")
    assert now.loc[[first, second], "status"].tolist() == ["review", "review"]
    assert now.loc[[plain, other], "status"].tolist() == ["ok", "duplicate"]


def test_what_the_coder_says_under_the_new_version_stands_before_what_an_older_code_became(desks: Desks) -> None:
    (older,) = desks.coded((7, 25, "C0004", "fremmer"))
    (fresh,) = desks.do(apply_code, SECOND, start=7, end=25, code="C0006", polarity="hemmer")
    for version, lineage in (
        ("2.0.0", LINEAGE),
        ("3.0.0", Lineage((FIRST, SECOND, plain_book("3.0.0", SECOND.codes)))),
    ):
        frame = segments_from_logs([desks.log()], {"D-1": desks.text}, under=version)
        now = migrate(frame, lineage, version).set_index("segment")
        assert now.loc[[fresh, older], "status"].tolist() == ["ok", "duplicate"], version
        assert now.at[fresh, "polarity"] == "hemmer"


def test_what_was_set_aside_stays_so_since_then(desks: Desks) -> None:
    (name,) = desks.coded((7, 25, "C0001", ""))
    desks.do(settle, SECOND, record=name, codes=[])
    third = plain_book("3.0.0", SECOND.codes)
    assert not settle(desks.desk(third), record=name, codes=[])
    assert desks.state()[name]["set_aside"]["codebook_version"] == "2.0.0"


def test_earlier_versions_do_not_take_later_answers_to_facets(desks: Desks) -> None:
    (name,) = desks.coded((7, 25, "C0001", "hemmer"))
    desks.do(facet, FIRST, records=[name], facet="phase", value="før")
    desks.do(settle, SECOND, record=name, codes=["C0002"])
    desks.do(facet, SECOND, records=[name], facet="phase", value="etter")
    assert desks.under("1.0.0").at[name, "facets"] == (("phase", "før"),)
    assert desks.under("2.0.0").at[name, "facets"] == (("phase", "etter"),)


def test_a_conflict_of_polarity_is_not_resolved_by_a_later_merge(desks: Desks) -> None:
    (name,) = desks.coded((7, 25, "C0007", "hemmer"))
    third = book("3.0.0", Migration("C0006", "map", ("C0002",)), gone="C0001 C0004 C0005 C0006 C0007")
    lineage = Lineage((FIRST, SECOND, third))
    (waits,) = pending_in(desks.state(), "D-1", "K1", lineage, "3.0.0").values()
    assert (waits.why, waits.candidates) == ("polarity", ("C0002",))
    assert name
