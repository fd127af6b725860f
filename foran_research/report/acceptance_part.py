"""The project's four criteria as reports tell them: the rows that the parts in ``acceptance_parts.html.j2`` show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .followup_words import followup_words, joined
from .frame import counted

#: A verdict in one sign, beside its word.
MARKS: Mapping[str, str] = {"met": "●", "partly": "◐", "not_shown": "○"}
#: Names of elements or measures that one line holds; how many more there are is told.
MOST_NAMES = 12


def acceptance_rows(
    acceptance: Mapping[str, Any], names: Mapping[str, str], language: str, shown: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """What a page shows of each verdict.

    Parameters
    ----------
    acceptance
        As ``models.acceptance.to_dict`` gives it.
    names
        By element or measure id, what to call it.
    shown
        The passages that the page has for other reasons; a verdict links to those, and says how many more it rests on.
        All of them for None.

    Returns
    -------
    For "1i", "1ii", "2i" and "2ii" in this order: `id`, `state`, `mark`, `told`, `question`, `threshold`, `conditions`
    (text, whether it holds), `missing`, `notes`, `stands_on`, `segments`, and `more`, how many passages the page leaves out.
    """
    said = followup_words(language)
    rows = []
    for one in acceptance["indicators"]:
        told = [(m["is_note"], _missing(m, names, said, language)) for m in one["missing"]]
        parts = [
            counted(len(one[key]), noun, said, language)
            for key, noun in (
                ("elements", "element"), ("assessments", "assessment"), ("measures", "measure"), ("statuses", "status"),
            )
            if one[key]
        ]  # fmt: skip
        own = [one_of for one_of in one["segments"] if shown is None or one_of in shown]
        rows.append(
            {
                "id": one["id"],
                "state": one["state"],
                "mark": MARKS[one["state"]],
                "told": said[f"judged_{one['state']}"],
                "question": one["question"][language],
                "threshold": one["threshold"][language],
                # Of nothing, nothing can lack: why there is none stands under what is missing.
                "conditions": [(c["told"][language], c["holds"]) for c in one["conditions"] if c["n"]],
                "missing": [text for is_note, text in told if not is_note],
                "notes": [text for is_note, text in told if is_note],
                "stands_on": ", ".join(parts) or said["none"],
                "segments": own,
                "more": len(one["segments"]) - len(own),
            }
        )
    return rows


def in_short(acceptance: Mapping[str, Any], language: str) -> str:
    """The four verdicts in one line: "1i ● oppfylt · 1ii ◐ delvis …"."""
    said = followup_words(language)
    return " · ".join(
        f"{one['id']} {MARKS[one['state']]} {said['judged_' + one['state']]}" for one in acceptance["indicators"]
    )


def _missing(m: Mapping[str, Any], names: Mapping[str, str], said: Mapping[str, str], language: str) -> str:
    text = str(m["told"][language])
    shown = joined([names.get(one, one) for one in m["ids"]], said, MOST_NAMES) if m["ids"] else ""
    line = f"{text}: {shown}" if shown else text
    return line[:1].upper() + line[1:]
