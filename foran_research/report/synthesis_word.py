"""The cross-case synthesis as a Word document: propositions, the framework matrix, patterns and saturation.

Headings are Word's own, tables repeat their heads, and evidence stands as ids; the same synthesis gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from ..fixed_zip import fixed_bytes, xml_safe
from ..models.synthesis import Claim, Place, Synthesis
from ..settings import Settings
from .page import short_date
from .synthesis_page import (
    amiss,
    cases_told,
    cell_counts,
    chain_told,
    expected_told,
    facts,
    folded,
    freshness_told,
    in_short,
    names_of,
    negative_told,
    not_applicable,
    notices,
    pattern_name,
    patterns_by_kind,
    saturation_rows,
    state_of,
    stated_told,
    text_told,
    trees,
    turns_of,
    unseen_told,
    verdict_told,
    why_told,
)
from .synthesis_words import synthesis_words

_GREY, _INK = RGBColor(0x55, 0x55, 0x55), RGBColor(0x22, 0x22, 0x22)
_FONT, _WIDE = "Calibri", 25.7
_QUOTES = {"nb": "«{}»", "en": "“{}”"}
_FILLS = {"promoting": "E3F0F8", "inhibiting": "FFF3DB", "even": "F0F0F0"}


def synthesis_docx(made: Synthesis, settings: Settings, figures: Mapping[str, bytes], language: str) -> bytes:
    """The document, on its side. `figures` are PNG bytes: "matrix" and "saturation"."""
    return _Document(made, settings, figures, language).bytes()


class _Document:
    def __init__(self, made: Synthesis, settings: Settings, figures: Mapping[str, bytes], language: str) -> None:
        self.made, self.settings, self.figures, self.language = made, settings, figures, language
        self.said = synthesis_words(language)
        self.names = names_of(settings, language)
        self.page: Any = docx.Document()

    def bytes(self) -> bytes:
        self._set_up()
        said = self.said
        self.page.add_heading(xml_safe(said["title"]), level=0)
        self._say(self.settings.title[self.language])
        for nth, notice in enumerate(notices(self.made, self.settings, self.language)):
            self._say(notice, is_bold=nth == 0 and self.settings.is_synthetic)
        for name, value in facts(self.made, self.settings, self.language):
            self._say(f"{name}: {value}", after=0)
        self._heading(said["in_short"])
        for line, points in in_short(self.made, said):
            self._say(line)
            for point in points:
                self.page.add_paragraph(xml_safe(point), style="List Bullet")
        self._say(said["no_links"])
        self._propositions()
        self._framework()
        self._written_elsewhere()
        self._patterns()
        self._saturation()
        self._heading(said["chain"])
        for line in (*chain_told(self.made, said), *amiss(self.made, said, self.language)):
            self._say(line)
        return fixed_bytes(self.page)

    def _set_up(self) -> None:
        core = self.page.core_properties
        core.title, core.author, core.comments, core.revision = xml_safe(self.said["title"]), "", "", 1
        core.language = {"nb": "nb-NO", "en": "en-GB"}[self.language]
        section = self.page.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.8)
        for name in ("Normal", "Title", "Heading 1", "Heading 2", "Caption"):
            style = self.page.styles[name]
            style.font.name, style.font.color.rgb = _FONT, _INK
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for key in [key for key in fonts.attrib if key.endswith("Theme")]:
                del fonts.attrib[key]
            for key in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
                fonts.set(qn(key), _FONT)
        self.page.styles["Normal"].font.size = Pt(10)
        spoken = OxmlElement("w:lang")
        spoken.set(qn("w:val"), core.language)
        self.page.styles["Normal"].element.get_or_add_rPr().append(spoken)
        foot = section.footer.paragraphs[0]
        if self.settings.is_synthetic:
            foot.add_run(xml_safe(self.settings.notice[self.language]) + " · ").font.size = Pt(7.5)
        foot.add_run(f"{self.said['page_n']} ").font.size = Pt(7.5)
        _field(foot, "PAGE")
        foot.add_run(" / ").font.size = Pt(7.5)
        _field(foot, "NUMPAGES")

    def _say(self, text: str, *, is_bold: bool = False, is_small: bool = False, after: float = 4) -> None:
        paragraph = self.page.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(after)
        run = paragraph.add_run(xml_safe(text.replace("`", "")))
        run.bold = is_bold
        if is_small:
            run.font.size, run.font.color.rgb = Pt(8.5), _GREY

    def _heading(self, text: str, level: int = 1) -> None:
        self.page.add_heading(xml_safe(text), level=level)

    def _table(self, heads: Sequence[str], rows: Sequence[Sequence[tuple[str, str]]], widths: Sequence[float]) -> None:
        """A table of texts, each with the colour it is filled with ("" for none)."""
        table = self.page.add_table(rows=1 + len(rows), cols=len(heads), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
        total = sum(widths)
        wide = [Cm(_WIDE * width / total) for width in widths]
        for grid, width in zip(table.columns, wide, strict=True):
            grid.width = width
        lines = [[(head, "F2F2F2") for head in heads], *rows]
        for place, (row, values) in enumerate(zip(table.rows, lines, strict=True)):
            _flag(row, "w:cantSplit")
            if place == 0:
                _flag(row, "w:tblHeader")
            for cell, (text, fill), width in zip(row.cells, values, wide, strict=True):
                cell.width = width
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(0)
                run = paragraph.add_run(xml_safe(text))
                run.font.size, run.bold = Pt(8.5), place == 0
                if fill:
                    shade = OxmlElement("w:shd")
                    shade.set(qn("w:val"), "clear")
                    shade.set(qn("w:fill"), fill)
                    cell._tc.get_or_add_tcPr().append(shade)
        self._say("", after=2)

    def _figure(self, name: str, caption: str, width: float) -> None:
        self.page.add_picture(io.BytesIO(self.figures[name]), width=Cm(width))
        self.page.paragraphs[-1].paragraph_format.keep_with_next = True
        self.page.inline_shapes[-1]._inline.docPr.set("descr", xml_safe(self.said[f"alt_{name}"]))
        self.page.add_paragraph(xml_safe(caption), style="Caption")

    def _propositions(self) -> None:
        said = self.said
        self._heading(said["propositions"])
        self._say(said["propositions_lead"])
        if not self.made.claims:
            self._say(said["no_propositions"])
        for claim in self.made.claims:
            self._claim(claim)

    def _claim(self, claim: Claim) -> None:
        said, outcome = self.said, claim.outcome
        self._heading(text_told(claim.proposition.text, claim.is_withheld, said), 2)
        why = why_told((*outcome.why, *outcome.notes), said, self.language)
        supporting = said["supporting"].format(k=outcome.supporting, n=outcome.of_cases)
        told = f" {said['is_told']}" if claim.is_told else ""
        kind = said[f"kind_{outcome.kind}"]
        self._say(f"{kind[:1].upper()}{kind[1:]}{told}. {supporting}{': ' if why else ''}{why}.", is_bold=True)
        if outcome.memo_required:
            self._say(said["memo_required"])
        rows = []
        for one in outcome.cases:
            own = [judged for judged in claim.verdicts if judged.verdict.case == one.case]
            texts = [
                _with_rival(
                    text_told(judged.verdict.text, judged.is_withheld, said),
                    "" if judged.is_withheld else judged.verdict.rival,
                    said,
                )
                for judged in own
            ]
            rows.append(
                [
                    (self.names.get(one.case, one.case), ""),
                    (f"{expected_told(claim, one, said)}\n({stated_told(one, said)})", ""),
                    (verdict_told(one, own, said), ""),
                    ("\n".join(texts), ""),
                    ("\n".join(self._place(segment) for segment in one.evidence) or said["none"], ""),
                ]
            )
        heads = [said[key] for key in ("municipality", "expectation", "verdict", "why", "evidence")]
        self._table(heads, rows, (2.2, 4, 2, 8, 5.5))
        if claim.proposition.rival and not claim.is_withheld:
            self._say(f"{said['rival']}: {claim.proposition.rival}", is_small=True, after=0)
        display = {code.id: f"{code.display} {code.label[self.language]}" for code in self.made.codebook.codes}
        if claim.proposition.elements:
            elements = ", ".join(display.get(one, one) for one in claim.proposition.elements)
            self._say(f"{said['elements']}: {elements}", is_small=True, after=0)
        stated = short_date(claim.proposition.stated_at[:10], self.language) if claim.proposition.stated_at else "–"
        told = (
            f" ({said['told'].format(day=short_date(claim.written_at[:10], self.language))})" if claim.is_told else ""
        )
        self._say(f"{said['stated']} {stated}{told} · {claim.coder} · {claim.proposition.id}", is_small=True)

    def _place(self, segment: str) -> str:
        place: Place | None = self.made.places.get(segment)
        if place is None:
            why = set(self.made.chain.loc[self.made.chain["segment"] == segment, "why"])
            return f"{segment}: {self.said['gone']}" if "gone" in why else self.said["not_shown"]
        polarity = self.said.get(place.polarity, place.polarity)
        where = f"{place.document}, {self.said['turn']} {turns_of(place)} ({segment}): {place.code} {polarity}"
        return where + (f"\n{_QUOTES[self.language].format(place.words)}" if place.words else "")

    def _framework(self) -> None:
        said, made = self.said, self.made
        self._heading(said["framework"])
        self._say(said["framework_lead_word"])
        cells = {(row["row"], row["column"]): row for row in made.matrices["case"].cells.to_dict("records")}
        heads = [said["element"], *(self.names.get(case, case) for case in made.cases)]
        for level in dict.fromkeys(code.level for code in made.elements):
            self._heading(self.names.get(level, level), 2)
            rows = []
            for code in made.elements:
                if code.level == level:
                    told = [self._cell(cells[case, code.id]) for case in made.cases]
                    rows.append([(f"{code.display} {code.label[self.language]}", ""), *told])
            self._table(heads, rows, (3, *(7 for _ in made.cases)))
        self._figure("matrix", said["figure_matrix"], 13)

    def _cell(self, cell: Mapping[Any, Any]) -> tuple[str, str]:
        said = self.said
        if cell["state"] != "evidence":
            return said[f"state_{cell['state']}"], ""
        lines = [cell_counts(cell, said)]
        if cell["summary"]:
            lines.append(text_told(str(cell["text"]), bool(cell["is_withheld"]), said))
            lines.append(
                f"[{cell['author']}, {short_date(str(cell['at'])[:10], self.language)}: {freshness_told(cell, said)}]"
            )
        else:
            lines.append(f"[{said['no_summary']}]")
        return "\n".join(lines), _FILLS.get(state_of(cell), "")

    def _written_elsewhere(self) -> None:
        """The summaries of documents and processes; their matrices are too wide for paper."""
        for kind in ("document", "process"):
            table = self.made.matrices[kind].cells
            written = table[table["summary"] != ""]
            if len(written):
                display = {code.id: code.display for code in self.made.elements}
                self._heading(self.said[f"{kind}s_matrix" if kind == "document" else "processes_matrix"])
                rows = [
                    [(str(cell["row"]), ""), (display[cell["column"]], ""), self._cell(cell)]
                    for cell in written.to_dict("records")
                ]
                self._table([self.said[kind], self.said["element"], self.said["summary"]], rows, (3, 2, 19))

    def _patterns(self) -> None:
        said = self.said
        display = {code.id: code.display for code in self.made.codebook.codes}
        self._heading(said["patterns"])
        self._say(f"{said['patterns_lead']} {said['negative_lead']} {said['all_negative']}")
        for kind, patterns, more in patterns_by_kind(self.made):
            self._heading(said[f"patterns_{kind}"], 2)
            rows = []
            for row in patterns:
                against = [words for words, _, _ in negative_told(self.made, row["pattern"], said)]
                cases = cases_told(row, self.names)
                texts = (
                    pattern_name(row["columns"], row["kind"], display, said),
                    f"{said['cases_k'].format(k=len(row['cases']), n=row['of_cases'])}: {cases}",
                    str(row["documents"]),
                    str(row["turns"]),
                    ", ".join(self.names.get(one, one) for one in row["actor_types"]),
                    "\n".join(against) or said["none"],
                )
                rows.append([(text, "") for text in texts])
            heads = [said[key] for key in ("pattern", "municipality", "documents", "turns", "actor_types", "negative")]
            if rows:
                self._table(heads, rows, (3, 4, 2.2, 2, 6, 7))
            else:
                self._say(said["no_patterns"])
            if more:
                self._say(said["more_patterns"].format(n=more), is_small=True)

    def _saturation(self) -> None:
        said, made = self.said, self.made
        self._heading(said["saturation"])
        self._say(said["saturation_lead"])
        self._say(trees(made, said))
        self._figure("saturation", said["figure_saturation"], 25)
        for name, one in made.saturation.items():
            self._heading(said[f"items_{name}"].capitalize(), 2)
            heads, rows = saturation_rows(one, made, said, self.names, self.language)
            kept, gone = folded(rows, said)
            if kept:
                self._table(heads, [[(text, "") for text in row] for row in kept], (1, 1, 1.3, *(3 for _ in heads[3:])))
            self._say(
                f"{gone} {not_applicable(one, said, self.language)}{unseen_told(name, one, said, self.language)}".strip(),
                is_small=True,
            )


def _with_rival(text: str, rival: str, said: Mapping[str, str]) -> str:
    return f"{text}\n{said['rival']}: {rival}" if rival else text


def _flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _field(paragraph: Any, name: str) -> None:
    """A field that Word fills in itself, such as PAGE."""
    run = paragraph.add_run()
    run.font.size = Pt(7.5)
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = name
        run._r.append(mark)
