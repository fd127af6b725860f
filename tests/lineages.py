"""Codebooks and segments tables as plain values, for tests that need no files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from foran_research.codebook.code import Change, Code, Codebook, Migration
from foran_research.coding.segments import segments_table

WORDS = {"nb": "oppdiktet", "en": "invented"}


def plain_code(
    id_: str, display: str = "", *, parent: str | None = None, is_active: bool = True, level: str = ""
) -> Code:
    display = display or f"P{int(id_[1:])}"
    return Code(
        id=id_, display=display, level=level or display[0], parent=parent, label=WORDS, brief=WORDS, definition=WORDS,
        when_to_use=WORDS, when_not_to_use=WORDS, example=WORDS, source=(), polarity_in_source=(), maturity="R",
        status="active" if is_active else "deprecated", introduced_in="1.0.0",
        deprecated_in=None if is_active else "2.0.0", successors=(),
    )  # fmt: skip


def plain_change(*rows: Migration, type_: str = "merge", is_accepted: bool = True) -> Change:
    return Change(
        "CH", type_, tuple(row.source for row in rows), tuple(to for row in rows for to in row.to), WORDS, WORDS, WORDS,
        (), "", "", "", is_accepted, rows,
    )  # fmt: skip


def plain_book(version: str, codes: Iterable[Code], changes: Iterable[Change] = (), released: str = "") -> Codebook:
    return Codebook(version, released or f"202{version[0]}-01-01", WORDS, WORDS, tuple(codes), tuple(changes))


def segment_row(number: int, code: str, **more: Any) -> dict[str, Any]:
    """A row of a segments table on a span of its own, unless `start` and `end` are given."""
    return {
        "segment": f"D.K.s{number:03d}", "coder": "K", "document": "D", "start": number * 10, "end": number * 10 + 5,
        "turns": (1,), "quote": "x", "code": code, "polarity": "", "codebook_version": "1.0.0",
        "at": "2020-03-01T10:00:00Z", "memo": "", "applied_under": "1.0.0",
    } | more  # fmt: skip


def table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    return segments_table(rows)
