"""A practice model as flat frames: one for each table that is saved as CSV. Ids in a cell stand apart by blanks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

Model = Mapping[str, Any]


def practice_tables(model: Model, language: str) -> dict[str, pd.DataFrame]:
    """Every table of the model by the name to save it under."""
    found = {
        "practice_profile": profile_table(model, language),
        "practice_course": course_table(model, language),
        "practice_processes": processes_table(model, language),
        "practice_actors": actors_table(model, language),
        "practice_factors": factors_table(model),
        "practice_network": network_table(model),
        "practice_particular": particular_table(model),
        "practice_changes": changes_table(model),
        "practice_mixing": pd.DataFrame(list(model["mixing"])),
        "practice_evidence": evidence_table(model),
    }
    if model["maturity"]:
        found["practice_maturity"] = maturity_table(model)
    return found


def _display(model: Model) -> dict[str, str]:
    return {one["id"]: one["display"] for one in model["profile"]}


def profile_table(model: Model, language: str) -> pd.DataFrame:
    """One row per element: state, passages by direction, and breadth as k and n."""
    rows = [
        {
            "code": one["display"],
            "id": one["id"],
            "level": one["level"],
            "label": one["label"][language],
            "state": one["state"],
            "pending": one["pending"],
            "segments": len({s for key in ("promoting", "inhibiting", "other") for s in one["segments"][key]}),
            "turns": one["turns"],
            "promoting": len(one["segments"]["promoting"]),
            "inhibiting": len(one["segments"]["inhibiting"]),
            "both": one["both"],
            "neutral": one["neutral"],
            "unset": one["unset"],
            "direction": one["direction"],
            "documents": len(one["documents"]),
            "of_documents": one["of_documents"],
            "informants": one["informants"],
            "of_informants": one["of_informants"],
            "actor_types": len(one["actor_types"]),
            "of_actor_types": one["of_actor_types"],
        }
        for one in model["profile"]
    ]
    return pd.DataFrame(rows)


_COURSE = ("process", "code", "id", "label", "phase", "promoting", "inhibiting", "other", "segments")


def course_table(model: Model, language: str) -> pd.DataFrame:
    """One row per process × element × phase with passages; those without a phase stand under phase ""."""
    display, rows = _display(model), []
    labels = {one["id"]: one["label"][language] for one in model["profile"]}
    for process in model["processes"]:
        for one in process["course"]:
            about = (process["id"], display[one["element"]], one["element"], labels[one["element"]])
            for phase, own in one["phases"].items():
                ids = list(dict.fromkeys((*own["promoting"], *own["inhibiting"], *own["other"])))
                if ids:
                    counts = tuple(len(own[key]) for key in ("promoting", "inhibiting", "other"))
                    rows.append((*about, phase, *counts, " ".join(ids)))
            if one["without_phase"]:
                rows.append((*about, "", None, None, None, " ".join(one["without_phase"])))
    frame = pd.DataFrame(rows, columns=list(_COURSE))
    return frame.astype(dict.fromkeys(_COURSE[5:8], "Int64"))


def processes_table(model: Model, language: str) -> pd.DataFrame:
    """One row per procurement process: its facts and how much material there is."""
    keys = ("procedure", "focus_area", "from", "to", "is_ongoing", "intended", "new_to", "innovation_height",
            "informants", "segments", "with_phase")  # fmt: skip
    rows = [
        {
            "process": one["id"],
            "title": one["title"][language],
            **{key: one[key] for key in keys},
            "documents": " ".join(one["documents"]),
            "ecosystem": " ".join(one["ecosystem"]),
        }
        for one in model["processes"]
    ]
    frame = pd.DataFrame(rows, columns=["process", "title", *keys, "documents", "ecosystem"])
    return frame.astype({"innovation_height": "Int64"})


_ACTORS = ("process", "actor_type", "id", "part", "is_withheld", "informants_heard", "evidence")


def actors_table(model: Model, language: str) -> pd.DataFrame:
    """One row per process × type of actor: the part in the register, and how many were heard."""
    rows = []
    for process in model["processes"]:
        heard = {one["actor_type"]: one["informants"] for one in process["heard"]}
        for one in process["actors"]:
            actor = one["actor_type"]
            rows.append(
                (process["id"], actor, one["id"], one["part"][language], one["is_withheld"], heard.get(actor, 0),
                 " ".join(one["evidence"]))
            )  # fmt: skip
        named = {one["actor_type"] for one in process["actors"]}
        rows += [
            (process["id"], actor, "", "", False, count, "") for actor, count in heard.items() if actor not in named
        ]
    return pd.DataFrame(rows, columns=list(_ACTORS))


def factors_table(model: Model) -> pd.DataFrame:
    """One row per direction × element, in the order of breadth."""
    display = _display(model)
    columns = ["direction", "code", "id", "documents", "informants", "actor_types", "processes", "segments"]
    rows = [
        (layer, display[one["element"]], one["element"], *(one[key] for key in columns[3:7]), " ".join(one["segments"]))
        for layer in ("promoting", "inhibiting")
        for one in model[layer]
    ]
    return pd.DataFrame(rows, columns=columns)


def network_table(model: Model) -> pd.DataFrame:
    """One row per edge of the municipality's own network."""
    display = _display(model)
    keys = ["kind", "turns", "documents", "jaccard", "both_promoting", "both_inhibiting", "opposed", "low", "high",
            "kept_share", "firmness"]  # fmt: skip
    rows = [
        (display[one["source"]], display[one["target"]], one["source"], one["target"], *(one[key] for key in keys),
         " ".join(one["segments"]))
        for one in model["network"]["edges"]
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["source", "target", "source_id", "target_id", *keys, "segments"])
    return frame.astype(dict.fromkeys(("low", "high", "kept_share"), "Float64"))


def particular_table(model: Model) -> pd.DataFrame:
    """One row per difference × municipality, this one first."""
    display, rows = _display(model), []
    for one in model["particular"]:
        codes = " ".join(display[code] for code in one["elements"])
        own = {**one, "case": model["case"], "is_compared": True}
        for there in (own, *one["elsewhere"]):
            rows.append(
                (one["kind"], codes, there["case"], there["state"], there["is_compared"], there["direction"],
                 there["promoting"], there["inhibiting"], one["turns"] if there is own else None,
                 " ".join(there["segments"]))
            )  # fmt: skip
    columns = [
        "kind",
        "codes",
        "case",
        "state",
        "is_compared",
        "direction",
        "promoting",
        "inhibiting",
        "turns",
        "segments",
    ]
    return pd.DataFrame(rows, columns=columns).astype({"turns": "Int64"})


def changes_table(model: Model) -> pd.DataFrame:
    """One row per element since the version before; empty for a first version."""
    display = _display(model)
    columns = ["code", "id", "kinship", "is_comparable", "from_elements", "state_before", "state_after",
               "promoting_before", "inhibiting_before", "promoting_after", "inhibiting_after", "direction_before",
               "direction_after", "is_direction_changed", "added_new", "added_old", "removed", "by_codebook"]  # fmt: skip
    rows = [
        (display[one["element"]], one["element"], one["kinship"], one["is_comparable"], " ".join(one["from_elements"]),
         one["state_before"], one["state_after"], one["before"]["promoting"], one["before"]["inhibiting"],
         one["after"]["promoting"], one["after"]["inhibiting"], one["direction_before"], one["direction_after"],
         one["is_direction_changed"], *(" ".join(one[key]) for key in ("added_new", "added_old", "removed", "by_codebook")))
        for one in (model["changes"] or {}).get("elements", ())
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def maturity_table(model: Model) -> pd.DataFrame:
    """One row per element × side that assessed it: the level that stands, the lowest and the highest."""
    rows = [
        (one["display"], one["element"], side, told["level"], told["low"], told["high"], told["assessors"],
         " ".join(one["evidence"]))
        for one in model["maturity"]["elements"]
        for side, told in one["sides"].items()
        if told["assessors"]
    ]  # fmt: skip
    columns = ["code", "id", "side", "level", "low", "high", "assessors", "evidence"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("level", "low", "high"), "Int64"))


def evidence_table(model: Model) -> pd.DataFrame:
    """One row per element × segment, so that every count can be followed to its passages."""
    rows = [
        (
            one["display"],
            one["id"],
            segment,
            segment in one["segments"]["promoting"],
            segment in one["segments"]["inhibiting"],
        )
        for one in model["profile"]
        for segment in dict.fromkeys(s for key in ("promoting", "inhibiting", "other") for s in one["segments"][key])
    ]
    return pd.DataFrame(rows, columns=["code", "id", "segment", "is_promoting", "is_inhibiting"])
