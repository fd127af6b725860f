import pandas as pd
from oracle import answer, number
from qdapy import agreement
from qdapy.progress import saturation_ratio


def matrix(data):
    return pd.DataFrame([[None if v < 0 else f"v{v}" for v in row] for row in zip(*data["values"], strict=True)])


def ratings(data):
    # With missing judgements the library pools pairs and leaves units with one judgement out of chance agreement; only
    # alpha is the same figure then.
    return {"alpha nominal": number(lambda: agreement.alpha(matrix(data)))}


def complete(data):
    frame = matrix(data)
    named = {
        "percent": agreement.percent_agreement,
        "Fleiss' kappa": agreement.fleiss,
        "alpha nominal": agreement.alpha,
        "AC1": agreement.ac1,
    }
    return {name: number(lambda f=of: f(frame)) for name, of in named.items()}


def pairs(data):
    return {"Cohen's kappa": number(lambda: agreement.kappa(matrix(data)))}


def new_codes(data):
    found = saturation_ratio(data["new"], base_size=data["base"], run_length=data["run"], threshold=data["threshold"])
    return {"reached": found["notation"]}


answer({"ratings": ratings, "complete": complete, "pairs": pairs, "new codes": new_codes})
