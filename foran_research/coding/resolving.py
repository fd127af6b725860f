"""Resolutions: what a named coder decided where two coders differ, and the segments a model takes in consequence.

A resolution is a record in the log of whoever made it. It overwrites nobody's coding: it names segments as they stood,
says which are accepted and which rejected, and why. Once a segment it names has changed, it no longer holds (it is
stale) and somebody has to look again; until then the model coders' own coding counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from ..errors import Faults
from .events import Log, Record, cut, fold
from .segments import shown_id

#: What a resolution says of each segment it accepts or rejects, as the segment stood.
NAMED_KEYS = ("segment", "coder", "code", "start", "end", "polarity")


@dataclass(frozen=True)
class Named:
    """A segment as it stood when somebody decided on it."""

    segment: str
    coder: str
    code: str
    start: int
    end: int
    polarity: str


@dataclass(frozen=True)
class Resolution:
    """One decision: `coder` is who decided and `at` when; `added` are ids of segments made for it, by any coder."""

    id: str
    coder: str
    document: str
    at: str
    start: int
    end: int
    accepted: tuple[Named, ...]
    rejected: tuple[Named, ...]
    added: tuple[str, ...]
    reason: str

    @property
    def segments(self) -> frozenset[str]:
        """The ids of every segment it names."""
        return frozenset((*(one.segment for one in (*self.accepted, *self.rejected)), *self.added))

    def is_stale(self, standing: Mapping[str, Named]) -> bool:
        """Whether a segment it names is gone, or has another code, place or polarity than it had.

        `standing` holds the segments that stand now, by id (see :func:`named_segments`).
        """
        is_changed = any(standing.get(one.segment) != one for one in (*self.accepted, *self.rejected))
        return is_changed or any(name not in standing for name in self.added)


def named_segments(segments: pd.DataFrame) -> dict[str, Named]:
    """The rows of a segments table by id, as a resolution names them."""
    columns = (segments[key] for key in NAMED_KEYS)
    return {
        segment: Named(segment, coder, code, int(start), int(end), polarity)
        for segment, coder, code, start, end, polarity in zip(*columns, strict=True)
    }


def resolutions_from_logs(logs: Iterable[Log], *, until: str | None = None) -> tuple[Resolution, ...]:
    """The resolutions that stand after the logs (cut at a day, if given), oldest first, then by id.

    Records that are no whole resolution are left out; :func:`check_resolutions` tells of them.
    """
    found = []
    for log in logs:
        events = list(cut(log.events, until))
        # Most logs hold none: then there is nothing to fold.
        if not any(event.after is not None and event.after.get("kind") == "resolution" for event in events):
            continue
        for name, record in fold(events).items():
            if record.get("kind") == "resolution" and wrong_in(record) is None:
                event = next(one for one in reversed(events) if one.segment == name)
                found.append(_resolution(name, record, event.coder, event.document, event.at))
    return tuple(sorted(found, key=_by_age))


def _by_age(resolution: Resolution) -> tuple[str, str]:
    return resolution.at, resolution.id


def _resolution(name: str, record: Record, coder: str, document: str, at: str) -> Resolution:
    return Resolution(
        id=name,
        coder=coder,
        document=document,
        at=at,
        start=record["start"],
        end=record["end"],
        accepted=tuple(Named(**{key: one[key] for key in NAMED_KEYS}) for one in record["accepted"]),
        rejected=tuple(Named(**{key: one[key] for key in NAMED_KEYS}) for one in record["rejected"]),
        added=tuple(record["added"]),
        reason=record["reason"],
    )


def wrong_in(record: Record) -> str | None:
    """What is wrong with a resolution's record, or None: lists that are none, keys missing, a segment on both sides.

    >>> whole = {"accepted": [], "rejected": [], "added": [], "reason": "", "start": 0, "end": 1}
    >>> wrong_in(whole | {"added": [1]})
    'added that are no ids'
    """
    for key in ("accepted", "rejected", "added", "reason", "start", "end"):
        if key not in record:
            return f"no {key}"
    for key in ("accepted", "rejected"):
        if not (isinstance(record[key], list) and all(_is_named(one) for one in record[key])):
            return f"{key} that are no segments"
    if not (isinstance(record["added"], list) and all(isinstance(one, str) for one in record["added"])):
        return "added that are no ids"
    names = [one["segment"] for key in ("accepted", "rejected") for one in record[key]] + record["added"]
    if len(set(names)) < len(names):
        return "a segment named twice"
    return None


def _is_named(one: object) -> bool:
    if not (isinstance(one, dict) and set(NAMED_KEYS) <= set(one)):
        return False
    texts = all(isinstance(one[key], str) for key in ("segment", "coder", "code", "polarity"))
    return texts and all(type(one[key]) is int for key in ("start", "end"))


def check_resolutions(log: Log, faults: Faults) -> None:
    """Note every resolution that stands at the end of a log and that nobody can follow; one taken back harms nobody."""
    newest = {event.segment: (event, line) for event, line in zip(log.events, log.lines, strict=True)}
    for event, line in newest.values():
        if event.after is None or event.after.get("kind") != "resolution":
            continue
        if wrong := wrong_in(event.after):
            faults.note(
                "bad-resolution",
                log.name,
                line,
                f"resolution {shown_id(event.segment)} with {wrong}",
                f"accepted and rejected segments with {', '.join(NAMED_KEYS)}; added ids; each segment once",
                "Restore the file from git or a backup.",
            )


def resolved(
    segments: pd.DataFrame, resolutions: Iterable[Resolution], model_coders: Collection[str] = ()
) -> pd.DataFrame:
    """The segments a model takes: the model coders' own, as the resolutions have it.

    Parameters
    ----------
    segments
        A segments table of every coder, as it stands (under the codes the coders gave, not migrated): whether a
        resolution still holds is judged by it.
    resolutions
        In any order. The newest that holds (by `at`, then id) decides on each segment it names; a stale one is as if it
        had never been made.
    model_coders
        Whose coding the model stands on; none stands for everybody's.

    Returns
    -------
    pandas.DataFrame
        Rows of `segments` in their order. Rejected segments are left out. Accepted and added ones come in whoever made
        them, unless one that is in already has the same code on the same span (of the model coders' first, then in the
        order of the table). Codes that only a later codebook makes one are two here. Without a resolution that holds:
        exactly the model coders' rows.

    >>> from foran_research.coding.segments import segments_table
    >>> resolved(segments_table([]), ()).empty
    True
    """
    own = segments["coder"].isin(list(model_coders)) if model_coders else pd.Series(True, index=segments.index)
    verdicts = _verdicts(segments, resolutions)
    if not verdicts:
        return segments[own] if model_coders else segments
    verdict = [verdicts.get(name) for name in segments["segment"]]
    takes = [said is not False and bool(is_own) for said, is_own in zip(verdict, own, strict=True)]
    places = list(zip(segments["document"], segments["start"], segments["end"], segments["code"], strict=True))
    taken = {place for place, is_in in zip(places, takes, strict=True) if is_in}
    for row, said in enumerate(verdict):
        if said and not takes[row] and places[row] not in taken:
            takes[row] = True
            taken.add(places[row])
    return segments[pd.Series(takes, index=segments.index, dtype=bool)]


def _verdicts(segments: pd.DataFrame, resolutions: Iterable[Resolution]) -> dict[str, bool]:
    """What the newest resolution that holds says of each segment: in or out."""
    made = sorted(resolutions, key=_by_age)
    if not made:
        return {}
    standing = named_segments(segments)
    verdicts: dict[str, bool] = {}
    for one in made:
        if one.is_stale(standing):
            continue
        verdicts |= {named.segment: True for named in one.accepted}
        verdicts |= dict.fromkeys(one.added, True)
        verdicts |= {named.segment: False for named in one.rejected}
    return verdicts
