"""Memos of a cross-case synthesis: summaries of cells, propositions with what is expected of each case, and verdicts.

What their records must hold to be understood; :mod:`foran_research.coding.memos` reads them as it reads all memos. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..errors import ForanError
from ..vocabulary import is_iso_date

#: A summary says what one cell of a framework matrix holds, a proposition what is claimed of all cases, a verdict what
#: one case says to it.
SYNTHESIS_TYPES = ("summary", "proposition", "verdict")
#: What each has beside its text. `expectation` is one line per case (:func:`expectations_in`), `basis` what the cell held
#: when it was summarised (``analysis.synthesis.basis_of``).
SYNTHESIS_FIELDS: Mapping[str, tuple[str, ...]] = {
    "summary": ("basis",),
    "proposition": ("expectation", "rival", "stated_on"),
    "verdict": ("verdict", "rival"),
}
#: The fields that only these memos have.
OWN_FIELDS = ("rival", "stated_on", "verdict", "basis")
VERDICTS = ("supports", "supports_with_conditions", "contradicts", "no_evidence")
#: The kinds of row that a framework matrix has.
ROW_KINDS = ("case", "document", "process")
_ABOUT = {"summary": ("code",), "proposition": ("study", "code"), "verdict": ("memo",)}
_ROWS = {"summary": ROW_KINDS, "proposition": (), "verdict": ("case",)}
_LINE = re.compile(r"(?P<case>[^\s:]+)\s*:\s*(?P<word>same|different)(?:\s+because\s+(?P<reason>\S.*))?")
_BASIS = re.compile(r"(?P<sha256>[0-9a-f]{64}):(?P<version>\d+\.\d+\.\d+)")


class Expected(NamedTuple):
    """What a proposition expects of a case: the same as elsewhere, or something different for a reason."""

    is_same: bool
    reason: str


def expectations_in(text: str) -> dict[str, Expected]:
    r"""What is expected of each case, from the lines of a proposition's `expectation`.

    Raises
    ------
    ForanError
        For a line that is not understood, a reason without a difference, and a case named twice.

    Examples
    --------
    >>> expectations_in("TRD: same\nBGO: different because arenaen hadde få innlegg")["BGO"].reason
    'arenaen hadde få innlegg'
    """
    found: dict[str, Expected] = {}
    for number, line in enumerate((line.strip() for line in text.splitlines()), 1):
        if not line:
            continue
        told = _LINE.fullmatch(line)
        if told is None or (told["word"] == "same" and told["reason"]):
            raise ForanError(
                f"line {number} of the expectation is none; expected CASE: same, or CASE: different because …"
            )
        if told["case"] in found:
            raise ForanError(f"line {number} of the expectation names a case for the second time")
        found[told["case"]] = Expected(told["word"] == "same", told["reason"] or "")
    return found


def expectation_text(expected: Mapping[str, Expected]) -> str:
    r"""The lines that :func:`expectations_in` reads.

    >>> expectation_text({"TRD": Expected(True, ""), "BGO": Expected(False, "få innlegg")})
    'TRD: same\nBGO: different because få innlegg'

    A reason is written on one line, whatever it was broken into: what follows a line break would be another expectation.

    Raises
    ------
    ForanError
        For what is expected to be the same, with a reason for a difference.
    """
    lines = []
    for case, one in expected.items():
        reason = " ".join(one.reason.split())
        if one.is_same and reason:
            raise ForanError(f"{case}: the same, with a reason why not; expected either. Nothing was written")
        lines.append(
            f"{case}: same" if one.is_same else f"{case}: different" + (f" because {reason}" if reason else "")
        )
    return "\n".join(lines)


def same_in(
    state: Mapping[str, Mapping[str, Any]], kind: str, about: Mapping[str, str], links: Iterable[Mapping[str, str]]
) -> list[str]:
    """The memos of a log's standing records that say the same thing's summary or verdict: those a new one replaces.

    >>> held = {"m1": {"kind": "memo", "type": "summary", "about": {"code": "C1"}, "links": [{"case": "TRD"}]}}
    >>> same_in(held, "summary", {"code": "C1"}, [{"case": "TRD"}, {"segment": "s1"}])
    ['m1']
    """
    if not _ROWS.get(kind):
        return []
    rows = _rows_of(links)
    return [
        name
        for name, record in state.items()
        if record.get("kind") == "memo"
        and record.get("type") == kind
        and record.get("about") == about
        and _rows_of(record.get("links", ())) == rows
    ]


def _rows_of(links: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    return [(kind, name) for link in links for kind, name in link.items() if kind in ROW_KINDS]


def version_of(basis: str) -> str:
    """The codebook version of a basis; "" for a text that is none."""
    found = _BASIS.fullmatch(basis)
    return found["version"] if found else ""


def wrong_in_synthesis(record: Mapping[str, Any], written_on: str = "") -> tuple[str, str] | None:
    """What is wrong with a summary, proposition or verdict whose parts have the right shapes: found and expected.

    Parameters
    ----------
    record
        Fields may be "": those of memos that were withdrawn are.
    written_on
        The day of its event, to judge `stated_on` by; "" leaves that out.
    """
    kind, fields = record["type"], record.get("fields", {})
    (about,) = record["about"]
    if about not in _ABOUT[kind]:
        return f"a {kind} about a {about}", f"a {kind} about: {', '.join(_ABOUT[kind])}"
    rows = [row for link in record.get("links", ()) for row in link if row in ROW_KINDS]
    wanted = _ROWS[kind]
    if wanted and not (len(rows) == 1 and rows[0] in wanted):
        return f"a {kind} linked to {len(rows)} rows", f"one link of: {', '.join(wanted)}"
    if (verdict := fields.get("verdict")) and verdict not in VERDICTS:
        return "a verdict that nobody knows", f"one of: {', '.join(VERDICTS)}"
    if (basis := fields.get("basis")) and not version_of(basis):
        return "a basis that is none", "64 hexadecimal digits, a colon and a codebook version"
    day = fields.get("stated_on")
    if day and not is_iso_date(day):
        return "stated_on that is no day", "YYYY-MM-DD"
    if day and written_on and day > written_on:
        return "stated_on later than it was written", f"a day no later than {written_on}"
    try:
        expectations_in(fields.get("expectation", ""))
    except ForanError as error:
        return "an expectation that nobody can read", str(error)
    return None
