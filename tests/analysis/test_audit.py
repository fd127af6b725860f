"""The tables of the audit report, against counts worked by hand from the small study's few codings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from lineages import plain_book, plain_change, plain_code, segment_row, table
from small_study import SmallStudy, draft

from foran_research.analysis import audit
from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Code, Migration
from foran_research.study import Study


def loaded(small: SmallStudy) -> Study:
    study, faults = small.read()
    assert study is not None
    assert not faults.errors
    return study


def effects(study: Study) -> dict[str, dict[str, int]]:
    """By change, the counts that are not 0."""
    under = {version: study.segments(under=version) for version in study.lineage.versions}
    gone = audit.removed_segments(study.logs)
    frame = audit.change_effects(under, study.segments(), study.lineage, removed=gone)
    return {
        row["change"]: {key: row[key] for key in audit.EFFECT_COUNTS if row[key]} for row in frame.to_dict("records")
    }


def test_every_change_is_told_with_what_became_of_the_segments_before_it(small_study: SmallStudy) -> None:
    assert effects(loaded(small_study)) == {
        # P2: K1's was recoded in April 2021, K2's waits. After: that one, and two that were coded with the parts.
        "CH-2-01": {"before": 2, "waited": 2, "recoded": 1, "waits": 1, "after": 3},
        # Two codes on one passage of FJO-I01 became one.
        "CH-2-02": {"before": 4, "mapped": 3, "duplicates": 1, "after": 4},
        "CH-2-03": {"before": 4, "kept": 4, "after": 5},
        "CH-2-04": {"before": 2, "retired": 2},
        # The facet says "fremmer"; one segment had no polarity, the other says "hemmer".
        "CH-2-05": {"before": 2, "mapped": 1, "waited": 1, "waits": 1, "after": 2},
        "CH-2-06": {"before": 1, "kept": 1, "after": 1},
        "CH-2-07": {"after": 1},
    }


def test_what_a_person_settles_moves_from_waiting_to_recoded_set_aside_or_removed(small_study: SmallStudy) -> None:
    waiting = small_study.events("K2", "STR-N01")[-1]["after"]
    aside = {"set_aside": {"codebook_version": "2.0.0", "reason": "passer ikke 😀 a\u030a"}}
    small_study.code("K2", "STR-N01", [
        draft(small_study, "K2", "STR-N01", "2021-08-01", "set_aside", "STR-N01.K2.s01", waiting, waiting | aside, "2.0.0"),
    ])  # fmt: skip
    assert effects(loaded(small_study))["CH-2-01"] == {
        "before": 2,
        "waited": 2,
        "recoded": 1,
        "set_aside": 1,
        "after": 3,
    }
    before = small_study.events("K2", "STR-N01")[-1]["after"]
    small_study.code("K2", "STR-N01", [
        draft(small_study, "K2", "STR-N01", "2021-08-02", "remove", "STR-N01.K2.s01", before, None, "2.0.0"),
    ])  # fmt: skip
    assert effects(loaded(small_study))["CH-2-01"] == {"before": 1, "waited": 1, "recoded": 1, "removed": 1, "after": 3}


def test_what_was_removed_under_the_old_codebook_is_no_matter_of_the_change(small_study: SmallStudy) -> None:
    before = small_study.events("K2", "STR-N01")[-1]["after"]
    small_study.code("K2", "STR-N01", [
        draft(small_study, "K2", "STR-N01", "2020-10-01", "remove", "STR-N01.K2.s01", before, None, "1.0.0"),
    ])  # fmt: skip
    assert effects(loaded(small_study))["CH-2-01"] == {"before": 1, "waited": 1, "recoded": 1, "after": 3}


def test_the_parts_of_every_count_add_up_to_it(small_study: SmallStudy, demo_path: Path) -> None:
    from foran_research.study import load_study

    for study in (loaded(small_study), load_study(demo_path)):
        for counts in effects(study).values():
            told = {key: counts.get(key, 0) for key in audit.EFFECT_COUNTS}
            fates = ("kept", "mapped", "duplicates", "retired", "converted", "waited")
            assert told["before"] == sum(told[key] for key in fates)
            assert told["waited"] == sum(told[key] for key in ("recoded", "set_aside", "settled_later", "waits"))


def row(number: int, code: str, version: str, **more: Any) -> dict[str, Any]:
    return segment_row(number, code, codebook_version=version, applied_under="1.0.0", **more)


def test_what_a_later_version_settled_by_itself_waits_no_more() -> None:
    def gone(name: str, version: str, *heirs: str) -> Code:
        return replace(plain_code(name), status="deprecated", deprecated_in=version, successors=heirs)

    # P1 is split into P2 and P3, which are merged into P4, which is split into P5 and P6. P7 becomes an answer on P8.
    split = replace(plain_change(Migration("C0001", "review", ("C0002", "C0003")), type_="split"), id="CH-2")
    facet = replace(
        plain_change(Migration("C0007", "facet", ("C0008",), polarity="fremmer"), type_="to_facet"), id="CH-F"
    )
    merge = plain_change(Migration("C0002", "map", ("C0004",)), Migration("C0003", "map", ("C0004",)))
    again = replace(plain_change(Migration("C0004", "review", ("C0005", "C0006")), type_="split"), id="CH-4")
    first = [gone("C0001", "2.0.0", "C0002", "C0003"), gone("C0007", "2.0.0", "C0008"), plain_code("C0008")]
    parts = [gone("C0002", "3.0.0", "C0004"), gone("C0003", "3.0.0", "C0004")]
    books = (
        plain_book("1.0.0", [plain_code("C0001"), plain_code("C0007"), plain_code("C0008")]),
        plain_book("2.0.0", [*first, plain_code("C0002"), plain_code("C0003")], [split, facet]),
        plain_book("3.0.0", [*first, *parts, plain_code("C0004")], [replace(merge, id="CH-3", to=("C0004",))]),
        plain_book("4.0.0", [*first, *parts, gone("C0004", "4.0.0", "C0005", "C0006"), plain_code("C0005"),
                             plain_code("C0006")], [again]),
    )  # fmt: skip
    # Nobody touched 1 and 2; 3 was recoded at once, 4 set aside, 5 recoded once the parts were one. K of 6 changed the
    # polarity that spoke against the rule, without a new version; 7 still speaks against it.
    ones = [row(n, "C0001", "1.0.0") for n in range(1, 6)]
    against = [row(n, "C0007", "1.0.0", polarity="hemmer") for n in (6, 7)]
    second = [*ones[:2], row(3, "C0002", "2.0.0"), row(4, "C0001", "1.0.0", set_aside="2.0.0"), ones[4], *against]
    third = [*second[:4], row(5, "C0004", "3.0.0"), row(6, "C0007", "1.0.0", polarity="fremmer"), against[1]]
    under = {"1.0.0": table([*ones, *against]), "2.0.0": table(second), "3.0.0": table(third), "4.0.0": table(third)}

    def counted(last: int) -> dict[str, dict[str, Any]]:
        lineage = Lineage(books[:last])
        frame = audit.change_effects(under, under[lineage.versions[-1]], lineage)
        keys = (*audit.EFFECT_COUNTS, "why")
        return {one["change"]: {key: one[key] for key in keys if one[key]} for one in frame.to_dict("records")}

    told = counted(3)
    assert told["CH-2"] == {
        "before": 5, "waited": 5, "recoded": 2, "set_aside": 1, "settled_later": 2, "after": 1, "why": (("P1", "split"),),
    }  # fmt: skip
    assert told["CH-3"] == {"before": 1, "mapped": 1, "after": 4}
    assert told["CH-F"] == {"before": 2, "waited": 2, "recoded": 1, "waits": 1, "why": (("P7", "polarity"),)}
    # Before the merge they did wait; after the next split they wait again, but for that one.
    early = counted(2)["CH-2"]
    assert (early["recoded"], early["set_aside"], early["waits"]) == (1, 1, 3)
    late = counted(4)
    assert late["CH-2"] == told["CH-2"]
    assert late["CH-4"] == {"before": 4, "waited": 4, "waits": 4, "why": (("P4", "split"),)}


def test_the_queue_is_counted_by_change_code_reason_and_coder() -> None:
    rows = [("2.0.0", "CH-1", code, "split", "K1", f"s{n}", document) for n, (code, document) in enumerate(
        [("C0001", "D1"), ("C0001", "D2"), ("C0001", "D2"), ("C0002", "D1")])]  # fmt: skip
    columns = ["version", "change", "code", "why", "coder", "segment", "document"]
    assert audit.queue_counts(pd.DataFrame(rows, columns=columns)).to_numpy().tolist() == [
        ["2.0.0", "CH-1", "C0001", "split", "K1", 3, 2], ["2.0.0", "CH-1", "C0002", "split", "K1", 1, 1],
    ]  # fmt: skip
    assert audit.queue_counts(pd.DataFrame()).empty


def test_events_are_counted_by_coder_month_and_kind_and_the_remarks_of_a_source_are_nobodys(
    small_study: SmallStudy,
) -> None:
    study = loaded(small_study)
    remark = replace(study.logs[0].events[0], coder="import", action="memo")
    events = audit.coding_events((*study.logs, replace(study.logs[0], events=(remark,))))
    assert len(events) == 27
    work = audit.coding_by_month(events).set_index(["coder", "month"])
    march = work.loc[("K1", "2020-03")]
    assert march[["days", "documents", "events"]].tolist() == [3, 1, 9]
    assert {group: march[group] for group in audit.GROUPS if march[group]} == {
        "coded": 6, "changed": 1, "removed": 1, "undone": 1,
    }  # fmt: skip
    assert work.loc[("K1", "2021-04"), "recoded"] == 1
    assert work["events"].sum() == 27
    actions = audit.actions_by_month(events)
    assert actions["events"].sum() == 27
    assert actions[actions["action"] == "undo"][["coder", "month"]].to_numpy().tolist() == [["K1", "2020-03"]]


def test_an_action_no_group_knows_is_other(small_study: SmallStudy) -> None:
    events = audit.coding_events(loaded(small_study).logs).assign(action="something-new")
    assert audit.coding_by_month(events)["other"].sum() == 27


def test_coders_are_told_with_their_days_documents_and_what_others_coded_too(small_study: SmallStudy) -> None:
    study = loaded(small_study)
    table = audit.coders_table(audit.coding_events(study.logs), study.segments())
    assert table.to_numpy().tolist() == [
        ["K1", "2020-03-06", "2021-06-03", 9, 6, 2, 24, 20],
        ["K2", "2020-03-20", "2020-09-28", 2, 2, 2, 3, 3],
    ]


def test_segments_are_counted_in_the_month_they_were_first_coded_in(small_study: SmallStudy) -> None:
    study = loaded(small_study)
    # Recoded in 2021, first coded in March 2020.
    first = audit.first_codings(study.segments(), study.logs).set_index("segment")["at"]
    assert first["FJO-I01.K1.s02"] == "2020-03-06T10:00:00Z"
    by_month = audit.segments_by_month(audit.first_codings(study.segments(), study.logs))
    assert by_month.to_numpy().tolist()[:2] == [["K1", "2020-03", 6], ["K1", "2020-06", 3]]


def test_every_proposal_is_told_the_rejected_ones_too(small_study: SmallStudy) -> None:
    table = audit.changes_table(loaded(small_study).lineage).set_index("change")
    assert list(table["decision"]) == ["accepted"] * 7 + ["rejected"]
    split = table.loc["CH-2-01"]
    assert (split["from"], split["to"], split["arena"]) == (("P2",), ("P3", "P4"), "praksis")
    assert table.loc["CH-2-06", ["from", "to"]].tolist() == [("K3.1",), ("P4.1",)]
    assert split["reason_empirical"]["nb"] == "Oppdiktet grunn."


def entry(action: str, about: str, at: str, **content: Any) -> dict[str, Any]:
    return {"action": action, "about": about, "at": at, "content": content}


def test_proposals_that_no_version_holds_are_told_from_the_log(small_study: SmallStudy) -> None:
    summary = {"nb": "Slå sammen", "en": "Merge"}
    asked = {"type": "merge", "from": ["C0001", "C0013"], "to": [], "summary": summary, "evidence": ["FJO-I01.K1.s01"]}
    entries = [
        entry("adopt", "1.0.0", "2021-01-01T10:00:00Z"),
        entry("propose", "CH-0001", "2022-01-02T10:00:00Z", **asked),
        entry("amend", "CH-0001", "2022-01-03T10:00:00Z", **asked | {"to": ["C0001"]}),
        entry("propose", "CH-0002", "2022-01-04T10:00:00Z", **asked, proposed_at="2022-01-01"),
        entry("decide", "CH-0002", "2022-02-01T10:00:00Z", decision="rejected", decided_at="2022-01-31", arena="praksis",
              reason={"nb": "Nei.", "en": "No."}, decided_by_role="forsker"),
        entry("propose", "CH-0003", "2022-01-05T10:00:00Z", **asked),
        entry("withdraw", "CH-0003", "2022-01-06T10:00:00Z"),
    ]  # fmt: skip
    table = audit.changes_table(loaded(small_study).lineage, entries).set_index("change").iloc[8:]
    columns = ["codebook_version", "decision", "proposed_at", "decided_at"]
    assert table[columns].to_numpy().tolist() == [
        ["", "open", "2022-01-02", ""], ["", "rejected", "2022-01-01", "2022-01-31"], ["", "withdrawn", "2022-01-05", ""],
    ]  # fmt: skip
    assert table.loc["CH-0001", "to"] == ("P1",)
    assert table.loc["CH-0001", "from"] == ("P1", "K5")
    assert table.loc["CH-0002", "decision_reason"] == {"nb": "Nei.", "en": "No."}


def test_evidence_in_a_document_that_may_not_be_shown_is_only_counted(small_study: SmallStudy) -> None:
    asked = {"type": "new", "evidence": ["FJO-I01.K1.s01", "S0:1", "FJO-I01", "FJO-I011.K1.s01"]}
    entries = [entry("propose", "CH-0001", "2022-01-02T10:00:00Z", **asked)]
    table = audit.changes_table(Lineage(()), entries, hidden={"FJO-I01"})
    assert table["evidence"].iloc[0] == ("S0:1", "FJO-I011.K1.s01", "[2]")


def told(**more: Any) -> pd.DataFrame:
    nothing = pd.DataFrame([], columns=list(audit.MONTH_COLUMNS))
    given_: dict[str, Any] = {
        "documents": [], "months": nothing, "memos": pd.DataFrame([], columns=["at", "type"]),
        "changes": pd.DataFrame([], columns=list(audit.CHANGE_COLUMNS)), "versions": [], "text_changes": [],
        "withdrawals": [], "milestones": [], "day": "2021-06-01",
    }  # fmt: skip
    return audit.timeline(**given_ | more)


def test_the_timeline_counts_what_may_not_be_shown_and_no_withdrawal_points_at_a_day() -> None:
    table = told(
        documents=[("D2", "2020-03-04"), ("D1", "2020-03-04")],
        withheld=["2020-03-04", "2020-05-01"],
        text_changes=[("D1", "2020-06-01T10:00:00Z"), ("", "2020-06-01T11:00:00Z")],
        withdrawals=["2020-07-08T10:00:00Z", "2020-07-30T10:00:00Z"],
        milestones=[("M1", "2021-06-01"), ("M2", "2021-06-02")],
    )
    rows = table[["day", "kind", "count", "about"]].to_numpy().tolist()
    assert rows == [
        ["2020-03-04", "document", 3, ("D1", "D2")],
        ["2020-05-01", "document", 1, ()],
        ["2020-06-01", "text_change", 2, ("D1",)],
        ["2020-07", "withdrawal", 2, ()],
        ["2021-06-01", "milestone", 1, ("M1",)],
        ["2021-06-02", "planned_milestone", 1, ("M2",)],
    ]


def test_decisions_of_one_day_in_one_arena_stand_together_apart_from_the_rejected(small_study: SmallStudy) -> None:
    table = told(changes=audit.changes_table(loaded(small_study).lineage))
    assert list(table["kind"]) == ["accepted", "rejected"]
    assert list(table["count"]) == [7, 1]
    assert set(table["arena"]) == {"praksis"}


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 9), st.sampled_from("xyz")), max_size=12))
def test_newly_used_codes_are_those_that_no_earlier_document_has(rows: list[tuple[str, int, str]]) -> None:
    frame = pd.DataFrame(
        [(document, f"2020-01-0{day}", code) for document, day, code in rows], columns=["document", "at", "code"]
    )
    first: dict[str, int] = {}
    for document, day, _ in rows:
        first[document] = min(day, first.get(document, day))
    order = sorted(first, key=lambda name: (first[name], name))
    found = audit.newly_used(frame, last=2)
    if len(order) <= 2:
        assert found is None
    else:
        early = {code for document, _, code in rows if document in order[:-2]}
        assert found == (len(order), len({code for _, _, code in rows}), len({code for _, _, code in rows} - early))


def test_memos_are_counted_by_type_in_the_order_of_the_types_old_ones_last() -> None:
    rows = [("reflexive", "study", "2020-02-01T"), ("", "segment", "2020-01-01T"), ("code", "code", "2020-03-01T"),
            ("", "segment", "2020-04-01T")]  # fmt: skip
    counts = audit.memo_counts(pd.DataFrame(rows, columns=["type", "about_kind", "at"]))
    assert counts.to_numpy().tolist() == [
        ["code", "code", 1, "2020-03-01", "2020-03-01"],
        ["reflexive", "study", 1, "2020-02-01", "2020-02-01"],
        ["", "segment", 2, "2020-01-01", "2020-04-01"],
    ]


def test_rechecks_are_counted_by_change_and_outcome() -> None:
    rows = [("CH-1", "2.0.0", "C1", outcome) for outcome in ("", "confirmed", "confirmed", "set_aside")]
    counts = audit.recheck_counts(pd.DataFrame(rows, columns=["change", "version", "code", "outcome"]))
    assert counts.to_dict("records") == [
        {"version": "2.0.0", "change": "CH-1", "code": "C1", "drawn": 4, "confirmed": 2, "recoded": 0, "set_aside": 1,
         "removed": 0, "open": 1}
    ]  # fmt: skip
