"""What people ask about codebook versions, of a whole study: the life of a code, what a version leaves to them, counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from .codebook.code import Code, version_key
from .coding.coders import IMPORTER
from .coding.counting import Chapter, code_counts, code_history
from .coding.migrate import STATUSES, migrate
from .coding.rechecking import TASK_COLUMNS, tasks_in
from .coding.recoding import recode_queue
from .errors import ForanError, UnknownName
from .study import Study


def newest_version(study: Study) -> str:
    """The newest codebook version of the study."""
    if not study.lineage.versions:
        raise ForanError("the study has no codebook at that time")
    return study.lineage.versions[-1]


def find_code(study: Study, name: str) -> Code:
    """The code with this id or display code, in the newest version that has it; an active one before a deprecated one.

    Raises
    ------
    UnknownName
        When no version has it.
    """
    books = list(reversed(study.lineage.codebooks))
    found = [code for book in books if (code := book.find(name)) is not None]
    if not found:
        raise UnknownName("code", name, (code.display for book in books[:1] for code in book.active))
    return next((code for code in found if code.is_active), found[0])


def seen_coders(study: Study, coders: Collection[str] = ()) -> tuple[str, ...]:
    """Whose coding is counted: those named, else those the models stand on, else everybody.

    Raises
    ------
    UnknownName
        For somebody who has coded nothing.
    """
    known = sorted(study.coders)
    for coder in coders:
        if coder not in known:
            raise UnknownName("coder", coder, known)
    return tuple(coders) or tuple(name for name in study.settings.model_coders if name in known) or tuple(known)


def history(study: Study, name: str, *, coders: Collection[str] = ()) -> tuple[Code, tuple[Chapter, ...]]:
    """The life of a code (id or display code) under every version of the codebook, with what was counted under each."""
    code = find_code(study, name)
    return code, code_history(study.logs, study.lineage, code.id, coders=seen_coders(study, coders))


def migrated(study: Study, version: str | None = None, *, coders: Collection[str] = ()) -> pd.DataFrame:
    """The coded segments of some coders as a codebook version sees them (see coding.migrate); the newest for None."""
    version = version or newest_version(study)
    segments = study.segments(under=study.lineage[version].codebook_version)
    return migrate(segments[segments["coder"].isin(seen_coders(study, coders))], study.lineage, version)


def counts(study: Study, *, coders: Collection[str] = ()) -> pd.DataFrame:
    """Every code under every version: the columns of coding.counting.code_counts, and `version` first."""
    tables = [
        code_counts(migrated(study, version, coders=coders), study.lineage[version]).assign(version=version)
        for version in study.lineage.versions
    ]
    frame = pd.concat(tables, ignore_index=True)
    return frame[["version", *(name for name in frame.columns if name != "version")]]


def queue(study: Study, version: str | None = None, *, coders: Collection[str] = ()) -> pd.DataFrame:
    """What waits for a person under a version, of everybody's coding unless coders are named (see coding.recoding)."""
    return recode_queue(migrated(study, version, coders=coders or sorted(study.coders)))


def rechecks(study: Study, version: str | None = None, *, coders: Collection[str] = ()) -> pd.DataFrame:
    """The passages to be read again because a definition changed, with what came of it (see coding.rechecking)."""
    version = version or newest_version(study)
    wanted = coders or study.coders - {IMPORTER}
    tables = []
    for coder in sorted(wanted):
        events = [event for log in study.logs if log.name.split("/")[-2] == coder for event in log.events]
        tables.append(
            tasks_in(events, study.lineage, version, seed=study.settings.seed, size=study.settings.recheck_sample)
        )
    found = [table for table in tables if len(table)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame([], columns=list(TASK_COLUMNS))


@dataclass(frozen=True)
class Step:
    """One step of a migration: to which version, and how many segments of a coder fare how (see migrate.STATUSES).

    `moved` have another code than the coder gave; `known` is how many segments the version knows.
    """

    version: str
    coder: str
    known: int
    moved: int
    by_status: dict[str, int]


def migration_steps(study: Study, to_version: str | None = None, *, coders: Collection[str] = ()) -> tuple[Step, ...]:
    """What each version up to `to_version` means for everybody's coding, as it stands: nothing is written."""
    to_version = to_version or newest_version(study)
    limit = version_key(study.lineage[to_version].codebook_version)
    found = []
    names = seen_coders(study, coders) if coders else tuple(sorted(study.coders))
    for version in study.lineage.versions:
        if version_key(version) > limit:
            break
        table = migrated(study, version, coders=names)
        for coder in names:
            own = table[table["coder"] == coder]
            if len(own):
                status = own["status"].value_counts()
                moved = int((own["code"] != own["first_code"]).sum())
                found.append(Step(version, coder, len(own), moved, {s: int(status.get(s, 0)) for s in STATUSES}))
    return tuple(found)
