"""Memos of a whole study: written, found, linked, withheld, withdrawn and saved. Everybody and everything is invented."""

from __future__ import annotations

import io
import json
import re
import shutil
import threading
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from click.testing import CliRunner, Result
from small_study import SmallStudy, draft, write_small_study

from foran_research import cli_memo, memoing
from foran_research.backup import backup, restore
from foran_research.coder.session import Session
from foran_research.coder.snapshot import memos_elsewhere
from foran_research.coding.assignment import Assignment
from foran_research.coding.assignment_store import append_assignments
from foran_research.coding.events import Log, fold
from foran_research.coding.journal import read_log
from foran_research.coding.memo_store import FOLDER, memo_path
from foran_research.coding.memos import ALL_FIELDS, ALL_TYPES, FIELDS, MEMO_TYPES, REFERENCES
from foran_research.coding.synthesis_memos import SYNTHESIS_TYPES
from foran_research.errors import Faults, ForanError, UnknownName
from foran_research.memoing import (
    HEADINGS,
    KIND_WORDS,
    NOTICE,
    TYPE_WORDS,
    Asked,
    add,
    change,
    link,
    memos,
    save,
    search,
)
from foran_research.study import Study
from foran_research.withdrawal import plan_withdrawal, withdraw

AT = "2021-05-03T10:00:00Z"
LATER = "2021-05-04T10:00:00Z"
TEXT = 'Behov er ikke ønske 😀: "=1+1" & <b>a\u030a</b>'
PAGE = (Path(__file__).resolve().parent.parent / "docs" / "memos.md").read_text("utf-8")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small study that is copied, since writing it takes longer."""
    return write_small_study(tmp_path_factory.mktemp("memos") / "study").path


@pytest.fixture
def small(template: Path, tmp_path: Path) -> SmallStudy:
    return SmallStudy(Path(shutil.copytree(template, tmp_path / "study")))


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORAN_CODER", raising=False)


def loaded(study: SmallStudy) -> Study:
    found, faults = study.read()
    assert found is not None
    assert [str(fault) for fault in faults.errors] == []
    return found


def written(study: SmallStudy, coder: str = "K1", *, at: str = AT, about: str = "study", **more: Any) -> str:
    return add(loaded(study), coder=coder, about=about, at=at, **{"text": TEXT, **more})


def log_of(study: SmallStudy, coder: str = "K1") -> Log:
    faults = Faults()
    path = memo_path(study.path, coder)
    log = read_log(path, path.name, faults)
    assert not faults
    return log


def noted(
    study: SmallStudy, coder: str, document: str, name: str, record: dict[str, Any], day: str = "2020-03-10"
) -> None:
    study.code(
        coder, document, [draft(study, coder, document, day, "note", f"{document}.{coder}.{name}", None, record)]
    )


# Writing


def test_a_memo_is_on_the_disk_with_its_code_links_and_fields(small: SmallStudy) -> None:
    name = written(
        small,
        about="code:P2",
        memo_type="abductive",
        links=("segment:FJO-I01.K1.s01", "change:CH-2-01", "milestone:M2", "document:FJO-I01", "study"),
        fields={"observation": "Alle ringte", "surprise": ""},
    )
    assert name == "memo.K1.m0001"
    event = log_of(small).events[0]
    assert (event.id, event.coder, event.document, event.action, event.at) == ("memo.K1.0001", "K1", "", "note", AT)
    assert event.after == {
        "kind": "memo",
        "about": {"code": "C0002"},
        "text": TEXT,
        "type": "abductive",
        "links": [
            {"segment": "FJO-I01.K1.s01"}, {"change": "CH-2-01"}, {"milestone": "M2"}, {"document": "FJO-I01"},
            {"study": "small"},
        ],
        "fields": {"observation": "Alle ringte"},
    }  # fmt: skip
    assert loaded(small).warnings == ()
    assert list(memos(loaded(small))["memo"]) == [name]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"about": "code:P99"}, UnknownName), ({"about": "segment:FJO-I01.K1.s99"}, UnknownName),
        ({"about": "turn:3"}, ForanError), ({"about": "code:"}, ForanError), ({"about": "FJO-I01"}, ForanError),
        ({"about": "proposal:x"}, ForanError), ({"links": ["milestone:M9"]}, UnknownName),
        ({"links": ["change:CH-9"]}, UnknownName), ({"memo_type": "idé"}, UnknownName), ({"text": ""}, ForanError),
        ({"text": " \n\t\u00a0"}, ForanError), ({"text": " ", "fields": {"surprise": "  "}}, ForanError),
        ({"coder": "../x"}, ForanError), ({"coder": "k1"}, ForanError), ({"coder": "import"}, ForanError),
    ],
)  # fmt: skip
def test_what_the_study_does_not_have_is_refused_and_nothing_is_written(
    small: SmallStudy, more: dict[str, Any], error: type[Exception]
) -> None:
    before = small.fingerprint()
    with pytest.raises(error) as refused:
        written(small, **more)
    assert TEXT not in str(refused.value)
    assert small.fingerprint() == before


def test_a_memo_is_changed_and_linked_and_everything_it_was_stays(small: SmallStudy) -> None:
    name = written(small, links=["code:P1"])
    study = loaded(small)
    assert change(study, name, coder="K1", at=LATER, text="Nytt", memo_type="method") == name
    assert link(loaded(small), name, ["milestone:M1", "code:P1"], coder="K1", at=LATER) == (
        ("code", "C0001"), ("milestone", "M1"),
    )  # fmt: skip
    assert link(loaded(small), name, ["code:P1"], coder="K1", at=LATER, is_removed=True) == (("milestone", "M1"),)
    # The same once more is nothing new.
    assert change(loaded(small), name, coder="K1", at=LATER, text="Nytt") == name
    row = memos(loaded(small)).iloc[0]
    assert (row["text"], row["type"], row["links"], row["versions"]) == ("Nytt", "method", (("milestone", "M1"),), 4)
    assert len(log_of(small).events) == 4
    then = memos(loaded(small), as_of="2021-05-03").iloc[0]
    assert (then["text"], then["links"]) == (TEXT, (("code", "C0001"),))
    with pytest.raises(ForanError, match="no moment"):
        memos(loaded(small), as_of="i går")
    with pytest.raises(ForanError, match="no moment"):
        memos(loaded(small), as_of="2020-06-30T24:00:00Z")
    change(loaded(small), name, coder="K1", at=LATER, text="")
    with pytest.raises(UnknownName):
        change(loaded(small), name, coder="K1", at=LATER, text="igjen")


def test_a_memo_is_not_changed_to_blanks(small: SmallStudy) -> None:
    name = written(small, memo_type="abductive", fields={"observation": "Alle å", "surprise": " "})
    before = small.fingerprint()
    with pytest.raises(ForanError, match="without words"):
        change(loaded(small), name, coder="K1", at=LATER, text=" \n ")
    assert small.fingerprint() == before
    assert memos(loaded(small)).iloc[0]["fields"] == (("observation", "Alle å"),)
    change(loaded(small), name, coder="K1", at=LATER, fields={"observation": "  "})
    assert memos(loaded(small)).iloc[0]["fields"] == ()


def test_memos_without_a_type_and_memos_without_notes_on_segments_are_listed(small: SmallStudy) -> None:
    untyped, typed = written(small), written(small, memo_type="method")
    segment = small.events("K1", "FJO-I02")[0]["after"]
    small.code("K1", "FJO-I02", [
        draft(small, "K1", "FJO-I02", "2020-06-13", "memo", "FJO-I02.K1.s01", segment, segment | {"memo": "Se å 😀"}),
    ])  # fmt: skip

    def listed(*words: str) -> set[str]:
        result = CliRunner().invoke(cli_memo.memo, ["list", "--study", str(small.path), *words])
        assert result.exit_code == 0, result.output
        return {line.split("\t")[0] for line in result.output.splitlines()[1:-1]}

    assert listed() == {"FJO-I02.K1.s01", untyped, typed}
    assert listed("--type", "none") == {"FJO-I02.K1.s01", untyped}
    assert listed("--no-notes") == {untyped, typed}
    assert listed("--type", "none", "--type", "method", "--no-notes") == {untyped, typed}
    assert listed("--type", "none", "--no-notes") == {untyped}


def test_a_memo_changed_by_another_window_meanwhile_is_not_overwritten(small: SmallStudy) -> None:
    name = written(small)
    old = loaded(small)
    change(loaded(small), name, coder="K1", at=LATER, text="Fra vindu to")
    with pytest.raises(ForanError, match="changed by another window"):
        change(old, name, coder="K1", at=LATER, text="Fra vindu én")
    assert memos(loaded(small)).iloc[0]["text"] == "Fra vindu to"


def test_only_its_coder_changes_a_memo_and_a_segments_own_is_left_to_the_screen(small: SmallStudy) -> None:
    name = written(small)
    with pytest.raises(ForanError, match="K1's"):
        change(loaded(small), name, coder="K2", at=LATER, text="x")
    segment = small.events("K1", "FJO-I02")[0]["after"]
    small.code("K1", "FJO-I02", [
        draft(small, "K1", "FJO-I02", "2020-06-13", "memo", "FJO-I02.K1.s01", segment, segment | {"memo": "Husk å"}),
    ])  # fmt: skip
    with pytest.raises(ForanError, match="on the coder's screen"):
        change(loaded(small), "FJO-I02.K1.s01", coder="K1", at=LATER, text="x")
    with pytest.raises(UnknownName):
        change(loaded(small), "memo.K1.m0404", coder="K1", at=LATER, text="x")


def test_a_memo_in_a_documents_log_is_replaced_and_the_screen_goes_on_from_there(small: SmallStudy) -> None:
    noted(small, "K1", "FJO-I01", "m0001", {"kind": "memo", "about": {"code": "C0001"}, "text": "Gammelt å"})
    old = "FJO-I01.K1.m0001"
    log = small.log_path("K1", "FJO-I01").read_bytes()
    new = change(loaded(small), old, coder="K1", at=LATER, fields={"next_step": "ring"}, memo_type="abductive")
    assert new == "memo.K1.m0001"
    assert small.log_path("K1", "FJO-I01").read_bytes() == log
    row = memos(loaded(small)).iloc[0]
    assert (row["memo"], row["text"], row["type"], row["at"][:10], row["versions"]) == (
        new, "Gammelt å", "abductive", "2020-03-10", 2,
    )  # fmt: skip
    # The old id leads to the new memo.
    assert change(loaded(small), old, coder="K1", at=LATER, text="Nyere") == new
    # On the screen it is a memo from elsewhere, and changed there it is replaced in turn.
    found = memos_elsewhere(loaded(small), "K1", "FJO-I01")
    assert [(memo["id"], memo["text"], memo["replaces"]) for memo in found] == [(new, "Nyere", old)]
    session = Session(loaded(small), "FJO-I01", "K1", now=lambda: "2021-05-05T10:00:00Z")
    about = {"about": {"code": "C0001"}, "replaces": new}
    session.act("note", {**about, "text": "Nyest", "type": "code", "links": [{"milestone": "M1"}], "fields": {}})
    row = memos(loaded(small)).iloc[0]
    assert (row["memo"], row["text"], row["links"], row["versions"]) == (
        "FJO-I01.K1.m0002", "Nyest", (("milestone", "M1"),), 4,
    )  # fmt: skip
    assert memos_elsewhere(loaded(small), "K2", "FJO-I01") == []


def test_a_field_written_later_leaves_the_others_of_a_documents_memo_as_they_were(small: SmallStudy) -> None:
    record = {
        "kind": "memo", "about": {"code": "C0001"}, "text": "å", "type": "abductive", "links": [{"milestone": "M1"}],
        "fields": {"observation": "Alle ringte", "surprise": "Ingen skrev"},
    }  # fmt: skip
    noted(small, "K1", "FJO-I01", "m0001", record)
    change(loaded(small), "FJO-I01.K1.m0001", coder="K1", at=LATER, fields={"surprise": "", "next_step": "ring 🌊"})
    row = memos(loaded(small)).iloc[0]
    assert (row["text"], row["type"], row["links"]) == ("å", "abductive", (("milestone", "M1"),))
    assert row["fields"] == (("observation", "Alle ringte"), ("next_step", "ring 🌊"))


def test_two_who_write_at_once_both_find_their_memos_there(small: SmallStudy) -> None:
    study = loaded(small)
    threads = [
        threading.Thread(target=lambda n=n: add(study, coder="K1", about="study", at=AT, text=f"memo {n} å"))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    frame = memos(loaded(small))
    assert sorted(frame["text"]) == [f"memo {n} å" for n in range(8)]
    assert frame["memo"].is_unique


def test_a_torn_last_line_is_set_aside_and_everything_before_it_counts(small: SmallStudy) -> None:
    written(small)
    with memo_path(small.path, "K1").open("ab") as file:
        file.write(b'{"seq":2,"id":"mem')
    assert [fault.kind for fault in loaded(small).warnings] == ["torn-line"]
    assert written(small, text="etter") == "memo.K1.m0002"
    assert loaded(small).warnings == ()
    assert (small.path / FOLDER / "K1.jsonl.torn").is_file()


# Checking


def test_the_check_names_a_broken_chain_a_bad_type_and_a_stray_file(small: SmallStudy) -> None:
    written(small)
    written(small, text="to")
    path = memo_path(small.path, "K1")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0].replace(b"ikke", b"IKKE") + lines[1])
    _, faults = small.read()
    assert {(f.kind, f.file, f.line) for f in faults.errors} == {("broken-chain", f"{FOLDER}/K1.jsonl", 1)}
    path.write_bytes(b"".join(lines))
    (small.path / FOLDER / "notater.docx").write_bytes(b"x")
    _, faults = small.read()
    assert [(f.kind, f.file) for f in faults.errors] == [("unknown-file", f"{FOLDER}/notater.docx")]
    (small.path / FOLDER / "notater.docx").unlink()
    path.rename(memo_path(small.path, "K2"))
    _, faults = small.read()
    assert {f.kind for f in faults.errors} == {"wrong-log"}
    noted(small, "K1", "FJO-I01", "m0001", {"kind": "memo", "about": {"study": "small"}, "text": "å", "type": "idé"})
    _, faults = small.read()
    assert ("unknown-memo-type", "corpus/coding/K1/FJO-I01.jsonl") in {(f.kind, f.file) for f in faults.errors}


def test_an_id_of_two_files_is_a_fault(small: SmallStudy) -> None:
    written(small)
    record = {"kind": "memo", "about": {"study": "small"}, "text": "å"}
    small.code("K1", "FJO-I01", [draft(small, "K1", "FJO-I01", "2020-03-10", "note", "memo.K1.m0001", None, record)])
    _, faults = small.read()
    assert [(f.kind, f.file, f.line) for f in faults.errors] == [("duplicate-id", f"{FOLDER}/K1.jsonl", 1)]


def test_a_link_to_a_segment_that_was_removed_is_a_warning_and_can_be_taken_away(small: SmallStudy) -> None:
    name = written(small, links=["segment:FJO-I02.K1.s01", "milestone:M1"])
    assert loaded(small).warnings == ()
    segment = small.events("K1", "FJO-I02")[0]["after"]
    small.code(
        "K1", "FJO-I02", [draft(small, "K1", "FJO-I02", "2020-06-13", "remove", "FJO-I02.K1.s01", segment, None)]
    )
    small.replace("foran.toml", 'id = "M1"', 'id = "M0"')
    small.replace("foran.toml", "model_version = 2", "model_version = 2\n# M2 goes on")
    told = [(f.kind, f.file, f.line) for f in loaded(small).warnings]
    assert told == [("dangling-link", f"{FOLDER}/K1.jsonl", 1)] * 2
    links = link(loaded(small), name, ["segment:FJO-I02.K1.s01", "milestone:M1"], coder="K1", at=LATER, is_removed=True)
    assert links == ()
    assert loaded(small).warnings == ()


# Finding


def test_a_code_is_found_under_what_it_was_before_when_that_is_asked_for(small: SmallStudy) -> None:
    # P4 (C0011) of 2.0.0 came of P2 (C0002) of 1.0.0.
    old = written(small, about="code:C0002")
    new = written(small, links=["code:P4"])
    study = loaded(small)
    assert study.lineage.ancestors("C0011", "2.0.0") >= {"C0002"}
    assert list(search(study, Asked(links=["code:P4"]))["memo"]) == [new]
    assert list(search(study, Asked(links=["code:P4"], has_ancestors=True))["memo"]) == [old, new]
    assert list(search(study, Asked(words=["A\u030a"], coders=["K1"]))["memo"]) == [old, new]
    for wrong in (Asked(types=["idé"]), Asked(coders=["K9"]), Asked(links=["code:P99"])):
        with pytest.raises(UnknownName):
            search(study, wrong)
    with pytest.raises(ForanError, match="no day"):
        search(study, Asked(since="i går"))


def test_memos_that_tell_of_withheld_coding_are_left_out_counted_and_not_shown(small: SmallStudy) -> None:
    append_assignments(small.path, [Assignment("A01", "K2", ("K1",), "FJO-I01", (), 7, "2020-03-10")])
    about = {"kind": "memo", "about": {"document": "FJO-I01"}, "text": "K2 i dokumentets logg"}
    noted(small, "K2", "FJO-I01", "m0001", about, "2020-03-21")
    open_ = written(small, text="K1 om studien")
    other = written(small, "K2", text="K2 om studien")
    on_hers = written(small, text="K1 om segmentet til K2", links=["segment:FJO-I01.K2.s01"])
    of_hers = written(small, "K2", text="K2 om dokumentet", about="document:FJO-I01")
    own = written(small, text="K1 om dokumentet", about="document:FJO-I01")
    study = loaded(small)
    frame = memos(study)
    assert (set(frame["memo"]), frame.attrs["withheld"]) == ({open_, other, own}, 3)
    assert search(study, Asked(words=["k2"])).attrs["withheld"] == 3
    with pytest.raises(ForanError, match="withheld"):
        memoing.history(study, on_hers)
    # The second coder sees her own, and not the first one's on that document.
    frame = memos(study, viewer="K2")
    assert set(frame["memo"]) == {open_, other, of_hers, "FJO-I01.K2.m0001"}
    # A third person sees everything, and everybody does once both are done.
    assert memos(study, viewer="K3").attrs["withheld"] == 0
    for coder in ("K1", "K2"):
        done = {"kind": "status", "is_complete": True}
        small.code(coder, "FJO-I01", [
            draft(small, coder, "FJO-I01", "2021-06-01", "complete", f"FJO-I01.{coder}.done", None, done),
        ])  # fmt: skip
    assert (len(memos(loaded(small))), memos(loaded(small)).attrs["withheld"]) == (6, 0)


def test_a_memo_that_took_the_place_of_a_withheld_one_is_withheld(small: SmallStudy) -> None:
    append_assignments(small.path, [Assignment("A01", "K2", ("K1",), "FJO-I01", (), 7, "2020-03-10")])
    # On a code, in the log of the document: only where it stands tells of what it is about.
    noted(
        small, "K2", "FJO-I01", "m0001", {"kind": "memo", "about": {"code": "C0001"}, "text": "blindt å"}, "2020-03-21"
    )
    other = written(small, "K2", text="K2 om studien")
    second = change(loaded(small), "FJO-I01.K2.m0001", coder="K2", at=LATER, text="blindt 2 😀")
    third = {"kind": "memo", "about": {"code": "C0001"}, "text": "blindt 3", "replaces": second}
    for count, viewer in ((1, ""), (2, "K2")):
        assert len(memos(loaded(small), viewer=viewer)) == count
    with pytest.raises(ForanError, match="withheld"):
        memoing.history(loaded(small), second)
    noted(small, "K2", "FJO-I02", "m0001", third, "2021-05-05")
    frame = memos(loaded(small))
    assert (list(frame["memo"]), frame.attrs["withheld"]) == ([other], 1)


# Withdrawal and backup

HERS = "Vi spurte nattevaktene hva de trengte"


def withdrawn(study: SmallStudy) -> None:
    withdraw(study.path, "FJO-PL-01", at="2021-06-01T10:00:00Z", reason="bedt om det")


def test_memos_on_a_withdrawn_document_lose_their_text_wherever_they_were_written(small: SmallStudy) -> None:
    kept = written(small, text="Om koden å", about="code:P1")
    written(small, text="SKAL BORT 1", about="document:FJO-I01")
    written(small, text="SKAL BORT 2", links=["segment:FJO-I01.K2.s01"], memo_type="theoretical")
    quoting = written(small, text="", memo_type="abductive", fields={"observation": f"Hun sa: «{HERS}»"})
    # It was linked once, and no longer is.
    once = written(small, "K2", text="SKAL BORT 3", links=["segment:FJO-I01.K1.s02"])
    link(loaded(small), once, ["segment:FJO-I01.K1.s02"], coder="K2", at=LATER, is_removed=True)
    linked = {
        "kind": "memo",
        "about": {"code": "C0001"},
        "text": "SKAL BORT 4",
        "links": [{"segment": "FJO-I01.K1.s01"}],
    }
    noted(small, "K1", "FJO-I02", "m0001", linked, "2020-06-13")
    unlinked = {"kind": "memo", "about": {"document": "FJO-I02"}, "text": "Står igjen", "type": "method"}
    noted(small, "K1", "FJO-I02", "m0002", unlinked, "2020-06-13")
    before, heads = loaded(small), {}
    for coder in ("K1", "K2"):
        heads[coder] = log_of(small, coder).head_sha256
    plan = plan_withdrawal(small.path, "FJO-PL-01")
    for name in (f"{FOLDER}/K1.jsonl", f"{FOLDER}/K2.jsonl", "corpus/coding/K1/FJO-I02.jsonl"):
        assert name in plan.logs
        assert name not in plan.left
    assert "corpus/coding/K1/HEI-I01.jsonl" not in plan.logs
    withdrawn(small)
    for path in sorted(small.path.rglob("*.jsonl")):
        assert "SKAL BORT" not in path.read_text("utf-8"), path
        assert HERS not in path.read_text("utf-8"), path
    study = loaded(small)
    assert study.warnings == ()
    assert list(memos(study)["memo"]) == ["FJO-I02.K1.m0002", kept]
    rest = study.segments()
    was = before.segments()
    assert rest.equals(was[was["document"] != "FJO-I01"].reset_index(drop=True))
    # The chain is made anew, names the former head, and keeps ids, types and links.
    for coder, count in (("K1", 3), ("K2", 2)):
        log = log_of(small, coder)
        stone = log.events[-1].after
        assert stone == {"kind": "tombstone", "events": count, "segments": 0, "former_head_sha256": heads[coder]}
        assert log.events[-1].segment == f"memo.{coder}.t0001"
        fold(log.events)
    bare = next(event.after for event in log_of(small).events if event.segment == "memo.K1.m0003")
    assert bare == {
        "kind": "memo", "about": {"study": "small"}, "text": "", "type": "theoretical",
        "links": [{"segment": "FJO-I01.K2.s01"}],
    }  # fmt: skip
    bare = next(event.after for event in log_of(small).events if event.segment == quoting)
    assert bare is not None
    assert bare["fields"] == {"observation": ""}
    # And it goes on from there.
    assert written(small, text="etterpå") == "memo.K1.m0005"
    again = withdraw(small.path, "FJO-PL-01", at="2021-07-01T10:00:00Z", reason="igjen")
    assert not again.is_new


def test_what_took_the_place_of_a_memo_that_goes_goes_too_and_what_is_left_is_named(small: SmallStudy) -> None:
    noted(small, "K1", "FJO-I01", "m0001", {"kind": "memo", "about": {"code": "C0001"}, "text": "Først å"})
    change(loaded(small), "FJO-I01.K1.m0001", coder="K1", at=LATER, text="SKAL BORT")
    # A memo in the log of another document names her, and so does what is written on a segment there.
    segment = small.events("K1", "FJO-I02")[0]["after"]
    linked = {"kind": "memo", "about": {"code": "C0001"}, "text": "SKAL BORT", "links": [{"document": "FJO-I01"}]}
    small.code("K1", "FJO-I02", [
        draft(small, "K1", "FJO-I02", "2020-06-13", "memo", "FJO-I02.K1.s01", segment, segment | {"memo": f"«{HERS}»"}),
        draft(small, "K1", "FJO-I02", "2020-06-13", "note", "FJO-I02.K1.m0001", None, linked),
    ])  # fmt: skip
    plan = plan_withdrawal(small.path, "FJO-PL-01")
    assert "corpus/coding/K1/FJO-I02.jsonl" in plan.logs
    # A log is edited by nobody's hand: what is written on the segment is emptied too, and told of.
    assert plan.left == ()
    assert plan.emptied == ("corpus/coding/K1/FJO-I02.jsonl",)
    withdrawn(small)
    assert not [path for path in small.path.rglob("*.jsonl") if "SKAL BORT" in path.read_text("utf-8")]
    assert HERS not in small.log_path("K1", "FJO-I02").read_text("utf-8")
    study = loaded(small)
    assert list(memos(study)["memo"]) == []
    # The coding itself stands.
    assert "FJO-I02.K1.s01" in set(study.segments()["segment"])


def test_memos_that_took_each_others_place_in_three_logs_all_go(small: SmallStudy) -> None:
    """The last one stands in another document's log, whose path sorts before that of the memos outside documents."""
    noted(small, "K1", "FJO-I01", "m0001", {"kind": "memo", "about": {"code": "C0001"}, "text": "Først å 😀"})
    second = change(loaded(small), "FJO-I01.K1.m0001", coder="K1", at=LATER, text="SKAL BORT 2")
    third = {"kind": "memo", "about": {"code": "C0001"}, "text": "SKAL BORT 3", "replaces": second}
    noted(small, "K1", "FJO-I02", "m0001", third, "2021-05-05")
    fourth = {"kind": "memo", "about": {"code": "C0001"}, "text": "SKAL BORT 4", "replaces": "FJO-I02.K1.m0001"}
    noted(small, "K1", "HEI-I01", "m0001", fourth, "2021-05-06")
    noted(small, "K1", "HEI-I01", "m0002", {"kind": "memo", "about": {"code": "C0001"}, "text": "Står"}, "2021-05-06")
    withdrawn(small)
    assert not [path for path in small.path.rglob("*.jsonl") if "SKAL BORT" in path.read_text("utf-8")]
    assert list(memos(loaded(small))["memo"]) == ["HEI-I01.K1.m0002"]


def test_a_withdrawal_that_crashed_takes_the_memos_when_it_is_finished(
    small: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(small, text="SKAL BORT", about="segment:FJO-I01.K1.s01")
    from foran_research import withdrawal

    def crash(*_: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as broken:
        broken.setattr(withdrawal, "_bury_memos", crash)
        with pytest.raises(ForanError, match="begun and not finished"):
            withdrawn(small)
    with monkeypatch.context() as broken:
        broken.setattr(withdrawal, "_write_changes", crash)
        with pytest.raises(ForanError, match="begun and not finished"):
            withdrawn(small)
    once = memo_path(small.path, "K1").read_bytes()
    assert b"SKAL BORT" not in once
    withdrawn(small)
    # What was done before the crash is not done twice.
    assert memo_path(small.path, "K1").read_bytes() == once
    assert len(memos(loaded(small))) == 0


def test_in_a_group_only_memos_on_her_words_go(small: SmallStudy) -> None:
    nobodys = written(small, text="Om det noen sa", links=["segment:STR-N01.K1.s02"])
    text = small.text("STR-N01")
    start = text.index("Vi gjenbrukte spørsmålene")
    segment = {
        "start": start, "end": start + 25, "quote": text[start : start + 25], "code": "C0001", "polarity": "",
        "codebook_version": "1.0.0", "prefix": "", "suffix": "",
    }  # fmt: skip
    small.code("K1", "STR-N01", [draft(small, "K1", "STR-N01", "2020-09-21", "apply", "STR-N01.K1.s09", None, segment)])
    small.replace("corpus/documents.csv", "STR-N01,Oppdiktet notat,workshop_note", "STR-N01,Oppdiktet notat,interview")
    goes = written(small, text="SKAL BORT", links=["segment:STR-N01.K1.s09"])
    stays = written(small, text="Om dokumentet", about="document:STR-N01")
    withdraw(small.path, "STR-INN-01", at="2021-06-01T10:00:00Z", reason="bedt om det")
    assert list(memos(loaded(small))["memo"]) == [nobodys, stays]
    assert "SKAL BORT" not in memo_path(small.path, "K1").read_text("utf-8")
    assert goes in {event.segment for event in log_of(small).events}


def test_a_backup_carries_the_memos_and_brings_them_back(small: SmallStudy, tmp_path: Path) -> None:
    written(small)
    made = backup(small.path, tmp_path / "b.zip")
    assert f"{FOLDER}/K1.jsonl" in {entry.name for entry in made.entries}
    restored = restore(made.path, tmp_path / "again")
    assert restored.is_the_same
    assert memos(loaded(SmallStudy(restored.folder))).equals(memos(loaded(small)))


# Saving


def test_every_export_says_at_its_top_what_it_may_hold_and_holds_all_of_it(small: SmallStudy, tmp_path: Path) -> None:
    fields = {"surprise": "Ingen 🌊 <i>ventet</i>"}
    name = written(small, memo_type="abductive", fields=fields, links=["code:P1"])
    study = loaded(small)
    found = memos(study)
    paths = [save(study, found, tmp_path / f"m{ending}") for ending in (".csv", ".xlsx", ".docx", ".html")]
    again = [save(study, found, tmp_path / f"n{ending}") for ending in (".csv", ".xlsx", ".docx", ".html")]
    assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in again]
    csv, xlsx, docx_, html = paths
    lines = csv.read_text("utf-8-sig").splitlines()
    assert NOTICE in lines[0]
    assert lines[1].split(",") == list(HEADINGS)
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx.read_bytes())).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0][0] == NOTICE
    told = dict(zip(cells[1], cells[2], strict=True))
    assert told[HEADINGS["memo"]] == name
    assert told[HEADINGS["text"]] == TEXT
    assert told[HEADINGS["links"]] == "code:P1"
    assert told[HEADINGS["missing"]].count(";") == 3
    said = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(docx_.read_bytes())).paragraphs)
    assert said.index(NOTICE) < said.index(name)
    assert TEXT in said
    page = html.read_text("utf-8")
    assert page.index("Memos may hold informants&#x27; words") < page.index(name)
    assert "<b>" not in page
    assert "&lt;i&gt;ventet" in page
    with pytest.raises(ForanError, match="no format"):
        save(study, found, tmp_path / "m.pdf")
    with pytest.raises(ForanError, match="make it first"):
        save(study, found, tmp_path / "ikke" / "m.csv")


def test_every_type_kind_and_field_has_its_words_and_its_place_in_the_docs() -> None:
    assert set(TYPE_WORDS) == {"", *ALL_TYPES}
    assert set(KIND_WORDS) == {"proposal", *REFERENCES}
    assert set(ALL_FIELDS) < set(HEADINGS)
    for name in (*ALL_TYPES, *REFERENCES, *(field.replace("_", "-") for field in FIELDS)):
        assert f"`{name}`" in PAGE or f"`--{name}`" in PAGE or f"`{name}:" in PAGE, name
    assert set(cli_memo._TYPES) == set(MEMO_TYPES)
    assert cli_memo._SYNTHESIS_TYPES == SYNTHESIS_TYPES
    assert cli_memo._FIELDS == FIELDS


# The commands


def foran(study: SmallStudy, *arguments: str, said: str | None = None) -> Result:
    return CliRunner().invoke(cli_memo.memo, [*arguments, "--study", str(study.path)], input=said)


def test_a_memo_is_read_from_what_comes_in_and_printed_whole(small: SmallStudy) -> None:
    result = foran(small, "add", "--about", "code:P1", "--coder", "K1", said=f"{TEXT}\n\nMer.\n")
    assert result.output == "memo.K1.m0001: written\n"
    assert log_of(small).events[0].after == {"kind": "memo", "about": {"code": "C0001"}, "text": f"{TEXT}\n\nMer."}
    result = foran(small, "edit", "memo.K1.m0001", "--coder", "K1", said="Kort")
    assert result.output == "memo.K1.m0001: changed\n"
    told = foran(small, "show", "memo.K1.m0001", "--history").output
    assert TEXT in told
    assert told.index(TEXT) < told.index("Kort")
    assert foran(small, "search", "kort").output.splitlines()[1].split("\t")[-1] == "Kort"


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "--about", "study", "--text", "x"),
        ("edit", "memo.K1.m0001", "--text", "x"),
        ("link", "memo.K1.m0001", "study"),
    ],
)
def test_nobody_writes_without_saying_who(small: SmallStudy, arguments: tuple[str, ...]) -> None:
    written(small)
    before = small.fingerprint()
    result = foran(small, *arguments)
    assert isinstance(result.exception, ForanError)
    assert "--coder" in str(result.exception)
    assert small.fingerprint() == before


def test_bytes_that_are_no_text_are_refused(small: SmallStudy) -> None:
    arguments = ["add", "--about", "study", "--coder", "K1", "--study", str(small.path)]
    result = CliRunner().invoke(cli_memo.memo, arguments, input=b"\xe5pen")
    assert "not UTF-8" in str(result.exception)
    assert not memo_path(small.path, "K1").exists()


EXAMPLES = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_shows_every_command() -> None:
    commands = set(re.findall(r"^\$ foran memo (\w+)", PAGE, re.MULTILINE))
    assert commands == set(cli_memo.memo.commands)


def test_the_examples_of_the_page_give_what_it_says(
    small: SmallStudy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import shlex

    days = iter(range(3, 29))
    monkeypatch.setattr(cli_memo, "_now", lambda: f"2021-05-{next(days):02d}T10:00:00Z")
    monkeypatch.setenv("FORAN_CODER", "K1")
    monkeypatch.setenv("FORAN_STUDY", str(small.path))
    monkeypatch.chdir(tmp_path)
    assert len(EXAMPLES) >= 5
    for block in EXAMPLES:
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = example.replace("\\\n", " ").partition("\n")
            foran_, memo, *arguments = shlex.split(command)
            assert (foran_, memo) == ("foran", "memo")
            result = CliRunner().invoke(cli_memo.memo, arguments)
            assert (result.output.replace("\t", "  "), result.exception) == (expected, None), command
    loaded(small)


def test_what_the_page_says_of_the_file_is_so(small: SmallStudy) -> None:
    assert f"`{FOLDER}/CODER.jsonl`" in PAGE
    assert NOTICE.split(" · ")[1] in " ".join(PAGE.split())
    written(small)
    raw = json.loads(memo_path(small.path, "K1").read_text("utf-8"))
    assert raw["document"] == ""
    assert not zipfile.is_zipfile(memo_path(small.path, "K1"))
