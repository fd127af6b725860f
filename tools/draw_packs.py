"""Draw the pictures of review packs in README.md anew from the demo study, in a real browser.

They are docs/pack-start.png, -element.png, -networks.png, -presenter.png and -phone.png. Run it with the interpreter of
.venv after ``make demo`` and after a change that is seen in a pack. The pack is built in a copy: this study records none.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests")]

from browsers import browser_or_reason  # noqa: E402 (the tests' own folder comes first)

#: After the last step of any quote of the demo study.
DAY = "2024-06-28"
SIZES = {
    "start": (1200, 860),
    "element": (1200, 860),
    "networks": (1400, 1000),
    "presenter": (1280, 720),
    "phone": (390, 780),
}


def main() -> None:
    """Build M3 for a workshop and take the pictures of its views."""
    found, reason = browser_or_reason()
    if found is None:
        raise SystemExit(reason)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        file = built(Path(folder))
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for name, (width, height) in SIZES.items():
            page = browser.new_context(viewport={"width": width, "height": height}, offline=True).new_page()
            page.goto(file.as_uri())
            page.wait_for_selector("html.ready")
            VIEWS[name](page)
            page.wait_for_timeout(500)
            kept(page.screenshot(), ROOT / "docs" / f"pack-{name}.png")
            page.context.close()
        browser.close()


def built(folder: Path) -> Path:
    """The pack of M3, made in a copy of the study."""
    study = folder / "study"
    shutil.copytree(ROOT, study, ignore=shutil.ignore_patterns(".*", "tests", "docs", "benchmarks"))
    file = folder / "pack.html"
    command = [
        sys.executable,
        "-m",
        "foran_research",
        "review",
        "build",
        "M3",
        "--by",
        "K1",
        "--on",
        DAY,
        "-o",
        str(file),
    ]
    subprocess.run(command, cwd=study, check=True, stdout=subprocess.DEVNULL)
    return file


def _goes(page: Any, view: str) -> None:
    page.evaluate("view => { location.hash = `#/${view}`; }", view)
    page.wait_for_timeout(300)


def _start(page: Any) -> None:
    page.get_by_label("Min kommune").select_option("BGO")


def _element(page: Any) -> None:
    _start(page)
    _goes(page, "elements")
    page.get_by_role("link", name="K2 Ledelse og organisering").click()
    page.get_by_role("button", name="Enig").first.click()
    page.get_by_role("button", name="Kommenter").first.click()
    page.get_by_label("Kommentaren din").first.fill(
        "Hos oss kom det først på plass da enhetslederne ble med fra starten."
    )
    page.locator("h1").click()
    page.wait_for_timeout(1500)


def _networks(page: Any) -> None:
    _goes(page, "networks")
    page.select_option("#net-shown", "TRD")
    page.select_option("#net-other", "BGO")


def _presenter(page: Any) -> None:
    _goes(page, "claims")
    page.locator("#present").click()


def _phone(page: Any) -> None:
    _goes(page, "model")
    page.get_by_role("heading", level=1).evaluate("heading => heading.scrollIntoView()")


VIEWS = {"start": _start, "element": _element, "networks": _networks, "presenter": _presenter, "phone": _phone}


def kept(picture: bytes, path: Path) -> None:
    """A picture of few colours: a third of the size, and looks the same."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(128).save(path, optimize=True)


if __name__ == "__main__":
    main()
