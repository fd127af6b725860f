"""Memos: what coders think and write down, what it is about, and the table of all of them as logs tell it.

A memo is a record of kind "memo" in the log of the document that lay on the desk, or in ``corpus/memos/CODER.jsonl``
when none did. What a coder writes on a segment or a proposal itself (its `memo`) is a memo without a type. Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from ..codebook.changes import Lineage
from ..errors import Faults, shown
from .events import Event, Log, Record, cut
from .segments import check_log, shown_id
from .synthesis_memos import OWN_FIELDS, SYNTHESIS_FIELDS, SYNTHESIS_TYPES, wrong_in_synthesis

#: What a memo is for (docs/memos.md says more); "" is a memo that says nothing of it, as all old ones are. Those of a
#: synthesis (SYNTHESIS_TYPES) are not written on the coder's screen.
MEMO_TYPES = ("code", "theoretical", "method", "reflexive", "abductive")
ALL_TYPES = (*MEMO_TYPES, *SYNTHESIS_TYPES)
#: The parts of an abductive memo, in the order in which they are thought.
FIELDS = ("observation", "expectation", "surprise", "explanation", "next_step")
#: The parts that any memo can have.
ALL_FIELDS = (*FIELDS, *OWN_FIELDS)
#: What a memo can be about and linked to.
REFERENCES = ("segment", "code", "change", "milestone", "document", "case", "process", "memo", "study")
#: One row per memo that stands. `about_kind` is one of REFERENCES, or "proposal"; `links` is a tuple of (kind, id),
#: `fields` one of (field, text) without the empty ones. `at` is when it was first written and `changed_at` when it last
#: became another; `versions` counts the wordings it has had, 1 for one that was never changed. `document` is the one
#: whose log holds it, "" for memos written outside documents.
COLUMNS = (
    "memo",
    "coder",
    "type",
    "about_kind",
    "about",
    "links",
    "text",
    "fields",
    "at",
    "changed_at",
    "document",
    "versions",
)
#: What something is, and its id: ("code", "C0006").
Reference = tuple[str, str]
#: Whose log holds a record: coder and document.
Home = tuple[str, str]


@dataclass(frozen=True)
class Wording:
    """All that a memo says at one time."""

    type: str
    about: Reference
    links: tuple[Reference, ...]
    text: str
    fields: tuple[tuple[str, str], ...] = ()
    #: The memo of the same coder that this one takes the place of, written in another log.
    replaces: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written: such a memo was taken away, or its words were withdrawn."""
        return not (self.text or self.fields)

    @property
    def references(self) -> tuple[Reference, ...]:
        """What it is about, then what it is linked to."""
        return (self.about, *self.links)


class State(NamedTuple):
    """What a memo became by an event; None when it was taken away."""

    event: Event
    wording: Wording | None


def missing_fields(memo_type: str, fields: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The parts that an abductive memo still lacks; nothing for other memos.

    >>> missing_fields("abductive", [("observation", "Alle ringte."), ("surprise", "Ingen ventet.")])
    ('expectation', 'explanation', 'next_step')
    """
    written = {name for name, text in fields if text.strip()}
    return tuple(name for name in FIELDS if name not in written) if memo_type == "abductive" else ()


def wording_of(name: str, record: Record | None) -> Wording | None:
    """What a record says as a memo; None for one that is none.

    >>> wording_of("D1.K1.s0001", {"start": 0, "end": 2, "code": "C0001", "memo": "Se på nytt"}).about
    ('segment', 'D1.K1.s0001')
    """
    if record is None:
        return None
    kind = record.get("kind")
    if kind == "memo":
        return _written(record)
    if kind in (None, "proposal") and (text := record.get("memo")):
        return Wording("", ("segment" if kind is None else "proposal", name), (), str(text))
    return None


def _written(record: Record) -> Wording:
    fields = record.get("fields", {})
    links = (pair for link in record.get("links", ()) for pair in link.items())
    ((kind, about),) = record["about"].items()
    return Wording(
        type=record.get("type", ""),
        about=(kind, about),
        links=tuple(dict.fromkeys(links)),
        text=record["text"],
        fields=tuple((field, fields[field]) for field in ALL_FIELDS if fields.get(field)),
        replaces=record.get("replaces", ""),
    )


def is_memo(record: Record | None) -> bool:
    """Whether a record is a memo of its own (and not a segment that bears one)."""
    return record is not None and record.get("kind") == "memo"


def references_in(record: Record | None) -> tuple[Reference, ...]:
    """What a memo of its own is about and linked to; nothing for other records, and for memos that nobody can read."""
    if record is None or not is_memo(record) or wrong_in(record):
        return ()
    return _written({"text": "", **record}).references


def states(logs: Iterable[Log], *, until: str | None = None) -> dict[str, list[State]]:
    """By memo, everything that it ever was, oldest first; events that changed nothing of it are left out."""
    found: dict[str, list[State]] = {}
    for log in logs:
        for event in cut(log.events, until):
            wording = wording_of(event.segment, event.after)
            earlier = found.get(event.segment)
            if earlier is None:
                if wording is not None:
                    found[event.segment] = [State(event, wording)]
            elif wording != earlier[-1].wording:
                earlier.append(State(event, wording))
    return found


def memos_table(logs: Iterable[Log], *, until: str | None = None) -> pd.DataFrame:
    """The memos that stand after the logs of documents and those of memos, oldest first.

    Parameters
    ----------
    logs
        Without faults; in any order.
    until
        An ISO day; the logs are cut before the first later event.

    Returns
    -------
    pandas.DataFrame
        One row per memo, with :data:`COLUMNS`. A memo that another one of its coder replaces is not there; that one has
        its `at`, and its wordings are among `versions`. Memos without words are not there.
    """
    told = states(logs, until=until)
    newest = {name: history[-1].wording for name, history in told.items()}
    replaced = _replaced(told)
    rows = []
    for name, history in told.items():
        wording = newest[name]
        if wording is None or wording.is_empty or name in replaced:
            continue
        whole = [*(state for earlier in _replaced_by(name, told) for state in told[earlier]), *history]
        event = history[0].event
        rows.append(
            (
                name,
                event.coder,
                wording.type,
                *wording.about,
                wording.links,
                wording.text,
                wording.fields,
                whole[0].event.at,
                history[-1].event.at,
                event.document,
                sum(state.wording is not None for state in whole),
            )
        )
    rows.sort(key=lambda row: (row[8], row[0]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _replaced(told: Mapping[str, list[State]]) -> dict[str, str]:
    """By memo that another one has taken the place of, that one."""
    return {
        wording.replaces: name
        for name, history in told.items()
        if (wording := history[-1].wording) is not None
        and wording.replaces != name
        and _is_same_coder(wording.replaces, name, told)
    }


def _is_same_coder(one: str, other: str, told: Mapping[str, list[State]]) -> bool:
    return one in told and other in told and told[one][0].event.coder == told[other][0].event.coder


def _replaced_by(name: str, told: Mapping[str, list[State]]) -> list[str]:
    """The memos that a memo has taken the place of, the first one first."""
    found: list[str] = []
    wording = told[name][-1].wording
    while wording is not None and _is_same_coder(wording.replaces, name, told):
        if wording.replaces in (name, *found):
            break
        found.insert(0, wording.replaces)
        wording = told[found[0]][-1].wording
    return found


def newest_of(memo: str, logs: Iterable[Log]) -> str:
    """The memo that stands today in the place of the one with this id: itself, or what has replaced it."""
    replaced, seen = _replaced(states(logs)), {memo}
    while (memo := replaced.get(memo, memo)) not in seen:
        seen.add(memo)
    return memo


def history_of(memo: str, logs: Iterable[Log]) -> list[State]:
    """Every state that a memo has had, those of the memos it has replaced included, oldest first."""
    told = states(logs)
    return [state for name in (*_replaced_by(memo, told), memo) for state in told[name]] if memo in told else []


# Searching


def folded(text: str) -> str:
    r"""A text as it is compared: composed letters, small ones, one blank between words.

    >>> folded("A\u030aPEN  Dialog") == folded("åpen dialog")
    True
    """
    # In this order canonically equal texts fold to the same one (Unicode, section 3.13, D145).
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold()).split())


def matching(
    memos: pd.DataFrame,
    *,
    words: Iterable[str] = (),
    types: Collection[str] = (),
    coders: Collection[str] = (),
    linked: Collection[Reference] = (),
    since: str = "",
    to: str = "",
    has_notes: bool = True,
) -> pd.DataFrame:
    """The rows of a memos table that fulfil all that is asked; what is left out asks nothing.

    Parameters
    ----------
    words
        Each must stand in the text or a field: anywhere, in capitals or not, so that ``anskaffelse`` finds
        *innovasjonsanskaffelsene*. One with blanks is a phrase.
    types, coders
        One of these; the type "" is that of memos without one.
    linked
        About one of these or linked to it.
    since, to
        Days between which the memo was last changed, both included.
    has_notes
        False leaves out what is written on a segment or a proposal itself.
    """
    wanted = [folded(word) for word in words]
    is_chosen = [
        (has_notes or row["about"] != row["memo"])
        and (not types or row["type"] in types)
        and (not coders or row["coder"] in coders)
        and (not linked or any(one in linked for one in ((row["about_kind"], row["about"]), *row["links"])))
        and (not since or row["changed_at"][:10] >= since)
        and (not to or row["changed_at"][:10] <= to)
        and _holds(row, wanted)
        for row in memos.to_dict("records")
    ]
    return memos[pd.Series(is_chosen, index=memos.index, dtype=bool)].reset_index(drop=True)


def _holds(row: Mapping[Any, Any], wanted: Collection[str]) -> bool:
    if not wanted:
        return True
    # A phrase stands within one field.
    said = [folded(text) for text in (row["text"], *(text for _, text in row["fields"]))]
    return all(any(word in text for text in said) for word in wanted)


# Whose work a memo tells of


def homes(logs: Iterable[Log]) -> dict[str, Home]:
    """By id of a record that ever stood in some log, its coder and document."""
    return {event.segment: (event.coder, event.document) for log in logs for event in log.events}


def told_of(row: Mapping[Any, Any], home_of: Mapping[str, Home]) -> frozenset[Home]:
    """The (coder, document) pairs whose coding a memo (a row of the table) may tell of.

    Its coder's on every document it was written in, is about or linked to; and that of the coders whose segments it
    names.
    """
    found = {(str(row["coder"]), str(row["document"]))} if row["document"] else set()
    for kind, name in ((row["about_kind"], row["about"]), *row["links"]):
        if kind == "document":
            found.add((str(row["coder"]), name))
        elif kind in ("segment", "proposal") and (home := home_of.get(name) or _home_in(name)):
            found |= {home, (str(row["coder"]), home[1])}
    return frozenset(found)


def told_before(logs: Iterable[Log]) -> dict[str, frozenset[Home]]:
    """By memo that took the place of others, the (coder, document) pairs whose coding those may tell of.

    All of them count, however long the chain, in every wording that they have had: who rewrites a memo knows what it said.
    """
    logs = tuple(logs)
    told, home_of = states(logs), homes(logs)
    parents = {
        name: {state.wording.replaces for state in history if state.wording is not None} & told.keys()
        for name, history in told.items()
    }
    found = {}
    for name in (name for name, before in parents.items() if before):
        chain, waiting = set[str](), [*parents[name]]
        while waiting:
            one = waiting.pop()
            if one not in chain:
                chain.add(one)
                waiting += parents[one]
        rows = (row_of(event, wording) for one in sorted(chain) for event, wording in told[one] if wording is not None)
        found[name] = frozenset(home for row in rows for home in told_of(row, home_of))
    return found


def row_of(event: Event, wording: Wording) -> dict[str, object]:
    """What :func:`told_of` asks of a memo, for one of its wordings."""
    kind, about = wording.about
    return {
        "coder": event.coder,
        "document": event.document,
        "about_kind": kind,
        "about": about,
        "links": wording.links,
    }


def _home_in(name: str) -> Home | None:
    """Coder and document of a segment by its id alone, as our tools make them: FJO-I01.K1.s0004."""
    document, _, rest = name.rpartition(".")
    document, _, coder = document.rpartition(".")
    return (coder, document) if document and coder and rest else None


# Checking


def wrong_in(record: Record, written_on: str = "") -> tuple[str, str, str] | None:
    """What is wrong with a memo's record, as kind of fault, what was found and what was expected; None if nothing is.

    `written_on` is the day of its event, where that is known.

    >>> wrong_in({"kind": "memo", "about": {"code": "C0001"}, "text": "", "type": "idea"})[:2]
    ('unknown-memo-type', "type 'idea'")
    """
    memo_type, links, fields = record.get("type", ""), record.get("links", []), record.get("fields", {})
    if not isinstance(memo_type, str) or memo_type not in (*ALL_TYPES, ""):
        return "unknown-memo-type", f"type {shown(memo_type)}", f"one of: {', '.join(ALL_TYPES)}, or none"
    known = SYNTHESIS_FIELDS.get(memo_type, FIELDS)
    if not isinstance(links, list):
        return "bad-memo", "links that are no list", "a list of pairs such as {code: C0006}"
    for what, pair in (("about", record.get("about")), *(("a link", link) for link in links)):
        if not (isinstance(pair, dict) and len(pair) == 1 and all(isinstance(name, str) for name in pair.values())):
            return "bad-memo", f"{what} that is no pair", "one pair such as {code: C0006}"
        if (kind := next(iter(pair))) not in REFERENCES:
            return "unknown-memo-kind", f"{what} of kind {shown(kind)}", f"one of: {', '.join(REFERENCES)}"
    if not (isinstance(fields, dict) and all(isinstance(text, str) for text in fields.values())):
        return "bad-memo", "fields that are no texts", f"texts for {', '.join(known)}"
    if unknown := [name for name in fields if name not in known]:
        return "bad-memo", f"a field {shown(unknown[0])}", f"one of: {', '.join(known)}"
    if not isinstance(record.get("replaces", ""), str):
        return "bad-memo", "replaces that is no id", "the id of a memo"
    if memo_type in SYNTHESIS_TYPES and (wrong := wrong_in_synthesis(record, written_on)):
        return "bad-memo", *wrong
    return None


def check_memos(log: Log, faults: Faults) -> None:
    """Note every memo of a log with a type, a field or a kind of link that nobody knows."""
    for event, line in zip(log.events, log.lines, strict=True):
        record = event.after
        if record is not None and is_memo(record) and "text" in record and (wrong := wrong_in(record, event.at[:10])):
            kind, found, expected = wrong
            faults.note(
                kind,
                log.name,
                line,
                f"memo {shown_id(event.segment)} with {found}",
                expected,
                "Upgrade the package, or restore the file from git or a backup.",
            )


def check_memo_log(log: Log, coder: str, lineage: Lineage, faults: Faults) -> None:
    """Note everything in a log of memos written outside documents that does not fit the study."""
    check_log(log, coder, "", None, lineage, faults, is_registered=True)
    check_memos(log, faults)
    for event, line in zip(log.events, log.lines, strict=True):
        if event.after is not None and event.after.get("kind") not in ("memo", "tombstone"):
            faults.note(
                "wrong-log",
                log.name,
                line,
                f"record {shown_id(event.segment)} that is no memo",
                "memos: codings stand in corpus/coding/",
                "Move the line to its log from a backup.",
            )


def check_links(logs: Iterable[Log], known: Mapping[str, Callable[[], Collection[str]]], faults: Faults) -> None:
    """Warn of memos that stand and are about, or linked to, what is not there.

    `known` gives, by kind of reference, the ids that are there; kinds it lacks are not judged.
    """
    logs = tuple(logs)
    asked: dict[str, Collection[str]] = {}
    newest = {event.segment: (log, place) for log in logs for place, event in enumerate(log.events) if _tells(event)}
    gone = {wording.replaces for log, place in newest.values() if (wording := _newest(log, place)) is not None}
    for name, (log, place) in newest.items():
        wording = _newest(log, place)
        if wording is None or wording.is_empty or name in gone:
            continue
        for kind, other in wording.references:
            if kind not in asked and kind in known:
                asked[kind] = known[kind]()
            if kind in asked and other not in asked[kind]:
                faults.note(
                    "dangling-link",
                    log.name,
                    log.lines[place],
                    f"memo {shown_id(name)} on {kind} {shown_id(other)}, which is not there",
                    "what stands in the study",
                    "Link the memo to what took its place, or leave it: the memo itself is whole.",
                    is_warning=True,
                )


def _tells(event: Event) -> bool:
    """Whether an event is about a memo of its own, also when it takes one away."""
    return is_memo(event.after) or is_memo(event.before)


def _newest(log: Log, place: int) -> Wording | None:
    return wording_of(log.events[place].segment, log.events[place].after)


def standing_in(logs: Iterable[Log]) -> Iterator[str]:
    """The ids of the records that stand at the end of the logs."""
    for log in logs:
        newest = {event.segment: event.after for event in log.events}
        yield from (name for name, record in newest.items() if record is not None)
