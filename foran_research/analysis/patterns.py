"""Patterns across cases, what goes against them, and codes that are found together in a case, document or turn.

A pattern claims "k of n cases, d documents, a actor types". Beside each stand its negative cases (Lincoln & Guba 1985):
the cases, documents and turns that say otherwise, and those that were asked and said nothing. What was not asked, or
could not be coded, is on neither side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import ForanError, UnknownName
from .cells import Integers, Readings, Truths, cells
from .incidence import LAYERS

#: In which unit two codes are looked for.
WITHIN = ("turn", "document", "process", "case")
#: When a case shows a polarity: more of its turns than of the opposite one, or any at all.
RULES = ("most", "any")
#: `turns_by_case`: in order of `cases`, the turns that show it in each.
CLAIM_COLUMNS = (
    "pattern", "kind", "columns", "cases", "of_cases", "documents", "turns", "turns_by_case", "actor_types", "segments",
)  # fmt: skip
#: One row per case, document or turn (`grain`, `id`) against a pattern. `why`: "opposite" polarity; "ambivalent" (turns
#: only: both polarities in one); "nothing_said" (asked, codable, not found); "one_alone" (of a pair).
NEGATIVE_COLUMNS = ("pattern", "grain", "id", "case", "why", "segment_ids")
#: `found`: both, only_first, only_second, neither, or cannot_say where silence tells nothing.
TOGETHER_COLUMNS = ("first", "second", "row", "found", "first_state", "second_state", "segment_ids")
FOUND = ("both", "only_first", "only_second", "neither", "cannot_say")
COUNT_COLUMNS = ("first", "second", *FOUND)

Layer = Literal["promoting", "inhibiting"]
PROMOTING: Layer = "promoting"
INHIBITING: Layer = "inhibiting"
OPPOSITE: Mapping[str, Layer] = {"promoting": "inhibiting", "inhibiting": "promoting"}
_Against = tuple[str, str, str, str, str, tuple[str, ...]]


@dataclass(frozen=True)
class Pattern:
    """What is seen in several cases: a code that promotes or inhibits, or two codes together.

    `cases` are those that show it; `documents`, `turns`, `actor_types` and `segments` are those in these cases that do.
    `turns_by_case` are the turns in each of them: three of three cases may rest on a single turn in one.
    """

    id: str
    kind: Literal["promoting", "inhibiting", "pair"]
    columns: tuple[str, ...]
    cases: tuple[str, ...]
    of_cases: int
    documents: int
    turns: int
    actor_types: tuple[str, ...]
    segments: tuple[str, ...]
    turns_by_case: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class _Said:
    """What was said and may be shown, as numbers: one entry per segment × unit, and the rows of each column."""

    names: Mapping[str, npt.NDArray[np.object_]]
    numbers: Mapping[str, Integers]
    rows: Mapping[str, Integers]
    cases: tuple[str, ...]
    promoting: Truths
    inhibiting: Truths

    def of(self, layer: str) -> Truths:
        return self.promoting if layer == "promoting" else self.inhibiting

    def named(self, name: str, rows: Integers) -> tuple[str, ...]:
        """The different values in some rows, in the order in which they were met."""
        return tuple(dict.fromkeys(self.names[name][rows].tolist()))

    def count(self, name: str, rows: Integers) -> int:
        values = np.sort(self.numbers[name][rows])
        return int((np.diff(values, prepend=-1) > 0).sum())

    def turns_by(self, name: str, rows: Integers) -> dict[str, int]:
        """How many different units each case or document has among some rows."""
        _, first = np.unique(self.numbers["unit"][rows], return_index=True)
        return dict(Counter(self.names[name][rows[first]].tolist()))

    def segments_by(self, name: str, rows: Integers) -> dict[str, tuple[str, ...]]:
        """The segments of each case, document or unit among some rows."""
        found: dict[str, dict[str, None]] = {}
        for key, segment in zip(self.names[name][rows].tolist(), self.names["segment"][rows].tolist(), strict=True):
            found.setdefault(key, {})[segment] = None
        return {key: tuple(segments) for key, segments in found.items()}

    def pattern(
        self,
        kind: Literal["promoting", "inhibiting", "pair"],
        columns: tuple[str, ...],
        rows: Integers,
        showing: tuple[str, ...],
        of_cases: int,
    ) -> Pattern:
        rows = rows[np.isin(self.numbers["case"][rows], [self.cases.index(case) for case in showing])]
        roles = tuple(sorted(set(self.named("actor_type", rows)) - {""}))
        in_case = self.turns_by("case", rows)
        return Pattern(
            f"{kind}:{'+'.join(columns)}",
            kind,
            columns,
            showing,
            of_cases,
            self.count("document", rows),
            self.count("unit", rows),
            roles,
            self.named("segment", rows),
            tuple(in_case.get(case, 0) for case in showing),
        )


def _said(given: Readings, cases: Sequence[str] | None = None) -> _Said:
    said = given.shown
    said = said if cases is None else said[said["case"].isin(cases)]
    col = pd.Index(given.columns).get_indexer(pd.Index(said["column"]))
    order = np.argsort(col, kind="stable").astype(np.int64)
    bounds = np.searchsorted(col[order], np.arange(len(given.columns) + 1))
    names = ("segment", "unit", "document", "case", "process", "actor_type")
    polarity = said["polarity"].to_numpy(object)
    factors = {name: pd.factorize(said[name]) for name in ("unit", "document", "case")}
    return _Said(
        {name: said[name].to_numpy(object) for name in names},
        {name: numbers.astype(np.int64) for name, (numbers, _) in factors.items()},
        {column: order[bounds[n] : bounds[n + 1]] for n, column in enumerate(given.columns)},
        tuple(str(case) for case in factors["case"][1]),
        np.isin(polarity, LAYERS["promoting"]),
        np.isin(polarity, LAYERS["inhibiting"]),
    )


def polarity_patterns(
    given: Readings, cases: Sequence[str], *, least_cases: int = 2, rule: Literal["most", "any"] = "most"
) -> tuple[Pattern, ...]:
    """Each code that promotes, or inhibits, in at least `least_cases` cases; in codebook order, promoting first.

    A case shows it when more turns there say so than say the opposite ("most"), or when any turn does ("any"). A turn
    that says both counts on both sides.
    """
    if rule not in RULES:
        raise UnknownName("rule", rule, RULES)
    said = _said(given, cases)
    found = []
    for column in given.columns:
        rows = {layer: said.rows[column][said.of(layer)[said.rows[column]]] for layer in LAYERS}
        turns = {layer: said.turns_by("case", own) for layer, own in rows.items()}
        for kind in (PROMOTING, INHIBITING):
            mine, other = turns[kind], turns[OPPOSITE[kind]] if rule == "most" else {}
            showing = tuple(case for case in cases if mine.get(case, 0) > other.get(case, 0))
            if len(showing) >= max(least_cases, 1):
                found.append(said.pattern(kind, (column,), rows[kind], showing, len(cases)))
    return tuple(found)


def pair_patterns(
    given: Readings, cases: Sequence[str], *, least_cases: int = 2, least_turns: int = 2
) -> tuple[Pattern, ...]:
    """Each two codes that share at least `least_turns` turns in each of at least `least_cases` cases."""
    said = _said(given, cases)
    unit, size = said.numbers["unit"], len(given.columns)
    units = int(unit.max()) + 1 if len(unit) else 0
    holds = np.zeros((units, size), np.float64, order="F")
    case_of = np.full(units, "", object)
    for nth, rows in enumerate(said.rows.values()):
        holds[unit[rows], nth] = 1
        case_of[unit[rows]] = said.names["case"][rows]
    enough = np.zeros((len(cases), size, size), bool)
    for nth, case in enumerate(cases):
        own = holds[case_of == case]
        enough[nth] = (own.T @ own) >= max(least_turns, 1)
    found = []
    for i, j in np.argwhere(np.triu(enough.sum(axis=0) >= max(least_cases, 1), 1)).tolist():
        showing = tuple(case for case, is_so in zip(cases, enough[:, i, j], strict=True) if is_so)
        pair = (given.columns[i], given.columns[j])
        is_shared = holds[:, i] * holds[:, j] > 0
        both = np.sort(np.concatenate([said.rows[column][is_shared[unit[said.rows[column]]]] for column in pair]))
        found.append(said.pattern("pair", pair, both, showing, len(cases)))
    return tuple(found)


def claims(patterns: Iterable[Pattern]) -> pd.DataFrame:
    """One row per pattern: k (`cases`, a tuple) of n cases, documents, turns, actor types; broadest first.

    Breadth goes before frequency: cases, actor types, documents, and only then turns.
    """
    ordered = sorted(patterns, key=lambda p: (-len(p.cases), -len(p.actor_types), -p.documents, -p.turns))
    rows = [(p.id, p.kind, p.columns, p.cases, p.of_cases, p.documents, p.turns, p.turns_by_case, p.actor_types, p.segments)
            for p in ordered]  # fmt: skip
    return pd.DataFrame(rows, columns=list(CLAIM_COLUMNS))


def negative_cases(given: Readings, patterns: Iterable[Pattern], cases: Sequence[str]) -> pd.DataFrame:
    """Every case, document and turn that goes against a pattern: a frame with `NEGATIVE_COLUMNS`.

    For a polarity: turns of the opposite one (and of both at once); documents and cases where more turns say the
    opposite; documents and cases that were asked and said nothing of the code. For a pair: documents and cases where
    one code is found and the other was asked about and is not, or both were and neither is (see :func:`together`); a
    turn with one code is nothing against two. All cases are searched, those that show the pattern too. Hidden
    documents are left out.
    """
    said = _said(given)
    home = {str(d): str(case) for d, case in given.documents["case"].items()}
    grains = {grain: _states(given, grain, cases) for grain in ("case", "document")}
    number = {column: n for n, column in enumerate(given.columns)}
    held = {}
    rows: list[_Against] = []
    for pattern in patterns:
        places = [number[column] for column in pattern.columns]
        own = said.rows[pattern.columns[0]]
        mine = own[said.of(pattern.kind)[own]]
        other = own[said.of(OPPOSITE[pattern.kind])[own]] if pattern.kind != "pair" else own[:0]
        for grain, (ids, states) in grains.items():
            if pattern.kind == "pair":
                for column in pattern.columns:
                    if (column, grain) not in held:
                        held[column, grain] = said.segments_by(grain, said.rows[column])
                by_column = [held[column, grain] for column in pattern.columns]
                found = _found(states[:, places[0]], states[:, places[1]])
                for nth in np.flatnonzero((found != "both") & (found != "cannot_say")).tolist():
                    id_ = ids[nth]
                    segments = tuple(segment for by in by_column for segment in by.get(id_, ()))
                    why = "nothing_said" if found[nth] == "neither" else "one_alone"
                    rows.append(_against(pattern, grain, id_, home.get(id_, id_), why, segments))
                continue
            against, along = said.turns_by(grain, other), said.turns_by(grain, mine)
            by_id = said.segments_by(grain, other)
            silent = states[:, places[0]] == "nothing_said"
            for id_, is_silent in zip(ids, silent.tolist(), strict=True):
                if against.get(id_, 0) > along.get(id_, 0):
                    rows.append(_against(pattern, grain, id_, home.get(id_, id_), "opposite", by_id[id_]))
                elif is_silent:
                    rows.append(_against(pattern, grain, id_, home.get(id_, id_), "nothing_said", ()))
        also, case_of = (
            set(said.named("unit", mine)),
            dict(zip(*(said.names[n][other] for n in ("unit", "case")), strict=True)),
        )
        for unit, segments in said.segments_by("unit", other).items():
            rows.append(
                _against(pattern, "turn", unit, case_of[unit], "ambivalent" if unit in also else "opposite", segments)
            )
    return pd.DataFrame(rows, columns=list(NEGATIVE_COLUMNS))


def _against(pattern: Pattern, grain: str, id_: str, case: str, why: str, segments: tuple[str, ...]) -> _Against:
    return pattern.id, grain, id_, case, why, segments


def _states(given: Readings, within: str, order: Sequence[str] = ()) -> tuple[tuple[str, ...], npt.NDArray[np.object_]]:
    """The rows of a unit and their states, rows × columns; hidden documents left out of documents and turns."""
    if within not in WITHIN:
        raise UnknownName("unit", within, WITHIN)
    if within != "turn":
        table = cells(given, within, order={within: order})
        ids = tuple(dict.fromkeys(table["row"]))
        matrix = table["state"].to_numpy(object).reshape(len(ids), len(given.columns))
        if within == "document":
            keep = [n for n, document in enumerate(ids) if document not in given.hidden]
            return tuple(ids[n] for n in keep), matrix[keep]
        return ids, matrix
    # A turn is asked nothing: what it does not hold it could have held, if its document could be coded for it.
    units = given.units[~given.units["document"].isin(given.hidden)]
    document = given.documents.index.astype(str).get_indexer(pd.Index(units["document"]))
    could = given.codable[document] & (document >= 0)[:, None]
    matrix = np.where(could, "nothing_said", "not_codable").astype(object)
    said = given.shown
    row = pd.Index(units["unit"]).get_indexer(pd.Index(said["unit"]))
    col = pd.Index(given.columns).get_indexer(pd.Index(said["column"]))
    matrix[row[row >= 0], col[row >= 0]] = "evidence"
    return tuple(units["unit"]), matrix


def together(
    given: Readings, pairs: Iterable[tuple[str, str]], within: str = "case", *, order: Sequence[str] = ()
) -> pd.DataFrame:
    """For each two codes and each case (process, document, turn): whether both are found there, one, or none.

    Two codes are both in a case when each has evidence in it, in whatever documents. One is there without the other
    only if the other was asked about and nothing was said; otherwise it cannot be said (`FOUND`). In a turn nothing is
    asked: there the other is missing if its document was coded under a codebook that had it.

    Returns
    -------
    A frame with `TOGETHER_COLUMNS`; `segment_ids` are those of both codes there. Evidence of hidden documents is
    "suppressed", and hidden documents have no rows of their own.

    Raises
    ------
    UnknownName
        For a code or a unit that is none.
    """
    wanted = [_known(given, pair) for pair in pairs]
    ids, states = _states(given, within, order)
    key = "unit" if within == "turn" else within
    said = _said(given)
    held = {code: said.segments_by(key, said.rows[code]) for code in {code for pair in wanted for code in pair}}
    number = {column: n for n, column in enumerate(given.columns)}
    tables = []
    for first, second in wanted:
        one, two = states[:, number[first]], states[:, number[second]]
        segments = [tuple(dict.fromkeys((*held[first].get(id_, ()), *held[second].get(id_, ())))) for id_ in ids]
        tables.append(
            pd.DataFrame(
                {
                    "first": first,
                    "second": second,
                    "row": list(ids),
                    "found": _found(one, two),
                    "first_state": one,
                    "second_state": two,
                    "segment_ids": segments,
                },
                columns=list(TOGETHER_COLUMNS),
            )
        )
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(TOGETHER_COLUMNS))


def _known(given: Readings, pair: tuple[str, str]) -> tuple[str, str]:
    for code in pair:
        if code not in given.columns:
            raise UnknownName("code", code, given.columns)
    if pair[0] == pair[1]:
        raise ForanError(f"{pair[0]} with itself: expected two different codes")
    return pair


def _found(one: npt.NDArray[np.object_], two: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    there_1, there_2, not_1, not_2 = one == "evidence", two == "evidence", one == "nothing_said", two == "nothing_said"
    found = np.full(len(one), "cannot_say", object)
    found[there_1 & there_2] = "both"
    found[there_1 & not_2] = "only_first"
    found[not_1 & there_2] = "only_second"
    found[not_1 & not_2] = "neither"
    return found


def together_counts(given: Readings, within: str = "case", *, order: Sequence[str] = ()) -> pd.DataFrame:
    """For each two codes, in how many cases (processes, documents, turns) both are found, one, none, or cannot be said.

    A frame with `COUNT_COLUMNS`, each pair once, in codebook order. Counted by products of matrices, so that all pairs
    of a large codebook take no longer than a few.
    """
    ids, states = _states(given, within, order)
    there, missing = (_counts(states == state) for state in ("evidence", "nothing_said"))
    i, j = np.array(list(combinations(range(len(given.columns)), 2)), np.int64).reshape(-1, 2).T
    products = {
        "both": there.T @ there,
        "only_first": there.T @ missing,
        "only_second": missing.T @ there,
        "neither": missing.T @ missing,
    }
    counts: dict[str, Integers] = {name: np.rint(of[i, j]).astype(np.int64) for name, of in products.items()}
    rest = len(ids) - sum(counts.values(), start=np.zeros(len(i), np.int64))
    names = np.array(given.columns, object)
    return pd.DataFrame(
        {"first": names[i], "second": names[j], **counts, "cannot_say": rest}, columns=list(COUNT_COLUMNS)
    )


def _counts(where: Truths) -> npt.NDArray[np.float64]:
    # Products of floats go through BLAS; these are whole numbers far below where floats begin to skip.
    return where.astype(np.float64)
