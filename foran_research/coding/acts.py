"""What a coder can do at the desk, as pure functions: a desk and a wish in, the steps to be logged out.

A step is one event without its number, time and place in the chain. Several steps are one act and are undone as one.
Nothing here touches the disk; :mod:`foran_research.coder.session` writes the steps down.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..codebook.code import Codebook, version_key
from ..errors import ForanError
from ..vocabulary import POLARITIES
from .events import Event, Record, Step, UndoStacks, facets_of, is_segment, is_waiting, segment_at
from .memos import wrong_in as wrong_in_memo
from .resolving import wrong_in

#: The letter in a record's id that tells its kind: FJO-I01.K1.s0004.
LETTERS: Mapping[str, str] = {"segment": "s", "dismissal": "d", "proposal": "p", "memo": "m", "resolution": "r"}
_NUMBERED = re.compile(r"\.([a-z])(\d+)$")
#: What a span may not consist of and is trimmed of: blanks, and characters of no width.
_NOTHING = (
    " \t\n\r\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
    "\u200b\u200c\u200d\u2060\ufeff\u00ad"
)


class Refused(ForanError):
    """A wish that cannot be granted, with a word for the reason; nothing was changed.

    `reason` is a key of the coder's word lists; `facts` are ids and numbers to set into its sentence, never words of
    an informant.
    """

    def __init__(self, reason: str, **facts: object) -> None:
        self.reason = reason
        self.facts = facts
        told = ", ".join(f"{name} {value}" for name, value in facts.items())
        super().__init__(f"{reason.replace('-', ' ')}{f' ({told})' if told else ''}; nothing was changed")


@dataclass
class Desk:
    """A document on the desk of a coder: the text, the codebook in force, and the records that stand."""

    document: str
    coder: str
    text: str
    codebook: Codebook
    facets: Mapping[str, tuple[str, ...]]
    state: dict[str, Record] = field(default_factory=dict)
    stacks: UndoStacks = field(default_factory=UndoStacks)
    #: Highest number given out so far, by letter; numbers of removed records are never given again.
    numbers: dict[str, int] = field(default_factory=dict)

    def see(self, act: Sequence[Event]) -> None:
        """Take in the next act of the log."""
        for event in act:
            if event.after is None:
                self.state.pop(event.segment, None)
            else:
                self.state[event.segment] = event.after
            if numbered := _NUMBERED.search(event.segment):
                letter, number = numbered[1], int(numbered[2])
                self.numbers[letter] = max(number, self.numbers.get(letter, 0))
        self.stacks.see(tuple(act))

    def new_id(self, kind: str, number: int | None = None) -> str:
        """An id no record of this log has had; with `number` the one of that number, for an act that makes several."""
        letter = LETTERS[kind]
        return f"{self.document}.{self.coder}.{letter}{number or self.numbers.get(letter, 0) + 1:04d}"

    def segment(self, name: str) -> Record:
        """The coded segment with this id.

        Raises
        ------
        Refused
            ``gone`` when no such segment stands (another window may have removed it); ``waiting`` when it has lost its
            place in an edited text and must be placed or removed first.
        """
        record = self.state.get(name)
        if record is not None and "kind" not in record and is_waiting(record):
            raise Refused("waiting", record=name)
        if record is None or not is_segment(record):
            raise Refused("gone", record=name)
        return record

    def span(self, start: object, end: object) -> tuple[int, int]:
        """A span with blanks and characters of no width trimmed off its ends.

        Raises
        ------
        Refused
            ``bad-span`` outside the text, ``empty-span`` when nothing is left.
        """
        if not (type(start) is int and type(end) is int and 0 <= start < end <= len(self.text)):
            raise Refused("bad-span", length=len(self.text))
        while start < end and self.text[start] in _NOTHING:
            start += 1
        while end > start and self.text[end - 1] in _NOTHING:
            end -= 1
        if start == end:
            raise Refused("empty-span")
        return start, end

    def code(self, name: object) -> str:
        """A code id that can be applied under the codebook in force.

        Raises
        ------
        Refused
            ``unknown-code`` or ``retired-code``.
        """
        code = self.codebook.by_id.get(name) if isinstance(name, str) else None
        if code is None:
            raise Refused("unknown-code", codebook=self.codebook.codebook_version)
        if not code.is_active:
            raise Refused("retired-code", code=code.display, codebook=self.codebook.codebook_version)
        return code.id

    def same(self, start: int, end: int, code: str, *, but: Collection[str] = ()) -> str | None:
        """The id of the segment, but for some, that has this code on this very span already and was not set aside."""
        for name, record in self.state.items():
            place = (record.get("start"), record.get("end"), record.get("code"))
            if place == (start, end, code) and name not in but and is_segment(record) and "set_aside" not in record:
                return name
        return None


def apply(
    desk: Desk, *, start: int, end: int, code: str, polarity: str = "", source: Mapping[str, Any] | None = None
) -> list[Step]:
    """A code put on a span. A span that has the code already is left alone: one coder says a thing once.

    >>> from foran_research.codebook.code import Codebook
    >>> desk = Desk("FJO-I01", "K1", "Vi hadde god dialog.", Codebook("1.0.0", "2020-01-01", {}, {}, (), ()), {})
    >>> apply(desk, start=0, end=2, code="C0001")
    Traceback (most recent call last):
        ...
    foran_research.coding.acts.Refused: unknown code (codebook 1.0.0); nothing was changed
    """
    start, end = desk.span(start, end)
    code = desk.code(code)
    _check_polarity(polarity)
    if desk.same(start, end, code):
        return []
    made = segment_at(desk.text, start, end, code, polarity, desk.codebook.codebook_version, source=source)
    return [Step("accept" if source else "apply", desk.new_id("segment"), None, made)]


def accept(
    desk: Desk,
    *,
    start: int,
    end: int,
    code: str,
    suggestion: Mapping[str, Any],
    polarity: str = "",
) -> list[Step]:
    """A suggestion taken over, perhaps with another code or span: a coding by the coder that remembers its origin.

    `suggestion` holds the `start`, `end`, `code` and `suggested_by` of what was suggested.
    """
    return apply(desk, start=start, end=end, code=code, polarity=polarity, source=_origin(suggestion))


def dismiss(desk: Desk, *, suggestion: Mapping[str, Any]) -> list[Step]:
    """A suggestion put away for good."""
    origin = _origin(suggestion)
    start, end = desk.span(origin["start"], origin["end"])
    record = {"kind": "dismissal", **origin, "start": start, "end": end, "quote": desk.text[start:end]}
    return [Step("dismiss", desk.new_id("dismissal"), None, record)]


def _origin(suggestion: Mapping[str, Any]) -> dict[str, Any]:
    keys = {"suggested_by": str, "code": str, "start": int, "end": int}
    if not all(type(suggestion.get(key)) is kind for key, kind in keys.items()):
        raise Refused("bad-wish")
    return {key: suggestion[key] for key in keys}


def remove(desk: Desk, *, records: Sequence[str]) -> list[Step]:
    """Segments, proposals, memos or dismissals taken away; their events stay in the log."""
    return [Step("remove", name, _standing(desk, name), None) for name in _names(records)]


def recode(desk: Desk, *, records: Sequence[str], code: str) -> list[Step]:
    """Another code on the same passages; polarity, facets and memo stay. It is a code of the codebook in force."""
    code = desk.code(code)
    steps = []
    taken: dict[tuple[int, int], str] = {}
    for name in _names(records):
        before = desk.segment(name)
        span = before["start"], before["end"]
        other = taken.setdefault(span, name)
        if other == name:
            is_same = before["code"] == code and before["codebook_version"] == desk.codebook.codebook_version
            if is_same and "set_aside" not in before:
                continue
            other = desk.same(*span, code, but=(name,)) or name
        if other != name:
            raise Refused("already-coded", record=other)
        steps.append(Step("recode", name, before, _recoded(desk, before, code)))
    return steps


def _recoded(desk: Desk, before: Record, code: str) -> dict[str, Any]:
    """A segment under a code of the codebook in force, whatever was decided about it under an earlier one."""
    rest = {key: value for key, value in before.items() if key != "set_aside"}
    return {**rest, "code": code, "codebook_version": desk.codebook.codebook_version}


def settle(
    desk: Desk,
    *,
    record: str,
    codes: Sequence[str],
    polarity: str | None = None,
    others: Sequence[str] = (),
    facets: Mapping[str, str] | None = None,
    reason: str = "",
) -> list[Step]:
    """What a person decides about a segment that an earlier codebook left behind.

    Parameters
    ----------
    record
        The segment.
    codes
        Codes of the codebook in force. The first becomes the segment's own, the others are put on the same passage with
        the same polarity, facets and memo. None at all: no code fits the passage any more; it then counts under earlier
        versions only.
    polarity
        What it becomes; left as it is for None.
    others
        Segments of the same coder on the same passage that this decision speaks for too; they are set aside.
    facets
        Answers to facets that the segment has come to have by itself (an earlier code became one); the others stay.
    reason
        Why no code fits, if there is something to say.
    """
    if isinstance(codes, str):
        raise Refused("bad-wish")
    before = desk.segment(record)
    if polarity is not None:
        _check_polarity(polarity)
    answers = {} if facets is None else facets
    if not (isinstance(answers, Mapping) and all(isinstance(part, str) for pair in answers.items() for part in pair)):
        raise Refused("bad-wish")
    chosen = list(dict.fromkeys(desk.code(code) for code in codes))
    rest = [name for name in _names(others) if name != record]
    place = before["start"], before["end"]
    if any((desk.segment(name)["start"], desk.segment(name)["end"]) != place for name in rest):
        raise Refused("bad-wish")
    spoken_for = (record, *rest)
    # What has the code under the version in force already stands, and is not put there twice.
    standing = {code: desk.same(*place, code, but=spoken_for) for code in chosen}
    fresh = [code for code in chosen if standing[code] is None]
    # What was set aside under an earlier version has no code since then, and that stays so.
    aside = [name for name in (rest if fresh else spoken_for) if "set_aside" not in desk.segment(name)]
    steps = [_set_aside(desk, name, reason) for name in aside]
    if fresh:
        after = _recoded(desk, before, fresh[0])
        if polarity is not None:
            after["polarity"] = polarity
        if answers:
            after = _with_facets(after, {**facets_of(before), **answers})
        steps.insert(0, Step("recode", record, before, after))
        number = desk.numbers.get(LETTERS["segment"], 0)
        for count, code in enumerate(fresh[1:], number + 1):
            steps.append(Step("apply", desk.new_id("segment", count), None, {**after, "code": code}))
    return steps


def _set_aside(desk: Desk, name: str, reason: str) -> Step:
    before = desk.segment(name)
    told = {"codebook_version": desk.codebook.codebook_version, "reason": _checked_text(reason).strip()}
    return Step("set_aside", name, before, {**before, "set_aside": told})


def confirm(desk: Desk, *, records: Sequence[str]) -> list[Step]:
    """Segments of an earlier codebook version read again under the one in force, and they stand.

    Raises
    ------
    Refused
        ``retired-code`` for a code that the codebook in force has no longer: there is something to decide.
    """
    steps = []
    for name in _names(records):
        before = desk.segment(name)
        code = desk.code(before["code"])
        if before["codebook_version"] != desk.codebook.codebook_version or "set_aside" in before:
            steps.append(Step("confirm", name, before, _recoded(desk, before, code)))
    return steps


def adjust(desk: Desk, *, record: str, start: int, end: int) -> list[Step]:
    """A segment or proposal over another stretch of text; what waited for a place in an edited text has one again."""
    before = _standing(desk, record)
    if before.get("kind") not in (None, "proposal") and not (before.get("kind") == "memo" and is_waiting(before)):
        raise Refused("gone", record=record)
    start, end = desk.span(start, end)
    if (start, end) == (before["start"], before["end"]) and not is_waiting(before):
        return []
    if "kind" not in before and (other := desk.same(start, end, before["code"], but=(record,))):
        raise Refused("already-coded", record=other)
    return [Step("adjust", record, before, _moved(desk, before, start, end))]


def polarity(desk: Desk, *, records: Sequence[str], polarity: str) -> list[Step]:
    """Whether what is said promotes, inhibits, both or neither; "" takes it back."""
    _check_polarity(polarity)
    steps = []
    for name in _names(records):
        before = desk.segment(name)
        if before["polarity"] != polarity:
            steps.append(Step("polarity", name, before, {**before, "polarity": polarity}))
    return steps


def facet(desk: Desk, *, records: Sequence[str], facet: str, value: str) -> list[Step]:
    """An answer to one of the study's facets; "" takes it back."""
    if facet not in desk.facets or (value and value not in desk.facets[facet]):
        raise Refused("unknown-facet", facet=facet if facet in desk.facets else "?")
    steps = []
    for name in _names(records):
        before = desk.segment(name)
        facets = {key: answer for key, answer in facets_of(before).items() if key != facet}
        if value:
            facets[facet] = value
        if facets != facets_of(before):
            steps.append(Step("facet", name, before, _with_facets(before, facets)))
    return steps


def memo(desk: Desk, *, record: str, text: str, was: str | None = None) -> list[Step]:
    """What the coder thinks about a segment or proposal; "" takes it back.

    `was` is the memo that the coder had before her eyes: another one, written in another window, is not overwritten.
    """
    before = _standing(desk, record)
    text = _checked_text(text)
    if was is not None and before.get("memo", "") not in (was, text):
        raise Refused("memo-changed")
    if before.get("kind") not in (None, "proposal"):
        raise Refused("gone", record=record)
    if before.get("memo", "") == text:
        return []
    rest = {key: value for key, value in before.items() if key != "memo"}
    return [Step("memo", record, before, {**rest, "memo": text} if text else rest)]


def split(desk: Desk, *, record: str, at: int) -> list[Step]:
    """One segment as two, cut at a place within it; both keep code, polarity, facets and memo."""
    before = desk.segment(record)
    if not (type(at) is int and before["start"] < at < before["end"]):
        raise Refused("cut-outside", record=record)
    first, second = desk.span(before["start"], at), desk.span(at, before["end"])
    for start, end in (first, second):
        if other := desk.same(start, end, before["code"], but=(record,)):
            raise Refused("already-coded", record=other)
    return [
        Step("split", record, before, _moved(desk, before, *first)),
        Step("split", desk.new_id("segment"), None, _moved(desk, before, *second)),
    ]


def merge(desk: Desk, *, records: Sequence[str]) -> list[Step]:
    """Segments of one code as one, from where the first begins to where the last ends.

    Raises
    ------
    Refused
        ``codes-differ``, ``polarities-differ`` or ``facets-differ``: what should stand is the coder's to say first.
    """
    names = sorted(_names(records), key=lambda name: (desk.segment(name)["start"], desk.segment(name)["end"], name))
    if len(names) < 2:
        raise Refused("merge-needs-two")
    segments = [desk.segment(name) for name in names]
    if len({segment["code"] for segment in segments}) > 1:
        raise Refused("codes-differ")
    polarities = {segment["polarity"] for segment in segments} - {""}
    if len(polarities) > 1:
        raise Refused("polarities-differ")
    facets: dict[str, str] = {}
    for segment in segments:
        for key, value in facets_of(segment).items():
            if facets.setdefault(key, value) != value:
                raise Refused("facets-differ", facet=key)
    start, end = segments[0]["start"], max(segment["end"] for segment in segments)
    if other := desk.same(start, end, segments[0]["code"], but=names):
        raise Refused("already-coded", record=other)
    memos = list(dict.fromkeys(segment["memo"] for segment in segments if segment.get("memo")))
    whole = _with_facets(_moved(desk, segments[0], start, end), facets)
    whole["polarity"] = next(iter(polarities), "")
    whole["codebook_version"] = max((segment["codebook_version"] for segment in segments), key=version_key)
    if memos:
        whole["memo"] = "\n\n".join(memos)
    removed = [Step("merge", name, segment, None) for name, segment in zip(names[1:], segments[1:], strict=True)]
    return [Step("merge", names[0], segments[0], whole), *removed]


def propose(desk: Desk, *, start: int, end: int, label: str) -> list[Step]:
    """A passage that asks for a code that the codebook lacks, under a name of the coder's: no coding, and not counted.

    Several passages may bear the same name; together they are the evidence for the proposal.
    """
    start, end = desk.span(start, end)
    label = _checked_text(label).strip()
    if not label:
        raise Refused("empty-label")
    if len(label) > 120:
        raise Refused("long-label", length=len(label))
    if any((r.get("start"), r.get("end"), r.get("label")) == (start, end, label) for r in desk.state.values()):
        return []
    record = {"kind": "proposal", "start": start, "end": end, "quote": desk.text[start:end], "label": label}
    return [Step("propose", desk.new_id("proposal"), None, record)]


def note(
    desk: Desk,
    *,
    about: Mapping[str, str],
    text: str,
    record: str = "",
    replaces: str = "",
    was: str | None = None,
    type: str | None = None,
    links: Sequence[Mapping[str, str]] | None = None,
    fields: Mapping[str, str] | None = None,
) -> list[Step]:
    """A memo on the document, a code, a segment, a change of the codebook, a milestone or the study.

    `record` names a memo of this log to be changed; `replaces` one written in another log, while another document or none
    was on the desk. `was` is as for :func:`memo`.

    `type` is one of :data:`~foran_research.coding.memos.MEMO_TYPES` or "", `links` are pairs such as
    ``{"code": "C0006"}``, `fields` the parts of an abductive memo. What is None stays as it is, and so do fields that are
    not named. A memo without text and fields is taken away.
    """
    text = _checked_text(text)
    if record:
        before = _standing(desk, record)
        if before.get("kind") != "memo":
            raise Refused("gone", record=record)
        made = _noted({**before, "text": text}, type, links, fields)
        if made == before:
            return []
        if was is not None and before["text"] not in (was, text):
            raise Refused("memo-changed")
        return [Step("note", record, before, made if text or made.get("fields") else None)]
    if not isinstance(about, Mapping):
        raise Refused("bad-wish")
    made = _noted({"kind": "memo", "about": dict(about), "text": text}, type, links, fields)
    if not (text or made.get("fields") or replaces):
        return []
    return [Step("note", desk.new_id("memo"), None, made | ({"replaces": replaces} if replaces else {}))]


def _noted(
    record: Record,
    memo_type: str | None,
    links: Sequence[Mapping[str, str]] | None,
    fields: Mapping[str, str] | None,
) -> dict[str, Any]:
    """A memo with another type, links or fields where they are given; keys that say nothing are left out."""
    made = dict(record)
    if memo_type is not None:
        made["type"] = memo_type
    if links is not None:
        if isinstance(links, str) or not all(isinstance(link, Mapping) for link in links):
            raise Refused("bad-wish")
        made["links"] = [link for at, link in enumerate(map(dict, links)) if link not in links[:at]]
    if fields is not None:
        if not isinstance(fields, Mapping):
            raise Refused("bad-wish")
        whole = {**made.get("fields", {}), **{name: _checked_text(words) for name, words in fields.items()}}
        made["fields"] = {name: words for name, words in whole.items() if words}
    if wrong_in_memo(made):
        raise Refused("bad-wish")
    return {key: value for key, value in made.items() if value or key not in ("type", "links", "fields")}


def complete(desk: Desk, *, is_complete: bool = True) -> list[Step]:
    """The document marked as coded to its end, or opened again."""
    if type(is_complete) is not bool:
        raise Refused("bad-wish")
    name = f"{desk.document}.{desk.coder}.done"
    before = desk.state.get(name)
    if bool(before and before["is_complete"]) == is_complete:
        return []
    return [Step("complete" if is_complete else "reopen", name, before, {"kind": "status", "is_complete": is_complete})]


def resolve(
    desk: Desk,
    *,
    start: int,
    end: int,
    accepted: Sequence[Mapping[str, Any]],
    rejected: Sequence[Mapping[str, Any]],
    reason: str,
    code: str = "",
    polarity: str = "",
) -> list[Step]:
    """A disagreement settled: which segments stand, which do not, and why; `code` puts another code in their place.

    `accepted` and `rejected` are the segments as they stand now (segment, coder, code, start, end, polarity), so that
    a later change of one of them is noticed.
    """
    start, end = desk.span(start, end)
    reason = _checked_text(reason).strip()
    if not reason:
        raise Refused("reason-missing")
    name = desk.new_id("resolution")
    steps: list[Step] = []
    stands, falls, added = [dict(segment) for segment in accepted], [dict(segment) for segment in rejected], []
    if code:
        own = desk.same(start, end, desk.code(code))
        chosen = [segment for segment in falls if segment.get("segment") == own]
        if chosen:
            # The other code is one of the settler's own that lay on the table: it stands, rather than being added.
            stands, falls = [*stands, *chosen], [segment for segment in falls if segment not in chosen]
        else:
            if own is None:
                steps = apply(desk, start=start, end=end, code=code, polarity=polarity, source={"resolution": name})
                own = steps[0].record
            added = [own]
    record = {
        "kind": "resolution",
        "start": start,
        "end": end,
        "quote": desk.text[start:end],
        "accepted": stands,
        "rejected": falls,
        "added": added,
        "reason": reason,
    }
    if wrong_in(record):
        raise Refused("bad-wish")
    return [*steps, Step("resolve", name, None, record)]


def undo(desk: Desk) -> list[Step]:
    """The newest act that stands, taken back."""
    if not desk.stacks.undoable:
        raise Refused("nothing-to-undo")
    act = desk.stacks.undoable[-1]
    return _checked(desk, [Step("undo", event.segment, event.after, event.before) for event in reversed(act)])


def redo(desk: Desk) -> list[Step]:
    """The act taken back last, done again."""
    if not desk.stacks.redoable:
        raise Refused("nothing-to-redo")
    act = desk.stacks.redoable[-1]
    return _checked(desk, [Step("redo", event.segment, event.before, event.after) for event in act])


#: The verbs a coder's screen may send.
VERBS: Mapping[str, Callable[..., list[Step]]] = {
    verb.__name__: verb
    for verb in (
        apply, accept, dismiss, remove, recode, settle, confirm, adjust, polarity, facet, memo, split, merge, propose,
        note, complete, resolve, undo, redo,
    )
}  # fmt: skip


def _checked(desk: Desk, steps: list[Step]) -> list[Step]:
    """`steps` if they fit what stands: a log written by other hands may have moved on."""
    for step in steps:
        if desk.state.get(step.record) != step.before:
            raise Refused("gone", record=step.record)
    return steps


def _standing(desk: Desk, name: str) -> Record:
    record = desk.state.get(name)
    if record is None:
        raise Refused("gone", record=name)
    return record


def _names(records: Sequence[str]) -> list[str]:
    if isinstance(records, str) or not all(isinstance(name, str) for name in records):
        raise Refused("bad-wish")
    return list(dict.fromkeys(records))


def _check_polarity(polarity: object) -> None:
    if polarity not in (*POLARITIES, ""):
        raise Refused("unknown-polarity")


def _checked_text(text: object) -> str:
    """A text that UTF-8 can hold: a lone half of a surrogate pair would break the log's line."""
    if not isinstance(text, str):
        raise Refused("bad-wish")
    return text.encode("utf-8", "replace").decode("utf-8")


def _with_facets(segment: Record, facets: Mapping[str, str]) -> dict[str, Any]:
    """A segment with these facets; the phase of old logs moves to the other facets."""
    rest = {key: value for key, value in segment.items() if key not in ("phase", "facets")}
    return {**rest, "facets": dict(facets)} if facets else rest


def _moved(desk: Desk, record: Record, start: int, end: int) -> dict[str, Any]:
    """A record over another span, with the words and the context that stand there."""
    record = {key: value for key, value in record.items() if key != "waiting"}
    fresh = segment_at(desk.text, start, end, "", "", "")
    keys: Iterable[Literal["start", "end", "quote", "prefix", "suffix"]] = ("start", "end", "quote", "prefix", "suffix")
    return {**record, **{key: fresh[key] for key in keys if key in record or is_segment(record)}}
