"""Units of analysis and which codes they hold: the table on which every count, network and model stands.

The unit is the informant's turn (in interviews) or the paragraph (in notes and public documents). Interviewers' turns
and headings are no units. A turn counts once for an element, however many of its sub-elements it holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ..codebook.code import Codebook
from ..corpus.transcript import Transcript

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
        keep = np.flatnonzero((self.units["case"] == case).to_numpy())
        return Incidence(self.units.iloc[keep].reset_index(drop=True), self.codes, self.matrix[keep])


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
