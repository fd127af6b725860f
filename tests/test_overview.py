"""The overview of a milestone's material as the notebook gets it: the demo study's numbers, hidden documents, no plan."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from small_study import SmallStudy

from foran_research import milestone as ms
from foran_research.corpus.plan import PLAN_FILE
from foran_research.errors import ForanError
from foran_research.report.tables import csv_text
from foran_research.starting import start_study
from foran_research.study import Study, load_study

PLAN = "case,process,actor_type,kind,planned,from,to,note\n"


@pytest.fixture(scope="module")
def demo(demo_path: Path) -> Study:
    return load_study(demo_path)


def overview(study: Study, name: str = "M1", **options: str) -> ms.CorpusOverview:
    return ms.corpus_overview(study, study.milestone(name), **options)


def count(found: ms.CorpusOverview, what: str) -> int:
    return int(found.tables["corpus_totals"].set_index("what").at[what, "count"])


def test_the_demo_study_at_its_last_milestone(demo: Study) -> None:
    found = overview(demo, "M3")
    assert [count(found, what) for what in ("interviews", "workshop_notes", "public_documents", "withheld")] == [
        21,
        6,
        0,
        0,
    ]
    assert [count(found, what) for what in ("processes", "processes_with_documents")] == [6, 6]
    coverage, coders = found.tables["corpus_coverage"], found.tables["corpus_coders"].set_index("coder")
    for column in ("turns", "words", "coded_turns", "coded_words"):
        assert coverage[column].sum() == count(found, column) == (
            len(demo.units(demo.documents)) if column == "turns" else coders.at["K1", column]
        ), column  # fmt: skip
    # TRD-1: the project manager in her interview and in a note, one person.
    row = coverage[(coverage["process"] == "TRD-1") & (coverage["actor_type"] == "prosjektleder")]
    assert row[["documents", "participants"]].to_numpy().tolist() == [[2, 1]]
    assert found.tables["corpus_gaps"].empty
    assert found.tables["corpus_timeline"]["documents"].sum() == 27
    assert dict(zip(*found.tables["corpus_arenas"][["arena", "documents"]].T.to_numpy(), strict=True)) == {
        "praksiskunnskap": 2, "praksisbasert": 1, "konseptbasert": 2, "konseptkunnskap": 1,
    }  # fmt: skip


def test_the_demo_studys_plan_is_carried_out_in_part(demo: Study, demo_path: Path) -> None:
    with (demo_path / PLAN_FILE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    planned = overview(demo, "M3").tables["corpus_plan"]
    assert planned["planned"].sum() == sum(int(row["planned"]) for row in rows)
    # All days are past at the last milestone, so all that lacks is overdue.
    assert (planned["overdue"] == planned["lacking"]).all()
    assert Counter(planned["state"]) == {"done": 20, "overdue": 18}
    # Every interview is of one kind of people but TRD-I07, which fills the user's row; six notes as planned.
    assert planned.loc[planned["kind"] == "workshop_note", "done"].tolist() == [2, 2, 2]
    assert overview(demo, "M3").tables["corpus_outside_plan"]["document"].tolist() == ["BGO-I04"]
    early = overview(demo, "M1").tables["corpus_plan"]
    assert (early["done"] <= planned["done"]).all()
    assert early.loc[early["overdue"] > 0, ["process", "actor_type"]].to_numpy().tolist() == [
        ["KRS-1", "prosjektleder"]
    ]


def test_the_day_to_judge_by_is_a_parameter_and_never_the_clock(demo: Study) -> None:
    late = overview(demo, "M1", today="2030-01-01").tables["corpus_plan"]
    assert (late["overdue"] == late["lacking"]).all()
    assert overview(demo, "M1", today="2020-09-30").tables["corpus_plan"].equals(overview(demo).tables["corpus_plan"])
    for wrong in ("i morgen", "2020-9-30", "20200930"):
        with pytest.raises(ForanError, match="write a day as YYYY-MM-DD"):
            overview(demo, today=wrong)


def test_the_small_study_by_hand(small_study: SmallStudy) -> None:
    (small_study.path / PLAN_FILE).write_text(
        PLAN
        + "FJO,FJO-1,innkjop,interview,2,,2020-09-30,\nSTR,,,workshop_note,1,,,\nHEI,,leverandor,interview,1,2021-01-01,,\n",
        "utf-8",
    )
    study = load_study(small_study.path)
    found = overview(study, "M1")
    planned = found.tables["corpus_plan"].set_index("line")
    assert planned[["done", "lacking", "overdue", "state", "documents"]].to_numpy().tolist() == [
        [1, 1, 0, "open", "FJO-I02"],
        [1, 0, 0, "done", "STR-N01"],
        [1, 0, 0, "done", "HEI-I01"],
    ]
    assert found.tables["corpus_outside_plan"]["document"].tolist() == ["FJO-I01"]
    # FJO-PL-01 was a guest in STR-1 and said nothing there: Strandby's buyer and text of nobody's are what is heard.
    coverage = found.tables["corpus_coverage"]
    assert coverage.loc[coverage["case"] == "STR", ["actor_type", "turns"]].to_numpy().tolist() == [
        ["innkjop", 1],
        ["", 3],
    ]
    later = overview(study, "M2", language="en").tables["corpus_gaps"]
    assert later[["gap", "id", "count"]].to_numpy().tolist() == [
        ["no_quote_consent", "STR-I01", 1],
        ["no_guide", "STR-I01", 1],
    ]
    assert later["what"].tolist() == [
        "documents with words that may not be quoted",
        "interviews without an interview guide",
    ]


def test_coding_is_that_of_the_model_coders_up_to_the_day(small_study: SmallStudy) -> None:
    small_study.replace("foran.toml", 'model_coders = ["K1"]', 'model_coders = ["K2"]')
    found = overview(load_study(small_study.path))
    assert found.tables["corpus_gaps"].query("gap == 'not_coded'")["id"].tolist() == ["FJO-I02", "HEI-I01"]
    coders = found.tables["corpus_coders"].set_index("coder")
    assert count(found, "coded_turns") == coders.at["K2", "coded_turns"] == 3
    assert coders.at["K1", "coded_turns"] > 3


@pytest.mark.parametrize("name", ["M1", "M2"])
def test_a_hidden_document_is_in_no_table_fills_no_row_and_is_counted_once(small_study: SmallStudy, name: str) -> None:
    (small_study.path / PLAN_FILE).write_text(PLAN + "FJO,FJO-1,prosjektleder,interview,1,,,\n", "utf-8")
    register = small_study.path / "corpus/documents.csv"
    lines = [
        line.replace(",open,", ",trade_secret,") if line.startswith("FJO-I01") else line
        for line in register.read_text("utf-8").splitlines()
    ]
    register.write_text("\n".join(lines) + "\n", "utf-8")
    found = overview(load_study(small_study.path), name)
    assert [table for table, frame in found.tables.items() if "FJO-I01" in csv_text(frame)] == []
    assert count(found, "withheld") == 1
    assert found.tables["corpus_plan"]["lacking"].tolist() == [1]
    # Whom only a hidden document names is not called unheard.
    assert "participant_not_heard" not in set(found.tables["corpus_gaps"]["gap"])


def test_an_empty_study_without_a_plan_has_an_overview(tmp_path: Path) -> None:
    start_study(tmp_path / "ny")
    study = load_study(tmp_path / "ny")
    found = ms.corpus_overview(study, study.settings.milestones[0])
    assert count(found, "documents") == 0
    assert all(csv_text(table) for table in found.tables.values())
    assert all(ms.save_figure(figure, "", name) for name, figure in found.figures.items())


def test_the_overview_is_saved_as_it_is_shown(small_study: SmallStudy, tmp_path: Path) -> None:
    study = load_study(small_study.path)
    before = small_study.fingerprint()
    saved: list[dict[str, bytes]] = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        found = overview(study)
        for name, table in found.tables.items():
            ms.save_table(table, folder, name)
        for name, figure in found.figures.items():
            ms.save_figure(figure, folder, name)
        saved.append({str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()})
    assert saved[0] == saved[1]
    assert len(saved[0]) == len(found.tables) + 2 * len(found.figures)
    assert small_study.fingerprint() == before
