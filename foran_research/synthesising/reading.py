"""What was written of a synthesis, as values of analysis/, and what was coded at a milestone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from .. import memoing
from ..analysis.cells import Grain, Readings, attribute, readings
from ..analysis.replication import Expectation, Proposition, Verdict
from ..analysis.synthesis import Summary, held_by
from ..codebook.code import Code
from ..coding.memos import State, folded, history_of, memos_table
from ..coding.synthesis_memos import SYNTHESIS_TYPES, expectations_in
from ..errors import UnknownName
from ..models.capability import ModelInputs, resolved
from ..settings import Milestone
from ..study import Study


def milestone_of(study: Study, name: str = "") -> Milestone:
    """The milestone with this id, or the last one of all cases together.

    Raises
    ------
    UnknownName
        For one that the settings do not have, or when they have none.
    """
    together = [one for one in study.settings.milestones if one.model == "capability"]
    if not name and together:
        return together[-1]
    return study.milestone(name)


def element_of(inputs: ModelInputs, name: str) -> Code:
    """An element of a milestone's codebook by display code or id; raises UnknownName for a name of none."""
    code = inputs.codebook.find(name)
    elements = {one.id for one in inputs.codebook.elements}
    if code is None or code.id not in elements:
        raise UnknownName("element", name, (one.display for one in inputs.codebook.elements))
    return code


def standing(study: Study, memo_type: str, *, viewer: str | None = None) -> pd.DataFrame:
    """The memos of a type that stand and that blind double coding does not keep from `viewer` (None: all), oldest first."""
    found = memoing.memos(study, viewer=viewer)
    return found[found["type"] == memo_type].reset_index(drop=True)


def kept_back(study: Study) -> int:
    """How many memos of a synthesis blind double coding keeps from it."""
    everything = memos_table((*study.logs, *study.memo_logs))
    return int(everything["type"].isin(SYNTHESIS_TYPES).sum()) - sum(
        len(standing(study, kind)) for kind in SYNTHESIS_TYPES
    )


def history(study: Study, memo: str) -> list[State]:
    """Every state that a memo has had, oldest first."""
    return history_of(memo, (*study.logs, *study.memo_logs))


def summaries_of(study: Study, kind: str) -> tuple[Summary, ...]:
    """The summaries of one kind of row ("case", "document", "process") that stand, oldest first."""
    found = []
    for row in standing(study, "summary").to_dict("records"):
        rows = [name for of, name in row["links"] if of == kind]
        if rows:
            found.append(
                Summary(
                    id=row["memo"],
                    row=rows[0],
                    column=row["about"],
                    text=row["text"],
                    author=row["coder"],
                    at=row["changed_at"],
                    basis=dict(row["fields"]).get("basis", ""),
                    links=segments_in(row["links"]),
                )
            )
    return tuple(found)


def propositions_of(study: Study) -> tuple[Proposition, ...]:
    """The propositions that stand, oldest first; `stated_at` is since when they have said what they say.

    That is when the present words, expectations and codes were first written, or the earlier day told in that writing.
    """
    found = []
    for row in standing(study, "proposition").to_dict("records"):
        fields = dict(row["fields"])
        expected = expectations_in(fields.get("expectation", ""))
        found.append(
            Proposition(
                id=row["memo"],
                text=row["text"],
                elements=tuple(name for kind, name in _references(row) if kind == "code"),
                expectations={case: Expectation(one.is_same, one.reason) for case, one in expected.items()},
                stated_at=_stated_at(history(study, row["memo"])),
                rival=fields.get("rival", ""),
            )
        )
    return tuple(found)


def _references(row: Mapping[Any, Any]) -> Iterable[tuple[str, str]]:
    return dict.fromkeys(((row["about_kind"], row["about"]), *row["links"]))


def _stated_at(told: Sequence[State]) -> str:
    """Since when a proposition has claimed what it claims; case and blanks do not count.

    An earlier day counts if it was told when the claim was first written, and stands: told of other words, carried over
    from them or thought of later it is no date of these.
    """

    def claim(state: State) -> tuple[str, str, frozenset[tuple[str, str]]] | None:
        wording = state.wording
        if wording is None:
            return None
        codes = frozenset(one for one in (wording.about, *wording.links) if one[0] == "code")
        return folded(wording.text), folded(dict(wording.fields).get("expectation", "")), codes

    def told_day(state: State) -> str:
        return dict(state.wording.fields).get("stated_on", "") if state.wording else ""

    first = len(told) - 1
    while first and claim(told[first - 1]) == claim(told[-1]):
        first -= 1
    day = told_day(told[-1])
    is_carried_over = first > 0 and told_day(told[first - 1]) == day
    return day if day and day == told_day(told[first]) and not is_carried_over else told[first].event.at


def is_empty(text: str) -> bool:
    """Whether a proposition or verdict has lost its words: its fields alone claim nothing."""
    return not text.strip()


def verdicts_of(study: Study) -> dict[str, list[tuple[str, str, Verdict]]]:
    """By proposition, the verdicts that stand, oldest first, each with the id of its memo and its coder."""
    found: dict[str, list[tuple[str, str, Verdict]]] = {}
    for row in standing(study, "verdict").to_dict("records"):
        fields = dict(row["fields"])
        case = next((name for kind, name in row["links"] if kind == "case"), "")
        verdict = Verdict(
            case,
            fields.get("verdict", ""),
            segments_in(row["links"]),
            row["text"],
            row["changed_at"],
            fields.get("rival", ""),
            row["coder"],
        )
        found.setdefault(row["about"], []).append((row["memo"], row["coder"], verdict))
    return found


def cases_of_segments(study: Study) -> dict[str, frozenset[str]]:
    """By coded segment, the cases whose informants speak there, or that of its document; none is told without any."""
    units = study.units(study.documents)
    case_of = dict(zip(units["unit"].astype(str), units["case"].astype(str), strict=True))
    segments = study.segments()
    found = {}
    for name, document, turns in zip(segments["segment"], segments["document"], segments["turns"], strict=True):
        spoken = {case_of[unit] for turn in turns if (unit := f"{document}:{turn}") in case_of}
        home = {str(study.documents.at[document, "case"])} if document in study.documents.index else set()
        if own := (spoken or home) - {""}:
            found[str(name)] = frozenset(own)
    return found


def segments_in(links: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The ids of the coded segments among a memo's links."""
    return tuple(name for kind, name in links if kind == "segment")


def readings_of(study: Study, inputs: ModelInputs, *, of: Grain = "element") -> Readings:
    """What was coded at a milestone and what could have been, with the facts of processes joined to the documents."""
    facts = study.processes[["procedure", "focus_area"]]
    documents = inputs.documents.join(facts, on="process").fillna({"procedure": "", "focus_area": ""})
    return readings(
        resolved(inputs),
        inputs.units,
        documents,
        inputs.codebook,
        inputs.lineage,
        coded_under=inputs.coded_under,
        asked=inputs.asked,
        hidden=inputs.hidden,
        of=of,
    )


def held_in(given: Readings, kind: str, row: str, element: str) -> pd.DataFrame:
    """The segments of a cell that may be shown, as `basis_of` takes them."""
    long = given.shown
    own = long[(attribute(given, long, kind) == row) & (long["column"] == element)]
    return held_by(given, own["segment"].drop_duplicates())
