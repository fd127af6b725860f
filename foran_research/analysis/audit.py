"""The tables of the audit report: what was done to the coding and the codebook, by whom and when. Ids and counts only.

Nothing here holds what an informant said, a memo's text or a document's title. A table's texts are the researchers' own:
summaries of codebook changes and the reasons given for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

import pandas as pd

from ..codebook.changes import Lineage
from ..codebook.code import Change, Codebook, version_key
from ..coding.coders import IMPORTER
from ..coding.events import Event, Log, is_segment, is_tombstoned
from ..coding.migrate import migrate
from ..coding.segments import segments_table
from .agreement import Agreement

#: What the actions of a log are gathered under in the report; any other action is "other".
ACTION_GROUPS: Mapping[str, tuple[str, ...]] = {
    "coded": ("apply", "accept"),
    "recoded": ("recode", "settle", "set_aside", "confirm"),
    "changed": ("adjust", "polarity", "facet", "split", "merge"),
    "removed": ("remove",),
    "noted": ("memo", "note", "propose", "resolve"),
    "undone": ("undo", "redo"),
}
GROUPS = (*ACTION_GROUPS, "other")
_GROUP_OF = {action: group for group, actions in ACTION_GROUPS.items() for action in actions}

EVENT_COLUMNS = ("coder", "document", "at", "action", "kind")
MONTH_COLUMNS = ("coder", "month", "days", "documents", "events", *GROUPS)
ACTION_COLUMNS = ("coder", "month", "action", "events")
CHANGE_COLUMNS = (
    "change",
    "codebook_version",
    "type",
    "decision",
    "from",
    "to",
    "summary",
    "reason_empirical",
    "reason_theoretical",
    "decision_reason",
    "evidence",
    "proposed_by_role",
    "proposed_at",
    "decided_by_role",
    "decided_at",
    "arena",
)
#: What is counted of each change, in the order of the columns.
EFFECT_COUNTS = (
    "before",
    "kept",
    "mapped",
    "duplicates",
    "retired",
    "converted",
    "waited",
    "recoded",
    "set_aside",
    "settled_later",
    "waits",
    "removed",
    "after",
)
EFFECT_COLUMNS = ("change", "codebook_version", "type", "from", "to", *EFFECT_COUNTS, "why")
CODER_COLUMNS = ("coder", "first_day", "last_day", "days", "documents", "double_coded", "events", "standing")
TIMELINE_COLUMNS = ("day", "kind", "who", "count", "about", "arena")
#: The kinds of a timeline's rows, in the order in which they stand within a day.
TIMELINE_KINDS = (
    "document",
    "coding",
    "memo",
    "proposed",
    "accepted",
    "rejected",
    "release",
    "text_change",
    "withdrawal",
    "milestone",
    "planned_milestone",
)
MEMO_TYPES = (
    "code", "theoretical", "method", "reflexive", "abductive", "summary", "proposition", "verdict", "",
)  # fmt: skip
AGREEMENT_COLUMNS = (
    "first",
    "second",
    "codebook_version",
    "documents",
    "code",
    "display",
    "label",
    "units",
    "both",
    "only_first",
    "only_second",
    "neither",
    "prevalence",
    "percent",
    "positive",
    "alpha",
    "alpha_reason",
    "kappa",
)
RECORD_CLASSES = ("raw", "reduction", "synthesis", "process", "intentions", "instruments")
RECORD_COLUMNS = ("class", "record", "where", "count", "from", "to")


class Verified(Protocol):
    """What a check of the logs' chains found, as ``verifying.Verification`` has it."""

    @property
    def logs(self) -> int:
        """How many logs were looked at."""

    @property
    def lines(self) -> int:
        """How many lines they have."""

    @property
    def head_sha256(self) -> str:
        """One hash for the heads of all."""

    @property
    def broken(self) -> tuple[str, ...]:
        """The places (file and line, never contents) where something does not hold; empty when all does."""


@dataclass(frozen=True)
class Version:
    """A codebook version as the report tells of it: `active` codes, and of these elements and sub-elements."""

    codebook_version: str
    released: str
    active: int
    elements: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class Audit:
    """All that the audit report is made of: facts, and the tables of this module by name.

    `still_blind` are pairs of coders of whom no figures are given before both are done; `levels` counts the newest
    version's elements by level.
    """

    day: str
    package_version: str
    versions: tuple[Version, ...]
    facts: Mapping[str, int]
    tables: Mapping[str, pd.DataFrame]
    verification: Verified | None = None
    still_blind: tuple[tuple[str, str], ...] = ()
    levels: Mapping[str, int] = field(default_factory=dict)


# What coders did


def coding_events(logs: Iterable[Log]) -> pd.DataFrame:
    """One row per event of every coder's log: who, on which document, when, what, about what kind of record ("" a segment).

    The remarks that came in with the sources are nobody's coding and are left out; so is what a withdrawal did to a log.
    """
    rows = [
        (event.coder, event.document, event.at, event.action, str((event.after or event.before or {}).get("kind", "")))
        for log in logs
        for event in log.events
        if event.coder != IMPORTER and event.action != "withdraw"
    ]
    frame = pd.DataFrame(rows, columns=list(EVENT_COLUMNS))
    return frame.sort_values(["at", "coder", "document"], kind="stable", ignore_index=True)


def coding_by_month(events: pd.DataFrame) -> pd.DataFrame:
    """One row per coder and month: days at work, documents touched, events, and the events by group (`GROUPS`)."""
    rows = []
    for (month, coder), own in _by_month(events):
        groups = Counter(_GROUP_OF.get(str(action), "other") for action in own["action"])
        days = own["at"].str[:10].nunique()
        rows.append((coder, month, days, _documents(own), len(own), *(groups[group] for group in GROUPS)))
    return pd.DataFrame(rows, columns=list(MONTH_COLUMNS))


def actions_by_month(events: pd.DataFrame) -> pd.DataFrame:
    """One row per coder, month and action, with the number of events: every action by its own name."""
    rows = [
        (coder, month, action, count)
        for (month, coder), own in _by_month(events)
        for action, count in sorted(Counter(map(str, own["action"])).items())
    ]
    return pd.DataFrame(rows, columns=list(ACTION_COLUMNS))


def _documents(events: pd.DataFrame) -> int:
    """How many documents the events are on; a memo outside documents is on none."""
    return len(set(events["document"]) - {""})


def _by_month(events: pd.DataFrame) -> Iterable[tuple[Any, pd.DataFrame]]:
    return events.groupby([events["at"].str[:7], "coder"], sort=True) if len(events) else ()


def first_codings(segments: pd.DataFrame, logs: Iterable[Log]) -> pd.DataFrame:
    """`segments` with `at` the time when each was first coded, rather than last changed."""
    first: dict[str, str] = {}
    for log in logs:
        for event in log.events:
            first.setdefault(event.segment, event.at)
    return segments.assign(
        at=[first.get(name, at) for name, at in zip(segments["segment"], segments["at"], strict=True)]
    )


def segments_by_month(segments: pd.DataFrame) -> pd.DataFrame:
    """One row per coder and month with the number of `segments` first coded in it (see :func:`first_codings`)."""
    counted = Counter((str(coder), str(at)[:7]) for coder, at in zip(segments["coder"], segments["at"], strict=True))
    rows = [(coder, month, count) for (coder, month), count in sorted(counted.items())]
    return pd.DataFrame(rows, columns=["coder", "month", "segments"])


def coders_table(events: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """One row per coder: first and last day, days, documents, how many of them others coded too, events, standing segments.

    `segments` are those that stand, of every coder.
    """
    coders_of: dict[str, set[str]] = {}
    for coder, document in zip(segments["coder"], segments["document"], strict=True):
        coders_of.setdefault(str(document), set()).add(str(coder))
    standing = Counter(map(str, segments["coder"]))
    rows = []
    for coder, own in events.groupby("coder", sort=True) if len(events) else ():
        days = own["at"].str[:10]
        doubled = sum(1 for coders in coders_of.values() if coder in coders and len(coders) > 1)
        rows.append(
            (coder, days.min(), days.max(), days.nunique(), _documents(own), doubled, len(own), standing[str(coder)])
        )
    return pd.DataFrame(rows, columns=list(CODER_COLUMNS))


def agreement_table(
    first: str, second: str, codebook_version: str, documents: int, told: Iterable[Agreement], codebook: Codebook
) -> pd.DataFrame:
    """One row per code that one of two coders used, and one for the pool (`code` ""): counts, then figures, None if undefined.

    `codebook_version` is the MAJOR.MINOR that the figures are valid for. `alpha_reason` is a key of ``stated.REASONS``.
    """
    rows = []
    for one in told:
        if one.code and not (one.both or one.only_first or one.only_second):
            continue
        figures = one.coefficients
        known = codebook.by_id.get(one.code)
        rows.append(
            {
                **{"first": first, "second": second, "codebook_version": codebook_version, "documents": documents},
                **{key: getattr(one, key) for key in ("code", "units", "both", "only_first", "only_second", "neither")},
                **{name: figures[name].value for name in ("percent", "positive", "alpha", "kappa")},
                "display": known.display if known else one.code,
                "label": dict(known.label) if known else {},
                "prevalence": one.prevalence,
                "alpha_reason": figures["alpha"].reason,
            }
        )
    return pd.DataFrame(rows, columns=list(AGREEMENT_COLUMNS))


# What was decided about the codebook


def changes_table(
    lineage: Lineage, entries: Iterable[Mapping[str, Any]] = (), *, hidden: Collection[str] = ()
) -> pd.DataFrame:
    """One row per proposal to change the codebook, accepted, rejected, withdrawn or open, in the order of the versions.

    Parameters
    ----------
    lineage
        The released codebooks, with the changes that each made and rejected.
    entries
        The lines of the codebook's log, oldest first; what they decided and no version holds yet comes last.
    hidden
        Documents that may not be shown: evidence in them is told of as a number only.

    Returns
    -------
    pandas.DataFrame
        Columns `CHANGE_COLUMNS`. `from` and `to` are display codes, `evidence` references; texts are mappings by
        language. `decision` is ``accepted``, ``rejected``, ``open`` or ``withdrawn``; `codebook_version` is "" for what
        no version holds.
    """
    found: dict[str, tuple[object, ...]] = {}
    told = proposals(entries)
    for before, book in zip((None, *lineage.codebooks), lineage.codebooks, strict=False):
        for change in book.changes:
            found[change.id] = _change_row(change, before, book, told.get(change.id, {}), hidden)
    newest = lineage.codebooks[-1] if lineage.codebooks else None
    for name, one in told.items():
        if name not in found:
            found[name] = _proposal_row(name, one, newest, hidden)
    return pd.DataFrame(list(found.values()), columns=list(CHANGE_COLUMNS))


def _change_row(
    change: Change, before: Codebook | None, book: Codebook, told: Mapping[str, Any], hidden: Collection[str]
) -> tuple[object, ...]:
    return (
        change.id,
        book.codebook_version,
        change.type,
        "accepted" if change.is_accepted else "rejected",
        _displays(change.source, before or book, book),
        _displays(change.to, book, before),
        dict(change.summary),
        dict(change.reason_empirical),
        dict(change.reason_theoretical),
        dict(change.decision_reason) or _texts(told.get("reason")),
        _evidence(change.evidence, hidden),
        change.proposed_by_role,
        change.proposed_at or str(told.get("proposed_at", "")),
        change.decided_by_role or str(told.get("decided_by_role", "")),
        change.decided_at,
        change.arena,
    )


def _proposal_row(
    name: str, told: Mapping[str, Any], book: Codebook | None, hidden: Collection[str]
) -> tuple[object, ...]:
    said = told.get("proposal", {})
    return (
        name,
        "",
        str(said.get("type", "")),
        str(told["decision"]),
        _displays(_ids(said.get("from")), book, None),
        _displays(_ids(said.get("to")), book, None),
        *(_texts(said.get(key)) for key in ("summary", "reason_empirical", "reason_theoretical")),
        _texts(told.get("reason")),
        _evidence(_ids(said.get("evidence")), hidden),
        str(said.get("proposed_by_role", "")),
        str(told.get("proposed_at", "")),
        str(told.get("decided_by_role", "")),
        str(told.get("decided_at", "")),
        str(told.get("arena", "")),
    )


def proposals(entries: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the codebook's log says of each proposal, by its id: `proposal` as it now reads, `proposed_at`, `decision`, ….

    >>> line = {"action": "propose", "about": "CH-0001", "at": "2026-01-02T10:00:00Z", "content": {"type": "new"}}
    >>> proposals([line])["CH-0001"]["decision"]
    'open'
    """
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        name, content = str(entry.get("about", "")), entry.get("content")
        content = content if isinstance(content, Mapping) else {}
        action = entry.get("action")
        if action == "propose":
            told = _plain(content)
            proposed_at = str(told.get("proposed_at") or entry.get("at", ""))[:10]
            found[name] = {"proposal": told, "proposed_at": proposed_at, "decision": "open"}
        elif name in found and action == "amend":
            found[name]["proposal"] = _plain(content)
        elif name in found and action == "withdraw":
            found[name]["decision"] = "withdrawn"
        elif name in found and action == "decide":
            found[name] |= {key: content[key] for key in ("reason", "arena", "decided_by_role") if key in content}
            found[name]["decision"] = str(content.get("decision", "open"))
            found[name]["decided_at"] = str(content.get("decided_at", entry.get("at", "")))[:10]
    return found


def _plain(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """A proposal's change, whether it stands by itself or beside the codes it brings."""
    inner = content.get("change")
    return inner if isinstance(inner, Mapping) else content


def _ids(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, (list, tuple)) else ()


def _texts(value: object) -> dict[str, str]:
    return {str(key): str(text) for key, text in value.items()} if isinstance(value, Mapping) else {}


def _displays(codes: Iterable[str], book: Codebook | None, other: Codebook | None) -> tuple[str, ...]:
    """The display codes of `codes` in `book`, or else in the other one, or else their ids."""
    books = [one for one in (book, other) if one is not None]
    return tuple(next((one.by_id[code].display for one in books if code in one.by_id), code) for code in codes)


def _evidence(references: Iterable[str], hidden: Collection[str]) -> tuple[str, ...]:
    """References as they are; those into documents that may not be shown as ``[n]``, their number."""
    references = tuple(references)
    shown = [one for one in references if not any(one == name or one.startswith(f"{name}.") for name in hidden)]
    return (*shown, *([f"[{len(references) - len(shown)}]"] if len(shown) < len(references) else ()))


def change_effects(
    under: Mapping[str, pd.DataFrame],
    newest: pd.DataFrame,
    lineage: Lineage,
    *,
    removed: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What each accepted change did to the coded segments: counts before it and after it, and what became of each.

    Parameters
    ----------
    under
        By codebook version, the standing segments as that version knows them (``segments_from_logs(..., under=…)``).
    newest
        The segments as they stand now.
    lineage
        The codebooks.
    removed
        Segments that somebody has removed since (see :func:`removed_segments`); they are in no other count.

    Returns
    -------
    pandas.DataFrame
        One row per accepted change, columns `EFFECT_COLUMNS`. `before` counts segments of the codes it came from under
        the version before; it is the sum of `kept`, `mapped`, `duplicates`, `retired`, `converted` and `waited`, what the
        rule alone made of them. `waited` is the sum of `recoded` (a person has chosen), `set_aside` (no code fits),
        `settled_later` (a later version left nothing to choose) and `waits` (it waits under the newest version, because
        of this one). `after` counts segments of the codes it led to under its own version, with what was coded since.
        `why` holds (display code, reason) for what waited, each once.
    """
    now = {
        str(name): (version_key(version), str(aside))
        for name, version, aside in zip(newest["segment"], newest["codebook_version"], newest["set_aside"], strict=True)
    }
    last = lineage.versions[-1] if lineage.versions else ""
    still = _waiting_since(newest, lineage, last)
    rows = []
    for before, book in pairwise(lineage.codebooks):
        version = book.codebook_version
        was = migrate(under[before.codebook_version], lineage, before.codebook_version)
        was = was[was["status"] == "ok"]
        stepped = migrate(_as_it_was(under[before.codebook_version], version), lineage, version)
        told = zip(stepped["status"], stepped["code"], stepped["why"], strict=True)
        steps = dict(zip(stepped["segment"], told, strict=True))
        after = migrate(under[version], lineage, version)
        counted = Counter(after.loc[after["status"] == "ok", "code"])
        waiting = set(after.loc[after["status"] == "review", "segment"])
        # What of it the later versions alone left for a person: the rest of what waited they settled.
        unsettled = _waiting_since(under[version], lineage, last)
        gone = _gone(removed, lineage, before.codebook_version, version)
        fates: dict[str, Counter[str]] = {}
        reasons: dict[str, set[str]] = {}
        for name, code in zip(was["segment"], was["code"], strict=True):
            status, moved_to, why = steps[name]
            fate = _fate(str(status), moved=moved_to != code)
            own = fates.setdefault(str(code), Counter())
            own.update(("before", fate))
            if fate == "waited":
                reasons.setdefault(str(code), set()).add(str(why))
                if str(name) not in waiting or _is_since(now[str(name)], version):
                    outcome = _chosen(now[str(name)], version)
                elif still.get(str(name)) == version:
                    outcome = "waits"
                else:
                    # Without a choice under a later version, an answer that was changed can have settled it too.
                    outcome = "recoded" if unsettled.get(str(name)) == version else "settled_later"
                own[outcome] += 1
        for change in book.changes:
            if not change.is_accepted:
                continue
            counts: Counter[str] = sum((fates.get(code, Counter()) for code in change.source), Counter())
            counts["removed"] = sum(gone[code] for code in change.source)
            counts["after"] = sum(counted[code] for code in change.to)
            rows.append(
                {
                    "change": change.id,
                    "codebook_version": version,
                    "type": change.type,
                    "from": _displays(change.source, before, book),
                    "to": _displays(change.to, book, before),
                    **{column: counts[column] for column in EFFECT_COUNTS},
                    "why": tuple(
                        (display, why)
                        for code, display in zip(change.source, _displays(change.source, before, book), strict=True)
                        for why in sorted(reasons.get(code, ()))
                    ),
                }
            )
    return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))


def _as_it_was(segments: pd.DataFrame, version: str) -> pd.DataFrame:
    """`segments` before anybody said, under `version` or later, that no code fits: what the rules alone make of them."""
    earlier = [aside if aside and version_key(aside) < version_key(version) else "" for aside in segments["set_aside"]]
    return segments.assign(set_aside=pd.Series(earlier, index=segments.index, dtype=segments["set_aside"].dtype))


def _fate(status: str, *, moved: bool) -> str:
    if status == "ok":
        return "mapped" if moved else "kept"
    return {"review": "waited", "duplicate": "duplicates", "retired": "retired"}.get(status, "converted")


def _waiting_since(segments: pd.DataFrame, lineage: Lineage, version: str) -> dict[str, str]:
    """By segment that waits under `version`: the version that made it wait."""
    moved = migrate(segments, lineage, version)
    moved = moved[moved["status"] == "review"]
    return {str(name): str(step) for name, step in zip(moved["segment"], moved["step"], strict=True)}


def _is_since(now: tuple[tuple[int, int, int], str], version: str) -> bool:
    """Whether a person has chosen, or said that no code fits, under `version` or a later one."""
    key, aside = now
    return key >= version_key(version) or bool(aside and version_key(aside) >= version_key(version))


def _chosen(now: tuple[tuple[int, int, int], str], version: str) -> str:
    _, aside = now
    return "set_aside" if aside and version_key(aside) >= version_key(version) else "recoded"


def removed_segments(logs: Iterable[Log]) -> pd.DataFrame:
    """The segments that somebody removed, as they were before; `applied_under` is the version in force at the removal.

    A segments table without words: `quote` and `memo` are "".
    """
    rows = []
    for log in logs:
        newest: dict[str, Event] = {event.segment: event for event in log.events}
        for name, event in newest.items():
            record = event.before
            if event.after is not None or record is None or not is_segment(record) or is_tombstoned(record):
                continue
            rows.append(
                {key: record[key] for key in ("start", "end", "code", "polarity", "codebook_version")}
                | {"segment": name, "coder": event.coder, "document": event.document, "turns": (), "quote": ""}
                | {"at": event.at, "memo": "", "applied_under": event.codebook_version}
            )
    return segments_table(rows)


def _gone(removed: pd.DataFrame | None, lineage: Lineage, old: str, new: str) -> Counter[str]:
    """By code under `old`, the segments that were removed when `new` or a later version was in force."""
    if removed is None or not len(removed):
        return Counter()
    later = [version_key(version) >= version_key(new) for version in removed["applied_under"]]
    moved = migrate(removed[pd.Series(later, index=removed.index, dtype=bool)], lineage, old)
    return Counter(moved.loc[moved["status"] == "ok", "code"])


def queue_counts(queue: pd.DataFrame) -> pd.DataFrame:
    """One row per change, code and reason for waiting: how many segments of which coder wait for a person."""
    keys = ["version", "change", "code", "why", "coder"]
    if not len(queue):
        return pd.DataFrame([], columns=[*keys, "segments", "documents"])
    grouped = queue.groupby(keys, sort=True)
    return grouped.agg(segments=("segment", "count"), documents=("document", "nunique")).reset_index()


def recheck_counts(tasks: pd.DataFrame) -> pd.DataFrame:
    """One row per changed definition: how many segments were drawn to be read again, and with what outcome so far."""
    keys = ["version", "change", "code"]
    outcomes = ("confirmed", "recoded", "set_aside", "removed", "")
    if not len(tasks):
        return pd.DataFrame([], columns=[*keys, "drawn", *(one or "open" for one in outcomes)])
    rows = []
    for key, own in tasks.groupby(keys, sort=True):
        counted = Counter(map(str, own["outcome"]))
        rows.append((*key, len(own), *(counted[one] for one in outcomes)))
    return pd.DataFrame(rows, columns=[*keys, "drawn", *(one or "open" for one in outcomes)])


# When it was


def memo_counts(memos: pd.DataFrame) -> pd.DataFrame:
    """One row per type of memo ("" for one without) and what it is about: how many, from when to when."""
    columns = ["type", "about_kind", "memos", "first_day", "last_day"]
    if not len(memos):
        return pd.DataFrame([], columns=columns)
    rows: list[tuple[str, str, int, str, str]] = [
        (str(key[0]), str(key[1]), len(own), str(own["at"].min())[:10], str(own["at"].max())[:10])
        for key, own in memos.groupby(["type", "about_kind"], sort=False)
    ]
    order = {name: place for place, name in enumerate(MEMO_TYPES)}
    return pd.DataFrame(sorted(rows, key=lambda row: (order.get(str(row[0]), 99), row[0], row[1])), columns=columns)


def timeline(
    *,
    documents: Iterable[tuple[str, str]],
    withheld: Iterable[str] = (),
    months: pd.DataFrame,
    memos: pd.DataFrame,
    changes: pd.DataFrame,
    versions: Iterable[Version],
    text_changes: Iterable[tuple[str, str]],
    withdrawals: Iterable[str],
    milestones: Iterable[tuple[str, str]],
    day: str,
) -> pd.DataFrame:
    """What happened when, one row per day (or month, for coding, memos and withdrawals) and kind.

    Parameters
    ----------
    documents
        (id, date) of those that may be shown; `withheld` are the dates of the others.
    months
        See :func:`coding_by_month`.
    memos
        See ``coding.memos.memos_table``.
    changes
        See :func:`changes_table`.
    text_changes
        (document, time); the document is "" for one that may not be shown.
    withdrawals
        Their times: told of by month and number, so that no row points at a person.
    milestones
        (id, day); those after `day` are planned.

    Returns
    -------
    pandas.DataFrame
        Columns `TIMELINE_COLUMNS` in order of time: `day` is YYYY-MM-DD or YYYY-MM, `about` a tuple of ids, `count` how
        many documents, events, memos or changes it was.
    """
    found: list[tuple[str, str, str, int, tuple[str, ...], str]] = []
    by_day: dict[str, list[str]] = {}
    for name, date in (*documents, *(("", date) for date in withheld)):
        by_day.setdefault(date, []).append(name)
    found += [(date, "document", "", len(all_), _named(all_), "") for date, all_ in by_day.items() if date]
    found += [
        (str(row["month"]), "coding", str(row["coder"]), int(row["events"]), (str(row["documents"]),), "")
        for row in months.to_dict("records")
    ]
    counted = Counter((str(at)[:7], str(type_)) for at, type_ in zip(memos["at"], memos["type"], strict=True))
    found += [(month, "memo", type_, count, (), "") for (month, type_), count in counted.items()]
    found += _decisions(changes)
    found += [(one.released, "release", "", one.active, (one.codebook_version,), "") for one in versions]
    edits: dict[str, list[str]] = {}
    for name, at in text_changes:
        edits.setdefault(at[:10], []).append(name)
    found += [(date, "text_change", "", len(all_), _named(all_), "") for date, all_ in edits.items()]
    found += [(month, "withdrawal", "", n, (), "") for month, n in Counter(at[:7] for at in withdrawals).items()]
    found += [
        (date, "milestone" if date <= day else "planned_milestone", "", 1, (name,), "") for name, date in milestones
    ]
    order = {kind: place for place, kind in enumerate(TIMELINE_KINDS)}
    rows = sorted(found, key=lambda row: (row[0], order[row[1]], row[2], row[4], row[5]))
    return pd.DataFrame(rows, columns=list(TIMELINE_COLUMNS))


def _named(names: Sequence[str]) -> tuple[str, ...]:
    """Ids in order, each once; those that may not be shown ("") are only counted."""
    return tuple(sorted({name for name in names if name}))


def _decisions(changes: pd.DataFrame) -> list[tuple[str, str, str, int, tuple[str, ...], str]]:
    together: dict[tuple[str, str, str, str], list[str]] = {}
    for row in changes.to_dict("records"):
        if row["proposed_at"]:
            key = str(row["proposed_at"])[:10], "proposed", str(row["proposed_by_role"]), ""
            together.setdefault(key, []).append(row["change"])
        if row["decision"] in ("accepted", "rejected"):
            key = str(row["decided_at"])[:10], str(row["decision"]), str(row["decided_by_role"]), str(row["arena"])
            together.setdefault(key, []).append(row["change"])
    return [(day, kind, who, len(ids), tuple(ids), arena) for (day, kind, who, arena), ids in together.items()]


def newly_used(segments: pd.DataFrame, *, last: int = 3) -> tuple[int, int, int] | None:
    """(documents, codes used, of these first used in the `last` documents), in the order documents were first coded.

    None with no more documents than `last`. It counts codes, not meaning, and is no claim of saturation.
    """
    first: dict[str, str] = {}
    used: dict[str, set[str]] = {}
    for document, at, code in zip(segments["document"], segments["at"], segments["code"], strict=True):
        first[document] = min(first.get(document, at), at)
        used.setdefault(document, set()).add(code)
    order = sorted(first, key=lambda name: (first[name], name))
    if len(order) <= last:
        return None
    early = set().union(*(used[name] for name in order[:-last]))
    late = set().union(*(used[name] for name in order[-last:]))
    return len(order), len(early | late), len(late - early)
