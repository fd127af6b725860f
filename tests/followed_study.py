"""The small study with milestones of improvement, follow-up and status, and the registers they are made of. All invented."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import Any

from small_study import SmallStudy

from foran_research.registers.records import COLUMNS, KINDS

MILESTONES = """
[templates.improvement_model]
model = "improvement"
notebooks = ["08_model.ipynb"]
[templates.followup_model]
model = "followup"
notebooks = ["08_model.ipynb"]
[templates.status]
model = "status"
notebooks = ["08_model.ipynb"]
[[milestones]]
id = "I1"
title = { nb = "Forbedring Fjordvik", en = "Improvement Fjordvik" }
cut_off = 2020-12-31
template = "improvement_model"
case = "FJO"
model_version = 1
codebook_version = "1.0.0"
[[milestones]]
id = "F1"
title = { nb = "Oppfølging Fjordvik", en = "Follow-up Fjordvik" }
cut_off = 2021-09-30
template = "followup_model"
case = "FJO"
model_version = 1
codebook_version = "2.0.0"
after = ["I1"]
[[milestones]]
id = "M16"
title = { nb = "Styrket", en = "Strengthened" }
cut_off = 2021-09-30
template = "status"
model_version = 1
codebook_version = "2.0.0"
"""

S = "FJO-I01.K1.s0"
N = "FJO-I02.K1.s0"
ASSESSMENTS = [
    # id, on, milestone, element, version, side, level, evidence, rationale
    ("a1", "2020-12-10", "I1", "C0001", "1.0.0", "researcher", 1, f"{S}1", "Én gjorde det"),
    ("a2", "2020-12-10", "I1", "C0003", "1.0.0", "researcher", 2, f"{S}3", ""),
    ("a3", "2020-12-10", "I1", "C0005", "1.0.0", "researcher", 2, f"{S}5", ""),
    ("a4", "2020-12-11", "I1", "C0001", "1.0.0", "self", 3, "", "Vi får det til 😀"),
    ("b1", "2021-09-10", "F1", "C0001", "2.0.0", "researcher", 2, f"{S}1", "Flere gjør det nå"),
    ("b2", "2021-09-10", "F1", "C0012", "2.0.0", "researcher", 3, f"{S}3", ""),
    ("b3", "2021-09-10", "F1", "C0005", "2.0.0", "researcher", 1, f"{S}5", "Lederen i Ålgård sluttet"),
    ("b4", "2021-10-02", "", "C0001", "2.0.0", "self", 5, "", "For sent"),
]
TARGETS = [
    ("t1", "2020-12-20", "C0001", "1.0.0", 2), ("t2", "2020-12-20", "C0003", "1.0.0", 4),
    ("t3", "2020-12-20", "C0005", "1.0.0", 3),
]  # fmt: skip
MEASURES = [
    # id, on, element, version, title, addresses, evidence, priority, grounds
    ("T1", "2020-12-21", "C0001", "1.0.0", "Spør om natta", "promoting", f"{S}1", 1, "Å spørre virket"),
    ("T2", "2020-12-21", "C0002", "1.0.0", "Åpne møter", "inhibiting", f"{S}2", 2, "Få kom"),
    ("T3", "2020-12-21", "C0005", "1.0.0", "Strategien ut av skuffen", "inhibiting", f"{S}5", 1, "Ingen leser den"),
    ("T4", "2021-10-03", "C0005", "2.0.0", "For sent", "inhibiting", "", 1, "x"),
]
STEPS = [
    # measure, step, on, from, to
    ("T1", "1", "2020-12-21", "2021-01-10", "2021-02-10"), ("T1", "2", "2020-12-21", "2021-02-11", "2021-12-20"),
    ("T2", "1", "2020-12-21", "2021-01-10", "2021-03-31"), ("T3", "1", "2020-12-21", "2021-01-10", "2021-02-28"),
    ("T2", "1", "2021-04-01", "2021-01-10", "2021-10-31"), ("T1", "2", "2021-10-05", "2021-02-11", "2022-12-20"),
]  # fmt: skip
STATUSES = [
    # id, on, measure, step, status, effect, evidence, why, next
    ("u1", "2021-01-12", "T1", "1", "begun", "unknown", "", "", ""),
    ("u2", "2021-02-20", "T1", "1", "done", "works", f"{S}1", "Nattevaktene svarte", ""),
    ("u3", "2021-03-01", "T1", "2", "begun", "unknown", "", "", "Spør flere"),
    ("u4", "2021-04-01", "T2", "1", "postponed", "unknown", "", "Ingen hadde tid", "Til høsten"),
    ("u5", "2021-01-15", "T3", "1", "begun", "unknown", "", "", ""),
    ("u6", "2021-06-01", "T3", "", "begun", "not", f"{N}3", "Ingen leste den", "Les den høyt"),
    ("u7", "2021-10-01", "T3", "", "stopped", "not", "", "For sent", ""),
]
EVENTS = [
    ("e1", "2021-05-02", "2021-05-01", "tool_in_use", "FJO", "Egenvurdering i bruk"),
    ("e2", "2021-10-02", "2021-10-01", "spread", "", "For sent"),
]


def practice_milestones(*rows: tuple[str, str, str, int, str]) -> str:
    """Settings with a practice model a row: its name, cut-off, municipality, version, and codebook version."""
    template = '\n[templates.practice_model]\nmodel = "practice"\nnotebooks = ["11_practice.ipynb"]\n'
    return template + "".join(
        f"""[[milestones]]
id = "{name}"
title = {{ nb = "Praksismodell {version}", en = "Practice model {version}" }}
cut_off = {cut_off}
template = "practice_model"
case = "{case}"
model_version = {version}
codebook_version = "{codebook}"
"""
        for name, cut_off, case, version, codebook in rows
    )


def written(name: str, rows: list[dict[str, Any]]) -> str:
    columns = COLUMNS[KINDS[name]]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def with_registers(study: SmallStudy) -> SmallStudy:
    study.add("foran.toml", MILESTONES)
    same = {"case": "FJO"}
    tables = {
        "assessments": [
            {**same, "id": i, "on": on, "milestone": m or "M2", "element": e, "codebook_version": v, "side": side,
             "level": level, "evidence": ev, "rationale": why, "assessor": "K1" if side == "researcher" else "FJO-GRUPPE-1"}
            for i, on, m, e, v, side, level, ev, why in ASSESSMENTS
            if on <= "2021-09-30"
        ],
        "targets": [
            {**same, "id": i, "on": on, "element": e, "codebook_version": v, "level": level}
            for i, on, e, v, level in TARGETS
        ],
        "measures": [
            {**same, "id": i, "on": on, "element": e, "codebook_version": v, "title_nb": t, "title_en": t,
             "addresses": a, "factor": "Noe", "evidence": ev, "owner": "innkjop", "priority": p, "grounds": g,
             "stage": "results"}
            for i, on, e, v, t, a, ev, p, g in MEASURES
        ],
        "steps": [
            {"measure": m, "step": s, "on": on, "text_nb": f"Steg {s} ø", "text_en": f"Step {s}", "from": f, "to": t}
            for m, s, on, f, t in STEPS
        ],
        "statuses": [
            dict(zip(("id", "on", "measure", "step", "status", "effect", "evidence", "why", "next"), row, strict=True))
            for row in STATUSES
        ],
        "events": [
            {"id": i, "on": on, "date": d, "kind": k, "case": c, "what_nb": w, "what_en": w, "by": "FJO"}
            for i, on, d, k, c, w in EVENTS
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        (study.path / KINDS[name].FILE).write_text(written(name, rows), encoding="utf-8", newline="\n")
    return study


def followed_study(written_once: Path, folder: Path) -> SmallStudy:
    """The small study in `folder`/study, with its registers."""
    shutil.copytree(written_once, folder / "study")
    return with_registers(SmallStudy(folder / "study"))


def hide(study: SmallStudy, document: str) -> None:
    """Put a document into a class that may not be shown."""
    path = study.path / "corpus/documents.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    for row in rows:
        row["disclosure"] = "trade_secret" if row["id"] == document else row["disclosure"]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="\n")
