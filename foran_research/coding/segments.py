"""The table of coded segments: its columns, how it is made from logs, and the check at every door it passes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any

import pandas as pd

from ..codebook.changes import Lineage
from ..codebook.code import version_key
from ..corpus.transcript import Transcript
from ..errors import Faults, shown
from ..no_garbage import no_garbage
from ..vocabulary import POLARITIES, is_iso_date
from .events import (
    ACTIONS,
    KINDS,
    REQUIRED_SEGMENT_KEYS,
    Event,
    InconsistentLog,
    Log,
    Record,
    Segment,
    cut,
    facets_of,
    fold,
    is_tombstoned,
    is_waiting,
    segments_of,
    waiting_in,
)
from .reanchor import WAITING_STATUSES, carried

#: One row per coded segment (one code on one span by one coder). `turns` is a tuple of the numbers of the turns touched;
#: `codebook_version` is that of the code it has now, `applied_under` that in force when the passage was first coded;
#: `facets` is a tuple of (facet, answer); `set_aside` is the version under which no code fits it any more, or "".
COLUMNS: Mapping[str, str] = {
    "segment": "str",
    "coder": "str",
    "document": "str",
    "start": "int64",
    "end": "int64",
    "turns": "object",
    "quote": "str",
    "code": "str",
    "polarity": "str",
    "codebook_version": "str",
    "at": "str",
    "memo": "str",
    "applied_under": "str",
    "facets": "object",
    "set_aside": "str",
}
_ORDER = itemgetter(*(list(COLUMNS).index(name) for name in ("document", "start", "end", "code", "coder", "segment")))
#: What stands in columns that a row may leave out.
_DEFAULTS: Mapping[str, object] = {"facets": (), "set_aside": ""}
#: A segment's answers to facets, by facet.
Answers = tuple[tuple[str, str], ...]
KEY = "segment"
#: Texts that were in force before an edit, by document and fingerprint.
FormerTexts = Mapping[tuple[str, str], Transcript]
NO_FORMER_TEXTS: FormerTexts = {}
#: Ids as our tools make them: letters, digits and marks without a blank, and a digit somewhere.
_ID = re.compile(r"(?=[^0-9]*[0-9])[\w.@-]{1,40}")
_TIME = re.compile(r"[0-9-]{10}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_TEXT_KEYS = ("quote", "code", "polarity", "codebook_version", "memo")
_DAY = dt.timedelta(days=1)
#: The keys of a segment that say what its passage is about.
_MEANING = ("code", "polarity", "codebook_version", "phase", "facets", "set_aside")


def shown_id(value: str) -> str:
    """An id from a log as a fault may print it: whole if it looks like one, else as any other value is shown.

    >>> shown_id("FJO-I02.K1.s0001"), shown_id("Kari sa at sjefen lyver")
    ('FJO-I02.K1.s0001', 'a text of 23 characters')
    """
    return value if _ID.fullmatch(value) else shown(value)


def check_segments(frame: pd.DataFrame, *, also: Sequence[str] = ()) -> pd.DataFrame:
    """`frame` unchanged, if it has every column of a segments table (and those in `also`).

    Raises
    ------
    ValueError
        Naming everything that is missing or wrong, at once.
    """
    wrong = [f"no column {name!r}" for name in (*COLUMNS, *also) if name not in frame.columns]
    if not wrong and not frame[KEY].is_unique:
        wrong.append(f"{int(frame[KEY].duplicated().sum())} repeated segment ids")
    if not wrong and len(frame) and bool((frame["start"] >= frame["end"]).any()):
        wrong.append("spans that do not run forward")
    if wrong:
        raise ValueError(f"not a segments table: {'; '.join(wrong)}")
    return frame


def segments_table(rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """A segments table from row mappings, ordered by document, start, end, code and coder."""
    return _table([tuple(row[name] if name in row else _DEFAULTS.get(name) for name in COLUMNS) for row in rows])


def _table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """A segments table from tuples in the order of its columns."""
    # Sorted as tuples and put together by column: a table of a hundred thousand rows is made in half the time.
    columns = zip(*sorted(rows, key=_ORDER), strict=True)
    made = dict(zip(COLUMNS, map(list, columns), strict=True)) if rows else None
    frame = pd.DataFrame(made, columns=list(COLUMNS))
    return frame.astype({name: kind for name, kind in COLUMNS.items() if kind != "str"})


@no_garbage()
def segments_from_logs(
    logs: Iterable[Log],
    transcripts: Mapping[str, Transcript],
    *,
    until: str | None = None,
    former: FormerTexts = NO_FORMER_TEXTS,
    follows_changed: bool = False,
    under: str | None = None,
) -> pd.DataFrame:
    """The coded segments that stand after the logs, placed in `transcripts`.

    Parameters
    ----------
    logs
        Logs of documents that are not in `transcripts` are left out.
    transcripts
        The texts the segments are to be placed in, by document.
    until
        An ISO day; the logs are cut before the first later event.
    former
        Texts that were edited since, by document and fingerprint. A log that speaks of one of them is read as if it had
        been re-anchored: segments that follow by themselves have their new place, the others are left out.
    follows_changed
        Whether, in such a log, a segment whose words have changed stands where it most likely is.
    under
        A codebook version: what was given a code of a later version since counts with the one it had before, and what
        was first coded under a later version is left out. A removal holds under every version.

    Segments that wait for a place in an edited text are left out; :func:`waiting_segments` tells of them.
    """
    rows: list[tuple[Any, ...]] = []
    for log in logs:
        if not log.events or log.events[0].document not in transcripts:
            continue
        transcript = transcripts[log.events[0].document]
        events = log.events if until is None else tuple(cut(log.events, until))
        read_under = first_read_under(events)
        newest = {event.segment: event for event in events if event.action != "reanchor"}
        standing = segments_of(_placed_in(transcript, events, former, follows_changed))
        for segment_id, segment in (standing if under is None else known_under(standing, events, under)).items():
            rows.append(_row(segment_id, segment, newest[segment_id], read_under[segment_id], transcript))
    return _table(rows)


def known_under(standing: Mapping[str, Segment], events: Iterable[Event], codebook_version: str) -> dict[str, Segment]:
    """The `standing` segments as codebook `codebook_version` knows them: with the newest code it has, where they are now."""
    limit = version_key(codebook_version)
    unknown = {v for v in {segment["codebook_version"] for segment in standing.values()} if version_key(v) > limit}
    if not unknown:
        return dict(standing)
    later = {name for name, segment in standing.items() if segment["codebook_version"] in unknown}
    known: dict[str, Segment] = {}
    about: dict[str, str] = {}
    for event in events:
        record = event.after
        about[event.id] = event.segment
        if event.action == "split" and event.before is None and about.get(event.gesture) in known:
            # A half of what was split is what the whole was, whatever code the whole had by then.
            known[event.segment] = known[about[event.gesture]]
        if record is None or "kind" in record:
            continue
        if version_key(record["codebook_version"]) <= limit:
            known[event.segment] = record
    found = {}
    for name, segment in standing.items():
        if name not in later:
            found[name] = segment
        elif name in known:
            # What the passage is about is of that version; where it stands, and the memo on it, are of today.
            meaning = {key: known[name].get(key) for key in _MEANING}
            found[name] = {**segment, **meaning}
            found[name] = {key: value for key, value in found[name].items() if value is not None}
    return found


def waiting_segments(
    logs: Iterable[Log], transcripts: Mapping[str, Transcript], former: FormerTexts = NO_FORMER_TEXTS
) -> dict[str, list[str]]:
    """By document, the ids of coded segments that have lost their place in an edited text and count nowhere meanwhile."""
    found: dict[str, list[str]] = {}
    for log in logs:
        if not log.events or log.events[0].document not in transcripts:
            continue
        document = log.events[0].document
        is_current = log.events[-1].text_sha256 == transcripts[document].text_sha256
        if is_current and not any(event.action == "reanchor" for event in log.events):
            continue
        state = _placed_in(transcripts[document], log.events, former)
        names = [name for name, record in waiting_in(state).items() if "kind" not in record]
        if names:
            found.setdefault(document, []).extend(names)
    return found


def _placed_in(
    transcript: Transcript, events: Sequence[Event], former: FormerTexts, follows_changed: bool = False
) -> Mapping[str, Record]:
    """The state after `events`, in the text of `transcript` whatever text the last of them speaks of."""
    state = {name: record for name, record in fold(events).items() if record.get("quote") != ""}
    spoken_of = events[-1].text_sha256 if events else transcript.text_sha256
    old = former.get((transcript.id, spoken_of)) if spoken_of != transcript.text_sha256 else None
    return state if old is None else carried(state, old.text, transcript.text, follows_changed=follows_changed)


def first_read_under(events: Sequence[Event]) -> dict[str, str]:
    """The codebook version in force when each segment's passage was first coded.

    What a split makes was read when the segment that was split was: the second half is no new reading. Neither is a
    second code that an old passage is given when it is recoded.
    """
    if {event.gesture for event in events} <= {""}:
        return {event.segment: event.codebook_version for event in reversed(events)}
    found: dict[str, str] = {}
    about = {}
    for event in events:
        # Only what a gesture began with is asked for, and most acts are of one event.
        if event.gesture:
            about[event.id] = event.segment
        if event.segment not in found:
            parent = about.get(event.gesture, "") if event.gesture and event.action in ("split", "apply") else ""
            found[event.segment] = found.get(parent, event.codebook_version)
    return found


def read_through_under(applied: Collection[str], done: Collection[str]) -> str:
    """The codebook version that a whole document was read under.

    Parameters
    ----------
    applied
        The versions in force when its coded segments were first coded; at least one.
    done
        Those in force when a coder said that she was done with it.

    Returns
    -------
    The newest of `done`; without any, the oldest of `applied`: what was added later says nothing of what was not.

    >>> read_through_under({"1.0.0", "2.0.0"}, ()), read_through_under({"1.0.0", "10.0.0"}, {"1.0.0", "2.0.0"})
    ('1.0.0', '2.0.0')
    """
    return max(done, key=version_key) if done else min(applied, key=version_key)


def _row(segment_id: str, segment: Segment, event: Event, read_under: str, transcript: Transcript) -> tuple[Any, ...]:
    """A row of the table, in the order of its columns."""
    start, end = segment["start"], segment["end"]
    return (
        segment_id,
        event.coder,
        event.document,
        start,
        end,
        transcript.turn_numbers(start, end),
        segment["quote"],
        segment["code"],
        segment["polarity"],
        segment["codebook_version"],
        event.at,
        segment.get("memo", ""),
        read_under,
        answers_of(segment),
        segment["set_aside"]["codebook_version"] if "set_aside" in segment else "",
    )


def answers_of(segment: Segment) -> Answers:
    """A segment's answers to facets as a value, in order of facet."""
    # Most have none, and a table may have a hundred thousand of them.
    return tuple(sorted(facets_of(segment).items())) if segment.get("facets") or segment.get("phase") else ()


def check_log(
    log: Log,
    coder: str,
    document: str,
    transcript: Transcript | None,
    lineage: Lineage,
    faults: Faults,
    *,
    is_registered: bool | None = None,
    former: FormerTexts = NO_FORMER_TEXTS,
) -> None:
    """Note everything in a log that does not fit the study: ids, codes, versions, spans and quotes.

    Spans and quotes are held against the text that their event speaks of, today's or one of the `former` ones.
    `is_registered` says that the document is known although its text cannot be read (by default: when there is a text).
    """
    seen: dict[str, int] = {}
    has_tombstone = any(event.after is not None and event.after.get("kind") == "tombstone" for event in log.events)
    moments = [_moment(event) for event in log.events]
    for event, line, moment in zip(log.events, log.lines, moments, strict=True):
        if event.id in seen:
            faults.note(
                "duplicate-id",
                log.name,
                line,
                f"event {shown_id(event.id)} again (first on line {seen[event.id]})",
                "ids that differ",
                "Restore the file from git or a backup.",
            )
        seen.setdefault(event.id, line)
        if (event.coder, event.document) != (coder, document):
            faults.note(
                "wrong-log",
                log.name,
                line,
                f"an event of coder {shown_id(event.coder)} on {shown_id(event.document)}",
                f"coder {coder} on {document}, as the file is named",
                "Move the file to its place.",
            )
        if moment is None:
            faults.note(
                "bad-date",
                log.name,
                line,
                f"event {shown_id(event.id)} at no whole time",
                "YYYY-MM-DDTHH:MM:SSZ",
                "Restore the file from git or a backup.",
            )
        if event.action not in ACTIONS:
            faults.note(
                "unknown-action",
                log.name,
                line,
                f"action {shown(event.action)}",
                f"one of: {', '.join(ACTIONS)}",
                "Upgrade the package, or restore the file.",
            )
        if event.after is not None:
            # Words that a withdrawal took away are held against none.
            is_wordless = has_tombstone and is_tombstoned(event.after)
            spoken_of = None if is_wordless else _text_of(event, event.after, transcript, former)
            _check_waiting(event, event.after, log.name, line, faults)
            if "kind" not in event.after:
                _check_segment(event, event.after, log.name, line, spoken_of, lineage, faults)
            else:
                _check_record(event, event.after, log.name, line, spoken_of, faults)
        if not _SHA256.fullmatch(event.text_sha256):
            faults.note(
                "bad-hash",
                log.name,
                line,
                "a text_sha256 that is no hash",
                "64 hexadecimal characters",
                "Restore the file from git or a backup.",
            )
    _check_clock(log, moments, faults)
    # A line that could not be read leaves a gap, and what follows it cannot be judged.
    if log.lines == tuple(range(1, len(log.lines) + 1)):
        _check_numbers(log, faults)
        try:
            _check_standing(log, fold(log.events), transcript, former, faults)
        except InconsistentLog as error:
            at = next(n for e, n in zip(log.events, log.lines, strict=True) if e is error.event)
            faults.note(
                "broken-history",
                log.name,
                at,
                "`before` is not the state it meets",
                "a log in its own order",
                "Restore the file from git or a backup.",
            )
    if not (transcript is not None if is_registered is None else is_registered) and log.events:
        faults.note(
            "unknown-document",
            log.name,
            log.lines[0],
            f"codings of {document}",
            "a registered document",
            "Register the document, or move the log away.",
        )


def _text_of(event: Event, record: Record, transcript: Transcript | None, former: FormerTexts) -> Transcript | None:
    """The text a record's place is in: that of its event, or for one that waits the text it was coded in."""
    sha256: object = event.text_sha256
    if is_waiting(record):
        waiting = record["waiting"]
        sha256 = waiting.get("text_sha256") if isinstance(waiting, dict) else None
    if transcript is not None and sha256 == transcript.text_sha256:
        return transcript
    # A text that nobody kept: the words of today are all there is to hold it against.
    return former.get((event.document, sha256), transcript) if isinstance(sha256, str) else transcript


def _check_standing(
    log: Log, state: Mapping[str, Record], transcript: Transcript | None, former: FormerTexts, faults: Faults
) -> None:
    """Note what stands at the end of a log and has other words there in the text that the log now speaks of.

    Each event was held against its own text; after an edit a record that no event brought along would be elsewhere.
    """
    if transcript is None or len({event.text_sha256 for event in log.events}) < 2:
        return
    spoken_of = log.events[-1].text_sha256
    text = (
        transcript if spoken_of == transcript.text_sha256 else former.get((transcript.id, spoken_of), transcript)
    ).text
    lines = {event.segment: line for event, line in zip(log.events, log.lines, strict=True)}
    for name, record in state.items():
        if "start" not in record or is_waiting(record) or is_tombstoned(record):
            continue
        start, end = record["start"], record["end"]
        if type(start) is int and type(end) is int and text[start:end] != record.get("quote"):
            faults.note(
                "quote-differs",
                log.name,
                lines[name],
                f"segment {shown_id(name)} at {start}–{end}, in a text that was edited since",
                "the words that were coded",
                "Restore the file from git or a backup, and run `foran reanchor` again.",
            )


def _check_waiting(event: Event, record: Record, name: str, line: int, faults: Faults) -> None:
    """Note a record that waits for a place and does not say since which text, or where it might belong."""
    if not is_waiting(record):
        return
    waiting = record["waiting"]
    is_whole = (
        isinstance(waiting, dict)
        and waiting.get("status") in WAITING_STATUSES
        and isinstance(waiting.get("text_sha256"), str)
        and isinstance(waiting.get("candidates"), list)
        and all(_is_span(candidate) for candidate in waiting["candidates"])
    )
    if not is_whole:
        faults.note(
            "wrong-type",
            name,
            line,
            f"record {shown_id(event.segment)} that waits for nobody knows what",
            "waiting with status, text_sha256 and candidates",
            "Restore the file from git or a backup.",
        )


def _is_span(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(type(end) is int for end in value)
        and 0 <= value[0] <= value[1]
    )


def _moment(event: Event) -> dt.datetime | None:
    """When an event happened, or None unless it says so to the second and with its offset."""
    if not (_TIME.fullmatch(event.at) and is_iso_date(event.date)):
        return None
    try:
        return dt.datetime.fromisoformat(event.at)
    except ValueError:
        return None


def _check_clock(log: Log, moments: Sequence[dt.datetime | None], faults: Faults) -> None:
    """Warn of a clock set back: a log cut at a date ends at the first later event, whatever stands below."""
    timed = [(moment, line) for moment, line in zip(moments, log.lines, strict=True) if moment]
    for (earlier, _), (later, line) in pairwise(timed):
        if later < earlier and (earlier - later > _DAY or later.date() < earlier.date()):
            faults.note(
                "clock-runs-backwards",
                log.name,
                line,
                f"{later.isoformat()} after {earlier.isoformat()}",
                "times in order",
                "A milestone before the later time leaves this event out: check the coder's clock.",
                is_warning=True,
            )


def _check_numbers(log: Log, faults: Faults) -> None:
    """Note the first event that is not numbered as its place in the log."""
    for place, (event, line) in enumerate(zip(log.events, log.lines, strict=True), 1):
        if event.seq != place:
            faults.note(
                "wrong-sequence",
                log.name,
                line,
                f"seq {event.seq}",
                f"seq {place}: events are numbered from 1 in order",
                "Restore the file from git or a backup.",
            )
            return


def _check_segment(
    event: Event,
    segment: Segment,
    name: str,
    line: int,
    transcript: Transcript | None,
    lineage: Lineage,
    faults: Faults,
) -> None:
    """Note a segment that lacks what it must have, and what in it no codebook and no text knows."""
    missing = [key for key in REQUIRED_SEGMENT_KEYS if key not in segment]
    if missing:
        faults.note(
            "missing-key",
            name,
            line,
            f"segment {shown_id(event.segment)} without {', '.join(missing)}",
            ", ".join(REQUIRED_SEGMENT_KEYS),
            "Restore the file from git or a backup.",
        )
        return
    if wrong := [key for key in _TEXT_KEYS if not isinstance(segment.get(key, ""), str)]:
        faults.note(
            "wrong-type",
            name,
            line,
            f"segment {shown_id(event.segment)} with {', '.join(wrong)} that are no texts",
            "texts",
            "Restore the file from git or a backup.",
        )
        return
    facets = segment.get("facets", {})
    if facets != {} and not (isinstance(facets, dict) and all(isinstance(value, str) for value in facets.values())):
        faults.note(
            "wrong-type",
            name,
            line,
            f"segment {shown_id(event.segment)} with facets that are no pairs of texts",
            "an object of facet ids and values",
            "Restore the file from git or a backup.",
        )
    aside = segment.get("set_aside")
    if aside is not None and not (isinstance(aside, dict) and isinstance(aside.get("codebook_version"), str)):
        faults.note(
            "wrong-type",
            name,
            line,
            f"segment {shown_id(event.segment)} set aside under no codebook version",
            "set_aside with codebook_version",
            "Restore the file from git or a backup.",
        )
        return
    if aside is not None and aside["codebook_version"] not in (*lineage.versions, *lineage.unreadable):
        faults.note(
            "unknown-codebook-version",
            name,
            line,
            f"codebook {shown(aside['codebook_version'])} of segment {shown_id(event.segment)}, set aside",
            f"one of: {', '.join(lineage.versions)}",
            "Restore codebooks/, or the log from a backup.",
        )
    is_known = (segment["codebook_version"], segment["code"]) in lineage.appliable
    if not (is_known and event.codebook_version in lineage.versions):
        _check_code(event, segment, name, line, lineage, faults)
    if segment["polarity"] not in (*POLARITIES, ""):
        faults.note(
            "unknown-polarity",
            name,
            line,
            f"polarity {shown(segment['polarity'])} of segment {shown_id(event.segment)}",
            f"one of: {', '.join(POLARITIES)}, or empty",
            "Restore the file from git or a backup.",
        )
    _check_place(event, segment, name, line, transcript, faults)


def _check_record(
    event: Event, record: Record, name: str, line: int, transcript: Transcript | None, faults: Faults
) -> None:
    """Note a record that is no segment and lacks what its kind must have."""
    kind = record["kind"]
    if not isinstance(kind, str) or kind not in KINDS:
        faults.note(
            "future-file",
            name,
            line,
            f"record {shown_id(event.segment)} of kind {shown(str(kind))}",
            f"one of: {', '.join(KINDS)}",
            "Upgrade the package, or restore the file.",
        )
        return
    missing = [key for key in KINDS[kind] if key not in record]
    texts = [key for key in ("quote", "code", "label", "text", "reason", "suggested_by") if key in record]
    wrong = [key for key in texts if not isinstance(record[key], str)]
    if missing or wrong:
        faults.note(
            "missing-key" if missing else "wrong-type",
            name,
            line,
            f"{kind} {shown_id(event.segment)} with {', '.join(missing or wrong)} {'missing' if missing else 'no text'}",
            ", ".join(KINDS[kind]),
            "Restore the file from git or a backup.",
        )
    elif "start" in record:
        _check_place(event, record, name, line, transcript, faults)


def _check_place(
    event: Event, segment: Record, name: str, line: int, transcript: Transcript | None, faults: Faults
) -> None:
    """Note a span outside the text, and words that are not those of the text."""
    if transcript is None:
        return
    start, end = segment["start"], segment["end"]
    if not (type(start) is int and type(end) is int and 0 <= start < end <= len(transcript.text)):
        faults.note(
            "span-beyond-text",
            name,
            line,
            f"segment {shown_id(event.segment)} at {shown(start)}–{shown(end)}",
            f"a span within 0–{len(transcript.text)}",
            "Restore the text or the log.",
        )
    elif transcript.text[start:end] != segment["quote"]:
        faults.note(
            "quote-differs",
            name,
            line,
            f"segment {shown_id(event.segment)} at {start}–{end}",
            "the words that were coded",
            "The text has changed since: restore it, or re-anchor.",
        )


def _check_code(event: Event, segment: Segment, name: str, line: int, lineage: Lineage, faults: Faults) -> None:
    """Note versions that no codebook has, and codes that coders could not apply under theirs."""
    version, code = segment["codebook_version"], segment["code"]
    for given in dict.fromkeys((version, event.codebook_version)):
        if given not in (*lineage.versions, *lineage.unreadable):
            faults.note(
                "unknown-codebook-version",
                name,
                line,
                f"codebook {shown(given)} of segment {shown_id(event.segment)}",
                f"one of: {', '.join(lineage.versions)}",
                "Restore codebooks/, or the log from a backup.",
            )
    if version not in lineage.versions:
        return
    known = lineage[version].by_id.get(code)
    if known is None:
        faults.note(
            "unknown-code",
            name,
            line,
            f"code {shown(code)} of segment {shown_id(event.segment)}",
            f"a code of codebook {version}",
            "Restore the codebook, or the log from a backup.",
        )
    elif not known.is_active:
        faults.note(
            "deprecated-code",
            name,
            line,
            f"code {shown(code)} of segment {shown_id(event.segment)}, deprecated",
            f"an active code of codebook {version}",
            "Restore the log from a backup, or correct the codebook.",
        )
