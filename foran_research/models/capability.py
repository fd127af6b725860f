"""The capability model, versions 1–3: which elements the evidence shows, what promotes and inhibits them, and where.

A model is a function of the corpus up to a day, a codebook version and the coding log up to a day. It holds counts and
ids, no words of informants, so that it can be handed on; every count resolves to segment ids, and those to passages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

import pandas as pd

from ..analysis.incidence import LAYERS, incidence, rolled_up, segment_units
from ..analysis.network import cooccurrence, edge_kind, mixing_matrix
from ..codebook.changes import Lineage
from ..codebook.code import Code, Codebook
from ..coding.migrate import STATUSES
from ..coding.segments import read_through_under

SCHEMA_VERSION = 1
CellState = Literal["evidence", "nothing_said", "not_asked", "not_codable", "suppressed"]
CELL_STATES: tuple[CellState, ...] = ("evidence", "nothing_said", "not_asked", "not_codable", "suppressed")


@dataclass(frozen=True)
class Support:
    """How broad the evidence is: segments, units (turns), documents, informants, actor types and cases ("k of n")."""

    segments: int
    turns: int
    documents: int
    informants: int
    actor_types: tuple[str, ...]
    cases: tuple[str, ...]
    of_cases: int


@dataclass(frozen=True)
class Evidence:
    """Segments of one polarity, with the turns and documents they stand in."""

    segments: tuple[str, ...]
    turns: int
    documents: int


@dataclass(frozen=True)
class Cell:
    """An element in one case: one of the five states, never blank, and counts when there is evidence.

    `pending` counts segments that wait for a person and may turn out to be evidence of this element here.
    """

    state: CellState
    turns: int
    documents: int
    informants: int
    promoting: int
    inhibiting: int
    unset: int
    pending: int


@dataclass(frozen=True)
class Relation:
    """That two elements are spoken of in the same turns: counts and measures (see analysis.network)."""

    to: str
    kind: str
    turns: int
    documents: int
    cases: tuple[str, ...]
    jaccard: float
    lift: float
    npmi: float
    is_distorted: bool


@dataclass(frozen=True)
class Element:
    """One capability element with all that the model claims of it.

    `shown_in` are the documents with evidence of it, `assessed_in` those that could have shown it: read under a codebook
    that had it, and either asked about it, made without a guide, or holding evidence all the same. Shares of documents
    are of these.
    """

    id: str
    display: str
    level: str
    label: Mapping[str, str]
    brief: Mapping[str, str]
    definition: Mapping[str, str]
    parts: tuple[Mapping[str, Any], ...]
    support: Support
    promoting: Evidence
    inhibiting: Evidence
    both: int
    neutral: int
    unset: int
    cells: Mapping[str, Cell]
    relations: tuple[Relation, ...]
    sources: tuple[str, ...]
    shown_in: tuple[str, ...]
    assessed_in: tuple[str, ...]


@dataclass(frozen=True)
class ModelInputs:
    """All that a model is made of, already cut to its milestone.

    `segments` are migrated (see coding.migrate) and of the coders that count; `units` are the informant units of
    `documents`; `coded_under` gives the codebook version each document was last read through under; `hidden` are
    documents whose disclosure class keeps them out of what is shown.
    """

    segments: pd.DataFrame
    units: pd.DataFrame
    documents: pd.DataFrame
    coded_under: Mapping[str, str]
    hidden: frozenset[str]
    asked: Mapping[str, frozenset[str]]
    codebook: Codebook
    lineage: Lineage
    cases: tuple[str, ...]
    levels: tuple[str, ...]
    coding: str
    coders: tuple[str, ...]
    min_edge_turns: int

    @cached_property
    def spoken(self) -> frozenset[str]:
        """The documents in which an informant says something: where nobody does, silence tells nothing."""
        return frozenset(self.units["document"].astype(str))

    @cached_property
    def countable(self) -> pd.DataFrame:
        """The segments that may be counted or named: those on at least one unit of a document that may be shown."""
        units = set(_shown_units(self)["unit"])
        is_on_unit = [
            any(f"{document}:{turn}" in units for turn in turns)
            for document, turns in zip(self.segments["document"], self.segments["turns"], strict=True)
        ]
        return self.segments[pd.Series(is_on_unit, index=self.segments.index, dtype=bool)]


@dataclass(frozen=True)
class CapabilityModel:
    """A whole model version as a value; :func:`to_dict` gives its ``model.json`` form."""

    milestone: str
    model_version: int
    cut_off: str
    coded_until: str
    study: Mapping[str, Any]
    coding: Mapping[str, Any]
    corpus: Mapping[str, Any]
    codebook_version: str
    elements: tuple[Element, ...]
    mixing: Mapping[str, Mapping[str, int]]
    stated_interplay: tuple[Mapping[str, Any], ...]
    tags: Mapping[str, tuple[str, ...]]
    unresolved: tuple[Mapping[str, Any], ...]
    retired: tuple[str, ...]
    indicators: Mapping[str, Any]
    changes: tuple[Mapping[str, Any], ...] = ()

    def element(self, name: str) -> Element | None:
        """The element with this id or display code."""
        return next((e for e in self.elements if name in (e.id, e.display)), None)


def build_model(
    inputs: ModelInputs,
    *,
    milestone: str,
    model_version: int,
    cut_off: str,
    coded_until: str,
    study: Mapping[str, Any],
    words: int,
) -> CapabilityModel:
    """The model of one milestone from its inputs; `words` is the size of the corpus, for the record."""
    elements = build_elements(inputs)
    documents = inputs.documents[~inputs.documents.index.isin(inputs.hidden)]
    kinds = documents["kind"].value_counts()
    shown = _shown_units(inputs)
    spoken = shown[_is_spoken(shown)]
    segments = inputs.countable
    status = segments["status"].value_counts()
    return CapabilityModel(
        milestone=milestone,
        model_version=model_version,
        cut_off=cut_off,
        coded_until=coded_until,
        study=study,
        coding={
            "basis": inputs.coding,
            "coders": list(inputs.coders),
            "segments": len(segments),
            "by_status": {name: int(status.get(name, 0)) for name in STATUSES},
        },
        corpus={
            "documents": len(documents),
            "interviews": int(kinds.get("interview", 0)),
            "workshop_notes": int(kinds.get("workshop_note", 0)),
            "public_documents": int(kinds.get("public_document", 0)),
            "units": len(shown),
            "informants": int(spoken["informant"].nunique()),
            "words": words,
            "withheld": len(inputs.hidden),
            "without_case": int((inputs.documents["case"] == "").sum()),
            "texts": {str(d): str(h) for d, h in documents["text_sha256"].items()},
            "not_coded": [str(d) for d in documents.index if d not in inputs.coded_under],
        },
        codebook_version=inputs.codebook.codebook_version,
        elements=elements,
        mixing=level_mixing(inputs),
        stated_interplay=stated_interplay(inputs),
        tags=tags(inputs),
        unresolved=unresolved(inputs),
        retired=retired(inputs),
        indicators=indicators(elements, inputs.cases),
    )


def with_changes(model: CapabilityModel, changes: Sequence[Mapping[str, Any]]) -> CapabilityModel:
    """The model with its changes since the version before."""
    return replace(model, changes=tuple(changes))


def to_dict(model: CapabilityModel) -> dict[str, Any]:
    """The model in the shape that ``capability.schema.json`` describes."""
    return {"schema_version": SCHEMA_VERSION, "model": "capability", **_plain(asdict(model))}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    # Six decimals are more than any count carries, and keep the last bit of a platform's arithmetic out of the file.
    return round(value, 6) if isinstance(value, float) else value


def build_elements(inputs: ModelInputs) -> tuple[Element, ...]:
    """The elements of the codebook in display order, each with its evidence."""
    shown, behind = _split_hidden(inputs)
    relations = _relations(shown, inputs)
    rows = _rows_by_element(shown)
    blank = _Blank(set(zip(behind["element"], behind["case"], strict=True)), _waiting(inputs), _own_documents(inputs))
    return tuple(
        _element(code, rows.get(code.id, []), blank, relations.get(code.id, ()), inputs)
        for code in inputs.codebook.elements
    )


class _Row(NamedTuple):
    """One segment in one unit, as rows of :func:`resolved` are."""

    segment: str
    unit: str
    document: str
    informant: str
    case: str
    actor_type: str
    polarity: str
    code: str


class _Blank(NamedTuple):
    """What the cells without evidence ask of, found once: behind hidden documents, in the queue, among the documents."""

    hidden: set[tuple[str, str]]
    waiting: tuple[tuple[str, frozenset[str]], ...]
    documents: Mapping[str, tuple[str, ...]]


def _rows_by_element(long: pd.DataFrame) -> dict[str, list[_Row]]:
    # Rows as values and not as frames: every count below is a small set, and slicing a frame costs more than the count.
    found: dict[str, list[_Row]] = {}
    columns = [long[name].tolist() for name in _Row._fields]
    for element, *row in zip(long["element"].tolist(), *columns, strict=True):
        found.setdefault(element, []).append(_Row(*row))
    return found


def _waiting(inputs: ModelInputs) -> tuple[tuple[str, frozenset[str]], ...]:
    """(case, candidates) of every segment that waits for a person."""
    queue = inputs.countable
    queue = queue[queue["status"] == "review"]
    case = inputs.documents["case"].to_dict()
    rows = zip(queue["document"], queue["candidates"], strict=True)
    return tuple((str(case[document]), frozenset(candidates)) for document, candidates in rows if document in case)


def _own_documents(inputs: ModelInputs) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = dict.fromkeys(inputs.cases, ())
    for document, case in inputs.documents["case"].items():
        if case in found:
            found[case] += (str(document),)
    return found


def resolved(inputs: ModelInputs) -> pd.DataFrame:
    """Segments × units that count under the codebook, with `element`; hidden documents included."""
    ok = inputs.segments[inputs.segments["status"] == "ok"]
    active = {code.id for code in inputs.codebook.codes if code.is_active}
    return segment_units(rolled_up(ok[ok["code"].isin(active)], inputs.codebook), inputs.units)


def _shown_units(inputs: ModelInputs) -> pd.DataFrame:
    return inputs.units[~inputs.units["document"].isin(inputs.hidden)].reset_index(drop=True)


def _is_spoken(units: pd.DataFrame) -> pd.Series[bool]:
    """Units with a speaker: unlabelled text bears its document's name and is nobody's."""
    return units["informant"] != units["document"]


def _split_hidden(inputs: ModelInputs) -> tuple[pd.DataFrame, pd.DataFrame]:
    long = resolved(inputs)
    is_hidden = long["document"].isin(inputs.hidden)
    return long[~is_hidden], long[is_hidden]


def cell_states(inputs: ModelInputs) -> dict[str, dict[str, CellState]]:
    """The state of every cell, by element id and case: what :func:`build_elements` says, without the rest."""
    shown, behind = _split_hidden(inputs)
    seen = set(zip(shown["element"], shown["case"], strict=True))
    blank = _Blank(set(zip(behind["element"], behind["case"], strict=True)), (), _own_documents(inputs))
    return {
        code.id: {case: _state(code, case, (code.id, case) in seen, blank, inputs) for case in inputs.cases}
        for code in inputs.codebook.elements
    }


def _element(
    code: Code, rows: Sequence[_Row], blank: _Blank, relations: tuple[Relation, ...], inputs: ModelInputs
) -> Element:
    # The first row of a segment tells its polarity.
    polarity = Counter({row.segment: row.polarity for row in reversed(rows)}.values())
    documents = {row.document for row in rows}
    with_evidence = {row.case for row in rows}
    return Element(
        id=code.id,
        display=code.display,
        level=code.level,
        label=dict(code.label),
        brief=dict(code.brief),
        definition=dict(code.definition),
        parts=tuple(_part(part, rows) for part in inputs.codebook.children(code.id)),
        support=Support(
            segments=len({row.segment for row in rows}),
            turns=len({row.unit for row in rows}),
            documents=len(documents),
            informants=_informants(rows),
            actor_types=tuple(sorted({row.actor_type for row in rows} - {""})),
            cases=tuple(case for case in inputs.cases if case in with_evidence),
            of_cases=len(inputs.cases),
        ),
        promoting=_evidence(rows, "promoting"),
        inhibiting=_evidence(rows, "inhibiting"),
        both=polarity["begge"],
        neutral=polarity["nøytral"],
        unset=polarity[""],
        cells={
            case: _cell(code, case, [row for row in rows if row.case == case], blank, inputs) for case in inputs.cases
        },
        relations=relations,
        sources=tuple(dict.fromkeys(row.segment for row in rows)),
        shown_in=tuple(sorted(documents)),
        assessed_in=_assessed_in(code, documents, inputs),
    )


def _informants(rows: Iterable[_Row]) -> int:
    """Persons who speak: unlabelled text bears its document's name and is nobody's."""
    return len({row.informant for row in rows if row.informant != row.document})


def _assessed_in(code: Code, with_evidence: set[str], inputs: ModelInputs) -> tuple[str, ...]:
    family = inputs.lineage.ancestors(code.id, inputs.codebook.codebook_version)
    wanted = family | {part.id for part in inputs.codebook.children(code.id)}
    return tuple(
        str(document)
        for document, guide in inputs.documents["guide"].items()
        if document not in inputs.hidden
        and _could_show(family, str(document), inputs)
        and (document in with_evidence or not guide or inputs.asked.get(str(guide), frozenset()) & wanted)
    )


def _part(part: Code, rows: Sequence[_Row]) -> dict[str, Any]:
    own = [row for row in rows if row.code == part.id]
    segments = dict.fromkeys(row.segment for row in own)
    return {
        "id": part.id,
        "display": part.display,
        "label": dict(part.label),
        "segments": len(segments),
        "documents": len({row.document for row in own}),
        "sources": list(segments),
    }


def _evidence(rows: Sequence[_Row], layer: str) -> Evidence:
    own = [row for row in rows if row.polarity in LAYERS[layer]]
    return Evidence(
        tuple(dict.fromkeys(row.segment for row in own)), len({row.unit for row in own}), len({r.document for r in own})
    )


def _cell(code: Code, case: str, rows: Sequence[_Row], blank: _Blank, inputs: ModelInputs) -> Cell:
    def segments_of(polarities: Collection[str]) -> int:
        return len({row.segment for row in rows if row.polarity in polarities})

    return Cell(
        state=_state(code, case, bool(rows), blank, inputs),
        turns=len({row.unit for row in rows}),
        documents=len({row.document for row in rows}),
        informants=_informants(rows),
        promoting=segments_of(LAYERS["promoting"]),
        inhibiting=segments_of(LAYERS["inhibiting"]),
        unset=segments_of(("",)),
        pending=_pending(code, case, blank, inputs),
    )


def _pending(code: Code, case: str, blank: _Blank, inputs: ModelInputs) -> int:
    """Segments of a case's documents that wait for a person, with this element (or a part of it) among the choices."""
    wanted = {code.id, *(part.id for part in inputs.codebook.children(code.id))}
    return sum(1 for home, candidates in blank.waiting if home == case and wanted & candidates)


def _state(code: Code, case: str, has_evidence: bool, blank: _Blank, inputs: ModelInputs) -> CellState:
    """Which of the five states a cell without blanks is in (Miles, Huberman & Saldaña: a display shows what is not there)."""
    if has_evidence:
        return "evidence"
    if (code.id, case) in blank.hidden:
        return "suppressed"
    own = blank.documents[case]
    family = inputs.lineage.ancestors(code.id, inputs.codebook.codebook_version)
    codable = {d for d in own if _could_show(family, d, inputs)}
    # A guide that asks about a sub-element asks about its element.
    wanted = family | {part.id for part in inputs.codebook.children(code.id)}
    asking = {d for d in own if inputs.asked.get(str(inputs.documents.at[d, "guide"]), frozenset()) & wanted}
    if asking & codable:
        return "nothing_said"
    # Texts that nobody has read under a codebook with the element cannot tell whether it is there.
    if asking or (own and not codable):
        return "not_codable"
    return "not_asked"


def _could_show(family: frozenset[str], document: str, inputs: ModelInputs) -> bool:
    """Whether a document has informants' words, and was read through under a codebook with one of these codes."""
    if document not in inputs.coded_under or document not in inputs.spoken:
        return False
    book = inputs.lineage[inputs.coded_under[document]]
    return any(code_id in book.by_id for code_id in family)


def _relations(long: pd.DataFrame, inputs: ModelInputs) -> dict[str, tuple[Relation, ...]]:
    """Per element, the elements spoken of in the same turns, strongest first; pairs below `min_edge_turns` left out."""
    codes = tuple(code.id for code in inputs.codebook.elements)
    table = incidence(long, _shown_units(inputs), codes)
    per_case = {case: cooccurrence(table.of_case(case)) for case in inputs.cases}
    in_case = {case: set(zip(edges["source"], edges["target"], strict=True)) for case, edges in per_case.items()}
    found: dict[str, list[Relation]] = {}
    edges = cooccurrence(table)
    for edge in edges[edges["n_ij"] >= inputs.min_edge_turns].to_dict("records"):
        pair = (edge["source"], edge["target"])
        relation = Relation(
            to="",
            kind=edge_kind(inputs.codebook, *pair),
            turns=int(edge["n_ij"]),
            documents=int(edge["documents"]),
            cases=tuple(case for case in inputs.cases if pair in in_case[case]),
            jaccard=float(edge["jaccard"]),
            lift=float(edge["lift"]),
            npmi=float(edge["npmi"]),
            is_distorted=bool(edge["is_distorted"]),
        )
        for one, other in (pair, pair[::-1]):
            found.setdefault(one, []).append(replace(relation, to=other))
    order = {code: place for place, code in enumerate(codes)}
    return {
        code: tuple(sorted(rows, key=lambda r: (-r.turns, -r.documents, order[r.to]))) for code, rows in found.items()
    }


def level_mixing(inputs: ModelInputs) -> dict[str, dict[str, int]]:
    """Co-occurrences by the levels of the two elements, summed over turns."""
    shown, _ = _split_hidden(inputs)
    codes = tuple(code.id for code in inputs.codebook.elements)
    matrix = mixing_matrix(cooccurrence(incidence(shown, _shown_units(inputs), codes)), inputs.codebook, inputs.levels)
    rows = zip(inputs.levels, matrix.to_numpy().tolist(), strict=True)
    return {level: dict(zip(inputs.levels, counts, strict=True)) for level, counts in rows}


def stated_interplay(inputs: ModelInputs) -> tuple[dict[str, Any], ...]:
    """Segments whose code became a relation: where an informant says that elements play together, and which."""
    return tuple(
        {
            "segment": row["segment"],
            "document": row["document"],
            "first_code": row["first_code"],
            "polarity": row["polarity"],
            "elements": elements,
        }
        for row, elements in _with_neighbours(inputs, "relation")
    )


def tags(inputs: ModelInputs) -> dict[str, tuple[str, ...]]:
    """Elements that a retired theory code now tags, by the code's id: those coded in the same turns."""
    found: dict[str, set[str]] = {}
    for row, elements in _with_neighbours(inputs, "tag"):
        found.setdefault(row["first_code"], set()).update(elements)
    return {code: tuple(sorted(elements)) for code, elements in sorted(found.items())}


def _with_neighbours(inputs: ModelInputs, status: str) -> list[tuple[dict[Any, Any], list[str]]]:
    long = resolved(inputs)
    by_unit = long.groupby("unit")["element"].agg(lambda column: sorted(set(column)))
    own = inputs.countable
    own = own[own["status"] == status]
    result = []
    for row in own.to_dict("records"):
        units = [f"{row['document']}:{turn}" for turn in row["turns"]]
        near = {element for unit in units if unit in by_unit.index for element in by_unit[unit]}
        result.append((row, sorted(near)))
    return result


def unresolved(inputs: ModelInputs) -> tuple[dict[str, Any], ...]:
    """The recode queue: segments that a person must place before they count."""
    queue = inputs.countable
    queue = queue[queue["status"] == "review"]
    return tuple(
        {
            "segment": row["segment"],
            "document": row["document"],
            "code": row["code"],
            "candidates": list(row["candidates"]),
        }
        for row in queue.to_dict("records")
    )


def retired(inputs: ModelInputs) -> tuple[str, ...]:
    """Segments of codes that this version no longer has; they count under the version they were made in."""
    segments = inputs.countable
    return tuple(segments.loc[segments["status"] == "retired", "segment"])


def indicators(elements: Sequence[Element], cases: Sequence[str]) -> dict[str, Any]:
    """The two acceptance indicators of the study's goal 1, computed from the model.

    1(i): central elements, and what promotes and inhibits them, are clear. An element is clear when the model has
    promoting or inhibiting evidence for it, or says of every case why there is none. Without any evidence it is not met.
    1(ii): the model can be used to assess maturity by element. An element can be assessed in a case when it has
    evidence there; from two documents and two actor types on (over all cases) it can carry a level of 3 or more.
    """
    silent: tuple[CellState, ...] = ("nothing_said", "not_codable", "suppressed")
    clear, explained, unclear = [], [], []
    for element in elements:
        if element.promoting.segments or element.inhibiting.segments:
            clear.append(element.display)
        elif all(cell.state in silent and not cell.pending for cell in element.cells.values()):
            explained.append(element.display)
        else:
            unclear.append(element.display)
    assessable = {case: [e.display for e in elements if e.cells[case].state == "evidence"] for case in cases}
    broad = [e.display for e in elements if e.support.documents >= 2 and len(e.support.actor_types) >= 2]
    everywhere = [e.display for e in elements if len(e.support.cases) == len(cases)]
    return {
        "1i": {
            "is_met": bool(clear) and not unclear,
            "elements": len(elements),
            "with_evidence": clear,
            "none_found": explained,
            "unclear": unclear,
        },
        "1ii": {
            "is_met": bool(elements) and len(broad) == len(elements) == len(everywhere),
            "elements": len(elements),
            "assessable": assessable,
            "in_every_case": everywhere,
            "can_carry_level_3": broad,
        },
    }


def coded_under(segments: pd.DataFrame, done: Iterable[tuple[str, str, str]] = ()) -> dict[str, str]:
    """The codebook version that each document with coded segments was read through under.

    Parameters
    ----------
    segments
        A segments table; `applied_under` is the version in force when a passage was first coded.
    done
        (coder, document, version) for each time that a coder was done with a document, and under which version.

    Returns
    -------
    By document: the newest version that one of its coders was done with it under, or, if nobody ever was, the oldest that
    any of it was coded under.

    Notes
    -----
    Recoding single passages later, or adding one, does not make a document read under the later version: its other
    passages were never looked at for the codes that it brought.
    """
    applied: dict[str, set[str]] = {}
    finished: dict[tuple[str, str], set[str]] = {}
    for coder, document, version in done:
        finished.setdefault((coder, document), set()).add(version)
    by_document: dict[str, set[str]] = {}
    columns = (segments[name].astype(str) for name in ("document", "coder", "applied_under"))
    for document, coder, version in sorted(set(zip(*columns, strict=True))):
        applied.setdefault(document, set()).add(version)
        by_document.setdefault(document, set()).update(finished.get((coder, document), ()))
    return {document: read_through_under(versions, by_document[document]) for document, versions in applied.items()}
