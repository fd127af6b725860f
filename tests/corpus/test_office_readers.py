"""Word, OpenDocument, RTF and HTML: which words are in, which are out, and where comments come to stand."""

from __future__ import annotations

import io
import json
import struct
import time
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import docx as docx_library
import office_files as files
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from office_files import AAGOT, STRICT, TEXT, archive, docx, odf, odf_part, odt, paragraph, part, run
from striprtf.striprtf import rtf_to_text

from foran_research.corpus.readers import safe
from foran_research.corpus.readers.docx import read_docx
from foran_research.corpus.readers.gathering import cleaned
from foran_research.corpus.readers.html import read_html
from foran_research.corpus.readers.odt import read_odt
from foran_research.corpus.readers.rtf import read_rtf
from foran_research.corpus.source import Reader, SourceText
from foran_research.errors import Faults

READERS: dict[str, tuple[Reader, bytes]] = {
    "docx": (read_docx, files.rich_docx()),
    "odt": (read_odt, files.rich_odt()),
    "rtf": (read_rtf, files.RICH_RTF),
    "html": (read_html, files.RICH_HTML),
}
NFC = unicodedata.normalize("NFC", TEXT)


def read(reader: Reader, data: bytes) -> SourceText:
    faults = Faults()
    sources = reader(data, "kilde", faults)
    assert not faults
    return sources[0]


def refused(reader: Reader, data: bytes) -> str:
    """The kind of the one fault, which tells nothing of what the file says."""
    faults = Faults()
    assert reader(data, "kilde", faults) == ()
    assert len(faults) == 1
    assert not faults[0].is_warning
    return faults[0].kind


def words(source: SourceText) -> list[str]:
    return [each.words for each in source.paragraphs]


def found(source: SourceText) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in source.findings:
        counts[each.what] = counts.get(each.what, 0) + each.count
    return counts


def marked(source: SourceText) -> list[tuple[str, str, str]]:
    """``(words it stands on, what it says, author)`` of each remark."""
    return [(source.paragraphs[r.paragraph].words[r.start : r.end], r.text, r.author) for r in source.remarks]


def in_docx(*runs: str, **parts: str | bytes) -> SourceText:
    return read(read_docx, docx(paragraph("".join(runs)), **parts))


def in_odt(body: str, styles: str = "") -> SourceText:
    return read(read_odt, odt(body, styles=styles))


def in_rtf(body: str) -> SourceText:
    head = (
        r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset2 Wingdings;}{\f2\fcharset204 Cyr;}}"
    )
    return read(read_rtf, (head + body + "}").encode("latin-1"))


def in_html(body: str) -> SourceText:
    return read(read_html, f"<!DOCTYPE html><meta charset=utf-8><body>{body}".encode())


# What all four have in common


@pytest.mark.parametrize("format", READERS)
def test_a_document_with_everything_gives_words_in_nfc_with_bold_labels_cells_and_headings(format: str) -> None:
    source = read(*READERS[format])

    assert source.format == format
    assert all(unicodedata.is_normalized("NFC", each) for each in words(source))
    assert (source.paragraphs[0].words, source.paragraphs[0].kind) == ("Møte", "heading")
    label = source.paragraphs[1]
    assert label.words[: label.bold] == "Ågot:"
    assert "blåbær 😀" in label.words
    cells = [each for each in source.paragraphs if each.kind == "cell"]
    assert [each.words for each in cells] == ["Liv", "svar\nmer"]
    assert cells[0].row == cells[1].row > 0
    assert "skjult" not in source.text
    assert "bort" not in source.text
    assert "inn" in source.text or format == "odt"


@pytest.mark.parametrize("format", ["docx", "odt", "rtf"])
def test_a_comment_stands_on_its_words_and_a_footnote_on_the_word_before_it(format: str) -> None:
    before = {"docx": "innmerket", "odt": "etter", "rtf": "merket"}[format]

    assert (
        marked(read(*READERS[format]))
        == [("merket", "se her", "Siv"), (before, "note", "")][:: 1 if format != "docx" else -1]
    )


@pytest.mark.parametrize("format", READERS)
def test_reading_twice_gives_the_same_value(format: str) -> None:
    reader, data = READERS[format]

    assert read(reader, data) == read(reader, data)


@pytest.mark.parametrize("format", READERS)
@pytest.mark.parametrize(("data", "kind"), [(b"", "empty-file"), (b"\0" * 200, None), (b"PK\x03\x04 ikke noe", None)])
def test_what_is_no_document_is_refused_with_one_fault(format: str, data: bytes, kind: str | None) -> None:
    faults = Faults()
    sources = READERS[format][0](data, "kilde", faults)

    assert bool(sources) != (len(faults) == 1)
    assert kind is None or faults[0].kind == kind


@pytest.mark.parametrize("format", READERS)
def test_a_file_beyond_the_bound_is_refused_unread(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, data = READERS[format]
    monkeypatch.setattr(safe, "MAX_BYTES", len(data) - 1)

    assert refused(reader, data) == "too-big"


@pytest.mark.parametrize("format", READERS)
def test_no_fault_or_finding_quotes_the_source(format: str) -> None:
    source = read(*READERS[format])

    assert not any(word in f"{source.findings}" for word in ("Ågot", "Siv", "Liv", "blåbær", "skjult", "bort"))


@pytest.mark.parametrize(
    ("reader", "data"),
    [
        (read_docx, docx(paragraph(""))),
        (read_odt, odt("<text:p> </text:p>")),
        (read_rtf, rb"{\rtf1\par}"),
        (read_html, b"<p> </p>"),
    ],
)
def test_a_document_without_words_is_refused(reader: Reader, data: bytes) -> None:
    assert refused(reader, data) == "empty-text"


@pytest.mark.parametrize(
    ("reader", "data"),
    [
        (read_docx, docx(paragraph("<w:r><pic:pic/></w:r>"))),
        (read_odt, odt("<text:p><draw:frame><draw:image/></draw:frame></text:p>")),
        (read_rtf, rb"{\rtf1{\pict 00}\par}"),
        (read_html, b"<p><img src=a>"),
    ],
)
def test_a_document_of_pictures_only_is_refused_as_such(reader: Reader, data: bytes) -> None:
    assert refused(reader, data) == "images-only"


# Cleaning

LETTERS = st.text(
    st.sampled_from(["a", "å", "\u030a", "\u0301", "ᄒ", "ᅡ", "ᆫ", "\x07", "\xad", " ", "\n", "\r", "😀", "b"]),
    max_size=12,
)


@given(LETTERS, st.lists(st.integers(0, 12), max_size=4).map(sorted))
def test_marks_part_the_cleaned_words_where_they_parted_the_raw_ones(raw: str, marks: Sequence[int]) -> None:
    marks = [min(mark, len(raw)) for mark in marks]
    text, moved, dropped = cleaned(raw, marks)
    plain = raw.replace("\x07", "").replace("\xad", "")

    assert dropped == raw.count("\x07") + raw.count("\xad")
    assert unicodedata.is_normalized("NFC", text)
    if "\r" not in raw:
        assert text == unicodedata.normalize("NFC", plain).strip()
    assert list(moved) == sorted(moved)
    assert all(0 <= place <= len(text) for place in moved)
    # A naive oracle where nothing melts: count the letters before the mark.
    if unicodedata.is_normalized("NFC", plain) and "\r" not in raw:
        for mark, place in zip(marks, moved, strict=True):
            before = raw[:mark].replace("\x07", "").replace("\xad", "")
            lead = len(plain) - len(plain.lstrip())
            assert place == min(max(len(before) - lead, 0), len(text))


def test_a_mark_inside_a_letter_and_its_ring_moves_behind_the_ring() -> None:
    assert cleaned("xa\u030ab", (2, 3)) == ("xåb", (2, 2), 0)


# Word


def test_tracked_insertions_are_in_and_tracked_deletions_out() -> None:
    source = in_docx(
        run("Jeg "),
        f'<w:ins w:id="1">{run("tror ")}<w:del w:id="2">{run("vet ")}</w:del></w:ins>',
        f'<w:del w:id="3"><w:r><w:delText>trodde</w:delText></w:r></w:del><w:moveTo w:id="4">{run("det")}</w:moveTo>',
        f'<w:moveFrom w:id="5">{run("ikke")}</w:moveFrom>',
    )

    assert words(source) == ["Jeg tror det"]
    assert found(source) == {"insertion": 2, "deletion": 3}


def test_a_deleted_end_of_a_paragraph_joins_it_with_the_next() -> None:
    deleted = "<w:rPr><w:del w:id='1'/></w:rPr>"
    heading = '<w:pStyle w:val="Overskrift2"/>'
    styles = part("styles", '<w:style w:type="paragraph" w:styleId="Overskrift2"><w:name w:val="heading 2"/></w:style>')
    body = (
        paragraph(run("En"), deleted)
        + paragraph(run(" to"), deleted)
        + paragraph(run(" tre"), heading)
        + paragraph(run("fire"))
    )
    source = read(read_docx, docx(body, styles_xml=styles))

    assert [(each.words, each.kind, each.place) for each in source.paragraphs] == [
        ("En to tre", "heading", 1),
        ("fire", "text", 4),
    ]
    assert found(source) == {"deletion": 2}


def test_an_end_deleted_before_a_table_or_inside_a_cell_loses_no_words() -> None:
    deleted = "<w:rPr><w:del w:id='1'/></w:rPr>"
    cell = paragraph(run("a"), deleted) + paragraph(run("b")) + paragraph(run("c"), deleted)
    table = f"<w:tbl><w:tr><w:tc>{cell}</w:tc></w:tr></w:tbl>"
    source = read(read_docx, docx(paragraph(run("før"), deleted) + table + paragraph(run("etter"))))

    assert words(source) == ["før", "ab\nc", "etter"]


@pytest.mark.parametrize(
    ("properties", "is_in"),
    [("<w:vanish/>", False), ('<w:vanish w:val="0"/>', True), ('<w:rStyle w:val="Borte"/>', False), ("<w:webHidden/>", True),
     ('<w:rStyle w:val="Borte"/><w:vanish w:val="false"/>', True), ('<w:rStyle w:val="Arver"/>', False)],
)  # fmt: skip
def test_hidden_text_is_out_also_when_a_style_hides_it(properties: str, is_in: bool) -> None:
    styles = part(
        "styles",
        '<w:style w:type="character" w:styleId="Borte"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Arver"><w:basedOn w:val="Borte"/></w:style>',
    )
    source = in_docx(run("synlig"), run(" hemmelig", properties), styles_xml=styles)

    assert words(source) == ["synlig hemmelig" if is_in else "synlig"]
    assert found(source).get("hidden", 0) == (0 if is_in else 1)


def test_styles_based_on_each_other_in_a_circle_do_not_hang() -> None:
    styles = part(
        "styles",
        '<w:style w:type="paragraph" w:styleId="A" w:default="1"><w:basedOn w:val="B"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>',
    )

    assert words(in_docx(run("hei"), styles_xml=styles)) == ["hei"]


@pytest.mark.parametrize(
    ("style", "direct", "bold"),
    [("", "<w:b/>", 5), ("", "", 0), ("Fet", "", 5), ("Fet", '<w:b w:val="0"/>', 0), ("Fet", '<w:rStyle w:val="Sterk"/>', 0),
     ("", '<w:rStyle w:val="Sterk"/>', 5)],
)  # fmt: skip
def test_a_label_in_bold_is_told_by_run_style_and_paragraph_style(style: str, direct: str, bold: int) -> None:
    styles = part(
        "styles",
        '<w:style w:type="paragraph" w:styleId="Fet"><w:rPr><w:b/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Sterk"><w:rPr><w:b/></w:rPr></w:style>',
    )
    body = paragraph(
        run("Liv:", direct) + run(" ", direct) + run("ja", '<w:b w:val="0"/>'), f'<w:pStyle w:val="{style}"/>'
    )
    source = read(read_docx, docx(body, styles_xml=styles))

    assert source.paragraphs[0].words == "Liv: ja"
    assert source.paragraphs[0].bold == (4 if bold else 0)


@pytest.mark.parametrize(
    ("properties", "kind"),
    [('<w:pStyle w:val="x1"/>', "heading"), ('<w:pStyle w:val="x2"/>', "heading"), ('<w:pStyle w:val="x3"/>', "text"),
     ('<w:outlineLvl w:val="0"/>', "heading"), ('<w:pStyle w:val="x1"/><w:outlineLvl w:val="9"/>', "text"), ("", "text")],
)  # fmt: skip
def test_headings_are_known_by_style_names_in_english_and_norwegian_and_by_level(properties: str, kind: str) -> None:
    styles = part("styles", "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{title}"/><w:basedOn w:val="{base}"/></w:style>'
        for name, title, base in (("x1", "heading 1", ""), ("x2", "Overskrift 3", ""), ("x3", "Heading for Siv", "")))
    )  # fmt: skip

    assert read(read_docx, docx(paragraph(run("Tema"), properties), styles_xml=styles)).paragraphs[0].kind == kind


def comments(*each: tuple[str, str, str]) -> str:
    return part(
        "comments",
        "".join(
            f'<w:comment w:id="{number}" w:author="{author}"><w:p w14:paraId="0000000{number}"><w:r><w:t>{text}</w:t></w:r></w:p>'
            "</w:comment>"
            for number, author, text in each
        ),
    )


def test_comments_across_paragraphs_without_range_and_in_reply_all_find_their_words() -> None:
    body = (
        paragraph(run(f"{AAGOT} ") + '<w:commentRangeStart w:id="0"/>' + run("sier ja"))
        + paragraph(
            run("og nei") + '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>' + run(" til slutt")
        )
        + paragraph(run("uten ende") + '<w:r><w:commentReference w:id="1"/></w:r>')
        + paragraph('<w:commentRangeStart w:id="3"/>')
        + paragraph(run("etter tomt") + '<w:commentRangeEnd w:id="3"/>')
    )
    written = comments(
        ("0", "Siv", "langt"), ("1", "Odd", "kort"), ("2", "Siv", "svar"), ("3", "Odd", "tomt først"), ("4", "X", "løs")
    )
    replies = part("commentsEx", '<w15:commentEx w15:paraId="00000002" w15:paraIdParent="00000001"/>')
    source = read(read_docx, docx(body, comments_xml=written, commentsExtended_xml=replies))

    assert marked(source) == [
        ("sier ja", "langt", "Siv"),
        ("uten ende", "kort", "Odd"),
        ("uten ende", "svar", "Siv"),
        ("etter tomt", "tomt først", "Odd"),
    ]
    assert [(f.count, f.is_carried) for f in source.findings if f.what == "comment"] == [(1, False), (4, True)]
    assert found(source)["comment-across"] == 1


def test_a_comment_on_deleted_words_stands_on_the_paragraph() -> None:
    deleted = f'<w:del w:id="9"><w:commentRangeStart w:id="0"/>{run("bort")}</w:del><w:commentRangeEnd w:id="0"/>'
    source = in_docx(run("igjen"), deleted, comments_xml=comments(("0", "Siv", "hvorfor?")))

    assert marked(source) == [("igjen", "hvorfor?", "Siv")]


def test_of_alternative_contents_one_is_read_and_a_text_box_follows_its_paragraph() -> None:
    box = "<w:txbxContent>" + paragraph(run("i boks")) + paragraph(run("mer boks")) + "</w:txbxContent>"
    body = paragraph(
        run("før ")
        + f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
        "</mc:AlternateContent></w:r>" + run("etter")
    )  # fmt: skip
    source = read(read_docx, docx(body + paragraph(run("ny"))))

    assert words(source) == ["før etter", "i boks", "mer boks", "ny"]
    assert found(source) == {"text-box": 1}


def test_a_fallback_is_read_where_the_choice_has_no_words() -> None:
    body = run("a ") + f"<mc:AlternateContent><mc:Choice/><mc:Fallback>{run('b')}</mc:Fallback></mc:AlternateContent>"

    assert words(in_docx(body)) == ["a b"]


def test_of_fields_the_result_is_read_and_a_field_that_never_ends_swallows_nothing() -> None:
    begin, end = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    instruction = "<w:r><w:instrText> IF </w:instrText></w:r>"
    nested = begin + instruction + begin + separate + run("indre") + end + separate + run("svar") + end

    assert words(in_docx(run("a "), nested, begin, run(" b"))) == ["a svar b"]


def test_characters_that_are_elements_become_characters() -> None:
    elements = (
        "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/>"
        "<w:t>d</w:t><w:softHyphen/><w:t>e</w:t></w:r>"
    )
    smile = '<w:r><w:sym w:font="Wingdings" w:char="F04A"/><w:sym w:font="Webdings" w:char="F099"/></w:r>'
    source = in_docx(elements, smile)

    assert words(source) == ["a\u2003b\nc-de☺"]
    assert found(source) == {"symbol": 1}


def test_content_controls_smart_tags_and_links_are_passed_through() -> None:
    control = f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{run('felt ')}</w:sdtContent></w:sdt>"
    source = in_docx(control, f"<w:smartTag>{run('tagg ')}</w:smartTag><w:hyperlink>{run('lenke')}</w:hyperlink>")

    assert words(source) == ["felt tagg lenke"]
    assert found(source) == {"link": 1}


def test_a_table_in_a_cell_follows_the_row_it_stands_in() -> None:
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"

    inner = f"<w:tbl>{row(paragraph(run('i1')), paragraph(run('i2')))}</w:tbl>"
    outer = row(paragraph(run("A")) + inner + paragraph(run("a")), paragraph(run("B"))) + row(
        paragraph(""), paragraph(run("C"))
    )
    source = read(read_docx, docx(f"<w:tbl>{outer}</w:tbl>"))

    assert [(each.words, each.row) for each in source.paragraphs] == [
        ("A\na", 1),
        ("B", 1),
        ("i1", 2),
        ("i2", 2),
        ("", 3),
        ("C", 3),
    ]


def test_a_deleted_row_is_out() -> None:
    deleted = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{paragraph(run('bort'))}</w:tc></w:tr>"
    rows = f"{deleted}<w:tr><w:tc>{paragraph(run('her'))}</w:tc></w:tr>"

    assert words(read(read_docx, docx(f"<w:tbl>{rows}</w:tbl>"))) == ["her"]


def test_headers_footers_properties_and_macros_are_counted_and_not_carried() -> None:
    files_ = {
        "docProps/core.xml": "<a/>",
        "docProps/thumbnail.jpeg": b"x",
        "customXml/item1.xml": "<a/>",
        "word/vbaProject.bin": b"x",
    }
    source = in_docx(
        run("ord"),
        header1_xml=part("hdr", paragraph(run("topp"))),
        footer1_xml=part("ftr", paragraph(run(""))),
        **files_,
    )

    assert source.text == "ord"
    assert found(source) == {"header": 1, "metadata": 3, "embedded": 1}
    assert not any(each.is_carried for each in source.findings)


def test_numbers_of_lists_are_told() -> None:
    body = paragraph(run("en"), '<w:numPr><w:numId w:val="1"/></w:numPr>') + paragraph(
        run("to"), '<w:numPr><w:numId w:val="0"/></w:numPr>'
    )

    assert found(read(read_docx, docx(body))) == {"list-number": 1}


def test_a_strict_document_reads_like_a_transitional_one() -> None:
    body = paragraph(run(TEXT, "<w:b/>"))

    assert read(read_docx, docx(body, space=STRICT)) == read(read_docx, docx(body))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted-file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "wrong-type"),
        (archive({"xl/workbook.xml": "<a/>"}), "wrong-type"),
        (archive({"word/document.xml": "<a>"}), "broken-file"),
        (archive({"word/document.xml": "<a/>"}), "broken-file"),
        (archive({"word/document.xml": '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'}), "xml-entities"),
        (
            archive({"word/document.xml": '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/hostname">%x;]><a/>'}),
            "xml-entities",
        ),
        (archive({"word/document.xml": '<!DOCTYPE a SYSTEM "a.dtd"><a>&x;</a>'}), "xml-entities"),
        (archive({"word/document.xml": "<a>" * 3000 + "</a>" * 3000}), "too-deep"),
    ],
)
def test_a_word_document_that_cannot_be_read_says_why(data: bytes, kind: str) -> None:
    assert refused(read_docx, data) == kind


def test_a_bomb_of_entities_in_an_attribute_is_refused_at_once() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(12))
    began = time.perf_counter()

    assert (
        refused(read_docx, archive({"word/document.xml": f'<!DOCTYPE a [{laughs}]><a b="&l11;"/>'})) == "xml-entities"
    )
    assert time.perf_counter() - began < 2


# Archives


def zip_fault(data: bytes, member: str = "a.xml") -> str:
    faults = Faults()
    opened = safe.open_zip(data, "kilde", faults)
    if opened is not None:
        assert opened.read(member) is None
        assert opened.is_broken
    assert len(faults) == 1
    return faults[0].kind


@pytest.mark.parametrize(
    "path", ["../a.xml", "/a.xml", "b/../../a.xml", "..\\a.xml", "\\a.xml", "C:\\a.xml", "C:a.xml"]
)
def test_a_path_out_of_the_archive_is_refused(path: str) -> None:
    assert zip_fault(archive({path: "x"})) == "unsafe-path"


def test_a_path_with_backslashes_is_read_with_slashes() -> None:
    opened = safe.open_zip(archive({"word\\document.xml": "x"}), "kilde", Faults())

    assert opened is not None
    assert opened.names == ("word/document.xml",)
    assert opened.read("word/document.xml") == b"x"


def test_the_same_part_twice_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        out.writestr("a.xml", "x")
        with pytest.warns(UserWarning, match="Duplicate"):
            out.writestr("a.xml", "y")

    assert zip_fault(made.getvalue()) == "broken-file"


def patched(data: bytes, offset: int, value: bytes) -> bytes:
    """`data` with the field at `offset` of its only central directory entry replaced."""
    at = data.index(b"PK\x01\x02") + offset
    return data[:at] + value + data[at + len(value) :]


def test_a_part_with_a_password_is_refused_as_encrypted() -> None:
    assert zip_fault(patched(archive({"a.xml": "x"}), 8, b"\x01\x00")) == "encrypted-file"


def test_a_part_that_does_not_fit_its_checksum_is_refused() -> None:
    assert zip_fault(patched(archive({"a.xml": "x"}), 16, b"\0\0\0\0")) == "broken-file"


def test_a_bomb_is_refused_by_the_size_it_declares() -> None:
    assert zip_fault(archive({"a.xml": b"\0" * (safe.RATIO_FROM + 1)})) == "zip-bomb"


def test_a_bomb_is_refused_by_the_size_it_turns_out_to_have() -> None:
    data = archive({"a.xml": b"\0" * 2**23})

    assert zip_fault(patched(data, 24, struct.pack("<I", 1000))) == "zip-bomb"


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe, "MAX_MEMBERS", 2)

    assert zip_fault(archive({"a": "", "b": "", "c": ""})) == "zip-bomb"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_documents_do_not_use_is_refused(method: int) -> None:
    assert zip_fault(archive({"a.xml": "x" * 100}, method=method)) == "broken-file"


@given(st.binary(max_size=3000), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_what_was_packed_is_what_is_read(content: bytes, method: int) -> None:
    opened = safe.open_zip(archive({"a": content, "b": b"", "d/": b""}, method=method), "kilde", Faults())

    assert opened is not None
    assert (opened.names, opened.read("a"), opened.read("b"), opened.read("c")) == (("a", "b"), content, b"", None)
    assert not opened.is_broken


def test_words_around_a_comment_in_the_xml_are_one_text() -> None:
    root = safe.parse_xml(b"<a>en<!-- x -->to<?y z?>tre</a>", "kilde", Faults())

    assert root is not None
    assert (root.text, len(root)) == ("entotre", 0)


# OpenDocument


def test_white_space_is_read_as_the_format_defines_it() -> None:
    source = in_odt(
        '<text:p>\n  en <text:span> to</text:span>\n<text:s text:c="2"/>tre<text:tab/>fire<text:line-break/> fem </text:p>'
    )

    assert words(source) == ["en to   tre\u2003fire\n fem"]


def test_a_number_of_blanks_beyond_reason_is_bounded() -> None:
    assert len(words(in_odt('<text:p>a<text:s text:c="999999999"/>b</text:p>'))[0]) == 1002


def test_deletions_lie_outside_the_flow_and_insertions_inside() -> None:
    region = "<text:changed-region><text:{0}><office:change-info/>{1}</text:{0}></text:changed-region>"
    changes = region.format("deletion", "<text:p>bort</text:p>") + region.format("insertion", "")
    source = in_odt(
        f"<text:tracked-changes>{changes}</text:tracked-changes><text:p>a<text:change-start/> inn<text:change-end/></text:p>"
    )

    assert words(source) == ["a inn"]
    assert found(source) == {"deletion": 1, "insertion": 1}


def test_hidden_paragraphs_sections_and_pieces_are_out() -> None:
    style = '<style:style style:name="S" style:family="text"><style:text-properties text:display="none"/></style:style>'
    source = in_odt(
        '<text:p>skjult<text:hidden-paragraph text:is-hidden="true"/> helt</text:p>'
        '<text:section text:display="none"><text:p>borte</text:p></text:section>'
        '<text:p>a<text:hidden-text text:is-hidden="true">b</text:hidden-text>'
        '<text:span text:style-name="S">c</text:span>d</text:p>'
        '<text:p>e<text:hidden-paragraph text:is-hidden="false"/></text:p>',
        style,
    )

    assert words(source) == ["ad", "e"]
    assert [each.place for each in source.paragraphs] == [2, 3]
    assert found(source) == {"hidden": 4}


def test_bold_and_headings_come_through_styles_and_their_parents() -> None:
    def style(name: str, family: str, parent: str = "", weight: str = "", more: str = "") -> str:
        bold = f'<style:text-properties fo:font-weight="{weight}"/>' if weight else ""
        named = f'style:name="{name}" style:family="{family}" style:parent-style-name="{parent}"'
        return f"<style:style {named} {more}>{bold}</style:style>"

    common = odf_part("document-styles", "<office:styles>" + style("Sterk", "text", weight="bold")
                      + style("Overskrift_20_2", "paragraph", more='style:display-name="Overskrift 2"')
                      + "</office:styles>")  # fmt: skip
    automatic = (
        style("T1", "text", "Sterk")
        + style("P1", "paragraph", weight="700")
        + style("P2", "paragraph", "Overskrift_20_2")
    )
    automatic += style("T2", "text", weight="normal")
    source = read(read_odt, odt(
        '<text:p><text:span text:style-name="T1">Liv:</text:span> ja</text:p><text:p text:style-name="P1">Odd:'
        '<text:span text:style-name="T2"> nei</text:span></text:p><text:p text:style-name="P2">Tema</text:p>',
        styles=automatic, styles_xml=common))  # fmt: skip

    assert [(each.words, each.bold, each.kind) for each in source.paragraphs] == [
        ("Liv: ja", 4, "text"),
        ("Odd: nei", 4, "text"),
        ("Tema", 0, "heading"),
    ]


def test_comments_of_a_point_and_of_a_range_over_paragraphs_find_their_words() -> None:
    def comment(name: str, text: str) -> str:
        named = f' office:name="{name}"' if name else ""
        told = f"<dc:creator>Siv</dc:creator><dc:date>2020</dc:date><text:p>{text}</text:p>"
        return f"<office:annotation{named}>{told}</office:annotation>"

    source = in_odt(
        f"<text:p>{AAGOT} {comment('k', 'langt')}sier</text:p><text:p>mer<office:annotation-end office:name='k'/></text:p>"
        f"<text:p>helt{comment('', 'punkt')} avsnitt</text:p>"
    )

    assert words(source) == ["Ågot sier", "mer", "helt avsnitt"]
    assert marked(source) == [("sier", "langt", "Siv"), ("helt avsnitt", "punkt", "Siv")]


def test_headers_properties_and_thumbnails_of_an_odt_are_counted() -> None:
    header = odf_part(
        "document-styles", "<style:header><text:p>topp</text:p></style:header><style:footer><text:p/></style:footer>"
    )
    parts = {"styles_xml": header, "meta_xml": "<a/>", "Thumbnails/thumbnail.png": b"x"}

    assert found(read(read_odt, odt("<text:p>ord</text:p>", **parts))) == {"header": 1, "metadata": 2}


def test_a_flat_document_reads_like_a_packed_one() -> None:
    body = f"<text:p>{TEXT}</text:p>"

    assert words(read(read_odt, odf("document", body).encode())) == words(in_odt(body)) == [NFC]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (
            archive({"META-INF/manifest.xml": odf_part("m", "<manifest:encryption-data/>"), "content.xml": b"\x00"}),
            "encrypted-file",
        ),
        (archive({"encrypted-package": b"x"}), "encrypted-file"),
        (
            archive({"content.xml": odf_part("document-content", "<office:body><office:spreadsheet/></office:body>")}),
            "wrong-type",
        ),
        (archive({"a": "b"}), "wrong-type"),
        (b"<a/>", "wrong-type"),
        (b"<a>", "broken-file"),
    ],
)
def test_an_odt_that_cannot_be_read_says_why(data: bytes, kind: str) -> None:
    assert refused(read_odt, data) == kind


# RTF


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (r"bl\'e5b\'e6r", "blåbær"),
        (r"\u229?b", "åb"),
        (r"{\uc2\u229 ab}c", "åc"),
        (r"{\uc0\u229 c}", "åc"),
        (r"\uc1\u229\'e5b", "åb"),
        (r"a\u778?", "å"),
        (r"\u-10179?\u-8704?", "😀"),
        (r"a\u-10179?b", "ab"),
        (r"{\f2\'ef\'f0}", "пр"),
        (r"{\f1 J}", "☺"),
        (r"a\~b\_c\-d", "a\xa0b-cd"),
        (r"\ldblquote a\rdblquote\emdash\bullet", "“a”—•"),
        (r"a\tab b\line c", "a\u2003b\nc"),
        (r"\{\\\}", "{\\}"),
        (r"a{\*\ukjent b}c", "ac"),
        (r"a{\pict\bin5 }}}}}0}c", "ac"),
        (r"{\upr{feil}{\*\ud{rett \u229?}}}", "rett å"),
        (r"{\field{\*\fldinst{HYPERLINK x}}{\fldrslt{lenke}}}", "lenke"),
        (r"a{\v hemmelig}b{\v0 c}", "abc"),
        (r"a{\deleted bort}{\revised inn}", "ainn"),
        (r"{\listtext 1.\tab}punkt", "punkt"),
        ("linje\r\nskift", "linjeskift"),
    ],
)
def test_rtf_codes_become_the_characters_they_stand_for(code: str, text: str) -> None:
    assert words(in_rtf(code + r"\par")) == [text]


def test_paragraphs_of_rtf_end_where_it_says_so() -> None:
    source = in_rtf("{\\b Liv:} ja\\par\nnei\\\nkanskje\\par\\par {\\deleted x\\par}videre")

    assert [(each.words, each.bold, each.place) for each in source.paragraphs] == [
        ("Liv: ja", 4, 1),
        ("nei", 0, 2),
        ("kanskje", 0, 3),
        ("videre", 0, 5),
    ]


def test_rows_and_nested_tables_of_rtf_keep_their_cells_together() -> None:
    source = in_rtf(
        r"\trowd\pard\intbl A\par a\pard\intbl\itap2 i1\nestcell i2\nestcell{\*\nesttableprops\nestrow}"
        r"{\nonesttables x\par}\pard\intbl\cell B\cell\row\trowd\pard\intbl\cell C\cell\row\pard etter\par"
    )

    assert [each.words for each in source.paragraphs] == ["A\na", "B", "i1", "i2", "", "C", "etter"]
    rows = [each.row for each in source.paragraphs]
    assert rows[0] == rows[1] != rows[4] == rows[5]
    assert rows[6] == 0


def test_comments_and_notes_of_rtf_find_their_words() -> None:
    source = in_rtf(
        r"f\'f8r {\*\atrfstart 7}midt{\*\atrfend 7}{\*\atnid S}{\*\atnauthor S\'f8lve}{\*\annotation{\*\atnref 7}\pard spm}"
        r" slutt{\footnote\ftnalt sluttnote}\par uten{\*\atnauthor Odd}{\*\annotation punkt} ende\par"
    )

    assert marked(source) == [("midt", "spm", "Sølve"), ("slutt", "sluttnote", ""), ("uten ende", "punkt", "Odd")]
    assert found(source) == {"comment": 2, "endnote": 1}


def test_a_text_box_of_rtf_follows_its_paragraph_and_is_read_once() -> None:
    box = r"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt i boks\par mer\par}}{\shprslt i boks\par}}"

    assert words(in_rtf(rf"f\'f8r {box}etter\par ny\par")) == ["før etter", "i boks", "mer", "ny"]


def test_headers_pictures_objects_and_properties_of_rtf_are_counted() -> None:
    source = in_rtf(
        r"{\info{\author Siv}}{\header topp\par}{\footerf bunn}ord{\pict 00}{\object{\*\objdata 00}{\result r}}\par"
    )

    assert words(source) == ["ordr"]
    assert found(source) == {"metadata": 1, "header": 1, "footer": 1, "image": 1, "embedded": 1}


def test_rtf_nested_deeper_than_any_text_is_refused_and_less_is_read() -> None:
    assert refused(read_rtf, b"{\\rtf1" + b"{" * 20_000 + b"x") == "too-deep"
    assert words(read(read_rtf, b"{\\rtf1" + b"{" * 9_000 + b"x" + b"}" * 9_001)) == ["x"]


def test_rtf_that_ends_inside_a_group_is_told() -> None:
    assert found(read(read_rtf, rb"{\rtf1 halv")) == {"truncated": 1}


NORWEGIAN = st.text(st.sampled_from("abæøåÆØÅé–’ \\{}😀ж;0"), min_size=1, max_size=30)


@given(st.lists(NORWEGIAN, min_size=1, max_size=5))
def test_rtf_gives_back_what_was_written_and_agrees_with_another_reader(paragraphs: list[str]) -> None:
    def written(character: str) -> str:
        if character in "\\{}":
            return "\\" + character
        if character.isascii():
            return character
        units = character.encode("utf-16-le")
        numbers = struct.unpack(f"<{len(units) // 2}h", units)
        return "".join(f"\\u{number}?" for number in numbers)

    data = "{\\rtf1\\ansi\\ansicpg1252 " + "".join("".join(map(written, each)) + "\\par " for each in paragraphs) + "}"
    faults = Faults()
    read_ = read_rtf(data.encode("ascii"), "kilde", faults)
    expected = [each.strip() for each in paragraphs if each.strip()]

    assert (words(read_[0]) if read_ else []) == expected
    other = rtf_to_text(data, errors="ignore").encode("utf-16", "surrogatepass").decode("utf-16")
    assert [line.strip() for line in other.split("\n") if line.strip()] == expected


# HTML


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>en<p>to", ["en", "to"]),
        ("<div>en<div>to</div>tre</div>", ["en", "to", "tre"]),
        ("  a \n b<i> c</i><b> d</b>  ", ["a b c d"]),
        ("a<br>b<br/> c", ["a\nb\nc"]),
        ("<pre>a  b\n  c</pre>", ["a  b\n  c"]),
        ("bl&aring;b&#230;r&nbsp;x&amp;y &ukjent;", ["blåbær\xa0x&y &ukjent;"]),
        ("<ul><li>en<li>to</ul>", ["en", "to"]),
        ("a<del>b</del><ins>c</ins><s>d</s>", ["ac"]),
        (
            "a<script>b()</script><template>c</template><span hidden>d</span><i style='color:red;DISPLAY : none'>e</i>",
            ["a"],
        ),
        ("a<span style='visibility:hidden'>b</span><span style='display:nonesuch'>c</span>", ["ac"]),
        ("a<!-- b -->c", ["ac"]),
        ("de&shy;lt", ["delt"]),
        ("<svg><text>a</text></svg>b<object>c</object>", ["b"]),
    ],
)
def test_html_reads_as_a_browser_shows_it(body: str, expected: list[str]) -> None:
    assert words(in_html(body)) == expected


def test_html_headings_and_labels_in_bold_are_told() -> None:
    source = in_html("<h2>Tema</h2><p><b>Liv: </b>ja<p><span style='font-weight:700'>Odd:</span> nei<p>a <b>b</b>")

    assert [(each.words, each.kind, each.bold > 0) for each in source.paragraphs] == [
        ("Tema", "heading", True),
        ("Liv: ja", "text", True),
        ("Odd: nei", "text", True),
        ("a b", "text", False),
    ]


def test_html_tables_nest_row_by_row() -> None:
    source = in_html("<table><tr><td>A<table><tr><td>i1<td>i2</table>a<td>B<tr><td><td>C</table>")

    assert [(each.words, each.row) for each in source.paragraphs] == [
        ("A\na", 1),
        ("B", 1),
        ("i1", 2),
        ("i2", 2),
        ("", 3),
        ("C", 3),
    ]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("<p>blåbær 😀".encode(), ""),
        ("<p>blåbær 😀".encode("utf-8-sig"), ""),
        ("\ufeff<p>blåbær 😀".encode("utf-16-le"), "utf-16-le"),
        ("\ufeff<p>blåbær 😀".encode("utf-16-be"), "utf-16-be"),
        ("<p>blåbær –".encode("cp1252"), "cp1252"),
        ("<meta charset='latin1'><p>blåbær –".encode("cp1252"), "cp1252"),
        (
            "<meta http-equiv=x content='text/html; charset=windows-1251'><p>blåbær".replace("å", "е").encode(
                "cp1251", "replace"
            ),
            "cp1251",
        ),
        ("<meta charset=utf-8><p>blåbær".encode("cp1252"), "cp1252"),
        ("<meta charset=rot13><p>blåbær".encode(), ""),
        ("<meta charset=utf-16><p>blåbær".encode(), ""),
    ],
)
def test_html_is_decoded_by_mark_by_what_it_says_or_by_trial(data: bytes, encoding: str) -> None:
    source = read(read_html, data)

    assert words(source)[0].startswith("bl")
    assert "bær" in words(source)[0] or encoding == "cp1251"
    assert [f.detail for f in source.findings if f.what == "encoding"] == ([f"read as {encoding}"] if encoding else [])


def test_html_deeply_nested_or_full_of_entities_is_read_whole_and_at_once() -> None:
    laughs = "<!DOCTYPE html [" + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)) + "]>"
    began = time.perf_counter()

    assert words(read(read_html, ("<div>" * 50_000 + "a" + "</div>" * 50_000 + "<p>b").encode())) == ["a", "b"]
    assert words(read(read_html, f"{laughs}<p>&l11; x".encode())) == ["&l11; x"]
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "long", [b"a" * 2_000_000, b" " * 2_000_000 + b"a", b"a " * 700_000, b"<" * 300_000, b"&" * 300_000]
)
@pytest.mark.parametrize("format", ["rtf", "html"])
def test_a_paragraph_of_a_million_letters_takes_no_more_than_its_time(format: str, long: bytes) -> None:
    reader: Callable[..., Sequence[SourceText]] = READERS[format][0]
    began = time.perf_counter()
    reader((b"{\\rtf1 " if format == "rtf" else b"<p>") + long, "kilde", Faults())

    assert time.perf_counter() - began < 5


# Real files: facts.json counts every paragraph with the blanks at its ends, and in OpenDocument no ``text:s`` at all.


def naive_odt(data: bytes) -> list[str]:
    """Paragraphs with their blanks and tabs put in, by plain iteration; enough for files without notes or frames."""
    space = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        root = etree.fromstring(opened.read("content.xml"))
    for blanks in root.iter(f"{space}s"):
        blanks.text = " " * int(blanks.get(f"{space}c", "1"))
    for tab in root.iter(f"{space}tab"):
        tab.text = "\u2003"
    for line in root.iter(f"{space}line-break"):
        line.text = "\n"
    return [
        unicodedata.normalize("NFC", "".join(each.itertext())).strip() for each in root.iter(f"{space}p", f"{space}h")
    ]


@pytest.mark.shared
def test_real_word_documents_hold_the_words_that_another_reader_finds(shared: Path) -> None:
    folder = shared / "data" / "interviews"
    facts = {
        name: each for name, each in json.loads((folder / "facts.json").read_text()).items() if name.endswith(".docx")
    }

    assert len(facts) == 3
    for name, fact in facts.items():
        theirs = [each.text for each in docx_library.Document(str(folder / name)).paragraphs]
        source = read(read_docx, (folder / name).read_bytes())
        assert (len(theirs), sum(map(len, theirs)), len(words(source))) == (
            fact["paragraphs"],
            fact["chars"],
            fact["nonempty"],
        )
        assert words(source) == [cleaned(each)[0] for each in theirs if each.strip()]


@pytest.mark.shared
def test_real_opendocument_texts_hold_the_words_that_plain_iteration_finds(shared: Path) -> None:
    folder = shared / "data" / "interviews"
    facts = {
        name: each for name, each in json.loads((folder / "facts.json").read_text()).items() if name.endswith(".odt")
    }

    assert len(facts) == 18
    for name, fact in facts.items():
        data = (folder / name).read_bytes()
        theirs = naive_odt(data)
        source = read(read_odt, data)
        assert (len(theirs), len(words(source))) == (fact["paragraphs"], fact["nonempty"])
        assert words(source) == [each for each in theirs if each]
