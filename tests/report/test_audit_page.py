"""The audit report's pages: both languages say the same, COREQ is filled where the logs know, nothing is fetched."""

from __future__ import annotations

import io
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn

from foran_research.analysis.audit import Audit
from foran_research.auditing import gather
from foran_research.report.audit_page import (
    Column,
    Heading,
    Picture,
    Section,
    Table,
    coreq_answers,
    docx_report,
    html_page,
    sections,
)
from foran_research.report.audit_words import _WORDS, audit_words
from foran_research.report.coreq import FROM_THE_LOG, ITEMS
from foran_research.settings import Settings
from foran_research.study import load_study

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
#: The smallest PNG.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@dataclass(frozen=True)
class Checked:
    """A verification as the report reads it."""

    logs: int = 9
    lines: int = 27
    head_sha256: str = "ab" * 32
    broken: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def made(written_once: Path) -> tuple[Audit, Settings]:
    study = load_study(written_once)
    return gather(study, verification=Checked()), study.settings


def tables_of(told: Sequence[Section]) -> list[Table]:
    return [part for section in told for part in section.parts if isinstance(part, Table)]


def coreq_of(told: Sequence[Section]) -> list[tuple[str, ...]]:
    (table,) = (part for section in told if section.id == "coreq" for part in section.parts if isinstance(part, Table))
    return [row for row in table.rows if len(row) > 1]


def page_of(audit: Audit, settings: Settings, language: str = "nb") -> str:
    told = sections(audit, settings, language)
    return html_page(told, settings, {"timeline": PICTURE, "months": PICTURE}, language, day=audit.day)


def word_of(audit: Audit, settings: Settings, language: str = "nb") -> bytes:
    told = sections(audit, settings, language)
    return docx_report(told, settings, {"timeline": PIXEL, "months": PIXEL}, language, day=audit.day)


def test_both_languages_have_the_same_parts_with_the_same_numbers_of_rows(made: tuple[Audit, Settings]) -> None:
    shapes = []
    for language in ("nb", "en"):
        told = sections(*made, language)
        shapes.append([
            (section.id, [type(part).__name__ for part in section.parts],
             [(len(t.columns), len(t.rows)) for t in section.parts if isinstance(t, Table)])
            for section in told
        ])  # fmt: skip
    assert shapes[0] == shapes[1]
    assert [name for name, _, _ in shapes[0]] == [
        "about", "timeline", "changes", "effects", "coders", "drift", "queue", "records", "coreq", "criteria",
    ]  # fmt: skip


def test_every_sentence_asks_for_the_same_facts_in_both_languages() -> None:
    for key, pair in _WORDS.items():
        asked = [sorted({name for _, name, _, _ in string.Formatter().parse(text) if name}) for text in pair]
        assert asked[0] == asked[1], key
        assert all(text.strip() == text for text in pair), key


def test_every_row_has_a_cell_for_each_column_or_is_a_heading(made: tuple[Audit, Settings]) -> None:
    for table in tables_of(sections(*made, "nb")):
        assert {len(row) for row in table.rows} <= {1, len(table.columns)}, table.caption
        assert all(isinstance(cell, str) for row in table.rows for cell in row)


def test_coreq_has_32_items_numbered_in_order_each_with_a_topic_of_its_own() -> None:
    assert [item.number for item in ITEMS] == list(range(1, 33))
    assert len({item.topic for item in ITEMS}) == 32
    assert all(text for item in ITEMS for pair in (item.topic, item.asks) for text in pair)
    assert [item.number for item in ITEMS if item.is_from_the_log] == [12, 22, 24, 25, 26, 27, 28, 29]
    assert [sum(1 for i in ITEMS if i.domain == d) for d in dict.fromkeys(i.domain for i in ITEMS)] == [8, 15, 9]


@pytest.mark.parametrize("language", ["nb", "en"])
def test_only_what_the_logs_know_is_filled_in_all_else_is_for_the_author(
    made: tuple[Audit, Settings], language: str
) -> None:
    rows = coreq_of(sections(*made, language))
    assert [row[0] for row in rows] == [str(number) for number in range(1, 33)]
    left = audit_words(language)["to_complete"]
    assert [int(row[0]) for row in rows if row[2] != left] == list(FROM_THE_LOG)


def test_coreq_says_nothing_where_the_study_knows_nothing(made: tuple[Audit, Settings]) -> None:
    audit, settings = made
    facts = {**audit.facts, "arena_notes": 0, "codes_used": 0}
    assert sorted(coreq_answers(replace(audit, facts=facts), settings, "nb")) == [12, 24, 25, 26, 27, 29]


def test_coreqs_answers_are_the_small_studys_own_numbers(made: tuple[Audit, Settings]) -> None:
    answers = coreq_answers(*made, "en")
    assert answers[12].startswith("Documents: 6 (interviews: 5, workshop notes: 1, public documents: 0). Persons")
    assert answers[24] == "Coders: 2. Documents coded by more than one: 2."
    assert "(1.0.0): 9. Added up to 2.0.0: 4; retired: 5. Changes with reasons: 7." in answers[26]
    # Under 2.0.0: P1, P4 (recoded), P4.1, K3, K4, E1 in the first three documents; K5, P3 only in those coded last.
    assert "(codebook 2.0.0): 8, in 6 coded documents. Of these, 2 are only in the three" in answers[22]


def test_the_page_stands_alone_and_fetches_nothing(made: tuple[Audit, Settings]) -> None:
    page = page_of(*made)
    assert "default-src 'none'" in page
    assert re.findall(r"(?:src|href)=\"(?!data:|#)", page) == []
    assert "<script" not in page
    assert page.count("<h1>") == 1
    assert re.findall(r"<h2>(\d+) ", page) == [str(n) for n in range(1, 11)]


def test_links_of_the_contents_lead_to_sections_and_tables_are_numbered_through(made: tuple[Audit, Settings]) -> None:
    page = page_of(*made)
    assert set(re.findall(r'href="#(\w+)"', page)) == set(re.findall(r'<section id="(\w+)"', page))
    numbers = [int(n) for n in re.findall(r"<caption>Tabell (\d+)\.", page)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_what_researchers_wrote_is_text_and_no_markup(made: tuple[Audit, Settings]) -> None:
    audit, settings = made
    changes = audit.tables["changes"].copy()
    bad = "</td><script>alert(1)</script> `kode` blåbær 😀 a\u030a TRD-I01.K1.s0001"
    changes["summary"] = [{"nb": bad, "en": bad}] * len(changes)
    page = page_of(replace(audit, tables={**audit.tables, "changes": changes}), settings)
    assert "<script" not in page
    shown = "&lt;script&gt;alert(1)&lt;/script&gt; <code>kode</code> blåbær 😀 a\u030a"
    assert f'{shown} <span class="id">TRD-I01.K1.s0001</span>' in page


def test_a_notice_cannot_break_out_of_the_pages_style(made: tuple[Audit, Settings]) -> None:
    audit, settings = made
    notice = dict.fromkeys(("nb", "en"), '"; } </style><b>å')
    page = page_of(audit, replace(settings, notice=notice))
    assert page.count("</style>") == 1


@pytest.mark.parametrize(
    ("verification", "expected"),
    [
        (None, "Ikke kontrollert her."),
        (Checked(), "9 logger med 27 linjer; alle lenker holder"),
        (
            Checked(broken=("corpus/coding/K1/FJO-I01.jsonl:3",)),
            "BRUDD. Lenker eller fingeravtrykk som ikke holder: 1 (9 logger",
        ),
    ],
)
def test_the_report_says_whether_the_logs_were_checked_and_what_broke(
    made: tuple[Audit, Settings], verification: Any, expected: str
) -> None:
    audit, settings = made
    page = page_of(replace(audit, verification=verification), settings)
    assert expected in page
    assert ("K1/FJO-I01.jsonl:3" in re.sub("<[^>]+>", "", page)) == bool(verification and verification.broken)


def test_agreement_is_said_to_hold_for_one_code_and_version_and_undefined_is_no_number(
    made: tuple[Audit, Settings],
) -> None:
    (section,) = (one for one in sections(*made, "nb") if one.id == "coders")
    assert Heading("Enighet mellom kodere") in section.parts
    assert any("bare for én kode og én kodebokversjon" in part for part in section.parts if isinstance(part, str))
    audit, settings = made
    agreement = audit.tables["agreement"].assign(alpha=float("nan"), alpha_reason="no-positive")
    told = sections(replace(audit, tables={**audit.tables, "agreement": agreement}), settings, "nb")
    table = next(t for t in tables_of(told) if "K1 og K2" in t.caption)
    assert {row[-1] for row in table.rows} == {"–"}
    assert "ingen enhet har koden" in table.note


def test_a_study_without_anything_says_so_and_breaks_nothing(made: tuple[Audit, Settings]) -> None:
    audit, settings = made
    empty = {name: frame.iloc[:0] for name, frame in audit.tables.items()}
    nothing = replace(audit, tables=empty, facts=dict.fromkeys(audit.facts, 0), versions=(), day="", verification=None)
    page = page_of(nothing, settings)
    for key in ("no_changes", "no_effects", "no_coding", "no_drift", "no_memos", "no_rechecks"):
        assert audit_words("nb")[key] in page


def test_memos_stand_with_their_texts_only_when_the_audit_has_them(made: tuple[Audit, Settings]) -> None:
    audit, settings = made
    counted = pd.DataFrame([("code", "code", 1, "2020-01-01", "2020-01-01")], columns=audit.tables["memos"].columns)
    row = ("m1", "K1", "code", "code", "C0001", "2020-01-01T10:00:00Z", "Blåbær 😀 a\u030a")
    texts = pd.DataFrame([row], columns=["memo", "coder", "type", "about_kind", "about", "at", "text"])
    without = page_of(replace(audit, tables={**audit.tables, "memos": counted}), settings)
    with_ = page_of(replace(audit, tables={**audit.tables, "memos": counted, "memo_texts": texts}), settings)
    assert ("Blåbær" in without, "Blåbær" in with_) == (False, True)
    assert audit_words("nb")["memo_texts_1"] in with_
    assert ("ingen notattekster" in without, "ingen notattekster" in with_) == (True, False)


def test_what_waits_is_told_with_its_display_code_beside_the_reason(made: tuple[Audit, Settings]) -> None:
    told = {section.id: section for section in sections(*made, "nb")}
    (queue,) = (t for t in told["queue"].parts if isinstance(t, Table) and t.caption.startswith("Omkodingskøen"))
    assert [row[:3] for row in queue.rows] == [
        ("CH-2-01 (2.0.0)", "P2: koden er delt", "K2"),
        ("CH-2-05 (2.0.0)", "E1.1: koderens svar sier noe annet enn regelen", "K1"),
    ]
    (effects,) = (t for t in told["effects"].parts if isinstance(t, Table))
    first = next(row for row in effects.rows if row[0].startswith("CH-2-01"))
    assert first[0] == "CH-2-01\ndeling: P2 → P3, P4\nTil et menneske: P2 (koden er delt)"
    # Codes with the same reason stand together.
    audit, settings = made
    frame = audit.tables["effects"].copy()
    frame["why"] = [(("K1", "duplicate"), ("K1", "split"), ("K2", "duplicate"))] * len(frame)
    table = next(t for t in tables_of(sections(replace(audit, tables={**audit.tables, "effects": frame}), settings, "en"))
                 if t.caption == audit_words("en")["effects_table"])  # fmt: skip
    reason = "K1, K2 (two codes became one, with different polarities); K1 (the code was split)"
    assert table.rows[1][0].endswith(f"For a person: {reason}")


def test_what_a_later_version_settled_has_a_column_of_its_own_only_where_there_is_any(
    made: tuple[Audit, Settings],
) -> None:
    audit, settings = made
    effects = audit.tables["effects"].copy()
    assert "Løst av en senere versjon" not in page_of(audit, settings).split("<thead>", 1)[1]
    effects["settled_later"], effects["waits"] = effects["waits"], 0
    for language, title in (("nb", "Løst av en senere versjon"), ("en", "Settled by a later version")):
        told = sections(replace(audit, tables={**audit.tables, "effects": effects}), settings, language)
        (table,) = (t for section in told if section.id == "effects" for t in section.parts if isinstance(t, Table))
        place = [column.title for column in table.columns].index(title)
        first = next(row for row in table.rows if row[0].startswith("CH-2-01"))
        assert first[place : place + 2] == ("1", "–")


def test_months_with_notes_on_segments_only_are_left_out_of_the_timelines_table(made: tuple[Audit, Settings]) -> None:
    audit, settings = made
    timeline = audit.tables["timeline"].iloc[:0]
    rows = [
        ("2020-02", "memo", "", 4, (), ""),
        ("2020-03", "memo", "", 5, (), ""),
        ("2020-03", "memo", "code", 1, (), ""),
    ]
    timeline = pd.DataFrame(rows, columns=timeline.columns)
    told = sections(replace(audit, tables={**audit.tables, "timeline": timeline}), settings, "nb")
    table = next(t for t in tables_of(told) if t.caption == audit_words("nb")["timeline_table"])
    assert table.rows == (
        ("2020",), ("2020-03", "Notater skrevet", "5 uten type"), ("2020-03", "Notater skrevet", "1 om koder"),
    )  # fmt: skip


def test_only_a_small_table_is_kept_on_one_page() -> None:
    columns = (Column("A"),)
    assert Table("", columns, (("kort å",),) * 5).is_short
    assert not Table("", columns, (("kort å",),) * 6).is_short
    assert not Table("", columns, (("lang 😀 a\u030a " * 20,),)).is_short


def test_printed_pages_are_numbered_and_no_heading_is_left_alone_at_a_pages_foot(
    browser: Any, made: tuple[Audit, Settings], tmp_path: Path
) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    (tmp_path / "spor.html").write_text(page_of(*made), "utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / "spor.html").as_uri())
    data = page.pdf(prefer_css_page_size=True)
    context.close()
    pages = [one.get_textpage().get_text_range() for one in pdfium.PdfDocument(data)]
    assert len(pages) > 5
    titles = {f"{n} {section.title}" for n, section in enumerate(sections(*made, "nb"), 1)}
    for number, text in enumerate(pages, 1):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        foot = f"{number} / {len(pages)}"
        assert sum(line.endswith(foot) for line in lines) == 1
        said = [line for line in lines if not line.endswith(foot) and line != made[1].notice["nb"]]
        assert said[-1] not in titles
        assert not said[-1].startswith("Tabell ")


def test_the_word_file_has_real_headings_tables_with_heads_and_its_language(made: tuple[Audit, Settings]) -> None:
    told = sections(*made, "en")
    page = docx.Document(io.BytesIO(word_of(*made, "en")))
    headings = [p.text for p in page.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == [f"{n} {section.title}" for n, section in enumerate(told, 1)]
    assert len(page.tables) == len(tables_of(told))
    for made_, table in zip(page.tables, tables_of(told), strict=True):
        assert [cell.text for cell in made_.rows[0].cells] == [column.title for column in table.columns]
        assert made_.rows[0]._tr.trPr is not None
        assert made_.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert len(made_.rows) == len(table.rows) + 1
    assert len(page.inline_shapes) == sum(isinstance(part, Picture) for section in told for part in section.parts)
    assert page.core_properties.language == "en-GB"
    # A4 on its side, and every table within the margins.
    section = page.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert section.page_width > section.page_height
    text = section.page_width - (section.left_margin or 0) - (section.right_margin or 0)
    assert all(sum(column.width or 0 for column in table.columns) <= text * 1.001 for table in page.tables)


def test_the_same_audit_gives_the_same_page_and_the_same_word_file(made: tuple[Audit, Settings]) -> None:
    assert page_of(*made) == page_of(*made)
    assert word_of(*made) == word_of(*made)


@pytest.mark.parametrize("width", [1300, 390])
def test_a_browser_without_a_network_shows_the_page_without_complaint_or_a_line_too_wide(
    browser: Any, made: tuple[Audit, Settings], tmp_path: Path, width: int
) -> None:
    (tmp_path / "spor.html").write_text(page_of(*made), "utf-8")
    context = browser.new_context(offline=True, viewport={"width": width, "height": 900}, color_scheme="dark")
    page, asked, said = context.new_page(), [], []
    context.on("request", lambda sent: asked.append(sent.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto((tmp_path / "spor.html").as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth")
    tables = page.evaluate(
        "[...document.querySelectorAll('section .scroll')].filter(e => e.querySelector('table') "
        "&& e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel)"
    )
    context.close()
    assert wide <= width
    assert tables == []
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
