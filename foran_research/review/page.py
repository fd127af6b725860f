"""A review pack as one HTML page: everything inside it, nothing fetched, nothing run that its own policy does not name."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

from foran_research.review.pack_words import LANGUAGES, WORDS

#: Stands in for the parts that take answers, on pages that take none.
NO_ANSWERS = "21_no_answers.js"

Json = Mapping[str, Any]


@functools.cache
def _text(*path: str) -> str:
    place = files(__package__)
    for part in path:
        place = place.joinpath(part)
    return place.read_text(encoding="utf-8").replace("\r\n", "\n")


def style_text() -> str:
    """The style sheet of the page."""
    return _text("pack.css")


def takes_answers(name: str) -> bool:
    """Whether a part of the script is only for pages that take answers: its place is 05, 15 or in the twenties.

    Example
    -------
    >>> [takes_answers(name) for name in ("00_base.js", "05_sha256.js", "20_answers.js", "21_no_answers.js")]
    [False, True, True, False]
    """
    return name != NO_ANSWERS and name[:2] in {"05", "15", *map(str, range(20, 30))}


@functools.cache
def script_text(answers: bool = True) -> str:
    r"""The script of the page: the parts in the order of their names, in one function in strict mode.

    Example
    -------
    >>> script_text().startswith("(() => {\n\"use strict\";\n")
    True
    >>> "function go(" in script_text(answers=False)
    True
    """
    names = sorted(each.name for each in files(__package__).joinpath("parts").iterdir() if each.name.endswith(".js"))
    parts = [_text("parts", name) for name in names if (name != NO_ANSWERS if answers else not takes_answers(name))]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "\n})();\n"


def data_text(value: object) -> str:
    r"""JSON that can stand in a script element: no tag, no line break of JavaScript's own, no half of a pair.

    Example
    -------
    >>> data_text({"b": "</script><!--", "a": "å\u2028"})
    '{"a":"å\\u2028","b":"\\u003c/script>\\u003c!--"}'
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return re.sub(
        "[<\u2028\u2029\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]", lambda found: f"\\u{ord(found[0]):04x}", text
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def policy(style: str, script: str) -> str:
    """What the page may do: show its own pictures, use this style and run this script; nothing else."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def page_html(pack: Json, *, answers: bool = True) -> str:
    """The page of a pack, as text: the same pack gives the same text.

    Parameters
    ----------
    pack
        As ``pack.schema.json`` says.
    answers
        Whether readers can answer in it. A page for everybody's eyes takes none.

    Returns
    -------
    str
        HTML for a file of its own, to be written as UTF-8 without changing line ends.

    Raises
    ------
    ValueError
        When a number in the pack is no number of JSON's (NaN or infinite).
    """
    style, script = style_text(), script_text(answers)
    language = pack["language"] if pack["language"] in LANGUAGES else LANGUAGES[0]
    title = (
        f"{_word('app.title', language, answers)} · {pack['milestone']['id']} · "
        f"{_said(pack['milestone']['title'], language)}"
    )
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{language}" data-answers="{"yes" if answers else "no"}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy(style, script)}">',
            '<meta name="referrer" content="no-referrer">',
            '<meta name="robots" content="noindex">' if answers else '<meta name="robots" content="index">',
            f"<title>{escape(title)}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            '<header id="top"></header>',
            '<p id="told" role="status" aria-live="polite"></p>',
            '<main id="content" tabindex="-1"></main>',
            '<footer id="foot"></footer>',
            '<div id="print"></div>',
            f"<noscript>{without_script(pack, language, answers)}</noscript>",
            f'<script type="application/json" id="pack">{data_text(pack)}</script>',
            f'<script type="application/json" id="words">{data_text(WORDS)}</script>',
            f"<script>{script}</script>",
            "</body>",
            "</html>",
            "",
        ]
    )


def without_script(pack: Json, language: str, answers: bool = True) -> str:
    """What is read where scripts may not run: in short, the elements and what was said of them; questions to those who answer."""
    quotes = {quote["id"]: quote for quote in pack["quotes"]}
    cases = {case["id"]: case["label"] for case in pack["cases"]}
    roles = {role["id"]: _said(role["label"], language) for role in pack["roles"]}
    lines = [
        "<main>",
        f"<p>{escape(_said(pack['study']['title'], language))}</p>",
        f"<h1>{escape(pack['milestone']['id'])} · {escape(_said(pack['milestone']['title'], language))}</h1>",
        f'<p class="notice">{escape(_word("noscript", language, answers))}</p>',
    ]
    if notice := _said(pack["study"]["notice"], language):
        lines.append(f'<p class="notice">{escape(notice)}</p>')
    if pack["short"]:
        said = "".join(f"<li>{escape(_said(line, language))}</li>" for line in pack["short"])
        lines.append(f"<h2>{escape(_word('short', language))}</h2><ul>{said}</ul>")
    lines.append(f"<h2>{escape(_word('elements', language))}</h2>")
    for element in pack["elements"]:
        lines.append(f"<h3>{escape(element['display'])} {escape(_said(element['label'], language))}</h3>")
        lines.append(f"<p>{escape(_said(element['brief'], language))}</p>")
        for polarity in ("promoting", "inhibiting"):
            for quote in (quotes[one] for one in element[polarity] if one in quotes):
                who = [cases.get(quote["case"], quote["case"]), roles.get(quote["role"], quote["role"])]
                said_by = " · ".join(part for part in (_word(f"mark.{polarity}", language), *who) if part)
                lines.append(
                    f'<blockquote lang="no"><p>{escape(quote["words"])}</p>'
                    f'<footer lang="{language}">{escape(said_by)}</footer></blockquote>'
                )
    if pack["questions"] and answers:
        asked = "".join(f"<li>{escape(_said(question['text'], language))}</li>" for question in pack["questions"])
        lines.append(f"<h2>{escape(_word('questions', language))}</h2><ol>{asked}</ol>")
    return "\n".join([*lines, "</main>"])


def _word(key: str, language: str, answers: bool = True) -> str:
    """A word of the page; on one that takes no answers the word for reading, where there is one.

    Example
    -------
    >>> _word("made", "nb"), _word("made", "nb", answers=False), _word("short", "en", answers=False)
    ('Slik er pakken laget', 'Slik er siden laget', 'In short')
    """
    return WORDS[key if answers or f"{key}.read" not in WORDS else f"{key}.read"][LANGUAGES.index(language)]


def _said(text: Mapping[str, str], language: str) -> str:
    """A text of the pack in this language, else in bokmål, else in whichever there is.

    Example
    -------
    >>> _said({"nb": "å kjøpe", "en": "buying"}, "nn")
    'å kjøpe'
    """
    return text.get(language) or text.get("nb") or next((text[each] for each in LANGUAGES if text.get(each)), "")
