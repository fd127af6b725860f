"""The records of a coding log in an edited text: what follows by itself, and what waits for a person to place it.

Pure. :mod:`foran_research.reanchoring` reads texts and logs and writes the events down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..corpus.anchoring import AnchorClass, Anchored, Block, Place, align, anchor
from ..corpus.transcript import Span, Transcript, text_sha256
from .events import CONTEXT, Record, Step, is_segment, is_waiting

#: What re-anchoring can say of a passage, from the best to the worst.
STATUSES: tuple[AnchorClass, ...] = ("kept", "moved", "changed", "ambiguous", "lost")
WAITING_STATUSES = STATUSES[2:]
#: Given an old text and a new one, the stretches that are known to stand in both; for texts that a machine composed.
KnownPlaces = Callable[[str, str], Sequence[Block]]


def _nothing_known(_old: str, _new: str) -> Sequence[Block]:
    return ()


@dataclass(frozen=True)
class Followed:
    """What a new text means for one log: the steps to be logged, and how many coded segments fared how."""

    steps: tuple[Step, ...]
    counts: Mapping[str, int]


def follow(
    state: Mapping[str, Record],
    old: str,
    new: str,
    *,
    marker: str,
    former: Callable[[str], str | None],
    known: KnownPlaces = _nothing_known,
) -> Followed:
    """The steps that bring a log from one text to another.

    Parameters
    ----------
    state
        The records that stand, by id, all but the waiting ones placed in `old`.
    old, new
        Canonical texts.
    marker
        The id of the log's record of the text it speaks of; the first step sets it anew.
    former
        Gives the canonical text with a fingerprint, for records that wait since an earlier edit.
    known
        Stretches whose new place is known; a record within one follows, whatever stands around it.

    Returns
    -------
    Followed
        Kept and moved records get their new place, others wait with their old one. A dismissed suggestion whose words
        have changed is taken back: the suggestion is another one now. Nothing else is removed.
    """
    anchored = anchor_records(state, old, new, former, known)
    counts = Counter(one.status for name, one in anchored.items() if "kind" not in state[name])
    was = state.get(marker)
    told = {"kind": "text", "text_sha256": text_sha256(new), "former_sha256": text_sha256(old)}
    steps = [Step("reanchor", marker, was, {**told, **{status: counts[status] for status in STATUSES}})]
    for name, record in state.items():
        after: Record | None = record
        if name in anchored:
            after = _placed(record, anchored[name], old, new)
            if after is not None and after.get("kind") == "resolution":
                after = _with_named(after, old, new, known)
        if after != record:
            steps.append(Step("reanchor", name, record, after))
    return Followed(tuple(steps), {status: counts[status] for status in STATUSES})


def anchor_records(
    state: Mapping[str, Record],
    old: str,
    new: str,
    former: Callable[[str], str | None],
    known: KnownPlaces = _nothing_known,
) -> dict[str, Anchored]:
    """Where each record that has a place in `old` (or waits since an earlier text) is in `new`, by id."""
    by_text: dict[str, list[str]] = {}
    texts = {text_sha256(old): old}
    for name, record in state.items():
        if "start" not in record:
            continue
        sha256 = record["waiting"]["text_sha256"] if is_waiting(record) else text_sha256(old)
        if sha256 not in texts:
            text = former(sha256)
            # Without the text it was coded in a passage can only go on waiting.
            if text is None:
                continue
            texts[sha256] = text
        by_text.setdefault(sha256, []).append(name)
    found: dict[str, Anchored] = {}
    for sha256, names in by_text.items():
        places = [_place(state[name], texts[sha256]) for name in names]
        found |= dict(zip(names, _anchored(texts[sha256], new, places, known), strict=True))
    return found


def _anchored(old: str, new: str, places: Sequence[Place], known: KnownPlaces) -> list[Anchored]:
    """Where places are in a new text: as it is known, and the others as the two texts tell."""
    blocks = known(old, new)
    told = [_within(place.start, place.end, blocks) for place in places]
    others = [place for place, at in zip(places, told, strict=True) if at is None]
    rest = iter(anchor(old, new, others) if others else ())
    found = []
    for place, at in zip(places, told, strict=True):
        if at is None:
            found.append(next(rest))
        else:
            status: AnchorClass = "kept" if at == place.start else "moved"
            found.append(Anchored(status, at, at + place.end - place.start, (), "aligned"))
    return found


def _within(start: int, end: int, blocks: Sequence[Block]) -> int | None:
    """Where ``[start, end)`` begins in the new text, when one of the blocks holds all of it."""
    for block in blocks:
        if block.old <= start and end <= block.old + block.length:
            return start - block.old + block.new
    return None


def carried(state: Mapping[str, Record], old: str, new: str, *, follows_changed: bool = False) -> dict[str, Record]:
    """The records of a log that speaks of an older text, placed in a newer one for reading; nothing is logged.

    For logs that another machine wrote before it had the new text. What cannot follow by itself waits; with
    `follows_changed` a passage whose words have changed stands where it most likely is, for figures that count turns.
    """
    anchored = anchor_records(state, old, new, lambda _: None)
    found = {}
    for name, record in state.items():
        at = anchored.get(name)
        if follows_changed and at is not None and at.status == "changed" and at.candidates:
            start, end = at.candidates[0]
            at = replace(at, status="moved", start=start, end=end) if start < end else at
        after = _placed(record, at, old, new) if at is not None else record
        if after is not None:
            found[name] = after
    return found


def turns_in(
    old: Transcript, new: Transcript, numbers: Collection[int], known: KnownPlaces = _nothing_known
) -> tuple[int, ...]:
    """The turns of an edited text that hold what the turns with these numbers held before, in order."""
    alignment, blocks = align(old.text, new.text), known(old.text, new.text)
    found: set[int] = set()
    for turn in old.turns:
        if turn.number not in numbers:
            continue
        start, end = turn.span.start, turn.span.end
        at = _within(start, end, blocks)
        span = alignment.map_span(start, end) if at is None else (at, at + end - start)
        if span is not None and span[0] < span[1]:
            found |= {one.number for one in new.turns_touching(Span(*span)) if one.kind != "heading"}
    return tuple(sorted(found))


def _place(record: Record, text: str) -> Place:
    start, end = record["start"], record["end"]
    return Place(start, end, record["quote"], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])


def _placed(record: Record, anchored: Anchored, old: str, new: str) -> dict[str, Any] | None:
    """A record as it stands in the new text; None for a dismissal whose words are no longer there."""
    rest = {key: value for key, value in record.items() if key != "waiting"}
    if anchored.status in ("kept", "moved") and anchored.start is not None and anchored.end is not None:
        start, end = anchored.start, anchored.end
        fresh = {
            "start": start,
            "end": end,
            "quote": new[start:end],
            "prefix": new[max(0, start - CONTEXT) : start],
            "suffix": new[end : end + CONTEXT],
        }
        return {**rest, **{key: value for key, value in fresh.items() if key in rest or is_segment(rest)}}
    if record.get("kind") == "dismissal":
        return None
    since = record["waiting"]["text_sha256"] if is_waiting(record) else text_sha256(old)
    waiting = {
        "status": anchored.status,
        "text_sha256": since,
        # What is lost may have a place and no words there; nobody can put a coding on that.
        "candidates": [[start, end] for start, end in anchored.candidates if start < end],
    }
    return {**rest, "waiting": waiting}


def _with_named(resolution: Mapping[str, Any], old: str, new: str, known: KnownPlaces) -> dict[str, Any]:
    """A resolution whose segments are named as they stand in the new text, where they follow by themselves.

    The others keep their former places, so that the resolution no longer holds and somebody looks again.
    """
    sides = ("accepted", "rejected")
    named = [one for side in sides for one in resolution[side]]
    fits = [one for one in named if 0 <= one["start"] < one["end"] <= len(old)]
    named_places = [_place({**one, "quote": old[one["start"] : one["end"]]}, old) for one in fits]
    found = _anchored(old, new, named_places, known)
    places = {(one["start"], one["end"]): at for one, at in zip(fits, found, strict=True)}
    return {**resolution, **{side: list(_moved_names(resolution[side], places)) for side in sides}}


def _moved_names(
    named: list[Mapping[str, Any]], places: Mapping[tuple[int, int], Anchored]
) -> Iterator[Mapping[str, Any]]:
    for one in named:
        at = places.get((one["start"], one["end"]))
        if at is not None and at.status in ("kept", "moved"):
            yield {**one, "start": at.start, "end": at.end}
        else:
            yield one
