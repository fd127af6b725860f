"""What the network's screen is told, as plain values: codes with their places, a case's network, places of passages. Pure.

Codes cross by their number in the list of codes, and an edge's figures column by column: a network of 7,000 edges is sent
in one message. Only :func:`places_shown` is given words of informants, and lets through those that may be quoted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..analysis.incidence import Incidence
from ..analysis.network import MEASURES, cooccurrence, frequencies
from ..codebook.code import Codebook
from ..corpus.transcript import Transcript
from .layout import Layout

#: What an edge can be weighed by: turns with both codes, or a measure.
WEIGHTS = ("turns", *MEASURES)
#: Weights that are 0 for two codes that both occur and never meet: these can be compared between cases.
COMPARABLE = ("turns", "jaccard", "dice", "inclusion", "cosine", "lift", "association")
#: Which segments are counted: all, or those of one polarity (analysis.incidence.LAYERS).
LAYERS_SHOWN = ("all", "promoting", "inhibiting")
_PLACE_COLUMNS = ("unit", "element", "document", "turn", "case", "date", "actor_type", "may_quote", "start", "end", "code",
                  "polarity", "coder", "segment")  # fmt: skip
#: Steps of the slider for the least weight.
STEPS = 40


def codes_shown(codebook: Codebook, codes: Sequence[str], layout: Layout) -> list[dict[str, Any]]:
    """The codes of the network with their names and places, in the order in which views number them."""
    return [
        {
            "id": code.id,
            "display": code.display,
            "level": code.level,
            "label": dict(code.label),
            "x": layout.places[code.id][0],
            "y": layout.places[code.id][1],
        }
        for code in (codebook.by_id[name] for name in codes)
    ]


def regions_shown(layout: Layout) -> list[dict[str, Any]]:
    """The regions of the levels."""
    return [
        {"level": one.level, "x": one.x, "y": one.y, "width": one.width, "height": one.height} for one in layout.regions
    ]


def view_shown(table: Incidence, signs: pd.DataFrame | None = None) -> dict[str, Any]:
    """The network of one case and layer; `signs` are those of its edges (analysis.network.sign_mix), if they are told.

    Returns
    -------
    dict
        `units` and `documents` there are; by code `turns` and `inDocuments`; `edges` as columns of equal length:
        `source` and `target` (numbers of codes), `turns`, `documents`, `distorted` (0 or 1), and the measures. A measure
        that is undefined is None. With `signs` also `promoting`, `inhibiting` and `opposed`, by edge.
    """
    counts, edges = frequencies(table), cooccurrence(table)
    at = {code: number for number, code in enumerate(table.codes)}
    return {
        "units": len(table.units),
        "documents": int(table.units["document"].nunique()),
        "turns": [int(value) for value in counts["units"]],
        "inDocuments": [int(value) for value in counts["documents"]],
        "edges": {
            "source": [at[code] for code in edges["source"]],
            "target": [at[code] for code in edges["target"]],
            "turns": [int(value) for value in edges["n_ij"]],
            "documents": [int(value) for value in edges["documents"]],
            "distorted": [int(value) for value in edges["is_distorted"]],
            # Why a measure is undefined, as a key of analysis.stated.REASONS; "" where all are defined.
            "reason": [str(reason) for reason in edges["reason"]],
            **{name: numbers_shown(edges[name]) for name in MEASURES},
        },
        "signs": {}
        if signs is None
        else {
            name: [int(value) for value in signs[column]]
            for name, column in (
                ("promoting", "both_promoting"),
                ("inhibiting", "both_inhibiting"),
                ("opposed", "opposed"),
            )
        },
    }


def numbers_shown(column: pd.Series[Any]) -> list[float | None]:
    """Figures with six digits that count; None for one that is undefined.

    >>> numbers_shown(pd.Series([2 / 3, None], dtype="Float64"))
    [0.666667, None]
    """
    values = column.to_numpy(dtype=float, na_value=np.nan).tolist()
    return [float(f"{value:.6g}") if math.isfinite(value) else None for value in values]


def scale(values: Sequence[float | None]) -> list[float]:
    """The stops of a slider for the least weight: quantiles, so that every step leaves out about as many edges.

    Stops have three digits that count, rounded down: what is shown is what is compared with.

    >>> scale([0.5, 0.25, None, 0.12345]), scale([])
    ([0.123, 0.25, 0.5], [])
    """
    known = np.sort(np.array([value for value in values if value is not None], dtype=float))
    if not len(known):
        return []
    stops = np.quantile(known, np.linspace(0, 1, STEPS + 1), method="lower")
    return sorted({_rounded_down(float(stop)) for stop in stops})


def _rounded_down(value: float) -> float:
    if value == 0:
        return 0.0
    digits = 2 - math.floor(math.log10(abs(value)))
    # What has at most three digits stays: a product like 0.29 * 100 lies a hair below 29.
    return float(round(math.floor(round(value * 10.0**digits, 6)) / 10.0**digits, max(digits, 0)))


def places_shown(
    long: pd.DataFrame, codes: Sequence[str], case: str, codebook: Codebook, texts: Mapping[str, Transcript]
) -> dict[str, Any]:
    """Where one code stands, or two meet: one entry per turn, in the order of the units, with its coded segments.

    Parameters
    ----------
    long
        Segments × units (analysis.incidence.segment_units) with `element`, of what may be shown, in the order of units.
    codes
        One element's id, or two.
    case
        Only turns of this case; of all for "".
    texts
        The transcripts that the segments' offsets are of.

    Returns
    -------
    dict
        `places`; and `byCase`, how many turns and documents each case has. A place's `words` are those of the segment
        inside the turn, and None where its speaker has not consented to be quoted.
    """
    wanted = set(codes)
    by_unit: dict[str, list[dict[str, Any]]] = {}
    for row in long.loc[long["element"].isin(wanted), list(_PLACE_COLUMNS)].to_dict("records"):
        by_unit.setdefault(row["unit"], []).append({str(name): value for name, value in row.items()})
    turns = [rows for rows in by_unit.values() if {row["element"] for row in rows} == wanted]
    by_case: dict[str, list[str]] = {}
    for rows in turns:
        by_case.setdefault(str(rows[0]["case"]), []).append(str(rows[0]["document"]))
    return {
        "byCase": [
            {"case": name, "turns": len(documents), "documents": len(set(documents))}
            for name, documents in sorted(by_case.items())
        ],
        "places": [_place(rows, codebook, texts) for rows in turns if not case or rows[0]["case"] == case],
    }


def _place(rows: Sequence[Mapping[str, Any]], codebook: Codebook, texts: Mapping[str, Transcript]) -> dict[str, Any]:
    first = rows[0]
    text, number = texts[first["document"]], int(first["turn"])
    turn = next(turn for turn in text.turns if turn.number == number)
    marks: dict[tuple[int, int], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row["start"], row["end"], row["code"], row["segment"])):
        start, end = max(int(row["start"]), turn.span.start), min(int(row["end"]), turn.span.end)
        words = text.text[start:end].strip() if row["may_quote"] else None
        mark = marks.setdefault((start, end), {"words": words, "codes": []})
        mark["codes"].append(
            {
                "code": codebook.by_id[row["code"]].display,
                "polarity": row["polarity"],
                "coder": row["coder"],
                "segment": row["segment"],
            }
        )
    return {
        "document": first["document"],
        "turn": number,
        "date": str(first["date"]),
        "case": str(first["case"]),
        "actor": str(first["actor_type"]),
        "mayQuote": bool(first["may_quote"]),
        "marks": list(marks.values()),
    }
