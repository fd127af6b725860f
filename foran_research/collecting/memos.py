"""A memo for each comment and answer, about what it was said of, and marked with the answer that it came from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from ..codebook.code import Codebook
from ..coding.acts import Desk, note
from ..coding.events import Step
from ..coding.memo_store import write_memo
from ..coding.memos import states as memo_states
from ..errors import ForanError, UnknownName
from ..memoing import reference
from ..review.answers import Said, canonical_json, codes_of, family
from ..study import Study
from .known_packs import milestone_of, segment_of
from .stored import Store, waiting_ids
from .turns import Note

#: The line under a memo that says where it comes from: the answer, and a fingerprint of its words.
_MARK = re.compile(r"^\[svar (a-[a-z2-7]{20}(?:\.[0-9a-f]{8}){0,2}) ([0-9a-f]{8}) · ", re.MULTILINE)


@dataclass(frozen=True)
class _Act:
    """A memo to be written, changed (`memo`) or, without text, taken away."""

    memo: str
    text: str = field(repr=False)
    about: Mapping[str, str]
    links: Sequence[Mapping[str, str]]


def write_memos(
    study: Study,
    store: Store,
    kept: Sequence[Said],
    notes: Sequence[Note],
    words: Mapping[str, str],
    *,
    by: str,
    at: str,
) -> int:
    """A memo for each comment and answer, one whose answer has changed anew, none for one that was taken back; how many."""
    book = newest_book(study)
    document = {turn.said.key: one.document for one in notes for turn in one.turns}
    standing = {one.key for one in kept if one.answer.act in ("comment", "answer")}
    # Of an edited note nobody can tell which words stand for an answer: what was written of it before stays.
    wanted = {one.key: one for one in kept if one.key in standing and one.key in words}
    there = _memos_there(study)
    waiting = waiting_ids(store, kept)
    changes: dict[str, list[_Act]] = {}
    for key, one in sorted(wanted.items()):
        coder, memo, found = there.get(key, ("", "", ""))
        # A memo that a person took away or wrote more in is left alone while its answer says the same.
        if found == mark(one, words[key]):
            continue
        about, links = _references(study, store, one, document.get(key, ""))
        changes.setdefault(coder or by, []).append(_Act(memo, _memo_text(one, words[key]), about, links))
    for key, (coder, memo, _) in sorted(there.items()):
        if memo and key not in standing and key.partition(".")[0] not in waiting:
            changes.setdefault(coder, []).append(_Act(memo, "", {}, []))
    for coder, acts in sorted(changes.items()):
        write_memo(study.path, coder, book, partial(_memo_steps, acts), at=at)
    return sum(map(len, changes.values()))


def mark(one: Said, words: str) -> str:
    """What changes with an answer: eight digits of its words and revision."""
    return hashlib.sha256(canonical_json([words, one.answer.revision]).encode("utf-8")).hexdigest()[:8]


def newest_book(study: Study) -> Codebook:
    """The newest codebook.

    Raises
    ------
    UnknownName
        When the study has none.
    """
    if not study.lineage.codebooks:
        raise UnknownName("codebook version", "", ())
    return study.lineage.codebooks[-1]


def _memo_steps(acts: Sequence[_Act], desk: Desk) -> list[Step]:
    """All memos as one act: on the disk stand all of them or none."""
    steps: list[Step] = []
    for one in acts:
        if one.memo and one.memo not in desk.state:
            continue
        if one.memo:
            made = note(desk, about={}, text=one.text, record=one.memo)
        else:
            made = note(desk, about=one.about, text=one.text, links=one.links)
        for step in made:
            # The next one gets the next number.
            if step.after is not None:
                desk.state[step.record] = step.after
            number = step.record.rpartition(".m")[2]
            desk.numbers["m"] = max(int(number), desk.numbers.get("m", 0))
        steps += made
    return steps


def _memos_there(study: Study) -> dict[str, tuple[str, str, str]]:
    """By answer the coder, the memo ("" where it was taken away) and the mark of the words it was made of."""
    found: dict[str, tuple[str, str, str]] = {}
    for name, told in memo_states(study.memo_logs).items():
        lines = [found_in for state in told if state.wording and (found_in := [*_MARK.finditer(state.wording.text)])]
        if not lines:
            continue
        # The last line of the first wording is ours: one above it may stand in what a reader pasted, and later ones in what
        # somebody has written since.
        wording, key = told[-1].wording, lines[0][-1][1]
        marks = [one for found_in in lines for one in found_in if one[1] == key]
        stands = wording is not None and not wording.is_empty
        if stands or key not in found:
            found[key] = (told[0].event.coder, name if stands else "", marks[-1][2])
    return found


def _memo_text(one: Said, words: str) -> str:
    role = f" ({one.reader.role})" if one.reader.role else ""
    about = one.answer.about
    return (
        f"{words}\n\n[svar {one.key} {mark(one, words)} · {one.reader.code}{role} · {family(one.reader.pack)} · "
        f"{about.kind if about.kind == 'pack' else about.thing}]"
    )


def _references(study: Study, store: Store, one: Said, document: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What a memo is about, and what it is linked to: only what the study has."""
    about = one.answer.about
    wanted = [f"segment:{segment_of(study, one.reader.pack, about.id)}"] if about.kind == "quote" else []
    wanted += [f"change:{about.id}"] if about.kind == "change" else []
    wanted += [f"code:{code}" for code in codes_of(about, store.pack_of(one.reader.pack))]
    wanted.append(f"milestone:{milestone_of(study, one.reader.pack).id}")
    if about.kind == "edge" and (case := about.id.partition("/")[0]) in study.settings.vocabulary()["case"]:
        wanted.append(f"case:{case}")
    wanted += [f"document:{document}"] if document else []
    pairs: list[dict[str, str]] = []
    for text in wanted:
        try:
            kind, name = reference(study, text)
        except (UnknownName, ForanError):
            continue
        pairs.append({kind: name})
    return pairs[0], pairs[1:]
