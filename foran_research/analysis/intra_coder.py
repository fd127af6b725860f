"""One coder over time: what came of reading her own passages again.

When the definition of a code changes, a sample of the passages coded under the old one is read again (see
``coding.rechecking``). How many the coder confirmed, of those she read, tells how well the code kept its meaning for her;
it is no agreement between people, and the sample is of passages that had the code: it cannot tell what was overlooked.

Interval: Wilson (1927), *Journal of the American Statistical Association* 22. It takes passages as independent of one
another, which passages of one document are not quite: read it as the least uncertainty there is.
"""

from __future__ import annotations

from math import sqrt

import pandas as pd

from .stated import Stated, undefined

#: One row per coder, and one per coder and change. `drawn` are the passages to be read again; those that were read are
#: confirmed, recoded or set_aside; `removed` were removed since, `open` wait. `kept` is confirmed ÷ read.
REREADING_COLUMNS = (
    "coder", "change", "version", "code", "drawn", "open", "removed", "read", "confirmed", "recoded", "set_aside", "kept",
    "low", "high", "reason",
)  # fmt: skip
#: The days that should lie between a coder's two passes over a document, so that she does not remember the first.
FEWEST_DAYS = 14
#: The standard normal deviate of a 95 % interval.
_Z = 1.959963984540054


def kept_share(confirmed: int, read: int) -> tuple[Stated, float | None, float | None]:
    """The share of passages read again that kept their code, with its 95 % interval (Wilson).

    Raises
    ------
    ValueError
        Unless 0 ≤ confirmed ≤ read.

    >>> share, low, high = kept_share(9, 10)
    >>> share.value, round(low, 3), round(high, 3)
    (0.9, 0.596, 0.982)
    """
    if not 0 <= confirmed <= read:
        raise ValueError(f"{confirmed} of {read} passages")
    if not read:
        return undefined("nothing-reread"), None, None
    share = confirmed / read
    scale = 1 + _Z**2 / read
    middle = (share + _Z**2 / (2 * read)) / scale
    half = _Z * sqrt(share * (1 - share) / read + _Z**2 / (4 * read**2)) / scale
    return Stated(share), max(0.0, middle - half), min(1.0, middle + half)


def rereading_table(tasks: pd.DataFrame) -> pd.DataFrame:
    """What came of re-check tasks (``coding.rechecking.TASK_COLUMNS``): a frame with `REREADING_COLUMNS`.

    A coder's row over all changes (`change` "") comes before hers by change.
    """
    rows = []
    for coder, own in tasks.groupby("coder", sort=True) if len(tasks) else ():
        rows.append(_row(str(coder), "", "", "", own))
        for (version, change, code), part in own.groupby(["version", "change", "code"], sort=True):
            rows.append(_row(str(coder), str(change), str(version), str(code), part))
    return pd.DataFrame(rows, columns=list(REREADING_COLUMNS))


def _row(coder: str, change: str, version: str, code: str, tasks: pd.DataFrame) -> dict[str, object]:
    of = {outcome: int((tasks["outcome"] == outcome).sum()) for outcome in ("confirmed", "recoded", "set_aside")}
    read = sum(of.values())
    share, low, high = kept_share(of["confirmed"], read)
    return {
        **{"coder": coder, "change": change, "version": version, "code": code, "drawn": len(tasks)},
        **{"open": int((tasks["outcome"] == "").sum()), "removed": int((tasks["outcome"] == "removed").sum())},
        **{"read": read, **of, "kept": share.value, "low": low, "high": high, "reason": share.reason},
    }
