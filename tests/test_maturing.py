"""Maturity of a whole study: profile and page cut at the milestone, forms out, and filled-in forms back, all or none.

Everybody and everything in the studies is invented (oppdiktet).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from small_study import SmallStudy

from foran_research import maturing, memoing
from foran_research.analysis.maturity import of_element
from foran_research.cli import main
from foran_research.errors import ForanError, StudyError, UnknownName
from foran_research.models.maturity import to_dict
from foran_research.registers.records import Assessment
from foran_research.report.maturity_form import IDENTITY, WHO
from foran_research.report.maturity_page import assessments_table
from foran_research.report.maturity_words import QUESTIONS
from foran_research.study import Study, load_study

CODE = "FJO-GRUPPE-1"
WHY = "Vi øver sammen 😀, hver a\u030a"
HOSTILE = "<script>alert('å')</script> {{ 7*7 }} </style>"


@pytest.fixture(scope="module")
def demo(demo_path: Path) -> Study:
    return load_study(demo_path)


@pytest.fixture
def study(small_study: SmallStudy) -> Study:
    return load_study(small_study.path)


# ---- the demo study


def naive(study: Study, milestone: str) -> dict[tuple[str, str], list[int]]:
    """Levels by element and side, straight from the file's newest rows."""
    cut_off = study.milestone(milestone).cut_off.isoformat()
    newest = {row.id: row for row in study.registers.assessments if row.on <= cut_off}
    found: dict[tuple[str, str], list[int]] = {}
    for row in newest.values():
        if row.milestone == milestone and row.action != "withdrawn":
            found.setdefault((row.element, row.side), []).append(row.level)
    return found


@pytest.mark.parametrize("milestone", ["M4", "M8", "M13"])
def test_the_demo_profile_is_that_of_its_register(demo: Study, milestone: str) -> None:
    found = maturing.profile_of(demo, demo.milestone(milestone))
    told = {(one.element, side): one.sides[side] for one in found.elements for side in one.sides}
    expected = naive(demo, milestone)
    assert {key for key, summary in told.items() if summary.n + summary.not_assessed} == set(expected)
    assert {key: told[key] for key in expected} == {key: of_element(levels) for key, levels in expected.items()}
    assert found.total is None


def test_every_demo_assessment_rests_on_what_was_there_on_its_day(demo: Study) -> None:
    """Evidence is coded, on that element, in that municipality, and dated before the day; what is narrow says why it stands."""
    segments = demo.segments().set_index("segment")
    dates = demo.documents["date"]
    for row in demo.registers.assessments:
        for name in row.evidence:
            document = segments.at[name, "document"]
            assert demo.documents.at[document, "case"] == row.case
            assert dates[document] < row.on
            assert segments.at[name, "coder"] == "K1"
    assert not demo.warnings
    assert sum(bool(row.override) for row in demo.registers.assessments) >= 3


def test_a_split_and_a_merge_of_the_codebook_are_told_and_not_compared(demo: Study) -> None:
    found = maturing.profile_of(demo, demo.milestone("M7"))
    told = {one.display: one.changes["researcher"] for one in found.elements if "researcher" in one.changes}
    assert (told["P13"].why, told["P13"].from_elements) == ("split", ("C0006",))
    assert (told["K12"].why, told["K12"].from_elements) == ("merged", ("C0036", "C0037"))
    assert (told["P5"].status, told["P5"].why) == ("up", "")


def test_nothing_recorded_after_the_milestone_is_in_its_page(demo: Study) -> None:
    milestone = demo.milestone("M10")
    before = replace(demo.registers, assessments=tuple(r for r in demo.registers.assessments if r.on <= "2023-01-31"))
    before = replace(before, targets=tuple(row for row in before.targets if row.on <= "2023-01-31"))
    earlier = replace(demo, registers=before)
    texts = [maturing.maturity_page(one, milestone, maturing.profile_of(one, milestone)) for one in (demo, earlier)]
    assert texts[0] == texts[1]
    assert "M13" not in texts[0]


def test_a_page_names_no_participant_and_shows_no_single_figure(demo: Study) -> None:
    milestone = demo.milestone("M13")
    rows = tuple(
        replace(row, rationale=HOSTILE) if row.assessor == "TRD-GRUPPE-1" else row for row in demo.registers.assessments
    )
    hostile = replace(demo, registers=replace(demo.registers, assessments=rows))
    text = maturing.maturity_page(hostile, milestone, maturing.profile_of(hostile, milestone))
    said = text[text.index('id="elements"') : text.index('id="passages"')]
    # The participant who assessed is told of by type of actor.
    assert "(<code>TRD-INN-01</code>" not in said
    assert "<code>Innkjøp og jus</code>" in said
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert "Samlet tall" not in text
    assert "Til sammenligning med DFØ" in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"', text):
        assert target in ids


def test_segments_of_a_hidden_document_count_for_breadth_and_are_nowhere_named(demo: Study) -> None:
    milestone = demo.milestone("M13")
    documents = demo.documents.copy()
    documents.loc["TRD-I03", "disclosure"] = "closed"
    hidden = replace(demo, documents=documents)
    before, after = (maturing.profile_of(one, milestone) for one in (demo, hidden))
    told = [[said.breadth for one in profile.elements for said in one.said] for profile in (before, after)]
    assert told[0] == told[1]
    text = maturing.maturity_page(hidden, milestone, after) + json.dumps(to_dict(after))
    text += assessments_table(after).to_csv()
    assert "TRD-I03" in json.dumps(to_dict(before))
    assert "TRD-I03" not in text
    assert "kan ikke vises her" in text


def test_what_a_participant_who_withdrew_said_of_themselves_is_gone(demo: Study) -> None:
    people = demo.participants.copy()
    people.loc["TRD-INN-01", "withdrawn_at"] = "2024-01-02"
    gone = replace(demo, participants=people)
    found = maturing.profile_of(gone, demo.milestone("M13"))
    assert "TRD-INN-01" not in {said.assessor for one in found.elements for said in one.said}
    assert "TRD-GRUPPE-1" in {said.assessor for one in found.elements for said in one.said}


def test_a_milestone_of_all_municipalities_shows_the_newest_round_of_the_one_asked_for(demo: Study) -> None:
    found = maturing.profile_of(demo, demo.milestone("M16"), case="KRS")
    assert (found.milestone, found.before, found.codebook_version) == ("M15", "M12", "3.0.0")
    with pytest.raises(UnknownName):
        maturing.profile_of(demo, demo.milestone("M16"))
    with pytest.raises(ForanError, match="M13 is of TRD"):
        maturing.profile_of(demo, demo.milestone("M13"), case="BGO")


def test_the_command_shows_a_profile_and_writes_its_page(demo_path: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main,
        ["maturity", "show", "TRD", "--milestone", "M10", "--study", str(demo_path), "--output", str(tmp_path)],
    )
    assert done.exit_code == 0, done.output
    assert "P2 Behovskartlegging" in done.output
    assert (tmp_path / "maturity_TRD.html").is_file()
    table = list(csv.DictReader(io.StringIO((tmp_path / "tables/maturity_TRD.csv").read_text("utf-8-sig"))))
    assert {row["side"] for row in table} == {"researcher", "self", "joint"}


def test_where_nobody_has_assessed_the_page_says_so_and_nothing_breaks(study: Study) -> None:
    milestone = study.milestone("M1")
    found = maturing.profile_of(study, milestone, case="FJO")
    text = maturing.maturity_page(study, milestone, found, language="en")
    assert (found.is_empty, "Nobody has assessed maturity at this milestone yet." in text) == (True, True)
    assert 'id="scale"' in text
    assert list(maturing.figures(study, found)) == ["maturity_profile"]


def test_a_memo_about_an_element_and_a_milestone_explains_a_change_from_its_day_on(study: Study) -> None:
    for day, links in (("2020-09-25", ("milestone:M1",)), ("2020-09-26", ()), ("2020-10-02", ("milestone:M1",))):
        memoing.add(study, coder="K1", about="code:P1", at=f"{day}T10:00:00Z", text="Ned fordi …", links=links)
        study = load_study(study.path)
    told = maturing.memos_on_change(study, study.milestone("M1"))
    assert {name: len(memos) for name, memos in told.items()} == {"C0001": 1}


# ---- forms


def asked(study: Study, **other: Any) -> maturing.MaturityForm:
    return maturing.form(study, study.milestone("M1"), case="FJO", **other)


def answered(study: Study, folder: Path, how: str, levels: dict[str, object], **who: str) -> Path:
    """A form filled in: `levels` by element, WHY as reason for each above 0."""
    form = asked(study)
    files = {Path(name).suffix: content for name, content in maturing.form_files(form).items()}
    told = {"assessor": CODE, "on": "2020-09-20"} | who
    path = folder / f"svar{how}"
    if how == ".json":
        content = {
            "kind": "foran-maturity-form", "schema_version": 1, **form.identity, **told, "notes": [{"question": "DFO-42"}],
            "asked": [one.id for one in form.elements],
            "answers": [
                {"element": e, "level": n, "confidence": "medium", "rationale": WHY if n else ""} for e, n in levels.items()
            ],
        }  # fmt: skip
        path.write_text(json.dumps(content), "utf-8")
    elif how == ".csv":
        rows = list(csv.reader(io.StringIO(files[".csv"].decode("utf-8-sig"))))
        for row in rows[1:]:
            row[5:7] = [told["assessor"], told["on"]]
            if row[7] in levels:
                row[8:] = [str(levels[row[7]]), "middels", WHY if levels[row[7]] else ""]
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows(rows)
        path.write_text(out.getvalue(), "utf-8")
    else:
        path.write_bytes(files[".xlsx"])
        book = load_workbook(path)
        first, about = book.worksheets[:2]
        for row in first.iter_rows():
            if row[0].value in levels:
                level = levels[row[0].value]
                row[3].value, row[4].value, row[5].value = level, "middels", WHY if level else None
        about["B1"], about["B2"] = told["assessor"], told["on"]
        book.save(path)
    return path


def test_a_form_asks_for_no_name_fetches_nothing_and_is_the_same_each_time(study: Study) -> None:
    form = asked(study)
    files = maturing.form_files(form)
    assert files == maturing.form_files(asked(study))
    assert [Path(name).suffix for name in files] == [".html", ".html", ".xlsx", ".csv"]
    assert {one.id for one in form.elements} == {"C0001", "C0002", "C0003", "C0004", "C0005", "C0007", "C0009"}
    paper, live = (files[name].decode("utf-8") for name in list(files)[:2])
    for text in (paper, live):
        assert "http:" not in text
        assert "https:" not in text
        assert "default-src 'none'" in text
        assert text.count("data-element=") >= len(form.elements)
        assert all(question[1] in text for question in QUESTIONS)
        assert "aldri" in text or "ikke navn" in text
        assert 'name="name"' not in text
    assert len(QUESTIONS) == 7
    assert "<script" not in paper
    assert "script-src 'sha256-" in live
    english = maturing.form(study, study.milestone("M1"), case="FJO", language="en")
    assert english.form == form.form
    assert maturing.form(study, study.milestone("M1"), case="FJO", elements=["P1"]).form != form.form


@pytest.mark.parametrize("how", [".xlsx", ".csv", ".json"])
def test_a_filled_in_form_becomes_assessments_once(study: Study, tmp_path: Path, how: str) -> None:
    path = answered(study, tmp_path, how, {"C0001": 3, "C0005": 0})
    dry = maturing.read_forms(study, [path])
    assert dry.faults.errors == []
    assert not (study.path / "corpus/assessments.csv").exists()
    found, added = maturing.add_forms(study, [path])
    assert added is not None
    assert found.new == dry.new == added.registers.assessments
    row = found.new[0]
    assert row == Assessment(
        f"M1-FJO-C0001-{CODE}", "2020-09-20", "", "M1", "FJO", "C0001", "1.0.0", CODE, "self", "", 3, "medium", (),
        WHY.replace("a\u030a", "å"), "",
    )  # fmt: skip
    assert [one.level for one in found.new] == [3, 0]
    assert found.notes == (how == ".json")
    # The same file again adds nothing, and tells.
    before = (study.path / "corpus/assessments.csv").read_bytes()
    again, nothing = maturing.add_forms(load_study(study.path), [path, path])
    assert (again.new, nothing, len(again.same)) == ((), None, 2)
    assert (study.path / "corpus/assessments.csv").read_bytes() == before


def test_a_later_answer_takes_the_place_of_the_earlier_and_both_stay_in_the_file(study: Study, tmp_path: Path) -> None:
    maturing.add_forms(study, [answered(study, tmp_path, ".csv", {"C0001": 3})])
    later = load_study(study.path)
    found, _ = maturing.add_forms(later, [answered(later, tmp_path, ".json", {"C0001": 2}, on="2020-09-25")])
    assert found.changed == (f"M1-FJO-C0001-{CODE}",)
    now = load_study(study.path)
    assert [row.level for row in now.registers.assessments] == [3, 2]
    profile = maturing.profile_of(now, now.milestone("M1"), case="FJO")
    assert profile.values("self")["C0001"] == 2
    # What was taken back stays so, whoever reads the old file again.
    maturing.record(now, [replace(now.registers.assessments[-1], on="2020-09-26", action="withdrawn")])
    last = load_study(study.path)
    back = maturing.read_forms(last, [tmp_path / "svar.json"])
    assert (back.new, back.withdrawn) == ((), (f"M1-FJO-C0001-{CODE}",))


def edit_json(**changes: object) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        content = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(content | changes), "utf-8")

    return edit


def edit_sheet(cell: str, value: object, sheet: int = 0) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        book = load_workbook(path)
        book.worksheets[sheet][cell] = value
        book.save(path)

    return edit


def overwrite(content: bytes) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(content), None)[1]


@pytest.mark.parametrize(
    ("how", "edit", "kind"),
    [
        (".json", edit_json(study="another"), "other-study"),
        (".json", edit_json(milestone="M9"), "unknown-milestone"),
        (".json", edit_json(codebook_version="2.0.0"), "other-codebook"),
        (".json", edit_json(milestone="M2"), "other-codebook"),
        (".json", edit_json(case="OSL"), "wrong-case"),
        (".json", edit_json(assessor="Kari Nordmann"), "bad-assessor"),
        (".json", edit_json(assessor=""), "form-incomplete"),
        (".json", edit_json(on="2020-02-31"), "bad-date"),
        (".json", edit_json(answers=[{"element": "C0001", "level": 6}]), "bad-level"),
        (".json", edit_json(answers=[{"element": "C0001", "level": -1}]), "bad-level"),
        (".json", edit_json(answers=[{"element": "C0001", "level": 2.5}]), "bad-level"),
        (".json", edit_json(answers=[{"element": "C0001", "level": True}]), "bad-level"),
        (".json", edit_json(answers=[{"element": "C0006", "level": 2}]), "unknown-element"),
        (".json", edit_json(answers=[{"element": "C0001", "level": 2}] * 2), "element-twice"),
        (".json", edit_json(answers=[{"element": "C0001", "level": 2, "confidence": "ja"}]), "bad-confidence"),
        (".json", edit_json(answers="alle"), "broken-json"),
        (".json", edit_json(form="0123456789ab"), "edited-form"),
        (".json", edit_json(asked=["C0001"]), "edited-form"),
        (".json", edit_json(asked=None), "broken-json"),
        (".json", edit_json(asked=[{"element": "C0001"}]), "broken-json"),
        (".json", edit_json(answers=[{"element": "C0001", "level": 2, "rationale": {"å": 1}}]), "bad-reason"),
        (".json", edit_json(answers=[{"element": "C0001", "level": 2, "rationale": ["😀"]}]), "bad-reason"),
        (".json", edit_json(answers=[{"element": "C0001", "level": 2, "rationale": "å" * 2001}]), "too-long"),
        (".json", edit_json(answers=[{"element": "C0001", "level": 2, "rationale": "halv \ud83d"}]), "control-character"),
        (".json", edit_json(schema_version=2), "future-file"),
        (".json", edit_json(kind="another"), "no-form"),
        (".json", overwrite(b"[1, 2"), "broken-json"),
        (".json", overwrite(b""), "empty-file"),
        (".xlsx", edit_sheet("D4", "Karakter"), "edited-header"),
        (".xlsx", edit_sheet("A5", "C0003"), "edited-form"),
        (".xlsx", edit_sheet("D5", "=1+2"), "formula"),
        (".xlsx", edit_sheet("D5", 7), "bad-level"),
        (".xlsx", edit_sheet("D5", "høy"), "bad-level"),
        (".xlsx", edit_sheet("B3", "0123456789ab", 1), "edited-form"),
        (".xlsx", overwrite(b"PK\x03\x04 no workbook"), "broken-file"),
        (".csv", lambda path: (path.write_text(path.read_text("utf-8").replace("C0001", "C0003"), "utf-8"), None)[1],
         "edited-form"),
        (".csv", overwrite(b"element;level\nC0001;2\n"), "edited-header"),
        (".csv", overwrite("æøå".encode("latin-1")), "not-utf8"),
    ],
)  # fmt: skip
def test_what_is_no_answer_to_this_form_is_refused_and_nothing_is_written(
    study: Study, tmp_path: Path, how: str, edit: Callable[[Path], None], kind: str
) -> None:
    good = answered(study, tmp_path, ".csv", {"C0005": 2}, assessor="FJO-GRUPPE-2")
    (tmp_path / "god.csv").write_bytes(good.read_bytes())
    path = answered(study, tmp_path, how, {"C0001": 2})
    edit(path)
    with pytest.raises(StudyError) as refused:
        maturing.add_forms(study, [tmp_path / "god.csv", path])
    assert kind in {fault.kind for fault in refused.value.faults}
    # Told by file, and nothing quoted that somebody wrote.
    assert all(fault.file.startswith("svar") for fault in refused.value.faults)
    assert "Nordmann" not in str(refused.value)
    assert not (study.path / "corpus/assessments.csv").exists()


def test_every_fault_of_every_form_is_told_at_once(study: Study, tmp_path: Path) -> None:
    one = answered(study, tmp_path, ".json", {"C0001": 9, "C0099": 1})
    two = answered(study, tmp_path, ".csv", {"C0005": 2}, on="2020-10-05")
    three = tmp_path / "brev.pdf"
    three.write_bytes(b"%PDF")
    found = maturing.read_forms(study, [one, two, three, tmp_path / "mangler.xlsx"])
    told = {(fault.file.split(":")[0], fault.kind) for fault in found.faults.errors}
    assert {("svar.json", "bad-level"), ("svar.json", "unknown-element"), ("brev.pdf", "unknown-file")} <= told
    assert ("mangler.xlsx", "missing-file") in told
    # After the milestone's last day: the register's own rule, told with the form's name.
    assert any(file == "svar.csv" for file, _ in told)


def test_two_files_that_differ_about_one_thing_are_not_chosen_between(study: Study, tmp_path: Path) -> None:
    one = answered(study, tmp_path, ".csv", {"C0001": 2})
    two = answered(study, tmp_path, ".json", {"C0001": 4})
    assert {fault.kind for fault in maturing.read_forms(study, [one, two]).faults.errors} == {"two-answers"}


def test_a_reason_that_a_spreadsheet_would_take_for_a_formula_is_written_as_words(study: Study) -> None:
    row = maturing.assessment(
        study, study.milestone("M1"), "P1", case="FJO", assessor=CODE, on="2020-09-20", side="self"
    )
    told = [maturing.tidied(replace(row, rationale=text)).rationale for text in ("- øvd", "=1+1", " a\u030a\r\nb\x07 ")]
    assert told == ["– øvd", "· =1+1", "å\nb"]
    # A mark that turns the direction of writing is none that is seen.
    assert maturing.tidied(replace(row, rationale="øvd \u202etvo\u2069 😀")).rationale == "øvd  tvo  😀"


def test_an_element_that_the_form_did_not_ask_about_is_no_answer_to_it(study: Study, tmp_path: Path) -> None:
    few = asked(study, elements=["P1"])
    path = answered(study, tmp_path, ".json", {"C0001": 2, "C0005": 2})
    edit_json(**few.identity, asked=["C0001"])(path)
    found = maturing.read_forms(study, [path])
    assert [(fault.kind, "C0005" in fault.found) for fault in found.faults.errors] == [("edited-form", True)]


def test_an_assessor_of_another_municipality_is_warned_of(study: Study, tmp_path: Path) -> None:
    people = study.participants
    elsewhere = str(people.index[people["case"] == "HEI"][0])
    path = answered(study, tmp_path, ".json", {"C0001": 2}, assessor=elsewhere)
    told = maturing.read_forms(study, [path]).faults
    assert told.errors == []
    assert "other-municipality" in {fault.kind for fault in told.warnings}
    own = str(people.index[people["case"] == "FJO"][0])
    here = maturing.read_forms(study, [answered(study, tmp_path, ".json", {"C0001": 2}, assessor=own)]).faults
    assert "other-municipality" not in {fault.kind for fault in here.warnings}


def test_forms_by_commands_from_making_to_reading(study: Study, tmp_path: Path) -> None:
    run, at = CliRunner(), ["--study", str(study.path)]
    made = run.invoke(main, ["maturity", "form", "FJO", "--milestone", "M1", "--output", str(tmp_path), *at])
    assert made.exit_code == 0, made.output
    assert "modenhet_FJO_M1.xlsx" in made.output
    path = str(answered(study, tmp_path, ".xlsx", {"C0001": 3, "C0005": 0}))
    dry = run.invoke(main, ["maturity", "read", "--dry-run", path, *at])
    assert "2 assessments would be added" in dry.output
    assert not (study.path / "corpus/assessments.csv").exists()
    done = run.invoke(main, ["maturity", "read", path, *at])
    assert (done.exit_code, "2 assessments added" in done.output) == (0, True), done.output
    again = run.invoke(main, ["maturity", "read", path, *at])
    assert "0 assessments added" in again.output
    assert again.output.count("there already") == 2
    one = run.invoke(
        main,
        ["maturity", "assess", "FJO", "P1", "--milestone", "M1", "--as", "K1", "--level", "2", "--on", "2020-09-21",
         "--evidence", str(study.segments()["segment"].iloc[0]), "--why", "Gjort i én prosess", *at],
    )  # fmt: skip
    assert (one.exit_code, "M1-FJO-C0001-K1: level 2" in one.output) == (0, True), one.output
    refused = run.invoke(
        main,
        [
            "maturity",
            "assess",
            "FJO",
            "P1",
            "--milestone",
            "M1",
            "--as",
            "K2",
            "--level",
            "2",
            "--on",
            "2020-09-21",
            *at,
        ],
    )
    assert refused.exit_code == 1
    assert [*IDENTITY, *WHO] == ["form", "study", "milestone", "case", "codebook_version", "assessor", "on"]
