"""A review pack as large as packs get: how heavy, how soon made, how soon usable, how quick on a slow machine.

    python benchmarks/bench_pack.py [--rounds 7]

The pack is invented: 60 elements, 300 quotes, 3 networks. Everything has a limit, and what is told is the part of its limit
that each takes: 1.00 is at the limit. Time on the processor counts only what the page's own thread does, times four; time
on the wall is measured with the browser slowed down four times, and only where nothing else keeps this machine busy.
The yardstick is the same work everywhere: where it takes 1.50, so much slower is this machine than the one limits are for.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "review"))

from big_pack import YARDSTICK, YARDSTICK_TAKES, big_pack
from browsers import installed_browser

from foran_research.review.page import page_html

#: Bytes, seconds and milliseconds; how many times slower than this machine; the load above which it counts as busy.
BYTES, MAKING, USABLE, ACT = 3_000_000, 5.0, 1000, 100
THOUSAND = "yardstick: building a thousand paragraphs"
SLOWER, IDLE = 4, 0.5

VIEWS = (
    "start",
    "claims",
    "model",
    "elements",
    "element/C0002",
    "networks",
    "maturity",
    "changes",
    "questions",
    "answers",
)
ACTS = {
    "search": """const field = document.getElementById('sought-words'); field.value = field.value ? '' : 'a';
        field.dispatchEvent(new Event('input'));""",
    "language": """const field = document.getElementById('language'); field.value = field.value === 'nb' ? 'nn' : 'nb';
        field.dispatchEvent(new Event('change'));""",
    "showing on a screen": "document.getElementById(document.getElementById('stage') ? 'stage-end' : 'present').click()",
}
#: From the act until the frame after it is handed on.
SEEN = """async ([act, goes]) => {
    const run = new Function(act);
    const gone = goes && new Promise(done => addEventListener('hashchange', done, {once: true}));
    const began = performance.now();
    run();
    await gone;
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - began;
}"""


class Measured:
    """A page, and what it takes: on the processor, or on the wall while the browser is slowed down."""

    def __init__(self, page: Any, rounds: int, on_wall: bool) -> None:
        self.page, self.rounds, self.on_wall = page, rounds, on_wall
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        if on_wall:
            self.devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    def spent(self) -> float:
        metrics = self.devtools.send("Performance.getMetrics")["metrics"]
        return next(1000 * SLOWER * each["value"] for each in metrics if each["name"] == "TaskDuration")

    def act(self, script: str, before: str = "") -> float:
        """The median of some rounds, each after ``before``."""
        took = []
        for _ in range(self.rounds):
            if before:
                self.page.evaluate(before)
            self.page.wait_for_timeout(150)
            began = self.spent()
            wall = float(self.page.evaluate(SEEN, [script, bool(before)]))
            took.append(wall if self.on_wall else self.spent() - began)
        return statistics.median(took)


def usable(browser: Any, address: str, rounds: int, on_wall: bool) -> float:
    """The median of some openings, each in a process of its own: what that has spent until the page can be used."""
    took = []
    for _ in range(rounds):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
        page = context.new_page()
        measured = Measured(page, rounds, on_wall)
        page.goto(address)
        page.wait_for_selector("html.ready", state="attached")
        took.append(float(page.evaluate("performance.now()")) if on_wall else measured.spent())
        context.close()
    return statistics.median(took)


def acts(measured: Measured) -> dict[str, float]:
    """What each act takes, in milliseconds."""
    took = {}
    for view in VIEWS:
        away = "questions" if view == "sheet" else "sheet"
        took[view] = measured.act(f"location.hash = '#/{view}'", before=f"location.hash = '#/{away}'")
    measured.page.evaluate("location.hash = '#/elements'")
    measured.page.wait_for_timeout(500)
    for name, script in ACTS.items():
        took[name] = measured.act(script)
    took[THOUSAND] = measured.act(YARDSTICK)
    return took


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    pack = big_pack()
    making = []
    for _ in range(options.rounds):
        began = time.perf_counter()
        text = page_html(pack)
        making.append(time.perf_counter() - began)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    ways = [("on the processor", False), *([("on the wall", True)] if load < IDLE else [])]
    told: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as driver:
        file = Path(temporary) / "pack.html"
        file.write_text(text, encoding="utf-8", newline="")
        browser = driver.chromium.launch(executable_path=installed_browser(), args=["--no-sandbox"])
        for name, on_wall in ways:
            context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True, bypass_csp=True)
            page = context.new_page()
            page.goto(file.as_uri())
            first = usable(browser, file.as_uri(), options.rounds, on_wall)
            told[name] = {"until it can be used": first, **acts(Measured(page, options.rounds, on_wall))}
            context.close()
        browser.close()
    print("| what | limit | part of it |")
    print("|---|---|---|")
    print(f"| the file, bytes | {BYTES:,} | {len(text.encode()) / BYTES:.2f} |")
    print(f"| making the page of a pack, seconds | {MAKING:.0f} | {statistics.median(making) / MAKING:.3f} |")
    print()
    print(f"| on a processor {SLOWER} times slower | limit, ms | {' | '.join(told)} |")
    print(f"|---|---|{'---|' * len(told)}")
    for name in told["on the processor"]:
        limit = {THOUSAND: YARDSTICK_TAKES, "until it can be used": USABLE}.get(name, ACT)
        print(f"| {name} | {limit} | {' | '.join(f'{each[name] / limit:.2f}' for each in told.values())} |")
    if load >= IDLE:
        print(f"\nTime on the wall was not measured: the machine was busy (load {load:.1f}, {IDLE} at most).")


if __name__ == "__main__":
    main()
