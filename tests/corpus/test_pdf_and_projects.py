"""PDFs and projects of other tools, made by hand. All talk and all people are invented."""

from __future__ import annotations

import io
import sqlite3
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hand_made_pdf import PICTURE, column, pdf, words_at

from foran_research.corpus.readers import FORMATS, pdf_text
from foran_research.corpus.readers import pdf as pdf_reader
from foran_research.corpus.readers.pdf import read_pdf
from foran_research.corpus.readers.projects import read_qdpx, read_qualcoder_zip, read_sqlite
from foran_research.corpus.source import SourceText
from foran_research.errors import Faults

#: Wide enough that nothing else on a page is the longest line.
FULL = "Dette er en linje som fyller hele bredden på siden, slik at neste ord ikke har plass"


def read(data: bytes) -> SourceText:
    faults = Faults()
    (text,) = read_pdf(data, "kilde.pdf", faults)
    assert not faults, [str(fault) for fault in faults]
    return text


def refused(data: bytes) -> str:
    faults = Faults()
    assert read_pdf(data, "kilde.pdf", faults) == ()
    (fault,) = faults
    assert fault.file == "kilde.pdf"
    return fault.kind


def found(text: SourceText) -> dict[tuple[str, bool], int]:
    return {(finding.what, finding.is_carried): finding.count for finding in text.findings}


def paragraphs(data: bytes) -> list[str]:
    return [paragraph.words for paragraph in read(data).paragraphs]


# --- Paragraphs


def test_lines_are_put_together_until_a_label_or_a_gap() -> None:
    lines = [
        "Intervjuer: Hvordan gikk det",
        "med skolene på Ås?",
        "Kari: Bra, tror jeg,",
        "æ, ø og å.",
        "",
        "Notat etterpå.",
    ]
    assert paragraphs(pdf([words_at(column([FULL, "", *lines, "Intervjuer: Ja.", "Kari: Nei."]))])) == [
        FULL,
        "Intervjuer: Hvordan gikk det med skolene på Ås?",
        "Kari: Bra, tror jeg, æ, ø og å.",
        "Notat etterpå.",
        "Intervjuer: Ja.",
        "Kari: Nei.",
    ]


def test_a_short_line_that_ends_a_sentence_ends_its_paragraph() -> None:
    assert paragraphs(pdf([words_at(column([FULL, "og slutter her.", FULL, "og her."]))])) == [
        f"{FULL} og slutter her.",
        f"{FULL} og her.",
    ]


def test_an_indented_first_line_begins_a_paragraph() -> None:
    long = [FULL, FULL, FULL + " et ord", FULL]
    set_ = [(words, 70.0 if n in (0, 2) else 50.0, 780.0 - 14 * n, 11.0, "R") for n, words in enumerate(long)]
    assert paragraphs(pdf([words_at(set_)])) == [f"{FULL} {FULL}", f"{FULL} et ord {FULL}"]


def test_lines_hanging_under_a_label_stay_with_it() -> None:
    set_ = [
        ("Kari: " + FULL, 50.0, 780.0, 11.0, "R"),
        (FULL, 80.0, 766.0, 11.0, "R"),
        (FULL, 80.0, 752.0, 11.0, "R"),
        ("Kari: Ja.", 50.0, 738.0, 11.0, "R"),
    ]
    assert paragraphs(pdf([words_at(set_)])) == [f"Kari: {FULL} {FULL} {FULL}", "Kari: Ja."]


def test_a_paragraph_goes_on_over_the_foot_of_a_page() -> None:
    one = words_at(column([FULL, FULL]))
    two = words_at(column(["og fortsetter her.", FULL]))
    assert paragraphs(pdf([one, two])) == [f"{FULL} {FULL} og fortsetter her.", FULL]


def test_a_page_in_double_spacing_is_not_torn_into_lines() -> None:
    assert paragraphs(pdf([words_at(column([FULL, FULL, "slutt."], pitch=28))])) == [f"{FULL} {FULL} slutt."]


def test_large_letters_are_a_heading_and_bold_ones_are_counted() -> None:
    set_ = [
        ("Samtale i mai", 50.0, 800.0, 20.0, "R"),
        ("Kari:", 50.0, 770.0, 11.0, "B"),
        ("Det gikk bra", 82.0, 770.0, 11.0, "R"),
        ("med Ågot.", 50.0, 756.0, 11.0, "R"),
        (FULL, 50.0, 730.0, 11.0, "R"),
    ]
    heading, turn, rest = read(pdf([words_at(set_)])).paragraphs
    assert (heading.kind, heading.words) == ("heading", "Samtale i mai")
    assert (turn.kind, turn.words, turn.words[: turn.bold]) == ("text", "Kari: Det gikk bra med Ågot.", "Kari:")
    assert rest.bold == 0


@pytest.mark.parametrize(
    ("above", "below", "together", "count"),
    [
        ("på kommunesko-", "len i går", "på kommuneskolen i går", 1),
        ("både inn-", "og utland", "både inn- og utland", 0),
        ("om Nord-", "Norge da", "om Nord-Norge da", 0),
        ("i 2020-", "2021 var", "i 2020-2021 var", 0),
        ("med e-", "post og", "med e-post og", 0),
        ("vår PC-løsning og PC-", "løsning to", "vår PC-løsning og PC-løsning to", 0),
        ("en pause –", "og så", "en pause – og så", 0),
    ],
)
def test_a_hyphen_at_a_line_end_goes_only_where_it_parted_a_word(
    above: str, below: str, together: str, count: int
) -> None:
    text = read(pdf([words_at(column([FULL, f"{FULL[:60]} {above}", below]))]))
    assert text.paragraphs[-1].words.endswith(together)
    assert found(text).get(("hyphenation", True), 0) == count


def test_a_hyphen_where_somebody_breaks_off_is_kept() -> None:
    lines = ["Kari: Vi skulle-", "Intervjuer: Ja?", "Kari: Glem det.", "Intervjuer: Javel."]
    assert paragraphs(pdf([words_at(column(lines))])) == lines


# --- What stands around the text


def test_headers_footers_and_page_numbers_are_left_out_and_counted() -> None:
    pages = []
    for number in range(1, 5):
        body = column([f"Kari: Svar nummer {number}, og det var det.", "Intervjuer: Ja."], top=600)
        head, foot = ("Intervju i Lyngvik", 50.0, 815.0, 9.0, "R"), (f"Side {number} av 4", 280.0, 30.0, 9.0, "R")
        pages.append(words_at([head, *body, ("Fortrolig, versjon 2", 50.0, 44.0, 9.0, "R"), foot]))
    text = read(pdf(pages))
    assert [p.words for p in text.paragraphs][::2] == [f"Kari: Svar nummer {n}, og det var det." for n in range(1, 5)]
    assert found(text) == {("header", False): 4, ("footer", False): 4, ("page-number", False): 4}


def test_bare_numbers_are_page_numbers_only_when_they_grow_with_the_pages() -> None:
    def pages(numbers: Sequence[int]) -> bytes:
        return pdf([words_at([*column(["Kari: Ja."], top=600), (str(n), 290.0, 30.0, 11.0, "R")]) for n in numbers])

    assert paragraphs(pages([7, 8, 9])) == ["Kari: Ja."] * 3
    assert paragraphs(pages([5, 5, 2])) == ["Kari: Ja.", "5", "Kari: Ja.", "5", "Kari: Ja.", "2"]


def test_what_two_speakers_say_at_the_head_of_two_pages_is_no_header() -> None:
    assert (
        paragraphs(pdf([words_at(column(["Kari: Ja.", "Ola: Nei."], top=815))] * 2)) == ["Kari: Ja.", "Ola: Nei."] * 2
    )


def test_numbers_in_the_margin_and_words_beyond_the_edge_are_left_out_and_counted() -> None:
    set_ = [
        s
        for n in range(4)
        for s in ((str(n + 101), 20.0, 600.0 - 14 * n, 8.0, "R"), (f"Kari: Svar {n}.", 60.0, 600.0 - 14 * n, 11.0, "R"))
    ]
    numbers_first = sorted(set_, key=lambda s: s[1])
    beyond = [("Skjult nedenfor", 60.0, -40.0, 11.0, "R"), ("Skjult til høyre", 700.0, 300.0, 11.0, "R")]
    text = read(pdf([words_at([*numbers_first, *beyond])]))
    assert [p.words for p in text.paragraphs] == [f"Kari: Svar {n}." for n in range(4)]
    assert found(text) == {("list-number", False): 4, ("hidden", False): 2}


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_lying_on_its_side_is_read_the_way_it_is_seen(turn: int) -> None:
    # Words that stand upright once the viewer has turned the page clockwise.
    matrix = {90: "0 1 -1 0 {y} {x}", 180: "-1 0 0 -1 {x} {y}", 270: "0 -1 1 0 {y} {x}"}[turn]
    lines = []
    for n, words in enumerate(("Kari: Det er en lang linje som gar over.", "Ola: Nei.", "Kari: Ja.", "Ola: Tja.")):
        across, up = 60, 500 - 14 * n
        x, y = {90: (across, 595 - up), 180: (595 - across, 842 - up), 270: (842 - across, up)}[turn]
        lines.append(f"BT /R 11 Tf {matrix.format(x=x, y=y)} Tm ({words}) Tj ET")
    assert paragraphs(pdf(["\n".join(lines).encode()], page_extra=b"/Rotate %d" % turn)) == [
        "Kari: Det er en lang linje som gar over.", "Ola: Nei.", "Kari: Ja.", "Ola: Tja.",
    ]  # fmt: skip


def test_comments_become_remarks_on_their_lines_and_the_rest_is_counted() -> None:
    lines = column(["Intervjuer: Hva da?", "", "Kari: Det gikk bra 1.", "", "Ola: Ja."], top=700)
    contents = unicodedata.normalize("NFD", "Blåbær 😀")
    note = b"<< /Type /Annot /Subtype /Text /Rect [40 668 60 684] /Contents <%s> /T (Veileder) >>" % (
        b"FEFF" + contents.encode("utf-16-be").hex().encode()
    )
    mark = b"<< /Type /Annot /Subtype /Highlight /Rect [50 640 90 655] >>"
    link = b"<< /Type /Annot /Subtype /Link /Rect [50 640 90 655] /A << /S /URI /URI (https://example.org) >> >>"
    script = b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert(1)) >>] >> >>"
    text = read(pdf([words_at(lines)], annotations=[(0, note), (0, mark), (0, link)], extra=script))
    (remark,) = text.remarks
    assert text.paragraphs[remark.paragraph].words[remark.start : remark.end] == "Kari: Det gikk bra 1."
    assert (remark.text, remark.author) == ("Blåbær 😀", "Veileder")
    assert found(text) == {("comment", True): 1, ("highlight", False): 1, ("link", False): 1, ("script", False): 1}


def test_letters_beyond_latin_come_out_composed_and_ligatures_spelt(tmp_path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.27, 11.69))
    with matplotlib.rc_context({"pdf.fonttype": 42, "font.family": "DejaVu Sans"}):
        figure.text(0.1, 0.9, "Kari: a\u030a, æ, ø 😀 e\ufb03zient pro\ufb01l, sam\u00adarbeid")
        figure.savefig(tmp_path / "a.pdf", metadata={"CreationDate": None})
    text = read((tmp_path / "a.pdf").read_bytes())
    (paragraph,) = text.paragraphs
    assert paragraph.words == "Kari: å, æ, ø 😀 effizient profil, samarbeid"
    assert ("metadata", False) in found(text)


def extracted(*lines: str, unmapped: int = 0) -> SourceText | str:
    """What is made of pages as ``pdf_text.py`` would tell them; the kind of the fault when they are refused."""
    page = {"width": 595, "height": 842, "notes": [], "images": 0, "objects": 1, "links": 0, "fields": 0, "marks": 0,
            "unmapped": unmapped, "broken": False,
            "lines": [[words, 50, 300, 700 - 14 * n, 11, 0, False] for n, words in enumerate(lines)]}  # fmt: skip
    faults = Faults()
    texts = pdf_reader._understood({"pages": [page], "metadata": 0, "attachments": 0, "scripts": 0}, "a.pdf", faults)
    return texts[0] if texts else faults[0].kind


def test_what_the_library_leaves_joined_or_invisible_is_cleaned_and_counted() -> None:
    text = extracted("Kari: a\u030a e\ufb03zient pro\ufb01l,\u00a0sam\u00adarbeid\x07 og skole\u00ad", "gang 😀.")
    assert isinstance(text, SourceText)
    assert text.text == "Kari: å effizient profil, samarbeid og skolegang 😀."
    assert found(text) == {
        ("ligature", True): 2, ("soft-hyphen", False): 1, ("control-character", False): 1, ("hyphenation", True): 1,
    }  # fmt: skip


def test_letters_that_the_file_gives_no_meaning_are_told_and_too_many_refused() -> None:
    text = extracted("a" * 100, unmapped=25)
    assert isinstance(text, SourceText)
    assert found(text) == {("unmapped-character", False): 25}
    assert extracted("a" * 100, unmapped=26) == "not-text"
    assert extracted(unmapped=1) == "not-text"


# --- What cannot be read


def test_files_without_a_text_to_read_are_refused_with_their_reason() -> None:
    locked = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >> /ID [<00> <00>]" % (
        b"41" * 32,
        b"42" * 32,
    )
    whole = pdf([words_at(column([FULL]))])
    bomb = pdf([b" " * (40 * 2**20)], compress=True)
    twice = b"<< /Filter [/FlateDecode /FlateDecode] /Length 10 >>\nstream\n0123456789\nendstream"
    assert len(bomb) < 50_000
    assert refused(pdf([PICTURE, PICTURE])) == "images-only"
    assert refused(pdf([b"10 10 m 50 50 l S"])) == "images-only"
    assert refused(pdf([b"", b""])) == "empty-text"
    assert refused(pdf([words_at(column([FULL]))], trailer=locked)) == "encrypted-file"
    assert refused(b"%PDF-1.7\n" + bytes(200)) == "broken-file"
    assert refused(whole[:300]) == "broken-file"
    assert refused(bomb) == "zip-bomb"
    assert refused(pdf([b""], objects=[twice])) == "zip-bomb"
    assert refused(pdf([words_at([("Side 1 av 1", 280.0, 30.0, 9.0, "R")])])) == "empty-text"


def test_a_page_of_pictures_among_pages_of_text_is_told() -> None:
    text = read(pdf([words_at(column([FULL])), PICTURE]))
    assert found(text) == {("image", False): 1, ("empty-page", False): 1}


def test_a_file_that_draws_itself_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each form draws the next one ten times: ten to the eighth drawings from a few hundred bytes.
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /Y %d 0 R >> >> /Length %d >>\n"
        b"stream\n%s\nendstream"
    )
    inner = b" ".join([b"/Y Do"] * 10)
    forms = [form % (101 + n, len(inner), inner) for n in range(8)]
    last = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 9 >>\nstream\n0 0 m h S\nendstream"
    monkeypatch.setattr(pdf_reader, "LONGEST", 2.0)
    assert refused(pdf([b"/X Do " + words_at(column([FULL]))], objects=[*forms, last])) in (
        "too-slow",
        "broken-file",
        "too-big",
    )


def test_a_stream_that_is_a_picture_may_be_large() -> None:
    pixels = zlib.compress(bytes(40 * 2**20), 9)
    picture = b"<< /Type /XObject /Subtype /Image /Width 8192 /Height 5120 /ColorSpace /DeviceGray /BitsPerComponent 8 " \
              b"/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(pixels), pixels)  # fmt: skip
    text = read(pdf([words_at(column([FULL])) + b" q 99 0 0 99 0 0 cm /X Do Q"], objects=[picture]))
    assert found(text) == {("image", False): 1}


def test_the_same_file_gives_the_same_text_twice() -> None:
    data = pdf([words_at(column([FULL, "Kari: Ja.", "Ola: Nei."]))])
    assert read(data) == read(data)
    assert pdf_text.extract(data) == pdf_reader._extracted(data)


# --- Databases


def database(*statements: str, rows: Sequence[tuple[str, tuple[object, ...]]] = ()) -> bytes:
    with sqlite3.connect(":memory:") as made:
        for statement in statements:
            made.execute(statement)
        for statement, values in rows:
            made.execute(statement, values)
        made.commit()
        return made.serialize()


TAGUETTE = (
    "CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT, description TEXT, project_id INTEGER, contents TEXT)",
    "CREATE TABLE highlights (id INTEGER PRIMARY KEY, document_id INTEGER, start_offset INTEGER, snippet TEXT)",
    "CREATE TABLE tags (id INTEGER PRIMARY KEY, path TEXT)",
)
QUALCODER = (
    "CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT, fulltext TEXT, mediapath TEXT)",
    "CREATE TABLE code_text (ctid INTEGER PRIMARY KEY, fid INTEGER)",
    "CREATE TABLE code_name (cid INTEGER PRIMARY KEY, name TEXT)",
    "CREATE TABLE annotation (anid INTEGER PRIMARY KEY, fid INTEGER)",
)


def projects_refused(reader: str, data: bytes) -> str:
    faults = Faults()
    assert FORMATS[reader].read(data, "prosjekt", faults) == ()
    (fault,) = faults.errors
    return fault.kind


def test_every_text_of_a_taguette_database_is_read_and_its_codings_counted() -> None:
    data = database(
        *TAGUETTE,
        rows=[
            (
                "INSERT INTO documents VALUES (1, 'Bla\u030ba\u030a.odt', '', 1, ?)",
                ("<p>Kari: Hei 😀 a\u030a</p><p>Ola: Ja</p>",),
            ),
            ("INSERT INTO documents VALUES (2, 'To', '', 1, ?)", ("<p>Æ ø</p>",)),
            ("INSERT INTO documents VALUES (3, 'Tom', '', 1, ?)", ("",)),
            *[("INSERT INTO highlights VALUES (?, 2, 0, 'x')", (n,)) for n in range(3)],
            ("INSERT INTO tags VALUES (1, 'a')", ()),
        ],
    )
    faults = Faults()
    one, two = read_sqlite(data, "prosjekt", faults)
    assert [p.words for p in one.paragraphs] == ["Kari: Hei 😀 å", "Ola: Ja"]
    assert (one.format, one.name, two.name) == ("taguette", unicodedata.normalize("NFC", "Bla\u030ba\u030a.odt"), "To")
    assert found(one) == {("code", False): 1}
    assert found(two) == {("coding", False): 3}
    assert [(fault.kind, fault.is_warning) for fault in faults] == [("empty-text", True)]
    assert not any(name in str(fault) for fault in faults for name in ("Tom", "Bl"))


def test_every_text_of_a_qualcoder_project_is_read_in_a_folder_or_zipped() -> None:
    data = database(
        *QUALCODER,
        rows=[
            ("INSERT INTO source VALUES (4, 'a.txt', ?, NULL)", ("Kari: Hei 😀 a\u030a\n\nOla: Ja\n",)),
            ("INSERT INTO source VALUES (7, 'bilde.png', NULL, '/images/bilde.png')", ()),
            ("INSERT INTO code_text VALUES (1, 4)", ()),
            ("INSERT INTO annotation VALUES (1, 4)", ()),
        ],
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mitt.qda/data.qda", data)
        archive.writestr("mitt.qda/images/bilde.png", b"x")
    faults = Faults()
    (text,) = read_sqlite(data, "prosjekt", faults)
    assert read_qualcoder_zip(packed.getvalue(), "prosjekt", faults) == (text,)
    assert not faults
    assert text.text.split("\n")[:1] == ["Kari: Hei 😀 å"]
    assert (text.format, text.name) == ("qualcoder", "a.txt")
    expected = {("coding", False): 1, ("annotation", False): 1, ("missing-source", False): 1}
    assert {key: count for key, count in found(text).items() if key in expected} == expected


def test_a_database_saved_with_a_log_beside_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA journal_mode = WAL")
        for statement in TAGUETTE:
            made.execute(statement)
        made.execute("INSERT INTO documents VALUES (1, 'A', '', 1, '<p>Kari: Hei</p>')")
    made.close()
    data = path.read_bytes()
    assert data[18:20] == b"\2\2"
    (text,) = read_sqlite(data, "prosjekt", Faults())
    assert text.text == "Kari: Hei"


def test_databases_made_to_deceive_are_refused() -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    endless = f"{numbers} SELECT i AS id, 'a' AS name, 'b' AS contents, 1 AS project_id FROM n"  # noqa: S608
    assert projects_refused("sqlite", database(f"CREATE VIEW documents AS {endless}")) == "wrong-type"
    assert projects_refused("sqlite", database("CREATE TABLE pasienter (id)")) == "wrong-type"
    assert projects_refused("sqlite", database(*TAGUETTE)) == "empty-text"
    assert projects_refused("sqlite", b"SQLite format 3\0" + bytes(5000)) == "broken-file"
    assert projects_refused("sqlite", b"") == "empty-file"
    # A column whose name is no Unicode, put in behind SQLite's back.
    odd = database("CREATE TABLE documents (id INTEGER PRIMARY KEY, name, project_id, contents, navn)")
    assert projects_refused("sqlite", odd.replace(b"navn", b"n\xe6vn")) == "broken-file"
    busy = database(
        "CREATE TABLE a (b)",
        "CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT, project_id INTEGER, "
        "contents TEXT AS (printf('%.*c', 99999999, 'x')) VIRTUAL)",
        rows=[("INSERT INTO documents (id, name, project_id) VALUES (?, 'a', 1)", (n,)) for n in range(2)],
    )
    assert projects_refused("sqlite", busy) in ("broken-file", "too-big", "empty-text")


def test_reading_a_database_changes_and_creates_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = database(*TAGUETTE, "CREATE TRIGGER t AFTER INSERT ON tags BEGIN DELETE FROM documents; END",
                    rows=[("INSERT INTO documents VALUES (1, 'A', '', 1, '<p>Hei</p>')", ())])  # fmt: skip
    before = bytes(data)
    assert len(read_sqlite(data, "prosjekt", Faults())) == 1
    assert data == before
    assert not list(tmp_path.iterdir())


# --- REFI-QDA


def qdpx(project: str, files: dict[str, bytes], root: str = "project.qde") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            root,
            f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="P">{project}</Project>',
        )
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


PROJECT = """<CodeBook><Codes><Code guid="c" name="K" isCodable="true"/></Codes></CodeBook><Sources>
<TextSource guid="1" name="En" plainTextPath="internal://A.txt">
<PlainTextSelection guid="s" startPosition="0" endPosition="4"><Coding guid="k"><CodeRef targetGUID="c"/></Coding>
<Coding guid="l"><CodeRef targetGUID="c"/></Coding></PlainTextSelection></TextSource>
<TextSource guid="2" name="To"><PlainTextContent>Ola: Nei, å 😀</PlainTextContent></TextSource>
<TextSource guid="3" name="Tre" richTextPath="internal://C.docx"/>
<AudioSource guid="4" name="Opptak"><Transcript guid="5" plainTextPath="B.txt"/></AudioSource>
<PictureSource guid="6" name="Bilde"/></Sources>"""


def test_the_plain_texts_of_a_refi_project_are_read_whoever_exported_it() -> None:
    data = qdpx(
        PROJECT, {"Sources/a.TXT": b"\xef\xbb\xbfKari: Hei\r\n", "sources/B.txt": b"Opptaket: ja"}, root="P.QDE"
    )
    faults = Faults()
    one, two, three = read_qdpx(data, "prosjekt", faults)
    assert not faults
    assert [(text.name, text.text) for text in (one, two, three)] == [
        ("En", "Kari: Hei"), ("To", "Ola: Nei, å 😀"), ("Opptak", "Opptaket: ja"),
    ]  # fmt: skip
    told = found(one)
    assert {key: told[key] for key in (("coding", False), ("code", False), ("missing-source", False), ("image", False))} == {
        ("coding", False): 2, ("code", False): 1, ("missing-source", False): 1, ("image", False): 1,
    }  # fmt: skip
    assert ("coding", False) not in found(two)


def test_refi_projects_that_hold_no_text_are_refused() -> None:
    entities = '<!DOCTYPE Project [<!ENTITY a "b">]><Project xmlns="urn:QDA-XML:project:1.0" name="&a;"/>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("project.qde", entities)
    assert projects_refused("qdpx", packed.getvalue()) == "xml-entities"
    assert projects_refused("qdpx", qdpx("", {})) == "empty-text"
    assert projects_refused("qdpx", qdpx(PROJECT, {"other.qde": b"<a/>"})) == "broken-file"
    assert projects_refused("qdpx", qdpx(PROJECT, {"../ut.txt": b"x"})) == "unsafe-path"
    assert projects_refused("qdpx", b"PK\x03\x04") == "broken-file"
