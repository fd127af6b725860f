"""Fixtures that every test may use; the small study is described in small_study.py."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from small_study import SmallStudy, write_small_study

REPOSITORY = Path(__file__).resolve().parent.parent

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
