"""The key: what it is as a value, where it may not lie, and that nothing but the passphrase opens it."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foran_research.corpus import key as keys
from foran_research.corpus.key import (
    MAGIC,
    Cost,
    Entry,
    Key,
    changed,
    check_outside,
    create,
    default_path,
    is_key_file,
    open_key,
    rotate,
    save,
)
from foran_research.corpus.pseudonyms import Decision
from foran_research.errors import ForanError, FutureFile

CHEAP = Cost(16)
PASSPHRASE = "fire grønne båter sover 😀"  # noqa: S105
OTHER = "tretten trapper uten dør"
#: Names that nobody has; where one of them shows, the key has leaked.
CANARIES = ("Åse Kanariøy", "Kanarine", "Gro Kanarihaug")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "Studie"
    (folder / "corpus").mkdir(parents=True)
    return folder


@pytest.fixture
def path(tmp_path: Path, study: Path) -> Path:
    file = tmp_path / "elsewhere" / "names.forankey"
    made = create(file, PASSPHRASE, "small", study=study, cost=CHEAP)
    save(filled(made), file, PASSPHRASE)
    return file


def filled(key: Key) -> Key:
    return (
        key.with_names("FJO-PL-01", CANARIES[:1])
        .with_names("FJO-PL-01", ["Kanarine"])
        .with_third_person([CANARIES[2]])
        .remembering([Decision("place", "Kanarivik", "keep")])
    )


# As a value


def test_entries_grow_by_spellings_and_keep_each_once() -> None:
    key = Key("small").with_names("P1", ["Åse  Kanariøy"]).with_names("P1", ["A\u030aSE KANARIØY", "Åsa"])
    assert key.names == {"P1": ("Åse Kanariøy", "Åsa")}
    assert key.entry("P1").written == "P1"


def test_a_name_has_one_pseudonym_and_the_refusal_does_not_quote_it() -> None:
    key = Key("small").with_names("P1", ["Kanarine"])
    with pytest.raises(ForanError, match="name 1 of P2 is a name of P1 already") as failed:
        key.with_names("P2", ["KANARINE"])
    assert_silent(failed.value)


@pytest.mark.parametrize(
    ("pseudonym", "names", "replacement"),
    [
        ("Kanarine", ["Kanarine"], ""),
        ("P1", ["Gro Kanarihaug"], "[Gro]"),
        ("P 1", ["Kanarine"], ""),
        ("P1", [" "], ""),
        ("", ["x"], ""),
    ],
)  # fmt: skip
def test_a_pseudonym_that_tells_the_name_or_names_no_file_is_refused(
    pseudonym: str, names: list[str], replacement: str
) -> None:
    with pytest.raises(ForanError) as failed:
        Key("small").with_names(pseudonym, names, replacement=replacement)
    assert_silent(failed.value)


def test_third_persons_get_the_next_free_number_also_after_one_is_gone() -> None:
    key = Key("small").with_third_person(["Gro Kanarihaug"]).with_third_person(["Kanarine"]).without("PERSON-1")
    assert key.with_third_person(["Siv"]).entry("PERSON-3").written == "[Person 3]"
    assert key.with_third_person(["Vika"], "place", "nn").entry("STAD-1").written == "[Stad 1]"


def test_a_decision_to_replace_becomes_an_entry_that_detectors_know() -> None:
    key = Key("small").with_names("P1", ["Kanarine"]).remembering(
        [
            Decision("person", "Gro Kanarihaug", "replace", "[Person 1]"),
            Decision("person", "Haugen", "replace", "[Person 1]"),
            Decision("person", "Kanarine", "replace"),
            Decision("person", "Ola", "replace", document="D1"),
            Decision("place", "Ås", "generalise", "[sted]"),
            Decision("capitalised", "Sak", "keep"),
        ]
    )  # fmt: skip
    assert key.names == {"P1": ("Kanarine",), "PERSON-1": ("Gro Kanarihaug", "Haugen")}
    assert [one.replacement for one in key.decisions] == ["[Person 1]", "[Person 1]", "P1", "[Person 2]", "[sted]", ""]
    assert len(key.standing()) == 3 + 6
    assert key.searched == {"P1": ("Kanarine",), "PERSON-1": ("Gro Kanarihaug", "Haugen"), "[Person 2]": ("Ola",)}


def test_a_new_decision_takes_the_place_of_the_old_one_on_the_same_surface() -> None:
    key = Key("small").remembering([Decision("place", "Ås", "keep"), Decision("phone", "91 23 45 67", "generalise")])
    again = key.remembering(
        [Decision("place", "ÅS", "generalise", "[sted]"), Decision("place", "Ås", "keep", "", "D1")]
    )
    assert [(one.surface, one.action, one.document) for one in again.decisions] == [
        ("91 23 45 67", "generalise", ""),
        ("ÅS", "generalise", ""),
        ("Ås", "keep", "D1"),
    ]
    assert again.searched == {"phone": ("91 23 45 67",)}


def test_who_has_withdrawn_leaves_no_name_and_no_decision() -> None:
    key = filled(Key("small")).remembering([Decision("person", "Kanarine", "replace", "FJO-PL-01", "D1")])
    left = key.without("FJO-PL-01")
    content = json.dumps(keys._content(left), ensure_ascii=False)
    assert "Kanarine" not in content
    assert "Kanariøy" not in content
    assert left.entry("PERSON-1").names == (CANARIES[2],)


def test_printing_shows_no_name() -> None:
    key = filled(Key("small"))
    for shown in (repr(key), str(key), repr(key.entries), repr(key.decisions), f"{key.entries[0]}", repr(vars(key))):
        assert_silent(shown)
    assert repr(Entry("P1", "person", ("x",))) == "<Entry P1: person, 1 name>"


# On disk


def test_a_key_comes_back_as_it_was(path: Path) -> None:
    opened = open_key(path, PASSPHRASE)
    assert opened == filled(Key("small"))
    assert opened.cost == CHEAP
    assert is_key_file(path.read_bytes())


def test_a_passphrase_typed_with_decomposed_letters_is_the_same(path: Path) -> None:
    import unicodedata

    assert open_key(path, unicodedata.normalize("NFD", PASSPHRASE)).study_id == "small"


def test_nothing_readable_of_a_name_is_in_the_file_or_its_folder(path: Path) -> None:
    for file in path.parent.iterdir():
        data = file.read_bytes()
        assert not any(name.encode() in data for name in CANARIES)
    assert sorted(file.name for file in path.parent.iterdir()) == [".lock", "names.forankey", "names.forankey.previous"]


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are told otherwise there")
def test_only_its_owner_can_read_it_also_when_it_was_opened_to_others(path: Path) -> None:
    path.chmod(0o644)
    changed(path, PASSPHRASE, lambda key: key.with_names("P2", ["Ny Person"]))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.with_name("names.forankey.previous").stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_saving_encrypts_anew(path: Path) -> None:
    before = path.read_bytes()
    key = open_key(path, PASSPHRASE)
    save(key.with_names("P2", ["Ny Person"]), path, PASSPHRASE)
    first = json.loads(before.split(b"\n")[1])
    second = json.loads(path.read_bytes().split(b"\n")[1])
    assert first["nonce"] != second["nonce"]
    assert first["salt"] != second["salt"]


def test_the_previous_copy_is_one_step_back_and_opens_with_the_same_passphrase(path: Path) -> None:
    changed(path, PASSPHRASE, lambda key: key.with_names("P2", ["Ny Person"]))
    previous = open_key(path.with_name("names.forankey.previous"), PASSPHRASE)
    assert previous == filled(Key("small"))


def test_what_was_taken_out_is_in_no_copy(path: Path) -> None:
    changed(path, PASSPHRASE, lambda key: key.without("PERSON-1"))
    assert sorted(file.name for file in path.parent.iterdir()) == [".lock", "names.forankey"]


def test_saving_under_another_passphrase_is_refused(path: Path) -> None:
    key, before = open_key(path, PASSPHRASE), path.read_bytes()
    with pytest.raises(ForanError, match="passphrase does not open"):
        save(key.with_names("P2", ["Ny Person"]), path, OTHER)
    assert path.read_bytes() == before


def test_of_two_who_save_the_second_is_told_and_nothing_is_lost(path: Path) -> None:
    mine, theirs = open_key(path, PASSPHRASE), open_key(path, PASSPHRASE)
    save(theirs.with_names("P2", ["Ny Person"]), path, PASSPHRASE)
    with pytest.raises(ForanError, match="saved by somebody else"):
        save(mine.with_names("P3", ["Tredje Person"]), path, PASSPHRASE)
    assert set(open_key(path, PASSPHRASE).names) == {"FJO-PL-01", "PERSON-1", "P2"}


def test_two_processes_that_add_at_once_both_get_in(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from foran_research.corpus.key import changed\n"
        "changed(Path(sys.argv[1]), sys.argv[2], lambda k: k.with_names(sys.argv[3], [f'Navn {sys.argv[3]}x']))"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(path), PASSPHRASE, f"Q{n}"]) for n in range(4)]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    assert {"Q0", "Q1", "Q2", "Q3"} <= set(open_key(path, PASSPHRASE).names)


def test_while_another_writes_the_key_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "WAIT_FOR_LOCK", 0.0)
    with keys._writing(path), pytest.raises(ForanError, match="at work"):
        save(open_key(path, PASSPHRASE), path, PASSPHRASE)


def test_a_change_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ForanError):
        changed(path, PASSPHRASE, lambda key: key.with_names("P9", ["Kanarine"]))
    assert path.read_bytes() == before


@pytest.mark.parametrize("step", ["replace", "fsync", "mkstemp"])
def test_a_disk_that_fails_leaves_the_old_key_and_no_half_one(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = path.read_bytes()

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    target = {"replace": (Path, "replace"), "fsync": (os, "fsync"), "mkstemp": (keys.tempfile, "mkstemp")}[step]
    key = open_key(path, PASSPHRASE)
    with monkeypatch.context() as patch:
        patch.setattr(*target, fails)
        with pytest.raises(ForanError, match="No space left") as failed:
            save(key.with_names("P2", ["Ny Person"]), path, PASSPHRASE)
    assert_silent(failed.value)
    assert path.read_bytes() == before
    assert {file.name for file in path.parent.iterdir()} <= {".lock", path.name, path.name + ".previous"}


def test_rotating_leaves_nothing_that_the_old_passphrase_opens(path: Path) -> None:
    rotate(path, PASSPHRASE, OTHER, cost=Cost(32))
    assert sorted(file.name for file in path.parent.iterdir()) == [".lock", "names.forankey"]
    assert open_key(path, OTHER) == filled(Key("small"))
    assert open_key(path, OTHER).cost == Cost(32)
    with pytest.raises(ForanError, match="passphrase does not open"):
        open_key(path, PASSPHRASE)


@pytest.mark.parametrize("moment", range(8))
def test_a_rotation_cut_off_anywhere_leaves_no_copy_beside_a_new_key(
    path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """Killed at any step that touches the disk: the old key opens, or the new one stands alone."""

    class Killed(BaseException):
        pass

    steps = 0

    def cut(target: type | object, name: str) -> None:
        real = getattr(target, name)

        def step(*given: object, **more: object) -> object:
            nonlocal steps
            if steps == moment:
                raise Killed
            steps += 1
            return real(*given, **more)

        patch.setattr(target, name, step)

    assert keys._previous(path).exists()
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        for name in ("replace", "unlink", "chmod"):
            cut(Path, name)
        cut(keys.os, "fsync")
        with suppress(Killed):
            rotate(path, PASSPHRASE, OTHER, cost=Cost(32))
    if path.read_bytes() == before:
        assert open_key(path, PASSPHRASE) == filled(Key("small"))
    else:
        assert open_key(path, OTHER) == filled(Key("small"))
        assert not keys._previous(path).exists()


def test_a_copy_that_cannot_be_removed_stops_the_rotation(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()
    with monkeypatch.context() as patch:

        def refuse(_: Path) -> None:
            raise ForanError("cannot be removed")

        patch.setattr(keys, "_remove", refuse)
        with pytest.raises(ForanError, match="cannot be removed"):
            rotate(path, PASSPHRASE, OTHER, cost=Cost(32))
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.glob(".key-*")] == []


def test_a_rotation_that_would_not_open_replaces_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(keys, "_locked", lambda key, passphrase: before)
        with pytest.raises(ForanError):
            rotate(path, PASSPHRASE, OTHER)
    assert path.read_bytes() == before
    with pytest.raises(ForanError, match="is the old one"):
        rotate(path, PASSPHRASE, PASSPHRASE)


def test_a_key_is_never_written_over(path: Path, study: Path) -> None:
    with pytest.raises(ForanError, match="never written over"):
        create(path, PASSPHRASE, "small", study=study, cost=CHEAP)


@pytest.mark.parametrize("passphrase", ["", "kort", "aaaaaaaaaaaaaaaa", "   elleve    "])
def test_a_passphrase_that_can_be_guessed_is_refused(tmp_path: Path, study: Path, passphrase: str) -> None:
    with pytest.raises(ForanError, match="at least 12 characters"):
        create(tmp_path / "k", passphrase, "small", study=study, cost=CHEAP)
    assert not (tmp_path / "k").exists()


def test_the_usual_cost_is_sensible() -> None:
    assert keys.COST.n * keys.COST.r * 128 == 128 * 1024 * 1024


# Files that cannot be opened


def parts(data: bytes) -> tuple[dict[str, object], bytes]:
    line_end = data.index(b"\n", len(MAGIC))
    return json.loads(data[len(MAGIC) : line_end]), data[line_end + 1 : -64]


def rebuilt(header: dict[str, object], sealed: bytes) -> bytes:
    body = MAGIC + json.dumps(header, sort_keys=True).encode() + b"\n" + sealed
    return body + keys._sha256(body).encode()


def test_every_way_of_not_opening_has_one_message_of_its_own(path: Path) -> None:
    good = path.read_bytes()
    header, sealed = parts(good)
    cases: list[tuple[bytes, type[ForanError], str]] = [
        (b"", ForanError, "is no key"),
        ("pseudonym,navn\nP1,Åse Kanariøy\n".encode(), ForanError, "is no key"),
        (good[:-1], ForanError, "cut short or was edited"),
        (good[: len(good) // 2], ForanError, "cut short or was edited"),
        (MAGIC, ForanError, "cut short or was edited"),
        (good.replace(b"\n", b"\r\n", 2), ForanError, "is no key"),
        (good + b"\n", ForanError, "cut short or was edited"),
        (good[:-100] + bytes([good[-100] ^ 1]) + good[-99:], ForanError, "cut short or was edited"),
        (rebuilt({**header, "schema_version": 2}, sealed), FutureFile, "later version"),
        (rebuilt({**header, "n": 2**40}, sealed), ForanError, "cut short or was edited"),
        (rebuilt({**header, "n": 15}, sealed), ForanError, "cut short or was edited"),
        (rebuilt({**header, "n": True}, sealed), ForanError, "cut short or was edited"),
        (rebuilt({**header, "salt": "zz"}, sealed), ForanError, "cut short or was edited"),
        (rebuilt({**header, "cipher": "none"}, sealed), ForanError, "cut short or was edited"),
        (rebuilt({**header, "n": 32}, sealed), ForanError, "passphrase does not open"),
        (rebuilt({**header, "more": 1}, sealed), ForanError, "passphrase does not open"),
        (rebuilt(header, sealed[:-1]), ForanError, "passphrase does not open"),
    ]
    for data, kind, words in cases:
        path.write_bytes(data)
        with pytest.raises(kind, match=words) as failed:
            open_key(path, PASSPHRASE)
        assert_silent(failed.value)


def test_any_single_changed_byte_is_noticed(path: Path) -> None:
    good = path.read_bytes()
    for at in range(0, len(good), 7):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x20]) + good[at + 1 :])
        with pytest.raises(ForanError):
            open_key(path, PASSPHRASE)


@given(st.binary(max_size=300), st.sampled_from([b"", MAGIC, MAGIC + b'{"schema_version": 1, ']))
@settings(max_examples=100, deadline=None)
def test_no_bytes_whatever_raise_anything_but_one_message(folder: Path, data: bytes, start: bytes) -> None:
    (folder / "k").write_bytes(start + data)
    with pytest.raises(ForanError):
        open_key(folder / "k", PASSPHRASE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bytes")


def test_a_wrong_passphrase_a_missing_file_and_a_folder(path: Path, tmp_path: Path) -> None:
    with pytest.raises(ForanError, match="passphrase does not open") as failed:
        open_key(path, OTHER)
    assert OTHER not in str(failed.value)
    with pytest.raises(ForanError, match="foran key init"):
        open_key(tmp_path / "nothing", PASSPHRASE)
    with pytest.raises(ForanError, match="cannot be read"):
        open_key(tmp_path, PASSPHRASE)


def test_content_that_is_not_understood_is_not_quoted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_content", lambda key: {"entries": [CANARIES[0]], "study_id": "small", "decisions": []})
    data = keys._locked(Key("small", cost=CHEAP), PASSPHRASE)
    path.write_bytes(data)
    with pytest.raises(ForanError, match="not understood") as failed:
        open_key(path, PASSPHRASE)
    assert_silent(failed.value)


def test_nothing_is_logged(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        changed(path, PASSPHRASE, lambda key: key.with_names("P2", ["Ny Kanarine"]))
    assert_silent(caplog.text)


def assert_silent(shown: object) -> None:
    """No canary in what is printed, nor in a traceback with all that led to it."""
    text = str(shown)
    if isinstance(shown, BaseException):
        text += repr(shown) + "".join(
            traceback.TracebackException.from_exception(shown, capture_locals=False).format()
        ).replace(Path(__file__).read_text("utf-8"), "")
        text = "\n".join(
            line for line in text.splitlines() if "test_key.py" not in line and not line.startswith("    ")
        )
    for word in ("Kanariøy", "Kanarine", "Kanarihaug"):
        assert word.casefold() not in text.casefold()


# Where it may not lie


def test_the_usual_place_is_the_persons_own_and_named_after_the_study(study: Path) -> None:
    path = default_path("small")
    assert path.is_absolute()
    assert path.parent.name == "small"
    check_outside(path, study)
    with pytest.raises(ForanError, match="--key"):
        default_path("../små")


@pytest.mark.parametrize(
    "below",
    [
        "k",
        "corpus/k",
        "outputs/M1/k",
        "corpus/../k",
        "corpus/../../Studie/k",
        "ny/mappe/k",
        "../STUDIE/k",
        "../studie/k",
        ".",
    ],
)
def test_the_studys_folder_is_refused_however_it_is_written(study: Path, below: str) -> None:
    with pytest.raises(ForanError, match="may not lie in the study's folder"):
        check_outside(study / below, study)


def test_a_folder_whose_name_only_begins_like_the_studys_is_elsewhere(study: Path) -> None:
    check_outside(study.with_name("Studie-2") / "k", study)
    check_outside(study.parent / "k", study)


def test_links_into_and_out_of_the_study_are_refused(study: Path, tmp_path: Path) -> None:
    (tmp_path / "way-in").symlink_to(study / "corpus", target_is_directory=True)
    with pytest.raises(ForanError):
        check_outside(tmp_path / "way-in" / "k", study)
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "k").write_bytes(b"")
    (study / "way-out").symlink_to(tmp_path / "real", target_is_directory=True)
    with pytest.raises(ForanError):
        check_outside(study / "way-out" / "k", study)
    (tmp_path / "by-link").symlink_to(study, target_is_directory=True)
    with pytest.raises(ForanError):
        check_outside(study / "k", tmp_path / "by-link")
    check_outside(tmp_path / "real" / "k", study)


def test_a_folder_that_the_system_says_is_the_studys_is_refused_whatever_its_path(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted = tmp_path / "another-way-in"
    mounted.mkdir()
    monkeypatch.setattr(Path, "samefile", lambda self, other: self == mounted and Path(other) == study.resolve())
    with pytest.raises(ForanError, match="the study's folder"):
        check_outside(mounted / "corpus" / "k", study)


def test_a_decomposed_path_is_the_same_folder(tmp_path: Path) -> None:
    study = tmp_path / "Å"
    study.mkdir()
    with pytest.raises(ForanError):
        check_outside(tmp_path / "A\u030a" / "k", study)


def test_a_second_name_of_the_key_in_the_study_is_found(study: Path, path: Path) -> None:
    check_outside(path, study)
    os.link(path, study / "corpus" / "innocent.csv")
    with pytest.raises(ForanError, match="hard link"):
        check_outside(path, study)


def test_the_git_repository_around_the_study_is_refused_and_other_folders_on_request(tmp_path: Path) -> None:
    study = tmp_path / "repo" / "studies" / "one"
    study.mkdir(parents=True)
    (tmp_path / "repo" / ".git").mkdir()
    with pytest.raises(ForanError, match="git repository"):
        check_outside(tmp_path / "repo" / "k", study)
    with pytest.raises(ForanError, match="a folder of copies"):
        check_outside(tmp_path / "backup" / "k", study, others=[tmp_path / "backup"])
    check_outside(tmp_path / "k", study)


def test_the_first_work_tree_of_a_second_one_is_refused(tmp_path: Path) -> None:
    study = tmp_path / "second"
    study.mkdir()
    (tmp_path / "first" / ".git" / "worktrees" / "second").mkdir(parents=True)
    (study / ".git").write_text(f"gitdir: {tmp_path / 'first' / '.git' / 'worktrees' / 'second'}\n", "utf-8")
    with pytest.raises(ForanError, match="git repository"):
        check_outside(tmp_path / "first" / ".git" / "k", study)


def test_a_new_key_in_the_study_is_refused_before_anything_is_written(study: Path) -> None:
    with pytest.raises(ForanError):
        create(study / "names.forankey", PASSPHRASE, "small", study=study, cost=CHEAP)
    assert sorted(path.name for path in study.rglob("*")) == ["corpus"]
