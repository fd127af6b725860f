"""Draw the pictures of docs/coding.md anew from the demo study, in a real JupyterLab: docs/coding.png, docs/comparison.png.

Run it with the interpreter of .venv, after a change that is seen on the screen. Nothing of the repository's own coding
is touched: the pictures are of a copy.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

from browsers import browser_or_reason  # noqa: E402 (the tests' own folder comes first)
from lab import Lab, NotebookPage, running  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

SIZE = {"width": 1440, "height": 900}


def main() -> None:
    """Open both screens on a copy of the demo study and take their pictures."""
    found, reason = browser_or_reason()
    if found is None:
        raise SystemExit(reason)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "server") as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        lab = Lab(server, browser, "study")
        study = lab.bring_study(ROOT)
        load = f"from foran_research import Coder, load_study\nthe_study = load_study({str(study)!r})"
        notebook = lab.write_notebook("coding.ipynb", [load, 'Coder(the_study, "TRD-I01", "K1")'])
        picture(lab.open(notebook), "coding", ["Home", *["ArrowDown"] * 5, "n", "n"])
        notebook = lab.write_notebook(
            "comparison.ipynb", [load, 'Coder(the_study, "TRD-I02", "K1", compare=("K1", "K2"))']
        )
        picture(lab.open(notebook), "comparison", [])
        lab.close()
        browser.close()


def picture(page: NotebookPage, name: str, keys: list[str]) -> None:
    """The screen alone, after some keys, as docs/NAME.png."""
    page.page.set_viewport_size(SIZE)
    page.run_all()
    page.wait_for('.foran[data-ready="1"]')
    # The column of files takes room from the picture and shows nothing of ours.
    page.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    page.wait_for(".foran[data-differences]" if name == "comparison" else ".foran[data-suggestions]")
    if keys:
        page.page.locator(".foran-text").focus()
        for key in keys:
            page.page.keyboard.press(key)
    page.page.wait_for_timeout(500)
    page.page.locator(".foran").screenshot(path=ROOT / "docs" / f"{name}.png")


if __name__ == "__main__":
    main()
