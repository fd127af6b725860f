"""The printed codebook, as a page and as a Word document: everything is there, in order, in the languages asked for."""

from __future__ import annotations

import html
import io
import re
import string
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from lineages import plain_book, plain_code
from small_study import SmallStudy, codebook_of

from foran_research.codebook.code import CHANGE_TYPES, Codebook, Cue
from foran_research.report.codebook_page import _WORDS, codebook_page, contents
from foran_research.report.codebook_word import codebook_docx
from foran_research.settings import Settings
from foran_research.vocabulary import POLARITIES

HOSTILE = '<script>alert("x")</script> & {{ 7*7 }} A\u030as 😀 æøå'


@pytest.fixture
def settings(small_study: SmallStudy) -> Settings:
    study, _ = small_study.read()
    assert study is not None
    return study.settings


@pytest.fixture
def book(small_study: SmallStudy) -> Codebook:
    found: Codebook = codebook_of(small_study, "2.0.0")
    labels = {code.id: {"nb": f"{code.id} på bokmål", "en": f"{code.id} in English"} for code in found.codes}
    return replace(found, codes=tuple(replace(code, label=labels[code.id]) for code in found.codes))


def ids(page: str) -> list[str]:
    return re.findall(r'<article class="[^"]*" id="(C\d+)">', page)


def test_active_codes_stand_by_level_with_sub_codes_below_their_own(book: Codebook, settings: Settings) -> None:
    page = codebook_page(book, settings, "nb")
    # By hand: P1, P3, P4, P4.1; K3, K4, K5; E1; and no active code across levels.
    wanted = ["C0001", "C0010", "C0011", "C0006", "C0005", "C0012", "C0013", "C0007"]
    assert ids(page) == wanted
    assert re.findall(r'<h2 id="level-(\w)">([^<]+)<', page) == [
        ("P", "Prosjekt"),
        ("K", "Kommune"),
        ("E", "Økosystem"),
    ]
    assert re.findall(r'<li class="depth(\d)"><a href="#(C\d+)">', page) == [
        ("1" if code == "C0006" else "0", code) for code in wanted
    ]
    assert 'class="depth1" id="C0006"' in page


def test_a_sub_code_at_another_level_than_its_parent_is_not_lost(settings: Settings) -> None:
    codes = [plain_code("C0001", "P1"), plain_code("C0002", "K1", parent="C0001"), plain_code("C0003", "Q1")]
    assert ids(codebook_page(plain_book("1.0.0", codes), settings, "nb")) == ["C0001", "C0002", "C0003"]


def test_every_field_of_a_code_is_told(book: Codebook, settings: Settings) -> None:
    names = ("label", "brief", "definition", "when_to_use", "when_not_to_use", "example")
    code = replace(
        book.by_id["C0001"], **{name: {"nb": f"{name} nb æ", "en": f"{name} en"} for name in names},
        source=("S0:1", "S2:117"), maturity="modent", polarity_in_source=(
            {"polarity": "hemmer", "source": "S1:5", "note": {"nb": "merknad", "en": "remark"}},),
        cues={"nb": (Cue("behov*"), Cue(None, ({"LOWER": "få"},))), "nn": (Cue("trong*"),)},
    )  # fmt: skip
    whole = replace(book, codes=(code, *book.codes[1:]))
    page = codebook_page(whole, settings, "en")
    for text in (
        *(f"{name} en" for name in names),
        "S0:1, S2:117",
        "modent",
        "inhibits (S1:5): remark",
        "Full definition",
    ):
        assert text in page
    assert "label nb" not in page
    assert "behov*" not in page
    with_cues = html.unescape(codebook_page(whole, settings, "nb", with_cues=True))
    assert "behov* · [LOWER=få]" in with_cues
    assert "trong*" in with_cues
    both = codebook_page(whole, settings, "both")
    for name in names[1:]:
        assert re.search(f'<td lang="nb">{name} nb æ</td><td lang="en">{name} en</td>', both)
    assert "Definisjon<br>Full definition" in both


def test_retired_codes_stand_in_an_appendix_with_what_became_of_them(book: Codebook, settings: Settings) -> None:
    assert "C0009" not in codebook_page(book, settings, "nb")
    page = codebook_page(book, settings, "nb", with_deprecated=True)
    assert ids(page)[8:] == ["C0002", "C0003", "C0004", "C0008", "C0009"]
    told = re.findall(r'<tr class="became">.*?<td>([^<]+)</td>', page)
    assert told == [
        "Utgått i versjon 2.0.0; fordelt på P3 C0010 på bokmål, P4 C0011 på bokmål.",
        "Utgått i versjon 2.0.0; gikk inn i K4 C0012 på bokmål.",
        "Utgått i versjon 2.0.0; gikk inn i K4 C0012 på bokmål.",
        "Utgått i versjon 2.0.0; gikk inn i E1 C0007 på bokmål.",
        "Utgått i versjon 2.0.0, uten etterfølger.",
    ]
    none = codebook_page(
        plain_book("1.0.0", [plain_code("C0001")]), settings, "nb", with_deprecated=True, with_changes=True
    )
    assert "Ingen koder er utgått." in none
    assert "Ingen endringer" in none


def test_changes_stand_in_an_appendix_with_reasons_and_rejected_ones_last(book: Codebook, settings: Settings) -> None:
    page = codebook_page(book, settings, "en", with_changes=True)
    told = re.findall(r"<h3>(CH-2-\d\d): ([^<]+)</h3>", page)
    assert [name for name, _ in told] == [f"CH-2-0{number}" for number in range(1, 9)]
    assert told[0][1] == "split, accepted"
    assert told[-1][1] == "merge, rejected"
    assert "P2 C0002 in English → P3 C0010 in English, P4 C0011 in English" in page
    assert page.count("Oppdiktet grunn.") == 16
    assert "2021-01-15, Practice arena" in page


@pytest.mark.parametrize(("language", "arenas"), [
    ("nb", ["Praksisarena"]), ("en", ["Practice arena"]), ("both", ["Praksisarena", "Practice arena"]),
])  # fmt: skip
def test_arenas_stand_by_their_labels_on_the_page_and_in_word_free_text_as_it_is(
    book: Codebook, settings: Settings, language: str, arenas: list[str]
) -> None:
    first, *others = book.changes
    book = replace(book, changes=(replace(first, arena="et møte på Å 😀 a\u030a"), *others))
    page = html.unescape(codebook_page(book, settings, language, with_changes=True))
    made = docx.Document(io.BytesIO(codebook_docx(book, settings, language, with_changes=True)))
    for text in (page, "\n".join(paragraph.text for paragraph in made.paragraphs)):
        assert text.count("2021-01-15, praksis") == 0
        assert [text.count(f"2021-01-15, {arena}") for arena in arenas] == [len(others)] * len(arenas)
        assert text.count("2021-01-15, et møte på Å 😀 a\u030a") == 1


@pytest.mark.parametrize("is_synthetic", [True, False])
def test_a_synthetic_study_says_so_on_every_page(book: Codebook, settings: Settings, *, is_synthetic: bool) -> None:
    settings = replace(settings, is_synthetic=is_synthetic)
    page = codebook_page(book, settings, "both")
    notice = "Oppdiktet: ingen finnes. / Invented: nobody exists."
    assert (f"<strong>{notice}</strong>" in page) == is_synthetic
    assert (f'@bottom-left {{ content: "{notice}"' in page) == is_synthetic
    footer = docx.Document(io.BytesIO(codebook_docx(book, settings, "nb"))).sections[0].footer.paragraphs[0].text
    assert ("Oppdiktet: ingen finnes." in footer) == is_synthetic


def test_texts_cannot_leave_their_place_in_the_page(settings: Settings) -> None:
    words = {"nb": HOSTILE, "en": HOSTILE}
    code = replace(plain_code("C0001"), label=words, definition=words, source=(HOSTILE,))
    book = replace(plain_book("1.0.0", [code]), title={"nb": 'a"; } </style>' + HOSTILE, "en": "b"})
    page = codebook_page(book, settings, "both", with_cues=True)
    assert "<script" not in page
    assert "49" not in page
    assert page.count("</style>") == 1
    assert '"; }' not in page
    assert HOSTILE in html.unescape(page)


def test_a_page_needs_nothing_from_elsewhere_and_its_bytes_repeat(book: Codebook, settings: Settings) -> None:
    options: Any = {"with_deprecated": True, "with_changes": True, "with_cues": True}
    for language in ("nb", "en", "both"):
        page = codebook_page(book, settings, language, **options)
        assert not re.search(r"(?:src|href)=\"(?!#)|url\(|@import", page)
        assert page == codebook_page(book, settings, language, **options)
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= set(re.findall(r'id="([^"]+)"', page))
    small = replace(book, codes=book.codes[:2], changes=())
    made = [codebook_docx(small, settings, "both", with_deprecated=True) for _ in range(2)]
    assert made[0] == made[1]
    assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in zipfile.ZipFile(io.BytesIO(made[0])).infolist())


def test_an_unknown_language_is_refused(book: Codebook, settings: Settings) -> None:
    for make in (codebook_page, codebook_docx):
        with pytest.raises(KeyError):
            make(book, settings, "nn")


# Word


def test_the_word_document_has_words_own_headings_and_a_table_for_each_code(book: Codebook, settings: Settings) -> None:
    page = docx.Document(io.BytesIO(codebook_docx(book, settings, "nb", with_deprecated=True, with_changes=True)))
    told = [(p.style.name, p.text) for p in page.paragraphs if p.style and p.style.name.startswith("Heading")]
    assert told[:6] == [
        ("Heading 1", "Prosjekt"), ("Heading 2", "P1  C0001 på bokmål"), ("Heading 2", "P3  C0010 på bokmål"),
        ("Heading 2", "P4  C0011 på bokmål"), ("Heading 3", "P4.1  C0006 på bokmål"), ("Heading 1", "Kommune"),
    ]  # fmt: skip
    assert [text for style, text in told if style == "Heading 1"][3:] == [
        "Vedlegg: utgåtte koder", "Vedlegg: endringer i denne versjonen",
    ]  # fmt: skip
    # Thirteen codes and eight changes.
    assert len(page.tables) == 21
    assert [row.cells[0].text for row in page.tables[0].rows] == [
        "Kortdefinisjon", "Definisjon", "Når koden brukes", "Når koden ikke brukes", "Eksempel",
    ]  # fmt: skip
    # The contents list the same headings before Word has counted the pages.
    listed = [p.text for p in page.paragraphs if p.style and p.style.name == "Normal"]
    assert next(text for style, text in told if style != "Heading 1") in listed


def test_two_languages_stand_side_by_side_in_word(book: Codebook, settings: Settings) -> None:
    texts = {"nb": "på norsk æ\nto linjer", "en": "in English"}
    book = replace(
        book, codes=(replace(book.codes[0], definition=texts, label={"nb": "a\x0b", "en": "b"}), *book.codes[1:])
    )
    page = docx.Document(io.BytesIO(codebook_docx(book, settings, "both")))
    row = [cell.text for cell in page.tables[0].rows[1].cells]
    assert row == ["Definisjon\nFull definition", "på norsk æ\nto linjer", "in English"]
    section = page.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    widths = [cell.width.cm for cell in page.tables[0].rows[1].cells]
    assert sum(widths) == pytest.approx(17, abs=0.1)


# Words


def test_every_word_is_there_in_both_languages_and_every_kind_has_one() -> None:
    assert {*CHANGE_TYPES, *POLARITIES} <= set(_WORDS)
    for nb, en in _WORDS.values():
        assert nb.strip()
        assert en.strip()
        fields = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in (nb, en)]
        assert fields[0] == fields[1]


def test_counts_are_of_the_version_shown(book: Codebook, settings: Settings) -> None:
    # By hand: thirteen codes, five of them retired; of the eight one has a parent.
    assert contents(book, settings, "nb").facts[1] == "Koder i bruk: 8 (elementer: 7, underkoder: 1); utgåtte: 5"


def test_the_page_opens_without_a_network_and_fits_a_narrow_screen(
    browser: Any, book: Codebook, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "kodebok.html"
    path.write_text(
        codebook_page(book, settings, "both", with_deprecated=True, with_changes=True, with_cues=True), "utf-8"
    )
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda sent: asked.append(sent.url))
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (asked, complaints) == ([path.as_uri()], [])
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    context.close()
