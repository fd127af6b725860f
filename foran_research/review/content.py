"""What a review pack holds: a milestone of the study as one value, without anything that its readers may not see.

Only passages cleared for the audience are quoted. Texts that repeat other words of informants are kept back, numbers that
stand for few are None, and so is what would give them away. The same study gives the same pack, to the byte.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

import pandas as pd

from .. import clearing
from ..corpus.repeats import spoken_in
from ..delivering import followup, improvement, practice
from ..errors import ForanError, UnknownName
from ..milestone import capability_model
from ..models import capability
from ..models.capability import Element, ModelInputs
from ..network_screen.layout import HEIGHT, WIDTH, layout
from ..quick_imports import without_iri_grammar
from ..registers.records import standing as standing_rows
from ..report.page import cleared_quote
from ..settings import Milestone
from ..study import Study
from ..vocabulary import CODINGS
from .content_claims import claims_of
from .content_counts import (
    ALL,
    Edge,
    ElementCounts,
    Limits,
    Row,
    Shown,
    edges_by_network,
    element_counts,
    node_sizes,
)
from .content_goals import next_steps_of, targets_of
from .content_parts import MODELS, Part, before_of, changes_of, maturity_of, measures_of
from .content_quotes import POLARITIES, REASONS, Chosen, Passage, choose
from .content_repeats import Repeats
from .content_start import Basis, made_of, rests_on, short_of
from .content_words import LANGUAGES, Text, abbreviations_in, brief_of, of_study, said

FORMAT, SCHEMA_VERSION = "foran-review-pack", 1
#: The states of a cell in which a number would be taken for an answer that nobody gave.
UNANSWERED = frozenset({"not_asked", "not_codable", "suppressed"})
#: Sorts after every day: questions and clearings count as they stand, since a pack is made after its milestone.
FOREVER = "9999-12-31"


def pack_content(
    study: Study,
    milestone: Milestone,
    *,
    audience: str,
    arena: str = "",
    language: str = "nb",
    coding: str = "human",
    limits: Limits | None = None,
) -> dict[str, Any]:
    """The review pack of a milestone, in the shape of ``pack.schema.json``.

    Parameters
    ----------
    milestone
        One with a model: capability, practice, improvement or followup.
    audience
        Whom it is for, one of ``clearing.AUDIENCES``: only what is cleared for them is quoted.
    arena
        The arena it is made for, "" for none: questions of other arenas are left out.
    language
        "nb", "nn" or "en": in which the page opens. All languages are in it.
    coding
        "human" or "suggestions"; of what a machine suggests nobody is quoted.
    limits
        The fewest persons and documents that a number may stand for.

    Raises
    ------
    UnknownName
        For an audience, arena, language or coding that there is not.
    ForanError
        For a milestone that has no model to review.

    Examples
    --------
    >>> study = load_study()  # doctest: +SKIP
    >>> pack = pack_content(study, study.milestone("M5"), audience="workshop")  # doctest: +SKIP
    >>> [line["nb"] for line in pack["short"]]  # doctest: +SKIP
    ['Modellen bygger på intervjuer og dokumenter fra Bergen fram til 31. januar 2021.', …]
    """
    today = study.today or study
    settings = study.settings
    for kind, name, known in (
        ("audience", audience, clearing.AUDIENCES),
        ("arena", arena, ("", *(one.id for one in settings.arenas))),
        ("language", language, LANGUAGES),
        ("coding", coding, CODINGS),
    ):
        if name not in known:
            raise UnknownName(kind, name, [one for one in known if one])
    if milestone.model not in MODELS:
        raise ForanError(
            f"milestone {milestone.id} is told of evidence and has no model to review; choose one of a model"
        )
    made = _Making(today, milestone, audience, arena, language, coding, limits or Limits())
    return checked(made.pack())


def checked(pack: dict[str, Any]) -> dict[str, Any]:
    """The pack itself, when it is as ``pack.schema.json`` says.

    Raises
    ------
    jsonschema.ValidationError
        For a pack of another shape.
    """
    for error in _validator().iter_errors(pack):
        raise error
    return pack


@cache
def _validator() -> Any:
    with without_iri_grammar():
        import jsonschema

    text = resources.files("foran_research.review").joinpath("pack.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def content_sha256(pack: Mapping[str, Any]) -> str:
    """The fingerprint of what a pack says, without its id: hex SHA-256 of its canonical JSON.

    >>> content_sha256({"id": "M1-x", "short": []}) == content_sha256({"short": [], "id": ""})
    True
    """
    content = {key: value for key, value in pack.items() if key != "id"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass
class _Making:
    """A pack on its way: what it is made of, found once each."""

    study: Study
    milestone: Milestone
    audience: str
    arena: str
    language: str
    coding: str
    limits: Limits

    def __post_init__(self) -> None:
        self.held_back = 0

    # ---- what it is made of

    @cached_property
    def inputs(self) -> ModelInputs:
        return self.study.as_of(self.milestone.coded_until).model_inputs(self.milestone, coding=self.coding)

    @cached_property
    def cases(self) -> tuple[str, ...]:
        return tuple(case.id for case in self.study.settings.cases)

    @cached_property
    def names(self) -> dict[str, Text]:
        return {case.id: of_study(case.label) for case in self.study.settings.cases}

    @cached_property
    def model(self) -> Any:
        build = {
            "capability": capability_model,
            "practice": practice.build,
            "improvement": improvement.build,
            "followup": followup.build,
        }[self.milestone.model]
        return build(self.study, self.milestone, coding=self.coding)

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        # A capability model has them; the others are of one municipality, and a pack tells of all.
        own: tuple[Element, ...] = self.model.elements if self.milestone.model == "capability" else ()
        return own or capability.build_elements(self.inputs)

    @cached_property
    def long(self) -> pd.DataFrame:
        return capability.resolved(self.inputs)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """What is counted: segments in units of documents that may be shown."""
        shown = self.long[~self.long["document"].isin(self.inputs.hidden)]
        names = ("element", "segment", "unit", "document", "informant", "case", "polarity")
        return tuple(
            Row(element, segment, unit, document, "" if informant == document else informant, case, polarity)
            for element, segment, unit, document, informant, case, polarity in zip(
                *(shown[name].astype(str).tolist() for name in names), strict=True
            )
        )

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Every coded segment of an element, with why it cannot be shown, if so."""
        standing = clearing.standing(self.study) if self.coding == "human" else {}
        cleared = clearing.cleared_for(self.study, self.audience) if self.coding == "human" else {}
        told = clearing.role_may_be_told(self.study, cleared)
        rows = self.inputs.segments.drop_duplicates("segment").set_index("segment").to_dict("index")
        units = self.inputs.units.set_index("unit")[["informant", "case", "may_quote"]].to_dict("index")
        documents = self.inputs.documents
        facts = documents[["kind", "date"]].to_dict("index")
        found: dict[str, Passage] = {}
        columns = ("segment", "element", "case", "document", "informant", "actor_type", "polarity")
        for segment, element, case, document, informant, actor, polarity in zip(
            *(self.long[name].astype(str).tolist() for name in columns), strict=True
        ):
            if segment in found:
                continue
            one = standing.get(segment)
            if document in self.inputs.hidden:
                state = "hidden_document"
            elif cleared_quote(segment, rows, units, self.inputs.hidden) is None:
                state = "no_consent"
            elif segment in cleared:
                state = ""
            elif one is not None and one.lapsed:
                state = {"no_consent": "no_consent", "hidden_document": "hidden_document"}.get(one.lapsed, "lapsed")
            else:
                state = "not_cleared"
            found[segment] = Passage(
                segment=segment,
                element=element,
                case=case,
                document=document,
                speaker=informant,
                units=tuple(f"{document}:{turn}" for turn in rows[segment]["turns"]),
                polarity=polarity,
                state=state,
                words=of_study({"nb": cleared[segment]})["nb"] if not state else "",
                is_edited=bool(not state and one is not None and one.shown_as),
                kind=str(facts[document]["kind"]),
                date=str(facts[document]["date"]),
                role=actor if segment in told else "",
            )
        return tuple(found[name] for name in sorted(found))

    @cached_property
    def chosen(self) -> Chosen:
        return choose(self.passages, [one.id for one in self.elements])

    @cached_property
    def shown(self) -> Shown:
        """What the quotes give away of numbers."""
        units: dict[str, set[str]] = {}
        documents: dict[tuple[str, str], set[str]] = {}
        for one in self.chosen.quotes:
            units.setdefault(one.element, set()).update(one.units)
            documents.setdefault((one.element, one.case), set()).add(one.document)
        return Shown(
            {name: frozenset(own) for name, own in units.items()},
            {name: frozenset(own) for name, own in documents.items()},
            {case: len(own) for case, own in self.heard.items()},
        )

    @cached_property
    def heard(self) -> dict[str, frozenset[str]]:
        """By municipality, the documents that may be shown and are its own, or in which somebody of it speaks."""
        documents, units = self.inputs.documents, self.inputs.units
        homes = [*zip(documents.index.astype(str), documents["case"].astype(str), strict=True)]
        homes += zip(units["document"].astype(str), units["case"].astype(str), strict=True)
        return {
            case: frozenset(name for name, home in homes if home == case and name not in self.inputs.hidden)
            for case in self.cases
        }

    @cached_property
    def basis(self) -> Basis:
        """By municipality and kind, how many documents of its own the pack rests on: those that may be shown, and were read."""
        found: dict[str, Counter[str]] = {case: Counter() for case in self.cases}
        for name, row in self.inputs.documents.iterrows():
            is_read = str(name) in self.inputs.coded_under or self.coding != "human"
            if is_read and str(name) not in self.inputs.hidden and row["case"] in found:
                found[row["case"]][str(row["kind"])] += 1
        return found

    @cached_property
    def counts(self) -> dict[str, ElementCounts]:
        return element_counts(self.elements, self.rows, self.cases, self.limits, self.shown)

    @cached_property
    def edges(self) -> dict[str, list[Edge]]:
        return edges_by_network(
            self.rows,
            self.counts,
            self.cases,
            least=self.inputs.min_edge_turns,
            limits=self.limits,
            shown=self.shown,
        )

    @cached_property
    def repeats(self) -> Repeats:
        heard = [*self.study.transcripts.values(), *self.study.former_texts.values()]
        # The headings of collected answers are the packs' own words.
        texts = [text for one in heard for text in spoken_in(one)]
        return Repeats.of(texts, (one.words for one in self.chosen.quotes))

    # ---- texts

    def text(self, given: Mapping[str, str] | None) -> Text:
        """A text of the study, kept back in every language when it repeats words that are not shown."""
        told = of_study(given)
        if self.repeats.stands_in_any(told):
            self.held_back += 1
            return said("held_back")
        return told

    @cached_property
    def labels(self) -> dict[str, Text]:
        return {one.id: self.text(one.label) for one in self.elements}

    @cached_property
    def where(self) -> Text:
        case = self.milestone.case
        return self.names[case] if case else said("all_cases")

    # ---- the parts

    @cached_property
    def part(self) -> Part:
        """What the parts of other modules are told with."""
        before, kind = before_of(self.study, self.milestone)
        return Part(
            study=self.study,
            milestone=self.milestone,
            model=self.model,
            inputs=self.inputs,
            elements=self.elements,
            text=self.text,
            labels=self.labels,
            names=self.names,
            where=self.where,
            limits=self.limits,
            rows=self.rows,
            before=before,
            before_kind=kind,
        )

    def pack(self) -> dict[str, Any]:
        settings, milestone = self.study.settings, self.milestone
        maturity, few = maturity_of(self.part)
        measures = measures_of(self.part)
        changes = changes_of(self.part, measures)
        quotes = [self.quote(one) for one in self.chosen.quotes]
        targets, next_steps = targets_of(self.part), next_steps_of(self.part)
        claims = claims_of(self.part, self.chosen.quotes, changes)
        elements = self.elements_told(maturity, changes, measures)
        networks = self.networks()
        things = {"element": elements, "quote": quotes, "claim": claims, "measure": measures, "change": changes}
        known = {(kind, one["id"]) for kind, some in things.items() for one in some}
        known |= {("edge", f"{network['id']}/{edge['id']}") for network in networks for edge in network["edges"]}
        questions = self.questions(known)
        found: dict[str, Any] = {
            "format": FORMAT,
            "schema_version": SCHEMA_VERSION,
            "id": "",
            "study": {
                "title": of_study(settings.title),
                "is_synthetic": settings.is_synthetic,
                "notice": of_study(settings.notice),
            },
            "milestone": {
                "id": milestone.id,
                "title": of_study(milestone.title),
                "model": milestone.model,
                "case": milestone.case,
                "model_version": milestone.model_version,
                "cut_off": milestone.cut_off.isoformat(),
                "codebook_version": milestone.codebook_version,
            },
            "before": self.part.before.id if self.part.before else "",
            "before_kind": self.part.before_kind,
            "before_title": of_study(self.part.before.title) if self.part.before else None,
            "audience": self.audience,
            "arena": self.arena,
            "language": self.language,
            "cases": [
                {"id": name, "label": label.get(self.language) or label["nb"]} for name, label in self.names.items()
            ],
            "levels": [{"id": one.id, "label": of_study(one.label)} for one in settings.levels],
            "roles": [{"id": one.id, "label": of_study(one.label)} for one in settings.actor_types],
            "arenas": [
                {
                    "id": one.id,
                    "label": of_study(one.label),
                    "responsible": one.responsible,
                    "participants": one.participants,
                }
                for one in settings.arenas
            ],
            "scale": [
                {"level": one.level, "label": of_study(one.label), "anchor": of_study(one.anchor)}
                for one in settings.maturity.levels
            ],
            "short": short_of(
                self.part,
                claims,
                maturity,
                targets,
                measures,
                changes,
                coding=self.coding,
                parts=len(elements) - len(self.elements),
                quotes=[one.case for one in self.chosen.quotes],
                basis=self.basis,
            ),
            "rests_on": rests_on(self.part, self.basis),
            "elements": elements,
            "quotes": quotes,
            "networks": networks,
            "changes": changes,
            "measures": measures,
            "targets": targets,
            "next_steps": next_steps,
            "claims": claims,
            "questions": questions,
            "left_out": self.left_out(elements, networks, few),
            "made": made_of(self.part, coding=self.coding, audience=self.audience),
        }
        found["abbreviations"] = abbreviations_in(texts_in(found))
        found["id"] = f"{milestone.id}-{self.audience}-{content_sha256(found)[:12]}"
        return found

    def quote(self, one: Passage) -> dict[str, Any]:
        return {
            "id": one.segment,
            "words": one.words,
            "edited": one.is_edited,
            "case": one.case,
            "kind": one.kind,
            "month": one.date[:7],
            "role": one.role,
            "polarity": POLARITIES[one.polarity],
            "elements": [one.element],
        }

    def elements_told(
        self,
        maturity: Mapping[str, list[dict[str, Any]]],
        changes: Sequence[Mapping[str, Any]],
        measures: Sequence[Mapping[str, Any]],
    ) -> list[dict[str, Any]]:
        quoted: dict[tuple[str, str], list[str]] = {}
        for one in self.chosen.quotes:
            for layer in ("promoting", "inhibiting"):
                if POLARITIES[one.polarity] in (layer, "both"):
                    quoted.setdefault((one.element, layer), []).append(one.segment)
        left_out = self.left_out_by_element()
        found = []
        for element in self.elements:
            counts = self.counts[element.id]
            by_case = {case: self.cell(element, case) for case in self.cases}
            states = {cell["state"] for cell in by_case.values()}
            parts = tuple(self.inputs.codebook.children(element.id))
            found.append(
                {
                    "id": element.id,
                    "display": element.display,
                    "level": element.level,
                    "label": self.labels[element.id],
                    "brief": self.text(brief_of(element.brief, element.definition)),
                    "definition": self.text(element.definition),
                    "parent": "",
                    "children": [part.id for part in parts],
                    "note": self.note(element) if parts else None,
                    # Where nobody could have said anything, nothing was counted.
                    "documents": None if states <= UNANSWERED and not element.support.documents else counts.documents,
                    "by_case": by_case,
                    "promoting": quoted.get((element.id, "promoting"), []),
                    "inhibiting": quoted.get((element.id, "inhibiting"), []),
                    "maturity": maturity.get(element.id, []),
                    "changed": [one["id"] for one in changes if element.id in one["elements"]],
                    "measures": [one["id"] for one in measures if element.id in one["elements"]],
                    "left_out": left_out[element.id],
                }
            )
            # A part is there to be read and talked of: what is said of it is told of the whole.
            found += [
                {
                    "id": part.id,
                    "display": part.display,
                    "level": part.level,
                    "label": self.text(part.label),
                    "brief": self.text(brief_of(part.brief, part.definition)),
                    "definition": self.text(part.definition),
                    "parent": element.id,
                    "children": [],
                    "note": said("note_of_part", element=said("named", element=self.part.name(element.id))),
                    "documents": None,
                    "by_case": {},
                    "promoting": [],
                    "inhibiting": [],
                    "maturity": [],
                    "changed": [one["id"] for one in changes if part.id in one["elements"]],
                    "measures": [],
                    "left_out": {},
                }
                for part in parts
            ]
        return found

    def cell(self, element: Element, case: str) -> dict[str, Any]:
        """What is told of an element in a municipality: its state, and numbers where there is an answer to count.

        Where documents of the municipality may not be shown, silence in the others is no answer: whether those speak of it
        is told of no element, so that it cannot be read from those of which it would be.
        """
        told = self.counts[element.id].by_case[case]
        state = element.cells[case].state
        if state != "evidence" and case in self.cases_with_hidden:
            state = "suppressed"
        if state != "evidence":
            nothing = None if state in UNANSWERED else 0
            return {"state": state, "promoting": nothing, "inhibiting": nothing, "documents": nothing}
        return {
            "state": state,
            "promoting": told.promoting,
            "inhibiting": told.inhibiting,
            "documents": told.documents,
        }

    @cached_property
    def cases_with_hidden(self) -> frozenset[str]:
        """The municipalities with something in documents that may not be shown, coded or not."""
        documents, units = self.inputs.documents, self.inputs.units
        homes = documents.loc[documents.index.isin(self.inputs.hidden), "case"]
        speakers = units.loc[units["document"].isin(self.inputs.hidden), "case"]
        return frozenset({*homes.astype(str), *speakers.astype(str)} - {""})

    def note(self, element: Element) -> Text | None:
        """Whether what is said of an element with parts is said of the whole or of its parts; None where that is not known."""
        spoken = self.spoken.get(element.id, frozenset())
        if not spoken:
            return None if self.cases_with_hidden else said("note_none")
        if element.id not in spoken:
            return said("note_only_parts")
        return said("note_with_parts")

    @cached_property
    def spoken(self) -> dict[str, frozenset[str]]:
        """By element, the codes with evidence that may be shown, its own and those of its parts."""
        shown = self.long[~self.long["document"].isin(self.inputs.hidden)]
        found: dict[str, set[str]] = {}
        for element, code in zip(shown["element"].astype(str), shown["code"].astype(str), strict=True):
            found.setdefault(element, set()).add(code)
        return {name: frozenset(codes) for name, codes in found.items()}

    def left_out_by_element(self) -> dict[str, dict[str, int | None]]:
        """By element, how many of its passages with a direction are left out and why; no number where any is kept back.

        The passages shown and those left out are all there are: with a number kept back, their sum would help to find it.
        """
        reasons: dict[str, Counter[str]] = {one.id: Counter() for one in self.elements}
        for passage in self.passages:
            reason = self.chosen.left_out.get(passage.segment)
            if reason and reason != "hidden_document" and POLARITIES[passage.polarity] not in ("", "neutral"):
                reasons[passage.element][reason] += 1
        found: dict[str, dict[str, int | None]] = {}
        for name, own in reasons.items():
            counts = self.counts[name]
            told: dict[str, int | None] = {
                reason: self.few(own[reason]) if counts.is_whole else None for reason in REASONS if own[reason]
            }
            found[name] = told | ({} if counts.is_whole else {"small_cell": counts.hidden})
        return found

    def few(self, count: int) -> int | None:
        """A count, None where it is lower than the fewest persons."""
        return None if 0 < count < self.limits.persons else count

    def left_out(
        self, elements: Sequence[Mapping[str, Any]], networks: Sequence[Mapping[str, Any]], few: int
    ) -> list[dict[str, Any]]:
        """What was left out of the whole pack.

        Passages are counted whatever they say, also those without a direction, which stand in no other number: so that
        with one of these less and one of an element more, everything else in the pack would be the same.
        """
        reasons = Counter(self.chosen.left_out.values())
        is_loose = any(
            self.chosen.left_out.get(one.segment) in REASONS and POLARITIES[one.polarity] in ("", "neutral")
            for one in self.passages
        )
        is_open = is_loose or all(one.is_whole for one in self.counts.values())
        found = [
            {
                "reason": reason,
                "count": self.few(reasons[reason]) if is_open else None,
                "what": said(f"left_{reason}"),
            }
            for reason in REASONS
            if reasons[reason]
        ]
        if self.held_back:
            found.append({"reason": "not_cleared", "count": self.few(self.held_back), "what": said("left_repeats")})
        hidden = sum(self.counts[one.id].hidden for one in self.elements)
        hidden += sum(edge["count"] is None for network in networks for edge in network["edges"])
        if hidden:
            what = said("left_small_cell", persons=self.limits.persons, documents=self.limits.documents)
            found.append({"reason": "small_cell", "count": hidden, "what": what})
        if few:
            found.append({"reason": "small_cell", "count": self.few(few), "what": said("left_small_maturity")})
        return found

    def networks(self) -> list[dict[str, Any]]:
        """The network of every municipality and of all together, each element at the same place in all of them."""
        pooled = self.edges[ALL]
        # Places follow from strengths that are told, and from nothing else.
        placed = layout(
            [(one.id, one.level) for one in self.elements],
            [(edge.a, edge.b, edge.strength) for edge in pooled],
            [level.id for level in self.study.settings.levels],
            seed=self.study.settings.seed,
        )
        places = {name: (round(x / WIDTH, 4), round(y / HEIGHT, 4)) for name, (x, y) in sorted(placed.places.items())}
        order = [ALL, *self.cases] if len(self.cases) > 1 else list(self.cases)
        if self.milestone.case:
            order = [self.milestone.case, *(name for name in order if name != self.milestone.case)]
        found = []
        for name in order:
            there = [
                one.id for one in self.elements if (one.support.documents if name == ALL else one.cells[name].documents)
            ]
            sizes = node_sizes(
                {
                    code: self.counts[code].documents if name == ALL else self.counts[code].by_case[name].documents
                    for code in there
                }
            )
            found.append(
                {
                    "id": name,
                    "label": said("network_all") if name == ALL else self.names[name],
                    "nodes": [
                        {"id": code, "size": sizes[code], "x": places[code][0], "y": places[code][1]} for code in there
                    ],
                    "edges": [
                        {"id": edge.id, "a": edge.a, "b": edge.b, "count": edge.count, "strength": edge.strength}
                        for edge in self.edges[name]
                    ],
                    "note": said("network_note", least=self.inputs.min_edge_turns),
                }
            )
        return found

    def questions(self, known: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
        """What the researchers ask the readers: of this milestone, and of this arena or of all.

        What a question is about is left out where that does not stand in the pack, being none of the `known` things.
        """
        found = []
        for row in standing_rows(self.study.registers.questions, FOREVER):
            if row.milestone != self.milestone.id or row.arena not in ("", self.arena):
                continue
            kind, _, name = row.about.partition(":")
            about = {"kind": kind, "id": name} if (kind, name) in known else None
            text = self.text({"nb": row.text_nb, "nn": row.text_nn, "en": row.text_en})
            found.append({"id": row.id, "text": text, "about": about})
        return found


def segments_in(pack: Mapping[str, Any]) -> tuple[str, ...]:
    """The coded segments whose words stand in a pack, in its order: what the register of packs is to name."""
    return tuple(dict.fromkeys(str(one["id"]) for one in pack["quotes"]))


def texts_in(value: Any) -> Iterable[str]:
    """Every text of a pack, or of a part of it, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from texts_in(one)
