"""Randomness with a stated seed: the only place in the analysis where numbers are drawn.

The same seed and purpose give the same numbers on any machine with the same version of numpy (the lock file holds it).
Draws for different purposes are independent of one another, and adding one does not move the others.
"""

from __future__ import annotations

import hashlib

from numpy.random import PCG64, Generator


def generator(seed: int, *purpose: str) -> Generator:
    """A source of random numbers for one purpose.

    >>> [int(generator(7, purpose).integers(1000)) for purpose in ("bootstrap", "bootstrap", "null")]
    [942, 942, 920]
    """
    told = "\x1f".join([str(int(seed)), *purpose]).encode("utf-8")
    return Generator(PCG64(int.from_bytes(hashlib.sha256(told).digest(), "big")))
