"""Coding killed at any moment. As a program (where processes can fork): kill many coders, and look at the log each time.

    python killing.py STUDY NUMBER SEED

prints what it saw as JSON. All that is checked is checked from outside the killed process.
"""

from __future__ import annotations

import gc
import json
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from foran_research.coding import journal
from foran_research.coding.events import Event, Log, gestures
from foran_research.coding.segments import check_log
from foran_research.errors import Faults
from foran_research.study import Study, load_study

CODER = "K7"
CODES = ("C0001", "C0005", "C0007", "C0010", "C0012")
MEMO = "Hva betyr «blåbær 😀» her? a\u030a"
#: Where a child kills itself; "clock" is a kill by its parent at any moment.
PLACES = ("clock", "before-write", "in-write", "after-first-line", "before-flush", "after-flush")
ASIDE = "in-set-aside"


def next_wish(rng: random.Random, records: Mapping[str, Any], length: int) -> tuple[str, dict[str, Any]]:
    """Something a coder may wish for, many acts of several events among it; some of it will be refused."""
    names = [name for name, record in records.items() if "kind" not in record]
    chance = rng.random()
    if len(names) > 30 or (names and chance < 0.15):
        return "remove", {"records": rng.sample(names, min(len(names), rng.randint(2, 4)))}
    if not names or chance < 0.4:
        start = rng.randrange(length - 2)
        return "apply", {"start": start, "end": min(length, start + rng.randint(2, 60)), "code": rng.choice(CODES)}
    if chance < 0.6:
        name = rng.choice(names)
        return "split", {"record": name, "at": (records[name]["start"] + records[name]["end"]) // 2}
    if chance < 0.75:
        name = rng.choice(names)
        alike = [other for other in names if records[other]["code"] == records[name]["code"]]
        return "merge", {"records": rng.sample(alike, min(len(alike), rng.randint(2, 3)))}
    if chance < 0.85:
        polarity = rng.choice(["fremmer", "hemmer", ""])
        return "polarity", {"records": rng.sample(names, min(len(names), 3)), "polarity": polarity}
    if chance < 0.9:
        return "memo", {"record": rng.choice(names), "text": MEMO * rng.randint(1, 4)}
    return ("undo" if chance < 0.96 else "redo"), {}


def found_in(study: Study, coder: str, document: str) -> Log:
    """The log as it lies on the disk; fails when it holds a fault, or an act of which a part is missing."""
    name = f"{journal.FOLDER}/{coder}/{document}.jsonl"
    faults = Faults()
    path = study.path / name
    log = journal.read_log(path, name, faults) if path.exists() else Log(name, (), ())
    check_log(log, coder, document, study.transcripts[document], study.lineage, faults)
    assert not faults.errors, faults.errors
    assert [fault.kind for fault in faults.warnings] == (["torn-line"] if log.torn else [])
    for act in gestures(log.events):
        assert [event.to_follow for event in act] == list(reversed(range(len(act)))), "a part of an act"
    return log


def unacknowledged(events: Sequence[Event], acknowledged: int) -> int:
    """How many acts stand in the log that nobody was told of; an act is there as a whole or not at all."""
    assert len(events) >= acknowledged, "something acknowledged is not in the log"
    return len(list(gestures(events[acknowledged:])))


# ---- a child, which codes until it dies


class _DyingFile:
    """A log opened for appending, by a process that dies in the midst of it."""

    def __init__(self, file: Any, place: str, rng: random.Random) -> None:
        self.file, self.place, self.rng = file, place, rng

    def write(self, data: memoryview) -> int:
        whole = bytes(data)
        first = whole.find(b"\n") + 1
        if self.place == "before-write":
            _die()
        if self.place == "after-first-line" and first < len(whole):
            self.file.write(whole[:first])
            _die()
        if self.place == "in-write":
            self.file.write(whole[: self.rng.randrange(1, len(whole))])
            _die()
        done = self.file.write(data)
        if self.place == "before-flush":
            _die()
        return int(done)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> _DyingFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(place: str, countdown: int, rng: random.Random) -> None:
    """See to it that this process dies at a place of its `countdown`-th append (or flush)."""
    left = {"appends": countdown, "flushes": countdown}
    open_as_ever, flush_as_ever = Path.open, os.fsync

    def open_dying(self: Path, mode: str = "r", buffering: int = -1, **more: Any) -> Any:
        file = open_as_ever(self, mode, buffering, **more)
        if (mode, buffering) != ("ab", 0):
            return file
        left["appends"] -= 1
        # Only an act of several lines has a first line to die after: wait for one.
        is_due = left["appends"] == 0 or (place == "after-first-line" and left["appends"] < 0)
        return _DyingFile(file, place, rng) if is_due else file

    def flush_dying(handle: int) -> None:
        flush_as_ever(handle)
        left["flushes"] -= 1
        if left["flushes"] == 0:
            _die()

    if place in (ASIDE, "after-flush"):
        os.fsync = flush_dying
    elif place != "clock":
        Path.open = open_dying  # type: ignore[assignment, method-assign]


def code_until_killed(study: Study, document: str, rng: random.Random, place: str, pipe: int, acts: int) -> None:
    """Code through the widget's own handler of messages, telling the pipe of every wish and acknowledgement."""
    from foran_research.coder.widget import Coder

    coder = Coder(study, document, CODER)
    records: dict[str, Any] = {}

    def send(message: dict[str, Any]) -> None:
        if message["kind"] == "saved":
            session = coder._session
            assert session is not None
            os.write(pipe, f"saved {len(session.events)} {session._head}\n".encode())
            for name, record in message["changes"]:
                records.pop(name, None) if record is None else records.update({name: record})
        elif message["kind"] == "snapshot":
            records.update(message["records"])
            assert message["stopped"] is None, message["stopped"]
        assert message.get("reason") not in ("failed", "disk", "folder-busy", "log-damaged"), message

    coder.send = send
    _arm(place, rng.randint(1, 3 if place == ASIDE else 5), rng)
    coder._receive(None, {"id": "0", "client": "c", "do": "hello"}, None)
    os.write(pipe, b"ready\n")
    # As of a screen of its own: an id that the log has already would be answered and not done.
    client = f"{os.getpid()}-{len(records)}-{rng.random()}"
    for number in range(acts):
        verb, arguments = next_wish(rng, records, len(study.transcripts[document].text))
        wish = {"id": f"{client}.{number}", "client": client, "do": "act", "verb": verb, "arguments": arguments}
        coder._receive(None, wish, None)


# ---- the parent, which kills and looks


def trial(study: Study, document: str, rng: random.Random, place: str, base: int) -> dict[str, Any]:
    """One child, killed; what it told before."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            code_until_killed(study, document, rng, place, writing, 40 if place == "clock" else 20)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    told = b""
    wait = rng.uniform(0, 0.012)
    killed_at: float | None = None
    while True:
        if place == "clock" and killed_at is None and b"ready" in told:
            killed_at = time.monotonic() + wait
        timeout = None if killed_at is None else max(0.0, killed_at - time.monotonic())
        if killed_at is not None and time.monotonic() >= killed_at:
            os.kill(child, signal.SIGKILL)
            killed_at, place = None, "clock-struck"
        elif select.select([reading], [], [], timeout)[0]:
            more = os.read(reading, 65536)
            if not more:
                break
            told += more
    os.close(reading)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the coder failed by itself"
    words = [line.split() for line in told.decode().splitlines() if line.startswith("saved")]
    seen = [(int(count), head) for _, count, head in words]
    return {"is_killed": os.WIFSIGNALED(status), "acknowledged": seen[-1][0] if seen else base, "heads": seen}


def main(folder: Path, number: int, seed: int) -> dict[str, Any]:
    import foran_research.coder.widget  # noqa: F401 - what children need is imported once
    from foran_research.coder.snapshot import own_logs

    study = load_study(folder)
    gc.collect()
    gc.freeze()
    documents = list(study.documents.index)
    seen: Counter[str] = Counter()
    torn: dict[str, bool] = {}
    counts = dict.fromkeys(documents, 0)
    turn = 0
    while seen["killed"] < number:
        rng = random.Random(f"{seed}.{turn}")  # noqa: S311 - which moments are tried, not a secret
        document = documents[turn % len(documents)]
        place = ASIDE if torn.get(document) and rng.random() < 0.4 else PLACES[turn // len(documents) % len(PLACES)]
        turn += 1
        own_logs(study, CODER)  # read here once, so that children need not
        result = trial(study, document, rng, place, counts[document])
        log = found_in(study, CODER, document)
        lines = (study.path / log.name).read_bytes().split(b"\n") if log.events else []
        for count, head in result["heads"]:
            assert journal.line_sha256(lines[count - 1]) == head, "an acknowledged line is another"
        extra = unacknowledged(log.events, result["acknowledged"])
        assert extra <= 1, f"{extra} acts that nobody was told of"
        assert len(log.events) >= counts[document], "something of an earlier trial is gone"
        counts[document], torn[document] = len(log.events), bool(log.torn)
        seen.update(
            {
                "killed": result["is_killed"],
                f"killed {place}": result["is_killed"],
                "ended": not result["is_killed"],
                "acknowledged": len(result["heads"]),
                "written but not told": extra,
                "torn tails": bool(log.torn),
                "acts cut between their lines": bool(log.torn and log.torn.endswith(b"\n")),
            }
        )
    return {**seen, "trials": turn, "events": sum(counts.values())}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])), ensure_ascii=False))
