"""One writer at a time in a folder: an operating-system lock that a killed process cannot leave behind."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import ForanError

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def only_writer(folder: Path, what: str, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the folder's lock, waiting up to `wait` seconds for it; it ends with the process, however that ends.

    Raises
    ------
    ForanError
        When another process holds it, or the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("a+b")
    except OSError as error:
        raise ForanError(f"{folder}: cannot be written to ({error.strerror}); nothing was changed") from error
    with file:
        until = time.monotonic() + wait
        while True:
            try:
                _take(file.fileno())
                break
            except OSError:
                if time.monotonic() >= until:
                    raise ForanError(f"another {what} is at work in {folder}; wait until it has ended") from None
                time.sleep(0.02)
        yield
