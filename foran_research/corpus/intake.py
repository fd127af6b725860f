"""Bringing documents into a study: texts made canonical, speakers given pseudonyms, registers extended, all or nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import Faults, ForanError, StudyError
from ..locking import only_writer
from ..vocabulary import DISCLOSURES, is_iso_date
from .readers import read_source
from .readers.plain import Source
from .store import (
    CONSENTS,
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
from .transcript import canonical, split_front_matter, text_sha256
from .written_form import detect_written_form

#: Names that Windows keeps for itself, whatever the ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_LETTER = {"interview": "I", "workshop_note": "N", "public_document": "D"}
#: Front matter that lets the same file be known when it is added again; its name is not kept, since names of files name people.
_SOURCE_KEY = "source_sha256: "


@dataclass(frozen=True)
class Description:
    """What the person who adds files says of them; `interviewers` are labels in the source."""

    kind: str
    case: str
    date: str
    process: str = ""
    arena: str = ""
    guide: str = ""
    written_form: str = ""
    actor_type: str = ""
    consent: str = "analysis"
    disclosure: str = "open"
    interviewers: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True)
class Added:
    """One file's result: the document's id, its size, and what was understood of it.

    `may_identify` are the numbers of turns in which a replaced label, or what looks like a phone number or an e-mail
    address, still stands: pseudonyms replace labels, not names within the talk.
    """

    source: str
    document: str
    words: int
    units: int
    speakers: int
    written_form: str
    is_new: bool
    may_identify: tuple[int, ...] = ()


def add_documents(
    study: Path,
    files: Sequence[Path],
    about: Description,
    vocabulary: Mapping[str, Sequence[str]],
    known_interviewers: frozenset[str],
) -> list[Added]:
    """Bring `files` into the study in `study`; a file whose text is there already is left alone.

    Speaker labels of the source are replaced by pseudonyms (they may be names); interviewers get the study's label.
    Nothing is written unless every file can be. One adding at a time: a second one waits for the first.

    Raises
    ------
    StudyError
        With every fault of every file and of the description.
    """
    with only_writer(study / "corpus", "foran add", wait=30.0):
        faults = Faults()
        documents = read_register(study, DOCUMENTS_FILE, DOCUMENT_COLUMNS, faults)
        participants = read_register(study, PARTICIPANTS_FILE, PARTICIPANT_COLUMNS, faults)
        about = replace(about, interviewers=tuple(canonical(label).strip(" :*") for label in about.interviewers))
        _check_description(about, vocabulary, len(files), faults)
        sources = [(path, _existing(path, about.kind != "public_document", faults)) for path in files]
        registered = {row["id"] for _, row in documents}
        # A text without a row is a half-finished adding: the file is not in the study, and the text is never overwritten.
        # Added again from the same file, it is taken up under the id it had.
        made_from = sources_in(study)
        there = {digest: name for digest, name in made_from.items() if name in registered}
        unfinished = {digest: name for digest, name in made_from.items() if name not in registered}
        taken = registered | {path.stem for path in (study / TEXTS_FOLDER).glob("*.md")}
        known = {name.casefold() for name in taken}
        if about.id.casefold() in known and not all(
            source and there.get(_source_sha256(path)) for path, source in sources
        ):
            faults.note("duplicate-id", "--id", None, f"{about.id} is in the study", "a new id", "Choose another.")
        _check_interviewers(about, [source for _, source in sources if source], known_interviewers, faults)
        if faults.errors:
            raise StudyError(faults.errors)
        rows, people = [row for _, row in documents], [row for _, row in participants]
        texts: dict[str, str] = {}
        results = []
        label = sorted(known_interviewers)[0] if known_interviewers else "Intervjuer"
        for path, source in sources:
            if source is None:
                continue
            earlier = there.get(_source_sha256(path))
            if earlier is not None:
                results.append(
                    Added(path.name, earlier, 0, len(source.paragraphs), len(source.speakers), "", is_new=False)
                )
                continue
            own_id = about.id or unfinished.get(_source_sha256(path), "")
            results.append(
                _add_one(path, source, replace(about, id=own_id), rows, people, texts, taken, label, known_interviewers)
            )
            taken.add(results[-1].document)
            there[_source_sha256(path)] = results[-1].document
        if texts:
            registers = {
                PARTICIPANTS_FILE: _register(people, PARTICIPANT_COLUMNS),
                DOCUMENTS_FILE: _register(rows, DOCUMENT_COLUMNS),
            }
            try:
                for document, text in texts.items():
                    write_atomically(study / TEXTS_FOLDER / f"{document}.md", text)
                for name, text in registers.items():
                    write_atomically(study / name, text)
            except OSError as error:
                raise ForanError(
                    f"{study}: cannot be written to ({error.strerror}); the documents are not in the study, add them again"
                ) from error
        return results


def _register(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """A register as CSV text, with the columns that people have added of their own."""
    own = dict.fromkeys(column for row in rows for column in row if column not in columns)
    return register_text(rows, (*columns, *own))


def _check_interviewers(
    about: Description, sources: Sequence[Source], known_interviewers: frozenset[str], faults: Faults
) -> None:
    """A label that no file has is a slip, and would let an interviewer's words count as an informant's."""
    met = {speaker.casefold() for source in sources for speaker in source.speakers}
    asking = {name.casefold() for name in (*about.interviewers, *known_interviewers)}
    for source in sources if about.kind == "interview" else ():
        if not {speaker.casefold() for speaker in source.speakers} - asking:
            faults.note(
                "no-informant",
                "FILES",
                None,
                f"an interview of {len(source.paragraphs)} paragraphs in which nobody but an interviewer is named",
                '"Name: words" on a line for every turn',
                "Label the turns, or add the file with --kind workshop_note if it is no conversation.",
            )
    for label in about.interviewers if sources else ():
        if label.casefold() not in met:
            faults.note("unknown-interviewer", "--interviewer", None, f"a label of {len(label)} characters that no file has",
                        "a speaker label as the file writes it", "Correct the label.")  # fmt: skip
    if about.interviewers and not known_interviewers:
        faults.note("no-interviewers", "--interviewer", None, "no label for interviewers in the study",
                    'interviewers = ["Intervjuer"] under [corpus] in foran.toml', "Add it first.")  # fmt: skip


def _existing(path: Path, has_speakers: bool, faults: Faults) -> Source | None:
    if not path.is_file():
        faults.note("missing-file", str(path), None, "no such file", "a file to add", "Check the name.")
        return None
    return read_source(path, faults, has_speakers=has_speakers)


def _check_description(about: Description, vocabulary: Mapping[str, Sequence[str]], count: int, faults: Faults) -> None:
    for field in ("kind", "case", "process", "arena", "guide", "written_form", "actor_type"):
        value, known = getattr(about, field), tuple(vocabulary.get(field, ()))
        if value not in known and (value or field == "kind"):
            faults.note(
                f"unknown-{field.replace('_', '-')}",
                "--" + field.replace("_", "-"),
                None,
                repr(value),
                f"one of: {', '.join(known) or 'none defined'}",
                "Correct it, or add it to the study first.",
            )
    if not is_iso_date(about.date):
        faults.note("bad-date", "--date", None, repr(about.date), "YYYY-MM-DD", "Write the day of the talk.")
    if about.disclosure not in DISCLOSURES:
        faults.note(
            "unknown-disclosure",
            "--disclosure",
            None,
            repr(about.disclosure),
            f"one of: {', '.join(DISCLOSURES)}",
            "Correct it.",
        )
    for scope in about.consent.split():
        if scope not in CONSENTS:
            faults.note(
                "unknown-consent", "--consent", None, repr(scope), f"some of: {', '.join(CONSENTS)}", "Correct it."
            )
    if about.id and count > 1:
        faults.note("duplicate-id", "--id", None, "one id for several files", "one file", "Add them one by one.")
    if about.id and (not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", about.id) or about.id.casefold() in _RESERVED):
        faults.note("bad-id", "--id", None, repr(about.id), "letters, digits, hyphen and underscore", "Choose another.")


def _add_one(
    path: Path,
    source: Source,
    about: Description,
    rows: list[Row],
    people: list[Row],
    texts: dict[str, str],
    taken: set[str],
    interviewer: str,
    known_interviewers: frozenset[str],
) -> Added:
    document = about.id or _next_id(about, taken)
    asking = {name.casefold() for name in (*about.interviewers, *known_interviewers)}
    # "KARI" and "Kari" are one person.
    informants = list(
        dict.fromkeys(speaker.casefold() for speaker in source.speakers if speaker.casefold() not in asking)
    )
    pseudonyms = {speaker: f"{document}-P{number}" for number, speaker in enumerate(informants, 1)}
    labels = {speaker: pseudonyms.get(speaker.casefold(), interviewer) for speaker in source.speakers}
    text = canonical("\n\n".join(_paragraph(speaker, words, labels) for speaker, words in source.paragraphs)) + "\n"
    form = about.written_form or detect_written_form(text) or "nb"
    own = list(pseudonyms.values())
    if not source.speakers and about.kind != "public_document":
        # Somebody spoke here, and what they consented to must stand somewhere.
        own = [f"{document}-P1"]
    rows.append(
        {
            "id": document,
            "title": document,
            "kind": about.kind,
            "case": about.case,
            "process": about.process,
            "arena": about.arena,
            "date": about.date,
            "written_form": form,
            "participants": " ".join(own),
            "guide": about.guide,
            "disclosure": about.disclosure,
            "text_sha256": text_sha256(text),
        }
    )
    people += [
        {"id": name, "actor_type": about.actor_type, "case": about.case, "written_form": form, "consent": about.consent}
        for name in own
    ]
    texts[document] = f"---\n{_SOURCE_KEY}{_source_sha256(path)}\n---\n\n{text}"
    words = sum(len(words.split()) for _, words in source.paragraphs)
    return Added(
        path.name,
        document,
        words,
        len(source.paragraphs),
        len(labels),
        form,
        is_new=True,
        may_identify=_may_identify(source, labels, interviewer),
    )


def _may_identify(source: Source, labels: Mapping[str, str], interviewer: str) -> tuple[int, ...]:
    """Numbers (from 1) of the paragraphs that name a speaker whose label was replaced, or hold contact details."""
    parts = {
        part for label, name in labels.items() if name != interviewer for part in re.findall(r"[^\W\d_]{3,}", label)
    }
    names = "|".join(sorted(re.escape(part) for part in parts if part[0].isupper()))
    contact = r"[\w.+-]+@[\w-]+\.\w+|(?<!\d)(?:\+?47 ?)?[2-9]\d(?: ?\d){6}(?!\d)"
    pattern = re.compile(rf"\b(?:{names})s?\b|{contact}" if names else contact)
    return tuple(number for number, (_, words) in enumerate(source.paragraphs, 1) if pattern.search(words))


def _paragraph(speaker: str | None, words: str, labels: Mapping[str, str]) -> str:
    if speaker is not None:
        return f"**{labels[speaker]}:** {words}"
    # What looks like one of our labels in unlabelled text is only bold print.
    return words.replace("**", "") if words.startswith("**") else words


def _next_id(about: Description, taken: set[str]) -> str:
    stem = f"{about.case or 'DOC'}-{_LETTER[about.kind]}"
    return next(name for number in range(1, 10_000) if (name := f"{stem}{number:02d}") not in taken)


def _source_sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sources_in(study: Path) -> dict[str, str]:
    """Documents by the fingerprint of the source file they were made from."""
    found = {}
    for path in sorted((study / TEXTS_FOLDER).glob("*.md")):
        front, _ = split_front_matter(path.read_text(encoding="utf-8", errors="replace"))
        for line in front.splitlines():
            if line.startswith(_SOURCE_KEY):
                found[line.removeprefix(_SOURCE_KEY).strip()] = path.stem
    return found
