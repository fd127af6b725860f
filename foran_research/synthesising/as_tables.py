"""The tables of a synthesis, for files: ids and counts, and what people wrote."""

from __future__ import annotations

import re

import pandas as pd

from ..analysis.meta_matrices import clustered, row_totals
from ..analysis.patterns import claims
from ..analysis.replication import replication_table
from ..codebook.code import Codebook
from ..exchange.sheets import FORMULA
from ..models.synthesis import Synthesis


def tables(made: Synthesis) -> dict[str, pd.DataFrame]:
    """Every table of a synthesis by the name to save it under: ids and counts, and what people wrote in summaries.

    Lists of ids are texts with "; " between; `display` is the code's display in the milestone's codebook.
    """
    level = {code.id: code.level for code in made.elements}
    levels = list(dict.fromkeys(level[code.id] for code in made.elements))
    found: dict[str, pd.DataFrame] = {
        f"synthesis_framework_{kind}": matrix.cells for kind, matrix in made.matrices.items()
    }
    found["synthesis_case_ordered"] = made.case_order.cells
    found["synthesis_clustered"] = clustered(made.matrices["case"].cells, level, levels)
    found["synthesis_role_ordered"] = made.roles
    found["synthesis_states"] = pd.concat(
        [row_totals(matrix.cells).assign(rows=kind) for kind, matrix in made.matrices.items()], ignore_index=True
    )
    found |= {f"synthesis_crosstab_{by}": table for by, table in made.crosstabs.items()}
    found["synthesis_patterns"] = claims(made.patterns)
    found["synthesis_negative_cases"] = made.negative
    found["synthesis_together"] = made.pairs
    found["synthesis_together_counts"] = made.pair_counts
    found["synthesis_propositions"] = propositions_table(made)
    replicated = replication_table(claim.outcome for claim in made.claims)
    named = set(made.places) | set(made.chain.loc[made.chain["why"] == "gone", "segment"])
    for name in ("evidence", "dangling"):
        replicated[name] = [tuple(one for one in ids if one in named) for ids in replicated[name]]
    withheld = {claim.proposition.id for claim in made.claims if claim.is_withheld}
    # The reason for a difference is among the words of its proposition.
    replicated["reason"] = replicated["reason"].mask(replicated["proposition"].isin(withheld), "")
    found["synthesis_replication"] = replicated
    for name, one in made.saturation.items():
        found[f"synthesis_saturation_{name}"] = one.pairs
        found[f"synthesis_saturation_{name}_curve"] = one.curve
        found[f"synthesis_saturation_{name}_orders"] = one.orders
    found["synthesis_unseen"] = _unseen_table(made)
    found["synthesis_left_out"] = pd.DataFrame(made.rows_left_out.items(), columns=["rows", "left_out"])
    found["synthesis_problems"] = made.problems
    found["synthesis_chain"] = made.chain
    return {name: flat(frame, made.codebook) for name, frame in found.items()}


def flat(frame: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """A table for files: tuples as texts, and the display code beside ids of codes."""
    made = frame.copy()
    display = {code.id: code.display for code in codebook.codes}
    for name in {"columns", "elements"} & set(made.columns):
        shown = [tuple(display.get(one, one) for one in ids) for ids in made[name]]
        made.insert(list(made.columns).index(name) + 1, f"{name}_display", shown)
    if "pattern" in made.columns:
        an_id = re.compile("|".join(re.escape(one) for one in sorted(display, key=len, reverse=True)) or r"(?!)")
        shown_patterns = [an_id.sub(lambda found: display[found[0]], str(one)) for one in made["pattern"]]
        made.insert(list(made.columns).index("pattern") + 1, "pattern_display", shown_patterns)
    for name in made.columns:
        if made[name].map(lambda value: isinstance(value, tuple)).any():
            made[name] = [
                "; ".join(str(one) for one in value) if isinstance(value, tuple) else value for value in made[name]
            ]
    # What people wrote may begin as a formula does.
    for name in {"text", "rival", "reason"} & set(made.columns):
        made[name] = [f"'{one}" if isinstance(one, str) and one.startswith(FORMULA) else one for one in made[name]]
    for name in ("column", "first", "second"):
        if name in made.columns:
            made.insert(
                list(made.columns).index(name) + 1, f"{name}_display", made[name].map(display).fillna(made[name])
            )
    return made.reset_index(drop=True)


def propositions_table(made: Synthesis) -> pd.DataFrame:
    """One row per proposition: its words, dates, outcome and why; words that tell of what may not be shown are ""."""
    rows = [
        (
            claim.proposition.id,
            claim.coder,
            "" if claim.is_withheld else claim.proposition.text,
            claim.proposition.elements,
            claim.written_at,
            claim.proposition.stated_at,
            claim.is_told,
            claim.versions,
            claim.outcome.kind,
            claim.outcome.why,
            claim.outcome.notes,
            claim.outcome.memo_required,
            claim.outcome.supporting,
            claim.outcome.of_cases,
            "" if claim.is_withheld else claim.proposition.rival,
            claim.is_withheld,
        )
        for claim in made.claims
    ]
    columns = (
        "proposition", "coder", "text", "elements", "written_at", "stated_at", "is_told", "versions", "kind", "why",
        "notes", "memo_required", "supporting", "of_cases", "rival", "is_withheld",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))


def _unseen_table(made: Synthesis) -> pd.DataFrame:
    rows = [
        (
            name,
            one.unseen.seen,
            one.unseen.once,
            one.unseen.twice,
            one.unseen.chao1.value,
            one.unseen.chao1.reason,
            one.unseen.coverage.value,
            one.unseen.coverage.reason,
        )
        for name, one in made.saturation.items()
    ]
    columns = ["items", "seen", "once", "twice", "chao1", "chao1_reason", "coverage", "coverage_reason"]
    return pd.DataFrame(rows, columns=columns)
