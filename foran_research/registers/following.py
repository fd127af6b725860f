"""From the element that a row was written about to the elements of another codebook version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from ..codebook.changes import Lineage
from ..codebook.code import Change, Codebook, version_key

#: What became of an element: it goes on under its id (`same`, also when renamed, moved or reworded; `redefined` when its
#: meaning was changed or narrowed), or not.
Fate = Literal["same", "redefined", "merged", "split", "retired", "no_element"]
_REDEFINING = ("redefine", "narrow")


class AboutElement(Protocol):
    """A row about an element of a codebook version: an assessment, a target or a measure."""

    @property
    def element(self) -> str:
        """The code id."""

    @property
    def codebook_version(self) -> str:
        """The version it was written under."""


@dataclass(frozen=True)
class Followed:
    """What became of a row's element under another codebook version.

    `codes` are the ids it has there: one, or none. `fate` is what changed it the most, in `version` by `change`; both are
    "" when nothing did. Levels are comparable only where one element went on under its own id.
    """

    codes: tuple[str, ...]
    fate: Fate = "same"
    version: str = ""
    change: str = ""

    @property
    def is_comparable(self) -> bool:
        """Whether a level given then means the same box today."""
        return bool(self.codes) and self.fate != "merged"

    def told(self, language: str) -> str:
        """What is to be said beside the figure; "" when there is nothing to say.

        >>> Followed((), "split", "2.0.0").told("en")
        'not comparable: split in 2.0.0'
        """
        text = _TOLD[self.fate][language]
        return text.format(version=self.version) if text else ""


_TOLD: Mapping[Fate, Mapping[str, str]] = {
    "same": {"nb": "", "en": ""},
    "redefined": {"nb": "definisjonen ble endret i {version}", "en": "the definition was changed in {version}"},
    "merged": {
        "nb": "ikke sammenlignbart: slått sammen i {version}",
        "en": "not comparable: merged in {version}",
    },
    "split": {"nb": "ikke sammenlignbart: delt i {version}", "en": "not comparable: split in {version}"},
    "retired": {"nb": "ikke sammenlignbart: utgått i {version}", "en": "not comparable: retired in {version}"},
    "no_element": {
        "nb": "ikke sammenlignbart: ikke et element i {version}",
        "en": "not comparable: not an element in {version}",
    },
}
_WEIGHT: tuple[Fate, ...] = ("same", "redefined", "merged")


def follow(record: AboutElement, lineage: Lineage, to_version: str) -> tuple[str, ...]:
    """The ids that a row's element has under a codebook version: one, or none when it was split or is there no longer.

    Renamed, moved, reworded, redefined and narrowed elements keep their id; of those merged the new one is given. For
    what is to be told beside it see :func:`followed`.

    Raises
    ------
    UnknownName
        For a version that the study does not have.
    """
    return followed(record, lineage, to_version).codes


def followed(record: AboutElement, lineage: Lineage, to_version: str) -> Followed:
    """What became of a row's element under a codebook version, and by which change.

    Parameters
    ----------
    record
        A row with an element and the version it was written under.
    lineage
        The codebooks of the study.
    to_version
        Where to: a later version, or an earlier one. Backwards an element is found only where no change touched it but
        by name, place or wording.

    Raises
    ------
    UnknownName
        For a version that the study does not have.
    """
    target, _ = lineage[to_version], lineage[record.codebook_version]
    if version_key(to_version) < version_key(record.codebook_version):
        return _back(record, lineage, target)
    found = Followed((record.element,))
    for book in lineage.after(record.codebook_version, to_version):
        found = _step(found, book)
        if not found.codes:
            return found
    is_element = found.codes[0] in {code.id for code in target.elements}
    return found if is_element else Followed((), "no_element", _left_in(found.codes[0], lineage, record, to_version))


def _step(found: Followed, book: Codebook) -> Followed:
    """What one version makes of an element."""
    (code,) = found.codes
    for change in book.changes:
        rows = [row for row in change.migration if row.source == code]
        if not change.is_accepted or not (rows or code in change.source):
            continue
        if change.type in _REDEFINING and not any(row.rule != "keep" for row in rows):
            found = _heavier(found, Followed((code,), "redefined", book.codebook_version, change.id))
        if not rows or rows[0].rule == "keep":
            continue
        to = rows[0].to
        if rows[0].rule in ("map", "facet") and len(to) == 1 and change.type != "split":
            return _heavier(found, Followed(to, _fate_of(change), book.codebook_version, change.id))
        fate: Fate = "split" if len(to) > 1 or change.type == "split" else "retired"
        return Followed((), fate, book.codebook_version, change.id)
    return found


def _fate_of(change: Change) -> Fate:
    """A new id that takes the place of one code alone is a new name; of several it is a merger."""
    return "merged" if change.type in ("merge", "to_facet") or len(set(change.source)) > 1 else "same"


def _heavier(before: Followed, now: Followed) -> Followed:
    """`now`, with what was told before where that weighs more."""
    if _WEIGHT.index(before.fate) > _WEIGHT.index(now.fate):
        return Followed(now.codes, before.fate, before.version, before.change)
    return now


def _left_in(code: str, lineage: Lineage, record: AboutElement, to_version: str) -> str:
    """The first version in which a code is no element."""
    for book in lineage.after(record.codebook_version, to_version):
        if code not in {element.id for element in book.elements} and code in book.by_id:
            return book.codebook_version
    return to_version


def _back(record: AboutElement, lineage: Lineage, target: Codebook) -> Followed:
    """An element of a later version, asked for in an earlier one."""
    found = Followed((record.element,))
    for book in reversed(lineage.after(target.codebook_version, record.codebook_version)):
        for change in book.changes:
            rows = [row for row in change.migration if record.element in (row.source, *row.to)]
            if not change.is_accepted:
                continue
            if any(row.rule != "keep" for row in rows):
                fate: Fate = "split" if change.type == "split" else "merged"
                return Followed((), fate, book.codebook_version, change.id)
            if change.type in _REDEFINING and record.element in change.source:
                found = Followed(found.codes, "redefined", book.codebook_version, change.id)
    if record.element in {code.id for code in target.elements}:
        return found
    return Followed((), "no_element", target.codebook_version)
