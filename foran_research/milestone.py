"""What the notebooks of a milestone call: build its model, draw its figures, save what it delivers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from .analysis import corpus_overview as overviews
from .analysis.coverage import actor_types_by_case, coverage, coverage_by_process
from .analysis.incidence import LAYERS, Incidence, incidence
from .analysis.network import compared, cooccurrence, network
from .analysis.suggestion_quality import against_coding
from .codebook.code import Change
from .codebook.diff import diff
from .corpus.store import write_atomically
from .errors import ForanError
from .models import capability
from .models.capability import CapabilityModel, ModelInputs
from .models.versions import changes_between, without_evidence_of
from .quick_imports import without_iri_grammar
from .report.codebook_diff import CodebookSection, section
from .report.corpus_figures import coverage_figure, plan_figure, timeline_figure
from .report.figures import figure_bytes, model_figure, network_figure, picture_html, polarity_figure, stamped
from .report.page import choose_quotes, report_page
from .report.tables import csv_text, model_tables
from .report.words import words
from .settings import Milestone
from .study import Study
from .vocabulary import is_iso_date


def capability_model(study: Study, milestone: Milestone, *, coding: str = "human") -> CapabilityModel:
    """The capability model of a milestone, with what changed since the model version before.

    The earlier version is built anew from its own corpus, codebook and log, so nothing depends on which outputs exist.
    """
    model = _one_version(study, milestone, coding)
    earlier = study.milestone_before(milestone)
    if earlier is None:
        return model
    changes = changes_between(_one_version(study, earlier, coding), model, study.lineage)
    return capability.with_changes(model, with_shown_evidence(study, changes))


def with_shown_evidence(study: Study, changes: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Changes of the codebook whose evidence names no passage that may not be shown, or whose words were withdrawn."""
    gone = _withdrawn_among(study, (one for change in changes for one in change["evidence"]))
    return without_evidence_of(changes, study.hidden(study.documents), gone)


def _withdrawn_among(study: Study, named: Iterable[str]) -> frozenset[str]:
    """Those of the passages named whose words a participant has withdrawn, whenever that was."""
    passages = study.known_to_registers().passages or {}
    return frozenset(one for one in named if one in passages and passages[one].state == "withdrawn")


def _one_version(study: Study, milestone: Milestone, coding: str) -> CapabilityModel:
    study = study.as_of(milestone.coded_until)
    inputs = study.model_inputs(milestone, coding=coding)
    return capability.build_model(
        inputs,
        milestone=milestone.id,
        model_version=milestone.model_version,
        cut_off=milestone.cut_off.isoformat(),
        coded_until=milestone.coded_until.isoformat(),
        study={
            "id": study.settings.study_id,
            "is_synthetic": study.settings.is_synthetic,
            "notice": dict(study.settings.notice),
        },
        words=sum(
            study.transcripts[document].word_count()
            for document in inputs.documents.index
            if document not in inputs.hidden
        ),
    )


def element_incidence(inputs: ModelInputs, *, layer: str | None = None) -> Incidence:
    """Units × elements of what may be shown; with `layer` ("promoting", "inhibiting") only segments of that polarity."""
    long = capability.resolved(inputs)
    long = long[~long["document"].isin(inputs.hidden)]
    if layer is not None:
        long = long[long["polarity"].isin(LAYERS[layer])]
    units = inputs.units[~inputs.units["document"].isin(inputs.hidden)].reset_index(drop=True)
    return incidence(long, units, tuple(code.id for code in inputs.codebook.elements))


def networks_by_case(study: Study, inputs: ModelInputs, language: str) -> dict[str, nx.Graph]:
    """The co-occurrence network of every municipality, and of all of them pooled, by the name to show."""
    table = element_incidence(inputs)
    names = {case.label[language]: case.id for case in study.settings.cases}
    graphs = {name: network(table.of_case(case), inputs.codebook) for name, case in names.items()}
    return {**graphs, words(language)["all_cases"]: _pooled(table, inputs)}


def networks_by_polarity(inputs: ModelInputs, language: str) -> dict[str, nx.Graph]:
    """The pooled network of promoting segments and that of inhibiting segments, by the name to show."""
    names = {"promoting": words(language)["promotes"], "inhibiting": words(language)["inhibits"]}
    return {name: _pooled(element_incidence(inputs, layer=layer), inputs) for layer, name in names.items()}


def _pooled(table: Incidence, inputs: ModelInputs) -> nx.Graph:
    graph = network(table, inputs.codebook)
    graph.graph["is_pooled"] = True
    return graph


def validate_model(model: Mapping[str, Any], kind: str = "capability") -> None:
    """Check a model's dict form against the schema of its kind (``models/KIND.schema.json``).

    Raises
    ------
    jsonschema.ValidationError
        For a model of another shape.
    """
    validator = _validator(kind)
    from jsonschema.exceptions import best_match

    if (error := best_match(validator.iter_errors(model))) is not None:
        raise error


@cache
def _validator(kind: str) -> Any:
    """What checks models of a kind; its schema is checked once, which takes as long as a model."""
    with without_iri_grammar():
        import jsonschema

    jsonschema.Draft202012Validator.check_schema(schema_of(kind))
    return jsonschema.Draft202012Validator(schema_of(kind))


@cache
def schema_of(kind: str) -> dict[str, Any]:
    """The JSON schema of a kind of model: capability, practice, improvement, followup, status or indicators."""
    text = resources.files("foran_research.models").joinpath(f"{kind}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def checked_text(model: Mapping[str, Any], kind: str = "capability") -> str:
    """``model.json``: checked against its schema, keys in declared order, Norwegian letters as they are."""
    validate_model(model, kind)
    return json.dumps(model, ensure_ascii=False, indent=1) + "\n"


def model_text(model: CapabilityModel) -> str:
    """The text of a capability model's ``model.json``."""
    return checked_text(capability.to_dict(model))


def save_table(frame: pd.DataFrame, output: str | Path, name: str) -> pd.DataFrame:
    """Write a table to ``OUTPUT/tables/NAME.csv`` (nowhere for "") and give it back, so that a notebook can show it."""
    if output:
        write_atomically(Path(output) / "tables" / f"{name}.csv", csv_text(frame))
    return frame


def save_figure(figure: Any, output: str | Path, name: str) -> bytes:
    """Write a figure to ``OUTPUT/figures/NAME.svg`` and ``.png``; returns the SVG's bytes."""
    svg = figure_bytes(figure, "svg")
    if output:
        write_atomically(Path(output) / "figures" / f"{name}.svg", svg)
        write_atomically(Path(output) / "figures" / f"{name}.png", figure_bytes(figure, "png"))
    return svg


def shown(figure: bytes, caption: str = "") -> str:
    """A figure's SVG bytes as HTML for a notebook, never wider than it; the caption is read to those who do not see it."""
    return picture_html(figure, caption)


def save_files(files: Mapping[str, bytes], output: str | Path, folder: str) -> list[str]:
    """Write files to ``OUTPUT/FOLDER/NAME`` (nowhere for "") and give their names back, so that a notebook can show them."""
    for name, content in files.items() if output else ():
        write_atomically(Path(output) / folder / name, content)
    return list(files)


def lemma_source(study: Study, language: str) -> str:
    """Where lemmas come from in this study, for people to read."""
    if study.settings.pipeline:
        return f"spaCy: {study.settings.pipeline}"
    return {"nb": "simplemmas tabeller", "en": "simplemma's tables"}[language]


def figure_stamp(study: Study, coding: str, language: str) -> str:
    """What every figure says of itself: that the study is invented, that it rests on machine suggestions, or nothing."""
    said = words(language)
    parts = [said["stamp_invented"]] if study.settings.is_synthetic else []
    parts += [said["stamp_machine"]] if coding == "suggestions" else []
    return " · ".join(parts)


def deliver(
    study: Study, milestone: Milestone, output: str | Path, *, coding: str = "human", language: str = "nb"
) -> dict[str, Any]:
    """Build the milestone's model and write ``model.json``, tables, figures and ``report.html`` into `output`.

    Returns the model in its dict form; with `output` "" it is built and checked, and nothing is written.
    """
    settings = study.settings
    inputs = study.model_inputs(milestone, coding=coding)
    text = model_text(capability_model(study, milestone, coding=coding))
    model: dict[str, Any] = json.loads(text)
    for name, frame in model_tables(model, language).items():
        save_table(frame, output, name)
    least = settings.min_edge_turns
    figures = {
        "model": model_figure(model, settings, language),
        "polarity": polarity_figure(model, settings, language),
        "networks": network_figure(
            networks_by_case(study, inputs, language), model, settings, language, min_turns=least
        ),
        "layers": network_figure(networks_by_polarity(inputs, language), model, settings, language, min_turns=least),
    }
    stamp = figure_stamp(study, coding, language)
    drawn = {name: save_figure(stamped(figure, stamp), output, name) for name, figure in figures.items()}
    quotes = choose_quotes(
        model, inputs.segments, inputs.units, per_element=settings.quotes_per_element, hidden=inputs.hidden
    )
    codebook = codebook_section(study, milestone, language)
    page = report_page(model, settings, milestone, drawn, quotes, language, lemma_source(study, language), codebook)
    if output:
        write_atomically(Path(output) / "model.json", text)
        write_atomically(Path(output) / "report.html", page)
    return model


def codebook_section(study: Study, milestone: Milestone, language: str) -> CodebookSection | None:
    """What differs from the codebook of the model version before; None for a first model and for the same codebook."""
    earlier = study.milestone_before(milestone)
    if earlier is None or earlier.codebook_version == milestone.codebook_version:
        return None
    arenas = {arena.id: arena.label for arena in study.settings.arenas}
    found = diff(study.lineage, earlier.codebook_version, milestone.codebook_version)
    hidden = study.hidden(study.documents)
    gone = _withdrawn_among(study, (one for change in (*found.changes, *found.rejected) for one in change.evidence))

    def shown(change: Change) -> Change:
        own = (one for one in change.evidence if one.split(".")[0] not in hidden and one not in gone)
        return replace(change, evidence=tuple(own))

    found = replace(found, changes=tuple(map(shown, found.changes)), rejected=tuple(map(shown, found.rejected)))
    return section(found, study.lineage, language, arenas)


def corpus_tables(study: Study, milestone: Milestone) -> dict[str, pd.DataFrame]:
    """What the milestone's material covers: per document, per process, and which actor types were heard where.

    Documents that may not be shown are left out, as everywhere.
    """
    study = study.as_of(milestone.coded_until)
    documents = study.documents_until(milestone.cut_off)
    documents = documents[~documents.index.isin(study.hidden(documents))]
    units = study.units(documents)
    segments = study.segments(until=milestone.coded_until)
    table = coverage(documents, study.transcripts, units, segments[segments["document"].isin(documents.index)])
    return {
        "corpus_documents": table,
        "corpus_processes": coverage_by_process(table, study.processes),
        "corpus_actor_types": actor_types_by_case(units, tuple(case.id for case in study.settings.cases)),
    }


@dataclass(frozen=True)
class CorpusOverview:
    """The material at a milestone for those who do the study: tables and figures by the name to save them under."""

    tables: Mapping[str, pd.DataFrame]
    figures: Mapping[str, Any]


def corpus_overview(study: Study, milestone: Milestone, *, today: str = "", language: str = "nb") -> CorpusOverview:
    """What the milestone's material covers, by case, process, actor type and time, what it lacks, and what the plan lacks.

    Documents that may not be shown are left out, as everywhere, and counted once: `withheld` among the totals. They fill
    no row of the plan. Coding is that of the model coders. Which coded segments wait for a place is told as of now.

    Parameters
    ----------
    today
        The ISO day to judge the plan by; the milestone's cut-off for "".
    language
        "nb" or "en", for the figures and for what a gap is called.

    Raises
    ------
    ForanError
        When `today` is no day.
    """
    if today and not is_iso_date(today):
        raise ForanError(f"today is {today!r}; write a day as YYYY-MM-DD, or nothing for the milestone's own")
    day = today or milestone.cut_off.isoformat()
    settings, said = study.settings, words(language)
    cases = [case.id for case in settings.cases]
    waiting = study.waiting()
    study = study.as_of(milestone.coded_until)
    everything = study.documents_until(milestone.cut_off)
    hidden = study.hidden(everything)
    documents = everything[~everything.index.isin(hidden)]
    told_of = overviews.told_of(study.participants, everything, study.documents)
    units = study.units(documents)
    segments = study.segments(until=milestone.coded_until)
    segments = segments[segments["document"].isin(documents.index)]
    sizes = overviews.unit_sizes(study.transcripts, units, segments, settings.model_coders)
    coverage_of = overviews.coverage_table(
        documents, units, sizes, cases=cases, actor_types=[term.id for term in settings.actor_types]
    )
    filled = overviews.allotted(study.plan, documents, overviews.actor_types_of(documents, study.participants))
    planned = overviews.plan_table(study.plan, filled, today=day)
    gaps = overviews.gaps(
        documents,
        told_of,
        units,
        segments,
        coders=settings.model_coders,
        waiting=waiting,
        # Also who speaks in other documents only: of them nothing is told.
        elsewhere={person for people in study.documents["participants"] for person in people},
    )
    by_model_coders = segments["coder"].isin(list(settings.model_coders)) if settings.model_coders else slice(None)
    coded = frozenset(segments.loc[by_model_coders, "document"])
    tables = {
        "corpus_totals": overviews.totals(documents, study.processes, units, sizes, withheld=len(hidden)),
        "corpus_coverage": coverage_of,
        "corpus_coders": overviews.coverage_by_coder(study.transcripts, units, segments),
        "corpus_timeline": overviews.timeline(
            documents, sizes, [(m.id, m.cut_off.isoformat()) for m in settings.milestones], cases=cases
        ),
        "corpus_arenas": overviews.arena_table(
            documents, [(arena.id, arena.responsible, arena.participants) for arena in settings.arenas]
        ),
        "corpus_plan": planned,
        "corpus_outside_plan": overviews.outside_plan(documents, filled),
        "corpus_gaps": gaps.assign(what=[said[f"gap_{gap}"] for gap in gaps["gap"]]),
    }
    figures = {
        "corpus_coverage": coverage_figure(coverage_of, planned, documents, study.processes, settings, language),
        "corpus_timeline": timeline_figure(documents, settings, coded, milestone.cut_off, language),
        "corpus_plan": plan_figure(planned, settings, language),
    }
    stamp = figure_stamp(study, "human", language)
    return CorpusOverview(tables, {name: stamped(figure, stamp) for name, figure in figures.items()})


def suggestion_tables(study: Study, milestone: Milestone) -> dict[str, pd.DataFrame]:
    """What the cues suggest for the milestone's material, and how that meets what people coded."""
    suggested = study.model_inputs(milestone, coding="suggestions")
    coded = study.model_inputs(milestone)
    quality = against_coding(element_incidence(suggested), element_incidence(coded))
    display = {code.id: code.display for code in suggested.codebook.codes}
    found = suggested.segments[~suggested.segments["document"].isin(suggested.hidden)]
    return {
        "suggestion_quality": quality.assign(code=quality["id"].map(display)),
        "suggestions": found.assign(display=found["code"].map(display))[
            ["segment", "document", "start", "end", "code", "display", "polarity"]
        ],
    }


def network_tables(study: Study, milestone: Milestone, *, coding: str = "human") -> dict[str, pd.DataFrame]:
    """The edges of every municipality's network with their measures, and all networks side by side."""
    inputs = study.model_inputs(milestone, coding=coding)
    table = element_incidence(inputs)
    display = {code.id: code.display for code in inputs.codebook.codes}
    edges = {case.id: cooccurrence(table.of_case(case.id)) for case in study.settings.cases}
    named = {
        case: frame.assign(source=frame["source"].map(display), target=frame["target"].map(display))
        for case, frame in edges.items()
    }
    side_by_side = compared(named)
    return {
        **{f"network_{case}": frame for case, frame in named.items()},
        "networks_compared": side_by_side,
    }
