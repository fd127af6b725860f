"""Everything that is told across cases at one milestone, worked out from its codings and from what people wrote."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from .. import memoing
from ..analysis import evidence_chain
from ..analysis.cells import Readings
from ..analysis.meta_matrices import case_ordered, crosstab, role_ordered
from ..analysis.patterns import (
    negative_cases,
    pair_patterns,
    polarity_patterns,
    together,
    together_counts,
)
from ..analysis.replication import Proposition, replication
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
    cases_of_segments,
    element_of,
    is_empty,
    kept_back,
    milestone_of,
    propositions_of,
    readings_of,
    segments_in,
    standing,
    summaries_of,
    verdicts_of,
)
from .unshown import (
    first_coded_cases,
    first_coded_documents,
    hidden_rows,
    is_secret,
    roles_left_out,
    rows_left_out,
    secret_segments,
    without_hidden_rows,
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
    known, secret = frozenset(standing_in(study.logs)), secret_segments(study)
    order = {"case": cases, **_by_case(study, inputs)}
    matrices = {
        kind: framework_matrix(
            given, summaries_of(study, kind), kind, order={kind: order[kind]}, known=known, secret=secret
        )
        for kind in ROW_KINDS
    }
    # A row of documents that may not be shown would tell what is in them.
    left_out = {"role": roles_left_out(given)}
    for kind in ("document", "process"):
        shown_cells = without_hidden_rows(matrices[kind].cells, given, kind)
        left_out[kind] = rows_left_out(matrices[kind].cells, shown_cells)
        matrices[kind] = replace(matrices[kind], cells=shown_cells)
    problems = [
        ("homeless_summary", one.id, "" if is_secret(study, one, secret) else f"{one.row} × {one.column}")
        for m in matrices.values()
        for one in m.homeless
    ]
    problems += [
        ("stale_summary", str(cell["summary"]), f"{cell['row']} × {cell['column']}: {', '.join(_moved(cell))}")
        for matrix in matrices.values()
        for cell in matrix.cells[matrix.cells["freshness"] == "stale"].to_dict("records")
        if not cell["is_withheld"]
    ]
    told = _claims(study, given, cases, known, secret, problems)
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
        withheld=kept_back(study),
        rows_left_out=left_out,
    )
    chain, broken = chain_of_evidence(study, made, inputs.asked)
    problems += broken
    return replace(made, problems=pd.DataFrame(problems, columns=list(PROBLEM_COLUMNS)), chain=chain)


def _moved(cell: Mapping[Any, Any]) -> list[str]:
    """What has changed in a cell since it was summarised: ids of passages, with + for those that came, − for those that went."""
    came = [f"+{name}" for name in cell["added"]]
    return came + [f"−{name}" for name in (*cell["removed"], *cell["gone"])] or [f"±{name}" for name in cell["recoded"]]


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
    found = memoing.memos(study, viewer=None)
    own = found[found["type"].isin(SYNTHESIS_TYPES)]
    return str(own["changed_at"].max()) if len(own) else ""


def _claims(
    study: Study,
    given: Readings,
    cases: Sequence[str],
    known: Collection[str],
    secret: Collection[str],
    problems: list[tuple[str, str, str]],
) -> tuple[Claim, ...]:
    """Every proposition that stands with its outcome; what cannot be held against it is noted among the problems."""
    unshown = frozenset({*secret, *given.long.loc[given.long["document"].isin(given.hidden), "segment"]})
    coded, spoken = first_coded_cases(study), cases_of_segments(study)
    verdicts = verdicts_of(study)
    rows = {row["memo"]: row for row in standing(study, "proposition").to_dict("records")}
    found = []
    for stated in propositions_of(study):
        row = rows[stated.id]
        if is_empty(stated.text):
            problems.append(("empty_text", stated.id, ""))
            verdicts.pop(stated.id, None)
            continue
        strangers = [case for case in stated.expectations if case not in cases]
        problems += [("unknown_case", stated.id, case) for case in strangers]
        if not stated.expectations:
            problems.append(("no_expectation", stated.id, ""))
        kept = {case: one for case, one in stated.expectations.items() if case in cases}
        proposition = replace(stated, expectations=kept)
        own = [
            Judged(memo, coder, verdict, bool(unshown & set(verdict.evidence)))
            for memo, coder, verdict in verdicts.pop(proposition.id, [])
        ]
        problems += [("empty_text", one.memo, "") for one in own if is_empty(one.verdict.text)]
        own = [one for one in own if not is_empty(one.verdict.text)]
        problems += [("unexpected_verdict", one.memo, one.verdict.case) for one in own if one.verdict.case not in kept]
        judged = tuple(one for one in own if one.verdict.case in kept)
        outcome = replication(
            proposition,
            [one.verdict for one in judged],
            {case: at for case, at in coded.items() if case in cases},
            cases,
            segments=known,
            cases_of=spoken,
        )
        problems += [
            ("foreign_evidence", one.memo, segment)
            for one in judged
            for segment in one.verdict.evidence
            if one.verdict.case not in spoken.get(segment, (one.verdict.case,)) and segment not in unshown
        ]
        problems += _changed_since(study, given, proposition, judged, unshown)
        found.append(
            Claim(
                proposition,
                str(row["coder"]),
                str(row["at"]),
                bool(proposition.stated_at) and proposition.stated_at == dict(row["fields"]).get("stated_on"),
                int(row["versions"]),
                bool(unshown & set(segments_in(row["links"]))),
                outcome,
                judged,
            )
        )
    problems += [("verdict_on_nothing", memo, about) for about, own in verdicts.items() for memo, _, _ in own]
    return tuple(found)


def _changed_since(
    study: Study, given: Readings, proposition: Proposition, judged: Iterable[Judged], unshown: Collection[str]
) -> list[tuple[str, str, str]]:
    """Evidence that was coded anew since its verdict, and what was coded since that the verdict does not speak of.

    The latter are passages of the proposition's elements in the verdict's case, those that may be shown.
    """
    segments = study.segments()
    changed_at = dict(zip(segments["segment"], segments["at"], strict=True))
    long = given.shown[given.shown["column"].isin(proposition.elements)]
    found = []
    for one in judged:
        verdict, seen = one.verdict, set(one.verdict.evidence)
        found += [
            ("evidence_changed", one.memo, name)
            for name in verdict.evidence
            if name not in unshown and changed_at.get(name, "") > verdict.at
        ]
        here = dict.fromkeys(long.loc[long["case"] == verdict.case, "segment"].astype(str))
        since = [name for name in here if name not in seen and changed_at.get(name, "") > verdict.at]
        # That there was no evidence is not borne out by any, whenever it was coded.
        said_none = verdict.verdict == "no_evidence" and here
        if since or said_none:
            found.append(("new_since_verdict", one.memo, f"{verdict.case}: {len(here if said_none else since)}"))
    return found


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


def _followed(study: Study, made: Synthesis) -> list[tuple[evidence_chain.Claim, str]]:
    """Every claim of a synthesis with the one column that it is about, "" for none or several."""
    version = made.codebook.codebook_version
    families = {
        code.id: study.lineage.ancestors(code.id, version) | {part.id for part in made.codebook.children(code.id)}
        for code in made.elements
    }
    found = []
    unshown_rows = hidden_rows(study)

    def add(kind: str, claim: str, row: str, columns: Sequence[str], segments: Sequence[str]) -> None:
        codes = tuple(sorted({code for column in columns for code in families.get(column, {column})}))
        told = evidence_chain.Claim(claim, kind, codes, tuple(segments), row, is_of_absence=not segments)
        found.append((told, columns[0] if len(columns) == 1 else ""))

    for claim in made.claims:
        for one in claim.verdicts:
            add("verdict", one.memo, one.verdict.case, claim.proposition.elements, one.verdict.evidence)
    for kind in ROW_KINDS:
        for summary in summaries_of(study, kind):
            if summary.row in unshown_rows:
                continue
            add("summary", summary.id, summary.row, (summary.column,), summary.links)
    for pattern in made.patterns:
        add("pattern", pattern.id, "", pattern.columns, pattern.segments)
    for kind, matrix in made.matrices.items():
        for cell in matrix.cells.to_dict("records"):
            name = f"{cell['row']} × {cell['column']}"
            add(f"cell_{kind}", name, cell["row"], (cell["column"],), cell["segment_ids"])
    return found


def chain_of_evidence(
    study: Study, made: Synthesis, asked: Mapping[str, Collection[str]]
) -> tuple[pd.DataFrame, list[tuple[str, str, str]]]:
    """From every claim to the text it stands on (see analysis.evidence_chain), without what must not be shown.

    Returns
    -------
    One row per claim and segment, with `CHAIN_COLUMNS`: a claim is a verdict, a summary, a pattern or a cell's own count.
    `asks` tells whether the document's guide asks about what is claimed ("" where it has no guide); `why` says what is
    broken where a segment does not resolve: "gone", or "withheld" of a document not to be shown. And the problems.
    """
    elements = made.given.long.drop_duplicates("segment").set_index("segment")["element"].to_dict()
    places = made.places.values()
    registers = (study.documents, made.given.documents)
    texts = {str(name): str(sha) for register in registers for name, sha in register["text_sha256"].items()}
    ground = evidence_chain.Ground(
        segments=pd.DataFrame(
            {
                "segment": [place.segment for place in places],
                "document": [place.document for place in places],
                "code": [elements.get(place.segment, "") for place in places],
            }
        ),
        documents=study.documents[["guide"]].assign(text_sha256=study.documents.index.map(texts)),
        texts=texts,
        guides=asked,
    )
    followed = _followed(study, made)
    column_of = {(claim.kind, claim.id): column for claim, column in followed}
    known = frozenset(standing_in(study.logs)) | secret_segments(study)
    rows: list[tuple[object, ...]] = []
    asks = {"asked": "yes", "unprompted": "no"}
    for row in evidence_chain.chain([claim for claim, _ in followed], ground).to_dict("records"):
        start = (row["kind"], row["claim"], row["row"], column_of[row["kind"], row["claim"]])
        place = made.places.get(row["segment"])
        if place is None:
            why = "withheld" if row["segment"] in known else "gone"
            # The id of a passage tells the document that it stands in.
            named = row["segment"] if why == "gone" else ""
            rows.append((*start, named, "", (), "", "", "", why == "withheld", why))
        else:
            whence = (row["text_sha256"], row["guide"], asks.get(row["question"], ""))
            rows.append((*start, place.segment, place.document, place.turns, *whence, True, ""))
    table = pd.DataFrame(rows, columns=list(CHAIN_COLUMNS))
    problems = [
        ("broken_chain", str(row["claim"]), str(row["segment"]))
        for row in table[table["why"] == "gone"].to_dict("records")
    ]
    verdicts = [claim for claim, _ in followed if claim.kind == "verdict"]
    for fault in evidence_chain.dangling(verdicts, ground).to_dict("records"):
        # What a passage without a code of the milestone is about is not for its codebook to say.
        if fault["why"] == "other-code" and fault["id"] in elements:
            problems.append(("other_code", fault["claim"], fault["id"]))
    return table, problems
