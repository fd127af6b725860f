"""Bringing documents into a study, from files to registers: read, understand, look for names, decide, write.

Each step takes the value of the one before. Nothing is written before every text of every file is through all of them;
then the key is saved (it lies outside the study), and after it the study, all or nothing.
"""

from __future__ import annotations

import datetime as dt
import gc
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from .codebook.store import read_lineage
from .coding import journal
from .coding.coders import IMPORTER
from .coding.reanchor import KnownPlaces
from .corpus import text_versions
from .corpus.hits import Hit
from .corpus.identifiers import DETECTOR_VERSION, find_identifiers
from .corpus.intake import (
    Description,
    Material,
    checked_description,
    front_matter,
    next_id,
    read_materials,
    sources_in,
    write_all,
)
from .corpus.intake_plan import (
    Composed,
    Joined,
    Placed,
    composed,
    fingerprint,
    folded,
    is_full_name,
    is_role,
    joined,
    may_be_one,
    moved,
    name_in,
    same_speakers,
    within_passages,
)
from .corpus.key import Key, save
from .corpus.names import KnownNames, find_names, known_names
from .corpus.preview import FIRST_TURNS, Preview, encoding_of, hits_by_kind, shortened, speakers_of
from .corpus.pseudonyms import Decision, contains_name, decided, normal_form, replaced
from .corpus.review import ReviewRow, Undecided, read_review, review_rows, write_review
from .corpus.store import (
    DOCUMENT_COLUMNS,
    DOCUMENTS_FILE,
    PARTICIPANT_COLUMNS,
    PARTICIPANTS_FILE,
    TEXTS_FOLDER,
    UNFINISHED_WITHDRAWAL,
    WITHDRAWN,
    Row,
    read_processes,
    read_register,
    read_register_without_ids,
    read_utf8,
    register_text,
)
from .corpus.transcript import canonical, parse_turns, split_front_matter, text_sha256
from .corpus.written_form import detect_written_form
from .errors import Faults, ForanError, StudyError, UnknownName
from .locking import only_writer
from .reanchoring import Reanchored, reanchor
from .retention import check_import
from .settings import Settings, read_settings
from .study import study_path
from .withdrawal import withdrawn_sources

#: What was found in each document and what became of it, in numbers; the names themselves are in the key only.
CHECKS_FILE = "corpus/pseudonymisation.csv"
CHECK_COLUMNS = (
    "document", "detector_version", "hits", "replaced", "generalised", "kept", "unreviewed", "reason", "date",
)  # fmt: skip
#: Numbers of turns that a message names before it only counts them.
_MOST_TURNS = 12
#: What `persons` may say of a label besides a pseudonym.
SOMEBODY_ELSE = "new"
#: Kinds of hits that are too common to be told of turn by turn where nobody is real.
_COMMON = frozenset(("capitalised", "sensitive", "place", "organisation", "postcode", "url"))

#: In "KariNordmann_1".
_BETWEEN_WORDS = re.compile(r"[\d_-]+|(?<=[a-zæøå])(?=[A-ZÆØÅ])")

Say = Callable[[str], None]
Known = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class How:
    """How documents are brought in, beside what is said of them.

    `pattern` is the name of a convention or a template such as "{speaker}:"; `only` picks texts of a project file by name;
    `is_again` takes a text that says the same words as one in the study; `reason` lets hits through that nobody looked at.
    `persons` says who labels are: a label with its pseudonym, or with "new" for somebody whom no document has yet.
    """

    pattern: str = ""
    only: tuple[str, ...] = ()
    is_again: bool = False
    reason: str = ""
    persons: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Added:
    """One text's result: the document's id, its size, and what was understood of it.

    `may_identify` are the numbers of turns in which a name or number still stands that may tell who somebody is: in a
    synthetic study only labels are replaced. `known` are the participants that the key knew before.
    """

    source: str
    document: str
    words: int
    units: int
    speakers: int
    written_form: str
    is_new: bool
    may_identify: tuple[int, ...] = ()
    remarks: int = 0
    #: Kinds of things that the source holds and the study does not, with their counts.
    left_out: tuple[tuple[str, int], ...] = ()
    replaced: int = 0
    generalised: int = 0
    kept: int = 0
    unreviewed: int = 0
    known: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A text on its way in: what it will be called, who its speakers become, what was found in it and what is decided."""

    material: Material
    document: str
    labels: Mapping[str, str] = field(repr=False)
    people: tuple[str, ...]
    known: tuple[str, ...] = ()
    #: Labels that may be one of these pseudonyms, or somebody else.
    doubts: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    whole: Joined = field(default_factory=lambda: Joined("", ()))
    hits: tuple[Hit, ...] = ()
    remark_hits: tuple[tuple[Hit, ...], ...] = ()
    pairs: tuple[tuple[Hit, Decision], ...] = ()
    waiting: tuple[Hit, ...] = ()
    remark_pairs: tuple[tuple[tuple[Hit, Decision], ...], ...] = ()
    remark_waiting: tuple[tuple[Hit, ...], ...] = ()

    @property
    def undecided(self) -> int:
        """How many hits wait for a decision."""
        return len(self.waiting) + sum(map(len, self.remark_waiting))


@dataclass(frozen=True, repr=False)
class OpenKey:
    """The key as it was opened, how to save it, and a review table that somebody has filled in, if there is one."""

    key: Key
    path: Path
    passphrase: str
    table: Path | None = None

    def __repr__(self) -> str:
        return f"<OpenKey: {self.key!r}>"


class NotDecided(ForanError):
    """Hits that nobody has decided on: the review table is written, and nothing is in the study."""

    def __init__(self, table: Path, counts: Mapping[str, Mapping[str, Sequence[int]]]) -> None:
        self.table, self.counts = table, counts
        total = sum(len(turns) for kinds in counts.values() for turns in kinds.values())
        listing = "\n".join(
            f"  {document}: {len(turns)} {kind} (turn {_some(turns)})"
            for document, kinds in counts.items()
            for kind, turns in sorted(kinds.items())
        )
        super().__init__(
            f"{total} hit{'' if total == 1 else 's'} that may tell who somebody is wait for a decision; nothing was written "
            f"in the study\n{listing}\n  Fill in {table}, then run the same command with --review {table}"
        )


def _some(turns: Sequence[int]) -> str:
    shown = sorted(set(turns))
    named = ", ".join("remark" if turn == 0 else str(turn) for turn in shown[:_MOST_TURNS])
    return named + (f" and {len(shown) - _MOST_TURNS} more" if len(shown) > _MOST_TURNS else "")


# Read and understand


@dataclass(frozen=True)
class _Batch:
    """All that adding needs to know before it looks for names."""

    settings: Settings
    about: Description
    documents: tuple[Row, ...]
    participants: tuple[Row, ...]
    drafts: tuple[Draft, ...]
    #: Texts that are in the study already, from the same file.
    there: tuple[tuple[Material, str], ...]
    #: Documents whose text is there without a row: an adding that was cut short.
    unfinished: frozenset[str]


def _settings(study: Path, today: dt.date | None, faults: Faults) -> Settings:
    settings = read_settings(study, faults)
    if settings is None:
        raise StudyError(faults.errors)
    if today is not None:
        faults += check_import(settings, today).errors
    return settings


def _vocabulary(study: Path, settings: Settings, case: str) -> dict[str, Sequence[str]]:
    """The words a description may use; a document and its process belong to one case."""
    vocabulary = settings.vocabulary()
    processes = read_processes(study, vocabulary, Faults())
    return {**vocabulary, "process": tuple(processes.index[processes["case"] == case])}


def _batch(
    study: Path,
    files: Sequence[Path],
    about: Description,
    how: How,
    settings: Settings,
    key: OpenKey | None,
    faults: Faults,
    say: Say | None = None,
    *,
    replaces: str = "",
    is_preview: bool = False,
) -> _Batch:
    documents = [row for _, row in read_register(study, DOCUMENTS_FILE, DOCUMENT_COLUMNS, faults)]
    participants = [row for _, row in read_register(study, PARTICIPANTS_FILE, PARTICIPANT_COLUMNS, faults)]
    if (study / UNFINISHED_WITHDRAWAL).exists():
        faults.note("unfinished-withdrawal", UNFINISHED_WITHDRAWAL, None, "a withdrawal that has not ended",
                    "no withdrawal at work", "Run `foran withdraw` again to end it, then add.")  # fmt: skip
    materials = read_materials(
        files, faults, has_speakers=about.kind != "public_document", is_open=settings.is_synthetic, pattern=how.pattern,
        only=how.only, say=say,
    )  # fmt: skip
    texts = max(len(materials), len(files))
    about = checked_description(about, _vocabulary(study, settings, about.case), texts, faults)
    if replaces:
        about = _asking_again(study, materials, about, settings)
    registered = {row["id"] for row in documents}
    # A text without a row is a half-finished adding: the file is not in the study, and the text is never overwritten.
    # Added again from the same file, it is taken up under the id it had.
    made_from = sources_in(study)
    there = {key: name for key, name in made_from.items() if name in registered}
    unfinished = {key: name for key, name in made_from.items() if name not in registered}
    taken = registered | {path.stem for path in (study / TEXTS_FOLDER).glob("[!.]*.md")}
    is_own = all(about.id in (there.get(one.key, about.id), unfinished.get(one.key)) for one in materials) and all(
        one.key in there or unfinished.get(one.key) == about.id for one in materials
    )
    if about.id.casefold() in {name.casefold() for name in taken} and not is_own and not replaces:
        faults.note("duplicate-id", "--id", None, f"{about.id} is in the study", "a new id", "Choose another.")
    # A look is for seeing that nobody was understood to speak, and which pattern would tell.
    if not is_preview:
        _check_speakers(about, materials, settings.interviewers, faults)
    if faults.errors:
        raise StudyError(faults.errors)
    known, fresh = [], []
    ids: dict[str, str] = {}
    for one in materials:
        earlier = there.get(one.key) or ids.get(one.key)
        if earlier and not replaces:
            known.append((one, earlier))
            continue
        ids[one.key] = about.id or unfinished.get(one.key) or next_id(about, taken)
        taken.add(ids[one.key])
        fresh.append(one)
    _check_sources(study, fresh, there, about, how, faults, is_replacing=bool(replaces))
    said = _said_persons(how.persons, materials, faults)
    names = key.key if key else None
    if replaces:
        drafts = _named_again(study, fresh, documents, about, settings, participants, names, said)
    else:
        drafts = _named(fresh, ids, about, settings, participants, names, {}, said)
    for draft in () if is_preview else drafts:
        _note_doubts(draft, faults)
    withdrawn = {row["id"] for row in participants if row.get(WITHDRAWN)}
    for draft in drafts:
        unsure = {draft.labels[label] for label in draft.doubts}
        for person in sorted(withdrawn & set(draft.people) - unsure):
            faults.note("withdrawn", draft.material.file, None, f"{person}, who has withdrawn, speaks in it",
                        "participants who take part", "Leave the file out.")  # fmt: skip
    if faults.errors:
        raise StudyError(faults.errors)
    return _Batch(
        settings, about, tuple(documents), tuple(participants), drafts, tuple(known), frozenset(unfinished.values())
    )


def _asking(about: Description, interviewers: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(name) for name in (*about.interviewers, *interviewers))


def _asking_again(study: Path, materials: Sequence[Material], about: Description, settings: Settings) -> Description:
    """What is said of a correction, with the labels that say an interviewer's turns word for word as interviewers."""
    raw = read_utf8(study / TEXTS_FOLDER / f"{about.id}.md", about.id, Faults())
    text = split_front_matter(canonical(raw or ""))[1]
    turns = [turn for turn in parse_turns(text, has_turns=about.kind == "interview") if turn.speaker]
    asking = _asking(about, settings.interviewers)
    asked, told = (
        {" ".join(turn.span.of(text).split()) for turn in turns if (folded(turn.speaker or "") in asking) is is_asking}
        for is_asking in (True, False)
    )
    votes: Counter[str] = Counter()
    for passage in (passage for one in materials for passage in one.passages if passage.speaker):
        words = " ".join(passage.words.split())
        votes[passage.speaker] += (words in asked) - (words in told)
    return replace(about, interviewers=(*about.interviewers, *(label for label, count in votes.items() if count > 0)))


def _check_speakers(
    about: Description, materials: Sequence[Material], known_interviewers: frozenset[str], faults: Faults
) -> None:
    """A label that no file has is a slip, and would let an interviewer's words count as an informant's."""
    met = {folded(speaker) for one in materials for speaker in one.speakers}
    asking = _asking(about, known_interviewers)
    for one in materials if about.kind == "interview" else ():
        if not {folded(speaker) for speaker in one.speakers} - asking:
            faults.note(
                "no-informant",
                one.file,
                None,
                f"an interview of {len(one.passages)} paragraphs in which nobody but an interviewer is named",
                '"Name: words" on a line for every turn',
                "Label the turns, say with --pattern how they are labelled, or add the file with --kind workshop_note if "
                "it is no conversation.",
            )
    for label in about.interviewers if materials else ():
        if folded(label) not in met:
            faults.note("unknown-interviewer", "--interviewer", None, f"a label of {len(label)} characters that no file has",
                        "a speaker label as the file writes it", "Correct the label.")  # fmt: skip
    if about.interviewers and not known_interviewers:
        faults.note("no-interviewers", "--interviewer", None, "no label for interviewers in the study",
                    'interviewers = ["Intervjuer"] under [corpus] in foran.toml', "Add it first.")  # fmt: skip


def _named(
    materials: Sequence[Material],
    ids: Mapping[str, str],
    about: Description,
    settings: Settings,
    participants: Sequence[Row],
    key: Key | None,
    spoke: Mapping[str, str],
    said: Mapping[str, str],
) -> tuple[Draft, ...]:
    """Every text with what its labels become: the key's pseudonym for a name it knows, else a new one.

    In a synthetic study, and for labels that are no names ("Informant 2"), the new one belongs to the document alone.
    `spoke` says who a label was in an earlier text of the same document, `said` what the person who adds says of a label.
    """
    rows = {row["id"]: row for row in participants}
    registered = set(rows)
    by_id = {folded(name): name for name in registered} if key else {}
    bearers = _bearers(key) if key else {}
    third = {one.pseudonym for one in key.entries if one.replacement} if key else set()
    taken = registered | ({one.pseudonym for one in key.entries} if key else set())
    everybody = registered | set(bearers)
    # In the key and not registered: from an adding that did not end. `met` are those of this one.
    cut_short, met = set(bearers) - registered - third, set[str]()
    asking, interviewer = _asking(about, settings.interviewers), min(settings.interviewers, default="Intervjuer")
    drafts = []
    for one in materials:
        document = ids[one.key]
        own: dict[str, str] = {}
        known: list[str] = []
        doubts: dict[str, tuple[str, ...]] = {}
        # "KARI" and "Kari" are one person.
        for speaker in one.speakers:
            label, name = folded(speaker), normal_form(name_in(speaker) or speaker)
            if label in asking or label in own:
                continue
            person = said.get(_bare(speaker), "")
            is_nobody = key is None or is_role(speaker)
            if is_nobody:
                new = _next_person([f"{document}-P"], taken if key else {*own.values(), *spoke.values()})
            else:
                new = _next_person([f"{about.case or 'DOC'}-P0", "P0"], taken, speaker)
            if person not in ("", SOMEBODY_ELSE, new, *everybody):
                doubts[speaker] = ()
            if is_nobody:
                earlier = person or by_id.get(label) or spoke.get(label) or new
                own[label] = new if earlier == SOMEBODY_ELSE else earlier
                taken.add(own[label])
                everybody.add(own[label])
                continue
            if person == SOMEBODY_ELSE:
                # The same said in an adding that was cut short: she keeps the pseudonym she was given.
                begun = [one for one, names in bearers.items() if name in names and one in cut_short - met]
                found = begun[0] if begun else new
            elif person:
                found = person
            else:
                same = [one for one, names in bearers.items() if name in names]
                like = [
                    one
                    for one, names in bearers.items()
                    if one not in (*same, *third) and any(may_be_one(name, other) for other in names)
                ]
                is_sure = len(same) == 1 and (is_full_name(name) or same[0] in cut_short - met)
                if is_sure and (spoke or _is_as_registered(rows.get(same[0]), about)):
                    found = same[0]
                elif not same and not like:
                    found = new
                elif label in spoke:
                    found = spoke[label]
                else:
                    doubts[speaker] = (*same, *like)
                    found = doubts[speaker][0]
            own[label] = found
            known += [found] if found in registered or (key and found in key.names) else []
            bearers.setdefault(found, set()).add(name)
            taken.add(found)
            everybody.add(found)
            met.add(found)
        labels = {speaker: own.get(folded(speaker), interviewer) for speaker in one.speakers}
        people = tuple(dict.fromkeys(own.values()))
        if not one.speakers and about.kind != "public_document":
            # Somebody spoke here, and what they consented to must stand somewhere.
            people = (f"{document}-P1",)
        drafts.append(Draft(one, document, labels, people, tuple(dict.fromkeys(known)), doubts))
    return tuple(drafts)


def _bearers(key: Key) -> dict[str, set[str]]:
    """Every person of the key with the names she has, in one document or in all."""
    found = {one.pseudonym: set(map(normal_form, one.names)) for one in key.entries if one.kind == "person"}
    written = {one.written: one.pseudonym for one in key.entries if one.kind == "person"}
    for one in key.decisions:
        if one.kind == "person" and one.action == "replace" and one.replacement in written:
            found[written[one.replacement]].add(normal_form(one.surface))
    return found


def _is_as_registered(row: Row | None, about: Description) -> bool:
    """Whether what is said of the speakers is what the register says of somebody; not said is no other actor type."""
    # Of somebody who has withdrawn the register has nothing to compare; that she has is told in any case.
    return (
        row is None
        or bool(row.get(WITHDRAWN))
        or (
            row["case"] == about.case
            and set(row["consent"].split()) == set(about.consent.split())
            and about.actor_type in ("", row["actor_type"])
        )
    )


def _said_persons(persons: Sequence[tuple[str, str]], materials: Sequence[Material], faults: Faults) -> dict[str, str]:
    """Who labels are said to be, by folded label."""
    met = {_bare(speaker) for one in materials for speaker in one.speakers}
    for number, (label, _) in enumerate(persons, 1):
        if _bare(label) not in met:
            faults.note("unknown-label", "--person", None, f"number {number}, a label of {len(label)} characters that no "
                        "file has", "a speaker label as the file writes it", "--dry-run shows the labels.")  # fmt: skip
    return {_bare(label): person for label, person in persons}


def _bare(label: str) -> str:
    """A label as it is compared with what a person types: some readers take its full stop or colon, some leave it."""
    return folded(label).strip(" .:*")


def _note_doubts(draft: Draft, faults: Faults) -> None:
    """Labels are names, and are told by their place among the speakers."""
    speakers = draft.material.speakers
    for label, people in draft.doubts.items():
        if not people:
            faults.note("unknown-person", "--person", None, f"a pseudonym that is nobody's, for speaker "
                        f"{speakers.index(label) + 1} of {draft.material.file}", "a pseudonym of the study or its key, or new",
                        "Correct the pseudonym.")  # fmt: skip
            continue
        faults.note(
            "who-is-this",
            draft.material.file,
            None,
            f"speaker {speakers.index(label) + 1} of {len(speakers)}, a label of {len(label)} characters, may be "
            f"{' or '.join(people)}, or somebody else",
            "to be told which: a part of a name, another consent, case or actor type do not say it",
            f"Say --person LABEL={people[0]} if it is the same person, --person LABEL={SOMEBODY_ELSE} if it is not; "
            "--dry-run shows the label.",
        )


def _check_sources(
    study: Path,
    materials: Sequence[Material],
    there: Mapping[str, str],
    about: Description,
    how: How,
    faults: Faults,
    *,
    is_replacing: bool,
) -> None:
    """What somebody who has withdrawn said does not come in again, and no document gets another one's source."""
    gone = withdrawn_sources(study)
    for one in materials:
        if one.digest in gone:
            faults.note("withdrawn-source", one.file, None, "a file with words of somebody who has withdrawn",
                        "files of participants who take part",
                        "Leave it out and delete it; where others are in it, take a copy without her words.")  # fmt: skip
        other = there.get(one.key, about.id)
        if is_replacing and other != about.id and not how.is_again:
            faults.note("same-text", one.file, None, f"the file that {other} was made from", f"a correction of {about.id}",
                        "Check the document's id; --again takes it all the same.")  # fmt: skip


def _named_again(
    study: Path,
    materials: Sequence[Material],
    documents: Sequence[Row],
    about: Description,
    settings: Settings,
    participants: Sequence[Row],
    key: Key | None,
    said: Mapping[str, str],
) -> tuple[Draft, ...]:
    """A corrected source with its speakers known again."""
    if len(materials) != 1:
        raise ForanError(f"{len(materials)} texts cannot take the place of {about.id}: name the one with --only")
    raw = read_utf8(study / TEXTS_FOLDER / f"{about.id}.md", about.id, Faults())
    text = split_front_matter(canonical(raw or ""))[1]
    asking = _asking(about, settings.interviewers)
    old = [
        (turn.speaker, turn.span.of(text))
        for turn in parse_turns(text, has_turns=about.kind == "interview")
        if turn.speaker and folded(turn.speaker) not in asking
    ]
    spoke = same_speakers(materials[0].passages, old, asking)
    ids = {materials[0].key: about.id}
    return _named(materials, ids, about, settings, participants, key, spoke, said)


def _next_person(stems: Sequence[str], taken: Iterable[str], name: str = "") -> str:
    """The first free pseudonym of the first stem that does not tell the name; a stem ending in 0 counts in two digits."""
    used = set(taken)
    stem = next((stem for stem in stems if not name or not contains_name(f"{stem}1", name)), stems[-1])
    width = 2 if stem.endswith("0") else 1
    start = stem.removesuffix("0")
    return next(made for number in range(1, 100_000) if (made := f"{start}{number:0{width}d}") not in used)


def _with_new_names(drafts: Sequence[Draft], key: Key, asking: frozenset[str]) -> Key:
    """The key with the labels that are names and that it does not have yet."""
    for draft in drafts:
        for label, pseudonym in draft.labels.items():
            if folded(label) in asking or is_role(label) or pseudonym == label:
                continue
            name = name_in(label) or label
            owner = next((one for one in key.entries if normal_form(name) in map(normal_form, one.names)), None)
            if owner is None:
                key = key.with_names(pseudonym, [name], "person")
            elif owner.pseudonym != pseudonym:
                # Two people of one name: in this document it is hers.
                key = key.with_names(pseudonym, [], "person")
                written = key.entry(pseudonym).written
                key = key.remembering([Decision("person", name, "replace", written, draft.document)])
    return key


# Look for names


def _searched(draft: Draft, known: KnownNames, interviewers: frozenset[str]) -> Draft:
    """The text with its hits; they count in the words of all passages joined, and in each remark."""
    # "Kari 2" is asked about as well: of a label with a number nobody knows whether it is a name.
    labels = [name for label in draft.material.speakers if label not in interviewers and (name := name_in(label))]
    whole = joined(draft.material.passages)
    hits = within_passages(_hits(whole.text, known, labels), whole, draft.material.passages)
    remarks = tuple(tuple(_hits(remark.text, known, labels)) for remark in draft.material.remarks)
    return replace(draft, whole=whole, hits=tuple(hits), remark_hits=remarks)


def _hits(text: str, known: KnownNames, labels: Sequence[str]) -> list[Hit]:
    return sorted([*find_identifiers(text), *find_names(text, known, labels=labels)])


def _judged(draft: Draft, key: Key) -> Draft:
    """The text with a decision beside every hit that has one, and the others waiting."""
    decisions = [*_of_known(draft, key), *key.standing()]
    pairs, waiting = decided(draft.whole.text, draft.hits, decisions, draft.document)
    judged = [
        decided(remark.text, hits, decisions, draft.document)
        for remark, hits in zip(draft.material.remarks, draft.remark_hits, strict=True)
    ]
    return replace(
        draft,
        pairs=tuple(pairs),
        waiting=tuple(waiting),
        remark_pairs=tuple(tuple(pairs) for pairs, _ in judged),
        remark_waiting=tuple(tuple(waiting) for _, waiting in judged),
    )


def _of_known(draft: Draft, key: Key) -> list[Decision]:
    """What the key decides by knowing who is meant, be it by part of a name; any other decision goes before it."""
    written = {one.pseudonym: one.written for one in key.entries}
    texts = [(draft.whole.text, draft.hits)]
    texts += [(one.text, hits) for one, hits in zip(draft.material.remarks, draft.remark_hits, strict=True)]
    found = {
        (hit.kind, text[hit.start : hit.end]): written[hit.pseudonym]
        for text, hits in texts
        for hit in hits
        if hit.certainty == "certain" and hit.pseudonym in written
    }
    return [Decision(kind, surface, "replace", replacement) for (kind, surface), replacement in found.items()]


# Compose


@dataclass(frozen=True)
class _Made:
    """A document as it will be written."""

    draft: Draft
    composed: Composed
    words: int
    form: str
    remarks: tuple[Mapping[str, Any], ...] = field(repr=False)
    fingerprint: str

    @cached_property
    def sha256(self) -> str:
        return text_sha256(self.composed.text)


def _made(draft: Draft, about: Description, *, language: str) -> _Made:
    text, changes = replaced(draft.whole.text, draft.pairs, language=language)
    edits = tuple(changes)
    passages = draft.material.passages
    ends = [start + len(one.words) for start, one in zip(draft.whole.starts, passages, strict=True)]
    places = [moved(edits, start, end) for start, end in zip(draft.whole.starts, ends, strict=True)]
    words = [text[start:end] for start, end in places]
    whole = composed(passages, words, draft.labels, has_turns=about.kind == "interview")
    remarks = []
    for remark, pairs in zip(draft.material.remarks, draft.remark_pairs, strict=True):
        said, _ = replaced(remark.text, pairs, language=language)
        record: dict[str, Any] = {"kind": "memo", "about": {"document": draft.document}, "text": canonical(said)}
        remarks.append({**record, **_anchor(remark, draft.whole, edits, places, whole)})
    form = about.written_form or detect_written_form(whole.text) or "nb"
    count = sum(len(said.split()) for said in words)
    return _Made(draft, whole, count, form, tuple(remarks), fingerprint(whole.text))


def _anchor(
    remark: Placed,
    joined_words: Joined,
    edits: tuple[tuple[int, int, int, int], ...],
    places: Sequence[tuple[int, int]],
    whole: Composed,
) -> dict[str, Any]:
    """Where a remark stands in the canonical text, with the words it is about; nothing when they are not there."""
    if remark.passage is None:
        return {}
    start, end = whole.spans[remark.passage]
    if whole.is_exact[remark.passage]:
        first = joined_words.starts[remark.passage]
        a, b = moved(edits, first + remark.start, first + remark.end)
        begin, stop = places[remark.passage]
        start, end = start + max(a, begin) - begin, start + min(b, stop) - begin
    return {"start": start, "end": end, "quote": whole.text[start:end]} if start < end else {}


def _memo_log(made: _Made, at: str, codebook_version: str) -> bytes:
    """The remarks of a source as the log of their coder."""
    document = made.draft.document
    drafts = [
        {
            "at": at,
            "coder": IMPORTER,
            "document": document,
            "text_sha256": made.sha256,
            "action": "note",
            "segment": f"{document}.{IMPORTER}.m{number:04d}",
            "codebook_version": codebook_version,
            "before": None,
            "after": record,
        }
        for number, record in enumerate(made.remarks, 1)
    ]
    return b"".join(journal.encode(event) for event in journal.chained(0, journal.NO_PREVIOUS, drafts))


def _row(made: _Made, about: Description) -> Row:
    return {
        "id": made.draft.document,
        "title": made.draft.document,
        "kind": about.kind,
        "case": about.case,
        "process": about.process,
        "arena": about.arena,
        "date": about.date,
        "written_form": made.form,
        "participants": " ".join(made.draft.people),
        "guide": about.guide,
        "disclosure": about.disclosure,
        "text_sha256": made.sha256,
    }


def _check_row(made: _Made, reason: str, day: str) -> Row:
    """How many hits there were and what became of them: numbers only."""
    actions = _actions(made.draft)
    undecided = made.draft.undecided
    return {
        "document": made.draft.document,
        "detector_version": DETECTOR_VERSION,
        "hits": str(sum(actions.values()) + undecided),
        "replaced": str(actions["replace"]),
        "generalised": str(actions["generalise"]),
        "kept": str(actions["keep"]),
        "unreviewed": str(undecided),
        "reason": reason if undecided else "",
        "date": day,
    }


def _actions(draft: Draft) -> Counter[str]:
    return Counter(decision.action for pairs in (draft.pairs, *draft.remark_pairs) for _, decision in pairs)


# Write


def add_documents(
    study: Path,
    files: Sequence[Path],
    about: Description,
    *,
    at: str,
    key: OpenKey | None = None,
    how: How | None = None,
    say: Say | None = None,
) -> list[Added]:
    """Bring `files` into the study in `study`; a text that is there already is told of and left alone.

    Speaker labels are replaced by pseudonyms (they may be names); interviewers get the study's label. Unless the study is
    synthetic, names within the talk are replaced as well, and nothing comes in while a hit waits for a decision.
    Nothing is written unless every text can be. One adding at a time: a second one waits for the first.

    Parameters
    ----------
    at
        The moment of the adding, UTC, as ``YYYY-MM-DDTHH:MM:SSZ``.
    key
        Needed unless the study is synthetic.
    say
        Is told how far it has come, where there are many files.

    Returns
    -------
    list
        One result for each text, in the order of the files.

    Raises
    ------
    StudyError
        With every fault of every file and of the description.
    NotDecided
        When hits wait for a decision; the review table is written.
    ForanError
        When there is no key, or the disk refuses; nothing is in the study.
    """
    how, faults = how or How(), Faults()
    settings = _settings(study, dt.date.fromisoformat(at[:10]), faults)
    _check_key(settings, key, how.reason, faults)
    with only_writer(study / "corpus", "foran add", wait=30.0), _seldom_collecting():
        batch = _batch(study, files, about, how, settings, key, faults, say)
        said = {"--reason": how.reason, "--id": batch.about.id}
        judged, names = _judged_by(study, batch, key, how, at, said)
        made = tuple(_made(draft, batch.about, language=settings.language) for draft in judged)
        _check_same_words(study, batch, made, how, faults)
        _check_names_left(made, names, how, settings.language, faults)
        if faults.errors:
            raise StudyError(faults.errors)
        if made:
            # The key first: a pseudonym in the study that no key knows could never be undone.
            _keep(key, names)
            _write(study, batch, made, at, how)
    return _results(batch, made)


def replace_document(
    study: Path,
    file: Path,
    document: str,
    *,
    at: str,
    reason: str = "",
    key: OpenKey | None = None,
    how: How | None = None,
    interviewers: Sequence[str] = (),
    known: KnownPlaces | None = None,
) -> tuple[Added, Reanchored]:
    """Put the corrected source `file` in the place of a registered document's text; every coding follows.

    Who is who is known again by the key, and where that does not tell, by the turns that both texts have. The remarks of
    the corrected source are not brought in a second time.

    Parameters
    ----------
    document
        A registered document; kind, case and all else of it stand.
    reason
        Why the text is changed, for the list of changes.
    at, key, how
        As :func:`add_documents` takes them; `interviewers` are labels in the source.
    known
        As :func:`reanchoring.reanchor` takes it.

    Raises
    ------
    UnknownName
        When no such document is registered.
    StudyError
        With every fault of the file, or of the codings that would have to follow.
    NotDecided
        When hits wait for a decision.
    """
    how, faults = how or How(), Faults()
    settings = _settings(study, dt.date.fromisoformat(at[:10]), faults)
    _check_key(settings, key, f"{how.reason} {reason}", faults)
    with only_writer(study / "corpus", "foran add", wait=30.0):
        rows = {row["id"]: row for _, row in read_register(study, DOCUMENTS_FILE, DOCUMENT_COLUMNS, faults)}
        if document not in rows:
            raise UnknownName("document", document, rows)
        about = _described(rows[document], interviewers)
        batch = _batch(study, [file], about, how, settings, key, faults, replaces=document)
        judged, names = _judged_by(study, batch, key, how, at, {"--reason": f"{how.reason} {reason}"})
        (made,) = (_made(draft, batch.about, language=settings.language) for draft in judged)
        _check_same_words(study, batch, [made], how, faults)
        _check_names_left([made], names, how, settings.language, faults)
        if faults.errors:
            raise StudyError(faults.errors)
        _keep(key, names)
        before = {study / name: (study / name).read_bytes() for name in (PARTICIPANTS_FILE, DOCUMENTS_FILE)}
        kept = _keep_text_in_force(study, rows[document])
        _write_people(study, batch, made)
    try:
        done = reanchor(study, document, made.composed.text, at=at, reason=reason or "corrected source", known=known)
    except BaseException:
        # The register of documents may have changed meanwhile; only what was ours is taken back.
        with only_writer(study / "corpus", "foran add", wait=30.0):
            write_all(study, {path: data for path, data in before.items() if path.read_bytes() != data}, kept)
        raise
    with only_writer(study / "corpus", "foran add", wait=30.0):
        path = study / TEXTS_FOLDER / f"{document}.md"
        front, text = split_front_matter(path.read_text("utf-8"))
        contents = {path: (front_matter(made.draft.material, front) + text).encode()}
        if not settings.is_synthetic:
            contents[study / CHECKS_FILE] = _checks(study, [made], how, at, is_new=False)
        write_all(study, contents)
    return replace(_added(made, batch), remarks=0, is_new=False), done


def waiting_rows(
    study: Path, files: Sequence[Path], about: Description, *, at: str, key: OpenKey, how: How | None = None
) -> tuple[ReviewRow, ...]:
    """The rows of the review table for `files`, for a screen that decides on them; nothing is written anywhere.

    Parameters
    ----------
    at, key, how
        As :func:`add_documents` takes them.

    Returns
    -------
    tuple
        One row for each surface that waits for a decision; none in a synthetic study.

    Raises
    ------
    StudyError
        With every fault of every file and of the description.
    """
    how, faults = how or How(), Faults()
    settings = _settings(study, dt.date.fromisoformat(at[:10]), faults)
    batch = _batch(study, files, about, how, settings, None if settings.is_synthetic else key, faults)
    if settings.is_synthetic:
        return ()
    names = _with_new_names(batch.drafts, key.key, _asking(batch.about, settings.interviewers))
    known = known_names(names.names)
    judged = [_judged(_searched(draft, known, settings.interviewers), names) for draft in batch.drafts]
    return _review([one for draft in judged for one in _undecided(draft, batch.about)], names, settings.language)


def _keep_text_in_force(study: Path, row: Row) -> list[Path]:
    """The text that codings speak of, kept as a version where a study is older than versions are; what was written."""
    path = text_versions.version_path(study, row["id"], row["text_sha256"])
    raw = read_utf8(study / TEXTS_FOLDER / f"{row['id']}.md", row["id"], Faults())
    text = split_front_matter(raw or "")[1]
    if path.exists() or text_sha256(text) != row["text_sha256"]:
        return []
    text_versions.store_version(study, row["id"], text)
    return [path]


def _described(row: Row, interviewers: Sequence[str]) -> Description:
    """What the register says of a document."""
    return Description(
        row["kind"], row["case"], row["date"], row["process"], row["arena"], row["guide"], row["written_form"],
        disclosure=row["disclosure"], interviewers=tuple(interviewers), id=row["id"],
    )  # fmt: skip


def _write_people(study: Path, batch: _Batch, made: _Made) -> None:
    """Speakers that the corrected text has and the old one had not, before the text names them."""
    people = {row["id"]: row for row in batch.participants}
    new = [person for person in made.draft.people if person not in people]
    rows = []
    for row in batch.documents:
        own = dict.fromkeys([*row["participants"].split(), *made.draft.people])
        rows.append({**row, "participants": " ".join(own)} if row["id"] == made.draft.document else row)
    if rows == list(batch.documents):
        return
    everybody = [*people.values(), *(_person(person, batch.about, made.form) for person in new)]
    write_all(
        study,
        {
            study / PARTICIPANTS_FILE: _register(everybody, PARTICIPANT_COLUMNS),
            study / DOCUMENTS_FILE: _register(rows, DOCUMENT_COLUMNS),
        },
    )


def _check_key(settings: Settings, key: OpenKey | None, reason: str, faults: Faults) -> None:
    if settings.is_synthetic:
        return
    if key is None:
        faults.note("no-key", "--key", None, "no key", "the key that holds names and pseudonyms, outside the study",
                    "Make one with `foran key init`, and name it with --key or FORAN_KEY.")  # fmt: skip
    elif reason.strip() and any(
        hit.certainty == "certain" or hit.pseudonym or hit.kind == "person"
        for hit in _hits(reason, known_names(key.key.names), ())
    ):
        _note_name("--reason", faults)


def _note_name(option: str, faults: Faults) -> None:
    what = option.removeprefix("--")
    faults.note(f"{what}-names-somebody", option, None, f"a{'n' if what[0] in 'aeiou' else ''} {what} in which a name or "
                f"number stands", "one that names nobody: it is kept in the study", "Say it without the name.")  # fmt: skip


def _refuse_names(said: Mapping[str, str], names: Key) -> None:
    """Refuse what a person wrote for the study to keep when somebody of the key, or of the texts that come in, is named."""
    faults = Faults()
    people = [name for one in names.entries if one.kind == "person" for name in one.names]
    for option, text in said.items():
        if text.strip() and any(contains_name(_BETWEEN_WORDS.sub(" ", text), name) for name in people):
            _note_name(option, faults)
    if faults.errors:
        raise StudyError(faults.errors)


def _judged_by(
    study: Path, batch: _Batch, key: OpenKey | None, how: How, at: str, said: Mapping[str, str] | None = None
) -> tuple[list[Draft], Key | None]:
    """Every text with its hits decided, and the key with what was learnt.

    Raises
    ------
    StudyError
        With every fault of the review table.
    NotDecided
        When hits wait and no reason was given to let them through.
    """
    interviewers = batch.settings.interviewers
    if key is None:
        # Compiled once: readings of words are remembered per key.
        nobody = known_names({})
        drafts = [_searched(draft, nobody, interviewers) for draft in batch.drafts]
        return [replace(draft, remark_pairs=tuple(() for _ in draft.remark_hits)) for draft in drafts], None
    # Who speaks in one text may be spoken of in another: all names first, then every text.
    names = _with_new_names(batch.drafts, key.key, _asking(batch.about, interviewers))
    _refuse_names(said or {}, names)
    known = known_names(names.names)
    drafts = [_searched(draft, known, interviewers) for draft in batch.drafts]
    judged = [_judged(draft, names) for draft in drafts]
    language = batch.settings.language
    waiting = [one for draft in judged for one in _undecided(draft, batch.about)]
    if waiting and key.table is not None:
        faults = Faults()
        rows = _review(waiting, names, language)
        decisions = read_review(
            key.table, rows, faults, names=_every_name(names), remembered=names.decisions, at=at[:10]
        )
        if faults.errors:
            raise StudyError(faults.errors)
        names = names.remembering(decisions, language)
        # Whoever is decided on now may be named elsewhere in another way.
        known = known_names(names.names)
        drafts = [_searched(draft, known, interviewers) for draft in batch.drafts]
        judged = [_judged(draft, names) for draft in drafts]
        waiting = [one for draft in judged for one in _undecided(draft, batch.about)]
        if waiting and not how.reason and decisions:
            _keep(key, names)
    if waiting and not how.reason:
        counts: dict[str, dict[str, list[int]]] = {}
        for one in waiting:
            counts.setdefault(one.document, {}).setdefault(one.hit.kind, []).append(one.turn)
        rows = _review(waiting, names, language)
        raise NotDecided(_write_table(study, key, rows, language), counts)
    return judged, names


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """What is read is kept until all is written, so that looking for what could be let go costs time and finds nothing."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _keep(key: OpenKey | None, names: Key | None) -> None:
    if key is not None and names is not None and names != key.key:
        save(names, key.path, key.passphrase)


def _every_name(key: Key) -> list[str]:
    return [name for one in key.entries for name in one.names]


def _review(waiting: Sequence[Undecided], key: Key, language: str) -> tuple[ReviewRow, ...]:
    """The rows of the table; the same for the same texts and key, so that it is understood when it comes back."""
    known = {name: one.written for one in key.entries for name in one.names}
    return review_rows(waiting, known=known, taken=key.labels, language=language)


def _write_table(study: Path, key: OpenKey, rows: Sequence[ReviewRow], language: str) -> Path:
    """The table beside the key; one that somebody may have filled in is never written over."""
    with tempfile.TemporaryDirectory(dir=key.path.parent, prefix=".review-") as folder:
        data = write_review(rows, Path(folder) / "review.xlsx", study, language=language).read_bytes()
    for number in range(1, 10_000):
        path = key.path.with_name(f"{key.path.stem}-review{f'-{number}' if number > 1 else ''}.xlsx")
        if not path.exists():
            return write_review(rows, path, study, language=language)
        if path.read_bytes() == data:
            return path
    raise ForanError(f"{key.path.parent}: too many review tables; remove those that are done")


def _undecided(draft: Draft, about: Description) -> list[Undecided]:
    """The hits that wait, each with the words of its turn; those in remarks have no turn and are told as turn 0."""
    if not draft.undecided:
        return []
    passages = draft.material.passages
    whole = composed(passages, [one.words for one in passages], draft.labels, has_turns=about.kind == "interview")
    found = []
    for hit in draft.waiting:
        number = draft.whole.passage_at(hit.start)
        shift = draft.whole.starts[number]
        inside = replace(hit, start=hit.start - shift, end=hit.end - shift)
        found.append(Undecided(draft.document, whole.numbers[number], passages[number].words, inside))
    for remark, hits in zip(draft.material.remarks, draft.remark_waiting, strict=True):
        found += [Undecided(draft.document, 0, remark.text, hit) for hit in hits]
    return found


def _check_same_words(study: Path, batch: _Batch, made: Sequence[_Made], how: How, faults: Faults) -> None:
    """A text that is there already under another name or in another format would count twice."""
    if how.is_again or not made:
        return
    said = _said_in(study, batch.documents)
    for one in made:
        earlier = said.setdefault(one.fingerprint, one.draft.document)
        if earlier != one.draft.document:
            faults.note("same-text", one.draft.material.file, None, f"the words of {earlier}, which is in the study"
                        if earlier in {row["id"] for row in batch.documents} else f"the words of {earlier} of this adding",
                        "a text that is not there yet",
                        f"Leave it out; --replaces {earlier} puts it in its place, --again takes it a second time.")  # fmt: skip


def _check_names_left(made: Sequence[_Made], key: Key | None, how: How, language: str, faults: Faults) -> None:
    """A last look: a text in which something stands that is decided to be replaced does not come in."""
    if key is None or how.reason:
        return
    for one in made:
        draft = one.draft
        decisions = [*_of_known(draft, key), *key.standing()]
        texts = [(draft.whole.text, draft.pairs)]
        texts += [
            (remark.text, pairs) for remark, pairs in zip(draft.material.remarks, draft.remark_pairs, strict=True)
        ]
        left = sum(_names_left(text, pairs, decisions, draft.document, language) for text, pairs in texts)
        if left:
            faults.note("name-left", draft.material.file, None, f"{left} places where a name would stand that is to be replaced",
                        "none", "Decide on them in the review table, or correct the words in a copy of the file.")  # fmt: skip


def _names_left(
    text: str, pairs: Sequence[tuple[Hit, Decision]], decisions: Sequence[Decision], document: str, language: str
) -> int:
    final, changes = replaced(text, pairs, language=language)
    edits = tuple(changes)
    settled = [moved(edits, hit.start, hit.end) for hit, _ in pairs]
    found, _ = decided(final, (), decisions, document)
    return sum(
        decision.action != "keep" and not any(start < hit.end and hit.start < end for start, end in settled)
        for hit, decision in found
    )


def _said_in(study: Path, documents: Iterable[Row]) -> dict[str, str]:
    """The registered documents by the fingerprint of their words."""
    said: dict[str, str] = {}
    for row in documents:
        raw = read_utf8(study / TEXTS_FOLDER / f"{row['id']}.md", row["id"], Faults())
        if raw is not None:
            said.setdefault(fingerprint(split_front_matter(raw)[1]), row["id"])
    return said


def _write(study: Path, batch: _Batch, made: Sequence[_Made], at: str, how: How) -> None:
    """Texts, their versions and remarks first; the registers last, and last of all that of documents, which counts."""
    contents: dict[Path, bytes] = {}
    superfluous: list[Path] = []
    version = _newest_codebook(study, batch.settings) if any(one.remarks for one in made) else ""
    for one in made:
        document = one.draft.document
        text = one.composed.text.encode()
        contents[study / TEXTS_FOLDER / f"{document}.md"] = front_matter(one.draft.material).encode() + text
        kept_as = text_versions.version_path(study, document, one.sha256)
        contents[kept_as] = text
        log = study / journal.FOLDER / IMPORTER / f"{document}.jsonl"
        if one.remarks:
            contents[log] = _memo_log(one, at, version)
        if document in batch.unfinished:
            superfluous += [path for path in text_versions.version_paths(study, document) if path != kept_as]
            superfluous += [] if one.remarks else [log]
    rows, people = list(batch.documents), {row["id"]: row for row in batch.participants}
    for one in made:
        rows.append(_row(one, batch.about))
        for person in one.draft.people:
            people.setdefault(person, _person(person, batch.about, one.form))
    if not batch.settings.is_synthetic:
        contents[study / CHECKS_FILE] = _checks(study, made, how, at)
    contents[study / PARTICIPANTS_FILE] = _register(list(people.values()), PARTICIPANT_COLUMNS)
    contents[study / DOCUMENTS_FILE] = _register(rows, DOCUMENT_COLUMNS)
    write_all(study, contents, superfluous)


def _person(person: str, about: Description, form: str) -> Row:
    return {"id": person, "actor_type": about.actor_type, "case": about.case, "written_form": form,
            "consent": about.consent}  # fmt: skip


def _checks(study: Path, made: Sequence[_Made], how: How, at: str, *, is_new: bool = True) -> bytes:
    faults = Faults()
    old: list[Row] = []
    if (study / CHECKS_FILE).exists():
        old = [row for _, row in read_register_without_ids(study, CHECKS_FILE, CHECK_COLUMNS, faults)]
    if faults.errors:
        raise StudyError(faults.errors)
    own = {one.draft.document for one in made if is_new}
    new = [_check_row(one, how.reason, at[:10]) for one in made]
    # A row of a document that is only now coming in is left from an adding that was cut short.
    return _register([*(row for row in old if row["document"] not in own), *new], CHECK_COLUMNS)


def _newest_codebook(study: Path, settings: Settings) -> str:
    versions = read_lineage(study, settings.vocabulary()["level"], Faults()).versions
    return versions[-1] if versions else ""


def _register(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    """A register as CSV, with the columns that people have added of their own."""
    own = dict.fromkeys(column for row in rows for column in row if column not in columns)
    return register_text(rows, (*columns, *own)).encode()


# Tell


def _results(batch: _Batch, made: Sequence[_Made]) -> list[Added]:
    told = {
        one.place: Added(one.file, document, 0, len(one.passages), len(one.speakers), "", is_new=False)
        for one, document in batch.there
    }
    told |= {one.draft.material.place: _added(one, batch) for one in made}
    return [told[place] for place in sorted(told)]


def _added(made: _Made, batch: _Batch) -> Added:
    draft, actions = made.draft, _actions(made.draft)
    waiting = draft.waiting if not batch.settings.is_synthetic else tuple(
        hit for hit in draft.hits if hit.kind not in _COMMON and hit.certainty != "possible"
    )  # fmt: skip
    numbers = {made.composed.numbers[draft.whole.passage_at(hit.start)] for hit in waiting}
    rows = {row["id"]: row for row in batch.participants}
    notes = tuple(
        f"{person} is registered with another {' and '.join(other)}; the register stands"
        for person in draft.people
        if person in rows
        and (other := [name for name, said in (("consent", batch.about.consent), ("actor type", batch.about.actor_type),
                                               ("case", batch.about.case))
                       if rows[person][name.replace(" ", "_")] != said])
    )  # fmt: skip
    findings = (*draft.material.source.findings, *draft.material.understood.findings)
    return Added(
        draft.material.file,
        draft.document,
        made.words,
        made.composed.turns,
        len(draft.labels),
        made.form,
        is_new=True,
        may_identify=tuple(sorted(numbers)),
        remarks=len(made.remarks),
        left_out=tuple((one.what, one.count) for one in findings if not one.is_carried and one.count),
        replaced=actions["replace"],
        generalised=actions["generalise"],
        kept=actions["keep"],
        unreviewed=0 if batch.settings.is_synthetic else draft.undecided,
        known=draft.known,
        notes=notes,
    )


def preview(
    files: Iterable[Path | str],
    *,
    study: Path | str | None = None,
    kind: str = "interview",
    case: str = "",
    interviewers: Sequence[str] = (),
    key: OpenKey | None = None,
    how: How | None = None,
    document: str = "",
) -> list[Preview]:
    """What is understood of each text of `files`; nothing is written.

    Parameters
    ----------
    files
        Source files of any kind that `foran add` reads.
    study
        The study they are for; found as ``load_study`` finds it when left out.
    kind, case, interviewers, document
        As `foran add` takes them.
    key
        With it, names that the key knows are found as well.

    Raises
    ------
    StudyError
        With every fault of every file.
    """
    folder, how, faults = study_path(study), how or How(), Faults()
    settings = _settings(folder, None, faults)
    about = Description(kind, case, "2000-01-01", interviewers=tuple(interviewers), id=document)
    batch = _batch(folder, [Path(file) for file in files], about, how, settings, key, faults, is_preview=True)
    asking = _asking(batch.about, settings.interviewers)
    names = _with_new_names(batch.drafts, key.key, asking) if key else None
    known = known_names(names.names if names else {})
    said = _said_in(folder, batch.documents)
    shown: dict[int, Preview] = {}
    for one, name in batch.there:
        draft = _searched(Draft(one, name, dict.fromkeys(one.speakers, ""), ()), known, settings.interviewers)
        shown[one.place] = replace(_preview(draft, about, asking), is_in_study_as=name)
    for draft in batch.drafts:
        searched = _searched(draft, known, settings.interviewers)
        shown[draft.material.place] = _preview(searched, about, asking)
        if names is not None:
            searched = _judged(searched, names)
        unread = replace(searched, remark_pairs=tuple(() for _ in draft.material.remarks))
        print_of_it = _made(unread, about, language="nb").fingerprint
        same = said.setdefault(print_of_it, draft.document)
        if same != draft.document:
            shown[draft.material.place] = replace(shown[draft.material.place], same_words_as=same)
    return [shown[place] for place in sorted(shown)]


def _preview(draft: Draft, about: Description, asking: frozenset[str]) -> Preview:
    one, passages = draft.material, draft.material.passages
    whole = composed(
        passages, [passage.words for passage in passages], draft.labels, has_turns=about.kind == "interview"
    )
    findings = (*one.source.findings, *one.understood.findings)
    times = [passage.time for passage in passages if passage.time is not None]
    kinds = Counter(passage.kind for passage in passages)
    hits = [*draft.hits]
    return Preview(
        file=one.file_name,
        name=one.name,
        document=draft.document,
        format=one.source.format,
        encoding=encoding_of(findings),
        turns=whole.turns,
        headings=kinds["heading"],
        words=sum(len(passage.words.split()) for passage in passages if passage.kind != "heading"),
        pattern=one.understood.pattern,
        share=one.understood.share,
        alternatives=one.understood.alternatives,
        unlabelled=one.understood.unlabelled,
        timed=len(times),
        last_time=max(times, default=None),
        speakers=speakers_of(passages, draft.labels, asking, draft.doubts),
        remarks=len(one.remarks),
        anchored=sum(1 for remark in one.remarks if remark.passage is not None),
        hits=hits_by_kind(hits, draft.whole, whole, [hit for of_one in draft.remark_hits for hit in of_one]),
        findings=findings,
        first=tuple((passage.speaker, passage.time, shortened(passage.words)) for passage in passages[:FIRST_TURNS]),
    )
