"""Units of analysis and which codes they hold: the table on which every count, network and model stands.

The unit is the informant's turn (in interviews) or the paragraph (in notes and public documents). Interviewers' turns
and headings are no units. A turn counts once for an element, however many of its sub-elements it holds. Coarser units
(documents, procurement processes) are made of these by :func:`grouped`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from ..codebook.code import Codebook
from ..corpus.transcript import Transcript
from ..errors import ForanError

#: One row per unit, in order of date, document and turn. `informant` is the speaker, or the document for unlabelled text.
UNIT_COLUMNS = ("unit", "document", "turn", "case", "process", "date", "informant", "actor_type", "may_quote")

#: What a public document, or a text without registered participants, is taken to allow (see corpus.store.CONSENTS).
FULL_CONSENT = ("analysis", "quote")
#: Polarities that count as promoting and as inhibiting; "begge" counts as both.
LAYERS: Mapping[str, tuple[str, ...]] = {"promoting": ("fremmer", "begge"), "inhibiting": ("hemmer", "begge")}


def informant_units(
    transcripts: Mapping[str, Transcript],
    documents: pd.DataFrame,
    participants: pd.DataFrame,
    interviewers: Collection[str],
) -> pd.DataFrame:
    """The units of `documents`: a frame with `UNIT_COLUMNS`, one row per informant turn or paragraph.

    Turns of participants who have not consented to analysis are left out; `may_quote` says whether words may be shown.
    Unlabelled text of an interview with labels is left out. That of a meeting, or of a talk without any, may be
    anybody's: it may be shown when all participants of the document
    consented to that, and counts unless none of them consented to analysis.
    """
    rows = []
    actor_types = dict(zip(participants.index, participants["actor_type"], strict=True))
    consents = dict(zip(participants.index, participants["consent"], strict=True))
    homes = dict(zip(participants.index, participants["case"], strict=True))
    for document, register in documents.iterrows():
        transcript = transcripts[str(document)]
        is_public = register["kind"] == "public_document"
        together = [set(consents[p]) for p in register["participants"] if p in consents and not is_public]
        unlabelled = set(FULL_CONSENT) if not together else set.intersection(*together)
        if any("analysis" in consent for consent in together):
            unlabelled.add("analysis")
        own_types = {actor_types[p] for p in register["participants"] if p in actor_types}
        # In a talk where speakers are named, what nobody is named for is a heading, a table of facts or a transcriber's.
        has_speakers = register["kind"] == "interview" and bool(transcript.speakers)
        for turn in transcript.turns:
            if turn.kind == "heading" or turn.speaker in interviewers:
                continue
            if has_speakers and turn.speaker is None:
                continue
            consent = unlabelled if turn.speaker is None else consents.get(turn.speaker, FULL_CONSENT)
            if "analysis" not in consent:
                continue
            actor = actor_types.get(turn.speaker, "")
            if not actor and len(own_types) == 1 and not is_public:
                actor = next(iter(own_types))
            rows.append(
                (
                    f"{document}:{turn.number}",
                    document,
                    turn.number,
                    # A guest at another municipality's workshop speaks for her own.
                    homes.get(turn.speaker, "") or register["case"],
                    register["process"],
                    register["date"],
                    turn.speaker or document,
                    actor,
                    "quote" in consent,
                )
            )
    return pd.DataFrame(rows, columns=list(UNIT_COLUMNS))


@dataclass(frozen=True)
class Incidence:
    """Which units hold which codes: a binary matrix, units × codes, with the names of both axes."""

    units: pd.DataFrame
    codes: tuple[str, ...]
    matrix: sparse.csr_array

    def of_case(self, case: str | None) -> Incidence:
        """The rows of one case; all rows for None."""
        if case is None:
            return self
        return self.rows(np.flatnonzero((self.units["case"] == case).to_numpy()))

    @cached_property
    def document_numbers(self) -> np.ndarray:
        """The document of each row as a number, counted from 0 in order of first appearance."""
        return _numbers(self.units, "document")[0]

    @cached_property
    def case_numbers(self) -> tuple[np.ndarray, tuple[str, ...]]:
        """The case of each row as a number, and the ids they stand for, in sorted order."""
        number, cases = _numbers(self.units, "case")
        order = sorted(range(len(cases)), key=cases.__getitem__)
        return np.argsort(order)[number] if cases else number, tuple(cases[place] for place in order)

    def rows(self, places: np.ndarray) -> Incidence:
        """The rows at these places, in this order."""
        return Incidence(self.units.iloc[places].reset_index(drop=True), self.codes, self.matrix[places])

    def by_case(self) -> dict[str, Incidence]:
        """The rows of each case that has any, by its id in sorted order; one pass, however many cases there are."""
        number, cases = self.case_numbers
        order = np.argsort(number, kind="stable")
        ends = np.cumsum(np.bincount(number, minlength=len(cases))).tolist()
        starts = [0, *ends][: len(ends)]
        return {case: self.rows(order[start:end]) for case, start, end in zip(cases, starts, ends, strict=True)}

    def coded(self) -> Incidence:
        """The rows with at least one of the codes: what is left when uncoded units are not to be in the denominator."""
        return self.rows(np.flatnonzero(np.diff(entries(self).indptr)))

    @property
    def denominator(self) -> Denominator:
        """How many units there are, and how many of them hold any of the codes."""
        return Denominator(self.matrix.shape[0], int(np.count_nonzero(np.diff(entries(self).indptr))))


def _numbers(units: pd.DataFrame, column: str) -> tuple[np.ndarray, list[str]]:
    """A column of names as numbers in order of first appearance, and the names; names mostly stand in long runs."""
    names = units[column].to_numpy(object)
    heads = np.flatnonzero(np.concatenate([[True], names[1:] != names[:-1]])) if names.size else np.empty(0, np.intp)
    number, found = pd.factorize(names[heads])
    number = np.repeat(number, np.diff(heads, append=names.size))
    if empty := int((number < 0).sum()):
        raise ForanError(f"the units have no {column!r} in {empty} rows")
    return number, [str(name) for name in found]


class Denominator(NamedTuple):
    """The N that lift, PMI and phi depend on: all units, and those that hold any of the codes.

    Uncoded units are in N when `units` is larger than `coded`; :meth:`Incidence.coded` leaves them out.
    """

    units: int
    coded: int

    @property
    def has_uncoded(self) -> bool:
        """Tell whether units without any of the codes are in N."""
        return self.units > self.coded


def entries(table: Incidence) -> sparse.csr_array:
    """The matrix in canonical form: sorted columns, each entry once and none that is nought. Copied only if need be."""
    matrix = table.matrix
    if not matrix.has_canonical_format or not matrix.data.all():
        matrix = matrix.copy()
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
    return matrix


class RowPairs(NamedTuple):
    """Pairs of codes that one row holds: the row, and the columns of the two, the earlier in the codebook first."""

    row: np.ndarray
    first: np.ndarray
    second: np.ndarray


def row_pairs(matrix: sparse.csr_array, start: int = 0, stop: int | None = None) -> RowPairs:
    """Every pair of columns that meet in a row from `start` up to `stop`, of a matrix in canonical form.

    Linear in the number of pairs: the entries are laid beside themselves, shifted by one, two, … places.
    """
    stop = matrix.shape[0] if stop is None else stop
    begin, end = int(matrix.indptr[start]), int(matrix.indptr[stop])
    columns = matrix.indices[begin:end].astype(np.intp)
    sizes = np.diff(matrix.indptr[start : stop + 1])
    row = np.repeat(np.arange(start, stop), sizes)
    left = np.repeat(np.cumsum(sizes), sizes) - np.arange(end - begin) - 1  # entries of the same row still to come
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    here = np.flatnonzero(left > 0)
    shift = 1
    while here.size:
        found.append((row[here], columns[here], columns[here + shift]))
        shift += 1
        here = here[left[here] >= shift]
    if not found:
        return RowPairs(*(np.empty(0, np.intp) for _ in range(3)))
    return RowPairs(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def segment_units(segments: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Segments × the units they touch: the segments' columns, and `unit` with the unit's columns; long form.

    Segments that touch no unit (only an interviewer's words, or a speaker label) have no row.
    """
    long = segments.explode("turns").rename(columns={"turns": "turn"}).dropna(subset=["turn"])
    long["turn"] = long["turn"].astype("int64")
    return long.merge(units, on=["document", "turn"], how="inner", sort=False)


def rolled_up(segments: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """The segments with a column `element`: the element that their code belongs to under `codebook`."""
    element = {code.id: codebook.element_of(code.id).id for code in codebook.codes}
    return segments.assign(element=segments["code"].map(element).astype(object))


def incidence(long: pd.DataFrame, units: pd.DataFrame, codes: tuple[str, ...], *, column: str = "element") -> Incidence:
    """The binary incidence of `codes` in `units` from the long form of :func:`segment_units`."""
    row = pd.Index(units["unit"]).get_indexer(pd.Index(long["unit"]))
    col = pd.Index(codes).get_indexer(pd.Index(long[column]))
    keep = (row >= 0) & (col >= 0)
    data = np.ones(int(keep.sum()), np.int64)
    matrix = sparse.csr_array((data, (row[keep], col[keep])), shape=(len(units), len(codes)))
    matrix.data[:] = 1  # building the matrix added up repeated entries
    return Incidence(units, codes, matrix)


#: Columns of a coarser unit that say nothing when its turns differ in them.
_SHARED = ("document", "case", "process", "informant", "actor_type")


def grouped(table: Incidence, by: Literal["document", "process"] = "document") -> Incidence:
    """The incidence of codes in documents or procurement processes: a unit holds a code if any of its turns does.

    Rows stand in order of first appearance, with the columns of the units they are made of and `turns`, how many those
    are. What the turns of a unit do not share is empty (`may_quote`: whether all may be quoted; `date`: the first). Cut to
    a case first (:meth:`Incidence.of_case`) where a guest of another case has spoken in a document. Turns without a
    process are in no process. The unit stands under `document` too, so that what is counted "in documents" is counted in
    processes.

    Raises
    ------
    ForanError
        For another kind of unit.

    Examples
    --------
    >>> units = pd.DataFrame({"unit": ["a", "b", "c"], "document": ["D", "D", "E"], "process": ["X", "X", ""]})
    >>> long = pd.DataFrame({"unit": ["a", "b", "c"], "element": ["C1", "C2", "C1"]})
    >>> turns = incidence(long, units, ("C1", "C2"))
    >>> grouped(turns).matrix.toarray().tolist(), grouped(turns, "process").matrix.toarray().tolist()
    ([[1, 1], [1, 0]], [[1, 1]])
    """
    if by not in ("document", "process"):
        raise ForanError(f"units are grouped by 'document' or 'process', not by {by!r}")
    turns = table.units
    name = turns[by].where(turns[by].notna(), "").astype(str)
    number, names = pd.factorize(name.where(name != ""), use_na_sentinel=True)
    matrix = entries(table).tocoo()
    row, column = number[matrix.coords[0]], matrix.coords[1]
    column = column[row >= 0]
    row = row[row >= 0]
    coarse = sparse.csr_array((np.ones(len(row), np.int64), (row, column)), shape=(len(names), len(table.codes)))
    coarse.data[:] = 1  # building the matrix added up the turns
    mine = turns[number >= 0]
    groups = mine.groupby(number[number >= 0], sort=True)
    shared = {
        column: groups[column].first().where(groups[column].nunique() == 1, "").to_numpy()
        for column in _SHARED
        if column in turns.columns and column != by
    }
    frame = pd.DataFrame({"unit": names.astype(str), **shared}, columns=["unit", *shared])
    frame[by] = frame["document"] = frame["unit"]
    if "date" in turns.columns:
        frame["date"] = groups["date"].min().to_numpy()
    if "may_quote" in turns.columns:
        frame["may_quote"] = groups["may_quote"].all().to_numpy()
    frame["turns"] = np.bincount(number[number >= 0], minlength=len(names))
    return Incidence(frame, table.codes, coarse)


def layers(
    long: pd.DataFrame, units: pd.DataFrame, codes: tuple[str, ...], *, column: str = "element"
) -> dict[str, Incidence]:
    """The incidence of promoting and of inhibiting evidence, by the names of `LAYERS`, over the same units and codes.

    "begge" counts in both layers, neutral evidence and evidence without a polarity in neither. N is that of all units in
    both.

    >>> units = pd.DataFrame({"unit": ["a", "b"], "document": ["D", "D"]})
    >>> long = pd.DataFrame({"unit": ["a", "b"], "element": ["C1", "C1"], "polarity": ["begge", "hemmer"]})
    >>> {name: layer.matrix.toarray().tolist() for name, layer in layers(long, units, ("C1",)).items()}
    {'promoting': [[1], [0]], 'inhibiting': [[1], [1]]}
    """
    return {
        name: incidence(long[long["polarity"].isin(polarities)], units, codes, column=column)
        for name, polarities in LAYERS.items()
    }
