"""JupyterLab opened at the coding notebook, in one command, with nothing phoned home."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from .errors import ForanError

NOTEBOOK = "notebooks/02_code.ipynb"


def lab_command(study: Path, *, opens_browser: bool = True) -> list[str]:
    """The command that opens JupyterLab at a study's coding notebook.

    Raises
    ------
    ForanError
        When the study has no such notebook, or JupyterLab is not installed.
    """
    if not (study / NOTEBOOK).is_file():
        raise ForanError(f"{study / NOTEBOOK}: no such notebook; `foran init` lays one in every new study")
    if importlib.util.find_spec("jupyterlab") is None:
        raise ForanError(
            "JupyterLab is not installed; install the package with its requirements (README, first section)"
        )
    return [
        *(sys.executable, "-m", "jupyterlab", NOTEBOOK),
        f"--ServerApp.root_dir={study}",
        # So that the address that is printed leads to the coder too.
        f"--LabApp.default_url=/lab/tree/{NOTEBOOK}",
        "--ServerApp.ip=127.0.0.1",
        # A study stays on the machine it lies on: no news, no question whether a newer version exists.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        *(() if opens_browser else ("--no-browser",)),
    ]


def open_lab(study: Path, *, coder: str = "", document: str = "", opens_browser: bool = True) -> int:
    """Open JupyterLab and wait until it is closed; gives its exit code back."""
    environment = {**os.environ, "FORAN_STUDY": str(study)}
    if coder:
        environment["FORAN_CODER"] = coder
    if document:
        environment["FORAN_DOCUMENT"] = document
    try:
        return subprocess.call(lab_command(study, opens_browser=opens_browser), cwd=study, env=environment)
    except KeyboardInterrupt:
        return 0
