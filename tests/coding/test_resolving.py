"""What a resolution does to a model's segments, and what it never does: overwrite, double, or outlive its segments."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineages import segment_row, table
from small_study import SmallStudy, draft

from foran_research.coding.events import segment_at
from foran_research.coding.resolving import Named, Resolution, named_segments, resolved, wrong_in
from foran_research.study import Study

NAMES = [(coder, n) for coder in ("K1", "K2", "K3") for n in range(1, 5)]


def frame() -> pd.DataFrame:
    """Four segments by each of three coders: on two spans, in two codes, so that all three have the same places."""
    return table(
        [
            segment_row(0, f"C{1 + n % 2}", segment=f"{coder}.{n}", coder=coder, start=10 * (n // 3), end=10 * (n // 3) + 5,
                        polarity="hemmer" if coder == "K2" else "fremmer", quote="blåbær 😀")
            for coder, n in NAMES
        ]
    )  # fmt: skip


STANDING = named_segments(frame())


def made(
    name: str, at: str, accepted: str = "", rejected: str = "", added: str = "", *, stale: bool = False
) -> Resolution:
    named = [tuple(STANDING[one] for one in side.split()) for side in (accepted, rejected)]
    if stale:
        named = [tuple(replace(one, code="C9") for one in side) for side in named]
    when = f"2020-05-{at}T10:00:00Z"
    return Resolution(name, "K1", "D", when, 0, 5, named[0], named[1], tuple(added.split()), "grunn")


def ids(*resolutions: Resolution, coders: tuple[str, ...] = ("K1",)) -> set[str]:
    return set(resolved(frame(), resolutions, coders)["segment"])


OWN = {"K1.1", "K1.2", "K1.3", "K1.4"}


@pytest.mark.parametrize(
    ("resolutions", "expected"),
    [
        ([], OWN),
        ([made("R1", "01", accepted="K1.1", rejected="K2.1")], OWN),
        ([made("R1", "01", accepted="K2.1", rejected="K1.1")], OWN - {"K1.1"} | {"K2.1"}),
        ([made("R1", "01", rejected="K1.1 K2.1")], OWN - {"K1.1"}),
        # The same code on the same span is there already.
        ([made("R1", "01", accepted="K2.1")], OWN),
        ([made("R1", "01", rejected="K1.1", added="K3.1")], OWN - {"K1.1"} | {"K3.1"}),
        # Two who put the same code on the same span come in once, the first of the table.
        ([made("R1", "01", accepted="K2.1 K3.1", rejected="K1.1")], OWN - {"K1.1"} | {"K2.1"}),
        # The newest decides, whatever the order they come in; on one day, the id does.
        ([made("R2", "02", accepted="K1.1"), made("R1", "01", rejected="K1.1")], OWN),
        ([made("R2", "01", rejected="K1.1"), made("R1", "01", accepted="K1.1")], OWN - {"K1.1"}),
        ([made("R1", "01", rejected="K1.1"), made("R2", "02", rejected="K1.2")], OWN - {"K1.1", "K1.2"}),
        # What no longer holds decides nothing, also when it is the newest.
        ([made("R1", "01", rejected="K1.1", stale=True)], OWN),
        ([made("R1", "01", rejected="K1.1"), made("R2", "02", accepted="K1.1", stale=True)], OWN - {"K1.1"}),
        ([made("R1", "01", rejected="K1.1", added="K9.9")], OWN),
    ],
)
def test_a_model_takes_what_its_coders_have_as_the_resolutions_have_it(
    resolutions: list[Resolution], expected: set[str]
) -> None:
    assert ids(*resolutions) == expected


def test_without_model_coders_everybodys_segments_count_save_the_rejected() -> None:
    everybody = set(STANDING)
    assert ids(coders=()) == everybody
    assert ids(made("R1", "01", accepted="K1.1", rejected="K2.1"), coders=()) == everybody - {"K2.1"}


resolutions_drawn = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(sorted(STANDING)), st.sampled_from("arn")), max_size=4, unique_by=lambda t: t[0]),
        st.integers(1, 5), st.booleans()),
    max_size=5,
)  # fmt: skip


@given(resolutions_drawn, st.sampled_from([(), ("K1",), ("K1", "K3")]), st.randoms(use_true_random=False))
def test_resolutions_in_any_order_give_what_a_plain_count_gives(
    drawn: list[tuple[list[tuple[str, str]], int, bool]], coders: tuple[str, ...], random: Any
) -> None:
    all_ = [
        made(f"R{number}", f"{day:02d}", *(" ".join(n for n, to in named if to == side) for side in "arn"), stale=stale)
        for number, (named, day, stale) in enumerate(drawn)
    ]
    shuffled = list(all_)
    random.shuffle(shuffled)
    segments = frame()
    got = resolved(segments, shuffled, coders)
    # Oracle: the newest word on each segment; then own ones; then the others in order, unless the place is taken.
    word: dict[str, bool] = {}
    for one in sorted(all_, key=lambda r: (r.at, r.id)):
        if any(STANDING.get(named.segment) != named for named in (*one.accepted, *one.rejected)):
            continue
        word |= {named.segment: True for named in one.accepted} | dict.fromkeys(one.added, True)
        word |= {named.segment: False for named in one.rejected}
    rows = segments.to_dict("records")
    inside = [
        row["segment"] for row in rows if (not coders or row["coder"] in coders) and word.get(row["segment"], True)
    ]
    places = {(row["start"], row["code"]) for row in rows if row["segment"] in inside}
    for row in rows:
        if word.get(row["segment"]) and row["segment"] not in inside and (row["start"], row["code"]) not in places:
            inside.append(row["segment"])
            places.add((row["start"], row["code"]))
    assert set(got["segment"]) == set(inside)
    # Rows keep their order and their contents.
    pd.testing.assert_frame_equal(got, segments.loc[got.index])
    assert got.index.is_monotonic_increasing


def test_without_resolutions_the_rows_are_exactly_the_model_coders() -> None:
    segments = frame()
    assert resolved(segments, (), ()) is segments
    pd.testing.assert_frame_equal(resolved(segments, (), ("K1",)), segments[segments["coder"] == "K1"])


NAMED = {"segment": "K1.1", "coder": "K1", "code": "C1", "start": 0, "end": 5, "polarity": ""}
WHOLE: dict[str, Any] = {
    "kind": "resolution", "start": 0, "end": 5, "quote": "blåbæ", "accepted": [NAMED], "rejected": [], "added": [],
    "reason": "lest på nytt",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, None),
        ({"accepted": [NAMED | {"memo": "ekstra"}]}, None),
        ({"accepted": "K1.1"}, "accepted"),
        ({"accepted": ["K1.1"]}, "accepted"),
        ({"rejected": [{k: v for k, v in NAMED.items() if k != "code"}]}, "rejected"),
        ({"rejected": [NAMED | {"segment": "K2.1", "start": "0"}]}, "rejected"),
        ({"rejected": [NAMED | {"segment": "K2.1", "end": True}]}, "rejected"),
        ({"added": "K1.2"}, "added"),
        ({"added": [3]}, "added"),
        ({"rejected": [NAMED]}, "twice"),
        ({"added": ["K1.1"]}, "twice"),
    ],
)
def test_a_resolution_that_nobody_can_follow_is_known(change: dict[str, Any], wrong: str | None) -> None:
    said = wrong_in(WHOLE | change)
    assert said is None if wrong is None else wrong in (said or "")


# In a study


def snapshot(study: Study, name: str) -> dict[str, Any]:
    row = study.segments().set_index("segment", drop=False).loc[name]
    return {key: int(row[key]) if key in ("start", "end") else row[key] for key in NAMED}


def resolve(
    small: SmallStudy, coder: str, document: str, day: str, accepted: list[str], rejected: list[str], number: int = 1
) -> None:
    study, _ = small.read()
    assert study is not None
    sides = {
        key: [snapshot(study, n) for n in names] for key, names in (("accepted", accepted), ("rejected", rejected))
    }
    all_ = [*sides["accepted"], *sides["rejected"]]
    start, end = min(one["start"] for one in all_), max(one["end"] for one in all_)
    record = {"kind": "resolution", "start": start, "end": end, "quote": small.text(document)[start:end], **sides,
              "added": [], "reason": "Vi leste åpningen sammen."}  # fmt: skip
    name = f"{document}.{coder}.r{number:02d}"
    small.code(coder, document, [draft(small, coder, document, day, "resolve", name, None, record)])


def model_segments(small: SmallStudy, milestone: str = "M1") -> set[str]:
    study, faults = small.read()
    assert study is not None
    assert not faults.errors
    return set(study.model_inputs(study.milestone(milestone)).segments["segment"])


def test_a_resolution_in_a_log_changes_the_model_and_nobodys_coding(small_study: SmallStudy) -> None:
    before = model_segments(small_study)
    study, _ = small_study.read()
    assert study is not None
    coding = study.segments()
    # K1 read the drawer as strategy (s05), K2 as persons (s02).
    resolve(small_study, "K2", "FJO-I01", "2020-06-01", ["FJO-I01.K2.s02"], ["FJO-I01.K1.s05"])
    assert model_segments(small_study) == before - {"FJO-I01.K1.s05"} | {"FJO-I01.K2.s02"}
    after, _ = small_study.read()
    assert after is not None
    pd.testing.assert_frame_equal(after.segments(), coding)
    assert [(one.id, one.coder, one.at[:10]) for one in after.resolutions()] == [("FJO-I01.K2.r01", "K2", "2020-06-01")]
    inputs = after.model_inputs(after.milestone("M1"))
    assert inputs.coders == ("K1", "K2")
    assert dict(inputs.coded_under) == dict(study.model_inputs(study.milestone("M1")).coded_under)


def test_a_resolution_is_not_known_before_its_day(small_study: SmallStudy) -> None:
    before = model_segments(small_study)
    resolve(small_study, "K2", "FJO-I01", "2021-08-01", ["FJO-I01.K2.s02"], ["FJO-I01.K1.s05"])
    study, _ = small_study.read()
    assert study is not None
    assert study.resolutions(until=dt.date(2021, 7, 31)) == ()
    assert len(study.resolutions(until=dt.date(2021, 8, 1))) == 1
    assert model_segments(small_study) == before
    assert "FJO-I01.K1.s05" not in model_segments(small_study, "M2")


def test_a_passage_taken_over_does_not_make_its_document_read_under_another_codebook(small_study: SmallStudy) -> None:
    text = small_study.text("FJO-I01")
    start = text.index("Strategien")
    later = segment_at(text, start, start + 10, "C0010", "hemmer", "2.0.0")
    event = draft(small_study, "K2", "FJO-I01", "2021-05-01", "apply", "FJO-I01.K2.s03", None, later, "2.0.0")
    small_study.code("K2", "FJO-I01", [event])
    resolve(small_study, "K2", "FJO-I01", "2021-06-01", ["FJO-I01.K2.s03"], ["FJO-I01.K1.s05"])
    study, _ = small_study.read()
    assert study is not None
    inputs = study.model_inputs(study.milestone("M2"))
    assert "FJO-I01.K2.s03" in set(inputs.segments["segment"])
    assert inputs.coded_under["FJO-I01"] == "1.0.0"


def test_recoding_a_passage_sets_its_resolution_out_of_force(small_study: SmallStudy) -> None:
    before = model_segments(small_study, "M2")
    resolve(small_study, "K2", "FJO-I01", "2020-06-01", ["FJO-I01.K2.s02"], ["FJO-I01.K1.s05"])
    assert model_segments(small_study, "M2") == before - {"FJO-I01.K1.s05"} | {"FJO-I01.K2.s02"}
    study, _ = small_study.read()
    assert study is not None
    stands = small_study.events("K1", "FJO-I01")[6]["after"]
    assert stands["polarity"] == "begge"
    changed = stands | {"polarity": "hemmer"}
    event = draft(small_study, "K1", "FJO-I01", "2021-05-01", "polarity", "FJO-I01.K1.s05", stands, changed)
    small_study.code("K1", "FJO-I01", [event])
    assert model_segments(small_study, "M2") == before
    # At the first milestone nobody had changed anything yet.
    assert "FJO-I01.K2.s02" in model_segments(small_study, "M1")


def test_a_resolution_undone_is_no_resolution(small_study: SmallStudy) -> None:
    resolve(small_study, "K2", "FJO-I01", "2020-06-01", ["FJO-I01.K2.s02"], ["FJO-I01.K1.s05"])
    record = small_study.events("K2", "FJO-I01")[-1]["after"]
    undo = draft(small_study, "K2", "FJO-I01", "2020-06-02", "undo", "FJO-I01.K2.r01", record, None)
    small_study.code("K2", "FJO-I01", [undo])
    study, _ = small_study.read()
    assert study is not None
    assert study.resolutions() == ()
    assert "FJO-I01.K1.s05" in model_segments(small_study)


def test_a_bad_resolution_is_a_fault_while_it_stands_and_harms_nobody_once_it_is_taken_back(
    small_study: SmallStudy,
) -> None:
    text = small_study.text("FJO-I01")
    record = {"kind": "resolution", "start": 14, "end": 25, "quote": text[14:25], "accepted": [], "rejected": [],
              "added": ["FJO-I01.K2.s01", "FJO-I01.K2.s01"], "reason": "Å nei"}  # fmt: skip
    name = "FJO-I01.K2.r01"
    small_study.code("K2", "FJO-I01", [
        draft(small_study, "K2", "FJO-I01", "2020-06-01", "resolve", name, None, record)])  # fmt: skip
    study, faults = small_study.read()
    assert [(fault.kind, fault.line) for fault in faults] == [("bad-resolution", 3)]
    small_study.code("K2", "FJO-I01", [
        draft(small_study, "K2", "FJO-I01", "2020-06-02", "undo", name, record, None)])  # fmt: skip
    study, faults = small_study.read()
    assert faults == []
    assert study is not None
    assert study.resolutions() == ()
    small_study.code("K2", "FJO-I01", [
        draft(small_study, "K2", "FJO-I01", "2020-06-03", "redo", name, None, record)])  # fmt: skip
    assert [(fault.kind, fault.line) for fault in small_study.read()[1]] == [("bad-resolution", 5)]


def test_a_segment_as_a_resolution_names_it_is_its_row() -> None:
    assert STANDING["K2.1"] == Named("K2.1", "K2", "C2", 0, 5, "hemmer")
