"""What the codebook's screen asks for, worked out from a study: counts, lives of codes, versions side by side, queues."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from ..codebook.changes import Lineage
from ..codebook.code import Code, Codebook, version_key
from ..codebook.revising import states_of
from ..coding.coders import IMPORTER
from ..coding.counting import Chapter, code_counts, code_history
from ..coding.events import Event, Log, fold
from ..coding.migrate import migrate
from ..coding.rechecking import open_tasks, tasks_in
from ..coding.recoding import recode_queue
from ..study import Study
from .shown import by_document, chapter_shown, compared_shown, named, proposal_shown

#: Statuses of segments that count under no code of a version, though under an earlier one.
LEFT = ("retired", "relation", "tag")


class Desk:
    """A study as one person may see it: the work that blind double coding keeps from `viewer` is left out of every count.

    Parameters
    ----------
    study
        A study; what is worked out of it is kept until another desk takes this one's place.
    viewer
        The coder at the screen, or None for nobody in particular.
    """

    def __init__(self, study: Study, viewer: str | None = None) -> None:
        self.study = study
        self.viewer = viewer
        self.withheld = study.withheld_from(viewer)
        self._seen: dict[str, pd.DataFrame] = {}
        self._counts: dict[str, dict[str, dict[str, int]]] = {}

    @property
    def lineage(self) -> Lineage:
        """The study's codebooks."""
        return self.study.lineage

    # ---- segments

    @cached_property
    def _segments(self) -> pd.DataFrame:
        """All that stands today, whatever version its codes are of."""
        return self._allowed(self.study.segments())

    def _allowed(self, segments: pd.DataFrame) -> pd.DataFrame:
        pairs = zip(segments["coder"], segments["document"], strict=True)
        return segments[pd.Series([pair not in self.withheld for pair in pairs], index=segments.index, dtype=bool)]

    def seen(self, version: str) -> pd.DataFrame:
        """The segments as a codebook version sees them: a migrated table (see coding.migrate)."""
        if version not in self._seen:
            self._seen[version] = migrate(self._allowed(self.study.segments(under=version)), self.lineage, version)
        return self._seen[version]

    def counts(self, version: str) -> dict[str, dict[str, int]]:
        """By code of a version: coded segments of its `own`, passages with its sub-elements (`all`), and what is `waiting`."""
        if version not in self._counts:
            frame = code_counts(self.seen(version), self.lineage[version])
            columns = (frame[name] for name in ("code", "segments", "passages", "waiting"))
            self._counts[version] = {
                str(code): {"own": int(own), "all": int(every), "waiting": int(waiting)}
                for code, own, every, waiting in zip(*columns, strict=True)
            }
        return self._counts[version]

    def passages(self, code_id: str, version: str) -> list[dict[str, Any]]:
        """Where a code's segments stand under a version, those of its sub-elements with them: places, and no words."""
        book = self.lineage[version]
        if code_id not in book.by_id:
            return []
        wanted = family(book.by_id[code_id], book)
        seen = self.seen(version)
        rows = seen[seen["code"].isin(wanted) & (seen["status"] != "duplicate")]
        return [
            {
                "segment": row["segment"],
                "document": row["document"],
                "turns": _turns(row["turns"]),
                "coder": row["coder"],
                "polarity": row["polarity"],
                "status": _status(row["status"], row["code"] == code_id),
            }
            for row in _records(rows)
        ]

    def place(self, record: str) -> dict[str, Any] | None:
        """Where a coded segment or a coder's proposal stands: document, coder, start and end; None for any other."""
        found = self._places.get(record) or self._proposals.get(record)
        return {name: found[name] for name in ("document", "coder", "start", "end")} if found else None

    @cached_property
    def _places(self) -> dict[str, dict[str, Any]]:
        names = ("segment", "document", "coder", "start", "end")
        columns = (self._segments[name].tolist() for name in names)
        return {row[0]: dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)}

    # ---- the life of a code

    def life(self, code_id: str) -> list[dict[str, Any]]:
        """A code under every version, oldest first: its name, counts, documents assessed, and the changes that touch it."""
        return [chapter_shown(chapter, self.lineage) for chapter in self.chapters(code_id)]

    def chapters(self, code_id: str) -> tuple[Chapter, ...]:
        """The life of a code as the viewer may see it (see coding.counting); none for a code that no version has."""
        if not any(code_id in book.by_id for book in self.lineage.codebooks):
            return ()
        return code_history(self._logs, self.lineage, code_id)

    @cached_property
    def _logs(self) -> tuple[Log, ...]:
        """The logs of people's coding that the viewer may see."""
        return tuple(
            log
            for log in self.study.logs
            if log.events
            and log.events[0].coder != IMPORTER
            and (log.events[0].coder, log.events[0].document) not in self.withheld
        )

    # ---- what waits

    def queue(self, version: str) -> list[dict[str, Any]]:
        """What waits for its coder under a version: one entry per change, reason and coder, with its documents."""
        waiting = recode_queue(self.seen(version))
        found: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
        for row in _records(waiting):
            found.setdefault((row["version"], row["change"], row["why"], row["coder"]), []).append(row)
        summaries = {change.id: change for book in self.lineage.codebooks for change in book.changes}
        entries = []
        for (step, change, why, coder), rows in sorted(
            found.items(), key=lambda one: (version_key(one[0][0] or version), one[0])
        ):
            codes = sorted({row["code"] for row in rows})
            candidates = sorted({name for row in rows for name in row["candidates"]})
            entries.append(
                {
                    "change": change,
                    "summary": dict(summaries[change].summary) if change in summaries else {},
                    "version": step,
                    "why": why,
                    "coder": coder,
                    "codes": [named(name, version, self.lineage) for name in codes],
                    "candidates": [named(name, version, self.lineage) for name in candidates],
                    "count": len(rows),
                    "documents": by_document(rows),
                }
            )
        return entries

    def rechecks(self, version: str) -> list[dict[str, Any]]:
        """The sample of older segments to be read again under a version, by change, code and coder, and how far it has come."""
        of_coder: dict[str, list[Event]] = {}
        for log in self._logs:
            of_coder.setdefault(log.events[0].coder, []).extend(log.events)
        entries = []
        for events in of_coder.values():
            tasks = tasks_in(events, self.lineage, version, seed=self.study.settings.seed)
            for (step, change, code, coder), group in tasks.groupby(["version", "change", "code", "coder"], sort=True):
                left = [
                    {**one, **place} for one in _records(open_tasks(group)) if (place := self.place(one["segment"]))
                ]
                entries.append(
                    {
                        "change": str(change),
                        "version": str(step),
                        "code": named(str(code), version, self.lineage),
                        "coder": str(coder),
                        "all": len(group),
                        "done": int((group["outcome"] != "").sum()),
                        "documents": by_document(left),
                    }
                )
        return sorted(
            entries, key=lambda one: (version_key(one["version"]), one["change"], one["code"]["id"], one["coder"])
        )

    # ---- two versions

    def compared(self, before: str, after: str) -> dict[str, Any]:
        """Two versions side by side (see shown.compared_shown), with the counts of each code under its version."""
        told = compared_shown(self.lineage, before, after)
        for side, version in (("before", told["older"]), ("after", told["newer"])):
            known = self.counts(version)
            for row in told["rows"]:
                row[side] = [{**one, "count": known[one["id"]]["all"]} for one in row[side]]
        return told

    # ---- proposals

    def proposals(self) -> list[dict[str, Any]]:
        """The proposals that nobody has decided on, and those accepted that no version tells of yet, as the log has them now."""
        states = states_of(self.study.codebook_log().entries)
        newest = self.lineage.versions[-1]
        return [proposal_shown(one, newest, self.lineage) for one in states.values() if one.is_pending]

    @cached_property
    def _proposals(self) -> dict[str, dict[str, Any]]:
        """The passages that ask for a code which the codebook lacks, by the proposal's id."""
        found = {}
        for log in self._logs:
            whose = {"document": log.events[0].document, "coder": log.events[0].coder}
            for name, record in fold(log.events).items():
                # A proposal whose words were withdrawn asks for nothing any more.
                if record.get("kind") == "proposal" and record["quote"]:
                    place = {key: record[key] for key in ("label", "start", "end")}
                    found[name] = {"segment": name, **whose, **place}
        return found

    def in_vivo(self) -> list[dict[str, Any]]:
        """The codes that coders miss, by the name they gave them: passages, coders and documents; nothing of the words."""
        by_label: dict[str, list[dict[str, Any]]] = {}
        for one in self._proposals.values():
            by_label.setdefault(one["label"], []).append(one)
        return [
            {
                "label": label,
                "passages": len(places),
                "coders": sorted({one["coder"] for one in places}),
                "documents": by_document(places),
            }
            for label, places in sorted(by_label.items(), key=lambda one: (-len(one[1]), one[0].casefold()))
        ]


def family(code: Code, book: Codebook) -> frozenset[str]:
    """A code and everything below it in a book, by id."""
    found = {code.id}
    below = [one for one in book.codes if one.parent is not None and one.is_active]
    while more := {one.id for one in below if one.parent in found} - found:
        found |= more
    return frozenset(found)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _turns(turns: tuple[int, ...]) -> str:
    """The turns of a passage, as a person says them.

    >>> _turns((4, 5, 6)), _turns((4,)), _turns(())
    ('4–6', '4', '')
    """
    return f"{turns[0]}–{turns[-1]}" if len(turns) > 1 else "".join(map(str, turns))


def _status(status: str, is_own: bool) -> str:
    if status == "ok":
        return "ok" if is_own else "below"
    return "left" if status in LEFT else status
