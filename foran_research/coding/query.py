"""What a query finds: passages, as stretches of text with the coded segments that made them match. Pure.

All documents lie on one line with wide gaps between them (see ``stretches.py``); a turn, too, is a stretch on that line.
``docs/finding.md`` tells the semantics.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from ..codebook.code import Codebook
from . import query_tree as tree
from .query_language import OPERATORS, QueryError, UnknownInQuery
from .segments import check_segments
from .stretches import GAP, Found, Integers, Truths, either, is_touched, joined, merged, nearest, ranges, shared

#: From the regular expressions' matches in texts: (number of the text, start, end), in order.
Matches = Iterable[tuple[int, int, int]]
Search = Callable[[str, Sequence[str]], Matches]

#: One row per turn, paragraph or heading, in order; `case` is the speaker's own or else the document's, `speaker` "" where
#: nobody is named, `is_informant` false for interviewers and headings; `is_searched` false without consent to analysis.
TURN_COLUMNS = (
    "document",
    "turn",
    "start",
    "end",
    "speaker",
    "case",
    "actor_type",
    "may_quote",
    "is_informant",
    "is_searched",
)
#: One row per passage. `turns`, and per segment `segments`, `codes` (display codes), `polarities` and `coders`, are
#: tuples; `start` and `end` are half-open, in code points of the document's canonical text.
RESULT_COLUMNS = (
    "document",
    "turns",
    "start",
    "end",
    "speaker",
    "actor_type",
    "case",
    "process",
    "date",
    "codes",
    "polarities",
    "coders",
    "segments",
    "left",
    "words",
    "right",
    "may_quote",
)
_WORD = re.compile(r"\w+(?:[-'’‑]\w+)*")


def search_here(pattern: str, texts: Sequence[str]) -> Matches:
    """The matches of a regular expression in texts, in any case; empty ones are left out. It may take for ever."""
    compiled = re.compile(pattern, re.IGNORECASE)
    for number, text in enumerate(texts):
        for found in compiled.finditer(text):
            if found.end() > found.start():
                yield number, found.start(), found.end()


@dataclass(frozen=True)
class Material:
    """What a query is asked of.

    Parameters
    ----------
    segments
        A segments table whose codes are those of `codebook`; one row per coded segment that is to be found.
    documents
        The register, indexed by id, with `kind`, `case`, `process`, `arena` and `date`.
    turns
        A frame with `TURN_COLUMNS`, the turns of a document together and in order.
    texts
        The canonical text of every document.
    names
        Per field the ids that can be asked for, each with other spellings (labels).
    search
        What finds regular expressions that a person wrote.
    """

    segments: pd.DataFrame
    documents: pd.DataFrame
    turns: pd.DataFrame
    texts: Mapping[str, str]
    codebook: Codebook
    names: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    search: Search = search_here

    def __post_init__(self) -> None:
        check_segments(self.segments)
        if missing := [name for name in TURN_COLUMNS if name not in self.turns.columns]:
            raise ValueError(f"not a table of turns: no column {', '.join(missing)}")

    @cached_property
    def ids(self) -> pd.Index:
        """The documents in the order in which they lie on the line."""
        return pd.Index(sorted(self.texts))

    def _on_line(self, frame: pd.DataFrame) -> tuple[Integers, Integers]:
        base = self.ids.get_indexer(pd.Index(frame["document"])).astype(np.int64) * GAP
        return base + frame["start"].to_numpy(np.int64), base + frame["end"].to_numpy(np.int64)

    @cached_property
    def segment_places(self) -> tuple[Integers, Integers]:
        """Starts and ends of the segments on the line."""
        return self._on_line(self.segments)

    @cached_property
    def turn_places(self) -> tuple[Integers, Integers]:
        """Starts and ends of the turns on the line; turns are taken in that order."""
        start, end = self._on_line(self.turns)
        order = np.argsort(start, kind="stable")
        if not np.array_equal(order, np.arange(len(order))):
            raise ValueError("turns out of order: expected documents by id, each from its first turn to its last")
        return start, end

    @cached_property
    def turn_texts(self) -> list[str]:
        """The words of every turn; "" for those who did not consent to analysis."""
        columns = (self.turns[name] for name in ("document", "start", "end", "is_searched"))
        return [self.texts[doc][a:b] if is_open else "" for doc, a, b, is_open in zip(*columns, strict=True)]

    @cached_property
    def word_starts(self) -> Integers:
        """Where the words of all turns begin, on the line; speaker labels are no words."""
        starts = self.turn_places[0]
        columns = zip(self.turns["document"], self.turns["start"], self.turns["end"], starts, strict=True)
        found = [[at + m.start() for m in _WORD.finditer(self.texts[doc][a:b])] for doc, a, b, at in columns]
        return np.array([place for turn in found for place in turn], np.int64)

    @cached_property
    def first_turns(self) -> Integers:
        """The row of every document's first turn."""
        return np.searchsorted(self.turn_places[0], np.arange(len(self.ids), dtype=np.int64) * GAP).astype(np.int64)

    def find_text(self, node: tree.Text | tree.Regex) -> Found:
        """Every place where words or a pattern stand within one turn."""
        search = self.search if isinstance(node, tree.Regex) else search_here
        found = np.array(list(search(node.pattern, self.turn_texts)), np.int64).reshape(-1, 3)
        base = self.turn_places[0][found[:, 0]]
        nothing = np.empty(0, np.int64)
        return merged(base + found[:, 1], base + found[:, 2], nothing, nothing)


class _Reader:
    """Evaluates a tree against the material."""

    def __init__(self, material: Material, source: str) -> None:
        self.material = material
        self.source = source

    def found(self, node: tree.Expression) -> Found:
        """The passages of a tree."""
        match node:
            case tree.Code() | tree.Everything():
                return self.of_rows(self.rows(node))
            case tree.Text() | tree.Regex():
                return self.material.find_text(node)
            case tree.Where(inner, condition):
                if tree.asks_of_segments(condition):
                    return self.of_rows(self.rows(node))
                passages = self.found(inner)
                return passages.only(self.holds(condition, passages, None))
            case tree.Or(left, right):
                return either(self.found(left), self.found(right))
            case tree.And(left, right):
                return shared(self.found(left), self.found(right))
            case tree.Without(left, right):
                passages = self.found(left)
                return passages.only(~is_touched(passages, self.found(right)))
            case tree.Near():
                return self.near(node)
            case tree.Same():
                return self.same(node)
        raise TypeError(f"no expression: {type(node).__name__}")

    # Coded segments

    def rows(self, node: tree.Expression) -> Integers:
        """The rows of the segments table that an expression of codes alone means."""
        segments = self.material.segments
        match node:
            case tree.Everything():
                return np.arange(len(segments), dtype=np.int64)
            case tree.Code():
                return np.flatnonzero(segments["code"].isin(self.codes(node)).to_numpy()).astype(np.int64)
            case tree.Or(left, right):
                return np.union1d(self.rows(left), self.rows(right))
            case tree.Where(inner, condition):
                rows = self.rows(inner)
                start, end = (places[rows] for places in self.material.segment_places)
                nothing = np.empty(0, np.int64)
                return rows[self.holds(condition, Found(start, end, nothing, nothing), rows)]
        raise QueryError("polarity, coder and memo belong to one coded segment", self.source, -1)

    def of_rows(self, rows: Integers) -> Found:
        start, end = (places[rows] for places in self.material.segment_places)
        return merged(start, end, np.arange(len(rows), dtype=np.int64), rows)

    def codes(self, node: tree.Code) -> set[str]:
        """The ids of a code and, unless asked for exactly, of all codes below it."""
        book = self.material.codebook
        code = book.find(node.name) or book.find(node.name.upper())
        if code is None:
            labels = [c.display for c in book.active if node.name.casefold() in c.label["nb"].casefold()]
            displays = [c.display for c in book.active]
            near = labels or difflib.get_close_matches(node.name.upper(), displays, n=3)
            meant = " or ".join(f"{d} ({book.by_display[d].label['nb']})" for d in near)
            hint = f"; did you mean {meant}?" if near else f"; known: {', '.join(displays) or 'none'}"
            if node.name.upper() in OPERATORS:
                hint = f"; operators are written in capitals: {node.name.upper()}"
            elif not any(c.isdigit() for c in node.name):
                hint += ' To search for a word, put it in quotes: "…"'
            raise UnknownInQuery("code", node.name, displays, self.source, node.at, hint=hint)
        if not code.is_active:
            after = " or ".join(book.by_id[s].display for s in code.successors if s in book.by_id)
            raise QueryError(
                f"{code.display} ({code.id}) is no code of codebook {book.codebook_version}, deprecated in "
                f"{code.deprecated_in}; "
                + (f"search for {after}, or pin" if after else "pin")
                + " an earlier codebook",
                self.source,
                node.at,
            )
        family, fresh = {code.id}, [code.id]
        while fresh and not node.is_exact:
            fresh = [child.id for parent in fresh for child in book.children(parent)]
            family.update(fresh)
        return family

    # Distances and units

    def turns_touched(self, passages: Found) -> tuple[Integers, Integers]:
        """The half-open range of turns that each passage shares text with."""
        start, end = self.material.turn_places
        low = np.searchsorted(end, passages.start, "right").astype(np.int64)
        return low, np.searchsorted(start, passages.end, "left").astype(np.int64)

    def in_turns(self, passages: Found) -> tuple[Integers, Integers]:
        """First and last turn, counted from the first of the document."""
        low, high = self.turns_touched(passages)
        first = self.material.first_turns[passages.start // GAP]
        return low - first, high - 1 - first

    def in_words(self, passages: Found) -> tuple[Integers, Integers]:
        """Words that begin before the start, and before the end."""
        words = self.material.word_starts
        return np.searchsorted(words, passages.start).astype(np.int64), np.searchsorted(words, passages.end).astype(
            np.int64
        )

    def near(self, node: tree.Near) -> Found:
        left, right = self.found(node.left), self.found(node.right)
        scale = self.in_turns if node.unit == "t" else self.in_words
        forth, back = ("a", "b") if node.is_ordered else ("oba", "oba")
        of_left = nearest(left, right, scale, node.distance, forth)
        if node.is_negated:
            return left.only(of_left < 0)
        of_right = nearest(right, left, scale, node.distance, back)
        i = np.concatenate([np.flatnonzero(of_left >= 0), of_right[of_right >= 0]])
        j = np.concatenate([of_left[of_left >= 0], np.flatnonzero(of_right >= 0)])
        start, end = np.minimum(left.start[i], right.start[j]), np.maximum(left.end[i], right.end[j])
        return joined(start, end, [(left, i), (right, j)])

    def same(self, node: tree.Same) -> Found:
        left, right = self.found(node.left), self.found(node.right)
        (owner, key), (other_owner, other_key) = self.units(left, node.unit), self.units(right, node.unit)
        if node.is_negated:
            return left.only(~_marked(len(left), owner[np.isin(key, other_key)]))
        return either(
            left.only(_marked(len(left), owner[np.isin(key, other_key)])),
            right.only(_marked(len(right), other_owner[np.isin(other_key, key)])),
        )

    def units(self, passages: Found, unit: str) -> tuple[Integers, Integers]:
        """(passage, number of a unit) for every unit that a passage lies in; what lies in no unit has none."""
        if unit in ("document", "process"):
            owner, document = np.arange(len(passages), dtype=np.int64), passages.start // GAP
            key = document if unit == "document" else self.document_keys("process")[document]
        else:
            owner, row = ranges(*self.turns_touched(passages))
            key = row if unit == "turn" else self.turn_keys(unit)[row]
        return owner[key >= 0], key[key >= 0]

    def document_keys(self, column: str) -> Integers:
        return _numbered(self.material.documents[column].reindex(self.material.ids))

    def turn_keys(self, column: str) -> Integers:
        turns = self.material.turns
        if column == "speaker":
            # Every document has its "Interviewer": the same label, not the same person.
            return _numbered(turns[column].where(turns["is_informant"].astype(bool), ""))
        return _numbered(turns[column])

    # Conditions

    def holds(self, condition: tree.Condition, passages: Found, rows: Integers | None) -> Truths:
        """Whether a condition holds for each passage; `rows` are the passages' segments when they have one each."""
        match condition:
            case tree.No(inner):
                return ~self.holds(inner, passages, rows)
            case tree.Both(left, right):
                return self.holds(left, passages, rows) & self.holds(right, passages, rows)
            case tree.Either(left, right):
                return self.holds(left, passages, rows) | self.holds(right, passages, rows)
            case tree.Text() | tree.Regex():
                hits = self.material.find_text(condition)
                ends = np.append(hits.end, np.iinfo(np.int64).max)
                inside: Truths = ends[np.searchsorted(hits.start, passages.start, "left")] <= passages.end
                return inside
            case tree.Fact(name, values):
                if name in tree.SEGMENT_FIELDS:
                    return self.holds_of_segment(condition, rows)
                if name in ("case", "actor", "speaker"):
                    return self.holds_of_turn(condition, passages)
                column = self.material.documents.reindex(self.material.ids)
                if name == "date":
                    truths = [any(tree.holds_date(date, wanted) for wanted in values) for date in column["date"]]
                else:
                    is_id = name == "document"
                    truths = list((self.material.ids if is_id else column[name]).isin(self.known(condition)))
                of_document: Truths = np.array(truths, np.bool_)[passages.start // GAP]
                return of_document
        raise TypeError(f"no condition: {type(condition).__name__}")

    def holds_of_segment(self, fact: tree.Fact, rows: Integers | None) -> Truths:
        if rows is None:
            raise QueryError("polarity, coder and memo belong to one coded segment", self.source, fact.at)
        segments = self.material.segments.iloc[rows]
        if fact.name == "memo":
            patterns = [re.compile(tree.text_pattern(words), re.IGNORECASE) for words in fact.values]
            return np.array([any(p.search(memo) for p in patterns) for memo in segments["memo"]], np.bool_)
        wanted = self.known(fact) if fact.name == "coder" else {"" if v == "none" else v for v in fact.values}
        return segments[fact.name].isin(wanted).to_numpy(np.bool_)

    def holds_of_turn(self, fact: tree.Fact, passages: Found) -> Truths:
        turns = self.material.turns
        values = turns["actor_type" if fact.name == "actor" else fact.name]
        truths = values.isin(self.known(fact)).to_numpy(np.bool_)
        before = np.concatenate([[0], np.cumsum(truths)])
        low, high = self.turns_touched(passages)
        touched: Truths = before[np.maximum(high, low)] > before[low]
        return touched

    def known(self, fact: tree.Fact) -> set[str]:
        """The ids that the values of a fact mean: an id, or one of its labels, in any case."""
        names = self.material.names.get(fact.name, {})
        spelt = {word.casefold(): id_ for id_, labels in names.items() for word in labels}
        spelt |= {id_.casefold(): id_ for id_ in names}
        unknown = [value for value in fact.values if value not in names and value.casefold() not in spelt]
        if unknown:
            near = difflib.get_close_matches(unknown[0].casefold(), spelt, n=1)
            shown = {id_: labels[0] if labels else "" for id_, labels in names.items()}
            meant = [f"{spelt[word]} ({shown[spelt[word]]})" if shown[spelt[word]] else spelt[word] for word in near]
            hint = f"; did you mean {meant[0]}?" if meant else ""
            raise UnknownInQuery(fact.name, unknown[0], names, self.source, fact.at, hint=hint)
        return {value if value in names else spelt[value.casefold()] for value in fact.values}


def _marked(count: int, places: Integers) -> Truths:
    marks = np.zeros(count, np.bool_)
    marks[places] = True
    return marks


def _numbered(values: pd.Series) -> Integers:
    """A number for each value that is the same for the same value; -1 for none."""
    words = values.fillna("").astype(object)
    numbers, _ = pd.factorize(words.where(words != "", None))
    return numbers.astype(np.int64)


def evaluate(query: tree.Expression, material: Material, *, source: str = "") -> Found:
    """The passages that a query finds; `source` is the text it was read from, for messages that point into it.

    Raises
    ------
    UnknownInQuery
        For a code or value that the study does not have.
    QueryError
        For a code that the codebook has retired.
    """
    return _Reader(material, source).found(query)


def passages(found: Found, material: Material, *, context: int = 60) -> pd.DataFrame:
    """One row per passage with `RESULT_COLUMNS`, by document and place.

    `left` and `right` are up to `context` characters around the words, cut between words and never beyond the turns that
    the passage touches, so that they show nobody else's words. `may_quote` is true when everybody who speaks in those
    turns agreed to be quoted (whether the document may be shown is for the caller to say).
    """
    reader = _Reader(material, "")
    document = found.start // GAP
    ids = material.ids[document]
    start, end = found.start - document * GAP, found.end - document * GAP
    low, high = reader.turns_touched(found)
    turns, segments = material.turns, material.segments
    display = {code.id: code.display for code in material.codebook.codes}
    owner, row = found.segments_of(np.arange(len(found), dtype=np.int64))
    bounds = np.searchsorted(owner, np.arange(len(found) + 1))
    per_segment = {
        "codes": [display.get(code, code) for code in segments["code"].iloc[row]],
        "polarities": list(segments["polarity"].iloc[row]),
        "coders": list(segments["coder"].iloc[row]),
        "segments": list(segments["segment"].iloc[row]),
    }
    per_turn = {name: turns[name].to_numpy() for name in TURN_COLUMNS}
    reach = list(zip(low.tolist(), np.maximum(low, high).tolist(), strict=True))

    def together(name: str) -> list[str]:
        return [", ".join(dict.fromkeys(v for v in per_turn[name][a:b] if v)) for a, b in reach]

    shown = [
        _in_context(
            material.texts[id_],
            a,
            b,
            int(per_turn["start"][t0]) if t0 < t1 else a,
            int(per_turn["end"][t1 - 1]) if t0 < t1 else b,
            context,
        )
        for id_, a, b, (t0, t1) in zip(ids, start.tolist(), end.tolist(), reach, strict=True)
    ]
    registered = material.documents.reindex(ids)
    columns = {
        "document": list(ids),
        "turns": [tuple(int(n) for n in per_turn["turn"][a:b]) for a, b in reach],
        "start": start,
        "end": end,
        "speaker": together("speaker"),
        "actor_type": together("actor_type"),
        "case": together("case"),
        "process": list(registered["process"]),
        "date": list(registered["date"]),
        **{name: [tuple(values[a:b]) for a, b in pairwise(bounds.tolist())] for name, values in per_segment.items()},
        "left": [left for left, _, _ in shown],
        "words": [words for _, words, _ in shown],
        "right": [right for _, _, right in shown],
        "may_quote": [a < b and bool(per_turn["may_quote"][a:b].all()) for a, b in reach],
    }
    return pd.DataFrame(columns, columns=list(RESULT_COLUMNS))


def _in_context(text: str, start: int, end: int, first: int, last: int, context: int) -> tuple[str, str, str]:
    """The words and what stands around them, from `first` to `last` at most; whole words only."""
    low, high = max(first, start - context), min(last, end + context)
    left, right = text[min(low, start) : start], text[end : max(high, end)]
    # What was cut in the middle of a word begins at the next blank, or is nothing.
    if low > first and not text[low - 1].isspace():
        left = left[m.start() :] if (m := re.search(r"\s", left)) else ""
    if high < last and not text[high].isspace():
        right = right[: m.end()] if (m := re.search(r".*\s", right, re.DOTALL)) else ""
    return left, text[start:end], right
