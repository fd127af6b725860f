"""What can go wrong, said so that the person at the keyboard can mend it. Imports nothing of the package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Characters of a value from a log that a fault prints: codes, versions, polarities and actions are shorter.
LONGEST_SHOWN = 11


class ForanError(Exception):
    """Base of every error that a user can mend; the command line prints it as one message and exits with 1."""


@dataclass(frozen=True)
class Fault:
    """One fault in a study: where it is, what was found, what was expected, what to do.

    Texts never quote what an informant said: they name ids, offsets and lines.
    """

    file: str
    line: int | None
    kind: str
    found: str
    expected: str
    remedy: str
    #: A warning is reported and does not stop a run (a torn last log line: everything before it is read).
    is_warning: bool = False

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.kind}: {self.found}; expected {self.expected}. {self.remedy}"


def shown(value: object) -> str:
    """`value` as a fault may print it: a short word as it is, else only its size.

    A value in the wrong place of a log may be what an informant said.

    >>> shown("fremer"), shown("det sa hun da"), shown(["ord"])
    ("'fremer'", 'a text of 13 characters', 'a list')
    """
    if isinstance(value, str):
        is_word = len(value) <= LONGEST_SHOWN and not any(c.isspace() for c in value)
        return repr(value) if is_word else f"a text of {len(value)} characters"
    return repr(value) if value is None or isinstance(value, (int, float)) else f"a {type(value).__name__}"


class Faults(list[Fault]):
    """A list that loaders add to, so that a user hears of every fault at once."""

    def note(
        self,
        kind: str,
        file: str,
        line: int | None,
        found: str,
        expected: str,
        remedy: str,
        *,
        is_warning: bool = False,
    ) -> None:
        """Add one fault; the arguments are the fields of :class:`Fault`."""
        self.append(Fault(file, line, kind, found, expected, remedy, is_warning))

    @property
    def errors(self) -> list[Fault]:
        """The faults that stop a run, in order of file and line."""
        return sorted((f for f in self if not f.is_warning), key=_by_place)

    @property
    def warnings(self) -> list[Fault]:
        """The faults that are reported only, in order of file and line."""
        return sorted((f for f in self if f.is_warning), key=_by_place)


def _by_place(fault: Fault) -> tuple[str, int, str]:
    return (fault.file, fault.line or 0, fault.kind)


class StudyError(ForanError, ValueError):
    """A study whose files do not hold together; carries every fault found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        listing = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{count} fault{'s' if count != 1 else ''} in the study:\n{listing}")


class UnknownName(ForanError, KeyError):
    """A milestone, case, code, parameter or version that the study does not have."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        self.what, self.name, self.known = what, name, tuple(known)
        near = next((item for item in self.known if item.casefold() == name.casefold()), None)
        meant = f"; did you mean {near}?" if near else ""
        super().__init__(f"unknown {what} {name!r}{meant}; known: {', '.join(self.known) or 'none'}")

    def __str__(self) -> str:
        return str(self.args[0])


class FutureFile(ForanError):
    """A file whose shape is newer than this version of the package can read."""


class RunFailed(ForanError):
    """A milestone run that stopped; the last good output is untouched."""
