"""The page, tables and figures of a follow-up and evaluation model."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from followed_study import N, followed_study
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from foran_research.delivering import followup as delivering
from foran_research.delivering import status as status_delivering
from foran_research.report.acceptance_part import acceptance_rows, in_short
from foran_research.report.followup_figures import maturity_figure, timeline_figure
from foran_research.report.followup_page import days_told, level_told
from foran_research.report.followup_page import in_short as page_in_short
from foran_research.report.followup_tables import COLUMNS, followup_tables
from foran_research.report.followup_words import followup_words
from foran_research.report.status_milestones_page import events_figure, status_tables
from foran_research.study import Study, load_study

LEVELS = {1: "Fremspirende", 2: "Gjentatt praksis", 3: "Systematisert og reflektert over sammen", 4: "Generell praksis",
          5: "Forbedres kontinuerlig og deles videre"}  # fmt: skip


@pytest.fixture(scope="module")
def study(written_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(followed_study(written_once, tmp_path_factory.mktemp("page")).path)


@pytest.fixture(scope="module")
def delivered(study: Study, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("out")
    return delivering.deliver(study, study.milestone("F1"), folder), folder


@pytest.fixture(scope="module")
def model(delivered: tuple[dict[str, Any], Path]) -> dict[str, Any]:
    return delivered[0]


@pytest.fixture(scope="module")
def page(delivered: tuple[dict[str, Any], Path]) -> str:
    return (delivered[1] / "report.html").read_text("utf-8")


def test_everything_of_the_milestone_is_written(delivered: tuple[dict[str, Any], Path]) -> None:
    names = {str(path.relative_to(delivered[1])) for path in delivered[1].rglob("*.*")}
    tables = {f"tables/{name}.csv" for name in (*COLUMNS, "followup_chain", "followup_acceptance")}
    figures = {f"figures/followup_{name}.{kind}" for name in ("maturity", "timeline") for kind in ("svg", "png")}
    assert names == {"model.json", "report.html", *tables, *figures}


def test_the_page_stands_alone_and_every_link_leads_somewhere(page: str) -> None:
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_page_begins_with_what_a_reader_needs_first(page: str, model: dict[str, Any]) -> None:
    lines = [text for text, _ in page_in_short(model, "nb")]
    assert lines == [
        "3 tiltak: 2 i gang, 1 utsatt.",
        "Virker tiltakene? 1 virker, 1 virker ikke, 1 vet vi ikke ennå.",
        "1 av 4 steg er gjort. 1 tiltak har steg som er forsinket.",
        "Modenhet siden nullpunktet: 1 opp, 0 uendret, 1 ned, av 2 elementer som kan sammenlignes.",
        "1 av 3 mål er nådd.",
        "Virker ikke, eller er stanset: «Strategien ut av skuffen».",
        "Først på lista nå: «Steg 1 ø» (T3).",
        "Prosjektets fire kriterier: 1i ◐ delvis · 1ii ◐ delvis · 2i ◐ delvis · 2ii ◐ delvis.",
    ]
    assert page.index("Kort sagt") < page.index('id="maturity"')
    assert [anchor for _, anchor in page_in_short(model, "en") if f'id="{anchor}"' not in page] == []


def test_each_report_that_rests_on_a_passage_leads_to_it(page: str) -> None:
    assert f'id="s-{N}3"' in page
    assert page.count(f'href="#s-{N}3"') >= 2
    # The informant consented, so the words stand there too.
    assert "læringspunktene ble liggende på en minnepinne" in page


def test_what_cannot_be_compared_and_what_is_not_answered_is_said(page: str) -> None:
    assert "slått sammen eller delt i kodeboka imellom" in page
    assert "Ikke besvart." in page
    assert "Skrevet for P2 markedskontakt, som er delt siden: gjelder nå P3, P4." in page


def test_no_figure_sums_up_a_municipality(page: str) -> None:
    assert "totalt nivå" not in page.lower()
    assert "gjennomsnitt" not in page.lower()


def test_both_languages_have_the_same_words_and_placeholders() -> None:
    nb, en = followup_words("nb"), followup_words("en")
    assert set(nb) == set(en)
    fields = {key: (set(re.findall(r"{(\w+)}", nb[key])), set(re.findall(r"{(\w+)}", en[key]))) for key in nb}
    assert {key: pair for key, pair in fields.items() if pair[0] != pair[1]} == {}


def test_the_page_in_english_has_no_word_left_in_norwegian(study: Study, tmp_path: Path) -> None:
    delivering.deliver(study, study.milestone("F1"), tmp_path, language="en")
    text = re.sub(r"<(style|blockquote).*?</\1>", "", (tmp_path / "report.html").read_text("utf-8"), flags=re.S)
    for word in ("tiltak", "oppfylt", "Nullpunkt", "utsatt", "mangler"):
        assert word not in text, word


def test_the_same_study_gives_the_same_page_tables_and_figures(
    study: Study, delivered: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    delivering.deliver(study, study.milestone("F1"), tmp_path)
    first, second = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*.*")} for root in (delivered[1], tmp_path)
    )
    assert first == second


def test_tables_say_the_same_as_the_model(model: dict[str, Any]) -> None:
    tables = followup_tables(model, "nb")
    elements = tables["followup_elements"].set_index("code")
    assert (elements.at["P1", "baseline"], elements.at["P1", "now"], elements.at["P1", "status"]) == (1, 2, "up")
    assert list(tables["followup_steps"]["days_late"]) == [10, 0, 0, 214]
    assert list(tables["followup_chain"]["effects"]) == [True, False, False]
    assert set(tables["followup_acceptance"]["indicator"]) == {"1i", "1ii", "2i", "2ii"}


def test_tables_of_an_empty_model_keep_their_columns(model: dict[str, Any]) -> None:
    empty = {**model, "elements": [], "measures": [], "troubles": [], "next_steps": []}
    for name, columns in COLUMNS.items():
        assert tuple(followup_tables(empty, "en")[name].columns) == columns


def boxes(figure: Figure) -> list[tuple[str, Any]]:
    """Every text of a figure with the box it takes up, in pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    texts = [text for axes in figure.axes for text in (*axes.texts, *axes.get_yticklabels())]
    return [(t.get_text(), t.get_window_extent(renderer)) for t in texts if t.get_text().strip() and t.get_visible()]


def overlapping(figure: Figure) -> list[tuple[str, str]]:
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes(figure), 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]


def crowded(model: dict[str, Any], years: int) -> dict[str, Any]:
    """The model with long names, many measures and a plan over several years."""
    measures = []
    for number in range(8):
        for one in model["measures"]:
            title = {"nb": f"Et tiltak med et svært langt navn som ingen rekker å lese på én linje {number} æøå" * 2}
            steps = [
                {**step, "text": title, "planned_from": f"{2020 + number % years}-03-01",
                 "planned_to": f"{2020 + number % years + 1}-02-27"}
                for step in one["steps"]
            ]  # fmt: skip
            measures.append({**one, "title": title, "steps": steps})
    elements = [
        {**one, "label": {"nb": "Et element med et svært langt navn som tar mye plass i figuren"}}
        for one in model["elements"]
    ]
    return {**model, "measures": measures, "elements": elements}


@pytest.mark.parametrize("years", [1, 3, 6])
def test_no_text_of_the_timeline_lies_on_another(model: dict[str, Any], years: int) -> None:
    assert overlapping(timeline_figure(crowded(model, years), "nb")) == []


def test_no_text_of_the_timeline_runs_into_its_bars(model: dict[str, Any]) -> None:
    figure = timeline_figure(crowded(model, 3), "nb")
    drawn = boxes(figure)
    left = figure.axes[0].get_window_extent().x0
    labels = [box for text, box in drawn if "svært langt navn" in text]
    assert labels
    assert max(box.x1 for box in labels) < left


def test_no_text_of_the_maturity_figure_lies_on_another(model: dict[str, Any]) -> None:
    assert overlapping(maturity_figure(model, "nb", LEVELS)) == []
    assert overlapping(maturity_figure({**crowded(model, 1)}, "nb", LEVELS)) == []


def test_days_are_told_in_short_and_levels_with_their_range() -> None:
    said = followup_words("nb")
    assert days_told("2023-02-01", "2023-04-30", said, "nb") == "1. februar – 30. april 2023"
    assert days_told("2023-02-01", "2024-04-30", said, "nb") == "1. februar 2023 – 30. april 2024"
    assert days_told("", "", said, "nb") == "ikke tidfestet"
    assert level_told({"level": 3, "low": 2, "high": 4}) == "3 (2–4)"
    assert level_told({"level": 3, "low": 3, "high": 3}) == "3"
    assert level_told(None) == "–"


def test_verdicts_are_told_by_sign_and_word_and_passages_left_out_are_counted(model: dict[str, Any]) -> None:
    rows = acceptance_rows(model["acceptance"], {}, "nb", shown=[f"{N}3"])
    assert [row["id"] for row in rows] == ["1i", "1ii", "2i", "2ii"]
    assert all(row["mark"] in "●◐○" and row["told"] for row in rows)
    whole = acceptance_rows(model["acceptance"], {}, "nb")
    for cut, all_of_it in zip(rows, whole, strict=True):
        assert cut["more"] + len(cut["segments"]) == len(all_of_it["segments"])
        assert all_of_it["more"] == 0
    assert in_short(model["acceptance"], "en").startswith("1i ◐ partly · 1ii")


def test_the_status_page_stands_alone_and_tells_each_point(study: Study, tmp_path: Path) -> None:
    model = status_delivering.deliver(study, study.milestone("M16"), tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert "<script" not in page
    assert "Milepælen er delvis oppfylt: 0 av 9 punkter er oppfylt." in page
    assert overlapping(events_figure(model, "nb")) == []
    assert list(status_tables(model, "nb")["status_points"]["point"])[:3] == ["strengthened", "practice", "tools"]


def test_rounds_made_on_several_days_are_marked_and_deadlines_are_called_so(
    written_once: Path, tmp_path: Path, study: Study
) -> None:
    path = followed_study(written_once, tmp_path).path
    register = path / "corpus/assessments.csv"
    text = register.read_text("utf-8")
    register.write_text(text.replace("b2,2021-09-10", "b2,2021-09-12"), encoding="utf-8")
    changed = load_study(path)
    delivering.deliver(changed, changed.milestone("F1"), tmp_path / "en", language="en")
    page = (tmp_path / "en/report.html").read_text("utf-8")
    told = (
        "Assessments of several days, counted as one round: F1, the researchers (10 September 2021, 12 September 2021)."
    )
    assert told in page
    assert '<th scope="col">Due</th>' in page
    assert '<th scope="col">By</th>' not in page
    delivering.deliver(study, study.milestone("F1"), tmp_path / "same", language="en")
    assert "counted as one round" not in (tmp_path / "same/report.html").read_text("utf-8")
