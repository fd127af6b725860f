"""Blind double coding of a study: drawing for a second coder, and telling how two coders agree once both are done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

import pandas as pd

from .analysis.agreement import Agreement, agreement_by_code, pooled_agreement, ratings
from .codebook.code import version_key
from .coding.assignment import (
    Assignment,
    Draw,
    DrawError,
    assignments_in,
    drawn_before,
    next_number,
    opened_at,
)
from .coding.assignment import draw as drawn_from
from .coding.coders import other_case
from .coding.comparing import counts, differences
from .coding.events import Event, Log
from .coding.migrate import migrate
from .coding.rechecking import redefinitions
from .coding.segments import segments_from_logs
from .errors import ForanError, UnknownName
from .study import Study


class StillBlind(ForanError):
    """Agreement, or another's work, asked for while one of the two coders is not done."""


@dataclass(frozen=True)
class Planned:
    """A draw that is not written yet, and the documents that were left out of its population, by reason."""

    draw: Draw
    #: Drawn before for the same two coders.
    drawn_before: tuple[str, ...]
    #: Coded by the second coder already, and not asked for by name.
    begun: tuple[str, ...]
    #: Asked for by name although the second coder has coded them: nothing vouches that she was blind.
    begun_but_asked_for: tuple[str, ...]
    #: Not coded by every first coder, where that was asked for.
    uncoded: tuple[str, ...]


def plan_draw(
    study: Study,
    coder: str,
    *,
    first: Sequence[str] = (),
    documents: int | None = None,
    turns: int | None = None,
    seed: int | None = None,
    cases: Collection[str] = (),
    kinds: Collection[str] = (),
    only: Sequence[str] = (),
    is_coded: bool = False,
    day: str = "",
) -> Planned:
    """A draw for `coder` from the study's documents (see ``coding.assignment.draw``); writes nothing.

    `first` are by default the model coders, `seed` that of the settings. `cases`, `kinds` and `only` (ids) narrow the
    population; `is_coded` keeps to documents in which every first coder has coded something.

    Raises
    ------
    UnknownName
        For a case, kind or document that the study does not have.
    DrawError
        When nothing can be drawn as asked, or a document named in `only` is drawn for these two already.
    """
    coders = {log.name.split("/")[-2] for log in study.logs}
    if other := other_case(coder, coders):
        raise DrawError(f"there is a coder {other!r} already: write the name so, or take another")
    vocabulary = study.settings.vocabulary()
    for what, given, known in (
        ("case", cases, vocabulary["case"]),
        ("kind", kinds, vocabulary["kind"]),
        ("document", only, study.documents.index),
    ):
        for name in given:
            if name not in known:
                raise UnknownName(what, name, known)
    beside = tuple(first) or tuple(one for one in study.settings.model_coders if one != coder)
    if not beside:
        raise DrawError("whose coding is to be doubled? Name the first coder with --with")
    if documents is None and turns is None and not only:
        raise DrawError("how much is to be drawn? Give --documents, --turns, or the documents by name")
    register = study.documents
    keep = pd.Series(True, index=register.index)
    if cases:
        keep &= register["case"].isin(list(cases))
    if kinds:
        keep &= register["kind"].isin(list(kinds))
    if only:
        keep &= register.index.isin(list(only))
    wanted = [str(name) for name in register.index[keep]]
    there = assignments_in(study.assignments)
    before = tuple(name for name in wanted if name in drawn_before(there, coder, beside))
    if only and before:
        raise DrawError(f"{', '.join(before)}: drawn already for {coder} and {' '.join(beside)}")
    coded = study.coded_by()
    begun = tuple(name for name in wanted if (coder, name) in coded and name not in before)
    missing = {name for name in wanted if is_coded and any((one, name) not in coded for one in beside)}
    left_out = {*before, *missing, *(() if only else begun)}
    population = register.loc[[name for name in wanted if name not in left_out]]
    made = drawn_from(
        population,
        study.units(population),
        coder,
        beside,
        seed=study.settings.seed if seed is None else seed,
        count=documents,
        turns=turns,
        number=next_number(there),
        drawn=day,
    )
    chosen = {one.document for one in made.assignments}
    return Planned(
        draw=made,
        drawn_before=before,
        begun=() if only else begun,
        begun_but_asked_for=tuple(name for name in begun if name in chosen),
        uncoded=tuple(sorted(missing)),
    )


@dataclass(frozen=True)
class DocumentAgreement:
    """How two coders agree on one document, over all codes that one of them used.

    `read_under` are the codebook versions (MAJOR.MINOR) that the passages were first coded under. `is_blind` says that an
    assignment vouches for it; the figures are then of the coding as it stood when both were first done. `unsettled`
    counts segments that wait for a person because their code was split since: they are in no figure. `kinds` counts
    the differences by kind.
    """

    document: str
    is_blind: bool
    read_under: tuple[str, ...]
    pooled: Agreement
    kinds: dict[str, int]
    unsettled: int


@dataclass(frozen=True)
class VersionAgreement:
    """How two coders agree on all documents read under the same codebook versions: pooled, and by code (id)."""

    read_under: tuple[str, ...]
    documents: tuple[str, ...]
    codebook_version: str
    pooled: Agreement
    by_code: tuple[Agreement, ...]


@dataclass(frozen=True)
class CoderAgreement:
    """The agreement of two coders: by document, and pooled for each set of codebook versions, never across."""

    first: str
    second: str
    documents: tuple[DocumentAgreement, ...]
    versions: tuple[VersionAgreement, ...]


@dataclass(frozen=True)
class _Doubled:
    """One document that both coders are done with: what is compared."""

    document: str
    assignment: Assignment | None
    segments: pd.DataFrame
    read_under: tuple[str, ...]


def agreement(study: Study, first: str, second: str, *, only: Sequence[str] = ()) -> CoderAgreement:
    """How far two coders agree on the documents that both coded (`only`: on these).

    Documents count that are assigned to the two, or that both have coded (or are done with). Where there is an
    assignment, its turns are the units, and the coding counts as it stood when both were first done, since what was
    mended afterwards was not blind; recoding under a codebook that came after the reading is left out for the same reason.
    Where the two read a document under different versions, the earlier codes are carried to the later one.

    Raises
    ------
    StillBlind
        When one of the two is not done with a document assigned to them.
    UnknownName
        For a coder without a log, or a document that the two do not share.
    """
    coders = sorted({coder for coder, _ in study.coded_by()} | {coder for coder, _ in study.done()})
    for name in (first, second):
        if name not in coders:
            raise UnknownName("coder", name, coders)
    if first == second:
        raise ForanError("a coder cannot be compared with herself")
    shared = _shared(study, first, second)
    for name in only:
        if name not in shared:
            raise UnknownName("document of both coders", name, shared)
    chosen = {name: one for name, one in shared.items() if not only or name in only}
    if not chosen:
        raise ForanError(f"{first} and {second} share no document yet: draw one with `foran assign`")
    _check_open(study, first, second, chosen)
    groups: dict[tuple[str, ...], list[_Doubled]] = {}
    for name, assignment in chosen.items():
        one = _doubled(study, name, assignment, first, second)
        groups.setdefault(one.read_under, []).append(one)
    made = [_agreement_of(study, group, (first, second)) for group in groups.values()]
    return CoderAgreement(
        first,
        second,
        tuple(sorted((one for documents, _ in made for one in documents), key=lambda one: one.document)),
        tuple(version for _, version in made),
    )


def redefined_since(study: Study, figures: VersionAgreement) -> tuple[tuple[str, str], ...]:
    """The codes of some figures whose definition has changed since, each with the version that changed it.

    A coefficient is valid for one code under one MAJOR.MINOR of the codebook.
    """
    if not study.lineage.versions:
        return ()
    used = {code.code for code in figures.by_code if code.units > code.neither}
    reached = version_key(figures.codebook_version)
    return tuple(
        (change.code, change.version)
        for change in redefinitions(study.lineage, study.lineage.versions[-1])
        if change.code in used and version_key(change.version) > reached
    )


def _agreement_of(
    study: Study, group: Sequence[_Doubled], coders: tuple[str, str]
) -> tuple[list[DocumentAgreement], VersionAgreement]:
    """The figures of documents that were read under the same codebook versions: of each, and pooled."""
    version = _newest((one.segments for one in group), study)
    codes = tuple(code.id for code in study.lineage[version].active)
    documents, all_settled, all_units = [], [], []
    for one in group:
        units = _units(study, one)
        moved = migrate(one.segments, study.lineage, version)
        settled = moved[moved["status"] == "ok"]
        turns = one.assignment.turns if one.assignment else ()
        documents.append(
            DocumentAgreement(
                document=one.document,
                is_blind=one.assignment is not None,
                read_under=one.read_under,
                pooled=pooled_agreement(ratings(settled, units, coders, codes)),
                kinds=counts(differences(settled, one.document, *coders, turns=turns)),
                unsettled=int((moved["status"] == "review").sum()),
            )
        )
        all_settled.append(settled)
        all_units.append(units)
    rated = ratings(pd.concat(all_settled, ignore_index=True), pd.concat(all_units, ignore_index=True), coders, codes)
    return documents, VersionAgreement(
        read_under=group[0].read_under,
        documents=tuple(one.document for one in group),
        codebook_version=version,
        pooled=pooled_agreement(rated),
        by_code=agreement_by_code(rated),
    )


def _shared(study: Study, first: str, second: str) -> dict[str, Assignment | None]:
    """The documents that both are to code or have coded, with the assignment that binds the two, in the study's order."""
    binding = {one.document: one for one in assignments_in(study.assignments) if one.is_binding(first, second)}
    touched = study.coded_by() | study.done()
    return {
        str(name): binding.get(str(name))
        for name in study.documents.index
        if name in binding or {(first, name), (second, name)} <= touched
    }


def _check_open(study: Study, first: str, second: str, chosen: Mapping[str, Assignment | None]) -> None:
    done = study.done()
    waiting = {
        document: [name for name in (first, second) if (name, document) not in done]
        for document, assignment in chosen.items()
        if assignment is not None
    }
    if any(waiting.values()):
        listed = ", ".join(f"{document} ({' and '.join(who)})" for document, who in waiting.items() if who)
        raise StillBlind(
            f"{first} and {second} still code blind, and there are no figures before both are done. "
            f"Not done: {listed}. What both are done with can be asked for by name, with --document"
        )


def _doubled(study: Study, document: str, assignment: Assignment | None, first: str, second: str) -> _Doubled:
    logs = [log for log in study.logs if log.events and log.events[0].document == document]
    ours, theirs = (next((log for log in logs if log.events[0].coder == name), None) for name in (first, second))
    kept = [log for log in (ours, theirs) if log is not None]
    if assignment is not None and ours is not None and theirs is not None:
        opened = opened_at(ours.events, theirs.events)
        if opened is not None:
            kept = [_cut(log, lambda event: event.at <= opened) for log in kept]
    # Each as it stood then, placed in the text of today: what two coders marked is compared in one and the same text.
    segments = segments_from_logs(
        [_as_read(log, kept, study) for log in kept],
        study.transcripts,
        former=study.former_texts,
        # Agreement counts turns: a mended word must not make two coders differ who had marked the same.
        follows_changed=True,
    )
    if assignment is not None and assignment.turns:
        turns = set(assignment.turns)
        touches = [not turns.isdisjoint(touched) for touched in segments["turns"]]
        segments = segments[pd.Series(touches, index=segments.index, dtype=bool)]
    # PATCH changes no meaning: figures hold for a MAJOR.MINOR.
    read_under = {version.rpartition(".")[0] for version in segments["applied_under"]}
    in_order = sorted(read_under, key=lambda version: version_key(f"{version}.0"))
    return _Doubled(document, assignment, segments, tuple(in_order))


def _cut(log: Log, is_before: Callable[[Event], bool]) -> Log:
    events = tuple(takewhile(is_before, log.events))
    return Log(log.name, events, log.lines[: len(events)])


def _as_read(log: Log, both: Sequence[Log], study: Study) -> Log:
    """A log before its coder went over the document under a codebook that neither had when they read it."""
    applied = segments_from_logs(both, study.transcripts, former=study.former_texts)["applied_under"]
    if not len(applied):
        return log
    newest = max(version_key(version) for version in applied)[:2]
    return _cut(log, lambda event: version_key(event.codebook_version)[:2] <= newest)


def _newest(segments: Iterable[pd.DataFrame], study: Study) -> str:
    """The newest codebook version that any of the segments has; without a segment, the study's newest."""
    versions = {version for frame in segments for version in frame["codebook_version"]}
    return max(versions, key=version_key) if versions else study.lineage.versions[-1]


def _units(study: Study, one: _Doubled) -> pd.DataFrame:
    units = study.units(study.documents.loc[[one.document]])
    if one.assignment is not None and one.assignment.turns:
        units = units[units["turn"].isin(one.assignment.turns)].reset_index(drop=True)
    return units
