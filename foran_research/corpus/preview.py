"""What was understood of a source before it is added: as a value, and as text in Norwegian or English. Pure.

A preview names speakers as the source does, so that a mistake is seen. It is shown to the person who adds the files, on
request, and never kept.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..vocabulary import LANGUAGES
from .hits import Hit
from .intake_plan import Composed, Joined, Passage, folded
from .source import Finding
from .transcript import turn_label

#: Turns that a preview shows the beginning of, and how much of each.
FIRST_TURNS = 5
SHORTENED = 60
#: Numbers of turns that a line names before it only counts them.
_MOST_TURNS = 12

_WORDS: Mapping[str, Mapping[str, str]] = {
    "nb": {
        "format": "format", "encoding": "tegnsett", "turns": "ytringer", "words": "ord",
        "headings": "overskrifter", "pattern": "mønster", "of": "av linjene", "alternatives": "ellers",
        "unlabelled": "uten taler", "times": "tider", "timed": "ytringer med tid", "last": "siste", "no_times": "ingen",
        "speakers": "talere", "speaker": "taler", "becomes": "blir", "or": " eller ",
        "which": "{people} eller en annen? (--person)", "interviewer": "intervjueren", "nobody": "ingen",
        "remarks": "merknader", "anchored": "med sted i teksten", "hits": "treff som kan vise hvem noen er",
        "kind": "slag", "count": "antall", "in_turns": "i ytring", "and_more": "og {n} til", "none": "ingen",
        "findings": "hva kilden ellers har", "what": "hva", "carried": "følger med", "yes": "ja", "no": "nei", "detail": "mer",
        "first": "de første ytringene", "earlier": "finnes alt i studien som", "same": "samme tekst som",
        "nothing": "ingenting er skrevet (prøvekjøring)",
    },
    "en": {
        "format": "format", "encoding": "encoding", "turns": "turns", "words": "words",
        "headings": "headings", "pattern": "pattern", "of": "of the lines", "alternatives": "otherwise",
        "unlabelled": "without speaker", "times": "times", "timed": "turns with a time", "last": "last",
        "no_times": "none", "speakers": "speakers", "speaker": "speaker", "becomes": "becomes", "or": " or ",
        "which": "{people} or somebody else? (--person)", "interviewer": "the interviewer",
        "nobody": "nobody", "remarks": "remarks", "anchored": "with a place in the text",
        "hits": "hits that may tell who somebody is", "kind": "kind", "count": "count", "in_turns": "in turn",
        "and_more": "and {n} more", "none": "none", "findings": "what else the source holds", "what": "what",
        "carried": "carried", "yes": "yes", "no": "no", "detail": "more", "first": "the first turns",
        "earlier": "is in the study already, as", "same": "the same text as",
        "nothing": "nothing written (--dry-run)",
    },
}  # fmt: skip
_KINDS_NB: Mapping[str, str] = {
    "person": "person", "place": "sted", "organisation": "organisasjon", "capitalised": "ord med stor bokstav",
    "national_id": "fødselsnummer", "national_id_like": "ligner fødselsnummer", "account": "kontonummer",
    "organisation_number": "organisasjonsnummer", "phone": "telefonnummer", "email": "e-postadresse", "address": "adresse",
    "postcode": "postnummer", "plate": "bilnummer", "birth_date": "fødselsdato", "url": "nettadresse", "ip": "IP-adresse",
    "path": "filsti", "sensitive": "særlig kategori",
}  # fmt: skip
_FOUND_NB: Mapping[str, str] = {
    "insertion": "sporet innsetting", "deletion": "sporet sletting", "hidden": "skjult tekst", "header": "topptekst",
    "footer": "bunntekst", "footnote": "fotnote", "endnote": "sluttnote", "comment": "merknad", "image": "bilde", "link": "lenke",
    "table": "tabell", "text-box": "tekstboks", "embedded": "innebygd fil", "field": "felt", "list-number": "listenummer",
    "formatting": "formatering", "style-cue": "stil i tidskode", "metadata": "metadata", "repeated-cue": "gjentatt tidskode",
    "note-cue": "notat i tidskode", "control-character": "styretegn", "encoding": "tegnsett", "front-matter": "innledende felter",
    "page-number": "sidetall", "inline-code": "kode i teksten", "overlap": "overlapp", "wrong-extension": "feil filendelse",
}  # fmt: skip


@dataclass(frozen=True)
class Speaker:
    """A speaker label of the source, how many turns it has, and what it becomes; an interviewer's is "" there."""

    label: str = field(repr=False)
    turns: int
    becomes: str
    is_interviewer: bool = False
    #: Pseudonyms it may be, where nothing but a person can say which, or that it is somebody else.
    may_be: tuple[str, ...] = ()


@dataclass(frozen=True)
class HitCount:
    """How many hits of one kind, and the numbers of the turns they are in."""

    kind: str
    count: int
    turns: tuple[int, ...]


@dataclass(frozen=True)
class Preview:
    """What was understood of one text. It holds names: show it, do not keep it. Printed as it is, it shows none.

    A notebook keeps what its cells put out; ``preview_text`` is for looking.
    """

    file: str = field(repr=False)
    name: str = field(repr=False)
    document: str
    format: str
    encoding: str
    turns: int
    headings: int
    words: int
    pattern: str
    share: float
    alternatives: tuple[tuple[str, float], ...]
    unlabelled: int
    timed: int
    last_time: float | None
    speakers: tuple[Speaker, ...]
    remarks: int
    anchored: int
    hits: tuple[HitCount, ...]
    findings: tuple[Finding, ...]
    #: Speaker, time and words of the first turns, shortened.
    first: tuple[tuple[str, float | None, str], ...] = field(repr=False)
    #: The document that was made from the same file, or says the same words; "" for a new text.
    is_in_study_as: str = ""
    same_words_as: str = ""


def speakers_of(
    passages: Sequence[Passage],
    labels: Mapping[str, str],
    asking: frozenset[str],
    doubts: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[Speaker, ...]:
    """Every label with its turns, in order of first appearance; `labels` says what each becomes, `doubts` what it may be."""
    counts = Counter(passage.speaker for passage in passages if passage.speaker)
    return tuple(
        Speaker(label, count, labels.get(label, ""), folded(label) in asking, (doubts or {}).get(label, ()))
        for label, count in counts.items()
    )


def hits_by_kind(
    hits: Sequence[Hit], whole: Joined, composed: Composed, in_remarks: Sequence[Hit] = ()
) -> tuple[HitCount, ...]:
    """The hits of a text by kind, the most frequent first; those in remarks have no turn."""
    turns: dict[str, list[int]] = {}
    for hit in hits:
        turns.setdefault(hit.kind, []).append(composed.numbers[whole.passage_at(hit.start)])
    for hit in in_remarks:
        turns.setdefault(hit.kind, []).append(0)
    ordered = sorted(turns.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(HitCount(kind, len(numbers), tuple(sorted(set(numbers) - {0}))) for kind, numbers in ordered)


def encoding_of(findings: Sequence[Finding]) -> str:
    """The encoding that a reader told of; "" where the format fixes it."""
    return next((finding.detail for finding in findings if finding.what == "encoding"), "")


def shortened(words: str) -> str:
    r"""The beginning of a turn, on one line.

    >>> shortened("Ja\nvel"), len(shortened("o" * 100))
    ('Ja vel', 60)
    """
    flat = " ".join(words.split())
    return flat if len(flat) <= SHORTENED else flat[: SHORTENED - 1] + "…"


def preview_text(preview: Preview, language: str = "nb", *, shows_words: bool = False) -> str:
    """A preview for people to read, one fact a line; with `shows_words` also how the first turns begin."""
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r}: expected {' or '.join(LANGUAGES)}")
    word = _WORDS[language]
    head = f"{preview.file}{f' · {preview.name}' if preview.name else ''}"
    if preview.is_in_study_as:
        return f"{head}: {word['earlier']} {preview.is_in_study_as}\n"
    lines = [f"{head} → {preview.document}"]
    if preview.same_words_as:
        lines.append(f"{word['same']} {preview.same_words_as}")
    counts = [f"{preview.turns} {word['turns']}", f"{preview.words} {word['words']}"]
    counts += [
        f"{n} {word[key]}" for key, n in (("unlabelled", preview.unlabelled), ("headings", preview.headings)) if n
    ]
    encoding = f", {word['encoding']} {preview.encoding}" if preview.encoding else ""
    others = ", ".join(f"{name} {_percent(share)}" for name, share in preview.alternatives)
    times = word["no_times"]
    if preview.timed:
        times = f"{preview.timed} {word['timed']}, {word['last']} {_clock(preview.last_time)}"
    lines += [
        f"  {word['format']}: {preview.format}{encoding}",
        f"  {', '.join(counts)}",
        f"  {word['pattern']}: {preview.pattern}, {_percent(preview.share)} {word['of']}"
        + (f" ({word['alternatives']}: {others})" if others else ""),
        f"  {word['times']}: {times}",
        f"  {word['speakers']}: {'' if preview.speakers else word['nobody']}".rstrip(),
    ]
    rows = [[one.label, str(one.turns), word["interviewer"] if one.is_interviewer else _becomes(one, word)]
            for one in preview.speakers]  # fmt: skip
    lines += _table([word["speaker"], word["turns"], word["becomes"]], rows)
    lines.append(f"  {word['remarks']}: {preview.remarks}"
                 + (f" ({preview.anchored} {word['anchored']})" if preview.remarks else ""))  # fmt: skip
    lines.append(f"  {word['hits']}: {'' if preview.hits else word['none']}".rstrip())
    rows = [[_named(hit.kind, _KINDS_NB, language), str(hit.count), _numbers(hit.turns, word)] for hit in preview.hits]
    lines += _table([word["kind"], word["count"], word["in_turns"]], rows)
    lines.append(f"  {word['findings']}: {'' if preview.findings else word['none']}".rstrip())
    rows = [[_named(one.what, _FOUND_NB, language), str(one.count), word["yes" if one.is_carried else "no"], one.detail]
            for one in preview.findings]  # fmt: skip
    lines += _table([word["what"], word["count"], word["carried"], word["detail"]], rows)
    if shows_words:
        lines.append(f"  {word['first']}:")
        for speaker, time, words in preview.first:
            label = turn_label(speaker or None, time).replace("**", "")
            lines += textwrap.wrap(label + words, 100, initial_indent="    ", subsequent_indent="      ")
    return "\n".join(lines) + "\n"


def _becomes(one: Speaker, word: Mapping[str, str]) -> str:
    return word["which"].format(people=word["or"].join(one.may_be)) if one.may_be else one.becomes


def said_of_dry_run(language: str) -> str:
    """The last line of a dry run."""
    return _WORDS[language]["nothing"]


def _named(kind: str, norwegian: Mapping[str, str], language: str) -> str:
    return norwegian.get(kind, kind) if language == "nb" else kind.replace("_", " ")


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _clock(seconds: float | None) -> str:
    return turn_label(None, float(int(seconds or 0))).strip("*:[] ")


def _numbers(turns: Sequence[int], word: Mapping[str, str]) -> str:
    shown = ", ".join(map(str, turns[:_MOST_TURNS]))
    more = len(turns) - _MOST_TURNS
    return f"{shown} {word['and_more'].format(n=more)}" if more > 0 else shown


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return ["    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (head, *rows)]  # fmt: skip
