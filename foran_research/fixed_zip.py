"""Zip archives (.xlsx, .docx) whose bytes follow from their contents alone: no time of writing in them."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Protocol

#: The earliest time a zip archive can tell, and the same for the document's own properties.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_CORE = "docProps/core.xml"
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Savable(Protocol):
    def save(self, stream: io.BytesIO) -> object: ...


def xml_safe(text: str) -> str:
    r"""`text` with a replacement character for every control character that XML cannot hold.

    >>> xml_safe("å\x0b😀")
    'å�😀'
    """
    return _NOT_IN_XML.sub("\ufffd", text)


def fixed_bytes(document: _Savable) -> bytes:
    """What `document` saves, with every time of writing set to the first day of 1980."""
    saved, fixed = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == _CORE:
                content = _TIMES.sub(rb"\g<1>1980-01-01T00:00:00Z\2", content)
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            # The same on every system: a regular file that its owner can write.
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            new.writestr(entry, content, zipfile.ZIP_DEFLATED, 6)
    return fixed.getvalue()
