"""Many tests at once: p-values adjusted so that one reads them together rather than one by one.

Benjamini & Hochberg (1995, Journal of the Royal Statistical Society B 57) hold the expected share of false finds among
the finds; Holm (1979, Scandinavian Journal of Statistics 6) holds the chance of a single one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ForanError

#: How a family of p-values is adjusted.
Adjustment = Literal["bh", "holm"]


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """The Benjamini–Hochberg q of each p-value, in the order given: the lowest rate at which it would be a find.

    Parameters
    ----------
    p
        The p-values of one family of tests, a vector. Which tests belong to the family is decided before looking at p.

    Raises
    ------
    ForanError
        For a p-value that is missing or outside 0 to 1: what was not tested is left out of the family, not adjusted.

    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(6).tolist()
    [0.03, 0.04, 0.04]
    """
    values = _checked(p)
    order = np.argsort(values, kind="stable")
    ranked = values[order] * (len(values) / np.arange(1, len(values) + 1))
    # A larger p never has a smaller q than a lesser one: the least of what stands above it.
    lowest = np.minimum.accumulate(ranked[::-1])[::-1]
    return _back(np.minimum(lowest, 1.0), order)


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Holm's adjusted p-values, in the order given: none at or under .05 means no find at all is claimed.

    Raises
    ------
    ForanError
        As :func:`benjamini_hochberg`.

    >>> holm([0.01, 0.04, 0.03]).round(6).tolist()
    [0.03, 0.06, 0.06]
    """
    values = _checked(p)
    order = np.argsort(values, kind="stable")
    stepped = values[order] * np.arange(len(values), 0, -1)
    return _back(np.minimum(np.maximum.accumulate(stepped), 1.0), order)


def adjusted(p: ArrayLike, tested: Sequence[bool] | NDArray[np.bool_], by: Adjustment = "bh") -> NDArray[np.float64]:
    """The adjusted p-values of those that were `tested`, not-a-number for the others; by "bh" or "holm"."""
    values, among = np.asarray(p, np.float64), np.asarray(tested, np.bool_)
    result = np.full(values.shape, np.nan)
    result[among] = {"bh": benjamini_hochberg, "holm": holm}[by](values[among])
    return result


def _checked(p: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(p, np.float64)
    if values.ndim != 1:
        raise ForanError(f"p-values come as one vector; this has {values.ndim} dimensions")
    if missing := int(np.isnan(values).sum()):
        raise ForanError(
            f"{missing} of {len(values)} p-values are missing; leave out what was not tested before adjusting"
        )
    if outside := int(((values < 0) | (values > 1)).sum()):
        raise ForanError(f"{outside} of {len(values)} p-values lie outside 0 to 1")
    return values


def _back(ranked: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray[np.float64]:
    result = np.empty_like(ranked)
    result[order] = ranked
    return result
