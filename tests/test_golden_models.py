"""The models of the demo study are those that were kept: nobody changes a finding without noticing.

Models 1 to 3 are built here from the study's files, without notebooks and kernels, and compared to the byte; all others
are held against their checksum where they are delivered (test_made_at_the_time.py).
"""

from __future__ import annotations

import difflib
import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from foran_research.study import Study, load_study

ROOT = Path(__file__).resolve().parent.parent
KEPT: dict[str, str] = json.loads((ROOT / "tests/golden/checksums.json").read_text("utf-8"))
ADVICE = (
    "is not the model that was kept. If nothing was meant to change, find what did (a package, an order, a rounding, the "
    "demo study's files). If the change is meant: python tools/update_golden.py {name}, look at what changed, and say in "
    "the commit and in CHANGELOG.md what it does to the findings"
)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("update_golden", ROOT / "tools/update_golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def demo() -> Study:
    return load_study(ROOT)


def told(before: str, now: str, most: int = 20) -> str:
    """The first lines that differ."""
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), "kept", "now", n=0, lineterm="")
    return "\n".join(line for line, _ in zip(lines, range(most), strict=False))


def test_every_milestone_of_the_demo_study_is_kept(demo: Study) -> None:
    assert list(KEPT) == [milestone.id for milestone in demo.settings.milestones], "python tools/update_golden.py"


@pytest.mark.parametrize("name", ["M1", "M2", "M3"])
def test_the_model_is_the_one_that_was_kept(name: str, demo: Study, tool: ModuleType) -> None:
    text = tool.model_text(demo, demo.milestone(name))
    if tool.sha256(text) != KEPT[name]:
        whole = tool.whole_path(name)
        difference = told(gzip.decompress(whole.read_bytes()).decode(), text) if whole.is_file() else ""
        pytest.fail(f"{name} {ADVICE.format(name=name)}\n{difference}")


def test_what_is_kept_whole_is_what_is_kept_by_checksum(tool: ModuleType) -> None:
    for name in tool.WHOLE:
        assert tool.sha256(gzip.decompress(tool.whole_path(name).read_bytes()).decode()) == KEPT[name]


def test_a_difference_is_shown_line_by_line() -> None:
    assert told('{\n "n": 1,\n "å": 2\n}', '{\n "n": 3,\n "å": 2\n}').splitlines()[2:] == [
        "@@ -2 +2 @@",
        '- "n": 1,',
        '+ "n": 3,',
    ]
