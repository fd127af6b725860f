"""Proposals for the codebook: a new name or a new element that a reader gives, open until somebody decides."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..codebook.revising import ProposalState
from ..codebook.writing import code_record, yaml_text
from ..errors import ForanError, StudyError
from ..review.answers import Said, family
from ..revising import propose, withdraw_proposal
from ..revising import states as proposal_states
from ..study import Study
from .memos import mark, newest_book
from .stored import Store, waiting_ids

_EVIDENCE = re.compile(r"svar:(a-[a-z2-7]{20}(?:\.[0-9a-f]{8}){0,2})#([0-9a-f]{8})")
#: Characters of a proposed element's label; all of it stands in the reason.
_LABEL = 80


def answers_behind(state: ProposalState) -> list[tuple[str, str]]:
    """The answers that a proposal came of, each with the mark of its words; the wording that stands is the first."""
    found = (_EVIDENCE.fullmatch(text) for text in state.proposal.change.evidence)
    return [(one[1], one[2]) for one in found if one]


def write_proposals(
    study: Study, store: Store, kept: Sequence[Said], words: Mapping[str, str], *, at: str
) -> tuple[tuple[str, ...], int]:
    """A proposal for each new name and new element; their ids, and how many the newest codebook has no place for."""
    proposed = [one for one in kept if one.answer.act in ("rename", "new_element")]
    wanted = [one for one in proposed if one.key in words]
    there: dict[str, tuple[str, str, bool]] = {}
    for name, state in proposal_states(study.path).items():
        # The newest wording stands first, those that it took the place of behind it.
        for key, found in reversed(answers_behind(state)):
            there[key] = (name, found, state.state == "open")
    made: list[str] = []
    failed = 0
    waiting = waiting_ids(store, kept)
    standing = {one.key for one in proposed}
    for key, (name, _, is_open) in sorted(there.items()):
        if is_open and key not in standing and key.partition(".")[0] not in waiting:
            withdraw_proposal(study.path, name, by="", at=at, reason="Tatt tilbake av leseren.")
    for one in sorted(wanted, key=lambda said: said.key):
        name, found, is_open = there.get(one.key, ("", "", False))
        if name and (found == mark(one, words[one.key]) or not is_open):
            continue
        text = _proposal_text(study, one, words[one.key])
        if not text:
            failed += 1
            continue
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "proposal.yaml"
            file.write_text(text, encoding="utf-8", newline="\n")
            try:
                made.append(propose(study.path, file, by="", at=at, amends=name).proposal.id)
            except StudyError:
                raise
            except ForanError:
                failed += 1
    return tuple(made), failed


def _proposal_text(study: Study, one: Said, words: str) -> str:
    """A proposal as it is handed in, "" when the newest codebook no longer has the element."""
    book = newest_book(study)
    said = " ".join(words.split())
    is_english = one.reader.language == "en"
    evidence = [f"svar:{one.key}#{mark(one, words)}"]
    reasons = {
        "reason_empirical": {
            "nb": f"En leser av gjennomgangspakken {family(one.reader.pack)} foreslo: {said}",
            "en": f"A reader of the review pack {family(one.reader.pack)} proposed: {said}",
        },
        "reason_theoretical": {
            "nb": "Ingen ennå; vurderes når forslaget behandles.",
            "en": "None yet; to be weighed when the proposal is dealt with.",
        },
        "evidence": evidence,
        "proposed_by_role": one.reader.role or "leser",
    }
    if one.answer.act == "rename":
        code = book.by_id.get(one.answer.about.id)
        if code is None or not code.is_active:
            return ""
        label = {**code_record(code)["label"], "en" if is_english else "nb": said}
        return yaml_text(
            {
                "type": "rename",
                "from": [code.id],
                "to": [code.id],
                "summary": {
                    "nb": f"{code.display} får navnet «{said}».",
                    "en": f"{code.display} is called “{said}”.",
                },
                **reasons,
                "codes": [{"id": code.id, "label": label}],
                "migration": [{"from": code.id, "rule": "keep"}],
            }
        )
    short = said if len(said) <= _LABEL else f"{said[: _LABEL - 1].rstrip()}…"
    level = study.settings.vocabulary()["level"][-1]
    numbers = [
        int(found[1]) for code in book.codes if (found := re.fullmatch(rf"{re.escape(level)}(\d+)", code.display))
    ]
    taken = _displays_proposed(study, level)
    display = f"{level}{max([0, *numbers, *taken]) + 1}"
    unwritten = {"nb": "Ikke skrevet ennå: foreslått av en leser.", "en": "Not written yet: proposed by a reader."}
    return yaml_text(
        {
            "type": "new",
            "from": [],
            "to": ["NY1"],
            "summary": {
                "nb": f"Nytt element: {short} (nivå og definisjon er ikke bestemt).",
                "en": f"A new element: {short} (level and definition are not decided).",
            },
            **reasons,
            "codes": [
                {
                    "id": "NY1",
                    "display": display,
                    "level": level,
                    "parent": None,
                    "label": {"nb": short, "en": short},
                    **dict.fromkeys(("brief", "definition", "when_to_use", "when_not_to_use", "example"), unwritten),
                    "source": evidence,
                    "polarity_in_source": [],
                    "maturity": "",
                    "cues": {"nb": [], "nn": []},
                }
            ],
            "migration": [],
        }
    )


def _displays_proposed(study: Study, level: str) -> list[int]:
    """The numbers of display codes that open proposals bring in on a level."""
    shown = (
        str(record.get("display", ""))
        for state in proposal_states(study.path).values()
        if not state.version
        for record in state.proposal.codes
    )
    return [int(found[1]) for text in shown if (found := re.fullmatch(rf"{re.escape(level)}(\d+)", text))]
