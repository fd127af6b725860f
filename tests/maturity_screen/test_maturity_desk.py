"""The screen for assessing maturity without a browser: who, evidence, earlier levels, and saving by the register's rules.

The study is a copy of the demo study: everybody and everything in it is invented (oppdiktet).
"""

from __future__ import annotations

import errno
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from foran_research.errors import ForanError, UnknownName
from foran_research.maturity_screen.desk import Desk
from foran_research.maturity_screen.widget import MaturityScreen
from foran_research.maturity_screen.words import LANGUAGES, WORDS
from foran_research.registers import store
from foran_research.study import Study, load_study

ROOT = Path(__file__).resolve().parents[2]
CODE = "TRD-GRUPPE-9"
WHY = "Øvd sammen 😀, a\u030apent"
WHO = {"assessor": CODE, "side": "joint", "arena": "konseptbasert", "on": "2023-10-20"}


@pytest.fixture(scope="module")
def loaded() -> Study:
    return load_study(ROOT)


@pytest.fixture
def desk(loaded: Study, tmp_path: Path) -> Desk:
    """A desk whose register lies in a folder of its own."""
    (tmp_path / "corpus").mkdir()
    for name in ("assessments.csv", "targets.csv"):
        shutil.copy2(ROOT / "corpus" / name, tmp_path / "corpus")
    study = replace(loaded, path=tmp_path)
    return Desk(study, study.milestone("M13"), elements=("P2", "K7", "C0042"))


def wish(element: str = "C0004", **changes: Any) -> dict[str, Any]:
    content = {"element": element, "level": 2, "confidence": "", "evidence": [], "rationale": WHY, "override": ""}
    return {**WHO, **content, **changes}


def test_it_tells_the_elements_with_the_studys_own_anchors(desk: Desk) -> None:
    told = desk.told()
    assert [one["display"] for one in told["elements"]] == ["P2", "K7", "E2"]
    assert [step["level"] for step in told["scale"]] == [1, 2, 3, 4, 5]
    assert all(step["anchor"]["nb"] and step["anchor"]["en"] for step in told["scale"])
    assert told["cutOff"] == "2023-10-31"
    with pytest.raises(UnknownName):
        desk.element("C0001")


@pytest.mark.parametrize(
    "changes",
    [
        {"assessor": "Kari Nordmann"}, {"assessor": ""}, {"assessor": "ÅSE-1"}, {"side": "boss"}, {"arena": "kantina"},
        {"on": "20. oktober"}, {"on": "2023-11-01"}, {"assessor": None}, {"on": 20231020},
    ],
)  # fmt: skip
def test_who_is_a_code_on_a_side_and_a_day_of_the_milestone(desk: Desk, changes: dict[str, Any]) -> None:
    with pytest.raises(ForanError) as refused:
        desk.who(WHO | changes)
    assert "Nordmann" not in str(refused.value)
    assert desk.who(WHO).assessor == CODE


def test_a_joint_level_needs_evidence_or_a_reason_and_is_written_once(desk: Desk) -> None:
    before = (desk.study.path / "corpus/assessments.csv").read_bytes()
    assert desk.save("w1", wish())["what"] == "evidence"
    assert (desk.study.path / "corpus/assessments.csv").read_bytes() == before
    (first, *_) = desk.passages("C0004", "nb")["passages"]
    done = desk.save("w2", wish(evidence=[first["segment"]]))
    assert (done["kind"], done["state"]["level"], done["state"]["rationale"]) == (
        "saved",
        2,
        WHY.replace("a\u030a", "å"),
    )
    after = (desk.study.path / "corpus/assessments.csv").read_bytes()
    assert after.startswith(before)
    assert after.count(CODE.encode()) == 2  # its id, and its column
    # The same wish again, and the same state under another wish, write nothing.
    assert desk.save("w2", wish(evidence=[first["segment"]])) == done
    assert desk.save("w3", wish(evidence=[first["segment"]]))["kind"] == "saved"
    assert (desk.study.path / "corpus/assessments.csv").read_bytes() == after
    assert desk.states(desk.who(WHO))["C0004"]["evidence"] == [first["segment"]]


def test_narrow_evidence_is_saved_and_warned_of_until_there_is_a_reason(desk: Desk) -> None:
    (first, *_) = desk.passages("C0004", "nb")["passages"]
    narrow = desk.save("w1", wish(level=4, evidence=[first["segment"]]))
    assert narrow["state"]["warnings"] == ["insufficient_evidence"]
    assert narrow["state"]["breadth"]["documents"] == 1
    reasoned = desk.save("w2", wish(level=4, evidence=[first["segment"]], override="Sett på befaring"))
    assert reasoned["state"]["warnings"] == []
    own = desk.save("w3", wish(side="self", level=3, rationale=""))
    assert own["state"]["warnings"] == ["no_rationale"]


def test_an_earlier_day_is_told_and_not_written(desk: Desk) -> None:
    desk.save("w1", wish(level=0))
    told = desk.save("w2", wish(level=0, rationale="Ny", on="2023-10-19"))
    assert (told["kind"], told["what"], told["text"]) == ("needs", "later", "2023-10-20")


def test_what_somebody_else_saved_meanwhile_is_told_and_not_passed_over(desk: Desk) -> None:
    """Two kernels on one folder, and two screens of one kernel: who has not seen a state does not take its place."""
    other = Desk(desk.study, desk.milestone, elements=("P2",))
    self_ = {"side": "self", "client": "b"}
    assert desk.states(desk.who(WHO)) == {}
    saved = other.save("w1", wish(level=4, rationale="Fra den andre, å 😀", seen="", client="a", side="self"))
    path = desk.study.path / "corpus/assessments.csv"
    before = path.read_bytes()
    told = desk.save("w2", wish(level=2, seen="", **self_))
    assert (told["kind"], told["what"], told["state"]) == ("needs", "overtaken", saved["state"])
    assert path.read_bytes() == before
    # The same thing said by two is no quarrel; what was seen may be changed, and then nobody else's old state holds.
    same = desk.save("w3", wish(level=4, rationale="Fra den andre, a\u030a 😀", seen="", **self_))
    assert same["kind"] == "saved"
    assert path.read_bytes() == before
    mine = desk.save("w4", wish(level=2, seen=told["state"]["mark"], **self_))
    assert (mine["kind"], mine["state"]["level"]) == ("saved", 2)
    assert other.save("w5", wish(level=3, seen=saved["state"]["mark"], client="a", side="self"))["what"] == "overtaken"
    # A screen that wrote on before it had its answer has seen what it wished itself; another screen of the kernel has not.
    assert desk.save("w6", wish(level=1, seen=told["state"]["mark"], **self_))["kind"] == "saved"
    stale = wish(level=0, seen=told["state"]["mark"], side="self", client="c")
    assert desk.save("w7", stale)["what"] == "overtaken"
    assert desk.states(desk.who(WHO))["C0004"]["level"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+47", "@SUM(A1)", "-1", "\t=1", "'=1", "$x^2$ <script>alert(1)</script>", "\u202eå\u200f", "a\u030a 😀",
        "to\r\nlinjer\rtil\u2028her\x85der\x0bog\x0c", "\x00å\x00", '"anførsel", med komma;', "\ufeffå", "  å  ", "\xa0å\xa0",
    ],
)  # fmt: skip
def test_what_is_told_as_saved_is_what_the_file_gives_back(desk: Desk, text: str) -> None:
    told = desk.save("w1", wish(side="self", rationale=text, override=text, seen=""))
    assert told["kind"] == "saved"
    assert desk.states(desk.who(WHO))["C0004"] == told["state"]
    assert told["state"]["rationale"]
    raw = (desk.study.path / "corpus/assessments.csv").read_text("utf-8")
    assert not any(mark in raw for mark in ("\x00", "\u202e"))
    # And again: what stands already is not written anew.
    assert desk.save("w2", wish(side="self", rationale=text, override=text, seen=""))["kind"] == "saved"
    assert (desk.study.path / "corpus/assessments.csv").read_text("utf-8") == raw


@pytest.mark.parametrize(
    ("number", "what"), [(errno.ENOSPC, "full"), (errno.EROFS, "closed"), (errno.EACCES, "closed")]
)
def test_a_disk_that_takes_nothing_is_told_and_the_next_try_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int, what: str
) -> None:
    path = desk.study.path / "corpus/assessments.csv"
    before = path.read_bytes()

    def refused(*_: object) -> None:
        raise OSError(number, "no")

    with monkeypatch.context() as patched:
        patched.setattr(store, "write_atomically", refused)
        told = desk.save("w1", wish(level=0, seen=""))
    assert (told["kind"], told["what"]) == ("needs", what)
    assert path.read_bytes() == before
    assert desk.states(desk.who(WHO)) == {}
    assert desk.save("w1", wish(level=0, seen=""))["kind"] == "saved"
    assert path.read_bytes().startswith(before)


@pytest.mark.parametrize(
    "changes",
    [
        {"level": 6}, {"level": True}, {"level": "3"}, {"level": None}, {"confidence": "ja"}, {"evidence": ["x"]},
        {"evidence": "alt"}, {"rationale": "x" * 5000}, {"rationale": None}, {"element": "C0001"},
    ],
)  # fmt: skip
def test_what_no_screen_sends_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    before = (desk.study.path / "corpus/assessments.csv").read_bytes()
    with pytest.raises(ForanError):
        desk.save("w", wish(**changes))
    assert (desk.study.path / "corpus/assessments.csv").read_bytes() == before


def test_passages_are_of_the_municipality_up_to_the_milestone_with_cleared_words_only(
    desk: Desk, loaded: Study
) -> None:
    told = desk.passages("C0004", "nb")["passages"]
    documents = loaded.documents
    assert told
    assert {documents.at[one["document"], "case"] for one in told} == {"TRD"}
    assert max(one["date"] for one in told) <= "2023-10-31"
    assert [one["date"] for one in told] == sorted((one["date"] for one in told), reverse=True)
    # No pseudonym is told, only types of actors.
    assert not any("TRD-PL-01" in str({**one, "segment": "", "words": ""}) for one in told)
    people = loaded.participants.copy()
    people["consent"] = [("analysis",)] * len(people)
    silent = Desk(replace(loaded, participants=people), loaded.milestone("M13"), elements=("P2",))
    assert {one["words"] for one in silent.passages("C0004", "nb")["passages"]} == {None}
    hidden = loaded.documents.copy()
    hidden["disclosure"] = "closed"
    closed = Desk(replace(loaded, documents=hidden), loaded.milestone("M13"), elements=("P2",))
    assert closed.passages("C0004", "nb")["passages"] == []


def test_earlier_levels_are_told_when_asked_and_only_of_earlier_milestones(desk: Desk) -> None:
    rounds = desk.earlier("C0004")["rounds"]
    assert [row["milestone"] for row in rounds] == ["M4", "M7", "M10"]
    assert rounds[-1]["researcher"] == 3
    assert "rounds" not in desk.told()


def test_the_widget_keeps_nothing_of_the_study_in_its_state(loaded: Study) -> None:
    screen = MaturityScreen(loaded, "M13", assessor=CODE, on="2023-10-20", elements=("P2",))
    state = {name: value for name, value in screen.get_state().items() if name not in ("_esm", "_css")}
    assert "Behovskartlegging" not in str(state)
    assert CODE not in str(state)
    heard: list[dict[str, Any]] = []
    screen.send = heard.append
    for content in ({"do": "dance"}, {"do": "save"}, {"do": "passages", "element": 4}, "hello", {"do": "earlier"}):
        screen._receive(None, content, [])
    assert [one["kind"] for one in heard] == ["refused"] * 4
    screen._receive(None, {"do": "hello", "id": "1", "client": "c"}, [])
    assert (heard[-1]["kind"], heard[-1]["re"], heard[-1]["to"]) == ("setup", "1", "c")


def test_the_widget_refuses_what_is_not_there(loaded: Study) -> None:
    for wrong in ({"case": "BGO"}, {"elements": ("P99",)}, {"language": "sv"}, {"assessor": "Kari Nordmann"}):
        with pytest.raises(ForanError):
            MaturityScreen(loaded, "M13", **wrong)


def test_every_word_is_there_in_both_languages_with_the_same_facts() -> None:
    facts = {
        language: {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in WORDS[language].items()}
        for language in LANGUAGES
    }
    assert facts["nb"] == facts["en"]
    assert all(text.strip() for language in LANGUAGES for text in WORDS[language].values())
