"""What the material covers: documents, words and coding by case, process, kind and actor type."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..corpus.transcript import Transcript


def coverage(
    documents: pd.DataFrame, transcripts: Mapping[str, Transcript], units: pd.DataFrame, segments: pd.DataFrame
) -> pd.DataFrame:
    """One row per document, in order of date: its place in the design, its size, and how much of it is coded.

    `coded_units` is the share of informant units with at least one coded segment, from 0 to 1.
    """
    touched = segments.explode("turns")[["document", "turns"]].drop_duplicates()
    coded = units.merge(touched, left_on=["document", "turn"], right_on=["document", "turns"], how="inner")
    per_document = units.groupby("document").size()
    coded_per_document = coded.groupby("document").size()
    rows = []
    for document, register in documents.iterrows():
        count = int(per_document.get(document, 0))
        rows.append(
            {
                "document": document,
                "kind": register["kind"],
                "case": register["case"],
                "process": register["process"],
                "date": register["date"],
                "written_form": register["written_form"],
                "words": transcripts[str(document)].word_count(),
                "units": count,
                "segments": int((segments["document"] == document).sum()),
                "coders": int(segments.loc[segments["document"] == document, "coder"].nunique()),
                "coded_units": int(coded_per_document.get(document, 0)) / count if count else 0.0,
            }
        )
    columns = [
        "document",
        "kind",
        "case",
        "process",
        "date",
        "written_form",
        "words",
        "units",
        "segments",
        "coders",
        "coded_units",
    ]
    return pd.DataFrame(rows, columns=columns)


def coverage_by_process(table: pd.DataFrame, processes: pd.DataFrame) -> pd.DataFrame:
    """One row per procurement process: procedure, focus area, documents, words, units and segments; none left out."""
    grouped = table.groupby("process")[["words", "units", "segments"]].sum()
    grouped.insert(0, "documents", table.groupby("process").size())
    full = processes[["case", "procedure", "focus_area"]].join(grouped).fillna(0)
    return full.astype(dict.fromkeys(grouped.columns, "int64")).rename_axis("process").reset_index()


def actor_types_by_case(units: pd.DataFrame, cases: tuple[str, ...]) -> pd.DataFrame:
    """Which actor types were heard in which case: actor types × cases, True or False (counts of persons are not shown)."""
    spoken = units[(units["actor_type"] != "") & (units["informant"] != units["document"])]
    heard = pd.crosstab(spoken["actor_type"], spoken["case"]).reindex(columns=list(cases), fill_value=0) > 0
    return heard.rename_axis(columns=None).reset_index()
