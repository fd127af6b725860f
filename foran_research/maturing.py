"""The maturity of a municipality: from a study to its profile, page and tables; forms out, and filled-in forms back."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from . import memoing
from .analysis.incidence import LAYERS
from .analysis.maturity import LEVELS, NOT_ASSESSED
from .corpus.store import write_atomically
from .errors import Faults, ForanError, StudyError, UnknownName, shown
from .exchange.maturity_sheets import csv_text, read_csv, read_json, read_workbook, text_of, workbook_bytes
from .exchange.sheets import FORMULA
from .milestone import figure_stamp, save_figure, save_table
from .models import capability, maturity
from .models.capability import ModelInputs
from .models.maturity import MaturityProfile
from .registers.cells import iso_day
from .registers.checks import check
from .registers.known import Passage, passages_in
from .registers.records import Assessment, Registers
from .registers.store import Appended, append
from .registers.vocab import GROUP
from .report.figures import stamped
from .report.frame import Made
from .report.frame import passages_of as told_passages
from .report.maturity_figures import history_figure, profile_figure
from .report.maturity_form import (
    ANSWER,
    CONFIDENCES,
    IDENTITY,
    KIND,
    LONGEST_REASON,
    SCHEMA_VERSION,
    WHO,
    AskedElement,
    MaturityForm,
    form_html,
    form_of,
    form_sheets,
    sheet_header,
)
from .report.maturity_page import Person, assessments_table, page, profile_table
from .report.maturity_words import maturity_words
from .settings import Milestone
from .study import Study
from .vocabulary import LANGUAGES, is_iso_date

_LEVEL_TEXTS = tuple(str(level) for level in (NOT_ASSESSED, *LEVELS))
#: Control characters, and marks that turn the direction of writing.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
#: How sure somebody is, as a form has it in any language, by what a register has.
_CONFIDENCE_TEXTS = {
    "": "",
    **{name: name for name in CONFIDENCES},
    **{maturity_words(language)[name]: name for language in LANGUAGES for name in CONFIDENCES},
}


def profile_of(study: Study, milestone: Milestone, *, case: str = "", before: str | None = None) -> MaturityProfile:
    """The maturity profile of a municipality at a milestone, from what was recorded up to its cut-off.

    Parameters
    ----------
    case
        The municipality; the milestone's own when left out. At a milestone at which it was not assessed, the profile is
        that of its newest assessed milestone up to then, in the codebook of the milestone asked for.
    before
        The earlier milestone to compare with; the one assessed before when left out.

    Raises
    ------
    UnknownName
        For a case that the study does not have, or a `before` that is no earlier milestone of it.
    """
    case = case_of(study, milestone, case)
    registers = registers_at(study, milestone)
    rounds = rounds_until(study, case, milestone)
    here = (
        milestone.id if maturity.standing(registers, case, milestone.id) else (rounds[-1] if rounds else milestone.id)
    )
    earlier = [name for name in rounds if name != here]
    compared = before if before is not None else next(reversed(earlier), "")
    inputs = study.model_inputs(milestone)
    profile = maturity.profile(
        registers,
        case=case,
        milestone=here,
        codebook=study.codebook(milestone),
        lineage=study.lineage,
        scale=study.settings.maturity,
        passages=passages_at(study, milestone),
        hidden=study.hidden(study.documents_until(milestone.cut_off)),
        earlier=earlier,
        before=compared,
        memos=memos_on_change(study, milestone, here),
        inhibiting=inhibiting_share(inputs, case),
    )
    return maturity.with_elsewhere(profile, heard_at(study, milestone, inputs))


def case_of(study: Study, milestone: Milestone, case: str = "") -> str:
    """The municipality that is meant: the one given, else the milestone's own.

    Raises
    ------
    UnknownName
        For a case that the study does not have, and for none at all.
    ForanError
        When the milestone is of another municipality.
    """
    cases = [term.id for term in study.settings.cases]
    chosen = case or milestone.case
    if chosen not in cases:
        raise UnknownName("case", chosen, cases)
    if milestone.case and milestone.case != chosen:
        raise ForanError(f"milestone {milestone.id} is of {milestone.case}, not of {chosen}")
    return chosen


def registers_at(study: Study, milestone: Milestone) -> Registers:
    """The registers as they stood at a milestone's cut-off, without what those who have withdrawn since said of themselves."""
    found = study.registers.until(milestone.cut_off)
    gone = withdrawn(study)
    return replace(found, assessments=tuple(row for row in found.assessments if row.assessor not in gone))


def withdrawn(study: Study) -> frozenset[str]:
    """The participants who have withdrawn, whenever that was: consent is that of today."""
    people = (study.today or study).participants
    return frozenset(people.index[people["withdrawn_at"] != ""]) if "withdrawn_at" in people else frozenset()


def rounds_until(study: Study, case: str, milestone: Milestone) -> list[str]:
    """The milestones at which a municipality was assessed, up to a milestone's cut-off, oldest first."""
    assessed = {row.milestone for row in registers_at(study, milestone).assessments if row.case == case}
    known = [one for one in study.settings.milestones if one.id in assessed and one.cut_off <= milestone.cut_off]
    return [one.id for one in sorted(known, key=lambda one: (one.cut_off, one.id == milestone.id))]


def passages_at(study: Study, milestone: Milestone) -> dict[str, Passage]:
    """Where the coded segments of a milestone stand, by id: of its documents, after the logs up to its day."""
    then = study.at(milestone.coded_until.isoformat())
    documents = then.documents_until(milestone.cut_off)
    actor_types = {str(name): str(kind) for name, kind in then.participants["actor_type"].items()}
    logs = [log for log in then.logs if log.events and log.events[0].document in documents.index]
    return passages_in(logs, documents, actor_types, then.transcripts, study.settings.interviewers)


def memos_on_change(study: Study, milestone: Milestone, assessed: str = "") -> dict[str, tuple[str, ...]]:
    """By element, the memos that speak of it and of the milestone (one is what it is about, the other a link)."""
    found: dict[str, list[str]] = {}
    table = memoing.memos(study, as_of=milestone.cut_off.isoformat(), viewer=None)
    for row in table.to_dict("records"):
        named = {(row["about_kind"], row["about"]), *(tuple(link) for link in row["links"])}
        if {("milestone", name) for name in (assessed or milestone.id, milestone.id)} & named:
            for kind, name in sorted(named):
                if kind == "code":
                    found.setdefault(name, []).append(str(row["memo"]))
    return {name: tuple(dict.fromkeys(memos)) for name, memos in found.items()}


def memos_by_round(study: Study, milestone: Milestone, rounds: Sequence[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """By round of assessment and element, the memos that speak of both; of the newest, those of `milestone` count too.

    What explains a step down at one milestone says nothing of a step down at another.
    """
    found: dict[str, dict[str, list[str]]] = {name: {} for name in rounds}
    table = memoing.memos(study, as_of=milestone.cut_off.isoformat(), viewer=None)
    for row in table.to_dict("records"):
        named = {(row["about_kind"], row["about"]), *(tuple(link) for link in row["links"])}
        for name in rounds:
            meant = {name, milestone.id} if name == rounds[-1] else {name}
            if {("milestone", one) for one in meant} & named:
                for kind, code in sorted(named):
                    if kind == "code":
                        found[name].setdefault(code, []).append(str(row["memo"]))
    return {name: {code: tuple(dict.fromkeys(ids)) for code, ids in own.items()} for name, own in found.items()}


def inhibiting_share(inputs: ModelInputs, case: str) -> dict[str, tuple[int, int]]:
    """By element, the inhibiting segments of a municipality and all of them, of documents that may be shown."""
    long = capability.resolved(inputs)
    long = long[(long["case"] == case) & ~long["document"].isin(inputs.hidden)].drop_duplicates(["segment", "element"])
    every = long["element"].value_counts()
    against = long.loc[long["polarity"].isin(LAYERS["inhibiting"]), "element"].value_counts()
    return {str(name): (int(against.get(name, 0)), int(count)) for name, count in every.items()}


def heard_at(study: Study, milestone: Milestone, inputs: ModelInputs) -> dict[str, frozenset[str]]:
    """By segment that people coded by the milestone's day and that may be shown, the municipalities whose people say it."""
    segments = inputs.segments
    if inputs.coding != "human":
        segments = study.as_of(milestone.coded_until).segments(until=milestone.coded_until)
    return maturity.heard_in(segments[~segments["document"].isin(inputs.hidden)], inputs.units)


def people(study: Study) -> dict[str, Person]:
    """The participants as a page may tell of them."""
    table = (study.today or study).participants
    gone = withdrawn(study)
    return {
        str(name): Person(str(row["actor_type"]), "quote" in row["consent"] and name not in gone)
        for name, row in table.to_dict("index").items()
    }


def deliver(
    study: Study,
    milestone: Milestone,
    output: str | Path,
    *,
    case: str = "",
    before: str | None = None,
    language: str = "nb",
) -> MaturityProfile:
    """The profile of a municipality, with ``maturity_CASE.html``, tables and figures written into `output` (nowhere for "").

    The same study and milestone give the same bytes.
    """
    found = profile_of(study, milestone, case=case, before=before)
    if not output:
        return found
    text = maturity_page(study, milestone, found, language=language)
    write_atomically(Path(output) / f"maturity_{found.case}.html", text)
    save_table(profile_table(found, language), output, f"maturity_{found.case}")
    save_table(assessments_table(found, people(study)), output, f"assessments_{found.case}")
    for name, figure in figures(study, found, language=language).items() if not found.is_empty else ():
        save_figure(figure, output, f"{name}_{found.case}")
    return found


def figures(study: Study, found: MaturityProfile, *, language: str = "nb", side: str = "") -> dict[str, Any]:
    """The figures of a profile by the name to save them under; no history with fewer than two milestones.

    `side` is whose steps the history shows; that of the profile's basis when left out.
    """
    drawn = {
        "maturity_profile": profile_figure(found, study.settings, language),
        "maturity_history": history_figure(found, study.settings, language, side=side or None),
    }
    stamp = figure_stamp(study, "human", language)
    return {name: stamped(figure, stamp) for name, figure in drawn.items() if figure is not None}


def maturity_page(study: Study, milestone: Milestone, found: MaturityProfile, *, language: str = "nb") -> str:
    """A profile as one HTML page; words of informants only where they may be shown."""
    inputs = study.model_inputs(milestone)
    named = [segment for one in found.elements for segment in one.evidence]
    named += [s for one in found.elements for step in one.changes.values() for s in step.evidence_before]
    told = told_passages(
        dict.fromkeys(named),
        inputs.segments,
        inputs.units,
        hidden=inputs.hidden,
        documents=inputs.documents,
        about={code.id: f"{code.display} {code.label[language]}" for code in inputs.codebook.codes},
        language=language,
    )
    return page(
        found,
        study.settings,
        language,
        Made.at(milestone, model="", coding="human", coders=inputs.coders),
        passages=told,
        people=people(study),
        stamp=figure_stamp(study, "human", language),
    )


# ---- one assessment


def assessment_id(milestone: str, case: str, element: str, assessor: str) -> str:
    """The id of an assessment: the same judgement made anew takes the place of the earlier one.

    >>> assessment_id("M13", "TRD", "C0006", "TRD-GRUPPE-1")
    'M13-TRD-C0006-TRD-GRUPPE-1'
    """
    return f"{milestone}-{case}-{element}-{assessor}"


def assessment(
    study: Study,
    milestone: Milestone,
    element: str,
    *,
    assessor: str,
    on: str,
    side: str = "researcher",
    case: str = "",
    arena: str = "",
    level: int = 0,
    confidence: str = "",
    evidence: Sequence[str] = (),
    rationale: str = "",
    override: str = "",
) -> Assessment:
    """One assessment as its register will have it; whether it may stand is judged where it is added.

    Parameters
    ----------
    element
        An element of the milestone's codebook, by id or display code.
    assessor
        A coder, a participant's pseudonym, or a group's id such as ``TRD-GRUPPE-1``; never a name.
    on
        The ISO day of the assessment, not after the milestone's cut-off.

    Raises
    ------
    UnknownName
        For an element or case that is not there.
    """
    case = case_of(study, milestone, case)
    found = element_of(study, milestone, element)
    return Assessment(
        assessment_id(milestone.id, case, found, assessor),
        on,
        "",
        milestone.id,
        case,
        found,
        milestone.codebook_version,
        assessor,
        side,
        arena,
        level,
        confidence,
        tuple(dict.fromkeys(evidence)),
        rationale,
        override,
    )


def element_of(study: Study, milestone: Milestone, name: str) -> str:
    """The id of an element of the milestone's codebook.

    Raises
    ------
    UnknownName
        For anything else, sub-elements included.
    """
    book = study.codebook(milestone)
    found = next((code.id for code in book.elements if name in (code.id, code.display)), None)
    if found is None:
        raise UnknownName("element", name, (code.display for code in book.elements))
    return found


def judged(study: Study, rows: Sequence[Assessment]) -> Faults:
    """What the registers' checks say of new assessments, each fault with the place of its row in `rows` as its line."""
    before = study.registers.assessments
    lines: list[tuple[int, Assessment]] = [(0, row) for row in before]
    lines += list(enumerate(rows, 1))
    faults = Faults()
    check({Assessment: lines}, study.known_to_registers(), faults)
    return Faults(fault for fault in faults if fault.line)


def tidied(row: Assessment) -> Assessment:
    """An assessment as its register will give it back: texts composed (NFC), no blanks around them, no formulas."""

    def text(value: str) -> str:
        clean = _CONTROL.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        # People begin a line with a dash; a spreadsheet would take that for a formula.
        if clean.startswith(FORMULA):
            clean = f"–{clean[1:]}" if clean[0] == "-" else f"· {clean}"
        return unicodedata.normalize("NFC", clean)

    return replace(row, rationale=text(row.rationale), override=text(row.override))


def record(study: Study, rows: Sequence[Assessment]) -> Appended:
    """Add assessments to the study's register, all or none (see :func:`registers.store.append`)."""
    return append(study.path, rows, study.known_to_registers(), seen=study.registers)


# ---- forms


def form(
    study: Study, milestone: Milestone, *, case: str = "", elements: Sequence[str] = (), language: str = ""
) -> MaturityForm:
    """The form for a municipality's self-assessment at a milestone.

    Parameters
    ----------
    elements
        What to ask about, by id or display code; when left out, what was assessed at this milestone or the one before it
        and is an element still, and at a first assessment every element of the codebook.
    language
        nb or en; the study's own when left out.
    """
    case = case_of(study, milestone, case)
    language = language or study.settings.language
    if language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    book = study.codebook(milestone)
    asked = [element_of(study, milestone, name) for name in elements] or assessed_elements(study, milestone, case)
    chosen = asked or [code.id for code in book.elements]
    return form_of(study.settings, book, milestone=milestone.id, case=case, elements=chosen, language=language)


def assessed_elements(study: Study, milestone: Milestone, case: str) -> list[str]:
    """The elements assessed at a milestone, or else at the municipality's last one before, that are elements still."""
    rounds = rounds_until(study, case, milestone)
    if not rounds:
        return []
    found = profile_of(study, milestone, case=case)
    return [one.element for one in found.elements]


def form_files(asked: MaturityForm) -> dict[str, bytes]:
    """The form's four files by name: to print, to fill in without a net, as a workbook, and as CSV."""
    said = maturity_words(asked.language)
    sheets = form_sheets(asked)
    words = tuple(said[name] for name in CONFIDENCES)
    rows = [
        (*IDENTITY, *WHO, *ANSWER),
        *((*asked.identity.values(), "", "", one.id, "", "", "") for one in asked.elements),
    ]
    book = workbook_bytes(
        sheets,
        header="element",
        fields=(4, 5, 6),
        choices={4: [str(step) for step, _, _ in asked.steps], 5: words},
        widths=(10, 34, 60, 14, 18, 60),
    )
    paper = {"nb": "papir", "en": "paper"}[asked.language]
    offline = {"nb": "skjema", "en": "form"}[asked.language]
    return {
        f"{asked.name}_{paper}.html": form_html(asked, is_live=False).encode("utf-8"),
        f"{asked.name}_{offline}.html": form_html(asked, is_live=True).encode("utf-8"),
        f"{asked.name}.xlsx": book,
        f"{asked.name}.csv": csv_text(rows),
    }


def write_form(asked: MaturityForm, output: str | Path) -> list[Path]:
    """Write the form's files into a folder; a form that is there already is made anew, filled-in ones are not touched."""
    folder = Path(output)
    files = form_files(asked)
    for name, content in files.items():
        write_atomically(folder / name, content)
    return [folder / name for name in files]


# ---- filled-in forms


@dataclass(frozen=True)
class FormReading:
    """What filled-in forms come to: rows to add, what is there already, and every fault.

    `places` names where each of `new` was read; `same` are ids of assessments that stand already, word for word, and
    `withdrawn` of those that were taken back and stay so; `unanswered` counts elements without a level, `notes` the notes
    to the questions, which stay in their files.
    """

    new: tuple[Assessment, ...] = ()
    places: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    unanswered: int = 0
    notes: int = 0
    faults: Faults = field(default_factory=Faults)


class _Answer(NamedTuple):
    """One answer as a file has it."""

    line: int | None
    element: str
    level: str
    confidence: str
    rationale: str


class _Filled(NamedTuple):
    """A filled-in form as a file has it: what it says of itself, and its answers; `notes` to the questions are counted."""

    file: str
    told: Mapping[str, str]
    answers: tuple[_Answer, ...]
    #: The elements that it asked about.
    asked: tuple[str, ...]
    notes: int = 0


def read_forms(study: Study, paths: Sequence[str | Path]) -> FormReading:
    """Filled-in forms (.xlsx, .json, .csv) as assessments; writes nothing, and tells every fault at once.

    A form of another study, milestone or codebook is refused, as are edited headers and elements that were not asked
    about. A file that was read before adds nothing.
    """
    faults = Faults()
    filled = [form for one in paths for form in _filled(Path(one), faults)]
    typed: list[tuple[Assessment, str]] = []
    for one in filled:
        milestone = _milestone_of(study, one, faults)
        if milestone is not None:
            typed += _typed(study, milestone, one, faults)
    return _settled(study, typed, filled, faults)


def add_forms(study: Study, paths: Sequence[str | Path]) -> tuple[FormReading, Appended | None]:
    """Read filled-in forms and add what is new to the register, all or none.

    Raises
    ------
    StudyError
        With every fault of the forms, or of the register with their rows; nothing is written then.
    """
    found = read_forms(study, paths)
    if found.faults.errors:
        raise StudyError(found.faults.errors)
    return found, record(study, found.new) if found.new else None


def _filled(path: Path, faults: Faults) -> list[_Filled]:
    """The forms in a file; none, with faults, when it is no form."""
    readers = {".xlsx": _from_workbook, ".json": _from_json, ".csv": _from_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        faults.note(
            "unknown-file", path.name, None, "a file of another kind", ", ".join(readers), "Name filled-in forms."
        )
        return []
    return reader(path, faults)


def _from_workbook(path: Path, faults: Faults) -> list[_Filled]:
    sheets = read_workbook(path, faults)
    if sheets is None:
        return []
    keys = (*IDENTITY, *WHO)
    told: dict[str, str] = {}
    for row in (row for _, grid in sheets for row in grid):
        if len(row) > 1 and row[0] in keys:
            told.setdefault(row[0], row[1])
    heads = ((at, grid) for _, grid in sheets for at, row in enumerate(grid[:12]) if row and row[0] == ANSWER[0])
    at, grid = next(heads, (-1, []))
    if at < 0:
        _no_form(path, "no sheet whose header begins with element", faults)
        return []
    headers = {sheet_header(language) for language in LANGUAGES}
    if _trimmed(grid[at]) not in headers:
        faults.note(
            "edited-header",
            path.name,
            at + 1,
            "a header that was changed",
            ", ".join(sheet_header("nb")),
            "Put the header back as it was on the form; columns are not moved.",
        )
        return []
    rows = [(number, [*row, *[""] * 6][:6]) for number, row in enumerate(grid[at + 1 :], at + 2) if any(row)]
    answers = tuple(_Answer(number, row[0], row[3], row[4], row[5]) for number, row in rows)
    return [_Filled(path.name, told, answers, tuple(row[0] for _, row in rows))]


def _from_csv(path: Path, faults: Faults) -> list[_Filled]:
    grid = read_csv(path, faults)
    if grid is None:
        return []
    columns = (*IDENTITY, *WHO, *ANSWER)
    if not grid or _trimmed(grid[0]) != columns:
        faults.note(
            "edited-header",
            path.name,
            1,
            "a header that was changed, or none",
            ",".join(columns),
            "Put the header back as it was on the form; columns are not moved.",
        )
        return []
    found: dict[tuple[str, ...], list[_Answer]] = {}
    for number, line in enumerate(grid[1:], 2):
        if not any(line):
            continue
        if len(line) != len(columns):
            faults.note(
                "broken-csv",
                path.name,
                number,
                f"{len(line)} cells",
                f"{len(columns)} cells",
                "Check commas and quotes.",
            )
            continue
        head = len(IDENTITY) + len(WHO)
        found.setdefault(tuple(line[:head]), []).append(_Answer(number, *line[head:]))
    return [
        _Filled(
            path.name,
            dict(zip((*IDENTITY, *WHO), told, strict=True)),
            tuple(answers),
            tuple(answer.element for answer in answers),
        )
        for told, answers in found.items()
    ]


def _from_json(path: Path, faults: Faults) -> list[_Filled]:
    data = read_json(path, faults)
    if data is None:
        return []
    version = data.get("schema_version")
    if data.get("kind") != KIND:
        _no_form(path, "a file that the form did not save", faults)
        return []
    if not isinstance(version, int) or isinstance(version, bool) or version > SCHEMA_VERSION:
        faults.note(
            "future-file", path.name, None, "another shape", f"schema_version {SCHEMA_VERSION}", "Upgrade the package."
        )
        return []
    rows, notes = data.get("answers"), data.get("notes", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not isinstance(notes, list):
        faults.note(
            "broken-json", path.name, None, "no list of answers", "a file as the form saved it", "Save it again."
        )
        return []
    asked = data.get("asked")
    if not isinstance(asked, list) or not all(isinstance(one, str) for one in asked):
        faults.note(
            "broken-json", path.name, None, "no list of the elements asked about", "a file as the form saved it",
            "Save it again.",
        )  # fmt: skip
        return []
    for row in rows:
        if not isinstance(row.get("rationale"), (str, int, float, type(None))):
            faults.note("bad-reason", path.name, None, f"a reason at {shown(_plain(row.get('element')))} that is no text",
                        "a text", "Save the form again.")  # fmt: skip
    told = {name: _plain(data.get(name)) for name in (*IDENTITY, *WHO)}
    answers = tuple(_Answer(None, *(_plain(row.get(name)) for name in ANSWER)) for row in rows)
    return [_Filled(path.name, told, answers, tuple(asked), len(notes))]


def _plain(value: object) -> str:
    """A value of JSON as the text of a cell; truth values and lists are none that a form saves."""
    if isinstance(value, bool) or value is None or isinstance(value, (list, dict)):
        return "" if value is None else "?"
    return text_of(value)


def _trimmed(row: Sequence[str]) -> tuple[str, ...]:
    cells = list(row)
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _no_form(path: Path, found: str, faults: Faults) -> None:
    faults.note("no-form", path.name, None, found, "a form that `foran maturity form` made", "Name the filled-in form.")


def _milestone_of(study: Study, filled: _Filled, faults: Faults) -> Milestone | None:
    """The milestone that a form is of; None, with faults, when it is not a form of this study as it is now."""
    told, before = filled.told, len(faults.errors)

    def refuse(kind: str, found: str, expected: str, remedy: str) -> None:
        faults.note(kind, filled.file, None, found, expected, remedy)

    milestone = next((one for one in study.settings.milestones if one.id == told.get("milestone")), None)
    if missing := [name for name in (*IDENTITY, *WHO) if not told.get(name)]:
        refuse(
            "form-incomplete",
            f"nothing for {', '.join(missing)}",
            "who assessed and when, and what the form is of",
            "Fill in the code and the day; the rest is printed on the form.",
        )
    if told.get("study") not in ("", None, study.settings.study_id):
        refuse("other-study", "a form of another study", study.settings.study_id, "Read it in the study it is of.")
    elif told.get("milestone") and milestone is None:
        refuse("unknown-milestone", f"milestone {shown(told['milestone'])}", "one of this study", "Make a new form.")
    if milestone is not None:
        cases = [milestone.case] if milestone.case else [term.id for term in study.settings.cases]
        if told.get("case") and told["case"] not in cases:
            refuse("wrong-case", f"case {shown(told['case'])} at milestone {milestone.id}", ", ".join(cases),
                   "Read the form of the right municipality.")  # fmt: skip
        if told.get("codebook_version") not in ("", None, milestone.codebook_version):
            refuse("other-codebook", "a form of another codebook version", milestone.codebook_version,
                   "Make a new form: elements may mean something else now.")  # fmt: skip
        elif not missing and len(faults.errors) == before:
            of = MaturityForm(study.settings.study_id, "", "", milestone.id, told["case"], "", milestone.codebook_version,
                              "nb", tuple(AskedElement(one, "", "", "", "") for one in filled.asked), (), ())  # fmt: skip
            if of.form != told["form"]:
                refuse("edited-form", "elements were added, taken out, moved or changed", "the elements that were asked",
                       "Put them back as they were on the form.")  # fmt: skip
    if told.get("on") and not is_iso_date(_day(told["on"])):
        refuse("bad-date", f"day {shown(told['on'])}", "YYYY-MM-DD", "Write the day of the assessment.")
    if told.get("assessor") and not GROUP.fullmatch(told["assessor"]):
        refuse("bad-assessor", "something that is no code", "capitals, digits and hyphens, as TRD-GRUPPE-1",
               "Write the code that was given out; never a name.")  # fmt: skip
    if (home := _home(study, told.get("assessor", ""))) and milestone is not None and home != told.get("case"):
        faults.note("other-municipality", filled.file, None, f"an assessor of {shown(home)} in a form of another case",
                    shown(told.get("case", "")), "Ask which code the group has; the answers are read as they stand.",
                    is_warning=True)  # fmt: skip
    return milestone if len(faults.errors) == before else None


def _home(study: Study, assessor: str) -> str:
    """The municipality of a participant; "" of groups, coders, and those who belong to none."""
    people = study.participants
    return str(people.at[assessor, "case"]) if assessor in people.index else ""


def _day(text: str) -> str:
    return iso_day(text) or text


def _typed(study: Study, milestone: Milestone, filled: _Filled, faults: Faults) -> list[tuple[Assessment, str]]:
    """The answers of a form as assessments, each with its place; those without a level are left out."""
    known = {code.id for code in study.codebook(milestone).elements}
    counts = Counter(answer.element for answer in filled.answers if answer.element)
    rows = []
    for answer in filled.answers:
        before = len(faults.errors)

        def refuse(kind: str, found: str, expected: str, remedy: str, line: int | None = answer.line) -> None:
            faults.note(kind, filled.file, line, found, expected, remedy)

        if answer.element not in known:
            refuse("unknown-element", f"element {shown(answer.element)}", f"an element of codebook {milestone.codebook_version}",
                   "Fill in the form as it was made.")  # fmt: skip
        elif counts[answer.element] > 1:
            refuse("element-twice", f"element {answer.element} more than once", "each element once", "Keep one answer.")
        elif answer.element not in filled.asked:
            refuse("edited-form", f"an answer about {answer.element}, which was not asked about",
                   "the elements that were asked", "Fill in the form as it was made.")  # fmt: skip
        if len(answer.rationale) > LONGEST_REASON:
            refuse("too-long", f"a reason of {len(answer.rationale)} characters at {shown(answer.element)}",
                   f"no more than {LONGEST_REASON}", "Shorten it.")  # fmt: skip
        if any("\ud800" <= letter <= "\udfff" for letter in answer.rationale):
            refuse("control-character", f"half a character in the reason at {shown(answer.element)}", "whole characters",
                   "Write that word again.")  # fmt: skip
        if answer.level and answer.level not in _LEVEL_TEXTS:
            refuse("bad-level", f"level {shown(answer.level)} of {shown(answer.element)}", "a whole number from 0 to 5",
                   "Correct it in the file, or ask whoever filled it in.")  # fmt: skip
        confidence = _CONFIDENCE_TEXTS.get(answer.confidence.casefold())
        if confidence is None:
            refuse("bad-confidence", f"confidence {shown(answer.confidence)} of {shown(answer.element)}",
                   "low, medium or high (lav, middels, høy), or nothing", "Choose from the list.")  # fmt: skip
        if not answer.level and answer.rationale:
            faults.note("reason-without-level", filled.file, answer.line, f"a reason and no level at {shown(answer.element)}",
                        "a level from 0 to 5", "Ask for the level; without it the answer is left out.",
                        is_warning=True)  # fmt: skip
        if not answer.level or confidence is None or len(faults.errors) > before:
            continue
        row = assessment(
            study,
            milestone,
            answer.element,
            assessor=filled.told["assessor"],
            on=_day(filled.told["on"]),
            side="self",
            case=filled.told["case"],
            level=int(answer.level),
            confidence=confidence,
            rationale=answer.rationale,
        )
        rows.append((tidied(row), filled.file if answer.line is None else f"{filled.file}:{answer.line}"))
    return rows


def _settled(
    study: Study, typed: Sequence[tuple[Assessment, str]], filled: Sequence[_Filled], faults: Faults
) -> FormReading:
    """Rows sorted into what is new, changed, there already and taken back; two files that differ are a fault."""
    standing = {row.id: row for row in study.registers.assessments}
    new: dict[str, tuple[Assessment, str]] = {}
    same: list[str] = []
    back: list[str] = []
    for row, place in typed:
        known = standing.get(row.id)
        if row.id in new and new[row.id][0] != row:
            faults.note("two-answers", place, None, f"another answer to {row.id} than in {new[row.id][1]}",
                        "one answer for each element and assessor", "Read the file that counts.")  # fmt: skip
        elif known is not None and known.action:
            back.append(row.id)
        elif known == row:
            same.append(row.id)
        else:
            new.setdefault(row.id, (row, place))
    rows, places = [row for row, _ in new.values()], [place for _, place in new.values()]
    for fault in judged(study, rows) if rows else ():
        faults.append(replace(fault, file=places[(fault.line or 1) - 1], line=None))
    return FormReading(
        tuple(rows),
        tuple(places),
        tuple(dict.fromkeys(same)),
        tuple(row.id for row in rows if row.id in standing),
        tuple(dict.fromkeys(back)),
        sum(not answer.level for one in filled for answer in one.answers),
        sum(one.notes for one in filled),
        faults,
    )
