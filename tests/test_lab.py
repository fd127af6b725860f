"""JupyterLab at the coding notebook: opened on this machine only, and nothing phoned home."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from foran_research import lab
from foran_research.cli import main
from foran_research.errors import ForanError
from foran_research.lab import NOTEBOOK, lab_command, open_lab


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "min studie æøå"
    (folder / NOTEBOOK).parent.mkdir(parents=True)
    (folder / NOTEBOOK).write_text("{}", "utf-8")
    (folder / "foran.toml").write_text("schema_version = 1\n", "utf-8")
    return folder


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def call(command: list[str], **how: Any) -> int:
        seen.update(command=command, **how)
        return 3

    monkeypatch.setattr(subprocess, "call", call)
    for name in ("FORAN_CODER", "FORAN_DOCUMENT"):
        monkeypatch.delenv(name, raising=False)
    return seen


def test_the_command_is_jupyterlab_of_this_python_at_the_coding_notebook(study: Path) -> None:
    command = lab_command(study)
    assert command[:4] == [sys.executable, "-m", "jupyterlab", NOTEBOOK]
    assert f"--ServerApp.root_dir={study}" in command
    assert "--no-browser" not in command
    assert lab_command(study, opens_browser=False) == [*command, "--no-browser"]
    assert all(isinstance(word, str) for word in command)


def test_the_server_listens_to_this_machine_only_and_asks_nobody_for_news(study: Path) -> None:
    settings = dict(word[2:].split("=", 1) for word in lab_command(study) if word.startswith("--") and "=" in word)
    assert settings["ServerApp.ip"] == "127.0.0.1"
    assert settings["LabApp.news_url"] == "None"
    assert settings["LabApp.check_for_updates_class"].endswith(".NeverCheckForUpdate")
    assert settings["LabApp.extension_manager"] == "readonly"
    # The address that is printed leads to the coder as the one that is opened does.
    assert settings["LabApp.default_url"] == "/lab/tree/notebooks/02_code.ipynb"
    assert not any("token" in name or "password" in name or "allow" in name for name in settings)


def test_what_the_command_names_is_there_in_the_installed_jupyterlab() -> None:
    announcements = pytest.importorskip("jupyterlab.handlers.announcements")
    assert hasattr(announcements, "NeverCheckForUpdate")
    labapp = pytest.importorskip("jupyterlab.labapp")
    assert {"news_url", "check_for_updates_class", "extension_manager"} <= set(labapp.LabApp.class_trait_names())


def test_a_study_without_the_notebook_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ForanError, match=r"no such notebook.*foran init"):
        lab_command(tmp_path)


def test_a_machine_without_jupyterlab_is_told_what_to_do(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ForanError, match="JupyterLab is not installed"):
        lab_command(study)


def test_who_codes_what_reaches_the_notebook_by_the_environment(study: Path, called: dict[str, Any]) -> None:
    assert open_lab(study, coder="K1", document="FJO-I01", opens_browser=False) == 3
    assert (called["env"]["FORAN_CODER"], called["env"]["FORAN_DOCUMENT"]) == ("K1", "FJO-I01")
    assert (called["env"]["FORAN_STUDY"], called["cwd"]) == (str(study), study)
    assert called["command"] == lab_command(study, opens_browser=False)
    open_lab(study)
    assert not {"FORAN_CODER", "FORAN_DOCUMENT"} & set(called["env"])


def test_ctrl_c_ends_it_without_a_traceback(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(lab.subprocess, "call", interrupted)
    assert open_lab(study) == 0


def test_the_command_line_opens_it_and_gives_its_exit_code_on(study: Path, called: dict[str, Any]) -> None:
    words = ["lab", "--study", str(study), "--coder", "K1", "--document", "FJO-I01", "--no-browser"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 3, result.output
    assert called["command"][-1] == "--no-browser"
    assert called["env"]["FORAN_CODER"] == "K1"


def test_the_command_line_tells_of_a_missing_notebook_in_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["lab", "--study", str(tmp_path)])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "no such notebook" in result.output
