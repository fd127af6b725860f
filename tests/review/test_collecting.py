"""Answers brought home: what comes of them, in any order and batches, cut short anywhere, and that nobody is told of."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from answer_files import (
    AT,
    DAY,
    NOTE,
    PACK,
    WRITTEN,
    a_pack,
    an_answer,
    an_id,
    coded,
    everything,
    killed_at,
    outcome,
    pack_file,
    put,
    run,
    saved,
    told,
)
from click.testing import CliRunner
from openpyxl import load_workbook
from small_study import SmallStudy

from foran_research import collecting, memoing, revising
from foran_research.adding import NotDecided, OpenKey
from foran_research.cli import main
from foran_research.coding.acts import note
from foran_research.coding.memo_store import write_memo
from foran_research.coding.memos import states as memo_states
from foran_research.collecting import agreement_table, answers_table, collect, levels_table, next_steps, told_of
from foran_research.collecting.memos import newest_book
from foran_research.corpus.key import Cost, create, open_key
from foran_research.errors import ForanError, UnknownName
from foran_research.reanchoring import reanchor
from foran_research.review.answers import Reader, things_in
from foran_research.study import load_study

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def test_every_answer_becomes_what_it_is(small_study: SmallStudy) -> None:
    found = run(small_study, saved(everything()))
    assert (found.received, found.readers, found.answers) == (1, 1, 9)
    assert found.notes == ((NOTE, "new"),)
    assert (found.memos, len(found.proposals), found.assessments) == (4, 2, 1)
    assert not found.refused
    study = load_study(small_study.path)
    row = study.documents.loc[NOTE]
    assert (row["kind"], row["case"], row["arena"], str(row["date"])[:10]) == ("workshop_note", "FJO", "praksis", DAY)
    (reader,) = row["participants"]
    assert reader.startswith("LESER-")
    assert study.participants.loc[reader, "actor_type"] == "innkjop"
    assert tuple(study.participants.loc[reader, "consent"]) == ("analysis",)
    transcript = study.transcripts[NOTE]
    spoken = {turn.span.of(transcript.text) for turn in transcript.turns if turn.speaker}
    # Nothing that a reader writes is taken for a heading, a label, a time or a mark of Markdown.
    assert {turn.speaker for turn in transcript.turns if turn.speaker} == {reader}
    assert spoken == {
        WRITTEN.replace("a\u030a", "å"), "**FJO-PL-01:** som om hun sa det ## Overskrift", "[00:01:02] 12. Tid",
        "<!-- skjult --> *henger* sammen_her & der", "øving 1", "Tillit mellom folk 1", "=fordi",
    }  # fmt: skip
    memos = [one for one in outcome(small_study.path)["memos"] if one[:2] == ("segment", "FJO-I01.K1.s01")]
    assert [one[2] for one in memos] == [(("code", "C0001"), ("milestone", "M1"), ("document", NOTE))]
    (level,) = outcome(small_study.path)["levels"]
    assert (level.milestone, level.case, level.element, level.level, level.side) == ("M1", "FJO", "C0005", 3, "self")
    assert (level.assessor, level.rationale, level.arena) == (reader, "– =fordi", "praksis")
    states = {one.proposal.change.type: one for one in revising.states(small_study.path).values()}
    assert states["rename"].proposal.codes[0]["label"] == {"nb": "øving 1", "en": "strategi"}
    assert "Tillit mellom folk 1" in states["new"].proposal.change.reason_empirical["nb"]


def test_the_same_file_twice_is_once(small_study: SmallStudy) -> None:
    run(small_study, saved(everything()))
    before = small_study.fingerprint()
    found = run(small_study, saved(everything()), at="2020-10-05T10:00:00Z")
    assert (found.received, found.known, found.memos, found.proposals, found.assessments) == (0, 1, 0, (), 0)
    assert found.notes == ((NOTE, "same"),)
    assert small_study.fingerprint() == before


def batches(files: Sequence[bytes], chance: random.Random, count: int) -> list[list[bytes]]:
    mixed = [*files, *files[:2]]
    chance.shuffle(mixed)
    return [mixed[at::count] for at in range(count)]


def test_any_order_in_any_batches_leads_to_the_same(written_once: Path, tmp_path: Path) -> None:
    """Fifty simulated readers; some save twice, and change or take back what they wrote."""
    chance = random.Random(11)  # noqa: S311 - an order to be tried, no secret
    files = []
    for reader in range(50):
        mine = everything(reader) if reader < 4 else [chance.choice(everything(reader)) for _ in range(1)]
        files.append(saved(mine, reader, role=chance.choice(["innkjop", "bruker", ""])))
        if reader % 3 == 0:
            later = [{**one, "revision": 2, "text": f"{one['text']} igjen" if one["text"] else ""} for one in mine]
            later[0] |= {"act": "removed", "text": "", "value": None}
            files.append(saved(later, reader, saved=2))
    found = []
    for at, count in enumerate((1, 3)):
        study = SmallStudy(tmp_path / str(at) / "study")
        shutil.copytree(written_once, study.path)
        for number, batch in enumerate(batches(files, chance, count)):
            run(study, *batch, at=f"2020-10-0{number + 1}T10:00:00Z")
        found.append(outcome(study.path))
    for key in found[0]:
        if key == "proposals":
            # One that was taken back before it ever came leaves no trace; one that had come is withdrawn in the log.
            trimmed = [[row for row in one[key] if row[0] == "open"] for one in found]
            # Display codes are given as proposals come.
            assert trimmed[0] == trimmed[1]
        else:
            assert found[0][key] == found[1][key], key
    assert len(found[0]["files"]) == len(files)


@pytest.mark.skipif(sys.platform == "win32", reason="a process that is killed is made by fork")
def test_a_run_that_is_killed_anywhere_is_finished_by_the_next(written_once: Path, tmp_path: Path) -> None:
    first, second = saved(everything(1), 1), saved(everything(2), 2)

    def prepared(name: str) -> SmallStudy:
        study = SmallStudy(tmp_path / name / "study")
        shutil.copytree(tmp_path / "begun" / "study" if name != "begun" else written_once, study.path)
        return study

    begun = prepared("begun")
    run(begun, first)
    whole = prepared("whole")
    total = killed_at(None, lambda: run(whole, second))
    expected = outcome(whole.path)
    assert total > 8
    # FORAN_EVERY_KILL=1 tries every flush; else every sixth, which takes in each kind of file.
    for number in range(1, total + 1, 1 if os.environ.get("FORAN_EVERY_KILL") else 6):
        study = prepared(f"cut{number}")
        assert killed_at(number, partial(run, study, second)) == -9, number
        run(study, *([second] if number < 3 else []), at="2020-10-05T10:00:00Z")
        assert outcome(study.path) == expected, number
        shutil.rmtree(study.path.parent)


def test_more_answers_make_a_new_text_and_lose_no_coding(small_study: SmallStudy) -> None:
    run(small_study, saved([an_answer(1, "question:Q0001", "answer", "Vi mangler en felles mal")]))
    coded(load_study(small_study.path), "felles mal")
    found = run(small_study, saved([an_answer(2, "question:Q0001", "answer", "Først av alt: tid")], reader=2),
                at="2020-10-02T10:00:00Z")  # fmt: skip
    assert found.notes == ((NOTE, "changed"),)
    study = load_study(small_study.path)
    (segment,) = study.segments().query("document == @NOTE").to_dict("records")
    assert segment["quote"] == "felles mal"
    assert study.transcripts[NOTE].text[segment["start"] : segment["end"]] == "felles mal"
    assert "Først av alt: tid" in study.transcripts[NOTE].text


NOTIFIED = """[privacy]
sikt_ref = "000000"
end_date = "2099-12-31"
legal_basis = "consent"
consent_template_version = "1"
retention_action = "delete"
"""


def test_in_a_study_of_real_people_names_are_decided_on_first(small_study: SmallStudy) -> None:
    small_study.replace("foran.toml", "synthetic = true", "synthetic = false")
    small_study.replace("foran.toml", "[privacy]\n", NOTIFIED)
    path, phrase = small_study.path.parent / "hemmelig/navn.forankey", "fire ord som ingen har sagt"
    path.parent.mkdir()
    create(path, phrase, "small", study=small_study.path, cost=Cost(2**4))
    mine = [
        an_answer(1, "element:C0001", "comment", "Kari Nordmann ringte og sa nei"),
        an_answer(2, "element:C0005", "maturity", "fordi Kari Nordmann sa det", value=2, case="FJO"),
    ]
    with pytest.raises(NotDecided) as raised:
        run(small_study, saved(mine), key=OpenKey(open_key(path, phrase), path, phrase))
    assert "Nordmann" not in str(raised.value)
    now = outcome(small_study.path)
    assert (len(now["files"]), now["note"], now["memos"], now["levels"]) == (1, "", [], [])
    book = load_workbook(raised.value.table)
    head, *lines = book.active.iter_rows()
    columns = [cell.value for cell in head]
    for line in lines:
        line[columns.index("avgjørelse")].value = "ja" if line[columns.index("forslag")].value else "behold"
    book.save(raised.value.table)
    run(small_study, key=OpenKey(open_key(path, phrase), path, phrase, raised.value.table))
    now = outcome(small_study.path)
    assert [row[3].split("\n")[0] for row in now["memos"]] == ["[Person 1] ringte og sa nei"]
    assert [row.rationale for row in now["levels"]] == ["fordi [Person 1] sa det"]
    # A person edits the note: what was made of it before follows where the turn can be told, else it stays.
    text = load_study(small_study.path).transcripts[NOTE].text.replace("sa nei", "sa [parafrase] nei")
    text += "\n**" + now["heard"][0] + ":** Lagt til\n"
    reanchor(small_study.path, NOTE, text, at="2020-10-04T10:00:00Z", reason="rettet")
    more = saved([an_answer(3, "element:C0001", "comment", "Ola Nordmann også")], reader=2)
    found = run(small_study, more, at="2020-10-05T10:00:00Z", key=OpenKey(open_key(path, phrase), path, phrase))
    assert found.notes == ((NOTE, "edited"),)
    again = outcome(small_study.path)
    assert [row[3].split("\n")[0] for row in again["memos"]] == ["[Person 1] ringte og sa [parafrase] nei"]
    assert again["levels"] == now["levels"]
    # Of her turns below the last heading either may be the reason, and the new answer has none.
    assert found.without_turn == ((NOTE, 2),)
    assert f"note {NOTE}: 2 answers have no turn there" in "\n".join(told_of(found))


def test_a_note_that_a_person_edited_is_left_alone(small_study: SmallStudy) -> None:
    run(small_study, saved([an_answer(1, "question:Q0001", "answer", "Kari sa det")]))
    text = load_study(small_study.path).transcripts[NOTE].text.replace("Kari", "[Person 3]")
    reanchor(small_study.path, NOTE, text, at="2020-10-02T10:00:00Z", reason="et navn")
    found = run(small_study, saved([an_answer(2, "question:Q0001", "answer", "Noe nytt")], reader=2),
                at="2020-10-03T10:00:00Z")  # fmt: skip
    assert found.notes == ((NOTE, "edited"),)
    assert load_study(small_study.path).transcripts[NOTE].text == text


def test_what_a_reader_takes_back_or_changes_follows(small_study: SmallStudy) -> None:
    mine = everything()
    run(small_study, saved(mine))
    later = [{**one, "revision": 2} for one in mine]
    later[2]["text"] = "Noe helt annet"
    for at in (3, 6, 8):
        later[at] |= {"act": "removed", "text": "", "value": None}
    found = run(small_study, saved(later, saved=2), at="2020-10-02T10:00:00Z")
    now = outcome(small_study.path)
    assert found.notes == ((NOTE, "changed"),)
    assert "Noe helt annet" in now["note"]
    assert WRITTEN.replace("a\u030a", "å") not in now["note"]
    assert [row[:2] for row in now["memos"]].count(("segment", "FJO-I01.K1.s01")) == 0
    assert any(row[3].startswith("Noe helt annet") for row in now["memos"])
    assert sorted(row[0] for row in now["proposals"]) == ["open", "withdrawn"]
    assert now["levels"] == []


def test_a_changed_wording_amends_its_proposal_once(small_study: SmallStudy) -> None:
    mine = an_answer(1, f"pack:{PACK['id']}", "new_element", "Tillit mellom folk, a\u030a 😀")
    (name,) = run(small_study, saved([mine])).proposals
    for number, words in enumerate(("Tillit", "Tillit og tid", "Tillit"), 2):
        later = saved([{**mine, "text": words, "revision": number}], saved=number)
        assert run(small_study, later, at=f"2020-10-0{number}T10:00:00Z").proposals == (name,)
        assert run(small_study, at=f"2020-10-0{number}T11:00:00Z").proposals == ()
    (state,) = revising.states(small_study.path).values()
    assert state.proposal.change.reason_empirical["nb"].endswith("foreslo: Tillit")


def test_a_memo_that_a_person_took_away_stays_away(small_study: SmallStudy) -> None:
    run(small_study, saved([an_answer(1, "element:C0001", "comment", "Takk for praten")]))
    study = load_study(small_study.path)
    (memo,) = memoing.memos(study, viewer=None).query("text.str.contains('Takk for praten')")["memo"]
    memoing.change(study, memo, coder="K1", at="2020-10-02T10:00:00Z", text="")
    assert run(small_study, at="2020-10-03T10:00:00Z").memos == 0


def test_files_that_are_none_are_told_of_and_the_others_come_in(small_study: SmallStudy) -> None:
    good = saved(everything())
    other = saved([an_answer(1, "element:C0001", "comment", WRITTEN)], reader=2)
    found = run(small_study, good, other[:90], other.replace(b"sagt", b"sagd"), b"hei")
    assert sorted(fault.kind for fault in found.refused) == ["edited-answers", "not-json", "truncated"]
    assert not any("sag" in str(fault) for fault in found.refused)
    assert found.received == 1
    again = run(small_study, other.replace(b"sagt", b"sagd"), accepts_edited=True, at="2020-10-02T10:00:00Z")
    assert (again.received, again.edited) == (1, 1)


def test_answers_to_an_unknown_pack_are_kept_aside_until_it_is_given(small_study: SmallStudy) -> None:
    data = saved(everything())
    work = small_study.path.parent / "innboks"
    found = collect(small_study.path, put(work, data), by="K1", at=AT, date=DAY, case="FJO")
    assert found.aside == ((PACK["id"], 1),)
    assert (found.received, found.readers) == (0, 0)
    assert [path.read_bytes() for path in (small_study.path / collecting.ASIDE).glob("*.json")] == [data]
    found = run(small_study)
    assert (found.received, found.aside, found.answers) == (1, (), 9)
    assert not list((small_study.path / collecting.ASIDE).glob("*.json"))


def test_of_answers_to_an_older_pack_what_still_says_the_same_is_taken(small_study: SmallStudy) -> None:
    run(small_study, saved(everything()))
    changed = [{**one, "definition": told("Noe annet")} if one["id"] == "C0001" else one for one in PACK["elements"]]
    newer = a_pack(elements=changed, quotes=[], **{key: PACK[key] for key in ("claims",)})
    # The newest is the one that the ledger lists last.
    listed = "id,on,action,milestone,audience,arena,language,file_sha256,content_sha256,segments,by\n" + "".join(
        f"{pack['id']},2020-09-2{day},,M1,workshop,,nb,{'a' * 64},{'b' * 64},,K1\n"
        for day, pack in enumerate((PACK, newer))
    )
    (small_study.path / "corpus/packs.csv").write_text(listed, "utf-8")
    found = run(small_study, pack=newer, at="2020-10-02T10:00:00Z")
    assert {(one.kind, one.reason): one.count for one in found.left_out} == {
        ("element", "changed"): 2,
        ("quote", "gone"): 1,
    }
    assert WRITTEN.replace("a\u030a", "å") not in outcome(small_study.path)["note"]
    # Nothing is lost: the memo stands, the file is there, and the table tells why.
    table = answers_table(load_study(small_study.path))
    assert sorted(table[table["left_out"] != ""]["left_out"]) == ["changed", "changed", "gone"]
    # What this run had to tell of is news now, and none the next time.
    assert [one for one in found.left_out if one in found.left_before] == []
    again = run(small_study, pack=newer, at="2020-10-03T10:00:00Z")
    assert again.left_out == again.left_before == found.left_out


def test_a_pack_whose_page_was_written_over_is_known_by_its_fingerprints(small_study: SmallStudy) -> None:
    changed = [{**one, "definition": told("Noe annet")} if one["id"] == "C0001" else one for one in PACK["elements"]]
    newer = a_pack(elements=changed)
    listed = "id,on,action,milestone,audience,arena,language,file_sha256,content_sha256,segments,by\n" + "".join(
        f"{pack['id']},2020-09-2{day},,M1,workshop,,nb,{'a' * 64},{'b' * 64},,K1\n"
        for day, pack in enumerate((PACK, newer))
    )
    (small_study.path / "corpus/packs.csv").write_text(listed, "utf-8")
    folder = small_study.path / "corpus/reviews/told"
    folder.mkdir(parents=True)
    (folder / f"{PACK['id']}.json").write_text(
        json.dumps({"format": "foran-told-numbers", "pack": PACK["id"], "things": things_in(PACK)}), "utf-8"
    )
    answers = [an_answer(1, "element:C0001", "comment", WRITTEN), an_answer(2, "element:C0005", "comment", "Æ 🙂")]
    found = run(small_study, saved(answers), pack=newer)
    assert [(one.kind, one.reason, one.count) for one in found.left_out] == [("element", "changed", 1)]
    assert found.memos == 1


def _listed(small_study: SmallStudy, *packs: dict[str, Any]) -> None:
    """Packs in the register, the last one the newest, with the fingerprints that a build keeps."""
    rows = [
        f"{pack['id']},2020-09-2{day},,M1,workshop,,nb,{'a' * 64},{'b' * 64},,K1\n" for day, pack in enumerate(packs)
    ]
    head = "id,on,action,milestone,audience,arena,language,file_sha256,content_sha256,segments,by\n"
    (small_study.path / "corpus/packs.csv").write_text(head + "".join(rows), "utf-8")
    folder = small_study.path / "corpus/reviews/told"
    folder.mkdir(parents=True, exist_ok=True)
    for pack in packs:
        value = {"format": "foran-told-numbers", "pack": pack["id"], "things": things_in(pack)}
        (folder / f"{pack['id']}.json").write_text(json.dumps(value), "utf-8")


def test_what_a_newer_pack_leaves_out_is_news_once(small_study: SmallStudy) -> None:
    newer = a_pack(quotes=[])
    _listed(small_study, PACK)
    first = run(small_study, saved(everything()))
    assert (first.left_out, first.left_before) == ((), ())
    _listed(small_study, PACK, newer)
    second = run(small_study, pack=newer, at="2020-10-02T10:00:00Z")
    assert second.left_out != () == second.left_before
    third = run(small_study, pack=newer, at="2020-10-03T10:00:00Z")
    assert third.left_out == third.left_before == second.left_out


@pytest.mark.parametrize(
    "value",
    [{"things": {}}, {"format": "foran-told-numbers", "pack": "M1-workshop-0123456789ab", "things": {}},
     {"format": "foran-told-numbers", "pack": PACK["id"], "things": {"element:C0001": 5}},
     {"format": "foran-told-numbers", "pack": PACK["id"], "things": []}],
)  # fmt: skip
def test_fingerprints_that_are_no_pack_s_are_refused(small_study: SmallStudy, value: dict[str, Any]) -> None:
    _listed(small_study, PACK)
    (small_study.path / f"corpus/reviews/told/{PACK['id']}.json").write_text(json.dumps(value), "utf-8")
    with pytest.raises(ForanError, match="cannot be read; put it back"):
        run(small_study, saved(everything()))


def test_what_a_pack_says_itself_goes_before_its_fingerprints(small_study: SmallStudy) -> None:
    _listed(small_study, PACK)
    value = {"format": "foran-told-numbers", "pack": PACK["id"], "things": {}}
    (small_study.path / f"corpus/reviews/told/{PACK['id']}.json").write_text(json.dumps(value), "utf-8")
    assert run(small_study, saved(everything())).left_out == ()


def test_an_arena_given_afterwards_is_told_of(small_study: SmallStudy) -> None:
    run(small_study, saved([an_answer(1, "element:C0001", "comment", WRITTEN)], arena=""))
    said = told_of(
        run(small_study, saved([an_answer(1, "element:C0001", "comment", WRITTEN)], arena=""), arena="praksis")
    )
    assert any("came in with another --arena or --case" in line for line in said)
    said = told_of(run(small_study, saved([an_answer(1, "element:C0001", "comment", WRITTEN)], arena="")))
    assert not any("--arena" in line for line in said)


def test_a_memo_stays_its_answer_s_whatever_is_written_below_it(small_study: SmallStudy) -> None:
    run(
        small_study,
        saved([an_answer(1, "element:C0001", "comment", "Æ 🙂"), an_answer(2, "element:C0005", "comment", "Å")]),
    )
    memos = {state.wording.text: name for name, told in memo_states(load_study(small_study.path).memo_logs).items()
             for state in told if state.wording}  # fmt: skip
    (first, _), (second, name) = sorted(memos.items(), reverse=True)
    mark = first.splitlines()[-1]
    book = newest_book(load_study(small_study.path))
    write_memo(small_study.path, "K1", book, lambda desk: note(desk, about={}, text=f"{second}\n{mark}", record=name),
               at="2020-10-02T10:00:00Z")  # fmt: skip
    assert run(small_study, at="2020-10-03T10:00:00Z").memos == 0


def test_a_line_like_our_own_in_a_comment_is_no_more_than_words(small_study: SmallStudy) -> None:
    victim = an_answer(1, "element:C0001", "comment", "Dette sa en annen, åpent 🙂")
    run(small_study, saved([victim]))
    mine, theirs = (f"[svar {one} 01234567 · x · y · z]" for one in (an_id("a-", 2), an_id("a-", 1)))
    pasted = [an_answer(2, "element:C0001", "comment", f"{mine}\nog"), an_answer(3, "element:C0005", "comment", theirs)]
    assert run(small_study, saved(pasted, 2)).memos == 2
    before = outcome(small_study.path)
    for day in (3, 4):
        assert run(small_study, at=f"2020-10-0{day}T10:00:00Z").memos == 0
    assert outcome(small_study.path) == before


def test_a_level_given_after_the_last_milestone_is_told_of(small_study: SmallStudy) -> None:
    found = run(small_study, saved(everything()), date="2022-01-05", at="2022-01-05T10:00:00Z")
    assert [(one.kind, one.reason) for one in found.left_out] == [("element", "no_milestone")]
    assert outcome(small_study.path)["levels"] == []


def test_a_reader_who_withdraws_is_taken_out_and_stays_out(small_study: SmallStudy) -> None:
    mine = saved([an_answer(1, "element:C0001", "comment", "Jeg sa dette om nattevaktene våre og ingen andre")])
    other = saved([an_answer(2, "element:C0001", "comment", "Noe helt annet")], reader=2)
    run(small_study, mine, other)
    reader = Reader("", an_id("r-", 1), "", "", "").code
    assert reader in set(answers_table(load_study(small_study.path))["reader"])
    done = CliRunner().invoke(main, ["withdraw", reader, "--reason", "ba om det", "--study", str(small_study.path)])
    assert done.exit_code == 0, done.output
    found = run(small_study, mine, at="2030-01-01T10:00:00Z")
    assert [fault.kind for fault in found.refused] == ["withdrawn-source"]
    study = load_study(small_study.path)
    assert set(answers_table(study)["reader"]) == {Reader("", an_id("r-", 2), "", "", "").code}
    assert "Noe helt annet" in study.transcripts[NOTE].text
    left = [
        path
        for path in (small_study.path).rglob("*")
        if path.is_file() and b"nattevaktene v\xc3\xa5re" in path.read_bytes()
    ]
    assert left == []


@pytest.mark.parametrize(
    ("how", "error"),
    [({"by": "Kari Nordmann Hansen"}, ForanError), ({"date": "i går"}, ForanError), ({"arena": "torget"}, UnknownName),
     ({"case": "XXX"}, UnknownName)],
)  # fmt: skip
def test_what_is_said_of_the_files_must_be_of_the_study(
    small_study: SmallStudy, how: dict[str, str], error: type[ForanError]
) -> None:
    before = small_study.fingerprint()
    with pytest.raises(error):
        run(small_study, saved(everything()), **how)
    assert small_study.fingerprint() == before


def test_a_pack_that_was_changed_after_it_was_made_is_refused(small_study: SmallStudy) -> None:
    with pytest.raises(ForanError, match="changed after it was made"):
        run(small_study, pack={**PACK, "elements": []})


def test_a_dry_run_writes_nothing(small_study: SmallStudy) -> None:
    before = small_study.fingerprint()
    found = run(small_study, saved(everything()), is_dry_run=True)
    assert (found.received, found.readers, found.answers) == (1, 1, 9)
    assert small_study.fingerprint() == before


def test_counts_of_few_readers_are_hidden_with_what_would_give_them_away(small_study: SmallStudy) -> None:
    roles = ["innkjop"] * 6 + ["bruker"] * 2 + ["leverandor"] * 7
    files = [saved([an_answer(n, "element:C0001", "agree")], n, role=role) for n, role in enumerate(roles)]
    files += [saved([an_answer(99, "element:C0002", "doubt")], 99)]
    run(small_study, *files)
    table = agreement_table(load_study(small_study.path), "M1")
    agree = {row["role"]: row["agree"] for row in table[table["about"] == "C0001"].to_dict("records")}
    # 6, 2 and 7 of 15: the two are hidden, and the six as well, since 15 − 7 − 6 would tell them.
    assert agree[""] == 15
    assert agree["leverandor"] == 7
    assert pd.isna(agree["bruker"])
    assert pd.isna(agree["innkjop"])
    assert table[table["about"] == "C0002"]["doubt"].isna().all()


def test_tables_of_a_study_without_answers_are_empty(small_study: SmallStudy) -> None:
    study = load_study(small_study.path)
    before = small_study.fingerprint()
    for table in (answers_table, agreement_table, levels_table, next_steps, collecting.proposals_table):
        assert table(study).empty
    assert small_study.fingerprint() == before


def test_next_steps_name_the_note_the_proposals_and_the_readers(small_study: SmallStudy) -> None:
    run(small_study, saved(everything()))
    steps = next_steps(load_study(small_study.path), "M1")
    assert list(steps["step"]) == ["Kod notatet", "Behandle forslaget", "Behandle forslaget",
                                   "Fortell leserne hva svarene førte til"]  # fmt: skip


def test_the_command_tells_counts_and_faults_and_no_words(small_study: SmallStudy) -> None:
    work = small_study.path.parent / "innboks"
    files = put(work, saved(everything()), saved(everything(2), 2)[:200])
    said = CliRunner().invoke(
        main,
        ["review", "collect", *map(str, files), "--by", "K1", "--date", DAY, "--case", "FJO", "--pack",
         str(pack_file(work)), "--study", str(small_study.path)],
    )  # fmt: skip
    assert said.exit_code == 1
    assert "1 new file, 0 that were there; 1 reader, 9 answers in all" in said.output
    assert "truncated" in said.output
    assert f"note {NOTE} is new" in said.output
    assert not any(word in said.output for word in ("sagt av", "henger", "Tillit", "øving"))


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("has_answers", [False, True])
def test_the_notebook_shows_answers_and_says_so_where_there_are_none(
    small_study: SmallStudy, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, has_answers: bool
) -> None:
    if has_answers:
        run(small_study, *(saved(everything(n), n) for n in range(6)))
    notebook = json.loads((NOTEBOOKS / "17_review.ipynb").read_text("utf-8"))
    given = {"study": str(small_study.path), "milestone": "M1", "language": language, "output": str(tmp_path / "ut")}
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)  # noqa: S102 - the repository's own notebook
            names |= given if "parameters" in cell["metadata"].get("tags", ()) else {}
    said = capsys.readouterr().out
    files = sorted(path.name for path in tmp_path.glob("ut/review/*"))
    if has_answers:
        assert said.split()[0] == "54"
        assert files == ["agreement.csv", "levels.csv"]
        written = b"".join(path.read_bytes() for path in tmp_path.glob("ut/review/*"))
        assert b"sagt av" not in written
        assert int(names["agreement"].query("about == 'C0001' and role == ''")["agree"].iloc[0]) == 6
        assert int(names["levels"]["self"].iloc[0]) == 3
    else:
        assert said.startswith({"nb": "Ingen svar", "en": "No answers"}[language])
        assert files == []
        assert names["answers"].empty
