"""The practice model of one municipality: what it does, how its procurements ran, and what is particular to it.

Made of the same material as the capability model, cut to one case: the profile by element and level, the course of each
procurement process from before to after, who took part, what promotes and inhibits, what is spoken of together, what
differs from the other municipalities, and what has changed since version 1. A model holds counts and ids, no words of
informants; every count resolves to segment ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import pandas as pd

from ..analysis.incidence import LAYERS, Incidence, incidence
from ..analysis.network import cooccurrence, edge_kind, level_mixing, sign_mix
from ..analysis.stability import edge_stability
from ..codebook.changes import Lineage, migration_rows
from ..codebook.code import Bilingual, Code, Codebook
from ..coding.migrate import migrate
from ..registers.records import Registers
from . import capability
from .capability import Cell, CellState, Element, ModelInputs
from .maturity import MaturityProfile, elsewhere_dicts

SCHEMA_VERSION = 1
#: The facet that says when in a procurement something happened.
PHASE = "phase"
#: The level whose elements lie outside the municipality.
ECOSYSTEM = "E"
#: A direction is told from so many passages with a direction on, and is clear when so large a share of them points one
#: way. Rules of thumb, not tests: a handful of documents is described, never inferred from.
FEWEST_SIGNED, CLEAR_SHARE = 4, 2 / 3
#: A direction has changed when it is another one and the share of promoting has moved so far: crossing a limit is not enough.
TURN_STEP = 0.1
#: An edge is firm when it is there in this share of resamples of the documents, and in two documents at least.
FIRM_SHARE, FIRM_DOCUMENTS = 0.95, 2

Direction = Literal["promoting", "inhibiting", "mixed", "few", "none"]
Firmness = Literal["firm", "unsure", "one_document"]
DifferenceKind = Literal["only_here", "missing_here", "opposite", "edge_only_here"]
#: What an element was under the codebook of the version before. Only "same" and "redefined" are compared.
Kinship = Literal["same", "redefined", "merged", "split", "reshaped", "new"]
COMPARABLE: tuple[Kinship, ...] = ("same", "redefined")


@dataclass(frozen=True)
class Signed:
    """Segment ids by what they say of an element; "begge" stands under both promoting and inhibiting."""

    promoting: tuple[str, ...] = ()
    inhibiting: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    @property
    def segments(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.promoting, *self.inhibiting, *self.other)))


@dataclass(frozen=True)
class ProfileElement:
    """One element in this municipality, with how broad its evidence is.

    `documents` are those that show it, `of_documents` those that could have (see models.capability.Element); likewise
    `informants` of `of_informants`, and `actor_types` of `of_actor_types`, who are heard in those documents.
    """

    id: str
    display: str
    level: str
    label: Bilingual
    brief: Bilingual
    definition: Bilingual
    state: CellState
    pending: int
    segments: Signed
    both: int
    neutral: int
    unset: int
    turns: int
    documents: tuple[str, ...]
    of_documents: int
    informants: int
    of_informants: int
    actor_types: tuple[str, ...]
    of_actor_types: int
    direction: Direction
    parts: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class LevelSummary:
    """One level of the profile: how many of its elements have evidence, and their passages by direction."""

    level: str
    elements: int
    with_evidence: int
    promoting: int
    inhibiting: int


@dataclass(frozen=True)
class CourseElement:
    """When in a process an element is spoken of: its segments by phase, in the order of the phases, and those without."""

    element: str
    phases: Mapping[str, Signed]
    without_phase: tuple[str, ...]


@dataclass(frozen=True)
class ActorPart:
    """The part that a type of actor had in a process, as the register tells it; `is_heard` says whether one was interviewed.

    `is_withheld`: the part is kept back, since it rests on what may not be shown.
    """

    id: str
    actor_type: str
    part: Bilingual
    evidence: tuple[str, ...]
    is_heard: bool
    is_withheld: bool


@dataclass(frozen=True)
class ActorHeard:
    """A type of actor who is heard in a process: how many informants, in which documents."""

    actor_type: str
    informants: int
    documents: tuple[str, ...]


@dataclass(frozen=True)
class Process:
    """One procurement process of the municipality: its facts, who took part, and its course.

    `to` is "" while the process goes on at the cut-off (`is_ongoing`) and where the register does not say.
    """

    id: str
    title: Bilingual
    procedure: str
    focus_area: str
    from_: str
    to: str
    is_ongoing: bool
    intended: str
    new_to: str
    innovation_height: int | None
    documents: tuple[str, ...]
    informants: int
    segments: int
    with_phase: int
    heard: tuple[ActorHeard, ...]
    actors: tuple[ActorPart, ...]
    ecosystem: tuple[str, ...]
    course: tuple[CourseElement, ...]


@dataclass(frozen=True)
class Factor:
    """An element as it promotes or inhibits in this municipality, with how broadly it is said."""

    element: str
    segments: tuple[str, ...]
    documents: int
    informants: int
    actor_types: int
    processes: int


@dataclass(frozen=True)
class Edge:
    """Two elements spoken of in the same turns. `low`, `high` and `kept_share` are None where documents are too few."""

    source: str
    target: str
    kind: str
    turns: int
    documents: int
    jaccard: float
    both_promoting: int
    both_inhibiting: int
    opposed: int
    low: float | None
    high: float | None
    kept_share: float | None
    firmness: Firmness
    segments: tuple[str, ...]


@dataclass(frozen=True)
class OwnNetwork:
    """The municipality's own network: edges of `least` turns or more, made of how few or many documents."""

    least: int
    documents: int
    turns: int
    weaker_pairs: int
    replicates: int
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Elsewhere:
    """What stands against a difference in one other municipality; `is_compared` is False where silence tells nothing."""

    case: str
    state: str
    is_compared: bool
    direction: Direction
    promoting: int
    inhibiting: int
    segments: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """Something particular to this municipality; `elements` are one, or the two ends of an edge of so many `turns`."""

    kind: DifferenceKind
    elements: tuple[str, ...]
    state: str
    direction: Direction
    promoting: int
    inhibiting: int
    turns: int
    segments: tuple[str, ...]
    documents: int
    elsewhere: tuple[Elsewhere, ...]


@dataclass(frozen=True)
class ElementChange:
    """An element since the version before.

    `from_elements` are the elements whose codings can arrive at it. `added_new` are segments in documents that came since,
    `added_old` those found in documents that were there before (coded or recoded later), `removed` those that counted then
    and do not now. Where it is not comparable, nothing of this is a change of practice. `by_codebook` are those that
    counted then and do not now because the codebook changed: they wait for a person, or are one with another coding.
    Where it is comparable, `before` is what was coded then as the codebook of now reads it, without these.
    """

    element: str
    kinship: Kinship
    is_comparable: bool
    from_elements: tuple[str, ...]
    changes: tuple[str, ...]
    state_before: str
    state_after: str
    before: Mapping[str, int]
    after: Mapping[str, int]
    direction_before: Direction
    direction_after: Direction
    is_direction_changed: bool
    added_new: tuple[str, ...]
    added_old: tuple[str, ...]
    removed: tuple[str, ...]
    by_codebook: tuple[str, ...]


@dataclass(frozen=True)
class Gone:
    """An element of the version before that is no element any more, and which elements its codings can have come to."""

    element: str
    display: str
    label: Bilingual
    to: tuple[str, ...]
    segments: int


@dataclass(frozen=True)
class Changes:
    """What has changed since the model version before, made anew from its own cut-off, codebook and log."""

    milestone: str
    model_version: int
    cut_off: str
    codebook_version: str
    documents_added: tuple[str, ...]
    documents_removed: tuple[str, ...]
    codebook: tuple[Mapping[str, Any], ...]
    elements: tuple[ElementChange, ...]
    gone: tuple[Gone, ...]


@dataclass(frozen=True)
class PracticeModel:
    """A whole practice model as a value; :func:`to_dict` gives its ``model.json`` form."""

    milestone: str
    model_version: int
    case: str
    cut_off: str
    coded_until: str
    study: Mapping[str, Any]
    coding: Mapping[str, Any]
    corpus: Mapping[str, Any]
    codebook_version: str
    phases: tuple[str, ...]
    profile: tuple[ProfileElement, ...]
    levels: tuple[LevelSummary, ...]
    processes: tuple[Process, ...]
    promoting: tuple[Factor, ...]
    inhibiting: tuple[Factor, ...]
    network: OwnNetwork
    particular: tuple[Difference, ...]
    not_compared: Mapping[str, Mapping[str, int]]
    mixing: tuple[Mapping[str, Any], ...]
    maturity: Mapping[str, Any] | None = None
    changes: Changes | None = None

    def element(self, name: str) -> ProfileElement | None:
        """The element with this id or display code."""
        return next((one for one in self.profile if name in (one.id, one.display)), None)


@dataclass(frozen=True)
class PracticeInputs:
    """All that a practice model is made of, already cut to its milestone.

    `processes` is the register of procurement processes; `registers` what stood at the cut-off; `phases` the answers to the
    facet of phases in their order, none where the study has no such facet. `withheld` are segments whose words may not be
    shown, besides those of hidden documents.
    """

    model: ModelInputs
    case: str
    processes: pd.DataFrame
    registers: Registers
    phases: tuple[str, ...]
    replicates: int
    seed: int
    withheld: frozenset[str] = frozenset()


def direction(promoting: int, inhibiting: int) -> Direction:
    """Which way passages point, said only where there are enough of them.

    >>> direction(4, 1), direction(2, 2), direction(1, 1), direction(0, 0)
    ('promoting', 'mixed', 'few', 'none')
    """
    signed = promoting + inhibiting
    if signed < FEWEST_SIGNED:
        return "few" if signed else "none"
    if promoting / signed >= CLEAR_SHARE:
        return "promoting"
    return "inhibiting" if inhibiting / signed >= CLEAR_SHARE else "mixed"


def build_model(
    inputs: PracticeInputs,
    *,
    milestone: str,
    model_version: int,
    cut_off: str,
    coded_until: str,
    study: Mapping[str, Any],
) -> PracticeModel:
    """The practice model of one milestone from its inputs, without what changed (see :func:`with_changes`)."""
    given = inputs.model
    shown = _shown(given)
    own = shown[shown["case"] == inputs.case]
    units = _units(given, inputs.case)
    elements = capability.build_elements(given)
    profile = tuple(_profile(element, own, units, inputs) for element in elements)
    network = _network(own, units, inputs)
    return PracticeModel(
        milestone=milestone,
        model_version=model_version,
        case=inputs.case,
        cut_off=cut_off,
        coded_until=coded_until,
        study=study,
        coding=_coding(own, inputs),
        corpus=_corpus(units, inputs),
        codebook_version=given.codebook.codebook_version,
        phases=inputs.phases,
        profile=profile,
        levels=_levels(profile, given.levels),
        processes=tuple(_process(str(name), own, units, cut_off, inputs) for name in _own_processes(inputs)),
        promoting=_factors(own, "promoting", given.codebook),
        inhibiting=_factors(own, "inhibiting", given.codebook),
        network=network,
        particular=_particular(elements, shown, network, inputs),
        not_compared=_not_compared(elements, inputs),
        mixing=_mixing(own, units, inputs),
    )


def with_changes(model: PracticeModel, changes: Changes | None) -> PracticeModel:
    """The model with its changes since the version before."""
    return replace(model, changes=changes)


def with_maturity(model: PracticeModel, profile: MaturityProfile, shown: Collection[str]) -> PracticeModel:
    """The model with the levels that each side gave at its milestone; none where nobody assessed anything.

    Only levels and ids are taken over, and of the evidence what is among the `shown` segments. Nothing is summed up. A
    profile of another milestone is left out: its levels were given of other evidence.
    """
    is_own = profile.milestone == model.milestone and not profile.is_empty
    return replace(model, maturity=_beside(profile, shown) if is_own else None)


def _beside(profile: MaturityProfile, shown: Collection[str]) -> dict[str, Any]:
    return {
        "elements": [
            {
                "element": one.element,
                "display": one.display,
                "label": dict(one.label),
                "sides": {
                    side: {
                        "level": None if told.level.value is None else int(told.level.value),
                        "low": told.low,
                        "high": told.high,
                        "assessors": told.n,
                    }
                    for side, told in one.sides.items()
                },
                "assessments": [said.id for said in one.said],
                "evidence": [segment for segment in one.evidence if segment in shown],
                "elsewhere": elsewhere_dicts(one.elsewhere),
            }
            for one in profile.elements
            if one.said
        ]
    }


def to_dict(model: PracticeModel) -> dict[str, Any]:
    """The model in the shape that ``practice.schema.json`` describes."""
    return {"schema_version": SCHEMA_VERSION, "model": "practice", **_plain(asdict(model))}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {("from" if key == "from_" else key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    # Six decimals, as in the capability model: a platform's arithmetic stays out of the file.
    return round(value, 6) if isinstance(value, float) else value


# ---- the material

_COLUMNS = ("segment", "document", "unit", "case", "process", "element", "code", "polarity", "facets", "informant",
            "actor_type")  # fmt: skip


def _shown(inputs: ModelInputs) -> pd.DataFrame:
    """Segments × units that count and may be shown, of every case."""
    long = capability.resolved(inputs)
    # Cut again and again below: what is not asked for is not carried along.
    return long.loc[~long["document"].isin(inputs.hidden), list(_COLUMNS)].reset_index(drop=True)


def _units(inputs: ModelInputs, case: str) -> pd.DataFrame:
    units = inputs.units
    return units[(units["case"] == case) & ~units["document"].isin(inputs.hidden)].reset_index(drop=True)


def _informants(units: pd.DataFrame) -> int:
    """How many speak: unlabelled text bears its document's name and is nobody's."""
    pairs = zip(units["informant"].tolist(), units["document"].tolist(), strict=True)
    return len({informant for informant, document in pairs if informant != document})


def _signed(long: pd.DataFrame) -> Signed:
    """The segments of a long table by direction, each once, in the table's order."""
    return _by_direction(zip(long["segment"].tolist(), long["polarity"].tolist(), strict=True))


def _by_direction(rows: Iterable[tuple[str, str]]) -> Signed:
    """(segment, polarity) by direction; the first row of a segment tells its polarity."""
    once: dict[str, str] = {}
    for segment, polarity in rows:
        once.setdefault(segment, polarity)
    by = {layer: tuple(one for one, polarity in once.items() if polarity in LAYERS[layer]) for layer in LAYERS}
    pointing = {one for layer in by.values() for one in layer}
    return Signed(by["promoting"], by["inhibiting"], tuple(one for one in once if one not in pointing))


def _coding(own: pd.DataFrame, inputs: PracticeInputs) -> dict[str, Any]:
    given = inputs.model
    return {
        "basis": given.coding,
        "coders": list(given.coders),
        "segments": int(own["segment"].nunique()),
        "turns": int(own["unit"].nunique()),
    }


def _corpus(units: pd.DataFrame, inputs: PracticeInputs) -> dict[str, Any]:
    given = inputs.model
    of_case = given.documents.index[given.documents["case"] == inputs.case]
    names = [str(d) for d in given.documents.index if d in set(units["document"]) | (set(of_case) - given.hidden)]
    documents = given.documents.loc[names]
    kinds = documents["kind"].value_counts()
    return {
        "documents": names,
        "interviews": int(kinds.get("interview", 0)),
        "workshop_notes": int(kinds.get("workshop_note", 0)),
        "public_documents": int(kinds.get("public_document", 0)),
        "first": min((str(day) for day in documents["date"]), default=""),
        "last": max((str(day) for day in documents["date"]), default=""),
        "units": len(units),
        "informants": _informants(units),
        "actor_types": sorted(set(units["actor_type"]) - {""}),
        "withheld": sum(1 for document in of_case if document in given.hidden),
        "not_coded": [name for name in names if name not in given.coded_under],
        "texts": {name: str(documents.at[name, "text_sha256"]) for name in names},
    }


# ---- profile


def _profile(element: Element, own: pd.DataFrame, units: pd.DataFrame, inputs: PracticeInputs) -> ProfileElement:
    cell = element.cells[inputs.case]
    long = own[own["element"] == element.id]
    once = long.drop_duplicates("segment")
    polarity = once["polarity"].value_counts()
    could = units[units["document"].isin(element.assessed_in)]
    signed = _signed(long)
    return ProfileElement(
        id=element.id,
        display=element.display,
        level=element.level,
        label=element.label,
        brief=element.brief,
        definition=element.definition,
        state=cell.state,
        pending=cell.pending,
        segments=signed,
        both=int(polarity.get("begge", 0)),
        neutral=int(polarity.get("nøytral", 0)),
        unset=int(polarity.get("", 0)),
        turns=int(long["unit"].nunique()),
        documents=tuple(sorted(set(long["document"]))),
        of_documents=int(could["document"].nunique()),
        informants=_informants(long),
        of_informants=_informants(could),
        actor_types=tuple(sorted(set(long["actor_type"]) - {""})),
        of_actor_types=len(set(could["actor_type"]) - {""}),
        direction=direction(len(signed.promoting), len(signed.inhibiting)),
        parts=tuple(_part(part, long) for part in inputs.model.codebook.children(element.id)),
    )


def _part(part: Code, long: pd.DataFrame) -> dict[str, Any]:
    own = long[long["code"] == part.id]
    return {
        "id": part.id,
        "display": part.display,
        "label": dict(part.label),
        "segments": list(dict.fromkeys(own["segment"])),
        "documents": int(own["document"].nunique()),
    }


def _levels(profile: Sequence[ProfileElement], levels: Sequence[str]) -> tuple[LevelSummary, ...]:
    found = []
    for level in levels:
        own = [one for one in profile if one.level == level]
        if own:
            found.append(
                LevelSummary(
                    level=level,
                    elements=len(own),
                    with_evidence=sum(one.state == "evidence" for one in own),
                    promoting=sum(len(one.segments.promoting) for one in own),
                    inhibiting=sum(len(one.segments.inhibiting) for one in own),
                )
            )
    return tuple(found)


# ---- processes


def _own_processes(inputs: PracticeInputs) -> list[str]:
    processes = inputs.processes
    return [str(name) for name in processes.index[processes["case"] == inputs.case]]


def _process(name: str, own: pd.DataFrame, units: pd.DataFrame, cut_off: str, inputs: PracticeInputs) -> Process:
    given = inputs.model
    register = inputs.processes.loc[name]
    here, speaking = own[own["process"] == name], units[units["process"] == name]
    fact = next((row for row in inputs.registers.process_facts if row.process == name), None)
    heard = tuple(
        ActorHeard(str(actor), _informants(rows), tuple(sorted(set(rows["document"]))))
        for actor, rows in speaking[speaking["actor_type"] != ""].groupby("actor_type", sort=True)
    )
    once = here.drop_duplicates("segment")
    phases = [_phase(facets, inputs.phases) for facets in once["facets"]]
    # A day after the cut-off was a plan on the day of the model: of that nothing is told but that the process went on.
    is_ongoing = bool(fact and (fact.to > cut_off or not fact.to) and fact.from_ and fact.from_ <= cut_off)
    outside = [code.id for code in given.codebook.elements if code.level == ECOSYSTEM]
    return Process(
        id=name,
        title={"nb": str(register["title_nb"]), "en": str(register["title_en"])},
        procedure=str(register["procedure"]),
        focus_area=str(register["focus_area"]),
        from_=fact.from_ if fact and fact.from_ <= cut_off else "",
        to=fact.to if fact and fact.to <= cut_off else "",
        is_ongoing=is_ongoing,
        intended=fact.intended if fact else "",
        new_to=fact.new_to if fact else "",
        innovation_height=fact.innovation_height if fact else None,
        documents=tuple(sorted(set(speaking["document"]))),
        informants=_informants(speaking),
        segments=len(once),
        with_phase=sum(1 for phase in phases if phase),
        heard=heard,
        actors=_actors(name, {one.actor_type for one in heard}, inputs),
        ecosystem=tuple(code for code in outside if (here["element"] == code).any()),
        course=_course(here, inputs),
    )


def _actors(process: str, heard: set[str], inputs: PracticeInputs) -> tuple[ActorPart, ...]:
    given = inputs.model
    is_hidden = given.segments["document"].isin(given.hidden)
    hidden = inputs.withheld.union(given.segments.loc[is_hidden, "segment"])
    known = set(given.segments.loc[~is_hidden, "segment"]) - hidden
    found = []
    for row in inputs.registers.actors:
        if row.process == process:
            is_withheld = not hidden.isdisjoint(row.evidence)
            found.append(
                ActorPart(
                    id=row.id,
                    actor_type=row.actor_type,
                    part={"nb": "", "en": ""} if is_withheld else {"nb": row.part_nb, "en": row.part_en},
                    evidence=tuple(one for one in row.evidence if one in known),
                    is_heard=row.actor_type in heard,
                    is_withheld=is_withheld,
                )
            )
    return tuple(found)


def _phase(facets: Iterable[tuple[str, str]], phases: Sequence[str]) -> str:
    """The phase that a segment's facets name, "" where they name none that the study has."""
    found = dict(facets).get(PHASE, "")
    return found if found in phases else ""


def _course(here: pd.DataFrame, inputs: PracticeInputs) -> tuple[CourseElement, ...]:
    """The elements of a process in codebook order, each with its segments by phase."""
    rows: dict[str, dict[str, list[tuple[str, str]]]] = {}
    columns = (here[name].tolist() for name in ("element", "facets", "segment", "polarity"))
    for element, facets, segment, polarity in zip(*columns, strict=True):
        of_element = rows.setdefault(element, {phase: [] for phase in (*inputs.phases, "")})
        of_element[_phase(facets, inputs.phases)].append((segment, polarity))
    return tuple(
        CourseElement(
            code.id,
            {phase: _by_direction(own[phase]) for phase in inputs.phases},
            tuple(dict.fromkeys(segment for segment, _ in own[""])),
        )
        for code in inputs.model.codebook.elements
        if (own := rows.get(code.id))
    )


# ---- what promotes and inhibits


def _factors(own: pd.DataFrame, layer: str, codebook: Codebook) -> tuple[Factor, ...]:
    """Elements by how broadly they are said to promote (or inhibit): documents, informants, actor types, passages."""
    pointing = own[own["polarity"].isin(LAYERS[layer])]
    found = [
        Factor(
            element=code.id,
            segments=tuple(dict.fromkeys(long["segment"])),
            documents=int(long["document"].nunique()),
            informants=_informants(long),
            actor_types=len(set(long["actor_type"]) - {""}),
            processes=len(set(long["process"]) - {""}),
        )
        for code in codebook.elements
        if len(long := pointing[pointing["element"] == code.id])
    ]
    order = {code.id: place for place, code in enumerate(codebook.elements)}
    return tuple(
        sorted(found, key=lambda f: (-f.documents, -f.informants, -f.actor_types, -len(f.segments), order[f.element]))
    )


# ---- network


def _table(long: pd.DataFrame, units: pd.DataFrame, codebook: Codebook) -> Incidence:
    return incidence(long, units, tuple(code.id for code in codebook.elements))


def _network(own: pd.DataFrame, units: pd.DataFrame, inputs: PracticeInputs) -> OwnNetwork:
    given = inputs.model
    table = _table(own, units, given.codebook)
    codes = tuple(code.id for code in given.codebook.elements)
    every = cooccurrence(table)
    met = every[every["n_ij"] >= given.min_edge_turns]
    by_pair = {
        name: frame.set_index(["source", "target"]).to_dict("index")
        for name, frame in {
            "signs": sign_mix(own, units, codes),
            "stability": edge_stability(
                table, replicates=inputs.replicates, seed=inputs.seed, least=given.min_edge_turns
            ),
        }.items()
    }
    behind = _behind(own)
    edges = [
        _edge(row, by_pair["signs"][pair], by_pair["stability"][pair], behind, given.codebook)
        for row in met.to_dict("records")
        for pair in [(row["source"], row["target"])]
    ]
    place = {code: number for number, code in enumerate(codes)}
    edges.sort(key=lambda edge: (-edge.turns, -edge.documents, place[edge.source], place[edge.target]))
    return OwnNetwork(
        least=given.min_edge_turns,
        documents=int(units["document"].nunique()),
        turns=len(units),
        weaker_pairs=len(every) - len(met),
        replicates=inputs.replicates,
        edges=tuple(edges),
    )


def _behind(own: pd.DataFrame) -> dict[str, dict[str, list[str]]]:
    """By unit and element, the segments."""
    found: dict[str, dict[str, list[str]]] = {}
    for unit, element, segment in zip(own["unit"], own["element"], own["segment"], strict=True):
        found.setdefault(str(unit), {}).setdefault(str(element), []).append(str(segment))
    return found


def _edge(
    row: Mapping[Any, Any],
    signs: Mapping[Any, Any],
    stability: Mapping[Any, Any],
    behind: Mapping[str, Mapping[str, Sequence[str]]],
    codebook: Codebook,
) -> Edge:
    ends = str(row["source"]), str(row["target"])
    kept = _maybe(stability["kept_share"])
    is_firm = int(row["documents"]) >= FIRM_DOCUMENTS and kept is not None and kept >= FIRM_SHARE
    segments = [
        one for held in behind.values() if ends[0] in held and ends[1] in held for end in ends for one in held[end]
    ]
    return Edge(
        source=ends[0],
        target=ends[1],
        kind=edge_kind(codebook, *ends),
        turns=int(row["n_ij"]),
        documents=int(row["documents"]),
        jaccard=float(row["jaccard"]),
        both_promoting=int(signs["both_promoting"]),
        both_inhibiting=int(signs["both_inhibiting"]),
        opposed=int(signs["opposed"]),
        low=_maybe(stability["low"]),
        high=_maybe(stability["high"]),
        kept_share=kept,
        firmness="one_document" if int(row["documents"]) < FIRM_DOCUMENTS else "firm" if is_firm else "unsure",
        segments=tuple(dict.fromkeys(segments)),
    )


def _maybe(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _mixing(own: pd.DataFrame, units: pd.DataFrame, inputs: PracticeInputs) -> tuple[dict[str, Any], ...]:
    """How much elements of two levels meet in this municipality: rows of analysis.network.level_mixing."""
    levels = [level for level in inputs.model.levels if any(c.level == level for c in inputs.model.codebook.elements)]
    frame = level_mixing(_table(own, units, inputs.model.codebook), inputs.model.codebook, levels)
    return tuple(
        {
            "level_a": str(row["level_a"]),
            "level_b": str(row["level_b"]),
            "turns": int(row["n_ij"]),
            "pairs": int(row["pairs"]),
            "pairs_met": int(row["pairs_met"]),
            "expected": _maybe(row["expected"]),
            "ratio": _maybe(row["ratio"]),
        }
        for row in frame.to_dict("records")
    )


# ---- what is particular


def _particular(
    elements: Sequence[Element], shown: pd.DataFrame, network: OwnNetwork, inputs: PracticeInputs
) -> tuple[Difference, ...]:
    """What only this municipality has, what only it lacks, what points the other way, and its own edges.

    A municipality where an element was not asked about, could not be coded, may not be shown or waits for a person is not
    compared: its silence tells nothing.
    """
    others = [case for case in inputs.model.cases if case != inputs.case]
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    columns = (shown[name].tolist() for name in ("element", "case", "segment", "polarity"))
    for code, home, segment, polarity in zip(*columns, strict=True):
        pairs.setdefault((code, home), []).append((segment, polarity))
    signed = {
        (element.id, home): _by_direction(pairs.get((element.id, home), ()))
        for element in elements
        for home in inputs.model.cases
    }
    found = [
        difference
        for element in elements
        for difference in (_of_element(element, others, signed, shown, inputs.case),)
        if difference is not None
    ]
    by_id = {element.id: element for element in elements}
    if others:
        held = {case: cooccurrence(_table(rows, _units(inputs.model, case), inputs.model.codebook)) for case in others
                for rows in [shown[shown["case"] == case]]}  # fmt: skip
        met = {case: set(zip(frame["source"], frame["target"], strict=True)) for case, frame in held.items()}
        found += [
            difference for edge in network.edges if (difference := _of_edge(edge, by_id, others, met)) is not None
        ]
    return tuple(found)


def _of_element(
    element: Element,
    others: Sequence[str],
    signed: Mapping[tuple[str, str], Signed],
    shown: pd.DataFrame,
    case: str,
) -> Difference | None:
    cell = element.cells[case]
    there = [_elsewhere(element, other, signed) for other in others]
    compared = [one for one in there if one.is_compared]
    if not compared or not _tells(cell):
        return None
    own = signed[element.id, case]
    kind: DifferenceKind | None = None
    if cell.state == "evidence":
        if all(one.state == "nothing_said" for one in compared):
            kind = "only_here"
        else:
            against = {"promoting": "inhibiting", "inhibiting": "promoting"}.get(_direction(own))
            clear = {one.direction for one in compared if one.direction in ("promoting", "inhibiting")}
            if against is not None and clear == {against}:
                kind = "opposite"
    elif all(one.state == "evidence" for one in compared):
        kind = "missing_here"
    if kind is None:
        return None
    return Difference(
        kind=kind,
        elements=(element.id,),
        state=cell.state,
        direction=_direction(own),
        promoting=len(own.promoting),
        inhibiting=len(own.inhibiting),
        turns=0,
        segments=own.segments,
        documents=int(shown.loc[shown["segment"].isin(own.segments), "document"].nunique()),
        elsewhere=tuple(there),
    )


def _tells(cell: Cell) -> bool:
    """Whether the cell can be compared: evidence, or silence that nothing waits to break."""
    return cell.state == "evidence" or (cell.state == "nothing_said" and not cell.pending)


def _direction(signed: Signed) -> Direction:
    return direction(len(signed.promoting), len(signed.inhibiting))


def _elsewhere(element: Element, case: str, signed: Mapping[tuple[str, str], Signed]) -> Elsewhere:
    cell, own = element.cells[case], signed[element.id, case]
    state = "pending" if cell.pending and cell.state not in ("evidence", "suppressed") else cell.state
    counts = len(own.promoting), len(own.inhibiting)
    return Elsewhere(case, state, _tells(cell), _direction(own), *counts, own.segments)


def _of_edge(
    edge: Edge,
    elements: Mapping[str, Element],
    others: Sequence[str],
    met: Mapping[str, set[tuple[Any, Any]]],
) -> Difference | None:
    """An edge of two documents or more that no other municipality has, though both its elements are spoken of there."""
    ends = (edge.source, edge.target)
    there = []
    for case in others:
        lacking = [elements[end].cells[case].state for end in ends if elements[end].cells[case].state != "evidence"]
        state = lacking[0] if lacking else "together" if ends in met[case] else "apart"
        there.append(Elsewhere(case, state, not lacking, "none", 0, 0, ()))
    compared = [one for one in there if one.is_compared]
    if edge.documents < FIRM_DOCUMENTS or not compared or any(one.state == "together" for one in compared):
        return None
    return Difference(
        kind="edge_only_here",
        elements=ends,
        state="evidence",
        direction="none",
        promoting=0,
        inhibiting=0,
        turns=edge.turns,
        segments=edge.segments,
        documents=edge.documents,
        elsewhere=tuple(there),
    )


def _not_compared(elements: Sequence[Element], inputs: PracticeInputs) -> dict[str, dict[str, int]]:
    """By municipality, how many elements cannot be compared, by the state that they are in."""
    found = {}
    for case in inputs.model.cases:
        states = Counter(
            "pending" if element.cells[case].pending and element.cells[case].state != "suppressed"
            else element.cells[case].state
            for element in elements
            if not _tells(element.cells[case])
        )  # fmt: skip
        found[case] = dict(sorted(states.items()))
    return found


# ---- since the version before


@dataclass(frozen=True)
class Kin:
    """What an element was before: `kinship`, the elements it comes of, and the changes of the codebook that did it."""

    kinship: Kinship
    from_elements: tuple[str, ...]
    changes: tuple[str, ...]


def kin(lineage: Lineage, old: str, new: str) -> dict[str, Kin]:
    """By element of codebook `new`, what it was under `old`.

    An element is the same when the codings of exactly one element, and all of them, arrive at it. "redefined" is the same
    with another definition; "merged" takes in several; "split" gets only part of one that it was not itself, or
    what a person is to place; "reshaped" is both, and an element that gave a part of its own away; "new" had no forerunner.
    """
    before, after = lineage[old], lineage[new]
    flows = {code.id: _flow(code.id, lineage, old, new) for code in before.active}
    home = {code.id: before.element_of(code.id).id for code in before.active}
    arrives: dict[str, set[str]] = {}
    leaves: dict[str, set[str]] = {}
    chosen: set[str] = set()
    for code, (to, is_sure) in flows.items():
        ends = {after.element_of(one).id for one in to if one in after.by_id and after.by_id[one].is_active}
        leaves.setdefault(home[code], set()).update(ends or {""})
        for end in ends:
            arrives.setdefault(end, set()).add(code)
            if not is_sure:
                chosen.add(end)
    changed = [
        (change, {*change.source, *change.to})
        for book in lineage.after(old, new)
        for change in book.changes
        if change.is_accepted and change.type != "reword"
    ]
    found = {}
    for element in after.elements:
        inflow = arrives.get(element.id, set())
        origins = tuple(sorted({home[one] for one in inflow}))
        family = {element.id, *inflow, *origins, *(part.id for part in after.children(element.id))}
        why = tuple(change.id for change, touched in changed if touched & family)
        is_redefined = any(change.type in ("redefine", "narrow") and touched & family for change, touched in changed)
        is_part = element.id in chosen or any(leaves[origin] != {element.id} for origin in origins)
        if not origins:
            kinship: Kinship = "new"
        elif len(origins) > 1:
            kinship = "reshaped" if is_part else "merged"
        elif is_part:
            kinship = "reshaped" if element.id == origins[0] else "split"
        else:
            kinship = "redefined" if is_redefined else "same"
        found[element.id] = Kin(kinship, origins, why)
    return found


def _flow(code: str, lineage: Lineage, old: str, new: str) -> tuple[set[str], bool]:
    """The codes that codings of `code` can arrive at, and whether no person is to choose on the way."""
    at, is_sure = {code}, True
    for book in lineage.after(old, new):
        rows = migration_rows(book.changes)
        reached: set[str] = set()
        for one in at:
            row = rows.get(one)
            if row is None or row.rule == "keep":
                reached.add(one)
            elif row.rule in ("map", "facet", "review"):
                reached.update(row.to)
                is_sure = is_sure and row.rule != "review"
        at = reached
    return at, is_sure


@dataclass(frozen=True)
class Carried:
    """An assignment of the version before as the codebook of this version has it, before anybody read it anew."""

    element: str
    polarity: str


def carried_over(inputs: ModelInputs, codebook: Codebook) -> dict[str, Carried]:
    """By segment, the assignments of `inputs` that count under a later codebook without a person's help.

    Those that wait for somebody to choose, or that have come to be one with another of their coder, are left out.
    """
    moved = migrate(inputs.segments, inputs.lineage, codebook.codebook_version)
    active = {code.id for code in codebook.codes if code.is_active}
    return {
        str(segment): Carried(codebook.element_of(str(code)).id, str(polarity))
        for segment, status, code, polarity in zip(
            *(moved[name] for name in ("segment", "status", "code", "polarity")), strict=True
        )
        if status == "ok" and code in active
    }


def changes_since(
    before: PracticeModel,
    after: PracticeModel,
    lineage: Lineage,
    documents: Mapping[str, str],
    codebook: Sequence[Mapping[str, Any]],
    carried: Mapping[str, Carried],
) -> Changes:
    """What changed from one version of a municipality's practice model to the next.

    Parameters
    ----------
    documents
        By segment id of either version, the document it stands in.
    codebook
        What changed in the codebook between them (see models.versions).
    carried
        What the assignments of the version before are under the codebook of this one (see :func:`carried_over`).
    """
    was = {one.id: one for one in before.profile}
    kinship = kin(lineage, before.codebook_version, after.codebook_version)
    old_documents = set(before.corpus["documents"])
    elements = tuple(
        _changed(
            one,
            kinship[one.id],
            [was[n] for n in kinship[one.id].from_elements if n in was],
            documents,
            old_documents,
            carried,
        )
        for one in after.profile
    )
    continued = {name for one in kinship.values() if one.kinship in COMPARABLE for name in one.from_elements}
    still = {one.id for one in after.profile}
    gone = tuple(
        Gone(
            element=one.id,
            display=one.display,
            label=one.label,
            to=tuple(new.id for new in after.profile if one.id in kinship[new.id].from_elements),
            segments=len(one.segments.segments),
        )
        for one in before.profile
        if one.id not in continued and one.id not in still
    )
    return Changes(
        milestone=before.milestone,
        model_version=before.model_version,
        cut_off=before.cut_off,
        codebook_version=before.codebook_version,
        documents_added=tuple(d for d in after.corpus["documents"] if d not in old_documents),
        documents_removed=tuple(d for d in before.corpus["documents"] if d not in set(after.corpus["documents"])),
        codebook=tuple(codebook),
        elements=elements,
        gone=gone,
    )


def _share(counts: Mapping[str, int]) -> float:
    """Which part of the passages with a direction promotes."""
    return counts["promoting"] / max(1, counts["promoting"] + counts["inhibiting"])


def _changed(
    now: ProfileElement,
    kinship: Kin,
    was: Sequence[ProfileElement],
    documents: Mapping[str, str],
    old_documents: set[str],
    carried: Mapping[str, Carried],
) -> ElementChange:
    is_comparable = kinship.kinship in COMPARABLE
    old = dict.fromkeys(segment for one in was for segment in one.segments.segments)
    new = dict.fromkeys(now.segments.segments)
    added = [one for one in new if one not in old]
    # Only what the codebook itself carried over says what stood before: the rest left, or was placed, because of it.
    kept = {one for one in old if (to := carried.get(one)) and to.element == now.id}
    by_codebook = tuple(one for one in old if one not in kept and one not in new) if is_comparable else ()
    then = {"segments": len(old) - len(by_codebook)}
    for layer in ("promoting", "inhibiting"):
        pointing = {s for one in was for s in getattr(one.segments, layer)}
        if is_comparable:
            placed = {one for one in getattr(now.segments, layer) if one in old and one not in kept}
            pointing = {one for one in kept if carried[one].polarity in LAYERS[layer]} | placed
        then[layer] = len(pointing)
    today = {"segments": len(new), **{name: len(getattr(now.segments, name)) for name in ("promoting", "inhibiting")}}
    before_way = direction(then["promoting"], then["inhibiting"])
    told = ("promoting", "inhibiting", "mixed")
    return ElementChange(
        element=now.id,
        kinship=kinship.kinship,
        is_comparable=is_comparable,
        from_elements=kinship.from_elements,
        changes=kinship.changes,
        state_before=was[0].state if is_comparable and was else "",
        state_after=now.state,
        before=then,
        after=today,
        direction_before=before_way,
        direction_after=now.direction,
        is_direction_changed=is_comparable
        and before_way in told
        and now.direction in told
        and before_way != now.direction
        and abs(_share(today) - _share(then)) >= TURN_STEP,
        added_new=tuple(one for one in added if documents[one] not in old_documents),
        added_old=tuple(one for one in added if documents[one] in old_documents),
        # Where an element was split or merged, codings that left it are the codebook's doing.
        removed=tuple(one for one in old if one in kept and one not in new) if is_comparable else (),
        by_codebook=by_codebook,
    )
