"""What a run imports: everything but a grammar that nobody asks and that takes longer to build than pandas to import."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from foran_research.quick_imports import without_iri_grammar

GRAMMAR = "rfc3987_syntax"
needs_grammar = pytest.mark.skipif(importlib.util.find_spec(GRAMMAR) is None, reason=f"{GRAMMAR} is not installed")


def names_after(code: str) -> set[str]:
    """The modules that a new process has imported after this code."""
    program = f"import sys\n{code}\nprint(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    )


@needs_grammar
def test_what_runs_notebooks_is_imported_without_the_grammar_and_would_otherwise_bring_it() -> None:
    of_a_run = "from foran_research.quick_imports import without_iri_grammar\nwith without_iri_grammar():\n    "
    quick = names_after(of_a_run + "import foran_research.execution")
    assert {"jsonschema", "papermill"} <= quick
    assert GRAMMAR not in quick
    # Once this fails, jsonschema no longer brings the grammar, and the module that keeps it away can go.
    assert GRAMMAR in names_after("import jsonschema")


@needs_grammar
def test_the_server_of_kernels_does_not_build_the_grammar() -> None:
    found = names_after("from foran_research.kernels import preload\npreload()")
    assert {"jsonschema", "ipykernel.kernelapp"} <= found
    assert GRAMMAR not in found


def test_afterwards_the_package_can_be_imported_whatever_happened_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, GRAMMAR, raising=False)
    with pytest.raises(ImportError), without_iri_grammar():
        importlib.import_module(GRAMMAR)
    assert GRAMMAR not in sys.modules


def test_a_grammar_that_is_there_already_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, GRAMMAR, sys)
    with without_iri_grammar():
        assert importlib.import_module(GRAMMAR) is sys
    assert sys.modules[GRAMMAR] is sys
