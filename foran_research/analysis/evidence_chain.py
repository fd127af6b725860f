"""The chain of evidence (Yin 1989): claim → cell → segment → document and its text → question. Nothing may dangle.

Every summary, proposition, verdict and model element names segments. Each must be there still, under the code that the
claim is about, in a registered document whose text is the one that was coded; and it is told whether anybody had asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from ..errors import ForanError

#: The links of the chain, from the claim outwards.
STEPS = ("claim", "memo", "code", "row", "segment", "document", "text", "question")
#: One row per claim × segment. `question`: "asked", "unprompted" (the guide does not ask about the code) or "no_guide".
#: `broken` is the first step that does not hold, or "".
CHAIN_COLUMNS = ("claim", "kind", "row", "segment", "code", "document", "text_sha256", "guide", "question", "broken")
DANGLING_COLUMNS = ("claim", "kind", "step", "id", "why")
#: Why a link does not hold, in both languages.
BROKEN: Mapping[str, Mapping[str, str]] = {
    "no-evidence": {"nb": "påstanden viser ikke til noen passasje", "en": "the claim names no passage"},
    "no-memo": {"nb": "notatet finnes ikke", "en": "there is no such memo"},
    "no-code": {"nb": "koden finnes ikke i kodeboken", "en": "the codebook has no such code"},
    "no-row": {"nb": "raden finnes ikke i matrisen", "en": "the matrix has no such row"},
    "no-segment": {"nb": "det kodede segmentet finnes ikke lenger", "en": "the coded segment is no longer there"},
    "other-code": {"nb": "segmentet har en annen kode nå", "en": "the segment has another code now"},
    "no-document": {"nb": "dokumentet står ikke i registeret", "en": "the document is not in the register"},
    "no-text": {"nb": "teksten finnes ikke", "en": "there is no text"},
    "other-text": {"nb": "teksten er en annen enn den som ble kodet", "en": "the text is not the one that was coded"},
    "no-guide": {"nb": "guiden dokumentet viser til, finnes ikke", "en": "the document's guide is not there"},
}


@dataclass(frozen=True)
class Claim:
    """Something that is said of the material, and what it is said to stand on.

    `kind` is "summary", "proposition", "verdict", "element" …; `codes` the codes or elements it is about (none: any);
    `row` the row of its cell, "" for none; `texts` the fingerprints, by document, of the texts it was made from;
    `is_of_absence` for a claim that stands on nothing being there, such as the verdict "no evidence".
    """

    id: str
    kind: str
    codes: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    row: str = ""
    memos: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    is_of_absence: bool = False


@dataclass(frozen=True, eq=False)
class Ground:
    """All that a claim can stand on.

    `segments` is a frame with segment, document, code and, if elements are claimed, element; `documents` the register,
    indexed by id, with text_sha256 and guide; `texts` the fingerprint of each document's text as it is; `guides` the codes
    that each guide asks about; `codes`, `rows` and `memos` the ids that resolve, None where none is to be checked.
    """

    segments: pd.DataFrame
    documents: pd.DataFrame
    texts: Mapping[str, str]
    guides: Mapping[str, Collection[str]]
    codes: Collection[str] | None = None
    rows: Collection[str] | None = None
    memos: Collection[str] | None = None

    def __post_init__(self) -> None:
        wrong = [f"segments: no column {n}" for n in ("segment", "document", "code") if n not in self.segments.columns]
        wrong += [f"documents: no column {n}" for n in ("text_sha256", "guide") if n not in self.documents.columns]
        if not wrong and not self.documents.index.is_unique:
            wrong.append("documents: repeated ids")
        if wrong:
            raise ForanError("; ".join(wrong))


def dangling(claims: Iterable[Claim], ground: Ground) -> pd.DataFrame:
    """Every link that does not hold, once per claim: a frame with `DANGLING_COLUMNS`; `why` is a key of `BROKEN`."""
    reader = _Reader(ground)
    rows = [
        (claim.id, claim.kind, *fault)
        for claim in claims
        for fault in dict.fromkeys(
            [*reader.of_claim(claim), *(f for s in claim.segments for f in reader.faults(claim, s))]
        )
    ]
    return pd.DataFrame(rows, columns=list(DANGLING_COLUMNS))


def chain(claims: Iterable[Claim], ground: Ground) -> pd.DataFrame:
    """The whole chain: a frame with `CHAIN_COLUMNS`, one row per claim × segment ("" where a link is missing)."""
    reader = _Reader(ground)
    return pd.DataFrame(
        [reader.link(claim, segment) for claim in claims for segment in dict.fromkeys(claim.segments)],
        columns=list(CHAIN_COLUMNS),
    )


class _Reader:
    """Looks links up."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        once = ground.segments.drop_duplicates("segment")
        element = once["element"] if "element" in once.columns else once["code"]
        columns = (once["segment"], once["document"], once["code"], element)
        self.segments = {s: (str(d), str(c), str(e)) for s, d, c, e in zip(*columns, strict=True)}
        self.documents = {
            str(document): (str(sha), str(guide))
            for document, sha, guide in zip(
                ground.documents.index, ground.documents["text_sha256"], ground.documents["guide"], strict=True
            )
        }

    def of_claim(self, claim: Claim) -> Iterator[tuple[str, str, str]]:
        """What is wrong with the claim itself and its cell: step, id, why."""
        if not claim.segments and not claim.is_of_absence:
            yield "claim", claim.id, "no-evidence"
        ground = self.ground
        yield from (("memo", m, "no-memo") for m in claim.memos if ground.memos is not None and m not in ground.memos)
        yield from (("code", c, "no-code") for c in claim.codes if ground.codes is not None and c not in ground.codes)
        if claim.row and ground.rows is not None and claim.row not in ground.rows:
            yield "row", claim.row, "no-row"

    def faults(self, claim: Claim, segment: str) -> Iterator[tuple[str, str, str]]:
        """What is wrong on the way from a segment outwards."""
        if segment not in self.segments:
            yield "segment", segment, "no-segment"
            return
        document, code, element = self.segments[segment]
        if claim.codes and not {code, element} & set(claim.codes):
            yield "segment", segment, "other-code"
        if document not in self.documents:
            yield "document", document, "no-document"
            return
        registered, guide = self.documents[document]
        text = self.ground.texts.get(document)
        if text is None:
            yield "text", document, "no-text"
        elif text != registered or claim.texts.get(document, text) != text:
            yield "text", document, "other-text"
        if guide and guide not in self.ground.guides:
            yield "question", guide, "no-guide"

    def link(self, claim: Claim, segment: str) -> tuple[str, ...]:
        """One row of the chain."""
        document, code, element = self.segments.get(segment, ("", "", ""))
        _, guide = self.documents.get(document, ("", ""))
        asks = set(self.ground.guides.get(guide, ()))
        wanted = {code, element, *claim.codes}
        question = "no_guide" if not guide else "asked" if asks & wanted else "unprompted"
        broken = {step for step, _, _ in (*self.of_claim(claim), *self.faults(claim, segment))}
        first = next((step for step in STEPS if step in broken), "")
        text = self.ground.texts.get(document, "")
        return (
            claim.id,
            claim.kind,
            claim.row,
            segment,
            code,
            document,
            text,
            guide,
            question if document else "",
            first,
        )
