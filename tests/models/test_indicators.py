"""Indicators as a model: series with gaps and breaks, cut-offs, elements across codebooks, and words that people wrote."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from followed_study import followed_study
from hypothesis import given
from hypothesis import strategies as st
from small_study import SmallStudy, write_small_study

from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Codebook
from foran_research.delivering import followup
from foran_research.delivering import indicators as delivering
from foran_research.milestone import validate_model
from foran_research.models.indicators import (
    Fit,
    Found,
    IndicatorModel,
    build,
    counted,
    elements_under,
    fits_in,
    last_day,
    middle,
    newest_fits,
    series_of,
    to_dict,
)
from foran_research.registers.records import COLUMNS, Indicator, IndicatorValue, Registers
from foran_research.study import Study, load_study

HERE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    return write_small_study(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def study(small: SmallStudy) -> Study:
    found, faults = small.read()
    assert found is not None
    assert not faults.errors
    return found


def indicator(name: str = "LUP-03", on: str = "2020-01-02", **more: object) -> Indicator:
    row = Indicator(
        name, on, seed_rows=(name,), group="process_goal", label_nb="Andel på Øya 🙂", label_en="Share", unit="percent",
        status="defined", target_printed="minst 5 %", target_assumed="5", elements=("C0001",),
    )  # fmt: skip
    return replace(row, **more)


def value(period: str, number: str = "4", on: str = "2020-03-01", **more: object) -> IndicatorValue:
    row = IndicatorValue(f"LUP-03.FJO.{period}", on, "", "LUP-03", "FJO", period, number, "Doffin", "2020-02-01")
    return replace(row, **more)


def made(study: Study, registers: Registers, cut_off: str = "2020-12-31", fits: Iterable[Fit] = ()) -> IndicatorModel:
    return build(
        registers,
        milestone="M1",
        cut_off=cut_off,
        codebook=study.lineage["1.0.0"],
        lineage=study.lineage,
        cases=("FJO", "HEI"),
        coding="human",
        study={"id": "small", "is_synthetic": True, "notice": {"nb": "Oppdiktet", "en": "Invented"}},
        found={"C0001": {"FJO": Found("evidence", 2, 1, 2, 2, ("s1", "s2", "s3"))}},
        levels={"FJO": {"C0001": {"researcher": 2}}},
        fits=fits,
    )


def test_levels_beside_numbers_are_those_of_the_newest_round_as_the_follow_up_model_has_them(
    written_once: Path, tmp_path: Path
) -> None:
    study = load_study(followed_study(written_once, tmp_path).path)
    told = {}
    for name in ("I1", "F1"):
        milestone = study.milestone(name)
        inputs = study.as_of(milestone.coded_until).model_inputs(milestone)
        told[name] = delivering.levels_of(study, milestone, inputs, "FJO")
    # b4 was said after the day of F1, and a4 in the round before.
    assert told == {
        "I1": {"C0001": {"researcher": 1, "self": 3}, "C0003": {"researcher": 2}, "C0005": {"researcher": 2}},
        "F1": {"C0001": {"researcher": 2}, "C0012": {"researcher": 3}, "C0005": {"researcher": 1}},
    }
    model = followup.build(study, study.milestone("F1"))
    assert {one.id: {"researcher": one.now.level} for one in model.elements if one.now} == told["F1"]
    assert delivering.levels_of(study, study.milestone("F1"), inputs, "HEI") == {}


def test_missing_years_are_gaps_and_another_source_is_a_break() -> None:
    rows = [value("2018"), value("2019"), value("2022"), value("2023", source="Ny portal")]
    found = series_of("FJO", rows)
    assert [point.period for point in found.points] == ["2018", "2019", "2022", "2023"]
    assert found.gaps == ("2020", "2021")
    assert found.breaks == ("2023",)


def test_half_years_and_years_are_series_of_their_own() -> None:
    rows = [value("2020"), value("2022"), value("2020-H1", source="Halvår"), value("2021-H1", source="Halvår")]
    found = series_of("FJO", rows)
    assert found.gaps == ("2020-H2", "2021")
    assert found.breaks == ()


def test_a_count_made_before_its_period_was_over_is_preliminary_and_an_answer_is_not() -> None:
    early = value("2020", source_date="2020-06-01")
    assert [point.is_early for point in series_of("FJO", [early]).points] == [True]
    assert [point.is_early for point in series_of("FJO", [replace(early, source_date="2020-12-31")]).points] == [False]
    assert [point.is_early for point in series_of("FJO", [early], unit="scale_1_5").points] == [False]
    assert [point.is_early for point in series_of("FJO", [replace(early, source_date="2020")]).points] == [False]
    newest = series_of("FJO", [value("2019"), early])
    assert newest.newest is not None
    assert newest.newest.period == "2020"
    assert newest.newest_whole is not None
    assert newest.newest_whole.period == "2019"


def test_what_is_recorded_or_made_after_the_day_is_not_there(study: Study) -> None:
    registers = Registers(
        indicators=(indicator(), indicator("LUP-05", on="2021-01-01")),
        values=(
            value("2017"),
            value("2018", on="2021-01-01"),
            value("2019", source_date="2021-01-01"),
            value("2016", source_date="2021"),
            value("2015", source_date="2020"),
        ),
    )
    found = made(study, registers)
    assert [one.id for one in found.indicators] == ["LUP-03"]
    assert [point.period for point in found.indicators[0].series["FJO"].points] == ["2015", "2017"]
    later = made(study, registers, "2021-12-31")
    assert [one.id for one in later.indicators] == ["LUP-03", "LUP-05"]
    assert len(later.indicators[0].series["FJO"].points) == 5


def test_a_later_row_takes_the_place_of_an_earlier_one_from_its_day_on(study: Study) -> None:
    registers = Registers(indicators=(indicator(),), values=(value("2019", "4"), value("2019", "6", on="2021-01-01")))
    assert made(study, registers).indicators[0].series["FJO"].at("2019") == 4
    assert made(study, registers, "2021-01-01").indicators[0].series["FJO"].at("2019") == 6
    withdrawn = Registers(
        indicators=(indicator(),), values=(value("2019"), value("2019", on="2020-05-01", action="withdrawn"))
    )
    assert made(study, withdrawn).indicators[0].series["FJO"].points == ()


def test_numbers_and_passages_stand_side_by_side_where_the_municipality_has_a_value(study: Study) -> None:
    registers = Registers(indicators=(indicator(),), values=(value("2019"), value("2019", id="N", case="")))
    fits = (
        Fit("LUP-03", "FJO", "divergent", "K1", "2020-10-01", "memo.K1.m1"),
        Fit("LUP-03", "HEI", "convergent", "K1", "2020-10-01", "m"),
    )
    found = made(study, registers, fits=fits)
    assert [(one.indicator, one.case) for one in found.joint] == [("LUP-03", "FJO")]
    (joint,) = found.joint
    assert [(row.element, row.found.promoting, row.levels) for row in joint.elements] == [
        ("C0001", 2, {"researcher": 2})
    ]
    assert [fit.word for fit in joint.fits] == ["divergent"]
    assert found.indicators[0].series[""].at("2019") == 4


def test_reference_figures_stand_as_printed_and_are_never_joint(study: Study) -> None:
    rows = (value("2019", "<2", id="a", case=""), value("2020", "3–7", id="b", case=""))
    own = value("2023", "<1", id="c")
    found = made(study, Registers(indicators=(indicator(group="reference"),), values=(*rows, own)))
    points = found.indicators[0].series[""].points
    assert [(point.printed, point.value) for point in points] == [("<2", None), ("3–7", None)]
    assert found.joint == ()
    apart = (value("2017", "500", id="a", case=""), value("2023", "650", id="b", case="", source="Nyhetsbrev"))
    series = made(study, Registers(indicators=(indicator(group="reference"),), values=apart)).indicators[0].series[""]
    assert (series.gaps, series.breaks) == ((), ())


def test_what_stands_behind_a_share_says_how_high_it_can_be(study: Study) -> None:
    def one(name: str, number: str) -> IndicatorValue:
        return value("2019", number, id=name, indicator=name)

    rows = (one("LUP-03", "20"), one("LUP-04", "1"), one("DOF-01", "5"), one("DOF-02", "1"))
    names = ("LUP-03", "LUP-04", "DOF-01", "DOF-02")
    model = made(study, Registers(indicators=tuple(indicator(name) for name in names), values=rows))
    behind = counted(model, "LUP-03", "FJO", "2019")
    assert behind is not None
    assert (behind.count, behind.of, behind.unsure, behind.most) == (1, 5, 1, 40)
    assert counted(model, "LUP-03", "FJO", "2020") is None
    assert counted(model, "LUP-03", "HEI", "2019") is None
    assert counted(model, "LUP-04", "FJO", "2019") is None


def under(study: Study, version: str, *ids: str) -> tuple[list[str], list[str]]:
    book: Codebook = study.lineage[version]
    lineage: Lineage = study.lineage
    found, lost = elements_under(ids, book, lineage)
    return [one.id for one in found], list(lost)


def test_elements_follow_merges_and_parts_and_a_split_is_left_to_a_person(study: Study) -> None:
    book = study.lineage["2.0.0"]
    changes = {change.type: change for change in book.changes if change.is_accepted}
    merged, split = changes["merge"], changes["split"]
    assert under(study, "2.0.0", merged.source[0]) == ([merged.to[0]], [])
    assert under(study, "2.0.0", *merged.source) == ([merged.to[0]], [])
    assert under(study, "2.0.0", split.source[0]) == ([], [split.source[0]])
    part = next(code for code in study.lineage["1.0.0"].codes if code.parent and code.is_active)
    assert under(study, "1.0.0", part.id) == ([part.parent], [])
    assert under(study, "1.0.0", "C9999") == ([], ["C9999"])


def test_a_memo_says_how_they_fit_in_a_line_of_its_own() -> None:
    text = "Indikator LUP-03: konvergent\nHvorfor.\n  indikator DFO-31 : Komplementær.\nIndikator LUP-03: divergent"
    assert dict(fits_in(text)) == {"LUP-03": "divergent", "DFO-31": "complementary"}
    for no in ("LUP-03: konvergent", "Indikator LUP-03 konvergent", "Indikator LUP-03: konvergent, kanskje ikke", ""):
        assert fits_in(no) == ()


def test_of_each_coder_the_newest_word_stands_and_coders_may_disagree() -> None:
    fits = [
        Fit("A", "FJO", "divergent", "K1", "2020-02-01", "m2"), Fit("A", "FJO", "convergent", "K1", "2020-01-01", "m1"),
        Fit("A", "FJO", "complementary", "K2", "2020-01-01", "m3"),
    ]  # fmt: skip
    assert [(one.coder, one.word) for one in newest_fits(fits)] == [("K1", "divergent"), ("K2", "complementary")]


@given(st.integers(1990, 2090), st.sampled_from(["", "-H1", "-H2", *[f"-{month:02d}" for month in range(1, 13)]]))
def test_a_period_ends_after_its_middle_and_in_its_own_year(year: int, part: str) -> None:
    period = f"{year}{part}"
    day = last_day(period)
    assert day[:4] == str(year)
    assert middle(period) < year + (int(day[5:7]) - 1) / 12 + int(day[8:]) / 365
    assert year < middle(period) < year + 1


_ROWS = st.lists(st.tuples(st.integers(2010, 2024), st.sampled_from("ab")), unique_by=lambda row: row[0], max_size=12)


@given(_ROWS)
def test_gaps_and_breaks_are_those_of_a_naive_count(rows: list[tuple[int, str]]) -> None:
    found = series_of("FJO", [value(str(year), source=source) for year, source in rows])
    ordered = sorted(rows)
    years = [year for year, _ in ordered]
    assert (
        set(found.gaps) == {str(year) for year in range(min(years), max(years) + 1) if year not in years}
        if years
        else not found.gaps
    )
    assert list(found.breaks) == [str(b[0]) for a, b in pairwise(ordered) if a[1] != b[1]]


def test_the_dict_form_fits_its_schema_and_has_six_decimals(study: Study) -> None:
    data = to_dict(made(study, Registers(indicators=(indicator(),), values=(value("2019", "33.33333333"),))))
    validate_model(json.loads(json.dumps(data)), "indicators")
    assert data["indicators"][0]["series"]["FJO"]["points"][0]["value"] == 33.333333


# The registers that come with the package and the demo study


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_register_of_a_new_study_is_that_of_the_demo_study_in_the_first_codebook() -> None:
    demo, starter = rows_of(HERE / "corpus/indicators.csv"), rows_of(HERE / "foran_research/starter/indicators.csv")
    assert list(starter[0]) == list(COLUMNS[Indicator])
    newest = {row["id"]: row for row in demo}
    assert {row["id"] for row in starter} == set(newest)
    for row in starter:
        same = {key: text for key, text in row.items() if key not in ("on", "elements")}
        assert same == {key: newest[row["id"]][key] for key in same}
        assert all(int(code[1:]) <= 57 for code in row["elements"].split()), "codes of 1.0.0 only"


def test_every_row_of_the_programme_and_of_the_framework_is_in_the_register() -> None:
    named = {seed for row in rows_of(HERE / "corpus/indicators.csv") for seed in row["seed_rows"].split()}
    wanted = {f"LUP-{n:02d}" for n in range(3, 37)} | {f"MSR-{n:02d}" for n in range(1, 21)}
    wanted |= {f"DFO-{n:02d}" for n in (16, 17, *range(18, 42))}
    assert wanted - named == set()


def test_targets_that_the_source_prints_as_numbers_are_taken_as_those_numbers() -> None:
    newest = {row["id"]: row for row in rows_of(HERE / "corpus/indicators.csv")}
    assert {name: newest[name]["target_assumed"] for name in ("LUP-03", "LUP-05", "LUP-07", "LUP-09", "LUP-11")} == {
        "LUP-03": "5", "LUP-05": "1", "LUP-07": "60", "LUP-09": "4", "LUP-11": "2000000000",
    }  # fmt: skip
    assert {name for name, row in newest.items() if row["aggregation"] == "aggregate"} == {"LUP-15", "LUP-16", "LUP-30"}
    assert newest["LUP-12"]["same_as"] == "LUP-18"
    assert newest["LUP-18"]["same_as"] == "LUP-12"
    assert all(newest[f"LUP-{n:02d}"]["status"] == "undefined_in_source" for n in range(9, 14))
    inferred = {name for name, row in newest.items() if row["column_inferred"] == "yes"}
    assert inferred == {f"DFO-{n}" for n in range(26, 42)}


def test_conflicting_reference_figures_stand_side_by_side() -> None:
    rows = rows_of(HERE / "corpus/indicator_values.csv")
    assert {row["value"] for row in rows if row["indicator"] == "MSR-03"} == {"<2", "3–7"}
    assert {row["value"] for row in rows if row["indicator"] == "MSR-01"} == {"500", "650"}
    assert {row["value"] for row in rows if row["indicator"] == "FIN-03"} == {"35", "34.5"}
