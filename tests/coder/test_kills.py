"""A coder's program killed at any moment: what was told to be saved is on the disk, and every act is there whole.

FORAN_KERNEL_KILLS says how many Jupyter kernels are killed (8 when it is not set), two at a time.
"""

from __future__ import annotations

import json
import os
import queue
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from killing import ASIDE, CODER, PLACES, found_in, next_wish, unacknowledged
from small_study import SmallStudy

from foran_research.coder.session import Session
from foran_research.study import Study, load_study

PROGRAM = Path(__file__).with_name("killing.py")
ROOT = Path(__file__).resolve().parents[2]
FORKED_KILLS = 500


def check_that_coding_goes_on(folder: Path) -> None:
    """The study has no fault after all that, and the next coding sets aside what was torn."""
    study = load_study(folder)
    for document in study.documents.index:
        session = Session(study, document, CODER)
        assert session.stopped is None
        before = len(session.events)
        session.act("note", {"about": {"study": ""}, "text": "Videre, åpent 😀 a\u030a"})
        log = found_in(study, CODER, document)
        assert (len(log.events), log.torn) == (before + 1, None)
    assert not [fault for fault in load_study(folder).warnings if fault.kind == "torn-line"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system on which processes fork")
def test_five_hundred_kills_lose_nothing_that_was_told_and_leave_no_half_act(small_study: SmallStudy) -> None:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(small_study.path), str(FORKED_KILLS), "20200901"],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    print(seen)
    assert seen["killed"] >= FORKED_KILLS
    # The test is worth something only if the kills fell everywhere, and tore what can be torn.
    assert {place: seen.get(f"killed {place}", 0) >= 20 for place in (*PLACES, ASIDE)} == dict.fromkeys(
        (*PLACES, ASIDE), True
    )
    assert min(seen["torn tails"], seen["acts cut between their lines"], seen["written but not told"]) >= 20
    assert seen["acknowledged"] >= FORKED_KILLS
    check_that_coding_goes_on(small_study.path)


CODES_ON = """
import json, random, sys
sys.path.insert(0, {tests!r})
from killing import CODER, next_wish
from foran_research.study import load_study
from foran_research.coder.widget import Coder
study = load_study({study!r})
records = dict()
def send(message):
    if message["kind"] == "saved":
        for name, record in message["changes"]:
            records.pop(name, None) if record is None else records.update({{name: record}})
        print(len(coder._session.events), flush=True)
    elif message["kind"] == "snapshot":
        records.update(message["records"])
coder = Coder(study, {document!r}, CODER)
coder.send = send
coder._receive(None, dict(id="0", client="c", do="hello"), None)
for number in range(100000):
    verb, arguments = next_wish(random.Random(number), records, len(study.transcripts[{document!r}].text))
    coder._receive(None, dict(id=str(number + 1), client="c", do="act", verb=verb, arguments=arguments), None)
"""


def test_a_coder_killed_from_outside_has_lost_nothing_it_told(small_study: SmallStudy) -> None:
    """The one way to kill that every system has; where processes fork, five hundred other kills are tried as well."""
    for number in range(1 if hasattr(os, "fork") else 6):
        code = CODES_ON.format(tests=str(PROGRAM.parent), study=str(small_study.path), document="FJO-I01")
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as coder:
            assert coder.stdout is not None
            told = [int(coder.stdout.readline()) for _ in range(5 + 3 * number)]
            coder.kill()
            told += [int(line) for line in coder.stdout.read().split(b"\n")[:-1]]
        log = found_in(load_study(small_study.path), CODER, "FJO-I01")
        assert unacknowledged(log.events, told[-1]) <= 1
    check_that_coding_goes_on(small_study.path)


# ---- Jupyter kernels

OPEN = """
from foran_research.study import load_study
from foran_research.coder.widget import Coder
coder = Coder(load_study({study!r}), {document!r}, {coder!r})
"""


class Screen:
    """The browser's part of the widget's conversation, over the kernel's own sockets."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.comm = ""
        self.records: dict[str, Any] = {}
        self.is_open = False
        self.in_flight = 0
        self.saved: list[tuple[str, Any]] = []

    def send(self, content: dict[str, Any]) -> None:
        data = {"comm_id": self.comm, "data": {"method": "custom", "content": {"client": "s", **content}}}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", data))

    def listen(self, timeout: float) -> bool:
        """Take in one message of the kernel; False when none came."""
        try:
            message = self.client.get_iopub_msg(timeout=timeout)
        except queue.Empty:
            return False
        kind, content = message["msg_type"], message["content"]
        assert kind != "error", content
        if kind == "comm_open" and "_esm" in content["data"].get("state", {}):
            self.comm = content["comm_id"]
        elif kind == "comm_msg" and content["comm_id"] == self.comm and content["data"].get("method") == "custom":
            self._hear(content["data"]["content"])
        return True

    def _hear(self, told: dict[str, Any]) -> None:
        if told["kind"] == "snapshot":
            assert told["stopped"] is None
            self.is_open, self.records = True, dict(told["records"])
        elif told["kind"] in ("saved", "refused"):
            self.in_flight -= 1
            assert told.get("reason") not in ("failed", "disk", "folder-busy", "log-damaged"), told
            for name, record in told.get("changes", []):
                self.saved.append((name, record))
                self.records.pop(name, None) if record is None else self.records.update({name: record})


def kill_a_kernel(study: Study, document: str, seed: str) -> int:
    """Start a kernel, code over its sockets, kill it, look at the log; the number of changes it had acknowledged."""
    from jupyter_client.manager import KernelManager

    rng = random.Random(seed)  # noqa: S311 - which moments are tried, not a secret
    length = len(study.transcripts[document].text)
    before = found_in(study, CODER, document).events
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(ROOT), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=120)
        client.execute(OPEN.format(study=str(study.path), document=document, coder=CODER))
        screen = Screen(client)
        until = time.monotonic() + 120
        while not screen.comm:
            assert time.monotonic() < until, "no widget was opened"
            screen.listen(1)
        screen.send({"id": "hello", "do": "hello"})
        while not screen.is_open:
            assert time.monotonic() < until, "no snapshot came"
            screen.listen(1)
        kill_at = time.monotonic() + rng.uniform(0.005, 0.4)
        sent = 0
        while (left := kill_at - time.monotonic()) > 0:
            # A quick coder: wishes go off before the last one is acknowledged.
            while screen.in_flight < 3:
                verb, arguments = next_wish(rng, screen.records, length)
                screen.send({"id": f"{seed} {sent}", "do": "act", "verb": verb, "arguments": arguments})
                screen.in_flight += 1
                sent += 1
            screen.listen(left)
        manager.provisioner.process.kill()
        manager.provisioner.process.wait()
        while screen.listen(0.05):
            pass
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    events = found_in(study, CODER, document).events
    assert events[: len(before)] == before
    new = [(event.segment, event.after) for event in events[len(before) :]]
    assert new[: len(screen.saved)] == screen.saved, "something acknowledged is not in the log"
    assert unacknowledged(events, len(before) + len(screen.saved)) <= screen.in_flight
    return len(screen.saved)


def kill_kernels(folder: Path, number: int, *, workers: int = 2, say: Any = None) -> list[int]:
    """Kill so many kernels, some at a time, each time of coding on another document; what each had acknowledged."""
    study = load_study(folder)
    # Two programs on one document are another test's matter: each worker has documents of its own.
    shares = [list(study.documents.index)[place::workers] for place in range(workers)]
    done: list[int] = []
    lock = threading.Lock()
    began = time.monotonic()

    def work(place: int) -> None:
        for turn in range(place, number, workers):
            own = shares[place]
            saved = kill_a_kernel(study, own[turn // workers % len(own)], f"kernel {turn}")
            with lock:
                done.append(saved)
                if say and len(done) % 10 == 0:
                    say(f"{len(done)} of {number} kernels killed, {sum(done)} changes acknowledged, "
                        f"{time.monotonic() - began:.0f} s")  # fmt: skip

    with ThreadPoolExecutor(workers) as pool:
        for work_done in [pool.submit(work, place) for place in range(workers)]:
            work_done.result()
    return done


def test_jupyter_kernels_killed_while_coding_lose_nothing_that_the_screen_was_told(
    small_study: SmallStudy, capsys: pytest.CaptureFixture[str]
) -> None:
    number = int(os.environ.get("FORAN_KERNEL_KILLS", "8"))

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", end="", flush=True)

    done = kill_kernels(small_study.path, number, say=say if number > 20 else None)
    assert len(done) == number
    # Not every kernel gets so far, but the killing must find them at work.
    assert sum(done) >= 5 * number
    check_that_coding_goes_on(small_study.path)
