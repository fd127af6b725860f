"""jsonschema without the grammar of international addresses, which takes seconds to build and which nobody here asks."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import cast

#: What jsonschema imports where it finds it, to check the formats "iri" and "iri-reference".
_GRAMMAR = "rfc3987_syntax"


@contextlib.contextmanager
def without_iri_grammar() -> Iterator[None]:
    """Let jsonschema, and all that imports it, be imported as where the grammar's package is not installed.

    The package builds its grammar while it is imported, which takes longer than all of pandas. Only a format checker
    uses it, for formats that neither our schemas nor those of notebooks have. Afterwards it can be imported as before.

    Examples
    --------
    >>> with without_iri_grammar():
    ...     import jsonschema
    >>> jsonschema.Draft202012Validator({"type": "string"}).is_valid("Åse")
    True
    """
    if _GRAMMAR in sys.modules:
        yield
        return
    # None is how Python is told that there is no such module; the stubs know only of modules that there are.
    modules = cast("dict[str, ModuleType | None]", sys.modules)
    modules[_GRAMMAR] = None
    try:
        yield
    finally:
        del modules[_GRAMMAR]
