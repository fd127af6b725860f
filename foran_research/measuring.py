"""Measures written down: from what a person types, or keeps in a spreadsheet, to checked rows of the registers.

A measure rests on what was said: here one without evidence is refused, and evidence of another element, direction or
municipality is warned of, beside all that the registers refuse themselves. Everything is checked before a byte is
written, and every fault is told at once.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .analysis.incidence import LAYERS, rolled_up, segment_units
from .codebook.code import Codebook
from .coding.migrate import migrate
from .errors import Fault, Faults, ForanError, StudyError, UnknownName, shown
from .registers.cells import CELLS, NotUnderstood, cells_of
from .registers.following import follow
from .registers.records import COLUMNS, FOLDER, KINDS, Measure, MeasureStatus, MeasureStep, Record, next_id
from .registers.store import append
from .settings import Term
from .study import Study

#: Steps that a line of a spreadsheet can hold, each in four columns.
STEPS = 6
_STEP_PARTS = ("nb", "en", "from", "to")
#: The columns of a spreadsheet of measures; those of steps follow.
SHEET_COLUMNS = tuple(name for name in COLUMNS[Measure] if name not in ("on", "action"))
_SEPARATORS = (",", ";", "\t")
#: Words that people write for those of the registers: in Norwegian, the one that is told first, and as reports have them.
_ALIASES: Mapping[str, Mapping[str, str]] = {
    "addresses": {"fremmer": "promoting", "hemmer": "inhibiting"},
    "status": {
        "planlagt": "planned", "begynt": "begun", "i gang": "begun", "under way": "begun", "ferdig": "done",
        "gjort": "done", "utsatt": "postponed", "stanset": "stopped",
    },
    "effect": {
        "virker": "works", "delvis": "partly", "virker delvis": "partly", "works partly": "partly",
        "virker ikke": "not", "does not work": "not", "ukjent": "unknown", "virkning ukjent": "unknown",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Recorded:
    """What was written, or would be: the rows, and what is to be warned of."""

    rows: tuple[Record, ...]
    warnings: tuple[Fault, ...]
    is_written: bool


def element_of(study: Study, name: str, version: str) -> str:
    """The id of an element named by its id or display code; a name that nobody has is given back, for the check to tell.

    >>> from pathlib import Path
    >>> from foran_research.study import load_study
    >>> element_of(load_study(Path(".")), "P4", "1.0.0")  # doctest: +SKIP
    'C0006'
    """
    if version not in study.lineage.versions:
        return name
    code = study.lineage[version].find(name.strip())
    return code.id if code is not None else name.strip()


def plain_word(column: str, word: str) -> str:
    """The register's word for one that people write in Norwegian; other words as they are.

    >>> plain_word("addresses", "Hemmer"), plain_word("status", "done")
    ('inhibiting', 'done')
    """
    return _ALIASES.get(column, {}).get(word.strip().casefold(), word.strip())


def owner_of(study: Study, name: str) -> str:
    """The id of a type of actor named by its id or its label in any language; other names as they are."""
    return _by_label(study.settings.actor_types, name)


def _by_label(terms: Iterable[Term], name: str) -> str:
    wanted = name.strip().casefold()
    found = [term.id for term in terms if wanted in {term.id.casefold(), *(t.casefold() for t in term.label.values())}]
    return found[0] if len(found) == 1 else name.strip()


def newest_version(study: Study) -> str:
    """The codebook version released last."""
    return study.lineage.versions[-1]


def measure_id(study: Study, case: str, taken: Iterable[Measure] = ()) -> str:
    """An id for a new measure of a municipality, such as TRD-T10."""
    return next_id([*study.registers.measures, *taken], f"{case}-T", width=2)


def next_step(study: Study, measure: str) -> str:
    """The number after the highest one that a step of the measure has."""
    numbers = [int(row.step) for row in study.registers.steps if row.measure == measure and row.step.isdecimal()]
    return str(max(numbers, default=0) + 1)


def standing_measure(study: Study, name: str, day: str = "9999-12-31") -> Measure:
    """The measure as it stands on a day.

    Raises
    ------
    UnknownName
        When no measure with this id stands then.
    """
    rows = {row.id: row for row in study.registers.until(day).measures}
    if name not in rows:
        raise UnknownName("measure", name, rows)
    return rows[name]


def standing_step(study: Study, measure: str, step: str, day: str = "9999-12-31") -> MeasureStep | None:
    """The step as it stands on a day, or None."""
    rows = study.registers.until(day).steps
    return next((row for row in rows if (row.measure, row.step) == (measure, step)), None)


@dataclass(frozen=True)
class Sheet:
    """What a file of measures holds, as rows, and for each the file's name and its line there."""

    rows: tuple[Record, ...]
    places: tuple[tuple[str, int], ...]


def record(
    study: Study,
    rows: Sequence[Record],
    *,
    is_dry: bool = False,
    faults: Faults | None = None,
    places: Sequence[tuple[str, int]] = (),
) -> Recorded:
    """Check rows of measures, steps and reports, and add them to the registers.

    Parameters
    ----------
    rows
        In the order in which they are to stand.
    is_dry
        Check everything and write nothing.
    faults
        What was found before, told with the rest.
    places
        For each row the file that it was read from and its line there: where faults are told. Without them the lines that
        the rows would have in the registers.

    Raises
    ------
    StudyError
        With every fault at once; nothing is written then.
    ForanError
        When the registers cannot be written to.
    """
    found = Faults(faults or ())
    lines = _lines(study, rows)
    moved = {(row.FILE, line): place for row, line, place in zip(rows, lines, places, strict=False)}
    for row, line in zip(rows, lines, strict=True):
        if isinstance(row, Measure):
            _check_evidence(study, row, line, found)
    try:
        # A copy of the registers takes the rows first, so that what they refuse is told with everything else.
        with tempfile.TemporaryDirectory(prefix="foran-measures-") as folder:
            trial = Path(folder)
            (trial / FOLDER).mkdir()
            for kind in KINDS.values():
                if (study.path / kind.FILE).is_file():
                    shutil.copyfile(study.path / kind.FILE, trial / kind.FILE)
            tried = append(trial, rows, study.known_to_registers(), seen=study.registers).warnings
    except StudyError as error:
        found.extend(error.faults)
        tried = ()
    found = Faults(_moved(fault, moved) for fault in found)
    found = Faults(map(_in_both_languages, found))
    if found.errors:
        raise StudyError(found.errors)
    warnings = tuple(dict.fromkeys([*found.warnings, *(_moved(fault, moved) for fault in tried)]))
    if is_dry or not rows:
        return Recorded(tuple(rows), warnings, is_written=False)
    append(study.path, rows, study.known_to_registers(), seen=study.registers)
    return Recorded(tuple(rows), warnings, is_written=True)


def words_of(column: str) -> str:
    """The words of a column as a person may write them, those of the register first.

    >>> words_of("addresses")
    'promoting (fremmer), inhibiting (hemmer)'
    """
    told: dict[str, str] = {}
    for written, word in _ALIASES[column].items():
        told.setdefault(word, written)
    return ", ".join(f"{word} ({written})" for word, written in told.items())


def _in_both_languages(fault: Fault) -> Fault:
    """A fault of a word that the registers do not have, with the words in Norwegian too."""
    column = fault.kind.removeprefix("unknown-")
    return replace(fault, expected=f"one of: {words_of(column)}") if column in _ALIASES else fault


def _moved(fault: Fault, places: Mapping[tuple[str, int], tuple[str, int]]) -> Fault:
    """A fault told where its row was read from."""
    if fault.line is None or (fault.file, fault.line) not in places:
        return fault
    file, line = places[fault.file, fault.line]
    return replace(fault, file=file, line=line)


def _lines(study: Study, rows: Sequence[Record]) -> list[int]:
    """The lines that the rows will have in their files."""
    lines: dict[str, int] = {}
    found = []
    for row in rows:
        path = study.path / row.FILE
        if row.FILE not in lines:
            lines[row.FILE] = max(len(path.read_bytes().splitlines()) if path.is_file() else 0, 1)
        found.append(lines[row.FILE] + 1)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerow(cells_of(row))
        lines[row.FILE] += out.getvalue().count("\n")
    return found


def _check_evidence(study: Study, row: Measure, line: int, faults: Faults) -> None:
    """Refuse a measure without evidence; warn of evidence that is of something else."""
    if row.is_withdrawn:
        return
    if not row.evidence:
        faults.note(
            "no-evidence", row.FILE, line, f"{row.id}: no evidence", "the id of a coded segment, or several",
            "Find one with `foran find` and give it with --evidence: a measure rests on what was said.",
        )  # fmt: skip
        return
    if row.codebook_version not in study.lineage.versions or row.addresses not in LAYERS:
        return
    for name in elsewhere(study, row):
        faults.note(
            "evidence-elsewhere", row.FILE, line, f"{row.id}: evidence {shown(name) if len(name) > 40 else name}",
            "a segment of the measure's element, direction and municipality",
            "Look at it with `foran trace`; it will be told in the report.", is_warning=True,
        )  # fmt: skip


def elsewhere(study: Study, row: Measure) -> tuple[str, ...]:
    """The evidence of a measure that is a coded segment, but of another element, direction or municipality."""
    segments = study.segments()
    segments = segments[segments["segment"].isin(row.evidence)]
    if segments.empty:
        return ()
    version = newest_version(study)
    book = study.lineage[version]
    to = follow(row, study.lineage, version)
    now = migrate(segments, study.lineage, version)
    now = rolled_up(now[now["status"] == "ok"], book)
    long = segment_units(now, study.units(study.documents))
    fits = long[long["element"].isin(to) & (long["case"] == row.case) & long["polarity"].isin(LAYERS[row.addresses])]
    known = set(segments["segment"])
    # Of an element that is no more there is nothing to compare with.
    return tuple(name for name in row.evidence if name in known and name not in set(fits["segment"])) if to else ()


# Spreadsheets


def sheet_header(steps: int = 3) -> str:
    r"""The first line of a spreadsheet of measures, to fill in.

    >>> sheet_header(1).split(";")[-4:]
    ['step1_nb', 'step1_en', 'step1_from', 'step1_to\n']
    """
    columns = [*SHEET_COLUMNS, *(f"step{n}_{part}" for n in range(1, steps + 1) for part in _STEP_PARTS)]
    return ";".join(columns) + "\n"


def read_sheet(study: Study, path: Path, on: str, faults: Faults) -> Sheet:
    """The measures and steps of a CSV file, one measure a line, as rows for the registers.

    Parameters
    ----------
    path
        Commas, semicolons or tabs; UTF-8. Columns as in :func:`sheet_header`, in any order; those not needed may be left
        out. Elements by id or display code, words also in Norwegian, days also as 31.12.2023, owners also by label.
    on
        The day of the record.
    faults
        Takes every fault with its line; measures with faults in their cells are still given, as far as they go.
    """
    name = path.name
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ForanError(f"{name} is not there") from None
    except UnicodeDecodeError:
        raise ForanError(f"{name} is not UTF-8; in Excel save it as “CSV UTF-8”") from None
    first = text.splitlines()[0] if text.strip() else ""
    separator = max(_SEPARATORS, key=lambda one: (first.count(one), one == ","))
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    columns = [column.strip() for column in reader.fieldnames or ()]
    reader.fieldnames = columns
    unknown = [column for column in columns if not (column in SHEET_COLUMNS or _STEP_COLUMN.fullmatch(column))]
    if unknown or len(set(columns)) < len(columns):
        faults.note(
            "unknown-column", name, 1, f"{len(unknown)} columns that are none of measures, or one named twice",
            ", ".join((*SHEET_COLUMNS, "step1_nb", "step1_en", "step1_from", "step1_to", "step2_nb", "…")),
            "Run `foran measure form` for an empty file.",
        )  # fmt: skip
        return Sheet((), ())
    rows: list[Record] = []
    places: list[tuple[str, int]] = []
    taken: list[Measure] = []
    for cells in reader:
        line = reader.line_num
        if None in cells or None in cells.values():
            faults.note("broken-csv", name, line, "another number of cells than the first line has",
                        f"{len(columns)} cells", "Check the quotes and separators of this line.")  # fmt: skip
            continue
        given = {column: (cells[column] or "").strip() for column in columns}
        if not any(given.values()):
            continue
        measure = _measure_of(study, given, on, name, line, faults, taken)
        taken.append(measure)
        rows += [measure, *_steps_of(measure, given, on, name, line, faults)]
        places += [(name, line)] * (len(rows) - len(places))
    return Sheet(tuple(rows), tuple(places))


_STEP_COLUMN = re.compile(rf"step[1-9]\d?_({'|'.join(_STEP_PARTS)})")


def _measure_of(
    study: Study, given: Mapping[str, str], on: str, name: str, line: int, faults: Faults, taken: Sequence[Measure]
) -> Measure:
    cells = {column: given.get(column, "") for column in SHEET_COLUMNS}
    cells["codebook_version"] = cells["codebook_version"] or newest_version(study)
    cells["case"] = _by_label(study.settings.cases, cells["case"])
    cells["element"] = element_of(study, cells["element"], cells["codebook_version"])
    cells["addresses"] = plain_word("addresses", cells["addresses"])
    cells["owner"] = owner_of(study, cells["owner"])
    cells["arena"] = _by_label(study.settings.arenas, cells["arena"])
    cells["id"] = cells["id"] or measure_id(study, cells["case"], taken)
    values = {}
    for column, text in cells.items():
        try:
            values[column] = CELLS[Measure][column].value(text, is_spreadsheet=True)
        except NotUnderstood:
            values[column] = CELLS[Measure][column].empty
            _not_understood(column, CELLS[Measure][column].expected, name, line, faults)
    return Measure(on=on, **values)


def _steps_of(
    measure: Measure, given: Mapping[str, str], on: str, name: str, line: int, faults: Faults
) -> list[MeasureStep]:
    numbers = sorted({int(re.sub(r"\D", "", column)) for column in given if _STEP_COLUMN.fullmatch(column)})
    found: list[MeasureStep] = []
    for number in numbers:
        own = {part: given.get(f"step{number}_{part}", "") for part in _STEP_PARTS}
        if not any(own.values()):
            continue
        days = {}
        for part in ("from", "to"):
            try:
                days[part] = CELLS[MeasureStep][part].value(own[part], is_spreadsheet=True)
            except NotUnderstood:
                days[part] = ""
                _not_understood(f"step{number}_{part}", CELLS[MeasureStep][part].expected, name, line, faults)
        found.append(
            MeasureStep(measure.id, str(len(found) + 1), on, "", own["nb"], own["en"], days["from"], days["to"])
        )
    return found


def _not_understood(column: str, expected: str, name: str, line: int, faults: Faults) -> None:
    faults.note("not-understood", name, line, f"{column}", expected, "Correct the cell.")


# What stands


@dataclass(frozen=True)
class Standing:
    """A measure as it stands on a day, with its steps and the reports on it, oldest first."""

    measure: Measure
    element: str
    steps: tuple[MeasureStep, ...]
    reports: tuple[MeasureStatus, ...]

    @property
    def newest(self) -> MeasureStatus | None:
        """The newest report on the measure as a whole, or None."""
        whole = [report for report in self.reports if not report.step]
        return whole[-1] if whole else None


def standing(study: Study, *, case: str = "", day: str = "9999-12-31", language: str = "nb") -> tuple[Standing, ...]:
    """The measures that stand on a day, of one municipality or of all, in order of their ids."""
    registers = study.registers.until(day)
    return tuple(
        Standing(
            measure,
            _named(study.lineage[measure.codebook_version], measure.element, language),
            tuple(sorted((row for row in registers.steps if row.measure == measure.id), key=_begins)),
            tuple(sorted((row for row in registers.statuses if row.measure == measure.id), key=lambda row: row.on)),
        )
        for measure in registers.measures
        if case in ("", measure.case)
    )


def _begins(step: MeasureStep) -> tuple[str, str]:
    return (step.from_ or step.to or "9999", step.step)


def _named(book: Codebook, element: str, language: str) -> str:
    code = book.by_id[element]
    return f"{code.display} {code.label[language]}"


def with_changes(row: MeasureStep, **changes: str) -> MeasureStep:
    """A step with what is given anew; what is empty stays."""
    return replace(row, **{name: value for name, value in changes.items() if value})
