"""Whether a table of a notebook holds numbers of too few people or documents to be told. Pure.

A table is judged as it stands on the page: by the words that name its columns and rows, however they are laid out. A small
whole number that nothing names as something else counts as one of people: what cannot be told is held back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: Words in names of columns and rows that count people, or passages and turns (fewer passages than persons may be told come
#: from fewer persons still), and of those that count documents.
OF_PERSONS = frozenset(
    "person persons participant participants informant informants speaker speakers people personer deltaker deltakere "
    "informanter taler talere reader readers leser lesere assessor assessors promoting inhibiting other neutral segment "
    "segments turn turns unit units passage passages quote quotes sitat sitater count counts weight coded n number antall "
    "fremmer hemmer tekstdel tekstdeler ytring ytringer svar answers".split()
)
OF_DOCUMENTS = frozenset("document documents dokument dokumenter interview interviews intervju intervjuer".split())
#: Words in names of columns whose numbers are of something else than people, what they say and documents. Names of rows
#: are names of things as often as not, and tell nothing of the kind.
OF_OTHER = frozenset(
    "step steps steg trinn level levels nivå median low high lav høy priority prioritet wave bølge target mål printed resolution "
    "communities cases case kommuner elements element elementer codes koder measures tiltak coders kodere version versjon year "
    "år month måned day days dag dager date dato late rank rekkefølge order nr no id index seed page side threshold terskel "
    "alpha kappa modularity runs permutations distance avstand community degree gap avvik baseline now nullpunkt nå".split()
)
#: Words in names of columns that say what a row is about.
OF_NAMES = frozenset(
    "code id label display title name element kode navn tittel theme tema process prosess procurement anskaffelse phase fase "
    "case kommune municipality milestone milepæl".split()
)
#: A row's name longer than this is no name of what is counted, but of a thing that is.
_SHORT = 3
_NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_WHOLE = re.compile(rf"({_NUMBER})\s*(?:%|prosent|percent|\([^()]*\)|\[[^\[\]]*\])*")
_PART = re.compile(rf"({_NUMBER})\s*(?:/|av|of|fra|frå)\s*({_NUMBER})\s*(?:\([^()]*\))?")
_NAMED = re.compile(rf"\bn\s*[=:]\s*({_NUMBER})|(?<![\w.,])({_NUMBER})\s+(\w+)")
_ANY = re.compile(rf"(?<![\w.,]){_NUMBER}(?![\w])")


@dataclass
class Cell:
    """A cell: its text, whether it names others, and over how many columns and rows it goes."""

    text: str
    is_head: bool = False
    columns: int = 1
    rows: int = 1


@dataclass
class Table:
    """A table as rows of cells; `heads` are how many rows stand in its head. A table within it makes it odd."""

    rows: list[list[Cell]] = field(default_factory=list)
    heads: int = 0
    is_odd: bool = False


def small_numbers(table: Table, *, persons: int, documents: int) -> int:
    """How many numbers of a table stand, or may stand, for fewer people or documents than may be told.

    Parameters
    ----------
    persons, documents
        The fewest that may be told; with 1 of each nothing is small.

    Examples
    --------
    >>> head, body = [Cell("code"), Cell("informants"), Cell("step")], [Cell("P4"), Cell("4 (2 %)"), Cell("2")]
    >>> small_numbers(Table([head, body], heads=1), persons=5, documents=3)
    1
    >>> turned = Table([[Cell(""), Cell("P4")], [Cell("informants", is_head=True), Cell("4")]], heads=1)
    >>> small_numbers(turned, persons=5, documents=3)
    1
    """
    if persons <= 1 and documents <= 1:
        return 0
    if table.is_odd:
        return 1
    grid = _grid(table.rows)
    heads = max(table.heads, _heads_of(grid))
    found = 0
    width = max((len(row) for row in grid), default=0)
    for column in range(width):
        own = [row[column] if column < len(row) else None for row in grid]
        above = _words(cell.text for cell in own[:heads] if cell is not None)
        body = [
            (at, cell)
            for at, cell in enumerate(own)
            if at >= heads and cell is not None and not (cell.is_head and _names_others(grid[at], column))
        ]
        is_measured = any(re.fullmatch(r"[-+]?\d*[.,]\d*[1-9]\d*", _plain(cell.text)) for _, cell in body)
        for at, cell in body:
            names = above | _named_by(grid[at], column)
            least = documents if names & OF_DOCUMENTS else persons
            is_counted = bool(names & (OF_DOCUMENTS | OF_PERSONS))
            if not is_counted and (above & OF_OTHER or is_measured):
                found += any(0 < one < persons for one in _counted(cell.text))
            else:
                found += any(0 < one < least for one in _numbers(cell.text, is_counted=is_counted))
    return found


def cells_to_mask(table: Table) -> frozenset[tuple[int, int]]:
    """The places (row, cell of it) that are emptied in a table with a small number: all but names of rows and columns.

    Sums, shares and medians would give a single number away, and a word such as a direction tells what the few have said.
    Columns are known by the table's own head; of a table without one only the first column stands.

    Examples
    --------
    >>> head, body = [Cell("code"), Cell("informants"), Cell("label")], [Cell("P4"), Cell("4 (2 %)"), Cell("Tidlig dialog")]
    >>> sorted(cells_to_mask(Table([head, body], heads=1)))
    [(1, 1)]
    """
    grid = _grid(table.rows)
    heads = table.heads or next((at for at, row in enumerate(grid) if not _is_head(row)), len(grid))
    places = {id(cell): (at, number) for at, row in enumerate(table.rows) for number, cell in enumerate(row)}
    found = set()
    for column in range(max((len(row) for row in grid), default=0)):
        own = [row[column] for row in grid]
        above = _words(cell.text for cell in own[:heads] if cell is not None)
        is_name = bool(above & OF_NAMES) if above else column == 0
        if is_name and not above & (OF_DOCUMENTS | OF_PERSONS):
            continue
        for at, cell in enumerate(own[heads:], heads):
            if cell is not None and not (cell.is_head and _names_others(grid[at], column)):
                found.add(places[id(cell)])
    return frozenset(found)


def _is_head(row: Sequence[Cell | None]) -> bool:
    return all(cell is None or cell.is_head or not cell.text.strip() for cell in row)


def small_numbers_in_text(text: str, *, persons: int, documents: int) -> int:
    r"""How many lines of a printed table have numbers that may stand for too few, below a line that names what is counted.

    >>> small_numbers_in_text("code  informants\nP4    1\nP5    9", persons=5, documents=3)
    1
    """
    least = 0
    found = 0
    for line in text.splitlines():
        columns = re.split(r"\s{2,}|\t|\s*\|\s*", line.strip())
        words = _words(columns)
        numbers = [float(one.replace(",", ".")) for one in _ANY.findall(_plain(line))]
        if len(columns) > 1 and not numbers and words & (OF_PERSONS | OF_DOCUMENTS):
            least = persons if words & OF_PERSONS else documents
        elif not line.strip():
            least = 0
        elif any(0 < one < least for one in numbers):
            found += 1
    return found


def _grid(rows: Sequence[Sequence[Cell]]) -> list[list[Cell | None]]:
    """The cells by place: one that goes over several columns or rows stands in each of them."""
    taken: dict[tuple[int, int], Cell] = {}
    for at, row in enumerate(rows):
        column = 0
        for cell in row:
            while (at, column) in taken:
                column += 1
            for down in range(min(max(cell.rows, 1), len(rows) - at)):
                for right in range(min(max(cell.columns, 1), 200)):
                    taken.setdefault((at + down, column + right), cell)
            column += max(cell.columns, 1)
    width = max((column for _, column in taken), default=-1) + 1
    return [[taken.get((at, column)) for column in range(width)] for at in range(len(rows))]


def _heads_of(grid: Sequence[Sequence[Cell | None]]) -> int:
    """How many rows at the top hold no number: they name what stands below."""
    for at, row in enumerate(grid):
        if any(cell is not None and _ANY.search(_plain(cell.text)) for cell in row):
            return at
    return 0


def _names_others(row: Sequence[Cell | None], column: int) -> bool:
    return any(cell is not None and not cell.is_head for cell in row[column + 1 :])


def _named_by(row: Sequence[Cell | None], column: int) -> frozenset[str]:
    """The words of what names a row, where they are few: those of a thing that is counted are no name of the counting."""
    found: frozenset[str] = frozenset()
    for at, cell in enumerate(row[:column]):
        if cell is not None and (cell.is_head or at == 0):
            words = _words([cell.text])
            found |= words if len(words) <= _SHORT else frozenset()
    return found


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(
        word for text in texts for word in re.split(r"[\W_]+", unicodedata.normalize("NFC", text).casefold()) if word
    )


def _plain(text: str) -> str:
    """A text with its numbers in one way of writing: no blanks within them, and an ordinary minus."""
    text = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    return re.sub(r"(?<=\d)\s(?=\d{3}(?:\D|$))", "", text)


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def _counted(text: str) -> list[float]:
    """Numbers that say themselves what they count: "n = 2", "2 informanter"."""
    return [
        _value(one or number)
        for one, number, word in _NAMED.findall(_plain(text))
        if one or word.casefold() in OF_PERSONS | OF_DOCUMENTS
    ]


def _numbers(text: str, *, is_counted: bool) -> list[float]:
    plain = _plain(text)
    if is_counted:
        # A share beside its number says no more than that does.
        alone = re.sub(r"\([^()]*%[^()]*\)", " ", plain)
        return [_value(one) for one in _ANY.findall(alone)]
    if found := _PART.fullmatch(plain):
        part, whole = (_value(one) for one in found.groups())
        return [part, whole - part]
    if found := _WHOLE.fullmatch(plain):
        number = _value(found[1])
        return [number] if number == int(number) else []
    return _counted(text)
