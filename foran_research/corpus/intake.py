"""Bringing documents in, the parts that touch the disk: source files read and understood, and all written or nothing.

`adding` puts the parts together; `intake_plan` thinks in between. What is read here holds names and stays in memory.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import Faults, ForanError
from ..vocabulary import DISCLOSURES, is_iso_date
from .conventions import Understood, understand
from .intake_plan import Passage, Placed, passages_of, placed_remarks, speakers_in
from .readers import read_texts
from .source import SourceText
from .store import CONSENTS, TEXTS_FOLDER
from .transcript import canonical, split_front_matter

#: Names that Windows keeps for itself, whatever the ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_LETTER = {"interview": "I", "workshop_note": "N", "public_document": "D"}
#: Front matter that lets the same file be known when it is added again; its name is not kept, since names of files name people.
_SOURCE_KEY, _PART_KEY = "source_sha256: ", "source_part: "
#: How our unfinished files begin; a full stop hides them from every reader of a study.
_UNFINISHED = ".foran-add."
#: Words that a file's name may show: they tell files apart and name nobody.
_HARMLESS = frozenset(
    ["intervju", "interview", "intervjuer", "transkripsjon", "transkribering", "transcript", "transkript", "notat", "notater",
     "note", "notes", "workshop", "verksted", "dag", "dagen", "del", "part", "fil", "file", "opptak", "lyd", "audio", "referat",
     "plan", "dokument", "document", "kopi", "copy", "endelig", "final", "ferdig", "versjon", "version", "runde", "gruppe",
     "fokusgruppe", "case", "informant", "respondent", "deltaker", "docx", "odt", "rtf", "html", "htm", "txt", "md", "pdf", "vtt",
     "srt", "eaf", "json", "tsv", "csv", "qda", "sqlite", "sqlite3"]
)  # fmt: skip


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
    interviewers: tuple[str, ...] = field(default=(), repr=False)
    id: str = ""


@dataclass(frozen=True)
class Material:
    """One text of one source file, read and understood. It holds names, and lives in memory only.

    `place` is the text's own among all that are added, `file` what messages call its source file, `file_name` its real
    name, for previews only; `name` is what a text is called in a project file that holds several.
    """

    place: int
    file: str
    file_name: str = field(repr=False)
    digest: str
    part: int
    source: SourceText
    understood: Understood = field(repr=False)
    passages: tuple[Passage, ...]
    remarks: tuple[Placed, ...]

    @property
    def name(self) -> str:
        """The text's name in its project file, or ""."""
        return self.source.name

    @property
    def key(self) -> str:
        """What the text is known again by when its file is added a second time."""
        return self.digest if not self.part else f"{self.digest}#{self.part}"

    @property
    def speakers(self) -> list[str]:
        """Labels in order of first appearance."""
        return speakers_in(self.passages)


def checked_description(
    about: Description, vocabulary: Mapping[str, Sequence[str]], count: int, faults: Faults
) -> Description:
    """The description with its labels as they are compared; every word the study does not have is noted."""
    about = replace(about, interviewers=tuple(canonical(label).strip(" :*") for label in about.interviewers))
    for word in ("kind", "case", "process", "arena", "guide", "written_form", "actor_type"):
        value, known = getattr(about, word), tuple(vocabulary.get(word, ()))
        if value not in known and (value or word == "kind"):
            faults.note(
                f"unknown-{word.replace('_', '-')}",
                "--" + word.replace("_", "-"),
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
        faults.note("duplicate-id", "--id", None, "one id for several texts", "one text", "Add them one by one.")
    if about.id and (not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", about.id) or about.id.casefold() in _RESERVED):
        faults.note("bad-id", "--id", None, repr(about.id), "letters, digits, hyphen and underscore", "Choose another.")
    return about


def next_id(about: Description, taken: set[str]) -> str:
    """The first free document id of the case and kind."""
    stem = f"{about.case or 'DOC'}-{_LETTER[about.kind]}"
    return next(name for number in range(1, 100_000) if (name := f"{stem}{number:02d}") not in taken)


def shown_file(path: Path, number: int, *, is_open: bool) -> str:
    """What messages call a file: its name where nobody is real, else its place among those given and what names nobody.

    >>> shown_file(Path("Intervju 7 Kari Strand.docx"), 3, is_open=False)
    'file 3 (Intervju 7 … ….docx)'
    """
    if is_open:
        return path.name
    masked = re.sub(r"[^\W\d_]+", lambda word: word[0] if word[0].casefold() in _HARMLESS else "…", path.name)
    # Figures of many digits are dates of birth and phone numbers as often as anything else.
    masked = re.sub(r"\d(?:[ ._-]?\d){4,}", "…", masked)
    return f"file {number} ({masked})"


def read_materials(
    files: Sequence[Path],
    faults: Faults,
    *,
    has_speakers: bool,
    is_open: bool,
    pattern: str = "",
    only: Sequence[str] = (),
    say: Callable[[str], None] | None = None,
) -> list[Material]:
    """Every text of every file, read and understood; files that cannot be are noted, under names that name nobody."""
    made: list[Material] = []
    wanted, met = {canonical(name) for name in only}, set()
    for number, given in enumerate(files, 1):
        if say is not None and len(files) > 10 and number % 10 == 0:
            say(f"{number} of {len(files)} files read")
        shown_name = shown_file(given, number, is_open=is_open)
        noted = Faults()
        texts, digest = _read(given, noted)
        faults += [replace(fault, file=shown_name) if fault.file.endswith(given.name) else fault for fault in noted]
        for part, source in enumerate(texts, 1):
            if wanted and canonical(source.name) not in wanted:
                continue
            met.add(canonical(source.name))
            understood = understand(source, pattern=pattern, has_speakers=has_speakers)
            passages = passages_of(understood)
            if not passages:
                faults.note("empty-text", shown_name, None, "no words", "text", "Check that this is the right file.")
                continue
            placed = placed_remarks(source, passages)
            part_of = part if len(texts) > 1 else 0
            made.append(
                Material(len(made), shown_name, given.name, digest, part_of, source, understood, passages, placed)
            )
    for name in sorted(wanted - met):
        faults.note("unknown-text", "--only", None, f"a name of {len(name)} characters that no text has",
                    "the name of a text in a project file", "`foran add … --dry-run` shows the names.")  # fmt: skip
    return made


def _read(path: Path, faults: Faults) -> tuple[tuple[SourceText, ...], str]:
    texts = read_texts(path, faults)
    if not texts:
        return (), ""
    # A project of QualCoder is a folder.
    with (path / "data.qda" if path.is_dir() else path).open("rb") as file:
        return texts, hashlib.file_digest(file, "sha256").hexdigest()


def front_matter(material: Material, earlier: str = "") -> str:
    """What stands above a document's text: where it came from, without naming it, below what stood there before."""
    kept = [line for line in earlier.splitlines() if not line.startswith((_SOURCE_KEY, _PART_KEY))]
    part = [f"{_PART_KEY}{material.part}"] if material.part else []
    return "\n".join(["---", *kept, f"{_SOURCE_KEY}{material.digest}", *part, "---", "", ""])


def sources_in(study: Path) -> dict[str, str]:
    """Documents by the key of the source text they were made from (see :class:`Material`)."""
    found = {}
    for path in sorted((study / TEXTS_FOLDER).glob("[!.]*.md")):
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            # Front matter is short; a text need not be read to know where it came from.
            front, _ = split_front_matter(file.read(4096))
        digest = part = ""
        for line in front.splitlines():
            digest = line.removeprefix(_SOURCE_KEY).strip() if line.startswith(_SOURCE_KEY) else digest
            part = line.removeprefix(_PART_KEY).strip() if line.startswith(_PART_KEY) else part
        if digest:
            found[f"{digest}#{part}" if part else digest] = path.stem
    return found


# All or nothing


def write_all(study: Path, contents: Mapping[Path, bytes], superfluous: Sequence[Path] = ()) -> None:
    """Write every file of `contents`, in its order, or none; then remove the `superfluous` ones, if they are there.

    Everything is first written beside its place and flushed, which is where a disk fills up; then come renames only,
    the registers last, so that a power cut leaves texts without a row, which the next adding takes up. A rename that
    fails undoes those before it.

    Raises
    ------
    ForanError
        When the disk refuses; the study is as it was.
    """
    _sweep(dict.fromkeys(path.parent for path in contents))
    staged: list[tuple[Path, Path, Path | None]] = []
    temporaries: list[Path] = []
    made: list[Path] = []
    try:
        for path, data in contents.items():
            made += _make_folders(path.parent)
            temporaries.append(_stage(path, data))
            new = temporaries[-1]
            if path.exists():
                temporaries.append(_stage(path, path.read_bytes()))
            staged.append((new, path, temporaries[-1] if temporaries[-1] != new else None))
        # All are flushed together: a disk does many at once sooner than one after another.
        for temporary in temporaries:
            _flush(temporary)
        _put_in_place(staged)
    except BaseException as error:
        for temporary in temporaries:
            temporary.unlink(missing_ok=True)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise ForanError(
                f"{study}: cannot be written to ({error.strerror}); the documents are not in the study, add them again"
            ) from error
        raise
    # All is in its place; what cannot be tidied up now is hidden, and is tidied up next time.
    for path in (*(old for _, _, old in staged if old), *superfluous):
        with suppress(OSError):
            path.unlink(missing_ok=True)
    for parent in dict.fromkeys(path.parent for path in contents):
        with suppress(OSError):
            _flush(parent)


def _put_in_place(staged: Sequence[tuple[Path, Path, Path | None]]) -> None:
    done: list[tuple[Path, Path | None]] = []
    try:
        for temporary, path, old in staged:
            _rename(temporary, path)
            done.append((path, old))
    except BaseException:
        for path, old in reversed(done):
            if old is None:
                path.unlink(missing_ok=True)
            else:
                old.replace(path)
        raise


def _stage(path: Path, data: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.chmod(_rights(path))
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _rights(path: Path) -> int:
    """The rights of the file that is replaced; for a new one what the person's umask says."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _rename(temporary: Path, path: Path) -> None:
    temporary.replace(path)


def _flush(path: Path) -> None:
    """Make a file's bytes, or a folder's names, last beyond a power cut, where the system lets it be opened."""
    if path.is_dir() and not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_folders(folder: Path) -> list[Path]:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
    return missing[::-1]


def _sweep(folders: Iterable[Path]) -> None:
    """Remove the unfinished files that a killed adding left."""
    for folder in folders:
        for left in folder.glob(f"{_UNFINISHED}*") if folder.is_dir() else ():
            with suppress(OSError):
                left.unlink()
