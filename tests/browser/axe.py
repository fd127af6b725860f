"""What axe-core, a checker of accessibility, finds wrong with a part of a page."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# The success criteria that the law names for public bodies: WCAG 2.0 and 2.1, levels A and AA.
WCAG_21_AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")


@dataclass(frozen=True)
class Violation:
    """One rule that is broken, and where: ``places`` are CSS selectors, ``reasons`` one sentence for each."""

    rule: str
    impact: str
    help: str
    places: tuple[str, ...]
    reasons: tuple[str, ...]


@functools.cache
def axe_source() -> str:
    """The program text of axe-core, as the installed package axe-playwright-python carries it."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8")


#: Colours of texts against what is behind them: the rule that takes most of the time, and the only one that themes change.
ONLY_COLOURS: Mapping[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
ALL_BUT_COLOURS: Mapping[str, Any] = {"rules": {"color-contrast": {"enabled": False}}}


def violations(
    page: Any, selector: str, tags: Sequence[str] = WCAG_21_AA, options: Mapping[str, Any] | None = None
) -> list[Violation]:
    """Every rule under these tags that is broken by an element that ``selector`` finds, or by anything in it.

    ``options`` are axe-core's own, which go before the tags: ``ONLY_COLOURS``, ``ALL_BUT_COLOURS``.

    Raises
    ------
    AssertionError
        When nothing matches the selector: no widget, no verdict.
    """
    if page.locator(selector).count() == 0:
        raise AssertionError("nothing to check")
    if page.evaluate("() => typeof window.axe === 'undefined'"):
        page.add_script_tag(content=axe_source())
    found = page.evaluate(
        """([selector, tags, more]) => axe.run({include: [[selector]]}, {runOnly: {type: 'tag', values: tags},
                                                               resultTypes: ['violations'], ...more})""",
        [selector, list(tags), dict(options or {})],
    )
    return [
        Violation(
            rule["id"],
            rule["impact"] or "",
            rule["help"],
            tuple(" ".join(map(str, node["target"])) for node in rule["nodes"]),
            tuple(node.get("failureSummary", "").replace("\n", " ") for node in rule["nodes"]),
        )
        for rule in found["violations"]
    ]
