"""Every text that has been in force for a document, on disk: ``corpus/texts/.versions/ID/SHA16.md`` and the list of changes.

A version is kept from the moment somebody can code it, so that an edited text never takes away what was coded, and a
model of an earlier day can be made again from the words of that day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import Faults
from .store import TEXTS_FOLDER, read_register_without_ids, register_text, write_atomically
from .transcript import text_sha256

CHANGES_FILE = "corpus/text_changes.csv"
CHANGE_COLUMNS = ("document", "from_sha256", "to_sha256", "at", "reason")
VERSIONS_FOLDER = f"{TEXTS_FOLDER}/.versions"
#: Hexadecimal digits of the hash that name a version's file; the whole hash is compared when it is read.
DIGITS = 16
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True)
class TextChange:
    """One change of a registered text: which text took the place of which, when (UTC) and why."""

    document: str
    from_sha256: str
    to_sha256: str
    at: str
    reason: str


def version_path(study: Path, document: str, sha256: str) -> Path:
    """Where the version of a document with this fingerprint lies, or would lie."""
    return study / VERSIONS_FOLDER / document / f"{sha256[:DIGITS]}.md"


def version_paths(study: Path, document: str) -> list[Path]:
    """The files of all kept versions of a document, ordered by name."""
    return sorted((study / VERSIONS_FOLDER / document).glob("*.md"))


def store_version(study: Path, document: str, text: str) -> None:
    """Keep `text` (canonical, without front matter) as a version of the document; one that is kept already is left alone."""
    sha256 = text_sha256(text)
    if read_version(study, document, sha256) is None:
        write_atomically(version_path(study, document, sha256), text)


def read_version(study: Path, document: str, sha256: str) -> str | None:
    """The canonical text with this fingerprint, or None when it is not kept or its file no longer holds it."""
    try:
        text = version_path(study, document, sha256).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return text if text_sha256(text) == sha256 else None


def read_changes(study: Path, faults: Faults) -> tuple[TextChange, ...]:
    """The changes of all texts, oldest first; none when no text was ever changed."""
    if not (study / CHANGES_FILE).exists():
        return ()
    changes = []
    last: dict[str, str] = {}
    for line, row in read_register_without_ids(study, CHANGES_FILE, CHANGE_COLUMNS, faults):
        change = TextChange(**{column: row[column] for column in CHANGE_COLUMNS})
        hashes = (change.from_sha256, change.to_sha256)
        if not (all(_SHA256.fullmatch(sha256) for sha256 in hashes) and _TIME.fullmatch(change.at)):
            faults.note(
                "bad-text-change",
                CHANGES_FILE,
                line,
                "a change without two hashes and a time",
                "from_sha256 and to_sha256 of 64 hexadecimal digits, at as YYYY-MM-DDTHH:MM:SSZ",
                "Restore the file from git or a backup; it is written by the tool only.",
            )
            continue
        if last.get(change.document, change.from_sha256) != change.from_sha256:
            faults.note(
                "broken-text-changes",
                CHANGES_FILE,
                line,
                f"text {change.from_sha256[:12]}… changed, but the change before led to {last[change.document][:12]}…",
                "changes that follow one another",
                "Restore the file from git or a backup; it is written by the tool only.",
            )
        last[change.document] = change.to_sha256
        changes.append(change)
    return tuple(changes)


def write_changes(study: Path, changes: Iterable[TextChange]) -> None:
    """Replace the list of changes with one that has more at its end."""
    rows = [dict(vars(change)) for change in changes]
    write_atomically(study / CHANGES_FILE, register_text(rows, CHANGE_COLUMNS))


def texts_in_force(current: Mapping[str, str], changes: Iterable[TextChange], until: str) -> dict[str, str]:
    """By document, the fingerprint of the text that was in force at the end of a day (UTC, ISO) or at a UTC second.

    `current` are today's fingerprints. A document whose text was never changed has had that text from the start.

    >>> change = TextChange("D1", "a" * 64, "b" * 64, "2026-03-01T10:00:00Z", "")
    >>> texts_in_force({"D1": "b" * 64}, [change], "2026-02-28")["D1"] == "a" * 64
    True
    """
    found = dict(current)
    for change in reversed(tuple(changes)):
        if change.at[: len(until)] > until and change.document in found:
            found[change.document] = change.from_sha256
    return found
