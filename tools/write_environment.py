"""Write environment.yml from locks/run.txt, so that conda users get the same packages and versions as everybody else."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = "3.12"
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9_.\-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*\\?$")


def locked(path: Path) -> list[tuple[str, str, str]]:
    """``(name, version, environment marker or "")`` of every package in a lock file."""
    rows = (_PINNED.match(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [(row["name"], row["version"], row["marker"] or "") for row in rows if row]


def environment(packages: list[tuple[str, str, str]]) -> str:
    """The text of environment.yml."""
    lines = [
        "# The same packages and versions as locks/run.txt; `make lock` writes this file.",
        "name: foran",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        f"  - python={PYTHON}",
        "  - pip",
        "  - pip:",
    ]
    for name, version, marker in packages:
        pin = f"{name}=={version}" + (f" ; {marker}" if marker else "")
        lines.append(f'      - "{pin}"' if '"' not in pin else f"      - '{pin.replace(chr(39), chr(34))}'")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment(locked(ROOT / "locks/run.txt")), encoding="utf-8")
