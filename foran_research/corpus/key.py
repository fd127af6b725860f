"""The key between names and pseudonyms: one encrypted file, outside of the study, with what was decided of names.

Whoever has the file and its passphrase can name every participant; whoever has only the study cannot. The file is a line
that says what it is, a line of JSON with how it is encrypted, the encrypted content (AES-256-GCM under a key that scrypt
makes of the passphrase, both lines authenticated), and a SHA-256 of all before it, so that a damaged file can be told from
a wrong passphrase. No message, no ``repr`` and no name of a file shows a name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from ..errors import ForanError, FutureFile, UnknownName
from ..locking import only_writer
from .pseudonyms import (
    ACTIONS,
    NAME_KINDS,
    Decision,
    contains_name,
    normal_form,
    numbered,
)

MAGIC = b"FORAN-KEY\n"
SCHEMA_VERSION = 1
#: Characters a passphrase has at least: four words of a sentence, not one word with a digit.
SHORTEST_PASSPHRASE = 12
#: A key file is small; anything larger is something else.
LARGEST_FILE = 64 * 1024 * 1024
WAIT_FOR_LOCK = 10.0

EntryKind = Literal["person", "place", "organisation", "other"]
ENTRY_KINDS: tuple[EntryKind, ...] = get_args(EntryKind)

_ID = re.compile(r"\w[\w.-]{0,79}")
_LABEL = re.compile(r"\[(\w+) (\d+)\]")
_DIGEST = 64
_HIT_KIND = {"person": "person", "place": "place", "organisation": "organisation", "other": "capitalised"}
_ENTRY_KIND: dict[str, EntryKind] = {"person": "person", "place": "place", "organisation": "organisation"}


@dataclass(frozen=True)
class Cost:
    """What scrypt costs: `n` (a power of two) × `r` × 128 bytes of memory, `p` times."""

    n: int
    r: int = 8
    p: int = 1


#: 128 MB and some tenths of a second for one guess.
COST = Cost(2**17)
_MOST_MEMORY = 1024 * 1024 * 1024


@dataclass(frozen=True, repr=False)
class Entry:
    """One person, place or organisation: its pseudonym, every way its name is written, and what stands in texts instead.

    With an empty `replacement` the pseudonym stands there. Names and note are not shown when the entry is printed.

    >>> Entry("FJO-PL-01", "person", ("Kari Nordmann", "Kari"))
    <Entry FJO-PL-01: person, 2 names>
    """

    pseudonym: str
    kind: EntryKind
    names: tuple[str, ...] = ()
    replacement: str = ""
    note: str = ""

    def __repr__(self) -> str:
        return f"<Entry {self.pseudonym}: {self.kind}, {len(self.names)} name{'' if len(self.names) == 1 else 's'}>"

    @property
    def written(self) -> str:
        """What stands in texts where the name stood."""
        return self.replacement or self.pseudonym


@dataclass(frozen=True, repr=False)
class Key:
    """The content of a key file, as a value; every change is a new value.

    `opened_from` is the SHA-256 of the file it was read from, by which :func:`save` notices that somebody else has saved.
    """

    study_id: str
    entries: tuple[Entry, ...] = ()
    decisions: tuple[Decision, ...] = ()
    opened_from: str = field(default="", compare=False)
    cost: Cost = field(default=COST, compare=False)

    def __repr__(self) -> str:
        return f"<Key of {self.study_id}: {len(self.entries)} entries, {len(self.decisions)} decisions>"

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Every entry's names by pseudonym, as ``names.known_names`` takes them."""
        return {entry.pseudonym: entry.names for entry in self.entries}

    @property
    def searched(self) -> dict[str, tuple[str, ...]]:
        """All that must not stand in the study, by what stands there instead: names, and figures that were hidden."""
        found: dict[str, list[str]] = {entry.pseudonym: list(entry.names) for entry in self.entries}
        by_replacement = {entry.written: entry.pseudonym for entry in self.entries}
        for one in self.decisions:
            is_name = one.kind in NAME_KINDS
            if one.action == "keep" or (is_name and one.action != "replace") or one.kind in ("sensitive", "birth_date"):
                continue
            label = by_replacement.get(one.replacement, one.replacement) if is_name else one.kind
            if one.surface not in (names := found.setdefault(label, [])):
                names.append(one.surface)
        return {label: tuple(names) for label, names in found.items()}

    def entry(self, pseudonym: str) -> Entry:
        """The entry of a pseudonym.

        Raises
        ------
        ForanError
            When the key has none.
        """
        for entry in self.entries:
            if entry.pseudonym == pseudonym:
                return entry
        known = ", ".join(entry.pseudonym for entry in self.entries)
        # What was asked for is not printed: it may be a name.
        raise ForanError(f"the key has no such pseudonym; it has {known or 'none'}")

    def with_names(
        self,
        pseudonym: str,
        names: Iterable[str],
        kind: EntryKind | None = None,
        *,
        replacement: str = "",
        note: str = "",
    ) -> Key:
        """The key with `names` added to an entry, which is made when it is not there.

        Raises
        ------
        ForanError
            When the pseudonym is no id or tells the name, the kind differs from the entry's, or a name is another's.
        """
        if not _ID.fullmatch(pseudonym):
            raise ForanError("a pseudonym has letters, digits, full stops and hyphens, such as FJO-PL-01")
        if kind is not None and kind not in ENTRY_KINDS:
            raise UnknownName("kind", kind, ENTRY_KINDS)
        found = next((entry for entry in self.entries if entry.pseudonym == pseudonym), None)
        if found is not None and kind not in (None, found.kind):
            raise ForanError(f"{pseudonym} is a {found.kind} in the key, not a {kind}")
        old = found or Entry(pseudonym, kind or "person")
        taken = {
            normal_form(name): entry.pseudonym for entry in self.entries if entry is not found for name in entry.names
        }
        kept = {normal_form(name): name for name in old.names}
        for number, given in enumerate(names, 1):
            name = " ".join(unicodedata.normalize("NFC", given).split())
            form = normal_form(name)
            if not form:
                raise ForanError(f"name {number} of {pseudonym} is empty")
            if form in taken:
                raise ForanError(
                    f"name {number} of {pseudonym} is a name of {taken[form]} already: add the longer form of one of them, "
                    "and decide the short one per document"
                )
            if any(contains_name(text, name, _HIT_KIND[old.kind]) for text in (pseudonym, replacement or old.written)):
                raise ForanError(
                    f"the pseudonym or replacement of this entry holds its name {number}: choose one that does not"
                )
            kept.setdefault(form, name)
        new = replace(
            old, names=tuple(kept.values()), replacement=replacement or old.replacement, note=note or old.note
        )
        if found is None:
            return replace(self, entries=(*self.entries, new))
        return replace(self, entries=tuple(new if entry is found else entry for entry in self.entries))

    def with_third_person(self, names: Iterable[str], kind: EntryKind = "person", language: str = "nb") -> Key:
        """The key with one more entry under the next free number: "[Person 3]" in texts, ``PERSON-3`` in the key."""
        label = numbered([Decision(_HIT_KIND[kind], "x", "replace")], self.labels, language)[0].replacement
        return self.with_names(_pseudonym_of(label), names, kind, replacement=label)

    @property
    def labels(self) -> tuple[str, ...]:
        """Every replacement in use, so that no number is given twice."""
        return (*(entry.written for entry in self.entries), *(one.replacement for one in self.decisions))

    def standing(self) -> tuple[Decision, ...]:
        """All that is decided, for ``pseudonyms.decided``: each name of each entry, then what was decided of texts."""
        own = (
            Decision(_HIT_KIND[entry.kind], name, "replace", entry.written)
            for entry in self.entries
            for name in entry.names
        )
        return (*own, *self.decisions)

    def remembering(self, decisions: Sequence[Decision], language: str = "nb") -> Key:
        """The key with `decisions` added; a new one on the same surface, kind and document takes the old one's place.

        Names to be replaced by a number become entries, so that detectors know them from then on; several surfaces with
        one number are one entry. Decisions without a replacement get the next free number, or that of their entry.
        """
        by_name = {normal_form(name): entry.written for entry in self.entries for name in entry.names}
        given = [
            replace(one, replacement=by_name.get(normal_form(one.surface), ""))
            if one.action == "replace" and not one.replacement and one.kind in NAME_KINDS
            else one
            for one in decisions
        ]
        filled = numbered(given, self.labels, language)
        kept = {_identity(one): one for one in self.decisions}
        for one in filled:
            kept.pop(_identity(one), None)
            kept[_identity(one)] = one
        key = replace(self, decisions=tuple(kept.values()))
        for one in filled:
            if one.action == "replace" and one.kind in NAME_KINDS and not one.document:
                key = key._with_decided_name(one)
        return key

    def _with_decided_name(self, one: Decision) -> Key:
        form = normal_form(one.surface)
        if any(form == normal_form(name) for entry in self.entries for name in entry.names):
            return self
        entry = next((entry for entry in self.entries if entry.written == one.replacement), None)
        if entry is not None:
            return self.with_names(entry.pseudonym, [one.surface])
        if _LABEL.fullmatch(one.replacement):
            kind = _ENTRY_KIND.get(one.kind, "other")
            return self.with_names(_pseudonym_of(one.replacement), [one.surface], kind, replacement=one.replacement)
        return self

    def without(self, pseudonym: str) -> Key:
        """The key without an entry and without the decisions that lead to it, for somebody who has withdrawn.

        What was replaced in texts stays replaced; nobody can tell any longer whom it stood for.
        """
        gone = self.entry(pseudonym)
        forms = {normal_form(name) for name in gone.names}
        return replace(
            self,
            entries=tuple(entry for entry in self.entries if entry is not gone),
            decisions=tuple(
                one
                for one in self.decisions
                if one.replacement != gone.written and normal_form(one.surface) not in forms
            ),
        )


def _identity(one: Decision) -> tuple[str, str, str]:
    return one.kind, normal_form(one.surface, one.kind), one.document


def _pseudonym_of(label: str) -> str:
    return label.strip("[]").replace(" ", "-").upper()


# Where it lies


def default_path(study_id: str) -> Path:
    """Where the key of a study lies when nobody says otherwise: in the person's own data folder, never in the study.

    Raises
    ------
    ForanError
        When the study's id cannot name a file.
    """
    import platformdirs

    if not _ID.fullmatch(study_id):
        raise ForanError("the study's id in foran.toml cannot name a file: say where the key lies with --key")
    return platformdirs.user_data_path("foran", appauthor=False) / "keys" / study_id / "names.forankey"


def check_outside(path: Path, study: Path, *, what: str = "the key", others: Sequence[Path] = ()) -> None:
    """Refuse a `path` for names that lies where the study goes: its folder, its git repository, and the folders `others`.

    Looks through symbolic links, ``..``, file systems that take no notice of case, and second names of one file.

    Raises
    ------
    ForanError
        Saying which of these holds the path and where to put it instead.
    """
    places = [(study, "the study's folder"), *((other, "a folder of copies") for other in others)]
    places += [(folder, "the git repository that holds the study") for folder in _repositories(study)]
    # Both as it is written and as it resolves: a link inside of the study is copied with it just as a file is.
    written = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 (resolve() would follow the link)
    try:
        candidates = {written, written.parent.resolve() / written.name, written.resolve()}
    except (OSError, RuntimeError):
        raise ForanError(f"{what}: its path goes round in links") from None
    for folder, called in places:
        if any(_is_below(candidate, folder) for candidate in candidates):
            raise ForanError(
                f"{what} may not lie in {called}: whoever is given the study would be given the names; "
                "choose a folder elsewhere, best on another disk"
            )
    try:
        status = written.stat()
    except OSError:
        return
    if status.st_nlink > 1 and any(_has_second_name(folder, status) for folder, _ in places):
        raise ForanError(f"{what} has a second name (a hard link) in the study's folder or repository: remove that one")


def _is_below(path: Path, folder: Path) -> bool:
    real = folder.resolve()
    for above in (path, *path.parents):
        try:
            if above.samefile(real):
                return True
        except OSError:
            pass
    # Where case counts, a folder that differs by it is another one; refusing it costs less than being wrong.
    lowered, parts = _lowered(path), _lowered(real)
    return lowered[: len(parts)] == parts


def _lowered(path: Path) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFC", part).casefold() for part in path.parts)


def _repositories(study: Path) -> list[Path]:
    """The work trees that hold the study, and the folder git keeps their history in when it lies elsewhere."""
    found = []
    real = study.resolve()
    for folder in (real, *real.parents):
        git = folder / ".git"
        if git.is_dir() or git.is_file():
            found.append(folder)
        if git.is_file():
            try:
                named = git.read_text("utf-8", errors="replace").removeprefix("gitdir:").strip()
            except OSError:
                continue
            # A second work tree keeps its history in the first one's .git/worktrees/NAME.
            own = (folder / named).resolve()
            found.append(own.parent.parent if own.parent.name == "worktrees" else own)
    return found


def _has_second_name(folder: Path, status: os.stat_result) -> bool:
    for where, _, files in os.walk(folder):
        for name in files:
            try:
                other = (Path(where) / name).lstat()
            except OSError:
                continue
            if (other.st_dev, other.st_ino) == (status.st_dev, status.st_ino):
                return True
    return False


def is_key_file(data: bytes) -> bool:
    """Whether the first bytes of a file say that it is a key; copies of a study must hold none.

    >>> is_key_file(MAGIC + b"more"), is_key_file(b"PK")
    (True, False)
    """
    return data.startswith(MAGIC)


# Opening and saving


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that can be guessed.

    Raises
    ------
    ForanError
        When it is shorter than ``SHORTEST_PASSPHRASE`` characters or is one character repeated.
    """
    if len(passphrase.strip()) < SHORTEST_PASSPHRASE or len(set(passphrase)) < 4:
        raise ForanError(
            f"a passphrase has at least {SHORTEST_PASSPHRASE} characters: a sentence of four or five words that nobody "
            "has said, such as words picked with your eyes closed; without it the names cannot be had back"
        )


def create(path: Path, passphrase: str, study_id: str, *, study: Path, cost: Cost = COST) -> Key:
    """A new, empty key in `path`.

    Raises
    ------
    ForanError
        When the file is there already, lies where the study goes, or the passphrase is too short.
    """
    check_outside(path, study)
    check_passphrase(passphrase)
    with _writing(path):
        if path.exists() or path.is_symlink():
            raise ForanError(f"{path}: there is a file already; a key is never written over")
        return _store(replace(Key(study_id), cost=cost), path, passphrase)


def open_key(path: Path, passphrase: str) -> Key:
    """The key in `path`.

    Raises
    ------
    FutureFile
        When a later version of the package wrote it.
    ForanError
        When it is not there, cannot be read, is no key, is cut short or edited, or the passphrase is another.
    """
    return _unlocked(_read(path), path, passphrase)


def save(key: Key, path: Path, passphrase: str) -> Key:
    """Write the key that was opened from `path`, whole or not at all; the key with what it is now saved as.

    The file that was there stays beside it as ``….previous``, one step back, unless something was taken out: then no copy
    is left, for a copy would remember whom the key was to forget. Both have the same passphrase.

    Raises
    ------
    ForanError
        When somebody saved it after it was opened, the passphrase is not that of the file, or nothing can be written.
    """
    with _writing(path):
        data = _read(path)
        there = _unlocked(data, path, passphrase)
        if key.opened_from != there.opened_from:
            raise ForanError(
                f"{path}: was saved by somebody else after it was opened; open it again and repeat the change"
            )
        return _save(key, there, data, path, passphrase)


def changed(path: Path, passphrase: str, change: Callable[[Key], Key]) -> Key:
    """The key after `change`, opened and saved while nobody else can save; a second one waits.

    Raises
    ------
    ForanError
        As :func:`open_key` and :func:`save`, and what `change` raises; then the file is as it was.
    """
    with _writing(path):
        data = _read(path)
        there = _unlocked(data, path, passphrase)
        return _save(change(there), there, data, path, passphrase)


def rotate(path: Path, old: str, new: str, *, cost: Cost = COST) -> Key:
    """Encrypt the key anew under the passphrase `new`; nothing that `old` opens is left beside it.

    The new file is opened and compared, and the copy beside it removed, before the old one goes: whenever this is cut off,
    there is either the old key, or the new one alone. Copies elsewhere still have the old passphrase.

    Raises
    ------
    ForanError
        As :func:`open_key`; when `new` is too short or is `old`, or the copy cannot be removed. The file is then as it was.
    """
    check_passphrase(new)
    if _bytes_of(old) == _bytes_of(new):
        raise ForanError("the new passphrase is the old one: nothing was changed")
    with _writing(path):
        key = _unlocked(_read(path), path, old)
        return _store(replace(key, cost=cost), path, new, without_copy=True)


def _writing(path: Path) -> Any:
    if not path.parent.exists():
        try:
            path.parent.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise ForanError(f"{path.parent}: cannot be made ({error.strerror})") from None
    return only_writer(path.parent, "command that writes a key", wait=WAIT_FOR_LOCK)


def _save(key: Key, there: Key, data: bytes, path: Path, passphrase: str) -> Key:
    if there == key:
        return key
    if _has_all_of(key, there):
        _write(_previous(path), data)
        return _store(key, path, passphrase)
    return _store(key, path, passphrase, without_copy=True)


def _has_all_of(key: Key, old: Key) -> bool:
    """Whether every name and every decided surface of `old` is still in `key`."""
    return _words_in(old) <= _words_in(key)


def _words_in(key: Key) -> set[str]:
    own = {text for entry in key.entries for text in (*entry.names, entry.note)}
    return own | {one.surface for one in key.decisions}


def _store(key: Key, path: Path, passphrase: str, *, without_copy: bool = False) -> Key:
    data = _locked(key, passphrase)
    if _unlocked(data, path, passphrase) != key:
        raise ForanError(f"{path}: the new file does not open as it was meant; nothing was changed")
    _write(path, data, gone_before=_previous(path) if without_copy else None)
    return replace(key, opened_from=_sha256(data))


def _previous(path: Path) -> Path:
    return path.with_name(path.name + ".previous")


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ForanError(f"{path}: cannot be removed ({error.strerror}); remove it by hand") from None


def _write(path: Path, data: bytes, *, gone_before: Path | None = None) -> None:
    """Put `data` in place, whole; `gone_before` is removed when the new file is on the disk and before it takes the name."""
    temporary = None
    try:
        # A new file of its owner's alone; never through a link, which is replaced by the file.
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".key-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o600)
        if Path(temporary).read_bytes() != data:
            raise ForanError(f"{path}: the disk gave back other bytes than were written; nothing was changed")
        if gone_before is not None:
            _remove(gone_before)
            _flush(path.parent)
        Path(temporary).replace(path)
        temporary = None
        _flush(path.parent)
    except OSError as error:
        raise ForanError(f"{path}: cannot be written ({error.strerror}); the key is as it was") from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    """Make what was named and removed in a folder last beyond a power cut, where the system can."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ForanError(f"{path}: too large to be a key")
        return path.read_bytes()
    except FileNotFoundError:
        problem = "there is no key; make one with `foran key init`, or say where it lies with --key or FORAN_KEY"
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
    raise ForanError(f"{path}: {problem}")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _bytes_of(passphrase: str) -> bytes:
    # Typed on a Mac and on Windows "å" may come as one character or two.
    return unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")


def _derived(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=cost.n, r=cost.r, p=cost.p).derive(_bytes_of(passphrase))


def _locked(key: Key, passphrase: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    header = {
        "schema_version": SCHEMA_VERSION,
        "cipher": "AES-256-GCM",
        "kdf": "scrypt",
        "n": key.cost.n,
        "r": key.cost.r,
        "p": key.cost.p,
        "salt": salt.hex(),
        "nonce": nonce.hex(),
    }
    opening = MAGIC + json.dumps(header, sort_keys=True).encode("ascii") + b"\n"
    plain = json.dumps(_content(key), ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    body = opening + AESGCM(_derived(passphrase, salt, key.cost)).encrypt(nonce, plain, opening)
    return body + _sha256(body).encode("ascii")


def _unlocked(data: bytes, path: Path, passphrase: str) -> Key:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not is_key_file(data):
        raise ForanError(f"{path}: is no key of foran")
    body, digest = data[:-_DIGEST], data[-_DIGEST:]
    line_end = body.find(b"\n", len(MAGIC))
    header = _header(body[len(MAGIC) : max(line_end, 0)])
    # A later version may end otherwise, so it is asked before the digest is.
    if isinstance(header.get("schema_version"), int) and header["schema_version"] > SCHEMA_VERSION:
        raise FutureFile(
            f"{path}: written by a later version of foran (schema {header['schema_version']}); this one reads up to "
            f"{SCHEMA_VERSION}: update the package"
        )
    settings = _settings(header)
    if digest != _sha256(body).encode("ascii") or settings is None:
        raise ForanError(
            f"{path}: the key is cut short or was edited; put back a copy of yours, or {_previous(path).name}"
        )
    cost, salt, nonce = settings
    opening, sealed = body[: line_end + 1], body[line_end + 1 :]
    plain: bytes | None = None
    with contextlib.suppress(InvalidTag, MemoryError, ValueError):
        plain = AESGCM(_derived(passphrase, salt, cost)).decrypt(nonce, sealed, opening)
    if plain is None:
        raise ForanError(f"{path}: the passphrase does not open this key")
    key = _key(plain)
    if key is None:
        raise ForanError(f"{path}: the key opens, but what is in it is not understood; put back a copy of yours")
    return replace(key, opened_from=_sha256(data), cost=cost)


def _header(line: bytes) -> dict[str, Any]:
    try:
        header = json.loads(line)
    except ValueError:
        return {}
    return header if isinstance(header, dict) else {}


def _settings(header: Mapping[str, Any]) -> tuple[Cost, bytes, bytes] | None:
    n, r, p = (header.get(name) for name in ("n", "r", "p"))
    if not all(type(value) is int and value > 0 for value in (n, r, p)):
        return None
    cost = Cost(*(int(value) for value in (n, r, p) if value))
    # An edited header could ask for all memory there is.
    if cost.n < 2 or cost.n & (cost.n - 1) or cost.n * cost.r * 128 > _MOST_MEMORY or cost.p > 16:
        return None
    if header.get("cipher") != "AES-256-GCM" or header.get("kdf") != "scrypt":
        return None
    try:
        salt, nonce = bytes.fromhex(header["salt"]), bytes.fromhex(header["nonce"])
    except (KeyError, TypeError, ValueError):
        return None
    return (cost, salt, nonce) if len(salt) >= 16 and len(nonce) == 12 else None


_ENTRY_FIELDS = ("pseudonym", "kind", "replacement", "note")
_DECISION_FIELDS = ("kind", "surface", "action", "replacement", "document", "by", "at")


def _content(key: Key) -> dict[str, Any]:
    return {
        "study_id": key.study_id,
        "entries": [
            {**{name: getattr(one, name) for name in _ENTRY_FIELDS}, "names": list(one.names)} for one in key.entries
        ],
        "decisions": [{name: getattr(one, name) for name in _DECISION_FIELDS} for one in key.decisions],
    }


def _key(plain: bytes) -> Key | None:
    try:
        content = json.loads(plain.decode("utf-8", "surrogatepass"))
        entries = tuple(
            Entry(names=tuple(one["names"]), **{name: one[name] for name in _ENTRY_FIELDS})
            for one in content["entries"]
        )
        decisions = tuple(Decision(**{name: one[name] for name in _DECISION_FIELDS}) for one in content["decisions"])
        texts = [str(content["study_id"]), *(name for entry in entries for name in entry.names)]
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    is_known = all(one.kind in ENTRY_KINDS for one in entries) and all(one.action in ACTIONS for one in decisions)
    return Key(texts[0], entries, decisions) if is_known and all(isinstance(text, str) for text in texts) else None
