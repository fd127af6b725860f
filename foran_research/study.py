"""A study as one value: its settings, registers, transcripts, codebooks and logs, loaded and checked together."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path

import pandas as pd

from .analysis.incidence import informant_units
from .codebook.changes import Lineage
from .codebook.code import Codebook, suggestions_coder, version_key
from .codebook.log_store import CodebookLog
from .codebook.log_store import read_log as read_codebook_log
from .codebook.store import read_lineage
from .coding import journal
from .coding.assignment import assignments_in, assignments_table, done_in, done_under, withheld
from .coding.assignment_store import read_assignments
from .coding.coders import IMPORTER
from .coding.events import end_of, facets_of, is_segment
from .coding.memo_store import read_memo_logs
from .coding.memos import check_links, check_memos, standing_in
from .coding.migrate import migrate
from .coding.resolving import Resolution, check_resolutions, resolutions_from_logs, resolved
from .coding.segments import (
    FormerTexts,
    check_log,
    segments_from_logs,
    segments_table,
    shown_id,
    waiting_segments,
)
from .corpus.plan import empty_plan, read_plan
from .corpus.registers import check_arenas, check_milestones
from .corpus.store import (
    DOCUMENT_COLUMNS,
    DOCUMENTS_FILE,
    PARTICIPANTS_FILE,
    PROCESSES_FILE,
    UNREADABLE,
    in_force,
    read_documents,
    read_participants,
    read_processes,
    read_register,
)
from .corpus.text_versions import CHANGES_FILE, TextChange, read_changes, read_version, texts_in_force, version_path
from .corpus.transcript import Transcript, parse_turns
from .errors import Fault, Faults, ForanError, StudyError, UnknownName, shown
from .models.capability import ModelInputs, coded_under
from .no_garbage import no_garbage
from .registers.known import Known, known_from
from .registers.records import Registers
from .registers.store import read_registers
from .retention import gate
from .settings import SETTINGS_FILE, Milestone, Settings, read_settings, resolved_pipeline
from .vocabulary import CODINGS


@dataclass(frozen=True)
class Study:
    """Everything a study's folder holds. Make one with :func:`load_study`."""

    path: Path
    settings: Settings
    documents: pd.DataFrame
    participants: pd.DataFrame
    processes: pd.DataFrame
    transcripts: Mapping[str, Transcript]
    lineage: Lineage
    logs: tuple[journal.Log, ...]
    warnings: tuple[Fault, ...]
    #: Who codes what a second time, unseen (see coding.assignment).
    assignments: pd.DataFrame = field(default_factory=lambda: assignments_table(()))
    #: Texts that were in force before an edit, and the changes that led to those of today.
    former_texts: FormerTexts = field(default_factory=dict)
    text_changes: tuple[TextChange, ...] = ()
    #: What the study has set out to gather (see corpus.plan).
    plan: pd.DataFrame = field(default_factory=empty_plan)
    #: Memos written outside documents, a log for each coder.
    memo_logs: tuple[journal.Log, ...] = ()
    #: Maturity, measures, events and indicators: every row, cut with ``registers.until(day)`` where a day is asked for.
    registers: Registers = field(default_factory=Registers)
    #: The day or UTC second that :meth:`at` was asked for; "" for the study as it stands today.
    moment: str = ""
    #: Today's study, of one at a moment: who may see whose work is judged by today.
    today: Study | None = field(default=None, repr=False, compare=False)

    def milestone(self, name: str) -> Milestone:
        """The milestone with this id."""
        for milestone in self.settings.milestones:
            if milestone.id == name:
                return milestone
        raise UnknownName("milestone", name, (m.id for m in self.settings.milestones))

    def milestone_before(self, milestone: Milestone) -> Milestone | None:
        """The milestone of the version before of the same model of the same case, or None for the first."""
        earlier = (
            one
            for one in self.settings.milestones
            if (one.model, one.case) == (milestone.model, milestone.case)
            and one.model_version == milestone.model_version - 1
        )
        return next(earlier, None)

    def codebook(self, milestone: Milestone) -> Codebook:
        """The codebook version that a milestone pins."""
        return self.lineage[milestone.codebook_version]

    @property
    def pipeline(self) -> str | None:
        """What spaCy loads for the settings' pipeline: a whole path, or an installed package's name; None without one."""
        name = self.settings.pipeline
        return name and (resolved_pipeline(self.path, name) or name)

    def documents_until(self, day: dt.date) -> pd.DataFrame:
        """The documents dated on or before `day`."""
        return self.documents[self.documents["date"] <= day.isoformat()]

    def hidden(self, documents: pd.DataFrame) -> frozenset[str]:
        """The ids of those `documents` whose disclosure class keeps them from being shown."""
        return frozenset(documents.index[~documents["disclosure"].isin(self.settings.shown_disclosures)])

    def as_of(self, day: dt.date | None) -> Study:
        """The study with the texts that were in force at the end of a day (UTC); itself for None.

        Registers, codebooks and logs are those of today; they are cut where a day is asked for.

        Raises
        ------
        ForanError
            When a text of that day was not kept.
        """
        return self if day is None else self._with_texts_of(day.isoformat())

    def at(self, moment: str | None) -> Study:
        """The study as it stood at the end of a day (UTC) or at a second; itself for None.

        Parameters
        ----------
        moment
            ``YYYY-MM-DD``, or a UTC second as ``YYYY-MM-DDTHH:MM:SSZ``.

        Returns
        -------
        Study
            Logs and memos cut before their first later event; the texts then in force and the changes up to then; the
            codebooks then released, and the first one before that; assignments drawn by then; documents dated by then.
            Before anything was there it is empty. Settings, participants, processes, the plan, consent and who may see
            whose work are those of today.

        Raises
        ------
        ForanError
            When `moment` is neither, or a text of that time was not kept.

        Examples
        --------
        >>> load_study().at("2020-09-30").lineage.versions  # doctest: +SKIP
        ('1.0.0',)
        """
        if moment is None:
            return self
        end = end_of(moment)
        if self.moment and end_of(self.moment) <= end:
            return self
        day = moment[:10]
        documents = self.documents[self.documents["date"] <= day]
        gone = set(self.transcripts) - set(documents.index)
        kept = replace(
            self,
            documents=documents,
            transcripts={name: text for name, text in self.transcripts.items() if name not in gone},
            lineage=self._lineage_at(moment),
            logs=tuple(log for log in self._logs_at(self.logs, moment) if Path(log.name).stem not in gone),
            memo_logs=self._logs_at(self.memo_logs, moment),
            assignments=self.assignments[self.assignments["drawn"] <= day],
            moment=moment,
            today=self.today or self,
        )._with_texts_of(moment)
        return replace(kept, text_changes=tuple(change for change in self.text_changes if change.at <= end))

    def codebook_log(self) -> CodebookLog:
        """The log of the codebook as its file has it, cut before the first entry later than :attr:`moment`."""
        log = read_codebook_log(self.path, Faults()) or CodebookLog()
        if not self.moment:
            return log
        end = end_of(self.moment)
        count = sum(1 for _ in takewhile(lambda entry: entry.at <= end, log.entries))
        if count == len(log.entries):
            return log
        return replace(
            log,
            entries=log.entries[:count],
            lines=log.lines[:count],
            head_sha256=log.entries[count].prev_sha256,
            torn=0,
        )

    def _lineage_at(self, moment: str) -> Lineage:
        """The codebooks released by a moment; the second of a release is known from the log of the codebook."""
        end, day = end_of(moment), moment[:10]
        log = read_codebook_log(self.path, Faults()) or CodebookLog()
        released = {entry.about: entry.at for entry in log.entries if entry.action == "release"}
        books = self.lineage.codebooks
        kept = tuple(book for book in books if book.released <= day and released.get(book.codebook_version, "") <= end)
        return replace(self.lineage, codebooks=kept or books[:1])

    @staticmethod
    def _logs_at(logs: tuple[journal.Log, ...], moment: str) -> tuple[journal.Log, ...]:
        """The logs cut at a moment; one that was not begun then is none."""
        return tuple(log for log in (log.until(moment) for log in logs) if log.events)

    def _with_texts_of(self, moment: str) -> Study:
        current = {document: transcript.text_sha256 for document, transcript in self.transcripts.items()}
        then = texts_in_force(current, self.text_changes, moment)
        edited = [document for document, sha256 in then.items() if sha256 != current[document]]
        if not edited:
            return self
        if lacking := [document for document in edited if (document, then[document]) not in self.former_texts]:
            raise ForanError(
                f"the texts of {', '.join(lacking)} as they were on {moment} are not kept: restore corpus/texts/.versions "
                "from git or a backup"
            )
        transcripts = {
            document: self.former_texts[document, then[document]] if document in edited else transcript
            for document, transcript in self.transcripts.items()
        }
        documents = self.documents.copy()
        documents.loc[edited, "text_sha256"] = [then[document] for document in edited]
        today = {(document, current[document]): self.transcripts[document] for document in edited}
        former = {**self.former_texts, **today}
        return replace(self, documents=documents, transcripts=transcripts, former_texts=former)

    def segments(self, *, until: dt.date | None = None, under: str | None = None) -> pd.DataFrame:
        """Every coded segment of every coder that stands after the logs (up to a day), in the texts of today.

        For the texts of that day as well: ``study.as_of(day).segments(until=day)``. With `under` the codes are those
        that codebook version knows: a passage recoded under a later one counts as it was before.
        """
        day = until.isoformat() if until else None
        return segments_from_logs(self.logs, self.transcripts, until=day, former=self.former_texts, under=under)

    def known_to_registers(self) -> Known:
        """What the registers can name, as :func:`registers.store.append` asks for it: that of today's study."""
        today = self.today or self
        return known_from(
            today.settings,
            today.lineage,
            today.documents,
            today.participants,
            today.processes,
            today.transcripts,
            today.logs,
        )

    def segment_count(self) -> int:
        """How many coded segments stand and have a place, without making the table of them."""
        newest = {event.segment: event.after for log in self.logs for event in log.events}
        return sum(1 for record in newest.values() if record is not None and is_segment(record))

    def waiting(self) -> dict[str, list[str]]:
        """By document, the coded segments that have lost their place in an edited text; they count nowhere meanwhile."""
        return waiting_segments(self.logs, self.transcripts, self.former_texts)

    def resolutions(self, *, until: dt.date | None = None) -> tuple[Resolution, ...]:
        """What was decided where coders differ, as it stands after the logs (up to a day), oldest first."""
        return resolutions_from_logs(self.logs, until=until.isoformat() if until else None)

    @property
    def coders(self) -> frozenset[str]:
        """Everybody who has a coding log, but for the remarks that came in with the sources."""
        return frozenset(log.name.split("/")[-2] for log in self.logs) - {IMPORTER}

    def coded_by(self) -> frozenset[tuple[str, str]]:
        """The (coder, document) pairs with a coded segment that stands."""
        segments = self.segments()
        return frozenset(zip(segments["coder"], segments["document"], strict=True))

    def done(self) -> frozenset[tuple[str, str]]:
        """The (coder, document) pairs of which the coder has said that she is done."""
        return done_in(self.logs)

    def withheld_from(self, viewer: str | None) -> frozenset[tuple[str, str]]:
        """The (coder, document) pairs whose work `viewer` may not see yet; for None, see ``coding.assignment.withheld``."""
        today = self.today or self
        return withheld(assignments_in(today.assignments), today.done(), viewer)

    def units(self, documents: pd.DataFrame) -> pd.DataFrame:
        """The informant units of `documents`."""
        return informant_units(self.transcripts, documents, self.participants, self.settings.interviewers)

    def suggested_segments(self, documents: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
        """What the cues of `codebook` suggest for the informant units of `documents`, as a segments table.

        The coder is ``cues@VERSION``; ids count per document; polarity is the cues' hint or "".
        """
        from .codebook.spacy_component import load_pipeline, suggest

        nlp = load_pipeline(self.pipeline) if self.pipeline else None
        coder = suggestions_coder(codebook.codebook_version)
        units = self.units(documents)
        rows: list[dict[str, object]] = []
        for document in documents.index:
            transcript = self.transcripts[document]
            numbers = set(units.loc[units["document"] == document, "turn"])
            turns = [turn for turn in transcript.turns if turn.number in numbers]
            by_form: dict[str, list[tuple[int, int]]] = {}
            for turn in turns:
                by_form.setdefault(self.written_form(transcript, turn.speaker), []).append(
                    (turn.span.start, turn.span.end)
                )
            found = [
                suggestion
                for form, within in sorted(by_form.items())
                for suggestion in suggest(transcript.text, codebook, form, within, nlp=nlp)
            ]
            for number, item in enumerate(sorted(found, key=lambda s: (s.start, s.end, s.code)), 1):
                touched = tuple(t.number for t in turns if t.span.start < item.end and item.start < t.span.end)
                rows.append(
                    {
                        "segment": f"{document}.{coder}.{number:04d}",
                        "coder": coder,
                        "document": document,
                        "start": item.start,
                        "end": item.end,
                        "turns": touched,
                        "quote": transcript.text[item.start : item.end],
                        "code": item.code,
                        "polarity": item.polarity,
                        "codebook_version": codebook.codebook_version,
                        "at": "",
                        "memo": "",
                        "applied_under": codebook.codebook_version,
                    }
                )
        return segments_table(rows)

    def written_form(self, transcript: Transcript, speaker: str | None) -> str:
        """The speaker's written form if the register has one, else the document's."""
        if speaker in self.participants.index:
            return str(self.participants.at[speaker, "written_form"]) or transcript.written_form
        return transcript.written_form

    def model_inputs(self, milestone: Milestone, *, coding: str = "human") -> ModelInputs:
        """All that a milestone's model is made of: corpus cut at its date, log cut at its day, codebook pinned."""
        if coding not in CODINGS:
            raise UnknownName("coding", coding, CODINGS)
        # The words a model stands on are those its coders read.
        then = self.as_of(milestone.coded_until)
        if then is not self:
            return then.model_inputs(milestone, coding=coding)
        codebook, settings = self.codebook(milestone), self.settings
        documents = self.documents_until(milestone.cut_off)
        units = self.units(documents)
        if coding == "human":
            segments = self.segments(until=milestone.coded_until, under=codebook.codebook_version)
            segments = segments[segments["document"].isin(documents.index)]
            resolutions = self.resolutions(until=milestone.coded_until)
            # A passage taken over from another coder does not make its document read under that coder's codebook.
            own = resolved(segments, (), settings.model_coders)
            segments = resolved(segments, resolutions, settings.model_coders)
            coders = tuple(sorted(set(segments["coder"])))
            limit = version_key(codebook.codebook_version)
            done = done_under(self.logs, until=milestone.coded_until.isoformat())
            done = frozenset(mark for mark in done if version_key(mark[2]) <= limit)
            versions = coded_under(segments, done) | coded_under(own, done)
        else:
            segments = self.suggested_segments(documents, codebook)
            coders = (suggestions_coder(codebook.codebook_version),)
            versions = dict.fromkeys(documents.index, codebook.codebook_version)
        return ModelInputs(
            segments=migrate(segments, self.lineage, codebook.codebook_version),
            units=units,
            documents=documents,
            coded_under=versions,
            hidden=self.hidden(documents),
            asked={guide.id: frozenset(guide.asks) for guide in settings.guides},
            codebook=codebook,
            lineage=self.lineage,
            cases=tuple(case.id for case in settings.cases),
            levels=tuple(level.id for level in settings.levels),
            coding=coding,
            coders=coders,
            min_edge_turns=settings.min_edge_turns,
        )


def study_path(given: str | os.PathLike[str] | None = None) -> Path:
    """The study's folder: the one given, else FORAN_STUDY, else the working folder or the nearest above it with settings."""
    if given is not None:
        return Path(given).resolve()
    if named := os.environ.get("FORAN_STUDY"):
        return Path(named).resolve()
    here = Path.cwd().resolve()
    return next((folder for folder in (here, *here.parents) if (folder / "foran.toml").is_file()), here)


def read_study(path: Path) -> tuple[Study | None, Faults]:
    """The study in `path` and every fault found; None when settings, registers or codebooks cannot be used at all."""
    with no_garbage():
        return _read_study(path)


def _read_study(path: Path) -> tuple[Study | None, Faults]:
    faults = Faults()
    settings = read_settings(path, faults)
    if settings is None:
        return None, faults
    vocabulary = settings.vocabulary()
    processes = read_processes(path, vocabulary, faults)
    participants = read_participants(path, vocabulary, faults)
    documents, transcripts = read_documents(path, vocabulary, processes, participants, settings.interviewers, faults)
    lineage = read_lineage(path, vocabulary["level"], faults)
    unread = {fault.file for fault in faults if fault.kind in UNREADABLE}
    registered = None if DOCUMENTS_FILE in unread else frozenset(documents.index)
    changes = read_changes(path, faults)
    former = _read_former_texts(path, documents, transcripts, changes, faults)
    logs = _read_logs(path, transcripts, registered, lineage, former, faults)
    memo_logs = _read_memos(path, logs, lineage, faults)
    _note_waiting(logs, transcripts, former, faults)
    assignments = read_assignments(path, registered, transcripts, faults)
    plan = read_plan(path, vocabulary, processes, faults)
    known = _known(settings, lineage, documents, participants, processes, transcripts, logs, faults)
    registers = read_registers(path, known, faults)
    _check_settings(settings, lineage, logs, faults)
    _check_facets(settings, logs, faults)
    if not faults.errors:
        _check_memo_links(path, settings, documents, processes, lineage, logs, memo_logs, faults)
        check_milestones(settings, faults)
        _check_arenas(path, settings, in_force(documents), faults)
    return Study(
        path,
        settings,
        in_force(documents),
        participants,
        processes,
        transcripts,
        lineage,
        logs,
        tuple(faults.warnings),
        assignments,
        former,
        changes,
        plan,
        memo_logs,
        registers,
    ), faults


def _known(
    settings: Settings,
    lineage: Lineage,
    documents: pd.DataFrame,
    participants: pd.DataFrame,
    processes: pd.DataFrame,
    transcripts: Mapping[str, Transcript],
    logs: tuple[journal.Log, ...],
    faults: Faults,
) -> Known:
    """What the registers can name; what refers to a file that could not be read is not judged."""
    unread = {fault.file for fault in faults if fault.kind in UNREADABLE}
    is_uncertain = DOCUMENTS_FILE in unread or any(f.file.startswith(f"{journal.FOLDER}/") for f in faults.errors)
    return known_from(
        settings,
        lineage,
        in_force(documents),
        None if PARTICIPANTS_FILE in unread else participants,
        None if PROCESSES_FILE in unread else processes,
        transcripts,
        None if is_uncertain else logs,
    )


def load_study(path: str | os.PathLike[str] | None = None) -> Study:
    """The study in `path` (see :func:`study_path`).

    Raises
    ------
    StudyError
        With every fault at once, when the files do not hold together.
    ForanError
        After the project's last day, when informants' words are closed.
    """
    study, faults = read_study(study_path(path))
    if faults.errors or study is None:
        raise StudyError(faults.errors)
    # Notebooks come this way as well as commands: the day is looked at here.
    gate(study.settings, dt.datetime.now(dt.UTC).date(), "lab")
    return study


def _read_former_texts(
    path: Path,
    documents: pd.DataFrame,
    transcripts: Mapping[str, Transcript],
    changes: tuple[TextChange, ...],
    faults: Faults,
) -> dict[tuple[str, str], Transcript]:
    """The texts that edits have replaced; one that was not kept is a warning, for only older models need it."""
    found = {}

    def read(document: str, sha256: str) -> bool:
        text = read_version(path, document, sha256)
        if text is not None:
            turns = parse_turns(text, has_turns=bool(documents.at[document, "kind"] == "interview"))
            found[document, sha256] = Transcript(document, text, turns, str(documents.at[document, "written_form"]))
        return text is not None

    for change in changes:
        document, sha256 = change.document, change.from_sha256
        if document not in documents.index or (document, sha256) in found or read(document, sha256):
            continue
        faults.note(
            "missing-text-version",
            version_path(path, document, sha256).relative_to(path).as_posix(),
            None,
            f"no text with fingerprint {sha256[:12]}…",
            f"the text of {document} before it was changed on {change.at[:10]}",
            "Restore it from git or a backup: models of before that day need it.",
            is_warning=True,
        )
    listed = {change.document: change.to_sha256 for change in changes}
    for document, sha256 in listed.items():
        registered = str(documents.at[document, "text_sha256"]) if document in documents.index else sha256
        text = transcripts.get(document)
        if sha256 != registered and text is not None and text.text_sha256 == registered:
            faults.note(
                "unfinished-text-change",
                CHANGES_FILE,
                None,
                f"a change of {document} that was begun and not finished",
                "changes whose text is in force",
                f"Run `foran reanchor {document}`: the text in corpus/texts/{document}.md is the one that will stand.",
            )
    for document, transcript in transcripts.items():
        # Edited and not yet re-anchored: the codings speak of the text that the register names.
        registered = str(documents.at[document, "text_sha256"])
        if registered != transcript.text_sha256:
            read(document, registered)
    return found


def _note_waiting(
    logs: tuple[journal.Log, ...], transcripts: Mapping[str, Transcript], former: FormerTexts, faults: Faults
) -> None:
    """Warn of codings that have lost their place, and of logs that speak of a text that was edited since."""
    if faults.errors:
        return
    waiting = waiting_segments(logs, transcripts, former)
    behind = {
        log.events[0].document
        for log in logs
        if log.events
        and (log.events[0].document, log.events[-1].text_sha256) in former
        and log.events[-1].text_sha256 != transcripts[log.events[0].document].text_sha256
    }
    for document in sorted({*waiting, *behind}):
        count = len(waiting.get(document, ()))
        faults.note(
            "waiting-segments" if count else "log-behind-text",
            f"corpus/texts/{document}.md",
            None,
            f"{count} coded segments without a place since the text was edited"
            if count
            else "a log of the text before",
            "every coding at its place",
            f"Open {document} in the coder and place them; until then they count nowhere."
            if document not in behind
            else f"Run `foran reanchor {document}`.",
            is_warning=True,
        )


def _read_logs(
    path: Path,
    transcripts: Mapping[str, Transcript],
    registered: frozenset[str] | None,
    lineage: Lineage,
    former: FormerTexts,
    faults: Faults,
) -> tuple[journal.Log, ...]:
    logs = []
    homes: dict[str, str] = {}
    folder = path / journal.FOLDER
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        name = file.relative_to(path).as_posix()
        if not (file.suffix == ".jsonl" and file.parent.parent == folder):
            _check_no_log(file, file.relative_to(folder).parts, name, faults)
            continue
        log = journal.read_log(file, name, faults)
        check_log(
            log,
            file.parent.name,
            file.stem,
            transcripts.get(file.stem),
            lineage,
            faults,
            is_registered=registered is None or file.stem in registered,
            former=former,
        )
        check_resolutions(log, faults)
        check_memos(log, faults)
        for event, line in zip(log.events, log.lines, strict=True):
            if homes.setdefault(event.segment, name) != name:
                faults.note(
                    "duplicate-id",
                    name,
                    line,
                    f"segment {shown_id(event.segment)}, which is also in {homes[event.segment]}",
                    "ids that differ",
                    "Restore the file from a backup.",
                )
        logs.append(log)
    return tuple(logs)


def _read_memos(path: Path, logs: tuple[journal.Log, ...], lineage: Lineage, faults: Faults) -> tuple[journal.Log, ...]:
    """The memos written outside documents; an id that a record of another file has as well is a fault."""
    memo_logs = read_memo_logs(path, lineage, faults)
    homes = {event.segment: log.name for log in logs for event in log.events} if memo_logs else {}
    for log in memo_logs:
        for event, line in zip(log.events, log.lines, strict=True):
            if homes.setdefault(event.segment, log.name) != log.name:
                faults.note(
                    "duplicate-id",
                    log.name,
                    line,
                    f"memo {shown_id(event.segment)}, which is also in {homes[event.segment]}",
                    "ids that differ",
                    "Restore the file from a backup.",
                )
    return memo_logs


def change_ids(path: Path, lineage: Lineage) -> frozenset[str]:
    """The ids of all changes of the codebook: those in its versions, and those that were proposed only."""
    log = read_codebook_log(path, Faults())
    proposed = (entry.about for entry in log.entries if entry.action == "propose") if log is not None else ()
    return frozenset((*(change.id for book in lineage.codebooks for change in book.changes), *proposed))


def _check_memo_links(
    path: Path,
    settings: Settings,
    documents: pd.DataFrame,
    processes: pd.DataFrame,
    lineage: Lineage,
    logs: tuple[journal.Log, ...],
    memo_logs: tuple[journal.Log, ...],
    faults: Faults,
) -> None:
    """Warn of memos about, or linked to, what the study does not have."""
    known: dict[str, Callable[[], Collection[str]]] = {
        "segment": lambda: frozenset(standing_in(logs)),
        "code": lambda: frozenset(code.id for book in lineage.codebooks for code in book.codes),
        "change": lambda: change_ids(path, lineage),
        "milestone": lambda: frozenset(milestone.id for milestone in settings.milestones),
        "document": lambda: frozenset(documents.index),
        "case": lambda: frozenset(case.id for case in settings.cases),
        "process": lambda: frozenset(processes.index),
        "memo": lambda: frozenset(standing_in((*logs, *memo_logs))),
    }
    check_links((*logs, *memo_logs), known, faults)


def _check_no_log(file: Path, parts: tuple[str, ...], name: str, faults: Faults) -> None:
    """Note a file among the logs that nobody reads; what a name hides with a full stop is no part of the study."""
    if not (file.name.endswith(".jsonl.torn") or any(part.startswith(".") for part in parts)):
        faults.note(
            "unknown-file",
            name,
            None,
            "a file that is no coding log",
            f"{journal.FOLDER}/CODER/DOCUMENT.jsonl",
            "Rename it or move it away: it is not read.",
        )


def _check_settings(settings: Settings, lineage: Lineage, logs: tuple[journal.Log, ...], faults: Faults) -> None:
    known = {code.id for book in lineage.codebooks for code in book.codes}
    for milestone in settings.milestones:
        if milestone.codebook_version not in (*lineage.versions, *lineage.unreadable):
            faults.note(
                "unknown-codebook-version",
                SETTINGS_FILE,
                settings.lines.get(f"milestones.{milestone.id}.codebook_version"),
                f"codebook {milestone.codebook_version} of milestone {milestone.id}",
                f"one of: {', '.join(lineage.versions) or 'none readable'}",
                "Correct the version, or restore codebooks/.",
            )
    _check_days_of_codebooks(settings, lineage, faults)
    for guide in settings.guides:
        for code in guide.asks:
            if code not in known and known and not lineage.unreadable:
                faults.note(
                    "unknown-code",
                    SETTINGS_FILE,
                    settings.lines.get(f"guides.{guide.id}.asks"),
                    f"code {code} of guide {guide.id}",
                    "a code id of some codebook",
                    "Correct the id.",
                )
    coders = {log.name.split("/")[-2] for log in logs} - {IMPORTER}
    for coder in settings.model_coders if coders else ():
        if coder not in coders:
            faults.note(
                "unknown-coder",
                SETTINGS_FILE,
                settings.lines.get("analysis.model_coders"),
                f"model coder {coder}",
                f"one of: {', '.join(sorted(coders))}",
                "Correct analysis.model_coders.",
            )
    for second in settings.second_passes if coders else ():
        if unknown := [name for name in (second.coder, second.of) if name not in coders]:
            # Not begun, or misspelt: then one person's two passes would be told as agreement between two.
            faults.note(
                "unknown-coder",
                SETTINGS_FILE,
                settings.lines.get(f"second_passes.{second.coder}"),
                f"second pass of {' and '.join(unknown)}, without a log",
                f"one of: {', '.join(sorted(coders))}",
                "Correct the initials in [[second_passes]], unless nothing is coded under them yet.",
                is_warning=True,
            )


def _check_days_of_codebooks(settings: Settings, lineage: Lineage, faults: Faults) -> None:
    """Warn of milestones under a codebook that came after their coding, and of models that go back to an older codebook."""
    known = [one for one in settings.milestones if one.codebook_version in lineage.versions]
    newest: dict[tuple[str, str], Milestone] = {}
    for milestone in sorted(known, key=lambda one: one.model_version):
        version = milestone.codebook_version
        line = settings.lines.get(f"milestones.{milestone.id}.codebook_version")
        released = lineage[version].released
        if released > milestone.coded_until.isoformat():
            faults.note(
                "codebook-after-milestone",
                SETTINGS_FILE,
                line,
                f"codebook {version} of milestone {milestone.id}, released on {released}",
                f"a codebook released up to {milestone.coded_until}, where its coding ends",
                "Correct the version or coded_until; as it stands nobody can have coded under it by then.",
                is_warning=True,
            )
        if milestone.model == "status":
            continue
        before = newest.get((milestone.model, milestone.case))
        newest[milestone.model, milestone.case] = milestone
        if before is not None and version_key(before.codebook_version) > version_key(version):
            faults.note(
                "codebook-order",
                SETTINGS_FILE,
                line,
                f"codebook {version} of milestone {milestone.id}, after {before.codebook_version} of {before.id}",
                f"codebook {before.codebook_version} or later",
                "Correct one of the two; what is new is told against the version before, and no codebook goes back.",
                is_warning=True,
            )


def _check_arenas(path: Path, settings: Settings, documents: pd.DataFrame, faults: Faults) -> None:
    if any(arena.first is not None or arena.last is not None for arena in settings.arenas):
        rows = read_register(path, DOCUMENTS_FILE, DOCUMENT_COLUMNS, Faults())
        check_arenas(settings, documents, {row["id"]: line for line, row in rows}, faults)


def _check_facets(settings: Settings, logs: tuple[journal.Log, ...], faults: Faults) -> None:
    """Warn of answers in the logs that no facet of the settings has, once for each log and answer."""
    known = {(facet.id, value.id) for facet in settings.facets for value in facet.values}
    for log in logs:
        seen = set(known)
        for event, line in zip(log.events, log.lines, strict=True):
            after = event.after
            # Nearly all segments of most studies have no facet.
            if after is None or not (after.get("facets") or after.get("phase")):
                continue
            if not (is_segment(after) and isinstance(after.get("facets", {}), dict)):
                continue
            for answer in facets_of(after).items():
                if isinstance(answer[1], str) and answer not in seen:
                    seen.add(answer)
                    faults.note(
                        "unknown-facet",
                        log.name,
                        line,
                        f"facet {shown(answer[0])} answered {shown(answer[1])} in segment {shown_id(event.segment)}",
                        "an answer that [[facets]] in foran.toml names",
                        "Add it there, or answer anew on the coder's screen.",
                        is_warning=True,
                    )
