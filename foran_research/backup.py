"""A study in one file, proved on the way out and on the way in: a zip archive with the SHA-256 of every file.

The same content gives the same bytes: names in order, no times, no rights. Files are copied in pieces, so that a large
study needs no more memory than a small one.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from . import __version__
from .errors import Fault, Faults, ForanError, FutureFile
from .settings import read_settings

MANIFEST = "foran-backup.json"
BACKUP_SCHEMA = 1
#: Folders that are no part of a study, wherever they lie.
CACHES = (
    ".git", ".hg", ".svn", ".venv", "venv", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis",
    "node_modules",
)  # fmt: skip
#: What is left out of a backup beside them: what Jupyter saves on the side, and what our own locks leave behind.
LEFT_OUT = (*CACHES, ".ipynb_checkpoints", ".lock")
OUTPUTS = "outputs"
#: How the key's file begins; it never lies in a backup (see corpus/key.py).
KEY_MAGIC = b"FORAN-KEY"
#: The earliest time a zip archive can tell.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_PIECE = 2**20
#: Deflate makes at most 1 byte into 1032: what claims more is no honest archive.
_MOST_RATIO = 1040
_LONGEST_MANIFEST = 256 * 2**20
#: How often a study that changes while it is copied is tried again.
_TRIES = 3
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BAD_NAME = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_OWN_NAME = re.compile(r"-backup-([0-9a-f]{12})(?: ?\(\d+\))?\.zip")
#: Names that Windows keeps for itself, whatever the ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}

#: Told of progress: bytes done and bytes in all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Entry:
    """One file of a backup: its name in the study, its size in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class BackedUp:
    """A backup that was written and read back.

    `left_out` are files that are not in it although they lie in the study, each with the reason; `is_new` is false when
    the same backup was there already.
    """

    path: Path
    study_id: str
    entries: tuple[Entry, ...]
    manifest_sha256: str
    left_out: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]
    is_new: bool = True

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(entry.size for entry in self.entries)


@dataclass(frozen=True)
class Restored:
    """A study that was taken out of a backup: how many files, and how its check compares with the one at backup."""

    folder: Path
    study_id: str
    entries: tuple[Entry, ...]
    faults: tuple[str, ...]
    #: Faults that the check names now and did not at backup, and the other way round; both empty as a rule.
    new_faults: tuple[str, ...]
    gone_faults: tuple[str, ...]

    @property
    def is_the_same(self) -> bool:
        """Whether `foran check` says of the restored study what it said when the backup was made."""
        return not self.new_faults and not self.gone_faults


def backup(
    study: Path, to: Path | None = None, *, has_outputs: bool = False, progress: Progress = lambda done, total: None
) -> BackedUp:
    """Write a backup of the study in `study`, and read it back before it gets its name.

    Parameters
    ----------
    study
        The study's folder; every file in it is saved, but for git, caches, links, locks, backups, and key files.
    to
        The file to write, or a folder for one with the usual name: the study's id and the manifest's hash. Beside the
        study's folder when left out.
    has_outputs
        Whether ``outputs/`` is saved too; it can be made again.
    progress
        Called now and then with the bytes done and the bytes in all.

    Raises
    ------
    ForanError
        When there is no study, when `to` lies in the study or is another file, when the study keeps changing, or when
        the disk refuses. No half file is left.
    """
    study = study.resolve()
    if not study.is_dir():
        raise ForanError(f"{study}: no such folder; nothing was written")
    settings = read_settings(study, Faults())
    study_id = settings.study_id if settings is not None else study.name
    target = (to if to is not None else study.parent).absolute()
    is_named = not target.is_dir()
    folder = target.parent if is_named else target
    if folder.resolve() == study or study in folder.resolve().parents:
        raise ForanError(
            f"{target}: a backup inside the study is lost with it; name a place outside, nothing was written"
        )
    if not folder.is_dir():
        raise ForanError(f"{folder}: no such folder; make it first, nothing was written")
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".foran-backup-", suffix=".part")
    except OSError as error:
        raise ForanError(f"{folder}: cannot be written to ({error.strerror}); nothing was written") from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            entries, digest, left_out, faults = _written(study, study_id, file, has_outputs, progress)
            _verify(file, entries, digest, temporary)
            os.fsync(file.fileno())
        path = target if is_named else folder / f"{_file_stem(study_id)}-backup-{digest[:12]}.zip"
        is_new = _put(temporary, path)
    except OSError as error:
        where = error.filename or folder
        raise ForanError(f"{where}: the backup cannot be written ({_reason(error)}); no half file is left") from error
    finally:
        temporary.unlink(missing_ok=True)
    return BackedUp(path, study_id, entries, digest, left_out, faults, is_new)


def restore(file: Path, folder: Path, *, progress: Progress = lambda done, total: None) -> Restored:
    """Take a study out of a backup into a new or empty folder, and check it.

    The folder has the study whole, or nothing: files are unpacked and proved beside it first.

    Raises
    ------
    FutureFile
        For a backup of a newer shape.
    ForanError
        For a file that is no backup or was changed since (a hash that differs, a file missing, too much, named outside
        the folder, or larger than told), for a folder that holds anything, and when the disk refuses.
    """
    from .study import read_study

    folder = folder.absolute()
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise ForanError(f"{folder} is not an empty folder; name a new one, nothing was changed")
    if not folder.parent.is_dir():
        raise ForanError(f"{folder.parent}: no such folder; make it first, nothing was changed")
    try:
        staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.restoring-"))
        try:
            with file.open("rb") as raw, _opened(raw, file) as archive:
                manifest, digest = _read_manifest(archive, file)
                named = _OWN_NAME.search(file.name)
                if named is not None and not digest.startswith(named[1]):
                    raise _not_whole(file, "its manifest is not the one that its name tells")
                entries = _entries(archive, manifest, file, os.fstat(raw.fileno()).st_size)
                total = sum(entry.size for entry in entries)
                if shutil.disk_usage(folder.parent).free < total:
                    raise ForanError(f"{folder.parent}: {total} bytes are needed and not free; nothing was changed")
                _unpack(archive, entries, staging, file, progress)
            now = _told(read_study(staging)[1])
            staging.chmod(0o777 & ~_umask())
            if folder.exists():
                folder.rmdir()
            staging.rename(folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise ForanError(f"{error.filename or folder}: {_reason(error)}; nothing was changed") from error
    then = tuple(str(fault) for fault in manifest["faults"])
    return Restored(folder, str(manifest["study_id"]), entries, now, _without(now, then), _without(then, now))


def is_backup(path: Path) -> bool:
    """Whether a file is a backup of some study, by the manifest in it."""
    if path.suffix.lower() != ".zip":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return MANIFEST in archive.NameToInfo
    # NotImplementedError is what zipfile raises for a packing method or a version of the format that it cannot read.
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _reason(error: OSError) -> str:
    return "no space left" if error.errno == errno.ENOSPC else (error.strerror or type(error).__name__)


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _file_stem(study_id: str) -> str:
    return re.sub(r"[^\w.-]", "_", study_id) or "study"


def _without(some: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    rest = list(others)
    found = []
    for one in some:
        if one in rest:
            rest.remove(one)
        else:
            found.append(one)
    return tuple(found)


def _told(faults: Sequence[Fault]) -> tuple[str, ...]:
    """Faults as a manifest keeps them: place and kind, in order. They never quote anybody."""
    return tuple(
        sorted(
            f"{'warning: ' if fault.is_warning else ''}{fault.file}:{fault.line or ''}: {fault.kind}"
            for fault in faults
        )
    )


# Writing


def _written(
    study: Path, study_id: str, file: IO[bytes], has_outputs: bool, progress: Progress
) -> tuple[tuple[Entry, ...], str, tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Copy a study that stands still into `file`; when it changes meanwhile, once more from the start."""
    for _ in range(_TRIES):
        file.seek(0)
        file.truncate()
        left_out: list[tuple[str, str]] = []
        files = _files(study, has_outputs, left_out)
        stamps = {name: _stamp(path) for name, path in files.items()}
        try:
            entries, digest, faults = _zipped(study, study_id, files, file, has_outputs, progress)
        except FileNotFoundError:
            continue
        again = _files(study, has_outputs, [])
        with contextlib.suppress(FileNotFoundError):
            if stamps == {name: _stamp(path) for name, path in again.items()}:
                return entries, digest, tuple(left_out), faults
    raise ForanError(f"{study} changes while it is copied: close the coder's screens and runs, then try again")


def _stamp(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def _files(study: Path, has_outputs: bool, left_out: list[tuple[str, str]]) -> dict[str, Path]:
    """The files to be saved, by name in the study, in order; what is passed over and could be missed is told."""
    found = {}
    for path in _walk(study, study, left_out):
        name = path.relative_to(study).as_posix()
        if name.startswith(f"{OUTPUTS}/") and not has_outputs:
            continue
        if not path.is_file():
            left_out.append((name, "no regular file"))
        elif _is_key(path):
            left_out.append((name, "a key: move it out of the study"))
        elif is_backup(path):
            left_out.append((name, "a backup: move it out of the study"))
        elif _wrong_name(name):
            left_out.append((name, "a name that other systems cannot hold"))
        else:
            found[name] = path
    return dict(sorted(found.items()))


def _walk(folder: Path, study: Path, left_out: list[tuple[str, str]]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in LEFT_OUT:
            continue
        if path.is_symlink():
            left_out.append((path.relative_to(study).as_posix(), "a link: what it leads to is not saved"))
        elif path.is_dir():
            yield from _walk(path, study, left_out)
        else:
            yield path


def _is_key(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(KEY_MAGIC)) == KEY_MAGIC


def _zipped(
    study: Path, study_id: str, files: Mapping[str, Path], file: IO[bytes], has_outputs: bool, progress: Progress
) -> tuple[tuple[Entry, ...], str, tuple[str, ...]]:
    from .study import read_study

    total = sum(path.stat().st_size for path in files.values())
    done = 0
    entries = []
    archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
    try:
        for name, path in files.items():
            digest, size = hashlib.sha256(), 0
            info = _info(name)
            info.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(info, "w") as member:
                while piece := source.read(_PIECE):
                    digest.update(piece)
                    member.write(piece)
                    size += len(piece)
                    done += len(piece)
                    progress(done, total)
            entries.append(Entry(name, size, digest.hexdigest()))
        _, found = read_study(study)
        manifest = {
            "schema_version": BACKUP_SCHEMA,
            "package_version": __version__,
            "study_id": study_id,
            "has_outputs": has_outputs,
            "faults": _told(found),
            "files": {entry.name: {"size": entry.size, "sha256": entry.sha256} for entry in entries},
        }
        data = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
        archive.writestr(_info(MANIFEST), data, zipfile.ZIP_DEFLATED, 6)
        archive.close()
    except BaseException:
        # Closing writes once more to a disk that has refused; the file is thrown away in any case.
        with contextlib.suppress(Exception):
            archive.close()
        raise
    return tuple(entries), hashlib.sha256(data).hexdigest(), _told(found)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _ZIP_TIME)
    # The same on every system: a regular file that its owner alone can read, for these are people's words.
    info.create_system, info.external_attr, info.compress_type = 3, (stat.S_IFREG | 0o600) << 16, zipfile.ZIP_DEFLATED
    return info


def _verify(file: IO[bytes], made: tuple[Entry, ...], made_sha256: str, path: Path) -> None:
    """Read a backup back as a stranger would; the disk may have lied."""
    file.flush()
    size = file.seek(0, os.SEEK_END)
    with _opened(file, path) as archive:
        manifest, digest = _read_manifest(archive, path)
        entries = _entries(archive, manifest, path, size)
        if digest != made_sha256 or entries != made:
            raise _not_whole(path, "what was written is not what was read back")
        for entry in entries:
            for _ in _pieces(archive, entry, path):
                pass


def _put(temporary: Path, path: Path) -> bool:
    """Give a backup its name; one of the same bytes may be there already, anything else is never overwritten."""
    if path.exists():
        if path.is_file() and _same(path, temporary):
            return False
        raise ForanError(f"{path} is there already; name another file, it was not changed")
    temporary.rename(path)
    return True


def _same(one: Path, other: Path) -> bool:
    with one.open("rb") as a, other.open("rb") as b:
        return hashlib.file_digest(a, "sha256").digest() == hashlib.file_digest(b, "sha256").digest()


# Reading


def _not_whole(path: Path, what: str) -> ForanError:
    return ForanError(f"{path.name} is no whole backup: {what}; take another one, nothing was changed")


@contextlib.contextmanager
def _opened(file: IO[bytes], path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except ForanError:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, OverflowError) as error:
        raise _not_whole(path, "the archive is damaged, or none") from error


def _read_manifest(archive: zipfile.ZipFile, path: Path) -> tuple[dict[str, Any], str]:
    """The manifest of a backup, whole in shape, and its SHA-256."""
    infos = [info for info in archive.infolist() if info.filename == MANIFEST]
    if len(infos) != 1 or infos[0].file_size > _LONGEST_MANIFEST or _is_puffed(infos[0]):
        raise _not_whole(path, "it has no manifest")
    with _plain(archive, infos[0], path) as member:
        data = member.read(infos[0].file_size + 1)
    try:
        raw = json.loads(data)
        version = raw["schema_version"]
        if isinstance(version, int) and version > BACKUP_SCHEMA:
            raise FutureFile(
                f"{path.name} was made with a newer version of the package: upgrade it; nothing was changed"
            )
        files = raw["files"]
        is_whole = (
            version == BACKUP_SCHEMA
            and isinstance(raw["study_id"], str)
            and isinstance(raw["faults"], list)
            and isinstance(files, dict)
            and all(_is_told(told) for told in files.values())
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        is_whole = False
    if not is_whole:
        raise _not_whole(path, "its manifest is not understood")
    return raw, hashlib.sha256(data).hexdigest()


def _is_told(told: object) -> bool:
    return (
        isinstance(told, dict)
        and set(told) == {"size", "sha256"}
        and type(told["size"]) is int
        and told["size"] >= 0
        and isinstance(told["sha256"], str)
        and _SHA256.fullmatch(told["sha256"]) is not None
    )


def _is_puffed(info: zipfile.ZipInfo) -> bool:
    return info.file_size > _MOST_RATIO * info.compress_size + _MOST_RATIO


def _plain(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> IO[bytes]:
    """A member opened for reading, if it is a regular file that is not encrypted and packed as ours are."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_plain = kind in (0, stat.S_IFREG) and not info.is_dir() and not info.flag_bits & 1
    if not is_plain or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _not_whole(path, "it holds something that is no plain file")
    return archive.open(info)


def _entries(archive: zipfile.ZipFile, manifest: Mapping[str, Any], path: Path, size: int) -> tuple[Entry, ...]:
    """The files of a backup, when manifest and archive tell of the same ones and none is unsafe."""
    entries = tuple(Entry(name, told["size"], told["sha256"]) for name, told in manifest["files"].items())
    for entry in entries:
        if wrong := _wrong_name(entry.name):
            raise _not_whole(path, f"it names a file {wrong}")
    names = [info.filename for info in archive.infolist()]
    if len(set(names)) < len(names):
        raise _not_whole(path, "it holds two files of one name")
    there, told = set(names) - {MANIFEST}, {entry.name for entry in entries}
    if there != told:
        raise _not_whole(path, f"{len(told - there)} files are missing and {len(there - told)} are not in its manifest")
    for entry in entries:
        info = archive.getinfo(entry.name)
        if info.file_size != entry.size or _is_puffed(info):
            raise _not_whole(path, "a file is larger or smaller than told")
    # Members that lie over one another could each be honest and all of them fill the disk.
    if sum(entry.size for entry in entries) > _MOST_RATIO * size:
        raise _not_whole(path, "it unpacks to more than it can hold")
    return entries


def _wrong_name(name: str) -> str:
    """Why a file must not bear this name, or "": it leads out of the folder, or some system cannot hold it.

    >>> _wrong_name("corpus/texts/Ål.md"), _wrong_name("../ut.txt"), _wrong_name("/etc/passwd")
    ('', 'outside the folder', 'outside the folder')
    """
    parts = name.split("/")
    if not name or name.startswith("/") or ".." in parts or PurePosixPath(name).is_absolute():
        return "outside the folder"
    if _BAD_NAME.search(name) or any(part in ("", ".") or part[-1] in " ." for part in parts):
        return "with characters that other systems cannot hold"
    if any(part.split(".")[0].casefold() in _RESERVED for part in parts):
        return "that Windows keeps for itself"
    if any(part.casefold() == ".git" for part in parts):
        return "in git's own folder"
    return "of the manifest" if name == MANIFEST else ""


def _pieces(archive: zipfile.ZipFile, entry: Entry, path: Path) -> Iterator[bytes]:
    """The bytes of one file, proved at their end."""
    digest, size = hashlib.sha256(), 0
    with _plain(archive, archive.getinfo(entry.name), path) as member:
        while piece := member.read(_PIECE):
            size += len(piece)
            if size > entry.size:
                break
            digest.update(piece)
            yield piece
    if size != entry.size or digest.hexdigest() != entry.sha256:
        raise _not_whole(path, "a file is not the one that was saved")


def _unpack(archive: zipfile.ZipFile, entries: Sequence[Entry], folder: Path, path: Path, progress: Progress) -> None:
    total = sum(entry.size for entry in entries)
    done = 0
    for entry in entries:
        target = folder / entry.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            for piece in _pieces(archive, entry, path):
                file.write(piece)
                done += len(piece)
                progress(done, total)
            file.flush()
            os.fsync(file.fileno())
