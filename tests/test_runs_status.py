"""`foran status` and `foran verify`: how every milestone stands and why, and whether outputs are what a run makes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_study import SmallStudy, write_small_study
from test_runs_all import SAVED, notebook

from foran_research import runs
from foran_research.cli import main
from foran_research.errors import ForanError
from foran_research.milestone_status import (
    MilestoneStatus,
    accepted_of,
    accepted_text,
    as_text,
    counts_text,
    made_of,
    milestone_statuses,
    save_page,
)
from foran_research.report.page import short_date
from foran_research.report.status_words import _WORDS, status_words
from foran_research.verifying_runs import clean_environment, verify_outputs

TODAY = "2024-01-01"
AHEAD = """
[[milestones]]
id = "M3"
title = { nb = "Tredje på Ålgård", en = "Third" }
date_printed = "2023-05"
date_assumed = "2024-05"
date_note = { nb = "Planen 😀 kan ikke menes.", en = "The plan cannot be meant." }
cut_off = 2024-05-31
template = "model_version"
model_version = 3
codebook_version = "2.0.0"
"""


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    """A study of which two milestones have been run and a third is ahead."""
    study = write_small_study(tmp_path_factory.mktemp("status") / "studie")
    study.replace("foran.toml", '"01_corpus.ipynb", "08_model.ipynb"', '"lett.ipynb"')
    study.add("foran.toml", AHEAD)
    notebook(study, "lett.ipynb", SAVED)
    runs.run(study.path, runs.plan(study.path, ["M1", "M2"]), say=lambda _: None, kernels="fresh")
    return study


@pytest.fixture
def study(once: SmallStudy, tmp_path: Path) -> SmallStudy:
    shutil.copytree(once.path, tmp_path / "study")
    return SmallStudy(tmp_path / "study")


def standing(study: SmallStudy, today: str = TODAY) -> dict[str, MilestoneStatus]:
    return {one.milestone.id: one for one in milestone_statuses(study.path, today)}


def why(study: SmallStudy, name: str = "M2") -> list[tuple[str, tuple[str, ...]]]:
    return [(reason.kind, reason.names) for reason in standing(study)[name].reasons]


def foran(*words: str) -> Any:
    return CliRunner().invoke(main, list(words))


# How they stand


def test_what_has_been_run_is_done_and_what_is_ahead_is_not_due(study: SmallStudy) -> None:
    found = standing(study)
    assert {name: (one.state, one.is_due) for name, one in found.items()} == {
        "M1": ("done", False), "M2": ("done", False), "M3": ("never", False),
    }  # fmt: skip
    assert standing(study, "2024-05-31")["M3"].is_due
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["M1"].made_at)


def test_the_day_is_judged_by_and_no_clock_is_read(study: SmallStudy) -> None:
    with pytest.raises(ForanError, match="write a day as YYYY-MM-DD"):
        milestone_statuses(study.path, "i dag")


def test_stale_outputs_say_which_inputs_changed(study: SmallStudy) -> None:
    # The notebook is the study's own and may read anything: every file counts.
    study.add("corpus/coding/K2/STR-N01.jsonl", "\n")
    study.replace("foran.toml", "seed = 7", "seed = 8")
    assert why(study)[:2] == [
        ("logs", ("corpus/coding/K2/STR-N01.jsonl",)),
        ("settings", ("foran.toml", "foran.toml [analysis]")),
    ]
    text = as_text(list(standing(study).values()), "en")
    assert "    1 log changed: coding/K2/STR-N01.jsonl\n" in text
    assert "    2 parts of the settings changed: foran.toml, foran.toml [analysis]\n" in text


def test_many_names_are_counted_after_the_first(study: SmallStudy) -> None:
    for name in ("FJO-I01", "FJO-I02", "HEI-I01", "STR-N01"):
        study.add(f"corpus/coding/K1/{name}.jsonl", "\n")
    text = as_text(list(standing(study).values()), "nb")
    names = "coding/K1/FJO-I01.jsonl, coding/K1/FJO-I02.jsonl, coding/K1/HEI-I01.jsonl"
    assert f"4 kodingslogger er endret: {names}, og 1 til" in text


def test_edited_and_missing_outputs_are_told_apart(study: SmallStudy) -> None:
    (study.path / "outputs/M2/a.txt").write_text("noe annet", "utf-8")
    (study.path / "outputs/M2/notebooks/lett.ipynb").unlink()
    assert why(study) == [("edited", ("a.txt",)), ("missing", ("notebooks/lett.ipynb",))]


def test_a_package_of_another_version_is_named_with_both(study: SmallStudy) -> None:
    path = study.path / "outputs/M1/run.json"
    record = json.loads(path.read_text("utf-8"))
    record["packages"]["pandas"] = "0.1"
    record["depends_on"]["package:environment"] = "0" * 64
    path.write_text(json.dumps(record), "utf-8")
    ((kind, names),) = why(study, "M1")
    assert kind == "environment"
    assert re.fullmatch(r"pandas 0\.1 → [\d.]+", names[0])


def test_outputs_are_judged_by_the_parameters_they_were_made_with(study: SmallStudy) -> None:
    path = study.path / "outputs/M1/run.json"
    planned = runs.plan(study.path, ["M1"], language="en")
    record = json.loads(path.read_text("utf-8"))
    record |= {"parameters": dict(planned[0].parameters), "fingerprint": planned[0].fingerprint}
    path.write_text(json.dumps(record), "utf-8")
    assert standing(study)["M1"].state == "done"
    assert not runs.is_fresh(study.path, runs.plan(study.path, ["M1"])[0])


def test_a_run_that_failed_is_told_until_it_is_mended(study: SmallStudy) -> None:
    failed = study.path / "outputs/M2.failed"
    failed.mkdir()
    (failed / runs.FAILURE).write_text(json.dumps({"problems": ["M2: lett.ipynb, cell 2 failed"]}), "utf-8")
    assert standing(study)["M2"].state == "failed"
    assert why(study) == [("failed", ("M2: lett.ipynb, cell 2 failed",))]
    (failed / runs.FAILURE).write_text("[", "utf-8")
    assert standing(study)["M2"].state == "failed"


def test_a_failure_of_what_has_changed_since_is_no_failure_of_what_there_is_now(study: SmallStudy) -> None:
    failed = study.path / "outputs/M3.failed"
    failed.mkdir()
    told = {"problems": ["M3: lett.ipynb, cell 2 failed"], "fingerprint": "0" * 64}
    (failed / runs.FAILURE).write_text(json.dumps(told), "utf-8")
    one = standing(study)["M3"]
    assert (one.state, one.reasons[0].kind) == ("never", "failed_before")
    assert "forrige kjøring feilet, men noe den bygget på, er endret siden: kjør på nytt: M3: lett.ipynb" in as_text(
        [one], "nb"
    )
    # As it failed, nothing has changed.
    (job,) = runs.plan(study.path, ["M3"])
    (failed / runs.FAILURE).write_text(json.dumps({**told, "fingerprint": job.fingerprint}), "utf-8")
    assert standing(study)["M3"].state == "failed"
    # Outputs that are what a run would make are not spoilt by a try at something else.
    failed.rename(study.path / "outputs/M2.failed")
    (study.path / "outputs/M2.failed" / runs.FAILURE).write_text(json.dumps(told), "utf-8")
    assert (standing(study)["M2"].state, why(study)) == ("done", [])


def judged(case: str, state: str) -> dict[str, Any]:
    one = {"state": state, "k": 2, "n": 3, "question": {"nb": "Spørsmål å", "en": "Question"}, "segments": ["s1"],
           "conditions": [{"k": 2, "n": 3, "holds": False, "told": {"nb": "2 av 3 på Øya 😀", "en": "2 of 3"}}],
           "missing": [{"kind": "down", "ids": ["C1"], "is_note": False, "told": {"nb": "gått ned a\u030a", "en": "went down"}}],
           }  # fmt: skip
    return {"case": case, "indicators": [{**one, "id": name} for name in ("1i", "1ii", "2i", "2ii")]}


def test_the_four_criteria_come_from_the_newest_outputs_that_are_up_to_date(study: SmallStudy) -> None:
    def statuses(**states: str) -> list[MilestoneStatus]:
        found = []
        for name, one in standing(study).items():
            model = "followup" if name == "M2" else "status"
            milestone = replace(one.milestone, model=model, case="FJO" if name == "M2" else "")
            found.append(replace(one, milestone=milestone, state=states.get(name, "done"), report=""))
        return found

    for name, told in (("M1", [judged("FJO", "not_shown"), judged("HEI", "partly")]), ("M2", judged("FJO", "met"))):
        (study.path / f"outputs/{name}/model.json").write_text(json.dumps({"acceptance": told}), "utf-8")
    names = {"FJO": "Fjordvik", "HEI": "Heidal"}
    rows = accepted_of(study.path, statuses())
    # M2 is newer, and of Fjordvik alone.
    assert [(one.case, one.milestone) for one in rows][:2] == [("FJO", "M2"), ("HEI", "M1")]
    lines = accepted_text(rows, names, "nb").splitlines()
    assert lines[1].split() == ["Kommune", "1i", "1ii", "2i", "2ii", "Milepæl"]
    assert lines[2].startswith("Fjordvik  ● oppfylt 0/1")
    assert lines[2].endswith("M2")
    # What has changed since, or was never run, is told as missing.
    assert [one.milestone for one in accepted_of(study.path, statuses(M2="stale"))][:2] == ["M1", "M1"]
    missing = accepted_of(study.path, statuses(M1="stale", M2="failed"))
    assert {one.milestone for one in missing} == {""}
    assert "No model that is up to date shows the criteria for Fjordvik, Heidal" in accepted_text(missing, names, "en")
    page = save_page(study.path, statuses(), TODAY, "nb").read_text("utf-8")
    assert "2 av 3 på Øya 😀" in page
    assert "Mangler: gått ned a\u030a (1)" in page
    (study.path / "outputs/M2/model.json").write_text("[", "utf-8")
    assert accepted_of(study.path, statuses())[0].milestone == "M1"


def test_what_cannot_be_run_says_what_is_missing(study: SmallStudy) -> None:
    (study.path / "codebooks/2.0.0.yaml").rename(study.path / "codebooks/2.0.1.yaml")
    assert standing(study)["M2"].state == "impossible"
    assert why(study) == [("obstacle", ("no codebook 2.0.0; known: 1.0.0, 2.0.1",))]
    notebook(study, "annen.ipynb")
    (study.path / "notebooks/lett.ipynb").unlink()
    assert why(study, "M1") == [("obstacle", ("no notebook lett.ipynb",))]


@pytest.mark.parametrize("record", ["{", "[]", '{"schema_version": 9, "outputs": {}}'])
def test_outputs_without_a_record_that_can_be_read_have_not_been_run(study: SmallStudy, record: str) -> None:
    (study.path / "outputs/M1/run.json").write_text(record, "utf-8")
    assert standing(study)["M1"].state == "never"
    assert why(study, "M1") == [("old_record", ())]


def test_the_command_prints_the_table_by_date_with_dates_printed_and_assumed_and_why(study: SmallStudy) -> None:
    result = foran("status", "--today", TODAY, "--study", str(study.path))
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].split() == ["Milepæl", "Dato", "Materiale", "til", "Modell", "Status"]
    assert [line.split()[0] for line in lines[1:4]] == ["M1", "M2", "M3"]
    assert "2023-05 → 2024-05 (antatt)" in lines[3]
    assert lines[3].endswith("ikke kjørt, kommer")
    assert lines[4] == "    antatt dato: Planen 😀 kan ikke menes."
    assert lines[5] == "2 er ferdige, 1 er ikke kjørt; 0 er forfalt"
    found = json.loads(foran("status", "--json", "--today", "2024-06-01", "--study", str(study.path)).output)
    assert [(one["milestone"], one["state"], one["is_due"]) for one in found] == [
        ("M1", "done", False), ("M2", "done", False), ("M3", "never", True),
    ]  # fmt: skip
    assert foran("status", "--today", "01.01.2024", "--study", str(study.path)).exit_code == 1


def test_status_writes_nothing_but_the_page_it_is_asked_for(study: SmallStudy) -> None:
    before = study.fingerprint()
    assert foran("status", "--study", str(study.path)).exit_code == 0
    assert study.fingerprint() == before
    assert foran("status", "--html", "--language", "en", "--study", str(study.path)).exit_code == 0
    assert study.fingerprint().keys() - before.keys() == {"outputs/status.html"}


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_page_is_whole_offline_and_the_same_again(study: SmallStudy, language: str) -> None:
    (study.path / "outputs/M2/a.txt").write_text("noe annet", "utf-8")
    (study.path / "outputs/M1/report.html").write_text("rapporten", "utf-8")
    made = [save_page(study.path, list(standing(study).values()), TODAY, language).read_text("utf-8") for _ in range(2)]
    assert made[0] == made[1]
    page = made[0]
    assert f'<html lang="{language}">' in page
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page
    assert 'href="M1/report.html"' in page
    assert status_words(language)["state_stale"] in page
    assert page.index('id="M1"') < page.index('id="M2"') < page.index('id="M3"')
    assert str(study.path) not in page
    # Days are written out, and what is stale is to be run.
    words = status_words(language)
    cut_off = standing(study)["M1"].milestone.cut_off.isoformat()
    assert short_date(cut_off, language) in page
    assert cut_off not in page
    assert words["how_to_run"] in page
    # A narrow window makes cards of the rows, and the caption must not be a column beside them.
    assert ".cards caption { display: block; }" in page


def test_the_page_asks_for_no_run_when_nothing_is_left(study: SmallStudy) -> None:
    page = save_page(study.path, list(standing(study).values()), TODAY, "nb").read_text("utf-8")
    assert status_words("nb")["how_to_run"] not in page
    assert status_words("nb")["how_to"] in page
    assert "2 er ferdige, 1 er ikke kjørt" in page


@pytest.mark.parametrize(("count", "told"), [(1, "1 er ferdig;"), (2, "2 er ferdige;")])
def test_states_are_counted_as_people_say_it(study: SmallStudy, count: int, told: str) -> None:
    found = [one for one in standing(study).values() if one.state == "done"][:count]
    assert counts_text(found, "nb").startswith(told)


def test_municipalities_are_called_by_their_names_on_the_page(study: SmallStudy) -> None:
    milestone = replace(standing(study)["M1"].milestone, model="practice", case="FJO")
    assert made_of(milestone, "nb", {"FJO": "Fjordvik"}) == "Praksismodell Fjordvik 1"
    assert made_of(milestone, "nb") == "Praksismodell FJO 1"


def test_every_word_is_there_in_both_languages_and_asks_for_the_same() -> None:
    for key, (nb, en) in _WORDS.items():
        assert nb.strip(), key
        assert en.strip(), key
        assert re.findall(r"\{\w+\}", nb) == re.findall(r"\{\w+\}", en), key


def test_the_table_is_made_without_heavy_imports(study: SmallStudy) -> None:
    code = (
        "import sys\nfrom foran_research.cli import main\n"
        f"try: main(['status', '--study', {str(study.path)!r}])\nexcept SystemExit: pass\n"
        "print('LOADED', [name for name in ('pandas', 'numpy', 'jinja2', 'papermill') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("LOADED []")


# Verifying


def verdicts(study: SmallStudy, *names: str, **more: Any) -> dict[str, tuple[list[tuple[str, str]], list[str]]]:
    found = verify_outputs(study.path, names, say=lambda _: None, **more)
    return {
        one.milestone: ([(d.file, d.cause) for d in one.differences], [reason.kind for reason in one.reasons])
        for one in found
    }


def test_outputs_are_the_same_again_in_a_clean_process_whatever_this_one_is_set_to(
    study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = study.fingerprint()
    for name, value in {
        "TZ": "Asia/Tokyo",
        "LC_ALL": "nb_NO.UTF-8",
        "PYTHONHASHSEED": "77",
        "FORAN_STUDY": "/x",
    }.items():
        monkeypatch.setenv(name, value)
    result = foran("verify", "--study", str(study.path))
    assert result.exit_code == 0, result.output
    assert "M1: the same, 2 files\nM2: the same, 2 files\n" in result.output
    assert study.fingerprint() == before


def test_what_differs_is_told_with_what_made_it_so(study: SmallStudy) -> None:
    (study.path / "outputs/M1/a.txt").write_text("redigert", "utf-8")
    (study.path / "outputs/M1/mer.txt").write_text("lagt til", "utf-8")
    study.replace("notebooks/lett.ipynb", "p\\u00e5", "ved")
    found = verdicts(study)
    assert found["M1"][0] == [("a.txt", "edited"), ("mer.txt", "extra"), ("notebooks/lett.ipynb", "inputs")]
    assert found["M2"] == ([("a.txt", "inputs"), ("notebooks/lett.ipynb", "inputs")], ["notebooks"])
    # Nothing is read of what lies in outputs: as recorded, only what was done to the files is seen.
    assert verdicts(study, as_recorded=True) == {
        "M1": ([("a.txt", "edited"), ("mer.txt", "extra")], []),
        "M2": ([], []),
    }
    assert foran("verify", "M1", "--as-recorded", "--study", str(study.path)).exit_code == 1
    assert foran("verify", "M2", "--as-recorded", "--study", str(study.path)).exit_code == 0


def test_a_crate_is_told_edited_only_when_it_was(study: SmallStudy) -> None:
    (study.path / "outputs/M1/a.txt").write_text("redigert", "utf-8")
    (study.path / "outputs/M2/ro-crate-metadata.json").write_text("", "utf-8")
    assert verdicts(study, as_recorded=True) == {
        "M1": ([("a.txt", "edited")], []),
        "M2": ([("ro-crate-metadata.json", "edited")], []),
    }
    result = foran("verify", "--as-recorded", "--study", str(study.path))
    assert "M1: 1 of 2 files differ\n" in result.output
    # The crate is counted where it is told of.
    assert "M2: 1 of 3 files differ\n" in result.output


def test_what_differs_for_no_reason_is_called_not_deterministic(study: SmallStudy) -> None:
    notebook(study, "lett.ipynb", "import pathlib, uuid\npathlib.Path(output, 'a.txt').write_text(str(uuid.uuid4()))")
    runs.run(study.path, runs.plan(study.path, ["M1"]), say=lambda _: None, kernels="fresh")
    assert verdicts(study, "M1") == {"M1": ([("a.txt", "unknown")], [])}


def test_changed_inputs_that_change_no_file_leave_them_the_same(study: SmallStudy) -> None:
    study.add("corpus/pseudonymisation.csv", "x\n")
    study.replace("corpus/processes.csv", "Tørre kjellere", "Tørre loft")
    result = foran("verify", "outputs/M2", "--study", str(study.path))
    assert result.exit_code == 0, result.output
    assert (
        "M2: the same, 2 files\n  since then: 2 registers changed: processes.csv, pseudonymisation.csv\n"
        in result.output
    )


def test_a_milestone_that_fails_now_could_not_be_made_anew(study: SmallStudy) -> None:
    notebook(study, "lett.ipynb", "raise ValueError('Uten meg hadde det stoppet')")
    result = foran("verify", "M2", "--study", str(study.path))
    assert result.exit_code == 1
    assert "M2: could not be made anew\n  M2: lett.ipynb, cell 3 failed with ValueError" in result.output
    assert "stoppet" not in result.output


@pytest.mark.parametrize(
    ("spoil", "names", "said"),
    [
        (lambda s: None, ("M7",), "M7: no such folder in outputs"),
        (lambda s: None, ("..",), "lies outside outputs of this study"),
        (lambda s: (s.path / "outputs/M1/run.json").unlink(), ("M1",), r"M1: no run\.json that can be read"),
        (lambda s: (s.path / "outputs/M1/run.json").unlink(), (), r"M1: no run\.json that can be read"),
        (lambda s: s.replace("outputs/M1/run.json", '"study": "small"', '"study": "stor"'), (), "made of another study, 'stor'"),
        (lambda s: (s.path / "outputs/M1").rename(s.path / "outputs/M3"), (), "M3: its record is of milestone 'M1'"),
        (lambda s: s.replace("foran.toml", 'id = "M2"', 'id = "M4"'), ("M2",), r"M2: foran\.toml names no such milestone"),
        (lambda s: shutil.rmtree(s.path / "outputs"), (), "outputs holds no milestone that was run"),
        (lambda s: s.add("corpus/texts/FJO-I01.md", "Mer.\n"), ("M1",), "text-changed"),
    ],
)  # fmt: skip
def test_what_cannot_be_verified_is_refused_clearly(
    study: SmallStudy, spoil: Any, names: tuple[str, ...], said: str
) -> None:
    spoil(study)
    with pytest.raises(ForanError, match=said):
        verify_outputs(study.path, names, say=lambda _: None)


def test_outputs_of_another_study_are_refused(study: SmallStudy, once: SmallStudy) -> None:
    with pytest.raises(ForanError, match="lies outside outputs of this study"):
        verify_outputs(study.path, [str(once.path / "outputs/M1")], say=lambda _: None)


def test_a_clean_environment_keeps_what_a_program_needs_and_nothing_that_could_change_a_figure() -> None:
    given = {
        "PATH": "/bin",
        "HOME": "/h",
        "MPLBACKEND": "svg",
        "PYTHONHASHSEED": "3",
        "LANG": "nb_NO",
        "FORAN_STUDY": "x",
    }
    assert clean_environment(given).keys() == {"PATH", "HOME", "PYTHONPATH", "PYTHONUTF8"}
