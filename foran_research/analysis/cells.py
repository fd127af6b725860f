"""Cells of a display: what a document, process, role or case says of each code, and if nothing, why. Never blank.

A cell is in one of five states (Miles, Huberman & Saldaña 2014: a display shows what is not there as well):

- ``evidence``: at least one coded segment that may be shown;
- ``suppressed``: nothing that may be shown, in a row with documents that must not be: whether they say it is not told;
- ``nothing_said``: asked about, coded under a codebook that had the code, and nothing found;
- ``not_codable``: asked about or there to be read, but read only under codebooks without the code, or not at all, or with
  no words of an informant in it;
- ``not_asked``: nobody asked, so that silence tells nothing.

Counts are of what may be shown. A turn counts once for a code, however many segments on it have the code.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from ..codebook.changes import Lineage
from ..codebook.code import Codebook
from ..errors import ForanError, UnknownName
from .incidence import LAYERS

#: As in models.capability, which stands above this room.
STATES = ("evidence", "nothing_said", "not_asked", "not_codable", "suppressed")
#: Persons behind a number that may be printed where a role narrows down who they are.
LEAST_PERSONS = 5
#: What the columns of a display can be.
GRAINS = ("element", "code", "level")
#: `row` is the id of the row (ids joined by "|" for rows of several names, which have a column each as well); the number
#: of `informants` is missing where `informants_hidden`. Counts of polarity are of segments; `promoting` and `inhibiting`
#: both count "begge", and so do the turns of each, by which patterns tell what a case shows. The ids are tuples, in order
#: of the documents and their text.
CELL_COLUMNS = (
    "row",
    "column",
    "state",
    "turns",
    "documents",
    "informants",
    "informants_hidden",
    "segments",
    "promoting",
    "inhibiting",
    "both",
    "neutral",
    "unset",
    "promoting_turns",
    "inhibiting_turns",
    "segment_ids",
    "document_ids",
)
#: What the frames handed to :func:`readings` must have.
LONG_NEEDS = (
    "segment",
    "document",
    "unit",
    "code",
    "element",
    "polarity",
    "case",
    "process",
    "informant",
    "actor_type",
)
UNIT_NEEDS = ("unit", "document", "case", "process", "date", "informant", "actor_type")
DOCUMENT_NEEDS = ("case", "process", "kind", "date", "guide")
#: Attributes that belong to who speaks; the rest belong to the document or to the coded segment.
OF_SPEAKERS = ("informant", "actor_type")

Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Grain = Literal["element", "code", "level"]


@dataclass(frozen=True, eq=False)
class Readings:
    """What was coded, and what could have been: the ground of every display.

    `long` has one row per coded segment × unit, with `column` (one of `columns`); `asked` and `codable` are documents ×
    columns: whether the document's guide asks about it, and whether the document has informants' words and was read under
    a codebook that had it. Made by :func:`readings`.
    """

    long: pd.DataFrame
    units: pd.DataFrame
    documents: pd.DataFrame
    columns: tuple[str, ...]
    asked: Truths
    codable: Truths
    hidden: frozenset[str]
    codebook_version: str
    coded_under: Mapping[str, str]

    @property
    def shown(self) -> pd.DataFrame:
        """The rows of `long` of documents that may be shown."""
        return self.long[~self.long["document"].isin(self.hidden)]


def readings(
    long: pd.DataFrame,
    units: pd.DataFrame,
    documents: pd.DataFrame,
    codebook: Codebook,
    lineage: Lineage,
    *,
    coded_under: Mapping[str, str],
    asked: Mapping[str, Collection[str]],
    hidden: Collection[str] = (),
    of: Grain = "element",
) -> Readings:
    """What was coded, and what could have been, from the inputs of a model.

    Parameters
    ----------
    long
        Segments × units with `element`, hidden documents included, as ``models.capability.resolved`` gives it.
    units
        The informant units (`UNIT_COLUMNS`).
    documents
        The register, indexed by id; further columns can be asked for as attributes (join the processes' to it).
    coded_under
        The codebook version that each document was read through under; those that are not in it have not been coded.
    asked
        Code ids by guide. A guide that asks about a part asks about its element, not the other way round.
    of
        What the columns are: elements, all active codes (a part is not counted with its element) or levels.

    Raises
    ------
    ForanError
        When columns are missing or have missing values; told for all at once.
    """
    if of not in GRAINS:
        raise UnknownName("grain", of, GRAINS)
    _check(("coded segments", long, LONG_NEEDS), ("units", units, UNIT_NEEDS), ("documents", documents, DOCUMENT_NEEDS))
    codes = codebook.elements if of in ("element", "level") else codebook.active
    version = codebook.codebook_version
    families = [lineage.ancestors(code.id, version) for code in codes]
    wanted = [
        family | {part.id for part in codebook.children(code.id)} for code, family in zip(codes, families, strict=True)
    ]
    guides = [str(guide) for guide in documents["guide"]]
    versions = [coded_under.get(str(document), "") for document in documents.index]
    asks = {guide: np.array([bool(asked.get(guide, ()) and set(asked[guide]) & w) for w in wanted], bool)
            for guide in set(guides)}  # fmt: skip
    has = {v: np.array([bool(v) and any(c in lineage[v].by_id for c in family) for family in families], bool)
           for v in set(versions)}  # fmt: skip
    shape = (len(documents), len(codes))
    is_asked = np.array([asks[guide] for guide in guides], bool).reshape(shape)
    is_codable = np.array([has[v] for v in versions], bool).reshape(shape)
    # Where no informant's words are left, nothing could have been said.
    is_codable &= documents.index.astype(str).isin(units["document"].astype(str))[:, None]
    columns: tuple[str, ...] = tuple(code.id for code in codes)
    column = long["code" if of == "code" else "element"]
    if of == "level":
        levels = tuple(dict.fromkeys(code.level for code in codes))
        member = np.array([[code.level == level for level in levels] for code in codes], bool).reshape(-1, len(levels))
        is_asked, is_codable = is_asked @ member, is_codable @ member
        column = column.map({code.id: code.level for code in codes})
        columns = levels
    kept = long.assign(column=column)
    kept = kept[kept["column"].isin(columns)].reset_index(drop=True)
    return Readings(
        kept, units, documents, columns, is_asked, is_codable, frozenset(hidden), version, dict(coded_under)
    )


def _check(*frames: tuple[str, pd.DataFrame, Sequence[str]]) -> None:
    wrong = []
    for what, frame, needed in frames:
        if missing := [name for name in needed if name not in frame.columns]:
            wrong.append(f"{what}: no column {', '.join(missing)}")
        for name in needed:
            if name in frame.columns and (count := int(frame[name].isna().sum())):
                wrong.append(f"{what}: {count} missing values in column {name}")
    if wrong:
        raise ForanError("; ".join(wrong))


def attribute(given: Readings, frame: pd.DataFrame, name: str) -> pd.Series[str]:
    """An attribute of each row of `frame` (units, or segments × units): of its speaker, unit, document or segment.

    `year` is that of the document; a facet goes by its own name, "" where it was not answered.

    Raises
    ------
    UnknownName
        For a name that is none of these.
    """
    if name == "year":
        return frame["document"].map(given.documents["date"]).fillna("").astype(str).str[:4]
    if name in frame.columns and name != "facets":
        return frame[name].fillna("").astype(str)
    if name in given.documents.columns:
        return frame["document"].map(given.documents[name]).fillna("").astype(str)
    known = {facet for answers in given.long.get("facets", ()) for facet, _ in answers}
    if name in known and "facets" in frame.columns:
        return pd.Series([dict(answers).get(name, "") for answers in frame["facets"]], index=frame.index, dtype=object)
    raise UnknownName("attribute", name, sorted({*given.units.columns, *given.documents.columns, *known, "year"}))


def cells(
    given: Readings,
    rows: str | Sequence[str] = "case",
    *,
    order: Mapping[str, Sequence[str]] | None = None,
    least_persons: int = LEAST_PERSONS,
    least_documents: int = 0,
) -> pd.DataFrame:
    """Every row × column of a display: a frame with `CELL_COLUMNS`, rows in order and columns in that of the codebook.

    Parameters
    ----------
    rows
        What a row is: "document", "case", "process", "actor_type", another attribute of the document, or several.
    order
        By name of a row, its values in the order wanted. Values found and not named follow, documents by date. Rows of
        nothing ("", as of a document without a case) are left out unless named.
    least_persons
        Where rows are roles or persons, smaller numbers of informants are hidden, and further ones so that totals do
        not give them back (see :func:`hidden_cells`).
    least_documents
        Cells with fewer documents are "suppressed", without counts or ids. 0: none.

    Notes
    -----
    What could have been said in a row is judged by its own documents: those of the case, or those where a person of the
    role speaks. What was said is the speaker's: a guest at another municipality's workshop speaks for her own.
    """
    names = (rows,) if isinstance(rows, str) else tuple(rows)
    if not names:
        raise ForanError("a display needs rows: name at least one of document, case, process, actor_type")
    own = _own_documents(given, names)
    said = given.long.assign(**{f"row {name}": attribute(given, given.long, name) for name in names})
    of_long = _keys(said, [f"row {name}" for name in names])
    heard = {tuple(str(v) for v in key) for key in {*own, *of_long}}
    keys = _ordered(heard, names, order or {}, given)
    place = {key: number for number, key in enumerate(keys)}
    grid = _Grid(len(keys), len(given.columns))
    row = np.array([place.get(key, -1) for key in of_long], np.int64)
    col = pd.Index(given.columns).get_indexer(pd.Index(said["column"])).astype(np.int64)
    is_shown = ~said["document"].isin(given.hidden).to_numpy()
    in_grid = row >= 0
    cell = row * grid.columns + col
    said, at = said[in_grid & is_shown], cell[in_grid & is_shown]
    number = {
        name: pd.factorize(said[name])[0].astype(np.int64) for name in ("segment", "unit", "document", "informant")
    }
    polarity = said["polarity"].to_numpy()
    is_person = (said["informant"] != said["document"]).to_numpy()

    def distinct(name: str, where: Truths | None = None) -> Integers:
        return grid.distinct(at, number[name]) if where is None else grid.distinct(at[where], number[name][where])

    counts = {
        "turns": distinct("unit"),
        "documents": distinct("document"),
        "informants": distinct("informant", is_person),
        "segments": distinct("segment"),
        "promoting": distinct("segment", np.isin(polarity, LAYERS["promoting"])),
        "inhibiting": distinct("segment", np.isin(polarity, LAYERS["inhibiting"])),
        "both": distinct("segment", polarity == "begge"),
        "neutral": distinct("segment", polarity == "nøytral"),
        "unset": distinct("segment", polarity == ""),
        "promoting_turns": distinct("unit", np.isin(polarity, LAYERS["promoting"])),
        "inhibiting_turns": distinct("unit", np.isin(polarity, LAYERS["inhibiting"])),
    }
    has_hidden = np.repeat(_rows_with_hidden(given, names, own, keys), grid.columns)
    states = _states(given, own, keys, grid, counts["segments"] > 0, has_hidden)
    too_few = (counts["documents"] > 0) & (counts["documents"] < least_documents)
    states[too_few] = "suppressed"
    for of_kind in counts.values():
        of_kind[too_few] = 0
    hide = too_few.copy()
    if set(names) & set(OF_SPEAKERS):
        hide |= _hidden_persons(counts["informants"], keys, grid, least_persons)
    ids = {name: grid.gathered(at, number[name], said[name].to_numpy(), too_few) for name in ("segment", "document")}
    persons = pd.array(counts["informants"], dtype="Int64")
    persons[hide] = pd.NA
    repeated = np.repeat(np.arange(grid.rows), grid.columns)
    table = pd.DataFrame(
        {
            "row": np.array(["|".join(key) for key in keys], object)[repeated],
            "column": np.tile(np.array(given.columns, object), grid.rows),
            "state": states,
            **counts,
            "informants": persons,
            "informants_hidden": hide,
            "segment_ids": ids["segment"],
            "document_ids": ids["document"],
        },
        columns=list(CELL_COLUMNS),
    )
    for nth, name in enumerate(names):
        table.insert(nth + 1, name, np.array([key[nth] for key in keys], object)[repeated])
    return table


@dataclass(frozen=True)
class _Grid:
    """Cells numbered row by row."""

    rows: int
    columns: int

    @property
    def size(self) -> int:
        return self.rows * self.columns

    def distinct(self, at: Integers, what: Integers) -> Integers:
        """How many different things lie in each cell."""
        pairs, _ = _unique_pairs(at, what)
        return np.bincount(pairs[0], minlength=self.size).astype(np.int64)

    def gathered(
        self, at: Integers, what: Integers, names: npt.NDArray[np.object_], without: Truths
    ) -> npt.NDArray[np.object_]:
        """The names of the different things in each cell, in the order in which they were first met."""
        (cell, _), first = _unique_pairs(at, what)
        by_meeting = np.lexsort((first, cell))
        cell, first = cell[by_meeting], first[by_meeting]
        found = np.empty(self.size, object)
        found[:] = [()] * self.size
        here = np.flatnonzero(np.diff(cell, prepend=-1))
        for start, end in zip(here.tolist(), [*here[1:].tolist(), len(cell)], strict=True) if len(cell) else ():
            if not without[cell[start]]:
                found[cell[start]] = tuple(names[first[start:end]].tolist())
        return found


def _unique_pairs(at: Integers, what: Integers) -> tuple[tuple[Integers, Integers], Integers]:
    """The different pairs, and the place where each was first met."""
    span = int(what.max()) + 1 if len(what) else 1
    key = at * span + what
    order = np.argsort(key, kind="stable")
    is_first = np.diff(key[order], prepend=-1) > 0
    kept = key[order][is_first]
    return (kept // span, kept % span), order[is_first].astype(np.int64)


def _keys(frame: pd.DataFrame, columns: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(frame[name].astype(str) for name in columns), strict=True))


def _own_documents(given: Readings, names: Sequence[str]) -> dict[tuple[str, ...], set[int]]:
    """By row, the documents (as places in the register) that could have said something there."""
    place = {str(document): number for number, document in enumerate(given.documents.index)}
    of_documents = given.documents.assign(document=given.documents.index.astype(str))
    frame = given.units if set(names) & set(OF_SPEAKERS) else of_documents
    keyed = _keys(frame.assign(**{f"row {n}": attribute(given, frame, n) for n in names}), [f"row {n}" for n in names])
    found: dict[tuple[str, ...], set[int]] = {}
    for key, document in zip(keyed, frame["document"], strict=True):
        if document in place:
            found.setdefault(key, set()).add(place[document])
    return found


def _rows_with_hidden(
    given: Readings, names: Sequence[str], own: Mapping[tuple[str, ...], set[int]], keys: Sequence[tuple[str, ...]]
) -> Truths:
    """Which rows have something in documents that must not be shown, coded or not: what is coded there is not told."""
    hidden = {number for number, document in enumerate(given.documents.index) if document in given.hidden}
    units = given.units[given.units["document"].isin(given.hidden)]
    units = units.assign(**{f"row {name}": attribute(given, units, name) for name in names})
    spoken = set(_keys(units, [f"row {name}" for name in names]))
    return np.array([key in spoken or bool(own.get(key, set()) & hidden) for key in keys], bool)


def _ordered(
    heard: set[tuple[str, ...]], names: Sequence[str], order: Mapping[str, Sequence[str]], given: Readings
) -> list[tuple[str, ...]]:
    dates = {str(document): str(date) for document, date in given.documents["date"].items()}
    per_name = []
    for nth, name in enumerate(names):
        named = tuple(dict.fromkeys(order.get(name, ())))
        rest = {key[nth] for key in heard} - {*named, ""}
        per_name.append([*named, *sorted(rest, key=lambda v: (dates.get(v, "") if name == "document" else "", v))])
    is_whole = all(name in order for name in names)
    return [key for key in product(*per_name) if is_whole or key in heard or len(names) == 1]


def _states(
    given: Readings,
    own: Mapping[tuple[str, ...], set[int]],
    keys: Sequence[tuple[str, ...]],
    grid: _Grid,
    has_evidence: Truths,
    has_hidden: Truths,
) -> npt.NDArray[np.object_]:
    places = [(number, document) for number, key in enumerate(keys) for document in sorted(own.get(key, ()))]
    row = np.array([number for number, _ in places], np.int64)
    document = np.array([d for _, d in places], np.int64)
    belongs = sparse.csr_array(
        (np.ones(len(places), np.int64), (row, document)), shape=(grid.rows, len(given.documents))
    )

    def any_of(what: Truths) -> Truths:
        return np.asarray((belongs @ what.astype(np.int64)) > 0, bool).reshape(-1)

    # Texts that nobody has read under a codebook with the code cannot tell whether it is there.
    is_unread = np.repeat(np.asarray(belongs.sum(axis=1)).reshape(-1) > 0, grid.columns) & ~any_of(given.codable)
    states = np.full(grid.size, "not_asked", object)
    states[any_of(given.asked) | is_unread] = "not_codable"
    states[any_of(given.asked & given.codable)] = "nothing_said"
    states[has_hidden] = "suppressed"
    states[has_evidence] = "evidence"
    return states


def _hidden_persons(counts: Integers, keys: Sequence[tuple[str, ...]], grid: _Grid, least: int) -> Truths:
    """Which numbers of persons are hidden, per column of the display, as a table of its first name × the others."""
    lines = {first: n for n, first in enumerate(dict.fromkeys(key[0] for key in keys))}
    others = {rest: n for n, rest in enumerate(dict.fromkeys(key[1:] for key in keys))}
    line = np.array([lines[key[0]] for key in keys], np.int64)
    other = np.array([others[key[1:]] for key in keys], np.int64)
    hide = np.zeros((grid.rows, grid.columns), bool)
    by_row = counts.reshape(grid.rows, grid.columns)
    for column in range(grid.columns):
        table = np.zeros((len(lines), len(others)), np.int64)
        table[line, other] = by_row[:, column]
        if table.any():
            hide[:, column] = hidden_cells(table, least)[line, other]
    return hide.reshape(-1)


def hidden_cells(counts: npt.ArrayLike, least: int = LEAST_PERSONS, *, small: npt.ArrayLike | None = None) -> Truths:
    """Which numbers of a table are not shown: the small ones, and more so that totals do not give them back.

    Parameters
    ----------
    counts
        Whole numbers, whose totals by row and column may be known. A table of one row or one column is one line.
    least
        Numbers from 1 up to this one are small.
    small
        Which are small instead, as when something else than the number itself decides.

    Notes
    -----
    Zeros are shown unless they are needed for hiding. More are hidden, the smallest of a line (row or column) first,
    until every hidden number could be another one: that is, until the hidden ones can be changed along a ring of lines
    without a total changing. A number that is hidden is known not to be zero where its lines hide no zero.

    >>> hidden_cells([[6, 2, 7]]).tolist()
    [[True, True, False]]
    >>> hidden_cells([[1, 1, 7, 8]]).tolist()
    [[True, True, True, False]]
    >>> int(hidden_cells([[9, 8, 7], [8, 2, 9], [7, 9, 8]]).sum())
    4
    """
    table = np.asarray(counts, np.int64)
    if table.ndim != 2 or bool((table < 0).any()):
        raise ForanError("numbers of persons: expected a table of whole numbers from 0 on")
    if small is not None and np.shape(small) != table.shape:
        raise ForanError("which numbers are small: expected one answer for each number")
    hide = (table > 0) & ((table < least) if small is None else np.asarray(small, bool))
    while hide.any():
        known = _given_back(table, hide)
        if known is None or not _hide_another(table, hide, *known):
            break
    return hide


def _given_back(table: Integers, hide: Truths) -> tuple[int, int] | None:
    """A hidden number that the totals give back, the first of a line where it stands alone; None if there is none."""
    alone = [tuple(at) for at in np.argwhere(hide & ~_has_company(hide))]
    if alone:
        return int(alone[0][0]), int(alone[0][1])
    rows, columns = table.shape
    # A number can rise along an arc from its row to its column, and fall along one back; a ring of arcs keeps all totals.
    onward: dict[int, set[int]] = {node: set() for node in range(rows + columns + 1)}
    for row, column in np.argwhere(hide).tolist():
        has_zero = bool((hide[row] & (table[row] == 0)).any() or (hide[:, column] & (table[:, column] == 0)).any())
        onward[row].add(rows + column)
        if table[row, column] > (0 if has_zero else 1):
            onward[rows + column].add(row)
    # In a single line the other totals are not there to be kept: what leaves one number goes to any other.
    if rows == 1 or columns == 1:
        for node in range(rows) if columns == 1 else range(rows, rows + columns):
            onward[node].add(rows + columns)
            onward[rows + columns].add(node)
    for row, column in np.argwhere(hide).tolist():
        there = rows + column
        if not (_leads(onward, there, row) or (row in onward[there] and _leads(onward, row, there))):
            return row, column
    return None


def _has_company(hide: Truths) -> Truths:
    """Where another number of the same row is hidden, and another of the same column."""
    rows, columns = hide.shape
    in_row = np.ones((rows, 1), bool) if columns == 1 else hide.sum(axis=1, keepdims=True) > 1
    in_column = np.ones((1, columns), bool) if rows == 1 else hide.sum(axis=0, keepdims=True) > 1
    return np.asarray(in_row & in_column, bool)


def _leads(onward: Mapping[int, Collection[int]], start: int, end: int) -> bool:
    """Whether arcs lead from one node to another in more than the one step that joins them."""
    seen, border = {start}, [node for node in onward[start] if node != end]
    while border:
        node = border.pop()
        if node == end:
            return True
        if node not in seen:
            seen.add(node)
            border += onward[node]
    return False


def _hide_another(table: Integers, hide: Truths, row: int, column: int) -> bool:
    """Hide one more number in the row, or else the column, of a hidden one; whether there was one to hide."""
    by_row = (table[row], hide[row], hide.sum(axis=0))
    by_column = (table[:, column], hide[:, column], hide.sum(axis=1))
    is_row_first = table.shape[0] == 1 or (table.shape[1] > 1 and (hide[row].sum() == 1 or hide[:, column].sum() > 1))
    for line, is_hidden, cross in (by_row, by_column) if is_row_first else (by_column, by_row):
        if not is_hidden.all():
            # A zero is hidden only where there is nothing else; where a cross line has one hidden already, it is helped.
            rank = np.lexsort((np.arange(len(line)), line, cross != 1, line == 0, is_hidden))
            is_hidden[rank[0]] = True
            return True
    return False


def wide(table: pd.DataFrame, value: str = "state") -> pd.DataFrame:
    """One value of every cell as a matrix, rows × columns, in the order of the table of cells."""
    if value not in table.columns:
        raise UnknownName("value", value, [str(name) for name in table.columns])
    rows, columns = list(dict.fromkeys(table["row"])), list(dict.fromkeys(table["column"]))
    values = table[value].to_numpy().reshape(len(rows), len(columns))
    return pd.DataFrame(values, index=pd.Index(rows, name="row"), columns=columns)
