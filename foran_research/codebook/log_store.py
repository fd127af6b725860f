"""The log of the codebook on disk: ``codebooks/log.jsonl``, append-only, each line chained to the one before.

What was proposed, decided, withdrawn and released, by whom and when; and which version files there were, by their
fingerprints, so that a released version that somebody edits is noticed.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from ..corpus.store import REDACTED
from ..errors import Faults, StudyError
from ..locking import only_writer
from .code import version_key
from .reading import VERSION, conflict_line
from .revising import ACTIONS, LogEntry, states_of

FOLDER = "codebooks"
NAME = "log.jsonl"
FILE = f"{FOLDER}/{NAME}"
#: What the first line gives as the hash of the line before it.
NO_PREVIOUS = "0" * 64
#: Seconds that a writer waits for another one.
PATIENCE = 10.0
_KEYS = tuple(field.name for field in fields(LogEntry))
_RESTORE = "Restore the file from git or a backup; a log is never edited."
#: Actions whose content is a proposal.
_WRITTEN = ("propose", "amend")
#: Keys of a proposal whose values are ids, places, days or words of a vocabulary.
_KEPT_KEYS = ("type", "from", "to", "proposed_at", "id", "display", "level", "parent", "rule", "polarity")
#: Keys of a decision that hold the same.
_DECIDED_KEYS = ("decision", "decided_at", "arena", "decided_by_role")
#: The role that is left of somebody whose proposal lost its words.
_READER = "leser"


@dataclass(frozen=True)
class CodebookLog:
    """The entries of the log, each with its line number; the hash of its last line; bytes of a torn tail."""

    entries: tuple[LogEntry, ...] = ()
    lines: tuple[int, ...] = ()
    head_sha256: str = NO_PREVIOUS
    torn: int = 0

    @property
    def logged(self) -> dict[str, LogEntry]:
        """By codebook version, the entry that says what its file is."""
        return {entry.about: entry for entry in self.entries if entry.action in ("adopt", "release")}

    def standing(self, withdrawn: Collection[str]) -> dict[str, LogEntry]:
        """As :attr:`logged`, but a version's first entry stands unless a later one names a day when its words were withdrawn.

        `withdrawn` are the days of the study's withdrawals: one of that day or before must be among them.
        """
        found: dict[str, LogEntry] = {}
        for entry in self.entries:
            if entry.action not in ("adopt", "release"):
                continue
            named = str(entry.content.get("withdrawal") or "")
            if entry.about not in found or (named and any(day <= named for day in withdrawn)):
                found[entry.about] = entry
        return found


def file_sha256(data: bytes) -> str:
    """The fingerprint of a file."""
    return hashlib.sha256(data).hexdigest()


def encode(entry: LogEntry) -> bytes:
    """An entry as its line, with line feed; its own hash, where it has one, stands last."""
    raw = asdict(entry)
    if not entry.sha256:
        del raw["sha256"]
    return (json.dumps(raw, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8")


def sealed(entry: LogEntry) -> LogEntry:
    """The entry with the SHA-256 of its line as that is without this hash."""
    bare = encode(replace(entry, sha256=""))
    return replace(entry, sha256=file_sha256(bare[:-1]))


def following(log: CodebookLog, drafts: Sequence[Mapping[str, Any]]) -> tuple[LogEntry, ...]:
    """The next entries from drafts (at, by, action, about, content); number, id and hashes follow from the log."""
    head, seq = log.head_sha256, log.entries[-1].seq if log.entries else 0
    made = []
    for number, draft in enumerate(drafts, seq + 1):
        entry = sealed(LogEntry(seq=number, id=f"LOG-{number:04d}", prev_sha256=head, sha256="", **draft))
        head = file_sha256(encode(entry)[:-1])
        made.append(entry)
    return tuple(made)


def read_log(study: Path, faults: Faults) -> CodebookLog | None:
    """The log of a study, or None without one; every line that cannot be read or breaks the chain is a fault."""
    path = study / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    if (line := conflict_line(data)) is not None:
        faults.note(
            "merge-conflict",
            FILE,
            line,
            "a mark of git where two versions of the log were not brought together",
            "one whole version of the log",
            "Take one side whole (`git checkout --ours codebooks/log.jsonl`, or --theirs), then propose and decide again "
            "what only the other side had.",
        )
        return CodebookLog()
    *whole, tail = data.split(b"\n")
    if tail:
        faults.note(
            "torn-line",
            FILE,
            len(whole) + 1,
            f"a last line of {len(tail)} bytes without its end",
            "a whole line",
            "Every line before it is read; the next entry sets the torn line aside.",
            is_warning=True,
        )
    entries: list[LogEntry] = []
    lines: list[int] = []
    previous, seq = NO_PREVIOUS, 0
    for number, text in enumerate(whole, 1):
        entry = _decoded(text, number, faults)
        if entry is not None:
            is_own = encode(sealed(entry))[:-1] == text
            if entry.prev_sha256 != previous or not is_own:
                found = (
                    "a line that does not follow the one before" if is_own else "a line that is not what its hash says"
                )
                faults.note("broken-chain", FILE, number, found, "an unedited log", _RESTORE)
            elif entry.seq != seq + 1:
                faults.note("wrong-sequence", FILE, number, f"seq {entry.seq}", str(seq + 1), _RESTORE)
            seq = entry.seq
            entries.append(entry)
            lines.append(number)
        previous = file_sha256(text)
    states_of(entries, faults, lines)
    return CodebookLog(tuple(entries), tuple(lines), previous, len(tail))


def _decoded(text: bytes, number: int, faults: Faults) -> LogEntry | None:
    try:
        raw = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        faults.note("broken-jsonl", FILE, number, "no JSON", "one JSON object a line", _RESTORE)
        return None
    keys = tuple(raw) if isinstance(raw, dict) else ()
    if keys != _KEYS:
        kind = "future-file" if set(_KEYS) < set(keys) else "broken-jsonl"
        faults.note(
            kind, FILE, number, f"{len(keys)} keys", ", ".join(_KEYS), "Upgrade the package, or restore the file."
        )
        return None
    is_typed = type(raw["seq"]) is int and isinstance(raw["content"], dict)
    if not is_typed or not all(isinstance(raw[key], str) for key in _KEYS if key not in ("seq", "content")):
        faults.note("broken-jsonl", FILE, number, "a value of the wrong kind", "texts, a number and content", _RESTORE)
        return None
    if raw["action"] not in ACTIONS:
        faults.note(
            "future-file",
            FILE,
            number,
            "an action that this version of the package does not know",
            ", ".join(ACTIONS),
            "Upgrade the package, or restore the file.",
        )
        return None
    return LogEntry(**raw)


def without_words(log: CodebookLog, is_hers: Callable[[str], bool], *, at: str) -> tuple[bytes, int]:
    """The log's file after a withdrawal at `at`, and how many entries lost texts.

    Every text in an entry's content that `is_hers` becomes ``[trukket]``. A proposal that names something of hers as its
    evidence loses all that was written in it, for it was written from that; decisions about it lose what only repeats it,
    and it is taken back while it is open. The lines are chained anew, and a last entry says so, with the hash the log ended
    with before.
    """
    fallen = proposals_of(log, is_hers)
    repeated = {name: _folded(name, log) for name in fallen}

    def bare(value: Any) -> Any:
        if isinstance(value, str):
            return REDACTED if is_hers(value) else value
        if isinstance(value, Mapping):
            return {key: bare(item) for key, item in value.items()}
        return [bare(item) for item in value] if isinstance(value, list) else value

    head, kept, count = NO_PREVIOUS, [], 0
    for entry in log.entries:
        content, by = bare(entry.content), entry.by
        if entry.about in fallen and entry.action in _WRITTEN:
            by = _READER if by == entry.content.get("proposed_by_role") else by
            content = _wordless("", entry.content)
        elif entry.about in fallen:
            content = _unrepeated(content, repeated[entry.about])
        count += content != entry.content
        made = sealed(replace(entry, by=by, content=content, prev_sha256=head))
        head = file_sha256(encode(made)[:-1])
        kept.append(made)
    states = states_of(kept)
    drafts = [
        {"at": at, "by": "", "action": "withdraw", "about": name, "content": {}}
        for name in sorted(fallen)
        if name in states and states[name].state == "open"
    ]
    stone = {"kind": "tombstone", "entries": count, "former_head_sha256": log.head_sha256}
    drafts.append({"at": at, "by": "", "action": "tombstone", "about": "", "content": stone})
    last = following(CodebookLog(tuple(kept), head_sha256=head), drafts)
    return b"".join(map(encode, (*kept, *last))), count


def proposals_of(log: CodebookLog, is_hers: Callable[[str], bool]) -> frozenset[str]:
    """The ids of the proposals that ever named something that `is_hers` as their evidence."""
    return frozenset(
        entry.about
        for entry in log.entries
        if entry.action in _WRITTEN and any(is_hers(text) for text in evidence_in(entry.content))
    )


def evidence_in(content: Mapping[str, Any]) -> tuple[str, ...]:
    """What a proposal's entry names as its evidence."""
    found = content.get("evidence")
    return tuple(str(one) for one in found) if isinstance(found, list) else ()


def _wordless(key: str, value: Any) -> Any:
    """A proposal's content of which only ids, places and days are left."""
    if isinstance(value, Mapping):
        return {name: _wordless(name, item) for name, item in value.items()}
    if isinstance(value, list):
        return [_wordless(key, item) for item in value]
    if key == "proposed_by_role":
        return _READER
    return REDACTED if isinstance(value, str) and value and key not in _KEPT_KEYS else value


def _folded(name: str, log: CodebookLog) -> frozenset[str]:
    """Every text that was ever written in a proposal, as texts are compared."""
    entries = (entry for entry in log.entries if entry.about == name and entry.action in _WRITTEN)
    return frozenset(_plain(text) for entry in entries for text in _texts("", entry.content))


def _texts(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _texts(name, item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(key, item)
    elif isinstance(value, str) and value and key not in _KEPT_KEYS:
        yield value


def _unrepeated(value: Any, texts: Collection[str], key: str = "") -> Any:
    """A decision's content without the texts that are one of the proposal's; its summary is made of the code's name."""
    if isinstance(value, Mapping):
        return {
            name: _without_any(item, texts) if name == "summary" else _unrepeated(item, texts, name)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_unrepeated(item, texts, key) for item in value]
    is_written = isinstance(value, str) and key not in (*_KEPT_KEYS, *_DECIDED_KEYS)
    return REDACTED if is_written and _plain(value) in texts else value


def _without_any(value: Any, texts: Collection[str]) -> Any:
    """Texts by language without those that one of `texts` stands in."""
    if not isinstance(value, Mapping):
        return value
    return {key: REDACTED if any(text in _plain(str(item)) for text in texts) else item for key, item in value.items()}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def tombstones_in(log: CodebookLog) -> int:
    """How many withdrawals have taken texts out of the log."""
    return sum(entry.action == "tombstone" for entry in log.entries)


def withdrawal_days(study: Path) -> tuple[str, ...]:
    """The days on which participants withdrew, as ``corpus/withdrawals.csv`` tells; none when it cannot be read."""
    try:
        with (study / "corpus" / "withdrawals.csv").open(encoding="utf-8-sig", newline="") as file:
            return tuple(sorted({str(row.get("at") or "")[:10] for row in csv.DictReader(file)} - {""}))
    except (OSError, UnicodeDecodeError, csv.Error):
        return ()


def check_files(
    log: CodebookLog | None, contents: Mapping[str, bytes], faults: Faults, *, withdrawn: Collection[str] = ()
) -> None:
    """Note version files that are not what the log says they were; `contents` are the files' bytes by version.

    `withdrawn` are the days of withdrawals, after which a version may have been adopted anew.
    """
    if log is None:
        return
    for version, entry in log.standing(withdrawn).items():
        name = f"{FOLDER}/{version}.yaml"
        if version not in contents:
            faults.note(
                "missing-file", name, None, f"no file of version {version}", f"the file that {FILE} tells of", _RESTORE
            )
        elif file_sha256(contents[version]) != entry.content.get("file_sha256"):
            faults.note(
                "edited-codebook",
                name,
                None,
                f"another file than on {entry.at[:10]}, when {FILE} took its fingerprint",
                "the file of that day: a released version is never edited",
                f"Restore it from git or a backup (git checkout -- {name}); propose what you wanted to change.",
            )
    for version in unlogged(log, contents) if log.entries else ():
        faults.note(
            "unlogged-version",
            f"{FOLDER}/{version}.yaml",
            None,
            f"version {version}, of which {FILE} does not tell",
            "a version that was released or adopted",
            "Run `foran codebook adopt`.",
            is_warning=True,
        )


def unlogged(log: CodebookLog, versions: Mapping[str, bytes]) -> tuple[str, ...]:
    """The versions with a file of which the log does not tell, oldest first."""
    known = log.logged
    return tuple(sorted((v for v in versions if VERSION.fullmatch(v) and v not in known), key=version_key))


def version_files(study: Path) -> dict[str, bytes]:
    """The bytes of every version's file, by version, oldest first."""
    paths = {path.stem: path for path in (study / FOLDER).glob("*.yaml") if VERSION.fullmatch(path.stem)}
    return {version: paths[version].read_bytes() for version in sorted(paths, key=version_key)}


class LogWriter:
    """The log while nobody else may write it: what it says, and what is added."""

    def __init__(self, path: Path, log: CodebookLog) -> None:
        self._path, self.log = path, log

    def append(self, drafts: Sequence[Mapping[str, Any]]) -> tuple[LogEntry, ...]:
        """Add entries and flush them to the disk; they are there when this returns.

        Raises
        ------
        OSError
            When the disk refuses; the log then holds what it held before.
        """
        made = following(self.log, drafts)
        if not made:
            return ()
        data = b"".join(map(encode, made))
        with self._path.open("ab", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[file.write(rest) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)
                raise
        last = self.log.lines[-1] if self.log.lines else 0
        self.log = CodebookLog(
            (*self.log.entries, *made),
            (*self.log.lines, *range(last + 1, last + 1 + len(made))),
            file_sha256(encode(made[-1])[:-1]),
        )
        return made


@contextmanager
def open_log(study: Path) -> Iterator[LogWriter]:
    """The log of a study, to be added to by nobody else meanwhile; a torn tail is set aside in ``log.jsonl.torn``.

    Raises
    ------
    StudyError
        When the log as it is has faults; nothing is written.
    ForanError
        When another process holds it longer than `PATIENCE`.
    """
    path = study / FILE
    with only_writer(study / FOLDER, "foran codebook", wait=PATIENCE):
        faults = Faults()
        log = read_log(study, faults) or CodebookLog()
        if faults.errors:
            raise StudyError(faults.errors)
        if log.torn:
            _set_aside(path, log.torn)
        yield LogWriter(path, replace(log, torn=0))


def _set_aside(path: Path, size: int) -> None:
    with path.open("rb+") as file:
        end = file.seek(-size, os.SEEK_END)
        tail = file.read()
        with path.with_name(f"{path.name}.torn").open("ab") as aside:
            aside.write(tail + b"\n")
            aside.flush()
            os.fsync(aside.fileno())
        file.truncate(end)
        file.flush()
        os.fsync(file.fileno())
