"""The table of coded segments: its door, its order, and what it says of any day of the past."""

from __future__ import annotations

import pandas as pd
import pytest
from lineages import segment_row, table
from small_study import SmallStudy, draft

from foran_research.coder.session import Session
from foran_research.coding.segments import COLUMNS, check_segments, first_read_under, segments_table
from foran_research.study import load_study


def test_everything_missing_from_a_table_is_said_at_once() -> None:
    frame = table([segment_row(1, "C0001")]).drop(columns=["quote", "turns"])
    with pytest.raises(ValueError, match="no column 'turns'; no column 'quote'; no column 'status'"):
        check_segments(frame, also=["status"])


def test_segments_of_one_name_and_spans_that_run_backwards_are_refused() -> None:
    twice = pd.concat([table([segment_row(1, "C0001")])] * 2)
    with pytest.raises(ValueError, match="1 repeated segment ids"):
        check_segments(twice)
    with pytest.raises(ValueError, match="run forward"):
        check_segments(table([segment_row(1, "C0001", start=5, end=5)]))


def test_a_good_table_passes_as_it_is_also_when_empty() -> None:
    for frame in (table([segment_row(1, "C0001")]), segments_table([])):
        assert check_segments(frame) is frame
        assert list(frame.columns) == list(COLUMNS)
        assert frame[["start", "end"]].dtypes.astype(str).tolist() == ["int64", "int64"]


def test_rows_stand_in_order_of_document_place_and_code_however_they_come() -> None:
    places = [("B", 1, "C1"), ("A", 10, "C1"), ("A", 9, "C2"), ("A", 9, "C1")]
    rows = [segment_row(n, code, document=doc, start=at, end=at + 5) for n, (doc, at, code) in enumerate(places)]
    frame = table(rows)
    assert frame[["document", "start", "code"]].values.tolist() == [
        ["A", 9, "C1"], ["A", 9, "C2"], ["A", 10, "C1"], ["B", 1, "C1"]]  # fmt: skip
    pd.testing.assert_frame_equal(table(rows[::-1]), frame)


def test_the_small_studys_segments_are_what_its_coders_said(small_study: SmallStudy) -> None:
    study, _ = small_study.read()
    assert study is not None
    frame = study.segments().set_index("segment")
    assert len(frame) == 23
    # The words are the text's own, at the offsets given, also behind an emoji.
    for row in frame.itertuples():
        assert study.transcripts[row.document].text[row.start : row.end] == row.quote
    need, dialogue, strategy = (frame.loc[f"FJO-I01.K1.s0{n}"] for n in (1, 2, 5))
    assert (need["quote"], need["turns"]) == ("Vi spurte nattevaktene hva de trengte 😀", (2,))
    assert (dialogue["code"], dialogue["codebook_version"], dialogue["applied_under"]) == ("C0011", "2.0.0", "1.0.0")
    assert (strategy["polarity"], strategy["at"][:10]) == ("begge", "2020-03-08")


def test_a_day_of_the_past_is_seen_as_it_was(small_study: SmallStudy) -> None:
    import datetime as dt

    study, _ = small_study.read()
    assert study is not None
    march = study.segments(until=dt.date(2020, 3, 7)).set_index("segment")
    assert set(march["document"]) == {"FJO-I01"}
    assert set(march["coder"]) == {"K1"}
    assert march.loc["FJO-I01.K1.s05", "polarity"] == "hemmer"
    assert march.loc["FJO-I01.K1.s02", ["code", "at"]].tolist() == ["C0002", "2020-03-06T10:00:00Z"]
    assert study.segments(until=dt.date(2019, 1, 1)).empty


def test_after_a_clock_set_back_the_table_and_the_fold_tell_the_same_story(small_study: SmallStudy) -> None:
    import datetime as dt

    first = small_study.events("K1", "STR-I01")[0]["after"]
    late, early = first | {"polarity": "begge"}, first | {"polarity": "hemmer"}
    name = "STR-I01.K1.s01"
    small_study.code("K1", "STR-I01", [
        draft(small_study, "K1", "STR-I01", "2021-06-09", "polarity", name, first, late, "2.0.0"),
        draft(small_study, "K1", "STR-I01", "2021-06-04", "polarity", name, late, early, "2.0.0"),
    ])  # fmt: skip
    study, faults = small_study.read()
    assert study is not None
    assert [(fault.kind, fault.line, fault.is_warning) for fault in faults] == [("clock-runs-backwards", 4, True)]
    seen = study.segments(until=dt.date(2021, 6, 5)).set_index("segment").loc[name]
    assert (seen["polarity"], seen["at"]) == ("fremmer", "2021-06-03T10:00:00Z")
    assert study.segments().set_index("segment").loc[name, "polarity"] == "hemmer"


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [("2021-06-10T00:20:00Z", "2021-06-09T23:50:00Z", True), ("2021-06-10T23:00:00Z", "2021-06-10T01:00:00Z", False),
     ("2021-06-09T23:50:00Z", "2021-06-10T00:20:00Z", False), ("2021-06-10T12:00:00Z", "2021-06-09T13:00:00Z", True)],
)  # fmt: skip
def test_a_clock_set_back_over_midnight_is_told_however_little(
    small_study: SmallStudy, before: str, after: str, is_told: bool
) -> None:
    first = small_study.events("K1", "STR-I01")[0]["after"]
    changed = first | {"polarity": "begge"}
    name = "STR-I01.K1.s01"
    small_study.code("K1", "STR-I01", [
        draft(small_study, "K1", "STR-I01", "2021-06-09", "polarity", name, first, changed, "2.0.0") | {"at": before},
        draft(small_study, "K1", "STR-I01", "2021-06-09", "polarity", name, changed, first, "2.0.0") | {"at": after},
    ])  # fmt: skip
    _, faults = small_study.read()
    told = [("clock-runs-backwards", 4, True)] if is_told else []
    assert [(fault.kind, fault.line, fault.is_warning) for fault in faults] == told


def test_a_passage_split_under_a_later_codebook_was_read_when_it_was_first_coded(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    session = Session(study, "FJO-I01", "K1", now=lambda: "2021-07-01T10:00:00Z")
    start = session.desk.state["FJO-I01.K1.s01"]["start"]
    one, other = session.act("split", {"record": "FJO-I01.K1.s01", "at": start + 10}).events
    assert [event.codebook_version for event in (one, other)] == ["2.0.0", "2.0.0"]
    session.act("split", {"record": other.segment, "at": start + 22})
    for verb in ("undo", "undo", "redo", "redo"):
        session.act(verb, {})
    new = session.act("apply", {"start": start, "end": start + 2, "code": "C0001"}).events[0].segment
    frame = load_study(small_study.path).segments().set_index("segment")
    halves = [name for name in frame.index if name.startswith("FJO-I01.K1.s0") and len(name) == len(other.segment)]
    assert len(halves) == 3
    under = frame["applied_under"]
    assert {name: under[name] for name in ("FJO-I01.K1.s01", *halves)} == {
        "FJO-I01.K1.s01": "1.0.0", **dict.fromkeys(halves, "1.0.0"), new: "2.0.0"}  # fmt: skip
    assert first_read_under(session.events)[other.segment] == "1.0.0"


def test_a_segment_over_several_turns_touches_them_all(small_study: SmallStudy) -> None:
    text = small_study.text("FJO-I01")
    segment = small_study.events("K1", "FJO-I01")[0]["after"] | {"start": 20, "end": len(text) - 5}
    segment["quote"] = text[20 : len(text) - 5]
    small_study.code("K1", "FJO-I01", [
        draft(small_study, "K1", "FJO-I01", "2021-06-09", "apply", "FJO-I01.K1.s99", None, segment),
    ])  # fmt: skip
    study, faults = small_study.read()
    assert study is not None
    assert faults == []
    assert study.segments().set_index("segment").loc["FJO-I01.K1.s99", "turns"] == (1, 2, 3, 4)
