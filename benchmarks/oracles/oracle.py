"""What every oracle script does: read data sets, make a figure of each, write them; a library that stops gives None."""

from __future__ import annotations

import json
import math
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any


def number(of: Callable[[], Any]) -> Any:
    """A library's number; None where it raises or gives no finite one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = of()
        except Exception:
            return None
    if isinstance(value, str | list | dict) or value is None:
        return value
    value = float(value)
    return value if math.isfinite(value) else None


def answer(kinds: dict[str, Callable[[Any], dict[str, Any]]]) -> None:
    """Read the file named first, write the file named second."""
    given = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    told = [kinds[given["kind"]](one) for one in given["sets"]]
    Path(sys.argv[2]).write_text(json.dumps(told), "utf-8")
