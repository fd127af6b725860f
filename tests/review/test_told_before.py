"""What packs on file have told is kept as numbers, and counts for every later pack, whomever it is for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_study import SmallStudy

from foran_research.cli import main
from foran_research.errors import ForanError
from foran_research.packs import build_pack, for_public
from foran_research.registers.records import PackMade
from foran_research.review.answers import things_in
from foran_research.review.content import pack_content
from foran_research.review.content_counts import Limits
from foran_research.review.difference_lines import is_small_difference, moved
from foran_research.review.differences import REASON, numbers_held, numbers_told
from foran_research.review.told_before import (
    FOLDER,
    ToldBefore,
    in_order_of_time,
    keep_told,
    read_things,
    read_told,
    told_file,
)
from foran_research.site import build_site
from foran_research.study import Study, load_study


@pytest.fixture(scope="module")
def demo(demo_path: Path) -> Study:
    return load_study(demo_path)


@pytest.fixture(scope="module")
def packs(demo: Study) -> Callable[[str], dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}

    def pack(name: str) -> dict[str, Any]:
        if name not in found:
            found[name] = pack_content(demo, demo.milestone(name), audience="workshop")
        return found[name]

    return pack


def with_packs(study: Study, path: Path, *made: dict[str, Any], kind: str = "pack") -> Study:
    """The study with packs in its register, at another path."""
    rows = tuple(PackMade(one["id"], "2024-07-01", milestone=one["milestone"]["id"], kind=kind) for one in made)
    return replace(study, path=path, registers=replace(study.registers, packs=rows))


def small_ones(study: Study, one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    """The numbers told in both packs that differ by what few say."""
    known = ToldBefore(study)
    behind = [known._state(study.milestone(pack["milestone"]["id"]), "human")[0] for pack in (one, other)]
    both = numbers_told(one).keys() & numbers_told(other).keys()
    return [key for key in both if is_small_difference(moved(*(state.get(key, {}) for state in behind)), Limits())]


@pytest.mark.parametrize(("first", "second"), [("M1", "M5"), ("M8", "M11"), ("M5", "M1")])
def test_two_packs_of_the_demo_study_tell_of_nobody_by_subtraction(
    demo: Study, packs: Callable[[str], dict[str, Any]], tmp_path: Path, first: str, second: str
) -> None:
    one, other = packs(first), packs(second)
    assert small_ones(demo, one, other)
    keep_told(tmp_path, for_public(one | {"audience": "public"}))
    made = ToldBefore(with_packs(demo, tmp_path, for_public(one | {"audience": "public"}))).without_differences(other)
    assert small_ones(demo, one, made) == []
    assert made["id"] != other["id"]
    assert [row["reason"] for row in made["left_out"]][-1] == REASON
    assert bool(numbers_told(made, "at_least")) is (first != "M5")


def test_a_pack_of_which_no_numbers_are_kept_counts_as_having_told_all_that_it_may(
    demo: Study, packs: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    one, other = packs("M1"), packs("M5")
    made = ToldBefore(with_packs(demo, tmp_path, one)).without_differences(other)
    assert small_ones(demo, one, made) == []
    # What it told is not known, and so not told again as the least there is.
    assert numbers_told(made, "at_least") == {}


def test_notebooks_and_slides_are_no_packs_with_numbers(
    demo: Study, packs: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    study = with_packs(demo, tmp_path, packs("M1"), kind="slides")
    assert ToldBefore(study).without_differences(packs("M5")) == packs("M5")


def test_the_numbers_of_a_pack_are_kept_without_a_word(
    demo: Study, packs: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    pack = packs("M5")
    keep_told(tmp_path, pack)
    name, data = told_file(pack)
    assert (tmp_path / name).read_bytes() == data
    assert name == f"{FOLDER}/{pack['id']}.json"
    kept = read_told(tmp_path, pack["id"])
    assert kept is not None
    assert (kept.numbers, kept.held) == (numbers_told(pack), numbers_held(pack))
    assert kept.held
    (state,) = ToldBefore(with_packs(demo, tmp_path, pack))._on_file(Limits())
    assert state.held == kept.held
    value = json.loads(data)
    keys = (*value["numbers"], *value["left_out"], *value["held"])
    assert all(re.fullmatch(r"[A-Za-z0-9_~.-]*(\|[A-Za-z_]+)*", key) for key in keys)
    # What each thing said is kept as a fingerprint, for answers that come when its page is gone.
    assert read_things(tmp_path, pack["id"]) == things_in(pack)
    assert all(re.fullmatch(r"[a-z]+:[A-Za-z0-9_.~/-]+", key) for key in value["things"])
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in value["things"].values())
    # Of a file from before it was kept what is held back, everything that it does not tell may be.
    del value["held"], value["things"]
    (tmp_path / name).write_text(json.dumps(value), "utf-8")
    (state,) = ToldBefore(with_packs(demo, tmp_path, pack))._on_file(Limits())
    assert {key for key in kept.held if key[1] != "edge"} <= state.held
    assert state.held.isdisjoint(kept.numbers)
    assert read_told(tmp_path, "M5-workshop-000000000000") is None
    assert read_things(tmp_path, pack["id"]) is read_things(tmp_path, "M5-workshop-000000000000") is None


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "foran-told-numbers", "pack": "another"}', "æ\u0000"])
def test_numbers_that_cannot_be_read_stop_every_later_pack(tmp_path: Path, text: str) -> None:
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "M5-workshop-0.json").write_text(text, "utf-8")
    with pytest.raises(ForanError, match=r"M5-workshop-0\.json cannot be read"):
        read_told(tmp_path, "M5-workshop-0")


def test_a_check_tells_of_numbers_that_cannot_be_read(small_study: SmallStudy) -> None:
    def check() -> Any:
        return CliRunner().invoke(main, ["check", "--study", str(small_study.path)])

    folder = small_study.path / FOLDER
    folder.mkdir(parents=True)
    assert check().exit_code == 0
    (folder / "M1-workshop-0123456789ab.json").write_text("{ å 😀", "utf-8")
    told = check()
    assert (told.exit_code, told.output.count("damaged-told-numbers")) == (1, 1)
    assert f"{FOLDER}/M1-workshop-0123456789ab.json" in told.output


def test_a_pack_is_written_with_its_numbers_and_is_the_same_made_again(small_study: SmallStudy) -> None:
    def make(**given: Any) -> Any:
        study = load_study(small_study.path)
        return build_pack(study, study.milestone("M1"), on="2024-07-01", machine=(), limits=Limits(2, 1), **given)

    make(is_dry=True)
    assert not (small_study.path / FOLDER).exists()
    first = make()
    (kept,) = (small_study.path / FOLDER).iterdir()
    assert (kept.relative_to(small_study.path).as_posix(), kept.read_bytes()) == told_file(first.pack)
    again = make()
    assert (again.page, again.is_recorded) == (first.page, False)


def test_pages_of_a_site_are_held_against_one_another_in_the_order_of_time(demo: Study) -> None:
    assert [one.id for one in in_order_of_time([demo.milestone("M5"), demo.milestone("M1")])] == ["M1", "M5"]
    made = build_site(demo, ["M5", "M1"], machine=())
    assert [page.milestone for page in made.pages] == ["M1", "M5"]
    told = [json.loads(page.numbers)["numbers"] for page in made.pages]
    states = ToldBefore(demo)
    behind = [states._state(demo.milestone(page.milestone), "human")[0] for page in made.pages]
    for name in told[0].keys() & told[1].keys():
        key = tuple(name.split("|"))
        assert not is_small_difference(moved(*(state.get(key, {}) for state in behind)), Limits()), key
    assert made.pages[1].left_out[REASON]


def test_a_pack_is_not_written_when_another_was_made_while_it_was(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    options: dict[str, Any] = {"on": "2024-07-01", "machine": (), "limits": Limits(2, 1)}
    build_pack(study, study.milestone("M1"), **options)
    with pytest.raises(ForanError, match="numbers are held against all that has gone out"):
        build_pack(study, study.milestone("M2"), **options)
