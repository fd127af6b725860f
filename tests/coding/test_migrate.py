"""From one codebook version to another: every rule, nothing lost, nothing decided that a person must decide."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lineages import plain_book, plain_change, plain_code, segment_row, table
from small_study import SmallStudy

from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Migration
from foran_research.coding.migrate import STATUSES, migrate
from foran_research.coding.segments import segments_table

ALL = [f"C000{n}" for n in range(1, 9)]
POLARITIES = ["", "fremmer", "hemmer", "begge", "nøytral"]
FIRST = plain_book("1.0.0", map(plain_code, ALL))


def lineage(*rows: Migration) -> Lineage:
    return Lineage((FIRST, plain_book("2.0.0", map(plain_code, ALL), [plain_change(*rows)])))


def one(row: Migration, polarity: str = "hemmer") -> tuple[str, str, str, tuple[str, ...], str]:
    result = migrate(table([segment_row(1, "C0001", polarity=polarity)]), lineage(row), "2.0.0").iloc[0]
    return tuple(result[["code", "polarity", "status", "candidates", "first_code"]])


@pytest.mark.parametrize(("row", "expected"), [
    (Migration("C0002", "map", ("C0003",)), ("C0001", "hemmer", "ok", ())),
    (Migration("C0001", "keep"), ("C0001", "hemmer", "ok", ())),
    (Migration("C0001", "map", ("C0003",)), ("C0003", "hemmer", "ok", ())),
    (Migration("C0001", "review", ("C0003", "C0004")), ("C0001", "hemmer", "review", ("C0003", "C0004"))),
    (Migration("C0001", "retire"), ("C0001", "hemmer", "retired", ())),
    (Migration("C0001", "relation", name="x"), ("C0001", "hemmer", "relation", ())),
    (Migration("C0001", "tag", name="x"), ("C0001", "hemmer", "tag", ())),
    (Migration("C0001", "facet", ("C0003",), "hemmer"), ("C0003", "hemmer", "ok", ())),
], ids=lambda value: value.rule if isinstance(value, Migration) else "")  # fmt: skip
def test_each_rule_does_what_it_says(row: Migration, expected: tuple[object, ...]) -> None:
    assert one(row) == (*expected, "C0001")


@pytest.mark.parametrize(("polarity", "expected"), [
    ("", ("C0003", "fremmer", "ok", ())),
    ("nøytral", ("C0001", "nøytral", "review", ("C0003",))),
    ("fremmer", ("C0003", "fremmer", "ok", ())),
    ("hemmer", ("C0001", "hemmer", "review", ("C0003",))),
    ("begge", ("C0001", "begge", "review", ("C0003",))),
])  # fmt: skip
def test_a_code_become_facet_sets_the_polarity_and_never_overrules_the_coder(
    polarity: str, expected: tuple[object, ...]
) -> None:
    assert one(Migration("C0001", "facet", ("C0003",), "fremmer"), polarity) == (*expected, "C0001")


def test_rejected_changes_move_nothing() -> None:
    change = plain_change(Migration("C0001", "retire"), is_accepted=False)
    book = plain_book("2.0.0", map(plain_code, ALL), [change])
    assert migrate(table([segment_row(1, "C0001")]), Lineage((FIRST, book)), "2.0.0")["status"].tolist() == ["ok"]


def test_no_segments_are_no_trouble() -> None:
    result = migrate(segments_table([]), lineage(), "2.0.0")
    assert result.empty
    assert {"segment", "code", "status", "candidates", "first_code"} <= set(result.columns)


def test_segments_of_a_later_version_are_left_out_and_no_others() -> None:
    frame = table([segment_row(1, "C0001"), segment_row(2, "C0001", codebook_version="2.0.0"),
                   segment_row(3, "C0001", codebook_version="1.10.0")])  # fmt: skip
    assert migrate(frame, lineage(), "1.9.0")["segment"].tolist() == ["D.K.s001"]
    assert migrate(frame, lineage(), "1.10.0")["segment"].tolist() == ["D.K.s001", "D.K.s003"]
    assert len(migrate(frame, lineage(), "2.0.0")) == 3


MERGE = (Migration("C0001", "map", ("C0003",)), Migration("C0002", "map", ("C0003",)))


def merged(*rows: dict[str, object]) -> list[tuple[str, str]]:
    result = migrate(table(list(rows)), lineage(*MERGE), "2.0.0")
    return list(zip(result["code"], result["status"], strict=True))


def test_two_codes_that_become_one_on_the_same_words_count_once() -> None:
    same = {"start": 0, "end": 9, "polarity": "fremmer"}
    both = segment_row(1, "C0001", **same), segment_row(2, "C0002", **same)
    assert merged(*both) == [("C0003", "ok"), ("C0003", "duplicate")]
    assert merged(*both, segment_row(3, "C0003", **same)) == [("C0003", "ok"), *[("C0003", "duplicate")] * 2]


@pytest.mark.parametrize("differing", [{"start": 1}, {"end": 8}, {"coder": "K2"}, {"document": "E"}])
def test_other_words_another_coder_or_another_document_count_for_themselves(differing: dict[str, object]) -> None:
    same: dict[str, object] = {"start": 0, "end": 9, "polarity": "fremmer"}
    rows = segment_row(1, "C0001", **same), segment_row(2, "C0002", **(same | differing))
    assert merged(*rows) == [("C0003", "ok")] * 2


def test_polarities_that_differ_where_two_codes_become_one_go_to_a_person() -> None:
    rows = [segment_row(n, code, start=0, end=9, polarity=p) for n, (code, p) in enumerate([
        ("C0001", "fremmer"), ("C0002", "hemmer")])]  # fmt: skip
    result = migrate(table(rows), lineage(*MERGE), "2.0.0")
    assert result["status"].tolist() == ["review", "review"]
    assert result["candidates"].tolist() == [("C0003",)] * 2
    assert result["polarity"].tolist() == ["fremmer", "hemmer"]


def test_a_code_given_twice_by_hand_is_left_as_the_coder_left_it() -> None:
    rows = [segment_row(n, "C0004", start=0, end=9) for n in (1, 2)]
    assert migrate(table(rows), lineage(*MERGE), "2.0.0")["status"].tolist() == ["ok", "ok"]


def test_what_a_person_may_choose_among_is_moved_on_through_later_versions() -> None:
    books = (
        FIRST,
        plain_book("2.0.0", map(plain_code, ALL), [plain_change(Migration("C0001", "review", ("C0002", "C0003")))]),
        plain_book("3.0.0", map(plain_code, ALL), [plain_change(
            Migration("C0002", "map", ("C0004",)), Migration("C0003", "review", ("C0005", "C0004")))]),
        plain_book("4.0.0", map(plain_code, ALL), [plain_change(Migration("C0005", "retire"))]),
    )  # fmt: skip
    frame = table([segment_row(1, "C0001")])
    seen = [migrate(frame, Lineage(books), version).iloc[0] for version in ("2.0.0", "3.0.0", "4.0.0")]
    assert [row["status"] for row in seen] == ["review"] * 3
    assert [row["code"] for row in seen] == ["C0001"] * 3
    assert [row["candidates"] for row in seen] == [("C0002", "C0003"), ("C0004", "C0005"), ("C0004",)]


def test_a_row_that_names_a_code_the_book_lacks_stops_rather_than_guess() -> None:
    book = plain_book("2.0.0", map(plain_code, ALL), [plain_change(Migration("C0001", "map", ("C0099",)))])
    with pytest.raises(ValueError, match=r"2\.0\.0 lacks C0099"):
        migrate(table([segment_row(1, "C0001")]), Lineage((FIRST, book)), "2.0.0")


@st.composite
def steps(draw: st.DrawFn) -> tuple[Migration, ...]:
    """The rows of one version: at most one a code."""
    rows = []
    for source in draw(st.lists(st.sampled_from(ALL), unique=True)):
        rule = draw(st.sampled_from(["keep", "map", "review", "facet", "retire", "relation", "tag"]))
        targets = {"map": 1, "facet": 1, "review": 2}.get(rule, 0)
        to = draw(st.lists(st.sampled_from(ALL), min_size=targets, max_size=targets, unique=True))
        polarity = draw(st.sampled_from(["fremmer", "hemmer"])) if rule == "facet" else None
        rows.append(Migration(source, rule, tuple(to), polarity))
    return tuple(rows)


lineages = st.tuples(steps(), steps()).map(
    lambda two: Lineage((FIRST, *(plain_book(f"{n}.0.0", map(plain_code, ALL), [plain_change(*rows)])
                                  for n, rows in enumerate(two, 2))))
)  # fmt: skip


def rows_of(given_: list[tuple[str, str, str]], *, on_one_span: bool = False) -> pd.DataFrame:
    place = {"start": 0, "end": 5} if on_one_span else {}
    return table([segment_row(n, code, polarity=polarity, codebook_version=version, **place)
                  for n, (code, polarity, version) in enumerate(given_)])  # fmt: skip


assignments = st.lists(
    st.tuples(st.sampled_from(ALL), st.sampled_from(POLARITIES), st.sampled_from(["1.0.0", "2.0.0", "3.0.0"])),
    max_size=8,
)


@settings(max_examples=60)
@given(lineages, assignments, st.sampled_from(["1.0.0", "2.0.0", "3.0.0"]), st.booleans())
def test_no_segment_is_ever_lost_or_made(
    versions: Lineage, given_: list[tuple[str, str, str]], target: str, on_one_span: bool
) -> None:
    frame = rows_of(given_, on_one_span=on_one_span)
    before = frame.copy()
    result = migrate(frame, versions, target)
    pd.testing.assert_frame_equal(frame, before)
    known = frame[frame["codebook_version"] <= target]
    assert sorted(result["segment"]) == sorted(known["segment"])
    assert dict(zip(result["segment"], result["first_code"], strict=True)) == dict(
        zip(known["segment"], known["code"], strict=True)
    )
    assert set(result["status"]) <= set(STATUSES)
    for row in result.itertuples():
        assert (row.status == "review") or row.candidates == ()
        untouched = ["quote", "start", "end", "turns", "at", "memo", "codebook_version", "applied_under"]
        mine = frame[frame["segment"] == row.segment].iloc[0]
        assert [getattr(row, name) for name in untouched] == mine[untouched].tolist()


@settings(max_examples=60)
@given(lineages, assignments)
def test_to_the_version_it_was_made_in_nothing_changes(versions: Lineage, given_: list[tuple[str, str, str]]) -> None:
    frame = rows_of([(code, polarity, "2.0.0") for code, polarity, _ in given_])
    result = migrate(frame, versions, "2.0.0")
    pd.testing.assert_frame_equal(result[list(frame.columns)], frame, check_dtype=False)
    assert set(result["status"]) <= {"ok"}
    again = migrate(result, versions, "2.0.0")
    pd.testing.assert_frame_equal(again, result)


@settings(max_examples=100)
@given(lineages, assignments)
def test_two_steps_are_the_first_and_then_the_second(versions: Lineage, given_: list[tuple[str, str, str]]) -> None:
    """On spans of their own, so that no two assignments become one."""
    frame = rows_of([(code, polarity, "1.0.0") for code, polarity, _ in given_])
    halfway = migrate(frame, versions, "2.0.0")
    done = halfway[halfway["status"] != "ok"].set_index("segment")
    onward = halfway[halfway["status"] == "ok"].assign(codebook_version="2.0.0")
    second = migrate(segments_table(onward.to_dict("records")), versions, "3.0.0").set_index("segment")
    direct = migrate(frame, versions, "3.0.0").set_index("segment")
    for segment, row in direct.iterrows():
        steps_ = done.loc[segment] if segment in done.index else second.loc[segment]
        assert row[["code", "polarity", "status"]].tolist() == steps_[["code", "polarity", "status"]].tolist()
        if segment in second.index:
            assert row["candidates"] == steps_["candidates"]


@settings(max_examples=60)
@given(lineages, assignments)
def test_the_machine_never_chooses_where_a_person_must(versions: Lineage, given_: list[tuple[str, str, str]]) -> None:
    """A segment that counts can be traced along map, facet and keep alone, and no coder's polarity is turned round."""
    frame = rows_of([(code, polarity, "1.0.0") for code, polarity, _ in given_])
    result = migrate(frame, versions, "3.0.0")
    polarity = dict(zip(frame["segment"], frame["polarity"], strict=True))
    for row in result[result["status"] == "ok"].itertuples():
        code = row.first_code
        for book in versions.codebooks[1:]:
            step = next((m for change in book.changes for m in change.migration if m.source == code), None)
            assert step is None or step.rule in ("keep", "map", "facet")
            code = step.to[0] if step is not None and step.to else code
        assert row.code == code
        assert polarity[row.segment] in ("", row.polarity)


def test_the_small_study_under_its_second_codebook(small_study: SmallStudy) -> None:
    study, _ = small_study.read()
    assert study is not None
    result = migrate(study.segments(), study.lineage, "2.0.0").set_index("segment")
    told = {name: (row["code"], row["status"]) for name, row in result.iterrows()}
    assert told["FJO-I01.K1.s03"] == ("C0012", "ok")
    assert told["FJO-I01.K1.s04"] == ("C0012", "duplicate")
    assert told["FJO-I01.K1.s06"] == ("C0009", "retired")
    assert told["HEI-I01.K1.s01"] == ("C0007", "ok")
    assert told["HEI-I01.K1.s02"] == ("C0008", "review")
    assert told["STR-N01.K2.s01"] == ("C0002", "review")
    assert result.loc["STR-N01.K2.s01", "candidates"] == ("C0010", "C0011")
    assert result.loc["HEI-I01.K1.s01", "polarity"] == "fremmer"
    assert result["status"].value_counts().to_dict() == {"ok": 18, "retired": 2, "review": 2, "duplicate": 1}
