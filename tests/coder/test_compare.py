"""Two coders side by side, ready for the screen, as the disk has their work now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_study import SmallStudy

from foran_research.coder.compare import (
    MEASURES,
    REASONS,
    assigned_turns,
    coders_of,
    comparison,
    logs_now,
    snapshots,
    unseen,
)
from foran_research.coder.session import Session
from foran_research.coder.snapshot import documents_for_screen
from foran_research.coding import journal
from foran_research.coding.acts import Refused
from foran_research.coding.comparing import KINDS
from foran_research.study import Study, load_study

DOCUMENT = "FJO-I01"


@pytest.fixture
def study(small_study: SmallStudy) -> Study:
    return load_study(small_study.path)


def draw(small: SmallStudy, row: str = "A1,K2,K1,FJO-I01,2 3,7,2021-04-01") -> None:
    text = f"id,coder,with,document,turns,seed,drawn\n{row}\n"
    (small.path / "corpus/assignments.csv").write_text(text, "utf-8")


@pytest.fixture
def drawn(small_study: SmallStudy) -> Study:
    draw(small_study)
    return load_study(small_study.path)


def done(study: Study, coder: str, *, is_complete: bool = True) -> None:
    Session(study, DOCUMENT, coder).act("complete", {"is_complete": is_complete})


def as_shown(study: Study) -> dict[str, list[dict[str, Any]]]:
    """The strategy that K1 and K2 read differently, as the screen shows it: K1's to stand, K2's not."""
    found = comparison(study, DOCUMENT, study.lineage["1.0.0"], "K1", "K2", viewer="K8")["differences"]
    one = next(one for one in found if one["kind"] == "code")
    return {"accepted": one["a"], "rejected": one["b"]}


def test_every_segment_of_the_two_is_in_one_difference(study: Study) -> None:
    found = comparison(study, DOCUMENT, study.lineage["1.0.0"], "K1", "K2", viewer="K8")
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
    figures = comparison(study, DOCUMENT, study.lineage["1.0.0"], "K1", "K2", viewer="K8")["figures"]
    assert [row["measure"] for row in figures["rows"]] == [*MEASURES, "prevalence"]
    for row in figures["rows"]:
        assert (row["value"] is None) == (row["reason"] in REASONS), row
    percent = figures["rows"][0]["value"]
    assert 0 < percent < 1
    assert figures["units"] == 2  # what the informant says, in two turns


def test_a_resolution_is_told_until_what_it_names_has_changed(study: Study) -> None:
    session = Session(study, DOCUMENT, "K8")
    start = session.transcript.text.index("Strategien")
    made = snapshots(study, DOCUMENT, as_shown(study))
    assert [list(one) for one in made["accepted"]] == [["segment", "coder", "code", "start", "end", "polarity"]]
    session.act("resolve", {"start": start, "end": start + 10, "reason": "Eldste først å", **made})

    def settled() -> dict[str, object]:
        found = comparison(study, DOCUMENT, study.lineage["1.0.0"], "K1", "K2", viewer="K8")["differences"]
        return dict(next(one for one in found if one["kind"] == "code")["resolution"])

    told = settled()
    assert (told["coder"], told["reason"], told["stale"]) == ("K8", "Eldste først å", False)
    Session(study, DOCUMENT, "K2").act("polarity", {"records": ["FJO-I01.K2.s02"], "polarity": "nøytral"})
    assert settled()["stale"] is True


def test_segments_that_are_gone_cannot_be_settled(study: Study) -> None:
    shown = as_shown(study)
    Session(study, DOCUMENT, "K2").act("remove", {"records": ["FJO-I01.K2.s02"]})
    with pytest.raises(Refused) as raised:
        snapshots(study, DOCUMENT, shown)
    assert raised.value.reason == "changed-meanwhile"
    assert len(snapshots(study, DOCUMENT, shown | {"rejected": []})["accepted"]) == 1


@pytest.mark.parametrize(
    "wish",
    [{}, {"accepted": [], "rejected": "FJO-I01.K2.s02"}, {"accepted": None, "rejected": []},
     {"accepted": ["FJO-I01.K1.s05"], "rejected": []}, {"accepted": [{}], "rejected": []},
     {"accepted": [], "rejected": [{"id": ["FJO-I01.K2.s02"]}]}],
)  # fmt: skip
def test_a_wish_to_settle_that_names_no_segments_is_refused(study: Study, wish: dict[str, Any]) -> None:
    with pytest.raises(Refused) as raised:
        snapshots(study, DOCUMENT, wish)
    assert raised.value.reason == "bad-wish"


@pytest.mark.parametrize(
    ("verb", "wish"),
    [("polarity", {"records": ["FJO-I01.K2.s02"], "polarity": "nøytral"}),
     ("recode", {"records": ["FJO-I01.K2.s02"], "code": "C0001"}),
     ("adjust", {"record": "FJO-I01.K2.s02", "start": 14, "end": 25})],
)  # fmt: skip
def test_what_is_settled_is_what_the_screen_showed(study: Study, verb: str, wish: dict[str, Any]) -> None:
    shown = as_shown(study)
    assert [one["id"] for side in shown.values() for one in side] == ["FJO-I01.K1.s05", "FJO-I01.K2.s02"]
    Session(study, DOCUMENT, "K2").act(verb, wish)
    with pytest.raises(Refused) as raised:
        snapshots(study, DOCUMENT, shown)
    assert raised.value.reason == "changed-meanwhile"
    Session(study, DOCUMENT, "K2").act("undo", {})
    assert [one["segment"] for one in snapshots(study, DOCUMENT, shown)["rejected"]] == ["FJO-I01.K2.s02"]


def test_a_code_that_a_later_codebook_maps_is_settled_as_its_coder_left_it(study: Study) -> None:
    found = comparison(study, DOCUMENT, study.lineage["2.0.0"], "K1", "K2", viewer="K8")["differences"]
    [mapped] = [segment for one in found for segment in one["a"] if segment["id"] == "FJO-I01.K1.s03"]
    assert (mapped["code"], mapped["stored"]) == ("C0012", "C0003")
    [made] = snapshots(study, DOCUMENT, {"accepted": [mapped], "rejected": []})["accepted"]
    assert made["code"] == "C0003"


def test_the_two_are_kept_apart_until_both_are_done(drawn: Study) -> None:
    for viewer, hidden in (("K1", {"K2"}), ("K2", {"K1"}), ("K8", set())):
        assert unseen(drawn, viewer, DOCUMENT) == hidden
    assert unseen(drawn, "K1", "FJO-I02") == set()
    done(drawn, "K1")
    assert unseen(drawn, "K1", DOCUMENT) == {"K2"}
    with pytest.raises(Refused) as raised:
        comparison(drawn, DOCUMENT, drawn.lineage["1.0.0"], "K1", "K2", viewer="K8")
    assert raised.value.reason == "still-blind"
    done(drawn, "K2")
    assert unseen(drawn, "K1", DOCUMENT) == unseen(drawn, "K2", DOCUMENT) == set()
    assert comparison(drawn, DOCUMENT, drawn.lineage["1.0.0"], "K1", "K2", viewer="K8")["figures"]["units"] == 1


def test_only_the_turns_that_were_drawn_are_the_second_coders(drawn: Study) -> None:
    assert assigned_turns(drawn, "K2", DOCUMENT) == {2, 3}
    assert assigned_turns(drawn, "K1", DOCUMENT) == assigned_turns(drawn, "K2", "FJO-I02") == frozenset()


def test_logs_are_those_on_the_disk_now(study: Study) -> None:
    before = len(logs_now(study, DOCUMENT))
    done(study, "K9")
    assert [log.name for log in logs_now(study, DOCUMENT)][before:] == ["corpus/coding/K9/FJO-I01.jsonl"]
    assert logs_now(study, "X-1") == ()


def test_whoever_is_kept_from_one_of_the_two_cannot_see_her_beside_a_third(drawn: Study) -> None:
    Session(drawn, DOCUMENT, "K3").act("apply", {"start": 14, "end": 25, "code": "C0001"})
    for viewer, first, second in (("K2", "K1", "K3"), ("K2", "K3", "K1"), ("K1", "K3", "K2")):
        with pytest.raises(Refused) as raised:
            comparison(drawn, DOCUMENT, drawn.lineage["2.0.0"], first, second, viewer=viewer)
        assert raised.value.reason == "still-blind"
    for viewer, first, second in (("K2", "K2", "K3"), ("K8", "K1", "K3")):
        assert comparison(drawn, DOCUMENT, drawn.lineage["2.0.0"], first, second, viewer=viewer)["a"] == first


def test_what_is_drawn_after_the_study_was_loaded_binds_at_once(small_study: SmallStudy, study: Study) -> None:
    assert comparison(study, DOCUMENT, study.lineage["1.0.0"], "K1", "K2", viewer="K2")["figures"]["units"] == 2
    draw(small_study)
    assert unseen(study, "K2", DOCUMENT) == {"K1"}
    assert assigned_turns(study, "K2", DOCUMENT) == {2, 3}
    assert [row["id"] for row in documents_for_screen(study, "K2") if row["assigned"]] == [DOCUMENT]
    for viewer in ("K1", "K2", "K8"):
        with pytest.raises(Refused) as raised:
            comparison(study, DOCUMENT, study.lineage["1.0.0"], "K1", "K2", viewer=viewer)
        assert raised.value.reason == "still-blind"


def test_a_draw_that_was_loaded_binds_while_its_file_has_faults(small_study: SmallStudy, drawn: Study) -> None:
    draw(small_study, "A1,K2,K1,FJO-I01,3 2,7,2021-04-01")
    assert unseen(drawn, "K2", DOCUMENT) == {"K1"}
    # A whole file without the row is somebody's wish.
    draw(small_study, "A1,K2,K1,FJO-I02,,7,2021-04-01")
    assert unseen(drawn, "K2", DOCUMENT) == set()


def test_a_log_that_cannot_be_read_opens_nobodys_work(drawn: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    for coder in ("K1", "K2"):
        done(drawn, coder)
    assert unseen(drawn, "K1", DOCUMENT) == set()
    read = journal.read_log

    def closed(path: Path, *more: Any) -> Any:
        if path.parent.name == "K2":
            raise PermissionError(13, "Permission denied")
        return read(path, *more)

    monkeypatch.setattr(journal, "read_log", closed)
    assert unseen(drawn, "K1", DOCUMENT) == {"K2"}
    assert coders_of(drawn, DOCUMENT) == {"K1"}
    with pytest.raises(Refused) as raised:
        comparison(drawn, DOCUMENT, drawn.lineage["1.0.0"], "K1", "K2", viewer="K8")
    assert (raised.value.reason, raised.value.facts) == (
        "log-unreadable", {"file": "corpus/coding/K2/FJO-I01.jsonl", "what": "Permission denied"})  # fmt: skip
