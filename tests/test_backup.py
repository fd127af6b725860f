"""A backup proves itself on the way out and on the way in; a bad one changes nothing."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import stat
import subprocess
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import SmallStudy

from foran_research import backup as backups
from foran_research.backup import KEY_MAGIC, MANIFEST, backup, is_backup, restore
from foran_research.errors import ForanError, FutureFile


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def remade(file: Path, edit: Callable[[dict[str, bytes]], object], name: str = "endret.zip") -> Path:
    """A backup written anew by other hands, after `edit` has changed its members."""
    with zipfile.ZipFile(file) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    edit(members)
    target = file.with_name(name)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return target


def in_manifest(members: dict[str, bytes], edit: Callable[[dict[str, Any]], object]) -> None:
    manifest = json.loads(members[MANIFEST])
    edit(manifest)
    members[MANIFEST] = json.dumps(manifest).encode()


def told(data: bytes) -> dict[str, Any]:
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def smuggled(name: str, data: bytes = b"ut\n") -> Callable[[dict[str, bytes]], object]:
    """A file of this name, in the archive and in the manifest, all hashes right."""

    def edit(members: dict[str, bytes]) -> None:
        members[name] = data
        in_manifest(members, lambda manifest: manifest["files"].update({name: told(data)}))

    return edit


@pytest.fixture
def saved(small_study: SmallStudy, tmp_path: Path) -> Path:
    (tmp_path / "kopier").mkdir()
    return backup(small_study.path, tmp_path / "kopier/b.zip").path


def test_what_is_restored_is_what_was_saved(small_study: SmallStudy, tmp_path: Path) -> None:
    (small_study.path / "corpus/texts/.versions/FJO-I01").mkdir(parents=True)
    (small_study.path / "corpus/texts/.versions/FJO-I01/0123456789abcdef.md").write_text("blåbær 😀 a\u030a", "utf-8")
    (small_study.path / "notater på norsk 😀.txt").write_bytes(b"\x00\xff\r\n")
    (small_study.path / "tom.txt").write_bytes(b"")
    made = backup(small_study.path)
    again = restore(made.path, tmp_path / "ny")
    assert contents(tmp_path / "ny") == contents(small_study.path)
    assert again.is_the_same
    assert again.entries == made.entries
    assert made.left_out == ()
    assert {path.name for path in tmp_path.iterdir()} == {made.path.name, "ny", "study"}


def test_it_lies_beside_the_study_under_its_id_and_what_is_in_it(small_study: SmallStudy) -> None:
    made = backup(small_study.path)
    assert made.path.parent == small_study.path.parent
    assert made.path.name == f"small-backup-{made.manifest_sha256[:12]}.zip"
    assert is_backup(made.path)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_the_same_study_gives_the_same_bytes_whenever_and_wherever(small_study: SmallStudy, tmp_path: Path) -> None:
    first = backup(small_study.path).path.read_bytes()
    shutil.copytree(small_study.path, tmp_path / "annet" / "sted")
    for path in (tmp_path / "annet").rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700)
    assert backup(tmp_path / "annet" / "sted").path.read_bytes() == first
    restored = restore(backup(small_study.path).path, tmp_path / "ny").folder
    (tmp_path / "b").mkdir()
    assert backup(restored, tmp_path / "b").path.read_bytes() == first


def test_an_unchanged_study_has_its_backup_already(small_study: SmallStudy) -> None:
    first = backup(small_study.path)
    stamp = first.path.stat().st_mtime_ns
    again = backup(small_study.path)
    assert (first.is_new, again.is_new, again.path) == (True, False, first.path)
    assert first.path.stat().st_mtime_ns == stamp
    small_study.add("foran.toml", "# mer\n")
    assert backup(small_study.path).path != first.path


def test_outputs_are_saved_when_asked_for_and_caches_never(small_study: SmallStudy) -> None:
    for name in (".git/config", ".venv/bin/x", "notebooks/.ipynb_checkpoints/a.ipynb", "corpus/.lock", "__pycache__/a.pyc",
                 "outputs/M1/report.html", "corpus/coding/K1/.lock"):  # fmt: skip
        (small_study.path / name).parent.mkdir(parents=True, exist_ok=True)
        (small_study.path / name).write_text("x", "utf-8")
    names = {entry.name for entry in backup(small_study.path).entries}
    with_outputs = {entry.name for entry in backup(small_study.path, has_outputs=True).entries}
    assert with_outputs - names == {"outputs/M1/report.html"}
    assert not {name for name in names if name.startswith((".git/", ".venv/")) or "lock" in name or "pyc" in name}
    assert "foran.toml" in names


def test_a_key_never_lies_in_a_backup(small_study: SmallStudy) -> None:
    (small_study.path / "corpus/notat.md").write_bytes(KEY_MAGIC + b"\nKari Nordmann")
    made = backup(small_study.path, has_outputs=True)
    assert [name for name, _ in made.left_out] == ["corpus/notat.md"]
    assert "corpus/notat.md" not in {entry.name for entry in made.entries}
    with zipfile.ZipFile(made.path) as archive:
        assert all(b"Kari Nordmann" not in archive.read(name) for name in archive.namelist())


def test_the_key_is_known_by_what_key_files_begin_with() -> None:
    key = pytest.importorskip("foran_research.corpus.key")
    assert key.MAGIC.startswith(KEY_MAGIC)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_links_are_told_and_not_followed(small_study: SmallStudy, tmp_path: Path) -> None:
    (tmp_path / "ute").mkdir()
    (tmp_path / "ute/hemmelig.txt").write_text("hemmelig", "utf-8")
    (small_study.path / "lenke").symlink_to(tmp_path / "ute")
    (small_study.path / "corpus/lenke.txt").symlink_to(tmp_path / "ute/hemmelig.txt")
    made = backup(small_study.path)
    assert sorted(name for name, _ in made.left_out) == ["corpus/lenke.txt", "lenke"]
    with zipfile.ZipFile(made.path) as archive:
        assert not [name for name in archive.namelist() if "lenke" in name]


def test_a_backup_in_the_study_is_refused_and_an_old_one_is_not_saved_again(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    for place in (small_study.path, small_study.path / "corpus", small_study.path / "corpus/b.zip"):
        with pytest.raises(ForanError, match="inside the study"):
            backup(small_study.path, place)
    made = backup(small_study.path)
    shutil.move(made.path, small_study.path / "gammel.zip")
    assert [name for name, _ in backup(small_study.path).left_out] == ["gammel.zip"]


def test_what_is_there_is_never_overwritten(small_study: SmallStudy, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("noe annet", "utf-8")
    with pytest.raises(ForanError, match="there already"):
        backup(small_study.path, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_text("utf-8") == "noe annet"
    with pytest.raises(ForanError, match="no such folder"):
        backup(small_study.path, tmp_path / "finnes/ikke/b.zip")
    with pytest.raises(ForanError, match="no such folder"):
        backup(tmp_path / "ingen")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "study"]


def test_a_broken_study_is_saved_with_its_faults(small_study: SmallStudy, tmp_path: Path) -> None:
    (small_study.path / "corpus/texts/FJO-I02.md").unlink()
    small_study.replace("foran.toml", "[privacy]", "[privatliv]")
    made = backup(small_study.path)
    assert "corpus/texts/FJO-I02.md:: missing-file" in made.faults
    again = restore(made.path, tmp_path / "ny")
    assert again.is_the_same
    assert again.faults == made.faults


def test_a_study_whose_settings_cannot_be_read_is_saved_under_its_folder_s_name(small_study: SmallStudy) -> None:
    (small_study.path / "foran.toml").write_text("[[[", "utf-8")
    assert backup(small_study.path).path.name.startswith("study-backup-")


def test_what_the_check_finds_anew_is_told(saved: Path, tmp_path: Path) -> None:
    other = remade(saved, lambda members: in_manifest(members, lambda manifest: manifest.update(faults=["x:1: y"])))
    made = restore(other, tmp_path / "ny")
    assert not made.is_the_same
    assert made.gone_faults == ("x:1: y",)


def test_a_study_that_changes_while_it_is_copied_is_copied_again(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    times = 0

    def coding(done: int, total: int) -> None:
        nonlocal times
        if times < 1 and done == total:
            times += 1
            small_study.add("foran.toml", "# mer\n")

    made = backup(small_study.path, progress=coding)
    assert contents(restore(made.path, tmp_path / "ny").folder) == contents(small_study.path)

    def always(done: int, total: int) -> None:
        if done == total:
            small_study.add("foran.toml", "# mer\n")

    with pytest.raises(ForanError, match="changes while"):
        backup(small_study.path, tmp_path / "b.zip", progress=always)
    assert not (tmp_path / "b.zip").exists()


def test_progress_ends_at_the_whole(small_study: SmallStudy, tmp_path: Path) -> None:
    told_of: list[tuple[int, int]] = []
    made = backup(small_study.path, progress=lambda done, total: told_of.append((done, total)))
    assert told_of[-1] == (made.size, made.size)
    told_of.clear()
    restore(made.path, tmp_path / "ny", progress=lambda done, total: told_of.append((done, total)))
    assert told_of[-1] == (made.size, made.size)


def test_a_large_file_is_copied_in_pieces(small_study: SmallStudy, tmp_path: Path) -> None:
    noise = random.Random(7).randbytes(2**20)  # noqa: S311 (no secret)
    with (small_study.path / "stor.bin").open("wb") as file:
        for _ in range(48):
            file.write(noise)
    backup(small_study.path, tmp_path / "varm.zip")
    tracemalloc.start()
    made = backup(small_study.path)
    restore(made.path, tmp_path / "ny")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24 * 2**20
    assert (tmp_path / "ny/stor.bin").stat().st_size == 48 * 2**20


# A disk that refuses


class FullDisk:
    """Lets so many bytes through and then says that no space is left."""

    def __init__(self, file: Any, room: int) -> None:
        self.file, self.room = file, room

    def write(self, data: Any) -> int:
        self.room -= len(data)
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return int(self.file.write(data))

    def __enter__(self) -> FullDisk:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


@pytest.mark.parametrize("room", [0, 1, 100, 2_000, 6_000])
def test_a_full_disk_leaves_no_half_backup(
    small_study: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    whole = os.fdopen
    monkeypatch.setattr(backups.os, "fdopen", lambda *args: FullDisk(whole(*args), room))
    with pytest.raises(ForanError, match="no space left"):
        backup(small_study.path)
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


class LyingDisk(FullDisk):
    """Takes everything and keeps one byte of it wrong, amid a file's packed bytes: headers are written twice."""

    def write(self, data: Any) -> int:
        is_packed, half = len(data) > 200, len(data) // 2
        self.room -= is_packed
        if is_packed and self.room == 0:
            data = bytes(data[:half]) + bytes([data[half] ^ 0xFF]) + bytes(data[half + 1 :])
        return int(self.file.write(data))


@pytest.mark.parametrize("piece", [1, 2, 5, 9])
def test_a_disk_that_lies_is_found_out_before_the_backup_has_its_name(
    small_study: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    whole = os.fdopen
    monkeypatch.setattr(backups.os, "fdopen", lambda *args: LyingDisk(whole(*args), piece))
    with pytest.raises(ForanError, match="no whole backup"):
        backup(small_study.path)
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_a_full_disk_leaves_no_half_study(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Path.open
    wrote = 0

    def opened(self: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        nonlocal wrote
        file = whole(self, mode, *args, **kwargs)
        if mode != "xb":
            return file
        wrote += 1
        return FullDisk(file, 0 if wrote > 3 else 10**9)

    monkeypatch.setattr(Path, "open", opened)
    (tmp_path / "tom").mkdir()
    with pytest.raises(ForanError, match="no space left"):
        restore(saved, tmp_path / "tom")
    assert list((tmp_path / "tom").iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kopier", "study", "tom"]


def test_too_little_room_is_told_before_anything_is_written(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(ForanError, match="not free"):
        restore(saved, tmp_path / "ny")
    assert not (tmp_path / "ny").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB, where the system lets us have one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if mount is None or not is_root:
        pytest.skip("only root can mount a small disk")
    if subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], check=False, capture_output=True
    ).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_really_is_full(small_study: SmallStudy, small_disk: Path, tmp_path: Path) -> None:
    (small_study.path / "stor.bin").write_bytes(random.Random(7).randbytes(200_000))  # noqa: S311 (no secret)
    with pytest.raises(ForanError, match="no space left"):
        backup(small_study.path, small_disk)
    assert list(small_disk.iterdir()) == []
    made = backup(small_study.path)
    with pytest.raises(ForanError, match="not free"):
        restore(made.path, small_disk / "ny")
    assert list(small_disk.iterdir()) == []


# Bad backups


def truncated(file: Path) -> Path:
    target = file.with_name("kort.zip")
    target.write_bytes(file.read_bytes()[:-200])
    return target


def flipped(file: Path) -> Path:
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 0xFF
    target = file.with_name("vippet.zip")
    target.write_bytes(bytes(data))
    return target


def no_zip(file: Path) -> Path:
    target = file.with_name("tekst.zip")
    target.write_text("Dette er ingen kopi 😀", "utf-8")
    return target


def twice(file: Path) -> Path:
    target = file.with_name("to.zip")
    shutil.copy(file, target)
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("foran.toml", "schema_version = 1\n")
    return target


def with_link(file: Path) -> Path:
    target = remade(file, smuggled("lenke", b"/etc/passwd"), "lenke.zip")
    data = target.read_bytes()
    with zipfile.ZipFile(target) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = (
                3,
                ((stat.S_IFLNK if name == "lenke" else stat.S_IFREG) | 0o777) << 16,
            )
            archive.writestr(info, content)
    assert target.read_bytes() != data
    return target


def bomb(file: Path) -> Path:
    """A member that its headers and the manifest call small and that unpacks to much more."""
    big, small = 50_000_000, 1_000
    data = b"\0" * big

    def edit(members: dict[str, bytes]) -> None:
        members["bombe.txt"] = data
        in_manifest(members, lambda manifest: manifest["files"].update({"bombe.txt": {**told(data), "size": small}}))

    target = remade(file, edit, "bombe.zip")
    raw = target.read_bytes()
    assert raw.count(big.to_bytes(4, "little")) == 2
    target.write_bytes(raw.replace(big.to_bytes(4, "little"), small.to_bytes(4, "little")))
    return target


def encrypted(file: Path) -> Path:
    data = bytearray(file.read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    target = file.with_name("kryptert.zip")
    target.write_bytes(bytes(data))
    return target


BAD: dict[str, Callable[[Path], Path]] = {
    "a file changed": lambda f: remade(f, lambda m: m.update({"foran.toml": m["foran.toml"] + b"# x"})),
    "a file changed at the same length": lambda f: remade(
        f, lambda m: m.update({"foran.toml": m["foran.toml"].replace(b"Fjordvik", b"Fjordvak")})
    ),
    "a file missing": lambda f: remade(f, lambda m: m.pop("foran.toml")),
    "a file too many": lambda f: remade(f, lambda m: m.update({"mer.txt": b"x"})),
    "no manifest": lambda f: remade(f, lambda m: m.pop(MANIFEST)),
    "a manifest that is no JSON": lambda f: remade(f, lambda m: m.update({MANIFEST: b"{"})),
    "a manifest that is a list": lambda f: remade(f, lambda m: m.update({MANIFEST: b"[]"})),
    "a manifest of deep brackets": lambda f: remade(f, lambda m: m.update({MANIFEST: b"[" * 100_000})),
    "a manifest without files": lambda f: remade(f, lambda m: in_manifest(m, lambda x: x.pop("files"))),
    "a negative size": lambda f: remade(
        f, lambda m: in_manifest(m, lambda x: x["files"]["foran.toml"].update(size=-1))
    ),
    "a hash that is none": lambda f: remade(
        f, lambda m: in_manifest(m, lambda x: x["files"]["foran.toml"].update(sha256="ja"))
    ),
    "above the folder": lambda f: remade(f, smuggled("../ute.txt")),
    "above by a detour": lambda f: remade(f, smuggled("corpus/../../ute.txt")),
    "from the root": lambda f: remade(f, smuggled("/tmp/ute.txt")),  # noqa: S108
    "with a drive": lambda f: remade(f, smuggled("C:/ute.txt")),
    "with backslashes": lambda f: remade(f, smuggled("..\\ute.txt")),
    "into git's folder": lambda f: remade(f, smuggled(".git/hooks/post-checkout")),
    "into git's folder in capitals": lambda f: remade(f, smuggled(".GIT/config")),
    "a device of Windows": lambda f: remade(f, smuggled("corpus/NUL.txt")),
    "a name that ends in a blank": lambda f: remade(f, smuggled("corpus/a ")),
    "an empty part": lambda f: remade(f, smuggled("corpus//a")),
    "a folder": lambda f: remade(f, smuggled("mappe/", b"")),
    "a file under a file": lambda f: remade(f, smuggled("foran.toml/under.txt")),
    "truncated": truncated,
    "a bit flipped": flipped,
    "no archive": no_zip,
    "two files of one name": twice,
    "a link": with_link,
    "a bomb": bomb,
    "encrypted": encrypted,
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_backup_is_refused_and_changes_nothing(saved: Path, tmp_path: Path, name: str) -> None:
    bad = BAD[name](saved)
    before = sorted(tmp_path.iterdir())
    (tmp_path / "tom").mkdir()
    for folder in (tmp_path / "ny", tmp_path / "tom"):
        with pytest.raises(ForanError) as caught:
            restore(bad, folder)
        assert "nothing was changed" in str(caught.value)
    assert list((tmp_path / "tom").iterdir()) == []
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "tom"])


def test_a_backup_from_the_future_asks_for_a_newer_package(saved: Path, tmp_path: Path) -> None:
    later = remade(saved, lambda members: in_manifest(members, lambda manifest: manifest.update(schema_version=2)))
    with pytest.raises(FutureFile, match="upgrade"):
        restore(later, tmp_path / "ny")


def test_a_name_that_tells_of_other_content_is_refused(small_study: SmallStudy, tmp_path: Path) -> None:
    """All hashes inside can be made right by whoever changes a file; the name that was noted down cannot."""
    made = backup(small_study.path)

    def edit(members: dict[str, bytes]) -> None:
        data = members["foran.toml"] + b"# snikendring\n"
        smuggled("foran.toml", data)(members)

    bad = remade(made.path, edit)
    bad.replace(made.path)
    with pytest.raises(ForanError, match="name tells"):
        restore(made.path, tmp_path / "ny")
    made.path.rename(tmp_path / "annet.zip")
    assert restore(tmp_path / "annet.zip", tmp_path / "ny").is_the_same


@pytest.fixture(scope="module")
def saved_once(written_once: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return backup(written_once, tmp_path_factory.mktemp("saved") / "b.zip").path.read_bytes()


@settings(max_examples=60)
@given(data=st.data())
def test_no_byte_of_a_backup_can_be_changed_unseen(
    written_once: Path, saved_once: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """What is restored from a damaged file is the study, or nothing at all."""
    folder = tmp_path_factory.mktemp("bytes")
    raw = bytearray(saved_once)
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    (folder / "c.zip").write_bytes(bytes(raw))
    try:
        restore(folder / "c.zip", folder / "ny")
    except ForanError:
        assert [path.name for path in folder.iterdir()] == ["c.zip"]
    else:
        assert contents(folder / "ny") == contents(written_once)
    shutil.rmtree(folder)


@pytest.mark.parametrize("make", ["file", "full folder", "link"])
def test_only_a_new_or_empty_folder_is_restored_into(saved: Path, tmp_path: Path, make: str) -> None:
    target = tmp_path / "mål"
    if make == "file":
        target.write_text("mitt", "utf-8")
    elif make == "full folder":
        target.mkdir()
        (target / "mitt.txt").write_text("mitt", "utf-8")
    else:
        (tmp_path / "annet").mkdir()
        target.symlink_to(tmp_path / "annet")
    before = contents(tmp_path)
    with pytest.raises(ForanError, match="not an empty folder"):
        restore(saved, target)
    assert contents(tmp_path) == before


def test_a_folder_whose_parent_is_not_there_is_not_made_up(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(ForanError, match="no such folder"):
        restore(saved, tmp_path / "finnes/ikke")


def test_other_archives_are_no_backups(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 nei")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("x", "y")
    assert not is_backup(tmp_path / "a.zip")
    assert not is_backup(tmp_path / "b.zip")
    assert not is_backup(tmp_path / "finnes-ikke.zip")
