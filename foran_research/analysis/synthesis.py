"""The framework matrix: people's own summaries beside what the codings hold, and whether the codings have moved since.

Rows are documents, processes or cases, columns are codes (Ritchie & Spencer 1994; Gale et al. 2013). A person writes each
summary; here nothing is ever written for her. What is worked out: the cell's state, counts and segments, whether the
summary still speaks of what the cell holds, and what came, went or was recoded since.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ..errors import ForanError
from .cells import CELL_COLUMNS, LEAST_PERSONS, Readings, cells

#: fresh: the cell holds what it held. stale: it does not. unknown: the summary does not say what the cell held.
Freshness = Literal["fresh", "stale", "unknown"]
#: The columns of a framework matrix: those of its cells, then those of the newest summary ("" and () where there is none).
FRAMEWORK_COLUMNS = (
    *CELL_COLUMNS,
    "summary",
    "text",
    "author",
    "at",
    "freshness",
    "added",
    "removed",
    "gone",
    "recoded",
    "is_withheld",
    "summaries",
)
_BASIS = re.compile(r"([0-9a-f]{64}):(.+)")


@dataclass(frozen=True)
class Summary:
    """What a person wrote of one cell: her words, and what the cell held when she wrote them.

    `basis` is :func:`basis_of` what the cell held then, "" if not known; `links` are the ids of those segments, all of
    them if what has changed since is to be told exactly.
    """

    id: str
    row: str
    column: str
    text: str
    author: str
    at: str
    basis: str
    links: tuple[str, ...]


@dataclass(frozen=True)
class Staleness:
    """Whether a cell holds what its summary was written of, and what has changed.

    `added` are segments of the cell that the summary does not link to; `removed` those it links to that are elsewhere
    now; `gone` those that are not in the study any more; `recoded` those in both whose code or polarity may be another
    (known only when nothing came or went: the fingerprint tells that something changed, not what).
    """

    freshness: Freshness
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    recoded: tuple[str, ...] = ()
    is_other_version: bool = False


@dataclass(frozen=True, eq=False)
class Framework:
    """A framework matrix: `cells` with `FRAMEWORK_COLUMNS`, and the summaries whose row or column it does not have."""

    cells: pd.DataFrame
    homeless: tuple[Summary, ...]


def basis_of(segments: pd.DataFrame, codebook_version: str) -> str:
    """The fingerprint of what a cell holds: SHA-256 over the sorted lines ``segment code polarity``, then the version.

    `segments` needs the columns segment, code and polarity; rows that say the same count once. An empty cell has a
    fingerprint as well.

    >>> held = pd.DataFrame({"segment": ["s2", "s1"], "code": ["C1", "C1"], "polarity": ["hemmer", ""]})
    >>> basis_of(held, "2.0.0") == basis_of(held.iloc[::-1], "2.0.0")
    True
    >>> basis_of(held, "2.0.0")[:8], basis_of(held, "2.0.0")[64:]
    ('6de2285b', ':2.0.0')
    """
    if missing := [name for name in ("segment", "code", "polarity") if name not in segments.columns]:
        raise ForanError(f"what a cell holds: no column {', '.join(missing)}")
    columns = (segments[name].astype(str) for name in ("segment", "code", "polarity"))
    return _fingerprint((" ".join(row) for row in zip(*columns, strict=True)), codebook_version)


def _fingerprint(lines: Iterable[str], codebook_version: str) -> str:
    together = "\n".join(sorted(set(lines)))
    return f"{hashlib.sha256(together.encode('utf-8')).hexdigest()}:{codebook_version}"


def staleness(
    summary: Summary, held: pd.DataFrame, codebook_version: str, *, known: Collection[str] | None = None
) -> Staleness:
    """Whether a cell that now holds the segments `held` is still the one that was summarised.

    `known` are all segments of the study, to tell those that went elsewhere from those that are gone; without it all
    count as moved. Another codebook version alone makes nothing stale, if it left codes and polarities as they were.
    """
    columns = (held[name].astype(str) for name in ("segment", "code", "polarity"))
    lines = {row[0]: " ".join(row) for row in zip(*columns, strict=True)}
    return _staleness(summary, tuple(lines), lines, codebook_version, known)


def _staleness(
    summary: Summary,
    now: Sequence[str],
    lines: Mapping[str, str],
    codebook_version: str,
    known: Collection[str] | None,
) -> Staleness:
    """As :func:`staleness`, of the segments `now`, of which `lines` holds what the fingerprint is made of."""
    today = _fingerprint((lines[segment] for segment in now), codebook_version)
    before = _BASIS.fullmatch(summary.basis)
    is_other = before is not None and before[2] != codebook_version
    links, here = set(summary.links), set(now)
    # The cell is what it was; a link that was added since, and leads nowhere, is another matter.
    if before is not None and before[1] == today[:64] and (known is None or links <= {*known, *here}):
        return Staleness("fresh", is_other_version=is_other)
    away = [segment for segment in dict.fromkeys(summary.links) if segment not in here]
    everywhere = links if known is None else known
    added = tuple(segment for segment in now if segment not in links)
    return Staleness(
        "unknown" if before is None else "stale",
        added=added,
        removed=tuple(segment for segment in away if segment in everywhere),
        gone=tuple(segment for segment in away if segment not in everywhere),
        recoded=tuple(now) if before is not None and not added and not away else (),
        is_other_version=is_other,
    )


def framework_matrix(
    given: Readings,
    summaries: Iterable[Summary] = (),
    rows: str | Sequence[str] = "document",
    *,
    order: Mapping[str, Sequence[str]] | None = None,
    least_persons: int = LEAST_PERSONS,
    least_documents: int = 0,
    known: Collection[str] | None = None,
    secret: Collection[str] = (),
) -> Framework:
    """Documents, processes or cases × codes, each cell with its state, counts, segments and people's summaries.

    Parameters
    ----------
    summaries
        As written, several of a cell if several were; the newest is shown, all are in `summaries`, newest first.
    rows, order, least_persons, least_documents
        As for :func:`~foran_research.analysis.cells.cells`.
    known
        The ids of all segments of the study; see :func:`staleness`.
    secret
        Ids of further segments that must not be told of: in hidden documents, and not (or not any more) in `given`.

    Notes
    -----
    A summary is withheld (`is_withheld`, its words left out) where its cell is suppressed, or when it links to a segment
    of a document that must not be shown: words about what is hidden would tell it. So is what has changed since.
    """
    table = cells(given, rows, order=order, least_persons=least_persons, least_documents=least_documents)
    place = {key: number for number, key in enumerate(zip(table["row"], table["column"], strict=True))}
    of_cell: dict[int, list[Summary]] = {}
    homeless = []
    for summary in sorted(summaries, key=lambda s: (s.at, s.id), reverse=True):
        number = place.get((summary.row, summary.column))
        if number is None:
            homeless.append(summary)
        else:
            of_cell.setdefault(number, []).append(summary)
    unshown = {*secret, *given.long.loc[given.long["document"].isin(given.hidden), "segment"]}
    lines = _lines(given) if of_cell else {}
    ids, states = table["segment_ids"].to_numpy(), table["state"].to_numpy()
    blank = {name: np.full(len(table), "", object) for name in ("summary", "text", "author", "at", "freshness")}
    lists = {name: _empty(len(table)) for name in ("added", "removed", "gone", "recoded", "summaries")}
    withheld = np.zeros(len(table), bool)
    for number, own in of_cell.items():
        newest = own[0]
        is_suppressed = states[number] == "suppressed"
        withheld[number] = is_suppressed or bool(unshown & set(newest.links))
        told = Staleness("unknown")
        if not is_suppressed:
            told = _staleness(newest, ids[number], lines, given.codebook_version, known)
        for name in ("summary", "text", "author", "at"):
            blank[name][number] = newest.id if name == "summary" else getattr(newest, name)
        if withheld[number]:
            blank["text"][number] = ""
        blank["freshness"][number] = told.freshness
        for name in ("added", "removed", "gone", "recoded"):
            lists[name][number] = tuple(s for s in getattr(told, name) if s not in unshown)
        lists["summaries"][number] = tuple(summary.id for summary in own)
    columns = {**blank, **lists, "is_withheld": withheld}
    order_of = [name for name in FRAMEWORK_COLUMNS if name not in CELL_COLUMNS]
    return Framework(table.assign(**{name: columns[name] for name in order_of}), tuple(homeless[::-1]))


def held_by(given: Readings, segments: Iterable[str]) -> pd.DataFrame:
    """What :func:`basis_of` takes of some segments: segment, code and polarity, one row each, as coded now."""
    return _held(given).loc[list(segments)]


def _lines(given: Readings) -> dict[str, str]:
    once = given.long.drop_duplicates("segment")
    columns = (once[name].astype(str) for name in ("segment", "code", "polarity"))
    return {row[0]: " ".join(row) for row in zip(*columns, strict=True)}


def _held(given: Readings) -> pd.DataFrame:
    once = given.long.drop_duplicates("segment")
    return once[["segment", "code", "polarity"]].set_index("segment", drop=False).rename_axis(None)


def _empty(size: int) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    found = np.empty(size, object)
    found[:] = [()] * size
    return found
