"""Passages as a sheet to read and decide on, for Excel or as CSV, and what was decided as values again.

One row per passage: where it stands, its words, and four cells to fill in. Whoever saves the file may have moved columns,
sorted rows or left most of them empty. No fault repeats what stands in a cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import Faults, ForanError
from ..registers.vocab import CHECKED, CLEARED, DRAFT, PSEUDONYMISED, REVOKED
from .maturity_sheets import MOST_ROWS, Grid, csv_text, read_csv, read_workbook, workbook_bytes
from .sheets import FORMULA, LONGEST_CELL

FORMAT = "foran-clearance-1"
LANGUAGES = ("nb", "nn", "en")
#: What of a fingerprint stands in a sheet: enough to tell one wording from the next.
MARK = 16
#: Begins with a letter: digits alone, or with one e among them, a spreadsheet takes for a number.
_MARK = re.compile(rf"m([0-9a-f]{{{MARK}}})-(\w[\w.-]*)")
_NO_STEP = "0"
#: The columns of a sheet, and how they are headed.
COLUMNS: Mapping[str, tuple[str, str, str]] = {
    "segment": ("sitat", "sitat", "quote"),
    "element": ("element", "element", "element"),
    "polarity": ("retning", "retning", "direction"),
    "case": ("kommune", "kommune", "municipality"),
    "role": ("rolle", "rolle", "role"),
    "place": ("dokument og tur", "dokument og tur", "document and turn"),
    "words": ("ordene slik de er kodet", "orda slik dei er koda", "the words as coded"),
    "state": ("status", "status", "status"),
    "audiences": ("vises for", "blir vist for", "shown to"),
    "lapsed": ("kan ikke vises fordi", "kan ikkje visast fordi", "cannot be shown because"),
    "step": ("neste steg", "neste steg", "next step"),
    "audience": ("hvem det klareres for", "kven det blir klarert for", "cleared for whom"),
    "shown_as": ("ordene slik de skal vises", "orda slik dei skal visast", "the words to show"),
    "reason": ("begrunnelse", "grunngiving", "reason"),
    "mark": ("ordenes merke", "merket til orda", "mark of the words"),
}
#: Without these nobody can tell what is meant.
_NEEDED = ("segment", "words", "step", "shown_as", "mark")
#: Those to fill in.
FIELDS = ("step", "audience", "shown_as", "reason")
_WIDTHS: Mapping[str, int] = {
    "segment": 19, "element": 26, "polarity": 9, "case": 12, "role": 18, "place": 14, "words": 62, "state": 14,
    "audiences": 14, "lapsed": 18, "step": 16, "audience": 16, "shown_as": 50, "reason": 26, "mark": 18,
}  # fmt: skip
STEPS: Mapping[str, tuple[str, str, str]] = {
    DRAFT: ("utkast", "utkast", "draft"),
    PSEUDONYMISED: ("pseudonymisert", "pseudonymisert", "pseudonymised"),
    CHECKED: ("kontrollert", "kontrollert", "checked"),
    CLEARED: ("klarert", "klarert", "cleared"),
    REVOKED: ("trukket tilbake", "trekt tilbake", "revoked"),
}
AUDIENCE_WORDS: Mapping[str, tuple[str, str, str]] = {
    "co_researchers": ("medforskere", "medforskarar", "co-researchers"),
    "workshop": ("samling", "samling", "workshop"),
    "public": ("offentlig", "offentleg", "public"),
}
LAPSE_WORDS: Mapping[str, tuple[str, str, str]] = {
    "words_changed": ("ordene er endret", "orda er endra", "the words were changed"),
    "gone": ("kodingen er borte", "kodinga er borte", "the coding is gone"),
    "waiting": ("kodingen mangler plass", "kodinga manglar plass", "the coding has no place"),
    "taken_out": ("redigeringen er tatt ut", "redigeringa er teken ut", "the edit was taken out"),
    "hidden_document": ("dokumentet kan ikke vises", "dokumentet kan ikkje visast", "the document may not be shown"),
    "no_consent": ("samtykke mangler", "samtykke manglar", "no consent"),
}
_POLARITIES: Mapping[str, tuple[str, str, str]] = {
    "fremmer": ("fremmer", "fremjar", "promotes"),
    "hemmer": ("hemmer", "hemmar", "inhibits"),
    "begge": ("begge", "begge", "both"),
    "nøytral": ("nøytral", "nøytral", "neutral"),
}
_TITLE = ("Sitater til gjennomsyn", "Sitat til gjennomsyn", "Quotes to go through")
_SHEETS = (("Sitater", "Slik gjør du"), ("Sitat", "Slik gjer du"), ("Quotes", "What to do"))
#: The first two stand on yellow, as the cells to fill in do.
_HELP: tuple[tuple[str, str, str], ...] = (
    (
        "Fyll ut de gule cellene. Rader uten steg blir stående som de er.",
        "Fyll ut dei gule cellene. Rader utan steg blir ståande som dei er.",
        "Fill in the yellow cells. Rows without a step stay as they are.",
    ),
    (
        "Arket inneholder det folk har sagt. Oppbevar det slik du oppbevarer intervjuene, og slett det når det er lest inn.",
        "Arket inneheld det folk har sagt. Oppbevar det slik du oppbevarer intervjua, og slett det når det er lese inn.",
        "This sheet holds what people have said. Keep it as you keep the interviews, and delete it once it has been read in.",
    ),
    (
        "Et sitat går ett steg om gangen: utkast, pseudonymisert, kontrollert, klarert. Én person fyller ut arket; den som "
        "kontrollerer, er en annen enn den som pseudonymiserte.",
        "Eit sitat går eitt steg om gongen: utkast, pseudonymisert, kontrollert, klarert. Éin person fyller ut arket; den som "
        "kontrollerer, er ein annan enn den som pseudonymiserte.",
        "A quote goes one step at a time: draft, pseudonymised, checked, cleared. One person fills in a sheet; whoever checks "
        "is another than who pseudonymised.",
    ),
    (
        "Skal ordene vises redigert, skriv dem slik de skal stå. Bruk […] der noe er utelatt, og et ord i klammer, som "
        "[sted], der noe er byttet ut. Er det fortalt med andre ord, begynn med [parafrase]. Tom celle: ordene vises slik "
        "de er kodet.",
        "Skal orda visast redigerte, skriv dei slik dei skal stå. Bruk […] der noko er utelate, og eit ord i klammer, som "
        "[stad], der noko er bytt ut. Er det fortalt med andre ord, begynn med [parafrase]. Tom celle: orda blir viste slik "
        "dei er koda.",
        "To show the words edited, write them as they are to stand. Use […] where something is left out, and a word in "
        "brackets, such as [sted], where something was replaced. When it is told in other words, begin with [parafrase]. An "
        "empty cell shows the words as they were coded.",
    ),
    (
        "Offentlig gjelder for alle; samling og medforskere gjelder bare dem.",
        "Offentleg gjeld for alle; samling og medforskarar gjeld berre dei.",
        "Public is for everybody; workshop and co-researchers are for these alone.",
    ),
    (
        "Se etter: navn og stillinger, steder og firma, datoer, tall og hendelser som peker mot én person, og det en kollega "
        "ville kjenne igjen.",
        "Sjå etter: namn og stillingar, stader og firma, datoar, tal og hendingar som peikar mot éin person, og det ein "
        "kollega ville kjenne att.",
        "Look for names and titles, places and firms, dates, figures and events that point at one person, and what a "
        "colleague would recognise.",
    ),
)


@dataclass(frozen=True)
class Decided:
    """A row of a sheet: what somebody decided of a passage, and what they had before them.

    `step` is "" where nothing was decided; `words` are those that stand in the sheet to be read; `mark` is the beginning of
    their fingerprint when it was made, `after` the id of the last step then ("" for none); both "" or None where the cell
    was emptied. `line` is the row in the file.
    """

    segment: str
    step: str
    audience: str
    shown_as: str = field(repr=False)
    reason: str = field(repr=False)
    words: str = field(default="", repr=False)
    mark: str = ""
    after: str | None = None
    line: int = 0


def mark_of(text_sha256: str, step: str) -> str:
    """What a sheet has of a passage's words and its last step ("" for none), so that it is known when these change.

    >>> mark_of("12e4" * 16, "CL00003"), mark_of("0" * 64, "")
    ('m12e412e412e412e4-CL00003', 'm0000000000000000-0')
    """
    return f"m{text_sha256[:MARK]}-{step or _NO_STEP}"


def sheet_bytes(rows: Sequence[Mapping[str, str]], *, study: str, language: str, as_csv: bool = False) -> bytes:
    """Passages as a sheet to fill in; the same passages give the same bytes.

    Parameters
    ----------
    rows
        By column of `COLUMNS` what stands in it; steps, audiences and lapses by their ids. Fields are left out but for the
        words to show.
    study
        The study's id, so that no sheet is read into another study.
    language
        nb, nn or en.
    as_csv
        As CSV with a byte-order mark in place of a workbook.

    Raises
    ------
    ForanError
        When there are more rows than a sheet is read with, or a passage is longer than a cell can hold.
    """
    at = LANGUAGES.index(language)
    if len(rows) > MOST_ROWS - 10:
        raise ForanError(f"{len(rows)} passages are more than a sheet can take ({MOST_ROWS - 10}): choose fewer")
    if long := [row["segment"] for row in rows if max(map(len, row.values())) > LONGEST_CELL - 1]:
        raise ForanError(f"{long[0]} is longer than a cell can hold: code a shorter passage, or leave it out")
    top = [[_TITLE[at]], [f"{FORMAT} {study}"], [_HELP[1][at]], []]
    table = [
        [names[at] for names in COLUMNS.values()],
        *([_told(row, column, at) for column in COLUMNS] for row in rows),
    ]
    if as_csv:
        # Nothing above the header but what tells what the file is: Excel looks at the first line for the separator.
        return csv_text([[_guarded(cell) for cell in line] for line in [*table[:1], *table[1:], [f"{FORMAT} {study}"]]])
    main, help_title = _SHEETS[at]
    numbers = {column: number for number, column in enumerate(COLUMNS, 1)}
    return workbook_bytes(
        {main: [*top, *table], help_title: [["", line[at]] for line in _HELP]},
        header=COLUMNS["segment"][at],
        fields=[numbers[name] for name in FIELDS],
        choices={
            numbers["step"]: [words[at] for words in STEPS.values()],
            numbers["audience"]: [words[at] for words in AUDIENCE_WORDS.values()],
        },
        widths=[_WIDTHS[name] for name in COLUMNS],
    )


def _told(row: Mapping[str, str], column: str, at: int) -> str:
    text = row.get(column, "")
    words = {"state": STEPS, "lapsed": LAPSE_WORDS, "polarity": _POLARITIES}.get(column)
    if words is not None:
        return words[text][at] if text in words else text
    if column == "audiences":
        return ", ".join(AUDIENCE_WORDS[one][at] for one in text.split())
    return text


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def read_sheet(path: Path, *, study: str, faults: Faults) -> tuple[Decided, ...]:
    """The rows of a sheet, with what was decided in each.

    Parameters
    ----------
    path
        An .xlsx or .csv file, with columns in any order and headed in any of the three languages.
    study
        The id of the study it is read into.
    faults
        Takes everything that is wrong: a file of another study, columns that are missing, words that are no steps.
    """
    grid = _grid(path, faults)
    if grid is None:
        return ()
    marks = {cell for line in grid for cell in line if cell.startswith(FORMAT)}
    if marks != {f"{FORMAT} {study}"}:
        faults.note(
            "other-study" if marks else "no-clearance-sheet",
            path.name,
            None,
            "a sheet of another study" if marks else "a file without the mark of a sheet of quotes",
            f"a sheet that `foran quote sheet` made of {study}",
            "Read it into the study it was made of."
            if marks
            else "Make the sheet anew, and keep its first or last line.",
        )
        return ()
    head, order = _header(grid)
    if missing := [names[0] for column, names in COLUMNS.items() if column in _NEEDED and column not in order]:
        faults.note(
            "missing-column",
            path.name,
            None,
            f"no column {', '.join(missing)}",
            "the columns of the sheet as it was made",
            "Put the header back; the columns may stand in any order.",
        )
        return ()
    if len(grid) >= MOST_ROWS:
        faults.note(
            "too-many-rows", path.name, None, f"{len(grid)} rows", f"fewer than {MOST_ROWS}", "Cut the sheet in two."
        )
        return ()
    found: list[Decided] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(grid[head:], head + 1):
        cells = {column: line[place].strip() if place < len(line) else "" for column, place in order.items()}
        if not cells["segment"] or cells["segment"].startswith(FORMAT):
            if cells["step"]:
                faults.note(
                    "missing-id", path.name, number, "a step without a quote", "the quote's id", "Put the id back."
                )
            continue
        step = _meant(cells["step"], STEPS, "step", path.name, number, faults)
        audience = _meant(cells.get("audience", ""), AUDIENCE_WORDS, "audience", path.name, number, faults)
        if step and seen.setdefault(cells["segment"], number) != number:
            faults.note(
                "duplicate-row",
                path.name,
                number,
                f"a second step of the quote on line {seen[cells['segment']]}",
                "one step of a quote in a sheet",
                "Take one of the two out.",
            )
        mark = _MARK.fullmatch(cells["mark"])
        decided = Decided(cells["segment"], step, audience, cells["shown_as"], cells.get("reason", ""), cells["words"])
        if mark is not None:
            decided = replace(decided, mark=mark[1], after="" if mark[2] == _NO_STEP else mark[2])
        found.append(replace(decided, line=number))
        if not cells["step"] and (cells.get("audience") or cells.get("reason")):
            faults.note(
                "decision-without-step",
                path.name,
                number,
                "an audience or a reason without a step",
                "a step, or neither",
                "Choose the step; without one the row stays as it is.",
            )
    return tuple(found)


def _grid(path: Path, faults: Faults) -> Grid | None:
    if path.suffix.lower() == ".xlsx":
        sheets = read_workbook(path, faults)
        return None if sheets is None else next((grid for _, grid in sheets if _header(grid)[1]), [])
    if path.suffix.lower() == ".csv":
        return read_csv(path, faults)
    faults.note(
        "unknown-format", path.name, None, "a file that is neither", ".xlsx or .csv", "Save it as one of these."
    )
    return None


def _header(grid: Grid) -> tuple[int, dict[str, int]]:
    """How many lines there are down to the header, and where each column stands; none where there is no header."""
    names = {name.casefold(): column for column, told in COLUMNS.items() for name in (*told, column)}
    for number, line in enumerate(grid[:20], 1):
        order = {
            names[cell.casefold()]: place for place, cell in reversed([*enumerate(line)]) if cell.casefold() in names
        }
        if "segment" in order and len(order) > 1:
            return number, order
    return 0, {}


def _meant(
    text: str, words: Mapping[str, tuple[str, str, str]], what: str, name: str, line: int, faults: Faults
) -> str:
    """The id of what somebody has written, in any of the languages; "" with a fault for what is none."""
    wanted = " ".join(text.casefold().replace("_", " ").split())
    if not wanted:
        return ""
    for one, told in words.items():
        if wanted in {one.replace("_", " "), *told}:
            return one
    faults.note(
        f"unknown-{what}",
        name,
        line,
        f"a {what} of {len(text)} characters that there is not",
        f"one of: {', '.join(told[0] for told in words.values())}",
        "Choose from the list in the cell.",
    )
    return ""
