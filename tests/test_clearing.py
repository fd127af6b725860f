"""Which passages may be shown to whom: two people's steps, and everything that closes a passage again.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

import csv
import io
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from small_study import SmallStudy, draft

from foran_research import clearing
from foran_research.clearing import (
    AUDIENCES,
    LAPSES,
    Wish,
    cleared_for,
    listed,
    packs_holding,
    record,
    role_may_be_told,
    standing,
)
from foran_research.cli import main
from foran_research.cli_quote import question
from foran_research.corpus import store as corpus_store
from foran_research.errors import Faults, ForanError, StudyError, UnknownName
from foran_research.exchange.clearance_sheets import COLUMNS as SHEET_COLUMNS
from foran_research.exchange.clearance_sheets import LAPSE_WORDS, mark_of, read_sheet, sheet_bytes
from foran_research.reanchoring import keep_texts, reanchor
from foran_research.recalling import packs_to_recall, told_now
from foran_research.registers.cleared import words_sha256
from foran_research.registers.records import Clearance, PackMade, Question
from foran_research.registers.store import append
from foran_research.registers.vocab import CLEARANCE_STATES
from foran_research.run_inputs import StudyFiles, inputs_of
from foran_research.study import Study, load_study
from foran_research.withdrawal import out_of_reach, plan_withdrawal, withdraw

NEED, DIALOGUE, STRATEGY = "FJO-I01.K1.s01", "FJO-I01.K1.s02", "FJO-I01.K1.s05"
OTHER, CLOSED = "HEI-I01.K1.s02", "STR-I01.K1.s01"
NEED_WORDS = "Vi spurte nattevaktene hva de trengte 😀"
DAY = "2021-09-01"


def take(small: SmallStudy, *wishes: tuple[Any, ...], by: str = "K1", on: str = DAY, **more: Any) -> clearing.Recorded:
    return record(load_study(small.path), [Wish(*wish) for wish in wishes], by=by, on=on, **more)


def clear(small: SmallStudy, *segments: str, audience: str = "workshop", shown_as: str | None = None) -> None:
    """All the steps, by two people."""
    take(small, *((one, "pseudonymised", "", shown_as) for one in segments), by="K1")
    take(small, *((one, "checked") for one in segments), by="K2")
    take(small, *((one, "cleared", audience) for one in segments), by="K1")


def clear_anew(small: SmallStudy, name: str, shown_as: str | None) -> None:
    """With other words, all on the same day."""
    take(small, (name, "revoked"))
    take(small, (name, "pseudonymised", "", shown_as), by="K1")
    take(small, (name, "checked"), by="K2")
    take(small, (name, "cleared", "workshop", None, "redigert"))


def share_roles(small: SmallStudy) -> None:
    for name, rest in (("FJO-PL-01", "prosjektleder,FJO,nb,"), ("HEI-LEV-01", "leverandor,HEI,nn,")):
        small.replace(
            "corpus/participants.csv", f"{name},{rest}analysis quote", f"{name},{rest}analysis quote quote_role"
        )


def pack_of(study: Study, digit: str, *segments: str, on: str = "2021-09-02") -> PackMade:
    """A pack for the workshop with these quotes, as the study has them."""
    return PackMade(
        f"M1-workshop-{digit}", on, milestone="M1", audience="workshop", language="nb", file_sha256=digit * 64,
        content_sha256="a" * 64, segments=segments, by="K1", kind="pack", told=told_now(study, "workshop", segments),
    )  # fmt: skip


def faults_of(small: SmallStudy, *wishes: tuple[Any, ...], by: str = "K1") -> set[str]:
    before = small.fingerprint()
    with pytest.raises(StudyError) as told:
        take(small, *wishes, by=by)
    assert small.fingerprint() == before
    assert "nattevaktene" not in str(told.value)
    return {fault.kind for fault in told.value.faults}


def lapse(small: SmallStudy, segment: str = NEED) -> str:
    study = load_study(small.path)
    one = standing(study)[segment]
    assert one.lapsed in ("", *LAPSES)
    assert bool(one.audiences) == (segment in {name for who in AUDIENCES for name in cleared_for(study, who)})
    assert bool(one.words) == bool(one.audiences)
    return one.lapsed


# What is shown


def test_a_passage_is_shown_when_two_people_have_taken_every_step(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    assert standing(study) == {}
    assert cleared_for(study, "workshop") == {}
    shown = []
    for step, by in (
        (("draft",), "K1"),
        (("pseudonymised",), "K1"),
        (("checked",), "K2"),
        (("cleared", "workshop"), "K2"),
    ):
        take(small_study, (NEED, *step), by=by)
        study = load_study(small_study.path)
        shown.append((standing(study)[NEED].state, cleared_for(study, "workshop"), cleared_for(study, "public")))
    assert shown[:3] == [(state, {}, {}) for state in ("draft", "pseudonymised", "checked")]
    assert shown[3] == ("cleared", {NEED: NEED_WORDS}, {})
    one = standing(study)[NEED]
    assert (one.audiences, one.pseudonymised_by, one.checked_by, one.on, one.shown_as) == (
        ("workshop",),
        "K1",
        "K2",
        DAY,
        "",
    )
    assert repr(one).count("nattevaktene") == 0


def test_edited_words_stand_in_the_place_of_the_passage(small_study: SmallStudy) -> None:
    clear(small_study, NEED, audience="public", shown_as="Vi spurte [...]  hva de trengte 😀")
    study = load_study(small_study.path)
    assert cleared_for(study, "co_researchers") == {NEED: "Vi spurte […] hva de trengte 😀"}
    assert standing(study)[NEED].shown_as == "Vi spurte […] hva de trengte 😀"
    # The same words as the passage are no edit.
    clear(small_study, OTHER, shown_as=" dialogmøtet var berre  for dei store ")
    assert standing(load_study(small_study.path))[OTHER].shown_as == ""


def test_what_stood_on_a_day_is_what_was_known_then(small_study: SmallStudy) -> None:
    clear(small_study, NEED)
    take(small_study, (NEED, "revoked"), on="2021-10-01")
    study = load_study(small_study.path)
    assert cleared_for(study, "workshop", DAY) == {NEED: NEED_WORDS}
    assert cleared_for(study, "workshop", "2021-08-31") == cleared_for(study, "workshop") == {}


def test_audiences_are_those_there_are(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    with pytest.raises(UnknownName):
        cleared_for(study, "alle")
    with pytest.raises(UnknownName):
        record(study, [Wish(NEED, "godkjent")], by="K1", on=DAY)
    assert faults_of(small_study, (NEED, "cleared", "alle")) >= {"step-out-of-order"}


# What is refused


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_written(small_study: SmallStudy) -> None:
    take(small_study, (NEED, "pseudonymised"), (STRATEGY, "pseudonymised"), by="K1")
    assert faults_of(
        small_study,
        (NEED, "checked"),
        (STRATEGY, "cleared", "workshop"),
        (DIALOGUE, "pseudonymised", "", "Vi ringte […] alle leverandørene"),
        (OTHER, "pseudonymised", "", "nattevaktene fikk noe annet"),
        ("FJO-I09.K1.s01", "draft"),
    ) == {"checked-by-the-same", "step-out-of-order", "other-words", "unmarked-edit", "unknown-segment"}


def test_who_is_no_coder_clears_nothing(small_study: SmallStudy) -> None:
    assert faults_of(small_study, (NEED, "draft"), by="FJO-PL-01") == {"unknown-by"}
    assert faults_of(small_study, (NEED, "draft"), by="Kari Nordmann") == {"bad-by"}


def test_second_initials_are_the_same_person(small_study: SmallStudy) -> None:
    small_study.add("foran.toml", '\n[[second_passes]]\ncoder = "K2"\nof = "K1"\n')
    take(small_study, (NEED, "pseudonymised"), by="K1")
    assert faults_of(small_study, (NEED, "checked"), by="K2") == {"checked-by-the-same"}


def test_without_consent_nothing_is_cleared_and_earlier_steps_say_so(small_study: SmallStudy) -> None:
    made = take(small_study, (CLOSED, "pseudonymised"), by="K1")
    assert [fault.kind for fault in made.warnings] == ["no-consent"]
    take(small_study, (CLOSED, "checked"), by="K2")
    assert faults_of(small_study, (CLOSED, "cleared", "workshop"), by="K1") == {"no-consent"}


def test_co_researchers_need_what_is_shared_but_what_is_public_they_may_see(small_study: SmallStudy) -> None:
    take(small_study, (NEED, "pseudonymised"), (OTHER, "pseudonymised"), by="K1")
    take(small_study, (NEED, "checked"), (OTHER, "checked"), by="K2")
    assert faults_of(small_study, (NEED, "cleared", "co_researchers")) == {"no-consent"}
    take(small_study, (NEED, "cleared", "public"))
    study = load_study(small_study.path)
    assert set(cleared_for(study, "co_researchers")) == {NEED}
    small_study.replace("corpus/participants.csv", "HEI-LEV-01,leverandor,HEI,nn,analysis quote\n",
                        "HEI-LEV-01,leverandor,HEI,nn,analysis quote share quote_role\n")  # fmt: skip
    take(small_study, (OTHER, "cleared", "co_researchers"))
    study = load_study(small_study.path)
    assert set(cleared_for(study, "co_researchers")) == {NEED, OTHER}
    assert set(cleared_for(study, "workshop")) == {NEED}
    assert role_may_be_told(study, [NEED, OTHER, "no.such"]) == {OTHER}


def test_a_step_that_stands_already_is_no_step(small_study: SmallStudy) -> None:
    clear(small_study, NEED)
    before = small_study.fingerprint()
    assert take(small_study, (NEED, "cleared", "workshop")).rows == ()
    assert take(small_study, (NEED, "revoked", "public")).rows == ()
    assert take(small_study, (NEED, "cleared", "public"), is_dry=True).rows != ()
    assert small_study.fingerprint() == before


def test_steps_are_never_changed_or_taken_out(small_study: SmallStudy) -> None:
    clear(small_study, NEED)
    study = load_study(small_study.path)
    (first, *_) = study.registers.clearances
    for row in (replace(first, on="2021-09-02", shown_as="[…]"), Clearance(first.id, "2021-09-02", action="withdrawn")):
        with pytest.raises(StudyError, match="step-changed"):
            append(study.path, [row], study.known_to_registers())


# What closes a passage again


def test_revoked_it_is_shown_to_nobody_and_the_packs_that_hold_it_are_told(small_study: SmallStudy) -> None:
    clear(small_study, NEED, OTHER)
    study = load_study(small_study.path)
    packs = [pack_of(study, "1", NEED, OTHER), pack_of(study, "2", OTHER)]
    append(study.path, packs, study.known_to_registers())
    assert packs_to_recall(load_study(small_study.path)) == {}
    made = take(small_study, (NEED, "revoked", "", None, "angret"), on="2021-09-04")
    assert made.packs == (packs[0],)
    study = load_study(small_study.path)
    assert set(cleared_for(study, "workshop")) == {OTHER}
    assert packs_to_recall(study) == {("M1-workshop-1", "1" * 64): (NEED,)}
    # Taken out of the register, copies of it may be about still.
    append(study.path, [PackMade("M1-workshop-1", "2021-09-05", action="withdrawn")], study.known_to_registers())
    assert [row.id for row in packs_holding(load_study(small_study.path), [NEED])] == ["M1-workshop-1"]


def test_words_that_were_edited_since_are_shown_to_nobody(small_study: SmallStudy) -> None:
    clear(small_study, NEED, DIALOGUE)
    keep_texts(small_study.path)
    path = small_study.path / "corpus/texts/FJO-I01.md"
    path.write_text(path.read_text("utf-8").replace("nattevaktene", "kveldsvaktene"), "utf-8")
    reanchor(small_study.path, "FJO-I01", at="2021-09-10T10:00:00Z")
    assert lapse(small_study) in ("words_changed", "waiting")
    # A passage beside it has moved and says what it said.
    assert lapse(small_study, DIALOGUE) == ""
    assert NEED not in cleared_for(load_study(small_study.path), "workshop")


def test_after_an_edit_of_its_words_a_passage_goes_all_the_way_again(small_study: SmallStudy) -> None:
    clear(small_study, NEED)
    # As a coder's tool does it: the coding reaches further.
    events = small_study.events("K1", "FJO-I01")
    before = [event["after"] for event in events if event["segment"] == NEED][-1]
    text = small_study.text("FJO-I01")
    wider = before | {
        "end": before["end"] + 1,
        "quote": text[before["start"] : before["end"] + 1],
        "suffix": text[before["end"] + 1 :][:32],
    }
    small_study.code(
        "K1", "FJO-I01", [draft(small_study, "K1", "FJO-I01", "2021-09-12", "adjust", NEED, before, wider)]
    )
    assert load_study(small_study.path).segments().set_index("segment").at[NEED, "quote"] == NEED_WORDS + ","
    assert lapse(small_study) == "words_changed"
    assert faults_of(small_study, (NEED, "cleared", "public")) == {"words-changed"}
    assert faults_of(small_study, (NEED, "checked"), by="K2") == {"words-changed"}
    clear(small_study, NEED)
    assert lapse(small_study) == ""
    assert cleared_for(load_study(small_study.path), "workshop") == {NEED: NEED_WORDS + ","}


def _hide(small: SmallStudy) -> None:
    path = small.path / "corpus/documents.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(one.replace(",open,", ",restricted,") if one.startswith("FJO-I01") else one for one in lines), "utf-8"
    )


@pytest.mark.parametrize(
    ("close", "why"),
    [
        (lambda small: small.replace("corpus/participants.csv", "FJO-PL-01,prosjektleder,FJO,nb,analysis quote",
                                     "FJO-PL-01,prosjektleder,FJO,nb,analysis"), "no_consent"),
        (_hide, "hidden_document"),
        (lambda small: small.code("K1", "FJO-I01", [
            draft(small, "K1", "FJO-I01", "2021-09-12", "remove", NEED,
                  [e["after"] for e in small.events("K1", "FJO-I01") if e["segment"] == NEED][-1], None)]), "gone"),
    ],
)  # fmt: skip
def test_what_was_cleared_once_is_not_shown_for_ever(
    small_study: SmallStudy, close: Callable[[SmallStudy], object], why: str
) -> None:
    clear(small_study, NEED, OTHER)
    close(small_study)
    assert lapse(small_study) == why
    assert set(cleared_for(load_study(small_study.path), "workshop")) == {OTHER}


def test_who_withdraws_takes_her_words_out_of_clearances_and_calls_packs_back(small_study: SmallStudy) -> None:
    clear(small_study, NEED, shown_as="Vi spurte […] hva de trengte 😀")
    # As rows may stand from before it was looked at what an edit repeats of others.
    study = load_study(small_study.path)
    words = study.segments().set_index("segment").at[OTHER, "quote"]
    told = "[parafrase] Hun sa at strategien lå i skuffen uten meg hadde det stoppet"
    steps = (("pseudonymised", "K1"), ("checked", "K2"), ("cleared", "K1"))
    edited = [
        Clearance(f"CL0010{at}", DAY, segment=OTHER, state=state, audience="workshop" if at == 2 else "", by=by,
                  shown_as=told, text_sha256=words_sha256(words))
        for at, (state, by) in enumerate(steps)
    ]  # fmt: skip
    append(study.path, edited, study.known_to_registers())
    study = load_study(small_study.path)
    append(study.path, [pack_of(study, "1", NEED, OTHER),
                        Question("Q1", "2021-09-02", milestone="M1", text_nb="Lå strategien i skuffen uten meg hadde det stoppet",
                                 text_en="?", by="FJO-PL-01")],
           study.known_to_registers())  # fmt: skip
    plan = plan_withdrawal(small_study.path, "FJO-PL-01")
    assert plan.packs == ("M1-workshop-1",)
    assert plan.registers == {Clearance.FILE: 6, Question.FILE: 1, PackMade.FILE: 1}
    withdraw(small_study.path, "FJO-PL-01", at="2026-11-22T10:00:00Z", reason="bedt om det")
    assert any(
        "M1-workshop-1" in told and "call every copy back" in told for told in out_of_reach(small_study.path, plan)
    )
    data = (small_study.path / Clearance.FILE).read_text("utf-8")
    assert words_sha256(NEED_WORDS) not in data
    # What stood for her words in the pack goes too; the pack is named by the passage.
    (pack,) = load_study(small_study.path).registers.packs
    assert (pack.segments, pack.told[0]) == ((NEED, OTHER), "x1")
    assert pack.told[1] == pack_of(study, "1", NEED, OTHER).told[1]
    for words in ("hva de trengte", "skuffen", "nattevaktene"):
        assert words not in data + (small_study.path / Question.FILE).read_text("utf-8")
    study = load_study(small_study.path)
    assert cleared_for(study, "workshop") == {}
    # Another's passage whose edit told of her is not shown as it was coded instead.
    assert {name: one.lapsed for name, one in standing(study).items()} == {NEED: "gone", OTHER: "taken_out"}
    # Both: what she said, and what was told of her in another's words.
    assert packs_to_recall(study) == {("M1-workshop-1", "1" * 64): (NEED, OTHER)}
    assert {row.by for row in study.registers.questions} == {""}
    clear_again = [(OTHER, "revoked"), (OTHER, "pseudonymised", "", "[parafrase] Noe annet å 😀")]
    take(small_study, *clear_again)
    assert withdraw(small_study.path, "FJO-PL-01", at="2026-11-23T10:00:00Z", reason="igjen").is_new is False


def test_a_pack_with_words_that_were_edited_since_is_called_back_though_they_are_cleared_again(
    small_study: SmallStudy,
) -> None:
    clear(small_study, NEED, OTHER)
    study = load_study(small_study.path)
    # On the day itself, one from the day before, and one of a day that nobody can have meant.
    days = {"1": DAY, "2": "2021-08-01", "3": "2099-07-01"}
    append(
        study.path,
        [pack_of(study, digit, NEED, OTHER, on=on) for digit, on in days.items()],
        study.known_to_registers(),
    )
    for name, shown_as in ((NEED, "Vi spurte […] 😀"), (OTHER, None)):
        clear_anew(small_study, name, shown_as)
    study = load_study(small_study.path)
    assert set(cleared_for(study, "workshop")) == {NEED, OTHER}
    assert packs_to_recall(study) == {(f"M1-workshop-{digit}", digit * 64): (NEED,) for digit in days}
    # One made afterwards has the words of now, whatever its day says.
    append(study.path, [pack_of(study, "4", NEED, OTHER, on="2021-08-01")], study.known_to_registers())
    assert ("M1-workshop-4", "4" * 64) not in packs_to_recall(load_study(small_study.path))
    # With the words that the first had once more, these are right again and the other is not.
    clear_anew(small_study, NEED, "")
    assert packs_to_recall(load_study(small_study.path)) == {("M1-workshop-4", "4" * 64): (NEED,)}


def test_a_pack_from_before_fingerprints_is_called_back_when_nobody_can_know(small_study: SmallStudy) -> None:
    share_roles(small_study)
    clear(small_study, NEED, OTHER)
    study = load_study(small_study.path)
    old = replace(pack_of(study, "1", NEED, OTHER), told=(), kind="", on="2021-08-01")
    append(study.path, [old], study.known_to_registers())
    # Each was only ever shown with these words, and their roles may be told.
    assert packs_to_recall(load_study(small_study.path)) == {}
    clear_anew(small_study, NEED, "Vi spurte […] 😀")
    assert packs_to_recall(load_study(small_study.path)) == {("M1-workshop-1", "1" * 64): (NEED,)}
    clear_anew(small_study, NEED, "")
    assert packs_to_recall(load_study(small_study.path)) == {("M1-workshop-1", "1" * 64): (NEED,)}
    small_study.replace("corpus/participants.csv", "HEI-LEV-01,leverandor,HEI,nn,analysis quote quote_role",
                        "HEI-LEV-01,leverandor,HEI,nn,analysis quote")  # fmt: skip
    assert packs_to_recall(load_study(small_study.path)) == {("M1-workshop-1", "1" * 64): (NEED, OTHER)}


def test_a_register_of_packs_from_before_fingerprints_is_read_and_gets_its_columns_with_the_next_row(
    small_study: SmallStudy,
) -> None:
    clear(small_study, NEED, OTHER)
    study = load_study(small_study.path)
    first, second = pack_of(study, "1", NEED), pack_of(study, "2", OTHER)
    append(study.path, [first], study.known_to_registers())
    path = small_study.path / PackMade.FILE
    lines = [line.rsplit(",", 2)[0] + "\n" for line in path.read_text("utf-8").splitlines()]
    assert lines[0].endswith(",segments,by\n")
    path.write_text("".join(lines), "utf-8")
    study = load_study(small_study.path)
    assert study.registers.packs == (replace(first, kind="", told=()),)
    assert study.warnings == ()
    assert append(study.path, [second], study.known_to_registers(), is_dry=True).registers.packs[1] == second
    assert path.read_text("utf-8") == "".join(lines)
    append(study.path, [second], study.known_to_registers())
    assert load_study(small_study.path).registers.packs == (replace(first, kind="", told=()), second)
    assert path.read_text("utf-8").startswith(lines[0][:-1] + ",kind,told\n" + lines[1][:-1] + ",,\n")


def test_a_role_that_may_be_told_no_more_calls_back_the_packs_that_told_it_and_no_others(
    small_study: SmallStudy,
) -> None:
    clear(small_study, NEED, OTHER)
    study = load_study(small_study.path)
    without = pack_of(study, "1", NEED, OTHER)
    append(study.path, [without], study.known_to_registers())
    share_roles(small_study)
    study = load_study(small_study.path)
    with_roles = pack_of(study, "2", NEED, OTHER)
    assert set(with_roles.told).isdisjoint(without.told)
    append(study.path, [with_roles], study.known_to_registers())
    assert packs_to_recall(load_study(small_study.path)) == {}
    small_study.replace("corpus/participants.csv", "HEI-LEV-01,leverandor,HEI,nn,analysis quote quote_role",
                        "HEI-LEV-01,leverandor,HEI,nn,analysis quote")  # fmt: skip
    assert packs_to_recall(load_study(small_study.path)) == {("M1-workshop-2", "2" * 64): (OTHER,)}
    # Another role than the one that was told is another thing told.
    small_study.replace("corpus/participants.csv", "FJO-PL-01,prosjektleder,", "FJO-PL-01,innkjop,")
    assert packs_to_recall(load_study(small_study.path)) == {("M1-workshop-2", "2" * 64): (NEED, OTHER)}


def test_revoked_for_some_only_the_packs_of_these_are_told(small_study: SmallStudy) -> None:
    clear(small_study, NEED)
    take(small_study, (NEED, "cleared", "public"))
    study = load_study(small_study.path)
    rows = [pack_of(study, "1", NEED), replace(pack_of(study, "2", NEED), audience="public"),
            replace(pack_of(study, "3", NEED), audience="co_researchers", kind="notebooks")]  # fmt: skip
    append(study.path, rows, study.known_to_registers())
    told = invoke(small_study, "quote", "revoke", NEED, "--for", "public", "--by", "K2", "--on", DAY).output
    # Co-researchers might see it as everybody might; the workshop by name.
    assert [line.split()[2] for line in told.splitlines() if line.startswith("call back")] == [
        "M1-workshop-2",
        "M1-workshop-3",
    ]
    assert "M1-workshop-3 (notebooks, M1, co_researchers)" in told


def test_a_pack_recorded_while_somebody_thought_of_revoking_is_told_to_them(small_study: SmallStudy) -> None:
    clear(small_study, NEED)
    study = load_study(small_study.path)
    append(study.path, [pack_of(study, "1", NEED)], study.known_to_registers())
    assert study.registers.packs == ()
    assert [row.id for row in record(study, [Wish(NEED, "revoked")], by="K2", on=DAY).packs] == ["M1-workshop-1"]


@pytest.mark.parametrize(("on", "told"), [
    ("2099-07-01", "2099-07-01 is later than today, 2026-11-22"),
    ("2021-08-31", "2021-08-31 is too early: its last step is of 2021-09-01"),
    ("1.9.2021", "is no day"),
])  # fmt: skip
def test_steps_are_given_on_days_that_have_come_and_in_their_order(small_study: SmallStudy, on: str, told: str) -> None:
    take(small_study, (NEED, "pseudonymised"))
    before = small_study.fingerprint()
    with pytest.raises(StudyError) as raised:
        take(small_study, (NEED, "revoked"), on=on, today="2026-11-22")
    assert told in str(raised.value)
    assert small_study.fingerprint() == before


def test_a_day_that_was_wrong_once_does_not_keep_a_passage_from_being_revoked(small_study: SmallStudy) -> None:
    clear(small_study, NEED)
    take(small_study, (NEED, "cleared", "public"), on="2099-07-01")
    with pytest.raises(StudyError, match="day-out-of-order"):
        take(small_study, (NEED, "revoked"), on="2026-11-22", today="2026-11-22")
    take(small_study, (NEED, "revoked"), on="2099-07-01", today="2026-11-22")
    assert cleared_for(load_study(small_study.path), "workshop") == {}


def test_a_dry_run_refuses_all_that_the_command_refuses(small_study: SmallStudy) -> None:
    take(small_study, (NEED, "pseudonymised"), by="K1")
    before = small_study.fingerprint()
    commands = [
        ("step", "checked", NEED, "--by", by, "--on", on)
        for by, on in (
            ("k1", DAY),
            ("ZZ", DAY),
            ("FJO-PL-01", DAY),
            ("K1", DAY),
            ("K2", "2099-07-01"),
            ("K2", "2020-01-01"),
        )
    ]
    for command in commands:
        dry, real = (invoke(small_study, "quote", *command, *more) for more in (("--dry-run",), ()))
        assert (dry.exit_code, dry.output) == (1, real.output), command
        assert small_study.fingerprint() == before
    assert invoke(small_study, "quote", *commands[0][:3], "--by", "K2", "--on", DAY, "--dry-run").exit_code == 0
    assert small_study.fingerprint() == before


def test_words_are_revoked_wherever_they_are_cleared(small_study: SmallStudy) -> None:
    # One passage with two codes, and one beside it.
    both, beside = ("FJO-I01.K1.s03", "FJO-I01.K1.s04"), "FJO-I01.K1.s02"
    assert clearing.same_words(load_study(small_study.path), [both[0]]) == both
    clear(small_study, *both, beside)
    made = take(small_study, (both[0], "revoked"), is_dry=True)
    assert [(fault.kind, both[1] in str(fault)) for fault in made.warnings] == [("words-still-shown", True)]
    told = invoke(small_study, "quote", "revoke", both[0], "--by", "K2", "--on", DAY)
    assert "2 steps added" in told.output
    assert set(cleared_for(load_study(small_study.path), "workshop")) == {beside}


def test_what_looks_like_a_person_is_told_and_never_repeated(small_study: SmallStudy) -> None:
    named = "[parafrase] Ring Gunnhild Åsmo 😀 på 400 12 345"
    (warning,) = take(small_study, (NEED, "pseudonymised", "", named)).warnings
    assert warning.kind == "perhaps-recognisable"
    assert "(person, phone)" in str(warning)
    assert "Gunnhild" not in str(warning)
    assert "400" not in str(warning)
    assert take(small_study, (NEED, "pseudonymised", "", "[parafrase] Ring [en kollega]")).warnings == ()


# Several at once, and power cuts


def test_of_two_who_clear_at_once_the_second_is_told(small_study: SmallStudy) -> None:
    take(small_study, (NEED, "pseudonymised"), (OTHER, "pseudonymised"), by="K1")
    mine, theirs = load_study(small_study.path), load_study(small_study.path)
    record(mine, [Wish(NEED, "checked")], by="K2", on=DAY)
    before = small_study.fingerprint()
    with pytest.raises(ForanError, match="somebody else has written"):
        record(theirs, [Wish(NEED, "pseudonymised", shown_as="[…] trengte 😀")], by="K1", on=DAY)
    with pytest.raises(ForanError, match="somebody else has written"):
        record(theirs, [Wish(OTHER, "checked")], by="K2", on=DAY)
    assert small_study.fingerprint() == before
    record(load_study(small_study.path), [Wish(OTHER, "checked")], by="K2", on=DAY)


def test_many_at_once_lose_no_step_and_break_no_order(small_study: SmallStudy) -> None:
    names = [NEED, DIALOGUE, STRATEGY, OTHER]
    refused: list[str] = []

    def work(name: str) -> None:
        for state, by, audience in (("pseudonymised", "K1", ""), ("checked", "K2", ""), ("cleared", "K1", "workshop")):
            while True:
                try:
                    record(load_study(small_study.path), [Wish(name, state, audience)], by=by, on=DAY)
                    break
                except StudyError:
                    raise
                except ForanError as error:
                    refused.append(str(error))

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    study = load_study(small_study.path)
    assert len(study.registers.clearances) == 12
    assert len({row.id for row in study.registers.clearances}) == 12
    assert set(cleared_for(study, "workshop")) == set(names)


def _clear_and_die(path: str, after: int) -> None:
    """Take steps one by one, and be killed between two writes."""
    count = 0
    real = corpus_store.os.replace

    def replaced(*names: Any) -> None:
        nonlocal count
        if count == after:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        real(*names)

    corpus_store.os.replace = replaced
    clear(SmallStudy(Path(path)), NEED, OTHER)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_kill_between_two_writes_leaves_whole_steps_and_the_rest_can_be_taken(
    small_study: SmallStudy, after: int
) -> None:
    small = small_study
    worker = multiprocessing.get_context("fork").Process(target=_clear_and_die, args=(str(small.path), after))
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    study = load_study(small.path)
    assert len(study.registers.clearances) == 2 * after
    assert cleared_for(study, "workshop") == {}
    for state, by, audience in (("pseudonymised", "K1", ""), ("checked", "K2", ""), ("cleared", "K1", "workshop"))[
        after:
    ]:
        take(small, (NEED, state, audience), (OTHER, state, audience), by=by)
    assert set(cleared_for(load_study(small.path), "workshop")) == {NEED, OTHER}


def test_a_full_disk_writes_no_step(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    before = small_study.fingerprint()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(corpus_store.os, "fsync", full)
    with pytest.raises(ForanError, match="nothing was changed"):
        take(small_study, (NEED, "draft"))
    assert small_study.fingerprint() == before


# Sheets


def rows_of(small: SmallStudy) -> list[dict[str, str]]:
    table = listed(load_study(small.path), takes_all=True)
    return [
        {
            "segment": row["segment"],
            "words": row["words"],
            "state": row["state"],
            "mark": mark_of(row["text_sha256"], row["step"]),
            "shown_as": row["shown_as"],
        }
        for row in table.to_dict("records")
    ]


def invoke(small: SmallStudy, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--study", str(small.path)])


def fill(path: Path, decided: dict[str, dict[str, str]], language: int = 0) -> None:
    """Write in a sheet as a person does."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    (head,) = (row for row in sheet.iter_rows() if row[0].value == SHEET_COLUMNS["segment"][language])
    places = {cell.value: cell.column for cell in head}
    for row in sheet.iter_rows(min_row=head[0].row + 1):
        for column, text in decided.get(row[0].value, {}).items():
            sheet.cell(row=row[0].row, column=places[SHEET_COLUMNS[column][language]]).value = text
    book.save(path)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_sheet_goes_out_and_what_was_decided_comes_back(
    small_study: SmallStudy, tmp_path: Path, language: str
) -> None:
    at = ("nb", "nn", "en").index(language)
    path = tmp_path / "sitat.xlsx"
    made = invoke(small_study, "quote", "sheet", "M1", "--all", "--output", str(path), "--language", language)
    assert made.exit_code == 0, made.output
    assert "delete it once it is read in" in made.output
    first = path.read_bytes()
    invoke(small_study, "quote", "sheet", "M1", "--all", "--output", str(path), "--language", language)
    assert path.read_bytes() == first
    steps = {
        "nb": ("pseudonymisert", "kontrollert", "klarert", "samling"),
        "nn": ("Pseudonymisert", "kontrollert ", "klarert", "samling"),
        "en": ("pseudonymised", "checked", "cleared", "workshop"),
    }[language]
    fill(
        path,
        {NEED: {"step": steps[0], "shown_as": "Vi spurte [...] hva de trengte 😀"}, DIALOGUE: {"step": steps[0]}},
        at,
    )
    dry = invoke(small_study, "quote", "read", str(path), "--by", "K1", "--on", DAY, "--dry-run")
    assert "2 steps would be written" in dry.output
    assert load_study(small_study.path).registers.clearances == ()
    read = invoke(small_study, "quote", "read", str(path), "--by", "K1", "--on", DAY)
    assert "2 steps added" in read.output
    # The same sheet again is nothing new.
    assert "0 steps added" in invoke(small_study, "quote", "read", str(path), "--by", "K1", "--on", DAY).output
    invoke(small_study, "quote", "sheet", "--output", str(path), "--language", language)
    fill(path, {NEED: {"step": steps[1]}, DIALOGUE: {"step": steps[1]}}, at)
    assert "2 steps added" in invoke(small_study, "quote", "read", str(path), "--by", "K2", "--on", DAY).output
    invoke(small_study, "quote", "sheet", "--output", str(path), "--language", language)
    fill(path, {NEED: {"step": steps[2], "audience": steps[3]}}, at)
    assert "1 step added" in invoke(small_study, "quote", "read", str(path), "--by", "K1", "--on", DAY).output
    assert cleared_for(load_study(small_study.path), "workshop") == {NEED: "Vi spurte […] hva de trengte 😀"}


def test_a_sheet_as_csv_survives_norwegian_excel(small_study: SmallStudy, tmp_path: Path) -> None:
    path = tmp_path / "sitat.csv"
    assert invoke(small_study, "quote", "sheet", "M1", "--all", "--output", str(path)).exit_code == 0
    lines = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    # Sorted the other way, columns turned round, semicolons.
    place = lines[0].index("neste steg")
    for line in lines[1:]:
        if line[0] == NEED:
            line[place] = "Utkast"
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([line[::-1] for line in [lines[0], *lines[:0:-1]]])
    path.write_bytes(out.getvalue().encode("utf-8-sig"))
    assert "1 step added" in invoke(small_study, "quote", "read", str(path), "--by", "K1", "--on", DAY).output


def test_a_sheet_with_any_fault_changes_nothing_and_names_its_lines(small_study: SmallStudy, tmp_path: Path) -> None:
    path = tmp_path / "sitat.xlsx"
    path.write_bytes(sheet_bytes(rows_of(small_study), study="small", language="nb"))
    faults = Faults()
    fill(
        path, {NEED: {"step": "godkjent av sjefen"}, DIALOGUE: {"reason": "nattevaktene"}, STRATEGY: {"step": "utkast"}}
    )
    assert [one.segment for one in read_sheet(path, study="small", faults=faults) if one.step] == [STRATEGY]
    assert {fault.kind for fault in faults} == {"unknown-step", "decision-without-step"}
    assert all(fault.line and fault.file == "sitat.xlsx" for fault in faults)
    assert "nattevaktene" not in " ".join(map(str, faults))
    faults = Faults()
    assert read_sheet(path, study="another", faults=faults) == ()
    assert [fault.kind for fault in faults] == ["other-study"]
    for name, data, kind in (
        ("x.xlsx", b"PK\x03\x04", None),
        ("x.csv", b"a,b\n1,2\n", "no-clearance-sheet"),
        ("x.ods", b"", "unknown-format"),
    ):
        (tmp_path / name).write_bytes(data)
        faults = Faults()
        assert read_sheet(tmp_path / name, study="small", faults=faults) == ()
        assert [fault.kind for fault in faults] == [kind] if kind else faults


def test_a_sheet_made_before_the_words_changed_is_refused(small_study: SmallStudy, tmp_path: Path) -> None:
    path = tmp_path / "sitat.xlsx"
    rows = [row | ({"mark": mark_of("0" * 64, "")} if row["segment"] == NEED else {}) for row in rows_of(small_study)]
    study = load_study(small_study.path).settings.study_id
    path.write_bytes(sheet_bytes(rows, study=study, language="nb"))
    fill(path, {NEED: {"step": "utkast"}, STRATEGY: {"step": "utkast"}})
    told = invoke(small_study, "quote", "read", str(path), "--by", "K1", "--on", DAY)
    assert told.exit_code == 1
    assert "words-changed" in told.output
    assert load_study(small_study.path).registers.clearances == ()


def test_a_sheet_stays_out_of_the_study(small_study: SmallStudy) -> None:
    told = invoke(small_study, "quote", "sheet", "--all", "--output", str(small_study.path / "sitat.xlsx"))
    assert (told.exit_code, "outside of the study" in told.output) == (1, True)


def test_every_lapse_and_state_has_its_words_in_the_sheet() -> None:
    from foran_research.exchange.clearance_sheets import AUDIENCE_WORDS, STEPS

    assert (tuple(STEPS), tuple(AUDIENCE_WORDS), tuple(LAPSE_WORDS)) == (CLEARANCE_STATES, AUDIENCES, LAPSES)


# Commands


def test_the_commands_take_a_passage_all_the_way_and_back(small_study: SmallStudy) -> None:
    by = ("--by", "K1", "--on", DAY)
    assert "not chosen" in invoke(small_study, "quote", "list", "M1", "--all").output
    assert (
        "1 step added"
        in invoke(small_study, "quote", "step", "pseudonymised", NEED, "--shown-as", "[…] trengte 😀", *by).output
    )
    wrong = invoke(small_study, "quote", "step", "checked", NEED, *by)
    assert (wrong.exit_code, "checked-by-the-same" in wrong.output) == (1, True)
    invoke(small_study, "quote", "step", "checked", NEED, "--by", "K2", "--on", DAY)
    assert "cleared for workshop" in invoke(small_study, "quote", "clear", NEED, "--for", "workshop", *by).output
    told = invoke(small_study, "quote", "list", "--audience", "workshop").output
    assert told.splitlines()[1:] == [f"{NEED}\tcleared\tworkshop\tP1\tfremmer\tFJO\tFJO-I01:2", "1 passage: 1 cleared"]
    assert "trengte" not in told
    assert "→ […] trengte 😀" in invoke(small_study, "quote", "list", "--show").output
    assert "revoked" in invoke(small_study, "quote", "revoke", NEED, "--reason", "angret", *by).output
    assert "1 passage: 1 revoked" in invoke(small_study, "quote", "list").output


def test_questions_are_asked_listed_and_taken_back(small_study: SmallStudy) -> None:
    def ask(*words: str) -> Result:
        return CliRunner().invoke(question, [*words, "--study", str(small_study.path)])

    text = ("--nb", "Kjenner dere dere igjen å 😀?", "--en", "Do you recognise it?", "--on", DAY)
    assert ask("add", "M1", *text, "--about", "element:P1", "--by", "K1").output.startswith(
        "corpus/questions.csv: Q0001"
    )
    (row,) = load_study(small_study.path).registers.questions
    assert row.about == "element:C0001"
    for about in ("element:C9999", "edge:C0001~C0005", "quote:no.such.id", "measure:T9"):
        made = ask("add", "M1", *text, "--about", about)
        assert isinstance(made.exception, StudyError), about
        assert "unknown-about" in str(made.exception)
    assert "Kjenner dere dere igjen" in ask("list", "M1").output
    ask("withdraw", "Q0001", "--on", "2021-09-02")
    assert ask("list").output == "0 questions\n"


# The demo study


@pytest.fixture(scope="module")
def demo(demo_path: Path) -> Study:
    return load_study(demo_path)


def test_the_demo_shows_every_state_and_three_municipalities_with_both_directions(demo: Study) -> None:
    found = standing(demo)
    assert {one.state for one in found.values()} == set(CLEARANCE_STATES)
    assert all(one.lapsed == "" for one in found.values())
    workshop, public = cleared_for(demo, "workshop"), cleared_for(demo, "public")
    assert (len(workshop), len(public)) == (63, 10)
    assert set(public) < set(workshop)
    rows = demo.segments().set_index("segment").loc[list(workshop)]
    assert {(name[:3], polarity) for name, polarity in rows["polarity"].items()} == {
        (case, polarity) for case in ("TRD", "BGO", "KRS") for polarity in ("fremmer", "hemmer")
    }
    assert sum("[…]" in words for words in workshop.values()) == 3
    assert sum(words.startswith("[parafrase]") for words in workshop.values()) == 1
    assert [row.milestone for row in demo.registers.questions] == ["M5"] * 4 + ["M3"] * 2


def test_clearances_questions_and_packs_are_no_inputs_of_a_milestone(
    demo: Study, demo_path: Path, tmp_path: Path
) -> None:
    import shutil

    for name in ("foran.toml", "corpus", "codebooks", "notebooks"):
        path = demo_path / name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, tmp_path / name)
    notebooks = sorted((demo_path / "notebooks").glob("*.ipynb"))

    def inputs() -> dict[str, dict[str, str]]:
        days = [day.isoformat() for one in demo.settings.milestones for day in (one.cut_off, one.coded_until)]
        files = StudyFiles(tmp_path, demo.settings, days)
        ours = [path for path in notebooks if path.name[:2] in ("01", "06", "08", "11", "13", "14", "15", "16")]
        return {one.id: inputs_of(files, one, ours) for one in demo.settings.milestones}

    with_rows = inputs()
    for name in ("clearances", "questions", "packs"):
        (tmp_path / f"corpus/{name}.csv").unlink(missing_ok=True)
    assert inputs() == with_rows
