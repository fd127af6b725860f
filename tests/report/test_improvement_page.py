"""The improvement report of the demo study, and of what is lacking. Everything in it is invented (oppdiktet)."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from foran_research.delivering import improvement as delivered
from foran_research.milestone import figure_stamp, validate_model
from foran_research.models.capability import ModelInputs
from foran_research.report.figures import figure_bytes, stamped
from foran_research.report.improvement_figures import (
    gap_figure,
    gap_rows,
    lanes_of,
    order_figure,
    order_places,
    timeline_figure,
)
from foran_research.report.improvement_page import in_short, report_page, signed
from foran_research.report.improvement_words import improvement_words, kind_names, stage_names
from foran_research.study import Study

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
FIGURES = dict.fromkeys(("gaps", "order", "timeline"), PICTURE)


@dataclasses.dataclass(frozen=True)
class Made:
    study: Study
    model: dict[str, Any]
    inputs: ModelInputs

    def page(self, language: str = "nb", **changed: Any) -> str:
        model = {**self.model, **changed}
        milestone = self.study.milestone(model["milestone"])
        i = self.inputs
        return report_page(
            model, self.study.settings, milestone, FIGURES, i.segments, i.units, i.documents, i.hidden, language
        )


@pytest.fixture(scope="module")
def made(demo_study: Study) -> Made:
    milestone = demo_study.milestone("M11")
    built, inputs = delivered._built(demo_study, milestone, "human")
    return Made(demo_study, json.loads(delivered.model_text(built)), inputs)


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_page_fetches_nothing_and_every_link_has_a_target(made: Made, language: str) -> None:
    page = made.page(language)
    assert not re.search(r"https?://", page)
    assert "<script" not in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_page_begins_with_what_a_practitioner_needs_in_ten_lines(made: Made) -> None:
    page = made.page()
    assert page.index("Kort sagt") < page.index('id="contents"') < page.index('id="gaps"')
    lines = in_short(made.model, made.study.settings, "nb")
    assert 4 <= len(lines) <= 10
    assert lines[0][0].startswith("Bergen har 8 tiltak for 8 elementer. ")
    assert all(f'id="{anchor}"' in page for _, anchor in lines if anchor)


def test_in_short_names_what_inhibits_much_and_has_no_measure(made: Made) -> None:
    lacking = [one for one in made.model["elements"] if "inhibits_unaddressed" in one["notes"]]
    assert lacking
    told = " ".join(text for text, _ in in_short(made.model, made.study.settings, "nb"))
    most = max(lacking, key=lambda one: len(one["inhibiting"]))
    assert f"Hemmer mye, men har ikke noe tiltak: {most['display']} " in told


def test_every_measure_stands_with_owner_grounds_steps_and_its_passages(made: Made) -> None:
    page = made.page()
    for one in made.model["measures"]:
        start = page.index(f'id="m-{one["id"]}"')
        card = page[start : page.index("</article>", start)]
        for text in (one["title"]["nb"], one["factor"], one["grounds"], *(s["text"]["nb"] for s in one["steps"])):
            assert text in card.replace("&#34;", '"').replace("&amp;", "&")
        for segment in one["passages"]:
            assert f'href="#s-{segment}"' in card


def test_nobody_is_quoted_more_often_than_the_page_allows(made: Made) -> None:
    page = made.page()
    shown = re.findall(r'<li id="s-[^"]+">.*?</li>', page, re.DOTALL)
    speakers = [re.search(r"· ([A-Z]{3}-[A-Z]+-\d\d) ·", item) for item in shown if "<blockquote>" in item]
    names = [found[1] for found in speakers if found]
    assert names
    assert max(names.count(name) for name in names) <= 4


def test_ties_are_told_as_hanging_together_and_never_as_cause(made: Made) -> None:
    page = made.page()
    start = page.index('id="ties"')
    section = page[start : page.index('id="acceptance"', start)]
    assert "Henger sammen med" in section
    assert section.count("årsak") == 1
    assert "ikke at det ene er årsak til det andre" in section
    tie = made.model["ties"][0]
    assert f"{tie['turns']} ytringer i {tie['documents']} dokument" in section


def test_words_that_are_not_cleared_and_hidden_documents_are_nowhere(made: Made) -> None:
    units = made.inputs.units.assign(may_quote=False)
    silent = dataclasses.replace(made, inputs=dataclasses.replace(made.inputs, units=units))
    quotes = {str(q) for q in made.inputs.segments["quote"] if len(str(q)) > 40}
    page = silent.page()
    assert not [quote for quote in quotes if quote in page]
    everything = frozenset(str(one) for one in made.inputs.documents.index)
    hidden = dataclasses.replace(made, inputs=dataclasses.replace(made.inputs, hidden=everything))
    assert 'id="s-' not in hidden.page()


def test_hostile_words_of_the_register_stay_words(made: Made) -> None:
    hostile = "<script>alert('å')</script> 😀 a\u030a"
    measures = [
        {**made.model["measures"][0], "factor": hostile, "grounds": hostile, "title": {"nb": hostile, "en": hostile}}
    ]
    measures += made.model["measures"][1:]
    page = made.page(measures=measures)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "a\u030a" in page


def test_what_inhibits_much_is_told_as_addressed_only_where_there_is_such_a_thing(made: Made) -> None:
    def section(elements: list[dict[str, Any]], rules: dict[str, Any]) -> str:
        page = made.page(elements=elements, rules={**made.model["rules"], **rules})
        return page[page.index('id="unaddressed"') : page.index('id="measures"')]

    quiet = [{**one, "notes": []} for one in made.model["elements"]]
    most = max((one for one in quiet if one["measures"]), key=lambda one: one["inhibiting_share"] or 0)
    rules = {"much_segments": 1, "much_documents": 1, "much_share": most["inhibiting_share"]}
    assert f"Alt som hemmer mye, har minst ett tiltak: {most['display']} " in section(quiet, rules)
    none = section(quiet, {**rules, "much_segments": 10_000})
    assert "Ikke noe element hemmer mye etter denne regelen." in none
    assert "minst ett tiltak" not in none


def test_a_page_of_nothing_claims_no_levels_and_no_targets(made: Made) -> None:
    bare = [
        {**one, "measures": [], "notes": [], "level": None, "target": None, "gap": None,
         "levels": dict.fromkeys(one["levels"])}
        for one in made.model["elements"]
    ]  # fmt: skip
    model = {**made.model, "elements": bare, "measures": [], "trajectories": [], "ties": [], "order": []}
    told = " ".join(text for text, _ in in_short(model, made.study.settings, "nb"))
    assert told == "Ingen tiltak er skrevet inn ennå, og ingen nivåer eller mål er registrert."


def test_a_page_without_measures_says_so(made: Made) -> None:
    page = made.page(measures=[], order=[], ties=[], trajectories=[], acceptance=None)
    assert "Ingen tiltak er skrevet inn ennå." in page
    assert 'id="acceptance"' not in page
    assert in_short({**made.model, "measures": [], "trajectories": []}, made.study.settings, "en")[0][0].startswith(
        "No measures"
    )


def test_delivering_writes_what_was_known_on_the_day_and_nothing_later(made: Made, tmp_path: Path) -> None:
    study = made.study
    milestone = study.milestone("M11")
    # The registers as they stood: what was written later is as if it were not there.
    then = dataclasses.replace(study, registers=study.registers.until(milestone.cut_off))
    assert len(then.registers) < len(study.registers)
    delivered.deliver(then, milestone, tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {
        "model.json", "report.html", *(f"figures/improvement_{n}.{k}" for n in FIGURES for k in ("svg", "png")),
        *(f"tables/improvement_{name}.csv" for name in ("gaps", "measures", "steps", "ties")),
    }  # fmt: skip
    assert json.loads((tmp_path / "model.json").read_text("utf-8")) == made.model
    again = stamped(timeline_figure(made.model, study.settings, "nb"), figure_stamp(study, "human", "nb"))
    assert (tmp_path / "figures/improvement_timeline.svg").read_bytes() == figure_bytes(again, "svg")
    page = (tmp_path / "report.html").read_text("utf-8")
    blank = re.compile(r"data:image/svg\+xml;base64,[^\"]+")
    assert blank.sub("", page) == blank.sub("", made.page())
    texts = b"".join((tmp_path / name).read_bytes() for name in names if not name.endswith("png"))
    # A step of BGO-T01 was moved to 2023-12-15 in June 2023.
    assert b"BGO-T01,2,F" in texts
    assert b"2023-12-15,ledelse" not in texts
    later = {str(d) for d, day in study.documents["date"].items() if day > milestone.cut_off.isoformat()}
    assert later
    assert not [name for name in later if name.encode() in texts]


def test_the_model_fits_its_schema_and_no_figure_stands_for_a_municipality(made: Made) -> None:
    validate_model(made.model, "improvement")
    with pytest.raises(Exception, match="score"):
        validate_model({**made.model, "score": 2.4}, "improvement")
    tables = delivered.tables(made.model, "en")
    assert list(tables["improvement_gaps"]["code"])[:2] == ["P1", "P2"]
    assert tables["improvement_measures"].shape[0] == 8
    assert str(tables["improvement_gaps"]["gap"].dtype) == "Int64"


def test_a_milestone_of_another_model_is_refused(demo_study: Study) -> None:
    with pytest.raises(Exception, match="M1 is not one of an improvement model"):
        delivered.build(demo_study, demo_study.milestone("M1"))


# Figures


def texts_overlap(figure: Any) -> list[tuple[str, str]]:
    """Pairs of texts of a figure that lie on each other, by the boxes the renderer gives them."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = [
        (text.get_text(), text.get_window_extent(renderer))
        for axes in figure.axes
        for text in axes.texts
        if text.get_text().strip()
    ]
    return [
        (one, other)
        for number, (one, box) in enumerate(boxes)
        for other, beside in boxes[number + 1 :]
        if min(box.x1, beside.x1) - max(box.x0, beside.x0) > 1 and min(box.y1, beside.y1) - max(box.y0, beside.y0) > 1
    ]


@pytest.mark.parametrize("language", ["nb", "en"])
def test_no_texts_of_the_figures_lie_on_each_other(made: Made, language: str) -> None:
    for draw in (gap_figure, timeline_figure, order_figure):
        figure = draw(made.model, made.study.settings, language)
        assert texts_overlap(figure) == []
        width, height = figure.get_size_inches() * 100
        assert width > 500
        assert height < 3000


@pytest.mark.parametrize("language", ["nb", "en"])
def test_texts_of_the_order_stay_inside_their_boxes(made: Made, language: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.patches import FancyBboxPatch

    figure = order_figure(made.model, made.study.settings, language)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = [
        one.get_window_extent(renderer) for one in figure.axes[0].get_children() if isinstance(one, FancyBboxPatch)
    ]
    assert len(boxes) == 8
    for text in figure.axes[0].texts:
        place = text.get_window_extent(renderer)
        over = [box for box in boxes if box.x0 < place.x0 < box.x1 and box.y0 < (place.y0 + place.y1) / 2 < box.y1]
        assert all(place.x1 < box.x1 and box.y0 < place.y0 for box in over), text.get_text()


def test_steps_of_a_day_have_bars_that_do_not_lie_on_each_other(made: Made) -> None:
    days = [f"2023-03-{day:02d}" for day in range(1, 7)]
    steps = [{"step": str(n), "text": {"nb": "å", "en": "a"}, "begins": day, "ends": day} for n, day in enumerate(days)]
    first = {**made.model["measures"][0], "steps": steps}
    model = {**made.model, "measures": [first, *made.model["measures"][1:]]}
    assert texts_overlap(timeline_figure(model, made.study.settings, "nb")) == []


def test_bars_take_the_first_lane_that_is_free() -> None:
    assert lanes_of([(0, 1), (0.5, 2), (0.7, 0.9), (1, 3)]) == [0, 1, 2, 0]
    assert lanes_of([]) == []


def test_long_arrows_get_a_place_of_their_own_in_the_columns_they_pass() -> None:
    columns, pieces = order_places([["A", "B"], ["C"], ["D"]], {"C": ["A"], "D": ["C", "B"]})
    assert [sorted(place[0] for place in column if place[0]) for column in columns] == [["A", "B"], ["C"], ["D"]]
    assert [place for place in columns[1] if not place[0]] == [("", "B", "D")]
    assert (("B", "", ""), ("", "B", "D")) in pieces
    assert (("", "B", "D"), ("D", "", "")) in pieces


def test_a_figure_without_anything_to_draw_says_so(made: Made) -> None:
    empty = {**made.model, "measures": [], "order": [], "trajectories": [], "elements": []}
    assert gap_rows(empty) == []
    for draw in (gap_figure, timeline_figure):
        assert figure_bytes(draw(empty, made.study.settings, "nb"), "svg").startswith(b"<?xml")


# Words


def test_both_languages_have_all_words_and_the_same_blanks() -> None:
    nb, en = improvement_words("nb"), improvement_words("en")
    assert nb.keys() == en.keys()
    blanks = re.compile(r"\{\w*\}")
    assert [key for key in nb if sorted(blanks.findall(nb[key])) != sorted(blanks.findall(en[key]))] == []
    assert kind_names("nb").keys() == kind_names("en").keys()
    assert stage_names("nb").keys() == stage_names("en").keys()


def test_every_kind_and_stage_of_the_register_has_a_name() -> None:
    from foran_research.registers.vocab import MEASURE_KINDS, STAGES

    assert set(kind_names("nb")) == set(MEASURE_KINDS)
    assert set(stage_names("nb")) == set(STAGES)


def test_gaps_have_their_sign() -> None:
    assert [signed(gap) for gap in (2, 0, -1)] == ["+2", "0", "−1"]


def told(model: Mapping[str, Any], study: Study, language: str) -> list[str]:
    from foran_research.report.improvement_page import _Told

    words = _Told(model, study.settings, language)
    return [words.path(path) for path in model["trajectories"]]


def test_trajectories_are_told_in_a_sentence_with_the_names_of_the_levels(made: Made) -> None:
    path = {**made.model["trajectories"][0], "level": 2, "target": 4, "by": "2023-12-31", "assessed_at": "M11"}
    model = {
        **made.model,
        "trajectories": [path, {**path, "level": None}, {**path, "target": None}, {**path, "target": 2}],
    }
    whole, no_level, no_target, stay = told(model, made.study, "nb")
    assert "skal gå fra nivå 2 (" in whole
    assert whole.endswith(" innen 31. desember 2023.")
    assert "Ingen forsker har vurdert" in no_level
    assert "Det er ikke satt noe mål." in no_target
    assert "og målet er nivå 2" in stay


def test_a_hidden_document_of_the_demo_keeps_its_words_and_ids_out(made: Made) -> None:
    documents = made.study.documents.copy()
    documents.loc["BGO-I05", "disclosure"] = "restricted"
    study = dataclasses.replace(made.study, documents=documents)
    built, inputs = delivered._built(study, study.milestone("M11"), "human")
    model = json.loads(delivered.model_text(built))
    assert "BGO-I05" not in json.dumps(model)
    assert "BGO-I05" not in Made(study, model, inputs).page()
    assert "BGO-I05" not in "".join(frame.to_csv() for frame in delivered.tables(model, "nb").values())
    measure = next(one for one in model["measures"] if one["id"] == "BGO-T01")
    assert (measure["withheld"], "evidence_withheld" in measure["notes"]) == (1, True)


def test_a_level_that_rests_on_another_municipality_says_so_in_its_row(made: Made) -> None:
    told = {one["display"]: one["elsewhere"] for one in made.model["elements"] if one["elsewhere"]}
    # Bergen's notes of a meeting at which guests from Trondheim and Kristiansand spoke.
    assert told == {
        "K6": [
            {"side": "researcher", "segments": 1, "of": 7, "cases": ["TRD"]},
            {"side": "joint", "segments": 1, "of": 3, "cases": ["TRD"]},
        ],
        "K12": [{"side": "researcher", "segments": 1, "of": 2, "cases": ["KRS"]}],
    }
    row = next(line for line in made.page("nb").splitlines() if '<th scope="row">K12 ' in line)
    assert "Nivået (forskerne): 1 av 2 tekstdeler det hviler på, er fra en annen kommune (Kristiansand)." in row
    assert "1 of 7 passages it rests on are from another municipality (Trondheim)" in made.page("en")


def test_who_set_the_targets_is_told_with_the_day_and_is_no_deadline(made: Made) -> None:
    assert "Målene ble satt av BGO-SAMLING-3 30. januar 2023 (15 elementer)." in made.page("nb")
    assert "The targets were set by BGO-SAMLING-3 on 30 January 2023 (15 elements)." in made.page("en")
    table = delivered.tables(made.model, "nb")["improvement_gaps"]
    assert set(table["target_due"]) == {""}
    assert set(table["target_set_by"]) == {"", "BGO-SAMLING-3"}
