"""Retrieval over a study on disk: what is searched, what is left out and told, what is shown and saved."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from small_study import SmallStudy, draft

import foran_research
from foran_research import finding
from foran_research.cli import main
from foran_research.coding.assignment import Assignment
from foran_research.coding.assignment_store import append_assignments
from foran_research.coding.events import segment_at
from foran_research.coding.query import RESULT_COLUMNS
from foran_research.coding.query_tree import And, Code, Where
from foran_research.errors import ForanError, UnknownName
from foran_research.finding import WORDS_NOTICE, find, save, search_guarded, searchable, summary, table
from foran_research.starting import start_study
from foran_research.study import Study, load_study

NEED = "Vi spurte nattevaktene hva de trengte 😀"


@pytest.fixture
def study(written_once: Path) -> Study:
    return load_study(written_once)


def segments_in(found: pd.DataFrame) -> list[str]:
    return [segment for row in found["segments"] for segment in row]


def foran(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


# What is searched


def test_find_is_a_public_name() -> None:
    assert foran_research.find is find


def test_the_newest_codebook_is_searched_and_what_it_has_no_code_for_is_told(study: Study) -> None:
    found = find(study, "K4")
    # C0003 and C0004 became K4: the passage with both counts once.
    assert segments_in(found) == ["FJO-I01.K1.s03", "FJO-I02.K1.s03", "STR-I01.K1.s02", "STR-N01.K1.s03"]
    assert found.attrs["codebook"] == "2.0.0"
    assert found.attrs["coders"] == ("K1", "K2")
    assert found.attrs["query"] == Code("K4")
    assert found.attrs["counts"] == {"passages": 4, "segments": 4, "documents": 4, "cases": 2}
    # Split C0002 of K2 and a facet that meets the opposite polarity wait; C0009 is retired for both coders.
    assert {name: n for name, n in found.attrs["left_out"].items() if n} == {"review": 2, "retired": 2, "duplicate": 1}
    assert "2 waiting for a person" in summary(found)


def test_an_earlier_codebook_is_pinned_and_later_codings_are_told(study: Study) -> None:
    found = find(study, "K1 OR K2", codebook="1.0.0")
    assert set(segments_in(found)) == {"FJO-I01.K1.s03", "FJO-I01.K1.s04", "FJO-I02.K1.s03", "STR-N01.K1.s03"}
    assert {name: n for name, n in found.attrs["left_out"].items() if n} == {"later": 6}
    with pytest.raises(UnknownName, match=r"unknown codebook version '9\.0\.0'"):
        find(study, "K1", codebook="9.0.0")
    with pytest.raises(ForanError, match=r"K1 \(C0003\) is no code of codebook 2.0.0, .* search for K4"):
        find(study, "K1")


def test_coders_are_people_unless_suggestions_are_asked_for(study: Study) -> None:
    assert segments_in(find(study, "P1", coders=["K2"])) == ["FJO-I01.K2.s01"]
    suggested = find(study, "P1", coders=["cues"])
    assert suggested.attrs["coders"] == ("cues@2.0.0",)
    assert {coder for row in suggested["coders"] for coder in row} == {"cues@2.0.0"}
    both = find(study, "P1[coder:K1] AND P1[coder:cues@2.0.0]", coders=["K1", "cues"])
    # «behov» of the interview and of the note; the others say it in other words.
    assert both["document"].tolist() == ["FJO-I02", "STR-N01"]
    assert not any("cues" in coder for row in find(study, "*")["coders"] for coder in row)
    with pytest.raises(UnknownName, match=r"unknown coder 'K9'.*known: K1, K2, cues"):
        find(study, "P1", coders=["K9"])
    with pytest.raises(UnknownName, match=r"unknown coder 'cues@2\.0\.0'"):
        find(study, "P1[coder:cues@2.0.0]")


def test_codings_after_a_day_do_not_count(study: Study) -> None:
    assert find(study, "*", until="2020-03-10", codebook="1.0.0").attrs["counts"]["segments"] == 6
    assert find(study, "*", until="2019-01-01").empty
    with pytest.raises(ForanError, match="expected YYYY-MM-DD"):
        find(study, "*", until="i går")


def test_labels_and_ids_of_the_settings_are_values(study: Study) -> None:
    wanted = segments_in(find(study, "P1 AND case:FJO"))
    assert wanted == ["FJO-I01.K1.s01", "FJO-I01.K2.s01", "FJO-I02.K1.s02"]
    for query in (
        "P1 OG kommune:fjordvik",
        "P1[prosess:FJO-1]",
        'P1[process:"quiet nights (invented)"]',
        "kommune:FJO OG P1",
    ):
        assert segments_in(find(study, query)) == wanted
    assert segments_in(find(study, "P1[actor:innkjøp]")) == ["FJO-I02.K1.s02"]
    assert segments_in(find(study, "P1[slag:arbeidsnotat]")) == ["STR-N01.K1.s02"]
    assert segments_in(find(study, "P1[date:2021-06..]")) == ["STR-I01.K1.s01"]


def test_both_themes_in_the_same_case_are_found_whatever_document_they_stand_in(study: Study) -> None:
    """Need is spoken of in FJO-I01 and FJO-I02, learning too; in HEI neither; in STR in an interview and a note."""
    found = find(study, "P1 SAME case K4")
    assert found.attrs["counts"] == {"passages": 8, "segments": 9, "documents": 4, "cases": 2}
    assert set(find(study, "E1 NOT SAME case P1")["document"]) == {"HEI-I01"}


def test_a_tree_is_a_query_too(study: Study) -> None:
    tree = And(Code("P1"), Code("P1"))
    assert find(study, tree).attrs["query"] is tree
    with pytest.raises(UnknownName, match=r"^unknown code 'P99'"):
        find(study, Code("P99", at=3))


def test_a_study_made_ready_once_answers_as_one_made_ready_each_time(study: Study) -> None:
    ready = searchable(study, codebook="1.0.0", coders=["K1"])
    for query in ("K1 OR K2", '"behov*"', "* NEAR/1t K3"):
        pd.testing.assert_frame_equal(ready.find(query), find(study, query, codebook="1.0.0", coders=["K1"]))
    assert ready.find("K1").attrs == find(study, "K1", codebook="1.0.0", coders=["K1"]).attrs


def test_withheld_codings_are_neither_found_nor_in_the_way_and_are_counted(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "withheld", lambda *_: frozenset({("K2", "FJO-I01")}))
    found = find(study, "P1")
    assert "FJO-I01.K1.s01" in segments_in(found)
    assert "FJO-I01.K2.s01" not in segments_in(found)
    assert found.attrs["left_out"]["withheld"] == 2
    assert "2 withheld while double coding is blind" in summary(found)
    assert find(study, "P1", coders=["K1"]).attrs["left_out"]["withheld"] == 0


def test_the_reader_decides_what_blind_double_coding_keeps_back(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_assignments(small_study.path, [Assignment("A01", "K2", ("K1",), "FJO-I01", (), 7, "2020-03-10")])
    study = load_study(small_study.path)
    both = {"FJO-I01.K1.s01", "FJO-I01.K2.s01"}

    def shown_to(viewer: str) -> set[str]:
        return both & set(segments_in(find(study, "P1", viewer=viewer)))

    monkeypatch.setenv("FORAN_CODER", "K2")
    assert [shown_to(viewer) for viewer in ("K1", "K2", "")] == [
        {"FJO-I01.K1.s01"},
        {"FJO-I01.K2.s01"},
        {"FJO-I01.K2.s01"},
    ]


# Consent and disclosure


def test_passages_say_whether_they_may_be_quoted(small_study: SmallStudy) -> None:
    found = find(load_study(small_study.path), "*").set_index("document")["may_quote"]
    assert found["FJO-I01"].all()
    assert not found["STR-I01"].any()
    small_study.replace("corpus/documents.csv", "FJO-PL-01,kommune,open", "FJO-PL-01,kommune,restricted")
    found = find(load_study(small_study.path), "*").set_index("document")["may_quote"]
    assert not found["FJO-I01"].any()


def test_who_did_not_consent_to_analysis_is_not_searched(small_study: SmallStudy) -> None:
    small_study.replace(
        "corpus/participants.csv", "FJO-INN-01,innkjop,FJO,nb,analysis quote", "FJO-INN-01,innkjop,FJO,nb,"
    )
    study = load_study(small_study.path)
    found = find(study, "P1")
    assert "FJO-I02" not in set(found["document"])
    assert found.attrs["left_out"]["no_consent"] == 3
    assert find(study, '"minnepinne"').empty
    assert find(study, "/minnepinn./").empty


def test_words_are_searched_in_turns_and_never_in_labels(study: Study) -> None:
    assert find(study, '"trengte 😀"')["words"].tolist() == ["trengte 😀"]
    assert find(study, '"læringspunkt*"').attrs["counts"]["passages"] == 1
    assert find(study, '"Intervjuer"').empty


# Regular expressions


def test_a_regular_expression_is_found_as_in_the_text(study: Study) -> None:
    found = find(study, r"/lærings?\w*/")
    assert found["words"].str.lower().tolist() == ["læringspunktene", "læringen"]
    assert search_guarded("å", ["😀å", "Å"]) == [(0, 1, 2), (1, 0, 1)]


def test_a_regular_expression_that_never_ends_is_ended(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PATTERN_SECONDS", 1.0)
    begun = time.monotonic()
    with pytest.raises(ForanError, match="more than 1 seconds"):
        find(study, r"/(\w+\s*)+#/")
    assert time.monotonic() - begun < 30


# Showing


def two_coders_on_one_passage(small: SmallStudy) -> Study:
    """LB codes the words that K1 coded E1.1, hemmer, as K7 and sets no polarity."""

    def rename(book: dict[str, Any]) -> None:
        next(code for code in book["codes"] if code["id"] == "C0003")["display"] = "K7"

    for version in ("1.0.0", "2.0.0"):
        small.edit_codebook(version, rename)
    document, words = "HEI-I01", "dialogmøtet var berre for dei store"
    start = small.text(document).index(words)
    segment = segment_at(small.text(document), start, start + len(words), "C0003", "", "1.0.0")
    name = f"{document}.LB.s01"
    small.code("LB", document, [draft(small, "LB", document, "2020-08-23", "apply", name, None, segment)])
    return load_study(small.path)


PARTS = {
    "codes": "K7; E1.1",
    "polarities": "–; hemmer",
    "coders": "LB; K1",
    "segments": "HEI-I01.LB.s01; HEI-I01.K1.s02",
}


def test_codes_polarities_and_coders_correspond_segment_by_segment_in_every_output(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    study = two_coders_on_one_passage(small_study)
    found = find(study, "E1.1[hemmer] AND K7", codebook="1.0.0")
    (row,) = table(found).to_dict("records")
    assert {name: row[name] for name in PARTS} == PARTS
    read = pd.read_csv(save(study, found, tmp_path / "å.csv"), keep_default_na=False)
    assert {name: read[name].tolist() for name in PARTS} == {name: [parts] for name, parts in PARTS.items()}
    sheet = openpyxl.load_workbook(save(study, found, tmp_path / "å.xlsx")).worksheets[0]
    header, only = ([cell.value for cell in cells] for cells in sheet.iter_rows())
    shown = dict(zip(header, only, strict=True))
    assert {name: shown[finding.HEADINGS[name]] for name in PARTS} == PARTS
    lines = contents(save(study, found, tmp_path / "å.docx")).splitlines()
    assert [line for line in lines if ".s0" in line] == [
        "K7 læring · polaritet ikke satt · polarity not set · LB · HEI-I01.LB.s01",
        "E1.1 drivkrefter · hemmer · K1 · HEI-I01.K1.s02",
    ]
    printed = foran("find", "E1.1[hemmer] AND K7", "--codebook", "1.0.0", "--study", str(small_study.path)).output
    assert printed.splitlines()[1].split("\t")[3:6] == [PARTS["codes"], PARTS["polarities"], PARTS["coders"]]


PART = st.tuples(
    st.sampled_from(["P1", "K7", "E1.1"]),
    st.sampled_from(["", "hemmer", "fremmer", "begge", "nøytral"]),
    st.sampled_from(["K1", "LB", "ÅB"]),
    st.from_regex(r"\A[A-Z]{3}-I0[0-9]\.K1\.s[0-9]{2}\Z"),
)


@given(st.lists(st.lists(PART, max_size=5), max_size=4))
def test_every_segment_is_read_back_from_the_columns_of_a_table(rows: list[list[tuple[str, ...]]]) -> None:
    columns = {name: [tuple(part[n] for part in row) for row in rows] for n, name in enumerate(PARTS)}
    found = pd.DataFrame({name: [""] * len(rows) for name in RESULT_COLUMNS} | columns | {"turns": [()] * len(rows)})
    flat = table(found)
    read = [
        list(zip(*(cell.split("; ") for cell in cells), strict=True)) if cells[0] else []
        for cells in zip(*(flat[name] for name in PARTS), strict=True)
    ]
    assert read == [[(code, polarity or "–", *rest) for code, polarity, *rest in row] for row in rows]


def test_what_is_left_out_is_told_as_being_about_all_codings(study: Study) -> None:
    found = find(study, "P1", coders=["K2"])
    assert summary(found) == (
        "1 passage, 1 segment, 1 document, 1 case; codebook 2.0.0, coder K2; of all their codings, whatever the code, "
        "left out: 1 waiting for a person to choose the new code, 1 with codes retired since"
    )
    assert summary(find(study, "*", coders=["cues"])).endswith("codebook 2.0.0, coder cues@2.0.0")


# Saving


def contents(path: Path) -> str:
    """Every text in a saved file."""
    if path.suffix == ".csv":
        return path.read_text("utf-8-sig")
    if path.suffix == ".docx":
        return "\n".join(p.text for p in docx.Document(str(path)).paragraphs)
    book = openpyxl.load_workbook(path)
    return "\n".join(str(c.value) for sheet in book.worksheets for row in sheet.iter_rows() for c in row)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "docx"])
def test_words_are_saved_only_when_asked_for_and_the_file_says_so(study: Study, tmp_path: Path, ending: str) -> None:
    found = find(study, "P1")
    without = contents(save(study, found, tmp_path / f"a.{ending}"))
    with_words = contents(save(study, found, tmp_path / f"b.{ending}", shows_words=True))
    for text in (without, with_words):
        assert all(segment in text for segment in segments_in(found))
        assert "ja · yes" in text
        assert "nei · no" in text
    for words in (NEED, "andre gangen hadde de lyttet"):
        assert words not in without
        assert words in with_words
    assert WORDS_NOTICE not in without
    # At the top, below the title in Word.
    first = next(line for line in with_words.splitlines() if not line.startswith("Treff"))
    assert WORDS_NOTICE in first


def test_word_and_excel_tell_the_query_the_codebook_the_notice_and_what_was_left_out(
    study: Study, tmp_path: Path
) -> None:
    found = find(study, "P1[hemmer] ELLER P3")
    for ending in ("xlsx", "docx"):
        text = contents(save(study, found, tmp_path / f"a.{ending}", shows_words=True))
        for part in (
            "P1[polarity:hemmer] OR P3",
            "2.0.0",
            "Oppdiktet: ingen finnes.",
            "Invented: nobody exists.",
            "venter på",
            "waiting for",
        ):
            assert part in text
    text = contents(tmp_path / "a.docx")
    assert "P1 behov og funksjon · hemmer · K1 · FJO-I02.K1.s02" in text
    assert "1. FJO-I02, ytring · turn 2" in text


@pytest.mark.parametrize("ending", ["csv", "xlsx", "docx"])
def test_the_same_hits_give_the_same_file(study: Study, tmp_path: Path, ending: str) -> None:
    for name in ("a", "b"):
        save(study, find(study, "P1 SAME case K4"), tmp_path / f"{name}.{ending}", shows_words=True)
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_a_saved_table_is_read_back_row_by_row(study: Study, tmp_path: Path) -> None:
    found = find(study, "P1")
    path = save(study, found, tmp_path / "å.csv", shows_words=True)
    read = pd.read_csv(path, skiprows=1, keep_default_na=False)
    assert list(read.columns) == list(found.columns)
    assert read["segments"].tolist() == ["; ".join(row) for row in found["segments"]]
    book = openpyxl.load_workbook(save(study, found, tmp_path / "å.xlsx", shows_words=True))
    assert book.worksheets[0].max_row == len(found) + 2


def folder(path: Path) -> Path:
    (path / "a.csv").mkdir()
    return path / "a.csv"


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (lambda path: path / "no/a.csv", "no such folder; make it first"),
        (lambda path: path / "a.pdf", r"no format for \.pdf; expected \.csv, \.xlsx, \.docx"),
        (lambda path: path / "a", "a name without an ending"),
        (folder, "a folder; expected the name of a file"),
    ],
)
def test_what_cannot_be_saved_is_told_and_leaves_nothing(
    study: Study, tmp_path: Path, where: Callable[[Path], Path], says: str
) -> None:
    path = where(tmp_path)
    with pytest.raises(ForanError, match=says):
        save(study, find(study, "P1"), path)
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_a_full_disk_leaves_the_file_that_was(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(study, find(study, "P1"), tmp_path / "a.csv")
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ForanError, match="cannot be written"):
        save(study, find(study, "P3"), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_nothing_found_is_saved_as_a_header(study: Study, tmp_path: Path) -> None:
    found = find(study, "P1 AND K5")
    for ending in ("csv", "xlsx", "docx"):
        assert save(study, found, tmp_path / f"a.{ending}", shows_words=True).is_file()
    assert table(found).empty


# The command line


def test_find_prints_places_and_codes_and_words_only_when_asked(written_once: Path) -> None:
    plain = foran("find", "P1 OG kommune:FJO", "--study", str(written_once))
    assert plain.exit_code == 0
    lines = plain.output.splitlines()
    assert lines[0].split("\t") == ["document", "turn", "place", "codes", "polarity", "coder", "speaker"]
    assert lines[1].split("\t") == ["FJO-I01", "2", "53–92", "P1; P1", "fremmer; fremmer", "K1; K2", "FJO-PL-01"]
    assert lines[-1].startswith(
        "2 passages, 3 segments, 2 documents, 1 case; codebook 2.0.0, coders K1, K2; "
        "of all their codings, whatever the code, left out: 2 "
    )
    assert "nattevaktene" not in plain.output
    shown = foran("find", "P1", "--show", "--context", "20", "--study", str(written_once)).output
    assert f"[{NEED}], ikke hva de" in shown
    assert shown.count("(kan ikke siteres · may not be quoted)") == 1


def test_find_saves_and_takes_every_option(written_once: Path, tmp_path: Path) -> None:
    path = tmp_path / "treff.docx"
    words = ["find", "K2 OR K1", "--codebook", "1.0.0", "--coder", "K1", "--until", "2020-09-30", "--output", str(path)]
    result = foran(*words, "--study", str(written_once))
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1].endswith(f"saved: {path}")
    assert "minnepinne" not in contents(path)
    assert "erfaringsnotatet" in contents(path) or foran(*words, "--show", "--study", str(written_once)).exit_code == 0


def test_find_points_at_what_it_cannot_read(written_once: Path) -> None:
    result = CliRunner().invoke(main, ["find", "P1 AND P9", "--study", str(written_once)])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("foran: query, column 8: unknown code 'P9'")
    assert result.stderr.endswith("\n  P1 AND P9\n         ^\n")


def test_words_with_nothing_coded_over_them_have_hyphens(written_once: Path) -> None:
    printed = foran("find", '"nattevaktene"', "--study", str(written_once)).output
    assert printed.splitlines()[1].split("\t")[3:] == ["-", "-", "-", "FJO-PL-01"]


def test_check_counts_one_as_one(tmp_path: Path) -> None:
    start_study(tmp_path / "ny")
    line = foran("check", "--study", str(tmp_path / "ny")).output.splitlines()[-2]
    assert line.startswith("0 documents, 0 words, 0 coded segments, 0 coders, 1 codebook version, ")


def test_agreement_says_that_a_coder_drawn_for_has_coded_nothing_yet(small_study: SmallStudy) -> None:
    where = ("--study", str(small_study.path))
    assert foran("assign", "ÅB", "--with", "K1", "--document", "FJO-I01", *where).exit_code == 0
    for pair in (("K1", "ÅB"), ("ÅB", "K1")):
        result = foran("agreement", *pair, *where)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("foran: ÅB has coded nothing yet: ")
    assert "unknown coder 'K9'" in foran("agreement", "K1", "K9", *where).stderr
    # Once she has begun it is a matter of being done.
    segment = segment_at(small_study.text("FJO-I01"), 53, 92, "C0001", "", "1.0.0")
    begun = draft(small_study, "ÅB", "FJO-I01", "2020-08-23", "apply", "FJO-I01.ÅB.s01", None, segment)
    small_study.code("ÅB", "FJO-I01", [begun])
    assert "Not done: FJO-I01" in foran("agreement", "K1", "ÅB", *where).stderr


# The notebook


def run_notebook(demo_path: Path, **parameters: Any) -> dict[str, Any]:
    """What the notebook's cells leave behind, run with these parameters."""
    book = json.loads((demo_path / "notebooks/03_query.ipynb").read_text("utf-8"))
    names: dict[str, Any] = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)  # noqa: S102
            if "parameters" in cell["metadata"].get("tags", ()):
                assert set(parameters) <= set(names)
                names |= parameters
    return names


def test_the_notebook_runs_with_nothing_given_and_saves_when_asked(
    demo_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(demo_path)
    found = run_notebook(demo_path)["found"]
    assert found.attrs["counts"]["passages"] > 0
    assert capsys.readouterr().out.startswith("P2 SAME case K7\n")
    run_notebook(demo_path, query="P2[hemmer]", codebook="3.0.0", output=str(tmp_path / "treff.xlsx"))
    assert openpyxl.load_workbook(io.BytesIO((tmp_path / "treff.xlsx").read_bytes())).sheetnames[0] == "Treff · Hits"


def test_the_notebook_runs_in_a_study_that_has_just_begun(demo_path: Path, tmp_path: Path) -> None:
    start_study(tmp_path / "ny")
    found = run_notebook(demo_path, study=str(tmp_path / "ny"))["found"]
    assert found.empty
    assert summary(found).startswith("0 passages, 0 segments, 0 documents, 0 cases; codebook 1.0.0, coders none")
    study = load_study(tmp_path / "ny")
    for query in ('"ord"', "/o+/", "* NEAR/3t P2", "* THEN/3w P2", "* SAME speaker P2", "date:2020", 'P2["å"]'):
        assert find(study, query).empty


def test_the_notebook_takes_a_query_of_any_study(demo_path: Path, small_study: SmallStudy) -> None:
    found = run_notebook(demo_path, study=str(small_study.path), query="P1[fremmer]")["found"]
    assert isinstance(found.attrs["query"], Where)
    assert segments_in(found) == ["FJO-I01.K1.s01", "FJO-I01.K2.s01", "STR-I01.K1.s01"]
