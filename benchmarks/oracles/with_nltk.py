from nltk.metrics import jaccard_distance, masi_distance
from nltk.metrics.agreement import AnnotationTask
from oracle import answer, number


def guarded(distance):
    """The library's distance; of two empty sets it divides by zero, and they agree."""
    return lambda one, other: 0.0 if not one and not other else distance(one, other)


def sets(data):
    judged = [
        (f"coder {c}", u, frozenset(one))
        for c, row in enumerate(data["sets"])
        for u, one in enumerate(row)
        if one is not None
    ]
    named = {
        "jaccard": guarded(jaccard_distance),
        "masi": guarded(masi_distance),
        "nominal": lambda one, other: float(one != other),
    }
    # With one value only the library says 1: there is nothing to disagree on, which we leave undefined.
    units = {}
    for _, unit, one in judged:
        units.setdefault(unit, []).append(one)
    varied = len({one for group in units.values() if len(group) > 1 for one in group}) > 1
    return {
        f"alpha {name}": number(lambda d=distance: AnnotationTask(judged, distance=d).alpha()) if varied else None
        for name, distance in named.items()
    }


answer({"sets": sets})
