"""Find the browser that the tests use; where there is none and we are root on Debian or Ubuntu, install Chromium.

Prints the browser's path. A machine without one can still run every other test, so the program fails only when it is
called with ``--required``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from browsers import ADVICE, OVERRIDE, installed_browser


def may_install() -> bool:
    """Whether this is a Debian-like machine and we are root: elsewhere installing is the owner's business."""
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def install() -> None:
    """Install Debian's Chromium; what apt-get says is shown only when it fails."""
    print("No browser here: installing Debian's chromium for the tests.", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        done = subprocess.run(
            ["apt-get", "-qq", *words], env=environment, capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode:
            print(f"apt-get {words[0]} failed:\n{done.stderr[-2000:]}", file=sys.stderr)


def main(arguments: list[str]) -> int:
    """Print the browser's path or a notice; 1 only when there is none and it was required."""
    try:
        path = installed_browser()
        if path is None and may_install() and not os.environ.get(OVERRIDE):
            install()
            path = installed_browser()
        why = "no Chrome, Chromium or Edge on this machine."
    except FileNotFoundError as error:
        path, why = None, f"{error}."
    if path:
        print(f"Browser for the tests: {path}")
        return 0
    line = "!" * 100
    print(f"{line}\nNO BROWSER: {why}\nTests in a browser will be SKIPPED. {ADVICE}\n{line}", file=sys.stderr)
    return 1 if "--required" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
