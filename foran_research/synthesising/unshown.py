"""What a synthesis must not tell: the ids of passages in documents that may not be shown, whenever they were coded."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from ..analysis.cells import Readings
from ..analysis.synthesis import Summary
from ..coding.events import is_segment
from ..coding.memos import memos_table
from ..corpus.store import DOCUMENT_COLUMNS, DOCUMENTS_FILE, read_register
from ..errors import Faults
from ..study import Study
from .reading import segments_in


def secret_segments(study: Study) -> frozenset[str]:
    """The ids of all coded segments that ever stood in a document that must not be shown.

    Those coded after a milestone, without a code in its codebook, or removed since are among them, and what memos are
    linked to under the name of such a document though no log has it.
    """
    hidden = study.hidden(study.documents)
    if not hidden:
        return frozenset()
    return frozenset(
        name for document, name in _ever_named(study) if document in hidden or name.split(".", 1)[0] in hidden
    )


def _ever_named(study: Study) -> Iterator[tuple[str, str]]:
    for log in study.logs:
        yield from ((event.document, event.segment) for event in log.events)
    logs = (*study.logs, *study.memo_logs)
    for links in memos_table(logs)["links"]:
        yield from (("", name) for name in segments_in(links))


def without_hidden_rows(table: pd.DataFrame, given: Readings, kind: str) -> pd.DataFrame:
    """The cells of a matrix without the rows whose own documents are all hidden; such a row would only tell of them.

    `kind` is "document" or the attribute of documents that rows are ("process", "case").
    """
    of = given.documents.index if kind == "document" else given.documents[kind]
    is_hidden = given.documents.index.isin(list(given.hidden))
    rows = pd.Series([str(one) for one in of], dtype=object)
    gone = set(rows[is_hidden]) - set(rows[~is_hidden])
    return table[~table["row"].isin(gone)].reset_index(drop=True)


def rows_left_out(before: pd.DataFrame, after: pd.DataFrame) -> int:
    """How many rows of a display are not in what is shown of it."""
    return before["row"].nunique() - after["row"].nunique()


def documents_with_withdrawn(study: Study) -> dict[str, str]:
    """The case of every document that the register has or had: those that were withdrawn have kept their row."""
    cases = {row["id"]: row["case"] for _, row in read_register(study.path, DOCUMENTS_FILE, DOCUMENT_COLUMNS, Faults())}
    return cases | {str(document): str(case) for document, case in study.documents["case"].items()}


def first_coded_documents(study: Study) -> dict[str, str]:
    """When each document was first coded by anybody, in that order: what the logs say, not what still stands.

    A passage recoded later was known from its first coding on, and so was one that has been withdrawn since.
    """
    first: dict[str, str] = {}
    for log in study.logs:
        for event in log.events:
            if event.after is not None and is_segment(event.after):
                first[event.document] = min(event.at, first.get(event.document, event.at))
    return dict(sorted(first.items(), key=lambda pair: (pair[1], pair[0])))


def first_coded_cases(study: Study) -> dict[str, str]:
    """When each case was first coded by anybody, withdrawn documents included: a claim is stated before that or after."""
    case_of = documents_with_withdrawn(study)
    known = [case.id for case in study.settings.cases]
    found: dict[str, str] = {}
    for document, at in first_coded_documents(study).items():
        # A row that was taken away by hand has left its name in the log.
        case = case_of.get(document) or _case_named(document, known)
        if case:
            found.setdefault(case, at)
    return found


def _case_named(document: str, cases: Collection[str]) -> str:
    return next((case for case in cases if document.startswith(f"{case}-")), "")


def is_secret(study: Study, summary: Summary, secret: Collection[str]) -> bool:
    """Whether the row of a summary, or what it is linked to, tells of documents that may not be shown."""
    return summary.row in hidden_rows(study) or bool(set(secret) & set(summary.links))


def hidden_rows(study: Study) -> frozenset[str]:
    """The documents that may not be shown, and the processes that have no others."""
    hidden = study.hidden(study.documents)
    processes = study.documents["process"].astype(str)
    is_hidden = study.documents.index.isin(list(hidden))
    return hidden | (set(processes[is_hidden]) - {*processes[~is_hidden], ""})


def roles_left_out(given: Readings) -> int:
    """How many actor types × cases were heard only in documents that may not be shown."""
    is_hidden = given.units["document"].isin(given.hidden).to_numpy(bool)
    heard = [*zip(given.units["actor_type"], given.units["case"], strict=True)]
    unshown = {key for key, hidden in zip(heard, is_hidden, strict=True) if hidden}
    return len(unshown - {key for key, hidden in zip(heard, is_hidden, strict=True) if not hidden})
