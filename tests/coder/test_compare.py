"""Two coders side by side, ready for the screen, as the disk has their work now."""

from __future__ import annotations

import json

import pytest
from small_study import SmallStudy

from foran_research.analysis.agreement import REASONS
from foran_research.coder.compare import MEASURES, assigned_turns, comparison, logs_now, snapshots, unseen
from foran_research.coder.session import Session
from foran_research.coding.acts import Refused
from foran_research.coding.comparing import KINDS
from foran_research.study import Study, load_study

DOCUMENT = "FJO-I01"


@pytest.fixture
def study(small_study: SmallStudy) -> Study:
    return load_study(small_study.path)


@pytest.fixture
def drawn(small_study: SmallStudy) -> Study:
    (small_study.path / "corpus/assignments.csv").write_text(
        "id,coder,with,document,turns,seed,drawn\nA1,K2,K1,FJO-I01,2 3,7,2021-04-01\n", "utf-8"
    )
    return load_study(small_study.path)


def done(study: Study, coder: str, *, is_complete: bool = True) -> None:
    Session(study, DOCUMENT, coder).act("complete", {"is_complete": is_complete})


def test_every_segment_of_the_two_is_in_one_difference(study: Study) -> None:
    found = comparison(study, DOCUMENT, study.lineage["1.0.0"], "K1", "K2")
    assert (found["a"], found["b"]) == ("K1", "K2")
    kinds = [one["kind"] for one in found["differences"]]
    assert set(kinds) <= set(KINDS)
    # The need is coded alike by both; the strategy is C0005 to one and C0009 to the other.
    assert (kinds.count("same"), kinds.count("code"), kinds.count("only_second")) == (1, 1, 0)
    sides = [segment for one in found["differences"] for segment in (*one["a"], *one["b"])]
    assert len({segment["id"] for segment in sides}) == len(sides)
    code = next(one for one in found["differences"] if one["kind"] == "code")
    assert ([s["code"] for s in code["a"]], [s["code"] for s in code["b"]]) == (["C0005"], ["C0009"])
    assert code["resolution"] is None
    assert json.loads(json.dumps(found)) == found


def test_the_figures_are_named_and_give_a_value_or_a_reason(study: Study) -> None:
    figures = comparison(study, DOCUMENT, study.lineage["1.0.0"], "K1", "K2")["figures"]
    assert [row["measure"] for row in figures["rows"]] == [*MEASURES, "prevalence"]
    for row in figures["rows"]:
        assert (row["value"] is None) == (row["reason"] in REASONS), row
    percent = figures["rows"][0]["value"]
    assert 0 < percent < 1
    assert figures["units"] == 2  # what the informant says, in two turns


def test_a_resolution_is_told_until_what_it_names_has_changed(study: Study) -> None:
    names = {"accepted": ["FJO-I01.K1.s05"], "rejected": ["FJO-I01.K2.s02"]}
    session = Session(study, DOCUMENT, "K8")
    start = session.transcript.text.index("Strategien")
    made = snapshots(study, DOCUMENT, names)
    assert [list(one) for one in made["accepted"]] == [["segment", "coder", "code", "start", "end", "polarity"]]
    session.act("resolve", {"start": start, "end": start + 10, "reason": "Eldste først å", **made})

    def settled() -> dict[str, object]:
        found = comparison(study, DOCUMENT, study.lineage["1.0.0"], "K1", "K2")["differences"]
        return dict(next(one for one in found if one["kind"] == "code")["resolution"])

    told = settled()
    assert (told["coder"], told["reason"], told["stale"]) == ("K8", "Eldste først å", False)
    Session(study, DOCUMENT, "K2").act("polarity", {"records": ["FJO-I01.K2.s02"], "polarity": "nøytral"})
    assert settled()["stale"] is True


def test_segments_that_are_gone_cannot_be_settled(study: Study) -> None:
    with pytest.raises(Refused, match="gone"):
        snapshots(study, DOCUMENT, {"accepted": ["x"], "rejected": []})
    for wish in ({}, {"accepted": [], "rejected": "FJO-I01.K2.s02"}, {"accepted": None, "rejected": []}):
        with pytest.raises(Refused, match="bad wish"):
            snapshots(study, DOCUMENT, wish)


def test_the_two_are_kept_apart_until_both_are_done(drawn: Study) -> None:
    for viewer, hidden in (("K1", {"K2"}), ("K2", {"K1"}), ("K8", set())):
        assert unseen(drawn, viewer, DOCUMENT) == hidden
    assert unseen(drawn, "K1", "FJO-I02") == set()
    done(drawn, "K1")
    assert unseen(drawn, "K1", DOCUMENT) == {"K2"}
    with pytest.raises(Refused) as raised:
        comparison(drawn, DOCUMENT, drawn.lineage["1.0.0"], "K1", "K2")
    assert raised.value.reason == "still-blind"
    done(drawn, "K2")
    assert unseen(drawn, "K1", DOCUMENT) == unseen(drawn, "K2", DOCUMENT) == set()
    assert comparison(drawn, DOCUMENT, drawn.lineage["1.0.0"], "K1", "K2")["figures"]["units"] == 1


def test_only_the_turns_that_were_drawn_are_the_second_coders(drawn: Study) -> None:
    assert assigned_turns(drawn, "K2", DOCUMENT) == {2, 3}
    assert assigned_turns(drawn, "K1", DOCUMENT) == assigned_turns(drawn, "K2", "FJO-I02") == frozenset()


def test_logs_are_those_on_the_disk_now(study: Study) -> None:
    before = len(logs_now(study, DOCUMENT))
    done(study, "K9")
    assert [log.name for log in logs_now(study, DOCUMENT)][before:] == ["corpus/coding/K9/FJO-I01.jsonl"]
    assert logs_now(study, "X-1") == ()
