"""What Whisper and its relatives write beside subtitles: JSON with segments, and tables of times and words."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import Faults
from ..source import Finding, Paragraph, SourceText
from .cues import seconds
from .encodings import MOST_PARAGRAPHS, TAB, cleaned, decoded

#: Under these names the known programs keep their segments.
_LISTS = ("segments", "transcription", "chunks", "utterances")
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?")
_NAMED = 12
_HEADS = {"start": "start", "begin": "start", "end": "end", "stop": "end", "text": "text", "speaker": "speaker"}


def read_whisper_json(data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
    """The segments of a recogniser's JSON, each with its times and its speaker where the program names one.

    Known shapes: Whisper and WhisperX (``segments``), whisper.cpp (``transcription``), transformers (``chunks``), a bare
    list of segments, and ``text`` alone. Times of single words are counted and not carried.

    >>> made = b'{"segments": [{"start": 0.5, "end": 2.0, "text": " Hei.", "speaker": "SPEAKER_00"}]}'
    >>> [(p.speaker, p.words, p.time) for p in read_whisper_json(made, "a.json", Faults())[0].paragraphs]
    [('SPEAKER_00', 'Hei.', 0.5)]
    """
    got = decoded(data, name, faults)
    if got is None:
        return ()
    try:
        loaded: Any = json.loads(got.text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        faults.note("broken-file", name, line, "JSON that does not hold together", "JSON", "Export the file anew.")
        return ()
    segments = _segments(loaded)
    if segments is None:
        faults.note(
            "wrong-type",
            name,
            None,
            "JSON without segments",
            f"a list under one of: {', '.join(_LISTS)}",
            "Choose the file that the recogniser wrote, or its subtitles.",
        )
        return ()
    told: Counter[tuple[str, str]] = Counter()
    paragraphs: list[Paragraph] = []
    wrong: list[int] = []
    for number, segment in enumerate(segments, 1):
        paragraph = _paragraph(segment, number, told) if isinstance(segment, dict) else None
        if paragraph is None:
            wrong.append(number)
        elif paragraph.words:
            paragraphs.append(paragraph)
        else:
            told["empty-cue", ""] += 1
    return _finished("whisper-json", paragraphs, list(got.findings), told, wrong, name, faults)


def read_whisper_tsv(data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
    r"""A table of ``start``, ``end``, ``text`` and perhaps ``speaker``, divided by tabs; whole numbers are milliseconds.

    >>> source, = read_whisper_tsv(b"start\tend\ttext\n500\t2000\tHei.\n", "a.tsv", Faults())
    >>> [(p.words, p.time, p.end) for p in source.paragraphs]
    [('Hei.', 0.5, 2.0)]
    """
    got = decoded(data, name, faults)
    if got is None:
        return ()
    lines = got.text.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    heads = [_HEADS.get(cell.strip().casefold().strip('"'), "") for cell in lines[first].split("\t")]
    if "text" not in heads or "start" not in heads:
        faults.note(
            "wrong-type",
            name,
            first + 1,
            "a first line without the columns start and text",
            "start, end and text, divided by tabs",
            "Choose the .tsv that the recogniser wrote, or its subtitles.",
        )
        return ()
    told: Counter[tuple[str, str]] = Counter()
    wrong: list[int] = []
    rows: list[tuple[int, dict[str, str]]] = []
    for place, line in enumerate(lines[first + 1 :], first + 2):
        if not line.strip():
            continue
        cells = line.split("\t", len(heads) - 1)
        if len(cells) < len(heads) or _time(cells[heads.index("start")]) is None:
            wrong.append(place)
            continue
        rows.append((place, {head: cell.strip() for head, cell in zip(heads, cells, strict=True) if head}))
    is_whole = all(row["start"].isdigit() for _, row in rows)
    factor = 0.001 if is_whole else 1.0
    paragraphs = []
    for place, row in rows:
        words = _clean(row["text"], told)
        begin, end = _time(row["start"]), _time(row.get("end", ""))
        if not words:
            told["empty-cue", ""] += 1
            continue
        paragraphs.append(
            Paragraph(
                words,
                " ".join(_clean(row.get("speaker", ""), told).split()),
                round(begin * factor, 3) if begin is not None else None,
                round(end * factor, 3) if begin is not None and end is not None and end >= begin else None,
                place=place,
            )
        )
    return _finished("whisper-tsv", paragraphs, list(got.findings), told, wrong, name, faults)


def is_whisper_json(text: str) -> bool:
    """Whether the beginning of a JSON text has the words a recogniser writes.

    >>> is_whisper_json('{"text": "", "segments": [{"id": 0, "start": 0.0'), is_whisper_json('{"cells": []}')
    (True, False)
    """
    return any(f'"{key}"' in text for key in (*_LISTS, "text")) and text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def _segments(loaded: Any) -> Sequence[Any] | None:
    if isinstance(loaded, list):
        return loaded if any(isinstance(one, dict) and ("text" in one or "words" in one) for one in loaded) else None
    if not isinstance(loaded, dict):
        return None
    for key in _LISTS:
        if isinstance(loaded.get(key), list):
            found: list[Any] = loaded[key]
            return found
    if isinstance(loaded.get("result"), dict):
        return _segments({key: value for key, value in loaded["result"].items() if key != "result"})
    return [{"text": loaded["text"]}] if isinstance(loaded.get("text"), str) else None


def _paragraph(segment: Mapping[str, Any], number: int, told: Counter[tuple[str, str]]) -> Paragraph | None:
    words = segment.get("words")
    spoken = [one for one in words if isinstance(one, dict)] if isinstance(words, list) else []
    raw = segment.get("text")
    if raw is None and spoken:
        raw = " ".join(str(one.get("word", one.get("text", ""))).strip() for one in spoken)
    if not isinstance(raw, str):
        return None
    told["word-times", "times of single words"] += len(spoken)
    speaker = segment.get("speaker")
    if any(one.get("speaker") not in (None, speaker) for one in spoken):
        told["overlap", "segments in which single words have another speaker"] += 1
    begin, end = _span(segment)
    name = " ".join(_clean(str(speaker), told).split()) if isinstance(speaker, (str, int)) else ""
    is_forward = begin is not None and end is not None and end >= begin
    return Paragraph(_clean(raw, told), name, begin, end if is_forward else None, place=number)


def _span(segment: Mapping[str, Any]) -> tuple[float | None, float | None]:
    pair = segment.get("timestamp")
    if isinstance(pair, list) and len(pair) == 2:
        return _time(pair[0]), _time(pair[1])
    offsets, stamps = segment.get("offsets"), segment.get("timestamps")
    if isinstance(offsets, dict):
        begin, end = _time(offsets.get("from")), _time(offsets.get("to"))
        return (begin / 1000 if begin is not None else None), (end / 1000 if end is not None else None)
    if isinstance(stamps, dict):
        return _time(stamps.get("from")), _time(stamps.get("to"))
    return _time(segment.get("start")), _time(segment.get("end"))


def _time(value: Any) -> float | None:
    """Seconds (or whatever unit) of a number, a numeral or "00:00:01,500"; None when it is no time."""
    if isinstance(value, str):
        clock = _CLOCK.fullmatch(value.strip())
        if clock:
            return seconds(*clock.groups())
        if not re.fullmatch(r"\d{1,12}(?:[.,]\d{1,9})?", value.strip()):
            return None
        value = float(value.strip().replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e12 or math.isnan(value):
        return None
    return round(float(value), 3)


def _clean(raw: str, told: Counter[tuple[str, str]]) -> str:
    text, found = cleaned(raw)
    for finding in found:
        told[finding.what, finding.detail] += finding.count
    lines = (line.strip().replace("\t", TAB).replace("\0", "") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _finished(
    format: str,
    paragraphs: Sequence[Paragraph],
    findings: list[Finding],
    told: Counter[tuple[str, str]],
    wrong: Sequence[int],
    name: str,
    faults: Faults,
) -> tuple[SourceText, ...]:
    if not paragraphs:
        faults.note("empty-text", name, None, "no words", "segments with words", "Check that this is the right file.")
        return ()
    if len(paragraphs) > MOST_PARAGRAPHS:
        faults.note(
            "too-big", name, None, f"{len(paragraphs):,} segments", f"at most {MOST_PARAGRAPHS:,}", "Divide the file."
        )
        return ()
    findings += [
        Finding(what, count, is_carried=what in ("overlap", "encoding"), detail=detail)
        for (what, detail), count in sorted(told.items())
        if count
    ]
    if wrong:
        listed = ", ".join(map(str, wrong[:_NAMED])) + (" …" if len(wrong) > _NAMED else "")
        findings.append(Finding("malformed-cue", len(wrong), is_carried=False, detail=f"numbers {listed}"))
    return (SourceText(format, tuple(paragraphs), findings=tuple(findings)),)
