"""The study as it stood at a moment: no more than was there then, and all of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import SmallStudy, draft

from foran_research.cli import main
from foran_research.codebook import log_store
from foran_research.coding import journal
from foran_research.coding.assignment import Assignment
from foran_research.coding.assignment_store import append_assignments
from foran_research.coding.events import Log, cut, end_of, fold, segment_at
from foran_research.corpus.transcript import text_sha256
from foran_research.errors import ForanError
from foran_research.reanchoring import keep_texts, reanchor
from foran_research.study import Study, load_study

DOCUMENT = "FJO-I01"
NAME = f"corpus/coding/K1/{DOCUMENT}.jsonl"


@pytest.fixture(scope="module")
def study(written_once: Path) -> Study:
    return load_study(written_once)


def log_of(acts: Sequence[tuple[int, str]], times: Sequence[str]) -> tuple[Log, list[dict[str, Any]]]:
    """A log of acts on a few records, and the state after each, kept by hand: a record is set, changed or removed."""
    state: dict[str, Any] = {}
    drafts, states = [], []
    for number, ((record, word), at) in enumerate(zip(acts, times, strict=True)):
        name = f"{DOCUMENT}.K1.s{record}"
        before = state.get(name)
        after = (
            None if before is not None and word == "" else {"start": number, "end": number + 1, "quote": word or "å"}
        )
        drafts.append({
            "at": at, "coder": "K1", "document": DOCUMENT, "text_sha256": "a" * 64, "action": "apply", "segment": name,
            "codebook_version": "1.0.0", "before": before, "after": after})  # fmt: skip
        state = {key: value for key, value in {**state, name: after}.items() if value is not None}
        states.append(state)
    events = tuple(journal.chained(0, journal.NO_PREVIOUS, drafts))
    head = journal.line_sha256(journal.encode(events[-1])) if events else journal.NO_PREVIOUS
    return Log(NAME, events, tuple(range(1, len(events) + 1)), None, head), states


def at_second(number: int) -> str:
    return (dt.datetime(2020, 3, 6, 23, 59, 50) + dt.timedelta(seconds=number)).isoformat() + "Z"


acts = st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["", "Blåbær 😀", "a\u030a"])), max_size=12)


def state_of(study: Study) -> Mapping[str, Any]:
    [log] = [log for log in study.logs if log.name == NAME] or [Log(NAME, (), ())]
    return fold(log.events)


@settings(max_examples=60)
@given(made=acts, gaps=st.lists(st.integers(1, 40_000), min_size=12, max_size=12))
def test_the_study_at_the_time_of_an_event_is_what_the_log_led_to_up_to_it(
    study: Study, made: list[tuple[int, str]], gaps: list[int]
) -> None:
    """Times differ, some by a second over midnight, some by half a day; before the first one there is no log."""
    times = [at_second(sum(gaps[: number + 1])) for number in range(len(made))]
    log, states = log_of(made, times)
    with_log = replace(study, logs=(log,))
    for number, (at, state) in enumerate(zip(times, states, strict=True), 1):
        then = with_log.at(at)
        assert state_of(then) == state
        assert then.logs[0].events == log.events[:number]
        assert then.logs[0].lines == log.lines[:number]
        assert then.logs[0].head_sha256 == journal.line_sha256(journal.encode(log.events[number - 1]))
    assert with_log.at(at_second(0)).logs == ()


@given(made=acts, seconds=st.lists(st.integers(0, 25), min_size=12, max_size=12), at=st.integers(0, 25))
def test_with_a_clock_that_runs_backwards_a_log_ends_before_its_first_later_event(
    study: Study, made: list[tuple[int, str]], seconds: list[int], at: int
) -> None:
    log, states = log_of(made, [at_second(second) for second in seconds[: len(made)]])
    expected: Mapping[str, Any] = {}
    for second, state in zip(seconds, states, strict=False):
        if second > at:
            break
        expected = state
    assert state_of(replace(study, logs=(log,)).at(at_second(at))) == expected


@settings(max_examples=30)
@given(made=acts, seconds=st.lists(st.integers(0, 200_000), min_size=12, max_size=12))
def test_a_day_is_all_of_it(study: Study, made: list[tuple[int, str]], seconds: list[int]) -> None:
    log, _ = log_of(made, [at_second(second) for second in seconds[: len(made)]])
    with_log = replace(study, logs=(log,))
    for day in ("2020-03-06", "2020-03-07", "2020-03-08"):
        assert with_log.at(day).logs == with_log.at(f"{day}T23:59:59Z").logs


def test_times_that_other_hands_wrote_are_held_against_a_second_as_the_moments_they_are() -> None:
    log, _ = log_of([(1, "a"), (2, "b"), (3, "c")],
                    ["2020-03-06T12:00:00+02:00", "2020-03-06T10:00:00.5Z", "2020-03-06T10:00:01Z"])  # fmt: skip
    counts = [len(list(cut(log.events, f"2020-03-06T{time}Z"))) for time in ("09:59:59", "10:00:00", "10:00:01")]
    assert counts == [0, 1, 3]


# The whole of a study


def test_the_models_of_the_demo_stand_on_the_same_segments(demo_path: Path) -> None:
    study = load_study(demo_path)
    for milestone in study.settings.milestones:
        day = milestone.coded_until
        then = study.at(day.isoformat())
        assert len(then.segments()) > 500
        assert then.segments().equals(study.as_of(day).segments(until=day))
        assert then.segments().equals(study.at(f"{day}T23:59:59Z").segments())
        assert list(then.documents.index) == list(study.documents_until(day).index)


def test_before_anything_was_there_a_study_is_empty_and_whole(study: Study) -> None:
    then = study.at("1999-12-31")
    assert (then.logs, then.memo_logs, then.text_changes) == ((), (), ())
    assert (len(then.documents), len(then.transcripts), len(then.segments())) == (0, 0, 0)
    assert list(then.documents.columns) == list(study.documents.columns)
    assert list(then.segments().columns) == list(study.segments().columns)
    assert (then.coders, then.done(), then.coded_by(), then.waiting(), then.resolutions()) == (
        frozenset(), frozenset(), frozenset(), {}, ())  # fmt: skip
    assert len(then.units(then.documents)) == 0
    assert then.lineage.versions == ("1.0.0",)
    assert then.settings == study.settings


def test_after_everything_a_study_is_what_it_is_today(study: Study) -> None:
    then = study.at("2099-01-01")
    assert (then.logs, then.lineage, then.transcripts) == (study.logs, study.lineage, study.transcripts)
    assert then.segments().equals(study.segments())
    assert study.at(None) is study


def test_documents_of_later_are_left_out_with_what_was_coded_of_them(study: Study) -> None:
    then = study.at("2020-06-12")
    assert list(then.documents.index) == ["FJO-I01", "FJO-I02"]
    assert sorted(then.transcripts) == ["FJO-I01", "FJO-I02"]
    assert then.coders == {"K1", "K2"}
    assert study.at("2020-03-19").coders == {"K1"}
    # A clock that was behind: coded, as it says, the day before the talk.
    early, _ = log_of([(1, "a")], ["2020-03-01T10:00:00Z"])
    assert replace(study, logs=(early,)).at("2020-03-03").logs == ()


def test_of_two_moments_the_earlier_one_counts(study: Study) -> None:
    for one, other in (("2020-06-12", "2020-03-06"), ("2020-06-12", "2020-06-12T10:00:00Z")):
        assert study.at(one).at(other).logs == study.at(other).at(one).logs == study.at(other).logs
        assert study.at(other).at(one).moment == other


@pytest.mark.parametrize(
    "moment",
    ["", "2020", "2020-02-30", "2020-2-3", "20200203", "i går", "2020-03-06T10:00:00", "2020-03-06 10:00:00Z",
     "2020-03-06T10:00Z", "2020-03-06T24:00:01Z", "2020-03-06T10:00:00+02:00", "2020-03-06\n", "２０２０-03-06"],
)  # fmt: skip
def test_what_is_no_moment_is_refused_with_the_forms_of_one(study: Study, moment: str) -> None:
    with pytest.raises(ForanError, match=r"YYYY-MM-DD.*YYYY-MM-DDTHH:MM:SSZ"):
        study.at(moment)
    with pytest.raises(ForanError):
        end_of(moment)


# Texts


EDITED_AT = "2020-04-01T10:00:00Z"
ADDED = "**Intervjuer:** Å, velkommen 😀.\n\n"


@pytest.fixture
def edited(small_study: SmallStudy) -> SmallStudy:
    """The study with a text edited after it was coded, and coded again after that."""
    keep_texts(small_study.path)
    reanchor(small_study.path, DOCUMENT, ADDED + small_study.text(DOCUMENT), at=EDITED_AT)
    return small_study


def test_texts_are_those_in_force_to_the_second(small_study: SmallStudy) -> None:
    before = load_study(small_study.path).at("2020-03-31")
    old = small_study.text(DOCUMENT)
    keep_texts(small_study.path)
    reanchor(small_study.path, DOCUMENT, ADDED + old, at=EDITED_AT)
    study = load_study(small_study.path)
    for moment in ("2020-03-31", "2020-04-01T09:59:59Z"):
        then = study.at(moment)
        assert then.transcripts[DOCUMENT].text == old
        assert then.documents.at[DOCUMENT, "text_sha256"] == text_sha256(old)
        assert then.text_changes == ()
        assert then.segments().equals(before.segments())
    for moment in ("2020-04-01", EDITED_AT):
        then = study.at(moment)
        assert then.transcripts[DOCUMENT] == study.transcripts[DOCUMENT]
        assert then.text_changes == study.text_changes
        moved = then.segments()
        old_starts = before.segments().query("document == @DOCUMENT and coder == 'K1'")["start"]
        assert list(moved.query("document == @DOCUMENT and coder == 'K1'")["start"] - len(ADDED)) == list(old_starts)


def test_a_text_that_was_not_kept_is_told_unless_its_document_is_of_later(edited: SmallStudy) -> None:
    study = replace(load_study(edited.path), former_texts={})
    with pytest.raises(ForanError, match=DOCUMENT):
        study.at("2020-03-31")
    assert len(study.at("2020-03-03").documents) == 0


# Codebooks, memos, assignments


def test_codebooks_are_those_released_by_then_to_the_second_where_the_log_tells_it(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    assert study.at("2021-02-28").lineage.versions == ("1.0.0",)
    assert study.at("2021-03-01T00:00:00Z").lineage.versions == ("1.0.0", "2.0.0")
    assert study.codebook_log().entries == ()
    drafts = [
        {"at": at, "by": "K1", "action": action, "about": version, "content": {
            "codebook_version": version, "changes": [],
            "file_sha256": log_store.file_sha256((small_study.path / f"codebooks/{version}.yaml").read_bytes())}}
        for at, action, version in (
            ("2020-02-02T10:00:00Z", "adopt", "1.0.0"), ("2021-03-01T12:00:00Z", "release", "2.0.0"))]  # fmt: skip
    entries = log_store.following(log_store.CodebookLog(), drafts)
    (small_study.path / log_store.FILE).write_bytes(b"".join(map(log_store.encode, entries)))
    assert study.at("2021-03-01T11:59:59Z").lineage.versions == ("1.0.0",)
    assert study.at("2021-03-01T12:00:00Z").lineage.versions == ("1.0.0", "2.0.0")
    # Adopted after it was in force: a day before that it was in force all the same.
    assert study.at("2020-02-01").lineage.versions == ("1.0.0",)
    assert study.codebook_log().entries == entries
    log = study.at("2021-02-28").codebook_log()
    assert (log.entries, log.lines, log.head_sha256) == (entries[:1], (1,), entries[1].prev_sha256)
    assert study.at("2020-02-01").codebook_log().entries == ()


def test_memos_outside_documents_are_cut_as_well(small_study: SmallStudy) -> None:
    for number, at in enumerate(("2020-05-01T10:00:00Z", "2020-05-02T10:00:00Z"), 1):
        path = small_study.path / "corpus/memos/K1.jsonl"
        events = [] if number == 1 else list(load_study(small_study.path).memo_logs[0].events)
        made = journal.following(Log("", tuple(events), (), None, journal.head_of(path.read_bytes())[0] if events else
                                     journal.NO_PREVIOUS), [{
            "at": at, "coder": "K1", "document": "", "text_sha256": "0" * 64, "action": "note",
            "segment": f"memo.K1.m{number:04d}", "codebook_version": "1.0.0", "before": None,
            "after": {"kind": "memo", "about": {"study": ""}, "text": "Åpent 😀"}}])  # fmt: skip
        journal.append(path, made)
    study = load_study(small_study.path)
    assert [len(log.events) for log in study.at("2020-05-01").memo_logs] == [1]
    assert study.at("2020-05-01T09:59:59Z").memo_logs == ()
    assert study.at("2020-05-02").memo_logs == study.memo_logs


def test_assignments_are_those_drawn_by_then_and_what_is_blind_is_judged_by_today(small_study: SmallStudy) -> None:
    """A look into the past is no way around a draw of today."""
    append_assignments(small_study.path, [
        Assignment("A01", "K8", ("K1",), DOCUMENT, drawn="2020-05-01"), Assignment("A02", "K9", ("K1",), "FJO-I02")])  # fmt: skip
    study = load_study(small_study.path)
    assert list(study.at("2020-04-30").assignments.index) == ["A02"]
    assert list(study.at("2020-05-01").assignments.index) == ["A01", "A02"]
    assert ("K1", DOCUMENT) in study.withheld_from("K8")
    assert study.at("2020-04-30").withheld_from("K8") == study.withheld_from("K8")
    assert study.at("2021-04-30").at("2020-04-30").withheld_from("K8") == study.withheld_from("K8")


# Commands


def run(study: SmallStudy, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, [*arguments, "--study", str(study.path)])
    return done.exit_code, done.output


def test_a_search_in_the_past_finds_what_stood_then(small_study: SmallStudy) -> None:
    def documents(*more: str) -> list[str]:
        status, output = run(small_study, "find", "K3", "--codebook", "1.0.0", *more)
        assert status == 0, output
        return [line.split("\t")[0] for line in output.splitlines() if line[:4] in ("FJO-", "HEI-", "STR-")]

    assert len(documents("--as-of", "2020-03-05")) == 0
    assert len(documents("--as-of", "2020-06-11")) < len(documents("--as-of", "2020-06-12"))
    assert documents("--as-of", "2020-06-12") == documents("--until", "2020-06-12")
    assert documents("--as-of", "2020-06-12T09:59:59Z") == documents("--as-of", "2020-06-11")
    status, output = run(small_study, "find", "K3", "--as-of", "12.06.2020")
    assert (status, "YYYY-MM-DD" in output) == (1, True)


def test_agreement_of_the_past_is_that_of_the_codings_then(small_study: SmallStudy) -> None:
    status, output = run(small_study, "agreement", "K1", "K2", "--as-of", "2020-03-31")
    assert status == 0, output
    assert "FJO-I01\t" in output
    assert "STR-N01\t" not in output
    segment = segment_at(small_study.text(DOCUMENT), 0, 9, "C0001", "", "1.0.0")
    small_study.code("K2", DOCUMENT, [
        draft(small_study, "K2", DOCUMENT, "2020-07-01", "apply", f"{DOCUMENT}.K2.s90", None, segment)])  # fmt: skip
    assert run(small_study, "agreement", "K1", "K2", "--as-of", "2020-03-31") == (0, output)
