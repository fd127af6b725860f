"""The report page: whole HTML, self-contained, and nothing in it that a label or a quote could start."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from foran_research.report.page import Quote, by_breadth, report_page
from foran_research.report.words import number

VOID = {"meta", "br", "img", "link", "hr", "input", "wbr", "col"}
MILESTONES, LANGUAGES = ("M1", "M2", "M3"), ("nb", "en")


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
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice in {tag}"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MILESTONES)
def test_the_page_is_whole_and_its_links_lead_somewhere(
    delivered: Callable[[str], Any], name: str, language: str
) -> None:
    page = Page(delivered(name).page(language))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    targets = [href.removeprefix("#") for href in page.values("href") if href.startswith("#")]
    assert len(targets) > 50
    assert sorted(set(targets) - set(ids)) == []
    assert page.tags["h1"] == 1
    assert page.tags["title"] == 1
    assert ("html", "lang", language) in page.attributes
    assert all(alt.strip() for alt in page.values("alt"))
    assert page.values("alt").__len__() == page.tags["img"] == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_fetches_nothing_and_runs_nothing(delivered: Callable[[str], Any], language: str) -> None:
    text = delivered("M3").page(language)
    page = Page(text)
    assert page.tags["script"] == page.tags["link"] == page.tags["iframe"] == page.tags["form"] == 0
    assert not [href for href in page.values("href") if not href.startswith("#")]
    assert not [source for source in page.values("src") if not source.startswith("data:image/svg+xml;base64,")]
    assert not re.search(r"(?:https?:)?//\w", re.sub(r"data:[^\"]*", "", text))
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert "@import" not in text
    assert not re.search(r"url\(", text)
    policy = next(value for tag, name, value in page.attributes if tag == "meta" and "default-src" in value)
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_of_invention_stands_before_anything_else_and_at_the_end(
    delivered: Callable[[str], Any], language: str
) -> None:
    delivery = delivered("M1")
    text = Page(delivery.page(language)).text
    notice = delivery.study.settings.notice[language]
    assert text.count(notice) == 3  # at the top, above the quotes, and with the limits
    assert text.index(notice) < 600


def test_a_study_that_is_not_invented_bears_no_such_notice(delivered: Callable[[str], Any]) -> None:
    delivery = delivered("M1")
    settings = replace(delivery.study.settings, is_synthetic=False)
    real = replace(delivery, study=replace(delivery.study, settings=settings))
    assert settings.notice["nb"] not in real.page("nb")


MACHINE = {"nb": "Ingen har lest og kodet tekstene", "en": "Nobody has read and coded the texts"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_a_model_on_suggestions_bears_the_machine_notice(delivered: Callable[[str], Any], language: str) -> None:
    delivery = delivered("M1")
    by_people = delivery.page(language)
    by_cues = delivery.page(
        language, coding={**delivery.model["coding"], "basis": "suggestions", "coders": ["cues@1.0.0"]}
    )
    assert MACHINE[language] not in by_people
    assert 'class="notice machine"' not in by_people
    assert MACHINE[language] in by_cues
    assert by_cues.index('class="notice machine"') < by_cues.index("<main>")
    assert "cues@1.0.0" in by_cues


def foot_of_printed_pages(text: str) -> str:
    """The CSS string that stands at the foot of every printed page; "" when there is none."""
    found = re.search(r'@bottom-left \{ content: "([^"\n]*)";', text)
    return found[1] if found else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_printed_page_bears_the_notices(delivered: Callable[[str], Any], language: str) -> None:
    delivery = delivered("M1")
    notice = delivery.study.settings.notice[language]
    assert foot_of_printed_pages(delivery.page(language)) == notice
    suggested = foot_of_printed_pages(delivery.page(language, coding={**delivery.model["coding"], **BY_CUES}))
    assert suggested.startswith(notice)
    assert MACHINE[language] in suggested
    settings = replace(delivery.study.settings, is_synthetic=False)
    real = replace(delivery, study=replace(delivery.study, settings=settings))
    assert "@bottom-left" not in real.page(language)


def test_a_notice_cannot_end_the_string_it_is_printed_from(delivered: Callable[[str], Any]) -> None:
    delivery = delivered("M1")
    spoiled = dict.fromkeys(("nb", "en"), "a\"; } \\ </style> & 'b'\n\f c")
    settings = replace(delivery.study.settings, notice=spoiled)
    text = replace(delivery, study=replace(delivery.study, settings=settings)).page("nb")
    assert foot_of_printed_pages(text) == r"a\22 ; } \5c  \3c /style\3e  \26  \27 b\27  c"
    assert text.count("</style>") == 1


BY_CUES = {"basis": "suggestions", "coders": ["cues@1.0.0"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_on_suggestions_speaks_of_suggestions(delivered: Callable[[str], Any], language: str) -> None:
    delivery = delivered("M3")
    text = Page(delivery.page(language, coding={**delivery.model["coding"], **BY_CUES})).text
    coded, suggested, least = {
        "nb": ("odede tekstdeler", "maskinelle forslag, hvorav", "minst ett maskinelt forslag"),
        "en": ("oded segments", "machine suggestions, of which", "at least one machine suggestion"),
    }[language]
    assert coded not in text
    assert suggested in text
    assert least in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_without_coding_says_so_and_claims_no_reading(delivered: Callable[[str], Any], language: str) -> None:
    delivery = delivered("M1")
    coding = {**delivery.model["coding"], "segments": 0, "coders": []}
    empty, full = delivery.page(language, coding=coding), delivery.page(language)
    notice, read = {
        "nb": ("Ingen tekst er kodet ennå: modellen er tom.", "lest og kodet"),
        "en": ("No text has been coded yet: the model is empty.", "read and coded"),
    }[language]
    assert '<p class="notice empty"><strong>' + notice in empty
    assert read not in Page(empty).text
    assert notice not in full
    assert read in Page(full).text


def test_the_summary_is_computed_from_the_model(delivered: Callable[[str], Any]) -> None:
    model = delivered("M3").model
    text = Page(delivered("M3").page("nb")).text
    everywhere = [e for e in model["elements"] if len(e["support"]["cases"]) == 3]
    assert f"{len(everywhere)} av {len(model['elements'])} elementer har belegg i alle kommunene (Trondheim, " in text
    first, second, third = (f"«{e['label']['nb']}»" for e in by_breadth(model["elements"])[:3])
    assert f"har {first}, {second} og {third}." in text

    def share(e: Any) -> float:
        return len(e["inhibiting"]["segments"]) / e["support"]["segments"]

    most = max((e for e in model["elements"] if e["support"]["segments"] >= 10), key=share)
    assert f"Størst andel tekstdeler som hemmer, har «{most['label']['nb']}» ({100 * share(most):.0f} %)" in text
    empty = [c for e in model["elements"] for c in e["cells"].values() if c["state"] != "evidence"]
    reasons = text.split("Grunnene, talt per element og kommune: ")[1].split(".")[0]
    assert sum(map(int, re.findall(r"\((\d+)\)", reasons))) == len(empty) > 0
    counts = model["coding"]
    said = (
        f"{number(counts['segments'], 'nb')} kodede tekstdeler, hvorav {number(counts['by_status']['ok'], 'nb')} teller"
    )
    assert " ".join(said.split()) in text


def test_an_empty_cell_with_waiting_segments_says_that_they_wait(delivered: Callable[[str], Any]) -> None:
    delivery = delivered("M3")
    waits = [
        cell["pending"] for e in delivery.model["elements"] for cell in e["cells"].values()
        if cell["state"] != "evidence" and cell["pending"]
    ]  # fmt: skip
    assert waits
    shown = re.findall(r'<span class="state">venter på vurdering \((\d+)\)</span>', delivery.page("nb"))
    assert list(map(int, shown)) == waits


def test_one_is_spoken_of_in_the_singular(delivered: Callable[[str], Any]) -> None:
    delivery = delivered("M1")
    ones = {"documents": 1, "interviews": 1, "workshop_notes": 1, "informants": 1, "units": 1, "words": 1}
    counts = {"segments": 1, "by_status": {**delivery.model["coding"]["by_status"], "ok": 1}}
    changed = {"corpus": {**delivery.model["corpus"], **ones}, "coding": {**delivery.model["coding"], **counts}}
    text = Page(delivery.page("nb", **changed)).text
    for words in ("1 dokument ", "1 informant ", "1 ord ", "1 kodet tekstdel, hvorav 1 teller", "1 intervju, 1 arbeidsnotat, ",
                  "; 1 ytring "):  # fmt: skip
        assert words in text, words


def test_indicators_stand_in_the_method_and_unclear_elements_are_explained(delivered: Callable[[str], Any]) -> None:
    page = delivered("M3").page("nb")
    assert "Indikator 1(i)" in page[page.index('id="method"') :]
    assert "Indikator 1(i)" not in page[: page.index('id="method"')]
    assert "E13 Foregangsaktører (ikke spurt om; kom inn i kodeboka etter at tekstene var lest)." in Page(page).text


def test_elements_show_their_brief_and_the_definitions_come_last(delivered: Callable[[str], Any]) -> None:
    delivery = delivered("M3")
    page = delivery.page("en")
    table = Page(page[page.index('<section id="elements">') : page.index('<section id="polarity">')]).text
    last = Page(page[page.rindex("<section") : page.index("</main>")]).text
    for element in delivery.model["elements"]:
        assert " ".join(element["brief"]["en"].split()) in table
        assert " ".join(element["definition"]["en"].split()) in last
    heard = {kind for element in delivery.model["elements"] for kind in element["support"]["actor_types"]}
    assert set(re.findall(r"\d+ of (\d+) actor types", table)) == {str(len(heard))}
    assert len(heard) == 11


def test_quotes_of_notes_name_the_note_once(delivered: Callable[[str], Any]) -> None:
    text = Page(delivered("M3").page("nb")).text
    assert re.search(r"· Workshopnotat, Trondheim · TRD-N\d\d, avsnitt \d+", text)
    assert not re.search(r"· ([A-Z]{3}-N\d\d), \w+ · \1", text)


def test_without_quotes_the_page_says_why(delivered: Callable[[str], Any]) -> None:
    delivery = delivered("M1")
    figures = dict.fromkeys(("model", "polarity", "networks", "layers"), b"<svg/>")
    bare = report_page(delivery.model, delivery.study.settings, delivery.milestone, figures, {
        e["id"]: [] for e in delivery.model["elements"]}, "nb", "simplemma")  # fmt: skip
    assert "Ingen har samtykket til å bli sitert, eller ingen passasjer egner seg." in bare


NASTY = "<script>alert(\"x\")</script> & '<b>fet</b>' {{ 7 * 7 }} <img src=x onerror=y>"


def nasty_page(delivery: Any) -> str:
    """The page of a model in which every text that a person writes looks like HTML."""
    both = {"nb": NASTY, "en": NASTY}

    def spoiled(value: Any) -> Any:
        if isinstance(value, dict):
            return both if set(value) == {"nb", "en"} else {key: spoiled(item) for key, item in value.items()}
        return [spoiled(item) for item in value] if isinstance(value, list) else value

    settings = delivery.study.settings
    terms = {
        name: tuple(replace(term, label=both) for term in getattr(settings, name))
        for name in ("cases", "levels", "actor_types")
    }
    settings = replace(settings, title=both, notice=both, **terms)
    model = spoiled(delivery.model)
    for change in model["changes"]:
        change["evidence"], change["from"] = [NASTY], [NASTY]
    quotes = {
        e["id"]: [Quote(NASTY, NASTY, NASTY, settings.cases[0].id, 2, "fremmer", "s1")] for e in model["elements"]
    }
    figures = dict.fromkeys(("model", "polarity", "networks", "layers"), b"<svg/>")
    milestone = replace(delivery.milestone, title=both)
    return report_page(model, settings, milestone, figures, quotes, "nb", NASTY)


def test_text_that_looks_like_html_is_shown_as_text(delivered: Callable[[str], Any]) -> None:
    delivery = delivered("M2")
    text = nasty_page(delivery)
    page = Page(text)
    assert page.tags["script"] == page.tags["b"] - 6 == 0  # the six facts at the top are bold
    assert page.tags["img"] == 4
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert "{{ 7 * 7 }}" in page.text
    assert " 49 " not in page.text.replace("{{ 7 * 7 }}", "")[:2000]
    assert page.text.count('<script>alert("x")</script>') > 100


def test_quotes_stand_in_the_page_with_their_speaker_and_place(delivered: Callable[[str], Any]) -> None:
    delivery = delivered("M1")
    page = Page(delivery.page("nb"))
    assert page.tags["blockquote"] > 20
    assert re.search(r"Fremmer · [A-Z]{3}-[A-Z]+-\d\d, \w+ · [A-Z]{3}-[IN]\d\d, ytring \d+", page.text)


def test_every_element_and_every_change_is_in_the_page(delivered: Callable[[str], Any]) -> None:
    delivery = delivered("M3")
    page = Page(delivery.page("en"))
    assert {e["id"] for e in delivery.model["elements"]} <= set(page.values("id"))
    assert all(" ".join(change["summary"]["en"].split()) in page.text for change in delivery.model["changes"])


def test_the_first_version_says_that_there_is_nothing_to_compare_with(delivered: Callable[[str], Any]) -> None:
    assert "Dette er den første versjonen" in delivered("M1").page("nb")
    assert "Dette er den første versjonen" not in delivered("M2").page("nb")


def test_the_page_is_the_same_twice(delivered: Callable[[str], Any]) -> None:
    assert delivered("M2").page("en") == delivered("M2").page("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_its_milestone_dates_and_codebook(delivered: Callable[[str], Any], language: str) -> None:
    text = Page(delivered("M2").page(language)).text
    day = {"nb": "30. september 2021", "en": "30 September 2021"}[language]
    assert day in text
    assert "2.0.0" in text
    assert "None" not in text


def test_elements_are_ordered_by_breadth_and_never_by_segments_first() -> None:
    def row(name: str, cases: int, documents: int, actors: int, segments: int) -> dict[str, Any]:
        support = {"cases": ["c"] * cases, "documents": documents, "actor_types": ["a"] * actors, "informants": 0,
                   "segments": segments}  # fmt: skip
        return {"id": name, "support": support}

    rows = [row("a", 1, 9, 9, 99), row("b", 2, 1, 1, 1), row("c", 2, 2, 1, 1), row("d", 2, 2, 2, 0)]
    assert [r["id"] for r in by_breadth(rows)] == ["d", "c", "b", "a"]
