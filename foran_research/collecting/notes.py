"""Notes of workshops brought into the study as any document comes in, with the readers who speak in them."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..adding import How, OpenKey, add_documents, replace_document
from ..corpus.intake import Description, sources_in
from ..corpus.store import (
    DOCUMENT_COLUMNS,
    DOCUMENTS_FILE,
    PARTICIPANT_COLUMNS,
    PARTICIPANTS_FILE,
    TEXTS_FOLDER,
    Row,
    read_register,
    register_text,
    write_atomically,
)
from ..corpus.text_versions import read_changes, read_version
from ..corpus.transcript import Transcript, split_front_matter, text_sha256
from ..errors import Faults, StudyError
from ..locking import only_writer
from ..reanchoring import Reanchored, edited, reanchor
from ..review.answers import Said
from ..study import Study
from .moves import known_places
from .turns import LABEL, Note, spoken

#: Why the text of a note changes, in the list of changes; a change for another reason is a person's.
REASON = "flere svar på gjennomgangspakken · more answers to the review pack"
#: What readers consent to by answering: that their words are coded. Not that they are shown.
CONSENT = "analysis"


def state_of(study: Study, one: Note) -> str:
    """What is to become of a note: it is "new", "changed", "same", or was "edited" by a person and is left alone."""
    is_there = one.document in study.documents.index
    if is_there and sources_in(study.path).get(_digest(one)) == one.document:
        return "same"
    if not is_there:
        return "new"
    return "edited" if _is_edited(study, one.document) else "changed"


def write_note(
    study: Study, one: Note, *, at: str, key: OpenKey | None, how: How | None
) -> tuple[str, Reanchored | None]:
    """Bring the note into the study as any document comes in; what became of it, and of codings in a changed one."""
    state = state_of(study, one)
    if state in ("same", "edited"):
        return state, None
    codes = dict.fromkeys(turn.said.reader.code for turn in one.turns)
    # Said outright: of one turn alone nobody could tell that its first word is a label, and titles have colons as well.
    how = replace(
        how or How(), pattern=f"{LABEL} {{speaker}}:", persons=tuple((code, code) for code in codes), is_again=True
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{one.document}.md"
        file.write_text(one.text, encoding="utf-8", newline="\n")
        if state == "changed":
            _, moved = replace_document(
                study.path, file, one.document, at=at, reason=REASON, key=key, how=how, known=known_places
            )
            return state, moved
        about = Description("workshop_note", one.case, one.date, arena=one.arena, consent=CONSENT, id=one.document)
        add_documents(study.path, [file], about, at=at, key=key, how=how)
        return state, None


def finish_texts(study: Path, at: str) -> None:
    """End the change of a note's text that a run before this one had begun; a person's change is left to that person."""
    changes = {one.document: one for one in read_changes(study, Faults())}
    for document in edited(study):
        text = split_front_matter((study / TEXTS_FOLDER / f"{document}.md").read_text("utf-8"))[1]
        is_kept = read_version(study, document, text_sha256(text)) is not None
        is_ours = document in changes and changes[document].reason == REASON
        if "-SVAR-" in document and (is_ours or is_kept):
            reanchor(study, document, at=at, reason=REASON, known=known_places if is_ours else None)


def days_of(study: Study, notes: Sequence[Note]) -> tuple[tuple[str, str], ...]:
    """The notes that are there with another day than the first one of their answers, each with that."""
    rows = {row["id"]: row for row in _rows(study.path, DOCUMENTS_FILE, DOCUMENT_COLUMNS)}
    return tuple(
        (one.document, one.date) for one in notes if rows.get(one.document, {"date": one.date})["date"] != one.date
    )


def write_days(study: Study, notes: Sequence[Note]) -> tuple[tuple[str, str], ...]:
    """Date notes that are there by the first day of their answers; those that had another day, with the new one."""
    with only_writer(study.path / "corpus", "foran add", wait=30.0):
        wanted = dict(days_of(study, notes))
        if wanted:
            rows = _rows(study.path, DOCUMENTS_FILE, DOCUMENT_COLUMNS)
            dated = [{**row, "date": wanted.get(row["id"], row["date"])} for row in rows]
            _write(study.path, DOCUMENTS_FILE, DOCUMENT_COLUMNS, dated)
    return tuple(wanted.items())


def register_readers(study: Study, notes: Sequence[Note]) -> bool:
    """Enter the readers who wrote something as participants, by code and role; whether the register changed."""
    roles = study.settings.vocabulary()["actor_type"]
    with only_writer(study.path / "corpus", "foran add", wait=30.0):
        rows = _rows(study.path, PARTICIPANTS_FILE, PARTICIPANT_COLUMNS)
        by_id = {row["id"]: dict(row) for row in rows}
        columns = tuple(dict.fromkeys([*PARTICIPANT_COLUMNS, *(column for row in rows for column in row)]))
        wanted: dict[str, dict[str, str]] = {}
        for one in notes:
            for turn in one.turns:
                reader = turn.said.reader
                role = reader.role if reader.role in roles else ""
                form = "nn" if reader.language == "nn" else "nb"
                wanted[reader.code] = {"actor_type": role, "case": one.case, "written_form": form}
        for code, said in sorted(wanted.items()):
            row = by_id.setdefault(code, {**dict.fromkeys(columns, ""), "id": code, "consent": CONSENT})
            row.update(said)
        is_changed = list(by_id.values()) != rows
        if is_changed:
            _write(study.path, PARTICIPANTS_FILE, PARTICIPANT_COLUMNS, list(by_id.values()))
        return is_changed


def words_of(study: Study, notes: Sequence[Note]) -> dict[str, str]:
    """By answer its words as the study may hold them: as they stand in the note, where names are replaced.

    In a study of invented people they are the reader's own. Else an answer whose turn is not found has none; the others
    of its note have theirs.
    """
    if study.settings.is_synthetic:
        return {turn.said.key: turn.said.answer.text for one in notes for turn in one.turns}
    found: dict[str, str] = {}
    for one in notes:
        transcript = study.transcripts.get(one.document)
        if transcript is not None:
            found |= words_in_turns(one, transcript)
    return found


def words_in_turns(one: Note, transcript: Transcript) -> dict[str, str]:
    """By answer the words of its turn, for those whose turn can be told.

    Names are replaced in turns and headings, so that places tell: a reader's turns below one heading are hers in their
    order while there are as many as she answered there. Where there are not, only the very same words tell.
    """
    there: dict[tuple[int, str], list[str]] = {}
    at = 0
    for turn in transcript.turns:
        if turn.kind == "heading":
            at += 1
        elif turn.speaker:
            there.setdefault((at, turn.speaker), []).append(turn.span.of(transcript.text))
    parts = {part: number for number, part in enumerate(dict.fromkeys(turn.part for turn in one.turns), 1)}
    mine: dict[tuple[int, str], list[Said]] = {}
    for own in one.turns:
        mine.setdefault((parts[own.part], own.said.reader.code), []).append(own.said)
    found: dict[str, str] = {}
    for place, answers in mine.items():
        turns = there.get(place, []) if at == len(parts) else []
        if len(turns) == len(answers):
            found |= {said.key: words for said, words in zip(answers, turns, strict=True)}
            continue
        everywhere = [
            words for (_, reader), spoken_there in there.items() if reader == place[1] for words in spoken_there
        ]
        found |= {said.key: words for said in answers if (words := spoken(said.answer.text)) in everywhere}
    return found


def without_turn(notes: Sequence[Note], words: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """The notes in which answers have no turn that can be told, each with how many."""
    counts = ((one.document, sum(turn.said.key not in words for turn in one.turns)) for one in notes)
    return tuple((document, count) for document, count in counts if count)


def _digest(one: Note) -> str:
    return hashlib.sha256(one.text.encode("utf-8")).hexdigest()


def _is_edited(study: Study, document: str) -> bool:
    """Whether the newest change of the note's text is a person's."""
    changes = [one for one in read_changes(study.path, Faults()) if one.document == document]
    return bool(changes) and changes[-1].reason != REASON


def _rows(study: Path, name: str, columns: Sequence[str]) -> list[Row]:
    faults = Faults()
    rows = [row for _, row in read_register(study, name, columns, faults)]
    if faults.errors:
        raise StudyError(faults.errors)
    return rows


def _write(study: Path, name: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    whole = tuple(dict.fromkeys([*columns, *(column for row in rows for column in row)]))
    write_atomically(
        study / name, register_text([{column: row.get(column, "") for column in whole} for row in rows], whole)
    )
