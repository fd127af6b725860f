"""What differs between two codebooks as people read it: in a terminal, as HTML, as JSON, in both languages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lineages import plain_book, plain_change, plain_code
from small_study import SmallStudy
from test_page import Page

from foran_research.cli_codebook import codebook
from foran_research.codebook.changes import Lineage
from foran_research.codebook.code import Change, Code, Cue, Migration
from foran_research.codebook.diff import KINDS, TEXTS, diff
from foran_research.milestone import codebook_section
from foran_research.report.codebook_diff import (
    _GROUPS,
    _WORDS,
    COLOURS,
    CodebookSection,
    diff_html,
    diff_json,
    diff_page,
    diff_text,
    section,
)

LANGUAGES = ("nb", "en")
NASTY = "</style><script>alert('å')</script>\"&{{ 7*7 }}"
SAID = "Det sa hun i kantina på Ålgård 😀"


def code(id_: str, display: str, label: str, **more: Any) -> Code:
    return replace(plain_code(id_, display), label={"nb": label, "en": f"{label} (en)"}, **more)


def gone(record: Code, *successors: str) -> Code:
    return replace(record, status="deprecated", deprecated_in="2.0.0", successors=successors)


def change(id_: str, type_: str, *rows: Migration, to: tuple[str, ...] = (), **more: Any) -> Change:
    made = plain_change(*rows, type_=type_)
    reasons = {
        "summary": {"nb": f"Sammendrag {id_}", "en": f"Summary {id_}"},
        "reason_empirical": {"nb": f"Sett i feltet {id_}", "en": f"Seen in the field {id_}"},
        "evidence": ("S2:117", "FJO-I01.K1.s0001"),
        "decided_at": "2021-01-15",
        "arena": "praksis",
    }
    return replace(made, id=id_, to=tuple(dict.fromkeys((*made.to, *to))), **(reasons | more))


BEHOV, DIALOG, ANALYSE, SAMTALE = (
    code("C0001", "P1", "behov"),
    code("C0002", "P2", "markedskontakt"),
    code("C0010", "P3", "markedsanalyse"),
    code("C0011", "P4", "sa\u030amtale"),
)
LEARNING, IMPROVING, BEGGE = (
    code("C0003", "K1", "læring"), code("C0004", "K2", "forbedring"), code("C0012", "K4", "læring og forbedring"),
)  # fmt: skip
DRIV, DELTAR, SKJULT, PERSONER = (
    code("C0008", "E1.1", "drivkrefter", parent="C0007"), code("C0007", "E1", "deltakelse"),
    code("C0006", "K3.1", "fortrolighet", parent="C0003"), code("C0009", "X1", "personer"),
)  # fmt: skip
STED = code("C0014", "P9", "sted", definition={"nb": "Hvor det skjer.", "en": "Where it happens."})
OLD = [BEHOV, DIALOG, LEARNING, IMPROVING, SKJULT, DELTAR, DRIV, PERSONER, STED]
NEW = [
    replace(BEHOV, label={"nb": "behov og funksjon", "en": "needs"}),
    gone(DIALOG, "C0010", "C0011"), gone(LEARNING, "C0012"), gone(IMPROVING, "C0012"),
    replace(SKJULT, display="P4.1", level="P", parent="C0011"), DELTAR, gone(DRIV, "C0007"), gone(PERSONER),
    replace(STED, definition={"nb": "Hvor og når det skjer.", "en": "Where it happens."},
            example={"nb": SAID, "en": SAID}, cues={"nb": (Cue("sted*"),)}),
    ANALYSE, SAMTALE, BEGGE, code("C0013", "K5", "måling"),
]  # fmt: skip
CHANGES = [
    change("CH-1", "split", Migration("C0002", "review", ("C0010", "C0011"))),
    change("CH-2", "merge", Migration("C0003", "map", ("C0012",)), Migration("C0004", "map", ("C0012",))),
    change("CH-3", "rename", Migration("C0001", "keep"), to=("C0001",)),
    change("CH-4", "retire", Migration("C0009", "retire")),
    change("CH-5", "to_facet", Migration("C0008", "facet", ("C0007",), polarity="fremmer")),
    change("CH-6", "move", Migration("C0006", "keep"), to=("C0006",)),
    change("CH-7", "new", to=("C0013",)),
    replace(change("CH-8", "merge", is_accepted=False), decision_reason={"nb": "For ulike.", "en": "Too unlike."}),
    change("CH-9", "rename", to=("C0099",)),
]
LINEAGE = Lineage((plain_book("1.0.0", OLD, released="2020-02-01"), plain_book("2.0.0", NEW, CHANGES, "2021-03-01")))
D = diff(LINEAGE, "1.0.0", "2.0.0")
BACK = diff(LINEAGE, "2.0.0", "1.0.0")


def part_of(text: str, heading: str) -> str:
    """What stands under a heading of the terminal's text, on one line for each paragraph."""
    found = re.search(rf"^{heading}\n-+\n(.*?)(?=^[^\n]+\n-+\n|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, heading
    return re.sub(r"\n +", " ", found[1])


def test_the_text_says_what_happened_to_each_code_by_hand() -> None:
    text = diff_text(D, LINEAGE, "nb")
    assert text.startswith("Kodeboka: fra 1.0.0 til 2.0.0\n======")
    opening = " ".join(text.split("NYE KODER")[0].split())
    assert (
        "13 koder skiller de to versjonene: 1 ny, 1 delt, 2 slått sammen, 1 utgått, 1 gjort om, 1 flyttet, "
        "1 med nytt navn, 1 med ny ordlyd, 1 med endrede stikkord, 1 med ny kodebetegnelse."
    ) in opening
    assert "1 forslag ble avvist." in opening
    assert "1 kode er endret uten at noen beslutning nevner den." in opening
    assert "K5 måling  [ny]" in part_of(text, "NYE KODER")
    split = part_of(text, "DELT")
    assert "P2 markedskontakt → P3 markedsanalyse, P4 sa\u030amtale  [delt]" in split
    assert "CH-1 (vedtatt, 2021-01-15, praksis): Sammendrag CH-1 Empirisk: Sett i feltet CH-1" in split
    assert "Belegg: S2:117, FJO-I01.K1.s0001" in split
    assert "K1 læring + K2 forbedring → K4 læring og forbedring  [slått sammen]" in part_of(text, "SLÅTT SAMMEN")
    assert "X1 personer  [utgått]" in part_of(text, "UTGÅTT")
    converted = part_of(text, "GJORT OM TIL NOE ANNET ENN EN KODE")
    assert "E1.1 drivkrefter → E1 deltakelse" in converted
    assert "E1.1 blir E1 med polaritet fremmer" in converted
    moved = part_of(text, "FLYTTET")
    assert "K3.1 → P4.1 fortrolighet  [flyttet, ny kodebetegnelse]" in moved
    assert "Nivå: [-K-] {+P+}" in moved
    assert "Overordnet kode: [-K1-] {+P4+}" in moved
    renamed = part_of(text, "NYTT NAVN")
    assert "P1 behov → behov og funksjon  [nytt navn]" in renamed
    assert "Navn: behov{+ og funksjon+} (også endret på engelsk)" in renamed
    assert "Definisjon" not in renamed
    wording = part_of(text, "ORDLYD ENDRET UTEN BESLUTNING")
    assert "Definisjon: Hvor {+og når +}det skjer." in wording
    assert "Stikkord (bokmål): {+sted*+}" in wording
    assert "(ingen beslutning nevner koden)" in wording
    assert "CH-9" in part_of(text, "BESLUTTET, MEN IKKE LENGER SYNLIG")
    assert "CH-8 (avvist, 2021-01-15, praksis)" in part_of(text, "AVVISTE FORSLAG")
    assert "Om beslutningen: For ulike." in part_of(text, "AVVISTE FORSLAG")


def test_the_english_text_speaks_english() -> None:
    text = diff_text(D, LINEAGE, "en")
    assert text.startswith("The codebook: from 1.0.0 to 2.0.0\n")
    assert "P2 markedskontakt (en) → P3 markedsanalyse (en)" in text
    assert "Summary CH-1" in text
    assert "P1 behov (en) → needs  [renamed]" in text
    # Only the Norwegian definition of P9 changed: an English reader is told so, and sees the Norwegian words.
    assert "Definition (Norwegian bokmål): Hvor {+og når +}det skjer." in re.sub(r"\n +", " ", text)
    assert "E1.1 becomes E1 with polarity promotes" in text
    assert not re.search(r"\b(koder|vedtatt|endret|Belegg)\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_an_example_are_never_shown(language: str) -> None:
    for d in (D, BACK):
        for shown in (diff_text(d, LINEAGE, language), diff_page(d, LINEAGE, language), diff_json(d)):
            assert "kantina" not in shown
        assert _WORDS["withheld"][LANGUAGES.index(language)] in diff_text(d, LINEAGE, language)


def test_backwards_it_says_so_and_the_marks_lead_back() -> None:
    text = diff_text(BACK, LINEAGE, "nb")
    assert "Lest bakover: 2.0.0 er den nyeste av de to." in text
    assert "Lest bakover" not in diff_text(D, LINEAGE, "nb")
    assert "P3 markedsanalyse, P4 sa\u030amtale ← P2 markedskontakt  [delt]" in part_of(text, "DELT")
    assert "Navn: behov[- og funksjon-]" in text
    assert "K5 måling  [ny]" in part_of(text, "NYE KODER")
    assert "Nivå: [-P-] {+K+}" in text
    assert "Overordnet kode: [-P4-] {+K1+}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_version_is_said_to_be_the_same(language: str) -> None:
    same = diff(LINEAGE, "2.0.0", "2.0.0")
    for shown in (diff_text(same, LINEAGE, language), diff_html(same, LINEAGE, language)):
        assert _WORDS["same"][LANGUAGES.index(language)] in shown
    assert "<details" not in diff_html(same, LINEAGE, language)
    assert "marks" not in diff_text(same, LINEAGE, "en")


def test_one_decision_on_many_codes_gives_its_reasons_once() -> None:
    def worded(record: Code) -> Code:
        return replace(record, brief={"nb": "Ny.", "en": "New."})

    wording = change("CH-1", "reword", to=("C0001", "C0014"))
    lineage = Lineage((plain_book("1.0.0", [BEHOV, STED]), plain_book("2.0.0", map(worded, [BEHOV, STED]), [wording])))
    text = diff_text(diff(lineage, "1.0.0", "2.0.0"), lineage, "nb")
    assert text.count("CH-1 (vedtatt") == 2
    assert text.count("Sett i feltet CH-1") == 1


def test_a_family_that_goes_several_ways_says_which_code_went_where() -> None:
    a, b, c, e = (code(f"C000{n}", f"P{n}", name) for n, name in enumerate("æøåa", 1))
    both = change(
        "CH-1", "split", Migration("C0001", "review", ("C0003", "C0004")), Migration("C0002", "map", ("C0003",))
    )
    lineage = Lineage(
        (plain_book("1.0.0", [a, b]),
         plain_book("2.0.0", [gone(a, "C0003", "C0004"), gone(b, "C0003"), c, e], [both]))
    )  # fmt: skip
    for pair, heading in (
        (("1.0.0", "2.0.0"), "P1 æ + P2 ø → P3 å, P4 a"),
        (("2.0.0", "1.0.0"), "P3 å, P4 a ← P1 æ + P2 ø"),
    ):
        text = diff_text(diff(lineage, *pair), lineage, "nb")
        assert ("P1 blir P3 eller P4" in text, "P2 blir P3" in text) == (True, True)
        left, right = (set(re.split(r" \+ |, ", side)) for side in re.split(" [→←] ", heading))
        (told,) = [line for line in text.splitlines() if "  [delt]" in line]
        sides = [set(re.split(r" \+ |, ", side)) for side in re.split(" [→←] ", told.split("  [")[0])]
        assert sides == [left, right]


ARENAS = {"praksis": {"nb": "Praksisarena på Ålgård a\u030a 😀", "en": "Practice arena"}}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_arena_named_by_its_id_is_shown_by_its_label_in_the_readers_language(language: str) -> None:
    shown = [show(D, LINEAGE, language, ARENAS) for show in (diff_text, diff_html, diff_page)]
    shown.append(section(D, LINEAGE, language, ARENAS).html)
    for text in (" ".join(one.split()) for one in shown):
        assert f"2021-01-15, {ARENAS['praksis'][language]}" in text
        assert "praksis)" not in text
        # The rejected proposal's too.
        assert text.count(ARENAS["praksis"][language]) == text.count("2021-01-15, ") >= 9
    # For programs it stays what the record says.
    assert {one["arena"] for one in json.loads(diff_json(D))["changes"]} == {"praksis"}


def test_an_arena_that_is_no_id_stands_as_it_was_written_and_a_label_is_no_markup() -> None:
    free = Lineage((LINEAGE["1.0.0"], replace(LINEAGE["2.0.0"], changes=(replace(CHANGES[2], arena="møte i Å"),))))
    d = diff(free, "1.0.0", "2.0.0")
    assert "2021-01-15, møte i Å)" in diff_text(d, free, "nb", ARENAS)
    nasty = {"praksis": {"nb": NASTY + "\x1b[31m", "en": NASTY}}
    assert "<script" not in diff_page(D, LINEAGE, "nb", nasty)
    assert "\x1b" not in diff_text(D, LINEAGE, "nb", nasty)


def test_the_command_and_a_models_report_name_arenas_by_their_labels(
    small_study: SmallStudy, delivered: Callable[[str], Any]
) -> None:
    said = CliRunner().invoke(
        codebook, ["diff", "1.0.0", "2.0.0", "--language", "en", "--study", str(small_study.path)]
    )
    assert said.exit_code == 0, said.output
    assert "2021-01-15, Practice arena)" in " ".join(said.output.split())
    study = delivered("M2").study
    labels = {arena.id: arena.label["en"] for arena in study.settings.arenas}
    named = {change.arena for change in study.lineage["2.0.0"].changes} & labels.keys()
    told = codebook_section(study, study.milestone("M2"), "en")
    assert told is not None
    assert named
    assert all(labels[name] in told.html and f", {name})" not in told.html for name in named)


def steered() -> Lineage:
    """Two versions whose texts try to break out of whatever shows them."""
    record = code("C0001", "P1", NASTY, definition={"nb": "før", "en": "before"})
    later = replace(
        record, definition={"nb": NASTY + "\x1b[31m\u202e", "en": NASTY}, source=(NASTY,), cues={"nb": (Cue(NASTY),)}
    )
    bad = change(NASTY, "redefine", to=("C0001",), summary={"nb": NASTY, "en": NASTY}, evidence=(NASTY,), arena=NASTY)
    return Lineage((plain_book("1.0.0", [record]), plain_book("2.0.0", [later], [bad])))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_a_codebook_starts_anything(language: str) -> None:
    lineage = steered()
    d = diff(lineage, "1.0.0", "2.0.0")
    text = diff_page(d, lineage, language)
    page = Page(text)
    assert page.tags["script"] == 0
    assert page.tags["style"] == 1
    assert "alert" in page.text
    assert "{{ 7*7 }}" in page.text
    for shown in (text, diff_text(d, lineage, language)):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", shown)
    assert not re.search("[\x00-\x09\x0b-\x1f]", diff_json(d))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_and_fetches_nothing(language: str) -> None:
    text = diff_page(D, LINEAGE, language)
    page = Page(text)
    assert ("html", "lang", language) in page.attributes
    assert page.tags["h1"] == page.tags["main"] == page.tags["title"] == 1
    assert page.tags["h3"] == 0  # no level of headings is skipped
    assert page.tags["h2"] == text.count("<h2>") > 5
    assert page.tags["ins"] > 3
    assert page.tags["del"] > 2
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=|url\(|@import|https?:", text)
    assert page.values("id") == list(dict.fromkeys(page.values("id")))
    assert page.tags["details"] == page.tags["summary"] == len(page.values("id"))
    assert text.endswith("</html>\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_section_of_a_report_tells_where_each_accepted_change_stands(language: str) -> None:
    told: CodebookSection = section(D, LINEAGE, language)
    page = Page(told.html)
    assert page.tags["h2"] == 0
    assert page.tags["h3"] > 5
    assert page.tags["style"] == 0
    assert set(told.anchors) == {f"CH-{n}" for n in range(1, 8)}
    assert set(told.anchors.values()) <= set(page.values("id"))
    assert told.anchors["CH-1"] == "diff-C0002" or told.anchors["CH-1"] == "diff-C0010"
    assert diff_html(D, LINEAGE, language) == f"<style>{told.style}</style>\n{told.html}"


def test_marks_do_not_rest_on_colour_alone_and_are_announced() -> None:
    style = section(D, LINEAGE, "nb").style
    assert "text-decoration: underline" in re.search(r"\n\.codebook-diff ins \{[^}]*\}", style)[0]
    assert "text-decoration: line-through" in re.search(r"\n\.codebook-diff del \{[^}]*\}", style)[0]
    assert 'ins::before { content: " [lagt til:] "' in style
    assert 'del::before { content: " [fjernet:] "' in style


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_of_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("mark", ["ins", "del"])
def test_marked_words_can_be_read_in_light_and_in_dark(theme: str, mark: str) -> None:
    ink, ground = COLOURS[theme][mark]
    assert contrast(ink, ground) >= 4.5
    page = diff_page(D, LINEAGE, "nb")
    assert f"color: {ink}; background: {ground};" in page
    inside_dark = page.split("prefers-color-scheme: dark")[1]
    assert (ink in inside_dark) == (theme == "dark")


def test_json_tells_all_in_an_order_that_repeats() -> None:
    data = json.loads(diff_json(D))
    assert list(data) == [
        "schema_version", "before", "after", "is_backwards", "counts", "codes", "changes", "rejected", "unexplained",
    ]  # fmt: skip
    assert (data["schema_version"], data["before"], data["after"], data["is_backwards"]) == (1, "1.0.0", "2.0.0", False)
    assert data["unexplained"] == ["C0014"]
    assert [entry["id"] for entry in data["rejected"]] == ["CH-8"]
    told = {entry["code"]: entry for entry in data["codes"]}
    assert told["C0002"] | {"fields": []} == {
        "code": "C0002", "display_before": "P2", "display_after": None,
        "label": {"nb": "markedskontakt", "en": "markedskontakt (en)"}, "kinds": ["split"], "fields": [],
        "changes": ["CH-1"], "became": ["C0010", "C0011"], "came_from": [],
    }  # fmt: skip
    fields = {(item["field"], item["language"]): item for item in told["C0014"]["fields"]}
    assert fields["definition", "nb"] == {
        "field": "definition", "language": "nb", "before": "Hvor det skjer.", "after": "Hvor og når det skjer.",
        "is_withheld": False,
    }  # fmt: skip
    assert fields["example", "nb"] == {
        "field": "example", "language": "nb", "before": None, "after": None, "is_withheld": True,
    }  # fmt: skip
    assert json.loads(diff_json(BACK))["is_backwards"] is True


def test_the_same_bytes_whatever_the_hash_seed(demo_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from foran_research.errors import Faults\n"
        "from foran_research.codebook.store import read_lineage; from foran_research.codebook.diff import diff\n"
        "from foran_research.report.codebook_diff import diff_json, diff_page, diff_text\n"
        "L = read_lineage(Path(sys.argv[1]), ['P', 'K', 'E', 'X'], Faults()); d = diff(L, '1.0.0', '3.0.0')\n"
        "sys.stdout.buffer.write((diff_json(d) + diff_page(d, L, 'nb') + diff_text(d, L, 'en')).encode())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program, str(demo_path)], check=True, capture_output=True, cwd=demo_path,
            env={"PYTHONHASHSEED": seed, "PATH": "", "LC_ALL": "C"},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(made) == 1
    assert len(made.pop()) > 50_000


def test_every_kind_and_field_has_its_words() -> None:
    needed = {f"{prefix}_{kind}" for kind in KINDS for prefix in ("k", "n")} | {f"f_{name}" for name in TEXTS}
    needed |= {f"g_{key}" for key, _ in _GROUPS}
    assert needed <= set(_WORDS)
    assert {kind for _, kinds in _GROUPS for kind in kinds} == set(KINDS)
    record = plain_code("C0001")
    assert {f"f_{name}" for name in record.__dataclass_fields__ if name != "id"} <= set(_WORDS)


def test_both_languages_leave_the_same_places_open_and_differ() -> None:
    for key, (nb, en) in _WORDS.items():
        assert nb.strip(), key
        assert en.strip(), key
        assert sorted(re.findall(r"{\w*}", nb)) == sorted(re.findall(r"{\w*}", en)), key
        assert nb != en or " " not in nb, key


@pytest.mark.parametrize("show", [diff_text, diff_html, diff_page])
def test_an_unknown_language_is_refused(show: Callable[..., str]) -> None:
    with pytest.raises(KeyError):
        show(D, LINEAGE, "sv")


def changed_words(lines: Iterable[str]) -> int:
    return sum(line.count("{+") + line.count("[-") for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["M2", "M3"])
def test_the_report_of_a_later_model_holds_the_codebooks_differences(
    delivered: Callable[[str], Any], name: str, language: str
) -> None:
    delivery = delivered(name)
    text = delivery.page(language)
    page = Page(text)
    title = {"M2": ("fra 1.0.0 til 2.0.0", "from 1.0.0 to 2.0.0"), "M3": ("fra 2.0.0 til 3.0.0", "from 2.0.0 to 3.0.0")}
    assert title[name][LANGUAGES.index(language)] in page.text
    assert page.values("id").count("codebook_diff") == 1
    changes = text[text.index('<section id="changes">') : text.index('<section id="codebook_diff">')]
    linked = re.findall(r'href="#(diff-C\d+)"', changes)
    accepted = [c for c in delivery.model["changes"] if c["change"] and c["is_accepted"]]
    assert len(linked) == len(accepted) > 5
    assert set(linked) <= set(page.values("id"))
    assert " open" not in " ".join(re.findall(r"<details[^>]*>", text))


def test_the_report_of_the_first_model_has_no_such_section(delivered: Callable[[str], Any]) -> None:
    assert "codebook_diff" not in delivered("M1").page("nb")
    assert "codebook-diff" not in delivered("M1").page("nb")


def test_the_demos_codebooks_are_told_without_a_break(delivered: Callable[[str], Any]) -> None:
    lineage = delivered("M3").study.lineage
    for before in lineage.versions:
        for after in lineage.versions:
            d = diff(lineage, before, after)
            for language in LANGUAGES:
                lines = diff_text(d, lineage, language).splitlines()
                assert (changed_words(lines) > 20) == (before != after)
                assert max(map(len, lines)) <= 110
                Page(diff_page(d, lineage, language))
