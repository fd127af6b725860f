"""The day on which answers were given: refused where it cannot be, and put right everywhere where it was wrong."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path

import pytest
from answer_files import (
    AT,
    DAY,
    NOTE,
    PACK,
    a_pack,
    an_answer,
    everything,
    killed_at,
    outcome,
    pack_file,
    put,
    run,
    saved,
)
from click.testing import CliRunner
from small_study import SmallStudy

from foran_research.cli import main
from foran_research.collecting import collect, ledger, told_of
from foran_research.collecting.days import earliest
from foran_research.errors import ForanError, StudyError
from foran_research.study import load_study

LATER = {"at": "2021-10-20T10:00:00Z"}
LEVEL = [an_answer(1, "element:C0005", "maturity", "fordi a\u030a 😀 æøå", value=3, case="FJO")]
#: A pack of the second milestone, whose codebook is newer than the first workshop.
SECOND = a_pack(
    milestone={"id": "M2", "title": {"nb": "Andre modell", "en": "Second"}, "case": "", "codebook_version": "2.0.0"}
)
SECOND = {**SECOND, "id": SECOND["id"].replace("M1-", "M2-")}


def of_second(*answers: dict[str, object], reader: int = 7) -> bytes:
    return saved(answers, reader, SECOND, milestone="M2", codebook_version="2.0.0")


def folder_bytes(study: SmallStudy) -> dict[str, bytes]:
    """Every file of the study but the lock."""
    return {
        path.relative_to(study.path).as_posix(): path.read_bytes()
        for path in sorted(study.path.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


@pytest.mark.parametrize("is_dry_run", [False, True])
def test_a_day_before_the_packs_codebook_is_refused_before_anything_is_written(
    small_study: SmallStudy, is_dry_run: bool
) -> None:
    work = small_study.path.parent / "innboks"
    packs = [pack_file(work), pack_file(work, SECOND)]
    first, second = saved(everything()), of_second(*LEVEL)
    before = folder_bytes(small_study)
    with pytest.raises(StudyError) as raised:
        collect(small_study.path, put(work, first, second), by="K1", date="2020-09-30", case="FJO", packs=packs,
                is_dry_run=is_dry_run, **LATER)  # fmt: skip
    (fault,) = raised.value.faults
    assert fault.kind == "impossible-day"
    assert SECOND["id"] in fault.found
    assert "2020-09-30" in fault.found
    assert "2021-09-30 or later" in fault.expected
    assert put(work, second)[0].name in fault.file
    assert folder_bytes(small_study) == before


def test_after_a_refused_day_the_right_one_is_taken(small_study: SmallStudy) -> None:
    with pytest.raises(StudyError):
        run(small_study, saved(everything()), date="2012-02-15", **LATER)
    found = run(small_study, saved(everything()), **LATER)
    assert (found.received, found.assessments) == (1, 1)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"date": "2020-10-02", "at": "2020-10-01T10:00:00Z"}, "has not come yet"),
        ({"date": "2020-10-02", "at": "2020-10-01T23:30:00Z", "today": "2020-10-01"}, "has not come yet"),
        ({"date": "2020-9-30"}, "is no day"),
        ({"date": "", "is_redate": True}, "--redate needs the right day"),
    ],
)
def test_a_day_that_is_none_or_has_not_come_is_refused(
    small_study: SmallStudy, how: dict[str, object], says: str
) -> None:
    before = folder_bytes(small_study)
    with pytest.raises(ForanError, match=says):
        run(small_study, saved(everything()), **how)
    assert folder_bytes(small_study) == before


def test_shortly_after_midnight_today_is_the_day_where_one_is(small_study: SmallStudy) -> None:
    # 00:30 in Norway is yesterday in UTC.
    found = run(small_study, saved(LEVEL), date="", at="2020-09-30T22:30:00Z", today="2020-10-01")
    assert (found.received, found.refused) == (1, ())
    (level,) = outcome(small_study.path)["levels"]
    assert (level.on, level.milestone) == ("2020-10-01", "M2")


def listed(study: SmallStudy, pack: dict[str, object], on: str) -> None:
    (study.path / "corpus/packs.csv").write_text(
        "id,on,action,milestone,audience,arena,language,file_sha256,content_sha256,segments,by\n"
        f"{pack['id']},{on},,M1,workshop,,nb,{'a' * 64},{'b' * 64},,K1\n",
        "utf-8",
    )


def test_the_first_possible_day_follows_from_cut_off_codebook_and_the_making_of_the_pack(
    small_study: SmallStudy,
) -> None:
    study = load_study(small_study.path)
    assert earliest(study, PACK["id"], "1.0.0", "2022-01-01")[0] == "2020-09-30"
    # Nobody has listed it: made no later than on the day it came in.
    assert earliest(study, PACK["id"], "1.0.0", "2020-09-01")[0] == "2020-09-01"
    released = {book.codebook_version: book.released for book in study.lineage.codebooks}
    assert earliest(study, PACK["id"], "2.0.0", "2022-01-01")[0] == max("2020-09-30", released["2.0.0"])
    # Made before its cut-off: answers can be given before the cut-off. In a study of invented people never later.
    for made, first in (("2020-09-10", "2020-09-10"), ("2026-01-01", "2020-09-30")):
        listed(small_study, PACK, made)
        assert earliest(load_study(small_study.path), PACK["id"], "1.0.0", "2026-02-01")[0] == first


def test_of_real_people_no_answer_is_older_than_its_pack(small_study: SmallStudy) -> None:
    small_study.replace("foran.toml", "synthetic = true", "synthetic = false")
    small_study.replace("foran.toml", "[privacy]\n", '[privacy]\nsikt_ref = "000000"\nend_date = "2099-12-31"\n'
                        'legal_basis = "consent"\nconsent_template_version = "1"\nretention_action = "delete"\n')  # fmt: skip
    listed(small_study, PACK, "2020-11-05")
    assert earliest(load_study(small_study.path), PACK["id"], "1.0.0", "2026-02-01")[0] == "2020-11-05"


def test_the_same_files_with_another_day_keep_theirs_and_it_is_told(small_study: SmallStudy) -> None:
    run(small_study, saved(everything()), saved(everything(2), 2), date="2021-03-01", **LATER)
    before = folder_bytes(small_study)
    found = run(small_study, saved(everything()), saved(everything(2), 2), date="2020-10-05", **LATER)
    assert found.other_days == (("2021-03-01", 2),)
    assert any("2 files stand with another day, 2021-03-01" in line and "--redate" in line for line in told_of(found))
    assert folder_bytes(small_study) == before
    assert run(small_study, saved(everything()), date="", **LATER).other_days == ()


@pytest.mark.parametrize("wrong", ["2021-10-01", "2020-12-24"])
def test_a_wrong_day_is_put_right_everywhere(
    small_study: SmallStudy, written_once: Path, tmp_path: Path, wrong: str
) -> None:
    """After the last milestone its level was lost, before it it stood for another one."""
    files = [saved(everything()), saved(everything(2), 2)]
    run(small_study, *files, date=wrong, **LATER)
    first = outcome(small_study.path)
    found = run(small_study, *files, date=DAY, is_redate=True, **LATER)
    assert (found.redated, found.received, found.memos, found.proposals) == (2, 0, 0, ())
    assert found.notes == ((NOTE, "same"),)
    assert found.dated == ((NOTE, DAY),)
    study = load_study(small_study.path)
    assert str(study.documents.loc[NOTE, "date"])[:10] == DAY
    # Nothing is taken out of the register of files; a row is added for each.
    rows = ledger(small_study.path)
    assert [row["date"] for row in rows] == [wrong, wrong, DAY, DAY]
    # The same as if the right day had been said at once, and nothing of the wrong one stands on any day.
    other = SmallStudy(tmp_path / "rett" / "study")
    shutil.copytree(written_once, other.path)
    run(other, *files, date=DAY, **LATER)
    now, right = outcome(small_study.path), outcome(other.path)
    for key in ("files", "note", "heard", "people", "memos", "levels"):
        assert now[key] == right[key], key
    assert now["memos"] == first["memos"]
    for day in (DAY, "2020-12-31", "2021-09-30", "2021-12-31"):
        mine, theirs = (load_study(one.path).registers.until(day).assessments for one in (small_study, other))
        assert sorted(row.id for row in mine) == sorted(row.id for row in theirs), day


def test_a_day_can_be_put_right_twice_and_back(small_study: SmallStudy) -> None:
    for day in ("2020-10-05", DAY, "2020-10-05", "2021-10-01", DAY):
        run(small_study, saved(LEVEL), date=day, is_redate=bool(ledger(small_study.path)), **LATER)
        levels = outcome(small_study.path)["levels"]
        assert [row.on for row in levels] == ([] if day == "2021-10-01" else [day])
    assert [row["date"] for row in ledger(small_study.path)] == [
        "2020-10-05", DAY, "2020-10-05", "2021-10-01", DAY,
    ]  # fmt: skip


def levels_by_day(study: SmallStudy) -> dict[str, list[object]]:
    registers = load_study(study.path).registers
    return {
        day: sorted(registers.until(day).assessments, key=lambda row: row.id)
        for day in (DAY, "2020-10-10", "2020-10-20", "2020-12-31", "2021-12-31")
    }


def test_in_any_order_files_of_several_days_lead_to_the_same(
    small_study: SmallStudy, written_once: Path, tmp_path: Path
) -> None:
    changed = [{**LEVEL[0], "value": 4, "revision": 2}]
    files = [(saved(LEVEL), "2020-10-10"), (saved(changed, saved=2), "2020-10-20"),
             (saved(everything(2), 2), DAY), (saved(everything(3), 3), "2020-10-05")]  # fmt: skip
    found = []
    for at, order in enumerate(((0, 1, 2, 3), (3, 1, 2, 0), (1, 0, 3, 2))):
        study = SmallStudy(tmp_path / str(at) / "study")
        shutil.copytree(written_once, study.path)
        for number in order:
            run(study, files[number][0], date=files[number][1], **LATER)
        found.append((outcome(study.path)["levels"], levels_by_day(study), outcome(study.path)["note"],
                      str(load_study(study.path).documents.loc[NOTE, "date"])[:10]))  # fmt: skip
    for other in found[1:]:
        assert sorted(other[0], key=str) == sorted(found[0][0], key=str)
        assert other[1:] == found[0][1:]
    assert found[0][3] == DAY
    assert sorted(row.level for row in found[0][0]) == [3, 3, 4]


@pytest.mark.skipif(sys.platform == "win32", reason="a process that is killed is made by fork")
def test_a_day_put_right_by_a_run_that_is_killed_is_ended_by_the_next(small_study: SmallStudy, tmp_path: Path) -> None:
    run(small_study, saved(everything()), date="2020-12-24", **LATER)

    def prepared(name: str) -> SmallStudy:
        study = SmallStudy(tmp_path / name / "study")
        shutil.copytree(small_study.path, study.path)
        return study

    whole = prepared("whole")
    total = killed_at(None, lambda: run(whole, saved(everything()), date=DAY, is_redate=True, **LATER))
    expected = (outcome(whole.path), levels_by_day(whole))
    assert total >= 3
    for number in range(1, total + 1):
        study = prepared(f"cut{number}")
        again = partial(run, study, saved(everything()), date=DAY, is_redate=True, **LATER)
        assert killed_at(number, again) == -9
        # Once the day is in the register the next run needs no files.
        (again if number == 1 else partial(run, study, **LATER))()
        assert (outcome(study.path), levels_by_day(study)) == expected, number
        assert str(load_study(study.path).documents.loc[NOTE, "date"])[:10] == DAY


def test_files_that_never_came_cannot_be_dated_anew(small_study: SmallStudy) -> None:
    found = run(small_study, saved(everything()), is_redate=True, **LATER)
    assert [fault.kind for fault in found.refused] == ["not-received"]
    assert (found.received, found.readers) == (0, 0)


def test_a_study_that_has_an_impossible_day_goes_on_and_is_put_right(small_study: SmallStudy) -> None:
    """As an earlier version left it: the day in the register of files, and nothing that follows."""
    work = small_study.path.parent / "innboks"
    data = of_second(*LEVEL)
    collect(small_study.path, put(work, data), by="K1", date="2021-09-30", case="FJO", packs=[pack_file(work, SECOND)],
            at="2021-10-20T10:00:00Z")  # fmt: skip
    path = small_study.path / "corpus/reviews/received.csv"
    path.write_text(path.read_text("utf-8").replace(",2021-09-30,", ",2020-09-30,"), "utf-8")
    (small_study.path / "corpus/assessments.csv").unlink()
    found = run(small_study, saved(everything()), **LATER)
    assert (found.received, found.assessments) == (1, 1)
    assert [fault.kind for fault in found.refused] == ["impossible-day"]
    assert ("element", "day", 1) in [(one.kind, one.reason, one.count) for one in found.left_out]
    # The kept copy serves where the file itself is gone.
    (kept,) = [one for one in (small_study.path / "corpus/reviews/received").glob("*.json") if one.read_bytes() == data]
    found = collect(small_study.path, [kept], by="K1", date="2021-09-30", is_redate=True, **LATER)
    assert (found.redated, found.assessments, found.refused) == (1, 1, ())
    assert sorted(row.milestone for row in outcome(small_study.path)["levels"]) == ["M1", "M2"]


def test_what_was_told_is_only_counted_the_next_time(small_study: SmallStudy) -> None:
    work = small_study.path.parent / "innboks"
    strange = saved(everything(3), 3, {**PACK, "id": "M1-workshop-ffffffffffff"})
    first = told_of(run(small_study, saved(LEVEL), strange, date="2021-10-02", **LATER))
    again = told_of(run(small_study, date="", **LATER))
    assert sum("no further" in line for line in first) == 1
    assert any("1 answer about an element" in line and "goes no further" in line for line in first)
    assert any("1 file of M1-workshop-ffffffffffff" in line for line in first)
    assert again[1:] == [
        f"  note {NOTE} is as it was",
        "  as before: 1 answer goes no further, 1 file of packs that this study has not made lies aside",
    ]
    more = told_of(run(small_study, *(saved(LEVEL, n) for n in (2, 4)), date="2021-10-02", **LATER))
    assert any("3 answers about an element" in line for line in more)
    assert work.exists()


def test_the_command_puts_a_day_right_and_refuses_one_that_has_not_come(small_study: SmallStudy) -> None:
    work = small_study.path.parent / "innboks"
    (file,) = put(work, saved(everything()))
    asked = ["review", "collect", str(file), "--by", "K1", "--case", "FJO", "--pack", str(pack_file(work)),
             "--study", str(small_study.path)]  # fmt: skip
    said = CliRunner().invoke(main, [*asked, "--date", "2999-01-01"])
    assert (said.exit_code, "has not come yet" in said.output) == (1, True)
    said = CliRunner().invoke(main, [*asked, "--date", "2012-02-15"])
    assert (said.exit_code, "2020-09-30 or later" in said.output) == (1, True)
    assert not (small_study.path / "corpus/reviews/received").exists()
    assert CliRunner().invoke(main, [*asked, "--date", "2020-11-01"]).exit_code == 0
    said = CliRunner().invoke(main, [*asked, "--date", DAY, "--redate"])
    assert (said.exit_code, "1 file has another day now" in said.output) == (0, True)
    assert AT[:10] == DAY == str(load_study(small_study.path).documents.loc[NOTE, "date"])[:10]
