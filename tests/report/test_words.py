"""The report's words: both languages for every key, and every key that is used."""

from __future__ import annotations

import ast
import re
from importlib import resources

import jinja2
import pytest
from jinja2 import nodes

from foran_research.codebook.code import CHANGE_TYPES
from foran_research.models.capability import CELL_STATES
from foran_research.models.versions import _KINDS
from foran_research.report.page import short_date
from foran_research.report.words import _WORDS, number, words

TEMPLATE = resources.files("foran_research.report").joinpath("report.html.j2").read_text(encoding="utf-8")


def keys_in_template() -> set[str]:
    """The keys that the template takes from `w`, as attributes, as items, and by the names it loops over."""
    tree = jinja2.Environment(autoescape=True).parse(TEMPLATE)
    used = {n.attr for n in tree.find_all(nodes.Getattr) if isinstance(n.node, nodes.Name) and n.node.name == "w"}
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.iter, nodes.Tuple) and isinstance(loop.target, nodes.Name):
            used |= {item.value for item in loop.iter.items if isinstance(item, nodes.Const)}
    return used


def keys_in_code() -> set[str]:
    """The keys that the drawing and the milestone take from ``words(language)``."""
    found: set[str] = set()
    for name in ("report/figures.py", "milestone.py"):
        source = resources.files("foran_research").joinpath(name).read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                owner = ast.unparse(node.value)
                if owner == "said" or owner.startswith("words("):
                    found.add(str(node.slice.value))
    return found


def test_the_template_is_really_read() -> None:
    assert {"summary", "figure_networks", "trace_text", "not_codable", "limits"} <= keys_in_template()
    assert {"promotes", "all_cases"} <= keys_in_code()


@pytest.mark.parametrize("language", ["nb", "en"])
def test_every_word_is_there_in_both_languages(language: str) -> None:
    said = words(language)
    assert [key for key in _WORDS if not said[key].strip()] == []
    assert sorted(keys_in_template() - said.keys()) == []
    assert sorted(keys_in_code() - said.keys()) == []
    assert [state for state in CELL_STATES if state not in said or f"state_{state}" not in said] == []
    # Another wording changes nothing that a model says; the difference of the codebooks tells it.
    kinds = {*(_KINDS[kind] for kind in CHANGE_TYPES if kind != "reword"), "rejected", "strengthened", "weakened"}
    assert kinds <= said.keys()
    assert {
        "within",
        "between",
        "promotes",
        "inhibits",
        "both",
        "neutral",
        "unset",
        "human",
        "suggestions",
    } <= said.keys()


def test_words_made_up_of_two_parts_are_whole() -> None:
    for key in _WORDS:
        if key.endswith("_suggested"):
            assert key.removesuffix("_suggested") in _WORDS
        if key.startswith("gloss_"):
            assert key.removeprefix("gloss_") in _WORDS
    counted = set(re.findall(r'(?:noun|count)\(.*?, "(\w+)"\)', TEMPLATE))
    assert len(counted) > 5
    assert sorted(key for key in counted if key not in _WORDS or f"{key}_1" not in _WORDS) == []
    assert [state for state in CELL_STATES if state != "evidence" and f"reason_{state}" not in _WORDS] == []


def test_words_for_suggestions_leave_the_same_places_open_as_those_for_coding() -> None:
    for key, pair in _WORDS.items():
        if key.endswith("_suggested"):
            base = _WORDS[key.removesuffix("_suggested")]
            assert sorted(re.findall(r"{\w*}", pair[0])) == sorted(re.findall(r"{\w*}", base[0])), key


def test_both_languages_leave_the_same_places_open() -> None:
    for key, (nb, en) in _WORDS.items():
        assert sorted(re.findall(r"{\w*}", nb)) == sorted(re.findall(r"{\w*}", en)), key


def test_sentences_differ_between_the_languages() -> None:
    same = [key for key, (nb, en) in _WORDS.items() if nb == en and " " in nb]
    assert same == []


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError):
        words("sv")


@pytest.mark.parametrize(
    ("value", "digits", "nb", "en"),
    [
        (0, 0, "0", "0"),
        (999, 0, "999", "999"),
        (1000, 0, "1\u00a0000", "1,000"),
        (1234567, 0, "1\u00a0234\u00a0567", "1,234,567"),
        (1.25, 2, "1,25", "1.25"),
        (1234.5, 1, "1\u00a0234,5", "1,234.5"),
        (0.0, 2, "0,00", "0.00"),
        (-1234.5, 1, "-1\u00a0234,5", "-1,234.5"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(value: float, digits: int, nb: str, en: str) -> None:
    assert number(value, "nb", digits) == nb
    assert number(value, "en", digits) == en


@pytest.mark.parametrize(
    ("iso", "nb", "en"),
    [
        ("2020-09-30", "30. september 2020", "30 September 2020"),
        ("2021-01-01", "1. januar 2021", "1 January 2021"),
        ("2024-05-09", "9. mai 2024", "9 May 2024"),
        ("2024-12-31", "31. desember 2024", "31 December 2024"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(iso: str, nb: str, en: str) -> None:
    assert short_date(iso, "nb") == nb
    assert short_date(iso, "en") == en
