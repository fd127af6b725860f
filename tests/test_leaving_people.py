"""What the models of a municipality tell of people: nobody under a pseudonym who is not to be quoted under it. All invented."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from followed_study import hide, practice_milestones, with_registers
from small_study import SmallStudy

from foran_research.delivering import followup, improvement, practice, status
from foran_research.milestone import capability_model, codebook_section
from foran_research.models.capability import to_dict
from foran_research.registers.assessed import without_people
from foran_research.registers.records import Assessment
from foran_research.study import load_study
from foran_research.withdrawal import withdraw

PRACTICE = practice_milestones(
    ("M4", "2020-12-31", "FJO", 1, "1.0.0"),
    ("M7", "2021-09-30", "FJO", 2, "2.0.0"),
)
#: She lets her words be counted and not be shown; he may be quoted.
UNSEEN, SEEN = "FJO-INN-01", "FJO-PL-01"
#: Evidence of a change of the codebook: a row of a source, and passages of her municipality, of her and of another one.
EVIDENCE = ["S0:1", "FJO-I01.K1.s01", "FJO-I02.K1.s02", "HEI-I01.K1.s01", "STR-N01.K1.s01"]
#: Each kind of model with the milestone that makes one.
MODELS = {"M7": practice, "I1": improvement, "F1": followup, "M16": status}
#: What is delivered: one kind in both languages, the others in one.
DELIVERED = (("M7", "nb"), ("M7", "en"), ("I1", "nb"), ("F1", "nb"), ("M16", "nb"))


def assessed(on: str, milestone: str, version: str, who: str, level: int) -> str:
    name = f"{milestone}-FJO-C0001-{who}"
    return f"{name},{on},,{milestone},FJO,C0001,{version},{who},self,,{level},,,Vi får det til a\u030a 😀,\n"


@pytest.fixture(scope="module")
def study(written_once: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    """The small study with every kind of model, self-assessments of two people, and a talk that one of them gave."""
    folder = tmp_path_factory.mktemp("people") / "study"
    shutil.copytree(written_once, folder)
    made = with_registers(SmallStudy(folder))
    made.add("foran.toml", PRACTICE)
    made.replace(
        "corpus/participants.csv", f"{UNSEEN},innkjop,FJO,nb,analysis quote", f"{UNSEEN},innkjop,FJO,nb,analysis"
    )
    for on, milestone, version in (
        ("2020-12-12", "I1", "1.0.0"), ("2021-09-11", "F1", "2.0.0"), ("2021-09-12", "M7", "2.0.0"),
    ):  # fmt: skip
        for level, who in enumerate((UNSEEN, SEEN), 2):
            made.add("corpus/assessments.csv", assessed(on, milestone, version, who, level))
    made.add("corpus/events.csv", f"e3,2021-06-02,,2021-06-01,talk,,FJO,Innlegg,Talk,{UNSEEN},,\n")

    def give_evidence(book: dict[str, Any]) -> None:
        book["changes"][0]["evidence"] = EVIDENCE

    made.edit_codebook("2.0.0", give_evidence)
    return made


def deliver(study: SmallStudy, folder: Path, name: str, language: str = "nb") -> Path:
    loaded = load_study(study.path)
    MODELS[name].deliver(loaded, loaded.milestone(name), folder, language=language)
    return folder


@pytest.fixture(scope="module", autouse=True)
def _few_replicates() -> Iterator[None]:
    """How firm an edge is does not matter here, and takes the most time."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (practice, improvement):
            patch.setattr(module, "REPLICATES", 20)
        yield


@pytest.fixture(scope="module")
def delivered(study: SmallStudy, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    return {
        (name, language): deliver(study, tmp_path_factory.mktemp(f"{name}-{language}"), name, language)
        for name, language in DELIVERED
    }


def files_with(folder: Path, *words: str) -> list[str]:
    """The files that hold one of the words, by name."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert len(files) > 5
    held = [path for path in files if any(word.encode() in path.read_bytes() for word in words)]
    return [str(path.relative_to(folder)) for path in held]


def model_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "model.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize(("name", "language"), DELIVERED)
def test_who_is_not_to_be_quoted_stands_nowhere_under_a_pseudonym(
    delivered: dict[tuple[str, str], Path], name: str, language: str
) -> None:
    assert files_with(delivered[name, language], UNSEEN) == []


def test_a_passage_is_told_by_type_of_actor_or_by_a_pseudonym_that_may_be_quoted(
    delivered: dict[tuple[str, str], Path],
) -> None:
    for language, role in (("nb", "Innkjøp"), ("en", "Procurement")):
        page = (delivered["M7", language] / "report.html").read_text("utf-8")
        assert f"{role} · FJO-I02," in page
        assert f"{SEEN} · FJO-I01," in page
        assert f"{role} · FJO-I01," not in page


@pytest.mark.parametrize("name", ["M7", "M16"])
def test_an_assessment_of_a_person_is_told_by_type_of_actor_also_of_one_who_may_be_quoted(
    delivered: dict[tuple[str, str], Path], name: str
) -> None:
    # What somebody said may be quoted; which level she gave is no quote.
    model = model_in(delivered[name, "nb"])
    if name == "M7":
        (ids,) = [one["assessments"] for one in model["maturity"]["elements"] if one["element"] == "C0001"]
        assert ids == ["M7-FJO-C0001-innkjop", "M7-FJO-C0001-prosjektleder"]
    else:
        ids = [one for condition in model["conditions"] for one in condition["assessments"]]
        assert "F1-FJO-C0001-innkjop" in ids
        assert [one["by"] for one in model["events"] if one["id"] == "e3"] == [["innkjop"]]
    assert not any(SEEN in one for one in ids)
    # Those of groups and of coders are as they were.
    assert files_with(delivered["F1", "nb"], '"b1"')


def test_two_people_of_a_type_keep_ids_of_their_own() -> None:
    rows = [Assessment(f"A-{who}", "2021-01-01", assessor=who) for who in ("P-01", "P-02", "leder", "Q-01")]
    people = {"P-01": "leder", "P-02": "leder", "Q-01": "jurist", "Ø-1": "bruker"}
    text = json.dumps(
        ["A-P-02", "A-P-01", "A-leder", "A-Q-01", "P-01 sa", {"Ø-1": 'A "A-P-01"'}, "P-010"], ensure_ascii=False
    )
    assert json.loads(without_people(text, rows, people)) == [
        "A-leder-3", "A-leder-2", "A-leder", "A-jurist", "P-01 sa", {"bruker": 'A "A-P-01"'}, "P-010",
    ]  # fmt: skip


def test_a_row_that_the_text_does_not_name_changes_nothing() -> None:
    rows = [Assessment("A-P-01", "2021-01-01", assessor="P-01"), Assessment("A-leder", "2022-01-01", assessor="leder")]
    assert without_people('["A-P-01"]', rows, {"P-01": "leder"}) == '["A-leder"]'


def test_why_the_codebook_changed_names_no_passages_of_other_municipalities(
    delivered: dict[tuple[str, str], Path],
) -> None:
    first, *others = model_in(delivered["M7", "nb"])["changes"]["codebook"]
    assert first["evidence"] == ["S0:1", "FJO-I01.K1.s01", "FJO-I02.K1.s02"]
    assert first["evidence_elsewhere"] == 2
    assert {one["evidence_elsewhere"] for one in others} == {0}


def test_nothing_of_who_withdrew_is_in_any_model(study: SmallStudy, tmp_path: Path) -> None:
    kept = SmallStudy(tmp_path / "study")
    shutil.copytree(study.path, kept.path)
    withdraw(kept.path, UNSEEN, at="2021-12-01T10:00:00Z", reason="oppdiktet")
    for name in MODELS:
        assert files_with(deliver(kept, tmp_path / name, name), UNSEEN, "FJO-I02") == [], name
    loaded = load_study(kept.path)
    whole = to_dict(capability_model(loaded, loaded.milestone("M2")))
    assert "FJO-I02" not in json.dumps(whole)
    assert whole["changes"][0]["evidence"] == [one for one in EVIDENCE if "FJO-I02" not in one]
    section = codebook_section(loaded, loaded.milestone("M2"), "nb")
    assert section is not None
    assert "FJO-I01.K1.s01" in str(section)
    assert "FJO-I02" not in str(section)


def test_what_differs_between_codebooks_names_no_document_that_may_not_be_shown(
    study: SmallStudy, tmp_path: Path
) -> None:
    kept = SmallStudy(tmp_path / "study")
    shutil.copytree(study.path, kept.path)
    hide(kept, "HEI-I01")
    loaded = load_study(kept.path)
    section = codebook_section(loaded, loaded.milestone("M2"), "en")
    assert "STR-N01.K1.s01" in str(section)
    assert "HEI-I01" not in str(section)
