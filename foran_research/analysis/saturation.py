"""Code saturation: when further documents stopped bringing new codes (Guest, Namey & Chen 2020, PLOS ONE 15(5)).

Documents are taken in the order in which they were coded. B is the number of different codes in the first `base`
documents; runs of `run` documents slide on by one from there, and the first run whose new codes are at most `threshold`
of B ends the search: "6+2" says that documents 7 and 8 brought nearly nothing that six had not.

A code can only be new where it existed. What was put on a document later, under a codebook that had more codes, is
flagged as back-filled and not counted there. This is saturation of codes, not of meaning (Hennink, Kaiser & Marconi 2017).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..codebook.changes import Lineage
from ..codebook.code import Codebook, version_key
from ..errors import ForanError, UnknownName
from .cells import Integers, Readings, Truths
from .chance import generator
from .stated import Stated, undefined

#: The parameter pairs of Guest, Namey & Chen: 3 bases × 2 runs × 2 thresholds.
BASES, RUNS, THRESHOLDS = (4, 5, 6), (2, 3), (0.05, 0.0)
PARAMETERS = tuple(product(BASES, RUNS, THRESHOLDS))
PAIR_COLUMNS = ("base", "run", "threshold", "documents", "base_codes", "reached", "label", "reason")
CURVE_COLUMNS = ("number", "document", "codebook_version", "codes", "new", "total", "backfilled")
ORDER_COLUMNS = ("base", "run", "threshold", "median", "low", "high", "not_reached", "replicates", "reason")
#: What stands beside every figure of saturation, in both languages; the key of the one that must.
NOT_MEANING = "not-meaning"
TOLD: Mapping[str, Mapping[str, str]] = {
    NOT_MEANING: {
        "nb": "Dette er metning av koder, ikke av mening: at ingen nye koder kommer til, sier ikke at kodene er forstått.",
        "en": "This is code saturation, not meaning saturation: that no new codes come does not say that they are understood.",
    },
    "deductive": {
        "nb": "Kodeboken ble for det meste laget på forhånd. Se derfor også kodene som kom til, og kode × polaritet.",
        "en": "The codebook was mostly made beforehand. See the codes that were added, and code × polarity, as well.",
    },
}
#: What an item is: a code, or a code with one polarity.
ITEMS = ("code", "polarity")


@dataclass(frozen=True, eq=False)
class Occurrence:
    """Which items were found in which documents, in the order of coding: documents × items.

    `items` are column ids, or (column, polarity) joined by "|"; `present` leaves out what was back-filled. `versions` are
    the codebook versions that the documents were read under; `left_out` are documents that could have had none of the
    items when they were read, because their codebook had none.
    """

    documents: tuple[str, ...]
    items: tuple[str, ...]
    present: Truths
    backfilled: Truths
    versions: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    def of(self, documents: Collection[str]) -> Occurrence:
        """The same of some documents: those of a case."""
        keep = [number for number, document in enumerate(self.documents) if document in documents]
        return Occurrence(
            tuple(self.documents[n] for n in keep),
            self.items,
            self.present[keep],
            self.backfilled[keep],
            tuple(self.versions[n] for n in keep),
            tuple(document for document in self.left_out if document in documents),
        )


@dataclass(frozen=True)
class Saturation:
    """Whether and where new codes ran dry.

    `ratios` are those of the runs that begin after document base, base + 1 and so on to the last whole run. `reached` is
    the number of documents before the first run that brought (nearly) nothing new, or why there is none.
    """

    base: int
    run: int
    threshold: float
    base_codes: int
    ratios: tuple[float, ...]
    reached: Stated

    @property
    def label(self) -> str:
        """As Guest, Namey & Chen write it: documents + run; "" if not reached."""
        return "" if self.reached.value is None else f"{int(self.reached.value)}+{self.run}"


@dataclass(frozen=True)
class Unseen:
    """Codes seen, in how many cases once and twice, and what that says of codes not seen: a rough help only."""

    seen: int
    once: int
    twice: int
    chao1: Stated
    coverage: Stated


def first_coded(segments: pd.DataFrame) -> dict[str, str]:
    """When each document was first coded (the earliest `at` of its coded segments), in that order; ties by id."""
    first = segments.groupby("document")["at"].min()
    return dict(sorted(((str(d), str(at)) for d, at in first.items()), key=lambda pair: (pair[1], pair[0])))


def occurrence(
    given: Readings,
    order: Sequence[str],
    *,
    items: Literal["code", "polarity"] = "code",
    only: Collection[str] | None = None,
    existed: Truths | None = None,
) -> Occurrence:
    """Which codes were found in which documents that may be shown, the documents in `order`.

    Parameters
    ----------
    order
        Ids of the documents in the order of coding, as :func:`first_coded` gives them; hidden ones are left out.
    items
        "polarity": each code counts once per polarity ("" left out: nobody has said).
    only
        The columns that count, for instance :func:`inductive`; None: all.
    existed
        Documents (of the register) × columns; None: `given.codable`, by which a code exists if a forerunner did. For
        new codes take :func:`existing`, by which only the code itself counts.
    """
    if items not in ITEMS:
        raise UnknownName("items", items, ITEMS)
    place = {str(document): number for number, document in enumerate(given.documents.index)}
    if strangers := [document for document in order if document not in place]:
        raise UnknownName("document", strangers[0], sorted(place))
    documents = tuple(document for document in dict.fromkeys(order) if document not in given.hidden)
    columns = [c for c in given.columns if only is None or c in only]
    polarities = ("fremmer", "hemmer", "begge", "nøytral") if items == "polarity" else ("",)
    names = [(column, polarity) for column in columns for polarity in polarities]
    number = {name: n for n, name in enumerate(names)}
    row_of = {document: n for n, document in enumerate(documents)}
    found = np.zeros((len(documents), len(names)), bool)
    said = given.long[["document", "column", "polarity"]].drop_duplicates()
    for document, column, polarity in said.itertuples(index=False):
        nth = number.get((column, polarity if items == "polarity" else ""), -1)
        if nth >= 0 and document in row_of:
            found[row_of[document], nth] = True
    # A document that no informant speaks in is left out, whatever its codebook had.
    could = given.codable if existed is None else existed & given.codable
    rows = np.array([place[document] for document in documents], np.int64)
    cols = np.array([given.columns.index(column) for column, _ in names], np.int64)
    could = could[np.ix_(rows, cols)]
    labels = tuple("|".join(name) if items == "polarity" else name[0] for name in names)
    keep = np.flatnonzero(could.any(axis=1))
    return Occurrence(
        tuple(documents[n] for n in keep),
        labels,
        (found & could)[keep],
        (found & ~could)[keep],
        tuple(given.coded_under.get(documents[n], "") for n in keep),
        tuple(document for n, document in enumerate(documents) if n not in set(keep.tolist())),
    )


def inductive(codebook: Codebook, lineage: Lineage) -> frozenset[str]:
    """The codes of a codebook that its first version did not have: found in the material, split or redrawn by it."""
    if not lineage.codebooks:
        return frozenset()
    first = min(lineage.codebooks, key=lambda book: version_key(book.codebook_version))
    return frozenset(code.id for code in codebook.active if code.id not in first.by_id)


def existing(given: Readings, lineage: Lineage) -> Truths:
    """Documents × columns: whether the code itself, under its own id, was in the codebook the document was read under."""
    under = [given.coded_under.get(str(document), "") for document in given.documents.index]
    has = {v: [bool(v) and column in lineage[v].by_id for column in given.columns] for v in set(under)}
    return np.array([has[v] for v in under], bool).reshape(len(under), len(given.columns))


def new_per_document(present: npt.ArrayLike) -> Integers:
    """How many items each document is the first to have: documents × items → a number per document.

    >>> new_per_document([[1, 0, 0], [1, 1, 0], [0, 0, 1]]).tolist()
    [1, 1, 1]
    """
    found = np.asarray(present, bool)
    if found.ndim != 2:
        raise ForanError("which codes were found where: expected a table of documents × codes")
    if not len(found):
        return np.zeros(0, np.int64)
    first = found.argmax(axis=0)[found.any(axis=0)]
    return np.bincount(first, minlength=len(found)).astype(np.int64)


def saturation(new: Sequence[int] | Integers, *, base: int = 4, run: int = 2, threshold: float = 0.05) -> Saturation:
    """Where new codes ran dry, from the number of new codes per document in order.

    Examples
    --------
    >>> found = saturation([12, 10, 9, 6, 4, 3, 1, 0, 1, 0])
    >>> found.label, found.base_codes, [round(ratio, 4) for ratio in found.ratios]
    ('6+2', 37, [0.1892, 0.1081, 0.027, 0.027, 0.027])
    """
    counts = _counted(new)
    _check(base, run, threshold)
    base_codes = int(counts[:base].sum())
    if len(counts) < base + run:
        return Saturation(base, run, threshold, base_codes, (), undefined("few-documents"))
    if not base_codes:
        return Saturation(base, run, threshold, 0, (), undefined("no-base-codes"))
    in_run = np.convolve(counts, np.ones(run, np.int64), "valid")[base:]
    dry = np.flatnonzero(_is_dry(in_run, base_codes, threshold))
    reached = Stated(float(base + int(dry[0]))) if len(dry) else undefined("not-saturated")
    return Saturation(base, run, threshold, base_codes, tuple((in_run / base_codes).tolist()), reached)


def _is_dry(in_run: npt.NDArray[np.int64], base_codes: object, threshold: float) -> Truths:
    # 0.05 × 20 is not 1 in every arithmetic: the threshold itself must count as reached.
    return np.asarray(in_run <= np.asarray(base_codes) * threshold + 1e-9, bool)


def _counted(new: Sequence[int] | Integers) -> Integers:
    counts = np.asarray(new)
    if counts.ndim != 1 or (counts.size and (counts.dtype.kind not in "iu" or int(counts.min()) < 0)):
        raise ForanError("new codes per document: expected whole numbers from 0 on, one per document")
    return counts.astype(np.int64)


def _check(base: int, run: int, threshold: float) -> None:
    if base < 1 or run < 1 or not 0 <= threshold < 1:
        raise ForanError(
            f"base {base}, run {run}, threshold {threshold}: expected a base and a run of at least 1, and 0 ≤ threshold < 1"
        )


def all_pairs(new: Sequence[int] | Integers) -> pd.DataFrame:
    """All twelve parameter pairs: a frame with `PAIR_COLUMNS`; where not reached, `reached` is missing with a `reason`."""
    rows = []
    for base, run, threshold in PARAMETERS:
        one = saturation(new, base=base, run=run, threshold=threshold)
        value = pd.NA if one.reached.value is None else int(one.reached.value)
        rows.append((base, run, threshold, len(new), one.base_codes, value, one.label, one.reached.reason))
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS)).astype({"reached": "Int64"})


def curve(found: Occurrence) -> pd.DataFrame:
    """One row per document in order: its codes, the new ones, all so far, and those back-filled (not counted).

    A leap where `codebook_version` changes is the codebook's, not the material's.
    """
    new = new_per_document(found.present)
    return pd.DataFrame(
        {
            "number": np.arange(1, len(found.documents) + 1),
            "document": np.array(found.documents, object),
            "codebook_version": np.array(found.versions, object),
            "codes": found.present.sum(axis=1),
            "new": new,
            "total": np.cumsum(new),
            "backfilled": found.backfilled.sum(axis=1),
        },
        columns=list(CURVE_COLUMNS),
    )


def order_bootstrap(
    present: npt.ArrayLike, *, strata: Sequence[str] | None = None, replicates: int = 1000, seed: int
) -> pd.DataFrame:
    """How much of the result is due to the order of the documents: a frame with `ORDER_COLUMNS`, one row per pair.

    The documents are put in `replicates` orders drawn at random, and for each it is seen after how many saturation is
    reached; `median`, and `low` to `high`, which hold the middle 90 % of the orders. Orders without saturation count as
    later than all others: where a figure falls among them it is missing, and `not_reached` is their share.

    Parameters
    ----------
    present
        Documents × items.
    strata
        A label per document, such as the actor type: the sequence of labels is kept, and only documents with the same
        label change places. None: all may.
    """
    found = np.asarray(present, bool)
    if found.ndim != 2:
        raise ForanError("which codes were found where: expected a table of documents × codes")
    if replicates < 1:
        raise ForanError(f"{replicates} orders: expected at least 1")
    if strata is not None and len(strata) != len(found):
        raise ForanError(f"{len(strata)} labels for {len(found)} documents: expected one each")
    new = _new_in_orders(found, strata, replicates, seed)
    cumulative = np.cumsum(new, axis=1)
    rows = []
    for base, run, threshold in PARAMETERS:
        reached = _reached(cumulative, base, run, threshold)
        figures: list[object] = [pd.NA] * 3
        reason = "few-documents" if reached is None else ""
        if reached is not None:
            in_order = np.sort(reached)
            for n, share in enumerate((0.5, 0.05, 0.95)):
                at = in_order[max(int(np.ceil(share * replicates)) - 1, 0)]
                figures[n] = int(at) if np.isfinite(at) else pd.NA
            # Without a code among the first documents, in any of the orders, there is nothing to be saturated.
            without_base = not cumulative[:, base - 1].any()
            reason = "" if figures[0] is not pd.NA else "no-base-codes" if without_base else "not-saturated"
        without = np.nan if reached is None else float(np.mean(~np.isfinite(reached)))
        rows.append((base, run, threshold, *figures, without, replicates, reason))
    return pd.DataFrame(rows, columns=list(ORDER_COLUMNS)).astype(dict.fromkeys(("median", "low", "high"), "Int64"))


def _new_in_orders(found: Truths, strata: Sequence[str] | None, replicates: int, seed: int) -> Integers:
    """New items per document, replicates × documents, in orders drawn at random."""
    documents = len(found)
    rng = generator(seed, "saturation", "order")
    places = np.empty((replicates, documents), np.int64)
    labels = np.zeros(documents, np.int64) if strata is None else pd.factorize(np.array(strata, object))[0]
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        places[:, own] = rng.permuted(np.tile(own, (replicates, 1)), axis=1)
    new = np.zeros(replicates * documents, np.int64)
    offset = np.arange(replicates, dtype=np.int64) * documents
    by_document = np.ascontiguousarray(places.T)
    for item in range(found.shape[1]):
        having = np.flatnonzero(found[:, item])
        if len(having):
            new[offset + by_document[having].min(axis=0)] += 1
    return new.reshape(replicates, documents)


def _reached(cumulative: Integers, base: int, run: int, threshold: float) -> npt.NDArray[np.float64] | None:
    """Per order, the number of documents at saturation; infinite if not reached, None if there are too few documents."""
    if cumulative.shape[1] < base + run:
        return None
    base_codes = cumulative[:, base - 1]
    in_run = cumulative[:, base + run - 1 :] - cumulative[:, base - 1 : cumulative.shape[1] - run]
    dry = _is_dry(in_run, base_codes[:, None], threshold) & (base_codes > 0)[:, None]
    return np.where(dry.any(axis=1), base + dry.argmax(axis=1), np.inf)


def unseen(counts: Sequence[int] | Integers) -> Unseen:
    """What codes found only once or twice say of codes not found (Chao 1984; Good 1953).

    `counts` are documents (or turns) per code; codes of none are not seen and may stand among them or not.

    chao1 = S + f1 (f1 − 1) / (2 (f2 + 1)), with f1 codes found once and f2 twice; coverage = 1 − f1 / n, n the sum of
    the counts: the share of a further document's codes that would be known already.

    >>> found = unseen([5, 3, 2, 1, 1, 1])
    >>> found.chao1.value, round(found.coverage.value, 3)
    (7.5, 0.769)
    """
    given = _counted(counts)
    seen, once, twice, total = (
        int((given > 0).sum()),
        int((given == 1).sum()),
        int((given == 2).sum()),
        int(given.sum()),
    )
    if not seen:
        return Unseen(0, 0, 0, undefined("no-code"), undefined("no-code"))
    # With every code found only once the formula gives a number, and Good–Turing knows nothing.
    coverage = undefined("all-once") if once == total else Stated(1 - once / total)
    return Unseen(seen, once, twice, Stated(seen + once * (once - 1) / (2 * (twice + 1))), coverage)


def saturation_by(found: Occurrence, groups: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """All twelve pairs pooled (`group` "") and per group of documents, such as cases: `group`, then `PAIR_COLUMNS`."""
    tables = [all_pairs(new_per_document(found.present)).assign(group="")]
    tables += [all_pairs(new_per_document(found.of(own).present)).assign(group=name) for name, own in groups.items()]
    whole = pd.concat(tables, ignore_index=True)
    whole.insert(0, "group", whole.pop("group"))
    return whole
