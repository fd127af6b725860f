"""A participant withdraws: her words leave the study's folder, and what other people made stays.

What a withdrawal does is planned before anything is written and kept in a journal until all of it is done. A crash
midway is finished by withdrawing again; every step can be done twice.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from .backup import CACHES, is_backup
from .codebook import log_store as codebook_store
from .codebook.code import version_key
from .codebook.revising import ProposalState, states_of
from .coding import journal, memo_store
from .coding.events import InconsistentLog, fold, is_tombstoned
from .corpus.store import (
    DOCUMENT_COLUMNS,
    DOCUMENTS_FILE,
    PARTICIPANT_COLUMNS,
    PARTICIPANTS_FILE,
    REDACTED,
    TEXTS_FOLDER,
    UNFINISHED_WITHDRAWAL,
    WITHDRAWN,
    Row,
    read_register,
    read_register_without_ids,
    read_utf8,
    register_text,
    texts_kept,
    write_atomically,
)
from .corpus.text_versions import CHANGE_COLUMNS, CHANGES_FILE, VERSIONS_FOLDER, store_version, version_path
from .corpus.transcript import parse_turns, split_front_matter, text_sha256
from .errors import Faults, ForanError, StudyError, UnknownName
from .locking import only_writer
from .registers import store as register_store
from .registers.records import KINDS, Assessment, PackMade
from .registers.withdrawing import Emptied
from .review.answers import Reader
from .tombstones import (
    Redaction,
    Words,
    fallen_in,
    fallen_memos_in,
    is_repeated_beside_memos,
    memos_tombstoned,
    redactions,
    tombstoned,
    words_of,
)
from .vocabulary import READER_CODE

WITHDRAWALS_FILE = "corpus/withdrawals.csv"
COLUMNS = (
    "participant",
    "documents",
    "redacted",
    "at",
    "reason",
    "events",
    "segments",
    "sources",
    "recalled",
)
OUTPUTS = "outputs"
RECORD = "run.json"
CHECKPOINTS = ".ipynb_checkpoints"
#: Seconds that a withdrawal waits for somebody who adds documents or codes.
PATIENCE = 30.0
_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
#: Cells of a withdrawn document's row that stay; the others may tell of her.
_STAYS = ("id", "kind", "case", "date", "written_form", "participants", "disclosure", "text_sha256")
#: Where files with answers to review packs lie, as `foran review collect` keeps them.
ANSWERS = ("corpus/reviews/received", "corpus/reviews/aside")
_REVIEWS = "corpus/reviews"
#: What review packs said, kept so that answers to them are understood; the key that says that words were taken out.
KEPT_PACKS, EMPTIED_PACK = f"{_REVIEWS}/packs", "withdrawn"
_READER = re.compile(r'"reader"\s*:\s*"(r-[a-z2-7]{20})"')
_ANSWER = re.compile(r'"id"\s*:\s*"(a-[a-z2-7]{20})"')
#: What a proposal that came of an answer names as its evidence.
_OF_ANSWER = re.compile(r"svar:(a-[a-z2-7]{20})(?![a-z2-7])")
#: More than this of one file is not searched for her words.
_SEARCHED = 256 * 2**20


@dataclass(frozen=True)
class Recalled:
    """Outputs made from a withdrawn document and deleted here: wherever copies went, they are to be called back.

    `milestone` is the folder's name below outputs/ (or a file's), `run_on` the day it was made, `files` the SHA-256 of
    each file by its name, so that a copy is known.
    """

    milestone: str
    run_on: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """All that a withdrawal will do, by names within the study.

    `documents` go whole, in `redacted` only her turns do. `unlabelled` are documents she took part in where nobody can
    tell by a label which words are hers. `left` are files that repeat her words and that only a person can mend;
    `backups` hold her words as well. `sources` are fingerprints of the files her words came in with.
    """

    participant: str
    documents: tuple[str, ...] = ()
    redacted: tuple[str, ...] = ()
    unlabelled: tuple[str, ...] = ()
    #: Logs to be rewritten, with the tombstones that each has already.
    logs: Mapping[str, int] = field(default_factory=dict)
    deleted: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    recalled: tuple[Recalled, ...] = ()
    left: tuple[str, ...] = ()
    backups: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    #: By redacted document: the fingerprint of every text it has had, and that of the same text without her words.
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Documents and records that go, as ``document:ID`` and ``segment:ID``: memos elsewhere that name them lose their text.
    gone: tuple[str, ...] = ()
    #: Those of `logs` in which texts beside memos are emptied because they repeat her: on segments of other documents, and
    #: in the log of the codebook.
    emptied: tuple[str, ...] = ()
    #: Registers in which rows lose what they say of her, with the number of these rows.
    registers: Mapping[str, int] = field(default_factory=dict)
    #: Review packs that were made with her words: copies are with whoever got them.
    packs: tuple[str, ...] = ()
    #: The ids of her answers to review packs; what came of them is known by these, however short her words are.
    answers: tuple[str, ...] = ()
    #: Proposals for the codebook that came of her answers.
    proposals: tuple[str, ...] = ()
    #: Those of them that were accepted and wait for a release.
    accepted: tuple[str, ...] = ()
    #: Proposals that came of answers whose files are not here, where hers are not either: nobody can tell whose they are.
    untold: tuple[str, ...] = ()
    #: Kept contents of review packs that lose her words.
    kept_packs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Withdrawal:
    """A withdrawal that is done: one row of corpus/withdrawals.csv, and the plan it followed.

    `events` counts events that lost their words, `segments` coded segments that no longer stand.
    """

    participant: str
    documents: tuple[str, ...]
    redacted: tuple[str, ...]
    at: str
    reason: str
    events: int
    segments: int
    sources: tuple[str, ...]
    recalled: tuple[Recalled, ...]
    plan: Plan = field(default=Plan(""), compare=False)
    #: False when nothing of hers was left since this earlier withdrawal.
    is_new: bool = field(default=True, compare=False)


def withdraw(study: Path, participant: str, *, at: str, reason: str) -> Withdrawal:
    """Take a participant's words out of the study; nothing that others said or coded is lost.

    Parameters
    ----------
    study
        The study's folder.
    participant
        Her pseudonym in corpus/participants.csv.
    at
        When she withdrew (or when this is done), as YYYY-MM-DDTHH:MM:SSZ.
    reason
        How it came about, for the record; no names.

    Returns
    -------
    Withdrawal
        What was done. When nothing of hers is left since an earlier withdrawal, that one again. A withdrawal that
        crashed is finished first, with its own `at` and `reason`.

    Raises
    ------
    UnknownName
        For a participant the register does not have.
    StudyError
        When registers or logs concerned have faults: chaining a log anew would hide that somebody edited it.
    ForanError
        When `at` or `reason` are not as they should be, or another withdrawal waits to be finished.
    """
    if not _AT.fullmatch(at) or not _is_time(at):
        raise ForanError("a withdrawal needs its time as YYYY-MM-DDTHH:MM:SSZ; nothing was changed")
    reason = " ".join(reason.split())
    if not reason:
        raise ForanError("a withdrawal needs a reason, such as 'asked by letter'; nothing was changed")
    with ExitStack() as locks:
        # First, as whoever collects answers has it first.
        if (study / _REVIEWS).is_dir():
            locks.enter_context(only_writer(study / _REVIEWS, "foran review collect", wait=PATIENCE))
        locks.enter_context(only_writer(study / "corpus", "foran add, assign or withdraw", wait=PATIENCE))
        if (study / OUTPUTS).is_dir():
            locks.enter_context(only_writer(study / OUTPUTS, "foran run"))
        begun = _begun(study)
        if begun is not None and begun[0].participant != participant:
            raise ForanError(
                f"the withdrawal of {begun[0].participant} was begun and not finished: run `foran withdraw "
                f"{begun[0].participant}` first; nothing was changed"
            )
        if begun is None:
            plan = plan_withdrawal(study, participant)
            earlier = _done(study, plan)
            if earlier is not None:
                return earlier
            begun = plan, at, reason
            _write_journal(study, *begun)
        try:
            return _carry_out(study, *begun)
        except OSError as error:
            raise ForanError(
                f"{error.filename or study}: cannot be written to ({error.strerror}); the withdrawal is begun and not "
                "finished: make room or take away what is in its way, and run it again"
            ) from error


def _reader_meant(given: str, known: Collection[str]) -> str:
    """The one reader whose code is, or begins with, what was given, in any case; else what was given.

    The names of files that a pack saves have eight letters of the code, and people write it as they please.

    >>> _reader_meant("4prcbr5u", ["LESER-4PRCBR5UXA", "FJO-PL-01"]), _reader_meant("leser-4prc", ["LESER-4PRCBR5UXA"])
    ('LESER-4PRCBR5UXA', 'leser-4prc')
    """
    letters = given.strip().upper().removeprefix("LESER-")
    if given in known or not re.fullmatch("[A-Z2-7]{8,10}", letters):
        return given
    found = [name for name in known if name.startswith(f"LESER-{letters}")]
    return found[0] if len(found) == 1 else given


def plan_withdrawal(study: Path, participant: str) -> Plan:
    """What a withdrawal would do; changes nothing.

    Raises
    ------
    UnknownName, StudyError
        As for :func:`withdraw`.
    """
    faults = Faults()
    documents = [row for _, row in read_register(study, DOCUMENTS_FILE, DOCUMENT_COLUMNS, faults)]
    people = {row["id"]: row for _, row in read_register(study, PARTICIPANTS_FILE, PARTICIPANT_COLUMNS, faults)}
    if faults.errors:
        raise StudyError(faults.errors)
    answered = _answered(study)
    participant = _reader_meant(participant, {*people, *answered})
    hers = answered.get(participant, {})
    # A reader of review packs who has written nothing is on no register.
    if participant not in people and not hers and not _has_assessed(study, participant):
        raise UnknownName("participant", participant, sorted(people))
    answers = sorted({answer for ids in hers.values() for answer in ids})
    gone = {name for name, row in people.items() if row.get(WITHDRAWN)} | {participant}
    whole: list[str] = []
    redacted: dict[str, dict[str, Redaction]] = {}
    unlabelled: list[str] = []
    for row in documents:
        texts = _texts_of(study, row["id"], faults)
        found = redactions(texts, participant, has_turns=row["kind"] == "interview")
        informants = row["participants"].split()
        if participant in informants and set(informants) <= gone:
            if texts or not row.get(WITHDRAWN) or _open_logs(study, row["id"]):
                whole.append(row["id"])
        elif any(redaction.spans for redaction in found.values()):
            redacted[row["id"]] = found
        is_made = "-SVAR-" in row["id"]
        if row["id"] not in whole and participant in informants and _has_unlabelled(row, texts, is_made=is_made):
            unlabelled.append(row["id"])
    touched = (*whole, *redacted)
    logs = [path for name in touched for path in _logs_of(study, name)]
    for path in logs:
        _check_log(study, path, faults)
    for row in documents:
        # The first is today's.
        if row["id"] in redacted and row["text_sha256"] != next(iter(redacted[row["id"]])):
            faults.note(
                "text-changed",
                f"{TEXTS_FOLDER}/{row['id']}.md",
                None,
                "a text that is not the registered one",
                f"the text that the codings of {row['id']} speak of",
                f"Run `foran reanchor {row['id']}` or put the old text back, then withdraw.",
            )
    if faults.errors:
        raise StudyError(faults.errors)
    words = _words(study, documents, whole, redacted, _marks(participant, answers))
    tells = bool(touched or words.marks)
    named = _gone(study, whole, redacted, words) if tells else ()
    memos, emptied = _logs_that_tell(study, logs, words, named, faults) if tells else ([], [])
    book_log = _codebook_log(study, words, faults)
    registers = _registers_that_tell(study, participant, named, words, faults)
    if faults.errors:
        raise StudyError(faults.errors)
    dates = {row["id"]: row["date"] for row in documents}
    told = {name: made.first for name, made in registers.items()}
    recalled = tuple(_recalled(study, {name: dates[name] for name in touched}, told, participant, words))
    deleted = sorted({_name(study, path) for name in touched for path in _doomed(study, name, name in whole)})
    deleted += sorted(_name(study, path) for path in _checkpoints(study)) if touched else []
    deleted += sorted(_name(study, path) for path in hers)
    spared = {*deleted, *(_name(study, path) for path in logs), *(f"{TEXTS_FOLDER}/{name}.md" for name in touched)}
    spared |= {_name(study, path) for path in memos} | ({codebook_store.FILE} if book_log is not None else set())
    spared |= {*registers, *(f"{OUTPUTS}/{one.milestone}" for one in recalled)}
    kept_packs = _packs_that_tell(study, _segments_in(named), words)
    spared |= {_name(study, path) for path in kept_packs}
    spared |= {_name(study, path) for kept in touched for path in texts_kept(study, kept)}
    notebooks, left, inside = _repeating(study, words, spared)
    left = (*left, *_repeated_in_versions(study, redacted, words))
    states = {} if book_log is None else states_of(book_log.entries)
    proposals = () if book_log is None else tuple(sorted(codebook_store.proposals_of(book_log, words.are_in)))
    left = (*left, *_names_in_versions(study, [states[name] for name in proposals if name in states], left))
    rewritten = {path: _rewritten(path, whole, redacted, words, named) for path in logs}
    rewritten |= {path: _without_memos(path, words, named) for path in memos}
    if book_log is not None:
        rewritten[study / codebook_store.FILE] = codebook_store.without_words(book_log, words.are_in, at="")[0]
    rewritten |= {study / name: made.text.encode("utf-8") for name, made in registers.items()}
    rewritten |= kept_packs
    # What is left in a log that is rewritten is told of too: nobody is to take it for clean.
    left = (*left, *(_name(study, path) + lines for path, data in rewritten.items() if (lines := _hers(data, words))))
    return Plan(
        participant,
        documents=tuple(whole),
        redacted=tuple(redacted),
        unlabelled=tuple(unlabelled),
        logs={
            **{_name(study, path): _stones(journal.read_log(path, "", Faults())) for path in (*logs, *memos)},
            **({} if book_log is None else {codebook_store.FILE: codebook_store.tombstones_in(book_log)}),
        },
        deleted=tuple(deleted),
        notebooks=notebooks,
        recalled=recalled,
        left=left,
        backups=(*inside, *_backups_beside(study)),
        sources=tuple(sorted({source for name in touched if (source := _source(study, name))})),
        texts={
            name: {old: text_sha256(redaction.text) for old, redaction in found.items()}
            for name, found in redacted.items()
        },
        gone=named,
        emptied=(*(_name(study, path) for path in emptied), *(() if book_log is None else (codebook_store.FILE,))),
        registers={name: made.rows for name, made in registers.items()},
        packs=register_store.packs_with(study, _segments_in(named)),
        answers=tuple(answers),
        proposals=proposals,
        accepted=tuple(name for name in proposals if name in states and states[name].state == "accepted"),
        untold=_of_nobody(study, answered) if words.marks and not hers else (),
        kept_packs=tuple(_name(study, path) for path in kept_packs),
    )


def withdrawn_sources(study: Path) -> frozenset[str]:
    """The SHA-256 of every source file whose words were withdrawn: none of them is to be added again.

    Raises
    ------
    StudyError
        When corpus/withdrawals.csv cannot be read: it may name the very source.
    """
    faults = Faults()
    found = frozenset(source for one in read_withdrawals(study, faults) for source in one.sources)
    if faults.errors:
        raise StudyError(faults.errors)
    return found


def out_of_reach(study: Path, plan: Plan) -> list[str]:
    """What no command here can reach, each with what to do; for the person who withdraws a participant."""
    told = []
    if any((folder / ".git").exists() for folder in (study, *study.parents)):
        told.append(
            "git history: earlier commits hold the words still; commit this state, then make the repository anew from it "
            "(or rewrite its history) on every machine and server that has a copy"
        )
    if plan.backups:
        told.append(f"backups: {', '.join(plan.backups)}; delete them and make a new one with `foran backup`")
    else:
        told.append(
            "backups elsewhere (other drives, servers, the cloud's own copies): delete them, then make a new one"
        )
    if plan.recalled:
        told.append(
            f"copies of {', '.join(one.milestone for one in plan.recalled)}: call them back; {WITHDRAWALS_FILE} has the "
            "SHA-256 of every file"
        )
    if plan.packs:
        told.append(
            f"review packs made with her words: {', '.join(plan.packs)}; call every copy back, and build them anew with "
            "`foran review build`"
        )
    told.append(
        "copies sent to others (review packs, exports, e-mails, prints): call them back, by the list of who got what"
    )
    told.append("the key, the review tables, sound recordings, source files: delete what is hers there")
    if plan.accepted:
        told.append(
            f"{', '.join(plan.accepted)}: accepted, and without words now; decide again in your own words (`foran codebook "
            "decide … --accept --label-nb …`) or reject them: nothing is released before"
        )
    if plan.untold:
        told.append(
            f"{', '.join(plan.untold)}: these proposals came of answers whose files are not in {ANSWERS[0]}; if they are "
            "hers, put her files back from a backup and withdraw again"
        )
    if plan.unlabelled:
        told.append(
            f"{', '.join(plan.unlabelled)}: she took part, and no label tells which of the unlabelled words are hers; read "
            "and edit them by hand"
        )
    if plan.left:
        told.append(f"files that repeat her words, to be mended by hand: {', '.join(plan.left)}")
    books = [name for name in plan.left if re.match(rf"{codebook_store.FOLDER}/[0-9.]+\.yaml", name)]
    if books:
        told.append(
            f"of these the codebook's versions ({', '.join(books)}): take her words out of every version that has them, "
            "nothing else, and run `foran codebook adopt --after-withdrawal`, so that the log knows the files again"
        )
    return told


def read_withdrawals(study: Path, faults: Faults) -> tuple[Withdrawal, ...]:
    """Every withdrawal of the study, oldest first; none when nobody has withdrawn."""
    if not (study / WITHDRAWALS_FILE).exists():
        return ()
    found = []
    for line, row in read_register_without_ids(study, WITHDRAWALS_FILE, COLUMNS, faults):
        try:
            recalled = tuple(_recalled_from(one) for one in json.loads(row["recalled"] or "[]"))
            counts = int(row["events"]), int(row["segments"])
        except (ValueError, TypeError, KeyError):
            faults.note(
                "bad-withdrawal",
                WITHDRAWALS_FILE,
                line,
                "counts that are no numbers, or recalled outputs that are no list",
                "a row as `foran withdraw` writes it",
                "Restore the file from git or a backup; it is written by the tool only.",
            )
            continue
        found.append(
            Withdrawal(
                participant=row["participant"],
                documents=tuple(row["documents"].split()),
                redacted=tuple(row["redacted"].split()),
                at=row["at"],
                reason=row["reason"],
                events=counts[0],
                segments=counts[1],
                sources=tuple(row["sources"].split()),
                recalled=recalled,
            )
        )
    return tuple(found)


# Planning


def _is_time(at: str) -> bool:
    try:
        dt.datetime.fromisoformat(at)
    except ValueError:
        return False
    return True


def _answered(study: Path) -> dict[str, dict[Path, tuple[str, ...]]]:
    """By reader of review packs, the files with her answers and the ids of these."""
    found: dict[str, dict[Path, tuple[str, ...]]] = {}
    for folder in ANSWERS:
        for path in sorted((study / folder).glob("*.json")):
            text = path.read_bytes().decode("utf-8", "replace")
            for reader in _READER.findall(text)[:1]:
                found.setdefault(Reader("", reader, "", "", "").code, {})[path] = tuple(_ANSWER.findall(text))
    return found


def _has_assessed(study: Path, reader: str) -> bool:
    """Whether a reader of review packs stands as assessor in the register."""
    if not READER_CODE.fullmatch(reader):
        return False
    rows = read_register_without_ids(study, Assessment.FILE, ("assessor",), Faults())
    return any(row["assessor"].strip() == reader for _, row in rows)


def _marks(participant: str, answers: Collection[str]) -> frozenset[str]:
    """What stands beside words that came of her answers to review packs."""
    return frozenset((*answers, participant)) if answers or READER_CODE.fullmatch(participant) else frozenset()


def _of_nobody(study: Path, answered: Mapping[str, Mapping[Path, Iterable[str]]]) -> tuple[str, ...]:
    """The proposals that came of answers of which there is no file."""
    log = codebook_store.read_log(study, Faults())
    known = {answer for files in answered.values() for ids in files.values() for answer in ids}
    found = {
        entry.about
        for entry in (log.entries if log is not None else ())
        for text in codebook_store.evidence_in(entry.content)
        if (of := _OF_ANSWER.match(text)) and of[1] not in known
    }
    return tuple(sorted(found))


def _packs_that_tell(study: Path, gone: Collection[str], words: Words) -> dict[Path, bytes]:
    """The kept contents of review packs that show her words, as they will be."""
    rows = read_register_without_ids(study, PackMade.FILE, ("id", "segments"), Faults())
    listed = {row["id"]: row["segments"].split() for _, row in rows}
    found = {}
    for path in sorted((study / KEPT_PACKS).glob("*.json")):
        data = path.read_bytes()
        try:
            pack = json.loads(data)
            made = _emptied_pack(pack, gone, listed.get(path.stem, ()), words)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
        if made != pack:
            text = json.dumps({**made, EMPTIED_PACK: True}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            found[path] = text.encode("utf-8")
    return found


def _emptied_pack(pack: Any, gone: Collection[str], listed: Sequence[str], words: Words) -> dict[str, Any]:
    """A pack without the quotes that fell, and without texts that repeat her; what else it said stays.

    A pack for the public numbers its quotes (q0001 …) as the register lists their segments.
    """

    def segment_of(name: str) -> str:
        number = int(name[1:]) if re.fullmatch(r"q[0-9]{4,}", name) else 0
        return listed[number - 1] if 0 < number <= len(listed) else name

    def bare(value: Any) -> Any:
        if isinstance(value, str):
            return REDACTED if words.are_in(value) else value
        if isinstance(value, dict):
            return {key: bare(item) for key, item in value.items()}
        return [bare(item) for item in value] if isinstance(value, list) else value

    made: dict[str, Any] = bare(pack)
    quotes = [{**one, "words": REDACTED} if segment_of(str(one["id"])) in gone else one for one in made["quotes"]]
    return {**made, "quotes": quotes}


def _names_in_versions(study: Path, released: Iterable[ProposalState], left: Iterable[str]) -> Iterator[str]:
    """Versions of the codebook in which a name that came of her answers is in use, besides those that are named already."""
    files = codebook_store.version_files(study)
    named = {name.partition(":")[0] for name in left}
    for state in released:
        labels = [str(text) for record in state.proposal.codes for text in dict(record.get("label") or {}).values()]
        since = [version for version in files if state.version and version_key(version) >= version_key(state.version)]
        for version in since:
            name = f"{codebook_store.FOLDER}/{version}.yaml"
            lines = files[version].decode("utf-8", "replace").split("\n")
            values = [line.partition(": ")[2].strip(" '\"") for line in lines]
            found = [str(at) for at, value in enumerate(values, 1) if value and value in labels]
            if found and name not in named:
                named.add(name)
                yield f"{name}:{', '.join(found[:3])}{' …' if len(found) > 3 else ''}"


def _name(study: Path, path: Path) -> str:
    return path.relative_to(study).as_posix()


def _logs_of(study: Path, document: str) -> list[Path]:
    return sorted((study / journal.FOLDER).glob(f"*/{document}.jsonl"))


def _stones(log: journal.Log) -> int:
    return sum((event.after or {}).get("kind") == "tombstone" for event in log.events)


def _check_log(study: Path, path: Path, faults: Faults) -> None:
    log = journal.read_log(path, _name(study, path), faults)
    try:
        fold(log.events)
    except InconsistentLog:
        faults.note(
            "broken-history",
            _name(study, path),
            None,
            "an event whose `before` is not the state it meets",
            "a log in its own order",
            "Restore the file from git or a backup, then withdraw.",
        )


def _gone(
    study: Path, whole: Sequence[str], redacted: Mapping[str, Mapping[str, Redaction]], words: Words
) -> tuple[str, ...]:
    """What goes with her words, as memos elsewhere name it.

    Whole documents, every record that touches her words, memos that fall in any log, and what took their place.
    """
    documents = [f"document:{name}" for name in whole]
    hers = {path: redacted.get(name) for name in (*whole, *redacted) for path in _logs_of(study, name)}
    read = {path: journal.read_log(path, "", Faults()) for path in (*hers, *_other_logs(study, hers))}
    records: set[str] = set()
    while True:
        gone = frozenset((*documents, *(f"segment:{name}" for name in records)))
        found = {
            name
            for path, log in read.items()
            for name in (fallen_in(log, hers[path], words, gone) if path in hers else fallen_memos_in(log, words, gone))
        }
        if found <= records:
            return (*documents, *(f"segment:{name}" for name in sorted(records)))
        records |= found


def _other_logs(study: Path, touched: Iterable[Path]) -> list[Path]:
    others = [*(study / journal.FOLDER).glob("*/*.jsonl"), *(study / memo_store.FOLDER).glob("*.jsonl")]
    return sorted(set(others) - set(touched))


def _logs_that_tell(
    study: Path, touched: Sequence[Path], words: Words, gone: Sequence[str], faults: Faults
) -> tuple[list[Path], list[Path]]:
    """The logs of other documents and of none that tell of what goes; those of them that do so beside memos."""
    found, beside = [], []
    names = frozenset(gone)
    for path in _other_logs(study, touched):
        log = journal.read_log(path, "", Faults())
        is_beside = is_repeated_beside_memos(log, words)
        if is_beside or fallen_memos_in(log, words, names):
            _check_log(study, path, faults)
            found.append(path)
        if is_beside:
            beside.append(path)
    return found, beside


def _codebook_log(study: Path, words: Words, faults: Faults) -> codebook_store.CodebookLog | None:
    """The log of the codebook when it repeats her words; what is wrong with it is noted then."""
    found = Faults()
    log = codebook_store.read_log(study, found)
    if log is None or not (study / codebook_store.FILE).is_file():
        return None
    if not words.are_in((study / codebook_store.FILE).read_bytes().decode("utf-8", "replace")):
        return None
    if found.errors:
        faults.extend(found)
        return None
    return log if codebook_store.without_words(log, words.are_in, at="")[1] else None


def _registers_that_tell(
    study: Path, participant: str, gone: Sequence[str], words: Words, faults: Faults
) -> dict[str, Emptied]:
    """The registers of maturity, measures and indicators that tell of her, as they will be, by the names of their files."""
    segments = _segments_in(gone)
    if any((study / kind.FILE).exists() for kind in KINDS.values()):
        # What fell in an earlier withdrawal: a register put back from a backup can name it again.
        segments |= {name for path in _other_logs(study, ()) for name in _wordless(path)}
    found = {
        kind.FILE: register_store.without(study, kind, participant, frozenset(segments), words.are_in, faults)
        for kind in KINDS.values()
    }
    return {name: made for name, made in found.items() if made is not None}


def _segments_in(gone: Iterable[str]) -> set[str]:
    return {name.removeprefix("segment:") for name in gone if name.startswith("segment:")}


def _wordless(path: Path) -> set[str]:
    """The coded segments of a log whose words were withdrawn."""
    events = journal.read_log(path, "", Faults()).events
    return {event.segment for event in events if event.after is not None and is_tombstoned(event.after)}


def _rewritten(
    path: Path, whole: Sequence[str], redacted: Mapping[str, Mapping[str, Redaction]], words: Words, gone: Sequence[str]
) -> bytes:
    """A log of one of her documents as it will be."""
    log = journal.read_log(path, "", Faults())
    texts = None if path.stem in whole else redacted[path.stem]
    return tombstoned(log, at="", texts=texts, words=words, gone=frozenset(gone)).data if log.events else b""


def _without_memos(path: Path, words: Words, gone: Sequence[str]) -> bytes:
    """A log of another document, or of none, as it will be."""
    return memos_tombstoned(journal.read_log(path, "", Faults()), at="", words=words, gone=frozenset(gone)).data


def _hers(data: bytes, words: Words) -> str:
    """The first lines of a file to be that repeat her words, as ``:3, 17``."""
    return _lines_of(data.decode("utf-8"), words)


def _open_logs(study: Path, document: str) -> list[Path]:
    """The logs of a document in which something stands beside tombstones."""
    found = []
    for path in _logs_of(study, document):
        log = journal.read_log(path, _name(study, path), Faults())
        if not log.events or (log.events[-1].after or {}).get("kind") != "tombstone":
            found.append(path)
    return found


def _texts_of(study: Path, document: str, faults: Faults) -> list[str]:
    """The canonical texts a document has had, today's first."""
    texts = []
    path = study / TEXTS_FOLDER / f"{document}.md"
    if path.exists():
        raw = read_utf8(path, _name(study, path), faults)
        texts += [] if raw is None else [split_front_matter(raw)[1]]
    for kept in texts_kept(study, document):
        raw = read_utf8(kept, _name(study, kept), faults)
        texts += [] if raw is None else [raw]
    return texts


def _has_unlabelled(row: Row, texts: Sequence[str], *, is_made: bool) -> bool:
    """Whether something in today's text has no label; a note that is made of answers begins with a line of its own."""
    turns = parse_turns(texts[0], has_turns=row["kind"] == "interview") if texts else ()
    labels = [place for place, turn in enumerate(turns) if turn.speaker is not None]
    turns = turns[labels[0] :] if is_made and labels else turns
    return any(turn.speaker is None and turn.kind != "heading" for turn in turns)


def _words(
    study: Path,
    documents: Sequence[Row],
    whole: Sequence[str],
    redacted: Mapping[str, Mapping[str, Redaction]],
    marks: Iterable[str] = (),
) -> Words:
    """Her words, to be known where they are repeated: all of whole documents but what the interviewer and others said."""
    hers: list[str] = []
    others: list[str] = []
    for row in documents:
        name = row["id"]
        texts = _texts_of(study, name, Faults())
        if name in whole:
            for text in texts:
                for turn in parse_turns(text, has_turns=row["kind"] == "interview"):
                    is_hers = turn.speaker is None or turn.speaker in row["participants"].split()
                    (hers if is_hers else others).append(turn.span.of(text))
        elif name in redacted:
            found = redacted[name].values()
            hers += [redaction.old[start:end] for redaction in found for start, end in redaction.spans]
            # What stands in today's text only: there the labels have been put right.
            others += [redaction.text for redaction in [*found][:1]]
        else:
            others += texts
    return words_of(hers, others, marks)


def _doomed(study: Path, document: str, is_whole: bool) -> Iterator[Path]:
    """Files of a document that go: text and earlier texts when it goes whole, else what editors and crashes left of them."""
    texts = study / TEXTS_FOLDER
    for path in sorted(texts.glob(f".{document}.md*")) + sorted(texts.glob(f"{document}.md?*")):
        if path.is_file():
            yield path
    if is_whole:
        yield from (path for path in (texts / f"{document}.md", *texts_kept(study, document)) if path.exists())
    for path in sorted((study / VERSIONS_FOLDER / document).glob(".*")):
        yield path
    for folder in sorted((study / journal.FOLDER).glob("*")):
        yield from sorted(folder.glob(f".{document}.jsonl*"))
        yield from sorted(folder.glob(f"{document}.jsonl?*"))


def _checkpoints(study: Path) -> Iterator[Path]:
    for path in _walk(study):
        if CHECKPOINTS in path.relative_to(study).parts:
            yield path


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder but those of git, caches and locks, in order; links are not followed."""
    for path in sorted(folder.iterdir()):
        if path.name in CACHES or path.name == ".lock" or path.is_symlink():
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path


def _source(study: Path, document: str) -> str:
    path = study / TEXTS_FOLDER / f"{document}.md"
    front = split_front_matter(path.read_text(encoding="utf-8", errors="replace"))[0] if path.exists() else ""
    found = re.search(r"^source_sha256: *([0-9a-f]{64})\s*$", front, re.MULTILINE)
    return found[1] if found else ""


def _recalled(
    study: Path, dates: Mapping[str, str], registers: Mapping[str, str], participant: str, words: Words
) -> Iterator[Recalled]:
    """The outputs that used one of the documents or of the rows that go: by their record, or because they name or repeat it.

    `registers` gives the day of the first of these rows.
    """
    folder = study / OUTPUTS
    if not (dates or registers or words.marks) or not folder.is_dir():
        return
    names = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, (*dates, participant)))})(?![\w-])")
    for path in sorted(folder.iterdir()):
        if path.name == ".lock" or path.is_symlink():
            continue
        files = list(_walk(path)) if path.is_dir() else [path]
        is_used = path.is_dir() and _is_used(path, dates, registers)
        if is_used or any(_tells(file, names, words) for file in files if file.name != RECORD):
            made = path / RECORD if (path / RECORD).is_file() else path
            yield Recalled(
                path.name,
                dt.datetime.fromtimestamp(made.stat().st_mtime, dt.UTC).date().isoformat(),
                {file.relative_to(path).as_posix() if path.is_dir() else file.name: _sha256(file) for file in files},
            )


def _is_used(folder: Path, dates: Mapping[str, str], registers: Mapping[str, str]) -> bool:
    """Whether a run's record says that a document or row lay before it and within its cut-off; True when it is broken."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        there = [name for name in dates if f"{TEXTS_FOLDER}/{name}.md" in record["inputs"]]
        is_read = any(registers[name] <= record["cut_off"] for name in registers if name in record["inputs"])
        return is_read or any(dates[name] <= record["cut_off"] for name in there)
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError):
        return True


def _tells(file: Path, names: re.Pattern[str], words: Words) -> bool:
    return any(names.search(text) or words.are_in(text) for text in _texts_in(file))


def _texts_in(file: Path) -> Iterator[str]:
    """What can be read as text in a file, members of archives (.zip, .xlsx, .docx) one by one."""
    if file.stat().st_size > _SEARCHED:
        return
    yield from _texts_in_bytes(file.read_bytes(), depth=2)


def _texts_in_bytes(data: bytes, depth: int) -> Iterator[str]:
    if data.startswith(b"PK\x03\x04") and depth:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                left = _SEARCHED
                for member in archive.infolist():
                    if member.file_size <= left:
                        left -= member.file_size
                        yield from _texts_in_bytes(archive.read(member), depth - 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
            yield data.decode("utf-8", "replace")
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield data.decode("utf-16", "replace")
    else:
        yield data.decode("utf-8", "replace")


def _repeating(
    study: Path, words: Words, spared: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Files that repeat her words: notebooks by what they put out, all others, and backups that lie in the study."""
    spared = frozenset(spared)
    notebooks, left, backups = [], [], []
    for path in _walk(study):
        name = _name(study, path)
        if name in spared or any(name.startswith(f"{one}/") for one in spared):
            continue
        if is_backup(path):
            backups.append(name)
        elif any(words.are_in(text) for text in _texts_in(path)):
            stripped = _stripped(path) if path.suffix == ".ipynb" else None
            if stripped is not None:
                notebooks.append(name)
            if stripped is None or words.are_in(stripped):
                left.append(name + _lines(path, words))
    return tuple(notebooks), tuple(left), tuple(backups)


def _repeated_in_versions(study: Path, redacted: Mapping[str, Mapping[str, Redaction]], words: Words) -> Iterator[str]:
    """Earlier texts that repeat her words still when her turns are out, by the names they will have."""
    for document, found in redacted.items():
        for redaction in [*found.values()][1:]:
            if words.are_in(redaction.text):
                path = version_path(study, document, text_sha256(redaction.text))
                yield _name(study, path) + _lines_of(redaction.text, words)


def _lines(path: Path, words: Words) -> str:
    return _lines_of(path.read_bytes().decode("utf-8", "replace"), words)


def _lines_of(text: str, words: Words) -> str:
    """The first lines of a text that repeat her words, as ``:3, 17``; "" when they run over several lines."""
    lines = text.split("\n")
    found = [str(number) for number, line in enumerate(lines, 1) if words.are_in(line)]
    return f":{', '.join(found[:3])}{' …' if len(found) > 3 else ''}" if found else ""


def _stripped(path: Path) -> str | None:
    """A notebook without what its cells have put out, or None when it is none or has put out nothing."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if cell.get("outputs")]
        for cell in cells:
            cell["outputs"], cell["execution_count"] = [], None
        notebook.get("metadata", {}).pop("widgets", None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n" if cells else None


def _backups_beside(study: Path) -> list[str]:
    return [str(path) for path in sorted(study.resolve().parent.glob("*.zip")) if path.is_file() and is_backup(path)]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# Carrying out


def _begun(study: Path) -> tuple[Plan, str, str] | None:
    """The withdrawal that was begun and not finished, with its time and reason."""
    try:
        raw: Any = json.loads((study / UNFINISHED_WITHDRAWAL).read_text(encoding="utf-8"))
        plan = raw["plan"]
        recalled = tuple(_recalled_from(one) for one in plan.pop("recalled"))
        texts = plan.pop("texts")
        logs = plan.pop("logs")
        registers = plan.pop("registers", {})
        lists = {key: tuple(value) for key, value in plan.items() if key != "participant"}
        begun = Plan(plan["participant"], recalled=recalled, texts=texts, logs=logs, registers=registers, **lists)
        return begun, str(raw["at"]), str(raw["reason"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ForanError(
            f"{UNFINISHED_WITHDRAWAL} cannot be read: delete it, and withdraw again; nothing was changed"
        ) from None


def _recalled_from(raw: Mapping[str, Any]) -> Recalled:
    return Recalled(str(raw["milestone"]), str(raw["run_on"]), dict(raw["files"]))


def _write_journal(study: Path, plan: Plan, at: str, reason: str) -> None:
    told = {"plan": asdict(plan), "at": at, "reason": reason}
    try:
        write_atomically(study / UNFINISHED_WITHDRAWAL, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise ForanError(f"{study}: cannot be written to ({error.strerror}); nothing was changed") from error


def _done(study: Path, plan: Plan) -> Withdrawal | None:
    """The participant's last withdrawal, when there is nothing left to do."""
    faults = Faults()
    earlier = [one for one in read_withdrawals(study, faults) if one.participant == plan.participant]
    if faults.errors:
        raise StudyError(faults.errors)
    people = read_register(study, PARTICIPANTS_FILE, PARTICIPANT_COLUMNS, Faults())
    is_out = any(row["id"] == plan.participant and row.get(WITHDRAWN) for _, row in people)
    return (
        replace(earlier[-1], plan=plan, is_new=False)
        if is_out
        and earlier
        and not (plan.documents or plan.redacted or plan.registers or plan.logs or plan.deleted or plan.kept_packs)
        else None
    )


def _carry_out(study: Path, plan: Plan, at: str, reason: str) -> Withdrawal:
    events = segments = 0
    words = _words_of_plan(study, plan)
    for document in (*plan.documents, *plan.redacted):
        for path in _logs_of(study, document):
            # The coder's own window waits, and then finds that its log has changed.
            with only_writer(path.parent, "coding", wait=PATIENCE):
                counts = _bury(study, path, document, plan, at, words)
            events, segments = events + counts[0], segments + counts[1]
    events += _bury_memos(study, plan, at, words)
    if codebook_store.FILE in plan.logs:
        events += _bury_proposals(study, plan.logs[codebook_store.FILE], at, words)
    for path, data in _packs_that_tell(study, _segments_in(plan.gone), words).items():
        write_atomically(path, data)
    _empty_registers(study, plan, words)
    _write_changes(study, plan, words)
    for document in plan.redacted:
        _redact_texts(study, document, plan)
    for document in (*plan.documents, *plan.redacted):
        for path in _doomed(study, document, document in plan.documents):
            path.unlink(missing_ok=True)
        if document in plan.documents:
            shutil.rmtree(study / VERSIONS_FOLDER / document, ignore_errors=True)
    for name in plan.deleted:
        (study / name).unlink(missing_ok=True)
    for one in plan.recalled:
        _delete(study / OUTPUTS / one.milestone)
    for name in plan.notebooks:
        stripped = _stripped(study / name)
        if stripped is not None:
            write_atomically(study / name, stripped)
    _write_registers(study, plan, at)
    made = Withdrawal(
        plan.participant,
        plan.documents,
        plan.redacted,
        at,
        reason,
        events,
        segments,
        plan.sources,
        plan.recalled,
        plan,
    )
    _write_withdrawals(study, made)
    (study / UNFINISHED_WITHDRAWAL).unlink(missing_ok=True)
    return made


def _words_of_plan(study: Path, plan: Plan) -> Words:
    """Her words as far as they are there still: a withdrawal that goes on after a crash needs those of open logs only."""
    documents = [row for _, row in read_register(study, DOCUMENTS_FILE, DOCUMENT_COLUMNS, Faults())]
    redacted = {row["id"]: _redactions(study, row["id"], plan) for row in documents if row["id"] in plan.redacted}
    return _words(study, documents, plan.documents, redacted, _marks(plan.participant, plan.answers))


def _redactions(study: Path, document: str, plan: Plan) -> dict[str, Redaction]:
    """The planned redactions of a document; texts that this withdrawal has written already are none of those it is to read."""
    rows = read_register(study, DOCUMENTS_FILE, DOCUMENT_COLUMNS, Faults())
    has_turns = any(row["id"] == document and row["kind"] == "interview" for _, row in rows)
    texts = [text for text in _texts_of(study, document, Faults()) if text_sha256(text) in plan.texts[document]]
    return redactions(texts, plan.participant, has_turns=has_turns)


def _bury(study: Path, path: Path, document: str, plan: Plan, at: str, words: Words) -> tuple[int, int]:
    """Rewrite one log without her words, unless that is done; how many events and segments it cost."""
    faults = Faults()
    log = journal.read_log(path, _name(study, path), faults)
    if faults.errors:
        raise StudyError(faults.errors)
    if _stones(log) > plan.logs.get(_name(study, path), 0):
        done = [e.after for e in log.events if e.after is not None and e.after.get("kind") == "tombstone"][-1]
        return int(done["events"]), int(done["segments"])
    if not log.events:
        if log.torn:
            write_atomically(path, b"")
        return 0, 0
    texts = _redactions(study, document, plan) if document in plan.redacted else None
    made = tombstoned(log, at=at, texts=texts, words=words, gone=frozenset(plan.gone))
    write_atomically(path, made.data)
    return made.wordless, made.segments


def _bury_memos(study: Path, plan: Plan, at: str, words: Words) -> int:
    """Rewrite the planned logs of other documents and of none without what tells of her; how many events it cost."""
    touched = {
        _name(study, path) for document in (*plan.documents, *plan.redacted) for path in _logs_of(study, document)
    }
    count = 0
    for name in sorted(plan.logs.keys() - touched - {codebook_store.FILE}):
        path = study / name
        with only_writer(path.parent, "coding", wait=PATIENCE):
            faults = Faults()
            log = journal.read_log(path, name, faults)
            if faults.errors:
                raise StudyError(faults.errors)
            if _stones(log) > plan.logs[name]:
                done = [e.after for e in log.events if e.after is not None and e.after.get("kind") == "tombstone"][-1]
                count += int(done["events"])
                continue
            made = memos_tombstoned(log, at=at, words=words, gone=frozenset(plan.gone))
            write_atomically(path, made.data)
            count += made.wordless
    return count


def _bury_proposals(study: Path, stones: int, at: str, words: Words) -> int:
    """Rewrite the log of the codebook without texts that repeat her, unless that is done; how many entries it cost."""
    path = study / codebook_store.FILE
    with only_writer(path.parent, "foran codebook", wait=PATIENCE):
        faults = Faults()
        log = codebook_store.read_log(study, faults)
        if faults.errors:
            raise StudyError(faults.errors)
        if log is None:
            return 0
        if codebook_store.tombstones_in(log) > stones:
            done = [entry.content for entry in log.entries if entry.action == "tombstone"][-1]
            return int(done["entries"])
        data, count = codebook_store.without_words(log, words.are_in, at=at)
        write_atomically(path, data)
        return count


def _empty_registers(study: Path, plan: Plan, words: Words) -> None:
    """Take what tells of her out of the registers; what is done already is found to be so."""
    if plan.registers:
        faults = Faults()
        for name, made in _registers_that_tell(study, plan.participant, plan.gone, words, faults).items():
            write_atomically(study / name, made.text)
        if faults.errors:
            raise StudyError(faults.errors)


def _redact_texts(study: Path, document: str, plan: Plan) -> None:
    """Put the redacted texts in the place of a document's texts, the earlier ones first."""
    path = study / TEXTS_FOLDER / f"{document}.md"
    raw = path.read_bytes().decode("utf-8")
    front, text = split_front_matter(raw)
    planned = plan.texts[document]
    versions = texts_kept(study, document)
    made = {old: redaction.text for old, redaction in _redactions(study, document, plan).items()}
    # After a crash some of the old texts are gone, and what is made of the others differs; but then all new ones are there.
    made = {old: text for old, text in made.items() if text_sha256(text) == planned[old]}
    for redacted in made.values() if versions or len(planned) > 1 else ():
        store_version(study, document, redacted)
    # Today's last: without it nobody knows whose words the others are.
    if (now := text_sha256(text)) in made:
        write_atomically(path, (f"---\n{front}---\n\n" if front else "") + made[now])
    for version in versions:
        if not any(sha256.startswith(version.stem) for sha256 in planned.values()):
            version.unlink(missing_ok=True)


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write_changes(study: Path, plan: Plan, words: Words) -> None:
    """Take withdrawn documents out of the list of changed texts, and give redacted ones the fingerprints they have now."""
    if not (study / CHANGES_FILE).exists():
        return
    faults = Faults()
    changes = read_register_without_ids(study, CHANGES_FILE, CHANGE_COLUMNS, faults)
    if faults.errors:
        raise StudyError(faults.errors)
    kept = [_redacted_change(row, plan, words) for _, row in changes if row["document"] not in plan.documents]
    _rewrite(study, CHANGES_FILE, CHANGE_COLUMNS, kept)


def _write_registers(study: Path, plan: Plan, at: str) -> None:
    """Mark her and her documents in the registers; what a row told beside ids and counts goes."""
    day = at[:10]

    def document(row: Row) -> Row:
        if row["id"] in plan.documents:
            bare = {key: value if key in _STAYS else "" for key, value in row.items()}
            return {**bare, "title": row["id"], WITHDRAWN: row.get(WITHDRAWN) or day}
        if row["id"] in plan.redacted:
            return {**row, "text_sha256": plan.texts[row["id"]].get(row["text_sha256"], row["text_sha256"])}
        return row

    def person(row: Row) -> Row:
        if row["id"] != plan.participant:
            return row
        return {
            **{key: value if key == "id" else "" for key, value in row.items()},
            WITHDRAWN: row.get(WITHDRAWN) or day,
        }

    _rewrite(study, DOCUMENTS_FILE, DOCUMENT_COLUMNS, [document(row) for row in _rows(study, DOCUMENTS_FILE)])
    people = [person(row) for row in _rows(study, PARTICIPANTS_FILE)]
    if plan.participant not in {row["id"] for row in people}:
        people.append({"id": plan.participant, WITHDRAWN: day})
    _rewrite(study, PARTICIPANTS_FILE, PARTICIPANT_COLUMNS, people)


def _redacted_change(row: Row, plan: Plan, words: Words) -> Row:
    hashes = plan.texts.get(row["document"], {})
    moved = {key: hashes.get(row[key], row[key]) for key in ("from_sha256", "to_sha256")}
    return {**row, **moved, "reason": "" if words.are_in(row["reason"]) else row["reason"]}


def _rows(study: Path, name: str) -> list[Row]:
    columns = DOCUMENT_COLUMNS if name == DOCUMENTS_FILE else PARTICIPANT_COLUMNS
    faults = Faults()
    rows = [row for _, row in read_register(study, name, columns, faults)]
    # A row that cannot be read would be lost in writing.
    if faults.errors:
        raise StudyError(faults.errors)
    return rows


def _rewrite(study: Path, name: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Write a register with the columns that people have added of their own, unless nothing has changed."""
    own = dict.fromkeys(column for row in rows for column in row if column not in columns)
    text = register_text(
        [{column: row.get(column, "") for column in (*columns, *own)} for row in rows], (*columns, *own)
    )
    if (study / name).read_bytes() != text.encode("utf-8"):
        write_atomically(study / name, text)


def _write_withdrawals(study: Path, made: Withdrawal) -> None:
    path = study / WITHDRAWALS_FILE
    faults = Faults()
    if any((one.participant, one.at) == (made.participant, made.at) for one in read_withdrawals(study, faults)):
        return
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    if not path.exists():
        writer.writeheader()
    recalled = [asdict(one) for one in made.recalled]
    writer.writerow(
        {
            "participant": made.participant,
            "documents": " ".join(made.documents),
            "redacted": " ".join(made.redacted),
            "at": made.at,
            "reason": made.reason,
            "events": made.events,
            "segments": made.segments,
            "sources": " ".join(made.sources),
            "recalled": json.dumps(recalled, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
        }
    )
    before = path.read_bytes().decode("utf-8") if path.exists() else ""
    write_atomically(path, before + ("\n" if before and not before.endswith("\n") else "") + out.getvalue())
