"""What all screens share: how a screen lives in the notebook around it (``around.mjs``)."""

from __future__ import annotations

from pathlib import Path

_AROUND = (Path(__file__).parent / "around.mjs").read_text(encoding="utf-8")


def screen_script(path: Path) -> str:
    """A screen's own script and behind it what all screens do, as the one module that its widget carries."""
    return f"{path.read_text(encoding='utf-8')}\n{_AROUND}"
