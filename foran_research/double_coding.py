"""Blind double coding of a study: drawing for a second coder, and what counts as coded once the coders are done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

import numpy as np
import numpy.typing as npt
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
    #: Documents of which nothing is told to who looks, with those who are not done.
    waiting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Doubled:
    """One document that several coders are done with: what is compared.

    `coders` are those who share it, in the order asked for. `turns` holds for each the turns that assignments gave her;
    none stands for all. `segments` are everybody's, as they count. `is_blind` says that assignments vouch for every two.
    """

    document: str
    coders: tuple[str, ...]
    is_blind: bool
    turns: Mapping[str, tuple[int, ...]]
    segments: pd.DataFrame
    read_under: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Documents that the same people were asked about and that were read under the same codebook versions.

    Figures are of a group: never across MAJOR.MINOR. `codes` are the active ones, in the order of the codebook. `units`
    are those that one or more of `coders` judged, in the study's order; `judged` says who judged which, of shape
    (coders, units). `segments` are under the codes of `codebook_version`; those that wait for a person since their code
    was split are not among them, and `unsettled` counts them by document.
    """

    coders: tuple[str, ...]
    read_under: tuple[str, ...]
    codebook_version: str
    codes: tuple[str, ...]
    documents: tuple[Doubled, ...]
    units: pd.DataFrame
    judged: npt.NDArray[np.bool_]
    segments: pd.DataFrame
    unsettled: Mapping[str, int]


@dataclass(frozen=True)
class Shared:
    """A document that several coders are to code or have coded, and the assignments that keep them apart."""

    document: str
    coders: tuple[str, ...]
    binding: tuple[Assignment, ...]


def agreement(
    study: Study,
    first: str,
    second: str,
    *,
    only: Sequence[str] = (),
    withheld: Collection[tuple[str, str]] = frozenset(),
) -> CoderAgreement:
    """How far two coders agree on the documents that both coded (`only`: on these).

    Documents count that are assigned to the two, or that both have coded (or are done with). Where there is an
    assignment, its turns are the units, and the coding counts as it stood when both were first done, since what was
    mended afterwards was not blind; recoding under a codebook that came after the reading is left out for the same reason.
    Where the two read a document under different versions, the earlier codes are carried to the later one.

    `withheld` are (coder, document) pairs that who looks may not know of (see ``Study.withheld_from``): such documents are
    left out, and told as waiting.

    Raises
    ------
    StillBlind
        When one of the two is not done with a document assigned to them, or nothing is left to tell who looks.
    UnknownName
        For a coder without a log, or a document that the two do not share.
    """
    if first == second:
        check_coders(study, (first,))
        raise ForanError("a coder cannot be compared with herself")
    made = [_agreement_of(group) for group in gathered(study, (first, second), only=only, withheld=withheld)]
    shared = shared_documents(study, (first, second))
    kept_back = withheld_documents((one for name, one in shared.items() if not only or name in only), withheld)
    return CoderAgreement(
        first,
        second,
        tuple(sorted((one for documents, _ in made for one in documents), key=lambda one: one.document)),
        tuple(version for _, version in made),
        {name: not_done(study, name) for name in kept_back},
    )


def check_coders(study: Study, coders: Iterable[str], *, known: frozenset[tuple[str, str]] | None = None) -> None:
    """Nothing, if every one of `coders` has coded something or is done with something.

    Raises
    ------
    UnknownName
        For the first who has not.
    """
    names = sorted({coder for coder, _ in (touched(study) if known is None else known)})
    for name in coders:
        if name not in names:
            raise UnknownName("coder", name, names)


def touched(study: Study) -> frozenset[tuple[str, str]]:
    """The (coder, document) pairs in which something is coded, or that the coder is done with."""
    return study.coded_by() | study.done()


def gathered(
    study: Study,
    coders: Sequence[str],
    *,
    only: Sequence[str] = (),
    least: int = 2,
    leaves_out_blind: bool = False,
    withheld: Collection[tuple[str, str]] = frozenset(),
    known: frozenset[tuple[str, str]] | None = None,
) -> tuple[Group, ...]:
    """What `coders` coded of the same documents, by the codebook versions under which they read them.

    For what counts as coded see :func:`agreement`. Of three or more coders each counts as she coded when she could first
    see the work of another one she was kept apart from.

    Parameters
    ----------
    only
        On these documents.
    least
        How many of the coders must share a document.
    leaves_out_blind
        Leave out what is still coded blind (see :func:`still_blind`); otherwise it is an error.
    withheld
        The (coder, document) pairs that who looks may not know of: a document that one of `coders` shares so is left out.
        Where nothing else is left it is an error, unless `leaves_out_blind`.
    known
        What :func:`touched` gives, where that is at hand.

    Raises
    ------
    StillBlind, UnknownName, ForanError
        As :func:`agreement` does; also when the coders share no document.
    """
    known = touched(study) if known is None else known
    check_coders(study, coders, known=known)
    shared = shared_documents(study, coders, least=least, known=known)
    for document in only:
        if document not in shared:
            raise UnknownName("document of both coders" if len(coders) == 2 else "document of these coders", document,
                              shared)  # fmt: skip
    chosen = {name: one for name, one in shared.items() if not only or name in only}
    if not chosen:
        raise ForanError(f"{listed(coders)} share no document yet: draw one with `foran assign`")
    waiting = still_blind(study, chosen.values())
    if waiting and not leaves_out_blind:
        told = ", ".join(f"{document} ({listed(who)})" for document, who in waiting.items())
        raise StillBlind(
            f"{listed(coders)} still code blind, and there are no figures before {'both' if len(coders) == 2 else 'all'} "
            f"are done. Not done: {told}. What {'both' if len(coders) == 2 else 'all'} are done with can be asked for by "
            "name, with --document"
        )
    kept_back = withheld_documents(chosen.values(), withheld)
    if not leaves_out_blind and set(kept_back) == set(chosen):
        raise StillBlind(
            f"{', '.join(kept_back)}: still coded blind, and who looks is bound by it, so nothing is told of "
            f"{listed(coders)} there"
        )
    groups: dict[tuple[str, ...], list[Doubled]] = {}
    for name, one in chosen.items():
        if name not in waiting and name not in kept_back:
            doubled = _doubled(study, one)
            groups.setdefault(doubled.read_under, []).append(doubled)
    return tuple(_group(study, tuple(coders), documents) for documents in groups.values())


def listed(names: Iterable[str]) -> str:
    """Names for a sentence.

    >>> listed(["K1", "K2", "K3"])
    'K1, K2 and K3'
    """
    first, *more = list(names)
    return f"{', '.join([first, *more[:-1]])} and {more[-1]}" if more else first


def redefined_since(study: Study, figures: VersionAgreement) -> tuple[tuple[str, str], ...]:
    """The codes of some figures whose definition has changed since, each with the version that changed it.

    A coefficient is valid for one code under one MAJOR.MINOR of the codebook.
    """
    used = {code.code for code in figures.by_code if code.units > code.neither}
    return redefined_after(study, used, figures.codebook_version)


def redefined_after(study: Study, codes: Collection[str], codebook_version: str) -> tuple[tuple[str, str], ...]:
    """Those of `codes` whose definition changed after a version, each with the version that changed it."""
    if not study.lineage.versions:
        return ()
    reached = version_key(codebook_version)
    return tuple(
        (change.code, change.version)
        for change in redefinitions(study.lineage, study.lineage.versions[-1])
        if change.code in codes and version_key(change.version) > reached
    )


def _agreement_of(group: Group) -> tuple[list[DocumentAgreement], VersionAgreement]:
    """Two coders' figures of documents that were read under the same codebook versions: of each, and pooled."""
    first, second = group.coders
    documents = []
    for one in group.documents:
        units = group.units[group.units["document"] == one.document].reset_index(drop=True)
        settled = group.segments[group.segments["document"] == one.document]
        documents.append(
            DocumentAgreement(
                document=one.document,
                is_blind=one.is_blind,
                read_under=one.read_under,
                pooled=pooled_agreement(ratings(settled, units, group.coders, group.codes)),
                kinds=counts(differences(settled, one.document, first, second, turns=one.turns[first])),
                unsettled=group.unsettled[one.document],
            )
        )
    rated = ratings(group.segments, group.units, group.coders, group.codes)
    return documents, VersionAgreement(
        read_under=group.read_under,
        documents=tuple(one.document for one in group.documents),
        codebook_version=group.codebook_version,
        pooled=pooled_agreement(rated),
        by_code=agreement_by_code(rated),
    )


def _group(study: Study, coders: tuple[str, ...], documents: Sequence[Doubled]) -> Group:
    version = _newest((one.segments for one in documents), study)
    moved = migrate(pd.concat([one.segments for one in documents], ignore_index=True), study.lineage, version)
    waits = moved[moved["status"] == "review"]["document"].value_counts()
    units = pd.concat([_units(study, one) for one in documents], ignore_index=True)
    turns = {(one.document, coder): one.turns[coder] for one in documents for coder in one.coders}
    judged = [
        [
            (document, coder) in turns and (not turns[document, coder] or turn in turns[document, coder])
            for document, turn in zip(units["document"], units["turn"], strict=True)
        ]
        for coder in coders
    ]
    return Group(
        coders=coders,
        read_under=documents[0].read_under,
        codebook_version=version,
        codes=tuple(code.id for code in study.lineage[version].active),
        documents=tuple(documents),
        units=units,
        judged=np.array(judged, bool).reshape(len(coders), len(units)),
        segments=moved[moved["status"] == "ok"].reset_index(drop=True),
        unsettled={one.document: int(waits.get(one.document, 0)) for one in documents},
    )


def shared_documents(
    study: Study, coders: Sequence[str], *, least: int = 2, known: frozenset[tuple[str, str]] | None = None
) -> dict[str, Shared]:
    """The documents that `least` or more of `coders` are to code or have coded, in the study's order."""
    known = touched(study) if known is None else known
    binding: dict[str, list[Assignment]] = {}
    for one in assignments_in(study.assignments):
        if one.coder in coders and any(other in coders for other in one.first):
            binding.setdefault(one.document, []).append(one)
    found = {}
    for name in map(str, study.documents.index):
        bound = {coder for one in binding.get(name, ()) for coder in (one.coder, *one.first)}
        sharing = tuple(coder for coder in coders if coder in bound or (coder, name) in known)
        if len(sharing) >= least:
            found[name] = Shared(name, sharing, tuple(binding.get(name, ())))
    return found


def still_blind(study: Study, shared: Iterable[Shared]) -> dict[str, tuple[str, ...]]:
    """The documents of which nothing may be told yet, with those of their coders who are not done."""
    done = study.done()
    waiting = {
        one.document: tuple(
            coder
            for coder in one.coders
            if (coder, one.document) not in done and _partners(coder, one.coders, one.binding)
        )
        for one in shared
    }
    return {document: who for document, who in waiting.items() if who}


def withheld_documents(shared: Iterable[Shared], withheld: Collection[tuple[str, str]]) -> tuple[str, ...]:
    """The documents of which nothing may be told to who looks, since one who shares them is kept from her."""
    return tuple(one.document for one in shared if any((coder, one.document) in withheld for coder in one.coders))


def not_done(study: Study, document: str) -> tuple[str, ...]:
    """Those whom an assignment sets beside another on a document, and who are not done with it, by name."""
    today = study.today or study
    done = today.done()
    bound = {
        coder
        for one in assignments_in(today.assignments)
        if one.document == document
        for coder in (one.coder, *one.first)
    }
    return tuple(sorted(coder for coder in bound if (coder, document) not in done))


def _doubled(study: Study, shared: Shared) -> Doubled:
    document, coders = shared.document, shared.coders
    logs = [log for log in study.logs if log.events and log.events[0].document == document]
    own = {log.events[0].coder: log for log in logs if log.events[0].coder in coders}
    partners = {coder: _partners(coder, coders, shared.binding) for coder in coders}
    kept = []
    for coder in coders:
        if coder not in own:
            continue
        opened = [opened_at(own[coder].events, own[other].events) for other in partners[coder] if other in own]
        if moments := [at for at in opened if at is not None]:
            kept.append(_cut(own[coder], _until(min(moments))))
        else:
            kept.append(own[coder])
    # Each as it stood then, placed in the text of today: what two coders marked is compared in one and the same text.
    segments = segments_from_logs(
        [_as_read(log, kept, study) for log in kept],
        study.transcripts,
        former=study.former_texts,
        # Agreement counts turns: a mended word must not make two coders differ who had marked the same.
        follows_changed=True,
    )
    turns = {coder: _turns_given(coder, coders, shared.binding) for coder in coders}
    if any(turns.values()):
        touches = [
            not turns[coder] or not set(turns[coder]).isdisjoint(at)
            for coder, at in zip(segments["coder"], segments["turns"], strict=True)
        ]
        segments = segments[pd.Series(touches, index=segments.index, dtype=bool)]
    # PATCH changes no meaning: figures hold for a MAJOR.MINOR.
    read_under = {version.rpartition(".")[0] for version in segments["applied_under"]}
    in_order = sorted(read_under, key=lambda version: version_key(f"{version}.0"))
    is_blind = all(len(partners[coder]) == len(coders) - 1 for coder in coders)
    return Doubled(document, coders, is_blind, turns, segments, tuple(in_order))


def _partners(coder: str, coders: Sequence[str], binding: Sequence[Assignment]) -> list[str]:
    """Those of `coders` from whom an assignment keeps this one apart."""
    return [other for other in coders if other != coder and any(one.is_binding(coder, other) for one in binding)]


def _turns_given(coder: str, coders: Sequence[str], binding: Iterable[Assignment]) -> tuple[int, ...]:
    """The turns in which assignments set a coder beside another one; none for all."""
    own = [one for one in binding if any(one.is_binding(coder, other) for other in coders if other != coder)]
    if not own or any(not one.turns for one in own):
        return ()
    return tuple(sorted({turn for one in own for turn in one.turns}))


def _until(moment: str) -> Callable[[Event], bool]:
    return lambda event: event.at <= moment


def _cut(log: Log, is_before: Callable[[Event], bool]) -> Log:
    events = tuple(takewhile(is_before, log.events))
    return Log(log.name, events, log.lines[: len(events)])


def _as_read(log: Log, all_of_them: Sequence[Log], study: Study) -> Log:
    """A log before its coder went over the document under a codebook that nobody had when they read it."""
    applied = segments_from_logs(all_of_them, study.transcripts, former=study.former_texts)["applied_under"]
    if not len(applied):
        return log
    newest = max(version_key(version) for version in applied)[:2]
    return _cut(log, lambda event: version_key(event.codebook_version)[:2] <= newest)


def _newest(segments: Iterable[pd.DataFrame], study: Study) -> str:
    """The newest codebook version that any of the segments has; without a segment, the study's newest."""
    versions = {version for frame in segments for version in frame["codebook_version"]}
    return max(versions, key=version_key) if versions else study.lineage.versions[-1]


def _units(study: Study, one: Doubled) -> pd.DataFrame:
    """The units of a document that somebody judged."""
    units = study.units(study.documents.loc[[one.document]])
    if all(one.turns.values()):
        given = {turn for turns in one.turns.values() for turn in turns}
        units = units[units["turn"].isin(given)].reset_index(drop=True)
    return units
