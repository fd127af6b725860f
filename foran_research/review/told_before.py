"""What packs on file have told, kept as numbers alone, and a new pack held against it.

``corpus/reviews/told/ID.json`` has the numbers of each pack that was made: nothing anybody said, only what went out already.
Where there is none (packs from before they were kept), everything that the pack may have told counts as told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..analysis.incidence import LAYERS
from ..corpus.store import write_atomically
from ..errors import Faults, ForanError
from ..models import capability
from ..network_screen.layout import HEIGHT, WIDTH, layout
from ..settings import Milestone
from ..study import Study
from .answers import things_in
from .content import checked, content_sha256
from .content_counts import ALL, Limits, Row
from .content_words import said
from .difference_lines import DOCUMENTS, is_small_number
from .differences import (
    Behind,
    Key,
    Told,
    behind_numbers,
    hold_back_differences,
    left_out_told,
    numbers_held,
    numbers_told,
)

FOLDER = "corpus/reviews/told"
#: What tells the numbers of a pack, by the kind of its row; "" are packs from before there were others.
KINDS = ("", "pack", "site")
FORMAT, SCHEMA_VERSION = "foran-told-numbers", 1


@dataclass(repr=False)
class ToldBefore:
    """What readers of a study's packs know already: of every pack on file, and of those made in the same go.

    Examples
    --------
    >>> known = ToldBefore(study)  # doctest: +SKIP
    >>> known.without_differences(pack_content(study, study.milestone("M5"), audience="workshop"))  # doctest: +SKIP
    """

    study: Study
    _states: dict[tuple[str, ...], tuple[Behind, int]] = field(default_factory=dict)
    _made: list[Told] = field(default_factory=list)

    def without_differences(
        self, pack: Mapping[str, Any], *, limits: Limits | None = None, coding: str = "human"
    ) -> dict[str, Any]:
        """A pack without the numbers that would tell of few together with those of other packs; its id made anew.

        All packs count, whomever they were made for: who reads one may read another.

        Parameters
        ----------
        pack
            As ``review.content.pack_content`` gives it.
        limits, coding
            As they were given to it.
        """
        milestone = self.study.milestone(str(pack["milestone"]["id"]))
        behind, least = self._state(milestone, coding)
        levels = {str(one["id"]): str(one["level"]) for one in pack["elements"] if not one["parent"]}
        limits = limits or Limits()

        def places(edges: Sequence[tuple[str, str, float]]) -> dict[str, tuple[float, float]]:
            order = [level.id for level in self.study.settings.levels]
            found = layout([*levels.items()], edges, order, seed=self.study.settings.seed)
            return {name: (round(x / WIDTH, 4), round(y / HEIGHT, 4)) for name, (x, y) in found.places.items()}

        made = hold_back_differences(
            pack,
            [*self._on_file(limits), *self._made],
            behind,
            limits=limits,
            least=least,
            what=said("left_small_difference", persons=limits.persons, documents=limits.documents),
            small=said("left_small_cell", persons=limits.persons, documents=limits.documents),
            places=places,
        )
        made["id"] = f"{milestone.id}-{made['audience']}-{content_sha256(made)[:12]}"
        return checked(made)

    def add(self, pack: Mapping[str, Any], *, coding: str = "human") -> None:
        """Count a pack as told, though it is not on file yet."""
        behind, _ = self._state(self.study.milestone(str(pack["milestone"]["id"])), coding)
        day = str(pack["milestone"]["cut_off"])
        self._made.append(
            Told(
                numbers_told(pack),
                behind,
                day,
                numbers_told(pack, "at_least"),
                left_out_told(pack),
                held=numbers_held(pack),
            )
        )

    def _on_file(self, limits: Limits) -> list[Told]:
        found = []
        known = {one.id: one for one in self.study.settings.milestones}
        rows = self.study.registers.packs
        for name, milestone in dict.fromkeys((row.id, row.milestone) for row in rows if row.kind in KINDS):
            if milestone not in known or known[milestone].model == "status":
                continue
            # Which coding a pack was of is not on file; numbers that are not those of the coders are told of as changed.
            behind, _ = self._state(known[milestone], "human")
            kept = read_told(self.study.path, name)
            day = known[milestone].cut_off.isoformat()
            found.append(
                _assumed(behind, day, limits)
                if kept is None
                else Told(
                    kept.numbers,
                    behind,
                    day,
                    kept.at_least,
                    kept.left_out,
                    held=self._not_told(kept, behind) if kept.held is None else kept.held,
                )
            )
        return found

    def _not_told(self, kept: Kept, behind: Behind) -> frozenset[Key]:
        """Every number that a pack could tell and does not: all that it may have held back."""
        cases = [case.id for case in self.study.settings.cases]
        things = {thing for thing, kind, _ in (*behind, *kept.numbers) if kind == DOCUMENTS}
        things |= {thing for thing, _ in kept.left_out if thing}
        every = {(one, kind, place) for one in things for kind in (DOCUMENTS, *LAYERS) for place in (*cases, ALL)}
        return frozenset(every - {*kept.numbers})

    def _state(self, milestone: Milestone, coding: str) -> tuple[Behind, int]:
        until = milestone.coded_until
        name = (milestone.cut_off.isoformat(), until.isoformat(), milestone.codebook_version, coding)
        if name not in self._states:
            today = self.study.today or self.study
            inputs = today.as_of(until).model_inputs(milestone, coding=coding)
            long = capability.resolved(inputs)
            shown = long[~long["document"].isin(inputs.hidden)]
            columns = ("element", "segment", "unit", "document", "informant", "case", "polarity")
            rows = (
                Row(element, segment, unit, document, "" if informant == document else informant, case, polarity)
                for element, segment, unit, document, informant, case, polarity in zip(
                    *(shown[one].astype(str).tolist() for one in columns), strict=True
                )
            )
            self._states[name] = (behind_numbers(rows), inputs.min_edge_turns)
        return self._states[name]


def _assumed(behind: Behind, day: str, limits: Limits) -> Told:
    """All that a pack may have told of which no numbers are kept."""
    numbers = {key: len(items) for key, items in behind.items() if not is_small_number(items, key[1], limits)}
    return Told(numbers, behind, day, is_certain=False)


# Files


@dataclass(frozen=True)
class Kept:
    """What is on file of a pack: its numbers, those told as the least there is, passages left out, numbers held back."""

    numbers: Mapping[Key, int]
    at_least: Mapping[Key, int]
    left_out: Mapping[tuple[str, str], int]
    #: None of a file from before these were kept.
    held: frozenset[Key] | None


def told_file(pack: Mapping[str, Any]) -> tuple[str, bytes]:
    """Where the numbers of a pack are kept, from the study's folder, and the bytes.

    Parameters
    ----------
    pack
        As it goes out.
    """
    value = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "pack": pack["id"],
        "numbers": _flat(numbers_told(pack)),
        "at_least": _flat(numbers_told(pack, "at_least")),
        "left_out": _flat(left_out_told(pack)),
        "held": sorted("|".join(key) for key in numbers_held(pack)),
        # Fingerprints of what each thing said: answers to it are understood when a newer pack has taken its place.
        "things": things_in(pack),
    }
    text = json.dumps(value, ensure_ascii=False, indent=0, sort_keys=True)
    return f"{FOLDER}/{pack['id']}.json", f"{text}\n".encode()


def keep_told(study: Path, pack: Mapping[str, Any]) -> None:
    """Keep what a pack tells, before its row is written and its file gets its name."""
    keep_numbers(study, str(pack["id"]), told_file(pack)[1])


def keep_numbers(study: Path, name: str, numbers: bytes) -> None:
    """Keep the numbers of a pack, as :func:`told_file` gives them, by its id."""
    path = study / FOLDER / f"{name}.json"
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, numbers)
    except OSError as error:
        raise ForanError(f"{FOLDER} cannot be written: {error.strerror or 'the disk refuses'}") from error


def read_things(study: Path, name: str) -> Mapping[str, str] | None:
    """Fingerprints of what a pack said of each thing, as ``answers.things_in`` gives them; None where none are kept.

    Raises
    ------
    ForanError
        For a file that cannot be read or is another pack's.
    """
    path = study / FOLDER / f"{name}.json"
    try:
        value = _value(path, name)
        things = value.get("things")
        if things is not None and not all(isinstance(one, str) for pair in things.items() for one in pair):
            raise ValueError(name)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ForanError(f"{FOLDER}/{name}.json cannot be read; put it back from a backup") from error
    return dict(things) if things is not None else None


def _value(path: Path, name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if value["format"] != FORMAT or value["pack"] != name:
        raise ValueError(name)
    return value


def read_told(study: Path, name: str) -> Kept | None:
    """What is kept of a pack's numbers; None when nothing is.

    Raises
    ------
    ForanError
        For a file that cannot be read: what went out must be known.
    """
    path = study / FOLDER / f"{name}.json"
    try:
        value = _value(path, name)
        numbers, least = ({_key(key): int(one) for key, one in value[what].items()} for what in ("numbers", "at_least"))
        left_out = {(key.partition("|")[0], key.partition("|")[2]): int(one) for key, one in value["left_out"].items()}
        held = frozenset(map(_key, value["held"])) if "held" in value else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ForanError(f"{FOLDER}/{name}.json cannot be read; put it back from a backup") from error
    return Kept(numbers, least, left_out, held)


def note_damaged(study: Path, faults: Faults) -> None:
    """Tell of each file of numbers that cannot be read: without it no pack can be made."""
    for path in sorted((study / FOLDER).glob("*.json")):
        try:
            read_told(study, path.stem)
        except ForanError:
            faults.note(
                "damaged-told-numbers",
                f"{FOLDER}/{path.name}",
                None,
                "a file that cannot be read",
                "the numbers that a pack has told, as they were kept when it was made",
                "Put it back from a backup. Without it everything that the pack may have told counts as told.",
            )


def _flat(numbers: Mapping[Any, int]) -> dict[str, int]:
    return {"|".join(key): number for key, number in numbers.items()}


def _key(text: str) -> Key:
    thing, kind, place = text.split("|")
    return thing, kind, place


def in_order_of_time(milestones: Iterable[Milestone]) -> list[Milestone]:
    """Milestones by their cut-off: in the order in which their packs are best made."""
    return sorted(milestones, key=lambda one: one.cut_off)
