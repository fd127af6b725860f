"""What a study looks like from the coder's chair: plain lists and texts, ready to be sent to a screen."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from ..codebook.code import Code, Codebook
from ..coding import journal
from ..coding.assignment import is_done
from ..coding.events import Log, fold, segments_of
from ..coding.memo_store import memo_path
from ..coding.synthesis_memos import SYNTHESIS_TYPES
from ..corpus.transcript import Turn
from ..errors import Faults
from ..study import Study
from .compare import all_assignments_now

_LANGUAGES = ("nb", "en")
#: Size and time of change of a file.
Stamp = tuple[int, int]


def turns_for_screen(study: Study, document: str) -> list[list[Any]]:
    """One ``[number, speaker, start, end, kind, is informant, clock]`` a turn; places in code points, clock as h:mm:ss."""
    asks = study.settings.interviewers
    return [
        [turn.number, turn.speaker, turn.span.start, turn.span.end, turn.kind, _is_informant(turn, asks), _clock(turn)]
        for turn in study.transcripts[document].turns
    ]


def _clock(turn: Turn) -> str:
    """When a turn begins, as people read it on a player; "" where the text does not tell."""
    if turn.time is None:
        return ""
    seconds = int(turn.time)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _is_informant(turn: Turn, interviewers: frozenset[str]) -> bool:
    return turn.kind != "heading" and turn.speaker not in interviewers


def codes_for_screen(study: Study, book: Codebook) -> list[dict[str, Any]]:
    """The codes a coder may meet: the active ones in display order, then those of old segments, with a hue each.

    Codes of an element share its hue; neighbouring elements differ by the golden angle, so that they are told apart.
    """
    hues = {code.id: round((40 + number * 137.508) % 360) for number, code in enumerate(book.elements)}
    retired = [code for code in _last_known(study).values() if not book.by_id.get(code.id, code).is_active]
    retired += [code for code in _last_known(study).values() if code.id not in book.by_id]
    old = {code.id: code for code in retired if code.id not in {active.id for active in book.active}}
    return [
        *(_code(code, hues.get(book.element_of(code.id).id, 0), is_active=True) for code in book.active),
        *(_code(code, 0, is_active=False) for code in old.values()),
    ]


def _last_known(study: Study) -> dict[str, Code]:
    """Every code of every version, as its latest version describes it."""
    return {code.id: code for book in study.lineage.codebooks for code in book.codes}


def _code(code: Code, hue: int, *, is_active: bool) -> dict[str, Any]:
    texts = ("label", "brief", "definition", "when_to_use", "when_not_to_use", "example")
    return {
        "id": code.id,
        "display": code.display,
        "level": code.level,
        "parent": code.parent,
        "active": is_active,
        "deprecated_in": code.deprecated_in,
        "successors": list(code.successors),
        "hue": hue,
        **{name: {lang: getattr(code, name).get(lang, "") for lang in _LANGUAGES} for name in texts},
    }


def fact_rows(study: Study, document: str) -> list[tuple[str, str]]:
    """What the register says of a document, as (word, value) with values that are there."""
    row = study.documents.loc[document]
    terms = {term.id: term.label for term in study.settings.cases}
    case = terms.get(str(row["case"]))
    shown = {
        "document": document,
        "date": str(row["date"]),
        "case": case[study.settings.language] if case else str(row["case"]),
        "kind": str(row["kind"]),
        "process": str(row["process"]),
        "participants": ", ".join(row["participants"]),
    }
    return [(key, value) for key, value in shown.items() if value]


def own_logs(study: Study, coder: str) -> list[Log]:
    """The coder's logs as the disk has them now, of every document; those that are damaged or cannot be read left out."""
    return [log for _, path, stamp in log_files(study, coder) if (log := log_of(study, path, stamp)) and log.events]


def log_files(study: Study, coder: str) -> list[tuple[str, Path, Stamp]]:
    """The coder's logs on the disk: the document of each, its file, and what tells that the file has changed."""
    found = []
    for path in sorted((study.path / journal.FOLDER / coder).glob("*.jsonl")):
        try:
            found_at = path.stat()
        except OSError:  # told of when the document is opened
            continue
        found.append((path.stem, path, (found_at.st_size, found_at.st_mtime_ns)))
    return found


def log_of(study: Study, path: Path, stamp: Stamp) -> Log | None:
    """The log in a file with this stamp; None when it is damaged or cannot be read."""
    try:
        return _log_at(path, path.relative_to(study.path).as_posix(), stamp)
    except OSError:
        return None


@lru_cache(maxsize=512)
def _log_at(path: Path, name: str, stamp: Stamp) -> Log | None:
    """A log without faults; kept until its stamp changes, for all logs are asked for whenever a document is opened."""
    faults = Faults()
    log = journal.read_log(path, name, faults)
    return None if faults.errors else log


def _own_memos(study: Study, coder: str) -> list[Log]:
    """The coder's memos outside documents as the disk has them now; none when they are damaged or cannot be read."""
    path = memo_path(study.path, coder)
    try:
        found_at = path.stat()
        log = _log_at(path, path.relative_to(study.path).as_posix(), (found_at.st_size, found_at.st_mtime_ns))
    except OSError:
        return []
    return [log] if log is not None and log.events else []


def memos_elsewhere(study: Study, coder: str, document: str) -> list[dict[str, Any]]:
    """The coder's memos on codes, the study and this document that stand in other logs than the document's, oldest first.

    They were written while another document was open, or none. Those of a synthesis are left out: they are no notes on a
    code, and the screen has no fields for them.
    """
    found = []
    for log in (*own_logs(study, coder), *_own_memos(study, coder)):
        if log.events[0].document == document:
            continue
        moments = {event.segment: event.at for event in log.events}
        for name, record in fold(log.events).items():
            if record.get("type") in SYNTHESIS_TYPES:
                continue
            if record.get("kind") == "memo" and record["about"].get("document", document) == document:
                found.append({"id": name, **record, "document": log.events[0].document, "at": moments[name]})
    return sorted(found, key=lambda memo: (memo["at"], memo["id"]))


def documents_for_screen(study: Study, coder: str) -> list[dict[str, Any]]:
    """One entry a document: title, date, how much this coder has coded, whether it is done or assigned."""
    assigned = {one.document for one in all_assignments_now(study) if one.coder == coder}
    rows = []
    for document in study.documents.index:
        name = f"{journal.FOLDER}/{coder}/{document}.jsonl"
        path = study.path / name
        # The newest state of each record is in its last event; what is wrong with a log is told when it is opened.
        try:
            log = journal.read_log(path, name, Faults()) if path.is_file() else Log(name, (), ())
        except OSError:
            log = Log(name, (), ())
        state = {event.segment: event.after for event in log.events}
        standing = {key: record for key, record in state.items() if record is not None}
        rows.append(
            {
                "id": document,
                "title": str(study.documents.at[document, "title"]),
                "date": str(study.documents.at[document, "date"]),
                "turns": sum(1 for turn in study.transcripts[document].turns if turn.kind != "heading"),
                "segments": len(segments_of(standing)),
                "done": is_done(standing, document, coder),
                "assigned": document in assigned,
            }
        )
    return rows
