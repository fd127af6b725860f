"""ELAN: the annotations of its tiers in the order of time, a speaker for each tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import Faults
from ..source import Finding, Paragraph, SourceText
from .encodings import MOST_PARAGRAPHS, TAB, cleaned
from .safe import check_size, parse_xml

if TYPE_CHECKING:
    from lxml import etree

#: Seconds of one unit, by the file's TIME_UNITS.
_UNITS = {"milliseconds": 0.001, "PAL-frames": 0.04, "NTSC-frames": 1001 / 30000}


@dataclass(frozen=True, slots=True)
class _Annotation:
    """One annotation with the slots, or the annotation, that its time comes from."""

    id: str
    words: str
    begin: str
    end: str
    parent: str
    number: int


@dataclass(frozen=True, slots=True)
class _Tier:
    speaker: str
    id: str
    parent: str
    annotations: tuple[_Annotation, ...]


def read_eaf(data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
    """The annotations of an ELAN file as paragraphs in the order of time; `speaker` is the tier's participant, or its id.

    Carried are the tiers that stand on no other. Tiers below them (translations, glosses, words) are counted and left
    out, unless only they have words: then those nearest the top are carried. Slots without a time lie evenly between
    their neighbours; an annotation that refers to another has that one's time. Paths of recordings are not carried.
    """
    if not check_size(data, name, faults):
        return ()
    root = parse_xml(data, name, faults)
    if root is None:
        return ()
    if _tag(root) != "ANNOTATION_DOCUMENT":
        faults.note("wrong-type", name, None, "XML of another kind", "an ELAN file (.eaf)", "Choose another file.")
        return ()
    dropped = [0]
    tiers = _tiers(root, dropped)
    chosen = _carried(tiers)
    if sum(len(tier.annotations) for tier in chosen) > MOST_PARAGRAPHS:
        faults.note("too-big", name, None, "too many annotations", f"at most {MOST_PARAGRAPHS:,}", "Divide the file.")
        return ()
    slots = _slots(root)
    units = next((e.get("TIME_UNITS", "milliseconds") for e in root if _tag(e) == "HEADER"), "milliseconds")
    times = _times(tiers, slots)
    placed: list[tuple[float, int, int, Paragraph]] = []
    for order, tier in enumerate(chosen):
        last = 0.0
        for annotation in tier.annotations:
            begin, end = times.get(annotation.id, (None, None))
            last = begin if begin is not None else last
            if annotation.words:
                factor = _UNITS.get(units)
                is_forward = begin is not None and end is not None and end >= begin
                paragraph = Paragraph(
                    annotation.words,
                    tier.speaker,
                    round(begin * factor, 3) if begin is not None and factor else None,
                    round(end * factor, 3) if end is not None and is_forward and factor else None,
                    place=annotation.number,
                )
                placed.append((last, order, annotation.number, paragraph))
    if not placed:
        faults.note(
            "empty-text", name, None, "no annotation with words", "annotations", "Check that this is the right file."
        )
        return ()
    placed.sort(key=lambda one: one[:3])
    paragraphs = tuple(one[3] for one in placed)
    return (SourceText("eaf", paragraphs, findings=tuple(_findings(root, tiers, chosen, paragraphs, dropped[0]))),)


def _tag(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _findings(
    root: etree._Element,
    tiers: Sequence[_Tier],
    chosen: Sequence[_Tier],
    paragraphs: Sequence[Paragraph],
    dropped: int,
) -> list[Finding]:
    left = [tier for tier in tiers if tier not in chosen]
    media = sum(
        1
        for header in root
        if _tag(header) == "HEADER"
        for e in header
        if _tag(e) in ("MEDIA_DESCRIPTOR", "LINKED_FILE_DESCRIPTOR")
    )
    empty = sum(1 for tier in chosen for annotation in tier.annotations if not annotation.words)
    spoken_over, latest = 0, (-1.0, "")
    for one in paragraphs:
        if one.time is not None and one.time < latest[0] and one.speaker != latest[1]:
            spoken_over += 1
        if one.end is not None and one.end > latest[0]:
            latest = (one.end, one.speaker)
    told = (
        ("metadata", media, False, "paths of recordings and linked files"),
        ("metadata", int(bool(root.get("AUTHOR"))), False, "author of the file"),
        ("dependent-tier", sum(1 for t in left for a in t.annotations if a.words), False,
         f"annotations of {sum(1 for t in left if any(a.words for a in t.annotations))} tiers that stand on others"),
        ("empty-annotation", empty, False, ""),
        ("control-character", dropped, False, ""),
        ("overlap", spoken_over, True, "annotations that begin before another speaker ends"),
    )  # fmt: skip
    return [Finding(what, count, carried, detail) for what, count, carried, detail in told if count]


def _tiers(root: etree._Element, dropped: list[int]) -> list[_Tier]:
    tiers, number = [], 0
    for element in root:
        if _tag(element) != "TIER":
            continue
        annotations = []
        for holder in element:
            for one in holder if _tag(holder) == "ANNOTATION" else ():
                if _tag(one) not in ("ALIGNABLE_ANNOTATION", "REF_ANNOTATION"):
                    continue
                number += 1
                raw = next(
                    ("".join(map(str, value.itertext())) for value in one if _tag(value) == "ANNOTATION_VALUE"), ""
                )
                annotations.append(
                    _Annotation(
                        one.get("ANNOTATION_ID", f"\0{number}"),
                        _words(raw, dropped),
                        one.get("TIME_SLOT_REF1", ""),
                        one.get("TIME_SLOT_REF2", ""),
                        one.get("ANNOTATION_REF", ""),
                        number,
                    )
                )
        participant = _words(element.get("PARTICIPANT", ""), dropped)
        id = element.get("TIER_ID", "")
        speaker = " ".join((participant or _words(id, dropped)).split())
        tiers.append(_Tier(speaker, id, element.get("PARENT_REF", ""), tuple(annotations)))
    return tiers


def _words(raw: str, dropped: list[int]) -> str:
    if raw.isascii() and raw.isprintable():
        return raw.strip()
    text, found = cleaned(raw)
    dropped[0] += sum(finding.count for finding in found if finding.what == "control-character")
    lines = (line.strip().replace("\t", TAB) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _carried(tiers: Sequence[_Tier]) -> list[_Tier]:
    """The tiers nearest the top that have words."""
    by_id = {tier.id: tier for tier in tiers}
    depths: dict[str, int] = {}
    for tier in tiers:
        chain: dict[str, None] = {}
        here = tier.id
        while here in by_id and here not in depths and here not in chain:
            chain[here] = None
            here = by_id[here].parent
        depth = depths.get(here, -1)
        for id in reversed(chain):
            depth += 1
            depths[id] = depth
    with_words = [tier for tier in tiers if any(annotation.words for annotation in tier.annotations)]
    nearest = min((depths[tier.id] for tier in with_words), default=0)
    return [tier for tier in with_words if depths[tier.id] == nearest]


def _slots(root: etree._Element) -> dict[str, float]:
    """The time of each slot in the file's units; slots without one lie evenly between their neighbours."""
    ids: list[str] = []
    known: list[tuple[int, float]] = []
    for order in root:
        for slot in order if _tag(order) == "TIME_ORDER" else ():
            if _tag(slot) == "TIME_SLOT":
                raw = slot.get("TIME_VALUE", "")
                if raw.isascii() and raw.isdigit() and len(raw) < 13:
                    known.append((len(ids), float(raw)))
                ids.append(slot.get("TIME_SLOT_ID", ""))
    times: dict[str, float] = {}
    following = 0
    for at, id in enumerate(ids if known else ()):
        while following < len(known) - 1 and known[following][0] < at:
            following += 1
        (start, low), (end, high) = known[max(0, following - 1)], known[following]
        # Before the first known time, and after the last, there is nothing to lie between.
        share = min(1.0, max(0.0, (at - start) / (end - start))) if end > start else 0.0
        times.setdefault(id, high if at == end else low + (high - low) * share)
    return times


def _times(tiers: Sequence[_Tier], slots: Mapping[str, float]) -> dict[str, tuple[float | None, float | None]]:
    """Beginning and end of each annotation; those that refer to another have that one's."""
    by_id = {annotation.id: annotation for tier in tiers for annotation in tier.annotations}
    times: dict[str, tuple[float | None, float | None]] = {}
    for id in by_id:
        chain: dict[str, None] = {}
        here = id
        while here in by_id and here not in times and here not in chain and by_id[here].parent:
            chain[here] = None
            here = by_id[here].parent
        if here in by_id and here not in times:
            one = by_id[here]
            times[here] = (slots.get(one.begin), slots.get(one.end)) if not one.parent else (None, None)
        found = times.get(here, (None, None))
        for link in chain:
            times[link] = found
    return times
