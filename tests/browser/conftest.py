"""A JupyterLab for the session, and for each test a browser window and a folder of its own in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import Lab, Server, running

SCREENSHOTS = "FORAN_SCREENSHOTS"
APPLICATION = "FORAN_JUPYTER"  # "notebook" runs the same tests in Notebook 7, where that is installed
_FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The JupyterLab server of this session; it stops at the end, whatever happened."""
    with running(tmp_path_factory.mktemp("lab"), os.environ.get(APPLICATION, "lab")) as server:
        yield server


@pytest.fixture
def lab(browser: Any, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A window on JupyterLab; at the end nothing may have complained and nothing may have left the machine."""
    # Asked for only here: without a browser no server is started.
    server: Server = request.getfixturevalue("lab_server")
    name = re.sub(r"[^\w\-]+", "_", request.node.name)[:60]
    opened = Lab(server, browser, f"{name}-{len(list(server.root.iterdir()))}")
    try:
        yield opened
        failed = request.node.stash.get(_FAILED, False)
        complaints = opened.complaints()
        if (failed or complaints) and (folder := os.environ.get(SCREENSHOTS)):
            opened.screenshots(Path(folder), request.node.nodeid)
    finally:
        opened.close()
    if failed:
        print("\n".join(complaints))
    else:
        assert complaints == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Remember a failure for the screenshots, and show the end of the server's log with it."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
        server = getattr(item, "funcargs", {}).get("lab")
        if server is not None and call.when == "call":
            report.sections.append(("JupyterLab's log ends", server.server.log()[-2000:]))
    return report
