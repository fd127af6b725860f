"""A codebook's life on the command line: proposed, decided, released, and every earlier version left as it was."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner, Result
from small_study import SmallStudy, both

from foran_research import revising
from foran_research.cli import main
from foran_research.cli_revise import COMMANDS
from foran_research.codebook.code import CHANGE_TYPES
from foran_research.codebook.log_store import FILE, read_log
from foran_research.codebook.writing import yaml_text
from foran_research.errors import Faults, ForanError, StudyError, UnknownName
from foran_research.study import load_study

GROUP = click.Group("codebook", commands={command.name or "": command for command in COMMANDS})
AT = "2024-05-06T07:08:09Z"
REASONED = ("--reason-nb", "Drøftet på Ålgård 😀", "--reason-en", "Discussed", "--role", "arena", "--arena")
DECISION = (*REASONED, "praksis")


def call(path: Path, *words: str) -> Result:
    result = CliRunner().invoke(GROUP, [words[0], "--study", str(path), *words[1:]])
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def refused(path: Path, *words: str) -> str:
    result = CliRunner().invoke(GROUP, [words[0], "--study", str(path), *words[1:]])
    assert isinstance(result.exception, ForanError), result.output
    return str(result.exception)


def filled(text: str, edit: Callable[[dict[str, Any]], object] = lambda raw: None) -> str:
    """A skeleton with an invented text in every empty place."""
    raw = yaml.safe_load(text)

    def fill(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: fill(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [fill(item, "") for item in value]
        return f"Oppdiktet {key} a\u030a 😀" if value == "" and key in ("nb", "en") else value

    raw = fill(raw, "")
    raw["proposed_by_role"], raw["evidence"] = "stipendiat", raw["evidence"] or ["S2:117", "STR-N01"]
    edit(raw)
    return yaml_text(raw)


def new_code(place: int, display: str, **more: Any) -> Callable[[dict[str, Any]], None]:
    return lambda raw: raw["codes"][place].update(display=display, label=both(f"merke {display}"), **more)


def both_displays(*displays: str) -> Callable[[dict[str, Any]], None]:
    return lambda raw: [new_code(place, display)(raw) for place, display in enumerate(displays)] and None


def changed(**more: Any) -> Callable[[dict[str, Any]], None]:
    return lambda raw: raw["codes"][0].update(more)


def row(**more: Any) -> Callable[[dict[str, Any]], None]:
    return lambda raw: raw["migration"][0].update(more)


def seven_codes(raw: dict[str, Any]) -> None:
    """K11 to K17 in the place of the one code of a skeleton."""
    blank, raw["to"] = raw["codes"][0], [f"C{number:04d}" for number in range(14, 21)]
    raw["codes"] = [
        blank | {"id": id_, "display": f"K{number}", "level": "K", "label": both(f"merke K{number}")}
        for number, id_ in enumerate(raw["to"], 11)
    ]


class Desk:
    """One study, and what is proposed and decided in it."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.path, self.folder = path, folder

    def propose(self, kind: str, *codes: str, edit: Callable[[dict[str, Any]], object] = lambda raw: None) -> str:
        text = filled(call(self.path, "template", kind, *codes).output, edit)
        file = self.folder / f"{kind}.yaml"
        file.write_text(text, "utf-8")
        return call(self.path, "propose", str(file), "--by", "K1").output.split(":")[0]

    def accept(self, *names: str, arena: str = "praksis") -> None:
        for name in names:
            call(self.path, "decide", name, "--accept", *REASONED, arena)


@pytest.fixture
def desk(small_study: SmallStudy, tmp_path: Path) -> Desk:
    return Desk(small_study.path, tmp_path)


#: By type, the codes of the small study's codebook 2.1.0 it is about, and how the skeleton is filled in.
THIRTEEN: dict[str, tuple[tuple[str, ...], Callable[[dict[str, Any]], object]]] = {
    "new": ((), new_code(0, "K9", level="K")),
    "rename": (("P1",), changed(label=both("behov, ønsker og funksjon"))),
    "reword": (("K5",), changed(example=both("Et annet oppdiktet eksempel."))),
    "redefine": (("K3",), changed(definition=both("Gjelder strategi som blir fulgt."))),
    "narrow": (("K4",), changed(when_not_to_use=both("Ikke når det bare er ment."))),
    "move": (("E1",), changed(display="P7", level="P", label=both("deltakelse"))),
    "promote": (("P4.1",), changed(display="P8")),
    "merge": (("K11", "K12"), new_code(0, "K8")),
    "split": (("P3",), both_displays("P5", "P6")),
    "retire": (("K13",), lambda raw: None),
    "to_facet": (("K14", "K15"), row(polarity="hemmer")),
    "to_relation": (("K16",), row(relation="samspill")),
    "to_tag": (("K17",), row(tag="merkelapp")),
}  # fmt: skip


def test_a_change_of_every_type_is_proposed_decided_and_released(desk: Desk) -> None:
    before = {path.name: path.read_bytes() for path in (desk.path / "codebooks").glob("*.yaml")}
    desk.accept(desk.propose("new", edit=seven_codes))
    assert "version 2.1.0" in call(desk.path, "release").output
    assert set(THIRTEEN) == set(CHANGE_TYPES)
    ids = {}
    for kind, (codes, edit) in THIRTEEN.items():
        ids[kind] = desk.propose(kind, *codes, edit=edit)
    desk.accept(*ids.values())
    planned = call(desk.path, "release", "--dry-run").output
    assert not (desk.path / "codebooks/3.0.0.yaml").exists()
    made = call(desk.path, "release", "--version", "3.0.0", "--by", "K1").output
    assert made.splitlines()[:-1] == planned.splitlines()[:-1]
    assert {name: (desk.path / f"codebooks/{name}").read_bytes() for name in before} == before

    study = load_study(desk.path)
    assert study.warnings == ()
    book = study.lineage["3.0.0"]
    assert [change.type for change in book.changes] == list(THIRTEEN)
    assert all(change.decision_reason["nb"] == "Drøftet på Ålgård 😀" for change in book.changes)
    codes = {code.display: code for code in book.active}
    assert not {"P3", "K11", "K12", "K13", "K14", "K16", "K17", "E1"} & set(codes)
    assert {"K9", "P5", "P6", "K8", "P7", "P8", "K15"} <= set(codes)
    assert (codes["P8"].parent, codes["P7"].level) == (None, "P")
    split = book.by_id["C0010"]
    assert (split.status, split.deprecated_in, split.successors) == (
        "deprecated",
        "3.0.0",
        (codes["P5"].id, codes["P6"].id),
    )
    rows = {row.source: row.rule for change in book.changes for row in change.migration}
    assert rows["C0010"] == "review"
    assert sorted(rows.values()) == ["facet", *["keep"] * 6, "map", "map", "relation", "retire", "review", "tag"]
    assert "  CH-0010 split P3 markedsanalyse → P5, P6: 1 queued\n    K1: 1 queued\n" in planned
    checked = CliRunner().invoke(main, ["check", "--study", str(desk.path)])
    assert checked.output.endswith("0 faults, 0 warnings\n")
    assert [state.version for state in revising.states(desk.path).values()] == ["2.1.0"] + ["3.0.0"] * 13


def test_a_rejected_proposal_is_told_of_in_the_next_version_and_once_only(desk: Desk) -> None:
    merged = desk.propose("merge", "K3", "K4", edit=new_code(0, "K6"))
    renamed = desk.propose("rename", "P1", edit=changed(label=both("behov")))
    desk.accept(renamed)
    call(desk.path, "decide", merged, "--reject", *DECISION)
    assert "no segments" not in (told := call(desk.path, "release").output)
    assert f"  {merged} merge K3 strategi, K4 læring og forbedring → -: rejected" in told
    change = load_study(desk.path).lineage["2.0.1"].changes[0]
    assert (change.id, change.is_accepted, change.to, change.migration) == (merged, False, (), ())
    again = desk.propose("rename", "P1", edit=changed(label=both("behov og mer")))
    desk.accept(again)
    assert merged not in call(desk.path, "release").output
    assert "rejected in 2.0.1" in call(desk.path, "proposals").output


def test_a_decision_may_be_taken_anew_until_it_is_released(desk: Desk) -> None:
    name = desk.propose("rename", "P1", edit=changed(label=both("behov")))
    call(desk.path, "decide", name, "--reject", *DECISION)
    assert "no accepted proposal" in refused(desk.path, "release")
    desk.accept(name)
    call(desk.path, "release")
    assert "released" in refused(desk.path, "decide", name, "--reject", *DECISION)
    assert "released" in refused(desk.path, "withdraw-proposal", name)


def test_a_withdrawn_proposal_is_never_released_and_its_id_never_used_again(desk: Desk) -> None:
    one = desk.propose("new", edit=new_code(0, "K8", level="K"))
    call(desk.path, "withdraw-proposal", one, "--reason", "trukket")
    assert desk.propose("new", edit=new_code(0, "K8", level="K")) == "CH-0002"
    assert "withdrawn" in refused(desk.path, "decide", one, "--accept", *DECISION)
    assert "CH-0009" in refused(desk.path, "decide", "CH-0009", "--accept", *DECISION)


def test_an_open_proposal_is_amended_in_place(desk: Desk) -> None:
    name = desk.propose("rename", "P1", edit=changed(label=both("behov")))
    file = desk.folder / "rename.yaml"
    file.write_text(file.read_text("utf-8").replace("nb: behov", "nb: bruksbehov"), "utf-8")
    call(desk.path, "propose", str(file), "--amend", name)
    assert revising.states(desk.path)[name].proposal.codes[0]["label"] == {"nb": "bruksbehov", "en": "behov"}
    desk.accept(name)
    assert "accepted" in refused(desk.path, "propose", str(file), "--amend", name)


def test_two_accepted_proposals_that_want_different_things_are_refused_with_every_fault(desk: Desk) -> None:
    names = [desk.propose("rename", "P1", edit=changed(label=both(label))) for label in ("behov", "ønske")]
    names += [desk.propose("retire", "K5"), desk.propose("merge", "K4", "K5", edit=new_code(0, "K6"))]
    desk.accept(*names)
    before = sorted((desk.path / "codebooks").iterdir())
    told = refused(desk.path, "release")
    assert told.count("conflicting-proposals") == 3
    assert "C0013 (K5) again" in told
    assert sorted((desk.path / "codebooks").iterdir()) == before


def test_a_full_disk_releases_nothing_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.accept(desk.propose("retire", "K5"))
    before = sorted((desk.path / "codebooks").iterdir())

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(revising, "write_atomically", refuse)
    assert "No space left on device" in refused(desk.path, "release")
    assert sorted((desk.path / "codebooks").iterdir()) == before


def test_a_release_counts_what_becomes_of_the_segments(desk: Desk) -> None:
    """Under 2.0.0 C0012 has K1's three passages of C0003 and C0004, two of them on one span, and one of its own."""
    name = desk.propose("merge", "K4", "K5", edit=new_code(0, "K6"))
    desk.accept(name)
    planned = revising.release(desk.path, by="", at="2999-01-01T00:00:00Z", is_dry_run=True)
    study = load_study(desk.path)
    now = revising.migrate(study.segments(), study.lineage, "2.0.0")
    under = now[(now["status"] == "ok") & now["code"].isin(["C0012", "C0013"])]
    [effect] = planned.effects
    assert (effect.moved, effect.queued, effect.ended, effect.kept) == (len(under), 0, 0, 0)
    assert len(under) == 5


def test_what_coders_asked_for_becomes_a_proposal_with_its_passages(desk: Desk, small_study: SmallStudy) -> None:
    text = small_study.text("FJO-I02")
    for number, words in enumerate(("Hemmelighold", "tynn")):
        start = text.index(words)
        record = {
            "kind": "proposal",
            "start": start,
            "end": start + len(words),
            "quote": words,
            "label": "å tie a\u030a",
        }
        draft = {"at": "2021-05-01T10:00:00Z", "coder": "K1", "document": "FJO-I02", "action": "propose",
                 "segment": f"FJO-I02.K1.p000{number}", "codebook_version": "2.0.0", "before": None, "after": record,
                 "text_sha256": load_study(desk.path).transcripts["FJO-I02"].text_sha256}  # fmt: skip
        small_study.code("K1", "FJO-I02", [draft])
    assert "å tie a\u030a\t2 passages in 1 document by K1\tnot proposed" in call(desk.path, "proposals").output
    text = call(desk.path, "template", "new", "--from-label", "å tie a\u030a").output
    assert yaml.safe_load(text)["evidence"] == ["FJO-I02.K1.p0000", "FJO-I02.K1.p0001"]
    (desk.folder / "n.yaml").write_text(filled(text, new_code(0, "K6", level="K")), "utf-8")
    call(desk.path, "propose", str(desk.folder / "n.yaml"))
    call(desk.path, "decide", "CH-0001", "--reject", *DECISION)
    assert "by K1\tCH-0001 (rejected)" in call(desk.path, "proposals").output
    with pytest.raises(UnknownName):
        revising.proposal_template(desk.path, "new", (), from_label="ukjent")


def test_evidence_that_looks_like_a_record_must_be_one(desk: Desk) -> None:
    text = filled(
        call(desk.path, "template", "retire", "K5").output,
        lambda raw: raw["evidence"].extend(["FJO-I01.K1.s05", "FJO-I01.K9.s0001"]),
    )
    (desk.folder / "r.yaml").write_text(text, "utf-8")
    told = refused(desk.path, "propose", str(desk.folder / "r.yaml"))
    assert "evidence FJO-I01.K9.s0001" in told
    assert "FJO-I01.K1.s05" not in told
    assert not (desk.path / FILE).exists()


def test_what_was_there_before_the_log_is_adopted_with_the_first_entry(desk: Desk) -> None:
    desk.propose("retire", "K5")
    log = read_log(desk.path, faults := Faults())
    assert log is not None
    assert faults == []
    assert [(entry.action, entry.about) for entry in log.entries] == [
        ("adopt", "1.0.0"), ("adopt", "2.0.0"), ("propose", "CH-0001")]  # fmt: skip
    assert "every version already" in call(desk.path, "adopt").output


def test_a_release_that_was_cut_off_before_its_line_is_finished_by_the_next_command(desk: Desk) -> None:
    desk.accept(desk.propose("retire", "K5"))
    whole = (desk.path / FILE).read_bytes()
    call(desk.path, "release")
    log = (desk.path / FILE).read_bytes()
    (desk.path / FILE).write_bytes(whole)
    assert [warning.kind for warning in load_study(desk.path).warnings] == ["unlogged-version"]
    assert revising.adopt(desk.path, by="K1", at=AT) == ("3.0.0",)
    last, late = json.loads(log.splitlines()[-1]), json.loads((desk.path / FILE).read_bytes().splitlines()[-1])
    assert (late["action"], late["content"]) == ("release", last["content"])
    assert revising.states(desk.path)["CH-0001"].version == "3.0.0"


def test_a_released_version_that_somebody_edits_is_told_of(desk: Desk, small_study: SmallStudy) -> None:
    call(desk.path, "adopt")
    small_study.replace("codebooks/2.0.0.yaml", "Om måling.\n    en", "Om å måle.\n    en")
    with pytest.raises(StudyError) as told:
        load_study(desk.path)
    assert [(fault.kind, fault.file) for fault in told.value.faults] == [("edited-codebook", "codebooks/2.0.0.yaml")]
    assert "edited-codebook" in refused(desk.path, "release")


def test_the_same_acts_at_the_same_time_give_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(desk.path, other)
    file = tmp_path / "p.yaml"
    file.write_text(filled(call(desk.path, "template", "split", "P3").output, both_displays("P5", "P6")), "utf-8")
    for path in (desk.path, other):
        revising.propose(path, file, by="K1", at=AT)
        revising.decide(path, "CH-0001", is_accepted=True, reason=both("Å", "A"), role="arena", arena="praksis",
                        decided_at="2024-05-01", by="K1", at=AT)  # fmt: skip
        revising.release(path, by="K1", at=AT)
    for name in (FILE, "codebooks/3.0.0.yaml"):
        assert (desk.path / name).read_bytes() == (other / name).read_bytes()


@pytest.mark.parametrize("day", ["2024-13-01", "i går", "2999-01-01"])
def test_days_that_are_none_or_still_to_come_are_refused(desk: Desk, day: str) -> None:
    name = desk.propose("retire", "K5")
    assert day in refused(desk.path, "decide", name, "--accept", *DECISION, "--date", day)
    desk.accept(name)
    assert day in refused(desk.path, "release", "--released", day)


def test_a_release_before_its_decisions_or_under_another_number_is_refused(desk: Desk) -> None:
    desk.accept(desk.propose("retire", "K5"))
    assert "after the release" in refused(desk.path, "release", "--released", "2021-06-01")
    assert "3.0.0, not 2.1.0" in refused(desk.path, "release", "--version", "2.1.0")
    assert dt.datetime.now(dt.UTC).date().isoformat() in call(desk.path, "release").output


def test_a_template_never_writes_over_a_file(desk: Desk) -> None:
    file = desk.folder / "p.yaml"
    call(desk.path, "template", "retire", "K5", "-o", str(file))
    assert "is there already" in refused(desk.path, "template", "retire", "K5", "-o", str(file))


def test_the_demo_study_takes_a_split(demo_path: Path, tmp_path: Path) -> None:
    for name in ("foran.toml", "corpus", "codebooks"):
        source = demo_path / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    demo = Desk(tmp_path, tmp_path)
    demo.accept(demo.propose("split", "P5", edit=both_displays("P19", "P20")), arena="praksisbasert")
    made = revising.release(tmp_path, by="K1", at="2999-01-01T00:00:00Z", version="4.0.0")
    # What others say of their borders to P5 is for a reword.
    assert {fault.kind for fault in made.faults} == {"stale-reference"}
    assert [fault.found for fault in made.faults] == [warning.found for warning in made.warnings]
    assert made.effects[0].queued > 20


def test_templates_made_in_a_row_get_ids_of_their_own_when_they_are_proposed(desk: Desk) -> None:
    texts = [
        call(desk.path, "template", kind, *codes).output for kind, codes in (("split", ["P3"]), ("merge", ["K4", "K5"]))
    ]
    assert [sorted(record["id"] for record in yaml.safe_load(text)["codes"]) for text in texts] == [
        ["NY1", "NY2"],
        ["NY1"],
    ]
    told = []
    for number, (text, displays) in enumerate(zip(texts, (("P5", "P6"), ("K6",)), strict=True)):
        file = desk.folder / f"{number}.yaml"
        file.write_text(filled(text, both_displays(*displays)), "utf-8")
        told.append(call(desk.path, "propose", str(file)).output.splitlines()[1:])
    assert told == [["  NY1 is C0014", "  NY2 is C0015"], ["  NY1 is C0016"]]
    split, merge = (state.proposal for state in revising.states(desk.path).values())
    assert (split.change.to, split.new_codes) == (("C0014", "C0015"), {"C0014", "C0015"})
    assert split.change.migration[0].to == ("C0014", "C0015")
    assert merge.change.to == ("C0016",)
    listed = call(desk.path, "proposals").output
    assert "C0010 (P3) > C0014 (P5) C0015 (P6)" in listed
    assert "C0012 (K4) C0013 (K5) > C0016 (K6)" in listed


def test_a_decision_in_an_arena_that_the_study_does_not_list_is_refused(desk: Desk) -> None:
    name = desk.propose("retire", "K5")
    told = refused(desk.path, "decide", name, "--accept", *REASONED, "tullball")
    assert "'tullball'; known: praksis" in told
    assert revising.states(desk.path)[name].state == "open"


def test_a_study_that_lists_no_arenas_decides_wherever_it_says(desk: Desk, small_study: SmallStudy) -> None:
    name = desk.propose("retire", "K5")
    toml = desk.path / "foran.toml"
    text = toml.read_text("utf-8")
    start = text.index("[[arenas]]")
    toml.write_text(text[:start] + text[text.index("[[", start + 2) :], "utf-8")
    desk.accept(name, arena="fagmøte på Ås")
    assert revising.states(desk.path)[name].proposal.change.arena == "fagmøte på Ås"


def test_a_release_keeps_its_title_or_gets_another(desk: Desk) -> None:
    before = load_study(desk.path).lineage["2.0.0"].title
    desk.accept(desk.propose("retire", "K5"))
    assert f"title: {before['nb']} / {before['en']}" in call(desk.path, "release", "--dry-run").output
    title = {"nb": "Kodebok på prøve: å a\u030a 😀", "en": "A codebook on trial"}
    told = call(desk.path, "release", "--title-nb", f" {title['nb']}", "--title-en", title["en"]).output
    assert f"title: {title['nb']} / {title['en']}" in told
    assert load_study(desk.path).lineage["3.0.0"].title == title


def test_a_text_that_names_a_code_out_of_use_is_told_of_until_it_is_reworded(desk: Desk) -> None:
    borders = {"nb": "Ikke K5, K50 eller P1 😀.", "en": "Not K5."}
    desk.accept(desk.propose("narrow", "K4", edit=changed(when_not_to_use=borders)))
    assert "stale" not in call(desk.path, "release").output
    desk.accept(desk.propose("retire", "K5"))
    planned = call(desk.path, "release", "--dry-run").output
    warning = [line for line in planned.splitlines() if line.startswith("warning: ")]
    assert len(warning) == 1
    assert (
        "C0012 (K4) names K5 under when_not_to_use; expected displays of codes in use (K5 has no successor)"
        in warning[0]
    )
    assert "foran codebook template reword K4" in warning[0]
    assert warning[0] in call(desk.path, "release").output
    assert "stale-reference" in CliRunner().invoke(main, ["check", "--study", str(desk.path)]).output
    desk.accept(desk.propose("reword", "K4", edit=changed(when_not_to_use=both("Ikke P1."))))
    assert "warning" not in call(desk.path, "release").output
    checked = CliRunner().invoke(main, ["check", "--study", str(desk.path)])
    assert checked.output.endswith("0 faults, 0 warnings\n")


def test_a_release_tells_where_segments_go_by_coder_and_what_to_do_next(desk: Desk) -> None:
    desk.accept(desk.propose("merge", "K4", "K5", edit=new_code(0, "K6")))
    desk.accept(desk.propose("redefine", "P1", edit=changed(definition=both("Gjelder noe annet, å a\u030a."))))
    study = load_study(desk.path)
    now = revising.migrate(study.segments(), study.lineage, "2.0.0")
    ok = now[now["status"] == "ok"]
    told = call(desk.path, "release").output
    for coder, count in ok[ok["code"].isin(["C0012", "C0013"])].groupby("coder").size().items():
        assert f"    {coder}: {count} moved to K6\n" in told
    # Each coder has at most as many passages of P1 as are drawn: all of them come up.
    expected = ok[ok["code"] == "C0001"].groupby("coder").size().drop("import", errors="ignore")
    counts = ", ".join(f"{coder} {count}" for coder, count in expected.items())
    assert f"to be read again under a new definition: {sum(expected)} segments (P1: {counts})" in told
    assert 'write "3.0.0" there' in told
    assert told.rstrip().endswith("Next: foran lab")


def test_proposals_tells_of_changes_from_before_the_log_and_of_earlier_days(desk: Desk) -> None:
    count = sum(len(book.changes) for book in load_study(desk.path).lineage.codebooks)
    line = f"{count} changes decided in the versions are not from this log: see `foran codebook diff`"
    assert line in call(desk.path, "proposals").output
    desk.accept(desk.propose("retire", "K5"))
    call(desk.path, "release")
    listed = call(desk.path, "proposals").output
    assert line in listed
    assert "C0013 (K5) > -" in listed
    earlier = call(desk.path, "proposals", "--as-of", "2021-12-31").output
    assert "0 proposals" in earlier
    assert line in earlier


# What a reader of a review pack asked for: her words alone, until somebody decides what they are to mean

UNWRITTEN = {"nb": "Ikke skrevet ennå: foreslått av en leser.", "en": "Not written yet: proposed by a reader."}
SENTENCE = "Å ha med driftsfolk 😀 fra a\u030apning".replace("a\u030a", "å")


def asked_for(desk: Desk, label: str = SENTENCE) -> str:
    """A proposal as answers to a review pack become one."""
    texts = ("brief", "definition", "when_to_use", "when_not_to_use", "example")
    raw = {
        "type": "new", "from": [], "to": ["NY1"],
        "summary": {"nb": f"Nytt element: {label} (nivå og definisjon er ikke bestemt).", "en": f"A new element: {label}"},
        "reason_empirical": both("En leser foreslo det"),
        "reason_theoretical": {"nb": "Ingen ennå; vurderes når forslaget behandles.", "en": "None yet; to be weighed."},
        "evidence": ["svar:a-abcdefghij234567klmn#0123abcd"], "proposed_by_role": "leser",
        "codes": [{"id": "NY1", "display": "X9", "level": "X", "parent": None, "label": {"nb": label, "en": label},
                   **dict.fromkeys(texts, UNWRITTEN), "source": ["svar:a-abcdefghij234567klmn#0123abcd"],
                   "polarity_in_source": [], "maturity": "", "cues": {"nb": [], "nn": []}}],
        "migration": [],
    }  # fmt: skip
    file = desk.folder / "svar.yaml"
    file.write_text(yaml_text(raw), "utf-8")
    return call(desk.path, "propose", str(file)).output.split(":")[0]


def options(**texts: str) -> list[str]:
    return [word for key, text in texts.items() for word in (f"--{key.replace('_', '-')}", text)]


DECIDED = options(
    label_nb="driftsfolk",
    label_en="operations staff",
    level="K",
    definition_nb="Drift er med.",
    definition_en="Staff join.",
)
REST = options(
    brief_nb="Drift med", brief_en="Staff in", when_to_use_nb="Når drift er med", when_to_use_en="When staff take part",
    when_not_to_use_nb="Ikke ved ønsker", when_not_to_use_en="Not for wishes", example_nb="«Vaktmesteren satt der 😀»",
    example_en="“The caretaker was there”",
)  # fmt: skip


def test_what_a_reader_asked_for_is_accepted_with_a_label_a_level_and_a_definition_only(desk: Desk) -> None:
    name = asked_for(desk)
    log = (desk.path / FILE).read_bytes()
    told = refused(desk.path, "decide", name, "--accept", *DECISION)
    assert "label, level, definition.nb, definition.en" in told
    assert "--label-nb --label-en --level --definition-nb --definition-en" in told
    half = options(level="K", label_en="operations staff", definition_nb="Drift er med.")
    told = refused(desk.path, "decide", name, "--accept", *DECISION, *half)
    assert "has no definition.en" in told
    assert (desk.path / FILE).read_bytes() == log
    done = call(desk.path, "decide", name, "--accept", *DECISION, *DECIDED).output
    assert "is open: decide with --brief-nb --brief-en --when-to-use-nb" in done
    state = revising.states(desk.path)[name]
    (record,) = state.proposal.codes
    assert record["label"] == {"nb": "driftsfolk", "en": "operations staff"}
    # The level's next display, and a summary that tells of what was decided.
    assert (record["level"], record["display"][0]) == ("K", "K")
    assert state.proposal.change.summary == {
        "nb": "Nytt element: driftsfolk.",
        "en": "A new element: operations staff.",
    }


def test_a_reader_may_be_turned_down_without_more(desk: Desk) -> None:
    name = asked_for(desk)
    call(desk.path, "decide", name, "--reject", *DECISION)
    assert "go with --accept" in refused(desk.path, "decide", name, "--reject", *DECISION, *DECIDED)
    assert revising.states(desk.path)[name].state == "rejected"


@pytest.mark.parametrize("dry_run", [[], ["--dry-run"]])
def test_nothing_is_released_while_texts_are_unwritten_and_all_of_them_are_named_at_once(
    desk: Desk, dry_run: list[str]
) -> None:
    first, second = asked_for(desk), asked_for(desk, "Nabohjelp")
    call(desk.path, "decide", first, "--accept", *DECISION, *DECIDED)
    other = options(
        label_nb="nabohjelp", label_en="help", level="K", definition_nb="Om hjelp.", definition_en="On help."
    )
    call(desk.path, "decide", second, "--accept", *DECISION, *other)
    before = sorted(path.name for path in (desk.path / "codebooks").glob("*.yaml"))
    told = refused(desk.path, "release", *dry_run)
    assert told.startswith("2 faults in version")
    for name in (first, second):
        assert f"{name} leaves open of" in told
        assert f"foran codebook decide {name} --accept --brief-nb --brief-en --when-to-use-nb" in told
    assert sorted(path.name for path in (desk.path / "codebooks").glob("*.yaml")) == before


def test_texts_of_several_decisions_add_up_and_the_version_has_them(desk: Desk) -> None:
    name = asked_for(desk)
    call(desk.path, "decide", name, "--accept", *DECISION, *DECIDED)
    call(desk.path, "decide", name, "--accept", *DECISION, *REST)
    dry = call(desk.path, "release", "--dry-run").output
    assert f"warning: {name} has no theoretical reason" in dry
    call(
        desk.path,
        "decide",
        name,
        "--accept",
        *DECISION,
        *options(theory_nb="Etter Rothwell", theory_en="After Rothwell"),
    )
    assert "theoretical" not in call(desk.path, "release").output
    book = load_study(desk.path).lineage.codebooks[-1]
    code = next(code for code in book.codes if code.label["nb"] == "driftsfolk")
    assert (code.level, code.parent, code.definition) == ("K", None, {"nb": "Drift er med.", "en": "Staff join."})
    assert code.example == {"nb": "«Vaktmesteren satt der 😀»", "en": "“The caretaker was there”"}
    whole = (desk.path / f"codebooks/{book.codebook_version}.yaml").read_text("utf-8")
    assert "krevet ennå" not in whole
    assert "ritten yet" not in whole
    assert "ikke bestemt" not in whole
    change = next(change for change in book.changes if change.id == name)
    assert change.reason_theoretical == {"nb": "Etter Rothwell", "en": "After Rothwell"}


def test_a_part_of_a_code_takes_its_level_and_a_display_below_it(desk: Desk) -> None:
    name = asked_for(desk)
    parent = load_study(desk.path).lineage.codebooks[-1].by_display["P4"]
    texts = options(
        label_nb="driftsfolk", label_en="staff", parent="P4", definition_nb="Drift.", definition_en="Staff."
    )
    call(desk.path, "decide", name, "--accept", *DECISION, *texts)
    (record,) = revising.states(desk.path)[name].proposal.codes
    assert (record["level"], record["parent"]) == (parent.level, parent.id)
    assert record["display"].startswith("P4.")
    assert record["display"] not in {code.display for code in load_study(desk.path).lineage.codebooks[-1].codes}


@pytest.mark.parametrize(
    ("texts", "error", "told"),
    [
        ({"level": "Q"}, UnknownName, "level"),
        ({"parent": "P99"}, UnknownName, "code"),
        ({"display": "P1"}, ForanError, "duplicate-display"),
    ],
)
def test_a_decision_that_does_not_add_up_writes_nothing(
    desk: Desk, texts: dict[str, str], error: type[ForanError], told: str
) -> None:
    name = asked_for(desk)
    log = (desk.path / FILE).read_bytes()
    words = [*DECIDED, *options(**texts)]
    result = CliRunner().invoke(GROUP, ["decide", "--study", str(desk.path), name, "--accept", *DECISION, *words])
    assert isinstance(result.exception, error), result.output
    assert told in str(result.exception)
    assert (desk.path / FILE).read_bytes() == log


def test_a_name_that_a_reader_gave_gets_its_other_language_with_the_decision(desk: Desk) -> None:
    name = desk.propose("rename", "P1", edit=changed(label={"nb": "ønsker", "en": "needs"}))
    call(desk.path, "decide", name, "--accept", *DECISION, "--label-en", "wishes")
    state = revising.states(desk.path)[name]
    assert state.proposal.codes[0]["label"] == {"nb": "ønsker", "en": "wishes"}
    assert state.proposal.change.summary == {"nb": "P1 får navnet «ønsker».", "en": "P1 is called “wishes”."}
    call(desk.path, "release")
    assert load_study(desk.path).lineage.codebooks[-1].by_display["P1"].label == {"nb": "ønsker", "en": "wishes"}


def test_texts_for_a_proposal_about_several_codes_are_left_to_a_file(desk: Desk) -> None:
    name = desk.propose("split", "P3", edit=both_displays("P5", "P6"))
    told = refused(desk.path, "decide", name, "--accept", *DECISION, "--label-nb", "x")
    assert f"--amend {name}" in told


def test_an_amended_proposal_is_known_still_by_the_answer_it_came_of(desk: Desk) -> None:
    name = asked_for(desk)
    text = filled(call(desk.path, "template", "new").output, new_code(0, "K9", level="K"))
    (desk.folder / "bedre.yaml").write_text(text, "utf-8")
    call(desk.path, "propose", str(desk.folder / "bedre.yaml"), "--amend", name)
    change = revising.states(desk.path)[name].proposal.change
    assert change.evidence == ("S2:117", "STR-N01", "svar:a-abcdefghij234567klmn#0123abcd")
    # Written whole by somebody: nothing is open.
    call(desk.path, "decide", name, "--accept", *DECISION)
    call(desk.path, "release")


def test_what_is_open_is_told_where_proposals_are_listed(desk: Desk) -> None:
    asked_for(desk)
    told = call(desk.path, "proposals").output
    assert "is open: decide with --label-nb --label-en --level --brief-nb" in told
