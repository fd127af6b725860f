"""What a new codebook version leaves to a person: the recode queue.

A segment whose code was split, whose polarity contradicts the code that became an answer, or which two merged codes
cover with different polarities, waits here with what can be chosen. Nothing is ever chosen for anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ..codebook.changes import Lineage
from ..codebook.code import version_key
from .events import Record, segments_of
from .migrate import Given, Outcome, Why, follow
from .segments import Answers, answers_of

QUEUE_COLUMNS = ("segment", "coder", "document", "start", "end", "turns", "code", "polarity", "why", "candidates", "change",
                 "version")  # fmt: skip


@dataclass(frozen=True)
class Pending:
    """One coded segment that waits: why, what can be chosen, by which change of which codebook version.

    `code` and `polarity` are the last it had by itself; `others` are the segments of the same coder on the same passage
    that wait for the same decision (why "duplicate").
    """

    why: Why
    code: str
    polarity: str
    candidates: tuple[str, ...]
    change: str
    version: str
    others: tuple[str, ...] = ()
    #: The answers to facets it has by now; an earlier code may have become one.
    facets: Answers = ()


def given_of(record: Record, *whose: str) -> Given:
    """A coded segment of a log as migration takes it, at its place if document and coder are given."""
    place = (*whose, record["start"], record["end"]) if whose else ()
    aside = record["set_aside"]["codebook_version"] if "set_aside" in record else ""
    return Given(place, record["codebook_version"], record["code"], record["polarity"], answers_of(record), aside)


def pending_in(
    state: Mapping[str, Record], document: str, coder: str, lineage: Lineage, to_version: str
) -> dict[str, Pending]:
    """The segments of a folded log that wait under `to_version`, by id, in order of place.

    >>> pending_in({}, "FJO-I01", "K1", Lineage(()), "1.0.0")
    {}
    """
    limit = version_key(to_version)
    # What was coded under a later version is none of this version's business.
    known = {
        name: record for name, record in segments_of(state).items() if version_key(record["codebook_version"]) <= limit
    }
    given = [given_of(record, document, coder) for record in known.values()]
    outcomes = dict(zip(known, follow(given, lineage, to_version), strict=True))
    waiting = {name: outcome for name, outcome in outcomes.items() if outcome.status == "review"}
    doubled: dict[tuple[int, int, str], list[str]] = {}
    for name, outcome in waiting.items():
        if outcome.why == "duplicate":
            doubled.setdefault((known[name]["start"], known[name]["end"], outcome.code), []).append(name)
    in_order = sorted(waiting, key=lambda name: (known[name]["start"], known[name]["end"], name))
    return {name: _pending(name, waiting[name], known[name], doubled) for name in in_order}


def _pending(name: str, outcome: Outcome, record: Record, doubled: Mapping[tuple[int, int, str], list[str]]) -> Pending:
    together = doubled.get((record["start"], record["end"], outcome.code), ())
    others = tuple(other for other in together if other != name) if outcome.why == "duplicate" else ()
    return Pending(
        outcome.why,
        outcome.code,
        outcome.polarity,
        outcome.candidates,
        outcome.change,
        outcome.step,
        others,
        outcome.facets,
    )


def recode_queue(migrated: pd.DataFrame) -> pd.DataFrame:
    """What waits in a migrated table: a frame with `QUEUE_COLUMNS`, one row per segment, by document, place and coder.

    `version` is the codebook version whose `change` made the segment wait.

    >>> from foran_research.coding.migrate import migrate
    >>> from foran_research.coding.segments import segments_table
    >>> recode_queue(migrate(segments_table([]), Lineage(()), "1.0.0")).empty
    True
    """
    waiting = migrated[migrated["status"] == "review"].rename(columns={"step": "version"})
    ordered = waiting.sort_values(["document", "start", "end", "coder", "segment"], kind="stable", ignore_index=True)
    return ordered[list(QUEUE_COLUMNS)]
