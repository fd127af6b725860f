"""Pure JavaScript functions run outside a browser, by the node that playwright brings along."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from browsers import UNSEEN


def node_program() -> str:
    """The path of playwright's own node; without playwright the test is skipped."""
    driver = pytest.importorskip("playwright._impl._driver", reason=UNSEEN + "playwright is not installed")
    return str(driver.compute_driver_executable()[0])


def run_module(path: Path, script: str, given: Any = None, *, timeout: float = 60.0) -> Any:
    r"""What a script returns that uses a module's exported functions.

    Parameters
    ----------
    path
        An ES module (``.mjs``) that imports nothing.
    script
        The body of an async function with two names: ``module``, all that the module exports, and ``given``.
    given
        Anything that JSON can carry, and so many cases in one call: to start node takes longer than to run them.

    Returns
    -------
    object
        The returned value, through JSON: undefined and NaN become None.

    Raises
    ------
    AssertionError
        When the script or the module throws, with what node said.
    """
    # JSON is JavaScript, and ASCII is safe in every console's encoding.
    program = f"""
        import * as module from {json.dumps(path.resolve().as_uri())};
        const given = JSON.parse({json.dumps(json.dumps(given))});
        const result = await (async () => {{ {script}
        }})();
        const text = JSON.stringify(result ?? null);
        process.stdout.write(text.replace(/[\\u0080-\\uffff]/g, c => '\\\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')));
    """
    done = subprocess.run(
        [node_program(), "--input-type=module", "-"],
        input=program, capture_output=True, encoding="utf-8", errors="replace",
        timeout=timeout, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
