"""Where a Chromium, Chrome or Edge stands on this machine. Standard library only: tools/bring_browser.py asks it too."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

OVERRIDE = "FORAN_BROWSER"
NEEDED = "FORAN_BROWSER_TESTS"
# Every skip for want of a browser begins with these words; the banner at the end of a test run counts them.
UNSEEN = "seen by no browser: "
ADVICE = (
    f"Install Chrome, Edge or Chromium (Debian and Ubuntu: apt-get install chromium), or set {OVERRIDE} to the program."
)

ON_PATH = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "msedge", "microsoft-edge", "microsoft-edge-stable",
)  # fmt: skip
ON_WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
ON_MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Chromium.app/Contents/MacOS/Chromium",
)


def usual_places(platform: str, environment: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Where browsers put themselves when they are not on PATH: Windows and macOS."""
    if platform == "win32":
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            if folder := environment.get(variable):
                yield from (Path(folder, *place.split("/")) for place in ON_WINDOWS)
    elif platform == "darwin":
        for applications in (Path("/Applications"), home / "Applications"):
            yield from (applications / place for place in ON_MAC)


def starts(program: str) -> bool:
    """Whether the program answers when asked for its version.

    Ubuntu's ``chromium-browser`` can be a stub that only asks for a snap. On Windows the question would open a window,
    and there no such stubs are known.
    """
    if sys.platform == "win32":
        return True
    try:
        asked = subprocess.run(
            [program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def installed_browser() -> str | None:
    """The path of the first browser that starts, or None.

    Raises
    ------
    FileNotFoundError
        When FORAN_BROWSER names something that is no browser: a choice that cannot be had is not silently replaced.
    """
    if chosen := os.environ.get(OVERRIDE):
        program = shutil.which(chosen)
        if program is None or not starts(program):
            raise FileNotFoundError(f"{OVERRIDE} is set to something that is not there or does not start")
        return program
    found = [path for name in ON_PATH if (path := shutil.which(name))]
    found += [str(path) for path in usual_places(sys.platform, os.environ, Path.home()) if path.is_file()]
    return next(filter(starts, found), None)


@functools.cache
def browser_or_reason() -> tuple[str | None, str]:
    """``(path, "")`` of the browser that tests use, or ``(None, why there is none)``."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return None, UNSEEN + "playwright is not installed"
    try:
        path = installed_browser()
    except FileNotFoundError as error:
        return None, UNSEEN + str(error)
    return path, "" if path else UNSEEN + "no Chrome, Chromium or Edge on this machine"


def browser_is_required() -> bool:
    """Whether this run fails, and does not skip, where a browser is missing."""
    return os.environ.get(NEEDED) == "required"
