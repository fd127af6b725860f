"""Cues and spaCy: token patterns, a trained pipeline's lemmas, and a component that puts cues into any pipeline.

Outside this module nothing needs spaCy to suggest codes; importing it takes more than a second, so import this module
only where suggestions are made.

>>> import spacy
>>> nlp = spacy.blank("nb")
>>> "foran_cues" in nlp.factory_names
True
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.parts_of_speech import IDS as POS_NAMES
from spacy.tokens import Doc, Span, SpanGroup

from ..errors import Faults, StudyError, UnknownName
from ..vocabulary import WRITTEN_FORMS
from .code import Code, Codebook, Cue
from .cue_language import CueSyntaxError, literal_words
from .cues import CueEngine, Hit, Suggestion, cues_for, hits_at, suggestions, with_offset
from .lemmas import simplemma_lemmatiser
from .tokens import Tokens, blocks, tokens_from

#: Where a Doc keeps what its spans' extension attributes tell, by span id.
RECORDS = "foran_research"
#: What a token pattern may ask for that only a trained pipeline can tell, and the annotation that shows it was told.
_ANNOTATIONS = {
    "POS": "POS", "TAG": "TAG", "MORPH": "MORPH", "DEP": "DEP", "ENT_TYPE": "ENT_IOB", "ENT_IOB": "ENT_IOB",
    "ENT_ID": "ENT_IOB", "ENT_KB_ID": "ENT_IOB",
}  # fmt: skip
_ENGINES_KEPT = 8
_CUTS = str.maketrans(dict.fromkeys("-'’‑0123456789", " "))

_log = logging.getLogger(__name__)


def register_attributes(*names: str) -> None:
    """Make ``span._.NAME`` tell what `record` noted for the span.

    spaCy's own store knows a span by its two offsets, so that two codes on the same words would share their attributes;
    ours goes by the span's id.
    """
    for name in names:
        if not Span.has_extension(name):
            Span.set_extension(name, getter=_reader(name))


def _reader(name: str) -> Any:
    def read(span: Span) -> Any:
        return span.doc.user_data.get(RECORDS, {}).get(span.id_, {}).get(name)

    return read


def record(doc: Doc, span_id: str, attributes: Mapping[str, Any]) -> None:
    """Note the extension attributes of the span with this id."""
    doc.user_data.setdefault(RECORDS, {}).setdefault(span_id, {}).update(attributes)


register_attributes("foran_code", "foran_polarity", "foran_is_negated")


@lru_cache(maxsize=2)
def load_pipeline(name: str) -> Language:
    """The installed spaCy pipeline of this name or in this folder, without its parser.

    A tagger whose tags are the universal parts of speech serves ``POS`` in token patterns as well.

    Raises
    ------
    UnknownName
        When there is no such pipeline.
    """
    try:
        nlp = spacy.load(name, exclude=["parser"])
    except OSError as error:
        raise UnknownName("spaCy pipeline", name, spacy.util.get_installed_models()) from error
    tags = nlp.get_pipe("tagger").labels if "tagger" in nlp.pipe_names else ()
    if tags and set(tags) <= set(POS_NAMES) and not {"morphologizer", "attribute_ruler"} & set(nlp.pipe_names):
        nlp.add_pipe("attribute_ruler", after="tagger").load_from_tag_map({tag: {"POS": tag} for tag in tags})
    return nlp


@lru_cache(maxsize=2)
def _blank(written_form: str) -> Language:
    return spacy.blank(written_form)


def tokens_of(doc: Doc) -> Tokens:
    """The words of a Doc with their lemmas, for :meth:`CueEngine.hits_in`."""
    return tokens_from(doc.text, [(token.idx, token.text, token.lemma_) for token in doc])


def pipeline_tokens(nlp: Language, text: str) -> Tokens:
    """The words of `text` as a pipeline cuts and lemmatises them; a long text goes through it in pieces."""
    docs = _docs(nlp, text)
    return tokens_from(text, [(offset + token.idx, token.text, token.lemma_) for offset, doc in docs for token in doc])


def _docs(nlp: Language, text: str) -> Iterator[tuple[int, Doc]]:
    for offset, block in blocks(text):
        yield offset, nlp(block)


class _Patterns:
    """The token-pattern cues of one codebook for one vocabulary."""

    def __init__(self, cues: Iterable[tuple[str, Cue]], nlp: Language, written_form: str) -> None:
        self.nlp = nlp
        self.lemmatise = simplemma_lemmatiser(written_form)
        self.cues = [(code, cue) for code, cue in cues if cue.pattern is not None]
        self._matchers: dict[frozenset[str], Matcher] = {}
        literals: set[str] = set()
        self._every_line = False
        for number, (code, cue) in enumerate(self.cues):
            pattern = [dict(token) for token in cue.pattern or ()]
            needed = frozenset(_ANNOTATIONS[key] for token in pattern for key in token if key in _ANNOTATIONS)
            matcher = self._matchers.setdefault(needed, Matcher(nlp.vocab, validate=True))
            try:
                matcher.add(str(number), [pattern], greedy="LONGEST")
            except ValueError as error:  # MatchPatternError is one
                raise CueSyntaxError(f"a token pattern for {code} that spaCy does not take") from error
            words = literal_words(pattern)
            literals |= words
            self._every_line |= not words and not needed
        self.needs_lemmas = any("LEMMA" in token for _, cue in self.cues for token in cue.pattern or ())
        self._finder = CueEngine([("", Cue("|".join(sorted(literals))))], self.lemmatise) if literals else None

    def hits_in(self, doc: Doc, tokens: Tokens | None = None, offset: int = 0) -> list[Hit]:
        """The matches in a Doc; patterns that ask for annotation which the Doc lacks find nothing."""
        if self.needs_lemmas and not doc.has_annotation("LEMMA"):
            doc = self._with_lemmas(doc)
        spans: list[tuple[int, int]] = []
        cues: list[tuple[str, Cue]] = []
        for needed, matcher in self._matchers.items():
            if not all(doc.has_annotation(name) for name in needed):
                _log.info("%d token patterns need a trained pipeline and were left out", len(matcher))
                continue
            for label, first, last in matcher(doc):
                if first < last:
                    spans.append((doc[first].idx, doc[last - 1].idx + len(doc[last - 1])))
                    cues.append(self.cues[int(doc.vocab.strings[label])])
        return hits_at(tokens if tokens is not None else tokens_of(doc), spans, cues, offset) if spans else []

    def hits(self, text: str) -> list[Hit]:
        """The matches in a text, of which only the lines that can hold one are cut into spaCy's tokens."""
        return [
            hit
            for start, end in self._lines(text)
            for hit in self.hits_in(self.nlp.make_doc(text[start:end]), None, start)
        ]

    def _lines(self, text: str) -> list[tuple[int, int]]:
        bounds = [0, *(index + 1 for index, character in enumerate(text) if character == "\n"), len(text)]
        lines = [(start, end) for start, end in pairwise(bounds) if start < end]
        if self._every_line or self._finder is None:
            return lines if self._every_line else []
        # spaCy cuts at digits, apostrophes and some hyphens where our rule does not: look at the pieces as well.
        places = {hit.start for spelling in (text, text.translate(_CUTS)) for hit in self._finder.hits(spelling)}
        wanted = set(np.searchsorted(bounds, sorted(places), side="right").tolist())
        return [line for line in lines if int(np.searchsorted(bounds, line[0], side="right")) in wanted]

    def _with_lemmas(self, doc: Doc) -> Doc:
        lemmas = [self.lemmatise(token.lower_) for token in doc]
        spaces = [bool(token.whitespace_) for token in doc]
        return Doc(doc.vocab, words=[token.text for token in doc], spaces=spaces, lemmas=lemmas)


def pattern_hits(
    text: str, cues: Iterable[tuple[str, Cue]], written_form: str, nlp: Language | None = None
) -> list[Hit]:
    """Every match of the token-pattern cues in `text`, in order of place; phrase cues are passed over.

    Without a pipeline, tokens are those of ``spacy.blank(written_form)`` with lemmas from simplemma; patterns that ask
    for parts of speech or the like then find nothing. Of a repeated token the longest stretch counts, once.

    >>> cue = Cue(None, ({"LEMMA": "teste"}, {"POS": "ADV", "OP": "?"}, {"LOWER": "løsningen"}))
    >>> pattern_hits("Vi testet løsningen.", [("C0001", cue)], "nb")
    []
    >>> cue = Cue(None, ({"LEMMA": "teste"}, {"OP": "?"}, {"LOWER": "løsningen"}))
    >>> [(hit.start, hit.end) for hit in pattern_hits("Vi testet ut løsningen.", [("C0001", cue)], "nb")]
    [(3, 22)]
    """
    patterns = _Patterns(cues, nlp or _blank(written_form), written_form)
    if nlp is None:
        return _in_order(patterns.hits(text))
    return _in_order(hit for offset, doc in _docs(nlp, text) for hit in patterns.hits_in(doc, None, offset))


def _in_order(hits: Iterable[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.code))


class _Engines:
    """A codebook's cues for one written form, compiled: phrases, and patterns per spaCy vocabulary."""

    def __init__(self, codebook: Codebook, written_form: str) -> None:
        self.codebook, self.written_form = codebook, written_form
        self.cues = cues_for(codebook, written_form)
        self.phrases = CueEngine(self.cues, simplemma_lemmatiser(written_form))
        self.has_patterns = any(cue.pattern is not None for _, cue in self.cues)
        self._patterns: tuple[Language, _Patterns] | None = None

    def patterns(self, nlp: Language) -> _Patterns:
        """The pattern cues for the vocabulary of `nlp`; the last one is kept."""
        if self._patterns is None or self._patterns[0] is not nlp:
            self._patterns = nlp, _Patterns(self.cues, nlp, self.written_form)
        return self._patterns[1]

    def hits(self, text: str, nlp: Language | None) -> list[Hit]:
        """The matches of both sorts of cue, in order of place."""
        if nlp is None:
            found = self.phrases.hits(text)
            if self.has_patterns:
                found += self.patterns(_blank(self.written_form)).hits(text)
            return _in_order(found)
        found = []
        for offset, doc in _docs(nlp, text):
            found += self.hits_in(doc, nlp, offset)
        return _in_order(found)

    def hits_in(self, doc: Doc, nlp: Language, offset: int = 0) -> list[Hit]:
        """The matches in a Doc that a pipeline made; without lemmas in it, the engine's own words and lemmas serve."""
        if doc.has_annotation("LEMMA"):
            tokens = tokens_of(doc)
            found = self.phrases.hits_in(tokens, offset)
        else:
            tokens = None
            found = [with_offset(hit, offset) for hit in self.phrases.hits(doc.text)]
        return found + (self.patterns(nlp).hits_in(doc, tokens, offset) if self.has_patterns else [])


_kept: OrderedDict[tuple[str, str, int], _Engines] = OrderedDict()


def _engines(codebook: Codebook, written_form: str) -> _Engines:
    # A codebook holds mappings and has no hash; its identity serves, for the entry keeps it alive.
    key = (codebook.codebook_version, written_form, id(codebook))
    if key not in _kept:
        _kept[key] = _Engines(codebook, written_form)
        while len(_kept) > _ENGINES_KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]


def suggest(
    text: str, codebook: Codebook, written_form: str, within: Iterable[tuple[int, int]], *, nlp: Language | None = None
) -> list[Suggestion]:
    """The sentences of `within` that the cues of `codebook` suggest for a code, in order of place.

    `nlp` is a trained pipeline whose tokens and lemmas are to be used; without one, simplemma's lemmas serve and token
    patterns that ask for parts of speech or the like find nothing. Cues are compiled once per codebook.
    """
    return suggestions(text, _engines(codebook, written_form).hits(text, nlp), within)


class ForanCues:
    """The pipeline component: writes ``doc.spans[key]``, one span per match, labelled with the display code.

    ``span._.foran_code`` is the id of the code, ``foran_polarity`` the hint that is left of the cue's (or None) and
    ``foran_is_negated`` whether a negation turns the match round.
    """

    def __init__(self, nlp: Language, codebook: Codebook, written_form: str, key: str) -> None:
        self.nlp, self.key = nlp, key
        self.codes: Mapping[str, Code] = codebook.by_id
        self.engines = _Engines(codebook, written_form)

    def __call__(self, doc: Doc) -> Doc:
        """Add the spans to a Doc."""
        spans = []
        for number, hit in enumerate(_in_order(self.engines.hits_in(doc, self.nlp))):
            span = doc.char_span(
                hit.start,
                hit.end,
                label=self.codes[hit.code].display,
                span_id=f"{self.key}:{number}",
                alignment_mode="expand",
            )
            record(
                doc,
                span.id_,
                {"foran_code": hit.code, "foran_polarity": hit.polarity, "foran_is_negated": hit.is_negated},
            )
            spans.append(span)
        doc.spans[self.key] = SpanGroup(doc, name=self.key, spans=spans)
        return doc


@Language.factory(  # type: ignore[untyped-decorator]  # spaCy ships no types for it
    "foran_cues",
    default_config={"written_form": "nb", "key": "foran_cues"},
    assigns=["doc.spans", "span._.foran_code", "span._.foran_polarity", "span._.foran_is_negated"],
)
def create_foran_cues(nlp: Language, name: str, codebook: str, written_form: str, key: str) -> ForanCues:
    """The component for the codebook in a YAML file.

    ``nlp.add_pipe("foran_cues", config={"codebook": "codebooks/1.0.0.yaml", "written_form": "nb"})``

    Raises
    ------
    StudyError
        With every fault of the codebook.
    UnknownName
        For a written form other than nb or nn.
    """
    if written_form not in WRITTEN_FORMS:
        raise UnknownName("written form", written_form, WRITTEN_FORMS)
    return ForanCues(nlp, _codebook_at(Path(codebook)), written_form, key)


def _codebook_at(path: Path) -> Codebook:
    from .store import read_codebook

    if not path.is_file():
        raise UnknownName("codebook", str(path), ())
    faults = Faults()
    book = read_codebook(path, (), faults)
    # Levels are a study's own words, and a pipeline has no study to hold them against.
    grave = [fault for fault in faults.errors if fault.kind != "unknown-level"]
    if book is None or grave:
        raise StudyError(grave or faults.errors)
    return book
