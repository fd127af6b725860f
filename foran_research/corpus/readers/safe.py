"""Archives and XML from strangers: opened within bounds, or refused with one fault that says why.

A reader calls ``open_zip`` and ``parse_xml``; both note a fault and return None instead of raising. ``refuse`` does the
noting where a reader itself gives up: it raises ``Noted``, which the reader catches at its door.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any, NoReturn

from lxml import etree

from ...errors import Faults

#: A source file may have this many bytes, and this many when all it holds is unpacked.
MAX_BYTES = 64 * 2**20
MAX_UNPACKED = 512 * 2**20
#: One XML part may have this many bytes; as a tree it takes about ten times as much.
MAX_XML = 96 * 2**20
MAX_MEMBERS = 10_000
#: Unpacked bytes per packed byte, looked at only beyond `RATIO_FROM`: short XML that repeats itself packs very well.
MAX_RATIO = 200
RATIO_FROM = 16 * 2**20

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_CHUNK = 2**18
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Noted(Exception):
    """A fault has been noted and the reader gives up."""


def refuse(faults: Faults, name: str, kind: str, found: str, expected: str, remedy: str) -> NoReturn:
    """Note one fault on the file `name` and raise ``Noted``."""
    faults.note(kind, name, None, found, expected, remedy)
    raise Noted


def check_size(data: bytes, name: str, faults: Faults) -> bool:
    """Whether `data` is neither empty nor too big; notes a fault when it is.

    >>> faults = Faults()
    >>> check_size(b"", "a.docx", faults), faults[0].kind
    (False, 'empty-file')
    """
    if not data:
        faults.note("empty-file", name, None, "a file of 0 bytes", "a text", "Check that the file was copied whole.")
    elif len(data) > MAX_BYTES:
        faults.note("too-big", name, None, f"{len(data)} bytes", f"at most {MAX_BYTES} bytes",
                    "Split the text into several files, or leave pictures and sound out of it.")  # fmt: skip
    return 0 < len(data) <= MAX_BYTES


class SafeZip:
    """An archive whose table of contents has been checked; members are unpacked one by one, within bounds.

    `names` are the members in the archive's order, folders left out, with "/" between the parts of a path.
    `is_broken` tells that a member could not be unpacked and that the fault has been noted.
    """

    def __init__(self, data: bytes, name: str, faults: Faults, members: dict[str, zipfile.ZipInfo]) -> None:
        self._data, self._name, self._faults, self._members = data, name, faults, members
        self.is_broken = False

    @property
    def names(self) -> tuple[str, ...]:
        """All members, in the order of the archive."""
        return tuple(self._members)

    def __contains__(self, member: object) -> bool:
        return member in self._members

    def read(self, member: str) -> bytes | None:
        """The bytes of a member; None when there is none, or (with a fault and `is_broken`) when it is damaged."""
        info = self._members.get(member)
        if info is None:
            return None
        try:
            return _unpacked(self._data, info)
        except _Bomb:
            fault = ("zip-bomb", "a part that unpacks to more than the archive says", "parts of the size they declare")
        except (zlib.error, struct.error, ValueError):
            fault = ("broken-file", "a damaged part inside the archive", "parts that unpack and fit their checksum")
        if not self.is_broken:
            self._faults.note(fault[0], self._name, None, fault[1], fault[2], _COPY_ANEW)
        self.is_broken = True
        return None


def open_zip(data: bytes, name: str, faults: Faults) -> SafeZip | None:
    """The archive in `data`, or None with one fault noted on the file `name`.

    Refused: no archive at all, parts with a password, paths that lead out of the archive or that come twice, more than
    ``MAX_MEMBERS`` parts, more than ``MAX_UNPACKED`` bytes when unpacked, a ratio beyond ``MAX_RATIO``.

    >>> faults = Faults()
    >>> open_zip(b"PK no archive", "a.docx", faults) is None, faults[0].kind
    (True, 'broken-file')
    """
    try:
        if not check_size(data, name, faults):
            return None
        return SafeZip(data, name, faults, _checked(data, name, faults))
    except Noted:
        return None


def parse_xml(data: bytes, name: str, faults: Faults) -> etree._Element | None:
    """The root of an XML text, or None with one fault noted on the file `name`.

    Nothing is loaded from elsewhere and no entity is put in; a text that declares entities, or uses some declared
    elsewhere, is refused. The tree is at most 256 elements deep and holds elements and text only.

    >>> faults = Faults()
    >>> parse_xml(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a.eaf", faults) is None, faults[0].kind
    (True, 'xml-entities')
    """
    if len(data) > MAX_XML:
        faults.note("too-big", name, None, f"XML of {len(data)} bytes", f"at most {MAX_XML} bytes", "Split the text.")
        return None
    # Without comments and instructions the words around them are one text, which no reader can overlook.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
        declared: Any = root.getroottree().docinfo.internalDTD
        has_entities = declared is not None and (
            any(True for _ in declared.entities()) or next(root.iter(etree.Entity), None) is not None
        )
    except (etree.XMLSyntaxError, ValueError, LookupError, AssertionError) as error:
        has_entities = b"<!ENTITY" in data.replace(b"\0", b"")
        if not has_entities:
            line = getattr(error, "lineno", None) or None
            if "Excessive depth" in str(error):
                faults.note("too-deep", name, line, "XML nested more than 256 levels deep", "a text as programs write it",
                            "Open the file in the program it came from and save it anew.")  # fmt: skip
            else:
                faults.note("broken-file", name, line, "XML that does not hold together", "well-formed XML", _COPY_ANEW)
            return None
    if has_entities:
        faults.note("xml-entities", name, None, "XML that declares entities, as attacks do", "XML without a DTD of its own",
                    "Open the file in the program it came from and save it anew.")  # fmt: skip
        return None
    return root


def is_ole2(data: bytes) -> bool:
    """Whether the bytes are an OLE2 container: an old .doc, or a document with a password."""
    return data.startswith(_OLE2)


def note_ole2(data: bytes, name: str, faults: Faults) -> None:
    """Note what an OLE2 container is: a document with a password, or an old binary one."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        faults.note("encrypted-file", name, None, "a document with a password", "a document without one",
                    "Open it with its password, save it without, and add that file.")  # fmt: skip
    else:
        faults.note("wrong-type", name, None, "an old binary document (.doc)", "a .docx, .odt, .rtf or text file",
                    "Open it in a word processor, save it as .docx and add that file.")  # fmt: skip


_COPY_ANEW = "Copy the file anew, or open it in the program it came from and save it again."


class _Bomb(Exception):
    """A member is bigger than it says."""


def _checked(data: bytes, name: str, faults: Faults) -> dict[str, zipfile.ZipInfo]:
    """The members by their path; raises ``Noted`` when the archive is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError, EOFError, OSError):
        refuse(faults, name, "broken-file", "bytes that are not a whole archive", "an archive with its table of contents",
               _COPY_ANEW)  # fmt: skip
    if len(infos) > MAX_MEMBERS:
        refuse(faults, name, "zip-bomb", f"an archive of {len(infos)} parts", f"at most {MAX_MEMBERS}", _COPY_ANEW)
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        path = info.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/") or path[1:2] == ":":
            refuse(faults, name, "unsafe-path", "a part whose path leads out of the archive", "paths inside the archive",
                   "Do not use this file; ask for it anew from where it came.")  # fmt: skip
        if info.flag_bits & 0x1:
            refuse(faults, name, "encrypted-file", "an archive with a password", "a file without one",
                   "Open it with its password, save it without, and add that file.")  # fmt: skip
        if path.endswith("/"):
            continue
        if path in members:
            refuse(faults, name, "broken-file", "two parts with the same path", "each part once", _COPY_ANEW)
        members[path] = info
    unpacked = sum(info.file_size for info in members.values())
    is_dense = any(i.file_size > RATIO_FROM and i.file_size > MAX_RATIO * i.compress_size for i in members.values())
    if unpacked > MAX_UNPACKED or is_dense or unpacked > max(RATIO_FROM, MAX_RATIO * len(data)):
        refuse(faults, name, "zip-bomb", f"{len(data)} bytes that unpack to {unpacked}",
               f"at most {MAX_UNPACKED} bytes, and at most {MAX_RATIO} times the file",
               "Do not use this file; ask for it anew from where it came.")  # fmt: skip
    return members


def _unpacked(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """The bytes of one member, never more than it declares.

    ``zipfile`` stops at the declared size and then tells of a wrong checksum; to tell a bomb from damage, and not to
    depend on which of its many exceptions a version raises, the few lines of unpacking are written here.
    """
    if info.header_offset < 0:
        raise ValueError("outside the file")
    magic, name_length, extra_length = _LOCAL_HEADER.unpack_from(data, info.header_offset)
    start = info.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    packed = memoryview(data)[start : start + info.compress_size]
    if magic != b"PK\x03\x04" or len(packed) != info.compress_size:
        raise ValueError("no such part")
    if info.compress_type == zipfile.ZIP_STORED:
        content = bytes(packed)
        if len(content) > info.file_size:
            raise _Bomb
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        content = _inflated(packed, info.file_size)
    else:
        raise ValueError("packed in a way that documents do not use")
    if len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        raise ValueError("does not fit its checksum")
    return content


def _inflated(packed: memoryview, size: int) -> bytes:
    unpacker = zlib.decompressobj(-15)
    pieces: list[bytes] = []
    left: bytes | memoryview = packed
    length = 0
    while not unpacker.eof:
        piece = unpacker.decompress(left, min(_CHUNK, size + 1 - length))
        left = unpacker.unconsumed_tail
        length += len(piece)
        if length > size:
            raise _Bomb
        if not piece and not left:
            break
        pieces.append(piece)
    return b"".join(pieces)
