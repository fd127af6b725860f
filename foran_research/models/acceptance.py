"""The project's own four indicators for one municipality, each met, partly met or not shown, with what it stands on.

1i: the elements of the capability, and what promotes and inhibits them, are clear in the model. 1ii: the model can be
used to assess maturity element by element, and is grounds for measures. 2i: clear, stepwise improvement. 2ii: priority,
progress and formulated trajectories of the elements that are to change. Nothing is met because somebody says so: each
verdict is worked out of coded segments, assessments, measures and statuses, whose ids it holds, and says what is missing.
Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..analysis.incidence import LAYERS
from ..analysis.maturity import of_element
from ..registers.records import Assessment, Measure, MeasureStep, Registers
from .capability import CellState, ModelInputs, cell_states, resolved

State = Literal["met", "partly", "not_shown"]
STATES: tuple[State, ...] = ("met", "partly", "not_shown")
INDICATORS = ("1i", "1ii", "2i", "2ii")
#: Sides of an assessment in the order in which a series is taken from them: the researchers, who assess every time, and the
#: municipality itself last.
SIDES = ("researcher", "joint", "self")
#: One part in how many of what is asked for makes an indicator partly met. 2i is partly met from one element up.
PARTLY = 3
#: What a measure is reported to be once something has been done: what calls for passages.
BEGUN = ("begun", "done", "stopped")

#: What each indicator asks for, in the words of the project description, and from when on it is met or partly met.
QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "1i": {
        "nb": "Elementene, og det som fremmer og hemmer dem, går tydelig fram av modellen",
        "en": "The elements, and what promotes and inhibits them, are clear in the model",
    },
    "1ii": {
        "nb": "Modellen kan brukes til å vurdere modenhet for hvert element og gir grunnlag for tiltak",
        "en": "The model can be used to assess maturity for each element, and is grounds for measures",
    },
    "2i": {
        "nb": "Tydelig, stegvis forbedring av kapabilitet og praksis",
        "en": "Clear, stepwise improvement of capability and practice",
    },
    "2ii": {
        "nb": "Prioritering og framdrift for det som fremmer og hemmer, med formulerte utviklingsforløp",
        "en": "Priority and progress for what promotes and inhibits, with formulated trajectories",
    },
}
THRESHOLDS: Mapping[str, Mapping[str, str]] = {
    "1i": {
        "nb": "Oppfylt når hvert element har minst én tekstdel som sier at noe fremmer eller hemmer, eller det er spurt "
        "og ingenting funnet, og minst ett element har en slik tekstdel. Delvis fra en tredel av elementene.",
        "en": "Met when each element has at least one passage that says that something promotes or inhibits, or it was "
        "asked about and nothing found, and at least one element has such a passage. Partly from a third of the elements.",
    },
    "1ii": {
        "nb": "Oppfylt når hvert element med belegg i kommunen har et vurdert nivå som hviler på tekstdeler, er bredt nok "
        "eller har en begrunnet overstyring, når minst halvparten av alle elementene har det, og når hvert tiltak "
        "gjelder et vurdert element. Delvis når minst en tredel av elementene med belegg er vurdert slik.",
        "en": "Met when each element with evidence in the municipality has an assessed level that rests on passages, is "
        "broad enough or overridden with a reason, when at least half of all elements have one, and when each measure "
        "is for an assessed element. Partly when at least a third of the elements with evidence are assessed so.",
    },
    "2i": {
        "nb": "Oppfylt når minst ett element har gått opp fra første til siste vurdering, flere har gått opp enn ned, "
        "ingen har gått ned noe steg på veien uten et memo som forklarer det, oppgangen ikke bare er kommunens "
        "egenvurdering, og nivåene "
        "de har gått opp til, hviler på tekstdeler. "
        "Delvis når minst ett element har gått opp.",
        "en": "Met when at least one element went up from the first to the last assessment, more went up than down, none "
        "went down at any step on the way without a memo that explains it, the rise is not the municipality's own "
        "assessment alone, and "
        "the levels risen to rest on passages. Partly when at least one element went up.",
    },
    "2ii": {
        "nb": "Oppfylt når hvert tiltak har prioritet og grunnlag, hvert tiltak har en status, hvert tiltak som er "
        "meldt begynt, gjort eller stanset, har minst én melding som hviler på tekstdeler, hvert element med "
        "tiltak har nivå, mål og tidfestede steg, "
        "og tiltakene både styrker noe som fremmer og svekker noe som hemmer. Delvis når minst en tredel av tiltakene "
        "er prioritert med grunnlag.",
        "en": "Met when each measure has a priority and grounds, each measure has a status, each measure reported begun, "
        "done or stopped has at least one report that rests on passages, each element with "
        "measures has a level, a target and dated steps, and the "
        "measures both strengthen what promotes and weaken what inhibits. Partly when at least a third of the measures "
        "are prioritised with grounds.",
    },
}
#: What a condition counts, as "k of n …".
CONDITIONS: Mapping[str, Mapping[str, str]] = {
    "clear": {"nb": "elementer er klare", "en": "elements are clear"},
    "with_evidence": {
        "nb": "elementer har noe som fremmer eller hemmer",
        "en": "elements have something that promotes or inhibits",
    },
    "assessed": {
        "nb": "elementer med belegg har et nivå som hviler på tekstdeler",
        "en": "elements with evidence have a level that rests on passages",
    },
    "share": {"nb": "elementer i alt har et slikt nivå", "en": "elements in all have such a level"},
    "grounds": {"nb": "tiltak gjelder et vurdert element", "en": "measures are for an assessed element"},
    "up": {
        "nb": "sammenlignbare elementer har gått opp siden de første gang ble vurdert",
        "en": "comparable elements went up since they were first assessed",
    },
    "more_up": {"nb": "elementer som endret seg, gikk opp", "en": "elements that changed went up"},
    "explained": {
        "nb": "steg ned er forklart i et memo",
        "en": "steps down are explained in a memo",
    },
    "not_self_alone": {
        "nb": "elementer som gikk opp, er vurdert av andre enn kommunen selv",
        "en": "elements that went up were assessed by others than the municipality itself",
    },
    "up_evidence": {
        "nb": "av dem har et nivå nå som hviler på tekstdeler",
        "en": "of those have a level now that rests on passages",
    },
    "prioritised": {"nb": "tiltak har prioritet og grunnlag", "en": "measures have a priority and grounds"},
    "progress": {"nb": "tiltak har en status", "en": "measures have a status"},
    "progress_evidence": {
        "nb": "tiltak som er meldt begynt, gjort eller stanset, har en melding som hviler på tekstdeler",
        "en": "measures reported begun, done or stopped have a report that rests on passages",
    },
    "trajectories": {
        "nb": "elementer med tiltak har nivå, mål og tidfestede steg",
        "en": "elements with measures have a level, a target and dated steps",
    },
    "directions": {
        "nb": "retninger er dekket: styrke det som fremmer, svekke det som hemmer",
        "en": "directions are covered: strengthening what promotes, weakening what inhibits",
    },
}
#: What can be missing. What stands in `NOTES` is told and hinders nothing.
MISSING: Mapping[str, Mapping[str, str]] = {
    "no_elements": {"nb": "modellen har ingen elementer", "en": "the model has no elements"},
    "no_direction": {
        "nb": "omtalt, men ingen sier om det fremmer eller hemmer",
        "en": "spoken of, but nobody says whether it promotes or inhibits",
    },
    "none_directed": {
        "nb": "ikke noe element har en tekstdel som sier at noe fremmer eller hemmer",
        "en": "no element has a passage that says that something promotes or inhibits",
    },
    "pending": {
        "nb": "tekstdeler venter på at en koder plasserer dem",
        "en": "passages wait for a coder to place them",
    },
    "not_asked": {"nb": "ingen har spurt om det i kommunen", "en": "nobody asked about it in the municipality"},
    "not_coded": {
        "nb": "ikke kodet med en kodebok som har elementet",
        "en": "not coded with a codebook that has the element",
    },
    "withheld": {
        "nb": "belegget står bare i dokumenter som ikke kan vises",
        "en": "the evidence is only in documents that may not be shown",
    },
    "not_assessed": {"nb": "har belegg, men er ikke vurdert", "en": "has evidence but is not assessed"},
    "self_only": {"nb": "bare vurdert av kommunen selv", "en": "assessed by the municipality itself only"},
    "level_without_evidence": {
        "nb": "nivået hviler ikke på noen tekstdel som står",
        "en": "the level rests on no passage that stands",
    },
    "narrow": {
        "nb": "nivået hviler på for smalt belegg, uten begrunnet overstyring",
        "en": "the level rests on evidence that is too narrow, without a reasoned override",
    },
    "nothing_to_assess_by": {
        "nb": "har ikke belegg i kommunen og kan ikke vurderes",
        "en": "has no evidence in the municipality and cannot be assessed",
    },
    "few_assessed": {
        "nb": "færre enn halvparten av elementene er vurdert på tekstdeler",
        "en": "fewer than half of the elements are assessed on passages",
    },
    "measure_unassessed": {
        "nb": "tiltak som gjelder et element uten vurdert nivå",
        "en": "measures for an element without an assessed level",
    },
    "no_measures": {"nb": "ingen tiltak er ført", "en": "no measures are registered"},
    "assessed_once": {
        "nb": "ikke vurdert to ganger på samme måte: ingenting å sammenligne",
        "en": "not assessed twice in the same way: nothing to compare",
    },
    "not_comparable": {
        "nb": "elementet ble slått sammen eller delt i kodeboka mellom vurderingene: nivåene kan ikke sammenlignes",
        "en": "the element was merged or split in the codebook between the assessments: the levels cannot be compared",
    },
    "nothing_compared": {
        "nb": "ingen elementer er vurdert to ganger på samme måte",
        "en": "no element was assessed twice in the same way",
    },
    "none_up": {"nb": "ingen elementer har gått opp", "en": "no element went up"},
    "down": {
        "nb": "har hatt et steg ned underveis, forklart i et memo",
        "en": "had a step down on the way, explained in a memo",
    },
    "down_unexplained": {
        "nb": "har hatt et steg ned underveis, uten et memo som forklarer det",
        "en": "had a step down on the way, without a memo that explains it",
    },
    "more_down": {
        "nb": "like mange eller flere har gått ned som opp",
        "en": "as many went down as up, or more",
    },
    "up_self_only": {
        "nb": "oppgangen er kommunens egenvurdering alene",
        "en": "the rise is the municipality's own assessment alone",
    },
    "up_without_evidence": {
        "nb": "nivået nå hviler ikke på noen tekstdel som står",
        "en": "the level now rests on no passage that stands",
    },
    "no_priority": {"nb": "tiltak uten prioritet", "en": "measures without a priority"},
    "no_grounds": {"nb": "tiltak uten begrunnet grunnlag", "en": "measures without stated grounds"},
    "no_status": {"nb": "tiltak som ingen har meldt status for", "en": "measures without any status"},
    "progress_without_evidence": {
        "nb": "tiltak meldt begynt, gjort eller stanset, uten at noen melding hviler på en tekstdel",
        "en": "measures reported begun, done or stopped, without any report that rests on a passage",
    },
    "no_element_touched": {
        "nb": "ingen tiltak gjelder et element i kodeboka",
        "en": "no measure is for an element of the codebook",
    },
    "nothing_begun": {"nb": "ingen tiltak er begynt", "en": "no measure has begun"},
    "no_level": {"nb": "element med tiltak, uten vurdert nivå", "en": "element with measures, without an assessed level"},
    "no_target": {"nb": "element med tiltak, uten mål", "en": "element with measures, without a target"},
    "no_steps": {
        "nb": "element med tiltak, uten tidfestede steg",
        "en": "element with measures, without dated steps",
    },
    "not_promoting": {"nb": "ingen tiltak styrker noe som fremmer", "en": "no measure strengthens what promotes"},
    "not_inhibiting": {"nb": "ingen tiltak svekker noe som hemmer", "en": "no measure weakens what inhibits"},
    "element_gone": {
        "nb": "tiltak for et element som ble delt eller tatt ut av kodeboka",
        "en": "measures for an element that was split or taken out of the codebook",
    },
    "inhibited_without_measure": {
        "nb": "hemmes, og ingen tiltak gjelder det",
        "en": "is inhibited, and no measure is for it",
    },
}  # fmt: skip
NOTES = frozenset({"nothing_to_assess_by", "down", "assessed_once", "not_comparable", "element_gone",
                   "inhibited_without_measure"})  # fmt: skip

#: From a record of a register to the elements it is of under the codebook in use: () when it cannot be followed.
Following = Callable[[Any], tuple[str, ...]]


@dataclass(frozen=True)
class ElementSeen:
    """An element in one municipality: its segments by direction, and the state of its cell (see models.capability).

    `other` are segments that say neither that something promotes nor that it inhibits; `pending` counts those that wait
    for a person and may turn out to be of this element.
    """

    id: str
    display: str
    level: str
    promoting: tuple[str, ...]
    inhibiting: tuple[str, ...]
    other: tuple[str, ...]
    state: CellState
    pending: int = 0

    @property
    def segments(self) -> tuple[str, ...]:
        """All of its segments, each once."""
        return tuple(dict.fromkeys((*self.promoting, *self.inhibiting, *self.other)))


@dataclass(frozen=True)
class Wave:
    """What one side said of an element at one time: the lower median of the levels, lowest and highest.

    `was` are the elements it was said of, under the codebook of its time; `is_narrow`: all that carries the level is
    evidence that is too narrow and was not overridden; `is_explained`: a memo speaks of
    the element at this milestone.
    """

    milestone: str
    on: str
    side: str
    level: int
    low: int
    high: int
    assessments: tuple[str, ...]
    segments: tuple[str, ...]
    was: tuple[str, ...]
    is_narrow: bool
    is_explained: bool


@dataclass(frozen=True)
class Series:
    """The waves of an element by one side, oldest first, and what they come to.

    `status`: up, down, same, or not_comparable when fewer than two waves can be compared; `why`: "", "assessed_once",
    "not_comparable" (merged or split in between) or "not_assessed". `comparable` are the waves that can be compared.
    """

    element: str
    side: str
    waves: tuple[Wave, ...]
    comparable: tuple[Wave, ...]
    status: Literal["up", "down", "same", "not_comparable"]
    why: str
    memos: tuple[str, ...] = ()

    @property
    def step(self) -> int | None:
        """Last level minus first, of those that can be compared."""
        return self.comparable[-1].level - self.comparable[0].level if len(self.comparable) > 1 else None

    @property
    def steps_down(self) -> tuple[Wave, ...]:
        """The waves whose level is below that of the wave before."""
        return tuple(b for a, b in zip(self.comparable, self.comparable[1:], strict=False) if b.level < a.level)

    @property
    def unexplained(self) -> tuple[Wave, ...]:
        """Steps down that no memo explains."""
        return tuple(wave for wave in self.steps_down if not wave.is_explained)


@dataclass(frozen=True)
class Condition:
    """One thing an indicator asks for: `k` of `n`, from how many on it holds, and the ids that make up k."""

    id: str
    k: int
    n: int
    needed: int
    ids: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether there are as many as needed; never where there is nothing to count."""
        return self.n > 0 and self.k >= self.needed

    def told(self, language: str) -> str:
        """As "3 of 7 elements are clear".

        >>> Condition("clear", 3, 7, 7, ()).told("en")
        '3 of 7 elements are clear'
        """
        return f"{self.k} {'av' if language == 'nb' else 'of'} {self.n} {CONDITIONS[self.id][language]}"


@dataclass(frozen=True)
class Missing:
    """What is missing, of which ids; a note hinders nothing."""

    kind: str
    ids: tuple[str, ...] = ()

    @property
    def is_note(self) -> bool:
        """Whether it is told without hindering anything."""
        return self.kind in NOTES

    def told(self, language: str, names: Mapping[str, str] | None = None) -> str:
        """In words, with the names of its ids.

        >>> Missing("no_target", ("C0004",)).told("nb", {"C0004": "P2"})
        'element med tiltak, uten mål: P2'
        """
        shown = ", ".join((names or {}).get(one, one) for one in self.ids)
        return f"{MISSING[self.kind][language]}: {shown}" if shown else MISSING[self.kind][language]


@dataclass(frozen=True)
class Judgement:
    """The verdict on one indicator: its state, its conditions, the ids it stands on, and what is missing."""

    id: str
    state: State
    conditions: tuple[Condition, ...]
    missing: tuple[Missing, ...]
    elements: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    assessments: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    @property
    def k(self) -> int:
        """Of its first condition, which says most: how many."""
        return self.conditions[0].k

    @property
    def n(self) -> int:
        """Of its first condition: of how many."""
        return self.conditions[0].n

    def condition(self, name: str) -> Condition:
        """The condition with this id."""
        return next(one for one in self.conditions if one.id == name)


@dataclass(frozen=True)
class Acceptance:
    """The four verdicts on one municipality, and the series that 2i was read from."""

    case: str
    indicators: tuple[Judgement, ...]
    series: tuple[Series, ...]

    def of(self, name: str) -> Judgement:
        """The verdict on "1i", "1ii", "2i" or "2ii"."""
        return next(one for one in self.indicators if one.id == name)


def elements_seen(inputs: ModelInputs, case: str) -> tuple[ElementSeen, ...]:
    """The elements of a milestone's codebook as they stand in one municipality; hidden documents count for nothing."""
    long = resolved(inputs)
    own = long[(long["case"] == case) & ~long["document"].isin(inputs.hidden)]
    states = cell_states(inputs)
    pending = _pending(inputs, case)
    found = []
    for code in inputs.codebook.elements:
        rows = own[own["element"] == code.id]
        by_layer = {
            layer: tuple(dict.fromkeys(rows.loc[rows["polarity"].isin(polarities), "segment"].astype(str)))
            for layer, polarities in LAYERS.items()
        }
        directed = {*by_layer["promoting"], *by_layer["inhibiting"]}
        parts = {part.id for part in inputs.codebook.children(code.id)}
        found.append(
            ElementSeen(
                code.id,
                code.display,
                code.level,
                by_layer["promoting"],
                by_layer["inhibiting"],
                tuple(one for one in dict.fromkeys(rows["segment"].astype(str)) if one not in directed),
                states[code.id][case],
                sum(1 for candidates in pending if candidates & {code.id, *parts}),
            )
        )
    return tuple(found)


def _pending(inputs: ModelInputs, case: str) -> list[set[str]]:
    """The candidates of each segment that waits for a person, in what may be shown of one municipality."""
    units = inputs.units[(inputs.units["case"] == case) & ~inputs.units["document"].isin(inputs.hidden)]
    known = set(units["unit"])
    queue = inputs.segments[inputs.segments["status"] == "review"]
    return [
        set(row["candidates"])
        for row in queue.to_dict("records")
        if any(f"{row['document']}:{turn}" in known for turn in row["turns"])
    ]


def series_of(
    assessments: Iterable[Assessment],
    elements: Sequence[str],
    follow: Following,
    *,
    narrow: Collection[str] = (),
    memos: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    segments: Collection[str] | None = None,
) -> tuple[Series, ...]:
    """How the level of each element went, by one side: the one whose waves can be compared over most waves.

    Assessments of one milestone (or, without one, of one day) by one side are one wave. Levels of an element that was
    merged in the codebook in between are kept and not compared; what was split is of none of its parts.

    Parameters
    ----------
    assessments
        Standing ones of one case.
    elements
        Ids of the codebook in use, in the order wanted.
    follow
        From an assessment to the elements it is of now.
    narrow
        Ids of assessments whose evidence is too narrow and not overridden.
    memos
        By milestone (or day, of a wave without one) and element, the ids of memos that explain its level then.
    segments
        The coded segments that stand and may be shown; others named as evidence are left out. All for None.

    Returns
    -------
    One series per element; without any assessed level its side is "" and it has no waves.
    """
    by_wave: dict[tuple[str, str, str], list[Assessment]] = {}
    for one in assessments:
        for element in follow(one) if one.level else ():
            by_wave.setdefault((element, one.side, one.milestone or one.on), []).append(one)
    waves: dict[tuple[str, str], list[Wave]] = {}
    for (element, side, name), own in sorted(by_wave.items()):
        waves.setdefault((element, side), []).append(
            _wave(side, own, set(narrow), segments, bool((memos or {}).get(name, {}).get(element)))
        )
    found = []
    for element in elements:
        notes = tuple(dict.fromkeys(memo for told in (memos or {}).values() for memo in told.get(element, ())))
        options = [_series(element, side, waves[element, side], notes) for side in SIDES if (element, side) in waves]
        # What can be compared, by others than the municipality itself, over most waves; of equals max keeps the first.
        best = max(
            options,
            key=lambda one: (len(one.comparable) > 1, one.side != "self", len(one.comparable)),
            default=None,
        )
        found.append(best or Series(element, "", (), (), "not_comparable", "not_assessed", notes))
    return tuple(found)


def _wave(
    side: str, own: Sequence[Assessment], narrow: set[str], known: Collection[str] | None, is_explained: bool
) -> Wave:
    level = of_element([one.level for one in own])
    ids = tuple(sorted(one.id for one in own))
    return Wave(
        milestone=own[0].milestone,
        on=max(one.on for one in own),
        side=side,
        # Assessments without a level are in no wave, so there is always one.
        level=int(level.level.value or 0),
        low=level.low or 0,
        high=level.high or 0,
        assessments=ids,
        segments=tuple(dict.fromkeys(s for one in own for s in one.evidence if known is None or s in known)),
        was=tuple(sorted({one.element for one in own})),
        is_narrow=all(one.id in narrow for one in own),
        is_explained=is_explained,
    )


def _series(element: str, side: str, waves: Sequence[Wave], memos: tuple[str, ...]) -> Series:
    ordered = tuple(sorted(waves, key=lambda wave: (wave.on, wave.milestone)))
    comparable = tuple(wave for wave in ordered if wave.was == (element,))
    if len(comparable) < 2:
        why = "not_comparable" if len(ordered) > 1 else "assessed_once"
        return Series(element, side, ordered, comparable, "not_comparable", why, memos)
    step = comparable[-1].level - comparable[0].level
    status: Literal["up", "down", "same"] = "up" if step > 0 else "down" if step < 0 else "same"
    return Series(element, side, ordered, comparable, status, "", memos)


def judge(
    case: str,
    elements: Sequence[ElementSeen],
    standing: Registers,
    follow: Following,
    *,
    segments: Collection[str],
    narrow: Collection[str] = (),
    summaries: Mapping[str, Sequence[str]] | None = None,
    memos: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
) -> Acceptance:
    """The four indicators for one municipality.

    Parameters
    ----------
    elements
        As :func:`elements_seen` gives them, of the codebook in use.
    standing
        The registers as they stood at the milestone (``Registers.until``); rows of other cases are left aside.
    follow
        From an assessment, target or measure to the elements it is of under the codebook in use.
    segments
        The coded segments that stand and may be shown; evidence that names others counts for nothing.
    narrow
        Ids of assessments whose evidence is too narrow and not overridden.
    summaries
        By element, the ids of memos in which a researcher says of this case that nothing was found.
    memos
        By milestone and element, the ids of memos that explain why its level went down then. The reason given for a
        level is none: it says why the level is what it is, not why it fell.
    """
    known = frozenset(segments)
    own = [one for one in standing.assessments if one.case == case]
    series = series_of(own, [one.id for one in elements], follow, narrow=narrow, memos=memos, segments=known)
    measures = tuple(one for one in standing.measures if one.case == case)
    levels = _levels(own, follow, known, set(narrow))
    targets = {element: one.id for one in standing.targets if one.case == case and one.level for element in follow(one)}
    of_measure = {one.id: follow(one) for one in measures}
    return Acceptance(
        case,
        (
            _clear(elements, summaries or {}),
            _assessable(elements, levels, measures, of_measure),
            _improved(series),
            _followed(elements, measures, of_measure, standing, series, targets, known),
        ),
        series,
    )


@dataclass(frozen=True)
class _Level:
    """What carries the level of one element now: assessments by others than the municipality itself, or by itself."""

    assessments: tuple[str, ...]
    segments: tuple[str, ...]
    problem: str


def _levels(own: Sequence[Assessment], follow: Following, known: frozenset[str], narrow: set[str]) -> dict[str, _Level]:
    """By element, its newest assessments with what is wrong with them: "", or a key of `MISSING`."""
    by_element: dict[str, list[Assessment]] = {}
    for one in own:
        for element in follow(one) if one.level else ():
            by_element.setdefault(element, []).append(one)
    found = {}
    for element, all_of_it in by_element.items():
        by_others = [one for one in all_of_it if one.side != "self"]
        newest = max(one.on for one in by_others or all_of_it)
        latest = max((one for one in by_others or all_of_it if one.on == newest), key=lambda one: one.id)
        # One wave: the assessments of the same milestone, or of the same day.
        wave = [one for one in by_others or all_of_it if (one.milestone or one.on) == (latest.milestone or latest.on)]
        rests_on = tuple(dict.fromkeys(s for one in wave for s in one.evidence if s in known))
        overridden = any(one.override.strip() for one in wave)
        problem = ""
        if not by_others:
            problem = "self_only"
        elif not rests_on:
            problem = "level_without_evidence"
        elif all(one.id in narrow for one in wave) and not overridden:
            problem = "narrow"
        found[element] = _Level(tuple(sorted(one.id for one in wave)), rests_on, problem)
    return found


def _clear(elements: Sequence[ElementSeen], summaries: Mapping[str, Sequence[str]]) -> Judgement:
    directed = [one for one in elements if one.promoting or one.inhibiting]
    found_none = [
        one
        for one in elements
        if not one.segments and not one.pending and (one.state == "nothing_said" or summaries.get(one.id))
    ]
    clear = {one.id for one in (*directed, *found_none)}
    reasons: dict[str, list[str]] = {}
    for one in elements:
        if one.id not in clear:
            reasons.setdefault(_why_unclear(one), []).append(one.id)
    n = len(elements)
    conditions = (
        Condition("clear", len(clear), n, n, tuple(one.id for one in elements if one.id in clear)),
        Condition("with_evidence", len(directed), n, 1, tuple(one.id for one in directed)),
    )
    missing = [Missing(kind, tuple(ids)) for kind, ids in reasons.items()]
    if not elements:
        missing = [Missing("no_elements")]
    elif not directed:
        missing.append(Missing("none_directed"))
    return Judgement(
        "1i",
        _state(conditions, _some(n)),
        conditions,
        _ordered(missing),
        elements=conditions[0].ids,
        segments=tuple(dict.fromkeys(s for one in directed for s in (*one.promoting, *one.inhibiting))),
    )


def _why_unclear(one: ElementSeen) -> str:
    if one.segments:
        return "no_direction"
    if one.pending:
        return "pending"
    return {"suppressed": "withheld", "not_asked": "not_asked"}.get(one.state, "not_coded")


def _assessable(
    elements: Sequence[ElementSeen],
    levels: Mapping[str, _Level],
    measures: Sequence[Measure],
    of_measure: Mapping[str, tuple[str, ...]],
) -> Judgement:
    with_evidence = [one for one in elements if one.segments]
    good = [one.id for one in with_evidence if one.id in levels and not levels[one.id].problem]
    resting = [one.id for one in measures if set(of_measure[one.id]) & set(good)]
    n, m = len(with_evidence), len(measures)
    conditions = (
        Condition("assessed", len(good), n, n, tuple(good)),
        Condition("share", len(good), len(elements), max(1, -(-len(elements) // 2)), tuple(good)),
        Condition("grounds", len(resting), m, m, tuple(resting)),
    )
    reasons: dict[str, list[str]] = {}
    for one in elements:
        if not one.segments:
            reasons.setdefault("nothing_to_assess_by", []).append(one.id)
        elif one.id not in levels:
            reasons.setdefault("not_assessed", []).append(one.id)
        elif levels[one.id].problem:
            reasons.setdefault(levels[one.id].problem, []).append(one.id)
    missing = [Missing(kind, tuple(ids)) for kind, ids in reasons.items()]
    if not elements:
        missing.append(Missing("no_elements"))
    elif not conditions[1].holds:
        missing.append(Missing("few_assessed"))
    gone = tuple(one.id for one in measures if not of_measure[one.id])
    unassessed = tuple(one.id for one in measures if one.id not in resting)
    missing += [Missing("no_measures")] if not measures else []
    missing += [Missing("measure_unassessed", unassessed)] if unassessed else []
    missing += [Missing("element_gone", gone)] if gone else []
    return Judgement(
        "1ii",
        _state(conditions, _some(n)),
        conditions,
        _ordered(missing),
        elements=tuple(good),
        segments=tuple(dict.fromkeys(s for one in good for s in levels[one].segments)),
        assessments=tuple(dict.fromkeys(a for one in good for a in levels[one].assessments)),
        measures=tuple(resting),
    )


def _improved(series: Sequence[Series]) -> Judgement:
    compared = [one for one in series if one.status != "not_comparable"]
    up = [one.element for one in compared if one.status == "up"]
    down = [one.element for one in compared if one.status == "down"]
    steps_down = [(one, wave) for one in compared for wave in one.steps_down]
    unexplained = tuple(dict.fromkeys(one.element for one in compared if one.unexplained))
    explained = len(steps_down) - sum(len(one.unexplained) for one in compared)
    by_others = [one.element for one in compared if one.status == "up" and one.side != "self"]
    backed = [one.element for one in compared if one.element in by_others and one.comparable[-1].segments]
    changed = len(up) + len(down)
    conditions = [
        Condition("up", len(up), len(compared), 1, tuple(up)),
        Condition("more_up", len(up), changed, changed // 2 + 1, tuple(up)),
        Condition("not_self_alone", len(by_others), len(up), 1, tuple(by_others)),
        Condition("up_evidence", len(backed), len(by_others), len(by_others), tuple(backed)),
    ]
    told = tuple(dict.fromkeys(one.element for one, _ in steps_down if one.element not in unexplained))
    # Without a step down there is nothing to explain.
    if steps_down:
        conditions.append(Condition("explained", explained, len(steps_down), len(steps_down), told))
    missing = []
    if compared and not up:
        missing.append(Missing("none_up"))
    if up and not conditions[1].holds:
        missing.append(Missing("more_down", tuple(down)))
    if up and not by_others:
        missing.append(Missing("up_self_only", tuple(up)))
    if len(backed) < len(by_others):
        missing.append(Missing("up_without_evidence", tuple(one for one in by_others if one not in backed)))
    if unexplained:
        missing.append(Missing("down_unexplained", unexplained))
    missing += [Missing("down", told)] if told else []
    for why in ("assessed_once", "not_comparable"):
        ids = tuple(one.element for one in series if one.why == why)
        missing += [Missing(why, ids)] if ids else []
    if not compared:
        missing.append(Missing("nothing_compared"))
    waves = [wave for one in compared for wave in one.comparable]
    return Judgement(
        "2i",
        _state(conditions, 1),
        tuple(conditions),
        _ordered(missing),
        elements=tuple(up),
        segments=tuple(dict.fromkeys(s for wave in waves for s in wave.segments)),
        assessments=tuple(dict.fromkeys(a for wave in waves for a in wave.assessments)),
    )


def _followed(
    elements: Sequence[ElementSeen],
    measures: Sequence[Measure],
    of_measure: Mapping[str, tuple[str, ...]],
    standing: Registers,
    series: Sequence[Series],
    targets: Mapping[str, str],
    known: frozenset[str],
) -> Judgement:
    names = {one.id for one in measures}
    statuses = [one for one in standing.statuses if one.measure in names]
    steps = [one for one in standing.steps if one.measure in names]
    ranked = [one.id for one in measures if one.priority and one.grounds.strip()]
    reported = {one.measure for one in statuses}
    claims = [one for one in statuses if one.status in BEGUN]
    # Whatever a report says of the measure, also that it was put off: its passages are what the measure is followed by.
    backed = {one.measure for one in statuses if set(one.evidence) & known}
    moving = [one.id for one in measures if any(claim.measure == one.id for claim in claims)]
    shown = [one for one in moving if one in backed]
    touched = [one.id for one in elements if any(one.id in of_measure[m.id] for m in measures)]
    levelled = {one.element for one in series if one.waves}
    dated = {element for step in steps if is_dated(step) for element in of_measure[step.measure]}
    formulated = [one for one in touched if one in levelled and one in targets and one in dated]
    named = [*(one.evidence for one in measures), *(one.evidence for one in statuses)]
    directions = tuple(sorted({one.addresses for one in measures} & {"promoting", "inhibiting"}))
    m = len(measures)
    conditions = (
        Condition("prioritised", len(ranked), m, m, tuple(ranked)),
        Condition("progress", len(reported), m, m, tuple(one.id for one in measures if one.id in reported)),
        Condition("progress_evidence", len(shown), len(moving), len(moving), tuple(shown)),
        Condition("trajectories", len(formulated), len(touched), len(touched), tuple(formulated)),
        Condition("directions", len(directions), 2, 2, directions),
    )
    missing = [Missing("no_measures")] if not measures else []
    listed = {
        "no_priority": [one.id for one in measures if not one.priority],
        "no_grounds": [one.id for one in measures if not one.grounds.strip()],
        "no_status": [one.id for one in measures if one.id not in reported],
        "progress_without_evidence": [one for one in moving if one not in backed],
        "no_level": [one for one in touched if one not in levelled],
        "no_target": [one for one in touched if one not in targets],
        "no_steps": [one for one in touched if one not in dated],
        "element_gone": [one.id for one in measures if not of_measure[one.id]],
        "inhibited_without_measure": [one.id for one in elements if one.inhibiting and one.id not in touched],
    }
    if measures:
        missing += [Missing(kind, tuple(ids)) for kind, ids in listed.items() if ids]
        missing += [] if claims else [Missing("nothing_begun")]
        missing += [] if touched else [Missing("no_element_touched")]
        missing += [Missing(f"not_{one}") for one in ("promoting", "inhibiting") if one not in directions]
    return Judgement(
        "2ii",
        _state(conditions, _some(m)),
        conditions,
        _ordered(missing),
        elements=tuple(touched),
        segments=tuple(dict.fromkeys(s for rests_on in named for s in rests_on if s in known)),
        measures=tuple(one.id for one in measures),
        statuses=tuple(one.id for one in statuses),
    )


def is_dated(step: MeasureStep) -> bool:
    """Whether a step says from when to when."""
    return bool(step.from_ and step.to)


def _some(n: int) -> int:
    """How many of n make an indicator partly met: one part in `PARTLY`, and at least one."""
    return max(1, -(-n // PARTLY))


def _state(conditions: Sequence[Condition], partly_from: int) -> State:
    if all(one.holds for one in conditions):
        return "met"
    return "partly" if conditions[0].n and conditions[0].k >= partly_from else "not_shown"


def _ordered(missing: Iterable[Missing]) -> tuple[Missing, ...]:
    """What hinders before what is only told, each in the order of `MISSING`."""
    order = {kind: place for place, kind in enumerate(MISSING)}
    return tuple(sorted(missing, key=lambda one: (one.is_note, order[one.kind])))


def to_dict(acceptance: Acceptance) -> dict[str, Any]:
    """The verdicts as plain values, words in both languages beside the counts and ids."""
    return {
        "case": acceptance.case,
        "indicators": [
            {
                "id": one.id,
                "state": one.state,
                "question": dict(QUESTIONS[one.id]),
                "threshold": dict(THRESHOLDS[one.id]),
                "k": one.k,
                "n": one.n,
                "conditions": [
                    {
                        "id": c.id,
                        "k": c.k,
                        "n": c.n,
                        "needed": c.needed,
                        "holds": c.holds,
                        "ids": list(c.ids),
                        "told": {language: c.told(language) for language in ("nb", "en")},
                    }
                    for c in one.conditions
                ],
                "missing": [
                    {
                        "kind": m.kind,
                        "ids": list(m.ids),
                        "is_note": m.is_note,
                        "told": {language: MISSING[m.kind][language] for language in ("nb", "en")},
                    }
                    for m in one.missing
                ],
                "elements": list(one.elements),
                "segments": list(one.segments),
                "assessments": list(one.assessments),
                "measures": list(one.measures),
                "statuses": list(one.statuses),
            }
            for one in acceptance.indicators
        ],
        "series": [series_dict(one) for one in acceptance.series],
    }


def series_dict(series: Series) -> dict[str, Any]:
    """A series as plain values."""
    return {
        "element": series.element,
        "side": series.side,
        "status": series.status,
        "why": series.why,
        "step": series.step,
        "unexplained": [wave.milestone or wave.on for wave in series.unexplained],
        "memos": list(series.memos),
        "waves": [
            {
                "milestone": wave.milestone,
                "on": wave.on,
                "level": wave.level,
                "low": wave.low,
                "high": wave.high,
                "is_compared": wave in series.comparable,
                "is_narrow": wave.is_narrow,
                "is_explained": wave.is_explained,
                "assessments": list(wave.assessments),
                "segments": list(wave.segments),
            }
            for wave in series.waves
        ],
    }
