"""Who may be a coder: names that are also names of folders, on every system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Names that no folder can have on Windows, the name under which `foran find` searches suggestions, and that of remarks
#: from sources.
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d|cues|import", re.IGNORECASE)
#: Under this name stand the remarks that came in with a document's source: nobody's coding.
IMPORTER = "import"


def is_coder_name(name: object) -> bool:
    """Whether `name` can be a coder's: 1–20 letters, digits, hyphens and underscores, beginning with a letter or digit.

    Names that Windows keeps for devices are none, and letters come composed (NFC), since the name is also a folder's.

    >>> is_coder_name("K1"), is_coder_name("cues@1.0.0"), is_coder_name("../x")
    (True, False, False)
    """
    return (
        isinstance(name, str)
        and 1 <= len(name) <= 20
        and name[0].isalnum()
        and all(letter.isalnum() or letter in "-_" for letter in name)
        and unicodedata.is_normalized("NFC", name)
        and not _RESERVED.fullmatch(name)
    )


def other_case(name: str, coders: Iterable[str]) -> str | None:
    """One of `coders` whose name differs from `name` in case only: Windows and Macs would give both one folder.

    >>> other_case("k1", ["K1", "K2"])
    'K1'
    """
    return next((one for one in coders if one != name and one.casefold() == name.casefold()), None)
