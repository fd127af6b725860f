"""How codebook versions follow one another: lineage, and which codes an old code became."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..errors import UnknownName
from .code import Change, Codebook, Migration, version_key

#: What part of the version number a change must raise: 0 MAJOR, 1 MINOR, 2 PATCH.
BUMP = {
    "split": 0,
    "merge": 0,
    "retire": 0,
    "move": 0,
    "promote": 0,
    "to_facet": 0,
    "to_relation": 0,
    "to_tag": 0,
    "new": 1,
    "redefine": 1,
    "narrow": 1,
    "rename": 2,
    "reword": 2,
}


@dataclass(frozen=True)
class Lineage:
    """The codebooks of a study in order of version.

    >>> Lineage(()).versions
    ()
    """

    codebooks: tuple[Codebook, ...]
    #: Versions whose files are there and cannot be read: what refers to them is not judged.
    unreadable: tuple[str, ...] = ()

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """Version numbers, oldest first."""
        return tuple(book.codebook_version for book in self.codebooks)

    @cached_property
    def _by_version(self) -> dict[str, Codebook]:
        return {book.codebook_version: book for book in reversed(self.codebooks)}

    def __getitem__(self, codebook_version: str) -> Codebook:
        book = self._by_version.get(codebook_version)
        if book is None:
            raise UnknownName("codebook version", codebook_version, self.versions)
        return book

    @cached_property
    def appliable(self) -> frozenset[tuple[str, str]]:
        """Every (version, code id) that a coder could apply: the active codes of each codebook."""
        return frozenset((book.codebook_version, code.id) for book in self.codebooks for code in book.active)

    def after(self, codebook_version: str, up_to: str) -> tuple[Codebook, ...]:
        """The codebooks later than `codebook_version`, up to and with `up_to`: one migration step each."""
        low, high = version_key(codebook_version), version_key(up_to)
        return tuple(b for b in self.codebooks if low < version_key(b.codebook_version) <= high)

    def in_force(self, date: str) -> Codebook:
        """The latest codebook released on or before an ISO date; the first one for earlier dates."""
        if not self.codebooks:
            raise UnknownName("codebook version", f"in force on {date}", ())
        released = [book for book in self.codebooks if book.released <= date]
        return released[-1] if released else self.codebooks[0]

    def ancestors(self, code_id: str, codebook_version: str) -> frozenset[str]:
        """`code_id` and every earlier code whose segments can arrive at it by `codebook_version`."""
        family = {code_id}
        limit = version_key(codebook_version)
        for book in reversed([b for b in self.codebooks if version_key(b.codebook_version) <= limit]):
            # One step moves a segment once: rows of the same version do not follow one another.
            rows = migration_rows(book.changes).values()
            family |= {row.source for row in rows if family.intersection(row.to)}
        return frozenset(family)


def migration_rows(changes: Iterable[Change]) -> Mapping[str, Migration]:
    """The migration row of every code that the accepted changes touch, by old code id."""
    return {row.source: row for change in changes if change.is_accepted for row in change.migration}


def required_bump(changes: Iterable[Change]) -> int:
    """Which part of the number the accepted changes raise: 0 MAJOR, 1 MINOR, 2 PATCH."""
    return min((_bump_of(change) for change in changes if change.is_accepted), default=2)


def _bump_of(change: Change) -> int:
    # Whatever it is called: what sends segments to another code or to a person is MAJOR.
    return 0 if any(row.rule != "keep" for row in change.migration) else BUMP.get(change.type, 2)


def next_version(version: str, changes: Iterable[Change]) -> str:
    """The number that follows `version` when these changes are made; those rejected raise nothing.

    >>> next_version("1.4.2", ())
    '1.4.3'
    """
    part = required_bump(changes)
    numbers = version_key(version)
    return ".".join(str(n if place < part else n + 1 if place == part else 0) for place, n in enumerate(numbers))
