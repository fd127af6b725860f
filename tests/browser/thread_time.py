"""The processor time that a page takes, and how slow this machine is for the moment: what limits are judged by in a test.

Not the time on the wall: other programs on this machine would count as the page's. What a pack takes on the wall is
measured by ``benchmarks/bench_pack.py``, on a machine that does nothing else.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "review"))

from big_pack import YARDSTICK, YARDSTICK_SLOWED, YARDSTICK_TAKES

_SAME_FRAME = """async ([act, goes]) => {
    const run = new Function(act);
    const gone = goes && new Promise(done => addEventListener('hashchange', done, {once: true}));
    run();
    await gone;  // this listener is called after the page's own, which draws
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
}"""
ROUNDS = 12


class ThreadTime:
    """The processor time of a page's thread, in milliseconds of a processor ``slower`` times slower than this one."""

    def __init__(self, page: Any, *, slower: int = 1) -> None:
        self.page = page
        self.slower = slower
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def now(self) -> float:
        """What the page has taken so far."""
        metrics = self.devtools.send("Performance.getMetrics")["metrics"]
        return next(1000 * self.slower * each["value"] for each in metrics if each["name"] == "TaskDuration")

    def took(self, act: str, goes: bool = False) -> float:
        """What an act takes until the next frame; ``goes`` where it leads to another place of the page."""
        self.page.wait_for_timeout(100)
        began = self.now()
        self.page.evaluate(_SAME_FRAME, [act, goes])
        return self.now() - began

    def best(self, act: str, limit: float, before: str = "") -> int:
        """The least that an act takes until it is seen, of several tries until one keeps the limit.

        Each try follows ``before``. Where this machine is slower than it can be, as the yardstick tells, the act is given as
        much more time: the least of its tries is held against the median of what the yardstick took in the same time.
        """
        acts, yards = [float("inf")], [self.took(YARDSTICK) for _ in range(3)]
        limit_of_yard = YARDSTICK_TAKES * self.slower / YARDSTICK_SLOWED
        for _ in range(ROUNDS):
            if before:
                self.page.evaluate(before)
            acts.append(self.took(act, bool(before)))
            yards.append(self.took(YARDSTICK))
            if min(acts) / max(1.0, statistics.median(yards) / limit_of_yard) <= limit:
                break
        return round(min(acts) / max(1.0, statistics.median(yards) / limit_of_yard))
