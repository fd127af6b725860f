"""A participant withdraws: registers keep what others decided, and lose her assessments and all that rests on her words.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_study import SmallStudy

from foran_research import withdrawal
from foran_research.errors import StudyError
from foran_research.registers.records import COLUMNS, Assessment, Event, Measure, MeasureStatus, Record, Target
from foran_research.study import load_study
from foran_research.withdrawal import plan_withdrawal, withdraw

AT, REASON = "2026-11-22T10:00:00Z", "bedt om det i brev"
HER = "FJO-PL-01"
#: Coded in her talk, and in another's.
HERS, OTHERS = "FJO-I01.K1.s05", "HEI-I01.K1.s03"
#: More than five words in a row that she said.
SAID = "Hun sa at strategien lå i skuffen uten meg hadde det stoppet"
NAMES = "1.0.0"

ROWS: dict[type[Record], list[str]] = {
    Assessment: [
        f"A1,2020-09-01,,M1,FJO,C0001,{NAMES},{HER},self,praksis,3,high,{OTHERS},Vi får det til å 😀,Sett selv",
        f"A2,2020-09-01,,M1,FJO,C0005,{NAMES},K1,researcher,,1,low,{HERS} {OTHERS},De leser den ikke,Ett sted",
        f"A3,2020-09-01,,M1,HEI,C0007,{NAMES},K1,researcher,,1,low,{OTHERS},Liten krets a\u030a,",
        f"A4,2020-09-01,,M1,HEI,C0001,{NAMES},K1,researcher,,0,,,{SAID},",
        f'A1,2020-09-02,,M1,FJO,C0001,{NAMES},{HER},self,praksis,2,,,"Nei, ""verre""",',
    ],
    Target: [
        f"G1,2020-09-01,,FJO,C0001,{NAMES},4,{HER},Fordi jeg vil",
        f"G2,2020-09-01,,FJO,C0005,{NAMES},4,K1,Fordi de vil",
    ],
    Measure: [
        f"T1,2020-09-01,,FJO,C0005,{NAMES},Les den,Read it,inhibiting,ligger der,{HERS},innkjop,1,haster,,,,",
        f"T2,2020-09-01,,FJO,C0005,{NAMES},{SAID},Read it,inhibiting,,,innkjop,,,,,,",
        f"T3,2020-09-01,,HEI,C0007,{NAMES},Finn flere,Find more,inhibiting,få om budet,{OTHERS},innkjop,2,viktig,,,,",
    ],
    MeasureStatus: [f"S1,2020-09-02,,T1,,begun,unknown,,{SAID},videre"],
    Event: [f"E1,2020-09-02,,2020-09-01,talk,M1,FJO,Innlegg,Talk,K1 {HER},,"],
}


@pytest.fixture
def small(small_study: SmallStudy) -> SmallStudy:
    for kind, rows in ROWS.items():
        # As an editor on Windows leaves it: lines that end otherwise stay as they are.
        ending = "\r\n" if kind is Measure else "\n"
        text = ending.join([",".join(COLUMNS[kind]), *rows]) + ending
        (small_study.path / kind.FILE).write_bytes(text.encode())
    assert small_study.read()[1].errors == []
    return small_study


def lines(small: SmallStudy, kind: type[Record]) -> list[str]:
    return (small.path / kind.FILE).read_bytes().decode().splitlines()[1:]


def test_her_assessments_and_what_rests_on_her_words_are_emptied_and_nothing_else(small: SmallStudy) -> None:
    done = withdraw(small.path, HER, at=AT, reason=REASON)
    assert lines(small, Assessment) == [
        f"A1,2020-09-01,withdrawn,M1,FJO,C0001,{NAMES},{HER},self,praksis,0,,,,",
        f"A2,2020-09-01,,M1,FJO,C0005,{NAMES},K1,researcher,,1,low,{HERS} {OTHERS},,",
        ROWS[Assessment][2],
        f"A4,2020-09-01,,M1,HEI,C0001,{NAMES},K1,researcher,,0,,,,",
        f"A1,2020-09-02,withdrawn,M1,FJO,C0001,{NAMES},{HER},self,praksis,0,,,,",
    ]
    assert lines(small, Target) == [f"G1,2020-09-01,,FJO,C0001,{NAMES},4,,", ROWS[Target][1]]
    assert lines(small, Measure) == [
        f"T1,2020-09-01,,FJO,C0005,{NAMES},Les den,Read it,inhibiting,,{HERS},innkjop,1,,,,,",
        f"T2,2020-09-01,,FJO,C0005,{NAMES},[trukket],Read it,inhibiting,,,innkjop,,,,,,",
        ROWS[Measure][2],
    ]
    assert lines(small, MeasureStatus) == ["S1,2020-09-02,,T1,,begun,unknown,,,videre"]
    assert lines(small, Event) == ["E1,2020-09-02,,2020-09-01,talk,M1,FJO,Innlegg,Talk,K1,,"]
    assert done.plan.registers == {
        Assessment.FILE: 4, Target.FILE: 1, Measure.FILE: 2, MeasureStatus.FILE: 1, Event.FILE: 1,
    }  # fmt: skip
    data = (small.path / Measure.FILE).read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") == 4


def test_the_study_holds_afterwards_and_tells_which_evidence_is_gone(small: SmallStudy) -> None:
    withdraw(small.path, HER, at=AT, reason=REASON)
    study = load_study(small.path)
    told = {(fault.file, fault.kind, fault.line) for fault in study.warnings if fault.file in {k.FILE for k in ROWS}}
    # A2 rests on another's words as well, which are one document: enough for its level.
    assert told == {(Assessment.FILE, "evidence-withdrawn", 3), (Measure.FILE, "evidence-withdrawn", 2)}
    assert [row.id for row in study.registers.until("2020-09-01").assessments] == ["A2", "A3", "A4"]


def test_no_file_repeats_her_afterwards(small: SmallStudy) -> None:
    withdraw(small.path, HER, at=AT, reason=REASON)
    for path in small.path.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace").casefold()
            assert "skuffen uten meg" not in text
            assert "fordi jeg vil" not in text


def test_a_plan_names_the_registers_and_changes_nothing(small: SmallStudy) -> None:
    before = small.fingerprint()
    plan = plan_withdrawal(small.path, HER)
    assert plan.registers[Assessment.FILE] == 4
    assert not any(name.startswith("corpus/assessments") for name in plan.left)
    assert small.fingerprint() == before


def test_the_command_tells_how_many_rows_of_which_register(small: SmallStudy) -> None:
    from click.testing import CliRunner

    from foran_research.cli import main

    study = ["--study", str(small.path)]
    told = CliRunner().invoke(main, ["withdraw", HER, "--dry-run", *study]).output
    assert "corpus/assessments.csv (4 rows), corpus/targets.csv (1 row)" in told
    done = CliRunner().invoke(main, ["withdraw", HER, "--reason", REASON, *study]).output
    assert "corpus/measures.csv: 2 rows emptied of what came from her" in done
    assert "skuffen" not in told + done


def test_somebody_who_only_assessed_is_withdrawn_as_well(small: SmallStudy) -> None:
    small.add("corpus/participants.csv", "FJO-LED-01,,FJO,nb,analysis\n")
    row = f"A9,2020-09-03,,M1,FJO,C0003,{NAMES},FJO-LED-01,self,,2,,,Hos oss går det bra,\n"
    small.add(Assessment.FILE, row)
    record = {"cut_off": "2020-09-30", "inputs": {Assessment.FILE: "x"}}
    for name, cut_off in (("M1", "2020-09-30"), ("M0", "2020-09-02")):
        (small.path / "outputs" / name).mkdir(parents=True)
        (small.path / "outputs" / name / "run.json").write_text(json.dumps(record | {"cut_off": cut_off}), "utf-8")
    done = withdraw(small.path, "FJO-LED-01", at=AT, reason=REASON)
    assert (done.documents, done.plan.registers) == ((), {Assessment.FILE: 1})
    # Her row was recorded after the cut-off of M0.
    assert [one.milestone for one in done.recalled] == ["M1"]
    assert "går det bra" not in (small.path / Assessment.FILE).read_text("utf-8")


def test_withdrawing_again_finds_nothing_unless_a_register_was_put_back(small: SmallStudy) -> None:
    old = (small.path / Assessment.FILE).read_bytes()
    withdraw(small.path, HER, at=AT, reason=REASON)
    clean = small.fingerprint()
    assert not withdraw(small.path, HER, at="2026-11-23T10:00:00Z", reason="igjen").is_new
    assert small.fingerprint() == clean
    (small.path / Assessment.FILE).write_bytes(old)
    again = withdraw(small.path, HER, at="2026-11-24T10:00:00Z", reason="fra en kopi")
    assert again.is_new
    # A4 repeated her in words that nobody can know again once her talk is gone; the others are found.
    assert again.plan.registers == {Assessment.FILE: 3}
    assert load_study(small.path).registers.until("2020-09-02").assessments[0].rationale == ""


def test_a_crash_at_any_write_is_finished_by_withdrawing_again(
    small: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    pristine = tmp_path / "pristine"
    shutil.copytree(small.path, pristine)
    withdraw(small.path, HER, at=AT, reason=REASON)
    expected = small.fingerprint()
    real: Callable[..., Any] = withdrawal.write_atomically
    left = [0]

    def failing(path: Path, content: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        real(path, content)

    for steps in range(1, 40):
        shutil.rmtree(small.path)
        shutil.copytree(pristine, small.path)
        left[0] = steps
        monkeypatch.setattr(withdrawal, "write_atomically", failing)
        try:
            withdraw(small.path, HER, at=AT, reason=REASON)
        except KeyboardInterrupt:
            monkeypatch.setattr(withdrawal, "write_atomically", real)
            withdraw(small.path, HER, at=AT, reason=REASON)
            assert small.fingerprint() == expected, f"after {steps} writes"
        else:
            assert small.fingerprint() == expected
            break
    else:
        pytest.fail("more writes than foreseen")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"id,on\n", b'id,on,action\n"'])
def test_a_register_nobody_can_read_stops_a_withdrawal(small: SmallStudy, data: bytes) -> None:
    (small.path / Event.FILE).write_bytes(data)
    before = small.fingerprint()
    with pytest.raises(StudyError, match=r"events\.csv"):
        withdraw(small.path, HER, at=AT, reason=REASON)
    assert small.fingerprint() == before


def test_a_register_that_a_spreadsheet_saved_is_emptied_in_its_own_form(small: SmallStudy) -> None:
    rows = [row.replace(",", ";") for row in (",".join(COLUMNS[Target]), *ROWS[Target])]
    (small.path / Target.FILE).write_bytes(("\ufeff" + "\r\n".join(rows) + "\r\n").encode())
    withdraw(small.path, HER, at=AT, reason=REASON)
    expected = [rows[0], f"G1;2020-09-01;;FJO;C0001;{NAMES};4;;", rows[2]]
    assert (small.path / Target.FILE).read_bytes() == ("\ufeff" + "\r\n".join(expected) + "\r\n").encode()
