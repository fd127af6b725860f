"""How far the cues' suggestions meet what people coded: by element, counted in units."""

from __future__ import annotations

import pandas as pd

from .incidence import Incidence


def against_coding(suggested: Incidence, coded: Incidence) -> pd.DataFrame:
    """One row per element: units suggested, units coded, both, precision and recall of the cues.

    Precision is both / suggested, recall both / coded (van Rijsbergen 1979); undefined ones are empty, not zero. The two
    incidences must have the same units and codes.
    """
    if suggested.codes != coded.codes or list(suggested.units["unit"]) != list(coded.units["unit"]):
        raise ValueError("suggested and coded incidences must share units and codes")
    both = (suggested.matrix.multiply(coded.matrix)).sum(axis=0)
    table = pd.DataFrame(
        {
            "id": suggested.codes,
            "suggested": suggested.matrix.sum(axis=0),
            "coded": coded.matrix.sum(axis=0),
            "both": both,
        }
    )
    table["precision"] = (table["both"] / table["suggested"]).where(table["suggested"] > 0)
    table["recall"] = (table["both"] / table["coded"]).where(table["coded"] > 0)
    return table
