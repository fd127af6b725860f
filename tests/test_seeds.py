"""Every row of the source documents is answered: by a feature, by a fixture, or by a reason why nothing need answer it."""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def seeds() -> ModuleType:
    spec = importlib.util.spec_from_file_location("seeds", ROOT / "tools" / "seeds.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name.
    sys.modules["seeds"] = module
    spec.loader.exec_module(module)
    return module


def test_all_508_rows_are_there_once_and_none_is_untied(seeds: ModuleType) -> None:
    rows = seeds.read_rows()
    assert len(rows) == sum(count for count, _ in seeds.GROUPS.values()) == 508
    assert list(seeds.faults_of(rows)) == []


def test_a_row_that_loses_its_tie_is_named(seeds: ModuleType) -> None:
    rows = seeds.read_rows()
    tied = next(place for place, row in enumerate(rows) if row.kind == "feature")
    for ties, told in (((), "tied to nothing"), (("py:foran_research.runs:gone",), "AttributeError")):
        faults = list(seeds.faults_of([*rows[:tied], replace(rows[tied], ties=ties), *rows[tied + 1 :]]))
        assert [fault.startswith(f"{rows[tied].id}: ") and told in fault for fault in faults] == [True]
    assert list(seeds.faults_of(rows[1:])) == [f"{rows[0].group}: no row {rows[0].id}"]
    context = next(place for place, row in enumerate(rows) if row.kind == "context")
    faults = list(seeds.faults_of([*rows[:context], replace(rows[context], note=""), *rows[context + 1 :]]))
    assert faults == [f"{rows[context].id}: context only, and not said why"]


@pytest.mark.parametrize(
    ("tie", "why"),
    [
        ("py:foran_research.runs:plan", ""),
        ("py:foran_research.gone", "ModuleNotFoundError"),
        ("in:foran_research.vocabulary:CODINGS=human", ""),
        ("in:foran_research.vocabulary:CODINGS=håp", "no håp in it"),
        ("path:docs/networks.md", ""),
        ("path:docs/networks.md#from-an-edge-to-its-passages", ""),
        ("path:docs/networks.md#gone", "no such heading"),
        ("path:docs/gone.md", "no such file"),
        ("toml:milestones.M18.date_note", ""),
        ("toml:milestones.M19", "no M19"),
        ("toml:maturity_levels.5", ""),
        ("toml:maturity_levels.6", "no 6"),
        ("code:1.0.0/P4", ""),
        ("code:2.0.0/P44", "no such code"),
        ("code:9.0.0/P4", "UnknownName"),
        ("change:3.0.0/CH-3.0.0-09", ""),
        ("change:3.0.0/CH-3.0.0-99", "no such change"),
        ("csv:corpus/processes.csv/id=TRD-1", ""),
        ("csv:corpus/processes.csv/id=TRD", "no such row"),
        ("csv:corpus/processes.csv/farge=TRD-1", "KeyError"),
        ("test:tests/test_seeds.py::test_a_row_that_loses_its_tie_is_named", ""),
        ("test:tests/test_seeds.py::test_gone", "no such test"),
        ("idea:later", "expected one of"),
    ],
)
def test_a_tie_resolves_or_says_why_not(seeds: ModuleType, tie: str, why: str) -> None:
    found = seeds.broken(tie)
    assert (why in found) if why else found == ""


def test_the_page_is_the_one_that_the_registry_makes(seeds: ModuleType) -> None:
    assert seeds.PAGE.read_text(encoding="utf-8") == seeds.page(seeds.read_rows())


@pytest.mark.shared
def test_the_registry_has_the_rows_of_the_inventory(seeds: ModuleType, shared: Path) -> None:
    text = (shared / "design" / "seeds-inventory.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| ([A-Z]+-\d+) \| (?:.*?) \| (?:.*?) \| (S\d:[^|]*?) \|", text, re.MULTILINE)
    assert [(row.id, row.source) for row in seeds.read_rows()] == [
        one for one in found if one[0].split("-")[0] in seeds.GROUPS
    ]
