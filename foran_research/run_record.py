"""The record of a milestone's run: what went in and what came out, by hash, and under what circumstances.

`fingerprint` and `depends_on` say what the outputs follow from. The rest tells how the run came about: when, by which
version of the study's history, and what was withheld. Of the machine and its user nothing is told.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .run_inputs import sha256

OUTPUTS = "outputs"
RECORD = "run.json"
RECORD_SCHEMA = 2
#: What a record says of circumstances: no two runs need agree in it.
CIRCUMSTANCES = ("started_at", "ended_at", "timezone", "git", "logs", "inputs", "corpus_manifest_sha256", "disclosure")


@dataclass(frozen=True)
class Circumstances:
    """How a run came about: read once, before it starts."""

    started_at: str
    timezone: str
    git: Mapping[str, Any] | None
    logs: Mapping[str, Any]
    inputs: Mapping[str, str]
    withheld: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def read_record(folder: Path) -> dict[str, Any] | None:
    """The record in an output folder; None when there is none or it cannot be read.

    Records of before `depends_on` are read too: their outputs can be checked, and are made anew when asked for.
    """
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict) or record.get("schema_version") not in (1, RECORD_SCHEMA):
        return None
    tables = [record.get(name, {}) for name in ("outputs", "parameters", "inputs", "depends_on", "packages")]
    return record if all(isinstance(table, dict) for table in tables) and "outputs" in record else None


def write_record(folder: Path, record: Mapping[str, Any]) -> None:
    """Write a record and see to it that it is on the disk."""
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    with (folder / RECORD).open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def now() -> str:
    """The present second, in UTC."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_offset() -> str:
    """How far this machine's clock is from UTC, as ``+01:00``: a zone's name could tell where somebody sat."""
    offset = dt.datetime.now().astimezone().strftime("%z")
    return f"{offset[:3]}:{offset[3:5]}"


def git_state(study: Path) -> dict[str, Any] | None:
    """The commit that the study's folder stands at, and whether anything but outputs differs from it; None without git."""
    commit = _git(study, "rev-parse", "HEAD")
    if commit is None:
        return None
    state = _git(study, "status", "--porcelain", "--untracked-files=all", "--", ".", f":(exclude){OUTPUTS}")
    return {"commit": commit.strip(), "is_dirty": None if state is None else bool(state.strip())}


def _git(study: Path, *words: str) -> str | None:
    # Asking must never change anything, wait for anybody, or run what a folder's own settings name.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(study), *words]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=20, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def manifest_sha256(inputs: Mapping[str, str]) -> str:
    """One hash of the whole corpus as it lay there: of the names and hashes of all its files, in order."""
    lines = [f"{digest}  {name}\n" for name, digest in sorted(inputs.items()) if name.startswith("corpus/")]
    return sha256("".join(lines).encode("utf-8"))
