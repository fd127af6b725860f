"""The report of a practice model: whole, self-contained, cut at its day, and without words that nobody cleared."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from followed_study import practice_milestones
from small_study import SmallStudy, write_small_study

from foran_research.delivering import practice
from foran_research.errors import ForanError
from foran_research.milestone import validate_model
from foran_research.report import frame
from foran_research.report.frame import Made, anchor_of, passages_of
from foran_research.report.frame_words import frame_words
from foran_research.report.practice_figures import course_figure, network_figure, particular_figure, profile_figure
from foran_research.report.practice_words import practice_words
from foran_research.study import load_study

VOID = {"meta", "br", "img", "link", "hr", "input", "wbr", "col"}
LANGUAGES = ("nb", "en")

MILESTONES = """
[[facets]]
id = "phase"
label = { nb = "Fase", en = "Phase" }
values = [
    { id = "før", label = { nb = "Før", en = "Before" } },
    { id = "etter", label = { nb = "Etter", en = "After" } },
]
""" + practice_milestones(
    ("M4", "2020-07-31", "FJO", 1, "1.0.0"),
    ("M7", "2021-09-30", "FJO", 2, "2.0.0"),
    ("M8", "2021-09-30", "STR", 1, "2.0.0"),
)
ACTORS = """id,on,action,process,actor_type,part_nb,part_en,evidence
x1,2020-07-01,,FJO-1,prosjektleder,A\u030apner <b>dialogen</b> 😀,Opens the dialogue,FJO-I01.K1.s01
x2,2021-05-01,,FJO-1,leverandor,Kommer til senere,Comes later,
"""
FACTS = """process,on,action,from,to,intended,new_to,innovation_height,note
FJO-1,2020-07-01,,2020-01-06,2021-06-30,yes,organisation,2,
"""


class Page(HTMLParser):
    """What stands in a page; raises when its tags do not balance."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>, line {self.getpos()[0]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def set_phases(study: SmallStudy) -> None:
    def first(events: list[dict[str, Any]]) -> None:
        events[2]["after"]["facets"] = {"phase": "etter"}

    def second(events: list[dict[str, Any]]) -> None:
        events[0]["after"]["facets"] = {"phase": "før"}

    study.edit_log("K1", "FJO-I01", first)
    study.edit_log("K1", "FJO-I02", second)


def prepared(folder: Path) -> SmallStudy:
    """The small study with practice milestones, phases, and two registers."""
    study = write_small_study(folder)
    study.add("foran.toml", MILESTONES)
    set_phases(study)
    (folder / "corpus/actors.csv").write_text(ACTORS, "utf-8")
    (folder / "corpus/process_facts.csv").write_text(FACTS, "utf-8")
    return study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    return prepared(tmp_path_factory.mktemp("practice") / "study")


@pytest.fixture(scope="module")
def delivered(study: SmallStudy, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """The outputs of M4 and M7 in both languages."""
    loaded = load_study(study.path)
    found = {}
    for name in ("M4", "M7"):
        for language in LANGUAGES:
            found[name, language] = tmp_path_factory.mktemp(f"{name}-{language}")
            practice.deliver(loaded, loaded.milestone(name), found[name, language], language=language)
    return found


def page_of(delivered: dict[tuple[str, str], Path], name: str, language: str) -> str:
    return (delivered[name, language] / "report.html").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["M4", "M7"])
def test_the_page_is_whole_and_its_links_lead_somewhere(
    delivered: dict[tuple[str, str], Path], name: str, language: str
) -> None:
    text = page_of(delivered, name, language)
    page = Page(text)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    hrefs = page.values("href")
    assert all(href.startswith("#") for href in hrefs)
    assert sorted({href[1:] for href in hrefs} - set(ids)) == []
    assert page.tags["h1"] == 1
    assert ("html", "lang", language) in page.attributes
    assert all(alt.strip() for alt in page.values("alt"))
    assert page.tags["script"] == page.tags["link"] == page.tags["iframe"] == 0
    assert not re.search(r"(?:https?:)?//\w", re.sub(r"data:[^\"]*", "", text))
    assert not re.search(r"url\(|@import", re.sub(r"data:[^\"]*", "", text))
    policy = next(value for tag, _, value in page.attributes if tag == "meta" and "default-src" in value)
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_begins_with_what_a_reader_needs_and_says_that_all_is_invented(
    delivered: dict[tuple[str, str], Path], language: str
) -> None:
    text = Page(page_of(delivered, "M7", language)).text
    said = practice_words(language)
    short, reading = text.index(said["in_short"]), text.index(said["read_1"][:20])
    assert text.index({"nb": "Oppdiktet: ingen finnes.", "en": "Invented: nobody exists."}[language]) < short < reading
    assert said["how_made"] in text
    assert "2.0.0" in text


def test_words_from_a_register_are_told_as_words(delivered: dict[tuple[str, str], Path]) -> None:
    page = page_of(delivered, "M4", "nb")
    assert "<b>dialogen</b>" not in page
    assert "&lt;b&gt;dialogen&lt;/b&gt; 😀" in page


def test_nothing_dated_after_the_cut_off_is_on_the_page_or_in_its_files(
    delivered: dict[tuple[str, str], Path],
) -> None:
    folder = delivered["M4", "nb"]
    files = [path for path in folder.rglob("*") if path.suffix in (".html", ".json", ".csv")]
    assert len(files) > 8
    for path in files:
        text = re.sub(r"data:[^\"]*", "", path.read_text("utf-8"))
        for later in ("HEI-I01", "STR-N01", "HEI-I02", "2020-08", "2021-", "juni 2021", "Kommer til senere", "C0012"):
            assert later not in text, f"{later} in {path.name}"
    later_page = page_of(delivered, "M7", "nb")
    assert "Kommer til senere" in later_page
    assert "30. juni 2021" in later_page


def test_the_files_are_all_there_and_the_same_bytes_when_made_again(
    study: SmallStudy, delivered: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    loaded = load_study(study.path)
    practice.deliver(loaded, loaded.milestone("M7"), tmp_path, language="nb")
    before = {
        p.relative_to(delivered["M7", "nb"]): p.read_bytes() for p in delivered["M7", "nb"].rglob("*") if p.is_file()
    }
    again = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert again == before
    names = {path.as_posix() for path in before}
    assert {"model.json", "report.html", "figures/practice_profile.svg", "figures/practice_course.png",
            "tables/practice_profile.csv", "tables/practice_changes.csv"} <= names  # fmt: skip


def test_without_an_output_nothing_is_written(study: SmallStudy, tmp_path: Path) -> None:
    loaded = load_study(study.path)
    before = study.fingerprint()
    model = practice.deliver(loaded, loaded.milestone("M4"), "")
    assert model["case"] == "FJO"
    assert study.fingerprint() == before
    assert list(tmp_path.iterdir()) == []


def test_a_hidden_document_leaves_no_trace_of_its_words_or_segments(tmp_path: Path) -> None:
    study = prepared(tmp_path / "study")
    register = (study.path / "corpus/documents.csv").read_text("utf-8")
    line = next(line for line in register.splitlines() if line.startswith("FJO-I01,"))
    study.replace("corpus/documents.csv", line, line.replace(",open,", ",restricted,"))
    loaded = load_study(study.path)
    practice.deliver(loaded, loaded.milestone("M7"), tmp_path / "out")
    for path in (tmp_path / "out").rglob("*"):
        if path.suffix in (".html", ".json", ".csv"):
            text = path.read_text("utf-8")
            for trace in ("FJO-I01", "nattevaktene", "erfaringsnotatet", "hang på personen"):
                assert trace not in text, f"{trace} in {path.name}"
    model = json.loads((tmp_path / "out/model.json").read_text("utf-8"))
    assert model["corpus"]["withheld"] == 1
    states = {one["id"]: one["state"] for one in model["profile"]}
    assert "suppressed" in states.values()


def test_nobody_is_quoted_who_did_not_consent(study: SmallStudy, tmp_path: Path) -> None:
    loaded = load_study(study.path)
    practice.deliver(loaded, loaded.milestone("M8"), tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    # STR-BRU-01 consented to analysis only; the note is anybody's.
    assert "STR-I01.K1.s01" in page
    assert "andre gangen hadde de lyttet" not in page
    assert "Læringen var synlig" not in page
    assert "strategien ikke blir lest" in page


def test_the_course_is_told_by_phase_and_the_change_of_codes_is_no_change_of_practice(
    delivered: dict[tuple[str, str], Path],
) -> None:
    model = json.loads((delivered["M7", "nb"] / "model.json").read_text("utf-8"))
    course = pd.read_csv(delivered["M7", "nb"] / "tables/practice_course.csv", keep_default_na=False)
    assert set(course["phase"]) == {"", "før", "etter"}
    kinship = {one["element"]: one["kinship"] for one in model["changes"]["elements"]}
    # C0011 took part of C0002 and a part of C0005, which is not what it was; the parts of C0007 stayed together.
    assert kinship == {
        "C0001": "same", "C0010": "split", "C0011": "reshaped", "C0005": "reshaped", "C0012": "merged", "C0013": "new",
        "C0007": "same",
    }  # fmt: skip
    for one in model["changes"]["elements"]:
        if not one["is_comparable"]:
            assert (one["is_direction_changed"], one["removed"], one["state_before"]) == (False, [], "")


def test_a_milestone_of_another_model_is_refused(study: SmallStudy) -> None:
    loaded = load_study(study.path)
    with pytest.raises(ForanError, match="M1 is not one of a practice model"):
        practice.build(loaded, loaded.milestone("M1"))


def breakages() -> list[tuple[str, Any]]:
    def more(model: dict[str, Any]) -> None:
        model["score"] = 3

    def no_state(model: dict[str, Any]) -> None:
        model["profile"][0]["state"] = ""

    def words(model: dict[str, Any]) -> None:
        model["profile"][0]["segments"]["quotes"] = ["ord"]

    def twice(model: dict[str, Any]) -> None:
        model["network"]["edges"][0]["segments"] *= 2

    return [("a score", more), ("a blank state", no_state), ("words", words), ("a passage twice", twice)]


@pytest.mark.parametrize(("what", "edit"), breakages(), ids=lambda value: value if isinstance(value, str) else "")
def test_the_schema_refuses(delivered: dict[tuple[str, str], Path], what: str, edit: Any) -> None:
    model = json.loads((delivered["M4", "nb"] / "model.json").read_text("utf-8"))
    validate_model(model, "practice")
    broken = copy.deepcopy(model)
    edit(broken)
    with pytest.raises(jsonschema.ValidationError):
        validate_model(broken, "practice")


def test_a_model_without_evidence_is_told_all_the_same(tmp_path: Path) -> None:
    uncoded = prepared(tmp_path / "study")
    (uncoded.path / "corpus/actors.csv").unlink()
    for path in (uncoded.path / "corpus/coding").rglob("*.jsonl"):
        path.unlink()
    loaded = load_study(uncoded.path)
    model = practice.deliver(loaded, loaded.milestone("M7"), tmp_path / "out")
    page = Page((tmp_path / "out/report.html").read_text("utf-8"))
    assert frame_words("nb")["notice_empty"] in page.text
    assert model["network"]["edges"] == []
    for figure in (course_figure, network_figure, particular_figure):
        assert figure(model, loaded.settings, "nb") is None
    assert profile_figure(model, loaded.settings, "nb") is not None


# ---- the frame


def test_a_speaker_is_quoted_no_more_than_allowed_and_the_first_ones_first() -> None:
    units = pd.DataFrame(
        [(f"D:{n}", "D", n, "FJO", "", "2020-05-01", "Å-01", "leder", True) for n in range(6)],
        columns=["unit", "document", "turn", "case", "process", "date", "informant", "actor_type", "may_quote"],
    )
    segments = pd.DataFrame(
        [(f"s{n}", "D", n * 10, (n,), "C1", "fremmer", f"ord {n} 🙂") for n in range(6)],
        columns=["segment", "document", "start", "turns", "code", "polarity", "quote"],
    )
    documents = pd.DataFrame(
        {"kind": ["interview"], "title": ["T"], "date": ["2020-05-01"], "case": ["FJO"]}, index=["D"]
    )
    found = passages_of(
        [f"s{n}" for n in range(6)], segments, units, hidden=frozenset(), documents=documents, first=["s5"], most=2
    )
    assert [one for one, passage in found.items() if passage.words] == ["s0", "s5"]
    assert {passage.why for passage in found.values()} == {"", "enough"}
    assert passages_of(["s0", "x"], segments, units, hidden=frozenset({"D"}), documents=documents) == {}


def test_anchors_are_safe_in_a_page() -> None:
    assert anchor_of('a"b <c>') == "s-a_b__c_"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_a_page_owes_its_reader_is_there(study: SmallStudy, language: str) -> None:
    settings = load_study(study.path).settings
    about: dict[str, Any] = {"settings": settings, "language": language, "words": {}, "title": "Prøve <i>"}
    page = frame.render("frame.html.j2", **about, made=Made(coding="suggestions", is_empty=True))
    said = frame_words(language)
    told = Page(page).text
    assert said["notice_machine"] in told
    assert said["notice_empty"] in told
    assert "Prøve &lt;i&gt;" in page
    assert said["notice_machine"] not in Page(frame.render("frame.html.j2", **about, made=Made(coding="human"))).text


def test_the_words_say_the_same_in_both_languages() -> None:
    for words in (frame_words, practice_words):
        nb, en = words("nb"), words("en")
        assert nb.keys() == en.keys()
        for key, text in nb.items():
            assert text.strip(), key
            assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", en[key])), key
