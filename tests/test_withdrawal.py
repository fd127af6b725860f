"""A participant withdraws: her words are in no file afterwards, and what others said and coded is all there.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hand_made import FIRST
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import NOTICE, SmallStudy, draft

from foran_research import withdrawal
from foran_research.codebook.log_store import FILE, open_log
from foran_research.codebook.log_store import read_log as read_codebook_log
from foran_research.coding import acts
from foran_research.coding.acts import Desk, Refused, undo
from foran_research.coding.events import NO_PREVIOUS, Event, Log, fold, gestures, segment_at
from foran_research.coding.journal import append, chained, encode, following, line_sha256, read_log
from foran_research.coding.reanchor import follow
from foran_research.coding.segments import segments_from_logs
from foran_research.corpus.store import (
    DOCUMENT_COLUMNS,
    DOCUMENTS_FILE,
    REDACTED,
    in_force,
    read_participants,
    read_register,
    register_text,
    texts_kept,
)
from foran_research.corpus.text_versions import CHANGE_COLUMNS, store_version
from foran_research.corpus.transcript import parse_turns, text_sha256
from foran_research.errors import Faults, ForanError, StudyError, UnknownName
from foran_research.reanchoring import reanchor
from foran_research.revising import adopt
from foran_research.study import Study
from foran_research.tombstones import redacted, redactions, tombstoned, words_of
from foran_research.verifying import verify
from foran_research.withdrawal import (
    WITHDRAWALS_FILE,
    Recalled,
    out_of_reach,
    plan_withdrawal,
    read_withdrawals,
    withdraw,
    withdrawn_sources,
)

AT = "2026-11-22T10:00:00Z"
REASON = "bedt om det i brev"
#: What FJO-PL-01 said, in the whole of FJO-I01, to be found again in no file.
HERS = ("nattevaktene", "erfaringsnotatet", "Strategien lå i skuffen", "hang på personen", "åpen markedsdialog")

GROUP = "FJO-I09"
GROUP_TEXT = (
    "**Intervjuer:** Hva sier dere to?\n\n"
    "**FJO-PL-01:** Jeg sier det rett ut: kåken på Ålesundbrygga 😀 ble aldri målt opp av noen.\n\n"
    "Og det a\u030ae var synd.\n\n"
    "**FJO-INN-01:** Avtalen lå klar 😀 i februar, og vi underskrev den samme uka.\n\n"
    "**Intervjuer:** Og siden?\n\n"
    "**FJO-PL-01:** Siden var det stille, helt til revisjonen ringte meg hjemme en kveld.\n\n"
    "**FJO-INN-01:** Det visste ikke jeg noe om.\n"
).replace("a\u030a", "å")
#: An earlier text of the same talk, with a slip that was mended.
GROUP_BEFORE = GROUP_TEXT.replace("Hva sier dere to?", "Hva mener dere to, egentlig?").replace(
    " i februar", " i januar"
)
GROUP_HERS = ("Ålesundbrygga", "rett ut", "revisjonen ringte", "var synd")


def with_group(study: SmallStudy, *, has_versions: bool = True) -> None:
    """Add a group interview with two informants, coded by two coders in an earlier text and in today's."""
    (study.path / f"corpus/texts/{GROUP}.md").write_text(f"---\nnotice: {NOTICE}\n---\n\n{GROUP_TEXT}", "utf-8")
    study.add(
        "corpus/documents.csv",
        f"{GROUP},Gruppe,interview,FJO,FJO-1,,2020-05-05,nb,FJO-PL-01 FJO-INN-01,,open,{text_sha256(GROUP_TEXT)}\n",
    )
    if has_versions:
        for text in (GROUP_BEFORE, GROUP_TEXT):
            store_version(study.path, GROUP, text)
        change = (GROUP, text_sha256(GROUP_BEFORE), text_sha256(GROUP_TEXT), "2020-06-01T08:00:00Z", "skrivefeil")
        rows = [dict(zip(CHANGE_COLUMNS, change, strict=True))]
        (study.path / "corpus/text_changes.csv").write_text(register_text(rows, CHANGE_COLUMNS), "utf-8")
    for coder in ("K1", "K2"):
        _code_group(study, coder, has_versions=has_versions)


def _code_group(study: SmallStudy, coder: str, *, has_versions: bool) -> None:
    """One segment on hers, one across the border, two on the other's, a memo that quotes her and one that does not."""
    text = GROUP_BEFORE if has_versions else GROUP_TEXT
    old, new = text_sha256(text), text_sha256(GROUP_TEXT)

    def at(words: str, until: str = "", **more: Any) -> dict[str, Any]:
        start = text.index(words)
        end = text.index(until, start) + len(until) if until else start + len(words)
        return segment_at(text, start, end, "C0001", "fremmer", "1.0.0", **more)

    made = {
        "s0001": at("kåken på Ålesundbrygga", memo="Her ligger det noe."),
        "s0002": at("ble aldri målt", "Avtalen lå klar"),
        "s0003": at("Avtalen lå klar 😀"),
        "s0004": at("visste ikke jeg", memo="Hun sa at «revisjonen ringte meg hjemme en kveld», men han ikke."),
    }
    proposal = at("revisjonen ringte")
    records: dict[str, dict[str, Any]] = made | {
        "p0001": {
            "kind": "proposal",
            **{k: proposal[k] for k in ("start", "end", "quote")},
            "label": "revisjon hjemme",
        },
        "m0001": {"kind": "memo", "about": {"document": GROUP}, "text": "helt til revisjonen ringte meg hjemme"},
        "m0002": {"kind": "memo", "about": {"code": "C0001"}, "text": "Behov er noe annet enn ønsker."},
    }
    actions = {"p": "propose", "m": "note", "s": "apply"}
    drafts = [
        {**draft(study, coder, GROUP, "2020-05-06", actions[n[0]], f"{GROUP}.{coder}.{n}", None, r), "text_sha256": old}
        for n, r in records.items()
    ]
    wider = at("Avtalen lå klar 😀", "underskrev")
    drafts.append(
        {**draft(study, coder, GROUP, "2020-05-07", "adjust", f"{GROUP}.{coder}.s0003", made["s0003"], wider),
         "text_sha256": old}
    )  # fmt: skip
    study.code(coder, GROUP, drafts)
    if has_versions:
        path = study.log_path(coder, GROUP)
        log = read_log(path, path.name, Faults())
        followed = follow(
            fold(log.events), GROUP_BEFORE, GROUP_TEXT, marker=f"{GROUP}.{coder}.text", former=lambda _: None
        )
        more = [
            {
                **draft(study, coder, GROUP, "2020-06-01", one.action, one.record, one.before, one.after),
                "text_sha256": new,
            }
            for one in followed.steps
        ]
        append(path, following(log, more, is_one_act=True))


def texts_in(path: Path) -> Iterator[str]:
    """Every reading of a file's bytes: as it is, without JSON's escapes, and each member of an archive."""
    data = [path.read_bytes()]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            data += [archive.read(name) for name in archive.namelist()]
    for part in data:
        yield part.decode("utf-8", "replace")
        if b"\\u" in part:
            yield json.dumps(json.loads(part), ensure_ascii=False)


def files_with(folder: Path, words: tuple[str, ...]) -> dict[str, list[str]]:
    """The files below a folder that hold any of the words."""
    found: dict[str, list[str]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        here = {word for text in texts_in(path) for word in words if word in text}
        if here:
            found[str(path.relative_to(folder))] = sorted(here)
    return found


def loaded(study: SmallStudy) -> Study:
    found, faults = study.read()
    assert found is not None
    assert [str(fault) for fault in faults.errors] == []
    return found


def segments_but(study: Study, *documents: str) -> pd.DataFrame:
    frame = study.segments()
    return frame[~frame["document"].isin(documents)].reset_index(drop=True)


def strew(study: SmallStudy) -> None:
    """Put her words wherever a study's folder may come to hold them."""
    text = study.text("FJO-I01")
    store_version(study.path, "FJO-I01", text)
    store_version(study.path, "FJO-I01", text.replace("😀", "🙂"))
    said = "Vi spurte nattevaktene hva de trengte"
    places = {
        "corpus/texts/.ipynb_checkpoints/FJO-I01-checkpoint.md": text,
        "corpus/texts/.FJO-I01.md.x1y2z3": text,
        "corpus/texts/FJO-I01.md~": text,
        "corpus/texts/FJO-I01.md.bak": text,
        "corpus/coding/K1/FJO-I01.jsonl.torn": f'{{"quote":"{said}"',
        "corpus/coding/K1/.FJO-I01.jsonl.abc": f'{{"quote":"{said}"}}\n',
        "notebooks/.ipynb_checkpoints/lesning-checkpoint.ipynb": f'{{"cells": [{{"source": "{said}"}}]}}',
        "outputs/M1/report.html": f"<p>{said.replace(' ', '&nbsp;')} hva</p>",
        "outputs/M1/run.json": json.dumps({"inputs": {"corpus/texts/FJO-I01.md": "0" * 64}, "cut_off": "2020-09-30"}),
        "outputs/M1.failed/notebooks/08_model.ipynb": json.dumps({"cells": [{"outputs": [{"text": said}]}]}),
        "outputs/.M1.old/model.json": json.dumps({"texts": ["FJO-I01"]}),
        "outputs/treff.csv": f"FJO-I01.K1.s01,{said}\n",
    }
    for name, content in places.items():
        (study.path / name).parent.mkdir(parents=True, exist_ok=True)
        (study.path / name).write_text(content, "utf-8")
    with zipfile.ZipFile(study.path / "outputs/treff.docx", "w") as archive:
        archive.writestr("word/document.xml", f"<w:t>{said.replace('hva', '</w:t><w:t>hva')}</w:t>")
    cells = [
        {
            "cell_type": "code",
            "source": "les()",
            "execution_count": 3,
            "outputs": [{"text": f"«{said}»"}],
            "metadata": {},
        },
        {"cell_type": "markdown", "source": "Egne ord.", "metadata": {}},
    ]
    (study.path / "notebooks/lesning.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}}), "utf-8")
    segment = study.events("K1", "FJO-I01")[0]["after"]
    resolution = {
        "kind": "resolution", "start": segment["start"], "end": segment["end"], "quote": segment["quote"],
        "accepted": [{"segment": "FJO-I01.K1.s01", "coder": "K1", "code": "C0001", "start": segment["start"],
                      "end": segment["end"], "polarity": "fremmer"}],
        "rejected": [], "added": [], "reason": "Hun sier jo nattevaktene",
    }  # fmt: skip
    memo = {"kind": "memo", "about": {"document": "FJO-I01"}, "text": "nattevaktene igjen", "replaces": "X1.K1.m0001"}
    study.code("K1", "FJO-I01", [
        draft(study, "K1", "FJO-I01", "2021-05-01", "memo", "FJO-I01.K1.s01", segment,
              segment | {"memo": "nattevaktene!", "facets": {"phase": "etter"}}),
        draft(study, "K1", "FJO-I01", "2021-05-01", "note", "FJO-I01.K1.m0001", None, memo),
        draft(study, "K1", "FJO-I01", "2021-05-01", "resolve", "FJO-I01.K1.r0001", None, resolution),
        draft(study, "K1", "FJO-I01", "2021-05-02", "complete", "FJO-I01.K1.done", None,
              {"kind": "status", "is_complete": True}),
    ])  # fmt: skip
    with study.log_path("K2", "FJO-I01").open("ab") as file:
        file.write(f'{{"seq":9,"quote":"{said}'.encode())


# A whole document


def test_her_words_are_in_no_file_afterwards(small_study: SmallStudy) -> None:
    strew(small_study)
    assert len(files_with(small_study.path, HERS)) >= 15
    made = withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert files_with(small_study.path, HERS) == {}
    assert made.plan.left == ()
    assert "FJO-I01" not in loaded(small_study).documents.index
    rows = read_register(small_study.path, DOCUMENTS_FILE, DOCUMENT_COLUMNS, Faults())
    assert {row["id"]: row["withdrawn_at"] for _, row in rows}["FJO-I01"] == "2026-11-22"


def test_what_others_said_and_coded_is_untouched(small_study: SmallStudy) -> None:
    before, files = segments_but(loaded(small_study), "FJO-I01"), small_study.fingerprint()
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    after = loaded(small_study)
    pd.testing.assert_frame_equal(after.segments(), before)
    assert "FJO-I01" not in after.transcripts
    assert {name for name, digest in small_study.fingerprint().items() if files.get(name) != digest} == {
        "corpus/coding/K1/FJO-I01.jsonl", "corpus/coding/K2/FJO-I01.jsonl", "corpus/documents.csv",
        "corpus/participants.csv", WITHDRAWALS_FILE,
    }  # fmt: skip
    assert set(files) - set(small_study.fingerprint()) == {"corpus/texts/FJO-I01.md"}


def test_the_log_keeps_ids_places_and_counts(small_study: SmallStudy) -> None:
    before = small_study.events("K1", "FJO-I01")
    head = read_log(small_study.log_path("K1", "FJO-I01"), "x", Faults()).head_sha256
    made = withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    after = small_study.events("K1", "FJO-I01")
    kept = ("seq", "id", "at", "coder", "document", "text_sha256", "action", "segment", "codebook_version")
    assert [{key: event[key] for key in kept} for event in after[: len(before)]] == [
        {key: event[key] for key in kept} for event in before
    ]
    for old, new in zip(before, after, strict=False):
        for side in ("before", "after"):
            if old[side] is not None:
                wordless = dict.fromkeys(("quote", "prefix", "suffix"), "")
                assert new[side] == {**old[side], **wordless}
    # Ten events; six segments, of which all stand at the end.
    assert after[-1]["after"] == {"kind": "tombstone", "events": 10, "segments": 6, "former_head_sha256": head}
    assert [event["action"] for event in after[len(before) :]] == ["withdraw"] * 7
    # K2 has two events and two segments.
    assert (made.events, made.segments) == (12, 8)
    log = read_log(small_study.log_path("K1", "FJO-I01"), "x", faults := Faults())
    assert not faults
    assert list(fold(log.events)) == ["FJO-I01.K1.t0001"]
    assert [len(act) for act in gestures(log.events)][-1] == 7


def test_a_model_of_an_earlier_day_has_nothing_of_hers(small_study: SmallStudy) -> None:
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    study = loaded(small_study)
    log = read_log(small_study.log_path("K1", "FJO-I01"), "x", Faults())
    assert len(fold(log.events, until="2020-09-30")) == 6
    assert segments_from_logs(study.logs, study.transcripts, until="2020-09-30")["document"].nunique() == 3


def test_registers_keep_the_row_and_lose_what_tells_of_her(small_study: SmallStudy) -> None:
    for name, cell in (("corpus/participants.csv", "ringer fra båten"), ("corpus/documents.csv", "på kontoret 😀")):
        lines = (small_study.path / name).read_text("utf-8").splitlines()
        text = "\n".join([f"{lines[0]},merknad", *(f"{line},{cell}" for line in lines[1:])]) + "\n"
        (small_study.path / name).write_text(text, "utf-8")
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    people = list(csv.DictReader((small_study.path / "corpus/participants.csv").open(encoding="utf-8")))
    documents = list(csv.DictReader((small_study.path / "corpus/documents.csv").open(encoding="utf-8")))
    assert people[0] == {"id": "FJO-PL-01", "actor_type": "", "case": "", "written_form": "", "consent": "",
                         "merknad": "", "withdrawn_at": "2026-11-22"}  # fmt: skip
    assert {row["merknad"] for row in people[1:]} == {"ringer fra båten"}
    assert {row["withdrawn_at"] for row in people[1:]} == {""}
    row = documents[0]
    assert (row["id"], row["title"], row["process"], row["guide"], row["merknad"]) == ("FJO-I01", "FJO-I01", "", "", "")
    assert (row["kind"], row["case"], row["date"], row["withdrawn_at"]) == (
        "interview", "FJO", "2020-03-04", "2026-11-22")  # fmt: skip
    assert documents[1]["merknad"] == "på kontoret 😀"


def test_withdrawing_is_written_down_with_what_must_be_called_back(small_study: SmallStudy) -> None:
    strew(small_study)
    os.utime(small_study.path / "outputs/M1/run.json", (1_600_000_000, 1_600_000_000))
    report = small_study.fingerprint()["outputs/M1/report.html"]
    made = withdraw(small_study.path, "FJO-PL-01", at=AT, reason="  bedt om\ndet i brev ")
    assert read_withdrawals(small_study.path, faults := Faults()) == (made,)
    assert not faults
    assert made.reason == REASON
    by_name = {one.milestone: one for one in made.recalled}
    assert set(by_name) == {"M1", "M1.failed", ".M1.old", "treff.csv", "treff.docx"}
    assert by_name["M1"].run_on == "2020-09-13"
    assert by_name["M1"].files["report.html"] == report
    assert set(by_name["M1"].files) == {"report.html", "run.json"}
    assert list((small_study.path / "outputs").glob("*")) == [small_study.path / "outputs/.lock"]


def test_outputs_from_before_her_document_are_kept(small_study: SmallStudy) -> None:
    """HEI-I02 is of April 2021: the milestone of 2020 had it lying there and did not use it."""
    for name, cut_off in (("M1", "2020-09-30"), ("M2", "2021-09-30")):
        (small_study.path / f"outputs/{name}").mkdir(parents=True)
        record = {"inputs": {"corpus/texts/HEI-I02.md": "0" * 64}, "cut_off": cut_off}
        (small_study.path / f"outputs/{name}/run.json").write_text(json.dumps(record), "utf-8")
    made = withdraw(small_study.path, "HEI-PL-01", at=AT, reason=REASON)
    assert [one.milestone for one in made.recalled] == ["M2"]
    assert (small_study.path / "outputs/M1/run.json").exists()


def test_a_run_record_nobody_can_read_is_taken_for_one_that_used_it(small_study: SmallStudy) -> None:
    (small_study.path / "outputs/M1").mkdir(parents=True)
    (small_study.path / "outputs/M1/run.json").write_text("{", "utf-8")
    assert [one.milestone for one in plan_withdrawal(small_study.path, "HEI-PL-01").recalled] == ["M1"]


def test_files_that_repeat_her_words_are_named_with_their_lines(small_study: SmallStudy) -> None:
    said = "spurte nattevaktene hva de trengte"
    (small_study.path / "notat.md").write_text(f"# Notat\n\nHun sa: «Vi {said}».\n", "utf-8")
    segment = small_study.events("K1", "FJO-I02")[0]["after"]
    memo = segment | {"memo": f"Som i FJO-I01: vi {said}"}
    small_study.code("K1", "FJO-I02", [
        draft(small_study, "K1", "FJO-I02", "2021-05-01", "memo", "FJO-I02.K1.s01", segment, memo)])  # fmt: skip
    plan = plan_withdrawal(small_study.path, "FJO-PL-01")
    assert plan.left == ("notat.md:3",)
    assert plan.emptied == ("corpus/coding/K1/FJO-I02.jsonl",)
    assert any("notat.md:3" in line for line in out_of_reach(small_study.path, plan))


SAID = "Å nei, vi spurte nattevaktene hva de trengte 😀"


def test_free_texts_of_other_documents_lose_her_words_and_nothing_else_is_changed(small_study: SmallStudy) -> None:
    segment = small_study.events("K1", "FJO-I02")[0]["after"]
    place = {key: segment[key] for key in ("start", "end", "quote")}
    named = {"segment": "FJO-I02.K1.s01", "coder": "K1", "code": "C0001", "start": segment["start"],
             "end": segment["end"], "polarity": "fremmer"}  # fmt: skip
    records = {
        "s01": segment | {"memo": f"Som før: {SAID}"},
        "s91": segment | {"set_aside": {"codebook_version": "2.0.0", "reason": SAID}, "memo": "Eget å"},
        "p91": {"kind": "proposal", **place, "label": SAID},
        "p92": {"kind": "proposal", **place, "label": "egen merkelapp"},
        "r91": {"kind": "resolution", **place, "accepted": [named], "rejected": [], "added": [], "reason": SAID},
    }
    small_study.code("K1", "FJO-I02", [
        draft(small_study, "K1", "FJO-I02", "2021-05-01", "apply", f"FJO-I02.K1.{name}",
              segment if name == "s01" else None, record) for name, record in records.items()
    ])  # fmt: skip
    path = small_study.log_path("K1", "FJO-I02")
    before = fold(read_log(path, "x", Faults()).events)
    plan = plan_withdrawal(small_study.path, "FJO-PL-01")
    assert (plan.left, plan.emptied) == ((), ("corpus/coding/K1/FJO-I02.jsonl",))
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert "nattevaktene" not in path.read_text("utf-8")
    expected = dict(before)
    expected["FJO-I02.K1.s01"] = records["s01"] | {"memo": ""}
    expected["FJO-I02.K1.s91"] = records["s91"] | {"set_aside": {"codebook_version": "2.0.0", "reason": ""}}
    expected["FJO-I02.K1.p91"] = records["p91"] | {"label": ""}
    expected["FJO-I02.K1.r91"] = records["r91"] | {"reason": ""}
    log = read_log(path, "x", Faults())
    after = fold(log.events)
    assert after.pop("FJO-I02.K1.t0001")["events"] == 4
    assert after == expected
    loaded(small_study)


def test_why_a_segment_of_anothers_words_was_set_aside_is_emptied_where_it_repeats_her(small_study: SmallStudy) -> None:
    with_group(small_study, has_versions=False)
    name = f"{GROUP}.K1.s0003"
    path = small_study.log_path("K1", GROUP)
    was = fold(read_log(path, "x", Faults()).events)[name]
    aside = {**was, "set_aside": {"codebook_version": "1.0.0", "reason": "helt til revisjonen ringte meg hjemme 😀"}}
    small_study.code("K1", GROUP, [draft(small_study, "K1", GROUP, "2021-05-01", "set_aside", name, was, aside)])
    plan = plan_withdrawal(small_study.path, "FJO-PL-01")
    assert plan.left == ()
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert "revisjonen" not in path.read_text("utf-8")
    stands = fold(read_log(path, "x", Faults()).events)[name]
    assert stands["set_aside"] == {"codebook_version": "1.0.0", "reason": ""}
    loaded(small_study)


def test_what_is_left_in_a_log_that_was_rewritten_is_told(
    small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were a text forgotten when a log is emptied, the search would still find it."""
    from foran_research import tombstones

    with_group(small_study, has_versions=False)
    monkeypatch.setattr(tombstones, "_emptied", lambda record, _: dict(record))
    assert [name.partition(":")[0] for name in plan_withdrawal(small_study.path, "FJO-PL-01").left] == [
        f"corpus/coding/{coder}/{GROUP}.jsonl" for coder in ("K1", "K2")]  # fmt: skip


# The codebook


def quoting_codebook(study: SmallStudy) -> None:
    """Both versions have an example in her words, and so has a proposal in the log, with the decision on it."""
    for version in ("1.0.0", "2.0.0"):
        study.edit_codebook(version, lambda book: book["codes"][0]["example"].update(nb=SAID))
    adopt(study.path, by="K1", at="2021-05-01T10:00:00Z")
    change = {
        "type": "retire", "from": ["C0003"], "to": [], "summary": {"nb": SAID, "en": "Å retire it"},
        "reason_empirical": {"nb": "Grunn", "en": SAID}, "reason_theoretical": {"nb": "Grunn", "en": "Reason"},
        "evidence": ["S0:1"], "proposed_by_role": "stipendiat", "proposed_at": "2021-05-01", "codes": [],
        "migration": [{"from": "C0003", "rule": "retire"}],
    }  # fmt: skip
    reason = {"decision": "rejected", "reason": {"nb": SAID, "en": "No"}, "decided_at": "2021-05-02",
              "arena": "praksis", "decided_by_role": "arena"}  # fmt: skip
    with open_log(study.path) as writer:
        for action, content in (("propose", change), ("decide", reason)):
            writer.append(
                [{"at": "2021-05-02T10:00:00Z", "by": "K1", "action": action, "about": "CH-0001", "content": content}]
            )
    loaded(study)


def test_the_log_of_the_codebook_loses_her_words_and_holds_afterwards(small_study: SmallStudy) -> None:
    quoting_codebook(small_study)
    head = read_codebook_log(small_study.path, Faults())
    assert head is not None
    made = withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert FILE in made.plan.emptied
    assert "nattevaktene" not in (small_study.path / FILE).read_text("utf-8")
    log = read_codebook_log(small_study.path, faults := Faults())
    assert log is not None
    assert faults == []
    assert [(entry.id, entry.action) for entry in log.entries] == [
        ("LOG-0001", "adopt"), ("LOG-0002", "adopt"), ("LOG-0003", "propose"), ("LOG-0004", "decide"),
        ("LOG-0005", "tombstone")]  # fmt: skip
    assert log.entries[2].content["summary"] == {"nb": REDACTED, "en": "Å retire it"}
    assert log.entries[3].content["reason"] == {"nb": REDACTED, "en": "No"}
    assert log.entries[4].content == {"kind": "tombstone", "entries": 2, "former_head_sha256": head.head_sha256}
    assert log.entries[4].at == AT
    loaded(small_study)


def test_a_version_her_words_were_taken_out_of_is_adopted_after_a_withdrawal_and_only_then(
    small_study: SmallStudy,
) -> None:
    quoting_codebook(small_study)

    def mended() -> None:
        for version in ("1.0.0", "2.0.0"):
            small_study.edit_codebook(version, lambda book: book["codes"][0]["example"].update(nb="Tatt ut her"))

    def kinds() -> list[str]:
        return [fault.kind for fault in small_study.read()[1].errors]

    plan = withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON).plan
    assert [name.partition(":")[0] for name in plan.left] == ["codebooks/1.0.0.yaml", "codebooks/2.0.0.yaml"]
    assert any("foran codebook adopt --after-withdrawal" in line for line in out_of_reach(small_study.path, plan))
    mended()
    assert kinds() == ["edited-codebook"] * 2
    later = "2026-11-23T08:00:00Z"
    with pytest.raises(StudyError):
        adopt(small_study.path, by="K1", at=later)
    assert adopt(small_study.path, by="K1", at=later, is_after_withdrawal=True) == ("1.0.0", "2.0.0")
    assert kinds() == []
    log = read_codebook_log(small_study.path, Faults())
    assert log is not None
    assert log.entries[-1].content["withdrawal"] == "2026-11-22"
    assert adopt(small_study.path, by="K1", at=later, is_after_withdrawal=True) == ()
    assert [fault.kind for fault in verify(small_study.path).faults] == []
    # It is for this once: what is edited later is told of again.
    small_study.replace("codebooks/1.0.0.yaml", "Tatt ut her", "Noe annet")
    assert "edited-codebook" in kinds()
    small_study.replace("codebooks/1.0.0.yaml", "Noe annet", "Tatt ut her")
    # And without the withdrawal's row the entries say nothing.
    (small_study.path / WITHDRAWALS_FILE).unlink()
    assert kinds().count("edited-codebook") == 2


def test_nobody_adopts_an_edited_version_when_nobody_has_withdrawn(small_study: SmallStudy) -> None:
    adopt(small_study.path, by="K1", at=AT)
    small_study.replace("codebooks/2.0.0.yaml", "Om måling.\n    en", "Om å måle.\n    en")
    before = small_study.fingerprint()
    with pytest.raises(ForanError, match="nobody has withdrawn"):
        adopt(small_study.path, by="K1", at=AT, is_after_withdrawal=True)
    assert small_study.fingerprint() == before


def test_what_the_interviewer_asked_is_not_taken_for_hers(small_study: SmallStudy) -> None:
    (small_study.path / "notat.md").write_text("Intervjuer: Hvordan begynte det? Og ledelsen?\n", "utf-8")
    assert plan_withdrawal(small_study.path, "FJO-PL-01").left == ()


def test_notes_that_name_nobody_are_left_to_a_person(small_study: SmallStudy) -> None:
    before = (small_study.path / "corpus/texts/STR-N01.md").read_bytes()
    plan = withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON).plan
    assert plan.unlabelled == ("STR-N01",)
    assert (small_study.path / "corpus/texts/STR-N01.md").read_bytes() == before
    assert any("STR-N01" in line for line in out_of_reach(small_study.path, plan))


def test_a_document_goes_whole_with_the_last_of_its_informants(small_study: SmallStudy) -> None:
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    made = withdraw(small_study.path, "STR-INN-01", at=AT, reason=REASON)
    assert made.documents == ("STR-N01",)
    assert files_with(small_study.path, ("gjenbrukte", "forbedringspunktene")) == {}
    loaded(small_study)
    assert [one.participant for one in read_withdrawals(small_study.path, Faults())] == ["FJO-PL-01", "STR-INN-01"]


def test_a_plan_changes_nothing(small_study: SmallStudy) -> None:
    strew(small_study)
    before = small_study.fingerprint()
    plan = plan_withdrawal(small_study.path, "FJO-PL-01")
    assert small_study.fingerprint() == before
    assert plan.documents == ("FJO-I01",)
    assert plan.notebooks == ("notebooks/lesning.ipynb",)
    assert "corpus/coding/K1/FJO-I01.jsonl.torn" in plan.deleted


def test_a_notebook_keeps_its_own_words_and_loses_what_it_put_out(small_study: SmallStudy) -> None:
    strew(small_study)
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    cells = json.loads((small_study.path / "notebooks/lesning.ipynb").read_text("utf-8"))["cells"]
    assert [cell["source"] for cell in cells] == ["les()", "Egne ord."]
    assert cells[0]["outputs"] == []
    assert cells[0]["execution_count"] is None


def test_withdrawing_again_finds_nothing_and_adds_no_row(small_study: SmallStudy) -> None:
    first = withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    before = small_study.fingerprint()
    again = withdraw(small_study.path, "FJO-PL-01", at="2027-01-01T00:00:00Z", reason="igjen")
    assert again == first
    assert small_study.fingerprint() == before


def test_a_text_put_back_from_a_backup_is_told_and_can_be_withdrawn_again(small_study: SmallStudy) -> None:
    text = small_study.path / "corpus/texts/FJO-I01.md"
    saved = text.read_bytes()
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    text.write_bytes(saved)
    store_version(small_study.path, "FJO-I01", small_study.text("FJO-I01"))
    _, faults = small_study.read()
    assert {(fault.kind, fault.file.rsplit("/", 1)[0]) for fault in faults.errors} == {
        ("withdrawn-text", "corpus/texts"), ("withdrawn-text", "corpus/texts/.versions/FJO-I01")}  # fmt: skip
    withdraw(small_study.path, "FJO-PL-01", at="2027-01-01T00:00:00Z", reason="igjen")
    loaded(small_study)
    assert files_with(small_study.path, HERS) == {}
    assert len(read_withdrawals(small_study.path, Faults())) == 2


def test_a_participant_without_documents_is_marked_all_the_same(small_study: SmallStudy) -> None:
    small_study.add("corpus/participants.csv", "FJO-BRU-07,bruker,FJO,nb,analysis quote\n")
    made = withdraw(small_study.path, "FJO-BRU-07", at=AT, reason=REASON)
    assert (made.documents, made.events) == ((), 0)
    people = read_participants(small_study.path, loaded(small_study).settings.vocabulary(), Faults())
    assert people.at["FJO-BRU-07", "withdrawn_at"] == "2026-11-22"
    assert people.at["FJO-BRU-07", "consent"] == ()


def test_the_source_is_remembered_so_that_it_is_not_added_again(small_study: SmallStudy) -> None:
    small_study.replace("corpus/texts/FJO-I01.md", "---\nnotice", f"---\nsource_sha256: {'ab' * 32}\nnotice")
    assert withdrawn_sources(small_study.path) == frozenset()
    assert withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON).sources == ("ab" * 32,)
    withdraw(small_study.path, "HEI-PL-01", at=AT, reason=REASON)
    assert withdrawn_sources(small_study.path) == {"ab" * 32}


def test_withdrawals_nobody_can_read_are_not_taken_for_no_sources(small_study: SmallStudy) -> None:
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    small_study.add(WITHDRAWALS_FILE, "X,,,2026-11-22T10:00:00Z,x,mange,1,,[]\n")
    with pytest.raises(StudyError):
        withdrawn_sources(small_study.path)


@pytest.mark.parametrize(
    ("participant", "at", "reason", "error"),
    [
        ("FJO-PL-99", AT, REASON, UnknownName),
        ("Intervjuer", AT, REASON, UnknownName),
        ("FJO-PL-01", "2026-11-22", REASON, ForanError),
        ("FJO-PL-01", "2026-13-22T10:00:00Z", REASON, ForanError),
        ("FJO-PL-01", AT, " \n", ForanError),
    ],
)
def test_what_cannot_be_withdrawn_changes_nothing(
    small_study: SmallStudy, participant: str, at: str, reason: str, error: type[Exception]
) -> None:
    before = small_study.fingerprint()
    with pytest.raises(error):
        withdraw(small_study.path, participant, at=at, reason=reason)
    assert small_study.fingerprint() == before


def test_an_edited_log_is_not_chained_anew(small_study: SmallStudy) -> None:
    """A new chain would hide that somebody edited the old one."""
    path = small_study.log_path("K2", "FJO-I01")
    first, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([first.replace(b"T10:00:00Z", b"T10:00:01Z"), *rest]))
    before = small_study.fingerprint()
    with pytest.raises(StudyError) as caught:
        withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert {fault.kind for fault in caught.value.faults} == {"broken-chain"}
    assert small_study.fingerprint() == before


def test_what_was_withdrawn_is_not_undone(small_study: SmallStudy) -> None:
    study = loaded(small_study)
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    desk = Desk("FJO-I01", "K1", "", study.lineage["2.0.0"], {})
    for act in gestures(read_log(small_study.log_path("K1", "FJO-I01"), "x", Faults()).events):
        desk.see(act)
    with pytest.raises(Refused):
        undo(desk)


def test_words_taken_out_of_a_log_by_hand_are_still_a_fault(small_study: SmallStudy) -> None:
    small_study.edit_log("K1", "FJO-I02", lambda events: events[0]["after"].update(quote=""))
    _, faults = small_study.read()
    assert [fault.kind for fault in faults.errors] == ["quote-differs"]


# Crashes


class Stopped(RuntimeError):
    """The power went."""


def stopping_at(monkeypatch: pytest.MonkeyPatch, number: int) -> Callable[[], int]:
    """Let the `number`-th change on the disk be the last: it does not happen, and nothing after it."""
    done = 0

    def stops(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            nonlocal done
            done += 1
            if done >= number:
                raise Stopped
            return function(*args, **kwargs)

        return counted

    monkeypatch.setattr(withdrawal, "write_atomically", stops(withdrawal.write_atomically))
    monkeypatch.setattr(withdrawal, "store_version", stops(withdrawal.store_version))
    monkeypatch.setattr(shutil, "rmtree", stops(shutil.rmtree))
    monkeypatch.setattr(Path, "unlink", stops(Path.unlink))
    return lambda: done


def with_everything(study: SmallStudy) -> None:
    with_group(study)
    strew(study)
    quoting_codebook(study)
    segment = study.events("K1", "FJO-I02")[0]["after"]
    study.code("K1", "FJO-I02", [
        draft(study, "K1", "FJO-I02", "2021-05-01", "memo", "FJO-I02.K1.s01", segment, segment | {"memo": SAID})
    ])  # fmt: skip


@pytest.mark.parametrize("prepare", [strew, with_everything], ids=["whole", "whole and part"])
def test_a_crash_at_any_step_is_finished_by_withdrawing_again(
    small_study: SmallStudy, tmp_path: Path, prepare: Callable[[SmallStudy], None]
) -> None:
    prepare(small_study)
    stamp = 1_600_000_000
    for path in small_study.path.rglob("*"):
        os.utime(path, (stamp, stamp))
    straight = SmallStudy(tmp_path / "straight")
    shutil.copytree(small_study.path, straight.path)
    withdraw(straight.path, "FJO-PL-01", at=AT, reason=REASON)
    expected = straight.fingerprint()
    for number in range(1, 200):
        crashed = SmallStudy(tmp_path / f"crashed{number}")
        shutil.copytree(small_study.path, crashed.path)
        with pytest.MonkeyPatch.context() as patch:
            counted = stopping_at(patch, number)
            try:
                withdraw(crashed.path, "FJO-PL-01", at=AT, reason=REASON)
            except Stopped:
                pass
            else:
                assert counted() < number
                break
        if number > 1:
            _, faults = crashed.read()
            assert "unfinished-withdrawal" in {fault.kind for fault in faults.errors}
            with pytest.raises(ForanError, match="FJO-PL-01"):
                withdraw(crashed.path, "HEI-PL-01", at=AT, reason=REASON)
        made = withdraw(crashed.path, "FJO-PL-01", at="2027-02-02T02:02:02Z" if number > 1 else AT, reason=REASON)
        assert made.at == AT
        assert crashed.fingerprint() == expected, f"stopped at {number}"
        shutil.rmtree(crashed.path)
    assert number > 10


def test_a_full_disk_is_told_and_the_rest_done_later(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "x.jsonl")

    with monkeypatch.context() as patch:
        whole = withdrawal.write_atomically
        patch.setattr(
            withdrawal, "write_atomically", lambda path, data: whole(path, data) if path.suffix == ".json" else full()
        )
        with pytest.raises(ForanError, match="run it again"):
            withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert files_with(small_study.path, HERS) == {}
    loaded(small_study)


# One of several informants


@pytest.mark.parametrize("has_versions", [False, True], ids=["one text", "an edited text"])
def test_only_her_turns_leave_a_talk_of_several(small_study: SmallStudy, has_versions: bool) -> None:
    with_group(small_study, has_versions=has_versions)
    before = loaded(small_study).segments()
    made = withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert (made.documents, made.redacted) == (("FJO-I01",), (GROUP,))
    assert files_with(small_study.path, (*HERS, *GROUP_HERS)) == {}
    assert small_study.text(GROUP) == (
        "**Intervjuer:** Hva sier dere to?\n\n**FJO-PL-01:** [trukket]\n\n"
        "**FJO-INN-01:** Avtalen lå klar 😀 i februar, og vi underskrev den samme uka.\n\n"
        "**Intervjuer:** Og siden?\n\n**FJO-PL-01:** [trukket]\n\n**FJO-INN-01:** Det visste ikke jeg noe om.\n"
    )
    after = loaded(small_study)
    mine = after.segments()
    mine = mine[mine["document"] == GROUP]
    standing = {f"{GROUP}.{coder}.s000{n}" for coder in ("K1", "K2") for n in (3, 4)} & set(before["segment"])
    assert set(mine["segment"]) == standing
    assert len(standing) >= 2
    text = after.transcripts[GROUP].text
    for row in mine.to_dict("records"):
        assert text[row["start"] : row["end"]] == row["quote"]
    same = before[before["segment"].isin(standing)].set_index("segment")
    for key in ("quote", "code", "turns", "polarity", "at", "applied_under"):
        assert dict(same[key]) == dict(mine.set_index("segment")[key])
    memos = dict(mine.set_index("segment")["memo"])
    assert memos[f"{GROUP}.K1.s0004"] == ""
    # Before the withdrawal the log still knows where hers were; a model of that day must not count them.
    then = after.segments(until=dt.date(2020, 6, 2))
    assert set(then.loc[then["document"] == GROUP, "segment"]) == standing
    assert "" not in set(then["quote"])


def test_memos_that_do_not_repeat_her_stay(small_study: SmallStudy) -> None:
    with_group(small_study)
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    state = fold(read_log(small_study.log_path("K2", GROUP), "x", Faults()).events)
    memos = {name: record["text"] for name, record in state.items() if record.get("kind") == "memo"}
    assert memos == {f"{GROUP}.K2.m0002": "Behov er noe annet enn ønsker."}


def test_an_edited_text_keeps_its_earlier_versions_without_her(small_study: SmallStudy) -> None:
    with_group(small_study)
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    folder = small_study.path / f"corpus/texts/.versions/{GROUP}"
    texts = {path.stem: path.read_text("utf-8") for path in folder.glob("*.md")}
    assert len(texts) == 2
    assert all(text_sha256(text).startswith(stem) for stem, text in texts.items())
    assert all(text.count(REDACTED) == 2 for text in texts.values())
    study = loaded(small_study)
    assert {fault.kind for fault in study.warnings} <= {"waiting-segments"}
    [change] = study.text_changes
    assert (change.from_sha256[:16], change.to_sha256[:16]) == tuple(
        text_sha256(text)[:16] for text in sorted(texts.values(), key=lambda text: "januar" not in text)
    )


def test_a_second_withdrawal_from_one_talk_takes_the_rest(small_study: SmallStudy) -> None:
    with_group(small_study)
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    made = withdraw(small_study.path, "FJO-INN-01", at=AT, reason=REASON)
    assert GROUP in made.documents
    assert files_with(small_study.path, (*GROUP_HERS, "Avtalen", "samme uka")) == {}
    loaded(small_study)
    stones = [e for e in small_study.events("K1", GROUP) if (e["after"] or {}).get("kind") == "tombstone"]
    assert [stone["segment"] for stone in stones] == [f"{GROUP}.K1.t0001", f"{GROUP}.K1.t0002"]


def test_a_text_that_waits_for_its_codings_is_not_withdrawn_from_yet(small_study: SmallStudy) -> None:
    with_group(small_study)
    small_study.replace(f"corpus/texts/{GROUP}.md", "samme uka", "samme uken")
    before = small_study.fingerprint()
    with pytest.raises(StudyError, match="foran reanchor"):
        withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert small_study.fingerprint() == before


# Labels that were mended

#: What PL-01 says last in FJO-I01, in a study where FJO-INN-01 speaks there as well.
LAST = "Strategien lå i skuffen"


def with_mended_label(study: SmallStudy, first: str, then: str) -> None:
    """Let the last turn of FJO-I01 stand under `first` when it is coded, and under `then` since."""
    study.replace("corpus/documents.csv", "nb,FJO-PL-01,kommune", "nb,FJO-PL-01 FJO-INN-01,kommune")
    text = study.text("FJO-I01")
    store_version(study.path, "FJO-I01", text)
    for number, label in enumerate((first, then)):
        text = text.replace(f"**FJO-PL-01:** {LAST}", f"**{label}:** {LAST}").replace(
            f"**FJO-INN-01:** {LAST}", f"**{label}:** {LAST}"
        )
        if text != study.text("FJO-I01"):
            reanchor(study.path, "FJO-I01", text, at=f"2026-05-0{number + 1}T10:00:00Z", reason="rett taler")
    start = text.index("lå i skuffen")
    study.code("K2", "FJO-I01", [
        {**draft(study, "K2", "FJO-I01", "2026-05-09", "apply", "FJO-I01.K2.s0099", None,
                 segment_at(text, start, start + 12, "C0001", "fremmer", "1.0.0")), "text_sha256": text_sha256(text)}
    ])  # fmt: skip


def test_words_that_once_stood_under_anothers_label_are_hers_in_every_text(small_study: SmallStudy) -> None:
    with_mended_label(small_study, "FJO-INN-01", "FJO-PL-01")
    assert len(list((small_study.path / "corpus/texts/.versions/FJO-I01").glob("*.md"))) == 2
    made = withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert (made.documents, made.redacted, made.plan.left) == ((), ("FJO-I01",), ())
    assert files_with(small_study.path, HERS) == {}
    texts = {p.read_text("utf-8") for p in (small_study.path / "corpus/texts/.versions/FJO-I01").glob("*.md")}
    assert {text.rstrip().rsplit("\n", 1)[1] for text in texts} == {
        "**FJO-PL-01:** [trukket]", "**FJO-INN-01:** [trukket]"}  # fmt: skip
    loaded(small_study)
    assert not withdraw(small_study.path, "FJO-PL-01", at="2027-01-01T00:00:00Z", reason="igjen").is_new


def test_words_that_are_anothers_today_stay_with_what_was_coded_on_them(small_study: SmallStudy) -> None:
    with_mended_label(small_study, "FJO-PL-01", "FJO-INN-01")
    before = loaded(small_study).segments()
    text = small_study.text("FJO-I01")
    places = before["document"].eq("FJO-I01") & before["start"].ge(text.index(LAST))
    others = before[places].set_index("segment")
    # Two of K1's, one of K2's from the small study and the one that was coded since.
    assert len(others) == 4
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert f"**FJO-INN-01:** {LAST}. " in small_study.text("FJO-I01")
    assert list(files_with(small_study.path, ("nattevaktene", "erfaringsnotatet", "åpen markedsdialog"))) == []
    after = loaded(small_study)
    mine = after.segments()
    mine = mine[mine["document"] == "FJO-I01"].set_index("segment")
    assert sorted(mine.index) == sorted(others.index)
    for name, row in mine.iterrows():
        assert row["quote"] == others.at[name, "quote"]
        assert after.transcripts["FJO-I01"].text[row["start"] : row["end"]] == row["quote"]
    # Nor is anything of the other's lost in what a model of the day before the label was mended is made of.
    versions = list((small_study.path / "corpus/texts/.versions/FJO-I01").glob("*.md"))
    assert [path.read_text("utf-8").count(LAST) for path in versions] == [1, 1]


def test_a_crash_with_mended_labels_is_finished_by_withdrawing_again(small_study: SmallStudy, tmp_path: Path) -> None:
    with_mended_label(small_study, "FJO-INN-01", "FJO-PL-01")
    # With these words the hash that names today's version is not the first: nothing rests on the order of the files.
    text = small_study.text("FJO-I01").replace(LAST, "Nei, strategien lå i skuffen å 😀")
    reanchor(small_study.path, "FJO-I01", text, at="2026-06-01T10:00:00Z", reason="mer hørt")
    assert texts_kept(small_study.path, "FJO-I01")[0].stem != text_sha256(text)[:16]
    straight = SmallStudy(tmp_path / "straight")
    shutil.copytree(small_study.path, straight.path)
    withdraw(straight.path, "FJO-PL-01", at=AT, reason=REASON)
    assert files_with(straight.path, (*HERS, "trategien lå")) == {}
    loaded(straight)
    for number in range(1, 100):
        crashed = SmallStudy(tmp_path / f"crashed{number}")
        shutil.copytree(small_study.path, crashed.path)
        with pytest.MonkeyPatch.context() as patch:
            stopping_at(patch, number)
            try:
                withdraw(crashed.path, "FJO-PL-01", at=AT, reason=REASON)
            except Stopped:
                pass
            else:
                break
        withdraw(crashed.path, "FJO-PL-01", at=AT, reason=REASON)
        assert crashed.fingerprint() == straight.fingerprint(), f"stopped at {number}"
    assert number > 8


def test_a_segment_moved_from_her_words_to_anothers_loses_the_first_quote_alone(small_study: SmallStudy) -> None:
    with_group(small_study, has_versions=False)
    name = f"{GROUP}.K1.s0001"
    [first] = [e["after"] for e in small_study.events("K1", GROUP) if e["segment"] == name]
    start = GROUP_TEXT.index("underskrev")
    moved = segment_at(GROUP_TEXT, start, start + 10, "C0001", "fremmer", "1.0.0", memo=first["memo"])
    small_study.code("K1", GROUP, [
        {**draft(small_study, "K1", GROUP, "2020-06-02", "adjust", name, first, moved), "text_sha256": text_sha256(GROUP_TEXT)}
    ])  # fmt: skip
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert files_with(small_study.path, GROUP_HERS) == {}
    study = loaded(small_study)
    events = [e for e in small_study.events("K1", GROUP) if e["segment"] == name]
    assert [e["after"]["quote"] for e in events] == ["", "underskrev"]
    assert events[1]["before"] == events[0]["after"]
    assert name in set(study.segments()["segment"])
    assert name not in set(study.segments(until=dt.date(2020, 6, 1))["segment"])


def test_a_segment_that_kept_its_place_when_a_label_was_mended_is_placed_where_its_words_are(
    small_study: SmallStudy,
) -> None:
    """The new label is as long as what it took the place of, so re-anchoring had nothing to say of what stands behind it."""
    with_group(small_study, has_versions=False)
    store_version(small_study.path, GROUP, GROUP_TEXT)
    text = GROUP_TEXT.replace(" i februar, og vi", "\n\n**FJO-PL-01:** ")
    assert len(text) == len(GROUP_TEXT)
    reanchor(small_study.path, GROUP, text, at="2020-06-03T10:00:00Z", reason="taler manglet")
    name = f"{GROUP}.K1.s0004"
    assert [e["action"] for e in small_study.events("K1", GROUP) if e["segment"] == name] == ["apply"]
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    assert files_with(small_study.path, (*GROUP_HERS, "samme uka")) == {}
    study = loaded(small_study)
    segments = study.segments().set_index("segment")
    now = study.transcripts[GROUP].text
    assert now[segments.at[name, "start"] : segments.at[name, "end"]] == segments.at[name, "quote"] == "visste ikke jeg"
    assert plan_withdrawal(small_study.path, "FJO-PL-01").redacted == ()


def test_an_earlier_text_that_repeats_her_from_another_document_is_named(small_study: SmallStudy) -> None:
    said = "spurte nattevaktene hva de trengte"
    with_group(small_study, has_versions=False)
    store_version(small_study.path, GROUP, GROUP_TEXT)
    store_version(small_study.path, GROUP, GROUP_TEXT.replace("Og siden?", f"Vi {said}, å ja 😀?"))
    plan = withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON).plan
    [left] = plan.left
    name, line = left.split(":")
    assert said in (small_study.path / name).read_text("utf-8").split("\n")[int(line) - 1]
    assert list(files_with(small_study.path, (said,))) == [name]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(
            "**B:** Båten gikk ut. Jeg sto på kaia 😀 og vinket.",
            "**B:** Båten gikk ut.\n\n**A:** Jeg sto på kaia 😀 og vinket.",
            "**B:** Båten gikk ut. [trukket]",
            id="her label was missing",
        ),
        pytest.param(
            "**A:** Båten gikk ut. Jeg sto på kaia å og vinket.",
            "**A:** Båten gikk ut.\n\n**B:** Jeg sto på kaia å og vinket.",
            "**A:** [trukket] Jeg sto på kaia å og vinket.",
            id="the other's label was missing",
        ),
        pytest.param(
            "**B:** Eg sto på kaia 😀 og vinkte lenge.",
            "**A:** Jeg sto på kaia 😀 og vinket lenge.",
            "**B:** [trukket]",
            id="label and spelling mended",
        ),
        pytest.param(
            "**A:** Vi sto på kaien 😀 og vinket lenge.",
            "**B:** Vi sto på kaia 😀 og vinket lenge.",
            "**A:** Vi sto på kaien 😀 og vinket lenge.",
            id="the other's, with a slip",
        ),
        pytest.param(
            "**B:** Båten gikk.\n\n**A:** Mannen min ble syk den våren.\n\n**B:** Så kom snøen.",
            "**B:** Båten gikk. Så kom snøen.",
            "**B:** Båten gikk.\n\n**A:** [trukket]\n\n**B:** Så kom snøen.",
            id="her turn is no longer there",
        ),
        pytest.param(
            "**B:** Helt først en lang innledning om været og veien.\n\n**B:** Jeg sto på kaia å vinket lenge.",
            "**A:** Jeg sto på kaia å vinket lenge.\n\n**B:** Helt først en lang innledning om været og veien.",
            "**B:** Helt først en lang innledning om været og veien.\n\n**B:** [trukket]",
            id="moved as well",
        ),
        pytest.param(
            "**B:** Helt først en lang innledning om været.\n\n**B:** På kaia 😀.\n\n**B:** Ja.",
            "**A:** På kaia 😀. Ja.\n\n**B:** Helt først en lang innledning om været.\n\n**B:** Ja.",
            "**B:** Helt først en lang innledning om været.\n\n**B:** [trukket]\n\n**B:** Ja.",
            id="a few words moved, and some that both say",
        ),
        pytest.param(
            "**A:** Ja 😀.\n\n**B:** Nei.", "**B:** Nei.", "**A:** [trukket]\n\n**B:** Nei.", id="a short one"
        ),
    ],
)
def test_whose_words_an_earlier_text_has_is_told_by_todays_labels(before: str, now: str, expected: str) -> None:
    found = redactions([now, before], "A", has_turns=True)
    assert found[text_sha256(before)].text == expected
    assert found[text_sha256(now)] == redacted(now, parse_turns(now, has_turns=True), "A")


def test_words_are_hers_in_a_text_when_only_a_third_one_says_so() -> None:
    """The turn was dropped since; of the two earlier texts one has her label."""
    now = "**B:** Nei, det husker jeg ikke.\n"
    mended, first = (f"**{label}:** Mannen min ble syk å den våren 😀.\n\n{now}" for label in "AB")
    found = redactions([now, first, mended], "A", has_turns=True)
    assert found[text_sha256(first)].text == f"**B:** [trukket]\n\n{now}"
    assert found[text_sha256(mended)].text == f"**A:** [trukket]\n\n{now}"


said_by = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC"), st.integers(1, 12)), min_size=1, max_size=8
)


@given(said_by)
def test_whatever_labels_were_mended_every_text_loses_exactly_her_words(turns: list[tuple[str, str, int]]) -> None:
    """Every word is said once, so that the oracle is: hers by today's label, gone; all others', there."""
    words = [" ".join(f"ørd{at}å{n}" for n in range(count)) for at, (_, _, count) in enumerate(turns)]
    now, before = (
        "\n\n".join(f"**{turn[side]}:** {said}" for turn, said in zip(turns, words, strict=True)) for side in (0, 1)
    )
    for redaction in redactions([now, before], "A", has_turns=True).values():
        told = [turn.split(" ", 1)[1] for turn in redaction.text.split("\n\n")]
        assert told == [REDACTED if turn[0] == "A" else said for turn, said in zip(turns, words, strict=True)]


speakers = st.sampled_from(["A", "B"])
said = st.text(alphabet="abå😀 ", min_size=1, max_size=8).map(lambda words: f"x{words}x")


@given(st.lists(st.tuples(speakers, said), min_size=1, max_size=6), st.data())
def test_a_place_is_found_again_as_if_every_character_were_carried_over(
    turns: list[tuple[str, str]], data: st.DataObject
) -> None:
    text = "\n\n".join(f"**{speaker}:** {words}" for speaker, words in turns) + "\n"
    redaction = redacted(text, parse_turns(text, has_turns=True), "A")
    # The oracle knows for every character whose it is, and builds the new text from those that are not hers.
    carried: list[tuple[int, str]] = []
    at = 0
    hers: set[int] = set()
    for start, end in redaction.spans:
        carried += [(n, text[n]) for n in range(at, start)] + [(-1, c) for c in REDACTED]
        hers |= set(range(start, end))
        at = end
    carried += [(n, text[n]) for n in range(at, len(text))]
    assert redaction.text == "".join(char for _, char in carried)
    assert hers == {
        n
        for turn in parse_turns(text, has_turns=True)
        if turn.speaker == "A"
        for n in range(turn.span.start, turn.span.end)
    }
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    touches = bool(hers & set(range(start, end)))
    assert redaction.is_touching(start, end) == touches
    if touches:
        new_start, new_end = redaction.cover(start, end)
        assert 0 <= new_start < new_end <= len(redaction.text)
        assert REDACTED in redaction.text[new_start:new_end]
    else:
        where = {old: new for new, (old, _) in enumerate(carried) if old >= 0}
        assert redaction.place(start) == where[start]
        assert redaction.place(end) == where[end - 1] + 1
        assert redaction.text[redaction.place(start) : redaction.place(end)] == text[start:end]


def coded_at_random(text: str, wishes: list[tuple[str, int, int]]) -> tuple[Log, Desk]:
    """A log as a coder's screen writes it, from verbs and places; wishes that cannot be granted are left out."""
    desk = Desk("D1", "K1", text, FIRST, {})
    events: list[Event] = []
    head = NO_PREVIOUS
    for verb, one, other in wishes:
        start, end = sorted((one % (len(text) + 1), other % (len(text) + 1)))
        segments = [name for name, record in desk.state.items() if "kind" not in record]
        name = segments[one % len(segments)] if segments else ""
        try:
            steps = {
                "apply": lambda: acts.apply(desk, start=start, end=end, code="C0001"),  # noqa: B023
                "propose": lambda: acts.propose(desk, start=start, end=end, label=text[start:end][:100]),  # noqa: B023
                "adjust": lambda: acts.adjust(desk, record=name, start=start, end=end),  # noqa: B023
                "split": lambda: acts.split(desk, record=name, at=start),  # noqa: B023
                "merge": lambda: acts.merge(desk, records=segments[:2]),  # noqa: B023
                "remove": lambda: acts.remove(desk, records=[name]),  # noqa: B023
                "memo": lambda: acts.memo(desk, record=name, text=text[start:end]),  # noqa: B023
                "undo": lambda: acts.undo(desk),
                "redo": lambda: acts.redo(desk),
            }[verb]()
        except Refused:
            continue
        drafts = [
            {"at": "2026-01-02T10:00:00Z", "coder": "K1", "document": "D1", "text_sha256": text_sha256(text),
             "action": step.action, "segment": step.record, "codebook_version": "1.0.0", "before": step.before,
             "after": step.after}
            for step in steps
        ]  # fmt: skip
        made = chained(len(events), head, drafts, is_one_act=True)
        events += made
        head = line_sha256(encode(made[-1])) if made else head
        if made:
            desk.see(tuple(made))
    return Log("x", tuple(events), tuple(range(1, len(events) + 1)), None, head), desk


verbs = st.sampled_from(("apply", "apply", "propose", "adjust", "split", "merge", "remove", "memo", "undo", "redo"))


@settings(max_examples=150)
@given(
    st.lists(st.tuples(speakers, st.integers(1, 9)), min_size=2, max_size=5),
    st.lists(st.tuples(verbs, st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=25),
)
def test_whatever_was_coded_nothing_of_hers_is_left_and_nothing_else_lost(
    turns: list[tuple[str, int]], wishes: list[tuple[str, int, int]]
) -> None:
    words = {"A": ("kråke", "æsj", "nødtørft", "😀", "kjerr"), "B": ("tull", "døgn", "🙂", "mølje", "lyn")}
    text = "\n\n".join(
        f"**{speaker}:** {' '.join(f'{words[speaker][n % 5]}{at}x{n}' for n in range(count))}"
        for at, (speaker, count) in enumerate(turns)
    )
    log, desk = coded_at_random(text, wishes)
    if not log.events:
        return
    found = redactions([text], "A", has_turns=True)
    [redaction] = found.values()
    hers = words_of([text[start:end] for start, end in redaction.spans], [redaction.text])
    made = tombstoned(log, at=AT, texts=found, words=hers)
    state = fold(made.events)
    kept = {
        name: record for name, record in desk.state.items() if not redaction.is_touching(record["start"], record["end"])
    }
    assert {name for name in state if not name.endswith("t0001")} == set(kept)
    for name, record in kept.items():
        now = state[name]
        assert redaction.text[now["start"] : now["end"]] == now["quote"] == record["quote"]
        assert (
            now["code"] == record["code"] if "code" in record else now["label"] == record["label"] or not now["label"]
        )
    previous = NO_PREVIOUS
    for event in made.events:
        assert event.prev_sha256 == previous
        previous = line_sha256(encode(event))
    for event in made.events:
        for side in (event.before, event.after):
            told = {key: value for key, value in (side or {}).items() if key not in ("memo", "label")}
            assert not [word for word in words["A"] if word in json.dumps(told, ensure_ascii=False)]
            assert not any(hers.are_in((side or {}).get(key, "")) for key in ("memo", "label"))


def test_words_are_known_behind_escapes_tags_and_line_breaks() -> None:
    words = words_of(["Vi målte kåken på Ålesundbrygga 😀 to ganger."], ["Vi målte to ganger."])
    for text in (
        "vi MÅLTE kåken på ålesundbrygga",
        "ma\u030alte ka\u030aken pa\u030a A\u030alesundbrygga to",
        json.dumps("målte kåken på Ålesundbrygga to"),
        json.dumps("målte kåken\npå Ålesundbrygga to", ensure_ascii=False),
        "m&aring;lte k&aring;ken p&aring; &Aring;lesundbrygga to",
        "<b>målte</b> <i>kåken på</i> Ålesundbrygga to",
    ):
        assert words.are_in(text), text
    for text in ("målte kåken på Ålesundbrygga", "Vi målte to ganger", ""):
        assert not words.are_in(text), text
    assert not words_of(["Ja, det var det."], []).are_in("Ja, det var.")


# What the check says


def test_registers_without_the_column_are_read_as_before(small_study: SmallStudy) -> None:
    study = loaded(small_study)
    assert set(study.participants["withdrawn_at"]) == {""}
    assert len(in_force(study.documents)) == len(study.documents) == 6


def test_someone_marked_as_withdrawn_whose_words_are_there_is_a_fault(small_study: SmallStudy) -> None:
    with_group(small_study, has_versions=False)
    name = small_study.path / "corpus/participants.csv"
    lines = name.read_text("utf-8").splitlines()
    rows = [f"{line},{'2026-11-22' if line.startswith('FJO-PL-01') else ''}" for line in lines[1:]]
    name.write_text("\n".join([f"{lines[0]},withdrawn_at", *rows]) + "\n", "utf-8")
    _, faults = small_study.read()
    # STR-N01 names her among two, and no label there is hers.
    assert [(fault.kind, fault.file) for fault in faults.errors] == [
        ("withdrawn-text", "corpus/texts/FJO-I01.md"), ("withdrawn-text", f"corpus/texts/{GROUP}.md")]  # fmt: skip
    assert all("FJO-PL-01" in str(fault) for fault in faults.errors)


@pytest.mark.parametrize("register", ["participants", "documents"])
def test_a_withdrawal_on_no_day_is_a_fault(small_study: SmallStudy, register: str) -> None:
    name = small_study.path / f"corpus/{register}.csv"
    lines = name.read_text("utf-8").splitlines()
    name.write_text(
        "\n".join([f"{lines[0]},withdrawn_at", f"{lines[1]},i går", *(f"{x}," for x in lines[2:])]) + "\n", "utf-8"
    )
    _, faults = small_study.read()
    assert ("bad-date", f"corpus/{register}.csv", 2) in {(f.kind, f.file, f.line) for f in faults.errors}


@pytest.mark.parametrize(
    ("consent", "kinds"),
    [
        ("analysis quote quote_role share archive", []),
        ("analysis share", []),
        ("", []),
        ("quote", ["consent-without-analysis"]),
        ("analysis quote_role", ["consent-without-quote"]),
        ("archive quote_role", ["consent-without-analysis", "consent-without-quote"]),
    ],
)
def test_scopes_that_rest_on_one_not_given_are_warned_of(
    small_study: SmallStudy, consent: str, kinds: list[str]
) -> None:
    small_study.replace(
        "corpus/participants.csv", "STR-BRU-01,bruker,STR,nb,analysis", f"STR-BRU-01,bruker,STR,nb,{consent}"
    )
    _, faults = small_study.read()
    assert not faults.errors
    assert [fault.kind for fault in faults.warnings] == kinds


def test_a_row_of_withdrawals_nobody_can_read_is_told(small_study: SmallStudy) -> None:
    withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    text = (small_study.path / WITHDRAWALS_FILE).read_text("utf-8")
    row = next(csv.DictReader(io.StringIO(text)))
    assert row["recalled"] == "[]"
    small_study.add(WITHDRAWALS_FILE, "X,,,2026-11-22T10:00:00Z,x,mange,1,,[]\nY,,,2026-11-22T10:00:00Z,x,1,1,,[{}]\n")
    found = read_withdrawals(small_study.path, faults := Faults())
    assert [one.participant for one in found] == ["FJO-PL-01"]
    assert [(fault.kind, fault.line) for fault in faults] == [("bad-withdrawal", 3), ("bad-withdrawal", 4)]


def test_recalled_outputs_survive_being_written_and_read(small_study: SmallStudy) -> None:
    strew(small_study)
    made = withdraw(small_study.path, "FJO-PL-01", at=AT, reason=REASON)
    [again] = read_withdrawals(small_study.path, Faults())
    assert all(isinstance(one, Recalled) for one in again.recalled)
    assert again.recalled == made.recalled
