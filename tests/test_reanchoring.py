"""Texts edited after they were coded: what follows, what waits, what a model of an earlier day still stands on."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from foran_research import reanchoring
from foran_research.cli import main
from foran_research.coder.session import Session
from foran_research.coding.acts import Refused
from foran_research.coding.events import waiting_in
from foran_research.corpus.text_versions import CHANGES_FILE, read_changes, read_version, store_version, version_path
from foran_research.corpus.transcript import text_sha256
from foran_research.double_coding import agreement
from foran_research.errors import Faults, ForanError, StudyError, UnknownName
from foran_research.milestone import capability_model, model_text
from foran_research.reanchoring import Reanchored, edited, reanchor
from foran_research.study import Study, load_study
from tests.small_study import SmallStudy

DOCUMENT = "FJO-I01"
TEXT = f"corpus/texts/{DOCUMENT}.md"
AT = "2026-05-04T10:00:00Z"
#: A segment of K1 and one of K2 on the same words, and what an edit makes of them.
NIGHT = "Vi spurte nattevaktene hva de trengte 😀"


@pytest.fixture
def kept(small_study: SmallStudy) -> SmallStudy:
    """The small study as it is after coders have worked in it: every text kept."""
    small = small_study
    for path in (small.path / "corpus/texts").glob("*.md"):
        store_version(small.path, path.stem, small.text(path.stem))
    return small


def studied(small: SmallStudy) -> Study:
    return load_study(small.path)


def quotes(study: Study, coder: str = "K1") -> dict[str, str]:
    rows = study.segments()
    rows = rows[(rows["document"] == DOCUMENT) & (rows["coder"] == coder)]
    assert all(study.transcripts[DOCUMENT].text[r.start : r.end] == r.quote for r in rows.itertuples())
    return dict(zip(rows["segment"], rows["quote"], strict=True))


def edit_file(small: SmallStudy, old: str, new: str) -> None:
    small.replace(TEXT, old, new)


def done(small: SmallStudy, **more: Any) -> Reanchored:
    return reanchor(small.path, DOCUMENT, at=AT, **more)


def test_a_word_put_in_front_moves_everything_behind_it_and_nothing_is_asked(kept: SmallStudy) -> None:
    before = quotes(studied(kept))
    edit_file(kept, "Hvordan begynte det?", "Hvordan begynte det hele, på ærlig vis? 😀")
    assert edited(kept.path) == [DOCUMENT]
    result = done(kept, reason="lytting om igjen")
    assert (result.counts["moved"], result.waiting, result.coders) == (8, 0, ("K1", "K2"))
    assert quotes(studied(kept)) == before
    assert edited(kept.path) == []
    [change] = read_changes(kept.path, Faults())
    assert (change.document, change.at, change.reason) == (DOCUMENT, AT, "lytting om igjen")
    assert read_version(kept.path, DOCUMENT, change.from_sha256) is not None


def test_a_segment_whose_words_were_mended_waits_and_counts_nowhere_until_it_is_placed(kept: SmallStudy) -> None:
    before = quotes(studied(kept))
    edit_file(kept, "nattevaktene hva de trengte", "nattevaktene om hva de trengte")
    assert done(kept).counts["changed"] == 2
    study = studied(kept)
    assert {*before} - {*quotes(study)} == {"FJO-I01.K1.s01"}
    assert study.waiting() == {DOCUMENT: ["FJO-I01.K1.s01", "FJO-I01.K2.s01"]}
    assert [w.kind for w in study.warnings] == ["waiting-segments"]
    session = Session(study, DOCUMENT, "K1")
    [(name, record)] = waiting_in(session.desk.state).items()
    assert (record["quote"], record["waiting"]["status"]) == (NIGHT, "changed")
    start, end = record["waiting"]["candidates"][0]
    assert study.transcripts[DOCUMENT].text[start:end] == NIGHT.replace("hva", "om hva")
    with pytest.raises(Refused, match="waiting"):
        session.act("recode", {"records": [name], "code": "C0001"})
    session.act("adjust", {"record": name, "start": start, "end": end})
    assert quotes(studied(kept))[name] == NIGHT.replace("hva", "om hva")
    session.act("undo", {})
    assert studied(kept).waiting()[DOCUMENT] == [name, "FJO-I01.K2.s01"]
    session.act("remove", {"records": [name]})
    assert studied(kept).waiting() == {DOCUMENT: ["FJO-I01.K2.s01"]}


def test_an_edit_taken_back_puts_what_waited_where_it_was(kept: SmallStudy) -> None:
    before = quotes(studied(kept))
    edit_file(kept, "nattevaktene hva", "nattevaktene om hva")
    done(kept)
    edit_file(kept, "nattevaktene om hva", "nattevaktene hva")
    assert reanchor(kept.path, DOCUMENT, at="2026-05-05T10:00:00Z").waiting == 0
    study = studied(kept)
    assert quotes(study) == before
    assert study.warnings == ()
    assert len(study.text_changes) == 2


def test_a_model_of_before_the_edit_is_the_same_to_the_letter(kept: SmallStudy) -> None:
    study = studied(kept)
    milestone = study.milestone("M1")
    before = model_text(capability_model(study, milestone))
    edit_file(kept, "Vi spurte nattevaktene", "Me spurde nattvaktene")
    done(kept)
    assert model_text(capability_model(studied(kept), milestone)) == before
    assert studied(kept).as_of(dt.date(2026, 5, 3)).transcripts == study.transcripts
    assert studied(kept).as_of(dt.date(2026, 5, 4)).transcripts != study.transcripts


def test_carriage_returns_and_decomposed_letters_of_an_editor_change_no_coding(kept: SmallStudy) -> None:
    before = quotes(studied(kept))
    raw = (kept.path / TEXT).read_text("utf-8")
    (kept.path / TEXT).write_bytes(b"\xef\xbb\xbf" + raw.replace("å", "a\u030a").replace("\n", "\r\n").encode())
    with pytest.raises(StudyError, match=f"foran reanchor {DOCUMENT}"):
        studied(kept)
    result = done(kept)
    assert not result.is_changed
    assert (kept.path / TEXT).read_text("utf-8") == raw
    assert quotes(studied(kept)) == before
    assert not (kept.path / CHANGES_FILE).exists()


def test_until_the_text_is_brought_in_only_the_text_is_a_fault(kept: SmallStudy) -> None:
    edit_file(kept, "Vi spurte", "Vi to spurte")
    _, faults = kept.read()
    assert [(fault.kind, fault.file) for fault in faults.errors] == [("text-changed", TEXT)]


def test_nothing_is_undone_across_an_edit_for_places_before_it_are_other_places(kept: SmallStudy) -> None:
    edit_file(kept, "Hvordan begynte det?", "Hvordan begynte det hele?")
    done(kept)
    with pytest.raises(Refused, match="nothing to undo"):
        Session(studied(kept), DOCUMENT, "K1").act("undo", {})


def test_a_log_from_a_machine_that_had_the_older_text_is_read_and_then_brought_along(kept: SmallStudy) -> None:
    log = kept.log_path("K2", DOCUMENT)
    elsewhere = log.read_bytes()
    before = quotes(studied(kept), "K2")
    edit_file(kept, "Hvordan begynte det?", "Hvordan begynte det hele?")
    done(kept)
    log.write_bytes(elsewhere)
    study = studied(kept)
    assert quotes(study, "K2") == before
    assert [warning.kind for warning in study.warnings] == ["log-behind-text"]
    assert Session(study, DOCUMENT, "K2").stopped is not None
    assert edited(kept.path) == [DOCUMENT]
    assert reanchor(kept.path, DOCUMENT, at="2026-06-01T10:00:00Z").coders == ("K2",)
    assert studied(kept).warnings == ()
    assert quotes(studied(kept), "K2") == before


def test_a_dry_run_says_the_same_and_writes_nothing(kept: SmallStudy) -> None:
    edit_file(kept, "nattevaktene hva", "nattevaktene om hva")
    before = kept.fingerprint()
    told = done(kept, is_dry_run=True)
    assert kept.fingerprint() == before
    assert done(kept) == told


WRITES = ["store_version", "write_changes", "write_atomically", "journal.append"]


@pytest.mark.parametrize("after", range(8))
def test_a_crash_at_any_write_is_finished_by_the_next_try(
    kept: SmallStudy, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    before = quotes(studied(kept))
    text = kept.text(DOCUMENT)
    new = text.replace("Hvordan begynte det?", "Hvordan begynte det hele?")
    writes = 0

    def failing(write: Any) -> Any:
        def wrapped(*arguments: Any, **more: Any) -> Any:
            nonlocal writes
            writes += 1
            if writes > after:
                raise OSError(28, "No space left on device")
            return write(*arguments, **more)

        return wrapped

    with monkeypatch.context() as patch:
        patch.setattr(reanchoring, "store_version", failing(store_version))
        patch.setattr(reanchoring, "write_changes", failing(reanchoring.write_changes))
        patch.setattr(reanchoring, "write_atomically", failing(reanchoring.write_atomically))
        patch.setattr(reanchoring.journal, "append", failing(reanchoring.journal.append))
        with contextlib.suppress(ForanError):
            reanchor(kept.path, DOCUMENT, new, at=AT)
    reanchor(kept.path, DOCUMENT, at="2026-05-06T10:00:00Z")
    study = studied(kept)
    assert study.warnings == ()
    assert quotes(study) == before
    if (kept.path / CHANGES_FILE).exists():
        [change] = study.text_changes
        # What was not even listed is listed by the next try.
        assert change.at in (AT, "2026-05-06T10:00:00Z")
        assert study.transcripts[DOCUMENT].text == new
    else:
        # Nothing was written: the study is as it was, and whoever edited still has the text.
        assert study.transcripts[DOCUMENT].text == text


def test_a_text_that_nobody_could_read_is_refused_whole(kept: SmallStudy) -> None:
    before = kept.fingerprint()
    text = kept.text(DOCUMENT)
    for new, kind in [("\n\n", "empty-text"), (text.replace("FJO-PL-01", "Kåre Å."), "unknown-speaker")]:
        with pytest.raises(StudyError) as caught:
            reanchor(kept.path, DOCUMENT, new, at=AT)
        assert kind in {fault.kind for fault in caught.value.faults}
        assert "Kåre" not in str(caught.value)
    with pytest.raises(UnknownName):
        reanchor(kept.path, "FJO-I99", at=AT)
    assert kept.fingerprint() == before


def test_without_the_text_that_was_coded_one_is_told_how_to_get_it_back(small_study: SmallStudy) -> None:
    small = small_study
    edit_file(small, "Vi spurte", "Vi to spurte")
    with pytest.raises(StudyError, match="run `foran reanchor` once, and edit it then"):
        done(small)


def test_turns_split_and_merged_keep_their_codings(kept: SmallStudy) -> None:
    before = quotes(studied(kept))
    edit_file(kept, "ønsket seg. Så ringte", "ønsket seg.\n\n**Intervjuer:** Å?\n\n**FJO-PL-01:** Så ringte")
    edit_file(kept, "markedsdialog.\n\nEtterpå", "markedsdialog. Etterpå")
    assert done(kept).waiting == 0
    assert quotes(studied(kept)) == before


def test_opening_a_document_to_code_keeps_its_text(small_study: SmallStudy) -> None:
    small = small_study
    study = studied(small)
    session = Session(study, DOCUMENT, "K9")
    session.act("apply", {"start": 17, "end": 25, "code": "C0001"})
    assert version_path(small.path, DOCUMENT, text_sha256(small.text(DOCUMENT))).is_file()


def test_the_commands_bring_in_edits_and_tell_what_waits(kept: SmallStudy, tmp_path: Path) -> None:
    run = CliRunner()
    edit_file(kept, "nattevaktene hva", "nattevaktene om hva")
    told = run.invoke(main, ["reanchor", "--dry-run", "--study", str(kept.path)])
    assert "0 kept" in told.output
    assert "2 changed" in told.output
    assert "2 wait for a place" in run.invoke(main, ["reanchor", "--study", str(kept.path)]).output
    assert "no text was edited" in run.invoke(main, ["reanchor", "--study", str(kept.path)]).output
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import sys, pathlib\np = pathlib.Path(sys.argv[1])\n"
        "p.write_text(p.read_text('utf-8').replace('Strategien', 'Strategien vår'), 'utf-8')\n"
        "import os; os.utime(p, (2e9, 2e9))\n",
        "utf-8",
    )
    import sys

    told = run.invoke(main, ["edit", DOCUMENT, "--study", str(kept.path)], env={"VISUAL": f"{sys.executable} {editor}"})
    assert told.exit_code == 0, told.output
    assert "coding by K1, K2" in told.output
    assert "Strategien vår lå" in kept.text(DOCUMENT)


def test_a_passage_that_is_gone_waits_and_the_study_loads(kept: SmallStudy) -> None:
    edit_file(kept, " Så ringte vi leverandørene og fikk en åpen markedsdialog.", "")
    assert done(kept).counts["lost"] == 1
    [(name, record)] = waiting_in(Session(studied(kept), DOCUMENT, "K1").desk.state).items()
    assert (name, record["waiting"]["status"]) == ("FJO-I01.K1.s02", "lost")
    edit_file(kept, "ønsket seg.", "ønsket seg. Så ringte vi leverandørene og fikk en åpen markedsdialog.")
    assert reanchor(kept.path, DOCUMENT, at="2026-05-05T10:00:00Z").waiting == 0
    assert studied(kept).warnings == ()


@pytest.mark.parametrize("what", ["apply", "remove"])
def test_what_a_coder_does_between_plan_and_writing_is_brought_along_too(
    kept: SmallStudy, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    study, text = studied(kept), kept.text(DOCUMENT)
    session = Session(study, DOCUMENT, "K2", now=lambda: AT)
    write = reanchoring._write
    edit_file(kept, "Hvordan begynte det?", "Hvordan begynte det hele, på ærlig vis? 😀")

    def meanwhile(*arguments: Any) -> None:
        monkeypatch.setattr(Session, "_check_ground", lambda self: setattr(self, "_at", AT))
        start = text.index("åpen markedsdialog")
        if what == "apply":
            session.act("apply", {"start": start, "end": start + len("åpen markedsdialog"), "code": "C0001"})
        else:
            session.act("remove", {"records": ["FJO-I01.K2.s01"]})
        write(*arguments)

    monkeypatch.setattr(reanchoring, "_write", meanwhile)
    done(kept)
    found = quotes(studied(kept), "K2")
    assert studied(kept).warnings == ()
    assert ("åpen markedsdialog" in found.values()) == (what == "apply")
    assert ("FJO-I01.K2.s01" in found) == (what == "apply")
    # The session that lay open speaks of the text of before, and writes nothing more.
    before = kept.log_path("K2", DOCUMENT).read_bytes()
    with pytest.raises(Refused, match="text changed"):
        session.act("apply", {"start": 17, "end": 25, "code": "C0001"})
    assert kept.log_path("K2", DOCUMENT).read_bytes() == before


def test_a_log_that_an_edit_left_half_behind_is_found(kept: SmallStudy) -> None:
    edit_file(kept, "Hvordan begynte det?", "Hvordan begynte det hele?")
    done(kept)
    kept.edit_log("K1", DOCUMENT, lambda events: [events.pop(), events[-1].update(to_follow=0)])
    _, faults = kept.read()
    assert "quote-differs" in {fault.kind for fault in faults.errors}


def test_assigned_turns_keep_their_words_when_turns_come_and_go(kept: SmallStudy) -> None:
    register = kept.path / "corpus/assignments.csv"
    head = "id,coder,with,document,turns,seed,drawn\n"
    register.write_text(f"{head}A0001,K2,K1,{DOCUMENT},2 4,7,2020-03-15\n", "utf-8")
    edit_file(
        kept,
        "**Intervjuer:** Hvordan",
        "**Intervjuer:** Da går opptaket. 😀\n\n**FJO-PL-01:** Ja.\n\n**Intervjuer:** Hvordan",
    )
    done(kept)
    assert ",4 6," in register.read_text("utf-8")
    assert studied(kept).assignments["turns"].tolist() == [(4, 6)]
    edit_file(kept, "\n\n**Intervjuer:** Og ledelsen?\n\n**FJO-PL-01:** Strategien", " Strategien")
    reanchor(kept.path, DOCUMENT, at="2026-05-05T10:00:00Z")
    assert studied(kept).assignments["turns"].tolist() == [(4,)]
    before = kept.fingerprint()
    with pytest.raises(StudyError, match="assigned-turns-lost"):
        reanchor(kept.path, DOCUMENT, kept.text(DOCUMENT).split("**FJO-PL-01:** Vi spurte")[0], at=AT)
    assert kept.fingerprint() == before


def test_a_text_that_somebody_else_changed_meanwhile_is_not_written_over(kept: SmallStudy) -> None:
    text = kept.text(DOCUMENT)
    edit_file(kept, "Strategien lå", "Strategien vår lå")
    done(kept)
    before = kept.fingerprint()
    with pytest.raises(ForanError, match="changed by somebody else"):
        reanchor(kept.path, DOCUMENT, text.replace("skuffen", "hylla"), at=AT, was=text_sha256(text))
    assert kept.fingerprint() == before


def test_a_change_that_was_begun_and_taken_back_was_never_in_force(
    kept: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = studied(kept)
    milestone = study.milestone("M1")
    before, raw = model_text(capability_model(study, milestone)), (kept.path / TEXT).read_bytes()
    edit_file(kept, "Vi spurte", "Vi to spurte")
    with monkeypatch.context() as patch:
        patch.setattr(reanchoring.journal, "append", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(ForanError):
            done(kept)
    (kept.path / TEXT).write_bytes(raw)
    _, faults = kept.read()
    assert [fault.kind for fault in faults.errors] == ["unfinished-text-change"]
    assert edited(kept.path) == [DOCUMENT]
    reanchor(kept.path, DOCUMENT, at="2026-05-05T10:00:00Z")
    assert studied(kept).warnings == ()
    assert kept.text(DOCUMENT) == study.transcripts[DOCUMENT].text
    edit_file(kept, "Strategien lå", "Strategien vår lå")
    reanchor(kept.path, DOCUMENT, at="2026-05-06T10:00:00Z")
    assert model_text(capability_model(studied(kept), milestone)) == before


def test_a_mended_word_does_not_make_two_coders_differ_who_had_agreed(kept: SmallStudy) -> None:
    for coder in ("K1", "K2"):
        Session(studied(kept), DOCUMENT, coder, now=lambda: "2021-05-01T10:00:00Z").act(
            "complete", {"is_complete": True}
        )
    before = agreement(studied(kept), "K1", "K2", only=[DOCUMENT]).versions[0].pooled
    edit_file(kept, "nattevaktene hva de trengte", "nattevaktene om hva de trengte")
    done(kept)
    after = agreement(studied(kept), "K1", "K2", only=[DOCUMENT]).versions[0].pooled
    assert before.both > 0
    assert (after.both, after.coefficients) == (before.both, before.coefficients)
