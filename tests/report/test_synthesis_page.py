"""The page, workbook and Word document of a cross-case synthesis of the demo study."""

from __future__ import annotations

import io
import re
import string
from pathlib import Path

import docx
import pytest

from foran_research.models.synthesis import Synthesis
from foran_research.report.synthesis_page import Lists, decimal, place_anchor, synthesis_page
from foran_research.report.synthesis_word import synthesis_docx
from foran_research.report.synthesis_words import _WORDS, synthesis_words
from foran_research.study import Study
from foran_research.synthesising import synthesis

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
    assert list(written.loc[written["freshness"] == "stale", "row"]) == ["TRD"]
    assert made.chain["resolves"].all()
    assert not len(made.problems)


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
    told = re.search(r'<div id="(l\d+)"><b>[^<]*K7 × Trondheim.*?</div>', page, re.S)
    assert told is not None
    assert f'href="#{told[1]}"' in page
    assert set(re.findall(r'href="#(s-[^"]+)"', told[0])) == {place_anchor(one) for one in cell["segment_ids"]}


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
    assert headings[:2] == ["Påstander og replikasjon", "Rammematrisen: element × kommune"]
    cells = {cell.text for table in page.tables[:2] for cell in table._cells}
    assert any("TRD-I02.K1.s0029" in text for text in cells)
    assert any(text.startswith("noe annet, fordi overvann") for text in cells)


def test_lists_that_hold_the_same_are_one_under_both_names(made: Synthesis) -> None:
    lists = Lists(made.places)
    two = list(made.places)[:2]
    assert lists.link("én", two) == lists.link("to", two)
    assert lists.link("ingen", ["borte"]) == ""
    assert [title for _, title, _ in lists.told()] == ["én = to"]


def test_numbers_have_a_comma_in_norwegian() -> None:
    assert (decimal(0.05, 2, "nb"), decimal(0.05, 2, "en")) == ("0,05", "0.05")


def test_the_demo_synthesis_is_as_its_log_says(demo_path: Path) -> None:
    log = (demo_path / "corpus/memos/FG.jsonl").read_text("utf-8")
    assert log.count('"type":"proposition"') == 4
    assert log.count('"type":"verdict"') == 11
