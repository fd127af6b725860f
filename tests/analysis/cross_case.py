"""A made-up study of three cases for tests of synthesis, small enough to count by hand. All invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hand_made import CASES, SECOND, documents, inputs, segments, units

from foran_research.analysis.cells import Grain, Readings, readings
from foran_research.models.capability import ModelInputs, resolved

GUIDES = {"g1": frozenset({"C0001", "C0003"}), "g2": frozenset({"C0004"})}
UNDER = {"A1": "2.0.0", "A2": "1.0.0", "B1": "1.0.0", "B2": "1.0.0", "C1": "2.0.0"}
DOCUMENTS = (
    ("A1", "interview", "AAA", "g1"),
    ("A2", "workshop_note", "AAA", ""),
    ("B1", "interview", "BBB", "g1"),
    ("B2", "interview", "BBB", "g2"),
    ("C1", "interview", "CCC", "g2"),
    ("C2", "public_document", "CCC", ""),
)
UNITS = (
    ("A1", 1, "AAA", "A-1", "leder"),
    ("A1", 2, "AAA", "A-1", "leder"),
    ("A2", 1, "AAA", "A-2", "bruker"),
    ("A2", 2, "AAA", "A2", ""),
    ("B1", 1, "BBB", "B-1", "leder"),
    ("B2", 1, "BBB", "B-2", "bruker"),
    ("C1", 1, "CCC", "C-1", "leder"),
    ("C2", 1, "CCC", "C2", ""),
)
SEGMENTS = (
    ("s1", "A1", (1,), "C0001", "fremmer"),
    ("s2", "A1", (1,), "C0001", "hemmer"),
    ("s3", "A1", (2,), "C0003", ""),
    ("s4", "A2", (1,), "C0001", "begge"),
    ("s5", "B1", (1,), "C0001", "hemmer"),
    ("s6", "C1", (1,), "C0005", "fremmer"),
)
#: The elements of `hand_made.SECOND` by their display codes.
P1, P2, E1, K1 = "C0001", "C0002", "C0005", "C0004"


def study(
    rows: Sequence[Any] = SEGMENTS,
    *,
    of_documents: Sequence[Any] = DOCUMENTS,
    of_units: Sequence[Any] = UNITS,
    hidden: frozenset[str] = frozenset({"C1"}),
    under: Mapping[str, str] = UNDER,
    guides: Mapping[str, frozenset[str]] = GUIDES,
) -> ModelInputs:
    register = documents(*of_documents)
    return inputs(
        segments(*rows),
        units(*of_units),
        register.assign(
            process=[f"{case}-{kind[0]}" for case, kind in zip(register["case"], register["kind"], strict=True)],
            date=[f"202{n % 3}-0{n % 9 + 1}-01" for n in range(len(register))],
        ),
        hidden=hidden,
        asked=guides,
        read_under=under,
    )


def read(given: ModelInputs, of: Grain = "element", **more: Any) -> Readings:
    long = resolved(given)
    register = given.documents.assign(**more.pop("attributes", {}))
    processes = register["process"]
    return readings(
        long.assign(process=long["document"].map(processes)),
        given.units.assign(process=given.units["document"].map(processes)),
        register, given.codebook, given.lineage, coded_under=given.coded_under, asked=given.asked, hidden=given.hidden,
        of=of,
    )  # fmt: skip


__all__ = ["CASES", "E1", "K1", "P1", "P2", "SECOND", "read", "study"]
