"""Model inputs made by hand, without a file: a small codebook in two versions, and frames of a few rows. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from foran_research.analysis.incidence import UNIT_COLUMNS
from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Change, Code, Codebook, Migration
from foran_research.coding.segments import segments_table
from foran_research.models.capability import CapabilityModel, ModelInputs, build_model, coded_under

CASES = ("AAA", "BBB", "CCC")
LEVELS = ("P", "K", "E", "X")


def both(nb: str, en: str | None = None) -> dict[str, str]:
    return {"nb": nb, "en": en or nb}


def code(id_: str, display: str, *, parent: str | None = None, is_active: bool = True, since: str = "1.0.0") -> Code:
    texts: dict[str, Any] = {
        key: both(f"{key} {display}") for key in ("brief", "definition", "when_to_use", "when_not_to_use", "example")
    }
    return Code(
        id=id_, display=display, level=display[0], parent=parent, label=both(f"navn {display}", f"name {display}"),
        source=(), polarity_in_source=(), maturity="R", status="active" if is_active else "deprecated",
        introduced_in=since, deprecated_in=None, successors=(), **texts,
    )  # fmt: skip


def change(
    id_: str, kind: str, source: tuple[str, ...], to: tuple[str, ...], *rows: Migration, is_accepted: bool = True
) -> Change:
    return Change(
        id=id_, type=kind, source=source, to=to, summary=both(f"sammendrag {id_}", f"summary {id_}"),
        reason_empirical=both(f"empirisk {id_}", f"empirical {id_}"),
        reason_theoretical=both(f"teoretisk {id_}", f"theoretical {id_}"), evidence=("S0:7",), proposed_by_role="stipendiat",
        decided_at="2021-01-02", arena="", is_accepted=is_accepted, migration=rows,
    )  # fmt: skip


def book(
    version: str, codes: tuple[Code, ...], changes: tuple[Change, ...] = (), released: str = "2020-01-01"
) -> Codebook:
    return Codebook(version, released, both("bok"), both(""), codes, changes)


#: P1; P2 with P2.1 below it; E1; and K1, which only the second version has.
FIRST = book("1.0.0", (code("C0001", "P1"), code("C0002", "P2"), code("C0003", "P2.1", parent="C0002"), code("C0005", "E1"),
                       code("C0006", "X1")))  # fmt: skip
SECOND = book(
    "2.0.0",
    (*FIRST.codes[:4], code("C0006", "X1", is_active=False), code("C0004", "K1", since="2.0.0")),
    (change("CH-1", "new", (), ("C0004",)), change("CH-2", "retire", ("C0006",), (), Migration("C0006", "retire"))),
    "2021-01-01",
)
LINEAGE = Lineage((FIRST, SECOND))


def documents(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Rows of (id, kind, case, guide)."""
    frame = pd.DataFrame(rows, columns=["id", "kind", "case", "guide"]).set_index("id")
    return frame.assign(text_sha256=[f"{number:064x}" for number in range(len(frame))])


def units(*rows: tuple[str, int, str, str, str]) -> pd.DataFrame:
    """Rows of (document, turn, case, informant, actor type)."""
    return pd.DataFrame(
        [(f"{d}:{t}", d, t, case, "", "2020-05-01", who, actor, True) for d, t, case, who, actor in rows],
        columns=list(UNIT_COLUMNS),
    )


def segments(*rows: tuple[str, str, tuple[int, ...], str, str], **more: Any) -> pd.DataFrame:
    """Rows of (segment, document, turns, code, polarity); `more` sets columns by segment id: ``status={"s1": "review"}``."""
    frame = segments_table(
        {
            "segment": name, "coder": "K1", "document": document, "start": number * 10, "end": number * 10 + 5,
            "turns": turns, "quote": f"sitat {name}", "code": code_id, "polarity": polarity, "codebook_version": "2.0.0",
            "at": "2021-02-01T10:00:00Z", "memo": "", "applied_under": "2.0.0",
        }
        for number, (name, document, turns, code_id, polarity) in enumerate(rows)
    )  # fmt: skip
    frame = frame.assign(status="ok", candidates=pd.Series([()] * len(frame), dtype=object), first_code=frame["code"])
    for column, values in more.items():
        frame[column] = [values.get(name, old) for name, old in zip(frame["segment"], frame[column], strict=True)]
    return frame


def inputs(
    segments_: pd.DataFrame, units_: pd.DataFrame, documents_: pd.DataFrame, *, hidden: frozenset[str] = frozenset(),
    asked: Mapping[str, frozenset[str]] | None = None, read_under: Mapping[str, str] | None = None,
    min_edge_turns: int = 1, codebook: Codebook = SECOND, lineage: Lineage = LINEAGE,
) -> ModelInputs:  # fmt: skip
    return ModelInputs(
        segments=segments_, units=units_, documents=documents_,
        coded_under=coded_under(segments_) if read_under is None else read_under, hidden=hidden,
        asked=asked or {}, codebook=codebook, lineage=lineage, cases=CASES, levels=LEVELS, coding="human", coders=("K1",),
        min_edge_turns=min_edge_turns,
    )  # fmt: skip


def model_of(given: ModelInputs, *, words: int = 0) -> CapabilityModel:
    return build_model(
        given, milestone="M1", model_version=1, cut_off="2021-09-30", coded_until="2021-09-30", words=words,
        study={"id": "hand", "is_synthetic": True, "notice": both("Oppdiktet", "Invented")},
    )  # fmt: skip
