"""The page of a review pack as bytes: the pack comes out as it went in, and nothing in it can become markup or script.

Everybody and everything in these packs is invented (oppdiktet): Åse Bø from the small study, å in two parts, 🧭.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import jsonschema
import pytest
from hand_made_pack import HOSTILE, hand_made_pack
from hypothesis import given
from hypothesis import strategies as st

import foran_research.review.page
from foran_research.review.pack_words import LANGUAGES, WORDS
from foran_research.review.page import NO_ANSWERS, data_text, page_html, script_text, style_text, takes_answers

HOME = Path(foran_research.review.page.__file__).parent
PARTS = sorted((HOME / "parts").glob("*.js"))
#: Texts as unkind as any: tags, ends of scripts, line separators, halves of pairs, å in two parts.
UNKIND = st.text(
    st.one_of(st.sampled_from("<>&\"'/!-]\u2028\u2029\r\n\x00\ufeff\ud800\udc00\u202e😀å"), st.characters())
)


class Page(HTMLParser):
    """What a browser sees: each element with its attributes, and what stands in script, style and noscript."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.raw: dict[str, str] = {}
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside.append(f"{tag}#{dict(attrs).get('id', '')}" if tag == "script" else tag)

    def handle_endtag(self, tag: str) -> None:
        self.inside.pop()

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1].startswith(("script", "style")):
            self.raw[self.inside[-1]] = self.raw.get(self.inside[-1], "") + data
        else:
            self.text += data


def _everything(text: str) -> str:
    pack = hand_made_pack(short=[{"nb": text, "en": text}])
    pack["elements"][0]["label"] = {"nb": text, "en": text}
    pack["quotes"][0]["words"] = text or "…"
    pack["roles"][0]["label"] = {"nb": text, "en": text}
    pack["milestone"]["title"] = {"nb": text, "en": text}
    return page_html(pack)


def test_the_hand_made_pack_is_a_pack() -> None:
    jsonschema.validate(hand_made_pack(), json.loads((HOME / "pack.schema.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("answers", [True, False])
def test_the_pack_comes_out_of_the_page_as_it_went_in(answers: bool) -> None:
    pack = hand_made_pack()
    page = Page(page_html(pack, answers=answers))
    assert json.loads(page.raw["script#pack"]) == pack
    assert json.loads(page.raw["script#words"]) == {key: list(row) for key, row in WORDS.items()}


def test_the_same_pack_gives_the_same_page() -> None:
    assert page_html(hand_made_pack()) == page_html(hand_made_pack())
    assert page_html(hand_made_pack(language="nn")) != page_html(hand_made_pack())


@given(UNKIND)
def test_any_text_goes_through_the_data_unchanged_and_can_be_written_as_a_file(text: str) -> None:
    written = data_text({"a": text})
    written.encode("utf-8")
    assert json.loads(written) == {"a": text}
    assert not set("<\u2028\u2029\x00\r\n") & set(written)


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        page_html(hand_made_pack(before=float("nan")))


PLAIN = [tag for tag, _ in Page(_everything("kort")).elements]


@given(UNKIND.filter(lambda text: not re.search("[\ud800-\udfff]", text)))
def test_no_text_of_a_pack_becomes_an_element(text: str) -> None:
    assert [tag for tag, _ in Page(_everything(text)).elements] == PLAIN


@pytest.mark.parametrize("answers", [True, False])
def test_the_policy_names_the_very_style_and_script_that_stand_in_the_page(answers: bool) -> None:
    page = Page(page_html(hand_made_pack(), answers=answers))
    (policy,) = (each["content"] for _, each in page.elements if each.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules == {
        "default-src": "'none'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "style-src": f"'sha256-{_sha256(page.raw['style'])}'",
        "script-src": f"'sha256-{_sha256(page.raw['script#'])}'",
    }


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@pytest.mark.parametrize("answers", [True, False])
def test_nothing_is_fetched_and_nothing_is_styled_or_run_in_place(answers: bool) -> None:
    html = page_html(hand_made_pack(), answers=answers)
    page = Page(html)
    assert [tag for tag, each in page.elements if {"src", "href", "style", "action", "data"} & set(each)] == []
    assert [name for _, each in page.elements for name in each if name.startswith("on")] == []
    assert sorted(each.get("id") or "" for tag, each in page.elements if tag == "script") == ["", "pack", "words"]
    beyond_svg = html.replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?://|//[a-z]+\.|@import|url\(", beyond_svg) == []


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_no_part_of_the_script_makes_markup_or_programs_out_of_text(part: Path) -> None:
    text = part.read_text(encoding="utf-8")
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|DOMParser|fetch\(|XMLHttpRequest|"
        r"WebSocket|sendBeacon|import\(|setAttribute\(\"style\""
    )
    assert re.findall(forbidden, text) == []
    assert "</script" not in text.lower()
    assert "<!--" not in text


def test_the_script_has_no_end_of_its_own_element_and_its_parts_stand_in_the_order_of_their_names() -> None:
    script = script_text()
    places = [script.index(part.read_text(encoding="utf-8")) for part in PARTS if part.name != NO_ANSWERS]
    assert places == sorted(places)
    assert "\r" not in script + style_text()
    assert "</style" not in style_text().lower()


def test_a_page_without_answers_holds_no_part_that_takes_them() -> None:
    html = page_html(hand_made_pack(), answers=False)
    for part in PARTS:
        assert (part.read_text(encoding="utf-8") in html) == (not takes_answers(part.name)), part.name
    assert 'data-answers="no"' in html
    assert 'data-answers="yes"' in page_html(hand_made_pack())


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_script_the_short_lines_elements_quotes_and_questions_can_be_read(language: str) -> None:
    pack = hand_made_pack(language=language)
    page = Page(page_html(pack))
    assert dict(page.elements)["html"]["lang"] == language
    wanted = [quote["words"] for quote in pack["quotes"]] + [HOSTILE]
    for text in [
        *pack["short"],
        *(each["label"] for each in pack["elements"]),
        *(each["text"] for each in pack["questions"]),
    ]:
        wanted.append(text.get(language, text["nb"]))
    assert [text for text in wanted if text not in page.text] == []


@pytest.mark.parametrize("key", WORDS)
def test_every_word_stands_in_three_languages_with_the_same_facts(key: str) -> None:
    row = WORDS[key]
    assert len(row) == 3
    assert all(text and text == text.strip() for text in row) or key == "maturity.spread"
    names = [{name for _, name, _, _ in Formatter().parse(text) if name is not None} for text in row]
    assert names[0] == names[1] == names[2]


#: Marks of bokmål that have no place in nynorsk.
NOT_NYNORSK = re.compile(
    r"\b(ikke|hva|hvem|hvor|hvorfor|hvordan|jeg|en kommune|fra|mer|noe|noen|være|bare|dere|deres|nå|vises|sendes|skrives|fremmer|"
    r"hemmer|anskaffelser?|navn|sammen|gjør|flere|språket|svarene|siden her|elementene|nivået|modenhet|velg|åpne|uten)\b",
    re.IGNORECASE,
)


def test_nynorsk_is_not_bokmaal() -> None:
    assert {key: row[1] for key, row in WORDS.items() if NOT_NYNORSK.search(row[1])} == {}


def test_every_word_that_the_script_asks_for_is_there_and_none_is_left_over() -> None:
    script = script_text() + script_text(answers=False)
    asked = set(re.findall(r'\bwn?\(\s*"([^"]+)"', script))
    assert {key for key in asked if key not in WORDS} == set()
    variants = {key: re.sub(r"(\.one)?(\.read)?$", "", key) for key in WORDS}
    assert set(variants.values()) <= set(WORDS)
    named = script + Path(foran_research.review.page.__file__).read_text(encoding="utf-8")
    parts_of_keys = {"priority.", *re.findall(r"`([a-z.]+\.)\$\{", named)}
    left_over = {
        key
        for key in WORDS
        if not re.search(f"[\"']{re.escape(variants[key])}[\"']", named)
        and not any(key.startswith(part) for part in parts_of_keys)
    }
    assert left_over == set()
