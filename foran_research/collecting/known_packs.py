"""Which packs answers can be about: those that this study made, those that somebody gives, and what each of them said."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..corpus.store import write_atomically
from ..errors import ForanError, UnknownName
from ..review.answers import canonical_json, family, things_in
from ..settings import Milestone
from ..study import Study
from ..withdrawal import EMPTIED_PACK
from .ledger import PACKS

Packs = Mapping[str, Mapping[str, Any]]
_PACK_IN_PAGE = re.compile(rb'<script\b[^>]*\bid="pack"[^>]*>(.*?)</script>', re.DOTALL)


def given_packs(paths: Sequence[Path]) -> dict[str, Mapping[str, Any]]:
    """The packs in files that somebody gives, by id.

    Raises
    ------
    ForanError
        For a file that cannot be read, is no pack, or was changed after it was made.
    """
    found = {}
    for path in paths:
        try:
            pack = pack_in(path.read_bytes())
        except OSError as error:
            raise ForanError(f"{path.name}: {error.strerror}") from None
        if pack is None:
            raise ForanError(f"{path.name}: no review pack, or one that was changed after it was made")
        found[str(pack["id"])] = pack
    return found


def pack_in(data: bytes, *, may_be_emptied: bool = False) -> Mapping[str, Any] | None:
    """The pack in a page or in JSON, if its id still fits what it says; a kept one may have lost words to a withdrawal.

    >>> pack_in(b"<p>no pack</p>") is None
    True
    """
    held = _PACK_IN_PAGE.search(data)
    try:
        pack = json.loads((held[1] if held else data).decode("utf-8"))
        content = {key: value for key, value in pack.items() if key != "id"}
        digits = hashlib.sha256(canonical_json(content).encode("utf-8")).hexdigest()[:12]
        is_whole = pack["format"] == "foran-review-pack" and str(pack["id"]).endswith(f"-{digits}")
        things_in(pack)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return pack if is_whole or (may_be_emptied and pack.get(EMPTIED_PACK) is True) else None


def keep_packs(study: Path, packs: Packs) -> None:
    """Keep what packs said, so that answers to them can be understood when newer ones have taken their place."""
    for name, pack in packs.items():
        place, data = study / PACKS / f"{name}.json", canonical_json(pack).encode("utf-8")
        there = pack_in(place.read_bytes(), may_be_emptied=True) if place.exists() else None
        # What a withdrawal took out does not come back with a copy of the page.
        if (there is None or EMPTIED_PACK not in there) and (not place.exists() or place.read_bytes() != data):
            write_atomically(place, data)


def kept_packs(study: Path) -> dict[str, Mapping[str, Any]]:
    """The packs whose contents are at hand: those that lie in outputs, and kept ones."""
    found = (pack_in(place.read_bytes()) for place in sorted((study / "outputs").glob("review/*.html")))
    return {str(pack["id"]): pack for pack in found if pack is not None} | packs_kept(study)


def packs_kept(study: Path) -> dict[str, Mapping[str, Any]]:
    """The packs whose contents earlier runs have kept."""
    found = (pack_in(place.read_bytes(), may_be_emptied=True) for place in sorted((study / PACKS).glob("*.json")))
    return {str(pack["id"]): pack for pack in found if pack is not None}


def known_packs(study: Study, contents: Packs) -> frozenset[str]:
    """The packs of this study: those of its register, and those kept because somebody gave them."""
    kept = {path.stem for path in (study.path / PACKS).glob("*.json")}
    listed = {row.id for row in study.registers.packs}
    ours = {milestone.id for milestone in study.settings.milestones}
    given = {name for name in contents if name in kept or name not in listed}
    return frozenset(listed | {name for name in given if contents[name]["milestone"]["id"] in ours})


def newest_of(study: Study, contents: Packs, among: Collection[str] | None = None) -> dict[str, str]:
    """By pack the newest one for the same milestone, audience and arena; of all packs, or of those ``among``."""
    made = {row.id: at for at, row in enumerate(study.registers.packs)}
    arenas = {name: str(pack["arena"]) for name, pack in contents.items()}
    arenas |= {row.id: row.arena for row in study.registers.packs}
    arenas = {name: arena for name, arena in arenas.items() if among is None or name in among}
    last: dict[tuple[str, str], str] = {}
    for name in sorted(arenas, key=lambda one: (made.get(one, -1), one)):
        last[family(name), arenas[name]] = name
    return {name: last[family(name), arena] for name, arena in arenas.items()}


def milestone_of(study: Study, pack: str) -> Milestone:
    """The milestone that a pack is about, as its id tells.

    Raises
    ------
    UnknownName
        When the study has no such milestone.
    """
    name = family(pack)
    found = [one for one in study.settings.milestones if name == one.id or name.startswith(f"{one.id}-")]
    if not found:
        raise UnknownName("milestone", name, (one.id for one in study.settings.milestones))
    return max(found, key=lambda one: len(one.id))


def segment_of(study: Study, pack: str, quote: str) -> str:
    """The coded segment that a quote is; a pack for the public numbers its quotes as the register lists them."""
    row = next((row for row in reversed(study.registers.packs) if row.id == pack), None)
    if row is None or not re.fullmatch(r"q[0-9]{4,}", quote) or not 0 < int(quote[1:]) <= len(row.segments):
        return quote
    return row.segments[int(quote[1:]) - 1]


def is_of(study: Study, pack: str, asked: str) -> bool:
    """Whether a pack is one of those asked for: by its id, what all its versions have in common, its milestone, or ""."""
    return asked in ("", pack, family(pack)) or asked == milestone_of(study, pack).id
