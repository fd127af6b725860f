"""Changing the codebook: proposals made and decided, put together and released as the next version."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .codebook.changes import Lineage
from .codebook.code import Change, Codebook
from .codebook.log_store import (
    FOLDER,
    LogWriter,
    file_sha256,
    open_log,
    read_log,
    unlogged,
    version_files,
    withdrawal_days,
)
from .codebook.revising import (
    BILINGUAL,
    NEEDED,
    Proposal,
    ProposalState,
    RevisionError,
    compose,
    conflicts,
    content_of,
    next_change_id,
    options_for,
    read_proposal,
    release_faults,
    states_of,
    taken_ids,
    unwritten_faults,
    with_texts,
)
from .codebook.steps import StepFault, displays_of, stale_references
from .codebook.store import read_lineage
from .codebook.templates import template
from .codebook.writing import codebook_text
from .coding.coders import IMPORTER
from .coding.events import fold, is_tombstoned
from .coding.migrate import migrate
from .coding.rechecking import tasks_in
from .corpus.store import write_atomically
from .errors import Fault, Faults, ForanError, StudyError, UnknownName
from .settings import Settings, read_settings
from .study import Study, read_study
from .vocabulary import LANGUAGES, is_iso_date

#: How evidence begins that is an answer to a review pack.
OF_ANSWER = "svar:"
#: A reference to a record of a coding log, such as TRD-I01.K1.s0004.
_RECORD = re.compile(r"[^\s:]+\.[^\s:.]+\.[a-z][0-9]+")


@dataclass(frozen=True)
class InVivo:
    """A code that coders asked for while reading: its label, the passages (record ids), and who names them.

    `named_in` are the proposals whose evidence names one of the passages, with their states.
    """

    label: str
    records: tuple[str, ...]
    coders: tuple[str, ...]
    documents: tuple[str, ...]
    named_in: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Flow:
    """How many segments of a coder fare how by a change: `fate` is moved, queued, ended or kept.

    `code` is the id of the code that they moved to; "" for the others.
    """

    coder: str
    fate: str
    code: str
    count: int


@dataclass(frozen=True)
class Effect:
    """What a change does to the coded segments that count under the version before.

    moved: another code or answer without a person. queued: wait for a person. ended: count under older versions only, or
    become relations or tags. kept: go on as they are. `flows` tell the same by coder and code, in that order.
    """

    change: Change
    moved: int = 0
    queued: int = 0
    ended: int = 0
    kept: int = 0
    flows: tuple[Flow, ...] = ()


@dataclass(frozen=True)
class Release:
    """A version that is to be, or was, released: its codebook, its file's text, and what each change does.

    `duplicates` are segments that only repeat another one when codes became one. `is_written` says that the file is
    there; `faults` are then those of the whole study, read anew. `before` is the version it follows. `rechecks` are how
    many segments come up to be read again because a definition changed, by code id and coder. `milestones` are the
    milestones of the model with the codebook version that each is pinned to; `language` is the study's.
    """

    book: Codebook
    text: str
    effects: tuple[Effect, ...]
    duplicates: int
    warnings: tuple[StepFault, ...]
    is_written: bool = False
    faults: tuple[Fault, ...] = ()
    before: Codebook | None = None
    rechecks: Mapping[tuple[str, str], int] = field(default_factory=dict)
    milestones: tuple[tuple[str, str], ...] = ()
    language: str = LANGUAGES[0]


def _codebooks(study: Path) -> tuple[Settings, Lineage]:
    """Settings and codebooks, when nothing is wrong with them.

    Raises
    ------
    StudyError
        With every fault at once.
    """
    faults = Faults()
    settings = read_settings(study, faults)
    lineage = read_lineage(study, settings.vocabulary()["level"], faults) if settings else Lineage(())
    if settings is None or faults.errors:
        raise StudyError(faults.errors)
    return settings, lineage


def _sound(path: Path) -> Study:
    study, faults = read_study(path)
    if study is None or faults.errors:
        raise StudyError(faults.errors)
    return study


def states(study: Path) -> dict[str, ProposalState]:
    """Every proposal of a study with what became of it, by id, oldest first.

    Raises
    ------
    StudyError
        When the log has faults.
    """
    faults = Faults()
    log = read_log(study, faults)
    if faults.errors:
        raise StudyError(faults.errors)
    return states_of(log.entries) if log else {}


def in_vivo(study: Study, proposals: Iterable[ProposalState]) -> tuple[InVivo, ...]:
    """The codes that coders asked for in the screen and that still stand in their logs, by label.

    Those of coders whose work is not to be seen yet (a blind second coding) are left out.
    """
    withheld = study.withheld_from(None)
    found: dict[str, list[tuple[str, str, str]]] = {}
    for log in study.logs:
        coder, document = log.name.split("/")[-2], Path(log.name).stem
        if (coder, document) in withheld:
            continue
        for name, record in fold(log.events).items():
            if record.get("kind") == "proposal" and not is_tombstoned(record):
                found.setdefault(str(record["label"]), []).append((name, coder, document))
    naming: dict[str, list[tuple[str, str]]] = {}
    for state in proposals:
        for reference in state.proposal.change.evidence:
            naming.setdefault(reference, []).append((state.proposal.id, state.state))
    return tuple(
        InVivo(
            label,
            tuple(name for name, _, _ in rows),
            tuple(sorted({coder for _, coder, _ in rows})),
            tuple(sorted({document for _, _, document in rows})),
            tuple(sorted({one for name, _, _ in rows for one in naming.get(name, ())})),
        )
        for label, rows in sorted(found.items())
    )


def proposal_template(path: Path, kind: str, codes: Sequence[str], *, from_label: str = "") -> str:
    """A proposal to fill in (see ``codebook.templates.template``), for the newest codebook of a study.

    `from_label` takes over a label that coders asked for, with their passages as evidence.

    Raises
    ------
    UnknownName
        For a type, a code or a label that there is not.
    """
    _, lineage = _codebooks(path)
    there = states(path)
    evidence: tuple[str, ...] = ()
    if from_label:
        if kind != "new":
            raise ForanError("--from-label is for the type new")
        asked = {one.label: one for one in in_vivo(_sound(path), there.values())}
        if from_label not in asked:
            raise UnknownName("label that coders asked for", from_label, asked)
        evidence = asked[from_label].records
    return template(kind, codes, _newest(lineage), label=from_label, evidence=evidence)


def _newest(lineage: Lineage) -> Codebook:
    if not lineage.codebooks:
        raise ForanError(f"the study has no codebook: add {FOLDER}/1.0.0.yaml first")
    return lineage.codebooks[-1]


def propose(path: Path, file: Path, *, by: str, at: str, amends: str = "") -> ProposalState:
    """Take a proposal from a file into the log, under a new id, or in the place of an open one (`amends`).

    `given` of the proposal that comes back says which ids took the places of NY1, NY2 ….

    Raises
    ------
    RevisionError
        With every fault of the proposal; nothing is written.
    StudyError
        When the codebooks, or a study whose segments are evidence, have faults; nothing is written.
    UnknownName
        When there is no open proposal of the id `amends`.
    """
    settings, lineage = _codebooks(path)
    with open_log(path) as writer:
        there = states_of(writer.log.entries)
        came: tuple[str, ...] = ()
        if amends:
            amended = _known(there, amends, ("open",)).proposal.change
            came = tuple(one for one in amended.evidence if one.startswith(OF_ANSWER))
        faults = Faults()
        book = _newest(lineage)
        taken = taken_ids(there.values(), but=amends)
        levels = tuple(settings.vocabulary()["level"])
        proposal = read_proposal(file.read_bytes(), file.name, book, levels, faults, taken=taken)
        if proposal is not None:
            _check_evidence(proposal, path, file.name, faults)
        if proposal is None or faults.errors:
            raise RevisionError("the proposal", faults.errors)
        _catch_up(writer, path, lineage, by=by, at=at)
        id_ = amends or next_change_id(there)
        content = content_of(proposal)
        # What came of an answer is known by that, whoever writes it anew; a newer wording of the same answer says so itself.
        named = {one.partition("#")[0] for one in proposal.change.evidence}
        evidence = [*proposal.change.evidence, *(one for one in came if one.partition("#")[0] not in named)]
        content = {**content, "evidence": evidence, "proposed_at": content.get("proposed_at") or at[:10]}
        by = by or proposal.change.proposed_by_role
        action = "amend" if amends else "propose"
        writer.append([{"at": at, "by": by, "action": action, "about": id_, "content": content}])
        made = states_of(writer.log.entries)[id_]
        return replace(made, proposal=replace(made.proposal, given=proposal.given))


def _check_evidence(proposal: Proposal, path: Path, name: str, faults: Faults) -> None:
    """Note references to records of logs that no log has ever had."""
    wanted = [reference for reference in proposal.change.evidence if _RECORD.fullmatch(reference)]
    if not wanted:
        return
    study = _sound(path)
    known = {event.segment for log in (*study.logs, *study.memo_logs) for event in log.events}
    for reference in wanted:
        if reference not in known:
            faults.note(
                "unknown-evidence",
                name,
                None,
                f"evidence {reference}",
                "the id of a coded segment or memo of this study",
                "Correct the id.",
            )


def _known(there: Mapping[str, ProposalState], name: str, allowed: Collection[str]) -> ProposalState:
    fitting = [id_ for id_, state in there.items() if state.state in allowed and not state.version]
    if name in there and name not in fitting:
        state = there[name]
        raise ForanError(f"{name} is {state.state}{f', as {state.version} tells' if state.version else ''} already")
    if name not in fitting:
        raise UnknownName("proposal", name, fitting)
    return there[name]


def decide(
    path: Path,
    name: str,
    *,
    is_accepted: bool,
    reason: Mapping[str, str],
    role: str,
    arena: str,
    decided_at: str,
    by: str,
    at: str,
    texts: Mapping[str, Any] | None = None,
) -> ProposalState:
    """Write down what was decided about a proposal, and why; until a version tells of it, it may be decided anew.

    Parameters
    ----------
    texts
        What is decided of the one code that the proposal is about, where its proposer could not say it: `label`, `brief`,
        `definition`, `when_to_use`, `when_not_to_use`, `example` and `reason_theoretical`, each by language, `level`,
        `display`, and `parent` (an id or display). What an earlier decision has said stays where this one says nothing.
        Without `display` a code that gets another place gets the next free one there.

    Raises
    ------
    UnknownName
        For a proposal that there is not, an arena that is not in ``foran.toml``, when that lists any, or a level or parent
        that there is not.
    RevisionError
        When the next version would not add up with these texts; nothing is written.
    ForanError
        Without a reason in both languages, for a day that is none or still to come, for a proposal that was withdrawn or
        released, or for one that cannot be accepted before its code has a label, a level and a definition; nothing is
        written.
    """
    if not all(reason.get(language, "").strip() for language in LANGUAGES):
        raise ForanError("a decision needs its reason in both languages: --reason-nb and --reason-en")
    if not is_iso_date(decided_at) or decided_at > at[:10]:
        raise ForanError(f"a decision of {decided_at}: write a day as YYYY-MM-DD, today or before")
    settings, lineage = _codebooks(path)
    arenas = settings.vocabulary()["arena"]
    if arenas and arena not in arenas:
        raise UnknownName("arena", arena, arenas)
    if texts and not is_accepted:
        raise ForanError(f"{name}: texts of a code go with --accept; a rejected proposal stays as it was made")
    with open_log(path) as writer:
        there = states_of(writer.log.entries)
        before = _known(there, name, ("open", "accepted", "rejected"))
        told = _texts_decided(before.proposal, texts or {}, there.values(), settings, lineage)
        if is_accepted:
            _refuse_unwritten(with_texts(before.proposal, told.get("codes", ()), {}))
            if told:
                _refuse_what_does_not_add_up(name, told, there.values(), settings, lineage, decided_at)
        _catch_up(writer, path, lineage, by=by or role, at=at)
        content = {
            **told,
            "decision": "accepted" if is_accepted else "rejected",
            "reason": {language: reason[language].strip() for language in LANGUAGES},
            "decided_at": decided_at,
            "arena": arena,
            "decided_by_role": role,
        }
        writer.append([{"at": at, "by": by or role, "action": "decide", "about": name, "content": content}])
        return states_of(writer.log.entries)[name]


def _texts_decided(
    proposal: Proposal,
    texts: Mapping[str, Any],
    there: Iterable[ProposalState],
    settings: Settings,
    lineage: Lineage,
) -> dict[str, Any]:
    """What a decision's entry says of the code: the fields given, as the codebook has them, and what follows from these."""
    theory = {key: " ".join(text.split()) for key, text in texts.get("reason_theoretical", {}).items() if text.strip()}
    told: dict[str, Any] = {"reason_theoretical": theory} if theory else {}
    record: dict[str, Any] = {}
    for key in BILINGUAL:
        given = {
            language: " ".join(text.split()) for language, text in texts.get(key, {}).items() if text and text.strip()
        }
        if given:
            record[key] = given
    book = _newest(lineage)
    if parent := texts.get("parent", ""):
        found = book.find(parent)
        if found is None or not found.is_active:
            raise UnknownName("code", parent, (code.display for code in book.active))
        record |= {"parent": found.id, "level": found.level}
    if level := texts.get("level", ""):
        levels = settings.vocabulary()["level"]
        if level not in levels:
            raise UnknownName("level", level, levels)
        record["level"] = level
    if display := texts.get("display", "").strip():
        record["display"] = display
    if not record:
        return told
    if len(proposal.codes) != 1:
        raise ForanError(
            f"{proposal.id} tells of {len(proposal.codes)} codes: which of them these texts are of cannot be said here; "
            f"put them in a file, and: foran codebook propose FILE --amend {proposal.id}"
        )
    (there_now,) = proposal.codes
    if "level" in record and "display" not in record:
        record["display"] = _free_display({**there_now, **record}, there_now, proposal.id, there, book)
    told["codes"] = [{"id": str(there_now["id"]), **record}]
    if summary := _summary(proposal, record, book):
        told["summary"] = summary
    return told


def _free_display(
    record: Mapping[str, Any], before: Mapping[str, Any], own: str, there: Iterable[ProposalState], book: Codebook
) -> str:
    """The display a code has where it stands, or the next free one where it is to stand."""
    parent = book.by_id.get(str(record.get("parent") or ""))
    stem = f"{parent.display}." if parent is not None else str(record["level"])
    shown = str(before.get("display") or "")
    taken = {code.display for code in book.codes} | {
        str(code.get("display"))
        for state in there
        if state.is_pending and state.proposal.id != own
        for code in state.proposal.codes
    }
    pattern = re.compile(rf"{re.escape(stem)}(\d+)")
    if pattern.fullmatch(shown) and shown not in taken:
        return shown
    numbers = [int(found[1]) for display in taken if (found := pattern.fullmatch(display))]
    return f"{stem}{max(numbers, default=0) + 1}"


def _summary(proposal: Proposal, record: Mapping[str, Any], book: Codebook) -> dict[str, str]:
    """What the change does, in a sentence, where the decision says it otherwise than the proposal did."""
    label = {**dict(proposal.codes[0].get("label") or {}), **record.get("label", {})}
    if proposal.change.type == "new" and (proposal.unwritten or record.get("label")):
        return {"nb": f"Nytt element: {label.get('nb', '')}.", "en": f"A new element: {label.get('en', '')}."}
    code = book.by_id.get(str(proposal.codes[0]["id"]))
    if proposal.change.type == "rename" and record.get("label") and code is not None:
        return {
            "nb": f"{code.display} får navnet «{label.get('nb', '')}».",
            "en": f"{code.display} is called “{label.get('en', '')}”.",
        }
    return {}


def _refuse_unwritten(proposal: Proposal) -> None:
    """Stop before a code is accepted that has no label, level or definition of its own."""
    for name, lacking in proposal.unwritten.items():
        if needed := [key for key in lacking if key in NEEDED or key.startswith("label")]:
            raise ForanError(
                f"{proposal.id} cannot be accepted yet: {name} has no {', '.join(needed)}. Give them with the decision "
                f"({options_for(needed)}); what is proposed stands in `foran codebook proposals`. Its other texts may come "
                "later, with another decision, before the release"
            )


def _refuse_what_does_not_add_up(
    name: str,
    told: Mapping[str, Any],
    there: Iterable[ProposalState],
    settings: Settings,
    lineage: Lineage,
    day: str,
) -> None:
    """Stop when the next version would not add up with what is decided of a code, others being as they are."""
    accepted = [
        with_texts(one.proposal, told.get("codes", ()), told.get("summary", {}))
        if one.proposal.id == name
        else one.proposal
        for one in there
        if not one.version and (one.state == "accepted" or one.proposal.id == name)
    ]
    before = _newest(lineage)
    book = compose(before, accepted, (), released=max(day, before.released))
    codes = {str(record["id"]) for record in told.get("codes", ())}
    displays = displays_of(before, book)
    found = [
        fault
        for fault in release_faults(before, book, tuple(settings.vocabulary()["level"]))
        if not fault.is_warning and (fault.place in codes or fault.place == name)
    ]
    if found:
        raise RevisionError(f"what is decided of {name}", _listed(found, displays, book))


def withdraw_proposal(path: Path, name: str, *, by: str, at: str, reason: str = "") -> ProposalState:
    """Take an open proposal back; it stays in the log.

    Raises
    ------
    UnknownName
        For a proposal that there is not.
    ForanError
        For one that is not open.
    """
    _, lineage = _codebooks(path)
    with open_log(path) as writer:
        _known(states_of(writer.log.entries), name, ("open",))
        _catch_up(writer, path, lineage, by=by, at=at)
        content = {"reason": reason} if reason else {}
        writer.append([{"at": at, "by": by, "action": "withdraw", "about": name, "content": content}])
        return states_of(writer.log.entries)[name]


def adopt(path: Path, *, by: str, at: str, is_after_withdrawal: bool = False) -> tuple[str, ...]:
    """Write down the fingerprints of version files of which the log does not tell; the versions, oldest first.

    With `is_after_withdrawal` also those of versions that are other files than the log tells of, because a participant
    withdrew and her words were taken out of them: the entries name the day of the last withdrawal until then.

    Raises
    ------
    StudyError
        When the codebooks have faults; nothing is written.
    ForanError
        When nobody has withdrawn.
    """
    if is_after_withdrawal:
        return _adopt_mended(path, by=by, at=at)
    _, lineage = _codebooks(path)
    with open_log(path) as writer:
        return _catch_up(writer, path, lineage, by=by, at=at)


def _adopt_mended(path: Path, *, by: str, at: str) -> tuple[str, ...]:
    days = withdrawal_days(path)
    named = max((day for day in days if day <= at[:10]), default="")
    if not named:
        raise ForanError("nobody has withdrawn from this study: a released version is never edited for another reason")
    faults = Faults()
    settings = read_settings(path, faults)
    lineage = read_lineage(path, settings.vocabulary()["level"], faults) if settings else Lineage(())
    if others := [fault for fault in faults.errors if fault.kind != "edited-codebook"]:
        raise StudyError(others)
    with open_log(path) as writer:
        drafts = []
        for version, entry in writer.log.standing(days).items():
            data = version_files(path).get(version)
            former = entry.content.get("file_sha256")
            if data is not None and file_sha256(data) != former:
                content = {
                    "codebook_version": version,
                    "file_sha256": file_sha256(data),
                    "former_sha256": former,
                    "withdrawal": named,
                }
                drafts.append({"at": at, "by": by, "action": "adopt", "about": version, "content": content})
        writer.append(drafts)
        return (*(str(one["about"]) for one in drafts), *_catch_up(writer, path, lineage, by=by, at=at))


def _catch_up(writer: LogWriter, path: Path, lineage: Lineage, *, by: str, at: str) -> tuple[str, ...]:
    """Log the version files that are not: as released when they tell of decided proposals (a release that was cut off)."""
    contents = version_files(path)
    missing = unlogged(writer.log, contents)
    there = states_of(writer.log.entries)
    waiting = {name for name, state in there.items() if state.state in ("accepted", "rejected") and not state.version}
    drafts = []
    for version in missing:
        told = [change.id for change in lineage[version].changes if change.id in waiting]
        waiting -= set(told)
        content: dict[str, Any] = {"codebook_version": version, "file_sha256": file_sha256(contents[version])}
        if told:
            content["changes"] = told
        action = "release" if told else "adopt"
        drafts.append({"at": at, "by": by, "action": action, "about": version, "content": content})
    writer.append(drafts)
    return missing


def release(
    path: Path,
    *,
    by: str,
    at: str,
    released: str = "",
    version: str = "",
    title: Mapping[str, str] | None = None,
    is_dry_run: bool = False,
) -> Release:
    """Put all accepted proposals together as the next version, and write it with one line of the log.

    Rejected proposals that no version has told of are told of in its changes. `released` is the day, by default that of
    `at`. `version` may name the number that is expected; it must be the one that the changes ask for. `title` is the new
    title, by language; where it says nothing, that of the version before stays.

    Raises
    ------
    StudyError
        When the study itself has faults; nothing is written.
    RevisionError
        With every way in which the version would not add up; nothing is written.
    ForanError
        When nothing is accepted, or the number is another than was expected.
    """
    day = released or at[:10]
    if not is_iso_date(day) or day > at[:10]:
        raise ForanError(f"released on {day}: write a day as YYYY-MM-DD, today or before")
    study = _sound(path)
    with open_log(path) as writer:
        if not is_dry_run:
            _catch_up(writer, path, study.lineage, by=by, at=at)
        there = states_of(writer.log.entries)
        plan = plan_release(study, there.values(), released=day, title=title)
        number = plan.book.codebook_version
        if version and version != number:
            raise ForanError(f"the accepted changes ask for version {number}, not {version}")
        if is_dry_run:
            return plan
        file = path / FOLDER / f"{number}.yaml"
        # The file first: should the line of the log not follow it, the next command writes that line.
        try:
            write_atomically(file, plan.text)
        except OSError as error:
            raise ForanError(
                f"{FOLDER}/{number}.yaml cannot be written ({error.strerror or 'the disk refuses'}): nothing was released; "
                "make room, and release again"
            ) from error
        content = {
            "codebook_version": number,
            "file_sha256": file_sha256(plan.text.encode("utf-8")),
            "changes": [effect.change.id for effect in plan.effects],
        }
        writer.append([{"at": at, "by": by, "action": "release", "about": number, "content": content}])
    _, faults = read_study(path)
    return replace(plan, is_written=True, faults=tuple(faults))


def plan_release(
    study: Study,
    proposals: Iterable[ProposalState],
    *,
    released: str,
    title: Mapping[str, str] | None = None,
) -> Release:
    """The next version of a study from proposals that were decided and not released; writes nothing.

    Raises
    ------
    RevisionError
        With every way in which it would not add up.
    ForanError
        When nothing is accepted.
    """
    waiting = [state for state in proposals if not state.version]
    accepted = [state.proposal for state in waiting if state.state == "accepted"]
    rejected = [state.proposal for state in waiting if state.state == "rejected"]
    if not accepted:
        raise ForanError("no accepted proposal waits for a release: see `foran codebook proposals`")
    before = _newest(study.lineage)
    known = {**displays_of(before), **{str(r["id"]): str(r.get("display")) for one in accepted for r in one.codes}}
    unwritten = unwritten_faults(accepted, known)
    try:
        book = compose(before, accepted, rejected, released=released, title=title)
    except RevisionError as error:
        # Where words were withdrawn, what is left may be no code at all.
        told = _listed((fault for fault in unwritten if not fault.is_warning), known, before)
        raise RevisionError("the next version", (*told, *error.faults)) from error
    levels = tuple(study.settings.vocabulary()["level"])
    displays = displays_of(before, book)
    found = (
        *unwritten,
        *conflicts(accepted, displays),
        *release_faults(before, book, levels),
        *stale_references(book),
    )
    if errors := [fault for fault in found if not fault.is_warning]:
        raise RevisionError(f"version {book.codebook_version}", _listed(errors, displays, book))
    lineage = Lineage((*study.lineage.codebooks, book), study.lineage.unreadable)
    effects, duplicates = _effects(study, lineage, before, book)
    return Release(
        book,
        codebook_text(book),
        effects,
        duplicates,
        tuple(found),
        before=before,
        rechecks=_rechecks(study, lineage, book.codebook_version),
        milestones=tuple((one.id, one.codebook_version) for one in study.settings.milestones),
        language=study.settings.language,
    )


def _listed(faults: Iterable[StepFault], displays: Mapping[str, str], book: Codebook) -> list[str]:
    return [
        f"{_place(fault.place, displays) or book.codebook_version}: {fault.kind}: {fault.found}; expected {fault.expected}. "
        f"{fault.remedy}"
        for fault in faults
    ]


def _place(place: str, displays: Mapping[str, str]) -> str:
    return f"{place} ({displays[place]})" if place in displays else place


def _rechecks(study: Study, lineage: Lineage, version: str) -> dict[tuple[str, str], int]:
    """How many segments are to be read again because a version gives their code another definition, by code and coder."""
    found: Counter[tuple[str, str]] = Counter()
    for coder in sorted(study.coders - {IMPORTER}):
        events = [event for log in study.logs if log.name.split("/")[-2] == coder for event in log.events]
        tasks = tasks_in(events, lineage, version, seed=study.settings.seed, size=study.settings.recheck_sample)
        new = tasks[(tasks["version"] == version) & (tasks["outcome"] == "")]
        found.update(zip(new["code"], new["coder"], strict=True))
    return dict(sorted(found.items()))


def undocumented(study: Study, proposals: Collection[str]) -> tuple[str, ...]:
    """The ids of the changes decided in the codebook versions that are none of these proposals, oldest version first."""
    return tuple(change.id for book in study.lineage.codebooks for change in book.changes if change.id not in proposals)


def _effects(study: Study, lineage: Lineage, before: Codebook, book: Codebook) -> tuple[tuple[Effect, ...], int]:
    """What each change does to the segments that count under the version before; and repeated segments."""
    segments = study.segments()
    then, now = (
        migrate(segments, study.lineage, before.codebook_version),
        migrate(segments, lineage, book.codebook_version),
    )
    columns = ("segment", "status", "code", "polarity", "facets")
    became = {name: rest for name, *rest in zip(*(now[column] for column in columns), strict=True)}
    owner = {row.source: change.id for change in book.changes if change.is_accepted for row in change.migration}
    flows: dict[str, Counter[tuple[str, str, str]]] = {change.id: Counter() for change in book.changes}
    duplicates = 0
    for coder, name, status, *was in zip(then["coder"], *(then[column] for column in columns), strict=True):
        if status != "ok" or was[0] not in owner:
            continue
        status_now, *is_now = became[name]
        duplicates += status_now == "duplicate"
        moved = "kept" if was == is_now else "moved"
        fate = {"ok": moved, "duplicate": "moved", "review": "queued"}.get(status_now, "ended")
        flows[owner[was[0]]][str(coder), fate, str(is_now[0]) if fate == "moved" else ""] += 1
    return tuple(_effect(change, flows[change.id]) for change in book.changes), duplicates


def _effect(change: Change, flows: Counter[tuple[str, str, str]]) -> Effect:
    counts: Counter[str] = Counter()
    for (_, fate, _), count in flows.items():
        counts[fate] += count
    return Effect(change, **counts, flows=tuple(Flow(*key, count) for key, count in sorted(flows.items())))
