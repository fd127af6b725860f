"""A study in which passages have been cleared, as a value: nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from foran_research.registers.cleared import words_sha256
from foran_research.registers.records import Clearance
from foran_research.study import Study

STEPS = ("pseudonymised", "checked", "cleared")


def with_cleared(
    study: Study,
    segments: Iterable[str],
    audience: str = "workshop",
    *,
    edited: Mapping[str, str] | None = None,
    until: str = "cleared",
) -> Study:
    """The study with every one of `segments` brought to the step `until`, by two persons; `edited` are words to show."""
    words = dict(zip(*(study.segments()[name] for name in ("segment", "quote")), strict=True))
    rows = list(study.registers.clearances)
    for segment in segments:
        for day, step in enumerate(STEPS[: STEPS.index(until) + 1], 3):
            rows.append(
                Clearance(
                    id=f"CL{len(rows) + 1:05d}",
                    on=f"2024-06-{day:02d}",
                    segment=segment,
                    state=step,
                    audience=audience if step == "cleared" else "",
                    by="K2" if step == "checked" else "K1",
                    shown_as=(edited or {}).get(segment, ""),
                    text_sha256=words_sha256(words[segment]),
                )
            )
    return replace(study, registers=replace(study.registers, clearances=tuple(rows)))


def revoked(study: Study, segment: str) -> Study:
    """The study with a passage revoked for everybody."""
    row = Clearance(
        f"CL{len(study.registers.clearances) + 1:05d}", "2024-07-01", segment=segment, state="revoked", by="K1"
    )
    return replace(study, registers=replace(study.registers, clearances=(*study.registers.clearances, row)))
