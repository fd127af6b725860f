"""All answers that have been received, put together, and which of them are taken further."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..corpus.store import WITHDRAWN
from ..errors import Faults, ForanError
from ..review.answers import AnswerFile, Merged, Said, merge, read_answers, things_in, without_readers
from ..review.told_before import read_things
from ..study import Study
from ..withdrawal import EMPTIED_PACK
from .days import note_bad_day
from .known_packs import Packs, kept_packs, newest_of
from .ledger import RECEIVED, Entry, ledger, standing
from .results import LeftOut


@dataclass(frozen=True)
class Received:
    """A received file with what the register says of it; `is_possible` is False for a day that it cannot be of."""

    file: AnswerFile
    on: str
    by: str
    date: str
    arena: str
    case: str
    is_possible: bool = True


@dataclass(frozen=True)
class Store:
    """All that has been received, and the packs that are known: by id what they say, where that is at hand."""

    rows: tuple[Received, ...]
    packs: Packs
    #: By pack the newest one for the same milestone, audience and arena.
    newest: Mapping[str, str]
    merged: Merged
    #: By pack the fingerprint of what it said of each thing, where that is known.
    things: Mapping[str, Mapping[str, str]]
    #: Days that files cannot be of.
    faults: Faults

    def pack_of(self, pack: str) -> Mapping[str, Any] | None:
        """What the newest pack for the same readers says, or the pack itself."""
        return self.packs.get(self.newest.get(pack, pack)) or self.packs.get(pack)


def stored(study: Study) -> Store:
    """What a study has received so far."""
    return store_of(study, ledger(study.path), {}, kept_packs(study.path))


def store_of(
    study: Study, rows: Iterable[Entry], new: Mapping[str, AnswerFile], packs: Packs, *, is_before: bool = False
) -> Store:
    """Files put together as the register tells of them.

    Parameters
    ----------
    rows
        The register of received files as it is, or is to be.
    new
        Files that are not kept yet, by their fingerprint.
    is_before
        As the run before saw it: it kept the `packs` that it knew, and those made since were not there.

    Raises
    ------
    ForanError
        When a kept file is not as it came.
    """
    found: list[Received] = []
    faults = Faults()
    for sha256, row in standing(rows).items():
        one = new.get(sha256) or _kept(study, sha256)
        # Files of readers who withdrew are gone, their rows stay.
        if one is None:
            continue
        is_bad = note_bad_day(study, row, one.pack, one.codebook_version, f"{RECEIVED}/{sha256}.json", faults)
        found.append(Received(one, row["on"], row["by"], row["date"], row["arena"], row["case"], not is_bad))
    merged = without_readers(merge(row.file for row in found), gone(study))
    asked = {row.file.pack for row in found}
    newest = newest_of(study, packs, {*packs, *asked} if is_before else None)
    asked |= {newest[name] for name in asked if name in newest}
    # Of a page that was written over, and of one that lies elsewhere, the fingerprints are on file.
    things: dict[str, Mapping[str, str]] = {}
    things |= {name: told for name in sorted(asked) if (told := read_things(study.path, name)) is not None}
    # What a pack says itself goes before them, unless a withdrawal has taken words out of it.
    things |= {name: things_in(one) for name, one in packs.items() if name not in things or EMPTIED_PACK not in one}
    return Store(tuple(found), packs, newest, merged, things, faults)


def _kept(study: Study, sha256: str) -> AnswerFile | None:
    place = study.path / RECEIVED / f"{sha256}.json"
    if not place.exists():
        return None
    one = read_answers(place.read_bytes(), f"{RECEIVED}/{place.name}", Faults(), accepts_edited=True)
    if one is None or one.sha256 != sha256:
        raise ForanError(f"{RECEIVED}/{place.name}: not as it came; put it back from a backup")
    return one


def gone(study: Study) -> frozenset[str]:
    """The codes of participants who have withdrawn."""
    people = study.participants
    return frozenset(str(name) for name in people.index if WITHDRAWN in people.columns and people.at[name, WITHDRAWN])


def taken(store: Store) -> tuple[tuple[Said, ...], list[LeftOut]]:
    """Answers to things that the newest pack still has and says the same of; and the others, counted."""
    reasons = whys(store)
    kept = tuple(one for one, why in zip(store.merged.said, reasons, strict=True) if not why)
    left = Counter(
        (one.reader.pack, one.answer.about.kind, why)
        for one, why in zip(store.merged.said, reasons, strict=True)
        if why
    )
    return kept, [LeftOut(*which, count) for which, count in sorted(left.items())]


def whys(store: Store) -> list[str]:
    """For each answer that stands why it is not taken further, "" where it is."""
    return [_why_not(one, store.things, store.newest) for one in store.merged.said]


def _why_not(one: Said, things: Mapping[str, Mapping[str, str]], newest: Mapping[str, str]) -> str:
    about, pack = one.answer.about, one.reader.pack
    if about.kind == "pack":
        return "" if about.id == pack else "unknown"
    own, now = things.get(pack), things.get(newest.get(pack, pack))
    if own is not None and about.thing not in own:
        return "unknown"
    if now is None:
        return ""
    if about.thing not in now:
        return "gone"
    return "changed" if own is not None and own[about.thing] != now[about.thing] else ""


def waiting_ids(store: Store, kept: Iterable[Said]) -> frozenset[str]:
    """Answers that stand but are not taken now: a memo of theirs stays as it is."""
    keys = {one.key for one in kept}
    return frozenset(one.answer.id for one in store.merged.said if one.key not in keys)
