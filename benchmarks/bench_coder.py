"""How fast the coder's screen is, in JupyterLab and a real browser, beside a plain page of the same text.

    python benchmarks/bench_coder.py [--applies 120] [--repeats 5] [--only kernel|screen|palette]

The study is invented and built with a fixed seed. What is compared is measured in this one run, taking turns. Where a
target is in milliseconds the measured milliseconds are given, and beside them the ratio to the plain page or the rival,
which is what can be compared between machines.
"""

# The scripts for the page stand as they are sent.
# ruff: noqa: E501

from __future__ import annotations

import argparse
import html
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from big_study import VERSION, Size, active_codes, write_big_study

from foran_research import load_study
from foran_research.coder.widget import Coder
from foran_research.coding import journal
from foran_research.coding.events import is_segment

SEED = 20_240_601
DOCUMENT, CODER = "TRD-I01", "K1"
TURNS, WORDS, SPANS, CODES, MANY_CODES = 1500, 20_000, 2000, 150, 500
KERNEL_ACTS, KERNEL_CODINGS, DOCUMENTS = 500, 100_000, 44
FRAMES = 300
QUERIES = ("læring", "risiko", "overvann", "P12", "ærlig", "kompetanse", "marked dialog", "nattevakt")

# ---------------------------------------------------------------- scripts for the page

#: In every page before anything else. A frame counts as painted in the task after its animation callbacks, which is
#: when the browser's main thread has laid it out and handed it on; that the screen itself lights up later is the same
#: for all pages. `presented` is what the browser says itself, with that included, in steps of 8 ms.
WATCH = """
(() => {
  if (window.bench) return;
  const bench = (window.bench = { arrived: 0, readyAt: 0, press: null, armed: null, inputs: [], presented: new Map() });
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', e => {
        if ((e.data.length ?? e.data.byteLength ?? 0) > 300000) bench.arrived = performance.now();
      });
    }
  };
  new MutationObserver(seen => {
    for (const { attributeName } of seen) {
      if (attributeName === 'data-ready') bench.readyAt = performance.now();
      if (attributeName === 'data-acks' && bench.press && bench.press.ack === null) bench.press.ack = performance.now() - bench.press.t0;
    }
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-ready', 'data-acks'] });
  new PerformanceObserver(list => {
    for (const e of list.getEntries()) if (e.name === 'keydown') bench.presented.set(e.startTime, e.duration);
  }).observe({ type: 'event', durationThreshold: 16 });
  bench.frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
  addEventListener('keydown', e => {
    if (!bench.armed) return;
    const isThere = bench.armed, press = (bench.press = { t0: e.timeStamp, paint: null, ack: null });
    bench.armed = null;
    const look = () => requestAnimationFrame(() => {
      const seen = isThere();
      setTimeout(() => { if (seen) press.paint = performance.now() - press.t0; else look(); }, 0);
    });
    look();
  }, true);
  addEventListener('input', () => {
    const t0 = performance.now(), told = { dom: null, paint: null };
    bench.inputs.push(told);
    bench.heard = () => { told.dom = performance.now() - t0; };
    requestAnimationFrame(() => setTimeout(() => { told.paint = performance.now() - t0; }, 0));
  }, true);
  addEventListener('input', () => bench.heard());
  bench.scroll = (box, frames) => new Promise(done => {
    const step = (box.scrollHeight - box.clientHeight) / frames, gaps = [];
    let last = null, place = 0;
    box.scrollTop = 0;
    const tick = now => {
      if (last !== null) gaps.push(now - last);
      last = now;
      if (gaps.length >= frames) { done(gaps); return; }
      box.scrollTop = place += step;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  bench.record = () => {
    const gaps = [];
    let last = null, isOn = true;
    const tick = now => { if (last !== null) gaps.push(now - last); last = now; if (isOn) requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
    bench.stop = () => { isOn = false; return gaps; };
  };
})();
"""

#: The rival: state as one list trait, as a widget gets it for nothing. Each coding sends the whole list to the screen
#: anew, and nothing is shown before that. It is spared all else: it knows which turn to paint, and paints that alone.
RIVAL = '''
import anywidget, traitlets

class WholeList(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
        const turns = model.get('turns'), box = document.createElement('div');
        box.className = 'rival'; box.tabIndex = 0;
        box.style.cssText = 'height: 700px; overflow: auto; font: 14px/1.65 system-ui, sans-serif; width: 600px';
        const nodes = turns.map(([speaker, start, text]) => {
            const p = document.createElement('p'), words = document.createElement('span');
            p.append(speaker + ': ', words); box.append(p); return words;
        });
        const paint = (i, spans) => {
            const [, start, text] = turns[i], end = start + text.length;
            const here = spans.filter(s => s.start < end && s.end > start);
            const cuts = [...new Set([start, end, ...here.flatMap(s => [s.start, s.end])])].filter(c => c >= start && c <= end).sort((a, b) => a - b);
            nodes[i].replaceChildren(...cuts.slice(0, -1).map((from, n) => {
                const over = here.filter(s => s.start <= from && s.end >= cuts[n + 1]), words = text.slice(from - start, cuts[n + 1] - start);
                if (!over.length) return words;
                const mark = document.createElement('mark'); mark.dataset.ids = over.map(s => s.id).join(' '); mark.append(words);
                return mark;
            }));
        };
        turns.forEach((_, i) => paint(i, model.get('spans')));
        let next = 0;
        box.addEventListener('keydown', e => {
            e.stopPropagation(); if (e.key !== '1') return;
            const i = Number(box.dataset.turn), [, start, text] = turns[i];
            model.send({ id: `n${next += 1}`, turn: i, start, end: start + Math.min(12, text.length), code: 'C0001' });
        });
        model.on('change:spans', () => { const spans = model.get('spans'), last = spans.at(-1); paint(last.turn, spans); box.dataset.last = last.id; });
        el.append(box);
    } };
    """
    turns = traitlets.List().tag(sync=True)
    spans = traitlets.List().tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        self.on_msg(lambda _, content, __: setattr(self, "spans", [*self.spans, content]))
'''

#: A plain page: the floor. A key puts one mark around some words; another page filters a list while one types.
PLAIN_STYLE = """
body { margin: 0; } #box { overflow: auto; position: relative; font: 14px/1.65 system-ui, 'Segoe UI', Roboto, sans-serif; }
#box p { margin: 3px 0; white-space: pre-wrap; overflow-wrap: anywhere; } #box mark { background: #cfe3ff; border-bottom: 2px solid #35c; }
"""
PLAIN_KEYS = """() => {
  const box = document.querySelector('#box');
  box.tabIndex = 0;
  box.focus();
  box.addEventListener('keydown', e => {
    if (e.key !== '.') return;
    const walker = document.createTreeWalker(box.children[Number(box.dataset.turn)], NodeFilter.SHOW_TEXT), node = walker.nextNode();
    const range = document.createRange(), mark = document.createElement('mark');
    range.setStart(node, 0);
    range.setEnd(node, Math.min(8, node.length));
    mark.className = 'new';
    box.querySelector('.new')?.classList.remove('new');
    range.surroundContents(mark);
  });
}"""
PLAIN_FILTER = """codes => {
  document.body.innerHTML = '<input id="query"><div id="list"></div>';
  const list = document.querySelector('#list'), input = document.querySelector('#query');
  list.append(...codes.map(texts => { const row = document.createElement('div'); row.textContent = texts[0] + ' ' + texts[1]; return row; }));
  const low = codes.map(texts => texts.join(' ').toLowerCase());
  input.addEventListener('input', () => { const query = input.value.toLowerCase(); low.forEach((text, i) => { list.children[i].hidden = !text.includes(query); }); });
  input.focus();
}"""

# ---------------------------------------------------------------- numbers


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class Table:
    """Rows of the report: what, measured, limit, whether it is met, and the ratio to what stands beside it."""

    rows: list[str] = field(default_factory=list)

    def add(self, what: str, measured: float, limit: float | None, beside: str = "", unit: str = "ms") -> None:
        told = f"{measured:.1f}" if measured < 10 else f"{measured:.0f}"
        verdict = (
            ""
            if limit is None
            else f"at most {limit:g} {unit}: {'met' if round(measured, 1) <= limit else '**missed**'}"
        )
        self.rows.append(f"| {what} | {told} {unit} | {verdict} | {beside} |")

    def __str__(self) -> str:
        return "\n".join(["| what | measured | target | beside it |", "|---|---|---|---|", *self.rows])


def beside(ours: float, theirs: float, name: str) -> str:
    return f"{ours / theirs:.2f} × {name}"


# ---------------------------------------------------------------- the kernel's own work


def kernel(folder: Path, table: Table) -> None:
    """A coding from the message in to the acknowledgement out, in a study with 100,000 codings."""
    big = {DOCUMENT: Size(TURNS, WORDS, {CODER: SPANS})}
    rest, share = DOCUMENTS - 1, (KERNEL_CODINGS - SPANS) // (DOCUMENTS - 1) // 4
    spare = KERNEL_CODINGS - SPANS - rest * share * 4
    for number in range(rest):
        extra = spare if number == 0 else 0
        counts = {"K1": share + extra, "K2": share, "K3": share, "K4": share}
        big[f"TRD-I{number + 2:02d}"] = Size(300, 5000, counts)
    study = load_study(write_big_study(folder / "large", codes=CODES, sizes=big, seed=SEED))
    codings = sum(len(log.events) for log in study.logs)
    assert codings == KERNEL_CODINGS, codings
    screen = Coder(study, DOCUMENT, CODER)
    told: list[Any] = []
    screen.send = lambda content, *_: told.append(content)  # the screen is replaced by a list
    screen._receive(None, {"id": "h", "client": "x", "do": "hello"}, None)
    turns = [turn.span for turn in study.transcripts[DOCUMENT].turns]
    codes = active_codes(study.lineage[VERSION])
    name = f"{DOCUMENT}.{CODER}.jsonl"
    number = itertools.count()

    def act(clock: Callable[[], float]) -> float:
        here = next(number)
        span = turns[here * 7 % len(turns)]
        wish = {"id": f"w{here}", "client": "x", "do": "act", "verb": "apply", "key": f"x+{here}",
                "arguments": {"start": span.start, "end": span.end, "code": codes[here * 11 % len(codes)]}}  # fmt: skip
        begun = clock()
        screen._receive(None, wish, None)
        taken = 1000 * (clock() - begun)
        assert told[-1]["kind"] == "saved", told[-1]
        return taken

    events = screen._session.events if screen._session else []
    copy = folder / name

    def whole_log(clock: Callable[[], float]) -> float:
        begun = clock()
        copy.write_bytes(b"".join(map(journal.encode, events)))
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        return 1000 * (clock() - begun)

    whole, with_disk, own, whole_own = [], [], [], []
    for _ in range(KERNEL_ACTS // 10):
        with_disk += [act(time.perf_counter) for _ in range(10)]
        whole.append(whole_log(time.perf_counter))
        with patch("os.fsync"):
            own += [act(time.process_time) for _ in range(10)]
            whole_own.append(whole_log(time.process_time))
    median = statistics.median
    rival = "writing the document's whole log anew"
    table.add(f"the kernel's own work per coding (processor time), {KERNEL_CODINGS:,} codings in the study: median",
              median(own), 5, beside(median(own), median(whole_own), rival))  # fmt: skip
    table.add(
        "the same: 95th percentile",
        percentile(own, 0.95),
        None,
        beside(percentile(own, 0.95), percentile(whole_own, 0.95), rival),
    )
    table.add(
        "by the clock, until the disk has it (fsync): median",
        median(with_disk),
        None,
        beside(median(with_disk), median(whole), rival),
    )
    table.add(
        "the same, until the disk has it: 95th percentile",
        percentile(with_disk, 0.95),
        None,
        beside(percentile(with_disk, 0.95), percentile(whole, 0.95), rival),
    )


# ---------------------------------------------------------------- the screen


@contextmanager
def chromium() -> Iterator[Any]:
    from browsers import browser_or_reason
    from playwright.sync_api import sync_playwright

    path, _ = browser_or_reason()
    quiet = [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-background-timer-throttling",
        "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
    ]  # fmt: skip
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=quiet)
        yield opened
        opened.close()


def heap(page: Any) -> tuple[float, int]:
    """MB that scripts hold after a collection, and the number of nodes."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    nodes = session.send("Memory.getDOMCounters")["nodes"]
    session.detach()
    return used, nodes


class Screen:
    """The coder's screen in a notebook of its own, in a page that watches itself."""

    def __init__(self, lab: Any, study: Path, name: str) -> None:
        path = lab.write_notebook(
            f"{name}.ipynb", [f"from foran_research import Coder, load_study\nstudy = load_study({str(study)!r})"]
        )
        self.tab = lab.open(path)
        self.page = self.tab.page
        self.page.add_init_script(WATCH)
        self.tab.run_all()
        self.tab.save()
        self.again()

    def show(self, *, wait_painted: bool = True) -> None:
        self.tab.run_cell(f"Coder(study, {DOCUMENT!r}, {CODER!r})")
        self.page.wait_for_selector(".foran[data-ready='1']", timeout=60_000)
        if wait_painted:
            self.page.wait_for_selector(".foran[data-painted='1']", timeout=60_000)

    def again(self) -> None:
        """The page anew, nothing shown yet; the kernel goes on."""
        self.tab.reload(save=False)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def focus(self) -> None:
        self.page.bring_to_front()
        self.page.evaluate(
            "() => { document.querySelector('.foran').scrollIntoView({block: 'end'}); document.querySelector('.foran-text').focus({preventScroll: true}); }"
        )


def plain_html(screen: Screen, *, has_marks: bool) -> tuple[str, list[int]]:
    """The screen's text as a plain page, and the size of the box it stands in."""
    turns = screen.page.evaluate(
        """hasMarks => [...document.querySelectorAll('.foran-turn')].map(turn => {
            const words = turn.querySelector('.foran-words');
            const parts = [...words.childNodes].map(n => [n.nodeName === 'MARK' && hasMarks, n.textContent]);
            return [turn.querySelector('.foran-speaker')?.textContent ?? '', parts];
        })""",
        has_marks,
    )
    box = screen.page.evaluate(
        "() => { const box = document.querySelector('.foran-text'), words = document.querySelector('.foran-words'); return [box.clientHeight, words.parentElement.clientWidth]; }"
    )
    paragraphs = []
    for speaker, parts in turns:
        said = "".join(
            f"<mark>{html.escape(words)}</mark>" if is_mark else html.escape(words) for is_mark, words in parts
        )
        paragraphs.append(f"<p><b>{html.escape(speaker)}</b> {said}</p>")
    return "".join(paragraphs), box


def show_plain(page: Any, content: str, box: Sequence[int]) -> float:
    """Milliseconds from the finished markup to its first frame, in an empty page."""
    page.goto("about:blank")
    page.add_style_tag(content=PLAIN_STYLE)
    return float(page.evaluate(
        """async ([content, height, width]) => {
            await bench.frame();
            const t0 = performance.now();
            document.body.innerHTML = `<div id="box" style="height:${height}px;width:${width}px">${content}</div>`;
            await bench.frame();
            return performance.now() - t0;
        }""",
        [content, *box],
    ))  # fmt: skip


@dataclass
class Presses:
    paint: list[float] = field(default_factory=list)
    ack: list[float] = field(default_factory=list)
    presented: list[float] = field(default_factory=list)

    def press(self, page: Any, key: str, is_there: str, *, has_ack: bool) -> None:
        page.evaluate(f"async () => {{ await bench.frame(); bench.press = null; bench.armed = () => {is_there}; }}")
        page.keyboard.press(key)
        page.wait_for_function(
            f"() => bench.press?.paint != null{' && bench.press.ack !== null' if has_ack else ''}", timeout=20_000
        )
        told = page.evaluate(
            "async () => { await bench.frame(); await bench.frame(); return [bench.press.paint, bench.press.ack, bench.presented.get(bench.press.t0) ?? 16]; }"
        )
        self.paint.append(told[0])
        self.presented.append(told[2])
        if has_ack:
            self.ack.append(told[1])


def first_paint(screen: Screen, plain: Any, repeats: int, table: Table) -> tuple[str, list[int]]:
    screen.show()
    bare, box = plain_html(screen, has_marks=False)
    marked, _ = plain_html(screen, has_marks=True)
    opened, arrived, without, with_marks, built = [], [], [], [], []
    for _ in range(repeats):
        screen.page.bring_to_front()
        screen.again()
        screen.page.evaluate("() => bench.frame()")
        screen.show()
        told = screen.page.evaluate(
            "() => { const d = document.querySelector('.foran').dataset; return [Number(d.paintMs), bench.readyAt - bench.arrived, Number(d.buildMs)]; }"
        )
        opened.append(told[0])
        arrived.append(told[1])
        built.append(told[2])
        plain.bring_to_front()
        without.append(show_plain(plain, bare, box))
        with_marks.append(show_plain(plain, marked, box))
    middle = statistics.median
    table.add("first paint, from when the snapshot is opened: median", middle(opened), 350,
              f"{beside(middle(opened), middle(without), 'plain page')}, {beside(middle(opened), middle(with_marks), 'plain page with marks')}")  # fmt: skip
    table.add("the same, from when the socket has the message: median", middle(arrived), 350,
              f"{beside(middle(arrived), middle(without), 'plain page')}, {beside(middle(arrived), middle(with_marks), 'plain page with marks')}")  # fmt: skip
    table.add(
        "the same, from the socket: slowest", max(arrived), None, beside(max(arrived), max(without), "plain page")
    )
    print(
        f"first paint: opened {opened} arrived {arrived} built {built} plain {without} marked {with_marks}",
        file=sys.stderr,
    )
    return marked, box


def applying(screen: Screen, plain: Any, rival: Any, applies: int, table: Table) -> None:
    """Key to painted mark: ours in the screen, the floor in a plain page, and the rival; rounds of ten, taking turns."""
    ours, floor, whole = Presses(), Presses(), Presses()
    screen.focus()
    screen.press("Home")
    plain.evaluate(PLAIN_KEYS)
    places = iter(range(3, TURNS, max(1, TURNS // (applies + 10))))
    on = "document.querySelector('.foran-now .foran-mark.foran-on') !== null"
    for done in range(0, applies, 10):
        screen.focus()
        for number in range(10):
            # A page further every other time: sentences and single words, in sight and just come into sight.
            screen.press("PageDown" if number % 2 == 0 else "ArrowDown", "s" if number % 3 else "w")
            ours.press(screen.page, str(1 + (done + number) % 9), on, has_ack=True)
        plain.bring_to_front()
        for _ in range(10):
            plain.evaluate(
                "turn => { const box = document.querySelector('#box'); box.dataset.turn = turn; box.children[turn].scrollIntoView({block: 'center'}); }",
                next(places),
            )
            floor.press(
                plain,
                ".",
                "document.querySelector('#box').children[document.querySelector('#box').dataset.turn].querySelector('.new') !== null",
                has_ack=False,
            )
        rival.bring_to_front()
        for number in range(4):
            turn = (done * 11 + number * 3) % TURNS
            rival.evaluate(
                "turn => { const box = document.querySelector('.rival'); box.focus({preventScroll: true}); box.dataset.turn = turn; box.dataset.before = box.dataset.last ?? ''; box.children[turn].scrollIntoView({block: 'center'}); }",
                turn,
            )
            whole.press(
                rival,
                "1",
                "(document.querySelector('.rival').dataset.last ?? '') !== document.querySelector('.rival').dataset.before",
                has_ack=False,
            )
    middle = statistics.median
    name, name_rival = "a mark in the plain page", "a widget that syncs its whole list"
    for share, told, limit in ((0.5, "median", 40), (0.95, "95th percentile", 80)):
        at = middle if share == 0.5 else (lambda values: percentile(values, 0.95))
        table.add(f"key to highlight in the frame, {len(ours.paint)} codings: {told}", at(ours.paint), limit,
                  f"{beside(at(ours.paint), at(floor.paint), name)}, {beside(at(ours.paint), at(whole.paint), name_rival)}")  # fmt: skip
    for share, told in ((0.5, "median"), (0.95, "95th percentile")):
        at = middle if share == 0.5 else (lambda values: percentile(values, 0.95))
        table.add(
            f"the same until the browser says it is on show (steps of 8 ms): {told}",
            at(ours.presented),
            None,
            beside(at(ours.presented), at(floor.presented), name),
        )
    table.add(
        "key to acknowledgement, when it is on the disk: median",
        middle(ours.ack),
        None,
        beside(middle(ours.ack), middle(whole.paint), name_rival),
    )
    table.add(
        "the same: 95th percentile",
        percentile(ours.ack, 0.95),
        None,
        beside(percentile(ours.ack, 0.95), percentile(whole.paint, 0.95), name_rival),
    )
    print(
        f"ours {[round(x) for x in ours.paint]}\nfloor {[round(x) for x in floor.paint]}\nwhole {[round(x) for x in whole.paint]}",
        file=sys.stderr,
    )


def wheel(page: Any, selector: str) -> list[float]:
    box = page.evaluate("""s => { const box = document.querySelector(s); box.scrollTop = 0; const r = box.getBoundingClientRect();
        return [r.x + r.width / 3, r.y + r.height / 2, (box.scrollHeight - box.clientHeight) / 300]; }""", selector)  # fmt: skip
    page.mouse.move(box[0], box[1])
    page.evaluate("async () => { await bench.frame(); bench.record(); }")
    for _ in range(FRAMES):
        page.mouse.wheel(0, box[2])
    return list(page.evaluate("() => bench.stop()"))


def scrolling(screen: Screen, plain: Any, repeats: int, table: Table) -> None:
    gaps: dict[str, list[float]] = {name: [] for name in ("ours", "plain", "ours, wheel", "plain, wheel", "fresh")}
    scroll = f"s => bench.scroll(document.querySelector(s), {FRAMES})"
    for number in range(repeats):
        screen.focus()
        gaps["ours"] += screen.page.evaluate(scroll, ".foran-text")
        if number < 2:
            gaps["ours, wheel"] += wheel(screen.page, ".foran-text")
        plain.bring_to_front()
        gaps["plain"] += plain.evaluate(scroll, "#box")
        if number < 2:
            gaps["plain, wheel"] += wheel(plain, "#box")
    for _ in range(2):
        screen.page.bring_to_front()
        screen.again()
        screen.show(wait_painted=False)
        gaps["fresh"] += screen.page.evaluate(scroll, ".foran-text")
    for ours, theirs, what in (
        ("ours", "plain", "by script"),
        ("ours, wheel", "plain, wheel", "by wheel"),
        ("fresh", "plain", "just opened, the rest still being coloured"),
    ):
        name = "plain page with marks"
        longest, its = max(gaps[ours]), max(gaps[theirs])
        table.add(
            f"scrolling through it in {FRAMES} steps, {what}: longest frame", longest, 50, beside(longest, its, name)
        )
        table.add(
            "the same: 95th percentile of frames",
            percentile(gaps[ours], 0.95),
            None,
            beside(percentile(gaps[ours], 0.95), percentile(gaps[theirs], 0.95), name),
        )
    print({name: [round(x) for x in sorted(values)[-6:]] for name, values in gaps.items()}, file=sys.stderr)


def memory(screen: Screen, plain: Any, marked: str, box: Sequence[int], table: Table) -> None:
    screen.again()
    bare, bare_nodes = heap(screen.page)
    screen.show()
    screen.page.evaluate("() => bench.frame()")
    used, nodes = heap(screen.page)
    plain.goto("about:blank")
    plain_bare, plain_bare_nodes = heap(plain)
    show_plain(plain, marked, box)
    plain_used, plain_nodes = heap(plain)
    ours, theirs = used - bare, max(0.01, plain_used - plain_bare)
    table.add(
        "memory of scripts, more than the notebook without it",
        ours,
        None,
        f"plain page with marks: {theirs:.1f} MB",
        unit="MB",
    )
    table.rows.append(
        f"| nodes, more than the notebook without it | {nodes - bare_nodes:,} | | {(nodes - bare_nodes) / max(1, plain_nodes - plain_bare_nodes):.2f} × plain page with marks |"
    )


def typing(page: Any, *, clears: Callable[[], None]) -> list[dict[str, float]]:
    page.evaluate("() => { bench.inputs.length = 0; }")
    for query in QUERIES:
        for letter in query:
            page.keyboard.type(letter)
        for _ in range(len(query)):
            page.keyboard.press("Backspace")
        clears()
    page.evaluate("async () => { await bench.frame(); await bench.frame(); }")
    return [told for told in page.evaluate("() => bench.inputs") if told["dom"] is not None]


def palette(screen: Screen, plain: Any, codes: Sequence[Sequence[str]], repeats: int, table: Table) -> None:
    """Typing in the palette and in the code pane with 500 codes, beside a bare list that hides what does not fit."""
    screen.show()
    plain.goto("about:blank")
    plain.evaluate(PLAIN_FILTER, list(codes))
    ours, floor, pane = [], [], []
    for _ in range(repeats):
        screen.focus()
        screen.press("Home", "s", "Enter")
        screen.page.wait_for_selector(".foran-query")
        ours += typing(screen.page, clears=lambda: None)
        screen.press("Escape")
        screen.page.locator(".foran-codes > input").focus()
        pane += typing(screen.page, clears=lambda: None)
        screen.press("Escape")
        plain.bring_to_front()
        plain.locator("#query").focus()
        floor += typing(plain, clears=lambda: None)
    name = "a bare list that hides what does not fit"
    for what, told, limit in (("palette", ours, 16), ("code pane's search", pane, None)):
        for at, word in ((statistics.median, "median"), (lambda values: percentile(values, 0.95), "95th percentile")):
            mine, its = at([t["dom"] for t in told]), at([t["dom"] for t in floor])
            table.add(
                f"typing in the {what}, {len(codes)} codes, from letter to list: {word}",
                mine,
                limit,
                beside(mine, its, name),
            )
        mine, its = (percentile([t["paint"] for t in x], 0.95) for x in (told, floor))
        table.add("the same until the frame is painted: 95th percentile", mine, None, beside(mine, its, name))


def rival_notebook(lab: Any, study: Path) -> Any:
    show = f"""
from foran_research import load_study
study = load_study({str(study)!r})
transcript = study.transcripts[{DOCUMENT!r}]
turns = [[turn.speaker, turn.span.start, transcript.text[turn.span.start:turn.span.end]] for turn in transcript.turns]
import json, pathlib
spans = json.loads(pathlib.Path({str(study / "spans.json")!r}).read_text())
rival = WholeList(turns=turns, spans=spans)
rival
"""
    tab = lab.open(lab.write_notebook("rival.ipynb", [RIVAL, show]))
    tab.page.add_init_script(WATCH)
    tab.reload()
    tab.run_all()
    tab.wait_for(".rival p")
    tab.page.evaluate("() => document.querySelector('.rival').scrollIntoView()")
    return tab.page


def screens(folder: Path, arguments: argparse.Namespace, table: Table) -> None:
    from lab import Lab, running

    size = {DOCUMENT: Size(TURNS, WORDS, {CODER: SPANS})}
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        server = stack.enter_context(running(folder / "lab"))
        lab = Lab(server, browser, "bench")
        stack.callback(lab.close)
        plain = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        plain.add_init_script(WATCH)
        if arguments.only in ("", "screen"):
            study = write_big_study(folder / "study", codes=CODES, sizes=size, seed=SEED)
            records = [e.after for log in load_study(study).logs for e in log.events if e.after and is_segment(e.after)]
            spans = [
                {"id": f"s{n}", "start": r["start"], "end": r["end"], "code": r["code"]} for n, r in enumerate(records)
            ]
            (study / "spans.json").write_text(json.dumps(spans))
            screen = Screen(lab, study, "coder")
            marked, box = first_paint(screen, plain, arguments.repeats, table)
            rival = rival_notebook(lab, study)
            applying(screen, plain, rival, arguments.applies, table)
            show_plain(plain, marked, box)
            scrolling(screen, plain, arguments.repeats, table)
            memory(screen, plain, marked, box, table)
            screen.page.close()
            rival.close()
        if arguments.only in ("", "palette"):
            study = write_big_study(folder / "wide", codes=MANY_CODES, sizes=size, seed=SEED)
            codes = [
                [c.display, c.label["nb"], c.label["en"], c.brief["nb"], c.brief["en"]]
                for c in load_study(study).lineage[VERSION].active
            ]
            palette(Screen(lab, study, "palette"), plain, codes, arguments.repeats, table)
        if complaints := lab.complaints():
            print("\n".join(complaints), file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applies", type=int, default=120)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", choices=["", "kernel", "screen", "palette"], default="")
    arguments = parser.parse_args()
    from browsers import browser_or_reason

    table = Table()
    path, why = browser_or_reason()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.only in ("", "kernel"):
            kernel(folder, table)
        if path is not None and arguments.only != "kernel":
            screens(folder, arguments, table)
    print(f"{WORDS:,} words, {TURNS:,} turns, {SPANS:,} coded segments, {CODES} codes; seed {SEED}\n")
    print(table)
    if path is None:
        print(f"\n**Not measured: everything on the screen** ({why}).")


if __name__ == "__main__":
    main()
