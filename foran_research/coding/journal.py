"""Coding logs on disk: ``corpus/coding/CODER/DOCUMENT.jsonl``, append-only, each line chained to the one before.

A line ends with its own hash, so that what was changed in a log is known to be in that very line, the last one included.
Lines from before own hashes are read as they are; each of them is vouched for by the line that follows it.

One writer per file. A line counts as written when it ends with a line feed, and an act of several events when its
last line does; a torn tail (a power cut, a full disk) is left where it is by readers, and moved to a file of its own by
the next writer.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from itertools import combinations
from operator import itemgetter
from pathlib import Path
from typing import Any

from ..errors import Faults, ForanError
from ..locking import only_writer
from .events import NO_PREVIOUS, Event, Log

__all__ = [
    "FOLDER",
    "NO_PREVIOUS",
    "PATTERNS",
    "Log",
    "StaleLogError",
    "append",
    "chained",
    "encode",
    "following",
    "head_of",
    "is_as_sealed",
    "line_sha256",
    "read_log",
    "sealed",
    "set_torn_tail_aside",
]

FOLDER = "corpus/coding"
#: The files of a study whose lines are chained, as patterns: coding, memos outside documents, the codebook's decisions.
PATTERNS = (f"{FOLDER}/*/*.jsonl", "corpus/memos/*.jsonl", "codebooks/log.jsonl")
#: Seconds that an append waits for another one to the same folder.
PATIENCE = 10.0
_BLOCK = 16_384
#: Keys that a line has only when they say something.
_OPTIONAL = ("gesture", "to_follow", "wish", "sha256")
_KEYS = tuple(field.name for field in fields(Event) if field.name not in _OPTIONAL)
_KEY_SET = set(_KEYS)
_NO_TEXTS = ("seq", "before", "after", "to_follow")


def _texts_in(keys: Iterable[str]) -> itemgetter[Any]:
    """What takes the values out of an event's keys that must be texts."""
    return itemgetter(*(key for key in keys if key not in _NO_TEXTS))


#: By the keys of a line as we write it, in their order, what takes out its texts.
_SHAPES = {
    keys: _texts_in(keys)
    for count in range(len(_OPTIONAL) + 1)
    for more in combinations(_OPTIONAL, count)
    for keys in [(*_KEYS, *more)]
}
#: What stands around a line's own hash, at its end.
_BEFORE_HASH, _BEHIND_HASH = b',"sha256":"', b'"}'
_HASH_SIZE = 64
_SEAL_SIZE = len(_BEFORE_HASH) + _HASH_SIZE + len(_BEHIND_HASH)


class StaleLogError(ForanError):
    """Codings made from an older state of a log: another window has coded the document since."""


def encode(event: Event) -> bytes:
    """An event as its line of the log, with line feed. The keys keep their declared order, so bytes are stable."""
    raw = {key: value for key, value in asdict(event).items() if key not in _OPTIONAL or value}
    return (json.dumps(raw, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8")


def line_sha256(line: bytes) -> str:
    """Fingerprint of a line without its line feed: what the next line's `prev_sha256` must be."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()


def sealed(event: Event) -> Event:
    """The event with the hash of its own line, which stands at the line's end.

    The hash is the SHA-256 of the line's bytes as they would be without the key and without line feed.

    >>> event = Event(1, "D.K1.0001", "2020-03-01T10:00:00Z", "K1", "D", "", "note", "D.K1.m1", "1.0.0", None, {}, "")
    >>> is_as_sealed(encode(event)), is_as_sealed(encode(sealed(event)))
    (None, True)
    """
    return _sealed(event)[0]


def _sealed(event: Event) -> tuple[Event, str]:
    """The event with its own hash, and the hash of its whole line, which the next line is to name."""
    bare = encode(replace(event, sha256=""))[:-1]
    own = line_sha256(bare)
    line = bare[:-1] + _BEFORE_HASH + own.encode() + _BEHIND_HASH
    return replace(event, sha256=own), line_sha256(line)


def is_as_sealed(line: bytes) -> bool | None:
    """Whether a line's own hash is the hash of the line; None for a line without one. The line feed may be left out."""
    line = line.removesuffix(b"\n")
    seal = line[-_SEAL_SIZE:]
    if not (len(seal) == _SEAL_SIZE and seal.startswith(_BEFORE_HASH) and seal.endswith(_BEHIND_HASH)):
        return None
    said = seal[len(_BEFORE_HASH) : -len(_BEHIND_HASH)]
    return hashlib.sha256(line[:-_SEAL_SIZE] + b"}").hexdigest().encode() == said


def head_of(data: bytes) -> tuple[str, int]:
    """The hash of the last whole line of a log's bytes, and how many lines count; a torn tail is none.

    >>> head_of(b"") == (NO_PREVIOUS, 0)
    True
    """
    *whole, _ = data.split(b"\n")
    count = _count_finished(whole)
    return (line_sha256(whole[count - 1]) if count else NO_PREVIOUS), count


def read_log(path: Path, name: str, faults: Faults) -> Log:
    """The events of a log; every line that cannot be read, or breaks the chain, is a fault with its line number.

    Own hashes are looked at where the chain is broken, to tell which line was changed, and at the end of the log, where
    no line follows that would vouch for the last one.
    """
    *whole, tail = path.read_bytes().split(b"\n")
    count = _count_finished(whole)
    torn = b"\n".join([*whole[count:], tail]) or None
    if torn is not None:
        is_line = count == len(whole)
        faults.note(
            "torn-line",
            name,
            count + 1,
            f"a last {'line' if is_line else 'act of several lines'} of {len(torn)} bytes without its end",
            "a whole line" if is_line else "a whole act",
            "Every line before it is read; the next coding of this document sets the torn line aside.",
            is_warning=True,
        )
    events: list[Event] = []
    numbers: list[int] = []
    previous = NO_PREVIOUS
    sha256 = hashlib.sha256
    for number, (line, raw) in enumerate(zip(whole[:count], _objects(whole[:count]), strict=True), 1):
        event = _decode(line, raw, name, number, faults)
        if event is not None:
            if event.prev_sha256 != previous:
                broken, found = _broken_link(whole, number)
                _note_broken(faults, name, broken, found)
            events.append(event)
            numbers.append(number)
        previous = sha256(line).hexdigest()
    if numbers and numbers[-1] == count and not any(f.line == count and f.file == name for f in faults.errors):
        _check_last(whole[:count], events[-1], name, faults)
    return Log(name, tuple(events), tuple(numbers), torn, previous)


def _broken_link(lines: Sequence[bytes], number: int) -> tuple[int, str]:
    """Which line was changed when the `number`-th one does not name the hash of the line before, and what was found."""
    here = is_as_sealed(lines[number - 1])
    before = is_as_sealed(lines[number - 2]) if number > 1 else True
    if before is False or (before is None and here):
        return number - 1, "a line that is not what its hash says"
    if here is False:
        return number, "a line that is not what its hash says"
    if here:
        return number, "a line that does not follow the one before: lines are missing, put in or in another order"
    if before and number > 1:
        return number, "a line without a hash of its own that does not follow the one before"
    return number, "prev_sha256 is not the hash of the line before: this line or that one was changed"


def _check_last(lines: Sequence[bytes], event: Event, name: str, faults: Faults) -> None:
    """Note a last line that is not what its own hash says, or has none although the line before it has."""
    is_sealed = is_as_sealed(lines[-1])
    if is_sealed is False or (event.sha256 and not is_sealed):
        _note_broken(faults, name, len(lines), "a line that is not what its hash says")
    elif is_sealed is None and len(lines) > 1 and is_as_sealed(lines[-2]) is not None:
        _note_broken(faults, name, len(lines), "a line without a hash of its own after one that has it")


def _note_broken(faults: Faults, name: str, line: int, found: str) -> None:
    faults.note(
        "broken-chain",
        name,
        line,
        found,
        "an unedited log",
        "Restore the file from git or a backup; a log is never edited.",
    )


def _count_finished(lines: Sequence[bytes]) -> int:
    """How many of a log's lines count: all of them, or those before a last act that lacks its end."""
    count = len(lines)
    act, to_follow = _act_of(lines[-1]) if lines else ("", 0)
    if to_follow > 0:
        while count and _act_of(lines[count - 1])[0] == act:
            count -= 1
    return count


def _act_of(line: bytes) -> tuple[str, int]:
    """The act of several events that a line belongs to, and how many of its events come after it."""
    try:
        raw: Any = json.loads(line)
    except (ValueError, RecursionError):
        return "", 0
    act, to_follow = (raw.get("gesture"), raw.get("to_follow", 0)) if isinstance(raw, dict) else ("", 0)
    return (act, to_follow) if isinstance(act, str) and act and type(to_follow) is int else ("", 0)


def _objects(lines: Sequence[bytes]) -> Iterator[Any]:
    """What each line holds as JSON; None for a line that must be looked at closely."""
    # The scanner alone is twice as quick as json.loads, which looks at the encoding and the blanks of every line anew.
    scan: Any = json.JSONDecoder().scan_once  # type: ignore[attr-defined] # the stubs leave it out
    for line in lines:
        try:
            text = line.decode("utf-8")
            found, end = scan(text, 0)
        except (ValueError, StopIteration, RecursionError):
            yield None
        else:
            yield found if end == len(text) else None


def _decode(line: bytes, raw: Any, name: str, number: int, faults: Faults) -> Event | None:
    """The event of a line; `raw` is what it holds as JSON, or None to have it read on its own."""
    try:
        if raw is None:
            raw = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        faults.note("not-utf8", name, number, "bytes that are not UTF-8", "UTF-8 text", "Restore the line.")
        return None
    except (ValueError, RecursionError) as error:
        found = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else "no JSON"
        faults.note(
            "broken-jsonl", name, number, found, "one JSON object a line", "Restore the file from git or a backup."
        )
        return None
    # As we write them the keys stand in their order; sets are made only for what is otherwise.
    texts_of = _SHAPES.get(tuple(raw)) if isinstance(raw, dict) else None
    if texts_of is None and (not isinstance(raw, dict) or raw.keys() - _OPTIONAL != _KEY_SET):
        missing = set(_KEYS) - set(raw) if isinstance(raw, dict) else set(_KEYS)
        extra = set(raw) - {*_KEYS, *_OPTIONAL} if isinstance(raw, dict) else set()
        kind = "future-file" if extra and not missing else "broken-jsonl"
        faults.note(
            kind,
            name,
            number,
            f"keys missing: {', '.join(sorted(missing)) or 'none'}; unknown: {len(extra)}",
            ", ".join(_KEYS),
            "Upgrade the package, or restore the file.",
        )
        return None
    # A set of types is made quicker than each value is asked, and there may be a hundred thousand lines.
    is_text = {*map(type, (texts_of or _texts_in(raw))(raw))} == {str}
    if not is_text or type(raw["seq"]) is not int or type(raw.get("to_follow", 0)) is not int:
        faults.note(
            "broken-jsonl",
            name,
            number,
            "a value of the wrong kind",
            "texts, and seq and to_follow numbers",
            "Restore the file from git or a backup.",
        )
        return None
    for key in ("before", "after"):
        if raw[key] is not None and not isinstance(raw[key], dict):
            faults.note("broken-jsonl", name, number, f"{key} is no object", "an object or null", "Restore the file.")
            return None
    # As Event(**raw) makes it, without setting sixteen frozen fields one by one; left-out keys have the class's defaults.
    event = object.__new__(Event)
    object.__setattr__(event, "__dict__", raw)
    return event


def append(path: Path, events: Iterable[Event]) -> None:
    """Append events and flush them to the disk; returns only when they are there.

    A torn tail is first set aside in ``NAME.torn`` beside the log. The caller makes the events with :func:`following`,
    so that the chain holds.

    Raises
    ------
    StaleLogError
        When the first event does not follow the log's last line as it is on the disk; nothing is written.
    OSError
        When the disk refuses; the log then holds what it held before (or, after a power cut, that and a torn tail).
    """
    made = list(events)
    data = b"".join(encode(event) for event in made)
    # Two windows on one document: the second waits, and then finds the log changed and reads it again.
    with only_writer(path.parent, "coding", wait=PATIENCE):
        _append(path, made, data)


def _append(path: Path, made: Sequence[Event], data: bytes) -> None:
    # Unbuffered, so that nothing waits in memory to be written after an error has been told.
    # A log that has vanished (a drive gone, a folder moved) is not begun anew: its first lines would be missing.
    if made and made[0].prev_sha256 != NO_PREVIOUS and not path.exists():
        raise StaleLogError(f"{path.parent.name}/{path.name} is no longer there: bring it back, then read it again")
    with path.open("ab", buffering=0) as file:
        set_torn_tail_aside(path)
        if made and made[0].prev_sha256 != head_sha256(path):
            raise StaleLogError(f"{path.parent.name}/{path.name} has changed since it was read: read it again")
        size = file.seek(0, os.SEEK_END)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        except OSError:
            file.truncate(size)
            raise
    if size == 0:
        _sync_folder(path.parent)


def head_sha256(path: Path) -> str:
    """What the next line's `prev_sha256` must be; the log ends with a whole line."""
    tail = _last_lines(path)
    return line_sha256(tail[:-1].rpartition(b"\n")[2]) if tail else NO_PREVIOUS


def _last_lines(path: Path) -> bytes:
    """The end of a file that holds its last whole line, and what stands after that; all of it if need be.

    A long log is not read whole for the sake of its last line.
    """
    with path.open("rb") as file:
        place = file.seek(0, os.SEEK_END)
        tail = b""
        while place > 0:
            step = min(_BLOCK, place)
            place -= step
            file.seek(place)
            tail = file.read(step) + tail
            if tail.count(b"\n") > 1:
                break
    return tail


def _sync_folder(folder: Path) -> None:
    """Make a new file's name as lasting as its bytes, where the system lets a folder be opened."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def set_torn_tail_aside(path: Path) -> None:
    """Move the torn tail of a log into ``NAME.torn``, so that nothing is lost or misread.

    That is what stands after the last line feed, and an act of several events before it that lacks its last one.
    """
    *whole, tail = _last_lines(path).split(b"\n")
    if whole and _act_of(whole[-1])[1] > 0:
        *whole, tail = path.read_bytes().split(b"\n")
    tail = b"\n".join([*whole[_count_finished(whole) :], tail])
    if not tail:
        return
    with path.with_name(path.name + ".torn").open("ab") as aside:
        aside.write(tail.removesuffix(b"\n") + b"\n")
        aside.flush()
        os.fsync(aside.fileno())
    _sync_folder(path.parent)
    with path.open("rb+") as file:
        file.truncate(file.seek(0, os.SEEK_END) - len(tail))
        file.flush()
        os.fsync(file.fileno())


def following(log: Log, drafts: Iterable[Mapping[str, Any]], *, is_one_act: bool = False) -> list[Event]:
    """The next events of a log from drafts without `seq`, `id` and `prev_sha256`, which follow from the log.

    `is_one_act` ties several drafts together as one gesture, to be undone as one.
    """
    made = list(drafts)
    seq = log.events[-1].seq if log.events else 0
    return chained(seq, log.head_sha256, made, is_one_act=is_one_act)


def chained(seq: int, head: str, drafts: Sequence[Mapping[str, Any]], *, is_one_act: bool = False) -> list[Event]:
    """Events after the one numbered `seq`, whose line hashes to `head`; each has its own hash."""
    made: list[Event] = []
    gesture = ""
    for number, draft in enumerate(drafts, seq + 1):
        # Memos written outside documents have none.
        name = f"{draft['document'] or 'memo'}.{draft['coder']}.{number:04d}"
        if is_one_act and len(drafts) > 1:
            gesture = gesture or name
        to_follow = seq + len(drafts) - number if gesture else 0
        event, head = _sealed(
            Event(seq=number, id=name, prev_sha256=head, gesture=gesture, to_follow=to_follow, **draft)
        )
        made.append(event)
    return made
