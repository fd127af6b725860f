"""What a withdrawal leaves of texts and logs: other people's words and codings, and of hers ids, places and counts.

Nothing here opens a file: :mod:`foran_research.withdrawal` reads and writes them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from .coding.events import CONTEXT, NO_PREVIOUS, Event, Log, Record, fold
from .coding.journal import chained, encode, line_sha256, sealed
from .coding.memos import is_memo, references_in
from .corpus.anchoring import Alignment, align
from .corpus.store import REDACTED
from .corpus.transcript import Turn, parse_turns, text_sha256

#: How many words in a row are known again: fewer are everybody's.
RUN = 5
#: Keys whose values are ids, words of a vocabulary or hashes. What stands under any other key may be somebody's words.
_KEPT_KEYS = frozenset(
    (
        "code", "polarity", "codebook_version", "kind", "phase", "segment", "coder", "document", "study", "suggested_by",
        "replaces", "resolution", "status", "text_sha256", "former_sha256", "former_head_sha256", "change", "milestone",
        "type",
    )
)  # fmt: skip
#: Keys of lists of ids, and of answers by facet.
_KEPT_WITHIN = frozenset(("added", "facets"))
#: Keys of what a memo is on and linked to: pairs of a kind and an id, whatever the kind's name is elsewhere.
_PAIRS = frozenset(("about", "links"))
#: Keys of what somebody wrote freely, wherever they stand in a record: `reason` is also within `set_aside`.
_FREE = ("memo", "text", "label", "reason")
_ID = re.compile(r"[\w.@:+-]{0,64}")
_WORD = re.compile(r"\w+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_CONTROL = re.compile(r'\\[nrt"]')
_TAG = re.compile(r"<[^<>]{0,2000}>")
#: What stands beside words that came from an answer to a review pack: its reader's code in a memo's mark, or its own id.
_MARKED = re.compile(r"\[svar [^\]\n]*?(LESER-[A-Z2-7]{10})(?![\w-])|(?<![\w-])(a-[a-z2-7]{20})(?![\w-])")
#: Whose a character is, as far as labels tell.
_NOBODYS, _HERS, _ANOTHERS = 0, 1, 2


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
    return _without(text, spans)


def _without(text: str, spans: tuple[tuple[int, int], ...]) -> Redaction:
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], REDACTED]
        done = end
    return Redaction(text, spans, "".join((*parts, text[done:])))


def redactions(texts: Sequence[str], participant: str, *, has_turns: bool) -> dict[str, Redaction]:
    r"""The redaction of every text that a document has had, by the fingerprint of the old text.

    Parameters
    ----------
    texts
        Today's text first: its labels are the corrected ones. What is another's in it was never hers, whatever label it
        stood under before; what is hers in it, or in any other text and is not another's today, is hers in all texts.
    participant
        The label of her turns.
    has_turns
        Whether a label opens a turn that goes on until the next one.

    Returns
    -------
    dict
        In today's text exactly her turns are redacted; in the others also her words under another's label or moved
        elsewhere (when nobody else says them today).

    Examples
    --------
    >>> now, before = "**A:** Kjære deg.\n\n**B:** Ja.", "**B:** Kjære deg.\n\n**A:** Ja."
    >>> [found.text for found in redactions([now, before], "A", has_turns=True).values()]
    ['**A:** [trukket]\n\n**B:** Ja.', '**B:** [trukket]\n\n**A:** Ja.']
    """
    if not texts:
        return {}
    today = texts[0]
    parsed = {text: parse_turns(text, has_turns=has_turns) for text in texts}
    found = {text_sha256(today): redacted(today, parsed[today], participant)}
    earlier = [text for text in parsed if text != today]
    owners = {text: _owners(text, turns, participant) for text, turns in parsed.items()}
    told = {text: _carried(_aligned(today, text), owners[today]) for text in earlier}
    hers = {text: _hers_by_labels(parsed[text], owners[text], told[text], text) for text in earlier}
    carried = {text: bytearray(mine) for text, mine in hers.items()}
    for source in earlier:
        # What stands in today's text has been carried from there.
        own = bytearray(mine & (now != _HERS) for mine, now in zip(hers[source], told[source], strict=True))
        for text in earlier if any(own) else ():
            more = _carried(_aligned(source, text), own) if text != source else bytearray(len(text))
            carried[text] = bytearray(
                one | (new & (now != _ANOTHERS)) for one, new, now in zip(carried[text], more, told[text], strict=True)
            )
    whole = {text: _filled(parsed[text], mine, told[text]) for text, mine in carried.items()}
    spoken = [today[start:end] for start, end in found[text_sha256(today)].spans]
    spoken += [text[start:end] for text, mine in whole.items() for start, end in _stretches(text, parsed[text], mine)]
    words = words_of(spoken, [found[text_sha256(today)].text])
    by_owner: dict[int, list[str]] = {_HERS: [], _ANOTHERS: []}
    for turn in parsed[today]:
        if turn.speaker is not None:
            by_owner[_HERS if turn.speaker == participant else _ANOTHERS].append(_row_of_words(turn.span.of(today)))
    for text, mine in whole.items():
        for turn in parsed[text]:
            # A few words that were moved are in no alignment: hers when she alone says them in a row today.
            for start, end in _unknown(turn, mine, told[text]):
                row = _row_of_words(text[start:end])
                if row.strip() and [any(row in said for said in by_owner[one]) for one in by_owner] == [True, False]:
                    mine[start:end] = bytes([_HERS]) * (end - start)
            for start, end in words.places_in(turn.span.of(text)):
                mine[turn.span.start + start : turn.span.start + end] = bytes([_HERS]) * (end - start)
        found[text_sha256(text)] = _without(text, _stretches(text, parsed[text], mine))
    return found


# A log after the other of one document asks for the same alignments.
@lru_cache(maxsize=64)
def _aligned(old: str, new: str) -> Alignment:
    return align(old, new)


def _owners(text: str, turns: Iterable[Turn], participant: str) -> bytearray:
    """Whose each character is by the labels of its own text; labels and what nobody is named for are nobody's."""
    owners = bytearray(len(text))
    for turn in turns:
        if turn.speaker is not None and turn.span.of(text) != REDACTED:
            owner = _HERS if turn.speaker == participant else _ANOTHERS
            owners[turn.span.start : turn.span.end] = bytes([owner]) * len(turn.span)
    return owners


def _carried(alignment: Alignment, marks: bytearray) -> bytearray:
    """The marks of an old text's characters on the same characters of the new one."""
    carried = bytearray(len(alignment.new))
    for block in alignment.blocks:
        carried[block.new : block.new + block.length] = marks[block.old : block.old + block.length]
    return carried


def _hers_by_labels(turns: Iterable[Turn], owners: bytearray, told: bytearray, text: str) -> bytearray:
    """What is hers in an earlier text, by its own labels and by today's, which are the better ones."""
    hers = bytearray(now == _HERS or (own == _HERS and now != _ANOTHERS) for own, now in zip(owners, told, strict=True))
    for turn in turns:
        # Words that were mended since are the other's too: fewer than five between two stretches that are.
        others = [at for at in range(turn.span.start, turn.span.end) if told[at] == _ANOTHERS]
        for before, behind in pairwise(others):
            gap = slice(before + 1, behind)
            is_slip = _HERS not in told[gap] and len(_WORD.findall(text[gap])) < RUN
            if behind > before + 1 and is_slip:
                hers[gap] = bytes(behind - before - 1)
    return hers


def _filled(turns: Iterable[Turn], hers: bytearray, told: bytearray) -> bytearray:
    """What is hers with what was mended beside it in the same turn: all that is not another's today."""
    filled = bytearray(hers)
    for turn in turns:
        runs: list[list[int]] = [[]]
        for at in range(turn.span.start, turn.span.end):
            if told[at] == _ANOTHERS and not hers[at]:
                runs.append([])
            else:
                runs[-1].append(at)
        for run in runs:
            # Between two stretches of the other's, what is not hers by any text stays as it is.
            if any(hers[at] for at in run):
                filled[run[0] : run[-1] + 1] = bytes([_HERS]) * len(run)
    return filled


def _unknown(turn: Turn, hers: bytearray, told: bytearray) -> Iterator[tuple[int, int]]:
    """The stretches of a turn of an earlier text that are not hers by any label and not in today's text in this order."""
    marks = bytes(
        now != _NOBODYS or own
        for now, own in zip(told[turn.span.start : turn.span.end], hers[turn.span.start : turn.span.end], strict=True)
    )
    for run in re.finditer(rb"\x00+", marks):
        yield turn.span.start + run.start(), turn.span.start + run.end()


def _row_of_words(text: str) -> str:
    """The words of a canonical text with a space around each, so that a row of them is found in another as whole words."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _stretches(text: str, turns: Iterable[Turn], hers: bytearray) -> tuple[tuple[int, int], ...]:
    """Her stretches of a text, within turns, in whole words; what was taken out before is none."""
    found = []
    gone = [(match.start(), match.end()) for match in re.finditer(re.escape(REDACTED), text)]
    for turn in turns:
        mine = bytearray(hers[turn.span.start : turn.span.end])
        said = turn.span.of(text)
        for word in _WORD.finditer(said):
            if any(mine[word.start() : word.end()]):
                mine[word.start() : word.end()] = bytes([_HERS]) * len(word[0])
        for start, end in gone:
            if turn.span.start <= start < turn.span.end:
                mine[start - turn.span.start : end - turn.span.start] = bytes(end - start)
        for run in re.finditer(rb"\x01+", bytes(mine)):
            words = said[run.start() : run.end()]
            start = turn.span.start + run.start() + len(words) - len(words.lstrip())
            end = turn.span.start + run.end() - len(words) + len(words.rstrip())
            # Of half a turn, a full stop alone is nobody's.
            is_said = len(run[0]) == len(said) or words.strip(" \n.,;:!?…–-«»\"'()")
            if start < end and is_said:
                found.append((start, end))
    return tuple(found)


@dataclass(frozen=True)
class Words:
    """What a participant said, to be known again where it is repeated: runs of five words that nobody else said.

    `marks` are what words of a reader of review packs are known by, however short: her code where it stands in the mark of
    a memo, and the ids of her answers.
    """

    runs: frozenset[str] = field(repr=False)
    marks: frozenset[str] = frozenset()

    def are_in(self, text: str) -> bool:
        r"""Whether a run of her words stands in `text`, as it is or behind the escapes and tags of JSON, XML and HTML.

        So does a mark of hers: what stands beside it came from her.

        >>> Words(frozenset(), frozenset({"LESER-ABCDEFGHIJ"})).are_in("Nei.\n\n[svar a-1 · LESER-ABCDEFGHIJ · M5]")
        True
        """
        if not (self.runs or self.marks):
            return False
        return any(
            any(run in self.runs for run in _runs(form)) or not self.marks.isdisjoint(_marks(form))
            for form in _forms(text)
        )

    def places_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Where runs of her words stand in a canonical text, from the first word's start to the last one's end."""
        words = list(_WORD.finditer(text)) if self.runs else []
        for at in range(len(words) - RUN + 1):
            row = words[at : at + RUN]
            if " ".join(word[0].casefold() for word in row) in self.runs:
                yield row[0].start(), row[-1].end()


def words_of(hers: Iterable[str], others: Iterable[str], marks: Iterable[str] = ()) -> Words:
    """The words of a participant, from the stretches she said; what others said as well is theirs too.

    `marks` as :class:`Words` has them.

    >>> words_of(["Vi ringte den eneste leverandøren i bygda."], []).are_in("at «vi ringte den eneste leverandøren»")
    True
    """
    own = {run for text in hers for run in _runs(text)}
    for text in others:
        own.difference_update(_runs(text))
    return Words(frozenset(own), frozenset(marks))


def _marks(text: str) -> Iterator[str]:
    return (found[1] or found[2] for found in _MARKED.finditer(text))


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


def tombstoned(
    log: Log, *, at: str, texts: Mapping[str, Redaction] | None, words: Words, gone: Collection[str] = ()
) -> Tombstoned:
    """A log without a participant's words, and with a last act that says so.

    Parameters
    ----------
    log
        A log without faults, and not empty.
    at
        When she withdrew, as events tell time.
    texts
        By fingerprint, every text that the log speaks of and that others speak in as well: a record that touches her
        words as it stands last falls, everything else keeps its words and has its place in the redacted text; where it
        touched her words before, it loses them in those events alone. None when the whole document is withdrawn, and
        with it every record of the log.
    words
        Memos, labels and reasons that repeat them are emptied too.
    gone
        What the withdrawal takes elsewhere, as ``segment:ID`` and ``document:ID``: memos on it or linked to it fall.

    Returns
    -------
    Tombstoned
        In events of records that fell, and in those that touched her words, quote, context and every text that somebody
        wrote are "". Those that stood are taken away by `withdraw` events; the last of these makes a record of kind
        "tombstone".

    Raises
    ------
    InconsistentLog
        When the log is no history of its records.
    """
    fold(log.events)
    fallen = _fallen(log.events, texts, words, gone)
    bared = {event.seq for event in log.events if event.segment in fallen} | _touching(log.events, texts)
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
                if event.seq in bared
                else _kept(after, redaction, (texts or {}).get(event.text_sha256), hashes, words)
            )
        made = sealed(
            replace(
                event,
                before=standing.get(event.segment),
                after=after,
                text_sha256=hashes.get(event.text_sha256, event.text_sha256),
                wish=event.wish if _ID.fullmatch(event.wish) else "",
                prev_sha256=head,
            )
        )
        standing[event.segment] = after
        head = line_sha256(encode(made))
        kept.append(made)
    placed = [*_replaced(log.events, standing, fallen, texts or {})]
    return _closed(log, kept, standing, fallen, placed, at=at, wordless=len(bared))


def memos_tombstoned(log: Log, *, at: str, words: Words, gone: Collection[str]) -> Tombstoned:
    """A log of another document, or of none, without the memos and words that tell of what was withdrawn.

    Parameters
    ----------
    log
        A log without faults, and not empty.
    at, words, gone
        As for :func:`tombstoned`. A memo falls whole when it repeated her words, or was on or linked to what is gone, at
        any time. What was written on a segment, and labels and reasons, are emptied where they repeat her. Everything
        else stays as it is.

    Raises
    ------
    InconsistentLog
        When the log is no history of its records.
    """
    fold(log.events)
    fallen = _fallen_memos(log.events, words, gone)
    standing: dict[str, Record | None] = {}
    kept: list[Event] = []
    head = NO_PREVIOUS
    wordless = 0
    for event in log.events:
        after = event.after
        if after is not None:
            after = _wordless(after, None, {}) if event.segment in fallen else _emptied(after, words)
        wordless += event.segment in fallen or after != event.after
        made = sealed(replace(event, before=standing.get(event.segment), after=after, prev_sha256=head))
        standing[event.segment] = after
        head = line_sha256(encode(made))
        kept.append(made)
    return _closed(log, kept, standing, fallen, (), at=at, wordless=wordless)


def _closed(
    log: Log,
    kept: Sequence[Event],
    standing: Mapping[str, Record | None],
    fallen: Collection[str],
    placed: Iterable[tuple[str, Record]],
    *,
    at: str,
    wordless: int,
) -> Tombstoned:
    """The events of a log, chained anew, with a last act: what fell is taken away, some have another place, a tombstone."""
    taken = [(name, record) for name, record in standing.items() if record is not None and name in fallen]
    segments = sum("kind" not in record for _, record in taken)
    last = kept[-1]
    head = line_sha256(encode(last))
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
    drafts += [{**draft, "segment": name, "before": standing[name], "after": after} for name, after in placed]
    mark = f"{last.document or 'memo'}.{last.coder}.t{number:04d}"
    drafts.append({**draft, "segment": mark, "before": None, "after": stone})
    return Tombstoned((*kept, *chained(last.seq, head, drafts, is_one_act=True)), wordless, segments)


def fallen_in(
    log: Log, texts: Mapping[str, Redaction] | None, words: Words, gone: Collection[str] = ()
) -> frozenset[str]:
    """The ids of the records of a log that a withdrawal takes; `texts`, `words` and `gone` as for :func:`tombstoned`."""
    return frozenset(_fallen(log.events, texts, words, gone))


def fallen_memos_in(log: Log, words: Words, gone: Collection[str]) -> frozenset[str]:
    """The ids of the memos that :func:`memos_tombstoned` takes from a log."""
    return frozenset(_fallen_memos(log.events, words, gone))


def is_repeated_beside_memos(log: Log, words: Words) -> bool:
    """Whether something written on a segment, a label or a reason of a log repeats her words."""
    return any(
        event.after is not None and not is_memo(event.after) and _emptied(event.after, words) != event.after
        for event in log.events
    )


def _fallen_memos(events: Sequence[Event], words: Words, gone: Collection[str]) -> set[str]:
    """Somebody's own memos fall whole when they repeated her, or were linked to what is gone, at any time.

    So do those that took the place of one that falls, and those that took the place of these.
    """
    found: set[str] = set()
    while more := _next_fallen(events, words, {*gone, *(f"segment:{name}" for name in found)}) - found:
        found |= more
    return found


def _next_fallen(events: Sequence[Event], words: Words, gone: Collection[str]) -> set[str]:
    found = set()
    for event in events:
        record = event.after or {}
        if is_memo(record):
            said = (record.get("text"), *dict(record.get("fields") or {}).values())
            # What took the place of a memo that goes was written from it.
            replaced = ("segment", record.get("replaces"))
            pairs = (*references_in(record), replaced)
            named = (f"{'segment' if kind == 'memo' else kind}:{name}" for kind, name in pairs)
            if any(_says(text, words) for text in said) or any(one in gone for one in named):
                found.add(event.segment)
    return found


def _fallen(
    events: Sequence[Event], texts: Mapping[str, Redaction] | None, words: Words, gone: Collection[str]
) -> set[str]:
    """The ids of the records that touch her words as they stand last, or stood when they were removed."""
    if texts is None:
        return {event.segment for event in events if (event.after or {}).get("kind") != "tombstone"}
    last = {event.segment: (event, event.after) for event in events if event.after is not None}
    clear = _clear_quotes(events, texts)
    fallen = _fallen_memos(events, words, gone)
    for name, (event, record) in last.items():
        if "start" not in record:
            continue
        redaction = _in_last_text(events, record, texts) or texts.get(_spoken_of(event, record))
        if not _is_free(event, record, redaction, clear):
            fallen.add(name)
    return fallen


def _touching(events: Sequence[Event], texts: Mapping[str, Redaction] | None) -> set[int]:
    """The numbers of the events whose record touches her words in the text it has its place in."""
    if texts is None:
        return set()
    clear = _clear_quotes(events, texts)
    return {
        event.seq
        for event in events
        if event.after is not None
        and "start" in event.after
        and not _is_free(event, event.after, texts.get(_spoken_of(event, event.after)), clear)
    }


def _clear_quotes(events: Sequence[Event], texts: Mapping[str, Redaction]) -> set[tuple[str, str]]:
    """By record, the quotes that were found among other people's words in some text."""
    found = set()
    for event in events:
        record = event.after or {}
        redaction = texts.get(_spoken_of(event, record)) if "start" in record else None
        if redaction is not None and all(_is_clear(place, redaction) for place in _places(record)):
            found.add((event.segment, str(record.get("quote"))))
    return found


def _is_free(event: Event, record: Record, redaction: Redaction | None, clear: set[tuple[str, str]]) -> bool:
    # In a text that nobody kept one cannot tell whose words they are, unless the same ones were found in another.
    if redaction is None:
        return (event.segment, str(record.get("quote"))) in clear
    return all(_is_clear(place, redaction) for place in _places(record))


def _in_last_text(events: Sequence[Event], record: Record, texts: Mapping[str, Redaction]) -> Redaction | None:
    """The redaction of the log's last text when the record stands there; one that kept its place has no event that says so."""
    redaction = texts.get(events[-1].text_sha256)
    if redaction is None or "waiting" in record or not _has_place(record):
        return None
    return redaction if redaction.old[record["start"] : record["end"]] == record.get("quote") else None


def _replaced(
    events: Sequence[Event], standing: Mapping[str, Record | None], fallen: set[str], texts: Mapping[str, Redaction]
) -> Iterator[tuple[str, Record]]:
    """Records that kept their place from an earlier text and have another one now, as more or less of her stood before it."""
    last = {event.segment: event for event in events}
    for name, event in last.items():
        record, now = event.after, standing[name]
        if record is None or now is None or name in fallen or event.text_sha256 == events[-1].text_sha256:
            continue
        redaction = _in_last_text(events, record, texts)
        if redaction is not None:
            placed = _kept(record, redaction, redaction, {}, Words(frozenset())) | {
                key: now[key] for key in (*_FREE, "set_aside") if key in now
            }
            if (placed["start"], placed["end"], placed["quote"]) != (now["start"], now["end"], now["quote"]):
                yield name, placed


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


def _emptied(record: Record, words: Words) -> dict[str, Any]:
    """A record whose free texts are "" where they repeat her, also within what it holds, such as `set_aside`."""
    return {
        key: ""
        if key in _FREE and _says(value, words)
        else _emptied(value, words)
        if isinstance(value, dict)
        else value
        for key, value in record.items()
    }


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
        return {name: _bare("code" if key in _KEPT_WITHIN | _PAIRS else name, item) for name, item in value.items()}
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
        key: "" if is_placeless and key in ("prefix", "suffix") else value
        for key, value in _emptied(record, words).items()
    }
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
