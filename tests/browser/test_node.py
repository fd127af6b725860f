"""The helper that runs a widget's pure functions without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from node import run_module

MODULE = """
export const units = text => text.length;
export const points = text => [...text].length;
export function fail() { throw new Error('meant to fail'); }
"""
TEXTS = ["", "blåbær", "bla\u030aba\u0308r", "Å😀b", "'\"\\\n</script>\u2028${x}`"]


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "mappe med æøå" / "small module.mjs"
    path.parent.mkdir()
    path.write_text(MODULE, encoding="utf-8")
    return path


def test_a_module_counts_what_python_counts(module: Path) -> None:
    counted = run_module(module, "return given.map(t => [module.points(t), module.units(t)]);", TEXTS)
    assert counted == [[len(text), len(text.encode("utf-16-le")) // 2] for text in TEXTS]


def test_text_comes_back_as_it_went(module: Path) -> None:
    assert run_module(module, "return given;", TEXTS) == TEXTS
    assert run_module(module, "return 'blåbær 😀 bla\u030a';") == "blåbær 😀 bla\u030a"
    assert run_module(module, "return undefined;") is None


def test_a_script_that_throws_fails_with_its_reason(module: Path) -> None:
    with pytest.raises(AssertionError, match="meant to fail"):
        run_module(module, "module.fail();")
    with pytest.raises(AssertionError, match="not_there"):
        run_module(module, "return module.not_there();")
