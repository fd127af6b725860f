"""Every change between the demo study's three codebooks, acting on its codings as its migration semantics say."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import pandas as pd

from foran_research.codebook.changes import required_bump
from foran_research.codebook.code import Change, Code
from foran_research.codebook.diff import diff
from foran_research.codebook_work import counts, history, rechecks
from foran_research.coding.migrate import migrate
from foran_research.milestone import capability_model
from foran_research.models.capability import CapabilityModel
from foran_research.study import Study, load_study

ROOT = Path(__file__).resolve().parent.parent


@cache
def study() -> Study:
    return load_study(ROOT)


@cache
def before(version: str) -> pd.DataFrame:
    """Everybody's coding as the version knew it while it was in force: before the first event under a later one."""
    return study().segments(under=version)


@cache
def step(earlier: str, later: str) -> pd.DataFrame:
    """The coding made up to the earlier version as the later one sees it, by segment."""
    return migrate(before(earlier), study().lineage, later).set_index("segment")


@cache
def model(milestone: str) -> CapabilityModel:
    return capability_model(study(), study().milestone(milestone))


def change(name: str) -> Change:
    return next(one for book in study().lineage.codebooks for one in book.changes if one.id == name)


def code(display: str, version: str) -> Code:
    found = study().lineage[version].find(display)
    assert found is not None
    return found


def of(display: str, version: str) -> pd.DataFrame:
    """The segments that bore a code under a version."""
    frame = before(version)
    found = frame[frame["code"] == code(display, version).id]
    assert len(found), f"the demo study has no passage of {display}"
    return found


def waits_for(old: str, parts: list[str], earlier: str = "1.0.0", later: str = "2.0.0") -> None:
    """All segments of a split code wait, none is assigned, and the counts say so."""
    fate = step(earlier, later).loc[of(old, earlier)["segment"]]
    ids = tuple(code(part, later).id for part in parts)
    assert set(fate["status"]) == {"review"}
    assert set(fate["why"]) == {"split"}
    assert set(fate["candidates"]) == {ids}
    table = counts_of(step(earlier, later).reset_index(), later)
    for part in ids:
        assert table.at[part, "waiting"] >= len(fate)
    assert not study().lineage[later].by_id[code(old, earlier).id].is_active


def counts_of(migrated: pd.DataFrame, version: str) -> pd.DataFrame:
    from foran_research.coding.counting import code_counts

    return code_counts(migrated, study().lineage[version]).set_index("code")


def becomes(old: list[str], new: str, earlier: str = "1.0.0", later: str = "2.0.0") -> pd.DataFrame:
    """All segments of codes that were merged count as the new one, or were put together with an equal one."""
    names = [name for display in old for name in of(display, earlier)["segment"]]
    fate = step(earlier, later).loc[names]
    assert set(fate["code"]) == {code(new, later).id}
    assert set(fate["status"]) <= {"ok", "duplicate", "review"}
    return fate


# ---- 1.0.0 → 2.0.0


def test_1_p4_is_split_into_market_analysis_and_market_dialogue() -> None:
    waits_for("P4", ["P12", "P13"])
    assert model("M2").unresolved, "counts under 2.0.0 show what is unresolved"
    assert any(
        set(u["candidates"]) == {code("P12", "2.0.0").id, code("P13", "2.0.0").id} for u in model("M2").unresolved
    )


def test_2_p8_is_split_into_plan_and_harvest_of_benefits() -> None:
    waits_for("P8", ["P14", "P15"])


def test_3_e4_is_split_and_its_sub_codes_follow_one_part_each() -> None:
    waits_for("E4", ["E11", "E12"])
    for old, new in (("E4.1", "E12"), ("E4.2", "E11")):
        fate = step("1.0.0", "2.0.0").loc[of(old, "1.0.0")["segment"]]
        assert set(zip(fate["code"], fate["status"], strict=True)) == {(code(new, "2.0.0").id, "ok")}


def test_4_k10_and_k11_become_k12_and_a_passage_with_both_counts_once() -> None:
    fate = becomes(["K10", "K11"], "K12")
    both = fate.loc[["TRD-N01.K1.s0032", "TRD-N01.K1.s0033"]]
    assert sorted(both["status"]) == ["duplicate", "ok"]
    assert both["start"].nunique() == both["end"].nunique() == 1
    # Where the two said otherwise of the same passage, a person has to read it.
    contrary = fate.loc[["KRS-N01.K1.s0030", *[name for name in fate.index if fate.at[name, "why"] == "duplicate"]]]
    assert set(contrary["status"]) == {"review"}
    assert set(contrary["polarity"]) == {"fremmer", "hemmer"}


def test_5_e5_and_e6_become_e10_and_its_degree_in_the_network_shows_in_the_models() -> None:
    becomes(["E5", "E6"], "E10")
    told = diff(study().lineage, "1.0.0", "2.0.0")
    merged = next(one for one in told.codes if one.code == code("E10", "2.0.0").id)
    assert set(merged.came_from) == {code("E5", "1.0.0").id, code("E6", "1.0.0").id}
    first, second = model("M1"), model("M2")
    assert first.element("E5")
    assert first.element("E6")
    assert not second.element("E5")
    ten = second.element("E10")
    assert ten is not None
    assert ten.relations
    assert any(c["kind"] == "merged" and c["to"] == ["E10"] for c in second.changes)


def test_6_p5_has_another_name_and_nothing_else() -> None:
    fate = step("1.0.0", "2.0.0").loc[of("P5", "1.0.0")["segment"]]
    assert set(zip(fate["code"], fate["status"], strict=True)) == {(code("P5", "1.0.0").id, "ok")}
    told = next(one for one in diff(study().lineage, "1.0.0", "2.0.0").codes if one.code == "C0007")
    assert {f.field for f in told.fields if "CH-2.0.0-06" in told.changes} - {"when_not_to_use"} == {"label"}
    assert required_bump([change("CH-2.0.0-06")]) == 2


def test_7_k1_has_another_definition_so_a_sample_is_read_again() -> None:
    tasks = rechecks(study(), "2.0.0")
    own = tasks[tasks["change"] == "CH-2.0.0-07"]
    assert set(own["code"]) == {"C0014"}
    assert len(own)
    assert set(own["outcome"]) == {""}
    assert set(own["segment"]) <= set(of("K1", "1.0.0")["segment"])
    fate = step("1.0.0", "2.0.0").loc[of("K1", "1.0.0")["segment"]]
    assert set(fate["code"]) == {"C0014"}


def not_assessed(display: str, version: str) -> None:
    """Documents coded before a code was there are not assessed: not zero."""
    _, chapters = history(study(), display)
    chapter = next(one for one in chapters if one.version == version)
    assert chapter.not_assessed
    read_before = set(before("1.0.0")["document"]) - set(
        study().segments().query("applied_under != '1.0.0'")["document"])  # fmt: skip
    assert read_before & set(chapter.not_assessed)
    assert not set(chapter.documents) - set(chapter.assessed) - set(chapter.not_assessed)


def test_8_k13_is_new_and_older_documents_are_not_assessed() -> None:
    not_assessed("K13", "2.0.0")
    element = model("M2").element("K13")
    assert element is not None
    assert set(element.assessed_in) < set(model("M2").corpus["texts"])


def test_9_p16_is_new_and_older_documents_are_not_assessed() -> None:
    not_assessed("P16", "2.0.0")


def test_10_new_sub_codes_roll_up_into_their_parents_once_for_each_passage() -> None:
    table = counts(study()).set_index(["version", "code"])
    for parent, parts in (("K2", ["K2.1", "K2.2", "K2.3", "K2.4"]), ("P6", ["P6.1"])):
        own = code(parent, "2.0.0").id
        below = [code(part, "2.0.0").id for part in parts]
        assert set(below) == {child.id for child in study().lineage["2.0.0"].children(own)}
        rows = migrate(before("2.0.0"), study().lineage, "2.0.0")
        rows = rows[(rows["coder"] == "K1") & (rows["status"] == "ok") & rows["code"].isin([own, *below])]
        spans = rows[["document", "coder", "start", "end"]].drop_duplicates()
        assert table.at[("2.0.0", own), "passages"] == len(spans) > table.at[("2.0.0", own), "segments"]


def test_11_p10_is_retired_and_stays_countable_under_1_0_0() -> None:
    old = of("P10", "1.0.0")
    fate = step("1.0.0", "2.0.0").loc[old["segment"]]
    assert set(fate["status"]) == {"retired"}
    assert code("P10", "1.0.0").id not in {c.id for c in study().lineage["2.0.0"].active}
    _, chapters = history(study(), "C0012", coders=sorted(set(old["coder"])))
    assert [one.segments for one in chapters] == [len(old), 0, 0]
    assert chapters[1].ended == len(old)
    assert model("M1").element("P10") is not None
    assert model("M2").element("P10") is None


def test_12_k6_4_moves_to_the_project_level_with_its_codings() -> None:
    was, now = code("K6.4", "1.0.0"), study().lineage["2.0.0"].by_id[code("K6.4", "1.0.0").id]
    assert (was.level, was.parent, now.level, now.parent) == ("K", code("K6", "1.0.0").id, "P", code("P13", "2.0.0").id)
    fate = step("1.0.0", "2.0.0").loc[of("K6.4", "1.0.0")["segment"]]
    assert set(zip(fate["code"], fate["status"], strict=True)) == {(was.id, "ok")}
    # The parent's roll-up loses the passages that nothing else below it holds.
    old, new = (counts_of(step("1.0.0", v).reset_index(), v) for v in ("1.0.0", "2.0.0"))
    family = [of(display, "1.0.0") for display in ("K6", "K6.1", "K6.2", "K6.3", "K6.4")]
    place = ["document", "coder", "start", "end"]
    kept = pd.concat(family[:-1])[place].drop_duplicates()
    assert old.at[code("K6", "1.0.0").id, "passages"] == len(pd.concat(family)[place].drop_duplicates())
    assert new.at[code("K6", "1.0.0").id, "passages"] == len(kept) < old.at[code("K6", "1.0.0").id, "passages"]
    assert was.id in {part["id"] for part in model("M1").element("K6").parts}


def test_13_drivers_and_hindrances_become_polarity_and_a_contradiction_waits() -> None:
    for old, polarity in (("E2.1", "fremmer"), ("E2.2", "hemmer")):
        fate = step("1.0.0", "2.0.0").loc[of(old, "1.0.0")["segment"]]
        fitting = fate[fate["status"] == "ok"]
        assert len(fitting)
        assert set(zip(fitting["code"], fitting["polarity"], strict=True)) == {(code("E2", "2.0.0").id, polarity)}
    contrary = step("1.0.0", "2.0.0").loc["KRS-I02.K1.s0007"]
    assert (contrary["status"], contrary["why"], contrary["polarity"]) == ("review", "polarity", "hemmer")
    assert contrary["candidates"] == (code("E2", "2.0.0").id,)


def test_14_merging_k3_and_k4_was_rejected_and_is_remembered() -> None:
    rejected = change("CH-2.0.0-14")
    assert not rejected.is_accepted
    assert rejected.reason_empirical["nb"]
    assert rejected.reason_theoretical["nb"]
    for display in ("K3", "K4"):
        fate = step("1.0.0", "2.0.0").loc[of(display, "1.0.0")["segment"]]
        assert set(fate["code"]) == {code(display, "1.0.0").id}
    assert rejected in diff(study().lineage, "1.0.0", "2.0.0").rejected
    assert any(c["kind"] == "rejected" and c["change"] == rejected.id for c in model("M2").changes)


# ---- 2.0.0 → 3.0.0


def test_15_p11_is_split_although_others_may_stand_below_it() -> None:
    waits_for("P11", ["P17", "P18"], "2.0.0", "3.0.0")


def test_16_e13_is_new_beside_e9_and_its_definition_draws_the_line() -> None:
    new = code("E13", "3.0.0")
    assert "E9" in new.definition["nb"] + new.when_not_to_use["nb"]
    # Nobody has coded it yet; documents read under 2.0.0 and before could not have.
    _, chapters = history(study(), "E13")
    assert chapters[-1].not_assessed


def test_17_e7_has_new_sub_codes_and_p7_says_when_not_to_use_it() -> None:
    assert {c.display for c in study().lineage["3.0.0"].children(code("E7", "3.0.0").id)} == {"E7.1", "E7.2"}
    assert "E7" in code("P7", "3.0.0").when_not_to_use["nb"]
    not_assessed("E7.1", "3.0.0")


def test_18_p7_is_narrowed_without_another_id_and_a_sample_is_read_again() -> None:
    assert code("P7", "2.0.0").id == code("P7", "3.0.0").id
    tasks = rechecks(study(), "3.0.0", coders=("K1",))
    assert len(tasks[tasks["change"] == "CH-3.0.0-04"]) == study().settings.recheck_sample
    fate = step("2.0.0", "3.0.0").loc[of("P7", "2.0.0")["segment"]]
    assert set(zip(fate["code"], fate["status"], strict=True)) == {(code("P7", "3.0.0").id, "ok")}


def test_19_e8_has_another_name_and_a_narrower_scope_under_the_same_id() -> None:
    was, now = code("E8", "2.0.0"), code("E8", "3.0.0")
    assert was.id == now.id
    assert was.label != now.label
    assert was.definition != now.definition
    fate = step("2.0.0", "3.0.0").loc[of("E8", "2.0.0")["segment"]]
    assert set(fate["code"]) == {now.id}


def test_20_political_anchoring_becomes_an_element_and_k2_counts_it_no_longer() -> None:
    now = study().lineage["3.0.0"].by_id[code("K2.3", "2.0.0").id]
    assert (now.display, now.parent) == ("K14", None)
    migrated = step("2.0.0", "3.0.0").reset_index()
    old, new = counts_of(step("2.0.0", "2.0.0").reset_index(), "2.0.0"), counts_of(migrated, "3.0.0")
    k2 = code("K2", "3.0.0").id
    assert new.at[k2, "passages"] < old.at[k2, "passages"]
    assert new.at[now.id, "passages"] == old.at[now.id, "passages"] > 0


def test_21_interplay_and_activation_become_relations_and_no_passage_is_lost() -> None:
    for display in ("X1", "X2"):
        fate = step("2.0.0", "3.0.0").loc[of(display, "2.0.0")["segment"]]
        assert set(fate["status"]) == {"relation"}
        assert all(len(quote) for quote in fate["quote"])
    stated = model("M3").stated_interplay
    assert stated
    expected = model_segments("M3", "relation")
    assert {one["segment"] for one in stated} == expected


def model_segments(milestone: str, status: str) -> set[str]:
    frame = study().model_inputs(study().milestone(milestone)).segments
    return set(frame.loc[frame["status"] == status, "segment"])


def test_22_dynamic_adaptation_becomes_a_tag() -> None:
    fate = step("2.0.0", "3.0.0").loc[of("X3", "2.0.0")["segment"]]
    assert set(fate["status"]) == {"tag"}
    assert model("M3").tags


def test_23_merging_p12_into_p2_was_rejected_and_a_merge_after_a_split_would_leave_nobody_waiting() -> None:
    rejected = change("CH-3.0.0-09")
    assert not rejected.is_accepted
    p2, p12 = code("P2", "3.0.0").id, code("P12", "3.0.0").id
    assert p2 != p12
    fate = step("1.0.0", "3.0.0").loc[of("P4", "1.0.0")["segment"]]
    assert set(fate["candidates"]) == {(p12, code("P13", "3.0.0").id)}


# ---- over all of them


def test_counts_of_each_version_are_there_whatever_was_recoded_since() -> None:
    """What was coded under a version when the next came stands there in the same numbers today."""
    for version, last_day in (("1.0.0", "2021-02-14"), ("2.0.0", "2023-09-01")):
        first_later = min(e.at for log in study().logs for e in log.events if e.codebook_version > version)
        until = dt.date.fromisoformat(min(first_later[:10], last_day))
        then = study().segments(until=until - dt.timedelta(days=1))
        now = before(version).set_index("segment")
        pd.testing.assert_series_equal(
            now.loc[then["segment"], "code"], then.set_index("segment")["code"], check_names=False
        )


def test_one_to_three_is_one_to_two_and_on_to_three() -> None:
    halfway = migrate(before("1.0.0"), study().lineage, "2.0.0")
    pd.testing.assert_frame_equal(
        migrate(halfway, study().lineage, "3.0.0"), migrate(before("1.0.0"), study().lineage, "3.0.0")
    )
