"""WebVTT and SubRip: cues with times, the voices they name, and nothing lost without being told."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ...errors import Faults
from ..source import Finding, Paragraph, SourceText
from ..transcript import canonical
from .encodings import MOST_PARAGRAPHS, TAB, cleaned, decoded

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-{{1,2}}>\s*{_TIME}(?=\s|$)(?P<settings>.*)")
_NUMBER = re.compile(r"\d{1,7}")
#: Marks inside a cue; anything else between angle brackets ("<utydelig>") is what the transcriber wrote.
_MARK = re.compile(
    r"<(?P<time>\d[\d:.]{0,15})>|<(?P<end>/?)(?P<name>v|c|i|b|u|s|em|strong|font|ruby|rt|lang|span|br)(?P<rest>[.\s/][^<>]{0,400})?>|\{\\[^{}\n]{0,80}\}",
    re.IGNORECASE,
)
_SETTINGS = re.compile(r"(?:\s+(?:align|line|position|size|vertical|region|[XY][12]):\S+)+\s*")
#: How many line numbers a finding names.
_NAMED = 12


def read_vtt(data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
    r"""The cues of a WebVTT file, one paragraph for each voice of each cue, with its times.

    Cues that cannot be understood among others that can, notes, styles and captions that roll on (a line shown again in
    the next cue) are left out and counted; a file without one good cue is refused.

    >>> source, = read_vtt(b"WEBVTT\n\n00:01.000 --> 00:02.500\n<v Kari>Hei.", "a.vtt", Faults())
    >>> [(p.speaker, p.words, p.time, p.end) for p in source.paragraphs]
    [('Kari', 'Hei.', 1.0, 2.5)]
    """
    return _read(data, name, "vtt", faults)


def read_srt(data: bytes, name: str, faults: Faults) -> tuple[SourceText, ...]:
    r"""The cues of a SubRip file, as ``read_vtt`` gives them; cues may follow each other without a blank line.

    >>> source, = read_srt(b"1\n00:00:01,000 --> 00:00:02,500\nHei.\n2\n0:00:03,5 --> 0:00:04,0\nJa.", "a.srt", Faults())
    >>> [(p.words, p.time) for p in source.paragraphs]
    [('Hei.', 1.0), ('Ja.', 3.5)]
    """
    return _read(data, name, "srt", faults)


def seconds(hours: str | None, minutes: str, secs: str, fraction: str | None) -> float:
    """Seconds of a time's parts; the fraction is what stands behind the point.

    >>> seconds(None, "1", "02", "5")
    62.5
    """
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(secs)
    return whole + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)


@dataclass(slots=True)
class _Cue:
    place: int
    time: float
    end: float | None
    lines: list[str] = field(default_factory=list)
    #: Line feeds stand between voices already.
    voices: list[tuple[str, str]] = field(default_factory=list)


def _read(data: bytes, name: str, format: str, faults: Faults) -> tuple[SourceText, ...]:
    got = decoded(data, name, faults)
    if got is None:
        return ()
    told: Counter[tuple[str, str]] = Counter()
    wrong: list[int] = []
    cues = _cues(got.text.split("\n"), format, told, wrong)
    if len(cues) > MOST_PARAGRAPHS:
        faults.note("too-big", name, None, f"{len(cues):,} cues", f"at most {MOST_PARAGRAPHS:,}", "Divide the file.")
        return ()
    rolls_by_itself = False
    for cue in cues:
        cue.voices, has_times = _voices("\n".join(cue.lines), told)
        rolls_by_itself |= has_times
    _drop_repeated(cues, rolls_by_itself, told)
    paragraphs = [
        Paragraph(words, speaker, cue.time, cue.end, place=cue.place) for cue in cues for speaker, words in cue.voices
    ]
    if not paragraphs:
        kind = (
            "empty-text" if cues or (format == "vtt" and got.text.startswith("WEBVTT") and not wrong) else "broken-file"
        )
        faults.note(
            kind,
            name,
            wrong[0] if wrong else None,
            f"{len(cues)} cues and no words in them",
            "cues: a line 00:00:01.000 --> 00:00:02.000, the words below it",
            "Check that this is the right file, or export it anew.",
        )
        return ()
    told["empty-cue", ""] += sum(1 for cue in cues if not cue.lines)
    findings = [*got.findings]
    findings += [
        Finding(what, count, is_carried=False, detail=detail) for (what, detail), count in sorted(told.items()) if count
    ]
    if wrong:
        listed = ", ".join(map(str, wrong[:_NAMED])) + (" …" if len(wrong) > _NAMED else "")
        findings.append(Finding("malformed-cue", len(wrong), is_carried=False, detail=f"from lines {listed}"))
    backwards = sum(1 for one, other in pairwise(cues) if other.time < one.time)
    if backwards:
        findings.append(Finding("out-of-order", backwards, is_carried=True, detail="cues that begin before the last"))
    return (SourceText(format, tuple(paragraphs), findings=tuple(findings)),)


def _cues(lines: Sequence[str], format: str, told: Counter[tuple[str, str]], wrong: list[int]) -> list[_Cue]:
    """The cues in order; what is none goes to `told` (kinds and counts) or `wrong` (line numbers)."""
    cues: list[_Cue] = []
    for begin, whole in _blocks(lines):
        start, block = begin, whole
        head = block[0].strip()
        timings = [_TIMING.fullmatch(line) if "->" in line else None for line in block]
        if head.startswith("WEBVTT") and not cues:
            first = next((n for n, timing in enumerate(timings) if timing), len(block))
            # "WEBVTT" alone is the format's own mark.
            told["metadata", "lines of the header"] += first - (head == "WEBVTT")
            start, block, timings = start + first, block[first:], timings[first:]
            if not block:
                continue
        if format == "vtt":
            if head == "NOTE" or head.startswith(("NOTE ", "NOTE\t")):
                told["note-cue", "notes of the transcriber or the program"] += 1
                continue
            if head.split(" ")[0] in ("STYLE", "REGION") and not any(timings):
                told["style-cue", ""] += 1
                continue
        _take(block, timings, start, cues, wrong)
    return cues


def _take(
    block: Sequence[str], timings: Sequence[re.Match[str] | None], start: int, cues: list[_Cue], wrong: list[int]
) -> None:
    """Add the cues of one block between blank lines."""
    current: _Cue | None = None
    is_lost = False
    for number, (line, timing) in enumerate(zip(block, timings, strict=True)):
        place = start + number + 1
        if timing:
            # The line above a time may be the next cue's number; a name for a cue stands only at the head of a block.
            if current is not None and current.lines and _NUMBER.fullmatch(current.lines[-1].strip()):
                current.lines.pop()
            elif is_lost and wrong and wrong[-1] == place - 1 and number == 1:
                wrong.pop()
            current = _cue(timing, place)
            cues.append(current)
            is_lost = False
        elif "-->" in line:
            current, is_lost = None, True
            wrong.append(place)
        elif current is not None:
            current.lines.append(line)
        elif not is_lost:
            is_lost = True
            wrong.append(place)


def _cue(timing: re.Match[str], place: int) -> _Cue:
    parts = timing.groups()
    begin, end = seconds(*parts[:4]), seconds(*parts[4:8])
    cue = _Cue(place, begin, end if end >= begin else None)
    behind = timing["settings"]
    if behind.strip() and not _SETTINGS.fullmatch(behind):
        # Words on the line of the times.
        cue.lines.append(behind.strip())
    return cue


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    block: list[str] = []
    for number, line in enumerate(lines):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield len(lines) - len(block), block


def _voices(text: str, told: Counter[tuple[str, str]]) -> tuple[list[tuple[str, str]], bool]:
    """``(voice, words)`` in the order of the cue, and whether words inside it have times of their own."""
    voices: list[tuple[str, list[str]]] = [("", [])]
    at, has_times, marks = 0, False, 0
    for mark in _MARK.finditer(text) if "<" in text or "{" in text else ():
        voices[-1][1].append(text[at : mark.start()])
        at = mark.end()
        kind = (mark["name"] or "").lower()
        if kind == "v":
            # The name stands behind the first space: "<v.loud Kari>".
            rest = (
                (mark["rest"] or "").split(None, 1)
                if (mark["rest"] or "").startswith(".")
                else ["", mark["rest"] or ""]
            )
            voices.append(
                ("" if mark["end"] else _plain(rest[1] if len(rest) > 1 else "", told).replace("\n", " "), [])
            )
            continue
        marks += 1
        has_times |= bool(mark["time"])
        if kind == "br":
            voices[-1][1].append("\n")
    voices[-1][1].append(text[at:])
    told["formatting", "marks inside cues"] += marks
    return [(voice, words) for voice, parts in voices if (words := _plain("".join(parts), told))], has_times


def _plain(raw: str, told: Counter[tuple[str, str]]) -> str:
    if "&" in raw:
        raw, found = cleaned(html.unescape(raw))
        told["control-character", ""] += sum(one.count for one in found if one.what == "control-character")
    lines = (line.strip().replace("\t", TAB) for line in raw.split("\n"))
    # Where marks went, a letter and its accent may have come together.
    return canonical("\n".join(line for line in lines if line))


def _drop_repeated(cues: Sequence[_Cue], has_times_inside: bool, told: Counter[tuple[str, str]]) -> None:
    """Take away the lines that rolling captions show a second time.

    A cue of several lines that begins with the last lines of the cue before it rolls. A whole cue said again may be
    speech ("Ja." – "Ja."): it is taken for rolling only where the file rolls, that is where words inside cues have
    times or cues of several lines roll, and at least three cues in ten repeat.
    """
    shown: list[tuple[str, list[str]] | None] = []
    for cue in cues:
        shown.append((cue.voices[0][0], cue.voices[0][1].split("\n")) if len(cue.voices) == 1 else None)
    repeated: dict[int, int] = {}
    is_rolling_somewhere = has_times_inside
    before: tuple[str, list[str]] | None = None
    for number, here in enumerate(shown):
        if here is None:
            before = None if cues[number].voices else before
            continue
        if before is not None and before[0] == here[0]:
            most = min(len(before[1]), len(here[1]), 4)
            same = next((n for n in range(most, 0, -1) if before[1][-n:] == here[1][:n]), 0)
            if same:
                repeated[number] = same
                is_rolling_somewhere |= same < len(here[1])
        before = here
    spoken = sum(1 for cue in cues if cue.voices)
    if not is_rolling_somewhere or len(repeated) < 0.3 * spoken:
        return
    for number, same in repeated.items():
        voice, words = cues[number].voices[0]
        left = "\n".join(words.split("\n")[same:])
        cues[number].voices = [(voice, left)] if left else []
        told["repeated-cue", "lines shown twice by rolling captions"] += same
