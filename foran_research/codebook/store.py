"""Codebooks on disk: ``codebooks/MAJOR.MINOR.PATCH.yaml``, read with the line of every fault."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import Faults
from .changes import Lineage
from .code import Codebook, version_key
from .log_store import FOLDER, NAME, check_files, read_log, withdrawal_days
from .reading import VERSION, codebook_in
from .steps import SUBTLE, lineage_faults

__all__ = ["FOLDER", "read_codebook", "read_lineage"]

_VERSION_LINE = re.compile(rb"^codebook_version:[ \t]*['\"]?([0-9.]+)['\"]?[ \t]*(?:#.*)?\r?$", re.MULTILINE)


def read_lineage(study: Path, levels: Sequence[str], faults: Faults) -> Lineage:
    """Every codebook of the study, oldest first."""
    folder = study / FOLDER
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    paths = [path for path in files if path.parent == folder and path.suffix == ".yaml"]
    for path in files:
        if path not in paths:
            _check_no_codebook(path, path.relative_to(folder), faults)
    if not paths:
        faults.note("missing-file", FOLDER, None, "no codebook", "codebooks/1.0.0.yaml", "Add a first codebook.")
    contents = {path.stem: path.read_bytes() for path in paths}
    read = {
        stem: codebook_in(data, f"{FOLDER}/{stem}.yaml", stem, levels, faults)
        for stem, data in contents.items()
        if not _is_second(stem, data, contents, faults)
    }
    unreadable = tuple(stem for stem, found in read.items() if found is None and VERSION.fullmatch(stem))
    books = sorted(
        (found for found in read.values() if found), key=lambda found: version_key(found[0].codebook_version)
    )
    lineage = Lineage(tuple(book for book, _ in books), unreadable)
    _check_steps(lineage, {book.codebook_version: lines for book, lines in books}, faults)
    check_files(read_log(study, faults), contents, faults, withdrawn=withdrawal_days(study))
    return lineage


def _is_second(stem: str, data: bytes, contents: Mapping[str, bytes], faults: Faults) -> bool:
    """Whether a file says that it is the version of another file, as copies and saves beside one another do."""
    said = _VERSION_LINE.search(data)
    version = said[1].decode() if said else stem
    if said is None or version == stem or version not in contents:
        return False
    faults.note(
        "duplicate-version",
        f"{FOLDER}/{stem}.yaml",
        data[: said.start()].count(b"\n") + 1,
        f"codebook_version {version}, which is that of {version}.yaml",
        "one file for each version",
        "Move one of the two away; if both hold changes, release those of one anew as the next version.",
    )
    return True


def _check_steps(lineage: Lineage, lines: Mapping[str, Mapping[str, int]], faults: Faults) -> None:
    unsound = {fault.file for fault in faults.errors}
    for version, found in lineage_faults(lineage).items():
        place = lineage.versions.index(version)
        pair = {f"{FOLDER}/{one}.yaml" for one in lineage.versions[place - 1 : place + 1]}
        for fault in found:
            if fault.kind in SUBTLE and pair & unsound:
                continue
            faults.note(
                fault.kind,
                f"{FOLDER}/{version}.yaml",
                lines[version].get(fault.place),
                fault.found,
                fault.expected,
                fault.remedy,
                is_warning=fault.is_warning,
            )


def _check_no_codebook(path: Path, name: Path, faults: Faults) -> None:
    """Note a file among the codebooks that nobody reads; what a name hides with a full stop is no part of the study."""
    if any(part.startswith(".") for part in name.parts) or name.as_posix() in (NAME, f"{NAME}.torn"):
        return
    is_misnamed = path.suffix.lower() in (".yml", ".yaml") and len(name.parts) == 1
    faults.note(
        "unknown-file",
        f"{FOLDER}/{name.as_posix()}",
        None,
        "a file that is not read as a codebook",
        f"{FOLDER}/MAJOR.MINOR.PATCH.yaml",
        f"Rename it to {path.stem}.yaml." if is_misnamed else "Move it away.",
    )


def read_codebook(path: Path, levels: Sequence[str], faults: Faults) -> Codebook | None:
    """One codebook, or None when it cannot be read at all; what is wrong in it is in `faults`."""
    found = codebook_in(path.read_bytes(), f"{FOLDER}/{path.name}", path.stem, levels, faults)
    return None if found is None else found[0]
