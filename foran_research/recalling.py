"""Which files that have gone out tell what may not be told any more; and what each of them told, as fingerprints.

A register of days cannot say what stood in a file: two steps of one day have no order, and a day can be given wrongly. So
each row of ``corpus/packs.csv`` keeps a fingerprint of everything that was shown of a passage and its speaker. It is held
against what may be shown now.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from typing import Any

from . import clearing
from .registers.records import PackMade
from .registers.vocab import PSEUDONYMISED
from .study import Study

#: Digits of a fingerprint: enough that no two passages ever share one.
DIGITS = 32
#: Words in a row by which a passage is known in a page; of a shorter passage all of them.
IN_A_ROW = 6
_DATA = re.compile(r";base64,([A-Za-z0-9+/]+=*)")
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")


def fingerprint(segment: str, words: str, role: str = "") -> str:
    """The fingerprint of what a file shows of a passage: its words, and the role that stands beside them ("" for none).

    Examples
    --------
    >>> fingerprint("S1", "a\u030a pent") == fingerprint("S1", "å  pent")
    True
    >>> fingerprint("S1", "å pent", "innkjop") == fingerprint("S1", "å pent")
    False
    """
    told = "\x1f".join((segment, _plain(words), role))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def told_in(quotes: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The fingerprints of a pack's quotes, each once, in the order of ``review.content.segments_in``.

    Parameters
    ----------
    quotes
        With `id`, `words` and `role` as ``review/pack.schema.json`` has them, before they are numbered for the public.
    """
    found = {str(one["id"]): fingerprint(str(one["id"]), str(one["words"]), str(one["role"])) for one in quotes}
    return tuple(found.values())


def told_now(study: Study, audience: str, segments: Iterable[str]) -> tuple[str, ...]:
    """The fingerprints of passages with the words of today, and with the role wherever it may be told.

    For files that show quotes as a program put them out: of these nobody knows whether the role stands beside them.
    """
    names = tuple(segments)
    may = _may_tell(study, names)
    words = clearing.cleared_for(study, audience)
    return tuple(fingerprint(name, words.get(name, ""), max(may.get(name, ()), default="")) for name in names)


def standing_in(page: str, passages: Mapping[str, str]) -> tuple[str, ...]:
    """Those of the passages whose words stand in a page, by `IN_A_ROW` words in a row; ordered.

    Parameters
    ----------
    page
        HTML, or a text: what its tags say is read as well, a word that a tag cuts in two is whole, and pictures that are
        written as text are opened.
    passages
        By segment id the words shown.

    Examples
    --------
    >>> standing_in("<p>Vi spurte <b>natte</b>vaktene hva de trengte!</p>",
    ...             {"S1": "Så: vi spurte nattevaktene hva de trengte", "S2": "Vi spurte ingen", "S3": ""})
    ('S1',)
    """
    text = unescape(" ".join((page, *_pictures(page))))
    texts = (text, _TAG.sub(" ", text), _TAG.sub("", text))
    read = [_WORD.findall(_plain(one).casefold()) for one in texts]
    runs: dict[int, set[tuple[str, ...]]] = {}
    found = []
    for name, words in sorted(passages.items()):
        own = _WORD.findall(_plain(words).casefold())
        length = min(len(own), IN_A_ROW)
        if length == 0:
            continue
        if length not in runs:
            runs[length] = {run for one in read for run in _runs(one, length)}
        if any(run in runs[length] for run in _runs(own, length)):
            found.append(name)
    return tuple(found)


def packs_to_recall(study: Study) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """By id and file fingerprint of what was made, the passages in it that may not be shown so to its readers any more.

    A passage is named when it may be shown to them no more, or with other words only, or without the role that stood beside
    it. A row without fingerprints names every passage of which nobody can know: those that were ever shown with other
    words, and those whose speaker's role may not be told.

    Returns
    -------
    Mapping
        Only of what is to be called back. Rows that were taken out of the register count: copies may be about.
    """
    packs = [row for row in study.registers.packs if row.segments]
    gone = gone_of(study, packs)
    return {key: names for key, names in gone.items() if names}


def gone_of(study: Study, rows: Sequence[PackMade]) -> dict[tuple[str, str], tuple[str, ...]]:
    """As :func:`packs_to_recall` for rows that need not be in the register; with none for those that are as they should be."""
    names = {name for row in rows for name in row.segments}
    now = clearing.standing(study)
    may = _may_tell(study, names)
    wordings = _wordings(study)
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in rows:
        told = frozenset(row.told)
        gone = []
        for name in row.segments:
            one = now.get(name)
            is_shown = one is not None and row.audience in one.audiences
            if one is None or not is_shown:
                gone.append(name)
            elif told:
                # A role that may be told need not have been.
                as_now = {fingerprint(name, one.words, role) for role in ("", *may.get(name, ()))}
                if told.isdisjoint(as_now):
                    gone.append(name)
            elif len(wordings.get(name, ())) > 1 or name not in may:
                gone.append(name)
        key = (row.id, row.file_sha256)
        # Rows with the same key speak of one file: what any of them told counts.
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), *gone)))
    return found


def _wordings(study: Study) -> dict[str, set[tuple[str, str]]]:
    """By passage every wording that was ever decided on."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in study.registers.clearances:
        if row.state == PSEUDONYMISED:
            found.setdefault(row.segment, set()).add((row.shown_as, row.text_sha256))
    return found


def _may_tell(study: Study, segments: Iterable[str]) -> dict[str, frozenset[str]]:
    """By passage the roles that may be told beside it now; a passage whose speaker's may not is left out."""
    may = clearing.role_may_be_told(study, segments)
    if not may:
        return {}
    table = study.segments()
    rows = table[table["segment"].isin(list(may))]
    units = study.units(study.documents[study.documents.index.isin(list(set(rows["document"])))])
    actors = dict(zip(units["unit"], units["actor_type"].astype(str), strict=True))
    return {
        str(name): frozenset(actors[unit] for turn in turns if (unit := f"{document}:{turn}") in actors)
        for name, document, turns in zip(rows["segment"], rows["document"], rows["turns"], strict=True)
    }


def _pictures(page: str) -> Iterable[str]:
    """What stands in the pictures of a page, of those that are text."""
    for found in _DATA.finditer(page):
        try:
            yield base64.b64decode(found[1]).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _runs(words: Sequence[str], length: int) -> Iterable[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(length)), strict=False)
