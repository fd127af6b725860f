"""A reader of a review pack withdraws: what came of her answers loses her words, be they one, and others' stay.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from small_study import SmallStudy

from foran_research import collecting, memoing, revising, withdrawal
from foran_research.cli import main
from foran_research.codebook import log_store
from foran_research.codebook.log_store import FILE
from foran_research.coding.acts import note
from foran_research.coding.memo_store import write_memo
from foran_research.collecting import collect
from foran_research.collecting.stored import stored
from foran_research.errors import Faults, ForanError, UnknownName
from foran_research.review.answers import Reader
from foran_research.study import load_study
from foran_research.withdrawal import plan_withdrawal, withdraw

AT = "2020-10-02T10:00:00Z"
LATER = "2020-10-04T10:00:00Z"
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
NOTE = "FJO-SVAR-M1-praksis"
#: One word each, told by nothing but where it came from: with æøå, an emoji and a decomposed letter.
COMMENT, ANSWERED, NAME, ELEMENT, REASON = "Rådløst😀", "Brukergruppa\u030a", "Ønskeliste", "Særtillit", "Trøblete"
HERS = tuple(word.replace("a\u030a", "å") for word in (COMMENT, ANSWERED, NAME, ELEMENT, REASON))
OTHERS = ("Samrøre", "Fellesnavn", "Nabohjelp")


def told(nb: str) -> dict[str, str]:
    return {"nb": nb, "en": f"{nb} (en)"}


def a_pack() -> dict[str, Any]:
    pack = {
        "format": "foran-review-pack", "schema_version": 1, "audience": "workshop", "arena": "", "language": "nb",
        "milestone": {"id": "M1", "title": told("Første modell"), "case": "", "codebook_version": "1.0.0"},
        "elements": [
            {"id": id_, "display": f"X{id_[-1]}", "label": told(name), "definition": told(f"Om {name}"), "parent": ""}
            for id_, name in {"C0001": "behov", "C0005": "strategi"}.items()
        ],
        "quotes": [], "networks": [], "claims": [], "measures": [], "changes": [],
        "questions": [{"id": "Q0001", "text": told("Hva mangler?"), "about": None}],
    }  # fmt: skip
    text = json.dumps(pack, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return {**pack, "id": f"M1-workshop-{hashlib.sha256(text.encode()).hexdigest()[:12]}"}


PACK = a_pack()


def an_id(prefix: str, number: int) -> str:
    digits = hashlib.sha256(f"tilbake {prefix}{number}".encode()).digest()[:20]
    return prefix + "".join(LETTERS[one & 31] for one in digits)


def code_of(reader: int) -> str:
    return Reader("", an_id("r-", reader), "", "", "").code


def saved(reader: int, answers: Sequence[tuple[str, str, str]], saved_as: int = 1) -> bytes:
    """A file as the pack saves it: what about, which act, which words."""
    given = []
    for place, (thing, act, text) in enumerate(answers):
        kind, _, id_ = thing.partition(":")
        about = {"kind": kind, "id": id_} | ({"case": "FJO"} if act == "maturity" else {})
        given.append(
            {"id": an_id("a-", reader * 100 + place), "about": about, "act": act, "text": text.replace("a\u030a", "å"),
             "value": 3 if act == "maturity" else None, "revision": saved_as}
        )  # fmt: skip
    body = {
        "format": "foran-review-answers", "schema_version": 1, "pack": PACK["id"], "milestone": "M1",
        "codebook_version": "1.0.0", "reader": an_id("r-", reader), "role": "innkjop", "arena": "praksis",
        "language": "nb", "saved": saved_as, "answers": given,
    }  # fmt: skip
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    whole = {**body, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


MINE = saved(
    1,
    [
        ("element:C0001", "comment", COMMENT),
        ("question:Q0001", "answer", ANSWERED),
        ("element:C0005", "rename", NAME),
        (f"pack:{PACK['id']}", "new_element", ELEMENT),
        ("element:C0005", "maturity", REASON),
    ],
)
ANOTHERS = saved(
    2,
    [
        ("element:C0001", "comment", OTHERS[0]),
        ("element:C0001", "rename", OTHERS[1]),
        (f"pack:{PACK['id']}", "new_element", OTHERS[2]),
    ],
)


def run(study: SmallStudy, *files: bytes, at: str = AT) -> collecting.Collected:
    work = study.path.parent / "innboks"
    work.mkdir(exist_ok=True)
    page = work / f"{PACK['id']}.html"
    data = json.dumps(PACK, ensure_ascii=False).replace("<", "\\u003c")
    page.write_text(f'<!DOCTYPE html><script type="application/json" id="pack">{data}</script>', "utf-8")
    paths = [work / f"svar-{hashlib.sha256(one).hexdigest()[:8]}.json" for one in files]
    for path, one in zip(paths, files, strict=True):
        path.write_bytes(one)
    return collect(study.path, paths, by="K1", at=at, date="2020-10-01", case="FJO", packs=[page])


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with the answers of two readers; its samples are one-word answers."""
    from small_study import write_small_study

    study = write_small_study(tmp_path_factory.mktemp("svar") / "studie")
    run(study, MINE, ANOTHERS)
    return study.path


@pytest.fixture
def study(collected: Path, tmp_path: Path) -> SmallStudy:
    shutil.copytree(collected, tmp_path / "studie")
    return SmallStudy(tmp_path / "studie")


def files_with(folder: Path, words: Sequence[str]) -> dict[str, list[str]]:
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = path.read_bytes().decode("utf-8", "replace")
        if here := [word for word in words if word in text]:
            found[path.relative_to(folder).as_posix()] = here
    return found


def call(study: SmallStudy, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--study", str(study.path)])


def proposals(study: SmallStudy) -> dict[str, revising.ProposalState]:
    return revising.states(study.path)


def mine_among(study: SmallStudy) -> dict[str, str]:
    """By type the proposals that hold one of her words."""
    return {
        state.proposal.change.type: name
        for name, state in proposals(study).items()
        if any(word in json.dumps(log_store_content(study, name), ensure_ascii=False) for word in HERS)
    }


def log_store_content(study: SmallStudy, name: str) -> list[Mapping[str, Any]]:
    log = log_store.read_log(study.path, Faults())
    assert log is not None
    return [entry.content for entry in log.entries if entry.about == name]


def holds(study: SmallStudy) -> None:
    found, faults = study.read()
    assert found is not None
    assert [str(fault) for fault in faults.errors] == []


def test_her_words_were_in_all_that_came_of_them(collected: Path) -> None:
    """Else the tests below would hold of answers that led to nothing."""
    there = files_with(collected, HERS)
    assert {name.rpartition("/")[0] for name in there if "/" in name} >= {
        "corpus/memos", "corpus/reviews/received", "corpus/texts", "codebooks", "corpus"}  # fmt: skip
    assert sorted({word for words in there.values() for word in words}) == sorted(HERS)
    assert len(mine_among(SmallStudy(collected))) == 2


def test_no_file_has_a_word_of_hers_afterwards_and_those_of_others_stand(study: SmallStudy) -> None:
    withdraw(study.path, code_of(1), at=LATER, reason="ba om det")
    assert files_with(study.path, HERS) == {}
    assert len(files_with(study.path, OTHERS)) >= 3
    holds(study)


def test_collecting_again_writes_nothing_of_hers_as_before_or_after(study: SmallStudy) -> None:
    withdraw(study.path, code_of(1), at=LATER, reason="ba om det")
    found = run(study, MINE, at="2020-10-05T10:00:00Z")
    assert [fault.kind for fault in found.refused] == ["withdrawn-source"]
    run(study, at="2020-10-06T10:00:00Z")
    assert files_with(study.path, HERS) == {}
    holds(study)
    loaded = load_study(study.path)
    texts = " ".join(memoing.memos(loaded, viewer=None)["text"])
    assert OTHERS[0] in texts
    assert code_of(1) not in texts


def test_her_proposals_are_taken_back_without_their_words_and_other_readers_stay_open(study: SmallStudy) -> None:
    hers = mine_among(study)
    withdraw(study.path, code_of(1), at=LATER, reason="ba om det")
    after = proposals(study)
    assert {after[name].state for name in hers.values()} == {"withdrawn"}
    assert {state.state for name, state in after.items() if name not in hers.values()} == {"open"}
    for name in hers.values():
        written = json.dumps(log_store_content(study, name), ensure_ascii=False)
        # A mark of one word could be found again by trying words, and her role is hers.
        assert "svar:" not in written
        assert "innkjop" not in written
    # Ids are never used again.
    assert {after[hers["new"]].proposal.change.to[0]} <= {
        code for state in after.values() for code in state.proposal.new_codes
    }


def test_the_plan_names_what_goes_and_changes_nothing(study: SmallStudy) -> None:
    before = study.fingerprint()
    plan = plan_withdrawal(study.path, code_of(1))
    assert study.fingerprint() == before
    assert set(plan.logs) >= {"corpus/memos/K1.jsonl", FILE}
    assert [name.rpartition("/")[0] for name in plan.deleted] == ["corpus/reviews/received"]
    assert sorted(plan.proposals) == sorted(mine_among(study).values())
    assert plan.left == ()
    done = call(study, "withdraw", code_of(1), "--reason", "ba om det", "--dry-run")
    assert all(name in done.output for name in (*plan.proposals, *plan.deleted))
    assert not any(word in done.output for word in HERS)


def test_the_command_tells_what_went_and_none_of_the_words(study: SmallStudy) -> None:
    hers = mine_among(study)
    done = call(study, "withdraw", code_of(1), "--reason", "ba om det")
    assert done.exit_code == 0
    assert f"proposals that came of her answers lost their words: {', '.join(sorted(hers.values()))}" in done.output
    assert "memos that came of her answers or told of her words are gone from corpus/memos/K1.jsonl" in done.output
    assert "1 file of her answers deleted" in done.output
    assert not any(word in done.output for word in HERS)


def test_a_memo_that_a_person_went_on_writing_falls_with_what_it_began_as(study: SmallStudy) -> None:
    loaded = load_study(study.path)
    table = memoing.memos(loaded, viewer=None)
    (name,) = table[table["text"].str.contains(COMMENT)]["memo"]
    text = f"Det står om {COMMENT}, se tidligere."
    write_memo(
        study.path, "K1", loaded.lineage.codebooks[-1], lambda desk: note(desk, about={}, text=text, record=name), at=AT
    )
    withdraw(study.path, code_of(1), at=LATER, reason="ba om det")
    assert files_with(study.path, HERS) == {}
    holds(study)


@pytest.mark.parametrize("decision", ["--accept", "--reject"])
def test_a_decision_that_only_repeats_her_proposal_loses_that_and_keeps_what_others_wrote(
    study: SmallStudy, decision: str
) -> None:
    name = mine_among(study)["new"]
    is_accepted = decision == "--accept"
    texts = {
        "label": {"nb": ELEMENT.lower(), "en": "Odd trust"},
        "level": "K",
        "definition": told("Skrevet av arenaen"),
    }
    revising.decide(
        study.path, name, is_accepted=is_accepted, reason={"nb": ELEMENT.upper(), "en": "Weighed by the arena"},
        role="arena", arena="praksis", decided_at="2020-10-03", by="K2", at="2020-10-03T10:00:00Z",
        texts=texts if is_accepted else None,
    )  # fmt: skip
    made = withdraw(study.path, code_of(1), at=LATER, reason="ba om det")
    assert files_with(study.path, (*HERS, ELEMENT.upper(), ELEMENT.lower())) == {}
    state = proposals(study)[name]
    assert state.state == ("accepted" if is_accepted else "rejected")
    assert state.proposal.change.decision_reason == {"nb": "[trukket]", "en": "Weighed by the arena"}
    assert made.plan.accepted == ((name,) if is_accepted else ())
    if is_accepted:
        (record,) = state.proposal.codes
        assert (record["label"]["en"], record["level"]) == ("Odd trust", "K")
        assert record["definition"] == told("Skrevet av arenaen")
        assert state.proposal.change.summary["nb"] == "[trukket]"
    holds(study)


def test_an_accepted_proposal_without_its_words_is_told_and_never_released(study: SmallStudy) -> None:
    name = mine_among(study)["rename"]
    revising.decide(
        study.path, name, is_accepted=True, reason=told("Godt navn"), role="arena", arena="praksis",
        decided_at="2020-10-03", by="K2", at="2020-10-03T10:00:00Z",
    )  # fmt: skip
    made = withdraw(study.path, code_of(1), at=LATER, reason="ba om det")
    assert made.plan.accepted == (name,)
    assert any(line.startswith(f"{name}: accepted, and without words now") for line in
               withdrawal.out_of_reach(study.path, made.plan))  # fmt: skip
    with pytest.raises(ForanError, match=r"\[trukket\]"):
        revising.release(study.path, by="K2", at="2023-09-26T10:00:00Z")


def test_withdrawing_again_finds_nothing_and_finds_what_a_backup_brought_back(study: SmallStudy) -> None:
    kept = study.path.parent / "kopi"
    shutil.copytree(study.path, kept)
    withdraw(study.path, code_of(1), at=LATER, reason="ba om det")
    before = study.fingerprint()
    assert not withdraw(study.path, code_of(1), at="2020-10-05T10:00:00Z", reason="igjen").is_new
    assert study.fingerprint() == before
    for name in ("corpus/memos/K1.jsonl", FILE):
        shutil.copy(kept / name, study.path / name)
    (file,) = (
        path for path in (kept / "corpus/reviews/received").glob("*.json") if COMMENT.encode() in path.read_bytes()
    )
    shutil.copy(file, study.path / "corpus/reviews/received")
    again = withdraw(study.path, code_of(1), at="2020-10-06T10:00:00Z", reason="igjen")
    assert again.is_new
    assert files_with(study.path, HERS) == {}
    holds(study)


def test_proposals_of_answers_whose_files_are_gone_are_told_of_and_left(study: SmallStudy) -> None:
    hers = mine_among(study)
    for path in (study.path / "corpus/reviews/received").glob("*.json"):
        if COMMENT.encode() in path.read_bytes():
            path.unlink()
    made = withdraw(study.path, code_of(1), at=LATER, reason="ba om det")
    assert sorted(made.plan.untold) == sorted(hers.values())
    assert any(all(name in line for name in hers.values()) for line in withdrawal.out_of_reach(study.path, made.plan))
    # Memos name their reader: no file is needed to know them.
    assert [name for name in files_with(study.path, HERS) if name.startswith("corpus/memos")] == []
    assert {state.state for state in proposals(study).values()} == {"open"}


def test_files_kept_aside_are_hers_as_well(study: SmallStudy) -> None:
    aside = study.path / "corpus/reviews/aside"
    aside.mkdir(exist_ok=True)
    (aside / "0.json").write_bytes(MINE.replace(PACK["id"].encode(), b"M1-workshop-000000000000"))
    withdraw(study.path, code_of(1), at=LATER, reason="ba om det")
    assert list(aside.glob("*.json")) == []


def test_a_reader_who_wrote_nothing_can_withdraw_as_well(study: SmallStudy) -> None:
    silent = saved(3, [("element:C0001", "agree", ""), ("element:C0005", "maturity", "")])
    run(study, silent)
    assert code_of(3) not in load_study(study.path).participants.index
    assert "3" in [row.split(",")[10] for row in (study.path / "corpus/assessments.csv").read_text("utf-8").splitlines()
                   if code_of(3) in row]  # fmt: skip
    withdraw(study.path, code_of(3), at=LATER, reason="ba om det")
    assert code_of(3) not in (study.path / "corpus/assessments.csv").read_text("utf-8") or [
        row["level"] for row in csv.DictReader((study.path / "corpus/assessments.csv").open(encoding="utf-8"))
        if row["assessor"] == code_of(3)
    ] == ["0"]  # fmt: skip
    assert load_study(study.path).participants.at[code_of(3), "withdrawn_at"] == LATER[:10]
    found = run(study, silent, at="2020-10-05T10:00:00Z")
    assert [fault.kind for fault in found.refused] == ["withdrawn-source"]
    holds(study)


def test_somebody_who_never_answered_is_no_reader(study: SmallStudy) -> None:
    with pytest.raises(UnknownName):
        plan_withdrawal(study.path, code_of(9))


@pytest.mark.parametrize("step", range(1, 9))
def test_a_crash_at_any_write_is_finished_by_withdrawing_again(
    study: SmallStudy, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    done = 0
    real = withdrawal.write_atomically

    def write(path: Path, text: str | bytes) -> None:
        nonlocal done
        done += 1
        if done == step + 1:
            raise Killed
        real(path, text)

    with monkeypatch.context() as patch:
        patch.setattr(withdrawal, "write_atomically", write)
        with contextlib.suppress(Killed):
            withdraw(study.path, code_of(1), at=LATER, reason="ba om det")
    withdraw(study.path, code_of(1), at=LATER, reason="ba om det")
    assert files_with(study.path, HERS) == {}
    holds(study)


def test_the_folders_of_answers_are_those_that_collecting_writes() -> None:
    assert withdrawal.ANSWERS == (collecting.RECEIVED, collecting.ASIDE)


# An informant whose passage a pack showed

SAID = "Vi spurte nattevaktene"
INFORMANT = "FJO-PL-01"


@pytest.fixture
def shown(study: SmallStudy) -> tuple[SmallStudy, Path]:
    """A study that keeps a pack with a passage of an informant, fewer words than can be searched for."""
    loaded = load_study(study.path)
    segments = loaded.segments()
    segment = str(segments[segments["document"] == "FJO-I01"]["segment"].iloc[0])
    pack = {**PACK, "quotes": [{"id": segment, "words": SAID, "elements": ["C0001"]}]}
    content = {key: value for key, value in pack.items() if key != "id"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    pack["id"] = f"M1-workshop-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    collecting.keep_packs(study.path, {pack["id"]: pack})
    page = study.path.parent / "gammel.html"
    data = json.dumps(pack, ensure_ascii=False).replace("<", "\\u003c")
    page.write_text(f'<!DOCTYPE html><script type="application/json" id="pack">{data}</script>', "utf-8")
    return study, page


def test_a_kept_pack_loses_the_passage_and_is_understood_as_before(shown: tuple[SmallStudy, Path]) -> None:
    study, _ = shown
    assert any(name.startswith("corpus/reviews/packs/") for name in files_with(study.path, [SAID]))
    plan = plan_withdrawal(study.path, INFORMANT)
    assert len(plan.kept_packs) == 1
    withdraw(study.path, INFORMANT, at=LATER, reason="ba om det")
    assert files_with(study.path, [SAID]) == {}
    kept = collecting.kept_packs(study.path)[Path(plan.kept_packs[0]).stem]
    assert kept["quotes"][0]["words"] == "[trukket]"
    assert kept["elements"] == PACK["elements"]
    assert not withdraw(study.path, INFORMANT, at="2020-10-07T10:00:00Z", reason="igjen").is_new
    holds(study)


def test_a_copy_of_the_page_does_not_bring_the_passage_back(shown: tuple[SmallStudy, Path]) -> None:
    study, page = shown
    withdraw(study.path, INFORMANT, at=LATER, reason="ba om det")
    collect(study.path, [], by="K1", at="2020-10-07T10:00:00Z", packs=[page])
    assert files_with(study.path, [SAID]) == {}


def test_a_pack_somebody_edited_is_still_none(shown: tuple[SmallStudy, Path]) -> None:
    """Only what lies in the study may have lost words to a withdrawal."""
    study, page = shown
    page.write_text(
        page.read_text("utf-8").replace('"quotes"', '"withdrawn": true, "quotes"').replace(SAID, "x"), "utf-8"
    )
    with pytest.raises(ForanError, match="no review pack"):
        collect(study.path, [], by="K1", at="2020-10-07T10:00:00Z", packs=[page])


def test_a_note_made_of_answers_has_no_words_of_nobody(study: SmallStudy) -> None:
    assert plan_withdrawal(study.path, code_of(1)).unlabelled == ()


def test_a_name_that_its_reader_changes_is_proposed_anew_once(study: SmallStudy) -> None:
    run(study, saved(2, [("element:C0001", "comment", OTHERS[0]), ("element:C0001", "rename", "Fellesnemnd")], 2),
        at="2020-10-05T10:00:00Z")  # fmt: skip
    log = (study.path / FILE).read_bytes()
    again = run(study, at="2020-10-06T10:00:00Z")
    assert again.proposals == ()
    assert (study.path / FILE).read_bytes() == log
    for state in proposals(study).values():
        assert len(state.proposal.change.evidence) == 1


def test_a_reader_is_known_by_the_letters_of_her_files_name_in_any_case(study: SmallStudy) -> None:
    code = code_of(1)
    letters = code.removeprefix("LESER-")[:8]
    for given in (code, code.lower(), letters, letters.lower(), f"LESER-{letters}", f" leser-{letters.lower()} "):
        assert plan_withdrawal(study.path, given).participant == code, given
    for given in (letters[:7], f"LESER-{letters[:7]}", letters[:7] + "9"):
        with pytest.raises(UnknownName):
            plan_withdrawal(study.path, given)


def test_letters_that_two_readers_share_name_neither() -> None:
    readers = ["LESER-ABCDEFGHIJ", "LESER-ABCDEFGHKK"]
    assert withdrawal._reader_meant("abcdefgh", readers) == "abcdefgh"
    assert withdrawal._reader_meant("abcdefghk", readers) == "LESER-ABCDEFGHKK"


def test_a_kept_file_of_hers_that_comes_back_from_a_backup_says_nothing(study: SmallStudy) -> None:
    folder = study.path / collecting.RECEIVED
    before = {path: path.read_bytes() for path in folder.iterdir()}
    withdraw(study.path, code_of(1), at=LATER, reason="bedt om per brev")
    for path, data in before.items():
        path.write_bytes(data)
    loaded = load_study(study.path)
    assert code_of(1) not in {one.code for one in stored(loaded).merged.readers}
    assert code_of(1) not in set(collecting.answers_table(loaded)["reader"])
    assert set(collecting.answers_table(loaded)["reader"])
