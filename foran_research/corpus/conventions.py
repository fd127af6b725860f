"""From paragraphs to turns: which convention a source uses to tell who speaks, and what each of them said.

Pure, and linear in the length of the text: every expression looks at the first hundred or so characters of a line and
holds no repetition inside a repetition.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ..errors import ForanError, UnknownName
from .source import Finding, Paragraph, SourceText

TurnKind = Literal["turn", "paragraph", "heading"]

#: From this share of labelled lines, or of labelled paragraphs, on, a text is taken to be a conversation.
CONVERSATION = 0.5
#: Where all labels name one person, so many lines or paragraphs must bear one.
MONOLOGUE = 0.75
#: Cues nobody is named for are put together up to the first end of a sentence after so many words …
WORDS_OF_A_PARAGRAPH = 60
#: … or so many words without one, or a pause of so many seconds.
MOST_WORDS_OF_A_PARAGRAPH = 120
PAUSE = 2.0


@dataclass(frozen=True)
class SourceTurn:
    """One stretch of talk by one speaker, one paragraph nobody is named for, or a heading.

    `words` are on one line: white space of any length is one space. `time` and `end` are seconds. `paragraphs` tells
    where the words come from: from the offset in `words` that the second number gives, up to that of the next entry,
    they are those of paragraph number one (from 0), from the offset that is the third.
    """

    speaker: str = field(repr=False)
    words: str = field(repr=False)
    time: float | None = None
    end: float | None = None
    kind: TurnKind = "turn"
    paragraphs: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class Understood:
    """The turns of a source and the convention they were found by.

    `share` is the share of lines, or of paragraphs where that is more, that begin with a speaker's label; `alternatives`
    are the other conventions that match, with their scores from 0 to 1, best first; `unlabelled` counts the turns,
    headings apart, that nobody is named for.
    """

    turns: tuple[SourceTurn, ...]
    pattern: str
    share: float
    alternatives: tuple[tuple[str, float], ...] = ()
    unlabelled: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def speakers(self) -> list[str]:
        """Labels in order of first appearance."""
        return list(dict.fromkeys(turn.speaker for turn in self.turns if turn.speaker))


def understand(source: SourceText, *, pattern: str = "", has_speakers: bool = True) -> Understood:
    r"""The turns of a source.

    Parameters
    ----------
    source
        What a reader found.
    pattern
        "" to find the convention out; the name of one of ``PATTERNS`` to use it without asking whether it fits; or a
        template such as ``"{speaker}:"``, ``"[{time}] {speaker} –"``, ``"{number}. {speaker}:"``.
    has_speakers
        Without (public documents) a line like "Mål: …" is prose; only speakers that the format itself names count.

    Raises
    ------
    UnknownName
        When `pattern` is neither a known name nor a template.
    ForanError
        When a template does not say where the speaker stands.

    Examples
    --------
    >>> talk = SourceText("txt", (Paragraph("I: Hva nå?\nKari: Vent.\nI: Ja.\nKari: Så."),))
    >>> found = understand(talk)
    >>> found.pattern, [(turn.speaker, turn.words) for turn in found.turns][:2]
    ('colon', [('I', 'Hva nå?'), ('Kari', 'Vent.')])
    """
    lines = _lines(source.paragraphs)
    if "{" in pattern:
        expression = _template(pattern)
        labelled = _Labelled(pattern, [_by_expression(expression, line) for line in lines], lines)
        return _labelled_turns(source, lines, labelled, (), is_forced=True)
    if pattern and pattern not in PATTERNS:
        raise UnknownName("pattern", pattern, PATTERNS)
    if pattern in _FAMILIES:
        labelled = _Labelled(pattern, _FAMILIES[pattern](lines), lines)
        return _labelled_turns(source, lines, labelled, (), is_forced=True)
    columns = _columns(source.paragraphs)
    if pattern == "table" and columns is not None:
        return _table_turns(source, columns, ())
    if pattern == "voice" or (not pattern and any(paragraph.speaker for paragraph in source.paragraphs)):
        return _voice_turns(source)
    if pattern or not has_speakers:
        return _plain_turns(source, ())
    tried = [_Labelled(name, find(lines), lines) for name, find in _FAMILIES.items()]
    ranked = sorted(((labelled.name, labelled.score) for labelled in tried if labelled.score), key=lambda one: -one[1])
    best = max((labelled for labelled in tried if labelled.is_conversation), key=lambda one: one.score, default=None)
    if columns is not None and columns.speaker >= 0:
        ranked = [("table", columns.score), *ranked]
        if best is None or columns.score >= min(best.score, CONVERSATION):
            return _table_turns(source, columns, _others("table", ranked))
    if best is not None:
        return _labelled_turns(source, lines, best, _others(best.name, ranked))
    return _plain_turns(source, _others("none", ranked), tried)


# --- lines -----------------------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    """One line of a paragraph: `start` is its place in the paragraph's words."""

    paragraph: int
    start: int
    text: str
    bold: int = 0


class _Label(NamedTuple):
    """Who speaks, from when to when, and where in the line the words begin."""

    speaker: str
    words: int
    time: float | None = None
    end: float | None = None
    #: The label fills the line and stands above its words.
    is_alone: bool = False
    has_role: bool = False


def _lines(paragraphs: Sequence[Paragraph]) -> list[_Line]:
    lines = []
    for number, paragraph in enumerate(paragraphs):
        start = 0
        for text in paragraph.words.split("\n"):
            if text and not text.isspace():
                lines.append(_Line(number, start, text, max(0, min(paragraph.bold - start, len(text)))))
            start += len(text) + 1
    return lines


# --- times -----------------------------------------------------------------------------------------------------------

_TIME = r"\d{1,3}:\d{1,2}(?::\d{1,2})?(?:[.,]\d{1,3}|-\d{1,2}(?![\d:]))?"
_RANGE = rf"{_TIME}(?:\s{{0,3}}(?:-{{1,2}}>|[-–—])\s{{0,3}}{_TIME})?"
#: A time with brackets or number signs round it, as transcribing programs write it.
_STAMP = rf"(?:\[\s?{_RANGE}\s?\]|\(\s?{_RANGE}\s?\)|#{_RANGE}#|<{_RANGE}>)"
_ANY_STAMP = rf"(?:{_STAMP}|{_RANGE})"
_ONE_TIME = re.compile(r"(\d{1,3}):(\d{1,2})(?::(\d{1,2}))?(?:[.,-](\d{1,3}))?(?!\d)")
_ONLY_STAMP = re.compile(rf"\s*{_ANY_STAMP}\s*")
#: f4 writes the time at the end of a turn.
_CLOSING_STAMP = re.compile(r"\s*#\d{1,3}:\d{1,2}:\d{1,2}-\d{1,2}#$")


def seconds_of(stamp: str) -> tuple[float | None, float | None]:
    """Beginning and end, in seconds, of what a time stamp says; hours may be missing.

    >>> seconds_of("[00:01:02]"), seconds_of("#00:01:02-5#"), seconds_of("0:03 - 1:02:00")
    ((62.0, None), (62.5, None), (3.0, 3720.0))
    """
    found = [_seconds(*one.groups()) for one in _ONE_TIME.finditer(stamp)]
    return (found[0] if found else None), (found[1] if len(found) > 1 and found[1] >= found[0] else None)


def _seconds(first: str, second: str, third: str | None, fraction: str | None) -> float:
    whole = int(first) * 60 + int(second) if third is None else int(first) * 3600 + int(second) * 60 + int(third)
    return whole + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)


# --- labels ----------------------------------------------------------------------------------------------------------

_NAME = r"(?P<speaker>[^\W_][\w .,'’`&/\-]{0,39}?)"
_ROLE = r"(?:\s?(?P<role>\((?!\s?\d{1,3}:\d)[^()\n]{1,40}\)))?"
#: Subtitles write ">>" where the speaker changes.
_LEAD = rf"\s*(?:>{{1,3}}\s?)?(?:(?P<lead>{_ANY_STAMP})[\s,;:|–—-]{{0,4}}(?<!\d))?"
_MID = rf"(?:\s{{0,4}}(?P<mid>{_STAMP}))?"
_TRAIL = rf"(?:\s{{0,3}}(?P<trail>{_STAMP}))?"
# A colon that stands before a digit belongs to a time, before a slash to an address.
_COLON = r"\s?(?:\*\*:|:\*\*|:)(?=\s|$|[^\W\d_]|[–«\"“(…\[])"
_NUMBER = r"\s*[\[(]?(?P<number>\d{1,6})[\])]?[.:]?\s{1,4}"

# Plain texts have labels in stars too.
_COLON_LABEL = re.compile(rf"{_LEAD}(?:\*\*)?{_NAME}{_ROLE}{_MID}{_COLON}{_TRAIL}")
_NUMBERED_LABEL = re.compile(rf"{_NUMBER}{_LEAD}(?!\d+\s*:)(?:\*\*)?{_NAME}{_ROLE}{_MID}{_COLON}{_TRAIL}")
_TIMED_DASH_LABEL = re.compile(rf"\s*(?P<lead>{_ANY_STAMP})[\s,;:|–—-]{{1,4}}{_NAME}{_ROLE}\s{{1,3}}[-–—](?=\s|$)")
_DASH_LABEL = re.compile(rf"\s*{_NAME}{_ROLE}{_MID}\s{{1,3}}[-–—](?=\s|$){_TRAIL}")
_TAB_LABEL = re.compile(rf"{_LEAD}{_NAME}{_ROLE}{_MID}\s?[:.]?[\t\u2003]{_TRAIL}")
_BRACKET_LABEL = re.compile(rf"{_LEAD}(?!\[\d{{1,3}}:|<\d)[\[<]{_NAME}[\]>]\s?:?(?=\s|$){_TRAIL}")
_AFTER_BOLD = re.compile(r"\s?[:–—-]?")
_BOLD_LABEL = re.compile(rf"{_LEAD}{_NAME}{_ROLE}(?:\s{{0,4}}(?P<mid>{_ANY_STAMP}))?\s?[:.–—-]?\s*")
#: "Kari Nordmann   0:03", "0:03 Kari Nordmann", "[Kari Nordmann] 10:03:22".
_TIMED_LINE = re.compile(rf"\s*\[?{_NAME}\]?{_ROLE}\s{{1,12}}(?P<mid>{_ANY_STAMP})\s*:?\s*")
_TIME_FIRST_LINE = re.compile(rf"\s*(?P<lead>{_ANY_STAMP})[\s,;|–—-]{{1,8}}\[?{_NAME}\]?{_ROLE}\s*:?\s*")
_NAME_LINE = re.compile(rf"\s*(?:\*\*)?{_NAME}{_ROLE}(?:\*\*)?\s*")

#: What people say as a whole line; never somebody's name.
_SAID = frozenset(
    "ja nei jo mm mhm hm hmm ok okei okay ikke ingen takk riktig nettopp akkurat enig javel javisst yes no thanks right".split()
)


def _found(match: re.Match[str] | None, *, is_alone: bool = False) -> _Label | None:
    if match is None:
        return None
    parts = match.groupdict()
    speaker = " ".join(parts["speaker"].split()).rstrip(" .,-/–&")
    if not speaker:
        return None
    stamp = parts.get("mid") or parts.get("lead") or parts.get("trail")
    begin, end = seconds_of(stamp) if stamp else (None, None)
    return _Label(speaker, match.end(), begin, end, is_alone, bool(parts.get("role")))


def _by_expression(expression: re.Pattern[str], line: _Line) -> _Label | None:
    return _found(expression.match(line.text))


#: The commonest label by far, "Kari:" at the head of a line; the long expression is for the others.
_SIMPLE_LABEL = re.compile(r"([^\W_][\w .,'’`&/\-]{0,39}):(?=\s|$)")
_BEFORE_LABEL = frozenset("0123456789[(<#> \t\u2003")
_HAS_TIME = re.compile(r"\d:\d")
_HAS_DASH = re.compile(r"\s[-–—](?=\s|$)")


def _has_dash(text: str, end: int) -> bool:
    """Whether a dash between blanks stands before an offset."""
    return ("-" in text or "–" in text or "—" in text) and _HAS_DASH.search(text, 0, end) is not None


def _each(
    expression: re.Pattern[str], is_possible: Callable[[str], object]
) -> Callable[[Sequence[_Line]], list[_Label | None]]:
    """The labels at the beginnings of lines; `is_possible` tells cheaply of most lines that they have none."""

    def labels(lines: Sequence[_Line]) -> list[_Label | None]:
        return [_found(expression.match(line.text)) if is_possible(line.text) else None for line in lines]

    return labels


def _colon_labels(lines: Sequence[_Line]) -> list[_Label | None]:
    found: list[_Label | None] = []
    for line in lines:
        text = line.text
        if ":" not in text[:120]:
            found.append(None)
            continue
        simple = _SIMPLE_LABEL.match(text)
        if simple is not None and text[simple.end() : simple.end() + 2].lstrip()[:1] not in ("[", "(", "#", "<"):
            speaker = " ".join(simple[1].split()).rstrip(" .,-/–&")
            found.append(_Label(speaker, simple.end()) if speaker else None)
        else:
            found.append(_found(_COLON_LABEL.match(text)))
    return found


def _bold_labels(lines: Sequence[_Line]) -> list[_Label | None]:
    found: list[_Label | None] = []
    known: dict[str, _Label | None] = {}
    for line in lines:
        label = None
        if 0 < line.bold <= 80:
            # The same few labels come back through all of a conversation.
            bold = line.text[: line.bold]
            label = known[bold] if bold in known else known.setdefault(bold, _found(_BOLD_LABEL.fullmatch(bold)))
        if label is not None:
            colon = _AFTER_BOLD.match(line.text, line.bold) if label.words == line.bold else None
            words = colon.end() if colon else line.bold
            is_alone = not line.text[words:].strip()
            # A whole line in bold is a label only where its words stand below it; a question in bold is none.
            label = None if is_alone and len(label.speaker.split()) > 4 else _Label(
                label.speaker, words, label.time, label.end, is_alone, label.has_role
            )  # fmt: skip
        found.append(label)
    return found


def _label_lines(lines: Sequence[_Line]) -> list[_Label | None]:
    """Names alone on their lines, with a time, below a time, or (where they come back) with neither."""
    found: list[_Label | None] = [None] * len(lines)
    bare: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        if len(line.text) > 100:
            continue
        if ":" in line.text:
            if not _HAS_TIME.search(line.text):
                continue
            match = _TIMED_LINE.fullmatch(line.text) or _TIME_FIRST_LINE.fullmatch(line.text)
            label = _found(match, is_alone=True)
            if label is not None and _is_name(label.speaker):
                found[at] = label
        elif len(line.text) <= 45 and not line.text[0].islower() and (match := _NAME_LINE.fullmatch(line.text)):
            label = _found(match, is_alone=True)
            if label is None or not _is_name(label.speaker):
                continue
            above = lines[at - 1].text if at else ""
            if ":" in above and len(above) <= 60 and _ONLY_STAMP.fullmatch(above):
                begin, end = seconds_of(above)
                found[at] = _Label(label.speaker, label.words, begin, end, True, label.has_role)
            elif line.text.rstrip()[-1:] not in (".", "?", "!", ",", "…"):
                bare[label.speaker.casefold()].append(at)
    if any(found):
        return found
    places = {at for same in bare.values() if len(same) > 1 for at in same}
    has_words_below = sum(1 for at in places if at + 1 < len(lines) and at + 1 not in places)
    repeated = {name for name, same in bare.items() if len(same) > 1}
    if len(repeated) < 2 or has_words_below < 0.9 * len(places) or len(places) < 0.2 * len(lines):
        return found
    for at in places:
        found[at] = _found(_NAME_LINE.fullmatch(lines[at].text), is_alone=True)
    return found


def _is_name(speaker: str) -> bool:
    words = speaker.split()
    is_marked = any(c.isdigit() for c in speaker) or (speaker[0].isupper() and all(
        word[0].isupper() or word in ("av", "von", "van", "de", "der", "af", "og", "&") for word in words
    ))  # fmt: skip
    return len(words) <= 5 and is_marked and speaker.casefold() not in _SAID and any(c.isalpha() for c in speaker)


_FAMILIES: Mapping[str, Callable[[Sequence[_Line]], list[_Label | None]]] = {
    "colon": _colon_labels,
    "numbered": _each(_NUMBERED_LABEL, lambda text: text[0] in _BEFORE_LABEL and ":" in text[:120]),
    "time-name-dash": _each(_TIMED_DASH_LABEL, lambda text: text[0] in _BEFORE_LABEL and _has_dash(text, 160)),
    "tab": _each(_TAB_LABEL, lambda text: "\u2003" in text or "\t" in text),
    "bold": _bold_labels,
    "label-line": _label_lines,
    "bracket": _each(_BRACKET_LABEL, lambda text: text[0] in _BEFORE_LABEL and ("[" in text or "<" in text)),
    "dash": _each(_DASH_LABEL, lambda text: _has_dash(text, 120)),
}
#: The names of all conventions, in the order in which they win a tie.
PATTERNS: tuple[str, ...] = ("voice", "table", *_FAMILIES, "none")
#: Marks that prose uses as well: only labels that come back count, and they must be many.
_WEAK = ("dash", "bracket", "bold")


class _Labelled:
    """The labels that one convention finds in the lines of a source, and how well it fits."""

    def __init__(self, name: str, labels: list[_Label | None], lines: Sequence[_Line]) -> None:
        self.name, self.labels = name, labels
        self.times = Counter(label.speaker.casefold() for label in labels if label is not None)
        self.coming_back = {speaker for speaker, times in self.times.items() if times > 1}
        self.count = self.times.total()
        self.share = self.block_share = self.score = 0.0
        if not self.count:
            return
        firsts = sum(1 for at, line in enumerate(lines) if labels[at] is not None and line.start == 0)
        blocks = sum(1 for line in lines if line.start == 0)
        alone = sum(
            1 for at, label in enumerate(labels) if label is not None and label.is_alone and at + 1 < len(lines)
        )
        # A label alone on its line labels the line below it too.
        self.block_share = min(1.0, (firsts + (alone if blocks > 1 else 0)) / blocks) if blocks else 0.0
        self.share = max(
            min(1.0, (self.count + alone) / len(lines)) if lines else 0.0, self.block_share if blocks > 1 else 0.0
        )
        repeated = sum(times for times in self.times.values() if times > 1)
        trust = 0.1 + 0.9 * repeated / self.count
        self.score = round(self.share * trust, 4)

    @property
    def is_conversation(self) -> bool:
        """Whether most lines or paragraphs bear a label, or two labels come back.

        A label that is missed may be a name that gets through; a word of prose taken for a label is put right at once.
        """
        back = len(self.coming_back)
        # Only numbers: a list with colons, unless the numbers come back as speakers do.
        if not self.count or (not any(c.isalpha() for name in self.times for c in name) and back < 2):
            return False
        if len(self.times) == 1 and self.share < MONOLOGUE:
            # Only the interviewer is labelled: what nobody is named for must not become the interviewer's words.
            return False
        if self.name in _WEAK:
            is_one_enough = self.name != "dash" and self.share >= CONVERSATION
            return (back >= 2 and self.share >= 0.3) or (back == 1 and is_one_enough)
        if self.share >= CONVERSATION and (back or len(self.times) <= 3):
            return True
        return back >= 2 or (back == 1 and self.block_share >= CONVERSATION)


def _others(chosen: str, ranked: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(((name, score) for name, score in ranked if name != chosen), key=lambda one: (-one[1], one[0])))


def _template(template: str) -> re.Pattern[str]:
    r"""The expression of a user's template.

    >>> bool(_template("[{time}] {speaker} –").match("[00:01:02] Kari - Ja"))
    True
    """
    parts = re.split(r"\{([^{}]*)\}", template.strip().replace("\\t", "\t"))
    fields = parts[1::2]
    if (
        fields.count("speaker") != 1
        or not {*fields} <= {"speaker", "time", "number", "words"}
        or len({*fields}) < len(fields)
    ):
        raise ForanError(
            'a pattern says once where the speaker stands, and no other fields than {time} and {number}: "[{time}] {speaker}:"'
        )
    if fields[-1] == "words" and not parts[-1]:
        parts, fields = parts[:-2], fields[:-1]
    if "words" in fields:
        raise ForanError("{words} can only stand at the end of a pattern")
    literal = "".join(parts[::2]).strip()
    if not literal and "\t" not in "".join(parts[::2]) and len(fields) == 1:
        raise ForanError('a pattern needs a mark that tells a label from words: "{speaker}:"')
    known = {
        "speaker": r"(?P<speaker>[^\s:][^\n]{0,59}?)",
        "time": rf"(?P<lead>{_RANGE}|#{_RANGE}#)",
        "number": r"(?P<number>\d{1,6})",
    }
    pieces = [r"\s{0,8}"]
    for at, part in enumerate(parts):
        pieces.append(known[part] if at % 2 else _literal(part))
    if not parts[-1]:
        # Nothing stands behind the last field: the label has the line to itself.
        pieces.append(r"\s*$")
    return re.compile("".join(pieces))


def _literal(text: str) -> str:
    """Literal text: runs of blanks match any, a dash matches any dash, a tab also what stands for one."""
    made = []
    for one in re.findall(r"[ \u00a0]+|\t|.", text, re.DOTALL):
        if one.isspace():
            made.append(r"[\t\u2003]\s{0,8}" if one == "\t" else r"\s{1,8}")
        else:
            made.append("[-–—]" if one in "-–—" else re.escape(one))
    return "".join(made)


# --- turns -----------------------------------------------------------------------------------------------------------

_RUN = re.compile(r"\S+(?: \S+)*")


@dataclass(slots=True)
class _Building:
    """A turn that is being put together."""

    speaker: str
    kind: TurnKind
    time: float | None = None
    end: float | None = None
    pieces: list[str] = field(default_factory=list)
    places: list[tuple[int, int, int]] = field(default_factory=list)
    length: int = 0
    #: For putting cues together.
    word_count: int = 0

    def add(self, paragraph: int, start: int, text: str) -> None:
        """Words of a paragraph, which stand there from `start` on."""
        words = text.strip()
        if words and words == " ".join(words.split()):
            # Nearly always: one stretch of words with single spaces.
            if self.pieces:
                self.length += 1
            self.places.append((paragraph, self.length, start + len(text) - len(text.lstrip())))
            self.pieces.append(words)
            self.length += len(words)
            return
        for run in _RUN.finditer(text):
            words = run[0]
            if self.pieces:
                self.length += 1
            self.places.append((paragraph, self.length, start + run.start()))
            self.pieces.append(words)
            self.length += len(words)

    def turn(self) -> SourceTurn:
        return SourceTurn(self.speaker, " ".join(self.pieces), self.time, self.end, self.kind, tuple(self.places))


def _finished(built: Iterable[_Building]) -> tuple[SourceTurn, ...]:
    return tuple(one.turn() for one in built if one.pieces)


def _unlabelled(turns: Iterable[SourceTurn]) -> int:
    return sum(1 for turn in turns if not turn.speaker and turn.kind != "heading")


def _labelled_turns(
    source: SourceText,
    lines: Sequence[_Line],
    labelled: _Labelled,
    alternatives: tuple[tuple[str, float], ...],
    *,
    is_forced: bool = False,
) -> Understood:
    """One turn per label; what follows without one carries it on, up to the next label or heading."""
    labels, left = (labelled.labels, []) if is_forced else _kept(labelled, lines)
    stamps = _stamps_above(lines, labels)
    built: list[_Building] = []
    current: _Building | None = None
    roles = 0
    for at, line in enumerate(lines):
        paragraph = source.paragraphs[line.paragraph]
        label = labels[at]
        if at in stamps:
            continue
        if label is not None:
            roles += label.has_role
            time, end = (label.time, label.end) if label.time is not None else stamps.get(at - 1, (None, None))
            if time is None:
                time, end = paragraph.time, paragraph.end
            if current is not None and current.speaker == label.speaker and paragraph.time is not None:
                current.end = end
            else:
                current = _Building(label.speaker, "turn", time, end)
                built.append(current)
            current.add(line.paragraph, line.start + label.words, line.text[label.words :])
        elif paragraph.kind == "heading":
            current = None
            built.append(_Building("", "heading"))
            built[-1].add(line.paragraph, line.start, line.text)
        elif current is not None and (current.speaker or current.places[-1][0] == line.paragraph):
            current.add(line.paragraph, line.start, line.text)
            current.end = paragraph.end if paragraph.end is not None else current.end
        else:
            current = _Building("", "paragraph", paragraph.time, paragraph.end)
            current.add(line.paragraph, line.start, line.text)
            built.append(current)
    empty = sum(1 for one in built if one.speaker and not one.pieces)
    turns = _timed_by_closing_stamps(_finished(built))
    findings = [
        *_findings_of_labels(labelled, labels, left),
        *_told("empty-turn", empty, False, "labels without words"),
        *_told("label-role", roles, False, "what stands in brackets behind a name"),
    ]
    return Understood(turns, labelled.name, round(labelled.share, 4), alternatives, _unlabelled(turns), tuple(findings))


def _stamps_above(
    lines: Sequence[_Line], labels: Sequence[_Label | None]
) -> dict[int, tuple[float | None, float | None]]:
    """Lines that hold nothing but a time and stand right above a label, and what they say."""
    found = {}
    for at in range(1, len(lines)):
        above = lines[at - 1].text
        if labels[at] is not None and labels[at - 1] is None and len(above) <= 60 and _ONLY_STAMP.fullmatch(above):
            found[at - 1] = seconds_of(above)
    return found


def _kept(labelled: _Labelled, lines: Sequence[_Line]) -> tuple[list[_Label | None], list[_Label]]:
    """The labels, without those that are rather prose: they occur once and look or stand otherwise than the others."""
    back = labelled.coming_back
    if not back:
        return labelled.labels, []
    repeated = [
        (label, lines[at]) for at, label in enumerate(labelled.labels) if label and label.speaker.casefold() in back
    ]
    are_capital = all(not label.speaker[0].islower() for label, _ in repeated)
    at_start = sum(1 for _, line in repeated if line.start == 0) >= 0.95 * len(repeated)
    are_weak = labelled.name in _WEAK
    once = {label.speaker for label in labelled.labels if label is not None}
    once = {speaker for speaker in once if speaker.casefold() not in back}
    kept: list[_Label | None] = []
    left: list[_Label] = []
    for at, label in enumerate(labelled.labels):
        is_prose = label is not None and label.speaker in once and (
            are_weak
            or (are_capital and label.speaker[0].islower())
            or len(label.speaker.split()) > 4
            or not any(c.isalpha() for c in label.speaker)
            or (at_start and lines[at].start > 0 and label.time is None)
        )  # fmt: skip
        if label is not None and is_prose:
            left.append(label)
        kept.append(None if is_prose else label)
    return kept, left


def _findings_of_labels(
    labelled: _Labelled, labels: Sequence[_Label | None], left: Sequence[_Label]
) -> Iterator[Finding]:
    times = Counter(label.speaker.casefold() for label in labels if label is not None)
    once = sorted((name for name, count in times.items() if count == 1), key=len)
    often = [name for name, count in times.items() if count > 1]
    if once and often:
        slips = sum(1 for name in once[:40] if any(_is_near(name, other) for other in often[:12]))
        detail = f"labels that occur once, of {_lengths(once)} characters"
        if slips:
            detail += f"; {slips} differ little from a label that comes back"
        yield Finding("label-once", len(once), True, detail)
    if left:
        found = sorted((label.speaker for label in left), key=len)
        yield Finding("label-like", len(left), True, f"left among the words: {_lengths(found)} characters and a mark")


def _lengths(names: Sequence[str]) -> str:
    return ", ".join(str(len(name)) for name in names[:12]) + (" …" if len(names) > 12 else "")


def _is_near(one: str, other: str) -> bool:
    """Whether two labels of four letters or more differ in one or two letters.

    >>> _is_near("inervjuer", "intervjuer"), _is_near("kari", "ola")
    (True, False)
    """
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 2:
        return False
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, its in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != its))
    return row[-1] <= (1 if len(other) < 6 else 2)


def _told(what: str, count: int, is_carried: bool, detail: str) -> Iterator[Finding]:
    if count:
        yield Finding(what, count, is_carried, detail)


def _timed_by_closing_stamps(turns: tuple[SourceTurn, ...]) -> tuple[SourceTurn, ...]:
    """f4's times, which stand at the ends of turns, out of the words: a turn begins where the one before it ends."""
    closing = [_CLOSING_STAMP.search(turn.words, max(0, len(turn.words) - 24)) for turn in turns]
    if sum(1 for stamp in closing if stamp) < max(1, 0.3 * len(turns)):
        return turns
    made = []
    last: float | None = None
    for turn, stamp in zip(turns, closing, strict=True):
        time, end, words = turn.time if turn.time is not None else last, turn.end, turn.words
        if stamp:
            end, words = seconds_of(stamp[0])[0], turn.words[: stamp.start()]
            last = end
        places = tuple(place for place in turn.paragraphs if place[1] < len(words))
        if words:
            made.append(SourceTurn(turn.speaker, words, time, end, turn.kind, places))
    return tuple(made)


def _voice_turns(source: SourceText) -> Understood:
    """One turn per stretch of paragraphs with the same speaker; what has none stands by itself."""
    built: list[_Building] = []
    named = words = 0
    for number, paragraph in enumerate(source.paragraphs):
        if not paragraph.words:
            continue
        words += 1
        named += bool(paragraph.speaker)
        kind: TurnKind = "turn" if paragraph.speaker else "heading" if paragraph.kind == "heading" else "paragraph"
        if not built or not paragraph.speaker or built[-1].speaker != paragraph.speaker:
            built.append(_Building(paragraph.speaker, kind, paragraph.time, paragraph.end))
        for line in _lines((paragraph,)):
            built[-1].add(number, line.start, line.text)
        if paragraph.end is not None:
            built[-1].end = max(paragraph.end, built[-1].end or 0.0)
    turns = _finished(built)
    return Understood(turns, "voice", round(named / words, 4) if words else 0.0, (), _unlabelled(turns))


def _plain_turns(
    source: SourceText, alternatives: tuple[tuple[str, float], ...], tried: Sequence[_Labelled] = ()
) -> Understood:
    """A paragraph each; cues are put together to paragraphs, lines are taken apart where each is a paragraph."""
    has_lines = any("\n" in p.words for p in source.paragraphs) and _is_line_a_paragraph(source.paragraphs)
    built: list[_Building] = []
    row = 0
    for number, paragraph in enumerate(source.paragraphs):
        is_same_row = paragraph.row > 0 and paragraph.row == row
        row = paragraph.row
        if not paragraph.words or paragraph.words.isspace():
            continue
        lines = _lines((paragraph,))
        if paragraph.kind == "heading":
            built.append(_Building("", "heading"))
        elif paragraph.time is not None:
            if not built or not _goes_on(built[-1], paragraph):
                built.append(_Building("", "paragraph", paragraph.time))
            built[-1].end = paragraph.end
            built[-1].word_count += len(paragraph.words.split())
        elif not (is_same_row and built):
            built.append(_Building("", "paragraph"))
        are_paragraphs = paragraph.kind == "text" and paragraph.time is None and (
            has_lines or _is_list([line.text for line in lines])
        )  # fmt: skip
        for at, line in enumerate(lines):
            if at and are_paragraphs:
                built.append(_Building("", "paragraph"))
            built[-1].add(number, line.start, line.text)
    turns = _finished(built)
    findings = []
    for labelled in tried:
        known = sum(times for times in labelled.times.values() if times > 1)
        if known and labelled.name in ("colon", "label-line", "bold", "numbered"):
            lengths = _lengths(sorted(labelled.coming_back, key=len))
            findings.append(
                Finding(
                    "label-like",
                    known,
                    True,
                    f"left among the words: {lengths} characters and a mark ({labelled.name})",
                )
            )
    return Understood(turns, "none", 0.0, alternatives, _unlabelled(turns), tuple(findings))


_SENTENCE_END = re.compile(r"[.?!…][\"»”’)\]]*$")


def _goes_on(before: _Building, cue: Paragraph) -> bool:
    """Whether a cue belongs to the paragraph that the cues before it make."""
    if before.kind != "paragraph" or before.time is None:
        return False
    if before.end is not None and cue.time is not None and cue.time - before.end >= PAUSE:
        return False
    is_full = before.word_count >= WORDS_OF_A_PARAGRAPH and _SENTENCE_END.search(before.pieces[-1][-8:]) is not None
    return not is_full and before.word_count < MOST_WORDS_OF_A_PARAGRAPH


def _is_line_a_paragraph(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether the lines are too long to be wrapped: then the editor wrote one line to a paragraph."""
    return any(len(line) > 120 for p in paragraphs if p.kind == "text" for line in p.words.split("\n"))


def _is_list(lines: Sequence[str]) -> bool:
    """Whether most lines begin like sentences or items, as lines that were wrapped do not."""
    if len(lines) < 3:
        return False
    beginnings = [line.lstrip()[:1] for line in lines]
    return sum(1 for one in beginnings if one.isupper() or one.isdigit() or one in "-–•*·") > 0.6 * len(lines)


# --- tables ----------------------------------------------------------------------------------------------------------

_HEADS = frozenset(
    "taler talar speaker hvem kven who navn namn name person informant deltaker deltakar rolle role tekst text utsagn ytring "
    "utsegn innhold innhald content words sitat transkripsjon transcript tid time start nr no number nummer linje line".split()
)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column of a table holds what; -1 where none does."""

    rows: tuple[tuple[int, tuple[int, ...]], ...]
    speaker: int
    words: int
    time: int
    number: int
    score: float
    has_head: bool


def _columns(paragraphs: Sequence[Paragraph]) -> _Columns | None:
    """The columns of the rows, when the source has a table of two columns or more."""
    rows: dict[int, list[int]] = defaultdict(list)
    for at, paragraph in enumerate(paragraphs):
        if paragraph.kind == "cell" and paragraph.row > 0:
            rows[paragraph.row].append(at)
    widths = Counter(len(cells) for cells in rows.values())
    if not widths:
        return None
    width = min(widths, key=lambda one: (-widths[one], one))
    if not 2 <= width <= 8:
        return None
    table = [(row, tuple(cells)) for row, cells in rows.items() if len(cells) == width]
    columns = [[paragraphs[cells[at]].words.strip() for _, cells in table] for at in range(width)]
    sizes = [sum(len(words.split()) for words in column) for column in columns]
    words_at = max(range(width), key=lambda at: (sizes[at], at))
    shares = [_share(column, _ONLY_STAMP) for column in columns]
    time_at = next((at for at in range(width) if at != words_at and shares[at] >= 0.6), -1)
    number_at = next(
        (at for at in range(width) if at not in (words_at, time_at) and _share(columns[at], _ONLY_NUMBER) >= 0.6
         and len(set(columns[at])) > 0.8 * len(columns[at])), -1)  # fmt: skip
    best, speaker_at = 0.0, -1
    for at in range(width):
        if at in (words_at, time_at, number_at):
            continue
        names = Counter(name for cell in columns[at] if (name := _speaker(cell).casefold()))
        repeated = sum(times for times in names.values() if times > 1)
        are_short = all(len(name) <= 60 for name in names)
        score = repeated / len(table) if names and are_short else 0.0
        if score > best:
            best, speaker_at = score, at
    head = [column[0].casefold().strip(" :.*") for column in columns]
    has_head = all(not one or one in _HEADS for one in head) and any(head)
    spoken = len(table) - has_head
    others = sum(1 for p in paragraphs if p.words and p.kind == "text")
    share = min(1.0, best * len(table) / (spoken + others)) if spoken + others else 0.0
    return _Columns(tuple(table), speaker_at, words_at, time_at, number_at, round(share, 4), has_head)


_ONLY_NUMBER = re.compile(r"\s*\d{1,6}[.)]?\s*")


def _share(column: Sequence[str], expression: re.Pattern[str]) -> float:
    filled = [cell for cell in column if cell]
    return sum(1 for cell in filled if len(cell) < 60 and expression.fullmatch(cell)) / len(filled) if filled else 0.0


def _speaker(cell: str) -> str:
    return " ".join(cell.split()).rstrip(" :.")


def _table_turns(source: SourceText, columns: _Columns, alternatives: tuple[tuple[str, float], ...]) -> Understood:
    """One turn per row; a row without a speaker carries the row before it on."""
    paragraphs = source.paragraphs
    rows = dict(columns.rows)
    left = Counter[str]()
    built: list[_Building] = []
    done: set[int] = set()
    spoken = labelled = 0
    first = columns.rows[0][0] if columns.has_head and columns.rows else 0
    for at, paragraph in enumerate(paragraphs):
        cells = rows.get(paragraph.row) if paragraph.kind == "cell" else None
        if cells is None:
            if paragraph.words.strip():
                is_same_row = paragraph.row > 0 and at > 0 and paragraphs[at - 1].row == paragraph.row and bool(built)
                if not is_same_row:
                    built.append(
                        _Building("", "heading" if paragraph.kind == "heading" else "paragraph", paragraph.time)
                    )
                for line in _lines((paragraph,)):
                    built[-1].add(at, line.start, line.text)
            continue
        if paragraph.row in done:
            continue
        done.add(paragraph.row)
        if columns.has_head and paragraph.row == first:
            left["table-header"] += 1
            continue
        spoken += 1
        speaker = _speaker(paragraphs[cells[columns.speaker]].words) if columns.speaker >= 0 else ""
        labelled += bool(speaker)
        begin, end = seconds_of(paragraphs[cells[columns.time]].words) if columns.time >= 0 else (None, None)
        if speaker or not built or not built[-1].speaker:
            built.append(_Building(speaker, "turn" if speaker else "paragraph", begin, end))
        place = cells[columns.words]
        for line in _lines((paragraphs[place],)):
            built[-1].add(place, line.start, line.text)
        beside = {columns.speaker, columns.words, columns.time, columns.number}
        left["table-column"] += sum(
            1 for n, cell in enumerate(cells) if n not in beside and paragraphs[cell].words.strip()
        )
    turns = _finished(built)
    empty = sum(1 for one in built if one.speaker and not one.pieces)
    findings = [
        *_told("table-header", left["table-header"], False, "first row, with the names of the columns"),
        *_told("table-column", left["table-column"], False, "cells beside number, time, speaker and words"),
        *_told("empty-turn", empty, False, "labels without words"),
    ]
    share = round(labelled / spoken, 4) if spoken else 0.0
    return Understood(turns, "table", share, alternatives, _unlabelled(turns), tuple(findings))
