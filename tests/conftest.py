"""Fixtures that every test may use; the small study is described in small_study.py."""

from __future__ import annotations

import gc
import importlib
import shutil
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from browsers import ADVICE, UNSEEN, browser_is_required, browser_or_reason
from hypothesis import HealthCheck, settings
from small_study import SmallStudy, write_small_study

from foran_research.quick_imports import without_iri_grammar

# As in a run, before any test imports it: its grammar takes each process seconds.
with without_iri_grammar():
    importlib.import_module("jsonschema")

REPOSITORY = Path(__file__).resolve().parent.parent

#: Files without a browser whose tests take ten seconds of a processor and more.
LONG = {
    "test_broken_studies.py", "test_canaries.py", "test_intake.py", "test_kills.py", "test_made_at_the_time.py",
    "test_networking.py", "test_pack_content.py", "test_runs.py", "test_runs_all.py", "test_runs_inputs.py",
    "test_runs_status.py", "test_synthesising.py", "test_withdrawal.py",
}  # fmt: skip

# Read for their examples, of which they have none, several files of this one name would get into each other's way.
collect_ignore_glob = ["*conftest.py"]

# No deadline: a slow disk is no wrong answer. Derandomised, so that a red run is red for everybody.
settings.register_profile(
    "foran", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("foran")


@pytest.fixture(scope="session")
def written_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("small") / "study").path


@pytest.fixture
def small_study(written_once: Path, tmp_path: Path) -> SmallStudy:
    """A complete small invented study in a folder of its own, to be broken at will."""
    shutil.copytree(written_once, tmp_path / "study")
    return SmallStudy(tmp_path / "study")


@pytest.fixture
def no_pngs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs whose PNGs are empty: a PNG shows what its SVG says, and takes as long to draw again."""
    from foran_research import milestone
    from foran_research.delivering import indicators

    drawn = milestone.figure_bytes
    for module in (milestone, indicators):
        monkeypatch.setattr(module, "figure_bytes", lambda figure, kind: b"" if kind == "png" else drawn(figure, kind))


@pytest.fixture(scope="session")
def demo_path() -> Path:
    """The repository's own root, which is the demo study."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; tests that need it are skipped, visibly, where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no ../shared beside the project: this test needs the real data that lies there")
    return folder


def no_browser(why: str) -> None:
    """Skip, or fail where FORAN_BROWSER_TESTS=required."""
    (pytest.fail if browser_is_required() else pytest.skip)(why)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Playwright's handle on the installed browser.

    One for each module and no longer: while it is open, an event loop runs in this thread, and a test elsewhere that
    executes a notebook could not start its own.
    """
    path, why = browser_or_reason()
    if path is None:
        no_browser(why)
    from playwright.sync_api import sync_playwright

    # Root in a container has no sandbox to offer; the rest keeps the browser from calling home.
    quiet = [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ]  # fmt: skip
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=quiet)
        yield opened
        opened.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, so that workers end together; those that wait for a browser between those that count."""
    waits = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    long = [iter(sorted(waits)), iter(sorted({item.path for item in items if item.path.name in LONG} - waits))]
    first = [path for pair in zip_longest(*long) for path in pair if path]
    place = {path: number for number, path in enumerate(first)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


def pytest_collection_finish() -> None:
    """What is imported and collected by now stays: the search for cycles need not look through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly which tests no browser saw: among hundreds of dots a skip is overlooked."""
    skipped = terminalreporter.stats.get("skipped", [])
    unseen = [report for report in skipped if UNSEEN in str(report.longrepr)]
    if unseen:
        terminalreporter.section("TESTS IN A BROWSER WERE SKIPPED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(unseen)} tests were not run: {browser_or_reason()[1]}.", red=True, bold=True)
        terminalreporter.line(ADVICE, red=True, bold=True)
