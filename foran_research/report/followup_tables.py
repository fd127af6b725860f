"""The follow-up and evaluation model as flat frames; ids in a cell stand apart by blanks, as in the registers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

Model = Mapping[str, Any]

_WHOLE = ("baseline", "baseline_low", "baseline_high", "now", "now_low", "now_high", "target", "to_target", "priority",
          "days_late", "k", "n")  # fmt: skip
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "followup_elements": (
        "element", "code", "level_of", "label", "side", "baseline", "baseline_low", "baseline_high", "baseline_milestone",
        "now", "now_low", "now_high", "now_milestone", "status", "why", "is_explained", "target", "to_target",
        "promoting_old", "promoting_new", "inhibiting_old", "inhibiting_new", "measures", "sources",
    ),
    "followup_measures": (
        "measure", "title", "elements", "was", "addresses", "owner", "priority", "status", "is_derived", "effect",
        "steps", "steps_done", "late", "reached", "aims_at", "next", "withheld", "sources",
    ),
    "followup_steps": (
        "measure", "step", "text", "planned_from", "planned_to", "first_from", "first_to", "begun_on", "done_on",
        "halted_on", "status", "days_late",
    ),
    "followup_reports": ("report", "measure", "step", "on", "status", "effect", "why", "next", "withheld", "sources"),
    "followup_troubles": ("kind", "measure", "element", "why", "next", "steps", "statuses", "sources"),
    "followup_next": ("kind", "measure", "step", "day", "text", "status"),
}  # fmt: skip
ACCEPTANCE_COLUMNS = ("indicator", "state", "condition", "k", "n", "holds", "told", "missing", "ids")


def followup_tables(model: Model, language: str) -> dict[str, pd.DataFrame]:
    """Elements, measures, steps, reports, what did not go well, what comes next, the chain, and the four verdicts."""
    display = {one["id"]: one["display"] for one in model["elements"]}

    def codes(ids: list[str]) -> str:
        return " ".join(display.get(one, one) for one in ids)

    elements = [
        {
            "element": one["id"], "code": one["display"], "level_of": one["level_of"], "label": one["label"][language],
            "side": one["side"], **_level(one["baseline"], "baseline"), **_level(one["now"], "now"),
            "status": one["status"], "why": one["why"], "is_explained": one["is_explained"], "target": one["target"],
            "to_target": one["to_target"],
            **{key: len(one[key]) for key in ("promoting_old", "promoting_new", "inhibiting_old", "inhibiting_new")},
            "measures": " ".join(one["measures"]),
            "sources": " ".join((one["now"] or one["baseline"] or {"segments": ()})["segments"]),
        }
        for one in model["elements"]
    ]  # fmt: skip
    measures = [
        {
            **{key: one[key] for key in ("addresses", "owner", "priority", "status", "is_derived", "effect", "reached",
                                         "aims_at", "next", "withheld", "steps_done")},
            "measure": one["id"], "title": one["title"][language], "elements": codes(one["elements"]), "was": one["was"],
            "steps": len(one["steps"]), "late": " ".join(one["late"]), "sources": " ".join(one["segments"]),
        }
        for one in model["measures"]
    ]  # fmt: skip
    steps = [
        {**{key: step[key] for key in COLUMNS["followup_steps"] if key not in ("measure", "text")},
         "measure": one["id"], "text": step["text"][language]}
        for one in model["measures"] for step in one["steps"]
    ]  # fmt: skip
    reports = [
        {**{key: row[key] for key in ("step", "on", "status", "effect", "why", "next", "withheld")},
         "report": row["id"], "measure": one["id"], "sources": " ".join(row["segments"])}
        for one in model["measures"] for row in one["reports"]
    ]  # fmt: skip
    troubles = [
        {"kind": one["kind"], "measure": one["measure"], "element": display.get(one["element"], one["element"]),
         "why": one["why"], "next": one["next"], "steps": " ".join(one["steps"]),
         "statuses": " ".join(one["statuses"]), "sources": " ".join(one["segments"])}
        for one in model["troubles"]
    ]  # fmt: skip
    # The day is a deadline, or for what was reported the day of the report.
    coming = [{**one, "day": one["by"], "text": one["text"][language]} for one in model["next_steps"]]
    rows = {
        "followup_elements": elements,
        "followup_measures": measures,
        "followup_steps": steps,
        "followup_reports": reports,
        "followup_troubles": troubles,
        "followup_next": coming,
    }
    found = {name: _frame(rows[name], COLUMNS[name]) for name in rows}
    found["followup_chain"] = pd.DataFrame(
        [
            {"measure": one["id"], **{stage["stage"]: stage["is_shown"] for stage in one["stages"]}, "aims_at": one["aims_at"]}
            for one in model["measures"]
        ],
        columns=["measure", "goals", "assess", "implement", "results", "effects", "aims_at"],
    )  # fmt: skip
    found["followup_acceptance"] = acceptance_table(model["acceptance"], language, display)
    return found


def acceptance_table(acceptance: Mapping[str, Any], language: str, display: Mapping[str, str]) -> pd.DataFrame:
    """The four verdicts, one row for each condition and one for each thing that is missing."""
    rows = []
    for one in acceptance["indicators"]:
        for c in one["conditions"]:
            rows.append(
                (one["id"], one["state"], c["id"], c["k"], c["n"], c["holds"], c["told"][language], "", c["ids"])
            )
        for m in one["missing"]:
            rows.append((one["id"], one["state"], "", None, None, None, m["told"][language], m["kind"], m["ids"]))
    named = [(*row[:-1], " ".join(display.get(i, i) for i in row[-1])) for row in rows]
    return _frame([dict(zip(ACCEPTANCE_COLUMNS, row, strict=True)) for row in named], ACCEPTANCE_COLUMNS)


def _level(level: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
    given = level or {}
    return {
        name: given.get("level"),
        f"{name}_low": given.get("low"),
        f"{name}_high": given.get("high"),
        f"{name}_milestone": given.get("milestone", ""),
    }


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Rows as a frame; columns of whole numbers that may be missing stay whole numbers."""
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype({name: "Int64" for name in columns if name in _WHOLE})
