"""Every milestone of the demo study, made from what was on the disk on their day, and again from all that came since."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from foran_research.delivering import indicators
from foran_research.milestone import deliver
from foran_research.registers.records import KINDS
from foran_research.study import Study, load_study

ROOT = Path(__file__).resolve().parent.parent
KEPT: dict[str, str] = json.loads((ROOT / "tests/golden/checksums.json").read_text("utf-8"))
#: The day of each milestone of the demo study.
DAYS = {
    **{"M1": "2020-09-30", "M2": "2021-09-30", "M3": "2024-05-31"},
    **dict.fromkeys(("M4", "M5", "M6"), "2021-01-31"),
    **dict.fromkeys(("M7", "M8", "M9"), "2022-05-31"),
    **dict.fromkeys(("M10", "M11", "M12"), "2023-01-31"),
    **dict.fromkeys(("M13", "M14", "M15"), "2023-10-31"),
    **{"M16": "2023-12-31", "M17": "2023-12-31", "M18": "2024-05-31"},
}


def as_it_was(day: str, study: Path) -> Path:
    """A copy of the demo study that holds nothing later than a day: no coding, memo, codebook, document, row, milestone."""
    for name in ("corpus", "codebooks"):
        shutil.copytree(ROOT / name, study / name)
    for log in (*study.glob("corpus/coding/*/*.jsonl"), *study.glob("corpus/memos/*.jsonl")):
        lines = [line for line in log.read_bytes().splitlines(keepends=True) if json.loads(line)["at"][:10] <= day]
        log.unlink()
        if lines:
            log.write_bytes(b"".join(lines))
    (study / "codebooks/log.jsonl").unlink(missing_ok=True)
    for book in study.glob("codebooks/*.yaml"):
        released = re.search(r"^released: '?([0-9-]+)", book.read_text("utf-8"), re.MULTILINE)
        assert released is not None
        if released[1] > day:
            book.unlink()
    register = study / "corpus/documents.csv"
    with register.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    kept = [row for row in rows if row[header.index("date")] <= day]
    assert kept
    with register.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *kept])
    for row in rows:
        if row not in kept:
            (study / f"corpus/texts/{row[0]}.md").unlink()
            shutil.rmtree(study / f"corpus/texts/.versions/{row[0]}", ignore_errors=True)
            for log in study.glob(f"corpus/coding/*/{row[0]}.jsonl"):
                log.unlink()
    for name in (kind.FILE for kind in KINDS.values() if (study / kind.FILE).exists()):
        with (study / name).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        with (study / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(
                [header, *(r for r in rows if r[header.index("on")] <= day)]
            )
    head, *milestones = (ROOT / "foran.toml").read_text("utf-8").split("[[milestones]]\n")
    then = [text for text in milestones if re.search(r"^cut_off = ([0-9-]+)", text, re.MULTILINE)[1] <= day]
    # Guides may ask about codes that only a later codebook has; that is a question of today.
    known = set(re.findall(r"^  - id: (C\d{4})$", (study / "codebooks" / max(
        path.name for path in study.glob("codebooks/*.yaml"))).read_text("utf-8"), re.MULTILINE))  # fmt: skip
    head = re.sub(r'"(C\d{4})"(, )?', lambda found: found[0] if found[1] in known else "", head)
    (study / "foran.toml").write_text("[[milestones]]\n".join([head, *then]), "utf-8")
    return study


@pytest.fixture(scope="module")
def today() -> Study:
    return load_study(ROOT)


@pytest.fixture(scope="module")
def on_the_day(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Study]:
    """The study of a day as it was then; milestones of one day share it."""

    @cache
    def made(day: str) -> Study:
        return load_study(as_it_was(day, tmp_path_factory.mktemp("then") / "study"))

    return made


def delivered(study: Study, name: str, output: Path) -> dict[str, bytes]:
    """Everything that a milestone's notebooks write, by name."""
    milestone = study.milestone(name)
    if milestone.model == "capability":
        deliver(study, milestone, output)
    else:
        import_module(f"foran_research.delivering.{milestone.model}").deliver(study, milestone, output)
    if milestone.model == "followup":
        indicators.deliver(study, milestone, output)
    files = sorted(path for path in output.rglob("*") if path.is_file())
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in files}


def test_every_milestone_is_tried(today: Study) -> None:
    assert {milestone.id for milestone in today.settings.milestones} == set(DAYS)
    assert {milestone.id: milestone.coded_until.isoformat() for milestone in today.settings.milestones} == DAYS


@pytest.mark.usefixtures("no_pngs")
@pytest.mark.parametrize("name", DAYS)
def test_a_model_made_today_is_the_one_made_at_the_time_to_the_byte(
    name: str, today: Study, on_the_day: Callable[[str], Study], tmp_path: Path
) -> None:
    """Also: no document of a later day is named in anything that a milestone leaves."""
    then = on_the_day(DAYS[name])
    events = [sum(len(log.events) for log in study.logs) for study in (then, today)]
    assert (events[0] < events[1]) == (DAYS[name] < "2024-05")
    made, now = delivered(then, name, tmp_path / "then"), delivered(today, name, tmp_path / "now")
    assert {"model.json", "report.html"} <= set(made)
    assert len(made) > 5
    assert list(made) == list(now)
    assert not [file for file, data in made.items() if data != now[file]]
    kept = hashlib.sha256(now["model.json"]).hexdigest() == KEPT[name]
    assert kept, f"not the model that was kept; if that is meant: python tools/update_golden.py {name}"
    later = [str(document) for document, day in today.documents["date"].items() if day > DAYS[name]]
    told = {file: data.decode() for file, data in now.items() if not file.endswith(".png")}
    assert not [(file, document) for file, text in told.items() for document in later if document in text]
