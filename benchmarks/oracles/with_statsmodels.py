import numpy as np
from oracle import answer, number
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa
from statsmodels.stats.multitest import multipletests


def pairs(data):
    first, second = (np.array(row) for row in data["values"])
    kinds = max(first.max(), second.max()) + 1
    table = np.zeros((kinds, kinds))
    np.add.at(table, (first, second), 1)
    return {"Cohen's kappa": number(lambda: cohens_kappa(table, return_results=False))}


def complete(data):
    counts = aggregate_raters(np.array(data["values"]).T)[0]
    return {"Fleiss' kappa": number(lambda: fleiss_kappa(counts))}


def p_values(data):
    return {
        "BH": multipletests(data["p"], method="fdr_bh")[1].tolist(),
        "Holm": multipletests(data["p"], method="holm")[1].tolist(),
    }


answer({"pairs": pairs, "complete": complete, "p-values": p_values})
