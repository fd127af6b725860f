"""Codes and codebooks as values.

A code record follows MacQueen et al. (1998): code, brief definition, full definition, when to use, when not to use,
example; to that come labels in both languages, the source of the code and cues. Ids (``C0006``) are opaque and never
reused; display codes (``P4``) are labels that may move.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Bilingual = Mapping[str, str]
Status = Literal["active", "deprecated"]
Rule = Literal["keep", "map", "review", "facet", "retire", "relation", "tag"]

CHANGE_TYPES = (
    "new",
    "rename",
    "reword",
    "redefine",
    "narrow",
    "move",
    "promote",
    "merge",
    "split",
    "retire",
    "to_facet",
    "to_relation",
    "to_tag",
)
RULES: tuple[Rule, ...] = ("keep", "map", "review", "facet", "retire", "relation", "tag")


@dataclass(frozen=True)
class Cue:
    """A rule that suggests a code: a phrase in the cue language, or a spaCy token pattern.

    `polarity` is a hint or None; `negated` says what a negation just before does: keep (and mark), flip the hint, or
    drop the suggestion.
    """

    phrase: str | None
    pattern: tuple[Mapping[str, Any], ...] | None = None
    polarity: str | None = None
    negated: Literal["keep", "flip", "drop"] = "keep"


@dataclass(frozen=True)
class Code:
    """One capability element, or a sub-element when `parent` is set. Two-language texts are maps by language code."""

    id: str
    display: str
    level: str
    parent: str | None
    label: Bilingual
    brief: Bilingual
    definition: Bilingual
    when_to_use: Bilingual
    when_not_to_use: Bilingual
    example: Bilingual
    source: tuple[str, ...]
    polarity_in_source: tuple[Mapping[str, Any], ...]
    maturity: str
    status: Status
    introduced_in: str
    deprecated_in: str | None
    successors: tuple[str, ...]
    cues: Mapping[str, tuple[Cue, ...]] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        """Whether coders can apply it."""
        return self.status == "active"


@dataclass(frozen=True)
class Migration:
    """What becomes of segments coded with `source`: one row of a change record.

    keep: the same id goes on. map: every segment moves to `to`. review: a person chooses among `to`. facet: as map, and
    the polarity, or an answer to other facets, is set. retire: stays countable under the old version only. relation, tag:
    becomes such a record, called `name`.
    """

    source: str
    rule: Rule
    to: tuple[str, ...] = ()
    polarity: str | None = None
    name: str | None = None
    facets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One decision about the codebook, taken or rejected, with its reasons.

    `evidence` are references: coded segments, memos or documents by their ids, or lines of a source (``S2:117``).
    """

    id: str
    type: str
    source: tuple[str, ...]
    to: tuple[str, ...]
    summary: Bilingual
    reason_empirical: Bilingual
    reason_theoretical: Bilingual
    evidence: tuple[str, ...]
    proposed_by_role: str
    decided_at: str
    arena: str
    is_accepted: bool
    migration: tuple[Migration, ...]
    proposed_at: str = ""
    decided_by_role: str = ""
    decision_reason: Bilingual = field(default_factory=dict)


@dataclass(frozen=True)
class Codebook:
    """All codes of one version, deprecated ones included, and the changes since the version before."""

    codebook_version: str
    released: str
    title: Bilingual
    notice: Bilingual
    codes: tuple[Code, ...]
    changes: tuple[Change, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Code]:
        """Codes by id."""
        return {code.id: code for code in self.codes}

    @cached_property
    def by_display(self) -> Mapping[str, Code]:
        """Codes by display code; an active code wins over a deprecated one of the same label."""
        ranked = sorted(self.codes, key=lambda code: code.is_active)
        return {code.display: code for code in ranked}

    @cached_property
    def active(self) -> tuple[Code, ...]:
        """The codes that coders can apply, in display order."""
        return tuple(sorted((c for c in self.codes if c.is_active), key=lambda c: display_key(c.display)))

    @property
    def elements(self) -> tuple[Code, ...]:
        """The active codes without a parent, in display order: the boxes of a capability model."""
        return tuple(code for code in self.active if code.parent is None)

    def children(self, code_id: str) -> Iterator[Code]:
        """The active sub-elements of a code."""
        return (code for code in self.active if code.parent == code_id)

    def element_of(self, code_id: str) -> Code:
        """The element that a code rolls up to: itself or its topmost parent."""
        code = self.by_id[code_id]
        while code.parent is not None:
            code = self.by_id[code.parent]
        return code

    def find(self, name: str) -> Code | None:
        """The code with this id or display code."""
        return self.by_id.get(name) or self.by_display.get(name)


def display_key(display: str) -> tuple[int, tuple[tuple[int, str], ...]]:
    """Sort key that puts P2 before P10 and levels in the order P, K, E, X.

    >>> sorted(["E1", "P10", "P2", "K1"], key=display_key)
    ['P2', 'P10', 'K1', 'E1']
    """
    parts = re.findall(r"\d+|\D+", display)
    order = {"P": 0, "K": 1, "E": 2, "X": 3}
    return order.get(display[:1], 9), tuple(
        (int(part), "") if part.isdecimal() else (-1, part) for part in parts if part != "."
    )


def version_key(version: str) -> tuple[int, int, int]:
    """MAJOR.MINOR.PATCH as numbers, so that 1.10.0 follows 1.9.0.

    >>> version_key("1.10.0") > version_key("1.9.0")
    True
    """
    major, minor, patch = version.split(".")
    return int(major), int(minor), int(patch)


def suggestions_coder(codebook_version: str) -> str:
    """The coder name under which a codebook's cues suggest: never that of a person.

    >>> suggestions_coder("1.0.0")
    'cues@1.0.0'
    """
    return f"cues@{codebook_version}"
