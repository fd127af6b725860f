import krippendorff
import numpy as np
from oracle import answer, number


def ratings(data):
    values = np.array(data["values"], float)
    values[values < 0] = np.nan
    return {
        f"alpha {metric}": number(lambda m=metric: krippendorff.alpha(values, level_of_measurement=m))
        for metric in ("nominal", "ordinal", "interval", "ratio")
    }


answer({"ratings": ratings})
