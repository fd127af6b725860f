"""The figures of the corpus overview: nothing overlaps, the same bytes each time, and something to see when all is empty."""

from __future__ import annotations

import ast
import datetime as dt
from dataclasses import replace
from importlib import resources
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from test_figures import LANGUAGES, MILESTONES, boxes, overlapping

from foran_research import milestone as ms
from foran_research.analysis import corpus_overview as co
from foran_research.corpus.plan import PLAN_COLUMNS, empty_plan
from foran_research.report import corpus_figures
from foran_research.report.figures import figure_bytes
from foran_research.report.words import words
from foran_research.settings import Milestone, Settings
from foran_research.study import Study

FIGURES = ("corpus_coverage", "corpus_timeline", "corpus_plan")


def drawn(study: Study, name: str, language: str) -> dict[str, Figure]:
    return dict(ms.corpus_overview(study, study.milestone(name), language=language).figures)


def texts(figure: Figure) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in figure.findobj(Text) if text.get_text().strip()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MILESTONES)
def test_no_two_texts_overlap_and_none_leaves_the_figure(demo_study: Study, name: str, language: str) -> None:
    for kind, figure in drawn(demo_study, name, language).items():
        found = boxes(figure)
        outer = figure.bbox
        outside = [t for t, b in found if b.x0 < outer.x0 or b.y0 < outer.y0 or b.x1 > outer.x1 or b.y1 > outer.y1]
        assert outside == [], kind
        # The slanted heads of the columns stand clear of one another though their upright boxes do not.
        slanted = {text.get_text() for text in figure.findobj(Text) if text.get_rotation()}
        assert [pair for pair in overlapping(found) if not slanted >= set(pair)] == [], kind
        assert len(found) > 10, kind


def test_the_same_study_gives_the_same_bytes(demo_study: Study) -> None:
    runs = [
        {
            (name, file): figure_bytes(figure, file)
            for name, figure in drawn(demo_study, "M2", "nb").items()
            for file in ("svg", "png")
        }
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert {name for name, _ in runs[0]} == set(FIGURES)
    assert not [name for name, data in runs[0].items() if b"<dc:date>" in data]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_speak_the_language_asked_for(demo_study: Study, language: str) -> None:
    other = {"nb": "en", "en": "nb"}[language]
    said, unsaid = words(language), words(other)
    figures = drawn(demo_study, "M2", language)
    for name, keys in {
        "corpus_coverage": ("in_all", "no_speaker", "coverage_cell", "coverage_overdue", "coverage_to_come"),
        "corpus_timeline": ("interview", "workshop_note", "coded_marker", "uncoded_marker", "after_cut_off"),
        "corpus_plan": ("plan_done", "plan_overdue", "plan_open", "across_municipalities", "public_document"),
    }.items():
        found = texts(figures[name])
        assert [key for key in keys if said[key] not in found] == []
        assert [key for key in keys if unsaid[key] in found] == []
    titles = demo_study.processes[f"title_{language}"]
    assert f"TRD-2  {titles['TRD-2']}" in texts(figures["corpus_coverage"])


def test_every_word_that_the_figures_take_is_there() -> None:
    source = resources.files("foran_research").joinpath("report/corpus_figures.py").read_text("utf-8")
    keys = {
        node.slice.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and ast.unparse(node.value) == "said"
    }
    assert len(keys) > 10
    for language in LANGUAGES:
        assert keys <= words(language).keys()
        assert {f"gap_{gap}" for gap in co.GAPS} <= words(language).keys()


def test_a_cell_tells_documents_words_and_what_the_plan_lacks(demo_study: Study) -> None:
    found = texts(drawn(demo_study, "M2", "en")["corpus_coverage"])
    table = ms.corpus_overview(demo_study, demo_study.milestone("M2")).tables
    for row in table["corpus_coverage"].itertuples():
        assert f"{row.words:,}" in found
    assert found.count("lacks 1") + 2 * found.count("lacks 2") + 3 * found.count("lacks 3") >= int(
        table["corpus_plan"]["overdue"].sum()
    )


def test_hollow_marks_are_documents_without_coding(demo_study: Study) -> None:
    documents, settings = demo_study.documents, demo_study.settings
    coded = set(documents.index) - {"TRD-I01", "KRS-N01"}
    figure = corpus_figures.timeline_figure(documents, settings, coded, dt.date(2024, 5, 31), "nb")
    lines = [line for line in figure.axes[0].lines if line.get_marker() in ("o", "s", "^")]
    marks = [line for line in lines if line.get_markeredgecolor() != corpus_figures.INK]
    hollow = [line for line in marks if line.get_markerfacecolor() == "white"]
    # Two kinds stand in the legend as well.
    assert len(marks) == len(documents) + 2
    assert sorted(line.get_marker() for line in hollow) == ["o", "s"]


def crowded(settings: Settings) -> Settings:
    """Fifteen milestones, several on one day and some a day apart."""
    one = settings.milestones[0]
    days = [dt.date(2020, 9, 30), dt.date(2021, 1, 31), dt.date(2021, 2, 1), dt.date(2021, 2, 20), dt.date(2021, 9, 30)]
    made = tuple(
        Milestone(f"M{n}", one.title, days[n % 5], days[n % 5], "", "1.0.0", n, ()) for n in range(1, 16)
    )  # fmt: skip
    return replace(settings, milestones=made)


def test_many_milestones_and_many_talks_on_one_day_are_told_apart(demo_study: Study) -> None:
    documents = demo_study.documents.copy()
    documents.loc[documents["case"] == "TRD", "date"] = "2021-02-01"
    figure = corpus_figures.timeline_figure(documents, crowded(demo_study.settings), (), dt.date(2021, 2, 1), "en")
    found = boxes(figure)
    assert overlapping(found) == []
    assert "M2 M7 M12" in texts(figure)
    assert max(box.y1 for _, box in found) <= figure.bbox.y1
    spots = [(line.get_xdata()[0], line.get_ydata()[0]) for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert len(spots) == len(set(spots))


def empty(study: Study) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    coverage = pd.DataFrame(columns=list(co.COVERAGE_COLUMNS))
    return coverage, co.plan_table(empty_plan(), {}, today="2020-01-01"), study.documents.iloc[:0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_gathered_yet_is_said_in_words(demo_study: Study, language: str) -> None:
    coverage, planned, documents = empty(demo_study)
    settings = replace(demo_study.settings, milestones=())
    processes, day = demo_study.processes.iloc[:0], dt.date(2020, 1, 1)
    said = words(language)
    figures = {
        "nothing_gathered": corpus_figures.coverage_figure(coverage, planned, documents, processes, settings, language),
        "nothing_dated": corpus_figures.timeline_figure(documents, settings, (), day, language),
        "nothing_planned": corpus_figures.plan_figure(planned, settings, language),
    }
    for key, figure in figures.items():
        assert texts(figure) == [said[key]]
        assert figure_bytes(figure, "png").startswith(b"\x89PNG")


def test_milestones_without_documents_and_processes_without_talks_are_drawn(demo_study: Study) -> None:
    coverage, planned, documents = empty(demo_study)
    settings = demo_study.settings
    heat = corpus_figures.coverage_figure(coverage, planned, documents, demo_study.processes, settings, "nb")
    assert "Trondheim" in texts(heat)
    line = corpus_figures.timeline_figure(documents, settings, (), dt.date(2020, 9, 30), "nb")
    assert {"M1", "M2", "M3 M18", "Bergen"} <= set(texts(line))


def test_actor_types_and_cases_that_the_settings_lack_do_not_stop_the_drawing(demo_study: Study) -> None:
    """The settings are checked elsewhere; a figure of what is there must not fail first."""
    rows: list[dict[str, Any]] = [
        dict.fromkeys(PLAN_COLUMNS, "") | {"case": "", "kind": kind, "actor_type": actor, "planned": 1}
        for kind, actor in (("interview", ""), ("workshop_note", "bruker"), ("public_document", ""))
    ]
    plan = pd.DataFrame(rows, columns=list(PLAN_COLUMNS)).rename_axis("line")
    planned = co.plan_table(plan, {}, today="2020-01-01")
    figure = corpus_figures.plan_figure(planned, demo_study.settings, "nb")
    assert {"Intervju (uansett hvem)", "Workshopnotat: Bruker eller pårørende", "0 av 1"} <= set(texts(figure))
