"""Assignments from the codebook version they were made in to the version an analysis pins: a pure function.

One step per version. What can be mapped is mapped; what needs a person waits as `review`, is shown and counted as
unresolved, and is never assigned by the machine.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..codebook.changes import Lineage, migration_rows
from ..codebook.code import Codebook, Migration, version_key
from .segments import check_segments

#: ok: counts under `code`. review: waits for a person (`candidates`). duplicate: the same passage already has the code.
#: retired, relation, tag: no longer a code under this version; nothing is lost, it is counted apart.
STATUSES = ("ok", "review", "duplicate", "retired", "relation", "tag")


def migrate(segments: pd.DataFrame, lineage: Lineage, to_version: str) -> pd.DataFrame:
    """The segments as codebook `to_version` sees them.

    Returns a segments table with the columns `status`, `candidates` (tuple of code ids) and `first_code` (the code the
    coder gave) added; `code` is the code under `to_version`, or the last one a segment had. Segments made under a later
    version than `to_version` are left out: that version cannot know them.

    >>> from foran_research.coding.segments import segments_table
    >>> migrate(segments_table([]), Lineage(()), "1.0.0").empty
    True
    """
    check_segments(segments)
    limit = version_key(to_version)
    is_known = [version_key(version) <= limit for version in segments["codebook_version"]]
    kept = segments[pd.Series(is_known, index=segments.index, dtype=bool)].copy()
    steps = {
        version: [(book, migration_rows(book.changes)) for book in lineage.after(version, to_version)]
        for version in kept["codebook_version"].unique()
    }
    moved = [
        _migrate_one(code, polarity, steps[version])
        for code, polarity, version in zip(kept["code"], kept["polarity"], kept["codebook_version"], strict=True)
    ]
    kept["first_code"] = kept["code"]
    for position, column in enumerate(("code", "polarity", "status", "candidates")):
        kind = object if column == "candidates" else segments["code"].dtype
        kept[column] = pd.Series([row[position] for row in moved], index=kept.index, dtype=kind)
    return _mark_duplicates(kept)


def _migrate_one(
    code: str, polarity: str, steps: list[tuple[Codebook, Mapping[str, Migration]]]
) -> tuple[str, str, str, tuple[str, ...]]:
    for number, (book, rows) in enumerate(steps):
        later = [rows for _, rows in steps[number + 1 :]]
        row = rows.get(code)
        if row is None or row.rule == "keep":
            continue
        if row.rule == "map":
            code = row.to[0]
        elif row.rule == "facet":
            # The old code said the polarity; a coder who set the opposite meant something that a person must read.
            if polarity not in ("", "nøytral", row.polarity):
                return code, polarity, "review", _candidates(row.to, later)
            code, polarity = row.to[0], row.polarity or polarity
        elif row.rule == "review":
            return code, polarity, "review", _candidates(row.to, later)
        else:
            return code, polarity, {"retire": "retired"}.get(row.rule, row.rule), ()
        if code not in book.by_id:
            raise ValueError(f"codebook {book.codebook_version} lacks {code}")
    return code, polarity, "ok", ()


def _candidates(codes: tuple[str, ...], later: list[Mapping[str, Migration]]) -> tuple[str, ...]:
    """What a person may choose among under the version asked for: the candidates, moved on through later versions."""
    for rows in later:
        moved = (rows[code].to if code in rows and rows[code].rule != "keep" else (code,) for code in codes)
        codes = tuple(dict.fromkeys(code for targets in moved for code in targets))
    return codes


def _mark_duplicates(frame: pd.DataFrame) -> pd.DataFrame:
    """Two codes that became one on the same span, by the same coder, count once; polarities that differ go to review."""
    frame = frame.reset_index(drop=True)
    ok = frame[frame["status"] == "ok"]
    for _, group in ok.groupby(["document", "coder", "start", "end", "code"], sort=False):
        if len(group) < 2:
            continue
        changed = group["code"] != group["first_code"]
        if not changed.any():
            continue
        if group["polarity"].nunique() > 1:
            frame.loc[group.index, "status"] = "review"
            frame.loc[group.index, "candidates"] = pd.Series([(code,) for code in group["code"]], index=group.index)
        else:
            frame.loc[group.index[1:], "status"] = "duplicate"
    return frame
