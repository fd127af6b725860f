"""Source files into paragraphs, one reader per file type, in one visible registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ...errors import Faults
from .plain import Source, read_plain

Reader = Callable[[Path, Faults, bool], Source | None]

READERS: Mapping[str, Reader] = {".txt": read_plain, ".md": read_plain}


def read_source(path: Path, faults: Faults, *, has_speakers: bool = True) -> Source | None:
    """The paragraphs of a source file, or None with a fault when its type or content cannot be read.

    Without `has_speakers` (public documents) a line like "Mål: …" is prose, never a speaker's label.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        faults.note(
            "unknown-file-type",
            str(path),
            None,
            f"a file ending in {path.suffix or 'nothing'!r}",
            f"one of: {', '.join(READERS)}",
            "Save the text as one of these and add that file.",
        )
        return None
    return reader(path, faults, has_speakers)
