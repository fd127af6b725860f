"""A text that was edited after it was coded: its new version kept, every coder's log brought along, the register updated.

The order of writing makes a crash harmless: the new text is kept first, then the change is listed, then come text, logs
and register. Whatever is missing after that is finished by re-anchoring the document again.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .coding import journal
from .coding.assignment import COLUMNS as ASSIGNMENT_COLUMNS
from .coding.assignment import parsed_turns, turns_text
from .coding.assignment_store import FILE as ASSIGNMENTS_FILE
from .coding.events import Event, Step, fold
from .coding.reanchor import STATUSES, KnownPlaces, follow, turns_in
from .coding.segments import check_log
from .corpus.store import (
    DOCUMENT_COLUMNS,
    DOCUMENTS_FILE,
    TEXTS_FOLDER,
    Row,
    read_register,
    read_utf8,
    register_text,
    write_atomically,
)
from .corpus.text_versions import (
    TextChange,
    read_changes,
    read_version,
    store_version,
    write_changes,
)
from .corpus.transcript import Transcript, canonical, parse_turns, split_front_matter, text_sha256
from .errors import Faults, ForanError, StudyError, UnknownName
from .locking import only_writer
from .study import Study, read_study

#: A column of assignments: the text that the numbers of the turns are of, where it was edited after the draw.
_TURNS_OF = "text_sha256"
#: How often a log is read anew because its coder was quicker.
_TRIES = 20


@dataclass(frozen=True)
class Reanchored:
    """What became of a document's coded segments in its new text; `coders` are those whose logs were brought along."""

    document: str
    is_changed: bool
    counts: Mapping[str, int]
    coders: tuple[str, ...]

    @property
    def waiting(self) -> int:
        """Coded segments that wait for somebody to place them."""
        return sum(self.counts.get(status, 0) for status in ("changed", "ambiguous", "lost"))


@dataclass(frozen=True)
class _Plan:
    document: str
    registered: str
    front: str
    text: str
    is_stored: bool
    steps: Mapping[str, tuple[Step, ...]]
    #: The head of each log as it was when its steps were made.
    heads: Mapping[str, str]
    counts: Mapping[str, int]
    assignments: str
    known: KnownPlaces


def edited(study: Path) -> list[str]:
    """The documents whose text is not the registered one, or whose logs speak of an older one, in order of the register."""
    faults = Faults()
    found = []
    listed = {change.document: change.to_sha256 for change in read_changes(study, faults)}
    for _, row in _register(study, faults):
        now = _current(study, row["id"], Faults())
        if now is None:
            continue
        behind = any(log.events[-1].text_sha256 != row["text_sha256"] for log in _logs(study, row["id"], Faults()))
        is_unfinished = listed.get(row["id"], row["text_sha256"]) != row["text_sha256"]
        if not now[2] or text_sha256(now[1]) != row["text_sha256"] or behind or is_unfinished:
            found.append(row["id"])
    return found


def reanchor(
    study: Path,
    document: str,
    new_text: str | None = None,
    *,
    at: str,
    reason: str = "",
    was: str | None = None,
    known: KnownPlaces | None = None,
    is_dry_run: bool = False,
) -> Reanchored:
    """Bring every coding of a document into its edited text.

    Parameters
    ----------
    study
        The study's folder.
    document
        A registered document.
    new_text
        The canonical text that is to take the place of the one in force, without front matter; what stands in
        ``corpus/texts/ID.md`` when left out.
    at
        The moment of the change, UTC, as ``YYYY-MM-DDTHH:MM:SSZ``.
    reason
        Why the text was changed, for the list of changes.
    was
        The fingerprint of the text that `new_text` was made from; another one in force meanwhile is not written over.
    known
        For a text that a machine composed: stretches of an old text whose place in the new one is known.
    is_dry_run
        Say what would become of the codings; write nothing.

    Raises
    ------
    StudyError
        With every fault of the new text or of the logs; nothing was written.
    """
    with only_writer(study / "corpus", "foran reanchor", wait=30.0):
        faults = Faults()
        rows = _register(study, faults)
        if faults.errors:
            raise StudyError(faults.errors)
        if document not in (row["id"] for _, row in rows):
            raise UnknownName("document", document, (row["id"] for _, row in rows))
        row = next(row for _, row in rows if row["id"] == document)
        now = _current(study, document, faults) if was is not None else None
        if was is not None and (row["text_sha256"] != was or now is None or text_sha256(now[1]) != was):
            raise ForanError(
                f"the text of {document} was changed by somebody else meanwhile, and theirs stands; bring your changes "
                "into the text as it is now"
            )
        plan = _plan(study, document, row, new_text, known or _none_known)
        sha256 = text_sha256(plan.text)
        is_changed = sha256 != plan.registered
        if not is_dry_run:
            try:
                _write(study, plan, rows, TextChange(document, plan.registered, sha256, at, reason))
            except OSError as error:
                raise ForanError(
                    f"{study}: cannot be written to ({error.strerror}); nothing is lost: run `foran reanchor {document}` "
                    "when there is room"
                ) from error
        return Reanchored(document, is_changed, plan.counts, tuple(sorted(plan.steps)))


def keep_texts(study: Path) -> int:
    """Keep every registered text that is as registered, so that it can be edited; how many were not kept before."""
    count = 0
    for _, row in _register(study, Faults()):
        now = _current(study, row["id"], Faults())
        if now is None or text_sha256(now[1]) != row["text_sha256"]:
            continue
        if read_version(study, row["id"], row["text_sha256"]) is None:
            store_version(study, row["id"], now[1])
            count += 1
    return count


def keep_text(study: Study, document: str) -> None:
    """Keep the text in force as a version, so that it can be edited later; called when coding of it begins."""
    store_version(study.path, document, study.transcripts[document].text)


def _register(study: Path, faults: Faults) -> list[tuple[int, Row]]:
    return read_register(study, DOCUMENTS_FILE, DOCUMENT_COLUMNS, faults)


def _current(study: Path, document: str, faults: Faults) -> tuple[str, str, bool] | None:
    """Front matter and canonical text of the file as it is now, and whether the file is stored canonically."""
    name = f"{TEXTS_FOLDER}/{document}.md"
    raw = read_utf8(study / name, name, faults)
    if raw is None:
        return None
    front, text = split_front_matter(canonical(raw))
    return front, text, raw == canonical(raw)


def _logs(study: Path, document: str, faults: Faults) -> list[journal.Log]:
    """The logs of a document that hold something."""
    found = []
    for path in sorted((study / journal.FOLDER).glob(f"*/{document}.jsonl")):
        log = journal.read_log(path, path.relative_to(study).as_posix(), faults)
        if log.events:
            found.append(log)
    return found


def _none_known(_old: str, _new: str) -> tuple[()]:
    return ()


def _plan(study: Path, document: str, row: Row, new_text: str | None, known: KnownPlaces) -> _Plan:
    """Everything that is to be written, or every reason why it cannot be."""
    faults = Faults()
    current = _current(study, document, faults)
    read_changes(study, faults)  # what is wrong with the list is told before anything is written
    if current is None:
        raise StudyError(faults.errors)
    front, text, is_stored = current
    registered = row["text_sha256"]
    # Without a new one, what stands in the file is what is meant, also after a change that was never finished.
    if new_text is not None:
        text, is_stored = canonical(new_text), False
    loaded, others = read_study(study)
    former = dict(loaded.former_texts) if loaded is not None else {}
    interviewers = loaded.settings.interviewers if loaded is not None else None
    transcript = _checked(row, text, interviewers, faults)
    assignments = _assignments(study, row, text, faults, known)
    steps: dict[str, tuple[Step, ...]] = {}
    heads: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for log in _logs(study, document, faults):
        spoken_of = log.events[-1].text_sha256
        if spoken_of == transcript.text_sha256:
            continue
        old = read_version(study, document, spoken_of)
        if old is None:
            faults.note(
                "missing-text-version",
                log.name,
                log.lines[-1],
                f"codings of a text ({spoken_of[:12]}…) that is not kept",
                f"that text in {TEXTS_FOLDER}/.versions/{document}",
                f"Put the text that was coded back into {TEXTS_FOLDER}/{document}.md (from git or a backup), run "
                "`foran reanchor` once, and edit it then.",
            )
            continue
        if loaded is not None:
            then = Transcript(document, old, parse_turns(old, has_turns=row["kind"] == "interview"))
            coder = log.events[-1].coder
            check_log(log, coder, document, then, loaded.lineage, faults, is_registered=True, former=former)
        if faults.errors:
            continue
        marker = f"{document}.{log.events[-1].coder}.text"
        followed = follow(
            fold(log.events),
            old,
            text,
            marker=marker,
            former=lambda sha256: read_version(study, document, sha256),
            known=known,
        )
        steps[log.events[-1].coder] = followed.steps
        heads[log.events[-1].coder] = log.head_sha256
        counts.update(followed.counts)
    if loaded is None:
        # Settings or codebooks that cannot be read: what the logs say cannot be judged either.
        faults.extend(others.errors)
    if faults.errors:
        raise StudyError(faults.errors)
    told: dict[str, int] = {one: counts[one] for one in STATUSES}
    return _Plan(document, registered, front, text, is_stored, steps, heads, told, assignments, known)


def _checked(row: Row, text: str, interviewers: frozenset[str] | None, faults: Faults) -> Transcript:
    """The new text as a transcript, with a fault for everything that would keep the study from being loaded."""
    name = f"{TEXTS_FOLDER}/{row['id']}.md"
    transcript = Transcript(
        row["id"], text, parse_turns(text, has_turns=row["kind"] == "interview"), row["written_form"]
    )
    if "\0" in text:
        faults.note("not-text", name, text[: text.index("\0")].count("\n") + 1, "a null character", "text",
                    "Remove it.")  # fmt: skip
    if not any(turn.kind != "heading" for turn in transcript.turns):
        faults.note("empty-text", name, None, "no turn and no paragraph", "text",
                    "Put the text back; `foran withdraw` is for taking a participant's words out.")  # fmt: skip
    known = {*row["participants"].split(), *(interviewers or ())}
    for turn in transcript.turns if interviewers is not None else ():
        if turn.speaker is not None and turn.speaker not in known:
            faults.note(
                "unknown-speaker",
                name,
                None,
                f"speaker label of {len(turn.speaker)} characters in turn {turn.number} that no register knows",
                "a participant of the document or an interviewer",
                f"Correct the label, or add the participant to {DOCUMENTS_FILE} first.",
            )
    return transcript


def _write(study: Path, plan: _Plan, rows: list[tuple[int, Row]], change: TextChange) -> None:
    faults = Faults()
    changes = read_changes(study, faults)
    document, to = plan.document, change.to_sha256
    before = read_version(study, document, plan.registered)
    if before is None and (now := _current(study, document, faults)) and text_sha256(now[1]) == plan.registered:
        store_version(study, document, now[1])
    store_version(study, document, plan.text)
    if not plan.is_stored:
        front = f"---\n{plan.front}---\n\n" if plan.front else ""
        write_atomically(study / TEXTS_FOLDER / f"{document}.md", front + plan.text)
    last = next((one for one in reversed(changes) if one.document == document), None)
    stood = last.to_sha256 if last is not None else plan.registered
    if last is not None and stood == to:
        # An earlier try: its moment stands, so that all logs tell the same one.
        change = last
    elif to != stood:
        # After a change that was listed and then overtaken or taken back, the list goes on from where it stands.
        change = replace(change, from_sha256=stood)
        write_changes(study, (*changes, change))
    for coder in plan.steps:
        _append(study, plan, coder, to, change.at)
    if plan.assignments:
        write_atomically(study / ASSIGNMENTS_FILE, plan.assignments)
    if to != plan.registered:
        updated = [{**row, "text_sha256": to} if row["id"] == document else row for _, row in rows]
        columns = dict.fromkeys([*DOCUMENT_COLUMNS, *(column for row in updated for column in row)])
        write_atomically(study / DOCUMENTS_FILE, register_text(updated, tuple(columns)))


def _append(study: Path, plan: _Plan, coder: str, sha256: str, at: str) -> None:
    """Log the steps of one coder; what the coder did since they were made comes first, and they are made anew."""
    document = plan.document
    path = study / journal.FOLDER / coder / f"{document}.jsonl"
    for _ in range(_TRIES):
        faults = Faults()
        log = journal.read_log(path, path.relative_to(study).as_posix(), faults)
        if faults.errors:
            raise StudyError(faults.errors)
        last = log.events[-1]
        if last.text_sha256 == sha256:
            return
        steps = plan.steps[coder]
        if log.head_sha256 != plan.heads[coder]:
            old = read_version(study, document, last.text_sha256)
            if old is None:
                raise ForanError(f"{coder}/{document}.jsonl speaks of a text that is not kept: run `foran check`")
            steps = follow(
                fold(log.events),
                old,
                plan.text,
                marker=f"{document}.{coder}.text",
                former=lambda sha256_then: read_version(study, document, sha256_then),
                known=plan.known,
            ).steps
        drafts = [_draft(step, last, sha256, max(at, last.at)) for step in steps]
        # Another act of the coder's between the reading and this: then the head is not the one these follow.
        with contextlib.suppress(journal.StaleLogError):
            journal.append(path, journal.following(log, drafts, is_one_act=True))
            return
    raise ForanError(f"{coder}/{document}.jsonl is being written to all the time: close the coder and try again")


def _assignments(study: Path, row: Row, text: str, faults: Faults, known: KnownPlaces) -> str:
    """The register of assignments with the turns of this document as they are numbered in the new text; "" if unchanged."""
    if not (study / ASSIGNMENTS_FILE).exists():
        return ""
    rows = [one for _, one in read_register(study, ASSIGNMENTS_FILE, ASSIGNMENT_COLUMNS, faults)]
    concerned = [one for one in rows if one["document"] == row["id"] and one["turns"]]
    old = read_version(study, row["id"], row["text_sha256"])
    if not concerned or old is None or text_sha256(text) == row["text_sha256"]:
        return ""
    before, after = (
        Transcript(row["id"], words, parse_turns(words, has_turns=row["kind"] == "interview")) for words in (old, text)
    )
    for one in concerned:
        # A try before this one may have come so far.
        if one.get(_TURNS_OF) == after.text_sha256:
            continue
        try:
            numbers = parsed_turns(one["turns"])
        except ValueError:  # `foran check` tells of it
            continue
        turns = turns_in(before, after, numbers, known)
        if not turns:
            faults.note(
                "assigned-turns-lost",
                ASSIGNMENTS_FILE,
                None,
                f"assignment {one['id']}, whose {len(numbers)} turns the new text no longer has",
                "a turn left to code",
                "Take the assignment out of the register first, or leave one of its turns in the text.",
            )
        one |= {"turns": turns_text(turns), _TURNS_OF: after.text_sha256}
    columns = tuple(dict.fromkeys([*ASSIGNMENT_COLUMNS, *(column for one in rows for column in one)]))
    return register_text([{column: one.get(column, "") for column in columns} for one in rows], columns)


def _draft(step: Step, last: Event, sha256: str, at: str) -> dict[str, object]:
    return {
        "at": at,
        "coder": last.coder,
        "document": last.document,
        "text_sha256": sha256,
        "action": step.action,
        "segment": step.record,
        "codebook_version": last.codebook_version,
        "before": step.before,
        "after": step.after,
    }
