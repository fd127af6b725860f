"""What the codebook's screen shows, as tables for notebooks: counts under every version, the recode queue, a code's life."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ..codebook.changes import Lineage
from ..coding.counting import Chapter
from .shown import named

QUEUE_COLUMNS = ("change", "version", "why", "coder", "document", "waiting", "first_segment")
HISTORY_COLUMNS = ("version", "released", "status", "code", "label", "segments", "passages", "waiting", "ended",
                   "documents", "assessed", "not_assessed", "changes")  # fmt: skip


def counts_table(
    lineage: Lineage, counts: Mapping[str, Mapping[str, Mapping[str, int]]], language: str
) -> pd.DataFrame:
    """One row per code that any version has, in the order of the newest one, and three columns per version.

    `segments_V` bear the code itself, `passages_V` bear it or a code below it (each once), `waiting_V` may become it once a
    person has decided; none of them where version V lacks the code. `counts` are by version, by code: own, all, waiting.
    """
    ids = dict.fromkeys(code.id for book in reversed(lineage.codebooks) for code in book.codes)
    newest = lineage.versions[-1] if lineage.versions else ""
    rows: list[dict[str, Any]] = []
    for code in ids:
        known = named(code, newest, lineage)
        row = {"id": code, "code": known["display"], "label": known["label"].get(language, "")}
        for version in lineage.versions:
            there = counts[version].get(code)
            for column, name in (("segments", "own"), ("passages", "all"), ("waiting", "waiting")):
                row[f"{column}_{version}"] = there[name] if there else pd.NA
        rows.append(row)
    columns = [f"{name}_{version}" for version in lineage.versions for name in ("segments", "passages", "waiting")]
    frame = pd.DataFrame(rows, columns=["id", "code", "label", *columns])
    return frame.astype(dict.fromkeys(columns, "Int64"))


def queue_table(queue: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """What waits for recoding: one row per change, coder and document, with the id of the first segment.

    >>> queue_table([]).columns[-1]
    'first_segment'
    """
    rows = [
        (one["change"], one["version"], one["why"], one["coder"], place["document"], place["count"], place["segment"])
        for one in queue
        for place in one["documents"]
    ]
    return pd.DataFrame(rows, columns=list(QUEUE_COLUMNS))


def history_table(chapters: Iterable[Chapter], language: str) -> pd.DataFrame:
    """The life of a code: one row per codebook version, with counts, documents and the ids of the changes that touch it.

    `assessed` and `not_assessed` are numbers of documents: where a code was not assessed, its absence tells nothing.

    >>> history_table([], "nb").empty
    True
    """
    rows = [
        (one.version, one.released, one.status, one.display, one.label.get(language, ""), one.segments, one.passages,
         one.waiting, one.ended, len(one.documents), len(one.assessed), len(one.not_assessed),
         ", ".join(change.id for change in one.changes))
        for one in chapters
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(HISTORY_COLUMNS))
