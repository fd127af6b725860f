"""A page as a PDF, printed by a browser that is installed here: Chromium, Chrome or Edge, on Linux, macOS and Windows.

The browser gets a folder of its own that is removed afterwards: no profile of a person's is read or written, and the page,
which names nothing outside itself, is printed without a network. What tells of the machine and the moment is taken out, so
that the same page printed by the same browser with the same fonts gives the same bytes. Another version of the browser or
other fonts set the lines otherwise: bytes are then others, and so may page breaks be.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..errors import ForanError
from ..registers.vocab import AUDIENCES

#: The environment variable that names the browser to use.
OVERRIDE = "FORAN_BROWSER"
#: How long a browser may take, in seconds: three hundred pages on a slow machine.
PATIENCE = 180
#: How the folders begin that pages are printed in, and after how many seconds one of them is nobody's any more.
_FOLDERS, _FORGOTTEN = "foran-print-", 20 * PATIENCE
#: What to do without a browser, in Norwegian and English.
BY_HAND = (
    "Open the HTML file in any browser and choose Print (Ctrl+P, on a Mac ⌘P), paper A4, and “Save as PDF”. · "
    "Åpne HTML-fila i en nettleser, velg Skriv ut (Ctrl+P, på Mac ⌘P), A4 og «Lagre som PDF»."
)

_ON_PATH = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "msedge", "microsoft-edge", "microsoft-edge-stable", "brave-browser", "vivaldi",
)  # fmt: skip
_ON_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)
_ON_MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Chromium.app/Contents/MacOS/Chromium",
)
#: Nothing from outside, nothing kept, nothing asked.
_SWITCHES = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-breakpad",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-service-autorun",
    "--password-store=basic",
    "--use-mock-keychain",
    "--mute-audio",
    "--hide-scrollbars",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--lang=nb-NO",
    # Chromium writes the agent into the file as its creator, system and all.
    "--user-agent=Chromium",
    "--virtual-time-budget=20000",
    "--run-all-compositor-stages-before-draw",
    "--no-pdf-header-footer",
    "--print-to-pdf-no-header",
    "--export-tagged-pdf",
)
_DATE = re.compile(rb"/(CreationDate|ModDate) ?\(D:\d{14}(?:[+\-Z](?:\d\d'\d\d'?)?)?\)")
_FROM_FILE = re.compile(rb"\(file:///(?:[^()\\]|\\.)*\)")


_PACK = re.compile(rf"(?:{'|'.join(AUDIENCES)})-[0-9a-f]{{12}}")


class NoBrowser(ForanError):
    """No browser that can print is installed; the message says how to print by hand."""


def candidates(platform: str, environment: Mapping[str, str], home: Path) -> Iterator[str]:
    """Where a browser may be, best first: programs by name, and the places where installers put them.

    Parameters
    ----------
    platform
        As ``sys.platform`` has it.
    environment
        Where Windows keeps programs; FORAN_BROWSER alone counts where it is set.
    home
        The person's folder, in which macOS may have programs too.

    Examples
    --------
    >>> list(candidates("linux", {"FORAN_BROWSER": "min-nettleser"}, Path("/home")))
    ['min-nettleser']
    >>> next(candidates("win32", {"PROGRAMFILES": "C:/P"}, Path("C:/"))).replace(chr(92), "/")
    'C:/P/Google/Chrome/Application/chrome.exe'
    """
    if chosen := environment.get(OVERRIDE):
        yield chosen
        return
    if platform == "win32":
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            if folder := environment.get(variable):
                yield from (str(Path(folder, *place.split("/"))) for place in _ON_WINDOWS)
    if platform == "darwin":
        for applications in (Path("/Applications"), home / "Applications"):
            yield from (str(applications / place) for place in _ON_MAC)
    yield from _ON_PATH


def find_browser(environment: Mapping[str, str] | None = None) -> str:
    """The program of a browser that can print.

    Raises
    ------
    NoBrowser
        When none is installed, or FORAN_BROWSER names none.
    """
    given = os.environ if environment is None else environment
    for one in candidates(sys.platform, given, Path.home()):
        program = shutil.which(one, path=given.get("PATH"))
        if program is not None and _starts(program):
            return program
    chosen = (
        f"{OVERRIDE} names no browser that starts"
        if given.get(OVERRIDE)
        else "no Chromium, Chrome or Edge was found here"
    )
    raise NoBrowser(f"{chosen}, so no PDF was made. {BY_HAND}")


def _starts(program: str) -> bool:
    # Ubuntu has a program of this name that only asks for a snap. On Windows the question would open a window.
    if sys.platform == "win32":
        return True
    try:
        asked = subprocess.run(
            [program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def to_pdf(page: bytes, *, day: str, browser: str = "", patience: float = PATIENCE) -> bytes:
    """A page printed on A4 as its own style for paper says.

    Parameters
    ----------
    page
        HTML that needs nothing outside itself.
    day
        The day that the PDF says it was made on, YYYY-MM-DD; no clock is asked.
    browser
        The program; `find_browser`'s without.
    patience
        Seconds to wait.

    Raises
    ------
    NoBrowser
        When there is none.
    ForanError
        When it fails or takes too long.
    """
    program = browser or find_browser()
    home = _home_of_snap(program)
    _clear_left(home or Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_FOLDERS, dir=home, ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        source, made = place / "page.html", place / "page.pdf"
        source.write_bytes(page)
        switches = [*_SWITCHES, f"--user-data-dir={place / 'profile'}", f"--print-to-pdf={made}"]
        if os.name == "posix" and os.geteuid() == 0:
            # Chromium refuses its sandbox to the administrator; the page is ours and has no network.
            switches.append("--no-sandbox")
        _run([program, *switches, source.as_uri()], place, made, patience, is_at_home=home is not None)
        data = made.read_bytes()
    return tidied(data, day)


def _clear_left(folder: Path) -> None:
    """Remove what a print that was killed long ago has left: the page with its quotes, and the browser's own files."""
    for left in folder.glob(f"{_FOLDERS}*"):
        try:
            about = left.lstat()
        except OSError:
            continue
        is_own = os.name != "posix" or about.st_uid == os.geteuid()
        if is_own and stat.S_ISDIR(about.st_mode) and time.time() - about.st_mtime > _FORGOTTEN:
            shutil.rmtree(left, ignore_errors=True)


def _home_of_snap(program: str) -> Path | None:
    """Where a browser installed as a snap can write: it sees no temporary files of others; None for all other browsers."""
    if sys.platform != "linux" or "snap" not in Path(program).parts:
        return None
    folder = Path.home() / "snap" / Path(program).name / "common"
    return folder if folder.is_dir() else Path.home()


def _run(command: list[str], folder: Path, made: Path, patience: float, *, is_at_home: bool = False) -> None:
    """Run the browser until the whole file is there: Edge may start another program and end before it is done."""
    end = time.monotonic() + patience
    quiet = {**os.environ, "TZ": "UTC"}
    if not is_at_home:
        quiet |= {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    with tempfile.TemporaryFile() as said:
        try:
            browser = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=quiet, cwd=folder
            )
        except OSError as error:
            raise ForanError(f"the browser {command[0]} cannot be started ({error.strerror}). {BY_HAND}") from error
        try:
            while time.monotonic() < end:
                code = browser.poll()
                if code is not None and (is_whole(made) or code != 0):
                    break
                time.sleep(0.05)
        finally:
            if browser.poll() is None:
                browser.kill()
                browser.wait()
    if not is_whole(made):
        how = (
            f"ended with {browser.returncode}"
            if time.monotonic() < end
            else f"had not printed after {patience:.0f} seconds"
        )
        raise ForanError(f"the browser {command[0]} {how}, so no PDF was made. {BY_HAND}")


def packs_in(data: bytes) -> frozenset[str]:
    """How the ids of the review packs end that a PDF names, as every print of one does (``workshop-1f…``); none of others.

    >>> packs_in(b"no PDF")
    frozenset()
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            text = "".join(page.get_textpage().get_text_range() for page in document)
        finally:
            document.close()
    except pypdfium2.PdfiumError:
        return frozenset()
    # Lines may be broken within an id, and what stands before it cannot be told from its milestone then.
    return frozenset(_PACK.findall("".join(text.split())))


def is_whole(made: Path) -> bool:
    """Whether a PDF has been written to its end."""
    try:
        data = made.read_bytes()
    except OSError:
        return False
    return data.startswith(b"%PDF") and data.rstrip().endswith(b"%%EOF")


def tidied(data: bytes, day: str) -> bytes:
    """A PDF without the moment and the machine it was made on; every object stays where it is.

    Examples
    --------
    >>> tidied(b"/CreationDate (D:20261122141201+00'00') /URI (file:///home/kari/a.html#x)", "2024-06-03")
    b"/CreationDate (D:20240603000000+00'00') /URI ()                          "
    """
    stamp = f"D:{day.replace('-', '')}000000".encode("ascii")

    def dated(found: re.Match[bytes]) -> bytes:
        rest = found[0][found[0].index(b"(") + 1 + len(stamp) :]
        zone = b"+00'00')" if len(rest) == len(b"+00'00')") else rest
        return found[0][: found[0].index(b"(") + 1] + stamp + zone

    # As long as before: a PDF counts where its objects begin.
    data = _DATE.sub(dated, data)
    return _FROM_FILE.sub(lambda found: b"()".ljust(len(found[0])), data)
