"""Meta-matrices (Miles, Huberman & Saldaña 2014): the same cells put in orders in which a pattern can be seen; crosstabs.

Conceptually clustered: columns by level. Case-ordered: rows by how much of something they have. Role-ordered: rows by
actor type. Partially ordered: the displays of all cases stacked, before any order between cases. No order proves
anything; which one was used, and why, is printed beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import ForanError, UnknownName
from .cells import LEAST_PERSONS, STATES, Integers, Readings, attribute, cells, hidden_cells

#: What rows can be ordered by, beside numbers that are given.
ORDERS = ("evidence", "documents", "turns", "segments")
#: One row per code × value of an attribute. `share_of_value` is of the turns (or, for an attribute of coded segments, of
#: the coded turns) with this value, `share_of_column` of the code's turns; `expected` and `residual` are missing where the
#: attribute does not divide the turns among its values. `is_small`: a cell of fewer than five turns, or expected so.
CROSSTAB_COLUMNS = (
    "column",
    "value",
    "turns",
    "documents",
    "segments",
    "turns_of_column",
    "turns_of_value",
    "documents_of_value",
    "share_of_column",
    "share_of_value",
    "expected",
    "residual",
    "is_small",
)
#: Below this many turns a cell of a crosstab is marked as small.
SMALL = 5


@dataclass(frozen=True, eq=False)
class Ordered:
    """Cells with their rows in an order: by what ("given" by a person, and her reason), and the number of each row."""

    cells: pd.DataFrame
    rows: tuple[str, ...]
    values: Mapping[str, float]
    by: str
    reason: str = ""


def clustered(table: pd.DataFrame, level_of: Mapping[str, str], levels: Sequence[str]) -> pd.DataFrame:
    """The cells with their columns grouped by level (`cluster`), and within it as they were: conceptually clustered.

    Raises
    ------
    UnknownName
        For a column without a level, or a level that is not among `levels`.
    """
    for column in dict.fromkeys(table["column"]):
        if level_of.get(column) not in levels:
            raise UnknownName("level of column", column, [c for c, level in level_of.items() if level in levels])
    cluster = table["column"].map(dict(level_of))
    place = pd.DataFrame(
        {"row": pd.factorize(table["row"])[0], "cluster": cluster.map({level: n for n, level in enumerate(levels)})}
    )
    order = np.lexsort((np.arange(len(table)), place["cluster"], place["row"]))
    result = table.assign(cluster=cluster).iloc[order].reset_index(drop=True)
    result.insert(list(result.columns).index("column"), "cluster", result.pop("cluster"))
    return result


def case_ordered(
    table: pd.DataFrame, by: str | Mapping[str, float] = "evidence", *, reason: str = "", descending: bool = True
) -> Ordered:
    """The cells with their rows ordered by an attribute; rows that have the same number stay as they were.

    Parameters
    ----------
    by
        "evidence": number of columns with evidence; "documents", "turns", "segments": their sum over the columns (a
        document counts once per column); or numbers by row, given by a person.
    reason
        Why the rows stand in an order that a person gave; it is printed beside the display.

    Raises
    ------
    ForanError
        When a row has no number, or one that is none, or numbers are given without a reason.
    """
    rows = list(dict.fromkeys(table["row"]))
    if isinstance(by, str):
        if by not in ORDERS:
            raise UnknownName("order", by, ORDERS)
        number = (table["state"] == "evidence").astype("int64") if by == "evidence" else table[by]
        values = {str(row): float(total) for row, total in number.groupby(table["row"]).sum().items()}
    else:
        if not reason.strip():
            raise ForanError("order of rows: numbers are given without a reason; say why the rows stand in this order")
        values = {str(row): float(number) for row, number in by.items()}
        if lacking := [row for row in rows if not np.isfinite(values.get(row, np.nan))]:
            raise ForanError(f"order of rows: {len(lacking)} without a number (first: {lacking[0]})")
    sign = -1.0 if descending else 1.0
    in_order = sorted(rows, key=lambda row: sign * values[row])
    place = table["row"].map({row: n for n, row in enumerate(in_order)}).to_numpy()
    sorted_cells = table.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
    named = by if isinstance(by, str) else "given"
    return Ordered(sorted_cells, tuple(in_order), {row: values[row] for row in in_order}, named, reason)


def role_ordered(
    given: Readings, *, roles: Sequence[str] = (), cases: Sequence[str] = (), least_persons: int = LEAST_PERSONS
) -> pd.DataFrame:
    """Cells of every actor type × case that was heard, by actor type; small numbers of informants are hidden.

    A role that was not heard in a case, or only in documents that may not be shown, has no row: that it was silent there
    cannot be said. Where the number of informants is hidden, the number of documents is missing and there are no ids: a
    document with one informant would tell the number, and who she is.
    """
    table = cells(
        given, ("actor_type", "case"), order={"actor_type": roles, "case": cases}, least_persons=least_persons
    )
    units = given.units[~given.units["document"].isin(given.hidden)]
    heard = set(zip(units["actor_type"], units["case"], strict=True))
    keep = [key in heard for key in zip(table["actor_type"], table["case"], strict=True)]
    shown = table[keep].reset_index(drop=True)
    is_hidden = shown["informants_hidden"].to_numpy(bool)
    shown["documents"] = shown["documents"].astype("Int64").mask(is_hidden)
    for name in ("segment_ids", "document_ids"):
        shown[name] = pd.Series(
            [() if hide else ids for hide, ids in zip(is_hidden, shown[name], strict=True)], dtype=object
        )
    return shown


def partially_ordered(
    given: Readings, within: str = "document", *, cases: Sequence[str] = (), least_persons: int = LEAST_PERSONS
) -> pd.DataFrame:
    """The displays of all cases stacked: cells of every case × document (or process, or actor type) of it."""
    return cells(given, ("case", within), order={"case": cases}, least_persons=least_persons)


def row_totals(table: pd.DataFrame) -> pd.DataFrame:
    """Per row of a display, how many of its cells are in each of the five states, and the number of all."""
    rows = pd.Index(dict.fromkeys(table["row"]), name="row")
    counts = pd.crosstab(table["row"], table["state"]).reindex(index=rows, columns=list(STATES), fill_value=0)
    return counts.rename_axis(columns=None).assign(cells=counts.sum(axis=1)).reset_index()


def crosstab(given: Readings, by: str, *, order: Sequence[str] = (), least_documents: int = 0) -> pd.DataFrame:
    """Codes × values of an attribute: turns, documents and shares, each with its denominator; see `CROSSTAB_COLUMNS`.

    Parameters
    ----------
    by
        An attribute of the speaker, unit or document (see :func:`~foran_research.analysis.cells.attribute`), or of the
        coded segment ("polarity", "coder", a facet). A turn counts once in each cell. An attribute of the segment can
        put a turn under several values; shares of the code's turns then add up to more than one.
    order
        Values in the order wanted, found or not; others follow in alphabetical order, "" (not known) last.
    least_documents
        Numbers of cells with evidence in fewer documents are left out (missing), and as many more of the row as the total
        of the code would give back; they are marked as small. 0: none.

    Notes
    -----
    `expected` is turns of the code × turns of the value / all turns; `residual` the adjusted residual (Haberman 1973),
    (turns − expected) / √(expected (1 − share of the code) (1 − share of the value)). Turns of one document are not
    independent, so that it says where to look and tests nothing.
    """
    units = given.units[~given.units["document"].isin(given.hidden)]
    said = given.shown
    is_of_unit = by == "year" or by in units.columns or by in given.documents.columns
    of_said = attribute(given, said, by).to_numpy(object)
    of_units = attribute(given, units, by).to_numpy(object) if is_of_unit else of_said
    base = units if is_of_unit else said
    named = tuple(dict.fromkeys(order))
    found = {*of_said.tolist(), *of_units.tolist()} - set(named)
    values = (*named, *sorted(found, key=lambda value: (value == "", value)))
    row = pd.Index(given.columns).get_indexer(pd.Index(said["column"])).astype(np.int64)
    col = pd.Index(values, dtype=object).get_indexer(pd.Index(of_said, dtype=object)).astype(np.int64)
    base_col = pd.Index(values, dtype=object).get_indexer(pd.Index(of_units, dtype=object)).astype(np.int64)
    shape = (len(given.columns), len(values))
    cell = row * len(values) + col
    counts = {name: _distinct(cell, said[key], shape[0] * shape[1]).reshape(shape)
              for name, key in (("turns", "unit"), ("documents", "document"), ("segments", "segment"))}  # fmt: skip
    of_column = _distinct(row, said["unit"], shape[0])[:, None]
    of_value = {key: _distinct(base_col, base[key], shape[1])[None, :] for key in ("unit", "document")}
    turns, total = counts["turns"].astype(float), base["unit"].nunique()
    nothing = np.full(shape, np.nan)
    expected, residual = nothing.copy(), nothing.copy()
    if is_of_unit and total:
        expected = of_column * of_value["unit"] / total
        spread = np.sqrt(expected * (1 - of_column / total) * (1 - of_value["unit"] / total))
        np.divide(turns - expected, spread, out=residual, where=spread > 0)
    small = (turns < SMALL) | (np.nan_to_num(expected, nan=SMALL) < SMALL)
    table = pd.DataFrame(
        {
            "column": np.repeat(np.array(given.columns, object), shape[1]),
            "value": np.tile(np.array(values, object), shape[0]),
            **{name: of_kind.reshape(-1) for name, of_kind in counts.items()},
            "turns_of_column": np.broadcast_to(of_column, shape).reshape(-1),
            "turns_of_value": np.broadcast_to(of_value["unit"], shape).reshape(-1),
            "documents_of_value": np.broadcast_to(of_value["document"], shape).reshape(-1),
            "share_of_column": np.divide(turns, of_column, out=nothing.copy(), where=of_column > 0).reshape(-1),
            "share_of_value": np.divide(
                turns, of_value["unit"], out=nothing.copy(), where=of_value["unit"] > 0
            ).reshape(-1),
            "expected": expected.reshape(-1),
            "residual": residual.reshape(-1),
            "is_small": small.reshape(-1),
        },
        columns=list(CROSSTAB_COLUMNS),
    )
    withheld = np.zeros(shape, bool)
    small_cells = (counts["documents"] > 0) & (counts["documents"] < least_documents)
    for nth in np.flatnonzero(small_cells.any(axis=1)).tolist():
        # The turns of the code are known, so that a single one left out of its row would be the difference.
        withheld[nth] = hidden_cells(counts["turns"][[nth]], small=small_cells[[nth]])[0]
    is_alone = (withheld.sum(axis=1) == 1).repeat(shape[1])
    left_out = withheld.reshape(-1)
    numbers = dict.fromkeys(("turns", "documents", "segments", "turns_of_column"), "Int64")
    table = table.astype(numbers)
    table.loc[left_out, ["turns", "documents", "segments"]] = pd.NA
    table.loc[left_out, ["share_of_column", "share_of_value", "expected", "residual"]] = np.nan
    table.loc[left_out, "is_small"] = True
    # A row of one value: its total is the number itself, and gives away what is expected.
    table.loc[is_alone, "turns_of_column"] = pd.NA
    table.loc[is_alone, ["share_of_column", "expected", "residual"]] = np.nan
    return table


def _distinct(at: Integers, what: pd.Series[str], size: int) -> Integers:
    number = pd.factorize(what)[0].astype(np.int64)
    span = int(number.max()) + 1 if len(number) else 1
    pairs = np.sort(at * span + number)
    return np.bincount(pairs[np.diff(pairs, prepend=-1) > 0] // span, minlength=size).astype(np.int64)
