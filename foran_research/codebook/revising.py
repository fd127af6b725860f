"""Proposals to change the codebook: read, followed through the log, and put together into the next version."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import Fault, Faults, ForanError, shown
from ..vocabulary import is_iso_date
from .changes import next_version
from .code import Change, Code, Codebook, Migration
from .reading import CODE_ID, VERSION, Lines, Reader, as_lines, codebook_in, parsed
from .steps import (
    ENDING,
    MEANING,
    TEXTS,
    StepFault,
    displayed,
    displays_of,
    shape_faults,
    step_faults,
    with_displays,
)
from .writing import code_record, codebook_text, proposal_record

#: What can happen to the codebook, as its log has it.
ACTIONS = ("adopt", "propose", "amend", "decide", "withdraw", "release", "tombstone")
STATES = ("open", "accepted", "rejected", "withdrawn", "released")
CHANGE_ID = re.compile(r"CH-[0-9]{4,}")
BILINGUAL = (*TEXTS, "example")
_CODE_KEYS = ("id", "display", "level", "parent", *BILINGUAL, "source", "polarity_in_source", "maturity", "cues")
_KEYS = ("type", "from", "to", "summary", "reason_empirical", "reason_theoretical", "evidence", "proposed_by_role",
         "proposed_at", "codes", "migration")  # fmt: skip
_BLANK: Mapping[str, Any] = {"status": "active", "introduced_in": "0.0.0"}
_LOG = "codebooks/log.jsonl"
#: What a new code is called until it has an id: NY1, NY2 …, as in the tables.
NEW_ID = re.compile(r"NY[0-9]{1,4}")
_NEW_WORD = re.compile(r"(?<![\w.-])NY[0-9]{1,4}(?![\w-])")
#: Fields that hold what is no name of a code, whatever it looks like.
_NO_NAMES = ("display", "evidence", "type", "proposed_by_role", "proposed_at", "source", "cues")
#: What stands where nobody has written anything yet, or where the words of somebody who withdrew have stood.
_UNWRITTEN = re.compile(r"(ikke skrevet ennå|ikkje skrive enno|not written yet)\b|\[trukket\]", re.IGNORECASE)
#: What an accepted code must have; the rest of its texts must be there when it is released.
NEEDED = ("label", "level", "definition.nb", "definition.en")
#: How the theoretical reason of a proposal begins that came without one.
_NO_THEORY = ("Ingen ennå", "None yet")
_NO_FIELD = re.compile(r"(?P<record>.+?) has no (?P<key>\w+)(?: in both languages)?")


@dataclass(frozen=True)
class LogEntry:
    """One line of the codebook's log. `about` is the id of a proposal, or a codebook version."""

    seq: int
    id: str
    at: str
    by: str
    action: str
    about: str
    content: Mapping[str, Any]
    prev_sha256: str
    sha256: str


@dataclass(frozen=True)
class Proposal:
    """A change, and what its codes are to become: the fields that become other, or whole records of new codes."""

    change: Change
    codes: tuple[Mapping[str, Any], ...] = ()
    #: The ids that took the places of NY1, NY2 … when it was read from a file.
    given: Mapping[str, str] = field(default_factory=dict, compare=False)
    #: By code, what nobody has written or decided yet: of a code that a reader asked for, all but her words.
    unwritten: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)

    @property
    def id(self) -> str:
        """The id of the change."""
        return self.change.id

    @property
    def new_codes(self) -> frozenset[str]:
        """The ids under `codes` that the change leads to and does not come from."""
        return frozenset(str(code["id"]) for code in self.codes if code["id"] in self.change.to) - {*self.change.source}


@dataclass(frozen=True)
class ProposalState:
    """A proposal after the log: the newest text of it, who made it, and what became of it.

    `state` is one of `STATES`; a rejected one stays rejected when a version has told of it. `version` is the version
    that tells of it, or "". The decision, if any, stands in the proposal's change.
    """

    proposal: Proposal
    state: str
    by: str
    at: str
    version: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether its codes' ids are spoken for without standing in a codebook."""
        return not self.version and self.state in ("open", "accepted")


class RevisionError(ForanError):
    """Changes that do not add up; carries every fault found."""

    def __init__(self, what: str, faults: Iterable[object]) -> None:
        self.faults = tuple(faults)
        listing = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{len(self.faults)} fault{'s' if len(self.faults) != 1 else ''} in {what}:\n{listing}")


# Reading a proposal


def read_proposal(
    data: bytes,
    name: str,
    book: Codebook,
    levels: Sequence[str],
    faults: Faults,
    *,
    taken: Mapping[str, str] | None = None,
) -> Proposal | None:
    """The proposal in a YAML file, as a change of `book`; None when the file holds no keys at all.

    Every fault is noted with the file's `name` and line: what is missing, misspelt or of the wrong kind, and all in which
    `book` with this change would not add up; the empty fields of one record are one fault. `taken` are ids of codes that
    other proposals bring in, by proposal. New codes may be called NY1, NY2 …: free ids take their places, see `given` of
    the proposal.
    """
    raw = parsed(data, name, faults)
    if raw is None:
        return None
    given = _put_ids(raw, book, taken or {})
    notes = Faults()
    proposal = _proposal(raw, name, book, levels, notes, taken or {})
    called = {id_: placeholder for placeholder, id_ in given.items()}
    displays = displays_of(book)
    for fault in _gathered(notes):
        found, expected, remedy = (
            displayed(_renamed(text, called), displays) for text in (fault.found, fault.expected, fault.remedy)
        )
        faults.append(replace(fault, found=found, expected=expected, remedy=remedy))
    return replace(proposal, given=given)


def _renamed(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"\bC[0-9]{4,}\b", lambda found: names.get(found[0], found[0]), text)


def _put_ids(raw: Lines, book: Codebook, taken: Collection[str]) -> dict[str, str]:
    """Put free ids in the places of NY1, NY2 … wherever the proposal names them; the ids by what they stood for."""
    records = [record for record in raw.get("codes") or () if isinstance(record, Mapping)]
    names = [str(record.get("id")) for record in records] if isinstance(raw.get("codes"), list) else []
    wanted = sorted({name for name in names if NEW_ID.fullmatch(name)}, key=lambda name: (int(name[2:]), name))
    used = {*taken, *names}
    given: dict[str, str] = {}
    number = int(next_code_id(book)[1:])
    for name in wanted:
        while f"C{number:04d}" in used:
            number += 1
        given[name] = f"C{number:04d}"
        number += 1
    if given:
        _put(raw, given)
    return given


def _put(value: Any, given: Mapping[str, str]) -> Any:
    """The value with other names of codes; mappings and lists are changed where they are, and keep their lines."""
    if isinstance(value, dict):
        for key in value:
            if key not in _NO_NAMES:
                value[key] = _put(value[key], given)
    elif isinstance(value, list):
        value[:] = [_put(item, given) for item in value]
    elif isinstance(value, str):
        return _NEW_WORD.sub(lambda found: given.get(found[0], found[0]), value)
    return value


def _gathered(notes: Faults) -> list[Fault]:
    """The faults, those about empty fields of one record as one that names the fields with their lines."""
    empty: dict[str, dict[str, Fault]] = {}
    rest: list[Fault] = []
    for fault in notes:
        lacking = _NO_FIELD.fullmatch(fault.found) if fault.kind == "missing-key" else None
        if lacking is None:
            rest.append(fault)
        else:
            empty.setdefault(lacking["record"], {}).setdefault(lacking["key"], fault)
    made: list[Fault] = []
    for record, fields in empty.items():
        first, *others = fields.values()
        if others:
            listed = ", ".join(f"{key} (line {fault.line})" for key, fault in fields.items())
            found = f"{record}: {len(fields)} empty fields: {listed}"
            first = replace(
                first, found=found, expected="something in each, texts in both languages", remedy="Fill them in."
            )
        made.append(first)
    # An empty level is no other level.
    bare = {f"level '' of {record}" for record, fields in empty.items() if "level" in fields}
    bare |= {f"level 'None' of {record}" for record, fields in empty.items() if "level" in fields}
    return [*made, *(fault for fault in rest if not (fault.kind == "unknown-level" and fault.found in bare))]


def _proposal(
    raw: Lines, name: str, book: Codebook, levels: Sequence[str], faults: Faults, taken: Mapping[str, str]
) -> Proposal:
    before = len(faults.errors)
    reader = Reader(name, "", tuple(levels), faults)
    reader.whole = "the proposal"
    for key in raw:
        if key not in _KEYS:
            reader.note("unknown-key", raw.at(key), f"key {shown(key)}", ", ".join(_KEYS), "Correct or remove it.")
    if (day := str(raw.get("proposed_at") or "")) and not is_iso_date(day):
        reader.note("bad-date", raw.at("proposed_at"), f"proposed_at {shown(day)}", "YYYY-MM-DD", "Correct the day.")
    change = reader.asked_for(raw, "the proposal", is_accepted=True)
    for key in ("evidence", "proposed_by_role"):
        if not raw.get(key):
            found = f"the proposal has no {key}"
            reader.note("missing-key", raw.at(key), found, f"{key}, so that others can judge it", "Add it.")
    codes = _read_codes(raw, change, book, reader, taken)
    proposal = Proposal(change, tuple(codes))
    for code in dict.fromkeys((*change.source, *change.to)):
        if code not in book.by_id and code not in {record["id"] for record in codes}:
            expected = f"a code of {book.codebook_version}, or a whole record under `codes`"
            line = raw.at("from" if code in change.source else "to")
            reader.note("unknown-code", line, f"code {shown(code)}", expected, "Correct the id.")
    if len(faults.errors) == before:
        _note_trial(proposal, book, raw, reader)
    return proposal


def _read_codes(
    raw: Lines, change: Change, book: Codebook, reader: Reader, taken: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    codes: list[Mapping[str, Any]] = []
    for record in reader.listed(raw, "codes"):
        name = str(record.get("id") or "")
        if not CODE_ID.fullmatch(name):
            reader.note(
                "bad-id",
                record.at("id"),
                f"code id {shown(name)}",
                "C and at least four digits, or NY1, NY2 … for a new code",
                "Correct it.",
            )
            continue
        if name in reader.lines:
            reader.note("duplicate-id", record.at("id"), f"{name} again", "one record for each code", "Join the two.")
            continue
        reader.lines[name] = record.line
        old = book.by_id.get(name)
        if old is None and name in taken:
            free = next_code_id(book, {*taken, *change.to})
            reader.note(
                "duplicate-id",
                record.at("id"),
                f"{name}, which {taken[name]} brings in",
                "an id of its own",
                f"Take {free}.",
            )
        is_named = name in (*change.source, *change.to)
        for key in record:
            if key not in _CODE_KEYS or (not is_named and key not in ("id", *MEANING)):
                reader.note(
                    "unknown-key",
                    record.at(key),
                    f"key {shown(key)} of {name}",
                    ", ".join(_CODE_KEYS if is_named else MEANING),
                    "Correct or remove it; status, versions and successors are set by the release."
                    if is_named
                    else "Name the code under `from` and `to`; a neighbour's borders only are mended beside a change.",
                )
        for key in ("display", "level") if old is None else ():
            if not record.get(key):
                reader.note(
                    "missing-key", record.at(key), f"{name} has no {key}", f"{key}, as a new code needs", "Add it."
                )
        whole = as_lines(_over(_BLANK if old is None else code_record(old), record), record.line)
        whole.key_lines = record.key_lines
        reader.code(whole, name)
        codes.append(_unlined(record))
    return codes


def _unlined(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _unlined(item) for key, item in value.items()}
    return [_unlined(item) for item in value] if isinstance(value, list) else value


def _note_trial(proposal: Proposal, book: Codebook, raw: Lines, reader: Reader) -> None:
    """Note all in which the book would not add up if this were the only change."""
    day = max(book.released, proposal.change.proposed_at)
    only = decided(replace(proposal, change=replace(proposal.change, id="CH-0000")), is_accepted=True, decided_at=day)
    lines = {**reader.lines, "CH-0000": raw.at("type")}
    for fault in (*shape_faults(only.change),) or release_faults(
        book, compose(book, [only], (), released=day), reader.levels
    ):
        reader.faults.note(
            fault.kind,
            reader.name,
            lines.get(fault.place, raw.line),
            fault.found.replace("CH-0000", "the proposal"),
            fault.expected.replace("CH-0000", "the proposal"),
            fault.remedy,
            is_warning=fault.is_warning,
        )


def proposal_in(content: Mapping[str, Any], id_: str, faults: Faults, line: int | None = None) -> Proposal:
    """A proposal as the log holds it; what is wrong with it is noted under the log's line."""
    raw = as_lines(content, line or 0)
    reader = Reader(_LOG, "", (), faults)
    reader.whole = id_
    codes = tuple(_unlined(record) for record in reader.listed(raw, "codes") if isinstance(record.get("id"), str))
    made = Proposal(reader.asked_for(raw, id_, is_accepted=False), codes)
    return replace(made, unwritten=_unwritten_in(made))


def is_unwritten(text: str) -> bool:
    """Whether a text only says that nobody has written it yet, or that its words were withdrawn.

    >>> is_unwritten("Ikke skrevet ennå: foreslått av en leser."), is_unwritten("Skrevet.")
    (True, False)
    """
    return _UNWRITTEN.match(text.strip()) is not None


def _unwritten_in(proposal: Proposal) -> dict[str, tuple[str, ...]]:
    """By code, the texts that nobody has written; of a new code with such texts its level and label are open as well."""
    found = {}
    for record in proposal.codes:
        name = str(record["id"])
        lacking = [key for key, text in _leaves(record) if isinstance(text, str) and is_unwritten(text)]
        is_open = name in proposal.new_codes and any(key.startswith("definition.") for key in lacking)
        if is_open:
            lacking = ["label", "level", *(key for key in lacking if not key.startswith("label."))]
        if lacking:
            found[name] = tuple(lacking)
    return found


def with_texts(
    proposal: Proposal,
    codes: Iterable[Mapping[str, Any]],
    summary: Mapping[str, str],
    theory: Mapping[str, str] | None = None,
) -> Proposal:
    """The proposal with what a decision says of its codes, over what they were.

    So with `summary`, what the change does, and `theory`, its theoretical reason, where they are others now.
    """
    told = {str(record["id"]): record for record in codes}
    unwritten = {}
    for name, lacking in proposal.unwritten.items():
        record = told.get(name, {})
        given = {*record, *(key for key, text in _leaves(record) if not is_unwritten(str(text)))}
        if left := tuple(key for key in lacking if key not in given):
            unwritten[name] = left
    records = tuple(_over(record, told.get(str(record["id"]), {})) for record in proposal.codes)
    change = replace(
        proposal.change,
        summary={**proposal.change.summary, **summary},
        reason_theoretical={**proposal.change.reason_theoretical, **(theory or {})},
    )
    return replace(proposal, change=change, codes=records, unwritten=unwritten)


def unwritten_faults(proposals: Iterable[Proposal], displays: Mapping[str, str]) -> tuple[StepFault, ...]:
    """What nobody has written yet of the codes of accepted proposals, code by code: it is no part of a codebook.

    `displays` are told beside the ids. A theoretical reason that nobody has given is told and stops nothing.
    """
    found = []
    for proposal in sorted(proposals, key=lambda one: one.id):
        change = proposal.change
        for record in proposal.codes:
            name = str(record["id"])
            lacking = [key for key, text in _leaves(record) if isinstance(text, str) and is_unwritten(text)]
            lacking = list(dict.fromkeys((*proposal.unwritten.get(name, ()), *lacking)))
            if lacking:
                texts = "[trukket] or a text that only says that it is not written"
                found.append(
                    StepFault(
                        "unwritten",
                        name,
                        f"{change.id} leaves open of {name}: {', '.join(lacking)} ({texts})",
                        "what the code is called, where it stands and what it means, in both languages",
                        f"Decide again: foran codebook decide {change.id} --accept {options_for(lacking)} …, or reject it.",
                    )
                )
        if any(text.startswith(_NO_THEORY) for text in change.reason_theoretical.values()):
            found.append(
                StepFault(
                    "unwritten",
                    change.id,
                    f"{change.id} has no theoretical reason",
                    "one, or the word that there is none",
                    f"Decide again: foran codebook decide {change.id} --accept --theory-nb … --theory-en …",
                    is_warning=True,
                )
            )
    return with_displays(found, displays)


def options_for(lacking: Iterable[str]) -> str:
    """The options of `foran codebook decide` that give what is lacking.

    >>> options_for(["label", "level", "when_to_use.nb"])
    '--label-nb --label-en --level --when-to-use-nb'
    """
    wanted = []
    for key in lacking:
        names = ("label-nb", "label-en") if key == "label" else (key.replace("_", "-").replace(".", "-"),)
        wanted += [f"--{name}" for name in names]
    return " ".join(wanted)


def content_of(proposal: Proposal) -> dict[str, Any]:
    """A proposal as the content of a line of the log."""
    return proposal_record(proposal.change, proposal.codes)


# What became of proposals


def decided(
    proposal: Proposal,
    *,
    is_accepted: bool,
    decided_at: str,
    arena: str = "",
    role: str = "",
    reason: Mapping[str, str] | None = None,
) -> Proposal:
    """The proposal with what was decided about it."""
    change = replace(
        proposal.change,
        is_accepted=is_accepted,
        decided_at=decided_at,
        arena=arena,
        decided_by_role=role,
        decision_reason=dict(reason or {}),
    )
    return replace(proposal, change=change)


def states_of(
    entries: Iterable[LogEntry], faults: Faults | None = None, lines: Iterable[int] = ()
) -> dict[str, ProposalState]:
    """What became of every proposal after the log, by id, in the order they were made.

    Entries that do not follow from those before them are noted and passed over.
    """
    notes = Faults() if faults is None else faults
    states: dict[str, ProposalState] = {}
    numbers = iter(lines)
    for entry in entries:
        line = next(numbers, None)
        found = Faults()
        if why := _follow(states, entry, found, line):
            found.note(
                "broken-history",
                _LOG,
                line,
                f"{entry.action} of {shown(entry.about)}: {why}",
                "entries that follow from those before them",
                "Restore the file from git or a backup; a log is never edited.",
            )
        notes.extend(found)
    return states


def _follow(states: dict[str, ProposalState], entry: LogEntry, faults: Faults, line: int | None) -> str:
    """Take an entry in; why it cannot be, or ""."""
    content, about = entry.content, entry.about
    # A participant has withdrawn: texts that repeated her are gone, and nothing else has happened.
    if entry.action == "tombstone":
        return ""
    if entry.action in ("adopt", "release"):
        if not VERSION.fullmatch(about) or content.get("codebook_version") != about:
            return "no codebook version"
        changes = content.get("changes", []) if entry.action == "release" else []
        if not isinstance(changes, list):
            return "no list of changes"
        for name in changes:
            there = states.get(str(name))
            if there is None or there.version or there.state not in ("accepted", "rejected"):
                return "a change that was not decided, or released before"
            state = "released" if there.state == "accepted" else "rejected"
            states[str(name)] = replace(there, state=state, version=about)
        return ""
    there = states.get(about)
    if entry.action == "propose":
        if there is not None or not CHANGE_ID.fullmatch(about):
            return "an id that is taken, or none"
        states[about] = ProposalState(proposal_in(content, about, faults, line), "open", entry.by, entry.at)
        return ""
    if there is None:
        return "no such proposal"
    if entry.action == "decide":
        reason, decision = content.get("reason"), content.get("decision")
        if there.version or there.state == "withdrawn":
            return f"it is {there.state} already"
        if decision not in ("accepted", "rejected") or not isinstance(reason, dict):
            return "no decision with its reason"
        codes, summary = content.get("codes", []), content.get("summary", {})
        if not isinstance(codes, list) or not isinstance(summary, dict):
            return "no texts of codes"
        written = [record for record in codes if isinstance(record, Mapping) and isinstance(record.get("id"), str)]
        theory = content.get("reason_theoretical", {})
        if not isinstance(theory, dict):
            return "no theoretical reason"
        made = decided(
            with_texts(there.proposal, written, summary, theory),
            is_accepted=decision == "accepted",
            decided_at=str(content.get("decided_at", "")),
            arena=str(content.get("arena", "")),
            role=str(content.get("decided_by_role", "")),
            reason={key: str(text) for key, text in reason.items()},
        )
        states[about] = replace(there, proposal=made, state=str(decision))
        return ""
    if there.state != "open":
        return f"it is {there.state} already"
    if entry.action == "amend":
        states[about] = replace(there, proposal=proposal_in(content, about, faults, line))
    else:
        states[about] = replace(there, state="withdrawn")
    return ""


def next_change_id(states: Collection[str]) -> str:
    """The id of the next proposal.

    >>> next_change_id(["CH-0001", "CH-0009"])
    'CH-0010'
    """
    return f"CH-{max((int(name[3:]) for name in states), default=0) + 1:04d}"


def next_code_id(book: Codebook, taken: Iterable[str] = ()) -> str:
    """The first id after those of all codes of a book and those that are `taken`.

    >>> next_code_id(Codebook("1.0.0", "2020-02-01", {}, {}, (), ()), ["C0007"])
    'C0008'
    """
    ids = [name for name in (*book.by_id, *taken) if CODE_ID.fullmatch(name)]
    return f"C{max((int(name[1:]) for name in ids), default=0) + 1:04d}"


def taken_ids(states: Iterable[ProposalState], but: str = "") -> dict[str, str]:
    """The ids of codes that proposals bring in, by proposal; those rejected too, for no id is used twice. But for `but`."""
    return {
        code: state.proposal.id for state in states if state.proposal.id != but for code in state.proposal.new_codes
    }


# The next version


def default_rows(change: Change) -> tuple[Migration, ...]:
    """What becomes of the segments of each code of a change, where the change does not say it.

    merge: they move to the one code. split: a person chooses. retire, to_relation, to_tag: as the type says. Others
    keep their code. What answer a code became by to_facet nobody can guess: no row.
    """
    ended: Mapping[str, Any] = {"retire": "retire", "to_relation": "relation", "to_tag": "tag"}
    made = []
    for name in change.source:
        if change.type == "split":
            made.append(Migration(name, "review", change.to))
        elif change.type == "merge" and name not in change.to:
            made.append(Migration(name, "map", change.to))
        elif change.type != "to_facet" or name in change.to:
            made.append(Migration(name, ended.get(change.type, "keep")))
    return tuple(made)


def _whole_rows(change: Change) -> tuple[Migration, ...]:
    given = {row.source for row in change.migration}
    return (*change.migration, *(row for row in default_rows(change) if row.source not in given))


def compose(
    book: Codebook,
    accepted: Iterable[Proposal],
    rejected: Iterable[Proposal] = (),
    *,
    released: str,
    title: Mapping[str, str] | None = None,
) -> Codebook:
    """The version after `book`: its codes as the accepted proposals make them, and both kinds told of as changes.

    Version number, status, deprecated_in, introduced_in, successors and missing migration rows follow from the changes.
    `title` is the new title, by language; where it says nothing, that of `book` stays. What does not add up is for
    :func:`release_faults` to tell.

    Raises
    ------
    RevisionError
        When a record of a code cannot be made at all.
    """
    made = sorted(accepted, key=lambda proposal: proposal.id)
    changes = [replace(p.change, is_accepted=True, migration=_whole_rows(p.change)) for p in made]
    version = next_version(book.codebook_version, changes)
    records = {code.id: code_record(code) for code in book.codes}
    old = set(records)
    touched: set[str] = set()
    for proposal in made:
        for record in proposal.codes:
            name = str(record["id"])
            is_there = name in records
            touched.add(name)
            records[name] = _over(records[name], record) if is_there else _fresh(record, version)
        if proposal.change.type == "promote":
            for name in {*proposal.change.source} & {*records}:
                records[name]["parent"] = None
                touched.add(name)
    changes = _one_way(changes)
    rows = {row.source: row for change in changes for row in change.migration if row.rule != "keep"}
    for change in changes:
        for name in change.source if change.type in ENDING else ():
            if name in old and name not in change.to and records[name]["status"] == "active":
                to = rows[name].to if name in rows else ()
                records[name] |= {"status": "deprecated", "deprecated_in": version, "successors": list(to)}
                touched.add(name)
    told = [_turned_down(proposal.change, old) for proposal in rejected]
    new = sorted(records.keys() - old, key=lambda name: (len(name), name))
    return replace(
        book,
        codebook_version=version,
        released=released,
        title={**book.title, **{key: text.strip() for key, text in (title or {}).items() if text.strip()}},
        codes=(
            *(_code(records[code.id]) if code.id in touched else code for code in book.codes),
            *(_code(records[name]) for name in new),
        ),
        changes=tuple(sorted((*changes, *told), key=lambda change: change.id)),
    )


def _over(before: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """A whole record with the fields that become other; of a text in two languages, it may be one."""
    made = dict(before)
    for key, value in record.items():
        there = made.get(key)
        is_text = key in BILINGUAL and isinstance(value, Mapping) and isinstance(there, Mapping)
        made[key] = {**there, **value} if is_text and isinstance(there, Mapping) else value
    return made


def _fresh(record: Mapping[str, Any], version: str) -> dict[str, Any]:
    return {**record, "status": "active", "introduced_in": version, "deprecated_in": None, "successors": []}


def _one_way(changes: Sequence[Change]) -> list[Change]:
    """The changes with one row for each code: to keep it is said only where no other change says more, and once."""
    moved = {row.source for change in changes for row in change.migration if row.rule != "keep"}
    kept: set[str] = set()
    made = []
    for change in changes:
        rows = []
        for row in change.migration:
            if row.rule == "keep" and row.source in moved | kept:
                continue
            if row.rule == "keep":
                kept.add(row.source)
            rows.append(row)
        made.append(replace(change, migration=tuple(rows)))
    return made


def _turned_down(change: Change, known: Collection[str]) -> Change:
    """A rejected change as a codebook tells of it: the codes it would have brought in are nowhere."""
    source, to = (tuple(name for name in names if name in known) for names in (change.source, change.to))
    return replace(change, is_accepted=False, source=source, to=to, migration=())


def _code(record: Mapping[str, Any]) -> Code:
    faults = Faults()
    name = str(record["id"])
    raw = as_lines({"polarity_in_source": [], "source": [], **record}, 0)
    code = Reader("the next version", "", (str(record.get("level")),), faults).code(raw, name)
    if faults.errors:
        raise RevisionError(
            name, (f"{fault.kind}: {fault.found}; expected {fault.expected}" for fault in faults.errors)
        )
    return replace(code, polarity_in_source=tuple(_unlined(note) for note in code.polarity_in_source))


def release_faults(earlier: Codebook, later: Codebook, levels: Sequence[str]) -> tuple[StepFault, ...]:
    """All in which a composed version is no whole codebook, or does not follow from the one before it."""
    faults = Faults()
    version = later.codebook_version
    data = codebook_text(later).encode("utf-8")
    found = codebook_in(data, version, version, levels, faults)
    places = {line: place for place, line in (found[1] if found else {}).items()}
    starts = sorted(places)
    own = tuple(
        StepFault(f.kind, _place(f.line, starts, places), f.found, f.expected, f.remedy, f.is_warning) for f in faults
    )
    return (*with_displays(own, displays_of(earlier, later)), *step_faults(earlier, later))


def _place(line: int | None, starts: Sequence[int], places: Mapping[int, str]) -> str:
    """The code or change whose record a line of a file stands in."""
    above = [start for start in starts if line is not None and start <= line]
    return places[above[-1]] if above else ""


def conflicts(accepted: Iterable[Proposal], displays: Mapping[str, str] | None = None) -> tuple[StepFault, ...]:
    """Accepted proposals that want different things of one field of one code; `displays` are told beside the ids."""
    wanted: dict[tuple[str, str], tuple[str, Any]] = {}
    found = []
    in_order = sorted(accepted, key=lambda one: one.id)
    ended = {
        code: one.id
        for one in in_order
        if one.change.type in ENDING
        for code in set(one.change.source) - set(one.change.to)
    }
    for proposal in in_order:
        if proposal.change.type == "reword":
            continue
        for code in proposal.change.source:
            if code in ended and ended[code] != proposal.id:
                found.append(
                    StepFault(
                        "conflicting-proposals",
                        proposal.id,
                        f"{proposal.id} is about {code}, which {ended[code]} takes out of use",
                        "one fate for a code in one version",
                        "Decide for one: reject the other, or release them one after the other.",
                    )
                )
    for proposal in in_order:
        for record in proposal.codes:
            name = str(record["id"])
            for key, value in _leaves(record):
                first, there = wanted.setdefault((name, key), (proposal.id, value))
                if there != value:
                    found.append(
                        StepFault(
                            "conflicting-proposals",
                            proposal.id,
                            f"{first} and {proposal.id} give {name} different texts under {key}",
                            "one text",
                            f"Decide for one: reject the other, or propose it anew without {key}.",
                        )
                    )
    return with_displays(found, displays or {})


def _leaves(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        if key in BILINGUAL and isinstance(value, Mapping):
            yield from ((f"{key}.{language}", text) for language, text in value.items())
        else:
            yield key, value
