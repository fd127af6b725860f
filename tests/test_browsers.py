"""Finding the browser that tests use, on machines that are not this one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from browsers import installed_browser, usual_places


def test_chrome_comes_before_edge_in_each_of_the_usual_places_of_windows() -> None:
    environment = {"PROGRAMFILES": "P", "LOCALAPPDATA": "L"}
    assert list(usual_places("win32", environment, Path("H"))) == [
        Path("P", "Google", "Chrome", "Application", "chrome.exe"),
        Path("P", "Microsoft", "Edge", "Application", "msedge.exe"),
        Path("L", "Google", "Chrome", "Application", "chrome.exe"),
        Path("L", "Microsoft", "Edge", "Application", "msedge.exe"),
    ]


def test_a_mac_is_searched_in_its_own_and_in_its_owners_applications() -> None:
    places = list(usual_places("darwin", {}, Path("/Users/x")))
    assert places[0] == Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    assert Path("/Users/x/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge") in places
    assert list(usual_places("linux", {"PROGRAMFILES": "P"}, Path("/home/x"))) == []


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
def test_a_program_that_does_not_start_is_passed_over_and_a_chosen_one_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, status in (("chromium", 1), ("google-chrome", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("FORAN_BROWSER", raising=False)
    assert installed_browser() == str(tmp_path / "google-chrome")
    monkeypatch.setenv("FORAN_BROWSER", str(tmp_path / "chromium"))
    with pytest.raises(FileNotFoundError, match="FORAN_BROWSER"):
        installed_browser()
