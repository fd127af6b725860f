"""What is told of a file that may not leave a study: things found, each by its place and never by its words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import ForanError

#: What is found, and what to do about it.
REMEDIES: Mapping[str, str] = {
    "transcript": "take the words out of that text, or clear the passage for these readers (foran quote)",
    "identifier": "take the number or address out of that text",
    "name": "put the pseudonym in its place",
    "pseudonym": "take it out: this participant has not consented to be told of by pseudonym before these readers",
    "hidden_document": "take it out: the document may not be shown",
    "coder": "take it out: coders are not told of in public",
    "small_number": "hold the number back (null): it stands for too few",
    "link": "take the address out: a pack opens without a network, and fetches nothing",
    "path": "take the path out: it tells of a machine",
    "machine": "take it out: it is the name of a user or a machine",
    "metadata": "leave it empty",
    "unreadable": "make the file anew: what cannot be read cannot be checked",
}


@dataclass(frozen=True, order=True)
class Leak:
    """One thing that may not leave the study.

    `kind` is one of ``REMEDIES``, `what` says what it is without repeating it, `where` the place in the file.
    """

    kind: str
    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.what} – {self.where}; {REMEDIES[self.kind]}"


class LeakError(ForanError):
    """A file was not written since it holds what its readers may not see.

    Attributes
    ----------
    leaks
        Everything that was found, in order.
    """

    def __init__(self, name: str, leaks: Sequence[Leak]) -> None:
        self.leaks = tuple(leaks)
        head = f"{name}: {len(self.leaks)} thing{'' if len(self.leaks) == 1 else 's'} that these readers may not see"
        super().__init__("\n".join([f"{head}; nothing was written", *(f"- {leak}" for leak in self.leaks)]))
