"""A coder at work on one document: acts become events on the disk before anything says that they are saved."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..codebook.code import version_key
from ..codebook.reading import VERSION
from ..codebook.store import FOLDER as CODEBOOKS
from ..coding import journal
from ..coding.acts import VERBS, Desk, Refused
from ..coding.coders import is_coder_name, other_case
from ..coding.events import Event, Log, Record, Step, gestures, is_new_text
from ..coding.segments import check_log
from ..corpus.store import TEXTS_FOLDER, read_utf8
from ..corpus.transcript import canonical, split_front_matter, text_sha256
from ..errors import Faults, ForanError, UnknownName
from ..reanchoring import keep_text
from ..settings import SETTINGS_FILE
from ..study import Study

#: What changed: each record's id with the record as it stands now, or None when it is gone.
Changes = Sequence[tuple[str, Record | None]]


def utc_now() -> str:
    """Now, to the second, as events are dated: in UTC, so that the lines of two coders anywhere sort as they came."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Saved:
    """What an act led to: its events (none when there was nothing to do) and the records that changed."""

    events: tuple[Event, ...]
    changes: Changes


class Session:
    """One coder on one document of a study.

    Parameters
    ----------
    study
        The study; the document's log is read anew from the disk, the text is compared with the disk at every act.
    document, coder
        Ids. A coder who has never coded is fine.
    codebook_version
        The codebook in force; the newest when left out.
    now
        Gives the time of an event.

    Raises
    ------
    UnknownName
        For a document or codebook version that the study does not have.
    Refused
        ``bad-coder`` for a name that cannot be a coder's.

    Notes
    -----
    `stopped` is a reason, once nothing more can be written: the text has changed, the log is damaged, has vanished or
    was replaced. What was acknowledged stands in memory then, and :meth:`rescue` gives it out.
    """

    def __init__(
        self,
        study: Study,
        document: str,
        coder: str,
        *,
        codebook_version: str | None = None,
        now: Callable[[], str] = utc_now,
    ) -> None:
        if document not in study.transcripts:
            raise UnknownName("document", document, study.transcripts)
        if codebook_version is not None and codebook_version not in study.lineage.versions:
            raise UnknownName("codebook version", codebook_version, study.lineage.versions)
        if not is_coder_name(coder):
            raise Refused("bad-coder")
        folder = study.path / journal.FOLDER
        if other := other_case(coder, [path.name for path in folder.iterdir()] if folder.is_dir() else []):
            raise Refused("coder-case", coder=other)
        self.study = study
        self.transcript = study.transcripts[document]
        self.codebook = study.lineage[codebook_version or study.lineage.versions[-1]]
        self.now = now
        self.path = study.path / journal.FOLDER / coder / f"{document}.jsonl"
        self.stopped: Refused | None = None
        self.events: list[Event] = []
        self.desk = self._clean_desk(document, coder)
        self._head = journal.NO_PREVIOUS
        self._stamp: tuple[int, int] | None = None
        self._text_stamp: tuple[int, int] | None = None
        #: Changes by others that were read for an act which was then refused; the next look tells of them.
        self._untold: list[tuple[str, Record | None]] = []
        #: The events of each wish of a screen that has been done, and the wish at hand.
        self._wishes: dict[str, list[Event]] = {}
        self._wish = ""
        self._is_text_kept = False
        self._read()
        self._check_ground_once()

    @property
    def is_done(self) -> bool:
        """Whether the coder has marked the document as coded to its end."""
        status = self.desk.state.get(f"{self.desk.document}.{self.desk.coder}.done")
        return bool(status and status["is_complete"])

    def act(self, verb: str, arguments: Mapping[str, Any], *, wish: str = "") -> Saved:
        """Do what the coder wishes and flush it to the disk; when this returns, it is there.

        `wish` is an id of the screen's for this very wish; one that the log has already is not done again.

        Raises
        ------
        Refused
            With the reason; nothing has changed, in memory or on the disk.
        """
        if verb not in VERBS:
            raise Refused("bad-wish")
        self._check_ground()
        others = list(self.poll())
        if done := self._wishes.get(wish) if wish else None:
            return Saved(
                tuple(done), [*others, *((event.segment, self.desk.state.get(event.segment)) for event in done)]
            )
        self._wish = wish
        try:
            events = self._written(verb, arguments, others)
        except Refused:
            self._untold = others
            raise
        changes = [(event.segment, event.after) for event in events]
        return Saved(tuple(events), [*others, *changes])

    def look(self) -> Changes:
        """What others have changed in the log; also whether the ground still holds, so that trouble is told before it costs.

        Raises
        ------
        Refused
            As :meth:`act` would.
        """
        self._check_ground()
        return self.poll()

    def poll(self) -> Changes:
        """The records that another window or program has changed in the log since it was last read; cheap when none."""
        untold, self._untold = self._untold, []
        if self.stopped or _stamp(self.path) == self._stamp:
            return untold
        try:
            return [*untold, *self.reload()]
        except Refused:
            self._untold = untold
            raise

    def reload(self) -> Changes:
        """Read the log again, and return what has changed.

        Raises
        ------
        Refused
            ``log-replaced`` when it no longer begins with what was read or written here; ``log-gone``,
            ``log-damaged``. The session is stopped then.
        """
        before, seen, head = dict(self.desk.state), len(self.events), self._head
        kept = (self.desk, self.events, self._wishes, self._head, self._stamp)
        try:
            if seen and not self.path.exists():
                raise Refused("log-gone")
            self._read()
            if self.stopped:
                raise self.stopped
            if seen and (len(self.events) < seen or self._head_after(seen) != head):
                raise self._stop("log-replaced")
        except (Refused, OSError) as error:
            self.desk, self.events, self._wishes, self._head, self._stamp = kept
            raise error if isinstance(error, Refused) else self._disk_refused(error) from error
        after = self.desk.state
        names = dict.fromkeys((*before, *after))
        return [(name, after.get(name)) for name in names if before.get(name) != after.get(name)]

    def is_continuing(self, other: Session) -> bool:
        """Whether the log as read here begins with everything that `other` had saved."""
        count = len(other.events)
        return (
            self.stopped is None and len(self.events) >= count and (not count or self._head_after(count) == other._head)
        )

    def history(self, name: str) -> list[Event]:
        """The events of one record, oldest first."""
        return [event for event in self.events if event.segment == name]

    def rescue(self) -> bytes:
        """Every acknowledged event as a log, to be kept elsewhere when the study's folder fails."""
        return b"".join(journal.encode(event) for event in self.events)

    def _head_after(self, count: int) -> str:
        """The hash of a line as it stands in the log, whoever wrote it: the line after it says so."""
        return self.events[count].prev_sha256 if len(self.events) > count else self._head

    def _written(self, verb: str, arguments: Mapping[str, Any], others: list[tuple[str, Record | None]]) -> list[Event]:
        for _ in range(_TRIES):
            try:
                return self._write(verb, arguments)
            except journal.StaleLogError:
                # Another window wrote between the look and the lock: its events come first, and the wish is weighed anew.
                others.extend(self.reload())
        raise Refused("folder-busy")

    def _write(self, verb: str, arguments: Mapping[str, Any]) -> list[Event]:
        if self.stopped:
            raise self.stopped
        try:
            steps = VERBS[verb](self.desk, **arguments)
        except TypeError as error:
            raise Refused("bad-wish") from error
        if not steps:
            return []
        events = journal.chained(
            len(self.events), self._head, [self._draft(step) for step in steps], is_one_act=len(steps) > 1
        )
        try:
            if not self._is_text_kept:
                # From now on somebody's coding speaks of this text, and it may be edited tomorrow.
                keep_text(self.study, self.desk.document)
                self._is_text_kept = True
            journal.append(self.path, events)
        except OSError as error:
            raise self._disk_refused(error) from error
        except journal.StaleLogError:
            raise
        except ForanError as error:
            # The lock is held by somebody else, or the disk did not let it be made.
            cause = error.__cause__
            raise self._disk_refused(cause) if isinstance(cause, OSError) else Refused("folder-busy") from error
        # Another window may have written since: then the size is not what ours made it, and the next look reads anew.
        size = (self._stamp[0] if self._stamp else 0) + sum(len(journal.encode(event)) for event in events)
        stamp = _stamp(self.path)
        self._stamp = stamp if stamp and stamp[0] == size else (-1, -1)
        self._take_in(events)
        return events

    def _draft(self, step: Step) -> dict[str, Any]:
        return {
            "at": self._at,
            "coder": self.desk.coder,
            "document": self.desk.document,
            "text_sha256": self.transcript.text_sha256,
            "action": step.action,
            "segment": step.record,
            "codebook_version": self.codebook.codebook_version,
            "before": step.before,
            "after": step.after,
            "wish": self._wish,
        }

    def _take_in(self, events: Sequence[Event]) -> None:
        for act in gestures(events):
            self.desk.see(act)
        self.events.extend(events)
        for event in events:
            if event.wish:
                self._wishes.setdefault(event.wish, []).append(event)
        if events:
            self._head = journal.line_sha256(journal.encode(events[-1]))

    def _read(self) -> None:
        """The log as the disk has it, into a clean desk."""
        faults = Faults()
        name = self.path.relative_to(self.study.path).as_posix()
        self._stamp = _stamp(self.path)
        try:
            log = journal.read_log(self.path, name, faults) if self._stamp else Log(name, (), ())
        except OSError as error:
            self._stop("log-unreadable", file=name, what=error.strerror or type(error).__name__)
            return
        document = self.desk.document
        if self._is_of_another_text(log):
            self._stop("text-changed", document=document)
            return
        check_log(
            log,
            self.desk.coder,
            document,
            self.transcript,
            self.study.lineage,
            faults,
            former=self.study.former_texts,
        )
        if faults.errors:
            first = faults.errors[0]
            if newer := self._newer_than_here(log, faults):
                self._stop("codebook-newer", version=newer)
                return
            self._stop("log-damaged", file=name, line=first.line or 1, kind=first.kind, faults=len(faults.errors))
            return
        self.desk, self.events, self._wishes = self._clean_desk(self.desk.document, self.desk.coder), [], {}
        self._take_in(log.events)
        self._head = log.head_sha256

    def _newer_than_here(self, log: Log, faults: Faults) -> str:
        """The newest codebook that a log speaks of and only the disk has, when that is all that is amiss; else ""."""
        if any(fault.kind != "unknown-codebook-version" for fault in faults.errors):
            return ""
        lineage = self.study.lineage
        named = {version for event in log.events for version in _versions_of(event)}
        unknown = named.difference(lineage.versions, lineage.unreadable)
        released = new_codebooks(self.study)
        return max(unknown, key=version_key) if unknown and unknown <= set(released) else ""

    def _is_of_another_text(self, log: Log) -> bool:
        """Whether a log's places are not those on the screen.

        It came from a machine that had the text of before, or another program has brought it into a new text since.
        """
        spoken_of = log.events[-1].text_sha256 if log.events else self.transcript.text_sha256
        is_former = (self.desk.document, spoken_of) in self.study.former_texts
        is_brought = any(is_new_text(event) for event in log.events)
        return spoken_of != self.transcript.text_sha256 and (is_former or is_brought)

    def _clean_desk(self, document: str, coder: str) -> Desk:
        facets = {facet.id: tuple(value.id for value in facet.values) for facet in self.study.settings.facets}
        return Desk(document, coder, self.transcript.text, self.codebook, facets)

    def _check_ground_once(self) -> None:
        try:
            self._check_ground()
        except Refused as refused:
            self.stopped = self.stopped or refused

    def _check_ground(self) -> None:
        """Refuse when the study's folder is not there, or the text is no longer the one on the screen."""
        if self.stopped:
            raise self.stopped
        self._at = self.now()
        # Without its settings the folder is no study: a drive that is gone must not be begun anew.
        if not (self.study.path / SETTINGS_FILE).is_file():
            raise Refused("folder-gone")
        if self.events and self._stamp and not self.path.exists():
            raise Refused("log-gone")
        path = self.study.path / TEXTS_FOLDER / f"{self.desk.document}.md"
        stamp = _stamp(path)
        if stamp is None:
            raise Refused("text-gone")
        if stamp != self._text_stamp:
            raw = read_utf8(path, path.name, Faults())
            text = canonical(split_front_matter(raw)[1]) if raw is not None else ""
            if text_sha256(text) != self.transcript.text_sha256:
                raise self._stop("text-changed", document=self.desk.document)
            self._text_stamp = stamp

    def _stop(self, reason: str, **facts: object) -> Refused:
        self.stopped = Refused(reason, **facts)
        return self.stopped

    @staticmethod
    def _disk_refused(error: OSError) -> Refused:
        return Refused("disk-full" if error.errno in _FULL else "disk", what=error.strerror or type(error).__name__)


def new_codebooks(study: Study) -> tuple[str, ...]:
    """Versions whose files lie in the study's folder now and that the study, read earlier, does not know; oldest first.

    Only names are looked at: whether a file is sound is found out when the study is read again.
    """
    known = (*study.lineage.versions, *study.lineage.unreadable)
    try:
        names = [path.stem for path in (study.path / CODEBOOKS).iterdir() if path.suffix == ".yaml"]
    except OSError:
        return ()
    return tuple(sorted((name for name in names if VERSION.fullmatch(name) and name not in known), key=version_key))


def _versions_of(event: Event) -> set[str]:
    """Every codebook version that an event names."""
    found: list[Any] = [event.codebook_version]
    for record in (event.before, event.after):
        if record is not None:
            aside = record.get("set_aside")
            found += [
                record.get("codebook_version"),
                aside.get("codebook_version") if isinstance(aside, dict) else None,
            ]
    return {version for version in found if isinstance(version, str) and version}


#: How often an act is weighed anew because another window was quicker.
_TRIES = 20
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def _stamp(path: Path) -> tuple[int, int] | None:
    """Size and time of change of a file; None when it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
