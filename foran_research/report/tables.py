"""The tables of a model version: flat frames with stable column names, written as CSV with line feeds and full precision."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

Model = Mapping[str, Any]

#: What spreadsheets take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?")


def csv_text(frame: pd.DataFrame) -> str:
    """A frame as CSV: no index, six significant digits, line feeds; the same frame gives the same bytes on every system.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; one that is a number does not.

    >>> print(csv_text(pd.DataFrame({"label": ["=1+1", "-2"], "n": [-2, 1]})), end="")
    label,n
    '=1+1,-2
    -2,1
    """
    safe = frame.copy()
    for place in range(len(frame.columns)):
        column = frame.iloc[:, place]
        # Other columns are left as they are, kind and all.
        if not pd.api.types.is_numeric_dtype(column.dtype) and any(_guarded(value) is not value for value in column):
            safe.isetitem(place, np.array([*map(_guarded, column), None], object)[:-1])
    return str(safe.to_csv(index=False, float_format="%.6g", lineterminator="\n"))


def _guarded(value: object) -> object:
    if not isinstance(value, str) or not value.startswith(_FORMULA):
        return value
    return value if _NUMBER.fullmatch(value) else f"'{value}"


def elements_table(model: Model, language: str) -> pd.DataFrame:
    """One row per element with its support and polarity counts, in codebook order."""
    rows = []
    for element in model["elements"]:
        support = element["support"]
        rows.append(
            {
                "id": element["id"],
                "code": element["display"],
                "level": element["level"],
                "label": element["label"][language],
                "cases": len(support["cases"]),
                "of_cases": support["of_cases"],
                "documents": support["documents"],
                "informants": support["informants"],
                "actor_types": len(support["actor_types"]),
                "turns": support["turns"],
                "segments": support["segments"],
                "promoting": len(element["promoting"]["segments"]),
                "inhibiting": len(element["inhibiting"]["segments"]),
                "both": element["both"],
                "neutral": element["neutral"],
                "unset": element["unset"],
            }
        )
    return pd.DataFrame(rows)


def cells_table(model: Model) -> pd.DataFrame:
    """One row per element × municipality: state and counts."""
    return pd.DataFrame(
        [
            {"id": element["id"], "code": element["display"], "case": case, **cell}
            for element in model["elements"]
            for case, cell in element["cells"].items()
        ]
    )


def relations_table(model: Model) -> pd.DataFrame:
    """One row per pair of elements spoken of in the same turns, strongest first."""
    display = {element["id"]: element["display"] for element in model["elements"]}
    order = {element["id"]: place for place, element in enumerate(model["elements"])}
    rows = [
        {
            "source": display[element["id"]],
            "target": display[relation["to"]],
            "kind": relation["kind"],
            "turns": relation["turns"],
            "documents": relation["documents"],
            "cases": len(relation["cases"]),
            "jaccard": relation["jaccard"],
            "lift": relation["lift"],
            "npmi": relation["npmi"],
            "is_distorted": relation["is_distorted"],
        }
        for element in model["elements"]
        for relation in element["relations"]
        if order[element["id"]] < order[relation["to"]]
    ]
    columns = ["source", "target", "kind", "turns", "documents", "cases", "jaccard", "lift", "npmi", "is_distorted"]
    return pd.DataFrame(rows, columns=columns).sort_values(["turns", "documents"], ascending=False, kind="stable")


def changes_table(model: Model, language: str) -> pd.DataFrame:
    """One row per change since the model version before."""
    columns = [
        "kind",
        "change",
        "from",
        "to",
        "decided_at",
        "summary",
        "reason_empirical",
        "reason_theoretical",
        "evidence",
    ]
    return pd.DataFrame(
        [
            {
                "kind": change["kind"],
                "change": change["change"],
                "from": " ".join(change["from"]),
                "to": " ".join(change["to"]),
                "decided_at": change["decided_at"],
                "summary": change["summary"][language],
                "reason_empirical": change["reasons"]["empirical"][language],
                "reason_theoretical": change["reasons"]["theoretical"][language],
                "evidence": " ".join(change["evidence"]),
            }
            for change in model["changes"]
        ],
        columns=columns,
    )


def unresolved_table(model: Model) -> pd.DataFrame:
    """One row per segment that waits for a person: its last code and the codes to choose among."""
    return pd.DataFrame(
        [{**row, "candidates": " ".join(row["candidates"])} for row in model["unresolved"]],
        columns=["segment", "document", "code", "candidates"],
    )


def evidence_table(model: Model) -> pd.DataFrame:
    """One row per element × segment: the chain from every claim to its passages."""
    rows = []
    for element in model["elements"]:
        promoting, inhibiting = set(element["promoting"]["segments"]), set(element["inhibiting"]["segments"])
        rows += [
            {
                "id": element["id"],
                "code": element["display"],
                "segment": segment,
                "promotes": segment in promoting,
                "inhibits": segment in inhibiting,
            }
            for segment in element["sources"]
        ]
    return pd.DataFrame(rows, columns=["id", "code", "segment", "promotes", "inhibits"])


def model_tables(model: Model, language: str) -> dict[str, pd.DataFrame]:
    """Every table of a model by file name without ending."""
    mixing = pd.DataFrame(model["mixing"]).T
    return {
        "elements": elements_table(model, language),
        "elements_by_municipality": cells_table(model),
        "relations": relations_table(model),
        "level_mixing": mixing.rename_axis("level").reset_index(),
        "changes": changes_table(model, language),
        "unresolved": unresolved_table(model),
        "evidence": evidence_table(model),
    }
