"""Coded segments that overlap: which pairs of segments share characters, and how much two codes share.

A sweep: segments are put in order of document and start; those that begin before a segment ends stand right after it, so
that a binary search gives how many there are. Work is n log n plus the number of pairs; documents are never crossed.

Counting pairs of segments, as ATLAS.ti does, lets the c-coefficient leave [0, 1], because one segment may overlap several.
The form to stand on is that of characters: the segments of a code are united into stretches first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from ..errors import ForanError
from .network import nullable

#: Pairs of segments held at a time while codes are counted.
_PAIRS = 1 << 20
#: Segments swept at a time.
_SHARE = 1 << 14
#: One row per pair of codes that overlap; `source` stands before `target` in codebook order. See :func:`overlap_table`.
OVERLAP_COLUMNS = (
    "source",
    "target",
    "pairs",
    "documents",
    "segments_i",
    "segments_j",
    "c_pairs",
    "is_out_of_range",
    "stretches",
    "chars",
    "chars_i",
    "chars_j",
    "c_chars",
    "share_i",
    "share_j",
)


def overlap_pairs(
    documents: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    *,
    min_chars: int = 1,
    min_share: float = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pair of spans of one document that share characters: places of the first and the second, and characters shared.

    `documents` are whole numbers, `starts` and `ends` half-open offsets; all of length n. Of a pair, the first is the one
    that starts first (or stands first, when both start together); pairs stand in order of document, start and place.
    `min_share` is of the shorter span.

    Raises
    ------
    ForanError
        For arrays of different lengths, a span that ends before it starts, `min_chars` below 1 or a share outside 0–1.

    Examples
    --------
    >>> first, second, chars = overlap_pairs(np.array([0, 0, 0, 1]), np.array([0, 5, 8, 0]), np.array([10, 9, 20, 9]))
    >>> list(zip(first.tolist(), second.tolist(), chars.tolist()))
    [(0, 1, 4), (0, 2, 2), (1, 2, 1)]
    """
    blocks = list(pair_blocks(documents, starts, ends, min_chars=min_chars, min_share=min_share))
    if not blocks:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    first, second, chars = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return first, second, chars


def pair_blocks(
    documents: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    *,
    min_chars: int = 1,
    min_share: float = 0.0,
    at_most: int = _PAIRS,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The pairs of :func:`overlap_pairs` in blocks of about `at_most`, so that memory does not grow with their number."""
    documents, starts, ends = (np.asarray(values, np.int64) for values in (documents, starts, ends))
    _check(documents, starts, ends, min_chars, min_share)
    if len(starts) < 2:
        return
    if int(documents.max()) - int(documents.min()) >= 1 << 31:
        documents = pd.factorize(documents, sort=True)[0].astype(np.int64)
    for places in _shares(documents):
        mine = (documents[places], starts[places], ends[places])
        for one, other, chars in _sweep(*mine, min_chars, min_share, at_most):
            yield places[one], places[other], chars


def _shares(documents: np.ndarray) -> Iterator[np.ndarray]:
    """The places of some documents at a time, few enough that a sweep over them stays in the processor's cache."""
    low, number = int(documents.min()), -(-len(documents) // _SHARE)
    if number == 1:
        yield np.arange(len(documents))
        return
    number = min(number, 1 << 16)
    each = (int(documents.max()) - low) // number + 1
    share = ((documents - low) // each).astype(np.uint16)
    order = np.argsort(share, kind="stable")  # by radix for numbers of 16 bits
    bounds = np.cumsum(np.bincount(share, minlength=number))
    for start, stop in pairwise([0, *bounds.tolist()]):
        if stop - start > 1:
            yield order[start:stop]


def _sweep(
    documents: np.ndarray, starts: np.ndarray, ends: np.ndarray, min_chars: int, min_share: float, at_most: int
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    # On one line: each document's characters behind those of the one before.
    low, base = int(starts.min()), int(documents.min())
    width = int(ends.max()) - low + 1
    if (int(documents.max()) - base + 1) * width >= 1 << 62:
        raise ForanError(f"overlaps cannot be found: documents of {width} characters")
    offset = (documents - base) * width - low
    order = _order(starts + offset)
    line_start = (starts + offset)[order]
    line_end = (ends + offset)[order]
    # Those after me that leave min_chars of me: they start no later than that much before my end.
    last = np.searchsorted(line_start, line_end - min_chars, side="right")
    partners = np.maximum(last - np.arange(1, len(order) + 1), 0)
    total = np.cumsum(partners)
    begin = 0
    while begin < len(order):
        done = int(total[begin - 1]) if begin else 0
        stop = max(begin + 1, int(np.searchsorted(total, done + at_most, side="right")))
        many = partners[begin:stop]
        size = int(total[stop - 1]) - done
        if size:
            one = np.repeat(np.arange(begin, stop), many)
            other = one + 1 + np.arange(size) - np.repeat(total[begin:stop] - many - done, many)
            chars = np.minimum(line_end[one], line_end[other]) - line_start[other]
            keep = chars >= min_chars
            if min_share > 0:
                shorter = np.minimum(line_end[one] - line_start[one], line_end[other] - line_start[other])
                keep &= chars >= min_share * shorter
            if not keep.all():
                one, other, chars = one[keep], other[keep], chars[keep]
            yield order[one], order[other], chars
        begin = stop


def _check(documents: np.ndarray, starts: np.ndarray, ends: np.ndarray, min_chars: int, min_share: float) -> None:
    wrong = []
    if not len(documents) == len(starts) == len(ends):
        wrong.append(f"{len(documents)} documents, {len(starts)} starts and {len(ends)} ends")
    elif (ends < starts).any():
        wrong.append(f"{int((ends < starts).sum())} spans that end before they start")
    if min_chars < 1:
        wrong.append(f"min_chars {min_chars}, which is at least 1")
    if not 0 <= min_share <= 1:
        wrong.append(f"min_share {min_share}, which is from 0 to 1")
    if wrong:
        raise ForanError(f"overlaps cannot be found: {'; '.join(wrong)}")


def _order(keys: np.ndarray) -> np.ndarray:
    """The places in order of key, and in the order given where keys are equal; faster than a stable argsort."""
    if not len(keys) or (np.diff(keys) >= 0).all():
        return np.arange(len(keys))
    low = int(keys.min())
    bits = max(1, (len(keys) - 1).bit_length())
    if (int(keys.max()) - low).bit_length() + bits > 62:
        return np.argsort(keys, kind="stable")
    packed = ((keys - low) << bits) | np.arange(len(keys), dtype=np.int64)
    packed.sort()
    return packed & ((1 << bits) - 1)


def stretches(
    documents: np.ndarray, codes: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The segments of each code in each document, united: document, code, start and end of each stretch.

    Segments that overlap or touch are one stretch. In order of document, code and start.

    >>> [part.tolist() for part in stretches(*(np.array(v) for v in ([0, 0, 0], [4, 4, 4], [0, 5, 12], [6, 10, 15])))]
    [[0, 0], [4, 4], [0, 12], [10, 15]]
    """
    documents, codes, starts, ends = (np.asarray(values, np.int64) for values in (documents, codes, starts, ends))
    if not len(starts):
        return documents, codes, starts, ends
    # By document and code, then by start: two sorts of packed numbers instead of one of three columns.
    order = _order(starts)
    keys = pd.factorize(documents[order], sort=True)[0].astype(np.int64) * (int(codes.max()) - int(codes.min()) + 1)
    order = order[_order(keys + codes[order])]
    documents, codes, starts, ends = documents[order], codes[order], starts[order], ends[order]
    is_new = np.concatenate([[True], (np.diff(documents) != 0) | (np.diff(codes) != 0)])
    # The furthest end so far within a document and code: a running maximum on a line where no group reaches the next.
    width = int(ends.max()) - min(0, int(starts.min())) + 1
    lift = (np.cumsum(is_new) - 1) * width
    furthest = np.maximum.accumulate(ends + lift)
    begins = is_new.copy()
    begins[1:] |= (starts + lift)[1:] > furthest[:-1]
    at = np.flatnonzero(begins)
    closing = np.concatenate([at[1:], [len(starts)]]) - 1
    return documents[at], codes[at], starts[at], (furthest - lift)[closing]


def overlap_table(
    segments: pd.DataFrame,
    codes: Sequence[str],
    *,
    column: str = "code",
    within: Sequence[str] = ("document",),
    min_chars: int = 1,
    min_share: float = 0.0,
) -> pd.DataFrame:
    """How the segments of two codes overlap: a frame with `OVERLAP_COLUMNS`, a row per pair of codes that do.

    `segments` has `document`, `start`, `end` and `column` (the code, or its element); segments of other codes are left
    out. Pairs are made within what `within` names: with ``("document", "coder")`` nobody's segments meet another's.

    `pairs` counts pairs of segments, `segments_i` and `segments_j` the segments of each code, and `c_pairs` is pairs over
    (segments_i + segments_j − pairs), as ATLAS.ti has it: empty where that is not above 0, and `is_out_of_range` then or
    above 1. `chars` counts characters under both codes, `chars_i` and `chars_j` under each, `stretches` the unbroken
    passages under both; `c_chars`, chars over (chars_i + chars_j − chars), is never outside 0–1. `share_i` and `share_j`
    are chars over those of each code. `min_chars` and `min_share` (of the shorter) hold for pairs of segments in `pairs`
    and `documents`; `min_chars` for stretches and their characters too.

    Raises
    ------
    ForanError
        For columns that are missing or have empty cells, and as :func:`overlap_pairs`.

    Examples
    --------
    >>> rows = [("D", 0, 100, "C1"), ("D", 10, 20, "C2"), ("D", 30, 40, "C2")]
    >>> segments = pd.DataFrame(rows, columns=["document", "start", "end", "code"])
    >>> [told] = overlap_table(segments, ("C1", "C2")).to_dict("records")
    >>> {name: told[name] for name in ("pairs", "c_pairs", "is_out_of_range", "chars", "c_chars")}
    {'pairs': 2, 'c_pairs': 2.0, 'is_out_of_range': True, 'chars': 20, 'c_chars': 0.2}
    """
    mine = _checked(segments, column, within)
    code = pd.Index(list(codes), dtype=object).get_indexer(pd.Index(mine[column].to_numpy(object))).astype(np.int64)
    if (code < 0).any():
        mine, code = mine[code >= 0], code[code >= 0]
    document = pd.factorize(mine["document"].to_numpy())[0].astype(np.int64)
    group = document if "document" in within else np.zeros(len(mine), np.int64)
    for name in within:
        if name != "document":
            number, names = pd.factorize(mine[name].to_numpy())
            group = pd.factorize(group * max(1, len(names)) + number)[0].astype(np.int64)
    size = len(codes)
    starts, ends = mine["start"].to_numpy(np.int64), mine["end"].to_numpy(np.int64)
    pairs = np.zeros(size * size, np.int64)
    seen, fresh = np.empty(0, np.int64), list[np.ndarray]()
    for one, other, _ in pair_blocks(group, starts, ends, min_chars=min_chars, min_share=min_share):
        place, is_two = _places(code[one], code[other], size)
        pairs += np.bincount(place, minlength=size * size)
        fresh.append(_distinct(document[one[is_two]] * (size * size) + place))
        # Joined when they are as many as what was found before: no more sorting than at the end, but for a factor.
        if sum(map(len, fresh)) > max(_PAIRS, len(seen)):
            seen, fresh = _distinct(np.concatenate([seen, *fresh])), []
    seen = _distinct(np.concatenate([seen, *fresh]))
    group, code_of, begin, end = stretches(group, code, starts, ends)
    shared, passages = np.zeros(size * size), np.zeros(size * size, np.int64)
    for one, other, common in pair_blocks(group, begin, end, min_chars=min_chars):
        place, is_two = _places(code_of[one], code_of[other], size)
        shared += np.bincount(place, weights=common[is_two], minlength=size * size)
        passages += np.bincount(place, minlength=size * size)
    covered = np.bincount(code_of, weights=end - begin, minlength=size).astype(np.int64)
    held = np.bincount(code, minlength=size)
    chars = np.rint(shared).astype(np.int64)
    rows = np.flatnonzero((pairs > 0) | (passages > 0))
    i, j = rows // max(1, size), rows % max(1, size)
    left = held[i] + held[j] - pairs[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        c_pairs = np.where(left > 0, pairs[rows] / left, np.nan)
    documents = np.bincount(seen % max(1, size * size), minlength=size * size)
    labels = pd.Index(list(codes))
    return pd.DataFrame(
        {
            "source": labels.take(i),
            "target": labels.take(j),
            "pairs": pairs[rows],
            "documents": documents[rows],
            "segments_i": held[i],
            "segments_j": held[j],
            "c_pairs": nullable(c_pairs),
            "is_out_of_range": (left <= 0) | (pairs[rows] > left),
            "stretches": passages[rows],
            "chars": chars[rows],
            "chars_i": covered[i],
            "chars_j": covered[j],
            "c_chars": nullable(chars[rows] / (covered[i] + covered[j] - chars[rows])),
            "share_i": nullable(chars[rows] / covered[i]),
            "share_j": nullable(chars[rows] / covered[j]),
        },
        columns=list(OVERLAP_COLUMNS),
    )


def _checked(segments: pd.DataFrame, column: str, within: Sequence[str]) -> pd.DataFrame:
    needed = list(dict.fromkeys(["document", "start", "end", column, *within]))
    missing = [name for name in needed if name not in segments.columns]
    if missing:
        raise ForanError(f"the segments have no column {', '.join(map(repr, missing))}")
    empty = {name: int(count) for name in needed if (count := segments[name].isna().sum())}
    if empty:
        told = ", ".join(f"{name!r} in {count} rows" for name, count in empty.items())
        raise ForanError(f"the segments have empty cells: {told}")
    return segments


def _places(one: np.ndarray, other: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Where each pair of two different codes stands in the flattened upper triangle, and which pairs are such."""
    is_two = one != other
    a, b = one[is_two], other[is_two]
    return np.minimum(a, b) * size + np.maximum(a, b), is_two


def _distinct(values: np.ndarray) -> np.ndarray:
    values = np.sort(values)
    return values[np.concatenate([[True], np.diff(values) > 0])] if values.size else values
