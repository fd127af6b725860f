"""A codebook that was read before is not parsed again, and nobody can tell from what is told of it."""

from __future__ import annotations

from collections.abc import Mapping

from small_study import SmallStudy

from foran_research.codebook.code import Codebook
from foran_research.codebook.reading import codebook_in
from foran_research.errors import Fault, Faults

LEVELS = ("P", "K", "E", "X")


def read(
    data: bytes, name: str = "a.yaml", levels: tuple[str, ...] = LEVELS
) -> tuple[tuple[Codebook, Mapping[str, int]] | None, list[Fault]]:
    faults = Faults()
    return codebook_in(data, name, "1.0.0", levels, faults), list(faults)


def test_the_same_bytes_give_the_same_codebook_and_other_bytes_another(small_study: SmallStudy) -> None:
    data = (small_study.path / "codebooks/1.0.0.yaml").read_bytes()
    (one, none), (two, _) = read(data), read(data)
    assert one is not None
    assert one is two
    assert none == []
    edited, _ = read(data + "# Åse 😀 a\u030a\n".encode())
    assert edited is not two
    assert edited == one


def test_faults_are_told_each_time_under_the_name_and_levels_asked_for(small_study: SmallStudy) -> None:
    data = (small_study.path / "codebooks/1.0.0.yaml").read_bytes()
    first, second = (read(data, levels=("P",))[1] for _ in range(2))
    assert first
    assert second == first
    assert {fault.file for fault in read(data, "b.yaml", ("P",))[1]} == {"b.yaml"}
    assert read(data)[1] == []
    broken = data + b"<<<<<<< HEAD\n"
    assert [read(broken)[1][0].kind for _ in range(2)] == ["merge-conflict"] * 2
