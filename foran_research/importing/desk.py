"""What the importer's screen asks for, done by the library: files listed, previews, the key, decisions, the import.

A desk holds names while it is open: the key, and the rows that wait. It shows none of them when it is printed.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..adding import Added, How, OpenKey, add_documents, preview, waiting_rows
from ..cli_key import key_path
from ..corpus.intake import Description
from ..corpus.key import Key, changed, check_outside, open_key
from ..corpus.preview import Preview
from ..corpus.pseudonyms import NAME_KINDS, Decision, normal_form, numbered
from ..corpus.review import ReviewRow, decisions_from_rows
from ..corpus.store import read_processes
from ..errors import Faults, ForanError, StudyError
from ..retention import check_import
from ..settings import Settings, read_settings

#: Files of a folder that are listed; more would only be scrolled past.
MOST_LISTED = 2000


@dataclass(frozen=True)
class Wanted:
    """What a person has chosen: files, what is said of them, and how they are to be understood."""

    files: tuple[Path, ...]
    about: Description
    how: How


@dataclass(frozen=True, repr=False)
class Answer:
    """What became of a decision: the row's mark and what now stands for its words, or why it was refused."""

    mark: str
    action: str = ""
    replacement: str = ""
    problem: str = ""

    def __repr__(self) -> str:
        return f"<Answer: {self.action or 'refused'}>"


class Desk:
    """One person's import into the study in `study`; `now` is the clock, UTC.

    Raises
    ------
    StudyError
        When the study's settings cannot be read.
    """

    def __init__(self, study: Path, *, key_file: Path | None = None, now: Callable[[], dt.datetime]) -> None:
        self.study = study
        self._now = now
        self._key_file = key_file
        self._key: OpenKey | None = None
        self._rows: tuple[ReviewRow, ...] = ()
        #: Decisions of this desk by the mark of their row, so that another one can take their place.
        self._made: dict[str, tuple[Decision, ...]] = {}
        self.settings = self._read_settings()

    def __repr__(self) -> str:
        return f"<Desk of {self.settings.study_id}: {len(self._rows)} rows>"

    def _read_settings(self) -> Settings:
        faults = Faults()
        settings = read_settings(self.study, faults)
        if settings is None:
            raise StudyError(faults.errors)
        return settings

    @property
    def at(self) -> str:
        """Now, as logs and registers write it."""
        return self._now().strftime("%Y-%m-%dT%H:%M:%SZ")

    # ---- before anything is chosen

    def standing(self) -> Faults:
        """What keeps documents from coming in today, and what will soon."""
        self.settings = self._read_settings()
        return check_import(self.settings, self._now().date())

    def processes(self) -> list[tuple[str, str]]:
        """Every process of the study with its case."""
        frame = read_processes(self.study, self.settings.vocabulary(), Faults())
        return [(str(name), str(case)) for name, case in frame["case"].items()]

    def listing(self, folder: Path) -> dict[str, Any]:
        """The folders and files of a folder, hidden ones left out.

        Raises
        ------
        ForanError
            When it is no folder that can be looked into.
        """
        folder = Path(os.path.abspath(folder.expanduser()))  # noqa: PTH100 (a link stays where the person sees it)
        try:
            with os.scandir(folder) as found:
                entries = sorted((one for one in found if not one.name.startswith(".")), key=_by_name)
            # A project of QualCoder is a folder, and is taken as one file.
            folders = [one.name for one in entries if one.is_dir() and not _is_project(one)]
            files = [
                {"name": one.name, "path": one.path, "size": 0 if one.is_dir() else one.stat().st_size}
                for one in entries
                if _is_project(one) or one.is_file()
            ]
        except OSError as error:
            raise ForanError(f"{folder}: cannot be looked into ({error.strerror})") from None
        return {
            "folder": str(folder),
            "above": str(folder.parent) if folder.parent != folder else "",
            "folders": [{"name": name, "path": str(folder / name)} for name in folders[:MOST_LISTED]],
            "files": files[:MOST_LISTED],
            "left": max(0, len(files) - MOST_LISTED) + max(0, len(folders) - MOST_LISTED),
            "isInStudy": _is_in_study(folder, self.study),
        }

    def preview(self, wanted: Wanted) -> list[Preview]:
        """What is understood of every text; with the key open, names that it knows are found as well."""
        about = wanted.about
        return preview(
            wanted.files, study=self.study, kind=about.kind, case=about.case, interviewers=about.interviewers,
            key=self._key, how=wanted.how, document=about.id,
        )  # fmt: skip

    # ---- the key

    @property
    def is_open(self) -> bool:
        """Whether the key is open."""
        return self._key is not None

    def key_place(self) -> str:
        """Where the key is looked for, or "" where the study's id can name no file."""
        try:
            return str(key_path(self._key_file, self.study))
        except ForanError:
            return ""

    def open_key(self, path: str, passphrase: str) -> None:
        """Open the key in `path`, or in its usual place.

        Raises
        ------
        ForanError
            When it is not there, lies in the study, or the passphrase is another.
        """
        place = key_path(Path(path).expanduser() if path else self._key_file, self.study)
        self._key = OpenKey(open_key(place, passphrase), place, passphrase)

    def close_key(self) -> None:
        """Forget the key, its passphrase and every row."""
        self._key, self._rows, self._made = None, (), {}

    def _opened(self) -> OpenKey | None:
        """The key as it is on the disk now; somebody else may have saved it."""
        if self.settings.is_synthetic:
            return None
        if self._key is None:
            raise ForanError("the key is not open: give its passphrase first")
        self._key = replace(self._key, key=open_key(self._key.path, self._key.passphrase))
        return self._key

    # ---- deciding

    def rows(self, wanted: Wanted) -> tuple[ReviewRow, ...]:
        """All that waits for a decision in the chosen files; nothing is written.

        Raises
        ------
        StudyError
            With every fault of files and description.
        """
        key = self._opened()
        self._made = {}
        self._rows = () if key is None else waiting_rows(
            self.study, wanted.files, wanted.about, at=self.at, key=key, how=wanted.how
        )  # fmt: skip
        return self._rows

    def decide(self, given: Sequence[Mapping[str, str]]) -> list[Answer]:
        """Keep decisions in the key at once, those that are right; each is a mark with decision, replacement and scope.

        A second decision on a row takes the place of the first, and of the name that the first put into the key.

        Raises
        ------
        ForanError
            When the key is not open or cannot be saved; then none is kept.
        """
        if self._key is None:
            raise ForanError("the key is not open: give its passphrase first")
        by_mark = {row.mark: row for row in self._rows}
        answers: list[Answer] = []
        made: dict[str, tuple[Decision, ...]] = {}

        def with_decisions(key: Key) -> Key:
            answers.clear()
            made.clear()
            for cells in given:
                row = by_mark.get(str(cells.get("mark")))
                if row is None:
                    answers.append(Answer(str(cells.get("mark")), problem="unknown-row"))
                    continue
                try:
                    without = _without(key, self._made.get(row.mark, ()))
                    decisions = self._decisions(row, cells, without)
                    key = without.remembering(decisions, self.settings.language)
                except ForanError as error:
                    answers.append(Answer(row.mark, problem=_said(error)))
                    continue
                made[row.mark] = decisions
                answers.append(Answer(row.mark, decisions[0].action, decisions[0].replacement))
            return key

        key = changed(self._key.path, self._key.passphrase, with_decisions)
        self._key = replace(self._key, key=key)
        self._made |= made
        return answers

    def _decisions(self, row: ReviewRow, cells: Mapping[str, str], key: Key) -> tuple[Decision, ...]:
        word, replacement = str(cells.get("decision", "")), str(cells.get("replacement", "")).strip()
        if word == "replace" and not replacement and row.kind in NAME_KINDS and row.suggestion != "replace":
            # No number that another row has been promised.
            taken = (*key.labels, *(one.suggested for one in self._rows))
            asked = Decision(row.kind, row.surface, "replace")
            replacement = numbered([asked], taken, self.settings.language)[0].replacement
        filled = {
            "mark": row.mark, "number": str(row.number), "surface": row.surface, "decision": word,
            "replacement": "" if word == "keep" else replacement, "scope": str(cells.get("scope", "")), "line": row.number,
        }  # fmt: skip
        faults = Faults()
        hidden = [name for entry in key.entries for name in entry.names]
        hidden += [one.surface for one in key.decisions if one.action == "replace" and one.kind in NAME_KINDS]
        decisions = decisions_from_rows([filled], [row], faults, names=hidden, at=self.at[:10])
        if faults.errors or not decisions:
            raise StudyError(faults.errors)
        return decisions

    # ---- bringing in

    def bring_in(self, wanted: Wanted, say: Callable[[str], None]) -> list[Added] | tuple[ReviewRow, ...]:
        """The texts in the study, or the rows that still wait where some do and no reason lets them through.

        Raises
        ------
        ForanError
            As :func:`foran_research.adding.add_documents`.
        """
        if not self.settings.is_synthetic and not wanted.how.reason and (rows := self.rows(wanted)):
            return rows
        done = add_documents(
            self.study, wanted.files, wanted.about, at=self.at, key=self._opened(), how=wanted.how, say=say
        )
        self._rows, self._made = (), {}
        return done


def _by_name(entry: os.DirEntry[str]) -> tuple[str, str]:
    return entry.name.casefold(), entry.name


def _is_project(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir() and (Path(entry.path) / "data.qda").is_file()


def _is_in_study(folder: Path, study: Path) -> bool:
    try:
        check_outside(folder / "x", study, what="the files")
    except ForanError:
        return True
    return False


def _without(key: Key, earlier: Sequence[Decision]) -> Key:
    """The key without decisions that are about to be changed, and without the names they put into it."""
    if not earlier:
        return key
    gone = {(one.kind, normal_form(one.surface, one.kind), one.document) for one in earlier}
    decisions = tuple(
        one for one in key.decisions if (one.kind, normal_form(one.surface, one.kind), one.document) not in gone
    )
    form, written = normal_form(earlier[0].surface), {one.replacement for one in earlier if one.action == "replace"}
    entries = []
    for entry in key.entries:
        names = tuple(name for name in entry.names if entry.written not in written or normal_form(name) != form)
        if names or names == entry.names:
            entries.append(entry if names == entry.names else replace(entry, names=names))
    return replace(key, entries=tuple(entries), decisions=decisions)


def _said(error: ForanError) -> str:
    """What is wrong with one decision, without the heading that a list of faults has."""
    if not isinstance(error, StudyError):
        return str(error)
    return "; ".join(f"{fault.found}; expected {fault.expected}. {fault.remedy}" for fault in error.faults)
