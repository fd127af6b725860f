"""Which passages a review pack shows, and why the others are left out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

#: How often one speaker is quoted for one element, and in a whole pack: nobody's voice carries it, and what one person
#: said is not gathered into a portrait.
MOST_OF_ONE, MOST_IN_PACK = 2, 12
#: Longer passages are not read at a workshop.
MOST_WORDS = 150

POLARITIES = {"fremmer": "promoting", "hemmer": "inhibiting", "begge": "both", "nøytral": "neutral", "": ""}
#: The reasons for leaving a passage out, in the order in which they are told.
REASONS = ("not_cleared", "lapsed", "no_consent", "hidden_document", "enough_of_one", "too_long")


@dataclass(frozen=True)
class Passage:
    """A coded segment as far as it can be chosen: `state` is what keeps it out, one of `REASONS`, or "" when it is cleared.

    `words` are those to show; `speaker` is who says it, or the document.
    """

    segment: str
    element: str
    case: str
    document: str
    speaker: str
    units: tuple[str, ...]
    polarity: str
    state: str
    words: str
    is_edited: bool
    kind: str
    date: str
    role: str


@dataclass(frozen=True)
class Chosen:
    """The passages to show, in the order of the elements, and by segment why each of the others is not shown."""

    quotes: tuple[Passage, ...]
    left_out: Mapping[str, str]


def choose(passages: Sequence[Passage], elements: Collection[str]) -> Chosen:
    """Which passages to show: everything cleared that says what promotes or inhibits one of the `elements`.

    Left out are those too long, and those of somebody who is quoted `MOST_OF_ONE` times for the element and the direction,
    or `MOST_IN_PACK` times in all. Shorter passages go first, and of the elements each in turn, so that nobody's later
    words push out another's.
    """
    left_out = {one.segment: one.state for one in passages if one.state}
    waiting: dict[str, list[Passage]] = {name: [] for name in elements}
    for one in passages:
        if one.state or one.polarity not in ("fremmer", "hemmer", "begge") or one.element not in waiting:
            continue
        if len(one.words.split()) > MOST_WORDS:
            left_out[one.segment] = "too_long"
        else:
            waiting[one.element].append(one)
    for own in waiting.values():
        own.sort(key=lambda one: (_fitness(one), one.segment))
    used: Counter[tuple[str, ...]] = Counter()
    found: dict[str, list[Passage]] = {name: [] for name in waiting}
    while any(waiting.values()):
        for name, own in waiting.items():
            if own:
                one = own.pop(0)
                keys = ((one.speaker, name, one.polarity), (one.speaker,))
                if used[keys[0]] >= MOST_OF_ONE or used[keys[1]] >= MOST_IN_PACK:
                    left_out[one.segment] = "enough_of_one"
                else:
                    used.update(keys)
                    found[name].append(one)
    return Chosen(tuple(one for own in found.values() for one in own), left_out)


def _fitness(passage: Passage) -> int:
    length = len(passage.words.split())
    return 0 if 8 <= length <= 60 else 1 if length > 60 else 2
