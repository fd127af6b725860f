"""What was called saved is on the disk, and what is not saved is said and kept, whatever happens to the kernel or disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from coding_helpers import DOCUMENT, Screen, actions, coding_study, open_coder, sound, standing
from lab import Lab
from small_study import SmallStudy, draft

from foran_research.coding.events import segment_at

APPLIED = {"quote": "Og strategien?", "code": "K3"}


def _code(screen: Screen, turn: int, query: str) -> None:
    """Put a code on a whole turn, by keyboard."""
    screen.focus()
    screen.press("Home", *["ArrowDown"] * (turn - 1), "t")
    screen.palette(query)


def _banner(screen: Screen) -> str:
    return str(screen.page.locator(".foran-banner").inner_text())


def _code_from_elsewhere(study: SmallStudy, words: str, code: str, number: int) -> None:
    """Write a coding into the log as another program would."""
    text = study.text(DOCUMENT)
    start = text.index(words)
    made = segment_at(text, start, start + len(words), code, "", "2.0.0")
    name = f"{DOCUMENT}.K1.s{number:04d}"
    study.code("K1", DOCUMENT, [draft(study, "K1", DOCUMENT, "2026-11-01", "apply", name, None, made, "2.0.0")])


def test_two_tabs_and_two_notebooks_see_each_other_and_lose_nothing(lab: Lab) -> None:
    study = coding_study(lab.folder / "study")
    first = open_coder(lab, study)
    _code(first, 3, "strategi")
    first.settle()

    second = Screen(first.tab.second_tab())
    second.page.set_viewport_size({"width": 1500, "height": 1000})
    second.wait_until_ready()
    assert second.chips().count("K3") == 1
    _code(second, 6, "samtale")
    second.settle()
    first.tab.wait_for_text(".foran-margin .foran-chip", "P4")

    other = open_coder(lab, study, name="annen.ipynb")
    _code(other, 9, "måling")
    other.settle()
    first.page.bring_to_front()
    first.tab.wait_for_text(".foran-margin .foran-chip", "K5")
    _code(first, 12, "deltak")
    first.settle()
    other.page.bring_to_front()
    other.tab.wait_for_text(".foran-margin .foran-chip", "E1")

    # Undo takes back the newest act of the log, whichever window it came from.
    other.focus()
    other.press("z")
    other.settle()
    assert [(one["quote"], one["code"]) for one in standing(study)] == [
        ("Og strategien?", "K3"), ("Hva gjorde dere da?", "P4"), ("Lærte dere noe?", "K5"),
    ]  # fmt: skip
    assert actions(study) == ["apply"] * 4 + ["undo"]


def test_an_act_the_killed_kernel_never_saw_is_told_kept_and_saved_once(lab: Lab) -> None:
    study = coding_study(lab.folder / "study")
    screen = open_coder(lab, study)
    _code(screen, 3, "strategi")
    screen.settle()
    kernel = lab.server.kernel_process(screen.tab.notebook)

    kernel.suspend()
    _code(screen, 6, "samtale")
    screen.press("m")
    screen.keyboard.type("Husk Ål 🙂")
    screen.press("Control+Enter")
    screen.state("ikke lagret")
    assert "✓" not in screen.page.locator(".foran-state").inner_text()
    assert screen.page.locator(".foran-margin .foran-chip.foran-pending").count() == 1
    screen.state("IKKE lagret: 2", timeout=15)
    assert "2 ikke lagret" in _banner(screen)
    assert actions(study) == ["apply"]

    screen.tab.kill_kernel()
    screen.run_again()
    assert standing(study) == [APPLIED]
    # The offer stands until it is answered, and nothing says that all is saved.
    screen.page.wait_for_timeout(5000)
    assert "Ikke lagret før kjernen stanset: 2" in _banner(screen)
    screen.state("IKKE lagret: 2")
    screen.page.locator(".foran-banner button", has_text="Lagre dem nå").click()
    screen.settle()
    assert standing(study) == [APPLIED, {"quote": "Hva gjorde dere da?", "code": "P4", "memo": "Husk Ål 🙂"}]
    assert actions(study) == ["apply", "apply", "memo"]
    screen.page.wait_for_timeout(300)
    assert _banner(screen) == ""


def test_a_memo_begun_before_the_kernel_has_answered_is_not_swept_away(lab: Lab) -> None:
    study = coding_study(lab.folder / "study")
    screen = open_coder(lab, study)
    kernel = lab.server.kernel_process(screen.tab.notebook)
    kernel.suspend()
    _code(screen, 3, "strategi")
    screen.press("m")
    screen.keyboard.type("Halve tank")
    kernel.resume()
    screen.state("Memo lagres når du forlater feltet")
    screen.keyboard.type("en 🌊 i Åsgård")
    screen.press("Control+Enter")
    screen.settle()
    assert standing(study) == [APPLIED | {"memo": "Halve tanken 🌊 i Åsgård"}]
    # The same for a cut that is begun early.
    kernel.suspend()
    _code(screen, 2, "samtale")
    screen.press("d")
    kernel.resume()
    screen.settle()
    screen.press("ArrowLeft", "Enter")
    screen.settle()
    assert [one["code"] for one in standing(study)] == ["P4", "P4", "K3"]


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 256 KiB mounted on the folder, with what was in it; skips where that is not allowed."""
    kept = folder.with_name(folder.name + ".kept")
    shutil.copytree(folder, kept)
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        yield folder
    finally:
        shutil.copytree(folder, kept, dirs_exist_ok=True)
        subprocess.run(["umount", "-l", str(folder)], check=True)
        shutil.copytree(kept, folder, dirs_exist_ok=True)


def _fill(folder: Path) -> Path:
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 512)
    return filler


def test_a_full_disk_is_told_plainly_and_the_act_is_saved_once_there_is_room(lab: Lab) -> None:
    study = coding_study(lab.folder / "study")
    with _small_disk(study.path / "corpus/coding") as disk:
        screen = open_coder(lab, study)
        _code(screen, 3, "strategi")
        screen.settle()
        whole = study.log_path("K1", DOCUMENT).read_bytes()
        filler = _fill(disk)
        for _ in range(6):  # the log's last page of memory may still have room for a line or two
            _code(screen, 6, "samtale")
            screen.press("m")
            screen.keyboard.type("å" * 4000)
            screen.press("Control+Enter")
            screen.page.wait_for_timeout(400)
            if "Disken er full" in _banner(screen):
                break
        screen.state("IKKE lagret")
        assert "Disken er full." in _banner(screen)
        there = study.log_path("K1", DOCUMENT).read_bytes()
        assert there.startswith(whole)
        assert there.endswith(b"\n")
        filler.unlink()
        screen.page.locator(".foran-banner button", has_text="Prøv å lagre igjen").click()
        screen.settle()
        assert [one["quote"] for one in standing(study)] == ["Og strategien?", "Hva gjorde dere da?"]
        assert standing(study)[1]["memo"] == "å" * 4000


def test_other_programs_lost_folders_refusing_disks_and_changed_texts_are_lived_with(lab: Lab) -> None:
    study = coding_study(lab.folder / "study")
    screen = open_coder(lab, study)
    _code(screen, 3, "strategi")
    screen.settle()

    # Another program writes meanwhile: it is seen within seconds, and the next act goes after it.
    _code_from_elsewhere(study, "Lærte dere noe?", "C0013", 2)
    screen.tab.wait_for_text(".foran-margin .foran-chip", "K5")
    _code_from_elsewhere(study, "Takk.", "C0012", 3)
    _code(screen, 6, "samtale")
    screen.settle()
    found = ["Og strategien?", "Hva gjorde dere da?", "Lærte dere noe?", "Takk."]
    assert [one["quote"] for one in standing(study)] == found

    # A disk that refuses.
    screen.tab.run_cell(
        "import errno, foran_research.coding.journal as journal\nreal = journal.append\n"
        "def refuse(*_):\n    raise OSError(errno.ENOSPC, 'full')\njournal.append = refuse"
    )
    _code(screen, 1, "deltak")
    screen.state("IKKE lagret: 1")
    assert "Disken er full." in _banner(screen)
    screen.tab.run_cell("journal.append = real")
    screen.page.locator(".foran-banner button", has_text="Prøv å lagre igjen").click()
    screen.settle()
    assert len(standing(study)) == 5

    # The folder is gone, and comes back.
    away = study.path.with_name("borte")
    study.path.rename(away)
    _code(screen, 12, "samtale")
    screen.state("IKKE lagret: 1")
    assert "Fant ikke mappa" in _banner(screen)
    assert not study.path.exists()
    away.rename(study.path)
    screen.page.locator(".foran-banner button", has_text="Prøv å lagre igjen").click()
    screen.settle()
    assert len(standing(study)) == 6

    # The text is changed: nothing more is written, what is coded can be taken out, and a new look helps.
    before = study.log_path("K1", DOCUMENT).read_bytes()
    study.edit_text(DOCUMENT, "Takk.", "Takk skal du ha.")
    _code(screen, 9, "strategi")
    screen.tab.wait_for_text(".foran-banner", "er endret på disken")
    assert screen.page.locator(".foran-margin .foran-pending").count() == 0
    with screen.page.expect_download() as download:
        screen.page.locator(".foran-banner button", has_text="Last ned en kopi").click()
    assert Path(download.value.path()).read_bytes() == before
    assert study.log_path("K1", DOCUMENT).read_bytes() == before
    study.edit_text(DOCUMENT, "Takk skal du ha.", "Takk.")
    screen.run_again()
    _code(screen, 9, "strategi")
    screen.settle()
    assert len(standing(study)) == 7
    sound(study)

    # Another log stands in its place: it is left alone.
    other = study.log_path("K1", "FJO-I01").read_bytes()
    study.log_path("K1", DOCUMENT).write_bytes(before[: before.index(b"\n") + 1])
    _code(screen, 1, "samtale")
    screen.tab.wait_for_text(".foran-banner", "Kodingen er stanset")
    assert study.log_path("K1", DOCUMENT).read_bytes() == before[: before.index(b"\n") + 1]
    assert study.log_path("K1", "FJO-I01").read_bytes() == other
