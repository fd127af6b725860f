"""Double codings by other people, read as they were published: three studies, no words of theirs in here.

    python tests/real_codings.py FOLDER

prints how far their coders agree; docs/real-double-coding.md says what was found.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from foran_research.analysis.agreement import MISSING, Values
from foran_research.analysis.agreement_intervals import Figures, code_figures, set_figures, value_figures

SEED, REPLICATES = 20200901, 2000


@dataclass(frozen=True)
class Sets:
    """Coders × units × codes, who judged what, and the document of each unit."""

    coders: tuple[str, ...]
    codes: tuple[str, ...]
    present: npt.NDArray[np.bool_]
    judged: npt.NDArray[np.bool_]
    documents: npt.NDArray[np.int64]

    def figures(self) -> tuple[Figures, ...]:
        return code_figures(self.present, self.judged, self.documents, replicates=REPLICATES, seed=SEED)

    def pooled(self, distance: str) -> Figures:
        return set_figures(
            self.present, self.judged, self.documents, distance=distance, replicates=REPLICATES, seed=SEED
        )  # fmt: skip


def numbered(names: Iterable[object]) -> npt.NDArray[np.int64]:
    return np.asarray(pd.factorize(pd.Series(list(names), dtype=object))[0], np.int64)


def as_sets(
    coders: Sequence[str], told: Sequence[Sequence[frozenset[str] | None]], documents: Iterable[object]
) -> Sets:
    """From what each coder said of each unit; None where she did not judge it."""
    codes = tuple(sorted({code for row in told for one in row for code in one or ()}))
    present = np.array([[[code in (one or ()) for code in codes] for one in row] for row in told], bool)
    judged = np.array([[one is not None for one in row] for row in told], bool)
    return Sets(tuple(coders), codes, present, judged, numbered(documents))


def issue_positions(folder: Path) -> tuple[dict[str, Values], npt.NDArray[np.int64]]:
    """Three annotators on 200 sentences: topic, stance, and both; documents are the newspaper articles."""
    (file,) = (folder / "issuepositions").glob("*.csv")
    table = pd.read_csv(file)
    documents = numbered(table["unit_id"].str.split("-").str[0])
    parts = {coder: table[coder].str.split(" : ", n=1, expand=True) for coder in ("NR", "JF", "WvA")}
    made: dict[str, Values] = {}
    for name, of in (
        ("topic", lambda one: one[0]),
        ("stance", lambda one: one[1]),
        ("both", lambda one: one[0] + one[1]),
    ):
        columns = [of(part).str.strip() for part in parts.values()]
        made[name] = numbered(pd.concat(columns)).reshape(len(columns), -1)
    return made, documents


def requirement_statements(folder: Path) -> tuple[dict[str, Sets], Values]:
    """A second coder on ten interview statements: sets of codes by concept, and the first impact score (−3 to 3)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the file has drop-down lists that the reader does not know
        sheets = pd.read_excel(folder / "rqi-relf" / "interview-data.xlsx", sheet_name=["Data", "Overlap"])
    second = sheets["Overlap"].set_index("ID")
    first = sheets["Data"].set_index("ID").loc[second.index]
    people = first["P"]
    made = {}
    for concept in ("Quality Factor", "Context Factor", "Activity", "Attribute"):
        columns = [name for name in second.columns if re.fullmatch(rf"{concept} \d", name)]
        told = [
            [
                frozenset(str(one).strip() for one in row if pd.notna(one))
                for row in sheet[columns].itertuples(index=False)
            ]
            for sheet in (first, second)
        ]
        made[concept] = as_sets(("author", "second"), told, people)
    scores = [sheet["Impact 1"].map(lambda one: MISSING if pd.isna(one) else int(one) + 3) for sheet in (first, second)]
    return made, np.array(scores, np.int64)


_TAG = re.compile(r"\{\{([^}]*)\}\}")


def abstracts(folder: Path) -> Sets:
    """Six coders' slots on twenty abstracts, sentences with sets of tags; an abstract without any tag was not coded."""
    slots = sorted((folder / "qabstracts-prestudy").glob("prestudy2.*"))
    texts = sorted({file.name for slot in slots for file in slot.glob("*.txt")})
    told: list[list[frozenset[str] | None]] = [[] for _ in slots]
    documents: list[str] = []
    for text in texts:
        sentences = {slot: _TAG.findall((slot / text).read_text("utf-8")) for slot in slots if (slot / text).exists()}
        size = min(len(tags) for tags in sentences.values())
        for own, slot in zip(told, slots, strict=True):
            tags = sentences.get(slot, [])
            is_coded = len(tags) == size and any(tag.strip() for tag in tags)
            own.extend([_tags(tag) for tag in tags[:size]] if is_coded else [None] * size)
        documents += [text] * size
    return as_sets([slot.name[-1] for slot in slots], told, documents)


def _tags(told: str) -> frozenset[str]:
    """The tags of a sentence without their counts and prefixes; what begins with a hyphen is a note to a script."""
    named = (one.split(":")[0].strip() for one in told.split(","))
    return frozenset(re.sub(r"^[ah]-", "", one) for one in named if one and not one.startswith("-"))


def row(name: str, found: Figures, figure: str = "alpha") -> str:
    one, interval = found.coefficients[figure], found.intervals[figure]
    between = "–" if interval.low is None else f"{interval.low:.3f} to {interval.high:.3f}"
    cells = [name, found.units, found.documents, found.coefficients["percent"].told("en"), one.told("en"), between]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main(folder: Path) -> None:
    print("| question | units | documents | percent | α | 95 % by documents |\n|---|---|---|---|---|---|")
    values, documents = issue_positions(folder)
    for name, one in values.items():
        print(
            row(
                f"issue positions, {name}, three annotators",
                value_figures(one, documents, replicates=REPLICATES, seed=SEED),
            )
        )
    coded, impact = requirement_statements(folder)
    for concept, sets in coded.items():
        print(row(f"requirements, {concept.lower()} (MASI)", sets.pooled("masi")))
    people = coded["Activity"].documents
    print(
        row(
            "requirements, impact (ordinal)",
            value_figures(impact, people, metric="ordinal", replicates=REPLICATES, seed=SEED),
        )
    )
    found = abstracts(folder)
    for distance in ("masi", "jaccard", "nominal"):
        print(row(f"abstracts, tags of a sentence ({distance})", found.pooled(distance)))
    for code, one in zip(found.codes, found.figures(), strict=True):
        print(row(f"abstracts, {code} ({one.positive} of {one.judgements})", one))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
