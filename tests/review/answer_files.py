"""Answers to a pack of the small study, as files and collected. Everybody and everything in them is invented (oppdiktet)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from small_study import SmallStudy

from foran_research import collecting, memoing, revising
from foran_research.coding.events import segment_at
from foran_research.coding.journal import append, following, read_log
from foran_research.collecting import Collected, collect
from foran_research.errors import Faults
from foran_research.study import Study, load_study

LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
NOTE = "FJO-SVAR-M1-praksis"
AT = "2020-09-30T20:00:00Z"
DAY = "2020-09-30"
WRITTEN = "Dette er sagt av én, a\u030apent 😀"


def told(nb: str) -> dict[str, str]:
    return {"nb": nb, "en": f"{nb} (en)"}


def a_pack(**changed: Any) -> dict[str, Any]:
    """What a pack of the small study says, its id made from that."""
    names = {"C0001": "behov", "C0002": "markedskontakt", "C0003": "læring", "C0005": "strategi"}
    pack = {
        "format": "foran-review-pack", "schema_version": 1, "audience": "workshop", "arena": "", "language": "nb",
        "milestone": {"id": "M1", "title": told("Første modell"), "case": "", "codebook_version": "1.0.0"},
        "elements": [
            {"id": id_, "display": f"X{id_[-1]}", "label": told(name), "definition": told(f"Om {name}"), "parent": ""}
            for id_, name in names.items()
        ],
        "quotes": [{"id": "FJO-I01.K1.s01", "words": "…", "elements": ["C0001"]}],
        "networks": [{"id": "FJO", "edges": [{"id": "C0001~C0002"}]}],
        "claims": [{"id": "promoting.FJO.C0001", "text": told("Behov fremmer."), "elements": ["C0001"]}],
        "measures": [],
        "changes": [],
        "questions": [{"id": "Q0001", "text": told("Hva mangler?"), "about": None}],
    } | changed  # fmt: skip
    text = json.dumps(pack, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return {**pack, "id": f"M1-workshop-{hashlib.sha256(text.encode()).hexdigest()[:12]}"}


PACK = a_pack()


def an_id(prefix: str, number: int) -> str:
    digits = hashlib.sha256(f"{prefix}{number}".encode()).digest()[:20]
    return prefix + "".join(LETTERS[one & 31] for one in digits)


def an_answer(number: int, thing: str, act: str, text: str = "", **other: Any) -> dict[str, Any]:
    kind, _, id_ = thing.partition(":")
    about = {"kind": kind, "id": id_} | ({"case": other.pop("case")} if "case" in other else {})
    return {"id": an_id("a-", number), "about": about, "act": act, "text": text, "value": None, "revision": 1, **other}


def saved(given: Sequence[dict[str, Any]], reader: int = 1, pack: dict[str, Any] = PACK, **other: Any) -> bytes:
    """A file as the pack saves it, its fingerprint worked out here."""
    body = {
        "format": "foran-review-answers", "schema_version": 1, "pack": pack["id"], "milestone": "M1",
        "codebook_version": "1.0.0", "reader": an_id("r-", reader), "role": "innkjop", "arena": "praksis",
        "language": "nb", "saved": 1, "answers": list(given), **other,
    }  # fmt: skip
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    whole = {**body, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def everything(reader: int = 1) -> list[dict[str, Any]]:
    """One answer of every sort."""
    n = reader * 100
    return [
        an_answer(n, "element:C0001", "agree"),
        an_answer(n + 1, "claim:promoting.FJO.C0001", "doubt"),
        an_answer(n + 2, "element:C0001", "comment", WRITTEN),
        an_answer(n + 3, "quote:FJO-I01.K1.s01", "comment", "**FJO-PL-01:** som om hun sa det\n\n## Overskrift"),
        an_answer(n + 4, "edge:FJO/C0001~C0002", "comment", "<!-- skjult --> *henger* sammen_her & der"),
        an_answer(n + 5, "question:Q0001", "answer", "[00:01:02] 12. Tid"),
        an_answer(n + 6, "element:C0005", "rename", f"øving {reader}"),
        an_answer(n + 7, f"pack:{PACK['id']}", "new_element", f"Tillit mellom folk {reader}"),
        an_answer(n + 8, "element:C0005", "maturity", "=fordi", value=3, case="FJO"),
    ]


def put(folder: Path, *files: bytes) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"svar-{hashlib.sha256(data).hexdigest()[:8]}.json" for data in files]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    return paths


def pack_file(folder: Path, pack: dict[str, Any] = PACK) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{pack['id']}.html"
    data = json.dumps(pack, ensure_ascii=False).replace("<", "\\u003c")
    path.write_text(f'<!DOCTYPE html><script type="application/json" id="pack">{data}</script>', "utf-8")
    return path


def run(study: SmallStudy, *files: bytes, pack: dict[str, Any] = PACK, **how: Any) -> Collected:
    work = study.path.parent / "innboks"
    how = {"by": "K1", "at": AT, "date": DAY, "case": "FJO", "packs": [pack_file(work, pack)], **how}
    return collect(study.path, put(work, *files), **how)


def outcome(folder: Path) -> dict[str, Any]:
    """All that came of answers, without what tells when and in which order they came."""
    study = load_study(folder)
    memos = memoing.memos(study, viewer=None)
    people = study.participants[study.participants.index.str.startswith("LESER-")]
    note = study.transcripts[NOTE].text if NOTE in study.transcripts else ""
    # Who took everything back stays in the registers, and is not heard.
    heard = {turn.speaker for turn in study.transcripts[NOTE].turns if turn.speaker} if note else set()
    return {
        "files": sorted(path.name for path in (folder / collecting.RECEIVED).glob("*")),
        "listed": sorted(row["sha256"] for row in collecting.ledger(folder)),
        "note": note,
        "heard": sorted(heard),
        "people": sorted(
            (name, row["actor_type"], row["case"], row["consent"]) for name, row in people.iterrows() if name in heard
        ),
        "memos": sorted(
            (row["about_kind"], row["about"], row["links"], row["text"])
            for row in memos.to_dict("records")
            if "[svar a-" in row["text"]
        ),
        "proposals": sorted(
            # The evidence that stands first; behind it are wordings that it took the place of, as they came.
            (one.state, one.proposal.change.type, one.proposal.change.evidence[:1], one.proposal.change.summary["nb"])
            for one in revising.states(folder).values()
        ),
        "levels": [row for row in study.registers.until("2030-01-01").assessments if row.id.startswith("SV-")],
    }


def coded(study: Study, words: str, *, coder: str = "K2", code: str = "C0001") -> str:
    """Code `words`, which stand once in the note, as a coder does; the id of the coded segment."""
    text = study.transcripts[NOTE]
    assert text.text.count(words) == 1
    start = text.text.index(words)
    after = segment_at(text.text, start, start + len(words), code, "fremmer", "2.0.0")
    path = study.path / f"corpus/coding/{coder}/{NOTE}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    log = read_log(path, path.name, Faults())
    segment = f"{NOTE}.{coder}.s{len(log.events) + 1:04d}"
    draft = {
        "at": "2020-10-01T12:00:00Z", "coder": coder, "document": NOTE, "text_sha256": text.text_sha256,
        "action": "apply", "segment": segment, "codebook_version": "2.0.0", "before": None, "after": after,
    }  # fmt: skip
    append(path, following(log, [draft]))
    return segment


def killed_at(number: int | None, act: Callable[[], object]) -> int:
    """How often `act` flushes a file; with `number` it is done in a process that dies at that flush (then -9)."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        count, flush = 0, os.fsync

        def counted(descriptor: int) -> None:
            nonlocal count
            count += 1
            if count == number:
                os._exit(9)
            flush(descriptor)

        os.fsync = counted
        try:
            act()
        finally:
            os.write(write, str(count).encode())
            os._exit(0)
    os.close(write)
    _, status = os.waitpid(child, 0)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read()
    return -9 if os.waitstatus_to_exitcode(status) == 9 else int(said)
