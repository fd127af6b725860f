"""Files of answers as they come: read, told apart, and kept as they are; what is to be kept is a value before it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..corpus.intake import shown_file
from ..corpus.store import write_atomically
from ..errors import Faults
from ..review.answers import LARGEST, AnswerFile, Reader, read_answers
from ..study import Study
from .ledger import ASIDE, FOLDER, RECEIVED, Entry, entry, ledger, standing, write_ledger
from .stored import gone


@dataclass(frozen=True)
class Given:
    """A file that somebody gives: what messages call it, its bytes, and what they say."""

    name: str
    data: bytes = field(repr=False)
    file: AnswerFile


@dataclass(frozen=True)
class Said:
    """What somebody says of the files given: who collects when, and the day, arena and municipality of the workshop.

    `date` is "" when no day was said; then it is `today`. `is_redate` says that the day of files that are there is wrong.
    """

    by: str
    at: str
    today: str
    date: str = ""
    arena: str = ""
    case: str = ""
    is_redate: bool = False

    def entry(self, one: AnswerFile) -> dict[str, str]:
        """The row of a file that comes in."""
        return entry(one, by=self.by, at=self.at, date=self.date or self.today, arena=self.arena, case=self.case)


@dataclass(frozen=True)
class Plan:
    """What is to be kept: the whole register, files by fingerprint, and what a person is told of them.

    `dated` are the files whose day is said in this run, with what messages call them. `come_in` lay aside until now.
    `other_place` are files that stand with another arena or municipality than the one that is said now.
    """

    rows: tuple[Entry, ...]
    data: Mapping[str, bytes] = field(repr=False)
    files: Mapping[str, AnswerFile]
    aside: Mapping[str, bytes] = field(repr=False)
    come_in: tuple[str, ...]
    dated: Mapping[str, str]
    received: int
    known: int
    redated: int
    aside_counts: tuple[tuple[str, int], ...]
    told_aside: tuple[str, ...]
    other_days: tuple[tuple[str, int], ...]
    other_place: int


def read_files(study: Study, paths: Sequence[Path], faults: Faults, *, accepts_edited: bool) -> list[Given]:
    """The files that can be read as answers; a fault for each of the others."""
    found: list[Given] = []
    for number, path in enumerate(paths, 1):
        name = shown_file(path, number, is_open=study.settings.is_synthetic)
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            faults.note("unreadable", name, None, f"{error.strerror}", "a file", "Check the name and who may read it.")
            continue
        one = read_answers(data, name, faults, accepts_edited=accepts_edited)
        if one is not None:
            found.append(Given(name, data, one))
    return found


def planned(study: Study, given: Iterable[Given], packs: frozenset[str], said: Said, faults: Faults) -> Plan:
    """What is to be kept of files given and of those that wait; opens what lies in the folder, and writes nothing.

    Parameters
    ----------
    packs
        The packs that this study knows: files of others go aside, and come in from there once their pack is known.
    faults
        Takes a fault for files of readers who have withdrawn, and for files to be dated anew that never came in.
    """
    given = list({one.file.sha256: one for one in given}.values())
    out = gone(study)
    rows = ledger(study.path)
    there = standing(rows)
    waiting, orphans = _kept(study, ASIDE, there), _kept(study, RECEIVED, there)
    come_in = [one for one in waiting if one.file.pack in packs]
    data: dict[str, bytes] = {}
    files: dict[str, AnswerFile] = {}
    dated: dict[str, str] = {}
    other_days: Counter[str] = Counter()
    received = redated = other_place = 0
    for one in (*given, *come_in, *orphans):
        sha256 = one.file.sha256
        if one.file.pack not in packs:
            continue
        if _code(one.file) in out:
            if one not in orphans:
                _note_withdrawn(one.file, faults)
            continue
        files[sha256] = one.file
        data[sha256] = one.data
        old = there.get(sha256)
        if old is None and said.is_redate and one in given:
            faults.note("not-received", one.name, None, "a file that has not come in", "one that stands with another day",
                        "Collect it without --redate.")  # fmt: skip
        elif old is None:
            # What a run that was cut short left without its row is told of as new: its day is said now.
            received += 1
            rows.append(said.entry(one.file))
            there[sha256] = rows[-1]
            dated[sha256] = one.name
        elif said.date and old["date"] != said.date and said.is_redate:
            redated += 1
            rows.append({**old, "on": said.at[:10], "by": said.by, "date": said.date})
            dated[sha256] = one.name
        elif said.date and old["date"] != said.date:
            other_days[old["date"]] += 1
        # An arena counts where the reader chose none.
        if old is not None and (
            (said.arena and not one.file.arena and old["arena"] != said.arena)
            or (said.case and old["case"] != said.case)
        ):
            other_place += 1
    aside = {one.file.sha256: one for one in given if one.file.pack not in packs}
    lying = {one.file.sha256: one.file.pack for one in (*waiting, *aside.values()) if one.file.pack not in packs}
    ours = sum(1 for one in given if one.file.pack in packs)
    return Plan(
        tuple(rows),
        data,
        files,
        {sha256: one.data for sha256, one in aside.items()},
        tuple(one.file.sha256 for one in come_in),
        dated,
        received,
        max(ours + len(come_in) + len(orphans) - received, 0),
        redated,
        tuple(sorted(Counter(lying.values()).items())),
        tuple(sorted({one.file.pack for one in aside.values()})),
        tuple(sorted(other_days.items())),
        other_place,
    )


def keep(study: Path, plan: Plan) -> None:
    """Write what was planned: files first, so that a run that is cut short leaves none without its words."""
    for folder, files in ((ASIDE, plan.aside), (RECEIVED, plan.data)):
        for sha256, data in files.items():
            place = study / folder / f"{sha256}.json"
            if not place.exists() or place.read_bytes() != data:
                write_atomically(place, data)
    write_ledger(study, plan.rows)
    for sha256 in plan.come_in:
        (study / ASIDE / f"{sha256}.json").unlink(missing_ok=True)


def sweep(study: Study) -> None:
    """Remove what a run that was killed left half-written, and the files of readers who have withdrawn."""
    folder = study.path / FOLDER
    for place in folder.rglob(".*"):
        if place.is_file() and (".json." in place.name or ".csv." in place.name):
            place.unlink(missing_ok=True)
    out = gone(study)
    for place in [*folder.glob("received/*.json"), *folder.glob("aside/*.json")] if out else ():
        one = read_answers(place.read_bytes(), place.name, Faults(), accepts_edited=True)
        if one is not None and _code(one) in out:
            place.unlink()


def _kept(study: Study, folder: str, there: Mapping[str, Entry]) -> list[Given]:
    """Files in a folder that the register has no row of: aside, or left by a run that was cut short."""
    found = []
    for place in sorted((study.path / folder).glob("*.json")):
        if place.stem in there and folder == RECEIVED:
            continue
        data = place.read_bytes()
        one = read_answers(data, place.name, Faults(), accepts_edited=True)
        if one is not None:
            found.append(Given(f"{folder}/{place.name}", data, one))
    return found


def _code(one: AnswerFile) -> str:
    return Reader(one.pack, one.reader, "", "", "").code


def _note_withdrawn(one: AnswerFile, faults: Faults) -> None:
    faults.note("withdrawn-source", f"{one.sha256[:12]}….json", None, f"answers of {_code(one)}, who has withdrawn",
                "readers who take part", "Delete the file.")  # fmt: skip
