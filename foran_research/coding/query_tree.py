"""Queries as trees: passages, the operators that join them, and conditions that narrow them.

``str`` of a tree is the one way of writing it. ``docs/finding.md`` tells what everything means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

#: Facts of a coded segment; the others are facts of a place in the material.
SEGMENT_FIELDS = frozenset({"polarity", "coder", "memo"})
#: What needs no quotes as a value.
BARE = re.compile(r"[\w.@-]+")

# `at` is the column in the text that a node was read from; it is no part of what the query means.


@dataclass(frozen=True)
class Code:
    """A code with its sub-elements, or with `is_exact` the code alone."""

    name: str
    is_exact: bool = False
    at: int = field(default=-1, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{'=' * self.is_exact}{self.name}"


@dataclass(frozen=True)
class Everything:
    """Every coded passage."""

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True)
class Text:
    """Whole words of the transcripts, in any case; ``*`` stands for the rest of a word."""

    words: str
    at: int = field(default=-1, compare=False, repr=False)

    def __str__(self) -> str:
        return _quoted(self.words)

    @property
    def pattern(self) -> str:
        """The regular expression that finds it."""
        return text_pattern(self.words)


@dataclass(frozen=True)
class Regex:
    """A regular expression over the words of one turn, in any case."""

    pattern: str
    at: int = field(default=-1, compare=False, repr=False)

    def __str__(self) -> str:
        return "/" + re.sub(r"\\.|/", lambda m: r"\/" if m[0] == "/" else m[0], self.pattern, flags=re.DOTALL) + "/"


@dataclass(frozen=True)
class Fact:
    """A fact of a segment or of a place: one of `values` of what is called `name`."""

    name: str
    values: tuple[str, ...]
    at: int = field(default=-1, compare=False, repr=False)

    def __str__(self) -> str:
        values = [v if BARE.fullmatch(v) else _quoted(v) for v in self.values]
        return f"{self.name}:{'|'.join(values)}"


@dataclass(frozen=True)
class No:
    """A condition that must not hold."""

    inner: Condition

    def __str__(self) -> str:
        return f"NOT {_inside(self.inner, 4)}"


@dataclass(frozen=True)
class Both:
    """Two conditions that must hold."""

    left: Condition
    right: Condition

    def __str__(self) -> str:
        return f"{_inside(self.left, 2)} AND {_inside(self.right, 3)}"


@dataclass(frozen=True)
class Either:
    """Two conditions of which one must hold."""

    left: Condition
    right: Condition

    def __str__(self) -> str:
        return f"{_inside(self.left, 1)} OR {_inside(self.right, 2)}"


@dataclass(frozen=True)
class Where:
    """The passages of `inner` for which `condition` holds."""

    inner: Expression
    condition: Condition

    def __str__(self) -> str:
        return f"{_within(self.inner, 5)}[{self.condition}]"


@dataclass(frozen=True)
class And:
    """The text that passages of both sides share."""

    left: Expression
    right: Expression

    def __str__(self) -> str:
        return f"{_within(self.left, 3)} AND {_within(self.right, 4)}"


@dataclass(frozen=True)
class Without:
    """The passages of the left that share no text with any of the right."""

    left: Expression
    right: Expression

    def __str__(self) -> str:
        return f"{_within(self.left, 3)} AND NOT {_within(self.right, 4)}"


@dataclass(frozen=True)
class Or:
    """The passages of both sides."""

    left: Expression
    right: Expression

    def __str__(self) -> str:
        return f"{_within(self.left, 1)} OR {_within(self.right, 2)}"


@dataclass(frozen=True)
class Near:
    """Passages at most `distance` turns ("t") or words ("w") apart, or with `is_negated` those of the left that are not.

    With `is_ordered` the right must begin where the left has ended, or later.
    """

    left: Expression
    right: Expression
    distance: int
    unit: str
    is_ordered: bool = False
    is_negated: bool = False

    def __str__(self) -> str:
        word = f"{'NOT ' * self.is_negated}{'THEN' if self.is_ordered else 'NEAR'}/{self.distance}{self.unit}"
        return f"{_within(self.left, 4)} {word} {_within(self.right, 5)}"


@dataclass(frozen=True)
class Same:
    """The passages of both sides in every unit that has both, or with `is_negated` those of the left where right is not."""

    left: Expression
    right: Expression
    unit: str
    is_negated: bool = False

    def __str__(self) -> str:
        return f"{_within(self.left, 2)} {'NOT ' * self.is_negated}SAME {self.unit} {_within(self.right, 3)}"


Condition = Fact | Text | Regex | No | Both | Either
Expression = Code | Everything | Text | Regex | Where | And | Without | Or | Near | Same
CONDITIONS = (Fact, No, Both, Either)
_LEVELS: dict[type, int] = {Or: 1, Same: 2, And: 3, Without: 3, Near: 4}
_CONDITION_LEVELS: dict[type, int] = {Either: 1, Both: 2, No: 3}


def _within(node: Expression, level: int) -> str:
    return f"({node})" if _LEVELS.get(type(node), 5) < level else str(node)


def _inside(node: Condition, level: int) -> str:
    return f"({node})" if _CONDITION_LEVELS.get(type(node), 4) < level else str(node)


def _quoted(words: str) -> str:
    return '"' + re.sub(r'[\\"]', r"\\\g<0>", words) + '"'


def text_pattern(words: str) -> str:
    r"""The regular expression for whole words: blanks are any blanks, ``*`` the rest of a word, hyphens belong to words.

    >>> bool(re.search(text_pattern("dialog*"), "DIALOGEN", re.I)), bool(re.search(text_pattern("post"), "e-post"))
    (True, False)
    """
    rest = r"\w*(?:[-'’‑]\w+)*"
    parts = [rest.join(re.escape(piece) for piece in re.split(r"\*+", word)) for word in words.split()]
    first, last = words.strip()[:1], words.strip()[-1:]
    before = r"(?<!\w)(?<!\w[-'’‑])" if first == "*" or re.match(r"\w", first) else ""
    after = r"(?!\w)(?![-'’‑]\w)" if last == "*" or re.match(r"\w", last) else ""
    return before + r"\s+".join(parts) + after


def walk(node: Expression | Condition) -> Iterator[Expression | Condition]:
    """The node and everything below it."""
    yield node
    for name in ("inner", "condition", "left", "right"):
        if (below := getattr(node, name, None)) is not None:
            yield from walk(below)


def is_coded(node: Expression) -> bool:
    """Whether each passage is one or more whole coded segments, so that facts of a segment can be asked of it."""
    if isinstance(node, Where):
        return is_coded(node.inner)
    return isinstance(node, Code | Everything) or (
        isinstance(node, Or) and is_coded(node.left) and is_coded(node.right)
    )


def asks_of_segments(condition: Condition) -> bool:
    """Whether a condition is about coded segments (their polarity, coder or memo), not only about places."""
    return any(isinstance(node, Fact) and node.name in SEGMENT_FIELDS for node in walk(condition))


def holds_date(date: str, wanted: str) -> bool:
    """Whether an ISO date is a day, in a month, in a year or in a range, ends included.

    >>> [holds_date("2021-03-04", d) for d in ("2021", "2021-03..", "..2021-02", "2020-09..2021")]
    [True, True, False, True]
    """
    first, dots, last = wanted.partition("..")
    last = last if dots else first
    return (not first or date[: len(first)] >= first) and (not last or date[: len(last)] <= last) and bool(date)
