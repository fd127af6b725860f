"""The form for a municipality's self-assessment: what it asks, and how it looks on paper and on a screen without a net.

What a filled-in form says of itself (study, milestone, municipality, codebook, elements) goes with every answer, so that
answers to another form are known for what they are. Nobody's name is asked for.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import jinja2

from ..analysis.maturity import NOT_ASSESSED
from ..codebook.code import Codebook
from ..settings import Settings
from .maturity_words import maturity_words, questions

#: What a file of answers says it is, and the shape it has.
KIND = "foran-maturity-form"
SCHEMA_VERSION = 1
CONFIDENCES = ("low", "medium", "high")
#: What every answer carries along, as columns of a CSV file and as keys of a JSON file.
IDENTITY = ("form", "study", "milestone", "case", "codebook_version")
WHO = ("assessor", "on")
ANSWER = ("element", "level", "confidence", "rationale")
#: The most letters of a reason.
LONGEST_REASON = 2000
#: What the live form asks for before it saves, beside what stands in the words of the page, by language.
_LACKING = {
    "nb": (
        "velg nivå ved {elements}, eller ta ut det som står under «Hvorfor?» der",
        f"kort ned det som står ved {{elements}} (det er plass til {LONGEST_REASON} tegn)",
    ),
    "en": (
        "choose a level at {elements}, or take out what stands under \u201cWhy?\u201d there",
        f"shorten what stands at {{elements}} (there is room for {LONGEST_REASON} characters)",
    ),
}


@dataclass(frozen=True)
class AskedElement:
    """An element as the form asks about it: its id and display code, its name and what it means in short."""

    id: str
    display: str
    level: str
    label: str
    brief: str


@dataclass(frozen=True)
class MaturityForm:
    """A form: of which study, milestone and municipality, in which language, about which elements."""

    study: str
    title: str
    notice: str
    milestone: str
    case: str
    case_label: str
    codebook_version: str
    language: str
    elements: tuple[AskedElement, ...]
    steps: tuple[tuple[int, str, str], ...]
    levels: tuple[tuple[str, str], ...]

    @property
    def form(self) -> str:
        """The form's own id: it changes when what is asked changes, and not with the language."""
        asked = (self.study, self.milestone, self.case, self.codebook_version, *(one.id for one in self.elements))
        return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode("utf-8")).hexdigest()[:12]

    @property
    def identity(self) -> dict[str, str]:
        """What every answer carries along, by the names in `IDENTITY`."""
        values = (self.form, self.study, self.milestone, self.case, self.codebook_version)
        return dict(zip(IDENTITY, values, strict=True))

    @property
    def name(self) -> str:
        """The beginning of its files' names."""
        return (
            f"modenhet_{self.case}_{self.milestone}"
            if self.language == "nb"
            else f"maturity_{self.case}_{self.milestone}"
        )


def form_of(
    settings: Settings, codebook: Codebook, *, milestone: str, case: str, elements: Sequence[str], language: str
) -> MaturityForm:
    """The form about some elements of a codebook, by id, in one language."""
    labels = {term.id: term.label[language] for term in settings.cases}
    asked = tuple(
        AskedElement(code.id, code.display, code.level, code.label[language], code.brief.get(language, ""))
        for code in codebook.elements
        if code.id in set(elements)
    )
    held = {one.level for one in asked}
    return MaturityForm(
        study=settings.study_id,
        title=settings.title[language],
        notice=settings.notice[language] if settings.is_synthetic else "",
        milestone=milestone,
        case=case,
        case_label=labels.get(case, case),
        codebook_version=codebook.codebook_version,
        language=language,
        elements=asked,
        steps=(
            (NOT_ASSESSED, maturity_words(language)["form_zero"], ""),
            *((one.level, one.label[language], one.anchor[language]) for one in settings.maturity.levels),
        ),
        levels=tuple((term.id, term.label[language]) for term in settings.levels if term.id in held),
    )


def form_html(form: MaturityForm, *, is_live: bool) -> str:
    """The form as one HTML file: to print and fill in by hand, or `is_live` to fill in on a screen and save as a file.

    The live one has a script of its own and lets no other in; neither fetches anything.
    """
    said = maturity_words(form.language)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("foran_research.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    script = resources.files("foran_research.report").joinpath("maturity_form.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    page = environment.get_template("maturity_form.html.j2").render(
        form=form,
        w=said,
        lang=form.language,
        questions=questions(form.language),
        confidences=[(name, said[name]) for name in CONFIDENCES],
        groups=[(label, [one for one in form.elements if one.level == level]) for level, label in form.levels],
        example=f"{form.case}-GRUPPE-1",
        live=is_live,
        script=script,
        digest=digest,
        kind=KIND,
        schema_version=SCHEMA_VERSION,
        most=LONGEST_REASON,
        lack_level=_LACKING[form.language][0],
        lack_short=_LACKING[form.language][1],
    )
    return page.rstrip("\n") + "\n"


def form_sheets(form: MaturityForm) -> Mapping[str, list[list[str]]]:
    """The form as sheets of a workbook, by their titles: the answers first, then what it is about, the steps, the questions.

    The first rows of the answers are a title and how to fill in; their header is the one that is looked for when the
    workbook comes back.
    """
    said = maturity_words(form.language)
    about = [[key, value] for key, value in form.identity.items()]
    who = [["assessor", ""], ["on", ""]]
    hints = {
        "assessor": said["form_assessor"].format(example=f"{form.case}-GRUPPE-1"),
        "on": said["form_on"],
    }
    return {
        said["form_sheet"]: [
            [f"{said['form_title']}: {form.case_label}, {form.milestone}"],
            [said["form_how"]],
            *([[form.notice]] if form.notice else []),
            list(sheet_header(form.language)),
            *([one.id, f"{one.display} {one.label}", one.brief, "", "", ""] for one in form.elements),
        ],
        said["form_about"]: [*[[*row, hints[row[0]]] for row in who], *about],
        said["scale_head"][:31]: [[str(step), label, anchor] for step, label, anchor in form.steps],
        said["form_notes"]: [
            ["", said["form_dfo"], said["form_notes"]],
            *([name, text, ""] for name, text in questions(form.language)),
        ],
    }  # fmt: skip


def sheet_header(language: str) -> tuple[str, ...]:
    """The header of the answers in a workbook.

    >>> sheet_header("nb")[0], sheet_header("en")[3]
    ('element', 'Our level (0–5)')
    """
    said = maturity_words(language)
    return (
        "element",
        said["element"],
        said["about_self"],
        f"{said['form_your_level']} (0–5)",
        said["form_confidence"],
        said["form_why"],
    )
