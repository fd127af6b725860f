"""What a withdrawal leaves of texts and logs: other people's words and codings, and of hers ids, places and counts.

Nothing here opens a file: :mod:`foran_research.withdrawal` reads and writes them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .coding.events import CONTEXT, NO_PREVIOUS, Event, Log, Record, fold
from .coding.journal import chained, encode, line_sha256
from .corpus.store import REDACTED
from .corpus.transcript import Turn, parse_turns, text_sha256

#: How many words in a row are known again: fewer are everybody's.
RUN = 5
#: Keys whose values are ids, words of a vocabulary or hashes. What stands under any other key may be somebody's words.
_KEPT_KEYS = frozenset(
    (
        "code", "polarity", "codebook_version", "kind", "phase", "segment", "coder", "document", "study", "suggested_by",
        "replaces", "resolution", "status", "text_sha256", "former_sha256", "former_head_sha256",
    )
)  # fmt: skip
#: Keys of lists of ids, and of answers by facet.
_KEPT_WITHIN = frozenset(("added", "facets"))
_FREE = ("memo", "text", "label", "reason")
_ID = re.compile(r"[\w.@:+-]{0,64}")
_WORD = re.compile(r"\w+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_CONTROL = re.compile(r'\\[nrt"]')
_TAG = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True)
class Redaction:
    """A text without the words of one participant, and how places of the old text are found in the new one.

    `spans` are her turns in the old text, in order; in `text` each of them is ``[trukket]``.
    """

    old: str
    spans: tuple[tuple[int, int], ...]
    text: str

    def is_touching(self, start: int, end: int) -> bool:
        """Whether the stretch ``[start, end)`` of the old text shares a character with her words."""
        return any(begin < end and start < stop for begin, stop in self.spans)

    def place(self, at: int) -> int:
        """Where a place of the old text is in the new one; a place within her words is where they began."""
        moved = at
        for begin, stop in self.spans:
            if at >= stop:
                moved += len(REDACTED) - (stop - begin)
            elif at > begin:
                moved -= at - begin
        return moved

    def cover(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the new text that covers an old one; what began or ended within her words holds all of ``[trukket]``."""
        is_within = any(begin < end < stop for begin, stop in self.spans)
        return self.place(start), self.place(end) + (len(REDACTED) if is_within else 0)


def redacted(text: str, turns: Iterable[Turn], participant: str) -> Redaction:
    r"""`text` with the words of every turn of `participant` replaced by ``[trukket]``; the labels stay.

    >>> turns = parse_turns("**A:** Hei du.\n\n**B:** Ja.", has_turns=True)
    >>> redacted("**A:** Hei du.\n\n**B:** Ja.", turns, "A").text
    '**A:** [trukket]\n\n**B:** Ja.'
    """
    spans = tuple(
        (turn.span.start, turn.span.end)
        for turn in turns
        if turn.speaker == participant and turn.span.of(text) != REDACTED
    )
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], REDACTED]
        done = end
    return Redaction(text, spans, "".join((*parts, text[done:])))


def redactions(texts: Iterable[str], participant: str, *, has_turns: bool) -> dict[str, Redaction]:
    """The redaction of every text that was in force for a document, by the fingerprint of the old text."""
    return {text_sha256(text): redacted(text, parse_turns(text, has_turns=has_turns), participant) for text in texts}


@dataclass(frozen=True)
class Words:
    """What a participant said, to be known again where it is repeated: runs of five words that nobody else said."""

    runs: frozenset[str] = field(repr=False)

    def are_in(self, text: str) -> bool:
        """Whether a run of her words stands in `text`, as it is or behind the escapes and tags of JSON, XML and HTML."""
        return any(run in self.runs for form in _forms(text) for run in _runs(form)) if self.runs else False


def words_of(hers: Iterable[str], others: Iterable[str]) -> Words:
    """The words of a participant, from the stretches she said; what others said as well is theirs too.

    >>> words_of(["Vi ringte den eneste leverandøren i bygda."], []).are_in("at «vi ringte den eneste leverandøren»")
    True
    """
    own = {run for text in hers for run in _runs(text)}
    for text in others:
        own.difference_update(_runs(text))
    return Words(frozenset(own))


def _runs(text: str) -> Iterator[str]:
    words = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    return (" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def _forms(text: str) -> Iterator[str]:
    if "\\" in text:
        text = _CONTROL.sub(" ", _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))
    if "&" in text:
        text = html.unescape(text)
    yield text
    if "<" in text:
        yield _TAG.sub(" ", text)


@dataclass(frozen=True)
class Tombstoned:
    """A log after a withdrawal: its events chained anew, how many of them lost words, how many segments no longer stand."""

    events: tuple[Event, ...]
    wordless: int
    segments: int

    @property
    def data(self) -> bytes:
        """The log's file."""
        return b"".join(encode(event) for event in self.events)


def tombstoned(log: Log, *, at: str, texts: Mapping[str, Redaction] | None, words: Words) -> Tombstoned:
    """A log without a participant's words, and with a last act that says so.

    Parameters
    ----------
    log
        A log without faults, and not empty.
    at
        When she withdrew, as events tell time.
    texts
        By fingerprint, every text that the log speaks of and that others speak in as well: what touches her words in
        one of them falls, everything else keeps its words and has its place in the redacted text. None when the whole
        document is withdrawn, and with it every record of the log.
    words
        Memos, labels and reasons that repeat them are emptied too.

    Returns
    -------
    Tombstoned
        In events of records that fell, quote, context and every text that somebody wrote are "". Those that stood are
        taken away by `withdraw` events; the last of these makes a record of kind "tombstone".

    Raises
    ------
    InconsistentLog
        When the log is no history of its records.
    """
    fold(log.events)
    fallen = _fallen(log.events, texts, words)
    hashes = {old: text_sha256(redaction.text) for old, redaction in (texts or {}).items()}
    standing: dict[str, Record | None] = {}
    kept: list[Event] = []
    head = NO_PREVIOUS
    for event in log.events:
        after = event.after
        if after is not None:
            redaction = (texts or {}).get(_spoken_of(event, after))
            after = (
                _wordless(after, redaction, hashes)
                if event.segment in fallen
                else _kept(after, redaction, (texts or {}).get(event.text_sha256), hashes, words)
            )
        made = replace(
            event,
            before=standing.get(event.segment),
            after=after,
            text_sha256=hashes.get(event.text_sha256, event.text_sha256),
            wish=event.wish if _ID.fullmatch(event.wish) else "",
            prev_sha256=head,
        )
        standing[event.segment] = after
        head = line_sha256(encode(made))
        kept.append(made)
    taken = [(name, record) for name, record in standing.items() if record is not None and name in fallen]
    wordless = sum(event.segment in fallen for event in kept)
    segments = sum("kind" not in record for _, record in taken)
    last = kept[-1]
    draft: dict[str, Any] = {
        "at": at,
        "coder": last.coder,
        "document": last.document,
        "text_sha256": last.text_sha256,
        "action": "withdraw",
        "codebook_version": last.codebook_version,
    }
    stone = {"kind": "tombstone", "events": wordless, "segments": segments, "former_head_sha256": log.head_sha256}
    number = 1 + sum((event.after or {}).get("kind") == "tombstone" for event in kept)
    drafts = [{**draft, "segment": name, "before": record, "after": None} for name, record in taken]
    drafts.append({**draft, "segment": f"{last.document}.{last.coder}.t{number:04d}", "before": None, "after": stone})
    return Tombstoned((*kept, *chained(last.seq, head, drafts, is_one_act=True)), wordless, segments)


def _fallen(events: Sequence[Event], texts: Mapping[str, Redaction] | None, words: Words) -> set[str]:
    """The ids of the records that touched her words at any time."""
    if texts is None:
        return {event.segment for event in events if (event.after or {}).get("kind") != "tombstone"}
    fallen = set()
    clear: set[tuple[str, str]] = set()
    unclear: set[tuple[str, str]] = set()
    for event in events:
        if event.after is None:
            continue
        name, record = event.segment, event.after
        if "start" not in record:
            if record.get("kind") == "memo" and _says(record.get("text"), words):
                fallen.add(name)
            continue
        redaction = texts.get(_spoken_of(event, record))
        if redaction is None:
            unclear.add((name, str(record.get("quote"))))
        elif all(_is_clear(place, redaction) for place in _places(record)):
            clear.add((name, str(record.get("quote"))))
        else:
            fallen.add(name)
    # In a text that nobody kept one cannot tell whose words they are, unless the same ones were found in another.
    return fallen | {name for name, quote in unclear - clear}


def _spoken_of(event: Event, record: Record) -> str:
    """The fingerprint of the text that a record's place is in."""
    waiting = record.get("waiting")
    return str(waiting.get("text_sha256")) if isinstance(waiting, dict) else event.text_sha256


def _places(record: Record) -> Iterator[tuple[object, object]]:
    yield record.get("start"), record.get("end")
    for side in ("accepted", "rejected"):
        for named in record.get(side, ()) if record.get("kind") == "resolution" else ():
            yield named.get("start"), named.get("end")


def _is_clear(place: tuple[object, object], redaction: Redaction) -> bool:
    start, end = place
    return isinstance(start, int) and isinstance(end, int) and not redaction.is_touching(start, end)


def _says(text: object, words: Words) -> bool:
    return isinstance(text, str) and words.are_in(text)


def _wordless(record: Record, redaction: Redaction | None, hashes: Mapping[str, str]) -> dict[str, Any]:
    """A record of which only ids, places and counts are left."""
    bare = {key: _bare(key, value) for key, value in record.items()}
    if redaction is not None and _has_place(bare):
        bare["start"], bare["end"] = redaction.cover(bare["start"], bare["end"])
    if isinstance(bare.get("waiting"), dict):
        bare["waiting"] = {**_with_hashes(bare["waiting"], hashes), "candidates": []}
    return _with_hashes(bare, hashes)


def _bare(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return value if key in _KEPT_KEYS and _ID.fullmatch(value) else ""
    if isinstance(value, list):
        return [_bare("code" if key in _KEPT_WITHIN else key, item) for item in value]
    if isinstance(value, dict):
        return {name: _bare("code" if key in _KEPT_WITHIN else name, item) for name, item in value.items()}
    return value


def _has_place(record: Record) -> bool:
    return type(record.get("start")) is int and type(record.get("end")) is int


def _kept(
    record: Record, redaction: Redaction | None, current: Redaction | None, hashes: Mapping[str, str], words: Words
) -> dict[str, Any]:
    """A record of other people's words, in the redacted text.

    `redaction` is of the text its place is in, `current` of the one that was in force at the event: candidates of what
    waits are places in that.
    """
    is_placeless = redaction is None and _has_place(record)
    kept: dict[str, Any] = {
        key: "" if is_placeless and key in ("prefix", "suffix") else value for key, value in record.items()
    }
    kept |= {key: "" for key, value in record.items() if key in _FREE and _says(value, words)}
    if redaction is not None and _has_place(kept):
        start, end = redaction.place(record["start"]), redaction.place(record["end"])
        context = {
            "prefix": redaction.text[max(0, start - CONTEXT) : start],
            "suffix": redaction.text[end : end + CONTEXT],
        }
        kept |= {"start": start, "end": end, **{key: text for key, text in context.items() if key in kept}}
        for side in ("accepted", "rejected"):
            if side in kept:
                kept[side] = [
                    {**named, "start": redaction.place(named["start"]), "end": redaction.place(named["end"])}
                    for named in kept[side]
                ]
    if isinstance(kept.get("waiting"), dict):
        waiting = _with_hashes(kept["waiting"], hashes)
        spans = [span for span in waiting["candidates"] if current is not None and not current.is_touching(*span)]
        places = [[current.place(at) for at in span] for span in spans] if current is not None else []
        kept["waiting"] = {**waiting, "candidates": places}
    return _with_hashes(kept, hashes)


def _with_hashes(record: Mapping[str, Any], hashes: Mapping[str, str]) -> dict[str, Any]:
    return {
        key: hashes.get(value, value) if key in ("text_sha256", "former_sha256") and isinstance(value, str) else value
        for key, value in record.items()
    }
