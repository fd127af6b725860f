"""What the notebooks call: the tables of a milestone, worked out by hand on the small study, and what is saved where."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from small_study import SmallStudy

from foran_research import milestone as ms
from foran_research.analysis.coverage import actor_types_by_case, coverage, coverage_by_process
from foran_research.analysis.incidence import incidence
from foran_research.analysis.suggestion_quality import against_coding
from foran_research.coding.segments import segments_table
from foran_research.models.capability import to_dict
from foran_research.report.tables import csv_text, model_tables
from foran_research.study import load_study


def restrict(study: SmallStudy, document: str) -> None:
    path = study.path / "corpus/documents.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text(
        "\n".join(li.replace(",open,", ",trade_secret,") if li.startswith(document) else li for li in lines) + "\n",
        "utf-8",
    )


def test_coverage_counts_every_document_by_hand(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    table = ms.corpus_tables(study, study.milestone("M1"))["corpus_documents"].set_index("document")
    assert list(table.index) == ["FJO-I01", "FJO-I02", "HEI-I01", "STR-N01"]
    # FJO-I01: two informant turns, both coded; six segments of K1 and two of K2.
    row = table.loc["FJO-I01"]
    assert (row["units"], row["segments"], row["coders"], row["coded_units"]) == (2, 8, 2, 1.0)
    # STR-N01: a heading, three paragraphs and one labelled turn; the first paragraph and the labelled turn are uncoded.
    row = table.loc["STR-N01"]
    assert (row["units"], row["segments"], row["coded_units"]) == (4, 4, 0.5)
    assert table.loc["HEI-I01", "words"] == study.transcripts["HEI-I01"].word_count()


def test_a_process_without_documents_is_shown_with_zeros(small_study: SmallStudy) -> None:
    small_study.add("corpus/processes.csv", "HEI-2,Tomt,Empty,HEI,dialog,klima\n")
    study = load_study(small_study.path)
    table = ms.corpus_tables(study, study.milestone("M2"))["corpus_processes"].set_index("process")
    assert list(table.loc["HEI-2", ["documents", "words", "units", "segments"]]) == [0, 0, 0, 0]
    assert table["documents"].sum() == 6


def test_a_model_tells_what_differs_from_the_codebook_of_the_one_before(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    assert ms.codebook_section(study, study.milestone("M1"), "nb") is None
    told = ms.codebook_section(study, study.milestone("M2"), "en")
    assert told is not None
    assert told.title == "The codebook: from 1.0.0 to 2.0.0"
    assert told.anchors["CH-2-03"] == "diff-C0001"
    assert 'id="diff-C0001"' in told.html


def test_actor_types_are_told_as_yes_or_no(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    table = ms.corpus_tables(study, study.milestone("M1"))["corpus_actor_types"].set_index("actor_type")
    assert table.loc["prosjektleder"].to_dict() == {"FJO": True, "HEI": False, "STR": False}
    assert table.loc["innkjop"].to_dict() == {"FJO": True, "HEI": False, "STR": True}
    assert "bruker" not in table.index  # heard in 2021 only


def test_coverage_of_nothing_is_empty_tables() -> None:
    documents = pd.DataFrame(columns=["kind", "case", "process", "date", "written_form"])
    units = pd.DataFrame(columns=["unit", "document", "turn", "case", "informant", "actor_type"])
    table = coverage(documents, {}, units, segments_table([]))
    assert table.empty
    processes = pd.DataFrame({"case": ["A"], "procedure": ["d"], "focus_area": ["k"]}, index=pd.Index(["A-1"]))
    assert list(coverage_by_process(table, processes)["documents"]) == [0]
    assert actor_types_by_case(units, ("A", "B")).empty


def test_an_uncoded_study_has_coverage(small_study: SmallStudy) -> None:
    for path in (small_study.path / "corpus/coding").rglob("*.jsonl"):
        path.unlink()
    study = load_study(small_study.path)
    tables = ms.corpus_tables(study, study.milestone("M2"))
    assert set(tables["corpus_documents"]["coded_units"]) == {0.0}
    model = to_dict(ms.capability_model(study, study.milestone("M2")))
    assert model["indicators"]["1i"]["is_met"] is False
    assert all(table is not None for table in model_tables(model, "nb").values())


@pytest.mark.parametrize("name", ["M1", "M2"])
def test_a_hidden_document_is_in_no_table(small_study: SmallStudy, name: str) -> None:
    restrict(small_study, "FJO-I01")
    study = load_study(small_study.path)
    milestone = study.milestone(name)
    model = to_dict(ms.capability_model(study, milestone))
    tables = {
        **ms.corpus_tables(study, milestone), **ms.suggestion_tables(study, milestone), **ms.network_tables(study, milestone),
        **model_tables(model, "nb"),
    }  # fmt: skip
    assert len(tables) > 12
    assert [table for table, frame in tables.items() if "FJO-I01" in csv_text(frame)] == []


def test_the_numbers_of_the_cues_are_counted_in_units() -> None:
    units = pd.DataFrame({"unit": list("abcd"), "document": ["D"] * 4})

    def table(**codes: str) -> pd.DataFrame:
        return pd.DataFrame([(u, c) for c, where in codes.items() for u in where], columns=["unit", "element"])

    codes = ("C1", "C2", "C3")
    found = against_coding(
        incidence(table(C1="aab", C2="c"), units, codes), incidence(table(C1="bcd", C3="a"), units, codes)
    ).set_index("id")
    assert found.loc["C1"].to_dict() == {
        "suggested": 2,
        "coded": 3,
        "both": 1,
        "precision": 0.5,
        "recall": pytest.approx(1 / 3),
    }
    assert found.loc["C2", "precision"] == 0
    undefined = found[["precision", "recall"]].isna()
    assert undefined.to_numpy().tolist() == [[False, False], [False, True], [True, False]]
    assert found.loc["C3", "recall"] == 0
    with pytest.raises(ValueError, match="must share units and codes"):
        against_coding(incidence(table(C1="a"), units, codes), incidence(table(C1="a"), units, codes[:2]))


def test_delivering_nowhere_writes_nothing(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    study = load_study(small_study.path)
    before = small_study.fingerprint()
    model = ms.deliver(study, study.milestone("M1"), "")
    assert model["milestone"] == "M1"
    assert small_study.fingerprint() == before
    assert list(tmp_path.iterdir()) == [small_study.path]


def test_what_is_delivered_is_the_model_its_tables_its_figures_and_the_report(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    study = load_study(small_study.path)
    output = tmp_path / "ut"
    model = ms.deliver(study, study.milestone("M2"), output, language="en")
    made = {path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file()}
    figures = {
        f"figures/{name}.{kind}" for name in ("model", "polarity", "networks", "layers") for kind in ("svg", "png")
    }
    tables = {f"tables/{name}.csv" for name in model_tables(model, "en")}
    assert made == {"model.json", "report.html"} | figures | tables
    text = (output / "model.json").read_text("utf-8")
    assert json.loads(text) == model
    assert text.endswith("}\n")
    assert '<html lang="en">' in (output / "report.html").read_text("utf-8")


def test_the_model_file_holds_no_words_of_informants(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    text = ms.model_text(ms.capability_model(study, study.milestone("M2")))
    quotes = {str(quote) for quote in study.segments()["quote"]}
    assert len(quotes) > 15
    assert [quote for quote in quotes if quote in text] == []


def test_a_model_is_the_same_whatever_is_coded_later(small_study: SmallStudy) -> None:
    before = load_study(small_study.path)
    text = ms.model_text(ms.capability_model(before, before.milestone("M1")))
    for document in ("HEI-I02", "STR-I01"):
        small_study.log_path("K1", document).unlink()
    after = load_study(small_study.path)
    assert ms.model_text(ms.capability_model(after, after.milestone("M1"))) == text


def test_the_codes_of_one_coder_never_count_when_the_study_names_another(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    assert ms.capability_model(study, study.milestone("M2")).coding["coders"] == ["K1"]
    small_study.replace("foran.toml", 'model_coders = ["K1"]', 'model_coders = ["K2"]')
    other = load_study(small_study.path)
    model = ms.capability_model(other, other.milestone("M1"))
    assert model.coding["segments"] == 3
    assert {name for e in model.elements for name in e.sources} == {
        "FJO-I01.K2.s01",
        "FJO-I01.K2.s02",
        "STR-N01.K2.s01",
    }


def test_what_may_not_be_shown_is_in_no_incidence_and_no_table_of_suggestions(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    milestone = study.milestone("M1")
    hidden = "FJO-I02"
    before = ms.element_incidence(study.model_inputs(milestone))
    assert hidden in set(before.units["document"])
    assert hidden in set(ms.suggestion_tables(study, milestone)["suggestions"]["document"])
    restrict(small_study, hidden)
    study = load_study(small_study.path)
    after = ms.element_incidence(study.model_inputs(milestone))
    assert set(after.units["document"]) == set(before.units["document"]) - {hidden}
    assert after.matrix.shape[0] == len(after.units) < len(before.units)
    assert hidden not in set(ms.suggestion_tables(study, milestone)["suggestions"]["document"])
