"""Verification: a byte changed anywhere is found at its line, and what was sealed is proved or found to differ."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_study import SmallStudy, draft

from foran_research import verifying
from foran_research.cli_audit import audit
from foran_research.codebook import log_store
from foran_research.coding import journal
from foran_research.coding.events import Event, Log, segment_at
from foran_research.corpus.transcript import text_sha256
from foran_research.errors import Fault, Faults, ForanError, FutureFile, StudyError
from foran_research.reanchoring import keep_texts, reanchor
from foran_research.runs import log_heads
from foran_research.verifying import check_chain, seal, told, verify
from foran_research.withdrawal import COLUMNS, withdraw

NAME = "corpus/coding/K1/D.jsonl"
LOG = "corpus/coding/K1/FJO-I02.jsonl"
WORDS = ["Blåbær 😀", "a\u030a og å", "helt\nvanlig"]
#: A byte may become a blank, a line feed, a mark of JSON, a digit, a letter, or no UTF-8 at all.
KINDS = (
    0x0A,
    0x0D,
    0x20,
    0x09,
    0x00,
    ord('"'),
    ord("\\"),
    ord(","),
    ord(":"),
    ord("}"),
    ord("0"),
    ord("f"),
    0x80,
    0xC3,
    0xFF,
)


def small_log(*, own_hashes: bool = True) -> bytes:
    """Three lines, the last two of them one act."""
    made: list[Event] = []
    for words, is_one_act in (([WORDS[0]], False), (WORDS[1:], True)):
        drafts: list[dict[str, Any]] = [
            {
                "at": "2020-03-01T10:00:00Z", "coder": "K1", "document": "D", "text_sha256": "a" * 64, "action": "apply",
                "segment": f"D.K1.s{len(made) + number}", "codebook_version": "1.0.0", "before": None, "wish": "w.1",
                "after": segment_at(said, 0, len(said), "C0001", "hemmer", "1.0.0"),
            }
            for number, said in enumerate(words)
        ]  # fmt: skip
        head = journal.line_sha256(journal.encode(made[-1])) if made else journal.NO_PREVIOUS
        made += journal.chained(len(made), head, drafts, is_one_act=is_one_act)
    if own_hashes:
        return b"".join(map(journal.encode, made))
    head, lines = journal.NO_PREVIOUS, []
    for event in made:
        lines.append(journal.encode(replace(event, prev_sha256=head, sha256="")))
        head = journal.line_sha256(lines[-1])
    return b"".join(lines)


def flips(data: bytes, kinds: Sequence[int] = KINDS) -> Iterator[tuple[int, bytes]]:
    """Every byte changed to every kind of other byte: the line it is in (its line feed included), and the new bytes."""
    line = 1
    for at, byte in enumerate(data):
        for other in {*kinds, byte ^ 1, byte ^ 0x20} - {byte}:
            yield line, data[:at] + bytes([other]) + data[at + 1 :]
        line += byte == 0x0A


def checked(data: bytes, name: str = NAME) -> Faults:
    faults = Faults()
    check_chain(name, data, faults)
    return faults


def places(faults: Faults) -> list[int | None]:
    return [fault.line for fault in faults.errors]


# One byte


def test_any_byte_changed_in_a_log_is_found_at_its_line() -> None:
    data = small_log()
    assert checked(data) == []
    missed = [(line, places(checked(changed))) for line, changed in flips(data) if places(checked(changed)) != [line]]
    assert missed == []


def test_any_byte_changed_in_an_old_log_is_found_at_its_line_or_the_next_and_the_last_one_is_told_to_be_unsealed() -> (
    None
):
    data = small_log(own_hashes=False)
    assert [(fault.kind, fault.line) for fault in checked(data)] == [("not-yet-sealed", 3)]
    for line, changed in flips(data, KINDS[:6]):
        faults = checked(changed)
        if faults.errors:
            assert places(faults) in ([line], [line + 1]), line
        else:
            assert line == 3
            assert [fault.kind for fault in faults] == ["not-yet-sealed"]


def test_a_log_that_is_read_for_work_tells_the_same_line(tmp_path: Path) -> None:
    """All but the last line feed: what stands behind it may be a torn tail, and is set aside as one."""
    path = tmp_path / "D.jsonl"
    data = small_log()
    for number, (line, changed) in enumerate(flips(data)):
        if number % 29 or changed[:-1] == data[:-1]:
            continue
        path.write_bytes(changed)
        faults = Faults()
        journal.read_log(path, NAME, faults)
        assert line in {fault.line for fault in faults.errors}, changed


def codebook_log(study: Path, *drafts: dict[str, Any]) -> bytes:
    entries = log_store.following(log_store.CodebookLog(), drafts)
    data = b"".join(map(log_store.encode, entries))
    (study / log_store.FILE).write_bytes(data)
    return data


def adoption(study: Path, version: str) -> dict[str, Any]:
    data = (study / f"codebooks/{version}.yaml").read_bytes()
    return {
        "at": "2021-03-02T10:00:00Z", "by": "K1", "action": "adopt", "about": version,
        "content": {"codebook_version": version, "file_sha256": log_store.file_sha256(data)},
    }  # fmt: skip


def test_any_byte_changed_in_the_log_of_the_codebook_is_found_at_its_line(small_study: SmallStudy) -> None:
    data = codebook_log(small_study.path, *(adoption(small_study.path, version) for version in ("1.0.0", "2.0.0")))
    assert checked(data, log_store.FILE) == []
    for line, changed in flips(data):
        assert places(checked(changed, log_store.FILE)) == [line], changed


# Lines


LINES = small_log().splitlines(keepends=True)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([0, 2], 2), ([1, 2], 1), ([1, 0, 2], 1), ([0, 2, 1], 2), ([0, 0, 1, 2], 2), ([0, 1, 1, 2], 3), ([2, 1, 0], 1),
    ],
)  # fmt: skip
def test_lines_taken_out_doubled_or_in_another_order_are_found(lines: list[int], line: int) -> None:
    assert places(checked(b"".join(LINES[number] for number in lines))) == [line]


def test_a_line_whose_hash_was_made_anew_is_found_by_the_one_after_it() -> None:
    event = Event(**json.loads(LINES[1]))
    forged = journal.encode(journal.sealed(replace(event, codebook_version="2.0.0")))
    assert places(checked(LINES[0] + forged + LINES[2])) == [3]


def test_a_line_without_its_hash_is_no_line_of_a_log_that_has_them() -> None:
    bare = LINES[2].rstrip(b"\n")[:-77] + b"}\n"
    assert places(checked(LINES[0] + LINES[1] + bare)) == [3]


def test_a_torn_tail_and_a_torn_act_are_told_as_such() -> None:
    data = small_log()
    for length in range(1, len(data)):
        faults = checked(data[:length])
        count = 0 if length < len(LINES[0]) else 1
        is_whole = length == len(LINES[0])
        assert [(f.kind, f.line, f.is_warning) for f in faults] == (
            [] if is_whole else [("torn-line", count + 1, True)]
        )


def test_marks_of_a_merge_and_carriage_returns_are_told_as_such() -> None:
    merged = LINES[0] + b"<<<<<<< HEAD\n" + LINES[1] + b"=======\n" + LINES[2] + b">>>>>>> main\n"
    assert [(fault.kind, fault.line) for fault in checked(merged)] == [("merge-conflict", 2)]
    [fault] = checked(small_log().replace(b"\n", b"\r\n"))
    assert (fault.line, "carriage return" in fault.found) == (1, True)


# A study


def continued(study: SmallStudy, coder: str = "K1", document: str = "FJO-I02") -> None:
    number = study.log_path(coder, document).read_bytes().count(b"\n") + 50
    segment = segment_at(study.text(document), 0, 9, "C0001", "", "1.0.0")
    study.code(coder, document, [
        draft(study, coder, document, "2021-05-01", "apply", f"{document}.{coder}.s{number}", None, segment)])  # fmt: skip


def rewritten(study: SmallStudy, edit: Callable[[list[dict[str, Any]]], object]) -> None:
    """A log edited by somebody who knows how chains are made: every hash fits."""
    study.edit_log("K1", "FJO-I02", edit)


def memo_log(study: Path) -> None:
    made = journal.following(Log("", (), ()), [{
        "at": "2020-05-01T10:00:00Z", "coder": "K1", "document": "", "text_sha256": "0" * 64, "action": "note",
        "segment": "memo.K1.m0001", "codebook_version": "1.0.0", "before": None,
        "after": {"kind": "memo", "about": {"study": ""}, "text": "Åpent 😀"}}])  # fmt: skip
    journal.append(study / "corpus/memos/K1.jsonl", made)


def kinds(found: verifying.Verification) -> list[tuple[str, str, int | None]]:
    return [(fault.kind, fault.file, fault.line) for fault in found.faults]


def test_a_whole_study_is_whole_and_says_what_was_looked_at(small_study: SmallStudy) -> None:
    memo_log(small_study.path)
    codebook_log(small_study.path, adoption(small_study.path, "1.0.0"), adoption(small_study.path, "2.0.0"))
    keep_texts(small_study.path)
    before = small_study.fingerprint()
    found = verify(small_study.path)
    assert small_study.fingerprint() == before
    logs = [*(small_study.path / "corpus/coding").rglob("*.jsonl"), small_study.path / "corpus/memos/K1.jsonl",
            small_study.path / "codebooks/log.jsonl"]  # fmt: skip
    texts = [*(small_study.path / "corpus/texts").rglob("*.md")]
    assert (found.logs, found.lines) == (len(logs), sum(len(path.read_bytes().splitlines()) for path in logs))
    assert (len(found.codebooks), found.texts, found.runs) == (2, len(texts), 0)
    assert (found.faults, found.notes, found.is_whole) == ((), (), True)
    assert told(found)[-1] == "nothing was changed: every link holds"
    assert found.head_sha256 in "\n".join(told(found))


def test_each_broken_log_is_told_once_and_nobody_is_quoted(small_study: SmallStudy) -> None:
    quotes = {record["quote"] for event in small_study.events("K1", "FJO-I02") if (record := event["after"])}
    small_study.log_path("K1", "FJO-I02").write_bytes(
        small_study.log_path("K1", "FJO-I02").read_bytes().replace(b"C0", b"C1"))  # fmt: skip
    path = small_study.log_path("K2", "FJO-I01")
    path.write_bytes(path.read_bytes().replace(b'"2020-', b'"2019-'))
    found = verify(small_study.path)
    assert kinds(found) == [("broken-chain", LOG, 1), ("broken-chain", "corpus/coding/K2/FJO-I01.jsonl", 1)]
    assert found.broken == (f"{LOG}:1", "corpus/coding/K2/FJO-I01.jsonl:1")
    printed = "\n".join(told(found))
    assert "2 broken links:" in printed
    assert "Restore the file from git or a backup" in printed
    assert not [quote for quote in quotes if quote in printed]


def test_a_study_that_cannot_be_loaded_is_verified(small_study: SmallStudy) -> None:
    (small_study.path / "foran.toml").write_text("[", "utf-8")
    assert verify(small_study.path).is_whole
    (small_study.path / "corpus/documents.csv").unlink()
    assert kinds(verify(small_study.path)) == [("missing-file", "corpus/documents.csv", None)]


def test_a_text_a_kept_text_and_a_released_codebook_that_were_edited_are_found(small_study: SmallStudy) -> None:
    codebook_log(small_study.path, adoption(small_study.path, "1.0.0"), adoption(small_study.path, "2.0.0"))
    keep_texts(small_study.path)
    [version] = (small_study.path / "corpus/texts/.versions/FJO-I02").glob("*.md")
    for path in (version, small_study.path / "corpus/texts/FJO-I02.md", small_study.path / "codebooks/1.0.0.yaml"):
        path.write_bytes(path.read_bytes() + b"# ")
    assert sorted(kinds(verify(small_study.path))) == [
        ("edited-codebook", "codebooks/1.0.0.yaml", None),
        ("text-changed", version.relative_to(small_study.path).as_posix(), None),
        ("text-changed", "corpus/texts/FJO-I02.md", None),
    ]


def test_a_text_that_was_edited_and_re_anchored_breaks_nothing(small_study: SmallStudy) -> None:
    keep_texts(small_study.path)
    sealed = seal(small_study.path)
    reanchor(small_study.path, "FJO-I02", "**Intervjuer:** Å, hei.\n\n" + small_study.text("FJO-I02"),
             at="2026-01-01T10:00:00Z")  # fmt: skip
    assert verify(small_study.path, against=sealed).is_whole
    [former] = [path for path in (small_study.path / "corpus/texts/.versions/FJO-I02").glob("*.md")
                if "Å, hei" not in path.read_text("utf-8")]  # fmt: skip
    former.unlink()
    assert [note.kind for note in verify(small_study.path).notes] == ["missing-text-version"]


# Seals


def test_a_seal_is_the_same_for_the_same_study_and_tells_of_every_log(small_study: SmallStudy) -> None:
    sealed = seal(small_study.path)
    shutil.copytree(small_study.path, small_study.path.parent / "copy")
    assert seal(small_study.path.parent / "copy") == sealed
    record = json.loads(sealed)
    assert record["head_sha256"] == verify(small_study.path).head_sha256
    data = small_study.log_path("K1", "FJO-I02").read_bytes()
    assert record["logs"][LOG] == {
        "lines": data.count(b"\n"),
        "head_sha256": journal.line_sha256(data.splitlines()[-1]),
        "sha256": log_store.file_sha256(data),
    }
    assert verify(small_study.path, against=sealed).is_whole


def test_a_study_that_went_on_begins_with_what_was_sealed(small_study: SmallStudy) -> None:
    sealed = seal(small_study.path)
    continued(small_study)
    memo_log(small_study.path)
    shutil.copy(small_study.path / "codebooks/2.0.0.yaml", small_study.path / "codebooks/2.0.1.yaml")
    found = verify(small_study.path, against=sealed)
    assert (found.faults, found.is_against_seal) == ((), True)
    assert told(found)[-1].endswith("each log begins with the sealed one")
    assert found.head_sha256 != json.loads(sealed)["head_sha256"]


def test_what_no_chain_can_tell_a_seal_tells(small_study: SmallStudy) -> None:
    """A log cut at its end, one rewritten from its second line with all hashes made anew, one that is gone, a codebook."""
    sealed, data = seal(small_study.path), small_study.log_path("K1", "FJO-I02").read_bytes()
    lines = data.splitlines(keepends=True)

    def found() -> list[tuple[str, str, int | None]]:
        assert [one for one in verify(small_study.path).faults if one.file == LOG] == []
        return kinds(verify(small_study.path, against=sealed))

    small_study.log_path("K1", "FJO-I02").write_bytes(b"".join(lines[:-1]))
    assert found() == [("truncated-log", LOG, len(lines))]
    small_study.log_path("K1", "FJO-I02").write_bytes(data)
    rewritten(small_study, lambda events: events[1]["after"].update(polarity="hemmer" * 2))
    assert found() == [("changed-log", LOG, len(lines))]
    continued(small_study)
    assert found() == [("changed-log", LOG, len(lines))]
    small_study.log_path("K1", "FJO-I02").unlink()
    assert found() == [("missing-log", LOG, None)]
    small_study.log_path("K1", "FJO-I02").write_bytes(data)
    with (small_study.path / "codebooks/1.0.0.yaml").open("ab") as file:
        file.write(b"# \n")
    assert found() == [("edited-codebook", "codebooks/1.0.0.yaml", None)]


def test_a_torn_tail_is_no_part_of_a_seal(small_study: SmallStudy) -> None:
    sealed = seal(small_study.path)
    with small_study.log_path("K1", "FJO-I02").open("ab") as file:
        file.write('{"seq":9,"id":"å'.encode()[:-1])
    assert seal(small_study.path) == sealed
    assert [note.kind for note in verify(small_study.path, against=sealed).notes] == ["torn-line"]


def test_a_broken_study_is_not_sealed(small_study: SmallStudy) -> None:
    path = small_study.log_path("K1", "FJO-I02")
    path.write_bytes(path.read_bytes().replace(b"hemmer", b"fremme"))
    with pytest.raises(StudyError):
        seal(small_study.path)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"schema_version": 1, "logs": {"a": {"lines": "3"}}, "codebooks": {}}']
)
def test_what_is_no_seal_is_refused(small_study: SmallStudy, text: str) -> None:
    with pytest.raises(ForanError, match="no seal"):
        verify(small_study.path, against=text)


def test_a_seal_that_was_changed_or_comes_from_the_future_is_refused(small_study: SmallStudy) -> None:
    sealed = seal(small_study.path)
    record = json.loads(sealed)
    record["logs"][LOG]["lines"] -= 1
    with pytest.raises(ForanError, match="was changed"):
        verify(small_study.path, against=json.dumps(record))
    with pytest.raises(FutureFile):
        verify(small_study.path, against=json.dumps(record | {"schema_version": 3}))


def test_a_withdrawal_chains_logs_anew_and_is_told_and_no_break(small_study: SmallStudy) -> None:
    sealed = seal(small_study.path)
    recorded(small_study.path, logs=log_heads(small_study.path))
    withdraw(small_study.path, "FJO-PL-01", at="2026-02-01T10:00:00Z", reason="ba om det")
    found = verify(small_study.path, against=sealed)
    assert found.faults == ()
    notes = [note for note in found.notes if note.kind == "chained-anew"]
    assert LOG in {note.file for note in notes} or "corpus/coding/K1/FJO-I01.jsonl" in {note.file for note in notes}
    heads = [one["head_sha256"] for one in json.loads(sealed)["logs"].values()]
    assert all(any(head[:12] in note.found for head in heads) for note in notes)


def test_a_tombstone_that_no_withdrawal_tells_of_excuses_nothing(small_study: SmallStudy) -> None:
    sealed = seal(small_study.path)
    stone = {"kind": "tombstone", "events": 1, "segments": 1, "former_head_sha256": "a" * 64}
    rewritten(small_study, lambda events: events[0].update(codebook_version="2.0.0"))
    small_study.code("K1", "FJO-I02", [
        draft(small_study, "K1", "FJO-I02", "2021-05-01", "withdraw", "FJO-I02.K1.t0001", None, stone)])  # fmt: skip
    assert [kind for kind, _, _ in kinds(verify(small_study.path, against=sealed))] == ["changed-log"]


# Tombstones: what a withdrawal excuses, and what it does not

OTHER = "corpus/coding/K1/FJO-I01.jsonl"
WITHDREW = "2026-02-01T10:00:00Z"


def schema_1(sealed: str) -> str:
    """The seal as it was before it held more than logs and codebooks."""
    record = {key: one for key, one in json.loads(sealed).items() if key in ("logs", "codebooks")}
    described = json.dumps(record, ensure_ascii=False, sort_keys=True)
    return json.dumps({"schema_version": 1, "head_sha256": log_store.file_sha256(described.encode()), **record})


def forged_withdrawal(study: SmallStudy, participant: str, former: str = "a" * 64) -> None:
    """A tombstone at the end of a log, and a list of withdrawals that tells of it."""
    stone = {"kind": "tombstone", "events": 1, "segments": 1, "former_head_sha256": former}
    study.code("K1", "FJO-I02", [
        draft(study, "K1", "FJO-I02", "2021-05-01", "withdraw", "FJO-I02.K1.t0001", None, stone)])  # fmt: skip
    row = {**dict.fromkeys(COLUMNS, ""), "participant": participant, "at": "2021-05-01T10:00:00Z", "reason": "bå",
           "redacted": "FJO-I02", "events": "1", "segments": "1"}  # fmt: skip
    (study.path / "corpus/withdrawals.csv").write_text(f"{','.join(COLUMNS)}\n{','.join(row.values())}\n", "utf-8")


def anew(found: verifying.Verification) -> list[str]:
    return [note.file for note in found.notes if note.kind == "chained-anew"]


@pytest.mark.parametrize("participant", ["NOBODY-1", "FJO-INN-01"], ids=["nobody", "one who has not withdrawn"])
def test_a_withdrawal_of_nobody_or_of_one_who_is_still_in_excuses_nothing(
    small_study: SmallStudy, participant: str
) -> None:
    sealed = seal(small_study.path)
    head = json.loads(sealed)["logs"][LOG]["head_sha256"]
    rewritten(small_study, lambda events: events[0].update(codebook_version="2.0.0"))
    forged_withdrawal(small_study, participant, head)
    for against in (sealed, schema_1(sealed)):
        found = verify(small_study.path, against=against)
        assert [(kind, file) for kind, file, _ in kinds(found)] == [
            ("changed-log", LOG), ("unknown-participant", "corpus/withdrawals.csv")]  # fmt: skip
        assert anew(found) == []
        assert "begins with the sealed one" not in "\n".join(told(found))
    assert [kind for kind, _, _ in kinds(verify(small_study.path))] == ["unknown-participant"]


@pytest.mark.parametrize("is_old", [False, True], ids=["now", "schema 1"])
def test_a_seal_from_after_a_withdrawal_is_met_exactly(small_study: SmallStudy, is_old: bool) -> None:
    withdraw(small_study.path, "FJO-PL-01", at=WITHDREW, reason="ba om det")
    sealed = schema_1(seal(small_study.path)) if is_old else seal(small_study.path)
    found = verify(small_study.path, against=sealed)
    assert (found.faults, anew(found), found.unproved) == ((), [], ())
    assert told(found)[-1].endswith("each log begins with the sealed one")
    path = small_study.log_path("K1", "FJO-I01")
    data = path.read_bytes()
    small_study.edit_log("K1", "FJO-I01", lambda events: events[0].update(codebook_version="2.0.0"))
    assert kinds(verify(small_study.path, against=sealed)) == [("changed-log", OTHER, data.count(b"\n"))]
    path.write_bytes(data)
    rest = data.splitlines(keepends=True)
    while b"tombstone" not in rest.pop():
        pass
    while b'"to_follow"' in rest[-1]:
        rest.pop()
    path.write_bytes(b"".join(rest))
    assert kinds(verify(small_study.path, against=sealed)) == [("truncated-log", OTHER, len(rest) + 1)]


def test_a_tombstone_moved_behind_what_was_sealed_is_found_by_the_number_of_tombstones(small_study: SmallStudy) -> None:
    withdraw(small_study.path, "FJO-PL-01", at=WITHDREW, reason="ba om det")
    sealed = seal(small_study.path)

    def padded(events: list[dict[str, Any]]) -> None:
        first = next(n for n, event in enumerate(events) if event["action"] == "withdraw")
        events[first:first] = [dict(events[0], segment=f"x{n}") for n in range(30)]
        for number, event in enumerate(events, 1):
            event["seq"] = number

    small_study.edit_log("K1", "FJO-I01", padded)
    assert [kind for kind, _, _ in kinds(verify(small_study.path, against=sealed))] == ["changed-log"]


@pytest.mark.parametrize("is_old", [False, True], ids=["now", "schema 1"])
def test_a_log_that_went_on_before_a_withdrawal_is_told_not_to_be_proved(small_study: SmallStudy, is_old: bool) -> None:
    sealed = schema_1(seal(small_study.path)) if is_old else seal(small_study.path)
    continued(small_study, document="FJO-I01")
    withdraw(small_study.path, "FJO-PL-01", at=WITHDREW, reason="ba om det")
    found = verify(small_study.path, against=sealed)
    assert found.faults == ()
    notes = {note.file: note.found for note in found.notes if note.kind == "chained-anew"}
    assert "cannot be proved" in notes[OTHER]
    assert "2026-02-01" in notes[OTHER]
    assert found.unproved == tuple(sorted(notes))
    assert "not proved to begin with the sealed one" in told(found)[-1]
    assert OTHER in told(found)[-1]


def test_a_state_that_cannot_have_been_before_the_withdrawal_is_a_fault(small_study: SmallStudy) -> None:
    """As many lines as the log had then, and another last one than the tombstone names; or more lines."""
    sealed = seal(small_study.path)
    withdraw(small_study.path, "FJO-PL-01", at=WITHDREW, reason="ba om det")
    for change in ({"head_sha256": "b" * 64}, {"lines": json.loads(sealed)["logs"][OTHER]["lines"] + 1}):
        record = json.loads(sealed)
        record["logs"][OTHER] |= change
        small_study.path.joinpath("outputs").mkdir(exist_ok=True)
        recorded(small_study.path, logs={OTHER: record["logs"][OTHER]})
        assert [(kind, file) for kind, file, _ in kinds(verify(small_study.path))] == [("changed-log", OTHER)]
    recorded(small_study.path, logs={OTHER: json.loads(sealed)["logs"][OTHER]})
    assert anew(verify(small_study.path)) == [OTHER]


def test_a_record_that_a_withdrawal_explains_does_not_keep_the_log_from_its_seal(small_study: SmallStudy) -> None:
    before = log_heads(small_study.path)
    withdraw(small_study.path, "FJO-PL-01", at=WITHDREW, reason="ba om det")
    sealed = seal(small_study.path)
    recorded(small_study.path, logs=before)
    assert OTHER in anew(verify(small_study.path, against=sealed))
    small_study.edit_log("K1", "FJO-I01", lambda events: events[0].update(codebook_version="2.0.0"))
    assert [(kind, file) for kind, file, _ in kinds(verify(small_study.path, against=sealed))] == [
        ("changed-log", OTHER)]  # fmt: skip


def test_an_old_record_from_after_the_withdrawal_is_known_by_the_registers_it_saw(small_study: SmallStudy) -> None:
    withdraw(small_study.path, "FJO-PL-01", at=WITHDREW, reason="ba om det")
    seen = inputs(small_study.path)
    for name in ("corpus/documents.csv", "corpus/participants.csv"):
        seen[name] = log_store.file_sha256((small_study.path / name).read_bytes())
    recorded(small_study.path, inputs=seen)
    assert verify(small_study.path).faults == ()
    small_study.edit_log("K1", "FJO-I01", lambda events: events[0].update(codebook_version="2.0.0"))
    assert [kind for kind, _, _ in kinds(verify(small_study.path))] == ["changed-log"]


def test_two_who_withdrew_at_one_time_are_told_apart(small_study: SmallStudy) -> None:
    withdraw(small_study.path, "FJO-PL-01", at=WITHDREW, reason="ba om det")
    sealed = seal(small_study.path)
    withdraw(small_study.path, "FJO-INN-01", at=WITHDREW, reason="ba også om det")
    found = verify(small_study.path, against=sealed)
    assert found.faults == ()
    assert (LOG in found.unproved, OTHER in found.unproved) == (True, False)


def test_a_seal_from_before_two_withdrawals_is_held_against_the_first(small_study: SmallStudy) -> None:
    sealed = seal(small_study.path)
    for day, who in (("2026-02-01", "STR-INN-01"), ("2026-02-02", "FJO-PL-01")):
        withdraw(small_study.path, who, at=f"{day}T10:00:00Z", reason="ba om det 😀")
    log = "corpus/coding/K1/STR-N01.jsonl"
    assert small_study.log_path("K1", "STR-N01").read_bytes().count(b'"kind":"tombstone"') == 2
    for against in (sealed, schema_1(sealed)):
        found = verify(small_study.path, against=against)
        assert found.faults == ()
        [note] = [note for note in found.notes if note.kind == "chained-anew" and note.file == log]
        assert json.loads(sealed)["logs"][log]["head_sha256"][:12] in note.found


def test_a_codebook_adopted_anew_after_a_withdrawal_is_told_and_otherwise_edited(small_study: SmallStudy) -> None:
    both = [adoption(small_study.path, version) for version in ("1.0.0", "2.0.0")]
    codebook_log(small_study.path, *both)
    sealed = seal(small_study.path)
    small_study.add("codebooks/1.0.0.yaml", "# uten ordene hennes, å\n")
    again = adoption(small_study.path, "1.0.0") | {"at": "2026-02-02T10:00:00Z"}
    again["content"]["withdrawal"] = "2026-02-01"
    codebook_log(small_study.path, *both, again)
    assert ("edited-codebook", "codebooks/1.0.0.yaml", None) in kinds(verify(small_study.path, against=sealed))
    withdraw(small_study.path, "FJO-PL-01", at=WITHDREW, reason="ba om det")
    found = verify(small_study.path, against=sealed)
    assert found.faults == ()
    assert [note.file for note in found.notes if note.kind == "adopted-anew"] == ["codebooks/1.0.0.yaml"]


def test_a_withdrawal_that_the_seal_tells_of_must_still_be_told(small_study: SmallStudy) -> None:
    withdraw(small_study.path, "FJO-PL-01", at=WITHDREW, reason="ba om det")
    sealed = seal(small_study.path)
    (small_study.path / "corpus/withdrawals.csv").unlink()
    assert [kind for kind, _, _ in kinds(verify(small_study.path, against=sealed))] == ["missing-withdrawal"]


# What else a seal holds


def test_registers_are_noted_and_texts_follow_the_list_of_changes(small_study: SmallStudy) -> None:
    keep_texts(small_study.path)
    sealed = seal(small_study.path)
    small_study.add("foran.toml", "# Å\n")
    reanchor(small_study.path, "FJO-I02", "**Intervjuer:** Å, hei.\n\n" + small_study.text("FJO-I02"),
             at="2026-01-01T10:00:00Z")  # fmt: skip
    found = verify(small_study.path, against=sealed)
    assert found.faults == ()
    assert {"foran.toml", "corpus/documents.csv"} <= {note.file for note in found.notes if note.kind == "changed-file"}
    (small_study.path / "corpus/text_changes.csv").unlink()
    assert kinds(verify(small_study.path, against=sealed)) == [("text-changed", "corpus/texts/FJO-I02.md", None)]
    assert verify(small_study.path, against=schema_1(sealed)).is_whole


def test_a_text_forged_with_its_register_is_known_by_its_logs(small_study: SmallStudy) -> None:
    small_study.edit_text("FJO-I02", "Hemmelighold.", "Åpenhet 😀.")
    found = verify(small_study.path)
    assert kinds(found) == [("text-changed", "corpus/texts/FJO-I02.md", None)]
    assert "nothing else knows" in found.faults[0].found
    small_study.log_path("K1", "FJO-I02").unlink()
    assert verify(small_study.path).is_whole


def test_a_text_forged_with_its_register_is_not_the_last_of_the_listed_ones(small_study: SmallStudy) -> None:
    keep_texts(small_study.path)
    reanchor(small_study.path, "FJO-I02", "**Intervjuer:** Å, hei.\n\n" + small_study.text("FJO-I02"),
             at="2026-01-01T10:00:00Z")  # fmt: skip
    assert verify(small_study.path).is_whole
    small_study.edit_text("FJO-I02", "Hemmelighold.", "Åpenhet 😀.")
    forged = small_study.text("FJO-I02")
    version = small_study.path / f"corpus/texts/.versions/FJO-I02/{text_sha256(forged)[:16]}.md"
    version.write_text(forged, "utf-8")
    assert kinds(verify(small_study.path)) == [("text-changed", "corpus/texts/FJO-I02.md", None)]


def test_the_seal_tells_its_head_and_older_logs_that_it_does_not_name(small_study: SmallStudy) -> None:
    sealed = seal(small_study.path)
    record = json.loads(sealed)
    memo_log(small_study.path)
    codebook_log(small_study.path, adoption(small_study.path, "1.0.0") | {"at": "2030-01-01T10:00:00Z"})
    found = verify(small_study.path, against=sealed)
    printed = "\n".join(told(found))
    assert f"head of the seal: {record['head_sha256']}" in printed
    assert f"the seal names {len(record['logs'])} of the study's {len(record['logs']) + 2} logs" in printed
    assert [note.file for note in found.notes if note.kind == "not-in-seal"] == ["corpus/memos/K1.jsonl"]


def test_a_last_line_feed_that_was_cut_is_found_by_the_number_of_lines(small_study: SmallStudy) -> None:
    sealed, path = seal(small_study.path), small_study.log_path("K1", "FJO-I02")
    path.write_bytes(path.read_bytes()[:-1])
    assert verify(small_study.path).is_whole
    assert [kind for kind, _, _ in kinds(verify(small_study.path, against=sealed))] == ["truncated-log"]


def test_the_log_of_the_codebook_that_is_gone_is_found_by_seals_and_records(small_study: SmallStudy) -> None:
    codebook_log(small_study.path, adoption(small_study.path, "1.0.0"), adoption(small_study.path, "2.0.0"))
    sealed = seal(small_study.path)
    heads = log_heads(small_study.path)
    (small_study.path / log_store.FILE).unlink()
    assert kinds(verify(small_study.path, against=sealed)) == [("missing-log", log_store.FILE, None)]
    recorded(small_study.path, logs=heads)
    assert kinds(verify(small_study.path)) == [("missing-log", log_store.FILE, None)]


@pytest.mark.parametrize(("key", "value"), [("coder", "K2"), ("document", "FJO-I01")])
def test_a_line_of_another_coder_or_document_than_its_file_is_a_fault(
    small_study: SmallStudy, key: str, value: str
) -> None:
    rewritten(small_study, lambda events: events[1].update({key: value}))
    assert kinds(verify(small_study.path)) == [("wrong-log", LOG, 2)]


def test_a_log_moved_to_another_coder_is_a_fault(small_study: SmallStudy) -> None:
    memo_log(small_study.path)
    (small_study.path / "corpus/memos/K1.jsonl").rename(small_study.path / "corpus/memos/K2.jsonl")
    assert kinds(verify(small_study.path)) == [("wrong-log", "corpus/memos/K2.jsonl", 1)]


@pytest.mark.parametrize("more", [
    {"files": []}, {"texts": {"D": 1}}, {"tombstones": {LOG: -1}}, {"withdrawals": [["A"]]}, {"participants": [1]},
    {"codebooks": {"a": 1}}, {"schema_version": True}, {"schema_version": 0}])  # fmt: skip
def test_a_seal_of_another_shape_is_no_seal(small_study: SmallStudy, more: dict[str, Any]) -> None:
    record = json.loads(seal(small_study.path)) | more
    with pytest.raises(ForanError, match="no seal"):
        verify(small_study.path, against=json.dumps(record))


# The command


def test_a_seal_overwrites_no_file_but_an_older_seal(small_study: SmallStudy, tmp_path: Path) -> None:
    def sealing(*arguments: str) -> Any:
        return CliRunner().invoke(audit, ["seal", "--study", str(small_study.path), *arguments])

    new, thesis = tmp_path / "segl.json", tmp_path / "avhandling.txt"
    assert sealing(str(new)).exit_code == 0
    assert isinstance(sealing(str(new)).exception, ForanError)
    assert sealing(str(new), "--force").exit_code == 0
    thesis.write_text("Å 😀", "utf-8")
    for arguments in ((str(thesis),), (str(thesis), "--force")):
        assert isinstance(sealing(*arguments).exception, ForanError)
    assert thesis.read_text("utf-8") == "Å 😀"
    before = small_study.fingerprint()
    link = tmp_path / "lenke"
    link.symlink_to(small_study.path / "corpus", target_is_directory=True)
    for place in (
        small_study.path / "foran.toml", small_study.path / "corpus/segl.json", small_study.path / "codebooks/log.jsonl",
        small_study.path / "corpus/../codebooks/9.0.0.yaml", small_study.path / "CORPUS/segl.json", link / "segl.json",
    ):  # fmt: skip
        assert isinstance(sealing(str(place), "--force").exception, ForanError), place
    assert small_study.fingerprint() == before


# Records of runs


def recorded(study: Path, **tables: Any) -> None:
    """The record of a run with its report, as `foran run` writes them."""
    folder = study / "outputs/M1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_text("<p>Å 😀</p>", "utf-8")
    outputs = {"report.html": log_store.file_sha256((folder / "report.html").read_bytes())}
    (folder / "run.json").write_text(json.dumps({"inputs": {}, "outputs": outputs, **tables}), "utf-8")


def inputs(study: Path) -> dict[str, str]:
    paths = [*study.glob("corpus/coding/*/*.jsonl"), *study.glob("codebooks/*.yaml")]
    return {path.relative_to(study).as_posix(): log_store.file_sha256(path.read_bytes()) for path in paths}


@pytest.mark.parametrize("has_heads", [True, False], ids=["heads", "files alone, as records once told"])
def test_a_log_goes_on_from_the_one_a_model_was_made_of_or_is_found_not_to(
    small_study: SmallStudy, has_heads: bool
) -> None:
    def found() -> list[str]:
        assert verify(small_study.path).runs == 1
        return [kind for kind, _, _ in kinds(verify(small_study.path))]

    more = {"logs": log_heads(small_study.path)} if has_heads else {}
    recorded(small_study.path, inputs=inputs(small_study.path), **more)
    assert found() == []
    continued(small_study)
    assert found() == []
    data = small_study.log_path("K1", "FJO-I02").read_bytes()
    small_study.log_path("K1", "FJO-I02").write_bytes(b"".join(data.splitlines(keepends=True)[:-2]))
    assert found() == ["truncated-log" if has_heads else "changed-log"]
    small_study.log_path("K1", "FJO-I02").write_bytes(data)
    rewritten(small_study, lambda events: events[0].update(codebook_version="2.0.0"))
    assert found() == ["changed-log"]
    small_study.log_path("K1", "FJO-I02").unlink()
    assert found() == ["missing-log"]


def test_a_run_while_a_tail_was_torn_names_the_lines_before_it(small_study: SmallStudy) -> None:
    path = small_study.log_path("K1", "FJO-I02")
    with path.open("ab") as file:
        file.write(b'{"seq":9')
    recorded(small_study.path, inputs=inputs(small_study.path), logs=log_heads(small_study.path))
    continued(small_study)
    assert verify(small_study.path).faults == ()
    # A record from before heads saw the torn tail too; that the tail was set aside is known from its file.
    recorded(small_study.path, inputs={LOG: "a" * 64})
    assert verify(small_study.path).faults == ()
    path.with_name("FJO-I02.jsonl.torn").unlink()
    assert [kind for kind, _, _ in kinds(verify(small_study.path))] == ["changed-log"]


def test_outputs_and_codebooks_that_a_record_names_are_held_against_it(small_study: SmallStudy) -> None:
    recorded(small_study.path, inputs=inputs(small_study.path))
    with (small_study.path / "codebooks/1.0.0.yaml").open("ab") as file:
        file.write(b"# \n")
    (small_study.path / "outputs/M1/report.html").write_text("<p>Bedre tall</p>", "utf-8")
    found = verify(small_study.path)
    assert kinds(found) == [("changed-output", "outputs/M1/report.html", None)]
    assert [(note.kind, note.file) for note in found.notes] == [("other-codebook", "codebooks/1.0.0.yaml")]
    (small_study.path / "outputs/M1/report.html").unlink()
    assert verify(small_study.path).is_whole
    (small_study.path / "outputs/M1/run.json").write_text("[]", "utf-8")
    assert [kind for kind, _, _ in kinds(verify(small_study.path))] == ["broken-record"]


@pytest.mark.parametrize("one", [
    {"lines": -3, "head_sha256": "a"}, {"lines": -10**30, "head_sha256": "a"}, {"lines": "3", "head_sha256": "a"},
    {"lines": 2.5, "head_sha256": "a"}, {"lines": True, "head_sha256": "a"}, {"lines": 3}, None, [3]])  # fmt: skip
def test_a_record_whose_lines_are_no_number_is_told_as_broken(small_study: SmallStudy, one: object) -> None:
    recorded(small_study.path, logs={LOG: one})
    assert kinds(verify(small_study.path)) == [("broken-record", "outputs/M1/run.json", None)]


def test_a_record_of_more_lines_than_any_log_has_is_a_log_cut(small_study: SmallStudy) -> None:
    recorded(small_study.path, logs={LOG: {"lines": 10**40, "head_sha256": "a"}})
    assert [kind for kind, _, _ in kinds(verify(small_study.path))] == ["truncated-log"]


def test_a_record_that_names_no_log_is_told(small_study: SmallStudy) -> None:
    recorded(small_study.path)
    assert [note.kind for note in verify(small_study.path).notes] == ["record-without-logs"]
    (small_study.path / "outputs/M1/run.json").write_text("{}", "utf-8")
    assert [note.kind for note in verify(small_study.path).notes] == ["record-without-logs"]
    assert verify(small_study.path).is_whole


def test_a_text_that_is_another_one_than_a_run_saw_is_told_unless_its_change_is_listed(small_study: SmallStudy) -> None:
    keep_texts(small_study.path)
    name = "corpus/texts/FJO-I02.md"
    seen = {path.relative_to(small_study.path).as_posix(): log_store.file_sha256(path.read_bytes())
            for path in (small_study.path / "corpus/texts").rglob("*.md")}  # fmt: skip
    recorded(small_study.path, inputs=seen, logs=log_heads(small_study.path))
    assert verify(small_study.path).notes == ()
    small_study.replace(name, "notice: ", "notice:  ")
    assert [(note.kind, note.file) for note in verify(small_study.path).notes] == [("other-text", name)]
    reanchor(small_study.path, "FJO-I02", "**Intervjuer:** Å, hei.\n\n" + small_study.text("FJO-I02"),
             at="2026-01-01T10:00:00Z")  # fmt: skip
    assert verify(small_study.path).notes == ()


# What is printed


def test_unsealed_logs_are_told_in_one_line() -> None:
    notes = tuple(Fault(f"corpus/coding/K1/D{n}.jsonl", 3, "not-yet-sealed", "a", "b", "c", True) for n in range(7))
    lines = told(verifying.Verification((), {}, 1, 1, (), notes))
    assert len(lines) == 4
    assert lines[0] == "0 logs with 0 lines, 0 codebooks, 1 text, 1 record of runs"
    assert "7 logs" in lines[1]
    assert lines[1].endswith("D4.jsonl and 2 more)")
