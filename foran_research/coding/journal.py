"""Coding logs on disk: ``corpus/coding/CODER/DOCUMENT.jsonl``, append-only, each line chained to the one before.

One writer per file. A line counts as written when it ends with a line feed; a torn last line (a power cut, a full
disk) is left where it is by readers, and moved to a file of its own by the next writer.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ..errors import Faults
from .events import Event

FOLDER = "corpus/coding"
NO_PREVIOUS = "0" * 64
_KEYS = tuple(field.name for field in fields(Event))


@dataclass(frozen=True)
class Log:
    """The events of one file, each with its line number, and the torn tail if there is one."""

    name: str
    events: tuple[Event, ...]
    lines: tuple[int, ...]
    torn: bytes | None = None
    head_sha256: str = NO_PREVIOUS


def encode(event: Event) -> bytes:
    """An event as its line of the log, with line feed. The keys keep their declared order, so bytes are stable."""
    return (json.dumps(asdict(event), ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8")


def line_sha256(line: bytes) -> str:
    """Fingerprint of a line without its line feed: what the next line's `prev_sha256` must be."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()


def read_log(path: Path, name: str, faults: Faults) -> Log:
    """The events of a log; every line that cannot be read, or breaks the chain, is a fault with its line number."""
    data = path.read_bytes()
    body, _, tail = data.rpartition(b"\n")
    torn = tail or None
    if torn is not None:
        line = body.count(b"\n") + 2 if body else 1
        faults.note("torn-line", name, line, f"a last line of {len(torn)} bytes without its end", "a whole line",
                    "Every line before it is read; the next coding of this document sets the torn line aside.",
                    is_warning=True)  # fmt: skip
    events: list[Event] = []
    numbers: list[int] = []
    previous = NO_PREVIOUS
    for number, line in enumerate(body.split(b"\n") if body else [], 1):
        event = _decode(line, name, number, faults)
        if event is not None:
            if event.prev_sha256 != previous:
                faults.note("broken-chain", name, number, "prev_sha256 is not the hash of the line before",
                            "an unedited log", "Restore the file from git or a backup; a log is never edited.")  # fmt: skip
            events.append(event)
            numbers.append(number)
        previous = line_sha256(line)
    return Log(name, tuple(events), tuple(numbers), torn, previous)


def _decode(line: bytes, name: str, number: int, faults: Faults) -> Event | None:
    try:
        raw: Any = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        faults.note("not-utf8", name, number, "bytes that are not UTF-8", "UTF-8 text", "Restore the line.")
        return None
    except json.JSONDecodeError as error:
        faults.note("broken-jsonl", name, number, f"{error.msg} at column {error.colno}", "one JSON object a line",
                    "Restore the file from git or a backup.")  # fmt: skip
        return None
    if not isinstance(raw, dict) or set(raw) != set(_KEYS):
        missing = set(_KEYS) - set(raw) if isinstance(raw, dict) else set(_KEYS)
        extra = set(raw) - set(_KEYS) if isinstance(raw, dict) else set()
        kind = "future-file" if extra and not missing else "broken-jsonl"
        faults.note(kind, name, number, f"keys missing: {', '.join(sorted(missing)) or 'none'}; unknown: "
                    f"{len(extra)}", ", ".join(_KEYS), "Upgrade the package, or restore the file.")  # fmt: skip
        return None
    if not all(isinstance(raw[key], str) for key in _KEYS if key not in ("seq", "before", "after")):
        faults.note("broken-jsonl", name, number, "a value of the wrong kind", "texts, and seq a number",
                    "Restore the file from git or a backup.")  # fmt: skip
        return None
    for key in ("before", "after"):
        if raw[key] is not None and not isinstance(raw[key], dict):
            faults.note("broken-jsonl", name, number, f"{key} is no object", "an object or null", "Restore the file.")
            return None
    return Event(**raw)


def append(path: Path, events: Iterable[Event]) -> None:
    """Append events and flush them to the disk; returns only when they are there.

    A torn tail is first set aside in ``NAME.torn`` beside the log. The caller makes the events with :func:`following`,
    so that the chain holds.

    Raises
    ------
    OSError
        When the disk refuses; the log then holds what it held before, or that and a torn tail.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = b"".join(encode(event) for event in events)
    with path.open("ab+") as file:
        set_torn_tail_aside(path)
        file.seek(0, os.SEEK_END)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def set_torn_tail_aside(path: Path) -> None:
    """Move what stands after the last line feed of a log into ``NAME.torn``, so that nothing is lost or misread."""
    data = path.read_bytes()
    whole, newline, tail = data.rpartition(b"\n")
    if not tail:
        return
    with path.with_name(path.name + ".torn").open("ab") as aside:
        aside.write(tail + b"\n")
        aside.flush()
        os.fsync(aside.fileno())
    with path.open("rb+") as file:
        file.truncate(len(whole) + len(newline))
        file.flush()
        os.fsync(file.fileno())


def following(log: Log, drafts: Iterable[dict[str, Any]]) -> list[Event]:
    """The next events of a log from drafts without `seq`, `id` and `prev_sha256`, which follow from the log."""
    seq = log.events[-1].seq if log.events else 0
    previous = log.head_sha256
    made = []
    for draft in drafts:
        seq += 1
        event = Event(seq=seq, id=f"{draft['document']}.{draft['coder']}.{seq:04d}", prev_sha256=previous, **draft)
        previous = line_sha256(encode(event))
        made.append(event)
    return made
