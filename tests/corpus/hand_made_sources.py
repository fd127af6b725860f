"""One small file of every format that is read, made by hand, and richer ones to be broken. All talk is invented."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile

from hand_made_pdf import column, pdf, words_at

TALK = "Kari: Hei, æøå 😀 a\u030a.\n\nOla: Ja."


def zipped(**members: bytes | str) -> bytes:
    """An archive; "/", "." and "-" in the names of members are written "__", "_" and "Z_Z"."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("Z_Z", "-").replace("__", "/").replace("_", "."), content)
    return packed.getvalue()


def taguette() -> bytes:
    with sqlite3.connect(":memory:") as made:
        made.execute("CREATE TABLE documents (id INTEGER PRIMARY KEY, name, project_id, contents)")
        made.execute("INSERT INTO documents VALUES (1, 'A', 1, '<p>Kari: Hei</p>')")
        made.commit()
        return made.serialize()


def word() -> bytes:
    import docx

    made = docx.Document()
    made.add_paragraph("Kari: Hei, æøå 😀 a\u030a.")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


ODT = zipped(
    mimetype="application/vnd.oasis.opendocument.text",
    content_xml='<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
    "<text:p>Kari: Hei, æøå 😀.</text:p></office:text></office:body></office:document-content>",
)
EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="b" TIME_VALUE="9"/>
</TIME_ORDER><TIER TIER_ID="Kari" LINGUISTIC_TYPE_REF="t"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="x"
TIME_SLOT_REF1="a" TIME_SLOT_REF2="b"><ANNOTATION_VALUE>Hei æøå 😀</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
</TIER></ANNOTATION_DOCUMENT>"""
QDE = '<?xml version="1.0"?><Project xmlns="urn:QDA-XML:project:1.0" name="P"><Sources><TextSource guid="1" name="A">' \
      "<PlainTextContent>Kari: Hei</PlainTextContent></TextSource></Sources></Project>"  # fmt: skip

#: One small file of every format that is read.
GOOD: dict[str, bytes] = {
    "text": TALK.encode(),
    "markdown": TALK.encode(),
    "docx": word(),
    "odt": ODT,
    "rtf": rb"{\rtf1\ansi Kari: Hei, \u230?\u248?\u229?.\par}",
    "html": f"<!DOCTYPE html><html><body><p>{TALK}</p></body></html>".encode(),
    "pdf": pdf([words_at(column(["Kari: Hei, æøå."]))]),
    "vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Kari>Hei, æøå 😀".encode(),
    "srt": "1\n00:00:01,000 --> 00:00:02,000\nHei, æøå 😀\n".encode(),
    "eaf": EAF.encode(),
    "whisper": json.dumps({"segments": [{"start": 0, "end": 1, "text": "Hei, æøå 😀"}]}).encode(),
    "whisper-tsv": "start\tend\ttext\n0\t900\tHei, æøå 😀\n".encode(),
    "sqlite": taguette(),
    "qualcoder": zipped(mitt_qda__data_qda=taguette()),
    "qdpx": zipped(project_qde=QDE),
}


def _rich_word() -> bytes:
    import docx

    made = docx.Document()
    made.add_heading("Samtale på Ås", 1)
    for number in range(6):
        paragraph = made.add_paragraph()
        paragraph.add_run("Kari: ").bold = True
        paragraph.add_run(f"Svar nummer {number}, æøå 😀 a\u030a.")
    table = made.add_table(2, 2)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"Celle {number}"
    made.sections[0].header.paragraphs[0].text = "Fortrolig"
    out = io.BytesIO()
    made.save(out)
    with zipfile.ZipFile(out) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    body = members["word/document.xml"].replace(
        b"</w:p>",
        b'<w:ins w:id="7" w:author="A"><w:r><w:t>inn</w:t></w:r></w:ins><w:del w:id="8" w:author="A"><w:r>'
        b"<w:delText>ut</w:delText></w:r></w:del></w:p>",
        3,
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, body if name == "word/document.xml" else content)
    return out.getvalue()


def _rich_pdf() -> bytes:
    note = b"<< /Type /Annot /Subtype /Text /Rect [40 668 60 684] /Contents (Se her) /T (Veileder) >>"
    pages = [
        words_at([("Intervju", 50.0, 815.0, 9.0, "R"), *column([f"Kari: Svar {n}, og så", "videre på sko-", "len."] * 4),
                  (f"{n}/3", 290.0, 30.0, 9.0, "R")])
        for n in range(1, 4)
    ]  # fmt: skip
    return pdf(pages, annotations=[(0, note)], compress=True)


def _rich_database() -> bytes:
    with sqlite3.connect(":memory:") as made:
        made.execute("CREATE TABLE documents (id INTEGER PRIMARY KEY, name, description, project_id, contents)")
        made.execute("CREATE TABLE highlights (id INTEGER PRIMARY KEY, document_id, snippet)")
        made.execute("CREATE TABLE tags (id INTEGER PRIMARY KEY, path)")
        for number in range(8):
            talk = f"<p>Kari: Svar {number} æøå 😀</p><ul><li>ja</li></ul>" * 40
            made.execute("INSERT INTO documents VALUES (?, 'A', '', 1, ?)", (number, talk))
            made.execute("INSERT INTO highlights VALUES (?, ?, 'x')", (number, number))
        made.commit()
        return made.serialize()


_RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}{\info{\title Navn}}{\header Fortrolig}
\pard\b Kari:\b0  Hei, \'e5 \u230?\u-10179?\u-8704?.\par {\*\annotation Se her}\pard Ola:\tab Ja.{\footnote Fot}\par
{\deleted borte}{\v skjult}\trowd\cellx100\cellx200\intbl En\cell To\cell\row\pard {\pict\pngblip 89504e47}\bin3 abc\par}"""
_HTML = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>N</title><style>p{}</style><script>var a;</script></head>
<body><h1>Samtale</h1><p><b>Kari:</b> Hei, &aelig;&#248;å 😀 a\u030a<br>mer</p><!-- nei --><table><tr><td>En</td><td>To
</td></tr></table><p hidden>skjult</p><ul><li>ja<li>nei</ul><img src="http://example.org/x.png"><a href="x">lenke</a>"""
_VTT = """WEBVTT - Samtale

NOTE en merknad

STYLE
::cue { color: red }

1
00:00:01.000 --> 00:00:02.500 align:start
<v Kari Å>Hei, <i>æøå</i> 😀</v>

00:00:02.500 --> 00:00:04.000
<v Ola>Ja &amp; nei
- Kari: to

00:01:00.000 --> 00:00:59.000
Bakover
"""
_MARKDOWN = "---\nn: x\n---\n# M\n\n**Kari:** *Ja* [lenke](x) `kode` 😀\n\n| a | b |\n|---|---|\n| en | to |\n\n<!-- x -->\n- a\n"
_TSV = "start\tend\ttext\tspeaker\n0\t900\tHei\tKari\n900\t1200\tJa å\tOla\n"
_WHISPER = json.dumps(
    {"text": "x", "segments": [{"id": n, "start": n, "end": n + 0.9, "text": f" Svar {n} å 😀", "speaker": f"S{n % 2}",
                                "words": [{"word": "Svar", "start": n}]} for n in range(6)]}, ensure_ascii=False)  # fmt: skip

#: What a broken file is made from, by format: the plain samples and these.
RICH: dict[str, bytes] = {
    "text": TALK.encode("utf-16") + ("Kari [00:01:02]: Svar.\n**Ola:** Å.\n" * 20).encode("utf-16-le"),
    "markdown": _MARKDOWN.encode(),
    "docx": _rich_word(),
    "rtf": _RTF,
    "html": _HTML.encode(),
    "pdf": _rich_pdf(),
    "vtt": _VTT.encode(),
    "srt": "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\nKari: Svar {n} å\n\n" for n in range(9)).encode(),
    "whisper": _WHISPER.encode(),
    "whisper-tsv": _TSV.encode(),
    "sqlite": _rich_database(),
}
