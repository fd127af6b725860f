"""A real JupyterLab (or Notebook 7) for tests: a server of its own, and notebooks driven as a person drives them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import nbformat
import psutil

START = 60.0  # seconds a server, a page or a kernel may take on a machine that does something else as well
SOON = 30.0  # seconds the page may take for anything once its kernel is there
APPLICATIONS = {
    "lab": ("jupyterlab", "LabApp", "lab/workspaces/{workspace}/tree"),
    "notebook": ("notebook", "JupyterNotebookApp", "notebooks"),
}
# What ipywidgets itself says on the console when it tidies up after a kernel that took its widgets with it, and the
# application when it was just asking that kernel about its debugger.
_LOST_WITH_THE_KERNEL = (
    r"Comm not found for comm id|Comm for this id .* not found|Could not restore the debugger state: Canceled future"
)
STUDY_PARTS = ("foran.toml", "corpus", "codebooks")

# Everything about the open notebook that the page itself does not tell: both applications show their insides as
# `window.jupyterapp` when they are started with `expose_app_in_browser`.
_OPEN = """
const panel = () => jupyterapp.shell.currentWidget;
const kernel = () => panel()?.sessionContext?.session?.kernel;
const code = () => [...panel().content.widgets].filter(c => c.model.type === 'code' && c.model.sharedModel.source.trim());
"""
# The indicator says idle before the socket to the kernel is up, and a run that is sent then is silently dropped.
_READY = f"""() => {{ {_OPEN} try {{
    const context = panel().sessionContext;
    return context.isReady && kernel().connectionStatus === 'connected' && kernel().status === 'idle';
}} catch {{ return false; }} }}"""
_START_RUN = f"""() => {{ {_OPEN}
    for (const cell of code()) cell.model.executionCount = null;
    window.foranRun = null;
    jupyterapp.commands.execute('notebook:run-all-cells').then(() => {{ window.foranRun = 'over'; }},
                                                               e => {{ window.foranRun = String(e); }});
}}"""
_DROPPED = f"() => {{ {_OPEN} return code().every(c => c.model.executionCount === null); }}"
_ERRORS = f"""() => {{ {_OPEN}
    return code().flatMap((c, i) => c.model.outputs.toJSON().filter(o => o.output_type === 'error')
                                     .map(o => `code cell ${{i}}: ${{o.ename}}: ${{o.evalue}}`));
}}"""

# `bounding_box()` of a wrapped inline element is not where its text begins: only a Range knows where letters stand.
# One letter may be several UTF-16 units (an emoji) or several characters (a decomposed accent): ends are moved outwards.
_ENDS_OF_TEXT = r"""(root, [startText, endText]) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), nodes = [];
    let all = '';
    while (walker.nextNode()) { nodes.push([all.length, walker.currentNode]); all += walker.currentNode.data; }
    const first = all.indexOf(startText);
    if (first < 0) throw new Error('the text to start at is not there');
    const last = all.indexOf(endText, first);
    if (last < 0) throw new Error('the text to end at is not there, after the text to start at');
    const letters = [...new Intl.Segmenter().segment(all)].map(s => [s.index, s.index + s.segment.length]);
    const letter = at => letters.find(([from, to]) => from <= at && at < to);
    const place = offset => {
        const [from, node] = nodes.filter(([start, n]) => start <= offset && offset <= start + n.length).at(-1);
        return [node, offset - from];
    };
    const placeBefore = offset => {
        const [from, node] = nodes.find(([start, n]) => start < offset && offset <= start + n.length);
        return [node, offset - from];
    };
    const rects = ([from, to]) => {
        const range = document.createRange();
        range.setStart(...place(from)); range.setEnd(...placeBefore(to));
        return [...range.getClientRects()].filter(r => r.width > 0);
    };
    const head = letter(first), tail = letter(last + endText.length - 1);
    const element = place(head[0])[0].parentElement;
    if (!rects(head).length || !rects(tail).length) throw new Error('the text is not drawn');
    const seen = r => { const at = document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2);
                        return at !== null && (root.contains(at) || at.contains(root)); };
    if (!seen(rects(head)[0]) || !seen(rects(tail).at(-1))) element.scrollIntoView({block: 'center'});
    const a = rects(head)[0], b = rects(tail).at(-1);
    if (!seen(a) || !seen(b)) throw new Error('both ends of the text do not fit on the screen at once');
    return [[a.left, a.top + a.height / 2], [b.right, b.top + b.height / 2]];
}"""

# JupyterLab hides all of itself until the next picture when its colours change. Here the page is measured meanwhile and the
# picture comes late, as on a busy machine: the browser then takes the focus from what is hidden.
_CHANGE_THEME = """([theme, screen]) => {
    const soon = window.foranSoon ??= window.requestAnimationFrame;
    window.foranHad = document.activeElement.closest(screen) ? document.activeElement : null;
    window.foranLost = false;
    window.foranHad?.addEventListener('focusout', () => { window.foranLost = true; }, {once: true});
    window.requestAnimationFrame = then => {
        document.body.getBoundingClientRect();
        return setTimeout(() => soon(then), 60);
    };
    jupyterapp.commands.execute('apputils:change-theme', {theme});
}"""
_FOCUS_KEPT = """() => {
    window.requestAnimationFrame = window.foranSoon;
    return window.foranHad === null || document.activeElement === window.foranHad;
}"""


def write_notebook(path: Path, cells: Sequence[str]) -> Path:
    """Write a Python notebook with these code cells, whose ids are ``cell-0``, ``cell-1`` … ; gives the path back."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(cells)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def free_port() -> int:
    """A port on the loopback that nobody listened to a moment ago."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Server:
    """A Jupyter server on the loopback that shares no setting, no workspace and no signature with its owner's Jupyter.

    Parameters
    ----------
    folder
        An empty folder: the notebooks go below ``folder / "root"``, everything else of the server beside it.
    application
        ``"lab"``, or ``"notebook"`` for Notebook 7 where that package is installed.
    python
        The interpreter that runs the server and, through its own ``python3`` kernel, the notebooks.
    """

    def __init__(self, folder: Path, application: str = "lab", python: str = sys.executable) -> None:
        self.module, self._class, self._address = APPLICATIONS[application]
        self.application = application
        self.root = folder / "root"
        self.root.mkdir(parents=True)
        self.log_path = folder / "server.log"
        self.token = secrets.token_hex(16)
        self._own = {
            name: str(folder / name.lower())
            for name in (
                "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
                "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR",
            )
        }  # fmt: skip
        # The question whether one wants Jupyter's news would lie over the page.
        settings = Path(self._own["JUPYTERLAB_SETTINGS_DIR"], "@jupyterlab", "apputils-extension")
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
        self._python = python
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self._workspaces = 0

    def start(self) -> Server:
        """Start it and wait until it answers."""
        self.port = free_port()
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self.port,
            "ServerApp.port_retries": 0,
            "ServerApp.open_browser": False,
            "ServerApp.allow_root": True,
            "ServerApp.root_dir": self.root,
            "ServerApp.terminals_enabled": False,
            "IdentityProvider.token": self.token,
            "LabApp.news_url": None,
            "LabApp.check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
            "LabApp.extension_manager": "readonly",
            # A dead kernel is noticed by asking now and then; three seconds between questions are long in a test.
            "KernelRestarter.time_to_dead": 0.5,
            f"{self._class}.expose_app_in_browser": True,
        }
        flags = [f"--{name}={value}" for name, value in options.items()]
        environment = {**os.environ, **self._own, "JUPYTER_PLATFORM_DIRS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        with self.log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [self._python, "-m", self.module, *flags],
                env=environment, cwd=self.root, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + START
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError):
                self.ask("GET", "api")
                return self
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the Jupyter server did not start; its log ends:\n{self.log()[-3000:]}")

    def stop(self) -> None:
        """Stop it and every kernel it started."""
        if self._process is None:
            return
        try:
            family = psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            family = []
        with contextlib.suppress(OSError):
            self.ask("POST", "api/shutdown")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        for left in psutil.wait_procs(family, timeout=3)[1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                left.kill()
        self._process = None

    def log(self) -> str:
        """What the server has said, without its token."""
        return self.log_path.read_text(encoding="utf-8", errors="replace").replace(self.token, "TOKEN")

    def ask(self, method: str, path: str) -> Any:
        """The server's answer to one request of its REST interface."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        # No proxy: the environment may name one, and this address is our own.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            said = answer.read()
        return json.loads(said) if said else None

    def address(self, notebook: Path) -> str:
        """Where a notebook below ``root`` is seen, each time in a workspace of Lab's that was never used before.

        A workspace remembers which tabs were open, and one that is open already makes Lab start, notice, and start anew.
        """
        self._workspaces += 1
        path = quote(notebook.relative_to(self.root).as_posix())
        where = self._address.format(workspace=f"test-{self._workspaces}")
        return f"http://127.0.0.1:{self.port}/{where}/{path}?token={self.token}"

    def kernel_id(self, notebook: Path) -> str | None:
        """The id of the kernel that a notebook runs in, or None."""
        path = notebook.relative_to(self.root).as_posix()
        return next((s["kernel"]["id"] for s in self.ask("GET", "api/sessions") if s["path"] == path), None)

    def kernel_process(self, notebook: Path) -> psutil.Process:
        """The process of a notebook's kernel, known by the connection file it was given."""
        wanted = f"kernel-{self.kernel_id(notebook)}.json"
        assert self._process is not None
        for process in psutil.Process(self._process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                if any(word.endswith(wanted) for word in process.cmdline()):
                    return process
        raise LookupError("the notebook has no running kernel")

    def shut_down_kernels(self) -> None:
        """End every session, so that one test's kernels do not slow the next one down."""
        for session in self.ask("GET", "api/sessions"):
            with contextlib.suppress(urllib.error.HTTPError):
                self.ask("DELETE", f"api/sessions/{session['id']}")


def raised_by_application_alone(stack: str) -> bool:
    """Whether every frame of a JavaScript stack stands in the application's own bundles, so that none is a widget's.

    A widget's module is loaded from a ``blob:`` address; an error without frames tells nothing and is nobody's.
    """
    frames = [line for line in stack.splitlines() if re.match(r"\s*at ", line)]
    return bool(frames) and all(re.search(r"/static/(lab|notebook)/[^/]*\.js", frame) for frame in frames)


class Lab:
    """One browser window of its own (cookies, storage) on a server, and a folder of its own below the server's root.

    Parameters
    ----------
    server
        A started server.
    browser
        Playwright's handle on a browser.
    folder
        Name of the folder for this test's notebooks and study.

    Attributes
    ----------
    page_errors, console_errors, left_the_machine
        What went wrong in any page of this window, and requests to anything but 127.0.0.1.
    """

    def __init__(self, server: Server, browser: Any, folder: str) -> None:
        self.server = server
        self.folder = server.root / folder
        self.folder.mkdir()
        self.page_errors: list[str] = []
        self.console_errors: list[str] = []
        self.left_the_machine: list[str] = []
        self._expected: list[str] = []
        self.notebooks: list[NotebookPage] = []
        if server.application == "notebook":
            self.expect(
                r"page error: Cannot read properties of undefined \(reading 'schema'\)"
            )  # its own, on every page
        self._context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        self._context.set_default_timeout(SOON * 1000)
        self._context.on("request", lambda request: self._heard_request(request.url))

    def _heard_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1":
            self.left_the_machine.append(url)

    def _new_page(self) -> Any:
        page = self._context.new_page()
        page.on("pageerror", self._heard_page_error)
        page.on("console", self._heard_console)
        page.on("websocket", lambda opened: self._heard_request(opened.url))
        return page

    def _heard_page_error(self, error: Any) -> None:
        # The editor of Lab's cells (CodeMirror) now and then trips over itself when a busy machine draws late. What
        # no line of ours took part in says nothing of ours: it is told as a warning, and fails no test.
        if raised_by_application_alone(error.stack or ""):
            warnings.warn(f"JupyterLab's own page error: {error}", stacklevel=2)
        else:
            self.page_errors.append(str(error))

    def _heard_console(self, said: Any) -> None:
        if said.type == "error":
            told = f"{said.text} ({said.location.get('url', '')})"
            self.console_errors.append(told.replace(self.server.token, "TOKEN"))

    def write_notebook(self, name: str, cells: Sequence[str]) -> Path:
        """A notebook with these code cells in this test's folder."""
        return write_notebook(self.folder / name, cells)

    def bring_study(self, source: Path, name: str = "study") -> Path:
        """A copy of a study (its settings, corpus and codebooks) in this test's folder, to be written to at will."""
        target = self.folder / name
        target.mkdir()
        for part in STUDY_PARTS:
            if (source / part).is_dir():
                shutil.copytree(source / part, target / part)
            elif (source / part).is_file():
                shutil.copy2(source / part, target / part)
        return target

    def open(self, notebook: Path) -> NotebookPage:
        """A notebook in a new tab, with a kernel that is connected and idle."""
        opened = NotebookPage(self, notebook, self._new_page())
        self.notebooks.append(opened)
        opened.go()
        return opened

    def expect(self, pattern: str) -> None:
        """Say that an error that matches this regular expression is part of the test."""
        self._expected.append(pattern)

    def complaints(self) -> list[str]:
        """Every error that nobody expected, and every request that left the machine."""
        errors = [f"page error: {error}" for error in self.page_errors]
        errors += [f"console: {error}" for error in self.console_errors]
        unexpected = [error for error in errors if not any(re.search(pattern, error) for pattern in self._expected)]
        return unexpected + [f"left the machine: {url}" for url in self.left_the_machine]

    def screenshots(self, folder: Path, name: str) -> None:
        """A picture of every open tab."""
        folder.mkdir(parents=True, exist_ok=True)
        stem = re.sub(r"[^\w\-]+", "_", name).strip("_")
        for number, notebook in enumerate(self.notebooks):
            with contextlib.suppress(Exception):  # a tab that has crashed has no picture, and this is not the test
                notebook.page.screenshot(path=folder / f"{stem}-{number}.png", timeout=5000)

    def close(self) -> None:
        """Close the window and end its kernels."""
        self._context.close()
        self.server.shut_down_kernels()


class NotebookPage:
    """One notebook in one tab. ``page`` is Playwright's page, for everything that this class has no word for."""

    def __init__(self, lab: Lab, notebook: Path, page: Any) -> None:
        self.lab = lab
        self.notebook = notebook
        self.page = page

    def go(self) -> None:
        """Call the page up and wait for the notebook and its kernel."""
        self.page.goto(self.lab.server.address(self.notebook), wait_until="domcontentloaded")
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=START * 1000)
        self.page.wait_for_function(_READY, timeout=START * 1000)

    def run_all(self, *, timeout: float = START) -> None:
        """Run every cell and wait until the last has finished; a cell that raises fails the test."""
        for _attempt in range(5):
            self.page.evaluate(_START_RUN)
            self.page.wait_for_function("() => window.foranRun !== null", timeout=timeout * 1000)
            if not self.page.evaluate(_DROPPED):
                break
            self.page.wait_for_timeout(500)
        else:
            raise AssertionError("the notebook did not run: five times nothing happened")
        if errors := self.page.evaluate(_ERRORS):
            raise AssertionError("\n".join(errors))

    def run_cell(self, source: str, *, timeout: float = SOON) -> str:
        """Put code into a new last cell, run it and give back the text it printed, without the newline at the end.

        Raises
        ------
        AssertionError
            When the code raises.
        """
        self.page.evaluate(
            f"""async source => {{ {_OPEN}
                const shared = panel().content.model.sharedModel, at = shared.cells.length;
                shared.insertCell(at, {{cell_type: 'code', source}});
                const notebook = panel().content;
                notebook.deselectAll();
                notebook.activeCellIndex = at;
                window.foranRun = null;
                jupyterapp.commands.execute('notebook:run-cell').then(() => {{ window.foranRun = 'over'; }});
            }}""",
            source,
        )
        self.page.wait_for_function("() => window.foranRun !== null", timeout=timeout * 1000)
        outputs = self.page.evaluate(f"() => {{ {_OPEN} return panel().content.activeCell.model.outputs.toJSON(); }}")
        if errors := [f"{o['ename']}: {o['evalue']}" for o in outputs if o["output_type"] == "error"]:
            raise AssertionError(errors[0])
        texts = ["".join(o["text"]) for o in outputs if o["output_type"] == "stream"]
        return "".join(texts).removesuffix("\n")

    def wait_for(self, selector: str, *, count: int | None = None, timeout: float = SOON) -> Any:
        """The locator of what this selector finds, once the first of it is seen, or once there are ``count`` of it."""
        found = self.page.locator(selector)
        if count is None:
            found.first.wait_for(timeout=timeout * 1000)
        else:
            self.page.wait_for_function(
                "([selector, count]) => document.querySelectorAll(selector).length === count",
                arg=[selector, count], timeout=timeout * 1000,
            )  # fmt: skip
        return found

    def wait_for_text(self, selector: str, text: str, *, timeout: float = SOON) -> Any:
        """The locator of the first element that matches and whose text has this in it, once it is seen."""
        found = self.page.locator(selector).filter(has_text=text).first
        found.wait_for(timeout=timeout * 1000)
        return found

    def change_theme(self, name: str, screen: str) -> bool:
        """Change JupyterLab's colours on a busy browser; what had the focus in the screen must have it afterwards.

        Parameters
        ----------
        name
            "light" or "dark".
        screen
            What finds the screen, which must wear the new colours.

        Returns
        -------
        bool
            Whether the browser took the focus from the screen in between.
        """
        self.page.evaluate(_CHANGE_THEME, [f"JupyterLab {name.capitalize()}", screen])
        self.wait_for(f'{screen}[data-theme="{name}"]')
        self.page.wait_for_timeout(300)  # the theme's colours fade in
        assert self.page.evaluate(_FOCUS_KEPT), "the focus is not where it was before the colours changed"
        return bool(self.page.evaluate("() => window.foranLost"))

    def save(self) -> None:
        """Save the notebook: what is not saved, a reload forgets, and a second tab does not see."""
        self.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
        self.page.wait_for_function(f"() => {{ {_OPEN} return !panel().context.model.dirty; }}")

    def reload(self, *, save: bool = True) -> None:
        """Reload the tab as a person does; the kernel lives on, and saved outputs are shown again."""
        if save:
            self.save()
        self.page.reload(wait_until="domcontentloaded")
        self._wait_until_ready()

    def second_tab(self, *, save: bool = True) -> NotebookPage:
        """The same notebook, with the same kernel, in another tab of the same window."""
        if save:
            self.save()
        other = NotebookPage(self.lab, self.notebook, self.lab._new_page())
        self.lab.notebooks.append(other)
        other.go()
        return other

    def restart_kernel(self) -> None:
        """Restart the kernel from the menu's command, answer its question, and wait for the new kernel."""
        self.lab.expect(_LOST_WITH_THE_KERNEL)
        self.page.evaluate("() => { jupyterapp.commands.execute('notebook:restart-kernel'); }")
        before = self.lab.server.kernel_process(self.notebook).pid
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        self._wait_for_another_process(before)
        self.page.wait_for_function(_READY, timeout=START * 1000)

    def kill_kernel(self, *, wait: bool = True) -> None:
        """Kill the kernel's process without a warning (``kill -9``).

        The server starts another by itself. With ``wait`` that is waited for, and the notice about it is closed.
        """
        self.lab.expect(_LOST_WITH_THE_KERNEL)
        process = self.lab.server.kernel_process(self.notebook)
        process.kill()
        if wait:
            self._wait_for_another_process(process.pid)
            self.close_dialogs(at_least=1)
            self.page.wait_for_function(_READY, timeout=START * 1000)

    def _wait_for_another_process(self, before: int) -> None:
        deadline = time.monotonic() + START
        while time.monotonic() < deadline:
            with contextlib.suppress(LookupError):
                if self.lab.server.kernel_process(self.notebook).pid != before:
                    return
            self.page.wait_for_timeout(100)
        raise AssertionError("no other kernel came")

    def close_dialogs(self, *, at_least: int = 0) -> None:
        """Say yes to every open dialog, and first wait for as many as are sure to come."""
        buttons = self.page.locator(".jp-Dialog button.jp-mod-accept")
        for number in range(at_least + 5):
            if number >= at_least and not buttons.count():
                return
            buttons.first.click()

    def drag_over(self, selector: str, start_text: str, end_text: str, *, release: bool = True) -> str:
        """Select with the mouse, from the first letter of one text to the last letter of another, as a person does.

        Parameters
        ----------
        selector
            The element that holds the text; the first that matches is taken.
        start_text, end_text
            The end is looked for from the start onwards, so both may be the same text.
        release
            Whether the mouse button is let go.

        Returns
        -------
        str
            What the browser says is selected, just before the button is let go.
        """
        element = self.page.locator(selector).first
        element.scroll_into_view_if_needed()
        (left, top), (right, bottom) = element.evaluate(_ENDS_OF_TEXT, [start_text, end_text])
        # A press inside an earlier selection would drag that text away instead of selecting anew.
        self.page.evaluate("() => getSelection().removeAllRanges()")
        mouse = self.page.mouse
        mouse.move(left + 0.5, top)
        mouse.down()
        mouse.move((left + right) / 2, (top + bottom) / 2, steps=3)
        mouse.move(right, bottom, steps=3)
        selected = str(self.page.evaluate("() => String(getSelection())"))
        if release:
            mouse.up()
        return selected


@contextlib.contextmanager
def running(folder: Path, application: str = "lab", python: str = sys.executable) -> Iterator[Server]:
    """A started server that is stopped however the block ends."""
    server = Server(folder, application, python)
    try:
        yield server.start()
    finally:
        server.stop()
