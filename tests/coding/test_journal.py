"""Coding logs on disk: what was told to be written is there, whatever happens between two bytes."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.coding import journal
from foran_research.coding.events import Event, Log
from foran_research.errors import Faults, ForanError

NAME = "corpus/coding/K1/D.jsonl"


def draft(words: str = "Blåbær 😀", code: str = "C0001") -> dict[str, Any]:
    return {
        "at": "2020-03-01T10:00:00Z", "coder": "K1", "document": "D", "text_sha256": "0" * 64, "action": "apply",
        "segment": "D.K1.s1", "codebook_version": "1.0.0", "before": None,
        "after": {"start": 0, "end": len(words), "quote": words, "code": code, "polarity": "", "codebook_version": "1.0.0"},
    }  # fmt: skip


def read(path: Path) -> tuple[Log, Faults]:
    faults = Faults()
    return journal.read_log(path, NAME, faults), faults


def written(path: Path, drafts: list[dict[str, Any]]) -> list[Event]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    events = journal.following(read(path)[0], drafts)
    journal.append(path, events)
    return events


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


@settings(max_examples=40)
@given(batches=st.lists(st.lists(words, max_size=4), max_size=4))
def test_what_is_appended_is_read_back_word_for_word(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("log") / NAME
    made: list[Event] = []
    for batch in batches:
        made += written(path, [draft(text) for text in batch])
    log, faults = read(path) if path.exists() else (Log(NAME, (), ()), Faults())
    assert faults == []
    assert list(log.events) == made
    assert log.lines == tuple(range(1, len(made) + 1))
    assert [e.seq for e in made] == list(range(1, len(made) + 1))
    assert len({e.id for e in made}) == len(made)


def test_an_event_always_has_the_same_bytes(path: Path) -> None:
    [event] = written(path, [draft()])
    line = path.read_bytes()
    assert line == journal.encode(event)
    assert json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")).encode() + b"\n" == line
    assert "😀".encode() in line
    assert list(json.loads(line)) == [
        "seq", "id", "at", "coder", "document", "text_sha256", "action", "segment", "codebook_version", "before", "after",
        "prev_sha256", "sha256",
    ]  # fmt: skip


def test_each_line_carries_the_hash_of_the_one_before(path: Path) -> None:
    written(path, [draft(), draft("b")])
    written(path, [draft("c")])
    lines = path.read_bytes().splitlines()
    hashes = [json.loads(line)["prev_sha256"] for line in lines]
    assert hashes == [journal.NO_PREVIOUS, *map(journal.line_sha256, lines[:-1])]
    assert read(path)[0].head_sha256 == journal.line_sha256(lines[-1])


def test_a_crash_at_any_byte_of_the_last_line_loses_only_that_line(path: Path) -> None:
    kept = written(path, [draft("første"), draft("andre å 😀")])
    whole = path.read_bytes()
    written(path, [draft("tredje ø 😀")])
    full = path.read_bytes()
    for length in range(len(whole), len(full)):
        path.write_bytes(full[:length])
        log, faults = read(path)
        assert list(log.events) == kept
        assert log.torn == (full[len(whole) : length] or None)
        assert [(f.kind, f.line, f.is_warning) for f in faults] == ([("torn-line", 3, True)] if log.torn else [])
        assert log.head_sha256 == journal.line_sha256(whole.splitlines()[-1])


def test_a_first_line_that_is_torn_leaves_an_empty_log(path: Path) -> None:
    written(path, [draft()])
    path.write_bytes(path.read_bytes()[:-1])
    log, faults = read(path)
    assert (log.events, log.head_sha256) == ((), journal.NO_PREVIOUS)
    assert [(f.kind, f.line) for f in faults] == [("torn-line", 1)]


def test_a_torn_tail_is_set_aside_and_the_chain_goes_on(path: Path) -> None:
    written(path, [draft("a"), draft("b")])
    whole = path.read_bytes()
    for number, tail in enumerate([b"x", b'{"seq":3', whole.splitlines()[0], "å".encode()[:1]], 1):
        with path.open("ab") as file:
            file.write(tail)
        written(path, [draft(f"etter {number}")])
        log, faults = read(path)
        assert faults == []
        assert len(log.events) == 2 + number
    assert path.with_name("D.jsonl.torn").read_bytes() == b"\n".join(
        [b"x", b'{"seq":3', whole.splitlines()[0], b"\xc3", b""]
    )
    assert path.read_bytes().startswith(whole)


def test_a_log_with_nothing_torn_has_nothing_set_aside(path: Path) -> None:
    written(path, [draft()])
    written(path, [draft("b")])
    assert sorted(file.name for file in path.parent.iterdir()) == [".lock", "D.jsonl"]


def test_a_batch_lost_between_write_and_flush_leaves_whole_lines_and_a_tail_at_most(path: Path) -> None:
    """A kill -9 or a power cut before the disk has everything: any beginning of the batch may be there."""
    before = written(path, [draft("a")])
    start = len(path.read_bytes())
    batch = written(path, [draft(text) for text in ("b 😀", "c", "d")])
    full = path.read_bytes()
    ends = [n + 1 for n, byte in enumerate(full) if byte == ord("\n")]
    near = {end + off for end in ends for off in (-1, 0, 1)} | set(range(start, len(full), 61))
    for length in sorted(n for n in near if start <= n <= len(full)):
        path.write_bytes(full[:length])
        log, faults = read(path)
        assert list(log.events) == [*before, *batch][: len(log.events)]
        assert not faults.errors
        written(path, [draft("videre")])
        again, faults = read(path)
        assert faults == []
        assert again.events[:-1] == log.events
        path.with_name("D.jsonl.torn").unlink(missing_ok=True)


WRITER = """
    import sys
    from pathlib import Path
    from foran_research.coding import journal
    from foran_research.errors import Faults
    sys.path.insert(0, {tests!r})
    from test_journal import NAME, draft
    path = Path({path!r})
    path.parent.mkdir(parents=True, exist_ok=True); path.touch()
    log = journal.read_log(path, NAME, Faults())
    while True:
        events = journal.following(log, [draft("ord " * 50)] * 3)
        journal.append(path, events)
        print(events[-1].seq, flush=True)
        log = journal.read_log(path, NAME, Faults())
"""


def test_a_writer_killed_in_the_act_has_lost_nothing_it_had_told(path: Path) -> None:
    code = textwrap.dedent(WRITER.format(path=str(path), tests=str(Path(__file__).parent)))
    root = str(Path(__file__).resolve().parents[2])
    told = 0
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=root) as writer:
            assert writer.stdout is not None
            for _ in range(5):
                told = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            told = int(([told, *writer.stdout.read().split()])[-1])
        log, faults = read(path)
        assert not faults.errors
        assert len(log.events) >= told


FULL_DISK = """
    import resource, signal, sys
    from pathlib import Path
    from foran_research.coding import journal
    from foran_research.errors import Faults
    sys.path.insert(0, {tests!r})
    from test_journal import NAME, draft
    path = Path({path!r})
    log = journal.read_log(path, NAME, Faults())
    batch = journal.following(log, [draft("b"), draft("c"), draft("d")])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
    try:
        journal.append(path, batch)
    except OSError as error:
        print("refused")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    journal.append(path, batch)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs a system that can limit the size of files")
@pytest.mark.parametrize("room", [0, 1, 600, 1000])
def test_a_full_disk_leaves_the_log_as_it_was_and_the_same_batch_can_be_written_again(path: Path, room: int) -> None:
    before = written(path, [draft("a")])
    limit = len(path.read_bytes()) + room
    code = textwrap.dedent(FULL_DISK.format(path=str(path), tests=str(Path(__file__).parent), limit=limit))
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False)
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr
    log, faults = read(path)
    assert faults == []
    assert [e.seq for e in log.events] == [1, 2, 3, 4]
    assert log.events[0] == before[0]


def test_codings_made_from_an_older_state_are_refused_and_nothing_is_written(path: Path) -> None:
    """Two windows on one document: the second must not break the chain of the first."""
    written(path, [draft("a")])
    stale, _ = read(path)
    written(path, [draft("b")])
    before = path.read_bytes()
    for late in (journal.following(stale, [draft("c")]), journal.following(Log(NAME, (), ()), [draft("c")])):
        with pytest.raises(journal.StaleLogError) as raised:
            journal.append(path, late)
        assert isinstance(raised.value, ForanError)
        assert "K1/D.jsonl" in str(raised.value)
    assert path.read_bytes() == before


def test_appending_nothing_changes_nothing(path: Path) -> None:
    written(path, [draft()])
    before = path.read_bytes()
    journal.append(path, [])
    assert path.read_bytes() == before


def test_a_new_log_makes_its_folders(path: Path) -> None:
    journal.append(path, journal.following(Log(NAME, (), ()), [draft()]))
    assert len(read(path)[0].events) == 1


def test_what_is_written_is_on_the_disk_before_the_call_returns(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        flushed.append(path.stat().st_size if path.exists() else 0)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    written(path, [draft()])
    assert path.stat().st_size in flushed
    # A new file's name lives in its folder, which must be flushed as well.
    assert len(flushed) == 2
    written(path, [draft("b")])
    assert len(flushed) == 3
    assert flushed[-1] == path.stat().st_size


# Acts of several events


def acted(path: Path, *texts: str) -> list[Event]:
    events = journal.following(read(path)[0], [draft(text) for text in texts], is_one_act=True)
    journal.append(path, events)
    return events


def test_an_act_of_several_events_names_the_first_and_counts_down(path: Path) -> None:
    written(path, [draft("a")])
    made = acted(path, "b", "c 😀", "d")
    assert [(e.gesture, e.to_follow) for e in made] == [("D.K1.0002", 2), ("D.K1.0002", 1), ("D.K1.0002", 0)]
    [alone] = acted(path, "e")
    assert (alone.gesture, alone.to_follow) == ("", 0)
    log, faults = read(path)
    assert faults == []
    assert list(log.events)[1:] == [*made, alone]
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [sorted({"gesture", "to_follow"} & set(line)) for line in lines] == [
        [], ["gesture", "to_follow"], ["gesture", "to_follow"], ["gesture"], []]  # fmt: skip
    assert b"".join(journal.encode(event) for event in log.events) == path.read_bytes()


def test_logs_without_acts_of_several_events_keep_the_bytes_they_always_had(path: Path) -> None:
    line = (
        b'{"seq":1,"id":"D.K1.0001","at":"2020-03-01T10:00:00Z","coder":"K1","document":"D","text_sha256":"'
        + b"0" * 64
        + '","action":"apply","segment":"D.K1.s1","codebook_version":"1.0.0","before":null,"after":{"start":0,"end":9,'
        '"quote":"Blåbær 😀","code":"C0001","polarity":"","codebook_version":"1.0.0"},"prev_sha256":"'.encode()
        + b"0" * 64
        + b'"}\n'
    )
    [event] = journal.following(Log(NAME, (), ()), [draft()])
    assert journal.encode(replace(event, sha256="")).replace(b'"end":8', b'"end":9') == line
    # Also when they are tied into an act by a writer from before the countdown.
    path.parent.mkdir(parents=True)
    made = journal.following(Log(NAME, (), ()), [draft(), draft("b")])
    old = [json.loads(journal.encode(replace(event, sha256=""))) for event in made]
    first = json.dumps(old[0] | {"gesture": "D.K1.0001"}, ensure_ascii=False, separators=(",", ":")).encode()
    second = json.dumps(
        old[1] | {"prev_sha256": journal.line_sha256(first), "gesture": "D.K1.0001"}, separators=(",", ":")
    ).encode()
    path.write_bytes(first + b"\n" + second + b"\n")
    log, faults = read(path)
    assert faults == []
    assert [event.gesture for event in log.events] == ["D.K1.0001", "D.K1.0001"]


def test_an_act_cut_at_any_byte_is_there_as_a_whole_or_not_at_all(path: Path) -> None:
    before = written(path, [draft("a")])
    start = len(path.read_bytes())
    made = acted(path, "b 😀", "c", "d")
    full = path.read_bytes()
    ends = [n + 1 for n, byte in enumerate(full) if byte == ord("\n")]
    near = {end + off for end in ends for off in (-1, 0, 1)} | set(range(start, len(full), 37))
    for length in sorted(n for n in near if start <= n <= len(full)):
        path.write_bytes(full[:length])
        log, faults = read(path)
        assert list(log.events) == [*before, *(made if length == len(full) else [])]
        assert log.torn == (full[start:length] or None if length < len(full) else None)
        assert [(f.kind, f.line, f.is_warning) for f in faults] == ([("torn-line", 2, True)] if log.torn else [])
        written(path, [draft("videre")])
        again, faults = read(path)
        assert faults == []
        assert again.events[:-1] == log.events
        aside = path.with_name("D.jsonl.torn")
        torn = aside.read_bytes() if aside.exists() else b""
        assert torn.removesuffix(b"\n") == (log.torn or b"").removesuffix(b"\n")
        aside.unlink(missing_ok=True)


@pytest.mark.parametrize("size", [10, 20_000, 50_000])
def test_a_torn_act_that_fills_many_blocks_is_set_aside_as_a_whole(path: Path, size: int) -> None:
    before = written(path, [draft("å" * size)])
    whole = path.read_bytes()
    acted(path, *(letter * size for letter in "bcdef"))
    lines = path.read_bytes()[len(whole) :].splitlines(keepends=True)
    path.write_bytes(whole + b"".join(lines[:4]))
    written(path, [draft("videre")])
    log, faults = read(path)
    assert faults == []
    assert list(log.events[:-1]) == before
    assert path.with_name("D.jsonl.torn").read_bytes() == b"".join(lines[:4])


def test_a_torn_act_that_is_all_there_is_leaves_an_empty_log(path: Path) -> None:
    path.parent.mkdir(parents=True)
    acted_lines = b"".join(
        journal.encode(e) for e in journal.following(Log(NAME, (), ()), [draft(), draft("b")], is_one_act=True)
    )
    path.write_bytes(acted_lines.splitlines(keepends=True)[0])
    log, _ = read(path)
    assert (log.events, log.head_sha256) == ((), journal.NO_PREVIOUS)
    written(path, [draft("videre")])
    assert [event.seq for event in read(path)[0].events] == [1]


@pytest.mark.parametrize("value", [True, "2", 1.0, None])
def test_a_countdown_that_is_no_number_is_a_fault(path: Path, value: Any) -> None:
    written(path, [draft()])
    raw = json.loads(path.read_bytes()) | {"to_follow": value}
    path.write_bytes(json.dumps(raw).encode() + b"\n")
    assert [fault.kind for fault in read(path)[1]] == ["broken-jsonl"]


# The end of long files


def naive_head(data: bytes) -> str:
    return journal.line_sha256(data.splitlines()[-1]) if data else journal.NO_PREVIOUS


@pytest.mark.parametrize("last", [0, 1, 16_383, 16_384, 16_385, 40_000])
@pytest.mark.parametrize("first", [0, 5, 16_384])
def test_the_last_line_is_found_however_long_it_is(tmp_path: Path, first: int, last: int) -> None:
    path = tmp_path / "log"
    for data in (b"y" * last + b"\n", b"x" * first + b"\n" + b"y" * last + b"\n"):
        path.write_bytes(data)
        assert journal.head_sha256(path) == naive_head(data)


def test_the_head_of_nothing_is_no_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.touch()
    assert journal.head_sha256(path) == journal.NO_PREVIOUS
    journal.set_torn_tail_aside(path)
    assert [file.name for file in tmp_path.iterdir()] == ["log"]


def test_one_line_without_its_end_is_a_torn_tail_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes("åpen 😀".encode() * 5000)
    journal.set_torn_tail_aside(path)
    assert path.read_bytes() == b""
    assert path.with_name("log.torn").read_bytes() == "åpen 😀".encode() * 5000 + b"\n"


def test_a_long_log_is_not_read_whole_for_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes((b"x" * 999 + b"\n") * 1000)
    assert len(journal._last_lines(path)) <= 16_384


def test_a_log_that_has_vanished_is_not_begun_anew(path: Path) -> None:
    written(path, [draft("a")])
    log, _ = read(path)
    path.unlink()
    with pytest.raises(journal.StaleLogError, match="no longer there"):
        journal.append(path, journal.following(log, [draft("b")]))
    assert not path.exists()


# Own hashes


def old_log(path: Path, texts: list[str]) -> list[bytes]:
    """A log as it was written before lines had their own hash; its lines without line feed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head, lines = journal.NO_PREVIOUS, []
    for event in journal.chained(0, head, [draft(text) for text in texts]):
        lines.append(journal.encode(replace(event, prev_sha256=head, sha256=""))[:-1])
        head = journal.line_sha256(lines[-1])
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return lines


def broken(path: Path) -> list[int | None]:
    return [fault.line for fault in read(path)[1] if fault.kind == "broken-chain"]


def test_a_line_ends_with_the_hash_of_what_stands_before_it(path: Path) -> None:
    written(path, [draft("Blåbær 😀 a\u030a"), draft("b")])
    acted(path, "c", "d")
    for line in path.read_bytes().splitlines():
        text, hash_ = line[:-77] + b"}", line[-66:-2].decode()
        assert json.loads(line) == {**json.loads(text), "sha256": hash_}
        assert hashlib.sha256(text).hexdigest() == hash_
        assert journal.is_as_sealed(line) is journal.is_as_sealed(line + b"\n") is True


def test_an_old_log_is_read_and_goes_on_with_own_hashes(path: Path) -> None:
    lines = old_log(path, ["første", "andre 😀"])
    log, faults = read(path)
    assert faults == []
    assert [event.sha256 for event in log.events] == ["", ""]
    assert b"".join(map(journal.encode, log.events)) == path.read_bytes()
    [third] = written(path, [draft("tredje å")])
    assert third.prev_sha256 == journal.line_sha256(lines[-1])
    log, faults = read(path)
    assert faults == []
    assert [bool(event.sha256) for event in log.events] == [False, False, True]


def edited_line(lines: list[bytes], number: int) -> bytes:
    """The log with a letter of one line changed, well within what JSON allows."""
    edited = [line.replace(b"C0001", b"C0007") if at == number else line for at, line in enumerate(lines, 1)]
    return b"".join(line + b"\n" for line in edited)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_an_edited_line_is_named_also_when_it_is_the_last(path: Path, number: int) -> None:
    written(path, [draft(text) for text in ("a", "b", "c", "d")])
    path.write_bytes(edited_line(path.read_bytes().splitlines(), number))
    assert broken(path) == [number]


@pytest.mark.parametrize(("number", "told"), [(1, [2]), (2, [2]), (3, [3]), (4, [4])])
def test_in_a_log_that_began_without_own_hashes_the_line_or_the_one_after_is_named(
    path: Path, number: int, told: list[int]
) -> None:
    """Line 2 is the last old one: the line after it vouches for itself, so that the old one must be the other."""
    old_log(path, ["a", "b"])
    written(path, [draft("c"), draft("d")])
    path.write_bytes(edited_line(path.read_bytes().splitlines(), number))
    assert broken(path) == told


def test_a_line_taken_out_or_put_in_is_told_where_the_lines_no_longer_follow(path: Path) -> None:
    written(path, [draft(text) for text in ("a", "b", "c", "d")])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2] + lines[3])
    assert broken(path) == [2]
    path.write_bytes(lines[1] + lines[2] + lines[3])
    assert broken(path) == [1]
    path.write_bytes(lines[0] + lines[1] + lines[1] + lines[2] + lines[3])
    assert broken(path) == [3]
    assert "missing, put in" in next(fault.found for fault in read(path)[1])


def test_a_line_with_its_hash_made_anew_is_told_by_the_line_after_it(path: Path) -> None:
    """Own hashes alone prove nothing: who edits a line can make its hash anew, and only the chain shows it."""
    made = written(path, [draft("a"), draft("b"), draft("c")])
    lines = path.read_bytes().splitlines(keepends=True)
    forged = journal.encode(journal.sealed(replace(made[1], codebook_version="2.0.0")))
    path.write_bytes(lines[0] + forged + lines[2])
    assert broken(path) == [3]


def test_a_line_without_its_own_hash_after_one_that_has_it_is_a_fault(path: Path) -> None:
    written(path, [draft("a"), draft("b")])
    lines = path.read_bytes().splitlines()
    path.write_bytes(lines[0] + b"\n" + lines[1][:-77] + b"}\n")
    assert broken(path) == [2]
    # Nor does a hash count that stands elsewhere than at the end.
    raw = json.loads(lines[1])
    path.write_bytes(lines[0] + b"\n" + json.dumps({"sha256": raw.pop("sha256"), **raw}).encode() + b"\n")
    assert broken(path) == [2]


def test_the_head_of_a_log_is_that_of_its_whole_lines_and_acts(path: Path) -> None:
    assert journal.head_of(b"") == journal.head_of(b'{"seq":1') == (journal.NO_PREVIOUS, 0)
    written(path, [draft("a")])
    whole = path.read_bytes()
    acted(path, "b", "c")
    full = path.read_bytes()
    for length in range(len(whole), len(full)):
        assert journal.head_of(full[:length]) == (journal.line_sha256(whole), 1)
    assert journal.head_of(full) == (read(path)[0].head_sha256, 3)
