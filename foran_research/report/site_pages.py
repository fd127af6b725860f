"""The front page of the public site, and notebooks as a page and as slides: HTML that fetches nothing, from plain values."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from ..settings import Milestone, Settings
from .site_words import LANGUAGE_NAMES, LANGUAGES, in_row, month_told, site_words, text_in

#: Pixels of the timeline: for names at the left, for a month, for a lane.
_LEFT, _MONTH, _LANE, _TOP = 130, 14, 64, 30


@dataclass(frozen=True)
class Part:
    """A stretch of a notebook as HTML that is safe to show: `kind` is "text", "code", "output" or "left-out"."""

    kind: str
    html: str


@dataclass(frozen=True)
class Chapter:
    """A notebook: its title, its place in the page, and its parts in order."""

    title: str
    anchor: str
    parts: tuple[Part, ...]


def front_page(
    settings: Settings,
    milestones: Sequence[Milestone],
    pages: Mapping[str, str],
    language: str,
    hrefs: Mapping[str, str],
) -> str:
    """The front page of the site in one language: what the study is, its milestones in time and by municipality.

    Parameters
    ----------
    milestones
        All of the study; those without a page are named without a link.
    pages
        By milestone, the file name of its page.
    hrefs
        By language, the file name of this page in it.
    """
    words = site_words(language)
    entries = sorted(
        (_entry(one, settings, pages, words, language) for one in milestones), key=lambda one: one["sorted"]
    )
    years: dict[str, list[dict[str, Any]]] = {}
    for one in entries:
        years.setdefault(one["sorted"][0][:4], []).append(one)
    lanes = [("", words["whole"]), *((case.id, _said(case.label, language)) for case in settings.cases)]
    by_case = [(name, [one for one in entries if one["case"] == case]) for case, name in lanes]
    by_case = [(name, found) for name, found in by_case if found]
    first, last = (entries[0]["month"], entries[-1]["month"]) if entries else ("", "")
    return _page(
        "site_index.html.j2",
        "index",
        language,
        title=_said(settings.title, language),
        robots="noindex" if settings.is_synthetic else "index",
        languages=[(each, LANGUAGE_NAMES[each], hrefs[each]) for each in LANGUAGES],
        study_title=settings.title,
        notice=settings.notice if any(settings.notice.values()) else None,
        cases=in_row([_said(case.label, language) for case in settings.cases], language),
        levels=in_row([_said(level.label, language) for level in settings.levels], language),
        years=list(years.items()),
        alt=words["timeline_alt"].format(n=len(entries), first=first, last=last),
        drawing=_drawing(entries, [lane for lane in lanes if any(one["case"] == lane[0] for one in entries)]),
        by_case=by_case,
    )


def notebooks_page(
    settings: Settings, milestone: Milestone, chapters: Sequence[Chapter], language: str, left_out: int
) -> str:
    """Notebooks of a milestone as one page, with their code folded away."""
    words = site_words(language)
    return _page(
        "site_notebooks.html.j2",
        "notebooks",
        language,
        **_of_milestone(settings, milestone, words["notebooks"], language),
        chapters=chapters,
        left_out=left_out,
    )


def slides_page(
    settings: Settings, milestone: Milestone, chapters: Sequence[Chapter], language: str, left_out: int
) -> str:
    """The same as slides: a title, then what each notebook says and what came of it; no code."""
    words = site_words(language)
    shown = [Part("title", "")]
    for chapter in chapters:
        heading = ""
        for part in chapter.parts:
            if part.kind == "code":
                continue
            if part.kind == "text":
                pieces = _at_headings(part.html)
                heading = _heading_of(pieces[-1]) or heading
                shown += [Part("text", piece) for piece in pieces]
            else:
                shown.append(Part(part.kind, heading + part.html))
    return _page(
        "site_slides.html.j2",
        "slides",
        language,
        script=_file("site_slides.js"),
        **_of_milestone(settings, milestone, words["slides"], language),
        slides=shown,
        left_out=left_out,
    )


def hash_of(text: str) -> str:
    """A script or style sheet as a content security policy names it.

    Examples
    --------
    >>> hash_of("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def own_texts() -> tuple[str, ...]:
    """Every style sheet and script of these pages: the same for every study."""
    return (*(_style(kind) for kind in ("index", "notebooks", "slides")), _file("site_slides.js"))


# Pieces


def _of_milestone(settings: Settings, milestone: Milestone, what: str, language: str) -> dict[str, Any]:
    heading = f"{milestone.id} · {_said(milestone.title, language)}"
    return {
        "title": f"{what} · {heading}",
        "robots": "noindex",
        "study_title": _said(settings.title, language),
        "notice": _said(settings.notice, language) if any(settings.notice.values()) else "",
        "heading": heading,
    }


def _entry(
    one: Milestone, settings: Settings, pages: Mapping[str, str], words: Mapping[str, str], language: str
) -> dict[str, Any]:
    month = one.date_assumed or one.date_printed or one.cut_off.isoformat()[:7]
    cases = {case.id: _said(case.label, language) for case in settings.cases}
    return {
        "id": one.id,
        "title": one.title,
        "case": one.case,
        "where": cases.get(one.case, words["whole"]),
        "kind": words.get(f"kind_{one.model}", one.model),
        "href": pages.get(one.id, ""),
        "month": month_told(month, language),
        "sorted": (month, len(one.id), one.id),
    }


def _drawing(entries: Sequence[Mapping[str, Any]], lanes: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Where everything of the timeline stands: a lane for each municipality, a mark for each milestone."""
    if not entries:
        return {}
    begin = int(entries[0]["sorted"][0][:4])
    end = int(entries[-1]["sorted"][0][:4])
    y = {case: _TOP + _LANE * place + _LANE // 2 for place, (case, _) in enumerate(lanes)}
    marks: list[tuple[int, int, str, bool, int]] = []
    taken: dict[tuple[str, int], int] = {}
    for one in entries:
        month = one["sorted"][0]
        x = _LEFT + 10 + _MONTH * (12 * (int(month[:4]) - begin) + int(month[5:7]) - 1)
        # Names of marks that stand close are told above and below in turn, and marks on one place side by side.
        while any((one["case"], near) in taken for near in range(x - 17, x + 18)):
            x += 18
        beside = sum((one["case"], near) in taken for near in range(x - 40, x))
        taken[one["case"], x] = beside
        above = not any(taken.get((one["case"], near)) == 0 for near in range(x - 40, x))
        taken[one["case"], x] = 0 if above else 1
        at = y[one["case"]]
        marks.append((x, at, one["id"], bool(one["href"]), at - 13 if above else at + 24))
    width = max(_LEFT + 20 + _MONTH * 12 * (end - begin + 1), max(x for x, *_ in marks) + 30)
    return {
        "left": _LEFT,
        "width": width,
        "height": _TOP + _LANE * len(lanes),
        "years": [(_LEFT + _MONTH * 12 * place, begin + place) for place in range(end - begin + 1)],
        "lanes": [(y[case], name) for case, name in lanes],
        "marks": marks,
    }


def _at_headings(html: str) -> list[str]:
    """HTML of a text cut before each of its headings, so that a slide is about one thing.

    Examples
    --------
    >>> _at_headings("<h2>A</h2><p>a</p><h3>B</h3><p>b</p>")
    ['<h2>A</h2><p>a</p>', '<h3>B</h3><p>b</p>']
    """
    starts = sorted({0, *(place for level in "23456" for place in _places(html, f"<h{level}>"))})
    pieces = [html[at:to].strip() for at, to in zip(starts, [*starts[1:], len(html)], strict=True)]
    return [piece for piece in pieces if piece] or [""]


def _places(text: str, part: str) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def _heading_of(html: str) -> str:
    """The heading that a piece begins with, "" for none."""
    if html[:2] == "<h" and html[3:4] == ">":
        end = f"</h{html[2]}>"
        return html[: html.index(end) + len(end)]
    return ""


def _said(text: Mapping[str, str] | str, language: str) -> str:
    return text if isinstance(text, str) else text_in(text, language)[0] if any(text.values()) else ""


def _page(template: str, kind: str, language: str, *, script: str = "", **values: Any) -> str:
    style = _style(kind)
    policy = (
        f"default-src 'none'; img-src data:; style-src '{hash_of(style)}'"
        + (f"; script-src '{hash_of(script)}'" if script else "")
        + "; base-uri 'none'; form-action 'none'"
    )
    page = (
        _environment()
        .get_template(template)
        .render(
            w=site_words(language),
            language=language,
            style=style,
            script=script,
            policy=policy,
            text_in=lambda text: text_in(text, language),
            **values,
        )
    )
    return page.strip() + "\n"


@functools.cache
def _style(kind: str) -> str:
    environment = _environment()
    parts = (environment.get_template(name).render(kind=kind) for name in ("site_style.css.j2", "site_extra.css.j2"))
    return "\n".join(part.strip() for part in parts) + "\n"


@functools.cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("foran_research.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    # Our own style and script, and what rendering.py made, which keeps nothing but tags and attributes that it knows.
    environment.filters["made"] = Markup
    return environment
