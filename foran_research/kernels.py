"""Kernels for notebooks: forked from a server that has the imports in memory, or started from nothing.

A notebook's kernel spends most of its first seconds importing the same packages as every other. The server imports them
once, in a process with a single thread, and forks a process for each notebook: an isolated kernel, as an ordinary one is.
Where processes cannot be forked safely (Windows, and macOS, whose own libraries do not survive it) kernels are ordinary.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from .quick_imports import without_iri_grammar

#: What every kernel has in its environment, so that equal runs give equal bytes and side-by-side ones share the processor.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
KINDS = ("auto", "forked", "fresh")
#: What notebooks of milestones import, directly or when they first draw, check or look a word up.
PRELOADED = (
    "IPython.core.completer",
    "IPython.core.display",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "pandas.io.formats.style",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib_inline.backend_inline",
    "scipy.stats",
    "networkx",
    "jsonschema",
    "jinja2.ext",
    "foran_research.study",
    "foran_research.milestone",
    "foran_research.networking",
    "foran_research.report",
    "foran_research.models",
    "foran_research.exchange",
    "foran_research.codebook.lemmas",
    "foran_research.delivering",
)
#: Packages of ours whose every module is imported: rooms that notebooks reach into as they go.
ROOMS = ("foran_research.models", "foran_research.report", "foran_research.analysis", "foran_research.delivering")
#: The longest address of a socket file that every system takes, less what a kernel adds to it.
_LONGEST_ADDRESS = 90


def can_fork() -> bool:
    """Whether kernels can be forked here from a process that has imported numerical packages."""
    return sys.platform == "linux"


def kind_of(asked: str) -> str:
    """What was asked for (`KINDS`) as "forked" or "fresh"; "auto" is forked where that is safe."""
    return ("forked" if can_fork() else "fresh") if asked == "auto" else asked


def kernel_environment() -> dict[str, str]:
    """The environment of a kernel: that of this process, and what makes runs equal."""
    found = importlib.util.find_spec("matplotlib")
    # The settings that came with matplotlib, whatever a user has chosen for figures of their own.
    style = {"MATPLOTLIBRC": str(Path(found.origin).parent / "mpl-data")} if found and found.origin else {}
    return {**os.environ, **ENVIRONMENT, **style}


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only this user can open, for connection files and sockets; it is gone afterwards."""
    folder = tempfile.mkdtemp(prefix="foran-")
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def socket_address(folder: Path) -> str | None:
    """Where a kernel's sockets can lie, so that nothing listens on the network; None where the system has no such thing."""
    address = str(folder / "s")
    return address if sys.platform != "win32" and len(address) <= _LONGEST_ADDRESS else None


class ForkedKernel:
    """A forked kernel, as much of a ``subprocess.Popen`` as a kernel manager asks of one."""

    stdin = stdout = stderr = None

    def __init__(self, server: KernelServer, pid: int) -> None:
        self._server = server
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How the kernel ended; None while it runs."""
        if self.returncode is None:
            self.returncode = self._server.ended(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """As `poll`: the manager asks only when the kernel has ended."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and to what it has started."""
        if self.poll() is None:
            os.killpg(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class KernelServer:
    """The other side of :func:`serve`: starts it, asks it for kernels, and ends it with all of them.

    Imports go on in the server while this process does something else; the first kernel waits for them.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._ours, theirs = socket.socketpair()
        self._rest = b""
        self._exits: dict[int, int] = {}
        self._pids: list[int] = []
        self._is_gone = False
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                env=kernel_environment(),
                # An empty folder: nothing that lies in the working folder may take a package's place.
                cwd=folder,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # Ctrl+C in the terminal comes to this process only, which then ends the kernels.
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    def start(self, argv: list[str], cwd: str, environment: dict[str, str]) -> ForkedKernel:
        """A kernel with these arguments, in this folder, with these additions to the environment.

        Raises
        ------
        OSError
            When the server has ended.
        """
        request = json.dumps({"argv": argv, "cwd": cwd, "environment": environment}).encode() + b"\n"
        with self._lock:
            self._ours.settimeout(None)
            with contextlib.suppress(OSError):
                self._ours.sendall(request)
            while True:
                for message in self._messages():
                    if "started" in message:
                        self._pids.append(message["started"])
                        return ForkedKernel(self, message["started"])
                if self._is_gone:
                    raise OSError("the server of kernels has ended")

    def ended(self, pid: int) -> int | None:
        """How a kernel of this server ended; None while it runs."""
        with self._lock:
            if pid not in self._exits and not self._is_gone:
                self._ours.settimeout(0)
                # Nothing is answered here: whoever started a kernel has waited for the answer.
                list(self._messages())
            return self._exits.get(pid, -signal.SIGKILL if self._is_gone else None)

    def _messages(self) -> Iterator[dict[str, Any]]:
        """What the server has said since; what it says of kernels that ended is noted."""
        try:
            data = self._ours.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._is_gone = self._is_gone or not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "ended" in message:
                self._exits[message["ended"]] = message["code"]
            yield message

    def close(self) -> None:
        """End the server and every kernel that still runs; returns when they are gone."""
        with contextlib.suppress(OSError):
            self._ours.shutdown(socket.SHUT_RDWR)
        self._ours.close()
        self._is_gone = True
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            # Its kernels see that it is gone, and end.
            self._process.kill()
            self._process.wait()


class Kernels:
    """Where the kernels of a run come from, and how all of them are ended at once.

    Make it with :func:`kernels`. `folder` is private to this user and gone with the run; connection files, sockets and
    what IPython would keep in a home lie there.
    """

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.server = KernelServer(folder) if kind == "forked" else None
        self.is_stopped = False
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._fresh: set[int] = set()

    def folder_of_next(self) -> Path:
        """A new folder for the connection of one kernel."""
        folder = self.folder / f"{next(self._numbers)}"
        folder.mkdir()
        return folder

    def note(self, pid: int | None) -> None:
        """Remember an ordinary kernel, so that it can be ended with the run."""
        with self._lock:
            if pid is not None:
                self._fresh.add(pid)

    def stop(self) -> None:
        """End every kernel now; none can be started afterwards."""
        self.is_stopped = True
        if self.server is not None:
            self.server.close()
        with self._lock:
            for pid in self._fresh:
                with contextlib.suppress(OSError):
                    # Each has a session of its own where there are such things, so that its own processes end too.
                    os.kill(pid, signal.SIGTERM) if sys.platform == "win32" else os.killpg(pid, signal.SIGKILL)
            self._fresh.clear()


@contextlib.contextmanager
def kernels(kind: str = "auto") -> Iterator[Kernels]:
    """Kernels for a run, of the kind asked for (`KINDS`); all have ended when the block has."""
    with private_folder() as folder:
        made = Kernels(kind_of(kind), folder)
        try:
            yield made
        finally:
            made.stop()


def serve(descriptor: int) -> None:
    """Import what notebooks need, then fork a kernel for every request; end with every kernel when the asker is gone."""
    _forget_the_folder()
    preload()
    # A kernel holds the reading end: when this process ends, however it ends, reading returns.
    life, held = os.pipe()
    # Its ends come as signals, and are looked for when the wait for requests is broken off.
    waker, woken = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, _noticed)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    asker = socket.socket(fileno=descriptor)
    watched: list[socket.socket | int] = [asker, waker]
    rest, running = b"", set[int]()
    try:
        while True:
            ready, _, _ = select.select(watched, [], [])
            if waker in ready:
                os.read(waker, 4096)
                for pid in [pid for pid in running if _exit_of(pid, asker) is not None]:
                    running.discard(pid)
            if asker not in ready:
                continue
            data = asker.recv(65_536)
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                pid = os.fork()
                if pid == 0:
                    for unneeded in (held, waker, woken):
                        os.close(unneeded)
                    asker.close()
                    _become_a_kernel(json.loads(line), life)
                running.add(pid)
                asker.sendall(json.dumps({"started": pid}).encode() + b"\n")
    except OSError:
        return
    finally:
        for pid in running:
            for kill in (os.killpg, os.kill):
                with contextlib.suppress(OSError):
                    kill(pid, signal.SIGKILL)


def _noticed(number: int, frame: FrameType | None) -> None:
    """Only that a signal has a handler lets it break off a wait."""


def _exit_of(pid: int, asker: socket.socket) -> int | None:
    """Tell the asker how a kernel ended; None while it runs."""
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        return None
    code = os.waitstatus_to_exitcode(status)
    asker.sendall(json.dumps({"ended": pid, "code": code}).encode() + b"\n")
    return code


def _forget_the_folder() -> None:
    """Take away what ``-m`` put first on the path, as the launcher of ordinary kernels does."""
    if sys.path and sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]


def preload() -> list[str]:
    """Import `PRELOADED` and the modules of `ROOMS`; returns the names of what is not there."""
    import importlib
    import pkgutil

    missing = []
    with _as_in_a_kernel(), without_iri_grammar():
        names = list(PRELOADED)
        for room in ROOMS:
            with contextlib.suppress(ImportError):
                package = importlib.import_module(room)
                names += [f"{room}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]
        for name in names:
            try:
                importlib.import_module(name)
            # A notebook that needs it will say what is wrong; one that does not must still run.
            except Exception:
                missing.append(name)
    return missing


class _Shell:
    """What tells a package that it is imported in a kernel: pandas shows more columns there than in a terminal."""

    kernel = None


@contextlib.contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Let packages find IPython's shell where they look for it while they are imported."""
    import builtins

    vars(builtins)["get_ipython"] = _Shell
    try:
        yield
    finally:
        del vars(builtins)["get_ipython"]


def _become_a_kernel(request: dict[str, Any], life: int) -> None:
    """What a forked process does: a process group and a folder of its own, then an ordinary kernel; never returns."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        # Python seeds its own generator anew in a fork; NumPy's would draw the same in every kernel.
        if (random := sys.modules.get("numpy.random")) is not None:
            random.seed()
        threading.Thread(target=_end_with, args=(life,), daemon=True).start()
        os.environ.update(request["environment"])
        os.environ["JPY_PARENT_PID"] = str(os.getppid())
        os.chdir(request["cwd"])
        sys.argv = ["ipykernel_launcher", *request["argv"]]
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(argv=request["argv"])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    # Nothing may run on into the server's own loop.
    except BaseException:
        code = 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
    os._exit(code)


def _end_with(life: int) -> None:
    os.read(life, 1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
