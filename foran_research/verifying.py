"""Proof that nothing of a study was changed behind its back: every chain and every fingerprint held against the bytes.

Files are read as they lie, so that a study that cannot be loaded can be verified. A seal is what one writes down, prints
or deposits elsewhere, so that later nobody, the researchers included, can have rewritten a log without its being noticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from .codebook.log_store import FILE as CODEBOOK_LOG
from .codebook.log_store import FOLDER as CODEBOOKS
from .codebook.log_store import check_files, file_sha256, version_files
from .codebook.log_store import read_log as read_codebook_log
from .codebook.reading import conflict_line
from .codebook.revising import LogEntry
from .coding.events import NO_PREVIOUS, Event
from .coding.journal import PATTERNS, head_of, is_as_sealed, line_sha256
from .corpus.store import (
    DOCUMENT_COLUMNS,
    DOCUMENTS_FILE,
    TEXTS_FOLDER,
    WITHDRAWN,
    read_register,
    read_utf8,
    texts_kept,
)
from .corpus.text_versions import DIGITS, read_changes, read_version, version_path
from .corpus.transcript import canonical, split_front_matter, text_sha256
from .errors import Fault, Faults, ForanError, FutureFile, StudyError
from .withdrawal import OUTPUTS, RECORD, read_withdrawals

__all__ = ["Chain", "Verification", "check_chain", "seal", "told", "verify"]

SEAL_SCHEMA = 1
_RESTORE = "Restore the file from git or a backup; a log is never edited."
_EVENT_KEYS = (
    frozenset(one.name for one in fields(Event) if one.default is MISSING),
    frozenset(one.name for one in fields(Event)),
)
_ENTRY_KEYS = (frozenset(one.name for one in fields(LogEntry)),) * 2
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
        """One hash over the heads of all logs and the released codebooks."""
        return _combined(_sealed_logs(self.chains), self.codebooks)

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
        A seal, as :func:`seal` gave it: then each log must begin with the sealed one, and each codebook be as it was.

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
    check_files(read_codebook_log(path, Faults()), version_files(path), faults)
    texts = _check_texts(path, faults)
    began = _Beginnings(path, data, chains, broken, faults)
    runs = _check_runs(path, began, faults)
    codebooks = {f"{CODEBOOKS}/{version}.yaml": file_sha256(raw) for version, raw in version_files(path).items()}
    if sealed is not None:
        began.check_seal(*sealed, codebooks)
    return Verification(
        tuple(chains.values()), codebooks, texts, runs, tuple(faults.errors), tuple(faults.warnings), sealed is not None
    )


def seal(path: Path) -> str:
    """The state of all logs and released codebooks, as JSON to deposit elsewhere; ``head_sha256`` is for print.

    The same study gives the same bytes. A torn tail is no part of it.

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
    if found.is_whole:
        lines.append(f"head of the study: {found.head_sha256}")
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
    return None


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


def _check_texts(study: Path, faults: Faults) -> int:
    """Hold texts and their versions against the fingerprints that registers and names have; how many files there are."""
    count = 0
    for line, row in read_register(study, DOCUMENTS_FILE, DOCUMENT_COLUMNS, faults):
        name = f"{TEXTS_FOLDER}/{row['id']}.md"
        if row.get(WITHDRAWN):
            continue
        raw = read_utf8(study / name, name, faults)
        if raw is not None:
            count += 1
            found = text_sha256(split_front_matter(canonical(raw))[1])
            if found != row["text_sha256"]:
                faults.note(
                    "text-changed",
                    name,
                    None,
                    f"a text with fingerprint {_short(found)}",
                    f"{_short(row['text_sha256'])} ({DOCUMENTS_FILE}:{line})",
                    f"Edited on purpose: run `foran reanchor {row['id']}`. Else put the old text back.",
                )
        for path in texts_kept(study, row["id"]):
            count += 1
            _check_version(path, path.relative_to(study).as_posix(), faults)
    for change in read_changes(study, faults):
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
    return count


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


@dataclass
class _Beginnings:
    """Today's logs, to be held against what seals and records of runs say they were."""

    study: Path
    data: Mapping[str, bytes]
    chains: Mapping[str, Chain]
    broken: set[str]
    faults: Faults

    def check(self, name: str, lines: int, head: str, source: str, sha256: str = "") -> None:
        """That the first `lines` lines of a log end in `head`, as `source` says; with `sha256` also byte for byte."""
        if name in self.broken:
            return
        if name not in self.data:
            self._missing(name, source)
            return
        whole = self.data[name].split(b"\n")[:-1]
        if len(whole) < lines:
            self._differs(name, "truncated-log", len(whole) + 1, f"a log of {_counted(len(whole), 'line')}",
                          f"at least {lines}, as {source} says", head)  # fmt: skip
        elif lines and line_sha256(whole[lines - 1]) != head:
            self._differs(name, "changed-log", lines, f"a line whose hash is {_short(line_sha256(whole[lines - 1]))}",
                          f"{_short(head)}, as {source} says", head)  # fmt: skip
        elif sha256 and file_sha256(b"".join(line + b"\n" for line in whole[:lines])) != sha256:
            self._differs(name, "changed-log", None, f"other bytes in the first {_counted(lines, 'line')}",
                          f"those that {source} tells of", head)  # fmt: skip

    def check_file(self, name: str, sha256: str, source: str) -> None:
        """That a log begins with a file of this fingerprint, for records from before they told of heads."""
        if name in self.broken:
            return
        if name not in self.data:
            self._missing(name, source)
        elif sha256 not in _prefixes(self.data[name]):
            # A tail that was torn then has been set aside since: what the record saw is no beginning of the log.
            is_torn = (self.study / f"{name}.torn").exists()
            self._differs(name, "changed-log", None, "a log that does not begin with the file then",
                          f"{_short(sha256)}, as {source} says", "", is_warning=is_torn)  # fmt: skip

    def check_seal(self, logs: Mapping[str, Any], codebooks: Mapping[str, str], found: Mapping[str, str]) -> None:
        """That each log begins with the sealed one, and each codebook is what was sealed."""
        for name, one in logs.items():
            self.check(name, one["lines"], one["head_sha256"], "the seal", one["sha256"])
        for name, sha256 in codebooks.items():
            if found.get(name) != sha256:
                self.faults.note(
                    "edited-codebook",
                    name,
                    None,
                    f"a file with fingerprint {_short(found[name])}" if name in found else "no such file",
                    f"{_short(sha256)}, as the seal says",
                    "Restore it from git or a backup: a released version is never edited.",
                )

    def _missing(self, name: str, source: str) -> None:
        self.broken.add(name)
        self.faults.note("missing-log", name, None, "no such file", f"the log that {source} tells of",
                         "Restore it from git or a backup.")  # fmt: skip

    def _differs(
        self, name: str, kind: str, line: int | None, found: str, expected: str, head: str, *, is_warning: bool = False
    ) -> None:
        stones = list(_stones(self.data[name]))
        withdrawn = {one.at for one in read_withdrawals(self.study, Faults())}
        if stones and all(at in withdrawn for at, _ in stones):
            is_named = any(former == head for _, former in stones)
            self.broken.add(name)
            self.faults.note(
                "chained-anew",
                name,
                None,
                f"a log chained anew on {stones[-1][0][:10]}, when a participant withdrew"
                + (f"; it names {_short(head)} as its former head" if is_named else ""),
                expected,
                "Nothing to do: words that were withdrawn can be proved by nobody. Make a new seal.",
                is_warning=True,
            )
            return
        # One earlier state that does not fit is enough: the others say the same of the same log.
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


def _stones(data: bytes) -> Iterator[tuple[str, str]]:
    """When participants withdrew from a log, and how it ended before."""
    for line in data.split(b"\n")[:-1]:
        if b'"tombstone"' in line and (raw := _object(line)) is not None:
            after = raw.get("after")
            if isinstance(after, dict) and after.get("kind") == "tombstone":
                yield str(raw.get("at")), str(after.get("former_head_sha256"))


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
        for name, one in logs.items():
            if isinstance(one, dict) and isinstance(one.get("lines"), int):
                began.check(name, one["lines"], str(one.get("head_sha256")), source)
        for name, sha256 in inputs.items():
            if name.endswith(".jsonl") and name not in logs:
                began.check_file(name, str(sha256), source)
            elif name.startswith(f"{CODEBOOKS}/") and name.endswith(".yaml") and name not in other:
                other |= _other_codebook(study, name, str(sha256), source, faults)
        for name, sha256 in outputs.items():
            _check_output(
                path.parent / name, f"{path.parent.relative_to(study).as_posix()}/{name}", str(sha256), faults
            )
    return len(paths)


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


def _combined(logs: Mapping[str, Any], codebooks: Mapping[str, str]) -> str:
    described = json.dumps({"logs": logs, "codebooks": codebooks}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(described.encode()).hexdigest()


def _parsed_seal(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    record = _object(text.encode())
    if record is not None and isinstance(record.get("schema_version"), int) and record["schema_version"] > SEAL_SCHEMA:
        raise FutureFile(f"a seal of schema {record['schema_version']}: upgrade the package to verify against it")
    logs, codebooks = (record.get("logs"), record.get("codebooks")) if record is not None else (None, None)
    if not (isinstance(logs, dict) and isinstance(codebooks, dict) and all(map(_is_sealed_log, logs.values()))):
        raise ForanError("this is no seal: give the file that `foran audit seal` wrote")
    if record is None or record.get("head_sha256") != _combined(logs, codebooks):
        raise ForanError(
            "this seal was changed: what it holds does not add up to its head. Take it from where it was deposited"
        )
    return logs, codebooks


def _is_sealed_log(one: object) -> bool:
    return (
        isinstance(one, dict)
        and type(one.get("lines")) is int
        and one["lines"] >= 0
        and all(isinstance(one.get(key), str) for key in ("head_sha256", "sha256"))
    )
