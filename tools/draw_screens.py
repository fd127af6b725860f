"""Draw the pictures of docs/coding.md anew from the demo study, in a real JupyterLab.

They are docs/coding.png, docs/comparison.png, docs/displaced.png, docs/recoding.png and docs/codebook.png. Run it with
the interpreter of .venv, after a change that is seen on the screen. Nothing of the repository's own coding is touched: the
pictures are of a copy.
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

from foran_research.reanchoring import reanchor  # noqa: E402
from foran_research.study import load_study  # noqa: E402

SIZE = {"width": 1440, "height": 900}
#: What is there once a screen has all that its picture is to show.
DRAWN = {
    "coding": ".foran[data-suggestions]",
    "comparison": ".foran[data-differences]",
    "displaced": ".foran-displaced:not([hidden])",
    "recoding": ".foran-queue-count:not([hidden])",
}


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
        notebook = lab.write_notebook("recoding.ipynb", [load, 'Coder(the_study, "TRD-I06", "K1")'])
        picture(lab.open(notebook), "recoding", ["Shift+R", "1"])
        load_too = load.replace("Coder", "CodebookBrowser")
        codebook_picture(lab.open(lab.write_notebook("codebook.ipynb", [load_too, "CodebookBrowser(the_study)"])))
        mend(study, "TRD-I03", "K1")
        notebook = lab.write_notebook("mended.ipynb", [load, 'Coder(the_study, "TRD-I03", "K1")'])
        picture(lab.open(notebook), "displaced", ["Shift+L"])
        lab.close()
        browser.close()


def mend(study: Path, document: str, coder: str) -> None:
    """Put a word into the first passage of several words that the coder has coded, and bring the text in."""
    segments = load_study(study).segments()
    own = segments[(segments["document"] == document) & (segments["coder"] == coder)]
    quote = next(quote for quote in own["quote"] if 8 <= len(quote.split()) <= 16)
    words = quote.split(" ")
    path = study / "corpus" / "texts" / f"{document}.md"
    mended = " ".join([*words[:3], "egentlig", *words[3:]])
    path.write_text(path.read_text("utf-8").replace(quote, mended, 1), "utf-8", newline="\n")
    reanchor(study, document, at="2026-01-01T12:00:00Z", reason="heard again")


def picture(page: NotebookPage, name: str, keys: list[str]) -> None:
    """The screen alone, after some keys, as docs/NAME.png."""
    page.page.set_viewport_size(SIZE)
    page.run_all()
    page.wait_for('.foran[data-ready="1"]')
    # The column of files takes room from the picture and shows nothing of ours.
    page.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    page.wait_for(DRAWN[name])
    if keys:
        page.page.locator(".foran-text").focus()
        for key in keys:
            page.page.keyboard.press(key)
    page.page.wait_for_timeout(500)
    page.page.locator(".foran").screenshot(path=ROOT / "docs" / f"{name}.png")


def codebook_picture(page: NotebookPage) -> None:
    """The codebook's screen at a code that was split, as docs/codebook.png."""
    page.page.set_viewport_size({"width": 1440, "height": 1250})
    page.run_all()
    page.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    page.wait_for(".foran-cb[data-rows]")
    page.page.locator('[data-field="old"]').check()
    page.page.locator('.cb-item[data-name="C0006"]').click()
    page.wait_for('.foran-cb[data-life="C0006"]')
    page.page.locator(".foran-cb").scroll_into_view_if_needed()
    page.page.wait_for_timeout(500)
    box = page.page.locator(".foran-cb").bounding_box()
    size = {"x": box["x"], "y": box["y"], "width": box["width"], "height": min(box["height"], 1210 - box["y"])}
    page.page.screenshot(path=ROOT / "docs" / "codebook.png", clip=size)


if __name__ == "__main__":
    main()
