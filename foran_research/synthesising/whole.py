"""Everything that is told across cases at one milestone, worked out from its codings and from what people wrote."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd

from .. import memoing
from ..analysis.cells import Readings
from ..analysis.meta_matrices import case_ordered, crosstab, role_ordered
from ..analysis.patterns import (
    negative_cases,
    pair_patterns,
    polarity_patterns,
    together,
    together_counts,
)
from ..analysis.replication import replication
from ..analysis.saturation import (
    curve,
    existing,
    inductive,
    occurrence,
    order_bootstrap,
    saturation_by,
    unseen,
)
from ..analysis.synthesis import framework_matrix
from ..codebook.code import version_key
from ..coding.events import is_segment
from ..coding.memos import standing_in
from ..coding.synthesis_memos import ROW_KINDS, SYNTHESIS_TYPES
from ..models.capability import ModelInputs
from ..models.synthesis import (
    CHAIN_COLUMNS,
    PROBLEM_COLUMNS,
    Claim,
    Judged,
    Place,
    Saturated,
    Synthesis,
)
from ..settings import Milestone
from ..study import Study
from .reading import (
    element_of,
    milestone_of,
    propositions_of,
    readings_of,
    segments_in,
    standing,
    summaries_of,
    verdicts_of,
)

#: What codes are looked for in saturation: all, each with its polarity, and those that the first codebook did not have.
SATURATION = ("code", "polarity", "inductive")
#: Attributes of documents, speakers and segments that codes are held against.
CROSSTABS = ("case", "actor_type", "process", "kind", "procedure", "focus_area", "polarity")


def synthesis(
    study: Study,
    milestone: Milestone | str = "",
    *,
    pairs: Sequence[tuple[str, str]] = (),
    words: bool = False,
    replicates: int = 1000,
    seed: int | None = None,
) -> Synthesis:
    """Everything that is told across cases at a milestone: matrices, propositions, patterns and saturation.

    Codings, texts and codebook are those of the milestone. Summaries, propositions and verdicts are those that stand in
    `study`: ``study.at(day)`` gives them as they stood on a day.

    Parameters
    ----------
    milestone
        A milestone of the settings or its id; the last one when left out.
    pairs
        Two elements each, to be looked for together in each case; those of propositions with two elements are added.
    words
        Whether places bear informants' words, where they may be quoted.
    replicates, seed
        Of the orders of documents drawn for saturation; the seed of the settings when left out.

    Raises
    ------
    UnknownName
        For a milestone or an element that there is none of.
    """
    chosen = milestone_of(study, milestone) if isinstance(milestone, str) else milestone
    inputs = study.model_inputs(chosen)
    given = readings_of(study, inputs)
    cases, book = inputs.cases, inputs.codebook
    known = frozenset(standing_in(study.logs))
    order = {"case": cases, **_by_case(study, inputs)}
    matrices = {
        kind: framework_matrix(given, summaries_of(study, kind), kind, order={kind: order[kind]}, known=known)
        for kind in ROW_KINDS
    }
    # A row of a document that may not be shown would tell what is in it.
    shown_rows = matrices["document"].cells[~matrices["document"].cells["row"].isin(given.hidden)]
    matrices["document"] = replace(matrices["document"], cells=shown_rows.reset_index(drop=True))
    problems = [
        ("homeless_summary", one.id, f"{one.row} × {one.column}") for m in matrices.values() for one in m.homeless
    ]
    told = _claims(study, given, cases, known, problems)
    wanted = [tuple(element_of(inputs, name).id for name in pair) for pair in pairs]
    wanted += [claim.proposition.elements for claim in told if len(claim.proposition.elements) == 2]
    columns = set(given.columns)
    asked = list(dict.fromkeys((pair[0], pair[1]) for pair in wanted if set(pair) <= columns and pair[0] != pair[1]))
    patterns = (*polarity_patterns(given, cases), *pair_patterns(given, cases, least_turns=inputs.min_edge_turns))
    shown = tuple(patterns)
    answered = {name for answers in given.long.get("facets", ()) for name, _ in answers}
    facets = [facet.id for facet in study.settings.facets if facet.id in answered]
    made = Synthesis(
        milestone=chosen.id,
        title=dict(chosen.title),
        cut_off=chosen.cut_off.isoformat(),
        coded_until=chosen.coded_until.isoformat(),
        cases=cases,
        codebook=book,
        given=given,
        matrices=matrices,
        roles=role_ordered(given, roles=[one.id for one in study.settings.actor_types], cases=cases),
        case_order=case_ordered(matrices["case"].cells),
        crosstabs={by: crosstab(given, by, order=_order_of(study, by)) for by in (*CROSSTABS, *facets)},
        patterns=shown,
        negative=negative_cases(given, shown, cases),
        pairs=together(given, asked, order=cases),
        pair_counts=together_counts(given, order=cases),
        claims=told,
        saturation=_saturated(study, inputs, replicates, study.settings.seed if seed is None else seed),
        codebooks_used=tuple(sorted(set(inputs.coded_under.values()), key=version_key)),
        problems=pd.DataFrame([], columns=list(PROBLEM_COLUMNS)),
        chain=pd.DataFrame([], columns=list(CHAIN_COLUMNS)),
        places=_places(study, inputs, given, told, words=words),
        memos_until=_last_memo(study),
        has_words=words,
        withheld=int(memoing.memos(study).attrs.get("withheld", 0)),
    )
    chain = chain_of_evidence(study, made, inputs.asked)
    broken = chain[~chain["resolves"].astype(bool)]
    problems += [("broken_chain", str(row["claim"]), str(row["segment"])) for row in broken.to_dict("records")]
    return replace(made, problems=pd.DataFrame(problems, columns=list(PROBLEM_COLUMNS)), chain=chain)


def _by_case(study: Study, inputs: ModelInputs) -> dict[str, list[str]]:
    """Documents and processes in the order of their cases, and documents by date within them."""
    place = {case: number for number, case in enumerate(inputs.cases)}
    documents = inputs.documents[~inputs.documents.index.isin(inputs.hidden)]
    rows = [
        (place.get(str(row["case"]), len(place)), str(row["date"]), str(document), str(row["process"]))
        for document, row in documents.iterrows()
    ]
    heard = {process for *_, process in rows if process}
    processes = [(place.get(str(row["case"]), len(place)), str(one)) for one, row in study.processes.iterrows()]
    return {
        "document": [document for _, _, document, _ in sorted(rows)],
        "process": [one for _, one in sorted(processes) if one in heard],
    }


def _order_of(study: Study, by: str) -> Sequence[str]:
    settings = study.settings
    terms = {
        "case": settings.cases,
        "actor_type": settings.actor_types,
        "procedure": settings.procedures,
        "focus_area": settings.focus_areas,
        **{facet.id: facet.values for facet in settings.facets},
    }
    return ("fremmer", "hemmer", "begge", "nøytral") if by == "polarity" else [term.id for term in terms.get(by, ())]


def _last_memo(study: Study) -> str:
    found = memoing.memos(study)
    own = found[found["type"].isin(SYNTHESIS_TYPES)]
    return str(own["changed_at"].max()) if len(own) else ""


def first_coded_documents(study: Study) -> dict[str, str]:
    """When each document was first coded by anybody, in that order: what the logs say, not what still stands.

    A passage recoded later was known from its first coding on.
    """
    first: dict[str, str] = {}
    for log in study.logs:
        for event in log.events:
            if event.after is not None and is_segment(event.after) and event.document in study.documents.index:
                first[event.document] = min(event.at, first.get(event.document, event.at))
    return dict(sorted(first.items(), key=lambda pair: (pair[1], pair[0])))


def _first_coded_cases(study: Study) -> dict[str, str]:
    found: dict[str, str] = {}
    for document, at in first_coded_documents(study).items():
        case = str(study.documents.at[document, "case"])
        if case:
            found.setdefault(case, at)
    return found


def _claims(
    study: Study, given: Readings, cases: Sequence[str], known: Collection[str], problems: list[tuple[str, str, str]]
) -> tuple[Claim, ...]:
    """Every proposition that stands with its outcome; what cannot be held against it is noted among the problems."""
    secret = set(given.long.loc[given.long["document"].isin(given.hidden), "segment"])
    coded = _first_coded_cases(study)
    verdicts = verdicts_of(study)
    rows = {row["memo"]: row for row in standing(study, "proposition").to_dict("records")}
    found = []
    for stated in propositions_of(study):
        row = rows[stated.id]
        strangers = [case for case in stated.expectations if case not in cases]
        problems += [("unknown_case", stated.id, case) for case in strangers]
        if not stated.expectations:
            problems.append(("no_expectation", stated.id, ""))
        kept = {case: one for case, one in stated.expectations.items() if case in cases}
        proposition = replace(stated, expectations=kept)
        own = [
            Judged(memo, coder, verdict, bool(secret & set(verdict.evidence)))
            for memo, coder, verdict in verdicts.pop(proposition.id, [])
        ]
        problems += [("unexpected_verdict", one.memo, one.verdict.case) for one in own if one.verdict.case not in kept]
        judged = tuple(one for one in own if one.verdict.case in kept)
        outcome = replication(
            proposition,
            [one.verdict for one in judged],
            {case: at[:10] for case, at in coded.items() if case in cases},
            cases,
            segments=known,
        )
        found.append(
            Claim(
                proposition,
                str(row["coder"]),
                str(row["at"]),
                bool(dict(row["fields"]).get("stated_on")),
                int(row["versions"]),
                bool(secret & set(segments_in(row["links"]))),
                outcome,
                judged,
            )
        )
    problems += [("verdict_on_nothing", memo, about) for about, own in verdicts.items() for memo, _, _ in own]
    return tuple(found)


def _saturated(study: Study, inputs: ModelInputs, replicates: int, seed: int) -> dict[str, Saturated]:
    given = readings_of(study, inputs, of="code")
    order = [document for document in first_coded_documents(study) if document in inputs.coded_under]
    groups = {case: [str(d) for d in inputs.documents.index[inputs.documents["case"] == case]] for case in inputs.cases}
    told = {}
    for name in SATURATION:
        items: Literal["code", "polarity"] = "polarity" if name == "polarity" else "code"
        only = inductive(inputs.codebook, inputs.lineage) if name == "inductive" else None
        existed = existing(given, inputs.lineage) if name == "inductive" else None
        found = occurrence(given, order, items=items, only=only, existed=existed)
        told[name] = Saturated(
            found,
            curve(found),
            saturation_by(found, groups),
            order_bootstrap(found.present, replicates=replicates, seed=seed),
            unseen(found.present.sum(axis=0)),
        )
    return told


def _places(
    study: Study, inputs: ModelInputs, given: Readings, told: Iterable[Claim], *, words: bool
) -> dict[str, Place]:
    """Every coded segment that may be shown: those that count at the milestone, and others that verdicts name."""
    counted, there = set(given.long["segment"]), set(inputs.segments["segment"])
    evidence = {name for claim in told for one in claim.verdicts for name in one.verdict.evidence}
    frame = inputs.segments[inputs.segments["segment"].isin(counted | evidence)]
    lacking = evidence - there
    if lacking:
        later = study.segments()
        frame = pd.concat([frame, later[later["segment"].isin(lacking)]], ignore_index=True)
    hidden = study.hidden(study.documents)
    units = study.units(study.documents)
    quotable = set(units.loc[units["may_quote"].astype(bool), "unit"])
    display = {code.id: code.display for book in study.lineage.codebooks for code in book.codes}
    display |= {code.id: code.display for code in inputs.codebook.codes}
    found = {}
    for row in frame.to_dict("records"):
        document, turns = str(row["document"]), tuple(int(turn) for turn in row["turns"])
        if document in hidden or document not in study.documents.index:
            continue
        may_quote = words and all(f"{document}:{turn}" in quotable for turn in turns)
        code = row["code"] if isinstance(row["code"], str) else ""
        segment = str(row["segment"])
        found[segment] = Place(
            segment=segment,
            document=document,
            case=str(study.documents.at[document, "case"]),
            turns=turns,
            code=display.get(code, code),
            polarity=str(row["polarity"]),
            coder=str(row["coder"]),
            note="" if segment in counted else "not_counted" if segment in there else "later",
            words=str(row["quote"]) if may_quote else "",
        )
    return dict(sorted(found.items(), key=lambda pair: (pair[1].document, pair[1].turns, pair[0])))


def chain_of_evidence(study: Study, made: Synthesis, asked: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """From every claim to the text it stands on: claim → cell → coded segment → document and its fingerprint → question.

    One row per claim and segment, with `CHAIN_COLUMNS`. A claim is a summary, a verdict, a pattern, or a cell's own
    count. `asks` tells whether the document's guide asks about the column ("" where the document has no guide);
    `why` says what is broken where a segment does not resolve: "gone", or "withheld" of a document not to be shown.
    """
    given = made.given
    texts = {str(d): str(sha) for d, sha in given.documents["text_sha256"].items()}
    texts = {str(d): str(sha) for d, sha in study.documents["text_sha256"].items()} | texts
    guides = {str(d): str(guide) for d, guide in study.documents["guide"].items()}
    families = {
        code.id: study.lineage.ancestors(code.id, made.codebook.codebook_version)
        | {part.id for part in made.codebook.children(code.id)}
        for code in made.elements
    }
    known = frozenset(standing_in(study.logs))
    rows: list[tuple[object, ...]] = []

    def follow(kind: str, claim: str, row: str, column: str, segments: Iterable[str]) -> None:
        for segment in segments:
            place = made.places.get(segment)
            if place is None:
                why = "withheld" if segment in known else "gone"
                # The id of a passage tells the document that it stands in.
                named = segment if why == "gone" else ""
                rows.append((kind, claim, row, column, named, "", (), "", "", "", why == "withheld", why))
                continue
            guide = guides.get(place.document, "")
            asks = "" if not guide else "yes" if set(asked.get(guide, ())) & families.get(column, set()) else "no"
            text = texts.get(place.document, "")
            rows.append((kind, claim, row, column, segment, place.document, place.turns, text, guide, asks, True, ""))

    for claim in made.claims:
        column = claim.proposition.elements[0] if len(claim.proposition.elements) == 1 else ""
        for one in claim.verdicts:
            follow("verdict", one.memo, one.verdict.case, column, one.verdict.evidence)
    for pattern in made.patterns:
        column = pattern.columns[0] if len(pattern.columns) == 1 else ""
        follow("pattern", pattern.id, "", column, pattern.segments)
    for kind, matrix in made.matrices.items():
        for cell in matrix.cells.to_dict("records"):
            follow(
                f"cell_{kind}", f"{cell['row']} × {cell['column']}", cell["row"], cell["column"], cell["segment_ids"]
            )
    return pd.DataFrame(rows, columns=list(CHAIN_COLUMNS))
