"""Proof that nothing of a study was changed behind its back: every chain and every fingerprint held against the bytes.

Files are read as they lie, so that a study that cannot be loaded can be verified. A seal is what one writes down, prints
or deposits elsewhere, so that later nobody, the researchers included, can have rewritten a log without its being noticed.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from .codebook.log_store import FILE as CODEBOOK_LOG
from .codebook.log_store import FOLDER as CODEBOOKS
from .codebook.log_store import check_files, file_sha256, version_files, withdrawal_days
from .codebook.log_store import read_log as read_codebook_log
from .codebook.reading import conflict_line
from .codebook.revising import LogEntry
from .coding.events import NO_PREVIOUS, Event
from .coding.journal import FOLDER as CODINGS
from .coding.journal import PATTERNS, head_of, is_as_sealed, line_sha256
from .corpus.store import (
    DOCUMENT_COLUMNS,
    DOCUMENTS_FILE,
    PARTICIPANT_COLUMNS,
    PARTICIPANTS_FILE,
    TEXTS_FOLDER,
    WITHDRAWN,
    read_register,
    read_utf8,
    texts_kept,
)
from .corpus.text_versions import DIGITS, VERSIONS_FOLDER, TextChange, read_changes, read_version, version_path
from .corpus.transcript import canonical, split_front_matter, text_sha256
from .errors import Fault, Faults, ForanError, FutureFile, StudyError, shown
from .withdrawal import OUTPUTS, RECORD, WITHDRAWALS_FILE, Withdrawal, read_withdrawals

__all__ = ["Chain", "Verification", "check_chain", "is_seal", "seal", "told", "verify"]

#: 1 held logs and codebooks only; such seals are read still.
SEAL_SCHEMA = 2
_RESTORE = "Restore the file from git or a backup; a log is never edited."
_EVENT_KEYS = (
    frozenset(one.name for one in fields(Event) if one.default is MISSING),
    frozenset(one.name for one in fields(Event)),
)
_ENTRY_KEYS = (frozenset(one.name for one in fields(LogEntry)),) * 2
#: Files that a seal holds beside logs, codebooks and texts; they may change, and that they did is told.
_REGISTERS = ("foran.toml", "corpus/*.csv")
#: In a line of JSON quotes within texts are escaped, so that this is a key.
_SPOKEN_OF = re.compile(rb'"text_sha256":"([0-9a-f]{64})"')
#: Characters of a hash that a fault shows.
_SHOWN = 12
#: Names in one line of what :func:`told` gives.
_NAMED = 5


@dataclass(frozen=True)
class Chain:
    """One log: how many lines count, the hash of the last one, and the SHA-256 of their bytes.

    `is_sealed` says that the last line has its own hash; without one nothing vouches for it until a line follows.
    """

    name: str
    lines: int
    head_sha256: str
    sha256: str
    is_sealed: bool


@dataclass(frozen=True)
class Verification:
    """What was verified and what was found. `faults` are broken links; `notes` are told and break nothing."""

    chains: tuple[Chain, ...]
    #: Released codebook files: name and SHA-256.
    codebooks: Mapping[str, str]
    texts: int
    runs: int
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    is_against_seal: bool = False
    #: What a seal holds beside logs and codebooks.
    rest: Mapping[str, Any] = field(default_factory=dict)
    #: The seal's own head, to be compared with the one that was printed or deposited.
    sealed_head_sha256: str = ""
    #: Logs of the study that the seal names.
    sealed_logs: int = 0
    #: Logs that the seal names and that nobody can prove to go on from it, since a withdrawal chained them anew.
    unproved: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether no link is broken."""
        return not self.faults

    @property
    def logs(self) -> int:
        """How many logs there are."""
        return len(self.chains)

    @property
    def lines(self) -> int:
        """How many lines the logs have together."""
        return sum(chain.lines for chain in self.chains)

    @property
    def head_sha256(self) -> str:
        """One hash over all that a seal of the study holds."""
        return _combined(_sealed_logs(self.chains), self.codebooks, self.rest)

    @property
    def broken(self) -> tuple[str, ...]:
        """Where links are broken, as ``FILE:LINE`` or the file alone."""
        return tuple(fault.file if fault.line is None else f"{fault.file}:{fault.line}" for fault in self.faults)


def verify(path: Path, *, against: str | None = None) -> Verification:
    """Hold every chain and every fingerprint of a study against the bytes in its folder; changes nothing.

    Parameters
    ----------
    path
        The study's folder; it need not load.
    against
        A seal, as :func:`seal` gave it: then each log must begin with the sealed one, each codebook be as it was, and
        each text be the sealed one or have come from it by the listed changes.

    Returns
    -------
    Verification
        With the first broken link of each file: its line, what was found and expected (hashes shortened), what to do.
        Looked at are logs of coding, of memos and of the codebook; released codebooks; texts and their versions; and
        the logs, codebooks and outputs that the records of runs name. A log that lacks lines at its end is found out
        by seals and records only: its chain holds.

    Raises
    ------
    ForanError
        When `against` is no seal, or does not add up to its own head.
    """
    sealed = None if against is None else _parsed_seal(against)
    faults = Faults()
    data = _logs(path)
    chains = {name: check_chain(name, raw, faults) for name, raw in data.items()}
    broken = {fault.file for fault in faults.errors}
    days = withdrawal_days(path)
    check_files(read_codebook_log(path, Faults()), version_files(path), faults, withdrawn=days)
    changes = read_changes(path, faults)
    texts, count = _check_texts(path, data, changes, faults)
    withdrawn = _believed(path, sealed, faults)
    began = _Beginnings(path, data, broken, faults, withdrawn, changes)
    codebooks = {f"{CODEBOOKS}/{version}.yaml": file_sha256(raw) for version, raw in version_files(path).items()}
    rest = _rest(path, data, texts)
    # The seal first: what a record of a run says of a log must not keep it from being held against the seal.
    if sealed is not None:
        began.check_seal(sealed, codebooks, texts, rest)
    runs = _check_runs(path, began, faults)
    return Verification(
        tuple(chains.values()),
        codebooks,
        count,
        runs,
        tuple(faults.errors),
        tuple(faults.warnings),
        sealed is not None,
        rest,
        sealed.head_sha256 if sealed is not None else "",
        len(sealed.logs.keys() & chains.keys()) if sealed is not None else 0,
        tuple(sorted(began.unproved)),
    )


def seal(path: Path) -> str:
    """The state of logs, codebooks, texts and registers, as JSON to deposit elsewhere; ``head_sha256`` is for print.

    The same study gives the same bytes. A torn tail is no part of it. It holds hashes, counts, times of withdrawals and
    ids (of documents, coders and participants), and no word of an informant's.

    Raises
    ------
    StudyError
        When a link is broken: what is sealed must hold.
    """
    found = verify(path)
    if not found.is_whole:
        raise StudyError(found.faults)
    record = {
        "schema_version": SEAL_SCHEMA,
        "head_sha256": found.head_sha256,
        "logs": _sealed_logs(found.chains),
        "codebooks": dict(found.codebooks),
        **found.rest,
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def told(found: Verification) -> list[str]:
    """A verification as lines to print: what was looked at, what is not vouched for yet, and every broken link."""
    lines = [
        f"{_counted(found.logs, 'log')} with {_counted(found.lines, 'line')}, {_counted(len(found.codebooks), 'codebook')}, "
        f"{_counted(found.texts, 'text')}, {_counted(found.runs, 'record')} of runs",
    ]
    unsealed = [note.file for note in found.notes if note.kind == "not-yet-sealed"]
    if unsealed:
        more = f" and {len(unsealed) - _NAMED} more" if len(unsealed) > _NAMED else ""
        lines.append(
            f"not yet sealed: the last line of {_counted(len(unsealed), 'log')}, written before lines had their own hash; "
            f"the next line vouches for it ({', '.join(unsealed[:_NAMED])}{more})"
        )
    lines += [f"note: {note}" for note in found.notes if note.kind != "not-yet-sealed"]
    if found.is_against_seal:
        lines.append(
            f"head of the seal: {found.sealed_head_sha256}; compare it with the one that was printed or deposited"
        )
        lines.append(f"the seal names {found.sealed_logs} of the study's {_counted(found.logs, 'log')}")
    if found.is_whole:
        lines.append(f"head of the study: {found.head_sha256}")
        if found.unproved:
            return [
                *lines,
                f"every link holds; not proved to begin with the sealed one, as a withdrawal chained it anew: "
                f"{_counted(len(found.unproved), 'log')} ({', '.join(found.unproved)})",
            ]
        more = ", and each log begins with the sealed one" if found.is_against_seal else ""
        return [*lines, f"nothing was changed: every link holds{more}"]
    return [*lines, f"{_counted(len(found.faults), 'broken link')}:", *(f"  {fault}" for fault in found.faults)]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _short(sha256: object) -> str:
    return f"{str(sha256)[:_SHOWN]}…"


# Chains


def _logs(study: Path) -> dict[str, bytes]:
    paths = sorted(path for pattern in PATTERNS for path in study.glob(pattern) if path.is_file())
    return {path.relative_to(study).as_posix(): path.read_bytes() for path in paths}


def check_chain(name: str, data: bytes, faults: Faults) -> Chain:
    """The chain of one log, with a fault for its first broken link.

    Parameters
    ----------
    name
        The log's path in the study; ``codebooks/log.jsonl`` has keys of its own.
    data
        The file's bytes.

    Notes
    -----
    A line with its own hash is held against that, so that the fault names the very line. For lines without one, from
    before lines had it, the line named or the one before it was changed, and nothing vouches for the last one yet: that
    is noted as ``not-yet-sealed``. A torn tail and an act that lacks its end are warnings, as everywhere.
    """
    head, count = head_of(data)
    *whole, tail = data.split(b"\n")
    is_sealed = count > 0 and is_as_sealed(whole[count - 1]) is True
    sha256 = hashlib.sha256(b"".join(line + b"\n" for line in whole[:count])).hexdigest()
    chain = Chain(name, count, head, sha256, is_sealed)
    if (fault := _first_break(name, data, whole, tail)) is not None:
        faults.append(fault)
        return chain
    if count < len(whole) or tail:
        torn = len(b"\n".join([*whole[count:], tail]))
        what = "act of several lines" if count < len(whole) else "line"
        faults.note("torn-line", name, count + 1, f"a last {what} of {torn} bytes without its end", f"a whole {what}",
                    "Every line before it counts; the next writer sets it aside.", is_warning=True)  # fmt: skip
    if count and not is_sealed:
        faults.note("not-yet-sealed", name, count, "a last line from before lines had their own hash", "a line after it",
                    "Nothing to do: the next coding vouches for it; until then a seal does.", is_warning=True)  # fmt: skip
    return chain


def _first_break(name: str, data: bytes, whole: Sequence[bytes], tail: bytes) -> Fault | None:
    if (mark := conflict_line(data)) is not None:
        return Fault(
            name,
            mark,
            "merge-conflict",
            "a mark of git where two versions of the log were not brought together",
            "one whole version of the log",
            f"Take one side whole (`git checkout --ours {name}`, or --theirs), and do again what only the other had.",
        )
    keys = _ENTRY_KEYS if name == CODEBOOK_LOG else _EVENT_KEYS
    previous, was_sealed = NO_PREVIOUS, False
    for number, line in enumerate(whole, 1):
        fault = _fault_of_line(name, number, line, previous, keys, was_sealed)
        if fault is not None:
            return fault
        previous, was_sealed = line_sha256(line), is_as_sealed(line) is True
    if tail and _is_more_than_a_line(tail):
        return Fault(
            name,
            len(whole) + 1,
            "broken-jsonl",
            "a whole line that no line feed ends, with something else behind it",
            "a line feed",
            _RESTORE,
        )
    return None


def _fault_of_line(
    name: str,
    number: int,
    line: bytes,
    previous: str,
    keys: tuple[frozenset[str], frozenset[str]],
    was_sealed: bool,
) -> Fault | None:
    def broken(at: int, kind: str, found: str, expected: str) -> Fault:
        return Fault(name, at, kind, found, expected, _RESTORE)

    raw = _object(line)
    if raw is None:
        if line.endswith(b"\r") and _object(line[:-1]) is not None:
            return broken(number, "broken-jsonl", "a carriage return before the line feed", "line feeds alone")
        return broken(number, "broken-jsonl", f"{len(line)} bytes that are no JSON object", "one JSON object a line")
    if line.endswith(b"\r"):
        return broken(number, "broken-jsonl", "a carriage return before the line feed", "line feeds alone")
    if not keys[0] <= raw.keys() <= keys[1]:
        return broken(number, "broken-chain", "a line with other keys", "the keys that lines of this log have")
    is_sealed = is_as_sealed(line)
    if is_sealed is False or ("sha256" in raw and not is_sealed):
        bare = line_sha256(line[: -len(',"sha256":""}') - len(NO_PREVIOUS)] + b"}")
        return broken(
            number,
            "broken-chain",
            f"a line whose hash is {_short(bare)}",
            f"{_short(raw['sha256'])}, which the line names as its own",
        )
    if raw["prev_sha256"] != previous:
        found = f"a line that follows {_short(raw['prev_sha256'])}"
        expected = f"one that follows {_short(previous)}" if number > 1 else "the first line of the log"
        if not is_sealed:
            which = "" if was_sealed or number == 1 else ": this line or the one before it was changed"
            return broken(number, "broken-chain", found + which, expected)
        if number > 1 and not was_sealed:
            # The line that follows vouches for itself, so that the one before it is the changed one.
            return broken(
                number - 1,
                "broken-chain",
                f"a line whose hash is {_short(previous)}",
                f"{_short(raw['prev_sha256'])}, which the next line names",
            )
        return broken(
            number, "broken-chain", f"{found}: lines are missing, put in or in another order before it", expected
        )
    if was_sealed and not is_sealed:
        return broken(
            number, "broken-chain", "a line without a hash of its own", "a hash, as the line before it has one"
        )
    if raw["seq"] != number:
        return broken(number, "wrong-sequence", "a line with another number", f"seq {number}")
    for key, expected in _place_of(name).items():
        if raw[key] != expected and unicodedata.normalize("NFC", str(raw[key])) != expected:
            return broken(
                number, "wrong-log", f"a line with {key} {shown(raw[key])}", f"{key} {expected!r}, as the file is named"
            )
    return None


@cache
def _place_of(name: str) -> Mapping[str, str]:
    """What every line of a log says of coder and document, by the file's name."""
    *folders, file = unicodedata.normalize("NFC", name).removesuffix(".jsonl").split("/")
    if folders[:2] == ["corpus", "coding"] and len(folders) == 3:
        return {"coder": folders[2], "document": file}
    return {"coder": file, "document": ""} if folders == ["corpus", "memos"] else {}


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        raw = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return raw if isinstance(raw, dict) else None


def _is_more_than_a_line(tail: bytes) -> bool:
    """Whether what follows the last line feed is a whole object and more: no crash leaves that behind."""
    text = tail.decode("utf-8", "surrogateescape")
    try:
        found, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and end < len(text)


# Texts


def _check_texts(
    study: Path, logs: Mapping[str, bytes], changes: Sequence[TextChange], faults: Faults
) -> tuple[dict[str, str], int]:
    """Hold texts and their versions against the fingerprints that registers, names and logs have.

    The fingerprint of every document's text, and how many files of texts there are.
    """
    count, texts = 0, {}
    for line, row in read_register(study, DOCUMENTS_FILE, DOCUMENT_COLUMNS, faults):
        name = f"{TEXTS_FOLDER}/{row['id']}.md"
        if row.get(WITHDRAWN):
            continue
        raw = read_utf8(study / name, name, faults)
        if raw is not None:
            count += 1
            found = texts[row["id"]] = text_sha256(split_front_matter(canonical(raw))[1])
            if found != row["text_sha256"]:
                faults.note(
                    "text-changed",
                    name,
                    None,
                    f"a text with fingerprint {_short(found)}",
                    f"{_short(row['text_sha256'])} ({DOCUMENTS_FILE}:{line})",
                    f"Edited on purpose: run `foran reanchor {row['id']}`. Else put the old text back.",
                )
            elif not _is_vouched_for(study, row["id"], found, logs, changes):
                faults.note(
                    "text-changed",
                    name,
                    None,
                    f"a text with fingerprint {_short(found)}, as {DOCUMENTS_FILE} has it, that nothing else knows",
                    "a text that its logs, its kept versions or the list of changed texts name",
                    f"Was `foran reanchor {row['id']}` cut short, run it again. Else put the old text back, in "
                    f"{DOCUMENTS_FILE} too.",
                )
        for path in texts_kept(study, row["id"]):
            count += 1
            _check_version(path, path.relative_to(study).as_posix(), faults)
    for change in changes:
        path = version_path(study, change.document, change.from_sha256)
        if not path.exists() or (read_version(study, change.document, change.from_sha256) is None and not faults):
            faults.note(
                "missing-text-version",
                path.relative_to(study).as_posix(),
                None,
                f"no text with fingerprint {_short(change.from_sha256)}",
                f"the text of {change.document} before {change.at[:10]}",
                "Restore it from git or a backup: models of before that day need it.",
                is_warning=True,
            )
    return texts, count


def _is_vouched_for(
    study: Path, document: str, sha256: str, logs: Mapping[str, bytes], changes: Sequence[TextChange]
) -> bool:
    """Whether a registered text is known elsewhere; one that nobody has coded need not be, unless it was changed before."""
    places = {name: name.removeprefix(f"{CODINGS}/").split("/")[1:] for name in logs if name.startswith(f"{CODINGS}/")}
    own = [logs[name] for name, place in places.items() if place == [f"{document}.jsonl"] and logs[name]]
    listed = [change.to_sha256 for change in changes if change.document == document]
    if listed:
        return listed[-1] == sha256
    if not own or version_path(study, document, sha256).exists():
        return True
    return any(sha256.encode() in _SPOKEN_OF.findall(data) for data in own)


def _check_version(path: Path, name: str, faults: Faults) -> None:
    raw = read_utf8(path, name, faults)
    if raw is not None and text_sha256(raw)[:DIGITS] != path.stem:
        faults.note(
            "text-changed",
            name,
            None,
            f"a text with fingerprint {_short(text_sha256(raw))}",
            f"{_short(path.stem)}, as the file is named",
            "Restore the file from git or a backup: a kept text is never edited.",
        )


# Earlier states


@dataclass(frozen=True)
class _Stone:
    """What a withdrawal left in a log: its line, its time, and the lines and the head of the log before it."""

    line: int
    at: str
    former_lines: int
    former_head_sha256: str


@dataclass(frozen=True)
class _Then:
    """What a seal or a record of a run knows of the withdrawals before it."""

    source: str
    #: By log, how many tombstones it had; None when the source does not tell.
    stones: Mapping[str, int] | None = None
    #: The withdrawals that had been carried out: who and when.
    withdrawn: frozenset[tuple[str, str]] = frozenset()
    #: The registers are as they were: nobody has withdrawn since.
    is_since_all: bool = False


def _believed(study: Path, sealed: _Seal | None, faults: Faults) -> tuple[Withdrawal, ...]:
    """The withdrawals of participants that the study has, or had when it was sealed; a fault for every other one."""
    withdrawals = read_withdrawals(study, Faults())
    if not withdrawals:
        return ()
    rows = read_register(study, PARTICIPANTS_FILE, PARTICIPANT_COLUMNS, Faults())
    people = {row["id"]: bool(row.get(WITHDRAWN)) for _, row in rows}
    had = sealed.participants if sealed is not None else frozenset()
    believed = tuple(one for one in withdrawals if people.get(one.participant, one.participant in had))
    for one in withdrawals:
        if one not in believed:
            faults.note(
                "unknown-participant",
                WITHDRAWALS_FILE,
                None,
                f"a withdrawal of {one.at[:10]} by somebody whom {PARTICIPANTS_FILE} "
                + ("does not mark as withdrawn" if one.participant in people else "does not have"),
                f"a participant who is marked as withdrawn in {PARTICIPANTS_FILE}",
                "Restore both files from git or a backup; withdrawals are written by the tool only.",
            )
    return believed


@dataclass
class _Beginnings:
    """Today's logs, to be held against what seals and records of runs say they were."""

    study: Path
    data: Mapping[str, bytes]
    broken: set[str]
    faults: Faults
    withdrawals: tuple[Withdrawal, ...]
    changes: Sequence[TextChange]
    #: Logs of which it was told that a withdrawal chained them anew.
    anew: set[str] = field(default_factory=set)
    unproved: set[str] = field(default_factory=set)

    @cached_property
    def stones(self) -> Mapping[str, tuple[_Stone, ...]]:
        """The tombstones of every log, oldest first."""
        return {name: tuple(_stones(data)) for name, data in self.data.items()}

    @cached_property
    def touched(self) -> frozenset[str]:
        """Documents that lost words to withdrawals."""
        return frozenset(name for one in self.withdrawals for name in (*one.documents, *one.redacted))

    def check(self, name: str, lines: int, head: str, then: _Then, sha256: str = "") -> None:
        """That the first `lines` lines of a log end in `head`, as `then` says; with `sha256` also byte for byte."""
        source = then.source
        if name in self.broken:
            return
        if name not in self.data:
            self._missing(name, source)
            return
        whole = self.data[name].split(b"\n")[:-1]
        if len(whole) < lines:
            found = "truncated-log", len(whole) + 1, f"a log of {_counted(len(whole), 'line')}"
            expected = f"at least {lines}, as {source} says"
        elif lines and line_sha256(whole[lines - 1]) != head:
            found = "changed-log", lines, f"a line whose hash is {_short(line_sha256(whole[lines - 1]))}"
            expected = f"{_short(head)}, as {source} says"
        elif sha256 and file_sha256(b"".join(line + b"\n" for line in whole[:lines])) != sha256:
            self._differs(name, "changed-log", None, f"other bytes in the first {_counted(lines, 'line')}",
                          f"those that {source} tells of")  # fmt: skip
            return
        else:
            return
        if (stone := self._since(name, lines, head, then)) is not None:
            self._chained_anew(name, stone, expected, is_named=stone.former_head_sha256 == head)
        else:
            self._differs(name, *found, expected)

    def check_file(self, name: str, sha256: str, then: _Then) -> None:
        """That a log begins with a file of this fingerprint, for records from before they told of heads."""
        if name in self.broken:
            return
        if name not in self.data:
            self._missing(name, then.source)
        elif sha256 not in _prefixes(self.data[name]):
            expected = f"{_short(sha256)}, as {then.source} says"
            if (stone := self._since(name, None, "", then)) is not None:
                self._chained_anew(name, stone, expected, is_named=False)
                return
            # A tail that was torn then has been set aside since: what the record saw is no beginning of the log.
            is_torn = (self.study / f"{name}.torn").exists()
            self._differs(name, "changed-log", None, "a log that does not begin with the file then",
                          expected, is_warning=is_torn)  # fmt: skip

    def _since(self, name: str, lines: int | None, head: str, then: _Then) -> _Stone | None:
        """The first tombstone since `then`, when it can be why the log is another one; None when nothing excuses that.

        A withdrawal keeps the number of a log's lines and puts its own act behind them. So a state of as many lines as
        the log had then must have ended as the tombstone says, one of more lines cannot have been before it, and of one
        of fewer nothing can be proved.
        """
        stones = self.stones[name]
        if then.is_since_all:
            count = len(stones)
        elif then.stones is not None:
            count = then.stones.get(name, 0)
        else:
            count = sum(stone.line <= lines for stone in stones) if lines is not None else 0
        since = stones[count:]
        believed = {one.at for one in self.withdrawals if (one.participant, one.at) not in then.withdrawn}
        if not since or any(stone.at not in believed for stone in since):
            return None
        first = since[0]
        if lines is None:
            return first
        is_fitting = (lines == first.former_lines) == (head == first.former_head_sha256)
        return first if lines <= first.former_lines and is_fitting else None

    def check_seal(
        self, sealed: _Seal, codebooks: Mapping[str, str], texts: Mapping[str, str], rest: Mapping[str, Any]
    ) -> None:
        """That logs begin with the sealed ones, codebooks are what was sealed, and texts came from the sealed ones."""
        then = _Then("the seal", sealed.stones, sealed.withdrawals)
        for name, one in sealed.logs.items():
            self.check(name, one["lines"], one["head_sha256"], then, one["sha256"])
        self.unproved = self.anew & sealed.logs.keys()
        self._tell_unnamed(sealed)
        anew = self._adopted_anew(sealed, codebooks)
        for name, sha256 in sealed.codebooks.items():
            if codebooks.get(name) != sha256:
                self.faults.note(
                    "adopted-anew" if name in anew else "edited-codebook",
                    name,
                    None,
                    f"a file with fingerprint {_short(codebooks[name])}" if name in codebooks else "no such file",
                    f"{_short(sha256)}, as the seal says",
                    f"{CODEBOOK_LOG} says that it was adopted anew after a withdrawal. Compare the two versions."
                    if name in anew
                    else "Restore it from git or a backup: a released version is never edited.",
                    is_warning=name in anew,
                )
        self._check_sealed_texts(sealed, texts)
        for name, sha256 in sealed.files.items():
            found = rest["files"].get(name)
            if found != sha256:
                self.faults.note("changed-file", name, None,
                                 f"a file with fingerprint {_short(found)}" if found else "no such file",
                                 f"{_short(sha256)}, as the seal says", "Nothing to do when it was changed on purpose.",
                                 is_warning=True)  # fmt: skip
        for person, at in sorted(sealed.withdrawals - {(one.participant, one.at) for one in self.withdrawals}):
            self.faults.note("missing-withdrawal", WITHDRAWALS_FILE, None, f"no row of the withdrawal of {person}",
                             f"that of {at[:10]}, as the seal says", "Restore the file from git or a backup.")  # fmt: skip

    def _tell_unnamed(self, sealed: _Seal) -> None:
        """Note logs that began before the last line that was sealed, and that the seal does not name."""
        ends = [_at(self.data[name], one["lines"]) for name, one in sealed.logs.items() if name in self.data]
        for name in sorted(self.data.keys() - sealed.logs.keys()):
            if "" < (began := _at(self.data[name], 1)) <= max(ends, default=""):
                self.faults.note("not-in-seal", name, None, f"a log from {began[:10]} that the seal does not name",
                                 "every log of that time", "Compare the seal's head with the one that was printed; ask "
                                 "the coder where the log was then.", is_warning=True)  # fmt: skip

    def _withdrawn_since(self, sealed: _Seal) -> list[Withdrawal]:
        return [one for one in self.withdrawals if (one.participant, one.at) not in sealed.withdrawals]

    def _adopted_anew(self, sealed: _Seal, codebooks: Mapping[str, str]) -> frozenset[str]:
        """Released versions that took other bytes after a withdrawal since the seal, as the log of the codebook tells."""
        log = read_codebook_log(self.study, Faults())
        days = [one.at[:10] for one in self.withdrawals]
        if log is None or not self._withdrawn_since(sealed):
            return frozenset()
        standing = {f"{CODEBOOKS}/{version}.yaml": entry for version, entry in log.standing(days).items()}
        return frozenset(
            name
            for name, entry in standing.items()
            if entry.content.get("file_sha256") == codebooks.get(name)
            and entry.seq > sealed.logs.get(CODEBOOK_LOG, {"lines": 0})["lines"]
        )

    def _check_sealed_texts(self, sealed: _Seal, texts: Mapping[str, str]) -> None:
        lost = {name for one in self._withdrawn_since(sealed) for name in (*one.documents, *one.redacted)}
        for document, sha256 in sealed.texts.items():
            found = texts.get(document)
            follows = sha256
            for change in self.changes:
                if change.document == document and change.from_sha256 == follows:
                    follows = change.to_sha256
            if found in (sha256, follows):
                continue
            is_lost = document in lost
            self.faults.note(
                "withdrawn-text" if is_lost else "text-changed" if found else "missing-text",
                f"{TEXTS_FOLDER}/{document}.md",
                None,
                f"a text with fingerprint {_short(found)}" if found else "no text in force",
                f"{_short(sha256)}, as the seal says, or one that came from it by the list of changed texts",
                "Nothing to do: words were withdrawn." if is_lost else "Restore it from git or a backup.",
                is_warning=is_lost,
            )

    def _missing(self, name: str, source: str) -> None:
        self.broken.add(name)
        self.faults.note("missing-log", name, None, "no such file", f"the log that {source} tells of",
                         "Restore it from git or a backup.")  # fmt: skip

    def _chained_anew(self, name: str, stone: _Stone, expected: str, *, is_named: bool) -> None:
        if name in self.anew:
            return
        self.anew.add(name)
        more = (
            f"it names {_short(stone.former_head_sha256)} as its former head"
            if is_named
            else "whether it went on from the former state cannot be proved"
        )
        self.faults.note(
            "chained-anew",
            name,
            None,
            f"a log chained anew on {stone.at[:10]}, when a participant withdrew; {more}",
            expected,
            "Nothing to do: words that were withdrawn can be proved by nobody. Make a new seal.",
            is_warning=True,
        )

    def _differs(
        self, name: str, kind: str, line: int | None, found: str, expected: str, *, is_warning: bool = False
    ) -> None:
        # One earlier state that does not fit is enough: the others say the same of the same log.
        if not is_warning:
            self.broken.add(name)
        self.faults.note(kind, name, line, found, expected, _RESTORE, is_warning=is_warning)


def _prefixes(data: bytes) -> Iterator[str]:
    """The SHA-256 of every beginning of a log that ends with a whole line, the whole file first, the longest next."""
    yield file_sha256(data)
    digests, hashed = [hashlib.sha256().hexdigest()], hashlib.sha256()
    for line in data.split(b"\n")[:-1]:
        hashed.update(line + b"\n")
        digests.append(hashed.copy().hexdigest())
    yield from reversed(digests)


def _stones(data: bytes) -> Iterator[_Stone]:
    """The tombstones of a log, oldest first."""
    lines = data.split(b"\n")[:-1]
    for number, line in enumerate(lines, 1):
        if b'"tombstone"' in line and (raw := _object(line)) is not None:
            # The log of the codebook has its tombstone as an entry's content.
            after = raw.get("after") or raw.get("content")
            if isinstance(after, dict) and after.get("kind") == "tombstone":
                first, gesture = number, raw.get("gesture")
                while gesture and first > 1 and (_object(lines[first - 2]) or {}).get("gesture") == gesture:
                    first -= 1
                yield _Stone(number, str(raw.get("at")), first - 1, str(after.get("former_head_sha256")))


def _at(data: bytes, line: int) -> str:
    """When a line of a log was written; "" when the log has no such line."""
    lines = data.split(b"\n")[:-1]
    raw = _object(lines[line - 1]) if 0 < line <= len(lines) else None
    return str(raw.get("at", "")) if raw is not None else ""


def _check_runs(study: Path, began: _Beginnings, faults: Faults) -> int:
    """Hold what every record of a run names against what is there; how many records there are."""
    paths = sorted((study / OUTPUTS).glob(f"*/{RECORD}"))
    other: set[str] = set()
    for path in paths:
        source = path.relative_to(study).as_posix()
        record = _object(path.read_bytes())
        tables = [record.get(key, {}) for key in ("inputs", "logs", "outputs")] if record is not None else []
        if not tables or not all(isinstance(table, dict) for table in tables):
            faults.note("broken-record", source, None, "no record of a run", "JSON with inputs and outputs",
                        "Run the milestone again: `foran run`.")  # fmt: skip
            continue
        inputs, logs, outputs = tables
        if not logs and not any(name.endswith(".jsonl") for name in inputs):
            faults.note("record-without-logs", source, None, "a record of a run that names no log",
                        "the logs that the run was made of", "Run the milestone again: `foran run`.",
                        is_warning=True)  # fmt: skip
        then = _Then(source, is_since_all=_is_since_all(study, inputs))
        for name, one in logs.items():
            if _is_state(one):
                began.check(name, one["lines"], one["head_sha256"], then)
            else:
                faults.note("broken-record", source, None, "a log without a number of lines and the hash of the last one",
                            "both for every log", "Run the milestone again: `foran run`.")  # fmt: skip
                break
        for name, sha256 in inputs.items():
            if name.endswith(".jsonl") and name not in logs:
                began.check_file(name, str(sha256), then)
            elif name in other:
                continue
            elif name.startswith(f"{CODEBOOKS}/") and name.endswith(".yaml"):
                other |= _other_codebook(study, name, str(sha256), source, faults)
            elif name.startswith(f"{TEXTS_FOLDER}/") and name.endswith(".md"):
                other |= _other_text(study, name, str(sha256), source, began)
        for name, sha256 in outputs.items():
            _check_output(
                path.parent / name, f"{path.parent.relative_to(study).as_posix()}/{name}", str(sha256), faults
            )
    return len(paths)


def _is_since_all(study: Path, inputs: Mapping[str, Any]) -> bool:
    """Whether both registers that a withdrawal writes to are as a run saw them, so that nobody has withdrawn since."""
    paths = {name: study / name for name in (DOCUMENTS_FILE, PARTICIPANTS_FILE)}
    return all(path.is_file() and file_sha256(path.read_bytes()) == inputs.get(name) for name, path in paths.items())


def _other_text(study: Path, name: str, sha256: str, source: str, began: _Beginnings) -> set[str]:
    """The name of a text that is another one than a run saw, when no listed change and no withdrawal says why."""
    path = study / name
    found = file_sha256(path.read_bytes()) if path.is_file() else ""
    is_version = name.startswith(f"{VERSIONS_FOLDER}/")
    document = path.parent.name if is_version else path.stem
    is_listed = not is_version and any(change.document == document for change in began.changes)
    if found == sha256 or document in began.touched or is_listed:
        return set()
    began.faults.note(
        "other-text",
        name,
        None,
        f"a file with fingerprint {_short(found)}" if found else "no such file",
        f"{_short(sha256)}, as {source} says; no withdrawal and no listed change of the text says why",
        "Nothing to do when only what stands before the text was edited. Else restore the file.",
        is_warning=True,
    )
    return {name}


def _other_codebook(study: Path, name: str, sha256: str, source: str, faults: Faults) -> set[str]:
    """The name of a codebook that is another file than the one a run saw; its log judges which of the two is right."""
    path = study / name
    found = file_sha256(path.read_bytes()) if path.is_file() else ""
    if found == sha256:
        return set()
    faults.note(
        "other-codebook",
        name,
        None,
        f"a file with fingerprint {_short(found)}" if found else "no such file",
        f"{_short(sha256)}, as {source} says",
        "Run the milestone again, or restore the file.",
        is_warning=True,
    )
    return {name}


def _check_output(path: Path, name: str, sha256: str, faults: Faults) -> None:
    """Note a file of a run's outputs that is not what the run made; one that is gone can be made again."""
    found = file_sha256(path.read_bytes()) if path.is_file() else ""
    if found != sha256:
        faults.note(
            "changed-output",
            name,
            None,
            f"a file with fingerprint {_short(found)}" if found else "no such file",
            f"{_short(sha256)}, as the run left it",
            "Run the milestone again: `foran run`.",
            is_warning=not found,
        )


# Seals


def _sealed_logs(chains: Sequence[Chain]) -> dict[str, dict[str, Any]]:
    return {
        chain.name: {"lines": chain.lines, "head_sha256": chain.head_sha256, "sha256": chain.sha256} for chain in chains
    }


def _rest(study: Path, logs: Mapping[str, bytes], texts: Mapping[str, str]) -> dict[str, Any]:
    """What a seal holds beside logs and codebooks: by it a later state is known to be from after a withdrawal or before."""
    files = sorted(path for pattern in _REGISTERS for path in study.glob(pattern) if path.is_file())
    people = read_register(study, PARTICIPANTS_FILE, PARTICIPANT_COLUMNS, Faults())
    return {
        "files": {path.relative_to(study).as_posix(): file_sha256(path.read_bytes()) for path in files},
        "texts": dict(sorted(texts.items())),
        "tombstones": {name: count for name, data in logs.items() if (count := sum(1 for _ in _stones(data)))},
        "participants": sorted(row["id"] for _, row in people),
        "withdrawals": [[one.participant, one.at] for one in read_withdrawals(study, Faults())],
    }


def _combined(logs: Mapping[str, Any], codebooks: Mapping[str, str], rest: Mapping[str, Any]) -> str:
    described = json.dumps({"logs": logs, "codebooks": codebooks, **rest}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(described.encode()).hexdigest()


@dataclass(frozen=True)
class _Seal:
    """A seal as it was read; of schema 1 there are logs and codebooks alone, and `stones` is None."""

    head_sha256: str
    logs: Mapping[str, Any]
    codebooks: Mapping[str, str]
    files: Mapping[str, str]
    texts: Mapping[str, str]
    stones: Mapping[str, int] | None
    participants: frozenset[str]
    withdrawals: frozenset[tuple[str, str]]


def is_seal(text: str) -> bool:
    """Whether a text is a seal of any schema that this version reads, and adds up to its own head.

    >>> is_seal("[]")
    False
    """
    try:
        _parsed_seal(text)
    except ForanError:
        return False
    return True


def _parsed_seal(text: str) -> _Seal:
    record = _object(text.encode("utf-8", "replace")) or {}
    schema = record.get("schema_version")
    if type(schema) is int and schema > SEAL_SCHEMA:
        raise FutureFile(f"a seal of schema {schema}: upgrade the package to verify against it")
    logs, codebooks = record.get("logs"), record.get("codebooks")
    rest = {key: record.get(key) for key in _REST} if schema != 1 else {}
    if not (
        type(schema) is int
        and schema > 0
        and isinstance(logs, dict)
        and all(_is_state(one) and isinstance(one.get("sha256"), str) for one in logs.values())
        and _is_of_texts(codebooks)
        and (not rest or _is_rest(rest))
    ):
        raise ForanError("this is no seal: give the file that `foran audit seal` wrote")
    if record.get("head_sha256") != _combined(logs, codebooks or {}, rest):
        raise ForanError(
            "this seal was changed: what it holds does not add up to its head. Take it from where it was deposited"
        )
    return _Seal(
        str(record["head_sha256"]),
        logs,
        codebooks or {},
        rest.get("files") or {},
        rest.get("texts") or {},
        rest.get("tombstones"),
        frozenset(rest.get("participants") or ()),
        frozenset((person, at) for person, at in rest.get("withdrawals") or ()),
    )


_REST = ("files", "texts", "tombstones", "participants", "withdrawals")


def _is_rest(rest: Mapping[str, Any]) -> bool:
    stones, people, withdrawals = rest["tombstones"], rest["participants"], rest["withdrawals"]
    return (
        _is_of_texts(rest["files"])
        and _is_of_texts(rest["texts"])
        and isinstance(stones, dict)
        and all(type(count) is int and count >= 0 for count in stones.values())
        and isinstance(people, list)
        and all(isinstance(one, str) for one in people)
        and isinstance(withdrawals, list)
        and all(isinstance(one, list) and [type(part) for part in one] == [str, str] for one in withdrawals)
    )


def _is_of_texts(table: object) -> bool:
    return isinstance(table, dict) and all(isinstance(value, str) for value in table.values())


def _is_state(one: object) -> bool:
    return (
        isinstance(one, dict)
        and type(one.get("lines")) is int
        and one["lines"] >= 0
        and isinstance(one.get("head_sha256"), str)
    )
