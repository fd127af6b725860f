"""Tables of a milestone that may leave the project: counts, no ids of passages, and no small counts (analysis.disclosure).

A count that is not shown is ":", the sign of Norwegian statistics for what confidentiality keeps back; "" is what does not
apply. Every table is worked out of a model's elements (the dict form of models.capability) or of registers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..analysis.disclosure import DOCUMENTS, PERSONS, Layer, Suppressed, suppress

#: What stands in the place of a count that is kept back.
KEPT_BACK = ":"

#: The column of what is of no municipality of a table.
_OTHER = "other"

Elements = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Limits:
    """The fewest persons and the fewest documents that a count may stand for."""

    persons: int = PERSONS
    documents: int = DOCUMENTS


def hidden_cells(elements: Elements, cases: Sequence[str], limits: Limits) -> Suppressed:
    """Which cells and which totals of elements × municipalities are kept back; each element is a row that adds up."""

    def counted(key: str) -> Any:
        return np.array([[element["cells"][case][key] for case in cases] for element in elements], np.int64).reshape(
            len(elements), len(cases)
        )

    layers = [
        Layer("informants", counted("informants"), limits.persons),
        Layer("documents", counted("documents"), limits.documents, least=1),
        Layer("turns", counted("turns"), 0, least=1),
    ]
    return suppress(layers, columns_add=False)


def elements_table(elements: Elements, cases: Sequence[str], language: str, limits: Limits) -> pd.DataFrame:
    """One row per element: in how many municipalities, and how much evidence, or ":" where it rests on few."""
    hidden = hidden_cells(elements, cases, limits).row_totals
    rows = []
    for element, is_hidden in zip(elements, hidden, strict=True):
        support = element["support"]
        counts = {
            "documents": support["documents"],
            "informants": support["informants"],
            "actor_types": len(support["actor_types"]),
            "turns": support["turns"],
            "passages": support["segments"],
            "promoting": len(element["promoting"]["segments"]),
            "inhibiting": len(element["inhibiting"]["segments"]),
        }
        rows.append(
            {
                "code": element["display"],
                "level": element["level"],
                "label": element["label"][language],
                "municipalities": len(support["cases"]),
                "of_municipalities": support["of_cases"],
                **{name: KEPT_BACK if is_hidden else count for name, count in counts.items()},
            }
        )
    columns = ["code", "level", "label", "municipalities", "of_municipalities", "documents", "informants", "actor_types",
               "turns", "passages", "promoting", "inhibiting"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype=object)


def cells_table(elements: Elements, cases: Sequence[str], language: str, limits: Limits) -> pd.DataFrame:
    """One row per element × municipality: its state, and counts or ":"."""
    hidden = hidden_cells(elements, cases, limits).cells
    names = ("documents", "informants", "turns", "promoting", "inhibiting")
    rows = []
    for element, own in zip(elements, hidden, strict=True):
        for case, is_hidden in zip(cases, own, strict=True):
            cell = element["cells"][case]
            rows.append(
                {
                    "code": element["display"],
                    "label": element["label"][language],
                    "municipality": case,
                    "state": cell["state"],
                    **{name: KEPT_BACK if is_hidden else cell[name] for name in names},
                }
            )
    return pd.DataFrame(rows, columns=["code", "label", "municipality", "state", *names], dtype=object)


def relations_table(
    elements: Elements, cases: Sequence[str], persons: Mapping[tuple[str, str], int], limits: Limits
) -> pd.DataFrame:
    """One row per pair of elements spoken of together; counts and measures only where these rest on enough.

    Parameters
    ----------
    persons
        How many informants spoke of both in one turn, by the ids of the two elements in display order; none for 0.
    """
    display = {element["id"]: element["display"] for element in elements}
    # With the turns of a pair and of one element, a measure gives those of the other: both totals must be open.
    totals = hidden_cells(elements, cases, limits).row_totals
    closed = {element["id"] for element, is_hidden in zip(elements, totals, strict=True) if is_hidden}
    order = {element["id"]: place for place, element in enumerate(elements)}
    rows = []
    for element in elements:
        for relation in element["relations"]:
            if order[element["id"]] < order[relation["to"]]:
                is_hidden = (
                    relation["documents"] < limits.documents
                    or 0 < persons.get((element["id"], relation["to"]), 0) < limits.persons
                    or not closed.isdisjoint((element["id"], relation["to"]))
                )
                rows.append(
                    {
                        "source": element["display"],
                        "target": display[relation["to"]],
                        "kind": relation["kind"],
                        "municipalities": len(relation["cases"]),
                        **{
                            name: KEPT_BACK if is_hidden else relation[name]
                            for name in ("documents", "turns", "jaccard", "npmi")
                        },
                        "_rank": (
                            is_hidden,
                            -relation["documents"] * (not is_hidden),
                            -relation["turns"] * (not is_hidden),
                        ),
                    }
                )
    rows.sort(key=lambda row: row["_rank"])
    columns = ["source", "target", "kind", "municipalities", "documents", "turns", "jaccard", "npmi"]
    return pd.DataFrame([{name: row[name] for name in columns} for row in rows], columns=columns, dtype=object)


def counts_by_case(
    pairs: Sequence[tuple[str, str]],
    kinds: Sequence[tuple[str, str]],
    cases: Sequence[str],
    k: int,
    total: str,
    other: str,
    *,
    total_is_told: bool = False,
) -> pd.DataFrame:
    """How many there are of each kind in each municipality, with totals; small counts, and what gives them away, are ":".

    The total of all is how many pairs there are: a table that left some out would tell how many by what it lacks.

    Parameters
    ----------
    pairs
        The kind and the case of each person or document, once each.
    kinds
        Ids of kinds with their labels, in order; kinds that nobody has are left out.
    cases
        Ids of the columns, in order; pairs of other cases stand in a column "other", where there are any.
    k
        The fewest that may be shown.
    total
        What the last row is called.
    other
        What the row of kinds that are not listed is called, where there are any.
    total_is_told
        Whether how many there are in all is told elsewhere, however few; it is in any case where they are k or more.
    """
    named = {kind for kind, _ in kinds}
    pairs = [(kind if kind in named else "", case if case in cases else _OTHER) for kind, case in pairs]
    cases = [*cases, *([_OTHER] if any(case == _OTHER for _, case in pairs) else [])]
    rows = [(kind, label) for kind, label in (*kinds, ("", other)) if any(own == kind for own, _ in pairs)]
    counts = np.array([[pairs.count((kind, case)) for case in cases] for kind, _ in rows], np.int64)
    counts = counts.reshape(len(rows), len(cases))
    found = suppress([Layer("count", counts, k)], total_is_known=total_is_told or len(pairs) >= k)

    def shown(count: Any, is_hidden: Any) -> object:
        return KEPT_BACK if is_hidden else int(count)

    lines: list[dict[str, object]] = [
        {
            "kind": label,
            **{case: shown(counts[at, place], found.cells[at, place]) for place, case in enumerate(cases)},
            "total": shown(counts[at].sum(), found.row_totals[at]),
        }
        for at, (_, label) in enumerate(rows)
    ]
    if rows:
        sums = {case: shown(counts[:, place].sum(), found.column_totals[place]) for place, case in enumerate(cases)}
        lines.append({"kind": total, **sums, "total": shown(counts.sum(), found.total)})
    return pd.DataFrame(lines, columns=["kind", *cases, "total"], dtype=object)


def level_balance(elements: Elements, cases: Sequence[str], limits: Limits) -> pd.DataFrame:
    """Passages that promote and that inhibit, by level; of elements whose counts are kept back none."""
    hidden = hidden_cells(elements, cases, limits).row_totals
    rows: dict[str, list[int]] = {}
    for element, is_hidden in zip(elements, hidden, strict=True):
        own = rows.setdefault(element["level"], [0, 0, 0, 0])
        own[0] += 1
        own[1] += int(is_hidden)
        if not is_hidden:
            own[2] += len(element["promoting"]["segments"])
            own[3] += len(element["inhibiting"]["segments"])
    return pd.DataFrame(
        [(level, *counts) for level, counts in rows.items()],
        columns=["level", "elements", "kept_back", "promoting", "inhibiting"],
    )


def changes_table(changes: Sequence[Mapping[str, Any]], language: str) -> pd.DataFrame:
    """One row per change since the model version before: what changed, and in short why it is said; no evidence, no reasons."""
    return pd.DataFrame(
        [
            {
                "kind": change["kind"],
                "change": change["change"],
                "from": " ".join(change["from"]),
                "to": " ".join(change["to"]),
                "decided_at": change["decided_at"],
                "summary": change["summary"][language],
            }
            for change in changes
        ],
        columns=["kind", "change", "from", "to", "decided_at", "summary"],
    )
