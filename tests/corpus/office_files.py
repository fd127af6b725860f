"""Word processors' files made by hand, as bytes: invented people, æøå, an emoji and a decomposed å."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_ODF_SPACES = " ".join(
    f'xmlns:{prefix}="{_ODF}{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
        ("manifest", "manifest"),
    )
)
_ODF_SPACES += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'

#: "Ågot" with a loose ring, and an emoji, as they break offsets.
AAGOT = "A\u030agot"
TEXT = f"{AAGOT} så blåbær 😀"


def archive(parts: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of parts, with the same bytes each time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as out:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.compress_type = method
            out.writestr(info, content)
    return made.getvalue()


def run(words: str, properties: str = "") -> str:
    """A run of a Word document."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def paragraph(content: str, properties: str = "") -> str:
    """A paragraph of a Word document."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def docx(body: str, *, relations: str = "", space: str = W, **parts: str | bytes) -> bytes:
    """A Word document; `parts` are further ones, "_" for the dot ("comments_xml")."""
    related = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{name.rstrip("0123456789")}" Target="{name}.xml"/>'
        for name in (each.removesuffix("_xml") for each in parts if each.endswith("_xml"))
    )
    files: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="a" Type="{_OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{related}{relations}</Relationships>',
        "word/document.xml": f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>".replace(W, space),
    }
    for name, content in parts.items():
        path = f"word/{name.removesuffix('_xml')}.xml" if name.endswith("_xml") else name
        files[path] = content
    return archive(files)


def part(root: str, content: str) -> str:
    """A further part of a Word document, with `root` for its outermost element."""
    return f"<w:{root} {_SPACES}>{content}</w:{root}>"


def odt(body: str, *, styles: str = "", **parts: str | bytes) -> bytes:
    """An OpenDocument text; `styles` are automatic ones, `parts` further files ("styles_xml")."""
    files: dict[str, str | bytes] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": odf("document-content", body, styles),
    }
    files |= {name.replace("_xml", ".xml"): content for name, content in parts.items()}
    return archive(files)


def odf(root: str, body: str, styles: str = "") -> str:
    """The XML of an OpenDocument text."""
    return (
        f"<office:{root} {_ODF_SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:{root}>"
    )


def odf_part(root: str, content: str) -> str:
    """A further part of an OpenDocument text."""
    return f"<office:{root} {_ODF_SPACES}>{content}</office:{root}>"


def rich_docx() -> bytes:
    """A Word document with all that the reader tells apart, for mutations."""
    body = (
        paragraph(run("Møte", ""), '<w:pStyle w:val="Overskrift1"/>')
        + paragraph(run(f"{AAGOT}:", "<w:b/>") + run(f" {TEXT}") + "<w:r><w:tab/><w:br/><w:noBreakHyphen/></w:r>")
        + paragraph(f"<w:ins w:id='1'>{run('inn')}</w:ins><w:del w:id='2'><w:r><w:delText>bort</w:delText></w:r></w:del>"
                    + '<w:commentRangeStart w:id="0"/>' + run("merket") + '<w:commentRangeEnd w:id="0"/>'
                    + '<w:r><w:commentReference w:id="0"/><w:footnoteReference w:id="3"/></w:r>')
        + '<w:tbl><w:tr><w:tc>' + paragraph(run("Liv")) + '</w:tc><w:tc>' + paragraph(run("svar")) + paragraph(run("mer"))
        + "</w:tc></w:tr></w:tbl>"
        + paragraph('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText><w:fldChar '
                    'w:fldCharType="separate"/><w:t>7</w:t><w:fldChar w:fldCharType="end"/></w:r>')
        + paragraph("<w:r><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx><w:txbxContent>" + paragraph(run("boks"))
                    + "</w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>"
                    + paragraph(run("boks")) + "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>")
        + paragraph(run("skjult", "<w:vanish/>"), '<w:numPr><w:numId w:val="2"/></w:numPr>')
    )  # fmt: skip
    return docx(
        body,
        styles_xml=part(
            "styles", '<w:style w:type="paragraph" w:styleId="Overskrift1"><w:name w:val="heading 1"/></w:style>'
        ),
        comments_xml=part("comments", f'<w:comment w:id="0" w:author="Siv">{paragraph(run("se her"))}</w:comment>'),
        footnotes_xml=part("footnotes", f'<w:footnote w:id="3">{paragraph(run("note"))}</w:footnote>'),
    )


def rich_odt() -> bytes:
    """An OpenDocument text with all that the reader tells apart, for mutations."""
    return odt(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>bort</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        f'<text:h text:style-name="H">Møte</text:h><text:p><text:span text:style-name="B">{AAGOT}:</text:span> {TEXT}'
        '<text:s text:c="3"/><text:tab/><text:line-break/>ny</text:p>'
        '<text:p>før <office:annotation office:name="k1"><dc:creator>Siv</dc:creator><text:p>se her</text:p>'
        '</office:annotation>merket<office:annotation-end office:name="k1"/> etter<text:note text:note-class="footnote">'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>note</text:p></text:note-body></text:note></text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>Liv</text:p></table:table-cell><table:table-cell>"
        "<text:p>svar</text:p><text:p>mer</text:p></table:table-cell></table:table-row></table:table>"
        "<text:list><text:list-item><text:p>punkt</text:p></text:list-item></text:list>"
        "<text:p>vert<draw:frame><draw:text-box><text:p>boks</text:p></draw:text-box></draw:frame></text:p>",
        styles='<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>',
    )


RICH_RTF = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fnil\fcharset2 Wingdings;}}"
    rb"{\stylesheet{Normal;}{\s1 overskrift 1;}}{\info{\author Siv}}\pard\s1 M\'f8te\par\pard\plain {\b A\u778?got:} s\'e5 "
    rb"bl\'e5b\'e6r \u-10179?\u-8704? {\v skjult}{\deleted bort}{\revised inn} {\*\atrfstart 1}merket{\*\atrfend 1}"
    rb"{\*\atnid S}{\*\atnauthor Siv}\chatn{\*\annotation{\*\atnref 1}\pard se her}{\super\chftn}{\footnote note}\par"
    rb"\trowd\cellx1\cellx2\pard\intbl Liv\cell svar\par mer\cell\row\pard {\f1 J}\line ny{\pict 0102}"
    rb"{\field{\*\fldinst PAGE}{\fldrslt 7}}{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt boks\par}}}\par}"
)

RICH_HTML = (
    "<!DOCTYPE html><html><head><title>t</title><meta charset=utf-8><style>p{}</style></head><body><h1>Møte</h1>"
    f"<p><b>{AAGOT}:</b> {TEXT}<br>ny <del>bort</del><ins>inn</ins><!-- k --><table><tr><th>Liv<td><p>svar<p>mer</table>"
    "<ul><li>punkt</ul><pre>a  b\n c</pre><p hidden>skjult<p style='display:none'>y<p><a href=x>lenke</a><img src=x></html>"
).encode()
