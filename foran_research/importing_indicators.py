"""Values of indicators from files as people get them: first looked at, then added to the register, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .corpus.store import read_utf8
from .errors import Fault, Faults, ForanError, StudyError, UnknownName
from .exchange import doffin, surveys
from .exchange.received import Reading, read_mapping
from .registers.records import Indicator, IndicatorValue, standing
from .registers.store import append
from .study import Study
from .vocabulary import is_iso_date

#: What a file can be: an export of notices, or answers to a survey.
KINDS = ("doffin", "survey")
#: The unit of indicators that surveys answer.
SCALE = "scale_1_5"
#: A file of notices or answers has at most this many bytes.
MOST_BYTES = 64 * 2**20
#: In the id of a value, what stands for the whole country.
NATIONAL = "NO"


@dataclass(frozen=True)
class Plan:
    """What adding a file would do: nothing is written before :func:`add`.

    `rows` would be added; `known` are values that stand already just so, from this file or another; `other_file` counts
    those of them that came from another file.
    """

    reading: Reading
    rows: tuple[IndicatorValue, ...]
    known: tuple[str, ...]
    other_file: int
    warnings: tuple[Fault, ...]

    @property
    def is_known(self) -> bool:
        """Whether everything in the file is in the register already."""
        return not self.rows and bool(self.known)


def plan(
    study: Study,
    path: str | Path,
    *,
    kind: str,
    source: str,
    source_date: str,
    on: str,
    mapping: str | Path = "",
    period: str = "",
    replaces: bool = False,
) -> Plan:
    """What a file says, and which rows of it the register would get.

    Parameters
    ----------
    kind
        One of `KINDS`.
    source
        What the values are from, in the same words for the same way of measuring: where the words change, reports tell of
        a break.
    source_date
        The day on which the file was made (ISO).
    on
        The day on which the values are recorded (ISO); not before `source_date`.
    mapping
        A CSV ``role,word,means`` with the meaning of words that the file has and nobody has said.
    period
        The year of a survey that does not say it in a column.
    replaces
        Whether values that differ from those in the register take their place from `on` on.

    Raises
    ------
    StudyError
        With every fault at once: of the file, of the mapping, and values that differ from those in the register.
    ForanError
        For a file that is not there.
    UnknownName
        For an unknown kind.
    """
    if kind not in KINDS:
        raise UnknownName("kind of file", kind, KINDS)
    name = Path(path).name
    _check_days(source, source_date, on)
    data = _bytes_of(path)
    faults = Faults()
    added = _mapping(mapping, kind, faults)
    indicators = {one.id: one for one in standing(study.registers.indicators, on)}
    reading = _read(study, data, name, kind, indicators, added, period, faults)
    if faults.errors or reading is None:
        raise StudyError(faults.errors)
    if not reading.values:
        faults.note("no-values", name, None, "no value for any municipality of the study",
                    "rows of " + ", ".join(case.label["nb"] for case in study.settings.cases),
                    "Say in a mapping file which authority is which: authority,NAME,CASE.")  # fmt: skip
    rows, known, others = _rows(study, reading, indicators, source, source_date, on, replaces, faults)
    if faults.errors:
        raise StudyError(faults.errors)
    return Plan(reading, rows, known, others, tuple(faults.warnings))


def add(study: Study, planned: Plan) -> tuple[Fault, ...]:
    """Add the rows of a plan to the register, all or none; returns what the rows are warned of.

    Raises
    ------
    StudyError
        With every fault at once, when the rows do not fit the study; nothing is written then.
    ForanError
        When somebody else is writing.
    """
    if not planned.rows:
        return ()
    return append(study.path, planned.rows, study.known_to_registers(), seen=study.registers).warnings


def value_id(indicator: str, case: str, period: str) -> str:
    """The id of a value: the same for the same indicator, municipality and period, so that a later row takes its place.

    >>> value_id("LUP-03", "TRD", "2021"), value_id("LUP-03", "", "2021")
    ('LUP-03.TRD.2021', 'LUP-03.NO.2021')
    """
    return f"{indicator}.{case or NATIONAL}.{period}"


def value_text(value: float) -> str:
    """A value as the register has it: at most four decimals.

    >>> value_text(25.0), value_text(100 / 12)
    ('25', '8.3333')
    """
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _bytes_of(path: str | Path) -> bytes:
    file = Path(path)
    if not file.is_file():
        raise ForanError(f"{file} is no file")
    if file.stat().st_size > MOST_BYTES:
        raise ForanError(f"{file.name} is larger than {MOST_BYTES // 2**20} MB; split it by year")
    return file.read_bytes()


def _check_days(source: str, source_date: str, on: str) -> None:
    if not source.strip():
        raise ForanError("where are the values from? Name the source, in the same words for the same way of measuring")
    for what, day in (("source date", source_date), ("day of recording", on)):
        if not is_iso_date(day):
            raise ForanError(f"the {what} is expected as YYYY-MM-DD")
    if source_date > on:
        raise ForanError(f"the source is of {source_date}, which is after the day of recording, {on}")


def _mapping(path: str | Path, kind: str, faults: Faults) -> tuple[tuple[str, str, str], ...]:
    if not path:
        return ()
    file = Path(path)
    text = read_utf8(file, file.name, faults)
    roles = {"doffin": doffin.MEANINGS, "survey": surveys.MEANINGS}[kind]
    return () if text is None else read_mapping(text, file.name, roles, faults)


def _read(
    study: Study,
    data: bytes,
    name: str,
    kind: str,
    indicators: Mapping[str, Indicator],
    added: Sequence[tuple[str, str, str]],
    period: str,
    faults: Faults,
) -> Reading | None:
    cases = {case.id: case.label["nb"] for case in study.settings.cases}
    for role, word, means in added:
        if role == "authority" and means not in cases:
            faults.note("unknown-case", name, None, f"{means} of {role} {word[:40]} in the mapping file",
                        f"one of: {', '.join(cases)}", "Correct it.")  # fmt: skip
    if kind == "doffin":
        return doffin.read_doffin(data, name, cases, faults, added=added)
    items = {one.id: (one.label_nb, one.label_en) for one in indicators.values() if one.unit == SCALE}
    if not items:
        faults.note("no-indicator", "corpus/indicators.csv", None, "no indicator with the unit scale_1_5", "at least one",
                    "Add the indicators that the survey answers.")  # fmt: skip
        return None
    return surveys.read_survey(data, name, cases, items, faults, period=period, added=added)


def _rows(
    study: Study,
    reading: Reading,
    indicators: Mapping[str, Indicator],
    source: str,
    source_date: str,
    on: str,
    replaces: bool,
    faults: Faults,
) -> tuple[tuple[IndicatorValue, ...], tuple[str, ...], int]:
    """The rows that would be added, the ids of values that stand just so, and how many of these came from another file."""
    lines = _lines_of(study)
    held = {(one.indicator, one.case, one.period): one for one in standing(study.registers.values, "9999-12-31")}
    rows, known, others = [], [], 0
    for unknown in sorted({one.indicator for one in reading.values} - set(indicators)):
        faults.note("unknown-indicator", reading.name, None, f"values of {unknown}, left out",
                    f"an indicator that stands on {on}", "Add it to corpus/indicators.csv, and this file again.",
                    is_warning=True)  # fmt: skip
    for one in reading.values:
        if one.indicator not in indicators:
            continue
        new = IndicatorValue(
            id=value_id(one.indicator, one.case, one.period),
            on=on,
            indicator=one.indicator,
            case=one.case,
            period=one.period,
            value=value_text(one.value),
            source=source,
            source_date=source_date,
            file_sha256=reading.sha256,
            note=f"Fra {reading.name}." + (f" {one.note[0].upper()}{one.note[1:]}." if one.note else ""),
        )
        before = held.get((one.indicator, one.case, one.period))
        if before is None:
            rows.append(new)
        elif before.number == new.number:
            known.append(before.id)
            others += before.file_sha256 != reading.sha256
        elif replaces and before.on <= on:
            rows.append(IndicatorValue(**{**vars(new), "id": before.id}))
        else:
            later = f", recorded on {before.on}" if before.on > on else ""
            faults.note(
                "two-values",
                IndicatorValue.FILE,
                lines.get(before.id),
                f"{before.value} for {one.indicator}, {one.case or 'the country'}, {one.period}{later}; "
                f"{reading.name} says {new.value}",
                "one value for an indicator, municipality and period",
                "See which is right; a corrected file takes the place of the values before it with --replace"
                + (f" on {before.on} or later." if later else "."),
            )
    return tuple(rows), tuple(known), others


def _lines_of(study: Study) -> dict[str, int]:
    """On which line of the register each value stands (its last row)."""
    path = study.path / IndicatorValue.FILE
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        name, comma, _ = line.partition(",")
        if comma:
            found[name.strip('"')] = number
    return found
