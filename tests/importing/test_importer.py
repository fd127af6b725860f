"""The importer's conversation with its screen, message by message, without a browser.

Everybody and everything here is invented (oppdiktet).
"""

from __future__ import annotations

import csv
import itertools
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from small_study import SmallStudy

from foran_research import Importer, load_study
from foran_research.corpus.key import Cost, create, open_key
from foran_research.corpus.pseudonyms import Decision
from foran_research.errors import StudyError, UnknownName
from foran_research.importing.shown import context_parts

PASSPHRASE = "fire ord som ingen har sagt før"  # noqa: S105 (invented)
NAMES = (
    "Torhild",
    "Fjellvåg",
    "Gunnbjørg",
    "Rabbestad",
    "412 34 567",
    "41234567",
    "gunnbjorg@",
    "Ulvhild",
    "Skogtroll",
)
TALK = (
    "Intervjuer: Hvem ringte du 😀?",
    "Torhild Fjellvåg: Jeg ringte Gunnbjørg Rabbestad på 412 34 567, eller skrev til gunnbjorg@eksempel.no, e\u0301n gang.",
    "Intervjuer: Og så?",
    "Torhild Fjellvåg: Så kom Gunnbjørg Rabbestad hit til A\u030aneset.",
)
NUMBERS = itertools.count(1)


def word_file(path: Path, lines: tuple[str, ...] = TALK) -> Path:
    """A Word file that somebody invented has written, with a remark that names somebody."""
    document = Document()
    document.core_properties.author = "Ulvhild Skogtroll"
    for line in lines:
        document.add_paragraph(line)
    document.add_comment(
        document.paragraphs[-1].runs, text="Spør Gunnbjørg Rabbestad", author="Ulvhild Skogtroll", initials="US"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(path))
    return path


class Screen:
    """What a screen hears and says."""

    def __init__(self, importer: Importer, monkeypatch: pytest.MonkeyPatch, client: str = "a") -> None:
        self.importer, self.client = importer, client
        self.heard: list[dict[str, Any]] = []
        monkeypatch.setattr(importer, "send", self.hear)

    def hear(self, message: dict[str, Any]) -> None:
        # What crosses the wire is JSON.
        self.heard.append(json.loads(json.dumps(message)))

    def say(self, do: str, **content: Any) -> dict[str, Any]:
        """Send a message; the answer to it."""
        wish = f"{self.client}.{next(NUMBERS)}"
        self.importer._receive(None, {"id": wish, "client": self.client, "do": do, **content}, [])
        last = self.heard[-1]
        assert (last["re"], last["to"]) == (wish, self.client)
        return last


@pytest.fixture
def real_study(small_study: SmallStudy) -> SmallStudy:
    small_study.replace("foran.toml", "synthetic = true", "synthetic = false")
    small_study.replace(
        "foran.toml",
        "[privacy]\n",
        '[privacy]\nsikt_ref = "123456"\nend_date = "2099-12-31"\nlegal_basis = "samtykke"\n'
        'consent_template_version = "1"\nretention_action = "delete"\n',
    )
    return small_study


@pytest.fixture
def key(real_study: SmallStudy, tmp_path: Path) -> Path:
    path = tmp_path / "hemmelig" / "navn.forankey"
    path.parent.mkdir()
    create(path, PASSPHRASE, "small", study=real_study.path, cost=Cost(2**4))
    return path


@pytest.fixture
def screen(real_study: SmallStudy, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Screen:
    word_file(tmp_path / "kilder" / "Torhild Fjellvåg.docx")
    return Screen(Importer(real_study.path, folder=tmp_path / "kilder", key=key), monkeypatch)


def wanted(tmp_path: Path, **more: Any) -> dict[str, Any]:
    about = {
        "kind": "interview",
        "case": "FJO",
        "date": "2020-04-01",
        "consent": "analysis quote",
        **more.pop("about", {}),
    }
    return {"files": [str(tmp_path / "kilder" / "Torhild Fjellvåg.docx")], "about": about, **more}


def everything(study: SmallStudy) -> str:
    paths = [path for path in study.path.rglob("*") if path.is_file()]
    return unicodedata.normalize(
        "NFC", "\n".join(f"{path.name}\n{path.read_bytes().decode('utf-8', 'replace')}" for path in paths)
    )


def in_order(screen: Screen, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """The key opened and the rows that wait, by their words."""
    assert screen.say("open key", path="", passphrase=PASSPHRASE)["kind"] == "key"
    answer = screen.say("review", **wanted(tmp_path))
    assert answer["kind"] == "review"
    return {row["surface"]: row for row in answer["rows"]}


def decide(screen: Screen, *given: tuple[dict[str, Any], str, str, str]) -> list[dict[str, Any]]:
    rows = [
        {"mark": row["mark"], "decision": decision, "replacement": replacement, "scope": scope}
        for row, decision, replacement, scope in given
    ]
    answer = screen.say("decide", rows=rows)
    assert answer["kind"] == "decided", answer
    return list(answer["answers"])


def decisions(key: Path) -> dict[tuple[str, str], Decision]:
    return {(one.surface, one.document): one for one in open_key(key, PASSPHRASE).decisions}


# Choosing and looking


def test_a_screen_that_says_hello_is_told_the_studys_words_and_the_folders_files(
    screen: Screen, tmp_path: Path
) -> None:
    told = screen.say("hello")
    assert told["kind"] == "setup"
    assert not told["isSynthetic"]
    assert told["errors"] == []
    assert told["interviewers"] == ["Intervjuer"]
    assert [one["id"] for one in told["fields"]["case"]] == ["FJO", "HEI", "STR"]
    assert {one["case"] for one in told["fields"]["process"]} <= {"FJO", "HEI", "STR"}
    assert [file["name"] for file in told["listing"]["files"]] == ["Torhild Fjellvåg.docx"]
    assert told["listing"]["above"] == str(tmp_path)
    assert told["key"] == {"place": str(tmp_path / "hemmelig" / "navn.forankey"), "isOpen": False}


def test_hidden_files_are_not_listed_folders_are_and_a_project_of_qualcoder_is_one_file(
    screen: Screen, tmp_path: Path
) -> None:
    folder = tmp_path / "kilder"
    (folder / ".skjult").write_text("x")
    (folder / "eldre").mkdir()
    (folder / "prosjekt.qda").mkdir()
    (folder / "prosjekt.qda" / "data.qda").write_bytes(b"")
    told = screen.say("list", folder=str(folder))
    assert [one["name"] for one in told["folders"]] == ["eldre"]
    assert [one["name"] for one in told["files"]] == ["prosjekt.qda", "Torhild Fjellvåg.docx"]
    assert not told["isInStudy"]
    assert screen.say("list", folder=str(tmp_path / "study"))["isInStudy"]
    gone = screen.say("list", folder=str(folder / "finnes ikke"))
    assert gone["kind"] == "refused"
    assert "cannot be looked into" in gone["text"]


def test_a_preview_tells_speakers_hits_and_what_is_left_out_and_writes_nothing(
    screen: Screen, real_study: SmallStudy, tmp_path: Path
) -> None:
    before = real_study.fingerprint()
    (text,) = screen.say("preview", **wanted(tmp_path))["texts"]
    assert text["document"] == "FJO-I03"
    assert [(one["label"], one["turns"], one["is_interviewer"]) for one in text["speakers"]] == [
        ("Intervjuer", 2, True), ("Torhild Fjellvåg", 2, False)
    ]  # fmt: skip
    assert (text["format"], text["pattern"], text["turns"], text["remarks"]) == ("docx", "colon", 4, 1)
    assert {"person", "phone", "email"} <= {hit["kind"] for hit in text["hits"]}
    assert text["first"][1][0] == "Torhild Fjellvåg"
    assert real_study.fingerprint() == before
    again = screen.say("preview", **wanted(tmp_path, pattern="none"))["texts"][0]
    assert (again["pattern"], again["speakers"]) == ("none", [])


def test_what_the_library_refuses_is_told_in_its_words(screen: Screen, tmp_path: Path) -> None:
    bad = screen.say("preview", **wanted(tmp_path, about={"case": "OSL"}))
    assert bad["kind"] == "refused"
    assert len(bad["faults"]) == 1
    assert "unknown-case" in bad["faults"][0]
    none = screen.say("preview", **{**wanted(tmp_path), "files": [str(tmp_path / "nei.docx")]})
    assert none["kind"] == "refused"
    assert screen.say("dans")["kind"] == "refused"


# The key


def test_names_are_reviewed_only_with_the_key_open(screen: Screen, tmp_path: Path) -> None:
    assert "not open" in screen.say("review", **wanted(tmp_path))["text"]
    assert "not open" in screen.say("decide", rows=[])["text"]
    assert "not open" in screen.say("import", **wanted(tmp_path))["text"]
    wrong = screen.say("open key", path="", passphrase=PASSPHRASE.replace("fire", "en annen"))
    assert wrong["kind"] == "refused"
    assert "does not open" in wrong["text"]
    assert "en annen" not in json.dumps(screen.heard)
    assert screen.say("open key", path="", passphrase=PASSPHRASE)["isOpen"]
    assert screen.say("review", **wanted(tmp_path))["kind"] == "review"
    screen.say("close key")
    assert screen.say("review", **wanted(tmp_path))["kind"] == "refused"


def test_a_key_inside_the_study_is_refused(screen: Screen, real_study: SmallStudy) -> None:
    told = screen.say("open key", path=str(real_study.path / "navn.forankey"), passphrase=PASSPHRASE)
    assert told["kind"] == "refused"
    assert "may not lie in the study" in told["text"]


def test_passphrase_and_names_are_in_no_trait_no_print_and_no_saved_state(
    screen: Screen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = in_order(screen, tmp_path)
    decide(screen, (rows["Gunnbjørg Rabbestad"], "replace", "", "everywhere"))
    importer = screen.importer
    state = {name: repr(value) for name, value in importer.get_state().items()}
    state.pop("_esm"), state.pop("_css")
    kept = (
        json.dumps(state)
        + repr(importer)
        + repr(importer._desk)
        + json.dumps(importer._repr_mimebundle_(), default=str)
    )
    kept += "".join(capsys.readouterr())
    assert {name for name in (*NAMES, PASSPHRASE, "kilder") if name in kept} == set()
    # The passphrase goes in and never comes out.
    assert PASSPHRASE not in json.dumps(screen.heard, ensure_ascii=False)
    importer.close()
    assert not importer._desk.is_open


def test_an_unforeseen_error_is_told_without_what_it_says(
    screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: Any) -> None:
        raise RuntimeError("Torhild Fjellvåg")

    monkeypatch.setattr(screen.importer._desk, "preview", breaks)
    told = screen.say("preview", **wanted(tmp_path))
    assert (told["kind"], told["error"]) == ("failed", "RuntimeError")
    assert told["where"].startswith("test_importer.py:")
    assert "Torhild" not in json.dumps(told) + "".join(capsys.readouterr())


# Deciding


def test_rows_show_the_words_in_their_context_and_a_suggestion(screen: Screen, tmp_path: Path) -> None:
    rows = in_order(screen, tmp_path)
    row = rows["Gunnbjørg Rabbestad"]
    assert (row["kind"], row["count"], row["suggestion"]) == ("person", 3, "replace")
    assert row["suggested"].startswith("[Person ")
    assert row["before"].endswith("Jeg ringte ")
    assert row["words"] == "Gunnbjørg Rabbestad"
    assert row["after"].startswith(" på 412 34 567")
    assert (rows["412 34 567"]["general"], rows["412 34 567"]["isName"]) == ("[telefonnummer]", False)
    assert "Torhild Fjellvåg" not in rows


def test_the_middle_of_a_context_is_the_hit_also_where_the_talk_has_brackets() -> None:
    assert context_parts("[ler] ja, [Kåre]s bil [sic]", "Kåre") == ("[ler] ja, ", "Kåre", "s bil [sic]")
    assert context_parts("[ler] ja, [Kåres] bil", "Kåre") == ("[ler] ja, ", "Kåres", " bil")
    assert context_parts("ingen klammer 😀", "Kåre") == ("ingen klammer 😀", "", "")
    assert context_parts("åpen [ uten slutt", "Kåre") == ("åpen [ uten slutt", "", "")


def test_a_decision_is_in_the_key_before_the_screen_hears_of_it(screen: Screen, key: Path, tmp_path: Path) -> None:
    rows = in_order(screen, tmp_path)
    answers = decide(
        screen,
        (rows["Gunnbjørg Rabbestad"], "replace", "", "everywhere"),
        (rows["412 34 567"], "generalise", "", "document"),
    )
    assert [one["problem"] for one in answers] == ["", ""]
    assert answers[0]["replacement"] == rows["Gunnbjørg Rabbestad"]["suggested"]
    kept = decisions(key)
    assert kept["Gunnbjørg Rabbestad", ""].replacement == answers[0]["replacement"]
    assert kept["412 34 567", "FJO-I03"].action == "generalise"
    # A new screen, as after a crash: what was decided is not asked again.
    screen.say("close key")
    left = in_order(screen, tmp_path)
    assert set(left) == set(rows) - {"Gunnbjørg Rabbestad", "412 34 567"}


def test_a_changed_mind_takes_the_name_back_out_of_the_key(screen: Screen, key: Path, tmp_path: Path) -> None:
    rows = in_order(screen, tmp_path)
    row = rows["Gunnbjørg Rabbestad"]
    decide(screen, (row, "replace", "", "everywhere"))
    assert ("Gunnbjørg Rabbestad",) in open_key(key, PASSPHRASE).names.values()
    (kept,) = decide(screen, (row, "keep", "needless", "everywhere"))
    assert (kept["action"], kept["replacement"]) == ("keep", "")
    now = open_key(key, PASSPHRASE)
    assert now.names == {}
    assert [one.action for one in now.decisions] == ["keep"]
    # Here only, where it was everywhere: the decision for everywhere is gone.
    decide(screen, (row, "replace", "en kollega", "document"))
    assert set(decisions(key)) == {("Gunnbjørg Rabbestad", "FJO-I03")}


def test_a_bad_replacement_is_refused_for_its_own_row_only(screen: Screen, key: Path, tmp_path: Path) -> None:
    rows = in_order(screen, tmp_path)
    answers = decide(
        screen,
        (rows["Gunnbjørg Rabbestad"], "replace", "Gunnbjørgs venn", "everywhere"),
        (rows["412 34 567"], "generalise", "", "everywhere"),
        ({"mark": "mxxxxxxxx"}, "keep", "", "everywhere"),
    )
    assert ["name which is replaced" in one["problem"] for one in answers] == [True, False, False]
    assert "Gunnbjørg" not in answers[0]["problem"]
    assert answers[2]["problem"] == "unknown-row"
    assert set(decisions(key)) == {("412 34 567", "")}


def test_a_number_is_not_given_that_another_row_was_promised(screen: Screen, key: Path, tmp_path: Path) -> None:
    word_file(tmp_path / "kilder" / "Torhild Fjellvåg.docx",
              (*TALK[:2], "Torhild Fjellvåg: GUNHILD STEINBAKK sa det, og Kåre Lyngvær."))  # fmt: skip
    rows = in_order(screen, tmp_path)
    promised = {row["suggested"] for row in rows.values() if row["suggestion"] == "replace"}
    open_rows = [row for row in rows.values() if row["isName"] and row["suggestion"] != "replace"]
    assert len(promised) >= 2
    assert open_rows
    for row in open_rows:
        (answer,) = decide(screen, (row, "replace", "", "everywhere"))
        assert answer["replacement"] not in promised


# Bringing in


def test_nothing_comes_in_while_a_row_waits(screen: Screen, real_study: SmallStudy, tmp_path: Path) -> None:
    rows = in_order(screen, tmp_path)
    before = real_study.fingerprint()
    decide(screen, (rows["412 34 567"], "generalise", "", "everywhere"))
    answer = screen.say("import", **wanted(tmp_path))
    assert (answer["kind"], answer["isAgain"]) == ("review", True)
    assert {row["surface"] for row in answer["rows"]} == set(rows) - {"412 34 567"}
    assert real_study.fingerprint() == before
    # No table with names was laid beside the key either.
    assert [path.name for path in (tmp_path / "hemmelig").iterdir() if path.suffix == ".csv"] == []


def test_all_decided_and_the_document_is_in_the_study_without_a_name(
    screen: Screen, real_study: SmallStudy, tmp_path: Path
) -> None:
    rows = in_order(screen, tmp_path)
    given = [(row, row["suggestion"] or "keep", "", "everywhere") for row in rows.values()]
    assert {one["problem"] for one in decide(screen, *given)} == {""}
    answer = screen.say("import", **wanted(tmp_path))
    assert answer["kind"] == "added", answer
    (text,) = answer["texts"]
    assert (text["document"], text["units"], text["unreviewed"], text["remarks"]) == ("FJO-I03", 4, 0, 1)
    assert screen.importer.documents == ("FJO-I03",)
    study = load_study(real_study.path)
    assert "[Person " in study.transcripts["FJO-I03"].text
    assert {name for name in NAMES if name in everything(real_study)} == set()
    # The same file again is told of, and nothing is added.
    again = screen.say("import", **wanted(tmp_path))["texts"][0]
    assert (again["is_new"], again["document"]) == (False, "FJO-I03")
    assert screen.importer.documents == ("FJO-I03",)


def test_a_reason_lets_undecided_words_through_and_names_nobody(
    screen: Screen, real_study: SmallStudy, tmp_path: Path
) -> None:
    rows = in_order(screen, tmp_path)
    decide(screen, (rows["Gunnbjørg Rabbestad"], "replace", "", "everywhere"))
    named = screen.say("import", **wanted(tmp_path, reason="Torhild Fjellvåg sa ja"))
    assert named["kind"] == "refused"
    assert "reason" in named["faults"][0]
    answer = screen.say("import", **wanted(tmp_path, reason=" sett gjennom på papir "))
    assert answer["kind"] == "added", answer
    assert answer["texts"][0]["unreviewed"] > 0
    with (real_study.path / "corpus/pseudonymisation.csv").open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert row["reason"] == "sett gjennom på papir"


def test_a_study_that_has_not_notified_says_so_and_takes_nothing(
    screen: Screen, real_study: SmallStudy, tmp_path: Path
) -> None:
    real_study.replace("foran.toml", 'sikt_ref = "123456"\n', "")
    assert any("no-notification" in error for error in screen.say("hello")["errors"])
    screen.say("open key", path="", passphrase=PASSPHRASE)
    assert screen.say("import", **wanted(tmp_path, reason="hastverk"))["kind"] == "refused"


def test_a_synthetic_study_is_exempt_and_goes_straight_on(
    small_study: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = word_file(tmp_path / "kilder" / "Torhild Fjellvåg.docx")
    screen = Screen(Importer(str(small_study.path), [file], language="en"), monkeypatch)
    told = screen.say("hello")
    assert told["isSynthetic"]
    assert [one["path"] for one in told["files"]] == [str(file)]
    assert told["listing"]["folder"] == str(file.parent)
    assert screen.say("review", **wanted(tmp_path))["rows"] == []
    (text,) = screen.say("import", **wanted(tmp_path))["texts"]
    assert (text["document"], text["source"]) == ("FJO-I03", "Torhild Fjellvåg.docx")
    assert load_study(small_study.path).transcripts["FJO-I03"].turns


def test_messages_that_no_screen_would_send_do_no_harm(screen: Screen, tmp_path: Path) -> None:
    screen.importer._receive(None, "tull", [])
    assert screen.heard == []
    assert screen.say("preview", files="ikke en liste", about=7)["kind"] in ("refused", "preview")
    in_order(screen, tmp_path)
    assert screen.say("decide", rows="tull")["answers"] == []
    assert decide(screen, ({"mark": ""}, "", "", ""))[0]["problem"] == "unknown-row"


def test_a_folder_that_is_gone_leads_home_and_says_so(real_study: SmallStudy, tmp_path: Path, key: Path,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("HOME", str(tmp_path / "hemmelig"))
    screen = Screen(Importer(real_study.path, folder=tmp_path / "borte", key=key), monkeypatch)
    told = screen.say("hello")
    assert "cannot be looked into" in told["problem"]
    assert told["listing"]["folder"] == str(Path.home())


def test_a_language_that_is_not_there_and_a_study_that_is_none_are_refused(
    small_study: SmallStudy, tmp_path: Path
) -> None:
    with pytest.raises(UnknownName):
        Importer(small_study.path, language="sv")
    with pytest.raises(StudyError):
        Importer(tmp_path / "ingen")
