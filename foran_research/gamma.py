"""γ: how far coders agree on boundaries and values at once, by the best alignment of their segments. An optional extra.

Mathet, Widlöcher & Métivier (2015), *Computational Linguistics* 41. Each segment of one coder is matched with those of the
others, or with none, so that position and value differ least in sum; the disorder of that alignment is held against that
of continua drawn by chance. γ_cat looks at values only, γ_k at one value. Segments of one coder may overlap.

The figure is drawn by chance in part: `seed` makes it repeatable, and `precision` says how closely it is estimated. It
needs ``pygamma-agreement``, which is large, and is not installed unless asked for:
``pip install "foran-research[gamma]"``. The u-alpha family (``analysis.unitizing``) needs nothing and is the default.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from .analysis.stated import Stated, undefined
from .errors import ForanError

#: A stretch marked by a coder: start and end in code points, half-open, and its value.
Marked = tuple[int, int, str]


@dataclass(frozen=True)
class Gamma:
    """γ, γ_cat and γ_k by value; `disorder` of the best alignment, which has `alignments` groups of segments.

    `samples` is how many continua were drawn by chance; `precision` the relative error of the expected disorder that was
    asked for (95 %).
    """

    gamma: Stated
    gamma_cat: Stated
    by_value: Mapping[str, Stated]
    disorder: float | None
    alignments: int
    samples: int
    precision: float


def gamma_agreement(
    runs: Mapping[str, Sequence[Marked]],
    *,
    seed: int,
    precision: float = 0.02,
    samples: int = 30,
    alpha: float = 3.0,
    beta: float = 1.0,
    delta_empty: float = 1.0,
) -> Gamma:
    """γ of one document, from each coder's segments.

    Parameters
    ----------
    runs
        By coder, the segments; a coder without any is one who marked nothing.
    precision
        Relative error of the expected disorder, at 95 %; more continua are drawn until it is reached.
    alpha, beta, delta_empty
        Weights of position and of value, and what leaving a segment unmatched costs (the paper's).

    Raises
    ------
    ForanError
        When ``pygamma-agreement`` is not installed.

    Examples
    --------
    >>> gamma_agreement({"K1": [(0, 5, "C0001")], "K2": []}, seed=1).gamma.told("en")
    'not applicable because no two coders marked anything'
    """
    marked = {coder: [one for one in run if one[1] > one[0]] for coder, run in runs.items()}
    if sum(bool(run) for run in marked.values()) < 2:
        none = undefined("fewer-than-two-marked")
        return Gamma(none, none, {}, None, 0, 0, precision)
    try:
        from pyannote.core import Segment
        from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum, ShuffleContinuumSampler
    except ImportError as error:
        raise ForanError(
            'γ needs a package that is not installed. Install it with: pip install "foran-research[gamma]"; '
            "the u-alpha family needs none"
        ) from error
    continuum = Continuum()
    for coder in sorted(marked):
        continuum.add_annotator(coder)
        for start, end, value in sorted(marked[coder]):
            continuum.add(coder, Segment(float(start), float(end)), value)
    with _drawing(seed):
        found = continuum.compute_gamma(
            CombinedCategoricalDissimilarity(alpha=alpha, beta=beta, delta_empty=delta_empty),
            sampler=ShuffleContinuumSampler(),
            n_samples=samples,
            precision_level=precision,
            fast=True,
        )
    values = sorted({value for run in marked.values() for *_, value in run})
    return Gamma(
        gamma=_stated(found.gamma),
        gamma_cat=_stated(found.gamma_cat),
        by_value={value: _stated(found.gamma_k(value)) for value in values},
        disorder=float(found.best_alignment.disorder),
        alignments=len(found.best_alignment.unitary_alignments),
        samples=len(found.chance_alignments),
        precision=precision,
    )


def _stated(value: object) -> Stated:
    shown = float(value)  # type: ignore[arg-type] # numpy's own scalars
    return Stated(shown) if np.isfinite(shown) else undefined("no-variation")


@contextmanager
def _drawing(seed: int) -> Iterator[None]:
    """The package draws from numpy's one global source, and warns of its solver for every sample: both are put back."""
    kept, level = np.random.get_state(), logging.root.manager.disable
    np.random.seed(seed % 2**32)
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(level)
        np.random.set_state(kept)
