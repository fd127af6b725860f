"""Exports by purpose: what is in them, what is left out, and that they come out the same. Everybody is invented (oppdiktet)."""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from small_study import SmallStudy

from foran_research.cli import main
from foran_research.errors import ForanError, UnknownName
from foran_research.exchange.crate import Packed
from foran_research.exchange.sheets import xlsx_bytes
from foran_research.models import capability
from foran_research.purposes import _agreement, export, in_language, material, shared_codebook
from foran_research.report.purpose_figures import figure_files, level_figure
from foran_research.report.purpose_tables import (
    KEPT_BACK,
    Limits,
    counts_by_case,
    elements_table,
    level_balance,
    relations_table,
)
from foran_research.report.purpose_words import exercises
from foran_research.study import Study, load_study


@pytest.fixture(scope="module")
def study(written_once: Path) -> Study:
    return load_study(written_once)


@pytest.fixture(scope="module")
def article(study: Study) -> Packed:
    return export("article", study, study.milestone("M2"), language="nb", limits=Limits(persons=2, documents=1))


@pytest.fixture(scope="module")
def thesis(study: Study) -> Packed:
    return export("thesis", study, study.milestone("M2"), language="en")


@pytest.fixture(scope="module")
def web(study: Study) -> Packed:
    return export("web", study, study.milestone("M2"))


def whole_text(files: Mapping[str, bytes]) -> str:
    """All that the files say, archives unpacked."""
    found = []
    for data in files.values():
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                found += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        else:
            found.append(data.decode("utf-8", "replace"))
    return "\n".join(found)


def assert_nobody_s_words(study: Study, files: Mapping[str, bytes]) -> None:
    whole = whole_text(files)
    lines = {
        line for text in study.transcripts.values() for line in re.split(r"(?<=[.!?]) |\n", text.text) if len(line) > 15
    }
    secrets = {*study.segments()["quote"], *lines, *study.participants.index, *study.segments()["segment"]}
    assert len(secrets) > 40
    assert {one for one in secrets if one in whole} == set()


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_an_article_has_every_figure_thrice_with_the_numbers_behind_it(article: Packed) -> None:
    figures = {name for name in article.files if name.startswith("figures/")}
    stems = {name.rsplit(".", 1)[0] for name in figures}
    assert len(stems) == 4
    assert figures == {f"{stem}.{kind}" for stem in stems for kind in ("svg", "pdf", "png", "csv")}


@pytest.mark.parametrize(
    ("name", "width"), [("figure1_evidence", 174), ("figure2_polarity", 174), ("figure3_levels", 85)]
)
def test_figures_are_as_wide_as_the_page_at_600_dots_per_inch(article: Packed, name: str, width: int) -> None:
    png = article.files[f"figures/{name}.png"]
    assert struct.unpack(">I", png[16:20])[0] == pytest.approx(width / 25.4 * 600, abs=1)
    place = png.index(b"pHYs")
    assert struct.unpack(">I", png[place + 4 : place + 8])[0] == pytest.approx(600 / 0.0254, abs=1)
    box = re.search(rb"/MediaBox \[ 0 0 ([0-9.]+)", article.files[f"figures/{name}.pdf"])
    assert box is not None
    assert float(box[1]) == pytest.approx(width / 25.4 * 72, abs=0.1)
    assert f'width="{width / 25.4 * 72:.3f}'.encode()[:12] in article.files[f"figures/{name}.svg"]


def test_what_a_figure_shows_is_in_the_table_beside_it(article: Packed) -> None:
    _, head, *lines = rows(article.files["figures/figure3_levels.csv"])
    table = {line[0]: dict(zip(head, line, strict=True)) for line in lines}
    _, names, *elements = rows(article.files["tables/table1_elements.csv"])
    for level, own in table.items():
        shown = [
            int(row[names.index("promoting")])
            for row in elements
            if row[names.index("level")] == level and row[names.index("promoting")] != KEPT_BACK
        ]
        assert int(own["promoting"]) == sum(shown)


def test_tables_are_the_same_in_every_form(article: Packed) -> None:
    notice, head, *lines = rows(article.files["tables/table1_elements.csv"])
    assert notice == ["Oppdiktet: ingen finnes."]
    sheet = openpyxl.load_workbook(io.BytesIO(article.files["tables/table1_elements.xlsx"])).worksheets[0]
    assert [[str(cell.value) for cell in row] for row in sheet.iter_rows(min_row=2)] == [head, *lines]
    word = docx.Document(io.BytesIO(article.files["tables/tables.docx"]))
    assert [row.cells[0].text for row in word.tables[0].rows[1:]] == [line[0] for line in lines]


def test_the_readme_tells_what_the_article_stands_on_and_what_was_left_out(article: Packed) -> None:
    told = article.files["README.md"].decode()
    for part in ("Kodebok: 2.0.0", "30. september 2021", "Kodere: K1", "6 dokumenter, 6 informanter, 3 kommuner",
                 "minst 2 personer og 1 dokumenter", "Transkripsjoner", "Oppdiktet: ingen finnes."):  # fmt: skip
        assert part in told
    assert "Tabell 1. Elementene" in article.files["captions.nb.md"].decode()
    assert "Table 1. The elements" in article.files["captions.en.md"].decode()


def test_no_export_for_readers_has_anybody_s_words(study: Study, article: Packed, thesis: Packed, web: Packed) -> None:
    for packed in (article, thesis, web):
        assert_nobody_s_words(study, packed.files)


def test_the_same_study_gives_the_same_bytes(study: Study, article: Packed, web: Packed) -> None:
    assert export("web", study, study.milestone("M2")) == web
    found = material(study, study.milestone("M2"), limits=Limits(persons=2, documents=1))
    balance = level_balance(found.elements, found.cases, found.limits)
    names = {level.id: level.label["nb"] for level in study.settings.levels}
    for name, data in figure_files(
        level_figure(balance, names, "nb", "Oppdiktet demostudie"), "figure3_levels"
    ).items():
        assert data == article.files[f"figures/{name}"], name
    assert xlsx_bytes(balance, title="a") == xlsx_bytes(balance, title="a")


def test_counts_of_few_persons_are_kept_back_with_their_totals(study: Study) -> None:
    found = material(study, study.milestone("M2"))
    table = elements_table(found.elements, found.cases, "nb", found.limits)
    # Nobody has five informants behind an element here.
    evidenced = table[table["municipalities"] > 0]
    assert len(evidenced)
    assert set(evidenced["passages"]) == {KEPT_BACK}
    open_to_all = elements_table(found.elements, found.cases, "nb", Limits(1, 1))
    need = open_to_all[open_to_all["code"] == "P1"].iloc[0]
    assert (need["municipalities"], need["documents"]) == (2, 4)


def test_persons_by_role_and_place_as_worked_by_hand() -> None:
    pairs = [*[("leder", "A")] * 6, *[("leder", "B")] * 2, *[("leder", "C")] * 7, *[("bruker", "A")] * 9,
             *[("bruker", "B")] * 8, *[("bruker", "C")] * 9]  # fmt: skip
    kinds = [("leder", "Leder"), ("bruker", "Bruker å"), ("ingen", "Ingen")]
    table = counts_by_case(pairs, kinds, ["A", "B", "C"], 5, "Sum", "Annet")
    assert list(table.columns) == ["kind", "A", "B", "C", "total"]
    assert table.to_numpy().tolist() == [
        ["Leder", ":", ":", 7, 15],
        ["Bruker å", ":", ":", 9, 26],
        ["Sum", 15, 10, 16, 41],
    ]


def test_who_is_of_no_column_and_of_no_kind_is_counted_beside_so_that_the_sum_is_everybody() -> None:
    pairs = [*[("leder", "A")] * 6, *[("leder", "")] * 7, *[("ukjent å😀", "A")] * 8]
    table = counts_by_case(pairs, [("leder", "Leder")], ["A"], 5, "Sum", "Annet")
    assert list(table.columns) == ["kind", "A", "other", "total"]
    assert table.to_numpy().tolist() == [["Leder", 6, 7, 13], ["Annet", 8, 0, 8], ["Sum", 14, 7, 21]]
    # Two of another place give nothing away: neither they nor a sum that lacks them are shown.
    few = counts_by_case(
        [*[("leder", "A")] * 10, *[("leder", "B")] * 2], [("leder", "Leder")], ["A"], 5, "Sum", "Annet"
    )
    assert few.to_numpy().tolist() == [["Leder", ":", ":", 12], ["Sum", ":", ":", 12]]


def test_what_is_told_in_all_is_in_the_table_and_gives_no_count_away() -> None:
    pairs = [*[("a", "Y")] * 5, ("b", "X")]
    table = counts_by_case(pairs, [("a", "å"), ("b", "b")], ["X", "Y"], 5, "Sum", "Annet")
    # The README tells of six: the five must not stand alone beside it.
    assert table["total"].tolist() == [":", ":", 6]
    few = counts_by_case([("a", "X"), ("a", "Y")], [("a", "å")], ["X", "Y"], 5, "Sum", "Annet")
    assert few["total"].tolist() == [":", ":"]


def related(name: str, other: str, *, informants: int = 9, documents: int = 9) -> dict[str, Any]:
    """An element of hand with a relation, as in model.json: one municipality, nine documents, so many informants."""
    relation = {"to": other, "kind": "same_level", "turns": 9, "documents": documents, "cases": ["A"], "jaccard": 0.5,
                "npmi": 0.25}  # fmt: skip
    cell = {"informants": informants, "documents": 9, "turns": 20}
    return {"id": name, "display": name, "cells": {"A": cell}, "relations": [relation]}


@pytest.mark.parametrize(
    ("persons", "documents", "of_other", "is_shown"),
    [(5, 3, 9, True), (4, 9, 9, False), (9, 2, 9, False), (0, 3, 9, True), (9, 9, 4, False)],
    ids=["enough", "few persons", "few documents", "public documents", "a total kept back"],
)
def test_a_relation_is_shown_when_it_and_both_its_elements_rest_on_enough(
    persons: int, documents: int, of_other: int, is_shown: bool
) -> None:
    # With the total of P1, jaccard would give that of P2 away: 9 / 0.5 + 9 - 20.
    two = [related("P1", "P2", documents=documents), related("P2", "P1", documents=documents, informants=of_other)]
    table = relations_table(two, ["A"], {("P1", "P2"): persons}, Limits())
    assert table[["source", "target"]].to_numpy().tolist() == [["P1", "P2"]]
    counts = table[["documents", "turns", "jaccard", "npmi"]].to_numpy().tolist()[0]
    assert counts == ([documents, 9, 0.5, 0.25] if is_shown else [KEPT_BACK] * 4)


def test_the_persons_behind_a_pair_are_those_of_the_turns_with_both(study: Study) -> None:
    found = material(study, study.milestone("M2"))
    inputs = study.model_inputs(study.milestone("M2"))
    long = capability.resolved(inputs)
    spoken = {
        (row["element"], row["unit"]): row["informant"]
        for row in long.to_dict("records")
        if row["document"] not in inputs.hidden and row["informant"] != row["document"]
    }
    pairs = {(one["id"], relation["to"]) for one in found.elements for relation in one["relations"]}
    assert pairs
    for first, second in pairs:
        naive = {who for (element, unit), who in spoken.items() if element == first and (second, unit) in spoken}
        assert found.persons_of_pairs.get((first, second), 0) == len(naive)


def test_the_codebook_to_share_has_no_examples_and_no_reasons(study: Study) -> None:
    text = shared_codebook(study.lineage["2.0.0"])
    assert "Gjelder markedsanalyse." in text
    assert "Endring 1" in text
    assert not any(word in text for word in ("eksempel", "grunn", "stipendiat", "S0:1", "evidence"))


def test_the_appendix_has_trail_checklist_codebook_and_milestones(thesis: Packed) -> None:
    packed = thesis
    assert set(packed.files) == {"appendix.html", "appendix.docx", "README.md"}
    page = packed.files["appendix.html"].decode()
    word = docx.Document(io.BytesIO(packed.files["appendix.docx"]))
    heads = [p.text for p in word.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    for part in ("The codebook", "The milestones"):
        assert part in page
        assert any(part in head for head in heads)
    assert "COREQ" in page
    assert "Gjelder markedsanalyse." in page
    assert word.paragraphs[0].text == "Appendix to the thesis: M2"
    assert not re.search(r"(src|href)=.https?:", page)


def test_the_appendix_knows_nothing_of_after_its_milestone(study: Study) -> None:
    page = export("thesis", study, study.milestone("M1"), language="en").files["appendix.html"].decode()
    assert "Gjelder markedsanalyse." not in page
    assert "HEI-I02" not in page
    assert "Second model" not in page.split("The milestones")[-1]


def test_the_short_page_is_one_file_in_each_language_and_fetches_nothing(web: Packed) -> None:
    packed = web
    assert set(packed.files) == {"summary.nb.html", "summary.en.html", "README.md"}
    for language in ("nb", "en"):
        page = packed.files[f"summary.{language}.html"].decode()
        assert f'<html lang="{language}">' in page
        assert not re.search(r"(src|href)=.https?:|<script", page)
    assert "Kommunene rangeres ikke" in packed.files["summary.nb.html"].decode()


def test_machine_suggestions_are_said_to_be(study: Study) -> None:
    packed = export("web", study, study.milestone("M1"), coding="suggestions")
    for language, said in (("nb", "maskinelle forslag"), ("en", "machine suggestions")):
        assert said in packed.files[f"summary.{language}.html"].decode()
        assert said in packed.files["README.md"].decode()


def test_a_milestone_of_one_municipality_tells_of_that_one_only(study: Study) -> None:
    one = replace(study.milestone("M2"), model="practice", case="FJO")
    found = material(study, one)
    assert (found.cases, set(found.texts)) == (("FJO",), {"FJO-I01", "FJO-I02"})
    assert {case for _, case in found.persons} == {"FJO"}
    # Who lives elsewhere and spoke in this municipality's documents is one of its informants: n is the table's sum.
    elsewhere = replace(study, participants=study.participants.assign(case="HEI"))
    guests = material(elsewhere, one, limits=Limits(1, 1))
    assert guests.persons == found.persons
    assert guests.tables("nb")["persons"]["total"].iloc[-1] == len(guests.persons) == 2
    page = export("web", study, one).files["summary.nb.html"].decode()
    assert "Praksismodell, Fjordvik" in page
    assert "Heidal" not in page


def test_a_teaching_package_is_a_study_that_holds_together_with_exercises(study: Study, tmp_path: Path) -> None:
    packed = export("teaching", study, study.milestone("M2"))
    for name, data in packed.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    again = load_study(tmp_path / "study")
    assert again.segment_count() == study.segment_count()
    assert "foran trace outputs/M2/model.json" in (tmp_path / "exercises.nb.md").read_text("utf-8")


def test_real_informants_are_not_taught_on(study: Study) -> None:
    real = replace(study, settings=replace(study.settings, is_synthetic=False))
    with pytest.raises(ForanError, match="invented study only"):
        export("teaching", real, real.milestone("M2"))


def test_what_there_is_not_is_named(study: Study) -> None:
    with pytest.raises(UnknownName, match="purpose 'poster'"):
        export("poster", study, study.milestone("M1"))
    with pytest.raises(UnknownName, match="language 'nn'"):
        export("web", study, study.milestone("M1"), language="nn")


def test_exercises_are_as_many_in_both_languages() -> None:
    names = {"notice": "å", "document": "D", "codebook": "1", "milestone": "M1", "code": "P1"}
    counted = [len(re.findall(r"(?m)^\d\. ", exercises(language, **names))) for language in ("nb", "en")]
    assert counted == [6, 6]


def test_exports_from_the_command_line(small_study: SmallStudy, tmp_path: Path) -> None:
    ask = CliRunner()
    here = ["--study", str(small_study.path)]
    done = ask.invoke(main, ["export", "web", "M1", "-o", str(tmp_path / "nett.zip"), *here])
    assert done.exit_code == 0, done.output
    assert "left out: Transkripsjoner og andre tekster: personopplysninger" in done.output
    again = ask.invoke(main, ["export", "web", "M1", "-o", str(tmp_path / "nett.zip"), *here])
    assert (again.exit_code, "there already" in again.output) == (1, True)
    inside = ask.invoke(main, ["export", "web", "M1", "-o", str(small_study.path / "corpus/ut"), *here])
    assert (inside.exit_code, "the study's own" in inside.output) == (1, True)


def test_pairs_in_two_languages_are_told_in_one() -> None:
    assert in_language([("a · b", "hel")], "nb") == [("a", "hel")]


def test_agreement_over_fewer_documents_than_may_be_counted_is_kept_back() -> None:
    demo = load_study(Path(__file__).parent.parent)
    found = material(demo, demo.milestone("M1"))
    every, none = (_agreement(replace(found, limits=Limits(documents=least))) for least in (1, 10**6))
    assert every is not None
    assert none is not None
    assert KEPT_BACK not in set(every["alpha"])
    assert set(none["documents"]) == set(none["alpha"]) == set(none["percent"]) == {KEPT_BACK}
    assert list(none["first"]) == list(every["first"])
