"""The page, workbook and Word document of a cross-case synthesis of the demo study."""

from __future__ import annotations

import io
import re
import string
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pandas as pd
import pytest
from markupsafe import Markup

from foran_research.analysis.replication import WHY, CaseOutcome, Verdict
from foran_research.models.synthesis import PROBLEM_COLUMNS, Judged, Place, Synthesis
from foran_research.report.synthesis_page import (
    Lists,
    _nearly,
    amiss,
    cases_told,
    cell_counts,
    decimal,
    folded,
    freshness_told,
    heard,
    place_anchor,
    state_of,
    synthesis_page,
    text_told,
    verdict_told,
    why_told,
)
from foran_research.report.synthesis_word import synthesis_docx
from foran_research.report.synthesis_words import _WORDS, synthesis_words
from foran_research.study import Study
from foran_research.synthesising import synthesis
from foran_research.synthesising.workbook import synthesis_xlsx

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def made(demo_study: Study) -> Synthesis:
    return synthesis(demo_study, "M2", replicates=20)


@pytest.fixture(scope="module")
def page(made: Synthesis, demo_study: Study) -> str:
    return synthesis_page(made, demo_study.settings, {"matrix": PICTURE, "saturation": PICTURE}, "nb")


def test_the_demo_tells_one_proposition_of_each_kind_and_a_stale_summary(made: Synthesis) -> None:
    assert [claim.outcome.kind for claim in made.claims] == ["literal", "theoretical", "incomplete", "post_hoc"]
    cells = made.matrices["case"].cells
    written = cells[cells["summary"] != ""]
    assert len(written) == 12
    assert "TRD" in list(written.loc[written["freshness"] == "stale", "row"])
    assert made.chain["resolves"].all()
    # What was coded after a verdict is told; nothing else is amiss.
    assert set(made.problems["problem"]) <= {"new_since_verdict", "stale_summary"}


def test_every_link_leads_somewhere_no_id_stands_twice_and_nothing_is_fetched(page: str) -> None:
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(ids)
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_every_number_of_the_framework_matrix_leads_to_the_passages_of_its_cell(page: str, made: Synthesis) -> None:
    code = made.codebook.find("K7")
    assert code is not None
    table = made.matrices["case"].cells
    (cell,) = table[(table["row"] == "TRD") & (table["column"] == code.id)].to_dict("records")
    told = re.search(r'<div class="list" id="(l\d+)"><h3>[^<]*K7 × Trondheim.*?</div>', page, re.S)
    assert told is not None
    assert f'href="#{told[1]}"' in page
    # Passages of one turn are one entry, which leads to the first of them and says how many they are.
    linked = set(re.findall(r'href="#(s-[^"]+)"', told[0]))
    turns = {(made.places[one].document, made.places[one].turns) for one in cell["segment_ids"]}
    assert linked <= {place_anchor(one) for one in cell["segment_ids"]}
    assert len(linked) == len(turns)
    assert f"{len(cell['segment_ids'])} passasjer" in told[0]


def test_no_word_of_an_informant_stands_on_the_page_unless_it_was_asked_for(page: str, demo_study: Study) -> None:
    said = demo_study.segments()
    long = said[(said["document"] == "TRD-I02") & (said["quote"].str.len() > 60)]["quote"].iloc[0]
    assert long not in page
    with_words = synthesis(demo_study, "M2", words=True, replicates=1)
    assert any(place.words == long for place in with_words.places.values())
    # What people wrote is escaped.
    assert "ikke aktuelt" in page.lower()


def test_both_languages_have_the_same_words_and_the_same_blanks() -> None:
    nb, en = synthesis_words("nb"), synthesis_words("en")
    assert nb.keys() == en.keys() == _WORDS.keys()
    for key, (one, other) in _WORDS.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (one, other)]
        assert fields[0] == fields[1], key
        assert one.strip(), key
        assert other.strip(), key


def test_english_is_all_english(made: Synthesis, demo_study: Study) -> None:
    english = synthesis_page(made, demo_study.settings, {"matrix": PICTURE, "saturation": PICTURE}, "en")
    for word in ("Påstand", "Kommune:", "Sammendrag", "ytring ", "metning"):
        assert word not in english, word
    assert '<html lang="en">' in english


def test_the_word_document_has_its_headings_tables_and_evidence(made: Synthesis, demo_study: Study) -> None:
    data = synthesis_docx(made, demo_study.settings, {"matrix": PIXEL, "saturation": PIXEL}, "nb")
    assert data == synthesis_docx(made, demo_study.settings, {"matrix": PIXEL, "saturation": PIXEL}, "nb")
    page = docx.Document(io.BytesIO(data))
    headings = [p.text for p in page.paragraphs if p.style.name == "Heading 1"]
    assert headings[:3] == ["Kort sagt", "Påstander og replikasjon", "Rammeverksmatrise: element × kommune"]
    cells = {cell.text for table in page.tables[:2] for cell in table._cells}
    assert any("TRD-I02.K1.s0029" in text for text in cells)
    assert any(text.startswith("noe annet, fordi overvann") for text in cells)
    texts = [paragraph.text for paragraph in page.paragraphs]
    assert any(text.startswith("Elementer: ") for text in texts)
    # It has no links, and does not say that it has; pages have numbers and pictures are told in words.
    assert not any("fører til passasjene" in text for text in texts)
    footer = page.sections[0].footer._element.xml
    assert "NUMPAGES" in footer
    assert all(shape._inline.docPr.get("descr") for shape in page.inline_shapes)


def test_lists_that_hold_the_same_are_one_under_both_names(made: Synthesis) -> None:
    lists = Lists(made.places)
    two = list(made.places)[:2]
    assert lists.link("én", two) == lists.link("to", two)
    assert lists.link("ingen", ["borte"]) == ""
    assert [title for _, title, *_ in lists.told()] == ["én = to"]


def place(segment: str, *turns: int, words: str = "") -> Place:
    return Place(segment, "FJO-I01", "FJO", turns, "P1", "fremmer", "K1", words=words)


def test_passages_of_one_turn_are_one_entry_with_their_ids_and_each_word_once() -> None:
    told = heard([place("b", 42, words="å 😀"), place("a", 10), place("c", 42, words="å 😀"), place("d", 42, 43)])
    assert [(one.turns, one.count, one.segments, one.words) for one in told] == [
        ("10", 1, ("a",), ()),
        ("42", 2, ("b", "c"), ("å 😀",)),
        ("42–43", 1, ("d",), ()),
    ]


def test_one_is_told_in_the_singular() -> None:
    cell = {"turns": 1, "documents": 1, "promoting_turns": 1, "inhibiting_turns": 0}
    assert cell_counts(cell, synthesis_words("en")) == "1 turn · 1 doc. · 1 promote, 0 inhibit"
    assert cell_counts(cell | {"turns": 2}, synthesis_words("nb")) == "2 ytr. · 1 dok. · 1 fremmer, 0 hemmer"


def test_what_has_not_changed_since_a_summary_is_left_out() -> None:
    cell = {"freshness": "stale", "added": ("a", "b"), "removed": (), "gone": (), "recoded": ()}
    assert freshness_told(cell, synthesis_words("en")) == "the coding has changed since: 2 new"
    assert freshness_told(cell | {"added": ()}, synthesis_words("en")) == "the coding has changed since"


def judged(coder: str, verdict: str, at: str) -> Judged:
    return Judged(f"memo.{coder}", coder, Verdict("FJO", verdict, ("a",), "å", at), False)


def test_verdicts_that_differ_are_both_shown_and_a_coders_own_newest_counts() -> None:
    said = synthesis_words("en")
    one = CaseOutcome("FJO", "same", "", "supports", None, True, ("a",), (), 3)
    own = [judged("K2", "supports", "2021-01-01"), judged("K1", "contradicts", "2021-01-02")]
    assert verdict_told(one, own, said) == "disputed: contradicts (K1); supports (K2)"
    assert verdict_told(one, [*own, judged("K1", "supports", "2021-01-03")], said) == "supports"
    assert text_told(" ", False, said) == "(no text)"
    assert text_told("å", True, said) == said["text_withheld"]


def test_each_municipality_has_a_part_with_its_summaries_verdicts_and_silences(page: str, made: Synthesis) -> None:
    for case, name in (("TRD", "Trondheim"), ("BGO", "Bergen"), ("KRS", "Kristiansand")):
        part = re.search(rf'<article class="own" id="case-{case}">.*?</article>', page, re.S)
        assert part is not None
        assert f"<h3>{name} " in part[0]
        cells = made.matrices["case"].cells
        for text in cells.loc[(cells["row"] == case) & (cells["summary"] != ""), "text"]:
            assert str(Markup.escape(text)) in part[0]
        for claim in made.claims:
            assert (f'href="#{claim.proposition.id}"' in part[0]) == (case in {one.case for one in claim.outcome.cases})
        for other in {"TRD", "BGO", "KRS"} - {case}:
            assert f"{other}-I0" not in part[0]
    head = page[: page.index("</header>")]
    assert "Kort sagt" in head
    assert 'href="#case-KRS"' in head


def test_lists_and_passages_are_folded_without_a_script_and_shown_where_a_link_leads(page: str) -> None:
    assert ".list, .of-document { display: none; }" in page
    assert ".list:target" in page
    assert len(re.findall(r'<div class="of-document" id="d-', page)) == len(set(re.findall(r'href="#(d-[^"]+)"', page)))
    assert page.count("<details>") == page.count("</details>") > 3


def test_the_cases_of_a_pattern_are_told_with_their_turns() -> None:
    row = {"cases": ("FJO", "HEI"), "turns_by_case": (9, 1)}
    assert cases_told(row, {"FJO": "Fjordvik"}) == "Fjordvik 9, HEI 1"


def test_arrows_go_by_turns_as_patterns_do() -> None:
    cell = {"state": "evidence", "promoting": 3, "inhibiting": 1, "promoting_turns": 1, "inhibiting_turns": 2}
    assert state_of(cell) == "inhibiting"
    assert state_of(cell | {"inhibiting_turns": 1}) == "even"


def test_summaries_out_of_date_are_one_line_and_other_faults_are_told_each(made: Synthesis) -> None:
    rows = [("stale_summary", "m1", "TRD × P1: +a"), ("stale_summary", "m2", ""), ("broken_chain", "m3", "FJO-å")]
    told = amiss(replace(made, problems=pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS))), synthesis_words("en"), "en")
    assert told == [
        "2 summaries of cells that have changed since; what has changed stands with each: m1, m2",
        "evidence that is no longer there: m3 (FJO-å)",
    ]


def test_columns_without_turns_are_named_below_a_crosstab_and_not_drawn(page: str) -> None:
    assert "n = 0<" not in page
    assert "Etter kommune" in page


def test_rows_of_saturation_that_are_not_applicable_are_one_sentence() -> None:
    said = synthesis_words("en")
    rows = [["4", "2", "0.05", "6+2", "na"], ["6", "3", "0.05", said["na"], said["na"]]]
    kept, gone = folded(rows, said)
    assert kept == rows[:1]
    assert gone == "Not applicable in any column (b+r, threshold t): 6+3, 0.05."
    assert folded(rows[:1], said)[1] == ""


def test_outcomes_speak_of_municipalities_in_norwegian() -> None:
    said = synthesis_words("nb")
    told = [why_told([key], said, "nb") for key in WHY] + list(said.values())
    for text in told:
        assert not re.search(r"\b(?:case|caser|casene|dom|dommer|dommene|rivaliserende|Rammematrisen?)\b", text), text


def test_the_workbook_has_no_empty_heads_and_no_raw_names(made: Synthesis, demo_study: Study) -> None:
    data = synthesis_xlsx(made, demo_study.settings, "nb")
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets[1:]:
        heads = [cell.value for cell in sheet[2]]
        assert all(heads), (sheet.title, heads)
        assert not {"claim_kind", "resolves", "k (3)"} & set(heads)
    values = [str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value]
    assert not any(re.search(r"\d{4}-\d\d-\d\dT", value) for value in values)
    assert "Fargenøkkel" in values


def test_numbers_have_a_comma_in_norwegian() -> None:
    assert (decimal(0.05, 2, "nb"), decimal(0.05, 2, "en")) == ("0,05", "0.05")


def test_what_is_nearly_all_is_not_told_as_all() -> None:
    assert [_nearly(share, "nb") for share in (0.98, 0.9979, 0.9999, 1)] == [
        "98\u00a0%", "99,7\u00a0%", "99,9\u00a0%", "100\u00a0%",
    ]  # fmt: skip


def test_the_demo_synthesis_is_as_its_log_says(demo_path: Path) -> None:
    log = (demo_path / "corpus/memos/FG.jsonl").read_text("utf-8")
    assert log.count('"type":"proposition"') == 4
    assert log.count('"type":"verdict"') == 11
