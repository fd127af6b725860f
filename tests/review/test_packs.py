"""Review packs as files: searched before they are written, recorded, found again when they must be called back."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from big_pack import big_pack
from cleared_study import STEPS, with_cleared
from click.testing import CliRunner
from small_study import SmallStudy

from foran_research import clearing, handing_out
from foran_research.cli import main
from foran_research.errors import ForanError, StudyError
from foran_research.packs import Built, build_pack, for_public, listed, pack_path, this_machine
from foran_research.recalling import told_now
from foran_research.registers.records import Measure, MeasureStep, Question
from foran_research.registers.store import append
from foran_research.review import printing
from foran_research.review.content import content_sha256
from foran_research.review.content_counts import Limits
from foran_research.review.content_repeats import Repeats
from foran_research.review.leak_check import Guard, LeakError
from foran_research.review.page import page_html
from foran_research.study import Study, load_study
from foran_research.unfinished import leftovers

CLEARED = ("FJO-I01.K1.s02", "FJO-I01.K1.s03")
#: Of an interview (invented) that nobody has cleared a word of.
SAID = "Forretningshemmelighetene kunne vi lite om, og behovsbeskrivelsen var tynn"
DAY = "2024-07-01"
Options = dict[str, Any]


def cleared(small: SmallStudy, audience: str = "workshop", segments: tuple[str, ...] = CLEARED) -> Study:
    """The study with passages cleared in its register."""
    for day, step in enumerate(STEPS, 3):
        wishes = [clearing.Wish(one, step, audience if step == "cleared" else "") for one in segments]
        by = "K2" if step == "checked" else "K1"
        clearing.record(load_study(small.path), wishes, by=by, on=f"2024-06-{day:02}")
    return load_study(small.path)


def made(study: Study, **given: Any) -> Built:
    options: Options = {"on": DAY, "machine": (), "limits": Limits(1, 1), "by": "K1"} | given
    return build_pack(study, study.milestone("M1"), **options)


def test_a_pack_is_written_and_recorded_by_its_fingerprints_and_passages(small_study: SmallStudy) -> None:
    study = cleared(small_study)
    built = made(study)
    assert built.path == small_study.path / "outputs/review/M1-workshop.html"
    assert built.path.read_bytes() == built.page == page_html(built.pack).encode()
    (row,) = load_study(small_study.path).registers.packs
    assert row == built.row
    assert (row.on, row.milestone, row.audience, row.arena, row.language, row.by) == (
        DAY,
        "M1",
        "workshop",
        "",
        "nb",
        "K1",
    )
    assert row.file_sha256 == hashlib.sha256(built.page).hexdigest()
    assert row.content_sha256 == content_sha256(built.pack)
    assert sorted(row.segments) == sorted(CLEARED)
    assert (built.is_recorded, built.is_written) == (True, True)
    assert [path.name for path in built.path.parent.iterdir()] == ["M1-workshop.html"]
    # The same again is the same pack: no second row, the same bytes.
    again = made(load_study(small_study.path), on="2024-07-05")
    assert (again.page, again.is_recorded) == (built.page, False)
    assert len(load_study(small_study.path).registers.packs) == 1


def test_a_dry_run_makes_everything_and_writes_nothing(small_study: SmallStudy) -> None:
    study = with_cleared(load_study(small_study.path), CLEARED)
    before = small_study.fingerprint()
    built = made(study, is_dry=True)
    assert built.page
    assert (built.is_recorded, built.is_written) == (False, False)
    assert small_study.fingerprint() == before


def test_a_pack_in_which_nothing_is_cleared_quotes_nobody_and_says_so(small_study: SmallStudy) -> None:
    built = made(load_study(small_study.path))
    assert (built.pack["quotes"], built.row.segments) == ([], ())
    assert any(row["reason"] == "not_cleared" for row in built.pack["left_out"])
    assert load_study(small_study.path).registers.packs == (built.row,)
    ran = CliRunner().invoke(
        main, ["review", "build", "M1", "--study", str(small_study.path), "--on", DAY, "--dry-run"]
    )
    assert ran.exit_code == 0, ran.output
    assert "nobody is quoted: no passage of it is cleared for workshop" in ran.output
    assert "nothing written (--dry-run)" in ran.output


# ---- what may not leave


def edit_code(field: str) -> Callable[[SmallStudy], None]:
    def plant(book: dict[str, Any]) -> None:
        book["codes"][0][field]["nb"] = f"Som det ble sagt: {SAID}."

    def in_both(small: SmallStudy) -> None:
        for version in ("1.0.0", "2.0.0"):
            small.edit_codebook(version, plant)

    return in_both


def add(*rows: Any) -> Callable[[SmallStudy], None]:
    def plant(small: SmallStudy) -> None:
        study = load_study(small.path)
        append(small.path, rows, study.known_to_registers())

    return plant


MEASURE = Measure("T1", "2020-08-01", case="FJO", element="C0001", codebook_version="1.0.0", addresses="promoting",
                  title_nb="Ringe før jul", title_en="Call before Christmas")  # fmt: skip
ROUTES = {
    "a definition": edit_code("definition"),
    "a label": edit_code("label"),
    "the title of a measure": add(replace(MEASURE, title_en=f"“{SAID}”")),
    "the grounds of a measure": add(replace(MEASURE, grounds=SAID)),
    "a step of a measure": add(MEASURE, MeasureStep("T1", "1", "2020-08-01", text_nb=f"– {SAID}", text_en="x")),
    "a question": add(Question("Q0001", "2024-06-01", milestone="M1", text_nb=f"Er dere enige? {SAID.upper()}", text_en="?")),
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
def test_words_that_reach_a_pack_by_any_way_stop_it(
    small_study: SmallStudy, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ROUTES[route](small_study)
    study = with_cleared(load_study(small_study.path), CLEARED)
    # What makes the pack holds such texts back; the last look must find them without that.
    assert b"Forretningshemm" not in made(study, is_dry=True).page
    monkeypatch.setattr(Repeats, "stands_in", lambda *_: False)
    before = small_study.fingerprint()
    with pytest.raises(LeakError) as raised:
        made(study)
    told = str(raised.value)
    assert "words in a row of FJO-I02, turn 2" in told
    assert "(pack." in told or "pack." in told
    assert not any(word.casefold() in told.casefold() for word in SAID.replace(",", "").split() if len(word) > 6)
    assert small_study.fingerprint() == before


def test_every_fault_is_told_at_once_and_nothing_is_written(small_study: SmallStudy) -> None:
    asked = {
        "Q0001": ("Ring 900 12 345", "Write to noen@example.no"),
        "Q0002": ("Se https://example.no", "Ask STR-BRU-01"),
    }
    rows = [Question(name, DAY, milestone="M1", text_nb=nb, text_en=en) for name, (nb, en) in asked.items()]
    add(*rows)(small_study)
    before = small_study.fingerprint()
    ran = CliRunner().invoke(main, ["review", "build", "M1", "--study", str(small_study.path), "--on", DAY])
    assert ran.exit_code == 1
    for what in ("a telephone number", "an e-mail address", "an address –", "the pseudonym STR-BRU-01"):
        assert what in ran.output
    assert "900" not in ran.output
    assert "nothing was written" in ran.output
    assert small_study.fingerprint() == before


def test_the_names_of_the_key_and_of_the_machine_stop_a_pack(small_study: SmallStudy) -> None:
    add(Question("Q0001", "2024-06-01", milestone="M1", text_nb="Hva sa Gunnbjørg Oppdiktsen?", text_en="pc-0417?"))(
        small_study
    )
    study = load_study(small_study.path)
    with pytest.raises(LeakError, match="a name that the key has for FJO-PL-01"):
        made(study, names={"FJO-PL-01": ("Gunnbjørg Oppdiktsen",)}, is_dry=True)
    with pytest.raises(LeakError, match="the name of a user or a machine"):
        made(study, machine=("pc-0417",), is_dry=True)
    assert made(study, is_dry=True).page
    assert all(this_machine())


def test_a_key_that_can_be_opened_is_searched_for(
    small_study: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from foran_research.corpus.key import Cost, changed, create

    phrase, path = "fire ord som ingen har sagt", tmp_path / "nokkel" / "small.key"
    path.parent.mkdir()
    create(path, phrase, "small", study=small_study.path, cost=Cost(n=2, r=1, p=1))
    changed(path, phrase, lambda key: key.with_names("FJO-PL-01", ["Gunnbjørg Oppdiktsen"], "person"))
    add(Question("Q0001", "2024-06-01", milestone="M1", text_nb="Hva sa Gunnbjørg Oppdiktsen?", text_en="?"))(
        small_study
    )
    command = ["review", "build", "M1", "--study", str(small_study.path), "--on", DAY, "--dry-run"]
    ran = CliRunner().invoke(main, command)
    assert "Names were not searched for: the key is not open" in ran.output
    monkeypatch.setenv("FORAN_KEY_PASSPHRASE", phrase)
    ran = CliRunner().invoke(main, [*command, "--key", str(path)])
    assert "a name that the key has for FJO-PL-01" in ran.output
    assert "Gunn" not in ran.output


# ---- for everybody


def test_a_public_pack_numbers_its_quotes_and_the_register_says_which_they_are(small_study: SmallStudy) -> None:
    built = made(cleared(small_study, "public"), audience="public")
    assert [one["id"] for one in built.pack["quotes"]] == ["q0001", "q0002"]
    assert b".K1.s" not in built.page
    assert sorted(built.row.segments) == sorted(CLEARED)
    words = {one["id"]: one["words"] for one in built.pack["quotes"]}
    shown = clearing.cleared_for(load_study(small_study.path), "public")
    for number, segment in enumerate(built.row.segments, 1):
        assert words[f"q{number:04}"] == shown[segment]
    assert str(built.pack["id"]).startswith("M1-public-")
    ids = {one["id"] for one in built.pack["quotes"]}
    for element in built.pack["elements"]:
        assert {*element["promoting"], *element["inhibiting"]} <= ids


def test_numbering_changes_nothing_but_ids() -> None:
    pack = big_pack()
    numbered = for_public(pack)
    assert [one["words"] for one in numbered["quotes"]] == [one["words"] for one in pack["quotes"]]
    assert len({one["id"] for one in numbered["quotes"]}) == len(pack["quotes"])
    assert for_public(pack) == numbered
    order = {one["id"]: number for number, one in enumerate(pack["quotes"], 1)}
    for one, other in zip(pack["claims"], numbered["claims"], strict=True):
        assert other["quotes"] == [f"q{order[name]:04}" for name in one["quotes"]]


# ---- called back


def test_a_pack_with_a_revoked_quote_is_to_be_called_back(small_study: SmallStudy) -> None:
    made(cleared(small_study))
    study = load_study(small_study.path)
    assert [one.is_recalled for one in listed(study)] == [False]
    clearing.record(study, [clearing.Wish(CLEARED[0], "revoked")], by="K1", on="2024-07-02")
    (one,) = listed(load_study(small_study.path))
    assert one.recalled == (CLEARED[0],)
    ran = CliRunner().invoke(main, ["review", "packs", "--study", str(small_study.path)])
    assert ran.exit_code == 0
    assert f"kall tilbake · recall ({CLEARED[0]})" in ran.output
    assert CliRunner().invoke(main, ["review", "packs", "--recall", "--study", str(small_study.path)]).exit_code == 1
    # A new one is without it, and stands beside the one that went out.
    new = made(load_study(small_study.path), on="2024-07-03")
    assert new.row.segments == (CLEARED[1],)
    assert [one.is_recalled for one in listed(load_study(small_study.path))] == [True, False]


def test_a_pack_to_be_called_back_is_told_of_where_it_still_lies(small_study: SmallStudy) -> None:
    made(cleared(small_study))
    revoke_on(small_study, "2024-07-02")
    command = ["review", "packs", "--recall", "--study", str(small_study.path)]
    assert "lies still at outputs/review/M1-workshop.html" in CliRunner().invoke(main, command).output
    made(load_study(small_study.path), on="2024-07-03")
    told = CliRunner().invoke(main, command).output
    assert "lies still" not in told
    assert "2 files made, 1 to call back" in told


def test_a_public_pack_is_known_by_the_passages_behind_its_numbers(small_study: SmallStudy) -> None:
    study = cleared(small_study, "public")
    built = made(study, audience="public")
    assert built.row.told == told_now(study, "public", built.row.segments)
    revoke_on(small_study, "2024-07-02")
    assert [one.recalled for one in listed(load_study(small_study.path))] == [(CLEARED[0],)]


def test_a_pack_with_the_words_of_somebody_who_withdrew_is_to_be_called_back(small_study: SmallStudy) -> None:
    from foran_research.withdrawal import withdraw

    made(cleared(small_study), output=small_study.path.parent / "pakke.html")
    withdraw(small_study.path, "FJO-PL-01", at="2024-07-04T10:00:00Z", reason="ba om det")
    (one,) = listed(load_study(small_study.path))
    assert sorted(one.recalled) == sorted(CLEARED)


def test_without_packs_the_list_says_so(small_study: SmallStudy) -> None:
    ran = CliRunner().invoke(main, ["review", "packs", "--study", str(small_study.path)])
    assert (ran.exit_code, ran.output.strip()) == (0, "no packs yet")


# ---- places


def test_packs_of_other_arenas_and_languages_have_other_names(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    names = [
        pack_path(study, study.milestone("M1"), *given).name
        for given in (("workshop",), ("workshop", "praksis"), ("public", "", "en"), ("workshop", "", "nb"))
    ]
    assert names == ["M1-workshop.html", "M1-workshop-praksis.html", "M1-public-en.html", "M1-workshop.html"]


@pytest.mark.parametrize(
    "name", ["corpus/pakke.html", "Codebooks/pakke.html", "outputs/pakke.pdf", "notater.html", "mappe.html"]
)
def test_a_pack_takes_nothing_elses_place(small_study: SmallStudy, name: str) -> None:
    (small_study.path / "notater.html").write_text("<p>Mine notater, æøå</p>", encoding="utf-8")
    (small_study.path / "mappe.html").mkdir()
    before = small_study.fingerprint()
    with pytest.raises(ForanError, match="nothing was written"):
        made(load_study(small_study.path), output=small_study.path / name)
    assert small_study.fingerprint() == before


def test_what_is_cut_off_leaves_no_pack_that_the_register_has_not(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = cleared(small_study)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(handing_out, "append_here", killed)
        with pytest.raises(KeyboardInterrupt):
            made(study)
    folder = small_study.path / "outputs/review"
    assert [*folder.iterdir()] == []
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", _refusing(Path.replace, folder))
        with pytest.raises(ForanError, match=r"it is in corpus/packs\.csv all the same"):
            made(study)
    assert [*folder.iterdir()] == []
    assert len(load_study(small_study.path).registers.packs) == 1
    # Done again, it is done: no second row.
    assert made(load_study(small_study.path)).path.exists()
    assert len(load_study(small_study.path).registers.packs) == 1


def _build_and_die(path: str) -> None:
    """Be killed between the row and the file's name."""
    kept = handing_out.append_here

    def append_and_die(*given: Any, **more: Any) -> None:
        kept(*given, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    handing_out.append_here = append_and_die
    made(load_study(Path(path)))


@pytest.mark.skipif(sys.platform == "win32", reason="nobody forks there")
def test_what_a_killed_build_left_half_made_is_told_by_the_check_and_gone_with_the_next_build(
    small_study: SmallStudy,
) -> None:
    cleared(small_study)
    worker = multiprocessing.get_context("fork").Process(target=_build_and_die, args=(str(small_study.path),))
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    folder = small_study.path / "outputs/review"
    (left,) = folder.iterdir()
    assert left.name.startswith(".M1-workshop.html.")
    assert "leverandørene" in left.read_text("utf-8")
    # What a site was doing when it was killed; and what is nobody's.
    half = small_study.path / "outputs/.site.new"
    half.mkdir()
    (half / "index.html").write_text("<p>å</p>", "utf-8")
    (folder / ".nomedia").write_text("", "utf-8")
    corpus = small_study.path / "corpus"
    (corpus / "reviews/told").mkdir(parents=True, exist_ok=True)
    ours = [corpus / name for name in (".packs.csv.ab_d1234", "reviews/told/.M1-workshop-0123456789ab.json.abcd1234")]
    theirs = [corpus / name for name in (".packs.csv.swp", ".documents.csv.abcd1234", "reviews/told/.x.json.bak")]
    for path in (*ours, *theirs):
        path.write_text("å 😀", "utf-8")
    told = CliRunner().invoke(main, ["check", "--study", str(small_study.path)])
    assert told.exit_code == 0, told.output
    assert told.output.count("unfinished-pack") == 4
    assert left.name in told.output
    assert [row.milestone for row in load_study(small_study.path).registers.packs] == ["M1"]
    built = made(load_study(small_study.path))
    assert not built.is_recorded
    assert {path.name for path in folder.iterdir()} == {"M1-workshop.html", ".nomedia"}
    assert not half.exists()
    assert [path.exists() for path in (*ours, *theirs)] == [False, False, True, True, True]
    assert "unfinished-pack" not in CliRunner().invoke(main, ["check", "--study", str(small_study.path)]).output


def test_in_a_folder_of_somebody_elses_only_the_packs_own_half_made_file_is_removed(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    study = cleared(small_study)
    theirs = [tmp_path / name for name in (".annet.html.abcd1234", ".pakke.html.swp", ".pakke.html.abc")]
    for path in (tmp_path / ".pakke.html.abcd_234", *theirs):
        path.write_text("<p>å 😀</p>", "utf-8")
    made(study, output=tmp_path / "pakke.html")
    assert sorted(path for path in tmp_path.glob(".*.html.*")) == sorted(theirs)
    assert (tmp_path / "pakke.html").stat().st_mode & 0o777 == (0o644 if os.name == "posix" else 0o666)


def test_the_site_that_was_moved_aside_stays_until_there_is_another(small_study: SmallStudy) -> None:
    aside = small_study.path / "outputs/.site.old"
    aside.mkdir(parents=True)
    (aside / "index.html").write_text("<p>å</p>", "utf-8")
    assert leftovers(small_study.path) == ()
    (small_study.path / "outputs/site").mkdir()
    assert leftovers(small_study.path) == (aside,)


# ---- while it is made


def revoke(small: SmallStudy) -> None:
    clearing.record(load_study(small.path), [clearing.Wish(CLEARED[0], "revoked")], by="K2", on="2024-06-20")


def take_back_role(small: SmallStudy) -> None:
    path = small.path / "corpus/participants.csv"
    path.write_text(path.read_text("utf-8").replace(" quote_role", ""), "utf-8")


def reword(small: SmallStudy) -> None:
    revoke(small)
    for step, by, words, reason in (
        ("pseudonymised", "K1", "[parafrase] noe annet å 😀", ""),
        ("checked", "K2", None, ""),
        ("cleared", "K1", None, "redigert"),
    ):
        wish = clearing.Wish(CLEARED[0], step, "workshop" if step == "cleared" else "", words, reason)
        clearing.record(load_study(small.path), [wish], by=by, on="2024-06-20")


def hide(small: SmallStudy) -> None:
    """Another document than the one that is quoted."""
    path = small.path / "corpus/documents.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(one.replace(",open,", ",restricted,") if one.startswith("HEI-I01") else one for one in lines), "utf-8"
    )


def leave(small: SmallStudy) -> None:
    from foran_research.withdrawal import withdraw

    withdraw(small.path, "HEI-LEV-01", at="2024-06-20T10:00:00Z", reason="ba om det")


@pytest.mark.parametrize("meanwhile", [revoke, take_back_role, reword, hide, leave])
def test_what_is_taken_back_while_a_pack_is_made_keeps_it_from_being_written(
    small_study: SmallStudy, meanwhile: Callable[[SmallStudy], None]
) -> None:
    share_roles(small_study)
    study = cleared(small_study)
    meanwhile(small_study)
    before = small_study.fingerprint()
    with pytest.raises(ForanError, match="uild it again; nothing was written"):
        made(study)
    assert small_study.fingerprint() == before


def test_a_pack_that_is_recorded_already_is_not_written_once_more_with_a_revoked_quote(small_study: SmallStudy) -> None:
    share_roles(small_study)
    first = made(cleared(small_study))
    assert {one["role"] for one in first.pack["quotes"]} == {"prosjektleder"}
    first.path.unlink()
    study = load_study(small_study.path)
    revoke(small_study)
    with pytest.raises(ForanError, match=r"1 quote of it \(FJO-I01\.K1\.s02\) may not be shown so any more"):
        made(study)
    assert not first.path.exists()
    assert made(load_study(small_study.path)).row.segments == (CLEARED[1],)


def test_what_else_was_handed_out_meanwhile_is_held_against_it_first(small_study: SmallStudy) -> None:
    study = cleared(small_study)
    made(study)
    with pytest.raises(ForanError, match="something else was handed out"):
        made(study, language="en")


def test_of_a_build_and_a_revocation_at_once_one_knows_of_the_other(small_study: SmallStudy) -> None:
    study = cleared(small_study)
    stale = load_study(small_study.path)
    outcomes: dict[str, Any] = {}

    def build() -> None:
        try:
            outcomes["built"] = made(study)
        except ForanError as error:
            outcomes["refused"] = error

    def take_back() -> None:
        outcomes["told"] = clearing.record(
            stale, [clearing.Wish(CLEARED[0], "revoked")], by="K2", on="2024-07-01"
        ).packs

    threads = [threading.Thread(target=one) for one in (build, take_back)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert ("built" in outcomes) == bool(outcomes["told"])
    assert ("refused" in outcomes) == (not outcomes["told"])
    assert (small_study.path / "outputs/review/M1-workshop.html").exists() == ("built" in outcomes)


def share_roles(small: SmallStudy) -> None:
    small.replace("corpus/participants.csv", "FJO-PL-01,prosjektleder,FJO,nb,analysis quote",
                  "FJO-PL-01,prosjektleder,FJO,nb,analysis quote quote_role")  # fmt: skip


# ---- days


@pytest.mark.parametrize(
    ("on", "told"),
    [
        ("2099-07-01", "2099-07-01 is later than today, 2024-07-01"),
        ("2024-06-04", "2024-06-04 is too early: the last step of a quote in it is of 2024-06-05"),
        ("2019-01-01", "is too early"),
        ("i går", "is no day"),
    ],
)
def test_a_pack_is_of_a_day_on_which_it_can_have_been_made(small_study: SmallStudy, on: str, told: str) -> None:
    study = cleared(small_study)
    before = small_study.fingerprint()
    with pytest.raises(ForanError, match=told):
        made(study, on=on, today=DAY)
    assert small_study.fingerprint() == before


def test_the_command_takes_no_day_that_has_not_come(small_study: SmallStudy) -> None:
    ran = CliRunner().invoke(main, ["review", "build", "M1", "--study", str(small_study.path), "--on", "2099-07-01"])
    assert (ran.exit_code, "2099-07-01 is later than today" in ran.output) == (1, True)


def test_without_quotes_a_pack_is_not_older_than_its_milestone(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    cut_off = study.milestone("M1").cut_off.isoformat()
    assert made(study, on=cut_off, is_dry=True).row.on == cut_off
    with pytest.raises(ForanError, match="too early: M1 goes up to"):
        made(study, on="2001-01-01", is_dry=True)


def test_a_dry_run_checks_what_recording_checks(small_study: SmallStudy) -> None:
    study = cleared(small_study)
    before = small_study.fingerprint()
    for is_dry in (True, False):
        with pytest.raises(StudyError, match=r"unknown-by|bad-by"):
            made(study, by="Kari Nordmann", is_dry=is_dry)
    assert small_study.fingerprint() == before


# ---- what lies beside


def test_the_print_of_an_earlier_pack_goes_with_it_and_nobody_elses_does(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def printed(page: bytes, **_: object) -> bytes:
        return b"%PDF " + page

    def ids_in(data: bytes) -> frozenset[str]:
        return (
            frozenset(re.findall(r"workshop-[0-9a-f]{12}", data.decode("utf-8")))
            if data.startswith(b"%PDF")
            else frozenset()
        )

    monkeypatch.setattr(printing, "to_pdf", printed)
    monkeypatch.setattr(printing, "packs_in", ids_in)
    monkeypatch.setattr(Guard, "check", lambda *_, **__: ())
    first = made(cleared(small_study), with_pdf=True)
    assert first.pdf_path is not None
    assert first.pdf_path.exists()
    # The same pack again: the print is its own.
    assert made(load_study(small_study.path)).removed is None
    assert first.pdf_path.exists()
    revoke_on(small_study, "2024-07-02")
    again = made(load_study(small_study.path), on="2024-07-03", is_dry=True)
    assert (again.removed, first.pdf_path.exists()) == (first.pdf_path, True)
    command = ["review", "build", "M1", "--study", str(small_study.path), "--on", "2024-07-03"]
    assert (
        "M1-workshop.pdf beside it is the print of an earlier pack and was removed"
        in CliRunner().invoke(main, command).output
    )
    assert not first.pdf_path.exists()
    # What is no print of a pack is left, told of, and no print takes its place.
    first.pdf_path.write_bytes("Handlingsplan å 😀".encode())
    told = made(load_study(small_study.path), on="2024-07-04")
    assert (told.removed, told.beside) == (None, first.pdf_path)
    with pytest.raises(ForanError, match="no print of a pack"):
        made(load_study(small_study.path), on="2024-07-04", with_pdf=True)
    assert first.pdf_path.read_bytes() == "Handlingsplan å 😀".encode()


def revoke_on(small: SmallStudy, day: str) -> None:
    clearing.record(load_study(small.path), [clearing.Wish(CLEARED[0], "revoked")], by="K2", on=day)


def _refusing(kept: Callable[..., Any], folder: Path) -> Callable[..., Any]:
    def move(self: Path, target: Path) -> Any:
        if Path(target).parent == folder:
            raise OSError(28, "No space left on device")
        return kept(self, target)

    return move


# ---- paper


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[[str], str]:
    """A program in the browser's place, as a few lines of Python with `made`, the file it is asked for."""
    if sys.platform == "win32":
        pytest.skip("a script is no program there")

    def write(lines: str) -> str:
        program = tmp_path / "nettleser"
        program.write_text(
            f"#!{sys.executable}\nimport os, sys, time\nfrom pathlib import Path\n"
            "if '--version' in sys.argv: sys.exit(0)\n"
            "made = Path(next(one for one in sys.argv if one.startswith('--print-to-pdf='))[15:])\n" + lines,
            encoding="utf-8",
        )
        program.chmod(0o755)
        return str(program)

    return write


def test_a_browser_that_ends_before_the_file_is_there_is_waited_for(stand_in: Callable[[str], str]) -> None:
    # As Edge on Windows: it starts another and ends, and that one writes in two goes.
    program = stand_in(
        "if os.fork(): sys.exit(0)\n"
        "time.sleep(0.3)\nmade.write_bytes(b'%PDF-1.4 ')\ntime.sleep(0.3)\nmade.write_bytes(b'%PDF-1.4 x %%EOF')\n"
    )
    assert printing.to_pdf(b"<p>\xc3\xa6</p>", day=DAY, browser=program) == b"%PDF-1.4 x %%EOF"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("sys.exit(3)", "ended with 3"),
        ("time.sleep(60)", "had not printed after 1 seconds"),
        ("made.write_bytes(b'%PDF')", ""),
    ],
)
def test_a_browser_that_fails_is_told_of_with_how_to_print_by_hand(
    stand_in: Callable[[str], str], lines: str, told: str
) -> None:
    with pytest.raises(ForanError) as raised:
        printing.to_pdf(b"<p>x</p>", day=DAY, browser=stand_in(lines), patience=1)
    assert told in str(raised.value)
    assert "Ctrl+P" in str(raised.value)


def test_a_browser_gets_a_folder_of_its_own_that_is_gone_afterwards(stand_in: Callable[[str], str]) -> None:
    program = stand_in(
        "home = Path(os.environ['HOME'])\nprofile = next(one for one in sys.argv if one.startswith('--user-data-dir='))[16:]\n"
        "assert Path(profile).parent == home and (home / 'page.html').read_bytes() == b'<p>x</p>'\n"
        "made.write_bytes(b'%PDF ' + os.fsencode(home) + b' %%EOF')\n"
    )
    place = printing.to_pdf(b"<p>x</p>", day=DAY, browser=program).split()[1].decode()
    assert not Path(place).exists()
    assert Path(place) != Path.home()


def test_what_a_print_that_was_killed_has_left_is_removed_by_a_later_one(
    stand_in: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, at_work, other = (tmp_path / name for name in ("foran-print-abc", "foran-print-def", "foran-printer"))
    for folder in (left, at_work, other):
        folder.mkdir()
        (folder / "page.html").write_text("<p>å 😀</p>", "utf-8")
    for folder in (left, other):
        os.utime(folder, (1, 1))
    printing.to_pdf(b"<p>x</p>", day=DAY, browser=stand_in("made.write_bytes(b'%PDF %%EOF')\n"))
    assert not left.exists()
    assert sorted(tmp_path.glob("foran-print*")) == [at_work, other]


def test_without_a_browser_it_says_how_to_print_by_hand_and_writes_nothing(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = small_study.fingerprint()
    monkeypatch.setenv("FORAN_BROWSER", "no-such-browser")
    ran = CliRunner().invoke(main, ["review", "build", "M1", "--study", str(small_study.path), "--on", DAY, "--pdf"])
    assert ran.exit_code == 1
    assert "FORAN_BROWSER names no browser that starts" in ran.output
    assert "Skriv ut" in ran.output
    assert small_study.fingerprint() == before


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("win32", {"PROGRAMFILES": "C:/P", "LOCALAPPDATA": "C:/L"}, "C:/L/Google/Chrome/Application/chrome.exe"),
        ("win32", {"PROGRAMFILES(X86)": "C:/X"}, "C:/X/Microsoft/Edge/Application/msedge.exe"),
        ("darwin", {}, "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
        ("darwin", {}, "/hjem/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
        ("linux", {}, "microsoft-edge-stable"),
    ],
)
def test_browsers_are_looked_for_where_they_put_themselves(
    platform: str, environment: dict[str, str], expected: str
) -> None:
    found = [one.replace("\\", "/") for one in printing.candidates(platform, environment, Path("/hjem"))]
    assert expected in found
    assert [*printing.candidates(platform, {**environment, "FORAN_BROWSER": "min"}, Path("/hjem"))] == ["min"]


def test_what_tells_of_the_moment_and_the_machine_is_taken_out_without_moving_a_byte() -> None:
    dated = (
        b"1 0 obj <</CreationDate (D:20261122141201+01'00')\n/ModDate (D:20261122141201Z)>> "
        b"(file:///tmp/foran-print-x/page.html#\\)a) x"
    )
    tidy = printing.tidied(dated, DAY)
    assert len(tidy) == len(dated)
    assert b"2026" not in tidy
    assert b"file:" not in tidy
    assert tidy.startswith(b"1 0 obj <</CreationDate (D:20240701000000+00'00')\n/ModDate (D:20240701000000Z)>> () ")


def test_a_pack_is_printed_by_the_browser_that_is_installed(small_study: SmallStudy) -> None:
    try:
        printing.find_browser()
    except printing.NoBrowser:
        if os.environ.get("FORAN_BROWSER_TESTS") == "required":
            raise
        pytest.skip("seen by no browser: no Chrome, Chromium or Edge on this machine")
    import pypdfium2

    built = made(cleared(small_study), with_pdf=True)
    assert printing.packs_in(built.pdf) == {built.row.id.removeprefix("M1-")}
    assert built.pdf_path is not None
    assert built.pdf_path.read_bytes() == built.pdf
    document = pypdfium2.PdfDocument(built.pdf)
    try:
        facts = document.get_metadata_dict()
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    assert facts["Creator"] == "Chromium"
    assert facts["Author"] == ""
    assert facts["CreationDate"] == facts["ModDate"] == "D:20240701000000+00'00'"
    assert "Kort sagt" in text
    assert "leverandørene" in text
    assert b"file:" not in built.pdf


# ---- speed


def test_a_large_pack_is_made_into_a_page_and_searched_in_seconds(demo_path: Path) -> None:
    """Sixty elements, three hundred quotes, three networks, against the texts of the demo study."""
    study, pack = load_study(demo_path), big_pack()
    began = time.process_time()
    page = page_html(pack).encode()
    leaks = Guard.of(study, "workshop", machine=this_machine()).check(page)
    took = time.process_time() - began
    assert leaks == ()
    assert len(page) < 3_000_000
    assert took < 5, f"{took:.1f} s"
