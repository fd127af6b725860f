"""Transcripts and their coded segments as spaCy Docs, to look at with displacy or to hand to other spaCy tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ..codebook.code import Codebook
from ..corpus.transcript import Transcript

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

#: The columns of a segments table that a Doc takes over.
COLUMNS = ("segment", "start", "end", "code", "polarity", "coder")
_ATTRIBUTES = tuple(f"foran_{name}" for name in (*COLUMNS, "turn"))


def to_doc(
    transcript: Transcript, segments: pd.DataFrame, nlp: Language | None = None, *, codebook: Codebook | None = None
) -> Doc:
    r"""A spaCy Doc of the canonical text with ``doc.spans["turns"]`` and ``doc.spans["segments"]``.

    A turn is labelled with its speaker (a heading or paragraph with its kind), a segment with the display code that
    `codebook` gives it, or else the id of its code. The id of a segment's span is the segment's.

    spaCy's spans are whole tokens: one that begins or ends inside a token is widened to it. The offsets as coded are in
    ``span._.foran_start`` and ``foran_end``; beside them are ``foran_segment``, ``foran_code``, ``foran_polarity`` and
    ``foran_coder``, or ``foran_turn`` for turns.

    Parameters
    ----------
    segments
        One row per coded segment of this transcript, with at least the columns in :data:`COLUMNS`; `start` and `end`
        are half-open, in code points of the canonical text.
    nlp
        A pipeline to run over the text; without one, only the tokeniser of the transcript's written form.

    Raises
    ------
    ValueError
        When columns are missing or a segment does not lie in the text.

    Examples
    --------
    >>> from foran_research.corpus.transcript import Transcript, parse_turns
    >>> text = "**Kari:** Vi tok en tidlig dialog med leverandørene.\n"
    >>> transcript = Transcript("T01", text, parse_turns(text, has_turns=True))
    >>> segments = pd.DataFrame({
    ...     "segment": ["s1"], "start": [20], "end": [33], "code": ["C0004"], "polarity": ["fremmer"], "coder": ["ane"]
    ... })
    >>> doc = to_doc(transcript, segments)
    >>> [(span.text, span.label_, span._.foran_polarity) for span in doc.spans["segments"]]
    [('tidlig dialog', 'C0004', 'fremmer')]
    >>> [(span.label_, span._.foran_turn) for span in doc.spans["turns"]]
    [('Kari', 1)]
    >>> from spacy import displacy
    >>> page = displacy.render(doc, style="span", options={"spans_key": "segments"}, jupyter=False)
    >>> "C0004" in page
    True
    """
    import spacy
    from spacy.tokens import SpanGroup

    from ..codebook.spacy_component import register_attributes

    missing = [name for name in COLUMNS if name not in segments.columns]
    if missing:
        raise ValueError(f"the segments table lacks the columns {', '.join(missing)}")
    register_attributes(*_ATTRIBUTES)
    doc = nlp(transcript.text) if nlp is not None else spacy.blank(transcript.written_form).make_doc(transcript.text)
    turns = [
        _span(doc, f"turn:{turn.number}", turn.speaker or turn.kind,
              {"start": turn.span.start, "end": turn.span.end, "turn": turn.number})
        for turn in transcript.turns
    ]  # fmt: skip
    rows = segments[list(COLUMNS)].astype({"start": int, "end": int}).to_dict("records")
    outside = [str(row["segment"]) for row in rows if not 0 <= row["start"] < row["end"] <= len(transcript.text)]
    if outside:
        raise ValueError(f"not in the text of {transcript.id}, or empty: segments {', '.join(outside)}")
    coded = [_span(doc, str(row["segment"]), _label(str(row["code"]), codebook), row) for row in rows]
    for key, spans in (("turns", turns), ("segments", coded)):
        doc.spans[key] = SpanGroup(doc, name=key, spans=spans)
    return doc


def _label(code: str, codebook: Codebook | None) -> str:
    known = codebook.by_id.get(code) if codebook is not None else None
    return known.display if known is not None else code


def _span(doc: Doc, span_id: str, label: str, attributes: dict[Any, Any]) -> Span:
    from ..codebook.spacy_component import record

    record(doc, span_id, {f"foran_{name}": value for name, value in attributes.items()})
    start, end = attributes["start"], attributes["end"]
    return doc.char_span(start, end, label=label, span_id=span_id, alignment_mode="expand")
