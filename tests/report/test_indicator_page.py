"""The page on indicators: what it says, what it leaves out, what it links to, and that the same study gives the same bytes."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from small_study import SmallStudy, write_small_study

from foran_research import memoing
from foran_research.delivering import indicators
from foran_research.delivering.indicators import Drawn
from foran_research.registers.records import COLUMNS, Indicator, IndicatorValue
from foran_research.report.figures import stamped
from foran_research.report.indicator_page import short_lines
from foran_research.report.indicator_words import _WORDS, indicator_words, value_told
from foran_research.study import load_study

INDICATORS = (
    Indicator("LUP-03", "2020-01-01", "", ("LUP-03",), "process_goal", "implement", "Andel på Øya 🙂", "Share", "percent",
              "up", "period", "minst 5 % pr. år", "5", "", "Kilde, linje 87", "DFØ", "defined", (), ("C0001", "C0099")),
    Indicator("LUP-04", "2020-01-01", "", ("LUP-04",), "process_goal", "", "Antall a\u030a", "Count", "count",
              status="defined", elements=("C0001",)),
    Indicator("DOF-01", "2020-01-01", "", (), "process_goal", "", "Kunngjort", "Announced", "count", status="defined"),
    Indicator("DOF-02", "2020-01-01", "", (), "process_goal", "", "Uvisst", "Uncertain", "count", status="defined"),
    Indicator("DFO-17", "2020-01-01", "", ("DFO-17",), "effects", "", "Samfunnseffekter", "Effects", "text",
              status="undefined_in_source", column_inferred="yes"),
    Indicator("MSR-03", "2020-01-01", "", ("MSR-03",), "reference", "", "Andel i landet", "Share in the country", "percent",
              status="inconsistent"),
    Indicator("MSR-16", "2020-01-01", "", ("MSR-16",), "reference", "", "Når slutter noe å være nytt?", "When?", "question",
              status="undefined_in_source"),
)  # fmt: skip


def number(name: str, indicator: str, case: str, period: str, value: str, on: str = "2020-02-01") -> IndicatorValue:
    return IndicatorValue(
        name, on, "", indicator, case, period, value, "Doffin <b>", "2020-01-20", "a" * 64, "Merknad & Ø"
    )


VALUES = (
    number("a", "LUP-03", "FJO", "2017", "10"),
    number("b", "LUP-03", "FJO", "2019", "20"),
    number("c", "LUP-04", "FJO", "2019", "1"),
    number("d", "DOF-01", "FJO", "2019", "5"),
    number("e", "DOF-02", "FJO", "2019", "1"),
    number("f", "LUP-03", "", "2019", "4"),
    number("g", "LUP-03", "HEI", "2019", "77.7", on="2020-12-24"),
    number("h", "MSR-03", "", "2019", "<2"),
    number("i", "MSR-03", "", "2023", "3–7"),
)


def write(folder: Path) -> SmallStudy:
    made = write_small_study(folder)
    for name, kind, rows in (("indicators", Indicator, INDICATORS), ("indicator_values", IndicatorValue, VALUES)):
        with (made.path / f"corpus/{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS[kind])
            for row in rows:
                # C0099 is in no codebook of the small study.
                cells = [
                    " ".join(x for x in v if x != "C0099") if isinstance(v, tuple) else v for v in vars(row).values()
                ]
                writer.writerow(cells)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    made = write(tmp_path_factory.mktemp("indicators") / "study")
    study = load_study(made.path)
    for text, case in (
        ("Indikator LUP-03: divergent\nHemmelige ord om Øya.", "FJO"),
        ("Indikator LUP-03: konvergent", "HEI"),
    ):
        memoing.add(
            study, coder="K1", about="code:C0001", at="2020-06-01T10:00:00Z", memo_type="theoretical", text=text,
            links=[f"case:{case}"],
        )  # fmt: skip
        study = load_study(made.path)
    return made


def drawn(small: SmallStudy, *, language: str = "nb", case: str | None = "FJO", milestone: str = "M1") -> Drawn:
    study = load_study(small.path)
    return indicators.drawn(study, study.milestone(milestone), language=language, case=case)


@pytest.fixture(scope="module")
def page(small: SmallStudy) -> Drawn:
    return drawn(small)


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.images: list[tuple[str, str]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.ids += [str(found["id"])] if "id" in found else []
        self.links += [str(found["href"])] if tag == "a" and "href" in found else []
        self.images += [(str(found.get("src")), str(found.get("alt")))] if tag == "img" else []


def parsed(text: str) -> _Ids:
    parser = _Ids()
    parser.feed(text)
    return parser


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<style.*?</style>", "", page))).replace("\xa0", " ")


def test_the_first_lines_say_the_newest_figure_with_what_stands_behind_it(page: Drawn, small: SmallStudy) -> None:
    lines = [line.replace("\xa0", " ") for line, _ in short_lines(page.model, load_study(small.path).settings, "nb")]
    assert lines[0] == "4 av 5 indikatorer har tall for Fjordvik."
    assert lines[1] == (
        "Andel på Øya 🙂: Fjordvik 20 % (2019; 1 av 5, høyst 40 %). Målet er «minst 5 % pr. år». "
        "Det er satt for hele landet, ikke for hver kommune."
    )
    assert "Én indikator er ikke definert i kilden den kommer fra. Den står her uten tall." in lines
    assert "Forskerne har holdt tall og intervjuer opp mot hverandre én gang: 1 divergent." in lines
    assert "Kildene er uenige om andel i landet. Alle tallene er vist, ingen er slått sammen." in lines


def test_a_page_of_one_municipality_shows_no_other_and_nothing_later(page: Drawn) -> None:
    words = text_of(page.page)
    assert "Heidal" not in words
    assert "77" not in {
        point.printed for one in page.model.indicators for s in one.series.values() for point in s.points
    }
    assert "konvergent: sier det samme" not in words
    assert "divergent: sier ulike ting (K1, 1. juni 2020, notat memo.K1." in words


def test_what_memos_say_beside_the_word_stays_out(page: Drawn) -> None:
    assert "Hemmelige ord" not in page.page
    assert "Hemmelige ord" not in str(page.data)


def test_gaps_references_and_questions_are_told(page: Drawn) -> None:
    words = text_of(page.page)
    assert "LUP-03: Andel på Øya 🙂. Mål (trykt): «minst 5 % pr. år». Uten tall: 2018." in words
    assert "<2" in page.page.replace("&lt;", "<")
    assert "3–7 %" in words
    assert "Når slutter noe å være nytt?" in words
    assert "Ingen av indikatorene her har tall ennå: Samfunnseffekter." in words
    assert "kolonnen er sluttet fra rekkefølgen i kilden" in words.lower()


def test_the_page_stands_alone_and_every_link_leads_somewhere(page: Drawn) -> None:
    found = parsed(page.page)
    assert "script" not in found.tags
    assert "Doffin <b>" not in page.page
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links if link.startswith("#")} <= {*found.ids, ""}
    assert all(link.startswith("#") for link in found.links)
    assert all(source.startswith("data:image/svg+xml;base64,") and alt for source, alt in found.images)
    assert re.search(r"(?:src|href)=\"https?:", page.page) is None


def test_figures_say_their_values_in_words_as_well(page: Drawn) -> None:
    alts = [alt.replace("\xa0", " ") for _, alt in parsed(page.page).images]
    assert "Andel på Øya 🙂. Fjordvik: 2017 10 %, 2019 20 %; hele landet: 2019 4 %." in alts


def test_counts_beside_passages_are_those_of_the_coded_segments(page: Drawn, small: SmallStudy) -> None:
    study = load_study(small.path)
    inputs = study.model_inputs(study.milestone("M1"))
    segments = inputs.segments[(inputs.segments["code"] == "C0001") & (inputs.segments["status"] == "ok")]
    of_case = set(inputs.documents.index[inputs.documents["case"] == "FJO"]) - inputs.hidden
    own = segments[segments["document"].isin(of_case)]
    (joint,) = [one for one in page.model.joint if one.indicator == "LUP-03"]
    (row,) = joint.elements
    assert set(row.found.segments) <= set(own["segment"])
    assert row.found.promoting == own["polarity"].isin(["fremmer", "begge"]).sum()
    assert row.found.inhibiting == own["polarity"].isin(["hemmer", "begge"]).sum()


def test_all_municipalities_stand_in_the_order_of_the_study_and_none_is_ranked(small: SmallStudy) -> None:
    whole = drawn(small, case=None)
    assert whole.model.cases == ("FJO", "HEI", "STR")
    assert "Indikatorer" in whole.page
    tables = whole.tables
    assert list(tables["indicator_values"]["case"].unique()) == ["FJO", ""]
    assert not {"rank", "score", "total", "mean"} & {column for table in tables.values() for column in table.columns}
    assert list(tables["indicator_gaps"].itertuples(index=False, name=None)) == [("LUP-03", "FJO", "2018")]


def test_english_has_every_word_and_no_norwegian_lead(small: SmallStudy) -> None:
    words = text_of(drawn(small, language="en").page)
    assert "In short" in words
    assert "The target is “minst 5 % pr. år”" in words
    assert "Siste tall" not in words


def test_the_same_study_gives_the_same_bytes_and_all_is_written(small: SmallStudy, tmp_path: Path) -> None:
    study = load_study(small.path)
    milestone = study.milestone("M1")
    one = indicators.deliver(study, milestone, tmp_path / "a", case="FJO")
    two = indicators.deliver(study, milestone, tmp_path / "b", case="FJO")
    assert one == two
    files = sorted(path.relative_to(tmp_path / "a").as_posix() for path in (tmp_path / "a").rglob("*.*"))
    assert files == sorted(path.relative_to(tmp_path / "b").as_posix() for path in (tmp_path / "b").rglob("*.*"))
    assert {"indicators.json", "indicators.html", "tables/indicators.csv", "figures/joint_LUP-03.svg"} <= set(files)
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    assert not any(name.startswith(("model.json", "report.html")) for name in files)


def test_a_study_without_indicators_has_a_page_that_says_so(tmp_path: Path) -> None:
    made = write_small_study(tmp_path / "study")
    study = load_study(made.path)
    whole = indicators.drawn(study, study.milestone("M1"), case="FJO")
    assert "0 av 0 indikatorer har tall for Fjordvik." in text_of(whole.page)
    assert whole.series == {}
    assert list(whole.tables["indicators"].columns) or whole.tables["indicators"].empty


def test_a_memo_that_names_a_passage_is_not_read(small: SmallStudy, tmp_path: Path) -> None:
    made = write(tmp_path / "study")
    study = load_study(made.path)
    segment = str(study.segments()["segment"].iloc[0])
    memoing.add(study, coder="K1", about="code:C0001", at="2020-06-01T10:00:00Z", text="Indikator LUP-03: divergent",
                links=["case:FJO", f"segment:{segment}"])  # fmt: skip
    study = load_study(made.path)
    assert indicators.fits_of(study, study.milestone("M1")) == ()
    memoing.add(
        study,
        coder="K1",
        about="study",
        at="2020-06-02T10:00:00Z",
        text="Indikator LUP-03: divergent",
        links=["case:FJO"],
    )
    study = load_study(made.path)
    milestone = study.milestone("M1")
    assert [fit.word for fit in indicators.fits_of(study, milestone)] == ["divergent"]
    earlier = replace(milestone, coded_until=milestone.coded_until.replace(month=5))
    assert indicators.fits_of(study, earlier) == ()


def test_values_are_told_as_people_of_the_language_write_them() -> None:
    assert value_told(12.5, "percent", "nb").replace("\xa0", " ") == "12,5 %"
    assert value_told(12.5, "percent", "en") == "12.5%"
    assert value_told(2_000_000_000, "NOK", "nb").replace("\xa0", " ") == "2 milliarder kroner"
    assert value_told(10_000, "count", "nb").replace("\xa0", " ") == "10 000"


def test_every_word_of_the_page_is_in_both_languages_and_has_the_same_places_to_fill() -> None:
    for key, (nb, en) in _WORDS.items():
        assert bool(nb) == bool(en), key
        assert set(re.findall(r"\{\w+\}", nb)) == set(re.findall(r"\{\w+\}", en)), key
    assert indicator_words("nb").keys() == indicator_words("en").keys()


def test_the_stamp_of_a_joint_figure_lies_on_no_other_text(page: Drawn) -> None:
    figure = page.figures["joint_LUP-03"]
    if not any(text.get_position() == (0.997, 0.003) for text in figure.texts):
        stamped(figure, "Oppdiktet studie på Øya, a\u030a: kodet av mennesker")
    FigureCanvasAgg(figure).draw()
    stamp = next(text for text in figure.texts if text.get_position() == (0.997, 0.003)).get_window_extent()
    others = [text for axes in figure.axes for text in axes.texts]
    others += [text for axes in figure.axes if axes.axison for text in axes.get_xticklabels()]
    # Two points of air, so that it does not seem to touch either.
    near = stamp.padded(2 * figure.dpi / 72)
    assert [text.get_text() for text in others if text.get_window_extent().overlaps(near)] == []
    # Nor does any word run over the edge.
    assert [text.get_text() for text in others if text.get_window_extent().x1 > figure.bbox.x1] == []


def test_what_sources_wrote_in_norwegian_is_marked_on_the_english_page_alone(page: Drawn, small: SmallStudy) -> None:
    english = drawn(small, language="en").page
    # In the table of values, and in the register: the source, its target and its note.
    for text in ("Doffin &lt;b&gt;", "Merknad &amp; Ø", "minst 5 % pr. år", "Kilde, linje 87"):
        assert f'<span lang="nb">{text}</span>' in english
        assert text in page.page
    # Documents are named, and people quoted, in their own language.
    headed = re.search(r"<h3>[A-Z]{3}-\w+ · (.*?)</h3>", english)
    assert headed is not None
    assert headed.group(1).startswith('<span lang="nb">')
    assert 'span lang="nb"' not in page.page
