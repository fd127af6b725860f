"""Whether a text repeats what informants said: so many words in a row as some transcript has them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: So many words in a row are told of as repeated: fewer are how people speak.
RUN = 6
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Repeats:
    """What may not be repeated: runs of words of the transcripts, without those of passages that may be shown.

    Examples
    --------
    >>> secret = Repeats.of(["Vi turte ikke å spørre noen før året var omme."], ["spørre noen før året var omme"])
    >>> secret.stands_in("De turte ikke å spørre noen."), secret.stands_in("Vi turte  IKKE å spørre noen …")
    (False, True)
    >>> secret.stands_in("Vi måtte spørre noen før året var omme.")
    False
    """

    runs: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, transcripts: Iterable[str], cleared: Iterable[str] = ()) -> Repeats:
        """What stands in `transcripts` and in none of the `cleared` passages."""
        found: set[tuple[str, ...]] = set()
        for text in transcripts:
            found.update(_runs(text))
        for text in cleared:
            found.difference_update(_runs(text))
        return cls(frozenset(found))

    def stands_in(self, text: str) -> bool:
        """Whether a text has such a run of words."""
        return any(run in self.runs for run in _runs(text))

    def stands_in_any(self, text: Mapping[str, Any]) -> bool:
        """Whether a text has such a run in any of its languages."""
        return any(self.stands_in(str(own)) for own in text.values())


def _runs(text: str) -> Iterable[tuple[str, ...]]:
    words = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    return zip(*(words[start:] for start in range(RUN)), strict=False)
