import numpy as np
import pandas as pd
from irrCAC.raw import CAC
from oracle import answer, number


def ratings(data):
    values = np.array(data["values"], float)
    values[values < 0] = np.nan
    frame = pd.DataFrame(values.T)

    def of(method, weights="identity"):
        return lambda: getattr(CAC(frame.copy(), weights=weights, digits=15), method)()["est"]["coefficient_value"]

    varied = len(np.unique(values[~np.isnan(values)])) > 1
    told = {"AC1": of("gwet"), "Fleiss' kappa": of("fleiss"), "alpha nominal": of("krippendorff")}
    # With one value the library says 1, from a chance agreement set to almost 1 by hand.
    return {name: number(one) if varied else None for name, one in told.items()}


answer({"ratings": ratings})
