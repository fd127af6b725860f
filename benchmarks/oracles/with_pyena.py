import numpy as np
import pandas as pd
from oracle import answer
from pyena.core.adjacency import compute_all_avs, get_rena_pair_order
from pyena.core.normalize import sphere_normalize
from pyena.core.projection import svd_project


def talks(data):
    matrix = np.array(data["codes"])
    codes = [f"C{place}" for place in range(matrix.shape[1])]
    frame = pd.DataFrame(matrix, columns=codes)
    frame["unit"] = [f"S{one}" for one in data["speaker"]]
    frame["conversation"] = [f"D{one}" for one in data["document"]]
    frame["turn"] = range(len(frame))
    vectors, units, _ = compute_all_avs(frame, codes, window_size=data["window"])
    vectors = np.asarray(vectors)[np.argsort(units)]
    pairs = ["-".join(pair) for pair in get_rena_pair_order(codes)]
    return {
        "adjacency": {pair: vectors[:, place].tolist() for place, pair in enumerate(pairs)},
        "distances": distances(vectors[(vectors != 0).any(axis=1)]),
    }


def distances(vectors):
    """Between units that join codes; none where all stand on one point, or where two axes are equally long."""
    if len(vectors) < 2:
        return None
    found = svd_project(sphere_normalize(vectors), n_components=3)
    lengths = (found.coords**2).sum(axis=0)
    if lengths[0] < 1e-12 or (len(lengths) > 2 and lengths[1] > 1e-12 and lengths[1] - lengths[2] < 1e-6):
        return None
    points = found.coords[:, :2]
    return [float(np.linalg.norm(a - b)) for place, a in enumerate(points) for b in points[:place]]


answer({"talks": talks})
