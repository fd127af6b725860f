"""Looking for names where none may be: every file of a study, what is packed in them, and the history git keeps.

What is found is told by place, line and pseudonym, never by the name; a name in the name of a file is masked there too.
What could not be searched is told as well: silence would read as "nothing there".
"""

from __future__ import annotations

import gzip
import html
import io
import os
import re
import struct
import subprocess
import tempfile
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import unquote_to_bytes

from .key import MAGIC, is_key_file
from .name_lists import first_names, last_names, names_in_s
from .name_lists import folded as spelt_out
from .pseudonyms import is_rare

_LARGEST = 256 * 1024 * 1024
_MOST_UNPACKED = 1024 * 1024 * 1024
_DEEPEST = 3
_SHORTEST = 3
#: Where the key itself is found in the study.
THE_KEY = "(the key itself)"
#: First names and surnames that are everyday words as well: they count only with a capital.
EVERYDAY = frozenset(
    "alf ask bakke berg bjørn borg brand bratt bru dag dal eik eik eng even fjell foss glad grønn hagen hans haug hav havn "
    "holm kvist lien lund løve mars mai mari moe myr odd rein ris roar rose rust rød sand sten stein strand stål sund svart "
    "tone torg vang vold varg viken vinter våg wang åsen øy øyen".split()
)
_TOKEN = re.compile(r"[^\W\d_]+")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3][0-7]{2})|[nrtfb\"/])")
_OCTAL_RUN = re.compile(r"(?:\\[0-3][0-7]{2})+")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_MARKUP = re.compile(r"<[^<>]{0,5000}>")
_BLOCK = re.compile(
    r"</(?:w:p|text:p|text:h|a:p|p|div|td|th|tr|li|si|h\d)>|<(?:w:tab|w:br|br)\b[^<>]{0,200}/?>", re.IGNORECASE
)
#: Between the words of "IntervjuKari.docx".
_CAMEL = re.compile(r"(?<=[a-zæøå0-9])(?=[A-ZÆØÅ])")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{120,}")
_EMBEDDED = re.compile(r"data:image/|\"image/(?:png|jpeg)\"")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp")
_PACKED = (".7z", ".rar", ".xz", ".bz2", ".zst", ".tar")


@dataclass(frozen=True)
class Leak:
    """Names in one line of one place: a file of the study, a member of one, or an object of git. Never the name.

    `line` is None for what has no lines, such as the name of a file.
    """

    place: str
    line: int | None
    pseudonym: str
    count: int

    def __str__(self) -> str:
        where = self.place if self.line is None else f"{self.place}:{self.line}"
        return f"{where}: {self.pseudonym}, {self.count} time{'' if self.count == 1 else 's'}"


@dataclass(frozen=True)
class Scanned:
    """What a search found: leaks by place, what could not be searched, and what became of git's history.

    Iterating and ``len`` are those of the leaks. `history` is a sentence.
    """

    leaks: tuple[Leak, ...]
    unsearched: tuple[str, ...] = ()
    history: str = ""
    files: int = 0
    objects: int = 0

    def __iter__(self) -> Iterator[Leak]:
        return iter(self.leaks)

    def __len__(self) -> int:
        return len(self.leaks)


@dataclass(frozen=True, repr=False)
class _Needle:
    pseudonym: str
    pattern: re.Pattern[str]
    is_cased: bool


@dataclass(frozen=True, repr=False)
class Needles:
    """Names made ready for searching, by :func:`compiled`."""

    by_word: Mapping[str, tuple[_Needle, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Needles: {len({id(n) for needles in self.by_word.values() for n in needles})} names>"


def compiled(names: Mapping[str, Sequence[str]]) -> Needles:
    """Names by pseudonym, ready for :func:`scan`: in any case, with a genitive, first name last, joined by ``._-`` or nothing.

    A name that is an everyday word as well, or has three letters or fewer, counts only with a capital. A part of a full
    name counts alone where it is no other word; one that others bear too ("Gunnbjørg") in lower case only, which nobody
    has looked at.
    """
    by_word: dict[str, list[_Needle]] = {}
    for pseudonym, surfaces in names.items():
        for part in sorted({part for surface in surfaces for part in _rare_parts(surface)}):
            is_listed = spelt_out(part) in first_names() or spelt_out(part) in last_names()
            pattern = re.compile(rf"(?<![^\W\d_]){re.escape(part)}(?:['’]?s)?(?![^\W\d_])")
            for form in (part, part + "s"):
                by_word.setdefault(form, []).append(_Needle(pseudonym, pattern, is_listed))
        for surface in dict.fromkeys(unicodedata.normalize("NFC", one) for one in surfaces):
            words = re.findall(r"[^\W_]+", surface)
            if not words:
                continue
            orders = [words, [words[-1], *words[:-1]]] if len(words) > 1 and words[0].isalpha() else [words]
            is_cased = len(words) == 1 and words[0].isalpha() and (
                len(words[0]) <= _SHORTEST or words[0].casefold() in EVERYDAY
            ) and words[0][:1].isupper()  # fmt: skip
            for order in orders:
                forms = [order[0], order[0].upper()] if is_cased else ["\0".join(map(_folded, order))]
                joined = "|".join(r"[\W_]{0,4}".join(map(re.escape, form.split("\0"))) for form in forms)
                edge = r"[^\W\d_]" if order[0].isalpha() else r"[^\W_]"
                # "Andreas" is not Andrea's.
                is_other = len(words) == 1 and spelt_out(words[0] + "s") in names_in_s()
                genitive = "['’][sS]" if is_other else "['’]?[sS]"
                needle = _Needle(pseudonym, re.compile(rf"(?<!{edge})(?:{joined})(?:{genitive})?(?!{edge})"), is_cased)
                first = _folded(order[0])
                whole = "".join(map(_folded, order))
                keys = {first, whole} if first.isalpha() else {""}
                for key in keys:
                    for form in (key, key + "s") if key else ("",):
                        by_word.setdefault(form, []).append(needle)
    return Needles({word: tuple(needles) for word, needles in by_word.items()})


def _rare_parts(surface: str) -> set[str]:
    """The words of a full name, folded, that can hardly be anything but a name."""
    words = re.split(r"[\s\-‐‑]+", unicodedata.normalize("NFC", surface).strip())
    if len(words) < 2 or not all(word.removesuffix(".").isalpha() for word in words):
        return set()
    return {_folded(word) for word in words if len(word) > _SHORTEST and word[0].isupper() and is_rare(_folded(word))}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())


def scan(study: Path, names: Mapping[str, Sequence[str]] | Needles, *, with_history: bool = True) -> Scanned:
    """Every place in the study's folder, and with `with_history` in its git repository, where one of `names` stands.

    `names` are names by pseudonym (``Key.searched``), or what :func:`compiled` makes of them.
    """
    needles = names if isinstance(names, Needles) else compiled(names)
    search = _Search(needles)
    count = 0
    for path in _files(study):
        name = path.relative_to(study).as_posix()
        search.name(name)
        shown = search.masked(name)
        count += 1
        try:
            if path.is_symlink():
                search.text(shown, os.fspath(path.readlink()), has_lines=False)
            elif path.is_dir() or not path.is_file():
                continue
            elif path.stat().st_size > _LARGEST:
                search.skip(shown, "larger than 256 MB")
            else:
                search.data(shown, name, path.read_bytes())
        except OSError as error:
            search.skip(shown, f"cannot be read ({error.strerror})")
    history, objects = _history(study, search) if with_history else ("history not searched: not asked for", 0)
    leaks = (Leak(place, line, pseudonym, n) for (place, line, pseudonym), n in search.found.items())
    ordered = sorted(leaks, key=lambda leak: (leak.place, leak.line or 0, leak.pseudonym))
    return Scanned(tuple(ordered), tuple(sorted(set(search.unsearched))), history, count, objects)


def scan_data(name: str, data: bytes, names: Mapping[str, Sequence[str]] | Needles) -> Scanned:
    """Every place in one file's bytes where one of `names` stands, as :func:`scan` finds them; `name` is what it is called.

    Examples
    --------
    >>> [leak.pseudonym for leak in scan_data("side.html", b"<p>Spurte <b>Ka</b>ri.</p>", {"FJO-PL-01": ["Kari"]})]
    ['FJO-PL-01']
    """
    search = _Search(names if isinstance(names, Needles) else compiled(names))
    search.data(name, name, data)
    leaks = (Leak(place, line, pseudonym, n) for (place, line, pseudonym), n in search.found.items())
    ordered = sorted(leaks, key=lambda leak: (leak.place, leak.line or 0, leak.pseudonym))
    return Scanned(tuple(ordered), tuple(sorted(set(search.unsearched))), "history not searched: not asked for", 1, 0)


def _files(study: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(study):
        folder = Path(where)
        # Packed objects are read through git; the rest of .git (messages, logs, branches) is plain text.
        folders[:] = sorted(name for name in folders if not (folder.name == ".git" and name in ("objects", "lfs")))
        yield from (folder / name for name in sorted([*files, *folders]))


class _Search:
    """The leaks found so far; all that is met goes through here."""

    def __init__(self, needles: Needles) -> None:
        self.needles = needles
        self.found: Counter[tuple[str, int | None, str]] = Counter()
        self.unsearched: list[str] = []
        self.unpacked = 0

    def skip(self, shown: str, why: str) -> None:
        self.unsearched.append(f"{shown}: {why}")

    def name(self, name: str) -> None:
        """Search the last part of a path, and tell of it masked."""
        for pseudonym, count in self._in(name.rsplit("/", 1)[-1]).items():
            self.found[self.masked(name), None, pseudonym] += count

    def masked(self, path: str) -> str:
        """A path in which every part that holds a name is shown as the pseudonym."""
        return "/".join(self._masked(part) for part in path.split("/"))

    def _masked(self, part: str) -> str:
        found = self._in(part)
        if not found:
            # Bytes that are no UTF-8 came as half characters, which nothing can print.
            return part.encode("utf-8", "replace").decode("utf-8")
        suffix = Path(part).suffix
        return f"⟨{'+'.join(sorted(found))}⟩{suffix if not self._in(suffix) and len(suffix) < 8 else ''}"

    def _in(self, text: str) -> Counter[str]:
        most: Counter[str] = Counter()
        for form in (*_forms(text), _CAMEL.sub(" ", unicodedata.normalize("NFC", text))):
            most |= Counter(pseudonym for pseudonym, _ in self._hits(form))
        return most

    def text(self, shown: str, text: str, *, has_lines: bool = True) -> None:
        """Search a text in every form it may be written; a line's count is the most that one form gives."""
        most: Counter[tuple[int | None, str]] = Counter()
        for form in _forms(text):
            here: Counter[tuple[int | None, str]] = Counter()
            at, line = 0, 1
            for pseudonym, start in sorted(self._hits(form), key=lambda hit: hit[1]):
                line += form.count("\n", at, start)
                at = start
                here[line if has_lines else None, pseudonym] += 1
            most |= here
        for (place_line, pseudonym), count in most.items():
            self.found[shown, place_line, pseudonym] += count

    def _hits(self, text: str) -> Iterator[tuple[str, int]]:
        """Every name in an NFC text, with where it starts; a name within a longer one of the same pseudonym counts once."""
        folded = _folded(text)
        words = set(_TOKEN.findall(folded))
        wanted = {id(n): n for word in words & self.needles.by_word.keys() for n in self.needles.by_word[word]}
        wanted |= {id(n): n for n in self.needles.by_word.get("", ())}
        spans: dict[str, list[tuple[int, int]]] = {}
        for needle in wanted.values():
            for hit in needle.pattern.finditer(_without_base64(text) if needle.is_cased else folded):
                spans.setdefault(needle.pseudonym, []).append(hit.span())
        for pseudonym, own in spans.items():
            end = -1
            for start, stop in sorted(own, key=lambda span: (span[0], -span[1])):
                if start >= end:
                    yield pseudonym, start
                end = max(end, stop)

    def data(self, shown: str, name: str, data: bytes, depth: int = 0) -> None:
        """Search the bytes of a file, as text and by what its format hides."""
        if is_key_file(data) or MAGIC.strip() in data[:64]:
            self.found[shown, None, THE_KEY] += 1
            return
        ending = Path(name).suffix.lower()
        if data.startswith(b"PK\x03\x04"):
            self._zip(shown, data, depth)
        elif data.startswith(b"\x1f\x8b"):
            self._gzip(shown, name, data, depth)
        elif data.startswith(b"%PDF"):
            self._pdf(shown, data)
        elif data.startswith(b"\x89PNG"):
            for chunk in png_texts(data):
                self.text(shown, chunk, has_lines=False)
            self.skip(shown, "what the picture shows; its text fields were searched")
        elif ending in _PICTURES:
            self._as_text(shown, data, has_lines=False)
            self.skip(shown, "what the picture shows; its bytes were searched as text")
        elif ending in _PACKED or data.startswith((b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")):
            self._as_text(shown, data, has_lines=False)
            self.skip(shown, "packed in a format that is not unpacked here")
        else:
            self._as_text(shown, data)
            if _EMBEDDED.search(data.decode("latin-1")):
                self.skip(shown, "what the pictures in it show")

    def _as_text(self, shown: str, data: bytes, *, has_lines: bool = True) -> None:
        for text in _decoded(data):
            self.text(shown, text, has_lines=has_lines)

    def _zip(self, shown: str, data: bytes, depth: int) -> None:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self._as_text(f"{shown} (comment)", archive.comment)
                for entry in archive.infolist():
                    member = f"{shown}!{self.masked(entry.filename)}"
                    for pseudonym, n in self._in(entry.filename).items():
                        self.found[member, None, pseudonym] += n
                    if entry.flag_bits & 1:
                        self.skip(member, "encrypted")
                    elif depth >= _DEEPEST:
                        self.skip(member, "packed too deep")
                    elif not entry.is_dir():
                        self._member(archive, entry, member, depth)
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, struct.error):
            self._as_text(shown, data)
            self.skip(shown, "a damaged archive")

    def _member(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, member: str, depth: int) -> None:
        if entry.file_size > _LARGEST or self.unpacked + entry.file_size > _MOST_UNPACKED:
            self.skip(member, "too large unpacked")
            return
        try:
            with archive.open(entry) as file:
                content = file.read(_LARGEST + 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, OSError, EOFError):
            self.skip(member, "cannot be unpacked")
            return
        self.unpacked += len(content)
        if len(content) > _LARGEST:
            self.skip(member, "too large unpacked")
        else:
            self.data(member, entry.filename, content, depth + 1)

    def _gzip(self, shown: str, name: str, data: bytes, depth: int) -> None:
        if depth >= _DEEPEST:
            self.skip(shown, "packed too deep")
            return
        try:
            with gzip.open(io.BytesIO(data)) as file:
                content = file.read(_LARGEST + 1)
        except (OSError, EOFError, zlib.error):
            self.skip(shown, "cannot be unpacked")
            return
        self.unpacked += len(content)
        if len(content) > _LARGEST or self.unpacked > _MOST_UNPACKED:
            self.skip(shown, "too large unpacked")
        else:
            self.data(f"{shown}!", name.removesuffix(".gz"), content, depth + 1)

    def _pdf(self, shown: str, data: bytes) -> None:
        self._as_text(shown, data, has_lines=False)
        try:
            import pypdfium2

            document = pypdfium2.PdfDocument(data)
            try:
                texts = ["\n".join(document.get_metadata_dict().values())]
                texts += [page.get_textpage().get_text_range() for page in document]
            finally:
                document.close()
        except Exception:  # the library raises its own kinds for damaged and encrypted files
            self.skip(shown, "the text of the PDF cannot be read")
            return
        for text in texts:
            self.text(shown, text, has_lines=False)
        if not any(text.strip() for text in texts[1:]):
            self.skip(shown, "a PDF of pictures without text")


# Forms


def _without_base64(text: str) -> str:
    """The text without packed pictures, in which every name of two or three letters stands by chance."""
    return _BASE64.sub(lambda run: " " * len(run[0]), text)


def _decoded(data: bytes) -> list[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [data.decode("utf-16", "replace")]
    try:
        texts = [data.decode("utf-8-sig")]
    except UnicodeDecodeError:
        # Windows-1252 has every byte's letters where a text has them; the rest of the bytes does not matter.
        texts = [data.decode("utf-8", "ignore"), data.decode("cp1252", "replace"), data.decode("mac-roman", "replace")]
    if b"\0" in data:
        texts += [data[odd:].decode(code, "ignore") for code in ("utf-16-le", "utf-16-be") for odd in (0, 1)]
    return texts


def _forms(text: str) -> list[str]:
    """The NFC text; and unescaped (JSON, Python, HTML, URL) and without markup where that may make a difference."""
    plain = unicodedata.normalize("NFC", text)
    forms = [plain]
    loose = plain
    if "\\" in loose:
        loose = _ESCAPE.sub(_unescaped, _OCTAL_RUN.sub(_from_octal, loose))
    if "&" in loose:
        # Twice: HTML within HTML is escaped twice.
        loose = html.unescape(html.unescape(loose))
    if "%" in loose:
        loose = _PERCENT.sub(_from_percent, loose)
    if "=" in loose and "+" in loose:
        forms.append(loose.replace("+", " "))
    if loose != plain:
        forms.append(unicodedata.normalize("NFC", loose))
    if "<" in loose and ">" in loose:
        # Word cuts names in pieces: "<w:t>Ka</w:t></w:r><w:r><w:t>ri</w:t>".
        bare = _MARKUP.sub("", _BLOCK.sub(" ", loose))
        forms.append(unicodedata.normalize("NFC", html.unescape(bare)))
    return forms


def _unescaped(found: re.Match[str]) -> str:
    # A line break inside a string becomes a space, so that the lines of the file keep their numbers.
    code = found[1] or found[2]
    letter = chr(int(code, 16)) if code else " "
    return " " if letter == "\n" else letter


def _from_octal(found: re.Match[str]) -> str:
    data = bytes(int(code, 8) & 255 for code in found[0].split("\\")[1:])
    return _loosely(data)


def _from_percent(found: re.Match[str]) -> str:
    return _loosely(unquote_to_bytes(found[0]))


def _loosely(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\n", " ")


def png_texts(data: bytes) -> Iterator[str]:
    """The text fields of a PNG picture, whatever the kind of field."""
    at = 8
    while at + 12 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += 12 + size
        keyword, _, rest = content.partition(b"\0")
        if kind == b"tEXt":
            yield f"{keyword.decode('latin-1')} {rest.decode('latin-1')}"
            yield rest.decode("utf-8", "ignore")
        elif kind == b"zTXt":
            yield _inflated(rest[1:]).decode("latin-1")
        elif kind == b"iTXt" and len(rest) >= 2:
            parts = rest[2:].split(b"\0", 2)
            words = parts[2] if len(parts) == 3 else b""
            yield (_inflated(words) if rest[0] else words).decode("utf-8", "replace")
        elif kind == b"eXIf":
            yield from _decoded(content)


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, 16 * 1024 * 1024)
    except zlib.error:
        return b""


# History


def _history(study: Path, search: _Search) -> tuple[str, int]:
    """What was searched of git's history, as a sentence, and how many objects."""
    try:
        top = _git(study, "rev-parse", "--show-toplevel")
    except FileNotFoundError:
        return "history not searched: there is no git program", 0
    if top is None:
        return "history not searched: no git repository holds the study, or git refuses to read it", 0
    listed = _git(study, "rev-list", "--objects", "--all", "--reflog")
    paths: dict[str, str] = {}
    for line in (listed or b"").decode("utf-8", "surrogateescape").splitlines():
        sha, _, path = line.partition(" ")
        if path:
            paths.setdefault(sha, path)
    for name in (_git(study, "for-each-ref", "--format=%(refname)") or b"").decode("utf-8", "replace").splitlines():
        for pseudonym, count in search._in(name).items():
            search.found[f"git ref {search.masked(name)}", None, pseudonym] += count
    # To a file, not a pipe: what git says on its other stream must not stop it.
    with tempfile.TemporaryFile() as trouble:
        process = subprocess.Popen(
            ["git", "-C", str(study), "cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer"],
            stdout=subprocess.PIPE,
            stderr=trouble,
            env=_environment(),
        )
        with process:
            count = _objects(process.stdout, paths, search) if process.stdout else 0
        if process.returncode:
            return f"history searched in part: git stopped after {count} objects", count
    shallow = _git(study, "rev-parse", "--is-shallow-repository")
    note = "; the copy is shallow, older history lies elsewhere" if shallow and shallow.strip() == b"true" else ""
    return f"history searched: {count} objects{note}", count


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**own, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1"}


def _git(study: Path, *words: str) -> bytes | None:
    done = subprocess.run(["git", "-C", str(study), *words], capture_output=True, check=False, env=_environment())
    return done.stdout if done.returncode == 0 else None


def _objects(stream: IO[bytes], paths: Mapping[str, str], search: _Search) -> int:
    count = 0
    while header := stream.readline():
        parts = header.decode("ascii", "replace").split()
        if len(parts) != 3 or not parts[2].isdigit():
            continue
        sha, kind, size = parts[0], parts[1], int(parts[2])
        path = paths.get(sha, "")
        where = f" ({search.masked(path)})" if path and kind == "blob" else ""
        place = f"git {kind} {sha[:10]}{where}"
        count += 1
        if size > _LARGEST:
            search.skip(place, "larger than 256 MB")
            _pass_over(stream, size + 1)
            continue
        data = stream.read(size + 1)[:-1]
        if kind == "tree":
            for name in _tree_names(data, len(sha) // 2):
                for pseudonym, n in search._in(name).items():
                    search.found[place, None, pseudonym] += n
        elif kind == "blob":
            search.data(place, path, data)
        else:
            search._as_text(place, data)
    return count


def _pass_over(stream: IO[bytes], size: int) -> None:
    while size > 0 and (piece := stream.read(min(size, 1 << 20))):
        size -= len(piece)


def _tree_names(data: bytes, digest: int) -> Iterable[str]:
    at = 0
    while at < len(data):
        space, end = data.find(b" ", at), data.find(b"\0", at)
        if space < 0 or end < 0:
            return
        yield data[space + 1 : end].decode("utf-8", "replace")
        at = end + 1 + digest
