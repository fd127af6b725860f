"""Texts and registers on disk: reads them whole, notes every fault, writes atomically."""

from __future__ import annotations

import csv
import io
import os
import re
import stat
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from ..errors import Faults, shown
from ..vocabulary import DISCLOSURES, is_iso_date
from .transcript import Transcript, canonical, parse_turns, split_front_matter
from .written_form import detect_written_form

DOCUMENTS_FILE = "corpus/documents.csv"
PARTICIPANTS_FILE = "corpus/participants.csv"
PROCESSES_FILE = "corpus/processes.csv"
TEXTS_FOLDER = "corpus/texts"

DOCUMENT_COLUMNS = (
    "id",
    "title",
    "kind",
    "case",
    "process",
    "arena",
    "date",
    "written_form",
    "participants",
    "guide",
    "disclosure",
    "text_sha256",
)
PARTICIPANT_COLUMNS = ("id", "actor_type", "case", "written_form", "consent")
PROCESS_COLUMNS = ("id", "title_nb", "title_en", "case", "procedure", "focus_area")
#: Columns that the register of processes need not have: how far a procurement has come, and its first and last day.
PROCESS_TIMES = ("phase", "started", "ended")

#: A column that either register can have: the day on which a participant withdrew, or a document with her.
WITHDRAWN = "withdrawn_at"
#: What stands where a withdrawn participant spoke, in a text that others speak in as well.
REDACTED = "[trukket]"
#: A withdrawal that has begun and not ended (see :mod:`foran_research.withdrawal`).
UNFINISHED_WITHDRAWAL = "corpus/.withdrawal.json"

#: What a participant can consent to; `analysis` is needed for a text to count at all, `quote` for words to be shown,
#: `quote_role` for her role to be told beside them, `share` for co-researchers elsewhere, `archive` for an archive.
CONSENTS = ("analysis", "quote", "quote_role", "share", "archive")

#: Faults after which a whole register is unread: what refers to it is then not judged.
UNREADABLE = ("missing-file", "not-utf8", "missing-column")
_ID = re.compile(r"\w[\w.-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")

Row = dict[str, str]
Vocabulary = Mapping[str, Sequence[str]]


def read_utf8(path: Path, name: str, faults: Faults) -> str | None:
    """The text of `path`, or None with a fault that names the line of the first byte that is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        faults.note("missing-file", name, None, "no such file", "the file", "Restore it, or remove what names it.")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        faults.note("not-utf8", name, line, "bytes that are not UTF-8", "UTF-8 text", "Save the file as UTF-8.")
    return None


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write `content` to `path` so that a reader sees the old file or the whole new one, also after a power cut."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_mode_for(path))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _mode_for(path: Path) -> int:
    """The rights of the file that is replaced; for a new one what the person's umask says. Never wider than either."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def read_register(study: Path, name: str, columns: Sequence[str], faults: Faults) -> list[tuple[int, Row]]:
    """The rows of a CSV register with their line numbers; rows that cannot be read are noted and left out."""
    return _with_unique_ids(read_register_without_ids(study, name, columns, faults), name, faults)


def read_register_without_ids(study: Path, name: str, columns: Sequence[str], faults: Faults) -> list[tuple[int, Row]]:
    """As :func:`read_register`, for a register whose rows have no ids of their own."""
    text = read_utf8(study / name, name, faults)
    if text is None:
        return []
    records = _records(text.removeprefix("\ufeff"), name, faults)
    _, header = next(records, (1, []))
    if missing := missing_columns(header, columns):
        faults.note(
            "missing-column",
            name,
            1,
            f"no column {', '.join(missing)}",
            ",".join(columns),
            "Add the column to the first line and to every row.",
        )
        return []
    if len(set(header)) < len(header):
        faults.note("duplicate-column", name, 1, "a column named twice", ",".join(columns), "Remove one of the two.")
    rows: list[tuple[int, Row]] = []
    for line, cells in records:
        if len(cells) != len(header):
            faults.note(
                "broken-csv",
                name,
                line,
                f"{len(cells)} cells",
                f"{len(header)} cells",
                "Check the commas and quotes of this row.",
            )
            continue
        rows.append(
            (line, {key: unicodedata.normalize("NFC", cell.strip()) for key, cell in zip(header, cells, strict=True)})
        )
    return rows


def _records(text: str, name: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV text, each with the line it begins on; after a broken one, reading goes on a line below."""
    lines = io.StringIO(text, newline="").readlines()
    done = 0
    while done < len(lines):
        reader = csv.reader(lines[done:], strict=True)
        begun, first = done, done + 1
        try:
            for cells in reader:
                first, done = done + 1, begun + reader.line_num
                if cells:
                    yield first, cells
        except csv.Error as error:
            faults.note(
                "broken-csv",
                name,
                done + 1,
                str(error),
                "CSV with commas and double quotes",
                "Check the quotes of this row.",
            )
            done += 1


def missing_columns(header: Sequence[str], columns: Sequence[str]) -> list[str]:
    """The columns that `header` lacks."""
    return [column for column in columns if column not in header]


def _with_unique_ids(rows: list[tuple[int, Row]], name: str, faults: Faults) -> list[tuple[int, Row]]:
    first_line: dict[str, int] = {}
    kept = []
    for line, row in rows:
        if not row["id"]:
            faults.note("missing-id", name, line, "an empty id", "an id", "Give the row an id.")
        elif not _ID.fullmatch(row["id"]):
            faults.note(
                "bad-id",
                name,
                line,
                "an id that cannot name a file",
                "letters, digits, full stops and hyphens",
                "Write the id without spaces and slashes.",
            )
        elif row["id"] in first_line:
            faults.note(
                "duplicate-id",
                name,
                line,
                f"id {shown(row['id'])} again (first on line {first_line[row['id']]})",
                "ids that differ",
                "Rename or remove one of the two rows.",
            )
        else:
            first_line[row["id"]] = line
            kept.append((line, row))
    return kept


def _known(
    row: Row, column: str, line: int, name: str, known: Sequence[str], faults: Faults, *, may_be_empty: bool = False
) -> bool:
    value = row[column]
    if value in known or (may_be_empty and not value):
        return True
    faults.note(
        f"unknown-{column.replace('_', '-')}",
        name,
        line,
        f"{column} {shown(value)} of {shown(row['id'])}",
        f"one of: {', '.join(known) or 'none defined'}",
        "Correct the word, or add it to foran.toml or its register.",
    )
    return False


def read_processes(study: Path, vocabulary: Vocabulary, faults: Faults) -> pd.DataFrame:
    """One row per procurement process, indexed by id; columns `PROCESS_COLUMNS` without id, then `PROCESS_TIMES`.

    `phase` is an answer of the facet of that name; `started` and `ended` are ISO dates; all three are "" where not told.
    """
    rows = read_register(study, PROCESSES_FILE, PROCESS_COLUMNS, faults)
    for line, row in rows:
        for column in ("case", "procedure", "focus_area"):
            _known(row, column, line, PROCESSES_FILE, vocabulary[column], faults)
        if "phase" in row:
            _known(row, "phase", line, PROCESSES_FILE, vocabulary.get("phase", ()), faults, may_be_empty=True)
        _check_period(row, line, faults)
    return _frame(rows, (*PROCESS_COLUMNS, *PROCESS_TIMES))


def _check_period(row: Row, line: int, faults: Faults) -> None:
    """Note days of a process that are none, or that are in the wrong order."""
    days = {column: row.get(column, "") for column in ("started", "ended")}
    bad = [column for column, day in days.items() if day and not is_iso_date(day)]
    for column in bad:
        found = f"{column} {shown(days[column])} of {shown(row['id'])}"
        faults.note("bad-date", PROCESSES_FILE, line, found, "YYYY-MM-DD, or empty", "Write the day, or nothing.")
    if not bad and days["started"] and days["ended"] and days["started"] > days["ended"]:
        faults.note(
            "dates-reversed",
            PROCESSES_FILE,
            line,
            f"{shown(row['id'])} started {days['started']} and ended {days['ended']}",
            "a first day that is not after the last",
            "Swap the two days, or correct one.",
        )


def read_participants(study: Path, vocabulary: Vocabulary, faults: Faults) -> pd.DataFrame:
    """One row per participant, indexed by pseudonym; `consent` is a tuple of scopes.

    `withdrawn_at` is an ISO date, or "" for those who take part; who has withdrawn consents to nothing.
    """
    rows = read_register(study, PARTICIPANTS_FILE, PARTICIPANT_COLUMNS, faults)
    for line, row in rows:
        _known(row, "actor_type", line, PARTICIPANTS_FILE, vocabulary["actor_type"], faults, may_be_empty=True)
        _known(row, "case", line, PARTICIPANTS_FILE, vocabulary["case"], faults, may_be_empty=True)
        _known(row, "written_form", line, PARTICIPANTS_FILE, vocabulary["written_form"], faults, may_be_empty=True)
        if not set(row["consent"].split()) <= set(CONSENTS):
            _known(row, "consent", line, PARTICIPANTS_FILE, CONSENTS, faults)
        _check_consent(row, line, faults)
        _check_withdrawn(row, line, PARTICIPANTS_FILE, faults)
    frame = _frame(rows, (*PARTICIPANT_COLUMNS, WITHDRAWN))
    frame["consent"] = [
        () if day else tuple(value.split()) for value, day in zip(frame["consent"], frame[WITHDRAWN], strict=True)
    ]
    return frame


def _check_consent(row: Row, line: int, faults: Faults) -> None:
    """Warn of scopes that nothing comes of, since they rest on one that is not given."""
    given = set(row["consent"].split()) & set(CONSENTS)
    for scopes, needed in ((given - {"analysis"}, "analysis"), (given & {"quote_role"}, "quote")):
        if scopes and needed not in given:
            faults.note(
                f"consent-without-{needed}",
                PARTICIPANTS_FILE,
                line,
                f"{shown(row['id'])} consents to {', '.join(s for s in CONSENTS if s in scopes)} and not to {needed}",
                f"{needed} as well",
                "Look at the signed letter; as it stands the others count for nothing.",
                is_warning=True,
            )


def _check_withdrawn(row: Row, line: int, name: str, faults: Faults) -> None:
    day = row.get(WITHDRAWN, "")
    if day and not is_iso_date(day):
        faults.note(
            "bad-date",
            name,
            line,
            f"{WITHDRAWN} {shown(day)} of {shown(row['id'])}",
            "YYYY-MM-DD, or empty",
            "Write the day of the withdrawal.",
        )


def read_documents(
    study: Path,
    vocabulary: Vocabulary,
    processes: pd.DataFrame,
    participants: pd.DataFrame,
    interviewers: frozenset[str],
    faults: Faults,
) -> tuple[pd.DataFrame, dict[str, Transcript]]:
    """The register of documents (indexed by id, ordered by date and id) and their transcripts.

    A document that was withdrawn has its row, with the day in `withdrawn_at`, and no transcript: no text of it is read.
    :func:`in_force` leaves such rows out.
    """
    rows = read_register(study, DOCUMENTS_FILE, DOCUMENT_COLUMNS, faults)
    _note_unfinished_withdrawal(study, faults)
    unread = {fault.file for fault in faults if fault.kind in UNREADABLE}
    transcripts: dict[str, Transcript] = {}
    for line, row in rows:
        for column in ("kind", "case", "written_form"):
            _known(row, column, line, DOCUMENTS_FILE, vocabulary[column], faults, may_be_empty=column == "case")
        for column in ("arena", "guide"):
            _known(row, column, line, DOCUMENTS_FILE, vocabulary[column], faults, may_be_empty=True)
        if PROCESSES_FILE not in unread:
            _known(row, "process", line, DOCUMENTS_FILE, tuple(processes.index), faults, may_be_empty=True)
        _known(row, "disclosure", line, DOCUMENTS_FILE, DISCLOSURES, faults)
        if row["process"] in processes.index and processes.at[row["process"], "case"] != row["case"]:
            faults.note(
                "wrong-case",
                DOCUMENTS_FILE,
                line,
                f"{shown(row['id'])} in case {shown(row['case'])}, its process {shown(row['process'])} in another",
                "one case",
                "Correct the case or the process.",
            )
        if not is_iso_date(row["date"]):
            faults.note(
                "bad-date",
                DOCUMENTS_FILE,
                line,
                f"date {shown(row['date'])} of {shown(row['id'])}",
                "YYYY-MM-DD",
                "Write the day the talk took place.",
            )
            row["date"] = ""
        for participant in row["participants"].split():
            if participant not in participants.index and PARTICIPANTS_FILE not in unread:
                faults.note(
                    "unknown-participant",
                    DOCUMENTS_FILE,
                    line,
                    f"participant {_shown_id(participant)} of {shown(row['id'])}",
                    f"an id in {PARTICIPANTS_FILE}",
                    "Add the participant or correct the id.",
                )
        _check_withdrawn(row, line, DOCUMENTS_FILE, faults)
        if row.get(WITHDRAWN, ""):
            _note_text_left(study, row, line, faults)
            continue
        transcript = _read_text(study, line, row, interviewers, faults)
        if transcript is not None:
            transcripts[row["id"]] = transcript
        _note_words_left(row, line, participants, transcript, faults)
    if DOCUMENTS_FILE not in unread:
        _note_orphans(study, {row["id"] for _, row in rows}, faults)
    frame = _frame(rows, (*DOCUMENT_COLUMNS, WITHDRAWN))
    frame["participants"] = [tuple(value.split()) for value in frame["participants"]]
    frame = frame.sort_index(kind="stable").sort_values("date", kind="stable")
    return frame, {doc: transcripts[doc] for doc in frame.index if doc in transcripts}


def in_force(documents: pd.DataFrame) -> pd.DataFrame:
    """The rows of `documents` that were not withdrawn: those that have a text and count."""
    return documents[documents[WITHDRAWN] == ""]


def has_withdrawn(participants: pd.DataFrame, name: str) -> bool:
    """Whether a participant is known and has withdrawn."""
    return name in participants.index and bool(participants.at[name, WITHDRAWN])


def _note_unfinished_withdrawal(study: Path, faults: Faults) -> None:
    if (study / UNFINISHED_WITHDRAWAL).exists():
        faults.note(
            "unfinished-withdrawal",
            UNFINISHED_WITHDRAWAL,
            None,
            "a withdrawal that was begun and not finished",
            "all of it or nothing",
            "Run the same `foran withdraw` again: it finishes what it began.",
        )


def _note_text_left(study: Path, row: Row, line: int, faults: Faults) -> None:
    """Note the text of a withdrawn document that lies there still, or again after a backup was put back."""
    for path in (study / TEXTS_FOLDER / f"{row['id']}.md", *texts_kept(study, row["id"])):
        if path.exists():
            faults.note(
                "withdrawn-text",
                path.relative_to(study).as_posix(),
                None,
                f"a text of {shown(row['id'])}, which was withdrawn ({DOCUMENTS_FILE}:{line})",
                "no text",
                "Run `foran withdraw` for its participant again.",
            )


def _note_words_left(
    row: Row, line: int, participants: pd.DataFrame, transcript: Transcript | None, faults: Faults
) -> None:
    """Note a document that still holds what a participant said who has withdrawn."""
    people = row["participants"].split()
    gone = [name for name in people if has_withdrawn(participants, name)]
    spoken = {
        turn.speaker
        for turn in (transcript.turns if transcript is not None and gone else ())
        if turn.span.of(transcript.text if transcript is not None else "") != REDACTED
    }
    for name in gone if len(gone) == len(people) else [name for name in gone if name in spoken]:
        faults.note(
            "withdrawn-text",
            f"{TEXTS_FOLDER}/{row['id']}.md",
            None,
            f"words of {shown(name)}, who has withdrawn ({DOCUMENTS_FILE}:{line})",
            "no words of hers",
            f"Run `foran withdraw {name}` again.",
        )


def texts_kept(study: Path, document: str) -> list[Path]:
    """The files of a document's earlier texts, ordered by name."""
    return sorted((study / TEXTS_FOLDER / ".versions" / document).glob("*.md"))


def _read_text(study: Path, line: int, row: Row, interviewers: frozenset[str], faults: Faults) -> Transcript | None:
    name = f"{TEXTS_FOLDER}/{row['id']}.md"
    raw = read_utf8(study / name, name, faults)
    if raw is None:
        return None
    if raw != canonical(raw):
        at = next(n for n, line in enumerate(raw.split("\n"), 1) if _is_changed(line, is_first=n == 1))
        faults.note(
            "not-canonical",
            name,
            at,
            "a byte-order mark, carriage returns or decomposed letters",
            "NFC text with line feeds",
            f"Run `foran reanchor {row['id']}`, which stores it so.",
        )
        return None
    _, text = split_front_matter(raw)
    turns = parse_turns(text, has_turns=row["kind"] == "interview")
    transcript = Transcript(row["id"], text, turns, row["written_form"])
    if transcript.text_sha256 != row["text_sha256"]:
        faults.note(
            "text-changed",
            name,
            None,
            f"text hash {transcript.text_sha256[:12]}…",
            f"{_shown_hash(row['text_sha256'])} ({DOCUMENTS_FILE}:{line})",
            f"The text was edited after it was registered: run `foran reanchor {row['id']}`, or put the old text back.",
        )
    known = {*row["participants"].split(), *interviewers}
    for speaker in transcript.speakers:
        if speaker not in known:
            faults.note(
                "unknown-speaker",
                name,
                _line_of_speaker(raw, speaker),
                f"speaker label of {len(speaker)} characters that no register knows",
                "a participant of the document or an interviewer",
                f"Add the speaker to {DOCUMENTS_FILE}:{line} or correct the label.",
            )
    if not any(turn.kind != "heading" for turn in turns):
        faults.note("empty-text", name, None, "no turn and no paragraph", "text", "Restore the text.")
    detected = detect_written_form(text)
    if detected is not None and detected != row["written_form"] and row["written_form"]:
        faults.note(
            "written-form",
            DOCUMENTS_FILE,
            line,
            f"{shown(row['id'])} stored as {shown(row['written_form'])}",
            f"{detected}, as the words of the text suggest",
            "Correct written_form, or leave it if it is right.",
            is_warning=True,
        )
    return transcript


def _shown_id(word: str) -> str:
    """A word of a cell that should hold ids: as it is only with a digit, for a sentence in that cell is words as well."""
    return shown(word) if any(c.isdigit() for c in word) else f"a word of {len(word)} characters"


def _shown_hash(value: str) -> str:
    return f"{value[:12]}…" if _SHA256.fullmatch(value) else shown(value)


def _is_changed(line: str, *, is_first: bool) -> bool:
    # A byte-order mark is one at the start of a file only; below it is a character like others.
    return canonical(line) != line if is_first else canonical("\n" + line) != "\n" + line


def _line_of_speaker(raw: str, speaker: str) -> int | None:
    at = raw.find(f"**{speaker}:**")
    return raw.count("\n", 0, at) + 1 if at >= 0 else None


def _note_orphans(study: Path, registered: set[str], faults: Faults) -> None:
    folder = study / TEXTS_FOLDER
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else []:
        if path.stem not in registered:
            faults.note(
                "unregistered-text",
                f"{TEXTS_FOLDER}/{path.name}",
                None,
                "a text without a row",
                f"a row in {DOCUMENTS_FILE}",
                "Bring it in with `foran add`, or move it away.",
            )


def _frame(rows: list[tuple[int, Row]], columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame([row for _, row in rows], columns=list(columns), dtype=object)
    # A column that a register need not have is empty where it has none.
    return frame.fillna("").set_index("id")


def register_text(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> str:
    """A register as CSV text, columns in their declared order."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="raise")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
