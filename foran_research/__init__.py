"""A workbench for versioned qualitative coding and reproducible capability models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .codebook_screen.widget import CodebookBrowser
    from .coder.widget import Coder
    from .corpus.transcript import Span, Transcript, Turn
    from .errors import ForanError, StudyError
    from .finding import find
    from .importing.widget import Importer
    from .maturity_screen.widget import MaturityScreen
    from .milestone import capability_model, deliver, save_figure, save_table
    from .network_screen.widget import NetworkBrowser
    from .study import Study, load_study

_HOMES = {
    "CodebookBrowser": "codebook_screen.widget",
    "Coder": "coder.widget",
    "Span": "corpus.transcript",
    "Transcript": "corpus.transcript",
    "Turn": "corpus.transcript",
    "ForanError": "errors",
    "StudyError": "errors",
    "find": "finding",
    "Importer": "importing.widget",
    "MaturityScreen": "maturity_screen.widget",
    "NetworkBrowser": "network_screen.widget",
    "Study": "study",
    "load_study": "study",
    "capability_model": "milestone",
    "deliver": "milestone",
    "save_figure": "milestone",
    "save_table": "milestone",
}
__all__ = [
    "CodebookBrowser",
    "Coder",
    "ForanError",
    "Importer",
    "MaturityScreen",
    "NetworkBrowser",
    "Span",
    "Study",
    "StudyError",
    "Transcript",
    "Turn",
    "__version__",
    "capability_model",
    "deliver",
    "find",
    "load_study",
    "save_figure",
    "save_table",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that the command line starts without pandas or matplotlib."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
