"""What the registers say of one another: arenas and the days of their notes, milestones and the order of their dates."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from ..errors import Faults, shown
from ..settings import SETTINGS_FILE, Milestone, Settings
from .store import DOCUMENTS_FILE


def check_arenas(settings: Settings, documents: pd.DataFrame, lines: Mapping[str, int], faults: Faults) -> None:
    """Warn of documents from an arena that are dated before its first day or after its last.

    Arenas without days are not asked. `lines` says on which line of the register each document stands.
    """
    known = {arena.id: arena for arena in settings.arenas}
    for document, row in documents.iterrows():
        arena = known.get(row["arena"])
        if arena is None or not row["date"]:
            continue
        first, last = (day.isoformat() if day is not None else "" for day in (arena.first, arena.last))
        if row["date"] < first or (last and row["date"] > last):
            faults.note(
                "outside-arena",
                DOCUMENTS_FILE,
                lines.get(str(document)),
                f"{shown(document)} of {row['date']} from arena {shown(arena.id)}",
                f"a day {f'from {first}' if first else ''}{' ' if first and last else ''}{f'to {last}' if last else ''}",
                "Correct the date or the arena here, or the arena's days in foran.toml.",
                is_warning=True,
            )


def check_milestones(settings: Settings, faults: Faults) -> None:
    """Warn of milestones whose dates or model versions cannot be meant so.

    Coding that ends before the corpus does leaves the last documents uncoded. The versions of one model rise with
    their cut-off, each number once. The ids of milestones say nothing of their order.
    """
    for milestone in settings.milestones:
        if milestone.coded_until < milestone.cut_off:
            _warn(
                "coding-before-cut-off",
                milestone,
                "coded_until",
                f"milestone {milestone.id} takes coding up to {milestone.coded_until}, documents up to {milestone.cut_off}",
                "coded_until on or after cut_off",
                "Correct one of the two; as it stands the last documents count as not coded.",
                settings,
                faults,
            )
    for made_alike in _versions_of(settings):
        for earlier, later in pairwise(sorted(made_alike, key=lambda m: m.model_version)):
            if earlier.model_version == later.model_version:
                _warn(
                    "duplicate-model-version",
                    later,
                    "model_version",
                    f"model version {later.model_version} of milestones {earlier.id} and {later.id}",
                    "each version once",
                    "Number the versions in the order of their dates.",
                    settings,
                    faults,
                )
            elif later.cut_off < earlier.cut_off:
                _warn(
                    "milestone-order",
                    later,
                    "cut_off",
                    f"model version {later.model_version} ({later.id}, {later.cut_off}) before version "
                    f"{earlier.model_version} ({earlier.id}, {earlier.cut_off})",
                    "versions in the order of their cut-off",
                    "Correct the date or the version; what is new is told against the version before.",
                    settings,
                    faults,
                )
            elif later.coded_until < earlier.coded_until:
                _warn(
                    "milestone-order",
                    later,
                    "coded_until",
                    f"model version {later.model_version} ({later.id}) with coding up to {later.coded_until}, version "
                    f"{earlier.model_version} ({earlier.id}) up to {earlier.coded_until}",
                    "versions in the order of their coded_until",
                    "Correct one of the two; as it stands the later version lacks coding that the earlier one has.",
                    settings,
                    faults,
                )


def _versions_of(settings: Settings) -> list[list[Milestone]]:
    """The milestones that are versions of one model of one case, in the order of the file; a status has no versions."""
    found: dict[tuple[str, str], list[Milestone]] = {}
    for milestone in settings.milestones:
        if milestone.model != "status":
            found.setdefault((milestone.model, milestone.case), []).append(milestone)
    return list(found.values())


def _warn(
    kind: str,
    milestone: Milestone,
    key: str,
    found: str,
    expected: str,
    remedy: str,
    settings: Settings,
    faults: Faults,
) -> None:
    line = settings.lines.get(f"milestones.{milestone.id}.{key}")
    faults.note(kind, SETTINGS_FILE, line, found, expected, remedy, is_warning=True)
