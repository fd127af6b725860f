"""The words that the registers share, whatever a study's own settings say, and the shape of their cells; opens nothing."""

from __future__ import annotations

import re

#: What a row does to its record: "" puts it in place, `withdrawn` takes it out from its day on.
ACTIONS = ("", "withdrawn")
SIDES = ("researcher", "self", "joint")
#: 0 is "not assessed".
LEVELS = (0, 1, 2, 3, 4, 5)
CONFIDENCES = ("low", "medium", "high")
ADDRESSES = ("promoting", "inhibiting")
PRIORITIES = (1, 2, 3)
STAGES = ("goals", "assess", "implement", "results", "effects")
#: The work areas and kinds of action of the supplier development programme (LUPA-01 to LUPA-10).
MEASURE_KINDS = tuple(f"LUPA-{number:02d}" for number in range(1, 11))
STATUSES = ("planned", "begun", "done", "postponed", "stopped")
EFFECTS = ("works", "partly", "not", "unknown")
INTENDED = ("yes", "no", "unknown")
NEW_TO = ("organisation", "market")
INNOVATION_HEIGHTS = (1, 2, 3, 4, 5)
EVENT_KINDS = (
    "article",
    "chapter",
    "thesis",
    "talk",
    "web",
    "workshop",
    "teaching",
    "course",
    "master_thesis",
    "spread",
    "tool_in_use",
    "guide",
)
INDICATOR_GROUPS = (
    "reference",
    "framework",
    "practice",
    "gains",
    "spread",
    "effects",
    "process_goal",
    "effect_goal",
    "outcome",
)
#: The group whose figures are told as their sources print them, side by side where they differ.
REFERENCE = "reference"
INDICATOR_STATUSES = ("defined", "undefined_in_source", "inconsistent")
DIRECTIONS = ("up", "down")
AGGREGATIONS = ("period", "aggregate")
INFERRED = ("yes", "no")
#: Who a passage can be cleared for. What the public may see, everybody may; the others cover only themselves.
AUDIENCES = ("co_researchers", "workshop", "public")
PUBLIC = "public"
#: The steps of a passage on its way to being shown, in their order; it can be revoked from any.
DRAFT, PSEUDONYMISED, CHECKED, CLEARED, REVOKED = "draft", "pseudonymised", "checked", "cleared", "revoked"
CLEARANCE_STATES = (DRAFT, PSEUDONYMISED, CHECKED, CLEARED, REVOKED)
#: What stands where words were taken out because somebody withdrew, as in texts (``corpus.store.REDACTED``).
TAKEN_OUT = "[trukket]"
#: What of a review pack a question can be about.
QUESTION_KINDS = ("element", "quote", "edge", "claim", "measure", "change")
#: The languages that a review pack can open in.
PACK_LANGUAGES = ("nb", "nn", "en")
#: What quotes go out in, each recorded so that it can be called back: the pack of a milestone, a page of the site, executed
#: notebooks and their slides. Rows from before this was told are packs.
PACK_KINDS = ("pack", "site", "notebooks", "slides")

#: Ids of rows: letters, digits, full stops, hyphens and underscores.
ID = re.compile(r"\w[\w.-]{0,39}")
#: A group that assesses together; never a name.
GROUP = re.compile(r"[A-Z0-9-]{2,24}")
#: A year, a half-year or a month.
PERIOD = re.compile(r"\d{4}(-H[12]|-(0[1-9]|1[0-2]))?", re.ASCII)
#: A day as the registers write it, or only its month or year.
DATE_OR_PART = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)
SHA256 = re.compile(r"[0-9a-f]{64}")
#: What a question is about: a kind and the id of one of that kind (an edge: ``TRD/C0001~C0004``).
ABOUT = re.compile(rf"({'|'.join(QUESTION_KINDS)}):\w[\w.~/-]{{0,79}}")


def number_in(text: str) -> float | None:
    """The number that a cell holds, written with a full stop and no blanks; None when it holds anything else.

    >>> number_in("12.5"), number_in("-3"), number_in("12,5"), number_in("3–7 %"), number_in("")
    (12.5, -3.0, None, None, None)
    """
    return float(text) if NUMBER.fullmatch(text) else None
