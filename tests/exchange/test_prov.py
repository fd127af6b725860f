"""Provenance as PROV-JSON: what came of what, in whose role. Everybody and everything is invented (oppdiktet)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_study import SmallStudy

from foran_research.cli import main
from foran_research.errors import ForanError
from foran_research.exchange.prov import Activity, Agent, Provenance, Thing, prov_json
from foran_research.packing import provenance
from foran_research.study import load_study

RECORD = {
    "milestone": "M2", "started_at": "2026-03-01T08:00:00Z", "ended_at": "2026-03-01T08:05:00Z",
    "inputs": {"notebooks/08_model.ipynb": "a" * 64, "corpus/texts/FJO-I01.md": "b" * 64},
    "outputs": {"model.json": "c" * 64}, "parameters": {"language": "nb"},
}  # fmt: skip


def pairs(told: dict[str, Any], kind: str) -> set[tuple[str, str]]:
    return {tuple(one[key] for key in list(one)[:2]) for one in told[kind].values()}


def assert_whole(told: dict[str, Any]) -> None:
    """Every relation is between things told of, of the right kinds; everything is made at most once."""
    kinds = {
        "used": ("activity", "entity"), "wasGeneratedBy": ("entity", "activity"), "wasAssociatedWith": ("activity", "agent"),
        "wasDerivedFrom": ("entity", "entity"), "hadMember": ("entity", "entity"),
    }  # fmt: skip
    for kind, (first, second) in kinds.items():
        for one, other in pairs(told, kind):
            assert one in told[first], (kind, one)
            assert other in told[second], (kind, other)
    made = [one["prov:entity"] for one in told["wasGeneratedBy"].values()]
    assert len(made) == len(set(made))
    prefixes = {name.split(":")[0] for part in ("entity", "activity", "agent") for name in told[part]}
    assert prefixes <= told["prefix"].keys()


def test_the_model_comes_of_codings_codebook_texts_and_the_model_before(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    told = json.loads(provenance(study, study.milestone("M2"), RECORD))
    assert_whole(told)
    assert told["entity"]["foran:document/FJO-I01"]["foran:sha256"] == study.documents.at["FJO-I01", "text_sha256"]
    assert ("foran:model/M2", "foran:run/M2") in pairs(told, "wasGeneratedBy")
    derived = told["wasDerivedFrom"].values()
    revision = next(one for one in derived if one["prov:usedEntity"] == "foran:model/M1")
    assert revision["prov:generatedEntity"] == "foran:model/M2"
    assert revision["prov:type"] == {"$": "prov:Revision", "type": "prov:QUALIFIED_NAME"}
    assert ("foran:codebook/2.0.0", "foran:codebook/1.0.0") in pairs(told, "wasDerivedFrom")
    assert ("foran:run/M2", "foran:notebook/08_model.ipynb") in pairs(told, "used")
    run = told["activity"]["foran:run/M2"]
    assert (run["prov:startTime"], run["prov:endTime"]) == ("2026-03-01T08:00:00Z", "2026-03-01T08:05:00Z")
    assert told["entity"]["foran:model/M2"]["foran:sha256"] == "c" * 64
    # One session for each day the coder of the model worked.
    sessions = sorted(name for name in told["activity"] if "/coding/" in name.replace(":", "/"))
    assert sessions[0] == "foran:coding/K1/2020-03-06"
    days = {event["at"][:10] for name in study.documents.index for event in small_study.events("K1", name)}
    assert [name.rsplit("/", 1)[-1] for name in sessions] == sorted(days)
    assert not any("K2" in name for name in sessions)
    assert ("foran:coding/K1/2020-03-06", "foran:role/coder-K1") in pairs(told, "wasAssociatedWith")


def test_nothing_of_after_the_milestone_is_told(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    text = provenance(study, study.milestone("M1"))
    for later in ("HEI-I02", "STR-I01", "codebook/2.0.0", "2021", "model/M2"):
        assert later not in text
    assert "startTime" not in json.dumps(json.loads(text)["activity"]["foran:run/M1"])


def test_no_words_and_no_names_are_in_it_and_it_is_the_same_each_time(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    text = provenance(study, study.milestone("M2"), RECORD)
    assert text == provenance(study, study.milestone("M2"), RECORD)
    for quote in study.segments()["quote"]:
        assert quote not in text
    for person in study.participants.index:
        assert person not in text


def test_what_is_shared_tells_days_and_not_how_much_was_coded(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    told = json.loads(provenance(study, study.milestone("M2"), RECORD, is_shared=True))
    assert_whole(told)
    session = told["activity"]["foran:coding/K1/2020-03-06"]
    assert session["prov:startTime"] == "2020-03-06T00:00:00Z"
    assert "foran:events" not in json.dumps(told)
    # Texts go by their fingerprints: an id tells of which municipality there is an interview.
    digest = str(study.documents.at["FJO-I01", "text_sha256"])
    assert told["entity"][f"foran:document/{digest[:16]}"]["foran:sha256"] == digest
    assert not any(name in json.dumps(told) for name in study.documents.index)


def test_suggestions_are_by_the_cues_and_nobody_s_codings(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    told = json.loads(provenance(study, study.milestone("M2"), coding="suggestions"))
    assert "foran:software/cues" in told["agent"]
    assert not any("coding/K1" in name for name in told["activity"])


@pytest.mark.parametrize(
    "told",
    [
        Provenance((Thing("a b", "x", "å"),), (), ()),
        Provenance((Thing("a", "x", "å"), Thing("a", "x", "å")), (), ()),
        Provenance((), (Activity("run", "x", "å", used=("nothing",)),), ()),
        Provenance((), (Activity("run", "x", "å", agents=("nobody",)),), (Agent("somebody", "å"),)),
        Provenance((), (Activity("run", "x", "å", started="i går"),), ()),
        Provenance(
            (Thing("a", "x", "😀"),), (Activity("r", "x", "å", made=("a",)), Activity("s", "x", "å", made=("a",))), ()
        ),
    ],
)
def test_what_no_reader_of_prov_would_take_is_refused(told: Provenance) -> None:
    with pytest.raises(ForanError):
        prov_json(told)


def test_provenance_from_the_command_line(small_study: SmallStudy, tmp_path: Path) -> None:
    ask = CliRunner()
    here = ["--study", str(small_study.path)]
    printed = ask.invoke(main, ["prov", "M1", *here])
    assert_whole(json.loads(printed.output))
    out = tmp_path / "prov.json"
    assert ask.invoke(main, ["prov", "M1", "-o", str(out), *here]).exit_code == 0
    assert out.read_text("utf-8") == printed.output
    assert ask.invoke(main, ["prov", "M1", "-o", str(out), *here]).exit_code == 1
