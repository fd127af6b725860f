"""What a synthesis must not tell of hidden and withdrawn documents, in any file of a report. Everything is invented."""

from __future__ import annotations

import io
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_study import SmallStudy, draft, write_small_study

from foran_research import memoing, synthesising
from foran_research.coding.synthesis_memos import Expected, expectation_text, expectations_in
from foran_research.errors import ForanError
from foran_research.models.synthesis import Synthesis
from foran_research.study import Study
from foran_research.synthesising.saving import STAGED
from foran_research.withdrawal import withdraw

BEFORE, LATE = "2020-02-20T09:00:00Z", "2021-10-01T09:00:00Z"
SAME = {"FJO": "same", "HEI": "same", "STR": "same"}
FJO, STR = "FJO-I01.K1.s01", "STR-I01.K1.s01"
WITHHELD = "HEMMELIG 😀 a\u030apent"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("privacy") / "study").path


@pytest.fixture
def small(template: Path, tmp_path: Path) -> SmallStudy:
    return SmallStudy(Path(shutil.copytree(template, tmp_path / "study")))


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORAN_CODER", raising=False)


def loaded(small: SmallStudy) -> Study:
    study, faults = small.read()
    assert study is not None
    assert [str(fault) for fault in faults.errors] == []
    return study


def made(small: SmallStudy, milestone: str = "M2", **asked: Any) -> Synthesis:
    return synthesising.synthesis(loaded(small), milestone, replicates=5, **asked)


def hide(small: SmallStudy, *documents: str) -> None:
    path = small.path / "corpus/documents.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(line.replace(",open,", ",restricted,") if line.startswith(documents) else line for line in lines),
        "utf-8",
    )


def whole(small: SmallStudy, found: Synthesis) -> dict[str, str]:
    """Every file of a report as text, what is packed in workbooks and Word documents too."""
    told = {}
    for name, data in synthesising.report_files(found, loaded(small).settings, "nb").items():
        if name.endswith((".xlsx", ".docx")):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                parts = [archive.read(one) for one in archive.namelist() if one.endswith((".xml", ".rels"))]
            told[name] = b"\n".join(parts).decode("utf-8")
        elif not name.endswith(".png"):
            told[name] = data.decode("utf-8")
    return told


def assert_untold(small: SmallStudy, found: Synthesis, *words: str) -> None:
    files = whole(small, found)
    assert {"synthesis.html", "synthesis.xlsx", "synthesis.docx"} < set(files)
    assert [(name, word) for name, text in files.items() for word in words if word in text] == []


def proposed(small: SmallStudy, expected: dict[str, str] | None = None, **more: Any) -> str:
    told = {"elements": ["P1"], "at": BEFORE} | more
    return synthesising.propose(loaded(small), "K1", "Åpent i alle tre", expected or SAME, **told)


def removed(small: SmallStudy, segment: str) -> None:
    """The segment is taken away by its coder after everything else."""
    document, coder, _ = segment.split(".")
    last = [event for event in small.events(coder, document) if event["segment"] == segment][-1]
    small.code(
        coder,
        document,
        [draft(small, coder, document, "2021-10-05", "remove", segment, last["after"], None, last["codebook_version"])],
    )


# Hidden documents


def test_a_document_coded_after_the_milestone_is_hidden_from_its_report_too(small: SmallStudy) -> None:
    name = proposed(small)
    synthesising.summarise(loaded(small), "K1", "P1", case="STR", text=WITHHELD, at=LATE)
    synthesising.summarise(loaded(small), "K1", "P1", document="STR-I01", text=WITHHELD, at=LATE)
    synthesising.judge(loaded(small), "K1", name, "STR", "supports", text=WITHHELD, evidence=[STR], at=LATE)
    assert WITHHELD in whole(small, made(small, "M1"))["synthesis.html"]
    hide(small, "STR-I01")
    for milestone in ("M1", "M2"):
        found = made(small, milestone, words=True)
        assert_untold(small, found, "HEMMELIG", "STR-I01")
        (claim,) = found.claims
        assert [one.is_withheld for one in claim.verdicts] == [True]
    # The summary of a document that the first milestone does not have is told by its id alone.
    problems = made(small, "M1").problems
    assert [row["about"] for row in problems.to_dict("records") if row["problem"] == "homeless_summary"] == [""]


def test_a_passage_taken_away_is_as_hidden_as_its_document(small: SmallStudy) -> None:
    name = proposed(small)
    synthesising.summarise(loaded(small), "K1", "P1", case="FJO", text=WITHHELD, at=LATE)
    synthesising.judge(loaded(small), "K1", name, "FJO", "supports", text=WITHHELD, evidence=[FJO], at=LATE)
    removed(small, FJO)
    table = synthesising.tables(made(small))["synthesis_replication"]
    assert FJO in set(table["dangling"])
    hide(small, "FJO-I01")
    assert_untold(small, made(small), "HEMMELIG", "FJO-I01")


def test_a_proposition_that_tells_of_a_hidden_document_loses_its_words_everywhere(small: SmallStudy) -> None:
    expected = {"FJO": "same", "HEI": "same", "STR": f"ulik fordi {WITHHELD} grunn"}
    name = synthesising.propose(
        loaded(small), "K1", f"{WITHHELD} påstand", expected, rival=f"{WITHHELD} rival", at=BEFORE
    )
    memoing.link(loaded(small), name, [f"segment:{FJO}"], coder="K1", at=LATE)
    other = proposed(small, rival="Står igjen")
    synthesising.judge(
        loaded(small),
        "K1",
        other,
        "FJO",
        "supports",
        text=f"{WITHHELD} dom",
        rival=f"{WITHHELD} annet",
        evidence=[FJO],
        at=LATE,
    )
    hide(small, "FJO-I01")
    found = made(small, words=True)
    assert [claim.is_withheld for claim in found.claims] == [True, False]
    assert_untold(small, found, "HEMMELIG", "FJO-I01")
    assert "Står igjen" in whole(small, found)["synthesis.html"]


def test_a_report_is_the_same_whatever_codes_a_hidden_document_has(small: SmallStudy, tmp_path: Path) -> None:
    hide(small, "STR-I01")
    other = SmallStudy(Path(shutil.copytree(small.path, tmp_path / "other")))

    def recode(events: list[dict[str, Any]]) -> None:
        for event, code in zip(events, ("C0013", "C0005"), strict=True):
            event["after"] |= {"code": code, "polarity": "hemmer"}

    other.edit_log("K1", "STR-I01", recode)
    mine, theirs = (whole(one, made(one)) for one in (small, other))
    assert [name for name in mine if mine[name] != theirs[name]] == []
    # A code that only a hidden document has, and one that none has, are told alike.
    cells = made(small).matrices["case"].cells.set_index(["row", "column"])["state"]
    assert cells["STR", "C0012"] == "evidence"
    assert {cells["STR", code] for code in ("C0013", "C0007", "C0010")} == {"suppressed"}
    assert "suppressed" not in set(cells["HEI"])


def test_rows_of_which_everything_is_hidden_are_left_out_and_counted(small: SmallStudy) -> None:
    before = made(small)
    assert "STR-1" in set(before.matrices["process"].cells["row"])
    assert set(before.rows_left_out.values()) == {0}
    # Bruker, innkjøp, and those whom the note quotes without a name.
    hide(small, "STR-I01", "STR-N01")
    found = made(small)
    assert "STR-1" not in set(found.matrices["process"].cells["row"])
    assert not {"bruker|STR", "innkjop|STR"} & set(found.roles["row"])
    assert found.rows_left_out == {"role": 3, "document": 2, "process": 1}
    assert list(synthesising.tables(found)["synthesis_left_out"]["left_out"]) == [3, 2, 1]


def test_where_the_number_of_informants_is_hidden_no_document_is_told_in_its_place(small: SmallStudy) -> None:
    roles = made(small).roles
    heard = roles[roles["state"] == "evidence"]
    assert heard["informants_hidden"].all()
    assert heard["documents"].isna().all()
    assert set(heard["document_ids"]) == set(heard["segment_ids"]) == {()}
    assert not any(document in whole(small, made(small))["tables/synthesis_role_ordered.csv"] for document in ("FJO", "HEI")
                   for document in (f"{document}-I01", f"{document}-I02"))  # fmt: skip


# Withdrawn documents


def test_a_withdrawal_does_not_make_a_late_claim_an_early_one(small: SmallStudy) -> None:
    # HEI was first coded on 2020-08-22 in the document withdrawn, and on 2021-04-16 in the one that is left.
    proposed(small, at="2020-09-01T09:00:00Z")

    def before() -> dict[str, bool | None]:
        (claim,) = made(small).claims
        return {one.case: one.was_stated_before for one in claim.outcome.cases}

    assert before() == {"FJO": None, "HEI": False, "STR": True}
    withdraw(small.path, "HEI-LEV-01", at="2021-11-01T10:00:00Z", reason="bedt om det")
    assert "HEI-I01" not in loaded(small).documents.index
    assert before() == {"FJO": None, "HEI": False, "STR": True}


# Files


def test_files_of_an_earlier_report_do_not_stay_beside_a_new_one(small: SmallStudy, tmp_path: Path) -> None:
    folder = tmp_path / "rapport"
    (folder / "figures").mkdir(parents=True)
    (folder / STAGED / "tables").mkdir(parents=True)
    for name in ("figures/synthesis_gammel.svg", f"{STAGED}/tables/x.csv", "figures/mitt.svg", "notat.txt"):
        (folder / name).write_text(WITHHELD, "utf-8")
    settings = loaded(small).settings
    written = synthesising.save_report(made(small), settings, folder, language="nb")
    there = {path for path in folder.rglob("*") if path.is_file()}
    assert there == {*written, folder / "figures/mitt.svg", folder / "notat.txt"}
    assert not (folder / STAGED).exists()
    expected = synthesising.report_files(made(small), settings, "nb")
    assert {path.relative_to(folder).as_posix(): path.read_bytes() for path in written} == expected


def test_a_figure_of_an_invented_study_says_so(small: SmallStudy) -> None:
    found, settings = made(small), loaded(small).settings
    invented = synthesising.figures(found, settings, "nb")
    real = synthesising.figures(found, replace(settings, is_synthetic=False), "nb")
    assert all(invented[kind][name] != real[kind][name] for kind in invented for name in invented[kind])


def test_the_chain_tells_whether_a_guide_asked(small: SmallStudy) -> None:
    cells = made(small).chain.query("claim_kind == 'cell_document'").drop_duplicates(["row", "column"])
    asks = cells.set_index(["row", "column"])["asks"]
    assert asks["FJO-I01", "C0001"] == "yes"
    assert asks["FJO-I01", "C0012"] == "no"
    assert asks["STR-I01", "C0001"] == ""


def test_control_characters_that_html_cannot_hold_are_replaced(small: SmallStudy) -> None:
    synthesising.propose(loaded(small), "K1", "Åpent\x07 i \x0balle", SAME, at=BEFORE)
    page = whole(small, made(small))["synthesis.html"]
    assert "\x07" not in page
    assert "\x0b" not in page
    assert "Åpent" in page


# Writing


def test_summaries_and_verdicts_written_at_the_same_time_leave_one_each(small: SmallStudy) -> None:
    name = proposed(small)
    stale = loaded(small)
    ids = {synthesising.summarise(stale, "K1", "P1", case="FJO", text=f"Å {n}", at=LATE) for n in range(3)}
    judged = {synthesising.judge(stale, "K1", name, "FJO", "supports", text=f"Å {n}", evidence=[FJO], at=LATE)
              for n in range(3)}  # fmt: skip
    assert (len(ids), len(judged)) == (1, 1)
    standing = memoing.memos(loaded(small)).set_index("memo")["text"]
    assert (standing[[*ids, *judged]] == "Å 2").all()
    assert len(standing) == 3
    # Of another case, or another's, it is another one.
    synthesising.summarise(stale, "K1", "P1", case="STR", text="Å", at=LATE)
    synthesising.summarise(stale, "K2", "P1", case="FJO", text="Å", at=LATE)
    assert len(memoing.memos(loaded(small))) == 5


def test_a_link_that_a_verdict_cannot_have_is_refused_with_what_is_expected(small: SmallStudy) -> None:
    name = proposed(small)
    verdict = synthesising.judge(loaded(small), "K1", name, "FJO", "supports", text="Å", evidence=[FJO], at=LATE)
    before = small.fingerprint()
    with pytest.raises(ForanError, match="linked to 2 rows; expected one link of: case"):
        memoing.link(loaded(small), verdict, ["case:STR"], coder="K1", at=LATE)
    with pytest.raises(ForanError, match="that nobody can read"):
        memoing.change(loaded(small), name, coder="K1", at=LATE, fields={"expectation": "FJO kanskje"})
    assert small.fingerprint() == before


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\u2028", "\x0b", "\x85"])
def test_a_reason_on_several_lines_plants_no_second_expectation(gap: str) -> None:
    text = expectation_text({"FJO": Expected(False, f"å{gap}STR: same")})
    assert expectations_in(text) == {"FJO": Expected(False, "å STR: same")}


def test_the_same_with_a_reason_is_refused(small: SmallStudy) -> None:
    with pytest.raises(ForanError, match="FJO: the same, with a reason"):
        synthesising.propose(loaded(small), "K1", "Å", {"FJO": Expected(True, "fordi")}, at=BEFORE)
