"""A cross-case synthesis as a value: matrices, propositions with what they came to, patterns, saturation and places.

Counts, ids and what researchers wrote; informants' words only in places, where they were asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from ..analysis.cells import Readings
from ..analysis.meta_matrices import Ordered
from ..analysis.patterns import Pattern
from ..analysis.replication import Outcome, Proposition, Verdict
from ..analysis.saturation import Occurrence, Unseen
from ..analysis.synthesis import Framework
from ..codebook.code import Code, Codebook

PROBLEM_COLUMNS = ("problem", "memo", "about")
CHAIN_COLUMNS = (
    "claim_kind",
    "claim",
    "row",
    "column",
    "segment",
    "document",
    "turns",
    "text_sha256",
    "guide",
    "asks",
    "resolves",
    "why",
)


@dataclass(frozen=True)
class Place:
    """Where a coded segment stands; `words` only where they were asked for and may be quoted.

    `note`: "later" for one coded after the milestone, "not_counted" for one without a code in its codebook, else "".
    """

    segment: str
    document: str
    case: str
    turns: tuple[int, ...]
    code: str
    polarity: str
    coder: str
    note: str = ""
    words: str = ""


@dataclass(frozen=True)
class Judged:
    """A verdict as it was written: its memo and coder; `is_withheld` where its words tell of what may not be shown."""

    memo: str
    coder: str
    verdict: Verdict
    is_withheld: bool


@dataclass(frozen=True)
class Claim:
    """A proposition with its verdicts and what they come to.

    `written_at` is when its memo was first written, `stated_at` of the proposition since when it has said what it says,
    or the earlier day that was told (`is_told`). `versions` counts its wordings.
    """

    proposition: Proposition
    coder: str
    written_at: str
    is_told: bool
    versions: int
    is_withheld: bool
    outcome: Outcome
    verdicts: tuple[Judged, ...]


@dataclass(frozen=True, eq=False)
class Saturated:
    """Saturation of one kind of item: pooled and per case all twelve pairs, the curve, orders drawn anew, unseen codes."""

    found: Occurrence
    curve: pd.DataFrame
    pairs: pd.DataFrame
    orders: pd.DataFrame
    unseen: Unseen


@dataclass(frozen=True, eq=False)
class Synthesis:
    """All that is told across cases at one milestone. Made by ``synthesising.synthesis``."""

    milestone: str
    title: Mapping[str, str]
    cut_off: str
    coded_until: str
    #: In the study's own order.
    cases: tuple[str, ...]
    codebook: Codebook
    given: Readings
    matrices: Mapping[str, Framework]
    roles: pd.DataFrame
    case_order: Ordered
    crosstabs: Mapping[str, pd.DataFrame]
    patterns: tuple[Pattern, ...]
    negative: pd.DataFrame
    pairs: pd.DataFrame
    pair_counts: pd.DataFrame
    claims: tuple[Claim, ...]
    saturation: Mapping[str, Saturated]
    codebooks_used: tuple[str, ...]
    problems: pd.DataFrame
    chain: pd.DataFrame
    places: Mapping[str, Place]
    #: When the last memo of the synthesis was written, "" without any.
    memos_until: str
    has_words: bool
    #: Memos of the synthesis that are kept back while double coding is blind.
    withheld: int
    #: Rows of matrices ("process", "role") that are left out because all their documents may not be shown.
    rows_left_out: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def elements(self) -> tuple[Code, ...]:
        """The columns of every matrix, in the order of the codebook."""
        return tuple(self.codebook.elements)

    @property
    def hidden(self) -> int:
        """How many documents are left out because they may not be shown."""
        return len(self.given.hidden)
